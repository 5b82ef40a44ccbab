"""The two sites on a day: a pure function of the seed, the day, and what the units were told.

A unit that was told of a fault mends it as its habit is; what it was not told of stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from checks.workdays import official
from tests.replica import names, text
from tests.replica.forms import CLEAN, FORMS
from tests.replica.names import BODIES, Body, Slot
from tests.replica.site import Article, Column, Plan, Replica, dress
from tests.replica.spec import Spec, stream
from tests.replica.year import cast
from tests.replica.year.cast import PLOT, UNITS, Fault

CALENDAR = official()
BEGINNING = date(2017, 2, 1)
"""Before it nobody published anything that still stands."""
GAPS = {"news": (17, 26), "notice": (70, 130), "plan": (180, 300)}
"""Days between two entries of a punctual column."""


@dataclass(frozen=True, slots=True)
class Told:
    """One mail that reached a unit, or one circular that named it."""

    day: date
    unit: str
    kind: str
    """``mail`` or ``circular``."""
    faults: tuple[str, ...]


def mended(told: Iterable[Told]) -> dict[str, date]:
    """Fault → the first day on which it is mended."""
    out: dict[str, date] = {}
    shamed: dict[str, date] = {}
    for word in sorted(told, key=lambda t: (t.day, t.kind, t.unit)):
        habit = UNITS[word.unit].habit
        if word.kind == "circular":
            shamed.setdefault(word.unit, word.day)
            wait = habit.circular
        else:
            was_shamed = shamed.get(word.unit, date.max) < word.day
            wait = habit.reformed if was_shamed else habit.reminded
        if wait is None:
            continue
        day = CALENDAR.add_workdays(word.day, wait)
        for fault in word.faults:
            out[fault] = min(day, out.get(fault, date.max))
    return out


def save(told: Iterable[Told], file: Path) -> None:
    rows = [[t.day.isoformat(), t.unit, t.kind, list(t.faults)] for t in told]
    file.write_text(json.dumps(rows), encoding="utf-8")


def load(file: Path) -> list[Told]:
    rows = json.loads(file.read_text(encoding="utf-8"))
    return [Told(date.fromisoformat(d), u, k, tuple(f)) for d, u, k, f in rows]


# --- what is published when -----------------------------------------------------------------------


def published(
    seed: int, column: str, slot: Slot, mends: Mapping[str, date], today: date
) -> list[date]:
    """The days on which a column published by ``today``, the oldest first (faulty forms aside)."""
    stops = [f for f in PLOT if f.where == column and f.kind in ("stop", "blank")]
    return [d for d in _regular(seed, column, slot, stops, mends) if d <= today]


def _regular(
    seed: int, column: str, slot: Slot, stops: list[Fault], mends: Mapping[str, date]
) -> list[date]:
    end = date(cast.YEAR, 12, 31)
    if slot.category == "standing":
        return [BEGINNING]
    if column.startswith("portal/") and slot.category == "notice":
        turns = [f"portal/{s.slug}" for s in cast.PORTAL if s.category == "notice"]
        days = [
            date(2017, 11, 6) + timedelta(days=7 * (turns.index(column) + len(turns) * i))
            for i in range(30)
        ]
        return [d for d in days if d <= end]
    if slot.category == "budget":
        days = [
            date(y, 3, 5) + timedelta(days=stream(seed, "budget", column, y).randint(0, 20))
            for y in (2017, cast.YEAR)
        ]
        return _with_stops(days, stops, mends)
    low, high = GAPS[slot.category]
    first = date(2017, 10, 2) if slot.category == "news" else BEGINNING
    day = first + timedelta(days=stream(seed, "first", column).randint(0, 20))
    days = []
    while day <= end:
        stop = next((s for s in stops if s.begins <= day < mends.get(s.id, date.max)), None)
        if stop is not None:
            if stop.kind == "blank":
                days.clear()  # it was empty: nothing came before
            if stop.id not in mends:
                break
            day = mends[stop.id]
            continue
        days.append(day)
        day += timedelta(days=stream(seed, "gap", column, day).randint(low, high))
    return days


def _with_stops(days: list[date], stops: list[Fault], mends: Mapping[str, date]) -> list[date]:
    """What was due in a stop comes when it is mended."""
    out = []
    for day in days:
        stop = next((s for s in stops if s.begins <= day), None)
        if stop is None:
            out.append(day)
        elif stop.id in mends:
            out.append(max(day, mends[stop.id]))
    return out


# --- the sites ------------------------------------------------------------------------------------


@cache
def _numbers() -> dict[str, int]:
    """A number for each column of the year, whoever stands today."""
    keys = [f"portal/{s.slug}" for s in cast.PORTAL]
    for body in (names.CITY_BODY, *(r.body for r in cast.RESIDENTS)):
        if body.group in cast.CATALOGUES:
            keys += [f"platform/{body.id}.{s.slug}" for s in cast.CATALOGUES[body.group][1]]
    return {key: index for index, key in enumerate(keys)}


def _column(seed: int, key: str, site: str, slot: Slot, holder: str | None, unit: str) -> Column:
    number = _numbers()[key]
    directory = (
        f"/{slot.group_dir}/"
        if holder is None
        else f"/bmgkxx/{holder}/{slot.group_dir}/{slot.slug}/"
    )
    template = "modern" if site == "portal" else ("trs", "meta")[number % 2]
    return Column(
        key, site, slot, holder, unit, number, directory, template,
        ("ul", "table")[stream(seed, "rows", key).randint(0, 1)] if holder else "ul",
        ("link", "numbered")[number % 2], 20,
    )  # fmt: skip


def _article(spec: Spec, column: Column, day: date) -> Article:
    number = (column.number + 1) * 10_000 + (day - BEGINNING).days + 100
    r = stream(spec.seed, "article", number)
    holder = BODIES[column.holder or r.choice(cast.WRITERS)]
    title = text.title(r, column.slot.category, column.slot.name, holder.short, day)
    path = (
        f"/document/{day}/{number}_1.html"
        if column.site == "portal"
        else f"{column.directory}{day:%Y%m}/t{day:%Y%m%d}_{number}.htm"
    )
    unit = holder.id if column.site == "portal" else column.unit
    # Nothing that needs a further request of its own.
    form = r.choice([f.name for f in CLEAN if not f.resources])
    return Article(
        number, column.site, column.key, day.toordinal(), day, title, holder.name, unit, path,
        column.template, form,
    )  # fmt: skip


class City(Replica):
    """The two sites on one day of the year."""

    def __init__(self, seed: int, day: date, told: Iterable[Told]) -> None:
        self.spec = Spec(seed=seed, as_of=cast.OPENS)
        self.day = day
        self.mends = mended(told)
        faulty: dict[int, str] = {}
        self.plan = Plan(now=day)
        self.paths: dict[str, str] = {}
        """Fault → the address of the page that shows it (of forms only)."""
        self.columns = []
        for slot in cast.PORTAL:
            unit = slot.unit or cast.OPERATOR
            column = _column(seed, f"portal/{slot.slug}", "portal", slot, None, unit)
            self.columns.append(column)
        for body in cast.holders(day):
            for slot in cast.CATALOGUES[body.group][1]:
                unit = cast.OFFICE if body.group == "city" else body.id
                column = _column(
                    seed, f"platform/{body.id}.{slot.slug}", "platform", slot, body.id, unit
                )
                self.columns.append(column)
        for column in self.columns:
            self._fill(column, faulty)
        self.plan = Plan(now=day, articles=faulty)

    @property
    def holders(self) -> tuple[Body, ...]:
        return cast.holders(self.day)

    def stands_open(self, fault: Fault) -> bool:
        """Begun, and not mended by the day. (Whether it can be seen is another question.)"""
        return fault.begins <= self.day < self.mends.get(fault.id, date.max)

    def _fill(self, column: Column, faulty: dict[int, str]) -> None:
        spec = self.spec
        if column.key == f"portal/{cast.BUDGETS}":
            column.entries = self._budgets(column)
            return
        for fault in PLOT:
            if fault.where == column.key and self.stands_open(fault):
                if fault.kind == "blank":
                    column.treatment = ("blank-none", "blank-zero")[column.number % 2]
                    return
                if fault.kind == "absent":
                    column.treatment = "absent"
        days = published(spec.seed, column.key, column.slot, self.mends, self.day)
        column.entries = [_article(spec, column, d) for d in days]
        for fault in PLOT:
            if fault.where == column.key and fault.kind in FORMS and fault.begins <= self.day:
                article = _article(spec, column, fault.begins)
                column.entries = [a for a in column.entries if a.number != article.number]
                if column.site == "portal" and fault.unit is not None:
                    article.source, article.unit = BODIES[fault.unit].name, fault.unit
                if self.stands_open(fault):
                    dress(spec, article, FORMS[fault.kind])
                faulty[article.number] = article.form
                self.paths[fault.id] = article.path
                column.entries.append(article)
        column.entries.sort(key=lambda a: a.published, reverse=True)

    def _budgets(self, column: Column) -> list[Article]:
        """What each party body owes: the year's budget early, last year's accounts in autumn."""
        out = []
        for index, resident in enumerate(r for r in cast.RESIDENTS if r.body.group == "party"):
            late = {f.kind: f for f in PLOT if f.where == resident.id}
            for kind, words, year, due in (
                ("", "预算", cast.YEAR - 1, date(cast.YEAR - 1, 2, 5 + index)),
                ("budget", "预算", cast.YEAR, date(cast.YEAR, 2, 5 + index)),
                ("accounts", "决算", cast.YEAR - 1, date(cast.YEAR, 9, 10 + index)),
            ):
                day: date | None = due
                if kind in late:
                    day = self.mends.get(late[kind].id)
                if day is None or day > self.day:
                    continue
                article = _article(self.spec, column, day)
                article.title = f"{resident.body.name}{year}年部门{words}"
                article.source, article.unit = resident.body.name, resident.id
                out.append(article)
        return sorted(out, key=lambda a: (a.published, a.number), reverse=True)
