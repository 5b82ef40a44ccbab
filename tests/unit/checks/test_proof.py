"""Proof of reading: what proves a column fresh, overdue or blank, and what leaves it open."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.case import ColumnCase
from checks.facts import DateState, Missing, StopReason, Unverified
from checks.proof import (
    Emptiness,
    Freshness,
    day_of_year,
    emptiness,
    freshness,
    in_time_since,
    months_before,
    shanghai_day,
)
from config.schema import Cadence
from tests.unit.checks.samples import (
    TODAY,
    WALL,
    column_case,
    context,
    empty,
    fetched,
    listed,
    reading,
    row,
    rows,
)

OLD = date(2018, 3, 1)
FRESH = date(2018, 6, 1)
DAYS = st.dates(date(2000, 1, 1), date(2050, 12, 31))


def _days(n: int) -> timedelta:
    return timedelta(days=n)


def _judged(case: ColumnCase, **params: Any) -> Freshness:
    said = freshness(case, context(params=params))
    assert isinstance(said, Freshness), said
    return said


def _open(case: ColumnCase, **params: Any) -> Missing:
    said = freshness(case, context(params=params))
    assert isinstance(said, Unverified), said
    return said.code


def _paged(
    *pages: tuple[date | None, ...], stop: StopReason = StopReason.OLDER, **proof: Any
) -> ColumnCase:
    """A list over several pages that was not read to the end."""
    dates = [on for page in pages for on in page]
    return column_case(reading(rows(*dates), tuple(map(len, pages)), stop=stop, **proof))


# --- the cadence ----------------------------------------------------------------------------------


@given(DAYS, st.integers(1, 3660))
def test_an_entry_exactly_n_days_old_is_in_time_and_one_day_older_is_not(day: date, n: int) -> None:
    since = in_time_since(Cadence(days=n), day)
    assert (day - since).days == n


@given(DAYS, st.integers(1, 120))
def test_n_months_before_is_the_same_day_or_the_end_of_the_month(day: date, n: int) -> None:
    since = in_time_since(Cadence(months=n), day)
    assert (day.year - since.year) * 12 + day.month - since.month == n
    assert since.day == min(day.day, monthrange(since.year, since.month)[1])


@given(DAYS, st.integers(1, 60), st.integers(1, 60))
def test_a_longer_period_never_begins_later(day: date, n: int, m: int) -> None:
    assert months_before(day, n + m) <= months_before(day, n) < day


@given(DAYS, DAYS.filter(lambda day: (day.month, day.day) != (2, 29)))
def test_a_yearly_duty_asks_for_this_year_only_after_its_day(day: date, by: date) -> None:
    since = in_time_since(Cadence(yearly_by=f"{by:%m-%d}"), day)
    late = (day.month, day.day) > (by.month, by.day)
    assert since == date(day.year if late else day.year - 1, 1, 1)


def test_the_29th_of_february_is_the_28th_where_there_is_none() -> None:
    assert day_of_year(2018, "02-29") == date(2018, 2, 28)
    assert day_of_year(2020, "02-29") == date(2020, 2, 29)


def test_months_are_clamped_to_the_end_of_february() -> None:
    assert months_before(date(2018, 8, 31), 6) == date(2018, 2, 28)
    assert months_before(date(2020, 8, 31), 6) == date(2020, 2, 29)


def test_a_standing_column_has_no_limit() -> None:
    with pytest.raises(ValueError, match="standing"):
        in_time_since(Cadence(), TODAY)


def test_a_day_is_a_shanghai_day() -> None:
    assert shanghai_day(datetime(2018, 6, 3, 15, 59, tzinfo=UTC)) == date(2018, 6, 3)
    assert shanghai_day(datetime(2018, 6, 3, 16, 0, tzinfo=UTC)) == date(2018, 6, 4)


# --- fresh ----------------------------------------------------------------------------------------


def test_one_entry_within_the_cadence_is_enough_however_little_was_read() -> None:
    case = _paged((OLD, FRESH), stop=StopReason.FAILED, scripted=True)
    said = _judged(case)
    assert not said.overdue
    assert said.newest_on == FRESH


def test_an_old_pinned_entry_does_not_hide_a_fresh_one() -> None:
    entries = (row(OLD, 0, pinned=True), row(FRESH, 1))
    assert not _judged(column_case(reading(entries))).overdue


def test_a_fresh_pinned_entry_is_an_update() -> None:
    entries = (row(FRESH, 0, pinned=True), row(OLD, 1))
    assert not _judged(column_case(reading(entries))).overdue


def test_a_list_sorted_oldest_first_is_fresh_by_its_last_row() -> None:
    assert not _judged(listed(OLD, date(2018, 4, 1), FRESH)).overdue


def test_undated_and_unread_rows_do_not_matter_where_one_is_fresh() -> None:
    entries = (row(None, 0), row(None, 1, date_state=DateState.UNREAD), row(FRESH, 2))
    said = _judged(column_case(reading(entries)))
    assert not said.overdue
    assert said.undated == 1


def test_month_and_day_count_with_the_year_of_the_article() -> None:
    entry = row(None, 0, date_state=DateState.MONTH_DAY, date_text="06-01")
    case = column_case(reading((entry,)), article_dates={entry.url: FRESH})
    assert _judged(case).newest_on == FRESH


def test_an_undated_row_counts_with_the_date_of_its_article() -> None:
    case = listed(None, article_dates={"http://127.0.0.1/e0": FRESH})
    assert not _judged(case).overdue
    assert _judged(case).undated == 0


def test_an_entry_of_the_day_it_was_fetched_counts_though_the_scan_began_the_day_before() -> None:
    after_midnight = fetched(datetime(2018, 6, 4, 18, 0, tzinfo=UTC))
    said = _judged(listed(date(2018, 6, 5), fetched=after_midnight))
    assert said.newest_on == date(2018, 6, 5)


def test_an_entry_dated_after_the_day_it_was_fetched_counts_for_nothing() -> None:
    said = _judged(listed(date(2018, 6, 5), OLD))
    assert said.overdue
    assert said.newest_on == OLD
    assert said.future == 1


# --- overdue --------------------------------------------------------------------------------------


def test_a_list_read_to_its_end_proves_overdue() -> None:
    said = _judged(listed(OLD, date(2018, 4, 1), date(2018, 2, 1)))
    assert said.overdue
    assert said.newest_on == date(2018, 4, 1)
    assert said.wanted_since == TODAY - _days(14)


@pytest.mark.parametrize(
    "stop",
    [
        StopReason.CAP,
        StopReason.FAILED,
        StopReason.UNREADABLE,
        StopReason.WINDOW,
        StopReason.REPEATED,
    ],
)
def test_one_page_of_a_longer_list_proves_nothing(stop: StopReason) -> None:
    assert _open(column_case(reading(rows(OLD), stop=stop))) is Missing.UNPROVEN


def test_falling_dates_over_two_pages_prove_it() -> None:
    assert _judged(_paged((OLD, OLD - _days(1)), (OLD - _days(2),))).overdue


def test_equal_dates_in_a_falling_list_are_no_break() -> None:
    assert _judged(_paged((OLD, OLD), (OLD - _days(2),))).overdue


def test_falling_dates_on_one_page_do_not() -> None:
    assert _open(_paged((OLD, OLD - _days(1), OLD - _days(2)))) is Missing.UNPROVEN


def test_a_second_page_that_brought_nothing_new_is_no_second_page() -> None:
    case = column_case(reading(rows(OLD, OLD - _days(1)), (2, 2), stop=StopReason.OLDER))
    assert _open(case) is Missing.UNPROVEN


def test_a_first_page_of_pinned_rows_alone_is_no_page_of_the_order() -> None:
    entries = (row(OLD, 0, pinned=True), row(OLD, 1), row(OLD - _days(1), 2))
    case = column_case(reading(entries, (1, 2), stop=StopReason.OLDER))
    assert _open(case) is Missing.UNPROVEN


def test_one_rise_breaks_the_order() -> None:
    assert _open(_paged((OLD, OLD - _days(2)), (OLD - _days(1),))) is Missing.UNPROVEN


def test_dates_that_are_all_the_same_show_no_order() -> None:
    assert _open(_paged((OLD, OLD), (OLD, OLD))) is Missing.UNPROVEN


def test_a_list_sorted_oldest_first_must_be_read_to_its_end() -> None:
    rising = (OLD, OLD + _days(1)), (OLD + _days(2),)
    assert _open(_paged(*rising)) is Missing.UNPROVEN
    assert _judged(_paged(*rising, stop=StopReason.END)).overdue


def test_pinned_rows_do_not_break_the_order() -> None:
    entries = (row(date(2015, 1, 1), 0, pinned=True), row(OLD, 1), row(OLD - _days(1), 2))
    case = column_case(reading(entries, (2, 1), stop=StopReason.OLDER))
    assert _judged(case).overdue


def test_an_end_that_falls_short_of_the_claimed_total_is_no_end() -> None:
    assert _open(column_case(reading(rows(OLD, OLD), total_claimed=3))) is Missing.UNPROVEN
    assert _judged(column_case(reading(rows(OLD, OLD), total_claimed=2))).overdue


def test_an_end_that_falls_short_of_the_claimed_pages_is_no_end() -> None:
    assert _open(column_case(reading(rows(OLD), pages_claimed=2))) is Missing.UNPROVEN
    assert _judged(column_case(reading(rows(OLD), pages_claimed=1))).overdue


def test_a_pager_that_comes_round_again_is_an_end_only_with_the_claimed_total() -> None:
    def read_round(claimed: int | None) -> ColumnCase:
        return column_case(reading(rows(OLD, OLD), stop=StopReason.REPEATED, total_claimed=claimed))

    assert _open(read_round(None)) is Missing.UNPROVEN
    assert _open(read_round(3)) is Missing.UNPROVEN
    assert _judged(read_round(2)).overdue


def test_rows_that_a_script_may_add_leave_it_open() -> None:
    assert _open(column_case(reading(rows(OLD), scripted=True))) is Missing.READER


def test_undated_rows_may_be_a_tenth_and_no_more() -> None:
    ten = listed(*[OLD] * 9, None)
    nine = listed(*[OLD] * 8, None)
    assert _judged(ten).overdue
    assert _open(nine) is Missing.UNDATED


def test_an_undated_row_above_the_newest_dated_one_leaves_it_open() -> None:
    below = listed(OLD, None, *[OLD - _days(1)] * 8)
    above = listed(None, OLD, *[OLD - _days(1)] * 8)
    assert _judged(below).overdue
    assert _open(above) is Missing.UNDATED


def test_a_pinned_newest_row_does_not_cover_an_undated_one_below_it() -> None:
    entries = (row(OLD, 0, pinned=True), row(None, 1), *rows(*[OLD - _days(1)] * 10)[2:])
    assert _open(column_case(reading(entries))) is Missing.UNDATED


def test_undated_rows_that_are_no_update_do_not_leave_it_open() -> None:
    assert _judged(listed(None, OLD), undated_counts_as="not_updated").overdue
    said = _judged(listed(None, None), undated_counts_as="not_updated")
    assert said.overdue
    assert said.newest is None


def test_nothing_dated_and_undated_rows_ignored_leave_it_open() -> None:
    assert _open(listed(None, None)) is Missing.UNDATED


@pytest.mark.parametrize("state", [DateState.UNREAD, DateState.MONTH_DAY])
@pytest.mark.parametrize("counts", ["ignored", "not_updated"])
def test_one_date_that_was_not_read_leaves_it_open(state: DateState, counts: str) -> None:
    entries = (*rows(*[OLD] * 30), row(None, 99, date_state=state))
    assert _open(column_case(reading(entries)), undated_counts_as=counts) is Missing.UNDATED


def test_the_article_settles_a_date_that_was_not_read() -> None:
    late = row(None, 99, date_state=DateState.MONTH_DAY)
    case = column_case(reading((*rows(OLD), late)), article_dates={late.url: OLD})
    assert _judged(case).overdue


def test_a_column_that_was_in_time_when_it_was_read_is_not_accused_later() -> None:
    read_on = datetime(2018, 5, 30, 4, 0, tzinfo=UTC)
    in_time_then = listed(date(2018, 5, 16), fetched=fetched(read_on))
    late_then = listed(date(2018, 5, 15), fetched=fetched(read_on))
    assert _open(in_time_then) is Missing.UNPROVEN
    said = _judged(late_then)
    assert said.overdue
    assert said.judged_on == date(2018, 5, 30)


def test_a_wall_stays_a_wall() -> None:
    assert _open(column_case(WALL)) is Missing.WALL


def test_no_rows_are_no_dates() -> None:
    assert _open(column_case(empty())) is Missing.UNPROVEN


@given(st.lists(st.dates(date(2010, 1, 1), date(2018, 6, 4)), min_size=1, max_size=30))
def test_a_list_read_whole_is_overdue_exactly_when_its_newest_entry_is_too_old(
    dates: list[date],
) -> None:
    assert _judged(listed(*dates)).overdue is (max(dates) < TODAY - _days(14))


@given(
    st.lists(st.dates(date(2018, 1, 1), date(2018, 6, 4)), min_size=1, max_size=12),
    st.data(),
)
def test_reading_less_never_accuses(dates: list[date], data: st.DataObject) -> None:
    """Whatever part of a list was read, a fresh whole is never called overdue if order held."""
    ordered = sorted(dates, reverse=True)
    cut = data.draw(st.integers(1, len(ordered)))
    part = column_case(reading(rows(*ordered[:cut]), (1, cut - 1), stop=StopReason.CAP))
    said = freshness(part, context())
    if isinstance(said, Freshness) and said.overdue:
        assert _judged(listed(*ordered)).overdue


# --- blank ----------------------------------------------------------------------------------------


def _empty(case: ColumnCase) -> Emptiness:
    said = emptiness(case, context())
    assert isinstance(said, Emptiness), said
    return said


def _unsure(case: ColumnCase) -> Missing:
    said = emptiness(case, context())
    assert isinstance(said, Unverified), said
    return said.code


MARKS: list[dict[str, Any]] = [
    {"empty_mark": "暂无信息"},
    {"empty_mark": "建设中"},
    {"total_claimed": 0},
    {"container": "ul.list", "siblings_with_rows": 1},
]


@pytest.mark.parametrize("mark", MARKS)
def test_each_mark_alone_proves_a_blank_column(mark: dict[str, Any]) -> None:
    said = _empty(column_case(empty(**mark)))
    assert said.blank
    assert said.proof
    assert not said.suspected


@pytest.mark.parametrize("mark", MARKS)
def test_no_mark_proves_it_before_a_second_fetch_agrees(mark: dict[str, Any]) -> None:
    assert _unsure(column_case(empty(**mark, confirmed=False))) is Missing.UNPROVEN


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("stop", [s for s in StopReason if s is not StopReason.END])
def test_no_mark_proves_it_where_the_list_was_not_read_to_its_end(
    mark: dict[str, Any], stop: StopReason
) -> None:
    assert _unsure(column_case(empty(**mark, stop=stop))) is Missing.UNPROVEN


def test_an_empty_container_proves_nothing_where_no_sister_column_shows_rows() -> None:
    assert _unsure(column_case(empty(siblings_with_rows=0))) is Missing.UNPROVEN


def test_sisters_with_rows_prove_nothing_where_the_container_is_not_there() -> None:
    assert _unsure(column_case(empty(container=None, siblings_with_rows=9))) is Missing.UNPROVEN


@pytest.mark.parametrize("claim", [{"total_claimed": 1}, {"pages_claimed": 2}])
def test_a_page_that_claims_rows_is_not_blank(claim: dict[str, int]) -> None:
    case = column_case(empty(empty_mark="暂无信息", **claim))
    assert _unsure(case) is Missing.READER


def test_a_claimed_single_page_is_no_contradiction() -> None:
    assert _empty(column_case(empty(empty_mark="暂无信息", pages_claimed=1))).blank


@pytest.mark.parametrize("mark", MARKS)
def test_a_list_that_a_script_may_fill_is_not_blank(mark: dict[str, Any]) -> None:
    assert _unsure(column_case(empty(**mark, scripted=True))) is Missing.READER


def test_one_row_is_not_blank_whatever_else_is_said() -> None:
    assert not _empty(column_case(reading(rows(None), empty_mark="暂无信息"))).blank


def test_where_there_were_entries_a_person_looks_first() -> None:
    case = column_case(empty(empty_mark="暂无信息"), previous_entries=1, previous_shape="s1")
    said = _empty(case)
    assert said.suspected
    assert said.earlier == 1
    assert not _empty(replace(case, previous_entries=0)).suspected
    assert not _empty(replace(case, previous_entries=None)).suspected


def test_fifty_entries_and_then_none_on_a_page_of_another_shape_is_our_reader_or_a_wall() -> None:
    case = column_case(empty(empty_mark="暂无信息"), previous_entries=50, previous_shape="s0")
    assert _unsure(case) is Missing.SHAPE


def test_a_blank_column_of_a_rebuilt_site_is_still_blank() -> None:
    case = column_case(empty(empty_mark="暂无信息"), previous_entries=0, previous_shape="s0")
    assert _empty(case).blank
    assert not _empty(case).suspected


def test_a_wall_is_not_blank() -> None:
    assert _unsure(column_case(WALL)) is Missing.WALL
