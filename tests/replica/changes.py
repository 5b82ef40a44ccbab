"""What happens to a replica later: faults mended, new ones made, time passing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from tests.replica.forms import CLEAN, FAULTS, FORMS, GONE, Form
from tests.replica.names import OPERATOR
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


@dataclass(slots=True)
class _Draft:
    """A plan being rewritten."""

    replica: Replica
    articles: dict[int, str]
    columns: dict[str, str]
    budgets: dict[str, str]
    fresh: dict[str, tuple[date, ...]]
    templates: set[str]

    @classmethod
    def of(cls, replica: Replica) -> _Draft:
        p = replica.plan
        return cls(
            replica,
            dict(p.articles),
            dict(p.columns),
            dict(p.budgets),
            dict(p.fresh),
            set(p.templates),
        )

    def mend_column(self, key: str) -> None:
        """An overdue column publishes something today; a blank or missing one is filled."""
        if TREATMENTS[self.columns[key]].rule == "overdue-column":
            self.fresh[key] = (*self.fresh.get(key, ()), self.replica.today)
        else:
            self.columns[key] = ""

    def done(self) -> Replica:
        plan = replace(
            self.replica.plan,
            articles=self.articles,
            columns=self.columns,
            budgets=self.budgets,
            fresh=self.fresh,
            templates=frozenset(self.templates),
        )
        return Replica(self.replica.spec, plan)


def mend(replica: Replica, unit: str) -> tuple[Replica, Diff]:
    """A unit mends everything that is its own; the operator also mends the templates."""
    draft = _Draft.of(replica)
    for number, name in replica.plan.articles.items():
        article = replica.articles.get(number)
        if article is not None and article.unit == unit and FORMS[name].rule:
            draft.articles[number] = CLEAN[0].name
    for key, name in replica.plan.columns.items():
        if replica.by_key[key].unit == unit and name and TREATMENTS[name].rule:
            draft.mend_column(key)
    if draft.budgets.get(unit) in ("none", "last-year"):
        draft.budgets[unit] = "mended"
    if unit == OPERATOR:
        draft.templates.clear()
    later = draft.done()
    return later, difference(replica, later)


def mend_and_break(replica: Replica, seed: int = 1) -> tuple[Replica, Diff]:
    """About a third of the faults mended, of every rule one at least, and others made, on the same day."""
    r = stream(replica.spec.seed, "changes", seed)
    plan, draft = replica.plan, _Draft.of(replica)
    seen: set[str] = set()
    for number, name in sorted(plan.articles.items()):
        rule = FORMS[name].rule
        if rule is None or number in plan.traps or number in plan.moved:
            continue
        if rule not in seen or r.random() < 0.3:
            seen.add(rule)
            draft.articles[number] = CLEAN[0].name
    for key, name in sorted(plan.columns.items()):
        rule = TREATMENTS[name].rule if name else None
        if rule is None or (rule in seen and r.random() < 0.6):
            continue
        seen.add(rule)
        draft.mend_column(key)
    for unit, fate in sorted(plan.budgets.items()):
        if fate in ("none", "last-year") and fate not in seen:
            seen.add(fate)
            draft.budgets[unit] = "mended"
    if draft.templates:
        draft.templates.discard(r.choice(sorted(draft.templates)))
    _break(replica, r.sample(FAULTS, 12), draft.articles, draft.columns, seed)
    later = draft.done()
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
