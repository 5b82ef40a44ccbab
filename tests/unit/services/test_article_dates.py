"""Which dates of articles fill the rows of lists that show none."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from checks.facts import Read
from services.judge import _article_dates

DAY = date(2018, 5, 21)


def _stored(url: str, confidence: float) -> Any:
    read = Read(value=DAY, where="label", confidence=confidence)
    return SimpleNamespace(url=url, published=DAY, load=lambda: SimpleNamespace(published=read))


def test_what_fills_the_date_of_a_row_is_only_a_date_read_surely() -> None:
    never_read: Any = SimpleNamespace(url="c", published=None, load=lambda: 1 / 0)
    date_of = _article_dates([_stored("a", 0.8), _stored("b", 0.79), never_read], 0.8)
    assert [date_of(url) for url in "abcd"] == [DAY, None, None, None]
