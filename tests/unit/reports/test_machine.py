from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reports import machine, tables
from reports.views import FindingsView, SummaryView

VIEWS = ("summary", "unit", "detail", "listed", "nobody", "cards", "runs")


def rows(view: object) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(tables.as_csv(view).decode("utf-8-sig"))))


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_names_its_shape_and_version(name: str, request: pytest.FixtureRequest) -> None:
    data = json.loads(machine.as_json(request.getfixturevalue(name)))
    assert data["schema"].startswith("xunjian.")
    assert data["schema"].endswith("/1")


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_a_table_that_excel_opens(name: str, request: pytest.FixtureRequest) -> None:
    data = tables.as_csv(request.getfixturevalue(name))
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert len(lines) > 1
    assert {len(line) for line in lines} == {len(lines[0])}
    assert len(set(lines[0])) == len(lines[0])


def test_the_same_view_gives_the_same_bytes(summary: SummaryView) -> None:
    assert machine.as_json(summary) == machine.as_json(replace(summary))


def test_a_unit_that_was_not_reached_has_null_and_never_zero(summary: SummaryView) -> None:
    units = {u["unit"]: u for u in json.loads(machine.as_json(summary))["units"]}
    assert units["anjian"]["score_high"] is None
    assert units["shangwu"]["score_high"] == 31.5
    assert units["shangwu"]["deadline"] is None
    assert units["huangjin"]["deadline"] == "2019-01-08"
    assert units["shangwu"]["open"]["content"] == 12


def test_units_stand_in_the_order_of_the_summary(summary: SummaryView) -> None:
    units = [u["unit"] for u in json.loads(machine.as_json(summary))["units"]]
    assert units[0] == "shangwu"
    assert units[-4:] == ["leyuan", "anjian", "caizheng", "huanbao"]


def test_a_sheet_has_no_score_for_a_unit_without_a_grade(summary: SummaryView) -> None:
    ungraded = replace(summary.rows[0], graded=False)
    (line,) = rows(replace(summary, rows=(ungraded,)))
    assert line["得分"] == ""
    assert line["已评分"] == "否"
    assert line["内容问题"] == "12"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "\u200b=1"]
)
def test_no_cell_can_be_taken_for_a_formula(text: str) -> None:
    assert tables.cell(text).startswith("'")


def test_numbers_and_ordinary_texts_are_left_alone() -> None:
    assert [tables.cell(v) for v in (5, 31.5, True, None, "一条", "2018-12-24")] == [
        *("5", "31.5", "是", "", "一条", "2018-12-24")
    ]


def test_hidden_characters_are_escaped_in_json_and_nothing_is_lost(listed: FindingsView) -> None:
    evil = "a\x1b[2J\x9b\u202e\u200b\u2028\U000e0041\ud800中"
    bad = replace(listed, findings=(replace(listed.findings[0], message=evil),))
    data = machine.as_json(bad)
    text = data.decode()
    assert not {"\x1b", "\x9b", "\u202e", "\u200b", "\u2028", "\U000e0041"} & set(text)
    assert "中" in text
    assert json.loads(data)["findings"][0]["message"] == evil


def test_hidden_characters_do_not_reach_a_sheet(listed: FindingsView) -> None:
    bad = replace(listed, findings=(replace(listed.findings[0], message="一\u202e二\r\n=三"),))
    assert rows(bad)[0]["问题"] == "一二  =三"


def test_what_has_no_shape_is_refused() -> None:
    with pytest.raises(TypeError, match="int"):
        machine.as_json(3)
    with pytest.raises(TypeError, match="int"):
        tables.as_csv(3)


def test_it_is_written_in_utf8_whatever_the_console_speaks(summary: SummaryView) -> None:
    raw = io.BytesIO()
    console = io.TextIOWrapper(raw, encoding="gbk")
    machine.write(machine.as_json(summary), console)
    data: Any = json.loads(raw.getvalue().decode("utf-8"))
    assert data["scan"]["city"] == "瑞昌市"


DOCUMENT = Path(__file__).parents[3] / "docs" / "output.md"


@pytest.mark.parametrize("name", VIEWS)
def test_every_key_is_documented(name: str, request: pytest.FixtureRequest) -> None:
    data = json.loads(machine.as_json(request.getfixturevalue(name)))
    document = DOCUMENT.read_text(encoding="utf-8")
    assert f"`{data['schema']}`" in document
    missing = {key for key in _keys(data) if f"`{key}`" not in document}
    assert not missing


def _keys(data: Any) -> Iterator[str]:
    if isinstance(data, list):
        for item in data:
            yield from _keys(item)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield key
            if key not in ("open", "missing_units", "params", "sections"):
                yield from _keys(value)
