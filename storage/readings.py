"""What judgement reads: for every subject the newest observation that a scan may rest on.

That is the newest one not after the scan's ``as_of`` and no older than ``max_age_days``; one that
says 未轮到 gives way to an earlier reading within that age. What is too old is unverified.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Select, case, func, or_, select

from checks.facts import (
    ColumnReading,
    ColumnState,
    Entry,
    Fetched,
    HomeReading,
    LinkBlock,
    LinkFate,
    LinkState,
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
from storage.insert import parts, upsert
from storage.models import (
    AliasRow,
    BlockLinkRow,
    BlockRow,
    LinkCheckRow,
    ObservationRow,
    PageHitsRow,
    ScanRow,
    Sight,
    SubjectKind,
    SubjectRow,
    VersionLinkRow,
    VersionRow,
)
from storage.types import key64

AT_ONCE = 200
"""Pages whose facts are read together."""
STREAM = 500
"""Rows held in memory at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredColumn:
    key: str
    site_id: str
    unit_id: str | None
    owner_id: str | None
    reading: ColumnReading | Unverified
    state: ColumnState
    match: NameMatch | None
    found_name: str | None
    fetched: Fetched | None
    carried: bool
    """It was read by an earlier scan, not by this one."""
    previous_entries: int | None
    """Rows at the last reading before that showed any; ``None`` when none did. Seen blank twice, a
    column that had rows still waits for a person."""
    previous_shape: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTree:
    key: str
    site_id: str
    owner_id: str | None
    reading: TreeReading | Unverified
    fetched: Fetched | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHome:
    site_id: str
    reading: HomeReading | Unverified
    fetched: Fetched | None
    blocks: tuple[str, ...]
    """Digests of its link blocks."""
    page: Page | None = None
    """The page itself without its link blocks; ``None``: it was not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A page as a scan may judge it. ``load`` fetches its facts, which are large."""

    subject_key: str
    site_id: str
    url: str | None
    unit_id: str | None
    owner_id: str | None
    column_key: str | None
    outcome: Sight
    carried: bool
    """The observation is an earlier scan's, not this one's."""
    unverified: Unverified | None
    fetched: Fetched | None
    listed: Entry | None
    version_id: int | None
    """``None``: never read."""
    kind: PageKind | None
    title: str | None
    published: date | None
    source: str | None
    made: date | None
    """生成日期 of a disclosure entry."""
    index_number: str | None
    text_key: str | None
    """``storage.facts.text_key``: equal for equal texts."""
    parts: frozenset[str]
    """Names of the special parts that it has (``Page.parts``)."""
    blocks: tuple[str, ...]
    """Digests of the link blocks outside its body."""
    hits: dict[str, Answer] | None
    """What the crawl's rules saw; ``None``: not known for the rules asked for."""
    _shelf: _Shelf = field(repr=False)
    _packed: bytes | None = field(repr=False, default=None)

    def load(self) -> Page:
        """Its facts, link blocks included. Raises ``LookupError`` for a page never read."""
        if self.version_id is None:
            raise LookupError(f"{self.subject_key} was never read")
        packed = self._packed
        if packed is None:
            packed = self._shelf.facts(self.version_id)
        return facts.unpack_page(packed, self._shelf.blocks(self.site_id, self.blocks))


@dataclass(frozen=True, slots=True)
class Linking:
    """Where some addresses are linked from."""

    versions: Mapping[str, frozenset[int]]
    """By address: page versions whose body links to it."""
    blocks: Mapping[str, frozenset[str]]
    """By address: digests of the link blocks that hold it."""

    def concerns(self, page: StoredPage) -> bool:
        """The page links to one of the addresses, in its body or outside."""
        return any(page.version_id in ids for ids in self.versions.values()) or any(
            not digests.isdisjoint(page.blocks) for digests in self.blocks.values()
        )


class _Shelf:
    """Facts and blocks on demand, those of the pages that follow along with them; blocks are kept,
    for pages share them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._order: list[tuple[int, str, tuple[str, ...]]] = []
        self._places: dict[int, int] = {}
        self._facts: dict[int, bytes] = {}
        self._blocks: dict[tuple[str, str], LinkBlock] = {}

    def hold(self, version_id: int, site_id: str, digests: tuple[str, ...]) -> None:
        """A page that may be asked for, in the order in which pages will be."""
        self._places.setdefault(version_id, len(self._order))
        self._order.append((version_id, site_id, digests))

    def facts(self, version_id: int) -> bytes:
        if version_id not in self._facts:
            place = self._places[version_id]
            near = self._order[place : place + AT_ONCE]
            query = select(VersionRow.id, VersionRow.facts).where(
                VersionRow.id.in_([page[0] for page in near])
            )
            with reading(self._engine) as connection:
                self._facts = {row.id: row.facts for row in connection.execute(query)}
            wanted: dict[str, dict[str, None]] = {}
            for _, site_id, digests in near:
                wanted.setdefault(site_id, {}).update(dict.fromkeys(digests))
            for site_id, some in wanted.items():
                self.blocks(site_id, tuple(some))
        return self._facts[version_id]

    def blocks(self, site_id: str, digests: tuple[str, ...]) -> tuple[LinkBlock, ...]:
        missing = [digest for digest in digests if (site_id, digest) not in self._blocks]
        for part in parts(missing):
            query = select(BlockRow).where(
                BlockRow.id.in_([key64("block", site_id, digest) for digest in part])
            )
            with reading(self._engine) as connection:
                for row in connection.execute(query):
                    self._blocks[site_id, row.digest] = _block(row)
        return tuple(self._blocks[site_id, digest] for digest in digests)


def columns(engine: Engine, scan_id: int, max_age_days: int) -> dict[str, StoredColumn]:
    """The expected columns by key."""
    with reading(engine) as connection:
        span = Span(connection, scan_id, max_age_days)
        rows = connection.execute(_newest(span, SubjectKind.COLUMN, VersionRow.facts)).all()
        before = _previous(connection, span)
    found: dict[str, StoredColumn] = {}
    for row in rows:
        why = span.unverified(row)
        state = {
            Sight.ABSENT: ColumnState.ABSENT,
            Sight.DELEGATED: ColumnState.DELEGATED,
            Sight.UNVERIFIED: ColumnState.UNVERIFIED,
        }.get(row.outcome, ColumnState.READ)
        if why is not None and state is not ColumnState.ABSENT:
            state = ColumnState.UNVERIFIED
        read: ColumnReading | Unverified | None = why
        if read is None and row.facts is not None:
            read = facts.COLUMN.unpack(row.facts)
        entries, shape = _older_than(before.get(row.subject_id, []), row)
        found[row.key] = StoredColumn(
            key=row.key,
            site_id=row.site_id,
            unit_id=row.unit_id,
            owner_id=row.owner_id,
            reading=read or _NOTHING,
            state=state,
            match=row.name_match,
            found_name=row.found_name,
            fetched=_fetched(row),
            carried=row.scan_id != scan_id,
            previous_entries=entries,
            previous_shape=shape,
        )
    return found


def trees(engine: Engine, scan_id: int, max_age_days: int) -> dict[str, StoredTree]:
    """The column trees by key (``storage.writer.tree_key``)."""
    found: dict[str, StoredTree] = {}
    with reading(engine) as connection:
        span = Span(connection, scan_id, max_age_days)
        for row in connection.execute(_newest(span, SubjectKind.TREE, VersionRow.facts)):
            why = span.unverified(row)
            found[row.key] = StoredTree(
                key=row.key,
                site_id=row.site_id,
                owner_id=row.owner_id,
                reading=why or facts.TREE.unpack(row.facts),
                fetched=_fetched(row),
            )
    return found


def homes(engine: Engine, scan_id: int, max_age_days: int) -> dict[str, StoredHome]:
    """The home pages by site."""
    found: dict[str, StoredHome] = {}
    with reading(engine) as connection:
        span = Span(connection, scan_id, max_age_days)
        for row in connection.execute(_newest(span, SubjectKind.HOME, VersionRow.facts)):
            why = span.unverified(row)
            held = facts.HOME.unpack(row.facts) if why is None else None
            found[row.key] = StoredHome(
                site_id=row.site_id,
                reading=held.reading if held is not None else why or _NOTHING,
                page=held.page if held is not None else None,
                fetched=_fetched(row),
                blocks=tuple((row.blocks or "").split()),
            )
    return found


def pages(
    engine: Engine,
    scan_id: int,
    *,
    rules_digest: str,
    max_age_days: int,
    sites: Collection[str] | None = None,
    keys: Collection[str] | None = None,
    with_facts: bool = False,
) -> Iterator[StoredPage]:
    """The pages of all sites (or of ``sites``, or just those of ``keys``, which are few), in the
    order of their ids.

    ``with_facts`` reads the facts along, for callers that will ``load`` most of them.
    """
    shelf = _Shelf(engine)
    more = (VersionRow.facts,) if with_facts else ()
    with reading(engine) as connection:
        span = Span(connection, scan_id, max_age_days)
        query = _newest(
            span, SubjectKind.PAGE, *more, rules_digest=rules_digest, sites=sites, keys=keys
        )
        query = query.order_by("subject_id").execution_options(yield_per=STREAM)
        with connection.execute(query) as rows:
            for row in rows:
                hits: dict[str, Answer] | None = None
                if row.known_rules is not None:
                    hits = facts.HITS.unpack(row.hits) if row.hits else {}
                blocks = tuple((row.blocks or "").split())
                if row.version_id is not None:
                    shelf.hold(row.version_id, row.site_id, blocks)
                yield StoredPage(
                    subject_key=row.key,
                    site_id=row.site_id,
                    url=row.url,
                    unit_id=row.unit_id,
                    owner_id=row.owner_id,
                    column_key=row.column_key,
                    outcome=row.outcome,
                    carried=row.scan_id != scan_id,
                    unverified=span.unverified(row),
                    fetched=_fetched(row),
                    listed=facts.ENTRY.unpack(row.listed) if row.listed else None,
                    version_id=row.version_id,
                    kind=row.kind,
                    title=row.title,
                    published=row.published,
                    source=row.source,
                    made=row.made,
                    index_number=row.index_number,
                    text_key=row.text_key,
                    parts=frozenset((row.parts or "").split()),
                    blocks=blocks,
                    hits=hits,
                    _shelf=shelf,
                    _packed=row.facts if with_facts else None,
                )


def some_pages(engine: Engine, version_ids: Iterable[int]) -> dict[int, Page]:
    """The facts of a few versions, by id, without their link blocks."""
    found: dict[int, Page] = {}
    with reading(engine) as connection:
        for part in parts(sorted(set(version_ids))):
            query = select(VersionRow.id, VersionRow.facts).where(VersionRow.id.in_(part))
            for row in connection.execute(query):
                found[row.id] = facts.unpack_page(row.facts, ())
    return found


def keep_hits(engine: Engine, rules_digest: str, hits: Mapping[int, dict[str, Answer]]) -> None:
    """Keep what rules said of page versions, by version id, for the next time."""
    rows = [
        {
            "version_id": version_id,
            "rules_digest": rules_digest,
            "hits": facts.HITS.pack(found) if found else None,
        }
        for version_id, found in hits.items()
    ]
    with writing(engine) as connection:
        upsert(connection, PageHitsRow.__table__, rows)


def blocks(engine: Engine, site_id: str) -> dict[str, LinkBlock]:
    """All link blocks ever seen on a site, by digest."""
    query = select(BlockRow).where(BlockRow.site_id == site_id)
    with reading(engine) as connection:
        return {row.digest: _block(row) for row in connection.execute(query)}


def some_blocks(engine: Engine, site_id: str, digests: Collection[str]) -> tuple[LinkBlock, ...]:
    """Link blocks of a site by their digests, which are few."""
    ids = [key64("block", site_id, digest) for digest in digests]
    found: list[LinkBlock] = []
    with reading(engine) as connection:
        for part in parts(ids):
            rows = connection.execute(select(BlockRow).where(BlockRow.id.in_(part)))
            found += [_block(row) for row in rows]
    return tuple(found)


def link_fates(
    engine: Engine, scan_id: int, max_age_days: int | None = None
) -> dict[str, LinkFate]:
    """What became of link targets, by address: those checked, and the pages this scan fetched.

    With ``max_age_days`` earlier checks within that age stand for targets not checked again. An
    address that is not there was not checked.
    """
    fates: dict[str, LinkFate] = {}
    own: dict[str, LinkFate] = {}
    with reading(engine) as connection:
        span = Span(connection, scan_id, max_age_days or 0)
        scans = span.scans if max_age_days is not None else [scan_id]
        for part in parts(scans):  # oldest first: a later check stands
            query = (
                select(LinkCheckRow)
                .join(ScanRow, ScanRow.id == LinkCheckRow.scan_id)
                .where(LinkCheckRow.scan_id.in_(part))
                .order_by(ScanRow.as_of, ScanRow.id)
            )
            for row in connection.execute(query):
                fate = LinkFate(
                    url=row.url,
                    state=row.state,
                    status=row.status,
                    reason=row.reason,
                    checked_at=row.checked_at,
                )
                (own if row.scan_id == scan_id else fates)[row.url] = fate
        fetched = (
            select(AliasRow.url, ObservationRow.status, ObservationRow.fetched_at)
            .join(ObservationRow, ObservationRow.subject_id == AliasRow.subject_id)
            .where(
                ObservationRow.scan_id == scan_id,
                ObservationRow.outcome.in_([Sight.FETCHED, Sight.NOT_MODIFIED]),
            )
        )
        for url, status, at in connection.execute(fetched):
            if at is None:
                continue
            fates[url] = LinkFate(
                url=url, state=LinkState.ALIVE, status=status, reason="", checked_at=at
            )
    return fates | own


def linking(engine: Engine, urls: Iterable[str]) -> Linking:
    """Which stored versions and blocks link to these addresses."""
    by_id = {key64("target", url): url for url in urls}
    versions: dict[str, set[int]] = {}
    digests: dict[str, set[str]] = {}
    with reading(engine) as connection:
        for part in parts(sorted(by_id)):
            bodies = select(VersionLinkRow).where(VersionLinkRow.target_id.in_(part))
            for row in connection.execute(bodies):
                versions.setdefault(by_id[row.target_id], set()).add(row.version_id)
            outside = (
                select(BlockLinkRow.target_id, BlockRow.digest)
                .join(BlockRow, BlockRow.id == BlockLinkRow.block_id)
                .where(BlockLinkRow.target_id.in_(part))
            )
            for target_id, digest in connection.execute(outside):
                digests.setdefault(by_id[target_id], set()).add(digest)
    return Linking(
        {url: frozenset(ids) for url, ids in versions.items()},
        {url: frozenset(found) for url, found in digests.items()},
    )


_NOTHING = Unverified(code=Missing.READER, reason="没有读到栏目内容")


class Span:
    """The scans that one scan may rest on."""

    def __init__(self, connection: Connection, scan_id: int, max_age_days: int) -> None:
        query = select(ScanRow.id, ScanRow.as_of)
        known = {row.id: row.as_of for row in connection.execute(query)}
        self.scan_id = scan_id
        self.days = max_age_days
        self.as_of: datetime = known[scan_id]
        self.oldest = self.as_of - timedelta(days=max_age_days)
        self.rank = {
            found: (as_of, found)
            for found, as_of in known.items()
            if (as_of, found) <= (self.as_of, scan_id)
        }
        self.scans = sorted(
            (found for found, (as_of, _) in self.rank.items() if as_of >= self.oldest),
            key=lambda found: self.rank[found],
        )

    @property
    def within(self) -> frozenset[int]:
        """Ids of those scans that are no older than the age allowed."""
        return frozenset(self.scans)

    def unverified(self, row: Any) -> Unverified | None:
        """Why an observation gives no reading; ``None`` when it does."""
        if row.reason_code is not None:
            return Unverified(code=row.reason_code, reason=row.reason or "")
        if row.outcome is Sight.CARRIED and (
            row.fetched_at is None or row.fetched_at < self.oldest
        ):
            return Unverified(code=Missing.NOT_REACHED, reason=f"已超过{self.days}日未能重新读取")
        return None


def span_of(connection: Connection, scan_id: int, max_age_days: int) -> Span:
    """The scans that ``scan_id`` may rest on."""
    return Span(connection, scan_id, max_age_days)


def _newest(
    span: Span,
    kind: SubjectKind,
    *more: Any,
    rules_digest: str | None = None,
    sites: Collection[str] | None = None,
    keys: Collection[str] | None = None,
) -> Select[Any]:
    """One row a subject: its newest observation in the span, with version and cached hits."""
    not_reached = case((ObservationRow.reason_code == Missing.NOT_REACHED, 1), else_=0)
    ranked = (
        select(
            ObservationRow.scan_id,
            ObservationRow.subject_id,
            SubjectRow.key,
            SubjectRow.site_id,
            SubjectRow.url,
            func.row_number()
            .over(
                partition_by=ObservationRow.subject_id,
                order_by=(not_reached, ScanRow.as_of.desc(), ScanRow.id.desc()),
            )
            .label("place"),
        )
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .join(ScanRow, ScanRow.id == ObservationRow.scan_id)
        .where(
            SubjectRow.kind == kind,
            ScanRow.as_of >= span.oldest,
            or_(
                ScanRow.as_of < span.as_of,
                (ScanRow.as_of == span.as_of) & (ScanRow.id <= span.scan_id),
            ),
        )
    )
    if sites is not None:
        ranked = ranked.where(SubjectRow.site_id.in_(sorted(sites)))
    if keys is not None:
        ranked = ranked.where(SubjectRow.key.in_(sorted(keys)))
    top = ranked.subquery()
    query: Select[Any] = (
        select(
            top.c.key,
            top.c.site_id,
            top.c.url,
            ObservationRow.scan_id,
            ObservationRow.subject_id,
            ObservationRow.outcome,
            ObservationRow.version_id,
            ObservationRow.unit_id,
            ObservationRow.owner_id,
            ObservationRow.column_key,
            ObservationRow.fetched_at,
            ObservationRow.unchanged_since,
            ObservationRow.status,
            ObservationRow.evidence,
            ObservationRow.reason_code,
            ObservationRow.reason,
            ObservationRow.listed,
            ObservationRow.name_match,
            ObservationRow.found_name,
            VersionRow.kind,
            VersionRow.title,
            VersionRow.published,
            VersionRow.source,
            VersionRow.made,
            VersionRow.index_number,
            VersionRow.text_key,
            VersionRow.parts,
            VersionRow.blocks,
            *more,
        )
        .join(
            ObservationRow,
            (ObservationRow.scan_id == top.c.scan_id)
            & (ObservationRow.subject_id == top.c.subject_id),
        )
        .outerjoin(VersionRow, VersionRow.id == ObservationRow.version_id)
        .where(top.c.place == 1)
    )
    if rules_digest is not None:
        query = query.add_columns(
            PageHitsRow.rules_digest.label("known_rules"), PageHitsRow.hits
        ).outerjoin(
            PageHitsRow,
            (PageHitsRow.version_id == ObservationRow.version_id)
            & (PageHitsRow.rules_digest == rules_digest),
        )
    return query


def _previous(connection: Connection, span: Span) -> dict[int, list[Any]]:
    """The readings of every column that showed rows, up to the scan, newest first."""
    query = (
        select(
            ObservationRow.subject_id,
            ObservationRow.scan_id,
            ScanRow.as_of,
            VersionRow.rows,
            VersionRow.shape,
        )
        .join(SubjectRow, SubjectRow.id == ObservationRow.subject_id)
        .join(VersionRow, VersionRow.id == ObservationRow.version_id)
        .join(ScanRow, ScanRow.id == ObservationRow.scan_id)
        .where(
            SubjectRow.kind == SubjectKind.COLUMN,
            ObservationRow.outcome == Sight.FETCHED,
            VersionRow.rows > 0,
        )
        .order_by(ScanRow.as_of.desc(), ScanRow.id.desc())
    )
    found: dict[int, list[Any]] = {}
    for row in connection.execute(query):
        if row.scan_id in span.rank:
            found.setdefault(row.subject_id, []).append((span.rank[row.scan_id], row))
    return found


def _older_than(rows: list[Any], row: Any) -> tuple[int | None, str | None]:
    for (_, scan_id), older in rows:
        if scan_id != row.scan_id:
            return older.rows, older.shape
    return None, None


def _fetched(row: Any) -> Fetched | None:
    if row.fetched_at is None or row.unchanged_since is None:
        return None
    return Fetched(
        at=row.fetched_at,
        unchanged_since=row.unchanged_since,
        status=row.status or 0,
        evidence=row.evidence,
    )


def _block(row: Any) -> LinkBlock:
    return LinkBlock(path=row.path, links=facts.LINKS.unpack(row.links))
