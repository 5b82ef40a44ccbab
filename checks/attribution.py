"""Attribution: which unit a name in a page means, exactly or not at all.

A name matches after normalisation as a whole, never in part (乐园, 黄金, 南阳 are common words),
and two matches are none: an article wrongly laid at a unit's door is worse than an open one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from config.schema import Config, Unit, UnitGroup

_LABEL = re.compile(
    r"^(?:信息|文章|稿件|内容)?(?:来源|出处)(?:单位|机构|部门)?:?|^(?:发布|公开|责任|供稿|主办)(?:机构|单位|部门):?"
)
_BRACKETS = "()[]{}<>〈〉《》【】〔〕「」『』“”\"'‘’"
_YEAR = re.compile(r"(?:19|20)\d{2}(?:年度|年)?")
_DUTY = re.compile(r"(?:部门|财政)?(?:预决算|预算|决算)|[\"“”']?三公")
_EDGES = _BRACKETS + ":;,.。、·|-—"
_TOWN_SUFFIX = re.compile(r"(?:乡|镇|街道|街办|办事处|场|人民政府|政府|党委|街道办)$")


def normalise(text: str) -> str:
    """A name for comparison: half width, no blanks, no label (来源：), no brackets around it."""
    folded = unicodedata.normalize("NFKC", text)
    bare = "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")
    unlabelled = _LABEL.sub("", bare.strip(_EDGES))
    return unlabelled.strip(_EDGES).casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What became of one name."""

    unit_id: str | None
    """``None``: no unit is called so on that day, or more than one."""
    matches: tuple[str, ...] = ()
    """Every unit that is called so on that day, by id."""


NOBODY = Attribution(unit_id=None)


class Names:
    """The names of a city's units."""

    def __init__(self, units: Iterable[Unit], city: str, above: Iterable[str] = ()) -> None:
        """``city``: its name in full (瑞昌市); ``above``: what may stand before it (江西省, 九江市)."""
        self._prefixes = _prefixes(normalise(city), [normalise(a) for a in above])
        self._units: dict[str, list[Unit]] = {}
        for unit in units:
            for form in self._forms_of(unit):
                self._units.setdefault(form, []).append(unit)

    @classmethod
    def of(cls, config: Config, above: Iterable[str] = ()) -> Names:
        return cls(config.units, config.city.name, above)

    def attribute(self, name: str | None, day: date) -> Attribution:
        """The unit that ``name`` (a source or an issuer as printed) means on ``day``."""
        if not name:
            return NOBODY
        found: Mapping[str, Unit] = {
            unit.id: unit
            for form in self._forms(name)
            for unit in self._units.get(form, ())
            if unit.valid_on(day)
        }
        matches = tuple(sorted(found))
        return Attribution(unit_id=matches[0] if len(matches) == 1 else None, matches=matches)

    def budget_owner(self, title: str, day: date) -> Attribution:
        """The unit whose budget a title announces: 市委办2018年部门预算公开, 2018年度市委办决算 …

        What is left of the title without year and duty must be a unit's name as a whole.
        """
        head = _DUTY.split(_YEAR.sub("", normalise(title)), maxsplit=1)[0]
        return self.attribute(head.removeprefix("关于").rstrip("的关于"), day)

    def _forms_of(self, unit: Unit) -> set[str]:
        names = {unit.name, unit.short, *unit.aliases}
        if unit.group is UnitGroup.TOWN:
            # 乐园 alone is a playground; 乐园乡 is the township.
            names = {n for n in names if _TOWN_SUFFIX.search(normalise(n))}
        return {form for name in names for form in self._forms(name)}

    def _forms(self, name: str) -> set[str]:
        """A name as it stands and without the city's name before it."""
        whole = normalise(name)
        bare = {whole.removeprefix(p) for p in self._prefixes if whole.startswith(p)}
        return {form for form in {whole, *bare} if len(form) > 1}


def _prefixes(city: str, above: list[str]) -> tuple[str, ...]:
    """What may stand before a unit's name, e.g. 江西省九江市瑞昌市, 瑞昌市, 瑞昌, 市."""
    short = city[:-1] if len(city) > 2 else city
    heads = {"", *above, "".join(above)}
    return (*(head + body for head in sorted(heads) for body in (city, short)), city[-1])
