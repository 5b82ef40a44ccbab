"""What a reply means, before anybody reads the page."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.facts import Missing
from crawler.answers import (
    Answer,
    AnswerKind,
    Calibration,
    is_html_instead,
    outcome,
    refresh_target,
)

URL = "http://a.gov.cn/x/1.html"
HTML = {"content-type": "text/html"}
LONG = (
    "<html><title>通知</title><body>"
    + "各单位要认真贯彻落实，确保取得实效。" * 60
    + "</body></html>"
)


def kind(status: int, body: str | bytes = LONG, **headers: str) -> AnswerKind:
    data = body.encode() if isinstance(body, str) else body
    return outcome(status, HTML | headers, data, URL)[0]


def code(status: int, body: str = LONG, **headers: str) -> Missing | None:
    missing = outcome(status, HTML | headers, body.encode(), URL)[1]
    return missing.code if missing else None


@pytest.mark.parametrize("status", [403, 412, 521, 512, 401, 429])
def test_walls_are_told_from_errors(status: int) -> None:
    assert (kind(status), code(status)) == (AnswerKind.FAILED, Missing.WALL)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_errors_are_the_servers(status: int) -> None:
    assert (kind(status), code(status)) == (AnswerKind.FAILED, Missing.SERVER)


@pytest.mark.parametrize("status", [404, 410])
def test_gone_is_gone(status: int) -> None:
    assert (kind(status), code(status)) == (AnswerKind.GONE, None)


@pytest.mark.parametrize(
    "body",
    [
        "<html><script>var arg1='8A2F';document.cookie='acw_sc__v2='+x</script></html>",
        "<script>$_ts=window['$_ts'];</script>",
        "<html><head><title>安全验证</title></head><body>请输入验证码</body></html>",
        "<title>请稍候</title><p>正在检查您的浏览器</p>",
    ],
)
def test_challenges_with_status_200_are_walls(body: str) -> None:
    assert code(200, body) is Missing.WALL


BIG = "<script>var x=" + '"' + "aB3" * 9000 + '"' + ";</script>"


@pytest.mark.parametrize(
    ("status", "body", "word"),
    [
        (412, "", "防护验证"),
        (521, "", "防护验证"),
        (429, "", "频率限制"),
        (403, "", "访问限制"),
        (401, "", "需要登录"),
        (200, "<script>var arg1='8A2F';acw_sc__v2</script>", "防护验证"),
        (200, f"<html><head><script>$_ts={{}};</script>{BIG}</head></html>", "防护验证"),
        (200, "<title>提示</title><p>您的访问过于频繁，请稍后再试</p>", "频率限制"),
        (200, "<title>验证</title><p>请输入验证码后继续访问</p>", "验证码"),
        (200, "<title>用户登录</title><form>账号 密码</form>", "需要登录"),
        (200, "<title>提示</title><p>您的IP地址不在允许访问的范围内</p>", "访问限制"),
        (200, "<title>提示</title><p>该网站暂不支持您所在地区无法访问</p>", "访问限制"),
        (200, "<title>某市</title><p>网站改版升级期间暂停服务，敬请谅解</p>", "网站维护"),
        (200, "<title>提示</title><p>该网站尚未备案，无法访问</p>", "拦截页"),
        (200, "<title>x.com</title><p>This domain is for sale</p>", "拦截页"),
    ],
)
def test_each_kind_of_wall_is_named_with_what_the_office_can_do(
    status: int, body: str, word: str
) -> None:
    kind_, missing, _ = outcome(status, HTML, body.encode(), URL)
    assert kind_ is AnswerKind.FAILED
    assert missing is not None
    named, _, advice = missing.reason.partition("：")
    assert named == word
    assert advice.partition("；")[2]


MENU = "".join(f'<a href="/c{i}/">栏目{i}</a>' for i in range(8))


@pytest.mark.parametrize(
    "body",
    [
        f"<title>某市</title>{MENU}<form>用户登录 请输入验证码 <input></form>",
        f"<title>关于网站系统维护期间暂停服务的公告</title>{MENU}<p>系统维护中</p>",
        f"<title>通知公告</title>{MENU}<p>网站备案</p>",
        f"<title>某市</title>{MENU}<noscript>请开启 JavaScript</noscript>",
        f"<html><title>通知</title>{BIG}<p>{'safeline 各单位要认真落实，确保取得实效。' * 30}</p>",
    ],
)
def test_a_page_that_only_speaks_of_a_wall_is_a_page(body: str) -> None:
    assert kind(200, body) is AnswerKind.PAGE


def test_a_text_that_mentions_a_captcha_is_a_page() -> None:
    assert kind(200, LONG.replace("各单位", "请输入验证码，各单位", 1)) is AnswerKind.PAGE


def test_an_upkeep_notice_is_the_servers() -> None:
    assert code(200, "<title>公告</title><p>网站系统维护中，请稍后访问</p>") is Missing.SERVER


@pytest.mark.parametrize(
    "body",
    [
        "<title>404</title><p>抱歉</p>",
        "<html><body><h1>您访问的页面不存在</h1></body></html>",
        "<title>提示</title>该信息已被删除",
    ],
)
def test_soft_404s_are_gone(body: str) -> None:
    assert kind(200, body) is AnswerKind.GONE


def test_a_gbk_soft_404_is_gone() -> None:
    assert kind(200, "<title>错误</title>您访问的页面不存在".encode("gbk")) is AnswerKind.GONE


def test_an_empty_list_is_no_soft_404() -> None:
    assert kind(200, "<title>通知公告</title><ul></ul><p>暂无信息</p>") is AnswerKind.PAGE


def test_a_redirect_to_a_login_is_a_wall() -> None:
    assert code(302, "", location="/sso/login?to=1") is Missing.WALL
    kind_, _, target = outcome(302, {"location": "/y/"}, b"", URL)
    assert (kind_, target) == (AnswerKind.REDIRECT, "http://a.gov.cn/y/")


def test_a_redirect_to_nowhere_is_an_error() -> None:
    assert code(302, "", location="javascript:void(0)") is Missing.SERVER


def test_a_meta_refresh_leads_on_and_one_to_itself_does_not() -> None:
    page = b'<meta http-equiv="refresh" content="0; url=/portal/index.html">'
    assert refresh_target(page, "http://a.gov.cn/") == "http://a.gov.cn/portal/index.html"
    assert refresh_target(page.replace(b"/portal/index.html", b"/"), "http://a.gov.cn/") is None
    assert refresh_target(page.replace(b"0;", b"600;"), "http://a.gov.cn/") is None


def answer(body: str, final: str = URL) -> Answer:
    return Answer(
        url=URL,
        final_url=final,
        kind=AnswerKind.PAGE,
        at=datetime(2018, 1, 1, tzinfo=UTC),
        status=200,
        body=body.encode(),
    )


def test_a_host_that_says_404_is_taken_at_its_word() -> None:
    gone = Answer(
        url=URL,
        final_url=URL,
        kind=AnswerKind.GONE,
        at=datetime(2018, 1, 1, tzinfo=UTC),
        status=404,
    )
    assert Calibration.of(gone).honest
    assert not Calibration.of(gone).is_gone(answer("x"), "http://a.gov.cn/")


def test_the_page_that_a_host_shows_for_a_missing_one_is_known_again() -> None:
    sorry = Calibration.of(answer("<title>某市</title>出错啦，返回首页看看吧"))
    assert sorry.is_gone(answer("<title>某市</title>出错啦，返回首页看看吧"), "http://a.gov.cn/")
    assert sorry.is_gone(
        answer("<title>某市</title>出错啦，返回首页看看吧 12:03"), "http://a.gov.cn/"
    )
    assert not sorry.is_gone(answer(LONG), "http://a.gov.cn/")


def test_a_host_that_sends_missing_pages_home_is_known_again() -> None:
    home = Calibration.of(answer(LONG, final="http://a.gov.cn/"))
    assert home.is_gone(answer(LONG, final="http://a.gov.cn/"), "http://a.gov.cn/")
    assert not home.is_gone(answer(LONG), "http://a.gov.cn/")


def test_a_web_page_in_place_of_a_file_is_seen() -> None:
    assert is_html_instead(b"\xef\xbb\xbf\n<!DOCTYPE html><html>")
    assert is_html_instead(b"<!-- x --><HTML>")
    for start in (
        b"%PDF-1.4",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0",
        b"{\\rtf1",
        b"\x89PNG",
        b"some text",
    ):
        assert not is_html_instead(start)


@given(st.integers(100, 599), st.binary(max_size=400), st.text(max_size=60))
def test_no_reply_breaks_the_judgement(status: int, body: bytes, location: str) -> None:
    kind_, missing, target = outcome(status, HTML | {"location": location}, body, URL)
    assert (missing is None) == (kind_ is not AnswerKind.FAILED)
    assert (target is not None) == (kind_ is AnswerKind.REDIRECT)


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<script>",
        "<!--",
        "<!---->",
        "<title>",
        "<meta ",
        "<meta http-equiv=refresh ",
        " ",
        "页面",
    ],
)
def test_no_page_however_it_is_made_takes_long_to_tell(piece: str) -> None:
    began = time.monotonic()
    for size in (19_900, 200_000):
        body = (piece * size)[:size].encode()[:size]
        answer = Answer(
            url=URL,
            final_url=URL,
            kind=AnswerKind.PAGE,
            at=datetime(2018, 1, 1, tzinfo=UTC),
            status=200,
            body=body,
        )
        outcome(200, HTML, body, URL)
        refresh_target(body, URL)
        is_html_instead(body)
        Calibration.of(answer).is_gone(replace(answer, body=body + b"x"), "http://a.gov.cn/")
    assert time.monotonic() - began < 2


def test_a_refresh_is_known_whatever_the_order_of_its_attributes() -> None:
    page = b'<meta  content = "0 ; url=/b.html"  http-equiv="Refresh">'
    assert refresh_target(page, URL) == "http://a.gov.cn/b.html"
    assert refresh_target(b'<meta http-equiv=refresh content="600;url=/b.html">', URL) is None


STUB = "<html><script>document.cookie='k=v;path=/';{}</script></html>"


@pytest.mark.parametrize(
    "leave",
    [
        "location.reload();",
        "window.location.href=location.pathname;",
        "setTimeout(function(){location.replace('/')},1)",
    ],
)
def test_a_stub_that_sets_a_cookie_and_comes_again_is_a_challenge(leave: str) -> None:
    kind_, missing, _ = outcome(200, HTML, STUB.format(leave).encode(), URL)
    assert kind_ is AnswerKind.FAILED
    assert missing is not None
    assert missing.reason.startswith("防护验证：")


def test_a_page_that_sets_a_cookie_and_has_something_to_say_is_a_page() -> None:
    body = LONG.replace("<body>", STUB.format("if (0) location.reload()") + "<body>")
    assert kind(200, body) is AnswerKind.PAGE
    assert kind(200, "<p>x</p><script>document.cookie='a=1'; a.location == 1</script>") is (
        AnswerKind.PAGE
    )


@pytest.mark.parametrize("status", [400, 403, 503])
def test_a_challenge_in_the_place_of_an_error_is_a_challenge(status: int) -> None:
    kind_, missing, _ = outcome(status, HTML, b"<script>$_ts={};</script>", URL)
    assert (kind_, missing and missing.reason[:4]) == (AnswerKind.FAILED, "防护验证")


def test_an_error_with_its_own_words_is_no_challenge() -> None:
    assert code(503, "<h1>503</h1>") is Missing.SERVER
    assert code(400, "<h1>Bad Request</h1>") is Missing.SERVER
    missing = outcome(403, HTML, b"<h1>403 Forbidden</h1>", URL)[1]
    assert missing is not None
    assert missing.reason.startswith("访问限制：")
