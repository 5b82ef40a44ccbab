"""From the reminder to the circular: how the stages of a finding's handling follow each other."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.life import Event, EventKind
from scorecards.life import FindingState, Life, fold
from tests.unit.scorecards.test_life import at, event, scan, seen

K, S = EventKind, FindingState


def told(day: float = 1, deadline: str = "2018-06-20") -> list[Event]:
    return [event(K.FOUND), event(K.REMINDED, day, deadline=deadline)]


def life(events: list[Event], day: float) -> Life:
    found = fold(events, at(day))
    assert found is not None
    return found


def test_a_reminder_starts_the_time_and_the_last_day_is_still_in_time() -> None:
    assert life(told(), 2).state is S.REMINDED
    assert life(told(), 16).state is S.REMINDED  # 2018-06-20
    late = life(told(), 17)
    assert (late.state, late.deadline) == (S.OVERDUE, date(2018, 6, 20))
    assert late.overdue(date(2018, 6, 21))


def test_a_second_reminder_gives_no_more_time_but_a_written_notice_does() -> None:
    again = [*told(), event(K.REMINDED, 5, deadline="2018-07-30")]
    assert life(again, 6).deadline == date(2018, 6, 20)
    noticed = [*again, event(K.NOTICED, 18, deadline="2018-07-05", number="整改2018-1")]
    after = life(noticed, 19)
    assert (after.state, after.deadline) == (S.REMINDED, date(2018, 7, 5))
    assert after.reminded_at == at(1)


def test_only_a_re_check_proves_that_it_is_mended() -> None:
    said = [*told(), event(K.CLAIMED, 10, reason="已更新")]
    assert life(said, 40).state is S.CLAIMED  # the unit's word stops no scan, and is no proof
    mark = next(iter(seen()))
    log = {mark: list(said)}
    assert scan(log, {}, 11, judged=False) == []
    assert scan(log, {}, 12) == [K.RECTIFIED]
    assert life(log[mark], 13).state is S.RECTIFIED


def test_a_claim_that_a_re_check_refutes_falls_back_to_the_stage_before() -> None:
    mark = next(iter(seen()))
    log = {mark: [*told(), event(K.CLAIMED, 10)]}
    assert scan(log, seen(), 12) == [K.NOT_MENDED]
    assert life(log[mark], 13).state is S.REMINDED
    assert life(log[mark], 17).state is S.OVERDUE
    named = {mark: [*told(), event(K.CIRCULATED, 30, number="1"), event(K.CLAIMED, 31)]}
    assert scan(named, seen(), 32) == [K.NOT_MENDED]
    assert life(named[mark], 33).state is S.CIRCULATED


def test_no_circular_names_what_nobody_was_reminded_of() -> None:
    assert life([event(K.FOUND), event(K.CIRCULATED, 3, number="1")], 4).state is S.OPEN


def test_a_circular_stays_in_the_history_when_the_finding_is_mended_and_comes_back() -> None:
    log = [
        *told(),
        event(K.CIRCULATED, 20, number="瑞府办字〔2018〕9号"),
        event(K.RECTIFIED, 30),
        event(K.RECURRED, 40),
    ]
    back = life(log, 41)
    assert (back.state, back.deadline, back.reminded_at) == (S.OPEN, None, None)
    assert (back.circulars, back.circulated_since) == (("瑞府办字〔2018〕9号",), False)
    assert back.times_recurred == 1
    again = life([*log, event(K.REMINDED, 42, deadline="2018-08-01")], 43)
    assert (again.state, again.deadline) == (S.REMINDED, date(2018, 8, 1))


def test_a_dispute_stops_the_time_and_a_rejected_one_gives_it_back() -> None:
    log = [*told(), event(K.DISPUTED, 10, reason="不属本单位")]
    assert life(log, 40).state is S.DISPUTED
    back = [*log, event(K.DISPUTE_REJECTED, 30, deadline="2018-07-18")]
    assert life(back, 31).state is S.REMINDED
    assert life(back, 31).deadline == date(2018, 7, 18)
    assert life(back, 60).state is S.OVERDUE


@pytest.mark.parametrize("kind", [K.REVOKED, K.WAIVED])
def test_an_accepted_dispute_ends_as_revoked_or_waived(kind: EventKind) -> None:
    log = [*told(), event(K.DISPUTED, 10), event(kind, 12)]
    assert not life(log, 13).state.is_open


def test_a_waiver_holds_until_its_last_day_and_then_the_time_starts_afresh() -> None:
    log = [*told(), event(K.WAIVED, 3, until="2018-06-30", waiver_id=7)]
    assert life(log, 26).state is S.WAIVED  # 2018-06-30
    after = life(log, 27)
    assert (after.state, after.deadline, after.reason) == (S.OPEN, None, "豁免到期")
    ended = [*told(), event(K.WAIVED, 3, waiver_id=7), event(K.WAIVER_ENDED, 9)]
    assert life(ended, 400).state is S.OPEN
    assert life([*told(), event(K.WAIVED, 3)], 4000).state is S.WAIVED


def test_a_scan_that_sees_what_is_waived_changes_nothing() -> None:
    mark = next(iter(seen()))
    log = {mark: [event(K.FOUND), event(K.WAIVED, 3)]}
    assert scan(log, seen(), 5) == []
    assert scan(log, {}, 6) == [K.RECTIFIED]


def test_a_remark_changes_no_state_and_is_no_error() -> None:
    log = [*told(), event(K.NOTED, 4, reason="电话：答应周五前更新")]
    assert life(log, 5) == life(told(), 5)


# --- whatever the log holds -----------------------------------------------------------------------

DAYS = st.integers(0, 40)
DATA = st.fixed_dictionaries(
    {},
    optional={
        "deadline": st.integers(1, 60).map(lambda n: at(n).date().isoformat()),
        "until": st.none() | st.integers(1, 60).map(lambda n: at(n).date().isoformat()),
        "number": st.sampled_from(["1号", "2号"]),
        "suspected": st.booleans(),
        "evidence": st.sampled_from(["e1", "e2"]),
        "waiver_id": st.integers(1, 3),
    },
)
LOGS = st.lists(
    st.builds(
        lambda kind, day, data: event(kind, day, **data), st.sampled_from(list(K)), DAYS, DATA
    ),
    max_size=14,
).map(lambda log: [event(K.FOUND), *log])


def past(log: list[Event], day: int) -> list[Event]:
    return [e for e in log if e.at <= at(day)]


@given(LOGS, DAYS)
def test_no_state_comes_without_the_event_that_leads_to_it(log: list[Event], day: int) -> None:
    now, kinds = life(log, day), {e.kind for e in past(log, day)}
    proof = {
        S.RECTIFIED: {K.RECTIFIED},
        S.REVOKED: {K.REVOKED},
        S.WAIVED: {K.WAIVED},
        S.CLAIMED: {K.CLAIMED},
        S.DISPUTED: {K.DISPUTED},
        S.CIRCULATED: {K.CIRCULATED},
    }
    assert proof.get(now.state, set()) <= kinds
    if now.state in (S.REMINDED, S.OVERDUE):
        assert kinds & {K.REMINDED, K.NOTICED}
    if now.state is S.OVERDUE:
        assert now.deadline is not None
        assert now.deadline < at(day).date()
    if now.state is S.WAIVED and now.waived_until is not None:
        assert now.waived_until >= at(day).date()


@given(LOGS, DAYS, st.lists(st.tuples(st.sampled_from(list(K)), st.integers(41, 60))))
def test_what_is_appended_later_overwrites_nothing(
    log: list[Event], day: int, later: list[tuple[EventKind, int]]
) -> None:
    assert life([*log, *(event(kind, on) for kind, on in later)], day) == life(log, day)


@given(LOGS, DAYS, st.lists(DAYS, max_size=4))
def test_remarks_anywhere_change_nothing(log: list[Event], day: int, on: list[int]) -> None:
    assert life([*log, *(event(K.NOTED, n) for n in on)], day) == life(log, day)


@given(LOGS, DAYS)
def test_a_finding_that_has_come_back_owes_nothing_of_before(log: list[Event], day: int) -> None:
    mended = [*log, event(K.REVOKED, 41), event(K.CONFIRMED, 42), event(K.RECTIFIED, 43)]
    back = life([*mended, event(K.RECURRED, 44)], 45)
    assert (back.state, back.deadline, back.reminded_at) == (S.OPEN, None, None)
    assert life([*mended, event(K.RECURRED, 44)], 400).state is S.OPEN  # nobody was reminded
    assert back.circulars == life(mended, 43).circulars
