"""Lists that only a script can fill: read in a real browser, which asks nobody but through us."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from checks.facts import ColumnReading, Missing, StopReason, Unverified
from crawler import browser, rendered, runner
from crawler.browser import Chromium, NotShown, Served, Wanted, find_chromium, why_none

MACHINE = {k: v for k, v in os.environ.items() if k != browser.ENVIRONMENT}
needs_browser = pytest.mark.skipif(
    find_spec("playwright") is None or find_chromium(MACHINE) is None,
    reason="needs the extra [browser] and a Chromium, Chrome or Edge on this machine",
)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crawl with the browser of this machine (the other tests crawl without one)."""
    monkeypatch.delenv(browser.ENVIRONMENT, raising=False)
    monkeypatch.setattr(rendered, "PATIENCE", 0.7)


def filled(page: Any, script: str, empty: str = "", pager: str = "") -> str:
    """A column whose list nobody but its own script can fill."""
    markup = page.listing("通知公告", "", pager=pager, empty=empty)
    return markup.replace("</body>", f"<script>{script}</script></body>").replace(
        'class="news_list"', 'id="rows" class="news_list"'
    )


FILL = """
const put = rows => { document.getElementById('rows').innerHTML = rows.map(r =>
  '<li><a href="' + r.href + '">' + r.name + '</a><span>' + r.day + '</span></li>').join(''); };
fetch('/own/data?page=1', {headers: {'X-Own': 'yes'}}).then(r => r.json()).then(put);
"""


def rows(server: Any, page: Any, count: int, start: int = 1) -> str:
    """Rows as the site's own data, each with its article."""
    page.rows("/tzgg/", count, start)
    return json.dumps(
        [
            {
                "href": f"/tzgg/t20180530_{1000 + n}.html",
                "name": f"关于做好第{n}项重点工作安排的通知",
                "day": f"2018-05-{30 - n % 28:02d}",
            }
            for n in range(start, start + count)
        ]
    )


@needs_browser
def test_a_list_that_an_unknown_script_fills_is_read(
    bench: Any, server: Any, page: Any, reply: Any, shown: None
) -> None:
    server.routes["/tzgg/"] = filled(page, FILL)
    server.routes["/own/data?page=1"] = reply(
        body=rows(server, page, 12).encode(), headers={"Content-Type": "application/json"}
    )
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert [e.title for e in reading.entries] == [
        f"关于做好第{n}项重点工作安排的通知" for n in range(1, 13)
    ]
    assert reading.proof.reader == "1+browser"
    # The browser asks nothing itself: the page by the crawl, its data by the crawl as its script asks.
    assert len(server.asked("/tzgg/")) == 2
    (asked,) = server.asked("/own/data?page=1")
    assert asked.headers["user-agent"] == bench.config().city.user_agent
    assert asked.headers["x-own"] == "yes"
    # Nothing says that these are all: late is not proven, fresh is.
    assert reading.proof.stop is StopReason.UNREADABLE


@needs_browser
def test_what_was_shown_is_kept_as_evidence_and_marked(
    bench: Any, server: Any, page: Any, shown: None
) -> None:
    server.routes["/tzgg/"] = filled(page, FILL)
    server.routes["/own/data?page=1"] = rows(server, page, 12)
    bench.crawl()
    digest = bench.query(
        "select o.evidence from observation o join subject s on s.id = o.subject_id"
        " where s.key = 's/tzgg'"
    )[0].evidence
    from storage.evidence import EvidenceStore

    record = EvidenceStore(bench.folder / "evidence", bench.engine).get(digest)
    assert "关于做好第12项重点工作安排的通知" in record.body.decode()
    assert dict(record.headers)["X-Xunjian-Rendered"] == "yes"


@needs_browser
def test_a_pager_of_clicks_is_followed_to_its_end(
    bench: Any, server: Any, page: Any, shown: None
) -> None:
    script = (
        FILL
        + """
    let at = 1;
    document.querySelector('.next').onclick = e => {
      e.preventDefault();
      at += 1;
      if (at === 3) e.target.className = 'next disabled';
      fetch('/own/data?page=' + at).then(r => r.json()).then(put);
    };"""
    )
    pager = '<a class="prev" href="javascript:;">上一页</a><a class="next" href="javascript:;">下一页</a>'
    server.routes["/tzgg/"] = filled(page, script, pager=pager)
    for number in (1, 2, 3):
        server.routes[f"/own/data?page={number}"] = rows(server, page, 10, 1 + 10 * number)
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert (len(reading.entries), reading.page_lengths) == (30, (10, 10, 10))
    assert reading.proof.stop is StopReason.END


@needs_browser
def test_an_empty_list_is_believed_only_where_a_script_said_so_after_its_data_came(
    bench: Any, server: Any, page: Any, reply: Any, shown: None
) -> None:
    says = """fetch('/own/data?page=1').then(r => r.json()).then(
      () => 0, () => 0).then(() => {
      const p = document.createElement('p'); p.textContent = '暂无' + '信息';
      document.querySelector('.list').append(p); });"""
    server.routes["/tzgg/"] = filled(page, says)
    server.routes["/own/data?page=1"] = "[]"
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert (reading.entries, reading.proof.empty_mark) == ((), "暂无信息")
    assert reading.proof.confirmed
    assert len(server.asked("/own/data?page=1")) == 2

    # The same words where the data did not come say nothing of the column.
    server.routes["/own/data?page=1"] = reply(500)
    bench.again()
    missing = bench.column("s/tzgg")
    assert isinstance(missing, Unverified)
    assert "数据没有取得" in missing.reason


@needs_browser
def test_rows_that_never_come_prove_nothing(
    bench: Any, server: Any, page: Any, shown: None
) -> None:
    server.routes["/tzgg/"] = filled(page, "fetch('/own/data?page=1')")
    server.routes["/own/data?page=1"] = "[]"
    bench.crawl()
    missing = bench.column("s/tzgg")
    assert isinstance(missing, Unverified)
    assert missing.code is Missing.READER
    assert "由脚本填充" in missing.reason


@needs_browser
def test_a_page_asks_nobody_but_the_configured_hosts(
    bench: Any, server: Any, page: Any, shown: None
) -> None:
    with Bystander() as other:
        ways = OTHERS.replace("HOST", f"127.0.0.1:{other.port}")
        server.routes["/tzgg/"] = filled(page, ways + FILL).replace(
            "</head>",
            f'<link rel="preconnect" href="http://127.0.0.1:{other.port}/">'
            f'<link rel="prefetch" href="http://127.0.0.1:{other.port}/p">'
            f'<script src="http://127.0.0.1:{other.port}/s.js"></script>'
            f'<link rel="stylesheet" href="http://127.0.0.1:{other.port}/s.css"></head>',
        )
        server.routes["/own/data?page=1"] = rows(server, page, 9)
        server.routes["/elsewhere"] = Redirect(f"http://127.0.0.1:{other.port}/r")(server)
        server.routes["/own.png"] = b"png"
        bench.crawl()
        assert other.heard == []
    assert isinstance(bench.column("s/tzgg"), ColumnReading)
    assert server.asked("/elsewhere")
    assert not server.asked("/own.png")


class Redirect:
    def __init__(self, target: str) -> None:
        self.target = target

    def __call__(self, server: Any) -> Any:
        from tests.integration.crawler.conftest import Reply

        return Reply(302, headers={"Location": self.target})


OTHERS = """
const tries = [
  () => fetch('http://HOST/f', {mode: 'no-cors'}),
  () => fetch('http://10.0.0.1/x', {mode: 'no-cors'}),
  () => fetch('/elsewhere'),
  () => { const x = new XMLHttpRequest(); x.open('GET', 'http://HOST/x'); x.send(); },
  () => { new Image().src = 'http://HOST/i.png'; new Image().src = '/own.png'; },
  () => { const f = document.createElement('iframe'); f.src = 'http://HOST/frame';
    document.body.append(f); },
  () => { const f = document.createElement('iframe');
    f.srcdoc = '<script>new WebSocket("ws://HOST/w2")</scr' + 'ipt><img src="http://HOST/i2">';
    document.body.append(f); },
  () => new WebSocket('ws://HOST/w'),
  () => new EventSource('http://HOST/e'),
  () => navigator.sendBeacon('http://HOST/b', 'x'),
  () => { const s = document.createElement('script'); s.src = 'http://HOST/s2.js';
    document.body.append(s); },
  () => import('http://HOST/m.js'),
  () => navigator.serviceWorker.register('/sw.js'),
  () => new Worker(URL.createObjectURL(new Blob(['fetch("http://HOST/worker")']))),
  () => { const p = new RTCPeerConnection({iceServers: [{urls: 'stun:HOST'}]});
    p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o)); },
  () => window.open('http://HOST/o'),
  () => { const f = document.createElement('form'); f.action = 'http://HOST/form';
    f.method = 'post'; document.body.append(f); f.submit(); },
  () => { location.href = 'http://HOST/l'; },
  () => { const a = document.createElement('a'); a.href = 'http://HOST/d'; a.download = 'd';
    document.body.append(a); a.click(); },
];
const attempt = one => { try { const p = one(); if (p && p.catch) p.catch(() => 0); } catch (e) {} };
tries.slice(0, -3).forEach(attempt);
setTimeout(() => tries.slice(-3).forEach(attempt), 400);  // these leave the page
"""


class Bystander:
    """A server, by TCP and UDP, that nobody is to ask."""

    def __enter__(self) -> Bystander:
        self.heard: list[str] = []
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()
        threading.Thread(target=self._receive, daemon=True).start()
        return self

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.tcp.accept()
            except OSError:
                return
            connection.settimeout(1)
            try:
                self.heard.append(repr(connection.recv(200)))
            except OSError:
                self.heard.append("connected")
            connection.close()

    def _receive(self) -> None:
        while True:
            try:
                data = self.udp.recv(2000)
            except OSError:
                return
            if data:
                self.heard.append(f"udp {data!r}")

    def __exit__(self, *_: object) -> None:
        for one in (self.tcp, self.udp):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


# --- the browser itself ---------------------------------------------------------------------------


@pytest.fixture
def chromium(shown: None) -> Any:
    """Runs a piece of work with a browser, in the crawl's loop."""

    def run(work: Any, **settings: Any) -> Any:
        async def whole() -> Any:
            one = Chromium("xunjian/0 (test)", **settings)
            try:
                return await work(one)
            finally:
                await one.close()

        return asyncio.run_coroutine_threadsafe(whole(), runner._running_loop()).result(120)

    return run


async def nothing(_: Wanted) -> Served | None:
    return None


async def seen(one: Chromium, markup: str, url: str = "http://a.gov.cn/") -> str:
    async with one.show(url, markup, nothing) as page:
        await page.settle(0.3)
        return await page.markup()


async def watched(one: Chromium, markup: str) -> None:
    async with one.show("http://a.gov.cn/", markup, nothing) as page:
        while True:
            await page.settle(0.5)


PLAIN = "<body><p id=x></p><script>x.textContent = navigator.userAgent</script>"


@needs_browser
@pytest.mark.parametrize(
    "script",
    [
        "for (;;) {}",
        "setTimeout(() => { for (;;) {} }, 100)",
        "const f = () => Promise.resolve().then(f); f();",
    ],
)
def test_a_script_that_never_ends_is_given_up_and_the_next_page_is_shown(
    chromium: Any, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "ANSWER_SECONDS", 1.5)

    async def work(one: Chromium) -> str:
        with pytest.raises(NotShown, match="页面脚本"):
            await seen(one, f"<body>x<script>{script}</script>")
        return await seen(one, PLAIN)

    assert "xunjian/0" in chromium(work, page_seconds=5.0)


@needs_browser
@pytest.mark.parametrize(
    "script",
    [
        "const a = []; for (;;) a.push(new Array(100000).fill(Math.random()))",
        "const a = []; setInterval(() => a.push(new Uint8Array(3e7).fill(7)), 10)",
    ],
)
def test_a_page_that_eats_memory_is_given_up_and_the_next_page_is_shown(
    chromium: Any, script: str
) -> None:
    async def work(one: Chromium) -> str:
        with pytest.raises(NotShown, match=r"内存|意外|页面脚本"):
            await watched(one, f"<body>x<script>{script}</script>")
        return await seen(one, PLAIN)

    assert "xunjian/0" in chromium(work, max_memory=500_000_000)


@needs_browser
@pytest.mark.parametrize("url", ["http://www.a.gov.cn/x/", "https://www.a.gov.cn:8443/x/?a=%D6"])
def test_a_page_stands_at_its_own_address_and_asks_through_us_without_cookies(
    chromium: Any, url: str
) -> None:
    asked: list[Wanted] = []

    async def serve(wanted: Wanted) -> Served:
        asked.append(wanted)
        return Served(status=200, headers={"content-type": "text/plain"}, body=b"ok")

    async def work(one: Chromium) -> str:
        script = """document.cookie = 'solved=1';
          fetch('y?1').then(r => r.text()).then(t => document.body.append('[' + t + location + ']'))"""
        async with one.show(url, f"<body><script>{script}</script>", serve) as page:
            await page.settle(0.5)
            return await page.markup()

    assert f"[ok{url}]" in chromium(work)
    (wanted,) = asked
    assert wanted.url == url.partition("?")[0] + "y?1"
    assert not {"cookie", "user-agent"} & wanted.headers.keys()


@needs_browser
def test_a_browser_is_replaced_after_so_many_pages(chromium: Any) -> None:
    async def work(one: Chromium) -> int:
        await asyncio.gather(*(seen(one, PLAIN) for _ in range(5)))
        return one.started

    assert chromium(work, restart_after=2) == 3


@needs_browser
def test_a_browser_that_dies_fails_its_page_and_another_is_started(chromium: Any) -> None:
    async def work(one: Chromium) -> str:
        async def killed() -> None:
            async with one.show("http://a.gov.cn/", PLAIN, nothing) as page:
                await page.settle(0.1)
                assert one._browser is not None
                await one._browser.close()
                await page.markup()

        with pytest.raises(NotShown) as failed:
            await killed()
        assert failed.value.again
        return await seen(one, PLAIN)

    assert "xunjian/0" in chromium(work)


@needs_browser
def test_a_huge_page_is_not_read(chromium: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    grow = "<body><script>document.body.append('x'.repeat(5000000))</script>"

    async def work(one: Chromium) -> None:
        with pytest.raises(NotShown, match="不读取"):
            await seen(one, grow)

    chromium(work)


@needs_browser
def test_no_process_is_left_behind(chromium: Any) -> None:
    pids: list[int] = []

    async def work(one: Chromium) -> None:
        await seen(one, PLAIN)
        assert one._session is not None
        told = await one._session.send("SystemInfo.getProcessInfo")
        pids.extend(p["id"] for p in told["processInfo"])

    chromium(work)
    assert pids
    if Path("/proc").is_dir():
        assert not [pid for pid in pids if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# --- without one ----------------------------------------------------------------------------------


def test_without_a_browser_the_column_is_unverified_and_says_what_to_install(
    bench: Any, server: Any, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(browser.ENVIRONMENT, "off")
    server.routes["/tzgg/"] = filled(page, FILL)
    server.routes["/own/data?page=1"] = rows(server, page, 12)
    bench.crawl()
    missing = bench.column("s/tzgg")
    assert isinstance(missing, Unverified)
    assert missing.code is Missing.READER
    assert "浏览器" in missing.reason
    assert not server.asked("/own/data?page=1")


def test_without_the_extra_the_reason_names_the_requirements_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(browser.importlib.util, "find_spec", lambda _name: None)
    assert "requirements-browser.txt" in (why_none() or "")


def test_a_browser_is_found_by_its_usual_names_and_by_the_environment(tmp_path: Path) -> None:
    program = tmp_path / "google-chrome"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_chromium({"PATH": str(tmp_path)}) == str(program)
    assert find_chromium({"PATH": ""}) is None
    named = {"PATH": "", browser.ENVIRONMENT: str(program)}
    assert find_chromium(named) == str(program)
    assert find_chromium({"PATH": str(tmp_path), browser.ENVIRONMENT: "off"}) is None
    windows = tmp_path / "Google" / "Chrome" / "Application"
    windows.mkdir(parents=True)
    if "\\" not in str(tmp_path):
        return
    (windows / "chrome.exe").write_bytes(b"")
    assert find_chromium({"PATH": "", "PROGRAMFILES": str(tmp_path)}) is not None


def test_a_browser_that_does_not_start_leaves_the_columns_unverified_and_the_scan_whole(
    bench: Any, server: Any, page: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if find_spec("playwright") is None:
        pytest.skip("the extra [browser] is not installed")
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setenv(browser.ENVIRONMENT, str(broken))
    server.routes["/tzgg/"] = filled(page, FILL)
    result = bench.crawl()
    missing = bench.column("s/tzgg")
    assert isinstance(missing, Unverified)
    assert "启动不了" in missing.reason
    assert isinstance(bench.column("s/zwdt"), ColumnReading)
    assert result.complete


# --- ends -----------------------------------------------------------------------------------------


@needs_browser
def test_a_crawl_that_is_stopped_while_a_page_is_shown_ends_at_once_and_resumes(
    bench: Any, server: Any, page: Any, reply: Any, shown: None
) -> None:
    stop = threading.Event()

    def data(_asked: Any) -> Any:
        stop.set()
        return reply(body=b"[]", delay=5)

    server.routes["/tzgg/"] = filled(page, FILL)
    server.routes["/own/data?page=1"] = data
    bench.rate = bench.rate.model_copy(update={"timeout_seconds": 30})
    began = time.monotonic()
    assert bench.crawl(stop=stop).interrupted
    assert time.monotonic() - began < 15
    assert bench.column("s/tzgg") is None or isinstance(bench.column("s/tzgg"), Unverified)

    server.routes["/own/data?page=1"] = rows(server, page, 12)
    bench.crawl()
    assert isinstance(bench.column("s/tzgg"), ColumnReading)


PROGRAM = """
import asyncio, json, sys
from crawler.browser import Chromium

async def nothing(_):
    return None

async def main():
    one = Chromium("xunjian")
    async with one.show("http://a.gov.cn/", "<p>x</p>", nothing) as page:
        told = await one._session.send("SystemInfo.getProcessInfo")
        print(json.dumps([p["id"] for p in told["processInfo"]]), flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@needs_browser
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="processes are looked up in /proc")
def test_a_crawl_that_is_killed_leaves_no_browser_behind(shown: None) -> None:
    root = Path(__file__).resolve().parents[3]
    crawl = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=root, stdout=subprocess.PIPE, text=True
    )
    with crawl:
        assert crawl.stdout is not None
        pids = json.loads(crawl.stdout.readline())
        assert all(_lives(pid) for pid in pids)
        crawl.kill()
    ends = time.monotonic() + 20
    while any(_lives(pid) for pid in pids) and time.monotonic() < ends:
        threading.Event().wait(0.1)
    assert not [pid for pid in pids if _lives(pid)]
