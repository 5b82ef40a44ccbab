"""``xunjian serve``: the timer that calls the engine every minute, until it is told to stop.

Scans run in the main thread, where signals arrive; the jobs beside them (probes, sending) in a
thread of the timer, so that a scan of hours does not keep them. The timer knows nothing that
matters: what is due stands in the database.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from datetime import datetime

from apscheduler.schedulers.background import BackgroundScheduler

from crawler.plan import utc_now
from reports.sheet import moment
from scheduler.engine import Engine, TickReport
from scheduler.overview import STATES, overview
from services.workspace import Workspace
from storage.regime_tables import SlotState

log = logging.getLogger(__name__)

EVERY = 60
"""Seconds between two ticks."""
JUMP = 30.0
"""Seconds by which the wall clock may differ from the steady one before it counts as set."""

Say = Callable[[str], None]


class ClockWatch:
    """Notices that the wall clock was set: the timer would then sleep for as long as it was set back."""

    def __init__(self, wall: Callable[[], float], steady: Callable[[], float]) -> None:
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()

    def jumped(self) -> float | None:
        """Seconds by which the clock was set since the last look; ``None``: it was not."""
        offset = self._wall() - self._steady()
        moved = offset - self._offset
        self._offset = offset
        return moved if abs(moved) > JUMP else None


def run_once(engine: Engine, say: Say) -> TickReport:
    """One tick, for cron: ``xunjian serve --once``."""
    report = engine.tick(engine.ws.now())
    tell(report, say)
    return report


def serve(engine: Engine, say: Say) -> None:
    """Tick until a signal: SIGTERM or Ctrl-C ends a running scan in order, and its slot is due again.

    Raises ``KeyboardInterrupt`` when it was stopped outside a scan.
    """
    ws = engine.ws
    hello(ws, say)
    wake = threading.Event()
    timer = BackgroundScheduler(timezone="UTC")
    # The first run is at once; a run that is late is made once.
    common = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}

    def errands() -> None:
        report = TickReport(ws.now())
        engine.errands(report.at, report)
        tell(report, say)

    for name, what in (("scans", wake.set), ("errands", errands)):
        timer.add_job(what, "interval", seconds=EVERY, id=name, next_run_time=utc_now(), **common)
    timer.start()
    ended = threading.Event()
    watch = ClockWatch(time.time, time.monotonic)
    watching = threading.Thread(target=keep_time, args=(timer, watch, ended, say), daemon=True)
    watching.start()
    try:
        while True:
            if wake.wait(1.0):
                wake.clear()
                report = TickReport(ws.now())
                engine.scans(report.at, report)
                tell(report, say)
                if report.interrupted:
                    return
    finally:
        ended.set()
        watching.join()
        timer.shutdown(wait=True)


def keep_time(
    timer: BackgroundScheduler,
    watch: ClockWatch,
    ended: threading.Event,
    say: Say,
    every: float = 1.0,
) -> None:
    """Set the timer anew whenever the clock was set, until ``ended``. It stands beside a scan of hours:
    what is to be done meanwhile must not wait for a clock that was set back."""
    while not ended.wait(every):
        moved = watch.jumped()
        if moved is not None:
            say(f"系统时钟改动了 {moved / 3600:+.1f} 小时，重新计时")
            for job in timer.get_jobs():
                job.modify(next_run_time=utc_now())


def hello(ws: Workspace, say: Say) -> None:
    """What is next, and what waits, before the first tick."""
    view = overview(ws, ws.now(), ahead=4, back=0)
    say(f"开始按排期检测（{ws.config.city.name}），Ctrl-C 停止")
    for line in view.current:
        say(f"等着做  {line.kind_title} {line.slot} {line.site_name}：{line.result or '到期未做'}")
    for line in view.coming:
        say(f"接下来  {moment(line.due_at)}  {line.kind_title} {line.slot} {line.site_name}")
    for words in (*ws.config.warnings, *view.warnings):
        say(f"提示：{words}")


def tell(report: TickReport, say: Say) -> None:
    """What a tick did, in lines; nothing for one that found nothing to do."""
    for line in _lines(report):
        say(f"{_clock(report.at)}  {line}")


def _lines(report: TickReport) -> Iterable[str]:
    for missed in report.missed:
        yield f"漏掉  {missed.kind.words} {missed.slot}：{missed.reason}"
    for ran in report.ran:
        if ran.state is SlotState.DUE:
            yield f"没有做完  {ran.kind.words} {ran.slot}：{ran.result}"
        else:
            yield f"{STATES[ran.state]}  {ran.kind.words} {ran.slot}：{ran.result}"
    for name, words in report.done:
        yield f"{name}：{words}"
    for fault in report.faults:
        yield f"出错  {fault}"


def _clock(at: datetime) -> str:
    return moment(at)
