"""What people decide: each act appends one event, or says in which state the finding is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from checks.life import Event, EventKind
from config.schema import Unit
from scorecards.life import FindingState
from services import handling
from services.add import add
from services.workspace import UsageError, Workspace
from storage import findings as ledger
from tests.unit.services.desk import MONDAY, Hand, desk, life, log

K, S = EventKind, FindingState


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


@pytest.fixture
def mark(ws: Workspace, unit: Unit) -> str:
    return add(ws, unit, kind="late", message="动态没有更新", now=ws.now()).fingerprint


def happen(ws: Workspace, mark: str, kind: EventKind, **data: object) -> None:
    event = Event(
        kind=kind, at=ws.now(), recorded_at=ws.now(), scan_id=None, actor="xunjian", data=data
    )
    ledger.add_event(ws.engine, mark, event)


def test_the_unit_s_word_waits_for_a_re_check(ws: Workspace, mark: str, clock: Hand) -> None:
    happen(ws, mark, K.REMINDED, deadline="2018-06-19")
    clock.at += timedelta(days=3)
    done = handling.claim(ws, mark[:8], "办公室来电：已更新", now=ws.now())
    assert (done.mark, done.before) == (mark, S.REMINDED)
    clock.at += timedelta(days=60)
    assert life(ws, mark).state is S.CLAIMED
    assert log(ws, mark)[-1].reason == "办公室来电：已更新"
    assert log(ws, mark)[-1].actor == "tester"


def test_an_overdue_finding_can_be_claimed_and_disputed(
    ws: Workspace, mark: str, clock: Hand
) -> None:
    happen(ws, mark, K.REMINDED, deadline="2018-06-19")
    clock.at += timedelta(days=60)
    assert life(ws, mark).state is S.OVERDUE
    assert handling.claim(ws, mark, "已更新", now=ws.now()).before is S.OVERDUE
    handling.dispute(ws, mark, "栏目已合并", now=ws.now())
    assert life(ws, mark).state is S.DISPUTED


def test_a_unit_claims_all_that_waits_for_it_at_once(ws: Workspace, unit: Unit, mark: str) -> None:
    other = add(ws, unit, kind="content", message="有错别字", now=ws.now()).fingerprint
    gone = add(ws, unit, kind="layout", message="表格太宽", now=ws.now()).fingerprint
    happen(ws, gone, K.RECTIFIED)
    assert {d.mark for d in handling.claim_unit(ws, unit, "都改了", now=ws.now())} == {mark, other}
    with pytest.raises(UsageError, match="没有待整改的问题"):
        handling.claim_unit(ws, unit, "都改了", now=ws.now())


def test_a_rejected_dispute_gives_back_the_working_days_that_it_took(
    ws: Workspace, mark: str, clock: Hand
) -> None:
    happen(ws, mark, K.REMINDED, deadline="2018-06-15")
    clock.at = MONDAY + timedelta(days=8)  # Tuesday the 12th
    handling.dispute(ws, mark, "该栏目不归我局", now=ws.now())
    clock.at = MONDAY + timedelta(days=15)  # the 19th; the 18th was the Dragon Boat festival
    assert life(ws, mark).state is S.DISPUTED  # the first deadline is past, and nothing is overdue
    done = handling.reject(ws, mark, "三定方案写明归你局", now=ws.now())
    assert done.deadline == date(2018, 6, 22)  # 13, 14, 15 and 19 June: four working days
    assert done.warnings == ()
    after = life(ws, mark)
    assert (after.state, after.deadline) == (S.REMINDED, date(2018, 6, 22))
    clock.at = MONDAY + timedelta(days=19)
    assert life(ws, mark).state is S.OVERDUE


def test_a_dispute_before_any_reminder_leaves_no_deadline(ws: Workspace, mark: str) -> None:
    handling.dispute(ws, mark, "不归我局", now=ws.now())
    assert handling.reject(ws, mark, "归你局", now=ws.now()).deadline is None
    assert life(ws, mark).state is S.OPEN


def test_a_year_without_an_official_calendar_is_warned_of(
    ws: Workspace, mark: str, clock: Hand
) -> None:
    happen(ws, mark, K.REMINDED, deadline="2098-06-16")
    clock.at = clock.at.replace(year=2098)
    handling.dispute(ws, mark, "不归我局", now=ws.now())
    clock.at += timedelta(days=2)
    done = handling.reject(ws, mark, "归你局", now=ws.now())
    assert "2098" in done.warnings[0]


@pytest.mark.parametrize(
    ("before", "act", "state"),
    [
        ((K.RECTIFIED,), "claim", "已整改"),
        ((K.REVOKED,), "dispute", "撤销"),
        ((), "confirm", "待提醒"),
        ((K.WAIVED,), "claim", "豁免"),
        ((K.DISPUTED,), "claim", "申诉中"),
        ((), "reject", "待提醒"),
    ],
)
def test_an_act_in_the_wrong_state_is_refused_with_the_present_state_and_nothing_is_written(
    ws: Workspace, mark: str, before: tuple[EventKind, ...], act: str, state: str
) -> None:
    for kind in before:
        happen(ws, mark, kind)
    length = len(log(ws, mark))
    with pytest.raises(UsageError, match=state):
        getattr(handling, act)(ws, mark, "理由", now=ws.now())
    assert len(log(ws, mark)) == length


def test_a_remark_is_kept_and_changes_nothing(ws: Workspace, mark: str) -> None:
    happen(ws, mark, K.REMINDED, deadline="2018-06-19")
    before = life(ws, mark)
    handling.note(ws, mark, "电话联系，承诺周五前更新", now=ws.now())
    assert life(ws, mark) == before
    assert log(ws, mark)[-1].kind is K.NOTED


@pytest.mark.parametrize("act", ["claim", "dispute", "note", "reject"])
def test_an_act_without_a_reason_is_refused(ws: Workspace, mark: str, act: str) -> None:
    with pytest.raises(UsageError, match="--reason"):
        getattr(handling, act)(ws, mark, " ", now=ws.now())
