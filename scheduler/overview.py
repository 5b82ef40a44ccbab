"""The view of the schedule: the table of what was and is due, and the calendar of what comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice

from reports.schedule import ScheduleView, SlotLine
from scheduler.calendar import SlotKind, coming, sites_of, unknown_years
from services.workspace import Workspace
from storage import slots
from storage.regime_tables import SlotRow, SlotState

STATES = {
    SlotState.DUE: "等着做",
    SlotState.RUNNING: "正在做",
    SlotState.DONE: "完成",
    SlotState.PARTIAL: "没有做完整",
    SlotState.FAILED: "失败",
    SlotState.MISSED: "漏掉",
}


def overview(ws: Workspace, now: datetime, *, ahead: int = 8, back: int = 15) -> ScheduleView:
    """What is running or waits, the next ``ahead`` slots, and the last ``back`` that ended."""
    rows = slots.listed(ws.engine, since=now - timedelta(days=400))
    ended = [row for row in rows if row.state not in slots.OPEN]
    current = [row for row in rows if row.state in slots.OPEN and row.due_at <= now]
    known = {(row.kind, row.slot, row.site_id) for row in ended}
    names = {site.id: site.name for site in ws.config.sites}
    next_ones = [line for line in _coming(ws, now, ahead, names) if _key(line) not in known]
    first = {(line.kind, line.site_id): line for line in reversed(next_ones)}.values()
    # The next of every kind, then the nearest: daily slots would fill the list.
    chosen = sorted([*first, *(x for x in next_ones if x not in first)][:ahead], key=_when)
    last = max((line.due_at for line in chosen), default=now)
    return ScheduleView(
        at=now,
        window=ws.config.city.crawl_window,
        current=tuple(_line(ws, row, names) for row in sorted(current, key=_in_time)),
        coming=tuple(chosen),
        past=tuple(_line(ws, row, names) for row in ended[:back]),
        warnings=tuple(unknown_years(ws.calendar, now, last)),
    )


def _key(line: SlotLine) -> tuple[str, str, str]:
    return line.kind, line.slot, line.site_id


def _when(line: SlotLine) -> tuple[datetime, str, str]:
    return line.due_at, line.kind, line.site_id


def _in_time(row: SlotRow) -> tuple[datetime, int]:
    return row.due_at, row.id


def _coming(ws: Workspace, now: datetime, ahead: int, names: dict[str, str]) -> list[SlotLine]:
    enabled = tuple(site.id for site in ws.config.enabled_sites)
    found = [
        SlotLine(
            kind=kind.value,
            kind_title=kind.words,
            slot=due.slot,
            site_id=site,
            site_name=names.get(site, site),
            due_at=due.due_at,
            until=due.until,
            state="coming",
            state_title="未到",
        )
        for kind in SlotKind
        for due in islice(coming(ws.schedule, ws.calendar, kind, now), ahead)
        for site in sites_of(ws.schedule, kind, enabled)
    ]
    return sorted(found, key=_when)


def _line(ws: Workspace, row: SlotRow, names: dict[str, str]) -> SlotLine:
    shorts = {unit.id: unit.short for unit in ws.config.units}
    drawn = row.units["units"] if row.units else []
    kinds = {kind.value: kind.words for kind in SlotKind}
    return SlotLine(
        kind=row.kind,
        kind_title=kinds.get(row.kind, row.kind),
        slot=row.slot,
        site_id=row.site_id,
        site_name=names.get(row.site_id, row.site_id),
        due_at=row.due_at,
        until=row.until,
        state=row.state.value,
        state_title=STATES[row.state],
        started_at=row.started_at,
        finished_at=row.finished_at,
        scan_id=row.scan_id,
        units=tuple(shorts.get(unit, unit) for unit in drawn),
        result=row.result,
    )
