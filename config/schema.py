"""The shape of the configuration files.

Each setting is declared once, here, with its meaning, unit and bounds; the loader
(``config.loader``) turns a violation into a Chinese message that names file, line and remedy.
Nothing in this room imports another room.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from pydantic import ConfigDict, Field, HttpUrl, model_validator

from config.assessment import Assessment
from config.fields import (
    CLOCK_PATTERN,
    HOST_PATTERN,
    MONTH_DAY_PATTERN,
    SLUG_PATTERN,
    Clock,
    Day,
    Host,
    Line,
    MonthDay,
    Points,
    Slug,
    Strict,
    Words,
)
from config.indicators import Indicator, Part

__all__ = [
    "CLOCK_PATTERN",
    "HOST_PATTERN",
    "MONTH_DAY_PATTERN",
    "SLUG_PATTERN",
    "Clock",
    "Day",
    "Host",
    "Line",
    "MonthDay",
    "Points",
    "Slug",
    "Strict",
    "Words",
]

MIN_CONFIDENCE = 0.8
"""The scoring threshold where a standard sets none: what was read less surely counts as unread."""


class Cadence(Strict):
    """How often a column must be updated: exactly one of the three, or none (a standing text)."""

    days: int | None = Field(default=None, ge=1, le=3660, description="日历日数")
    months: int | None = Field(default=None, ge=1, le=120, description="日历月数，月末不足者取月末")
    yearly_by: MonthDay | None = Field(
        default=None, description="每年在此日（月-日）前须有当年的信息"
    )

    @model_validator(mode="after")
    def _one(self) -> Cadence:
        if sum(v is not None for v in (self.days, self.months, self.yearly_by)) > 1:
            raise ValueError("更新周期只能写 days、months、yearly_by 中的一个")
        return self

    @property
    def standing(self) -> bool:
        """No cadence: the column must not be blank, and is never overdue."""
        return self.days is None and self.months is None and self.yearly_by is None

    @property
    def words(self) -> str:
        """The cadence in Chinese, as messages print it."""
        if self.days is not None:
            return f"{self.days}日内更新"
        if self.months is not None:
            return f"{self.months}个月内更新"
        if self.yearly_by is not None:
            month, day = self.yearly_by.split("-")
            return f"每年{int(month)}月{int(day)}日前公开当年信息"
        return "长期公开"


class Category(Strict):
    """A class of columns that share a cadence (动态要闻, 通知公告, 人事规划 …)."""

    id: Slug
    title: Line
    cadence: Cadence = Cadence()
    official: Line | None = Field(
        default=None, description="官方检查表里的栏目类别名，不写则同 title"
    )
    basis: Words = Field(default="", description="周期的依据")
    unconfirmed: bool = Field(default=False, description="周期没有官方来源，是本市设置")

    @property
    def called(self) -> str:
        """How the official tables call it."""
        return self.official or self.title


class ColumnRole(StrEnum):
    """What a column of interaction or service is for; the letters' and guides' rules go by it."""

    LETTERS = "letters"
    COMPLAINTS = "complaints"
    PETITIONS = "petitions"
    SURVEYS = "surveys"
    INTERVIEWS = "interviews"
    PROPOSALS = "proposals"
    GUIDES = "guides"
    INTERPRETATION = "interpretation"

    @property
    def label(self) -> str:
        return {
            "letters": "咨询建言",
            "complaints": "举报投诉",
            "petitions": "网上信访",
            "surveys": "征集调查",
            "interviews": "在线访谈",
            "proposals": "建议提案",
            "guides": "办事指南",
            "interpretation": "政策解读",
        }[self.value]


class ColumnSpec(Strict):
    """One mandatory column."""

    slug: Slug
    name: Line
    variants: tuple[Line, ...] = Field(default=(), description="认可的名称变体，如 单位简介")
    group: Line | None = Field(default=None, description="所属一级栏目")
    category: Slug
    cadence: Cadence | None = Field(default=None, description="不写则用类别的周期")
    url: HttpUrl | None = Field(
        default=None, description="栏目首页地址；不写则按名称在栏目树中寻找"
    )
    unit: Slug | None = Field(default=None, description="责任单位；门户栏目不写则为站点运维单位")
    required: bool = True
    role: ColumnRole | None = Field(
        default=None, description="互动、服务类栏目的用途：letters 咨询建言、surveys 征集调查……"
    )


class Catalogue(Strict):
    """A catalogue of the disclosure platform (公开目录): the columns that each of its units must have."""

    id: Slug
    title: Line
    columns: tuple[ColumnSpec, ...]


class SiteKind(StrEnum):
    PORTAL = "portal"
    PLATFORM = "platform"


class Rate(Strict):
    """How gently one host is asked."""

    interval_seconds: float = Field(
        default=2.0, ge=0, le=3600, description="同一主机两次请求的间隔（秒）"
    )
    concurrency: int = Field(default=1, ge=1, le=32, description="同一主机同时进行的请求数")
    timeout_seconds: float = Field(default=30.0, gt=0, le=300)
    max_bytes: int = Field(
        default=8_000_000, ge=10_000, le=100_000_000, description="单个页面的上限（字节）"
    )
    max_list_pages: int = Field(default=400, ge=1, le=20_000, description="单个栏目翻页上限")
    max_requests: int = Field(default=14_000, ge=10, le=1_000_000, description="一次检测的请求上限")
    retry_after_seconds: float = Field(
        default=60.0, ge=0, le=3600, description="失败页面隔多久再试"
    )
    retries: int = Field(default=2, ge=0, le=10)
    robots: bool = Field(default=True, description="遵守 robots.txt；只有本机回环地址可以关闭")


class Site(Strict):
    id: Slug
    name: Line
    kind: SiteKind
    url: HttpUrl = Field(description="首页地址")
    hosts: tuple[Host, ...] = Field(
        default=(), description="算作本站的其他主机名或地址（可带端口）"
    )
    operator: Slug = Field(description="运维单位：模板类问题记给它")
    unit_index: HttpUrl | None = Field(
        default=None, description="平台上单位列表页的地址；不写则为首页"
    )
    columns: tuple[ColumnSpec, ...] = Field(default=(), description="门户的必设栏目")
    budget_column: Slug | None = Field(
        default=None, description="部门预决算专栏的 slug（查党群单位预决算）"
    )
    site_code: Line | None = Field(default=None, description="政府网站标识码")
    allow_private: bool = Field(default=False, description="允许解析到内网地址（政务外网）")
    rate: Rate | None = Field(default=None, description="不写则用 city.yaml 的 rate")
    enabled: bool = Field(
        default=True, description="false：暂不检测（地址未核对等），原因写在 note"
    )
    note: Words = ""


class UnitGroup(StrEnum):
    """Who is ranked with whom."""

    DEPARTMENT = "department"
    PARTY = "party"
    TOWN = "town"
    CITY = "city"
    """The city government itself: holder of the 市本级 catalogue; its findings go to ``responsible``."""

    @property
    def label(self) -> str:
        return {
            "department": "政府部门",
            "party": "党委部门及群团",
            "town": "乡镇场街道",
            "city": "市本级",
        }[self.value]


class Contact(Strict):
    """Posts, not persons: how a unit is reminded."""

    post: Words = ""
    phone: Words = ""
    qq: Words = ""
    mail: Words = ""


class Unit(Strict):
    id: Slug
    name: Line = Field(description="规范全称")
    short: Line = Field(description="简称，报告里用它")
    aliases: tuple[Line, ...] = ()
    group: UnitGroup
    kind: Words = Field(default="", description="街道、镇、乡、场、局……")
    catalogue: Slug | None = Field(default=None, description="所用公开目录；没有则不查目录")
    responsible: Slug | None = Field(default=None, description="市本级目录的责任单位")
    root: HttpUrl | None = Field(
        default=None, description="公开平台上本单位目录的地址；不写则按名称寻找"
    )
    addresses: dict[Slug, HttpUrl] = Field(
        default_factory=dict,
        description="栏目 slug → 地址：目录树里按名称找不到这个栏目时，到这里去读",
    )
    confirmed: bool = Field(
        default=False, description="名单已由市政府办核对；未核对的只列出，不排名、不提醒、不通报"
    )
    full_name_confirmed: bool = False
    valid_from: Day | None = None
    valid_to: Day | None = None
    successors: tuple[Slug, ...] = ()
    contacts: tuple[Contact, ...] = ()
    basis: Words = ""
    note: Words = ""

    @model_validator(mode="after")
    def _period(self) -> Unit:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to（撤销日）早于 valid_from（设立日）")
        return self

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class BudgetKind(StrEnum):
    BUDGET = "budget"
    ACCOUNTS = "accounts"

    @property
    def label(self) -> str:
        return {"budget": "预算", "accounts": "决算"}[self.value]


class Approval(Strict):
    """The day on which the finance office approved the departments' budgets or accounts."""

    kind: BudgetKind = Field(description="budget 预算，accounts 决算")
    fiscal: int = Field(ge=1990, le=2100, description="预算、决算所属的年度")
    on: Day = Field(description="财政部门批复的日期")
    units: tuple[Slug, ...] = Field(default=(), description="只对这些单位；不写则对所有单位")


class Budgets(Strict):
    """Who owes a budget and final accounts in the columns of the departments."""

    groups: tuple[UnitGroup, ...] = Field(
        default=(UnitGroup.DEPARTMENT,),
        description="要公开部门预决算的单位组；党委部门及群团按门户的专栏另查",
    )
    without_kinds: tuple[Line, ...] = Field(
        default=("垂管单位",),
        description="经费不在本级财政、不要求的单位种类（units.yaml 的 kind）",
    )
    approved: tuple[Approval, ...] = Field(default=(), description="批复日期，知道的才写")

    @model_validator(mode="after")
    def _groups(self) -> Budgets:
        if {UnitGroup.PARTY, UnitGroup.CITY} & set(self.groups):
            raise ValueError(
                "groups 只能写 department、town：党委部门及群团按门户的专栏（budget_column）检查"
            )
        return self


class City(Strict):
    """``city.yaml``."""

    id: Slug
    name: Line
    office: Line = Field(description="检查单位名称，用于提醒和通报")
    contact: Words = Field(
        default="", description="答复和咨询的联系方式（岗位、电话），写在单位页面上"
    )
    standard: str = Field(default="ruichang-2018", description="默认检查标准")
    trial_run: bool = Field(default=True, description="试运行：记分卡只供查看，不提醒、不通报")
    judge_from: Day | None = Field(
        default=None, description="只评判此日以后发布的信息；不写为当年1月1日"
    )
    max_age_days: int = Field(default=35, ge=1, le=400, description="沿用旧观测的最长日数")
    remind_workdays: int = Field(
        default=10, ge=1, le=90, description="整改期限（工作日，自提醒起；未确认）"
    )
    user_agent: str = Field(
        default="xunjian/0.1 (+government website inspection; contact: not-set)",
        min_length=8,
        description="表明身份的 User-Agent，请写上联系方式",
    )
    rate: Rate = Rate()
    budgets: Budgets = Budgets()
    crawl_window: tuple[Clock, Clock] | None = Field(
        default=("22:00", "06:00"),
        description="允许检测的时段（北京时间）；null 为不限，仅限本机回环",
    )
    reserve_share: float = Field(default=0.15, ge=0, le=0.5, description="留给链接和图片的请求份额")
    keep_evidence_years: int = Field(
        default=2, ge=1, le=50, description="存证保留的考评年度数（含本年度）"
    )
    workdays: dict[Day, bool] = Field(
        default_factory=dict, description="补充节假日：日期 → 是否上班（官方日历没有的年份）"
    )

    @model_validator(mode="after")
    def _window(self) -> City:
        if self.crawl_window is not None and self.crawl_window[0] == self.crawl_window[1]:
            raise ValueError("crawl_window 的开始和结束是同一时刻，看不出允许检测的时段")
        return self


class ExpectedColumn(Strict):
    """A column that must exist, of one unit on one site: configuration unfolded."""

    key: str
    """``<site id>/<slug>``, or ``<site id>/<unit id>.<slug>`` for a catalogue's column."""
    site_id: str
    unit_id: str
    """The unit that answers for it."""
    owner_id: str
    """The unit in whose catalogue it stands (the city itself for 市本级); the site's operator on a portal."""
    name: str
    variants: tuple[str, ...]
    group: str | None
    category: str
    category_title: str
    cadence: Cadence
    cadence_basis: str
    cadence_unconfirmed: bool
    url: str | None
    fallback: str | None = None
    """Where it is read when the tree does not show it by name."""
    role: ColumnRole | None = None


class Config(Strict):
    """A whole configuration, cross-checked."""

    city: City
    categories: tuple[Category, ...]
    catalogues: tuple[Catalogue, ...]
    sites: tuple[Site, ...]
    units: tuple[Unit, ...]
    required_counts: dict[UnitGroup, int] = Field(
        default_factory=dict, description="各组单位应有的数目（用于提示名单不全）"
    )
    digest: str = Field(default="", description="全部配置文件内容的摘要")
    warnings: tuple[str, ...] = Field(default=(), description="不妨碍运行、但应当核对的事项")

    @property
    def enabled_sites(self) -> tuple[Site, ...]:
        """The sites that may be scanned."""
        return tuple(s for s in self.sites if s.enabled)

    def site(self, site_id: str) -> Site:
        return next(s for s in self.sites if s.id == site_id)

    def unit(self, unit_id: str) -> Unit:
        return next(u for u in self.units if u.id == unit_id)

    def heirs(self, unit_id: str, day: date) -> tuple[Unit, ...]:
        """Who answers on ``day`` for what was the unit's: itself while it is valid, else its
        successors (and theirs); empty where none is named."""
        known = {u.id: u for u in self.units}
        found: dict[str, Unit] = {}
        waiting, seen = [unit_id], set[str]()
        while waiting:
            unit = known.get(waiting.pop(0))
            if unit is None or unit.id in seen:
                continue
            seen.add(unit.id)
            if unit.valid_to is None or day <= unit.valid_to:
                found[unit.id] = unit
            else:
                waiting.extend(unit.successors)
        return tuple(found.values())

    def category(self, category_id: str) -> Category:
        return next(c for c in self.categories if c.id == category_id)

    def rate(self, site_id: str) -> Rate:
        return self.site(site_id).rate or self.city.rate

    def expected_columns(self, site_id: str, day: date) -> Iterator[ExpectedColumn]:
        """The columns that must stand on a site on ``day``, in the order of the files."""
        site = self.site(site_id)
        for spec in site.columns:
            if spec.required:
                yield self._expected(site, spec, None, spec.unit or site.operator, site.operator)
        if site.kind is not SiteKind.PLATFORM:
            return
        catalogues = {c.id: c for c in self.catalogues}
        for unit in self.units:
            if unit.catalogue is None or not unit.valid_on(day):
                continue
            for spec in catalogues[unit.catalogue].columns:
                if spec.required:
                    answers = spec.unit or unit.responsible or unit.id
                    fallback = unit.addresses.get(spec.slug)
                    yield self._expected(
                        site, spec, unit.id, answers, unit.id, str(fallback) if fallback else None
                    )

    def _expected(
        self,
        site: Site,
        spec: ColumnSpec,
        holder: str | None,
        unit_id: str,
        owner_id: str,
        fallback: str | None = None,
    ) -> ExpectedColumn:
        category = self.category(spec.category)
        slug = f"{holder}.{spec.slug}" if holder else spec.slug
        return ExpectedColumn(
            key=f"{site.id}/{slug}",
            site_id=site.id,
            unit_id=unit_id,
            owner_id=owner_id,
            name=spec.name,
            variants=spec.variants,
            group=spec.group,
            category=category.id,
            category_title=category.title,
            cadence=spec.cadence or category.cadence,
            cadence_basis=category.basis,
            cadence_unconfirmed=category.unconfirmed and spec.cadence is None,
            url=str(spec.url) if spec.url else None,
            fallback=fallback,
            role=spec.role,
        )


class ScoreClass(Strict):
    """One capped part of a score."""

    id: Slug
    title: Line
    label: Line = Field(description="汇总表里的问题类别名")
    cap: Points = Field(description="本类最多扣的分")
    unconfirmed: bool = False


class RuleSetting(Strict):
    """How a standard uses one rule."""

    score_class: Slug = Field(default="", alias="class", description="问题类别")
    """Of standards that score units; those of sites name the rule in a condition instead."""
    points: Points = Field(default=Decimal(0), description="每个问题扣的分，两位小数以内")
    cap: Points | None = Field(default=None, description="本规则最多扣的分")
    unconfirmed: bool = Field(default=False, description="分值没有官方来源")
    since: Day | None = Field(default=None, description="自此日起计分")
    params: dict[str, Any] = Field(default_factory=dict)

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Standard(Strict):
    """A standard file (检查标准): which rules count, with points, caps and parameters."""

    id: Slug
    title: Line
    basis: Words
    subject: Literal["unit", "site"]
    total: Points = Decimal(100)
    min_coverage: int = Field(default=80, ge=0, le=100, description="低于此覆盖率（%）不评分")
    undated_counts_as: Literal["ignored", "not_updated"] = "ignored"
    min_confidence: float = Field(
        default=MIN_CONFIDENCE,
        ge=0.5,
        le=0.95,
        description="识别把握（0.5–0.95）：低于此数的标题、日期、来源、列表按未能核实处理，不据以判定问题",
    )
    classes: tuple[ScoreClass, ...] = ()
    rules: dict[str, RuleSetting]
    parts: tuple[Part, ...] = Field(default=(), description="以网站为对象的标准分几个部分")
    indicators: tuple[Indicator, ...] = Field(default=(), description="指标，按官方表的次序")
    assessment: Assessment | None = Field(default=None, description="年终考评")
    note: Words = ""
    digest: str = ""

    def ahead(self, rule_id: str, day: date) -> date | None:
        """The day from which a rule counts, where that is still to come on ``day``: until then its
        findings are told, and cost nothing. ``None``: it counts, or the standard knows no such rule.
        """
        setting = self.rules.get(rule_id)
        since = setting.since if setting is not None else None
        return since if since is not None and since > day else None

    @model_validator(mode="after")
    def _classes_known(self) -> Standard:
        if self.subject == "site":
            return self
        known = {c.id for c in self.classes}
        for rule_id, setting in self.rules.items():
            if setting.score_class not in known:
                raise ValueError(
                    f"规则 {rule_id} 的 class “{setting.score_class}” 没有在 classes 中定义"
                )
        if self.assessment is not None and self.assessment.classes.keys() != known:
            raise ValueError("assessment 的 classes 与问题类别不一致")
        return self
