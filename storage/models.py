"""The tables. Migrations under ``alembic/`` build exactly these; a test compares the two.

Ids of subjects, blocks and link targets are made from what they stand for (``types.key64``).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from checks.facts import LinkKind, LinkState, Missing, NameMatch, PageKind
from checks.life import EventKind
from checks.model import Scope
from storage.types import CleanText, Instant, choice

BigId = BigInteger().with_variant(Integer, "sqlite")
"""A running number: only ``INTEGER`` counts by itself on SQLite."""


class ScanKind(StrEnum):
    """On what occasion a scan is made."""

    SPOT = "spot"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    BIMONTHLY = "bimonthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"
    RECHECK = "recheck"

    @property
    def words(self) -> str:
        return {
            "spot": "日常抽查",
            "weekly": "周检",
            "monthly": "月检",
            "bimonthly": "第三方检测",
            "quarterly": "季检",
            "annual": "年终",
            "recheck": "复查",
        }[self.value]


class ScanState(StrEnum):
    RUNNING = "running"
    COMPLETE = "complete"
    PARTIAL = "partial"
    """Its window ended, or something could not be verified for a whole site."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """It was stopped or killed; it can be resumed."""


class SiteState(StrEnum):
    """How far one scan came with one site."""

    PENDING = "pending"
    CRAWLING = "crawling"
    COMPLETE = "complete"
    WINDOW = "window"
    """The window ended first."""
    UNREACHED = "unreached"
    INTERRUPTED = "interrupted"


class SubjectKind(StrEnum):
    PAGE = "page"
    COLUMN = "column"
    TREE = "tree"
    HOME = "home"
    SITE = "site"


class Sight(StrEnum):
    """What became of one subject in one scan."""

    FETCHED = "fetched"
    NOT_MODIFIED = "not_modified"
    CARRIED = "carried"
    """未轮到: its last reading stands, with the date of that reading."""
    UNVERIFIED = "unverified"
    ABSENT = "absent"
    DELEGATED = "delegated"


class VerdictKind(StrEnum):
    """Outcomes that are neither plainly fine nor a certain finding."""

    SUSPECTED = "suspected"
    NOT_APPLICABLE = "not_applicable"
    UNVERIFIED = "unverified"
    REMARK = "remark"


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own hook
        str: CleanText(),
        datetime: Instant(),
        bytes: LargeBinary(),
        dict[str, Any]: JSON(),
    }


class ScanRow(Base):
    __tablename__ = "scan"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[ScanKind] = mapped_column(choice(ScanKind, "kind"))
    as_of: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    state: Mapped[ScanState] = mapped_column(choice(ScanState, "state"))
    standard: Mapped[str]
    config_digest: Mapped[str]
    reader: Mapped[str]
    full: Mapped[bool]
    window_ended: Mapped[bool]
    note: Mapped[dict[str, Any]]

    __table_args__ = (Index(None, "as_of"),)


class SiteRunRow(Base):
    __tablename__ = "site_run"

    scan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("scan.id"), primary_key=True)
    site_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    state: Mapped[SiteState] = mapped_column(choice(SiteState, "state"))
    reason_code: Mapped[Missing | None] = mapped_column(choice(Missing, "reason_code"))
    reason: Mapped[str] = mapped_column(default="")
    requests: Mapped[int] = mapped_column(default=0)
    fetched: Mapped[int] = mapped_column(default=0)
    not_modified: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    retried_ok: Mapped[int] = mapped_column(default=0)
    left_over: Mapped[int] = mapped_column(default=0)
    pages_stored: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    evidence_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)


class SubjectRow(Base):
    __tablename__ = "subject"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[SubjectKind] = mapped_column(choice(SubjectKind, "kind"))
    key: Mapped[str] = mapped_column(String(200))
    """page: ``page:<id>``; column: its key; tree: ``<site>/<unit>`` or ``<site>``; else the site."""
    site_id: Mapped[str] = mapped_column(String(40))
    first_seen: Mapped[datetime]
    url: Mapped[str | None]
    """Its present address."""
    last_scan: Mapped[int | None] = mapped_column(BigInteger)
    """The newest scan with an observation of it, so that a scan starts with one indexed query."""

    __table_args__ = (UniqueConstraint("kind", "key"), Index(None, "site_id", "kind"))


class AliasRow(Base):
    """Every canonical address by which a page has been met."""

    __tablename__ = "alias"

    url_key: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    url: Mapped[str]
    subject_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("subject.id"), index=True)
    first_seen: Mapped[datetime]


class VersionRow(Base):
    """One content of a subject as one reader read it; never changed."""

    __tablename__ = "version"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("subject.id"))
    digest: Mapped[str] = mapped_column(String(64))
    reader: Mapped[str] = mapped_column(String(100))
    kind: Mapped[PageKind | None] = mapped_column(choice(PageKind, "kind"))
    title: Mapped[str | None]
    published: Mapped[date | None]
    source: Mapped[str | None]
    rows: Mapped[int | None]
    """Entries of a column's reading."""
    shape: Mapped[str | None]
    blocks: Mapped[str] = mapped_column(default="")
    """Digests of the link blocks outside its body, separated by spaces."""
    made: Mapped[date | None]
    """生成日期 of a disclosure entry."""
    index_number: Mapped[str | None]
    text_key: Mapped[str | None] = mapped_column(String(32))
    """``storage.facts.text_key``."""
    parts: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Names of the special parts it has (``Page.parts``), separated by spaces."""
    created_at: Mapped[datetime]
    facts: Mapped[bytes]

    __table_args__ = (UniqueConstraint("subject_id", "digest", "reader"),)


class ObservationRow(Base):
    """What one scan saw of one subject. The columns about content (version, addresses, dates,
    evidence) tell the last good reading, also where ``outcome`` says that this scan got none."""

    __tablename__ = "observation"

    scan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("scan.id"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("subject.id"), primary_key=True, index=True
    )
    outcome: Mapped[Sight] = mapped_column(choice(Sight, "outcome"))
    version_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("version.id"))
    unit_id: Mapped[str | None] = mapped_column(String(40))
    owner_id: Mapped[str | None] = mapped_column(String(40))
    column_key: Mapped[str | None] = mapped_column(String(200))
    """The column that showed it first."""
    seen_at: Mapped[datetime]
    """When this scan dealt with it."""
    fetched_at: Mapped[datetime | None]
    """When the content was last confirmed by the server."""
    unchanged_since: Mapped[datetime | None]
    status: Mapped[int | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    evidence: Mapped[str | None] = mapped_column(String(64))
    reason_code: Mapped[Missing | None] = mapped_column(choice(Missing, "reason_code"))
    reason: Mapped[str | None]
    listed: Mapped[str | None]
    """JSON of the ``Entry`` that led to a page."""
    name_match: Mapped[NameMatch | None] = mapped_column(choice(NameMatch, "name_match"))
    found_name: Mapped[str | None]


class BlockRow(Base):
    """The links of a header, menu or footer: stored once a site, whatever pages repeat it."""

    __tablename__ = "block"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    site_id: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(32))
    path: Mapped[str]
    links: Mapped[bytes]

    __table_args__ = (UniqueConstraint("site_id", "digest"),)


class TargetRow(Base):
    """An address that a body or a block links to."""

    __tablename__ = "target"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    url: Mapped[str]
    kind: Mapped[LinkKind] = mapped_column(choice(LinkKind, "kind"))
    checked_at: Mapped[datetime | None]


class VersionLinkRow(Base):
    __tablename__ = "version_link"

    version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("version.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, index=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class BlockLinkRow(Base):
    __tablename__ = "block_link"

    block_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    target_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, index=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class LinkCheckRow(Base):
    __tablename__ = "link_check"

    scan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("scan.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, index=True)
    site_id: Mapped[str] = mapped_column(String(40))
    url: Mapped[str]
    state: Mapped[LinkState] = mapped_column(choice(LinkState, "state"))
    status: Mapped[int | None]
    reason: Mapped[str]
    attempts: Mapped[int]
    checked_at: Mapped[datetime]


class EvidenceRow(Base):
    """Where the record of a response stands in the WARC files."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site_id: Mapped[str] = mapped_column(String(40), index=True)
    digest: Mapped[str] = mapped_column(String(64))
    """sha256 of the payload, hexadecimal."""
    url_key: Mapped[bytes] = mapped_column(LargeBinary(16))
    url: Mapped[str]
    file: Mapped[str] = mapped_column(String(200), index=True)
    """Path below the store's root, with forward slashes."""
    offset: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int] = mapped_column(BigInteger)
    """Bytes of the compressed record."""
    stored_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """A recent moment at which the same response came again (kept to within a month)."""
    revisit: Mapped[bool]
    """The payload stands in another record of the same digest."""
    content_type: Mapped[str | None]
    status: Mapped[int]

    __table_args__ = (UniqueConstraint("digest", "url_key"),)


class PageHitsRow(Base):
    """What the rules that run in the crawl said of one version; no hits: an empty ``hits``."""

    __tablename__ = "page_hits"

    version_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("version.id"), primary_key=True)
    rules_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    hits: Mapped[bytes | None]


class FindingRow(Base):
    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    rule_id: Mapped[str] = mapped_column(String(60))
    scope: Mapped[Scope] = mapped_column(choice(Scope, "scope"))
    subject_key: Mapped[str] = mapped_column(String(200))
    site_id: Mapped[str] = mapped_column(String(40))
    what: Mapped[str]
    first_scan: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("scan.id"))
    """``None``: a person recorded it."""
    first_seen: Mapped[datetime]


class SightingRow(Base):
    """A finding as one scan saw it."""

    __tablename__ = "sighting"

    scan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("scan.id"), primary_key=True)
    finding_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("finding.id"), primary_key=True, index=True
    )
    unit_id: Mapped[str | None] = mapped_column(String(40))
    suspected: Mapped[bool]
    message: Mapped[str]
    path: Mapped[str]
    snippet: Mapped[str]
    url: Mapped[str | None]
    title: Mapped[str]
    subject_url: Mapped[str | None]
    evidence: Mapped[str | None] = mapped_column(String(64))
    in_body: Mapped[bool]
    pages: Mapped[int]


_OF_SCAN = "kind IN ('found', 'rectified', 'recurred', 'not_mended')"
"""Events that judging gives: each at most once a scan and finding."""


class EventRow(Base):
    """Append-only log of a finding's life."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    finding_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("finding.id"))
    kind: Mapped[EventKind] = mapped_column(choice(EventKind, "kind"))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    scan_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("scan.id"))
    actor: Mapped[str]
    reason: Mapped[str]
    data: Mapped[dict[str, Any]]

    __table_args__ = (
        Index(None, "finding_id"),
        Index(
            "uq_event_of_scan",
            "finding_id",
            "scan_id",
            "kind",
            unique=True,
            sqlite_where=text(_OF_SCAN),
            postgresql_where=text(_OF_SCAN),
        ),
    )


class VerdictRow(Base):
    __tablename__ = "verdict"

    scan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("scan.id"), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    scope: Mapped[Scope] = mapped_column(choice(Scope, "scope"), primary_key=True)
    subject_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    kind: Mapped[VerdictKind] = mapped_column(choice(VerdictKind, "kind"), primary_key=True)
    site_id: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str]
    url: Mapped[str | None]
    code: Mapped[Missing | None] = mapped_column(choice(Missing, "code"))
    reason: Mapped[str]


class TallyRow(Base):
    """How many subjects of a unit fared how under one rule."""

    __tablename__ = "tally"

    scan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("scan.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Empty: not attributed."""
    site_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    fine: Mapped[int]
    finding: Mapped[int]
    suspected: Mapped[int]
    not_applicable: Mapped[int]
    unverified: Mapped[int]


class CoverageRow(Base):
    """Subjects of a unit in one scan."""

    __tablename__ = "coverage"

    scan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("scan.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Empty: not attributed."""
    applicable: Mapped[int]
    verified: Mapped[int]
    not_reached: Mapped[int]


class ScorecardRow(Base):
    __tablename__ = "scorecard"

    scan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("scan.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """A site's id where the standard's subject is the site."""
    standard: Mapped[str] = mapped_column(String(40), primary_key=True)
    standard_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    rules_digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    recorded_at: Mapped[datetime]
    score_high: Mapped[int | None]
    score_low: Mapped[int | None]
    """Hundredths of a point; ``None``: 未评分."""
    coverage: Mapped[int]
    """Hundredths of a percent."""
    payload: Mapped[bytes]
