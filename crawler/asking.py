"""Asking: one address in, one answer out.

Follows redirects by hand, tries again later, keeps the accounts, and knows how each host behaves:
its robots.txt, what it says for a missing page, and when it wants to be left alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Protocol

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from checks.facts import Missing, Unverified
from config.schema import Rate
from crawler.answers import (
    GONE_STATUSES,
    PUSHBACK,
    Answer,
    AnswerKind,
    Calibration,
    Unfetched,
    outcome,
)
from crawler.download import WINDOW_ENDED
from crawler.frontier import Budget, Purpose
from crawler.plan import Counters
from crawler.politeness import LONGEST_REST, TURNS, HostHealth
from crawler.robots import MAX_ROBOTS, Robots
from crawler.scope import Scope, host_key, server_key

MAX_HOPS = 6
"""Redirects that are followed from one address."""
ABSENT_PATH = "/xunjian-absent-7f3a91c4.html"
"""A path that surely does not exist, to learn how a host says so."""

ENDLESS = Unverified(code=Missing.SERVER, reason="网页反复跳转，始终没有到达页面")
"""An address leads round and round."""
_UNFORESEEN = Unverified(code=Missing.NOT_CAPTURED, reason="程序内部出错，未能读取")
log = logging.getLogger(__name__)


class Engine(Protocol):
    """The part of Scrapy's engine that is used."""

    def crawl(self, request: Request) -> None: ...


class Asker:
    """Asks on behalf of one site's spider, within its scope, budget and rate."""

    def __init__(
        self,
        *,
        scope: Scope,
        rate: Rate,
        budget: Budget,
        engine: Callable[[], Engine],
        clock: Callable[[], datetime],
        count: Callable[..., None],
    ) -> None:
        self.counters = Counters()
        self.robots: dict[str, Robots] = {}
        self._scope = scope
        self._rate = rate
        self._budget = budget
        self._engine = engine
        self._clock = clock
        self._count = count
        self._health: dict[str, HostHealth] = {}
        self._knowing: dict[str, asyncio.Task[Calibration]] = {}
        self._asking_robots: dict[str, asyncio.Task[Robots]] = {}

    # -- one address -----------------------------------------------------------------------

    async def ask(
        self,
        url: str,
        purpose: Purpose,
        *,
        order: float = 0.0,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        first_bytes: int | None = None,
        retries: int | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """The answer for a canonical address; never raises for what a server does.

        ``retries``: further attempts in this very call, each after the configured rest (default:
        as configured). ``headers``: conditional headers for the first request. ``body``: a form
        for a list endpoint; where that redirects, it is not followed.
        """
        left = self._rate.retries if retries is None else retries
        attempt = 1
        while True:
            answer = await self._follow(url, purpose, order, method, headers, first_bytes, body)
            answer = replace(answer, attempts=attempt)
            if not answer.again or left <= 0:
                break
            left -= 1
            attempt += 1
            if not await self.rest():
                break
            order += 1_000.0
        if attempt > 1 and answer.kind not in (AnswerKind.FAILED, AnswerKind.LEFT):
            self.answered_later()
        return answer

    def answered_later(self) -> None:
        """An address that had failed was answered in the same scan."""
        self.counters.retried_ok += 1
        self._count(retried_ok=1)

    async def rest(self) -> bool:
        """Wait as long as a failed address rests; ``False`` when the window ends meanwhile."""
        end = asyncio.get_running_loop().time() + self._rate.retry_after_seconds
        while not self._budget.window_ended:
            remaining = end - asyncio.get_running_loop().time()
            if remaining <= 0:
                return True
            await asyncio.sleep(min(remaining, 1.0))
        return False

    async def _follow(
        self,
        url: str,
        purpose: Purpose,
        order: float,
        method: str,
        headers: Mapping[str, str] | None,
        first_bytes: int | None,
        body: bytes | None,
    ) -> Answer:
        target = url
        been: Counter[str] = Counter()
        for hop in range(MAX_HOPS):
            been[target] += 1
            answer = await self._once(
                target, purpose, order, method, headers if hop == 0 else None, first_bytes, body
            )
            answer = replace(answer, url=url)
            if answer.kind is not AnswerKind.REDIRECT or answer.target is None or body is not None:
                return answer
            if not self._scope.covers(answer.target):
                return answer
            target = answer.target
            if been[target] > 1:  # once more is allowed: some gates only set a cookie
                break
        return replace(answer, kind=AnswerKind.FAILED, missing=ENDLESS, final=True)

    async def _once(
        self,
        url: str,
        purpose: Purpose,
        order: float,
        method: str,
        headers: Mapping[str, str] | None,
        first_bytes: int | None,
        body: bytes | None,
    ) -> Answer:
        host = host_key(url)
        if purpose is not Purpose.ROBOTS and host not in self.robots:
            await self.read_robots(host, url)
        health = self._health.setdefault(host, HostHealth())
        if health.given_up is not None:
            return self._closed(url, AnswerKind.REFUSED, missing=health.given_up)
        turn: asyncio.Future[Response | Unverified | Unfetched] = (
            asyncio.get_running_loop().create_future()
        )
        meta: dict[str, Any] = {
            "purpose": purpose,
            "order": order,
            "left": partial(_settle, turn, WINDOW_ENDED),
            "max_bytes": MAX_ROBOTS if purpose is Purpose.ROBOTS else self._rate.max_bytes,
            "first_bytes": first_bytes,
            "timeout": self._rate.timeout_seconds,
            "headers": headers,
            "verbatim_url": True,
        }
        self._engine().crawl(
            Request(
                url,
                method=method,
                body=body or b"",
                meta=meta,
                dont_filter=True,
                callback=partial(_settle, turn),
                errback=partial(_fail, turn),
            )
        )
        reply = await turn
        if isinstance(reply, Unverified):
            return self._left(url, reply)
        if isinstance(reply, Unfetched):
            return self._without(url, reply, host, health)
        return self._with(url, method, reply, host, health)

    def _without(self, url: str, reply: Unfetched, host: str, health: HostHealth) -> Answer:
        if reply.refused:
            self._budget.asked -= 1
            if reply.missing.code is Missing.NOT_REACHED:
                return self._left(url, reply.missing)
            return self._closed(url, AnswerKind.REFUSED, missing=reply.missing)
        if reply.missing.code is Missing.NETWORK and health.silent():
            self._let_rest(host, self._rate.retry_after_seconds)
        return self._closed(
            url, AnswerKind.FAILED, missing=reply.missing, unconnected=reply.unconnected
        )

    def _with(
        self, url: str, method: str, response: Response, host: str, health: HostHealth
    ) -> Answer:
        headers = {
            key.decode("latin-1").lower(): b", ".join(values).decode("utf-8", errors="replace")
            for key, values in response.headers.items()
        }
        kind, missing, target = outcome(
            response.status, headers, response.body, url, bodiless=method == "HEAD"
        )
        if response.status in PUSHBACK:
            if health.pushed_back(response.status):
                self._let_rest(
                    host, _retry_after(headers, self._clock()) or self._rate.retry_after_seconds
                )
        elif response.status == 403:
            if health.refused():
                self._let_rest(host, self._rate.retry_after_seconds)
        else:
            health.answered()
        return self._closed(
            url,
            kind,
            missing=missing,
            status=response.status,
            headers=headers,
            body=response.body,
            target=target,
        )

    def _left(self, url: str, missing: Unverified) -> Answer:
        """Not asked, and no request: it does not enter the accounts."""
        return Answer(
            url=url, final_url=url, kind=AnswerKind.LEFT, at=self._clock(), missing=missing
        )

    def _let_rest(self, host: str, seconds: float) -> None:
        seconds = min(seconds, LONGEST_REST)
        if self._budget.window_end is not None:
            until = (self._budget.window_end - self._clock()).total_seconds()
            seconds = max(0.0, min(seconds, until))
        TURNS.rest(host.removeprefix("www."), seconds)

    def _closed(self, url: str, kind: AnswerKind, **what: Any) -> Answer:
        """Enter one request in the accounts."""
        answer = Answer(url=url, final_url=url, kind=kind, at=self._clock(), **what)
        column = _ACCOUNT[kind]
        size = len(answer.body)
        self.counters.requests += 1
        setattr(self.counters, column, getattr(self.counters, column) + 1)
        self.counters.bytes += size
        self._count(**{"requests": 1, column: 1, "bytes": size})
        return answer

    # -- what a host is like ---------------------------------------------------------------

    async def read_robots(self, host: str, url: str) -> Robots:
        """Read a host's robots.txt once a scan, and obey its delay."""
        known = self.robots.get(host)
        if known is not None:
            return known
        task = self._asking_robots.get(host)
        if task is None:
            task = asyncio.ensure_future(self._learn_robots(host, url))
            self._asking_robots[host] = task
        return await task

    async def _learn_robots(self, host: str, url: str) -> Robots:
        server = server_key(url)
        TURNS.rate(server, interval=self._rate.interval_seconds, concurrency=self._rate.concurrency)
        found = await self._robots(url) if self._rate.robots else Robots.open_to_all()
        if found.delay:
            TURNS.rate(server, interval=found.delay, concurrency=1)
        self.robots[host] = found
        return found

    async def _robots(self, url: str) -> Robots:
        scheme, _, rest = url.partition("://")
        where = f"{scheme}://{rest.partition('/')[0]}/robots.txt"
        answer = await self.ask(where, Purpose.ROBOTS, first_bytes=MAX_ROBOTS)
        if answer.kind is AnswerKind.PAGE:
            return Robots.parse(answer.body)
        if answer.kind in (AnswerKind.GONE, AnswerKind.REDIRECT):
            return Robots.open_to_all()
        status = answer.status
        if status is not None and 400 <= status < 500 and status not in (401, 403, 412, 429):
            return Robots.open_to_all()
        why = answer.missing.reason if answer.missing else ""
        if status is None and answer.missing is not None:
            code = answer.missing.code if answer.unconnected else Missing.ROBOTS
            return Robots.unreadable(f"无法访问网站：{why}", code)
        return Robots.unreadable(f"robots.txt 无法读取（{why}），未获许可，不予访问")

    async def calibration(self, url: str) -> Calibration:
        """How the address's host answers for a page that does not exist; asked once a scan."""
        host = host_key(url)
        task = self._knowing.get(host)
        if task is None:
            task = self._knowing[host] = asyncio.ensure_future(self._calibrate(url))
        return await task

    async def _calibrate(self, url: str) -> Calibration:
        scheme, _, rest = url.partition("://")
        absent = f"{scheme}://{rest.partition('/')[0]}{ABSENT_PATH}"
        return Calibration.of(await self.ask(absent, Purpose.HOME, retries=0))


_ACCOUNT = {
    AnswerKind.PAGE: "fetched",
    AnswerKind.GONE: "fetched",
    AnswerKind.REDIRECT: "fetched",
    AnswerKind.UNCHANGED: "not_modified",
    AnswerKind.FAILED: "failed",
    AnswerKind.REFUSED: "skipped",
}


def is_hard_gone(answer: Answer) -> bool:
    """Gone by status, not by the look of the page."""
    return answer.status in GONE_STATUSES


def _settle(turn: asyncio.Future[Any], reply: object) -> None:
    if not turn.done():
        turn.set_result(reply)


def _fail(turn: asyncio.Future[Any], failure: Failure) -> None:
    error = failure.value
    if not isinstance(error, Unfetched):
        log.error("a request failed in an unforeseen way", exc_info=error)
        error = Unfetched(_UNFORESEEN)
    _settle(turn, error)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that the server asks to be left alone; ``None`` when it names none."""
    value = headers.get("retry-after", "").strip()
    if value.isdigit():
        return min(float(value), LONGEST_REST)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (TypeError, ValueError):
        return None
