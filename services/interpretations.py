"""Policy documents and their interpretations by unit, from a stored scan. Nothing is fetched and
nothing recorded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from checks.declaration import Rule
from checks.facts import Unverified
from checks.interpretation_facts import Links, Matched, PolicyCase
from checks.model import Context, Hit, NotApplicable
from checks.registry import RULES
from config.schema import Config, Site
from reports.interpretations import (
    InterpretationsLine,
    InterpretationsView,
    PolicyLine,
    PolicyState,
)
from services.audit import chosen_scan
from services.judging.interpretations import cases
from services.views import find_unit
from services.workspace import UsageError, Workspace, shanghai_day
from storage import readings
from storage.readings import StoredColumn, StoredPage

NOBODY = "不能归到单位"
_MISSING, _LATE = RULES["missing-interpretation"], RULES["late-interpretation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    config: Config
    sites: Sequence[Site]
    columns: Mapping[str, StoredColumn]
    pages: Sequence[StoredPage]
    today: date
    judge_from: date
    standing: Container[str] = ()


def overview(
    ws: Workspace, unit: str | None = None, day: date | None = None
) -> InterpretationsView:
    """Documents that owe an interpretation, as the newest scan (of those not after ``day``) knows
    them. ``unit``: only that one's. Raises ``UsageError``."""
    only = None
    if unit is not None:
        found = find_unit(ws, unit)
        if found is None:
            raise UsageError(f"没有单位“{unit}”；xunjian lists units 列出全部单位")
        only = found.id
    scan = chosen_scan(ws, None, day)
    today, since = shanghai_day(scan.as_of), ws.judge_from(scan.as_of)
    max_age = ws.config.city.max_age_days
    columns = readings.columns(ws.engine, scan.id, max_age)
    read = {stored.site_id for stored in columns.values()}
    source = _Source(
        config=ws.config,
        sites=[site for site in ws.config.sites if site.id in read],
        columns=columns,
        pages=list(readings.pages(ws.engine, scan.id, rules_digest="", max_age_days=max_age)),
        today=today,
        judge_from=since,
    )
    context = Context(
        as_of=scan.as_of,
        today=today,
        judge_from=since,
        min_confidence=ws.standard().min_confidence,
    )
    documents = [
        _line(page.unit_id, case, context)
        for page, case in cases(source)
        if only is None or page.unit_id == only
    ]
    short = {u.id: u.short for u in ws.config.units}
    of: dict[str | None, list[PolicyLine]] = defaultdict(list)
    for document in documents:
        of[document.unit_id].append(document)
    lines = [_sum(key, short.get(key or "", NOBODY), mine) for key, mine in of.items()]
    return InterpretationsView(
        scan_id=scan.id,
        day=today,
        since=since,
        lines=tuple(sorted(lines, key=lambda x: (x.rate if x.rate is not None else 101, x.short))),
        total=_sum(None, "合计", documents),
        documents=tuple(sorted(documents, key=lambda x: (x.published, x.url), reverse=True)),
        one_unit=only is not None,
    )


def _with(rule: Rule, context: Context) -> Context:
    return replace(context, params=rule.defaults)


def _line(unit_id: str | None, case: PolicyCase, context: Context) -> PolicyLine:
    """The rules' own verdict, told as a state."""
    document, matched = case.document, case.matched
    line = PolicyLine(
        unit_id=unit_id,
        title=document.title,
        number=document.number,
        url=document.url,
        published=document.published,
        state=PolicyState.UNVERIFIED,
    )
    if not isinstance(matched, Matched):
        return replace(line, reason=matched.reason)
    if matched.sure is None:
        said = _MISSING.judge(document, matched, _with(_MISSING, context))
        if isinstance(said, Unverified):
            return replace(line, reason=said.reason)
        if isinstance(said, NotApplicable):
            return replace(line, state=PolicyState.WAITING)
        told = said if isinstance(said, list) else []
        hit = next((h for h in told if isinstance(h, Hit)), None)
        if hit is None:
            return line
        state = PolicyState.DOUBTFUL if hit.suspected else PolicyState.MISSING
        return replace(line, state=state, reason=hit.message)
    late = _LATE.judge(document, matched, _with(_LATE, context))
    links = case.links if isinstance(case.links, Links) else Links(onward=None, back=None)
    return replace(
        line,
        state=PolicyState.LATE if isinstance(late, list) and late else PolicyState.TIMELY,
        reason=late.reason if isinstance(late, Unverified) else "",
        interpreted_on=matched.sure.published,
        interpretation=matched.sure.url,
        form=matched.sure.form,
        onward=links.onward,
        back=links.back,
    )


def _sum(unit_id: str | None, short: str, documents: Iterable[PolicyLine]) -> InterpretationsLine:
    mine = list(documents)
    forms = Counter(d.form for d in mine if d.form is not None)
    return InterpretationsLine(
        unit_id=unit_id,
        short=short,
        documents=len(mine),
        counts=Counter(d.state for d in mine),
        forms=dict(sorted(forms.items(), key=lambda item: (-item[1], item[0]))),
        linked=sum(d.onward is True and d.back is True for d in mine),
    )
