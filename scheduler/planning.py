"""The table of what is due, kept in step with the calendar: what comes, what changed, what is late.

``plan`` enters what became due since the last tick and the next slot of every kind, so that the
table itself says what nobody ran while the program was off. A kind whose newest slot has ended was
switched off meanwhile, and begins anew from now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.workdays import WorkCalendar
from config.schedule import Schedule
from scheduler.calendar import Due, SlotKind, coming, rule_of, sites_of
from services.workspace import Workspace
from storage import scans, slots
from storage.regime_tables import SlotRow, SlotState

KNOWN = frozenset(kind.value for kind in SlotKind)
"""Kinds in the table that are this program's to run."""
_INSTANT = timedelta(microseconds=1)
_YEAR = timedelta(days=370)


@dataclass(frozen=True, slots=True)
class Missed:
    """Slots that nobody will run any more."""

    kind: SlotKind
    slot: str
    sites: tuple[str, ...]
    reason: str
    """In Chinese."""


def plan(ws: Workspace, calendar: WorkCalendar, now: datetime) -> list[Missed]:
    """Bring the table up to ``now``; what was given up is returned and stands there with its reason."""
    schedule = ws.schedule
    enabled = tuple(s.id for s in ws.config.enabled_sites)
    slots.revive(ws.engine, now)
    missed = _follow(ws, schedule, calendar, enabled, now)
    newest = slots.newest(ws.engine)
    new = []
    for kind in SlotKind:
        for site in sites_of(schedule, kind, enabled):
            last = newest.get((kind.value, site))
            after = now - _INSTANT
            if last is not None:
                running = last.state in slots.OPEN
                after = last.due_at if running else max(after, last.due_at)
                if running and last.due_at > now:
                    continue
            for due in coming(schedule, calendar, kind, after):
                new.append(slots.NewSlot(kind.value, due.slot, site, due.due_at, due.until))
                if due.due_at > now:
                    break
    slots.add(ws.engine, new)
    return [*missed, *_late(ws, now)]


def _follow(
    ws: Workspace,
    schedule: Schedule,
    calendar: WorkCalendar,
    enabled: tuple[str, ...],
    now: datetime,
) -> list[Missed]:
    """What stands as due, as the schedule has it today."""
    gone: list[SlotRow] = []
    for row in slots.waiting(ws.engine):
        if row.state is not SlotState.DUE or row.kind not in KNOWN:
            continue
        kind = SlotKind(row.kind)
        if not rule_of(schedule, kind).enabled or row.site_id not in sites_of(
            schedule, kind, enabled
        ):
            gone.append(row)
        elif row.due_at > now and row.attempts == 0:
            due = _named(schedule, calendar, kind, row)
            if due is None:
                gone.append(row)
            elif (due.due_at, due.until) != (row.due_at, row.until):
                slots.move(ws.engine, row.id, due.due_at, due.until)
    ahead = [row.id for row in gone if row.due_at > now]
    slots.withdraw(ws.engine, ahead)
    return give_up(
        ws, [row for row in gone if row.due_at <= now], "schedule.yaml 或网站已停用，不再检测", now
    )


def _named(schedule: Schedule, calendar: WorkCalendar, kind: SlotKind, row: SlotRow) -> Due | None:
    """The slot of that name under the present schedule; ``None``: there is none."""
    due = next(coming(schedule, calendar, kind, row.due_at - _INSTANT), None)
    if due is not None and due.slot == row.slot:
        return due
    for due in coming(schedule, calendar, kind, row.due_at - _YEAR):
        if due.slot == row.slot:
            return due
        if due.due_at > row.due_at + _YEAR:
            break
    return None


def _late(ws: Workspace, now: datetime) -> list[Missed]:
    """Of several past slots of one kind the newest is run late, for the others as well; what is
    past its time is missed."""
    past = defaultdict(list)
    for row in slots.waiting(ws.engine):
        scan = row.kind in KNOWN and SlotKind(row.kind).scan is not None
        if scan and row.state is SlotState.DUE and row.due_at <= now:
            past[row.kind, row.site_id].append(row)
    resumable = _resumable(ws)
    missed: list[Missed] = []
    merged: dict[str, list[SlotRow]] = defaultdict(list)
    late: dict[str, list[SlotRow]] = defaultdict(list)
    for rows in past.values():
        alive = [row for row in rows if row.until > now]
        for row in rows:
            if row.until > now and (row is alive[-1] or row.scan_id in resumable):
                continue
            if alive and row.due_at < alive[-1].due_at:
                merged[alive[-1].slot].append(row)
            else:
                late[_why_late(row)].append(row)
    for slot, rows in merged.items():
        missed += give_up(ws, rows, f"已由 {slot} 合并补做", now)
    for reason, rows in late.items():
        tried = [row for row in rows if row.attempts]
        missed += give_up(ws, tried, reason, now, SlotState.FAILED)
        missed += give_up(ws, [row for row in rows if not row.attempts], reason, now)
    return missed


def _resumable(ws: Workspace) -> set[int]:
    scan = scans.interrupted_scan(ws.engine)
    return {scan.id} if scan is not None else set()


def _why_late(row: SlotRow) -> str:
    if row.attempts:
        return f"过了补做期限仍没有做完：{row.result or '检测中断'}"
    return f"过了补做期限仍没有开始：{row.result or '这段时间程序没有运行'}"


def give_up(
    ws: Workspace,
    rows: Iterable[SlotRow],
    reason: str,
    now: datetime,
    state: SlotState = SlotState.MISSED,
) -> list[Missed]:
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    ids = []
    for row in rows:
        ids.append(row.id)
        told[row.kind, row.slot].append(row.site_id)
    if ids:
        slots.settle(ws.engine, ids, state, reason, now)
    return [
        Missed(SlotKind(kind), slot, tuple(sites), reason) for (kind, slot), sites in told.items()
    ]
