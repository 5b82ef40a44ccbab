"""What a re-check says: its facts laid before the rules, the ledger told, and each finding's before and
after. Nothing is fetched here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from checks.attribution import Names
from checks.facts import LinkFate, LinkState, Unverified
from checks.life import Event, EventKind
from checks.model import Finding, OutcomeKind, Scope
from checks.registry import RULES, rules_digest
from config.schema import Config, Standard
from crawler.plan import CrawlResult, Looked
from reports.recheck import Checked, Result
from scorecards.life import FindingState, Known, changes, fold
from services.acting import Case, append, as_case
from services.cases import Judge, Judgement
from services.judge import with_evidence
from services.judging import guides, interaction
from services.judging.ground import Ground
from services.recheck_targets import LINK_KINDS, Asked, address_of
from services.standing import Standing
from services.waivers import Covering, waiving
from services.workspace import UsageError, Workspace, shanghai_day
from storage import allowed, lookups, readings, waivers
from storage import findings as ledger
from storage.findings import Verdict
from storage.models import ScanRow, VerdictKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the person who looked says of a by-hand finding."""

    mended: bool
    reason: str
    elsewhere: bool = False
    """At another address than the one on record."""


@dataclass(slots=True)
class Verdicts:
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


def judge_looked(ws: Workspace, scan: ScanRow, standard: Standard, asked: Asked) -> Verdicts:
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
            recorded_at=max([ws.now(), *(case.recorded_at for case in asked.cases)]),
            scan_id=scan.id,
            actor="xunjian",
        ),
        state,
        known,
        result,
    )
    covering = Covering(ws, waivers.load(ws.engine), shanghai_day(scan.as_of))
    by_mark = {c.fingerprint: c.event for c in events}
    waived = list(waiving(ws, scan, seen, state, by_mark, covering))
    ledger.record(
        ws.engine,
        scan.id,
        findings=seen.values(),
        events=[*((c.fingerprint, c.event) for c in events), *waived],
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
    return Verdicts(
        seen=set(seen),
        judged={mark for mark, one in known.items() if one.judged},
        reasons={
            place: o.reason
            for o in result.spoken
            if o.kind is OutcomeKind.UNVERIFIED
            # A rule may be asked of a whole catalogue and speak of its columns.
            for place in ((o.rule_id, o.subject.site_id), (o.rule_id, o.subject.key))
        },
        now={key: look().words for key, look in result.now.items()},
        fates=readings.link_fates(ws.engine, scan.id),
        new=[f for mark, f in seen.items() if mark not in state],
    )


def _facts(
    ws: Workspace, scan: ScanRow, standard: Standard, asked: Asked, subjects: frozenset[str]
) -> Judgement:
    engine, max_age = ws.engine, ws.config.city.max_age_days
    judge = Judge(
        ws.config,
        standard,
        scan,
        ws.judge_from(scan.as_of),
        subjects,
        allowed=allowed.in_force(engine),
    )
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
    if any(case.stored.rule_id in ALONE for case in asked.cases):
        _parts(ws, scan, asked, judge, standing)
    return judge.result


ALONE = frozenset([*interaction.LETTER_RULES, "incomplete-guide", "dead-guide-form"])
"""Rules of the families that one page shows by itself; what the others rest on was not looked at."""


def _parts(ws: Workspace, scan: ScanRow, asked: Asked, judge: Judge, standing: Standing) -> None:
    """Letters and guides among the pages. All of them are laid: a letter may repeat another."""
    engine, max_age = ws.engine, ws.config.city.max_age_days
    ground = Ground(
        ws=ws,
        scan=scan,
        sites=tuple(ws.config.site(site_id) for site_id in sorted(asked.sites)),
        base=judge.base,
        rules=tuple(rule for rule in judge.rules if rule.id in ALONE),
        settings=judge.settings,
        units=None,
        subjects=judge.subjects,
        names=Names.of(ws.config),
        columns=readings.columns(engine, scan.id, max_age),
        trees={},
        homes={},
        pages=list(readings.pages(engine, scan.id, rules_digest="", max_age_days=max_age)),
        fates=readings.link_fates(engine, scan.id, max_age),
        standing=standing,
        hand_over=judge.take,
    )
    interaction.lay(ground)
    guides.lay(ground)


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
        and one.rule_id in LINK_KINDS
        and (fate := fates.get(one.what.split(" @ ")[0])) is not None
        and fate.state is LinkState.ALIVE
    }


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


def not_looked(ws: Workspace, case: Case, asked: Asked) -> Checked:
    result, why = asked.without[case.mark]
    return _said(case, result, case.life.state, why)


def checked_one(
    ws: Workspace, case: Case, verdicts: Verdicts, crawled: CrawlResult, now: datetime
) -> Checked:
    state = _after(ws, case, now).life.state
    key = case.stored.subject_key
    there = verdicts.now.get(key, "")
    why = verdicts.reasons.get((case.stored.rule_id, key), "")
    if case.stored.rule_id in LINK_KINDS:
        fate = verdicts.fates.get(case.stored.what.split(" @ ")[0])
        if fate is not None and fate.state is LinkState.ALIVE:
            there = "所指的地址已能打开"
        elif case.mark in verdicts.judged and case.mark not in verdicts.seen:
            there = "页面已不指向原来的地址"
        elif fate is not None and fate.state is LinkState.DEAD:
            there = f"所指的地址仍打不开（{fate.reason}）"
            why = why or f"{there}；是否还有页面指向它，要等下次检测"
    if case.mark in verdicts.seen:
        back = case.life.state is FindingState.RECTIFIED
        return _said(case, Result.BACK if back else Result.STANDING, state, there)
    if case.mark in verdicts.judged:
        return _said(case, Result.MENDED, state, there)
    if not why and case.stored.scope is not Scope.PAGE:
        why = verdicts.reasons.get((case.stored.rule_id, case.stored.site_id), "")
    for site in crawled.sites:
        if not why and site.site_id == case.stored.site_id and site.reason is not None:
            why = site.reason.reason
    return _said(case, Result.UNVERIFIED, state, why or "这次没有取到能够判断的内容")


def hand_checked(
    ws: Workspace,
    scan: ScanRow,
    case: Case,
    looked: dict[str, Looked],
    now: datetime,
    word: Word | None,
) -> Checked:
    """A by-hand finding: what stood there and what stands there; a person decides.

    Each look is put on record with the digest of what was seen.
    """
    url = address_of(case)
    seen = looked.get(url) if url else None
    before = _last_seen(case)
    changed, words, evidence = _compared(ws, scan, case, seen, before)
    data: dict[str, object] = {"before": before, "after": evidence, "now": words}
    if word is not None and not word.mended:
        case = replace(case, at=max(case.at, scan.as_of))
        append(ws, case, EventKind.NOT_MENDED, reason=word.reason, data=data, scan_id=scan.id)
        return _said(case, Result.STANDING, _after(ws, case, now).life.state, words)
    if word is not None:
        lacking = case.stored.rule_id in ("hand-missing", "hand-late")
        if word.elsewhere and lacking and evidence is not None:
            changed, words = True, "所写的网址现在打得开，已取证"
            data["now"] = words
        if not changed:
            raise UsageError(
                f"不能认定问题 {case.short} 已整改：{words}。确已整改而页面看不出的，请写明情况用 "
                "xunjian note 记录；记错的用 xunjian revoke 撤销"
            )
        case = replace(case, at=max(case.at, scan.as_of))
        append(ws, case, EventKind.RECTIFIED, reason=word.reason, data=data, scan_id=scan.id)
        return _said(case, Result.MENDED, _after(ws, case, now).life.state, words)
    known = evidence is not None or (seen is not None and bool(seen.gone)) or changed
    if known:
        ledger.add_event(ws.engine, case.mark, _noted(case, words, data, scan))
    result = Result.HAND if known else Result.UNVERIFIED
    return _said(case, result, case.life.state, words)


def _noted(case: Case, words: str, data: dict[str, object], scan: ScanRow) -> Event:
    return Event(
        kind=EventKind.NOTED,
        at=max(case.at, scan.as_of),
        recorded_at=case.recorded_at,
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


_SEEN_BY_HAND = (EventKind.FOUND, EventKind.RECURRED)


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
            since = shanghai_day(max(e.at for e in case.stored.events if e.kind in _SEEN_BY_HAND))
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
