"""Periodic duties on screen and for scripts: each period with its state and the entry that met it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import groupby

from rich.console import Console

from checks.facts import Entry
from reports.machine import Shape, shape
from reports.sheet import Sheet
from reports.tables import table


class DutyState(StrEnum):
    MET = "met"
    LATE = "late"
    MISSING = "missing"
    AHEAD = "ahead"
    UNVERIFIED = "unverified"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return _LABELS[self.value]


_LABELS = {
    "met": "已公开",
    "late": "逾期公开",
    "missing": "未公开",
    "ahead": "未到期",
    "unverified": "未能核实",
    "not_applicable": "不适用",
}
_STYLES = {"late": "yellow", "missing": "red", "unverified": "yellow", "ahead": "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """One period of one duty."""

    duty_id: str
    title: str
    unit_id: str
    unit_short: str
    term: str
    """2018, 2018Q1 or 2018-03."""
    term_words: str
    due: date
    due_unconfirmed: bool
    """The day has no official source."""
    state: DutyState
    why: str
    """Why it is not known or does not apply, or what should be looked at first, in Chinese."""
    suspected: bool
    """未公开, and a person should look first."""
    entry: Entry | None
    """The entry that met it; of 未能核实 the first that may be it."""

    @property
    def state_words(self) -> str:
        return f"疑似{self.state.label}" if self.suspected else self.state.label


@dataclass(frozen=True, slots=True, kw_only=True)
class DutiesView:
    scan_id: int
    read_on: date
    """The day of the scan that it rests on."""
    day: date
    since: date
    """Periods due before this day are not shown."""
    lines: tuple[DutyLine, ...]
    registered: int
    """Duties in ``duties.yaml``, of all units."""


def print_duties(out: Console, view: DutiesView) -> None:
    sheet = Sheet(out)
    sheet.line(
        (f"定期公开的信息  截至 {view.day.isoformat()}", "bold"),
        (f"  第 {view.scan_id} 次检测，{view.read_on.isoformat()}", "dim"),
    )
    for (_, unit, title), lines in groupby(
        view.lines, key=lambda x: (x.duty_id, x.unit_short, x.title)
    ):
        sheet.gap()
        sheet.line((title, "bold"), f"  {unit}")
        for line in lines:
            mark = "（未确认）" if line.due_unconfirmed else ""
            sheet.line(
                f"   {line.term_words}  ",
                (line.state_words, _STYLES.get(line.state.value, "")),
                (f"  截止 {line.due.isoformat()}{mark}", "dim"),
            )
            if line.why:
                sheet.text(line.why, indent=6)
            if line.entry is not None:
                day = line.entry.published.isoformat() if line.entry.published else "没有日期"
                sheet.text(f"{day}《{line.entry.title}》", indent=6)
                sheet.text(line.entry.url, indent=6, style="dim")
    sheet.gap()
    if not view.registered:
        sheet.text("没有登记定期公开的义务：请写在配置目录的 duties.yaml")
        return
    if not view.lines:
        sheet.text("没有要列的义务：这个单位没有登记，或者义务所在的站点没有启用")
        return
    counts = Counter(line.state for line in view.lines)
    words = "，".join(f"{s.label} {counts[s]}" for s in DutyState if counts[s])
    sheet.line((f"共 {len(view.lines)} 期：{words}", "dim"))


@shape.register
def _(view: DutiesView) -> Shape:
    return {
        "schema": "xunjian.duties/1",
        "scan": view.scan_id,
        "read_on": view.read_on.isoformat(),
        "day": view.day.isoformat(),
        "since": view.since.isoformat(),
        "periods": [shape(line) for line in view.lines],
    }


@shape.register
def _(line: DutyLine) -> Shape:
    entry = line.entry
    return {
        "duty": line.duty_id,
        "title": line.title,
        "unit": line.unit_id,
        "unit_short": line.unit_short,
        "period": line.term,
        "due": line.due.isoformat(),
        "due_unconfirmed": line.due_unconfirmed,
        "state": line.state.value,
        "suspected": line.suspected,
        "reason": line.why,
        "entry": None
        if entry is None
        else {
            "title": entry.title,
            "url": entry.url,
            "published": entry.published.isoformat() if entry.published else None,
        },
    }


@table.register
def _(view: DutiesView) -> tuple[list[str], list[list[object]]]:
    header = ["事项编号", "事项", "单位编号", "单位", "期次", "截止日", "截止日未确认", "状态", "说明", "公开日期", "标题", "网址"]  # fmt: skip
    return header, [
        [
            line.duty_id,
            line.title,
            line.unit_id,
            line.unit_short,
            line.term_words,
            line.due.isoformat(),
            "未确认" if line.due_unconfirmed else "",
            line.state_words,
            line.why,
            line.entry.published.isoformat() if line.entry and line.entry.published else "",
            line.entry.title if line.entry else "",
            line.entry.url if line.entry else "",
        ]
        for line in view.lines
    ]
