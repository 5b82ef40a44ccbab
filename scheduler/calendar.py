"""What is due when: the slots of the calendar, computed from the schedule. Pure.

Slots fall on working days, make-up Saturdays included; a scan may run into the night after. A slot
belongs to one period (a day, an ISO week, a month, a quarter, a year) and bears its name, so that
however the time is cut into intervals the same slots come out, each once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import takewhile

from checks.workdays import WorkCalendar
from config.schedule import OnDay, Scanned, Schedule, Spot, Timed
from services.workspace import SHANGHAI, shanghai_day
from storage.models import ScanKind

_DAY = timedelta(days=1)
_BEYOND = 40 * 366
"""Days that are looked through at most."""


class SlotKind(StrEnum):
    """Kinds of what is due; all but ``THIRD_PARTY`` are scans."""

    SPOT = "spot"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"
    THIRD_PARTY = "third_party"

    @property
    def scan(self) -> ScanKind | None:
        """The kind of scan that is made; ``None``: none is."""
        return None if self is SlotKind.THIRD_PARTY else ScanKind(self.value)

    @property
    def words(self) -> str:
        scan = self.scan
        return scan.words if scan is not None else "第三方报告导入"


@dataclass(frozen=True, slots=True)
class Due:
    """One slot of the calendar."""

    kind: SlotKind
    slot: str
    """``2018-06-04`` (spot), ``2018-W23``, ``2018-06``, ``2018Q2``, ``2018``."""
    due_at: datetime
    """Aware, UTC."""
    until: datetime
    """From then on it is too late to begin."""


def rule_of(schedule: Schedule, kind: SlotKind) -> Timed:
    rule: Timed = getattr(schedule, kind.value)
    return rule


def sites_of(schedule: Schedule, kind: SlotKind, enabled: tuple[str, ...]) -> tuple[str, ...]:
    """The sites that a kind concerns, of those enabled; one empty id where it concerns none."""
    rule = rule_of(schedule, kind)
    if not isinstance(rule, Scanned):
        return ("",)
    return tuple(s for s in enabled if not rule.sites or s in rule.sites)


def slots(schedule: Schedule, calendar: WorkCalendar, start: datetime, end: datetime) -> list[Due]:
    """All slots with ``start < due_at <= end``, in order of time, then kind."""
    found = [
        due
        for kind in SlotKind
        for due in takewhile(lambda d: d.due_at <= end, coming(schedule, calendar, kind, start))
    ]
    order = list(SlotKind)
    return sorted(found, key=lambda due: (due.due_at, order.index(due.kind)))


def coming(
    schedule: Schedule, calendar: WorkCalendar, kind: SlotKind, after: datetime
) -> Iterator[Due]:
    """The slots of one kind that are due after an instant, in order of time."""
    rule = rule_of(schedule, kind)
    if not rule.enabled:
        return
    clock = time.fromisoformat(rule.at)
    for name, day in _days(schedule, calendar, kind, shanghai_day(after)):
        due_at = datetime.combine(day, clock, SHANGHAI).astimezone(UTC)
        if due_at > after:
            yield Due(kind, name, due_at, due_at + timedelta(hours=rule.late_hours))


def spot_on(spot: Spot, calendar: WorkCalendar, day: date) -> bool:
    """Whether units are spot-checked on a day."""
    return day.isoweekday() in spot.weekdays and calendar.is_workday(day)


def unknown_years(calendar: WorkCalendar, start: datetime, end: datetime) -> list[str]:
    """In Chinese: the years of an interval whose official calendar is not known."""
    years = range(shanghai_day(start).year, shanghai_day(end).year + 1)
    return [
        f"程序里还没有 {year} 年的官方节假日安排：{year} 年的工作日按周一至周五"
        "和 city.yaml 的 workdays 推算，安排公布后请升级程序或补进 workdays"
        for year in years
        if not calendar.known(year)
    ]


# --- days -----------------------------------------------------------------------------------------


def _days(
    schedule: Schedule, calendar: WorkCalendar, kind: SlotKind, first: date
) -> Iterator[tuple[str, date]]:
    """Names and days of the slots from the period of ``first`` on."""
    last = first + _BEYOND * _DAY if first < date.max - (_BEYOND + 400) * _DAY else first
    match kind:
        case SlotKind.SPOT:
            for day in _each_day(first, last):
                if spot_on(schedule.spot, calendar, day):
                    yield day.isoformat(), day
        case SlotKind.WEEKLY:
            monday = first - first.weekday() * _DAY
            while monday <= last:
                week = [monday + n * _DAY for n in range(7)]
                chosen = _moved(week, week[schedule.weekly.weekday - 1], calendar)
                if chosen is not None:
                    year, number, _ = monday.isocalendar()
                    yield f"{year}-W{number:02}", chosen
                monday += 7 * _DAY
        case SlotKind.MONTHLY:
            yield from _months(calendar, schedule.monthly, first, last, lambda m: True, _month)
        case SlotKind.QUARTERLY:
            quarterly = schedule.quarterly
            yield from _months(
                calendar,
                quarterly,
                first,
                last,
                lambda month: (month - 1) % 3 + 1 == quarterly.month,
                lambda day: f"{day.year}Q{(day.month + 2) // 3}",
            )
        case SlotKind.ANNUAL:
            yield from _months(
                calendar,
                schedule.annual,
                first,
                last,
                lambda month: month == schedule.annual.month,
                lambda day: str(day.year),
            )
        case SlotKind.THIRD_PARTY:
            months = schedule.third_party.months
            yield from _months(
                calendar, schedule.third_party, first, last, lambda m: m in months, _month
            )


def _month(day: date) -> str:
    return f"{day.year}-{day.month:02}"


def _each_day(first: date, last: date) -> Iterator[date]:
    for number in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)


def _months(
    calendar: WorkCalendar,
    rule: OnDay,
    first: date,
    last: date,
    wanted: Callable[[int], bool],
    name: Callable[[date], str],
) -> Iterator[tuple[str, date]]:
    begin = first.replace(day=1)
    while begin <= last:
        following = (begin + 31 * _DAY).replace(day=1)
        if wanted(begin.month):
            month = list(_each_day(begin, following - _DAY))
            chosen = _day_of(month, rule, calendar)
            if chosen is not None:
                yield name(begin), chosen
        begin = following


def _day_of(month: list[date], rule: OnDay, calendar: WorkCalendar) -> date | None:
    """The day that a rule names in a month; ``None`` in a month without working days."""
    if rule.day is not None:
        return _moved(month, month[min(rule.day, len(month)) - 1], calendar)
    worked = [day for day in month if calendar.is_workday(day)]
    if not worked:
        return None
    number = rule.workday or 1
    index = number - 1 if number > 0 else len(worked) + number
    return worked[max(0, min(index, len(worked) - 1))]


def _moved(period: list[date], day: date, calendar: WorkCalendar) -> date | None:
    """``day`` if it is worked, else the next working day of its period, else the one before."""
    later = [d for d in period if d >= day and calendar.is_workday(d)]
    if later:
        return later[0]
    earlier = [d for d in period if d < day and calendar.is_workday(d)]
    return earlier[-1] if earlier else None
