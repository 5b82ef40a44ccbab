"""The past: what earlier scans saw of a site, as far as a crawl needs it.

Which unit a page was attributed to, which list row led to it, and what each column's last verified
reading was like.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
from sqlalchemy import Engine, select

from checks.facts import Entry
from storage.db import reading
from storage.models import ObservationRow, SubjectKind, SubjectRow, VersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPage:
    """How a page was last shown and attributed."""

    unit_id: str | None = None
    owner_id: str | None = None
    column_key: str | None = None
    listed: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastColumn:
    """A column's last verified reading."""

    rows: int | None
    shape: str | None


@dataclass(frozen=True, slots=True)
class Past:
    pages: dict[int, PastPage]
    """By subject id."""
    columns: dict[str, PastColumn]
    """By column key."""


_ENTRY: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


def load_past(engine: Engine, site_id: str) -> Past:
    """The newest observation of every page and column of the site."""
    query = (
        select(
            SubjectRow.id,
            SubjectRow.kind,
            SubjectRow.key,
            ObservationRow.unit_id,
            ObservationRow.owner_id,
            ObservationRow.column_key,
            ObservationRow.listed,
            VersionRow.rows,
            VersionRow.shape,
        )
        .join(
            ObservationRow,
            (ObservationRow.subject_id == SubjectRow.id)
            & (ObservationRow.scan_id == SubjectRow.last_scan),
        )
        .outerjoin(VersionRow, VersionRow.id == ObservationRow.version_id)
        .where(
            SubjectRow.site_id == site_id,
            SubjectRow.kind.in_([SubjectKind.PAGE, SubjectKind.COLUMN]),
        )
    )
    past = Past({}, {})
    with reading(engine) as connection:
        for row in connection.execute(query):
            if row.kind is SubjectKind.COLUMN:
                past.columns[row.key] = PastColumn(rows=row.rows, shape=row.shape)
            else:
                past.pages[row.id] = PastPage(
                    unit_id=row.unit_id,
                    owner_id=row.owner_id,
                    column_key=row.column_key,
                    listed=_ENTRY.decode(row.listed) if row.listed else None,
                )
    return past
