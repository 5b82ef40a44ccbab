"""Captured pages of real sites, served on loopback: what was captured, and nothing else.

Each site has a port of its own. A captured list is served at its own path; sites of which only
articles were captured get an index page made here, with a row for each capture and some rows that
lead to nothing captured. Everything else is refused with 403; robots.txt is not there (404).
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

REAL = Path(__file__).resolve().parents[3] / "shared" / "real-pages"
INDEX = "/xunjian-test-index/"
"""Where the made index page of a site stands."""
MISSING = 6
"""Rows of a made index page that lead to pages nobody captured."""


@dataclass(frozen=True)
class Capture:
    """One captured page and the truth that people read off it."""

    file: str
    path: str
    """Path and query at which it is served."""
    kind: str
    altered: bool
    truth: dict[str, Any]

    @property
    def body(self) -> bytes:
        return (REAL / self.file).read_bytes()


@dataclass
class CapturedSite:
    """One site's captures, where they are served, and what was asked for."""

    name: str
    pages: tuple[Capture, ...]
    port: int = 0
    asked: list[tuple[str, str, str, int]] = field(default_factory=list)
    """(address of the asker, its Host header, path, status)."""

    @property
    def id(self) -> str:
        return self.name.replace(".", "-")[:40]

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def listed(self) -> Capture | None:
        """Its captured list; ``None``: only articles were captured."""
        return next((p for p in self.pages if p.kind == "list"), None)

    @property
    def entrance(self) -> str:
        """Path of the list that leads into the site."""
        return self.listed.path if self.listed else INDEX

    def url(self, page: Capture) -> str:
        return self.root + page.path

    def answer(self, target: str) -> tuple[int, bytes]:
        """Status and body for a path with its query."""
        for page in self.pages:
            if page.path == target:
                return 200, page.body
        if target == INDEX and self.listed is None:
            return 200, self._index().encode()
        return (404, b"") if target == "/robots.txt" else (403, b"not captured")

    def _index(self) -> str:
        shown = [(p.path, p.truth["title"]) for p in self.pages]
        shown += [(f"/not-captured/{n}.html", f"没有采集到的第{n}条信息") for n in range(MISSING)]
        rows = "".join(f'<li><a href="{path}">{title}</a></li>' for path, title in shown)
        return (
            '<html><head><meta charset="utf-8"><title>信息列表</title></head><body>'
            '<div class="head"><a href="/">首页</a></div>'
            f'<div class="list"><ul class="news_list">{rows}</ul></div></body></html>'
        )


def captured_sites() -> list[CapturedSite]:
    """All sites with captures, in the order of the index; empty where there are none."""
    if not (REAL / "index.json").is_file():
        return []
    items = json.loads((REAL / "index.json").read_text(encoding="utf-8"))
    by_site: dict[str, list[Capture]] = {}
    for number, item in enumerate(items):
        known = urlsplit(item["url"] or "")
        name = "" if item["kind"] == "list" else "page.html"
        path = known.path + (f"?{known.query}" if known.query else "")
        page = Capture(
            file=item["file"],
            path=path or f"/a/b/c/{number}/{name}",
            kind=item["kind"],
            altered=item["altered"],
            truth=item["truth"],
        )
        by_site.setdefault(item["site"], []).append(page)
    return [CapturedSite(name, tuple(pages)) for name, pages in by_site.items()]


@contextmanager
def serving(sites: Sequence[CapturedSite]) -> Iterator[None]:
    """Serve the sites, each on a port of its own, while the block runs."""
    loop = asyncio.new_event_loop()
    servers: list[asyncio.Server] = []

    async def begin() -> None:
        for site in sites:
            server = await asyncio.start_server(_served(site), "127.0.0.1", 0)
            site.port = server.sockets[0].getsockname()[1]
            servers.append(server)

    async def end() -> None:
        for server in servers:
            server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    loop.run_until_complete(begin())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


def _served(site: CapturedSite) -> Any:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, target, _ = head.split(" ", 2)
                status, body = site.answer(target)
                lines = head.split("\r\n")
                host = next((x[5:].strip() for x in lines if x.lower().startswith("host:")), "")
                site.asked.append((writer.get_extra_info("peername")[0], host, target, status))
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Type: text/html\r\n"
                    f"Content-Length: {len(body)}\r\n\r\n".encode()
                )
                writer.write(b"" if method == "HEAD" else body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return serve


# --- configuration --------------------------------------------------------------------------------

RATE = {
    "interval_seconds": 0,
    "concurrency": 8,
    "timeout_seconds": 10,
    "retry_after_seconds": 0,
    "retries": 1,
}


def write_config(sites: Sequence[CapturedSite], directory: Path) -> Path:
    """A configuration for some captured sites: one portal each, with the one column it has."""
    columns = {}
    for site in sites:
        column = {"slug": "lb", "name": "信息列表", "url": site.root + site.entrance}
        # A made index page owes nobody freshness; a captured list is held to a news column's.
        columns[site.id] = [{**column, "category": "news" if site.listed else "standing"}]
    documents: dict[str, Any] = {
        "city.yaml": {
            "id": "real",
            "name": "实采页面",
            "office": "测试检查办",
            "judge_from": "2000-01-01",
            "crawl_window": None,
            "user_agent": "xunjian/0.1 (+government website inspection; contact: tests)",
            "rate": RATE,
        },
        "columns.yaml": {
            "categories": [
                {"id": "news", "title": "动态要闻", "cadence": {"days": 14}},
                {"id": "standing", "title": "长期公开"},
            ],
            "site_columns": columns,
        },
        "sites.yaml": {
            "sites": [
                {
                    "id": site.id,
                    "name": site.name,
                    "kind": "portal",
                    "url": site.root + "/",
                    "operator": "office",
                }
                for site in sites
            ]
        },
        "units.yaml": {
            "units": [
                {"id": "office", "name": "测试检查办公室", "short": "检查办", "group": "department"}
            ]
        },
    }
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in documents.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (directory / name).write_text(text, encoding="utf-8")
    return directory
