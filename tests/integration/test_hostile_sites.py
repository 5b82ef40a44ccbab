"""Sites that mean harm: the scan stays bounded, accuses nobody, asks nobody else, and the other
site's scan is done."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text

from storage import scans
from storage.db import reading
from tests.integration.scanning import ROOT, Office

MB = 1_000_000
TIMEOUT = 1.5
PATIENT = {"interval_seconds": 0, "timeout_seconds": 20, "retries": 2, "retry_after_seconds": 0}
"""Seconds that the scan gives one request here."""
LONGEST = 80.0
"""Seconds that the scan of all the sites may take; each request alone is bounded far below."""
MOST_MEMORY = 900 * MB
"""Bytes that the scanning process may hold at its peak."""


# --- servers --------------------------------------------------------------------------------------

Play = Callable[["Asked"], AsyncIterator[bytes]]
"""What a server writes, raw, to one request."""


@dataclass(frozen=True)
class Asked:
    path: str
    number: int
    """How many requests this path had before."""
    headers: str


@dataclass
class Server:
    """One port on loopback, which writes whatever its plays yield."""

    plays: dict[str, Play] = field(default_factory=dict)
    otherwise: Play | None = None
    log: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ", 2)[1]
            play = self.plays.get(path) or self.plays.get(path.partition("?")[0])
            asked = Asked(path, self.log.count(path), head)
            self.log.append(path)
            async for piece in (play or self.otherwise or missing)(asked):
                writer.write(piece)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, IndexError):
            self.log.append("?")
        finally:
            writer.close()


class Servers:
    """All the servers of these tests, in one thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._made: list[asyncio.Server] = []

    def open(self, server: Server, host: str = "127.0.0.1", port: int = 0) -> Server:
        async def begin() -> int:
            made = await asyncio.start_server(server.serve, host, port)
            self._made.append(made)
            return int(made.sockets[0].getsockname()[1])

        server.port = asyncio.run_coroutine_threadsafe(begin(), self._loop).result(10)
        return server

    def close(self) -> None:
        async def end() -> None:
            for made in self._made:
                made.close()
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


def head(
    status: int = 200,
    kind: str = "text/html; charset=utf-8",
    length: int | None = None,
    **more: str,
) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}", "Connection: close"]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in more.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def says(body: str | bytes, status: int = 200, **more: Any) -> Play:
    data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body

    async def play(_asked: Asked) -> AsyncIterator[bytes]:
        yield head(status, length=len(data), **more) + data

    return play


def raw(*pieces: bytes, pause: float = 0.0) -> Play:
    async def play(_asked: Asked) -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece
            await asyncio.sleep(pause)

    return play


def endless(piece: bytes, pause: float = 0.0, **more: Any) -> Play:
    async def play(_asked: Asked) -> AsyncIterator[bytes]:
        yield head(**more)
        while True:
            yield piece
            await asyncio.sleep(pause)

    return play


missing = says("<title>404</title>not found", 404)


def leads(target: str) -> Play:
    return says("", 302, Location=target)


# --- pages ----------------------------------------------------------------------------------------


def page(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def article(title: str = "关于做好重点工作安排的通知", extra: str = "") -> str:
    words = "<p>　　各单位要高度重视，按照要求认真抓好落实，确保各项工作取得实效。</p>" * 5
    return (
        f'<html><head><title>{title}</title><meta name="ArticleTitle" content="{title}">'
        '<meta name="PubDate" content="2018-05-30 09:00"><meta name="ContentSource" content="信息办">'
        f'</head><body><h1>{title}</h1><div class="info">发布时间：2018-05-30　来源：信息办</div>'
        f'<div id="zoom">{words}{extra}</div></body></html>'
    )


def rows(prefix: str, count: int = 8, start: int = 0) -> str:
    return "".join(
        f'<li><a href="{prefix}t20180530_{n}.html">关于做好第{n}项重点工作安排的通知</a>'
        "<span>2018-05-30</span></li>"
        for n in range(start, start + count)
    )


def listing(items: str, pager: str = "", before: str = "") -> str:
    return page(
        "通知公告-中国某市",
        f'{before}<div class="main"><h2>通知公告</h2><ul class="news_list">{items}</ul>'
        f'<div class="page">{pager}</div></div>',
    )


def menu(*columns: tuple[str, str]) -> str:
    items = "".join(f'<li><a href="{url}">{name}</a></li>' for name, url in columns)
    return f'<div class="nav"><ul class="menu">{items}</ul></div>'


def bomb(size: int, wbits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    piece = b"<p>" + b" " * 999_997
    return b"".join(packer.compress(piece) for _ in range(size // MB)) + packer.flush()


# --- misbehaviour, one class a kind ---------------------------------------------------------------


class Bodies:
    """Answers that are too large, too slow, or no HTTP."""

    plays: dict[str, Play] = {  # noqa: RUF012
        "gzip": says(bomb(400, 31), Content_Encoding="gzip"),
        "gzip-in-gzip": says(gzip.compress(bomb(400, 31)), Content_Encoding="gzip, gzip"),
        "deflate": says(bomb(400, 15), Content_Encoding="deflate"),
        "br": says(b"\x5b\xff\xff\xff" * 10, Content_Encoding="br"),
        "zstd": says(b"\x28\xb5\x2f\xfd" * 10, Content_Encoding="zstd"),
        "not-gzip": says(b"<html>plain</html>", Content_Encoding="gzip"),
        "endless": endless(b"<p>x</p>" * 8000),
        "endless-chunks": endless(b"1\r\nx\r\n", Transfer_Encoding="chunked"),
        "drip": endless(b"x", pause=1.0),
        "drip-header": raw(b"HTTP/1.1 200 X\r\n", *[b"a", b"b", b"c"] * 9, pause=1.0),
        "large": says(b"<p>" * (50 * MB // 3)),
        "says-large": raw(head(length=10**18) + b"<html>"),
        "short": raw(head(length=100_000) + listing(rows("/short/")).encode()),
        "negative": raw(b"HTTP/1.1 200 X\r\nContent-Length: -5\r\n\r\nabc"),
        "chunk-garbage": raw(head(Transfer_Encoding="chunked") + b"zz\r\ngarbage\r\n0\r\n\r\n"),
        "http-0-9": raw(b"<html><body>hello</body></html>"),
        "tls": raw(b"\x15\x03\x01\x00\x02\x02\x28"),
        "nothing": raw(),
        "long-header": raw(b"HTTP/1.1 200 X\r\nX: " + b"a" * 300_000 + b"\r\n\r\n"),
        "many-headers": raw(b"HTTP/1.1 200 X\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n"),
        "early": raw(b"HTTP/1.1 103 Early\r\n\r\n" * 2000, pause=0.01),
        "partial": says(listing(rows("/partial/", 1)), 206, Content_Range="bytes 0-99/9999"),
        "range": says("", 416),
        "no-content": raw(b"HTTP/1.1 204 X\r\nConnection: close\r\n\r\n"),
        "reset": raw(b"HTTP/1.1 205 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"),
        "unchanged": raw(b"HTTP/1.1 304 X\r\nETag: \"a\"\r\nConnection: close\r\n\r\n"),
        "picture": says(b"\x89PNG\r\n\x1a\n" * 99, kind="image/png"),
        "json": says("{}", kind="application/json"),
        "lying-kind": says(bytes(range(256)) * 999, kind="text/html"),
    }  # fmt: skip


class Markup:
    """Pages made to be slow or to be misread."""

    plays: dict[str, Play] = {  # noqa: RUF012
        "angles": says("<" * 199_000),
        "scripts": says("<script>" * 20_000),
        "comments": says("<!--" * 40_000),
        "metas": says("<meta http-equiv=refresh " * 790),
        "deep": says("<div>" * 100_000),
        "open": says("<p>" + "".join(f"<b id={n}>" for n in range(900)) + "<p>x" * 3000),
        "options": says("<select>" + "<option>1" * 200_000),
        "links": says(page("x", "".join(f"<a href=/l/{n}.html>更多</a>" for n in range(200_000)))),
        "title": says(page("甲" * 350_000, "x")),
        "nul": says(page("a\0b", "\0" * 10_000)),
        "surrogate": says(
            '<script>var listData={articleList:[{"title":"\\ud800甲乙丙丁戊","url":"/a\\udc00.html",'
            '"pubDate":"2018-05-30"}]}</script>'
        ),
    }


class Redirects:
    """Ways out of the site, which nobody takes."""

    def __init__(self, canary: int) -> None:
        self.outside = [
            f"http://{host}:{canary}/out"
            for host in (
                *("127.0.0.1", "localhost", "localhost.", "127.1", "2130706433", "0x7f000001"),
                *("0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1.", "①②⑦.0.0.1"),
            )
        ] + [
            *("http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://0/"),
            *("file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "gopher://127.0.0.1/"),
            *(f"//127.0.0.1:{canary}/", f"http://a@127.0.0.1:{canary}/", f"\\\\127.0.0.1:{canary}\\x"),
            *("http://", "http://[", "http://a:99999/", "//", "http://%00/", "http://a\x00b/"),
        ]  # fmt: skip
        self.plays: dict[str, Play] = {
            f"out-{n}": leads(url.encode("ascii", "ignore").decode().replace("\0", ""))
            for n, url in enumerate(self.outside)
        }
        self.plays |= {
            f"refresh-{n}": says(f'<meta http-equiv="refresh" content="0;url={url}">')
            for n, url in enumerate(self.outside[:8])
        }
        self.plays["loop"] = leads("/loop/")
        self.plays["pair"] = leads("/pair2/")
        self.plays["pair2"] = leads("/pair/")
        self.plays["chain"] = self.chain

    async def chain(self, asked: Asked) -> AsyncIterator[bytes]:
        yield head(302, length=0, Location=f"/chain/?{asked.number}")


class Paging:
    """Lists without an end."""

    def __init__(self) -> None:
        self.plays: dict[str, Play] = {
            "repeat": self.repeat,
            "for-ever": self.for_ever,
            "session": self.session,
            "calendar": self.calendar,
        }

    async def repeat(self, asked: Asked) -> AsyncIterator[bytes]:
        links = f'<a href="/repeat/?page={asked.number + 2}">下一页</a> 共10000页'
        yield head() + listing(rows("/repeat/"), links).encode()

    async def for_ever(self, asked: Asked) -> AsyncIterator[bytes]:
        items = rows("/for-ever/", 8, start=8 * asked.number)
        links = f'<a href="/for-ever/?page={asked.number + 2}">下一页</a>'
        yield head() + listing(items, links).encode()

    async def session(self, asked: Asked) -> AsyncIterator[bytes]:
        n = asked.number
        items = "".join(
            f'<li><a href="/session/.//{m}.html;jsessionid={n}{m}">关于做好第{m}项重点工作的通知</a>'
            "<span>2018-05-30</span></li>"
            for m in range(8)
        )
        yield head() + listing(items, f'<a href="./?PHPSESSID={n}x&page=2">下一页</a>').encode()

    async def calendar(self, asked: Asked) -> AsyncIterator[bytes]:
        days = "".join(
            f'<a href="/calendar/?y={2018 + asked.number}&d={d}">{d}</a>' for d in range(31)
        )
        yield head() + page("日历", f"<table><tr><td>{days}</td></tr></table>").encode()


BODY_LIMIT = 8 * MB


# --- the scan -------------------------------------------------------------------------------------


@dataclass
class Scanned:
    office: Office
    done: subprocess.CompletedProcess[str]
    seconds: float
    servers: dict[str, Server]
    canary: list[Server]
    peak: int

    def query(self, sql: str) -> list[Any]:
        with reading(self.office.workspace.engine) as connection:
            return list(connection.execute(text(sql)).all())


def columns(server: Server, slugs: list[str]) -> list[dict[str, Any]]:
    return [
        {"slug": s, "name": f"栏目{n}", "category": "news", "url": f"{server.root}/{s}/"}
        for n, s in enumerate(slugs)
    ]


def write_config(folder: Path, sites: dict[str, tuple[Server, list[str]]]) -> None:
    folder.mkdir()
    documents: dict[str, Any] = {
        "city.yaml": {
            "id": "hostile",
            "name": "某市",
            "office": "某市信息办",
            "standard": "ruichang-2018",
            "trial_run": False,
            "judge_from": "2018-01-01",
            "user_agent": "xunjian/0.1 (+test)",
            "crawl_window": None,
            "rate": {
                "interval_seconds": 0,
                "concurrency": 8,
                "timeout_seconds": TIMEOUT,
                "max_list_pages": 30,
                "max_requests": 600,
                "max_bytes": BODY_LIMIT,
                "retry_after_seconds": 0,
                "retries": 0,
            },
        },
        "units.yaml": {
            "units": [
                {"id": "xxb", "name": "某市信息办", "short": "信息办", "group": "department",
                 "kind": "department", "confirmed": True, "full_name_confirmed": True}
            ]
        },
        "columns.yaml": {
            "categories": [{"id": "news", "title": "动态", "cadence": {"days": 14}, "basis": "测试"}],
            "catalogues": [],
            "site_columns": {name: columns(s, slugs) for name, (s, slugs) in sites.items() if slugs},
        },
        "sites.yaml": {
            "sites": [
                {"id": name, "name": f"站点 {name}", "kind": "portal", "url": f"{s.root}/",
                 "operator": "xxb", "site_code": "3604810001", "allow_private": True,
                 # Hostile sites get little time and no second try; the good one what is usual.
                 **({"rate": PATIENT} if name == "good" else {})}
                for name, (s, _) in sites.items()
            ]
        },
    }  # fmt: skip
    for name, content in documents.items():
        data = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(data, encoding="utf-8")


MEASURED = """
import sys, cli
try:
    status = cli.run(sys.argv[1:])
finally:
    # Not getrusage: its peak is inherited from whoever started this process.
    try:
        with open("/proc/self/status") as status_of:
            peak = next(int(line.split()[1]) for line in status_of if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        peak = 0
    print("PEAK", peak)
sys.exit(status)
"""


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scanned]:
    folder = tmp_path_factory.mktemp("hostile")
    servers = Servers()
    canary = [servers.open(Server(otherwise=says("caught")))]
    with contextlib.suppress(OSError):  # no IPv6 here
        canary.append(servers.open(Server(otherwise=says("caught")), "::1", canary[0].port))
    redirects = Redirects(canary[0].port)
    plays = {
        "bodies": Bodies.plays,
        "markup": Markup.plays,
        "redirects": redirects.plays,
        "paging": Paging().plays,
    }
    sites: dict[str, tuple[Server, list[str]]] = {}
    for name, one in plays.items():
        server = servers.open(Server({f"/{k}/": play for k, play in one.items()}))
        outs = "".join(
            f'<a href="{u}">去向</a><iframe src="{u}"></iframe>' for u in redirects.outside
        )
        server.plays["/"] = says(page("中国某市", outs))
        sites[name] = (server, list(one))
    home = page("中国某市", menu(*((f"栏目{n}", f"/c{n}/") for n in range(3))))
    whole: dict[str, dict[str, Play]] = {
        "robots-large": {"/robots.txt": endless(b"Disallow: /x\n" * 5000), "/": says(home)},
        "robots-binary": {"/robots.txt": says(bytes(range(256)) * 999), "/": says(home)},
        "robots-html": {"/robots.txt": says(home), "/": says(home)},
        "robots-loop": {"/robots.txt": leads("/robots.txt"), "/": says(home)},
        "robots-agents": {
            "/robots.txt": says(
                "".join(f"User-agent: x{n}\n" for n in range(9000))
                + "".join(f"Disallow: /{n}\n" for n in range(9000))
            ),
            "/": says(home),
        },
        "menu-5000": {"/": says(page("中国某市", menu(*((f"栏目甲{n}", f"/c{n}/") for n in range(5000)))))},
        "base": {"/": says(page("x", f'<base href="http://127.0.0.1:{canary[0].port}/">{home}'))},
        "silent": {"/": raw(), "/robots.txt": raw()},
    }  # fmt: skip
    for name, one in whole.items():
        sites[name] = (servers.open(Server(one)), [])
    sites["all-200"] = (servers.open(Server(otherwise=says(page("首页", "欢迎" * 200)))), [])
    unchanged = raw(b"HTTP/1.1 304 X\r\nConnection: close\r\n\r\n")
    sites["all-304"] = (servers.open(Server(otherwise=unchanged)), [])
    cookies = head(length=4, Set_Cookie="a=" + "x" * 30_000)
    sites["cookies"] = (
        servers.open(Server(otherwise=raw(cookies.replace(b"Connection", b"X-C") + b"page"))),
        [],
    )
    for name in [*whole, "all-200", "all-304", "cookies"]:
        server = sites[name][0]
        sites[name] = (server, ["c0", "c1"])
    good = servers.open(Server())
    good.plays["/tzgg/"] = says(listing(rows("/tzgg/")))
    good.plays["/"] = says(page("中国某市", menu(("通知公告", "/tzgg/")) + rows("/tzgg/")))
    for n in range(8):
        good.plays[f"/tzgg/t20180530_{n}.html"] = says(
            article(f"关于做好第{n}项重点工作安排的通知")
        )
    sites["good"] = (good, ["tzgg"])
    write_config(folder / "config", sites)
    office = Office(folder / "config", folder / "data")
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *office.command()[3:], "scan", "--as-of", "2018-06-04"],
        cwd=ROOT,
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - began
    peak = int(done.stdout.rpartition("PEAK")[2] or 0) * 1024
    yield Scanned(office, done, seconds, {name: s for name, (s, _) in sites.items()}, canary, peak)
    servers.close()


def test_the_scan_of_hostile_sites_ends_in_time_and_memory(scanned: Scanned) -> None:
    assert "Traceback" not in scanned.done.stderr
    assert scanned.done.returncode in (0, 3), scanned.done.stderr[-2000:]
    assert scanned.seconds < LONGEST
    assert scanned.peak < MOST_MEMORY


def test_nothing_that_could_not_be_read_accuses_anybody(scanned: Scanned) -> None:
    assert scanned.office.findings(1) == []
    read = (
        "select s.key, o.outcome, o.reason from observation o join subject s on s.id = o.subject_id"
    )
    columns = {row.key: row for row in scanned.query(f"{read} where s.kind = 'column'")}
    assert len(columns) > 100
    for slug in Bodies.plays:
        row = columns[f"bodies/{slug}"]
        assert row.outcome == "unverified", slug
        assert any("\u4e00" <= sign <= "\u9fff" for sign in row.reason), slug
    for name in ("all-304", "robots-loop", "silent"):
        assert columns[f"{name}/c0"].outcome == "unverified"
        assert columns[f"{name}/c0"].reason


def test_the_other_site_is_scanned_to_its_end(scanned: Scanned) -> None:
    rows = scanned.query(
        "select s.kind, o.outcome from observation o join subject s on s.id = o.subject_id"
        " where s.site_id = 'good' and s.kind in ('column', 'page')"
    )
    assert (
        sorted((row.kind, row.outcome) for row in rows)
        == [("column", "fetched")] + [("page", "fetched")] * 8
    )


def test_nobody_outside_the_configuration_is_asked(scanned: Scanned) -> None:
    assert [server.log for server in scanned.canary] == [[] for _ in scanned.canary]


def test_lists_without_an_end_come_to_an_end(scanned: Scanned) -> None:
    for path in ("/repeat/", "/for-ever/", "/session/", "/calendar/"):
        asked = [p for p in scanned.servers["paging"].log if p.startswith(path)]
        assert len(asked) <= 350, path


def test_the_accounts_of_every_site_close(scanned: Scanned) -> None:
    for run in scans.site_runs(scanned.office.workspace.engine, 1):
        parts = run.fetched + run.not_modified + run.failed + run.skipped
        assert run.requests == parts, run.site_id
        assert run.requests <= 620
