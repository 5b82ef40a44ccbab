"""Hosts are asked gently, only where they allow it, and only those of the configuration."""

from __future__ import annotations

import gzip
import time
from typing import Any

import pytest

from storage.models import SiteState


def _apart(server: Any, interval: float, began: float) -> None:
    """All requests were so far apart, by the server's clock, which may start late and never early:
    counted from before the first, the last cannot have come sooner than all the pauses take."""
    log = server.log[1:]
    assert len(log) > 15
    assert log[-1].at - began > interval * (len(log) - 1) * 0.98
    assert server.most_at_once == 1


def test_the_interval_is_kept_between_all_requests_of_a_host(bench: Any, server: Any) -> None:
    bench.rate = bench.rate.model_copy(update={"interval_seconds": 0.04, "concurrency": 1})
    began = time.monotonic()
    bench.crawl()
    _apart(server, 0.04, began)


def test_two_sites_on_one_host_share_its_rate(
    bench: Any, server: Any, page: Any, make_column: Any
) -> None:
    from config.schema import Site, SiteKind

    server.routes["/two/"] = page.home(("政府文件", "/wj/"), ("政策解读", "/jd/"))
    server.routes["/wj/"] = page.listing("政府文件", page.rows("/wj/", 6, start=300))
    server.routes["/jd/"] = page.listing("政策解读", page.rows("/jd/", 6, start=400))
    bench.others = (
        Site(
            id="two",
            name="第二个站",
            kind=SiteKind.PORTAL,
            url=server.root + "/two/",
            operator="xxb",
            columns=(make_column("wj", "政府文件"), make_column("jd", "政策解读")),
        ),
    )
    bench.rate = bench.rate.model_copy(update={"interval_seconds": 0.04, "concurrency": 1})
    began = time.monotonic()
    result = bench.crawl()
    assert result.complete
    _apart(server, 0.04, began)


def test_every_request_says_who_asks(bench: Any, server: Any) -> None:
    bench.crawl()
    assert all(a.headers["user-agent"].startswith("xunjian/") for a in server.log)


def test_robots_txt_is_read_first_and_obeyed(bench: Any, server: Any, reply: Any) -> None:
    server.routes["/robots.txt"] = reply(
        body=b"User-agent: *\nDisallow: /tzgg/\n", headers={"Content-Type": "text/plain"}
    )
    result = bench.crawl()
    assert server.paths()[0] == "/robots.txt"
    assert not [p for p in server.paths() if p.startswith("/tzgg/")]
    row = bench.seen("column")["s/tzgg"]
    assert (row.outcome, row.reason_code) == ("unverified", "robots")
    assert bench.seen("column")["s/zwdt"].outcome == "fetched"
    assert result.sites[0].counters.skipped > 0


@pytest.mark.parametrize("status", [500, 503, 403])
def test_a_site_whose_robots_txt_cannot_be_read_is_not_fetched(
    bench: Any, server: Any, reply: Any, status: int
) -> None:
    server.routes["/robots.txt"] = reply(status)
    result = bench.crawl()
    assert set(server.paths()) == {"/robots.txt"}
    assert result.sites[0].state is SiteState.UNREACHED
    assert {r.reason_code for r in bench.seen("column").values()} == {"robots"}
    assert bench.seen("home")["s"].reason_code == "robots"


def test_an_html_page_in_place_of_robots_txt_allows_everything(bench: Any, server: Any) -> None:
    server.routes["/robots.txt"] = "<!DOCTYPE html><html><body>首页</body></html>"
    assert bench.crawl().complete


def test_robots_txt_is_left_alone_where_the_configuration_says_so(bench: Any, server: Any) -> None:
    bench.rate = bench.rate.model_copy(update={"robots": False})
    assert bench.crawl().complete
    assert "/robots.txt" not in server.paths()


def test_a_crawl_delay_is_kept(bench: Any, server: Any, reply: Any) -> None:
    server.routes["/robots.txt"] = reply(
        body=b"User-agent: *\nCrawl-delay: 0.03\n", headers={"Content-Type": "text/plain"}
    )
    began = time.monotonic()
    bench.crawl()
    _apart(server, 0.03, began)


def test_a_host_that_refuses_three_times_in_a_row_rests_and_is_given_up(
    bench: Any, server: Any, reply: Any
) -> None:
    for path in list(server.routes):
        if path.startswith(("/tzgg/t", "/zwdt/t")):
            server.routes[path] = reply(429)
    bench.rate = bench.rate.model_copy(update={"concurrency": 1})
    result = bench.crawl()
    assert sum(a.path.startswith(("/tzgg/t", "/zwdt/t")) for a in server.log) <= 8
    assert {row.reason_code for row in bench.seen("page").values()} == {"wall"}
    assert result.sites[0].counters.skipped > 0


def test_redirects_are_followed_inside_the_site_and_within_a_bound(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    server.routes["/tzgg/"] = reply(302, headers={"Location": "/new/tzgg/"})
    server.routes["/new/tzgg/"] = page.listing("通知公告", page.rows("/tzgg/", 8))
    server.routes["/zwdt/"] = reply(302, headers={"Location": "/zwdt/"})
    bench.crawl()
    columns = bench.seen("column")
    assert columns["s/tzgg"].outcome == "fetched"
    assert (columns["s/zwdt"].outcome, columns["s/zwdt"].reason_code) == ("unverified", "server")
    assert len(server.asked("/zwdt/")) <= 6


def test_a_private_address_from_a_page_or_redirect_is_never_asked(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    server.routes["/tzgg/"] = page.listing(
        "通知公告",
        page.rows("/tzgg/", 6)
        + page.row("http://10.0.0.8/secret.html", "关于内网地址的一条信息")
        + page.row(f"http://127.0.0.1:{server.port + 1}/x.html", "关于本机其他端口的一条信息"),
    )
    server.routes["/tzgg/t20180530_1001.html"] = reply(
        302, headers={"Location": "http://169.254.169.254/latest/"}
    )
    bench.crawl()
    urls = set(bench.seen("page"))
    assert not [u for u in urls if "10.0.0.8" in u or f":{server.port + 1}/" in u]
    moved = bench.seen("page")[server.root + "/tzgg/t20180530_1001.html"]
    assert (moved.outcome, moved.reason_code) == ("unverified", "not_captured")


def test_a_configured_host_in_a_private_network_needs_to_be_allowed(
    bench: Any, server: Any
) -> None:
    bench.site = {"url": "http://10.255.255.1:81/"}
    result = bench.crawl()
    assert result.sites[0].state is SiteState.UNREACHED
    assert "allow_private" in (result.sites[0].reason.reason if result.sites[0].reason else "")
    assert server.log == []


def test_a_page_beyond_the_size_bound_is_unverified_also_when_compressed(
    bench: Any, server: Any, reply: Any
) -> None:
    bench.rate = bench.rate.model_copy(update={"max_bytes": 100_000})
    bomb = gzip.compress(b"\0" * 20_000_000)
    server.routes["/tzgg/t20180530_1001.html"] = reply(
        body=bomb, headers={"Content-Encoding": "gzip"}
    )
    server.routes["/tzgg/t20180530_1002.html"] = reply(body=b"x" * 150_000)
    bench.crawl()
    pages = bench.seen("page")
    for number in (1001, 1002):
        row = pages[f"{server.root}/tzgg/t20180530_{number}.html"]
        assert (row.outcome, row.reason_code) == ("unverified", "not_captured")
    assert len(server.asked("/tzgg/t20180530_1001.html")) == 1


def test_a_compressed_page_is_read(bench: Any, server: Any, page: Any, reply: Any) -> None:
    body = page.listing("通知公告", page.rows("/tzgg/", 8)).encode()
    server.routes["/tzgg/"] = reply(body=gzip.compress(body), headers={"Content-Encoding": "gzip"})
    bench.crawl()
    assert len(bench.column("s/tzgg").entries) == 8


FOREIGN = (
    '<html><head><title>{name}</title><meta name="SiteName" content="{name}">'
    '<meta name="SiteIDCode" content="{code}"></head><body><ul><li><a href="/tzgg/">通知公告</a></li>'
    '<li><a href="/zwdt/">政务动态</a></li></ul></body></html>'
)


def test_a_home_page_of_another_site_makes_everything_unverified(bench: Any, server: Any) -> None:
    bench.site = {"site_code": "3604810001"}
    server.routes["/"] = FOREIGN.format(name="某某娱乐", code="4401000099")
    result = bench.crawl()
    (site,) = result.sites
    assert site.reason is not None
    assert site.reason.reason.startswith("拦截页：首页是另一个网站")
    assert {row.outcome for row in bench.seen("column").values()} == {"unverified"}
    assert not server.asked("/tzgg/")


def test_a_wrong_code_beside_the_right_name_is_a_slip_and_the_site_is_read(
    bench: Any, server: Any
) -> None:
    bench.site = {"site_code": "3604810001"}
    server.routes["/"] = FOREIGN.format(name=bench.plan().config.site("s").name, code="3604810002")
    bench.crawl()
    assert {row.outcome for row in bench.seen("column").values()} == {"fetched"}


def test_a_home_page_of_a_gambling_site_accuses_nobody(bench: Any, server: Any, page: Any) -> None:
    home = page.home(("通知公告", "/tzgg/"))
    server.routes["/"] = home.replace("<title>中国某市", "<title>真人娱乐-开元棋牌")
    (site,) = bench.crawl().sites
    assert site.reason is not None
    assert "劫持" in site.reason.reason
    assert {row.outcome for row in bench.seen("column").values()} == {"unverified"}


def test_a_site_of_its_own_name_may_speak_of_gambling(bench: Any, server: Any, page: Any) -> None:
    home = page.home(("通知公告", "/tzgg/"), ("政务动态", "/zwdt/"))
    server.routes["/"] = home.replace("<title>中国某市", "<title>中国某市：禁止赌博宣传月")
    bench.crawl()
    assert {row.outcome for row in bench.seen("column").values()} == {"fetched"}
