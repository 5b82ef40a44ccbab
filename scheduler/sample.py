"""The sample of a spot check: random, reproducible, and reaching everyone in time. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from checks.workdays import WorkCalendar
from config.schedule import Spot
from config.schema import Config

_DAY = timedelta(days=1)


def sample(
    seed: str,
    day: date,
    due_by: Mapping[str, date],
    per_day: int,
    calendar: WorkCalendar,
    weekdays: Collection[int] = range(1, 8),
) -> list[str]:
    """The units of one spot check, sorted by id; samples are drawn on working ``weekdays``.

    ``due_by``: unit → the last day on which it may be reached. ``per_day`` units are drawn at random
    with ``seed``; those whose day would come too soon for the samples to come are taken first, and
    more than ``per_day`` when that many must be reached now.
    """
    must = _must(day, due_by, per_day, calendar, weekdays)
    ordered = sorted(due_by, key=lambda unit: (due_by[unit], unit))
    chosen = ordered[:must]
    rest = sorted(ordered[must:])
    more = min(len(rest), max(0, per_day - must))
    return sorted([*chosen, *Random(seed).sample(rest, more)])  # noqa: S311 - a lot, no secret


def _must(
    day: date,
    due_by: Mapping[str, date],
    per_day: int,
    calendar: WorkCalendar,
    weekdays: Collection[int],
) -> int:
    """How many must be reached today so that ``per_day`` suffice on every sampling day to come."""
    must = 0
    samples, here = 0, day
    """Samples still to come after ``day``, up to ``here``."""
    for count, last in enumerate(sorted(due_by.values()), start=1):
        while here < last:
            here += _DAY
            samples += here.isoweekday() in weekdays and calendar.is_workday(here)
        must = max(must, count - per_day * samples)
    return must


def deadlines(
    config: Config, spot: Spot, day: date, reached: Mapping[str, date], begun: date
) -> dict[str, date]:
    """By when each unit that may be sampled on ``day`` must be reached.

    ``reached``: unit → day of its last spot check. ``begun``: the first day of spot checks. Units
    that are not confirmed or not valid on ``day`` are left out.
    """
    weeks = timedelta(weeks=spot.within_weeks)
    found = {}
    for unit in config.units:
        if not unit.confirmed or not unit.valid_on(day):
            continue
        if spot.units and unit.id not in spot.units:
            continue
        since = reached.get(unit.id) or max(begun, unit.valid_from or begun)
        found[unit.id] = since + weeks
    return found


def drawn(units: Sequence[str], names: Mapping[str, str]) -> str:
    """The sample in words, for a clerk."""
    return "、".join(names.get(unit, unit) for unit in units)
