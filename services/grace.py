"""After a site was rebuilt: what is new on it is suspected for a while, so that nobody is accused of
what the rebuild did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from checks.model import Finding, Outcome, OutcomeKind, Scope
from services.cases import Judgement
from services.matching import state_at
from services.workspace import Workspace, shanghai_day
from storage import findings as ledger
from storage import moves as kept
from storage.models import ScanRow
from storage.moves import Move


def soften(
    ws: Workspace, scan: ScanRow, result: Judgement, published: Mapping[str, date | None]
) -> None:
    """Within the grace of a confirmed move, set certain findings on the moved site to suspected.

    Not those that stood open when it moved, and not those on pages published since (``published``,
    by page key): these are no doing of the rebuild.
    """
    moves = _running(ws, scan)
    if not moves:
        return
    stored = ledger.open_state(ws.engine)
    softened: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for mark, finding in result.findings.items():
        subject = finding.subject
        move = moves.get(subject.site_id)
        if move is None or finding.suspected:
            continue
        before = stored.get(mark)
        if before is not None and state_at(before, move.at) is not None:
            continue
        day = published.get(subject.key)
        if subject.scope is Scope.PAGE and day is not None and day >= shanghai_day(move.at):
            continue
        result.findings[mark] = replace(finding, suspected=True)
        key = (subject.unit_id or "", subject.site_id, finding.rule_id)
        softened[key].append(result.findings[mark])
    for key, findings in softened.items():
        _tell(result, key, findings, moves[key[1]])


def _running(ws: Workspace, scan: ScanRow) -> dict[str, Move]:
    """The newest move of each site, where its grace runs on the scan's day."""
    newest: dict[str, Move] = {}
    for move in kept.moves(ws.engine):
        if move.at <= scan.as_of:
            newest[move.site_id] = move
    day = shanghai_day(scan.as_of)
    return {s: m for s, m in newest.items() if m.grace_until is not None and day <= m.grace_until}


def _tell(
    result: Judgement, key: tuple[str, str, str], findings: list[Finding], move: Move
) -> None:
    """Count and say the softened ones as what they are now."""
    certain = {
        f.subject.key
        for f in result.findings.values()
        if not f.suspected and f.rule_id == key[2] and (f.subject.unit_id or "") == key[0]
    }
    reason = f"网站于 {shanghai_day(move.at)} 改版，{move.grace_until} 以前新出现的先记疑似"
    subjects = {f.subject.key: f.subject for f in findings}
    for subject_key, subject in sorted(subjects.items()):
        own = tuple(f for f in findings if f.subject.key == subject_key)
        result.spoken.append(
            Outcome(
                rule_id=key[2],
                subject=subject,
                kind=OutcomeKind.SUSPECTED,
                reason=reason,
                findings=own,
            )
        )
        tally = result.tallies.get(key)
        if tally is not None and subject_key not in certain and tally[OutcomeKind.FINDING] > 0:
            tally[OutcomeKind.FINDING] -= 1
            tally[OutcomeKind.SUSPECTED] += 1
