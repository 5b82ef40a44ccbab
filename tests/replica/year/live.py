"""The year lived: the program in one long process with a virtual clock, beside the truth.

``Year.live`` walks through the diary. The sites are crawled over HTTP on loopback, the reminders go
through a real mail server, and what the units do follows from the mails that arrived there. The
truth walks beside it and is told nothing of the program but the samples of the spot checks.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from checks.life import EventKind
from checks.model import Finding
from config.settings import Settings
from scheduler.engine import Engine, TickReport
from scheduler.jobs import jobs
from scorecards.assess import UnitResult
from scorecards.escalation import Step
from scorecards.periods import Period
from services import circular
from services.assess import assess_year
from services.importing import take_in
from services.remind import Desk, record_notice
from services.workspace import Workspace
from storage import findings as ledger
from storage import slots
from tests.replica.compare import mark_of
from tests.replica.server import Served
from tests.replica.spec import stream
from tests.replica.templates import Addresses
from tests.replica.year import cast, days, office, workbooks
from tests.replica.year.diary import Appointment, diary, keep
from tests.replica.year.post import Letterbox, post_office, read_letter
from tests.replica.year.regime import Key, Regime
from tests.replica.year.serve import serve
from tests.replica.year.standing import Seen, faults_of
from tests.replica.year.state import City, Told, save
from tests.replica.year.table import KINDS, Row, table

ROOT = Path(__file__).resolve().parents[3]
PROBES = "可用性探测"


@dataclass(slots=True)
class Times:
    """Where the time goes, in seconds by act; and how often."""

    spent: Counter[str] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)


class Year:
    """One office, its sites and its post, from ``first`` to ``last``."""

    def __init__(
        self,
        home: Path,
        first: date,
        last: date,
        *,
        seed: int = 1,
        kills: int = 0,
        say: Callable[[str], None] = lambda words: None,
    ) -> None:
        """``kills``: so many appointments, chosen by chance, are first tried by a ``serve`` of its
        own that is killed at a random moment; then the long process takes over what it left."""
        self.home, self.first, self.last, self.seed, self.say = home, first, last, seed, say
        self.now = days.instant(first, "00:00")
        self.told: list[Told] = []
        """What really reached the units."""
        self.truth = Regime(seed)
        self.differences: list[str] = []
        self.cells = 0
        """Cells of the table that were compared."""
        self.times = Times()
        self.killed: Counter[str] = Counter()
        """What became of those: ``killed`` at work, or ``over`` before it could be."""
        self._doomed = doomed(seed, first, last, kills)
        self._shown: date | None = None
        self._known_told = -1

    # --- the whole time ---------------------------------------------------------------------------

    def live(self) -> None:
        """Everything from the first day to the last, and the table at its end."""
        with self.opened():
            month = 0
            for one in diary(self.first, self.last):
                if one.day.month != month:
                    month = one.day.month
                    self.say(f"{one.day:%Y-%m}")
                self.keep(one)
            self.now = days.instant(self.last, "23:59")
            began = time.monotonic()
            self.compare_table()
            self.times.spent["assess"] += time.monotonic() - began
            self.times.times["assess"] += 1

    def opened(self) -> ExitStack:
        """The sites, the post and the office, for a ``with``."""
        stack = ExitStack()
        self.served: Served = stack.enter_context(serve(self.seed))
        self.box: Letterbox
        self.box, port = stack.enter_context(post_office())
        config = office.write_config(
            self.home / "config", self.served.portal, self.served.platform, port
        )
        settings = Settings(data=self.home / "data", config=str(config), actor="信息办")
        self.ws = Workspace(settings, ROOT, clock=lambda: self.now)
        # The probes' history is no part of the year's truth; all other jobs run as in ``serve``.
        self.engine = Engine(self.ws, jobs=[job for job in jobs() if job.name != PROBES])
        self.addresses = Addresses(
            self.served.url("portal", "").rstrip("/"), self.served.url("platform", "").rstrip("/")
        )
        stack.callback(self._close)
        return stack

    def _close(self) -> None:
        self.ws.evidence.close()
        self.ws.engine.dispose()

    def keep(self, one: Appointment) -> None:
        """One appointment: the program first, then the truth, then both beside each other."""
        began = time.monotonic()
        self.now = one.at
        name = one.kind or one.act
        before = len(self.truth.mails), len(self.truth.circulars)
        if one in self._doomed:
            self._kill(one)
        match one.act:
            case "scan":
                self._show(one.day)
                self._tick(one)
            case "remind":
                self._remind(one)
            case "notice":
                self._notice(one)
            case "circular":
                self._circular(one)
            case "import":
                self._import(one)
            case _:
                self._tick(one)
        self.times.spent[name] += time.monotonic() - began
        self.times.times[name] += 1
        began = time.monotonic()
        keep(self.truth, one, self._sample)
        self._compare(one, before)
        self.times.spent["truth"] += time.monotonic() - began

    def _kill(self, one: Appointment) -> None:
        """Let another process begin the appointment, and kill it: after so many requests to the
        sites, or so long after its start, whatever it is at then."""
        self._show(one.day)
        chance = stream(self.seed, "kill", one.at.isoformat())
        requests, seconds = chance.randint(1, 90), chance.uniform(0.8, 6.0)
        by_requests = one.act == "scan" and chance.random() < 0.5
        self.served.ask("/reset")
        command = [
            sys.executable, "-m", "cli", "--config", str(self.home / "config"), "--data", str(self.home / "data"),
            "--actor", "信息办", "--now", one.at.isoformat(), "serve", "--once",
        ]  # fmt: skip
        with subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            began = time.monotonic()
            while process.poll() is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.02)
                if by_requests:
                    asked = sum(self.served.stats().values())
                    if asked >= requests:
                        process.kill()
                elif time.monotonic() - began >= seconds:
                    process.kill()
        self.killed["over" if process.returncode == 0 else "killed"] += 1

    def differ(self, words: str) -> None:
        self.differences.append(f"{self.now:%Y-%m-%d %H:%M} {words}")
        self.say(f"DIFFERENT {self.differences[-1]}")

    # --- the sites --------------------------------------------------------------------------------

    def city(self, day: date) -> City:
        """The state of the sites, as the mails that arrived have made it."""
        return City(self.seed, day, self.told)

    def _show(self, day: date) -> None:
        if self._shown == day and self._known_told == len(self.told):
            return
        file = self.home / "told.json"
        save(self.told, file)
        self.served.ask(f"/day?day={day}&told={file}")
        self._shown, self._known_told = day, len(self.told)

    # --- the office -------------------------------------------------------------------------------

    def _tick(self, one: Appointment) -> TickReport:
        report = self.engine.tick(one.at)
        for words in report.faults:
            self.differ(f"fault: {words}")
        for missed in report.missed:
            self.differ(f"missed: {missed}")
        if one.act == "scan":
            ran = [(str(r.kind), r.slot) for r in report.ran]
            if ran != [(one.kind, one.name)] and not (ran == [] and one in self._doomed):
                self.differ(f"ran {ran} instead of {one.kind} {one.name}")
        elif one.act == "tick" and [str(r.kind) for r in report.ran] != ["third_party"]:
            self.differ("the third party's report that was taken in is still waited for")
        return report

    def _remind(self, one: Appointment) -> None:
        self._tick(one)
        self._read_mail(one.day)

    def _read_mail(self, day: date) -> None:
        """The units open what has reached them."""
        letters = self.box.collect()
        if not letters:
            return
        city = self.city(day)
        for letter in letters:
            self.told.append(Told(day, letter.unit, "mail", read_letter(city, letter)))

    def _notice(self, one: Appointment) -> None:
        desk = Desk(self.ws, one.at)
        marks = [m for some in desk.by_unit((Step.NOTICE,)).values() for m in some]
        if marks:
            record_notice(self.ws, marks, one.name, None, one.at)

    def _circular(self, one: Appointment) -> None:
        period = Period.parse(f"{one.day.year}Q{(one.day.month + 2) // 3}")
        drafted = circular.draft(self.ws, period, now=one.at)
        if not drafted.paper.named:
            return
        circular.confirm(self.ws, period, one.name, now=one.at)
        city = self.city(one.day)
        stored = ledger.open_state(self.ws.engine)
        heard: dict[str, set[str]] = defaultdict(set)
        sights = self.sights()
        for named in drafted.paper.named:
            if named.fingerprint in stored:
                heard[named.unit_id] |= set(faults_of(city, sights[named.fingerprint]))
        for unit, faults in sorted(heard.items()):
            self.told.append(Told(one.day, unit, "circular", tuple(sorted(faults))))

    def _import(self, one: Appointment) -> None:
        lines = workbooks.rows(self.truth, self.truth.city(one.day), one.name, self.addresses)
        file = self.home / "workbooks" / f"第三方{one.name}.xlsx"
        workbooks.write(lines, one.name, one.day, self.seed, file)
        view = take_in(self.ws, workbooks.SOURCE, file)
        for row in view.rows:
            if row.problem:
                self.differ(f"{file.name} row {row.row}: {row.problem}")

    def _sample(self, slot: str) -> list[str]:
        """The units that the program drew for a spot check."""
        row = slots.of_slot(self.ws.engine, "spot", slot)[0]
        return list((row.units or {}).get("units", ()))

    # --- beside each other ------------------------------------------------------------------------

    def sights(self) -> dict[str, Seen]:
        """Every stored finding in the truth's terms, by fingerprint."""
        seen = ledger.last_sightings(self.ws.engine)
        return {
            mark: seen_as(seen[mark].finding)
            for mark in ledger.open_state(self.ws.engine)
            if mark in seen
        }

    def _compare(self, one: Appointment, before: tuple[int, int]) -> None:
        if one.act == "scan":
            self._compare_scan(one)
        if one.act in ("remind", "circular"):
            want = [t for t in self.truth.told if t.day == one.day]
            got = [t for t in self.told if t.day == one.day]
            for told in [t for t in want if t not in got]:
                self.differ(f"not told: {told}")
            for told in [t for t in got if t not in want]:
                self.differ(f"told: {told}")

    def _compare_scan(self, one: Appointment) -> None:
        """What the scan saw of what it fetched, and what it must have seen."""
        rows = slots.of_slot(self.ws.engine, one.kind, one.name)
        scan_id = rows[0].scan_id if rows else None
        if scan_id is None:
            self.differ(f"no scan for {one.kind} {one.name}")
            return
        if one.day in cast.DOWN:
            return
        reached = self.truth.last
        assert reached is not None
        want = {(key, unit) for key, unit in reached.seen.items()}
        got = {
            (seen.key, seen.unit)
            for f in ledger.sightings(self.ws.engine, scan_id)
            if not f.suspected and reached.covers((seen := seen_as(f)).key)
        }
        for missed in sorted(want - got, key=str):
            self.differ(f"{one.kind} {one.name} did not see {missed}")
        for invented in sorted(got - want, key=str):
            self.differ(f"{one.kind} {one.name} saw {invented}")

    def compare_table(self) -> None:
        """The year-end table, cell by cell, and the ledger behind it."""
        year = self.first.year
        view = assess_year(self.ws, year, now=self.now, as_of=self.last)
        # The office was opened on the first day; the year is assessed from its own first day.
        want = table(self.truth, date(year, 1, 1), self.last)
        got = {result.unit_id: result for result in view.results}
        if want.keys() != got.keys():
            self.differ(f"units {sorted(want.keys() ^ got.keys())}")
        for unit in sorted(want.keys() & got.keys()):
            mine, theirs = cells(want[unit]), cells_of(got[unit])
            self.cells += len(mine)
            for name in mine:
                if mine[name] != theirs[name]:
                    self.differ(f"{unit} {name}: {theirs[name]} instead of {mine[name]}")

    def events(self) -> Iterator[tuple[Key, EventKind, datetime]]:
        """The ledger's log in the truth's terms."""
        sights = self.sights()
        for mark, stored in sorted(ledger.open_state(self.ws.engine).items()):
            for event in stored.events:
                yield sights[mark].key, event.kind, event.at


def doomed(seed: int, first: date, last: date, kills: int) -> frozenset[Appointment]:
    """The appointments that a killed process tries first: scans mostly, and days of reminders."""
    kept = [one for one in diary(first, last) if one.act in ("scan", "remind")]
    chance = stream(seed, "doomed")
    scans = [one for one in kept if one.act == "scan"]
    others = [one for one in kept if one.act != "scan"]
    most = min(len(scans), kills - kills // 4)
    return frozenset(
        chance.sample(scans, most) + chance.sample(others, min(len(others), kills - most))
    )


Cells = dict[str, object]


def cells(row: Row) -> Cells:
    """A line of the truth's table as cells."""
    kinds = {f"{k} mean": row.means.get(k) for k in KINDS}
    numbers = {f"{k} occasions": row.occasions.get(k, 0) for k in KINDS}
    off = {
        "repeats": (row.repeats, row.repeats_off),
        "circulars": (row.circulars, row.circulars_off),
        **{s.replace("-", "_"): (n, row.inspected_off[s]) for s, n in row.inspected.items()},
    }
    tasks = (row.tasks, row.in_time) if row.tasks else None
    return {
        "group": row.group, "whole": not row.partial, **kinds, **numbers, "scans": row.scans,
        "tasks": tasks, "rate": row.rate, "mean days": row.mean_days, "speed": row.speed,
        "rectification": row.rectification, **off, "held": row.held, "reached": row.reached,
        "base": row.base, "total": row.total, "rank": row.rank, "of": row.of,
        "grade": row.grade or None,
    }  # fmt: skip


def cells_of(result: UnitResult) -> Cells:
    """A line of the program's table as cells."""
    parts = {part.kind: part for part in result.kinds}
    r = result.rectification
    return {
        "group": str(result.group), "whole": result.whole,
        **{f"{k} mean": parts[k].mean if k in parts else None for k in KINDS},
        **{f"{k} occasions": len(parts[k].occasions) if k in parts else 0 for k in KINDS},
        "scans": result.scans,
        "tasks": (len(r.tasks), r.in_time) if r else None,
        "rate": r.rate if r else None, "mean days": r.mean if r else None,
        "speed": r.speed if r else None, "rectification": r.score if r else None,
        **{d.key: (d.count, d.deducted) for d in result.deductions},
        "held": result.held, "reached": result.reached, "base": result.base,
        "total": result.total, "rank": result.rank, "of": result.of, "grade": result.grade,
    }  # fmt: skip


def seen_as(finding: Finding) -> Seen:
    """A finding of the program in the truth's terms."""
    rule, unit, site, name = mark_of(finding)
    kind, _, where = name.partition(":")
    if kind == "page":
        name = f"page:{site}:{where}"
    elif kind == "unit":
        words = finding.what.partition(" ")[0]
        name = f"unit:{site}/{where}" + (f"/{words}" if rule == "missing-budget" else "")
    return Seen(rule, name, unit or None, site, "")
