"""Key areas of disclosure, item by item, from a stored scan. Nothing is fetched and nothing recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from checks.areas_facts import AreaCase, Found, Match, State, found, item_names
from checks.model import Context, fingerprint
from checks.proof import measured_day
from checks.waivers import Waiver
from config.areas import Area
from reports.areas import AreaBlock, AreasView, AspectBlock, ItemLine, NewestLine
from scorecards.waivers import covers, holding
from services.audit import chosen_scan
from services.judging.areas import Desk
from services.waivers import AREA_RULE
from services.workspace import UsageError, Workspace, shanghai_day
from storage import readings, waivers
from storage.models import ScanRow


def overview(
    ws: Workspace, area: str | None = None, day: date | None = None, *, now: datetime
) -> AreasView:
    """What the newest scan (of those not after ``day``) knows of every item; waivers as they hold on
    ``day``, else now. ``area``: only the area of this id or title. Raises ``UsageError``."""
    areas = _chosen(ws.areas, area)
    scan = chosen_scan(ws, None, day)
    today = shanghai_day(scan.as_of)
    context = Context(
        as_of=scan.as_of,
        today=today,
        judge_from=ws.judge_from(scan.as_of),
        min_confidence=ws.standard().min_confidence,
    )
    cases = {c.item.id: c for c in _desk(ws, scan, context).cases(areas)}
    until = day or shanghai_day(max(now, scan.as_of))
    granted = tuple(holding(waivers.load(ws.engine), until))
    return AreasView(
        scan_id=scan.id,
        day=today,
        areas=tuple(_block(ws, each, cases, context, granted) for each in areas),
    )


def _chosen(areas: tuple[Area, ...], wanted: str | None) -> tuple[Area, ...]:
    if wanted is None:
        return areas
    text = wanted.strip()
    chosen = tuple(a for a in areas if text in (a.id, a.title))
    if not chosen:
        known = "、".join(f"{a.title}（{a.id}）" for a in areas) or "无，请先写 areas.yaml"
        raise UsageError(f"没有领域“{text}”：已登记的有 {known}")
    return chosen


def _desk(ws: Workspace, scan: ScanRow, context: Context) -> Desk:
    max_age = ws.config.city.max_age_days
    columns = readings.columns(ws.engine, scan.id, max_age)
    read = {stored.site_id for stored in columns.values()}
    return Desk(
        config=ws.config,
        sites=[site for site in ws.config.sites if site.id in read],
        columns=columns,
        pages=readings.pages(ws.engine, scan.id, rules_digest="", max_age_days=max_age),
        context=context,
    )


def _said(case: AreaCase, context: Context, granted: Sequence[Waiver]) -> Found:
    """What can be said of an item; what is waived does not apply."""
    said = found(case.item, case.look, measured_day(case.fetched, context))
    if said.state not in (State.MISSING, State.UNVERIFIED):
        return said
    for waiver in granted:
        if covers(
            waiver,
            unit_id=case.subject.unit_id,
            rule_id=AREA_RULE,
            subject_key=case.subject.key,
            fingerprint=fingerprint(AREA_RULE, case.subject.key, case.what),
            names=(case.what, *item_names(case.aspect, case.item)),
        ):
            reason = f"{waiver.kind.label}（编号 {waiver.id}）：{waiver.reason}"
            return replace(
                said,
                state=State.NOT_APPLICABLE,
                reason=reason,
                unverified=None,
                suspected=False,
            )
    return said


def _block(
    ws: Workspace,
    area: Area,
    cases: dict[str, AreaCase],
    context: Context,
    granted: Sequence[Waiver],
) -> AreaBlock:
    short = {u.id: u.short for u in ws.config.units}
    aspects = []
    for aspect in area.aspects:
        lines = []
        for item in aspect.items:
            case = cases.get(item.id)
            if case is None:
                said = Found(state=State.UNVERIFIED, reason="责任单位已撤并，没有写明由谁承接")
            else:
                said = _said(case, context, granted)
            unit = (case.subject.unit_id if case is not None else None) or item.units[0]
            lines.append(
                ItemLine(
                    id=item.id,
                    title=item.title,
                    unit_id=unit,
                    unit_short=short[unit],
                    state=said.state,
                    suspected=said.suspected,
                    reason=said.reason,
                    newest=_newest(said.newest),
                    within_months=item.within_months,
                    basis=item.basis,
                    unconfirmed=item.unconfirmed,
                )
            )
        aspects.append(AspectBlock(id=aspect.id, title=aspect.title, items=tuple(lines)))
    return AreaBlock(id=area.id, title=area.title, basis=area.basis, aspects=tuple(aspects))


def _newest(match: Match | None) -> NewestLine | None:
    if match is None:
        return None
    return NewestLine(
        title=match.entry.title,
        url=match.entry.url,
        on=match.on,
        column=match.place.name,
        by_title=match.by_title,
    )
