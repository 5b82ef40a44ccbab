"""The year's two sites on loopback, in a process of their own.

``/day?day=2018-03-05&told=FILE`` shows the state of a day after what the units were told;
``FILE`` as ``state.save`` writes it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.replica.server import Control, Hindrances, Served, State, leave_with_parent, listen
from tests.replica.year import cast
from tests.replica.year.state import City, load


class YearControl(Control):
    """The control port, which knows days instead of changes."""

    def obey(self, target: str) -> Any:
        url = urlsplit(target)
        if url.path != "/day":
            return super().obey(target)
        query = {k: v[-1] for k, v in parse_qs(url.query).items()}
        day = date.fromisoformat(query["day"])
        state = self.state
        state.hindrances = Hindrances(down="both" if day in cast.DOWN else None)
        state.show(City(state.replica.spec.seed, day, load(Path(query["told"]))))
        return {"day": day.isoformat(), "pages": len(state.replica.articles)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.replica.year.serve")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--portal-port", type=int, default=0)
    parser.add_argument("--platform-port", type=int, default=0)
    args = parser.parse_args()
    threading.Thread(target=leave_with_parent, daemon=True).start()
    state = State(City(args.seed, cast.OPENS, ()), Hindrances())
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(listen(state, args.portal_port, args.platform_port, None, YearControl))


@contextlib.contextmanager
def serve(seed: int = 1, *, portal: int = 0, platform: int = 0) -> Iterator[Served]:
    """Serve the year of a seed; its day is set with ``Served.ask``."""
    root = Path(__file__).resolve().parents[3]
    command = [
        sys.executable, "-m", "tests.replica.year.serve", "--seed", str(seed),
        "--portal-port", str(portal), "--platform-port", str(platform),
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the year's server did not start")
            told = json.loads(line)
            yield Served(told["portal"], told["platform"], told["control"], told["pid"])
        finally:
            process.terminate()
            process.wait(20)


if __name__ == "__main__":
    main()
