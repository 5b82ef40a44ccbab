"""Rules that count from a day to come, from the scan to the reminder: told, never pressed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from services.remind import Desk, letters
from services.views import summary
from storage import findings as ledger
from tests.integration.scanning import Office
from tests.replica import generate
from tests.replica.config import write_config
from tests.replica.server import serve
from tests.replica.spec import Spec

EVE, DAY = date(2018, 12, 17), date(2019, 1, 7)


@dataclass
class City:
    office: Office
    ahead: dict[str, str]
    """Open findings of rules that count from 2019 on, with their unit, by fingerprint."""

    def desk(self, day: date) -> Desk:
        return Desk(self.office.workspace, datetime(day.year, day.month, day.day, 4, tzinfo=UTC))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    place = tmp_path_factory.mktemp("ahead")
    replica = generate(Spec(seed=902, pages=600, as_of=EVE))
    with serve(replica) as served:
        write_config(replica, place / "config", served.portal, served.platform)
        office = Office(place / "config", place / "data")
        report = office.scan(as_of=EVE)
        standard = office.workspace.standard()
        yield City(
            office,
            {
                f.fingerprint: f.subject.unit_id or ""
                for f in office.findings(report.scan_id)
                if not f.suspected and standard.ahead(f.rule_id, EVE) is not None
            },
        )


def test_before_its_day_nothing_of_such_a_rule_is_due(city: City) -> None:
    assert len(city.ahead) > 5
    assert not city.ahead.keys() & city.desk(EVE).due.keys()
    stored = ledger.open_state(city.office.workspace.engine)
    assert city.ahead.keys() <= stored.keys(), "they are in the ledger none the less"


def test_the_summary_counts_them_apart(city: City) -> None:
    view = summary(city.office.workspace, now=datetime(2018, 12, 18, 4, tzinfo=UTC))
    assert sum(row.ahead for row in view.rows) == sum(
        1 for unit in city.ahead.values() if any(row.unit_id == unit for row in view.rows)
    )
    assert "" not in {kind for row in view.rows for kind in row.open}


def test_a_unit_that_is_reminded_is_told_of_them_too(city: City) -> None:
    now = datetime(2018, 12, 18, 4, tzinfo=UTC)
    made = letters(city.office.workspace, now=now).letters
    told = [letter for letter in made if letter.ahead]
    assert told
    for letter in told:
        mine = [mark for mark, unit in city.ahead.items() if unit == letter.unit_id]
        assert sum(n for _, _, n in letter.ahead) == len(mine)
        assert {day for day, _, _ in letter.ahead} == {date(2019, 1, 1)}
        assert not set(mine) & set(letter.fingerprints)


def test_show_and_the_lists_say_from_when_they_count(city: City) -> None:
    mark, unit = next((m, u) for m, u in city.ahead.items() if u)
    done = city.office.run("show", mark[:12], "--format", "json")
    assert json.loads(done.stdout)["finding"]["counts_from"] == "2019-01-01"
    shown = city.office.run("show", unit).stdout
    assert "还没有起计分的问题" in shown
    assert "2019-01-01 起计分" in city.office.run("show", mark[:12]).stdout


def test_from_its_day_on_it_counts_and_is_due(city: City) -> None:
    ws = city.office.workspace
    report = city.office.scan(as_of=DAY)
    assert report.judged is not None
    due = city.desk(DAY).due.keys()
    still = {f.fingerprint for f in city.office.findings(report.scan_id)} & city.ahead.keys()
    assert still
    assert {mark for mark in still if city.ahead[mark]} <= due
    view = summary(ws, now=datetime(2019, 1, 8, 4, tzinfo=UTC))
    assert not any(row.ahead for row in view.rows)
