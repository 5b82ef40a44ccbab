"""The agreement table: others' results beside what our scans had at the same instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from checks.registry import RULES
from config.inspection_words import inspections as lexicon
from reports.inspections import AgreementView, InspectionLine
from scorecards.agreement import Agreement, Compared, Named, Open, Scope, Standing, compare
from scorecards.life import FindingState
from scorecards.periods import Period
from services.matching import life_at, state_at
from services.workspace import UsageError, Workspace, end_of_day, shanghai_day
from storage import findings as ledger
from storage import inspections as kept
from storage import scans
from storage.findings import Sighting, StoredFinding
from storage.inspections import AGAIN, BY_ADDRESS, BY_COLUMN, UNREAD, Inspected, Inspection
from storage.models import ScanRow, ScanState, VerdictKind

_JUDGED = (ScanState.COMPLETE, ScanState.PARTIAL)


def agreement(
    ws: Workspace,
    *,
    source: str | None = None,
    since: date | None = None,
    period: str | None = None,
) -> AgreementView:
    """Compare the inspections of a source (all by default) since a day or in a period with ours.

    Raises ``UsageError`` when there is none.
    """
    try:
        span = Period.parse(period) if period else None
    except ValueError as error:
        raise UsageError(str(error)) from error
    listed = [
        i
        for i in kept.inspections(ws.engine, [source] if source else None)
        if (since is None or shanghai_day(i.at) >= since)
        and (span is None or shanghai_day(i.at) in span)
    ]
    if not listed:
        raise UsageError("没有符合条件的检查结果：先用 xunjian import 导入对方的工作簿")
    rows = kept.rows(ws.engine, [i.id for i in listed])
    stored = ledger.open_state(ws.engine)
    sightings = ledger.last_sightings(ws.engine)
    done = [s for s in scans.list_scans(ws.engine) if s.state in _JUDGED]
    named: list[Named] = []
    ours: list[Open] = []
    scopes: dict[int, Scope] = {}
    lines = []
    for inspection in listed:
        told = [r for r in rows[inspection.id] if r.match not in (UNREAD, AGAIN)]
        scan = _scan_before(done, inspection.at)
        note = "" if scan else "其时我们还没有检测过，不比较"
        if scan is not None and not told:
            note = "没有可比的行"
        units = frozenset(r.unit_id for r in told if r.unit_id)
        lines.append(_line(inspection, len(rows[inspection.id]), len(units), note))
        if note or scan is None:
            continue
        scopes[inspection.id] = Scope(units=units, rules=_rules_named(told))
        named += _named(ws, inspection, told, stored, scan)
        ours += _open_at(inspection, stored, sightings)
    compared = compare(named, ours, scopes)
    return _view(lines, compared, sum(r.match == UNREAD for part in rows.values() for r in part))


def _scan_before(done: Sequence[ScanRow], at: datetime) -> ScanRow | None:
    return max((s for s in done if s.as_of <= at), key=lambda s: (s.as_of, s.id), default=None)


def _rules_named(told: Sequence[Inspected]) -> frozenset[str]:
    """Our rules of the kinds of faults that an inspection names."""
    ids = {kind for r in told for kind in r.cells.get("kinds", ())}
    of_kinds = {rule for kind in lexicon().kinds if kind.id in ids for rule in kind.rules}
    return frozenset(of_kinds | {r.rule_id for r in told if r.rule_id})


def _named(
    ws: Workspace,
    inspection: Inspection,
    told: Sequence[Inspected],
    stored: dict[str, StoredFinding],
    scan: ScanRow,
) -> list[Named]:
    unread = {
        (v.rule_id, v.subject.key)
        for v in ledger.verdicts(ws.engine, scan.id)
        if v.kind is VerdictKind.UNVERIFIED
    }
    kinds = {k.id: k.rules for k in lexicon().kinds}
    found = []
    for row in told:
        if row.fingerprint is None or row.rule_id is None or row.fingerprint not in stored:
            continue
        finding = stored[row.fingerprint]
        at = min(end_of_day(row.found_on), inspection.at) if row.found_on else inspection.at
        if row.match in (BY_ADDRESS, BY_COLUMN):
            standing = _STANDING.get(state_at(finding, at), Standing.BOTH)
        else:
            rules = {
                row.rule_id,
                *(r for k in row.cells.get("kinds", ()) for r in kinds.get(k, ())),
            }
            keys = {finding.subject_key, row.column_key, row.unit_id}
            blind = any((r, k) in unread for r in rules for k in keys)
            standing = Standing.UNVERIFIED if blind else Standing.MISSED
        found.append(
            Named(
                inspection=inspection.id,
                fingerprint=row.fingerprint,
                rule_id=row.rule_id,
                standing=standing,
            )
        )
    return found


_STANDING = {
    None: Standing.LATER,
    FindingState.SUSPECTED: Standing.SUSPECTED,
    FindingState.REVOKED: Standing.WITHDRAWN,
    FindingState.WAIVED: Standing.WITHDRAWN,
}


def _open_at(
    inspection: Inspection, stored: dict[str, StoredFinding], sightings: dict[str, Sighting]
) -> list[Open]:
    found = []
    for mark, finding in stored.items():
        rule = RULES.get(finding.rule_id)
        if rule is None or rule.by_hand:
            continue
        life = life_at(finding, inspection.at)
        seen = sightings.get(mark)
        if life is not None and life.state.is_open and seen is not None:
            found.append(
                Open(
                    inspection=inspection.id,
                    fingerprint=mark,
                    rule_id=finding.rule_id,
                    unit_id=seen.finding.subject.unit_id,
                )
            )
    return found


def _line(inspection: Inspection, rows: int, units: int, note: str) -> InspectionLine:
    return InspectionLine(
        id=inspection.id,
        source=inspection.source,
        file=inspection.file,
        period=inspection.period,
        at=inspection.at,
        rows=rows,
        units=units,
        note=note,
    )


def _view(lines: Sequence[InspectionLine], compared: Compared, unread: int) -> AgreementView:
    by_hand = frozenset(r for r in compared.rules if r not in RULES or RULES[r].by_hand)
    machine: Counter[str] = Counter()
    for rule, counted in compared.rules.items():
        if rule not in by_hand:
            machine.update({name: getattr(counted, name) for name in Agreement.__slots__})
    return AgreementView(
        inspections=tuple(lines),
        rules=compared.rules,
        titles={r: RULES[r].title if r in RULES else r for r in compared.rules},
        by_hand=by_hand,
        machine=Agreement(**machine),
        total=compared.total,
        outside_units=compared.outside_units,
        outside_kinds=compared.outside_kinds,
        unread=unread,
    )
