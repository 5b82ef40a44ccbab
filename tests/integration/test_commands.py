"""The life of a finding by command: evidence, taking back, mending, coming back; lists and audit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from checks.model import Finding, Scope
from config.loader import load
from scorecards.life import FindingState
from services import views
from services.scan import ScanReport
from storage import scorecards as cards
from tests.integration.scanning import Office
from tests.replica import generate
from tests.replica.config import write_config
from tests.replica.server import Served, serve
from tests.replica.spec import Spec


@dataclass
class Desk:
    office: Office
    served: Served
    first: ScanReport

    def scan(self, day: int) -> ScanReport:
        return self.office.scan(as_of=date(2018, 6, day), sites=("portal",))

    def found(self) -> list[Finding]:
        return self.office.findings(self.first.scan_id)

    def state(self, mark: str) -> FindingState:
        return views.finding(self.office.workspace, mark, now=datetime.now(UTC)).finding.state

    def high(self, scan_id: int, unit_id: str) -> int:
        made = cards.load(self.office.workspace.engine, scan_id, "ruichang-2018")
        return next(c.score_high or 0 for c in made if c.unit_id == unit_id)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = tmp_path_factory.mktemp("commands")
    replica = generate(Spec(seed=707, pages=2000))
    with serve(replica) as served:
        write_config(replica, place / "config", served.portal, served.platform)
        office = Office(place / "config", place / "data")
        yield Desk(office, served, office.scan(as_of=replica.today, sites=("portal",)))


def test_the_evidence_of_a_finding_is_the_page_as_it_was_with_the_place_marked(
    desk: Desk, tmp_path: Path
) -> None:
    finding = next(f for f in desk.found() if f.rule_id == "mixed-fonts")
    done = desk.office.run("evidence", finding.fingerprint, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    page = next(tmp_path.glob("*.html")).read_text(encoding="utf-8")
    assert "xunjian-place" in page
    assert "<script" not in page.lower()
    record = desk.office.workspace.evidence.get(finding.evidence or "")
    assert next(tmp_path.glob("*.bytes")).read_bytes() == record.body


def test_a_finding_that_rests_on_a_column_shows_the_list_it_was_told_from(
    desk: Desk, tmp_path: Path
) -> None:
    finding = next(f for f in desk.found() if f.rule_id == "overdue-column")
    done = desk.office.run("evidence", finding.fingerprint, "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert next(tmp_path.glob("*.html")).stat().st_size > 1000


def test_a_revoked_finding_gives_its_points_back_and_is_not_raised_again(desk: Desk) -> None:
    finding = next(
        f for f in desk.found() if f.rule_id == "overdue-column" and f.subject.unit_id is not None
    )
    unit = finding.subject.unit_id or ""
    before = desk.high(desk.first.scan_id, unit)
    done = desk.office.run(
        "--actor", "张某", "revoke", finding.fingerprint[:10], "--reason", "栏目已并入他栏"
    )
    assert done.returncode == 0, done.stderr
    assert desk.state(finding.fingerprint) is FindingState.REVOKED
    assert desk.high(desk.first.scan_id, unit) > before
    shown = json.loads(desk.office.run("show", finding.fingerprint, "--format", "json").stdout)
    assert "张某" in json.dumps(shown, ensure_ascii=False)
    again = desk.scan(5)
    assert again.judged is not None
    assert desk.state(finding.fingerprint) is FindingState.REVOKED
    assert desk.high(again.scan_id, unit) > before
    twice = desk.office.run("revoke", finding.fingerprint, "--reason", "再撤一次")
    assert twice.returncode == 2
    assert "已经撤销" in twice.stderr


def test_a_finding_is_not_taken_back_without_a_reason(desk: Desk) -> None:
    mark = desk.found()[0].fingerprint
    done = desk.office.run("revoke", mark, "--reason", "  ")
    assert done.returncode == 2
    assert "--reason" in done.stderr


def test_what_was_mended_and_is_broken_again_has_recurred(desk: Desk) -> None:
    finding = next(
        f for f in desk.found() if f.subject.scope is Scope.PAGE and f.rule_id == "mixed-indent"
    )
    unit = finding.subject.unit_id
    assert unit is not None
    desk.served.mend(unit)
    desk.scan(6)
    assert desk.state(finding.fingerprint) is FindingState.RECTIFIED
    desk.served.restore()
    desk.scan(7)
    view = views.finding(desk.office.workspace, finding.fingerprint, now=datetime.now(UTC))
    assert view.finding.state is FindingState.OPEN
    assert view.finding.times_recurred == 1
    assert [e.title for e in view.events] == ["发现", "已整改", "反弹"]


def test_an_audit_prints_the_cards_of_a_stored_scan_and_asks_no_site(desk: Desk) -> None:
    before = desk.served.stats()
    done = desk.office.run("audit", "--scan", str(desk.first.scan_id), "--format", "json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["scorecards"]) == 93
    assert desk.served.stats() == before


def test_the_lists_survive_the_way_through_excel(desk: Desk, tmp_path: Path) -> None:
    book, folder = tmp_path / "lists.xlsx", tmp_path / "config"
    assert desk.office.run("lists", "export", str(book)).returncode == 0
    folder.mkdir()
    (folder / "city.yaml").write_bytes((desk.office.config / "city.yaml").read_bytes())
    done = desk.office.run("lists", "import", str(book), str(folder))
    assert done.returncode == 0, done.stderr
    ours, theirs = load(desk.office.config), load(folder)
    for part in ("catalogues", "sites", "units", "categories", "required_counts"):
        assert getattr(ours, part) == getattr(theirs, part), part


def test_a_move_of_the_score_is_split_into_the_site_and_the_persons_decision(desk: Desk) -> None:
    begun = desk.scan(8)
    mine = [f for f in desk.office.findings(begun.scan_id) if f.subject.unit_id and not f.suspected]
    unit = next(f.subject.unit_id for f in mine if f.rule_id == "word-leftovers") or ""
    kept = next(
        f
        for f in mine
        if f.subject.unit_id != unit
        and f.rule_id == "overdue-column"
        and desk.state(f.fingerprint) is FindingState.OPEN
    )
    other = kept.subject.unit_id or ""
    done = desk.office.run("revoke", kept.fingerprint, "--reason", "栏目按季更新")
    assert done.returncode == 0, done.stderr
    desk.served.mend(unit)
    after = desk.scan(9)
    desk.served.restore()

    def why(name: str) -> dict[str, float]:
        done = desk.office.run(
            "show", name, "--why", "--scan", str(after.scan_id), "--format", "json"
        )
        assert done.returncode == 0, done.stderr
        view = json.loads(done.stdout)
        parts = {p["cause"]: p["points"] for p in view["parts"]}
        assert round(sum(parts.values()), 2) == view["moved"]
        return parts

    mended = why(unit)
    assert mended["site"] > 0
    assert mended["rule"] == mended["person"] == 0
    # The revocation reaches back: the earlier card has its points again, and there is no move.
    assert set(why(other).values()) == {0}

    done = desk.office.run(
        "summary", "--scan", str(after.scan_id), "--since", str(begun.scan_id), "--format", "json"
    )
    assert done.returncode == 0, done.stderr
    lines = {x["unit_id"]: x for x in json.loads(done.stdout)["since"]["units"]}
    # One site alone covers too little of a unit: it has no grade, and nobody is called better.
    assert (lines[unit]["moved"], lines[unit]["incomparable"]) == (None, "有一次未评分")
    assert lines[unit]["rectified"] > 0
    words = desk.office.run("show", unit, "--scan", str(after.scan_id)).stdout
    assert "近 " in words
    assert "以来：新增 0、已整改 " in words
    wrong = desk.office.run("summary", "--since", "下周")
    assert wrong.returncode == 2
    assert "--since" in wrong.stderr
