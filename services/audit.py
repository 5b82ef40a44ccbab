"""Judging a stored scan under any standard, for a look: nothing is fetched and nothing recorded
but the scorecards, which stand beside those of other standards."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from checks.registry import RULES, rules_digest, settings_of
from config.schema import Site, SiteKind, Standard
from reports.audit import AuditView, Place, SiteAudit
from reports.views import ScorecardsView
from scorecards.indicators import reckon
from scorecards.site_card import SiteCard, encode
from services import views
from services.availability import find_site
from services.book import NOBODY, SHORT, pick_scan
from services.cases import scan_units
from services.judge import judge_facts, score_scan
from services.site_facts import Gathered, Standing, gather
from services.workspace import UsageError, Workspace, end_of_day, shanghai_day
from storage import lookups, scans
from storage import scorecards as cards
from storage.models import ScanKind, ScanRow, ScanState
from storage.scorecards import StoredCard

KINDS = {SiteKind.PORTAL: "门户网站", SiteKind.PLATFORM: "公开平台"}


def audit(
    ws: Workspace,
    standard_name: str | None,
    scan_id: int | None,
    *,
    now: datetime,
    sites: Collection[str] = (),
    day: date | None = None,
) -> ScorecardsView | AuditView:
    """A stored scan under a standard (default: the city's): the scorecards of units, or the filled
    table of sites. ``day``: as known at its end. Raises ``UsageError``."""
    standard = ws.standard(standard_name)
    scan = chosen_scan(ws, scan_id, day)
    if standard.subject == "site":
        return site_audit(ws, standard, scan, now=now, sites=sites, day=day)
    if sites:
        raise UsageError(f"检查标准 {standard.id} 以单位为对象，不能按站点查看；请去掉 --site")
    score_scan(ws, scan, standard, judge_facts(ws, scan, standard))
    return views.scorecards(ws, now=now, scan_id=scan.id, standard_name=standard.id)


def chosen_scan(ws: Workspace, scan_id: int | None, day: date | None) -> ScanRow:
    """The named scan, or the newest of all units that is not after ``day``."""
    if day is None:
        return pick_scan(ws, scan_id)
    if scan_id is not None:
        scan = scans.scan(ws.engine, scan_id)
        if shanghai_day(scan.as_of) > day:
            raise UsageError(f"第 {scan_id} 次检测在 {day} 以后，请去掉 --scan 或改 --as-of")
        return scan
    found = [
        row
        for row in scans.list_scans(ws.engine)
        if row.state in (ScanState.COMPLETE, ScanState.PARTIAL)
        and row.kind is not ScanKind.RECHECK
        and scan_units(row) is None
        and shanghai_day(row.as_of) <= day
    ]
    if not found:
        raise UsageError(f"{day} 以前没有检测过：请用 xunjian runs 查看，或去掉 --as-of")
    return max(found, key=lambda row: (row.as_of, row.id))


def sites_called(ws: Workspace, names: Collection[str]) -> list[Site]:
    """The sites of these ids or names; all where none is named. Raises ``UsageError``."""
    if not names:
        return list(ws.config.enabled_sites)
    found = []
    for name in names:
        site = find_site(ws, name)
        if site is None:
            raise UsageError(f"没有站点“{name}”：用 xunjian lists sites 查看")
        found.append(site)
    return found


def site_audit(
    ws: Workspace,
    standard: Standard,
    scan: ScanRow,
    *,
    now: datetime,
    sites: Collection[str] = (),
    day: date | None = None,
) -> AuditView:
    """The filled table; the cards are kept beside those of other standards."""
    wanted = [s for s in sites_called(ws, sites) if s.id in covered_sites(ws, scan)]
    if not wanted:
        raise UsageError(f"第 {scan.id} 次检测没有检测这个站点；请用 --scan 另选一次检测")
    result = judge_facts(ws, scan, standard)
    today = day or shanghai_day(max(now, scan.as_of))
    known_at = max(end_of_day(day) if day is not None else now, scan.as_of)
    gathered = gather(ws, scan, standard, result, wanted, today, known_at=known_at)
    made = {
        site.id: reckon(standard, gathered[site.id].facts, scan.as_of, today) for site in wanted
    }
    _keep(ws, scan, standard, made)
    first, last = lookups.measured_range(ws.engine, scan.id)
    units = {u.id: u.short for u in ws.config.units}
    return AuditView(
        standard=standard,
        day=today,
        scan_id=scan.id,
        scan_kind=scan.kind.words,
        as_of=scan.as_of,
        measured_from=first,
        measured_to=last,
        sites=tuple(
            SiteAudit(
                name=site.name,
                url=str(site.url),
                kind_label=KINDS[site.kind],
                card=made[site.id],
                facts=gathered[site.id].facts,
                places=_places(gathered[site.id], units),
            )
            for site in wanted
        ),
        trial_run=ws.config.city.trial_run,
    )


def covered_sites(ws: Workspace, scan: ScanRow) -> frozenset[str]:
    """Sites that a scan says something of."""
    return frozenset(r.site_id for r in scans.site_runs(ws.engine, scan.id)) | frozenset(
        scan.note.get("sites", ())
    )


def _places(gathered: Gathered, units: dict[str, str]) -> dict[str, Place]:
    return {mark: _place(held, units) for mark, held in gathered.findings.items()}


def _place(held: Standing, units: dict[str, str]) -> Place:
    finding = held.finding
    return Place(
        fingerprint=finding.fingerprint,
        short_id=finding.fingerprint[:SHORT],
        rule_id=finding.rule_id,
        rule_title=RULES[finding.rule_id].title,
        scope=finding.subject.scope.value,
        subject_key=finding.subject.key,
        subject_title=finding.subject.title,
        unit_short=units.get(finding.subject.unit_id or "", NOBODY),
        message=finding.message,
        url=finding.url,
        suspected=finding.suspected and not held.confirmed,
        confirmed=held.confirmed,
    )


def _keep(ws: Workspace, scan: ScanRow, standard: Standard, made: dict[str, SiteCard]) -> None:
    digest = rules_digest(standard.rules, settings_of(standard), standard.min_confidence)
    cards.save(
        ws.engine,
        scan.id,
        [
            StoredCard(
                unit_id=site_id,
                standard=standard.id,
                standard_digest=standard.digest,
                rules_digest=digest,
                score_high=card.score_high,
                score_low=card.score_low,
                coverage=_judged_share(card),
                payload=encode(card),
            )
            for site_id, card in made.items()
        ],
    )


def _judged_share(card: SiteCard) -> int:
    """Conditions that are judged, of all, in hundredths of a percent."""
    states = [c.state.judged for p in card.parts for x in p.indicators for c in x.conditions]
    return sum(states) * 10_000 // len(states) if states else 0
