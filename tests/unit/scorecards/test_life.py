from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.life import Event, EventKind
from checks.model import Finding, Scope, Subject, fingerprint
from scorecards.life import TRANSITIONS, FindingState, Known, Life, changes, fold

START = datetime(2018, 6, 4, 1, 0, tzinfo=UTC)
FOUND, CONFIRMED, RECTIFIED, RECURRED, REVOKED = (
    EventKind.FOUND,
    EventKind.CONFIRMED,
    EventKind.RECTIFIED,
    EventKind.RECURRED,
    EventKind.REVOKED,
)


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def event(
    kind: EventKind, days: float = 0, *, recorded: float | None = None, **data: object
) -> Event:
    return Event(
        kind=kind,
        at=at(days),
        recorded_at=at(days if recorded is None else recorded),
        scan_id=1,
        actor="信息办",
        reason=str(data.pop("reason", "")),
        data=data,
    )


def state(*events: Event, day: float = 100) -> FindingState | None:
    life = fold(events, at(day))
    return life.state if life else None


def seen(
    what: str = "a", *, evidence: str | None = "e1", suspected: bool = False
) -> dict[str, Finding]:
    subject = Subject(
        scope=Scope.PAGE, key="p1", site_id="s", unit_id="u", title="一条通知", url=None
    )
    mark = fingerprint("dead-link", "p1", what)
    return {
        mark: Finding(
            fingerprint=mark,
            rule_id="dead-link",
            subject=subject,
            what=what,
            message="打不开",
            path="",
            snippet="",
            url=None,
            suspected=suspected,
            evidence=evidence,
        )
    }


def scan(
    log: dict[str, list[Event]],
    sightings: dict[str, Finding],
    day: float,
    *,
    judged: bool = True,
) -> list[EventKind]:
    """One scan: what it adds to the log, which is extended."""
    lives = {mark: fold(events, at(day)) for mark, events in log.items()}
    known = {mark: Known(life=life, judged=judged) for mark, life in lives.items() if life}
    made = changes(
        known, sightings, as_of=at(day), recorded_at=at(day), scan_id=int(day), actor="检测"
    )
    for change in made:
        log.setdefault(change.fingerprint, []).append(change.event)
    return [change.event.kind for change in made]


def test_a_finding_is_nothing_before_it_was_found() -> None:
    assert fold([event(FOUND, 3)], at(2)) is None


def test_a_found_one_is_open_and_nobody_was_reminded() -> None:
    life = fold([event(FOUND)], at(1))
    assert life is not None
    assert life.state is FindingState.OPEN
    assert life.state.label == "待提醒"
    assert life.deadline_text == "未提醒"


def test_events_after_the_instant_are_not_seen() -> None:
    log = [event(FOUND), event(RECTIFIED, 7)]
    assert state(*log, day=6) is FindingState.OPEN
    assert state(*log, day=7) is FindingState.RECTIFIED


def test_what_comes_back_after_it_was_mended_is_counted_as_a_repeat() -> None:
    life = fold([event(FOUND), event(RECTIFIED, 7), event(RECURRED, 14)], at(20))
    assert life is not None
    assert (life.state, life.times_recurred) == (FindingState.OPEN, 1)
    assert life.since == at(14)
    assert life.first_found == at(0)


def test_a_suspected_one_is_not_open_until_a_person_confirms_it() -> None:
    assert state(event(FOUND, suspected=True)) is FindingState.SUSPECTED
    life = fold([event(FOUND, suspected=True), event(CONFIRMED, 2)], at(3))
    assert life is not None
    assert life.state is FindingState.OPEN
    assert life.confirmed
    assert life.certain_since == at(2)


def test_a_suspected_one_that_went_away_never_accused_the_unit() -> None:
    life = fold([event(FOUND, suspected=True), event(RECTIFIED, 7)], at(9))
    assert life is not None
    assert life.certain_since is None


def test_a_confirmation_does_not_outlive_a_mending() -> None:
    log = [
        event(FOUND, suspected=True),
        event(CONFIRMED, 2),
        event(RECTIFIED, 7),
        event(RECURRED, 14, suspected=True),
    ]
    assert state(*log) is FindingState.SUSPECTED


def test_an_illegal_event_is_ignored_and_noted() -> None:
    life = fold([event(FOUND), event(RECURRED, 1), event(CONFIRMED, 2)], at(9))
    assert life is not None
    assert life.state is FindingState.OPEN
    assert len(life.notes) == 2
    assert life.times_recurred == 0


def test_a_log_that_does_not_begin_with_a_sighting_gives_no_life() -> None:
    assert state(event(RECTIFIED), event(REVOKED, 1)) is None


def test_a_revocation_reaches_back_over_the_stretch_that_it_ended() -> None:
    log = [event(FOUND), event(REVOKED, 1)]
    assert state(*log, day=0) is FindingState.OPEN
    life = fold(log, at(0), known_at=at(1))
    assert life is not None
    assert life.state is FindingState.REVOKED


def test_a_revocation_of_a_mended_one_reaches_back_over_its_whole_stretch() -> None:
    log = [event(FOUND), event(FOUND, 7, suspected=True), event(RECTIFIED, 14), event(REVOKED, 15)]
    life = fold(log, at(3), known_at=at(30))
    assert life is not None
    assert life.state is FindingState.REVOKED


def test_a_revocation_does_not_reach_back_before_a_recurrence() -> None:
    log = [event(FOUND), event(RECTIFIED, 7), event(RECURRED, 14), event(REVOKED, 15)]
    life = fold(log, at(3), known_at=at(30))
    assert life is not None
    assert life.state is FindingState.OPEN


def test_a_revocation_that_was_not_yet_recorded_does_not_reach_back() -> None:
    log = [event(FOUND), event(REVOKED, 1, recorded=5)]
    life = fold(log, at(0), known_at=at(4))
    assert life is not None
    assert life.state is FindingState.OPEN


def test_a_revocation_at_the_very_instant_counts_without_further_knowledge() -> None:
    life = fold([event(FOUND), event(REVOKED, 3)], at(3), known_at=at(2))
    assert life is not None
    assert life.state is FindingState.REVOKED
    assert life.notes == ()


def test_only_a_certain_standing_problem_is_open() -> None:
    closed = {"suspected", "rectified", "revoked", "waived"}
    assert {s.value for s in FindingState if not s.is_open} == closed


def test_a_person_who_confirmed_it_is_not_asked_again_while_it_stands() -> None:
    log = [event(FOUND, suspected=True), event(CONFIRMED, 1), event(FOUND, 7, suspected=True)]
    life = fold(log, at(9))
    assert life is not None
    assert (life.state, life.confirmed) == (FindingState.OPEN, True)


def test_naive_instants_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        fold([], datetime(2018, 1, 1))  # noqa: DTZ001


def test_the_first_scan_finds_the_second_says_nothing_a_mended_one_is_rectified() -> None:
    log: dict[str, list[Event]] = {}
    assert scan(log, seen(), 0) == [FOUND]
    assert scan(log, seen(), 7) == []
    assert scan(log, {}, 14) == [RECTIFIED]
    assert scan(log, {}, 21) == []
    assert scan(log, seen(), 28) == [RECURRED]


def test_what_was_not_judged_in_a_scan_stays_as_it_was() -> None:
    log: dict[str, list[Event]] = {}
    scan(log, seen(), 0)
    assert scan(log, {}, 7, judged=False) == []
    scan(log, {}, 14)
    assert scan(log, seen(), 21, judged=False) == []


def test_a_revoked_one_is_not_raised_again_while_its_evidence_is_unchanged() -> None:
    log: dict[str, list[Event]] = {}
    scan(log, seen(evidence="e1"), 0)
    (mark,) = log
    log[mark].append(event(REVOKED, 1))
    assert scan(log, seen(evidence="e1"), 7) == []
    assert scan(log, {}, 14) == []
    assert scan(log, seen(evidence="e2"), 21) == [FOUND]
    life = fold(log[mark], at(21))
    assert life is not None
    assert life.state is FindingState.OPEN
    assert life.times_recurred == 0
    assert "曾撤销" in life.reason


def test_a_suspected_one_becomes_certain_when_the_rule_is_sure() -> None:
    log: dict[str, list[Event]] = {}
    scan(log, seen(suspected=True), 0)
    assert scan(log, seen(suspected=False), 7) == [FOUND]
    (mark,) = log
    assert state(*log[mark]) is FindingState.OPEN


def test_a_certain_one_that_is_only_suspected_now_is_suspected_unless_confirmed() -> None:
    log: dict[str, list[Event]] = {}
    scan(log, seen(), 0)
    assert scan(log, seen(suspected=True), 7) == [FOUND]
    (mark,) = log
    assert state(*log[mark]) is FindingState.SUSPECTED
    log[mark].append(event(CONFIRMED, 8))
    assert scan(log, seen(suspected=True), 14) == []
    assert state(*log[mark]) is FindingState.OPEN


KINDS = st.lists(
    st.builds(
        lambda kind, days, suspected: event(kind, days, suspected=suspected),
        st.sampled_from(EventKind),
        st.integers(0, 30),
        st.booleans(),
    ),
    max_size=12,
)


@given(KINDS, st.integers(0, 30))
def test_any_log_folds_to_a_state_that_the_table_can_reach(log: list[Event], day: int) -> None:
    life = fold(log, at(day))
    past = [e for e in log if e.at <= at(day)]
    if life is None:
        assert all(e.kind is not FOUND for e in past)
        return
    assert life.state in {*TRANSITIONS.values(), FindingState.SUSPECTED}
    assert life.first_found <= life.since <= at(day)
    assert life.times_recurred <= sum(e.kind is RECURRED for e in past)


@given(KINDS, st.integers(0, 30))
def test_the_future_does_not_change_the_past(log: list[Event], day: int) -> None:
    assert fold(log, at(day)) == fold([e for e in log if e.at <= at(day)], at(day))


SIGHTING = st.none() | st.tuples(st.sampled_from(["e1", "e2"]), st.booleans())


@given(st.lists(st.tuples(SIGHTING, st.booleans(), st.sampled_from([None, REVOKED, CONFIRMED]))))
def test_a_scan_over_its_own_result_changes_nothing_and_every_event_is_legal(
    weeks: list[tuple[tuple[str, bool] | None, bool, EventKind | None]],
) -> None:
    log: dict[str, list[Event]] = {}
    for week, (sighting, judged, person) in enumerate(weeks):
        day = week * 7
        now = seen(evidence=sighting[0], suspected=sighting[1]) if sighting else {}
        scan(log, now, day, judged=judged)
        before = {mark: fold(events, at(day)) for mark, events in log.items()}
        assert all(life and not life.notes for life in before.values())
        assert scan(log, now, day, judged=judged) == []
        for mark, life in before.items():
            if judged and life is not None:
                _agrees(life, mark in now, now.get(mark))
                if person and (life.state, person) in TRANSITIONS:
                    log[mark].append(event(person, day + 1))


def _agrees(life: Life, is_seen: bool, finding: Finding | None) -> None:
    if not is_seen:
        assert life.state in (FindingState.RECTIFIED, FindingState.REVOKED)
    elif life.state is FindingState.REVOKED:
        assert finding is not None
        assert finding.evidence == life.evidence
    else:
        assert life.state in (FindingState.OPEN, FindingState.SUSPECTED)
        assert finding is not None
        assert (life.state is FindingState.SUSPECTED) <= finding.suspected
