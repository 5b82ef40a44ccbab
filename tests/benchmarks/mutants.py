"""How often mutants of real pages are read wrongly and surely: ``python -m tests.benchmarks.mutants``.

``--count N``: so many mutants of each kind of mutation, over all real pages in turn. Prints for each
kind and field how many of the mutants gave a wrong value with a confidence at or above the scoring
threshold, how many gave the right one, and each wrong value.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections import Counter

from config.schema import MIN_CONFIDENCE
from tests.mutants import MIXED, MUTATIONS, mutant, subjects
from tests.real_pages import REAL

FIELDS = ("title", "published", "source", "index_number", "document_number", "kind",
          "entries", "newest", "first_title", "next")  # fmt: skip


class _Raised(logging.Handler):
    """The reader swallows what is raised in it and logs it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1
        print(self.format(record))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.mutants")
    parser.add_argument("--count", type=int, default=200, help="mutants of each kind")
    parser.add_argument("--kind", choices=[*MUTATIONS, MIXED], help="only mutants of this kind")
    parser.add_argument("--first", type=int, default=0, help="number of the first mutant")
    parser.add_argument("--examples", type=int, default=40, help="wrong values to print")
    args = parser.parse_args()
    raised = _Raised()
    logging.getLogger().addHandler(raised)
    pages = subjects()
    if not pages:
        print(f"no real pages beside the checkout ({REAL})")
        return 2
    wrong: Counter[tuple[str, str]] = Counter()
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    hit: Counter[str] = Counter()
    examples = []
    kinds = [args.kind] if args.kind else [*MUTATIONS, MIXED]
    for kind in kinds:
        for number in range(args.first, args.first + args.count):
            one = mutant(pages[number % len(pages)], kind, number)
            for pair, _ in one.pairs:
                of[pair.field] += 1
                right[pair.field] += pair.right
            for pair in one.surely_wrong:
                wrong[kind, pair.field] += 1
                examples.append(f"{kind} {number}: {pair}")
            hit[kind] += bool(one.surely_wrong)
        cells = ", ".join(f"{f} {wrong[kind, f]}" for f in FIELDS if wrong[kind, f]) or "-"
        print(f"{kind:<30}{hit[kind]:5} of {args.count}  {hit[kind] / args.count:6.2%}  {cells}", flush=True)  # fmt: skip
    made = args.count * len(kinds)
    print(f"{'all':<30}{sum(hit.values()):5} of {made}  {sum(hit.values()) / made:6.2%}")
    print(f"\n{'field':<18}{'mutants':>8}{'right':>9}{f'wrong, sure >= {MIN_CONFIDENCE}':>20}")
    for field in FIELDS:
        bad = sum(wrong[kind, field] for kind in kinds)
        print(f"{field:<18}{of[field]:8}{right[field] / max(of[field], 1):9.2%}{bad:12} {bad / max(of[field], 1):7.2%}")  # fmt: skip
    print(f"\nraised in the reader: {raised.count}")
    for line in examples[: args.examples]:
        print(f"  {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
