"""Small reads for outputs: when things were measured, and what nobody answers for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Engine, func, select

from storage.db import reading
from storage.insert import parts
from storage.models import (
    AliasRow,
    EvidenceRow,
    ObservationRow,
    PageHitsRow,
    ScanRow,
    Sight,
    SubjectKind,
    SubjectRow,
    VersionRow,
)
from storage.types import url_key

_SEEN = (Sight.FETCHED, Sight.NOT_MODIFIED, Sight.ABSENT, Sight.DELEGATED)
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


@dataclass(frozen=True, slots=True)
class Seen:
    """What one scan had of a subject."""

    version_id: int | None
    read: bool
    """It was read in that scan or carried over; otherwise it was not verified."""
    first_seen: datetime


def seen(engine: Engine, scan_id: int, keys: Collection[str]) -> dict[str, Seen]:
    """What a scan had of each of these subjects; one that it did not observe is left out."""
    found: dict[str, Seen] = {}
    with reading(engine) as connection:
        for part in parts(sorted(keys)):
            query = (
                select(
                    SubjectRow.key,
                    ObservationRow.version_id,
                    ObservationRow.outcome,
                    SubjectRow.first_seen,
                )
                .join(ObservationRow, ObservationRow.subject_id == SubjectRow.id)
                .where(ObservationRow.scan_id == scan_id, SubjectRow.key.in_(part))
            )
            for key, version_id, outcome, first in connection.execute(query):
                found[key] = Seen(version_id, outcome is not Sight.UNVERIFIED, first)
    return found


def first_seen(engine: Engine, keys: Collection[str]) -> dict[str, datetime]:
    """When each of these subjects was met for the first time."""
    found: dict[str, datetime] = {}
    with reading(engine) as connection:
        for part in parts(sorted(keys)):
            query = select(SubjectRow.key, SubjectRow.first_seen).where(SubjectRow.key.in_(part))
            found |= {row.key: row.first_seen for row in connection.execute(query)}
    return found


@dataclass(frozen=True, slots=True)
class Unowned:
    """A page that no unit answers for."""

    site_id: str
    title: str
    url: str
    source: str
    """As printed on the page; empty when there is none."""


def unattributed(engine: Engine, scan_id: int) -> list[Unowned]:
    """Pages that one scan read and could lay at no unit's door, by source, then address."""
    query = (
        select(SubjectRow.site_id, VersionRow.title, SubjectRow.url, VersionRow.source)
        .select_from(ObservationRow)
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .join(VersionRow, VersionRow.id == ObservationRow.version_id)
        .where(
            ObservationRow.scan_id == scan_id,
            SubjectRow.kind == SubjectKind.PAGE,
            ObservationRow.outcome != Sight.ABSENT,
            ObservationRow.unit_id.is_(None),
        )
    )
    with reading(engine) as connection:
        found = [Unowned(s, t or "", u or "", w or "") for s, t, u, w in connection.execute(query)]
    return sorted(found, key=lambda p: (p.source, p.url))


def pages_read(engine: Engine, scan_id: int, site_id: str) -> int:
    """Pages of a site that one scan fetched or found not modified."""
    return _count_read(engine, scan_id, site_id)


def pages_with_answers(engine: Engine, scan_id: int, site_id: str) -> int:
    """Those of them whose version the page rules have been asked about."""
    asked = select(PageHitsRow.version_id).where(
        PageHitsRow.version_id == ObservationRow.version_id
    )
    return _count_read(engine, scan_id, site_id, asked.exists())


def _count_read(engine: Engine, scan_id: int, site_id: str, *more: ColumnElement[bool]) -> int:
    query = (
        select(func.count())
        .select_from(ObservationRow)
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .where(
            ObservationRow.scan_id == scan_id,
            ObservationRow.outcome.in_((Sight.FETCHED, Sight.NOT_MODIFIED)),
            SubjectRow.kind == SubjectKind.PAGE,
            SubjectRow.site_id == site_id,
            *more,
        )
    )
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


def evidence_missing(engine: Engine, since: datetime) -> int:
    """Digests that observations of scans as of ``since`` or later rest on and of which no record is
    kept."""
    kept = select(EvidenceRow.digest)
    query = (
        select(func.count(func.distinct(ObservationRow.evidence)))
        .join(ScanRow, ScanRow.id == ObservationRow.scan_id)
        .where(
            ScanRow.as_of >= since,
            ObservationRow.evidence.is_not(None),
            ObservationRow.evidence.not_in(kept),
        )
    )
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


def pages_of_unit(engine: Engine, scan_id: int, unit_id: str) -> int:
    """Pages that a unit answers for in one scan."""
    query = (
        select(func.count())
        .select_from(ObservationRow)
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .where(
            ObservationRow.scan_id == scan_id,
            SubjectRow.kind == SubjectKind.PAGE,
            ObservationRow.outcome != Sight.ABSENT,
            ObservationRow.unit_id == unit_id,
        )
    )
    with reading(engine) as connection:
        return int(connection.execute(query).scalar_one())


def evidence_digests(engine: Engine) -> list[str]:
    """The digests of all payloads that the evidence store keeps, in order."""
    query = select(EvidenceRow.digest).where(~EvidenceRow.revisit).distinct()
    with reading(engine) as connection:
        return sorted(connection.execute(query).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAt:
    """A page that scans know by one of its addresses, as it was last read."""

    key: str
    site_id: str
    url: str
    title: str
    unit_id: str | None
    evidence: str | None
    fetched_at: datetime | None


def page_at(engine: Engine, url: str, until: datetime | None = None) -> PageAt | None:
    """The page at a canonical address, as the newest scan as of ``until`` or before read it;
    ``None`` for an address that no scan has met."""
    query = (
        select(
            SubjectRow.key,
            SubjectRow.site_id,
            SubjectRow.url,
            VersionRow.title,
            ObservationRow.unit_id,
            ObservationRow.evidence,
            ObservationRow.fetched_at,
        )
        .select_from(AliasRow)
        .join(SubjectRow, SubjectRow.id == AliasRow.subject_id)
        .join(ObservationRow, ObservationRow.subject_id == SubjectRow.id)
        .join(ScanRow, ScanRow.id == ObservationRow.scan_id)
        .outerjoin(VersionRow, VersionRow.id == ObservationRow.version_id)
        .where(AliasRow.url_key == url_key(url), SubjectRow.kind == SubjectKind.PAGE)
        .order_by(ScanRow.as_of.desc(), ScanRow.id.desc())
        .limit(1)
    )
    if until is not None:
        query = query.where(ScanRow.as_of <= until)
    with reading(engine) as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    return PageAt(
        key=row[0],
        site_id=row[1],
        url=row[2] or url,
        title=row[3] or "",
        unit_id=row[4],
        evidence=row[5],
        fetched_at=row[6],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTitle:
    title: str
    url: str
    published: date | None
    column_key: str | None
    site_id: str


def titles_of_unit(engine: Engine, scan_id: int, unit_id: str) -> list[PageTitle]:
    """The dated pages that a unit answers for in one scan, by address."""
    query = (
        select(
            VersionRow.title,
            SubjectRow.url,
            VersionRow.published,
            ObservationRow.column_key,
            SubjectRow.site_id,
        )
        .select_from(ObservationRow)
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .join(VersionRow, VersionRow.id == ObservationRow.version_id)
        .where(
            ObservationRow.scan_id == scan_id,
            SubjectRow.kind == SubjectKind.PAGE,
            ObservationRow.outcome.in_(_READ),
            ObservationRow.unit_id == unit_id,
            VersionRow.published.is_not(None),
        )
    )
    with reading(engine) as connection:
        found = [
            PageTitle(title=t or "", url=u or "", published=p, column_key=c, site_id=s)
            for t, u, p, c, s in connection.execute(query)
        ]
    return sorted(found, key=lambda page: page.url)


def page_address(engine: Engine, key: str) -> str | None:
    """The address at which a page was last met."""
    query = select(SubjectRow.url).where(SubjectRow.kind == SubjectKind.PAGE, SubjectRow.key == key)
    with reading(engine) as connection:
        return connection.execute(query).scalar_one_or_none()


def fetched_keys(engine: Engine, scan_id: int) -> set[str]:
    """Keys of the subjects that one scan itself saw: read, not modified, or seen not to be there."""
    query = (
        select(SubjectRow.key)
        .join(ObservationRow, ObservationRow.subject_id == SubjectRow.id)
        .where(
            ObservationRow.scan_id == scan_id,
            ObservationRow.outcome.in_((*_SEEN,)),
        )
    )
    with reading(engine) as connection:
        return set(connection.execute(query).scalars())


def pages_of_scan(engine: Engine, scan_id: int) -> set[str]:
    """Keys of the pages that one scan observed in any way."""
    query = (
        select(SubjectRow.key)
        .join(ObservationRow, ObservationRow.subject_id == SubjectRow.id)
        .where(ObservationRow.scan_id == scan_id, SubjectRow.kind == SubjectKind.PAGE)
    )
    with reading(engine) as connection:
        return set(connection.execute(query).scalars())
