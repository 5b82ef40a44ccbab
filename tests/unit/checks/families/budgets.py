"""Budgets of departments: missing, in another column, late."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from checks.budget_facts import BudgetCase, Elsewhere, Published
from checks.facts import DateState, Entry, Missing, Unverified
from checks.model import OutcomeKind, Scope
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import AS_OF, fetched, subject

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
NOT_APPLICABLE, UNVERIFIED = OutcomeKind.NOT_APPLICABLE, OutcomeKind.UNVERIFIED
GAP = Unverified(code=Missing.UNPROVEN, reason="栏目“财政预决算”没有读到末页")
CASES: list[RuleCase] = []


def entry(title: str, published: date | None = date(2018, 3, 20), n: int = 1) -> Entry:
    return Entry(
        title=title,
        url=f"http://127.0.0.1/b{n}.htm",
        published=published,
        date_state=DateState.READ if published else DateState.UNREAD,
    )


BUDGET = entry("市教体局2018年部门预算")
NEWS = entry("市教体局2018年部门预算公开", n=7)
AUTUMN = datetime(2018, 12, 1, 4, tzinfo=UTC)


def case(*entries: Entry, on: datetime = AS_OF, **changes: Any) -> BudgetCase:
    return BudgetCase(
        subject=subject(Scope.UNIT, "platform/budget.jty"),
        places=("财经类信息 > 财政预决算",),
        entries=entries,
        fetched=fetched(on),
        **changes,
    )


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def outside(found: Entry, *, sure: bool = True) -> tuple[Elsewhere, ...]:
    return (Elsewhere(entry=found, place="工作动态 > 政务动态", sure=sure),)


def _add(
    rule: str,
    side: Any,
    name: str,
    made: BudgetCase,
    kind: OutcomeKind,
    context: dict[str, Any] | None = None,
    **params: Any,
) -> None:
    CASES.append(
        RuleCase(
            rule=rule,
            side=side,
            name=name,
            case=made,
            kind=kind,
            params=params,
            context=context or {},
        )
    )


_THEN = {"as_of": AUTUMN, "today": date(2018, 12, 1)}
_M = "missing-department-budget"
_add(_M, "bad", "no budget of the year by June", case(), SUSPECTED)
_add(_M, "good", "it is there", case(BUDGET), FINE)
_add(_M, "bad", "last year's is not this year's", case(entry("市教体局2017年部门预算")), SUSPECTED)
_add(_M, "edge", "the last day of grace", case(on=at(date(2018, 5, 10))), FINE)
_add(_M, "edge", "the day after", case(on=at(date(2018, 5, 11))), SUSPECTED)
_add(_M, "edge", "the grace is the standard's", case(), FINE, slack_days=60)
_add(_M, "bad", "no accounts by December", case(BUDGET, on=AUTUMN), SUSPECTED, _THEN)
_add(
    _M,
    "good",
    "both are there by December",
    case(BUDGET, entry("2017年度部门决算", date(2018, 9, 1), 2), on=AUTUMN),
    FINE,
    _THEN,
)
_add(_M, "unverified", "a column was not read whole", case(gap=GAP), UNVERIFIED)
_add(_M, "good", "what was read shows it, whole or not", case(BUDGET, gap=GAP), FINE)
_add(_M, "good", "it stands in the wrong column", case(elsewhere=outside(NEWS)), FINE)
_add(
    _M,
    "unverified",
    "something like it stands elsewhere",
    case(elsewhere=outside(NEWS, sure=False)),
    UNVERIFIED,
)
_add(
    _M,
    "unverified",
    "one publication of all departments",
    case(collective=(entry("市直各部门2018年预算公开"),)),
    UNVERIFIED,
)
_add(
    _M,
    "bad",
    "one of all departments of another year",
    case(collective=(entry("市直各部门2017年预算公开"),)),
    SUSPECTED,
)
_add(
    _M,
    "unverified",
    "neither year nor date",
    case(entry("部门预算公开", None)),
    UNVERIFIED,
)
_add(
    _M,
    "unverified",
    "income and expenses of the year, not called a budget",
    case(entry("市教体局2018年部门收支情况公开")),
    UNVERIFIED,
)
_add(_M, "bad", "those of another year", case(entry("市教体局2016年部门收支情况公开")), SUSPECTED)
_add(_M, "good", "a unit founded in the year", case(since=date(2018, 1, 2)), FINE)
_add(_M, "edge", "a unit founded as the year began", case(since=date(2018, 1, 1)), SUSPECTED)

_P = "misplaced-budget"
_add(_P, "bad", "only among the news", case(elsewhere=outside(NEWS)), FINDING)
_add(_P, "good", "among the news, too", case(BUDGET, elsewhere=outside(NEWS)), FINE)
_add(_P, "good", "nothing anywhere is another rule's", case(), FINE)
_add(_P, "good", "a title that is not sure", case(elsewhere=outside(NEWS, sure=False)), FINE)
_add(
    _P,
    "unverified",
    "the column was not read whole",
    case(elsewhere=outside(NEWS), gap=GAP),
    UNVERIFIED,
)
_add(
    _P,
    "unverified",
    "the column's entry may be it",
    case(entry("部门预算公开", None), elsewhere=outside(NEWS)),
    UNVERIFIED,
)
_add(
    _P,
    "good",
    "before the judged period",
    case(elsewhere=outside(entry("2017年部门预算公开", date(2017, 3, 1)))),
    FINE,
)
_add(
    _P,
    "unverified",
    "nobody knows when",
    case(elsewhere=outside(entry("2018年部门预算公开", None))),
    UNVERIFIED,
)

_L = "late-budget"
_KNOWN = {("预算", 2018): date(2018, 3, 8)}


def on(day: date | None) -> Entry:
    return entry("市教体局2018年部门预算", day)


_add(
    _L, "bad", "a month after the approval", case(on(date(2018, 4, 8)), approved=_KNOWN), SUSPECTED
)
_add(_L, "good", "ten days after", case(on(date(2018, 3, 18)), approved=_KNOWN), FINE)
_add(_L, "edge", "the twentieth day", case(on(date(2018, 3, 28)), approved=_KNOWN), FINE)
_add(_L, "edge", "the twenty-first", case(on(date(2018, 3, 29)), approved=_KNOWN), SUSPECTED)
_add(
    _L,
    "edge",
    "the limit is the standard's",
    case(on(date(2018, 3, 29)), approved=_KNOWN),
    FINE,
    days=21,
)
_add(
    _L,
    "bad",
    "the text tells the approval",
    case(on(date(2018, 4, 8)), told={"http://127.0.0.1/b1.htm": date(2018, 3, 8)}),
    SUSPECTED,
)
_add(_L, "good", "nobody knows the approval", case(on(date(2018, 5, 10))), NOT_APPLICABLE)
_add(_L, "edge", "after the last day of all", case(on(date(2018, 5, 11))), SUSPECTED)
_add(_L, "good", "none was found", case(), NOT_APPLICABLE)
_add(_L, "unverified", "its date could not be read", case(on(None), approved=_KNOWN), UNVERIFIED)
_add(
    _L,
    "unverified",
    "an earlier one may be on a page not read",
    case(on(date(2018, 4, 8)), approved=_KNOWN, gap=GAP),
    UNVERIFIED,
)
_add(
    _L,
    "good",
    "it stood elsewhere in time",
    case(on(date(2018, 4, 8)), approved=_KNOWN, elsewhere=outside(NEWS)),
    FINE,
)
_add(
    _L,
    "good",
    "a second one is no first",
    case(BUDGET, entry("市教体局2018年部门预算说明", date(2018, 5, 8), 2), approved=_KNOWN),
    FINE,
)

_T = "incomplete-budget-tables"
_ALL = (
    "收支预算总表 收入预算总表 支出预算总表 财政拨款收支总表 一般公共预算支出表"
    " 一般公共预算基本支出表 “三公”经费支出表 政府性基金预算支出表"
)
_FEW = _ALL.replace("政府性基金预算支出表", "")


def shown(
    text: str,
    unread: Unverified | None = None,
    day: date | None = date(2018, 3, 20),
    **changes: Any,
) -> BudgetCase:
    found = on(day)
    return case(found, published={found.url: Published(text=text, unread=unread)}, **changes)


_add(_T, "bad", "a text without tables", shown("本部门2018年预算说明。"), SUSPECTED)
_add(_T, "good", "all eight", shown(_ALL), FINE)
_add(_T, "good", "all eight, letters apart as in a pdf", shown(" ".join(_ALL)), FINE)
_add(_T, "bad", "one is lacking", shown(_FEW), SUSPECTED)
_add(_T, "unverified", "an attachment was not read", shown(_FEW, GAP), UNVERIFIED)
_add(_T, "good", "what was read shows all, the rest unread or not", shown(_ALL, GAP), FINE)
_add(_T, "unverified", "the page was not read", case(BUDGET), UNVERIFIED)
_add(_T, "unverified", "the column was not read whole", shown(_FEW, gap=GAP), UNVERIFIED)
_add(_T, "good", "none was found", case(), NOT_APPLICABLE)
_add(
    _T,
    "good",
    "before the judged period",
    case(entry("2017年部门预算", date(2017, 3, 1))),
    NOT_APPLICABLE,
)
_add(
    _T,
    "good",
    "two entries show them together",
    case(
        on(date(2018, 3, 20)),
        entry("2018年部门预算公开表", n=2),
        published={
            "http://127.0.0.1/b1.htm": Published(text=_FEW),
            "http://127.0.0.1/b2.htm": Published(text="政府性基金"),
        },
    ),
    FINE,
)
