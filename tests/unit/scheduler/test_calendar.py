"""What is due when: slots follow working days, each period has its own, however time is cut."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.workdays import official
from config.schedule import Annual, Monthly, Quarterly, Schedule, Spot, ThirdParty, Weekly
from scheduler.calendar import Due, SlotKind, coming, sites_of, slots, unknown_years
from services.workspace import SHANGHAI, shanghai_day

CALENDAR = official()
PLAIN = Schedule()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def of(kind: SlotKind, start: str, end: str, schedule: Schedule = PLAIN) -> list[Due]:
    return [s for s in slots(schedule, CALENDAR, at(start), at(end)) if s.kind is kind]


def days(found: list[Due]) -> list[str]:
    return [shanghai_day(s.due_at).isoformat() for s in found]


def test_spot_checks_are_due_on_make_up_saturdays_and_not_on_holidays() -> None:
    # 2018: 29 and 30 September were worked, 1 to 7 October were not.
    found = of(SlotKind.SPOT, "2018-09-28", "2018-10-09")
    assert [s.slot for s in found] == ["2018-09-28", "2018-09-29", "2018-09-30", "2018-10-08"]
    assert found[0].due_at == datetime(2018, 9, 28, 14, tzinfo=UTC)
    assert found[0].until == datetime(2018, 9, 29, 13, tzinfo=UTC)


def test_spot_checks_may_be_thinned_to_days_of_the_week() -> None:
    spot = Spot(weekdays=(4, 6))
    found = of(SlotKind.SPOT, "2018-09-20", "2018-10-12", Schedule(spot=spot))
    assert [s.slot for s in found] == ["2018-09-20", "2018-09-27", "2018-09-29", "2018-10-11"]


def test_a_weekly_slot_moves_within_its_week_and_a_week_without_work_has_none() -> None:
    found = of(SlotKind.WEEKLY, "2018-09-17", "2018-10-22")
    # The Friday of W38 is worked, W39 has its Friday; W40 is the national holiday, all seven days.
    assert [s.slot for s in found] == ["2018-W38", "2018-W39", "2018-W41", "2018-W42"]
    # 2018-04-05 to 04-07 was Qingming: Friday 04-06 is off, Sunday 04-08 was worked.
    assert days(of(SlotKind.WEEKLY, "2018-04-02", "2018-04-09")) == ["2018-04-08"]
    # 2018-06-18 Monday was off: a Monday scan is made on Tuesday.
    monday = Schedule(weekly=Weekly(weekday=1))
    assert days(of(SlotKind.WEEKLY, "2018-06-18", "2018-06-24", monday)) == ["2018-06-19"]
    # 2020-05-01 was a Friday off, with nothing worked after it in that week: it is made before.
    assert days(of(SlotKind.WEEKLY, "2020-04-27", "2020-05-03T23:59")) == ["2020-04-30"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Monthly(workday=1), ["2018-01-02", "2018-02-01", "2018-03-01"]),
        (Monthly(workday=-1), ["2018-01-31", "2018-02-28", "2018-03-30"]),
        (Monthly(day=31), ["2018-01-31", "2018-02-28", "2018-03-30"]),
        (Monthly(day=17), ["2018-01-17", "2018-02-22", "2018-03-19"]),
        (Monthly(workday=20), ["2018-01-29", "2018-02-28", "2018-03-28"]),
        (Monthly(), ["2018-01-02", "2018-02-01", "2018-03-01"]),
    ],
)
def test_the_day_of_a_month_is_a_working_day_however_it_is_given(
    rule: Monthly, expected: list[str]
) -> None:
    found = of(SlotKind.MONTHLY, "2018-01-01", "2018-04-01", Schedule(monthly=rule))
    assert days(found) == expected
    assert [s.slot for s in found] == ["2018-01", "2018-02", "2018-03"]


def test_a_year_has_its_quarters_its_reports_and_its_end() -> None:
    found = slots(PLAIN, CALENDAR, at("2018-01-01"), at("2019-01-01"))
    named = {kind: [s.slot for s in found if s.kind is kind] for kind in SlotKind}
    assert named[SlotKind.QUARTERLY] == ["2018Q1", "2018Q2", "2018Q3", "2018Q4"]
    assert named[SlotKind.ANNUAL] == ["2018"]
    assert named[SlotKind.THIRD_PARTY] == [
        "2018-02", "2018-04", "2018-06", "2018-08", "2018-10", "2018-12",
    ]  # fmt: skip
    assert len(named[SlotKind.MONTHLY]) == 12
    assert len(named[SlotKind.WEEKLY]) == 51
    assert len(named[SlotKind.SPOT]) == sum(
        CALENDAR.is_workday(date(2018, 1, 1) + timedelta(days=n)) for n in range(365)
    )


def test_a_kind_that_is_off_has_no_slots() -> None:
    off = Schedule(spot=Spot(enabled=False), third_party=ThirdParty(enabled=False))
    kinds = {s.kind for s in slots(off, CALENDAR, at("2018-01-01"), at("2018-12-31"))}
    assert kinds == {SlotKind.WEEKLY, SlotKind.MONTHLY, SlotKind.QUARTERLY, SlotKind.ANNUAL}


def test_a_slot_due_exactly_at_the_end_of_an_interval_is_in_it_and_not_in_the_next() -> None:
    due = at("2018-06-04T22:00")
    assert [s.slot for s in slots(PLAIN, CALENDAR, due - timedelta(hours=1), due)] == ["2018-06-04"]
    assert slots(PLAIN, CALENDAR, due, due + timedelta(hours=1)) == []


instants = st.integers(0, 12 * 366 * 24 * 60).map(
    lambda minutes: datetime(2016, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@settings(deadline=None, max_examples=40)
@given(instants, st.lists(st.integers(0, 60 * 24 * 200), max_size=8))
def test_however_the_time_is_cut_the_same_slots_come_out_each_once(
    start: datetime, cuts: list[int]
) -> None:
    points = [start, *(start + timedelta(minutes=m) for m in sorted(cuts))]
    points.append(start + timedelta(days=200))
    cut = [s for a, b in pairwise(points) for s in slots(PLAIN, CALENDAR, a, b)]
    assert cut == slots(PLAIN, CALENDAR, points[0], points[-1])
    assert len({(s.kind, s.slot) for s in cut}) == len(cut)
    assert all(points[0] < s.due_at <= points[-1] and s.due_at < s.until for s in cut)


rules = st.builds(
    Schedule,
    spot=st.just(Spot(enabled=False)),
    weekly=st.builds(Weekly, weekday=st.integers(1, 7), at=st.sampled_from(["00:00", "23:59"])),
    monthly=st.builds(Monthly, day=st.integers(1, 31)),
    quarterly=st.one_of(
        st.builds(Quarterly, month=st.integers(1, 3), day=st.integers(1, 31)),
        st.builds(Quarterly, month=st.integers(1, 3), workday=st.integers(1, 20)),
        st.builds(Quarterly, month=st.integers(1, 3), workday=st.integers(-20, -1)),
    ),
    annual=st.builds(Annual, month=st.integers(1, 12), day=st.integers(1, 31)),
)


@settings(deadline=None, max_examples=40)
@given(rules, st.integers(2010, 2030))
def test_every_month_quarter_and_year_has_exactly_one_slot_within_itself(
    schedule: Schedule, year: int
) -> None:
    found = slots(
        schedule, CALENDAR, at(f"{year - 1}-12-31T23:59:59"), at(f"{year}-12-31T23:59:59")
    )
    for kind, count in ((SlotKind.MONTHLY, 12), (SlotKind.QUARTERLY, 4), (SlotKind.ANNUAL, 1)):
        of_kind = [s for s in found if s.kind is kind]
        assert len({s.slot for s in of_kind}) == len(of_kind) == count
        for slot in of_kind:
            day = shanghai_day(slot.due_at)
            named = {
                SlotKind.MONTHLY: f"{day.year}-{day.month:02}",
                SlotKind.QUARTERLY: f"{day.year}Q{(day.month + 2) // 3}",
                SlotKind.ANNUAL: f"{day.year}",
            }[kind]
            assert slot.slot == named
            assert CALENDAR.is_workday(day)
    for slot in found:
        if slot.kind is SlotKind.WEEKLY:
            iso = shanghai_day(slot.due_at).isocalendar()
            assert slot.slot == f"{iso.year}-W{iso.week:02}"
            assert CALENDAR.is_workday(shanghai_day(slot.due_at))


def test_a_year_without_an_official_calendar_goes_by_weekends_and_says_so() -> None:
    warned = unknown_years(CALENDAR, at("2026-12-01"), at("2031-01-05"))
    assert [year for year in range(2026, 2032) if any(f" {year} 年" in w for w in warned)][
        -1
    ] == 2031
    assert unknown_years(CALENDAR, at("2018-01-01"), at("2018-12-31")) == []
    added = official({date(2040, 1, 2): False, date(2040, 1, 7): True})
    due = [s.slot for s in slots(PLAIN, added, at("2040-01-01"), at("2040-01-08"))]
    assert "2040-01-02" not in due
    assert "2040-01-07" in due
    assert len(unknown_years(added, at("2040-01-01"), at("2040-12-31"))) == 1


def test_a_kind_concerns_the_sites_that_are_enabled_and_named() -> None:
    schedule = Schedule(weekly=Weekly(sites=("b", "c")))
    assert sites_of(schedule, SlotKind.WEEKLY, ("a", "b")) == ("b",)
    assert sites_of(schedule, SlotKind.SPOT, ("a", "b")) == ("a", "b")
    assert sites_of(schedule, SlotKind.THIRD_PARTY, ("a", "b")) == ("",)


def test_the_next_slot_is_found_however_far_it_is() -> None:
    after = at("2018-12-11")
    assert next(coming(PLAIN, CALENDAR, SlotKind.ANNUAL, after)).slot == "2019"
