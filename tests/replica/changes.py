"""What happens to a replica later: faults mended, new ones made, time passing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from tests.replica.forms import CLEAN, FAULTS, FORMS, GONE, Form
from tests.replica.plants import SPARED, TREATMENTS
from tests.replica.site import Replica
from tests.replica.spec import stream
from tests.replica.truth import TruthFinding


@dataclass(frozen=True, slots=True)
class Diff:
    """What a second scan must say of the findings of the first."""

    rectified: tuple[TruthFinding, ...]
    new: tuple[TruthFinding, ...]
    kept: tuple[TruthFinding, ...]


def difference(before: Replica, after: Replica) -> Diff:
    def key(f: TruthFinding) -> tuple[str, str, str, str]:
        return f.rule, f.site, f.subject, f.what_contains

    old, new = ({key(f): f for f in r.truth.findings} for r in (before, after))
    return Diff(
        rectified=tuple(f for k, f in old.items() if k not in new),
        new=tuple(f for k, f in new.items() if k not in old),
        kept=tuple(f for k, f in new.items() if k in old),
    )


def evolve(replica: Replica, day: date) -> Replica:
    """The replica on a later day: punctual columns have gone on publishing, the others have not."""
    if day < replica.today:
        raise ValueError("a replica does not grow younger")
    return replica.with_plan(now=day)


def mend_and_break(replica: Replica, seed: int = 1) -> tuple[Replica, Diff]:
    """About a third of the faults mended, and others made, on the same day."""
    r = stream(replica.spec.seed, "changes", seed)
    plan = replica.plan
    articles, columns, budgets = dict(plan.articles), dict(plan.columns), dict(plan.budgets)
    fresh, templates = dict(plan.fresh), set(plan.templates)
    seen: set[str] = set()
    for number, name in sorted(plan.articles.items()):
        rule = FORMS[name].rule
        if rule is None or number in plan.traps or number in plan.moved:
            continue
        # Of every rule at least one is mended.
        if rule not in seen or r.random() < 0.3:
            seen.add(rule)
            articles[number] = CLEAN[0].name
    for key, name in sorted(plan.columns.items()):
        rule = TREATMENTS[name].rule
        if rule is None or (rule in seen and r.random() < 0.6):
            continue
        seen.add(rule)
        if rule == "overdue-column":
            fresh[key] = (replica.today,)
        else:
            columns[key] = ""
    for unit, fate in sorted(plan.budgets.items()):
        if fate in ("none", "last-year") and (fate not in seen):
            seen.add(fate)
            budgets[unit] = "mended"
    if templates:
        templates.discard(sorted(templates)[r.randrange(len(templates))])
    _break(replica, r.sample(FAULTS, 12), articles, columns, seed)
    later = Replica(
        replica.spec,
        replace(
            plan,
            articles=articles,
            columns=columns,
            budgets=budgets,
            fresh=fresh,
            templates=frozenset(templates),
        ),
    )
    return later, difference(replica, later)


def _break(
    replica: Replica,
    forms: list[Form],
    articles: dict[int, str],
    columns: dict[str, str],
    seed: int,
) -> None:
    r = stream(replica.spec.seed, "break", seed)
    plan = replica.plan
    pool = [
        a
        for a in replica.articles.values()
        if a.number not in plan.articles
        and a.number not in plan.moved
        and a.published >= replica.spec.judge_from
        and replica.by_key[a.column].slot.required
        and not replica.by_key[a.column].treatment
        and replica.by_key[a.column].slot.category in ("news", "notice")
        and a.serial > 1
        and replica.by_key[a.column].holder not in plan.units
    ]
    r.shuffle(pool)
    for form in forms:
        article = next((a for a in pool if a.site in form.sites and a.number not in articles), None)
        if article is not None:
            articles[article.number] = form.name
    # A file vanishes while the page that links to it stays as it was.
    holder = next((a for a in pool if a.form == "attached" and a.number not in articles), None)
    if holder is not None:
        articles[holder.number] = GONE.name
    standing = [
        c
        for c in replica.columns
        if c.site == "platform" and not c.treatment and c.slot.category == "plan" and c.holder not in SPARED
        and c.holder not in plan.units and not any(a.number in articles for a in c.entries)
    ]  # fmt: skip
    for column in r.sample(standing, 2):
        columns[column.key] = "absent"
