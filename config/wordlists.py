"""The word lists under ``config/lexicon/``: names of columns and units, as data, validated.

They serve the drafting of a configuration (``xunjian init``); findings rest on one of them alone,
that of interpretations.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml
from pydantic import Field

from config.schema import Cadence, Category, ColumnSpec, MonthDay, Slug, Strict, UnitGroup

Words = tuple[str, ...]


class ColumnWords(Strict):
    """By which words the name of a column is known to be of one category."""

    names: Words = ()
    """Whole names."""
    marks: Words = ()
    """Parts of a name that settle it wherever they stand."""
    endings: Words = ()
    words: Words = ()
    """Parts of a name, the weakest sign of those in a name."""
    titles: Words = ()
    """Parts of the titles of its entries."""


class YearlyWords(Strict):
    """Columns that owe something once a year by a fixed day."""

    words: Words
    category: Slug
    yearly_by: MonthDay
    basis: str

    @property
    def cadence(self) -> Cadence:
        return Cadence(yearly_by=self.yearly_by)


class ColumnLexicon(Strict):
    categories: dict[Slug, ColumnWords]
    yearly: tuple[YearlyWords, ...] = ()


class GroupWords(Strict):
    names: Words = ()
    endings: Words = ()
    headings: Words = ()
    """Parts of what stands over a group of units in an index."""


class UnitLexicon(Strict):
    full_names: dict[str, str] = Field(default_factory=dict)
    """Common short names → full names, both without the city."""
    groups: dict[UnitGroup, GroupWords] = Field(default_factory=dict)


class InterpretationWords(Strict):
    """Which documents owe an interpretation, and how interpretations are known."""

    document_columns: Words
    interpretation_columns: Words
    kinds: Words
    """One of them stands in the title of a document that owes one …"""
    not_: Words = Field(alias="not")
    """… and none of these."""
    interpretation_words: Words
    """What the title of an interpretation has beside that of its document."""
    forms: dict[str, Words]
    """By form, the words of the title that tell it; without any it is a text (文字)."""


class _Columns(Strict):
    categories: tuple[Category, ...]
    catalogues: tuple[_Named, ...]
    site_columns: dict[str, tuple[ColumnSpec, ...]]


class _Named(Strict):
    id: str
    title: str
    columns: tuple[ColumnSpec, ...]


def _read(name: str) -> object:
    return yaml.safe_load(files("config").joinpath(*name.split("/")).read_text("utf-8"))


@cache
def columns() -> ColumnLexicon:
    return ColumnLexicon.model_validate(_read("lexicon/columns.yaml"))


@cache
def interpretations() -> InterpretationWords:
    return InterpretationWords.model_validate(_read("lexicon/interpretations.yaml"))


@cache
def units() -> UnitLexicon:
    return UnitLexicon.model_validate(_read("lexicon/units.yaml"))


@cache
def categories() -> tuple[Category, ...]:
    """The categories that come with the program, with their cadences and their bases."""
    return _built_in().categories


@cache
def known_columns() -> dict[str, str]:
    """Category ids of the columns that the built-in configuration names, by name and variant."""
    built_in = _built_in()
    specs = [c for catalogue in built_in.catalogues for c in catalogue.columns]
    specs += [c for listed in built_in.site_columns.values() for c in listed]
    return {name: spec.category for spec in specs for name in (spec.name, *spec.variants)}


@cache
def _one_names(group: UnitGroup) -> dict[str, str]:
    """Every accepted name of a column in the built-in catalogue of a group → the column's name."""
    return {
        name: spec.name
        for catalogue in _built_in().catalogues
        if catalogue.id == group.value
        for spec in catalogue.columns
        for name in (spec.name, *spec.variants)
    }


def one_name(group: UnitGroup, name: str) -> str:
    """One spelling for the names of a column that the built-in catalogue of this group accepts for
    one another; any other name as it is."""
    return _one_names(group).get(name, name)


def variants(group: UnitGroup, name: str) -> tuple[str, ...]:
    """The other names that the built-in catalogue of this group accepts for this one."""
    own = _one_names(group).get(name)
    return tuple(n for n, one in _one_names(group).items() if one == own and n != name)


@cache
def _built_in() -> _Columns:
    return _Columns.model_validate(_read("ruichang/columns.yaml"))
