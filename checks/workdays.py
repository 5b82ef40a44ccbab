"""China's working days, from data that is passed in.

The official calendar (holidays and make-up days) comes from ``chinesecalendar``, which is data
only; for a year that it lacks, weekends and what the configuration adds are all that is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import chinese_calendar.constants as official_days

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    days: Mapping[date, bool] = field(default_factory=dict)
    """Days that differ from the rule of the week, or are stated anyway: day → is it worked."""
    known_years: frozenset[int] = frozenset()
    """Years whose official calendar is in ``days``."""

    def known(self, year: int) -> bool:
        """Whether the year's official calendar is known; if not, callers warn."""
        return year in self.known_years

    def is_workday(self, day: date) -> bool:
        return self.days.get(day, day.weekday() < 5)

    def add_workdays(self, day: date, n: int) -> date:
        """The ``n``-th working day after ``day``, which itself is not counted; ``n`` >= 0.

        ``n == 0`` gives ``day`` itself. Raises ``ValueError`` for a negative ``n``.
        """
        if n < 0:
            raise ValueError("a deadline cannot lie before the day it runs from")
        while n:
            day += _DAY
            n -= self.is_workday(day)
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; 0 when ``end`` is not later."""
        return sum(
            self.is_workday(date.fromordinal(n))
            for n in range(start.toordinal() + 1, end.toordinal() + 1)
        )


@cache
def _official() -> tuple[dict[date, bool], frozenset[int]]:
    days = dict.fromkeys(official_days.holidays, False)
    days.update(dict.fromkeys(official_days.workdays, True))
    return days, frozenset(day.year for day in official_days.holidays)


def official(extra: Mapping[date, bool] | None = None) -> WorkCalendar:
    """The official calendar with the configuration's own days, which win.

    Days added by hand do not make a year known: only the official notice does.
    """
    days, years = _official()
    return WorkCalendar({**days, **(extra or {})}, years)
