"""The scheduler's heart over a real site: what is due runs once, whatever happens on the way."""

from __future__ import annotations

import signal
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from scheduler.engine import Engine
from scheduler.jobs import Job
from scheduler.overview import overview
from services.workspace import UsageError, Workspace
from storage import db, scans, slots
from storage.db import writing
from storage.models import ScanKind, ScanState
from storage.regime_tables import InspectionRow, SlotState
from tests.integration.scheduler import tiny

SPOT_ONLY = {**tiny.SCHEDULE, "weekly": {"enabled": False}}
WEEKLY_ONLY = {**tiny.SCHEDULE, "spot": {"enabled": False}}


def kinds(engine: Engine) -> list[tuple[str, str | None]]:
    """Every scan made, oldest first: its kind and the slot noted with it."""
    rows = reversed(scans.list_scans(engine.ws.engine))
    return [(row.kind.value, row.note.get("slot")) for row in rows]


def test_what_is_due_runs_once_and_bears_its_slot(desk: Any) -> None:
    engine = desk.engine()
    assert desk.tick(engine).ran == []
    report = desk.tick(engine, "2018-06-04T22:00")
    assert [(r.kind.value, r.slot, r.state) for r in report.ran] == [
        ("spot", "2018-06-04", SlotState.DONE)
    ]
    asked = len(desk.site.asked)
    assert asked > 0
    # Neither the next minute nor another process does it again.
    assert desk.tick(engine, "2018-06-04T22:01").ran == []
    assert desk.tick(desk.engine()).ran == []
    assert len(desk.site.asked) == asked
    (scan,) = scans.list_scans(engine.ws.engine)
    assert scan.kind is ScanKind.SPOT
    assert scan.as_of == tiny.at("2018-06-04T22:00")
    (row,) = [r for r in slots.of_kind(engine.ws.engine, "spot") if r.scan_id]
    assert row.units == {"units": scan.note["units"]}
    assert len(scan.note["units"]) == 1


def test_the_drawn_units_are_recorded_with_their_slot_and_scanned(desk: Any) -> None:
    desk.configure(SPOT_ONLY)
    engine = desk.engine()
    desk.tick(engine)
    for day in (4, 5, 6):
        assert len(desk.tick(engine, f"2018-06-{day:02}T22:30").ran) == 1
    drawn = [r.units["units"] for r in slots.of_kind(engine.ws.engine, "spot") if r.units]
    assert len(drawn) == 3
    assert drawn == [scan.note["units"] for scan in reversed(scans.list_scans(engine.ws.engine))]


def test_after_three_days_off_each_kind_runs_once_and_the_rest_is_told(desk: Any) -> None:
    engine = desk.engine()
    desk.tick(engine)
    report = desk.tick(desk.engine(), "2018-06-08T22:30")
    assert [(r.kind.value, r.slot) for r in report.ran] == [
        ("spot", "2018-06-08"),
        ("weekly", "2018-W23"),
    ]
    assert desk.table() == [
        ("spot", "2018-06-04", "missed", "已由 2018-06-08 合并补做"),
        ("spot", "2018-06-05", "missed", "已由 2018-06-08 合并补做"),
        ("spot", "2018-06-06", "missed", "已由 2018-06-08 合并补做"),
        ("spot", "2018-06-07", "missed", "已由 2018-06-08 合并补做"),
        ("spot", "2018-06-08", "done", "第 1 次检测：完成"),
        ("weekly", "2018-W23", "done", "第 2 次检测：完成"),
    ]
    assert {m.slot for m in report.missed} == {f"2018-06-0{n}" for n in (4, 5, 6, 7)}


def test_what_is_too_late_to_begin_is_missed_with_its_reason(desk: Any) -> None:
    engine = desk.engine()
    desk.tick(engine)
    report = desk.tick(engine, "2018-06-12T20:30")  # the weekly scan's time ended on Monday evening
    assert [(r.kind.value, r.slot) for r in report.ran] == [("spot", "2018-06-11")]
    assert desk.states()["2018-W23"] == "missed"
    (weekly,) = [m for m in report.missed if m.kind == "weekly"]
    assert weekly.reason == "过了补做期限仍没有开始：这段时间程序没有运行"


@pytest.mark.parametrize("back", ["2018-06-04T12:00", "2018-06-04T22:30"])
def test_a_clock_set_forward_a_day_and_back_runs_nothing_twice_and_loses_nothing(
    desk: Any, back: str
) -> None:
    desk.configure(SPOT_ONLY)
    engine = desk.engine()
    desk.tick(engine, "2018-06-04T12:00")
    if back > "2018-06-04T22:00":
        desk.tick(engine, "2018-06-04T22:10")
    desk.tick(engine, "2018-06-05T22:10")  # set forward
    for at in (back, "2018-06-04T22:40", "2018-06-05T22:20", "2018-06-06T22:00"):
        desk.tick(engine, at)
    made = kinds(engine)
    assert sorted(slot or "" for _, slot in made) == ["2018-06-04", "2018-06-05", "2018-06-06"]
    assert set(desk.states().values()) == {"done"}


def test_a_scan_longer_than_its_interval_is_followed_by_one_for_all_that_came_meanwhile(
    desk: Any,
) -> None:
    desk.configure(SPOT_ONLY)
    engine = desk.engine()
    desk.tick(engine)
    desk.clock.now = tiny.at("2018-06-04T22:00")

    def slow(path: str) -> None:
        desk.clock.now = tiny.at("2018-06-07T22:05")

    desk.site.hook = slow
    assert [r.slot for r in engine.tick(desk.clock.now).ran] == ["2018-06-04"]
    desk.site.hook = None
    assert [r.slot for r in desk.tick(engine).ran] == ["2018-06-07"]
    assert desk.states() == {
        "2018-06-04": "done",
        "2018-06-05": "missed",
        "2018-06-06": "missed",
        "2018-06-07": "done",
    }


def test_two_schedulers_at_once_make_one_scan(desk: Any) -> None:
    desk.configure(WEEKLY_ONLY)
    first, second = desk.engine(), desk.engine()
    desk.tick(first)
    seen: list[Any] = []

    def meanwhile(path: str) -> None:
        desk.site.hook = None
        seen.append(second.tick(desk.clock.now))

    desk.site.hook = meanwhile
    report = desk.tick(first, "2018-06-08T22:00")
    assert [r.state for r in report.ran] == [SlotState.DONE]
    assert seen[0].ran == []
    assert seen[0].waiting == [
        "周检 2018-W23：另一个检测正在使用这个数据目录：请等它结束，或用 --data 另指目录"
    ]
    assert desk.tick(second).ran == []
    assert kinds(first) == [("weekly", "2018-W23")]


def test_two_folders_on_one_sqlite_database_exclude_each_other(desk: Any) -> None:
    desk.configure(WEEKLY_ONLY)
    file = desk.folder / "shared" / "x.sqlite3"
    address = f"sqlite:///{file.as_posix()}"
    engines = [
        Engine(
            tiny.workspace(desk.folder / "config", desk.folder / f"data{n}", desk.clock, address),
            jobs=[],
        )
        for n in range(2)
    ]
    desk.opened += [engine.ws for engine in engines]
    desk.tick(engines[0])
    seen: list[Any] = []

    def meanwhile(path: str) -> None:
        desk.site.hook = None
        seen.append(engines[1].tick(desk.clock.now))

    desk.site.hook = meanwhile
    assert len(desk.tick(engines[0], "2018-06-08T22:00").ran) == 1
    assert seen[0].ran == []
    assert len(seen[0].waiting) == 1
    assert list(file.parent.glob("*.scan-lock")) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals to oneself")
def test_an_interrupted_scan_is_gone_on_with_and_not_begun_anew(desk: Any) -> None:
    desk.configure(WEEKLY_ONLY)
    engine = desk.engine()
    desk.tick(engine)

    def stop(path: str) -> None:
        if path.endswith("/t20180530_1002.html"):
            desk.site.hook = None
            signal.raise_signal(signal.SIGTERM)

    desk.site.hook = stop
    report = desk.tick(engine, "2018-06-08T22:00")
    assert report.interrupted
    assert desk.table() == [("weekly", "2018-W23", "due", "检测中断，下次接着做")]
    (scan,) = scans.list_scans(engine.ws.engine)
    assert scan.state is ScanState.INTERRUPTED
    report = desk.tick(desk.engine(), "2018-06-08T22:30")
    assert [(r.state, r.scan_id) for r in report.ran] == [(SlotState.DONE, scan.id)]
    (scan,) = scans.list_scans(engine.ws.engine)
    assert (scan.state, scan.as_of) == (ScanState.COMPLETE, tiny.at("2018-06-08T22:00"))


def test_a_scan_that_was_over_when_its_process_died_is_not_made_again(desk: Any) -> None:
    desk.configure(WEEKLY_ONLY)
    engine = desk.engine()
    desk.tick(engine)
    desk.tick(engine, "2018-06-08T22:00")
    (row,) = [r for r in slots.of_kind(engine.ws.engine, "weekly") if r.scan_id]
    with sqlite3.connect(desk.folder / "data" / "xunjian.sqlite3") as database:
        database.execute(
            "update slot set state='running', owner='gone/1', result='', finished_at=null"
            " where id=?", (row.id,)
        )  # fmt: skip
    database.close()
    asked = len(desk.site.asked)
    report = desk.tick(desk.engine(), "2018-06-09T08:00")
    assert [(r.state, r.scan_id) for r in report.ran] == [(SlotState.DONE, row.scan_id)]
    assert len(desk.site.asked) == asked


def test_a_database_that_is_locked_stops_nothing_for_good(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.configure(WEEKLY_ONLY)
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.2)
    engine = desk.engine()
    desk.tick(engine)
    other = sqlite3.connect(
        desk.folder / "data" / "xunjian.sqlite3", isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    report = desk.tick(engine, "2018-06-08T22:00")
    assert report.ran == []
    assert "正被另一个程序占用" in report.faults[0]
    other.execute("ROLLBACK")

    def lock(path: str) -> None:
        if path.endswith("/t20180530_1002.html"):
            desk.site.hook = None
            other.execute("BEGIN IMMEDIATE")

    desk.site.hook = lock
    report = desk.tick(engine, "2018-06-08T22:01")
    assert [r.state for r in report.ran] == [SlotState.DUE]
    assert "正被另一个程序占用" in report.faults[0]
    other.execute("ROLLBACK")
    other.close()
    report = desk.tick(engine, "2018-06-08T22:30")
    assert [r.state for r in report.ran] == [SlotState.DONE]
    assert kinds(engine) == [("weekly", "2018-W23")]


def test_outside_the_hours_of_scanning_what_is_due_waits_and_says_so(desk: Any) -> None:
    desk.configure(
        {**WEEKLY_ONLY, "weekly": {"weekday": 5, "at": "17:00"}}, crawl_window=["22:00", "06:00"]
    )
    engine = desk.engine()
    desk.tick(engine)
    report = desk.tick(engine, "2018-06-08T17:00")
    assert report.ran == []
    assert desk.table() == [
        ("weekly", "2018-W23", "due", "等待检测时段（22:00 至 06:00，北京时间）")
    ]
    assert len(desk.tick(engine, "2018-06-08T22:00").ran) == 1


def test_a_changed_schedule_moves_takes_back_and_begins_anew(desk: Any) -> None:
    desk.configure(WEEKLY_ONLY)
    desk.tick(desk.engine())
    # Another day: the slot that was entered for Friday is made on Wednesday.
    desk.configure({**WEEKLY_ONLY, "weekly": {"weekday": 3, "at": "22:00"}})
    assert [r.slot for r in desk.tick(desk.engine(), "2018-06-06T22:00").ran] == ["2018-W23"]
    # Switched off: what was ahead is gone, and nothing is missed.
    desk.configure({**WEEKLY_ONLY, "weekly": {"enabled": False}})
    report = desk.tick(desk.engine(), "2018-06-07T09:00")
    assert report.missed == []
    assert [r.slot for r in slots.of_kind(desk.opened[-1].engine, "weekly")] == ["2018-W23"]
    # On again after weeks: from now on, without a row of missed ones.
    desk.configure(WEEKLY_ONLY)
    report = desk.tick(desk.engine(), "2018-07-09T09:00")
    assert (report.ran, report.missed) == ([], [])
    assert [r.slot for r in slots.of_kind(desk.opened[-1].engine, "weekly")] == [
        "2018-W23",
        "2018-W28",
    ]


def test_the_third_partys_report_is_due_until_a_workbook_was_taken_in(desk: Any) -> None:
    off = {"enabled": False}
    desk.configure(
        {**tiny.SCHEDULE, "spot": off, "weekly": off, "third_party": {"late_hours": 240}}
    )
    engine = desk.engine()
    desk.tick(engine)

    def take_in(name: str, taken: str, seen: str = "", period: str = "") -> None:
        with writing(engine.ws.engine) as connection:
            connection.execute(
                insert(InspectionRow).values(
                    source="third-party", digest=name, file=name, period=period,
                    at=tiny.at(seen or taken), recorded_at=tiny.at(taken), actor="x", note={},
                )
            )  # fmt: skip

    assert desk.tick(engine, "2018-06-29T17:00").ran == []
    take_in("六月.xlsx", "2018-07-03T10:00")
    assert [r.result for r in desk.tick(engine, "2018-07-03T10:01").ran] == ["已导入 六月.xlsx"]
    # The same workbook does not stand for the next report, nor does a corrected or a late one of the
    # last period, whether its rows or its period say so; one that came early does.
    take_in("六月更正.xlsx", "2018-08-20T10:00", seen="2018-06-20T10:00")
    take_in("六月补.xlsx", "2018-08-21T10:00", period="2018-06")
    desk.tick(engine, "2018-08-31T17:00")
    assert desk.states() == {"2018-06": "done", "2018-08": "due"}
    take_in("十月.xlsx", "2018-10-08T10:00", seen="2018-09-01T00:00")
    report = desk.tick(engine, "2018-10-31T17:00")
    assert [(m.slot, m.reason) for m in report.missed] == [("2018-08", "到期没有导入第三方报告")]
    assert desk.states() == {"2018-06": "done", "2018-08": "missed", "2018-10": "done"}


def test_a_job_that_fails_ends_neither_the_scans_nor_the_other_jobs(desk: Any) -> None:
    done: list[datetime] = []

    def fails(ws: Workspace, now: datetime) -> str:
        raise UsageError("邮件服务器连不上\n第二行")

    def breaks(ws: Workspace, now: datetime) -> bool:
        raise ZeroDivisionError

    def works(ws: Workspace, now: datetime) -> str:
        done.append(now)
        return "发出 3 封"

    jobs = (
        Job("发送", lambda ws, now: True, fails),
        Job("探测", breaks, works),
        Job("不到时候", lambda ws, now: False, works),
        Job("催办", lambda ws, now: True, works),
    )
    engine = desk.engine(jobs)
    desk.tick(engine)
    done.clear()
    report = desk.tick(engine, "2018-06-04T22:00")
    assert len(report.ran) == 1
    assert report.faults == [
        "发送：邮件服务器连不上",
        "探测：程序出错（ZeroDivisionError），见日志",
    ]
    assert report.done == [("催办", "发出 3 封")]
    assert done == [desk.clock.now]


def test_a_fault_of_ours_in_a_scan_is_told_and_not_repeated_every_minute(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import services.scan as module

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "judge_scan", broken)
    engine = desk.engine()
    desk.tick(engine)
    report = desk.tick(engine, "2018-06-04T22:00")
    assert report.faults == ["日常抽查 2018-06-04：程序出错（ZeroDivisionError），见日志"]
    assert desk.states() == {"2018-06-04": "failed"}
    monkeypatch.undo()
    assert [r.slot for r in desk.tick(engine, "2018-06-05T22:00").ran] == ["2018-06-05"]


def test_the_overview_shows_what_ran_what_waits_and_the_next_of_every_kind(desk: Any) -> None:
    engine = desk.engine()
    desk.tick(engine)
    desk.tick(engine, "2018-06-06T22:00")
    view = overview(engine.ws, tiny.at("2018-06-07T22:30"), ahead=3)
    assert [(s.slot, s.state_title) for s in view.current] == [("2018-06-07", "等着做")]
    assert [s.slot for s in view.coming] == ["2018-06-08", "2018-W23", "2018-06-11"]
    assert [(s.slot, s.state) for s in view.past] == [
        ("2018-06-06", "done"),
        ("2018-06-05", "missed"),
        ("2018-06-04", "missed"),
    ]
    assert len(view.past[0].units) == 1
    assert view.warnings == ()
    late = overview(engine.ws, datetime(2031, 1, 1, tzinfo=UTC) + timedelta(days=1))
    assert "2031 年" in late.warnings[0]
