"""What both spiders do: the order of a site's crawl.

robots.txt and the home page first, then the column trees, then every list to its end, then the
articles, then links and attachments. A spider says how its site's columns are found; the rest is
the same.
"""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import scrapy

from checks.budget_facts import is_budget_column
from checks.facts import (
    ColumnState,
    DateState,
    Entry,
    HomeReading,
    LinkFate,
    Missing,
    Node,
    Page,
    PageKind,
    TreeReading,
    Unverified,
)
from config.schema import ExpectedColumn, Site, UnitGroup
from crawler.again import SecondLook
from crawler.answers import Answer, AnswerKind
from crawler.articles import ArticleCrawl
from crawler.asking import Asker
from crawler.attachments import FileCrawl
from crawler.browser import Chromium
from crawler.extract import Reading, read_page
from crawler.filereading import FileReader
from crawler.frontier import Budget, Purpose
from crawler.links import LinkCheck
from crawler.lists import ListCrawl
from crawler.past import Past
from crawler.plan import Again, CrawlPlan, Phase, Progress, SiteResult
from crawler.reading import ArticleRead, Job, Readers
from crawler.scope import Scope, host_key
from crawler.tasks import together
from crawler.trees import (
    Found,
    Names,
    links_of,
    match_columns,
    node_of,
    nodes_of,
    normal,
    tree_blocks,
)
from crawler.urls import canonical
from crawler.walls import Wall, anothers, stands
from storage.db import StorageError
from storage.evidence import EvidenceStore
from storage.models import SiteState
from storage.writer import Fetch, ScanWriter, tree_key

log = logging.getLogger(__name__)
SHANGHAI = ZoneInfo("Asia/Shanghai")
PROGRESS_EVERY = 0.2
"""Seconds between two words of progress."""

UNRECOGNISED = Unverified(code=Missing.READER, reason="没有认出栏目导航，不能确定栏目是否齐全")
BROKE_OFF = Unverified(
    code=Missing.NOT_REACHED, reason="程序内部出错，没有检测完，请把运行日志交给开发者"
)
MOST_PARENTS = 60
"""Pages of a menu that are read for columns which the menu itself does not show."""
TOO_MANY_PARENTS = Unverified(
    code=Missing.UNPROVEN, reason="上级栏目太多，没有全部读完，不能确定有没有这个栏目"
)
_ABSENT = Unverified(code=Missing.UNPROVEN, reason="栏目树中没有这个栏目")


@dataclass(slots=True)
class Shared:
    """What the spiders of one crawl have in common."""

    readers: Readers
    browser: Chromium
    files: FileReader = field(default_factory=FileReader)
    alive: dict[str, datetime] = field(default_factory=dict)
    """Addresses whose page was fetched in this crawl, and when."""
    checking: set[str] = field(default_factory=set)
    """Link targets that one of them has taken on."""


@dataclass(slots=True, kw_only=True)
class TreeFound:
    """A tree of this scan: what was read, and which expected columns it shows."""

    reading: TreeReading
    columns: dict[str, Found] = field(default_factory=dict)
    fetch: Fetch | None = None


class SiteSpider(scrapy.Spider):
    """Crawls one site for one scan."""

    name = "site"
    by_catalogue: ClassVar[bool]
    """Pages belong to the unit in whose catalogue they stand; else to the one they name."""

    def __init__(
        self,
        *,
        plan: CrawlPlan,
        site: Site,
        scope: Scope,
        budget: Budget,
        writer: ScanWriter,
        evidence: EvidenceStore | None,
        past: Past,
        shared: Shared,
        tell: Callable[[Progress], None],
    ) -> None:
        super().__init__(site.id)
        self.plan = plan
        self.site = site
        self.rate = plan.config.rate(site.id)
        self.user_agent = plan.config.city.user_agent
        self.reader = plan.reader
        self.scope = scope
        self.budget = budget
        self.writer = writer
        self.evidence = evidence
        self.past = past
        self.shared = shared
        self.root = canonical(str(site.url)) or str(site.url)
        self.settled: dict[str, LinkFate] = {}
        """Fates that became known while reading."""
        self.ahead = 0
        """What is still ahead in this phase, for progress."""
        self.result: SiteResult | None = None
        self.failure: StorageError | None = None
        """The database or the disk failed: nothing more can be recorded."""
        self.hurry: list[Callable[[], None]] = []
        """Called when the crawl is to end at once."""
        self.home_answer: Answer | None = None
        self.home_reading: Reading | None = None
        self.own_keys = frozenset(f"{site.id}/{spec.slug}" for spec in site.columns)
        """Keys of the columns that stand in the site's own menu, in nobody's catalogue."""
        self.menu: set[str] = set()
        """Addresses of column links: a "list" of nothing but these is a menu."""
        self._tell = tell
        self._phase = Phase.ROBOTS
        self._told = 0.0
        self.asker = Asker(
            scope=scope,
            rate=self.rate,
            budget=budget,
            engine=lambda: self.crawler.engine,
            clock=plan.clock,
            count=self._count,
        )
        today = plan.as_of.astimezone(SHANGHAI).date()
        self.everyones = list(plan.config.expected_columns(site.id, today))
        """The columns of all units, also of those that this scan leaves out."""
        self.again = None if plan.again is None else plan.again.get(site.id, Again())
        self.expected = [column for column in self.everyones if self._wants(column)]

    def _wants(self, column: ExpectedColumn) -> bool:
        units = self.plan.units
        if self.again is not None:
            return column.key in self.again.columns
        return (
            units is None
            or not units.isdisjoint((column.unit_id, column.owner_id))
            or self._holds_budgets(column, units)
        )

    def _holds_budgets(self, column: ExpectedColumn, units: frozenset[str]) -> bool:
        """Some of the units owe their budgets in this column, whoever keeps it."""
        groups = {u.id: u.group for u in self.plan.config.units}
        everyones = column.key in self.own_keys or groups.get(column.owner_id) is UnitGroup.CITY
        named = column.key == f"{self.site.id}/{self.site.budget_column}"
        if not named and not (everyones and is_budget_column(column)):
            return False
        owing = {UnitGroup.PARTY, *self.plan.config.city.budgets.groups}
        return any(groups.get(unit_id) in owing for unit_id in units)

    def _list_alone(self, column: ExpectedColumn) -> bool:
        """In a scan of some departments everyone's budget column shows whether theirs are there; the
        others' articles are not asked for."""
        units = self.plan.units
        if units is None or self.again is not None:
            return False
        if not units.isdisjoint((column.unit_id, column.owner_id)):
            return False
        groups = {u.id: u.group for u in self.plan.config.units}
        return all(groups.get(unit_id) is not UnitGroup.PARTY for unit_id in units)

    # -- Scrapy's side ---------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """The whole crawl. Requests go straight to the engine, so that nothing is yielded."""
        began = time.monotonic()
        try:
            state, why = await self.run()
        except StorageError as error:
            self.failure = error
            return
        except Exception:
            log.exception("crawl of %s broke off", self.site.id)
            state, why = SiteState.INTERRUPTED, BROKE_OFF
        seconds = time.monotonic() - began
        self.writer.count(seconds=seconds)
        self.writer.finish(state, why)
        self.phase(Phase.DONE)
        self.result = SiteResult(
            site_id=self.site.id,
            state=state,
            reason=why,
            counters=self.asker.counters,
            seconds=seconds,
        )
        nothing: tuple[scrapy.Request, ...] = ()
        for request in nothing:
            yield request

    def _count(self, **deltas: float) -> None:
        self.writer.count(**deltas)
        now = time.monotonic()
        if now - self._told >= PROGRESS_EVERY:
            self._told = now
            self._report()

    def phase(self, phase: Phase) -> None:
        self._phase = phase
        self.ahead = 0
        self._report()

    def _report(self) -> None:
        counters = self.asker.counters
        self._tell(
            Progress(
                site_id=self.site.id,
                phase=self._phase,
                done=counters.requests,
                queued=max(0, self.ahead),
                failed=counters.failed,
            )
        )

    # -- the order of work -----------------------------------------------------------------

    async def run(self) -> tuple[SiteState, Unverified | None]:
        """Crawl the site; the state that it ended in, and why where it was not reached."""
        self.writer.start()
        robots = await self.asker.read_robots(host_key(self.root), self.root)
        if self.again is not None:
            if robots.refusal is not None:
                return SiteState.UNREACHED, robots.refusal
            await self.asker.calibration(self.root)
            return await SecondLook(self, self.again).run()
        if robots.refusal is not None:
            self._unreached(robots.refusal)
            self._carry(ListCrawl(self))
            return SiteState.UNREACHED, robots.refusal
        await self.asker.calibration(self.root)
        self.phase(Phase.HOME)
        home = await self.look_at_home()
        if (foreign := self.foreign()) is not None:
            self._unreached(foreign)
            self._carry(ListCrawl(self))
            return SiteState.UNREACHED, foreign
        self.phase(Phase.TREE)
        found = self.place(await self.read_trees(), home)
        self.phase(Phase.LISTS)
        lists = ListCrawl(self)
        await lists.run(found)
        if home is not None and not lists.readings:
            self._carry(lists)
            return SiteState.UNREACHED, home
        self.phase(Phase.ARTICLES)
        articles = ArticleCrawl(self)
        pages = [column for column in self.expected if not self._list_alone(column)]
        await articles.run(articles.wanted(pages, lists.readings))
        self.phase(Phase.LINKS)
        await FileCrawl(self).run(self.expected, lists.readings)
        left = await LinkCheck(self).run(articles.targets)
        left += articles.carry()
        self._leave(left)
        ended = left > 0 or self.budget.window_ended
        return SiteState.WINDOW if ended else SiteState.COMPLETE, home

    async def read_trees(self) -> dict[str | None, TreeFound | Unverified]:
        """The column trees; their links are known as a menu from then on."""
        trees = await self.trees()
        for tree in trees.values():
            if isinstance(tree, TreeFound):
                self.menu.update(node.url for node in tree.reading.nodes)
        return trees

    def _carry(self, lists: ListCrawl) -> None:
        """Nothing was reached: what is known of every page stands as it was last read."""
        articles = ArticleCrawl(self)
        articles.leave(articles.wanted(self.expected, lists.readings))
        self._leave(articles.carry())

    def _leave(self, left: int) -> None:
        self.asker.counters.left_over += left
        self.writer.count(left_over=left)

    @abstractmethod
    async def trees(self) -> dict[str | None, TreeFound | Unverified]:
        """The column trees by owner (``None``: the site's own), as read or as they were read
        before a resume. Those that were read now are recorded."""

    async def look_at_home(self) -> Unverified | None:
        """Read the home page; why not, when it could not be had."""
        answer = await self.asker.ask(self.root, Purpose.HOME)
        self.home_answer = answer
        if answer.kind is not AnswerKind.PAGE:
            if answer.kind is AnswerKind.LEFT:
                return answer.missing
            why = answer.missing or Unverified(
                code=Missing.SERVER,
                reason="首页返回 404"
                if answer.kind is AnswerKind.GONE
                else f"首页跳转到站外：{(answer.target or '')[:200]}",
            )
            self.writer.home(why)
            return why
        reading = self.read(answer, PageKind.HOME)
        if reading is None:
            why = Unverified(code=Missing.READER, reason="没有读懂首页")
            self.writer.home(why, self.keep(answer))
            return why
        self.home_reading = reading
        self.writer.home(self._home_facts(answer, reading), self.keep(answer), reading.page)
        return None

    def foreign(self) -> Unverified | None:
        """Why what answers is not the configured site: a hijacked or resold domain. Its code alone
        may be a slip of the template; code and name together are another's."""
        page = self.home_reading.page if self.home_reading is not None else None
        title = page.title.value if page is not None and page.title else ""
        own = normal(self.site.name)
        if own not in normal(title) and (taken := anothers(title)) is not None:
            return taken
        if page is None or not page.site_code or not self.site.site_code:
            return None
        shown = page.site_name or (page.title.value if page.title else "")
        if page.site_code.strip() == self.site.site_code or not shown:
            return None
        other = normal(shown)
        if own in other or other in own:
            return None
        return stands(
            Wall.BLOCKED,
            f"首页是另一个网站（“{shown[:40]}”，标识码 {page.site_code[:20]}），域名可能被劫持或另作他用",
        )

    def _home_facts(self, answer: Answer, reading: Reading) -> HomeReading:
        fetched_on = answer.at.astimezone(SHANGHAI).date()
        rows = [
            e
            for e in home_rows(reading)
            if e.date_state is DateState.READ and e.published is not None
        ]
        past = [e for e in rows if e.published is not None and e.published <= fetched_on]
        newest = max(past, key=lambda e: (e.published or fetched_on, e.title), default=None)
        return HomeReading(
            url=self.root,
            newest=newest.published if newest else None,
            newest_title=newest.title[:200] if newest else "",
            dated_rows=len(rows),
            links=len({a.url for a in reading.anchors if self.owns(a.url)}),
        )

    def place(
        self, trees: dict[str | None, TreeFound | Unverified], home: Unverified | None
    ) -> list[tuple[ExpectedColumn, Found]]:
        """Where each expected column is; those that are nowhere are recorded at once."""
        placed = []
        for column in self.expected:
            if column.url is not None and (url := canonical(column.url)) is not None:
                placed.append((column, Found(url, None, "")))
                continue
            owner = None if column.key in self.own_keys else column.owner_id
            tree = trees.get(owner) or home or UNRECOGNISED
            known = canonical(column.fallback) if column.fallback is not None else None
            if known is not None and (
                isinstance(tree, Unverified) or column.key not in tree.columns
            ):
                # Where it stood when the configuration was made; not being named is no absence.
                placed.append((column, Found(known, None, "")))
            elif isinstance(tree, Unverified):
                self._nowhere(column, tree, ColumnState.UNVERIFIED, None)
            elif column.key in tree.columns:
                placed.append((column, tree.columns[column.key]))
            elif tree.reading.complete:
                self._nowhere(column, _ABSENT, ColumnState.ABSENT, tree.fetch)
            else:
                why = tree.reading.reason or _ABSENT
                self._nowhere(column, why, ColumnState.UNVERIFIED, tree.fetch)
        return placed

    def _nowhere(
        self, column: ExpectedColumn, why: Unverified, state: ColumnState, fetch: Fetch | None
    ) -> None:
        self.writer.column(
            column.key,
            why,
            state,
            fetch=fetch,
            owner_id=column.owner_id,
            unit_id=column.unit_id,
        )

    def _unreached(self, why: Unverified) -> None:
        """Nothing may or can be fetched: everything is 未能核实, with the one reason."""
        self.writer.home(why)
        for owner in self.tree_owners():
            self.writer.tree(owner, why)
        for column in self.expected:
            self._nowhere(column, why, ColumnState.UNVERIFIED, None)

    def tree_owners(self) -> list[str | None]:
        """Whose trees are looked for (``None``: the site's own menu)."""
        return list(
            dict.fromkeys(
                None if c.key in self.own_keys else c.owner_id
                for c in self.expected
                if c.url is None
            )
        )

    async def site_tree(self) -> TreeFound | Unverified | None:
        """The site's own menu, from its home page and, for what that does not show, the pages that
        it leads to; ``None`` when the home page could not be read."""
        own = [c for c in self.expected if c.key in self.own_keys]
        sought = [c for c in own if c.url is None]
        done = self.tree_done(None)
        if isinstance(done, Unverified):
            return done
        if done is not None:
            return TreeFound(reading=done, columns=match_columns(sought, links_of(done.nodes)))
        if self.home_reading is None or self.home_answer is None:
            return None
        anchors = self.home_reading.anchors
        # A menu is told by all the columns that should stand in it, also where few are sought.
        names = Names.of(c for c in self.everyones if c.key in self.own_keys)
        paths = tree_blocks(anchors, names)
        columns = match_columns(sought, [a for a in anchors if a.path in paths])
        # A link with the exact name elsewhere on the home page speaks against absence as well.
        for key, found in match_columns(sought, [a for a in anchors if self.owns(a.url)]).items():
            columns.setdefault(key, found)
        nodes = list(nodes_of(anchors, paths, names))
        problem = None if paths else UNRECOGNISED
        lacking = [c for c in sought if c.key not in columns]
        if paths and lacking:
            problem = await self._below(lacking, columns, nodes)
        nodes += node_of(columns.values(), nodes)
        reading = TreeReading(
            root=self.root, nodes=tuple(nodes), complete=problem is None, reason=problem
        )
        fetch = self.keep(self.home_answer)
        self.writer.tree(None, reading, fetch)
        return TreeFound(reading=reading, columns=columns, fetch=fetch)

    async def _below(
        self, lacking: list[ExpectedColumn], columns: dict[str, Found], nodes: list[Node]
    ) -> Unverified | None:
        """Look for columns on the pages that the menu leads to; why it is not known that they are
        nowhere: a menu of the first level alone says nothing of the second."""
        taken = {found.url for found in columns.values()}
        urls = [u for u in dict.fromkeys(n.url for n in nodes) if u not in taken and self.owns(u)]
        answers = await together(
            self.asker.ask(url, Purpose.TREE, order=1.0) for url in urls[:MOST_PARENTS]
        )
        problem = TOO_MANY_PARENTS if len(urls) > MOST_PARENTS else None
        for answer in answers:
            if answer.kind in (AnswerKind.GONE, AnswerKind.REDIRECT):
                continue
            reading = self.read(answer, PageKind.OTHER) if answer.kind is AnswerKind.PAGE else None
            if reading is None:
                why = answer.missing.reason if answer.missing else "没有读懂"
                code = answer.missing.code if answer.missing else Missing.READER
                problem = Unverified(code=code, reason=f"上级栏目页没有读到：{why}")
                continue
            self.keep(answer)
            shown = [a for a in reading.anchors if self.owns(a.url)]
            for key, found in match_columns(lacking, shown).items():
                columns.setdefault(key, found)
        return problem if any(c.key not in columns for c in lacking) else None

    # -- for the parts of the crawl --------------------------------------------------------

    def owns(self, url: str) -> bool:
        """Whether the address lies on this site."""
        return self.scope.owns(self.site.id, url)

    def read(self, answer: Answer, hint: PageKind, container: str | None = None) -> Reading | None:
        """A page's reading; ``None`` when the answer is no web page or breaks the reader.

        ``container``: where the list stood on the page before this one.
        """
        if not self._is_page(answer):
            return None
        try:
            return read_page(
                answer.body,
                url=answer.final_url,
                content_type=answer.content_type,
                hint=hint,
                container=container,
            )
        except Exception:
            log.exception("the reader failed on %s", answer.final_url)
            return None

    async def read_article(self, answer: Answer) -> ArticleRead | None:
        """An article's reading, judged and ready to be stored; ``None`` as for ``read``."""
        if not self._is_page(answer):
            return None
        job = Job(answer.body, answer.final_url, answer.content_type)
        return await self.shared.readers.article(job)

    async def read_list(self, answer: Answer, container: str | None = None) -> Page | None:
        """A list page, without its link blocks; ``None`` as for ``read``."""
        if not self._is_page(answer):
            return None
        job = Job(answer.body, answer.final_url, answer.content_type, container)
        return await self.shared.readers.list_page(job)

    def _is_page(self, answer: Answer) -> bool:
        """Whether the answer can be a web page; its address is then known to be alive."""
        kind = answer.content_type.lower()
        if kind and not ("html" in kind or "xml" in kind or kind.startswith("text/")):
            return False
        self.shared.alive[answer.url] = self.shared.alive[answer.final_url] = answer.at
        return True

    def keep(self, answer: Answer, *, rendered: bool = False) -> Fetch:
        """Keep an answer as evidence; how it was fetched. ``rendered``: its body is the markup of a
        page as a browser showed it, and is marked as such."""
        digest = None
        if self.evidence is not None:
            digest = answer.digest
            stored = self.evidence.put(
                self.site.id,
                answer.final_url,
                answer.status or 0,
                list(answer.headers.items()),
                answer.body,
                answer.at,
                digest,
                rendered=rendered,
            )
            if stored.new:
                self.writer.count(evidence_bytes=stored.length)
        if rendered:
            return Fetch(at=answer.at, status=answer.status or 0, evidence=digest)
        return Fetch(
            at=answer.at,
            status=answer.status or 0,
            etag=answer.headers.get("etag"),
            last_modified=answer.headers.get("last-modified"),
            evidence=digest,
        )

    async def soft_gone(self, answer: Answer) -> bool:
        """Whether an answer with status 200 is the host's way of saying that there is nothing."""
        if answer.kind is not AnswerKind.PAGE:
            return False
        calibration = await self.asker.calibration(answer.url)
        return calibration.is_gone(answer, self.root)

    def unit_of(self, read: ArticleRead, listed: Entry | None) -> str | None:
        """The unit that a page names as its source; ``None``: nobody's, or not surely read."""
        source, issuer = (
            one.value if one is not None and one.confidence >= self.plan.min_confidence else None
            for one in (read.source, read.issuer)
        )
        for name in (source, issuer):
            if name is not None and (unit := self.plan.attribute(name)) is not None:
                return unit
        if source is None and listed is not None and listed.source:
            return self.plan.attribute(listed.source)
        return None

    def tree_done(self, owner: str | None) -> TreeReading | Unverified | None:
        """A tree that this scan has read already; ``None`` also where it must be read again."""
        done = self.writer.tree_done(tree_key(self.site.id, owner))
        if isinstance(done, Unverified) and done.code is Missing.NOT_REACHED:
            return None
        return done


def home_rows(reading: Reading) -> list[Entry]:
    """The rows that a home page shows."""
    listing = reading.page.listing
    return list(listing.entries) if listing is not None else []
