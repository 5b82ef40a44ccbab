"""The list of problems as a workbook."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from checks.life import EventKind
from services.problem_list import write_list
from services.workspace import UsageError
from tests.unit.services.docket import Docket, at


@pytest.fixture
def docket(tmp_path: Path) -> Docket:
    return Docket(tmp_path)


def rows(docket: Docket, name: str = "a.xlsx", unit: str | None = None) -> list[list[object]]:
    out = docket.folder / name
    who = docket.ws.config.unit(unit) if unit else None
    write_list(docket.ws, out, who, now=docket.now)
    sheet = openpyxl.load_workbook(out)["问题清单"]
    return [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]


def test_every_open_problem_has_its_row_and_no_other(docket: Docket) -> None:
    late, mended, old = docket.finding("a"), docket.finding("b"), docket.finding("c", "env")
    docket.late(late, mended, old)
    docket.tell(mended, EventKind.RECTIFIED, at(12, 15))
    head, first, second = rows(docket)
    assert head[:11] == [
        "序号", "单位", "渠道", "栏目", "问题类别", "问题描述", "网址", "发现时间", "依据", "整改时限", "整改情况",
    ]  # fmt: skip
    assert first[1:5] == ["市教育局", "政府网站", "工作动态→政务动态", "排版不合要求"]
    assert first[6:8] == ["http://127.0.0.1:9/a.html", "2018-11-01 09:00"]
    assert first[9:11] == ["2018-11-30", "未改（逾期）；2018-12-10检测时仍在"]
    assert second[1] == "市生态环境局（原市环保局）"
    assert len(rows(docket, "b.xlsx", "edu")) == 2


def test_no_cell_calculates_and_no_number_of_a_person_is_in_it(docket: Docket) -> None:
    docket.late(
        docket.finding("a", title="=1+1", message="=cmd|' /C calc'!A0", url="javascript:alert(1)"),
        docket.finding("b", snippet="13879200000", message="@SUM(A1)"),
    )
    out = docket.folder / "x.xlsx"
    write_list(docket.ws, out, now=docket.now)
    sheet = openpyxl.load_workbook(out)["问题清单"]
    cells = [c for row in sheet.iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f"]
    assert not [c for c in cells if "13879200000" in str(c.value)]
    assert [c.hyperlink.target for c in cells if c.hyperlink] == ["http://127.0.0.1:9/b.html"]
    with pytest.raises(UsageError, match="已经有了"):
        write_list(docket.ws, out, now=docket.now)
    with pytest.raises(UsageError, match="xlsx"):
        write_list(docket.ws, docket.folder / "x.csv", now=docket.now)
