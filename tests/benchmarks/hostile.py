"""What hostile pages cost and whether they break anything: ``python -m tests.benchmarks.hostile``.

Damaged real pages (``--count N``), and every regular expression that sees the web against texts made
for it: alone, and on pages that hold such a text wherever a page can. Prints the slowest, what was
raised, and memory beside the size of the page.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import sys
import time
import tracemalloc

from crawler import cms
from crawler.answers import outcome
from crawler.cms.family import ListPage, NotUnderstood, Turn
from crawler.extract import probe, read_page
from tests.benchmarks.mutants import _Raised
from tests.hostile import attacks, damaged, expressions, page_of
from tests.real_pages import real_pages

URL = "http://www.example.gov.cn/zwgk/tzgg/t20240301_1.html"


def _timed(call: object, *arguments: object) -> float:
    began = time.process_time()
    call(*arguments)  # type: ignore[operator]
    return time.process_time() - began


def regexes(size: int) -> None:
    """Each expression alone on its own attacks: a fourfold text must not cost sixteenfold."""
    slow = []
    for name, pattern in expressions().items():
        for small, large in zip(attacks(pattern, size // 4), attacks(pattern, size), strict=False):
            for call in ("search", "match"):
                took = _timed(getattr(pattern, call), large)
                if took > 0.004 and took > 8 * _timed(getattr(pattern, call), small):
                    slow.append((took, f"{name}.{call}", large[:60]))
    slow.sort(reverse=True)
    print(
        f"{len(expressions())} expressions on texts of {size} characters, worse than linear: {len(slow)}"
    )
    for took, name, text in slow[:40]:
        print(f"  {took:6.2f} s  {name}  {text!r}")


def families(text: str) -> None:
    """What the families of list endpoints do with a page and with an answer."""
    for family in cms.FAMILIES:
        page = ListPage(URL, text, ("通知公告",))
        family.recognise(text, URL)
        for step in (
            lambda f=family, p=page: f.list_request(p, Turn()),
            lambda f=family, p=page: f.rows(text, p, Turn()),
        ):
            with contextlib.suppress(NotUnderstood):
                step()


def everything(body: bytes, text: str) -> dict[str, float]:
    """Seconds of each reader of a page."""
    return {
        "read_page": _timed(lambda: read_page(body, url=URL)),
        "answer": _timed(lambda: outcome(200, {"content-type": "text/html"}, body, URL)),
        "families": _timed(families, text[:1_000_000]),
    }


def pages_of_attacks(size: int) -> None:
    slow = []
    number = 0
    for name, pattern in expressions().items():
        for attack in attacks(pattern, size):
            number += 1
            text = page_of(attack)
            for part, took in everything(text.encode("utf-8", "replace"), text).items():
                slow.append((took, part, name, len(text), attack[:50]))
    slow.sort(reverse=True)
    print(f"{number} pages of attacks; the slowest:")
    for took, part, name, length, text in slow[:15]:
        print(f"  {took:6.2f} s  {part}  {length / 1e6:.1f} MB  {name}  {text!r}")


def damaged_pages(count: int) -> None:
    bodies = [item.body for item in real_pages()]
    slow = []
    for number in range(count):
        body = damaged(bodies[number % len(bodies)], number)
        slow.append((_timed(lambda b=body: read_page(b, url=URL)), number, len(body)))
        if number % 20 == 0:
            families(body.decode("utf-8", "replace")[:1_000_000])
            outcome(200, {}, body, URL)
            probe(body, URL)
    slow.sort(reverse=True)
    print(f"{count} damaged pages; the slowest:")
    for took, number, length in slow[:5]:
        print(f"  {took:6.2f} s  number {number}  {length / 1e6:.2f} MB")


def memory(count: int) -> None:
    bodies = [item.body for item in real_pages()]
    shares = []
    for number in range(count):
        body = damaged(bodies[number % len(bodies)], number)
        tracemalloc.start()
        read_page(body, url=URL)
        shares.append((tracemalloc.get_traced_memory()[1] / max(len(body), 1), len(body), number))
        tracemalloc.stop()
    shares.sort(reverse=True)
    print(f"Python memory at its peak beside the page's size, {count} damaged pages: median "
          f"{shares[len(shares) // 2][0]:.0f}, most {shares[0][0]:.0f} times ({shares[0][1]} bytes)")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.hostile")
    parser.add_argument("--count", type=int, default=3000, help="damaged pages")
    parser.add_argument("--size", type=int, default=100_000, help="characters of an attack")
    parser.add_argument("--only", choices=["regexes", "attacks", "damaged", "memory"])
    args = parser.parse_args()
    raised = _Raised()
    logging.getLogger().addHandler(raised)
    if args.only in {None, "regexes"}:
        regexes(min(args.size, 4_000))
    if args.only in {None, "attacks"}:
        pages_of_attacks(args.size)
    if args.only in {None, "damaged"}:
        damaged_pages(args.count)
    if args.only in {None, "memory"}:
        memory(200)
    print(f"raised in the reader: {raised.count}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
