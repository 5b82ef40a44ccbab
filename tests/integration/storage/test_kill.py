from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine, select
from warcio.archiveiterator import ArchiveIterator

from storage.db import reading
from storage.evidence import EvidenceStore
from storage.models import EvidenceRow, ObservationRow, SiteState, VersionLinkRow, VersionRow
from storage.scans import site_runs
from tests.integration.storage.samples import begin, digest, html

PAGES = 60
KILLS = 5
REPOSITORY = Path(__file__).parents[3]


def crawl(database: str, root: Path, scan_id: int, die_after: int | None) -> bool:
    """Run the crawl in a process of its own; kill it once it has told of so many pages."""
    command = [sys.executable, "-m", "tests.integration.storage.crawl_process"]
    with subprocess.Popen(
        [*command, database, str(root), str(scan_id), str(PAGES)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for told, line in enumerate(process.stdout, start=1):
            if line.strip() == "done":
                return process.wait() == 0
            if told == die_after:
                process.kill()
    return False


def test_a_scan_killed_again_and_again_ends_as_an_undisturbed_one(
    engine: Engine, database: str, tmp_path: Path
) -> None:
    root = tmp_path / "evidence"
    scan_id = begin(engine)
    chance = random.Random(20181203)
    for _ in range(KILLS):
        assert not crawl(database, root, scan_id, chance.randrange(1, PAGES))
    assert crawl(database, root, scan_id, None)

    versions = select(VersionRow.id, VersionRow.digest).where(VersionRow.kind.is_not(None))
    with reading(engine) as connection:
        stored = sorted(row.digest for row in connection.execute(versions))
        observed = connection.scalars(select(ObservationRow.evidence)).all()
        links = connection.scalars(select(VersionLinkRow.target_id)).all()
        records = connection.execute(select(EvidenceRow)).all()
    expected = sorted(digest(html(number)) for number in range(PAGES))
    assert stored == expected
    assert sorted(found for found in observed if found) == expected
    assert len(links) == 2 * PAGES
    run = site_runs(engine, scan_id)[0]
    assert run.state is SiteState.COMPLETE
    assert run.requests == run.fetched == run.pages_stored == PAGES

    store = EvidenceStore(root, engine)
    assert sorted(record.digest for record in records) == expected
    assert [store.get(digest(html(n))).body for n in range(PAGES)] == [
        html(n) for n in range(PAGES)
    ]
    found = []
    for path in root.glob("*/*"):
        assert path.name.endswith(".warc.gz"), "no lock is left behind"
        with path.open("rb") as file:
            found += [
                record.rec_headers.get_header("WARC-Target-URI")
                for record in ArchiveIterator(file, check_digests="raise")
                if record.rec_type == "response"
            ]
    assert len(found) == len(set(found)) == PAGES, "nothing torn, nothing twice"
