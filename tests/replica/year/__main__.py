"""``make year``: the year 2018, replayed, and its table held against the truth in every cell."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from tests.replica.year.live import Year


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.replica.year")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--from", type=date.fromisoformat, default=date(2018, 1, 1), dest="first")
    parser.add_argument("--to", type=date.fromisoformat, default=date(2018, 12, 31), dest="last")
    parser.add_argument(
        "--kills", type=int, default=0, help="appointments that a killed process tries first"
    )
    parser.add_argument("--home", type=Path, help="keep configuration and data here")
    args = parser.parse_args()
    home = args.home or Path(tempfile.mkdtemp(prefix="year-"))
    began = time.monotonic()

    def say(words: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {words}", flush=True)

    year = Year(home, args.first, args.last, seed=args.seed, kills=args.kills, say=say)
    try:
        year.live()
    finally:
        if args.home is None:
            shutil.rmtree(home, ignore_errors=True)
    print(f"\n{time.monotonic() - began:.0f} s; where it went:")
    for name, seconds in year.times.spent.most_common():
        print(f"  {name:10} {year.times.times[name] or '':>4} {seconds:7.1f} s")
    truth = year.truth
    print(
        f"{len(truth.held)} scans, {len(truth.cases)} findings, {len(truth.mails)} mails, "
        f"{len(truth.circulars)} circulars, {len(truth.inspections)} rows of others, "
        f"{len(truth.cards)} scorecards, {year.cells} cells of the table compared"
    )
    if args.kills:
        print(f"processes of its own: {dict(year.killed)}")
    if year.differences:
        print(f"{len(year.differences)} DIFFERENCES:")
        print("\n".join(year.differences[:60]))
        return 1
    print("the table equals the truth in every cell")
    return 0


if __name__ == "__main__":
    sys.exit(main())
