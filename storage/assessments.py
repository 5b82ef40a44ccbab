"""What the year-end assessment reads, each table in one pass and in plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Text, and_, case, cast, func, select, type_coerce
from sqlalchemy.types import NullType

from checks.life import EventKind
from storage.insert import parts
from storage.models import (
    EventRow,
    FindingRow,
    ScanRow,
    ScanState,
    ScorecardRow,
    SightingRow,
)
from storage.regime_tables import (
    CircularRow,
    InspectedRow,
    InspectionRow,
    RecordRow,
    SlotRow,
    WaiverRow,
)

_SIGHTINGS = (EventKind.FOUND, EventKind.RECURRED)
_TELLING = (
    EventKind.REMINDED,
    EventKind.NOTICED,
    EventKind.DISPUTE_REJECTED,
    EventKind.WAIVED,
)


@dataclass(frozen=True, slots=True)
class SlotUse:
    kind: str
    slot: str
    due_at: datetime
    scan_id: int


@dataclass(frozen=True, slots=True)
class ScanUse:
    id: int
    kind: str
    as_of: datetime
    units: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class CircularUse:
    number: str
    issued_on: date
    units: frozenset[str]
    fingerprints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InspectedUse:
    source: str
    file: str
    sheet: str
    row: int
    unit_id: str | None
    finding_id: int
    found_on: date | None
    at: datetime


LoggedEvent = tuple[int, str, Any, str | int | None, str | None, str | None]
"""Finding, kind, instant (as the database gives it: aware, or its text; equal ones are equal),
of a sighting whether it is suspected (``1``, ``"1"`` or ``"true"``), of what tells of deadlines and
waivers its data as JSON text, of a sighting the unit."""


def scans(connection: Connection) -> list[ScanUse]:
    """The scans that were judged, in order of their ids."""
    query = (
        select(ScanRow.id, ScanRow.kind, ScanRow.as_of, ScanRow.note)
        .where(ScanRow.state.in_((ScanState.COMPLETE, ScanState.PARTIAL)))
        .order_by(ScanRow.id)
    )
    return [
        ScanUse(
            row.id,
            row.kind.value,
            row.as_of,
            frozenset(units) if (units := row.note.get("units")) is not None else None,
        )
        for row in connection.execute(query)
    ]


def slots(connection: Connection) -> list[SlotUse]:
    """The rows of the schedule that name a scan."""
    query = (
        select(SlotRow.kind, SlotRow.slot, SlotRow.due_at, SlotRow.scan_id)
        .where(SlotRow.scan_id.is_not(None))
        .order_by(SlotRow.id)
    )
    return [
        SlotUse(row.kind, row.slot, row.due_at, row.scan_id)
        for row in connection.execute(query)
        if row.scan_id is not None
    ]


def cards(
    connection: Connection, scan_ids: Iterable[int], standard: str
) -> dict[tuple[int, str], bytes]:
    """By scan and unit: the payload of the card that was recorded last."""
    found: dict[tuple[int, str], bytes] = {}
    columns = (ScorecardRow.scan_id, ScorecardRow.unit_id, ScorecardRow.payload)
    for part in parts(sorted(scan_ids)):
        query = (
            select(*columns)
            .where(ScorecardRow.standard == standard, ScorecardRow.scan_id.in_(part))
            .order_by(
                ScorecardRow.recorded_at,
                ScorecardRow.standard_digest,
                ScorecardRow.rules_digest,
            )
        )
        for scan_id, unit_id, payload in connection.execute(query):
            found[scan_id, unit_id] = payload
    return found


def log(connection: Connection) -> Sequence[LoggedEvent]:
    """Every event, a finding's together, in the order of instant, recording and number; nothing is
    converted, for there may be hundreds of thousands."""
    sighted = EventRow.kind.in_(_SIGHTINGS)
    raw = NullType()
    query = (
        select(
            EventRow.finding_id,
            type_coerce(EventRow.kind, raw),
            type_coerce(EventRow.at, raw),
            type_coerce(case((sighted, EventRow.data["suspected"].as_string())), raw),
            type_coerce(case((EventRow.kind.in_(_TELLING), cast(EventRow.data, Text))), raw),
            type_coerce(SightingRow.unit_id, raw),
        )
        .outerjoin(
            SightingRow,
            and_(
                SightingRow.scan_id == EventRow.scan_id,
                SightingRow.finding_id == EventRow.finding_id,
                sighted,
            ),
        )
        .order_by(EventRow.finding_id, EventRow.at, EventRow.recorded_at, EventRow.id)
    )
    result = connection.execute(query)
    # The driver's own rows: there is nothing to convert.
    rows: Sequence[LoggedEvent] = result.cursor.fetchall() if result.cursor is not None else []
    result.close()
    return rows


def recorded_units(connection: Connection) -> dict[int, str]:
    """By finding: the unit of what a person or another inspector recorded."""
    query = select(RecordRow.finding_id, RecordRow.unit_id).where(RecordRow.unit_id.is_not(None))
    return {row.finding_id: row.unit_id for row in connection.execute(query) if row.unit_id}


def first_units(connection: Connection, finding_ids: Iterable[int]) -> dict[int, str]:
    """By finding: the unit of the first scan that still shows it."""
    found: dict[int, str] = {}
    for part in parts(sorted(finding_ids)):
        first = (
            select(SightingRow.finding_id, func.min(SightingRow.scan_id).label("scan_id"))
            .where(SightingRow.finding_id.in_(part), SightingRow.unit_id.is_not(None))
            .group_by(SightingRow.finding_id)
            .subquery()
        )
        query = select(SightingRow.finding_id, SightingRow.unit_id).join(
            first,
            and_(
                SightingRow.finding_id == first.c.finding_id,
                SightingRow.scan_id == first.c.scan_id,
            ),
        )
        found.update(
            {row.finding_id: row.unit_id for row in connection.execute(query) if row.unit_id}
        )
    return found


def identities(
    connection: Connection, finding_ids: Iterable[int] | None = None
) -> dict[int, tuple[str, str]]:
    """By finding (all, or those named): fingerprint and rule."""
    columns = select(FindingRow.id, FindingRow.fingerprint, FindingRow.rule_id)
    if finding_ids is None:
        return {number: (mark, rule) for number, mark, rule in connection.execute(columns)}
    return {
        number: (mark, rule)
        for part in parts(sorted(finding_ids))
        for number, mark, rule in connection.execute(columns.where(FindingRow.id.in_(part)))
    }


def numbers(connection: Connection, fingerprints: Iterable[str]) -> dict[str, int]:
    """The ids of findings by fingerprint."""
    columns = select(FindingRow.fingerprint, FindingRow.id)
    return {
        mark: number
        for part in parts(sorted(fingerprints))
        for mark, number in connection.execute(columns.where(FindingRow.fingerprint.in_(part)))
    }


def waivers(connection: Connection) -> dict[int, tuple[date, date | None]]:
    """By number: the first and the last day of each waiver."""
    query = select(WaiverRow.id, WaiverRow.period_from, WaiverRow.period_to)
    return {row.id: (row.period_from, row.period_to) for row in connection.execute(query)}


def circulars(connection: Connection) -> list[CircularUse]:
    """Issued circulars by day and number."""
    query = select(CircularRow.number, CircularRow.issued_on, CircularRow.note)
    found = [
        CircularUse(
            row.number,
            row.issued_on,
            frozenset(row.note.get("units", ())),
            tuple(row.note.get("findings", ())),
        )
        for row in connection.execute(query)
    ]
    return sorted(found, key=lambda c: (c.issued_on, c.number))


def inspected(connection: Connection) -> list[InspectedUse]:
    """Rows of other inspectors' workbooks that stand for a finding."""
    query = (
        select(
            InspectionRow.source,
            InspectionRow.file,
            InspectedRow.sheet,
            InspectedRow.row,
            InspectedRow.unit_id,
            InspectedRow.finding_id,
            InspectedRow.found_on,
            InspectionRow.at,
        )
        .join(InspectionRow, InspectionRow.id == InspectedRow.inspection_id)
        .where(InspectedRow.finding_id.is_not(None))
    )
    return [
        InspectedUse(source, file, sheet, row, unit_id, finding_id, found_on, at)
        for source, file, sheet, row, unit_id, finding_id, found_on, at in connection.execute(query)
        if finding_id is not None
    ]
