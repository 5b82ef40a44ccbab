"""Bytes become text by what they are, not by what is declared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.encoding import decode

TEXT = (
    "瑞昌市人民政府关于印发《政府信息公开工作年度报告》的通知，各乡镇、场、街道办事处，市直各单位："
    * 3
)


def _page(charset: str, text: str = TEXT) -> str:
    return f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={charset}"></head><body>{text}</body></html>'


@pytest.mark.parametrize(
    ("codec", "declared", "header", "used"),
    [
        ("utf-8", "utf-8", None, "utf-8"),
        ("gbk", "gb2312", None, "gb18030"),
        ("gb18030", "GB18030", None, "gb18030"),
        ("gbk", "utf-8", "text/html; charset=utf-8", "gb18030"),
        ("utf-8", "gb2312", "text/html;charset=GBK", "utf-8"),
        ("gbk", "iso-8859-1", "text/html; charset=ISO-8859-1", "gb18030"),
        ("gbk", "no-such-charset", None, "gb18030"),
        ("utf-8-sig", "gb2312", None, "utf-8"),
    ],
)
def test_the_bytes_decide_and_the_declaration_is_kept(
    codec: str, declared: str, header: str | None, used: str
) -> None:
    text, how = decode(_page(declared).encode(codec), header)
    assert TEXT in text
    assert how.used == used
    assert how.undecodable == 0
    assert how.declared_meta == declared


def test_a_missing_charset_is_found_out() -> None:
    text, how = decode(TEXT.encode("gbk"))
    assert text == TEXT
    assert how.used == "gb18030"
    assert how.declared_meta is None


def test_traditional_chinese_in_big5_is_read() -> None:
    words = "政府資訊公開條例與機關說明會議紀錄、經費預算書及決算書" * 6
    text, how = decode(_page("big5", words).encode("big5"), "text/html; charset=big5")
    assert words in text
    assert how.used == "big5hkscs"


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_character_cut_off_at_the_end_is_no_garble(codec: str) -> None:
    body = _page(codec).encode(codec)
    cut = body[: body.rindex("：".encode(codec)) + 1]
    text, how = decode(cut, f"text/html; charset={codec}")
    assert how.used == codec
    assert how.undecodable == 0
    assert "街道办事处" in text


def test_wrong_bytes_are_counted_and_marked_not_swallowed() -> None:
    head, tail = _page("utf-8").encode("utf-8").split("各乡镇".encode(), 1)
    text, how = decode(head + b"\xff\xfe\x80" + tail, "text/html; charset=utf-8")
    assert how.used == "utf-8"
    assert how.undecodable >= 1
    assert "\ufffd" in text
    assert "瑞昌市人民政府" in text


def test_a_charset_in_a_comment_counts_for_nothing() -> None:
    page = '<!-- <meta charset="big5"> --><meta charset="gbk">' + TEXT
    _, how = decode(page.encode("gbk"))
    assert how.declared_meta == "gbk"


@given(
    st.binary(max_size=600),
    st.sampled_from(
        [None, "text/html; charset=gbk", "x", "text/html; charset=utf-16", "charset=zip"]
    ),
)
def test_no_bytes_make_it_raise(body: bytes, header: str | None) -> None:
    text, how = decode(body, header)
    assert isinstance(text, str)
    assert how.undecodable >= 0
