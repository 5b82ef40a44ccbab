"""What exploring a site found: the facts from which ``xunjian init`` drafts a configuration.

Immutable records only. How a site is explored is ``crawler.explore``'s matter; which category,
cadence or unit a column has is for ``services.drafting`` to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from checks.facts import Entry, Unverified
from config.schema import SiteKind


class ColumnLook(StrEnum):
    """What a column's page turned out to be."""

    LIST = "list"
    """A list with rows."""
    BLANK = "blank"
    """A list that says it has no rows."""
    TEXT = "text"
    """One text: an introduction, a guide, a duty statement."""
    PARENT = "parent"
    """Only columns below it, each with its own page."""
    ELSEWHERE = "elsewhere"
    """It leads to another site."""
    FORM = "form"
    """A mailbox, a search, an application form: nothing to keep up to date."""
    UNREAD = "unread"
    """It could not be read; ``missing`` says why."""
    UNVISITED = "unvisited"
    """Seen in the menu or the tree, not asked for: the bound on pages came first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenColumn:
    """One column of the site, as its menu, its tree and its own page show it."""

    name: str
    url: str
    """Canonical address. Families that show all columns at one address repeat it."""
    above: tuple[str, ...] = ()
    """Names of the columns above it, the outermost first; without the unit's name."""
    unit: str | None = None
    """Name of the unit in whose tree it stands, as the site writes it; ``None``: the site's own."""
    look: ColumnLook
    entries: tuple[Entry, ...] = ()
    """The rows of the list pages that were read."""
    pages_read: int = 0
    total_claimed: int | None = None
    family: str | None = None
    """CMS family of its list, by which it was read; ``None``: by structure alone."""
    missing: Unverified | None = None
    """Why it is UNREAD."""
    target: str | None = None
    """Where it leads, for ELSEWHERE."""
    name_from: str = ""
    """Where the name was taken from: ``menu``, ``tree``, ``breadcrumb``, ``meta ColumnName`` …"""
    doubts: tuple[str, ...] = ()
    """In Chinese: what a person should look at, for the comments of the draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenUnit:
    """A unit with a place of its own on the site."""

    name: str
    """As the site writes it."""
    url: str
    """The root of its tree."""
    index_url: str
    """The page that lists it."""
    heading: str = ""
    """What stands over it there: 市政府部门, 乡镇街道 …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The marks by which a site says whose it is; ``None``: not found on the pages read."""

    name: str | None = None
    """The site's name: meta SiteName, else from the title of the home page."""
    site_code: str | None = None
    """政府网站标识码."""
    icp: str | None = None
    police: str | None = None
    """公安备案号."""
    operator: str | None = None
    """主办单位, else 承办单位, as written."""
    party_mark: bool = False
    """A 党政机关 mark is linked."""
    report_error: bool = False
    """“我为政府网站找错” is linked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """One site, explored."""

    asked: str
    """The address that was given."""
    home: str
    """The home page's final address."""
    hosts: tuple[str, ...]
    """Other hosts that are the site's own (``host`` or ``host:port``)."""
    kind: SiteKind
    kind_reason: str
    """In Chinese: by what it was told."""
    identity: Identity = Identity()
    columns: tuple[SeenColumn, ...] = ()
    """In the order of the site's own menu and trees."""
    units: tuple[SeenUnit, ...] = ()
    families: tuple[tuple[str, int], ...] = ()
    """CMS families met, with the number of pages each was recognised on."""
    requests: int = 0
    unvisited: int = 0
    """Addresses that the bound on pages left out."""
    missing: Unverified | None = None
    """Why the site could not be explored at all, or not to the end (a wall, robots.txt)."""
    doubts: tuple[str, ...] = ()
