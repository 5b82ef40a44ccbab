"""How the filled table says what a bonus part gives."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from reports.audit import state_words, why_not_counted
from scorecards.site_card import PartLine, SiteCard, State


def part(kind: str = "bonus", high: int | None = 500) -> PartLine:
    return cast(PartLine, SimpleNamespace(kind=kind, high=high, needs_above=8000))


def card(score: int | None, bonus: int | None) -> SiteCard:
    return cast(SiteCard, SimpleNamespace(score=score, bonus=bonus))


@pytest.mark.parametrize(
    ("held", "gained", "said"),
    [
        (card(None, None), 500, "没有计分，加分不计"),
        (card(7000, 0), 500, "扣分项没有高于 80 分，加分不计"),
        (card(9000, 500), 500, ""),
        (card(7000, 0), 0, ""),
    ],
)
def test_what_was_gained_and_does_not_count_is_said_with_the_reason(
    held: SiteCard, gained: int, said: str
) -> None:
    assert why_not_counted(held, part(high=gained)) == said


@pytest.mark.parametrize(
    ("kind", "state", "points", "said"),
    [
        ("bonus", State.OK, 300, "有加分"),
        ("bonus", State.OK, 0, "没有加分"),
        ("bonus", State.PERSON, 0, State.PERSON.label),
        ("deduct", State.OK, 0, State.OK.label),
        ("deduct", State.FOUND, 300, State.FOUND.label),
    ],
)
def test_what_is_gained_is_no_fault(kind: str, state: State, points: int, said: str) -> None:
    line: Any = SimpleNamespace(state=state, deducted=points)
    assert state_words(part(kind), line) == said
