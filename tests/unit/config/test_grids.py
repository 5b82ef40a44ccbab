"""Foreign workbooks become grids; what is none is told in Chinese with a remedy."""

# ruff: noqa: DTZ001 - a cell holds a date without a zone

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from config.grids import NO_RESULT, Unreadable, read_grids
from config.problems import ConfigError


def saved(path: Path, workbook: Workbook) -> Path:
    workbook.save(path)
    return path


def sheet_of(workbook: Workbook):  # type: ignore[no-untyped-def]
    assert workbook.active is not None
    return workbook.active


def zipped(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def test_merged_cells_hold_the_value_of_their_area_and_headings_are_marked(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = sheet_of(workbook)
    sheet.append(["2018年第三方检测问题清单", None, None, None])
    sheet.merge_cells("A1:D1")
    sheet.append(["单位", "栏目", "问题描述", "网址"])
    sheet.append(["市教育局", "动态", "未更新", "u"])
    sheet.append([None, "计划", "未更新", "v"])
    sheet.merge_cells("A3:A4")
    (grid,) = read_grids(saved(tmp_path / "a.xlsx", workbook))
    assert grid.rows[3] == ("市教育局", "计划", "未更新", "v")
    assert (4, 0) in grid.covered
    assert (3, 0) not in grid.covered
    assert grid.titles == {1}


def test_a_formula_gives_the_result_that_was_stored_with_it_and_is_never_computed(
    tmp_path: Path,
) -> None:
    workbook = Workbook()
    sheet = sheet_of(workbook)
    sheet.append(["=1+1", "=#REF!", "x"])
    path = saved(tmp_path / "a.xlsx", workbook)
    assert read_grids(path)[0].rows[0][0] == NO_RESULT
    # What Excel itself saves: the formula and its last result.
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = (
        parts[name]
        .replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>7</v>")
        .replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>7</v>")
    )
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    assert read_grids(path)[0].rows[0][0] == 7


def test_errors_links_dates_and_hidden_sheets_are_told(tmp_path: Path) -> None:
    workbook = Workbook()
    sheet = sheet_of(workbook)
    sheet.append(["#N/A", "点击", datetime(2018, 6, 4)])
    sheet["A1"].data_type = "e"
    sheet["B1"].hyperlink = "https://www.lin.gov.cn/a"
    workbook.create_sheet("旧").sheet_state = "hidden"
    first, second = read_grids(saved(tmp_path / "a.xlsx", workbook))
    assert isinstance(first.rows[0][0], Unreadable)
    assert first.rows[0][2] == datetime(2018, 6, 4)
    assert first.links == {(1, 1): "https://www.lin.gov.cn/a"}
    assert (first.hidden, second.hidden) == (False, True)


OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空文件"),
        (OLE + b"\0" * 600, "旧格式"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "加了密码"),
        (b"%PDF-1.4", "PDF"),
        ("单位,问题\n市教育局,未更新\n".encode("gbk"), "文本文件"),
        (b"\xef\xbb\xbf<html><table></table>", "网页"),
        (b"<?xml version='1.0'?><Workbook/>", "网页"),
        (b"PK\x03\x04 broken", "损坏"),
        (b"\x00\x01\x02", "不是 .xlsx"),
    ],
)
def test_another_type_of_file_is_told_whatever_its_name_says(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "清单.xlsx"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=reason) as told:
        read_grids(path)
    assert all(p.remedy for p in told.value.problems)


def test_other_archives_and_what_is_too_large_are_refused(tmp_path: Path) -> None:
    word = zipped(tmp_path / "a.xlsx", word__document_xml=b"x")
    with pytest.raises(ConfigError, match="Word"):
        read_grids(word)
    with pytest.raises(ConfigError, match="压缩包"):
        read_grids(zipped(tmp_path / "b.xlsx", readme=b"x"))
    bomb = zipped(tmp_path / "c.xlsx", **{"xl__workbook.xml": b"0" * 50_000_000})
    with pytest.raises(ConfigError, match="过大"):
        read_grids(bomb)
    with pytest.raises(ConfigError, match="没有这个文件"):
        read_grids(tmp_path / "none.xlsx")
    with pytest.raises(ConfigError, match="目录"):
        read_grids(tmp_path)
    workbook = Workbook()
    sheet_of(workbook)["A30000"] = "x"
    with pytest.raises(ConfigError, match="30000 行"):
        read_grids(saved(tmp_path / "d.xlsx", workbook))
