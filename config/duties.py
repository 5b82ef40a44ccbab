"""``duties.yaml``: what units must publish again and again (有周期的公开义务). Optional."""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl, StringConstraints

from config import yaml_source
from config.fields import Line, Slug, Strict, Words
from config.loader import validate
from config.problems import ConfigError, Problem, nearest
from config.schema import Config, SiteKind

DUTIES = "duties.yaml"

Pattern = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+/[a-z0-9_.*-]+$", max_length=120)]
"""A column key, ``*`` standing for any letters: ``platform/caizhengju.*``."""


class Every(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def label(self) -> str:
        return {"month": "每月", "quarter": "每季度", "year": "每年"}[self.value]


Groups = Annotated[tuple[tuple[Line, ...], ...], Field(min_length=1)]
"""Words of a title: of each group one, of all groups."""


class Titles(Strict):
    """A kind of titles."""

    words: Groups
    without: tuple[Line, ...] = ()


class Duty(Strict):
    """One duty of one unit."""

    id: Slug
    title: Line = Field(description="公开什么，如 全市财政收支情况")
    unit: Slug = Field(description="责任单位，见 units.yaml")
    every: Every
    due_days: int = Field(ge=0, le=730, description="一期结束后多少天（日历日）内公开")
    due_unconfirmed: bool = Field(default=True, description="期限没有官方来源，是本市设置")
    words: Groups = Field(description="标题里要有的词：每组里有一个即可，各组都要有")
    without: tuple[Line, ...] = Field(default=(), description="标题里有这些词的不算")
    maybe: tuple[Titles, ...] = Field(
        default=(), description="可能包含这一项的标题：不算公开，也不据以判缺失，请人查看"
    )
    cumulative: bool = Field(
        default=False, description="累计数也算：上半年算二季度，前三季度算三季度，全年算四季度"
    )
    places: tuple[Pattern, ...] = Field(
        min_length=1, description="可能公开在哪些栏目：站点/栏目编号，* 代表任意"
    )
    outside: HttpUrl | None = Field(
        default=None, description="按规定公开在别的平台上的，写它的地址：不判缺失，只提示去看"
    )
    not_applicable: Words = Field(default="", description="不适用的理由；写了就不检查")
    basis: Line
    unconfirmed: bool = Field(default=False, description="责任单位或周期是推断的，须核对")
    note: Words = ""


class DutiesFile(Strict):
    """``duties.yaml``."""

    duties: tuple[Duty, ...] = ()


def load_duties(directory: Path | Traversable, config: Config) -> tuple[Duty, ...]:
    """The duties of a configuration's directory; none where it has no such file.

    Raises ``ConfigError`` with all problems, each with file and line.
    """
    file = directory.joinpath(DUTIES)
    if not file.is_file():
        return ()
    base = directory.as_posix() if isinstance(directory, Path) else str(directory)
    source, _ = yaml_source.read(file, f"{base}/{DUTIES}")
    if source.data is None:  # nothing but comments
        return ()
    problems: list[Problem] = list(source.problems)
    found = validate(source, DutiesFile, problems)
    if found is not None:
        _check(source, found, config, problems)
    if problems or found is None:
        raise ConfigError(problems)
    return found.duties


def _check(
    source: yaml_source.Source, found: DutiesFile, config: Config, problems: list[Problem]
) -> None:
    units = {u.id for u in config.units}
    sites = {s.id for s in config.sites}
    columns = _column_keys(config)
    ids: set[str] = set()
    for i, duty in enumerate(found.duties):
        at = ("duties", i)
        if duty.id in ids:
            where = source.where((*at, "id"))
            problems.append(Problem(where, f"义务编号“{duty.id}”写了两次", "请换一个编号"))
        ids.add(duty.id)
        if duty.unit not in units:
            guess = nearest(duty.unit, units)
            remedy = f"是不是 {guess}？" if guess else "请用 xunjian lists units 查看单位编号"
            where = source.where((*at, "unit"))
            problems.append(Problem(where, f"没有编号为“{duty.unit}”的单位", remedy))
        for j, place in enumerate(duty.places):
            site = place.partition("/")[0]
            if site not in sites:
                where = source.where((*at, "places", j))
                remedy = "已有的站点：" + "、".join(sorted(sites))
                problems.append(Problem(where, f"没有编号为“{site}”的站点", remedy))
            elif not any(fnmatchcase(key, place) for key in columns):
                where = source.where((*at, "places", j))
                guess = nearest(place, _owners(columns) | columns)
                remedy = (
                    f"是不是 {guess}？"
                    if guess
                    else "栏目编号见 columns.yaml，单位编号见 units.yaml"
                )
                problems.append(Problem(where, f"没有一个必设栏目的编号是“{place}”", remedy))


def _column_keys(config: Config) -> set[str]:
    """Keys of all mandatory columns, of units that are no more or not yet as well."""
    keys = {f"{site.id}/{c.slug}" for site in config.sites for c in site.columns if c.required}
    slugs = {c.id: [s.slug for s in c.columns if s.required] for c in config.catalogues}
    for site in config.sites:
        if site.kind is SiteKind.PLATFORM:
            keys |= {
                f"{site.id}/{unit.id}.{slug}"
                for unit in config.units
                for slug in slugs.get(unit.catalogue or "", ())
            }
    return keys


def _owners(keys: set[str]) -> set[str]:
    """``platform/caizhengju.*`` for each unit with a catalogue."""
    return {f"{key.partition('.')[0]}.*" for key in keys if "." in key}
