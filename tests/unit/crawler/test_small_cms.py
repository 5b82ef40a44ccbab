"""List pages in the manner of the small CMSs: what stands beside the list, and pagers of few words."""

from __future__ import annotations

import pytest

from checks.facts import Listing
from crawler.extract.listing import find_list
from crawler.extract.tree import build
from crawler.urls import Resolver

URL = "https://www.example.gov.cn/tjxx/index.html"


def listing(markup: str, within: str | None = None) -> Listing | None:
    tree = build(f"<html><head><title>统计信息</title></head><body>{markup}</body></html>")
    return find_list(tree, Resolver(URL), URL, True, False, within).listing


def items(start: int, count: int, *, day: bool = True) -> list[tuple[str, str]]:
    return [
        (
            f'<a href="/tjxx/2018/{n}.html" title="关于第{n}项重点工作安排的通知">关于第{n}项重点工作安排的通知</a>',
            f"<span>2018-05-{n:02d}</span>" if day else "",
        )
        for n in range(start, start + count)
    ]


def ul(rows: list[tuple[str, str]]) -> str:
    return "<ul>" + "".join(f"<li>{day}{link}</li>" for link, day in rows) + "</ul>"


def test_a_box_of_recommendations_beside_an_empty_list_is_not_the_list() -> None:
    side = ul(items(1, 10, day=False))
    found = listing(
        '<table><tr valign="top"><td class="content"><ul class="box"></ul><div class="tishi">没有信息</div></td><td class="x">'
        '<table class="title"><tr><td><strong>本类推荐</strong></td></tr></table>'
        f'<table class="box"><tr><td>{side}</td></tr></table></td></tr></table>'
    )
    assert found is not None
    assert (found.entries, found.empty_mark) == ((), "没有信息")


def test_the_rows_in_all_shown_as_a_link_are_no_page() -> None:
    pager = (
        '<table class="list_page"><tr><td><a title="Total record">&nbsp;<b>27</b> </a>&nbsp;'
        '<a href="/e/action/ListInfo/?classid=41">1</a>&nbsp;<b>2</b></td></tr></table>'
    )
    found = listing(f'<div class="box">{ul(items(1, 7))}</div>{pager}')
    assert found is not None
    assert (len(found.entries), found.next_url, found.pages_claimed) == (7, None, 2)


def test_of_tables_without_names_the_list_s_own_is_read_on_the_pages_that_follow() -> None:
    menu = "".join(
        f"<td><a href=/m{n}/a.html>栏目{n}号</a> <a href=/m{n}/b.html>栏目又{n}号</a></td>"
        for n in range(9)
    )
    rows = "".join(
        f"<tr><td><img src=dot.gif></td><td>{link}</td><td>{day}</td></tr>"
        for link, day in items(1, 12)
    )
    page = f"<table><tr>{menu}</tr></table><table><tr><td><table>{rows}</table></td></tr></table>"
    first = listing(page)
    assert first is not None
    again = listing(page, first.container)
    assert again is not None
    assert [e.url for e in again.entries] == [e.url for e in first.entries]
    assert len(again.entries) == 12


@pytest.mark.parametrize(
    ("body", "following"),
    [
        (
            "location.href='iList.jsp?cat_id=15971&cur_page='+n;",
            "/tjxx/iList.jsp?cat_id=15971&cur_page=2",
        ),
        ('window.location = "index_" + n + ".html" }', "/tjxx/index_2.html"),
        ("location.href = '/list/' + n + '.html';", "/list/2.html"),
        ("location.href = base + n;", None),
        ("location.href = 'a_' + (n - 1) + '.html';", None),
        ("if (n == 1) location.href = 'a_' + n + '.html'; else location.href = 'b_' + n;", None),
    ],
)
def test_the_next_page_is_where_the_page_s_own_function_leads_if_that_is_plain(
    body: str, following: str | None
) -> None:
    found = listing(
        f'{ul(items(1, 15))}<div class="page">共203条 <a href="javascript:gotopage(2)">下一页</a></div>'
        f"<script>function gotopage(n) {{ {body} }}</script>"
    )
    assert found is not None
    assert found.next_url == (following and f"https://www.example.gov.cn{following}")
    assert following is not None or found.pager == "script"
