"""Lists at the edge of what a list looks like, and lists that only look empty; markup of our own."""

from __future__ import annotations

from datetime import date

import pytest

from checks.facts import Listing, Page, PageKind
from crawler.extract import read_page

URL = "http://www.example.gov.cn/zwgk/tzgg/"


def day(number: int) -> date:
    return date(2024, 3, 28 - number)


def title(number: int) -> str:
    return f"关于公布第{number}批行政审批事项目录的通知"


def rows(row: str, count: int = 8) -> str:
    return "".join(
        row.replace("{n}", str(n))
        .replace("{title}", title(n))
        .replace("{date}", day(n).isoformat())
        .replace("{md}", day(n).strftime("%m-%d"))
        for n in range(count)
    )


def page(inner: str, hint: PageKind | None = None) -> Page:
    html = (
        "<html><head><title>通知公告</title></head><body><div class='nav'><a href='/'>首页</a></div>"
        f"{inner}<div class='footer'>主办：某市人民政府</div></body></html>"
    )
    return read_page(html.encode(), url=URL, hint=hint).page


def listing(inner: str) -> Listing:
    read = page(inner)
    assert read.kind is PageKind.LIST
    assert read.listing is not None
    return read.listing


DATED = {
    "time element": "<li><a href='{n}.html'>{title}</a><time datetime='{date}'>3月</time></li>",
    "year apart": "<li><em>2024</em><strong>{md}</strong><a href='{n}.html'>{title}</a></li>",
    "flat": "<h4><a href='{n}.html'>{title}</a></h4><div class='info'>{date} 10:00 31{n}次浏览</div><p>自2023年1月1日起执行。</p>",
    "flat with a long summary": "<h4><a href='{n}.html'>{title}</a></h4><div>{date}</div><p>为深入贯彻落实有关要求，切实做好相关工作，经市政府研究同意，现将2023年1月1日以来的有关事项通知如下，请各单位认真执行。</p>",
}


@pytest.mark.parametrize("form", DATED)
def test_dates_of_many_forms_are_the_rows(form: str) -> None:
    tag = "div" if form.startswith("flat") else "ul"
    found = listing(f"<{tag} class='list'>{rows(DATED[form])}</{tag}>")
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]
    assert [item.published for item in found.entries] == [day(n) for n in range(8)]


def test_a_list_with_pages_is_no_hot_list_whatever_its_name() -> None:
    row = "<li><a href='{n}.html'>{title}</a><span>{date}</span></li>"
    pager = "<div class='page'><a href='index_1.html'>下一页</a></div>"
    words = "<div>" + "其他栏目的名称。" * 30 + "</div>"
    ranked = f"{words}<ul class='rank_list'>{rows(row)}</ul>"
    assert len(listing(ranked + pager).entries) == 8
    assert page(ranked).listing is None


def test_pictures_with_names_are_a_list_where_one_is_expected() -> None:
    people = "".join(
        f"<li><a href='{n}/'><img src='{n}.jpg'><p class='name'>张{c}</p><p>副市长</p></a></li>"
        for n, c in enumerate("三四五六七")
    )
    found = listing(f"<ul class='ld'>{people}</ul>")
    assert [item.title for item in found.entries] == ["张三", "张四", "张五", "张六", "张七"]


@pytest.mark.parametrize(
    "inner",
    [
        "<ul class='news_list'><li><a href='<?=el.link?>'><?=el.title?></a></li></ul>",
        "<ul class='news_list'><li><a href=''></a><span></span></li></ul>",
        "<ul class='news_list' id='rows'></ul><script>getList('#rows', 12, 1)</script>",
        "<ul class='news_list' id='rows'></ul><script>$('#rows').html(render(data))</script>",
        "<ul class='news_list'></ul><script>$('.news_list').append(x)</script>",
        "<ul class='news_list'></ul><iframe src='list.html'></iframe>",
    ],
)
def test_an_empty_container_that_waits_for_rows_proves_nothing(inner: str) -> None:
    found = page(inner, PageKind.LIST).listing
    assert found is None or (found.entries == () and found.scripted)


@pytest.mark.parametrize(
    "inner",
    [
        "<ul class='news_list'></ul><script>$('.menu li').hover(function(){})</script>",
        "<ul class='news_list'></ul><script>$('.news_list li').hover(function(){})</script>",
        "<table class='list'><tr><th>名称</th><th>发布日期</th></tr></table>",
    ],
)
def test_an_empty_container_that_nothing_fills_is_an_empty_list(inner: str) -> None:
    found = page(inner, PageKind.LIST).listing
    assert found is not None
    assert (found.entries, found.scripted) == ((), False)


@pytest.mark.parametrize(
    "inner",
    [
        "<ul id='list'><li v-for='item in list'><a :href='item.url'>{{ item.title }}</a><span>{{ item.date }}</span></li></ul>",
        "<div id='app'></div><script>new Vue({el:'#app'})</script>",
        "<div class='article'><div class='article-box'></div><a href='javascript:print()'>打印</a></div>",
    ],
)
def test_a_page_that_a_script_builds_has_no_list_rather_than_an_empty_one(inner: str) -> None:
    found = page(inner, PageKind.LIST).listing
    assert found is None or (not found.entries and found.scripted) or not found.container


# --- rows that only a script opens ----------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        "<a href=\"javascript:openInfo('A{n}')\">{title}</a>",
        "<a href='javascript:;' onclick='view({n});return false'>{title}</a>",
        "<a href='#' onclick=\"show('{n}','x')\">{title}</a>",
    ],
)
def test_dated_rows_that_only_a_script_opens_are_rows_with_names_of_their_own(link: str) -> None:
    side = "<div class='box'><ul>" + "".join(
        f"<li><a href='/x/{n}.html'>热点{n}</a><span>2023-01-0{n}</span></li>" for n in range(1, 6)
    )
    found = listing(
        f"<ul class='list'>{rows(f'<li>{link}<span>{{date}}</span></li>')}</ul>{side}</ul></div>"
    )
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]
    assert len({item.url for item in found.entries}) == 8
    assert all(item.url.startswith("http://www.example.gov.cn/#") for item in found.entries)


def test_what_only_a_script_opens_is_no_link_of_the_page() -> None:
    row = "<li><a href='javascript:view({n})'>{title}</a><span>{date}</span></li>"
    html = f"<html><body><ul class='list'>{rows(row)}</ul></body></html>"
    reading = read_page(html.encode(), url=URL)
    assert reading.page.listing is not None
    assert len(reading.page.listing.entries) == 8
    assert reading.links == ()


def test_tabs_that_a_script_turns_are_no_rows() -> None:
    tabs = "".join(
        f"<li><a href='javascript:setTab(1,{n})'>政务公开栏目{n}</a></li>" for n in range(8)
    )
    assert page(f"<ul class='tabs'>{tabs}</ul>").listing is None


# --- pagers of known libraries --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "following", "pages"),
    [
        ("Pager({size:66, current:0, prefix:'index',suffix:'html'});", "index_1.html", 66),
        ("Pager({size:66, current:65, prefix:'index',suffix:'html'});", None, 66),
        ("$('#p').pagination('setPage',1,322);", "index_2.html", 322),
        ("$('#p').pagination('setPage',322,322);", None, 322),
        (
            'Ls.pagination("#p",function(pageIndex){location.href="?type=4&pageIndex="+pageIndex;},{currPage: 1, pageCount: 27});',
            "?type=4&pageIndex=2",
            27,
        ),
    ],
)
def test_pagers_that_a_library_draws_are_read(
    script: str, following: str | None, pages: int
) -> None:
    row = "<li><a href='{n}.html'>{title}</a><span>{date}</span></li>"
    found = listing(f"<ul class='list'>{rows(row)}</ul><div id='p'></div><script>{script}</script>")
    assert found.next_url == (URL + following if following else None)
    assert found.pages_claimed == pages


@pytest.mark.parametrize(
    "form",
    [
        "urls[i]='/art/{n}.html';headers[i]=\"<a href='x' title='{title}'>关于公布</a>\";year[i]='{y}';month[i]='{m}';day[i]='{d}';i++;",
        "url[{n}]='/art/{n}.html';title[{n}]='{title}';date[{n}]='{date}';",
    ],
)
def test_rows_that_a_script_keeps_in_arrays_are_read(form: str) -> None:
    lines = "".join(
        form.replace("{n}", str(n))
        .replace("{title}", title(n))
        .replace("{date}", day(n).isoformat())
        .replace("{y}", str(day(n).year))
        .replace("{m}", str(day(n).month))
        .replace("{d}", str(day(n).day))
        for n in range(8)
    )
    found = listing(f"<div class='right'><script>var i=0;{lines}show(urls);</script></div>")
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]
    assert [item.published for item in found.entries] == [day(n) for n in range(8)]
    assert found.entries[3].url == "http://www.example.gov.cn/art/3.html"


# --- what stands in, between and around rows ------------------------------------------------------


def test_a_linked_picture_in_a_row_does_not_part_it() -> None:
    row = (
        "<div class='item'><h2><a href='{n}.html'>{title}</a></h2><p>摘要</p>"
        "<div class='ad'><a href='/ad/{n}'><img src='ad.gif' alt='广告图片'></a></div><p>{date}</p></div>"
    )
    found = listing(f"<div class='box'>{rows(row)}</div>")
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]
    assert [item.published for item in found.entries] == [day(n) for n in range(8)]


def test_a_banner_among_dated_rows_is_no_entry() -> None:
    row = "<li><a href='{n}.html'>{title}</a><span>{date}</span></li>"
    banner = "<li><a href='/ad/'><img src='ad.gif' alt='某某专题活动'></a></li>"
    assert len(listing(f"<ul>{banner}{rows(row)}{banner}</ul>").entries) == 8


def test_rows_whose_titles_are_pictures_are_rows_in_plain_markup_too() -> None:
    row = "<li><a href='{n}.html'><img src='{n}.gif' alt='{title}'></a><span>{date}</span></li>"
    links = "".join(
        f"<li><a href='http://d{n}.gov.cn/'>某省某某委员会网站{n}</a></li>" for n in range(9)
    )
    found = listing(f"<div><ul>{rows(row)}</ul></div><div><p>友情链接</p><ul>{links}</ul></div>")
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]


def test_tables_one_after_the_other_with_nothing_between_are_one_list() -> None:
    row = "<tr><td><a href='{n}.html'>{title}</a></td><td>{date}</td></tr>"
    part = f"<div><div><table>{rows(row, 4)}</table></div></div><div class='line'></div>"
    other = part.replace(".html", ".htm").replace("第", "前")
    assert len(listing(f"<div class='right'>{part}{other}</div>").entries) == 8


def test_a_menu_beside_a_list_with_nothing_between_is_not_part_of_it() -> None:
    menu = "".join(f"<tr><td><a href='list.asp?id={n}'>栏目名称{n}</a></td></tr>" for n in range(6))
    row = "<tr><td><a href='show.asp?id={n}'>{title}</a></td><td>{date}</td></tr>"
    found = listing(
        f"<table><tr><td><table>{menu}</table></td><td><table>{rows(row)}</table></td></tr></table>"
    )
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]


def test_a_count_of_rows_beside_the_pages_is_not_the_page_shown() -> None:
    row = "<tr><td><a href='{n}.html'>{title}</a></td><td>{date}</td></tr>"
    pager = (
        "<div id='pager'><table><tr><td>记录：<b>397</b> 页数：<b>20</b></td><td><span><b>1</b></span>"
        "<a href='?p=2'>2</a><a href='?p=3'>3</a></td></tr></table></div>"
    )
    found = listing(f"<table>{rows(row)}</table>{pager}")
    assert found.next_url == URL + "?p=2"
    assert found.pages_claimed != 397


def test_a_slide_show_s_dots_are_not_the_pager_of_the_list() -> None:
    row = "<a class='c' href='{n}.html'><img src='{n}.jpg'><p>{title}</p></a>"
    dots = "<div class='swiper-pagination'></div><div class='page'>" + "首页导航" * 120
    found = listing(
        f"{dots}<div class='r'>{rows(row)}</div><div class='page'><a href='2.html'>下一页</a></div></div>"
    )
    assert [item.title for item in found.entries] == [title(n) for n in range(8)]
