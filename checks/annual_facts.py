"""Annual reports on disclosure (政府信息公开工作年度报告): who owes one by which day, and which report a
title is. Days are Shanghai calendar days."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from checks.disclosure_facts import REVISED
from checks.duties_titles import plain
from checks.facts import Entry, Fetched, Unverified
from checks.model import Subject


class Owes(StrEnum):
    """Whose report it is."""

    GOVERNMENT = "government"
    """Of the whole city."""
    DEPARTMENT = "department"
    TOWNSHIP = "township"


def due(year: int, owes: Owes) -> date | None:
    """The last day for the report of ``year``; ``None``: no regulation names one. By the regulation
    of 2007 (31) every organ by 31 March; by that of 2019 (49) departments by 31 January, the
    government by 31 March, and it says nothing of townships."""
    march = date(year + 1, 3, 31)
    if march < REVISED or owes is Owes.GOVERNMENT:
        return march
    return date(year + 1, 1, 31) if owes is Owes.DEPARTMENT else None


def owed(owes: Owes, since: date, until: date) -> Iterator[tuple[int, date]]:
    """Years whose report was due on or after ``since`` and before ``until``, with that day."""
    for year in range(since.year - 1, until.year):
        last = due(year, owes)
        if last is not None and since <= last < until:
            yield year, last


_REPORT = re.compile(r"年报|报告|总结")
_YEAR = re.compile(r"(?<!\d)20\d\d(?![\d万亿元件])")
_NAMED_YEAR = re.compile(r"(?:(?<!\d)20\d\d|二[〇○零Oo0][〇○零一二三四五六七八九]{2})(?:年度?)?")
_MATTER = re.compile(r"(?:政府|政务)?信息公开|政务公开")


def is_report(title: str) -> bool:
    """Whether an entry of a column for annual reports is one."""
    return _REPORT.search(plain(title)) is not None


def years_of(title: str) -> frozenset[int]:
    return frozenset(int(year) for year in _YEAR.findall(plain(title)))


def head_of(title: str) -> str:
    """Whose report it is, as its title says it; empty: it names nobody."""
    # Not by ``plain``: 洪一乡 would become 洪1乡.
    text = _NAMED_YEAR.sub("", "".join(unicodedata.normalize("NFKC", title).split()))
    return _MATTER.split(text, maxsplit=1)[0].removeprefix("关于").strip("的关于-—:·《")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualLook:
    """What was looked through for one unit's reports."""

    owes: Owes
    reports: Sequence[Entry]
    """Reports that are the unit's."""
    open: Sequence[Entry] = ()
    """Reports of nobody knows whom."""
    columns: tuple[str, ...] = ()
    """Names of the columns for annual reports that were read."""
    gap: Unverified | None = None
    """Why these columns are not known whole; ``None``: they are."""
    doubt: str = ""
    """Why a person should look before the unit is accused, in Chinese; empty: nothing speaks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualCase:
    """A unit with its annual reports."""

    subject: Subject
    look: AnnualLook
    fetched: Fetched | None = None


def met(entry: Entry, year: int) -> bool | None:
    """Whether an entry is the report of ``year``; ``None``: nobody can tell."""
    named = years_of(entry.title)
    if year in named:
        return True
    published = entry.published
    if not named:
        return None if published is None or published.year == year + 1 else False
    # 2018年年度报告, published in February 2018, is that of 2017.
    return (
        None if year + 1 in named and (published is None or published.year == year + 1) else False
    )
