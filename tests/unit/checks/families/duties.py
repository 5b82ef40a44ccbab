"""Periodic duties: met, missing, perhaps met, not known."""

from __future__ import annotations

from datetime import date
from typing import Any

from checks.duties_facts import DutyCase, Looked
from checks.facts import DateState, Entry, Missing, Unverified
from checks.model import OutcomeKind, Scope
from config.duties import Duty, Every, Titles
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import fetched, subject

FINE, FINDING = OutcomeKind.FINE, OutcomeKind.FINDING
GAP = Unverified(code=Missing.UNPROVEN, reason="栏目没有读到末页")
DUTY = Duty(
    id="cz",
    title="财政收支情况",
    unit="u1",
    every=Every.QUARTER,
    due_days=45,
    words=(("财政",), ("收支", "收入")),
    without=("解读",),
    maybe=(Titles(words=(("经济运行",),), without=("工业",)),),
    cumulative=True,
    places=("platform/u1.*",),
    basis="年度报告",
)


def entry(title: str, published: date | None = date(2018, 4, 20), n: int = 1) -> Entry:
    return Entry(
        title=title,
        url=f"http://127.0.0.1/e{n}.htm",
        published=published,
        date_state=DateState.READ if published else DateState.ABSENT,
    )


def case(
    *entries: Entry, gap: Unverified | None = None, doubts: tuple[str, ...] = (), **changes: Any
) -> DutyCase:
    return DutyCase(
        subject=subject(Scope.UNIT, "platform/duty.cz"),
        duty=DUTY.model_copy(update=changes),
        looked=Looked(entries=entries, columns=2, gap=gap, doubts=doubts),
        fetched=fetched(),
    )


def _case(side: Any, name: str, made: DutyCase, kind: OutcomeKind) -> RuleCase:
    return RuleCase(rule="missing-periodic", side=side, name=name, case=made, kind=kind)


Q4 = entry("2017年四季度财政收支情况", date(2018, 1, 20), 4)
"""Its last day, 14 February 2018, falls into the period that is judged; that of 2018Q1 is 15 May."""

CASES = [
    _case("bad", "nothing of the first quarter", case(Q4), FINDING),
    _case("bad", "another quarter under the same words", case(Q4, entry("2018年二季度财政收支情况")), FINDING),
    _case("bad", "the interpretation is another duty", case(Q4, entry("2018年一季度财政收支解读")), FINDING),
    _case("bad", "other words of the same quarter", case(Q4, entry("2018年一季度工作总结")), FINDING),
    _case("bad", "the same quarter of another year", case(Q4, entry("2017年一季度财政收支情况")), FINDING),
    _case("good", "both quarters are there", case(Q4, entry("2018年一季度财政收支情况")), FINE),
    _case("good", "as months", case(Q4, entry("2018年1-3月全市财政收入完成情况")), FINE),
    _case("good", "without its year, by when it was published", case(Q4, entry("一季度财政收支情况")), FINE),
    _case("good", "late is told and no fault", case(Q4, entry("2018年一季度财政收支情况", date(2018, 5, 20))), FINE),
    _case("unverified", "a column was not read to its end", case(Q4, gap=GAP), OutcomeKind.UNVERIFIED),
    _case("unverified", "a title without its period may be it", case(Q4, entry("我市财政收支情况")), OutcomeKind.UNVERIFIED),
    _case("good", "what was read shows it, whole or not", case(Q4, entry("2018年一季度财政收支情况"), gap=GAP), FINE),
    _case("bad", "one from before the quarter began is not it", case(Q4, entry("我市财政收支情况", date(2017, 12, 31))), FINDING),
    _case("unverified", "one from its first day may be it", case(Q4, entry("我市财政收支情况", date(2018, 1, 1))), OutcomeKind.UNVERIFIED),
    _case("bad", "one of another year is not it", case(Q4, entry("2019年财政收支情况")), FINDING),
    _case("unverified", "one of the year may be it", case(Q4, entry("2018年财政收支情况")), OutcomeKind.UNVERIFIED),
    _case("good", "two quarters in one title", case(entry("2017年四季度、2018年一季度财政收支情况")), FINE),
    _case("unverified", "something wider may hold it", case(Q4, entry("2018年一季度经济运行情况")), OutcomeKind.UNVERIFIED),
    _case("bad", "something wider of another quarter does not", case(Q4, entry("2017年三季度经济运行情况")), FINDING),
    _case("bad", "something that is ruled out does not", case(Q4, entry("2018年一季度工业经济运行情况")), FINDING),
    _case("unverified", "a title that is cut short may be it", case(Q4, entry("瑞昌市2018年一季度财政…")), OutcomeKind.UNVERIFIED),
    _case("bad", "one of other words that is cut short is not it", case(Q4, entry("瑞昌市2018年一季度农业…")), FINDING),
    _case("bad", "whose duty it is was inferred", case(Q4, unconfirmed=True), OutcomeKind.SUSPECTED),
    _case("bad", "a person should look first", case(Q4, doubts=("有栏目没有找到",)), OutcomeKind.SUSPECTED),
    _case("good", "it does not apply", case(not_applicable="没有这项工作"), OutcomeKind.NOT_APPLICABLE),
    _case("good", "it stands elsewhere by rule", case(outside="https://www.jxzwfww.gov.cn/"), OutcomeKind.NOT_APPLICABLE),
    _case("edge", "due on the very day it is read is not late", case(Q4, due_days=65), FINE),
    _case("edge", "due the day before is", case(Q4, due_days=64), FINDING),
]  # fmt: skip
