"""Pages a second of the whole pipeline beside bare Scrapy: ``python -m tests.benchmarks.pipeline``.

Bare Scrapy repeats the very requests that a scan of ours made, at the same concurrency, with its
own download handler and an empty callback. Every measured run is a process of its own, and so is
the server; the kinds take turns. Nothing is asserted: the ratios count, which hold on a busy
machine as well.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BARE, KEEPING, WITHOUT = "bare", "evidence", "no-evidence"
TITLES = {
    BARE: "bare Scrapy, empty callback",
    KEEPING: "xunjian, evidence on",
    WITHOUT: "xunjian, evidence off",
}
PADDING = 30_000
"""Least size of a page, in bytes."""

Figures = dict[str, Any]
"""What one run measured: ``pages`` answered, ``bytes`` of bodies, seconds of ``crawl`` and
``judge``, processor seconds ``cpu`` of the crawl and ``peak`` memory in MB, both with the processes
that it started."""


# --- one measured run, in a process of its own ----------------------------------------------------


def bare(requests: Path, concurrency: int) -> Figures:
    """Ask the listed requests with Scrapy as it comes, less the middlewares nobody needs here."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    wanted: list[tuple[str, str, str]] = json.loads(requests.read_text(encoding="utf-8"))
    sites = {site for site, *_ in wanted}
    answered = size = 0

    class Bare(scrapy.Spider):
        name = "bare"
        handle_httpstatus_all = True

        async def start(self) -> AsyncIterator[scrapy.Request]:
            for site, method, url in wanted:
                meta = {"download_slot": site}
                yield scrapy.Request(url, method=method, meta=meta, dont_filter=True)

        def parse(self, response: Any) -> None:
            nonlocal answered, size
            answered += 1
            size += len(response.body)

    settings: dict[str, Any] = {
        "CONCURRENT_REQUESTS": concurrency * len(sites),
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        "CONCURRENT_ITEMS": 1,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "LOG_ENABLED": False,
    }
    if sys.platform != "win32":
        settings["ASYNCIO_EVENT_LOOP"] = "uvloop.Loop"
    process = AsyncCrawlerProcess(settings)
    began, busy = time.perf_counter(), processor_seconds()
    process.crawl(Bare)
    process.start()
    seconds, busy = time.perf_counter() - began, processor_seconds() - busy
    return {
        "pages": answered,
        "bytes": size,
        "crawl": seconds,
        "judge": 0.0,
        "cpu": busy,
        "peak": peak_memory(),
    }


def ours(config: Path, as_of: date, *, keep_evidence: bool) -> Figures:
    """A first scan into a data folder of its own."""
    from config.settings import Settings
    from services.scan import ScanRequest, run_scan
    from services.workspace import Workspace

    with tempfile.TemporaryDirectory() as data:
        ws = Workspace(Settings(data=Path(data), config=str(config), actor="benchmark"), ROOT)
        _ = ws.config, ws.engine  # read and made before the clock runs
        crawled: list[tuple[float, float]] = []
        helpers = Helpers()
        began, busy = time.perf_counter(), processor_seconds()
        report = run_scan(
            ws,
            ScanRequest(as_of=as_of, keep_evidence=keep_evidence),
            now=datetime.now(UTC),
            listener=helpers.look,
            judging=lambda: crawled.append((time.perf_counter(), processor_seconds())),
        )
        ended = time.perf_counter()
        ((crawl_end, busy_end),) = crawled
        ws.engine.dispose()
        counters = [site.counters for site in report.crawl.sites]
        return {
            "pages": sum(c.requests for c in counters),
            "bytes": sum(c.bytes for c in counters),
            "crawl": crawl_end - began,
            "judge": ended - crawl_end,
            "cpu": busy_end - busy,
            "peak": peak_memory() + helpers.peak,
            "kept": _size(Path(data), "evidence/**/*.warc.gz"),
            "database": _size(Path(data), "*.sqlite3"),
            "articles": sum(c.pages_stored for c in counters),
            "findings": report.judged.findings if report.judged else 0,
            "state": report.state.value,
        }


def _size(folder: Path, pattern: str) -> int:
    return sum(path.stat().st_size for path in folder.glob(pattern))


def processor_seconds() -> float:
    """Processor time of this process and of those it waited for, so far."""
    return sum(os.times()[:4])


def peak_memory(process: str = "self") -> float:
    """Most memory that a process held at any moment, in MB; 0 where the system does not say."""
    try:
        # Not ``ru_maxrss``: there a new process begins with what its parent held.
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    sizes = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(sizes[0]) * 1024 / 1e6 if sizes else 0.0


class Helpers:
    """The processes that a scan starts, looked at whenever it tells of its progress."""

    def __init__(self) -> None:
        self._peaks: dict[str, float] = {}

    def look(self, *_: object) -> None:
        for listed in Path("/proc/self/task").glob("*/children"):
            with contextlib.suppress(OSError):
                for process in listed.read_text(encoding="ascii").split():
                    now = peak_memory(process)
                    self._peaks[process] = max(now, self._peaks.get(process, 0.0))

    @property
    def peak(self) -> float:
        """Most memory that all of them held, each at its own moment, in MB."""
        return sum(self._peaks.values())


# --- the comparison -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the configuration and the list of requests lie, and what every run is told."""

    folder: Path
    as_of: date
    concurrency: int

    @property
    def requests(self) -> Path:
        return self.folder / "requests.json"

    def run(self, kind: str) -> Figures:
        """One measured run in a process of its own."""
        command = [
            sys.executable, "-m", "tests.benchmarks.pipeline", "--one", kind,
            "--folder", str(self.folder), "--as-of", self.as_of.isoformat(),
            "--concurrency", str(self.concurrency),
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, text=True, encoding="utf-8", check=True
        )
        figures: Figures = json.loads(done.stdout.splitlines()[-1])
        return figures

    def here(self, kind: str) -> Figures:
        """The same, in this process."""
        if kind == BARE:
            return bare(self.requests, self.concurrency)
        return ours(self.folder / "config", self.as_of, keep_evidence=kind == KEEPING)


def measure(pages: int, runs: int) -> dict[str, list[Figures]]:
    """Serve a replica of so many pages and let every kind run so many times, in turns."""
    from tests.replica import generate
    from tests.replica.config import RATE, write_config
    from tests.replica.server import serve
    from tests.replica.spec import Spec

    spec = Spec(seed=1, pages=pages, padding=PADDING)
    with tempfile.TemporaryDirectory() as name, serve(spec, "--log") as served:
        bench = Bench(Path(name), spec.as_of, int(RATE["concurrency"]))
        write_config(generate(spec), bench.folder / "config", served.portal, served.platform)
        warmed = bench.run(WITHOUT)  # also makes the server hold every page ready
        asked = []
        for _, site, line, *_ in served.ask("/log"):
            method, _, target = line.partition(" ")
            asked.append((site, method, served.url(site, target)))
        bench.requests.write_text(json.dumps(asked), encoding="utf-8")
        if len(asked) != warmed["pages"]:
            print(f"note: {len(asked)} requests served, {warmed['pages']} accounted for")
        measured: dict[str, list[Figures]] = {kind: [] for kind in TITLES}
        for turn in range(runs):
            for kind, figures in measured.items():
                served.ask("/reset")
                figures.append(bench.run(kind))
                told = figures[-1]
                print(f"run {turn + 1}/{runs} {TITLES[kind]:<28}{_rate(told):8.0f} pages/s", flush=True)  # fmt: skip
        return measured


def _rate(figures: Figures, *, judged: bool = False) -> float:
    seconds = figures["crawl"] + (figures["judge"] if judged else 0.0)
    return float(figures["pages"] / seconds)


def _median(runs: list[Figures], name: str) -> float:
    return statistics.median(float(run[name]) for run in runs)


def report(measured: dict[str, list[Figures]]) -> str:
    """The table: medians of each kind, and of their ratios to bare Scrapy in the same turn."""
    base_cpu = _median(measured[BARE], "cpu") / _median(measured[BARE], "pages")
    lines = [
        f"{'median of ' + str(len(measured[BARE])):<30}{'pages':>7}{'pages/s':>9}{'ratio':>7}"
        f"{'cpu ms/page':>13}{'ratio':>7}{'with judging':>14}{'ratio':>7}{'peak MB':>9}"
    ]
    for kind, runs in measured.items():
        rate = statistics.median(_rate(run) for run in runs)
        judged = statistics.median(_rate(run, judged=True) for run in runs)
        pairs = list(zip(runs, measured[BARE], strict=True))
        ratio = statistics.median(_rate(a) / _rate(b) for a, b in pairs)
        ratio_judged = statistics.median(_rate(a, judged=True) / _rate(b) for a, b in pairs)
        cpu = _median(runs, "cpu") / _median(runs, "pages")
        lines.append(
            f"{TITLES[kind]:<30}{_median(runs, 'pages'):7.0f}{rate:9.0f}{ratio:7.2f}"
            f"{cpu * 1000:13.2f}{base_cpu / cpu:7.2f}{judged:14.0f}{ratio_judged:7.2f}"
            f"{_median(runs, 'peak'):9.0f}"
        )
    kept, without = measured[KEEPING], measured[WITHOUT]
    each = [
        (a["cpu"] / a["pages"] - b["cpu"] / b["pages"]) * 1000
        for a, b in zip(kept, without, strict=True)
    ]
    size, read = _median(kept, "kept"), _median(kept, "bytes")
    lines += [
        "",
        f"evidence costs {statistics.median(each):.2f} ms of processor time a page and {size / 1e6:.1f} MB "
        f"({size / _median(kept, 'pages') / 1000:.2f} KB a page, {size / read:.0%} of the "
        f"{read / 1e6:.0f} MB read); the database holds {_median(kept, 'database') / 1e6:.1f} MB",
        f"judging {_median(kept, 'articles'):.0f} articles takes {_median(kept, 'judge'):.2f} s; "
        f"{_median(kept, 'findings'):.0f} findings",
    ]
    return "\n".join(lines)


def environment() -> str:
    """One line: what the figures hold for."""
    names = ("scrapy", "twisted", "aiohttp", "selectolax", "sqlalchemy")
    locked = " ".join(f"{name} {version(name)}" for name in names)
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores{load}, "
        f"Python {platform.python_version()}, {locked}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pipeline")
    parser.add_argument("--pages", type=int, default=5000, help="pages of the replica, roughly")
    parser.add_argument("--runs", type=int, default=5, help="measured runs of each kind")
    parser.add_argument("--json", type=Path, help="also write every run's figures here")
    parser.add_argument("--one", choices=tuple(TITLES), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--as-of", type=date.fromisoformat, help=argparse.SUPPRESS)
    parser.add_argument("--concurrency", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(Bench(args.folder, args.as_of, args.concurrency).here(args.one)))
        return 0
    print(environment())
    measured = measure(args.pages, args.runs)
    print(f"\n{report(measured)}\n{environment()}")
    if args.json:
        args.json.write_text(json.dumps(measured, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
