"""The first real input: captured pages of real sites, scanned by the same command as any other."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from checks.facts import LinkState, Missing, Unverified
from checks.model import Finding, Scope
from storage import findings as ledger
from storage import readings
from storage.models import Sight, VerdictKind
from storage.readings import StoredPage
from tests.integration.captures import (
    REAL,
    Capture,
    CapturedSite,
    captured_sites,
    serving,
    write_config,
)
from tests.integration.scanning import Office

AS_OF = date(2026, 9, 20)
"""Shortly after the newest capture was made."""
RUNS = 4
"""Scans that the sites are shared out to, each with a configuration of its own."""
MISSES_ON_ARTICLES, MISSES_ON_LISTS = 4, 1

GUARD = '''
"""Lets the program open no connection but to loopback, and notes whom it tried to reach."""
import ipaddress, os, sys

sys.modules["uvloop"] = None  # its own sockets and DNS would go unseen

def _loopback(host):
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

def _watch(event, args):
    if event == "socket.getaddrinfo":
        host = args[0]
    elif event in ("socket.connect", "socket.sendto"):
        host = args[1][0] if isinstance(args[1], tuple) else None
    else:
        return
    with open(os.environ["GUARD_LOG"], "a", encoding="utf-8") as out:
        out.write(f"{event} {host} {'loopback' if _loopback(host) else 'OUTSIDE'}\\n")
    if not _loopback(host):
        raise OSError(f"no network but loopback: {host}")

sys.addaudithook(_watch)
'''


@dataclass(frozen=True)
class Scanned:
    """One run of the command over some sites."""

    sites: list[CapturedSite]
    office: Office
    status: int
    out: str
    err: str
    connections: list[str]

    @property
    def pages(self) -> list[StoredPage]:
        engine = self.office.workspace.engine
        return list(readings.pages(engine, 1, rules_digest="", max_age_days=400))

    @property
    def found(self) -> list[Finding]:
        return self.office.findings(1)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> list[Scanned]:
    sites = captured_sites()
    if not sites:
        pytest.skip(f"no real pages beside the checkout ({REAL})")
    runs = []
    with serving(sites):
        for number in range(RUNS):
            place = tmp_path_factory.mktemp(f"real{number}")
            runs.append(_scan(sites[number::RUNS], place))
    return runs


def _scan(sites: list[CapturedSite], place: Path) -> Scanned:
    (place / "guard").mkdir()
    (place / "guard" / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    log = place / "connections.txt"
    office = Office(write_config(sites, place / "config"), place / "data")
    done = office.run(
        "scan",
        "--as-of",
        AS_OF.isoformat(),
        env={"PYTHONPATH": str(place / "guard"), "GUARD_LOG": str(log)},
    )
    lines = log.read_text(encoding="utf-8").splitlines()
    return Scanned(sites, office, done.returncode, done.stdout, done.stderr, lines)


def test_the_command_ends_incomplete_and_without_a_traceback(scanned: list[Scanned]) -> None:
    # 3: the home pages were refused, so that not everything could be read.
    assert [(run.status, run.out) for run in scanned] == [(3, "")] * RUNS
    assert not any("Traceback" in run.err for run in scanned)
    assert all(site.name in run.err for run in scanned for site in run.sites)


def test_no_request_leaves_loopback(scanned: list[Scanned]) -> None:
    assert _guard_notices_what_leaves()
    for run in scanned:
        assert any(line.startswith("socket.connect 127.0.0.1") for line in run.connections)
        assert [line for line in run.connections if line.endswith("OUTSIDE")] == []
        for site in run.sites:
            assert {(who, host) for who, host, _, _ in site.asked} == {
                ("127.0.0.1", f"127.0.0.1:{site.port}")
            }


def _guard_notices_what_leaves() -> bool:
    """The guard itself works: what would leave is refused and noted."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
        log = Path(folder) / "log"
        tried = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
        done = subprocess.run(
            [sys.executable, "-c", tried],
            env={**os.environ, "PYTHONPATH": folder, "GUARD_LOG": str(log)},
            capture_output=True,
            check=False,
            timeout=60,
        )
        noted = log.read_text(encoding="utf-8")
    return done.returncode != 0 and "192.0.2.1 OUTSIDE" in noted


def test_every_capture_is_fetched_once_and_everything_else_refused(
    scanned: list[Scanned],
) -> None:
    for run in scanned:
        for site in run.sites:
            served = Counter(path for _, _, path, status in site.asked if status == 200)
            wanted = {page.path for page in site.pages} | {site.entrance}
            assert served == dict.fromkeys(wanted, 1), site.name
            assert site.asked[0][2:] == ("/robots.txt", 404)


def test_what_was_not_captured_is_unverified_with_its_reason_and_never_a_dead_link(
    scanned: list[Scanned],
) -> None:
    for run in scanned:
        engine = run.office.workspace.engine
        captured = {site.url(page) for site in run.sites for page in site.pages}
        unread = [p for p in run.pages if p.url not in captured]
        assert unread
        for page in unread:
            assert page.outcome is Sight.UNVERIFIED
            assert page.unverified is not None
            assert page.unverified.code is Missing.WALL
            assert "403" in page.unverified.reason
        assert all(
            isinstance(home.reading, Unverified) for home in readings.homes(engine, 1, 400).values()
        )
        fates = readings.link_fates(engine, 1, 400)
        refused = [fate for url, fate in fates.items() if url not in captured]
        assert len(refused) > 20
        assert {fate.state for fate in refused} == {LinkState.UNVERIFIED}
        assert all(fate.reason for fate in refused)


def test_no_site_is_accused_of_what_was_not_captured(scanned: list[Scanned]) -> None:
    about_absence = {
        "dead-link",
        "dead-attachment",
        "broken-image",
        "blank-column",
        "missing-column",
        "missing-budget",
        "overdue-column",
        "stale-home-page",
    }
    accused = [
        (f.rule_id, f.subject.site_id, f.message)
        for run in scanned
        for f in run.found
        if f.rule_id in about_absence
    ]
    assert accused == []


def test_a_list_that_could_not_be_read_on_is_fresh_by_what_it_shows_or_left_open(
    scanned: list[Scanned],
) -> None:
    for run in scanned:
        open_columns = {
            v.subject.site_id
            for v in ledger.verdicts(run.office.workspace.engine, 1)
            if v.rule_id == "overdue-column"
            and v.kind is VerdictKind.UNVERIFIED
            and v.subject.scope is Scope.COLUMN
        }
        for site in run.sites:
            if site.listed is None:
                continue
            age = (AS_OF - date.fromisoformat(site.listed.truth["newest"])).days
            assert (site.id in open_columns) == (age > 14), site.name


# --- what was read, against the truth -------------------------------------------------------------


def test_articles_and_entries_are_stored_as_people_read_them(scanned: list[Scanned]) -> None:
    misses: dict[str, list[str]] = {"title": [], "published": [], "source": []}
    count = 0
    for run in scanned:
        stored = {page.url: page for page in run.pages}
        for site in run.sites:
            for page in site.pages:
                if page.kind == "list":
                    continue
                count += 1
                _compare(page, _fields(stored[site.url(page)]), misses)
    _print(f"{count} articles and entries", misses)
    assert count == 44
    assert {f: m for f, m in misses.items() if len(m) > MISSES_ON_ARTICLES} == {}


def test_lists_are_stored_as_people_read_them(scanned: list[Scanned]) -> None:
    misses: dict[str, list[str]] = {"entries": [], "newest": [], "first_title": []}
    count = 0
    for run in scanned:
        columns = readings.columns(run.office.workspace.engine, 1, 400)
        for site in run.sites:
            if site.listed is None:
                continue
            count += 1
            reading = columns[f"{site.id}/lb"].reading
            entries = () if isinstance(reading, Unverified) else reading.entries
            dates = [e.published for e in entries if e.published is not None]
            read = {
                "entries": len(entries),
                "newest": max(dates).isoformat() if dates else None,
                "first_title": entries[0].title if entries else None,
            }
            _compare(site.listed, read, misses)
    _print(f"{count} lists", misses)
    assert count == 9
    assert {f: m for f, m in misses.items() if len(m) > MISSES_ON_LISTS} == {}


def _fields(page: StoredPage) -> dict[str, object]:
    return {
        "title": page.title,
        "published": page.published.isoformat() if page.published else None,
        "source": page.source,
    }


def _compare(page: Capture, read: dict[str, object], misses: dict[str, list[str]]) -> None:
    for name in misses:
        if name in page.truth and _plain(read[name]) != _plain(page.truth[name]):
            misses[name].append(f"{page.file}: {read[name]!r} instead of {page.truth[name]!r}")


def _plain(value: object) -> object:
    return re.sub(r"\s+", "", value) if isinstance(value, str) else value


def _print(what: str, misses: dict[str, list[str]]) -> None:
    print(f"{what}: " + ", ".join(f"{name} {len(lines)} missed" for name, lines in misses.items()))
    for name, lines in misses.items():
        for line in lines:
            print(f"    {name:12} {line}")


def test_findings_on_unaltered_pages_are_about_the_page_and_can_be_looked_at(
    scanned: list[Scanned],
) -> None:
    for run in scanned:
        unaltered = {s.url(p): p for s in run.sites for p in s.pages if not p.altered}
        for finding in run.found:
            page = unaltered.get(finding.subject.url or "")
            if page is None:
                continue
            print(f"{page.file}  {finding.rule_id}\n    {finding.message}\n    {finding.snippet}")
            assert finding.subject.scope is Scope.PAGE
            assert finding.path or finding.snippet or finding.message
            if "published" in page.truth:
                assert finding.rule_id != "undated-entry"
            if page.truth.get("source"):
                assert finding.rule_id != "missing-source"
        shown = run.office.run("findings", "--format", "json")
        assert {f["rule"] for f in json.loads(shown.stdout)["findings"]} == {
            f.rule_id for f in run.found
        }
