"""What doctor says is stuck, and what it leaves unsaid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from checks.probes import Probe, ProbeOutcome
from config.settings import Settings
from services.upkeep import stuck_lines
from services.workspace import Workspace
from storage.db import writing
from storage.messages import Draft, queue
from storage.probes import add_probes
from storage.regime_tables import SlotRow, SlotState

NOW = datetime(2018, 6, 6, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    ws = Workspace(Settings(data=tmp_path), tmp_path)
    yield ws
    ws.engine.dispose()


def lines(ws: Workspace, word: str) -> list[str]:
    return [line for line in stuck_lines(ws, now=NOW) if line.startswith(word)]


def _probed(ws: Workspace, at: datetime, until: datetime) -> None:
    probe = Probe(
        site_id="portal",
        page="home",
        url="https://a/",
        at=at,
        outcome=ProbeOutcome.OK,
        certificate_until=until,
    )
    add_probes(ws.engine, [probe])


def test_probes_that_stopped_and_certificates_about_to_end_are_told(ws: Workspace) -> None:
    assert any("还没有探测过" in line for line in lines(ws, "探测"))
    _probed(ws, NOW - 30 * HOUR, NOW + timedelta(days=400))
    assert any("2018-06-05 06:00 以后没有探测过" in line for line in lines(ws, "探测"))
    assert lines(ws, "证书") == []
    _probed(ws, NOW - HOUR, NOW + timedelta(days=20))
    assert not any("以后没有探测过" in line for line in lines(ws, "探测"))
    assert "还有 20 天到期" in lines(ws, "证书")[0]
    _probed(ws, NOW, NOW - HOUR)
    assert "已过期" in lines(ws, "证书")[0]


def _slot(ws: Workspace, state: SlotState, due: datetime, **more: Any) -> None:
    row = {
        "kind": "weekly", "slot": f"{due:%Y-%m-%d %H}", "site_id": "portal", "due_at": due,
        "until": due + 72 * HOUR, "state": state, "attempts": 1, "result": "",
    }  # fmt: skip
    with writing(ws.engine) as connection:
        connection.execute(insert(SlotRow), [row | more])


def test_slots_are_told_only_when_nobody_looks_after_them(ws: Workspace) -> None:
    _slot(ws, SlotState.DUE, NOW - HOUR)
    _slot(ws, SlotState.DUE, NOW + HOUR)
    _slot(ws, SlotState.DONE, NOW - 90 * HOUR)
    _slot(ws, SlotState.RUNNING, NOW - 2 * HOUR, owner="a", lease_until=NOW + HOUR)
    assert lines(ws, "排期") == []
    _slot(ws, SlotState.RUNNING, NOW - 3 * HOUR, owner="b", lease_until=NOW - HOUR)
    _slot(ws, SlotState.DUE, NOW - 30 * HOUR, result="等待检测时段")
    _slot(ws, SlotState.DUE, NOW - 80 * HOUR)
    told = lines(ws, "排期")
    assert len(told) == 3
    assert "过了补做期限" in told[0]
    assert "等待检测时段" in told[1]
    assert "占用已于" in told[2]
    assert all("周检" in line and "中国瑞昌网" in line for line in told)


def test_messages_that_wait_too_long_are_told(ws: Workspace) -> None:
    draft = Draft(
        kind="reminder", unit_id="u", channel="mail", subject="s", body="b", findings=("f",)
    )
    queue(ws.engine, [draft], at=NOW - HOUR / 2, actor="a", window=HOUR)
    assert lines(ws, "发送") == []
    queue(
        ws.engine,
        [Draft(kind="notice", unit_id="v", channel="m", subject="", body="", findings=("g",))],
        at=NOW - 2 * HOUR,
        actor="a",
        window=HOUR,
    )
    assert lines(ws, "发送") == [
        "发送  1 条消息排队超过 1 小时没有发出：请看 xunjian serve 是否在运行"
    ]
