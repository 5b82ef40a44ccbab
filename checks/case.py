"""What is laid before a rule: one subject with the facts about it.

``services`` builds a case from stored observations; the runner hands a rule the case and the facts
that it declared to need. A fact that could not be had is an ``Unverified``, and the runner, not the
rule, then records 未能核实.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from checks.facts import (
    ColumnReading,
    ColumnState,
    Entry,
    Fetched,
    HomeReading,
    LinkFate,
    NameMatch,
    Page,
    TreeReading,
    Unverified,
)
from checks.model import Subject
from config.schema import ExpectedColumn


class Case(Protocol):
    """Any case. Its type is registered with the facts that it offers in ``checks.supply.CASES``."""

    @property
    def subject(self) -> Subject: ...

    @property
    def fetched(self) -> Fetched | None:
        """When what it rests on was read; ``None``: nothing was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCase:
    """An article or disclosure entry (list and home pages are judged as column and site)."""

    subject: Subject
    page: Page | Unverified
    fetched: Fetched | None
    listed: Entry | None = None
    """The list row that led to it, with its date; ``None`` when no list shows it any more."""
    dated: date | None = None
    """Its publish date as an earlier reading or the list gave it: says whether a page that could not
    be read now lies in the period that is judged."""
    fates: Mapping[str, LinkFate] | Unverified = field(default_factory=dict)
    """What became of its links, by address; an address that is not there was not checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnCase:
    subject: Subject
    expected: ExpectedColumn
    state: ColumnState
    reading: ColumnReading | Unverified
    """Unverified also when the column is absent (there is nothing to read)."""
    fetched: Fetched | None
    match: NameMatch | None = None
    """How the name on the site agrees; ``None`` when the column was not found by its name."""
    found_name: str | None = None
    previous_entries: int | None = None
    """Rows at the last reading before this one that showed any; ``None`` when none did."""
    previous_shape: str | None = None
    article_dates: Mapping[str, object] = field(default_factory=dict)
    """Publish dates (``date``) read from the articles of undated rows, by address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCase:
    """A unit (or the holder of a catalogue) with its column tree."""

    subject: Subject
    tree: TreeReading | Unverified
    columns: tuple[ColumnCase, ...]
    """Its expected columns, found or not."""
    budget: tuple[Entry, ...] | Unverified | None = None
    """For a party body: the entries of the portal's budget column that are attributed to it;
    ``None`` for units that owe none there."""
    fetched: Fetched | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCase:
    subject: Subject
    home: HomeReading | Unverified
    fetched: Fetched | None
