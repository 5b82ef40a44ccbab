"""The year's appointments: what is scanned, and what the office does between the scans."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tests.replica.templates import Addresses
from tests.replica.year import days, workbooks
from tests.replica.year.regime import Regime

MORNING = "09:00"
"""Reminders go out."""
NOTICES = "10:00"
"""On the last working day of a month."""
CIRCULARS = "10:30"
"""On the last working day of a quarter."""
WORKBOOKS = "16:00"
"""On the day on which the third party's report is due."""


@dataclass(frozen=True, slots=True)
class Appointment:
    at: datetime
    act: str
    """``scan``, ``remind``, ``notice``, ``circular``, ``import``, ``tick`` (nothing but that)."""
    kind: str = ""
    """Of a scan."""
    name: str = ""
    """A slot's name, or the number of a document."""

    @property
    def day(self) -> date:
        return self.at.date()


def diary(first: date, last: date) -> list[Appointment]:
    """Everything from ``first`` to ``last``, in order of time."""
    out = []
    circulars = 0
    for slot in days.slots(first, last):
        if slot.kind == "third_party":
            out.append(
                Appointment(days.instant(slot.at.date(), WORKBOOKS), "import", "", slot.name)
            )
            out.append(Appointment(slot.at, "tick"))
        else:
            out.append(Appointment(slot.at, "scan", slot.kind, slot.name))
    for day in days.each(first, last):
        if not days.worked(day):
            continue
        out.append(Appointment(days.instant(day, MORNING), "remind"))
        if days.workday_after(day, 1).month != day.month:
            number = f"瑞信办整改〔{day.year}〕{day.month}号"
            out.append(Appointment(days.instant(day, NOTICES), "notice", "", number))
            if day.month % 3 == 0:
                circulars += 1
                number = f"瑞信办字〔{day.year}〕{circulars}号"
                out.append(Appointment(days.instant(day, CIRCULARS), "circular", "", number))
    return sorted(out, key=lambda a: a.at)


Samples = Callable[[str], Iterable[str]]
"""Slot of a spot check → the units that were drawn."""


def keep(regime: Regime, one: Appointment, samples: Samples) -> None:
    """One appointment, as it must go."""
    if one.act == "scan":
        sample = frozenset(samples(one.name)) if one.kind == "spot" else None
        regime.scan(one.kind, one.name, one.day, sample)
    elif one.act == "remind":
        regime.remind(one.day)
    elif one.act == "notice":
        regime.notice(one.day)
    elif one.act == "circular":
        keys = regime.nameable(one.day)
        if keys:
            regime.circulate(one.day, one.name, keys)
    elif one.act == "import":
        lines = workbooks.rows(regime, regime.city(one.day), one.name, Addresses())
        found = [(line.unit, line.key, line.extra) for line in lines]
        regime.take_in(workbooks.SOURCE, one.day, found)


def rehearse(seed: int, first: date, last: date, samples: Samples) -> Regime:
    """The whole time as it must go."""
    regime = Regime(seed)
    for one in diary(first, last):
        keep(regime, one, samples)
    return regime
