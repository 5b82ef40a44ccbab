"""What successive scans saw of one subject, for a person to lay side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, select

from storage.db import reading
from storage.models import ObservationRow, ScanRow, Sight, SubjectKind, SubjectRow, VersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One scan's observation of a subject."""

    scan_id: int
    as_of: datetime
    outcome: Sight
    fetched_at: datetime | None
    """When the content was last confirmed by the server."""
    title: str | None
    published: date | None
    rows: int | None
    """Entries of a column's reading."""
    reason: str


def looks(engine: Engine, subject_key: str, limit: int) -> list[Look]:
    """The newest observations of a page, column or home page, oldest first."""
    query = (
        select(
            ObservationRow.scan_id,
            ScanRow.as_of,
            ObservationRow.outcome,
            ObservationRow.fetched_at,
            ObservationRow.reason,
            VersionRow.title,
            VersionRow.published,
            VersionRow.rows,
        )
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .join(ScanRow, ScanRow.id == ObservationRow.scan_id)
        .outerjoin(VersionRow, VersionRow.id == ObservationRow.version_id)
        .where(
            SubjectRow.key == subject_key,
            SubjectRow.kind.in_([SubjectKind.PAGE, SubjectKind.COLUMN, SubjectKind.HOME]),
        )
        .order_by(ScanRow.as_of.desc(), ScanRow.id.desc())
        .limit(limit)
    )
    with reading(engine) as connection:
        found = [
            Look(
                scan_id=row.scan_id,
                as_of=row.as_of,
                outcome=row.outcome,
                fetched_at=row.fetched_at,
                title=row.title,
                published=row.published,
                rows=row.rows,
                reason=row.reason or "",
            )
            for row in connection.execute(query)
        ]
    return found[::-1]
