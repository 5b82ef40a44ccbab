"""Columns whose own page shows no list: read where they lead, and never blank for being a shell."""

from __future__ import annotations

from typing import Any

import pytest

from checks.facts import ColumnReading, StopReason, Unverified
from checks.proof import read_whole

HEAD = "<html><head><title>通知公告-中国某市</title></head><body><div class='header'><a href='/'>首页</a></div>"
FOOT = "<div class='footer'><p>主办：某市人民政府</p></div></body></html>"


def shell(inner: str) -> str:
    return f"{HEAD}<div class='main'><h2>通知公告</h2>{inner}</div>{FOOT}"


def frame(source: str) -> str:
    return shell(f"<iframe src='{source}' width='100%' frameborder='0'></iframe>")


def block(name: str, url: str, rows: str) -> str:
    return (
        f"<div class='box'><div class='tit'><h3>{name}</h3><a class='more' href='{url}'>更多&gt;&gt;</a></div>"
        f"<ul class='news'>{rows}</ul></div>"
    )


# --- frames ---------------------------------------------------------------------------------------


def test_a_list_in_a_frame_is_the_columns(bench: Any, server: Any, page: Any) -> None:
    server.routes["/tzgg/"] = frame("list.jsp?id=3")
    server.routes["/tzgg/list.jsp?id=3"] = page.listing(
        "通知公告", page.rows("/tzgg/", 10), "<a href='list.jsp?id=3&page=2'>下一页</a>"
    )
    server.routes["/tzgg/list.jsp?id=3&page=2"] = page.listing(
        "通知公告", page.rows("/tzgg/", 4, start=11)
    )
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert (len(reading.entries), reading.page_lengths) == (14, (10, 4))
    assert read_whole(reading)
    assert bench.seen("column")["s/tzgg"].outcome == "fetched"


def test_a_frame_in_a_frame_is_followed_and_deeper_ones_are_not(
    bench: Any, server: Any, page: Any
) -> None:
    server.routes["/tzgg/"] = frame("/a.html")
    server.routes["/a.html"] = frame("/b.html")
    server.routes["/b.html"] = page.listing("通知公告", page.rows("/tzgg/", 7))
    server.routes["/zwdt/"] = frame("/c.html")
    server.routes["/c.html"] = frame("/d.html")
    server.routes["/d.html"] = frame("/e.html")
    server.routes["/e.html"] = page.listing("政务动态", page.rows("/zwdt/", 7))
    bench.crawl()
    assert len(bench.column("s/tzgg").entries) == 7
    assert isinstance(bench.column("s/zwdt"), Unverified)


def test_frames_that_lead_back_to_their_page_come_to_an_end(
    bench: Any, server: Any, page: Any
) -> None:
    server.routes["/tzgg/"] = frame("/a.html")
    server.routes["/a.html"] = frame("/tzgg/")
    bench.crawl()
    assert isinstance(bench.column("s/tzgg"), Unverified)


def test_a_frame_of_another_host_is_that_sites_list(bench: Any, server: Any, page: Any) -> None:
    server.routes["/tzgg/"] = frame("http://elsewhere.example/list.html")
    bench.crawl()
    assert bench.seen("column")["s/tzgg"].outcome == "delegated"
    assert bench.column("s/tzgg").linked_site == "http://elsewhere.example/list.html"


def test_a_blank_list_in_a_frame_is_blank_and_looked_at_twice(
    bench: Any, server: Any, page: Any
) -> None:
    server.routes["/tzgg/"] = frame("/list.html")
    server.routes["/list.html"] = page.listing("通知公告", "", empty="<p>暂无信息</p>")
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert (reading.entries, reading.proof.empty_mark) == ((), "暂无信息")
    assert reading.proof.confirmed
    assert reading.proof.stop is StopReason.END
    assert len(server.asked("/list.html")) == 2


def test_a_frame_that_fails_leaves_the_column_open(bench: Any, server: Any, reply: Any) -> None:
    server.routes["/tzgg/"] = frame("/list.html")
    server.routes["/list.html"] = reply(500)
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, Unverified) or reading.proof.scripted


def test_a_frame_beside_a_list_changes_nothing(bench: Any, server: Any, page: Any) -> None:
    server.routes["/tzgg/"] = page.listing(
        "通知公告", page.rows("/tzgg/", 8), "<iframe src='/weather.html'></iframe>"
    )
    bench.crawl()
    assert len(bench.column("s/tzgg").entries) == 8
    assert not server.asked("/weather.html", "GET")


# --- columns that only lead to another site -------------------------------------------------------


@pytest.mark.parametrize(
    "inner",
    [
        "<script>window.location.href='http://elsewhere.example/x/';</script>",
        "<script>location.replace('http://elsewhere.example/x/')</script>",
        "<a href='http://elsewhere.example/x/'><img src='/enter.jpg' alt='点击进入政务服务网'></a>",
        "<p>本栏目信息请到<a href='http://elsewhere.example/x/'>省公共资源交易网</a>查询。</p>",
    ],
)
def test_a_column_that_only_leads_to_another_site_is_delegated(
    bench: Any, server: Any, page: Any, inner: str
) -> None:
    head = "" if "script" in inner else "<h2>通知公告</h2>"
    server.routes["/tzgg/"] = (
        f"<html><head><title>通知公告</title></head><body>{head}{inner}</body></html>"
    )
    bench.crawl()
    assert bench.seen("column")["s/tzgg"].outcome == "delegated"
    assert bench.column("s/tzgg").linked_site == "http://elsewhere.example/x/"


# --- columns with content only below --------------------------------------------------------------


def test_a_column_that_shows_only_columns_below_it_is_what_they_hold_together(
    bench: Any, server: Any, page: Any
) -> None:
    server.routes["/tzgg/"] = shell(
        block("市级公告", "/tzgg/sj/", page.rows("/tzgg/sj/", 5))
        + block("部门公告", "/tzgg/bm/", page.rows("/tzgg/bm/", 5, start=40))
    )
    server.routes["/tzgg/sj/"] = page.listing(
        "市级公告", page.rows("/tzgg/sj/", 9), '<a href="/tzgg/sj/index_1.html">下一页</a>'
    )
    server.routes["/tzgg/sj/index_1.html"] = page.listing(
        "市级公告", page.rows("/tzgg/sj/", 3, start=10)
    )
    server.routes["/tzgg/bm/"] = page.listing("部门公告", page.rows("/tzgg/bm/", 6, start=40))
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert len(reading.entries) == 18
    assert (reading.proof.pages_read, reading.proof.stop) == (4, StopReason.END)
    assert read_whole(reading)
    # Of several lists' rows no order can be told: they count as one page.
    assert reading.page_lengths == (18,)


def test_a_column_that_only_links_to_columns_below_it_is_read_there(
    bench: Any, server: Any, page: Any
) -> None:
    links = "".join(
        f"<li><a href='{slug}/'>{name}</a></li>"
        for slug, name in (("sj", "市级公告"), ("bm", "部门公告"))
    )
    server.routes["/tzgg/"] = shell(f"<ul class='sub'>{links}</ul>")
    server.routes["/tzgg/sj/"] = page.listing("市级公告", page.rows("/tzgg/sj/", 9))
    server.routes["/tzgg/bm/"] = page.listing("部门公告", "", empty="<p>暂无信息</p>")
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert len(reading.entries) == 9
    assert read_whole(reading)


def test_a_parent_is_blank_only_if_all_below_it_say_that_they_are(
    bench: Any, server: Any, page: Any
) -> None:
    links = "".join(f"<li><a href='{slug}/'>栏目{slug}</a></li>" for slug in ("sj", "bm"))
    server.routes["/tzgg/"] = shell(f"<ul class='sub'>{links}</ul>")
    for slug in ("sj", "bm"):
        server.routes[f"/tzgg/{slug}/"] = page.listing("公告", "", empty="<p>暂无信息</p>")
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert reading.entries == ()
    assert reading.proof.empty_mark == "暂无信息"
    assert reading.proof.confirmed
    assert reading.proof.stop is StopReason.END


@pytest.mark.parametrize("other", ["fails", "gone", "unknown", "elsewhere"])
def test_a_parent_with_a_part_that_was_not_read_is_neither_blank_nor_read_whole(
    bench: Any, server: Any, page: Any, reply: Any, other: str
) -> None:
    target = "http://elsewhere.example/bm/" if other == "elsewhere" else "/tzgg/bm/"
    server.routes["/tzgg/"] = shell(
        block("市级公告", "/tzgg/sj/", "") + block("部门公告", target, "")
    )
    server.routes["/tzgg/sj/"] = page.listing("公告", "", empty="<p>暂无信息</p>")
    if other == "fails":
        server.routes["/tzgg/bm/"] = reply(500)
    elif other == "unknown":
        server.routes["/tzgg/bm/"] = shell(
            "<div id='app'></div><script>new Vue({el:'#app'})</script>"
        )
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, Unverified) or (
        not reading.entries and reading.proof.stop is not StopReason.END
    )


def test_rows_before_a_link_to_the_rest_are_read_on_there(
    bench: Any, server: Any, page: Any
) -> None:
    server.routes["/tzgg/"] = shell(block("通知公告", "/tzgg/all.html", page.rows("/tzgg/", 6)))
    server.routes["/tzgg/all.html"] = page.listing("通知公告", page.rows("/tzgg/", 15))
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert len(reading.entries) == 15
    assert read_whole(reading)


def test_what_a_script_may_add_keeps_a_parent_from_being_read_whole(
    bench: Any, server: Any, page: Any
) -> None:
    links = "".join(f"<li><a href='{slug}/'>栏目{slug}</a></li>" for slug in ("sj", "bm"))
    server.routes["/tzgg/"] = shell(
        f"<ul class='sub'>{links}</ul><div id='x'></div><script>$.ajax({{url:'/api/list'}})</script>"
    )
    server.routes["/tzgg/sj/"] = page.listing("公告", page.rows("/tzgg/sj/", 9))
    server.routes["/tzgg/bm/"] = page.listing("公告", "", empty="<p>暂无信息</p>")
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert len(reading.entries) == 9
    assert not read_whole(reading)


def test_columns_that_lead_to_each_other_come_to_an_end(bench: Any, server: Any, page: Any) -> None:
    server.routes["/tzgg/"] = shell(block("一", "/zwdt/", "") + block("二", "/x/", ""))
    server.routes["/zwdt/"] = shell(block("一", "/tzgg/", "") + block("二", "/x/", ""))
    server.routes["/x/"] = page.listing("公告", page.rows("/x/", 5))
    bench.crawl()
    for key in ("s/tzgg", "s/zwdt"):
        reading = bench.column(key)
        assert isinstance(reading, Unverified) or not read_whole(reading) or reading.entries
    assert len(server.asked("/x/", "GET")) == 1
