"""What is planted, and where: one draw from the seed decides it all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from random import Random

from tests.replica import names
from tests.replica.forms import FAULTS, TRAPS, Form
from tests.replica.names import BODIES, CITY
from tests.replica.site import Article, Column, Plan, Replica
from tests.replica.spec import Spec, stream


@dataclass(frozen=True, slots=True)
class Treatment:
    """Something done to a column: a fault (``rule``), a hindrance (``code``) or a trap (neither).

    ``code`` may name alternatives (``server|unproven``) where more than one reason is honest.
    """

    name: str
    categories: tuple[str, ...]
    note: str
    rule: str | None = None
    code: str | None = None
    sites: tuple[str, ...] = ("platform",)
    count: int = 1


ANY = ("news", "notice", "plan", "budget", "standing")
TIMED = ("news", "notice", "plan")
TREATMENTS = {
    t.name: t
    for t in (
        Treatment("old", TIMED, "newest entry past the cadence", "overdue-column", count=4),
        Treatment("old-by-a-day", TIMED, "one day past the cadence", "overdue-column", count=2),
        Treatment("old-paged", ("news", "notice"), "falling over three pages, all old", "overdue-column", count=2),
        Treatment("old-oldest-first-paged", ("news", "notice"), "oldest first, the last page is old too", "overdue-column"),
        Treatment("old-month-day", ("news",), "rows bear month and day, articles tell the year", "overdue-column"),
        Treatment("old-pinned", ("news", "notice"), "an even older row is pinned on top", "overdue-column"),
        Treatment("old-hot", ("news",), "fresh dates only in the sidebar", "overdue-column"),
        Treatment("old-budget", ("budget",), "this year's budget is not out", "overdue-column", count=3),
        Treatment("old-portal", ("notice",), "a portal column past its cadence", "overdue-column", sites=("portal",), count=2),
        Treatment("blank-none", ANY, "暂无信息", "blank-column", count=2),
        Treatment("blank-zero", ANY, "共0条", "blank-column", count=2),
        Treatment("blank-building", ANY, "栏目建设中", "blank-column", count=2),
        Treatment("blank-empty", ("news", "notice", "budget"), "the list's container is empty, its siblings show rows", "blank-column", count=1),
        Treatment("absent", ANY, "not in the tree", "missing-column", count=4),
        Treatment("renamed", ("plan", "news"), "a name that no one accepts", "missing-column", count=2),
        Treatment("absent-portal", ("plan",), "not in the portal's menu", "missing-column", sites=("portal",)),
        Treatment("pinned", ("news", "notice"), "an old entry pinned on top of fresh ones", count=3),
        Treatment("oldest-first", ("notice", "plan"), "oldest first, fresh at the end", count=2),
        Treatment("oldest-first-paged", ("news",), "oldest first, fresh on the last page", count=2),
        Treatment("month-day", ("news",), "month and day only, fresh", count=3),
        Treatment("undated-rows", ("news", "notice"), "rows without dates, articles have them", count=2),
        Treatment("exactly", TIMED, "exactly as old as the cadence allows", count=4),
        Treatment("variant", ("standing",), "an accepted variant of the name", count=5),
        Treatment("text", ("standing",), "the column shows its text instead of a list", count=3),
        Treatment("delegated", ("notice",), "the column leads to another host", count=2),
        Treatment("moved-column", ("notice", "plan"), "the tree's link is moved by 302", count=2),
        Treatment("script", ("news", "notice"), "rows filled by an unknown script", code="reader|unproven", count=2),
        Treatment("server-error", ("notice", "plan"), "the list answers 500", code="server", count=2),
        Treatment("wall", ("notice", "news"), "the list answers a challenge", code="wall"),
        Treatment("robots", ("notice", "plan"), "robots.txt forbids it", code="robots"),
        Treatment("reset", ("notice", "plan"), "the connection is reset", code="network"),
        Treatment("old-stops", ("news",), "old rows on page one, page two answers 500", code="server|unproven"),
    )
}  # fmt: skip

TEMPLATE_FAULTS = {
    "portal-footer-link": (
        "portal",
        "dead-link",
        "/wzdt/guanyu.html",
        "a dead link in every footer",
    ),
    "portal-badge": (
        "portal",
        "broken-image",
        "/images/badge.png",
        "a broken badge in every footer",
    ),
    "platform-header": (
        "platform",
        "broken-image",
        "/images/xxgk_banner.jpg",
        "a broken picture in every header",
    ),
    "platform-menu-link": (
        "platform",
        "dead-link",
        "/gkzn/zhinan2015.htm",
        "a dead link in every menu",
    ),
}
"""Name → site, rule, address, note."""

SPARED = {names.OPERATOR, names.OFFICE}
"""Units that get no column faults, so that template faults and the city's stay readable."""

ENGAGED = ("portal/jcgk", "portal/jyta", "portal/ggfw")
"""Columns that ``engage`` dresses in every city."""


def _columns(spec: Spec, columns: list[Column], r: Random) -> dict[str, str]:
    taken: dict[str, str] = {}
    load: dict[str, int] = {}
    for treatment in TREATMENTS.values():
        if not spec.plants and (treatment.rule or treatment.code):
            continue
        pool = [
            c
            for c in columns
            if c.site in treatment.sites
            and c.slot.required
            and c.slot.category in treatment.categories
            and c.key not in taken
            and c.holder not in SPARED
            and not (c.holder == CITY and treatment.code)
            and c.key not in ("portal/mstd", "portal/bmyjs")
            and not (treatment.name == "variant" and not c.slot.variants)
            and not (treatment.name == "renamed" and c.slot.name not in ("工作计划", "政务动态"))
        ]
        r.shuffle(pool)
        pool = [c for c in pool if c.key not in ENGAGED]
        pool.sort(key=lambda c: load.get(c.holder or "", 0) if c.holder != CITY else 1)
        for column in pool[: treatment.count]:
            taken[column.key] = treatment.name
            load[column.holder or ""] = load.get(column.holder or "", 0) + 1
    return taken


def _fits(form: Form, article: Article, replica: Replica) -> bool:
    column = replica.by_key[article.column]
    if article.site not in form.sites or column.slot.slug == "mstd" or not column.slot.required:
        return False
    if column.treatment or column.slot.category in ("standing", "budget"):
        return False
    if form.charset and article.template in ("old", "gbk"):
        return False
    if form.undated:
        # A column must stay provably fresh beside its undated rows.
        return len(column.entries) >= 6 and article.serial > 1
    return True


def draw(spec: Spec) -> Plan:
    """The plan of ``spec``: deterministic, and for each rule in several forms and places."""
    r = stream(spec.seed, "plan")
    from tests.replica.site import lay_out

    columns = _columns(spec, lay_out(spec), r)
    party = [b.id for b in names.PARTY]
    r.shuffle(party)
    with_alias = [u for u in party[5:] if BODIES[u].aliases]
    budgets = {with_alias[0]: "alias", with_alias[1]: "short"}
    units: dict[str, str] = {}
    if spec.plants:
        budgets |= {
            party[0]: "none",
            party[1]: "none",
            party[2]: "last-year",
            party[3]: "last-year",
        }
        spared = {c.split("/")[1].split(".")[0] for c in columns}
        free = [b.id for b in (*names.TOWNS, *names.DEPARTMENTS) if b.id not in spared | SPARED]
        if free:
            units[r.choice(free)] = "server-error"
    plan = Plan(
        columns=columns,
        budgets=budgets,
        units=units,
        templates=frozenset(TEMPLATE_FAULTS) if spec.plants else frozenset(),
    )
    plan = _articles(spec, plan, Replica(spec, plan), r)
    from tests.replica import bare, budgets, entries

    plan = replace(plan, entries=entries.draw(Replica(spec, plan)))
    plan = replace(plan, unit_budgets=budgets.draw(Replica(spec, plan)))
    return replace(plan, bare=bare.draw(Replica(spec, plan)))


def _articles(spec: Spec, plan: Plan, replica: Replica, r: Random) -> Plan:
    pool = [
        a
        for a in replica.articles.values()
        if (column := replica.by_key[a.column]).holder not in plan.units
        and column.slot is not names.ANNUAL
    ]
    r.shuffle(pool)
    recent = [a for a in pool if a.published >= spec.judge_from]
    older = [a for a in pool if a.published < spec.judge_from]
    dressed: dict[int, str] = {}
    used: dict[tuple[str, str], int] = {}

    def take(form: Form, candidates: list[Article], site: str) -> Article | None:
        fitting = (
            a
            for a in candidates
            if a.number not in dressed and a.site == site and _fits(form, a, replica)
        )
        best = list(islice(fitting, 200))
        if not best:
            return None
        # Spread over templates: the least used one first.
        best.sort(key=lambda a: used.get((form.rule or "", a.template), 0))
        article = best[0]
        used[(form.rule or "", article.template)] = (
            used.get((form.rule or "", article.template), 0) + 1
        )
        dressed[article.number] = form.name
        return article

    if spec.plants:
        for form in FAULTS:
            for site in form.sites:
                take(form, recent, site)
    for form in TRAPS:
        for site in form.sites:
            take(form, recent, site)
    traps: set[int] = set()
    for form in FAULTS:
        if (
            not form.undated
            and form.source is None
            and (form.rule or "").startswith(("m", "w", "h", "g", "u"))
        ):
            article = take(form, older, r.choice(form.sites))
            if article is not None:
                traps.add(article.number)
    ordinary = [
        a for a in recent if a.number not in dressed and not replica.by_key[a.column].treatment
    ]
    moved = frozenset(
        a.number
        for a in ordinary
        if "/content_" not in a.path and a.path.startswith(("/document", "/bmgkxx"))
    )
    chosen = frozenset(sorted(moved)[:: max(1, len(moved) // 4)][:4])
    shared: dict[int, tuple[str, ...]] = {}
    keys = [c.key for c in replica.columns if c.site == "portal" and c.slot.required and not c.treatment
            and c.key not in ("portal/mstd", "portal/bmyjs")]  # fmt: skip
    for rule in ("mixed-indent", "dead-link", "untidy-title"):
        for number, name in dressed.items():
            article = replica.articles[number]
            if (
                article.site == "portal"
                and article.published >= spec.judge_from
                and _rule(name) == rule
            ):
                others = [k for k in keys if k != article.column]
                shared[number] = tuple(r.sample(others, 2))
                break
    return Plan(
        columns=plan.columns, articles=dressed, traps=frozenset(traps), shared=shared, moved=chosen,
        budgets=plan.budgets, templates=plan.templates, units=plan.units,
    )  # fmt: skip


def _rule(form: str) -> str | None:
    from tests.replica.forms import FORMS

    return FORMS[form].rule
