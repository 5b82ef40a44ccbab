"""Taking a finding back: 撤销（误报）. It is bound to the evidence that the finding rested on."""

from __future__ import annotations

from datetime import datetime

from checks.life import Event, EventKind
from scorecards.life import FindingState, Life, fold
from services.book import pick_scan
from services.judge import judge_scan
from services.workspace import UsageError, Workspace
from storage import findings as ledger

LONGEST_REASON = 500


def revoke(ws: Workspace, prefix: str, reason: str, *, now: datetime) -> str:
    """Take one finding back and restore its points; gives its fingerprint.

    Raises ``UsageError`` when there is no reason or nothing to take back.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise UsageError("请用 --reason 写明为什么是误报")
    if len(reason) > LONGEST_REASON:
        raise UsageError(f"理由太长（{len(reason)} 字），请写在 {LONGEST_REASON} 字以内")
    found = ledger.find(ws.engine, prefix)
    newest = ledger.last_sightings(ws.engine, [found.fingerprint]).get(found.fingerprint)
    unit_id = newest.finding.subject.unit_id if newest else None
    shown = {s.id: s for s in (pick_scan(ws), pick_scan(ws, of_unit=unit_id))}
    scan = max(shown.values(), key=lambda s: s.as_of)
    at = max(now, scan.as_of)
    life = fold(found.events, at)
    if life is None or life.state is FindingState.REVOKED:
        raise UsageError(f"问题 {found.fingerprint[:8]} 已经撤销，不用再撤")
    ledger.add_event(
        ws.engine,
        found.fingerprint,
        Event(
            kind=EventKind.REVOKED,
            at=at,
            recorded_at=now,
            scan_id=None,
            actor=ws.actor,
            reason=reason,
            data=_basis(ws, found.fingerprint, life),
        ),
    )
    for scan_id in sorted(shown):
        judge_scan(ws, scan_id)
    return found.fingerprint


def _basis(ws: Workspace, mark: str, life: Life) -> dict[str, object]:
    """The evidence that the finding was last seen on: what the person looked at."""
    seen = ledger.last_sightings(ws.engine, [mark]).get(mark)
    if seen is None:
        return {"evidence": life.evidence, "snippet": life.snippet}
    return {"evidence": seen.finding.evidence, "snippet": seen.finding.snippet}
