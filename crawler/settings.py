"""Scrapy's settings: the engine with our own scheduler, download handler and middlewares.

Retrying, redirects, cookies, compression, robots and duplicates are handled by our own rooms,
where they can be proven; what Scrapy brings for them is switched off.
"""

from __future__ import annotations

from typing import Any

from scrapy.logformatter import LogFormatter

from config.schema import Rate

BOT_NAME = "xunjian"


class QuietLog(LogFormatter):
    """Says nothing about each response: the accounts do."""

    def crawled(self, request: Any, response: Any, spider: Any) -> Any:
        return None


def settings(rate: Rate) -> dict[str, Any]:
    """The settings for one site's crawl."""
    return {
        "BOT_NAME": BOT_NAME,
        "TWISTED_REACTOR_ENABLED": False,
        "SCHEDULER": "crawler.frontier.Frontier",
        "DOWNLOAD_HANDLERS_BASE": {},
        "DOWNLOAD_HANDLERS": {
            "http": "crawler.download.PoliteHandler",
            "https": "crawler.download.PoliteHandler",
        },
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "DOWNLOADER_MIDDLEWARES": {
            "crawler.middlewares.ScopeMiddleware": 100,
            "crawler.middlewares.RobotsMiddleware": 200,
        },
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "ITEM_PIPELINES": {},
        # Scrapy starts so many tasks for each response, whatever its callback gives.
        "CONCURRENT_ITEMS": 1,
        "CONCURRENT_REQUESTS": rate.concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": rate.concurrency,
        "DOWNLOAD_DELAY": 0,
        "LOG_ENABLED": False,
        "LOG_FORMATTER": "crawler.settings.QuietLog",
        "STATS_DUMP": False,
        "TELNETCONSOLE_ENABLED": False,
    }
