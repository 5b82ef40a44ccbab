"""How a crawl writes what it saw of one site in one scan: in batches, resumably.

Everything known of the site is loaded once into memory; a page costs no query of its own. A flush
hands the evidence to the system first and then writes all rows in one transaction. Whatever is
written twice after a crash meets a unique key and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from checks.facts import (
    ColumnReading,
    ColumnState,
    Entry,
    Fetched,
    HomeReading,
    Link,
    LinkFate,
    LinkKind,
    Missing,
    NameMatch,
    Page,
    PageKind,
    TreeReading,
    Unverified,
)
from checks.runner import Answer
from storage import facts
from storage.db import reading, writing
from storage.evidence import EvidenceStore
from storage.insert import insert_new, parts, upsert
from storage.models import (
    AliasRow,
    BlockLinkRow,
    BlockRow,
    LinkCheckRow,
    ObservationRow,
    PageHitsRow,
    ScanRow,
    Sight,
    SiteRunRow,
    SiteState,
    SubjectKind,
    SubjectRow,
    TargetRow,
    VersionLinkRow,
    VersionRow,
)
from storage.types import key64, url_key

PENDING_BYTES = 8 << 20
"""Packed facts that may wait in memory before a flush, whatever the batch."""

NEVER = datetime.min.replace(tzinfo=UTC)

COUNTERS = (
    "requests",
    "fetched",
    "not_modified",
    "failed",
    "skipped",
    "retried_ok",
    "left_over",
    "pages_stored",
    "bytes",
    "evidence_bytes",
    "seconds",
)


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


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """An address to be checked."""

    url: str
    kind: LinkKind
    in_body: bool


_VersionKey = tuple[int, str, str]
_STRENGTH = {Sight.CARRIED: 0, Sight.UNVERIFIED: 1}
_S = SubjectRow.__table__
_T = TargetRow.__table__
_SEEN_LAST = (
    update(SubjectRow)
    .where(_S.c.id == bindparam("of_id"))
    .values(last_scan=bindparam("in_scan"), url=bindparam("at_url"))
)
_CHECKED = update(TargetRow).where(_T.c.id == bindparam("of_id")).values(checked_at=bindparam("at"))


class ScanWriter:
    """Writes one site's share of one scan. Belongs to one thread.

    ``batch`` observations are written together; call ``flush`` before reading elsewhere and
    ``finish`` at the end. ``evidence`` may be ``None`` (no evidence is kept).
    """

    def __init__(
        self,
        engine: Engine,
        evidence: EvidenceStore | None,
        scan_id: int,
        site_id: str,
        batch: int = 200,
    ) -> None:
        self.scan_id = scan_id
        self.site_id = site_id
        self._engine = engine
        self._evidence = evidence
        self._batch = batch
        self._known: dict[int, KnownPage] = {}
        self._alias: dict[str, int] = {}
        self._seen: dict[int, Sight] = {}
        self._met: set[str] = set()
        self._blocks: set[str] = set()
        self._targets: set[int] = set()
        self._loaded = False
        self._clear()
        with reading(engine) as connection:
            row = connection.execute(
                select(ScanRow.reader, ScanRow.as_of).where(ScanRow.id == scan_id)
            ).one()
        self.reader: str = row.reader
        if evidence is not None:
            evidence.attach(scan_id, row.as_of, site_id)

    def _clear(self) -> None:
        self._subjects: dict[int, dict[str, Any]] = {}
        self._aliases: list[dict[str, Any]] = []
        self._versions: dict[_VersionKey, dict[str, Any]] = {}
        self._links: dict[_VersionKey, tuple[int, ...]] = {}
        self._hits: dict[tuple[_VersionKey, str], bytes | None] = {}
        self._observations: dict[int, dict[str, Any]] = {}
        self._new_blocks: list[dict[str, Any]] = []
        self._block_links: list[dict[str, Any]] = []
        self._new_targets: list[dict[str, Any]] = []
        self._checks: dict[int, dict[str, Any]] = {}
        self._deltas: dict[str, float] = {}
        self._pending_bytes = 0

    # -- what is known ---------------------------------------------------------------------

    def load_known(self) -> int:
        """Load everything known of the site; returns the number of pages. Called by itself at
        the first use."""
        self._loaded = True
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
            .where(SubjectRow.site_id == self.site_id)
        )
        aliases = (
            select(AliasRow.url, AliasRow.subject_id)
            .join(SubjectRow, SubjectRow.id == AliasRow.subject_id)
            .where(SubjectRow.site_id == self.site_id)
        )
        with reading(self._engine) as connection:
            for row in connection.execute(last):
                self._known[row.id] = KnownPage(
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
                if row.last_scan == self.scan_id and row.outcome is not None:
                    self._seen[row.id] = row.outcome
            for url, subject_id in connection.execute(aliases):
                self._alias[url] = subject_id
        return len(set(self._alias.values()))

    def _load(self) -> None:
        if not self._loaded:
            self.load_known()

    def known_page(self, url: str) -> KnownPage | None:
        self._load()
        subject_id = self._alias.get(url)
        return None if subject_id is None else self._known[subject_id]

    def known_urls(self) -> list[tuple[str, KnownPage]]:
        """Every address known of the site with its page, those longest unread first."""
        self._load()
        rows = [(url, self._known[subject_id]) for url, subject_id in self._alias.items()]
        return sorted(rows, key=lambda row: (row[1].last_fetched_at or NEVER, row[0]))

    def seen_in_scan(self, url: str) -> bool:
        """This scan has dealt with the page already (other than carrying it over)."""
        self._load()
        if url in self._met:
            return True
        sight = self._seen.get(self._alias.get(url, -1))
        return sight is not None and sight is not Sight.CARRIED

    def column_done(self, key: str) -> ColumnReading | Unverified | None:
        """What this scan has read of a column; ``None``: nothing yet (absent: ``Unverified``)."""
        done = self._done(SubjectKind.COLUMN, key)
        return done if done is None or isinstance(done, Unverified) else facts.COLUMN.unpack(done)

    def tree_done(self, key: str) -> TreeReading | Unverified | None:
        """The same for a tree, by ``<site>/<unit>`` or ``<site>``."""
        done = self._done(SubjectKind.TREE, key)
        return done if done is None or isinstance(done, Unverified) else facts.TREE.unpack(done)

    def home_done(self) -> HomeReading | Unverified | None:
        done = self._done(SubjectKind.HOME, self.site_id)
        if done is None or isinstance(done, Unverified):
            return done
        return facts.HOME.unpack(done).reading

    def _done(self, kind: SubjectKind, key: str) -> bytes | Unverified | None:
        self._load()
        subject_id = key64(kind, key)
        if subject_id not in self._seen:
            return None
        if subject_id in self._observations:
            self.flush()
        query = (
            select(
                ObservationRow.outcome,
                ObservationRow.reason_code,
                ObservationRow.reason,
                VersionRow.facts,
            )
            .outerjoin(VersionRow, VersionRow.id == ObservationRow.version_id)
            .where(ObservationRow.scan_id == self.scan_id, ObservationRow.subject_id == subject_id)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).one()
        if row.reason_code is not None:
            return Unverified(code=row.reason_code, reason=row.reason or "")
        packed: bytes | None = row.facts
        return packed

    # -- pages -----------------------------------------------------------------------------

    def page(
        self,
        url: str,
        *,
        final_url: str | None = None,
        page: Page,
        digest: str,
        reader: str | None = None,
        hits: Mapping[str, Answer] | None = None,
        rules_digest: str | None = None,
        fetched: Fetch,
        unit_id: str | None = None,
        owner_id: str | None = None,
        column_key: str | None = None,
        listed: Entry | None = None,
    ) -> int:
        """A page was fetched and read; returns its subject id.

        ``digest`` is the sha256 of the decoded body. ``hits`` are what the rules of
        ``rules_digest`` saw. A page that this scan has stored already (found again under another
        address) only gains the address.
        """
        final_url = final_url or url
        reader = reader or self.reader
        subject_id = self._page_subject(url, final_url, fetched.at)
        self._met.add(url)
        known = self._known[subject_id]
        if not self._takes(subject_id, Sight.FETCHED):
            return subject_id
        version = (subject_id, digest, reader)
        same = known.digest == digest and known.reader == reader and known.version_id is not None
        if not same and version not in self._versions:
            self._keep_page(version, page, fetched.at)
        if rules_digest is not None and hits is not None:
            self._hits[version, rules_digest] = facts.HITS.pack(dict(hits)) if hits else None
        self._learn(known, fetched, digest, reader, None if not same else known.version_id)
        known.url = final_url
        self._observe(
            known,
            Sight.FETCHED,
            fetched.at,
            version=version,
            unit_id=unit_id,
            owner_id=owner_id,
            column_key=column_key,
            listed=listed,
        )
        self.count(pages_stored=1)
        return subject_id

    def page_not_modified(
        self,
        url: str,
        fetched: Fetch,
        *,
        unit_id: str | None = None,
        owner_id: str | None = None,
        column_key: str | None = None,
        listed: Entry | None = None,
    ) -> int:
        """The server said 304. Raises ``KeyError`` for a page of which nothing is stored."""
        known = self._stored(url)
        if self._takes(known.subject_id, Sight.NOT_MODIFIED):
            known.last_fetched_at = fetched.at
            known.etag = fetched.etag or known.etag
            known.last_modified = fetched.last_modified or known.last_modified
            known.status = fetched.status
            self._observe(
                known,
                Sight.NOT_MODIFIED,
                fetched.at,
                unit_id=unit_id,
                owner_id=owner_id,
                column_key=column_key,
                listed=listed,
            )
        return known.subject_id

    def page_unverified(
        self,
        url: str,
        code: Missing,
        reason: str,
        at: datetime,
        *,
        status: int | None = None,
        evidence: str | None = None,
        unit_id: str | None = None,
        owner_id: str | None = None,
        column_key: str | None = None,
        listed: Entry | None = None,
    ) -> int:
        """The page could not be had or read. What was known of it stays known."""
        self._load()
        subject_id = self._page_subject(url, url, at)
        if self._takes(subject_id, Sight.UNVERIFIED):
            self._observe(
                self._known[subject_id],
                Sight.UNVERIFIED,
                at,
                why=Unverified(code=code, reason=reason),
                status=status,
                evidence=evidence,
                unit_id=unit_id,
                owner_id=owner_id,
                column_key=column_key,
                listed=listed,
            )
        return subject_id

    def page_carried(
        self,
        url: str,
        at: datetime | None = None,
        *,
        unit_id: str | None = None,
        owner_id: str | None = None,
        column_key: str | None = None,
        listed: Entry | None = None,
    ) -> int:
        """未轮到: the page's last reading stands. One never read becomes unverified (not reached)."""
        self._load()
        at = at or datetime.now(UTC)
        subject_id = self._page_subject(url, url, at)
        known = self._known[subject_id]
        if self._takes(subject_id, Sight.CARRIED):
            why = None
            if known.last_fetched_at is None:
                why = Unverified(code=Missing.NOT_REACHED, reason="本次检测时段内未轮到")
            self._observe(
                known,
                Sight.CARRIED,
                at,
                why=why,
                unit_id=unit_id,
                owner_id=owner_id,
                column_key=column_key,
                listed=listed,
            )
        return subject_id

    def _stored(self, url: str) -> KnownPage:
        known = self.known_page(url)
        if known is None or known.digest is None:
            raise KeyError(url)
        return known

    def _page_subject(self, url: str, final_url: str, at: datetime) -> int:
        """The page behind an address and where it led to. Its own address comes first: a page
        that moves keeps its identity, and one that leads to another known page is that one."""
        self._load()
        subject_id = self._alias.get(final_url)
        if subject_id is None:
            subject_id = self._alias.get(url)
        if subject_id is None:
            subject_id = key64(SubjectKind.PAGE, final_url)
            self._know(subject_id, SubjectKind.PAGE, f"page:{subject_id}", final_url, at)
        for address in {url, final_url}:
            if address not in self._alias:
                self._alias[address] = subject_id
                self._aliases.append(
                    {
                        "url_key": url_key(address),
                        "url": address,
                        "subject_id": subject_id,
                        "first_seen": at,
                    }
                )
        return subject_id

    def _keep_page(self, version: _VersionKey, page: Page, at: datetime) -> None:
        digests = [self._block(block) for block in page.blocks]
        packed = facts.PAGE.pack(replace(page, blocks=()) if page.blocks else page)
        self._keep(
            version,
            packed,
            at,
            kind=page.kind,
            title=page.title.value if page.title else None,
            published=page.published.value if page.published else None,
            source=page.source.value if page.source else None,
            shape=page.shape or None,
            blocks=" ".join(dict.fromkeys(digests)),
        )
        if page.body is not None and page.body.links:
            self._links[version] = tuple(self._target_ids(page.body.links))

    # -- columns, trees, home --------------------------------------------------------------

    def column(
        self,
        key: str,
        reading: ColumnReading | Unverified,
        state: ColumnState,
        match: NameMatch | None = None,
        found_name: str | None = None,
        fetch: Fetch | None = None,
        owner_id: str | None = None,
        unit_id: str | None = None,
    ) -> None:
        """What became of an expected column. ``fetch`` is that of its first list page."""
        sight = {
            ColumnState.READ: Sight.FETCHED,
            ColumnState.ABSENT: Sight.ABSENT,
            ColumnState.DELEGATED: Sight.DELEGATED,
            ColumnState.UNVERIFIED: Sight.UNVERIFIED,
        }[state]
        packed, extra = None, {}
        if not isinstance(reading, Unverified):
            packed = facts.COLUMN.json(reading)
            extra = {"rows": len(reading.entries), "shape": reading.proof.shape or None}
        self._reading(
            SubjectKind.COLUMN,
            key,
            packed,
            sight,
            reading if isinstance(reading, Unverified) else None,
            fetch,
            extra,
            url=None if isinstance(reading, Unverified) else reading.url,
            unit_id=unit_id,
            owner_id=owner_id,
            name_match=match,
            found_name=found_name,
        )

    def tree(
        self,
        owner_id: str | None,
        reading: TreeReading | Unverified,
        fetch: Fetch | None = None,
    ) -> None:
        """A unit's catalogue (``owner_id``) or the site's own menu (``None``)."""
        unread = isinstance(reading, Unverified)
        self._reading(
            SubjectKind.TREE,
            tree_key(self.site_id, owner_id),
            None if isinstance(reading, Unverified) else facts.TREE.json(reading),
            Sight.UNVERIFIED if unread else Sight.FETCHED,
            reading if isinstance(reading, Unverified) else None,
            fetch,
            {},
            url=None if isinstance(reading, Unverified) else reading.root,
            owner_id=owner_id,
        )

    def home(
        self,
        reading: HomeReading | Unverified,
        fetch: Fetch | None = None,
        page: Page | None = None,
    ) -> None:
        """The site's home page; ``page`` gives its links outside any body."""
        packed, extra = None, {}
        if not isinstance(reading, Unverified):
            blocks: tuple[str, ...] = ()
            if page is not None:
                blocks = tuple(dict.fromkeys(self._block(block) for block in page.blocks))
                page = replace(page, blocks=())
            packed = facts.HOME.json(facts.HomeFacts(reading=reading, page=page))
            extra = {"blocks": " ".join(blocks), "kind": PageKind.HOME}
        self._reading(
            SubjectKind.HOME,
            self.site_id,
            packed,
            Sight.UNVERIFIED if isinstance(reading, Unverified) else Sight.FETCHED,
            reading if isinstance(reading, Unverified) else None,
            fetch,
            extra,
            url=None if isinstance(reading, Unverified) else reading.url,
        )

    def _reading(
        self,
        kind: SubjectKind,
        key: str,
        encoded: bytes | None,
        sight: Sight,
        why: Unverified | None,
        fetch: Fetch | None,
        extra: dict[str, Any],
        *,
        url: str | None,
        **attribution: Any,
    ) -> None:
        self._load()
        at = fetch.at if fetch else datetime.now(UTC)
        subject_id = key64(kind, key)
        if subject_id not in self._known:
            self._know(subject_id, kind, key, url, at)
        known = self._known[subject_id]
        if not self._takes(subject_id, sight):
            return
        known.url = url or known.url
        version = None
        if encoded is not None:
            digest = sha256(encoded).hexdigest()
            version = (subject_id, digest, self.reader)
            same = (known.digest, known.reader) == version[1:] and known.version_id is not None
            if not same and version not in self._versions:
                self._keep(version, facts.squeeze(encoded), at, **extra)
            fetch = fetch or Fetch(at=at, status=200)
            self._learn(known, fetch, digest, self.reader, known.version_id if same else None)
        self._observe(
            known,
            sight,
            at,
            version=version,
            why=why,
            status=fetch.status if fetch else None,
            evidence=fetch.evidence if fetch else None,
            **attribution,
        )

    # -- shared steps ----------------------------------------------------------------------

    def _know(
        self, subject_id: int, kind: SubjectKind, key: str, url: str | None, at: datetime
    ) -> None:
        self._known[subject_id] = KnownPage(subject_id=subject_id, url=url)
        self._subjects[subject_id] = {
            "id": subject_id,
            "kind": kind,
            "key": key,
            "site_id": self.site_id,
            "first_seen": at,
            "url": url,
            "last_scan": self.scan_id,
        }

    def _takes(self, subject_id: int, sight: Sight) -> bool:
        """A better sight in the same scan replaces a weaker one; an equal page is kept."""
        before = self._seen.get(subject_id)
        if before is None:
            return True
        return _STRENGTH.get(sight, 2) > _STRENGTH.get(before, 2) or (
            before is sight and sight in (Sight.UNVERIFIED, Sight.CARRIED)
        )

    def _learn(
        self,
        known: KnownPage,
        fetch: Fetch,
        digest: str,
        reader: str,
        version_id: int | None,
    ) -> None:
        if known.digest != digest or known.unchanged_since is None:
            known.unchanged_since = fetch.at
        known.digest = digest
        known.reader = reader
        known.version_id = version_id
        known.etag = fetch.etag
        known.last_modified = fetch.last_modified
        known.last_fetched_at = fetch.at
        known.evidence = fetch.evidence
        known.status = fetch.status

    def _keep(
        self,
        version: _VersionKey,
        packed: bytes,
        at: datetime,
        *,
        kind: PageKind | None = None,
        title: str | None = None,
        published: Any = None,
        source: str | None = None,
        rows: int | None = None,
        shape: str | None = None,
        blocks: str = "",
    ) -> None:
        self._pending_bytes += len(packed)
        self._versions[version] = {
            "subject_id": version[0],
            "digest": version[1],
            "reader": version[2],
            "kind": kind,
            "title": title,
            "published": published,
            "source": source,
            "rows": rows,
            "shape": shape,
            "blocks": blocks,
            "created_at": at,
            "facts": packed,
        }

    def _observe(
        self,
        known: KnownPage,
        sight: Sight,
        at: datetime,
        *,
        version: _VersionKey | None = None,
        why: Unverified | None = None,
        status: int | None = None,
        evidence: str | None = None,
        unit_id: str | None = None,
        owner_id: str | None = None,
        column_key: str | None = None,
        listed: Entry | None = None,
        name_match: NameMatch | None = None,
        found_name: str | None = None,
    ) -> None:
        known.outcome = sight
        self._seen[known.subject_id] = sight
        if version is None and known.version_id is None and known.digest and known.reader:
            version = (known.subject_id, known.digest, known.reader)
        self._observations[known.subject_id] = {
            "scan_id": self.scan_id,
            "subject_id": known.subject_id,
            "outcome": sight,
            "version_id": version if version and known.version_id is None else known.version_id,
            "unit_id": unit_id,
            "owner_id": owner_id,
            "column_key": column_key,
            "seen_at": at,
            "fetched_at": known.last_fetched_at,
            "unchanged_since": known.unchanged_since,
            "status": known.status if status is None else status,
            "etag": known.etag,
            "last_modified": known.last_modified,
            "evidence": evidence or known.evidence,
            "reason_code": why.code if why else None,
            "reason": why.reason if why else None,
            "listed": facts.ENTRY.json(listed).decode() if listed else None,
            "name_match": name_match,
            "found_name": found_name,
        }
        if len(self._observations) >= self._batch or self._pending_bytes > PENDING_BYTES:
            self.flush()

    # -- links -----------------------------------------------------------------------------

    def _block(self, block: Any) -> str:
        digest = facts.block_digest(block)
        if digest not in self._blocks:
            self._blocks.add(digest)
            block_id = key64("block", self.site_id, digest)
            self._new_blocks.append(
                {
                    "id": block_id,
                    "site_id": self.site_id,
                    "digest": digest,
                    "path": block.path,
                    "links": facts.LINKS.pack(block.links),
                }
            )
            self._block_links.extend(
                {"block_id": block_id, "target_id": target_id}
                for target_id in self._target_ids(block.links)
            )
        return digest

    def _target_ids(self, links: Iterable[Link]) -> list[int]:
        ids: dict[int, None] = {}
        for link in links:
            target_id = key64("target", link.url)
            ids[target_id] = None
            self._target(target_id, link.url, link.kind)
        return list(ids)

    def _target(self, target_id: int, url: str, kind: LinkKind) -> None:
        if target_id not in self._targets:
            self._targets.add(target_id)
            self._new_targets.append(
                {"id": target_id, "url": url, "kind": kind, "checked_at": None}
            )

    def link(self, url: str, fate: LinkFate, attempts: int = 1) -> None:
        """What became of a link's target."""
        target_id = key64("target", url)
        self._target(target_id, url, LinkKind.PAGE)
        self._checks[target_id] = {
            "scan_id": self.scan_id,
            "target_id": target_id,
            "site_id": self.site_id,
            "url": url,
            "state": fate.state,
            "status": fate.status,
            "reason": fate.reason,
            "attempts": attempts,
            "checked_at": fate.checked_at,
        }
        if len(self._checks) >= self._batch:
            self.flush()

    def links_to_check(
        self, limit: int, accept: Callable[[str], bool] | None = None
    ) -> list[LinkTarget]:
        """Distinct link targets of this scan's pages that it has neither checked nor fetched.

        Targets in bodies and attachments first, among them those longest unchecked. ``accept``
        picks the addresses that may be asked at all. Flushes first.
        """
        self.flush()
        self._load()
        here = (ObservationRow.scan_id == self.scan_id) & (SubjectRow.site_id == self.site_id)
        observed = (
            select(ObservationRow.version_id)
            .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
            .where(here)
        )
        checked = select(LinkCheckRow.target_id).where(LinkCheckRow.scan_id == self.scan_id)
        targets = select(TargetRow.id, TargetRow.url, TargetRow.kind, TargetRow.checked_at)
        found: dict[int, tuple[Any, bool]] = {}
        with reading(self._engine) as connection:
            done = set(connection.scalars(checked))
            bodies = targets.where(
                TargetRow.id.in_(
                    select(VersionLinkRow.target_id).where(VersionLinkRow.version_id.in_(observed))
                )
            )
            for row in connection.execute(bodies):
                found[row.id] = (row, True)
            combined = connection.scalars(
                select(VersionRow.blocks).where(VersionRow.id.in_(observed)).distinct()
            )
            digests = {digest for text in combined for digest in text.split()}
            ids = [key64("block", self.site_id, digest) for digest in sorted(digests)]
            for part in parts(ids):
                among = targets.join(BlockLinkRow, BlockLinkRow.target_id == TargetRow.id)
                for row in connection.execute(among.where(BlockLinkRow.block_id.in_(part))):
                    found.setdefault(row.id, (row, False))
        wanted = [
            (
                not (in_body or row.kind is LinkKind.FILE),
                self._last_look(row),
                row.url,
                row,
                in_body,
            )
            for target_id, (row, in_body) in found.items()
            if target_id not in done
            and not self._was_fetched(row.url)
            and (accept is None or accept(row.url))
        ]
        wanted.sort(key=lambda item: item[:3])
        return [LinkTarget(row.url, row.kind, in_body) for *_, row, in_body in wanted[:limit]]

    def _last_look(self, target: Any) -> datetime:
        """When a target was last checked as a link or fetched as a page."""
        known = self.known_page(target.url)
        looks = (target.checked_at, known.last_fetched_at if known else None)
        return max((look for look in looks if look), default=NEVER)

    def _was_fetched(self, url: str) -> bool:
        sight = self._seen.get(self._alias.get(url, -1))
        return sight in (Sight.FETCHED, Sight.NOT_MODIFIED)

    # -- progress --------------------------------------------------------------------------

    def count(self, **deltas: float) -> None:
        """Add to the site's counters (``COUNTERS``; ``pages_stored`` is counted by ``page``)."""
        for name, delta in deltas.items():
            if name not in COUNTERS:
                raise KeyError(name)
            self._deltas[name] = self._deltas.get(name, 0) + delta

    def start(self) -> None:
        """The site is being crawled."""
        self._state({"state": SiteState.CRAWLING, "reason_code": None, "reason": ""})

    def finish(self, state: SiteState, why: Unverified | None = None) -> None:
        """Flush, and say how it ended."""
        self.flush()
        self._state(
            {
                "state": state,
                "reason_code": why.code if why else None,
                "reason": why.reason if why else "",
            }
        )

    def _state(self, values: dict[str, Any]) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                update(SiteRunRow)
                .where(SiteRunRow.scan_id == self.scan_id, SiteRunRow.site_id == self.site_id)
                .values(**values)
            )

    def flush(self) -> None:
        """Write all that waits: evidence first, then every row in one transaction.

        Raises ``StorageError``; what waits is then kept for the next try.
        """
        if self._evidence is not None:
            self._evidence.write()
        if not self._waiting():
            return
        with writing(self._engine) as connection:
            if self._evidence is not None:
                self._evidence.record(connection)
            ids = self._write(connection)
        if self._evidence is not None:
            self._evidence.recorded()
        for (subject_id, digest, reader), version_id in ids.items():
            known = self._known[subject_id]
            if (known.digest, known.reader) == (digest, reader):
                known.version_id = version_id
        self._clear()

    def _waiting(self) -> bool:
        return bool(
            self._observations
            or self._subjects
            or self._aliases
            or self._checks
            or self._deltas
            or (self._evidence is not None and self._evidence.waiting)
        )

    def _write(self, connection: Connection) -> dict[_VersionKey, int]:
        insert_new(connection, SubjectRow.__table__, list(self._subjects.values()))
        insert_new(connection, AliasRow.__table__, self._aliases)
        insert_new(connection, BlockRow.__table__, self._new_blocks)
        insert_new(connection, TargetRow.__table__, self._new_targets)
        insert_new(connection, BlockLinkRow.__table__, self._block_links)
        ids = self._write_versions(connection)
        insert_new(
            connection,
            VersionLinkRow.__table__,
            [
                {"version_id": ids[version], "target_id": target_id}
                for version, targets in self._links.items()
                for target_id in targets
            ],
        )
        self._write_hits(connection, ids)
        upsert(
            connection,
            ObservationRow.__table__,
            [
                {**row, "version_id": ids[row["version_id"]]}
                if isinstance(row["version_id"], tuple)
                else row
                for row in self._observations.values()
            ],
        )
        if self._observations:
            connection.execute(
                _SEEN_LAST,
                [
                    {"of_id": key, "in_scan": self.scan_id, "at_url": self._known[key].url}
                    for key in self._observations
                ],
            )
        if self._checks:
            upsert(connection, LinkCheckRow.__table__, list(self._checks.values()))
            connection.execute(
                _CHECKED,
                [{"of_id": key, "at": row["checked_at"]} for key, row in self._checks.items()],
            )
        if self._deltas:
            run = SiteRunRow.__table__.c
            connection.execute(
                update(SiteRunRow)
                .where(SiteRunRow.scan_id == self.scan_id, SiteRunRow.site_id == self.site_id)
                .values({run[name]: run[name] + delta for name, delta in self._deltas.items()})
            )
        return ids

    def _write_versions(self, connection: Connection) -> dict[_VersionKey, int]:
        wanted = {
            row["version_id"]
            for row in self._observations.values()
            if isinstance(row["version_id"], tuple)
        } | {version for version, _ in self._hits if version not in self._versions}
        keys = {*self._versions, *wanted}
        if not keys:
            return {}
        columns = (VersionRow.id, VersionRow.subject_id, VersionRow.digest, VersionRow.reader)
        ids: dict[_VersionKey, int] = {}
        for part in parts(sorted({key[0] for key in keys})):
            for row in connection.execute(select(*columns).where(VersionRow.subject_id.in_(part))):
                key = (row.subject_id, row.digest, row.reader)
                if key in keys:
                    ids[key] = row.id
        new = [key for key in self._versions if key not in ids]
        if new:
            inserted = connection.execute(
                insert(VersionRow).returning(VersionRow.id, sort_by_parameter_order=True),
                [self._versions[key] for key in new],
            )
            ids.update(zip(new, inserted.scalars(), strict=True))
        return ids

    def _write_hits(self, connection: Connection, ids: dict[_VersionKey, int]) -> None:
        upsert(
            connection,
            PageHitsRow.__table__,
            [
                {"version_id": ids[version], "rules_digest": digest, "hits": packed}
                for (version, digest), packed in self._hits.items()
            ],
        )


def tree_key(site_id: str, owner_id: str | None) -> str:
    """The key of a column tree's subject."""
    return f"{site_id}/{owner_id}" if owner_id else site_id


def fetched_of(row: Any) -> Fetched | None:
    """The ``Fetched`` of an observation's row; ``None`` when it never was."""
    if row.fetched_at is None or row.unchanged_since is None:
        return None
    return Fetched(
        at=row.fetched_at,
        unchanged_since=row.unchanged_since,
        status=row.status or 0,
        evidence=row.evidence,
    )
