"""``xunjian recheck``: just the pages, lists and links of some findings are fetched again, judged by
the same rules, and the ledger told.

It is a scan of kind 复查 with no scorecards. Only what this very re-check fetched is judged: what
could not be fetched leaves its finding as it was. A re-check is small (``MOST_REQUESTS`` a site), so
it may be made at any hour; rate, robots.txt and scope bind it as any scan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from checks.attribution import Names
from checks.facts import ColumnReading, LinkFate, LinkKind, LinkState, Unverified
from checks.life import Event, EventKind
from checks.model import Finding, OutcomeKind, Scope
from checks.registry import RULES, rules_digest, settings_of
from checks.runner import PageRules
from config.schema import Config, Rate, Site, Standard, Unit
from crawler.extract import READER
from crawler.plan import Again, CrawlPlan, CrawlResult, Looked, Progress
from crawler.runner import crawl
from crawler.scope import Scope as Hosts
from crawler.scope import is_loopback_name
from crawler.urls import canonical
from reports.recheck import Checked, NewLine, RecheckView, Result
from scorecards.life import FindingState, Known, changes, fold
from services.acting import Case, append, as_case, case_of, cases_of_unit, one_line
from services.cases import BUDGET_RULE, Judge, Judgement
from services.judge import must_score_units, with_evidence
from services.workspace import ScanBroken, UsageError, Workspace, end_of_day, shanghai_day
from storage import findings as ledger
from storage import lookups, readings, scans
from storage.db import StorageError
from storage.findings import Verdict
from storage.lock import FileLock
from storage.models import ScanKind, ScanRow, ScanState, VerdictKind

MOST_REQUESTS = 60
"""Requests to one site, all told: so few that no window is waited for."""
MOST_LIST_PAGES = 4
"""Of one column: a new entry stands on the first; two in falling order prove that there is none."""
SHORT_REST = 3.0
"""Seconds before a failed address is tried once more."""
_COSTS = {Scope.COLUMN: 6, Scope.UNIT: 6, Scope.PAGE: 2, Scope.SITE: 2}
"""Requests that a subject may cost, roughly; what does not fit is left for the next time."""
_LINK_KINDS = {
    "dead-link": LinkKind.PAGE,
    "dead-attachment": LinkKind.FILE,
    "broken-image": LinkKind.IMAGE,
}
_ORDER = (
    FindingState.CLAIMED,
    FindingState.CIRCULATED,
    FindingState.OVERDUE,
    FindingState.REMINDED,
    FindingState.DISPUTED,
    FindingState.OPEN,
    FindingState.SUSPECTED,
)
"""Whose findings a unit's re-check takes first."""


@dataclass(slots=True)
class _Targets:
    """What is looked at on one site."""

    columns: set[str] = field(default_factory=set)
    pages: dict[str, None] = field(default_factory=dict)
    links: dict[str, LinkKind] = field(default_factory=dict)
    looks: dict[str, None] = field(default_factory=dict)
    home: bool = False
    cost: int = 4
    """robots.txt, the look at what is not there, home and tree."""


@dataclass(slots=True)
class _Asked:
    """The findings of one re-check, and what is looked at for them."""

    cases: list[Case] = field(default_factory=list)
    sites: dict[str, _Targets] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    without: dict[str, tuple[Result, str]] = field(default_factory=dict)
    """Findings that are not looked at, with why, by fingerprint."""


def recheck_finding(
    ws: Workspace,
    prefix: str,
    *,
    now: datetime,
    as_of: date | None = None,
    mended: bool = False,
    reason: str = "",
    listener: Callable[[Progress], None] | None = None,
) -> RecheckView:
    """Re-check one finding. ``mended``: the person who looked says that a by-hand finding is; it
    counts only if the page was fetched now and is another than it was.

    Raises ``UsageError``, ``ScanBroken`` and those of ``storage.findings.find``.
    """
    case = case_of(ws, prefix, now)
    if mended:
        reason = one_line(reason, "--reason")
        if not RULES[case.stored.rule_id].by_hand:
            raise UsageError(
                f"问题 {case.short} 由程序复查判断，不能人工认定已整改：直接运行 xunjian recheck {case.short}"
            )
    return _recheck(ws, [case], now, as_of, listener, mended=reason if mended else None)


def recheck_unit(
    ws: Workspace,
    unit: Unit,
    *,
    now: datetime,
    as_of: date | None = None,
    listener: Callable[[Progress], None] | None = None,
) -> RecheckView:
    """Re-check what stands open of a unit, what it says to have mended first."""
    cases = [c for c in cases_of_unit(ws, unit, now) if c.life.state in _ORDER]
    if not cases:
        raise UsageError(f"{unit.short}没有未整改的问题，不用复查")
    cases.sort(key=lambda c: (_ORDER.index(c.life.state), c.life.deadline or date.max, c.stored.id))
    return _recheck(ws, cases, now, as_of, listener)


def _recheck(
    ws: Workspace,
    cases: Sequence[Case],
    now: datetime,
    as_of: date | None,
    listener: Callable[[Progress], None] | None,
    mended: str | None = None,
) -> RecheckView:
    standard = ws.standard()
    must_score_units(standard)
    at = max([_instant(ws, now, as_of), *(case.at for case in cases)])
    asked = _asked(ws, cases, shanghai_day(at))
    if not asked.sites and mended is not None:
        raise UsageError(f"不能认定已整改：{asked.without[cases[0].mark][1]}")
    if not asked.sites:
        return RecheckView(
            scan_id=None,
            checked=tuple(_not_looked(ws, case, asked) for case in cases),
            trial_run=ws.config.city.trial_run,
        )
    lock = FileLock(ws.settings.data / "scan.lock")
    if not lock.acquire():
        raise UsageError("另一个检测正在使用这个数据目录：请等它结束再复查")
    try:
        return _look(ws, asked, cases, standard, at, now, listener, mended)
    except StorageError as error:
        raise ScanBroken(f"{error}\n复查中断，已存的都在：改好以后重新运行") from error
    finally:
        ws.evidence.close()
        lock.release()


def _instant(ws: Workspace, now: datetime, as_of: date | None) -> datetime:
    if as_of is not None:
        if not all(is_loopback_name(str(s.url.host)) for s in ws.config.enabled_sites):
            raise UsageError(
                "--as-of 只能用于本机（回环地址）上的网站：真实网站只能按现在的时间复查"
            )
        now = end_of_day(as_of)
    newest = next(iter(scans.list_scans(ws.engine, 1)), None)
    return max(now, newest.as_of) if newest is not None else now


# --- what is looked at ----------------------------------------------------------------------------


def _asked(ws: Workspace, cases: Iterable[Case], day: date) -> _Asked:
    asked = _Asked()
    config = ws.config
    hosts = Hosts(config.enabled_sites)
    expected = {
        c.key: c.site_id for s in config.enabled_sites for c in config.expected_columns(s.id, day)
    }
    for case in cases:
        asked.cases.append(case)
        site_id, why = case.stored.site_id, ""
        if all(s.id != site_id for s in config.enabled_sites):
            asked.without[case.mark] = (Result.IMPOSSIBLE, "所在的网站没有启用")
            continue
        targets = asked.sites.get(site_id) or _Targets()
        cost = _COSTS[case.stored.scope]
        if asked.sites and targets.cost + cost > MOST_REQUESTS:
            asked.without[case.mark] = (
                Result.LEFT,
                f"一次复查对一个网站最多请求 {MOST_REQUESTS} 次，请再运行一次或等下次检测",
            )
            continue
        if RULES[case.stored.rule_id].by_hand:
            why = _by_hand(case, targets, expected, hosts)
        else:
            why = _by_rule(ws, config, case, targets, expected, hosts)
        if why:
            asked.without[case.mark] = (Result.IMPOSSIBLE, why)
            continue
        targets.cost += cost
        asked.sites[site_id] = targets
        asked.subjects.add(case.stored.subject_key)
        if case.unit_id is not None:
            asked.units.add(case.unit_id)
    return asked


def _by_rule(
    ws: Workspace,
    config: Config,
    case: Case,
    targets: _Targets,
    expected: dict[str, str],
    hosts: Hosts,
) -> str:
    """Enter what a machine's finding rests on; why it cannot be looked at alone, in Chinese."""
    stored = case.stored
    if stored.rule_id == BUDGET_RULE:
        column = config.site(stored.site_id).budget_column
        key = f"{stored.site_id}/{column}"
        if column is None or key not in expected:
            return "配置里没有预决算专栏"
        targets.columns.add(key)
    elif stored.scope is Scope.COLUMN:
        if stored.subject_key not in expected:
            return "这个栏目已不在应设栏目名单里"
        targets.columns.add(stored.subject_key)
    elif stored.scope is Scope.SITE:
        target = stored.what.split(" @ ")[0]
        if stored.rule_id in _LINK_KINDS and hosts.covers(target):
            targets.links[target] = _LINK_KINDS[stored.rule_id]
        elif stored.what:
            return "页面模板的问题要看全站的页面才能判断，请等下次检测"
        else:
            targets.home = True
    elif stored.scope is Scope.PAGE:
        url = lookups.page_address(ws.engine, stored.subject_key)
        if url is None:
            return "没有这个页面的地址"
        targets.pages[url] = None
        if stored.rule_id in _LINK_KINDS:
            target = stored.what.split(" @ ")[0]
            if hosts.covers(target):
                targets.links[target] = _LINK_KINDS[stored.rule_id]
    else:
        return "这类问题要整个单位检测才能判断，请用 xunjian scan --unit"
    return ""


def _by_hand(case: Case, targets: _Targets, expected: dict[str, str], hosts: Hosts) -> str:
    url = _address(case)
    looked = False
    if case.stored.scope is Scope.COLUMN and case.stored.subject_key in expected:
        targets.columns.add(case.stored.subject_key)
        looked = True
    if url is not None and hosts.covers(url):
        targets.looks[url] = None
        looked = True
    return "" if looked else "登记时没有写网址，也没有写栏目，无从复查：请人工查看"


def _address(case: Case) -> str | None:
    return canonical(case.seen.url) if case.seen is not None and case.seen.url else None


# --- looking --------------------------------------------------------------------------------------


def _look(
    ws: Workspace,
    asked: _Asked,
    cases: Sequence[Case],
    standard: Standard,
    at: datetime,
    now: datetime,
    listener: Callable[[Progress], None] | None,
    mended: str | None,
) -> RecheckView:
    ws.evidence.recover()
    config = _bounded(ws.config)
    scans.give_up_running(ws.engine)
    scan_id = scans.begin_scan(
        ws.engine,
        ScanKind.RECHECK,
        at,
        sorted(asked.sites),
        standard.id,
        ws.config.digest,
        READER,
        True,
        started_at=now,
        note={
            "actor": ws.actor,
            "sites": sorted(asked.sites),
            "units": sorted(asked.units),
            "findings": sorted(c.mark for c in asked.cases if c.mark not in asked.without),
        },
    )
    scan = scans.scan(ws.engine, scan_id)
    again = {
        site_id: Again(
            columns=frozenset(targets.columns),
            pages=tuple(targets.pages),
            links=tuple(targets.links.items()),
            looks=tuple(targets.looks),
            home=targets.home,
            siblings=_siblings(ws, scan, site_id, targets),
        )
        for site_id, targets in asked.sites.items()
    }
    result = _crawl(ws, scan, config, standard, again, listener)
    if result.interrupted:
        scans.finish_scan(ws.engine, scan_id, ScanState.FAILED, finished_at=ws.now())
        raise ScanBroken("复查中断，问题都保持原来的状态：请重新运行")
    verdicts = _judge(ws, scan, standard, asked)
    state = ScanState.COMPLETE if result.complete else ScanState.PARTIAL
    scans.finish_scan(ws.engine, scan_id, state, finished_at=ws.now())
    looked = {url: seen for one in again.values() for url, seen in one.seen.items()}
    checked = [
        _not_looked(ws, case, asked)
        if case.mark in asked.without
        else _hand_checked(ws, scan, case, looked, now, mended)
        if RULES[case.stored.rule_id].by_hand
        else _checked(ws, case, verdicts, result, now)
        for case in cases
    ]
    names = {s.id: s.name for s in ws.config.sites}
    return RecheckView(
        scan_id=scan_id,
        checked=tuple(checked),
        new=tuple(
            NewLine(
                mark=f.fingerprint,
                rule_title=RULES[f.rule_id].title,
                title=f.subject.title,
                message=f.message,
                url=f.url,
            )
            for f in verdicts.new
        ),
        trial_run=ws.config.city.trial_run,
        requests=sum(s.counters.requests for s in result.sites),
        unreached=tuple(
            (names.get(s.site_id, s.site_id), s.reason.reason)
            for s in result.sites
            if s.reason is not None
        ),
    )


def _crawl(
    ws: Workspace,
    scan: ScanRow,
    config: Config,
    standard: Standard,
    again: dict[str, Again],
    listener: Callable[[Progress], None] | None,
) -> CrawlResult:
    settings = settings_of(standard)
    names = Names.of(config)
    day = shanghai_day(scan.as_of)

    def attribute(source: str) -> str | None:
        return names.attribute(source, day).unit_id

    return crawl(
        CrawlPlan(
            scan_id=scan.id,
            config=config,
            sites=tuple(sorted(again)),
            as_of=scan.as_of,
            reader=READER,
            rules_digest=rules_digest(standard.rules, settings, standard.min_confidence),
            page_hits=PageRules(tuple(standard.rules), settings, standard.min_confidence),
            min_confidence=standard.min_confidence,
            attribute=attribute,
            full=True,
            again=again,
            clock=ws.now,
        ),
        engine=ws.engine,
        evidence=ws.evidence,
        progress=listener,
    )


def _bounded(config: Config) -> Config:
    """The configuration with the rates of a re-check: as gentle, and far fewer requests."""

    def bounded(rate: Rate) -> Rate:
        return rate.model_copy(
            update={
                "max_requests": min(rate.max_requests, MOST_REQUESTS),
                "max_list_pages": min(rate.max_list_pages, MOST_LIST_PAGES),
                "retry_after_seconds": min(rate.retry_after_seconds, SHORT_REST),
                "retries": min(rate.retries, 1),
            }
        )

    def of(site: Site) -> Site:
        return site.model_copy(update={"rate": bounded(site.rate)}) if site.rate else site

    city = config.city.model_copy(update={"rate": bounded(config.city.rate)})
    return config.model_copy(update={"city": city, "sites": tuple(of(s) for s in config.sites)})


def _siblings(
    ws: Workspace, scan: ScanRow, site_id: str, targets: _Targets
) -> tuple[ColumnReading, ...]:
    if not targets.columns:
        return ()
    stored = readings.columns(ws.engine, scan.id, ws.config.city.max_age_days)
    return tuple(
        c.reading
        for c in stored.values()
        if c.site_id == site_id
        and c.key not in targets.columns
        and isinstance(c.reading, ColumnReading)
        and c.reading.entries
    )


# --- judging --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Verdicts:
    seen: set[str] = field(default_factory=set)
    """Fingerprints that are there."""
    judged: set[str] = field(default_factory=set)
    """Known ones that could be judged."""
    reasons: dict[tuple[str, str], str] = field(default_factory=dict)
    """Why a rule could not say of a subject."""
    now: dict[str, str] = field(default_factory=dict)
    """What stands at a subject now."""
    fates: dict[str, LinkFate] = field(default_factory=dict)
    """What became of the targets that were looked at."""
    new: list[Finding] = field(default_factory=list)


def _judge(ws: Workspace, scan: ScanRow, standard: Standard, asked: _Asked) -> _Verdicts:
    """Lay what was fetched before the rules, and record what follows."""
    subjects = frozenset(asked.subjects)
    result = _facts(ws, scan, standard, asked, subjects)
    state = ledger.open_state(ws.engine)
    fetched = lookups.fetched_keys(ws.engine, scan.id)
    trees = {
        c.key
        for s in ws.config.enabled_sites
        for c in ws.config.expected_columns(s.id, shanghai_day(scan.as_of))
        if c.key in subjects and {f"{s.id}/{c.owner_id}", s.id} & fetched
    }
    fresh = {
        (rule_id, key)
        for rule_id, key in result.fresh
        if key in fetched or key in trees or _budget_read(ws.config, key, fetched)
    }
    alive = _targets_alive(ws, scan, state.values())
    known: dict[str, Known] = {}
    for mark, stored in state.items():
        if stored.subject_key not in subjects:
            continue
        life = fold(stored.events, scan.as_of)
        if life is None:
            continue
        judged = (stored.rule_id, stored.subject_key) in fresh and mark not in result.unsettled
        known[mark] = Known(life=life, judged=judged or mark in alive)
    seen = {
        mark: finding
        for mark, finding in result.findings.items()
        if (finding.rule_id, finding.subject.key) in fresh
    }
    events = with_evidence(
        changes(
            known,
            seen,
            as_of=scan.as_of,
            recorded_at=ws.now(),
            scan_id=scan.id,
            actor="xunjian",
        ),
        state,
        known,
        result,
    )
    ledger.record(
        ws.engine,
        scan.id,
        findings=seen.values(),
        events=[(c.fingerprint, c.event) for c in events],
        verdicts=[
            Verdict(
                rule_id=o.rule_id,
                subject=o.subject,
                kind=VerdictKind.UNVERIFIED,
                code=o.unverified.code if o.unverified else None,
                reason=o.reason,
            )
            for o in result.spoken
            if o.kind is OutcomeKind.UNVERIFIED
        ],
    )
    return _Verdicts(
        seen=set(seen),
        judged={mark for mark, one in known.items() if one.judged},
        reasons={
            (o.rule_id, o.subject.key): o.reason
            for o in result.spoken
            if o.kind is OutcomeKind.UNVERIFIED
        },
        now={key: now.words for key, now in result.now.items()},
        fates=readings.link_fates(ws.engine, scan.id),
        new=[f for mark, f in seen.items() if mark not in state],
    )


def _facts(
    ws: Workspace, scan: ScanRow, standard: Standard, asked: _Asked, subjects: frozenset[str]
) -> Judgement:
    engine, max_age = ws.engine, ws.config.city.max_age_days
    judge = Judge(ws.config, standard, scan, ws.judge_from(scan.as_of), subjects)
    judge.only = None
    digest = rules_digest(standard.rules, judge.settings, standard.min_confidence)
    names = Names.of(ws.config)
    columns = readings.columns(engine, scan.id, max_age)
    trees = readings.trees(engine, scan.id, max_age)
    fates = readings.link_fates(engine, scan.id, max_age)
    keys = subjects | lookups.pages_of_scan(engine, scan.id)
    pages = list(
        readings.pages(engine, scan.id, rules_digest=digest, max_age_days=max_age, keys=keys)
    )
    dated = {p.url: p for p in pages if p.published is not None}

    def article_date(url: str) -> date | None:
        page = dated.get(url)
        read = page.load().published if page is not None else None
        return (
            read.value if read is not None and read.confidence >= standard.min_confidence else None
        )

    standing: dict[str, dict[str, ledger.StoredFinding]] = {}
    for stored in ledger.open_state(engine).values():
        if stored.subject_key in subjects and not RULES[stored.rule_id].by_hand:
            standing.setdefault(stored.subject_key, {})[stored.fingerprint] = stored
    for site_id in sorted(asked.sites):
        site = ws.config.site(site_id)
        judge.columns(site, columns, trees, article_date)
        judge.budgets(site, columns, names, standing)
        if asked.sites[site_id].home:
            judge.home(site, readings.homes(engine, scan.id, max_age).get(site.id))
        mine = (p for p in pages if p.site_id == site_id and p.subject_key in subjects)
        judge.pages(site, mine, fates, standing, complete=False)
    return judge.result


def _budget_read(config: Config, key: str, fetched: set[str]) -> bool:
    """The key is a party body's, whose budgets stand in a column that was read."""
    return any(
        site.budget_column is not None
        and key.startswith(f"{site.id}/")
        and f"{site.id}/{site.budget_column}" in fetched
        for site in config.sites
    )


def _targets_alive(
    ws: Workspace, scan: ScanRow, stored: Iterable[ledger.StoredFinding]
) -> set[str]:
    """Template faults whose dead target answers now: whatever still links to it, it is no fault."""
    fates = readings.link_fates(ws.engine, scan.id)
    return {
        one.fingerprint
        for one in stored
        if one.scope is Scope.SITE
        and one.rule_id in _LINK_KINDS
        and (fate := fates.get(one.what.split(" @ ")[0])) is not None
        and fate.state is LinkState.ALIVE
    }


# --- what is said of it ---------------------------------------------------------------------------


def _after(ws: Workspace, case: Case, now: datetime) -> Case:
    stored = ledger.find(ws.engine, case.mark)
    seen = ledger.last_sightings(ws.engine, [case.mark]).get(case.mark)
    return as_case(stored, seen, now)


def _said(case: Case, result: Result, state: FindingState, after: str) -> Checked:
    return Checked(
        mark=case.mark,
        rule_title=RULES[case.stored.rule_id].title,
        title=case.title,
        url=case.seen.url if case.seen else None,
        result=result,
        state=state,
        before=case.seen.message if case.seen else "",
        after=after,
    )


def _not_looked(ws: Workspace, case: Case, asked: _Asked) -> Checked:
    result, why = asked.without[case.mark]
    return _said(case, result, case.life.state, why)


def _checked(
    ws: Workspace, case: Case, verdicts: _Verdicts, crawled: CrawlResult, now: datetime
) -> Checked:
    state = _after(ws, case, now).life.state
    key = case.stored.subject_key
    there = verdicts.now.get(key, "")
    why = verdicts.reasons.get((case.stored.rule_id, key), "")
    if case.stored.rule_id in _LINK_KINDS:
        fate = verdicts.fates.get(case.stored.what.split(" @ ")[0])
        if fate is not None and fate.state is LinkState.ALIVE:
            there = "所指的地址已能打开"
        elif fate is not None and fate.state is LinkState.DEAD:
            there = f"所指的地址仍打不开（{fate.reason}）"
            why = why or f"{there}；是否还有页面指向它，要等下次检测"
        elif case.mark in verdicts.judged and case.mark not in verdicts.seen:
            there = f"{there}，已不指向原来的地址"
    if case.mark in verdicts.seen:
        back = case.life.state is FindingState.RECTIFIED
        return _said(case, Result.BACK if back else Result.STANDING, state, there)
    if case.mark in verdicts.judged:
        return _said(case, Result.MENDED, state, there)
    for site in crawled.sites:
        if not why and site.site_id == case.stored.site_id and site.reason is not None:
            why = site.reason.reason
    return _said(case, Result.UNVERIFIED, state, why or "这次没有取到能够判断的内容")


def _hand_checked(
    ws: Workspace,
    scan: ScanRow,
    case: Case,
    looked: dict[str, Looked],
    now: datetime,
    mended: str | None,
) -> Checked:
    """A by-hand finding: what stood there and what stands there; a person decides.

    Each look is put on record with the digest of what was seen.
    """
    url = _address(case)
    seen = looked.get(url) if url else None
    before = _last_seen(case)
    changed, words, evidence = _compared(ws, scan, case, seen, before)
    data: dict[str, object] = {"before": before, "after": evidence, "now": words}
    if mended is not None:
        if not changed:
            raise UsageError(
                f"不能认定问题 {case.short} 已整改：{words}。确已整改而页面看不出的，请写明情况用 "
                "xunjian note 记录；记错的用 xunjian revoke 撤销"
            )
        case = replace(case, at=max(case.at, scan.as_of))
        append(ws, case, EventKind.RECTIFIED, now=now, reason=mended, data=data, scan_id=scan.id)
        return _said(case, Result.MENDED, _after(ws, case, now).life.state, words)
    known = evidence is not None or (seen is not None and bool(seen.gone)) or changed
    if known:
        ledger.add_event(ws.engine, case.mark, _noted(ws, case, words, data, scan, now))
    result = Result.HAND if known else Result.UNVERIFIED
    return _said(case, result, case.life.state, words)


def _noted(
    ws: Workspace, case: Case, words: str, data: dict[str, object], scan: ScanRow, now: datetime
) -> Event:
    return Event(
        kind=EventKind.NOTED,
        at=max(case.at, scan.as_of),
        recorded_at=now,
        scan_id=scan.id,
        actor="xunjian",
        reason=f"复查：{words}",
        data=data,
    )


def _last_seen(case: Case) -> str | None:
    """Digest of the page when it was recorded, or at the first look since: what a change is
    measured against."""
    recorded = case.life.evidence
    if recorded is not None:
        return recorded
    for event in case.stored.events:
        if event.kind is EventKind.NOTED and event.data.get("after"):
            return str(event.data["after"])
    return None


def _compared(
    ws: Workspace, scan: ScanRow, case: Case, seen: Looked | None, before: str | None
) -> tuple[bool, str, str | None]:
    """Whether what was fetched now shows a change, in words, and its digest."""
    if case.stored.scope is Scope.COLUMN:
        column = readings.columns(ws.engine, scan.id, ws.config.city.max_age_days).get(
            case.stored.subject_key
        )
        if column is not None and not column.carried and not isinstance(column.reading, Unverified):
            entries = column.reading.entries
            newest = max((e.published for e in entries if e.published), default=None)
            since = shanghai_day(case.life.since)
            words = f"栏目中有 {len(entries)} 条信息"
            if newest is not None:
                words += f"，最新一条 {newest.isoformat()}"
            there = (
                bool(entries)
                if case.stored.rule_id == "hand-missing"
                else (newest is not None and newest >= since)
            )
            digest = column.fetched.evidence if column.fetched else None
            if there or seen is None:
                return there, words, digest
    if seen is None:
        return False, "没有取到栏目的内容", None
    if seen.gone:
        return (
            case.stored.rule_id not in ("hand-missing", "hand-late"),
            f"页面已撤下（{seen.gone}）",
            None,
        )
    if seen.missing is not None:
        return False, f"没有取到页面：{seen.missing.reason}", None
    if before is None:
        return False, "登记时没有取证，无从对比；这次已取证，下次复查可以对比", seen.evidence
    if seen.evidence == before:
        return False, "页面内容没有变化", seen.evidence
    return True, "页面内容已有变化，请打开核对", seen.evidence
