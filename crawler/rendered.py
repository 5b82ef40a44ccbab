"""Rendered lists: reading a column in a browser where neither the page nor an endpoint gives it.

What a page shows after its scripts ran is read by the same reader as any page. It proves less: rows
are believed where they were not on the page before, their end only where a pager or a count says
so, and "nothing" only where a mark says so that was not there before and every request was
answered.
"""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from checks.facts import (
    ColumnReading,
    Entry,
    Listing,
    Missing,
    Page,
    PageKind,
    StopReason,
    Unverified,
)
from crawler.answers import Answer, AnswerKind
from crawler.browser import Chromium, NotShown, Served, Shown, Wanted, why_none
from crawler.columns import ColumnPages, confidence_of
from crawler.extract.encoding import decode
from crawler.frontier import Purpose
from crawler.scope import host_key
from crawler.urls import canonical

if TYPE_CHECKING:
    from crawler.spiders.base import SiteSpider
    from storage.writer import Fetch

MAX_REQUESTS = 60
"""Requests of one page that are answered."""
MAX_BYTES = 20_000_000
"""Bytes that one page is given in all."""
MAX_PAGES = 40
"""List pages of one column that are shown."""
MAX_SCRIPTS = 300
"""Scripts that are kept for the site's other pages."""
QUIET = 0.8
"""Seconds without a request after which a page is looked at."""
PATIENCE = 3.0
"""The same where nothing was seen yet."""
_TEMPLATE = re.compile(r"\{\{|\}\}|<\?=|\$\{|<%")
log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Rendered:
    """What became of a column in the browser."""

    pages: ColumnPages | None = None
    fetch: Fetch | None = None
    """The first page as shown."""
    missing: Unverified | None = None
    left: bool = False


@dataclass(slots=True)
class _Supply:
    """What one column's page asks for, and what came of it."""

    spider: SiteSpider
    scripts: OrderedDict[str, Served]
    charset: str
    """The page's own: that of a script which names none."""
    asked: int = 0
    size: int = 0
    data: int = 0
    """Requests for data that were answered."""
    failed: int = 0
    left: bool = False
    outside: set[str] = field(default_factory=set)
    """Hosts that were asked for and lie outside the configured ones."""
    missing: Unverified | None = None
    """Why the first request that was not answered was not."""

    async def serve(self, wanted: Wanted) -> Served | None:
        """Put a page's request to the crawl, or leave it unanswered."""
        url = canonical(wanted.url)
        if url is not None and not self.spider.scope.covers(url):
            self.outside.add(host_key(url)[:60])
            url = None
        over = self.asked >= MAX_REQUESTS or self.size >= MAX_BYTES or self.left
        if url is None or over or wanted.method not in ("GET", "POST"):
            self.failed += 1
            return None
        plain = wanted.script and wanted.method == "GET"
        if plain and (known := self.scripts.get(url)) is not None:
            return known
        self.asked += 1
        answer = await self.spider.asker.ask(
            url,
            Purpose.LIST,
            method=wanted.method,
            headers=wanted.headers,
            retries=0,
            body=wanted.body,
        )
        self.size += len(answer.body)
        if (served := self._served(answer, wanted)) is None:
            return None
        if plain and served.status == 200:
            self.scripts[url] = served
            if len(self.scripts) > MAX_SCRIPTS:
                self.scripts.popitem(last=False)
        elif not wanted.script and served.status == 200:
            self.data += 1
            self.spider.keep(answer)
        return served

    def _served(self, answer: Answer, wanted: Wanted) -> Served | None:
        self.left = self.left or answer.kind is AnswerKind.LEFT
        wall = answer.missing is not None and answer.missing.code is Missing.WALL
        whole = answer.kind is AnswerKind.PAGE or (answer.status == 200 and not wall)
        if not whole:
            self.failed += 1
            self.missing = self.missing or answer.missing
        if answer.status is None or wall or answer.kind is AnswerKind.REDIRECT:
            return None
        headers, body = answer.headers, answer.body
        if wanted.script and "charset" not in answer.content_type.lower():
            text = decode(body, f"text/javascript; charset={self.charset}")[0]
            headers = {**headers, "content-type": "text/javascript; charset=utf-8"}
            body = text.encode("utf-8", "replace")
        return Served(status=answer.status, headers=headers, body=body)

    @property
    def undisturbed(self) -> bool:
        """Everything that was asked for came, and data was among it."""
        return self.data > 0 and not self.failed and not self.left

    def why(self) -> str:
        """What kept the list from being filled, as far as it is known, in Chinese."""
        if self.missing is not None:
            return f"列表的数据没有取得：{self.missing.reason}"
        if self.outside:
            hosts = "、".join(sorted(self.outside)[:3])
            return f"脚本要访问配置范围之外的主机（{hosts}），未予访问；若属本站请加入 hosts"
        if self.failed:
            return "脚本的部分请求没有得到应答"
        return "在浏览器里显示出来后，仍没有认出信息列表"


class Renderer:
    """Reads columns in the crawl's browser, for one site."""

    def __init__(self, spider: SiteSpider) -> None:
        self._spider = spider
        self._scripts: OrderedDict[str, Served] = OrderedDict()

    async def read(self, url: str, answer: Answer) -> Rendered:
        """Read the column whose first page is ``answer`` (as it came from the server)."""
        try:
            first = await self._read(url, answer)
            if first.pages is None or not first.pages.blank:
                return first
            second = await self._spider.asker.ask(url, Purpose.CONFIRM)
            if second.kind is not AnswerKind.PAGE:
                return Rendered(missing=_unread("显示出来没有信息，尚未经第二次读取证实"))
            return await self._read(url, second)
        except NotShown as error:
            return Rendered(missing=error.missing)

    async def _read(self, url: str, answer: Answer) -> Rendered:
        try:
            return await self._column(url, answer)
        except NotShown as error:
            if not error.again:
                raise
            return await self._column(url, answer)

    async def _column(self, url: str, answer: Answer) -> Rendered:
        spider = self._spider
        most = min(spider.rate.max_list_pages, MAX_PAGES)
        pages = ColumnPages(url, f"{spider.plan.reader}+browser", most)
        fetch: Fetch | None = None
        turned = False
        while True:
            step = await self._from_page(pages, answer)
            fetch = fetch or step.fetch
            turned = turned or step.turned
            if step.missing is not None or step.left:
                if not pages.lengths:
                    return Rendered(missing=step.missing, left=step.left)
                pages.failed(left=step.left)
            if step.following is None:
                break
            if not spider.scope.covers(step.following):
                pages.failed(left=False)
                break
            answer = await spider.asker.ask(step.following, Purpose.LIST, order=len(pages.lengths))
            if answer.kind is not AnswerKind.PAGE or await spider.soft_gone(answer):
                pages.failed(left=answer.kind is AnswerKind.LEFT)
                break
            turned = True
        if pages.stop is StopReason.END and pages.entries and not turned and not _claims(pages):
            # Rows may come when somebody scrolls, or asks for more.
            pages.stop = StopReason.UNREADABLE
        return Rendered(pages=pages, fetch=fetch)

    async def _from_page(self, pages: ColumnPages, answer: Answer) -> _Step:
        """Enter what one address shows, and what it shows when its pager is clicked."""
        spider = self._spider
        text, encoding = decode(answer.body, answer.content_type)
        supply = _Supply(spider, self._scripts, encoding.used)
        static = spider.read(answer, PageKind.LIST)
        before = {a.url for a in static.anchors} if static is not None else set()
        step = _Step()
        async with self._browser.show(answer.final_url, text, supply.serve) as shown:
            listing, page = await self._look(shown, answer, pages, step, PATIENCE)
            while True:
                if supply.left:
                    step.left = True
                    return step
                if listing is None or not _brought(listing, before, text, supply):
                    step.missing = _unread(supply.why())
                    return step
                clicks = listing.next_url is None and await shown.has_next()
                if clicks:
                    number = len(pages.lengths) + 2
                    listing = replace(listing, next_url=f"{pages.url}#{number}")
                at = f"{answer.final_url}#{len(pages.lengths) + 1}" if clicks else answer.final_url
                shape, sure = (page.shape, confidence_of(page)) if page else ("", 0.0)
                following = pages.add(at, step.digest, listing, shape, sure)
                if not clicks or following is None:
                    step.following = following
                    return step
                step.turned = True
                await shown.click_next()
                listing, page = await self._look(shown, answer, pages, step, 0.0)

    async def _look(
        self, shown: Shown, answer: Answer, pages: ColumnPages, step: _Step, patience: float
    ) -> tuple[Listing | None, Page | None]:
        """What the page shows once it has come to rest, kept as evidence."""
        spider = self._spider
        await shown.settle(QUIET)
        found = await self._as_read(shown, answer, pages)
        if patience and (
            found[1] is None or found[1].listing is None or not found[1].listing.entries
        ):
            await shown.settle(patience)
            found = await self._as_read(shown, answer, pages)
        seen, page = found
        fetch = spider.keep(seen, rendered=True)
        step.fetch = step.fetch or fetch
        step.digest = seen.digest
        listing = page.listing if page is not None else None
        if listing is None or (listing.entries and {e.url for e in listing.entries} <= spider.menu):
            return None, page
        return replace(listing, scripted=False), page

    async def _as_read(
        self, shown: Shown, answer: Answer, pages: ColumnPages
    ) -> tuple[Answer, Page | None]:
        markup = await shown.markup()
        seen = replace(
            answer,
            headers={"content-type": "text/html; charset=utf-8"},
            body=markup.encode("utf-8", "replace"),
        )
        inert = replace(seen, body=_without_scripts(markup).encode("utf-8", "replace"))
        return seen, await self._spider.read_list(inert, pages.container)

    @property
    def _browser(self) -> Chromium:
        return self._spider.shared.browser


@dataclass(slots=True)
class _Step:
    """What one address gave."""

    following: str | None = None
    turned: bool = False
    """Its pager was clicked."""
    fetch: Fetch | None = None
    digest: str = ""
    missing: Unverified | None = None
    left: bool = False


def _brought(listing: Listing, before: set[str], text: str, supply: _Supply) -> bool:
    """Whether what is shown is the scripts' doing, and their last word."""
    if listing.entries:
        fresh = [e for e in listing.entries if e.url not in before]
        return bool(fresh) and not any(map(_is_template, fresh))
    mark = listing.empty_mark
    return mark is not None and mark not in text and supply.undisturbed


def _claims(pages: ColumnPages) -> bool:
    """Whether the list says how many rows or pages it has."""
    read = pages.reading()
    return isinstance(read, ColumnReading) and (
        read.proof.total_claimed is not None or read.proof.pages_claimed is not None
    )


def _is_template(entry: Entry) -> bool:
    return _TEMPLATE.search(entry.title) is not None or _TEMPLATE.search(entry.url) is not None


_SCRIPT = re.compile(r"<script\b", re.I)
_SCRIPT_END = re.compile(r"</script\s*>", re.I)


def _without_scripts(markup: str) -> str:
    """Markup without its scripts: they have said what they had to say."""
    kept = []
    at = 0
    while (found := _SCRIPT.search(markup, at)) is not None:
        kept.append(markup[at : found.start()])
        end = _SCRIPT_END.search(markup, found.end())
        if end is None:
            return "".join(kept)
        at = end.end()
    kept.append(markup[at:])
    return "".join(kept)


def may_help(answer: Answer) -> bool:
    """Whether a page has scripts that a browser could run."""
    return answer.kind is AnswerKind.PAGE and b"<script" in answer.body.lower()


def unavailable() -> Unverified | None:
    """Why a list that a script fills cannot be read here; ``None``: a browser is there."""
    why = why_none()
    return None if why is None else _unread(f"需要浏览器才能读取，而本机{why}")


def _unread(reason: str) -> Unverified:
    return Unverified(code=Missing.READER, reason=reason)
