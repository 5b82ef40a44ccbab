"""Any workbook of someone else's as plain grids of values, safely.

Unlike ``config.workbook`` nothing is expected of the sheets. A formula is never computed: its cell
holds the value that the spreadsheet program stored with it, or says that there is none.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from config.problems import ConfigError, echo
from config.workbook import MAX_COLUMNS, MAX_ROWS, open_book, refusal


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands in a cell whose value cannot be had."""

    reason: str
    """In Chinese."""


Value = str | int | float | bool | date | datetime | time | Unreadable | None


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet."""

    name: str
    hidden: bool
    rows: tuple[tuple[Value, ...], ...]
    """All of them, from row 1; a cell under a merged area holds the area's value."""
    covered: frozenset[tuple[int, int]]
    """Cells (row from 1, column from 0) that lie under a merged area, not its first."""
    titles: frozenset[int]
    """Rows (from 1) that hold nothing but one merged area over most of them: headings, no data."""
    links: dict[tuple[int, int], str]
    """Targets of hyperlinks, by cell."""
    epoch: datetime
    """Day 0 of its serial numbers."""


NO_RESULT = Unreadable("是公式，文件里没有存它的结果")
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_SAVE_AS = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后重试"


def read_grids(path: Path) -> list[Grid]:
    """Every sheet of a workbook, in its order.

    Raises ``ConfigError``: no file, another type of file, protected by a password, too large.
    """
    _is_workbook(path)
    workbook = open_book(path)
    try:
        sheets = list(workbook.worksheets)
        stored = _Stored(path)
        try:
            return [_grid(sheet, workbook.epoch, stored, path) for sheet in sheets]
        finally:
            stored.close()
    finally:
        workbook.close()


def _is_workbook(path: Path) -> None:
    """Tell what a file is that is no workbook, by its content, whatever its name says."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError as error:
        raise refusal(path, "没有这个文件", "请核对文件名") from error
    except IsADirectoryError as error:
        raise refusal(path, "是目录，不是文件", "请写出工作簿的文件名") from error
    except OSError as error:
        reason = f"读不了这个文件（{type(error).__name__}）"
        raise refusal(path, reason, "请先在 Excel 里关闭它，并核对权限") from error
    if not head:
        raise refusal(path, "是空文件", "请核对文件，或请对方重新发送")
    if head.startswith(_OLE):
        if _mentions(path, "EncryptedPackage".encode("utf-16-le")):
            raise refusal(path, "加了密码", "请在 Excel 里取消打开密码，另存后重试")
        raise refusal(path, "是旧格式（.xls、.et 或 .doc）", _SAVE_AS)
    if head.startswith(b"%PDF"):
        raise refusal(path, "是 PDF 文件", "请向对方要 Excel 工作簿（*.xlsx）")
    if head.startswith(b"PK"):
        _is_spreadsheet(path)
        return
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        raise refusal(path, "是网页（HTML 或 XML），只是改了扩展名", _SAVE_AS)
    if b"\x00" not in head:
        raise refusal(path, "是文本文件（如 .csv），不是工作簿", _SAVE_AS)
    raise refusal(path, "不是 .xlsx 工作簿，或者已经损坏", _SAVE_AS)


def _mentions(path: Path, word: bytes) -> bool:
    """Whether the first megabytes of a file hold a word."""
    with path.open("rb") as file:
        return word in file.read(2_000_000)


def _is_spreadsheet(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {entry.filename.split("/")[0] for entry in archive.infolist()[:1000]}
            locked = any(entry.flag_bits & 1 for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise refusal(path, "不是 .xlsx 工作簿，或者已经损坏", _SAVE_AS) from error
    if locked:
        raise refusal(path, "加了密码", "请去掉密码后重试")
    if "xl" in names:
        return
    if "word" in names:
        raise refusal(path, "是 Word 文档", "请把其中的表格复制到 Excel，存成 .xlsx 后重试")
    if "ppt" in names:
        raise refusal(path, "是演示文稿", "请向对方要 Excel 工作簿（*.xlsx）")
    raise refusal(path, "是压缩包或别的文件，不是 .xlsx 工作簿", "请解开后选其中的 .xlsx 文件")


class _Stored:
    """The results that were stored with formulas; the file is read again only if there are any."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._book: Any = None

    def of(self, sheet: str) -> dict[tuple[int, int], Any]:
        """By row and column, both from 1, of one sheet."""
        if self._book is None:
            try:
                self._book = load_workbook(
                    self._path, read_only=True, data_only=True, keep_links=False
                )
            except Exception as error:  # openpyxl fails in many ways
                reason = "不是 .xlsx 工作簿，或者已经损坏"
                raise refusal(self._path, reason, _SAVE_AS) from error
        found: dict[tuple[int, int], Any] = {}
        for number, row in enumerate(self._book[sheet].iter_rows(max_row=MAX_ROWS), 1):
            for index, cell in enumerate(row[:MAX_COLUMNS], 1):
                if cell.value is not None:
                    found[number, index] = cell.value
        return found

    def close(self) -> None:
        if self._book is not None:
            self._book.close()


def _grid(sheet: Worksheet, epoch: datetime, stored: _Stored, path: Path) -> Grid:
    if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
        reason = f"工作表“{echo(sheet.title)}”有 {sheet.max_row} 行 {sheet.max_column} 列，太大"
        remedy = f"请删去多余的空行空列（最多 {MAX_ROWS} 行 {MAX_COLUMNS} 列）"
        raise refusal(path, reason, remedy)
    results: dict[tuple[int, int], Any] | None = None
    rows: list[list[Value]] = []
    links: dict[tuple[int, int], str] = {}
    for number, cells in enumerate(sheet.iter_rows(), 1):
        values: list[Value] = []
        for index, cell in enumerate(cells):
            value: Any = cell.value
            kind = getattr(cell, "data_type", "n")
            if kind == "f":
                if results is None:
                    results = stored.of(sheet.title)
                value = results.get((number, index + 1), NO_RESULT)
                kind = "e" if isinstance(value, str) and value.startswith("#") else kind
            if kind == "e":
                value = Unreadable(f"是错误值 {echo(value)}")
            link = getattr(cell, "hyperlink", None)
            if link is not None and link.target:
                links[number, index] = str(link.target)[:2000]
            values.append(_plain(value))
        rows.append(values)
    covered, titles = _spread(sheet, rows)
    return Grid(
        name=sheet.title,
        hidden=sheet.sheet_state != "visible",
        rows=tuple(tuple(row) for row in rows),
        covered=frozenset(covered),
        titles=frozenset(titles),
        links=links,
        epoch=epoch,
    )


def _plain(value: Any) -> Value:
    if value is None or isinstance(
        value, str | bool | int | float | date | datetime | time | Unreadable
    ):
        return value
    return str(value)  # rich text, a duration


def _spread(sheet: Worksheet, rows: list[list[Value]]) -> tuple[set[tuple[int, int]], set[int]]:
    """Fill what lies under merged areas; the cells filled, and the rows that are mere headings."""
    covered: set[tuple[int, int]] = set()
    titles: set[int] = set()
    width = max((len(row) for row in rows), default=0)
    for number, left, bottom, right in _areas(sheet, len(rows), width):
        value = rows[number - 1][left]
        for line in range(number, bottom + 1):
            beside = (*rows[line - 1][:left], *rows[line - 1][right + 1 :])
            if right - left + 1 > max(2, width // 2) and not any(v is not None for v in beside):
                titles.add(line)
            for index in range(left, right + 1):
                if (line, index) != (number, left):
                    rows[line - 1][index] = value
                    covered.add((line, index))
    return covered, titles


def _areas(sheet: Worksheet, height: int, width: int) -> Iterator[tuple[int, int, int, int]]:
    """Merged areas as (top, left, bottom, right): rows from 1, columns from 0, within the grid."""
    for area in sheet.merged_cells.ranges:
        if area.min_row <= height and area.min_col <= width:
            yield (
                area.min_row,
                area.min_col - 1,
                min(area.max_row, height),
                min(area.max_col, width) - 1,
            )


__all__ = ["NO_RESULT", "ConfigError", "Grid", "Unreadable", "Value", "read_grids"]
