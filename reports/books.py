"""What our workbooks share: rows, names of sheets, and bytes without the time of their making.

Values are numbers or text, never a formula. The same content gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile

from openpyxl import Workbook
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports.cells import plain

LONGEST = 32_767
"""Characters that a cell holds."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BOLD = Font(bold=True)
_HEAD = PatternFill("solid", fgColor="DDEBF7")
_WRAP = Alignment(wrap_text=True, vertical="top")


def empty_workbook() -> Workbook:
    workbook = Workbook()
    for empty in workbook.worksheets:
        workbook.remove(empty)
    return workbook


def sheet_name(name: str, taken: set[str]) -> str:
    """A sheet's name: at most 31 characters, none that the format forbids, none twice."""
    clean = re.sub(r"[\[\]:*?/\\']", "", plain(name)).strip()[:28] or "单位"
    used, number = {t.casefold() for t in taken}, 1
    found = clean
    while found.casefold() in used or found.casefold() == "history":
        number += 1
        found = f"{clean[:26]}({number})"
    return found


def row(
    sheet: Worksheet,
    number: int,
    values: list[object],
    *,
    bold: bool = False,
    fill: bool = False,
    wrap: bool = False,
) -> None:
    for index, value in enumerate(values, 1):
        if value is None or value == "":
            continue
        cell = sheet.cell(number, index)
        if isinstance(cell, MergedCell):  # there are none: for the types
            continue
        if isinstance(value, int | float):
            cell.value = value
        else:
            text = plain(str(value))[:LONGEST]
            cell.value = text
            cell.data_type = "s"  # text stays text, whatever it begins with
            cell.quotePrefix = text[:1] in "=+-@"
        if bold:
            cell.font = _BOLD
        if fill:
            cell.fill = _HEAD
        if wrap:
            cell.alignment = _WRAP


def widths(sheet: Worksheet, of: tuple[int, ...]) -> None:
    for index, width in enumerate(of, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width


def fixed(workbook: Workbook) -> bytes:
    """The workbook's bytes without the time of their making."""
    made = io.BytesIO()
    workbook.save(made)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(made) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*",
                    rb"\g<1>1980-01-01T00:00:00Z",
                    content,
                )
            info = zipfile.ZipInfo(item.filename, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, content)
    return out.getvalue()
