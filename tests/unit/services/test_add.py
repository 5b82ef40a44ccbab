"""``xunjian add``: what a person saw is recorded once, under the unit of that day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.life import Event, EventKind
from checks.model import Scope
from config.schema import Unit, UnitGroup
from scorecards.life import FindingState
from services.add import Added, add
from services.workspace import UsageError, Workspace
from storage import findings as ledger
from tests.unit.services.desk import MONDAY, Hand, desk, life, log


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def ws(tmp_path: Path, clock: Hand) -> Iterator[Workspace]:
    made = desk(tmp_path, clock)
    yield made
    made.engine.dispose()


@pytest.fixture
def unit(ws: Workspace) -> Unit:
    return next(u for u in ws.config.units if u.catalogue is not None and u.responsible is None)


def added(ws: Workspace, unit: Unit, **words: Any) -> Added:
    asked = {"kind": "late", "message": "工作动态两个月没有更新", **words}
    return add(ws, unit, now=ws.now(), **asked)


def column_of(ws: Workspace, unit: Unit) -> Any:
    site = next(s for s in ws.config.sites if s.kind.value == "platform")
    return next(
        c for c in ws.config.expected_columns(site.id, date(2018, 6, 4)) if c.owner_id == unit.id
    )


def test_what_a_person_saw_is_a_finding_that_waits_for_its_reminder(
    ws: Workspace, unit: Unit
) -> None:
    done = added(ws, unit, reason="市长调研时发现")
    assert (done.new, done.state) == (True, FindingState.OPEN)
    seen = ledger.last_sightings(ws.engine)[done.fingerprint]
    assert (seen.scan_id, seen.finding.subject.unit_id) == (ledger.RECORDED, unit.id)
    assert seen.finding.message == "工作动态两个月没有更新"
    (event,) = log(ws, done.fingerprint)
    assert (event.kind, event.actor, event.reason) == (
        EventKind.FOUND, "tester", "市长调研时发现",
    )  # fmt: skip
    assert ledger.sources(ws.engine) == {done.fingerprint: "hand"}


def test_the_same_problem_again_changes_nothing_however_it_is_spaced(
    ws: Workspace, unit: Unit
) -> None:
    first = added(ws, unit)
    again = added(ws, unit, message=" 工作动态 两个月，没有更新！ ")
    assert (again.fingerprint, again.changed) == (first.fingerprint, False)
    assert len(log(ws, first.fingerprint)) == 1
    assert added(ws, unit, message="工作动态三个月没有更新").new


def test_a_column_is_late_once_in_whatever_words(ws: Workspace, unit: Unit) -> None:
    column = column_of(ws, unit)
    first = added(ws, unit, column=column.key)
    assert ledger.open_state(ws.engine)[first.fingerprint].subject_key == column.key
    assert not added(ws, unit, column=column.key, message="好久没动了").changed
    assert added(ws, unit, column=column.key, kind="content", message="有错别字").new


def test_what_was_mended_and_is_seen_again_has_come_back(
    ws: Workspace, unit: Unit, clock: Hand
) -> None:
    mark = added(ws, unit).fingerprint
    mended = Event(
        kind=EventKind.RECTIFIED,
        at=MONDAY + timedelta(days=3),
        recorded_at=MONDAY + timedelta(days=3),
        scan_id=None,
        actor="tester",
    )
    ledger.add_event(ws.engine, mark, mended)
    clock.at = MONDAY + timedelta(days=9)
    with pytest.raises(UsageError, match="整改"):
        added(ws, unit, found=date(2018, 6, 5))
    again = added(ws, unit)
    assert (again.fingerprint, again.recurred) == (mark, True)
    assert [e.kind for e in log(ws, mark)] == [
        EventKind.FOUND, EventKind.RECTIFIED, EventKind.RECURRED,
    ]  # fmt: skip
    assert life(ws, mark).times_recurred == 1


def test_a_day_in_the_past_is_kept_and_one_to_come_is_refused(ws: Workspace, unit: Unit) -> None:
    done = added(ws, unit, found=date(2018, 5, 30))
    (event,) = log(ws, done.fingerprint)
    assert event.at.date() == date(2018, 5, 30)
    assert event.recorded_at == MONDAY
    with pytest.raises(UsageError, match="今天之后"):
        added(ws, unit, found=date(2018, 6, 5))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"message": "  "}, "没有写内容"),
        ({"message": "！！！"}, "没有写内容"),
        ({"message": "长" * 301}, "太长"),
        ({"url": "javascript:alert(1)"}, "不是网址"),
        ({"url": "http://www.example.com/a.html"}, "不在配置的网站上"),
        ({"column": "没有这个栏目"}, "没有栏目"),
    ],
)
def test_nonsense_is_refused_in_chinese_and_nothing_is_recorded(
    ws: Workspace, unit: Unit, words: dict[str, str], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        added(ws, unit, **words)
    assert ledger.open_state(ws.engine) == {}


def test_control_characters_of_what_was_pasted_are_not_kept(ws: Workspace, unit: Unit) -> None:
    done = added(ws, unit, message="标题\x1b[31m\n写错了\x00")
    assert done.message == "标题 [31m 写错了"


def test_a_unit_that_was_no_more_is_refused_and_its_heir_named(ws: Workspace) -> None:
    gone = next(u for u in ws.config.units if u.group is UnitGroup.TOWN)
    units = tuple(
        u.model_copy(update={"valid_to": date(2018, 5, 1), "successors": (ws.config.units[1].id,)})
        if u.id == gone.id
        else u
        for u in ws.config.units
    )
    vars(ws)["config"] = ws.config.model_copy(update={"units": units})
    with pytest.raises(UsageError, match=ws.config.units[1].short):
        added(ws, ws.config.unit(gone.id))


def test_a_page_that_scans_do_not_know_is_recorded_for_the_unit(ws: Workspace, unit: Unit) -> None:
    site = next(s for s in ws.config.sites if s.kind.value == "platform")
    url = f"{str(site.url).rstrip('/')}/nowhere/1.html"
    done = added(ws, unit, kind="content", message="日期写错", url=url)
    stored = ledger.open_state(ws.engine)[done.fingerprint]
    assert (stored.scope, stored.subject_key) == (Scope.UNIT, f"{site.id}/{unit.id}")
    other = added(ws, unit, kind="content", message="日期写错", url=url.replace("1", "2"))
    assert other.new


def test_what_is_wrong_in_the_city_s_own_catalogue_is_the_answering_unit_s(ws: Workspace) -> None:
    city = next(u for u in ws.config.units if u.group is UnitGroup.CITY)
    done = added(ws, city)
    seen = ledger.last_sightings(ws.engine)[done.fingerprint]
    assert seen.finding.subject.unit_id == city.responsible
