"""Drafting: what exploring found, turned into a configuration that a person reviews.

Pure. Everything that is not certain stands in the notes, which become comments above the entry in
the files. Nothing is invented: a unit is unconfirmed until the office has checked it, a column that
could not be read says so.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from pydantic import HttpUrl

from checks.facts import DateState, Entry
from config import wordlists
from config.crosscheck import is_loopback, name_key
from config.schema import (
    Cadence,
    Catalogue,
    Category,
    City,
    ColumnSpec,
    Rate,
    Site,
    SiteKind,
    UnitGroup,
)
from crawler.survey import ColumnLook, SeenColumn, Survey
from services.classifying import (
    FALLBACK,
    city_in,
    classify,
    clean,
)
from services.draft_parts import (
    MAX_SLUG,
    Draft,
    DraftCatalogue,
    DraftColumn,
    DraftSite,
    Slugs,
    line,
    slug_of,
)
from services.draft_units import Units

LEAST_UNITS = 3
"""Units with columns of their own from which on a portal's unit pages are a platform."""
COMMON = 0.6
"""Share of a group's explored units from which on a column is expected of all of them."""
_KEPT = frozenset(
    {ColumnLook.LIST, ColumnLook.BLANK, ColumnLook.TEXT, ColumnLook.ELSEWHERE, ColumnLook.UNREAD}
)
_UNCLASSIFIED = Category(
    id=FALLBACK,
    title="待归类",
    cadence=Cadence(),
    basis="没有看出类别，暂按长期公开处理，不查更新；请改成上面的类别之一",
    unconfirmed=True,
)


def draft(surveys: Sequence[Survey], *, city_name: str | None = None, contact: str = "") -> Draft:
    """The configuration of the explored sites. ``city_name``: as the clerk gave it (瑞昌市);
    ``contact``: how the sites' operators can reach us, for the User-Agent."""
    name = line(city_name or _city_of(surveys))
    local = all(is_loopback(urlsplit(s.home).hostname or "") for s in surveys)
    units = Units(name)
    operators = [units.operator(s) for s in surveys]
    for survey in surveys:
        for seen in survey.units:
            units.add(seen)
    sites: list[DraftSite] = []
    catalogues: list[DraftCatalogue] = []
    ids = Slugs()
    for survey, operator in zip(surveys, operators, strict=True):
        own, of_units = _split(survey)
        platform = survey.kind is SiteKind.PLATFORM
        sites.append(_site(survey, operator, own, units, ids, platform=platform))
        if not of_units:
            continue
        catalogues += _catalogues(survey, of_units, units, catalogues)
        columns = tuple(
            _column(c, c.name, "", units.id_of(c.unit), units) for c in of_units if c.look in _KEPT
        )
        if platform:
            sites[-1] = replace(sites[-1], unit_columns=columns)
        else:
            sites.append(_platform_of(survey, operator, columns, ids))
    used = {c.category for d in catalogues for c in d.catalogue.columns}
    used |= {c.spec.category for s in sites for c in s.columns}
    categories = wordlists.categories() + ((_UNCLASSIFIED,) if FALLBACK in used else ())
    return Draft(
        city=_city(name, surveys, local=local, contact=contact),
        categories=categories,
        catalogues=tuple(catalogues),
        sites=tuple(sites),
        units=units.all(catalogues),
    )


# --- the city -------------------------------------------------------------------------------------


def _city_of(surveys: Sequence[Survey]) -> str:
    """The place whose sites these are; its site's name where no government is named."""
    for survey in surveys:
        identity = survey.identity
        found = city_in(identity.operator, identity.name)
        if found is not None:
            return found
    first = surveys[0]
    return (first.identity.name or urlsplit(first.home).hostname or "某市")[:40]


def _city(name: str, surveys: Sequence[Survey], *, local: bool, contact: str) -> City:
    host = (urlsplit(surveys[0].home).hostname or "site").removeprefix("www.")
    slug = slug_of(re.sub(r"[市县区]$", "", name)) or re.sub(r"[^a-z0-9]+", "-", host).strip("-")
    office = f"{name}人民政府办公室" if re.search(r"[省市县区旗州盟]$", name) else name
    rate = (
        Rate(interval_seconds=0, concurrency=8, timeout_seconds=10, retry_after_seconds=1)
        if local
        else Rate()
    )
    return City(
        id=slug[:MAX_SLUG] or "site",
        name=name,
        office=office,
        user_agent=f"xunjian/0.1 (+{name}政府网站检查; contact: {contact or 'not-set'})",
        rate=rate,
        crawl_window=None if local else ("22:00", "06:00"),
    )


# --- sites and columns ----------------------------------------------------------------------------


def _split(survey: Survey) -> tuple[list[SeenColumn], list[SeenColumn]]:
    """A site's own columns, and those of units where there are enough of these."""
    of_units = [c for c in survey.columns if c.unit is not None]
    enough = survey.kind is SiteKind.PLATFORM or len({c.unit for c in of_units}) >= LEAST_UNITS
    if not enough or not survey.units:
        return list(survey.columns), []
    return [c for c in survey.columns if c.unit is None], of_units


def _site(
    survey: Survey,
    operator: str,
    own: Sequence[SeenColumn],
    units: Units,
    ids: Slugs,
    *,
    platform: bool,
) -> DraftSite:
    slugs = Slugs()
    columns: list[DraftColumn] = []
    for seen, others in _distinct(own):
        name = line(seen.name)
        slug = slugs.of(seen.name, f"lanmu-{len(columns) + 1:02d}")
        column = _column(seen, name, slug, units.id_of(seen.unit), units)
        if not _is_own(seen.url, survey):
            # What leads to another site is found by its name in the menu, and never asked.
            column = replace(column, spec=column.spec.model_copy(update={"url": None}))
        if others:
            more = "、".join(c.url[:100] for c in others[:3])
            note = f"同名栏目另见 {len(others)} 处：{more}"
            column = replace(column, notes=(*column.notes, note))
        columns.append(column)
    identity = survey.identity
    site = Site(
        id=ids.of("", "platform" if platform else "portal"),
        name=line(identity.name or urlsplit(survey.home).hostname or "网站"),
        kind=survey.kind,
        url=HttpUrl(survey.home),
        hosts=survey.hosts,
        operator=operator,
        unit_index=_index_of(survey) if platform else None,
        columns=tuple(c.spec for c in columns),
        budget_column=_budget_column(columns),
        site_code=line(identity.site_code) if identity.site_code else None,
        allow_private=is_loopback(urlsplit(survey.home).hostname or ""),
    )
    notes = [f"站点种类：{survey.kind_reason}"] if survey.kind_reason else []
    if identity.operator is None:
        notes.append("页面上没有找到主办单位，operator 是推断的，请核对")
    if identity.site_code is None:
        notes.append("页面上没有找到政府网站标识码（meta SiteIDCode）")
    notes += survey.doubts
    left_out = tuple(c for c in own if c.look not in _KEPT)
    return DraftSite(
        site=site, survey=survey, columns=tuple(columns), left_out=left_out, notes=tuple(notes)
    )


_BEST = (
    ColumnLook.LIST,
    ColumnLook.TEXT,
    ColumnLook.BLANK,
    ColumnLook.ELSEWHERE,
    ColumnLook.UNREAD,
)


def _distinct(columns: Sequence[SeenColumn]) -> list[tuple[SeenColumn, list[SeenColumn]]]:
    """Each column once, with its further addresses: the same name under the same heading is one
    column, also where trees link it in several ways. The address that showed most is kept."""
    found: dict[tuple[str, str], list[SeenColumn]] = {}
    for seen in columns:
        if seen.look in _KEPT:
            key = (line(seen.above[-1]) if seen.above else "", name_key(line(seen.name)))
            found.setdefault(key, []).append(seen)
    distinct = []
    for held in found.values():
        best = min(held, key=lambda c: _BEST.index(c.look))
        distinct.append((best, [c for c in held if c is not best and c.url != best.url]))
    return distinct


def _is_own(url: str, survey: Survey) -> bool:
    """Whether an address lies on one of the site's own hosts, as the configuration names them."""
    return urlsplit(url).netloc in {urlsplit(survey.home).netloc, *survey.hosts}


def _index_of(survey: Survey) -> HttpUrl | None:
    """The page that lists the units, where it is not the home page itself."""
    if not survey.units:
        return None
    counts = Counter(u.index_url for u in survey.units)
    most = counts.most_common(1)[0][0]
    return HttpUrl(most) if most != survey.home else None


def _platform_of(
    survey: Survey, operator: str, columns: tuple[DraftColumn, ...], ids: Slugs
) -> DraftSite:
    """The disclosure pages of units that stand on a portal, as a site of their own."""
    index = _index_of(survey) or HttpUrl(survey.home)
    site = Site(
        id=ids.of("", "platform"),
        name=line(f"{survey.identity.name or '门户'}信息公开"),
        kind=SiteKind.PLATFORM,
        url=index,
        hosts=survey.hosts,
        operator=operator,
        site_code=survey.identity.site_code,
        allow_private=is_loopback(urlsplit(survey.home).hostname or ""),
    )
    notes = ("单位的信息公开栏目在门户里，这里单列为公开平台",)
    return DraftSite(site=site, survey=survey, unit_columns=columns, notes=notes)


def _budget_column(columns: Iterable[DraftColumn]) -> str | None:
    """The column that holds all departments' budgets, where there is one."""
    found = [
        c.spec.slug
        for c in columns
        if c.spec.category == "yujuesuan" and clean(c.spec.name).startswith("部门")
    ]
    return found[0] if len(found) == 1 else None


def _column(
    seen: SeenColumn,
    name: str,
    slug: str,
    unit: str | None,
    units: Units,
    kin: Sequence[Entry] = (),
) -> DraftColumn:
    """``kin``: entries of the same column of other units."""
    text = seen.look is ColumnLook.TEXT
    found = classify(seen.name, seen.above, seen.entries, kin=kin, text=text)
    doubts = []
    if not found.sure:
        doubts.append(f"类别按{found.by}推断，请核对")
    if unit is None:
        named = next(
            (n for n in (units.named_in(part) for part in (seen.name, *reversed(seen.above))) if n),
            None,
        )
        if named is not None:
            unit = named[0]
            if not named[1]:
                doubts.append("责任单位从栏目名称推断，请核对")
    doubts += _state_notes(seen)
    notes = [*doubts, found.cadence_note] if found.cadence_note else doubts
    spec = ColumnSpec(
        slug=slug or "x",
        name=line(name),
        group=line(seen.above[-1]) if seen.above else None,
        category=found.category,
        cadence=found.cadence,
        url=HttpUrl(seen.url),
        unit=unit,
    )
    return DraftColumn(
        spec=spec,
        seen=seen,
        classified=found,
        unit=unit,
        notes=tuple(notes),
        doubtful=bool(doubts),
    )


def _state_notes(seen: SeenColumn) -> list[str]:
    notes = list(seen.doubts)
    if seen.look is ColumnLook.UNREAD:
        notes.append(f"没有读懂：{seen.missing.reason if seen.missing else '原因不明'}")
    elif seen.look is ColumnLook.BLANK:
        notes.append("起草时是空白栏目")
    elif seen.look is ColumnLook.ELSEWHERE:
        notes.append(f"指向外站：{(seen.target or '')[:150]}")
    elif seen.entries and not any(e.date_state is DateState.READ for e in seen.entries):
        notes.append("列表中没有读到日期")
    return notes


# --- catalogues -----------------------------------------------------------------------------------

_Key = tuple[str, str]
"""Name and name above of a column, cleaned: what makes columns of several units the same one."""


def _catalogues(
    survey: Survey,
    of_units: Sequence[SeenColumn],
    units: Units,
    before: Sequence[DraftCatalogue],
) -> list[DraftCatalogue]:
    """The catalogues that the units' trees follow: what most of a group show, and what is a unit's
    own. Units with equal trees share one."""
    trees: dict[str, dict[_Key, SeenColumn]] = {}
    for column in of_units:
        unit_id = units.id_of(column.unit)
        if unit_id is not None and (column.look in _KEPT or column.look is ColumnLook.UNVISITED):
            trees.setdefault(unit_id, {}).setdefault(_key(column, units.group(unit_id)), column)
    groups: dict[UnitGroup, list[str]] = defaultdict(list)
    for seen in survey.units:
        unit_id = units.id_of(seen.name)
        if unit_id is not None and unit_id not in groups[units.group(unit_id)]:
            groups[units.group(unit_id)].append(unit_id)
    slugs = Slugs({d.catalogue.id for d in before})
    made: dict[tuple[_Key, ...], DraftCatalogue] = {}
    for group, members in groups.items():
        explored = [u for u in members if u in trees]
        common = _common([trees[u] for u in explored])
        shown: dict[_Key, list[Entry]] = defaultdict(list)
        for key, column in (pair for u in explored for pair in trees[u].items()):
            shown[key] += column.entries
        for unit_id in members:
            wanted = dict(common)
            wanted.update({k: v for k, v in trees.get(unit_id, {}).items() if k not in wanted})
            if not wanted:
                continue
            keys = tuple(wanted)
            if keys not in made:
                made[keys] = _catalogue(group, wanted, shown, slugs, units)
            chosen = made[keys]
            units.catalogues[unit_id] = chosen.catalogue.id
            by_key = dict(zip(keys, chosen.catalogue.columns, strict=True))
            for key, column in trees.get(unit_id, {}).items():
                units.doubts[unit_id] += [f"{column.name}：{n}" for n in _state_notes(column)]
                if _is_own(column.url, survey):
                    units.addresses[unit_id][by_key[key].slug] = column.url
    return list(made.values())


def _key(column: SeenColumn, group: UnitGroup) -> _Key:
    """Names that the built-in catalogues take for one another are one (单位简介, 部门介绍)."""
    name = clean(column.name)
    one = wordlists.one_name(group, name)
    return one, clean(column.above[-1]) if column.above else ""


def _common(trees: Sequence[Mapping[_Key, SeenColumn]]) -> dict[_Key, SeenColumn]:
    """What most of the trees show, in the order of the fullest."""
    counts = Counter(key for tree in trees for key in tree)
    least = max(1.0, COMMON * len(trees))
    samples = {key: column for tree in trees for key, column in tree.items()}
    fullest: list[_Key] = list(max(trees, key=lambda tree: sum(1 for _ in tree))) if trees else []
    order = dict.fromkeys([*fullest, *counts])
    return {key: samples[key] for key in order if counts[key] >= least}


def _catalogue(
    group: UnitGroup,
    wanted: Mapping[_Key, SeenColumn],
    shown: Mapping[_Key, Sequence[Entry]],
    slugs: Slugs,
    units: Units,
) -> DraftCatalogue:
    own = Slugs()
    specs, notes = [], []
    names = {clean(c.name) for c in wanted.values()}
    for at, seen in wanted.items():
        kin = [e for e in shown.get(at, ()) if e not in seen.entries]
        column = _column(seen, seen.name, own.of(seen.name, "lanmu"), None, units, kin)
        variants = tuple(v for v in wordlists.variants(group, clean(seen.name)) if v not in names)
        names.update((column.spec.name, *variants))
        specs.append(
            column.spec.model_copy(update={"url": None, "unit": None, "variants": variants})
        )
        notes.append(
            tuple(n for n in column.notes if n not in _state_notes(seen) and "责任单位" not in n)
        )
    catalogue = Catalogue(
        id=slugs.of("", group.value), title=f"{group.label}目录", columns=tuple(specs)
    )
    return DraftCatalogue(catalogue=catalogue, notes=tuple(notes))
