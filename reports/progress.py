"""Progress of a scan on a terminal: one line a site, redrawn in place; plain lines where the
output is no terminal. Goes to stderr, in characters that a GBK console has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from reports.cells import plain


class News(Protocol):
    """How far one site's crawl is."""

    @property
    def site_id(self) -> str: ...
    @property
    def phase(self) -> str: ...
    @property
    def done(self) -> int: ...
    @property
    def queued(self) -> int: ...
    @property
    def failed(self) -> int: ...


class ScanProgress:
    """Hears how a scan goes and shows it."""

    def __init__(self, bars: Progress | None, out: Console, names: Mapping[str, str]) -> None:
        self._bars = bars
        self._out = out
        self._names = names
        self._tasks: dict[str, TaskID] = {}
        self._phases: dict[str, str] = {}

    def heard(self, news: News) -> None:
        """One site's newest word."""
        name = plain(self._names.get(news.site_id, news.site_id))
        failed = f"  失败 {news.failed}" if news.failed else ""
        if self._bars is None:
            if self._phases.get(news.site_id) != news.phase:
                self._phases[news.site_id] = news.phase
                self._out.print(f"{name}：{news.phase}（已请求 {news.done} 次）")
            return
        if news.site_id not in self._tasks:
            self._tasks[news.site_id] = self._bars.add_task(name, total=None, words="")
        self._bars.update(
            self._tasks[news.site_id],
            completed=news.done,
            total=max(news.done + news.queued, 1),
            words=f"{news.phase}  已请求 {news.done} 次{failed}",
        )

    def judging(self) -> None:
        """The crawl is over; the rules are at work."""
        if self._bars is None:
            self._out.print("评判、记分")
        else:
            for task in self._tasks.values():
                self._bars.update(task, words="评判、记分")


@contextmanager
def scan_progress(
    out: Console, names: Mapping[str, str], *, shown: bool = True
) -> Iterator[ScanProgress]:
    """Show a scan's progress while the block runs. ``names``: sites by id."""
    if not shown or not out.is_terminal:
        quiet = Console(quiet=True)
        yield ScanProgress(None, out if shown else quiet, names)
        return
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[words]}"),
        TimeElapsedColumn(),
        console=out,
        transient=True,
        refresh_per_second=4,
    )
    with bars:
        yield ScanProgress(bars, out, names)
