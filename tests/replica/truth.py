"""What a right scan of a replica must say: worked out from the data, not from any reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.replica import names
from tests.replica.forms import FORMS, TRAPS
from tests.replica.names import PARTY
from tests.replica.plants import TEMPLATE_FAULTS, TREATMENTS
from tests.replica.site import EMPTY, Column, Replica, oldest_in_time
from tests.replica.templates import document_number, index_number, issuer, resource_path


@dataclass(frozen=True, slots=True)
class TruthFinding:
    """One finding that must be there: identified by ``(rule, site, subject)`` and ``what_contains``."""

    rule: str
    unit: str | None
    """Unit id; ``None``: it can't be attributed."""
    site: str
    subject: str
    """``column:<key>``, ``page:<path>``, ``unit:<id>`` or ``site:<id>``."""
    what_contains: str = ""
    """A part of the finding's ``what``, snippet, message or address; empty: anything."""
    note: str = ""
    suspected: bool = False
    """疑似: shown and not scored."""


@dataclass(frozen=True, slots=True)
class TruthUnverified:
    """A subject that must come out as 未能核实."""

    subject: str
    unit: str | None
    site: str
    code: str
    """Code of the reason (``checks.facts.Missing``); alternatives are separated by ``|``."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class TruthPage:
    """What an article or entry says of itself."""

    kind: str
    title: str
    published: date | None
    source: str | None
    """來源 as printed; ``None``: not printed (disclosure entries print ``issuer``)."""
    issuer: str | None
    index_number: str | None
    document_number: str | None
    unit: str | None
    form: str


@dataclass(frozen=True, slots=True)
class TruthColumn:
    unit: str
    entries: int
    newest: date | None
    readable: bool
    """False: rows can't be counted from outside (script, wall, errors, another host, text)."""
    treatment: str


@dataclass(frozen=True, slots=True)
class Truth:
    findings: tuple[TruthFinding, ...]
    unverified: tuple[TruthUnverified, ...]
    silent: tuple[str, ...]
    """The traps, each ``subject: why it must stay silent``."""
    pages: dict[str, TruthPage]
    """``<site>:<path>`` → fields; the path after redirects."""
    columns: dict[str, TruthColumn]
    unattributed: int
    """Portal articles without a unit (findings on them have ``unit`` None)."""
    unattributed_required: int
    """Those of them that stand in columns which the configuration names."""


def limit_passed(column: Column, today: date) -> bool:
    """Whether the newest entry is older than the cadence allows."""
    good = oldest_in_time(column.slot.category, today)
    if good is None or not column.entries:
        return False
    return max((a.published for a in column.entries if not a.undated), default=good) < good


def _column_findings(replica: Replica) -> Iterator[TruthFinding]:
    for column in replica.columns:
        if not column.slot.required or column.holder in replica.plan.units:
            continue
        treatment = TREATMENTS.get(column.treatment)
        rule = treatment.rule if treatment else None
        note = treatment.note if treatment else "newest entry past the cadence"
        if treatment is not None and treatment.code:
            continue
        if rule not in ("blank-column", "missing-column"):
            if column.treatment in EMPTY or not limit_passed(column, replica.today):
                continue
            rule = "overdue-column"
        yield TruthFinding(rule, column.unit, column.site, f"column:{column.key}", "", note)


def _page_findings(replica: Replica) -> Iterator[TruthFinding]:
    for article in replica.articles.values():
        form = FORMS[article.form]
        if form.rule is None or article.number in replica.plan.traps:
            continue
        if article.published < replica.spec.judge_from or not _reachable(replica, article.column):
            continue
        what = form.what
        bad = {"dead-link": "html", "dead-attachment": "", "broken-image": ""}
        if form.rule in bad:
            index = next(
                i for i, res in enumerate(form.resources) if res.state not in ("ok", "moved")
            )
            what = resource_path(article, index)
        yield TruthFinding(
            form.rule, article.unit, article.site, f"page:{article.path}", what, form.name
        )


def _reachable(replica: Replica, key: str) -> bool:
    column = replica.by_key[key]
    treatment = TREATMENTS.get(column.treatment)
    return column.holder not in replica.plan.units and not (
        treatment and (treatment.code or treatment.rule == "missing-column")
    )


def _budget_findings(replica: Replica) -> Iterator[TruthFinding]:
    due = oldest_in_time("budget", replica.today)
    assert due is not None
    held = {
        a.unit
        for a in replica.by_key[f"portal/{names.BUDGET_COLUMN}"].entries
        if a.published.year == due.year
    }
    for body in PARTY:
        if body.id not in held:
            form = replica.plan.budgets.get(body.id, "")
            yield TruthFinding(
                "missing-budget", body.id, "portal", f"unit:{body.id}", str(due.year), form
            )


def _site_findings(replica: Replica) -> Iterator[TruthFinding]:
    for name in sorted(replica.plan.templates):
        site, rule, path, note = TEMPLATE_FAULTS[name]
        yield TruthFinding(rule, names.OPERATOR, site, f"site:{site}", path, note)
    for site in replica.spec.stale_homes:
        yield TruthFinding(
            "stale-home-page", names.OPERATOR, site, f"site:{site}", "", "rows a month old"
        )


def _unverified(replica: Replica) -> Iterator[TruthUnverified]:
    for column in replica.columns:
        treatment = TREATMENTS.get(column.treatment)
        if column.holder in replica.plan.units:
            yield TruthUnverified(
                f"column:{column.key}",
                column.unit,
                column.site,
                "server",
                "the unit's root answers 500",
            )
        elif treatment is not None and treatment.code:
            yield TruthUnverified(
                f"column:{column.key}", column.unit, column.site, treatment.code, treatment.note
            )
    for unit in replica.plan.units:
        yield TruthUnverified(
            f"unit:{unit}", unit, "platform", "server", "the unit's root answers 500"
        )


def _silent(replica: Replica) -> Iterator[str]:
    for column in replica.columns:
        treatment = TREATMENTS.get(column.treatment)
        if treatment is not None and not treatment.rule and not treatment.code:
            yield f"column:{column.key}: {treatment.note}"
    trap_names = {t.name for t in TRAPS}
    for article in replica.articles.values():
        if article.form in trap_names:
            yield f"page:{article.path}: {FORMS[article.form].note}"
        elif article.number in replica.plan.traps:
            yield f"page:{article.path}: {FORMS[article.form].rule}: older than judge_from"
        if article.number in replica.plan.moved:
            yield f"page:{article.path}: listed under {replica.listed_path(article)}, moved by 301"
    for number in replica.plan.shared:
        if number in replica.articles:
            yield f"page:{replica.articles[number].path}: shown in three columns, one finding"
    for unit, fate in replica.plan.budgets.items():
        if fate in ("alias", "short"):
            yield f"unit:{unit}: missing-budget: its budget's source is its {fate} name"


def _pages(replica: Replica) -> dict[str, TruthPage]:
    out = {}
    for article in replica.articles.values():
        platform = article.site == "platform"
        out[f"{article.site}:{article.path}"] = TruthPage(
            kind="entry"
            if platform
            else "other"
            if article.template == "interaction"
            else "article",
            title=article.title,
            published=None if article.undated else article.published,
            source=None if platform or article.template == "interaction" else article.source,
            issuer=(issuer(replica, article) or None) if platform else None,
            index_number=(index_number(article) or None) if platform else None,
            document_number=document_number(replica, article) if platform else None,
            unit=article.unit,
            form=article.form,
        )
    return out


def _columns(replica: Replica) -> dict[str, TruthColumn]:
    out = {}
    for column in replica.columns:
        treatment = TREATMENTS.get(column.treatment)
        dated = [a.published for a in column.entries if not a.undated]
        readable = (
            not (treatment and treatment.code)
            and column.treatment not in ("delegated", "text")
            and not (treatment and treatment.rule == "missing-column")
            and column.holder not in replica.plan.units
        )
        out[column.key] = TruthColumn(
            column.unit, len(column.entries), max(dated, default=None), readable, column.treatment
        )
    return out


def tell(replica: Replica) -> Truth:
    """The truth of one replica at its ``today``."""
    findings = [
        *_column_findings(replica),
        *_page_findings(replica),
        *_budget_findings(replica),
        *_site_findings(replica),
    ]
    articles = [a for a in replica.articles.values() if a.site == "portal" and a.unit is None]
    required = [
        a
        for a in articles
        if replica.by_key[a.column].slot.required or a.number in replica.plan.shared
    ]
    return Truth(
        findings=tuple(
            sorted(findings, key=lambda f: (f.site, f.subject, f.rule, f.what_contains))
        ),
        unverified=tuple(_unverified(replica)),
        silent=tuple(_silent(replica)),
        pages=_pages(replica),
        columns=_columns(replica),
        unattributed=len(articles),
        unattributed_required=len(required),
    )
