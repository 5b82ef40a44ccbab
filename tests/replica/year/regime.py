"""What the year must bring, worked out from habits, plot and calendar alone.

An account of its own beside the program's: nothing of ``scorecards``, ``services`` or ``scheduler``
is used here. It walks through the same year, keeps its own ledger, and gives the cards, the mails
that must arrive and everything else that ``table`` needs for the year's end.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from tests.replica.site import Article
from tests.replica.year import cast, days
from tests.replica.year.standing import Seen, faults_of, standing
from tests.replica.year.state import City, Told

Key = tuple[str, str]
STANDARD = Path(__file__).resolve().parents[3] / "config" / "standards" / "ruichang-2018.yaml"
REMIND_WORKDAYS = 10
NOTICE_WORKDAYS = 5
AGAIN_WORKDAYS = 3
WINDOW_DAYS = 7


def standard() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load(STANDARD.read_text(encoding="utf-8"))
    return read


@dataclass(slots=True)
class Stretch:
    """A finding from when it was found, or came back, to when it was seen to be gone."""

    unit: str | None
    began: date
    reminded: date | None = None
    told: date | None = None
    """The last time."""
    times: int = 0
    deadline: date | None = None
    first_deadline: date | None = None
    noticed: date | None = None
    circulated: date | None = None
    mended: date | None = None
    seen: date | None = None
    """The last time that a scan fetched it and saw it."""

    def overdue(self, day: date) -> bool:
        return self.mended is None and self.deadline is not None and day > self.deadline


@dataclass(slots=True)
class Case:
    """One finding of the truth's ledger."""

    seen: Seen
    stretches: list[Stretch]

    @property
    def now(self) -> Stretch:
        return self.stretches[-1]

    @property
    def open(self) -> bool:
        return self.now.mended is None


@dataclass(frozen=True, slots=True)
class Card:
    """What one scan must say of one unit; in hundredths of a point."""

    kind: str
    slot: str
    day: date
    unit: str
    counts: tuple[tuple[str, int], ...]
    """Rule → findings."""
    deducted: dict[str, int]
    """Class → points, in hundredths."""
    score: int


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that must arrive."""

    day: date
    unit: str
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Circular:
    day: date
    number: str
    named: dict[str, tuple[Key, ...]]
    """Unit → findings."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a scan must have seen of what it fetched itself."""

    seen: dict[Key, str | None]
    """Finding → unit."""
    covers: Callable[[Key], bool]


@dataclass(slots=True)
class Regime:
    """The year as it must go."""

    seed: int
    told: list[Told] = field(default_factory=list)
    cases: dict[Key, Case] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)
    circulars: list[Circular] = field(default_factory=list)
    held: list[tuple[str, str, date]] = field(default_factory=list)
    """Kind, slot and day of every scan that reached the sites or tried to."""
    inspections: list[tuple[str, date, str, str]] = field(default_factory=list)
    """Source, day, unit and name of everything that another inspector found."""
    last: Reached | None = None
    """Of the last scan."""
    _known: dict[Key, Seen] = field(default_factory=dict)
    """What stands as it was last read."""
    _full: date | None = None
    """Day of the last scan of everything."""

    def city(self, day: date) -> City:
        return City(self.seed, day, self.told)

    # --- scans ------------------------------------------------------------------------------------

    def scan(self, kind: str, slot: str, day: date, sample: Collection[str] | None = None) -> None:
        """A scan of all units, or of a sample."""
        self.held.append((kind, slot, day))
        if day in cast.DOWN:
            return
        city = self.city(day)
        here = standing(city)
        reached = _Reach(city, sample, self._full)
        for key in sorted(here.keys() | self._known.keys()):
            if not reached(key[1]):
                continue
            seen = here.get(key)
            if seen is None:
                self._gone(key, day)
            else:
                self._found(seen, day)
        seen_now = {k: s.unit for k, s in self._known.items() if reached(k[1])}
        self.last = Reached(seen_now, lambda key: reached(key[1]))
        if sample is None:
            self._full = day
        for resident in cast.RESIDENTS:
            if resident.stands(day) and (sample is None or resident.id in sample):
                self.cards.append(self._card(kind, slot, day, resident))

    def _found(self, seen: Seen, day: date) -> None:
        self._known[seen.key] = seen
        case = self.cases.get(seen.key)
        if case is None:
            case = self.cases[seen.key] = Case(seen, [Stretch(seen.unit, day)])
        elif not case.open:
            case.stretches.append(Stretch(seen.unit, day))
        case.now.seen = day

    def _gone(self, key: Key, day: date) -> None:
        self._known.pop(key, None)
        case = self.cases[key]
        if case.open:
            case.now.mended = day

    def _card(self, kind: str, slot: str, day: date, resident: cast.Resident) -> Card:
        rules, classes = tariff(resident.body.group)
        counts = Counter(s.rule for s in self._known.values() if s.unit == resident.id)
        counted = {rule: n for rule, n in counts.items() if rule in rules}
        deducted: dict[str, int] = dict.fromkeys(classes, 0)
        for rule, n in counted.items():
            one = rules[rule]
            cost = n * one["points"]
            deducted[one["class"]] += min(cost, one["cap"]) if one["cap"] is not None else cost
        deducted = {c: min(cost, classes[c]) for c, cost in deducted.items()}
        score = max(0, 10_000 - sum(deducted.values()))
        return Card(kind, slot, day, resident.id, tuple(sorted(counted.items())), deducted, score)

    # --- what the office does ---------------------------------------------------------------------

    def remind(self, day: date) -> None:
        """The morning's reminders: what nobody was told of, and once more what runs out soon."""
        letters: dict[str, list[Key]] = defaultdict(list)
        for key, case in sorted(self.cases.items()):
            stretch = case.now
            if not case.open or stretch.unit is None or not self._due(stretch, day):
                continue
            for heir in heirs(stretch.unit, day):
                letters[heir].append(key)
        if not letters:
            return
        city = self.city(day)
        for unit, keys in sorted(letters.items()):
            for key in keys:
                stretch = self.cases[key].now
                if stretch.deadline is None:
                    stretch.reminded = day
                    stretch.deadline = days.workday_after(day, REMIND_WORKDAYS)
                    stretch.first_deadline = stretch.deadline
                stretch.told, stretch.times = day, stretch.times + 1
            self.mails.append(Mail(day, unit, tuple(keys)))
            own = [self.cases[k].seen for k in keys if self.cases[k].now.unit == unit]
            faults = sorted({f for seen in own for f in faults_of(city, seen)})
            self.told.append(Told(day, unit, "mail", tuple(faults)))

    @staticmethod
    def _due(stretch: Stretch, day: date) -> bool:
        if stretch.deadline is None:
            return True
        if stretch.circulated or stretch.noticed or stretch.times > 1 or day > stretch.deadline:
            return False
        assert stretch.told is not None
        left = days.workdays(day, stretch.deadline)
        return left <= AGAIN_WORKDAYS and days.workdays(stretch.told, day) >= AGAIN_WORKDAYS

    def noticeable(self, day: date) -> list[Key]:
        """What was not mended in time and has had no written notice."""
        return [
            key
            for key, case in sorted(self.cases.items())
            if case.open
            and case.now.unit is not None
            and case.now.overdue(day)
            and not case.now.noticed
            and not case.now.circulated
            and heirs(case.now.unit, day)
        ]

    def notice(self, day: date) -> None:
        """A written notice for everything that was not mended in time."""
        for key in self.noticeable(day):
            stretch = self.cases[key].now
            stretch.noticed = day
            stretch.deadline = days.workday_after(day, NOTICE_WORKDAYS)

    def nameable(self, day: date) -> list[Key]:
        """What a circular must name: late, and seen again since by a scan that fetched it."""
        return [
            key
            for key, case in sorted(self.cases.items())
            if case.now.unit is not None
            and case.now.overdue(day)
            and not case.now.circulated
            and case.now.seen is not None
            and case.now.deadline is not None
            and case.now.seen > case.now.deadline
            and heirs(case.now.unit, day)
        ]

    def circulate(self, day: date, number: str, keys: Iterable[Key]) -> None:
        """A circular names these findings, each with its unit."""
        named: dict[str, list[Key]] = defaultdict(list)
        for key in keys:
            stretch = self.cases[key].now
            stretch.circulated = day
            assert stretch.unit is not None
            named[stretch.unit].append(key)
        self.circulars.append(Circular(day, number, {u: tuple(k) for u, k in named.items()}))
        city = self.city(day)
        for unit, mine in sorted(named.items()):
            faults = sorted({f for k in mine for f in faults_of(city, self.cases[k].seen)})
            self.told.append(Told(day, unit, "circular", tuple(faults)))

    def take_in(self, source: str, day: date, found: Iterable[tuple[str, Key, bool]]) -> None:
        """Another inspector's report: unit, finding, and whether only they have it. Theirs enter
        the same life; no scan can see them mended."""
        for unit, key, extra in found:
            self.inspections.append((source, day, unit, "/".join(key)))
            if extra and key not in self.cases:
                site = key[1].split(":")[1]
                seen = Seen(key[0], key[1], unit, site, key[1].rpartition(":")[2])
                self.cases[key] = Case(seen, [Stretch(unit, day)])

    def inspected(self, unit: str, source: str, first: date, last: date) -> int:
        """How many different findings another inspector had of a unit."""
        return len(
            {
                n
                for s, day, u, n in self.inspections
                if (s, u) == (source, unit) and first <= day <= last
            }
        )


def heirs(unit: str, day: date) -> tuple[str, ...]:
    """Who answers on a day for what was the unit's."""
    resident = cast.UNITS[unit]
    if resident.until is None or day <= resident.until:
        return (unit,)
    return tuple(h for heir in resident.heirs for h in heirs(heir, day))


class _Reach:
    """Which subjects a scan fetches itself."""

    def __init__(self, city: City, sample: Collection[str] | None, full: date | None) -> None:
        self._sample = None if sample is None else frozenset(sample)
        self._columns = city.by_key
        self._pages: dict[str, Article] = {
            f"page:{a.site}:{a.path}": a for a in city.articles.values()
        }
        self._full = full or cast.OPENS - timedelta(days=1)

    def __call__(self, subject: str) -> bool:
        kind, _, where = subject.partition(":")
        sample = self._sample
        if kind == "column":
            column = self._columns.get(where)  # of a unit that has ended: nobody looks any more
            return column is not None and (sample is None or column.unit in sample)
        if kind == "unit":
            return sample is None or where.split("/")[1] in sample
        article = self._pages.get(subject)
        if article is None:
            return False
        if sample is None:
            return True
        column = self._columns[article.column]
        if article.site == "platform":
            return column.unit in sample
        if column.unit in sample or cast.OPERATOR in sample:
            return True
        return article.unit in sample and article.published <= self._full


_TARIFFS: dict[str, tuple[dict[str, dict[str, Any]], dict[str, int]]] = {}


def tariff(group: str) -> tuple[dict[str, dict[str, Any]], dict[str, int]]:
    """Rules and class caps that count for a group of units, in hundredths."""
    if group not in _TARIFFS:
        read = standard()
        rules = {
            name: {
                "class": one["class"],
                "points": round(one["points"] * 100),
                "cap": None if one.get("cap") is None else round(one["cap"] * 100),
            }
            for name, one in read["rules"].items()
            if group != "party" or name == "missing-budget"
        }
        used = {one["class"] for one in rules.values()}
        caps = {c["id"]: round(c["cap"] * 100) for c in read["classes"] if c["id"] in used}
        _TARIFFS[group] = rules, caps
    return _TARIFFS[group]
