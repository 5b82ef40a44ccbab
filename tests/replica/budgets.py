"""Budgets of departments with faults, and traps beside them; drawn into ``Plan.unit_budgets``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.replica.names import DEPARTMENTS, OFFICE, OPERATOR
from tests.replica.spec import Spec, stream

if TYPE_CHECKING:
    from tests.replica.site import Article, Column, Replica
    from tests.replica.truth import TruthFinding

APPROVED = (3, 8)
DAYS = 20
FAULTS = {
    "none": ("missing-department-budget", "nothing of the year"),
    "misplaced": ("misplaced-budget", "only among the news"),
    "late": ("late-budget", "the twenty-first day"),
    "tables-none": ("incomplete-budget-tables", "a text without a table"),
    "tables-docx": ("incomplete-budget-tables", "an attachment of words alone"),
}
TRAPS = {
    "late-exact": "late-budget: the twentieth day",
    "central": "missing-department-budget: in the column of all departments",
    "doubled": "misplaced-budget: among the news, too",
    "tables-xlsx": "incomplete-budget-tables: they stand in the attachment",
    "tables-scan": "incomplete-budget-tables: a scanned attachment is 未能核实",
    "tables-gone": "incomplete-budget-tables: an attachment that answers 500 is 未能核实",
    "meeting": "misplaced-budget: news about the budget, beside the budget",
}
FORMS = {
    "tables-none": "by-hand",
    "tables-docx": "budget-docx",
    "tables-xlsx": "budget-xlsx",
    "tables-scan": "budget-scan",
    "tables-gone": "budget-gone",
}
OWN, NEWS, CENTRAL = "czyjs", "zwdt", "bmyjs"
WITHOUT = "vertical"


def setting(replica: Replica) -> dict[str, Any]:
    """``budgets`` of ``city.yaml``."""
    year = due_year(replica.spec)
    return {
        "without_kinds": [WITHOUT],
        "approved": [{"kind": "budget", "fiscal": year, "on": date(year, *APPROVED)}],
    }


def due_year(spec: Spec) -> int:
    """The last year whose budget is due."""
    from tests.replica.site import oldest_in_time

    due = oldest_in_time("budget", spec.as_of)
    assert due is not None
    return due.year


def draw(replica: Replica) -> dict[str, str]:
    """Department → what is done to its budget."""
    spec, plan = replica.spec, replica.plan
    taken = {*plan.articles, *plan.shared, *plan.moved, *plan.entries}
    central = replica.by_key[f"platform/{_city(replica)}.{CENTRAL}"]
    pool = [
        body.id
        for body in DEPARTMENTS
        if body.kind != WITHOUT
        and body.id not in (OFFICE, OPERATOR)
        and body.id not in plan.units
        and not replica.by_key[f"platform/{body.id}.{OWN}"].treatment
        and _spare(replica.by_key[f"platform/{body.id}.{NEWS}"], spec, taken) is not None
    ]
    stream(spec.seed, "unit-budgets").shuffle(pool)
    wanted = [*TRAPS, *(FAULTS if spec.plants else ())]
    if central.treatment:
        wanted.remove("central")
    return dict(zip(pool, wanted, strict=False))


def _city(replica: Replica) -> str:
    return next(b.id for b in replica.holders if b.group == "city")


def _spare(column: Column, spec: Spec, taken: set[int]) -> Article | None:
    """An ordinary entry of this year that may be called otherwise."""
    if column.treatment:
        return None
    year = due_year(spec)
    return next(
        (a for a in column.entries if a.published.year == year and a.number not in taken), None
    )


def newest_on(column: Column, spec: Spec, fates: dict[str, str]) -> date | None:
    """The day on which a department publishes its budget, where that matters."""
    fate = fates.get(column.holder or "", "")
    if column.slot.slug != OWN or not fate.startswith("late"):
        return None
    return date(due_year(spec), *APPROVED) + timedelta(days=DAYS + (fate == "late"))


def dress(columns: Iterable[Column], spec: Spec, fates: dict[str, str], taken: set[int]) -> None:
    """Call the entries of the platform's budget columns what they are, and plant."""
    from tests.replica.names import BODIES

    year = due_year(spec)
    central = [unit for unit, fate in fates.items() if fate == "central"]
    for column in columns:
        if column.slot.category == "budget":
            for article in column.entries:
                article.form = "budgeted"
        body = BODIES.get(column.holder or "")
        if body is None or column.site != "platform":
            continue
        fate = fates.get(body.id, "")
        if column.slot.category == "budget":
            called = "财政" if body.group == "city" else "部门"
            for article in column.entries:
                on = article.published
                if column.slot.slug == OWN and on.year == year and fate in FORMS:
                    article.form = FORMS[fate]
                what, fiscal = ("预算", on.year) if on.month <= 6 else ("决算", on.year - 1)
                article.title = f"{body.short}{fiscal}年{called}{what}"
                if column.slot.slug == CENTRAL:
                    article.title = f"瑞昌市{fiscal}年“三公”经费{what}说明"
                elif fate in ("none", "misplaced", "central") and on.year == year:
                    article.title = f"{body.short}{fiscal}年“三公”经费说明"
            if column.slot.slug == CENTRAL and central and column.entries:
                owner = BODIES[central[0]]
                column.entries[0].title = f"{owner.name}{year}年部门预算"
        elif column.slot.slug == NEWS and fate in ("misplaced", "doubled", "meeting"):
            article = _spare(column, spec, taken)
            if article is not None:
                shown = "编制工作会议召开" if fate == "meeting" else "公开"
                article.title = f"{body.short}{year}年部门预算{shown}"


def truth(replica: Replica) -> Iterator[TruthFinding]:
    from tests.replica.plants import TREATMENTS
    from tests.replica.truth import TruthFinding

    spec, year = replica.spec, due_year(replica.spec)
    since = max(date(year, 1, 1), spec.judge_from)
    if not date(year, 5, 10) < replica.today:
        return

    def unread(column: Column) -> bool:
        treatment = TREATMENTS.get(column.treatment)
        return bool(treatment and treatment.code) or column.treatment == "delegated"

    city = _city(replica)
    blind = any(unread(replica.by_key[f"platform/{city}.{slug}"]) for slug in (OWN, CENTRAL))
    for body in DEPARTMENTS:
        own = replica.by_key[f"platform/{body.id}.{OWN}"]
        if body.kind == WITHOUT or blind or body.id in replica.plan.units or unread(own):
            continue
        fate = replica.plan.unit_budgets.get(body.id, "")
        shown = "" if own.treatment.startswith("absent") else "预算"
        held = [a for a in own.entries if shown and shown in a.title and a.published >= since]
        rule, note = FAULTS.get(fate, ("", ""))
        if not held and fate not in ("misplaced", "central"):
            rule, note = FAULTS["none"]
        if rule:
            yield TruthFinding(
                rule,
                body.id,
                "platform",
                f"unit:budget.{body.id}",
                f"预算 {year}",
                note,
                rule != "misplaced-budget",
            )
