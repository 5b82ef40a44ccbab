"""The heart of the scheduler: at every tick, do what is due, once.

Needs no timer and no wall clock: whoever calls ``Engine.tick`` says what time it is (``serve`` every
minute, tests and ``make year`` as they like). All that is remembered stands in the database.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256

from config.problems import ConfigError
from config.schedule import Scanned
from crawler.plan import Progress
from scheduler.calendar import SlotKind, rule_of
from scheduler.jobs import Job
from scheduler.jobs import jobs as all_jobs
from scheduler.planning import KNOWN, Missed, give_up, plan
from scheduler.sample import deadlines, sample
from scorecards.periods import Period
from services.scan import Busy, Listener, ScanRequest, run_scan, sole_scan, window_end
from services.workspace import ScanBroken, UsageError, Workspace, shanghai_day
from storage import scans, slots
from storage.db import StorageError
from storage.models import ScanRow, ScanState, SiteState
from storage.regime_tables import SlotRow, SlotState
from storage.slots import Workbook

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=30)
"""How long a slot stays its owner's without a word from it."""
RENEW = timedelta(minutes=1)
AGAIN = timedelta(minutes=10)
"""Between two tries of a scan that a fault of database, disk or configuration stopped."""
_RANK = (
    SlotKind.SPOT,
    SlotKind.ANNUAL,
    SlotKind.QUARTERLY,
    SlotKind.MONTHLY,
    SlotKind.WEEKLY,
    SlotKind.THIRD_PARTY,
)
"""Of what is due at the same time: the short spot check first, then the scan that counts for more."""
_OVER = (ScanState.COMPLETE, ScanState.PARTIAL)


@dataclass(frozen=True, slots=True)
class Ran:
    """A slot that came to its end in this tick, or was tried."""

    kind: SlotKind
    slot: str
    sites: tuple[str, ...]
    state: SlotState
    """``DUE``: it was stopped and will be gone on with."""
    result: str
    """In Chinese."""
    scan_id: int | None


@dataclass(slots=True)
class TickReport:
    """What one tick did."""

    at: datetime
    ran: list[Ran] = field(default_factory=list)
    missed: list[Missed] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    """In Chinese: why what is due could not begin."""
    done: list[tuple[str, str]] = field(default_factory=list)
    """Name of a job, and what it says of its work."""
    faults: list[str] = field(default_factory=list)
    """In Chinese: what went wrong; nothing else was stopped by it."""
    interrupted: bool = False
    """A scan was stopped by a signal: the caller should end."""


class Engine:
    """Does what is due for one workspace; as many processes as like may do so at once.

    The workspace's clock (``Workspace.now``) must be the one that ``now`` is taken from.
    """

    def __init__(
        self,
        ws: Workspace,
        *,
        jobs: Sequence[Job] | None = None,
        listener: Listener | None = None,
    ) -> None:
        self.ws = ws
        self.jobs = all_jobs() if jobs is None else list(jobs)
        self._listener = listener
        folder = sha256(str(ws.settings.data.resolve()).encode()).hexdigest()[:8]
        self._place = f"{socket.gethostname()}/{folder}/"
        self._owner = f"{self._place}{os.getpid()}/{secrets.token_hex(4)}"

    def tick(self, now: datetime) -> TickReport:
        """Plan, run what is due, then look after the jobs. Never raises for a fault of these."""
        report = TickReport(now)
        self.scans(now, report)
        if not report.interrupted:
            self.errands(now, report)
        return report

    def errands(self, now: datetime, report: TickReport) -> None:
        """Look after the jobs, each by itself."""
        for job in self.jobs:
            with self._guarded(job.name, report):
                if job.due(self.ws, now):
                    said = job.run(self.ws, now)
                    if said:
                        report.done.append((job.name, said))

    def scans(self, now: datetime, report: TickReport) -> None:
        """Bring the table up to date, and run what is due."""
        with self._guarded("排期", report):
            began = self.ws.now()
            report.missed += plan(self.ws, self.ws.calendar, now)
            self._imports(now, report)
            for kind, slot, rows in self._due(now):
                at = now + (self.ws.now() - began)  # the scans before took their time
                with self._guarded(f"{kind.words} {slot}", report):
                    self._group(kind, slot, rows, at, report)
                if report.interrupted:
                    return

    # --- what is due ------------------------------------------------------------------------------

    def _due(self, now: datetime) -> list[tuple[SlotKind, str, list[SlotRow]]]:
        """The slots to run, those of one slot together; what can be resumed first, since another
        scan begun would end that."""
        groups: dict[tuple[str, str, int | None], list[SlotRow]] = defaultdict(list)
        for row in slots.waiting(self.ws.engine):
            if row.kind not in KNOWN or SlotKind(row.kind).scan is None:
                continue
            if row.state is SlotState.DUE and not self._ripe(row, now):
                continue
            groups[row.kind, row.slot, row.scan_id].append(row)
        unfinished = scans.interrupted_scan(self.ws.engine)
        newest = None if unfinished is None else unfinished.id
        ordered = sorted(
            groups.items(),
            key=lambda group: (
                newest is None or group[0][2] != newest,
                min(row.due_at for row in group[1]),
                _RANK.index(SlotKind(group[0][0])),
                group[0][1],
                group[0][2] or 0,
            ),
        )
        return [(SlotKind(kind), slot, rows) for (kind, slot, _), rows in ordered]

    @staticmethod
    def _ripe(row: SlotRow, now: datetime) -> bool:
        again = row.lease_until
        waits = again is not None and now < again <= now + AGAIN  # beyond: the clock was set back
        return row.due_at <= now < row.until and not waits

    def _imports(self, now: datetime, report: TickReport) -> None:
        """The third party's reports that are due: done when a workbook of that time was taken in."""
        rows = slots.of_kind(self.ws.engine, SlotKind.THIRD_PARTY)
        books = slots.imported(self.ws.engine, "third-party", now)
        used = {row.finished_at for row in rows if row.state is SlotState.DONE}
        for before, row in zip([None, *rows], rows, strict=False):
            if row.state is not SlotState.DUE or row.due_at > now:
                continue
            since = reported_since(row.slot, None if before is None else before.slot)
            for book in books:
                fits = reported_on(book) >= since and book.recorded_at <= row.until
                if not fits or book.recorded_at in used:
                    continue
                used.add(book.recorded_at)
                result, at = f"已导入 {book.file}", book.recorded_at
                slots.settle(self.ws.engine, [row.id], SlotState.DONE, result, at)
                report.ran.append(
                    Ran(SlotKind.THIRD_PARTY, row.slot, (), SlotState.DONE, result, None)
                )
                break
            else:
                if row.until <= now:
                    report.missed += give_up(self.ws, [row], "到期没有导入第三方报告", now)
                else:
                    why = "等待导入：xunjian import third-party 文件"
                    slots.remark(self.ws.engine, [row.id], why)

    # --- one slot ---------------------------------------------------------------------------------

    def _group(
        self, kind: SlotKind, slot: str, rows: list[SlotRow], now: datetime, report: TickReport
    ) -> None:
        """Run one slot for its sites, as one scan."""
        ids = [row.id for row in rows]
        window = self.ws.config.city.crawl_window
        if window is not None and window_end(self.ws.config, now) is None:
            why = f"等待检测时段（{window[0]} 至 {window[1]}，北京时间）"
            slots.remark(self.ws.engine, ids, why)
            report.waiting.append(f"{kind.words} {slot}：{why}")
            return
        try:
            with sole_scan(self.ws, lambda: self._locked_sites(rows)):
                # On SQLite who holds the lock knows that all others are dead; else those of its place.
                lost = "" if self.ws.engine.dialect.name == "sqlite" else self._place
                got = slots.claim(self.ws.engine, ids, self._owner, now, now + LEASE, lost_of=lost)
                if got:
                    mine = [row for row in rows if row.id in got]
                    report.ran.append(self._claimed(kind, slot, mine, now, report))
        except Busy as busy:
            slots.remark(self.ws.engine, ids, str(busy))
            report.waiting.append(f"{kind.words} {slot}：{busy}")

    def _locked_sites(self, rows: list[SlotRow]) -> list[str]:
        sites = {row.site_id for row in rows}
        for scan_id in {row.scan_id for row in rows if row.scan_id is not None}:
            sites |= {run.site_id for run in scans.site_runs(self.ws.engine, scan_id)}
        return sorted(sites)

    def _claimed(
        self, kind: SlotKind, slot: str, rows: list[SlotRow], now: datetime, report: TickReport
    ) -> Ran:
        """Run what is ours now, whatever happens on the way."""
        engine, owner = self.ws.engine, self._owner
        ids = [row.id for row in rows]
        sites = tuple(row.site_id for row in rows)

        def again(why: str, at: datetime | None, scan_id: int | None = None) -> Ran:
            with suppress(StorageError):  # else it is taken over at the next tick
                slots.give_back(engine, ids, owner, why, at)
            return Ran(kind, slot, sites, SlotState.DUE, why, scan_id)

        try:
            before = self._begun(kind, slot, rows)
            over = before is not None and before.state in _OVER
            if not over and now >= max(row.until for row in rows):
                why = "检测中断，过了补做期限没有做完"
                slots.finish(engine, ids, owner, SlotState.FAILED, why, now)
                return Ran(kind, slot, sites, SlotState.FAILED, why, None)
            if before is None or not over:
                request = self._request(kind, slot, rows, now, before)
                if request is None:
                    why = "没有可抽查的单位：units.yaml 里没有已核对的单位"
                    slots.finish(engine, ids, owner, SlotState.FAILED, why, now)
                    return Ran(kind, slot, sites, SlotState.FAILED, why, None)
                done = run_scan(
                    self.ws,
                    request,
                    now=now,
                    listener=self._hearing(ids, now),
                    begun=lambda scan_id: self._attach(ids, scan_id),
                    alone=True,
                )
                if done.state is ScanState.INTERRUPTED:
                    report.interrupted = True
                    return again("检测中断，下次接着做", None, done.scan_id)
                before = scans.scan(engine, done.scan_id)
            return self._finished(kind, slot, rows, before)
        except (ScanBroken, StorageError, ConfigError, UsageError) as error:
            why = str(error).splitlines()[0]
            report.faults.append(f"{kind.words} {slot}：{why}")
            return again(why, now + AGAIN)
        except Exception as error:
            log.exception("%s %s", kind, slot)
            why = f"程序出错（{type(error).__name__}），见日志"
            report.faults.append(f"{kind.words} {slot}：{why}")
            slots.finish(engine, ids, owner, SlotState.FAILED, why, now)
            return Ran(kind, slot, sites, SlotState.FAILED, why, None)
        except BaseException:
            again("检测中断，下次接着做", None)
            raise

    def _begun(self, kind: SlotKind, slot: str, rows: list[SlotRow]) -> ScanRow | None:
        """The scan that an earlier try of these slots began, if it is over or can be resumed."""
        newest = scans.interrupted_scan(self.ws.engine)
        known = {row.scan_id for row in rows} - {None}
        if not known and newest is not None:
            # It was killed before it could be noted with its slots.
            runs = {run.site_id for run in scans.site_runs(self.ws.engine, newest.id)}
            same = newest.kind is kind.scan and newest.note.get("slot") == slot
            return newest if same and runs == {row.site_id for row in rows} else None
        for scan_id in known:
            scan = scans.scan(self.ws.engine, scan_id or 0)
            if scan.state in _OVER or (newest is not None and newest.id == scan.id):
                return scan
        return None

    def _request(
        self,
        kind: SlotKind,
        slot: str,
        rows: list[SlotRow],
        now: datetime,
        before: ScanRow | None,
    ) -> ScanRequest | None:
        """What to scan; ``None``: a spot check finds no unit to draw."""
        if before is not None:
            return ScanRequest(resume=True)
        scan = kind.scan
        if scan is None:
            raise ValueError(f"{kind} is no scan")
        rule = rule_of(self.ws.schedule, kind)
        units: list[str] = []
        if kind is SlotKind.SPOT:
            units = self._sample(slot, rows, now)
            if not units:
                return None
        elif isinstance(rule, Scanned):
            units = list(rule.units)
        return ScanRequest(kind=scan, sites=[row.site_id for row in rows], units=units, slot=slot)

    def _sample(self, slot: str, rows: list[SlotRow], now: datetime) -> list[str]:
        """The units of a spot check: drawn once a slot, and recorded."""
        engine = self.ws.engine
        spots = slots.of_kind(engine, SlotKind.SPOT)
        drawn = next((row.units for row in spots if row.slot == slot and row.units), None)
        if drawn is not None:
            units = [str(unit) for unit in drawn["units"]]
        else:
            day = shanghai_day(min(row.due_at for row in rows))
            reached = {
                unit: shanghai_day(row.due_at)
                for row in spots
                if row.state in slots.ENDED and row.units and row.slot != slot
                for unit in row.units["units"]
            }
            begun = min([day, *(shanghai_day(row.due_at) for row in spots)])
            spot = self.ws.schedule.spot
            due_by = deadlines(self.ws.config, spot, day, reached, begun)
            units = sample(slot, day, due_by, spot.units_per_day, self.ws.calendar, spot.weekdays)
        slots.draw(engine, [row.id for row in rows], self._owner, units)
        return units

    def _attach(self, ids: list[int], scan_id: int) -> None:
        slots.attach(self.ws.engine, ids, self._owner, scan_id)

    def _hearing(self, ids: list[int], now: datetime) -> Listener:
        """Keeps the lease while a scan goes on, and passes on its progress."""
        began, last = self.ws.now(), now

        def heard(progress: Progress) -> None:
            nonlocal last
            at = now + (self.ws.now() - began)
            if at >= last + RENEW:
                last = at
                with suppress(StorageError):
                    slots.renew(self.ws.engine, ids, self._owner, at + LEASE)
            if self._listener is not None:
                self._listener(progress)

        return heard

    def _finished(self, kind: SlotKind, slot: str, rows: list[SlotRow], scan: ScanRow) -> Ran:
        """How a scan ended, site by site, from what is stored of it."""
        runs = {run.site_id: run for run in scans.site_runs(self.ws.engine, scan.id)}
        names = {site.id: site.name for site in self.ws.config.sites}
        ended: list[tuple[SlotState, str]] = []
        for row in rows:
            run = runs.get(row.site_id)
            state = SiteState.INTERRUPTED if run is None else run.state
            whole = state is SiteState.COMPLETE
            words = f"第 {scan.id} 次检测：{_ENDED.get(state, _ENDED[SiteState.INTERRUPTED])}"
            if run is not None and run.reason and not whole:
                words += f"（{run.reason}）"
            if whole and run is not None and run.reason:
                words += f"，首页未能核实（{run.reason}）"
            one = SlotState.DONE if whole else SlotState.PARTIAL
            ended.append((one, words))
            slots.finish(
                self.ws.engine, [row.id], self._owner, one, words, scan.finished_at or scan.as_of
            )
        states = {state for state, _ in ended}
        told = "；".join(
            f"{names.get(row.site_id, row.site_id)} {words}"
            for row, (_, words) in zip(rows, ended, strict=True)
        )
        worst = SlotState.PARTIAL if SlotState.PARTIAL in states else SlotState.DONE
        return Ran(kind, slot, tuple(row.site_id for row in rows), worst, told, scan.id)

    @contextmanager
    def _guarded(self, what: str, report: TickReport) -> Iterator[None]:
        """A fault in one thing is told and ends nothing else."""
        try:
            yield
        except (ConfigError, UsageError, StorageError, ScanBroken) as error:
            log.warning("%s: %s", what, error)
            report.faults.append(f"{what}：{str(error).splitlines()[0]}")
        except Exception as error:
            log.exception("%s", what)
            report.faults.append(f"{what}：程序出错（{type(error).__name__}），见日志")


def reported_since(slot: str, before: str | None) -> date:
    """The first day that a report due in the month ``slot`` tells of: the day after the month of the
    report ``before`` it (two months, where it is the first)."""
    if before is not None:
        return Period.parse(before).end + timedelta(days=1)
    return (Period.parse(slot).start - timedelta(days=1)).replace(day=1)


def reported_on(book: Workbook) -> date:
    """The day that a workbook tells of: its inspection's, or the end of the period that it was taken
    in for, whichever is earlier. A late or corrected one is no report of the next period."""
    day = shanghai_day(book.at)
    return min(day, Period.parse(book.period).end) if book.period else day


_ENDED = {
    SiteState.COMPLETE: "完成",
    SiteState.WINDOW: "检测时段结束时还没有做完，没有读到的未能核实",
    SiteState.UNREACHED: "网站未能访问，各项未能核实",
    SiteState.INTERRUPTED: "没有做完，没有读到的未能核实",
}
