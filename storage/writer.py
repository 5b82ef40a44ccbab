"""How a crawl writes what it saw of one site in one scan: in batches, resumably.

Everything known of the site is loaded once into memory; a page costs no query of its own. A flush
hands the evidence to the system first and then writes all rows in one transaction. Whatever is
written twice after a crash meets a unique key and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Engine, select, update

from checks.facts import (
    ColumnReading,
    ColumnState,
    Entry,
    HomeReading,
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
from storage import deflate, extras, facts
from storage.db import reading, writing
from storage.evidence import EvidenceStore
from storage.extras import Extra, Kind
from storage.facts import PackedPage
from storage.known import NEVER, Fetch, Knowledge, KnownPage, load
from storage.links import LinkTarget, Unchecked, files_of, unchecked
from storage.models import (
    ObservationRow,
    ScanRow,
    Sight,
    SiteRunRow,
    SiteState,
    SubjectKind,
    VersionRow,
)
from storage.pending import Pending, VersionKey
from storage.types import key64, url_key

T = TypeVar("T")

__all__ = ["Fetch", "KnownPage", "LinkTarget", "ScanWriter", "tree_key"]

PENDING_BYTES = 8 << 20
"""Packed facts that may wait in memory before a flush, whatever the batch."""
PENDING_SECONDS = 5.0
"""How long anything waits while a site is slow: what a killed scan can lose at a polite rate."""

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


_STRENGTH = {Sight.CARRIED: 0, Sight.UNVERIFIED: 1}


class ScanWriter:
    """Writes one site's share of one scan. Belongs to one thread.

    ``batch`` observations are written together, or what came in ``PENDING_SECONDS`` of ``clock``;
    call ``flush`` before reading elsewhere and ``finish`` at the end. ``evidence`` may be ``None``
    (no evidence is kept).
    """

    def __init__(
        self,
        engine: Engine,
        evidence: EvidenceStore | None,
        scan_id: int,
        site_id: str,
        batch: int = 200,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.scan_id = scan_id
        self.site_id = site_id
        self._engine = engine
        self._evidence = evidence
        self._batch = batch
        self._clock = clock
        self._flushed = clock()
        self._knowledge: Knowledge | None = None
        self._met: set[str] = set()
        self._pending = Pending(scan_id, site_id)
        with reading(engine) as connection:
            row = connection.execute(
                select(ScanRow.reader, ScanRow.as_of).where(ScanRow.id == scan_id)
            ).one()
        self.reader: str = row.reader
        if evidence is not None:
            evidence.attach(scan_id, row.as_of, site_id)

    # -- what is known ---------------------------------------------------------------------

    def load_known(self) -> int:
        """Load everything known of the site (else done at the first need); returns the number of
        its pages."""
        self._knowledge = load(self._engine, self.scan_id, self.site_id)
        return len(set(self._knowledge.alias.values()))

    @property
    def _known(self) -> Knowledge:
        if self._knowledge is None:
            self._knowledge = load(self._engine, self.scan_id, self.site_id)
        return self._knowledge

    def known_page(self, url: str) -> KnownPage | None:
        return self._known.page(url)

    def known_urls(self) -> list[tuple[str, KnownPage]]:
        """Every address known of the site with its page, those longest unread first."""
        known = self._known
        rows = [(url, known.subjects[subject_id]) for url, subject_id in known.alias.items()]
        return sorted(rows, key=lambda row: (row[1].last_fetched_at or NEVER, row[0]))

    def seen_in_scan(self, url: str) -> bool:
        """This scan has dealt with the page already (other than carrying it over)."""
        return url in self._met or self._known.sight(url) not in (None, Sight.CARRIED)

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
        subject_id = key64(kind, key)
        if subject_id not in self._known.seen:
            return None
        if subject_id in self._pending.observations:
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
        page: Page | PackedPage,
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
        known = self._known.subjects[subject_id]
        if not self._takes(subject_id, Sight.FETCHED):
            return subject_id
        version = (subject_id, digest, reader)
        same = known.digest == digest and known.reader == reader and known.version_id is not None
        if not same and version not in self._pending.versions:
            self._keep_page(version, page, fetched.at)
        if rules_digest is not None and hits is not None:
            self._pending.hits[version, rules_digest] = (
                facts.HITS.pack(dict(hits)) if hits else None
            )
        self._learn(known, fetched, digest, reader, None if not same else known.version_id)
        known.url = final_url
        self.count(pages_stored=1)  # before a flush may happen
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
        subject_id = self._page_subject(url, url, at)
        if self._takes(subject_id, Sight.UNVERIFIED):
            self._observe(
                self._known.subjects[subject_id],
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

    def page_absent(
        self,
        url: str,
        at: datetime,
        *,
        unit_id: str | None = None,
        owner_id: str | None = None,
        column_key: str | None = None,
        listed: Entry | None = None,
    ) -> int:
        """The page was taken down: no list shows it, and the server says that it is gone."""
        subject_id = self._page_subject(url, url, at)
        if self._takes(subject_id, Sight.ABSENT):
            self._observe(
                self._known.subjects[subject_id],
                Sight.ABSENT,
                at,
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
        at = at or datetime.now(UTC)
        subject_id = self._page_subject(url, url, at)
        known = self._known.subjects[subject_id]
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
        subject_id = self._known.alias.get(final_url)
        if subject_id is None:
            subject_id = self._known.alias.get(url)
        if subject_id is None:
            subject_id = key64(SubjectKind.PAGE, final_url)
            self._know(subject_id, SubjectKind.PAGE, f"page:{subject_id}", final_url, at)
        for address in {url, final_url}:
            if address not in self._known.alias:
                self._known.alias[address] = subject_id
                self._pending.aliases.append(
                    {
                        "url_key": url_key(address),
                        "url": address,
                        "subject_id": subject_id,
                        "first_seen": at,
                    }
                )
        return subject_id

    def _keep_page(self, version: VersionKey, page: Page | PackedPage, at: datetime) -> None:
        packed = page if isinstance(page, PackedPage) else facts.pack_page(page)
        self._pending.version(
            version,
            packed.facts,
            packed.targets,
            kind=packed.kind,
            title=packed.title,
            published=packed.published,
            source=packed.source,
            shape=packed.shape,
            made=packed.made,
            index_number=packed.index_number,
            text_key=packed.text_key,
            parts=packed.parts,
            blocks=self._blocks(packed.blocks),
            created_at=at,
        )

    def _blocks(self, blocks: Iterable[tuple[str, bytes]]) -> str:
        """Keep link blocks; their digests, as a version names them."""
        digests = dict(blocks)
        for digest, data in digests.items():
            self._pending.block(digest, data)
        return " ".join(digests)

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
            blocks = ""
            if page is not None:
                blocks = self._blocks(facts.pack_block(block) for block in page.blocks)
                page = replace(page, blocks=())
            packed = facts.HOME.json(facts.HomeFacts(reading=reading, page=page))
            extra = {"blocks": blocks, "kind": PageKind.HOME}
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
        at = fetch.at if fetch else datetime.now(UTC)
        subject_id = key64(kind, key)
        if subject_id not in self._known.subjects:
            self._know(subject_id, kind, key, url, at)
        known = self._known.subjects[subject_id]
        if not self._takes(subject_id, sight):
            return
        known.url = url or known.url
        version = None
        if encoded is not None:
            digest = sha256(encoded).hexdigest()
            version = (subject_id, digest, self.reader)
            same = (known.digest, known.reader) == version[1:] and known.version_id is not None
            if not same and version not in self._pending.versions:
                self._pending.version(version, deflate.pack(encoded), (), created_at=at, **extra)
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
        self._known.subjects[subject_id] = KnownPage(subject_id=subject_id, url=url)
        self._pending.subjects[subject_id] = {
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
        before = self._known.seen.get(subject_id)
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

    def _observe(
        self,
        known: KnownPage,
        sight: Sight,
        at: datetime,
        *,
        version: VersionKey | None = None,
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
        self._pending.addresses[known.subject_id] = known.url
        self._known.seen[known.subject_id] = sight
        if version is None and known.version_id is None and known.digest and known.reader:
            version = (known.subject_id, known.digest, known.reader)
        self._pending.observations[known.subject_id] = {
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
        self._flush_if_due()

    # -- links -----------------------------------------------------------------------------

    def link(self, url: str, fate: LinkFate, attempts: int = 1) -> None:
        """What became of a link's target."""
        target_id = self._pending.target(url, LinkKind.PAGE)
        self._pending.checks[target_id] = {
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
        self._flush_if_due()

    def links_to_check(
        self, limit: int, accept: Callable[[str], bool] | None = None
    ) -> list[LinkTarget]:
        """Distinct link targets of this scan's pages that it has neither checked nor fetched.

        Targets in bodies and attachments first, among them those longest unchecked. ``accept``
        picks the addresses that may be asked at all. Flushes first.
        """
        self.flush()
        with reading(self._engine) as connection:
            targets = unchecked(connection, self.scan_id, self.site_id)
        wanted = [
            (not target.first, self._last_look(target), target.url, target)
            for target in targets
            if self._known.sight(target.url) not in (Sight.FETCHED, Sight.NOT_MODIFIED)
            and (accept is None or accept(target.url))
        ]
        wanted.sort(key=lambda item: item[:3])
        return [LinkTarget(t.url, t.kind, t.in_body) for *_, t in wanted[:limit]]

    def _last_look(self, target: Unchecked) -> datetime:
        """When a target was last checked as a link or fetched as a page."""
        known = self._known.page(target.url)
        looks = (target.checked_at, known.last_fetched_at if known else None)
        return max((look for look in looks if look), default=NEVER)

    # -- facts of kinds of their own -------------------------------------------------------

    def files_of(self, urls: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """By page address: the files that the page's body links to, as it was last read. Flushes
        first."""
        self.flush()
        pages = {
            url: known.version_id
            for url in urls
            if (known := self._known.page(url)) is not None and known.version_id is not None
        }
        with reading(self._engine) as connection:
            files = files_of(connection, pages.values())
        return {url: files.get(version_id, ()) for url, version_id in pages.items()}

    def extras(self, kind: Kind[T], found: Iterable[Extra[T]]) -> None:
        """Keep facts of a kind of its own at once, the evidence they rest on first."""
        self.flush()
        extras.save(self._engine, self.scan_id, kind, found)

    def extras_done(self, kind: Kind[T]) -> frozenset[str]:
        """Subjects of which this scan has gathered such a fact."""
        return extras.done(self._engine, self.scan_id, kind)

    def extras_known(self, kind: Kind[T], max_age_days: int) -> Mapping[str, Extra[T]]:
        """The newest such facts that this scan may rest on, by subject."""
        return extras.newest(self._engine, self.scan_id, kind, max_age_days)

    # -- progress --------------------------------------------------------------------------

    def count(self, **deltas: float) -> None:
        """Add to the site's counters (``COUNTERS``; ``pages_stored`` is counted by ``page``)."""
        for name, delta in deltas.items():
            if name not in COUNTERS:
                raise KeyError(name)
            self._pending.deltas[name] = self._pending.deltas.get(name, 0) + delta

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

    def _flush_if_due(self) -> None:
        pending = self._pending
        if (
            max(len(pending.observations), len(pending.checks)) >= self._batch
            or pending.bytes > PENDING_BYTES
            or self._clock() - self._flushed > PENDING_SECONDS
        ):
            self.flush()

    def flush(self) -> None:
        """Write all that waits: evidence first, then every row in one transaction.

        Raises ``StorageError``; what waits is then kept for the next try.
        """
        self._flushed = self._clock()
        evidence = self._evidence
        if evidence is not None:
            evidence.write()
        if not self._pending and not (evidence is not None and evidence.waiting):
            return
        with writing(self._engine) as connection:
            if evidence is not None:
                evidence.record(connection)
            ids = self._pending.write(connection)
        if evidence is not None:
            evidence.recorded()
        self._pending.clear()
        for (subject_id, digest, reader), version_id in ids.items():
            known = self._known.subjects[subject_id]
            if (known.digest, known.reader) == (digest, reader):
                known.version_id = version_id


def tree_key(site_id: str, owner_id: str | None) -> str:
    """The key of a column tree's subject."""
    return f"{site_id}/{owner_id}" if owner_id else site_id
