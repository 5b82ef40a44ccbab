"""Working days: official holidays, make-up days, and years that no notice covers yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.workdays import WorkCalendar, official

YEAR = official()
KNOWN = st.dates(date(2005, 1, 1), date(2026, 9, 1))


def test_national_day_is_no_working_day() -> None:
    assert not YEAR.is_workday(date(2018, 10, 1))


def test_a_make_up_saturday_is_one() -> None:
    assert date(2018, 9, 29).weekday() == 5
    assert YEAR.is_workday(date(2018, 9, 29))


def test_a_deadline_runs_over_the_spring_festival() -> None:
    # 2018: holiday from 15 to 21 February, make-up days on the 11th and the 24th.
    assert YEAR.add_workdays(date(2018, 2, 9), 1) == date(2018, 2, 11)
    assert YEAR.add_workdays(date(2018, 2, 14), 1) == date(2018, 2, 22)
    assert YEAR.add_workdays(date(2018, 2, 14), 3) == date(2018, 2, 24)


def test_no_days_is_the_day_itself() -> None:
    assert YEAR.add_workdays(date(2018, 10, 1), 0) == date(2018, 10, 1)


def test_a_deadline_cannot_run_backwards() -> None:
    with pytest.raises(ValueError, match="deadline"):
        YEAR.add_workdays(date(2018, 6, 4), -1)


def test_a_year_without_notice_has_weekends_only_and_says_so() -> None:
    assert not YEAR.known(2031)
    assert YEAR.known(2018)
    assert YEAR.is_workday(date(2031, 10, 1))
    assert not YEAR.is_workday(date(2031, 10, 4))


def test_days_of_the_configuration_win_and_do_not_make_a_year_known() -> None:
    own = official({date(2031, 10, 1): False, date(2018, 6, 4): False})
    assert not own.is_workday(date(2031, 10, 1))
    assert not own.is_workday(date(2018, 6, 4))
    assert not own.known(2031)
    assert YEAR.is_workday(date(2018, 6, 4))


def test_an_empty_calendar_knows_the_week() -> None:
    bare = WorkCalendar()
    assert bare.is_workday(date(2018, 10, 1))
    assert not bare.is_workday(date(2018, 9, 29))
    assert not bare.known(2018)


@given(KNOWN, st.integers(1, 60))
def test_a_deadline_falls_on_a_working_day_and_has_so_many_before_it(day: date, n: int) -> None:
    last = YEAR.add_workdays(day, n)
    assert YEAR.is_workday(last)
    assert YEAR.workdays_between(day, last) == n
    assert YEAR.workdays_between(day, last - timedelta(days=1)) == n - 1


@given(KNOWN, st.integers(0, 20), st.integers(0, 20))
def test_deadlines_add_up(day: date, n: int, m: int) -> None:
    assert YEAR.add_workdays(YEAR.add_workdays(day, n), m) == YEAR.add_workdays(day, n + m)


@given(KNOWN, st.integers(0, 40))
def test_nothing_lies_between_a_day_and_an_earlier_one(day: date, back: int) -> None:
    assert YEAR.workdays_between(day, day - timedelta(days=back)) == 0
