"""问题清单 as a workbook: one row a problem, in the columns that circulars and inspections use."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from reports import masks
from reports.official import chinese_date
from reports.sheet import SHANGHAI

_COLUMNS = (
    ("序号", 6),
    ("单位", 22),
    ("渠道", 14),
    ("栏目", 24),
    ("问题类别", 14),
    ("问题描述", 60),
    ("网址", 48),
    ("发现时间", 17),
    ("依据", 40),
    ("整改时限", 13),
    ("整改情况", 34),
    ("问题编号", 12),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    unit: str
    channel: str
    column: str
    kind: str
    description: str
    url: str | None
    found_at: datetime
    basis: str
    deadline: str
    standing: str
    """整改情况: 未改 or 已改, the stage, and when it was looked at last."""
    short_id: str


def problem_list_xlsx(
    rows: Sequence[ProblemRow], *, city: str, day: date, trial_run: bool
) -> bytes:
    """The workbook; every cell holds text, none is calculated, and only plain web addresses are
    links."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "问题清单"
    trial = "（试运行：仅供查看，不计入考评）" if trial_run else ""
    head = f"{city}政府网站和信息公开平台问题清单　截至{chinese_date(day)}{trial}"
    sheet.append([masks.words(head)])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_COLUMNS))
    sheet.append([name for name, _ in _COLUMNS])
    for number, row in enumerate(rows, 1):
        sheet.append(
            [
                number,
                *map(masks.words, (row.unit, row.channel, row.column, row.kind, row.description)),
                masks.address(row.url),
                row.found_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
                *map(masks.words, (row.basis, row.deadline, row.standing, row.short_id)),
            ]
        )
        for cell in sheet[sheet.max_row][1:]:
            cell.data_type = "s"  # what begins with = is text all the same
            cell.quotePrefix = str(cell.value or "").startswith(("=", "+", "-", "@"))
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        target = masks.link(row.url)
        if target is not None:
            sheet.cell(sheet.max_row, 7).hyperlink = target
    sheet["A1"].font = Font(bold=True, size=14)
    for i, (_, width) in enumerate(_COLUMNS, 1):
        sheet.cell(2, i).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(i)].width = width
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(_COLUMNS))}{max(sheet.max_row, 2)}"
    sheet.print_title_rows = "2:2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()
