"""Letters of the public by unit: how many, answered, closed in time. Names nobody who wrote one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rich.console import Console

from reports.machine import Shape, shape
from reports.sheet import Sheet
from reports.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersLine:
    """The letters that one unit answers for."""

    unit_id: str | None
    """``None``: nobody can tell whose they are."""
    short: str
    total: int
    answered: int
    open: int
    unknown: int
    """The page does not say whether they were answered, or could not be read."""
    overdue: int
    """Open for more working days than their kind allows."""
    vetoed: int
    """Open for more than three months, as far as the veto looks at their kind."""
    median_days: float | None
    """Median of calendar days from letter to answer; ``None``: of none both days are known."""

    @property
    def rate(self) -> float | None:
        """Closing rate (办结率) in per cent, of those whose fate is known; ``None`` without any."""
        known = self.answered + self.open
        return round(100 * self.answered / known, 1) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersView:
    scan_id: int
    day: date
    since: date
    """Letters from this day on are counted."""
    lines: tuple[LettersLine, ...]
    """Most in veto first, then most overdue, then most letters."""
    total: LettersLine


def print_letters(out: Console, view: LettersView) -> None:
    sheet = Sheet(out)
    sheet.line((f"群众来信  {view.since.isoformat()} 至 {view.day.isoformat()}", "bold"))
    sheet.gap()
    for line in view.lines:
        sheet.line((line.short, "bold"), f"  {_words(line)}")
        if line.vetoed:
            sheet.text(f"{line.vetoed} 件超过三个月没有答复（单项否决）", indent=3, style="red")
        if line.overdue:
            sheet.text(f"{line.overdue} 件超过办理时限还没有答复", indent=3, style="yellow")
    if not view.lines:
        sheet.line("没有读到来信：请在 columns.yaml 里给来信栏目写上 role: letters，再检测一次")
        return
    sheet.gap()
    sheet.line(f"合计  {_words(view.total)}")
    sheet.text("xunjian findings --rule unanswered-letter  看是哪几件", label="接着  ")


def _words(line: LettersLine) -> str:
    rate = f"{line.rate:g}%" if line.rate is not None else "不详"
    words = f"{line.total} 件，已答复 {line.answered} 件，办结率 {rate}"
    if line.median_days is not None:
        words += f"，答复用时中位数 {line.median_days:g} 日"
    if line.unknown:
        words += f"，{line.unknown} 件不能确定"
    return words


@shape.register
def _(view: LettersView) -> Shape:
    return {
        "schema": "xunjian.public-letters/1",
        "scan": view.scan_id,
        "day": view.day.isoformat(),
        "since": view.since.isoformat(),
        "units": [shape(line) for line in view.lines],
        "total": shape(view.total),
    }


@shape.register
def _(line: LettersLine) -> Shape:
    return {
        "unit": line.unit_id,
        "short": line.short,
        "total": line.total,
        "answered": line.answered,
        "open": line.open,
        "unknown": line.unknown,
        "overdue": line.overdue,
        "vetoed": line.vetoed,
        "rate": line.rate,
        "median_days": line.median_days,
    }


@table.register
def _(view: LettersView) -> tuple[list[str], list[list[object]]]:
    header = ["单位编号", "单位", "来信", "已答复", "未答复", "不能确定", "超时限未答复", "超三个月未答复", "办结率（%）", "答复用时中位数（日）"]  # fmt: skip
    return header, [
        [
            line.unit_id or "",
            line.short,
            line.total,
            line.answered,
            line.open,
            line.unknown,
            line.overdue,
            line.vetoed,
            line.rate,
            line.median_days,
        ]
        for line in (*view.lines, view.total)
    ]
