"""Articles are observed once a scan, tried again before anything is said, and never lost."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler import reading
from storage.db import StorageError
from storage.models import SiteState
from storage.writer import ScanWriter

FIRST = "/tzgg/t20180530_1001.html"
SECOND = "/tzgg/t20180530_1002.html"


def test_a_page_that_fails_once_is_answered_later_in_the_scan(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    good = page.article("关于做好重点工作安排的通知")
    server.routes[FIRST] = lambda _a: reply(500) if len(server.asked(FIRST)) == 1 else good
    result = bench.crawl()
    assert bench.seen("page")[server.root + FIRST].outcome == "fetched"
    assert result.sites[0].counters.retried_ok == 1
    log = [a.path for a in server.log if a.path.startswith(("/tzgg/t", "/zwdt/t"))]
    assert log[-1] == FIRST


def test_what_keeps_failing_is_unverified_with_its_reason(
    bench: Any, server: Any, reply: Any
) -> None:
    server.routes[FIRST] = reply(500)
    server.routes[SECOND] = reply(drop=True)
    server.routes["/tzgg/t20180530_1003.html"] = reply(403)
    server.routes["/tzgg/t20180530_1004.html"] = reply(521, b"<script>document.cookie='x'</script>")
    server.routes["/tzgg/t20180530_1005.html"] = reply(302, headers={"Location": "/login?to=x"})
    server.routes["/tzgg/t20180530_1006.html"] = (
        "<html><title>安全验证</title><body>请输入验证码</body></html>"
    )
    bench.rate = bench.rate.model_copy(update={"timeout_seconds": 0.3})
    server.routes["/tzgg/t20180530_1007.html"] = reply(delay=1.0)
    bench.crawl()
    codes = {
        url.rpartition("_")[2]: row.reason_code
        for url, row in bench.seen("page").items()
        if row.outcome == "unverified"
    }
    assert codes == {
        "1001.html": "server",
        "1002.html": "network",
        "1003.html": "wall",
        "1004.html": "wall",
        "1005.html": "wall",
        "1006.html": "wall",
        "1007.html": "network",
    }
    assert len(server.asked(FIRST)) == 2
    assert len(server.asked("/tzgg/t20180530_1003.html")) == 1


def test_a_page_that_is_gone_is_a_dead_link_and_no_fault_of_the_network(
    bench: Any, server: Any
) -> None:
    del server.routes[FIRST]
    bench.crawl()
    row = bench.seen("page")[server.root + FIRST]
    assert (row.outcome, row.reason_code) == ("unverified", "server")
    assert "404" in row.reason
    assert bench.fates()[FIRST] == ("dead", 404)
    assert len(server.asked(FIRST)) == 2


def test_a_page_that_is_gone_but_once_is_there(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    good = page.article("关于做好重点工作安排的通知")
    server.routes[FIRST] = lambda _a: reply(404) if len(server.asked(FIRST)) == 1 else good
    bench.crawl()
    assert bench.seen("page")[server.root + FIRST].outcome == "fetched"
    assert FIRST not in bench.fates()


def test_an_unchanged_page_is_asked_for_conditionally(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    body = page.article("关于做好重点工作安排的通知").encode()

    def answer(asked: Any) -> Any:
        if asked.headers.get("if-none-match") == '"v1"':
            return reply(304)
        return reply(
            body=body, headers={"ETag": '"v1"', "Last-Modified": "Wed, 30 May 2018 01:00:00 GMT"}
        )

    server.routes[FIRST] = answer
    bench.crawl()
    result = bench.again()
    (asked,) = server.asked(FIRST)
    assert asked.headers["if-modified-since"] == "Wed, 30 May 2018 01:00:00 GMT"
    row = bench.seen("page")[server.root + FIRST]
    assert (row.outcome, row.unit_id) == ("not_modified", None)
    assert result.sites[0].counters.not_modified == 1
    bench.again(full=True)
    assert "if-none-match" not in server.asked(FIRST)[0].headers


def test_a_reader_of_another_version_reads_unchanged_pages_again(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    server.routes[FIRST] = reply(
        body=page.article("题目题目题目").encode(), headers={"ETag": '"v1"'}
    )
    bench.crawl()
    bench.again(reader="2")
    assert "if-none-match" not in server.asked(FIRST)[0].headers


def test_new_articles_come_before_those_that_were_read(bench: Any, server: Any, page: Any) -> None:
    bench.crawl()
    server.routes["/zwdt/"] = page.listing("政务动态", page.rows("/zwdt/", 9, start=49))
    bench.rate = bench.rate.model_copy(update={"concurrency": 1})
    bench.again()
    articles = [p for p in server.paths() if "/t2018" in p]
    assert articles[0] == "/zwdt/t20180530_1049.html"


def test_a_page_that_no_list_shows_any_more_is_still_observed(
    bench: Any, server: Any, page: Any
) -> None:
    bench.crawl()
    server.routes["/tzgg/"] = page.listing("通知公告", page.rows("/tzgg/", 7, start=2))
    bench.again()
    row = bench.seen("page")[server.root + FIRST]
    assert (row.outcome, row.column_key) == ("fetched", "s/tzgg")


def test_a_portals_pages_go_to_the_unit_that_they_name(bench: Any, server: Any, page: Any) -> None:
    server.routes[FIRST] = page.article("关于做好重点工作安排的通知", source="信息办")
    result = bench.crawl()
    pages = bench.seen("page")
    assert pages[server.root + FIRST].unit_id == "xxb"
    assert pages[server.root + SECOND].unit_id is None
    assert result.sites[0].counters.unattributed == 15


def test_the_budgets_end_carries_what_was_not_reached(bench: Any, server: Any) -> None:
    bench.crawl()
    bench.rate = bench.rate.model_copy(update={"max_requests": 12})
    result = bench.again()
    outcomes = Counter(row.outcome for row in bench.seen("page").values())
    assert outcomes["carried"] > 0
    assert sum(outcomes.values()) == 16
    assert {row.outcome for row in bench.seen("column").values()} == {"fetched"}
    assert result.sites[0].state is SiteState.WINDOW
    assert result.sites[0].counters.left_over >= outcomes["carried"]
    assert len(server.log) <= 12


def test_what_was_never_read_is_not_reached(bench: Any) -> None:
    bench.rate = bench.rate.model_copy(update={"max_requests": 12})
    bench.crawl()
    rows = [r for r in bench.seen("page").values() if r.outcome == "carried"]
    assert rows
    assert {r.reason_code for r in rows} == {"not_reached"}


def test_the_windows_end_stops_the_crawl_and_says_so(bench: Any, server: Any) -> None:
    start = datetime(2018, 6, 4, 20, tzinfo=UTC)
    clock = lambda: start + timedelta(minutes=len(server.log))  # noqa: E731
    result = bench.crawl(clock=clock, window_end=start + timedelta(minutes=9))
    assert result.window_ended
    assert len(server.log) <= 12
    assert sum(r.outcome == "carried" for r in bench.seen("page").values()) > 0


def test_a_window_that_ends_before_the_lists_leaves_columns_not_reached(
    bench: Any, server: Any
) -> None:
    start = datetime(2018, 6, 4, 20, tzinfo=UTC)
    clock = lambda: start + timedelta(minutes=len(server.log))  # noqa: E731
    bench.crawl(clock=clock, window_end=start + timedelta(minutes=3))
    assert {r.reason_code for r in bench.seen("column").values()} == {"not_reached"}


def test_a_stopped_crawl_is_resumed_without_asking_again(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    server.routes["/zwdt/"] = page.listing("政务动态", page.rows("/zwdt/", 30, start=50))
    stop = threading.Event()
    quick = bench.rate
    bench.rate = bench.rate.model_copy(update={"concurrency": 1, "interval_seconds": 0.02})
    last = "/zwdt/t20180530_1060.html"
    good = page.article("关于做好重点工作安排的通知")

    def halfway(_asked: Any) -> Any:
        stop.set()
        return reply(body=good.encode(), delay=1)  # the stop comes before the answer

    server.routes[last] = halfway
    result = bench.crawl(stop=stop)
    assert result.interrupted
    before = {p for p, r in bench.seen("page").items() if r.outcome == "fetched"}
    assert before
    server.log.clear()
    server.routes[last] = good
    bench.rate = quick
    assert bench.crawl().complete
    again = {server.root + a.path for a in server.log if a.method == "GET"}
    assert not again & before
    lists = [a.path for a in server.log if a.path in ("/tzgg/", "/zwdt/")]
    assert len(lists) == len(set(lists))  # as links at most
    pages = bench.seen("page")
    assert len(pages) == 38
    assert {r.outcome for r in pages.values()} == {"fetched"}


def test_a_killed_crawl_is_resumed_to_the_same_end(bench: Any, server: Any, page: Any) -> None:
    bench.crawl()
    undisturbed = {p: (r.outcome, r.column_key) for p, r in bench.seen("page").items()}
    scan_id = bench.begin()
    kill = threading.Event()
    good = page.article("关于做好第53项重点工作安排的通知")

    def deadly(_asked: Any) -> str:
        kill.set()
        return good

    server.routes["/zwdt/t20180530_1053.html"] = deadly
    code = (
        "import pickle, sys\n"
        "from storage import db\nfrom storage.evidence import EvidenceStore\n"
        "from crawler.plan import CrawlPlan\nfrom crawler.runner import crawl\n"
        "from config.schema import Config\nfrom datetime import datetime, UTC\nfrom pathlib import Path\n"
        "config = Config.model_validate_json(sys.stdin.read())\n"
        f"engine = db.open_engine('sqlite:///{(bench.folder / 'x.db').as_posix()}')\n"
        f"plan = CrawlPlan(scan_id={scan_id}, config=config, sites=('s',), as_of=datetime(2018,6,4,4,tzinfo=UTC),"
        " reader='1', rules_digest='rules', page_hits=lambda p: {}, attribute=lambda s: None, full=True)\n"
        f"crawl(plan, engine=engine, evidence=EvidenceStore(Path({str(bench.folder / 'evidence')!r}), engine))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[3],
    ) as process:
        assert process.stdin is not None
        process.stdin.write(bench.config().model_dump_json())
        process.stdin.close()
        assert kill.wait(30)
        process.kill()
        process.wait(10)
    server.routes["/zwdt/t20180530_1053.html"] = good
    assert bench.crawl(full=True).complete
    assert {p: (r.outcome, r.column_key) for p, r in bench.seen("page").items()} == undisturbed


def test_sigterm_ends_a_crawl_in_order(bench: Any, server: Any, page: Any, reply: Any) -> None:
    good = page.article("关于做好重点工作安排的通知")

    def terminate(_asked: Any) -> Any:
        signal.raise_signal(signal.SIGTERM)
        return reply(body=good.encode(), delay=1)  # the signal comes before the answer

    # Raised in the server's thread, handled in the main one.
    server.routes[SECOND] = terminate
    bench.rate = bench.rate.model_copy(update={"interval_seconds": 0.03})
    before = signal.getsignal(signal.SIGTERM)
    result = bench.crawl()
    assert result.interrupted
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_pages_of_a_site_that_is_not_reached_stand_as_they_were(
    bench: Any, server: Any, reply: Any
) -> None:
    bench.crawl()
    server.routes["/robots.txt"] = reply(503)
    result = bench.again()
    assert {row.outcome for row in bench.seen("page").values()} == {"carried"}
    assert result.sites[0].counters.left_over == 16
    del server.routes["/robots.txt"]
    server.routes["/"] = reply(500)
    server.routes["/tzgg/"] = server.routes["/zwdt/"] = reply(500)
    bench.again()
    assert {row.outcome for row in bench.seen("page").values()} == {"carried"}


def test_a_crawl_that_is_stopped_before_it_starts_asks_nothing(bench: Any, server: Any) -> None:
    stop = threading.Event()
    stop.set()
    for _ in range(20):  # however quick the crawl and however slow the caller
        assert bench.crawl(stop=stop).interrupted
    assert server.log == []
    assert bench.crawl().complete
    assert len(bench.seen("page")) == 16


def test_a_stop_does_not_wait_for_a_host_that_rests(bench: Any, server: Any, reply: Any) -> None:
    stop = threading.Event()

    def refuse(_asked: Any) -> Any:
        if len([p for p in server.paths() if "/t2018" in p]) >= 3:
            stop.set()
        return reply(429, headers={"Retry-After": "300"})

    for path in list(server.routes):
        if "/t2018" in path:
            server.routes[path] = refuse
    bench.rate = bench.rate.model_copy(update={"concurrency": 1})
    assert bench.crawl(stop=stop).interrupted


def test_a_failing_database_is_the_callers_to_hear_of(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Any) -> None:
        raise StorageError("磁盘已满")

    monkeypatch.setattr(ScanWriter, "flush", full)
    with pytest.raises(StorageError, match="磁盘已满"):
        bench.crawl()


def test_a_reader_that_breaks_leaves_its_page_unverified(
    bench: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = reading.read_page

    def breaking(body: bytes, *, url: str, **more: Any) -> Any:
        if url.endswith(FIRST):
            raise RecursionError
        return plain(body, url=url, **more)

    monkeypatch.setattr(reading, "read_page", breaking)
    assert bench.crawl().complete
    row = bench.seen("page")[server.root + FIRST]
    assert (row.outcome, row.reason_code) == ("unverified", "reader")


def test_a_gate_that_only_sets_a_cookie_is_passed(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    good = page.article("关于做好重点工作安排的通知")
    server.routes[FIRST] = lambda a: (
        good
        if "CT6T=1" in a.headers.get("cookie", "")
        else reply(302, headers={"Location": FIRST, "Set-Cookie": "CT6T=1; path=/"})
    )
    bench.crawl()
    assert bench.seen("page")[server.root + FIRST].outcome == "fetched"


def test_a_home_page_that_refreshes_to_the_real_one_is_followed(bench: Any, server: Any) -> None:
    server.routes["/portal/"] = server.routes["/"]
    server.routes["/"] = '<meta http-equiv="refresh" content="0;url=/portal/">'
    assert bench.crawl().complete
    assert bench.seen("home")["s"].outcome == "fetched"
    assert {r.outcome for r in bench.seen("column").values()} == {"fetched"}


def test_a_site_that_is_down_does_not_keep_the_other_from_being_read(
    bench: Any, server: Any
) -> None:
    from config.schema import Site, SiteKind

    bench.others = (
        Site(
            id="down",
            name="打不开的站",
            kind=SiteKind.PORTAL,
            url="http://127.0.0.1:9/",
            operator="xxb",
        ),
    )
    result = bench.crawl()
    states = {s.site_id: s.state for s in result.sites}
    assert states == {"s": SiteState.COMPLETE, "down": SiteState.UNREACHED}


def test_progress_is_told_in_the_callers_thread(bench: Any) -> None:
    heard: list[tuple[str, str]] = []
    bench.crawl(progress=lambda p: heard.append((threading.current_thread().name, p.phase)))
    assert heard[-1] == (threading.current_thread().name, "完成")
