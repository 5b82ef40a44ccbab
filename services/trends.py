"""Trends: how scores moved from scan to scan, what is new, mended or back, and why. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from checks.life import Event, EventKind
from checks.model import Scope
from checks.registry import RULES
from config.schema import Unit
from reports import movement as v
from scorecards.life import FindingState, fold
from scorecards.score import Scorecard, decode
from scorecards.trends import Cause, Move, Point, incomparable, split
from services.book import Ledger
from services.cases import scan_units
from services.workspace import UsageError, Workspace, end_of_day, shanghai_day
from storage import findings as ledger
from storage import lookups, scans
from storage import scorecards as cards
from storage.lookups import Seen
from storage.models import ScanKind, ScanRow, ScanState, VerdictKind
from storage.scorecards import StoredCard

LAST = 12
"""Scans that a sparkline shows."""


@dataclass(frozen=True, slots=True)
class _Dated:
    scan: ScanRow
    stored: StoredCard
    card: Scorecard


def unit_trend(ws: Workspace, who: Unit, scan: ScanRow) -> v.UnitTrend | None:
    """The unit's last cards up to ``scan`` and what happened since the one before; ``None`` when it
    has none."""
    dated = _cards(ws, who.id, scan)
    if not dated:
        return None
    book = Ledger(ws, scan.as_of)
    mine = [m for m in book.stored if book.unit_of(m) == who.id]
    last, previous = dated[-1], dated[-2] if len(dated) > 1 else None
    kinds = _since(book, mine, previous.scan.as_of if previous else None, last.scan.as_of)
    return v.UnitTrend(
        unit_id=who.id,
        total=last.card.total,
        points=tuple(_point(d) for d in dated),
        new=kinds[EventKind.FOUND],
        rectified=kinds[EventKind.RECTIFIED],
        recurred=kinds[EventKind.RECURRED],
        incomparable=incomparable(previous.card, last.card) if previous else "",
    )


def why(ws: Workspace, who: Unit, scan: ScanRow) -> v.WhyView:
    """Why the unit's score moved between its card of ``scan`` and the one before.

    Raises ``UsageError`` when there are no two scores.
    """
    dated = [d for d in _cards(ws, who.id, scan) if d.card.score_high is not None]
    if len(dated) < 2:
        raise UsageError(f"{who.short}还没有两次得分，不能比较：再检测一次以后再看")
    before, after = dated[-2:]
    move = _move(ws, before, after)
    book = Ledger(ws, after.scan.as_of)
    titles = {m: _said(book, m) for part in move.parts for m in (*part.gone, *part.come)}
    return v.WhyView(
        unit_id=who.id,
        short=who.short,
        before=_point(before),
        after=_point(after),
        move=move,
        titles=titles,
        doubt=incomparable(before.card, after.card),
    )


def since(ws: Workspace, scan: ScanRow, text: str) -> v.SinceView:
    """What changed between an earlier scan (its number, or the day as of which it is the newest)
    and ``scan``. Raises ``UsageError``."""
    base = _base(ws, scan, text)
    old = {c.unit_id: decode(c.payload) for c in cards.load(ws.engine, base.id, scan.standard)}
    new = {c.unit_id: decode(c.payload) for c in cards.load(ws.engine, scan.id, scan.standard)}
    book = Ledger(ws, scan.as_of)
    by_unit: dict[str, list[str]] = {}
    for mark in book.stored:
        by_unit.setdefault(book.unit_of(mark) or "", []).append(mark)
    lines = []
    for unit in ws.config.units:
        kinds = _since(book, by_unit.get(unit.id, []), base.as_of, scan.as_of)
        before, after = old.get(unit.id), new.get(unit.id)
        if after is None and not kinds.total():
            continue
        lines.append(
            v.SinceLine(
                unit_id=unit.id,
                short=unit.short,
                before=before.score_high if before and before.graded else None,
                after=after.score_high if after and after.graded else None,
                new=kinds[EventKind.FOUND],
                rectified=kinds[EventKind.RECTIFIED],
                recurred=kinds[EventKind.RECURRED],
                incomparable=incomparable(before, after)
                if before is not None and after is not None
                else "前一次没有检测该单位"
                if after is not None
                else "本次没有检测该单位",
                confirmed=unit.confirmed,
            )
        )
    return v.SinceView(
        scan_id=base.id,
        kind=base.kind.words,
        as_of=base.as_of,
        lines=tuple(sorted(lines, key=lambda line: line.unit_id)),
    )


def _base(ws: Workspace, scan: ScanRow, text: str) -> ScanRow:
    whole = [s for s in _finished(ws, scan) if scan_units(s) is None and s.id != scan.id]
    if text.isdigit() and len(text) < 8:
        found = [s for s in whole if s.id == int(text)]
        if not found:
            raise UsageError(f"没有更早的第 {text} 次检测：用 xunjian runs 查看编号")
        return found[0]
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--since “{text}”写法不对：请写日期（2018-06-04）或检测编号（第几次）"
        ) from None
    found = [s for s in whole if s.as_of <= end_of_day(day)]
    if found:
        return found[-1]
    if whole:
        first = shanghai_day(whole[0].as_of)
        raise UsageError(f"{day} 以前没有检测过：最早的一次是 {first}（第 {whole[0].id} 次）")
    raise UsageError("只检测过一次，还没有可以比较的")


def _finished(ws: Workspace, scan: ScanRow) -> list[ScanRow]:
    """Scans up to this one, under its standard, the oldest first; re-checks judge too little."""
    done = (ScanState.COMPLETE, ScanState.PARTIAL)
    rows = [
        s
        for s in scans.list_scans(ws.engine)
        if s.state in done
        and s.kind is not ScanKind.RECHECK
        and s.standard == scan.standard
        and (s.as_of, s.id) <= (scan.as_of, scan.id)
    ]
    return sorted(rows, key=lambda s: (s.as_of, s.id))


def _cards(ws: Workspace, unit_id: str, scan: ScanRow) -> list[_Dated]:
    rows = {s.id: s for s in _finished(ws, scan)}
    stored = cards.of_unit(ws.engine, unit_id, scan.standard)
    dated = [_Dated(rows[n], card, decode(card.payload)) for n, card in stored if n in rows]
    return sorted(dated, key=lambda d: (d.scan.as_of, d.scan.id))[-LAST:]


def _point(dated: _Dated) -> Point:
    card = dated.card
    return Point(
        scan_id=dated.scan.id,
        kind=dated.scan.kind.words,
        as_of=dated.scan.as_of,
        score=card.score_high if card.graded else None,
        coverage=card.coverage,
    )


def _since(
    book: Ledger, marks: list[str], after: datetime | None, until: datetime
) -> Counter[EventKind]:
    """The sightings and rectifications of certain findings between two instants."""
    kinds: Counter[EventKind] = Counter()
    for mark in marks:
        for event in book.stored[mark].events:
            if event.at > until or (after is not None and event.at <= after):
                continue
            if event.scan_id is not None and not event.data.get("suspected"):
                kinds[event.kind] += 1
    return kinds


def _said(book: Ledger, mark: str) -> str:
    stored, seen = book.stored[mark], book.sightings.get(mark)
    title = RULES[stored.rule_id].title if stored.rule_id in RULES else stored.rule_id
    return f"{title}：{seen.finding.subject.title}" if seen else title


# --- why ------------------------------------------------------------------------------------------


def _move(ws: Workspace, before: _Dated, after: _Dated) -> Move:
    stored = ledger.open_state(ws.engine)
    marks = set(before.card.order) ^ set(after.card.order)
    keys = {stored[m].subject_key for m in marks}
    looked = _Look(
        before=before,
        after=after,
        old=lookups.seen(ws.engine, before.scan.id, keys),
        new=lookups.seen(ws.engine, after.scan.id, keys),
        first=lookups.first_seen(ws.engine, keys),
        unverified={
            (d.rule_id, d.subject.key)
            for d in ledger.verdicts(ws.engine, before.scan.id)
            if d.kind is VerdictKind.UNVERIFIED
        },
        units={
            m: {f.fingerprint: f.subject.unit_id for f in ledger.sightings(ws.engine, m)}
            for m in (before.scan.id, after.scan.id)
        },
    )
    rule_of = {m: stored[m].rule_id for m in {*before.card.order, *after.card.order}}
    old = set(before.card.order)

    def cause_of(mark: str) -> Cause:
        finding = stored[mark]
        return _gone(finding, looked) if mark in old else _come(finding, looked)

    return split(before.card, after.card, rule_of, cause_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What two scans knew of the subjects in question."""

    before: _Dated
    after: _Dated
    old: Mapping[str, Seen]
    new: Mapping[str, Seen]
    first: Mapping[str, datetime]
    unverified: set[tuple[str, str]]
    """Rule and subject that the earlier scan could not judge."""
    units: Mapping[int, Mapping[str, str | None]]

    @property
    def judged_otherwise(self) -> bool:
        """Rules, their parameters or the reader are not what they were."""
        return (
            self.before.stored.rules_digest != self.after.stored.rules_digest
            or self.before.stored.standard_digest != self.after.stored.standard_digest
            or self.before.scan.reader != self.after.scan.reader
        )

    def between(self, finding: ledger.StoredFinding) -> list[Event]:
        first, last = self.before.scan.as_of, self.after.scan.as_of
        return [e for e in finding.events if first < e.at <= last]

    def reassigned(self, mark: str) -> bool:
        """Both scans saw it, for different units."""
        old = self.units[self.before.scan.id].get(mark, "")
        new = self.units[self.after.scan.id].get(mark, "")
        return "" not in (old, new) and old != new

    def same_content(self, key: str) -> bool:
        old, new = self.old.get(key), self.new.get(key)
        return old is not None and new is not None and old.version_id == new.version_id

    @property
    def reassigning(self) -> Cause:
        changed = self.before.scan.config_digest != self.after.scan.config_digest
        return Cause.PERSON if changed else Cause.SITE


_DECIDED = (FindingState.REVOKED, FindingState.WAIVED)


def _gone(finding: ledger.StoredFinding, look: _Look) -> Cause:
    """Why a finding no longer counts."""
    life = fold(finding.events, look.after.scan.as_of)
    if life is not None and life.state in _DECIDED:
        return Cause.PERSON
    if look.reassigned(finding.fingerprint):
        return look.reassigning
    rectified = any(e.kind is EventKind.RECTIFIED for e in look.between(finding))
    if rectified or (life is not None and life.state is FindingState.SUSPECTED):
        unchanged = finding.scope is Scope.PAGE and look.same_content(finding.subject_key)
        return Cause.RULE if unchanged and look.judged_otherwise else Cause.SITE
    return Cause.REACH


_BY_HAND = (EventKind.CONFIRMED, EventKind.WAIVER_ENDED)


def _come(finding: ledger.StoredFinding, look: _Look) -> Cause:
    """Why a finding counts now."""
    between, key = look.between(finding), finding.subject_key
    if any(e.kind in _BY_HAND and e.scan_id is None for e in between):
        return Cause.PERSON
    earlier = fold(finding.events, look.before.scan.as_of)
    if earlier is not None and earlier.state in _DECIDED:
        return Cause.PERSON  # a waiver ran out, or the evidence of what was taken back is another
    if look.reassigned(finding.fingerprint):
        return look.reassigning
    if earlier is not None and earlier.state.is_open:
        return Cause.REACH  # known then, and not verified
    met = look.first.get(key)
    if met is not None and met > look.before.scan.as_of:
        return Cause.SITE if finding.scope is Scope.PAGE else Cause.REACH
    old = look.old.get(key)
    if (finding.rule_id, key) in look.unverified or (old is not None and not old.read):
        return Cause.REACH
    if old is None and finding.scope is not Scope.UNIT:
        return Cause.REACH
    same = finding.scope is Scope.PAGE and look.same_content(key)
    return Cause.RULE if same and look.judged_otherwise else Cause.SITE
