"""What is read from real pages, beside other libraries: ``python -m tests.benchmarks.reading``.

trafilatura, htmldate, GNE and our reader see the same pages in turns, on one core: accuracy by
field against truth that people read off the pages, pages a second, memory; every miss of ours with
its reason; and what reading costs beside fetching the same pages by our own download path. Nothing
is asserted: the ratios count, which hold on a busy machine as well.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from crawler.extract import read_page
from crawler.extract.encoding import decode
from tests.benchmarks.pipeline import environment, peak_memory, processor_seconds
from tests.real_pages import REAL, Compared, RealPage, compare, real_pages, reason, same

ROOT = Path(__file__).resolve().parents[2]
CONCURRENCY = 8
"""Requests under way at once while fetching."""
OURS = "ours"
OTHERS = ("trafilatura", "htmldate", "gne")
FETCH = "fetch"
FIELDS = ("title", "published", "source", "index_number", "document_number", "kind")
LIST_FIELDS = ("entries", "newest", "first_title", "next")

Answers = dict[str, tuple[object, ...]]
"""What a library says of one page: by field the values of which one may be the right one."""


# --- the libraries --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sample:
    """A page as it is given to every library: none has to read the disk or, where it wants text,
    to guess the encoding."""

    item: RealPage
    body: bytes
    text: str


Reader = Callable[[Sample], Any]


def _ours(sample: Sample) -> Any:
    return read_page(sample.body, url=sample.item.url).page


def _trafilatura() -> tuple[Reader, Callable[[Any], Answers]]:
    import trafilatura

    def read(sample: Sample) -> Any:
        return trafilatura.bare_extraction(
            sample.body, url=sample.item.url, with_metadata=True, include_comments=False
        )

    def answers(found: Any) -> Answers:
        if found is None:
            return {"title": (None,), "published": (None,), "source": (None,)}
        return {
            "title": (found.title,),
            "published": (found.date,),
            "source": (found.author, found.sitename) if found.author else (None, found.sitename),
        }

    return read, answers


def _htmldate() -> tuple[Reader, Callable[[Any], Answers]]:
    import htmldate

    def read(sample: Sample) -> Any:
        return htmldate.find_date(sample.body, url=sample.item.url, original_date=True)

    return read, lambda found: {"published": (found,)}


def _gne() -> tuple[Reader, Callable[[Any], Answers]]:
    import gne

    extractor = gne.GeneralNewsExtractor()

    def read(sample: Sample) -> Any:
        try:
            return extractor.extract(sample.text)
        except Exception:  # it raises where it finds no body
            return None

    def answers(found: Any) -> Answers:
        if found is None:
            return {"title": (None,), "published": (None,), "source": (None,)}
        metas = {key.lower(): value for key, value in found["meta"].items()}
        return {
            "title": (found["title"] or None,),
            "published": (str(found["publish_time"])[:10].replace("/", "-") or None,),
            "source": (found["author"] or None, metas.get("contentsource") or None),
        }

    return read, answers


def reader(name: str) -> tuple[Reader, Callable[[Any], Answers] | None]:
    """A library's call and how its answer is understood; imports it."""
    if name == OURS:
        return _ours, None
    return {"trafilatura": _trafilatura, "htmldate": _htmldate, "gne": _gne}[name]()


# --- accuracy -------------------------------------------------------------------------------------

Tally = dict[str, tuple[int, int]]
"""By field: how many were right, of how many."""


def samples() -> list[Sample]:
    found = []
    for item in real_pages():
        body = item.body
        found.append(Sample(item, body, decode(body, None)[0]))
    return found


def _count(tally: Tally, field: str, right: bool) -> None:
    had, of = tally.get(field, (0, 0))
    tally[field] = (had + right, of + 1)


def accuracy_of_other(name: str, pages: list[Sample]) -> Tally:
    """Of a library: titles, dates and sources of articles, the best of what it offers for each."""
    read, understand = reader(name)
    assert understand is not None
    tally: Tally = {}
    for sample in pages:
        if sample.item.kind == "list":
            continue
        found = understand(read(sample))
        for field, values in found.items():
            if field in sample.item.truth:
                wanted = sample.item.truth[field]
                _count(tally, field, any(same(value, wanted) for value in values))
    return tally


def accuracy_of_ours(pages: list[Sample]) -> tuple[Tally, list[tuple[RealPage, Compared]]]:
    tally: Tally = {}
    misses = []
    for sample in pages:
        for pair in compare(sample.item, _ours(sample)):
            _count(tally, pair.field, pair.right)
            if not pair.right:
                misses.append((sample.item, pair))
    return tally, misses


# --- speed and memory -----------------------------------------------------------------------------


def one_core() -> str:
    """Bind this process to one core where the system can; what was done, in words."""
    if not hasattr(os, "sched_setaffinity"):
        return "not bound to a core"
    core = min(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return "bound to one core"


def rates(names: list[str], pages: list[Sample], rounds: int) -> dict[str, list[float]]:
    """Pages a second of each library, round by round, the libraries in turns within a round."""
    calls = {name: reader(name)[0] for name in names}
    for call in calls.values():  # warm: imports, caches, compiled expressions
        for sample in pages:
            call(sample)
    measured: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(rounds):
        order = names[turn % len(names) :] + names[: turn % len(names)]
        for name in order:
            call = calls[name]
            began = time.process_time()
            for sample in pages:
                call(sample)
            measured[name].append(len(pages) / (time.process_time() - began))
    return measured


def memory(name: str) -> dict[str, float]:
    """Peak memory of a process that reads every page once with one library, and before it."""
    pages = samples()
    call = reader(name)[0]
    before = peak_memory()
    for sample in pages:
        call(sample)
    return {"before": before, "peak": peak_memory()}


# --- fetching -------------------------------------------------------------------------------------


def serve() -> None:
    """Serve the real pages by their number until standard input closes; prints the port."""
    pages = [sample.body for sample in samples()]
    wires = [
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
        + body
        for body in pages
    ]

    async def answer(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await source.readuntil(b"\r\n\r\n")
                sink.write(wires[int(head.split(b" ", 2)[1].rsplit(b"/", 1)[1]) % len(wires)])
                await sink.drain()
        sink.close()

    async def run() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        server.close()

    asyncio.run(run())


def fetch(port: int, times: int) -> dict[str, float]:
    """Fetch every page so many times by our own download handler under our settings of Scrapy,
    with an empty callback and no waiting between requests; the bytes are not read."""
    import scrapy
    from scrapy.crawler import Crawler

    from config.schema import Rate
    from crawler.frontier import Budget, Purpose
    from crawler.plan import utc_now
    from crawler.politeness import TURNS
    from crawler.runner import _new_loop
    from crawler.scope import server_key
    from crawler.settings import settings

    rate = Rate(interval_seconds=0, concurrency=CONCURRENCY)
    count = len(real_pages()) * times
    answered = size = 0

    class Spider(scrapy.Spider):
        name = "fetch"
        scope = SimpleNamespace(may_connect=lambda host, address: True)
        plan = SimpleNamespace(config=SimpleNamespace(city=SimpleNamespace(user_agent="bench")))

        def __init__(self, **more: Any) -> None:
            super().__init__(**more)
            self.hurry: list[Any] = []
            self.budget = Budget(
                limit=count, reserve=0, started=utc_now(), window_end=None, clock=utc_now
            )

        async def start(self) -> Any:
            for number in range(count):
                meta = {
                    "purpose": Purpose.LIST, "order": number, "left": lambda: None, "headers": {},
                    "timeout": 30.0, "max_bytes": 8_000_000,
                }  # fmt: skip
                url = f"http://127.0.0.1:{port}/{number}"
                yield scrapy.Request(url, meta=meta, dont_filter=True)

        def parse(self, response: Any) -> None:
            nonlocal answered, size
            answered += 1
            size += len(response.body)

    crawler = Crawler(Spider, settings(rate) | {"DOWNLOADER_MIDDLEWARES": {}})
    loop = _new_loop()
    asyncio.set_event_loop(loop)
    TURNS.rate(server_key(f"http://127.0.0.1:{port}/"), interval=0, concurrency=CONCURRENCY)
    began, busy = time.perf_counter(), processor_seconds()
    loop.run_until_complete(crawler.crawl_async())
    return {
        "pages": answered,
        "bytes": size,
        "seconds": time.perf_counter() - began,
        "cpu": processor_seconds() - busy,
    }


def extract(times: int) -> dict[str, float]:
    """Read every page so many times, in the same manner."""
    pages = samples()
    for sample in pages:
        _ours(sample)
    began, busy = time.perf_counter(), processor_seconds()
    for _ in range(times):
        for sample in pages:
            _ours(sample)
    return {
        "pages": len(pages) * times,
        "bytes": sum(len(sample.body) for sample in pages) * times,
        "seconds": time.perf_counter() - began,
        "cpu": processor_seconds() - busy,
    }


# --- the comparison -------------------------------------------------------------------------------


def run(*arguments: str) -> dict[str, float]:
    """One measured run in a process of its own, on one core."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.reading", *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The pages on loopback, by a process of its own; gives the port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.reading", "--serve"],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate()


def accuracy_table(tallies: dict[str, Tally]) -> str:
    lines = [f"{'right of those whose truth is known':<36}" + "".join(f"{n:>14}" for n in tallies)]
    for field in FIELDS + LIST_FIELDS:
        cells = []
        for tally in tallies.values():
            had, of = tally.get(field, (0, 0))
            cells.append(f"{had}/{of} {had / of:4.0%}" if of else "-")
        lines.append(f"{field:<36}" + "".join(f"{cell:>14}" for cell in cells))
    return "\n".join(lines)


def speed_table(measured: dict[str, list[float]], memories: dict[str, dict[str, float]]) -> str:
    lines = [
        f"{'median of ' + str(len(measured[OURS])) + ' rounds, one core':<36}"
        f"{'pages/s':>9}{'ratio to ours':>15}{'peak MB':>9}{'by reading':>12}"
    ]
    for name, runs in measured.items():
        ratio = statistics.median(a / b for a, b in zip(runs, measured[OURS], strict=True))
        held = memories[name]
        lines.append(
            f"{name:<36}{statistics.median(runs):9.0f}{ratio:15.2f}"
            f"{held['peak']:9.0f}{held['peak'] - held['before']:12.0f}"
        )
    return "\n".join(lines)


def cost_table(runs: dict[str, list[dict[str, float]]]) -> str:
    lines = [f"{'one core, in turns':<36}{'pages/s':>9}{'cpu ms/page':>13}{'ratio to fetch':>16}"]
    each = {name: [one["cpu"] / one["pages"] * 1000 for one in many] for name, many in runs.items()}
    for name, many in runs.items():
        rate = statistics.median(one["pages"] / one["seconds"] for one in many)
        ratio = statistics.median(b / a for a, b in zip(each[name], each[FETCH], strict=True))
        lines.append(f"{name:<36}{rate:9.0f}{statistics.median(each[name]):13.2f}{ratio:16.2f}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.reading")
    parser.add_argument("--rounds", type=int, default=7, help="measured rounds")
    parser.add_argument("--times", type=int, default=20, help="how often a page is fetched a round")
    parser.add_argument("--json", type=Path, help="also write all figures here")
    parser.add_argument("--memory", help=argparse.SUPPRESS)
    parser.add_argument("--extract", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--fetch", nargs=2, type=int, help=argparse.SUPPRESS)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)  # the others tell of every page that they do not like
    if args.serve:
        serve()
        return 0
    bound = one_core()
    if args.memory or args.extract or args.fetch:
        figures = (
            memory(args.memory) if args.memory
            else extract(args.extract) if args.extract
            else fetch(*args.fetch)
        )  # fmt: skip
        print(json.dumps(figures))
        return 0
    pages = samples()
    if not pages:
        print(f"no real pages beside the checkout ({REAL})")
        return 2
    names = [OURS, *OTHERS]
    libraries = " ".join(f"{name} {version(name)}" for name in OTHERS)
    size = sum(len(sample.body) for sample in pages) / len(pages) / 1000
    print(f"{len(pages)} pages of {size:.0f} KB on the average; {libraries}; {bound}")
    print(environment())
    tally, misses = accuracy_of_ours(pages)
    tallies = {OURS: tally} | {name: accuracy_of_other(name, pages) for name in OTHERS}
    print(f"\n{accuracy_table(tallies)}\n\nmisses of ours: {len(misses)}")
    for item, miss in misses:
        print(f"  {miss}\n      {reason(item, miss)}")
    memories = {name: run("--memory", name) for name in names}
    measured = rates(names, pages, args.rounds)
    print(f"\n{speed_table(measured, memories)}\n", flush=True)
    costs: dict[str, list[dict[str, float]]] = {OURS: [], FETCH: []}
    with served() as port:
        for _ in range(args.rounds):
            costs[OURS].append(run("--extract", str(args.times)))
            costs[FETCH].append(run("--fetch", port, str(args.times)))
    print(cost_table(costs))
    if args.json:
        told = {"accuracy": tallies, "rates": measured, "memory": memories, "cost": costs}
        args.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
