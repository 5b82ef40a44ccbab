"""Reading the sheets of an Excel workbook into rows, safely.

A workbook may come from anywhere: bounded in bytes, unpacked size, rows and columns; formulas are
refused, never computed.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from config.problems import ConfigError, Problem, echo, nearest
from config.sheets import CellError, Column, Sheet, from_cell, header_key

MAX_BYTES = 10_000_000
MAX_UNPACKED = 40_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELLS = 500_000
HEADER_WITHIN = 10
"""The header row is looked for in the first so many rows; titles may stand above it."""


@dataclass(slots=True)
class Row:
    """One row, read."""

    where_sheet: str
    """Workbook and sheet, as messages call them."""
    number: int
    values: dict[str, Any]
    """Field → plain value; blank cells are left out."""
    headers: dict[str, str] = field(default_factory=dict)
    """Field → header as it stands in the sheet."""

    def where(self, key: str | None = None) -> str:
        at = f"{self.where_sheet}第 {self.number} 行"
        return f"{at}“{self.headers[key]}”列" if key in self.headers else at


@dataclass(slots=True)
class Book:
    """A workbook's known sheets, read row by row; what could not be read is in ``problems``."""

    shown: str
    rows: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_book(path: Path, sheets: Sequence[Sheet]) -> Book:
    """Read the known sheets of a workbook.

    Raises ``ConfigError`` when it is no ``.xlsx`` file, too large, or has none of the sheets.
    """
    book = Book(path.name)
    workbook = open_book(path)
    try:
        for worksheet in workbook.worksheets:
            sheet = _known(worksheet.title, sheets)
            if sheet is None:
                continue
            if sheet.name in book.rows:
                reason = f"有两个“{sheet.name}”工作表"
                book.problems.append(
                    Problem(f"{path.name} 工作表“{worksheet.title}”", reason, "请只保留一个")
                )
                continue
            book.rows[sheet.name] = _read_sheet(worksheet, sheet, book)
        titles = [echo(w.title) for w in workbook.worksheets]
    finally:
        workbook.close()
    if not book.rows:
        names = "、".join(f"“{s.name}”" for s in sheets)
        reason = "没有认得的工作表（现有：" + "、".join(titles[:10]) + "）"
        raise ConfigError([Problem(path.name, reason, f"请把工作表改名为 {names} 之一")])
    return book


def open_book(path: Path) -> Any:
    """A workbook, whole in memory; its formulas are texts. Raises ``ConfigError``."""
    try:
        _fit_to_open(path)
        return load_workbook(path, data_only=False, keep_links=False)
    except ConfigError:
        raise
    except FileNotFoundError as error:
        raise refusal(path, "没有这个文件", "请核对文件名") from error
    except OSError as error:
        reason = f"读不了这个文件（{type(error).__name__}）"
        raise refusal(path, reason, "请先在 Excel 里关闭它，并核对权限") from error
    except Exception as error:  # openpyxl fails in many ways on what is no workbook
        reason = "不是 .xlsx 工作簿，或者已经损坏"
        remedy = "请在 Excel 里另存为“Excel 工作簿（*.xlsx）”后重试"
        raise refusal(path, reason, remedy) from error


_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_MERGED = re.compile(rb"""mergeCell\s[^>]*ref\s*=\s*["']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})""")


def _fit_to_open(path: Path) -> None:
    """Refuse what would take openpyxl too much memory or time."""
    if path.stat().st_size > MAX_BYTES:
        limit = f"文件超过 {MAX_BYTES // 1_000_000} MB"
        raise refusal(path, limit, "请核对是不是选错了文件")
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
            raise refusal(path, "文件解开后过大", "请删去无关的工作表和图片后重试")
        for entry in entries:
            if not entry.filename.lower().endswith(".xml"):
                continue
            content = archive.read(entry)
            # openpyxl makes an object of every cell, also of each one that is merged.
            cells = sum(1 for _ in _CELL.finditer(content))
            if cells > MAX_CELLS:
                raise refusal(path, "单元格太多", "请删去多余的空行空列后重试")
            for found in _MERGED.finditer(content):
                bounds = range_boundaries(found.group(1).decode())
                left, top, right, bottom = (int(n or 0) for n in bounds)
                cells += (right - left + 1) * (bottom - top + 1)
            if cells > MAX_ROWS * MAX_COLUMNS:
                raise refusal(path, "合并的单元格太多", "请取消整行整列的合并后重试")


def refusal(path: Path, reason: str, remedy: str) -> ConfigError:
    """A file that cannot be read at all."""
    return ConfigError([Problem(echo(path.name), reason, remedy)])


def _known(title: str, sheets: Sequence[Sheet]) -> Sheet | None:
    key = header_key(title)
    return next((s for s in sheets if key in {header_key(n) for n in (s.name, *s.also)}), None)


def _read_sheet(worksheet: Worksheet, sheet: Sheet, book: Book) -> list[Row]:
    where = f"{book.shown} 工作表“{worksheet.title}”"
    if worksheet.max_row > MAX_ROWS or worksheet.max_column > MAX_COLUMNS:
        reason = f"有 {worksheet.max_row} 行 {worksheet.max_column} 列，太大"
        remedy = f"请删去多余的空行空列（最多 {MAX_ROWS} 行 {MAX_COLUMNS} 列）"
        book.problems.append(Problem(where, reason, remedy))
        return []
    merged = _merged(worksheet)
    grid = [
        [merged.get((number, index), cell) for index, cell in enumerate(row, 1)]
        for number, row in enumerate(worksheet.iter_rows(), 1)
    ]
    found = _header(grid, sheet)
    if found is None:
        wanted = "、".join(c.header for c in sheet.columns if c.required)
        book.problems.append(Problem(where, "找不到表头", f"请在前几行写上表头：{wanted}"))
        return []
    columns, headers = _columns(grid, found, sheet, where, book)
    rows = []
    for number, cells in enumerate(grid[found + 1 :], found + 2):
        row = _row(cells, Row(where, number, {}, headers), columns, book)
        if row is not None:
            rows.append(row)
    return rows


def _merged(worksheet: Worksheet) -> dict[tuple[int, int], Any]:
    """Cells merged down a column count as filled with the value of their first cell."""
    filled: dict[tuple[int, int], Any] = {}
    for area in worksheet.merged_cells.ranges:
        if area.min_col == area.max_col and area.max_row <= MAX_ROWS:
            first = worksheet.cell(area.min_row, area.min_col)
            for number in range(area.min_row + 1, area.max_row + 1):
                filled[number, area.min_col] = first
    return filled


def _text(cell: Any) -> str:
    return str(cell.value).strip() if cell.value is not None else ""


def _lookup(sheet: Sheet) -> dict[str, Column]:
    known: dict[str, Column] = {}
    for column in sheet.columns:
        known[header_key(column.header)] = column
    for column in sheet.columns:
        for other in column.also:
            known.setdefault(header_key(other), column)
    return known


def _header(grid: Sequence[Sequence[Any]], sheet: Sheet) -> int | None:
    """The row that holds most of the headers, if it holds two at least (or all there are)."""
    known = _lookup(sheet)
    best, most = None, 1
    for index, cells in enumerate(grid[:HEADER_WITHIN]):
        hits = len({known[k].key for c in cells if (k := header_key(_text(c))) in known})
        if hits > most:
            best, most = index, hits
    return best


def _columns(
    grid: Sequence[Sequence[Any]], at: int, sheet: Sheet, where: str, book: Book
) -> tuple[dict[int, Column], dict[str, str]]:
    known = _lookup(sheet)
    here = f"{where}第 {at + 1} 行"
    columns: dict[int, Column] = {}
    headers: dict[str, str] = {}
    for index, cell in enumerate(grid[at]):
        text = _text(cell)
        column = known.get(header_key(text))
        if column is not None and column in columns.values():
            book.problems.append(Problem(here, f"表头“{echo(text)}”重复", "请只保留一列"))
        elif column is not None:
            columns[index] = column
            headers[column.key] = echo(text)
        elif any(index < len(row) and _text(row[index]) for row in grid[at + 1 :]):
            guess = nearest(header_key(text), [header_key(c.header) for c in sheet.columns])
            shown = next((c.header for c in sheet.columns if header_key(c.header) == guess), None)
            letter = get_column_letter(index + 1)
            reason = (
                f"不认识的表头“{echo(text)}”（{letter} 列）"
                if text
                else f"{letter} 列有内容而没有表头"
            )
            remedy = (
                f"是不是 {shown}？请改正或删去这一列" if shown else "请改成认得的表头，或删去这一列"
            )
            book.problems.append(Problem(here, reason, remedy))
    present = {c.key for c in columns.values()}
    for column in sheet.columns:
        if column.required and column.key not in present:
            book.problems.append(Problem(here, f"缺少“{column.header}”列", "请补上这一列"))
    return columns, headers


def _row(cells: Sequence[Any], row: Row, columns: dict[int, Column], book: Book) -> Row | None:
    """Fill a row from its cells; ``None`` when it is blank."""
    if not any(_text(cells[i]) for i in columns):
        return None
    for index, column in columns.items():
        cell = cells[index]
        try:
            value = _value(cell, column)
        except CellError as error:
            book.problems.append(Problem(row.where(column.key), error.reason, error.remedy))
            row.values[column.key] = UNREAD
            continue
        if value is not None:
            row.values[column.key] = value
        elif column.required:
            book.problems.append(
                Problem(row.where(column.key), f"{row.headers[column.key]}空着", "请填写")
            )
            row.values[column.key] = UNREAD
    return row


def _value(cell: Any, column: Column) -> Any:
    if cell.data_type == "f":
        raise CellError("是公式", "请复制后“选择性粘贴”为数值")
    if cell.data_type == "e":
        raise CellError(f"是错误值 {echo(cell.value)}", "请改成正确的内容")
    return from_cell(column, cell.value)


class _Unread:
    """Stands for a cell whose problem has been told already."""


UNREAD = _Unread()


def is_unread(value: object) -> bool:
    """Was this cell's problem told already?"""
    return isinstance(value, _Unread)
