"""``areas.yaml``: the key areas of disclosure (重点领域): areas, their aspects, their information items.
Optional."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from config import yaml_source
from config.duties import Pattern
from config.fields import Line, Slug, Strict, Words
from config.loader import validate
from config.problems import ConfigError, Problem, nearest
from config.schema import Config, SiteKind

AREAS = "areas.yaml"


class Item(Strict):
    """One information item (信息项): what has to be found in at least one of its places."""

    id: Slug = Field(description="全文件不重复；历史记录靠它认，定了就不改")
    title: Line
    units: tuple[Slug, ...] = Field(default=(), description="责任单位，第一个牵头；不写随方面")
    words: tuple[tuple[Line, ...], ...] = Field(
        default=(), description="标题里要有的词：每组里有一个即可，各组都要有"
    )
    without: tuple[Line, ...] = Field(default=(), description="标题里有这些词的不算")
    columns: tuple[Line, ...] = Field(
        default=(), description="专设栏目的名称（整个名称相同）：其中任何一条信息都算这一项"
    )
    places: tuple[Pattern, ...] = Field(
        default=(), description="可能公开在哪些栏目：站点/栏目编号，* 代表任意；不写随方面"
    )
    within_months: int | None = Field(
        default=12, ge=1, le=120, description="最近多少个月内要有一条；写 null 为长期公开，有即可"
    )
    within_unconfirmed: bool = Field(default=True, description="上面的月数没有官方来源，是本市设置")
    outside: Words = Field(
        default="", description="按规定公开在别处的，写在哪里：本市网站上没有，也不判缺失"
    )
    not_applicable: Words = Field(default="", description="不适用的理由；写了就不检查")
    basis: Words = Field(default="", description="依据；不写随方面、领域")
    unconfirmed: bool = Field(
        default=False, description="信息项或责任单位是推断的，须核对；没有查到时记疑似"
    )
    note: Words = ""


class Aspect(Strict):
    """One aspect (方面) of an area. What it says holds for those of its items that say nothing."""

    id: Slug
    title: Line
    units: tuple[Slug, ...] = ()
    places: tuple[Pattern, ...] = ()
    not_applicable: Words = Field(default="", description="整个方面不适用的理由")
    basis: Words = ""
    note: Words = ""
    items: tuple[Item, ...] = Field(min_length=1)


class Area(Strict):
    """One key area (领域)."""

    id: Slug
    title: Line
    basis: Line
    without: tuple[Line, ...] = Field(
        default=(), description="整个领域里，标题有这些词的都不算（如 召开、会议）"
    )
    note: Words = ""
    aspects: tuple[Aspect, ...] = Field(min_length=1)


class AreasFile(Strict):
    """``areas.yaml``."""

    areas: tuple[Area, ...] = ()


class Listed(NamedTuple):
    """An item with where it belongs."""

    area: Area
    aspect: Aspect
    item: Item


def all_items(areas: tuple[Area, ...]) -> Iterator[Listed]:
    """All items in the order of the file."""
    for area in areas:
        for aspect in area.aspects:
            for item in aspect.items:
                yield Listed(area, aspect, item)


def load_areas(directory: Path | Traversable, config: Config) -> tuple[Area, ...]:
    """The key areas of a configuration's directory; none where it has no such file.

    Every item comes with its units, places, basis and reason filled in from its aspect and area.
    Raises ``ConfigError`` with all problems, each with file and line.
    """
    file = directory.joinpath(AREAS)
    if not file.is_file():
        return ()
    base = directory.as_posix() if isinstance(directory, Path) else str(directory)
    source, _ = yaml_source.read(file, f"{base}/{AREAS}")
    if source.data is None:  # nothing but comments
        return ()
    problems: list[Problem] = list(source.problems)
    found = validate(source, AreasFile, problems)
    if found is not None:
        problems += _faults(source, found, config)
    if problems or found is None:
        raise ConfigError(problems)
    return tuple(_filled(area) for area in found.areas)


def _filled(area: Area) -> Area:
    return area.model_copy(
        update={
            "aspects": tuple(
                aspect.model_copy(
                    update={"items": tuple(_inherit(item, aspect, area) for item in aspect.items)}
                )
                for aspect in area.aspects
            )
        }
    )


def _inherit(item: Item, aspect: Aspect, area: Area) -> Item:
    return item.model_copy(
        update={
            "units": item.units or aspect.units,
            "places": item.places or aspect.places,
            "not_applicable": item.not_applicable or aspect.not_applicable,
            "basis": item.basis or aspect.basis or area.basis,
            "without": (*item.without, *area.without),
        }
    )


def _faults(source: yaml_source.Source, found: AreasFile, config: Config) -> Iterator[Problem]:
    units = {u.id for u in config.units}
    keys = _column_keys(config)
    seen: dict[str, set[str]] = {"领域": set(), "方面": set(), "信息项": set()}

    def twice(kind: str, slug: str, loc: tuple[str | int, ...]) -> Iterator[Problem]:
        if slug in seen[kind]:
            where = source.where((*loc, "id"))
            yield Problem(where, f"{kind}编号“{slug}”写了两次", "请换一个编号")
        seen[kind].add(slug)

    def known(part: Aspect | Item, loc: tuple[str | int, ...]) -> Iterator[Problem]:
        for k, unit in enumerate(part.units):
            if unit not in units:
                guess = nearest(unit, units)
                remedy = f"是不是 {guess}？" if guess else "请用 xunjian lists units 查看单位编号"
                where = source.where((*loc, "units", k))
                yield Problem(where, f"没有编号为“{unit}”的单位", remedy)
        for k, place in enumerate(part.places):
            if not any(fnmatchcase(key, place) for key in keys):
                guess = nearest(place, keys)
                where = source.where((*loc, "places", k))
                remedy = f"是不是 {guess}？" if guess else "栏目编号见 columns.yaml 的 slug"
                yield Problem(where, f"“{place}”对不上任何栏目", remedy)

    for a, area in enumerate(found.areas):
        at: tuple[str | int, ...] = ("areas", a)
        yield from twice("领域", area.id, at)
        for b, aspect in enumerate(area.aspects):
            near = (*at, "aspects", b)
            yield from twice("方面", aspect.id, near)
            yield from known(aspect, near)
            for c, item in enumerate(aspect.items):
                here = (*near, "items", c)
                yield from twice("信息项", item.id, here)
                yield from known(item, here)
                yield from _lacking(source, _inherit(item, aspect, area), here)


def _lacking(
    source: yaml_source.Source, item: Item, loc: tuple[str | int, ...]
) -> Iterator[Problem]:
    """What an item needs before it can be judged."""
    called = f"信息项“{item.title}”"
    where = source.where((*loc, "id"))
    if not item.units:
        yield Problem(where, f"{called}没有写责任单位", "请写上 units（这一项或所在的方面）")
    if item.not_applicable:
        return
    if not item.places:
        yield Problem(
            where, f"{called}没有写可能公开在哪些栏目", "请写上 places，或写明不适用的理由"
        )
    if not item.words and not item.columns:
        yield Problem(
            where, f"{called}没有写怎样认定", "请写上 words（标题里的词）或 columns（专设栏目）"
        )


def _column_keys(config: Config) -> set[str]:
    """Keys of all columns of ``columns.yaml`` that must stand, whatever the day."""
    catalogues = {c.id: c for c in config.catalogues}
    keys = {f"{s.id}/{c.slug}" for s in config.sites for c in s.columns if c.required}
    for site in config.sites:
        if site.kind is SiteKind.PLATFORM:
            keys |= {
                f"{site.id}/{unit.id}.{column.slug}"
                for unit in config.units
                if unit.catalogue is not None
                for column in catalogues[unit.catalogue].columns
                if column.required
            }
    return keys
