"""Sending what the outbox holds through the configured channels, by Apprise; and the scheduler's jobs.

A message is composed anew when its turn comes: what was mended, waived or taken back meanwhile is
not told, and the deadline is reckoned from the day on which a channel takes it.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import monotonic

from checks.life import Event
from config.schema import Unit
from reports import messages as words
from reports.outbox import MessageLine, MessagesView
from scorecards.escalation import Step
from scorecards.life import FindingState, fold
from services.channels import Answer, AppriseSender, Sender, address_for, unit_mail, vetted
from services.remind import Desk, Letters, letters, must_not_be_trial, reminded_events
from services.workspace import UsageError, Workspace, shanghai_day
from storage import messages as outbox
from storage.messages import Draft, Message
from storage.regime_tables import MessageState

LEDGER_SECONDS = 20.0
"""A run that lasts longer reads the ledger again, for what others did meanwhile."""
PER_RUN = 60
"""Messages that one run sends, so that a timer's other jobs get their turn."""
REMINDER = "reminder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """What one round of reminding put into the outbox."""

    messages: tuple[Message, ...]
    letters: Letters
    skipped: tuple[tuple[str, str], ...]
    """Units by short name for which nothing was queued, and why (in Chinese)."""


def queue_reminders(
    ws: Workspace,
    units: Sequence[Unit] | None = None,
    *,
    now: datetime,
    channels: Sequence[str] = (),
) -> Queued:
    """Queue a reminder for each unit that has something to be reminded of, on each of its channels
    (or on those named). A finding that a unit was sent within the window is not sent again.

    Raises ``UsageError`` in the trial run and for a channel that there is not.
    """
    settings = ws.channels
    for name in channels:
        if name not in settings.channels or not settings.channels[name].enabled:
            known = (
                "、".join(n for n, c in settings.channels.items() if c.enabled)
                or "没有启用任何渠道"
            )
            raise UsageError(f"没有渠道“{name}”：channels.yaml 里可用的有 {known}")
    window = timedelta(days=settings.window_days)
    made = letters(ws, units, now=now)
    known_units = {u.id: u for u in ws.config.units}
    skipped = list(made.skipped)
    queued: list[Message] = []
    for letter in made.letters:
        unit = known_units[letter.unit_id]
        names = tuple(channels) or settings.names_for(unit.id)
        reachable = [
            n for n in names if not settings.channels[n].per_unit or unit_mail(unit) is not None
        ]
        if not reachable:
            why = "没有登记邮箱" if names else "没有为它配置发送渠道"
            skipped.append((unit.short, f"{why}：请打印后在 QQ 或电话提醒"))
            continue
        drafts = [
            Draft(
                kind=REMINDER,
                unit_id=unit.id,
                channel=name,
                subject=words.subject(letter),
                body=words.text(letter, listed=settings.listed),
                findings=letter.fingerprints,
            )
            for name in reachable
        ]
        new = outbox.queue(ws.engine, drafts, at=now, actor=ws.actor, window=window)
        if not new:
            skipped.append(
                (unit.short, f"{settings.window_days} 日内已经发送或正在排队，不重复发送")
            )
        queued += new
    return Queued(messages=tuple(queued), letters=made, skipped=tuple(skipped))


# --- sending --------------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Sent:
    """What one run of the outbox came to, by message id."""

    sent: list[int] = field(default_factory=list)
    retried: list[int] = field(default_factory=list)
    """Not taken; another attempt follows."""
    failed: list[int] = field(default_factory=list)
    """Given up after the last attempt."""
    withdrawn: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    """It is a time in which nothing is sent."""
    opens_at: datetime | None = None
    """When sending begins again, where something waits for that."""

    @property
    def words(self) -> str:
        """In Chinese, for the scheduler's table."""
        parts = [
            f"{label} {len(some)} 条"
            for label, some in (
                ("已发送", self.sent),
                ("未成将再试", self.retried),
                ("失败", self.failed),
                ("撤回", self.withdrawn),
                ("等到可发送时段", self.waiting),
            )
            if some
        ]
        return "，".join(parts) or "没有要发送的消息"


def outbox_job(
    ws: Workspace,
    now: datetime,
    *,
    sender: Sender | None = None,
    only: Collection[int] | None = None,
    env: Mapping[str, str] | None = None,
) -> Sent:
    """Send what is due at ``now``, each message once, whoever else runs this at the same time.

    In quiet hours and on holidays nothing is sent: what is due waits for the next hour of work. In
    the trial run nothing is sent either.
    """
    result = Sent()
    due = outbox.due(ws.engine, now, PER_RUN, only)
    if not due:
        return result
    opens = ws.channels.opening(now, ws.calendar.is_workday)
    if opens > now:
        outbox.postpone(ws.engine, due, opens)
        result.waiting, result.opens_at = due, opens
        return result
    if ws.config.city.trial_run:
        result.waiting = due
        return result
    run = _Run(ws, now, sender or AppriseSender(), os.environ if env is None else env, result)
    for number in due:
        message = outbox.claim(ws.engine, number, now)
        if message is not None:
            run.deliver(message)
    return result


@dataclass(slots=True, kw_only=True)
class _Fresh:
    """A reminder as it reads now."""

    letter: words.Letter
    desk: Desk
    untold: frozenset[str]
    """What nobody has told the unit since it was queued: acceptance is recorded for these."""


class _Run:
    """One run of the outbox."""

    def __init__(
        self,
        ws: Workspace,
        now: datetime,
        via: Sender,
        env: Mapping[str, str],
        result: Sent,
    ) -> None:
        self.ws, self.now, self.via, self.env, self.result = ws, now, via, env, result
        self._desk: Desk | None = None
        self._made = 0.0
        self._changed: set[str] = set()

    def deliver(self, message: Message) -> None:
        """Hand one claimed message to its channel, and write down what came of it."""
        ws, now = self.ws, self.now
        fresh = self._fresh(message) if message.kind == REMINDER else None
        if fresh is None and message.kind == REMINDER:
            why = "问题已整改、撤销、豁免或另有处理，不再发送"
            outbox.withdrawn(ws.engine, message.id, at=now, detail=why)
            self.result.withdrawn.append(message.id)
            return
        address, why = address_for(ws, message.channel, message.unit_id, self.env)
        subject, body = message.subject, message.body
        answer = Answer(False, why)
        if address is not None:
            if fresh is not None:
                subject, body = self._texts(message.channel, address, fresh.letter)
            answer = self.via.send(address, subject, body)
        if not answer.ok:
            self._refused(message, answer)
            return
        told = fresh.letter.fingerprints if fresh is not None else message.findings
        outbox.accepted(
            ws.engine,
            message.id,
            at=now,
            detail=answer.detail,
            subject=subject,
            body=body,
            findings=told,
            events=self._events(message, fresh) if fresh is not None else (),
        )
        self._changed.update(told)
        self.result.sent.append(message.id)

    def _texts(self, channel: str, address: str, letter: words.Letter) -> tuple[str, str]:
        limits = (self.ws.channels.channels[channel].longest, self.via.longest(address))
        longest = min((n for n in limits if n is not None), default=None)
        body = words.text(letter, listed=self.ws.channels.listed, longest=longest)
        return words.subject(letter), body

    def _events(self, message: Message, fresh: _Fresh) -> Iterator[tuple[str, Event]]:
        events = reminded_events(
            fresh.desk,
            fresh.letter,
            recorded_at=self.now,
            actor=message.actor,
            channel=message.channel,
            send_id=message.id,
        )
        return (entry for entry in events if entry[0] in fresh.untold)

    def _refused(self, message: Message, answer: Answer) -> None:
        ws, now, retry = self.ws, self.now, self.ws.channels.retry
        failures, then = message.failures + 1, None
        if failures < retry.attempts:
            then = ws.channels.opening(now + retry.wait(failures), ws.calendar.is_workday)
        outbox.refused(ws.engine, message.id, at=now, detail=answer.detail, next_try_at=then)
        (self.result.failed if then is None else self.result.retried).append(message.id)

    def _fresh(self, message: Message) -> _Fresh | None:
        """What has still to be told of what it was queued for; ``None``: nothing has."""
        desk = self._ledger(message)
        unit = next((u for u in self.ws.config.units if u.id == message.unit_id), None)
        if unit is None or not unit.confirmed or not unit.valid_on(desk.day):
            return None
        untold, told = [], []
        for mark in message.findings:
            if _told_since(desk, mark, message.created_at):
                told.append(mark)
            elif mark in desk.due and desk.due[mark].step in (Step.REMIND, Step.AGAIN):
                untold.append(mark)
        if not untold and not told:
            return None
        first = [m for m in told if not _told_before(desk, m, message.created_at)]
        letter = desk.letter(unit, (*untold, *told), first=first)
        return _Fresh(letter=letter, desk=desk, untold=frozenset(untold))

    def _ledger(self, message: Message) -> Desk:
        """The ledger, read anew where this run has changed what the message tells, or others may
        have."""
        old = monotonic() - self._made > LEDGER_SECONDS
        if self._desk is None or old or self._changed.intersection(message.findings):
            self._desk, self._made, self._changed = Desk(self.ws, self.now), monotonic(), set()
        return self._desk


def _told_since(desk: Desk, mark: str, since: datetime) -> bool:
    """Another channel's copy of the same round, or a person, has told it since; it still stands."""
    life = desk.book.lives.get(mark)
    return (
        life is not None
        and life.state is FindingState.REMINDED
        and life.last_reminded_at is not None
        and life.last_reminded_at >= since
    )


def _told_before(desk: Desk, mark: str, instant: datetime) -> bool:
    then = fold(desk.book.stored[mark].events, instant)
    return then is not None and then.reminded_at is not None and then.reminded_at < instant


# --- the scheduler's jobs -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """What is due, and what was done of it."""

    queued: int
    """Reminders put into the outbox: only with ``auto_remind``."""
    steps: Mapping[Step, int]
    """Findings that wait for each step. Notices and circulars are a person's to issue."""

    @property
    def words(self) -> str:
        """In Chinese, for the scheduler's table."""
        parts = [f"{step.label} {n} 个" for step, n in self.steps.items() if n]
        said = "，".join(parts) or "没有到期的事项"
        return f"{said}；自动提醒已排队 {self.queued} 条" if self.queued else said


def escalation_job(ws: Workspace, now: datetime) -> Escalated:
    """Once a working day: see what is due, and queue reminders where ``auto_remind`` says so."""
    desk = Desk(ws, now)
    steps = {step: sum(len(marks) for marks in desk.by_unit((step,)).values()) for step in Step}
    queued = 0
    if ws.channels.auto_remind and not ws.config.city.trial_run:
        queued = len(queue_reminders(ws, now=now).messages)
    return Escalated(queued=queued, steps=steps)


def send_now(
    ws: Workspace,
    *,
    now: datetime,
    sender: Sender | None = None,
    only: Collection[int] | None = None,
) -> Sent:
    """A person sends what is due. Raises ``UsageError`` in the trial run and ``ConfigError`` for
    addresses that cannot be sent to."""
    must_not_be_trial(ws)
    vetted(ws, sender)
    return outbox_job(ws, now, sender=sender, only=only)


def queue_again(ws: Workspace, number: int, *, now: datetime) -> None:
    """A message that was given up is tried anew. Raises ``MessageUnknown``."""
    outbox.retry(ws.engine, number, at=now)


def withdraw(ws: Workspace, number: int, *, now: datetime) -> None:
    """A person takes a queued message back. Raises ``UsageError`` when it is queued no more."""
    if not outbox.withdrawn(ws.engine, number, at=now, detail=f"由{ws.actor}撤回"):
        raise UsageError(f"第 {number} 条不在排队：已经发送、撤回或失败，或没有这个编号")


class Daily:
    """Looks after what is due once a working day, in working hours. A new process looks once more,
    which queues nothing twice."""

    def __init__(self) -> None:
        self._last: date | None = None

    def due(self, ws: Workspace, now: datetime) -> bool:
        if self._last == shanghai_day(now) or not ws.calendar.is_workday(shanghai_day(now)):
            return False
        return ws.channels.opening(now, ws.calendar.is_workday) == now

    def run(self, ws: Workspace, now: datetime) -> str:
        done = escalation_job(ws, now)
        self._last = shanghai_day(now)
        return done.words if done.queued or any(done.steps.values()) else ""


def outbox_due(ws: Workspace, now: datetime) -> bool:
    """Whether anything may be sent now; what waits in quiet hours is left alone."""
    if ws.config.city.trial_run or ws.channels.opening(now, ws.calendar.is_workday) > now:
        return False
    return bool(outbox.due(ws.engine, now, 1))


# --- the log --------------------------------------------------------------------------------------


def send_log(
    ws: Workspace,
    *,
    unit_id: str | None = None,
    states: Sequence[MessageState] = (),
    limit: int | None = None,
) -> MessagesView:
    """The messages, newest first."""
    count = outbox.counts(ws.engine)
    shorts = {u.id: u.short for u in ws.config.units}
    titles = {name: c.title for name, c in ws.channels.channels.items()}
    listed = outbox.listing(ws.engine, states=states, unit_id=unit_id, limit=limit)
    return MessagesView(
        messages=tuple(
            MessageLine(
                id=m.id,
                kind=m.kind,
                unit_id=m.unit_id,
                short=shorts.get(m.unit_id, m.unit_id),
                channel=titles.get(m.channel, m.channel),
                channel_id=m.channel,
                state=m.state.value,
                subject=m.subject,
                body=m.body,
                findings=m.findings,
                created_at=m.created_at,
                sent_at=m.sent_at,
                next_try_at=m.next_try_at,
                failures=m.failures,
                detail=m.detail,
                actor=m.actor,
            )
            for m in listed
        ),
        total=sum(count.values()),
        failed=count.get(MessageState.FAILED, 0),
        queued=count.get(MessageState.QUEUED, 0),
    )


def outbox_hint(ws: Workspace) -> str | None:
    """A line for ``summary`` and ``doctor`` when messages were given up; ``None``: all is well."""
    failed = outbox.counts(ws.engine).get(MessageState.FAILED, 0)
    return f"有 {failed} 条提醒没有发出去：用 xunjian messages 查看" if failed else None
