"""Charting: what the places that a site's menus name turned out to be, as a survey.

Pure. A column is told by its own page: a list, a list without rows, a text, columns below it. Its
name is the menu's, what stands above it is told by the menu's nesting and the page's own trail.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from checks.facts import Entry, Missing, PageKind, Unverified
from config.schema import SiteKind
from crawler import cms
from crawler.menus import Where
from crawler.naming import (
    column_name,
    is_form,
    is_furniture,
    is_site,
    is_unit,
    key,
    may_name,
    page_key,
)
from crawler.places import Chart, Look, Place
from crawler.scope import host_key
from crawler.survey import ColumnLook, Identity, SeenColumn, SeenUnit, Survey

SHANGHAI = ZoneInfo("Asia/Shanghai")
LEAST_TEXT = 20
"""Characters from which on a body counts as a column's text."""
PLATFORM_UNITS = 5
"""Units on the home page from which on a site may be a disclosure platform."""

_UNKNOWN = Unverified(code=Missing.READER, reason="没有认出栏目页上的信息列表")
_PLATFORM_WORDS = (
    "信息公开平台",
    "信息公开目录",
    "信息公开网",
    "政务公开网",
    "信息公开专栏",
    "公开平台",
)


@dataclass(slots=True, kw_only=True, eq=False)
class _Column:
    """A place on its way to a column."""

    place: Place
    name: str
    above: tuple[str, ...]
    name_from: str
    strong: bool
    """A menu names it, not only a box."""
    look: ColumnLook = ColumnLook.UNVISITED
    entries: tuple[Entry, ...] = ()
    missing: Unverified | None = None
    below: int = 0

    @property
    def identity(self) -> tuple[str | None, tuple[str, ...], str]:
        return self.place.unit, tuple(key(n) for n in self.above), key(self.name)


def chart(known: Chart, *, requests: int, missing: Unverified | None) -> Survey:
    """The survey of a site whose exploring has ended."""
    home = known.home_look
    identity = home.identity if home is not None and home.identity is not None else Identity()
    columns = _columns(known, identity)
    units = _units(known, columns)
    kind, reason = _kind(known, identity, units)
    names = {u.name for u in units}
    columns = [c for c in columns if c.place.unit is None or c.place.unit in names]
    families: Counter[str] = Counter()
    for look in [home, *(p.look for p in known.places.values())]:
        if look is not None and (family := look.family or look.cms):
            families[family] += 1
    unvisited = sum(p.look is None and not p.outside for p in known.places.values())
    return Survey(
        asked=known.asked,
        home=known.home,
        hosts=tuple(known.hosts),
        kind=kind,
        kind_reason=reason,
        identity=identity,
        columns=tuple(_seen(c, known.as_of) for c in columns),
        units=tuple(units),
        families=tuple(families.most_common()),
        requests=requests,
        unvisited=unvisited,
        missing=missing,
        doubts=tuple(_doubts(known, units, unvisited)),
    )


def _doubts(known: Chart, units: list[SeenUnit], unvisited: int) -> Iterator[str]:
    """What a person should know of the whole."""
    unread = []
    for unit in units:
        root = known.places.get(page_key(unit.url))
        look = root.look if root is not None else None
        if look is not None and look.missing is not None:
            yield f"单位“{unit.name}”的目录没有读到：{look.missing.reason}"
        elif look is None:
            unread.append(unit.name)
    if unread:
        words = "、".join(unread[:5]) + ("等" if len(unread) > 5 else "")
        yield f"页数已到上限，{len(unread)} 个单位的目录没有看（{words}）"
    if unvisited:
        yield f"页数已到上限，还有 {unvisited} 个地址没有打开"


def _column_doubts(column: _Column, as_of: datetime) -> Iterator[str]:
    look = column.place.look
    if column.name_from == "box":
        yield "名称取自首页或上级页面的标题框，不在菜单中"
    if column.look is ColumnLook.TEXT:
        yield "打开是一篇文字，不是列表"
    if look is not None and look.listing is not None and look.listing.scripted:
        yield "列表由脚本填充，可能没有读全"
    late = [e.published for e in column.entries if e.published is not None]
    if late and max(late) > as_of.astimezone(SHANGHAI).date():
        yield f"有晚于今天的日期（{max(late)}）"


def _seen(column: _Column, as_of: datetime) -> SeenColumn:
    place, look = column.place, column.place.look
    shows_all = cms.shows_all(place.url)
    return SeenColumn(
        name=column.name,
        url=place.url if look is None or shows_all or look.target else look.asked,
        above=column.above,
        unit=place.unit,
        look=column.look,
        entries=column.entries,
        pages_read=1 if look is not None and column.look is ColumnLook.LIST else 0,
        total_claimed=look.listing.total_claimed if look is not None and look.listing else None,
        family=(look.family or look.cms) if look is not None else None,
        missing=column.missing,
        target=look.target if look is not None else place.url if place.outside else None,
        name_from=column.name_from,
        doubts=tuple(_column_doubts(column, as_of)),
    )


# --- columns --------------------------------------------------------------------------------------


def _columns(known: Chart, identity: Identity) -> list[_Column]:
    noise = _noise(known, identity)
    places = [p for p in known.places.values() if not p.root]
    places.sort(key=lambda p: p.order)
    places = _merged(places)
    called = {
        p.key: next(m.name for m in p.mentions if m.where <= Where.MAP)
        for p in places
        if any(m.where <= Where.MAP for m in p.mentions)
    }
    columns = [_named(place, noise, called) for place in places]
    menu_keys = {p.key for p in places if any(m.where <= Where.MAP for m in p.mentions)} | set(
        known.units
    )
    for column in columns:
        _first_look(column, menu_keys)
    listed = {page_key(e.url) for c in columns if c.look is ColumnLook.LIST for e in c.entries}
    _tell_parents(columns)
    indexes = {page_key(u.index_url) for u in known.units.values()}
    for column in columns:
        if column.look is ColumnLook.UNREAD and column.place.key in indexes:
            column.look, column.missing = ColumnLook.PARENT, None  # below it are the units
    _tell_side_lists(columns)
    kept = [c for c in columns if _is_column(c, listed)]
    return _once(kept)


def _noise(known: Chart, identity: Identity) -> set[str]:
    """Names that stand above columns without being columns: the site's, its home page's."""
    found = {key(identity.name or ""), key("首页")}
    if known.home_look is not None:
        found.add(key(known.home_look.site_name))
    found |= {key(u.name) for u in known.units.values()}
    return found - {""}


def _merged(places: list[Place]) -> list[Place]:
    """The places, each page once: two addresses that one answered are one place."""
    first: dict[str, Place] = {}
    out = []
    for place in places:
        look = place.look
        if look is None or look.target or not look.digest or cms.shows_all(place.url):
            out.append(place)
            continue
        keys = {f"url:{page_key(look.url)}", f"bytes:{look.digest}"}
        same = next((first[k] for k in keys if k in first), None)
        if same is None:
            out.append(place)
            for k in keys:
                first[k] = place
        else:
            same.mentions += place.mentions
    return out


def _named(place: Place, noise: set[str], called: dict[str, str]) -> _Column:
    """A place with its name and what stands above it."""
    look = place.look
    best = _menu_name(place, look)
    name, name_from = best
    return _Column(
        place=place,
        name=name,
        above=_above(place, look, name, noise, called),
        name_from=name_from,
        strong=any(m.where <= Where.MAP for m in place.mentions),
    )


def _menu_name(place: Place, look: Look | None) -> tuple[str, str]:
    own = column_name(look.column_name) if look is not None else ""
    trail = _own_step(place, look)
    votes: Counter[str] = Counter()
    for mention in place.mentions:
        weight = {Where.SCRIPT: 4, Where.NESTED: 3, Where.MENU: 3, Where.MAP: 2}.get(
            mention.where, 1
        )
        votes[mention.name] += weight
    for said, weight in ((own, 3), (trail, 3)):
        if said in votes:
            votes[said] += weight
    name = max(votes, key=lambda n: (votes[n], -list(votes).index(n))) if votes else place.name
    only_boxes = all(m.where >= Where.TRAIL for m in place.mentions)
    if only_boxes:
        for said, witness in ((own, "meta ColumnName"), (trail, "breadcrumb")):
            if said and may_name(said) and not is_unit(said):
                return said, witness
    where = min((m.where for m in place.mentions if m.name == name), default=Where.BOX)
    return name, {Where.SCRIPT: "tree", Where.BOX: "box"}.get(where, "menu")


def _own_step(place: Place, look: Look | None) -> str:
    """The column's own name in its page's trail; empty when the trail does not say it."""
    if look is None or not look.menus.trail:
        return ""
    steps = [s for s in look.menus.trail if not is_furniture(s[0])]
    if not steps:
        return ""
    for name, url in reversed(steps):
        if url is not None and page_key(url) in {place.key, page_key(look.url)}:
            return name
    name, url = steps[-1]
    return name if url is None else ""


def _above(
    place: Place, look: Look | None, name: str, noise: set[str], called: dict[str, str]
) -> tuple[str, ...]:
    """What stands above a column, by the best witness. ``called``: names that menus give, by the
    key of their place."""
    votes: Counter[tuple[str, ...]] = Counter()
    trail = _trail_above(place, look, name, noise, called)
    menu = next(
        (m.above for m in place.mentions if m.home and m.linked and m.where is Where.NESTED), ()
    )
    if trail is not None:
        # The home page's menu goes before a trail that contradicts it: components and shared
        # templates have trails of their own. One that only says more is believed.
        agrees = {key(step) for step in menu} <= {key(step) for step in trail}
        names = {key(said) for said in called.values()}
        known = all(key(step) in names for step in trail)
        votes[trail] += (8 if known and agrees else 5) if trail else 3
    for mention in place.mentions:
        if mention.where is Where.BOX:
            continue
        above = _tidy(mention.above, name, noise, place.unit)
        if mention.where is Where.SCRIPT:
            weight = 10
        elif above:
            weight = 6 if mention.linked else 1 if mention.home else 4
            weight *= 2 if len(above) > 1 and mention.linked else 1
        else:
            weight = 2
        votes[above] = max(votes[above], weight)
    if not votes:
        return ()
    return max(votes, key=lambda a: (votes[a], len(a)))


def _tidy(above: Iterable[str], name: str, noise: set[str], unit: str | None) -> tuple[str, ...]:
    """Without what is no column. What a trail names before the unit is not of the unit's tree."""
    out: list[str] = []
    for step in above:
        if is_unit(step) or _of_unit(step, unit):
            if unit is not None:
                out.clear()
            continue
        if key(step) in noise or is_furniture(step) or is_site(step):
            continue
        if step not in out:
            out.append(step)
    return tuple(out)


_SUFFIXES = ("政府信息公开目录", "信息公开目录", "政府信息公开", "信息公开", "公开目录")


def _of_unit(step: str, unit: str | None) -> bool:
    """Whether a heading is a unit's name, perhaps with words behind it."""
    if unit is not None and key(step).startswith(key(unit)):
        return True
    for suffix in _SUFFIXES:
        if step.endswith(suffix) and step != suffix:
            stem = step.removesuffix(suffix)
            return is_unit(stem) or (unit is not None and key(unit) in key(stem))
    return False


def _trail_above(
    place: Place, look: Look | None, name: str, noise: set[str], called: dict[str, str]
) -> tuple[str, ...] | None:
    """What the page's trail says, each step as the menu calls its address; ``None`` when it does
    not name the column."""
    if look is None:
        return None
    trail = look.menus.trail
    own = {place.key, page_key(look.url)}
    for number in range(len(trail) - 1, -1, -1):
        step, url = trail[number]
        if key(step) == key(name) or (url is not None and page_key(url) in own):
            steps = (called.get(page_key(u), n) if u else n for n, u in trail[:number])
            return _tidy(steps, name, noise, place.unit)
    return None


# --- looks ----------------------------------------------------------------------------------------


def _first_look(column: _Column, menu_keys: set[str]) -> None:
    """What a column's page shows, before others are compared with it."""
    place, look = column.place, column.place.look
    if place.outside or (look is not None and look.target):
        column.look = ColumnLook.ELSEWHERE
        return
    if look is None:
        column.look = ColumnLook.UNVISITED
        return
    entries = tuple(
        e for e in look.entries if e.published is not None or page_key(e.url) not in menu_keys
    )
    if look.kind is PageKind.HOME or len(entries) * 2 < len(look.entries):
        entries = ()
    column.entries = entries
    if entries:
        column.look = ColumnLook.LIST
    elif look.missing is not None:
        column.look, column.missing = ColumnLook.UNREAD, look.missing
    elif look.listing is not None and not look.entries:
        column.look = ColumnLook.BLANK
    elif look.form or is_form(column.name):
        column.look = ColumnLook.FORM
    elif look.text_chars >= LEAST_TEXT:
        column.look = ColumnLook.TEXT
    else:
        column.look, column.missing = ColumnLook.UNREAD, _UNKNOWN


def _tell_parents(columns: list[_Column]) -> None:
    """Which of them only show the columns below them."""
    below: dict[tuple[str | None, str], list[_Column]] = defaultdict(list)
    for column in columns:
        if column.above:
            below[column.place.unit, key(column.above[-1])].append(column)
    for column in columns:
        children = below.get((column.place.unit, key(column.name)), [])
        children = [c for c in children if c is not column]
        column.below = len(children)
        if not children or column.look in (ColumnLook.ELSEWHERE, ColumnLook.UNVISITED):
            continue
        if column.look is not ColumnLook.LIST or _shows_only(column, children):
            column.look, column.entries, column.missing = ColumnLook.PARENT, (), None


def _shows_only(column: _Column, children: list[_Column]) -> bool:
    """Whether a column's rows are only the newest of those below it."""
    look = column.place.look
    if look is None or look.listing is None:
        return True
    if look.listing.next_url is not None or look.endpoint:
        return False
    rows = {page_key(e.url) for e in column.entries}
    theirs = {page_key(e.url) for c in children for e in c.entries}
    theirs |= {c.place.key for c in children}
    if len(rows & theirs) >= 0.6 * len(rows):
        return True
    keys = {c.place.key for c in children}
    return sum(page_key(url) in keys for url in look.menus.boxes) >= 2


def _tell_side_lists(columns: list[_Column]) -> None:
    """Columns whose page shows no list of its own, but rows of others beside it (推荐, 最新)."""
    lists = [c for c in columns if c.look is ColumnLook.LIST]
    held: Counter[str] = Counter()
    for column in lists:
        held.update({page_key(e.url) for e in column.entries})
    usual = Counter(_container(c) for c in lists)
    for column in lists:
        look = column.place.look
        rows = {page_key(e.url) for e in column.entries}
        elsewhere = sum(held[row] > 1 for row in rows)
        if look is None or look.endpoint or elsewhere < 0.9 * len(rows):
            continue
        if look.endpoint_zero:
            column.entries, column.look = (), ColumnLook.BLANK
            continue
        if usual[_container(column)] > 1 or (look.listing is not None and look.listing.next_url):
            continue
        column.entries = ()
        column.look = ColumnLook.BLANK if look.empty_mark else ColumnLook.UNREAD
        column.missing = None if look.empty_mark else _UNKNOWN


def _container(column: _Column) -> str:
    look = column.place.look
    return (look.listing.container or "") if look is not None and look.listing else ""


def _is_column(column: _Column, listed: set[str]) -> bool:
    """Whether a place is a column at all."""
    if column.look is ColumnLook.ELSEWHERE:
        return column.strong
    if column.look is ColumnLook.TEXT:
        return column.strong and column.place.key not in listed and _in_own_menu(column.place)
    if column.look is ColumnLook.UNREAD and column.place.key in listed:
        return False
    return column.strong or column.look in (
        ColumnLook.LIST,
        ColumnLook.BLANK,
        ColumnLook.PARENT,
        ColumnLook.UNVISITED,
    )


def _in_own_menu(place: Place) -> bool:
    """Whether the menu that names a place is the site's, or stands on the place's own page as well:
    a text that only another page lists is an entry of that page."""
    own = {place.key, page_key(place.look.url)} if place.look is not None else {place.key}
    return any(
        m.where <= Where.MAP and (m.home or m.page in own or m.where is Where.SCRIPT)
        for m in place.mentions
    )


def _once(columns: list[_Column]) -> list[_Column]:
    """No column twice: of one name in one place with the same rows, the first."""
    out: list[_Column] = []
    seen: dict[tuple[str | None, tuple[str, ...], str], _Column] = {}
    lost = (ColumnLook.UNREAD, ColumnLook.UNVISITED)
    read = {c.identity for c in columns if c.look not in lost}
    for column in columns:
        if column.look in lost and column.identity in read:
            continue  # another address of a column that was read
        known = seen.get(column.identity)
        if known is not None and _same(known, column):
            continue
        seen.setdefault(column.identity, column)
        out.append(column)
    return out


def _same(one: _Column, other: _Column) -> bool:
    if cms.shows_all(one.place.url):
        return True
    mine, theirs = {e.url for e in one.entries}, {e.url for e in other.entries}
    if not mine or not theirs:
        return mine == theirs and one.look is other.look and one.look is not ColumnLook.UNVISITED
    return len(mine & theirs) * 2 >= min(len(mine), len(theirs))


# --- units and the site's kind --------------------------------------------------------------------


def _units(known: Chart, columns: list[_Column]) -> list[SeenUnit]:
    """The units that have a tree of their own, and those beside them that were not looked at."""
    with_tree = {c.place.unit for c in columns if c.place.unit is not None}
    indexes = {u.index_url for u in known.units.values() if u.name in with_tree}
    out = []
    for unit in known.units.values():
        root = known.places.get(unit.key)
        looked = root is not None and root.look is not None and root.look.missing is None
        if unit.name in with_tree or (unit.index_url in indexes and not looked):
            out.append(
                SeenUnit(
                    name=unit.name,
                    url=unit.url,
                    index_url=unit.index_url,
                    heading=unit.heading,
                )
            )
    return out


def _kind(known: Chart, identity: Identity, units: list[SeenUnit]) -> tuple[SiteKind, str]:
    home = known.home_look
    words = f"{identity.name or ''} {home.page_title if home is not None else ''}"
    named = next((w for w in _PLATFORM_WORDS if w in words), None)
    on_home = sum(host_key(u.index_url) != "" and u.index_url == known.home for u in units)
    if named and units:
        return SiteKind.PLATFORM, f"名称里有“{named}”，并列出了 {len(units)} 个单位的公开目录"
    own = sum(
        p.unit is None and not p.root and any(m.home for m in p.mentions)
        for p in known.places.values()
    )
    if on_home >= PLATFORM_UNITS and on_home > own:
        return SiteKind.PLATFORM, f"首页列出了 {on_home} 个单位的公开目录，多于网站自己的栏目"
    if units:
        return SiteKind.PORTAL, f"以自己的栏目为主，另有 {len(units)} 个单位的公开目录"
    return SiteKind.PORTAL, "以自己的栏目为主，没有发现单位公开目录"
