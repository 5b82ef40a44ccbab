"""Trends on screen and for scripts: the strip of a unit's scores, what changed since, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from reports.cells import pad, plain
from reports.machine import Shape, instant, points, shape
from reports.movement import SinceLine, SinceView, UnitTrend, WhyView
from reports.sheet import Sheet, day, moment
from reports.tables import table
from scorecards.score import percent_text, points_text
from scorecards.trends import Point, sparkline

LISTED = 12
"""Lines that a list shows before it says how many more there are."""


def signed(value: int) -> str:
    return f"+{points_text(value)}" if value > 0 else points_text(value)


def print_strip(sheet: Sheet, trend: UnitTrend) -> None:
    """The last scans in one line, and what happened since the last but one in another."""
    scores = [p.score for p in trend.points]
    last, previous = trend.points[-1], trend.points[-2] if len(trend.points) > 1 else None
    now = _score(last)
    text = f"近 {len(scores)} 次"
    if previous is None:
        sheet.line((f"{text}  ", "dim"), sparkline(scores, trend.total), f"  {now}")
        return
    moved = ""
    if last.score is not None and previous.score is not None and not trend.incomparable:
        change = last.score - previous.score
        moved = f"（{signed(change)}）" if change else "（未变）"
    elif trend.incomparable:
        moved = f"（{trend.incomparable}，不作比较）"
    sheet.line((f"{text}  ", "dim"), sparkline(scores, trend.total), f"  {now}{moved}")
    sheet.text(
        f"自 {day(previous.as_of)} 第 {previous.scan_id} 次检测以来：新增 {trend.new}、"
        f"已整改 {trend.rectified}、反弹 {trend.recurred}",
        style="dim",
    )


def print_why(out: Console, view: WhyView) -> None:
    """The move of a score, cause by cause, with what stands behind each."""
    sheet = Sheet(out)
    change = view.move.after - view.move.before
    sheet.line((f"{view.short}  得分为什么变", "bold"))
    sheet.rule()
    for name, point in (("前一次", view.before), ("这一次", view.after)):
        sheet.line(
            (f"{name}  ", "dim"),
            f"第 {point.scan_id} 次  {point.kind} {moment(point.as_of)}"
            f"  得分 {points_text(view.move.before if point is view.before else view.move.after)}"
            f"  覆盖率 {percent_text(point.coverage or 0)}",
        )
    if view.doubt:
        sheet.text(f"{view.doubt}，两次得分不作高低比较；以下只说明差在哪里", style="yellow")
    sheet.heading(f"合计 {signed(change)} 分")
    for part in view.move.parts:
        if not part.points and not part.gone and not part.come:
            continue
        style = "green" if part.points > 0 else "red" if part.points < 0 else "dim"
        sheet.line((f"{signed(part.points)} 分", style), f"  {part.cause.label}")
        for word, marks in (("不再计", part.gone), ("新计入", part.come)):
            for mark in marks[:LISTED]:
                sheet.text(view.titles[mark], indent=2, label=f"{word} {mark[:8]} ", style="dim")
            if len(marks) > LISTED:
                sheet.text(f"{word}的还有 {len(marks) - LISTED} 个", indent=2, style="dim")
    if not any(p.gone or p.come or p.points for p in view.move.parts):
        sheet.text("计入的问题完全相同")


def print_since(out: Console, view: SinceView) -> None:
    """Who improved and who got worse since an earlier scan."""
    sheet = Sheet(out)
    sheet.heading(
        f"自 {day(view.as_of)} 以来",
        f"与第 {view.scan_id} 次检测（{view.kind}）相比",
    )
    new, mended, back = (
        sum(getattr(x, name) for x in view.lines) for name in ("new", "rectified", "recurred")
    )
    sheet.text(f"新增 {new}、已整改 {mended}、反弹 {back}")
    _moved(sheet, "进步", view.better, "green")
    _moved(sheet, "退步", view.worse, "red")
    if not view.better and not view.worse:
        sheet.text("可以比较的单位得分都没有变")
    reasons: dict[str, int] = {}
    for line in view.not_compared:
        why = "单位未核对" if not line.confirmed else line.incomparable
        reasons[why] = reasons.get(why, 0) + 1
    if reasons:
        words = "、".join(f"{why} {n} 个" for why, n in sorted(reasons.items()))
        sheet.text(f"不作比较的单位：{words}", style="dim")


def _moved(sheet: Sheet, title: str, lines: Sequence[SinceLine], style: str) -> None:
    if not lines:
        return
    sheet.line((f"{title}：{len(lines)} 个单位", "bold"))
    width = max(len(plain(x.short)) for x in lines[:LISTED]) * 2
    for x in lines[:LISTED]:
        sheet.line(
            f"  {pad(plain(x.short), width)}  ",
            (f"{pad(signed(x.moved or 0), 7, right=True)}", style),
            f"  {points_text(x.before or 0)} → {points_text(x.after or 0)}",
            (f"  新增 {x.new}、已整改 {x.rectified}、反弹 {x.recurred}", "dim"),
        )
    if len(lines) > LISTED:
        sheet.line((f"  还有 {len(lines) - LISTED} 个单位", "dim"))


def _score(point: Point) -> str:
    return "未评分" if point.score is None else points_text(point.score)


# --- for scripts ----------------------------------------------------------------------------------


def _point(point: Point) -> dict[str, Any]:
    return {
        "scan_id": point.scan_id,
        "kind": point.kind,
        "as_of": instant(point.as_of),
        "score": points(point.score),
        "coverage": points(point.coverage),
    }


@shape.register
def _(view: UnitTrend) -> Shape:
    return {
        "points": [_point(p) for p in view.points],
        "new": view.new,
        "rectified": view.rectified,
        "recurred": view.recurred,
        "incomparable": view.incomparable or None,
    }


@shape.register
def _(view: WhyView) -> Shape:
    return {
        "schema": "xunjian.why/1",
        "unit_id": view.unit_id,
        "before": _point(view.before),
        "after": _point(view.after),
        "moved": points(view.move.after - view.move.before),
        "incomparable": view.doubt or None,
        "parts": [
            {
                "cause": p.cause.value,
                "points": points(p.points),
                "gone": list(p.gone),
                "come": list(p.come),
            }
            for p in view.move.parts
        ],
    }


@shape.register
def _(view: SinceView) -> Shape:
    return {
        "scan_id": view.scan_id,
        "as_of": instant(view.as_of),
        "units": [
            {
                "unit_id": x.unit_id,
                "before": points(x.before),
                "after": points(x.after),
                "moved": points(x.moved),
                "new": x.new,
                "rectified": x.rectified,
                "recurred": x.recurred,
                "incomparable": x.incomparable or None,
            }
            for x in view.lines
        ],
    }


@table.register
def _(view: WhyView) -> tuple[list[str], list[list[object]]]:
    rows: list[list[object]] = [
        [p.cause.label, points_text(p.points), word, mark, view.titles[mark]]
        for p in view.move.parts
        for word, marks in (("不再计", p.gone), ("新计入", p.come))
        for mark in marks
    ]
    return ["原因", "该原因合计分值", "变化", "问题编号", "问题"], rows
