"""The outbox and send log: messages queued once, claimed by one sender, each attempt appended.

A claim is a lease: a sender that was killed leaves its message queued, due again when the lease
ends. So a message is never lost; where a process dies between a channel's acceptance and our
record of it, it may go out a second time.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, select, text, update

from checks.life import Event
from storage.db import StorageError, reading, writing
from storage.findings import append_events
from storage.insert import insert_new, parts
from storage.models import FindingRow
from storage.regime_tables import MessageAttemptRow, MessageFindingRow, MessageRow, MessageState

_QUEUE_LOCK = 0x78756E6A  # any number of ours, for PostgreSQL's advisory lock
LEASE = timedelta(minutes=10)
"""How long a sender holds what it claimed; longer than any channel may take."""


class MessageUnknown(StorageError):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to be queued."""

    kind: str
    unit_id: str
    channel: str
    subject: str
    body: str
    findings: tuple[str, ...]
    """Fingerprints, worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it stands in the log."""

    id: int
    kind: str
    unit_id: str
    channel: str
    subject: str
    body: str
    findings: tuple[str, ...]
    """Fingerprints, in their order as text."""
    created_at: datetime
    actor: str
    state: MessageState
    next_try_at: datetime | None
    sent_at: datetime | None
    failures: int = 0
    """Attempts that failed."""
    detail: str = ""
    """What the newest attempt came to, in Chinese."""


def queue(
    engine: Engine, drafts: Iterable[Draft], *, at: datetime, actor: str, window: timedelta
) -> list[Message]:
    """Queue messages, due at ``at``; gives those that were queued.

    Of each draft the findings are left out that a message of its kind, queued or sent within
    ``window`` before ``at``, has told the same unit of; a draft of which nothing is left is not
    queued. The drafts of one call go together: several channels may tell a unit of the same.
    Two callers at once queue the same finding once.
    """
    made: list[int] = []
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            # SQLite's writers stand in line anyway.
            connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _QUEUE_LOCK})
        told: dict[tuple[str, str], set[str]] = {}
        for draft in drafts:
            about = (draft.kind, draft.unit_id)
            if about not in told:
                told[about] = _told(connection, draft.kind, draft.unit_id, at - window)
            left = [mark for mark in draft.findings if mark not in told[about]]
            if left:
                made.append(_put(connection, draft, left, at, actor))
        return _load(connection, made)


def told(engine: Engine, kind: str, unit_id: str, since: datetime) -> set[str]:
    """Fingerprints of what messages of this kind, queued or sent after ``since``, tell a unit."""
    with reading(engine) as connection:
        return _told(connection, kind, unit_id, since)


def _told(connection: Connection, kind: str, unit_id: str, since: datetime) -> set[str]:
    query = (
        select(FindingRow.fingerprint)
        .join(MessageFindingRow, MessageFindingRow.finding_id == FindingRow.id)
        .join(MessageRow, MessageRow.id == MessageFindingRow.message_id)
        .where(
            MessageRow.kind == kind,
            MessageRow.unit_id == unit_id,
            MessageRow.state.in_((MessageState.QUEUED, MessageState.SENT)),
            # What waits is told yet, however long it has waited.
            (MessageRow.state == MessageState.QUEUED)
            | (func.coalesce(MessageRow.sent_at, MessageRow.created_at) > since),
        )
    )
    return set(connection.execute(query).scalars())


def _put(
    connection: Connection, draft: Draft, marks: Sequence[str], at: datetime, actor: str
) -> int:
    earlier = connection.execute(
        select(func.count())
        .select_from(MessageRow)
        .where(
            MessageRow.kind == draft.kind,
            MessageRow.unit_id == draft.unit_id,
            MessageRow.channel == draft.channel,
        )
    ).scalar_one()
    parts_of_key = (draft.kind, draft.unit_id, draft.channel, str(earlier), *sorted(marks))
    row = {
        "kind": draft.kind,
        "unit_id": draft.unit_id,
        "channel": draft.channel,
        "key": hashlib.sha256("\x1f".join(parts_of_key).encode()).hexdigest(),
        "subject": draft.subject,
        "body": draft.body,
        "created_at": at,
        "actor": actor,
        "state": MessageState.QUEUED,
        "next_try_at": at,
        "sent_at": None,
    }
    number: int = connection.execute(
        insert(MessageRow).values(row).returning(MessageRow.id)
    ).scalar_one()
    _link(connection, number, marks)
    return number


def _link(connection: Connection, number: int, marks: Iterable[str]) -> None:
    for part in parts(sorted(marks)):
        ids = connection.execute(select(FindingRow.id).where(FindingRow.fingerprint.in_(part)))
        rows = [{"message_id": number, "finding_id": finding} for finding in ids.scalars()]
        insert_new(connection, MessageFindingRow.__table__, rows)


def due(engine: Engine, at: datetime, limit: int, only: Iterable[int] | None = None) -> list[int]:
    """Ids of the queued messages whose time has come at ``at``, the longest waiting first."""
    query = select(MessageRow.id).where(
        MessageRow.state == MessageState.QUEUED, MessageRow.next_try_at <= at
    )
    if only is not None:
        query = query.where(MessageRow.id.in_(list(only)))
    query = query.order_by(MessageRow.next_try_at, MessageRow.id).limit(limit)
    with reading(engine) as connection:
        return list(connection.execute(query).scalars())


def claim(engine: Engine, number: int, at: datetime, lease: timedelta = LEASE) -> Message | None:
    """Take one queued message for sending, until ``at + lease``; ``None``: another has it, it is
    not due, or it is queued no more."""
    with writing(engine) as connection:
        taken = connection.execute(
            update(MessageRow)
            .where(
                MessageRow.id == number,
                MessageRow.state == MessageState.QUEUED,
                MessageRow.next_try_at <= at,
            )
            .values(next_try_at=at + lease)
        )
        return _load(connection, [number])[0] if taken.rowcount == 1 else None


def postpone(engine: Engine, numbers: Sequence[int], until: datetime) -> None:
    """Queued messages wait until then; this is no attempt."""
    with writing(engine) as connection:
        for part in parts(numbers):
            connection.execute(
                update(MessageRow)
                .where(MessageRow.id.in_(part), MessageRow.state == MessageState.QUEUED)
                .values(next_try_at=until)
            )


def accepted(
    engine: Engine,
    number: int,
    *,
    at: datetime,
    detail: str,
    subject: str,
    body: str,
    findings: Iterable[str],
    events: Iterable[tuple[str, Event]],
) -> None:
    """A channel took the message as it stands here: SENT, the attempt and the findings' events are
    written together."""
    with writing(engine) as connection:
        connection.execute(
            update(MessageRow)
            .where(MessageRow.id == number)
            .values(
                state=MessageState.SENT, sent_at=at, next_try_at=None, subject=subject, body=body
            )
        )
        connection.execute(delete(MessageFindingRow).where(MessageFindingRow.message_id == number))
        _link(connection, number, findings)
        _attempt(connection, number, at, True, detail)
        append_events(connection, events)


def refused(
    engine: Engine, number: int, *, at: datetime, detail: str, next_try_at: datetime | None
) -> None:
    """A channel did not take it; without a next try it has FAILED."""
    state = MessageState.FAILED if next_try_at is None else MessageState.QUEUED
    with writing(engine) as connection:
        connection.execute(
            update(MessageRow)
            .where(MessageRow.id == number)
            .values(state=state, next_try_at=next_try_at)
        )
        _attempt(connection, number, at, False, detail)


def withdrawn(engine: Engine, number: int, *, at: datetime, detail: str) -> bool:
    """It is not to be sent any more; ``False`` when it was sent, withdrawn or given up before."""
    with writing(engine) as connection:
        changed = connection.execute(
            update(MessageRow)
            .where(MessageRow.id == number, MessageRow.state == MessageState.QUEUED)
            .values(state=MessageState.WITHDRAWN, next_try_at=None)
        )
        if changed.rowcount == 1:
            _attempt(connection, number, at, False, detail)
        return changed.rowcount == 1


def retry(engine: Engine, number: int, *, at: datetime) -> None:
    """A message that was given up is queued once more. Raises ``MessageUnknown``."""
    with writing(engine) as connection:
        changed = connection.execute(
            update(MessageRow)
            .where(MessageRow.id == number, MessageRow.state == MessageState.FAILED)
            .values(state=MessageState.QUEUED, next_try_at=at)
        )
        if changed.rowcount != 1:
            raise MessageUnknown(f"没有编号为 {number} 的失败消息。请用 xunjian messages 查看。")
        _attempt(connection, number, at, False, RETRIED)


RETRIED = "由人重新排队"
"""The attempts before it count no more."""


def _attempt(connection: Connection, number: int, at: datetime, ok: bool, detail: str) -> None:
    row = {"message_id": number, "at": at, "ok": ok, "detail": detail}
    connection.execute(insert(MessageAttemptRow).values(row))


def listing(
    engine: Engine,
    *,
    states: Sequence[MessageState] = (),
    unit_id: str | None = None,
    limit: int | None = None,
) -> list[Message]:
    """Messages, the newest first."""
    query = select(MessageRow.id).order_by(MessageRow.id.desc())
    if states:
        query = query.where(MessageRow.state.in_(tuple(states)))
    if unit_id is not None:
        query = query.where(MessageRow.unit_id == unit_id)
    with reading(engine) as connection:
        return _load(connection, list(connection.execute(query.limit(limit)).scalars()))


def counts(engine: Engine) -> dict[MessageState, int]:
    """How many messages are in each state."""
    query = select(MessageRow.state, func.count()).group_by(MessageRow.state)
    with reading(engine) as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def _load(connection: Connection, numbers: Sequence[int]) -> list[Message]:
    """The messages of these ids, in this order."""
    found: dict[int, Message] = {}
    for part in parts(numbers):
        marks: dict[int, list[str]] = defaultdict(list)
        named = (
            select(MessageFindingRow.message_id, FindingRow.fingerprint)
            .join(FindingRow, FindingRow.id == MessageFindingRow.finding_id)
            .where(MessageFindingRow.message_id.in_(part))
        )
        for number, mark in connection.execute(named):
            marks[number].append(mark)
        tried: dict[int, tuple[int, str]] = {}
        log = (
            select(MessageAttemptRow)
            .where(MessageAttemptRow.message_id.in_(part))
            .order_by(MessageAttemptRow.id)
        )
        for row in connection.execute(log.with_only_columns(*MessageAttemptRow.__table__.c)):
            before = tried.get(row.message_id, (0, ""))[0]
            failures = 0 if row.detail == RETRIED else before + (not row.ok)
            tried[row.message_id] = (failures, row.detail)
        query = select(*MessageRow.__table__.c).where(MessageRow.id.in_(part))
        for row in connection.execute(query):
            failures, detail = tried.get(row.id, (0, ""))
            found[row.id] = Message(
                id=row.id,
                kind=row.kind,
                unit_id=row.unit_id,
                channel=row.channel,
                subject=row.subject,
                body=row.body,
                findings=tuple(sorted(marks[row.id])),
                created_at=row.created_at,
                actor=row.actor,
                state=row.state,
                next_try_at=row.next_try_at,
                sent_at=row.sent_at,
                failures=failures,
                detail=detail,
            )
    return [found[number] for number in numbers if number in found]
