"""Garble is told from our own mistakes, and what was not read stays open."""

from __future__ import annotations

import pytest

from checks.facts import Encoding
from checks.model import OutcomeKind, fingerprint
from checks.registry import RULES
from checks.runner import judge_page
from tests.unit.checks.samples import TEXT, body, context, page, page_case, read

RULE = [RULES["garbled-text"]]


def test_a_garbled_title_and_body_are_two_findings() -> None:
    both = page(title=read("关于\ufffd的通知"), body=body(TEXT + "锟斤拷"))
    (outcome,) = judge_page(page_case(both), RULE, context())
    assert [f.what for f in outcome.findings] == ["标题", ""]


def test_a_garbled_title_is_found_though_the_body_was_not_read_which_stays_open() -> None:
    (outcome,) = judge_page(
        page_case(page(title=read("关于\ufffd的通知"), body=None)), RULE, context()
    )
    assert outcome.kind is OutcomeKind.FINDING
    assert outcome.unsettled == (fingerprint("garbled-text", "p1", ""),)


def test_the_place_is_shown_with_what_stands_around_it() -> None:
    text = "一二三四五六七八九十甲乙丙丁\ufffd戊己庚辛壬癸"
    (outcome,) = judge_page(page_case(page(body=body(text))), RULE, context())
    assert outcome.findings[0].snippet == "五六七八九十甲乙丙丁\ufffd戊己庚辛壬癸"


@pytest.mark.parametrize(
    ("used", "header", "meta", "ours"),
    [
        ("gb18030", None, "gb2312", False),
        ("gb18030", "GBK", "gb2312", False),
        ("utf-8", "UTF-8", None, False),
        ("utf-8-sig", "utf8", None, False),
        ("big5", None, "gb2312", True),
        ("gb18030", "utf-8", "gb2312", True),
        ("utf-8", None, None, True),
    ],
)
def test_a_text_full_of_lost_characters_is_ours_unless_it_was_read_as_declared(
    used: str, header: str | None, meta: str | None, ours: bool
) -> None:
    encoding = Encoding(used=used, declared_header=header, declared_meta=meta, undecodable=50)
    lost = page(body=body("\ufffd" * 50 + "字" * 50), encoding=encoding)
    (outcome,) = judge_page(page_case(lost), RULE, context())
    assert outcome.kind is (OutcomeKind.UNVERIFIED if ours else OutcomeKind.FINDING)
