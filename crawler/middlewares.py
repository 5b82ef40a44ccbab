"""Downloader middlewares: the last word before a request goes out.

The spider asks only what it may; these make sure that nothing else in the project can do otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.http import Request, Response

from checks.facts import Missing, Unverified
from crawler.answers import Unfetched
from crawler.frontier import Purpose
from crawler.scope import host_key

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

_OUTSIDE = Unverified(code=Missing.NOT_CAPTURED, reason="不在配置的站点范围内，不予访问")
_UNREAD = Unverified(code=Missing.ROBOTS, reason="尚未读取 robots.txt，不予访问")


class ScopeMiddleware:
    """Only hosts that the configuration names."""

    def __init__(self, spider: Any) -> None:
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ScopeMiddleware:
        return cls(crawler.spider)

    def process_request(self, request: Request) -> Response | None:
        if not self._spider.scope.covers(request.url):
            raise Unfetched(_OUTSIDE, refused=True)
        return None


class RobotsMiddleware:
    """Only what robots.txt allows."""

    def __init__(self, spider: Any) -> None:
        self._spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> RobotsMiddleware:
        return cls(crawler.spider)

    def process_request(self, request: Request) -> Response | None:
        if request.meta["purpose"] is Purpose.ROBOTS:
            return None
        robots = self._spider.asker.robots.get(host_key(request.url))
        refusal = _UNREAD if robots is None else robots.verdict(request.url)
        if refusal is not None:
            raise Unfetched(refusal, refused=True)
        return None
