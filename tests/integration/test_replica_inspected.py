"""The replica before every rule: what the families planted is found, and not one thing more; and what
the three standards make of it, reckoned again from the exports alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from services.judge import judge_facts
from storage import scans
from tests import recompute
from tests.integration.scanning import EVERY_RULE, ROOT, Office, states_of_areas, states_of_duties
from tests.replica import generate
from tests.replica.compare import compare
from tests.replica.config import write_config
from tests.replica.inspected import ENTERED, inspected, of_standard
from tests.replica.server import serve
from tests.replica.site import Replica
from tests.replica.spec import Spec


@dataclass(frozen=True)
class City:
    office: Office
    replica: Replica
    scan_id: int

    def told(self, *words: str) -> Any:
        """What a command prints as JSON."""
        done = self.office.run(*words, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    place = tmp_path_factory.mktemp("planted")
    replica = generate(Spec(seed=508))
    with serve(replica) as served:
        write_config(replica, place / "config", served.portal, served.platform)
        office = Office(place / "config", place / "data")
        report = office.scan(as_of=replica.today)
    for enter in ENTERED:
        enter(office.workspace, replica)
    return City(office, replica, report.scan_id)


def test_every_planted_problem_of_the_families_is_found_and_no_other(city: City) -> None:
    found = city.office.findings(city.scan_id)
    ws = city.office.workspace
    for suspected in (False, True):  # the city's own standard, on another seed than its own test
        held = compare(of_standard(city.replica, ws.standard()), found, suspected=suspected)
        assert held.exact, f"\nsuspected: {suspected}\n{held}"
    rows = {s.id: s for s in scans.list_scans(ws.engine)}
    result = judge_facts(ws, rows[city.scan_id], EVERY_RULE)
    mine = list(result.findings.values())
    truth = (*city.replica.truth.findings, *inspected(city.replica))
    for suspected in (False, True):
        held = compare(truth, mine, suspected=suspected)
        assert held.exact, f"\nsuspected: {suspected}\n{held}"
    assert not [o for o in result.spoken if "规则内部错误" in o.reason]


def test_the_tables_of_areas_and_duties_say_what_was_planted(city: City) -> None:
    ws, replica = city.office.workspace, city.replica
    assert states_of_areas(ws) == replica.areas.states
    assert states_of_duties(ws, replica.today) == replica.duties.states


def table(standard: str) -> dict[str, Any]:
    path = ROOT / "config" / "standards" / f"{standard}.yaml"
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def test_the_units_scores_are_reckoned_again_from_the_exports(city: City) -> None:
    cards = city.told("scorecards")["scorecards"]
    findings = city.told("findings")["findings"]
    groups = {card["unit"]: card["group"] for card in cards}
    mine = recompute.unit_scores(table("ruichang-2018"), findings, groups, str(city.replica.today))
    told = {c["unit"]: c["score_high"] for c in cards if c["score_high"] is not None}
    assert len(told) > 5
    assert {unit: mine[unit] / 100 for unit in told} == told
    assert len(set(told.values())) > 3


@pytest.mark.parametrize("standard", ["census-2015", "inspection-2019"])
def test_the_sites_points_are_reckoned_again_from_the_exports(city: City, standard: str) -> None:
    view = city.told("audit", "--standard", standard)
    for site in view["sites"]:
        again = recompute.Site(table(standard), site, view["day"])
        lost = 0
        for part in table(standard)["parts"]:
            told = next((p for p in site["parts"] if p["id"] == part["id"]), None)
            if part["kind"] != "deduct" or told is None or not told["applies"]:
                continue
            cost, _ = again.part(part)
            shown = {x["id"]: x["deducted"] for x in told["indicators"]}
            assert {name: cents / 100 for name, cents in cost.items()} == shown
            lost += sum(cost.values())
        assert lost > 0 or site["kind"] != "portal"
        vetoes, score = recompute.site_score(table(standard), site, view["day"])
        assert (None if score is None else score / 100) == site["score"]
        assert vetoes > 0 or site["score"] is not None


def test_a_finding_that_only_another_standard_makes_is_shown_with_its_page(
    city: City, tmp_path: Path
) -> None:
    view = city.told("audit", "--standard", "inspection-2019")
    known = set(city.office.workspace.standard().rules)
    place = next(
        f
        for site in view["sites"]
        for f in site["facts"]["findings"]
        if f["rule"] not in known and f["url"] and f["suspected"]
    )
    told = city.told("show", place["fingerprint"][:10])
    assert told["finding"]["id"] == place["fingerprint"]
    assert told["finding"]["message"] == place["message"]
    assert told["standard"] in ("census-2015", "inspection-2019")
    assert told["events"] == []
    shown = city.office.run("show", place["fingerprint"][:10]).stdout
    assert "不在本市台账里" in shown
    assert "revoke" not in shown
    wrote = city.office.run("evidence", place["fingerprint"][:10], "--out", str(tmp_path / "pages"))
    assert wrote.returncode == 0 or "没有页面存证" in wrote.stderr
    nobody = city.office.run("show", "0123456789ab")
    assert nobody.returncode == 2
    assert "没有编号以 0123456789ab 开头的问题" in nobody.stderr


def test_interpretations_by_unit_agree_with_what_the_rules_found(city: City) -> None:
    told = city.told("interpretations")
    planted: dict[tuple[str, str], int] = {}
    for truth in inspected(city.replica):
        if truth.rule in ("missing-interpretation", "late-interpretation"):
            state = "doubtful" if truth.suspected else truth.rule.partition("-")[0]
            planted[truth.unit or "", state] = planted.get((truth.unit or "", state), 0) + 1
    shown = {
        (unit["unit"], state): unit[state]
        for unit in told["units"]
        for state in ("missing", "late", "doubtful")
        if unit[state]
    }
    assert shown == planted
    assert told["total"]["documents"] > sum(planted.values())


def test_the_filled_table_as_a_workbook_says_what_the_export_says(
    city: City, tmp_path: Path
) -> None:
    words = ("audit", "--standard", "inspection-2019")
    file = tmp_path / "审计.xlsx"
    done = city.office.run(*words, "--out", str(file))
    assert done.returncode == 0, done.stderr
    told = city.told(*words)
    book = load_workbook(file)
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f"]
    for site in told["sites"]:
        shown = {
            (line[1], line[3]): (line[5], line[6], line[7])
            for line in book[site["name"]].iter_rows(values_only=True)
            if line[3]
        }
        for part in site["parts"]:
            for x in part["indicators"] if part["applies"] else ():
                for c in x["conditions"]:
                    state, count, points = shown[x["title"], c["title"]]
                    assert count == c["count"]
                    assert part["kind"] == "veto" or points == c["deducted"]
                    assert state
    places = sum(
        len(c["places"]) + len(c["candidates"])
        for site in told["sites"]
        for part in site["parts"]
        for x in part["indicators"]
        for c in x["conditions"]
    )
    assert book["问题位置"].max_row == places + 1
    for wrong in ((*words, "--out", "a.xls"), ("audit", "--out", str(file))):
        assert city.office.run(*wrong).returncode == 2
