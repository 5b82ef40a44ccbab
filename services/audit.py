"""Judging a stored scan under any standard, for a look: nothing is fetched and nothing recorded
but the scorecards, which stand beside those of other standards."""

from __future__ import annotations

from datetime import datetime

from reports.views import ScorecardsView
from services import views
from services.book import pick_scan
from services.judge import judge_facts, score_scan
from services.workspace import Workspace


def audit(
    ws: Workspace, standard_name: str | None, scan_id: int | None, *, now: datetime
) -> ScorecardsView:
    """The scorecards of a stored scan under a standard (default: the city's)."""
    scan = pick_scan(ws, scan_id)
    standard = ws.standard(standard_name)
    score_scan(ws, scan, standard, judge_facts(ws, scan, standard))
    return views.scorecards(ws, now=now, scan_id=scan.id, standard_name=standard.id)
