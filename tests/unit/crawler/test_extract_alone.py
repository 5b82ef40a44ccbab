"""When an empty body is all that an article shows."""

from __future__ import annotations

import pytest

from checks.facts import PageKind
from crawler.extract import read_page

PAGE = """<html><head><title>关于开展安全生产检查的通知-中国瑞昌</title>{head}</head><body>
<div class="header"><img src="/logo.png"><ul><li><a href="/a/">政务动态</a></li></ul></div>
<div class="main"><div class="article"><h1>关于开展安全生产检查的通知</h1>
<div class="info">发布时间：2018-05-21 09:10 来源：市安监局 浏览次数：12</div>
<div id="zoom">{body}</div>{beside}
<div class="share">分享到：<a href="#">微信</a></div>
<p>上一篇：<a href="/document/2018/1.html">关于召开会议的通知</a></p></div></div>
<div class="footer">主办：瑞昌市人民政府。技术支持：瑞昌市信息办。备案：赣ICP备0000号</div>
<script src="/js/site.js"></script>{script}</body></html>"""


def alone(body: str = "", beside: str = "", script: str = "", head: str = "") -> bool:
    text = PAGE.format(body=body, beside=beside, script=script, head=head)
    read = read_page(
        text.encode(), url="http://127.0.0.1/document/2018-05-21/2_1.html", hint=PageKind.ARTICLE
    ).page
    assert read.body is not None
    return read.body.alone


@pytest.mark.parametrize(
    "body", ["", "\n", "<p>&nbsp;</p>", "<p><br></p>", "<p>　　</p><div></div>"]
)
def test_an_empty_container_is_alone(body: str) -> None:
    assert alone(body)


@pytest.mark.parametrize(
    "body",
    [
        "<script>document.write('x')</script>",
        "<iframe src='/v.html'></iframe>",
        "<video src='/v.mp4'></video>",
        "<embed src='/v.swf'>",
        "<object data='/v.pdf'></object>",
        "<canvas></canvas>",
        "<img src='data:image/png;base64,AAAA'>",
        "<div style='display:none'>正文</div>",
        "<div style='background:url(/a.png)'></div>",
        "<a href='/a.doc'>附件</a>",
        "<form action='/x'></form>",
    ],
)
def test_a_container_that_shows_or_loads_something_is_not(body: str) -> None:
    assert not alone(body)


@pytest.mark.parametrize(
    "beside",
    [
        "<div>各乡镇、各部门：现将有关事项通知如下，请认真贯彻执行。</div>",
        "<p><img src='/1.jpg'></p>",
        "<iframe src='/v.html'></iframe>",
        "<div><a href='/P020180521.doc'>附件：方案</a></div>",
    ],
)
def test_what_stands_beside_the_container_may_be_the_article(beside: str) -> None:
    assert not alone(beside=beside)


@pytest.mark.parametrize(
    "script",
    [
        "$('#zoom').html(data)",
        "$.ajax({url: '/x'})",
        "fetch('/x.json')",
        "location.href = 'http://www.jiangxi.gov.cn/'",
        "var x = 1;" * 3000,
    ],
)
def test_a_script_that_fills_loads_or_leads_elsewhere(script: str) -> None:
    assert not alone(script=f"<script>{script}</script>")


def test_a_script_that_counts_visits_is_nothing() -> None:
    assert alone(script="<script>var hits = 12;</script>")


def test_a_page_that_leads_elsewhere_by_itself() -> None:
    assert not alone(head='<meta http-equiv="refresh" content="0;url=http://www.jiangxi.gov.cn/">')


def test_a_body_with_a_text_of_its_own_is_not_looked_at() -> None:
    assert not alone("<p>" + "各乡镇要认真抓好落实。" * 30 + "</p>")
