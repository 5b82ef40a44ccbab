"""``schedule.yaml``: which scans run when, on what, and how late they may begin.

The file is optional; without it the defaults declared here hold. Times are Beijing time. Which days
the slots fall on is computed from this in ``scheduler.calendar``; when scans may fetch is
``crawl_window`` in ``city.yaml``, when nothing is sent ``no_send_hours`` in ``channels.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from config import yaml_source
from config.loader import validate
from config.problems import ConfigError, Loc, Problem, nearest
from config.schema import Clock, Config, Slug, Strict

FILE = "schedule.yaml"


class Timed(Strict):
    """What every kind of slot has."""

    enabled: bool = Field(default=True, description="false：不做这一种检测")
    at: Clock = Field(default="22:00", description="几点开始（北京时间）")
    late_hours: int = Field(default=72, ge=1, le=24 * 60, description="最迟可以晚几小时开始")


class Scanned(Timed):
    """A kind of scan."""

    sites: tuple[Slug, ...] = Field(default=(), description="检测哪些网站，不写为全部启用的网站")
    units: tuple[Slug, ...] = Field(default=(), description="检测哪些单位，不写为全部单位")


Weekday = Annotated[int, Field(ge=1, le=7)]


class Spot(Scanned):
    """日常抽查: on every working day (of these days of the week) a random sample of units."""

    weekdays: tuple[Weekday, ...] = Field(
        default=(1, 2, 3, 4, 5, 6, 7),
        min_length=1,
        max_length=7,
        description="星期几抽查，1 为星期一；不写为每个工作日",
    )

    late_hours: int = Field(default=23, ge=1, le=24 * 7, description="最迟可以晚几小时开始")
    units_per_day: int = Field(default=5, ge=1, le=1000, description="每个工作日抽查几个单位")
    within_weeks: int = Field(default=8, ge=1, le=52, description="几周之内每个单位都要抽到")


class Weekly(Scanned):
    """周检. Moved within its week when the day is not worked; none in a week without working days."""

    weekday: int = Field(default=5, ge=1, le=7, description="星期几，1 为星期一")


class OnDay(Timed):
    """The day of a month: the n-th working day, or a calendar day."""

    usual: ClassVar[dict[str, int]] = {"workday": 1}
    """What holds where the file says neither."""

    workday: int | None = Field(
        default=None, ge=-20, le=20, description="当月第几个工作日，-1 为最后一个"
    )
    day: int | None = Field(
        default=None, ge=1, le=31, description="当月几日，遇休息日顺延到下一个工作日"
    )

    @model_validator(mode="before")
    @classmethod
    def _or_usual(cls, data: Any) -> Any:
        if isinstance(data, dict) and not {"workday", "day"} & data.keys():
            return {**data, **cls.usual}
        return data

    @model_validator(mode="after")
    def _one(self) -> OnDay:
        if self.workday is not None and self.day is not None:
            raise ValueError("workday（第几个工作日）和 day（几日）只能写一个")
        if self.workday == 0:
            raise ValueError("workday 不能是 0：第一个工作日写 1，最后一个写 -1")
        return self


class Monthly(Scanned, OnDay):
    """月检. By default the first working day of the month."""


class Quarterly(Scanned, OnDay):
    """季检. By default on the 20th of the quarter's last month."""

    usual: ClassVar[dict[str, int]] = {"day": 20}
    month: int = Field(default=3, ge=1, le=3, description="季度里的第几个月")


class Annual(Scanned, OnDay):
    """年终. By default on 10 December."""

    usual: ClassVar[dict[str, int]] = {"day": 10}
    late_hours: int = Field(default=240, ge=1, le=24 * 60, description="最迟可以晚几小时开始")
    month: int = Field(default=12, ge=1, le=12, description="几月")


class ThirdParty(OnDay):
    """The third party's report is due: it is imported, nothing is scanned. By default on the last
    working day of every other month."""

    usual: ClassVar[dict[str, int]] = {"workday": -1}
    at: Clock = Field(default="17:00", description="几点到期（北京时间）")
    late_hours: int = Field(default=24 * 15, ge=1, le=24 * 60, description="到期后最迟几小时导入")
    months: tuple[int, ...] = Field(
        default=(2, 4, 6, 8, 10, 12), min_length=1, max_length=12, description="哪几个月到期"
    )

    @model_validator(mode="after")
    def _months(self) -> ThirdParty:
        if not all(1 <= month <= 12 for month in self.months):
            raise ValueError("months 只能写 1 到 12 的月份")
        if sorted(set(self.months)) != list(self.months):
            raise ValueError("months 要从小到大写，不能重复")
        return self


class Schedule(Strict):
    """``schedule.yaml``."""

    spot: Spot = Spot()
    weekly: Weekly = Weekly()
    monthly: Monthly = Monthly()
    quarterly: Quarterly = Quarterly()
    third_party: ThirdParty = ThirdParty()
    annual: Annual = Annual()

    def scanned(self) -> Iterator[tuple[str, Scanned]]:
        """The kinds of scan by name, enabled or not."""
        yield "spot", self.spot
        yield "weekly", self.weekly
        yield "monthly", self.monthly
        yield "quarterly", self.quarterly
        yield "annual", self.annual


def load_schedule(directory: Path | Traversable, config: Config) -> Schedule:
    """The schedule of a configuration directory; the defaults where the file is absent.

    Raises ``ConfigError`` with every problem, each with its line.
    """
    file = directory.joinpath(FILE)
    if not file.is_file():
        return Schedule()
    shown = f"{directory.as_posix() if isinstance(directory, Path) else directory}/{FILE}"
    source, _ = yaml_source.read(file, shown)
    if source.data is None and not source.problems:
        return Schedule()  # nothing but comments
    problems = list(source.problems)
    schedule = validate(source, Schedule, problems)
    if schedule is not None:
        for loc, reason, remedy in _unknown(schedule, config):
            problems.append(Problem(source.where(loc), reason, remedy))
    if problems or schedule is None:
        raise ConfigError(problems)
    return schedule


def _unknown(schedule: Schedule, config: Config) -> Iterator[tuple[Loc, str, str]]:
    """Sites and units that the configuration does not have."""
    known = {
        "sites": ("网站", [s.id for s in config.sites]),
        "units": ("单位", [u.id for u in config.units]),
    }
    for name, rule in schedule.scanned():
        for key, (word, ids) in known.items():
            for i, one in enumerate(getattr(rule, key)):
                if one not in ids:
                    guess = nearest(one, ids)
                    remedy = f"是不是 {guess}？请改正" if guess else f"请核对{word}的 id"
                    yield (name, key, i), f"{name} 的 {key} 里没有这个{word}：“{one}”", remedy
