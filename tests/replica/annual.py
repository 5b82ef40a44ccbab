"""Annual reports on disclosure in the replica: every organ's of the last year, in one column of the city's
catalogue. With plants two are missing, one of them of a unit that may owe none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tests.replica import names
from tests.replica.spec import Spec, stream

if TYPE_CHECKING:
    from tests.replica.site import Article, Column, Plan, Replica
    from tests.replica.truth import TruthFinding

RULE = "missing-annual-report"
KINDS = {"department": "department", "institution": "suspected", "镇": "old"}
"""Kind of unit → what is done to the first of its kind: ``old``: only that of an earlier year."""


def planted(spec: Spec) -> dict[str, str]:
    """Unit → what is done to its report."""
    if not spec.plants:
        return {}
    bodies = (*names.DEPARTMENTS, *names.TOWNS)
    return {next(b.id for b in bodies if b.kind == kind): fate for kind, fate in KINDS.items()}


def publish(
    spec: Spec,
    column: Column,
    plan: Plan,
    make: Callable[[Spec, Column, int, date], Article],
) -> list[Article]:
    """The entries of the column, the newest first."""
    fates, today = planted(spec), plan.now or spec.as_of
    told: list[tuple[date, str]] = []
    bodies = [b for b in (names.CITY_BODY, *names.DEPARTMENTS, *names.TOWNS) if _owes(b)]
    for index, body in enumerate(bodies):
        fate = fates.get(body.id, "")
        called = "瑞昌市" if body.group == "city" else (body.name, body.short)[index % 2]
        for year in range(spec.as_of.year - 1, today.year):
            shown = year - 1 if fate == "old" else year
            r = stream(spec.seed, "annual", body.id, shown)
            day = date(shown + 1, 2, 1) + timedelta(days=r.randint(0, 50))
            if fate not in ("department", "suspected") and day <= today:
                told.append((day, f"{called}{shown}年政府信息公开工作年度报告"))
    told.sort(reverse=True)
    # Numbers rise with the days; what is published later moves none.
    later = sum(day > spec.as_of for day, _ in told)
    out = []
    for place, (day, title) in enumerate(told):
        serial = place - later + (1 if place >= later else 0)
        article = make(spec, column, serial, day)
        article.title, article.unit = title, column.unit
        out.append(article)
    return out


def _owes(body: names.Body) -> bool:
    return body.kind not in ("场", "vertical")


def truth(replica: Replica) -> Iterator[TruthFinding]:
    from tests.replica.truth import TruthFinding

    for unit, fate in planted(replica.spec).items():
        yield TruthFinding(
            rule=RULE,
            unit=unit,
            site="platform",
            subject=f"unit:annual.{unit}",
            what_contains=str(replica.spec.as_of.year - 1),
            note=fate,
            suspected=fate == "suspected",
        )
