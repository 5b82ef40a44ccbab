"""What stands open from before the judged period."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import cast

import pytest

from services.standing import since
from storage.findings import StoredFinding

FROM = date(2019, 1, 1)


def standing(*whats: str) -> dict[str, StoredFinding]:
    return {str(n): cast(StoredFinding, SimpleNamespace(what=w)) for n, w in enumerate(whats)}


@pytest.mark.parametrize(
    ("whats", "first"),
    [
        ((), FROM),
        (("tousu 2018Q1",), date(2018, 1, 1)),
        (("final 2016", "budget 2018"), date(2016, 1, 1)),
        (("2017",), date(2017, 1, 1)),
        (("2019-03",), FROM),  # of the judged period itself
        (("chanquan", ""), FROM),
        (("jilu 20181234",), FROM),  # a number, no year
    ],
)
def test_the_period_reaches_back_to_the_oldest_year_that_a_standing_finding_names(
    whats: tuple[str, ...], first: date
) -> None:
    assert since(standing(*whats), FROM) == first
