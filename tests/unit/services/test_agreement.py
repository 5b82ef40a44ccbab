"""The agreement table from what is stored: our scans beside other inspectors' workbooks."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import cli
from reports.inspections import print_agreement, print_import
from reports.machine import as_json
from reports.sheet import console
from reports.tables import as_csv
from scorecards.agreement import Agreement
from services.agreement import agreement
from services.importing import take_in
from services.workspace import UsageError, Workspace
from tests.unit.services.offices import (
    PLATFORM,
    book,
    column_finding,
    met,
    office,
    page_finding,
    scanned,
)

HEAD = ("单位", "栏目", "问题类型", "问题描述", "网址", "检查时间")
JUNE = datetime(2018, 6, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return office(tmp_path)


def inspected(ws: Workspace) -> None:
    """One fault that both have, one that only they, one where we were blind, one that we found
    later; two that only we have, and some that they did not look at."""
    both = column_finding()
    blind = replace(column_finding(slug="czj.dongtai", unit="czj").subject)
    later = page_finding("dead-link", f"{PLATFORM}/a/5.html", "z")
    ours = [
        both,
        page_finding("dead-link", f"{PLATFORM}/a/1.html", "x"),
        page_finding("broken-image", f"{PLATFORM}/a/2.html", "y"),
        page_finding("mixed-fonts", f"{PLATFORM}/a/3.html", "q"),
        page_finding("dead-link", f"{PLATFORM}/w/1.html", "w", unit="wjw"),
        replace(page_finding("dead-link", f"{PLATFORM}/a/4.html", "s"), suspected=True),
    ]
    scanned(ws, JUNE, ours[:-1], unverified=[("overdue-column", blind)])
    met(ws, scanned(ws, datetime(2018, 6, 8, tzinfo=UTC), [later]), f"{PLATFORM}/a/5.html", "jyj")
    rows = (
        ("市教育局", "政务动态", "更新不及时", "未更新", "", "2018-6-4"),
        ("市财政局", "政务动态", "更新不及时", "未更新", "", "2018-6-4"),
        ("市财政局", "工作计划", "更新不及时", "未更新", "", "2018-6-5"),
        ("市教育局", "", "死链", "打不开", f"{PLATFORM}/a/5.html", "2018-6-5"),
        ("市教育局", "", "错别字", "错字", f"{PLATFORM}/a/1.html", "2018-6-5"),
        ("谁", "", "错别字", "错字", f"{PLATFORM}/a/1.html", "2018-6-5"),
    )
    take_in(ws, "third-party", book(ws.cwd / "a.xlsx", HEAD, *rows))


def test_both_only_they_and_only_we_are_counted_by_rule_in_what_they_inspected(
    ws: Workspace,
) -> None:
    inspected(ws)
    view = agreement(ws)
    assert view.rules == {
        "overdue-column": Agreement(both=1, unverified=1, missed=1),
        "dead-link": Agreement(later=1, only_we=1),
        "broken-image": Agreement(only_we=1),
        "hand-content": Agreement(missed=1),
    }
    assert (view.machine.recall, view.machine.precision) == (2500, 3333)  # 1 of 4, 1 of 3
    assert (view.total.recall, view.total.precision) == (2000, 3333)
    assert view.by_hand == {"hand-content"}
    # Another unit's dead link, and fonts, which they did not look at.
    assert (view.outside_units, view.outside_kinds, view.unread) == (1, 1, 1)


def test_an_inspection_before_our_first_scan_is_listed_and_not_compared(ws: Workspace) -> None:
    take_in(
        ws, "province",
        book(ws.cwd / "p.xlsx", HEAD, ("市教育局", "政务动态", "更新不及时", "未更新", "", "2018-5-1")),
    )  # fmt: skip
    inspected(ws)
    lines = agreement(ws).inspections
    assert [(i.source, bool(i.note)) for i in lines] == [("province", True), ("third-party", False)]
    assert agreement(ws, source="province").rules == {}
    assert len(agreement(ws, since=date(2018, 6, 1)).inspections) == 1
    assert len(agreement(ws, period="2018Q2").inspections) == 2
    with pytest.raises(UsageError, match="没有符合条件"):
        agreement(ws, period="2018Q4")


def test_the_table_is_shown_on_a_narrow_gbk_console_as_json_and_as_csv(ws: Workspace) -> None:
    inspected(ws)
    view = agreement(ws)
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="gbk", errors="strict")
    print_agreement(console(out, width=80), view)
    print_import(console(out, width=80), take_in(ws, "third-party", ws.cwd / "a.xlsx"))
    out.flush()
    shown = raw.getvalue().decode("gbk")
    line = next(
        li for li in shown.splitlines() if "未及时更新" in li or "更新不及时" in li or "超期" in li
    )
    assert line.split()[1:] == ["1", "2", "0", "33.3%", "100%"]
    assert "可能只抽查" in shown
    assert "第 7 行：不认识的单位“谁”" in shown
    read = json.loads(as_json(view))
    assert read["schema"] == "xunjian.agreement/1"
    assert next(r for r in read["rules"] if r["rule"] == "dead-link")["recall"] == 0.0
    rows = list(csv.reader(io.StringIO(as_csv(view).decode("utf-8-sig"))))
    assert rows[-1][1] == "合计"
    assert rows[-1][-2:] == ["20.0", "33.33"]


def test_the_commands_say_what_is_wrong_in_chinese_and_change_nothing(
    ws: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    door = ["--config", ws.settings.config, "--data", str(ws.settings.data)]
    csv_file = ws.cwd / "清单.xlsx"
    csv_file.write_text("单位,问题\n", "utf-8")
    assert cli.run([*door, "import", "third-party", str(csv_file)]) == cli.BAD_USAGE
    assert "文本文件" in capsys.readouterr().err
    assert cli.run([*door, "import", "county", str(csv_file)]) == cli.BAD_USAGE
    assert "third-party" in capsys.readouterr().err
    good = book(
        ws.cwd / "g.xlsx", HEAD, ("市教育局", "政务动态", "更新不及时", "=1+1", "", "2018-6-4"),
        ("市教育局", "工作计划", "更新不及时", "=HYPERLINK(1)", "", "2018-6-4"),
        ("市教育局", "部门介绍", "空白栏目", "无\x1b[31m内容".replace("\x1b", ""), "", "2018-6-4"),
    )  # fmt: skip
    capsys.readouterr()
    assert cli.run([*door, "import", "province", str(good), "--format", "json"]) == cli.DONE
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"address": 0, "column": 0, "new": 1, "again": 0, "unread": 2}
    assert [r["row"] for r in told["rows"] if r["match"] == "unread"] == [2, 3]
