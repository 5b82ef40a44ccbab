"""The outbox: queued once, claimed once, whoever else is at it, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import Engine

from checks.life import Event, EventKind
from storage import findings, messages
from storage.messages import Draft, MessageUnknown
from storage.regime_tables import MessageState
from tests.integration.reminding.desk import at, finding_of

NOW = at("2018-06-04")
WEEK = timedelta(days=7)


def put(engine: Engine, *names: str) -> tuple[str, ...]:
    for name in names:
        event = Event(kind=EventKind.FOUND, at=NOW, recorded_at=NOW, scan_id=None, actor="x")
        findings.add_finding(engine, finding_of(name, "finance"), event)
    return tuple(finding_of(name, "finance").fingerprint for name in names)


def draft(*marks: str, unit: str = "finance", channel: str = "mail") -> Draft:
    return Draft(
        kind="reminder", unit_id=unit, channel=channel, subject="提醒", body="正文", findings=marks
    )


def queue(engine: Engine, *drafts: Draft, when: datetime = NOW) -> list[messages.Message]:
    return messages.queue(engine, drafts, at=when, actor="信息办", window=WEEK)


def accept(engine: Engine, number: int, when: datetime, *marks: str) -> None:
    messages.accepted(
        engine,
        number,
        at=when,
        detail="渠道已接受",
        subject="s",
        body="b",
        findings=marks,
        events=(),
    )


def test_a_finding_is_told_to_a_unit_once_in_the_window(engine: Engine) -> None:
    a, b, c = put(engine, "a", "b", "c")
    (first,) = queue(engine, draft(a, b))
    assert set(first.findings) == {a, b}
    assert queue(engine, draft(a, b)) == []
    (second,) = queue(engine, draft(a, b, c))
    assert second.findings == (c,)
    accept(engine, first.id, NOW, a, b)
    assert queue(engine, draft(a, b), when=NOW + WEEK - timedelta(seconds=1)) == []
    (again,) = queue(engine, draft(a, b), when=NOW + WEEK)
    assert set(again.findings) == {a, b}


def test_what_waits_longer_than_the_window_is_not_queued_beside_itself(engine: Engine) -> None:
    (a,) = put(engine, "a")
    queue(engine, draft(a))
    assert queue(engine, draft(a), when=NOW + 3 * WEEK) == []


def test_channels_of_one_round_go_together_and_units_are_told_apart(engine: Engine) -> None:
    (a,) = put(engine, "a")
    made = queue(engine, draft(a), draft(a, channel="wecom"))
    assert [m.channel for m in made] == ["mail", "wecom"]
    assert queue(engine, draft(a, channel="other")) == []
    assert len(queue(engine, draft(a, unit="newfinance"))) == 1  # a successor is told itself


def test_what_was_given_up_or_withdrawn_may_be_queued_anew(engine: Engine) -> None:
    (a,) = put(engine, "a")
    (first,) = queue(engine, draft(a))
    messages.refused(engine, first.id, at=NOW, detail="连不上", next_try_at=None)
    (second,) = queue(engine, draft(a))
    assert messages.withdrawn(engine, second.id, at=NOW, detail="撤回")
    assert not messages.withdrawn(engine, second.id, at=NOW, detail="撤回")
    assert len(queue(engine, draft(a))) == 1
    states = [m.state for m in messages.listing(engine)]
    assert states == [MessageState.QUEUED, MessageState.WITHDRAWN, MessageState.FAILED]
    assert messages.counts(engine) == dict.fromkeys(states, 1)


def test_two_who_queue_the_same_at_once_queue_it_once(engine: Engine) -> None:
    marks = put(engine, "a", "b")
    gate = Barrier(4)

    def one(_: int) -> int:
        gate.wait()
        return len(queue(engine, draft(*marks)))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 1
    assert len(messages.listing(engine)) == 1


def test_two_who_claim_the_same_at_once_get_it_once(engine: Engine) -> None:
    (a,) = put(engine, "a")
    (message,) = queue(engine, draft(a))
    gate = Barrier(4)

    def one(_: int) -> bool:
        gate.wait()
        return messages.claim(engine, message.id, NOW) is not None

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 1


def test_what_a_killed_sender_held_is_due_again_when_its_lease_ends(engine: Engine) -> None:
    (a,) = put(engine, "a")
    (message,) = queue(engine, draft(a))
    assert messages.due(engine, NOW - timedelta(seconds=1), 10) == []
    assert messages.due(engine, NOW, 10) == [message.id]
    assert messages.claim(engine, message.id, NOW) is not None
    assert messages.due(engine, NOW + messages.LEASE - timedelta(seconds=1), 10) == []
    later = NOW + messages.LEASE
    assert messages.due(engine, later, 10) == [message.id]
    assert messages.claim(engine, message.id, later) is not None


def test_acceptance_and_what_it_means_for_the_findings_are_written_together(
    engine: Engine,
) -> None:
    a, b = put(engine, "a", "b")
    (message,) = queue(engine, draft(a, b))
    told = Event(
        kind=EventKind.REMINDED, at=NOW, recorded_at=NOW, scan_id=None, actor="x",
        data={"deadline": "2018-06-19", "channel": "mail", "send_id": message.id},
    )  # fmt: skip
    with pytest.raises(findings.FindingUnknown):
        messages.accepted(
            engine, message.id, at=NOW, detail="d", subject="s", body="b", findings=(a,),
            events=[(a, told), ("0" * 32, told)],
        )  # fmt: skip
    (kept,) = messages.listing(engine)
    assert kept.state is MessageState.QUEUED
    assert len(findings.find(engine, a).events) == 1
    messages.accepted(
        engine, message.id, at=NOW, detail="渠道已接受", subject="新题", body="新文",
        findings=(a,), events=[(a, told)],
    )  # fmt: skip
    (sent,) = messages.listing(engine)
    assert (sent.state, sent.sent_at, sent.next_try_at) == (MessageState.SENT, NOW, None)
    assert (sent.subject, sent.body, sent.findings) == ("新题", "新文", (a,))
    assert findings.find(engine, a).events[-1] == told
    assert messages.told(engine, "reminder", "finance", NOW - WEEK) == {a}


def test_attempts_are_counted_and_a_person_may_begin_the_count_anew(engine: Engine) -> None:
    (a,) = put(engine, "a")
    (message,) = queue(engine, draft(a))
    for n in range(3):
        later = NOW + timedelta(minutes=n)
        messages.refused(engine, message.id, at=later, detail=f"第{n}次", next_try_at=later)
    (kept,) = messages.listing(engine, states=[MessageState.QUEUED], unit_id="finance")
    assert (kept.failures, kept.detail) == (3, "第2次")
    with pytest.raises(MessageUnknown, match="没有编号为"):
        messages.retry(engine, message.id, at=NOW)
    messages.refused(engine, message.id, at=NOW, detail="放弃", next_try_at=None)
    messages.retry(engine, message.id, at=NOW)
    (again,) = messages.listing(engine)
    assert (again.state, again.failures, again.next_try_at) == (MessageState.QUEUED, 0, NOW)


def test_what_waits_for_the_next_working_hour_is_no_failure(engine: Engine) -> None:
    (a,) = put(engine, "a")
    (message,) = queue(engine, draft(a))
    messages.postpone(engine, [message.id], NOW + timedelta(hours=9))
    (kept,) = messages.listing(engine)
    assert (kept.failures, kept.next_try_at) == (0, NOW + timedelta(hours=9))
