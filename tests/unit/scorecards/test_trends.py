"""A move of a score is split without a remainder, and the strip shows what it should."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.score import Counted, Scorecard
from scorecards.trends import Cause, incomparable, sparkline, split, worth
from tests.unit.scorecards.test_score import card, coverage, found

RULES = ("missing-column", "overdue-column", "dead-link", "mixed-indent")


def some(marks: dict[str, str]) -> list[Counted]:
    """Findings by fingerprint and rule."""
    return [
        replace(found(rule)[0], fingerprint=mark, subject_key=mark) for mark, rule in marks.items()
    ]


def made(marks: dict[str, str]) -> Scorecard:
    return card(some(marks))


MARKS = st.dictionaries(
    st.integers(0, 60).map(lambda n: f"{n:032x}"), st.sampled_from(RULES), max_size=40
)


def rules_of(*marks: dict[str, str]) -> dict[str, str]:
    whole: dict[str, str] = {}
    for one in marks:
        whole |= one
    return whole


@given(MARKS, MARKS, st.integers())
def test_the_parts_always_add_up_to_the_move(
    old: dict[str, str], new: dict[str, str], seed: int
) -> None:
    new = {m: old.get(m, rule) for m, rule in new.items()}
    before, after = made(old), made(new)
    chance = random.Random(seed)
    causes = {m: chance.choice(list(Cause)) for m in sorted({*old, *new})}
    move = split(before, after, rules_of(old, new), causes.__getitem__)
    assert move.before + sum(p.points for p in move.parts) == move.after == after.score_high
    assert [p.cause for p in move.parts] == list(Cause)
    assert {m for p in move.parts for m in p.gone} == old.keys() - new.keys()
    assert {m for p in move.parts for m in p.come} == new.keys() - old.keys()


@given(MARKS)
def test_the_own_counts_of_a_card_are_worth_its_score(marks: dict[str, str]) -> None:
    one = made(marks)
    assert worth(one, {r.rule_id: r.count for r in one.rules}) == one.score_high


def test_each_cause_bears_what_it_changed() -> None:
    old = {"a": "overdue-column", "b": "missing-column"}
    new = {"a": "overdue-column", "c": "dead-link"}
    causes = {"b": Cause.PERSON, "c": Cause.SITE}
    move = split(made(old), made(new), rules_of(old, new), causes.__getitem__)
    by = {p.cause: p for p in move.parts}
    assert by[Cause.PERSON].points == made({"a": "overdue-column"}).score_high - move.before  # type: ignore[operator]
    assert by[Cause.PERSON].gone == ("b",)
    assert by[Cause.SITE].come == ("c",)
    assert by[Cause.SITE].points < 0
    assert by[Cause.RULE].points == by[Cause.REACH].points == 0


def test_cards_of_another_coverage_or_without_a_grade_are_not_compared() -> None:
    whole = made({})
    assert incomparable(whole, whole) == ""
    less = card([], [], coverage(88, 100))
    assert less.graded
    assert "覆盖率" in incomparable(whole, less)
    assert "未评分" in incomparable(whole, card([], [], coverage(10, 100)))


@pytest.mark.parametrize(
    ("scores", "shown"),
    [
        ([], ""),
        ([None], "·"),
        ([10_000], "█"),
        ([5_000, None, 10_000], "▁·█"),
        ([9_900, 10_000], "▇█"),
    ],
)
def test_the_strip_has_a_character_a_scan_and_exaggerates_no_small_move(
    scores: list[int | None], shown: str
) -> None:
    assert sparkline(scores, 10_000) == shown


@given(st.lists(st.one_of(st.none(), st.integers(0, 10_000)), max_size=12))
def test_any_strip_can_be_printed_on_a_gbk_console(scores: list[int | None]) -> None:
    strip = sparkline(scores, 10_000)
    assert len(strip) == len(scores)
    strip.encode("gbk")
