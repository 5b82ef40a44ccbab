"""How other inspectors call things (``config/lexicon/inspections.yaml``): headers and kinds of fault."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import Field

from config.schema import Line, Slug, Strict
from config.sheets import header_key

HeaderField = Literal["unit", "site", "column", "description", "url", "date", "kind", "note"]


class InspectedKind(Strict):
    """A kind of fault: by which words it is known, and what we call it."""

    id: Slug
    marks: tuple[Line, ...]
    rules: tuple[Slug, ...] = Field(default=(), description="我们查同一件事的规则")
    hand: Slug
    whole: bool = False


class InspectionLexicon(Strict):
    headers: dict[HeaderField, tuple[Line, ...]]
    totals: tuple[Line, ...]
    kinds: tuple[InspectedKind, ...]
    otherwise: Slug

    def field_of(self, header: str) -> tuple[HeaderField, int] | None:
        """The field that a header names and its place among that field's names; ``None``: no field."""
        return _by_header().get(header_key(header).strip(".、，。；;/"))

    def marks(self) -> tuple[tuple[str, str], ...]:
        """Every word for a kind of fault, with the kind's id, the longest first."""
        return _marks()


@cache
def inspections() -> InspectionLexicon:
    text = files("config").joinpath("lexicon", "inspections.yaml").read_text("utf-8")
    return InspectionLexicon.model_validate(yaml.safe_load(text))


@cache
def _by_header() -> dict[str, tuple[HeaderField, int]]:
    return {
        header_key(name): (field, place)
        for field, names in inspections().headers.items()
        for place, name in enumerate(names)
    }


@cache
def _marks() -> tuple[tuple[str, str], ...]:
    pairs = [(mark, kind.id) for kind in inspections().kinds for mark in kind.marks]
    return tuple(sorted(pairs, key=lambda pair: (-len(pair[0]), pair)))
