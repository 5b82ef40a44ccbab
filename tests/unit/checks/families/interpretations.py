"""Interpretations: missing, late, not linked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from checks.facts import Missing, Unverified
from checks.interpretation_facts import Document, Interpretation, Links, Matched, PolicyCase
from checks.model import NotApplicable as Nothing
from checks.model import OutcomeKind
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import TODAY, fetched, subject

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
NOT_APPLICABLE, UNVERIFIED = OutcomeKind.NOT_APPLICABLE, OutcomeKind.UNVERIFIED
CASES: list[RuleCase] = []

# Thursday; the third working day after it is Tuesday, 2018-05-15.
DOCUMENT = Document(
    title="关于印发《瑞昌市河长制实施方案》的通知",
    url="http://127.0.0.1/d",
    number="瑞府办字〔2018〕119号",
    published=date(2018, 5, 10),
)
FOUND = Interpretation(
    title="《瑞昌市河长制实施方案》政策解读", url="http://127.0.0.1/i", published=date(2018, 5, 11)
)
NONE = Matched(sure=None, whole=True, read_on=TODAY)
NO_LINKS = Nothing("没有找到解读")
GONE = Unverified(code=Missing.NOT_REACHED, reason="本次检测没有轮到")


def case(
    matched: Any = NONE, links: Any = NO_LINKS, published: date = DOCUMENT.published
) -> PolicyCase:
    return PolicyCase(
        subject=subject(),
        document=replace(DOCUMENT, published=published),
        matched=matched,
        links=links,
        fetched=fetched(),
    )


def found(on: date | None) -> Matched:
    return replace(NONE, sure=replace(FOUND, published=on))


def _add(
    rule: str, side: Any, name: str, made: PolicyCase, kind: OutcomeKind, **params: Any
) -> None:
    CASES.append(RuleCase(rule=rule, side=side, name=name, case=made, kind=kind, params=params))


_M = "missing-interpretation"
_add(_M, "bad", "none in a column read whole", case(), FINDING)
_add(_M, "good", "there is one", case(found(date(2018, 5, 11))), FINE)
_add(_M, "good", "a late one is not missing", case(found(date(2018, 6, 1))), FINE)
_add(_M, "bad", "one of nearly the same name", case(replace(NONE, near=FOUND)), SUSPECTED)
_add(
    _M,
    "bad",
    "a near one in a column not read whole",
    case(replace(NONE, near=FOUND, whole=False)),
    SUSPECTED,
)
_add(
    _M, "unverified", "the column was not read whole", case(replace(NONE, whole=False)), UNVERIFIED
)
_add(_M, "unverified", "the column was never read", case(replace(NONE, read_on=None)), UNVERIFIED)
_add(_M, "unverified", "no column", case(GONE), UNVERIFIED)
_add(
    _M,
    "good",
    "no column at all is another rule's",
    case(Nothing("没有政策解读栏目")),
    NOT_APPLICABLE,
)
_add(
    _M,
    "unverified",
    "a year whose holidays nobody knows",
    case(published=date(2099, 5, 4)),
    UNVERIFIED,
)
_add(
    _M, "edge", "the last day of grace is today", case(published=date(2018, 5, 30)), NOT_APPLICABLE
)
_add(_M, "edge", "it was yesterday", case(published=date(2018, 5, 29)), FINDING)
_add(
    _M,
    "edge",
    "the column was read on the last day",
    case(replace(NONE, read_on=date(2018, 5, 15))),
    UNVERIFIED,
)
_add(
    _M,
    "edge",
    "the column was read the day after",
    case(replace(NONE, read_on=date(2018, 5, 16))),
    FINDING,
)
_add(_M, "edge", "the grace is the standard's", case(), NOT_APPLICABLE, workdays=18)

_L = "late-interpretation"
_add(_L, "bad", "three weeks later", case(found(date(2018, 6, 1))), FINDING)
_add(_L, "good", "the next day", case(found(date(2018, 5, 11))), FINE)
_add(_L, "good", "before the document", case(found(date(2018, 5, 9))), FINE)
_add(_L, "edge", "three working days", case(found(date(2018, 5, 15))), FINE)
_add(_L, "edge", "four working days", case(found(date(2018, 5, 16))), FINDING)
_add(_L, "edge", "the limit is the standard's", case(found(date(2018, 5, 16))), FINE, workdays=4)
_add(_L, "good", "there is none", case(), NOT_APPLICABLE)
_add(_L, "unverified", "its date is not known", case(found(None)), UNVERIFIED)
_add(
    _L,
    "unverified",
    "a year whose holidays nobody knows",
    case(found(date(2099, 5, 16))),
    UNVERIFIED,
)

_U = "unlinked-interpretation"


def linked(onward: bool | None, back: bool | None) -> PolicyCase:
    return case(found(date(2018, 5, 11)), Links(onward=onward, back=back))


_add(_U, "bad", "neither leads to the other", linked(False, False), FINDING)
_add(_U, "bad", "the document does not lead on", linked(False, True), FINDING)
_add(_U, "bad", "the interpretation does not lead back", linked(True, False), FINDING)
_add(_U, "good", "each leads to the other", linked(True, True), FINE)
_add(_U, "good", "there is none", case(), NOT_APPLICABLE)
_add(_U, "unverified", "the interpretation was not read", linked(True, None), UNVERIFIED)
_add(_U, "unverified", "the document was not read", linked(None, True), UNVERIFIED)
_add(_U, "bad", "one is missing and the other not read", linked(False, None), FINDING)
