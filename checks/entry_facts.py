"""What a site's entries say of one another, and the case that is made of it: index numbers, texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from checks.facts import Fetched, Unverified
from checks.model import NotApplicable, Subject

_RUN = re.compile(r"[0-9A-Za-z]+")
_YEAR = re.compile(r"(?:19[5-9]|20[0-9])[0-9]")
_NOT_LETTERS = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Habit:
    """How most of a site's index numbers are written."""

    form: str
    """The commonest form (``form_of``)."""
    years: tuple[int, ...]
    """Places of its runs of letters and digits that hold a year."""
    following: int
    total: int
    example: str

    def fits(self, number: str) -> bool:
        return form_of(number) == self.form and set(self.years) <= set(_years_of(number))


def form_of(number: str) -> str:
    """The make of an index number: every run of letters and digits is N, all else is itself."""
    return _RUN.sub("N", number.strip())


def _years_of(number: str) -> tuple[int, ...]:
    return tuple(i for i, run in enumerate(_RUN.findall(number)) if _YEAR.fullmatch(run))


def habit_of(numbers: Iterable[str], share: int = 95) -> Habit | None:
    """The habit of a site; ``None`` where it has no number at all. A place is a year's where at least
    ``share`` per cent of the numbers of the form have one there."""
    known = list(numbers)
    if not known:
        return None
    # By count, then by spelling: the same numbers give the same form in any order.
    form = min(Counter(map(form_of, known)).items(), key=lambda item: (-item[1], item[0]))[0]
    mine = sorted(number for number in known if form_of(number) == form)
    places = Counter(place for number in mine for place in _years_of(number))
    years = tuple(sorted(p for p, n in places.items() if n * 100 >= share * len(mine)))
    following = [n for n in mine if set(years) <= set(_years_of(n))]
    return Habit(form, years, len(following), len(known), following[0] if following else mine[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """One entry, as far as it is held against another."""

    key: str
    """Its subject's key."""
    url: str
    title: str
    published: date | None
    unit_id: str | None
    column_key: str | None
    text_key: str | None
    files: frozenset[str] = frozenset()
    """Names of its attachments; of entries whose text another has, else empty."""
    pictures: frozenset[str] = frozenset()

    @property
    def bare_title(self) -> str:
        return _NOT_LETTERS.sub("", self.title)

    def before(self, other: Twin) -> bool:
        """It was published first; of one day's, the address decides."""
        return (self.published or date.max, self.url) < (other.published or date.max, other.url)

    def same_document(self, other: Twin) -> bool:
        """Another showing of the same: the text is the same, or nothing but titles can be compared
        and they are."""
        if self.text_key is not None and other.text_key is not None:
            return self.text_key == other.text_key
        return self.bare_title == other.bare_title


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCase:
    """One article or entry among those of its site."""

    subject: Subject
    me: Twin | Unverified
    index: str | NotApplicable | Unverified
    """索引号 as printed; ``""``: the label is there and nothing under it."""
    habit: Habit | None
    same_number: tuple[Twin, ...] = ()
    """Other entries of the site with this number."""
    same_text: tuple[Twin, ...] = ()
    """Other entries of the site with this text."""
    fetched: Fetched | None = None
