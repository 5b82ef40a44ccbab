"""The past: what earlier scans saw of a site, as far as a crawl needs it.

Which unit a page was attributed to, which list row led to it, and what each column showed when it
last showed anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import Engine, Select, select

from checks.facts import Entry
from storage.db import reading
from storage.models import ObservationRow, Sight, SubjectKind, SubjectRow, VersionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class PastPage:
    """How a page was last shown and attributed."""

    unit_id: str | None = None
    owner_id: str | None = None
    column_key: str | None = None
    listed: Entry | None = None
    asked_as: Entry | None = None
    """The list row as it was when the page was last asked for: one that has changed since is still
    to be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastColumn:
    """A column's last reading that showed rows."""

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
    """The newest observation of every page of the site, and what its columns last showed."""
    query = (
        select(
            SubjectRow.id,
            SubjectRow.kind,
            SubjectRow.key,
            ObservationRow.unit_id,
            ObservationRow.owner_id,
            ObservationRow.column_key,
            ObservationRow.listed,
        )
        .join(
            ObservationRow,
            (ObservationRow.subject_id == SubjectRow.id)
            & (ObservationRow.scan_id == SubjectRow.last_scan),
        )
        .where(SubjectRow.site_id == site_id, SubjectRow.kind == SubjectKind.PAGE)
    )
    past = Past({}, {})
    with reading(engine) as connection:
        for row in connection.execute(query):
            listed = _ENTRY.decode(row.listed) if row.listed else None
            past.pages[row.id] = PastPage(
                unit_id=row.unit_id,
                owner_id=row.owner_id,
                column_key=row.column_key,
                listed=listed,
                asked_as=listed,
            )
        carried = (
            select(SubjectRow.id, ObservationRow.listed)
            .join(ObservationRow, ObservationRow.subject_id == SubjectRow.id)
            .where(ObservationRow.outcome != Sight.CARRIED, SubjectRow.id.in_(_carried(site_id)))
            .order_by(ObservationRow.scan_id)
        )
        for subject_id, listed_then in connection.execute(carried):
            asked_as = _ENTRY.decode(listed_then) if listed_then else None
            past.pages[subject_id] = replace(past.pages[subject_id], asked_as=asked_as)
        for key, rows, shape in connection.execute(_readings_with_rows(site_id)):
            past.columns[key] = PastColumn(rows=rows, shape=shape)
    return past


def _carried(site_id: str) -> Select[int]:
    """Pages that the newest scan did not get to."""
    return (
        select(SubjectRow.id)
        .join(
            ObservationRow,
            (ObservationRow.subject_id == SubjectRow.id)
            & (ObservationRow.scan_id == SubjectRow.last_scan),
        )
        .where(
            SubjectRow.site_id == site_id,
            SubjectRow.kind == SubjectKind.PAGE,
            ObservationRow.outcome == Sight.CARRIED,
        )
    )


def _readings_with_rows(site_id: str) -> Select[str, int | None, str | None]:
    """Oldest first."""
    return (
        select(SubjectRow.key, VersionRow.rows, VersionRow.shape)
        .join(ObservationRow, ObservationRow.subject_id == SubjectRow.id)
        .join(VersionRow, VersionRow.id == ObservationRow.version_id)
        .where(
            SubjectRow.site_id == site_id,
            SubjectRow.kind == SubjectKind.COLUMN,
            ObservationRow.outcome == Sight.FETCHED,
            VersionRow.rows > 0,
        )
        .order_by(ObservationRow.scan_id)
    )
