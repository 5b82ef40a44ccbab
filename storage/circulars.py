"""Circulars that were issued, and what proves that a finding stood after its deadline."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from checks.facts import LinkState
from checks.life import Event
from storage.db import StorageError, reading, writing
from storage.findings import append_events
from storage.insert import parts
from storage.models import (
    FindingRow,
    LinkCheckRow,
    ObservationRow,
    ScanRow,
    Sight,
    SightingRow,
    SiteRunRow,
    SiteState,
    SubjectKind,
    SubjectRow,
)
from storage.regime_tables import CircularRow

_READ = (Sight.FETCHED, Sight.NOT_MODIFIED)


class CircularKnown(StorageError):
    """A circular of that number was recorded already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circular:
    """One that was issued."""

    id: int
    period: str
    number: str
    title: str
    issued_on: date
    recorded_at: datetime
    actor: str
    units: tuple[str, ...]
    findings: tuple[str, ...]
    file: str
    """Digest of the draft that was confirmed."""


def issued(engine: Engine) -> list[Circular]:
    """All of them, the newest first."""
    query = select(CircularRow.__table__).order_by(
        CircularRow.issued_on.desc(), CircularRow.id.desc()
    )
    with reading(engine) as connection:
        rows = connection.execute(query).all()
    return [
        Circular(
            id=row.id,
            period=row.period,
            number=row.number,
            title=row.title,
            issued_on=row.issued_on,
            recorded_at=row.recorded_at,
            actor=row.actor,
            units=tuple(row.note.get("units", ())),
            findings=tuple(row.note.get("findings", ())),
            file=str(row.note.get("file", "")),
        )
        for row in rows
    ]


def issue(
    engine: Engine,
    *,
    period: str,
    number: str,
    title: str,
    issued_on: date,
    recorded_at: datetime,
    actor: str,
    note: Mapping[str, Any],
    events: Iterable[tuple[str, Event]],
) -> int:
    """Record a circular and the events of its findings, all or nothing; returns its id. The events'
    ``data`` gain ``circular_id``. Raises ``CircularKnown`` for a number that is there already."""
    with writing(engine) as connection:
        known = connection.scalar(select(CircularRow.id).where(CircularRow.number == number))
        if known is not None:
            raise CircularKnown(f"发文字号 {number} 已经登记过：用 xunjian circulars 查看")
        made: int = connection.execute(
            insert(CircularRow)
            .values(
                period=period,
                number=number,
                title=title,
                issued_on=issued_on,
                recorded_at=recorded_at,
                actor=actor,
                note=dict(note),
            )
            .returning(CircularRow.id)
        ).scalar_one()
        append_events(
            connection,
            [
                (
                    mark,
                    Event(
                        kind=event.kind,
                        at=event.at,
                        recorded_at=event.recorded_at,
                        scan_id=event.scan_id,
                        actor=event.actor,
                        reason=event.reason,
                        data={**event.data, "circular_id": made},
                    ),
                )
                for mark, event in events
            ],
        )
    return made


# --- proof that it still stood --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Again:
    """A certain sighting of a finding by one scan."""

    scan_id: int
    as_of: datetime


def seen_by_scans(
    engine: Engine, fingerprints: Collection[str], after: datetime
) -> dict[str, list[Again]]:
    """By fingerprint, the scans as of an instant later than ``after`` that saw it for certain,
    carried sightings included; the newest first."""
    found: dict[str, list[Again]] = {}
    query = (
        select(FindingRow.fingerprint, ScanRow.id, ScanRow.as_of)
        .select_from(SightingRow)
        .join(FindingRow, FindingRow.id == SightingRow.finding_id)
        .join(ScanRow, ScanRow.id == SightingRow.scan_id)
        .where(ScanRow.as_of > after, ~SightingRow.suspected)
        .order_by(ScanRow.as_of.desc(), ScanRow.id.desc())
    )
    with reading(engine) as connection:
        for part in parts(sorted(fingerprints)):
            for mark, scan_id, as_of in connection.execute(
                query.where(FindingRow.fingerprint.in_(part))
            ):
                found.setdefault(mark, []).append(Again(scan_id, as_of))
    return found


def read_by_scans(
    engine: Engine, subjects: Collection[tuple[SubjectKind, str]], after: datetime
) -> set[tuple[SubjectKind, str, int]]:
    """Which of these subjects which scans (as of later than ``after``) fetched themselves: kind, key
    and scan."""
    wanted = set(subjects)
    found: set[tuple[SubjectKind, str, int]] = set()
    query = (
        select(SubjectRow.kind, SubjectRow.key, ObservationRow.scan_id)
        .select_from(ObservationRow)
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .join(ScanRow, ScanRow.id == ObservationRow.scan_id)
        .where(ScanRow.as_of > after, ObservationRow.outcome.in_(_READ))
    )
    with reading(engine) as connection:
        for part in parts(sorted({key for _, key in wanted})):
            for kind, key, scan_id in connection.execute(query.where(SubjectRow.key.in_(part))):
                if (kind, key) in wanted:
                    found.add((kind, key, scan_id))
    return found


def crawled_whole(engine: Engine, after: datetime) -> set[tuple[str, int]]:
    """Sites that scans as of later than ``after`` crawled to their end: site and scan."""
    query = (
        select(SiteRunRow.site_id, SiteRunRow.scan_id)
        .join(ScanRow, ScanRow.id == SiteRunRow.scan_id)
        .where(ScanRow.as_of > after, SiteRunRow.state == SiteState.COMPLETE)
    )
    with reading(engine) as connection:
        return {(site, scan_id) for site, scan_id in connection.execute(query)}


def dead_links(engine: Engine, urls: Collection[str], after: datetime) -> set[tuple[str, int]]:
    """Addresses that scans as of later than ``after`` looked up and found dead: address and scan."""
    found: set[tuple[str, int]] = set()
    query = (
        select(LinkCheckRow.url, LinkCheckRow.scan_id)
        .join(ScanRow, ScanRow.id == LinkCheckRow.scan_id)
        .where(ScanRow.as_of > after, LinkCheckRow.state == LinkState.DEAD)
    )
    with reading(engine) as connection:
        for part in parts(sorted(urls)):
            for url, scan_id in connection.execute(query.where(LinkCheckRow.url.in_(part))):
                found.add((url, scan_id))
    return found


def columns_showing(engine: Engine, keys: Collection[str]) -> dict[str, str]:
    """By page key, the key of the column that showed the page to the newest scan."""
    found: dict[str, str] = {}
    query = (
        select(SubjectRow.key, ObservationRow.column_key)
        .select_from(ObservationRow)
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .where(SubjectRow.kind == SubjectKind.PAGE, ObservationRow.column_key.is_not(None))
        .order_by(ObservationRow.scan_id)
    )
    with reading(engine) as connection:
        for part in parts(sorted(keys)):
            rows = connection.execute(query.where(SubjectRow.key.in_(part)))
            found |= {row.key: row.column_key for row in rows}
    return found
