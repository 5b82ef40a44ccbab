"""Key areas of disclosure (重点领域): what was looked through for an information item, and what can be
said of it. The rule and the table of areas go by the same words. Days are Shanghai calendar days."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache

from checks.facts import DateState, Entry, Fetched, Missing, Unverified
from checks.model import Subject
from checks.proof import months_before
from config.areas import Area, Aspect, Item

UNDATED = Unverified(
    code=Missing.UNDATED, reason="有相符的信息，发布日期读不出或晚于检测日，请人工查看"
)

NO_PLACE = Unverified(code=Missing.NOT_CAPTURED, reason="应查的栏目一个也没有找到")


class State(StrEnum):
    """What can be said of an item."""

    OPEN = "open"
    MISSING = "missing"
    UNVERIFIED = "unverified"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return {
            "open": "已公开",
            "missing": "未公开",
            "unverified": "未能核实",
            "not_applicable": "不适用",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One column where an item may stand, as it was read."""

    key: str
    name: str
    own: bool
    """It is set up for this item alone: whatever stands in it counts."""
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was looked through for an item."""

    places: tuple[Place, ...]
    """The columns that are there and were read."""
    gap: Unverified | None = None
    """Why these columns are not known whole; ``None``: each was surely read to its end."""
    absent: int = 0
    """Columns that were not found: they may stand there by another name."""
    dates: Mapping[str, date] = field(default_factory=dict)
    """Publish dates that the articles of undated rows show, by address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaCase:
    """One information item, with what was looked through for it."""

    subject: Subject
    area: Area
    aspect: Aspect
    item: Item
    look: Look
    fetched: Fetched | None = None

    @property
    def what(self) -> str:
        """The item's identity in a finding."""
        return f"{self.aspect.id}/{self.item.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """An entry that tells of an item."""

    entry: Entry
    place: Place
    on: date | None
    by_title: bool
    """By the words of its title; else only because it stands in the item's own column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What can be said of one item."""

    state: State
    newest: Match | None = None
    """The newest entry that tells of it, in time or not."""
    reason: str = ""
    """Why it is not known, or does not apply; in Chinese."""
    unverified: Unverified | None = None
    suspected: bool = False
    """Missing by the words of titles alone, a column was not found, or the item itself is inferred: a
    person looks first."""


@lru_cache(maxsize=65536)
def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def item_names(aspect: Aspect, item: Item) -> tuple[str, ...]:
    """How a waiver may call an item: by its own name or its aspect's, whole."""
    return (item.title, item.id, aspect.title, aspect.id)


def same_name(one: str, other: str) -> bool:
    """Whether two column names are the same but for width and blanks."""
    return _plain(one) == _plain(other)


def told_of(item: Item, title: str) -> bool:
    """Whether a title bears the item's words: one of each group, none that is ruled out."""
    text = _plain(title)
    if not item.words or ruled_out(item, title):
        return False
    return all(any(_plain(word) in text for word in group) for group in item.words)


def ruled_out(item: Item, title: str) -> bool:
    text = _plain(title)
    return any(_plain(word) in text for word in item.without)


def found(item: Item, look: Look, day: date) -> Found:
    """What can be said of an item on ``day``, the day that its columns were read."""
    if item.not_applicable:
        return Found(state=State.NOT_APPLICABLE, reason=item.not_applicable)
    matches = _matches(item, look)
    since = None if item.within_months is None else months_before(day, item.within_months)
    # Dated after the reading: such a date says nothing.
    dated = [m for m in matches if m.on is not None and m.on <= day]
    newest = max(
        dated, key=lambda m: (m.on or date.min, m.by_title), default=next(iter(matches), None)
    )
    if matches and since is None:
        return Found(state=State.OPEN, newest=newest)
    in_time = [m for m in dated if since is not None and m.on is not None and m.on >= since]
    if in_time:
        titled = [m for m in in_time if m.by_title] or in_time
        return Found(state=State.OPEN, newest=max(titled, key=lambda m: m.on or date.min))
    doubt = look.gap or (UNDATED if len(dated) < len(matches) else None)
    if item.outside:
        return Found(
            state=State.NOT_APPLICABLE,
            newest=newest,
            reason=f"按规定公开在{item.outside}，请到该处查看",
        )
    if doubt is not None:
        return Found(state=State.UNVERIFIED, newest=newest, reason=doubt.reason, unverified=doubt)
    if not look.places:
        return Found(state=State.UNVERIFIED, reason=NO_PLACE.reason, unverified=NO_PLACE)
    own = any(place.own for place in look.places)
    sure = own and not look.absent and not item.unconfirmed
    return Found(state=State.MISSING, newest=newest, suspected=not sure)


def _matches(item: Item, look: Look) -> list[Match]:
    matches = []
    for place in look.places:
        for entry in place.entries:
            by_title = told_of(item, entry.title)
            if by_title or (place.own and not ruled_out(item, entry.title)):
                on = entry.published if entry.date_state is DateState.READ else None
                on = on or look.dates.get(entry.url)
                matches.append(Match(entry=entry, place=place, on=on, by_title=by_title))
    return matches
