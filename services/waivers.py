"""The waiver ledger: granting, ending and upholding 豁免 and 不适用; what they do to findings when a
scan is judged, and what a scan sees that speaks against them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from checks.areas_facts import item_names
from checks.duties_facts import Term, term_called
from checks.facts import Unverified
from checks.life import Event, EventKind
from checks.model import Finding
from checks.registry import RULES
from checks.waivers import Waiver, WaiverEvent, WaiverEventKind, WaiverKind
from config.areas import all_items
from config.duties import Duty
from config.schema import Config, ExpectedColumn, Unit
from reports.waiver_lines import ContestLine, WaiverLine, WaiversView
from scorecards.life import FindingState, fold
from scorecards.waivers import (
    Shown,
    Standing,
    against,
    core,
    covers,
    covers_period,
    holding,
    open_contests,
    overlapping,
    plain_name,
    standing,
)
from services.acting import Case, append, behind, case_of, must_allow, one_line
from services.workspace import UsageError, Workspace, shanghai_day
from storage import findings as ledger
from storage import lookups, readings
from storage import waivers as store
from storage.findings import StoredFinding
from storage.models import ScanRow

DUTY_RULE = "missing-periodic"
AREA_RULE = "missing-area-item"
MOST_CONTESTS = 5
"""Pieces of evidence that one scan enters against one waiver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    waiver: Waiver
    waived: tuple[str, ...]
    """Findings that it covers at once."""
    warnings: tuple[str, ...] = ()


class Names:
    """What columns are called, by key: a waiver may name its duty in words."""

    def __init__(self, config: Config, day: date) -> None:
        self.columns: dict[str, ExpectedColumn] = {
            c.key: c for s in config.enabled_sites for c in config.expected_columns(s.id, day)
        }

    def of(self, key: str) -> tuple[str, ...]:
        column = self.columns.get(key)
        if column is None:
            return ()
        group = column.group or ""
        return (
            column.name,
            *column.variants,
            group,
            f"{group}{column.name}",
            column.category_title,
        )

    def words(self, config: Config, waiver: Waiver) -> str:
        """A waiver's duty in words."""
        column = self.columns.get(waiver.duty)
        if column is not None:
            return f"{column.group}—{column.name}" if column.group else column.name
        rule = RULES.get(waiver.duty)
        return rule.title if rule is not None else waiver.duty


def waive_finding(
    ws: Workspace,
    prefix: str,
    *,
    since: date | None,
    until: date | None,
    reason: str,
    proof: str,
    not_applicable: bool,
    now: datetime,
) -> Granted:
    """Waive one finding: as often as it comes back while the waiver holds."""
    case = case_of(ws, prefix, now)
    must_allow(case, EventKind.WAIVED, "豁免")
    if case.unit_id is None:
        raise UsageError(f"问题 {case.short} 没有归属单位，不能豁免：先在名单里补上单位的别名")
    return _grant(
        ws,
        unit=ws.config.unit(case.unit_id),
        duty=case.mark,
        since=since or shanghai_day(case.at),
        until=until,
        reason=reason,
        proof=proof,
        not_applicable=not_applicable,
        now=now,
    )


def waive_duty(
    ws: Workspace,
    unit: Unit,
    duty: str,
    *,
    since: date | None,
    until: date | None,
    reason: str,
    proof: str,
    not_applicable: bool,
    now: datetime,
) -> Granted:
    """Waive a duty of a unit for a period; ``duty``: a rule or a column by id or name, or the duty's
    own name. Raises ``UsageError``."""
    if since is None:
        raise UsageError("请用 --from 写明从哪天起豁免")
    key, warnings = _duty(ws, unit, one_line(duty, "--duty", 100), since)
    granted = _grant(
        ws,
        unit=unit,
        duty=key,
        since=since,
        until=until,
        reason=reason,
        proof=proof,
        not_applicable=not_applicable,
        now=now,
    )
    return replace(granted, warnings=tuple(warnings))


def _duty(ws: Workspace, unit: Unit, duty: str, day: date) -> tuple[str, list[str]]:
    for rule in RULES.values():
        if duty in (rule.id, rule.title):
            return rule.id, []
    names = Names(ws.config, day)
    own = [c for c in names.columns.values() if unit.id in (c.unit_id, c.owner_id)]
    exact = [c.key for c in own if duty in (c.key, c.key.partition("/")[2])]
    if exact:
        return exact[0], []
    wanted = {plain_name(duty), core(duty)} - {""}
    called = [
        c.key
        for c in own
        if any(plain_name(n) in wanted or core(n) in wanted for n in names.of(c.key) if n)
    ]
    if len(called) == 1:
        return called[0], []
    if called:
        return duty, []
    periodic = [
        d.title
        for d in ws.duties
        if unit.id in {u.id for u in ws.config.heirs(d.unit, day)}
        and (duty == d.id or {plain_name(d.title), core(d.title)} & wanted)
    ]
    if periodic:
        return periodic[0], []
    items = {
        name
        for each in all_items(ws.areas)
        if unit.id in {u.id for u in ws.config.heirs(each.item.units[0], day)}
        for name in item_names(each.aspect, each.item)
        if duty == name or {plain_name(name), core(name)} & wanted
    }
    if items:
        return duty, []
    if len(core(duty)) < 2:
        raise UsageError(f"--duty “{duty}”看不出是什么事项：请写栏目、规则或事项的名称")
    return duty, [
        f"{unit.short}没有叫“{duty}”的栏目，也没有这条规则：已登记在案，"
        "以后有同名的栏目才据此豁免；要豁免某个问题，请写问题编号"
    ]


def _grant(
    ws: Workspace,
    *,
    unit: Unit,
    duty: str,
    since: date,
    until: date | None,
    reason: str,
    proof: str,
    not_applicable: bool,
    now: datetime,
) -> Granted:
    reason, proof = one_line(reason, "--reason"), one_line(proof, "--proof", 300)
    if until is not None and until < since:
        raise UsageError(f"--until {until.isoformat()} 早于 --from {since.isoformat()}")
    kind = WaiverKind.NOT_APPLICABLE if not_applicable else WaiverKind.WAIVED
    new = Waiver(
        id=0,
        kind=kind,
        unit_id=unit.id,
        duty=duty,
        period_from=since,
        period_to=until,
        reason=reason,
        proof=proof,
        at=now,
        recorded_at=now,
        actor=ws.actor,
    )
    again = overlapping(store.load(ws.engine, unit.id), new, shanghai_day(now))
    if again:
        raise UsageError(
            f"这一事项已有豁免，编号 {again[0].id}（{_period(again[0])}）：要改，"
            f"先用 xunjian waivers --end {again[0].id} --reason … 终止它"
        )
    number = store.grant(
        ws.engine,
        kind=kind,
        unit_id=unit.id,
        duty=duty,
        period_from=since,
        period_to=until,
        reason=reason,
        proof=proof,
        at=now,
        recorded_at=now,
        actor=ws.actor,
    )
    waiver = replace(new, id=number)
    marks = apply(ws, [waiver], now=now)
    return Granted(waiver=waiver, waived=tuple(marks))


def apply(
    ws: Workspace,
    waivers: Collection[Waiver],
    *,
    now: datetime,
    marks: Collection[str] | None = None,
) -> list[str]:
    """Waive at once what stands (of ``marks``, or all) and is covered by a waiver that holds today;
    the fingerprints."""
    today = shanghai_day(now)
    book = Covering(ws, waivers, today)
    seen = ledger.last_sightings(ws.engine)
    waived = []
    for mark, stored in ledger.open_state(ws.engine).items():
        if marks is not None and mark not in marks:
            continue
        finding = seen[mark].finding if mark in seen else None
        event = book.event(stored, finding, at=now, recorded_at=now, scan_id=None, actor=ws.actor)
        if event is not None:
            ledger.add_event(ws.engine, mark, event)
            waived.append(mark)
    return waived


def of_period(
    waivers: Iterable[Waiver], duty: Duty, term: Term, unit_id: str | None, day: date
) -> Waiver | None:
    """The first waiver of a period of a periodic duty, as known on ``day``: it names the duty by title
    or id, and the period ends within its own."""
    names = (duty.title, duty.id, f"{duty.id} {term.key}", f"{term.words}{duty.title}")
    for waiver in waivers:
        named = covers(
            waiver, unit_id=unit_id, rule_id="", subject_key="", fingerprint="", names=names
        )
        if named and covers_period(waiver, term.end, day):
            return waiver
    return None


class Covering:
    """The waivers that hold on a day, and which finding each covers."""

    def __init__(self, ws: Workspace, waivers: Iterable[Waiver], day: date) -> None:
        self._ws = ws
        self._all = sorted(waivers, key=lambda w: w.id)
        self._holding = holding(self._all, day)
        self._names = Names(ws.config, day) if self._holding else None
        self._day = day

    def __bool__(self) -> bool:
        return bool(self._all)

    def of(self, finding: Finding) -> Waiver | None:
        """The first waiver that covers a finding as it was seen."""
        return self._of_period(finding) or self._of_day(finding)

    def _of_period(self, finding: Finding) -> Waiver | None:
        """Of a periodic duty: the waiver of its period, whether it still holds or not."""
        if finding.rule_id != DUTY_RULE or not self._all:
            return None
        duty_id, _, key = finding.what.partition(" ")
        duty = next((d for d in self._ws.duties if d.id == duty_id), None)
        term = term_called(key)
        if duty is None or term is None:
            return None
        return of_period(self._all, duty, term, finding.subject.unit_id, self._day)

    def _of_day(self, finding: Finding) -> Waiver | None:
        if self._names is None:
            return None
        names = (*self._names.of(finding.subject.key), finding.what, *self._items(finding))
        for waiver in self._holding:
            if covers(
                waiver,
                unit_id=finding.subject.unit_id,
                rule_id=finding.rule_id,
                subject_key=finding.subject.key,
                fingerprint=finding.fingerprint,
                names=names,
            ):
                return waiver
        return None

    def _items(self, finding: Finding) -> tuple[str, ...]:
        """Of an information item of a key area: what it is called."""
        if finding.rule_id != AREA_RULE:
            return ()
        named = finding.what.partition("/")[2]
        for each in all_items(self._ws.areas):
            if each.item.id == named:
                return item_names(each.aspect, each.item)
        return ()

    def event(
        self,
        stored: StoredFinding | None,
        finding: Finding | None,
        *,
        at: datetime,
        recorded_at: datetime,
        scan_id: int | None,
        actor: str,
        more: Iterable[Event] = (),
    ) -> Event | None:
        """The event by which a finding that stands is waived; ``None``: it is not, or is already.
        ``more``: events about to be appended."""
        if finding is None or (waiver := self.of(finding)) is None:
            return None
        events = [*(stored.events if stored else ()), *more]
        when, recorded = behind(events, at)
        life = fold(events, when)
        if life is None or not (life.state.is_open or life.state is FindingState.SUSPECTED):
            return None
        of_its_period = self._of_period(finding) is waiver
        if not of_its_period and not standing(waiver, shanghai_day(when)).holds:
            return None
        ends = None if of_its_period else waiver.period_to
        return Event(
            kind=EventKind.WAIVED,
            at=when,
            recorded_at=max(recorded, recorded_at),
            scan_id=scan_id,
            actor=actor,
            reason=f"{waiver.kind.label}（编号 {waiver.id}）：{waiver.reason}",
            data={
                "waiver_id": waiver.id,
                "until": ends.isoformat() if ends else None,
            },
        )


# --- ending and upholding -------------------------------------------------------------------------


def end(ws: Workspace, number: int, reason: str, *, now: datetime) -> tuple[Waiver, list[str]]:
    """It holds no more from today on; what it waived stands again. Raises ``UsageError``,
    ``WaiverUnknown``."""
    reason = one_line(reason, "--reason")
    waiver = store.find(ws.engine, number)
    if not _still_waives(ws, number, now):
        waiver = _holding(ws, number, now, "终止")
    _append(ws, waiver, WaiverEventKind.ENDED, reason, now)
    seen = ledger.last_sightings(ws.engine)
    marks = []
    for mark, stored in ledger.open_state(ws.engine).items():
        at, recorded_at = behind(stored.events, now)
        life = fold(stored.events, at)
        if life is None or life.state is not FindingState.WAIVED or life.waiver_id != number:
            continue
        case = Case(
            stored=stored,
            life=life,
            at=at,
            recorded_at=recorded_at,
            unit_id=waiver.unit_id,
            title=seen[mark].finding.subject.title if mark in seen else stored.subject_key,
            seen=seen[mark].finding if mark in seen else None,
        )
        append(ws, case, EventKind.WAIVER_ENDED, reason=reason, data={"waiver_id": number})
        marks.append(mark)
    return waiver, marks


def _still_waives(ws: Workspace, number: int, now: datetime) -> bool:
    """It has expired, and a finding of its period is waived by it all the same."""
    if standing(store.find(ws.engine, number), shanghai_day(now)) is not Standing.EXPIRED:
        return False
    return any(
        life is not None and life.state is FindingState.WAIVED and life.waiver_id == number
        for stored in ledger.open_state(ws.engine).values()
        if (life := fold(stored.events, behind(stored.events, now)[0]))
    )


def uphold(ws: Workspace, number: int, reason: str, *, now: datetime) -> Waiver:
    """A person looked at what speaks against it, and it stands."""
    reason = one_line(reason, "--reason")
    waiver = _holding(ws, number, now, "维持")
    if not open_contests(waiver):
        raise UsageError(f"豁免 {number} 没有存疑，不用维持")
    _append(ws, waiver, WaiverEventKind.UPHELD, reason, now)
    return waiver


def _holding(ws: Workspace, number: int, now: datetime, act: str) -> Waiver:
    waiver = store.find(ws.engine, number)
    how = standing(waiver, shanghai_day(now))
    if how.value in ("ended", "expired"):
        raise UsageError(f"豁免 {number} {how.label}，不能{act}")
    return waiver


def _append(
    ws: Workspace, waiver: Waiver, kind: WaiverEventKind, reason: str, now: datetime
) -> None:
    event = WaiverEvent(
        kind=kind, at=now, recorded_at=now, scan_id=None, actor=ws.actor, reason=reason
    )
    store.append(ws.engine, [(waiver.id, event)])


# --- what a scan does -----------------------------------------------------------------------------


def waiving(
    ws: Workspace,
    scan: ScanRow,
    findings: Mapping[str, Finding],
    state: Mapping[str, StoredFinding],
    events: Mapping[str, Event],
    book: Covering,
) -> Iterator[tuple[str, Event]]:
    """The events by which findings of a scan are waived, behind those that it gives itself."""
    if not book:
        return
    for mark, finding in findings.items():
        new = [events[mark]] if mark in events else []
        event = book.event(
            state.get(mark),
            finding,
            at=scan.as_of,
            recorded_at=ws.now(),
            scan_id=scan.id,
            actor="xunjian",
            more=new,
        )
        if event is not None:
            yield mark, event


def contest(ws: Workspace, scan: ScanRow) -> int:
    """Enter what a scan saw that speaks against a 不适用, each piece once; how many. Nothing is ended:
    a person has to look."""
    day = shanghai_day(scan.as_of)
    waivers = [
        w for w in holding(store.load(ws.engine), day) if w.kind is WaiverKind.NOT_APPLICABLE
    ]
    if not waivers:
        return 0
    names = Names(ws.config, day)
    stored = readings.columns(ws.engine, scan.id, ws.config.city.max_age_days)
    by_mark = ledger.open_state(ws.engine)
    found: list[tuple[int, WaiverEvent]] = []
    for waiver in waivers:
        finding = by_mark.get(waiver.duty)
        key = finding.subject_key if finding is not None else waiver.duty
        column = names.columns.get(key)
        if column is None and (finding is not None or waiver.duty in RULES):
            continue  # a rule or a page: no entry speaks against it
        words = column.name if column is not None else waiver.duty
        shown = [*_column_entries(names, stored, waiver.unit_id), *_pages(ws, scan, waiver.unit_id)]
        evidence = against(
            waiver, shown, until=day, column_key=column.key if column else None, words=words
        )
        found += [(waiver.id, _contested(ws, scan, e)) for e in evidence[:MOST_CONTESTS]]
    store.append(ws.engine, found)
    return len(found)


def _contested(ws: Workspace, scan: ScanRow, entry: Shown) -> WaiverEvent:
    published = entry.published.isoformat() if entry.published else ""
    return WaiverEvent(
        kind=WaiverEventKind.CONTESTED,
        at=scan.as_of,
        recorded_at=ws.now(),
        scan_id=scan.id,
        actor="xunjian",
        reason=f"{entry.where}：{published}《{entry.title[:100]}》",
        data={
            "evidence": entry.url or entry.title,
            "title": entry.title[:200],
            "published": published,
            "where": entry.where,
        },
    )


def _column_entries(
    names: Names, stored: Mapping[str, readings.StoredColumn], unit_id: str
) -> Iterator[Shown]:
    for key, column in names.columns.items():
        read = stored.get(key)
        if unit_id not in (column.unit_id, column.owner_id) or read is None:
            continue
        if isinstance(read.reading, Unverified):
            continue
        for entry in read.reading.entries:
            yield Shown(
                title=entry.title,
                url=entry.url,
                published=entry.published,
                column_key=key,
                where=column.name,
            )


def _pages(ws: Workspace, scan: ScanRow, unit_id: str) -> Iterator[Shown]:
    names = {s.id: s.name for s in ws.config.sites}
    for page in lookups.titles_of_unit(ws.engine, scan.id, unit_id):
        yield Shown(
            title=page.title,
            url=page.url,
            published=page.published,
            column_key=page.column_key,
            where=names.get(page.site_id, page.site_id),
        )


# --- the list -------------------------------------------------------------------------------------


def listed(
    ws: Workspace, *, now: datetime, unit_id: str | None = None, only_holding: bool = False
) -> WaiversView:
    """The waivers, of one unit or all; ``only_holding``: those that hold today."""
    day = shanghai_day(now)
    names = Names(ws.config, day)
    units = {u.id: u.short for u in ws.config.units}
    lines = []
    for waiver in store.load(ws.engine, unit_id):
        how = standing(waiver, day)
        if only_holding and not how.holds:
            continue
        waiting = set(open_contests(waiver))
        lines.append(
            WaiverLine(
                id=waiver.id,
                kind=waiver.kind,
                unit_id=waiver.unit_id,
                unit_short=units.get(waiver.unit_id, waiver.unit_id),
                duty=waiver.duty,
                duty_words=_in_words(ws, names, waiver),
                period_from=waiver.period_from,
                period_to=waiver.period_to,
                reason=waiver.reason,
                proof=waiver.proof,
                actor=waiver.actor,
                at=waiver.at,
                standing=how,
                contests=tuple(
                    ContestLine(
                        at=e.at,
                        words=e.reason,
                        evidence=str(e.data.get("evidence", "")),
                        waiting=str(e.data.get("evidence", "")) in waiting,
                    )
                    for e in waiver.events
                    if e.kind is WaiverEventKind.CONTESTED
                ),
                log=tuple(
                    (e.at, {"upheld": "维持", "ended": "终止"}[e.kind.value], e.actor, e.reason)
                    for e in waiver.events
                    if e.kind is not WaiverEventKind.CONTESTED
                ),
            )
        )
    return WaiversView(waivers=tuple(lines))


def contested(ws: Workspace, *, now: datetime) -> int:
    """How many of those that hold are contested and wait for a person."""
    day = shanghai_day(now)
    return sum(standing(w, day) is Standing.CONTESTED for w in store.load(ws.engine))


def _in_words(ws: Workspace, names: Names, waiver: Waiver) -> str:
    if len(waiver.duty) == 32 and all(c in "0123456789abcdef" for c in waiver.duty):
        seen = ledger.last_sightings(ws.engine, [waiver.duty]).get(waiver.duty)
        if seen is not None:
            return f"问题 {waiver.duty[:8]} {RULES[seen.finding.rule_id].title}：{seen.finding.subject.title}"
    return names.words(ws.config, waiver)


def _period(waiver: Waiver) -> str:
    until = waiver.period_to.isoformat() if waiver.period_to else "终止为止"
    return f"{waiver.period_from.isoformat()} 至 {until}"
