"""From the reminder to the circular, counted in working days: what is due on which day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.life import Event, EventKind
from checks.workdays import official
from scorecards.escalation import Due, Policy, Step, due, new_deadline
from scorecards.life import FindingState, fold

K = EventKind
CALENDAR = official()
POLICY = Policy(remind_workdays=10, notice_workdays=5, again_workdays=3)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def on(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour), SHANGHAI)


def event(kind: EventKind, day: str, **data: object) -> Event:
    return Event(
        kind=kind, at=on(day), recorded_at=on(day), scan_id=None, actor="信息办", data=data
    )


FOUND = event(K.FOUND, "2018-09-10")
TOLD = [FOUND, event(K.REMINDED, "2018-09-14", deadline="2018-09-29")]
"""2018-09-29 and 30 are a make-up Saturday and Sunday before National Day; 10-08 is the next
working day after them."""
NOTICED = [*TOLD, event(K.NOTICED, "2018-10-08", deadline="2018-10-15", number="1")]
NAMED = [*NOTICED, event(K.CIRCULATED, "2018-10-17", deadline="2018-10-31", number="瑞1号")]
NAMED_ONLY = [*NOTICED, event(K.CIRCULATED, "2018-10-17", number="瑞1号")]


def step(events: list[Event], day: str, policy: Policy = POLICY) -> Due | None:
    life = fold(events, on(day))
    assert life is not None
    return due(life, CALENDAR, policy, on(day))


@pytest.mark.parametrize(
    ("events", "day", "wanted", "since"),
    [
        ([FOUND], "2018-09-10", Step.REMIND, "2018-09-10"),
        ([FOUND], "2018-12-01", Step.REMIND, "2018-09-10"),
        (TOLD, "2018-09-14", None, None),
        (TOLD, "2018-09-25", None, None),  # 26, 27, 28 and the make-up 29: four are left
        (TOLD, "2018-09-26", Step.AGAIN, "2018-09-26"),
        (TOLD, "2018-09-29", Step.AGAIN, "2018-09-26"),  # the last day is still in time
        (TOLD, "2018-09-30", Step.NOTICE, "2018-09-30"),  # a Sunday that is worked
        (TOLD, "2018-10-04", Step.NOTICE, "2018-09-30"),
        (NOTICED, "2018-10-15", None, None),  # a written notice is the second word: none between
        (NOTICED, "2018-10-16", Step.CIRCULAR, "2018-10-16"),
        (NAMED, "2018-10-31", None, None),
        (NAMED, "2018-11-01", Step.CIRCULAR, "2018-11-01"),
        (NAMED_ONLY, "2018-12-31", None, None),  # it set no new day: nothing more runs out
    ],
)
def test_each_step_is_due_from_its_working_day_on(
    events: list[Event], day: str, wanted: Step | None, since: str | None
) -> None:
    found = step(events, day)
    assert (found.step if found else None) == wanted
    if found is not None and since is not None:
        assert found.since == date.fromisoformat(since)


def test_what_runs_out_before_a_holiday_is_pressed_after_it() -> None:
    late = [FOUND, event(K.REMINDED, "2018-09-14", deadline="2018-09-30")]
    assert step(late, "2018-10-01") is None
    assert step(late, "2018-10-07") is None
    found = step(late, "2018-10-08")
    assert found is not None
    assert (found.step, found.since, found.late) == (Step.NOTICE, date(2018, 10, 8), 1)
    two = step(late, "2018-10-09", Policy(grace_workdays=1))
    assert two is not None
    assert (two.since, two.late) == (date(2018, 10, 9), 2)
    assert step(late, "2018-10-08", Policy(grace_workdays=1)) is None


@pytest.mark.parametrize("kind", [K.DISPUTED, K.CLAIMED, K.WAIVED, K.REVOKED, K.RECTIFIED])
def test_nothing_escalates_while_it_is_disputed_claimed_or_settled(kind: EventKind) -> None:
    for before in (TOLD, NOTICED, NAMED):
        last = max(e.at for e in before) + timedelta(hours=1)
        then = [*before, Event(kind=kind, at=last, recorded_at=last, scan_id=None, actor="x")]
        assert step(then, "2018-12-20") is None


def test_after_a_rejected_dispute_its_time_runs_on_to_the_later_day() -> None:
    log = [
        *TOLD,
        event(K.DISPUTED, "2018-09-20"),
        event(K.DISPUTE_REJECTED, "2018-10-10", deadline="2018-10-18"),
    ]
    assert step(log, "2018-10-11") is None
    found = step(log, "2018-10-19")
    assert found is not None
    assert found.step is Step.NOTICE


def test_a_second_reminder_is_due_once_and_never_on_the_heels_of_the_first() -> None:
    again = [*TOLD, event(K.REMINDED, "2018-09-26", deadline="2018-09-29")]
    assert step(again, "2018-09-28") is None
    assert step(TOLD, "2018-09-28", Policy(again_workdays=0)) is None
    short = [FOUND, event(K.REMINDED, "2018-09-26", deadline="2018-09-28")]
    assert step(short, "2018-09-27") is None


def test_what_comes_back_begins_with_a_reminder() -> None:
    log = [*NAMED, event(K.RECTIFIED, "2018-11-05"), event(K.RECURRED, "2018-11-12")]
    found = step(log, "2018-11-13")
    assert found == Due(step=Step.REMIND, since=date(2018, 11, 12))


def test_a_suspected_finding_is_nobodys_task() -> None:
    doubt = [event(K.FOUND, "2018-09-10", suspected=True)]
    life = fold(doubt, on("2018-12-01"))
    assert life is not None
    assert life.state is FindingState.SUSPECTED
    assert step(doubt, "2018-12-01") is None


def test_deadlines_are_working_days_over_the_national_holiday() -> None:
    day = date(2018, 9, 20)
    assert new_deadline(Step.REMIND, day, CALENDAR, POLICY) == date(2018, 10, 10)
    assert new_deadline(Step.NOTICE, date(2018, 9, 28), CALENDAR, POLICY) == date(2018, 10, 10)
    assert new_deadline(Step.AGAIN, day, CALENDAR, POLICY) is None


DAYS = st.integers(min_value=0, max_value=200).map(lambda n: date(2018, 3, 1) + timedelta(days=n))


@given(told=DAYS, later=st.integers(min_value=0, max_value=120))
def test_nothing_is_pressed_on_a_unit_before_its_time_has_run_out(told: date, later: int) -> None:
    deadline = CALENDAR.add_workdays(told, 10)
    found = event(K.FOUND, told.isoformat())
    log = [found, event(K.REMINDED, told.isoformat(), deadline=deadline.isoformat())]
    today = told + timedelta(days=later)
    next_step = step(log, today.isoformat())
    if today <= deadline:
        assert next_step is None or next_step.step is Step.AGAIN
    elif CALENDAR.workdays_between(deadline, today):
        assert next_step is not None
        assert next_step.step is Step.NOTICE
        assert CALENDAR.is_workday(next_step.since)
        assert deadline < next_step.since <= today
    else:
        assert next_step is None  # a weekend or holiday right after the last day
