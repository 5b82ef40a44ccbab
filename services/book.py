"""The ledger folded at one instant, and the parts that outputs are put together from.

Reads only. The ledger (open problems) and a scan's score are shown side by side and never mixed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from checks.byhand import LIKE
from checks.model import Scope, Severity
from checks.registry import RULES
from config.schema import Standard, Unit
from reports import views as v
from scorecards.life import OPEN_STATES, FindingState, Life, fold
from scorecards.score import Scorecard, decode, hundredths, rank
from services.cases import scan_units
from services.workspace import UsageError, Workspace, shanghai_day
from storage import findings as ledger
from storage import lookups, scans
from storage import scorecards as cards
from storage.models import ScanKind, ScanRow, ScanState, SiteState, VerdictKind

SHORT = 8
"""Characters of a fingerprint that lists print, where they suffice."""
NOBODY = "未归属"


def pick_scan(ws: Workspace, scan_id: int | None = None, *, of_unit: str | None = None) -> ScanRow:
    """The named scan, or the newest that judged something: all units, or at least ``of_unit``.

    A look at one unit (``scan --unit``) does not take the place of the scan of them all, unless
    there is none; a re-check of some pages never does. Raises ``UsageError`` when there is no scan.
    """
    if scan_id is not None:
        return scans.scan(ws.engine, scan_id)
    done = (ScanState.COMPLETE, ScanState.PARTIAL)
    listed = [s for s in scans.list_scans(ws.engine) if s.kind is not ScanKind.RECHECK]
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
    """Every finding that was ever recorded, folded at one instant. ``scan``: the one whose scores
    stand beside it; what did not count on that one's day counts only from the next."""

    def __init__(self, ws: Workspace, at: datetime, scan: ScanRow | None = None) -> None:
        self.day = shanghai_day(at)
        self.scored_on = shanghai_day(scan.as_of) if scan is not None else self.day
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

    def open(self, states: Iterable[FindingState] = OPEN_STATES) -> list[str]:
        """Fingerprints of the findings in these states; whatever stands, where none are named."""
        wanted = set(states)
        return [m for m, life in self.lives.items() if life.state in wanted]


def ledger_instant(scan: ScanRow, now: datetime) -> datetime:
    """The instant of the ledger that goes with a scan: now, unless the scan's clock is ahead."""
    return max(now, scan.as_of)


def class_of(standard: Standard, rule_id: str, day: date) -> tuple[str, str]:
    """The class of a standard that counts a rule on ``day``, and how it is called; by-hand findings
    stand beside those of their kind. No class: it does not count, or not yet."""
    setting = standard.rules.get(rule_id) or standard.rules.get(LIKE.get(rule_id, ""))
    if setting is None:
        return "", "不计分"
    if standard.subject == "site":
        return "", "、".join(_named_by(standard, rule_id))
    if (since := standard.ahead(rule_id, day)) is not None:
        return "", f"{since.isoformat()} 起计分"
    label = next(c.label for c in standard.classes if c.id == setting.score_class)
    return setting.score_class, label


def _named_by(standard: Standard, rule_id: str) -> list[str]:
    """The indicators that count a rule, each with its part."""
    parts = {p.id: p.kind.label for p in standard.parts}
    return [
        f"{parts[x.part]}“{x.title}”"
        for x in standard.indicators
        if any(rule_id in c.rules for c in x.conditions)
    ]


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


def cards_of(ws: Workspace, scan: ScanRow, standard: Standard) -> dict[str, Scorecard]:
    return {c.unit_id: decode(c.payload) for c in cards.load(ws.engine, scan.id, standard.id)}


def summary_rows(
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
    due = [m for m in marks if standard.ahead(book.stored[m].rule_id, book.scored_on) is None]
    counts = Counter(class_of(standard, book.stored[m].rule_id, book.scored_on)[0] for m in due)
    ordered = in_order(due, card, book)
    states = Counter(book.lives[m].state for m in due)
    deadlines = [life.deadline for m in due if (life := book.lives[m]).deadline]
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
        ahead=len(marks) - len(due),
        suspected=suspected,
        unverified=card.applicable - card.verified if card else 0,
        worst=worst_words(ordered, book, unit.short),
        deadline=min(deadlines).isoformat() if deadlines else "未提醒",
        confirmed=unit.confirmed,
        reminded=states[FindingState.REMINDED],
        overdue=sum(book.lives[m].overdue(book.day) for m in due),
        claimed=states[FindingState.CLAIMED],
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
    class_id, label = class_of(standard, stored.rule_id, book.scored_on)
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
        counts_from=standard.ahead(stored.rule_id, book.scored_on),
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


def short_length(marks: Iterable[str]) -> int:
    """Characters that tell all fingerprints apart, eight at least."""
    all_marks = list(marks)
    length = SHORT
    while length < 32 and len({m[:length] for m in all_marks}) < len(all_marks):
        length += 1
    return length
