"""``python -m tests.replica.families serve|truth|config|page|list``: see ``--help`` of each."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from datetime import date
from pathlib import Path

from tests.replica.families import FAMILIES, make
from tests.replica.families.config import write_config
from tests.replica.families.family import Asked
from tests.replica.families.model import AS_OF, Spec
from tests.replica.families.server import run


def main(argv: list[str] | None = None) -> int:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("name", choices=sorted(FAMILIES))
    common.add_argument("--seed", type=int, default=1)
    common.add_argument("--as-of", type=date.fromisoformat, default=AS_OF, metavar="DATE")
    common.add_argument("--port", type=int, default=0)
    parser = argparse.ArgumentParser(prog="python -m tests.replica.families")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", parents=[common], help="serve one site on 127.0.0.1")
    serve.add_argument("--ready-file", type=Path)
    commands.add_parser("truth", parents=[common], help="print its truth as JSON")
    config = commands.add_parser("config", parents=[common], help="write its configuration")
    config.add_argument("directory", type=Path)
    page = commands.add_parser("page", parents=[common], help="print the bytes of one page")
    page.add_argument("path")
    commands.add_parser("list", help="the families, with their sizes")
    args = parser.parse_args(argv)
    if args.command == "list":
        for name in FAMILIES:
            truth = make(name, Spec(), "http://127.0.0.1:80").truth()
            rows = sum(len(c.entries) for c in truth.columns)
            print(f"{name}\t{truth.pages} pages\t{len(truth.columns)} columns\t{rows} entries")
        return 0
    spec = Spec(args.seed, args.as_of)
    if args.command == "serve":
        run(lambda root: make(args.name, spec, root), args.port, args.ready_file)
        return 0
    site = make(args.name, spec, f"http://127.0.0.1:{args.port or 80}")
    if args.command == "config":
        write_config(site.truth(), args.directory)
    elif args.command == "page":
        sys.stdout.buffer.write(site.reply(Asked("GET", args.path)).body)
    else:
        text = json.dumps(
            dataclasses.asdict(site.truth()), ensure_ascii=False, indent=1, default=str
        )
        sys.stdout.buffer.write(text.encode() + b"\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
