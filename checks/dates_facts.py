"""What the honesty of dates is judged by: a column's readings one after the other, each row with the
dates that it claims and what else tells when it came to be. The records, and how an address is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from checks.facts import ColumnReading, Fetched, Unverified
from checks.model import Subject
from checks.proof import read_whole, shanghai_day
from config.schema import ExpectedColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One row of one reading."""

    page: str
    """The page's key, whatever its address; the address of one that was never met."""
    title: str
    claimed: date | None
    """``None``: no certain date."""
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A column as one scan read it."""

    scan_id: int
    at: datetime
    """When it was read, or the scan's ``as_of`` where that is earlier."""
    started: datetime
    """When that scan began, by the clock."""
    url: str | None
    shape: str
    reader: str
    whole: bool
    """It was surely read to the end."""
    back_to: date | None
    """It was surely read in falling order as far back as this day; ``None``: it was not."""
    rows: tuple[Listed, ...]

    @property
    def on(self) -> date:
        return shanghai_day(self.at)

    @property
    def pages(self) -> frozenset[str]:
        return frozenset(row.page for row in self.rows)

    def would_show(self, day: date) -> bool:
        """An entry of this day would have been among its rows."""
        return bool(self.rows) and (self.whole or (self.back_to is not None and self.back_to < day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A running number in an address."""

    series: str
    """The address without its numbers: only numbers of one series are compared."""
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An older page with the same text."""

    url: str
    title: str
    claimed: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the newest reading."""

    listed: Listed
    url: str
    claims: tuple[date, ...]
    """Every certain date that list and article show for it, each once, the earliest first."""
    known_since: datetime | None = None
    """When it, or one of the same title and date, was first met anywhere on the site."""
    edited: bool = False
    """Its article says that it was changed later: its date is no claim of first publication."""
    number: Number | None = None
    in_address: date | None = None
    last_modified: date | None = None
    """By the server's own word; weak, for pages are generated anew."""
    twin: Twin | None = None

    @property
    def claimed(self) -> date | None:
        """The latest date that it claims, which accuses least of being too early."""
        return self.claims[-1] if self.claims else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """A confirmed move of the site."""

    on: date
    until: date | None
    """Last day of its grace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesCase:
    """One expected column with the dates that it claims, over time."""

    subject: Subject
    expected: ExpectedColumn
    rows: tuple[Row, ...] | Unverified
    """Of the newest reading."""
    looks: tuple[Look, ...]
    """All readings that are laid side by side, oldest first, the newest (of ``rows``) last."""
    cut: bool = False
    """There are older readings that are not among them."""
    rebuilt: tuple[Rebuilt, ...] = ()
    fetched: Fetched | None = None


# --- readings -------------------------------------------------------------------------------------


def back_to(reading: ColumnReading, dates: Iterable[date | None]) -> date | None:
    """How far back a list was read, where its rows (``dates``, in order, pinned ones left out) fall
    over two pages at least; ``None``: their order proves nothing."""
    known = list(dates)
    days = [day for day in known if day is not None]
    if len(days) < len(known) or len([n for n in reading.page_lengths if n]) < 2 or len(days) < 2:
        return None
    if days[0] == days[-1] or any(a < b for a, b in pairwise(days)):
        return None
    return days[-1]


def look_of(
    reading: ColumnReading,
    rows: tuple[Listed, ...],
    *,
    scan_id: int,
    at: datetime,
    started: datetime,
    sure: float,
) -> Look:
    """A reading as it is laid beside others; one that is not sure proves nothing."""
    proof = reading.proof
    certain = proof.confidence >= sure and not proof.scripted
    return Look(
        scan_id=scan_id,
        at=at,
        started=started,
        url=reading.url,
        shape=proof.shape,
        reader=proof.reader,
        whole=certain and read_whole(reading),
        back_to=back_to(reading, [r.claimed for r in rows if not r.pinned]) if certain else None,
        rows=rows,
    )


# --- addresses ------------------------------------------------------------------------------------

_DATED = re.compile(
    r"/t(?P<y1>20\d\d)(?P<m1>\d\d)(?P<d1>\d\d)_\d+\.s?html?$"
    r"|/(?P<y2>20\d\d)[-/](?P<m2>\d{1,2})[-/](?P<d2>\d{1,2})/[^/]+$"
)
_NUMBERED = (
    re.compile(r"^(?P<head>.*/)t20\d{6}_(?P<id>\d+)\.s?html?$"),  # t20180604_123456.htm
    re.compile(r"^(?P<head>.*/)art_(?:\d+_)(?P<id>\d+)\.html$"),  # /art/2018/6/4/art_1_2.html
    re.compile(r"^(?P<head>.*/)(?:content|show|post|article|info|detail)_(?P<id>\d+)\.s?html?$"),
    re.compile(r"^(?P<head>.*/)(?P<id>\d+)(?:_1)?\.s?html?$"),  # info/1033/2416.htm, 123_1.html
)
_QUERY = re.compile(r"(?:^|&)(?:id|infoid|articleid|aid)=(?P<id>\d+)(?:&|$)", re.IGNORECASE)
_LONGEST = 10
"""Digits of a running number; longer ones are made of dates and times."""


def date_in(url: str) -> date | None:
    """The full date that an address is built with."""
    found = _DATED.search(urlsplit(url).path)
    if found is None:
        return None
    parts = found.groupdict()
    y, m, d = (parts["y1"] or parts["y2"], parts["m1"] or parts["m2"], parts["d1"] or parts["d2"])
    try:
        return date(int(y), int(m), int(d))
    except ValueError:
        return None


def number_in(url: str) -> Number | None:
    """The running number of an address of one of the known forms."""
    parts = urlsplit(url)
    for form in _NUMBERED:
        found = form.match(parts.path)
        if found is not None:
            return _number(f"{parts.netloc}{_bare(found['head'])}{form.pattern}", found["id"])
    asked = _QUERY.search(parts.query)
    if asked is not None:
        return _number(f"{parts.netloc}{parts.path}?", asked["id"])
    return None


def _number(series: str, digits: str) -> Number | None:
    value = int(digits) if len(digits) <= _LONGEST else 0
    return Number(series=series, value=value) if value else None


def _bare(head: str) -> str:
    """A path without the dates that stand in it as folders."""
    return re.sub(r"\d+", "0", head)


# --- arrivals -------------------------------------------------------------------------------------

CLOCKS = timedelta(hours=1)
"""How far our clock and a server's may be apart around midnight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A row of the newest reading with the reading that showed it first."""

    row: Row
    first: int
    """Place of that reading among the looks; 0: it was there when they begin."""


def same_title(title: str) -> str:
    """A title as it is compared: letters and digits alone."""
    return "".join(c for c in title if c.isalnum())


def arrivals(rows: Iterable[Row], looks: tuple[Look, ...]) -> list[Arrival]:
    """When each row was first listed, by page or by title and date (what was entered anew)."""
    first: dict[str, int] = {}
    again: dict[tuple[str, date], int] = {}
    for place, look in enumerate(looks):
        for listed in look.rows:
            first.setdefault(listed.page, place)
            if listed.claimed is not None:
                again.setdefault((same_title(listed.title), listed.claimed), place)
    found = []
    for row in rows:
        places = [first.get(row.listed.page, len(looks) - 1)]
        if row.listed.claimed is not None:
            key = (same_title(row.listed.title), row.listed.claimed)
            places.append(again.get(key, places[0]))
        found.append(Arrival(row=row, first=min(places)))
    return found


def comparable(before: Look, after: Look, rebuilt: Iterable[Rebuilt]) -> bool:
    """Two readings show one and the same list: address, template and reader are the same, most of
    what stood there still stands, and the site was not rebuilt between them."""
    if (before.url, before.shape, before.reader) != (after.url, after.shape, after.reader):
        return False
    for move in rebuilt:
        if before.on <= move.on <= after.on:
            return False
        if move.until is not None and move.on <= after.on <= move.until:
            return False
    if not after.whole and after.back_to is None:
        return False
    wanted = [
        row.page
        for row in before.rows
        if not row.pinned
        and row.claimed is not None
        and (after.whole or (after.back_to is not None and row.claimed > after.back_to))
    ]
    kept = sum(page in after.pages for page in wanted)
    return bool(wanted) and kept * 2 >= len(wanted)
