"""``xunjian recheck``: just the pages, lists and links of some findings are fetched again, judged by
the same rules, and the ledger told.

It is a scan of kind 复查 with no scorecards. Only what this very re-check fetched is judged: what
could not be fetched leaves its finding as it was. A re-check is small (``MOST_REQUESTS`` a site), so
it may be made at any hour; rate, robots.txt and scope bind it as any scan.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime

from checks.attribution import Names
from checks.facts import ColumnReading
from checks.life import EventKind
from checks.registry import RULES, rules_digest, settings_of
from checks.runner import PageRules
from config.schema import Config, Rate, Site, Standard, Unit
from crawler.extract import READER
from crawler.plan import Again, CrawlPlan, CrawlResult, Progress
from crawler.runner import crawl
from crawler.scope import Scope as Hosts
from crawler.scope import is_loopback_name
from crawler.urls import canonical
from reports.recheck import NewLine, RecheckView
from scorecards.life import FindingState
from services.acting import Case, case_of, cases_of_unit, must_allow, one_line
from services.judge import must_score_units
from services.recheck_judge import Word, checked_one, hand_checked, judge_looked, not_looked
from services.recheck_targets import MOST_REQUESTS, Asked, Targets, asked_for
from services.scan import sole_scan
from services.workspace import ScanBroken, UsageError, Workspace, end_of_day, shanghai_day
from storage import readings, scans
from storage.db import StorageError
from storage.models import ScanKind, ScanRow, ScanState

MOST_LIST_PAGES = 4
"""Of one column: a new entry stands on the first; two in falling order prove that there is none."""
SHORT_REST = 3.0
"""Seconds before a failed address is tried once more."""
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


def recheck_finding(
    ws: Workspace,
    prefix: str,
    *,
    now: datetime,
    as_of: date | None = None,
    mended: bool | None = None,
    reason: str = "",
    url: str | None = None,
    listener: Callable[[Progress], None] | None = None,
) -> RecheckView:
    """Re-check one finding.

    ``mended``: the person who looked says that a by-hand finding is, or is not; that it is counts
    only if the page was fetched now and is another than it was, or shows what was lacking. ``url``:
    where that is, if not at the address on record.

    Raises ``UsageError``, ``ScanBroken`` and those of ``storage.findings.find``.
    """
    case = case_of(ws, prefix, now)
    by_hand = RULES[case.stored.rule_id].by_hand
    if not by_hand and (mended is not None or url is not None):
        raise UsageError(
            f"问题 {case.short} 由程序复查判断，不能人工认定已整改：直接运行 xunjian recheck {case.short}"
        )
    word = None
    if mended is not None:
        word = Word(mended=mended, reason=one_line(reason, "--reason"), elsewhere=url is not None)
        act = EventKind.RECTIFIED if mended else EventKind.NOT_MENDED
        must_allow(case, act, "认定已整改" if mended else "认定未整改")
    if url is not None:
        case = _elsewhere(ws, case, url)
    return _recheck(ws, [case], now, as_of, listener, word=word)


def _elsewhere(ws: Workspace, case: Case, url: str) -> Case:
    """The case with another address to look at. Raises ``UsageError``."""
    found = canonical(url.strip())
    if found is None or not Hosts(ws.config.enabled_sites).covers(found):
        raise UsageError(f"--url “{url[:80]}”不是配置的网站上的网址：请从浏览器地址栏复制")
    if case.seen is None:
        raise UsageError(f"问题 {case.short} 没有登记内容，不能复查")
    return replace(case, seen=replace(case.seen, url=found))


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
    word: Word | None = None,
) -> RecheckView:
    standard = ws.standard()
    must_score_units(standard)
    at = max([_instant(ws, now, as_of), *(e.at for c in cases for e in c.stored.events)])
    asked = asked_for(ws, cases, shanghai_day(at))
    if not asked.sites and word is not None:
        raise UsageError(f"不能认定：{asked.without[cases[0].mark][1]}")
    if not asked.sites:
        return RecheckView(
            scan_id=None,
            checked=tuple(not_looked(ws, case, asked) for case in cases),
            trial_run=ws.config.city.trial_run,
        )
    with sole_scan(ws, lambda: sorted(asked.sites)):
        try:
            return _look(ws, asked, cases, standard, at, now, listener, word)
        except StorageError as error:
            raise ScanBroken(f"{error}\n复查中断，已存的都在：改好以后重新运行") from error
        finally:
            ws.evidence.close()


def _instant(ws: Workspace, now: datetime, as_of: date | None) -> datetime:
    if as_of is not None:
        if not all(is_loopback_name(str(s.url.host)) for s in ws.config.enabled_sites):
            raise UsageError(
                "--as-of 只能用于本机（回环地址）上的网站：真实网站只能按现在的时间复查"
            )
        now = end_of_day(as_of)
    newest = next(iter(scans.list_scans(ws.engine, 1)), None)
    return max(now, newest.as_of) if newest is not None else now


# --- looking --------------------------------------------------------------------------------------


def _look(
    ws: Workspace,
    asked: Asked,
    cases: Sequence[Case],
    standard: Standard,
    at: datetime,
    now: datetime,
    listener: Callable[[Progress], None] | None,
    word: Word | None,
) -> RecheckView:
    ws.evidence.recover()
    config = _bounded(ws.config, asked)
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
    verdicts = judge_looked(ws, scan, standard, asked)
    state = ScanState.COMPLETE if result.complete else ScanState.PARTIAL
    scans.finish_scan(ws.engine, scan_id, state, finished_at=ws.now())
    looked = {url: seen for one in again.values() for url, seen in one.seen.items()}
    checked = [
        not_looked(ws, case, asked)
        if case.mark in asked.without
        else hand_checked(ws, scan, case, looked, now, word)
        if RULES[case.stored.rule_id].by_hand
        else checked_one(ws, case, verdicts, result, now)
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


def _bounded(config: Config, asked: Asked) -> Config:
    """The configuration with the rates of a re-check: as gentle, and far fewer requests."""

    def bounded(rate: Rate, most: int) -> Rate:
        return rate.model_copy(
            update={
                "max_requests": min(rate.max_requests, MOST_REQUESTS),
                "max_list_pages": min(rate.max_list_pages, most),
                "retry_after_seconds": min(rate.retry_after_seconds, SHORT_REST),
                "retries": min(rate.retries, 1),
            }
        )

    def of(site: Site) -> Site:
        # Only a list that was read whole shows that a budget is not in it.
        whole = site.id in asked.sites and asked.sites[site.id].whole
        most = MOST_REQUESTS if whole else MOST_LIST_PAGES
        return site.model_copy(update={"rate": bounded(config.rate(site.id), most)})

    return config.model_copy(update={"sites": tuple(of(s) for s in config.sites)})


def _siblings(
    ws: Workspace, scan: ScanRow, site_id: str, targets: Targets
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
