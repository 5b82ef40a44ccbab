"""What every CMS family's module offers, and what it is given.

A family's module is pure: it reads a column page, says what to ask the family's list endpoint, and
reads the answers. Asking, evidence, rate and proof are the crawl's (``crawler.endpoints``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from checks.facts import Entry

State = Mapping[str, str]
"""What a family remembers from one answer to the next question."""


class NotUnderstood(Exception):
    """A page or an answer that is not as the family makes it: 未能核实, never an empty list."""


@dataclass(frozen=True, slots=True)
class Sign:
    """That a page is of a family, and by what it was known."""

    family: str
    by: str


@dataclass(frozen=True, slots=True)
class ListPage:
    """A column's page."""

    url: str
    """Its final address: addresses in answers resolve against it."""
    text: str
    names: tuple[str, ...] = ()
    """What the column is called, for families that show all columns at one address."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Which part of the list is asked for."""

    number: int = 1
    """List page, from 1."""
    way: int = 0
    """Which of the family's ways of asking: they are tried in order until one is understood."""
    received: int = 0
    """Rows had so far."""
    state: State = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRequest:
    """One question to a list endpoint."""

    url: str
    """Absolute, as it is sent."""
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    size: int = 0
    """Rows asked for; 0 when the endpoint decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPage:
    """One answer of a list endpoint, read."""

    entries: tuple[Entry, ...] = ()
    total: int | None = None
    """Rows in all by the endpoint's own count; ``None`` when it gives none."""
    pages: int | None = None
    """Pages in all, where the endpoint counts those."""
    state: State = field(default_factory=dict)
    again: bool = False
    """No list page yet: the same turn is to be asked once more with ``state``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueNode:
    """One column of a family's own catalogue tree."""

    name: str
    url: str | None
    """Absolute; ``None``: it has no page of its own (a heading)."""
    above: tuple[str, ...] = ()
    """Names above it, the outermost first."""
    count: int | None = None
    """Entries by the tree's own count."""
    elsewhere: bool = False
    """It leads to another site."""


class Catalogued(Protocol):
    """What a family's module offers as well where its pages declare the tree of columns."""

    NAME: str

    def catalogue(
        self, page: ListPage, answers: Mapping[str, str]
    ) -> tuple[CatalogueNode, ...] | ListRequest:
        """The whole tree, in its order; or what has to be asked first, whose answer's text then
        stands in ``answers`` under the request's address. Raises ``NotUnderstood``."""


class Family(Protocol):
    """A family's module."""

    NAME: str
    WAYS: int
    """Ways of asking, the best first: page sizes, methods, wrappings."""

    def recognise(self, text: str, url: str) -> Sign | None:
        """Whether a column page is of this family: cheap tests of its text and address."""

    def list_request(self, page: ListPage, turn: Turn) -> ListRequest:
        """What to ask; every id is read from the page. Raises ``NotUnderstood``."""

    def rows(self, text: str, page: ListPage, turn: Turn) -> EndpointPage:
        """An answer's rows. No rows without the endpoint's own zero, and anything that is not the
        family's, raise ``NotUnderstood``; nothing else is raised, whatever the text."""
