"""Addresses have one canonical spelling."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import urls

BASE = "http://www.example.gov.cn/zwgk/tzgg/index.html"


@pytest.mark.parametrize(
    ("given_url", "wanted"),
    [
        (
            "./202403/t20240315_1.html",
            "http://www.example.gov.cn/zwgk/tzgg/202403/t20240315_1.html",
        ),
        ("../../a//b/./c.htm", "http://www.example.gov.cn/a/b/c.htm"),
        ("../../../../x.htm", "http://www.example.gov.cn/x.htm"),
        ("/ZWGK/Index.HTML", "http://www.example.gov.cn/ZWGK/Index.HTML"),
        ("HTTP://WWW.Example.GOV.cn:80/A", "http://www.example.gov.cn/A"),
        ("https://www.example.gov.cn:443", "https://www.example.gov.cn/"),
        ("http://www.example.gov.cn:8080/a", "http://www.example.gov.cn:8080/a"),
        ("//szb.example.gov.cn/a", "http://szb.example.gov.cn/a"),
        ("?page=2", "http://www.example.gov.cn/zwgk/tzgg/index.html?page=2"),
        ("a.html#top", "http://www.example.gov.cn/zwgk/tzgg/a.html"),
        ("a.jsp;jsessionid=0A1B2C?id=1", "http://www.example.gov.cn/zwgk/tzgg/a.jsp?id=1"),
        ("a.jsp?id=1&jsessionid=0A1B", "http://www.example.gov.cn/zwgk/tzgg/a.jsp?id=1"),
        ("/(S(lit3py55t21z5v55vlm25s55))/a.aspx?id=1", "http://www.example.gov.cn/a.aspx?id=1"),
        ("/x/(A(b)S(c))/a.aspx", "http://www.example.gov.cn/x/(A(b)S(c))/a.aspx"),
        ("a.php?PHPSESSID=9f8e7d&id=1", "http://www.example.gov.cn/zwgk/tzgg/a.php?id=1"),
        ("a.php?id=1&PHPSESSID=9f8e7d", "http://www.example.gov.cn/zwgk/tzgg/a.php?id=1"),
        ("a.asp?ASPSESSIONIDQQ=AB&id=1", "http://www.example.gov.cn/zwgk/tzgg/a.asp?id=1"),
        ("a;JSESSIONID=0A1B2C.node1/b", "http://www.example.gov.cn/zwgk/tzgg/a/b"),
        (".././a//../b/", "http://www.example.gov.cn/zwgk/b/"),
        ("http://www.example.gov.cn.//a/.//b/", "http://www.example.gov.cn/a/b/"),
        ("/%7exz/%e9%99%84.htm?q=%d6%d0", "http://www.example.gov.cn/~xz/%E9%99%84.htm?q=%D6%D0"),
        ("/a%2fb%3Fc.htm", "http://www.example.gov.cn/a%2Fb%3Fc.htm"),
        ("a.jsp?sid=755001&id=1", "http://www.example.gov.cn/zwgk/tzgg/a.jsp?sid=755001&id=1"),
        (" \n a.html\t ", "http://www.example.gov.cn/zwgk/tzgg/a.html"),
        ("a\nb.html", "http://www.example.gov.cn/zwgk/tzgg/ab.html"),
        ("\\files\\a.doc", "http://www.example.gov.cn/files/a.doc"),
        ("附件 1.doc", "http://www.example.gov.cn/zwgk/tzgg/%E9%99%84%E4%BB%B6%201.doc"),
        ("http://www.example.gov.cn./x", "http://www.example.gov.cn/x"),
        ("http://市政府.政务/x", "http://xn--7st6m03o.xn--zfr164b/x"),
    ],
)
def test_addresses_are_resolved_and_spelt_one_way(given_url: str, wanted: str) -> None:
    assert urls.canonical(given_url, BASE) == wanted


@pytest.mark.parametrize(
    "given_url",
    [
        "",
        "   ",
        "javascript:void(0)",
        "JavaScript:alert(1)",
        "mailto:a@example.gov.cn",
        "tel:12345",
        "ftp://example.gov.cn/a",
        "file:///etc/passwd",
        "http://",
        "http:///a",
        "http:a",
        "http://a b/",
        "http://user:word@example.gov.cn/",
        "http://example.gov.cn:99999/",
        "http://example.gov.cn:x/",
        "/" + "a" * 2001,
    ],
)
def test_what_cannot_be_fetched_is_refused(given_url: str) -> None:
    assert urls.canonical(given_url, BASE) is None


def test_a_relative_address_without_a_base_is_refused() -> None:
    assert urls.canonical("a.html") is None


@given(st.text(max_size=200), st.sampled_from([None, BASE, "http://a.gov.cn/x/"]))
def test_canonical_never_raises_and_its_result_is_stable(text: str, base: str | None) -> None:
    found = urls.canonical(text, base)
    if found is not None:
        assert found.startswith(("http://", "https://"))
        assert "#" not in found
        assert len(found) <= urls.MAX_URL
        assert urls.canonical(found) == found


def test_a_resolver_gives_what_canonical_gives() -> None:
    resolver = urls.Resolver(BASE)
    for href in (
        "a.html",
        "/a.html",
        "http://b.gov.cn//x/../y",
        "javascript:x",
        "?p=2",
        "//c.gov.cn",
    ):
        assert resolver.canonical(href) == urls.canonical(href, BASE)
        assert resolver.canonical(href) == urls.canonical(href, BASE)


def test_chinese_in_a_query_is_encoded_in_the_pages_own_charset() -> None:
    resolver = urls.Resolver("http://www.example.gov.cn/ztzl/gcjs.asp", charset="gb18030")
    found = resolver.canonical("gcjs.asp?types=项目审批公开")
    assert (
        found
        == "http://www.example.gov.cn/ztzl/gcjs.asp?types=%CF%EE%C4%BF%C9%F3%C5%FA%B9%AB%BF%AA"
    )


def test_twins_have_one_key_and_other_ports_and_paths_have_another() -> None:
    twins = {
        urls.twin(f"{scheme}://{www}example.gov.cn/A?b=1")
        for scheme in ("http", "https")
        for www in ("", "www.")
    }
    assert len(twins) == 1
    others = (
        "http://example.gov.cn/a?b=1",
        "http://example.gov.cn:8080/A?b=1",
        "http://a.cn/A?b=1",
    )
    assert twins.isdisjoint(map(urls.twin, others))


def test_www_makes_no_other_site() -> None:
    hosts = {"www.example.gov.cn", "xxgk.example.gov.cn"}
    assert urls.same_site("http://example.gov.cn/a", hosts)
    assert urls.same_site("https://www.example.gov.cn:8443/a", hosts)
    assert not urls.same_site("http://example.gov.cn.evil.com/", hosts)
    assert not urls.same_site("http://zw.example.gov.cn/", hosts)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://a.gov.cn/x/P020240315.pdf", True),
        ("http://a.gov.cn/x/a.OFD", True),
        ("http://a.gov.cn/module/download/downfile.jsp?classid=0&filename=ab12.pdf", True),
        (
            "http://a.gov.cn/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid=3",
            True,
        ),
        ("http://a.gov.cn/down?file=abc.docx", True),
        ("http://a.gov.cn/x/t20240315_1.html", False),
        ("http://a.gov.cn/x/index.jsp?name=abc", False),
        ("http://a.gov.cn/x/a.jpg", False),
        ("http://a.gov.cn/", False),
    ],
)
def test_attachments_are_known_by_their_address(url: str, wanted: bool) -> None:
    assert urls.is_attachment(url) is wanted


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://a.gov.cn/zwgk/202403/t20240315_1.html", date(2024, 3, 15)),
        ("http://a.gov.cn/art/2024/3/5/art_1_2.html", date(2024, 3, 5)),
        ("http://a.gov.cn/2024-03/15/content_1.shtml", date(2024, 3, 15)),
        ("http://a.gov.cn/20240315/abc/c.html", date(2024, 3, 15)),
        ("http://a.gov.cn/2024/0315/c12a34/page.htm", date(2024, 3, 15)),
        ("http://a.gov.cn/columns/x/202403/15/y.html", date(2024, 3, 15)),
        ("http://a.gov.cn/document/2014-06-02/123_1.html", date(2014, 6, 2)),
        ("http://a.gov.cn/2022/08-11/2559082.html", date(2022, 8, 11)),
        ("http://a.gov.cn/202403/0123456789abcdef0123456789abcdef.shtml", None),
        ("http://a.gov.cn/zwgk/202413/t20241399_1.html", None),
        ("http://a.gov.cn/content/content_1234567890123456789.html", None),
        ("http://a.gov.cn/info/1001/1234.htm", None),
        ("not an address", None),
    ],
)
def test_only_full_dates_are_read_off_addresses(url: str, wanted: date | None) -> None:
    assert urls.url_date(url) == wanted
