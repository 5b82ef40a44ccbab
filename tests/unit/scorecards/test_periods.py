"""Periods as a clerk writes them."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.periods import Period


@pytest.mark.parametrize(
    ("text", "start", "end", "key", "label"),
    [
        ("2018", date(2018, 1, 1), date(2018, 12, 31), "2018", "2018年度"),
        ("2018Q4", date(2018, 10, 1), date(2018, 12, 31), "2018Q4", "2018年第四季度"),
        ("2018q1", date(2018, 1, 1), date(2018, 3, 31), "2018Q1", "2018年第一季度"),
        ("２０１８Ｑ２", date(2018, 4, 1), date(2018, 6, 30), "2018Q2", "2018年第二季度"),
        ("2018-11", date(2018, 11, 1), date(2018, 11, 30), "2018-11", "2018年11月"),
        ("2020-2", date(2020, 2, 1), date(2020, 2, 29), "2020-02", "2020年2月"),
        ("2018年第三季度", date(2018, 7, 1), date(2018, 9, 30), "2018Q3", "2018年第三季度"),
        (" 2018年12月 ", date(2018, 12, 1), date(2018, 12, 31), "2018-12", "2018年12月"),
    ],
)
def test_a_period_is_read_with_its_first_and_last_day(
    text: str, start: date, end: date, key: str, label: str
) -> None:
    period = Period.parse(text)
    assert (period.start, period.end, period.key, period.label) == (start, end, key, label)
    assert start in period
    assert end in period
    assert start - timedelta(days=1) not in period
    assert end + timedelta(days=1) not in period


@pytest.mark.parametrize(
    "text",
    ["", "18", "2018Q5", "2018-13", "2018-0", "201811", "2018-Q1x", "去年", "0000", "2018-11-3"],
)
def test_what_is_no_period_is_told_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="2018Q4"):
        Period.parse(text)


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_a_value_error(text: str) -> None:
    try:
        period = Period.parse(text)
    except ValueError:
        return
    assert Period.parse(period.key) == period
    assert Period.parse(period.label) == period


@given(st.integers(1990, 2998))
def test_the_quarters_of_a_year_follow_each_other_without_a_gap(year: int) -> None:
    quarters = [Period.quarter(year, n) for n in (1, 2, 3, 4)]
    assert quarters[0].start == date(year, 1, 1)
    assert quarters[-1].end == date(year, 12, 31)
    assert all(a.end + timedelta(days=1) == b.start for a, b in itertools.pairwise(quarters))
