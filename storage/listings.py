"""A column's readings over time: what dates are held against."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Engine, select

from checks.facts import ColumnReading
from storage import facts
from storage.db import reading
from storage.insert import parts
from storage.models import (
    AliasRow,
    ObservationRow,
    ScanRow,
    Sight,
    SubjectKind,
    SubjectRow,
    VersionRow,
)

VERSIONS = 12
"""Contents of one column that are laid side by side, the newest."""
AT_ONCE = 100
"""Columns whose readings are held in memory together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A column as one scan read it."""

    scan_id: int
    as_of: datetime
    started: datetime
    fetched_at: datetime
    reading: ColumnReading


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A column's readings, oldest first; of what stayed the same over several scans the first and
    the last."""

    key: str
    site_id: str
    readings: tuple[Reading, ...]
    cut: bool
    """There are older ones."""


@dataclass(frozen=True, slots=True)
class _Seen:
    scan_id: int
    as_of: datetime
    started: datetime
    fetched_at: datetime
    version_id: int


def histories(engine: Engine, scan_id: int, sites: Collection[str], days: int) -> Iterator[History]:
    """Of every column that was read, up to the scan's instant and at most so many days before it, in
    the order of their keys."""
    with reading(engine) as connection:
        as_of = connection.execute(select(ScanRow.as_of).where(ScanRow.id == scan_id)).scalar_one()
        query = (
            select(
                SubjectRow.key,
                SubjectRow.site_id,
                SubjectRow.first_seen,
                ObservationRow.scan_id,
                ScanRow.as_of,
                ScanRow.started_at,
                ObservationRow.fetched_at,
                ObservationRow.version_id,
            )
            .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
            .join(ScanRow, ScanRow.id == ObservationRow.scan_id)
            .where(
                SubjectRow.kind == SubjectKind.COLUMN,
                SubjectRow.site_id.in_(sorted(sites)),
                ObservationRow.outcome == Sight.FETCHED,
                ObservationRow.version_id.is_not(None),
                ObservationRow.fetched_at.is_not(None),
                ScanRow.as_of >= as_of - timedelta(days=days),
                ScanRow.as_of <= as_of,
            )
        )
        rows = [
            row for row in connection.execute(query) if row.as_of < as_of or row.scan_id <= scan_id
        ]
    rows.sort(key=lambda row: (row.key, row.as_of, row.scan_id))
    waiting: list[tuple[str, str, bool, list[_Seen]]] = []
    for key, group in groupby(rows, key=lambda row: str(row.key)):
        mine = list(group)
        seen = [_Seen(r.scan_id, r.as_of, r.started_at, r.fetched_at, r.version_id) for r in mine]
        runs = [list(run) for _, run in groupby(seen, key=lambda s: s.version_id)]
        kept = runs[-VERSIONS:]
        ends = [s for run in kept for s in (run if len(run) == 1 else (run[0], run[-1]))]
        cut = len(runs) > len(kept) or mine[0].first_seen < ends[0].started
        waiting.append((key, mine[0].site_id, cut, ends))
        if len(waiting) == AT_ONCE:
            yield from _loaded(engine, waiting)
            waiting = []
    yield from _loaded(engine, waiting)


def _loaded(engine: Engine, columns: list[tuple[str, str, bool, list[_Seen]]]) -> Iterator[History]:
    wanted = sorted({s.version_id for *_, ends in columns for s in ends})
    read: dict[int, ColumnReading] = {}
    with reading(engine) as connection:
        for part in parts(wanted):
            query = select(VersionRow.id, VersionRow.facts).where(VersionRow.id.in_(part))
            for row in connection.execute(query):
                read[row.id] = facts.COLUMN.unpack(row.facts)
    for key, site_id, cut, ends in columns:
        yield History(
            key=key,
            site_id=site_id,
            cut=cut,
            readings=tuple(
                Reading(
                    scan_id=s.scan_id,
                    as_of=s.as_of,
                    started=s.started,
                    fetched_at=s.fetched_at,
                    reading=read[s.version_id],
                )
                for s in ends
            ),
        )


def known(engine: Engine, site_id: str) -> dict[str, tuple[str, datetime]]:
    """Every address known of a site: the key of its page, and when that was met first."""
    query = (
        select(AliasRow.url, SubjectRow.key, SubjectRow.first_seen)
        .join(SubjectRow, SubjectRow.id == AliasRow.subject_id)
        .where(SubjectRow.site_id == site_id, SubjectRow.kind == SubjectKind.PAGE)
    )
    with reading(engine) as connection:
        return {row.url: (row.key, row.first_seen) for row in connection.execute(query)}


def last_modified(engine: Engine, scan_id: int, keys: Iterable[str]) -> dict[str, str]:
    """What the server said of pages' last change, as it said it, by page key."""
    found: dict[str, str] = {}
    with reading(engine) as connection:
        for part in parts(sorted(keys)):
            query = (
                select(SubjectRow.key, ObservationRow.last_modified)
                .join(ObservationRow, ObservationRow.subject_id == SubjectRow.id)
                .where(
                    ObservationRow.scan_id == scan_id,
                    SubjectRow.kind == SubjectKind.PAGE,
                    SubjectRow.key.in_(part),
                    ObservationRow.last_modified.is_not(None),
                )
            )
            found |= {row.key: row.last_modified for row in connection.execute(query)}
    return found
