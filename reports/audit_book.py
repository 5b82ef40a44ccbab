"""The official table of a standard, filled in, as a workbook: a sheet a site, and one with every place.

Points are numbers, the arithmetic stands beside them as text.
"""

from __future__ import annotations

from pathlib import Path

from openpyxl.worksheet.worksheet import Worksheet

from reports.audit import (
    DOUBT,
    AuditView,
    SiteAudit,
    answer_words,
    part_words,
    reckoning,
    score_words,
)
from reports.books import empty_workbook, fixed, row, sheet_name, widths
from reports.machine import points
from reports.sheet import TRIAL, day

PLACES = "问题位置"
_COLUMNS = ("一级指标", "二级指标", "评分细则", "条目", "评判方式", "结论", "个数", "扣（加）分",
            "最多扣（加）分", "分值依据", "算式和说明", "人工结论", "依据")  # fmt: skip
_WIDTHS = (12, 18, 40, 30, 10, 10, 7, 10, 12, 10, 44, 30, 40)
_PLACE_COLUMNS = ("站点", "一级指标", "二级指标", "条目", "编号", "单位", "对象", "问题", "网址",
                  "疑似")  # fmt: skip


def write_book(view: AuditView, path: Path) -> None:
    """Write the workbook. Raises ``OSError``."""
    path.write_bytes(book(view))


def book(view: AuditView) -> bytes:
    workbook = empty_workbook()
    taken = {PLACES}
    for site in view.sites:
        name = sheet_name(site.name, taken)
        taken.add(name)
        _site(workbook.create_sheet(name), view, site)
    _places(workbook.create_sheet(PLACES), view)
    return fixed(workbook)


def _site(sheet: Worksheet, view: AuditView, site: SiteAudit) -> None:
    head = [
        f"{site.name} {view.standard.title}",
        f"截至 {day(view.day)}，依据第 {view.scan_id} 次检测（{view.scan_kind}）",
        site.card.words,
        *score_words(site.card),
    ]
    if site.card.media:
        head.append(f"政务新媒体：{site.card.media}")
    if view.trial_run:
        head.append(TRIAL)
    for number, words in enumerate(head, 1):
        row(sheet, number, [words], bold=number in (1, 3))
    number = len(head) + 2
    row(sheet, number, list(_COLUMNS), bold=True, fill=True, wrap=True)
    sheet.freeze_panes = f"C{number + 1}"
    known = {x.id: x for x in view.standard.indicators}
    for part in site.card.parts:
        number += 1
        row(sheet, number, [part_words(part)], bold=True)
        for line in part.indicators if part.applies else ():
            indicator = known[line.id]
            for c, spec in zip(line.conditions, indicator.conditions, strict=True):
                number += 1
                scored = part.kind != "veto"
                doubt = c.unconfirmed or line.unconfirmed
                told = f"{reckoning(part, c, spec).removeprefix('，')} {c.reason}".strip()
                row(
                    sheet,
                    number,
                    [
                        line.group,
                        line.title,
                        indicator.wording,
                        c.title,
                        spec.judge.label,
                        c.state.label,
                        c.count,
                        points(c.deducted) if scored else None,
                        points(c.at_worst) if scored else None,
                        DOUBT if doubt else "",
                        told,
                        answer_words(c),
                        indicator.basis,
                    ],
                    wrap=True,
                )
    widths(sheet, _WIDTHS)


def _places(sheet: Worksheet, view: AuditView) -> None:
    row(sheet, 1, list(_PLACE_COLUMNS), bold=True, fill=True)
    sheet.freeze_panes = "A2"
    number = 1
    for site in view.sites:
        for _, line, _ in view.lines(site):
            for c in line.conditions:
                marks = [(m, "") for m in c.places] + [(m, "疑似") for m in c.candidates]
                for mark, doubt in marks:
                    place = site.places.get(mark)
                    if place is None:
                        continue
                    number += 1
                    row(
                        sheet,
                        number,
                        [
                            site.name,
                            line.group,
                            line.title,
                            c.title,
                            place.short_id,
                            place.unit_short,
                            place.subject_title,
                            place.message,
                            place.url,
                            doubt,
                        ],
                        wrap=True,
                    )
    widths(sheet, (12, 12, 18, 30, 12, 14, 30, 60, 50, 6))
