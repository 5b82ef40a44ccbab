"""One city, scanned into SQLite and into PostgreSQL: the same findings, the same cards to the byte."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from checks.model import Finding
from config.settings import Settings
from services.scan import ScanRequest, run_scan
from services.workspace import Workspace
from storage import findings as ledger
from storage import scorecards as cards
from storage.models import ScanState
from tests.replica import generate
from tests.replica.config import write_config
from tests.replica.server import serve
from tests.replica.site import Replica
from tests.replica.spec import Spec

ROOT = Path(__file__).resolve().parents[3]
Result = tuple[dict[str, Finding], dict[str, bytes], list[object]]


def _scanned(replica: Replica, place: Path, database: str) -> Result:
    ws = Workspace(
        Settings(
            data=place, config=str(place.parent / "config"), database=database, actor="tester"
        ),
        ROOT,
    )
    request = ScanRequest(as_of=replica.today)
    report = run_scan(ws, request, now=datetime.now(UTC))
    assert report.state is ScanState.COMPLETE
    found = {f.fingerprint: f for f in ledger.sightings(ws.engine, report.scan_id)}
    made = {c.unit_id: c.payload for c in cards.load(ws.engine, report.scan_id, "ruichang-2018")}
    spoken: list[object] = list(ledger.verdicts(ws.engine, report.scan_id))
    ws.engine.dispose()
    return found, made, spoken


def test_both_databases_say_the_same_of_a_city(tmp_path: Path, postgres_database: str) -> None:
    replica = generate(Spec(seed=606, pages=2000))
    with serve(replica) as served:
        write_config(replica, tmp_path / "config", served.portal, served.platform)
        ours = _scanned(replica, tmp_path / "a", f"sqlite:///{tmp_path / 'a.db'}")
        theirs = _scanned(replica, tmp_path / "b", postgres_database)
    assert len(ours[0]) > 20
    assert ours[0] == theirs[0]
    assert ours[1] == theirs[1]
    assert ours[2] == theirs[2]
