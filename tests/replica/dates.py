"""The replica a week later with dates that are not honest: entries dated back, a silent column filled
at once, old texts anew, numbers out of order, the future; and beside each what only looks like it.

The later state stands on the first one (``site.Replica``): what is planted here came between two scans.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from tests.replica.forms import FORMS
from tests.replica.site import Article, Column, Replica, _article
from tests.replica.truth import TruthFinding

NEW = 900
"""Serials of what is planted begin here, below zero: their numbers are the highest of a column."""
FILLED = 6
IMPORTED = 25


def tamper(replica: Replica) -> Replica:
    """The same state with the plants and traps in the portal's columns."""
    later = Replica(replica.spec, replica.plan)
    columns = _chosen(later)
    before, today = later.spec.as_of, later.today
    backdated, silent, recycled, numbers, future, late, again, imported = columns
    _add(later, backdated, 1, before - timedelta(days=25))
    for n in range(FILLED):
        _add(later, silent, 10 + n, before - timedelta(days=20 + 18 * n))
    copied = _add(later, recycled, 20, today)
    old = _plain(later, recycled, today - timedelta(days=60))
    copied.wording, copied.form, copied.title = old.number, old.form, old.title
    copied.source, copied.unit = old.source, old.unit
    # Number 5000 of a column is free: it lies between what stood there and what came since.
    for serial in (1, 2):
        _insert(numbers, _article(later.spec, numbers, -serial, today))
    _insert(numbers, _article(later.spec, numbers, 0, _newest(numbers, 3) - timedelta(days=90)))
    _add(later, future, 30, date(2081, 6, 11))
    _add(later, late, 40, before - timedelta(days=1))
    _enter_again(later, again)
    for n in range(IMPORTED):
        _add(later, imported, 100 + n, before - timedelta(days=30 + 3 * n))
    # What has long stood in one column is now listed in another as well.
    moved = next(a for a in again.entries if a.published < before - timedelta(days=40))
    _insert(late, moved)
    later.forget()
    return later


def blanked(replica: Replica, key: str) -> Replica:
    """The same state in which a column that had entries shows none."""
    return replica.with_plan(columns={**replica.plan.columns, key: "blank-none"})


def _chosen(replica: Replica) -> list[Column]:
    """One column a plant: two of them silent for months, the others ordinary and well filled."""
    mine = [c for c in replica.columns if c.site == "portal" and c.slot.required]
    silent = [c for c in mine if c.treatment == "old-portal"]
    ordinary = [
        c for c in mine if not c.treatment and c.slot.category == "notice" and len(c.entries) >= 10
    ]
    # Many at once are no sudden filling where the column was alive.
    imported = max(ordinary, key=lambda c: _newest(c, 0))
    first, *others = (c for c in ordinary if c is not imported)
    recycled = next(c for c in others if _ordinary(replica, c, replica.today - timedelta(days=60)))
    return [
        first,
        silent[0],
        recycled,
        *[c for c in others if c is not recycled][:4],
        imported,
    ]


def _newest(column: Column, place: int) -> date:
    return sorted((a.published for a in column.entries), reverse=True)[place]


def _ordinary(replica: Replica, column: Column, until: date) -> list[Article]:
    """Entries of a column that were published by then and whose text no family wrote."""
    dressed = {*replica.engaged.texts, *replica.engaged.letters}
    return [
        a
        for a in column.entries
        if a.published <= until and a.serial > 0 and a.column == column.key
        and a.number not in dressed
        and a.form.startswith("by-") and FORMS[a.form].rule is None
    ]  # fmt: skip


def _plain(replica: Replica, column: Column, until: date) -> Article:
    """The newest of them."""
    return max(_ordinary(replica, column, until), key=lambda a: (a.published, a.number))


def _add(replica: Replica, column: Column, serial: int, day: date) -> Article:
    article = _article(replica.spec, column, -(NEW + serial), day)
    _insert(column, article)
    return article


def _insert(column: Column, article: Article) -> None:
    at = next(
        (i for i, a in enumerate(column.entries) if a.published <= article.published),
        len(column.entries),
    )
    column.entries.insert(at, article)


def _enter_again(replica: Replica, column: Column) -> None:
    """An entry was deleted and entered anew: the same title and date, another number."""
    old = next(a for a in column.entries if a.published < replica.spec.as_of - timedelta(days=10))
    new = _article(replica.spec, column, -(NEW + 50), old.published)
    new.title, new.source, new.unit, new.form = old.title, old.source, old.unit, old.form
    column.entries[column.entries.index(old)] = replace(new, template=old.template)


def truth(replica: Replica) -> Iterator[TruthFinding]:
    """What must be suspected of the tampered state, after a scan of the state before it."""
    before = replica.spec.as_of
    for column in replica.columns:
        if column.site != "portal" or not column.slot.required:
            continue
        planted = [a for a in column.entries if a.serial <= 0 and a.column == column.key]
        mine = [a for a in planted if a.serial <= -NEW]
        if len(mine) == FILLED:
            yield _told("sudden-filling", column, "", "six entries over the silent months")
        for article in mine if len(mine) == 1 else ():
            if article.wording:
                yield _told("recycled-text", column, article.path, "an old text under a new date")
            elif article.published > replica.today:
                yield _told("future-date", column, article.path, "of the year 2081")
            elif article.serial == -(NEW + 1) and article.published < before - timedelta(days=1):
                yield _told("backdated-entry", column, article.path, "dated back 25 days")
        for article in planted:
            if article.serial == 0:
                yield _told("date-out-of-order", column, article.path, "an old date, a new number")
                yield _told("backdated-entry", column, article.path, "it was not there before")


def _told(rule: str, column: Column, contains: str, note: str) -> TruthFinding:
    return TruthFinding(
        rule=rule,
        unit=column.unit,
        site=column.site,
        subject=f"column:{column.key}",
        what_contains=contains,
        note=note,
        suspected=True,
    )
