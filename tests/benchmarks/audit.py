"""Seconds of judging what is stored: ``python -m tests.benchmarks.audit [--pages 5000] [--stored 100000]``.

Makes and scans a replica, then audits that scan under the three standards from what is stored, in the
same run: how many times longer crawling it again takes. Then the stored pages are copied until there
are ``--stored`` of them, and the whole catalogue of rules is laid before them: seconds, where they go,
and the most memory. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

import services.judge
from services.audit import audit
from services.judge import judge_facts
from services.judging.ground import Ground
from storage import scans
from storage.db import writing
from tests.integration.scanning import EVERY_RULE, Office
from tests.replica import generate
from tests.replica.config import write_config
from tests.replica.inspected import ENTERED
from tests.replica.server import serve
from tests.replica.spec import Spec

STANDARDS = ("ruichang-2018", "census-2015", "inspection-2019")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of the processor."""
    wall, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - used


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM subject WHERE kind = 'page'")) or 0)


def copy(engine: Engine, number: int) -> None:
    """Every page of the replica once more, under another address and with a text of its own."""
    page = "(SELECT id FROM subject WHERE kind = 'page' AND key NOT LIKE '%-copy-%')"
    move = number * 1_000_003
    ids = {"move": move, "suffix": f"-copy-{number}", "versions": number * 10_000_000}
    with writing(engine) as connection:
        for table, keys in (
            ("subject", {"id": "id + :move", "key": "key || :suffix", "url": "url || :suffix"}),
            (
                "version",
                {
                    "id": "id + :versions",
                    "subject_id": "subject_id + :move",
                    "index_number": "NULL",
                    "text_key": "text_key || :suffix",
                },
            ),
            (
                "observation",
                {
                    "subject_id": "subject_id + :move",
                    "version_id": "version_id + :versions",
                },
            ),
        ):
            names = [row[1] for row in connection.execute(text(f"PRAGMA table_info({table})"))]
            shown = ", ".join(f'"{name}"' for name in names)
            chosen = ", ".join(keys.get(name, f'"{name}"') for name in names)
            column = "id" if table == "subject" else "subject_id"
            connection.execute(
                text(
                    f"INSERT INTO {table} ({shown}) SELECT {chosen} FROM {table} "
                    f"WHERE {column} IN {page}"
                ),
                {k: v for k, v in ids.items() if f":{k}" in chosen},
            )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.audit")
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--stored", type=int, default=100_000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        replica = generate(Spec(seed=606, pages=args.pages))
        with serve(replica) as served:
            write_config(replica, place / "config", served.portal, served.platform)
            office = Office(place / "config", place / "data")
            crawl, _ = timed(lambda: office.scan(as_of=replica.today))
        for enter in ENTERED:
            enter(office.workspace, replica)
        ws = office.workspace
        row = scans.list_scans(ws.engine)[0]
        print(f"{count(ws.engine)} pages stored; crawling and judging them: {crawl:.1f} s")
        now = datetime.now(UTC)
        for name in STANDARDS:
            fresh = office.workspace
            wall, used = timed(lambda n=name, w=fresh: audit(w, n, row.id, now=now))  # type: ignore[misc]
            print(f"audit {name:<16}{wall:>7.1f} s ({used:.1f} s of the processor), "
                  f"crawling again takes {crawl / wall:.0f} times as long")  # fmt: skip
        copies = max(0, args.stored // max(1, count(ws.engine)) - 1)
        for number in range(1, copies + 1):
            copy(ws.engine, number)
        spent: dict[str, float] = {}
        services.judge.LAYERS = tuple(_clocked(lay, spent) for lay in services.judge.LAYERS)
        fresh = office.workspace
        wall, used = timed(lambda: judge_facts(fresh, row, EVERY_RULE))
        units = len(fresh.config.units)
        print(f"{count(ws.engine)} pages, {units} units, {len(EVERY_RULE.rules)} rules: "
              f"{wall:.1f} s ({used:.1f} s of the processor)")  # fmt: skip
        for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
            print(f"  {name:<24}{seconds:>7.1f} s")
        rest = "pages, columns and homes"
        print(f"  {rest:<24}{wall - sum(spent.values()):>7.1f} s")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"most memory of the process, the scan included: {peak:.0f} MB")
    return 0


def _clocked(lay: Callable[[Ground], None], spent: dict[str, float]) -> Callable[[Ground], None]:
    def clocked(ground: Ground) -> None:
        wall, _ = timed(lambda: lay(ground))
        spent[lay.__module__.rpartition(".")[2]] = wall

    return clocked


if __name__ == "__main__":
    sys.exit(main())
