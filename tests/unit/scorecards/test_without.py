"""A stored card without findings is the card that scoring again without them gives."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.registry import RULES as REGISTERED
from scorecards.score import Counted, decode, encode, score
from scorecards.without import raw_deductions, without
from tests.unit.scorecards.test_score import (
    AS_OF,
    RULES,
    STANDARD,
    TODAY,
    coverage,
    standard,
    unit,
    unread,
)

_STANDARDS = (STANDARD, standard(dead_link=TODAY.replace(year=2019)))


def counted(rule_id: str, number: int) -> Counted:
    return Counted(
        fingerprint=f"{number:032x}",
        rule_id=rule_id,
        subject_key=f"{rule_id}/{number}",
        severity=REGISTERED[rule_id].severity,
        measured_at=AS_OF,
    )


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(RULES)), max_size=40),
    st.data(),
    st.integers(0, 5),
    st.sampled_from(_STANDARDS),
)
def test_a_card_without_findings_is_what_scoring_again_without_them_gives(
    rules: list[str], data: st.DataObject, unread_: int, std: object
) -> None:
    assert std in _STANDARDS
    chosen = _STANDARDS[_STANDARDS.index(std)]  # type: ignore[arg-type]
    all_of = [counted(rule_id, n) for n, rule_id in enumerate(rules)]
    gone = data.draw(st.sets(st.sampled_from(all_of))) if all_of else set()

    def card(findings: list[Counted]) -> object:
        return score(
            unit(),
            findings,
            unread("dead-link", unread_),
            coverage(),
            chosen,
            AS_OF,
            today=TODAY,
            max_age_days=35,
        )

    stored = decode(encode(card(all_of)))  # type: ignore[arg-type]
    rule_of = {c.fingerprint: c.rule_id for c in all_of}
    marks = {c.fingerprint for c in gone}
    again = without(stored, marks, rule_of)
    assert encode(again) == encode(card([c for c in all_of if c not in gone]))  # type: ignore[arg-type]

    raw = raw_deductions(stored.rules, Counter(c.rule_id for c in gone))
    assert {c.class_id: min(raw[c.class_id], c.cap) for c in again.classes} == {
        c.class_id: c.deducted for c in again.classes
    }
    assert (again.score_high or 0) >= (stored.score_high or 0)


def test_findings_that_the_card_never_counted_change_nothing() -> None:
    stored = score(
        unit(),
        [counted("dead-link", 1)],
        [],
        coverage(),
        STANDARD,
        AS_OF,
        today=TODAY,
        max_age_days=35,
    )
    assert without(stored, {"f" * 32}, {}) is stored


def test_a_card_that_has_no_score_gets_none() -> None:
    stored = score(
        unit(),
        [counted("dead-link", 1)],
        [],
        coverage(0, 5),
        STANDARD,
        AS_OF,
        today=TODAY,
        max_age_days=35,
    )
    again = without(stored, stored.order, {f"{1:032x}": "dead-link"})
    assert again.score_high is None
    assert again.order == ()
