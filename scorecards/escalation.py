"""What is due for a finding: a reminder, a written notice, a circular. Pure, in working days.

Reminder (提醒) → written rectification notice (整改通知) → circular (通报). A step is due from a working
day on; while the unit disputes a finding or waits for our re-check, nothing is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from checks.workdays import WorkCalendar
from scorecards.life import FindingState, Life

_SHANGHAI = ZoneInfo("Asia/Shanghai")


class Step(StrEnum):
    """What somebody has to do next."""

    REMIND = "remind"
    AGAIN = "again"
    """A second reminder, before the time runs out; it gives no more of it."""
    NOTICE = "notice"
    CIRCULAR = "circular"

    @property
    def label(self) -> str:
        return {
            "remind": "待提醒",
            "again": "应再次提醒",
            "notice": "应发整改通知",
            "circular": "应通报",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """In working days. No official source for any of them: 本市设置，未确认."""

    remind_workdays: int = 10
    """From the reminder to the last day to mend it."""
    notice_workdays: int = 5
    """From the written notice to the last day to mend it."""
    again_workdays: int = 3
    """So many working days before the last one a second reminder is due; 0: never."""
    grace_workdays: int = 0
    """Working days after the last one, before the next step is due."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    step: Step
    since: date
    """The Shanghai day from which on it was due."""
    deadline: date | None = None
    """The last day to mend it that runs out or has passed; ``None``: nobody was told."""
    late: int = 0
    """Working days since that day, up to and including today."""


def due(life: Life, calendar: WorkCalendar, policy: Policy, as_of: datetime) -> Due | None:
    """The next step for a finding, whose life was folded at ``as_of``; ``None``: nothing is due."""
    today = as_of.astimezone(_SHANGHAI).date()
    if life.state is FindingState.OPEN:
        return Due(step=Step.REMIND, since=_day(life.since))
    if life.deadline is None or life.state not in (
        FindingState.REMINDED,
        FindingState.OVERDUE,
        FindingState.CIRCULATED,
    ):
        return None
    if not life.overdue(today):
        return _again(life, calendar, policy, today)
    since = calendar.add_workdays(life.deadline, 1 + policy.grace_workdays)
    if today < since:
        return None
    late = calendar.workdays_between(life.deadline, today)
    if life.circulated_at is not None:
        # A circular that set no new day has said all there is to say of the old one.
        if life.deadline <= _day(life.circulated_at):
            return None
        step = Step.CIRCULAR
    else:
        step = Step.NOTICE if life.noticed_at is None else Step.CIRCULAR
    return Due(step=step, since=since, deadline=life.deadline, late=late)


def _again(life: Life, calendar: WorkCalendar, policy: Policy, today: date) -> Due | None:
    if (
        not policy.again_workdays
        or life.state is not FindingState.REMINDED
        or life.deadline is None
        or life.reminders > 1
        or life.noticed_at is not None
    ):
        return None
    told = _day(life.last_reminded_at or life.since)
    if calendar.workdays_between(today, life.deadline) > policy.again_workdays:
        return None
    if calendar.workdays_between(told, today) < policy.again_workdays:
        return None  # just told: a short time is no reason to press
    first = told
    while calendar.workdays_between(first, life.deadline) > policy.again_workdays:
        first = calendar.add_workdays(first, 1)
    return Due(step=Step.AGAIN, since=first, deadline=life.deadline)


def new_deadline(step: Step, day: date, calendar: WorkCalendar, policy: Policy) -> date | None:
    """The last day to mend it when the step is taken on ``day``; ``None``: the step sets none."""
    if step is Step.REMIND:
        return calendar.add_workdays(day, policy.remind_workdays)
    if step is Step.NOTICE:
        return calendar.add_workdays(day, policy.notice_workdays)
    return None


def _day(instant: datetime) -> date:
    return instant.astimezone(_SHANGHAI).date()
