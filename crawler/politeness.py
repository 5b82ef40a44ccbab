"""Politeness: one rate a host, held by everything in the process that asks it.

Spiders, link checks and probes take a turn here before each request, whatever loop or thread they
run in. A host that answers 429, 503 or 412 again and again is left to rest, then given up for the
scan: what is left of it ends as 未能核实, the host is not hammered.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from checks.facts import Missing, Unverified
from crawler.walls import BY_STATUS, Wall, stands

STRIKES = 3
"""Answers 429, 503 or 412 in a row after which a host rests."""
REFUSALS = 10
"""Answers 403 in a row after which a host that had served us well rests."""
SERVED_WELL = 20
"""Real answers from which on a host has served us well."""
SILENCES = 12
"""Requests in a row without any answer after which a host rests."""
LONGEST_REST = 600.0
"""Longest rest that a host's ``Retry-After`` may ask of us, in seconds."""


@dataclass(slots=True, eq=False)
class _Waiter:
    loop: asyncio.AbstractEventLoop
    turn: asyncio.Future[None]


@dataclass(slots=True, eq=False)
class _Host:
    interval: float
    concurrency: int
    users: int = 0
    """How many are at work with the host."""
    active: int = 0
    ready_at: float = 0.0
    armed: bool = False
    waiters: deque[_Waiter] = field(default_factory=deque)


class Turns:
    """Whose turn it is at each host. Safe to share between threads and event loops."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    def rate(self, host: str, *, interval: float, concurrency: int) -> None:
        """Ask a host no faster than this; of two rates the gentler holds."""
        with self._lock:
            known = self._hosts.get(host)
            if known is None:
                self._hosts[host] = _Host(interval, concurrency)
            else:
                known.interval = max(known.interval, interval)
                known.concurrency = min(known.concurrency, concurrency)

    @contextmanager
    def engaged(
        self, hosts: Collection[str], *, interval: float, concurrency: int
    ) -> Iterator[None]:
        """Work with some hosts at a rate; what an earlier work had set is forgotten once nobody
        is engaged any more."""
        for host in hosts:
            with self._lock:
                known = self._hosts.setdefault(host, _Host(interval, concurrency))
                if not known.users:
                    known.interval, known.concurrency = interval, concurrency
                known.users += 1
            self.rate(host, interval=interval, concurrency=concurrency)
        try:
            yield
        finally:
            with self._lock:
                for host in hosts:
                    self._hosts[host].users -= 1

    def rest(self, host: str, seconds: float) -> None:
        """Ask nothing of a host for so long."""
        with self._lock:
            known = self._hosts.setdefault(host, _Host(0.0, 1))
            known.ready_at = max(known.ready_at, self._clock() + seconds)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for one's turn at a host and hold it for one request."""
        await self._enter(host)
        try:
            yield
        finally:
            self._leave(host)

    async def _enter(self, host: str) -> None:
        with self._lock:
            known = self._hosts.setdefault(host, _Host(0.0, 1))
            now = self._clock()
            if not known.waiters and known.active < known.concurrency and now >= known.ready_at:
                known.active += 1
                known.ready_at = now + known.interval
                return
            loop = asyncio.get_running_loop()
            waiter = _Waiter(loop, loop.create_future())
            known.waiters.append(waiter)
            self._admit(known)
        try:
            await waiter.turn
        except asyncio.CancelledError:
            with self._lock:
                if waiter in known.waiters:
                    known.waiters.remove(waiter)
                elif waiter.turn.done() and not waiter.turn.cancelled():
                    known.active -= 1
                self._admit(known)
            raise

    def _leave(self, host: str) -> None:
        with self._lock:
            known = self._hosts[host]
            known.active -= 1
            self._admit(known)

    def _admit(self, known: _Host) -> None:
        """Give the turn to those who wait, as far as the rate allows (the lock is held)."""
        while known.waiters and known.active < known.concurrency:
            now = self._clock()
            if now < known.ready_at:
                if not known.armed:
                    known.armed = True
                    loop = known.waiters[0].loop
                    loop.call_soon_threadsafe(
                        loop.call_later, known.ready_at - now, self._wake, known
                    )
                return
            waiter = known.waiters.popleft()
            known.active += 1
            known.ready_at = now + known.interval
            waiter.loop.call_soon_threadsafe(self._grant, known, waiter)

    def _wake(self, known: _Host) -> None:
        with self._lock:
            known.armed = False
            self._admit(known)

    def _grant(self, known: _Host, waiter: _Waiter) -> None:
        if not waiter.turn.done():
            waiter.turn.set_result(None)
            return
        with self._lock:
            known.active -= 1
            self._admit(known)


TURNS = Turns()
"""The turns of this process."""


@dataclass(slots=True, eq=False)
class HostHealth:
    """How one host has answered in this scan."""

    strikes: int = 0
    silences: int = 0
    rests: int = 0
    good: int = 0
    """Real answers in this scan."""
    refusals: int = 0
    """Answers 403 in a row."""
    given_up: Unverified | None = None

    def answered(self) -> None:
        """A real answer came: the host is well."""
        self.good += 1
        self.strikes = self.silences = self.rests = self.refusals = 0

    def refused(self) -> bool:
        """It answered 403. One place may be barred; a host that served us well and now refuses
        everything bars us: then whether it should rest now."""
        self.silences = 0
        self.refusals += 1
        if self.good < SERVED_WELL or self.refusals < REFUSALS:
            return False
        self.refusals = 0
        return self._rest(
            stands(Wall.RATE, f"正常访问 {self.good} 次后连续拒绝访问（403），已停止访问")
        )

    def pushed_back(self, status: int) -> bool:
        """It answered 429, 503 or 412; whether it should rest now."""
        self.silences = 0
        self.strikes += 1
        if self.strikes < STRIKES:
            return False
        return self._rest(
            Unverified(
                code=Missing.SERVER, reason="网站连续返回 503，已停止访问；请待网站恢复后重新检测"
            )
            if status == 503
            else stands(BY_STATUS[status][0], f"网站连续返回 {status}，已停止访问")
        )

    def silent(self) -> bool:
        """No answer came; whether it should rest now."""
        self.silences += 1
        if self.silences < SILENCES:
            return False
        return self._rest(
            Unverified(code=Missing.NETWORK, reason=f"网站连续 {SILENCES} 次没有应答，已停止访问")
        )

    def _rest(self, why: Unverified) -> bool:
        self.strikes = self.silences = 0
        self.rests += 1
        if self.rests > 1:
            self.given_up = why
            return False
        return True
