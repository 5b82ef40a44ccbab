"""Exploring: visits sites politely and tells what they are, for the draft of a configuration.

Same loop, rate, robots.txt and walls as a scan; no database, nothing is kept.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pydantic import HttpUrl
from scrapy.crawler import Crawler

from checks.facts import Missing, Unverified
from config.schema import Rate, Site, SiteKind
from crawler.frontier import Budget
from crawler.plan import Progress, utc_now
from crawler.politeness import TURNS
from crawler.runner import drive, finish
from crawler.scope import Scope, host_key
from crawler.settings import settings
from crawler.spiders.explorer import STOPPED, ExploreSpider
from crawler.survey import Survey
from crawler.urls import canonical

BOUND = 300
"""Requests that exploring one site may take."""
_SITE = "explored"
log = logging.getLogger(__name__)


def explore(
    sites: Sequence[str],
    *,
    bound: int = BOUND,
    config_rate: Rate,
    user_agent: str,
    as_of: datetime,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> tuple[Survey, ...]:
    """A survey of each site, in the order given.

    ``sites``: home addresses, which may lie in a private network: only theirs may. ``bound``:
    requests a site. ``as_of``: aware; a list with later dates is doubted. It ends early, with what is known by then, when ``stop`` is set or on SIGINT or SIGTERM. A site that
    cannot be explored has its reason in ``Survey.missing``; nothing is raised for what a server does.
    """
    news: queue.SimpleQueue[Progress] = queue.SimpleQueue()
    work = _Exploring(sites, bound, config_rate, user_agent, as_of, news.put)
    return drive(work, news, progress, stop)


class _Exploring:
    """The spiders of one exploration, one after the other where they share a host."""

    def __init__(
        self,
        sites: Sequence[str],
        bound: int,
        rate: Rate,
        user_agent: str,
        as_of: datetime,
        tell: Callable[[Progress], None],
    ) -> None:
        self._sites = list(sites)
        self._bound = bound
        self._rate = rate
        self._user_agent = user_agent
        self._as_of = as_of
        self._tell = tell
        self._tasks: list[asyncio.Task[Survey]] = []
        self._stopping = False

    async def all(self) -> tuple[Survey, ...]:
        self._tasks = [asyncio.ensure_future(self._site(site)) for site in self._sites]
        if self._stopping:
            self.stop()
        return tuple(await asyncio.gather(*self._tasks))

    def stop(self) -> None:
        self._stopping = True
        for task in self._tasks:
            task.cancel()

    async def _site(self, asked: str) -> Survey:
        root = canonical(asked)
        if root is None or not host_key(root):
            why = Unverified(code=Missing.NOT_CAPTURED, reason="不是可以访问的网址")
            return _nothing(asked, asked, why)
        scope = Scope([_as_site(root)])
        rate = self._rate
        began = utc_now()
        budget = Budget(
            limit=max(1, self._bound),
            reserve=0.0,
            started=began,
            window_end=began + _patience(self._bound, rate),
            clock=utc_now,
        )
        crawler = Crawler(ExploreSpider, settings(rate))
        job = asyncio.ensure_future(
            crawler.crawl_async(
                site_id=urlsplit(root).netloc,
                scope_id=_SITE,
                root=root,
                scope=scope,
                rate=rate,
                budget=budget,
                user_agent=self._user_agent,
                as_of=self._as_of,
                clock=utc_now,
                tell=self._tell,
            )
        )
        with TURNS.engaged(
            scope.servers(_SITE), interval=rate.interval_seconds, concurrency=rate.concurrency
        ):
            await finish(crawler, job, budget)
        spider = crawler.spider
        if isinstance(spider, ExploreSpider):
            if spider.survey is not None:
                return spider.survey
            return spider.partial(STOPPED)
        return _nothing(asked, root, STOPPED)


def _as_site(root: str) -> Site:
    """What the scope has to know. The address was given by a person: it may be private."""
    return Site(
        id=_SITE,
        name="网站",
        kind=SiteKind.PORTAL,
        url=HttpUrl(root),
        operator="x",
        allow_private=True,
    )


def _patience(bound: int, rate: Rate) -> timedelta:
    """How long exploring may take in all: three times what it takes where the site is well."""
    return timedelta(seconds=bound * 3 * (rate.interval_seconds + 1) + 5 * rate.timeout_seconds)


def _nothing(asked: str, home: str, why: Unverified) -> Survey:
    return Survey(
        asked=asked,
        home=home,
        hosts=(),
        kind=SiteKind.PORTAL,
        kind_reason="没有看到网页",
        missing=why,
    )
