"""The walk over whole logs says the same as the fold of one finding's life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.life import Event, EventKind
from checks.workdays import WorkCalendar
from scorecards.assess import WorkingDays
from scorecards.handling import Excluded, Handled, Happening, Task, WaiverDays, settled_day, walk
from scorecards.life import OPEN_STATES, FindingState, fold

START = datetime(2018, 6, 4, 1, 0, tzinfo=UTC)  # a Monday
DAY0 = START.date().toordinal()
DAYS = WorkingDays(WorkCalendar(), DAY0 - 100, DAY0 + 400, 2)
K = EventKind


def day(n: int) -> str:
    return (START.date() + timedelta(days=n)).isoformat()


def happening(
    kind: EventKind,
    n: int,
    *,
    at: int = 10_000,
    suspected: bool = False,
    unit: str | None = "u",
    **data: object,
) -> Happening:
    sighted = kind in (K.FOUND, K.RECURRED)
    return Happening(
        kind.value, DAY0 + n, n <= at, suspected, data or None, unit if sighted else None
    )


def walked(
    *log: Happening, at: int = 10_000, waivers: dict[int, WaiverDays] | None = None
) -> Handled:
    return walk(log, waivers=waivers or {}, late=DAYS.late, at=DAY0 + at)


def only_task(*log: Happening, at: int = 10_000) -> Task:
    (task,) = walked(*log, at=at).tasks
    return task


TOLD = (happening(K.FOUND, 0), happening(K.REMINDED, 1, deadline=day(11)))


def test_a_task_runs_from_the_reminder_to_the_scan_that_proves_it_mended() -> None:
    task = only_task(*TOLD, happening(K.RECTIFIED, 8))
    assert (task.reminded, task.deadline, task.mended) == (DAY0 + 1, DAY0 + 11, DAY0 + 8)
    assert settled_day(task, DAYS.late) == (DAY0 + 8, True)


def test_what_nobody_was_told_of_is_no_task() -> None:
    assert walked(happening(K.FOUND, 0), happening(K.RECTIFIED, 8)).tasks == ()


def test_later_notices_and_circulars_give_no_more_time_for_the_assessment() -> None:
    log = (*TOLD, happening(K.NOTICED, 15, deadline=day(25)), happening(K.RECTIFIED, 22))
    assert settled_day(only_task(*log), DAYS.late) == (DAY0 + 11, False)


def test_grace_is_counted_in_working_days_after_the_deadline() -> None:
    # day 11 is a Friday: two working days later is Tuesday, day 15
    for mended, in_time in ((12, True), (15, True), (16, False)):
        task = only_task(*TOLD, happening(K.RECTIFIED, mended))
        assert settled_day(task, DAYS.late)[1] is in_time, mended


def test_the_units_word_counts_from_its_day_once_a_scan_has_borne_it_out() -> None:
    said = (*TOLD, happening(K.CLAIMED, 9), happening(K.CLAIMED, 10))
    task = only_task(*said, happening(K.RECTIFIED, 20))
    assert (task.mended, task.claimed) == (DAY0 + 9, True)
    refuted = only_task(*said, happening(K.NOT_MENDED, 14), happening(K.RECTIFIED, 20))
    assert (refuted.mended, refuted.claimed) == (DAY0 + 20, False)


def test_a_rejected_dispute_moves_the_deadline_unless_it_was_late_already() -> None:
    in_time = only_task(
        *TOLD, happening(K.DISPUTED, 8), happening(K.DISPUTE_REJECTED, 20, deadline=day(23))
    )
    assert in_time.deadline == DAY0 + 23
    late = only_task(
        *TOLD, happening(K.DISPUTED, 18), happening(K.DISPUTE_REJECTED, 20, deadline=day(30))
    )
    assert late.deadline == DAY0 + 11
    open_one = only_task(*TOLD, happening(K.DISPUTED, 8), happening(K.RECTIFIED, 40))
    assert settled_day(open_one, DAYS.late) == (DAY0 + 40, True)  # the time stood still


def test_a_recurrence_is_a_repeat_and_a_task_of_its_own_unit() -> None:
    one = walked(
        *TOLD,
        happening(K.RECTIFIED, 8),
        happening(K.RECURRED, 30, unit="heir"),
        happening(K.REMINDED, 31, deadline=day(45)),
        at=40,
    )
    assert [t.unit_id for t in one.tasks] == ["u", "heir"]
    assert [(r.unit_id, r.day) for r in one.repeats] == [("heir", DAY0 + 30)]
    assert (one.unit_id, one.is_open) == ("heir", True)


def test_a_suspected_recurrence_is_no_repeat() -> None:
    one = walked(*TOLD, happening(K.RECTIFIED, 8), happening(K.RECURRED, 30, suspected=True))
    assert one.repeats == ()
    assert not one.certain


def test_what_is_taken_back_never_counted_since_it_was_found() -> None:
    one = walked(*TOLD, happening(K.REVOKED, 6))
    assert one.excluded == (Excluded(DAY0, None, False),)
    assert one.tasks == ()


def test_a_revocation_after_a_recurrence_leaves_the_first_stretch_as_it_was() -> None:
    one = walked(
        *TOLD, happening(K.RECTIFIED, 8), happening(K.RECURRED, 30), happening(K.REVOKED, 33)
    )
    assert one.counts_on(DAY0 + 8)
    assert not one.counts_on(DAY0 + 30)


def test_a_revocation_recorded_after_the_instant_reaches_back() -> None:
    one = walked(*TOLD, happening(K.REVOKED, 50, at=40), at=40)
    assert not one.counts_on(DAY0 + 5)


def test_what_is_listed_again_on_other_evidence_counts_from_then_on() -> None:
    one = walked(*TOLD, happening(K.REVOKED, 6), happening(K.FOUND, 20))
    assert not one.counts_on(DAY0 + 19)
    assert one.counts_on(DAY0 + 20)


def test_a_waiver_reaches_back_to_the_period_that_it_was_granted_for() -> None:
    log = (*TOLD, happening(K.WAIVED, 6, waiver_id=3))
    granted = {3: WaiverDays(DAY0 - 30, DAY0 + 100)}
    assert walked(*log, waivers=granted).excluded == (Excluded(DAY0 - 30, DAY0 + 100, True),)
    assert walked(*log).excluded == (Excluded(DAY0 + 6, None, True),)


def test_a_waiver_that_ended_excludes_until_the_day_before() -> None:
    one = walked(*TOLD, happening(K.WAIVED, 6), happening(K.WAIVER_ENDED, 20))
    assert not one.counts_on(DAY0 + 19)
    assert one.counts_on(DAY0 + 20)
    assert one.is_open


def test_a_waiver_that_ran_out_leaves_the_finding_open() -> None:
    log = (*TOLD, happening(K.WAIVED, 6, until=day(10)))
    assert not walked(*log, at=10).is_open
    assert walked(*log, at=11).is_open
    assert walked(*log, at=11).counts_on(DAY0 + 11)


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(list(EventKind)),
        st.integers(0, 60),
        st.booleans(),
        st.one_of(st.none(), st.integers(0, 60)),
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(_EVENTS, st.integers(0, 70))
def test_the_walk_ends_in_the_state_that_the_fold_gives(
    drawn: list[tuple[EventKind, int, bool, int | None]], at: int
) -> None:
    ordered = sorted(drawn, key=lambda e: e[1])
    events, log = [], []
    for i, (kind, n, suspected, limit) in enumerate(ordered):
        data: dict[str, object] = {"suspected": suspected}
        if limit is not None:
            data |= {"deadline": day(limit), "until": day(limit)}
        moment = START + timedelta(days=n)
        events.append(
            Event(
                kind=kind,
                at=moment,
                recorded_at=moment + timedelta(seconds=i),
                scan_id=None,
                actor="t",
                data=data,
            )
        )
        log.append(Happening(kind.value, DAY0 + n, n <= at, suspected, data, None))
    instant = START + timedelta(days=at)
    assert instant.astimezone(ZoneInfo("Asia/Shanghai")).date().toordinal() == DAY0 + at
    life = fold(events, instant)
    one = walked(*log, at=at)
    if life is None:
        assert one.state is None
        return
    state = FindingState.REMINDED if life.state is FindingState.OVERDUE else life.state
    assert one.state == state.value
    assert one.is_open is (life.state in OPEN_STATES)
    assert one.certain is (
        life.certain_since is not None and life.state is not FindingState.SUSPECTED
    )
    assert len(one.repeats) <= life.times_recurred
