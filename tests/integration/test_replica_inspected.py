"""The replica before every rule: what the families planted is found, and not one thing more."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from services import areas
from services.duties import overview
from services.judge import judge_facts
from services.workspace import Workspace
from storage import scans
from tests.integration.scanning import EVERY_RULE, Office
from tests.replica import generate
from tests.replica.compare import compare
from tests.replica.config import write_config
from tests.replica.inspected import ENTERED, inspected
from tests.replica.server import serve
from tests.replica.spec import Spec

SPREAD = True


@pytest.mark.parametrize(
    "spec", [Spec(seed=508), Spec(seed=505, plants=False)], ids=["planted", "conforming"]
)
def test_every_planted_problem_of_the_families_is_found_and_no_other(
    spec: Spec, tmp_path: Path
) -> None:
    replica = generate(spec)
    with serve(replica) as served:
        write_config(replica, tmp_path / "config", served.portal, served.platform)
        office = Office(tmp_path / "config", tmp_path / "data")
        report = office.scan(as_of=replica.today)
    held = compare(replica.truth.findings, office.findings(report.scan_id))
    assert held.exact, f"\n{held}"  # the city's own standard, on another seed than its own test
    ws = office.workspace
    for enter in ENTERED:
        enter(ws, replica)
    rows = {s.id: s for s in scans.list_scans(ws.engine)}
    result = judge_facts(ws, rows[report.scan_id], EVERY_RULE)
    city = ws.standard().rules
    mine = [f for f in result.findings.values() if f.rule_id not in city]
    truth = inspected(replica)
    for suspected in (False, True):
        held = compare(truth, mine, suspected=suspected)
        assert held.exact, f"\nsuspected: {suspected}\n{held}"
    table = {
        line.id: line.state.value
        for a in areas.overview(ws, now=ws.now()).areas
        for line in a.items
    }
    assert table == replica.areas.states
    assert _duties(ws, replica.today) == replica.duties.states
    broken = [o for o in result.spoken if "规则内部错误" in o.reason]
    assert not broken


def _duties(ws: Workspace, day: date) -> dict[str, str]:
    """Duty → state of its newest period that is due; published late is published."""
    lines = overview(ws, now=ws.now(), day=day).lines
    due = {line.duty_id: line.state.value for line in lines if line.due < day}
    return {duty: "met" if state == "late" else state for duty, state in due.items()}
