"""``xunjian serve`` as a process: killed at any moment it loses nothing, told to stop it ends in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apscheduler.schedulers.background import BackgroundScheduler

from checks.life import EventKind
from crawler.plan import utc_now
from scheduler.engine import TickReport
from scheduler.overview import overview
from scheduler.serve import ClockWatch, hello, keep_time, tell
from storage import findings as ledger
from storage import scans, slots
from storage.models import ScanState
from storage.regime_tables import SlotState
from tests.integration.scanning import ROOT, Office
from tests.integration.scheduler import tiny

DAYS = ("2018-06-04T22:00", "2018-06-08T22:30")
MOMENTS = (1, 9, 24)
"""Killed when the site is asked for the n-th time."""


def _left(desk: Any) -> dict[str, Any]:
    """What a run left, in terms that do not depend on how it came about."""
    engine = desk.opened[-1].engine
    rows = slots.listed(engine, tiny.at("2018-01-01T00:00"))
    stored = ledger.open_state(engine)
    return {
        "slots": sorted((r.kind, r.slot, r.state.value, r.result, str(r.units)) for r in rows),
        "scans": [
            (s.kind.value, s.as_of, s.state, s.note.get("slot"), s.note.get("units"))
            for s in scans.list_scans(engine)
        ],
        "findings": {
            mark: [e.kind for e in found.events if e.kind is EventKind.FOUND]
            for mark, found in stored.items()
        },
    }


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_killed_at_any_moment_the_end_is_the_same_as_undisturbed(desk: Any, tmp_path: Any) -> None:
    columns = desk.folder / "config" / "columns.yaml"
    text = columns.read_text(encoding="utf-8")
    columns.write_text(text.replace("days: 90", "days: 3"), encoding="utf-8")  # something to find
    undisturbed = desk.engine()
    for day in DAYS:
        desk.tick(undisturbed, day)
    expected = _left(desk)
    assert expected["findings"]
    assert {state for _, _, state, _, _ in expected["slots"]} >= {"done", "missed"}

    office = Office(desk.folder / "config", tmp_path / "killed")
    moments = list(MOMENTS)
    running: list[subprocess.Popen[bytes]] = []
    asked = 0

    def kill(path: str) -> None:
        nonlocal asked
        asked += 1
        if moments and asked >= moments[0]:
            moments.pop(0)
            asked = 0
            running[-1].kill()

    desk.site.hook = kill
    for day in DAYS:
        for _ in range(len(MOMENTS) + 1):
            asked = 0
            process = subprocess.Popen(
                office.command("--now", day, "--actor", "tester", "serve", "--once"),
                cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            running.append(process)
            if process.wait(120) == 0:
                break
    desk.site.hook = None
    assert moments == []
    assert [p.returncode for p in running].count(-signal.SIGKILL) == len(MOMENTS)
    desk.opened.append(office.workspace)
    assert _left(desk) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM")
def test_told_to_stop_it_ends_in_order_and_goes_on_at_the_next_start(desk: Any) -> None:
    desk.configure({**tiny.SCHEDULE, "spot": {"enabled": False}})
    engine = desk.engine()
    now = utc_now()
    due = now - timedelta(hours=1)
    slots.add(
        engine.ws.engine,
        [slots.NewSlot("weekly", "2000-W01", "portal", due, now + timedelta(hours=9))],
    )
    office = Office(desk.folder / "config", desk.folder / "data")
    ended = threading.Event()
    running: list[subprocess.Popen[str]] = []

    def stop(path: str) -> None:
        if path.endswith("/t20180530_1002.html"):
            running[-1].send_signal(signal.SIGTERM)
            ended.wait(60)  # what is asked for now is not answered before the end

    desk.site.hook = stop
    process = subprocess.Popen(
        office.command("serve"), cwd=ROOT, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    running.append(process)
    _, err = process.communicate(timeout=120)
    ended.set()
    desk.site.hook = None
    assert process.returncode == 0, err
    assert "等着做  周检 2000-W01 中国某市" in err
    assert "没有做完  周检 2000-W01：检测中断，下次接着做" in err
    assert "已停止" in err
    (scan,) = scans.list_scans(engine.ws.engine)
    (row,) = [r for r in slots.of_kind(engine.ws.engine, "weekly") if r.slot == "2000-W01"]
    assert (scan.state, row.state, row.scan_id) == (
        ScanState.INTERRUPTED, SlotState.DUE, scan.id,
    )  # fmt: skip
    done = office.run("serve", "--once")
    assert done.returncode == 0, done.stderr
    assert f"完成  周检 2000-W01：中国某市 第 {scan.id} 次检测：完成" in done.stderr
    assert len(scans.list_scans(engine.ws.engine)) == 1


def test_a_clock_that_was_set_is_noticed_and_one_that_merely_goes_is_not() -> None:
    wall, steady = [1000.0], [0.0]
    watch = ClockWatch(lambda: wall[0], lambda: steady[0])
    for seconds in (1.0, 3600.0, 7200.0):
        wall[0] += seconds + 2
        steady[0] += seconds
        assert watch.jumped() is None
    for jump in (86400.0, -86400.0, -60.0):
        wall[0] += jump
        moved = watch.jumped()
        assert moved is not None
        assert abs(moved - jump) < 5
        assert watch.jumped() is None


def test_the_start_says_what_waits_and_what_comes_and_a_tick_without_work_says_nothing(
    desk: Any,
) -> None:
    engine = desk.engine()
    desk.tick(engine)
    desk.clock.now = tiny.at("2018-06-05T23:00")
    said: list[str] = []
    hello(engine.ws, said.append)
    assert said[0] == "开始按排期检测（某市），Ctrl-C 停止"
    assert said[1] == "等着做  日常抽查 2018-06-04 中国某市：到期未做"
    assert "接下来  2018-06-08 22:00  周检 2018-W23 中国某市" in said
    said.clear()
    tell(TickReport(desk.clock.now), said.append)
    assert said == []
    assert overview(engine.ws, desk.clock.now).warnings == ()


@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_the_schedule_is_listed_in_every_format(
    desk: Any, form: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    import json

    import cli

    engine = desk.engine()
    desk.tick(engine)
    desk.tick(engine, "2018-06-05T22:00")
    words = ("--config", str(desk.folder / "config"), "--data", str(desk.folder / "data"))
    assert cli.run([*words, "--now", "2018-06-05T22:30", "schedule", "--format", form]) == cli.DONE
    out = capsysbinary.readouterr().out.decode("utf-8-sig")
    if form == "json":
        told = json.loads(out)
        assert told["schema"] == "xunjian.schedule/1"
        assert [(s["slot"], s["state"]) for s in told["past"]] == [
            ("2018-06-05", "done"),
            ("2018-06-04", "missed"),
        ]
        assert told["past"][1]["result"] == "已由 2018-06-05 合并补做"
        assert told["coming"][0]["slot"] == "2018-06-06"
    else:
        assert "漏掉" in out
        assert "已由 2018-06-05 合并补做" in out


def test_a_clock_set_back_while_a_scan_goes_on_holds_up_no_errand() -> None:
    wall, said = [1e9], list[str]()
    far = datetime(2099, 1, 1, tzinfo=UTC)
    timer = BackgroundScheduler(timezone="UTC")
    timer.start(paused=True)
    timer.add_job(lambda: None, "interval", seconds=60, id="errands", next_run_time=far)
    watch = ClockWatch(lambda: wall[0], lambda: 0.0)
    wall[0] -= 36_000
    ended = threading.Event()

    def say(words: str) -> None:
        said.append(words)
        ended.set()

    keep_time(timer, watch, ended, say, every=0)
    job = timer.get_job("errands")
    timer.shutdown(wait=False)
    assert said == ["系统时钟改动了 -10.0 小时，重新计时"]
    assert job.next_run_time < far
