"""The explorer: visits one site, nearest to its menu first, to learn which columns it has.

It keeps nothing and judges nothing: what the pages show is laid together afterwards
(``crawler.charting``). Calendars, searches and trees without end cost at most the bound.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import scrapy

from checks.facts import Listing, Missing, PageKind, Unverified
from config.schema import Rate
from crawler import cms
from crawler.answers import Answer, AnswerKind
from crawler.asking import Asker
from crawler.charting import chart
from crawler.cms.family import Catalogued, CatalogueNode, ListPage, ListRequest, NotUnderstood
from crawler.endpoints import read_endpoint
from crawler.extract import READER, read_page
from crawler.extract.encoding import decode
from crawler.extract.shells import read_shell
from crawler.extract.tree import build
from crawler.frontier import Budget, Purpose
from crawler.lists import MAX_TEXT, may_be_filled
from crawler.marks import read_marks
from crawler.menus import Item, Where, read_menus, renamed
from crawler.naming import leads_nowhere
from crawler.places import Chart, Look, Place, other_hosts, same_mark, same_page
from crawler.plan import Phase, Progress
from crawler.scope import Scope, host_key, related
from crawler.scriptmenus import script_items
from crawler.survey import Survey
from crawler.tasks import each
from crawler.urls import canonical

log = logging.getLogger(__name__)
MAX_DEPTH = 6
"""Pages from the home page to the farthest column that is visited."""
MAX_PLACES = 4000
"""Addresses that one site's menus may name."""
MAX_SCRIPTS = 3
"""Script files that are read for the menu in them."""
MAX_FRAMES = 4
MAX_HOSTS = 3
"""Other hosts that are asked whether they are the site's own."""
CATALOGUE_REQUESTS = 40
"""Questions that one family's tree may cost."""
CATALOGUES = 6
"""Trees that are read beside those of units."""
PROGRESS_EVERY = 0.2
STOPPED = Unverified(code=Missing.NOT_REACHED, reason="已被中止，没有看完")
_NO_HOME = Unverified(code=Missing.READER, reason="没有读懂首页")


class ExploreSpider(scrapy.Spider):
    """Explores one site."""

    name = "explore"

    def __init__(
        self,
        *,
        site_id: str,
        scope_id: str,
        root: str,
        scope: Scope,
        rate: Rate,
        budget: Budget,
        user_agent: str,
        as_of: datetime,
        clock: Callable[[], datetime],
        tell: Callable[[Progress], None],
    ) -> None:
        super().__init__(site_id)
        self.site_id = site_id
        self._site = scope_id
        self.root = root
        self.scope = scope
        self.rate = rate.model_copy(update={"max_list_pages": 1})
        self.budget = budget
        self.user_agent = user_agent
        self.reader = READER
        self.hurry: list[Callable[[], None]] = []
        self.survey: Survey | None = None
        self._tell = tell
        self._phase = Phase.ROBOTS
        self._told = 0.0
        self.asker = Asker(
            scope=scope,
            rate=rate,
            budget=budget,
            engine=lambda: self.crawler.engine,
            clock=clock,
            count=self._count,
        )
        self._chart = Chart(asked=root, home=root, as_of=as_of)
        self._waiting: list[tuple[tuple[int, ...], int, Place]] = []
        self._order = 0
        self._scripts: set[str] = set()
        self._trees: set[str] = set()
        self._shared: dict[str, asyncio.Task[Answer]] = {}

    # -- Scrapy's side ---------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """The whole exploration. Requests go straight to the engine, so that nothing is yielded."""
        try:
            missing = await self.run()
        except Exception:
            log.exception("exploring %s broke off", self.root)
            missing = Unverified(
                code=Missing.NOT_REACHED,
                reason="程序内部出错，没有看完，请把运行日志交给开发者",
            )
        self.survey = chart(self._chart, requests=self.asker.counters.requests, missing=missing)
        self._say(Phase.DONE)
        nothing: tuple[scrapy.Request, ...] = ()
        for request in nothing:
            yield request

    def partial(self, why: Unverified) -> Survey:
        """What is known so far, and why that is not all."""
        return chart(self._chart, requests=self.asker.counters.requests, missing=why)

    def keep(self, answer: Answer) -> None:
        """Nothing is kept of a site that is only explored."""

    def _count(self, **_: float) -> None:
        now = time.monotonic()
        if now - self._told >= PROGRESS_EVERY:
            self._told = now
            self._report()

    def _say(self, phase: Phase) -> None:
        self._phase = phase
        self._report()

    def _report(self) -> None:
        counters = self.asker.counters
        self._tell(
            Progress(
                site_id=self.site_id,
                phase=self._phase,
                done=counters.requests,
                queued=len(self._waiting),
                failed=counters.failed,
            )
        )

    # -- the order of work -----------------------------------------------------------------

    async def run(self) -> Unverified | None:
        """Explore; why the site could not be explored, or not to the end."""
        robots = await self.asker.read_robots(host_key(self.root), self.root)
        if robots.refusal is not None:
            return robots.refusal
        await self.asker.calibration(self.root)
        self._say(Phase.HOME)
        missing = await self._home()
        if missing is not None:
            return missing
        self._say(Phase.TREE)
        await self._visit_all()
        return STOPPED if self.budget.stopped else self._chart.trouble()

    async def _home(self) -> Unverified | None:
        answer = await self.asker.ask(self.root, Purpose.HOME)
        target = host_key(answer.target or "")
        if answer.kind is AnswerKind.REDIRECT and related(target, host_key(self.root)):
            self._admit(target)
            answer = await self.asker.ask(answer.target or self.root, Purpose.HOME)
        if answer.kind is not AnswerKind.PAGE:
            if answer.kind is AnswerKind.REDIRECT:
                return Unverified(
                    code=Missing.SERVER,
                    reason=f"首页跳转到站外：{(answer.target or '')[:200]}；要检查那个网站，请用它的地址再试",
                )
            if answer.kind is AnswerKind.GONE:
                return Unverified(code=Missing.SERVER, reason=f"首页打不开（{answer.status}）")
            return answer.missing or _NO_HOME
        look = await self._look(answer, self.root, PageKind.HOME)
        if look is None:
            return _NO_HOME
        entry = self._way_in(look)
        if entry is not None:
            inner = await self.asker.ask(entry, Purpose.HOME)
            again = (
                await self._look(inner, entry, PageKind.HOME)
                if inner.kind is AnswerKind.PAGE
                else None
            )
            if again is not None and len(again.menus.links) > len(look.menus.links):
                look = replace(again, identity=again.identity or look.identity)
        for frame in look.menus.frames[:MAX_FRAMES] if len(look.menus.links) < 8 else ():
            look = await self._with_frame(look, frame)
        self._chart.home = look.url
        self._chart.set_home(look)
        await self._other_hosts(look)
        if self._chart.aliases:
            look = replace(look, menus=renamed(look.menus, self._chart.rename))
            self._chart.set_home(look)
        self._enter(look, depth=0)
        return None

    def _admit(self, host: str) -> None:
        self.scope.admit(self._site, host)
        self._chart.hosts.append(host)

    async def _other_hosts(self, home: Look) -> None:
        """Take in hosts of the same domain that the home page links to again and again, and whose
        pages bear the site's own mark."""
        for host, url in other_hosts(home.menus, home.url)[:MAX_HOSTS]:
            if self.scope.covers(url):
                continue
            self._admit(host)
            answer = await self.asker.ask(url, Purpose.HOME)
            look = (
                await self._look(answer, url, PageKind.HOME)
                if answer.kind is AnswerKind.PAGE
                else None
            )
            if look is None or not same_mark(home, look):
                self._chart.hosts.remove(host)
                self.scope.dismiss(self._site, host)
                continue
            twin = f"{url.partition('://')[0]}://{host}/"
            answer = await self.asker.ask(twin, Purpose.HOME)
            if answer.kind is AnswerKind.PAGE:
                look = await self._look(answer, twin, PageKind.HOME)
                if look is not None and same_page(home, look):
                    self._chart.aliases[host] = "/".join(home.url.split("/", 3)[:3])

    def _way_in(self, look: Look) -> str | None:
        """From a page that only bids welcome, the address of the real home page."""
        own = [(n, u) for n, u in look.menus.links if self.scope.covers(u)]
        if look.menus.frames or not 0 < len(own) <= 5:
            return None
        for name, url in own:
            if any(word in name for word in ("进入", "首页", "主页", "网站")):
                return url if url != look.url else None
        return own[0][1] if len(own) == 1 and own[0][1] != look.url else None

    async def _with_frame(self, look: Look, frame: str) -> Look:
        """The page with what one of its frames shows."""
        if not self.scope.covers(frame):
            return look
        answer = await self.asker.ask(frame, Purpose.HOME)
        inner = await self._look(answer, frame, None) if answer.kind is AnswerKind.PAGE else None
        if inner is None:
            return look
        menus = replace(
            look.menus,
            items=look.menus.items + inner.menus.items,
            links=look.menus.links + inner.menus.links,
            trail=look.menus.trail or inner.menus.trail,
            frames=look.menus.frames + inner.menus.frames,
        )
        listing = look.listing
        if inner.listing is not None and (listing is None or not listing.entries):
            listing = inner.listing
        return replace(look, menus=menus, listing=listing)

    # -- visiting --------------------------------------------------------------------------

    def _enter(self, look: Look, *, depth: int, unit: str | None = None) -> None:
        """Take up what a page's menus name."""
        if depth >= MAX_DEPTH:
            return
        for place in self._chart.add(look, depth, self._owns):
            self._push(place)

    def _owns(self, url: str) -> bool:
        """Whether an address lies on the site that is explored: the scope holds no other."""
        return self.scope.covers(url)

    def _push(self, place: Place) -> None:
        if len(self._chart.places) > MAX_PLACES or leads_nowhere(place.url):
            return
        self._order += 1
        heapq.heappush(self._waiting, (place.rank, self._order, place))

    async def _visit_all(self) -> None:
        """Visit what waits, the nearest first, as many at once as the host bears. What the pages of
        one rank name is entered in their order, so that the same site gives the same survey."""
        while self._waiting and not self._spent():
            rank = self._waiting[0][0]
            batch: list[Place] = []
            while self._waiting and self._waiting[0][0] == rank:
                batch.append(heapq.heappop(self._waiting)[2])
            await each(batch, self._visit, self.rate.concurrency)
            for place in batch:
                look = place.look
                if look is not None and look.digest and self._chart.is_new(look):
                    self._enter(look, depth=place.depth + 1)

    def _spent(self) -> bool:
        return self.budget.window_ended or self.budget.asked >= self.budget.limit

    async def _visit(self, place: Place) -> bool:
        place.look = await self._seen(place)
        return True

    async def _seen(self, place: Place) -> Look | None:
        """What a place shows; ``None``: it was not asked for."""
        answer = await self._answer(place)
        if answer.kind is AnswerKind.LEFT:
            return None
        if answer.kind is AnswerKind.REDIRECT:
            return Look.elsewhere(place.url, answer.target or "")
        if answer.kind is AnswerKind.GONE or await self._soft_gone(answer):
            return Look.unread(place.url, _gone(answer))
        if answer.kind is not AnswerKind.PAGE:
            missing = answer.missing or Unverified(code=Missing.SERVER, reason="没有读到栏目页")
            return Look.unread(place.url, missing)
        look = await self._look(answer, place.url, PageKind.LIST, place)
        if look is None:
            missing = Unverified(code=Missing.READER, reason="栏目页不是网页，或没有读懂")
            return Look.unread(place.url, missing)
        return look if look.entries else await self._led_on(look, answer, place)

    async def _answer(self, place: Place) -> Answer:
        """A place's page; one that shows many columns is asked for once."""
        order = float(place.order)
        if not cms.shows_all(place.url):
            return await self.asker.ask(place.url, Purpose.LIST, order=order)
        task = self._shared.get(place.url)
        if task is None:
            task = asyncio.ensure_future(self.asker.ask(place.url, Purpose.LIST, order=order))
            self._shared[place.url] = task
        return await task

    async def _led_on(self, look: Look, answer: Answer, place: Place) -> Look:
        """A page that shows no rows, read where it leads: its frame, its script, its only link."""
        shell = read_shell(answer.body, url=answer.final_url, content_type=answer.content_type)
        for frame in shell.frames[:MAX_FRAMES]:
            inner = await self._with_frame(look, frame)
            if inner.entries:
                return inner
            look = inner
        if shell.target is not None:
            if not self.scope.covers(shell.target):
                return Look.elsewhere(place.url, shell.target)
            again = await self.asker.ask(shell.target, Purpose.LIST, order=float(place.order))
            if again.kind is AnswerKind.PAGE:
                return await self._look(again, place.url, PageKind.LIST, place) or look
        if shell.sole is not None and not shell.frames and not self.scope.covers(shell.sole):
            return Look.elsewhere(place.url, shell.sole)
        return look

    async def _soft_gone(self, answer: Answer) -> bool:
        if answer.kind is not AnswerKind.PAGE:
            return False
        calibration = await self.asker.calibration(answer.url)
        return calibration.is_gone(answer, self.root)

    # -- looking ---------------------------------------------------------------------------

    async def _look(
        self, answer: Answer, asked: str, hint: PageKind | None, place: Place | None = None
    ) -> Look | None:
        """What a page shows; ``None``: it is no web page, or breaks the reader."""
        kind = answer.content_type.lower()
        if kind and not ("html" in kind or "xml" in kind or kind.startswith("text/")):
            return None
        try:
            reading = read_page(
                answer.body, url=answer.final_url, content_type=answer.content_type, hint=hint
            )
            text, encoding = decode(answer.body, answer.content_type)
            text = text[:MAX_TEXT]
            tree = build(text)
            try:
                menus = read_menus(tree, answer.final_url, charset=encoding.used)
                scripted = script_items((script.text for script in tree.scripts), answer.final_url)
                identity = read_marks(tree) if hint is PageKind.HOME else None
                look = Look.of(asked, answer, reading.page, tree, menus, scripted, identity)
            finally:
                tree.release()
        except Exception:
            log.exception("could not look at %s", answer.final_url)
            return None
        look = await self._with_family(await self._with_scripts(look), text, place)
        if self._chart.aliases:
            look = replace(look, menus=renamed(look.menus, self._chart.rename))
        return look

    async def _with_scripts(self, look: Look) -> Look:
        """A page with few links of its own, with the menu that a script file writes."""
        if len(look.menus.items) >= 4:
            return look
        items: list[Item] = []
        for address in look.menus.scripts:
            if address in self._scripts or len(self._scripts) >= MAX_SCRIPTS:
                continue
            if not self._owns(address):
                continue
            self._scripts.add(address)
            answer = await self.asker.ask(address, Purpose.TREE)
            if answer.kind is AnswerKind.PAGE:
                text = decode(answer.body, answer.content_type)[0][:MAX_TEXT]
                items += script_items([text], look.url)
        if not items:
            return look
        return replace(look, menus=replace(look.menus, items=look.menus.items + tuple(items)))

    async def _with_family(self, look: Look, text: str, place: Place | None) -> Look:
        """The page with what its family's endpoints say: the tree of columns, and the list."""
        known = cms.recognise(text, look.url)
        if known is None:
            return look
        family = known[0]
        names = (place.name,) if place is not None and cms.shows_all(look.url) else ()
        page = ListPage(look.url, text, names)
        for catalogued in cms.CATALOGUED:
            if catalogued.NAME == family.NAME:
                tree = f"{family.NAME}@{place.unit if place is not None else ''}"
                if tree in self._trees:
                    continue  # another page gives the same tree
                self._trees.add(tree)
                nodes = await self._catalogue(catalogued, page)
                if not nodes:
                    self._trees.discard(tree)
                items = tuple(_item(n, catalogued.NAME) for n in nodes if n.url is not None)
                if items:
                    look = replace(look, menus=replace(look.menus, items=items + look.menus.items))
        if place is None or not may_be_filled(look.listing):
            return look
        read = await read_endpoint(self, family, page, "")
        if read.pages is None or read.left:
            return replace(look, missing=read.missing) if not look.entries else look
        entries = tuple(read.pages.entries.values())
        shown = {e.url for e in look.entries}
        if shown and not shown & read.pages.entries.keys():
            return replace(look, endpoint_zero=not read.pages.entries)
        proof = read.pages.reading()
        total = None if isinstance(proof, Unverified) else proof.proof.total_claimed
        listing = Listing(
            entries=entries,
            container=None,
            next_url=None,
            pager="endpoint",
            total_claimed=total,
            empty_mark=None if entries else "endpoint",
        )
        return replace(look, listing=listing, family=family.NAME, endpoint=True)

    async def _catalogue(self, catalogued: Catalogued, page: ListPage) -> Iterable[CatalogueNode]:
        """A family's own tree, asked for once a page that declares it."""
        answers: dict[str, str] = {}
        for _ in range(CATALOGUE_REQUESTS):
            try:
                found = catalogued.catalogue(page, answers)
            except NotUnderstood as error:
                log.info("%s: %s (%s)", page.url, error, catalogued.NAME)
                return ()
            if not isinstance(found, ListRequest):
                return found
            if found.url in answers or not self.scope.covers(found.url):
                return ()
            if not answers:
                if found.url in self._trees or len(self._trees) >= CATALOGUES:
                    return ()
                self._trees.add(found.url)
            answer = await self.asker.ask(
                found.url,
                Purpose.TREE,
                method=found.method,
                headers=found.headers,
                body=found.body,
            )
            if answer.kind is not AnswerKind.PAGE and answer.status != 200:
                return ()
            answers[found.url] = decode(answer.body, answer.content_type)[0]
        return ()


def _item(node: CatalogueNode, family: str) -> Item:
    return Item(
        name=node.name,
        url=canonical(node.url or "") or node.url or "",
        above=node.above,
        linked=True,
        block=f"catalogue:{family}",
        where=Where.SCRIPT,
    )


def _gone(answer: Answer) -> Unverified:
    words = (
        f"栏目链接打不开（{answer.status}）"
        if answer.status != 200
        else "栏目链接打开后是“页面不存在”"
    )
    return Unverified(code=Missing.SERVER, reason=words)
