"""What is due: views and their renderings (``xunjian due``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rich.cells import cell_len
from rich.console import Console

from reports import machine, tables
from reports.cells import pad, plain
from reports.sheet import TRIAL, Sheet, day, moment
from scorecards.escalation import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRow:
    """What is due for one unit's findings."""

    unit_id: str
    short: str
    steps: dict[Step, int]
    """How many findings wait for each step."""
    since: date
    """The earliest day from which something was due."""
    deadline: date | None
    """The earliest last day to mend; ``None``: nobody was told."""
    late: int
    """Working days since the deadline of the latest one."""
    note: str = ""
    """Who answers for it now, or why nobody is told (in Chinese)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueView:
    as_of: datetime
    rows: tuple[DueRow, ...]
    trial_run: bool = False

    def ordered(self) -> list[DueRow]:
        """The most pressing first: circulars, then notices, then reminders."""
        order = (Step.CIRCULAR, Step.NOTICE, Step.REMIND, Step.AGAIN)
        return sorted(self.rows, key=lambda r: (*(-r.steps[s] for s in order), r.unit_id))


@machine.shape.register
def _(view: DueView) -> dict[str, Any]:
    return {
        "schema": "xunjian.due/1",
        "as_of": machine.instant(view.as_of),
        "trial_run": view.trial_run,
        "units": [
            {
                "unit": r.unit_id,
                "short": r.short,
                **{step.value: r.steps[step] for step in Step},
                "since": machine.calendar(r.since),
                "deadline": machine.calendar(r.deadline),
                "late_workdays": r.late,
                "note": r.note,
            }
            for r in view.ordered()
        ],
    }


@tables.table.register
def _(view: DueView) -> tuple[list[str], list[list[object]]]:
    header = [
        "单位编号",
        "单位",
        *(s.label for s in Step),
        "起于",
        "最早期限",
        "逾期工作日",
        "说明",
    ]
    return header, [
        [r.unit_id, r.short, *(r.steps[s] for s in Step), r.since, r.deadline, r.late, r.note]
        for r in view.ordered()
    ]


def print_due(out: Console, view: DueView) -> None:
    """One line a unit."""
    sheet = Sheet(out)
    sheet.line(("到期事项", "bold"), f"  {moment(view.as_of)}")
    if view.trial_run:
        sheet.line((f"【{TRIAL}】", "bold yellow"))
    rows = view.ordered()
    if not rows:
        sheet.heading("没有到期的事项")
        return
    width = min(max(cell_len(plain(r.short)) for r in rows), 20)
    sheet.heading(f"{len(rows)} 个单位有事要办", "最急的在前；工作日数为本市设置，未确认")
    for row in rows:
        parts = [f"{step.label} {row.steps[step]}" for step in Step if row.steps[step]]
        late = f"  逾期 {row.late} 个工作日" if row.late else ""
        limit = f"  期限 {day(row.deadline)}" if row.deadline else ""
        sheet.line(
            pad(plain(row.short), width),
            "  ",
            ("，".join(parts), "red" if row.late else ""),
            limit,
            late,
            (f"  {row.note}" if row.note else "", "dim"),
        )
    sheet.gap()
    sheet.text("提醒：xunjian remind 单位；整改通知：xunjian notice 单位；通报：xunjian circular")
