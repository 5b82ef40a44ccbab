"""Which periods a title names, and which are due."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.duties_facts import Term, running, terms
from checks.duties_titles import may_be_of, may_tell, plain, terms_of, told_of
from checks.facts import Entry
from checks.registry import RULES
from checks.runner import judge
from config.duties import Every
from tests.unit.checks.families.duties import DUTY, case, entry
from tests.unit.checks.samples import context

YEARLY = DUTY.model_copy(update={"every": Every.YEAR, "due_days": 180})
MONTHLY = DUTY.model_copy(update={"every": Every.MONTH, "due_days": 15})
QUARTERS = [Term(2018, Every.QUARTER, number) for number in (1, 2, 3, 4)]
SINGLE = DUTY.model_copy(update={"cumulative": False})


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("2018年一季度财政收支情况", {"2018Q1"}),
        ("2018年第1季度财政收支情况", {"2018Q1"}),
        ("二〇一八年第二季度财政收支情况", {"2018Q2"}),
        ("二O一八年三季度财政收支情况", {"2018Q3"}),
        ("２０１８年Q4财政收支情况", {"2018Q4"}),
        ("2018年1-3月财政收支情况", {"2018Q1"}),
        ("2018年1月—3月财政收支情况", {"2018Q1"}),
        ("2018年一至三月财政收支情况", {"2018Q1"}),
        ("2018年10-12月份财政收支情况", {"2018Q4"}),
        ("2018年十月至十二月财政收支情况", {"2018Q4"}),
        ("2018年1-6月财政收支情况", {"2018Q2"}),
        ("2018年上半年财政收支情况", {"2018Q2"}),
        ("2018年前三季度财政收支情况", {"2018Q3"}),
        ("2018年全年财政收支情况", {"2018Q4"}),
        ("2018年一、二季度财政收支情况", {"2018Q1", "2018Q2"}),
        ("2018年1、2季度财政收支情况", {"2018Q1", "2018Q2"}),
        ("2018年一二季度财政收支情况", {"2018Q1", "2018Q2"}),
        ("2018年第一、第二季度财政收支情况", {"2018Q1", "2018Q2"}),
        ("2018年一季度和二季度财政收支情况", {"2018Q1", "2018Q2"}),
        ("2018年三至四季度财政收支情况", {"2018Q3", "2018Q4"}),
        ("2018一季度财政收支情况", {"2018Q1"}),
        ("2021二季度财政收支情况", {"2021Q2"}),
        ("2018年第三季财政收支情况", {"2018Q3"}),
        ("2018年01-03月财政收支情况", {"2018Q1"}),
        ("2018年1—3月财政收支情况", {"2018Q1"}),
        ("2018年1——3月财政收支情况", {"2018Q1"}),
        ("2018年1至3月财政收支情况", {"2018Q1"}),
        ("2018年1月至3月份财政收支情况", {"2018Q1"}),
        ("2018.01-2018.03月财政收支情况", {"2018Q1"}),
        ("2018年1、2、3月财政收支情况", {"2018Q1"}),
        ("2018年04月～06月财政收支情况", {"2018Q2"}),
        ("2018年前两季度财政收支情况", {"2018Q2"}),
        ("2018年一季度财政收入2000万元", {"2018Q1"}),
        ("2018年1、3月财政收支情况", None),
        ("截至2018年3月31日财政收支情况", None),
        ("2018年2-4月财政收支情况", None),
        ("2018年4月财政收支情况", None),
        ("财政收支情况", None),
    ],
)
def test_the_quarter_is_read_however_it_is_written(title: str, keys: set[str] | None) -> None:
    assert terms_of(DUTY, entry(title, date(2022, 1, 20))) == keys


@pytest.mark.parametrize(
    "title", ["2018年上半年财政收支", "2018年1-6月财政收支", "2018年前三季度财政收支"]
)
def test_a_sum_meets_no_single_quarter(title: str) -> None:
    assert terms_of(SINGLE, entry(title)) is None


def test_a_title_without_a_year_tells_of_the_last_such_period_before_it() -> None:
    assert terms_of(DUTY, entry("四季度财政收支", date(2018, 1, 20))) == {"2017Q4"}
    assert terms_of(DUTY, entry("一季度财政收支", date(2018, 3, 31))) == {"2017Q1"}
    assert terms_of(DUTY, entry("一季度财政收支", date(2018, 4, 1))) == {"2018Q1"}
    assert terms_of(DUTY, entry("一季度财政收支", None)) is None


def late(title: str) -> Entry:
    return entry(title, date(2019, 1, 20))


def test_what_had_not_begun_when_it_was_published_was_not_understood() -> None:
    assert terms_of(DUTY, entry("2019年四季度财政收支", date(2019, 1, 20))) is None
    assert terms_of(DUTY, entry("2018年二季度财政收支", date(2018, 3, 31))) is None
    assert terms_of(DUTY, entry("2018年二季度财政收支", date(2018, 4, 1))) == {"2018Q2"}
    assert terms_of(YEARLY, entry("2018年财政收支公报", date(2018, 6, 30))) is None
    assert terms_of(YEARLY, entry("2018年财政收支公报", date(2018, 7, 1))) == {"2018"}
    q4, q3 = Term(2018, Every.QUARTER, 4), Term(2018, Every.QUARTER, 3)
    assert may_tell(DUTY, entry("2019年四季度财政收支", date(2019, 1, 20)), q4)
    assert not may_tell(DUTY, entry("2019年四季度财政收支", date(2019, 1, 20)), q3)


def test_the_year_of_a_documents_number_is_not_the_periods() -> None:
    assert terms_of(DUTY, late("四季度财政收支情况（瑞财字〔2019〕3号）")) == {"2018Q4"}
    assert terms_of(DUTY, late("2018年四季度财政收支情况 瑞财字[2019]3号")) == {"2018Q4"}


def test_years_and_months_are_read_for_yearly_and_monthly_duties() -> None:
    assert terms_of(YEARLY, entry("2017年财政收支公报")) == {"2017"}
    assert terms_of(YEARLY, entry("财政收支公报")) is None
    assert terms_of(MONTHLY, late("2018年5月财政收支")) == {"2018-05"}
    assert terms_of(MONTHLY, late("2018年12月财政收支")) == {"2018-12"}
    assert terms_of(MONTHLY, late("截至2018年5月4日的财政收支")) is None
    assert terms_of(MONTHLY, late("2018年1、2月财政收支")) == {"2018-01", "2018-02"}
    assert terms_of(MONTHLY, late("2018年一至三月财政收支")) == {
        "2018-01", "2018-02", "2018-03",
    }  # fmt: skip
    assert terms_of(MONTHLY, late("2018年十一月财政收支")) == {"2018-11"}


def test_a_title_without_its_period_may_tell_of_one_that_had_begun_when_it_was_published() -> None:
    term = Term(2018, Every.QUARTER, 2)

    def may(title: str, published: date | None) -> bool:
        return may_tell(DUTY, entry(title, published), term)

    assert may("财政收支情况", date(2018, 4, 1))
    assert not may("财政收支情况", date(2018, 3, 31))
    assert may("财政收支情况", None)
    assert may("2018年财政收支情况", date(2018, 4, 1))
    assert not may("2017年财政收支情况", date(2018, 4, 1))
    assert may("财政收支突破2000万元", date(2018, 4, 1))
    assert not may("2018年一季度财政收支情况", date(2018, 4, 20))


def test_what_may_hold_a_duty_is_not_about_it() -> None:
    assert may_be_of(DUTY, entry("一季度经济运行情况"))
    assert not may_be_of(DUTY, entry("一季度工业经济运行情况"))
    assert not may_be_of(DUTY, entry("一季度财政收支情况"))
    assert may_be_of(DUTY, entry("瑞昌市一季度财政..."))
    assert not may_be_of(DUTY, entry("财政解读…"))


def test_every_group_of_words_must_be_there_and_no_word_that_is_ruled_out() -> None:
    assert told_of(DUTY, entry("全市财政收入情况"))
    assert told_of(DUTY, entry("财 政 收 支"))
    assert not told_of(DUTY, entry("全市收入情况"))
    assert not told_of(DUTY, entry("全市财政工作"))
    assert not told_of(DUTY, entry("财政收支解读"))


def test_the_periods_that_are_due_are_those_whose_last_day_lies_within() -> None:
    def keys(since: date, until: date) -> list[str]:
        return [t.key for t in terms(DUTY, since, until)]

    assert keys(date(2018, 1, 1), date(2018, 6, 4)) == ["2017Q4", "2018Q1"]
    last = date(2018, 3, 31) + timedelta(days=45)
    assert keys(last, last + timedelta(days=1)) == ["2018Q1"]
    assert keys(last + timedelta(days=1), last + timedelta(days=30)) == []
    assert keys(date(2018, 1, 1), last) == ["2017Q4"]


@given(st.integers(2001, 2090), st.sampled_from(list(Every)), st.integers(1, 12))
def test_periods_follow_each_other_without_gap_and_end_with_their_month(
    year: int, every: Every, number: int
) -> None:
    most = {Every.YEAR: 1, Every.QUARTER: 4, Every.MONTH: 12}[every]
    term = Term(year, every, (number - 1) % most + 1)
    following = term.next()
    months = {Every.YEAR: 12, Every.QUARTER: 3, Every.MONTH: 1}[every]
    first = term.end + timedelta(days=1)
    assert first.day == 1
    ahead = (following.end.year - first.year) * 12 + following.end.month - first.month + 1
    assert ahead == months
    assert following.key != term.key
    assert (following.end + timedelta(days=1)).day == 1


@given(st.text(max_size=60))
def test_any_title_is_read_without_a_fault(title: str) -> None:
    plain(title)
    assert terms_of(DUTY, entry(title)) is None or terms_of(DUTY, entry(title))


def test_a_period_is_called_as_clerks_call_it_and_begins_with_its_first_month() -> None:
    assert [term.words for term in QUARTERS] == [
        "2018年一季度", "2018年二季度", "2018年三季度", "2018年四季度",
    ]  # fmt: skip
    assert [term.start.month for term in QUARTERS] == [1, 4, 7, 10]
    year, month = Term(2018, Every.YEAR, 1), Term(2018, Every.MONTH, 9)
    assert (year.words, year.start, year.end) == ("2018年", date(2018, 1, 1), date(2018, 12, 31))
    assert (month.words, month.start) == ("2018年9月", date(2018, 9, 1))


def test_what_has_begun_and_is_not_due_is_running_and_what_is_due_today_still_is() -> None:
    due = QUARTERS[0].due(DUTY.due_days)
    assert [t.key for t in running(DUTY, due)] == ["2018Q1", "2018Q2"]
    assert [t.key for t in running(DUTY, due + timedelta(days=1))] == ["2018Q2"]
    yearly = YEARLY.model_copy(update={"due_days": 900})
    assert [t.key for t in running(yearly, date(2018, 6, 4))] == ["2015", "2016", "2017", "2018"]


def test_only_what_came_late_is_remarked_on() -> None:
    def remarks(published: date) -> list[str]:
        made = case(
            entry("2017年四季度财政收支情况", date(2018, 1, 20), 4),
            entry("2018年一季度财政收支情况", published),
        )
        return [o.reason for o in judge(made, [RULES["missing-periodic"]], context()) if o.reason]

    assert remarks(date(2018, 5, 15)) == []
    (late,) = remarks(date(2018, 5, 16))
    assert "2018-05-16" in late
    assert "2018-05-15" in late
