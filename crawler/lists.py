"""Lists: reading every expected column of a site to its end.

One list is read once however many columns lead to it. A list that would be blank is looked at a
second time before it is believed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from checks.facts import (
    ColumnReading,
    ColumnState,
    DateState,
    Entry,
    LinkFate,
    LinkState,
    Listing,
    Missing,
    Page,
    PageKind,
    StopReason,
    Unverified,
)
from config.schema import ExpectedColumn
from crawler import cms
from crawler.answers import Answer, AnswerKind
from crawler.cms.family import ListPage
from crawler.columns import (
    ColumnPages,
    after_change,
    confidence_of,
    delegated,
    in_one_spelling,
    told_apart,
    with_siblings,
)
from crawler.download import WINDOW_ENDED
from crawler.endpoints import EndpointRead, read_endpoint
from crawler.extract.encoding import decode
from crawler.frontier import Purpose
from crawler.rendered import Rendered, Renderer, may_help, unavailable
from crawler.shells import ListRead, ShellCrawl
from crawler.tasks import together
from crawler.trees import Found
from storage.writer import Fetch

if TYPE_CHECKING:
    from crawler.spiders.base import SiteSpider


KNOWN_PLACES = 5
"""Places of other lists that are tried on a page on which none was recognised."""

Names = tuple[str, ...]
"""What a column is called, where that tells it from others at the same address."""
MAX_TEXT = 1_000_000
"""Characters of a page in which a family's signs are looked for."""
SCRIPTED = frozenset({"script", "jpage", "queryList"})
"""Pagers behind which a family's endpoint stands."""
_SCRIPTED = "栏目列表由脚本填充，没有已知的数据接口"
_UNKNOWN = "没有认出栏目页上的信息列表，可能由脚本填充"
Blank = tuple[str, tuple[ExpectedColumn, Found, ColumnReading, Fetch | None]]
"""A column's key, and its reading without rows."""


class ListCrawl:
    """Reads a site's columns and records them."""

    def __init__(self, spider: SiteSpider, siblings: Iterable[ColumnReading] = ()) -> None:
        """``siblings``: earlier readings of other columns, where this crawl reads only a few."""
        self._spider = spider
        self._siblings = tuple(siblings)
        self._reading: dict[tuple[str, Names], asyncio.Task[ListRead]] = {}
        self._unread: list[tuple[ExpectedColumn, Found, ListRead]] = []
        self._shells = ShellCrawl(spider, self._list_below)
        self._renderer = Renderer(spider)
        self._spelt: dict[str, str] = {}
        self._rendering: dict[str, asyncio.Task[ListRead]] = {}
        self.readings: dict[str, ColumnReading] = {}
        """What was read in this scan, by column key (also before a resume)."""

    async def run(self, columns: Iterable[tuple[ExpectedColumn, Found]]) -> None:
        """Read the columns and record each; those that show no rows at the very end."""
        spider = self._spider
        todo = []
        for column, found in columns:
            done = spider.writer.column_done(column.key)
            unreached = isinstance(done, Unverified) and done.code is Missing.NOT_REACHED
            if done is None or unreached:
                todo.append((column, found))
            elif isinstance(done, ColumnReading):
                self.readings[column.key] = in_one_spelling(done, self._spelt)
        spider.ahead = len(todo)
        blank = dict(
            item for item in await together(self._column(c, f) for c, f in todo) if item is not None
        )
        scripted = []
        for column, found, read in self._unread:
            again = read
            if read.pages is None or not read.pages.lengths:
                again = await self._in_known_place(found.url, read)
            if again is read:
                again = await self._shells.read(found.url, read)
            if again is read and _may_render(read):
                scripted.append((column, found, read))
            elif (item := self._settle(column, found, again)) is not None:
                blank[item[0]] = item[1]
        for item in await together(self._rendered(*one) for one in scripted):
            if item is not None:
                blank[item[0]] = item[1]
        readings = with_siblings(
            {key: reading for key, (_, _, reading, _) in blank.items()},
            [*self.readings.values(), *self._siblings],
        )
        for key, (column, found, _, fetch) in blank.items():
            past = spider.past.columns.get(key)
            reading = after_change(
                readings[key], past.rows if past else None, past.shape if past else None
            )
            self._record(column, found, reading, fetch)

    async def _column(self, column: ExpectedColumn, found: Found) -> Blank | None:
        names = (column.name, *column.variants) if cms.shows_all(found.url) else ()
        read = await self._list(found.url, names, text=column.cadence.standing)
        self._spider.ahead -= 1
        if read.first is not None or read.scripted is not None:
            self._unread.append((column, found, read))
            return None
        return self._settle(column, found, read)

    def _settle(self, column: ExpectedColumn, found: Found, read: ListRead) -> Blank | None:
        """Record a column that was read; one that shows no rows is given back."""
        if read.left:
            self._record(column, found, WINDOW_ENDED, None)
        elif read.linked_site is not None:
            reading = delegated(found.url, read.linked_site, self._spider.plan.reader)
            self._record(column, found, reading, read.fetch)
        elif read.missing is not None or read.pages is None:
            missing = read.missing or Unverified(code=Missing.READER, reason="没有读到栏目")
            self._record(column, found, missing, read.fetch)
        else:
            result = read.pages.reading(confirmed=read.confirmed)
            if isinstance(result, ColumnReading) and not result.entries:
                return column.key, (column, found, result, read.fetch)
            self._record(column, found, result, read.fetch)
        return None

    async def _rendered(self, column: ExpectedColumn, found: Found, read: ListRead) -> Blank | None:
        page = read.first or read.scripted
        task = self._rendering.get(found.url)
        if task is None and page is not None:
            task = asyncio.ensure_future(self._in_browser(found.url, page, read))
            self._rendering[found.url] = task
        return self._settle(column, found, await task if task is not None else read)

    async def _in_browser(self, url: str, first: Answer, read: ListRead) -> ListRead:
        """Read a list as a browser shows it; what was read before stands where that fails."""
        shows_rows = read.pages is not None and bool(read.pages.entries)
        missing = unavailable()
        seen = Rendered(missing=missing) if missing else await self._renderer.read(url, first)
        if seen.pages is None:
            if shows_rows:
                return read
            return ListRead(missing=_both(read, seen), fetch=read.fetch, left=seen.left)
        seen.pages.tags = read.pages.tags if read.pages is not None else None
        return ListRead(pages=seen.pages, fetch=seen.fetch or read.fetch, confirmed=True)

    async def _in_known_place(self, url: str, read: ListRead) -> ListRead:
        """Read a list again where the site's other lists stand, the most frequent place first."""
        places = Counter(
            r.proof.container
            for r in self.readings.values()
            if r.entries and r.proof.container and told_apart(r.proof.container)
        )
        if read.first is None or read.fetch is None:
            return read
        for container, _ in places.most_common(KNOWN_PLACES):
            page = await self._spider.read_list(read.first, container)
            listing = page.listing if page is not None else None
            if listing is not None and listing.entries and listing.container == container:
                return await self._page_through(url, read.first, read.fetch, container)
        return read

    def _record(
        self,
        column: ExpectedColumn,
        found: Found,
        reading: ColumnReading | Unverified,
        fetch: Fetch | None,
    ) -> None:
        if isinstance(reading, Unverified):
            state = ColumnState.UNVERIFIED
        else:
            reading = in_one_spelling(reading, self._spelt)
            state = ColumnState.DELEGATED if reading.linked_site else ColumnState.READ
            self.readings[column.key] = reading
        self._spider.writer.column(
            column.key,
            reading,
            state,
            match=found.match,
            found_name=found.name or None,
            fetch=fetch,
            owner_id=column.owner_id,
            unit_id=column.unit_id,
        )

    async def _list(self, url: str, names: Names, *, text: bool) -> ListRead:
        task = self._reading.get((url, names))
        if task is None:
            task = asyncio.ensure_future(self._read(url, names, text=text))
            self._reading[url, names] = task
        return await task

    async def _read(self, url: str, names: Names, *, text: bool) -> ListRead:
        """``text``: a standing column (部门介绍 …), which may be one text instead of a list."""
        spider = self._spider
        if not spider.scope.covers(url):
            return ListRead(linked_site=url)
        answer = await spider.asker.ask(url, Purpose.LIST)
        read = await self._from_first(url, answer, names, text=text)
        if read.pages is None or not read.pages.blank:
            return read
        second = await spider.asker.ask(url, Purpose.CONFIRM)
        again = await self._from_first(url, second, names, text=text)
        if again.pages is None:
            return read
        if not again.pages.blank:
            return again
        first = read.pages.reading()
        other = again.pages.reading()
        read.confirmed = (
            isinstance(first, ColumnReading)
            and isinstance(other, ColumnReading)
            and (first.proof.shape, first.proof.empty_mark)
            == (other.proof.shape, other.proof.empty_mark)
        )
        return read

    async def _from_first(self, url: str, answer: Answer, names: Names, *, text: bool) -> ListRead:
        """Page through a list whose first page has been asked for."""
        spider = self._spider
        if answer.kind is AnswerKind.LEFT:
            return ListRead(left=True)
        if answer.kind is AnswerKind.REDIRECT:
            return ListRead(linked_site=answer.target)
        if answer.kind is AnswerKind.GONE or await spider.soft_gone(answer):
            return await self._gone(url, answer, names, text=text)
        if answer.kind is not AnswerKind.PAGE:
            return ListRead(missing=answer.missing)
        read = await self._page_through(url, answer, spider.keep(answer), None, names, text=text)
        if read.pages is not None and read.pages.leads_on:
            read.first = answer
        if read.pages is not None and read.pages.scripted:
            read.scripted = answer
        return read

    async def _list_below(self, url: str) -> ListRead:
        return await self._list(url, (), text=False)

    async def _page_through(
        self,
        url: str,
        answer: Answer,
        fetch: Fetch,
        container: str | None,
        names: Names = (),
        *,
        text: bool = False,
    ) -> ListRead:
        """Read a list to its end, from the first page's answer."""
        spider = self._spider
        pages = ColumnPages(url, spider.plan.reader, spider.rate.max_list_pages)
        page = await self._look(answer, container)
        pages.tags = page.tags if page is not None else None
        as_text = _as_text(page, answer.final_url) if text and page and not page.listing else None
        if page is not None and as_text is not None:
            page = replace(page, listing=as_text)
        elif container is None:
            filled = await self._from_endpoint(answer, page, names)
            if filled is not None:
                return self._choose(pages, answer, page, filled, fetch)
        following = _enter(pages, answer, page)
        while following is not None:
            if not spider.scope.covers(following):
                pages.failed(left=False)
                break
            answer = await spider.asker.ask(following, Purpose.LIST, order=len(pages.lengths))
            gone = answer.kind is not AnswerKind.PAGE or await spider.soft_gone(answer)
            other = pages.counted_otherwise(following, answer.digest, gone=gone)
            if other is not None and spider.scope.covers(other):
                # The pager's script counts from 0 or from 1: its own file would tell, the page not.
                answer = await spider.asker.ask(other, Purpose.LIST, order=len(pages.lengths))
                gone = answer.kind is not AnswerKind.PAGE or await spider.soft_gone(answer)
            if gone:
                pages.failed(left=answer.kind is AnswerKind.LEFT)
                break
            spider.keep(answer)
            following = _enter(pages, answer, await self._look(answer, pages.container))
        return ListRead(pages=pages, fetch=fetch)

    async def _from_endpoint(
        self, answer: Answer, page: Page | None, names: Names
    ) -> EndpointRead | None:
        """The list as its family's endpoint gives it; ``None``: the page is of no such family, or
        shows its whole list itself."""
        if not may_be_filled(page.listing if page is not None else None):
            return None
        text = decode(answer.body, answer.content_type)[0][:MAX_TEXT]
        known = cms.recognise(text, answer.final_url)
        if known is None:
            return None
        shown = ListPage(answer.final_url, text, names)
        return await read_endpoint(self._spider, known[0], shown, page.shape if page else "")

    @staticmethod
    def _choose(
        pages: ColumnPages, answer: Answer, page: Page | None, filled: EndpointRead, fetch: Fetch
    ) -> ListRead:
        """The endpoint's list, if it is the list that the page shows."""
        if filled.left:
            return ListRead(left=True)
        shown = {e.url for e in page.listing.entries} if page and page.listing else set()
        if filled.pages is not None and (not shown or shown & filled.pages.entries.keys()):
            filled.pages.tags = pages.tags
            return ListRead(pages=filled.pages, fetch=fetch)
        if not shown:
            # It may yet turn out to stand where the site's other lists stand.
            first = answer if page is not None and page.listing is None else None
            unread = filled.missing is not None and filled.missing.code is Missing.READER
            scripted = answer if unread else None
            return ListRead(missing=filled.missing, fetch=fetch, first=first, scripted=scripted)
        # The rows on the page stand; that they are all of them is not known.
        _enter(pages, answer, page)
        pages.stop = StopReason.UNREADABLE
        return ListRead(pages=pages, fetch=fetch)

    async def _look(self, answer: Answer, container: str | None) -> Page | None:
        """A list page as read; a "list" of nothing but the column links is none."""
        page = await self._spider.read_list(answer, container)
        if page is not None and page.listing is not None and page.listing.entries:
            rows = page.listing.entries
            dated = any(e.date_state in (DateState.READ, DateState.MONTH_DAY) for e in rows)
            # The home page's tables may pass for the menu: what bears dates is no column link.
            if not dated and {e.url for e in rows} <= self._spider.menu:
                # The column links themselves, taken for a list: this page was not understood.
                page = replace(page, listing=None)
        return page

    async def _gone(self, url: str, answer: Answer, names: Names, *, text: bool) -> ListRead:
        """The column's link leads nowhere: looked at twice, then its link is dead."""
        spider = self._spider
        words = (
            f"栏目链接打不开（{answer.status}）"
            if answer.status != 200
            else "栏目链接打开后是“页面不存在”"
        )
        missing = Unverified(code=Missing.SERVER, reason=words)
        if not await spider.asker.rest():
            return ListRead(missing=missing)
        second = await spider.asker.ask(url, Purpose.CONFIRM)
        if second.kind is AnswerKind.PAGE and not await spider.soft_gone(second):
            return await self._from_first(url, second, names, text=text)
        if second.kind is AnswerKind.GONE or await spider.soft_gone(second):
            spider.settled[url] = LinkFate(
                url=url,
                state=LinkState.DEAD,
                status=second.status,
                reason=dead_words(second),
                checked_at=second.at,
            )
        return ListRead(missing=missing)


def _may_render(read: ListRead) -> bool:
    """Whether a list may yet be seen in a browser: its page came, has scripts, and nothing was
    refused."""
    page = read.first or read.scripted
    refused = read.missing is not None and read.missing.code is not Missing.READER
    return page is not None and not refused and may_help(page)


def _both(read: ListRead, seen: Rendered) -> Unverified | None:
    """Why a list could be read neither from its page nor in a browser."""
    if seen.missing is None:
        return None
    why = read.missing.reason if read.missing else _SCRIPTED if read.scripted else _UNKNOWN
    return replace(seen.missing, reason=f"{why}；{seen.missing.reason}")


def _enter(pages: ColumnPages, answer: Answer, page: Page | None) -> str | None:
    """Enter one list page; the address of the next."""
    return pages.add(
        answer.final_url,
        answer.digest,
        page.listing if page is not None else None,
        page.shape if page is not None else "",
        confidence_of(page) if page is not None else 0.0,
    )


def may_be_filled(listing: Listing | None) -> bool:
    """Whether a script may bring rows that the page itself does not show."""
    if listing is None or not listing.entries or listing.scripted:
        return True
    if listing.total_claimed is not None and listing.total_claimed <= len(listing.entries):
        return False
    return listing.next_url is None or listing.pager in SCRIPTED


LEAST_TEXT = 20
"""Characters from which on a body counts as a column's text."""


def _as_text(page: Page, url: str) -> Listing | None:
    """A column that is one text, as a list of that one entry; ``None``: it is not."""
    if page.kind not in (PageKind.ARTICLE, PageKind.ENTRY) or page.body is None:
        return None
    if len(page.body.text) < LEAST_TEXT:
        return None
    entry = Entry(
        title=page.title.value if page.title else "",
        url=url,
        published=page.published.value if page.published else None,
        date_state=page.date_state,
    )
    return Listing(entries=(entry,), container=None, next_url=None, pager=None)


def dead_words(answer: Answer) -> str:
    """Why a target is dead, in Chinese."""
    if answer.status == 404:
        return "404 未找到"
    if answer.status == 410:
        return "410 已删除"
    return "打开后是“页面不存在”"
