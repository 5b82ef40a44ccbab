"""Columns: what paging through one list adds up to.

Pure. Takes list pages as they come and says when to stop and what was read, with its proof; that
a column is blank, late or neither is for ``checks`` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from checks.facts import (
    ColumnReading,
    DateState,
    Entry,
    Listing,
    Missing,
    Page,
    PageKind,
    Proof,
    StopReason,
    Unverified,
)
from checks.parts import Tag
from checks.proof import read_whole
from crawler.urls import twin

GUESSED = frozenset(
    ["createPageHTML", "createPageHtml", "createPage", "createTurnPage", "creatPage", "countPage"]
)
"""Pagers whose script, not the page, says how the pages' names are counted."""
_SECOND = re.compile(r"_([12])(\.\w{2,5})$")


@dataclass(slots=True)
class ColumnPages:
    """The list pages of one column, read so far."""

    url: str
    reader: str
    max_pages: int
    entries: dict[str, Entry] = field(default_factory=dict)
    lengths: list[int] = field(default_factory=list)
    stop: StopReason | None = None
    tags: tuple[Tag, ...] | None = None
    """The meta tags of the column's first page; ``None``: it was not read."""
    _digests: set[str] = field(default_factory=set)
    _addresses: set[str] = field(default_factory=set)
    _first: Listing | None = None
    _shape: str = ""
    _scripted: bool = False
    _pages_claimed: int | None = None
    _total_claimed: int | None = None
    _pages_read: int | None = None
    """Pages read of the columns below, where this is what they add up to."""
    _confidence: float = 1.0

    def add(
        self, url: str, digest: str, listing: Listing | None, shape: str, confidence: float = 1.0
    ) -> str | None:
        """Take one list page; the address of the next, or ``None`` with ``stop`` set.

        ``confidence``: how sure it is that this is the column's list; that of the first page counts,
        on the later ones it is known where the list stands.
        """
        if listing is None:
            self.stop = StopReason.UNREADABLE
            return None
        if digest in self._digests:
            self.stop = StopReason.REPEATED
            return None
        self._digests.add(digest)
        self._addresses.add(url)
        if self._first is None:
            self._first, self._shape, self._confidence = listing, shape, confidence
        self._scripted = self._scripted or listing.scripted
        self._pages_claimed = _larger(self._pages_claimed, listing.pages_claimed)
        self._total_claimed = _larger(self._total_claimed, listing.total_claimed)
        fresh = [e for e in listing.entries if e.url not in self.entries]
        if self.lengths and not fresh:
            self.stop = self._at_end(listing) or StopReason.REPEATED
            return None
        self.entries.update((e.url, e) for e in fresh)
        self.lengths.append(len(listing.entries))
        return self._next(listing)

    def _next(self, listing: Listing) -> str | None:
        following = listing.next_url
        if following is None:
            self.stop = StopReason.UNREADABLE if self._promises_more() else StopReason.END
        elif self._all_claimed():
            self.stop = StopReason.END
        elif following in self._addresses:
            self.stop = StopReason.REPEATED
        elif len(self.lengths) >= self.max_pages:
            self.stop = StopReason.CAP
        else:
            return following
        return None

    def _at_end(self, listing: Listing) -> StopReason | None:
        """A last page may hold only rows that were pinned on the pages before it."""
        if listing.entries and listing.next_url is None and not self._promises_more():
            return StopReason.END
        return None

    def _all_claimed(self) -> bool:
        return bool(self._total_claimed) and len(self.entries) >= (self._total_claimed or 0)

    def _promises_more(self) -> bool:
        """The pager names more pages, or so many rows that there must be another page."""
        if self._all_claimed():
            return False
        if self._pages_claimed is not None:
            return self._pages_claimed > len(self.lengths)
        rows = sum(self.lengths)
        return self._total_claimed is not None and self._total_claimed - rows >= max(
            max(self.lengths, default=0), 1
        )

    @classmethod
    def below(
        cls,
        url: str,
        reader: str,
        shown: Iterable[Entry],
        parts: Iterable[ColumnPages],
        *,
        missing: StopReason | None,
        shape: str = "",
    ) -> ColumnPages:
        """What a column without a list of its own holds: the columns below it together.

        ``shown``: the rows on its own page; ``missing``: why there may be more than was read. It is
        read whole only if every part was, and it is blank only if every part says that it is.
        """
        whole = cls(url, reader, max_pages=1)
        whole.entries.update((entry.url, entry) for entry in shown)
        marks: list[str | None] = []
        stop = missing
        pages = 1
        for part in parts:
            reading = part.reading()
            if isinstance(reading, Unverified):
                stop = stop or StopReason.UNREADABLE
                continue
            for entry in reading.entries:
                whole.entries.setdefault(entry.url, entry)
            pages += reading.proof.pages_read
            whole._scripted = whole._scripted or reading.proof.scripted
            whole._confidence = min(whole._confidence, reading.proof.confidence)
            if not read_whole(reading):
                ended = reading.proof.stop in {StopReason.END, StopReason.REPEATED}
                stop = stop or (StopReason.UNREADABLE if ended else reading.proof.stop)
            zero = "共 0 条" if reading.proof.total_claimed == 0 else None
            marks.append(reading.proof.empty_mark or zero)
        mark = marks[0] if marks and all(marks) and not whole.entries else None
        # Rows of several lists stand in no order: they are one page, whatever their dates.
        whole.lengths = [len(whole.entries)]
        whole.stop = stop or StopReason.END
        whole._pages_read = pages
        whole._shape = shape
        whole._first = Listing(
            entries=(), container=None, next_url=None, pager="below", empty_mark=mark
        )
        return whole

    def counted_otherwise(self, url: str, digest: str, *, gone: bool) -> str | None:
        """Where the second page may be instead, if ``url`` was guessed from a script's numbers and
        turned out to be missing or the first page again; ``None``: it was not, or is neither."""
        first = self._first
        if len(self.lengths) != 1 or first is None or first.pager not in GUESSED:
            return None
        if not gone and digest not in self._digests:
            return None
        match = _SECOND.search(url)
        if match is None:
            return None
        return f"{url[: match.start(1)]}{3 - int(match[1])}{match[2]}"

    @property
    def leads_on(self) -> bool:
        """Its page is not understood, or shows only a part of what stands elsewhere."""
        first = self._first
        return (
            first is None
            or first.pager == "more"
            or (not self.entries and self._scripted and not first.empty_mark)
        )

    @property
    def shape(self) -> str:
        """Of its first page."""
        return self._shape

    def failed(self, *, left: bool) -> None:
        """The next page could not be had: the window ended (``left``) or it could not be fetched."""
        self.stop = StopReason.WINDOW if left else StopReason.FAILED

    @property
    def container(self) -> str | None:
        """Where the list stands on its first page."""
        return self._first.container if self._first is not None else None

    @property
    def scripted(self) -> bool:
        """Rows may be filled by a script that the reader does not know."""
        return self._scripted

    @property
    def blank(self) -> bool:
        """A list was recognised and has no rows."""
        return self._first is not None and not self.entries

    def reading(self, *, confirmed: bool = False) -> ColumnReading | Unverified:
        """What was read; ``Unverified`` when the first page's list was not recognised."""
        if self._first is None:
            return Unverified(code=Missing.READER, reason="没有认出栏目页上的信息列表")
        entries = tuple(self.entries.values())
        dated = sum(e.date_state is DateState.READ for e in entries)
        return ColumnReading(
            url=self.url,
            entries=entries,
            page_lengths=tuple(self.lengths),
            proof=Proof(
                pages_read=len(self.lengths) if self._pages_read is None else self._pages_read,
                total_claimed=self._total_claimed,
                pages_claimed=self._pages_claimed,
                stop=self.stop or StopReason.END,
                reader=self.reader,
                share_dated=dated / len(entries) if entries else 1.0,
                empty_mark=self._first.empty_mark,
                container=self._first.container,
                confirmed=confirmed,
                shape=self._shape,
                scripted=self._scripted,
                confidence=self._confidence,
            ),
            tags=self.tags,
        )


def _larger(a: int | None, b: int | None) -> int | None:
    return b if a is None else a if b is None else max(a, b)


def confidence_of(page: Page) -> float:
    """How sure it is that the page's list is the column's: not very where the page as a whole was
    not taken for a list."""
    as_text = page.listing is not None and page.listing.container is None
    sure = page.kind is PageKind.LIST or as_text
    return page.kind_confidence if sure else min(page.kind_confidence, 0.5)


def in_one_spelling(reading: ColumnReading, spelt: dict[str, str]) -> ColumnReading:
    """The reading with each address as it was first met on the site: http and https, with and
    without ``www.``, are one page. ``spelt``: addresses by ``urls.twin``, added to."""
    entries: dict[str, Entry] = {}
    for entry in reading.entries:
        url = spelt.setdefault(twin(entry.url), entry.url)
        entries.setdefault(url, entry if url == entry.url else replace(entry, url=url))
    return replace(reading, entries=tuple(entries.values()))


def delegated(url: str | None, target: str, reader: str) -> ColumnReading:
    """A column that only leads to another site."""
    proof = Proof(
        pages_read=0,
        total_claimed=None,
        pages_claimed=None,
        stop=StopReason.END,
        reader=reader,
        share_dated=1.0,
    )
    return ColumnReading(url=url, entries=(), page_lengths=(), proof=proof, linked_site=target)


def with_siblings(
    blank: Mapping[str, ColumnReading], others: Iterable[ColumnReading]
) -> dict[str, ColumnReading]:
    """The blank readings, each with the number of like columns on the site that do show rows.

    Alike are columns whose list stands in the same container: its path from the body, by tags,
    ids and classes, tells one template from another. (The page's shape does not serve: it is not
    the same with rows and without.)
    """
    filled: dict[str, int] = {}
    for reading in others:
        container = reading.proof.container
        if reading.entries and container is not None and told_apart(container):
            filled[container] = filled.get(container, 0) + 1
    return {
        key: replace(
            reading,
            proof=replace(
                reading.proof,
                siblings_with_rows=filled.get(reading.proof.container or "", 0),
            ),
        )
        for key, reading in blank.items()
    }


def told_apart(container: str) -> bool:
    """The container's own step bears a name, or it stands right in a block that is named for a list,
    so that its path means one thing in the template."""
    above, _, own = container.removesuffix(" > tbody").rpartition(" > ")
    if own in {"ul", "ol", "dl", "table"}:
        block = above.rpartition(" > ")[2]
        return "list" in block.lower() and ("." in block or "#" in block)
    return "." in own or "#" in own


def after_change(
    reading: ColumnReading, previous_entries: int | None, previous_shape: str | None
) -> ColumnReading | Unverified:
    """``Unverified`` for a list that had rows, has none now, and changed its shape meanwhile."""
    if reading.entries or not previous_entries or not previous_shape:
        return reading
    if previous_shape == reading.proof.shape:
        return reading
    return Unverified(
        code=Missing.SHAPE,
        reason=f"上次读到 {previous_entries} 条，这次页面结构变了而一条也没有读到，可能是改版或被拦截",
    )
