"""Entries that are only a title: empty bodies, and bodies that only look so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from checks.case import PageCase
from checks.facts import Body, DateState, LinkKind, PageKind, Paragraph
from checks.model import OutcomeKind
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import WALL, link, page, page_case, read

FINE, SUSPECTED = OutcomeKind.FINE, OutcomeKind.SUSPECTED
UNVERIFIED, NOT_APPLICABLE = OutcomeKind.UNVERIFIED, OutcomeKind.NOT_APPLICABLE
TITLE = "关于开展安全生产检查的通知"


def bare(text: str = "", *, alone: bool = True, **changes: Any) -> PageCase:
    body = Body(text=text, paragraphs=(Paragraph(text=text),), alone=alone, **changes)
    return page_case(page(title=read(TITLE), body=body))


def _file(kind: LinkKind) -> tuple[Any, ...]:
    return (link("http://127.0.0.1/target", kind),)


_RULE = "title-only-entry"
_OLD = replace(
    bare(),
    page=page(
        body=Body(text="", paragraphs=(), alone=True), published=None, date_state=DateState.ABSENT
    ),
)
_NO_BODY = page_case(page(body=None))


def _case(side: Any, name: str, made: PageCase, kind: OutcomeKind) -> RuleCase:
    return RuleCase(rule=_RULE, side=side, name=name, case=made, kind=kind)


CASES = [
    _case("bad", "nothing at all", bare(), SUSPECTED),
    _case("bad", "blanks and dots alone", bare(" 　。\n"), SUSPECTED),
    _case("bad", "the title once more", bare("关于开展“安全生产”检查的通知。"), SUSPECTED),
    _case("bad", "of a disclosure entry", replace(bare(), page=replace(bare().page, kind=PageKind.ENTRY)), SUSPECTED),
    _case("good", "one line of text", bare("详见附件。"), FINE),
    _case("good", "the title and a word more", bare(TITLE + "已废止"), FINE),
    _case("good", "a picture alone", bare(links=_file(LinkKind.IMAGE)), FINE),
    _case("good", "an attachment alone", bare(links=_file(LinkKind.FILE)), FINE),
    _case("good", "a link to another page", bare(links=_file(LinkKind.PAGE)), FINE),
    _case("good", "a film alone", bare(embedded=1), FINE),
    _case("good", "without a date it may be older", _OLD, NOT_APPLICABLE),
    _case("good", "a list page", page_case(page(kind=PageKind.LIST)), NOT_APPLICABLE),
    _case("unverified", "something may fill it", bare(alone=False), UNVERIFIED),
    _case("unverified", "the title once more, and something may fill the rest", bare(TITLE, alone=False), UNVERIFIED),
    _case("unverified", "no body was recognised", _NO_BODY, UNVERIFIED),
    _case("unverified", "the title was read unsurely", page_case(page(title=read(TITLE, 0.5), body=Body(text="", paragraphs=(), alone=True))), UNVERIFIED),
    _case("unverified", "behind a wall", page_case(WALL), UNVERIFIED),
]  # fmt: skip
