"""Granting, ending and upholding: what becomes of the findings, and what is on record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.life import EventKind
from config.schema import Unit
from scorecards.life import FindingState
from scorecards.waivers import Standing
from services import waivers
from services.add import add
from services.revoke import revoke
from services.workspace import UsageError, Workspace
from storage import findings as ledger
from storage import waivers as store
from tests.unit.services.desk import Hand, desk, life, log

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
def column(ws: Workspace, unit: Unit) -> Any:
    return next(
        c
        for s in ws.config.sites
        for c in ws.config.expected_columns(s.id, date(2018, 6, 4))
        if c.owner_id == unit.id
    )


def granted(ws: Workspace, unit: Unit, duty: str, **changes: Any) -> waivers.Granted:
    asked: dict[str, Any] = {
        "since": date(2018, 1, 1),
        "until": date(2018, 12, 31),
        "reason": "2018年无此项业务",
        "proof": "瑞府办函〔2018〕3号",
        "not_applicable": True,
        "now": ws.now(),
        **changes,
    }
    return waivers.waive_duty(ws, unit, duty, **asked)


def test_a_column_that_does_not_apply_is_no_problem_until_the_year_is_over(
    ws: Workspace, unit: Unit, column: Any, clock: Hand
) -> None:
    mark = add(
        ws, unit, kind="missing", message="没有内容", column=column.key, now=ws.now()
    ).fingerprint
    done = granted(ws, unit, column.key)
    assert done.waived == (mark,)
    assert (life(ws, mark).state, life(ws, mark).waiver_id) == (S.WAIVED, done.waiver.id)
    assert "2018年无此项业务" in life(ws, mark).reason
    clock.at += timedelta(days=220)
    assert life(ws, mark).state is S.OPEN
    (line,) = waivers.listed(ws, now=ws.now()).waivers
    assert line.standing is Standing.EXPIRED


def test_what_is_recorded_later_is_waived_at_once(ws: Workspace, unit: Unit, column: Any) -> None:
    assert granted(ws, unit, column.key).waived == ()
    done = add(ws, unit, kind="late", message="没更新", column=column.key, now=ws.now())
    assert done.state is S.WAIVED
    assert [e.kind for e in log(ws, done.fingerprint)] == [K.FOUND, K.WAIVED]


def test_ending_a_waiver_brings_back_what_it_waived(
    ws: Workspace, unit: Unit, column: Any, clock: Hand
) -> None:
    mark = add(ws, unit, kind="late", message="没更新", column=column.key, now=ws.now()).fingerprint
    number = granted(ws, unit, column.key).waiver.id
    clock.at += timedelta(days=2)
    _, marks = waivers.end(ws, number, "已有业务", now=ws.now())
    assert marks == [mark]
    assert life(ws, mark).state is S.OPEN
    assert log(ws, mark)[-1].kind is K.WAIVER_ENDED
    with pytest.raises(UsageError, match="已终止"):
        waivers.end(ws, number, "再终止", now=ws.now())
    granted(ws, unit, column.key)  # a new one may be granted now


def test_one_finding_can_be_waived_by_its_number(ws: Workspace, unit: Unit) -> None:
    mark = add(ws, unit, kind="content", message="旧文件", now=ws.now()).fingerprint
    other = add(ws, unit, kind="content", message="错别字", now=ws.now()).fingerprint
    done = waivers.waive_finding(
        ws, mark[:8], since=None, until=None, reason="历史文件照登", proof="办公会纪要",
        not_applicable=False, now=ws.now(),
    )  # fmt: skip
    assert done.waived == (mark,)
    assert life(ws, other).state is S.OPEN
    with pytest.raises(UsageError, match=r"已有豁免|现在是"):
        waivers.waive_finding(
            ws, mark, since=date(2018, 6, 4), until=None, reason="再一次", proof="x1",
            not_applicable=False, now=ws.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"since": None}, "--from"),
        ({"proof": " "}, "--proof"),
        ({"reason": ""}, "--reason"),
        ({"until": date(2017, 1, 1)}, "早于"),
    ],
)
def test_a_waiver_without_period_reason_or_proof_is_refused(
    ws: Workspace, unit: Unit, column: Any, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        granted(ws, unit, column.key, **changes)
    assert store.load(ws.engine) == []


def test_the_same_duty_is_not_waived_twice_for_one_period(
    ws: Workspace, unit: Unit, column: Any
) -> None:
    number = granted(ws, unit, column.key).waiver.id
    with pytest.raises(UsageError, match=f"编号 {number}"):
        granted(ws, unit, column.key, since=date(2018, 12, 31), until=None)
    granted(ws, unit, column.key, since=date(2019, 1, 1), until=None)


def test_a_name_that_nothing_bears_is_entered_with_a_warning_and_waives_nothing(
    ws: Workspace, unit: Unit, column: Any
) -> None:
    mark = add(ws, unit, kind="late", message="没更新", column=column.key, now=ws.now()).fingerprint
    done = granted(ws, unit, "海洋渔业领域")
    assert (done.waived, len(done.warnings)) == ((), 1)
    assert life(ws, mark).state is S.OPEN


def test_only_what_is_contested_can_be_upheld(ws: Workspace, unit: Unit, column: Any) -> None:
    number = granted(ws, unit, column.key).waiver.id
    with pytest.raises(UsageError, match="没有存疑"):
        waivers.uphold(ws, number, "核对过", now=ws.now())
    with pytest.raises(store.WaiverUnknown, match="没有编号为 99"):
        waivers.uphold(ws, 99, "核对过", now=ws.now())


def test_a_recorded_finding_can_be_revoked_before_any_scan(ws: Workspace, unit: Unit) -> None:
    mark = add(ws, unit, kind="late", message="没更新", now=ws.now()).fingerprint
    assert revoke(ws, mark[:8], "记错了单位", now=ws.now()) == mark
    assert life(ws, mark).state is S.REVOKED
    with pytest.raises(UsageError, match="撤销"):
        revoke(ws, mark, "再撤一次", now=ws.now())
    assert ledger.open_state(ws.engine)[mark].events[-1].reason == "记错了单位"
