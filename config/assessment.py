"""The year-end assessment (年终考评) as a standard file sets it: block ``assessment``.

``docs/assessment.md`` has the formulas. Weights are whole numbers that count by their proportion;
points are points with at most two decimals.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.fields import Line, Points, Slug, Strict, Words

Weight = Annotated[int, Field(ge=0, le=1000)]
Ranked = Literal["department", "party", "town"]


class ScanWeights(Strict):
    """How the kinds of scan weigh; a kind without a scan gives its weight to the others."""

    spot: Weight = Field(default=0, description="日常抽查的权重")
    weekly: Weight = Field(default=0, description="周检的权重")
    monthly: Weight = Field(default=0, description="月检的权重")
    quarterly: Weight = Field(default=0, description="季检的权重")
    annual: Weight = Field(default=0, description="年终检测的权重")
    unconfirmed: bool = Field(default=False, description="没有官方来源")

    @model_validator(mode="after")
    def _some(self) -> ScanWeights:
        if not any(self.by_kind.values()):
            raise ValueError("各种检测的权重都是 0，平时检测就算不出分；至少一种要大于 0")
        return self

    @property
    def by_kind(self) -> dict[str, int]:
        """Weight by kind of scan, in the order in which they are shown."""
        return {
            "spot": self.spot,
            "weekly": self.weekly,
            "monthly": self.monthly,
            "quarterly": self.quarterly,
            "annual": self.annual,
        }


class PartWeights(Strict):
    """How the scans and the rectification weigh together."""

    scans: Annotated[int, Field(ge=1, le=1000, description="平时检测的权重")]
    rectification: Weight = Field(description="整改情况的权重")
    unconfirmed: bool = Field(default=False, description="没有官方来源")


class Rectification(Strict):
    """What is asked of a unit that was told: in time, and fast."""

    rate: Weight = Field(description="按期整改率的权重")
    days: Weight = Field(description="整改速度的权重")
    full_workdays: int = Field(ge=0, le=250, description="平均用时不超过几个工作日得满分")
    zero_workdays: int = Field(ge=1, le=250, description="平均用时达到几个工作日不得分")
    grace_workdays: int = Field(
        default=0, ge=0, le=60, description="宽限工作日数，检测隔几天才做一次，晚几天才能证实"
    )
    unconfirmed: bool = Field(default=False, description="没有官方来源")

    @model_validator(mode="after")
    def _ordered(self) -> Rectification:
        if self.full_workdays >= self.zero_workdays:
            raise ValueError("full_workdays（得满分的天数）要小于 zero_workdays（不得分的天数）")
        if self.rate + self.days == 0:
            raise ValueError("rate（按期整改率）和 days（整改速度）的权重不能都是 0")
        return self


class Deduction(Strict):
    """So many points each, up to a cap."""

    points: Points = Field(description="每个（次）扣的分")
    cap: Points = Field(description="最多扣的分")
    unconfirmed: bool = Field(default=False, description="没有官方来源")


class Grade(Strict):
    title: Line = Field(description="等次")
    at_least: Points = Field(description="达到几分")


Grades = Annotated[tuple[Grade, ...], Field(min_length=1, max_length=10)]


class Assessment(Strict):
    basis: Words = ""
    parts: PartWeights
    scans: ScanWeights
    classes: dict[Slug, Weight] = Field(description="各类问题的权重")
    classes_unconfirmed: bool = Field(default=False, description="没有官方来源")
    rectification: Rectification
    repeats: Deduction = Field(description="反弹")
    circulars: Deduction = Field(description="通报")
    third_party: Deduction = Field(description="第三方检测发现的问题")
    prefecture: Deduction = Field(description="设区市检查发现的问题")
    province: Deduction = Field(description="省检查发现的问题")
    min_scans: int = Field(default=1, ge=1, le=400, description="至少检测过几次才定等次、排名")
    min_reached: int = Field(
        default=0, ge=0, le=100, description="至少检测到应检次数的百分之几才定等次、排名"
    )
    thresholds_unconfirmed: bool = Field(default=False, description="没有官方来源")
    grades: Grades = Field(description="等次，从高到低")
    group_grades: dict[Ranked, Grades] = Field(default_factory=dict, description="某一组另定的等次")
    grades_unconfirmed: bool = Field(default=False, description="没有官方来源")

    @model_validator(mode="after")
    def _whole(self) -> Assessment:
        if not any(self.classes.values()):
            raise ValueError("classes（各类问题）的权重都是 0，检测就算不出分；至少一类要大于 0")
        for grades in (self.grades, *self.group_grades.values()):
            limits = [g.at_least for g in grades]
            if any(a <= b for a, b in pairwise(limits)):
                raise ValueError("等次要从高到低排列，at_least（达到几分）一个比一个小")
            if limits[-1] != Decimal(0):
                raise ValueError("最后一个等次的 at_least 要写 0，使每个分数都有等次")
            if len({g.title for g in grades}) < len(grades):
                raise ValueError("有两个等次的名称相同")
        return self

    def grades_of(self, group: str) -> tuple[Grade, ...]:
        """The grades of a group of units, best first."""
        for name, grades in self.group_grades.items():
            if name == group:
                return grades
        return self.grades

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """The settings that have no official source, in Chinese."""
        marks = {
            "平时检测与整改的比重": self.parts.unconfirmed,
            "各种检测的权重": self.scans.unconfirmed,
            "各类问题的权重": self.classes_unconfirmed,
            "整改的计分": self.rectification.unconfirmed,
            "反弹扣分": self.repeats.unconfirmed,
            "通报扣分": self.circulars.unconfirmed,
            "第三方检测扣分": self.third_party.unconfirmed,
            "设区市检查扣分": self.prefecture.unconfirmed,
            "省检查扣分": self.province.unconfirmed,
            "定等次、排名的条件": self.thresholds_unconfirmed,
            "等次": self.grades_unconfirmed,
        }
        return tuple(words for words, unconfirmed in marks.items() if unconfirmed)
