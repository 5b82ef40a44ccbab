"""The year-end assessment as a workbook: the table, its settings, and a sheet a unit with every number
that its total rests on. Values are numbers; the arithmetic stands beside them as text, never as a formula.

The same table gives the same bytes: the times that the format wants are fixed.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import MergedCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports.assessed import HEADER, UNCONFIRMED, cells_of
from reports.assessment import DEDUCTIONS, KINDS, AssessmentView, derivation
from reports.cells import plain
from reports.machine import points
from reports.sheet import TRIAL

LONGEST = 32_767
"""Characters that a cell holds."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BOLD = Font(bold=True)
_HEAD = PatternFill("solid", fgColor="DDEBF7")
_WRAP = Alignment(wrap_text=True, vertical="top")


def write_book(view: AssessmentView, path: Path) -> None:
    """Write the workbook. Raises ``OSError``."""
    path.write_bytes(book(view))


def book(view: AssessmentView) -> bytes:
    workbook = Workbook()
    for empty in workbook.worksheets:
        workbook.remove(empty)
    _summary(workbook.create_sheet("总表"), view)
    _settings(workbook.create_sheet("计分办法"), view)
    taken = {"总表", "计分办法"}
    for result in view.results:
        name = sheet_name(view.names.unit(result.unit_id), taken)
        taken.add(name)
        sheet = workbook.create_sheet(name)
        _row(sheet, 1, [f"{view.names.unit(result.unit_id)} {view.year} 年度年终考评"], bold=True)
        _row(sheet, 2, ["每一行的结果四舍五入到两位小数，下一行用的就是这个结果。"])
        _row(sheet, 3, ["项目", "算式", "结果"], bold=True, fill=True)
        for number, step in enumerate(derivation(view, result), 4):
            indent = "　" * max(0, step.level - 1)
            _row(
                sheet,
                number,
                [indent + step.words, step.expression, points(step.value)],
                bold=step.level == 0,
                wrap=True,
            )
        _widths(sheet, (70, 60, 12))
        sheet.freeze_panes = "A4"
    return _fixed(workbook)


def sheet_name(name: str, taken: set[str]) -> str:
    """A sheet's name: at most 31 characters, none that the format forbids, none twice."""
    clean = re.sub(r"[\[\]:*?/\\']", "", plain(name)).strip()[:28] or "单位"
    used, number = {t.casefold() for t in taken}, 1
    found = clean
    while found.casefold() in used or found.casefold() == "history":
        number += 1
        found = f"{clean[:26]}({number})"
    return found


def _summary(sheet: Worksheet, view: AssessmentView) -> None:
    words = [
        f"{view.city} {view.year} 年度年终考评（{view.first} 至 {view.last}，{view.standard_id}）"
    ]
    if view.trial_run:
        words.append(TRIAL)
    words += [f"注意：{w}" for w in view.warnings]
    if view.settings.unconfirmed:
        words.append(f"{UNCONFIRMED}：" + "、".join(view.settings.unconfirmed))
    for number, line in enumerate(words, 1):
        _row(sheet, number, [line], bold=number == 1)
    head = len(words) + 1
    _row(sheet, head, list(HEADER), bold=True, fill=True, wrap=True)
    for number, result in enumerate(view.results, head + 1):
        _row(sheet, number, cells_of(view, result))
    _widths(sheet, (14, 6, 8, 14, 16, *((9,) * (len(HEADER) - 6)), 60))
    sheet.freeze_panes = f"F{head + 1}"
    last = get_column_letter(len(HEADER))
    sheet.auto_filter.ref = f"A{head}:{last}{head + max(1, len(view.results))}"


def _settings(sheet: Worksheet, view: AssessmentView) -> None:
    _row(sheet, 1, ["项目", "数值", "说明"], bold=True, fill=True)
    for number, row in enumerate(_setting_rows(view), 2):
        _row(sheet, number, list(row), wrap=True)
    _widths(sheet, (40, 12, 70))


def _setting_rows(view: AssessmentView) -> Iterator[tuple[str, object, str]]:
    rules = view.settings

    def mark(unconfirmed: bool) -> str:
        return "未确认" if unconfirmed else ""

    yield "平时检测的权重", rules.parts.scans, mark(rules.parts.unconfirmed)
    yield "整改情况的权重", rules.parts.rectification, mark(rules.parts.unconfirmed)
    for kind, weight in rules.scans.by_kind.items():
        yield f"{KINDS[kind]}的权重", weight, mark(rules.scans.unconfirmed)
    for class_id, weight in rules.classes.items():
        yield f"问题类别 {class_id} 的权重", weight, mark(rules.classes_unconfirmed)
    r = rules.rectification
    yield "按期整改率的权重", r.rate, mark(r.unconfirmed)
    yield "整改速度的权重", r.days, mark(r.unconfirmed)
    yield "平均几个工作日以内满分", r.full_workdays, mark(r.unconfirmed)
    yield "平均几个工作日以上 0 分", r.zero_workdays, mark(r.unconfirmed)
    yield "期限后宽限的工作日", r.grace_workdays, mark(r.unconfirmed)
    for key, title in DEDUCTIONS.items():
        price = getattr(rules, key)
        yield f"{title}每个（次）扣分", float(price.points), mark(price.unconfirmed)
        yield f"{title}最多扣分", float(price.cap), mark(price.unconfirmed)
    yield "至少检测次数", rules.min_scans, mark(rules.thresholds_unconfirmed)
    yield "至少检测到应检次数的 %", rules.min_reached, mark(rules.thresholds_unconfirmed)
    for group, grades in (("", rules.grades), *rules.group_grades.items()):
        for grade in grades:
            name = f"等次 {grade.title}" + (f"（{group}）" if group else "")
            yield name, float(grade.at_least), mark(rules.grades_unconfirmed)
    yield "依据", None, rules.basis


def _row(
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


def _widths(sheet: Worksheet, widths: tuple[int, ...]) -> None:
    for index, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(index)].width = width


def _fixed(workbook: Workbook) -> bytes:
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
