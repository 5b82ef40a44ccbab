"""What a whole site of one family is, and what of it is true.

Two kinds of records. A *plan* says what the site publishes (columns and posts), before any markup;
it is the same whatever the family. The *truth* is the plan with the family's own addresses: what a
reader has to find, no more and no less. Deterministic from a seed and a day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

AS_OF = date(2018, 6, 4)


class State(StrEnum):
    """What a column's page is."""

    FILLED = "filled"
    EMPTY = "empty"
    """A list without rows, with the family's own words for that."""
    ELSEWHERE = "elsewhere"
    """Its link leads to another host."""
    TEXT = "text"
    """One text."""
    PARENT = "parent"
    """Only the columns below it."""


class Kind(StrEnum):
    """What a row leads to."""

    ARTICLE = "article"
    FILE = "file"
    """A document for download, without a page."""
    OFFSITE = "off-site"
    """A page of another host (WeChat, a newspaper, the province)."""


@dataclass(frozen=True, slots=True)
class Spec:
    seed: int = 1
    as_of: date = AS_OF


# --- the plan -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One published thing. The same ``Post`` may stand in two columns."""

    number: int
    """Unique on the site; larger is later made."""
    title: str
    day: date
    """Its date of publication, Shanghai."""
    home: str
    """Key of the column in which it was published."""
    kind: Kind = Kind.ARTICLE
    source: str = ""
    """Who it is said to come from."""
    target: str = ""
    """Address off the site (``OFFSITE``), or a file name ending (``FILE``)."""
    pinned: bool = False
    document_number: str = ""
    index_number: str = ""
    attachment: str = ""
    """Name of a file that hangs on the article; empty for none."""
    parts: int = 1
    """Pages of one long article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. ``posts`` are in the list's own order: pinned ones first."""

    key: str
    """Unique on the site, in pinyin: ``tzgg``, or ``rcsczj.zwdt`` for a unit's."""
    slug: str
    """Its own step of an address."""
    name: str
    state: State
    categories: tuple[str, ...] = ()
    """Ids of ``config/ruichang/columns.yaml`` that are right for it, the best first; empty: no
    category fits (a parent, a link elsewhere)."""
    every: int | None = None
    """Days between two posts, about; ``None``: standing, or nothing to tell it from."""
    above: tuple[str, ...] = ()
    """Names of the columns above it, the outermost first."""
    above_keys: tuple[str, ...] = ()
    unit: str | None = None
    posts: tuple[Post, ...] = ()
    text: str = ""
    """What it says, for ``TEXT``."""
    target: str = ""
    """Where it leads, for ``ELSEWHERE``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit with a place of its own on a disclosure platform."""

    slug: str
    name: str
    """Its full name."""
    short: str
    group: str
    """``department``, ``town``, ``party`` or ``city``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    site_name: str
    place: str
    """The county or city, e.g. 南塘县."""
    site_code: str
    icp: str
    police: str
    operator: str
    """主办单位."""
    undertaker: str
    """承办单位."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    spec: Spec
    identity: Identity
    columns: tuple[Column, ...]
    """Parents before their children, in the menu's order."""
    units: tuple[Unit, ...] = ()

    def column(self, key: str) -> Column:
        return next(c for c in self.columns if c.key == key)

    def below(self, column: Column) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.above_keys[-1:] == (column.key,))

    def leaves(self) -> tuple[Column, ...]:
        return tuple(c for c in self.columns if c.state is not State.PARENT)


# --- the truth ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueEntry:
    """One row as it has to be read. ``address`` is absolute."""

    title: str
    address: str
    day: date | None
    """``None``: the list shows none."""
    pinned: bool
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueColumn:
    key: str
    name: str
    above: tuple[str, ...]
    unit: str | None
    """Full name of the unit in whose tree it stands."""
    state: State
    categories: tuple[str, ...]
    every: int | None
    address: str
    entries: tuple[TrueEntry, ...]
    target: str = ""
    pages: int = 1
    """List pages."""

    @property
    def category(self) -> str | None:
        return self.categories[0] if self.categories else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueUnit:
    name: str
    short: str
    group: str
    root: str
    """Address of its tree."""
    slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueArticle:
    """An article's own page."""

    address: str
    title: str
    day: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    family: str
    as_of: date
    home: str
    kind: str
    """``portal`` or ``platform``."""
    identity: Identity
    columns: tuple[TrueColumn, ...]
    units: tuple[TrueUnit, ...] = ()
    articles: tuple[TrueArticle, ...] = ()
    hosts: tuple[str, ...] = ()
    """Other hosts (``host:port``) under which the same site is linked."""
    unit_index: str | None = None
    """The page that lists the units; ``None``: the home page."""
    pages: int = 0
    """Pages the site has in all."""
    marks_pinned: bool = True
    """Its lists show which rows are pinned."""
    notes: tuple[str, ...] = field(default=())
