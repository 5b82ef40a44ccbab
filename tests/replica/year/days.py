"""The year's calendar as the truth knows it: working days and what is due when.

Written from the rules of the schedule (``docs``), with nothing of the scheduler's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE = timedelta(days=1)

SCHEDULE = {
    "spot": {"at": "02:00", "weekdays": [4], "units_per_day": 5, "within_weeks": 8},
    "weekly": {"at": "01:00", "weekday": 1},
    "monthly": {"at": "03:00", "workday": 1},
    "quarterly": {"at": "04:00", "month": 3, "day": 20},
    "annual": {"at": "05:00", "month": 12, "day": 10},
    "third_party": {"at": "17:00", "months": [2, 4, 6, 8, 10, 12], "workday": -1},
}
"""``schedule.yaml`` of the year; spot checks are thinned to one a week."""


@dataclass(frozen=True, slots=True)
class Slot:
    kind: str
    name: str
    at: datetime
    """Aware."""


def worked(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def workday_after(day: date, n: int) -> date:
    """The ``n``-th working day after a day."""
    while n:
        day += ONE
        n -= worked(day)
    return day


def workdays(start: date, end: date) -> int:
    """Working days after ``start`` up to and including ``end``."""
    return sum(worked(start + ONE * i) for i in range(1, (end - start).days + 1))


def instant(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def each(first: date, last: date) -> Iterator[date]:
    for i in range((last - first).days + 1):
        yield first + ONE * i


def _next_worked(day: date, last: date) -> date:
    """The day itself, the next working day up to ``last``, else the one before."""
    later = [d for d in each(day, last) if worked(d)]
    if later:
        return later[0]
    while not worked(day):
        day -= ONE
    return day


def slots(first: date, last: date) -> list[Slot]:
    """Everything that is due from ``first`` to ``last``, in order of time."""
    out = []

    def add(kind: str, name: str, day: date) -> None:
        out.append(Slot(kind, name, instant(day, str(SCHEDULE[kind]["at"]))))

    for day in each(first - 40 * ONE, last):
        if worked(day) and day.isoweekday() == 4:
            add("spot", day.isoformat(), day)
        if day.isoweekday() == 1:
            due = _next_worked(day, day + 6 * ONE)
            if due.isocalendar()[:2] == day.isocalendar()[:2]:
                year, week, _ = day.isocalendar()
                add("weekly", f"{year}-W{week:02}", due)
        if day.day == 1:
            end = (day + 31 * ONE).replace(day=1) - ONE
            month = [d for d in each(day, end) if worked(d)]
            add("monthly", f"{day:%Y-%m}", month[0])
            if day.month % 3 == 0:
                add(
                    "quarterly",
                    f"{day.year}Q{day.month // 3}",
                    _next_worked(day.replace(day=20), end),
                )
            if day.month == 12:
                add("annual", str(day.year), _next_worked(day.replace(day=10), end))
            if day.month % 2 == 0:
                add("third_party", f"{day:%Y-%m}", month[-1])
    return sorted((s for s in out if first <= s.at.date() <= last), key=lambda s: s.at)
