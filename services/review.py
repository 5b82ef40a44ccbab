"""What is suspected (疑似), shown to a person one by one, and what the person decides: 确认, 不是问题,
加入允许清单. Every decision is an event; what is allowed is in the allow-list as well.

What the city's own standard suspects stands in the ledger since its scan. What an audit under another
standard suspects does not; it enters the ledger when a person decides about it (``_entered``), and from
then on ``settle`` keeps its state up with what later judgements see.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from checks.life import Event, EventKind
from checks.model import Finding
from checks.registry import RULES
from config.indicators import JudgedBy
from config.schema import Standard
from reports.review import AllowedLine, AllowedView, LookLine, ReviewView, SuspectLine
from scorecards.life import TRANSITIONS, FindingState, Known, Life, changes, fold
from services.acting import behind, one_line
from services.book import NOBODY, SHORT, pick_scan
from services.cases import Judgement
from services.judge import judge_facts, judge_scan, shown_scans
from services.waivers import Covering
from services.workspace import UsageError, Workspace, shanghai_day
from storage import allowed, scans, waivers
from storage import findings as ledger
from storage.allowed import Allowance
from storage.findings import StoredFinding
from storage.looks import Look, looks
from storage.models import ScanRow, Sight

SIDE_BY_SIDE = 5
"""Observations that are laid side by side."""
SOURCE = "audit"
"""By whom a finding was recorded that an audit suspected and a person decided about."""
NO_PROBLEM = "经人工核对，不是问题"
PROPER = "经人工核对，属于正常情况"
SO_IT_IS = "经人工核对属实"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """One suspected finding that waits for a person."""

    finding: Finding
    scan_id: int | None
    """The scan that it was last seen in; ``None``: recorded by hand."""
    as_of: datetime | None
    """A judgement's instant, to which the decision refers; ``None``: it stands in the ledger by the
    city's own scans, and a decision holds from now on."""
    life: Life | None
    """``None``: the ledger does not know it."""

    @property
    def mark(self) -> str:
        return self.finding.fingerprint

    @property
    def short(self) -> str:
        return self.mark[:SHORT]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of them are shown; ``None``: whatever it is."""

    standard: str | None = None
    scan_id: int | None = None
    rule_id: str | None = None
    unit_id: str | None = None
    site_id: str | None = None

    def has(self, finding: Finding) -> bool:
        subject = finding.subject
        return (
            self.rule_id in (None, finding.rule_id)
            and self.unit_id in (None, subject.unit_id)
            and self.site_id in (None, subject.site_id)
        )


# --- what waits -----------------------------------------------------------------------------------


def waiting(ws: Workspace, wanted: Wanted, *, now: datetime) -> list[Suspect]:
    """What waits for a person, the most serious first. Nothing is fetched; under a standard of which
    the scan has no record, its stored facts are judged, and the ledger is kept up with the result."""
    standard = ws.standard(wanted.standard)
    if wanted.standard is None or standard.id == ws.standard().id:
        found = list(_in_ledger(ws, wanted, now))
    else:
        scan = pick_scan(ws, wanted.scan_id)
        result = judge_facts(ws, scan, standard)
        settle(ws, scan, result)
        found = suspects(ws, scan, result, asked(standard))
    ranks = {severity: i for i, severity in enumerate(("serious", "common", "hint"))}
    return sorted(
        (s for s in found if wanted.has(s.finding)),
        key=lambda s: (
            ranks[RULES[s.finding.rule_id].severity.value],
            s.finding.rule_id,
            s.finding.subject.site_id,
            s.finding.subject.unit_id or "",
            s.finding.subject.key,
            s.mark,
        ),
    )


def _in_ledger(ws: Workspace, wanted: Wanted, now: datetime) -> Iterator[Suspect]:
    seen = ledger.last_sightings(ws.engine)
    only = None
    if wanted.scan_id is not None:
        scan = scans.scan(ws.engine, wanted.scan_id)
        only = {f.fingerprint for f in ledger.sightings(ws.engine, scan.id)}
    for mark, stored in ledger.open_state(ws.engine).items():
        if (
            mark not in seen
            or stored.rule_id not in RULES
            or (only is not None and mark not in only)
        ):
            continue
        life = fold(stored.events, behind(stored.events, now)[0])
        if life is not None and life.state is FindingState.SUSPECTED:
            sighting = seen[mark]
            yield Suspect(
                finding=sighting.finding,
                scan_id=sighting.scan_id or None,
                as_of=None,
                life=life,
            )


def asked(standard: Standard) -> frozenset[str]:
    """Rules whose findings a standard always leaves to a person (judge: assisted)."""
    by_judge: dict[bool, set[str]] = {True: set(), False: set()}
    for indicator in standard.indicators:
        for condition in indicator.conditions:
            by_judge[condition.judge is JudgedBy.ASSISTED].update(condition.rules)
    return frozenset(by_judge[True] - by_judge[False])


def suspects(
    ws: Workspace, scan: ScanRow, result: Judgement, also: Collection[str] = ()
) -> list[Suspect]:
    """What a judgement suspects and no person has decided about, by fingerprint. ``also``: rules of
    which a person is asked, however sure they are."""
    state = ledger.open_state(ws.engine)
    covering = Covering(ws, waivers.load(ws.engine), shanghai_day(scan.as_of))
    found = []
    for mark, finding in sorted(result.findings.items()):
        if not finding.suspected and finding.rule_id not in also:
            continue
        if covering.of(finding) is not None:
            continue
        stored = state.get(mark)
        life = fold(stored.events, _latest(stored, scan.as_of)) if stored is not None else None
        if life is None or (life.state is FindingState.SUSPECTED and not life.confirmed):
            found.append(Suspect(finding=finding, scan_id=scan.id, as_of=scan.as_of, life=life))
    return found


def _latest(stored: StoredFinding, as_of: datetime) -> datetime:
    return max([as_of, *(event.at for event in stored.events)])


def settle(ws: Workspace, scan: ScanRow, result: Judgement) -> int:
    """Keep what people decided of earlier audits up with this judgement: what is gone was mended, what
    came back has recurred, what was rejected is asked again where its evidence has changed. Only what
    the ledger has from audits, by rules that the scan's own standard does not judge; events are added
    once however often it is judged. Returns their number."""
    own = ws.standard(scan.standard).rules
    state = {
        mark: stored
        for mark, stored in ledger.open_state(ws.engine).items()
        if stored.first_scan is None and stored.rule_id not in own
        # What is decided about a later scan says nothing of this one.
        and all(event.at <= scan.as_of for event in stored.events)
    }  # fmt: skip
    known = {
        mark: Known(
            life=life,
            judged=(stored.rule_id, stored.subject_key) in result.fresh
            and mark not in result.unsettled,
        )
        for mark, stored in state.items()
        if (life := fold(stored.events, scan.as_of)) is not None
    }
    made = changes(
        known,
        {mark: finding for mark, finding in result.findings.items() if mark in known},
        as_of=scan.as_of,
        recorded_at=ws.now(),
        scan_id=scan.id,
        actor="xunjian",
    )
    given = {
        (mark, event.kind)
        for mark, stored in state.items()
        for event in stored.events
        if event.scan_id == scan.id
    }
    new = [(c.fingerprint, c.event) for c in made if (c.fingerprint, c.event.kind) not in given]
    ledger.add_events(ws.engine, new)
    return len(new)


def called(ws: Workspace, wanted: Wanted, prefix: str, *, now: datetime) -> Suspect:
    """The one suspected finding whose number begins so. Raises ``UsageError``."""
    prefix = prefix.strip().lower()
    found = [s for s in waiting(ws, wanted, now=now) if s.mark.startswith(prefix)] if prefix else []
    if len(found) == 1:
        return found[0]
    if found:
        some = "、".join(s.mark[:12] for s in found[:5])
        raise UsageError(f"有多个疑似问题的编号以 {prefix} 开头，请多写几位：{some}")
    raise UsageError(
        f"没有编号以 {prefix} 开头、等人确认的疑似问题：用 xunjian review --list 查看；"
        "按其他检查标准评判出来的，请加 --standard 名称"
    )


# --- what is decided ------------------------------------------------------------------------------


def confirm(ws: Workspace, suspect: Suspect, reason: str, *, now: datetime) -> None:
    """It is so: it counts as certain from now on (of an audit: in that audit, too)."""
    _decide(ws, suspect, EventKind.CONFIRMED, one_line(reason or SO_IT_IS, "--because"), now, {})


def reject(ws: Workspace, suspect: Suspect, reason: str, *, now: datetime) -> None:
    """不是问题: not raised again while the evidence is unchanged."""
    _decide(
        ws,
        suspect,
        EventKind.REVOKED,
        one_line(reason or NO_PROBLEM, "--because"),
        now,
        _basis(suspect.finding),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What entering something into the allow-list did."""

    number: int
    revoked: int
    """Findings that stood and were taken back."""


def allow(
    ws: Workspace, suspect: Suspect, reason: str, *, everywhere: bool, now: datetime
) -> Entered:
    """It is in order, and is not to be raised again: of this subject, or wherever the same is seen.

    Whatever of it stands in the ledger is taken back. Raises ``UsageError`` for ``everywhere``
    where the finding is of a whole subject: that would silence the rule.
    """
    finding = suspect.finding
    if everywhere and not finding.what:
        raise UsageError(
            f"“{RULES[finding.rule_id].title}”针对整个对象，不能对所有页面都允许：请去掉 --everywhere"
        )
    words = one_line(reason or PROPER, "--because")
    if suspect.mark not in ledger.open_state(ws.engine):
        _entered(ws, suspect, now)
    number = allowed.add(
        ws.engine,
        rule_id=finding.rule_id,
        what=finding.what,
        subject_key="" if everywhere else finding.subject.key,
        reason=words,
        actor=ws.actor,
        at=now,
    )
    entry = next(e for e in allowed.load(ws.engine) if e.id == number)
    return Entered(number=number, revoked=_take_back(ws, entry, now))


def _take_back(ws: Workspace, entry: Allowance, now: datetime) -> int:
    """Revoke what stands of an allow-list entry; the event bears its number, for ``end_allowance``."""
    seen = ledger.last_sightings(ws.engine)
    events = []
    for mark, stored in ledger.open_state(ws.engine).items():
        if not entry.covers(stored.rule_id, stored.what, stored.subject_key):
            continue
        at, recorded_at = behind(stored.events, now)
        life = fold(stored.events, at)
        if life is None or life.state in (FindingState.RECTIFIED, FindingState.REVOKED):
            continue
        if not _possible(life, EventKind.REVOKED):
            continue
        basis = (
            _basis(seen[mark].finding)
            if mark in seen
            else {"evidence": life.evidence, "snippet": life.snippet}
        )
        event = Event(
            kind=EventKind.REVOKED,
            at=at,
            recorded_at=recorded_at,
            scan_id=None,
            actor=ws.actor,
            reason=f"列入允许清单第 {entry.id} 条：{entry.reason}",
            data={
                **basis,
                "allowed": entry.id,
                "suspected": life.state is FindingState.SUSPECTED,
            },
        )
        events.append((mark, event))
    ledger.add_events(ws.engine, events)
    return len(events)


def end_allowance(ws: Workspace, number: int, *, now: datetime) -> int:
    """End one entry of the allow-list: what it took back stands again as it was last seen. Returns
    how many do. Raises ``AllowanceUnknown``."""
    allowed.end(ws.engine, number, actor=ws.actor, at=now)
    events = []
    for mark, stored in ledger.open_state(ws.engine).items():
        last = stored.events[-1] if stored.events else None
        if last is None or last.kind is not EventKind.REVOKED or last.data.get("allowed") != number:
            continue
        at, recorded_at = behind(stored.events, now)
        event = Event(
            kind=EventKind.FOUND,
            at=at,
            recorded_at=recorded_at,
            scan_id=None,
            actor=ws.actor,
            reason=f"允许清单第 {number} 条已终止",
            data={key: last.data.get(key) for key in ("suspected", "evidence", "snippet")},
        )
        events.append((mark, event))
    ledger.add_events(ws.engine, events)
    return len(events)


def judge_shown(ws: Workspace) -> None:
    """Judge the scans that views go by anew, once after all decisions."""
    for scan in shown_scans(ws, None):
        judge_scan(ws, scan.id)


def _possible(life: Life, kind: EventKind) -> bool:
    state = life.state
    if state is FindingState.OVERDUE:  # derived: the log knows it as reminded
        state = FindingState.REMINDED
    return (state, kind) in TRANSITIONS


def _basis(finding: Finding) -> dict[str, object]:
    return {"evidence": finding.evidence, "snippet": finding.snippet}


def _decide(
    ws: Workspace,
    suspect: Suspect,
    kind: EventKind,
    reason: str,
    now: datetime,
    data: dict[str, object],
) -> None:
    """Append the decision, after the finding itself where the ledger lacks it. Raises ``UsageError``
    where somebody has decided meanwhile."""
    stored = ledger.open_state(ws.engine).get(suspect.mark)
    if stored is None:
        stored = _entered(ws, suspect, now)
    at, recorded_at = behind(stored.events, suspect.as_of or now)
    life = fold(stored.events, at)
    if life is None or life.state is not FindingState.SUSPECTED:
        label = life.state.label if life else "没有记录"
        raise UsageError(f"问题 {suspect.short} 现在是“{label}”，不用再确认")
    event = Event(
        kind=kind,
        at=at,
        recorded_at=max(now, recorded_at),
        scan_id=None,
        actor=ws.actor,
        reason=reason,
        data=data,
    )
    ledger.add_event(ws.engine, suspect.mark, event)


def _entered(ws: Workspace, suspect: Suspect, now: datetime) -> StoredFinding:
    """The finding in the ledger, as found at the judgement's instant."""
    finding = suspect.finding
    at = suspect.as_of or now
    ledger.add_finding(
        ws.engine,
        finding,
        Event(
            kind=EventKind.FOUND,
            at=at,
            recorded_at=now,
            scan_id=suspect.scan_id,
            actor="xunjian",
            reason="按其他检查标准评判时发现",
            data={**_basis(finding), "suspected": True},
        ),
        SOURCE,
    )
    return ledger.open_state(ws.engine)[suspect.mark]


# --- views ----------------------------------------------------------------------------------------


def view_of(ws: Workspace, wanted: Wanted, found: Iterable[Suspect]) -> ReviewView:
    standard: Standard = ws.standard(wanted.standard)
    return ReviewView(
        standard_id=standard.id,
        standard_title=standard.title,
        suspects=tuple(line_of(ws, suspect) for suspect in found),
    )


def line_of(ws: Workspace, suspect: Suspect) -> SuspectLine:
    finding = suspect.finding
    rule = RULES[finding.rule_id]
    units = {u.id: u.short for u in ws.config.units}
    return SuspectLine(
        fingerprint=suspect.mark,
        short_id=suspect.short,
        rule_id=rule.id,
        rule_title=rule.title,
        severity=rule.severity,
        unit_id=finding.subject.unit_id,
        unit_short=units.get(finding.subject.unit_id or "", NOBODY),
        site_id=finding.subject.site_id,
        subject_key=finding.subject.key,
        subject_title=finding.subject.title,
        message=finding.message,
        what=finding.what,
        url=finding.url,
        path=finding.path,
        snippet=finding.snippet,
        evidence=finding.evidence,
        basis=tuple(basis.words for basis in rule.basis),
        why=rule.doc.why,
        doubts=rule.doc.doubts,
        scan_id=suspect.scan_id,
        first_found=suspect.life.first_found if suspect.life else None,
        looks=tuple(
            LookLine(scan_id=look.scan_id, at=look.fetched_at, words=_look_words(look))
            for look in looks(ws.engine, finding.subject.key, SIDE_BY_SIDE)
        ),
    )


_SIGHTS = {
    Sight.FETCHED: "",
    Sight.NOT_MODIFIED: "内容没有变化，",
    Sight.CARRIED: "没有轮到，沿用上次读到的，",
    Sight.UNVERIFIED: "没有读到，",
    Sight.ABSENT: "没有找到，",
    Sight.DELEGATED: "链接到其他网站，",
}


def _look_words(look: Look) -> str:
    head = _SIGHTS[look.outcome]
    if look.outcome is Sight.UNVERIFIED and look.reason:
        return f"没有读到（{look.reason}）"
    if look.rows is not None:
        return f"{head}栏目 {look.rows} 条"
    if look.title is None:
        return head.rstrip("，") or "读到"
    printed = f"，发布日期 {look.published.isoformat()}" if look.published else "，没有发布日期"
    return f"{head}《{look.title[:40]}》{printed}"


def allowances(ws: Workspace) -> AllowedView:
    """The allow-list, those in force first, then by number."""
    entries = sorted(allowed.load(ws.engine), key=lambda e: (e.ended_at is not None, e.id))
    keys = {e.subject_key for e in entries if e.subject_key}
    titles = {
        sighting.finding.subject.key: sighting.finding.subject.title
        for sighting in ledger.last_sightings(ws.engine).values()
        if sighting.finding.subject.key in keys
    }
    return AllowedView(
        entries=tuple(
            AllowedLine(
                id=e.id,
                rule_id=e.rule_id,
                rule_title=RULES[e.rule_id].title if e.rule_id in RULES else e.rule_id,
                what=e.what,
                subject_key=e.subject_key,
                subject_title=titles.get(e.subject_key, e.subject_key),
                reason=e.reason,
                actor=e.actor,
                at=e.recorded_at,
                ended_at=e.ended_at,
                ended_by=e.ended_by,
            )
            for e in entries
        )
    )
