"""A small server on loopback that answers as a test says, and crawls against it."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from config.schema import (
    Catalogue,
    Category,
    City,
    ColumnSpec,
    Config,
    Rate,
    Site,
    SiteKind,
    Unit,
    UnitGroup,
)
from crawler.plan import CrawlPlan, CrawlResult
from crawler.runner import crawl
from storage import db, scans
from storage.evidence import EvidenceStore
from storage.models import ScanKind

AS_OF = datetime(2018, 6, 4, 4, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    at: float
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass
class Reply:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    """Close the connection without an answer."""
    delay: float = 0.0


Answer = str | bytes | Reply | Callable[[Asked], "str | bytes | Reply"]


class Server:
    """Routes by path (with query), then handlers by path alone; what is not there is 404."""

    def __init__(self) -> None:
        self.routes: dict[str, Answer] = {}
        self.handlers: dict[str, Answer] = {}
        self.log: list[Asked] = []
        self.port = 0
        self.most_at_once = 0
        self._now = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, path: str, method: str | None = None) -> list[Asked]:
        return [a for a in self.log if a.path == path and method in (None, a.method)]

    def paths(self) -> list[str]:
        return [a.path for a in self.log]

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        for _ in range(3):  # the tasks end, their transports are closed, the sockets go
            self._loop.run_until_complete(asyncio.sleep(0))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = re.search(r"\r\ncontent-length: *(\d+)", head, re.I)
                body = await reader.readexactly(int(length[1])) if length else b""
                if not await self._answer(head, body, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: str, body: bytes, writer: asyncio.StreamWriter) -> bool:
        first, *lines = head.split("\r\n")
        method, path, _ = first.split(" ", 2)
        headers = {k.lower(): v.strip() for k, _, v in (x.partition(":") for x in lines if x)}
        asked = Asked(time.monotonic(), method, path, headers, body)
        self.log.append(asked)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        absent = Reply(404, b"<title>404</title>not found")
        found = self.routes.get(path) or self.handlers.get(path.partition("?")[0], absent)
        if callable(found):
            found = found(asked)
        reply = found if isinstance(found, Reply) else Reply(body=_bytes(found))
        await asyncio.sleep(reply.delay)
        self._now -= 1
        if reply.drop:
            return False
        body = reply.body
        out = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            **reply.headers,
        }
        lines = [f"HTTP/1.1 {reply.status} X", *(f"{k}: {v}" for k, v in out.items()), "", ""]
        writer.write("\r\n".join(lines).encode())
        if method != "HEAD" and reply.status != 304:
            writer.write(body)
        await writer.drain()
        return True


def _bytes(found: str | bytes) -> bytes:
    return found.encode() if isinstance(found, str) else found


# --- pages ----------------------------------------------------------------------------------------


class Pages:
    """Markup of a plain site."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @staticmethod
    def menu(*columns: tuple[str, str]) -> str:
        items = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in columns)
        return f'<div class="nav"><ul class="menu">{items}</ul></div>'

    def home(self, *columns: tuple[str, str], rows: str = "") -> str:
        return (
            "<html><head><title>中国某市</title></head><body>"
            f'{self.menu(*columns)}<div class="news"><ul>{rows}</ul></div>'
            '<div class="footer"><p>主办：某市人民政府</p></div></body></html>'
        )

    @staticmethod
    def row(url: str, title: str, day: str = "2018-05-30") -> str:
        return f'<li><a href="{url}" title="{title}">{title}</a><span>{day}</span></li>'

    def listing(self, name: str, rows: str, pager: str = "", empty: str = "") -> str:
        return (
            f"<html><head><title>{name}-中国某市</title></head><body>"
            f'<div class="header"><a href="/">首页</a></div>'
            f'<div class="main"><h2>{name}</h2><div class="list"><ul class="news_list">{rows}</ul>{empty}</div>'
            f'<div class="page">{pager}</div></div>'
            '<div class="footer"><p>主办：某市人民政府</p></div></body></html>'
        )

    def rows(self, prefix: str, count: int, start: int = 1) -> str:
        """Distinct rows, each with an article that the server will have."""
        out = []
        for n in range(start, start + count):
            url = f"{prefix}t20180530_{1000 + n}.html"
            title = f"关于做好第{n}项重点工作安排的通知"
            self._server.routes.setdefault(url, self.article(title))
            out.append(self.row(url, title, f"2018-05-{30 - n % 28:02d}"))
        return "".join(out)

    @staticmethod
    def article(title: str, extra: str = "", source: str = "市财政局") -> str:
        text = "".join(
            f"<p>　　第{n}条，各单位要高度重视，按照要求认真抓好落实，确保各项工作取得实效。</p>"
            for n in range(1, 6)
        )
        return (
            f'<html><head><title>{title}</title><meta name="ArticleTitle" content="{title}">'
            f'<meta name="PubDate" content="2018-05-30 09:00"><meta name="ContentSource" content="{source}"></head>'
            f'<body><div class="header"><a href="/">首页</a></div><h1>{title}</h1>'
            f'<div class="info">发布时间：2018-05-30　来源：{source}</div>'
            f'<div id="zoom">{text}{extra}</div></body></html>'
        )


# --- configuration and crawl ----------------------------------------------------------------------

NEWS = Category(id="news", title="动态要闻")
PLAIN = Rate(
    interval_seconds=0,
    concurrency=4,
    timeout_seconds=2,
    retry_after_seconds=0.02,
    retries=1,
)
XXB = Unit(id="xxb", name="某市信息化工作办公室", short="信息办", group=UnitGroup.DEPARTMENT)
CZJ = Unit(
    id="czj",
    name="某市财政局",
    short="财政局",
    aliases=("市财政局",),
    group=UnitGroup.DEPARTMENT,
    catalogue="bm",
)


def column(slug: str, name: str, **more: Any) -> ColumnSpec:
    return ColumnSpec(slug=slug, name=name, category="news", **more)


@dataclass
class Bench:
    """Everything that a crawl against the server needs."""

    server: Server
    page: Pages
    folder: Path
    engine: Engine
    rate: Rate = PLAIN
    columns: tuple[ColumnSpec, ...] = (column("tzgg", "通知公告"), column("zwdt", "政务动态"))
    catalogue: tuple[ColumnSpec, ...] = (
        column("bmjs", "部门介绍", group="概况信息", variants=("单位简介",)),
        column("ldxx", "领导信息", group="概况信息"),
        column("zwdt", "政务动态", group="工作动态"),
    )
    units: tuple[Unit, ...] = (XXB,)
    kind: SiteKind = SiteKind.PORTAL
    site: dict[str, Any] = field(default_factory=dict)
    scan_id: int = 0
    others: tuple[Site, ...] = ()

    def config(self) -> Config:
        site = Site(
            **{
                "id": "s",
                "name": "中国某市",
                "kind": self.kind,
                "url": self.server.root + "/",
                "operator": "xxb",
                "columns": self.columns if self.kind is SiteKind.PORTAL else (),
                **self.site,
            }
        )
        return Config(
            city=City(
                id="c", name="某市", office="某市政府办公室", rate=self.rate, crawl_window=None
            ),
            categories=(NEWS,),
            catalogues=(Catalogue(id="bm", title="政府部门", columns=self.catalogue),),
            sites=(site, *self.others),
            units=self.units,
        )

    def begin(self, full: bool = False) -> int:
        self.scan_id = scans.begin_scan(
            self.engine,
            ScanKind.WEEKLY,
            AS_OF,
            ["s", *(o.id for o in self.others)],
            "x",
            "",
            "1",
            full,
        )
        return self.scan_id

    def plan(self, **more: Any) -> CrawlPlan:
        config = self.config()
        names = {n: u.id for u in self.units for n in (u.name, u.short, *u.aliases)}
        plan = CrawlPlan(
            scan_id=self.scan_id or self.begin(),
            config=config,
            sites=("s", *(o.id for o in self.others)),
            as_of=AS_OF,
            reader="1",
            rules_digest="rules",
            page_hits=lambda _page: {},
            attribute=names.get,
            full=False,
        )
        return replace(plan, **more)

    def crawl(self, **more: Any) -> CrawlResult:
        runs = {k: more.pop(k) for k in ("progress", "stop") if k in more}
        plan = self.plan(**more)
        evidence = EvidenceStore(self.folder / "evidence", self.engine)
        try:
            result = crawl(plan, engine=self.engine, evidence=evidence, **runs)
        finally:
            evidence.close()
        assert all(s.counters.closed for s in result.sites)
        return result

    def again(self, **more: Any) -> CrawlResult:
        """Another scan."""
        self.server.log.clear()
        self.begin()
        return self.crawl(**more)

    # what was stored

    def query(self, sql: str, **params: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql), params).all())

    def seen(self, kind: str) -> dict[str, Any]:
        """Observations of this scan: pages by address, others by key."""
        rows = self.query(
            "select case when s.kind = 'page' then s.url else s.key end as name, o.outcome, o.reason_code,"
            " o.reason, o.unit_id, o.owner_id, o.column_key, o.name_match, v.rows"
            " from observation o join subject s on s.id = o.subject_id"
            " left join version v on v.id = o.version_id where o.scan_id = :scan and s.kind = :kind",
            scan=self.scan_id,
            kind=kind,
        )
        return {row.name: row for row in rows}

    def column(self, key: str) -> Any:
        """A column's reading in this scan."""
        from storage.writer import ScanWriter

        return ScanWriter(self.engine, None, self.scan_id, "s").column_done(key)

    def fates(self) -> dict[str, tuple[str, int | None]]:
        rows = self.query(
            "select url, state, status from link_check where scan_id = :scan", scan=self.scan_id
        )
        return {row.url.removeprefix(self.server.root): (row.state, row.status) for row in rows}


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def page(server: Server) -> Pages:
    return Pages(server)


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def bench(server: Server, page: Pages, tmp_path: Path) -> Iterator[Bench]:
    engine = db.open_engine(f"sqlite:///{tmp_path / 'x.db'}", create=True)
    db.upgrade(engine)
    server.routes["/"] = page.home(("通知公告", "/tzgg/"), ("政务动态", "/zwdt/"))
    server.routes["/tzgg/"] = page.listing("通知公告", page.rows("/tzgg/", 8))
    server.routes["/zwdt/"] = page.listing("政务动态", page.rows("/zwdt/", 8, start=50))
    yield Bench(server, page, tmp_path, engine)
    engine.dispose()


@pytest.fixture
def platform(bench: Bench, server: Server, page: Pages) -> Bench:
    """A platform with three units whose trees are whole."""
    bench.kind = SiteKind.PLATFORM
    units = [CZJ]
    for slug, name in (("jyj", "教育局"), ("mzj", "民政局")):
        units.append(
            Unit(
                id=slug, name=f"某市{name}", short=name, group=UnitGroup.DEPARTMENT, catalogue="bm"
            )
        )
    bench.units = (XXB, *units)
    server.routes["/"] = page.home(*((u.short, f"/{u.id}/") for u in units))
    for unit in units:
        server.routes[f"/{unit.id}/"] = tree_page(page, unit.id, unit.short)
        for number, slug in enumerate(("bmjs", "ldxx", "zwdt")):
            path = f"/{unit.id}/{slug}/"
            server.routes[path] = page.listing(slug, page.rows(path, 5, start=100 * number))
    return bench


def tree_page(page: Pages, unit: str, name: str, without: tuple[str, ...] = ()) -> str:
    """A unit's root: its catalogue as a tree."""
    groups = {
        "概况信息": [("部门介绍", "bmjs"), ("领导信息", "ldxx")],
        "工作动态": [("政务动态", "zwdt")],
    }
    tree = "".join(
        f"<dt>{group}</dt>"
        + "".join(
            f'<dd><a href="/{unit}/{slug}/">{column}</a></dd>'
            for column, slug in columns
            if column not in without
        )
        for group, columns in groups.items()
    )
    return (
        f"<html><head><title>{name}</title></head><body>{page.menu(('首页', '/'), ('公开指南', '/zn/'))}"
        f'<div class="left"><h3>公开目录</h3><dl class="tree">{tree}</dl></div>'
        f'<div class="right"><h2>{name}</h2><p>欢迎访问{name}信息公开目录</p></div></body></html>'
    )


@pytest.fixture
def make_tree() -> Callable[..., str]:
    return tree_page


@pytest.fixture
def make_column() -> Callable[..., ColumnSpec]:
    return column
