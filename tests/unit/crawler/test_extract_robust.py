"""Nothing raises and nothing takes long, whatever the bytes."""

from __future__ import annotations

import random
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.facts import Listing, PageKind
from crawler.extract import read_page
from crawler.extract.tree import MAX_TAGS

URL = "http://www.example.gov.cn/zwgk/tzgg/"
BOUND = 8
"""How many times the processor time of an ordinary long list (1/4 of the tags that are read of any
page) a hostile page may take: far above what it takes, far below quadratic."""

ARTICLE = (
    "<html><head><meta charset='utf-8'><title>关于做好安全生产工作的通知_某市人民政府</title><meta name='ArticleTitle' content='关于做好安全生产工作的通知'>"
    "<meta name='PubDate' content='2024-03-05 10:00'></head><body><div class='nav'><a href='/'>首页</a></div><h1 class='title'>关于做好安全生产工作的通知</h1>"
    "<div class='info'><span>发布时间：2024-03-05</span><span>来源：市应急管理局</span></div><div id='zoom' class='TRS_Editor'>"
    + "<p style='text-indent:2em'>　　为做好安全生产工作，市政府办公室组织有关单位召开会议，研究部署下一阶段任务。</p>"
    * 5
    + "<p><a href='./P020240305.docx'>附件</a><img src='a.jpg' width='900'></p></div><div class='footer'>主办：某市人民政府</div></body></html>"
)
LIST = (
    "<html><body><ul class='list'>"
    + "".join(
        f"<li><a href='./{n}.html' title='关于第{n}批目录的通知全文'>关于第{n}批目录的...</a><span>2024-03-{n:02}</span></li>"
        for n in range(1, 12)
    )
    + "</ul><script>createPageHTML(12, 0, 'index', 'html');</script></body></html>"
)


@given(st.binary(max_size=4000))
def test_arbitrary_bytes_are_read(body: bytes) -> None:
    page = read_page(body, url=URL).page
    assert isinstance(page.kind, PageKind)


@given(
    st.text(alphabet="<>/\"'=&;:#! \n\t-[]{}()adivliputrscme发布时间：来源2024", max_size=800),
    st.sampled_from(list(PageKind)),
)
def test_arbitrary_markup_is_read(text: str, hint: PageKind) -> None:
    read_page(text.encode(), url=URL, hint=hint)


@given(st.text(max_size=300))
def test_arbitrary_addresses_are_taken(url: str) -> None:
    read_page(ARTICLE.encode(), url=url)


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_arbitrary_attributes_are_taken(style: str, href: str, name: str) -> None:
    quoted = [value.replace('"', "&quot;") for value in (style, href, name)]
    html = (
        ARTICLE
        + '<div class="{2}" id="{2}"><p style="{0}" align="{0}"><a href="{1}" title="{2}" onclick="{1}">x</a><img src="{1}" width="{0}"><font size="{0}" face="{2}">文字</font></p></div>'.format(
            *quoted
        )
    )
    read_page(html.encode("utf-8", "replace"), url=URL)


@given(st.text(max_size=400))
def test_arbitrary_scripts_are_taken(code: str) -> None:
    for frame in ("<script>{}</script>", "<script>var listData={{articleList:[{}</script>", "<script>createPageHTML({})</script>",
                  "<script type='text/xml'><datastore><record><![CDATA[{}]]></record></script>", "<script>gkfs(\"{}\")</script>",
                  "<script>document.write('<a href=\"{}\">')</script>"):  # fmt: skip
        read_page((LIST + frame.format(code)).encode("utf-8", "replace"), url=URL)


def _mutant(html: str, seed: int) -> str:
    """Markup as careless hands would leave it: shuffled, dropped, wrapped, cut."""
    dice = random.Random(seed)

    def shuffled(match: re.Match[str]) -> str:
        parts = re.findall(r"\s+[\w-]+='[^']*'", match[2])
        dice.shuffle(parts)
        if dice.random() < 0.3:
            parts = [part for part in parts if not part.strip().startswith(("class", "id"))]
        tag = match[1].upper() if dice.random() < 0.2 else match[1]
        return f"<{tag}{''.join(parts)}>"

    html = re.sub(r"<(\w+)((?:\s+[\w-]+='[^']*')*)>", shuffled, html)
    if dice.random() < 0.5:
        at = dice.choice([match.start() for match in re.finditer("<", html)] or [0])
        html = (
            html[:at]
            + dice.choice(
                [
                    "<div class='ad'><a href='/ad'>广告</a></div>",
                    "\n\t ",
                    "<b>",
                    "</div>",
                    "<!--",
                    "]]>",
                ]
            )
            + html[at:]
        )
    if dice.random() < 0.3:
        html = html[: dice.randrange(len(html))]
    return html


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**9))
def test_mutants_never_raise_and_are_never_surely_wrong(seed: int) -> None:
    page = read_page(_mutant(ARTICLE, seed).encode(), url=URL + "t20240301_1.html").page
    if page.title is not None and page.title.confidence >= 0.8:
        assert page.title.value == "关于做好安全生产工作的通知"
    if page.published is not None and page.published.confidence >= 0.8:
        assert page.published.value.isoformat() == "2024-03-05"
    if page.source is not None and page.source.confidence >= 0.8:
        assert "市应急管理局".startswith(page.source.value[:5])
    read_page(_mutant(LIST, seed).encode(), url=URL)


@given(st.integers(0, len(LIST.encode())))
def test_a_page_cut_anywhere_is_read(at: int) -> None:
    page = read_page(LIST.encode()[:at], url=URL).page
    if page.listing is not None and page.listing.entries:
        assert page.listing.entries[0].url.startswith(URL)


HOSTILE = {
    "100,000 divs": "<div>" * 100_000,
    "100,000 divs, closed": "<div>" * 50_000 + "</div>" * 50_000,
    "100,000 lists in lists": "<ul><li>" * 50_000,
    "100,000 bold": "<b>" * 100_000,
    "tables in tables": "<table><tr><td>" * 30_000,
    "spans, then divs": "<span>" * 50_000 + "<div>x</div>" * 20_000,
    "formatting left open": "<p>" + "".join(f"<b id={n}>" for n in range(600)) + "</p>" + "<p>x</p>" * 25_000,
    "formatting left open on a middling page": "<p>" + "".join(f"<b id={n}>" for n in range(300)) + "</p>" + "<p>x</p>" * 4000,
    "formatting left open on a small page": "<p>" + "".join(f"<{'biusem'[n % 4]} id={n}>" for n in range(400)) + "</p>" + "<p>x</p>" * 1000,
    "200,000 options": "<select>" + "<option value=1>1</option>" * 200_000 + "</select>",
    "200,000 groups of options": "<select>" + "<optgroup label=1><option>1" * 100_000,
    "links in links": "<a href=x>" * 30_000,
    "an attribute of 2 MB": "<div class='" + "x " * 1_000_000 + "'>a</div>",
    "100,000 attributes": "<div " + " ".join(f"a{n}=1" for n in range(100_000)) + ">",
    "100,000 attributes with tags in them": "<div " + " ".join(f"a{n}='<>'" for n in range(100_000)) + ">",
    "5 MB of labels": "<p>" + "发布时间：2024-01-01 " * 180_000,
    "5 MB of rows": "".join(f"<li><a href='/a/{n}.html'>关于做好工作的通知</a><span>2024-01-02</span></li>" for n in range(45_000)),
    "5 MB of digits": "2024-01-" * 600_000,
    "5 MB of colons": ":" * 5_000_000,
    "records without an end": "<script type='text/xml'><datastore><record>" + "<![CDATA[" * 200_000,
    "a literal without an end": "<script>var listData={articleList:" + "[" * 100_000,
    "writes without an end": "<script>" + "document.write('" * 100_000,
    "pager calls without an end": "<script>" + "createPageHTML(" * 100_000,
    "a title of 1 MB": "<title>" + "甲 - " * 200_000,
    "lone angle brackets": "<" * 1_000_000,
    "comments without an end": "<!--" * 300_000,
    "zero bytes": "\0" * 1_000_000,
    "200,000 links": "".join(f"<a href='/a/{n}.html'>关于做好工作的通知</a>" for n in range(200_000)),
    "a table of 100,000 cells": "<table>" + ("<tr>" + "<td><a href=/a>甲乙丙</a>2024-01-02</td>" * 20) * 5000,
    "a date of 1 MB": "<p>发布时间：" + "2024-01-" * 130_000 + "</p>",
    "a meta of 1 MB": "<meta name=ArticleTitle content='" + "甲乙 - " * 200_000 + "'><h1>甲乙</h1>",
    "an address of 1 MB": "<a href='/" + "../" * 350_000 + "'>甲乙丙丁戊己</a>",
    "a script of 3 MB, deep": "<script>" + "{[(\"" * 800_000 + "</script>",
    "200,000 character references": "<p>" + "&#x4e00;&#0;&nbsp;&bogus;" * 50_000,
    "CDATA without an end": "<![CDATA[" * 200_000,
    "200,000 line breaks": "<div id=zoom>" + "字<br>" * 200_000,
}  # fmt: skip


@pytest.fixture(scope="module")
def ordinary() -> float:
    """Processor seconds for an ordinary long list, on this machine and now."""
    rows = "".join(
        f"<li><a href='/a/{n}.html'>关于做好工作的通知</a><span>2024-01-02</span></li>"
        for n in range(MAX_TAGS // 24)
    )
    body = f"<html><body><ul class='list'>{rows}</ul></body></html>".encode()

    def once() -> float:
        started = time.process_time()
        read_page(body, url=URL)
        return time.process_time() - started

    return min(once() for _ in range(3))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_pages_stay_bounded(name: str, ordinary: float) -> None:
    body = HOSTILE[name].encode()
    spent: list[float] = []
    # As the ordinary one: what a busy machine adds to one reading is not the page's doing.
    while not spent or (min(spent) >= BOUND * ordinary and len(spent) < 3):
        started = time.process_time()
        reading = read_page(body, url=URL)
        spent.append(time.process_time() - started)
    assert min(spent) < BOUND * ordinary
    assert len(reading.links) < 50_000


def test_a_page_that_is_cut_is_no_list_read_whole() -> None:
    def listing(rows: int) -> Listing | None:
        lines = "".join(
            f"<li><a href='/a/{n}.html'>关于做好第{n}批工作的通知</a><span>2024-01-02</span></li>"
            for n in range(rows)
        )
        return read_page(f"<ul class='list'>{lines}</ul>".encode(), url=URL).page.listing

    whole, many, cut = listing(1900), listing(2100), listing(MAX_TAGS // 4)
    assert whole is not None
    assert many is not None
    assert cut is not None
    assert [whole.scripted, many.scripted, cut.scripted] == [False, True, True]
