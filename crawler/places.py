"""Places: the addresses that a site's menus name, as they become known while it is explored.

Pure but for its own growing state; no request, no clock. What the places are is told afterwards
(``crawler.charting``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from checks.facts import Entry, Listing, Missing, Page, PageKind, Unverified
from crawler import cms
from crawler.answers import Answer
from crawler.extract.listing import empty_mark
from crawler.extract.tree import Tree
from crawler.menus import Item, Menus, Where
from crawler.naming import (
    is_article_url,
    is_furniture,
    is_site,
    is_unit,
    key,
    leads_nowhere,
    page_key,
)
from crawler.scope import host_key, related
from crawler.survey import Identity

NO_MENUS = Menus()
LEAST_UNITS = 4
"""Units that make a unit index."""
UNIT_SHARE = 0.6
"""Share of a block's links that are units' from which on it is a unit index."""
WHOLE_UNITS = 3
"""Units of each group whose trees are read whole before the other units' roots."""
MOST_ENTRIES = 500
_TROUBLE = (Missing.WALL, Missing.NETWORK, Missing.ROBOTS)
HOST_LINKS = 5
"""Different links of the home page from which on another host may be the site's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One page, as far as exploring needs it."""

    asked: str
    url: str
    """Its final address."""
    digest: str = ""
    kind: PageKind = PageKind.OTHER
    listing: Listing | None = None
    title: str = ""
    """The column's name by meta tag or title."""
    column_name: str = ""
    site_name: str = ""
    site_code: str = ""
    page_title: str = ""
    empty_mark: bool = False
    """It says somewhere that there is nothing."""
    text_chars: int = 0
    """Characters of its body text."""
    form: bool = False
    """It shows a form with a field for a text."""
    menus: Menus = NO_MENUS
    cms: str | None = None
    family: str | None = None
    """CMS family by whose endpoint the list was read."""
    endpoint: bool = False
    endpoint_zero: bool = False
    """The family's endpoint says that the column has no rows, whatever the page shows."""
    identity: Identity | None = None
    missing: Unverified | None = None
    target: str | None = None
    """Where it leads, off the site."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.listing.entries if self.listing is not None else ()

    @classmethod
    def of(
        cls,
        asked: str,
        answer: Answer,
        page: Page,
        tree: Tree,
        menus: Menus,
        scripted: Iterable[Item],
        identity: Identity | None,
    ) -> Look:
        listing = page.listing
        if listing is not None and len(listing.entries) > MOST_ENTRIES:
            listing = replace(listing, entries=listing.entries[:MOST_ENTRIES])
        areas = sum(el.tag == "textarea" for el in tree.elements)
        return cls(
            asked=asked,
            url=answer.final_url,
            digest=answer.digest,
            kind=page.kind,
            listing=listing,
            title=page.title.value if page.title is not None else "",
            column_name=page.column_name or "",
            site_name=page.site_name or "",
            site_code=page.site_code or "",
            page_title=tree.title,
            empty_mark=bool(empty_mark(tree)),
            text_chars=len(page.body.text) if page.body is not None else 0,
            form=areas > 0,
            menus=replace(menus, items=tuple(scripted) + menus.items),
            cms=page.cms,
            identity=identity,
        )

    @classmethod
    def elsewhere(cls, url: str, target: str) -> Look:
        return cls(asked=url, url=url, target=target)

    @classmethod
    def unread(cls, url: str, missing: Unverified) -> Look:
        return cls(asked=url, url=url, missing=missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One item of a menu that leads to a place."""

    name: str
    above: tuple[str, ...]
    linked: bool
    where: Where
    block: str
    page: str
    """Key of the page on which it stands."""
    home: bool


@dataclass(slots=True, kw_only=True, eq=False)
class Place:
    """An address that a menu names."""

    url: str
    key: str
    name: str
    """As it was first called."""
    order: int
    depth: int
    unit: str | None = None
    root: bool = False
    """It is a unit's root."""
    outside: bool = False
    """It lies on another site."""
    mentions: list[Mention] = field(default_factory=list)
    look: Look | None = None
    rank: tuple[int, ...] = ()


@dataclass(slots=True, kw_only=True, eq=False)
class UnitPlace:
    """A unit, by the index that names it."""

    name: str
    url: str
    key: str
    index_url: str
    heading: str
    number: int
    """Its place among the units of its heading, from 0."""


class Chart:
    """What is known of a site so far."""

    def __init__(self, *, asked: str, home: str, as_of: datetime) -> None:
        self.asked = asked
        self.home = home
        self.as_of = as_of
        self.hosts: list[str] = []
        """Other hosts that proved to be the site's own."""
        self.aliases: dict[str, str] = {}
        """Hosts that show the very same site → the ``scheme://host`` that stands for them."""
        self.home_look: Look | None = None
        self.places: dict[str, Place] = {}
        self.units: dict[str, UnitPlace] = {}
        """By key of their root."""
        self.looks: list[Look] = []
        self._digests: dict[str, str] = {}
        self._names: set[str] = set()

    def rename(self, url: str) -> str:
        """An address by the name of the host that stands for its aliases."""
        origin = self.aliases.get(host_key(url)) if self.aliases else None
        if origin is None:
            return url
        path = url.partition("://")[2].partition("/")
        return f"{origin}/{path[2]}"

    def set_home(self, look: Look) -> None:
        self.home_look = look

    def trouble(self) -> Unverified | None:
        """Why hardly anything could be read although the home page was; ``None``: it could."""
        looks = [p.look for p in self.places.values() if p.look is not None]
        failed = [
            x.missing
            for x in looks
            if x.missing is not None and x.missing.code in _TROUBLE and not x.entries
        ]
        if looks and len(failed) > 0.5 * len(looks):
            return Counter(failed).most_common(1)[0][0]
        return None

    def is_new(self, look: Look) -> bool:
        """Whether this page was not seen under another address."""
        first = self._digests.setdefault(look.digest, page_key(look.asked))
        return first == page_key(look.asked)

    def add(self, look: Look, depth: int, owns: Callable[[str], bool]) -> list[Place]:
        """Enter the items of a page's menus; the places that became known by it."""
        self.looks.append(look)
        here = page_key(look.asked)
        at = self.places.get(here)
        unit = at.unit if at is not None else None
        fresh: list[Place] = []
        if unit is None:
            fresh += self._add_units(look, here, owns)
        dated = {page_key(e.url) for e in look.entries if e.published is not None}
        own = Counter(item.block for item in look.menus.items if owns(item.url))
        for item in look.menus.items:
            outside = not owns(item.url)
            if outside and (item.where is Where.BOX or own[item.block] < 2):
                continue
            if self._is_none(item, dated, outside=outside):
                continue
            place = self._enter(item, here, depth, unit, outside=outside)
            if place is not None:
                fresh.append(place)
        return [p for p in fresh if not p.outside]

    def _is_none(self, item: Item, dated: set[str], *, outside: bool) -> bool:
        """Whether a menu's item surely is no column of the site itself."""
        home = self.home_look
        if page_key(item.url) in {page_key(self.home), page_key(self.asked)}:
            return True
        if is_furniture(item.name) or page_key(item.url) in self.units:
            return True
        if page_key(item.url) in dated or leads_nowhere(item.url):
            return True
        if home is not None and key(item.name) == key(home.site_name or "-"):
            return True
        if outside:
            path = item.url.partition("://")[2].partition("/")[2]
            return not path.strip("/") and is_site(item.name)
        return item.where is Where.BOX and is_article_url(item.url)

    def _enter(
        self, item: Item, here: str, depth: int, unit: str | None, *, outside: bool
    ) -> Place | None:
        """Enter one item; its place if that is new."""
        own = page_key(item.url)
        if cms.shows_all(item.url):
            own = f"{own}#{key(item.name)}"
        if outside and unit is not None and not self._in_site_menu(own, item):
            own = f"{own}@{key(unit)}"
        mention = Mention(
            name=item.name,
            above=item.above,
            linked=item.linked,
            where=item.where,
            block=item.block,
            page=here,
            home=depth == 0,
        )
        known = self.places.get(own)
        if known is not None:
            if not (mention.page == own and mention.where is Where.BOX):
                known.mentions.append(mention)
            if known.unit is not None and unit != known.unit and not known.root:
                known.unit = None  # what several units show is the site's own
            return None
        place = Place(
            url=item.url,
            key=own,
            name=item.name,
            order=len(self.places),
            depth=depth,
            unit=unit,
            outside=outside,
            mentions=[mention],
        )
        place.rank = self._rank(place, item)
        self.places[own] = place
        return place

    def _in_site_menu(self, own: str, item: Item) -> bool:
        """Whether an item that a unit's page shows is one of the site's own menu."""
        known = self.places.get(own)
        return known is not None and any(
            m.block == item.block and m.name == item.name for m in known.mentions
        )

    def _rank(self, place: Place, item: Item) -> tuple[int, ...]:
        if place.unit is None:
            return 0, place.depth, min(item.where, Where.MAP) != item.where
        number = self._number(place.unit)
        return (2, place.depth, number) if number < WHOLE_UNITS else (4, number, place.depth)

    def _number(self, unit: str) -> int:
        return next((u.number for u in self.units.values() if u.name == unit), 0)

    # -- units -----------------------------------------------------------------------------

    def _add_units(self, look: Look, here: str, owns: Callable[[str], bool]) -> list[Place]:
        """The roots of the units that a page indexes."""
        fresh: list[Place] = []
        counts = Counter(u.heading for u in self.units.values())
        for item in _index_items(look, owns):
            own = page_key(item.url)
            if own in self.units or own == here:
                continue
            heading = item.above[-1] if item.above else ""
            unit = UnitPlace(
                name=item.name,
                url=item.url,
                key=own,
                index_url=look.url,
                heading=heading,
                number=counts[heading],
            )
            counts[heading] += 1
            self.units[own] = unit
            self.places.pop(own, None)
            root = Place(
                url=item.url,
                key=own,
                name=item.name,
                order=len(self.places),
                depth=1,
                unit=item.name,
                root=True,
            )
            root.rank = (1, unit.number) if unit.number < WHOLE_UNITS else (3, unit.number)
            self.places[own] = root
            fresh.append(root)
        return fresh


def _index_items(look: Look, owns: Callable[[str], bool]) -> list[Item]:
    """The items of a page's unit index; none when it has none."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in look.menus.items:
        if owns(item.url) and not is_furniture(item.name) and not cms.shows_all(item.url):
            groups[item.block].append(item)
    found: list[Item] = []
    for items in groups.values():
        found += _units_among(items)
    return found


def _units_among(items: list[Item]) -> list[Item]:
    units = [i for i in items if is_unit(i.name)]
    if len({page_key(i.url) for i in units}) < LEAST_UNITS:
        return []
    if len(units) >= UNIT_SHARE * len(items):
        return items
    by_heading: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in items:
        by_heading[item.above].append(item)
    found: list[Item] = []
    for group in by_heading.values():
        own = [i for i in group if is_unit(i.name)]
        if len(own) >= LEAST_UNITS and len(own) >= UNIT_SHARE * len(group):
            found += group
    return found


def other_hosts(menus: Menus, home: str) -> list[tuple[str, str]]:
    """Other hosts of the home page's domain that its menu leads to or that it links to again and
    again, the most linked first, each with one of its addresses."""
    own = host_key(home)
    found: dict[str, dict[str, None]] = defaultdict(dict)
    named = {host_key(i.url) for i in menus.items if i.where <= Where.MAP}
    for url in [*(i.url for i in menus.items), *(url for _, url in menus.links)]:
        host = host_key(url)
        if host.removeprefix("www.") != own.removeprefix("www.") and related(host, own):
            found[host][url] = None
    often = [(h, list(urls)) for h, urls in found.items() if h in named or len(urls) >= HOST_LINKS]
    often.sort(key=lambda item: -len(item[1]))
    return [(host, urls[0]) for host, urls in often]


def same_mark(home: Look, other: Look) -> bool:
    """Whether a page bears the code or the licence, or else the name, of the site."""
    if home.identity is None or other.identity is None:
        return False
    mine, theirs = home.identity, other.identity
    if mine.site_code and theirs.site_code:
        return mine.site_code == theirs.site_code
    if mine.icp and theirs.icp:
        return mine.icp.partition("-")[0] == theirs.icp.partition("-")[0]
    return bool(home.site_name) and home.site_name == other.site_name


def same_page(one: Look, other: Look) -> bool:
    """Whether two hosts' home pages are the same page."""
    if one.digest == other.digest:
        return True
    mine = {url.partition("://")[2].partition("/")[2] for _, url in one.menus.links}
    theirs = {url.partition("://")[2].partition("/")[2] for _, url in other.menus.links}
    return one.page_title == other.page_title and len(mine & theirs) >= 0.8 * max(len(mine), 1)
