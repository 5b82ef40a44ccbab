"""Periodic duties (有周期的公开义务): the periods, which of them are due, and the case that is made of
a duty. Days are Shanghai calendar days."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from checks.facts import Entry, Fetched, Unverified
from checks.model import Subject
from config.duties import Duty, Every


@dataclass(frozen=True, slots=True)
class Term:
    """One period of a duty."""

    year: int
    every: Every
    number: int
    """Month 1–12, quarter 1–4; 1 for a year."""

    @property
    def start(self) -> date:
        month = {Every.YEAR: 1, Every.QUARTER: 3 * self.number - 2, Every.MONTH: self.number}
        return date(self.year, month[self.every], 1)

    @property
    def end(self) -> date:
        month = {Every.YEAR: 12, Every.QUARTER: 3 * self.number, Every.MONTH: self.number}[
            self.every
        ]
        return date(self.year, month, monthrange(self.year, month)[1])

    @property
    def key(self) -> str:
        """Part of a finding's identity: 2018, 2018Q1, 2018-03."""
        return {
            Every.YEAR: f"{self.year}",
            Every.QUARTER: f"{self.year}Q{self.number}",
            Every.MONTH: f"{self.year}-{self.number:02}",
        }[self.every]

    @property
    def words(self) -> str:
        if self.every is Every.QUARTER:
            return f"{self.year}年{'一二三四'[self.number - 1]}季度"
        return f"{self.year}年" + (f"{self.number}月" if self.every is Every.MONTH else "")

    def due(self, days: int) -> date:
        return self.end + timedelta(days=days)

    def next(self) -> Term:
        most = {Every.YEAR: 1, Every.QUARTER: 4, Every.MONTH: 12}[self.every]
        if self.number < most:
            return Term(self.year, self.every, self.number + 1)
        return Term(self.year + 1, self.every, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What was looked through for a duty."""

    entries: Sequence[Entry]
    """All entries read in the columns where it may be met."""
    columns: int
    """How many of these columns were read."""
    gap: Unverified | None = None
    """Why these columns are not known whole; ``None``: each was surely read to its end."""
    doubts: tuple[str, ...] = ()
    """Why a person should look before the unit is accused, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCase:
    """One duty, with what was looked through for it."""

    subject: Subject
    duty: Duty
    looked: Looked
    fetched: Fetched | None = None


_KEY = re.compile(r"(20\d\d)(?:Q([1-4])|-(0[1-9]|1[0-2]))?")


def term_called(key: str) -> Term | None:
    """The period of a key; ``None``: it is none."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    year, quarter, month = match.groups()
    if quarter:
        return Term(int(year), Every.QUARTER, int(quarter))
    if month:
        return Term(int(year), Every.MONTH, int(month))
    return Term(int(year), Every.YEAR, 1)


def running(duty: Duty, day: date) -> Iterator[Term]:
    """The periods that have begun and are not due yet: their last day to publish is ``day`` or
    later."""
    term = Term(day.year - 3, duty.every, 1)
    while term.start <= day:
        if term.due(duty.due_days) >= day:
            yield term
        term = term.next()


def terms(duty: Duty, since: date, until: date) -> Iterator[Term]:
    """The periods whose last day to publish falls on or after ``since`` and before ``until``."""
    term = Term(since.year - 3, duty.every, 1)
    while term.due(duty.due_days) < until:
        if term.due(duty.due_days) >= since:
            yield term
        term = term.next()
