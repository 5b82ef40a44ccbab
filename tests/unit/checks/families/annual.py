"""Annual reports: there, missing, late in the year, of nobody knows whom."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from checks.annual_facts import AnnualCase, AnnualLook, Owes
from checks.facts import DateState, Entry, Missing, Unverified
from checks.model import OutcomeKind, Scope
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import fetched, subject

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
UNVERIFIED = OutcomeKind.UNVERIFIED
GAP = Unverified(code=Missing.UNPROVEN, reason="栏目“公开年报”没有读到末页")
TITLE = "瑞昌市财政局{}年政府信息公开工作年度报告"


def entry(title: str, published: date | None = date(2018, 3, 12)) -> Entry:
    return Entry(
        title=title,
        url="http://127.0.0.1/a1.htm",
        published=published,
        date_state=DateState.READ if published else DateState.ABSENT,
    )


THIS, LAST = entry(TITLE.format(2017)), entry(TITLE.format(2016), date(2017, 3, 12))


def case(
    *entries: Entry, on: date = date(2018, 6, 4), owes: Owes = Owes.DEPARTMENT, **changes: Any
) -> AnnualCase:
    look = AnnualLook(owes=owes, reports=entries, columns=("公开年报",), **changes)
    at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
    return AnnualCase(subject=subject(Scope.UNIT, "annual.czj"), look=look, fetched=fetched(at))


def _case(side: Any, name: str, made: AnnualCase, kind: OutcomeKind) -> RuleCase:
    assert made.fetched is not None
    at = made.fetched.at
    return RuleCase(
        rule="missing-annual-report", side=side, name=name, case=made, kind=kind,
        context={"as_of": at, "today": at.date(), "judge_from": date(at.year, 1, 1)},
    )  # fmt: skip


_TOWN, _CITY = Owes.TOWNSHIP, Owes.GOVERNMENT

CASES = [
    _case("good", "that of the year before is there", case(LAST, THIS), FINE),
    _case("good", "with Chinese figures", case(entry(TITLE.format("二〇一七"))), FINE),
    _case("good", "its row bears no date, its title the year", case(entry(TITLE.format(2017), None)), FINE),
    _case("good", "there, whatever else was not read", case(THIS, gap=GAP), FINE),
    _case("bad", "only that of an earlier year", case(LAST), FINDING),
    _case("bad", "none at all", case(), FINDING),
    _case("bad", "a township owes it by the regulation of 2007", case(owes=_TOWN), FINDING),
    _case("bad", "the government itself", case(owes=_CITY), FINDING),
    _case("bad", "whether it owes one is not sure", case(doubt="直属机构是否单独编制，请先核对"), SUSPECTED),
    _case("bad", "a report of nobody knows whom may be it", case(open=(entry("2017年政府信息公开工作年度报告"),)), SUSPECTED),
    _case("bad", "such a report of another year is not", case(open=(LAST,)), FINDING),
    _case("edge", "on the last day it is not due", case(on=date(2018, 3, 31)), FINE),
    _case("edge", "a day later it is", case(on=date(2018, 4, 1)), FINDING),
    _case("edge", "in February 2019 that of 2018 is not due", case(on=date(2019, 2, 1)), FINE),
    _case("edge", "in February 2020 a department's is", case(on=date(2020, 2, 1)), FINDING),
    _case("edge", "the government's is not", case(on=date(2020, 2, 1), owes=_CITY), FINE),
    _case("edge", "in April 2020 it is", case(on=date(2020, 4, 1), owes=_CITY), FINDING),
    _case("edge", "of townships the regulation of 2019 says nothing", case(on=date(2020, 6, 1), owes=_TOWN), FINE),
    _case("unverified", "a report without a year", case(entry("政府信息公开工作年度报告")), UNVERIFIED),
    _case("unverified", "the year of its publishing in its title", case(entry(TITLE.format(2018))), UNVERIFIED),
    _case("unverified", "the column was not read to its end", case(gap=GAP), UNVERIFIED),
]  # fmt: skip
