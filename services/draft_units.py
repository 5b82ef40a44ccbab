"""The units of a draft: each once, by any of the forms of its name, with its full name and group."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pydantic import HttpUrl

from config import wordlists
from config.schema import Unit, UnitGroup
from crawler.survey import SeenUnit, Survey
from services.classifying import clean, forms_of, group_of, unit_in
from services.draft_parts import DraftCatalogue, DraftUnit, Slugs, line

MAX_DOUBTS = 12
"""Remarks on its columns that stand above one unit."""


class Units:
    """The units of the draft, each once, by any of the forms of its name."""

    def __init__(self, city: str) -> None:
        self._city = city
        self._slugs = Slugs()
        self._ids: dict[str, str] = {}
        self._units: dict[str, tuple[str, UnitGroup, SeenUnit | None]] = {}
        self._order: list[str] = []
        self.catalogues: dict[str, str] = {}
        self.addresses: dict[str, dict[str, str]] = defaultdict(dict)
        self.doubts: dict[str, list[str]] = defaultdict(list)

    def operator(self, survey: Survey) -> str:
        """Id of the unit that runs a site."""
        named = survey.identity.operator
        if named is None or len(clean(named)) > 30 or clean(named) == f"{self._city}人民政府":
            named = f"{self._city}人民政府办公室"
        return self._enter(line(named), None, "")

    def add(self, seen: SeenUnit) -> str:
        return self._enter(line(seen.name), seen, seen.heading)

    def _enter(self, name: str, seen: SeenUnit | None, heading: str) -> str:
        known = self.id_of(name)
        if known is not None:
            if seen is not None and self._units[known][2] is None:
                self._units[known] = (name, self._units[known][1], seen)
            return known
        bare = clean(name).removeprefix(self._city).removeprefix(self._city[-1])
        unit_id = self._slugs.of(bare, f"danwei-{len(self._order) + 1:02d}")
        for form in self._forms(name):
            self._ids.setdefault(form, unit_id)
        self._units[unit_id] = (name, group_of(name, heading), seen)
        self._order.append(unit_id)
        return unit_id

    def _forms(self, name: str) -> list[str]:
        forms = list(forms_of(name))
        bare = clean(name)
        if bare.startswith(self._city) and len(bare) > len(self._city) + 1:
            rest = bare[len(self._city) :]
            forms += [rest, f"{self._city[-1]}{rest}"]
        full = _full_name(name, self._city)
        return forms if full is None else [*forms, full, f"{self._city[-1]}{full}"]

    def _short(self, name: str) -> str:
        """As the office would say it: 市财政局, 码头镇."""
        bare = clean(name)
        rest = bare.removeprefix(self._city)
        if len(rest) < 2 or rest == bare:
            return bare
        if group_of(rest) is UnitGroup.TOWN:
            return rest.removesuffix("人民政府") if len(rest) > 5 else rest
        return rest if rest.startswith(("中共", self._city[-1])) else f"{self._city[-1]}{rest}"

    def id_of(self, name: str | None) -> str | None:
        """The unit that is called so; ``None``: none."""
        if not name:
            return None
        return next((self._ids[f] for f in self._forms(name) if f in self._ids), None)

    def named_in(self, name: str) -> tuple[str, bool] | None:
        """The unit that a column's name names, and whether the name is the unit's alone."""
        found = unit_in(name, [self._units[u][0] for u in self._order])
        if found is None:
            return None
        unit_id = self.id_of(found[0])
        return (unit_id, found[1]) if unit_id is not None else None

    def group(self, unit_id: str) -> UnitGroup:
        return self._units[unit_id][1]

    def all(self, catalogues: Sequence[DraftCatalogue]) -> tuple[DraftUnit, ...]:
        columns = {d.catalogue.id: {c.slug for c in d.catalogue.columns} for d in catalogues}
        found = []
        responsible = self._order[0]
        for unit_id in self._order:
            name, group, seen = self._units[unit_id]
            catalogue = self.catalogues.get(unit_id)
            addresses = {
                slug: HttpUrl(url)
                for slug, url in self.addresses[unit_id].items()
                if slug in columns.get(catalogue or "", ())
            }
            short = self._short(name)
            forms = self._forms(name)
            whole = clean(name) if clean(name).startswith(self._city) else f"{self._city}{short}"
            full = _full_name(name, self._city)
            if full is not None:
                whole = self._city + full
            city = group is UnitGroup.CITY
            unit = Unit(
                id=unit_id,
                name=whole if not city else self._city + "人民政府",
                short=short[:40],
                aliases=tuple(
                    dict.fromkeys(f for f in (clean(name), *forms) if f not in (whole, short))
                ),
                group=group,
                catalogue=catalogue,
                responsible=responsible if city else None,
                root=HttpUrl(seen.url) if seen is not None and catalogue is not None else None,
                addresses=addresses,
            )
            notes = ["名称、分组由程序推断，核对后把 confirmed 改成 true"]
            if seen is not None:
                notes.append(f"网站上写作“{name}”，见 {seen.index_url}")
            notes += self.doubts[unit_id][:MAX_DOUBTS]
            found.append(DraftUnit(unit=unit, seen=seen, notes=tuple(notes)))
        return tuple(found)


def _full_name(name: str, city: str) -> str | None:
    """The full name, without the city, that a unit's short name stands for: 发改委, 码头镇."""
    bare = clean(name).removeprefix(city)
    if len(bare) >= 4:
        bare = bare.removeprefix(city[-1])
    if bare.endswith(("镇", "乡")) and 2 <= len(bare) <= 6:
        return f"{bare}人民政府"
    if bare.endswith("街道") and 3 <= len(bare) <= 7:
        return f"{bare}办事处"
    return wordlists.units().full_names.get(bare)
