"""The parts of a draft: what it is made of, and the names and slugs in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pypinyin import Style, lazy_pinyin

from config.schema import Catalogue, Category, City, ColumnSpec, Site, Unit
from crawler.survey import SeenColumn, SeenUnit, Survey
from services.classifying import Classified, clean

MAX_SLUG = 40

Notes = tuple[str, ...]
"""Chinese remarks on one entry, which become comments above it in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftColumn:
    """One column of the draft, with what is known of it."""

    spec: ColumnSpec
    seen: SeenColumn
    classified: Classified
    unit: str | None
    """Id of the unit that answers for it; ``None``: the site's operator."""
    notes: Notes = ()
    doubtful: bool = False
    """A person should look: something about it is not certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCatalogue:
    catalogue: Catalogue
    notes: tuple[Notes, ...]
    """Of each column, in its order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftUnit:
    unit: Unit
    seen: SeenUnit | None
    """``None``: named by the site, without a place of its own."""
    notes: Notes = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSite:
    site: Site
    survey: Survey
    columns: tuple[DraftColumn, ...] = ()
    """Its own columns; those of units stand in the catalogues."""
    unit_columns: tuple[DraftColumn, ...] = ()
    """What was seen in its units' trees."""
    left_out: tuple[SeenColumn, ...] = ()
    """Menu entries that are no columns to check, or that were not visited."""
    notes: Notes = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A whole configuration."""

    city: City
    categories: tuple[Category, ...]
    catalogues: tuple[DraftCatalogue, ...]
    sites: tuple[DraftSite, ...]
    units: tuple[DraftUnit, ...]


@dataclass(slots=True)
class Slugs:
    """Slugs, each given once."""

    taken: set[str] = field(default_factory=set)

    def of(self, name: str, fallback: str) -> str:
        base = slug_of(name) or fallback
        slug, number = base, 2
        while slug in self.taken:
            tail = f"-{number}"
            slug, number = base[: MAX_SLUG - len(tail)] + tail, number + 1
        self.taken.add(slug)
        return slug


def slug_of(name: str) -> str:
    """A name's slug: its pinyin, by initials where that would be too long; empty for none."""
    bare = re.sub(r"[^0-9A-Za-z\u4e00-\u9fff]", "", clean(name))
    whole = "".join(lazy_pinyin(bare)).lower()
    if len(whole) > 30:
        whole = "".join(lazy_pinyin(bare, style=Style.FIRST_LETTER)).lower()
    return re.sub(r"[^a-z0-9]", "", whole)[:MAX_SLUG]


def line(text: str) -> str:
    """One printable line, as the configuration takes it."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return (" ".join(kept.split()) or "未命名")[:100]
