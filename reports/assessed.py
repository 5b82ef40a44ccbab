"""The year-end assessment on screen, for scripts and for spreadsheets."""

from __future__ import annotations

from rich.console import Console

from reports.assessment import (
    DEDUCTIONS,
    KINDS,
    AssessmentView,
    DerivationView,
    derivation,
    iso,
    remark,
)
from reports.cells import pad
from reports.machine import Shape, points, shape
from reports.sheet import TRIAL, Sheet
from reports.tables import table
from scorecards.assess import UnitResult
from scorecards.score import RANKED_GROUPS, points_text

UNCONFIRMED = "没有官方来源（未确认）"


# --- screen ---------------------------------------------------------------------------------------


def print_assessment(out: Console, view: AssessmentView) -> None:
    sheet = Sheet(out)
    sheet.line((f"{view.city} {view.year} 年度年终考评", "bold"))
    sheet.line((f"{view.first} 至 {view.last}  标准 {view.standard_id}", "dim"))
    _head(sheet, view)
    for group in RANKED_GROUPS:
        mine = [r for r in view.results if r.group is group]
        if not mine:
            continue
        sheet.heading(group.label, f"{len(mine)} 个单位")
        titles = ("名次", "单位", "总分", "等次", "检测", "整改", "反弹", "通报", "他查")
        sheet.line((_columns(*titles), "dim"))
        for result in mine:
            sheet.line(_line(view, result))
            if said := remark(view, result):
                sheet.text(said, indent=8, style="dim")


def _head(sheet: Sheet, view: AssessmentView) -> None:
    if view.trial_run:
        sheet.line((TRIAL, "yellow"))
    for warning in view.warnings:
        sheet.text(warning, label="注意：", style="yellow")
    if view.settings.unconfirmed:
        sheet.text("、".join(view.settings.unconfirmed), label=f"{UNCONFIRMED}：", style="dim")


def _columns(*cells: str) -> str:
    widths = (6, 18, 8, 8, 8, 8, 6, 6, 6)
    right = (False, False, True, False, True, True, True, True, True)
    return "  ".join(
        pad(cell, width, right=to_right)
        for cell, width, to_right in zip(cells, widths, right, strict=True)
    )


def _line(view: AssessmentView, result: UnitResult) -> str:
    off = {d.key: d.deducted for d in result.deductions}
    others = sum(off.get(key, 0) for key in ("third_party", "prefecture", "province"))
    mended = result.rectification

    def minus(value: int) -> str:
        return points_text(-value) if value else "-"

    if result.total is None:
        return _columns("-", view.names.unit(result.unit_id), "不评", *([""] * 6))
    return _columns(
        f"{result.rank}/{result.of}" if result.rank else "-",
        view.names.unit(result.unit_id),
        f"{result.total / 100:.2f}",
        result.grade or "不定",
        f"{(result.scans or 0) / 100:.2f}",
        f"{mended.score / 100:.2f}" if mended else "-",
        minus(off.get("repeats", 0)),
        minus(off.get("circulars", 0)),
        minus(others),
    )


def print_derivation(out: Console, view: DerivationView) -> None:
    sheet = Sheet(out)
    table_view, result = view.table, view.result
    name = table_view.names.unit(result.unit_id)
    sheet.line((f"{name}  {table_view.year} 年度年终考评的算法", "bold"))
    sheet.line((f"{result.group.label}  标准 {table_view.standard_id}", "dim"))
    _head(sheet, table_view)
    sheet.text("每一行的结果四舍五入到两位小数，下一行用的就是这个结果。", style="dim")
    for step in derivation(table_view, result):
        if step.level == 0:
            sheet.heading(step.text)
        else:
            sheet.text(step.text, indent=2 * step.level - 2, hang=2 * step.level + 2)


# --- scripts --------------------------------------------------------------------------------------


@shape.register
def _(view: AssessmentView) -> Shape:
    return {
        "schema": "xunjian.assessment/1",
        "city": view.city,
        "year": view.year,
        "from": view.first.isoformat(),
        "to": view.last.isoformat(),
        "standard": {"id": view.standard_id, "title": view.standard_title},
        "trial_run": view.trial_run,
        "unconfirmed": list(view.settings.unconfirmed),
        "warnings": list(view.warnings),
        "units": [_unit(view, result) for result in view.results],
    }


def _unit(view: AssessmentView, result: UnitResult) -> Shape:
    part = result.rectification
    return {
        "unit": {"id": result.unit_id, "name": view.names.unit(result.unit_id)},
        "group": result.group.value,
        "from": iso(result.first),
        "to": iso(result.last),
        "whole": result.whole,
        "total": points(result.total),
        "grade": result.grade,
        "rank": result.rank,
        "of": result.of,
        "reason": result.reason or None,
        "base": points(result.base),
        "scans": {
            "score": points(result.scans),
            "held": result.held,
            "reached": result.reached,
            "kinds": [
                {
                    "kind": k.kind,
                    "weight": k.weight,
                    "scans": len(k.occasions),
                    "mean": points(k.mean),
                }
                for k in result.kinds
            ],
        },
        "rectification": part
        and {
            "tasks": len(part.tasks),
            "in_time": part.in_time,
            "rate": points(part.rate),
            "workdays": part.days,
            "mean_workdays": points(part.mean),
            "speed": points(part.speed),
            "score": points(part.score),
        },
        "deductions": {
            d.key: {
                "count": d.count,
                "points": points(d.points),
                "cap": points(d.cap),
                "deducted": points(d.deducted),
            }
            for d in result.deductions
        },
        "heirs": list(result.heirs),
        "predecessors": list(result.predecessors),
        "left_open": sorted(view.names.findings.get(n, "") for n in result.left_open),
    }


@shape.register
def _(view: DerivationView) -> Shape:
    return {
        "schema": "xunjian.assessment-derivation/1",
        "city": view.table.city,
        "year": view.table.year,
        "standard": {"id": view.table.standard_id, "title": view.table.standard_title},
        "trial_run": view.table.trial_run,
        "unit": _unit(view.table, view.result),
        "lines": [
            {"words": s.words, "expression": s.expression or None, "value": points(s.value)}
            for s in derivation(view.table, view.result)
        ],
    }


# --- spreadsheets ---------------------------------------------------------------------------------

_DEDUCTED = tuple(f"{title}{what}" for title in DEDUCTIONS.values() for what in ("数", "扣分"))
HEADER = (
    *("组别", "名次", "组内单位数", "单位编号", "单位", "总分", "等次", "基础分"),
    *("平时检测得分", *(f"{t}{what}" for t in KINDS.values() for what in ("次数", "平均"))),
    *("应检次数", "检测到次数", "整改任务", "按期", "按期整改率%", "平均用时（工作日）"),
    *("整改速度", "整改得分", *_DEDUCTED, "考评期起", "考评期止", "说明"),
)


def cells_of(view: AssessmentView, result: UnitResult) -> list[object]:
    """A unit's row under ``HEADER``."""
    kinds = {k.kind: k for k in result.kinds}
    part = result.rectification
    row: list[object] = [
        *(result.group.label, result.rank, result.of),
        *(result.unit_id, view.names.unit(result.unit_id), points(result.total)),
        *(result.grade or ("不评" if result.total is None else "不定"), points(result.base)),
        points(result.scans),
    ]
    for kind in KINDS:
        found = kinds.get(kind)
        row += [len(found.occasions), points(found.mean)] if found else [0, None]
    row += [result.held, result.reached]
    row += (
        [
            *(len(part.tasks), part.in_time, points(part.rate), points(part.mean)),
            *(points(part.speed), points(part.score)),
        ]
        if part
        else [0, 0, None, None, None, None]
    )
    off = {d.key: d for d in result.deductions}
    for key in DEDUCTIONS:
        row += [off[key].count, points(off[key].deducted)] if key in off else [None, None]
    return [*row, iso(result.first), iso(result.last), remark(view, result)]


@table.register
def _(view: AssessmentView) -> tuple[list[str], list[list[object]]]:
    return list(HEADER), [cells_of(view, result) for result in view.results]


@table.register
def _(view: DerivationView) -> tuple[list[str], list[list[object]]]:
    return ["项目", "算式", "结果"], [
        [s.words, s.expression, points(s.value)] for s in derivation(view.table, view.result)
    ]
