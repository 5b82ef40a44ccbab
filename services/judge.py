"""Judging a scan: its facts laid before the rules, and the ledger and the scorecards that follow.

Nothing is fetched here. ``judge_scan`` records the result; judging a scan again replaces its
sightings and verdicts and adds no event twice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from checks.attribution import Names
from checks.life import Event, EventKind
from checks.model import Finding, Outcome, OutcomeKind, Scope
from checks.registry import RULES, rules_digest, settings_of
from config.schema import (
    Config,
    Site,
    Standard,
    Unit,
    UnitGroup,
)
from scorecards.life import Change, FindingState, Known, changes, fold
from scorecards.score import Counted, Scorecard, encode, score, tally
from services.book import pick_scan
from services.cases import Judge, Judgement, scan_units
from services.grace import soften
from services.judging import LAYERS
from services.judging.ground import Ground
from services.standing import Standing
from services.waivers import Covering, contest, waiving
from services.workspace import UsageError, Workspace, shanghai_day
from storage import allowed, readings, scans, waivers
from storage import findings as ledger
from storage import scorecards as cards
from storage.findings import Coverage, StoredFinding, Tally, Verdict
from storage.models import ScanKind, ScanRow, SiteState, VerdictKind
from storage.scorecards import StoredCard


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What ``judge_scan`` recorded."""

    scan_id: int
    cards: tuple[Scorecard, ...]
    found: int
    rectified: int
    recurred: int
    findings: int
    suspected: int


def must_score_units(standard: Standard) -> None:
    """Raises ``UsageError`` for a standard whose subject is the site."""
    if standard.subject != "unit":
        raise UsageError(
            f"检查标准 {standard.id} 以网站为对象，不能用来给单位评分；请换用以单位为对象的标准"
        )


def _article_dates(
    pages: Iterable[readings.StoredPage], sure: float
) -> Callable[[str], date | None]:
    """The date that the article at an address shows, where it was read surely; few are asked for."""
    dated = {page.url: page for page in pages if page.published is not None}

    def date_of(url: str) -> date | None:
        page = dated.get(url)
        read = page.load().published if page is not None else None
        return read.value if read is not None and read.confidence >= sure else None

    return date_of


def judge_facts(ws: Workspace, scan: ScanRow, standard: Standard) -> Judgement:
    """Lay everything that a scan knows before the rules of a standard."""
    config, engine = ws.config, ws.engine
    judge = Judge(
        config,
        standard,
        scan,
        ws.judge_from(scan.as_of),
        allowed=allowed.in_force(engine),
    )
    digest = rules_digest(standard.rules, judge.settings, standard.min_confidence)
    names = Names.of(config)
    max_age = config.city.max_age_days
    columns = readings.columns(engine, scan.id, max_age)
    trees = readings.trees(engine, scan.id, max_age)
    homes = readings.homes(engine, scan.id, max_age)
    fates = readings.link_fates(engine, scan.id, max_age)
    pages = list(readings.pages(engine, scan.id, rules_digest=digest, max_age_days=max_age))
    dates = _article_dates(pages, standard.min_confidence)
    standing = _standing(ws, scan)
    for site, state in _sites(ws, scan):
        judge.columns(site, columns, trees, dates)
        judge.budgets(site, columns, names, standing)
        judge.home(site, homes.get(site.id))
        judge.pages(
            site,
            (p for p in pages if p.site_id == site.id),
            fates,
            standing,
            complete=state is SiteState.COMPLETE,
        )
    ground = Ground(
        ws=ws,
        scan=scan,
        sites=tuple(site for site, _ in _sites(ws, scan)),
        base=judge.base,
        rules=judge.rules,
        settings=judge.settings,
        units=judge.only,
        subjects=judge.subjects,
        names=names,
        columns=columns,
        trees=trees,
        homes=homes,
        pages=pages,
        fates=fates,
        standing=standing,
        hand_over=judge.take,
    )
    for lay in LAYERS:
        lay(ground)
    soften(ws, scan, judge.result, {p.subject_key: p.published for p in pages})
    return judge.result


def _sites(ws: Workspace, scan: ScanRow) -> list[tuple[Site, SiteState | None]]:
    """The sites that a scan's judgement covers, and how their crawl ended.

    A scan that was restricted to one site says nothing new of the others (``None``), but a unit
    answers for all of them: what earlier scans read of them counts within its age. What has left
    the configuration meanwhile is judged no more.
    """
    states = {run.site_id: run.state for run in scans.site_runs(ws.engine, scan.id)}
    covered = states.keys() | set(scan.note.get("sites", ()))
    return [
        (site, states.get(site.id))
        for site in sorted(ws.config.sites, key=lambda s: s.id)
        if site.id in covered
    ]


def _standing(ws: Workspace, scan: ScanRow) -> Standing:
    """What stands open at the scan's instant of pages and of units: their rules judge a period."""
    standing: dict[str, dict[str, StoredFinding]] = defaultdict(dict)
    for stored in ledger.open_state(ws.engine).values():
        rule = RULES.get(stored.rule_id)
        if rule is not None and not rule.by_hand and rule.scope in (Scope.PAGE, Scope.UNIT):
            life = fold(_before(stored, scan), scan.as_of)
            if life is not None and (life.state.is_open or life.state is FindingState.SUSPECTED):
                standing[stored.subject_key][stored.fingerprint] = stored
    return standing


def _before(stored: StoredFinding, scan: ScanRow) -> list[Event]:
    """A finding's events without those that this very scan wrote: judging again is judging anew."""
    return [e for e in stored.events if e.scan_id != scan.id]


def judge_scan(ws: Workspace, scan_id: int, standard_name: str | None = None) -> Judged:
    """Judge a scan under a standard and record the outcome. Idempotent."""
    scan = scans.scan(ws.engine, scan_id)
    standard = ws.standard(standard_name or scan.standard)
    must_score_units(standard)
    result = judge_facts(ws, scan, standard)
    state = ledger.open_state(ws.engine)
    known: dict[str, Known] = {}
    for mark, stored in state.items():
        life = fold(stored.events, scan.as_of)
        if life is not None:
            judged = (stored.rule_id, stored.subject_key) in result.fresh
            known[mark] = Known(life=life, judged=judged and mark not in result.unsettled)
    events = with_evidence(
        changes(
            known,
            result.findings,
            as_of=scan.as_of,
            recorded_at=ws.now(),
            scan_id=scan.id,
            actor="xunjian",
        ),
        state,
        known,
        result,
    )
    covering = Covering(ws, waivers.load(ws.engine), shanghai_day(scan.as_of))
    by_mark = {c.fingerprint: c.event for c in events}
    waived = list(waiving(ws, scan, result.findings, state, by_mark, covering))
    ledger.record(
        ws.engine,
        scan.id,
        findings=result.findings.values(),
        events=[*((c.fingerprint, c.event) for c in events), *waived],
        verdicts=_verdicts(result.spoken),
        tallies=_tallies(result.tallies),
        coverage=_coverage(result, standard, ws.config, shanghai_day(scan.as_of)),
    )
    contest(ws, scan)
    made = score_scan(ws, scan, standard, result)
    kinds = Counter(c.event.kind for c in events)
    return Judged(
        scan_id=scan.id,
        cards=made,
        found=kinds[EventKind.FOUND],
        rectified=kinds[EventKind.RECTIFIED],
        recurred=kinds[EventKind.RECURRED],
        findings=sum(not f.suspected for f in result.findings.values()),
        suspected=sum(f.suspected for f in result.findings.values()),
    )


def shown_scans(ws: Workspace, unit_id: str | None) -> list[ScanRow]:
    """The scans that summaries, and views of the unit, go by; none where nothing was scanned yet."""
    if all(s.kind is ScanKind.RECHECK for s in scans.list_scans(ws.engine)):
        return []
    shown = {s.id: s for s in (pick_scan(ws), pick_scan(ws, of_unit=unit_id))}
    return [shown[scan_id] for scan_id in sorted(shown)]


def judge_again(ws: Workspace, unit_id: str | None) -> None:
    """Judge them anew, after a person decided of a finding of the unit."""
    for scan in shown_scans(ws, unit_id):
        judge_scan(ws, scan.id)


def with_evidence(
    found: Iterable[Change],
    state: Mapping[str, StoredFinding],
    known: Mapping[str, Known],
    result: Judgement,
) -> list[Change]:
    """The changes, with what stood there before and what stands there now beside each other where
    something was mended (``data``: ``before``, ``after``: digests; ``was``, ``now``: words)."""
    made = []
    for change in found:
        if change.event.kind is EventKind.RECTIFIED:
            life = known[change.fingerprint].life
            look = result.now.get(state[change.fingerprint].subject_key)
            now = look() if look is not None else None
            data = {
                **change.event.data,
                "before": life.evidence,
                "was": life.snippet,
                "after": now.evidence if now else None,
                "now": now.words if now else "",
            }
            change = replace(change, event=replace(change.event, data=data))
        made.append(change)
    return made


def still_standing(
    ws: Workspace, scan: ScanRow, result: Judgement
) -> Iterator[tuple[Finding, bool]]:
    """What counts of what was judged, each with whether a person confirmed it: not what was taken
    back or waived, nor what belongs to a duty that is waived for the scan's day."""
    covering = Covering(ws, waivers.load(ws.engine), shanghai_day(scan.as_of))
    state = ledger.open_state(ws.engine)
    for mark, finding in result.findings.items():
        stored = state.get(mark)
        life = fold(stored.events, scan.as_of, known_at=ws.now()) if stored else None
        if life is not None and life.state in (FindingState.REVOKED, FindingState.WAIVED):
            continue
        if covering.of(finding) is None:
            yield finding, life is not None and life.confirmed


def score_scan(
    ws: Workspace, scan: ScanRow, standard: Standard, result: Judgement
) -> tuple[Scorecard, ...]:
    """The scorecards of a judged scan, saved. Findings that a person took back or waived do not
    count, nor do those of a duty that is waived for the scan's day, whenever that was granted."""
    standing: dict[str, list[Counted]] = defaultdict(list)
    for finding, confirmed in still_standing(ws, scan, result):
        standing[finding.subject.unit_id or ""].append(
            Counted(
                fingerprint=finding.fingerprint,
                rule_id=finding.rule_id,
                subject_key=finding.subject.key,
                severity=RULES[finding.rule_id].severity,
                measured_at=result.measured[finding.fingerprint],
                suspected=finding.suspected and not confirmed,
            )
        )
    made = []
    today = shanghai_day(scan.as_of)
    for unit in scored_units(ws.config, scan):
        coverage, unverified = tally(
            result.outcomes.get(unit.id, []), unit, standard, standard.rules, today
        )
        made.append(
            score(
                unit,
                standing.get(unit.id, []),
                unverified,
                coverage,
                standard,
                scan.as_of,
                today=today,
                max_age_days=ws.config.city.max_age_days,
                reached=unit.id in result.reached,
            )
        )
    digest = rules_digest(standard.rules, settings_of(standard), standard.min_confidence)
    cards.save(
        ws.engine,
        scan.id,
        [
            StoredCard(
                unit_id=c.unit_id,
                standard=standard.id,
                standard_digest=standard.digest,
                rules_digest=digest,
                score_high=c.score_high,
                score_low=c.score_low,
                coverage=c.coverage or 0,
                payload=encode(c),
            )
            for c in made
        ],
    )
    return tuple(made)


def scored_units(config: Config, scan: ScanRow) -> list[Unit]:
    """The units that a scan scores: those of its day, as far as it was not restricted."""
    day = shanghai_day(scan.as_of)
    only = scan_units(scan)
    return [
        u
        for u in config.units
        if u.group is not UnitGroup.CITY and u.valid_on(day) and (only is None or u.id in only)
    ]


_SPOKEN = {
    OutcomeKind.SUSPECTED: VerdictKind.SUSPECTED,
    OutcomeKind.NOT_APPLICABLE: VerdictKind.NOT_APPLICABLE,
    OutcomeKind.UNVERIFIED: VerdictKind.UNVERIFIED,
    OutcomeKind.FINE: VerdictKind.REMARK,
}


def _verdicts(spoken: Iterable[Outcome]) -> list[Verdict]:
    return [
        Verdict(
            rule_id=o.rule_id,
            subject=o.subject,
            kind=_SPOKEN[o.kind],
            code=o.unverified.code if o.unverified else None,
            reason=o.reason,
        )
        for o in spoken
    ]


def _tallies(tallies: Mapping[tuple[str, str, str], Counter[OutcomeKind]]) -> list[Tally]:
    return [
        Tally(
            unit_id=unit or None,
            site_id=site,
            rule_id=rule_id,
            fine=count[OutcomeKind.FINE],
            finding=count[OutcomeKind.FINDING],
            suspected=count[OutcomeKind.SUSPECTED],
            not_applicable=count[OutcomeKind.NOT_APPLICABLE],
            unverified=count[OutcomeKind.UNVERIFIED],
        )
        for (unit, site, rule_id), count in sorted(tallies.items())
    ]


def _coverage(result: Judgement, standard: Standard, config: Config, day: date) -> list[Coverage]:
    units = {u.id: u for u in config.units}
    rows = []
    for unit_id in sorted(result.outcomes.keys() | result.not_reached.keys()):
        unit = units.get(unit_id)
        applicable = verified = 0
        if unit is not None:
            got, _ = tally(result.outcomes.get(unit_id, []), unit, standard, standard.rules, day)
            applicable, verified = got.applicable, got.verified
        rows.append(
            Coverage(
                unit_id=unit_id or None,
                applicable=applicable,
                verified=verified,
                not_reached=result.not_reached[unit_id],
            )
        )
    return rows
