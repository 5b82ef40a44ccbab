"""Shells: columns whose own page shows no list, read where it leads.

A shell with a frame is read as the frame's page; a column that only leads to another site is
delegated; a column that shows only the columns below it is what those hold together. What could
not be read of them leaves the column open: nothing is blank or late because of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checks.facts import StopReason, Unverified
from crawler.answers import Answer
from crawler.columns import ColumnPages
from crawler.extract.shells import Shell, read_shell
from storage.writer import Fetch

if TYPE_CHECKING:
    from crawler.spiders.base import SiteSpider

MOST_BELOW = 30
"""Columns below one that are read; of more, it is not known what they hold."""
DEEPEST = 2
"""Levels of shells, one in the other."""


@dataclass(slots=True, kw_only=True)
class ListRead:
    """What became of one list."""

    pages: ColumnPages | None = None
    fetch: Fetch | None = None
    missing: Unverified | None = None
    """Why its first page could not be had."""
    linked_site: str | None = None
    left: bool = False
    confirmed: bool = False
    first: Answer | None = None
    """Its first page, where no list was recognised on it, or one that stands elsewhere: once the
    site's other lists are read, it is looked at again in the light of them."""
    scripted: Answer | None = None
    """Its first page, where a script fills the list: it is looked at in a browser."""

    @property
    def rows(self) -> int:
        return len(self.pages.entries) if self.pages is not None else 0


class ShellCrawl:
    """Reads the columns of a site that are shells."""

    def __init__(self, spider: SiteSpider, read: Callable[[str], Awaitable[ListRead]]) -> None:
        """``read``: reads the list at an address, each address once."""
        self._spider = spider
        self._read = read

    async def read(self, url: str, read: ListRead, trail: frozenset[str] = frozenset()) -> ListRead:
        """A list as it is read where its page leads; ``read`` itself when that is nowhere."""
        if read.first is None or len(trail) >= DEEPEST:
            return read
        answer = read.first
        shell = read_shell(answer.body, url=answer.final_url, content_type=answer.content_type)
        trail = trail | {url, answer.final_url}
        inside = shell.frames or ((shell.target,) if shell.target else ())
        if inside:
            found = await self._inside(inside, read, trail, loads=shell.loads)
            if found is not None:
                return found
        below = [at for _, at in shell.below if at not in trail]
        if below:
            return await self._below(url, read, shell, below, trail)
        if shell.sole is not None and not inside:
            return await self._sole(shell.sole, read, trail)
        return read

    async def _at(self, url: str, trail: frozenset[str]) -> ListRead:
        if not self._spider.scope.covers(url):
            return ListRead(linked_site=url)
        return await self.read(url, await self._read(url), trail)

    async def _inside(
        self, inside: tuple[str, ...], read: ListRead, trail: frozenset[str], *, loads: bool
    ) -> ListRead | None:
        """The list in a page's frames; ``None``: none of them is understood."""
        reads = [await self._at(at, trail) for at in inside if at not in trail]
        for one in reads:
            if one.rows or one.left:
                return one
        if len(reads) != 1 or read.rows:
            return None
        if _is_blank(reads[0]) or (reads[0].linked_site is not None and not loads):
            return reads[0]
        return None

    async def _sole(self, target: str, read: ListRead, trail: frozenset[str]) -> ListRead:
        if read.rows or target in trail:
            return read
        if not self._spider.scope.covers(target):
            return ListRead(linked_site=target, fetch=read.fetch)
        found = await self._at(target, trail)
        return found if found.rows or found.linked_site or found.left else read

    async def _below(
        self, url: str, read: ListRead, shell: Shell, below: list[str], trail: frozenset[str]
    ) -> ListRead:
        """What the columns below one hold together."""
        missing = None
        if len(below) > MOST_BELOW or shell.loads:
            missing = StopReason.UNREADABLE
        parts: list[ColumnPages] = []
        confirmed = True
        elsewhere = []
        for at in below[:MOST_BELOW]:
            one = await self._at(at, trail)
            if one.linked_site is not None:
                elsewhere.append(one.linked_site)
                missing = missing or StopReason.UNREADABLE
            elif one.left:
                missing = StopReason.WINDOW
                break
            elif one.missing is not None or one.pages is None:
                missing = missing or StopReason.FAILED
            else:
                confirmed = confirmed and one.confirmed
                parts.append(one.pages)
        own = list(shell.shown)
        if read.pages is not None:
            own += read.pages.entries.values()
        if not own and not parts:
            if missing is StopReason.WINDOW:
                return ListRead(left=True)
            if elsewhere and len(elsewhere) == len(below):
                return ListRead(linked_site=elsewhere[0], fetch=read.fetch)
            return read
        pages = ColumnPages.below(
            url,
            self._spider.plan.reader,
            own,
            parts,
            missing=missing,
            shape=read.pages.shape if read.pages is not None else "",
        )
        return ListRead(pages=pages, fetch=read.fetch, confirmed=confirmed)


def _is_blank(read: ListRead) -> bool:
    return read.pages is not None and read.pages.blank and not read.pages.leads_on
