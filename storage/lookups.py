"""Small reads for outputs: when things were measured, and what nobody answers for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Engine, func, select

from storage.db import reading
from storage.insert import parts
from storage.models import (
    ObservationRow,
    Sight,
    SubjectKind,
    SubjectRow,
    VersionRow,
)

_READ = (Sight.FETCHED, Sight.NOT_MODIFIED, Sight.CARRIED)


def measured_range(engine: Engine, scan_id: int) -> tuple[datetime | None, datetime | None]:
    """When the oldest and the newest reading that a scan rests on was made."""
    query = select(func.min(ObservationRow.fetched_at), func.max(ObservationRow.fetched_at)).where(
        ObservationRow.scan_id == scan_id, ObservationRow.outcome.in_(_READ)
    )
    with reading(engine) as connection:
        row = connection.execute(query).one()
    return row[0], row[1]


def measured(
    engine: Engine, scan_id: int, keys: Collection[str]
) -> dict[str, tuple[datetime | None, datetime | None]]:
    """For each subject key: when it was measured, and since when it has been unchanged."""
    found: dict[str, tuple[datetime | None, datetime | None]] = {}
    with reading(engine) as connection:
        for part in parts(sorted(keys)):
            query = (
                select(SubjectRow.key, ObservationRow.fetched_at, ObservationRow.unchanged_since)
                .join(ObservationRow, ObservationRow.subject_id == SubjectRow.id)
                .where(ObservationRow.scan_id == scan_id, SubjectRow.key.in_(part))
            )
            for key, at, since in connection.execute(query):
                if at is not None:
                    found[key] = (at, since)
    return found


def unattributed(engine: Engine, scan_id: int) -> list[tuple[str, int, str]]:
    """What pages without a unit say of their source: (source or empty, pages, one address)."""
    query = (
        select(VersionRow.source, func.count(), func.min(SubjectRow.url))
        .select_from(ObservationRow)
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .join(VersionRow, VersionRow.id == ObservationRow.version_id)
        .where(
            ObservationRow.scan_id == scan_id,
            SubjectRow.kind == SubjectKind.PAGE,
            ObservationRow.unit_id.is_(None),
        )
        .group_by(VersionRow.source)
    )
    with reading(engine) as connection:
        rows = [(source or "", count, url) for source, count, url in connection.execute(query)]
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def pages_of_unit(engine: Engine, scan_id: int, unit_id: str) -> int:
    """Pages that a unit answers for in one scan."""
    query = (
        select(func.count())
        .select_from(ObservationRow)
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .where(
            ObservationRow.scan_id == scan_id,
            SubjectRow.kind == SubjectKind.PAGE,
            ObservationRow.unit_id == unit_id,
        )
    )
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())
