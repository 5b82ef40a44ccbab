"""The year-end assessment as a workbook: the table, its settings, and a sheet a unit with every number
that its total rests on. Values are numbers; the arithmetic stands beside them as text, never as a formula.

The same table gives the same bytes: the times that the format wants are fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports.assessed import HEADER, UNCONFIRMED, cells_of
from reports.assessment import DEDUCTIONS, KINDS, AssessmentView, derivation
from reports.books import empty_workbook, fixed, row, sheet_name, widths
from reports.machine import points
from reports.sheet import TRIAL


def write_book(view: AssessmentView, path: Path) -> None:
    """Write the workbook. Raises ``OSError``."""
    path.write_bytes(book(view))


def book(view: AssessmentView) -> bytes:
    workbook = empty_workbook()
    _summary(workbook.create_sheet("总表"), view)
    _settings(workbook.create_sheet("计分办法"), view)
    taken = {"总表", "计分办法"}
    for result in view.results:
        name = sheet_name(view.names.unit(result.unit_id), taken)
        taken.add(name)
        sheet = workbook.create_sheet(name)
        row(sheet, 1, [f"{view.names.unit(result.unit_id)} {view.year} 年度年终考评"], bold=True)
        row(sheet, 2, ["每一行的结果四舍五入到两位小数，下一行用的就是这个结果。"])
        row(sheet, 3, ["项目", "算式", "结果"], bold=True, fill=True)
        for number, step in enumerate(derivation(view, result), 4):
            indent = "　" * max(0, step.level - 1)
            row(
                sheet,
                number,
                [indent + step.words, step.expression, points(step.value)],
                bold=step.level == 0,
                wrap=True,
            )
        widths(sheet, (70, 60, 12))
        sheet.freeze_panes = "A4"
    return fixed(workbook)


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
        row(sheet, number, [line], bold=number == 1)
    head = len(words) + 1
    row(sheet, head, list(HEADER), bold=True, fill=True, wrap=True)
    for number, result in enumerate(view.results, head + 1):
        row(sheet, number, cells_of(view, result))
    widths(sheet, (14, 6, 8, 14, 16, *((9,) * (len(HEADER) - 6)), 60))
    sheet.freeze_panes = f"F{head + 1}"
    last = get_column_letter(len(HEADER))
    sheet.auto_filter.ref = f"A{head}:{last}{head + max(1, len(view.results))}"


def _settings(sheet: Worksheet, view: AssessmentView) -> None:
    row(sheet, 1, ["项目", "数值", "说明"], bold=True, fill=True)
    for number, values in enumerate(_setting_rows(view), 2):
        row(sheet, number, list(values), wrap=True)
    widths(sheet, (40, 12, 70))


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
