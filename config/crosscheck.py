"""What no single field can tell: references, doubles, politeness, and what should be looked after.

Works on what could be read, so that one mistake does not hide another. Errors make a configuration
unusable; warnings do not.
"""

from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from config.problems import Loc, echo, nearest
from config.schema import Catalogue, City, ColumnSpec, Site, Unit, UnitGroup

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Placed:
    """A value with the file it came from (by name) and its way in that file."""

    value: Any
    file: str
    loc: Loc


@dataclass(slots=True)
class Parts:
    """What could be read of a configuration, each with its place."""

    city: City | None = None
    categories: list[Placed] = field(default_factory=list)
    catalogues: list[Placed] = field(default_factory=list)
    sites: list[Placed] = field(default_factory=list)
    """Sites as they stand in sites.yaml; ``columns`` may be in ``site_columns``."""
    units: list[Placed] = field(default_factory=list)
    site_columns: list[Placed] = field(default_factory=list)
    """``(site id, column)`` pairs of columns.yaml."""
    required_counts: dict[UnitGroup, int] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=dict)
    """Ids of each kind, those of entries with mistakes included; a kind that could not be read at
    all is not there, and what refers to it is not judged."""


Complain = Callable[[str, Loc, str, str], None]
"""``complain(file, loc, reason, remedy)``."""


def is_loopback(host: str) -> bool:
    """Is it this very machine, so that no politeness is owed?"""
    host = host.strip("[]").lower()
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def site_hosts(site: Site) -> list[str]:
    """``host`` or ``host:port`` of everything that counts as the site."""
    return [urlsplit(str(site.url)).netloc, *site.hosts]


def _bare(host: str) -> str:
    return urlsplit(f"//{host}").hostname or host


def name_key(name: str) -> str:
    """A name as it is compared: full width, case and blanks do not count."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def check(parts: Parts, complain: Complain) -> None:
    """Complain of everything that makes the whole unusable."""
    _unique(parts.categories, "类别", lambda c: c.id, complain)
    _unique(parts.catalogues, "公开目录", lambda c: c.id, complain)
    _unique(parts.sites, "站点", lambda s: s.id, complain)
    _unique(parts.units, "单位", lambda u: u.id, complain)
    for placed in parts.catalogues:
        catalogue: Catalogue = placed.value
        columns = [
            Placed(c, placed.file, (*placed.loc, "columns", i))
            for i, c in enumerate(catalogue.columns)
        ]
        _columns(columns, f"公开目录“{catalogue.title}”", parts, complain)
    by_site: dict[str, list[Placed]] = {}
    for placed in parts.site_columns:
        site_id, column = placed.value
        by_site.setdefault(site_id, []).append(Placed(column, placed.file, placed.loc))
    for placed in parts.sites:
        site: Site = placed.value
        own = [
            Placed(c, placed.file, (*placed.loc, "columns", i)) for i, c in enumerate(site.columns)
        ]
        listed = by_site.get(site.id, [])
        if own and listed:
            complain(
                placed.file,
                (*placed.loc, "columns"),
                f"站点“{site.name}”的 columns 与 columns.yaml 的 site_columns 重复",
                "请只在一处写本站栏目",
            )
        _columns(own or listed, f"站点“{site.name}”", parts, complain)
        _site(site, placed, {p.value.slug for p in own or listed}, parts, complain)
    _approvals(parts, complain)
    for site_id, columns in by_site.items():
        if site_id not in parts.known.get("site", {site_id}):
            _unknown(
                columns[0],
                f"site_columns 的站点“{echo(site_id)}”",
                site_id,
                "site",
                parts,
                complain,
                -1,
            )
    for placed in parts.units:
        _unit(placed.value, placed, parts, complain)
    _same_names(parts.units, complain)
    _addresses(parts, complain)
    _polite(parts, complain)


def _unique(
    placed: Sequence[Placed], kind: str, key: Callable[[Any], str], complain: Complain
) -> None:
    seen: dict[str, Placed] = {}
    for item in placed:
        value = key(item.value)
        if value in seen:
            first = getattr(seen[value].value, "short", None) or getattr(
                seen[value].value, "name", getattr(seen[value].value, "title", "")
            )
            complain(
                item.file,
                (*item.loc, "id"),
                f"{kind}的 id “{value}”与前面的“{first}”重复",
                "请换一个没有用过的 id",
            )
        seen.setdefault(value, item)


_KINDS = {"category": "类别", "catalogue": "公开目录", "unit": "单位", "site": "站点"}


def _unknown(
    placed: Placed,
    what: str,
    wanted: str,
    kind: str,
    parts: Parts,
    complain: Complain,
    up: int | None = None,
) -> None:
    known = parts.known[kind]
    guess = nearest(wanted, sorted(known))
    have = [echo(k) for k in sorted(known)]
    remedy = (
        f"是不是 {echo(guess)}？请改正"
        if guess
        else f"已有的{_KINDS[kind]}：" + "、".join(have[:12])
    )
    if not guess and len(have) > 12:
        remedy += f" 等 {len(have)} 个"
    if not have:
        remedy = f"请先写上这个{_KINDS[kind]}"
    complain(placed.file, placed.loc[:up], f"{what}不存在", remedy)


def _reference(
    placed: Placed,
    subject: str,
    name: str,
    wanted: str | None,
    kind: str,
    parts: Parts,
    complain: Complain,
) -> None:
    if wanted is not None and wanted not in parts.known.get(kind, {wanted}):
        at = Placed(placed.value, placed.file, (*placed.loc, name))
        _unknown(
            at, f"{subject}的 {name} 写的{_KINDS[kind]}“{wanted}”", wanted, kind, parts, complain
        )


def _approvals(parts: Parts, complain: Complain) -> None:
    known = parts.known.get("unit")
    if parts.city is None or known is None:
        return
    for index, approval in enumerate(parts.city.budgets.approved):
        for unit_id in approval.units:
            if unit_id not in known:
                guess = nearest(unit_id, sorted(known))
                complain(
                    "city.yaml",
                    ("budgets", "approved", index, "units"),
                    f"budgets 里的单位“{echo(unit_id)}”不存在",
                    f"是不是 {guess}？请改正" if guess else "请写上 units.yaml 里单位的 id",
                )


def _columns(columns: Sequence[Placed], owner: str, parts: Parts, complain: Complain) -> None:
    slugs: set[str] = set()
    names: dict[tuple[str, str], int] = {}
    for number, placed in enumerate(columns):
        column: ColumnSpec = placed.value
        subject = f"{owner}栏目“{column.name}”"
        if column.slug in slugs:
            complain(
                placed.file,
                (*placed.loc, "slug"),
                f"{subject}的 slug “{column.slug}”与前面的栏目重复",
                "请换一个本目录里没有用过的 slug",
            )
        slugs.add(column.slug)
        for name in (column.name, *column.variants):
            first = names.setdefault((column.group or "", name_key(name)), number)
            if first != number:
                complain(
                    placed.file,
                    (*placed.loc, "name"),
                    f"{subject}与前面的栏目“{columns[first].value.name}”都认“{name}”这个名称，分不清是哪一个",
                    "请改名，或删去其中一个变体",
                )
                break
        _reference(placed, subject, "category", column.category, "category", parts, complain)
        _reference(placed, subject, "unit", column.unit, "unit", parts, complain)


def _site(site: Site, placed: Placed, slugs: set[str], parts: Parts, complain: Complain) -> None:
    subject = f"站点“{site.name}”"
    _reference(placed, subject, "operator", site.operator, "unit", parts, complain)
    read = "category" in parts.known  # else columns.yaml could not be read
    if read and site.budget_column is not None and site.budget_column not in slugs:
        guess = nearest(site.budget_column, sorted(slugs))
        complain(
            placed.file,
            (*placed.loc, "budget_column"),
            f"{subject}的 budget_column “{site.budget_column}”不是本站栏目的 slug",
            f"是不是 {guess}？请改正" if guess else "请写上部门预决算专栏的 slug",
        )


def _unit(unit: Unit, placed: Placed, parts: Parts, complain: Complain) -> None:
    subject = f"单位“{unit.short}”"
    _reference(placed, subject, "catalogue", unit.catalogue, "catalogue", parts, complain)
    _reference(placed, subject, "responsible", unit.responsible, "unit", parts, complain)
    for successor in unit.successors:
        _reference(placed, subject, "successors", successor, "unit", parts, complain)
    for catalogue in (p.value for p in parts.catalogues if p.value.id == unit.catalogue):
        slugs = [c.slug for c in catalogue.columns]
        for slug in unit.addresses:
            if slug not in slugs:
                guess = nearest(slug, slugs)
                complain(
                    placed.file,
                    (*placed.loc, "addresses"),
                    f"{subject}的 addresses 里的“{slug}”不是目录“{catalogue.title}”栏目的 slug",
                    f"是不是 {guess}？请改正" if guess else "请改正或删去这一行",
                )
    if unit.id in unit.successors:
        complain(
            placed.file, (*placed.loc, "successors"), f"{subject}把自己写成了继任单位", "请改正"
        )
    if unit.group is UnitGroup.CITY and unit.responsible is None:
        complain(
            placed.file,
            placed.loc,
            f"{subject}是市本级，却没有写 responsible（责任单位）",
            "请写上 responsible（责任单位）的 id",
        )


def _overlap(one: Unit, other: Unit) -> bool:
    """Are both valid on some day?"""
    return not (
        (one.valid_to and other.valid_from and one.valid_to < other.valid_from)
        or (other.valid_to and one.valid_from and other.valid_to < one.valid_from)
    )


def _same_names(units: Sequence[Placed], complain: Complain) -> None:
    seen: dict[str, list[Unit]] = {}
    for placed in units:
        unit: Unit = placed.value
        told = False
        for name in dict.fromkeys(name_key(n) for n in (unit.name, unit.short)):
            for other in seen.setdefault(name, []):
                if other.id != unit.id and _overlap(unit, other) and not told:
                    told = True
                    complain(
                        placed.file,
                        (*placed.loc, "short" if name == name_key(unit.short) else "name"),
                        f"单位“{unit.short}”与单位“{other.short}”（id: {other.id}）同时有效而名称相同",
                        "请改正名称，或用 valid_from、valid_to 写明各自的有效期",
                    )
            seen[name].append(unit)


def _addresses(parts: Parts, complain: Complain) -> None:
    """Traffic goes only to the sites: an address elsewhere could never be read."""
    if not parts.sites:
        return
    allowed = {h for placed in parts.sites for h in site_hosts(placed.value)}

    def outside(url: object) -> bool:
        parsed = urlsplit(str(url))
        port = parsed.port or (443 if parsed.scheme == "https" else 80)
        host = parsed.netloc
        return not ({host, parsed.hostname or "", f"{_bracket(parsed.hostname)}:{port}"} & allowed)

    for placed, name, url in _urls(parts):
        if outside(url):
            complain(
                placed.file,
                (*placed.loc, name),
                f"{name} 的地址 {url} 不在任何站点的主机之内，检测时不会访问",
                "请核对地址；确属本站的，请把主机名加进 sites.yaml 该站的 hosts",
            )


def _bracket(host: str | None) -> str:
    return f"[{host}]" if host and ":" in host else host or ""


def _urls(parts: Parts) -> Iterator[tuple[Placed, str, object]]:
    for placed in parts.units:
        if placed.value.root is not None:
            yield placed, "root", placed.value.root
        for address in placed.value.addresses.values():
            yield placed, "addresses", address
    for placed in parts.sites:
        if placed.value.unit_index is not None:
            yield placed, "unit_index", placed.value.unit_index
        for i, column in enumerate(placed.value.columns):
            if column.url is not None:
                yield Placed(column, placed.file, (*placed.loc, "columns", i)), "url", column.url
    for placed in parts.site_columns:
        if placed.value[1].url is not None:
            yield placed, "url", placed.value[1].url
    for placed in parts.catalogues:
        for i, column in enumerate(placed.value.columns):
            if column.url is not None:
                yield Placed(column, placed.file, (*placed.loc, "columns", i)), "url", column.url


def _polite(parts: Parts, complain: Complain) -> None:
    """Haste and deafness to robots.txt are for our own machine alone."""
    away = [
        (placed.value, _bare(h))
        for placed in parts.sites
        for h in site_hosts(placed.value)
        if not is_loopback(_bare(h))
    ]
    if not away:
        return
    site, host = away[0]
    because = f"只有全部站点都在本机回环地址时才可以，而站点“{site.name}”的主机是 {host}"
    places: list[tuple[str, Loc, Any]] = []
    if parts.city is not None:
        places.append(("city.yaml", ("rate",), parts.city.rate))
        if parts.city.crawl_window is None:
            complain(
                "city.yaml",
                ("crawl_window",),
                f"crawl_window 写成了 null（不限时段），{because}",
                '请写上允许检测的时段，如 ["22:00", "06:00"]',
            )
    places += [(p.file, (*p.loc, "rate"), p.value.rate) for p in parts.sites if p.value.rate]
    for file, loc, rate in places:
        if not rate.robots:
            complain(
                file,
                (*loc, "robots"),
                f"robots 写成了 false（不遵守 robots.txt），{because}",
                "请改成 true 或删去这一行",
            )
        if rate.interval_seconds == 0:
            complain(
                file,
                (*loc, "interval_seconds"),
                f"interval_seconds 写成了 0（不间隔），{because}",
                "请改成 2 秒或更长",
            )


def warnings(parts: Parts) -> Iterator[tuple[str, Loc, str]]:
    """What does not stop the work: ``(file, loc, text)``."""
    yield from _shared_aliases(parts.units)
    for group, wanted in parts.required_counts.items():
        listed = [p.value for p in parts.units if p.value.group is group]
        sure = sum(u.confirmed for u in listed)
        if len(listed) != wanted or sure != wanted:
            yield (
                "units.yaml",
                ("required_counts", group.value),
                f"{group.label}应有 {wanted} 个，名单列出 {len(listed)} 个，其中已核对 {sure} 个，"
                "请向市政府办核对名单",
            )
    for placed in parts.sites:
        if not placed.value.enabled:
            note = f"：{placed.value.note}" if placed.value.note else ""
            yield placed.file, (*placed.loc, "enabled"), f"站点“{placed.value.name}”暂不检测{note}"
    real = any(not is_loopback(_bare(h)) for p in parts.sites for h in site_hosts(p.value))
    if real and parts.city is not None and "not-set" in parts.city.user_agent:
        yield "city.yaml", ("user_agent",), "user_agent 没有写联系方式，请写上检查单位的电话或邮箱"


def _shared_aliases(units: Iterable[Placed]) -> Iterator[tuple[str, Loc, str]]:
    holders: dict[str, list[tuple[Unit, bool]]] = {}
    for placed in units:
        unit: Unit = placed.value
        own = {name_key(unit.name), name_key(unit.short)}
        names = dict.fromkeys([unit.name, unit.short, *unit.aliases])
        told: set[str] = set()
        for name in names:
            key = name_key(name)
            if key in told:
                continue
            told.add(key)
            is_alias = key not in own
            for other, other_alias in holders.setdefault(key, []):
                if other.id != unit.id and (is_alias or other_alias) and _overlap(unit, other):
                    yield (
                        placed.file,
                        (*placed.loc, "aliases" if is_alias else "short"),
                        f"单位“{unit.short}”与“{other.short}”都用“{name}”这个名称，"
                        "署名是它的信息将不归属任何单位",
                    )
            holders[key].append((unit, is_alias))
