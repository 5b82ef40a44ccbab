"""The table of what is due: who does it, how it ended, what was missed.

Every change names the state that it expects, in one UPDATE, so that two schedulers on one database
are harmless on SQLite and on PostgreSQL alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, and_, delete, func, literal, or_, select, update
from sqlalchemy.orm import Session

from storage.db import reading, writing
from storage.insert import insert_new
from storage.regime_tables import InspectionRow, SlotRow, SlotState
from storage.types import Instant

OPEN = (SlotState.DUE, SlotState.RUNNING)
ENDED = (SlotState.DONE, SlotState.PARTIAL)


@dataclass(frozen=True, slots=True)
class NewSlot:
    """One thing that will be due, as the calendar computes it."""

    kind: str
    slot: str
    site_id: str
    due_at: datetime
    until: datetime


def add(engine: Engine, new: Sequence[NewSlot]) -> None:
    """Enter slots; those that are known already stay as they are."""
    if not new:
        return
    with writing(engine) as connection:
        insert_new(
            connection,
            SlotRow.__table__,
            [
                {
                    "kind": one.kind,
                    "slot": one.slot,
                    "site_id": one.site_id,
                    "due_at": one.due_at,
                    "until": one.until,
                    "state": SlotState.DUE,
                    "attempts": 0,
                    "result": "",
                }
                for one in new
            ],
        )


def newest(engine: Engine) -> dict[tuple[str, str], SlotRow]:
    """The latest slot of each kind and site."""
    last = (
        select(SlotRow.kind, SlotRow.site_id, func.max(SlotRow.due_at).label("due_at"))
        .group_by(SlotRow.kind, SlotRow.site_id)
        .subquery()
    )
    query = select(SlotRow).join(
        last,
        and_(
            SlotRow.kind == last.c.kind,
            SlotRow.site_id == last.c.site_id,
            SlotRow.due_at == last.c.due_at,
        ),
    )
    return {(row.kind, row.site_id): row for row in _rows(engine, query)}


def waiting(engine: Engine) -> list[SlotRow]:
    """All that is due or running, in order of time."""
    return _rows(
        engine, select(SlotRow).where(SlotRow.state.in_(OPEN)).order_by(SlotRow.due_at, SlotRow.id)
    )


def of_slot(engine: Engine, kind: str, slot: str) -> list[SlotRow]:
    """The rows of one slot, one a site."""
    return _rows(
        engine,
        select(SlotRow).where(SlotRow.kind == kind, SlotRow.slot == slot).order_by(SlotRow.site_id),
    )


def of_kind(engine: Engine, kind: str) -> list[SlotRow]:
    """Every slot of a kind, in order of time."""
    return _rows(
        engine, select(SlotRow).where(SlotRow.kind == kind).order_by(SlotRow.due_at, SlotRow.id)
    )


def listed(engine: Engine, since: datetime) -> list[SlotRow]:
    """All slots that were due from an instant on, the latest first."""
    return _rows(
        engine,
        select(SlotRow)
        .where(SlotRow.due_at >= since)
        .order_by(SlotRow.due_at.desc(), SlotRow.id.desc()),
    )


# --- the calendar changed -------------------------------------------------------------------------


def withdraw(engine: Engine, ids: Iterable[int]) -> int:
    """Take out slots that never began and are no longer in the schedule; how many."""
    return _each(
        engine, ids, lambda row: delete(SlotRow).where(row, SlotRow.state == SlotState.DUE)
    )


def move(engine: Engine, slot_id: int, due_at: datetime, until: datetime) -> None:
    """The schedule has another time for a slot that is still ahead."""
    with writing(engine) as connection:
        connection.execute(
            update(SlotRow)
            .where(SlotRow.id == slot_id, SlotRow.state == SlotState.DUE)
            .values(due_at=due_at, until=until)
        )


def revive(engine: Engine, now: datetime) -> int:
    """Missed slots that lie ahead are due again: the clock was set back. How many."""
    with writing(engine) as connection:
        return connection.execute(
            update(SlotRow)
            .where(SlotRow.state == SlotState.MISSED, SlotRow.due_at > now)
            .values(state=SlotState.DUE, result="", finished_at=None)
        ).rowcount


# --- the work -------------------------------------------------------------------------------------


def claim(
    engine: Engine,
    ids: Sequence[int],
    owner: str,
    now: datetime,
    lease_until: datetime,
    *,
    lost_of: str | None = None,
) -> set[int]:
    """Take slots that are due, and those whose owner's lease ran out; the ids that were got.

    ``lost_of``: owners whose name begins so are known to be dead (the caller holds the lock that
    they held); their slots are taken at once. Empty: all owners are.
    """
    lost: list[ColumnElement[bool]] = [SlotRow.lease_until < now, SlotRow.lease_until.is_(None)]
    if lost_of is not None:
        lost.append(SlotRow.owner.startswith(lost_of, autoescape=True))
    free = or_(SlotRow.state == SlotState.DUE, and_(SlotRow.state == SlotState.RUNNING, or_(*lost)))
    got = set()
    with writing(engine) as connection:
        for slot_id in ids:
            changed = connection.execute(
                update(SlotRow)
                .where(SlotRow.id == slot_id, free)
                .values(
                    state=SlotState.RUNNING,
                    owner=owner,
                    lease_until=lease_until,
                    started_at=func.coalesce(SlotRow.started_at, literal(now, Instant())),
                    attempts=SlotRow.attempts + 1,
                )
            )
            if changed.rowcount == 1:
                got.add(slot_id)
    return got


def renew(engine: Engine, ids: Iterable[int], owner: str, lease_until: datetime) -> int:
    """Hold on to slots; how many are still the owner's."""
    return _own(engine, ids, owner, {"lease_until": lease_until})


def attach(engine: Engine, ids: Iterable[int], owner: str, scan_id: int) -> int:
    """Note the scan that was begun for the slots."""
    return _own(engine, ids, owner, {"scan_id": scan_id})


def draw(engine: Engine, ids: Iterable[int], owner: str, units: Sequence[str]) -> int:
    """Record the sample of a spot check."""
    return _own(engine, ids, owner, {"units": {"units": list(units)}})


def finish(
    engine: Engine,
    ids: Iterable[int],
    owner: str,
    state: SlotState,
    result: str,
    now: datetime,
) -> int:
    """How the owner's slots ended."""
    return _own(
        engine,
        ids,
        owner,
        {
            "state": state,
            "result": result,
            "finished_at": now,
            "owner": None,
            "lease_until": None,
        },
    )


def give_back(
    engine: Engine,
    ids: Iterable[int],
    owner: str,
    result: str,
    again_at: datetime | None = None,
) -> int:
    """The owner's slots are due again, not before ``again_at``; ``result`` says why."""
    return _own(
        engine,
        ids,
        owner,
        {"state": SlotState.DUE, "result": result, "owner": None, "lease_until": again_at},
    )


def settle(engine: Engine, ids: Iterable[int], state: SlotState, result: str, now: datetime) -> int:
    """End slots that are due without a run: missed, or done by other means; how many."""
    values = {"state": state, "result": result, "finished_at": now, "lease_until": None}
    return _each(
        engine,
        ids,
        lambda row: update(SlotRow).where(row, SlotRow.state == SlotState.DUE).values(**values),
    )


def remark(engine: Engine, ids: Iterable[int], result: str) -> int:
    """Say of slots that are due why they wait; nothing is written where that stands already."""
    return _each(
        engine,
        ids,
        lambda row: (
            update(SlotRow)
            .where(row, SlotRow.state == SlotState.DUE, SlotRow.result != result)
            .values(result=result)
        ),
    )


def _own(engine: Engine, ids: Iterable[int], owner: str, values: dict[str, Any]) -> int:
    return _each(
        engine,
        ids,
        lambda row: (
            update(SlotRow)
            .where(row, SlotRow.state == SlotState.RUNNING, SlotRow.owner == owner)
            .values(**values)
        ),
    )


def _each(engine: Engine, ids: Iterable[int], statement: Any) -> int:
    wanted = list(ids)
    if not wanted:
        return 0
    with writing(engine) as connection:
        return sum(connection.execute(statement(SlotRow.id == one)).rowcount for one in wanted)


def _rows(engine: Engine, query: Any) -> list[SlotRow]:
    with reading(engine) as connection, Session(connection) as opened:
        return list(opened.scalars(query))


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook of another inspector, as the due list needs to know it."""

    file: str
    period: str
    """``2018``, ``2018Q4`` or ``2018-11``."""
    at: datetime
    """The inspection's instant."""
    recorded_at: datetime


def imported(engine: Engine, source: str, until: datetime) -> list[Workbook]:
    """The workbooks of a source that were taken in up to an instant, the first one first."""
    query = (
        select(
            InspectionRow.file, InspectionRow.period, InspectionRow.at, InspectionRow.recorded_at
        )
        .where(InspectionRow.source == source, InspectionRow.recorded_at <= until)
        .order_by(InspectionRow.recorded_at, InspectionRow.id)
    )
    with reading(engine) as connection:
        return [
            Workbook(row.file, row.period, row.at, row.recorded_at)
            for row in connection.execute(query)
        ]
