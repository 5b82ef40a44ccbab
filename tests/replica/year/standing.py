"""What a right scan must see on a day: worked out from the state's data, not from any reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from tests.replica.forms import FORMS
from tests.replica.site import Article, Column, months_before
from tests.replica.year import cast
from tests.replica.year.state import City

BLANK = ("blank-none", "blank-zero")


@dataclass(frozen=True, slots=True)
class Seen:
    """One finding, as a scan sees it. ``(rule, subject)`` names it for good."""

    rule: str
    subject: str
    """``column:<key>``, ``unit:<site>/<id>/<budget>`` or ``page:<site>:<path>``."""
    unit: str | None
    site: str
    mark: str
    """What a message about it must bear for its reader to know what is meant."""

    @property
    def key(self) -> tuple[str, str]:
        return self.rule, self.subject


def oldest_in_time(category: str, today: date) -> date | None:
    """The oldest newest-entry date that is still in time; ``None``: nothing is ever late."""
    cadence = cast.CADENCES[category]
    if cadence.days is not None:
        return today - timedelta(days=cadence.days)
    if cadence.months is not None:
        return months_before(today, cadence.months)
    if cadence.yearly_by is not None:
        month, day = map(int, cadence.yearly_by.split("-"))
        year = today.year if today > date(today.year, month, day) else today.year - 1
        return date(year, 1, 1)
    return None


def _column(column: Column, today: date) -> Seen | None:
    if column.treatment == "absent":
        rule = "missing-column"
    elif column.treatment in BLANK:
        rule = "blank-column"
    else:
        good = oldest_in_time(column.slot.category, today)
        if good is None or max(a.published for a in column.entries) >= good:
            return None
        rule = "overdue-column"
    return Seen(rule, f"column:{column.key}", column.unit, column.site, column.slot.name)


def _page(city: City, article: Article) -> Seen | None:
    rule = FORMS[article.form].rule
    if rule is None or article.published < cast.OPENS:
        return None
    subject = f"page:{article.site}:{article.path}"
    return Seen(rule, subject, article.unit, article.site, article.path)


BUDGETS = (("预算", 2018, date(2018, 4, 30)), ("决算", 2017, date(2018, 10, 31)))
"""What a party body owes in the year, of which year, and the last day for it."""


def _budgets(city: City) -> Iterator[Seen]:
    entries = city.by_key[f"portal/{cast.BUDGETS}"].entries
    for resident in cast.RESIDENTS:
        if resident.body.group != "party":
            continue
        titles = [a.title for a in entries if a.unit == resident.id]
        for words, year, last in BUDGETS:
            if city.day > last and not any(f"{year}年" in t and words in t for t in titles):
                subject = f"unit:portal/{resident.id}/{words}"
                yield Seen("missing-budget", subject, resident.id, "portal", words)


def standing(city: City) -> dict[tuple[str, str], Seen]:
    """Everything that stands on the day of a state, by rule and subject."""
    found = [
        *(_column(c, city.day) for c in city.columns),
        *(_page(city, a) for a in city.articles.values()),
        *_budgets(city),
    ]
    return {seen.key: seen for seen in found if seen is not None}


def faults_of(city: City, seen: Seen) -> tuple[str, ...]:
    """The faults behind a finding that have begun by the day: what who is told of it mends."""
    kind, _, where = seen.subject.partition(":")
    if kind == "page":
        path = where.partition(":")[2]
        return tuple(f for f, p in city.paths.items() if p == path)
    if kind == "unit":
        _, where, words = where.split("/")
        wanted = {"预算": "budget", "决算": "accounts"}[words]
        return tuple(f.id for f in cast.PLOT if (f.where, f.kind) == (where, wanted))
    return tuple(
        f.id for f in cast.PLOT if f.where == where and f.begins <= city.day and f.kind not in FORMS
    )
