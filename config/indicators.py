"""The table of a standard whose subject is a site: its parts, indicators and conditions.

A condition says how one thing is judged: by the program alone, by the program with a person's word,
or by a person. The engine that reckons with it is ``scorecards.indicators``.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from config.fields import Line, Points, Slug, Strict, Words

Times = Annotated[int, Field(ge=1, le=10_000)]


class PartKind(StrEnum):
    VETO = "veto"
    DEDUCT = "deduct"
    BONUS = "bonus"

    @property
    def label(self) -> str:
        return {"veto": "单项否决", "deduct": "扣分", "bonus": "加分"}[self.value]


class JudgedBy(StrEnum):
    """Who decides a condition."""

    AUTO = "auto"
    ASSISTED = "assisted"
    """The program gathers candidates, a person confirms."""
    PERSON = "person"

    @property
    def label(self) -> str:
        return {"auto": "程序判定", "assisted": "程序辅助", "person": "人工"}[self.value]


class CountBy(StrEnum):
    """What is counted of the findings of a condition."""

    FINDING = "finding"
    SUBJECT = "subject"
    """Each column, page, unit or matter once, however many findings it has."""
    ONCE = "once"
    """The condition once, however many there are."""

    @property
    def label(self) -> str:
        return {"finding": "处", "subject": "个", "once": "项"}[self.value]


class Sampled(StrEnum):
    """Of what a person is given a sample to look at."""

    PAGES = "pages"
    COLUMNS = "columns"
    LETTERS = "letters"
    GUIDES = "guides"
    FILES = "files"

    @property
    def label(self) -> str:
        return {
            "pages": "信息",
            "columns": "栏目",
            "letters": "来信",
            "guides": "办事指南",
            "files": "附件",
        }[self.value]


class Part(Strict):
    """One part of a standard: vetoes, deductions or a bonus."""

    id: Slug
    title: Line
    kind: PartKind
    sites: tuple[Literal["portal", "platform"], ...] = Field(
        default=("portal", "platform"), description="适用的站点，portal 门户、platform 公开平台"
    )
    of: Literal["site", "media"] = Field(
        default="site", description="结果算谁的，site 网站、media 政务新媒体（不影响网站的结果）"
    )
    total: Points | None = Field(default=None, description="满分")
    pass_line: Points | None = Field(default=None, description="低于此分为不合格")
    needs_above: Points | None = Field(default=None, description="扣分项高于此分才计加分")
    once: bool = Field(
        default=True, description="同一栏目在本部分已按前面的指标扣过分的，不再按后面的指标扣"
    )
    basis: Words = ""
    note: Words = ""


class Condition(Strict):
    """One thing that an indicator looks at, and how it is judged."""

    id: Slug
    title: Line
    judge: JudgedBy
    rules: tuple[Slug, ...] = Field(default=(), description="按哪些规则的问题判定")
    columns: tuple[Line, ...] = Field(
        default=(), description="只算哪几类栏目，写 columns.yaml 里类别的 official 或 title"
    )
    named: tuple[Line, ...] = Field(
        default=(), description="只算叫这些名称的栏目，公开平台市本级目录的也算门户的"
    )
    scope: Literal["page", "column", "unit", "site"] | None = Field(
        default=None, description="只算哪一类对象的问题"
    )
    platform: bool = Field(default=False, description="公开平台上的问题也算到门户")
    measure: Slug | None = Field(default=None, description="按哪一项测量值判定")
    count: CountBy = Field(default=CountBy.FINDING, description="怎样计数")
    each: Times = Field(default=1, description="一个对象有几处问题才算一个")
    clears: bool = Field(
        default=False, description="程序辅助的，程序看过而没有可疑之处即为合格，不必人看"
    )
    at_least: Points = Field(
        default=Decimal(1), gt=0, description="达到（含）多少才算，测量值可带两位小数"
    )
    per: Points | None = Field(default=None, gt=0, description="测量值每多少计一次")
    points: Points | None = Field(default=None, description="每个扣（加）多少分")
    cap: Points | None = Field(default=None, description="本条最多扣（加）多少分")
    checklist: Words = Field(default="", description="人工核查时看什么、怎样算")
    sample: Sampled | None = Field(default=None, description="抽哪一类页面给人看")
    sample_size: Annotated[int, Field(ge=1, le=50)] = Field(default=5, description="抽几个")
    unconfirmed: bool = Field(default=False, description="口径或分值没有官方来源")
    note: Words = ""


class Indicator(Strict):
    """One line of the official table."""

    id: Slug
    part: Slug
    group: Line = Field(description="一级指标")
    title: Line = Field(description="二级指标")
    wording: Words = Field(default="", description="官方口径")
    points: Points | None = Field(default=None, description="本指标分值，即最多扣（加）的分")
    sites: tuple[Literal["portal", "platform"], ...] | None = Field(
        default=None, description="适用的站点，不写则同所在部分"
    )
    basis: Words = ""
    unconfirmed: bool = Field(default=False, description="分值没有官方来源")
    note: Words = ""
    conditions: tuple[Condition, ...] = Field(min_length=1)


MEASURES: dict[str, tuple[str, str]] = {
    "week-failures": ("一周内首页打不开的次数占比", "%"),
}
"""What is measured of a site beside findings: title and unit. Values are in hundredths."""


def condition_id(indicator: Indicator, condition: Condition) -> str:
    """How a condition is called in commands and answers."""
    return f"{indicator.id}.{condition.id}"
