"""The scoring threshold: what was read less surely counts as unread, for every rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import msgspec
import pytest

from checks.case import PageCase
from checks.facts import DateState, Page, PageKind, Proof, StopReason
from checks.model import Outcome, OutcomeKind
from checks.registry import RULES, rules_digest
from checks.runner import PageRules, judge_column, judge_page, page_answers
from config.schema import MIN_CONFIDENCE
from tests.unit.checks.samples import (
    TODAY,
    context,
    empty,
    listed,
    page,
    page_case,
    read,
    reading,
    row,
    rows,
    written,
)

AT, BELOW = MIN_CONFIDENCE, MIN_CONFIDENCE - 0.01
FINDING, FINE, UNVERIFIED = OutcomeKind.FINDING, OutcomeKind.FINE, OutcomeKind.UNVERIFIED
OLD = date(2017, 1, 1)


def _of(rule_id: str, case: PageCase, **changes: Any) -> Outcome:
    (outcome,) = judge_page(case, [RULES[rule_id]], context(**changes))
    return outcome


SPACED = "关于召开会议的通 知"


@pytest.mark.parametrize(("confidence", "kind"), [(AT, FINDING), (BELOW, UNVERIFIED)])
def test_a_title_is_judged_from_the_threshold_on(confidence: float, kind: OutcomeKind) -> None:
    assert _of("untidy-title", page_case(page(title=read(SPACED, confidence)))).kind is kind


@pytest.mark.parametrize(("confidence", "kind"), [(AT, FINE), (BELOW, UNVERIFIED)])
def test_an_unsure_source_neither_clears_nor_accuses(confidence: float, kind: OutcomeKind) -> None:
    outcome = _of("missing-source", page_case(page(source=read("市安监局", confidence))))
    assert outcome.kind is kind
    assert ("来源识别把握不足" in outcome.reason) is (kind is UNVERIFIED)


@pytest.mark.parametrize(("confidence", "kind"), [(AT, FINE), (BELOW, UNVERIFIED)])
def test_an_entrys_issuer_stands_for_its_source_from_the_threshold_on(
    confidence: float, kind: OutcomeKind
) -> None:
    entry = page(kind=PageKind.ENTRY, source=None, issuer=read("市安监局", confidence))
    assert _of("missing-source", page_case(entry)).kind is kind


@pytest.mark.parametrize(("confidence", "kind"), [(AT, FINE), (BELOW, UNVERIFIED)])
def test_an_unsure_date_is_no_date_and_no_missing_one(confidence: float, kind: OutcomeKind) -> None:
    dated = page_case(page(published=read(TODAY, confidence)))
    assert _of("undated-entry", dated).kind is kind
    listed_too = replace(dated, listed=row(TODAY))
    assert _of("undated-entry", listed_too).kind is FINE


@pytest.mark.parametrize(
    ("confidence", "kind"), [(AT, OutcomeKind.NOT_APPLICABLE), (BELOW, UNVERIFIED)]
)
def test_an_unsure_date_does_not_put_a_page_out_of_the_judged_period(
    confidence: float, kind: OutcomeKind
) -> None:
    old = page(published=read(OLD, confidence), title=read(SPACED))
    assert _of("untidy-title", page_case(old)).kind is kind


def test_an_unsure_date_does_not_put_a_page_into_the_judged_period_and_the_lists_date_decides() -> (
    None
):
    unsure = page(published=read(TODAY, BELOW), title=read(SPACED))
    assert _of("untidy-title", page_case(unsure)).kind is UNVERIFIED
    assert _of("untidy-title", page_case(unsure, listed=row(TODAY))).kind is FINDING
    assert (
        _of("untidy-title", page_case(unsure, listed=row(OLD))).kind is OutcomeKind.NOT_APPLICABLE
    )


BROKEN = written("会议指出,要抓好落实", "会议指出,要抓好落实", "会议指出,要抓好落实")


@pytest.mark.parametrize("rule_id", ["halfwidth-punctuation", "garbled-text", "mixed-indent"])
def test_a_page_that_may_be_no_article_is_judged_by_no_rule(rule_id: str) -> None:
    assert isinstance(BROKEN.page, Page)
    sure, unsure = (replace(BROKEN.page, kind_confidence=c) for c in (AT, BELOW))
    assert _of(rule_id, page_case(sure)).kind is not UNVERIFIED
    outcome = _of(rule_id, page_case(unsure))
    assert outcome.kind is UNVERIFIED
    assert outcome.reason == "页面类型识别把握不足"


def test_no_rule_of_pages_finds_anything_certain_on_a_page_of_unsure_kind() -> None:
    faulty = page(source=None, published=None, date_state=DateState.ABSENT, title=read(SPACED))
    every = list(RULES.values())
    surely = judge_page(page_case(faulty, listed=row(TODAY)), every, context())
    unsure = page_case(replace(faulty, kind_confidence=BELOW), listed=row(TODAY))
    assert any(outcome.findings for outcome in surely)
    assert not any(outcome.findings for outcome in judge_page(unsure, every, context()))


def _column(case: Any, **changes: Any) -> Outcome:
    rule = RULES["blank-column" if not case.reading.entries else "overdue-column"]
    (outcome,) = judge_column(case, [rule], context(**changes))
    return outcome


@pytest.mark.parametrize(("confidence", "kind"), [(AT, FINDING), (BELOW, UNVERIFIED)])
def test_a_list_makes_a_column_overdue_or_blank_only_from_the_threshold_on(
    confidence: float, kind: OutcomeKind
) -> None:
    overdue = listed(OLD)
    overdue = replace(overdue, reading=reading(rows(OLD), confidence=confidence))
    assert _column(overdue).kind is kind
    blank = replace(overdue, reading=empty(empty_mark="暂无信息", confidence=confidence))
    assert _column(blank).kind is kind


def test_a_fresh_row_of_an_unsure_list_accuses_nobody() -> None:
    fresh = replace(listed(TODAY), reading=reading(rows(TODAY), confidence=BELOW))
    assert _column(fresh).kind is FINE


def test_the_standard_moves_the_threshold() -> None:
    case = page_case(page(title=read(SPACED, 0.7)))
    assert _of("untidy-title", case, min_confidence=0.7).kind is FINDING
    assert _of("untidy-title", case, min_confidence=0.71).kind is UNVERIFIED
    old = replace(listed(OLD), reading=reading(rows(OLD), confidence=0.7))
    assert _column(old, min_confidence=0.7).kind is FINDING
    assert _column(old, min_confidence=0.71).kind is UNVERIFIED


def test_the_rules_of_the_crawl_keep_the_threshold_too() -> None:
    the_page = page(title=read(SPACED, 0.7))
    ids = ("untidy-title",)
    assert page_answers(the_page, [RULES[ids[0]]])[ids[0]].unverified is not None
    assert PageRules(ids, {}, 0.7)(the_page)[ids[0]].hits
    assert PageRules(ids, {}, 0.71)(the_page)[ids[0]].unverified is not None


def test_answers_under_another_threshold_are_other_answers() -> None:
    ids = ["untidy-title"]
    assert rules_digest(ids) == rules_digest(ids, {}, MIN_CONFIDENCE)
    assert rules_digest(ids, {}, 0.7) != rules_digest(ids, {}, MIN_CONFIDENCE)


def test_a_proof_kept_before_lists_had_a_confidence_is_as_good_as_it_was() -> None:
    proof = Proof(
        pages_read=1, total_claimed=None, pages_claimed=None, stop=StopReason.END, reader="1",
        share_dated=1.0,
    )  # fmt: skip
    kept = msgspec.json.decode(msgspec.json.encode(proof))
    del kept["confidence"]
    assert msgspec.convert(kept, Proof).confidence == 1.0
