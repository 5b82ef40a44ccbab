"""The city's disclosure as a whole, laid before the rules: what its menus, catalogues and home pages
call by name."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from checks.disclosure_facts import DisclosureCase, DisclosureLook
from checks.facts import Fetched, LinkKind, Missing, Unverified
from config.schema import Site, SiteKind, UnitGroup
from services.judging.ground import Ground
from services.judging.identity import subject_of
from storage import readings
from storage.readings import StoredHome
from storage.writer import tree_key

LEAST_LINKS = 5
"""Named links that a home page shows at least, if its menu was read."""


def lay(ground: Ground) -> None:
    """Once a city, under the platform; where there is none, under the portal."""
    if not ground.wants("missing-disclosure-part"):
        return
    sites = ground.config.sites
    first = next((s for s in sites if s.kind is SiteKind.PLATFORM), None)
    first = first or next((s for s in sites if s.kind is SiteKind.PORTAL), None)
    if first is None or first.id not in {site.id for site in ground.sites}:
        return
    if ground.units is not None and first.operator not in ground.units:
        return
    case = _case(ground, first)
    ground.judge(case, case.fetched)


def _case(ground: Ground, first: Site) -> DisclosureCase:
    names: set[str] = set()
    titles: set[str] = set()
    gaps: list[Unverified] = []
    measured: list[Fetched] = []
    sites = {s.id: s for s in ground.config.sites if s.kind in (SiteKind.PORTAL, SiteKind.PLATFORM)}
    hosts = {(site.url.host or "").lower() for site in sites.values()}
    for site in sites.values():
        home = ground.homes.get(site.id)
        gap = _home_gap(site, home)
        if home is None or gap is not None:
            gaps.append(gap or _unread(site, "首页没有读到"))
            continue
        held = readings.some_blocks(ground.ws.engine, site.id, home.blocks)
        links = [link for block in held for link in block.links if link.kind is LinkKind.PAGE]
        if home.page is not None and home.page.body is not None:
            links += [x for x in home.page.body.links if x.kind is LinkKind.PAGE]
        if home.page is not None and home.page.listing is not None:
            titles |= {entry.title for entry in home.page.listing.entries}
        names |= {link.text for link in links if link.text}
        named = sum(bool(link.text) for link in links)
        nameless = sum(not x.text and _host(x.url) in hosts for x in links)
        if named < LEAST_LINKS:
            gaps.append(_unread(site, "首页没有读到菜单，可能由脚本填充"))
        elif nameless:
            gaps.append(_unread(site, f"首页有 {nameless} 个没有名称的链接（如图片按钮）"))
        if home.fetched is not None:
            measured.append(home.fetched)
    gaps += _tree_gaps(ground, sites)
    shown = False
    for tree in ground.trees.values():
        if tree.site_id in sites and not isinstance(tree.reading, Unverified):
            names |= {node.name for node in tree.reading.nodes}
            platform = sites[tree.site_id].kind is SiteKind.PLATFORM
            shown = shown or (platform and bool(tree.reading.nodes))
    for column in ground.columns.values():
        if column.found_name:
            names.add(column.found_name)
        if not isinstance(column.reading, Unverified):
            titles |= {entry.title for entry in column.reading.entries}
    return DisclosureCase(
        subject=subject_of(first),
        look=DisclosureLook(
            names=frozenset(names),
            titles=frozenset(titles),
            catalogue=shown,
            gap=gaps[0] if gaps else None,
        ),
        # What is said of all was known when the first was read.
        fetched=min(measured, key=lambda f: f.at, default=None),
    )


def _home_gap(site: Site, home: StoredHome | None) -> Unverified | None:
    if home is None:
        return _unread(site, "首页没有读到")
    if isinstance(home.reading, Unverified):
        return Unverified(code=home.reading.code, reason=f"{site.name}首页：{home.reading.reason}")
    if home.page is None:
        return _unread(site, "首页没有读懂")
    return None


def _tree_gaps(ground: Ground, sites: dict[str, Site]) -> Iterator[Unverified]:
    """Menus that are not known whole: a portal's, and on a platform the city's own catalogue."""
    city = next((u.id for u in ground.config.units if u.group is UnitGroup.CITY), None)
    for site in sites.values():
        owner = city if site.kind is SiteKind.PLATFORM else None
        if site.kind is SiteKind.PLATFORM and owner is None:
            continue
        tree = ground.trees.get(tree_key(site.id, owner))
        if tree is None:
            yield _unread(site, "栏目目录没有读到")
        elif isinstance(tree.reading, Unverified):
            yield Unverified(
                code=tree.reading.code, reason=f"{site.name}栏目目录：{tree.reading.reason}"
            )
        elif not tree.reading.complete:
            yield _unread(site, "栏目目录没有读全")


def _unread(site: Site, what: str) -> Unverified:
    return Unverified(code=Missing.UNPROVEN, reason=f"{site.name}{what}")


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
