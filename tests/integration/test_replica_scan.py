"""The main job on the replica: every planted problem found, and not one more."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.facts import Missing, Unverified
from checks.model import Scope
from services.reread import reread
from services.scan import ScanReport
from storage import findings as ledger
from storage import readings
from storage.models import ScanState, VerdictKind
from tests.integration.scanning import Office
from tests.replica import generate
from tests.replica.changes import mend_and_break
from tests.replica.compare import compare
from tests.replica.config import write_config
from tests.replica.inspected import of_standard
from tests.replica.server import Served, serve
from tests.replica.site import Replica
from tests.replica.spec import Spec


def _office(replica: Replica, served: Served, place: Path) -> Office:
    write_config(replica, place / "config", served.portal, served.platform)
    return Office(place / "config", place / "data")


def _scan(office: Office, replica: Replica, **request: object) -> ScanReport:
    report = office.scan(as_of=replica.today, **request)
    assert report.state is ScanState.COMPLETE
    assert all(site.counters.closed for site in report.crawl.sites)
    return report


def test_every_planted_problem_is_found_and_no_other(tmp_path: Path) -> None:
    replica = generate(Spec(seed=101))
    with serve(replica) as served:
        office = _office(replica, served, tmp_path)
        report = _scan(office, replica)
    engine = office.workspace.engine

    standard = office.workspace.standard()
    result = compare(of_standard(replica, standard), office.findings(report.scan_id))
    assert result.exact, f"\n{result}"

    unread: dict[str, set[str]] = {}
    for verdict in ledger.verdicts(engine, report.scan_id):
        subject = verdict.subject
        if standard.ahead(verdict.rule_id, replica.today) is not None:
            continue
        if verdict.kind is VerdictKind.UNVERIFIED and subject.scope in (Scope.COLUMN, Scope.UNIT):
            key = subject.key if subject.scope is Scope.COLUMN else subject.key.rpartition("/")[2]
            code = verdict.code or Missing.READER
            unread.setdefault(f"{subject.scope}:{key}", set()).add(code.value)
    wanted = {u.subject: set(u.code.split("|")) for u in replica.truth.unverified}
    assert unread.keys() == wanted.keys()
    assert {k: v for k, v in unread.items() if not v <= wanted[k]} == {}

    stored = readings.columns(engine, report.scan_id, 35)
    wrong = {}
    for key, column in replica.truth.columns.items():
        if not column.readable or key not in stored:
            continue
        reading = stored[key].reading
        read = None if isinstance(reading, Unverified) else len(reading.entries)
        if read != column.entries:
            wrong[key] = (column.entries, read)
    assert wrong == {}


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory):
    """A replica scanned, scanned again unchanged, then mended and broken and scanned once more."""
    place = tmp_path_factory.mktemp("twice")
    replica = generate(Spec(seed=404))
    with serve(replica) as served:
        office = _office(replica, served, place)
        first = _scan(office, replica)
        second = _scan(office, replica)
        _, diff = mend_and_break(replica, 5)
        served.mend_and_break(5)
        third = _scan(office, replica)
        yield office, replica, (first, second, third), diff


def test_a_second_scan_of_an_unchanged_site_changes_nothing(twice) -> None:
    _, _, (first, second, _), _ = twice
    assert second.judged is not None
    assert first.judged is not None
    assert (second.judged.found, second.judged.rectified, second.judged.recurred) == (0, 0, 0)
    assert second.judged.findings == first.judged.findings
    assert sum(s.counters.not_modified for s in second.crawl.sites) > 500


def test_what_was_mended_is_rectified_and_what_was_broken_is_new(twice) -> None:
    office, replica, (_, second, third), diff = twice
    counts = office.workspace.standard()
    before, after = (
        {
            f.fingerprint: f
            for f in office.findings(scan.scan_id)
            if counts.ahead(f.rule_id, replica.today) is None
        }
        for scan in (second, third)
    )
    new = compare(diff.new, [f for mark, f in after.items() if mark not in before])
    assert new.exact, f"\n{new}"
    gone = compare(diff.rectified, [f for mark, f in before.items() if mark not in after])
    assert gone.exact, f"\n{gone}"
    every = [{f.fingerprint for f in office.findings(s.scan_id)} for s in (second, third)]
    assert third.judged is not None
    assert third.judged.found == len(every[1] - every[0])
    assert third.judged.rectified == len(every[0] - every[1])


def test_pages_read_again_from_the_evidence_give_the_same(twice) -> None:
    office, _, (first, _, _), _ = twice
    result = reread(office.workspace, first.scan_id)
    assert result.pages > 1500
    assert result.different == []
    assert result.gone == 0


def test_the_accounts_of_every_scan_close(twice) -> None:
    office, _, _, _ = twice
    done = office.run("doctor")
    assert done.returncode == 0, done.stdout
    assert "不符" not in done.stdout
