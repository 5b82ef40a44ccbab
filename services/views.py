"""From storage to view models: whole outputs, one function a command. Reads only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from checks.attribution import Names
from checks.facts import ColumnState, Unverified
from checks.life import EventKind
from checks.model import Scope
from checks.registry import RULES
from config.loader import load_standard, standard_names
from config.schema import Standard, Unit, UnitGroup
from reports import views as v
from reports.movement import WhyView
from scorecards.life import OPEN_STATES, FindingState
from scorecards.score import arithmetic, hundredths
from services import trends, waivers
from services.book import (
    Ledger,
    cards_of,
    class_of,
    finding_view,
    in_order,
    ledger_instant,
    pick_scan,
    scan_meta,
    short_length,
    standard_line,
    summary_rows,
)
from services.workspace import UsageError, Workspace, shanghai_day
from storage import findings as ledger
from storage import lookups, readings, scans
from storage.models import ScanKind, ScanRow, ScanState, VerdictKind

# --- whole views ----------------------------------------------------------------------------------


def summary(
    ws: Workspace, scan_id: int | None = None, *, now: datetime, since: str | None = None
) -> v.SummaryView:
    """The units that need fixes, from one scan and the ledger; with ``since`` (a day or a scan's
    number) what changed from then on. Raises ``UsageError``."""
    scan = pick_scan(ws, scan_id)
    standard = ws.standard(scan.standard)
    book = Ledger(ws, ledger_instant(scan, now), scan)
    made = cards_of(ws, scan, standard)
    units = [u for u in ws.config.units if u.id in made]
    rows = summary_rows(ws, scan, standard, book, made, units)
    known = {u.id for u in ws.config.units}
    kinds = Counter(e.kind for f in book.stored.values() for e in f.events if e.scan_id == scan.id)
    first = all(
        s.id >= scan.id for s in scans.list_scans(ws.engine) if s.kind is not ScanKind.RECHECK
    )
    have = Counter(u.group for u in ws.config.units)
    return v.SummaryView(
        scan=scan_meta(ws, scan),
        standard=standard_line(standard),
        rows=tuple(rows),
        unattributed=len(lookups.unattributed(ws.engine, scan.id)),
        unattributed_findings=sum(1 for m in book.open() if book.unit_of(m) not in known),
        missing_units={g: n - have[g] for g, n in ws.config.required_counts.items() if n > have[g]},
        new=None if first else kinds[EventKind.FOUND],
        rectified=None if first else kinds[EventKind.RECTIFIED],
        recurred=None if first else kinds[EventKind.RECURRED],
        database=ws.settings.database_url,
        contested=waivers.contested(ws, now=now),
        since=trends.since(ws, scan, since) if since else None,
    )


def why(ws: Workspace, who: Unit, scan_id: int | None = None) -> WhyView:
    """Why a unit's score moved since the scan before. Raises ``UsageError``."""
    return trends.why(ws, who, pick_scan(ws, scan_id, of_unit=who.id))


def find_unit(ws: Workspace, name: str) -> Unit | None:
    """A unit by id, full name, short name or alias (exact); ``None`` when nothing is called so.

    Raises ``UsageError`` when several are.
    """
    text = name.strip()
    found = [u for u in ws.config.units if text in (u.id, u.name, u.short)]
    if not found:
        found = [u for u in ws.config.units if text in u.aliases]
    if len(found) > 1:
        raise UsageError(f"“{name}”对应多个单位：{'、'.join(u.short for u in found)}，请写全称")
    return found[0] if found else None


def unit(ws: Workspace, who: Unit, scan_id: int | None = None, *, now: datetime) -> v.UnitView:
    """Everything about one unit."""
    scan = pick_scan(ws, scan_id, of_unit=who.id)
    standard = ws.standard(scan.standard)
    book = Ledger(ws, ledger_instant(scan, now), scan)
    made = cards_of(ws, scan, standard)
    card = made.get(who.id)
    row = next(iter(summary_rows(ws, scan, standard, book, made, [who])))
    if card is None and who.responsible is not None:
        owner = ws.config.unit(who.responsible).short
        row = replace(row, reason=f"栏目由{owner}负责，记在该单位名下（xunjian show {owner}）")
    units = {u.id: u for u in ws.config.units}
    mine = [m for m in book.lives if book.unit_of(m) == who.id]
    measured = lookups.measured(ws.engine, scan.id, {book.stored[m].subject_key for m in mine})
    short = short_length(book.stored)

    def shown(marks: Iterable[str]) -> tuple[v.FindingView, ...]:
        return tuple(finding_view(m, book, standard, card, units, measured, short) for m in marks)

    states = Counter(book.lives[m].state for m in mine)
    titles = {r.id: r.title for r in RULES.values()}
    return v.UnitView(
        row=row,
        name=who.name,
        scan=scan_meta(ws, scan),
        standard=standard_line(standard),
        arithmetic=tuple(arithmetic(card, titles)) if card and card.score_high is not None else (),
        findings=shown(in_order([m for m in mine if book.lives[m].state.is_open], card, book)),
        suspected=shown(sorted(m for m in mine if book.lives[m].state is FindingState.SUSPECTED)),
        unverified=tuple(
            v.UnverifiedLine(
                rule_id=d.rule_id,
                rule_title=RULES[d.rule_id].title,
                subject_title=d.subject.title,
                url=d.subject.url,
                reason=d.reason,
            )
            for d in ledger.verdicts(ws.engine, scan.id)
            if d.kind is VerdictKind.UNVERIFIED
            and d.subject.unit_id == who.id
            and d.rule_id in standard.rules
        ),
        columns=tuple(_columns(ws, scan, who, book)),
        waived=shown(sorted(m for m in mine if book.lives[m].state is FindingState.WAIVED)),
        waivers=waivers.listed(ws, now=now, unit_id=who.id, only_holding=True).waivers,
        rectified=states[FindingState.RECTIFIED],
        revoked=states[FindingState.REVOKED],
        pages=lookups.pages_of_unit(ws.engine, scan.id, who.id),
        trend=trends.unit_trend(ws, who, scan),
    )


def _waived_columns(book: Ledger) -> dict[str, tuple[str, str]]:
    """By column key: 豁免 or 不适用, and why, where a finding of it is waived."""
    found = {}
    for mark in book.open((FindingState.WAIVED,)):
        stored, life = book.stored[mark], book.lives[mark]
        if stored.scope is Scope.COLUMN:
            kind = "不适用" if life.reason.startswith("不适用") else "豁免"
            found[stored.subject_key] = (kind, life.reason)
    return found


_COLUMN_FAULTS = {
    "missing-column": "缺失",
    "blank-column": "空白",
    "overdue-column": "超期",
}


def _columns(ws: Workspace, scan: ScanRow, who: Unit, book: Ledger) -> Iterable[v.ColumnLine]:
    day = shanghai_day(scan.as_of)
    stored = readings.columns(ws.engine, scan.id, ws.config.city.max_age_days)
    faults: dict[str, str] = {}
    for mark in book.open((*OPEN_STATES, FindingState.SUSPECTED)):
        finding = book.stored[mark]
        if finding.rule_id in _COLUMN_FAULTS:
            doubt = "疑似" if book.lives[mark].state is FindingState.SUSPECTED else ""
            faults[finding.subject_key] = doubt + _COLUMN_FAULTS[finding.rule_id]
    waived = _waived_columns(book)
    unverified = {
        d.subject.key: d.reason
        for d in ledger.verdicts(ws.engine, scan.id)
        if d.kind is VerdictKind.UNVERIFIED and d.subject.scope is Scope.COLUMN
    }
    for site in ws.config.sites:
        if not site.enabled:
            continue
        for expected in ws.config.expected_columns(site.id, day):
            if expected.unit_id != who.id:
                continue
            row = stored.get(expected.key)
            reading = row.reading if row else None
            known = None if reading is None or isinstance(reading, Unverified) else reading
            state, note = "正常", ""
            if expected.key in faults:
                state = faults[expected.key]
            elif expected.key in waived:
                state, note = waived[expected.key]
            elif expected.key in unverified:
                state, note = "未能核实", unverified[expected.key]
            elif row is None:
                state, note = "未能核实", "本次检测没有轮到"
            elif row.state is ColumnState.DELEGATED:
                state = "转至其他网站"
                note = (known.linked_site or "") if known else ""
            elif isinstance(reading, Unverified) and row.state is not ColumnState.ABSENT:
                state, note = "未能核实", reading.reason
            elif row.state is ColumnState.ABSENT:
                state = "缺失"
            owner = ws.config.unit(expected.owner_id)
            prefix = "市本级·" if owner.group is UnitGroup.CITY else ""
            dates = [e.published for e in known.entries if e.published] if known else []
            yield v.ColumnLine(
                key=expected.key,
                name=expected.name,
                group=prefix + (expected.group or ""),
                site_name=site.name,
                url=(known.url if known else None) or expected.url,
                state=state,
                fine=state in ("正常", "转至其他网站", "豁免", "不适用"),
                newest=max(dates) if dates else None,
                entries=len(known.entries)
                if known and row and row.state is ColumnState.READ
                else None,
                found_name=row.found_name
                if row and row.found_name and row.found_name != expected.name
                else None,
                cadence=expected.cadence.words,
                measured_at=row.fetched.at if row and row.fetched else None,
                note=note,
            )


def finding(ws: Workspace, prefix: str, *, now: datetime) -> v.FindingDetailView:
    """One finding with its life. Raises ``storage.findings.FindingUnknown`` or ``FindingAmbiguous``."""
    found = ledger.find(ws.engine, prefix)
    scan = pick_scan(ws)
    standard = ws.standard(scan.standard)
    book = Ledger(ws, ledger_instant(scan, now), scan)
    made = cards_of(ws, scan, standard)
    unit_id = book.unit_of(found.fingerprint)
    measured = lookups.measured(ws.engine, scan.id, {found.subject_key})
    view = finding_view(
        found.fingerprint,
        book,
        standard,
        made.get(unit_id) if unit_id else None,
        {u.id: u for u in ws.config.units},
        measured,
        short_length(book.stored),
    )
    return v.FindingDetailView(
        finding=view,
        events=tuple(
            v.EventLine(
                at=e.at,
                title=EVENT_TITLES[e.kind],
                actor=e.actor,
                reason=e.reason,
                scan_id=e.scan_id,
            )
            for e in sorted(found.events, key=lambda e: (e.at, e.recorded_at))
        ),
        mended=tuple(
            v.MendedLine(
                at=e.at,
                before=e.data.get("before"),
                was=str(e.data.get("was") or ""),
                after=e.data.get("after"),
                now=str(e.data.get("now") or ""),
            )
            for e in sorted(found.events, key=lambda e: (e.at, e.recorded_at))
            if e.kind is EventKind.RECTIFIED
        ),
        why=RULES[found.rule_id].doc.why,
        trial_run=ws.config.city.trial_run,
    )


EVENT_TITLES = {
    EventKind.FOUND: "发现",
    EventKind.CONFIRMED: "确认",
    EventKind.RECTIFIED: "已整改",
    EventKind.RECURRED: "反弹",
    EventKind.REVOKED: "撤销（误报）",
    EventKind.REMINDED: "提醒",
    EventKind.NOTICED: "整改通知",
    EventKind.CIRCULATED: "通报",
    EventKind.CLAIMED: "单位反馈已整改",
    EventKind.NOT_MENDED: "复查未通过",
    EventKind.DISPUTED: "申诉",
    EventKind.DISPUTE_REJECTED: "申诉不成立",
    EventKind.WAIVED: "豁免/不适用",
    EventKind.WAIVER_ENDED: "豁免终止",
    EventKind.NOTED: "备注",
}


def findings(
    ws: Workspace,
    *,
    now: datetime,
    unit_id: str | None = None,
    rule_id: str | None = None,
    states: Sequence[FindingState] = OPEN_STATES,
    unattributed: bool = False,
    limit: int | None = None,
) -> v.FindingsView:
    """A list from the ledger, by unit, then those that give the most points back first."""
    scan = pick_scan(ws)
    standard = ws.standard(scan.standard)
    book = Ledger(ws, ledger_instant(scan, now), scan)
    made = cards_of(ws, scan, standard)
    units = {u.id: u for u in ws.config.units}
    by_unit: dict[str, list[str]] = defaultdict(list)
    for mark in book.open(states):
        owner = book.unit_of(mark) or ""
        if unit_id is not None and owner != unit_id:
            continue
        if unattributed and owner in units:
            continue
        if rule_id is not None and book.stored[mark].rule_id != rule_id:
            continue
        by_unit[owner].append(mark)
    ordered = [
        mark
        for owner in sorted(by_unit)
        for mark in in_order(by_unit[owner], made.get(owner), book)
    ]
    listed = ordered if limit is None else ordered[:limit]
    measured = lookups.measured(ws.engine, scan.id, {book.stored[m].subject_key for m in listed})
    short = short_length(book.stored)
    return v.FindingsView(
        findings=tuple(
            finding_view(m, book, standard, made.get(book.unit_of(m) or ""), units, measured, short)
            for m in listed
        ),
        total=len(ordered),
        trial_run=ws.config.city.trial_run,
    )


def scorecards(
    ws: Workspace,
    *,
    now: datetime,
    unit_id: str | None = None,
    scan_id: int | None = None,
    standard_name: str | None = None,
) -> v.ScorecardsView:
    """The cards of one scan; with ``unit_id`` and no scan, those of the unit in every scan."""
    if unit_id is not None and scan_id is None:
        chosen = [s for s in scans.list_scans(ws.engine) if s.state is not ScanState.RUNNING]
    else:
        chosen = [pick_scan(ws, scan_id)]
    lines = []
    for scan in chosen:
        standard = ws.standard(standard_name or scan.standard)
        made = cards_of(ws, scan, standard)
        book = Ledger(ws, scan.as_of, scan)
        units = [u for u in ws.config.units if u.id in made and unit_id in (None, u.id)]
        lines += [
            v.ScorecardLine(
                scan_id=scan.id,
                standard_id=standard.id,
                standard_title=standard.title,
                as_of=scan.as_of,
                row=row,
            )
            for row in summary_rows(ws, scan, standard, book, made, units)
        ]
    return v.ScorecardsView(cards=tuple(lines), trial_run=ws.config.city.trial_run)


def unattributed(ws: Workspace, scan_id: int | None = None) -> v.UnattributedView:
    """Pages that no unit could be told to answer for, with why."""
    scan = pick_scan(ws, scan_id)
    names, day = Names.of(ws.config), shanghai_day(scan.as_of)
    sites = {s.id: s.name for s in ws.config.sites}
    units = {u.id: u.short for u in ws.config.units}

    def why(source: str) -> str:
        if not source:
            return "页面没有来源"
        matches = names.attribute(source, day).matches
        if len(matches) > 1:
            return f"来源同时是 {'、'.join(units[m] for m in matches)} 的名称"
        return "来源不是名单里的单位"

    pages = lookups.unattributed(ws.engine, scan.id)
    return v.UnattributedView(
        pages=tuple(
            v.UnattributedPage(
                site_name=sites.get(p.site_id, p.site_id),
                title=p.title,
                url=p.url,
                source=p.source,
                reason=why(p.source),
            )
            for p in pages
        ),
        total=len(pages),
    )


_SCAN_STATES = {
    ScanState.RUNNING: "进行中",
    ScanState.COMPLETE: "完成",
    ScanState.PARTIAL: "部分完成",
    ScanState.FAILED: "失败",
    ScanState.INTERRUPTED: "中断，可用 xunjian scan --resume 接着做",
}


def runs(ws: Workspace, limit: int | None = 20) -> v.RunsView:
    """The scans, newest first."""
    kinds: dict[int, Counter[EventKind]] = defaultdict(Counter)
    for stored in ledger.open_state(ws.engine).values():
        for event in stored.events:
            if event.scan_id is not None:
                kinds[event.scan_id][event.kind] += 1
    lines = []
    for scan in scans.list_scans(ws.engine, limit):
        book = Ledger(ws, scan.as_of)
        lines.append(
            v.RunLine(
                scan=scan_meta(ws, scan),
                state=_SCAN_STATES[scan.state],
                started_at=scan.started_at,
                ended_at=scan.finished_at,
                actor=str(scan.note.get("actor", "")),
                new=kinds[scan.id][EventKind.FOUND],
                rectified=kinds[scan.id][EventKind.RECTIFIED],
                recurred=kinds[scan.id][EventKind.RECURRED],
                open=len(book.open()),
            )
        )
    return v.RunsView(runs=tuple(lines))


def rules(ws: Workspace | None = None) -> v.RulesView:
    """The catalogue of rules, with the standards that count them: the built-in ones, and with
    ``ws`` the clerk's own."""
    search = ws.settings.standards if ws else ()
    loaded = [load_standard(name, search) for name in standard_names(search)]
    standards = sorted(loaded, key=lambda s: s.subject == "site")  # the city's own first
    return v.RulesView(
        rules=tuple(
            v.RuleView(
                rule=rule,
                uses=tuple(_use(s, rule.id) for s in standards if rule.id in s.rules),
            )
            for rule in RULES.values()
        )
    )


def _use(standard: Standard, rule_id: str) -> v.RuleUse:
    setting = standard.rules[rule_id]
    return v.RuleUse(
        standard_id=standard.id,
        standard_title=standard.title,
        class_label=class_of(standard, rule_id, date.max)[1],
        points=hundredths(setting.points),
        cap=None if setting.cap is None else hundredths(setting.cap),
        unconfirmed=setting.unconfirmed,
        since=setting.since,
        of_sites=standard.subject == "site",
        params=tuple((k, str(val)) for k, val in sorted(setting.params.items())),
    )
