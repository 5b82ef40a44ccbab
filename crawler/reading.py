"""Reading: a crawl's pages read and laid before the page rules, in further processes where it pays.

Reading a page costs more than fetching it. Where pages come faster than one process can read them
(never at a polite rate), readers are started beside the crawl, and this process reads as well once
they have enough to do. What is read is the same wherever it is read: one function, no state.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import pickle
import signal
import struct
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from checks.facts import Page, PageKind, Read
from checks.runner import Answer
from crawler.extract import read_page
from storage.facts import PAGE, PackedPage, pack_page

PageRules = Callable[[Page], Mapping[str, Answer]]

MOST_READERS = 3
"""Processes beside this one: more than so many outrun what one process can fetch."""
PAYS_AFTER = 0.25
"""Seconds of reading, and the share of the crawl's time that it takes, from which on readers pay."""
CHUNK = 4
"""Most pages that are handed over together."""
AHEAD = 2
"""Chunks that a reader is given before it has answered the first."""
WAITING = 6
"""Pages that may wait for a reader before this process reads as well."""

COLLECT = (10_000, 20, 20)
"""Thresholds of the garbage collector while many records are made that hold no cycles."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """A page to be read."""

    body: bytes
    url: str
    content_type: str
    container: str | None = None
    """Where the list stood on the page before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleRead:
    """What became of an article: everything of it that is stored or asked about."""

    page: PackedPage
    hits: Mapping[str, Answer]
    source: Read[str] | None
    issuer: Read[str] | None


def read_article(job: Job, rules: PageRules) -> ArticleRead:
    """Read an article and lay it before the page rules."""
    page = read_page(
        job.body, url=job.url, content_type=job.content_type, hint=PageKind.ARTICLE
    ).page
    return ArticleRead(
        page=pack_page(page),
        hits=dict(rules(page)),
        source=page.source,
        issuer=page.issuer,
    )


def read_list(job: Job) -> Page:
    """Read a list page; without its link blocks, which nobody asks for."""
    reading = read_page(
        job.body,
        url=job.url,
        content_type=job.content_type,
        hint=PageKind.LIST,
        container=job.container,
    )
    return replace(reading.page, blocks=())


# --- in the crawl's process -----------------------------------------------------------------------

_Turn = asyncio.Future[Any]
_Task = tuple[bool, Job]
"""Whether it is an article, and the page."""


@dataclass(slots=True, eq=False)
class _Reader:
    """One process, and what it was given and has not answered yet."""

    process: asyncio.subprocess.Process
    out: deque[list[tuple[_Task, _Turn]]] = field(default_factory=deque)


class Readers:
    """Reads the pages of one crawl. Belongs to one event loop; ``close`` ends its processes."""

    def __init__(self, rules: PageRules, most: int | None = None) -> None:
        """``rules``: the page rules; where they cannot be pickled, all is read in this process.
        ``most``: processes beside this one (default: one less than the machine has cores)."""
        self._rules = rules
        self._most = min(_cores() - 1, MOST_READERS) if most is None else most
        self._readers: list[_Reader] = []
        self._waiting: deque[tuple[_Task, _Turn]] = deque()
        self._tasks: list[asyncio.Task[None]] = []
        self._began = time.monotonic()
        self._spent = 0.0

    async def article(self, job: Job) -> ArticleRead | None:
        """An article, read; ``None`` when it breaks the reader."""
        read: ArticleRead | None = await self._read((True, job))
        return read

    async def list_page(self, job: Job) -> Page | None:
        """A list page, read; ``None`` when it breaks the reader."""
        read: bytes | Page | None = await self._read((False, job))
        return PAGE.decode(read) if isinstance(read, bytes) else read

    async def _read(self, task: _Task) -> Any:
        if self._readers and len(self._waiting) < WAITING:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append((task, turn))
            self._hand_over()
            read, lost = await turn
            if not lost:
                return read
        return self._read_here(task)

    def _read_here(self, task: _Task) -> Any:
        began = time.monotonic()
        read = _read(task, self._rules)
        now = time.monotonic()
        self._spent += now - began
        pays = self._spent > PAYS_AFTER and self._spent > PAYS_AFTER * (now - self._began)
        if pays and self._most > 0:
            self._tasks += [asyncio.ensure_future(self._reader()) for _ in range(self._most)]
            self._most = 0
        return read

    def _hand_over(self) -> None:
        for reader in self._readers:
            while self._waiting and len(reader.out) < AHEAD:
                many = min(CHUNK, len(self._waiting))
                chunk = [self._waiting.popleft() for _ in range(many)]
                reader.out.append(chunk)
                assert reader.process.stdin is not None  # noqa: S101 - opened as a pipe
                reader.process.stdin.write(pickle.dumps([task for task, _ in chunk], 5))

    async def _reader(self) -> None:
        """Start one process and hear it until it ends."""
        try:
            rules = pickle.dumps(self._rules, 5)
        except (pickle.PicklingError, AttributeError, TypeError):
            return
        command = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import work; work()"
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
        except OSError:
            log.exception("no reader could be started")
            return
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        process.stdin.write(rules)
        reader = _Reader(process)
        self._readers.append(reader)
        try:
            while True:
                (size,) = _SIZE.unpack(await process.stdout.readexactly(_SIZE.size))
                reads, complaints = pickle.loads(await process.stdout.readexactly(size))  # noqa: S301
                for complaint in complaints:
                    log.error("%s", complaint)
                for (_, turn), read in zip(reader.out.popleft(), reads, strict=True):
                    if not turn.done():
                        turn.set_result((read, False))
                self._hand_over()
        except (asyncio.IncompleteReadError, OSError):
            log.warning("a reader ended before its time; its pages are read here")
        finally:
            self._readers.remove(reader)
            process.stdin.close()
            await process.wait()
            for chunk in (*reader.out, [] if self._readers else self._waiting):
                for _, turn in chunk:
                    if not turn.done():
                        turn.set_result((None, True))

    async def close(self) -> None:
        """End the readers; nothing may wait for one any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _read(task: _Task, rules: PageRules) -> ArticleRead | Page | None:
    article, job = task
    try:
        return read_article(job, rules) if article else read_list(job)
    except Exception:
        log.exception("the reader failed on %s", job.url[:200])
        return None


# --- in a reader's process ------------------------------------------------------------------------

_SIZE = struct.Struct("<I")


class _Complaints(logging.Handler):
    """Gathers what is logged, for the crawl's own log."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def work() -> None:
    """Read what comes on standard input until it closes: rules first, then chunks of pages.

    Ends by itself when the crawl's process is gone, however that ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the crawl's process decides when it is over
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    complaints = _Complaints()
    logging.getLogger().addHandler(complaints)
    try:
        rules: PageRules = pickle.load(source)  # noqa: S301 - from the crawl's own process
        gc.freeze()
        gc.set_threshold(*COLLECT)
        while True:
            tasks: list[_Task] = pickle.load(source)  # noqa: S301
            reads = [_read(task, rules) for task in tasks]
            packed = [PAGE.json(read) if isinstance(read, Page) else read for read in reads]
            answer = pickle.dumps((packed, complaints.lines), 5)
            complaints.lines = []
            sink.write(_SIZE.pack(len(answer)) + answer)
            sink.flush()
    except EOFError:
        return
    except BrokenPipeError:
        os._exit(1)  # nobody hears, and there is nothing to tidy up
