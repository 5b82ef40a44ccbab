"""A second look: the few lists, pages and links that a re-check (复查) asks for, and nothing else.

What cannot be had is not recorded as anything but 未能核实; what is not asked for is not touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from checks.facts import (
    ColumnReading,
    DateState,
    LinkState,
    Missing,
    Unverified,
)
from checks.proof import read_whole
from config.schema import ExpectedColumn
from crawler.answers import AnswerKind
from crawler.articles import ArticleCrawl, Wanted
from crawler.frontier import Purpose
from crawler.links import LinkCheck
from crawler.lists import ListCrawl, dead_words
from crawler.plan import Again, Looked, Phase
from storage.models import SiteState

if TYPE_CHECKING:
    from crawler.spiders.base import SiteSpider

NEW_ENTRIES = 5
"""Entries without a date in the list whose own page is read for it, a column."""


class SecondLook:
    """One site's share of a re-check."""

    def __init__(self, spider: SiteSpider, again: Again) -> None:
        self._spider = spider
        self._again = again
        self._home: Unverified | None = None
        self._home_read = False
        self._readings: dict[str, ColumnReading] = {}

    async def run(self) -> tuple[SiteState, Unverified | None]:
        """Look; the state that it ended in, and why where the site was not reached."""
        spider, again = self._spider, self._again
        if again.home and (foreign := await self._look_at_home()) is not None:
            return SiteState.UNREACHED, foreign
        columns = list(spider.expected)
        if columns and (foreign := await self._columns(columns)) is not None:
            return SiteState.UNREACHED, foreign
        spider.phase(Phase.ARTICLES)
        articles = ArticleCrawl(spider)
        wanted = [self._page(url) for url in again.pages]
        await articles.run([*wanted, *self._undated(articles, columns)])
        await self._taken_down(wanted)
        for url in again.looks:
            again.seen[url] = await self._look(url)
        spider.phase(Phase.LINKS)
        left = await LinkCheck(spider).these(again.links)
        left += articles.carry()
        spider.asker.counters.left_over += left
        spider.writer.count(left_over=left)
        ended = left > 0 or spider.budget.window_ended
        return SiteState.WINDOW if ended else SiteState.COMPLETE, self._home

    async def _look_at_home(self) -> Unverified | None:
        """Read the home page once; why what answers is another's site."""
        if not self._home_read:
            self._home_read = True
            self._spider.phase(Phase.HOME)
            self._home = await self._spider.look_at_home()
        return self._spider.foreign()

    # -- lists -----------------------------------------------------------------------------

    async def _columns(self, columns: list[ExpectedColumn]) -> Unverified | None:
        """Find and read these columns, by the way that a scan takes."""
        spider = self._spider
        spider.expected = columns
        if any(c.url is None for c in columns):
            foreign = await self._look_at_home()
            if foreign is not None:
                return foreign
        spider.phase(Phase.TREE)
        found = spider.place(await spider.read_trees(), self._home)
        spider.phase(Phase.LISTS)
        lists = ListCrawl(spider, self._again.siblings)
        await lists.run(found)
        self._readings |= lists.readings
        return None

    def _undated(self, articles: ArticleCrawl, columns: Iterable[ExpectedColumn]) -> list[Wanted]:
        """New entries whose date only their own page shows: whether the column is late rests on it."""
        found: list[Wanted] = []
        for column in columns:
            reading = self._readings.get(column.key)
            if reading is None:
                continue
            undated = {e.url for e in reading.entries if e.date_state is not DateState.READ}
            some = [
                w
                for w in articles.wanted([column], {column.key: reading})
                if w.url in undated and (w.known is None or w.known.last_fetched_at is None)
            ]
            found += some[:NEW_ENTRIES]
        return found

    # -- pages -----------------------------------------------------------------------------

    def _page(self, url: str) -> Wanted:
        spider = self._spider
        known = spider.writer.known_page(url)
        past = spider.past.pages.get(known.subject_id) if known is not None else None
        return Wanted(
            url=url,
            purpose=Purpose.FRESH,
            unit_id=past.unit_id if past else None,
            owner_id=past.owner_id if past else None,
            column_key=past.column_key if past else None,
            listed=past.listed if past else None,
            known=known,
        )

    async def _taken_down(self, wanted: Iterable[Wanted]) -> None:
        """A page that is gone was taken down if its list, read whole, does not show it either."""
        spider = self._spider
        gone = [
            page
            for page in wanted
            if page.listed is not None
            and (fate := spider.settled.get(page.url)) is not None
            and fate.state is LinkState.DEAD
        ]
        keys = {page.column_key for page in gone} - self._readings.keys()
        more = [c for c in spider.everyones if c.key in keys]
        if more and await self._columns(more) is not None:
            return
        for page in gone:
            reading = self._readings.get(page.column_key or "")
            if reading is None or not read_whole(reading):
                continue
            if all(entry.url != page.url for entry in reading.entries):
                spider.writer.page_absent(
                    page.url,
                    spider.settled[page.url].checked_at,
                    unit_id=page.unit_id,
                    owner_id=page.owner_id,
                    column_key=page.column_key,
                )

    async def _look(self, url: str) -> Looked:
        """An address that a person recorded: kept as evidence, not read."""
        spider = self._spider
        answer = await spider.asker.ask(url, Purpose.FRESH)
        if answer.kind is AnswerKind.GONE or await spider.soft_gone(answer):
            return Looked(at=answer.at, gone=dead_words(answer))
        if answer.kind is not AnswerKind.PAGE:
            missing = answer.missing or Unverified(
                code=Missing.NOT_CAPTURED, reason="跳转到站外，没有读到"
            )
            return Looked(at=answer.at, missing=missing)
        return Looked(at=answer.at, evidence=spider.keep(answer).evidence)
