"""The runner: crawls sites with Scrapy, as often as a long-lived process likes.

One event loop in one daemon thread serves every crawl of the process, so that hosts keep one rate.
The caller's thread waits, hears of progress, and may stop the crawl at any moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from scrapy.crawler import Crawler
from sqlalchemy import Engine

from checks.facts import Unverified
from config.schema import SiteKind
from crawler.browser import Chromium
from crawler.frontier import Budget
from crawler.past import load_past
from crawler.plan import Counters, CrawlPlan, CrawlResult, Progress, SiteResult
from crawler.politeness import TURNS
from crawler.reading import COLLECT, Readers
from crawler.scope import Scope
from crawler.settings import settings
from crawler.spiders.base import BROKE_OFF, Shared, SiteSpider
from crawler.spiders.platform import PlatformSpider
from crawler.spiders.portal import PortalSpider
from storage.db import StorageError
from storage.evidence import EvidenceStore
from storage.models import SiteState
from storage.writer import ScanWriter

log = logging.getLogger(__name__)
SPIDERS: dict[SiteKind, type[SiteSpider]] = {
    SiteKind.PORTAL: PortalSpider,
    SiteKind.PLATFORM: PlatformSpider,
}
T_co = TypeVar("T_co", covariant=True)
_TICK = 0.02
"""Seconds between two looks at progress and at the wish to stop."""

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def _running_loop() -> asyncio.AbstractEventLoop:
    """The loop of this process, started at the first use; uvloop where it is installed."""
    global _loop
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = _new_loop()
            threading.Thread(target=_loop.run_forever, name="crawler", daemon=True).start()
        return _loop


def _new_loop() -> asyncio.AbstractEventLoop:
    if sys.platform != "win32":
        with contextlib.suppress(ImportError):
            import uvloop

            return uvloop.new_event_loop()
    return asyncio.new_event_loop()


class _Run:
    """One crawl: its spiders, and the wish to stop."""

    def __init__(
        self,
        plan: CrawlPlan,
        engine: Engine,
        evidence: EvidenceStore | None,
        tell: Callable[[Progress], None],
    ) -> None:
        self._plan = plan
        self._engine = engine
        self._evidence = evidence if plan.keep_evidence else None
        self._tell = tell
        self._tasks: list[asyncio.Task[SiteResult]] = []
        self._stopping = False

    async def all(self) -> CrawlResult:
        plan = self._plan
        scope = Scope(s for s in plan.config.sites if s.enabled or s.id in plan.sites)
        browser = Chromium(plan.config.city.user_agent)
        shared = Shared(readers=Readers(plan.page_hits), browser=browser)
        self._tasks = [
            asyncio.ensure_future(self._site(site_id, scope, shared)) for site_id in plan.sites
        ]
        if self._stopping:
            self.stop()
        # Every site ends in order, also when the database failed another.
        try:
            ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        finally:
            await browser.close()
            await shared.readers.close()
            await shared.files.close()
        results = []
        for site_id, one in zip(plan.sites, ended, strict=True):
            if isinstance(one, asyncio.CancelledError):
                results.append(_interrupted(site_id, Counters()))
            elif isinstance(one, BaseException):
                raise one
            else:
                results.append(one)
        return CrawlResult(sites=tuple(results))

    def stop(self) -> None:
        """End at once, in order (called in the loop's thread)."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()

    async def _site(self, site_id: str, scope: Scope, shared: Shared) -> SiteResult:
        plan = self._plan
        config = plan.config
        site, rate = config.site(site_id), config.rate(site_id)
        writer = ScanWriter(self._engine, self._evidence, plan.scan_id, site_id)
        budget = Budget(
            limit=rate.max_requests,
            reserve=config.city.reserve_share,
            started=plan.clock(),
            window_end=plan.window_end,
            clock=plan.clock,
        )
        crawler = Crawler(SPIDERS[site.kind], settings(rate))
        job = asyncio.ensure_future(
            crawler.crawl_async(
                plan=plan,
                site=site,
                scope=scope,
                budget=budget,
                writer=writer,
                evidence=self._evidence,
                past=load_past(self._engine, site_id),
                shared=shared,
                tell=self._tell,
            )
        )
        at_rate = TURNS.engaged(
            scope.servers(site_id), interval=rate.interval_seconds, concurrency=rate.concurrency
        )
        with at_rate:
            try:
                await finish(crawler, job, budget)
            except StorageError:
                raise
            except Exception:
                log.exception("crawl of %s broke off", site_id)
        return self._result(site_id, crawler, writer)

    def _result(self, site_id: str, crawler: Crawler, writer: ScanWriter) -> SiteResult:
        spider = crawler.spider
        counters = Counters()
        if isinstance(spider, SiteSpider):
            if spider.failure is not None:
                raise spider.failure
            if spider.result is not None:
                return spider.result
            counters = spider.asker.counters
        why = None
        if not self._stopping:
            log.error("crawl of %s ended without a result", site_id)
            why = BROKE_OFF
        writer.finish(SiteState.INTERRUPTED, why)
        return _interrupted(site_id, counters, why)


async def finish(crawler: Crawler, job: asyncio.Task[None], budget: Budget) -> None:
    """Wait for a site's crawl, or end it when this task is cancelled."""
    try:
        await asyncio.shield(job)
    except asyncio.CancelledError:
        budget.stopped = True
        spider: Any = crawler.spider
        if spider is not None:
            for hurry in spider.hurry:
                hurry()
            await crawler.stop_async()
        else:
            job.cancel()
        await asyncio.wait([job])


def _interrupted(site_id: str, counters: Counters, why: Unverified | None = None) -> SiteResult:
    return SiteResult(
        site_id=site_id, state=SiteState.INTERRUPTED, reason=why, counters=counters, seconds=0.0
    )


def crawl(
    plan: CrawlPlan,
    *,
    engine: Engine,
    evidence: EvidenceStore | None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> CrawlResult:
    """Crawl the plan's sites and return how each ended.

    ``progress`` is called in the caller's thread. The crawl ends early, in order and resumable,
    when ``stop`` is set, or on SIGINT or SIGTERM where the caller is the main thread; its sites
    are then ``INTERRUPTED``. So is a site whose crawl broke off by an error of ours, with its
    reason; the others go on. Raises ``StorageError`` when the database or the disk fails.
    """
    news: queue.SimpleQueue[Progress] = queue.SimpleQueue()
    return drive(_Run(plan, engine, evidence, news.put), news, progress, stop)


class Work(Protocol[T_co]):
    """Something that is done in the crawler's loop."""

    async def all(self) -> T_co: ...

    def stop(self) -> None:
        """End at once, in order (called in the loop's thread)."""


def drive(
    work: Work[T_co],
    news: queue.SimpleQueue[Progress],
    progress: Callable[[Progress], None] | None,
    stop: threading.Event | None,
) -> T_co:
    """Do ``work`` in the crawler's loop and wait for it in the caller's thread, as ``crawl`` says."""
    loop = _running_loop()
    once = threading.Lock()

    def end_now() -> None:
        if once.acquire(blocking=False):
            loop.call_soon_threadsafe(work.stop)

    with _signals(end_now), _collecting_seldom():
        # Before the work begins: a small one may be over before this thread looks again.
        if stop is not None and stop.is_set():
            end_now()
        future = asyncio.run_coroutine_threadsafe(work.all(), loop)
        while not _done(future):
            if stop is not None and stop.is_set():
                end_now()
            _pass_on(news, progress)
        _pass_on(news, progress)
    return future.result()


@contextlib.contextmanager
def _collecting_seldom() -> Iterator[None]:
    """A crawl makes many records and few cycles: those that stay are not walked again and again in
    search of any."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*COLLECT)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _done(future: Future[Any]) -> bool:
    with contextlib.suppress(TimeoutError):
        future.exception(timeout=_TICK)
        return True
    return future.done()


def _pass_on(
    news: queue.SimpleQueue[Progress], progress: Callable[[Progress], None] | None
) -> None:
    """Hand on the newest word of each site."""
    latest: dict[str, Progress] = {}
    with contextlib.suppress(queue.Empty):
        while True:
            word = news.get_nowait()
            latest[word.site_id] = word
    if progress is not None:
        for word in latest.values():
            progress(word)


@contextlib.contextmanager
def _signals(end_now: Callable[[], None]) -> Iterator[None]:
    """Take SIGINT and SIGTERM for the wish to stop, as long as the crawl runs."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda *_: end_now())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
