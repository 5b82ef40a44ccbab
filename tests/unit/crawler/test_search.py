"""What a page of search results shows: the entry, other rows, nothing, or nothing that we can read."""

from __future__ import annotations

import time

import pytest

from checks.parts import SearchForm
from crawler.search import Results, question_of, read_results

TITLE = "关于开展夏季防溺水工作的通知"
URL = "http://www.rc.gov.cn/so.html?q=x"
PAGE = "http://www.rc.gov.cn/a/1.html"
ECHO = f"<form><input name=q value='{TITLE}'></form><p>搜索“{TITLE}”，共找到 3 条</p>"
OTHERS = "<ul><li><a href='/a/2.html'>关于<em>防溺水</em>的倡议</a></li><li><a href='/a/3.html'><font color=red>夏季</font>用电</a></li></ul>"
MENU = "<ul><li><a href='/zwgk/'>政务公开</a></li><li><a href='/a/9.html'>关于开展夏季防火的通知</a></li></ul>"
NONE = f"<p>抱歉，没有找到与“{TITLE}”相关的信息</p>"


def read(body: str) -> Results:
    text = f"<html><head><meta charset=utf-8><title>搜索</title></head><body>{body}</body></html>"
    return read_results(text.encode(), "text/html; charset=utf-8", URL, TITLE, PAGE)


@pytest.mark.parametrize(
    "row",
    [
        f"<a href='/b/7.html'>{TITLE}</a>",
        "<a href='/b/7.html'>关于<em>开展夏季</em> <em>防溺水</em>工作的通知</a>",
        "<a href='/b/7.html'>关于开展夏季防溺水…</a>",
        f"<a href='/b/7.html' title='{TITLE}'>关于</a>",
        "<a href='https://rc.gov.cn/a/1.html'>点击查看</a>",
        f"<a href='javascript:;' onclick='go(7)'>{TITLE}</a>",
    ],
)
def test_the_entry_is_found_by_its_title_or_its_address(row: str) -> None:
    assert read(ECHO + MENU + row).found


@pytest.mark.parametrize(
    "row",
    [
        f"<a href='/so.html?q={TITLE}&sort=2'>{TITLE}</a>",
        "<a href='/b/7.html'>关于…</a>",
        "<a href='/b/7.html'>关于开展夏季防火工作…</a>",
    ],
)
def test_what_only_looks_like_the_entry_is_not_it(row: str) -> None:
    assert not read(ECHO + row).found


def test_other_rows_count_where_the_words_are_marked_in_them() -> None:
    seen = read(ECHO + MENU + OTHERS)
    assert (seen.found, seen.rows, seen.said_none) == (False, 2, False)


def test_menus_and_lists_beside_are_no_results() -> None:
    assert read(ECHO + MENU) == Results(found=False, rows=0, said_none=False)


@pytest.mark.parametrize(
    "words",
    [
        NONE,
        f"<p>您搜索的是：{TITLE}</p><p>共找到 0 条结果</p>",
        f"<h3>{TITLE}</h3><div>没有搜索到任何结果！</div>",
        f"<p>“{TITLE}”</p><p>很抱歉，未找到相关内容。</p>",
    ],
)
def test_that_nothing_was_found_is_believed_beside_the_title(words: str) -> None:
    seen = read(words + MENU)
    assert (seen.found, seen.rows, seen.said_none) == (False, 0, True)


@pytest.mark.parametrize(
    "words",
    [
        "<p>暂无相关数据</p>",
        f"<div style='display:none'>{NONE}</div>",
        f"<div class='tpl-hidden'>{NONE}</div>",
        f"<script>var t = '{NONE}'</script>",
        f"<p>搜索“{TITLE}”</p><p>没有找到满意的结果？</p>",
        f"<p>您搜索的是：{TITLE}</p><p>共找到 0 条附件</p>",
        f"<p>您搜索的是：{TITLE}</p><p>附件共 0 条</p>",
        f"<p>您搜索的是：{TITLE}</p><p>共找到 <span id='total'>0</span> 条结果</p>",
        f"<p>{TITLE}</p><p>2018年6月1日</p><p>来源：安监局</p><p>没有找到相关内容</p>",
    ],
)
def test_an_empty_frame_or_an_offer_is_no_statement(words: str) -> None:
    assert read(words) == Results(found=False, rows=0, said_none=False)


def test_a_title_that_stands_outside_links_is_not_understood() -> None:
    seen = read(ECHO + f"<div onclick='go()'>{TITLE}</div>" + OTHERS)
    assert seen == Results(found=False, rows=0, said_none=False)


def test_a_page_made_of_marks_costs_no_more_than_its_length() -> None:
    nested = "<em>夏季" * 300 + "</em>" * 300
    body = (
        ECHO
        + f"<a href='/b/1.html'>{nested}</a>" * 40
        + "<a href='/b/2.html'>"
        + "<em>夏季</em>" * 20_000
    )
    started = time.process_time()
    assert not read(body).found
    assert time.process_time() - started < 5


def test_the_question_is_a_browsers_in_the_forms_own_charset() -> None:
    form = SearchForm(
        action="http://www.rc.gov.cn/so.html?old=1", field="q", fixed=(("lx", "0"), ("q", "x")),
        charset="gb2312", plain=True,
    )  # fmt: skip
    assert question_of(form, "通知") == "http://www.rc.gov.cn/so.html?q=%CD%A8%D6%AA&lx=0"


@pytest.mark.parametrize(
    "form",
    [
        SearchForm(action="http://www.rc.gov.cn/so", field="q", plain=False),
        SearchForm(action="", field="q", plain=True),
        SearchForm(action="http://www.rc.gov.cn/so", field="", plain=True),
        SearchForm(action="http://www.rc.gov.cn/so", field="q", charset="latin-1", plain=True),
        SearchForm(action="http://www.rc.gov.cn/so", field="q", charset="no-such", plain=True),
    ],
)
def test_what_a_browser_would_not_send_is_not_asked(form: SearchForm) -> None:
    assert question_of(form, "通知") is None
