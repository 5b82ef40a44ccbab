"""A scan that is killed at any moment: nothing stored is lost or doubled, and it can be resumed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO, Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from checks.model import Finding
from tests.integration.scanning import ROOT, Office
from tests.replica import generate
from tests.replica.config import write_config
from tests.replica.server import Served, serve
from tests.replica.site import Replica
from tests.replica.spec import Spec

KILLS = int(os.environ.get("XUNJIAN_KILLS", "5"))
"""Each kill costs a start of the program; twenty and more are for a night (XUNJIAN_KILLS=20)."""
STARTING, JUDGING = max(1, KILLS // 6), max(1, KILLS // 6)
"""How many of the kills fall before the crawl, and into the judging after it."""
CRAWLING = KILLS - STARTING - JUDGING
CHANCE = Random(20181204)

CRAWL_BEGAN, JUDGING_BEGAN = "（已请求", "评判、记分"


@dataclass
class Running:
    """A command under way, with the stderr that was read so far."""

    process: subprocess.Popen[str]
    err: list[str] = field(default_factory=list)

    def reach(self, words: str) -> bool:
        """Read on until a line with ``words``; ``False`` when the process ended without it."""
        stream = self._stderr
        while line := stream.readline():
            self.err.append(line)
            if words in line:
                return True
        return False

    def for_a_while(self, seconds: float) -> bool:
        """Let it run; whether it is still running then."""
        try:
            self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return True
        return False

    def end(self) -> int:
        """Its exit status; its last words are in ``err``."""
        self.err += self._stderr.readlines()
        return self.process.wait(60)

    @property
    def _stderr(self) -> IO[str]:
        assert self.process.stderr is not None
        return self.process.stderr


def _heed_interrupts() -> None:
    """A shell starts what runs in the background with SIGINT ignored, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def started(office: Office, *words: str) -> Iterator[Running]:
    with subprocess.Popen(
        office.command(*words),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        preexec_fn=_heed_interrupts if sys.platform != "win32" else None,
    ) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


# --- what is stored -------------------------------------------------------------------------------

STORED = {
    "scan": "select id, as_of from scan",
    "subject": "select kind, key from subject",
    "alias": "select url from alias",
    "observation": "select scan_id, subject_id from observation",
    "version": "select id, subject_id, digest, reader from version",
    "evidence": "select id, digest, file, offset, length from evidence",
    "link_check": "select scan_id, target_id from link_check",
    "page_hits": "select version_id, rules_digest from page_hits",
    "finding": "select fingerprint from finding",
    "event": "select id, finding_id, kind from event",
}
"""What is never taken back once it is stored."""


def _rows(office: Office, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(office.data / "xunjian.sqlite3")) as database:
        return database.execute(query).fetchall()


def _stored(office: Office) -> dict[str, set[tuple[Any, ...]]]:
    """Everything stored; proves that the database opens and is whole."""
    if not (office.data / "xunjian.sqlite3").exists():
        return {name: set() for name in STORED}
    assert _rows(office, "pragma integrity_check") == [("ok",)]
    assert _rows(office, "pragma foreign_key_check") == []
    tables = {name for (name,) in _rows(office, "select name from sqlite_master")}
    return {
        name: set(_rows(office, query)) if name in tables else set()
        for name, query in STORED.items()
    }


def _done(stored: dict[str, set[tuple[Any, ...]]]) -> int:
    """How far a scan is."""
    return len(stored["observation"]) + len(stored["link_check"])


def _progress(office: Office) -> int:
    """The same, asked of a scan under way."""
    counts = [f"(select count(*) from {table})" for table in ("observation", "link_check")]
    return int(_rows(office, f"select {' + '.join(counts)}")[0][0])


def _content(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    """What the newest scan saw, in terms that do not depend on the order in which it was read."""
    newest = "(select max(id) from scan)"
    return {
        "observations": sorted(
            _rows(
                office,
                "select s.kind, coalesce(s.url, ''), case when s.kind = 'page' then '' else s.key end,"
                " o.outcome, coalesce(v.digest, ''), coalesce(o.unit_id, ''), coalesce(o.reason, '')"
                " from observation o join subject s on s.id = o.subject_id"
                f" left join version v on v.id = o.version_id where o.scan_id = {newest}",
            )
        ),
        "versions": sorted(
            _rows(
                office,
                "select s.kind, coalesce(s.url, s.key), v.digest, v.reader from version v"
                " join subject s on s.id = v.subject_id",
            )
        ),
        "evidence": sorted(_rows(office, "select url, digest, status from evidence")),
        "links": sorted(
            _rows(
                office,
                f"select url, state, coalesce(status, 0) from link_check where scan_id = {newest}",
            )
        ),
    }


def _marks(office: Office) -> list[tuple[str, str, str, str, str, str]]:
    (scan_id,) = _rows(office, "select max(id) from scan")[0]
    found: list[Finding] = office.findings(scan_id)
    return sorted(
        (
            f.rule_id,
            f.subject.unit_id or "",
            f.subject.site_id,
            f.subject.url or f.subject.key,
            f.what,
            f.message,
        )
        for f in found
    )


def _records(office: Office) -> list[str]:
    """The records of all WARC files, as an ordinary reader sees them."""
    seen = []
    for file in sorted((office.data / "evidence").rglob("*.warc.gz")):
        with file.open("rb") as stream:
            for record in ArchiveIterator(stream):
                if record.rec_type in ("response", "revisit"):
                    seen.append(record.rec_headers.get_header("WARC-Record-ID"))
                record.content_stream().read()
    return seen


# --- the scans ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Town:
    """A served replica and an undisturbed scan of it."""

    replica: Replica
    served: Served
    place: Path
    undisturbed: Office
    starting: float
    """Seconds that it took to begin."""

    def office(self, name: str) -> Office:
        config = write_config(
            self.replica, self.place / name / "config", self.served.portal, self.served.platform
        )
        return Office(config, self.place / name / "data")

    @property
    def as_of(self) -> tuple[str, str]:
        return ("--as-of", self.replica.today.isoformat())


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    place = tmp_path_factory.mktemp("killed")
    replica = generate(Spec(seed=505, pages=1))
    with serve(replica) as served:
        config = write_config(replica, place / "calm" / "config", served.portal, served.platform)
        calm = Office(config, place / "calm" / "data")
        began = time.monotonic()
        with started(calm, "scan", "--as-of", replica.today.isoformat()) as running:
            assert running.reach(CRAWL_BEGAN), running.err
            starting = time.monotonic() - began
            assert running.end() == 0, running.err
        yield Town(replica, served, place, calm, starting)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signal that can be handled")
def test_a_stopped_scan_ends_in_order_and_can_be_resumed(town: Town) -> None:
    office = town.office("stopped")
    for number, moment in (
        (signal.SIGINT, "crawling"),
        (signal.SIGTERM, "crawling"),
        (signal.SIGINT, "judging"),
        (signal.SIGTERM, "judging"),
    ):
        how = ("--resume",) if _stored(office)["scan"] else town.as_of
        with started(office, "scan", *how) as running:
            running.reach(CRAWL_BEGAN if moment == "crawling" else JUDGING_BEGAN)
            # At once: how long the rest takes depends on what else the machine does.
            running.process.send_signal(number)
            status = running.end()
        said = "".join(running.err)
        assert status == 3, (moment, number, said)
        assert "Traceback" not in said
        assert "--resume" in said, (moment, said)
    done = office.run("scan", "--resume")
    assert done.returncode == 0, done.stderr
    _same_as_undisturbed(office, town)


def _same_as_undisturbed(office: Office, town: Town) -> None:
    assert _marks(office) == _marks(town.undisturbed)
    ours, calm = _content(office), _content(town.undisturbed)
    for name, rows in calm.items():
        assert set(ours[name]) ^ set(rows) == set(), name
        assert len(ours[name]) == len(rows), name
    assert len(_records(office)) == len(set(_records(office))) == len(ours["evidence"])
    examined = office.run("doctor")
    assert examined.returncode == 0, examined.stdout
    assert "相符" in examined.stdout
    assert "不符" not in examined.stdout


def test_a_scan_killed_many_times_loses_and_doubles_nothing(town: Town) -> None:
    office = town.office("killed")
    whole = _done(_stored(town.undisturbed))
    # Moments in the crawl are told by what is stored, for seconds depend on the machine's load.
    shares = sorted(CHANCE.uniform(0, 0.85) for _ in range(CRAWLING))
    moments: list[tuple[str, float]] = [("crawling", share) for share in shares]
    for _ in range(STARTING):
        moments.insert(CHANCE.randrange(len(moments)), ("starting", 0.0))
    moments += [("judging", 0.0)] * JUDGING
    before = _stored(office)
    killed: list[str] = []
    for moment, share in moments:
        how = ("--resume",) if before["scan"] else town.as_of
        with started(office, "scan", *how) as running:
            if moment == "starting":
                running.for_a_while(CHANCE.uniform(0, 0.5) * town.starting)
            elif moment == "crawling":
                running.reach(CRAWL_BEGAN)
                while _progress(office) < share * whole and running.for_a_while(0.02):
                    pass
                running.for_a_while(CHANCE.uniform(0, 0.1))
            else:
                running.reach(JUDGING_BEGAN)
                running.for_a_while(CHANCE.uniform(0, 0.1))
            assert running.process.poll() is None, "".join(running.err)
            running.process.kill()
            running.end()
        assert "Traceback" not in "".join(running.err)
        after = _stored(office)
        for name, rows in before.items():
            assert rows <= after[name], f"{name} lost in {moment}"
        before = after
        killed.append(f"{moment} {_done(after)}")
    print(
        f"killed {len(killed)} times, with so many of {whole} pages, columns and links done: {killed}"
    )
    assert len(killed) == KILLS
    done = office.run("scan", "--resume")
    assert done.returncode == 0, done.stderr
    assert _rows(office, "select state from scan") == [("complete",)]
    _same_as_undisturbed(office, town)
