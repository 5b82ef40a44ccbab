"""The regime: what scans of a part, scans that failed, other years and other standards say, and what
they leave as it was."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from warcio.archiveiterator import ArchiveIterator

from checks.life import EventKind
from checks.model import Finding, Scope
from config.problems import ConfigError
from scorecards.score import Scorecard
from services import audit, views
from services.judge import judge_scan
from services.reread import reread
from services.scan import ScanReport, ScanRequest
from services.workspace import UsageError
from storage import findings as ledger
from storage import scans
from storage import scorecards as cards
from storage.models import ScanKind, ScanState
from tests.integration.scanning import Office
from tests.replica import generate
from tests.replica.config import write_config
from tests.replica.server import serve
from tests.replica.spec import Spec

FAR = date(datetime.now(UTC).year + 3, 1, 10)
"""So late that the bytes stored by this test are of an assessment year long past."""


@dataclass
class City:
    """What a year of scans left."""

    office: Office
    party: str
    reports: dict[str, ScanReport] = field(default_factory=dict)

    def cards(self, name: str) -> dict[str, Scorecard]:
        judged = self.reports[name].judged
        assert judged is not None
        return {card.unit_id: card for card in judged.cards}

    def findings(self, name: str) -> dict[str, Finding]:
        return {f.fingerprint: f for f in self.office.findings(self.reports[name].scan_id)}

    def events(self, name: str) -> Counter[EventKind]:
        scan_id = self.reports[name].scan_id
        stored = ledger.open_state(self.office.workspace.engine).values()
        return Counter(e.kind for f in stored for e in f.events if e.scan_id == scan_id)


def _set(office: Office, **settings: Any) -> None:
    file = office.config / "city.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8")) | settings
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    place = tmp_path_factory.mktemp("regime")
    replica = generate(Spec(seed=505, pages=2000))
    with serve(replica) as served:
        write_config(replica, place / "config", served.portal, served.platform)
        office = Office(place / "config", place / "data")
        _set(office, judge_from=None)
        party = next(f.unit for f in replica.truth.findings if f.rule == "missing-budget")
        assert party is not None
        city = City(office, party)

        def scan(name: str, as_of: date, **request: Any) -> None:
            city.reports[name] = office.scan(as_of=as_of, **request)

        scan("one unit", replica.today, units=(party,))
        scan("all", replica.today)
        scan("portal", date(2018, 6, 5), sites=("portal",))
        served.ask("/hinder?down=platform")
        scan("platform down", date(2018, 6, 6))
        served.ask("/hinder?wall=/")
        scan("walled", date(2018, 6, 7))
        served.ask("/hinder")
        scan("unit later", date(2018, 6, 8), units=(party,))
        scan("earlier day", date(2018, 6, 3), sites=("portal",))
        scan("next year", date(2019, 1, 7))
        yield city


# --- scans of a part ------------------------------------------------------------------------------


def test_a_scan_of_one_party_body_reads_the_column_that_its_duty_stands_in(city: City) -> None:
    found = city.findings("one unit").values()
    assert [f.rule_id for f in found if f.subject.unit_id == city.party] == ["missing-budget"]
    assert city.cards("one unit").keys() == {city.party}
    assert city.cards("one unit")[city.party].graded


def test_a_second_scan_on_the_same_day_goes_on_from_the_first(city: City) -> None:
    first = city.findings("one unit")
    assert first.keys() <= city.findings("all").keys()
    assert city.events("all")[EventKind.FOUND] == len(city.findings("all").keys() - first.keys())


def test_a_scan_of_the_portal_scores_units_on_both_sites(city: City) -> None:
    """Columns of the platform count as they were last read, not as if nobody owed them."""
    whole, part = city.cards("all"), city.cards("portal")
    graded = [u for u, card in part.items() if card.graded]
    assert len(graded) > 40
    assert all(part[u].applicable >= whole[u].applicable - 1 for u in graded)
    assert city.events("portal")[EventKind.RECTIFIED] == 0


def test_the_summary_shows_all_units_after_a_look_at_one(city: City) -> None:
    ws = city.office.workspace
    view = views.summary(ws, now=datetime.now(UTC))
    assert len(view.rows) == 93
    assert view.unattributed_findings < 20
    who = next(u for u in ws.config.units if u.id == city.party)
    assert views.unit(ws, who, now=datetime.now(UTC)).row.unit_id == city.party


def test_a_scan_of_an_earlier_day_rests_on_nothing_later(city: City) -> None:
    assert city.reports["earlier day"].judged is not None
    assert city.events("earlier day")[EventKind.RECTIFIED] == 0
    assert city.events("next year")[EventKind.RECURRED] == 0


# --- scans that failed ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["platform down", "walled"])
def test_what_could_not_be_read_stays_as_it_was(city: City, name: str) -> None:
    assert city.events(name) == Counter()
    assert city.reports[name].incomplete


def test_a_unit_that_was_not_reached_gets_no_score(city: City) -> None:
    cards = city.cards("walled").values()
    assert {card.score_high for card in cards} == {None}
    assert not any(card.graded for card in cards)
    assert all(card.reason for card in cards)


def test_what_was_not_verified_lowers_the_lower_score(city: City) -> None:
    whole, down = city.cards("all"), city.cards("platform down")
    towns = [u for u, card in down.items() if card.group == "town" and card.score_low is not None]
    assert towns
    for unit in towns:
        assert down[unit].coverage < whole[unit].coverage
        assert down[unit].score_low < whole[unit].score_low


# --- a new year -----------------------------------------------------------------------------------


def test_a_new_year_mends_nothing(city: City) -> None:
    """The judged period begins anew; what stood open in December stands open in January."""
    assert city.reports["next year"].state is ScanState.COMPLETE
    assert city.events("next year")[EventKind.RECTIFIED] == 0
    kept = city.findings("all").keys() & city.findings("next year").keys()
    lost = {mark: f for mark, f in city.findings("all").items() if mark not in kept}
    # Attachments are fetched of this year's entries: what last year's lack stands, unseen.
    assert {f.rule_id for f in lost.values()} <= {"incomplete-budget-tables"}
    stored = ledger.open_state(city.office.workspace.engine)
    assert all(stored[mark].events[-1].kind is EventKind.FOUND for mark in lost)


def test_a_faulty_template_is_one_problem_in_january_too(city: City) -> None:
    templates = {m for m, f in city.findings("all").items() if f.subject.scope is Scope.SITE}
    assert templates
    assert templates <= city.findings("next year").keys()


def test_judging_again_changes_nothing(city: City) -> None:
    ws = city.office.workspace
    scan_id = city.reports["next year"].scan_id
    before = {c.unit_id: c.payload for c in cards.load(ws.engine, scan_id, "ruichang-2018")}
    again = judge_scan(ws, scan_id)
    assert (again.found, again.rectified, again.recurred) == (0, 0, 0)
    after = {c.unit_id: c.payload for c in cards.load(ws.engine, scan_id, "ruichang-2018")}
    assert before == after


# --- resuming -------------------------------------------------------------------------------------


def test_a_scan_is_resumed_with_the_options_it_was_begun_with(city: City) -> None:
    ws = city.office.workspace
    scans.begin_scan(
        ws.engine,
        ScanKind.WEEKLY,
        datetime(2018, 6, 9, tzinfo=UTC),
        ["portal"],
        "ruichang-2018",
        "",
        "1",
    )
    for other in ({"units": ("fgw",)}, {"sites": ("platform",)}, {"as_of": date(2018, 6, 20)}):
        with pytest.raises(UsageError, match="按原来的选项"):
            city.office.scan(resume=True, **other)
    resumed = city.office.scan(resume=True, sites=("portal",))
    assert resumed.state is ScanState.COMPLETE


def test_a_killed_scan_does_not_stand_as_running_for_ever(city: City) -> None:
    ws = city.office.workspace
    dead = scans.begin_scan(
        ws.engine,
        ScanKind.WEEKLY,
        datetime(2018, 6, 9, tzinfo=UTC),
        ["portal"],
        "ruichang-2018",
        "",
        "1",
    )
    city.office.scan(as_of=date(2018, 6, 10), units=(city.party,))
    assert scans.scan(ws.engine, dead).state is ScanState.INTERRUPTED


def test_outside_the_window_no_scan_is_resumed() -> None:
    from config.schema import City as CitySettings
    from services.scan import check_window

    class Windowed:
        city = CitySettings(id="c", name="市", office="办", crawl_window=("22:00", "06:00"))

    with pytest.raises(UsageError, match="时段"):
        check_window(Windowed(), datetime(2018, 6, 4, 4, tzinfo=UTC))  # type: ignore[arg-type]
    assert ScanRequest().resume is False


# --- other standards ------------------------------------------------------------------------------

OWN = "own-2018"


def _own_standard(office: Office, **changes: Any) -> Path:
    folder = office.data / "config" / "standards"
    folder.mkdir(parents=True, exist_ok=True)
    source = Path(__file__).resolve().parents[2] / "config" / "standards" / "ruichang-2018.yaml"
    content = yaml.safe_load(source.read_text(encoding="utf-8"))
    content["id"] = OWN
    for key, value in changes.items():
        content["rules"][key.replace("_", "-")] = value
    file = folder / f"{OWN}.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return file


def test_an_audit_under_ones_own_standard_stands_beside_the_citys(city: City) -> None:
    scan_id = city.reports["all"].scan_id
    ws = city.office.workspace
    before = {c.unit_id: c.payload for c in cards.load(ws.engine, scan_id, "ruichang-2018")}
    _own_standard(city.office, overdue_column={"class": "timeliness", "points": 20, "params": {}})
    audit.audit(city.office.workspace, OWN, scan_id, now=datetime.now(UTC))
    own = {c.unit_id: c.score_high for c in cards.load(ws.engine, scan_id, OWN)}
    late = {
        f.subject.unit_id for f in city.findings("all").values() if f.rule_id == "overdue-column"
    }
    city_scores = {u: c.score_high for u, c in city.cards("all").items()}
    for unit in late & own.keys():
        assert (own[unit] or 0) < (city_scores[unit] or 0)
    assert {c.unit_id: c.payload for c in cards.load(ws.engine, scan_id, "ruichang-2018")} == before
    assert city.findings("all").keys() == city.findings("all").keys()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"no_such_rule": {"class": "layout", "points": 1}}, "没有规则“no-such-rule”"),
        (
            {"stale_home_page": {"class": "timeliness", "points": 1, "params": {"days": 0}}},
            "参数 days",
        ),
        (
            {"stale_home_page": {"class": "timeliness", "points": 1, "params": {"tage": 3}}},
            "没有参数 tage",
        ),
    ],
)
def test_a_wrong_standard_is_told_by_file_line_and_rule(
    city: City, changes: dict[str, Any], words: str
) -> None:
    file = _own_standard(city.office, **changes)
    try:
        with pytest.raises(ConfigError, match=words) as told:
            city.office.workspace.standard(OWN)
        assert file.name in str(told.value)
        assert "行" in str(told.value) or ":" in str(told.value)
        done = city.office.run("audit", "--standard", OWN)
        assert done.returncode == 2, done.stderr
        assert words in done.stderr.replace("\n", "")
    finally:
        shutil.rmtree(file.parent)


# --- retention (last: it takes the bytes away) ----------------------------------------------------


def test_evidence_of_years_past_goes_and_is_said_to_be_gone(city: City) -> None:
    office = city.office
    folder = office.data / "evidence"
    before = sum(f.stat().st_size for f in folder.rglob("*.warc.gz"))
    _set(office, keep_evidence_years=1)
    report = office.scan(as_of=FAR, sites=("portal",))
    assert report.state is ScanState.COMPLETE
    left = sorted(folder.rglob("*.warc.gz"))
    assert 0 < sum(f.stat().st_size for f in left) < before

    for file in left:
        with file.open("rb") as stream:
            kinds = {record.rec_type for record in ArchiveIterator(stream)}
        assert kinds <= {"warcinfo", "response", "revisit"}

    again = reread(office.workspace, city.reports["all"].scan_id)
    assert again.gone > 500, "the platform was not seen since"
    assert again.same > 100, "the portal was"
    assert again.different == []

    lost = next(
        f
        for f in city.findings("all").values()
        if f.subject.scope is Scope.PAGE and f.subject.site_id == "platform"
    )
    told = office.run("evidence", lost.fingerprint, "--out", str(office.data / "out"))
    assert told.returncode == 2
    assert "已清理" in told.stderr

    examined = office.run("doctor")
    assert examined.returncode == 0, examined.stdout
