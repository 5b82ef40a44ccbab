"""One unit's page: a single HTML file that opens from disk, prints, and loads and runs nothing.

Texts come from the web. Each passes ``reports.masks.words`` on its way out and is escaped by Jinja2;
only plain web addresses become links. The page's own policy forbids scripts and every request.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from reports import masks
from reports.sheet import SHANGHAI

MOST_FINDINGS = 500
"""Findings shown on one page; the rest is counted."""
_LONGEST = 1500


class Address(str):
    """An address that may be followed: shown whole, as numbers in it name pages."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFinding:
    """One open problem."""

    short_id: str
    title: str
    kind: str
    severity: str
    state: str
    late: bool
    subject: str
    column: str
    message: str
    snippet: str
    """What the page says; empty where the message says it already."""
    url: str | None
    basis: tuple[str, ...]
    remedy: str
    found_at: datetime
    reminded_at: datetime | None
    deadline: str
    """ISO day, or 未提醒."""
    seen_at: datetime | None
    """When a scan last saw it; ``None``: no scan has, a person recorded it."""
    evidence: str
    recurred: int
    circulars: tuple[str, ...]

    @property
    def link(self) -> Address | None:
        found = masks.link(self.url)
        return Address(found) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMended:
    """One that was mended lately: before and after."""

    short_id: str
    title: str
    subject: str
    was: str
    now: str
    url: str | None
    found_at: datetime
    mended_at: datetime

    @property
    def link(self) -> Address | None:
        found = masks.link(self.url)
        return Address(found) if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitPage:
    unit: str
    name: str
    group: str
    before: tuple[str, ...]
    """Short names of the units that it took over from."""
    city: str
    office: str
    contact: str
    """Where to ask and answer; may be empty."""
    as_of: datetime
    scanned: str
    """The scan that the card is of, in words; empty: no scan yet."""
    score: str
    """得分 …, or why there is none."""
    arithmetic: tuple[str, ...]
    unverified: int
    findings: tuple[PageFinding, ...]
    """Open and certain ones, those that give the most points back first."""
    mended: tuple[PageMended, ...]
    answer: str
    consequence: str
    trial_run: bool
    confirmed: bool

    @property
    def shown(self) -> tuple[PageFinding, ...]:
        return self.findings[:MOST_FINDINGS]

    @property
    def late(self) -> int:
        return sum(f.late for f in self.findings)


def unit_html(page: UnitPage) -> bytes:
    """The page in UTF-8."""
    return _template().render(page=page).encode("utf-8", "replace")


def file_name(unit_id: str, short: str) -> str:
    """A name that every file system takes: the unit's id and the letters of its short name."""
    letters = re.sub(r"[^\w]", "", short)[:20]
    return f"{unit_id}-{letters}.html" if letters else f"{unit_id}.html"


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_said,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["moment"] = _moment
    environment.filters["day"] = _day
    return environment.get_template("unit.html")


def _said(value: Any) -> Any:
    """Whatever is printed: cleaned, masked and bounded; numbers and addresses as they are."""
    if value is None:
        return ""
    if isinstance(value, int | Address):
        return value
    return masks.words(str(value), _LONGEST)


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _day(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d")
