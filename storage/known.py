"""What is known of a site when a scan of it begins: loaded once, kept in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine, select

from storage.db import reading
from storage.models import AliasRow, ObservationRow, Sight, SubjectRow, VersionRow

NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One answer of the server."""

    at: datetime
    status: int
    etag: str | None = None
    last_modified: str | None = None
    evidence: str | None = None
    """Digest of the evidence, where it is kept."""


@dataclass(slots=True, kw_only=True)
class KnownPage:
    """What earlier scans (and this one) know of a page. To be read only."""

    subject_id: int
    url: str | None
    version_id: int | None = None
    """``None`` also while its first version waits for the next flush."""
    digest: str | None = None
    reader: str | None = None
    """Version of the reader that made the stored facts: where it is not ours, 304 is no use."""
    etag: str | None = None
    last_modified: str | None = None
    last_fetched_at: datetime | None = None
    unchanged_since: datetime | None = None
    evidence: str | None = None
    outcome: Sight | None = None
    """Of the newest scan that dealt with it."""
    status: int | None = None


@dataclass(slots=True)
class Knowledge:
    """All subjects of one site."""

    subjects: dict[int, KnownPage] = field(default_factory=dict)
    alias: dict[str, int] = field(default_factory=dict)
    """Subject ids of pages by every address they have been met under."""
    seen: dict[int, Sight] = field(default_factory=dict)
    """What the scan at hand has dealt with already, and how."""

    def page(self, url: str) -> KnownPage | None:
        subject_id = self.alias.get(url)
        return None if subject_id is None else self.subjects[subject_id]

    def sight(self, url: str) -> Sight | None:
        """How the scan at hand has dealt with a page; ``None``: not yet."""
        return self.seen.get(self.alias.get(url, -1))


def load(engine: Engine, scan_id: int, site_id: str) -> Knowledge:
    """One query for the newest observation of every subject, one for the addresses."""
    known = Knowledge()
    last = (
        select(
            SubjectRow.id,
            SubjectRow.url,
            SubjectRow.last_scan,
            ObservationRow.outcome,
            ObservationRow.version_id,
            ObservationRow.etag,
            ObservationRow.last_modified,
            ObservationRow.fetched_at,
            ObservationRow.unchanged_since,
            ObservationRow.evidence,
            ObservationRow.status,
            VersionRow.digest,
            VersionRow.reader,
        )
        .outerjoin(
            ObservationRow,
            (ObservationRow.subject_id == SubjectRow.id)
            & (ObservationRow.scan_id == SubjectRow.last_scan),
        )
        .outerjoin(VersionRow, VersionRow.id == ObservationRow.version_id)
        .where(SubjectRow.site_id == site_id)
    )
    aliases = (
        select(AliasRow.url, AliasRow.subject_id)
        .join(SubjectRow, SubjectRow.id == AliasRow.subject_id)
        .where(SubjectRow.site_id == site_id)
    )
    with reading(engine) as connection:
        for row in connection.execute(last):
            known.subjects[row.id] = KnownPage(
                subject_id=row.id,
                url=row.url,
                version_id=row.version_id,
                digest=row.digest,
                reader=row.reader,
                etag=row.etag,
                last_modified=row.last_modified,
                last_fetched_at=row.fetched_at,
                unchanged_since=row.unchanged_since,
                evidence=row.evidence,
                outcome=row.outcome,
                status=row.status,
            )
            if row.last_scan == scan_id and row.outcome is not None:
                known.seen[row.id] = row.outcome
        for url, subject_id in connection.execute(aliases):
            known.alias[url] = subject_id
    return known
