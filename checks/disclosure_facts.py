"""What a city shows of its disclosure: the names that its menus, catalogues and home pages bear, and
which law was in force on a day. Days are Shanghai calendar days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from checks.facts import Fetched, Unverified
from checks.model import Subject

REVISED = date(2019, 5, 15)
"""From this day on the regulation of 2019 is in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureLook:
    """What was looked through for the parts of disclosure."""

    names: frozenset[str]
    """Names of the links of home pages and menus, and of the columns of every catalogue read."""
    titles: frozenset[str]
    """Titles of entries."""
    catalogue: bool = False
    """A disclosure platform showed a catalogue: that is the catalogue, whatever it is called."""
    gap: Unverified | None = None
    """Why home pages and catalogues are not known whole; ``None``: they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureCase:
    """The city's disclosure, laid under its platform (its portal, where it has none)."""

    subject: Subject
    look: DisclosureLook
    fetched: Fetched | None = None


def clause(part: str, day: date) -> str:
    """What the regulation in force says of a part, in Chinese; empty: no clause of it is known."""
    old = day < REVISED
    articles = {
        "guide": "第十九条" if old else "第十二条",
        "catalogue": "第十九条" if old else "第十二条",
        "annual": "第三十一条" if old else "第四十九条",
        "application": "第二十四条" if old else "第三十三条",
    }
    called = (
        "《政府信息公开条例》（国务院令第492号）"
        if old
        else "《政府信息公开条例》（国务院令第711号）"
    )
    return f"{called}{articles[part]}"
