"""The catalogue: declarations are checked, parameters are bounded, a set has an identity."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from checks.byhand import KINDS, LIKE
from checks.declaration import Basis, Doc, Param, Rule, rule
from checks.facts import Body
from checks.model import Context, Scope, Severity
from checks.registry import (
    FAMILIES,
    RULES,
    SettingError,
    by_machine,
    collect,
    resolve,
    rules_digest,
    select,
    setting_faults,
    settings_of,
)
from checks.runner import judge, judge_page
from config.schema import RuleSetting, ScoreClass, Standard
from tests.unit.checks.samples import context, listed, written

DOC = Doc(checks="查", why="为", good="好", bad="坏", mend="改", doubts="疑")


def declare(function: Any, **changes: Any) -> Rule:
    values: dict[str, Any] = {
        "id": "some-rule",
        "title": "某规则",
        "scope": Scope.PAGE,
        "severity": Severity.HINT,
        "basis": (Basis("文件", "条款"),),
        "remedy": "请改正。",
        "doc": DOC,
        "needs": ("body",),
    }
    return rule(**{**values, **changes})(function)


def content(body: Body) -> None:
    return None


def module_of(name: str, *rules: Rule) -> str:
    module = ModuleType(name)
    for n, each in enumerate(rules):
        setattr(module, f"rule_{n}", each)
    sys.modules[name] = module
    return name


def test_rules_stand_in_the_order_of_the_families_those_by_hand_last() -> None:
    first = [
        "overdue-column",
        "stale-home-page",
        "missing-column",
        "blank-column",
        "missing-budget",
        "undated-entry",
        "title-only-entry",
        "garbled-text",
        "dead-link",
        "dead-attachment",
        "broken-image",
        "mixed-indent",
        "mixed-fonts",
        "word-leftovers",
        "br-paragraphs",
        "empty-paragraphs",
        "oversized-object",
        "untidy-title",
        "missing-source",
        "halfwidth-punctuation",
    ]
    by_hand = ["hand-missing", "hand-late", "hand-content", "hand-layout"]
    assert list(RULES)[: len(first)] == first
    assert list(RULES)[-len(by_hand) :] == by_hand


def test_what_people_record_is_no_rule_that_the_program_judges_or_a_standard_may_name() -> None:
    by_hand = {rule_id for rule_id, rule in RULES.items() if rule.by_hand}
    assert by_hand == {"hand-missing", "hand-late", "hand-content", "hand-layout"}
    assert by_hand.isdisjoint(r.id for r in by_machine())
    assert set(KINDS.values()) == set(LIKE) == by_hand
    assert not any(RULES[like].by_hand for like in LIKE.values())
    setting = RuleSetting(score_class="late", points=1)
    ((place, reason, _),) = setting_faults(
        Standard.model_validate(
            {**standard().model_dump(by_alias=True), "rules": {"hand-late": setting}}
        )
    )
    assert place == ("rules", "hand-late")
    assert "人工记录" in reason


@pytest.mark.parametrize("rule_id", sorted(KINDS.values()))
def test_the_runner_passes_by_hand_rules_over(rule_id: str) -> None:
    assert judge_page(written("正文"), [RULES[rule_id]], context()) == ()
    assert judge(listed(date(2018, 6, 1)), [RULES[rule_id]], context()) == ()


def test_collecting_again_gives_the_same_rules() -> None:
    assert collect(FAMILIES) == RULES


def test_two_rules_of_one_id_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    name = module_of("family_of_twins", declare(content), declare(content))
    monkeypatch.setitem(sys.modules, name, sys.modules[name])
    with pytest.raises(ValueError, match="some-rule"):
        collect([name])


def test_a_need_that_no_supplier_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def wants_weather(weather: object) -> None:
        return None

    name = module_of("family_of_wishes", declare(wants_weather, needs=("weather",)))
    monkeypatch.setitem(sys.modules, name, sys.modules[name])
    with pytest.raises(ValueError, match="weather"):
        collect([name])


def test_a_function_must_take_what_its_declaration_needs() -> None:
    with pytest.raises(ValueError, match="needs"):
        declare(content, needs=("body", "title"))


def test_a_rule_of_the_crawl_may_not_know_the_day() -> None:
    def knows_the_day(body: Body, context: Context) -> None:
        return None

    with pytest.raises(ValueError, match="in the crawl"):
        declare(knows_the_day, when="crawl")
    with pytest.raises(ValueError, match="in the crawl"):
        declare(content, scope=Scope.SITE, when="crawl")


@pytest.mark.parametrize("bad", ["Some-Rule", "some_rule", "", "-x", "x-"])
def test_an_id_is_lower_case_words_with_hyphens(bad: str) -> None:
    with pytest.raises(ValueError, match="not a rule id"):
        declare(content, id=bad)


def test_a_basis_says_when_it_is_not_confirmed() -> None:
    assert Basis("文件", "条款", unconfirmed=True).words == "文件：条款（未确认）"
    assert Basis("文件", "条款").words == "文件：条款"


@pytest.mark.parametrize(
    ("param", "value", "fault"),
    [
        (Param(14, "日数", low=1, high=366), 14, None),
        (Param(14, "日数", low=1, high=366), 1, None),
        (Param(14, "日数", low=1, high=366), 0, "不能小于 1"),
        (Param(14, "日数", low=1, high=366), 366, None),
        (Param(14, "日数", low=1, high=366), 367, "不能大于 366"),
        (Param(14, "日数"), 14.5, "应为整数"),
        (Param(14, "日数"), "14", "应为整数"),
        (Param(14, "日数"), True, "应为 true 或 false"),
        (Param(1.5, "磅数", low=0.5), 2, None),
        (Param(1.5, "磅数", low=0.5), float("nan"), "不能小于 0.5"),
        (Param(1.5, "磅数"), None, "应为数字"),
        (Param(True, "开关"), False, None),
        (Param(True, "开关"), 1, "应为 true 或 false"),
        (Param("a", "选择", choices=("a", "b")), "b", None),
        (Param("a", "选择", choices=("a", "b")), "c", "只能是 a、b"),
        (Param("04-30", "日期", form=r"\d\d-\d\d"), "05-31", None),
        (Param("04-30", "日期", form=r"\d\d-\d\d"), "5月", "格式应如 04-30"),
        (Param("a", "文字"), 1, "应为文字"),
    ],
)
def test_a_parameter_knows_its_bounds(param: Param, value: object, fault: str | None) -> None:
    assert param.fault(value) == fault


def test_a_standard_overrides_defaults_and_leaves_the_others() -> None:
    mixed = RULES["mixed-fonts"]
    assert resolve(mixed, {"each": 2}) == {**mixed.defaults, "each": 2}
    assert resolve(mixed, {}) == mixed.defaults


def test_an_unknown_parameter_is_refused_in_chinese() -> None:
    with pytest.raises(SettingError, match="没有参数 colour"):
        resolve(RULES["mixed-fonts"], {"colour": 1})


def test_a_value_out_of_bounds_is_refused_with_the_meaning_of_the_parameter() -> None:
    with pytest.raises(SettingError, match=r"stale-home-page 的参数 days（.+）不能小于 1"):
        resolve(RULES["stale-home-page"], {"days": 0})


def test_an_unknown_rule_is_refused_in_chinese() -> None:
    with pytest.raises(SettingError, match="没有这样的规则：no-such-rule"):
        select(["no-such-rule"])


def test_rules_are_selected_in_the_order_of_the_registry() -> None:
    assert [r.id for r in select(["missing-source", "blank-column"])] == [
        "blank-column",
        "missing-source",
    ]


def standard(**changes: Any) -> Standard:
    values: dict[str, Any] = {
        "id": "test",
        "title": "测试",
        "basis": "",
        "subject": "unit",
        "classes": ({"id": "late", "title": "时效性", "label": "更新不及时", "cap": 35},),
        "rules": {
            "overdue-column": {"class": "late", "points": 2},
            "stale-home-page": {"class": "late", "points": 5, "params": {"days": 7}},
        },
    }
    return Standard.model_validate({**values, **changes})


def test_a_standard_gives_its_settings_with_its_word_on_undated_entries() -> None:
    assert settings_of(standard(undated_counts_as="not_updated")) == {
        "overdue-column": {"undated_counts_as": "not_updated"},
        "stale-home-page": {"days": 7},
    }


def test_a_standard_that_names_an_unknown_rule_is_refused() -> None:
    rules = {"no-such-rule": {"class": "late", "points": 1}}
    with pytest.raises(SettingError, match="no-such-rule"):
        settings_of(standard(rules=rules))


def test_a_digest_does_not_depend_on_order_or_on_defaults_written_out() -> None:
    one = rules_digest(["mixed-fonts", "missing-source"])
    assert rules_digest(["missing-source", "mixed-fonts"]) == one
    assert rules_digest(["missing-source", "mixed-fonts"], {"mixed-fonts": {"each": 1}}) == one
    assert rules_digest(["missing-source", "mixed-fonts"], {"stale-home-page": {"days": 3}}) == one


def test_a_digest_changes_with_rules_versions_and_parameters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = ["mixed-fonts", "missing-source"]
    before = rules_digest(ids)
    assert rules_digest(ids[:1]) != before
    assert rules_digest(ids, {"mixed-fonts": {"each": 2}}) != before
    monkeypatch.setitem(RULES, "mixed-fonts", replace(RULES["mixed-fonts"], version=2))
    assert rules_digest(ids) != before


def test_what_is_wrong_with_a_standards_rules_is_told_by_place() -> None:
    settings = {
        "overdue-colum": RuleSetting(score_class="a", points=1),
        "stale-home-page": RuleSetting(score_class="a", points=1, params={"days": 0, "tage": 1}),
        "overdue-column": RuleSetting(score_class="a", points=1),
    }
    standard = Standard(
        id="x", title="x", basis="x", subject="unit", rules=settings,
        classes=(ScoreClass(id="a", title="a", label="a", cap=1),),
    )  # fmt: skip
    told = {place: (reason, remedy) for place, reason, remedy in setting_faults(standard)}
    assert told.keys() == {
        ("rules", "overdue-colum"),
        ("rules", "stale-home-page", "params", "days"),
        ("rules", "stale-home-page", "params", "tage"),
    }
    assert "overdue-column" in told["rules", "overdue-colum"][1]
    assert "days" in told["rules", "stale-home-page", "params", "tage"][1]
