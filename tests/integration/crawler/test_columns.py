"""Columns are found, read to the end, and blank, absent and unread are never confused."""

from __future__ import annotations

from typing import Any

from checks.facts import ColumnReading, Missing, StopReason, Unverified


def test_every_list_page_is_read_and_every_article_observed_once(
    bench: Any, server: Any, page: Any
) -> None:
    server.routes["/tzgg/"] = page.listing(
        "通知公告", page.rows("/tzgg/", 10), '<a href="/tzgg/index_1.html">下一页</a>'
    )
    server.routes["/tzgg/index_1.html"] = page.listing(
        "通知公告", page.rows("/tzgg/", 4, start=11), '<a href="/tzgg/">上一页</a>'
    )
    result = bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert (len(reading.entries), reading.page_lengths) == (14, (10, 4))
    assert reading.proof.stop is StopReason.END
    assert reading.proof.share_dated == 1.0
    assert result.complete
    pages = bench.seen("page")
    assert len(pages) == 22
    assert {row.outcome for row in pages.values()} == {"fetched"}


def test_an_article_in_two_columns_is_one_page(bench: Any, server: Any, page: Any) -> None:
    shared = page.rows("/tzgg/", 8)
    server.routes["/zwdt/"] = page.listing("政务动态", shared)
    bench.crawl()
    assert len(bench.seen("page")) == 8
    assert all(len(server.asked(f"/tzgg/t20180530_{1000 + n}.html")) == 1 for n in range(1, 9))
    assert {row.column_key for row in bench.seen("page").values()} == {"s/tzgg"}


def test_query_pages_that_repeat_the_last_one_come_to_an_end(
    bench: Any, server: Any, page: Any
) -> None:
    last = page.listing("通知公告", page.rows("/tzgg/", 6), '<a href="/tzgg/?page=3">下一页</a>')
    server.routes["/tzgg/"] = page.listing(
        "通知公告", page.rows("/tzgg/", 6, start=20), '<a href="/tzgg/?page=2">下一页</a>'
    )
    server.routes["/tzgg/?page=2"] = last
    server.routes["/tzgg/?page=3"] = last
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert reading.proof.stop is StopReason.REPEATED
    assert len(reading.entries) == 12


def test_a_list_is_read_no_further_than_its_bound(bench: Any, server: Any, page: Any) -> None:
    for n in range(1, 6):
        path = "/tzgg/" if n == 1 else f"/tzgg/?page={n}"
        server.routes[path] = page.listing(
            "通知公告",
            page.rows("/tzgg/", 5, start=10 * n),
            f'<a href="/tzgg/?page={n + 1}">下一页</a>',
        )
    bench.rate = bench.rate.model_copy(update={"max_list_pages": 3})
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert (reading.proof.stop, reading.proof.pages_read) == (StopReason.CAP, 3)


def test_a_failing_later_page_leaves_what_was_read(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    server.routes["/tzgg/"] = page.listing(
        "通知公告", page.rows("/tzgg/", 10), '<a href="/tzgg/index_1.html">下一页</a>'
    )
    server.routes["/tzgg/index_1.html"] = reply(500)
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert (reading.proof.stop, len(reading.entries)) == (StopReason.FAILED, 10)
    assert len(server.asked("/tzgg/index_1.html")) == 2


def test_a_blank_column_is_looked_at_twice_and_compared_with_its_siblings(
    bench: Any, server: Any, page: Any
) -> None:
    server.routes["/tzgg/"] = page.listing("通知公告", "", empty="<p>暂无信息</p>")
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert reading.entries == ()
    assert reading.proof.confirmed
    assert reading.proof.empty_mark
    assert len(server.asked("/tzgg/")) == 2
    assert bench.seen("column")["s/tzgg"].outcome == "fetched"


def test_rows_that_come_at_the_second_look_are_read(bench: Any, server: Any, page: Any) -> None:
    empty = page.listing("通知公告", "", empty="<p>暂无信息</p>")
    filled = page.listing("通知公告", page.rows("/tzgg/", 8))
    server.routes["/tzgg/"] = lambda _asked: empty if len(server.asked("/tzgg/")) == 1 else filled
    bench.crawl()
    assert len(bench.column("s/tzgg").entries) == 8


def test_a_column_that_is_not_in_a_whole_menu_is_absent(bench: Any, make_column: Any) -> None:
    bench.columns = (*bench.columns, make_column("rsxx", "人事信息"))
    bench.crawl()
    assert bench.seen("column")["s/rsxx"].outcome == "absent"


def test_a_home_page_that_fails_leaves_columns_unverified_not_absent(
    bench: Any, server: Any, reply: Any
) -> None:
    server.routes["/"] = reply(500)
    result = bench.crawl()
    assert {row.outcome for row in bench.seen("column").values()} == {"unverified"}
    assert result.sites[0].reason is not None
    assert not result.complete


def test_a_configured_address_wins_over_the_menu(
    bench: Any, server: Any, page: Any, make_column: Any
) -> None:
    server.routes["/other/"] = page.listing("通知公告", page.rows("/other/", 7))
    bench.columns = (make_column("tzgg", "通知公告", url=server.root + "/other/"), bench.columns[1])
    bench.crawl()
    assert len(bench.column("s/tzgg").entries) == 7
    asked = server.paths()
    assert asked.index("/other/") < asked.index("/tzgg/")  # looked at as a link alone
    assert len(server.asked("/tzgg/")) == 1


def test_a_page_that_is_no_list_is_unverified(bench: Any, server: Any, page: Any) -> None:
    server.routes["/tzgg/"] = (
        "<html><title>通知公告</title><body><div id='app'></div><script>new Vue({el:'#app'})</script></body></html>"
    )
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, Unverified) or (not reading.entries and reading.proof.scripted)


def test_a_column_that_leads_to_another_host_is_delegated(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    server.routes["/"] = page.home(
        ("通知公告", "/tzgg/"),
        ("政务动态", "http://elsewhere.example/zwdt/"),
        ("人事信息", "/rsxx/"),
    )
    server.routes["/tzgg/"] = reply(302, headers={"Location": "http://elsewhere.example/tzgg/"})
    bench.crawl()
    columns = bench.seen("column")
    assert columns["s/zwdt"].outcome == "delegated"
    assert columns["s/tzgg"].outcome == "delegated"
    assert bench.column("s/tzgg").linked_site == "http://elsewhere.example/tzgg/"


def test_rows_gone_and_shape_changed_is_unverified_not_blank(
    bench: Any, server: Any, page: Any
) -> None:
    bench.crawl()
    server.routes["/tzgg/"] = (
        "<html><head><title>通知公告</title></head><body><div class='new'><section><h1>通知公告</h1>"
        "<div class='box'><ul class='items list'></ul><p>暂无信息</p></div></section></div></body></html>"
    )
    bench.again()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, Unverified)
    assert reading.code is Missing.SHAPE


def test_a_column_link_that_is_dead_twice_is_a_dead_link(bench: Any, server: Any) -> None:
    del server.routes["/tzgg/"]
    bench.crawl()
    assert bench.seen("column")["s/tzgg"].outcome == "unverified"
    assert bench.fates()["/tzgg/"] == ("dead", 404)


def test_a_column_that_only_its_parents_page_links_is_found_not_absent(
    bench: Any, server: Any, page: Any, make_column: Any
) -> None:
    bench.columns = (*bench.columns, make_column("rsxx", "人事信息"))
    server.routes["/"] = page.home(
        ("通知公告", "/tzgg/"), ("政务动态", "/zwdt/"), ("政务公开", "/zwgk/")
    )
    server.routes["/zwgk/"] = page.home(("人事信息", "/zwgk/rsxx/"))
    server.routes["/zwgk/rsxx/"] = page.listing("人事信息", page.rows("/zwgk/rsxx/", 5, start=70))
    bench.crawl()
    assert (bench.seen("column")["s/rsxx"].outcome, bench.seen("column")["s/rsxx"].rows) == (
        "fetched",
        5,
    )


def test_a_column_is_not_absent_while_a_page_of_the_menu_was_not_read(
    bench: Any, server: Any, page: Any, make_column: Any, reply: Any
) -> None:
    bench.columns = (*bench.columns, make_column("rsxx", "人事信息"))
    server.routes["/"] = page.home(
        ("通知公告", "/tzgg/"), ("政务动态", "/zwdt/"), ("政务公开", "/zwgk/")
    )
    server.routes["/zwgk/"] = reply(500)
    bench.crawl()
    column = bench.seen("column")["s/rsxx"]
    assert (column.outcome, column.reason_code) == ("unverified", "server")


# --- the platform ---------------------------------------------------------------------------------


def test_a_platforms_pages_belong_to_the_unit_of_their_catalogue(platform: Any) -> None:
    result = platform.crawl()
    assert result.complete
    owners = {url.split("/")[3]: row.unit_id for url, row in platform.seen("page").items()}
    assert owners == {"czj": "czj", "jyj": "jyj", "mzj": "mzj"}
    assert {row.outcome for row in platform.seen("column").values()} == {"fetched"}


def test_a_variant_is_told_from_the_exact_name(platform: Any, server: Any) -> None:
    server.routes["/jyj/"] = server.routes["/jyj/"].replace("部门介绍", "单位简介")
    platform.crawl()
    columns = platform.seen("column")
    assert columns["s/jyj.bmjs"].name_match == "variant"
    assert columns["s/czj.bmjs"].name_match == "exact"


def test_a_column_missing_from_one_units_tree_is_absent_there_alone(
    platform: Any, server: Any, page: Any, make_tree: Any
) -> None:
    server.routes["/jyj/"] = make_tree(page, "jyj", "教育局", without=("领导信息",))
    platform.crawl()
    absent = [key for key, row in platform.seen("column").items() if row.outcome == "absent"]
    assert absent == ["s/jyj.ldxx"]


def test_a_tree_with_one_column_left_is_recognised_by_its_siblings(
    platform: Any, server: Any, page: Any, make_tree: Any
) -> None:
    server.routes["/jyj/"] = make_tree(page, "jyj", "教育局", without=("领导信息", "部门介绍"))
    platform.crawl()
    absent = {key for key, row in platform.seen("column").items() if row.outcome == "absent"}
    assert absent == {"s/jyj.ldxx", "s/jyj.bmjs"}


def test_a_unit_whose_root_is_not_found_is_unverified_not_all_missing(
    platform: Any, server: Any, page: Any
) -> None:
    server.routes["/"] = page.home(("财政局", "/czj/"), ("教育局", "/jyj/"), ("某办", "/mb/"))
    platform.crawl()
    outcomes = {
        key: row.outcome
        for key, row in platform.seen("column").items()
        if ".mzj" in key or "mzj." in key
    }
    assert set(outcomes.values()) == {"unverified"}
    assert platform.seen("tree")["s/mzj"].outcome == "unverified"


def test_a_menu_common_to_all_units_is_nobodys_tree(platform: Any, server: Any) -> None:
    for unit in ("czj", "jyj", "mzj"):
        server.routes[f"/{unit}/"] = (
            "<html><title>x</title><body><div class='nav'><ul><li><a href='/all/ld/'>领导信息</a></li>"
            "<li><a href='/all/dt/'>政务动态</a></li></ul></div><div>欢迎访问</div></body></html>"
        )
    platform.crawl()
    assert {row.outcome for row in platform.seen("column").values()} == {"unverified"}


def test_columns_shown_on_their_categorys_page_alone_are_found(
    platform: Any, server: Any, page: Any
) -> None:
    for unit in ("czj", "jyj", "mzj"):
        links = f"<li><a href='/{unit}/gk/'>概况信息</a></li><li><a href='/{unit}/dt/'>工作动态</a></li>"
        head = (
            f"<html><title>{unit}</title><body><div class='tree'><ul class='cat'>{links}</ul></div>"
        )
        server.routes[f"/{unit}/"] = head + "</body></html>"
        server.routes[f"/{unit}/gk/"] = head + (
            f"<div class='sub'><ul><li><a href='/{unit}/bmjs/'>部门介绍</a></li>"
            f"<li><a href='/{unit}/ldxx/'>领导信息</a></li></ul></div></body></html>"
        )
        server.routes[f"/{unit}/dt/"] = head + (
            f"<div class='sub'><ul><li><a href='/{unit}/zwdt/'>政务动态</a></li></ul></div></body></html>"
        )
    platform.crawl()
    assert {row.outcome for row in platform.seen("column").values()} == {"fetched"}


def test_a_scan_of_one_unit_leaves_the_others_alone_but_knows_a_menu(
    platform: Any, server: Any
) -> None:
    menu = (
        "<ul class='top'><li><a href='/all/ld/'>领导信息</a></li>"
        "<li><a href='/all/dt/'>政务动态</a></li></ul>"
    )
    for unit in ("czj", "jyj", "mzj"):
        server.routes[f"/{unit}/"] = server.routes[f"/{unit}/"].replace("<body>", "<body>" + menu)
    platform.crawl(units=frozenset({"jyj"}))
    columns = platform.seen("column")
    assert set(columns) == {"s/jyj.bmjs", "s/jyj.ldxx", "s/jyj.zwdt"}
    assert {row.outcome for row in columns.values()} == {"fetched"}
    assert set(platform.seen("tree")) == {"s/jyj"}
    assert {url.split("/")[3] for url in platform.seen("page")} == {"jyj"}
    assert not server.asked("/czj/zwdt/", "GET")


def test_a_column_that_the_tree_does_not_name_is_read_where_it_is_known_to_stand(
    platform: Any, server: Any, page: Any, make_tree: Any
) -> None:
    server.routes["/jyj/"] = make_tree(page, "jyj", "教育局", without=("领导信息",))
    known = {"ldxx": f"{server.root}/jyj/ldxx/"}
    platform.units = tuple(
        unit.model_copy(update={"addresses": known}) if unit.id == "jyj" else unit
        for unit in platform.units
    )
    platform.crawl()
    columns = platform.seen("column")
    assert columns["s/jyj.ldxx"].outcome == "fetched"
    assert columns["s/jyj.ldxx"].rows == 5
    assert columns["s/czj.ldxx"].name_match == "exact"


def test_a_known_address_that_is_gone_leaves_the_column_unverified_not_absent(
    platform: Any, server: Any, page: Any, make_tree: Any
) -> None:
    server.routes["/jyj/"] = make_tree(page, "jyj", "教育局", without=("领导信息",))
    known = {"ldxx": f"{server.root}/jyj/moved/"}
    platform.units = tuple(
        unit.model_copy(update={"addresses": known}) if unit.id == "jyj" else unit
        for unit in platform.units
    )
    platform.crawl()
    assert platform.seen("column")["s/jyj.ldxx"].outcome == "unverified"


def test_an_article_by_other_spellings_is_asked_for_once(
    bench: Any, server: Any, page: Any
) -> None:
    rows = page.rows("/tzgg/", 6)
    doubled = rows + rows.replace(".html", ".html;jsessionid=0A1B2C").replace(
        "/tzgg/", "/zz/.././tzgg//"
    )
    server.routes["/tzgg/"] = page.listing("通知公告", doubled)
    bench.crawl()
    assert len(bench.column("s/tzgg").entries) == 6
    assert all(len(server.asked(f"/tzgg/t20180530_{1000 + n}.html")) == 1 for n in range(1, 7))
