"""Budgets: what a title announces, which day a text tells, what a new year leaves open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from checks.budget_facts import approval_in, head_of, speaks_of_all
from checks.registry import RULES
from checks.runner import judge
from tests.unit.checks.families.budgets import NEWS, at, case, outside
from tests.unit.checks.samples import context


@pytest.mark.parametrize(
    ("title", "head"),
    [
        ("市教体局2018年部门预算公开", "市教体局"),
        ("瑞昌市教育体育局关于2018年部门预算的说明", "瑞昌市教育体育局"),
        ("2018年度部门决算公开情况说明", ""),
        ("市教体局2018年预算公开", "市教体局"),
        ("市教体局2018年部门预算及“三公”经费公开", "市教体局"),
        ("市教体局2018年预算", None),
        ("市教体局2018年部门预算执行情况", None),
        ("市教体局召开2018年部门预算编制工作会议", None),
        ("市教体局2018年度部门预算编制说明", "市教体局"),
        ("市教体局2018年部门预算绩效评价结果", None),
        ("算" * 500, None),
    ],
)
def test_only_the_publication_itself_is_a_budget_in_another_column(
    title: str, head: str | None
) -> None:
    assert head_of(title) == head


def test_what_may_hold_the_budgets_of_all_is_told() -> None:
    assert speaks_of_all("市直各部门2018年预算公开", "市直各")
    assert speaks_of_all("2018年部门预算公开", "")
    assert not speaks_of_all("市教体局2018年部门预算", "市教体局")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("本部门预算于2018年3月8日经瑞昌市财政局批复，现予公开。", date(2018, 3, 8)),
        ("批复日期：2018-03-08", date(2018, 3, 8)),
        ("2018年3月8日召开会议。财政局批复后公开。", None),
        ("应在2018年3月8日财政局批复后20日内公开", None),
        ("2018年3月8日批复，2018年4月9日批复", None),
        ("2018年13月8日批复", None),
        ("批复" * 20_000, None),
        ("2018年3月8日" * 20_000, None),
    ],
)
def test_the_day_of_approval_is_told_once_or_not_at_all(text: str, day: date | None) -> None:
    assert approval_in(text) == day


@pytest.mark.parametrize("rule", ["missing-department-budget", "misplaced-budget"])
def test_a_new_year_mends_nothing(rule: str) -> None:
    january = context(
        as_of=at(date(2019, 1, 10)), today=date(2019, 1, 10), judge_from=date(2019, 1, 1)
    )
    made = case(on=at(date(2019, 1, 10)))
    if rule == "misplaced-budget":
        made = replace(made, elsewhere=outside(NEWS))
    (outcome,) = judge(made, [RULES[rule]], january)
    before = replace(january, judge_from=date(2018, 1, 1))
    (then,) = judge(made, [RULES[rule]], before)
    assert not outcome.findings
    assert {f.fingerprint for f in then.findings} <= set(outcome.unsettled)
    assert then.findings
