"""A city that keeps every rule: nothing is found, and with what people answer and the probes saw it
gets full marks under the three standards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

from checks.probes import HOME, Probe, ProbeOutcome, monday
from reports.audit import AuditView
from reports.views import ScorecardsView
from scorecards.site_card import State, Verdict
from services.audit import audit
from services.judge import judge_facts
from services.workspace import Workspace, end_of_day, start_of_day
from storage import answers, probes, scans
from tests.integration.scanning import EVERY_RULE, Office, states_of_areas, states_of_duties
from tests.replica import generate
from tests.replica.compare import compare
from tests.replica.config import write_config
from tests.replica.inspected import ENTERED, inspected
from tests.replica.server import serve
from tests.replica.site import Replica
from tests.replica.spec import Spec

SITES = ("census-2015", "inspection-2019")


@dataclass(frozen=True)
class City:
    office: Office
    replica: Replica
    scan_id: int

    @property
    def day(self) -> date:
        return self.replica.today

    @property
    def now(self) -> datetime:
        return end_of_day(self.day)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    place = tmp_path_factory.mktemp("conforming")
    replica = generate(Spec(seed=505, plants=False))
    with serve(replica) as served:
        write_config(replica, place / "config", served.portal, served.platform)
        office = Office(place / "config", place / "data")
        report = office.scan(as_of=replica.today)
    made = City(office, replica, report.scan_id)
    ws = office.workspace
    for enter in ENTERED:
        enter(ws, replica)
    watch(ws, made.day)
    for name in SITES:
        answered(ws, name, made)
    return made


def watch(ws: Workspace, day: date) -> None:
    """The last whole week's probes: each hour the home page opened."""
    first = start_of_day(monday(day) - timedelta(days=7))
    probes.add_probes(
        ws.engine,
        [
            Probe(site_id=site.id, page=HOME, url=str(site.url), outcome=ProbeOutcome.OK,
                  at=first + timedelta(hours=hour), status=200, milliseconds=80)
            for site in ws.config.enabled_sites
            for hour in range(7 * 24)
        ],
    )  # fmt: skip


def answered(ws: Workspace, standard: str, city: City) -> None:
    """To each condition that the program leaves open, as its checklist lists them: nothing is wrong."""
    view = audit(ws, standard, city.scan_id, now=city.now, day=city.day)
    assert isinstance(view, AuditView)
    answers.add(
        ws.engine,
        [
            answers.Answer(
                standard=standard, condition=f"{line.id}.{c.id}", site_id=site.card.site_id,
                count=0, points=None, note="", valid_from=city.day, valid_to=city.day, actor="甲",
                recorded_at=city.now,
            )
            for site in view.sites
            for part in site.card.parts
            if part.kind != "bonus" and part.applies
            for line in part.indicators
            for c in line.conditions
            if not c.state.judged
        ],
    )  # fmt: skip


def test_nothing_is_found_under_any_rule(city: City) -> None:
    ws = city.office.workspace
    row = next(s for s in scans.list_scans(ws.engine) if s.id == city.scan_id)
    result = judge_facts(ws, row, EVERY_RULE)
    for suspected in (False, True):
        held = compare(inspected(city.replica), result.findings.values(), suspected=suspected)
        assert held.exact, f"\nsuspected: {suspected}\n{held}"
    assert not [o for o in result.spoken if "规则内部错误" in o.reason]
    assert states_of_areas(ws) == city.replica.areas.states
    assert states_of_duties(ws, city.day) == city.replica.duties.states


def test_every_unit_gets_full_marks_under_the_citys_own_standard(city: City) -> None:
    view = audit(city.office.workspace, None, city.scan_id, now=city.now)
    assert isinstance(view, ScorecardsView)
    scored = [card.row for card in view.cards if card.row.score_high is not None]
    assert len(scored) > 5
    assert {row.score_high for row in scored} == {10_000}


@pytest.mark.parametrize("standard", SITES)
def test_every_site_passes_with_full_marks_under_the_official_standards(
    city: City, standard: str
) -> None:
    view = audit(city.office.workspace, standard, city.scan_id, now=city.now, day=city.day)
    assert isinstance(view, AuditView)
    for site in view.sites:
        left = [
            (c.id, c.state, c.reason, c.count)
            for part in site.card.parts
            if part.kind != "bonus" and part.applies
            for x in part.indicators
            for c in x.conditions
            if not c.state.judged or c.state is State.FOUND
        ]
        assert left == [], site.name
        assert site.card.verdict is Verdict.PASSED
        scored = [p for p in site.card.parts if p.kind == "deduct" and p.applies]
        assert [p.high for p in scored] == [10_000] * len(scored)
