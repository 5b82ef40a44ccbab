"""Bytes become text by what they are, not by what is declared."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
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


SIMPLIFIED = (
    "为深入贯彻落实会议精神，切实做好当前各项重点工作，近日我市组织开展了相关活动。",
    "来源：市应急管理局　发布时间：2024-03-05",
    "关于印发《实施方案》的通知",
    "索引号：014742224A/2023-0043406",
    "某政发〔2024〕12号，附件：①—⑩",
)
TRADITIONAL = (
    "關於印發《實施方案》的通知",
    "為深入貫徹落實會議精神，切實做好當前各項重點工作，近日我市組織開展了相關活動。",
    "發佈機構：特別行政區政府新聞處",
    "日期：2024年3月5日",
)
CASES = st.one_of(
    st.tuples(
        st.sampled_from(["utf-8", "utf-8-sig", "gbk", "gb18030"]),
        st.lists(st.sampled_from(SIMPLIFIED), min_size=1, max_size=12),
    ),
    st.tuples(
        st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "big5"]),
        st.lists(st.sampled_from(TRADITIONAL), min_size=1, max_size=12),
    ),
)
DECLARED = st.sampled_from([None, "utf-8", "gb2312", "GBK", "big5", "iso-8859-1", "nonsense"])


@settings(max_examples=300)
@given(CASES, DECLARED, DECLARED, st.integers(0, 60))
def test_whatever_is_declared_and_wherever_it_is_cut_a_chinese_page_is_read(
    case: tuple[str, list[str]], in_meta: str | None, in_header: str | None, cut: int
) -> None:
    codec, texts = case
    meta = f'<meta charset="{in_meta}">' if in_meta else ""
    whole = f"<html><head>{meta}<title>{texts[0]}</title></head><body>" + "".join(
        f"<p>{text}</p>" for text in texts * 3
    )
    body = whole.encode(codec)
    text, how = decode(
        body[: len(body) - cut], f"text/html; charset={in_header}" if in_header else "text/html"
    )
    assert whole.startswith(text)
    assert len(text) >= len(whole) - cut - 1
    assert how.undecodable == 0


def test_a_gbk_page_that_says_big5_is_read_as_what_it_is() -> None:
    text, how = decode(_page("big5").encode("gbk"), "text/html; charset=big5")
    assert TEXT in text
    assert how.used == "gb18030"


def test_a_western_page_stays_western() -> None:
    words = "<p>Le café est à côté – déjà vu</p>" * 5
    text, how = decode(words.encode("cp1252"), "text/html; charset=iso-8859-1")
    assert text == words
    assert how.undecodable == 0


def test_a_utf8_page_with_a_piece_in_gbk_is_garbled_there_and_only_there() -> None:
    body = (
        _page("utf-8").encode()
        + "<p>版权所有：某市人民政府</p>".encode("gbk")
        + _page("utf-8").encode()
    )
    text, how = decode(body, "text/html; charset=utf-8")
    assert how.used == "utf-8"
    assert how.undecodable > 0
    assert text.count(TEXT) == 2
