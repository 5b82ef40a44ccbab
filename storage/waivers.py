"""Waivers and what became of them: appended, never changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from checks.waivers import Waiver, WaiverEvent, WaiverEventKind, WaiverKind
from storage.db import StorageError, reading, writing
from storage.regime_tables import WaiverEventRow, WaiverRow


class WaiverUnknown(StorageError):
    pass


def grant(
    engine: Engine,
    *,
    kind: WaiverKind,
    unit_id: str,
    duty: str,
    period_from: date,
    period_to: date | None,
    reason: str,
    proof: str,
    at: datetime,
    recorded_at: datetime,
    actor: str,
) -> int:
    """Enter one waiver; returns its number."""
    with writing(engine) as connection:
        number: int = connection.execute(
            insert(WaiverRow)
            .values(
                kind=kind.value,
                unit_id=unit_id,
                duty=duty,
                period_from=period_from,
                period_to=period_to,
                reason=reason,
                proof=proof,
                at=at,
                recorded_at=recorded_at,
                actor=actor,
            )
            .returning(WaiverRow.id)
        ).scalar_one()
    return number


def append(engine: Engine, events: Iterable[tuple[int, WaiverEvent]]) -> None:
    """Append events to waivers, by their numbers."""
    rows = [
        {
            "waiver_id": number,
            "kind": event.kind.value,
            "at": event.at,
            "recorded_at": event.recorded_at,
            "scan_id": event.scan_id,
            "actor": event.actor,
            "reason": event.reason,
            "data": dict(event.data),
        }
        for number, event in events
    ]
    if rows:
        with writing(engine) as connection:
            connection.execute(insert(WaiverEventRow), rows)


def load(engine: Engine, unit_id: str | None = None) -> list[Waiver]:
    """All waivers (of one unit), in order of their numbers, with their events."""
    query = select(WaiverRow.__table__).order_by(WaiverRow.id)
    if unit_id is not None:
        query = query.where(WaiverRow.unit_id == unit_id)
    with reading(engine) as connection:
        rows = connection.execute(query).all()
        events = _events(connection.execute(_LOG)) if rows else {}
    return [
        Waiver(
            id=row.id,
            kind=WaiverKind(row.kind),
            unit_id=row.unit_id,
            duty=row.duty,
            period_from=row.period_from,
            period_to=row.period_to,
            reason=row.reason,
            proof=row.proof,
            at=row.at,
            recorded_at=row.recorded_at,
            actor=row.actor,
            events=tuple(events.get(row.id, ())),
        )
        for row in rows
    ]


def find(engine: Engine, number: int) -> Waiver:
    """One waiver. Raises ``WaiverUnknown``."""
    found = next((w for w in load(engine) if w.id == number), None)
    if found is None:
        raise WaiverUnknown(f"没有编号为 {number} 的豁免。请用 xunjian waivers 查看编号。")
    return found


_LOG = select(WaiverEventRow.__table__).order_by(
    WaiverEventRow.at, WaiverEventRow.recorded_at, WaiverEventRow.id
)


def _events(rows: Iterable[Any]) -> Mapping[int, list[WaiverEvent]]:
    found: dict[int, list[WaiverEvent]] = defaultdict(list)
    for row in rows:
        found[row.waiver_id].append(
            WaiverEvent(
                kind=WaiverEventKind(row.kind),
                at=row.at,
                recorded_at=row.recorded_at,
                scan_id=row.scan_id,
                actor=row.actor,
                reason=row.reason,
                data=row.data,
            )
        )
    return found
