"""Taking a finding back: 撤销（误报）. It is bound to the evidence that the finding rested on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from checks.life import EventKind
from scorecards.life import FindingState, Life
from services.acting import append, case_of, must_allow, one_line
from services.judge import judge_again, shown_scans
from services.workspace import UsageError, Workspace
from storage import findings as ledger


def revoke(ws: Workspace, prefix: str, reason: str, *, now: datetime) -> str:
    """Take one finding back and restore its points; gives its fingerprint.

    Raises ``UsageError`` when there is no reason or nothing to take back.
    """
    reason = one_line(reason, "--reason")
    case = case_of(ws, prefix, now)
    if case.life.state is FindingState.REVOKED:
        raise UsageError(f"问题 {case.short} 已经撤销，不用再撤")
    must_allow(case, EventKind.REVOKED, "撤销")
    latest = max([case.at, *(s.as_of for s in shown_scans(ws, case.unit_id))])
    append(
        ws,
        replace(case, at=latest),
        EventKind.REVOKED,
        reason=reason,
        data=_basis(ws, case.mark, case.life),
    )
    judge_again(ws, case.unit_id)
    return case.mark


def _basis(ws: Workspace, mark: str, life: Life) -> dict[str, object]:
    """The evidence that the finding was last seen on: what the person looked at."""
    seen = ledger.last_sightings(ws.engine, [mark]).get(mark)
    if seen is None:
        return {"evidence": life.evidence, "snippet": life.snippet}
    return {"evidence": seen.finding.evidence, "snippet": seen.finding.snippet}
