"""From storage to view models: what an output shows, joined and decided.

Reads only. The ledger (open problems) is folded at an instant of its own; a score belongs to its
scan: the two are shown side by side and never mixed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from checks.attribution import Names
from checks.facts import ColumnState, Unverified
from checks.life import EventKind
from checks.model import Scope, Severity
from checks.registry import RULES
from config.loader import load_standard, standard_names
from config.schema import Standard, Unit, UnitGroup
from reports import views as v
from scorecards.life import FindingState, Life, fold
from scorecards.score import Scorecard, arithmetic, decode, hundredths, rank
from services.judge import scan_units
from services.workspace import UsageError, Workspace, shanghai_day
from storage import findings as ledger
from storage import lookups, readings, scans
from storage import scorecards as cards
from storage.models import ScanRow, ScanState, SiteState, VerdictKind

SHORT = 8
"""Characters of a fingerprint that lists print, where they suffice."""
NOBODY = "未归属"


def pick_scan(ws: Workspace, scan_id: int | None = None, *, of_unit: str | None = None) -> ScanRow:
    """The named scan, or the newest that judged something: all units, or at least ``of_unit``.

    A look at one unit (``scan --unit``) does not take the place of the scan of them all, unless
    there is none. Raises ``UsageError`` when there is no scan.
    """
    if scan_id is not None:
        return scans.scan(ws.engine, scan_id)
    done = (ScanState.COMPLETE, ScanState.PARTIAL)
    listed = scans.list_scans(ws.engine)
    judged = [row for row in listed if row.state in done]
    for row in judged:
        units = scan_units(row)
        if units is None or of_unit in units:
            return row
    if judged:
        return judged[0]
    if listed:
        return listed[0]
    ws.config  # noqa: B018  (a wrong --config is told before a wrong --data)
    raise UsageError(
        f"数据目录 {ws.settings.data} 里还没有检测记录：请先运行 xunjian scan；"
        "数据在别处的，用 --data 目录 指明"
    )


class Ledger:
    """Every finding that was ever recorded, folded at one instant."""

    def __init__(self, ws: Workspace, at: datetime) -> None:
        self.stored = ledger.open_state(ws.engine)
        self.lives: dict[str, Life] = {}
        for mark, finding in self.stored.items():
            life = fold(finding.events, at)
            if life is not None:
                self.lives[mark] = life
        self.sightings = ledger.last_sightings(ws.engine)
        self._units = {u.id: u for u in ws.config.units}

    def unit_of(self, mark: str) -> str | None:
        sighting = self.sightings.get(mark)
        return sighting.finding.subject.unit_id if sighting else None

    def open(self, states: Iterable[FindingState] = (FindingState.OPEN,)) -> list[str]:
        wanted = set(states)
        return [m for m, life in self.lives.items() if life.state in wanted]


def _at(scan: ScanRow, now: datetime) -> datetime:
    """The instant of the ledger that goes with a scan: now, unless the scan's clock is ahead."""
    return max(now, scan.as_of)


def _class_of(standard: Standard, rule_id: str) -> tuple[str, str]:
    setting = standard.rules.get(rule_id)
    if setting is None:
        return "", "不计分"
    label = next(c.label for c in standard.classes if c.id == setting.score_class)
    return setting.score_class, label


# --- parts ----------------------------------------------------------------------------------------


def scan_meta(ws: Workspace, scan: ScanRow) -> v.ScanMeta:
    unverified: Counter[str] = Counter()
    subjects = {
        (d.subject.site_id, d.subject.scope, d.subject.key)
        for d in ledger.verdicts(ws.engine, scan.id)
        if d.kind is VerdictKind.UNVERIFIED
    }
    for site_id, _, _ in subjects:
        unverified[site_id] += 1
    lines = []
    for run in scans.site_runs(ws.engine, scan.id):
        site = next((s for s in ws.config.sites if s.id == run.site_id), None)
        lines.append(
            v.SiteLine(
                site_id=run.site_id,
                name=site.name if site else run.site_id,
                url=str(site.url) if site else "",
                state=_SITE_STATES[run.state],
                requests=run.requests,
                pages=lookups.pages_read(ws.engine, scan.id, run.site_id),
                not_reached=run.left_over,
                unverified=unverified[run.site_id],
                reason=run.reason,
            )
        )
    first, last = lookups.measured_range(ws.engine, scan.id)
    return v.ScanMeta(
        scan_id=scan.id,
        kind_title=scan.kind.words,
        as_of=scan.as_of,
        measured_from=first,
        measured_to=last,
        sites=tuple(lines),
        complete=scan.state not in (ScanState.RUNNING, ScanState.INTERRUPTED),
        trial_run=ws.config.city.trial_run,
        city=ws.config.city.name,
    )


_SITE_STATES = {
    SiteState.PENDING: v.SiteState.INTERRUPTED,
    SiteState.CRAWLING: v.SiteState.RUNNING,
    SiteState.COMPLETE: v.SiteState.DONE,
    SiteState.WINDOW: v.SiteState.PARTIAL,
    SiteState.UNREACHED: v.SiteState.UNREACHED,
    SiteState.INTERRUPTED: v.SiteState.INTERRUPTED,
}


def standard_line(standard: Standard) -> v.StandardLine:
    return v.StandardLine(
        id=standard.id,
        title=standard.title,
        total=hundredths(standard.total),
        unconfirmed=any(r.unconfirmed for r in standard.rules.values()),
        note="",
        classes=tuple((c.id, c.label) for c in standard.classes),
    )


def _cards(ws: Workspace, scan: ScanRow, standard: Standard) -> dict[str, Scorecard]:
    return {c.unit_id: decode(c.payload) for c in cards.load(ws.engine, scan.id, standard.id)}


def _rows(
    ws: Workspace,
    scan: ScanRow,
    standard: Standard,
    book: Ledger,
    made: Mapping[str, Scorecard],
    units: Sequence[Unit],
) -> list[v.SummaryRow]:
    # A look at a few units ranks nobody: the others of their group were not there.
    whole = scan_units(scan) is None
    places = {r.unit_id: r for r in rank(made.values(), ws.config.units)} if whole else {}
    open_by_unit: dict[str, list[str]] = defaultdict(list)
    doubtful: Counter[str] = Counter()
    for mark, life in book.lives.items():
        unit_id = book.unit_of(mark) or ""
        if life.state.is_open:
            open_by_unit[unit_id].append(mark)
        elif life.state is FindingState.SUSPECTED:
            doubtful[unit_id] += 1
    return [
        _row(
            unit,
            made.get(unit.id),
            places.get(unit.id),
            standard,
            book,
            open_by_unit.get(unit.id, []),
            doubtful[unit.id],
        )
        for unit in units
    ]


def _row(
    unit: Unit,
    card: Scorecard | None,
    place: object,
    standard: Standard,
    book: Ledger,
    marks: Sequence[str],
    suspected: int,
) -> v.SummaryRow:
    counts: Counter[str] = Counter()
    for mark in marks:
        class_id, _ = _class_of(standard, book.stored[mark].rule_id)
        counts[class_id] += 1
    ordered = in_order(marks, card, book)
    deadlines = [life.deadline for m in marks if (life := book.lives[m]).deadline]
    return v.SummaryRow(
        unit_id=unit.id,
        short=unit.short,
        group=unit.group,
        rank=getattr(place, "rank", None),
        ranked=getattr(place, "of", 0),
        score_high=card.score_high if card else None,
        score_low=card.score_low if card else None,
        coverage=card.coverage if card else None,
        graded=bool(card and card.graded),
        reason=card.reason if card else "这次检测还没有评判该单位",
        open=dict(counts),
        suspected=suspected,
        unverified=card.applicable - card.verified if card else 0,
        worst=worst_words(ordered, book, unit.short),
        deadline=min(deadlines).isoformat() if deadlines else "未提醒",
        confirmed=unit.confirmed,
    )


_SEVERITY = {Severity.SERIOUS: 0, Severity.COMMON: 1, Severity.HINT: 2}


def in_order(marks: Iterable[str], card: Scorecard | None, book: Ledger) -> list[str]:
    """Open findings, those that give the most points back first; unscored ones last."""
    position = {m: i for i, m in enumerate(card.order)} if card else {}
    return sorted(
        marks,
        key=lambda m: (
            position.get(m, len(position)),
            _SEVERITY[RULES[book.stored[m].rule_id].severity],
            book.stored[m].rule_id,
            m,
        ),
    )


def worst_words(ordered: Sequence[str], book: Ledger, unit_short: str) -> str:
    """The first of them in words; ``unit_short`` stands beside them and is not said again."""
    if not ordered:
        return ""
    mark = ordered[0]
    rule = RULES[book.stored[mark].rule_id]
    seen = book.sightings.get(mark)
    if seen is None:
        return rule.title
    subject = seen.finding.subject
    if subject.scope is Scope.PAGE:
        return f"{rule.title}：{subject.title}"
    # A unit rule's subject is called 市科协预决算; a column's path may begin like a unit's name.
    beside = unit_short if subject.scope is Scope.UNIT else ""
    return v.said(subject.title, seen.finding.message, beside)


def finding_view(
    mark: str,
    book: Ledger,
    standard: Standard,
    card: Scorecard | None,
    units: Mapping[str, Unit],
    measured: Mapping[str, tuple[datetime | None, datetime | None]],
    short: int = SHORT,
) -> v.FindingView:
    stored, life = book.stored[mark], book.lives[mark]
    rule, seen = RULES[stored.rule_id], book.sightings.get(mark)
    class_id, label = _class_of(standard, stored.rule_id)
    unit_id = book.unit_of(mark)
    unit = units.get(unit_id) if unit_id else None
    by_rule = {r.rule_id: r for r in card.rules} if card else {}
    at, since = measured.get(stored.subject_key, (None, None))
    finding = seen.finding if seen else None
    return v.FindingView(
        fingerprint=mark,
        short_id=mark[:short],
        unit_id=unit_id,
        unit_short=unit.short if unit else NOBODY,
        site_id=stored.site_id,
        rule_id=stored.rule_id,
        rule_title=rule.title,
        class_id=class_id,
        class_label=label,
        severity=rule.severity,
        state=life.state,
        subject_title=finding.subject.title if finding else stored.subject_key,
        message=finding.message if finding else rule.title,
        url=finding.url if finding else None,
        path=finding.path if finding else "",
        snippet=finding.snippet if finding else "",
        evidence=finding.evidence if finding else None,
        basis=tuple(b.words for b in rule.basis),
        remedy=rule.remedy,
        restores=card.restores.get(mark) if card else None,
        restores_rule=by_rule[stored.rule_id].mend_all if stored.rule_id in by_rule else None,
        deadline=life.deadline_text,
        measured_at=at,
        unchanged_since=since,
        first_found=life.first_found,
        state_since=life.since,
        times_recurred=life.times_recurred,
        pages=finding.pages if finding else 1,
        reason=life.reason,
        actor=life.actor,
    )


def _short_length(marks: Iterable[str]) -> int:
    """Characters that tell all fingerprints apart, eight at least."""
    all_marks = list(marks)
    length = SHORT
    while length < 32 and len({m[:length] for m in all_marks}) < len(all_marks):
        length += 1
    return length


# --- whole views ----------------------------------------------------------------------------------


def summary(ws: Workspace, scan_id: int | None = None, *, now: datetime) -> v.SummaryView:
    """The units that need fixes, from one scan and the ledger."""
    scan = pick_scan(ws, scan_id)
    standard = ws.standard(scan.standard)
    book = Ledger(ws, _at(scan, now))
    made = _cards(ws, scan, standard)
    units = [u for u in ws.config.units if u.id in made]
    rows = _rows(ws, scan, standard, book, made, units)
    known = {u.id for u in ws.config.units}
    kinds = Counter(e.kind for f in book.stored.values() for e in f.events if e.scan_id == scan.id)
    first = all(s.id >= scan.id for s in scans.list_scans(ws.engine))
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
    )


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
    book = Ledger(ws, _at(scan, now))
    made = _cards(ws, scan, standard)
    card = made.get(who.id)
    row = next(iter(_rows(ws, scan, standard, book, made, [who])))
    if card is None and who.responsible is not None:
        owner = ws.config.unit(who.responsible).short
        row = replace(row, reason=f"栏目由{owner}负责，记在该单位名下（xunjian show {owner}）")
    units = {u.id: u for u in ws.config.units}
    mine = [m for m in book.lives if book.unit_of(m) == who.id]
    measured = lookups.measured(ws.engine, scan.id, {book.stored[m].subject_key for m in mine})
    short = _short_length(book.stored)

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
        rectified=states[FindingState.RECTIFIED],
        revoked=states[FindingState.REVOKED],
        pages=lookups.pages_of_unit(ws.engine, scan.id, who.id),
    )


_COLUMN_FAULTS = {
    "missing-column": "缺失",
    "blank-column": "空白",
    "overdue-column": "超期",
}


def _columns(ws: Workspace, scan: ScanRow, who: Unit, book: Ledger) -> Iterable[v.ColumnLine]:
    day = shanghai_day(scan.as_of)
    stored = readings.columns(ws.engine, scan.id, ws.config.city.max_age_days)
    faults: dict[str, str] = {}
    for mark in book.open((FindingState.OPEN, FindingState.SUSPECTED)):
        finding = book.stored[mark]
        if finding.rule_id in _COLUMN_FAULTS:
            doubt = "疑似" if book.lives[mark].state is FindingState.SUSPECTED else ""
            faults[finding.subject_key] = doubt + _COLUMN_FAULTS[finding.rule_id]
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
                fine=state in ("正常", "转至其他网站"),
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
    book = Ledger(ws, _at(scan, now))
    made = _cards(ws, scan, standard)
    unit_id = book.unit_of(found.fingerprint)
    measured = lookups.measured(ws.engine, scan.id, {found.subject_key})
    view = finding_view(
        found.fingerprint,
        book,
        standard,
        made.get(unit_id) if unit_id else None,
        {u.id: u for u in ws.config.units},
        measured,
        _short_length(book.stored),
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
        why=RULES[found.rule_id].doc.why,
        trial_run=ws.config.city.trial_run,
    )


EVENT_TITLES = {
    EventKind.FOUND: "发现",
    EventKind.CONFIRMED: "确认",
    EventKind.RECTIFIED: "已整改",
    EventKind.RECURRED: "反弹",
    EventKind.REVOKED: "撤销（误报）",
}


def findings(
    ws: Workspace,
    *,
    now: datetime,
    unit_id: str | None = None,
    rule_id: str | None = None,
    states: Sequence[FindingState] = (FindingState.OPEN,),
    unattributed: bool = False,
    limit: int | None = None,
) -> v.FindingsView:
    """A list from the ledger, by unit, then those that give the most points back first."""
    scan = pick_scan(ws)
    standard = ws.standard(scan.standard)
    book = Ledger(ws, _at(scan, now))
    made = _cards(ws, scan, standard)
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
    short = _short_length(book.stored)
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
        made = _cards(ws, scan, standard)
        book = Ledger(ws, scan.as_of)
        units = [u for u in ws.config.units if u.id in made and unit_id in (None, u.id)]
        lines += [
            v.ScorecardLine(
                scan_id=scan.id,
                standard_id=standard.id,
                standard_title=standard.title,
                as_of=scan.as_of,
                row=row,
            )
            for row in _rows(ws, scan, standard, book, made, units)
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
    standards = [load_standard(name, search) for name in standard_names(search)]
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
        class_label=_class_of(standard, rule_id)[1],
        points=hundredths(setting.points),
        cap=None if setting.cap is None else hundredths(setting.cap),
        unconfirmed=setting.unconfirmed,
        since=setting.since,
        params=tuple((k, str(val)) for k, val in sorted(setting.params.items())),
    )
