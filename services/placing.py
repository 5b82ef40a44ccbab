"""Where another inspector's row belongs: unit, site, column and page, exactly or not at all."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from checks.attribution import Names, normalise
from checks.inspected import SheetRow
from config.schema import Config, ExpectedColumn, Site, SiteKind, Unit
from crawler.urls import canonical, host, same_site, twin
from storage.inspections import KnownAddress

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s，。；、“”《》（）\u3000]+", re.I)
_STEPS = re.compile(r"\s*(?:→|—>|->|=>|>+|＞|／|/|»|›|－|—+|-)\s*")
_AFTER = re.compile(r"(?:栏目|专栏|栏)$")


def address_in(text: str) -> str | None:
    """The first address in a text, in canonical spelling; ``None``: there is none."""
    found = _ADDRESS.search(unicodedata.normalize("NFKC", text))
    if found is None:
        return None
    url = found[0].rstrip(".,;:!?）)]}\"'")
    return canonical(url if "://" in url else f"http://{url}")


def spellings(url: str) -> tuple[str, ...]:
    """An address with either scheme, with and without ``www.``"""
    rest = twin(url)
    return tuple(f"{scheme}://{www}{rest}" for scheme in ("http", "https") for www in ("", "www."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a row belongs."""

    unit: Unit | None = None
    site: Site | None = None
    column: ExpectedColumn | None = None
    page: KnownAddress | None = None
    url: str | None = None
    problem: str = ""
    """Why its unit cannot be told, in Chinese."""


class Places:
    """Looks rows up in a configuration and in what scans have met."""

    def __init__(
        self,
        config: Config,
        pages: Mapping[str, KnownAddress],
        columns: Mapping[str, str],
    ) -> None:
        """``pages``: known pages by canonical address; ``columns``: keys by address."""
        self._config = config
        self._names = Names.of(config)
        self._units = {u.id: u for u in config.units}
        self._pages = pages
        self._column_urls = {twin(url): key for url, key in columns.items()}
        self._expected: dict[date, dict[str, ExpectedColumn]] = {}
        self._by_name: dict[date, dict[str, list[ExpectedColumn]]] = {}

    def place(self, row: SheetRow, day: date) -> Place:
        """Where a row belongs on ``day``. A unit cell decides; a row without one is placed by its
        address or by a column that only one unit has."""
        url = address_in(row.url) or address_in(row.description)
        page = self._page(url)
        site = self._site_at(url) or self._site_named(row.site)
        if page is not None and site is None:
            site = next((s for s in self._config.sites if s.id == page.site_id), None)
        unit_text = row.unit
        unit: Unit | None = None
        if not unit_text and row.site and self._site_named(row.site) is None:
            unit_text = row.site  # a platform's pages are often called by their unit
        if unit_text:
            found = self._names.attribute(unit_text, day)
            if found.unit_id is None:
                problem = self._why(unit_text, found.matches, day)
                if row.unit or not (url or row.column):
                    return Place(url=url, site=site, problem=problem)
            else:
                unit = self._units[found.unit_id]
        column = self._column(row.column, unit, site, url, day)
        if unit is None:
            if column is not None:
                unit = self._units.get(column.unit_id)
            elif page is not None and page.unit_id is not None:
                unit = self._units.get(page.unit_id)
                if unit is not None and not unit.valid_on(day):
                    unit = None
        if unit is None:
            said = "单位空着，按网址和栏目也认不出是哪个单位"
            return Place(url=url, site=site, page=page, problem=f"{said}：请写上单位名称")
        if column is None and page is not None and page.column_key:
            column = self._columns(day).get(page.column_key)
        if column is not None:
            site = self._config.site(column.site_id)
        return Place(unit=unit, site=site or self._home(unit), column=column, page=page, url=url)

    def _why(self, text: str, matches: tuple[str, ...], day: date) -> str:
        if len(matches) > 1:
            names = "、".join(self._units[m].short for m in matches)
            return f"“{text[:40]}”在 {day} 可以是 {names}：请写全称"
        wanted = normalise(text)
        other = [
            u
            for u in self._config.units
            if not u.valid_on(day)
            and wanted in {normalise(n) for n in (u.name, u.short, *u.aliases)}
        ]
        if other:
            return f"“{text[:40]}”在 {day} 不是有效的单位：请写当日的单位名称"
        return f"不认识的单位“{text[:40]}”：请改成名单里的名称，或在 units.yaml 里给它加别名"

    # -- sites and pages -----------------------------------------------------------------------

    def _page(self, url: str | None) -> KnownAddress | None:
        if url is None:
            return None
        found = {p.key: p for s in spellings(url) if (p := self._pages.get(s)) is not None}
        exact = self._pages.get(url)
        return exact or (next(iter(found.values())) if len(found) == 1 else None)

    def _site_at(self, url: str | None) -> Site | None:
        """The site whose host an address names; of two on one host the one whose own address is
        the longer beginning of it."""
        if url is None:
            return None
        fitting = [s for s in self._config.sites if same_site(url, _hosts(s))]
        if len(fitting) < 2:
            return fitting[0] if fitting else None
        starts = sorted(
            (s for s in fitting if twin(url).startswith(twin(str(s.url)))),
            key=lambda s: len(str(s.url)),
        )
        return starts[-1] if starts else None

    def _site_named(self, text: str) -> Site | None:
        if not text:
            return None
        found = [s for s in self._config.sites if normalise(s.name) == normalise(text)]
        return found[0] if len(found) == 1 else None

    def _home(self, unit: Unit) -> Site | None:
        """Where a unit's things stand when a row does not say: its catalogue's platform."""
        platforms = [s for s in self._config.sites if s.kind is SiteKind.PLATFORM]
        portals = [s for s in self._config.sites if s.kind is SiteKind.PORTAL]
        for group in (platforms, portals) if unit.catalogue else (portals, platforms):
            if group:
                return group[0]
        return None

    # -- columns -------------------------------------------------------------------------------

    def _columns(self, day: date) -> dict[str, ExpectedColumn]:
        if day not in self._expected:
            self._expected[day] = {
                c.key: c
                for site in self._config.sites
                for c in self._config.expected_columns(site.id, day)
            }
        return self._expected[day]

    def _named(self, day: date) -> dict[str, list[ExpectedColumn]]:
        if day not in self._by_name:
            by_name: dict[str, list[ExpectedColumn]] = defaultdict(list)
            for column in self._columns(day).values():
                for name in {column_name(n) for n in (column.name, *column.variants)}:
                    by_name[name].append(column)
            self._by_name[day] = dict(by_name)
        return self._by_name[day]

    def _column(
        self, text: str, unit: Unit | None, site: Site | None, url: str | None, day: date
    ) -> ExpectedColumn | None:
        """The one column that is called so (among the unit's, on the site), else the one at the
        address; ``None``: none or several."""
        named = self._by_path(text, day) if text else []
        if unit is not None:
            named = [c for c in named if unit.id in (c.unit_id, c.owner_id)]
        if site is not None and len(named) > 1:
            named = [c for c in named if c.site_id == site.id]
        if len(named) == 1:
            return named[0]
        key = self._column_urls.get(twin(url)) if url else None
        at = self._columns(day).get(key) if key else None
        if at is None or (named and at not in named):
            return None
        return at if unit is None or unit.id in (at.unit_id, at.owner_id) else None

    def _by_path(self, text: str, day: date) -> list[ExpectedColumn]:
        """Columns by name as written, else by the last step of a path (一级→二级)."""
        names = self._named(day)
        for whole in (text, _AFTER.sub("", text)):
            if found := names.get(column_name(whole)):
                return found
        steps = [s for s in _STEPS.split(unicodedata.normalize("NFKC", text)) if s]
        if len(steps) < 2:
            return []
        for last in (steps[-1], _AFTER.sub("", steps[-1])):
            found = names.get(column_name(last))
            if found:
                group = column_name(steps[-2])
                known = {column_name(c.group) for c in found if c.group}
                return (
                    [c for c in found if column_name(c.group or "") == group]
                    if (group in known)
                    else found
                )
        return []


def column_name(text: str) -> str:
    """A column's name for comparison: half width, without blanks and quotation marks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if not c.isspace() and c not in "\"'“”‘’《》〈〉【】[]()")


def _hosts(site: Site) -> set[str]:
    own = host(str(site.url))
    return {own, *(h.partition(":")[0] for h in site.hosts)}


def known_spellings(urls: Iterable[str]) -> set[str]:
    """All spellings under which some addresses may be known."""
    return {s for url in urls for s in spellings(url)}
