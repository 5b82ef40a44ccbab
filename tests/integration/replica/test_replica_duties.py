"""The replica's periodic duties: what is published, what is planted, and that it stays so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.replica import generate
from tests.replica.site import Replica
from tests.replica.spec import Spec

QUARTERS = ("2017年四季度", "2018年一季度")


def titles(replica: Replica) -> dict[str, str]:
    return {a.path: a.title for a in replica.articles.values() if "季度" in a.title}


@pytest.mark.parametrize("seed", [1, 508])
def test_two_duties_are_planted_one_of_them_inferred(seed: int) -> None:
    replica = generate(Spec(seed=seed))
    told = [(t.subject, t.suspected) for t in replica.duties.truth]
    assert told == [("unit:duty.chengshi-dibao", False), ("unit:duty.tousu", True)]
    written = [t for t in titles(replica).values() if "城市低保" in t]
    assert not [t for t in written if QUARTERS[1] in t]
    assert [t for t in written if QUARTERS[0] in t]


@pytest.mark.parametrize("seed", [1, 505])
def test_a_conforming_city_has_published_both_quarters_of_every_duty(seed: int) -> None:
    replica = generate(Spec(seed=seed, plants=False))
    assert replica.duties.truth == []
    written = list(titles(replica).values())
    for words in ("财政收支", "消费市场", "城市低保", "投诉举报"):
        for quarter in QUARTERS:
            assert [t for t in written if words in t and quarter in t], (words, quarter)


def test_what_is_published_later_changes_no_title() -> None:
    first = generate(Spec(seed=1))
    later = Replica(first.spec, replace(first.plan, now=first.spec.as_of + timedelta(days=7)))
    assert titles(first).items() <= titles(later).items()
