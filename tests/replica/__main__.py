"""``python -m tests.replica serve|config|truth|page``: see ``--help`` of each."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from datetime import date
from pathlib import Path

from tests.replica.changes import evolve, mend_and_break
from tests.replica.config import write_config
from tests.replica.responses import Site
from tests.replica.server import Hindrances, run
from tests.replica.site import generate
from tests.replica.spec import Spec


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--seed", type=int, default=1)
    common.add_argument("--as-of", type=date.fromisoformat, default=Spec().as_of, metavar="DATE")
    common.add_argument("--pages", type=int, default=3000)
    common.add_argument("--padding", type=int, default=0, help="least size of a page in bytes")
    common.add_argument("--no-plants", action="store_true", help="a conforming city")
    common.add_argument("--stale-home", action="append", default=[], choices=("portal", "platform"))
    common.add_argument("--day", type=date.fromisoformat, help="the state on a later day")
    common.add_argument("--changes", type=int, help="mended and broken by this seed")
    parser = argparse.ArgumentParser(prog="python -m tests.replica")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", parents=[common], help="serve both sites on 127.0.0.1")
    serve.add_argument("--portal-port", type=int, default=0)
    serve.add_argument("--platform-port", type=int, default=0)
    serve.add_argument("--ready-file", type=Path)
    serve.add_argument("--fail-half", action="store_true")
    serve.add_argument("--wall", metavar="PATH-PREFIX")
    serve.add_argument("--slow", type=float, default=0.0, metavar="SECONDS")
    serve.add_argument("--down", choices=("portal", "platform"))
    serve.add_argument("--truncate", metavar="PATH-PREFIX")
    serve.add_argument("--loop", metavar="PATH-PREFIX")
    serve.add_argument("--log", action="store_true", help="keep every request for /log")
    serve.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    config = commands.add_parser("config", parents=[common], help="write the configuration")
    config.add_argument("directory", type=Path)
    config.add_argument("--portal-port", type=int, required=True)
    config.add_argument("--platform-port", type=int, required=True)
    commands.add_parser("truth", parents=[common], help="print the truth as JSON")
    page = commands.add_parser("page", parents=[common], help="print the bytes of one page")
    page.add_argument("site", choices=("portal", "platform"))
    page.add_argument("path")
    return parser


def main(argv: list[str] | None = None) -> int:
    args = _parser().parse_args(argv)
    spec = Spec(
        seed=args.seed,
        as_of=args.as_of,
        pages=args.pages,
        plants=not args.no_plants,
        stale_homes=tuple(args.stale_home),
        padding=args.padding,
    )
    if args.command == "serve":
        hindrances = Hindrances(
            args.fail_half, args.wall, args.slow, args.down, args.truncate, args.loop
        )
        run(spec, hindrances, args.portal_port, args.platform_port, args.ready_file,
            day=args.day, changes=args.changes, log=args.log, with_parent=args.with_parent)  # fmt: skip
        return 0
    replica = generate(spec)
    if args.day is not None:
        replica = evolve(replica, args.day)
    diff = None
    if args.changes is not None:
        replica, diff = mend_and_break(replica, args.changes)
    if args.command == "config":
        write_config(replica, args.directory, args.portal_port, args.platform_port)
    elif args.command == "page":
        sys.stdout.buffer.write(Site(replica).reply(args.site, args.path).body)
    else:
        told = dataclasses.asdict(replica.truth)
        if diff is not None:
            told["diff"] = dataclasses.asdict(diff)
        text = json.dumps(told, ensure_ascii=False, indent=1, default=str)
        sys.stdout.buffer.write(text.encode() + b"\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
