"""The facts that a rule may declare to need, by name, and how each is had from a case.

A supplier gives the fact, or ``Unverified`` (it could not be had), or ``NotApplicable`` (the rule
has nothing to judge there). The runner asks only for what a rule declares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from checks.annual_facts import AnnualCase
from checks.areas_facts import AreaCase
from checks.budget_facts import BudgetCase
from checks.case import ColumnCase, PageCase, SiteCase, UnitCase
from checks.dates_facts import DatesCase
from checks.disclosure_facts import DisclosureCase
from checks.duties_facts import DutyCase
from checks.entry_facts import EntryCase
from checks.facts import (
    Body,
    ColumnState,
    DateState,
    Missing,
    Page,
    PageKind,
    Paragraph,
    Read,
    TreeReading,
    Unverified,
)
from checks.identity_facts import AvailabilityCase, IdentityCase
from checks.interaction import (
    ChannelsCase,
    ConsultationCase,
    GuideCase,
    LetterCase,
    RoleCase,
)
from checks.interpretation_facts import PolicyCase
from checks.leaders_facts import LeadersCase
from checks.media_facts import MediaCase
from checks.model import Context, NotApplicable, Scope
from checks.paragraphs import ordinary
from checks.parts import Disclosure
from checks.proof import Emptiness, Freshness, emptiness, freshness, read_whole
from config.duties import Duty
from config.schema import Cadence, ColumnRole

Had = Any
"""A fact, ``Unverified`` or ``NotApplicable``."""


# --- pages: on the page alone ---------------------------------------------------------------------


def _page(page: Page, sure: float) -> Page | Unverified | NotApplicable:
    if page.kind_confidence < sure:
        return Unverified(code=Missing.READER, reason="页面类型识别把握不足")
    if page.kind not in (PageKind.ARTICLE, PageKind.ENTRY):
        return NotApplicable("不是信息内容页")
    return page


def _body(page: Page, sure: float) -> Body | Unverified | NotApplicable:
    held = _page(page, sure)
    if not isinstance(held, Page):
        return held
    if held.body is None:
        return Unverified(code=Missing.READER, reason="没有识别出正文")
    return held.body


def _title(page: Page, sure: float) -> Read[str] | Unverified | NotApplicable:
    held = _page(page, sure)
    if not isinstance(held, Page):
        return held
    if held.title is None:
        return Unverified(code=Missing.READER, reason="没有识别出标题")
    if held.title.confidence < sure:
        return Unverified(code=Missing.READER, reason="标题识别把握不足")
    return held.title


def _source(page: Page, sure: float) -> Read[str] | Unverified | NotApplicable | None:
    """The source, or the issuer of a disclosure entry; ``None``: the page surely names none."""
    held = _page(page, sure)
    if not isinstance(held, Page):
        return held
    issuer = held.issuer if held.kind is PageKind.ENTRY else None
    named = [read for read in (held.source, issuer) if read is not None]
    for read in named:
        if read.confidence >= sure:
            return read
    if named:
        return Unverified(code=Missing.READER, reason="来源识别把握不足")
    if held.source_hidden:
        return Unverified(code=Missing.READER, reason="来源或发布机构可能由脚本填写，程序看不到")
    if not held.source_label and isinstance(_title(held, sure), Unverified):
        # That nothing is there can be said only of a page whose head was understood.
        return Unverified(code=Missing.READER, reason="标题识别把握不足，不能确定有没有来源一栏")
    return None


def _ordinary(page: Page, sure: float) -> Sequence[Paragraph] | Unverified | NotApplicable:
    body = _body(page, sure)
    return ordinary(body) if isinstance(body, Body) else body


NO_TABLE = Unverified(code=Missing.READER, reason="条目的信息表没有读出")


def _disclosure(page: Page, sure: float) -> Disclosure | Unverified | NotApplicable:
    held = _page(page, sure)
    if not isinstance(held, Page):
        return held
    if held.kind is not PageKind.ENTRY:
        return NotApplicable("不是信息公开条目")
    if held.disclosure is None:
        return NO_TABLE
    return held.disclosure


PAGE_FACTS: Mapping[str, Callable[[Page, float], Had]] = {
    "page": _page,
    "disclosure": _disclosure,
    "body": _body,
    "title": _title,
    "source": _source,
    "ordinary": _ordinary,
}


# --- the other scopes -----------------------------------------------------------------------------


def _reading_gate(case: ColumnCase) -> Unverified | NotApplicable | None:
    if case.state is ColumnState.ABSENT:
        return NotApplicable("栏目缺失，按栏目缺失记录")
    if case.state is ColumnState.DELEGATED:
        return NotApplicable("栏目只链接到其他网站")
    return case.reading if isinstance(case.reading, Unverified) else None


def _emptiness(case: ColumnCase, context: Context) -> Emptiness | Unverified | NotApplicable:
    return _reading_gate(case) or emptiness(case, context)


def _freshness(case: ColumnCase, context: Context) -> Freshness | Unverified | NotApplicable:
    if case.expected.cadence.standing:
        return NotApplicable("长期公开的栏目，不要求定期更新")
    gate = _reading_gate(case)
    if gate is not None:
        return gate
    empty = emptiness(case, context)
    if isinstance(empty, Unverified):
        return empty
    if empty.blank:
        return NotApplicable("栏目空白，按空白栏目记录")
    return freshness(case, context)


def _tree(case: UnitCase, context: Context) -> TreeReading | Unverified | NotApplicable:
    if not case.columns:
        return NotApplicable("没有应设的栏目")
    if isinstance(case.tree, Unverified):
        return case.tree
    if not case.tree.complete:
        return case.tree.reason or Unverified(
            code=Missing.UNPROVEN, reason="栏目目录没有读全，不能断定栏目缺失"
        )
    return case.tree


def _budget(case: UnitCase, context: Context) -> Had:
    return NotApplicable("不在门户网站公开预决算") if case.budget is None else case.budget


def _rows(case: DatesCase, context: Context) -> Had:
    if isinstance(case.rows, Unverified):
        return case.rows
    return case.rows or NotApplicable("栏目里没有信息")


def _dated(case: DatesCase, context: Context) -> Had:
    if case.expected.cadence.standing:
        return NotApplicable("长期公开的栏目，补充旧信息是正常的")
    held = _rows(case, context)
    return held if isinstance(held, Unverified | NotApplicable) else case


def _over_time(case: DatesCase, context: Context) -> Had:
    held = _dated(case, context)
    if held is case and len(case.looks) < 2:
        return NotApplicable("第一次读到这个栏目，没有以前的读取可以对照")
    return held


def _letters_freshness(case: RoleCase, context: Context) -> Had:
    """The letters column's newest row against the months of the rule."""
    if case.role is not ColumnRole.LETTERS:
        return NotApplicable("不是咨询建言栏目")
    gate = _reading_gate(case.column)
    if gate is not None:
        return gate
    cadence = Cadence(months=context.params["months"])
    expected = case.column.expected.model_copy(update={"cadence": cadence})
    return freshness(replace(case.column, expected=expected), context)


def _proposals(case: RoleCase, context: Context) -> Had:
    if case.role is not ColumnRole.PROPOSALS:
        return NotApplicable("不是建议提案栏目")
    gate = _reading_gate(case.column)
    if gate is not None:
        return gate
    reading = case.column.reading
    if isinstance(reading, Unverified) or read_whole(reading):
        return case
    return Unverified(code=Missing.UNPROVEN, reason="建议提案栏目没有读到末页")


@dataclass(frozen=True, slots=True)
class Offer:
    """What a type of case offers: the scope of its subject, and its facts by name."""

    scope: Scope
    facts: Mapping[str, Callable[[Any, Context], Had]]


_PAGE: Mapping[str, Callable[[Any, Context], Had]] = {
    "listed": lambda case, context: case.listed,
    "fates": lambda case, context: case.fates,
}
_COLUMN: Mapping[str, Callable[[Any, Context], Had]] = {
    "column": lambda case, context: case.expected,
    "emptiness": _emptiness,
    "freshness": _freshness,
}
_UNIT: Mapping[str, Callable[[Any, Context], Had]] = {
    "tree": _tree,
    "columns": lambda case, context: case.columns,
    "budget": _budget,
    "measured": lambda case, context: case.fetched,
}
_SITE: Mapping[str, Callable[[Any, Context], Had]] = {
    "home": lambda case, context: case.home,
    "measured": lambda case, context: case.fetched,
}


def _duty(case: DutyCase, context: Context) -> Duty | NotApplicable:
    if case.duty.not_applicable:
        return NotApplicable(case.duty.not_applicable)
    if case.duty.outside is not None:
        return NotApplicable(f"按规定公开在其他平台，请到 {case.duty.outside} 查看")
    return case.duty


def _area_item(case: AreaCase, context: Context) -> AreaCase | NotApplicable:
    reason = case.item.not_applicable
    return NotApplicable(reason) if reason else case


def _measured(case: Any, context: Context) -> Had:
    return case.fetched


CASES: Mapping[type, Offer] = {
    PageCase: Offer(Scope.PAGE, _PAGE),
    ColumnCase: Offer(Scope.COLUMN, _COLUMN),
    UnitCase: Offer(Scope.UNIT, _UNIT),
    SiteCase: Offer(Scope.SITE, _SITE),
    DatesCase: Offer(
        Scope.COLUMN,
        {
            "rows": _rows,
            "dated": _dated,
            "over_time": _over_time,
            "read_at": lambda case, context: case.fetched,
        },
    ),
    DutyCase: Offer(
        Scope.UNIT,
        {
            "duty": _duty,
            "looked": lambda case, context: case.looked,
            "measured": lambda case, context: case.fetched,
        },
    ),
    BudgetCase: Offer(Scope.UNIT, {"budgets": lambda case, context: case, "measured": _measured}),
    AreaCase: Offer(Scope.UNIT, {"area_item": _area_item, "measured": _measured}),
    EntryCase: Offer(
        Scope.PAGE,
        {
            "me": lambda case, context: case.me,
            "index": lambda case, context: case.index,
            "habit": lambda case, context: case.habit,
            "same_number": lambda case, context: case.same_number,
            "same_text": lambda case, context: case.same_text,
        },
    ),
    PolicyCase: Offer(
        Scope.PAGE,
        {
            "document": lambda case, context: case.document,
            "matched": lambda case, context: case.matched,
            "links": lambda case, context: case.links,
        },
    ),
    LetterCase: Offer(Scope.PAGE, {"post": lambda case, context: case.post, "measured": _measured}),
    ConsultationCase: Offer(
        Scope.PAGE,
        {"consultation": lambda case, context: case.consultation, "measured": _measured},
    ),
    LeadersCase: Offer(Scope.COLUMN, {"leaders": lambda case, context: case.seen}),
    GuideCase: Offer(Scope.PAGE, {"guide": lambda case, context: case.guide}),
    RoleCase: Offer(
        Scope.COLUMN,
        {"letters_freshness": _letters_freshness, "proposals": _proposals, "measured": _measured},
    ),
    ChannelsCase: Offer(
        Scope.SITE, {"channels": lambda case, context: case, "measured": _measured}
    ),
    MediaCase: Offer(
        Scope.UNIT,
        {
            "account": lambda case, context: case.account,
            "update": lambda case, context: case.update,
        },
    ),
    IdentityCase: Offer(
        Scope.SITE,
        {
            "configured": lambda case, context: case.configured,
            "marks": lambda case, context: case.marks,
            "home_tags": lambda case, context: case.home,
            "column_tags": lambda case, context: case.columns,
            "article_tags": lambda case, context: case.articles,
            "search_look": lambda case, context: case.search,
        },
    ),
    AnnualCase: Offer(
        Scope.UNIT, {"annual": lambda case, context: case.look, "measured": _measured}
    ),
    DisclosureCase: Offer(
        Scope.SITE,
        {"disclosure_look": lambda case, context: case.look, "measured": _measured},
    ),
    AvailabilityCase: Offer(
        Scope.SITE,
        {
            "week": lambda case, context: case.week,
            "network": lambda case, context: case.network,
        },
    ),
}
"""Every type of case. A rule is asked about those of its scope that offer all that it needs."""


def known_facts(scope: Scope) -> frozenset[str]:
    """Names that a rule of this scope may need."""
    names = frozenset(
        name for offer in CASES.values() if offer.scope is scope for name in offer.facts
    )
    return names | frozenset(PAGE_FACTS) if scope is Scope.PAGE else names


NO_DATE = NotApplicable("没有发布日期，不能确定是否在评判期内")


def judged_period(case: PageCase, context: Context) -> NotApplicable | Unverified | None:
    """Page rules judge what was published since ``judge_from``; ``None``: this page is."""
    page = case.page
    if isinstance(page, Unverified):
        if case.dated is not None and case.dated < context.judge_from:
            return _too_old(context)
        return page
    held = _page(page, context.min_confidence)
    if not isinstance(held, Page):
        return held
    read = page.published
    unsure = read is not None and read.confidence < context.min_confidence
    day = read.value if read is not None and not unsure else None
    if day is None and case.listed is not None:
        day = case.listed.published
    if day is not None:
        return None if day >= context.judge_from else _too_old(context)
    if page.date_state is DateState.ABSENT and (
        case.listed is None or case.listed.date_state is DateState.ABSENT
    ):
        return NO_DATE
    why = "发布日期识别把握不足" if unsure else "发布日期未能读出"
    return Unverified(code=Missing.UNDATED, reason=f"{why}，不能确定是否在评判期内")


def _too_old(context: Context) -> NotApplicable:
    return NotApplicable(f"{context.judge_from:%Y-%m-%d} 以前发布，不在评判期内")
