"""Which year a title of a budget is of, and what its publish date says where the title says none."""

from __future__ import annotations

from datetime import date

import pytest

from checks.budget_facts import Term, approval_in, lacking, may_be, meets
from checks.facts import DateState, Entry


def entry(title: str, published: date | None, state: DateState | None = None) -> Entry:
    held = state or (DateState.READ if published else DateState.ABSENT)
    return Entry(title=title, url="http://127.0.0.1/b.htm", published=published, date_state=held)


BUDGET = Term(kind="预算", fiscal=2018, year=2018, due=date(2018, 5, 10))
ACCOUNTS = Term(kind="决算", fiscal=2017, year=2018, due=date(2018, 11, 10))


@pytest.mark.parametrize(
    ("title", "published", "budget", "accounts"),
    [
        ("市水利局2018年部门预算", date(2018, 3, 1), True, False),
        ("市水利局２０１８年部门 预 算", None, True, False),
        ("市水利局二〇一八年部门预算", None, True, False),
        ("市水利局2018年部门预（决）算", date(2018, 3, 1), True, True),
        ("市水利局2018年部门预、决算公开", date(2018, 3, 1), True, True),
        ("市水利局2017年部门决算", date(2018, 9, 1), False, True),
        ("市水利局2018年部门决算", date(2018, 9, 1), False, None),  # called by the year it came out
        ("市水利局2018年部门决算", date(2019, 9, 1), False, False),  # that of 2018, a year later
        ("市水利局2018年部门决算", None, False, None),
        ("市水利局2017年部门决算", date(2017, 9, 1), False, None),  # before the year was over
        ("市水利局2017年部门决算", date(2018, 1, 1), False, True),
        ("市水利局部门预算", date(2018, 3, 1), True, False),
        ("市水利局部门预算", date(2017, 3, 1), False, False),
        ("市水利局部门预算", date(2019, 3, 1), False, False),
        ("市水利局部门预算", None, False, False),
        ("市水利局2018年部门预算编制说明", date(2018, 3, 1), True, False),
        ("市水利局2018年度预算编制情况的说明", date(2018, 3, 1), True, False),
        ("市水利局2018年部门预算编制工作方案", date(2018, 3, 1), False, False),
        ("市水利局2018年预算执行情况", date(2018, 9, 1), False, False),
        ("市水利局2018年预算绩效评价", date(2018, 9, 1), False, False),
        ("市水利局2018年部门预算及预算绩效目标", date(2018, 3, 1), True, False),
        ("市水利局2018年工作计划", date(2018, 3, 1), False, False),
    ],
)  # fmt: skip
def test_a_title_is_of_the_year_that_it_names_or_else_of_that_of_its_date(
    title: str, published: date | None, budget: bool | None, accounts: bool | None
) -> None:
    made = entry(title, published)
    for term, wanted in ((BUDGET, budget), (ACCOUNTS, accounts)):
        assert meets(made, term.kind, term.fiscal, term.year) is wanted


def test_a_title_without_a_year_whose_date_was_not_read_may_be_it() -> None:
    made = entry("市水利局部门预算", None, DateState.UNREAD)
    assert meets(made, "预算", 2018, 2018) is None


@pytest.mark.parametrize(
    ("title", "published", "may"),
    [
        ("2018年部门收支情况公开", None, True),
        ("2017年部门收支情况公开", None, False),
        ("部门收支情况公开", date(2018, 3, 1), True),
        ("部门收支情况公开", date(2017, 3, 1), False),
        ("部门收支情况公开", date(2019, 3, 1), False),
        ("部门收支情况公开", None, True),
        ("2018年部门预算收支公开", None, False),  # that one surely is
        ("2018年工作要点", None, False),
    ],
)
def test_what_says_neither_word_may_be_a_budget_of_its_year(
    title: str, published: date | None, may: bool
) -> None:
    assert may_be(entry(title, published), BUDGET) is may


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018年3月8日瑞昌市财政局批复我局2018年部门预算。", date(2018, 3, 8)),
        ("2018年3月8日经市自然资源局批复，同意征收土地。", None),
        ("2018年3月8日财政局批复预算；2018年4月1日市政府批复项目。", date(2018, 3, 8)),
        ("2018年3月8日，市财政局下达《关于水利局2018年部门预算的批复》。", date(2018, 3, 8)),
        (
            "2018年2月10日市财政局关于某项目资金的批复，2018年3月8日财政局批复部门预算。",
            date(2018, 3, 8),
        ),
        ("2018年2月10日省财政厅关于专项债券的批复。", None),
        ("2018年2月10日批复。", None),
        ("批复日期：2018-03-08", date(2018, 3, 8)),
        ("2018年3月8日财政局批复预算，2018年3月9日财政局批复决算。", None),
    ],
)
def test_only_an_approval_of_money_dates_a_budget(text: str, day: date | None) -> None:
    assert approval_in(text) == day


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("收支总体情况表", ("部门收支总体情况表", "收支预算总表", "部门收支总表", "收入支出预算总表")),
        ("收入总体情况表", ("部门收入总体情况表", "部门收入预算总表", "收入总表")),
        ("支出总体情况表", ("部门支出总体情况表", "部门预算支出总表", "支出预算总表", "部门支出总表")),
        ("财政拨款收支总体情况表", ("财政拨款收支总表", "财政拨款收入支出预算总表", "财政拨款预算收支总表")),
        ("一般公共预算支出情况表", ("一般公共预算支出表", "一般公共预算财政拨款支出表", "一般公共预算当年拨款支出表")),
        ("政府性基金预算支出情况表", ("政府性基金预算支出表", "政府性基金收支表")),
    ],
)  # fmt: skip
def test_a_table_is_there_under_the_names_that_it_has_and_not_under_those_of_others(
    table: str, words: tuple[str, ...]
) -> None:
    for name in words:
        assert table not in lacking("预算", f"附件：1.{name}"), name
    assert table in lacking("预算", "本单位2018年工作总结")


def test_the_tables_of_public_budgets_and_of_funds_are_not_that_of_all_spending() -> None:
    text = "一般公共预算支出表 政府性基金预算支出表 财政拨款支出表 一般公共预算基本支出表"
    assert "支出总体情况表" in lacking("预算", text)
