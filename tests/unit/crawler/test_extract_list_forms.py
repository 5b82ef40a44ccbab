"""Forms of rows, pagers and blocks that lists of many makes have, in markup written for these tests."""

from __future__ import annotations

from datetime import date

import pytest

from checks.facts import Listing, Page, PageKind
from crawler.extract import read_page
from crawler.extract.shells import Shell, read_shell

URL = "http://www.example.gov.cn/zwgk/tzgg/"
MENU = (
    "<div class='header'><div class='nav'><ul>"
    + "".join(f"<li><a href='/c{n}/'>栏目名称{n}</a></li>" for n in range(8))
    + "</ul></div></div>"
)
FOOT = "<div class='footer'>主办：某市人民政府 <a href='/about.html'>联系我们</a></div>"


def day(number: int) -> date:
    return date(2024, 3, 28 - number)


def title(number: int) -> str:
    return f"关于公布第{number}批行政审批事项目录的通知"


def rows(row: str, count: int = 8, first: int = 0) -> str:
    return "".join(
        row.replace("{n}", str(n))
        .replace("{title}", title(n))
        .replace("{date}", day(n).isoformat())
        .replace("{day}", day(n).strftime("%d"))
        .replace("{month}", day(n).strftime("%Y-%m"))
        for n in range(first, first + count)
    )


PLAIN = "<li><a href='./{n}.html'>{title}</a><span>{date}</span></li>"


def page(inner: str, url: str = URL, hint: PageKind | None = None) -> Page:
    html = f"<html><head><title>通知公告</title></head><body>{MENU}{inner}{FOOT}</body></html>"
    return read_page(html.encode(), url=url, hint=hint).page


def listing(inner: str, url: str = URL) -> Listing:
    read = page(inner, url)
    assert read.kind is PageKind.LIST
    assert read.listing is not None
    return read.listing


def titles(found: Listing) -> list[str]:
    return [item.title for item in found.entries]


# --- titles ---------------------------------------------------------------------------------------


def test_a_category_before_the_title_and_a_state_after_it_are_not_the_title() -> None:
    row = (
        "<li><a href='./{n}.html' title='{title}'><font>[施工]</font>{title}<font>[正在报名]</font></a>"
        "<span>{date}</span></li>"
    )
    assert titles(listing(f"<ul class='list'>{rows(row)}</ul>")) == [title(n) for n in range(8)]


def test_the_first_paragraph_in_a_link_is_its_title_and_the_next_its_summary() -> None:
    row = (
        "<li><a href='./{n}.html'><i>公告</i><p>{title}</p><p>为贯彻落实有关要求，现将目录予以公布。</p>"
        "<b>{date}</b></a></li>"
    )
    found = listing(f"<ul class='list'>{rows(row)}</ul>")
    assert titles(found) == [title(n) for n in range(8)]
    assert found.entries[0].published == day(0)


def test_the_links_of_a_pager_in_the_lists_own_table_are_no_rows() -> None:
    row = "<tr><td><a href='./{n}.html'>{title}</a></td><td>{date}</td></tr>"
    pager = "<tr><td colspan='2'><a href='a/9.htm'>下页</a> <a href='a/1.htm'>尾页</a></td></tr>"
    found = listing(f"<table>{rows(row)}{pager}</table>")
    assert titles(found) == [title(n) for n in range(8)]
    assert found.next_url == URL + "a/9.htm"


# --- rows without links ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        "<li onclick=\"window.open('../info/{n}.htm')\"><div><b>{day}</b><i>{month}</i></div><h4>{title}</h4></li>",
        "<tr onclick=\"location.href='../info/{n}.htm'\"><td>{title}</td><td>{date}</td></tr>",
        "<div class='item' onclick=\"openInfo('../info/{n}.htm')\"><p>{title}</p><span>{date}</span></div>",
        "<li><span onclick=\"toUrl('../info/{n}.htm')\">{title}</span><em>{date}</em></li>",
    ],
)
def test_rows_that_are_clicked_as_a_whole_are_rows(row: str) -> None:
    tag = "table" if row.startswith("<tr") else "ul" if row.startswith("<li") else "div"
    found = listing(f"<{tag} class='news-list'>{rows(row)}</{tag}>")
    assert titles(found) == [title(n) for n in range(8)]
    assert [item.url for item in found.entries][:2] == [
        "http://www.example.gov.cn/zwgk/info/0.htm",
        "http://www.example.gov.cn/zwgk/info/1.htm",
    ]
    assert [item.published for item in found.entries] == [day(n) for n in range(8)]


def test_cards_without_dates_are_a_list_when_their_container_holds_the_pager() -> None:
    row = "<a class='card' href='./{n}.html'><div><img src='{n}.jpg'></div><p>{title}</p></a>"
    found = listing(
        f"<div class='right'>{rows(row)}<div class='pagination'><a href='2.html'>下页</a></div></div>",
        url="http://www.example.gov.cn/zwgk/tpxw.htm",
    )
    assert titles(found) == [title(n) for n in range(8)]
    assert found.next_url == "http://www.example.gov.cn/zwgk/2.html"


# --- pagers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pager",
    [
        "<table><tr><td>1/60</td><td onclick=\"window.location.href='./?Paging=2'\">下页</td></tr></table>",
        "<div><span>1</span><button onclick=\"location.href='?Paging=2'\">下一页</button></div>",
        "<div><input type='button' value='下一页' onclick=\"location.href='./?Paging=2'\"></div>",
    ],
)
def test_what_turns_the_page_need_not_be_a_link(pager: str) -> None:
    assert listing(f"<ul>{rows(PLAIN)}</ul>{pager}").next_url == URL + "?Paging=2"


@pytest.mark.parametrize(
    ("pager", "pages"),
    [
        ("<div class='pb_sys'><span>共217条</span><span>1/15</span><a href='x/14.htm'>下页</a></div>", 15),
        ("<table><tr><td>共52条&nbsp;&nbsp;1/6&nbsp;</td><td><a href='x/5.htm'>下页</a></td></tr></table>", 6),
        ("<table class='pagination'><tr><td>1/60</td><td><a href='2.htm'>下页</a></td></tr></table>", 60),
        ("<p>首页 <a href='x/230.htm'>下页</a> <a href='x/1.htm'>尾页</a></p>", 231),
        ("<p>首页 <a href='index_2.html'>下一页</a> <a href='index_36.html'>末页</a></p>", 36),
        ("<p>首页 <a href='?page=2&t=7'>下一页</a> <a href='?page=9&t=7'>尾页</a></p>", 9),
        ("<p>首页 <a href='2.html'>下一页</a> <a href='2.html'>尾页</a></p>", 2),
        ("<p><a href='x/9.htm'>上页</a> <a href='x/7.htm'>下页</a> <a href='x/1.htm'>尾页</a></p>", None),
        ("<p>首页 <a href='2.html'>下一页</a> <a href='/other/9.html'>尾页</a></p>", None),
    ],
)  # fmt: skip
def test_the_pages_in_all_are_told_by_the_pager(pager: str, pages: int | None) -> None:
    assert listing(f"<ul>{rows(PLAIN)}</ul>{pager}").pages_claimed == pages


# --- blocks ---------------------------------------------------------------------------------------


def test_blocks_that_each_show_the_newest_rows_of_a_column_below_are_no_main_list() -> None:
    blocks = "".join(
        f"<div class='box fl'><div class='menu'><b>栏目{k}</b><a class='more' href='./c{k}/'>更多&gt;&gt;</a></div>"
        f"<div class='list'><ul>{rows(PLAIN.replace('./', f'./c{k}/'), 6)}</ul></div></div>"
        for k in range(2)
    )
    assert page(f"<div class='wrap'>{blocks}</div>").listing is None


def test_the_rows_before_a_link_to_the_rest_are_not_the_whole_list() -> None:
    found = listing(
        f"<div class='box'><h2>通知公告</h2><a href='/zwgk/tzgg/all.htm'>更多</a><ul>{rows(PLAIN)}</ul></div>"
    )
    assert len(found.entries) == 8
    assert (found.pager, found.pages_claimed, found.next_url) == ("more", 2, None)


@pytest.mark.parametrize(
    "side",
    [
        "<div class='hot'><h3>热点</h3><a href='/hot/'>更多</a><ul>{}</ul></div>",
        "<div class='box'><h3>图片新闻</h3><a href='/tp/'>更多</a><ul>{}</ul></div>",
    ],
)
def test_the_more_of_another_block_says_nothing_of_the_main_list(side: str) -> None:
    other = rows("<li><a href='/h/{n}.html'>热点信息第{n}条的标题</a></li>", 5)
    found = listing(
        f"<div class='main'><ul class='list'>{rows(PLAIN, 12)}</ul></div>{side.format(other)}"
    )
    assert len(found.entries) == 12
    assert found.pager is None


@pytest.mark.parametrize("heading", ["2024年{}月", "2024-0{}", "第{}季度", "{}月份"])
def test_lists_under_headings_of_months_are_one(heading: str) -> None:
    parts = "".join(
        f"<div class='month'><h3>{heading.format(k)}</h3><ul class='list'>{rows(PLAIN, 3, 3 * k)}</ul></div>"
        for k in range(1, 5)
    )
    found = listing(f"<div class='right'>{parts}</div>")
    assert titles(found) == [title(n) for n in range(3, 15)]


def test_lists_under_headings_of_columns_are_not_one() -> None:
    parts = "".join(
        f"<div class='box'><h3>栏目名称{k}</h3><ul class='list'>{rows(PLAIN, 3, 3 * k)}</ul></div>"
        for k in range(1, 5)
    )
    found = page(f"<div class='right'>{parts}</div>").listing
    assert found is None or len(found.entries) == 3


def test_month_and_day_get_the_year_of_the_heading_above() -> None:
    parts = "".join(
        f"<h3>{year}年</h3><ul>"
        + "".join(
            f"<li><a href='/nb/{year}{n}.html'>某单位{n}政府信息公开工作年度报告</a><span>03-1{n}</span></li>"
            for n in range(3)
        )
        + "</ul>"
        for year in (2018, 2017)
    )
    found = listing(f"<div class='con'>{parts}</div>")
    assert [item.published for item in found.entries] == [
        date(year, 3, 10 + n) for year in (2018, 2017) for n in range(3)
    ]


# --- dates ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        "document.write('{date} 10:20'.substring(0,10))",
        "var d='{date}';document.write(d)",
        "show(new Date({epoch}))",
        "showDate('{compact}')",
    ],
)
def test_a_date_that_a_script_in_the_row_writes_is_read(script: str) -> None:
    lines = "".join(
        "<li><a href='./{n}.html'>{t}</a><span><script>{s}</script></span></li>".format(
            n=n,
            t=title(n),
            s=script.replace("{date}", day(n).isoformat())
            .replace("{compact}", day(n).strftime("%Y%m%d"))
            .replace("{epoch}", str(1711602000000 - 86400000 * n)),
        )
        for n in range(8)
    )
    found = listing(f"<ul class='list'>{lines}</ul>")
    assert [item.published for item in found.entries] == [day(n) for n in range(8)]


def test_a_script_that_names_two_dates_says_nothing() -> None:
    row = "<li><a href='./{n}.html'>{title}</a><script>f('{date}','2020-01-01')</script></li>"
    found = listing(
        f"<ul class='list'>{rows(row)}</ul><div class='page'><a href='2.html'>下一页</a></div>"
    )
    assert {item.published for item in found.entries} == {None}


def test_a_date_before_each_title_in_one_text_is_taken_off_it() -> None:
    row = "<li><a href='./{n}.html'>[{date}] {title}</a></li>"
    found = listing(f"<ul>{rows(row)}</ul>")
    assert titles(found) == [title(n) for n in range(8)]
    assert found.entries[7].published == day(7)


def test_the_columns_of_rows_that_are_lists_are_read_by_their_heads() -> None:
    head = "<ul class='t'><li>索引号</li><li>名称</li><li>发文日期</li><li>公开日期</li></ul>"
    row = "<ul class='r'><li>A0001-2024-000{n}</li><li><a href='./{n}.html'>{title}</a></li><li>2023-01-01</li><li>{date}</li></ul>"
    found = listing(f"<div class='gkml'>{head}{rows(row)}</div>")
    assert [item.published for item in found.entries] == [day(n) for n in range(8)]
    assert found.entries[3].index_number == "A0001-2024-0003"


def test_two_entries_side_by_side_in_a_tables_row_are_two() -> None:
    cell = "<td>·<a href='./{n}.html'>{title}</a></td><td>{date}</td>"
    lines = "".join(f"<tr>{rows(cell, 2, n)}</tr>" for n in range(0, 10, 2))
    found = listing(f"<table>{lines}</table>")
    assert titles(found) == [title(n) for n in range(10)]
    assert [item.published for item in found.entries] == [day(n) for n in range(10)]


def test_a_second_link_in_a_tables_row_is_no_entry_of_its_own() -> None:
    row = "<tr><td><a href='./c/'>市财政局</a></td><td><a href='./{n}.html'>{title}</a></td><td>{date}</td></tr>"
    assert titles(listing(f"<table>{rows(row)}</table>")) == [title(n) for n in range(8)]


# --- pagers that are scripts or boxes -------------------------------------------------------------

LAYPAGE = "<div id='p'></div><script>laypage.render({{ elem: 'p', count: 45{limit}, curr: {curr}, jump: function(obj, first){{ if(!first) location.href='?page='+obj.curr; }} }});</script>"


def test_a_script_librarys_pager_is_read_by_its_settings() -> None:
    pager = LAYPAGE.format(limit=", limit: 10", curr=1)
    found = listing(f"<ul>{rows(PLAIN)}</ul>{pager}")
    assert (found.next_url, found.pages_claimed, found.total_claimed) == (URL + "?page=2", 5, 45)
    last = listing(f"<ul>{rows(PLAIN)}</ul>{LAYPAGE.format(limit=', limit: 10', curr=5)}")
    assert (last.next_url, last.pages_claimed) == (None, 5)


def test_settings_that_name_no_size_of_a_page_are_no_claim() -> None:
    found = listing(f"<ul>{rows(PLAIN)}</ul>{LAYPAGE.format(limit='', curr=1)}")
    assert (found.next_url, found.pages_claimed, found.total_claimed) == (None, None, None)


def test_a_configured_pager_counts_from_zero() -> None:
    pager = "<script>var pagination_script_config = { pageNumber: '0', total: '12' };</script>"
    found = listing(f"<ul>{rows(PLAIN)}</ul>{pager}")
    assert (found.next_url, found.pages_claimed) == (URL + "index_1.html", 12)


@pytest.mark.parametrize(
    ("values", "following"),
    [(("index.html", "index_1.html", "index_2.html"), "index_1.html"), (("1", "2", "3"), None)],
)
def test_a_select_box_is_a_pager(values: tuple[str, ...], following: str | None) -> None:
    options = "".join(f"<option value='{v}'>第{n}页</option>" for n, v in enumerate(values, 1))
    found = listing(
        f"<ul>{rows(PLAIN)}</ul><p>转到<select onchange='go(this)'>{options}</select></p>"
    )
    assert found.next_url == (URL + following if following else None)
    assert found.pages_claimed == 3


def test_a_select_box_of_years_is_no_pager() -> None:
    options = "<option value='a.html'>2024</option><option value='b.html'>2023</option>"
    found = listing(f"<ul>{rows(PLAIN)}</ul><select onchange='go(this)'>{options}</select>")
    assert (found.next_url, found.pager) == (None, None)


# --- shells ---------------------------------------------------------------------------------------


def shell_of(inner: str, url: str = URL) -> Shell:
    html = f"<html><head><title>通知公告</title></head><body>{MENU}{inner}{FOOT}</body></html>"
    return read_shell(html.encode(), url=url)


def test_the_visible_frames_of_a_page_are_told() -> None:
    found = shell_of(
        "<iframe src='list.jsp?id=1'></iframe><iframe src='/count.html' width='0'></iframe>"
        "<iframe src='about:blank'></iframe><iframe src='/x.html' style='display:none'></iframe>"
    )
    assert found.frames == (URL + "list.jsp?id=1",)


def test_the_columns_below_a_page_are_told_from_its_articles() -> None:
    links = (
        "<a href='sj/'>市级公告</a><a href='bm/index.html'>部门公告</a><a href='./202403/t20240305_1.html'>关于公布目录的通知</a>"
        "<a href='123456.html'>关于目录的公告</a><a href='/other/'>别的栏目</a><a href='./'>本栏目</a><a href='a.pdf'>附件下载</a>"
    )
    assert shell_of(f"<div class='con'>{links}</div>").below == (
        ("市级公告", URL + "sj/"),
        ("部门公告", URL + "bm/index.html"),
    )


def test_a_single_more_of_another_folder_is_no_column_below() -> None:
    assert shell_of("<div class='box'><h3>图片新闻</h3><a href='/tp/'>更多</a></div>").below == ()


def test_a_page_with_matter_of_its_own_has_no_sole_link_and_no_target() -> None:
    prose = (
        "<p>本栏目公布市政府及各部门的公告，有关事项请咨询市政务服务中心，联系电话见下方所列各单位。</p>"
        * 6
    )
    found = shell_of(
        f"{prose}<a href='http://elsewhere.example/'>省网</a><script>location.href='/x/'</script>"
    )
    assert (found.sole, found.target) == (None, None)
