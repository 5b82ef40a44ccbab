"""What a crawl is told, and what it tells back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from checks.facts import ColumnReading, LinkKind, Page, Unverified
from checks.runner import Answer
from config.schema import MIN_CONFIDENCE, Config
from storage.models import SiteState


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What became of an address that was only looked at."""

    at: datetime
    evidence: str | None = None
    """Digest of what stood there, kept as evidence."""
    gone: str = ""
    """In Chinese: it is no longer there."""
    missing: Unverified | None = None
    """Why it could not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What a re-check (复查) looks at on one site; nothing else is asked for."""

    columns: frozenset[str] = frozenset()
    """Keys of expected columns: found anew in their trees, and read."""
    pages: tuple[str, ...] = ()
    """Addresses of articles."""
    links: tuple[tuple[str, LinkKind], ...] = ()
    looks: tuple[str, ...] = ()
    """Addresses that are fetched and kept as evidence, and not read."""
    home: bool = False
    siblings: tuple[ColumnReading, ...] = ()
    """Earlier readings of the site's other columns: beside them a blank one is told."""
    seen: dict[str, Looked] = field(default_factory=dict)
    """Filled by the crawl, by address of ``looks``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlPlan:
    """One scan's crawl, of one site or several."""

    scan_id: int
    config: Config
    sites: tuple[str, ...]
    """Ids of the sites to crawl; those that share a host are crawled by one process at one rate."""
    as_of: datetime
    reader: str
    """Version of the reader, stored with what it read."""
    rules_digest: str
    page_hits: Callable[[Page], Mapping[str, Answer]]
    """The page rules that run in the crawl: what each says of a page, by rule id. Only what can be
    pickled (``checks.runner.PageRules``) is run in further processes as well."""
    attribute: Callable[[str], str | None]
    """Unit id of a source text (信息来源), exact after normalisation; ``None``: nobody's."""
    min_confidence: float = MIN_CONFIDENCE
    """The scoring threshold: a source read less surely attributes a page to nobody."""
    full: bool = True
    """Everything is fetched anew; otherwise the server may say that a page is unchanged. Either way
    new and changed articles come first, then the longest unchecked, as far as the budget goes."""
    window_end: datetime | None = None
    """When fetching must end (aware); ``None``: no bound."""
    units: frozenset[str] | None = None
    """Only columns of these units; ``None``: all."""
    again: Mapping[str, Again] | None = None
    """A re-check: what is looked at, by site; ``None``: a scan."""
    keep_evidence: bool = True
    clock: Callable[[], datetime] = utc_now


@dataclass(slots=True)
class Counters:
    """A site's accounts: ``requests = fetched + not_modified + failed + skipped``."""

    requests: int = 0
    fetched: int = 0
    not_modified: int = 0
    failed: int = 0
    skipped: int = 0
    retried_ok: int = 0
    """Failed at first, answered later in the same scan."""
    left_over: int = 0
    """Known pages and links that were not reached."""
    pages_stored: int = 0
    bytes: int = 0
    unattributed: int = 0
    """Pages that no unit could be named for."""

    @property
    def closed(self) -> bool:
        return self.requests == self.fetched + self.not_modified + self.failed + self.skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteResult:
    site_id: str
    state: SiteState
    reason: Unverified | None
    """Why it was not reached, or broke off by an error of ours; ``None`` for one that was stopped."""
    counters: Counters
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlResult:
    sites: tuple[SiteResult, ...] = field(default_factory=tuple)

    @property
    def interrupted(self) -> bool:
        """It was stopped and can be resumed. (What broke off by itself would break off again.)"""
        return any(s.state is SiteState.INTERRUPTED and s.reason is None for s in self.sites)

    @property
    def window_ended(self) -> bool:
        return any(s.state is SiteState.WINDOW for s in self.sites)

    @property
    def complete(self) -> bool:
        return all(s.state is SiteState.COMPLETE for s in self.sites)


class Phase(StrEnum):
    """What a site's crawl is busy with, as progress shows it."""

    ROBOTS = "读取 robots.txt"
    HOME = "读取首页"
    TREE = "读取栏目目录"
    LISTS = "读取栏目列表"
    ARTICLES = "读取文章"
    LINKS = "核查链接"
    NETWORK = "查看网络情况和站内搜索"
    """After the crawl."""
    DONE = "完成"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one site is."""

    site_id: str
    phase: Phase
    done: int
    """Requests that came to an end."""
    queued: int
    """What is known to be still ahead in this phase."""
    failed: int
