"""The frontier: Scrapy's scheduler for one site.

Holds what is to be asked, the most wanted first, and gives nothing out once the budget or the
window has ended: what is left then is answered as left, not dropped.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from scrapy.core.scheduler import BaseScheduler
from scrapy.http import Request

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class Purpose(IntEnum):
    """What a request is for, in the order of work (the smaller the sooner)."""

    ROBOTS = 0
    HOME = 1
    TREE = 2
    LIST = 3
    CONFIRM = 4
    """A second look at a list that would be blank."""
    FRESH = 5
    """A new or changed article."""
    OLD = 6
    """An article that was read before, the longest unchecked first."""
    LINK = 7
    """Links, pictures and attachments: a share of the budget is kept for them."""


class Budget:
    """How many requests a site may still cost, and until when."""

    def __init__(
        self,
        *,
        limit: int,
        reserve: float,
        started: datetime,
        window_end: datetime | None,
        clock: Callable[[], datetime],
    ) -> None:
        self.limit = limit
        self.window_end = window_end
        self.asked = 0
        self.stopped = False
        """Set from outside: nothing more is to be asked."""
        self._clock = clock
        self._articles_limit = limit - int(limit * reserve)
        self._articles_end = (
            window_end - (window_end - started) * reserve if window_end is not None else None
        )

    @property
    def window_ended(self) -> bool:
        return self.stopped or (self.window_end is not None and self._clock() >= self.window_end)

    def allows(self, purpose: Purpose) -> bool:
        """Whether one more request for this purpose may be asked now."""
        if self.asked >= self.limit or self.window_ended:
            return False
        if purpose in (Purpose.FRESH, Purpose.OLD):
            late = self._articles_end is not None and self._clock() >= self._articles_end
            return self.asked < self._articles_limit and not late
        return True


class Frontier(BaseScheduler):
    """Request meta used: ``purpose``, ``order`` (within the purpose), ``left`` (called if left)."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._heap: list[tuple[int, float, int, Request]] = []
        self._count = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        spider: Any = crawler.spider
        return cls(spider.budget)

    def has_pending_requests(self) -> bool:
        return bool(self._heap)

    def enqueue_request(self, request: Request) -> bool:
        meta = request.meta
        self._count += 1
        heapq.heappush(self._heap, (meta["purpose"], meta["order"], self._count, request))
        return True

    def next_request(self) -> Request | None:
        while self._heap:
            request = heapq.heappop(self._heap)[3]
            if self._budget.allows(request.meta["purpose"]):
                self._budget.asked += 1
                return request
            request.meta["left"]()
        return None

    def __len__(self) -> int:
        return len(self._heap)
