"""The parts of disclosure: shown by name, not shown, not known."""

from __future__ import annotations

from typing import Any

from checks.disclosure_facts import DisclosureCase, DisclosureLook
from checks.facts import Missing, Unverified
from checks.model import OutcomeKind, Scope
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import fetched, subject

FINE, SUSPECTED, UNVERIFIED = OutcomeKind.FINE, OutcomeKind.SUSPECTED, OutcomeKind.UNVERIFIED
GAP = Unverified(code=Missing.UNPROVEN, reason="公开平台首页没有读到")
ALL = ("公开指南", "公开目录", "公开年报", "依申请公开")


def case(
    *without: str,
    more: tuple[str, ...] = (),
    titles: tuple[str, ...] = (),
    **changes: Any,
) -> DisclosureCase:
    names = {*ALL, "政务动态", *more} - set(without)
    look = DisclosureLook(names=frozenset(names), titles=frozenset(titles), **changes)
    return DisclosureCase(subject=subject(Scope.SITE, "platform"), look=look, fetched=fetched())


def _case(side: Any, name: str, made: DisclosureCase, kind: OutcomeKind) -> RuleCase:
    return RuleCase(rule="missing-disclosure-part", side=side, name=name, case=made, kind=kind)


_YEARLY = "瑞昌市2017年政府信息公开工作年度报告"

CASES = [
    _case("good", "all four by their names", case(), FINE),
    _case("good", "other names for them", case(*ALL, more=("政府信息公开指南", "信息公开目录", "政府信息公开工作年度报告", "依法申请公开")), FINE),
    _case("good", "with blanks and full-width forms", case("公开年报", more=("信息 公开　年报",)), FINE),
    _case("good", "the annual report is an entry", case("公开年报", titles=(_YEARLY,)), FINE),
    _case("good", "a platform with its catalogue calls it by no name", case("公开目录", catalogue=True), FINE),
    _case("good", "what was read shows all, whole or not", case(gap=GAP), FINE),
    _case("bad", "no guide", case("公开指南"), SUSPECTED),
    _case("bad", "no catalogue, and no platform that is one", case("公开目录"), SUSPECTED),
    _case("bad", "no annual reports", case("公开年报"), SUSPECTED),
    _case("bad", "reports of enterprises and statistics are others", case("公开年报", more=("企业年报公示", "统计年报")), SUSPECTED),
    _case("bad", "no way to apply", case("依申请公开"), SUSPECTED),
    _case("bad", "an entry about applying is no way to apply", case("依申请公开", titles=("依申请公开工作制度",)), SUSPECTED),
    _case("bad", "guides of other matters", case("公开指南", more=("办事指南",)), SUSPECTED),
    _case("unverified", "a home page was not read", case("公开年报", gap=GAP), UNVERIFIED),
]  # fmt: skip
