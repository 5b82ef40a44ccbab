"""Periodic duties (有周期的公开义务): the periods that are due, which of them an entry tells of, and the
case that is made of it. Days are Shanghai calendar days."""

from __future__ import annotations

import re
import unicodedata
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
        return {
            Every.YEAR: f"{self.year}年",
            Every.QUARTER: f"{self.year}年{'一二三四'[self.number - 1]}季度",
            Every.MONTH: f"{self.year}年{self.number}月",
        }[self.every]

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
    gap: Unverified | None = None
    """Why these columns are not known whole; ``None``: each was read to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyCase:
    """One duty, with what was looked through for it."""

    subject: Subject
    duty: Duty
    looked: Looked
    fetched: Fetched | None = None


def terms(duty: Duty, since: date, until: date) -> Iterator[Term]:
    """The periods whose last day to publish falls on or after ``since`` and before ``until``."""
    term = Term(since.year - 3, duty.every, 1)
    while term.due(duty.due_days) < until:
        if term.due(duty.due_days) >= since:
            yield term
        term = term.next()


_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?:年|[-—.])?")
_QUARTER = re.compile(r"(?:第)?([1-4])季度|(?<![a-z])q([1-4])(?!\d)", re.I)
_MONTHS = re.compile(r"(?<!\d)(1[0-2]|[1-9])月?(?:份)?(?:[-—–~～至到])(1[0-2]|[1-9])月")
_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月(?!\d*日)")


def plain(title: str) -> str:
    """A title as it is compared: full-width forms and Chinese digits as ASCII, no blanks."""
    text = "".join(unicodedata.normalize("NFKC", title).split())
    # 十一月、十二月、十月 before the single digits
    text = text.replace("十二月", "12月").replace("十一月", "11月").replace("十月", "10月")
    # 二O一八: a letter stands for the zero more often than not
    return re.sub(r"(?<=2)[Oo](?=\d)", "0", text.translate(_DIGITS))


def told_of(duty: Duty, entry: Entry) -> bool:
    """Whether the entry's title is about the duty at all, whatever the period."""
    title = "".join(unicodedata.normalize("NFKC", entry.title).split())
    if any(word in title for word in duty.without):
        return False
    return all(any(word in title for word in group) for group in duty.words)


def terms_of(duty: Duty, entry: Entry) -> frozenset[str] | None:
    """Keys of the periods that an entry's title names; ``None``: it names none that can be read.

    A title without a year tells of the year in which its period ended last before it was published.
    """
    title = plain(entry.title)
    years = {int(year) for year in _YEAR.findall(title)}
    numbers = _numbers(duty, title)
    if duty.every is Every.YEAR:
        return frozenset(Term(year, Every.YEAR, 1).key for year in years) or None
    if not numbers:
        return None
    if not years:
        if entry.published is None:
            return None
        years = {_last_year(duty.every, number, entry.published) for number in numbers}
    return frozenset(Term(year, duty.every, n).key for year in years for n in numbers)


def _last_year(every: Every, number: int, published: date) -> int:
    term = Term(published.year, every, number)
    return published.year if term.end < published else published.year - 1


def _numbers(duty: Duty, title: str) -> set[int]:
    if duty.every is Every.MONTH:
        return {int(month) for month in _MONTH.findall(title)}
    found = {int(a or b) for a, b in _QUARTER.findall(title) if not _is_sum(title)}
    for first, last in _MONTHS.findall(title):
        begin, end = int(first), int(last)
        if end % 3 == 0 and (begin == end - 2 or (begin == 1 and (end == 3 or duty.cumulative))):
            found.add(end // 3)
    if duty.cumulative:
        for word, number in (
            ("上半年", 2), ("前3季度", 3), ("前三季度", 3), ("全年", 4), ("1-4季度", 4),
        ):  # fmt: skip
            if word in title:
                found.add(number)
    return found


def _is_sum(title: str) -> bool:
    """前三季度 tells of three quarters together, not of the third."""
    return "前3季度" in title or "前2季度" in title
