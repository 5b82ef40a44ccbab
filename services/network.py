"""What a scan wants to know of each site once, beside its pages: the network facts, and whether the
site's own search finds what is published.

It is gathered after the crawl, within the crawl's window, rate and number of requests. A fault here
never ends a scan: it is 未能核实, as is everything that may be our own network's.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from checks.facts import Missing, PageKind, Unverified
from checks.identity_facts import NetworkLook, SearchLook
from checks.parts import SearchForm
from config.schema import Site
from crawler.asking import ENDLESS
from crawler.download import WINDOW_ENDED
from crawler.extract.tree import bare
from crawler.network import Look
from crawler.plan import CrawlResult, Phase, Progress, SiteResult
from crawler.politeness import TURNS
from crawler.scope import Scope
from crawler.search import Searched, search
from crawler.urls import canonical, is_attachment
from crawler.visitor import Got, Line, Visitor
from services.judging.availability import NETWORK
from services.judging.identity import SEARCH, configured
from services.workspace import Workspace, shanghai_day
from storage import extras, readings
from storage.db import StorageError
from storage.evidence import EvidenceStore
from storage.models import ScanRow, Sight
from storage.readings import StoredHome, StoredPage

log = logging.getLogger(__name__)

PATIENCE = 300.0
"""Seconds for the look at one site; what is known by then is kept."""
SETTLED = 7
"""Days after which a search should know an entry."""
RECENT = 365
"""Days up to which an entry is recent enough to be asked for."""
T = TypeVar("T")
_TITLE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]{6,30}")
_BROKEN = Unverified(code=Missing.NOT_CAPTURED, reason="程序内部出错，未能查看")
_NO_HOME = Unverified(code=Missing.NOT_REACHED, reason="没有读到首页，没有查站内搜索")
_NO_FORM = Unverified(code=Missing.READER, reason="首页上没有读到站内搜索框")
_SCRIPTED = Unverified(code=Missing.READER, reason="站内搜索由脚本提供，不能直接查询")
_NO_TITLE = Unverified(code=Missing.UNPROVEN, reason="没有适合用来查站内搜索的信息标题")
_NO_TIME = Unverified(code=Missing.NOT_REACHED, reason="没有来得及查站内搜索")
_OTHER_HOST = Unverified(code=Missing.NOT_CAPTURED, reason="站内搜索在别的网站上，没有查询")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a site's search is asked, or why it is not."""

    form: SearchForm
    title: str
    page: str
    """Address of the entry with this title."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came of one site."""

    network: NetworkLook | Unverified
    search: SearchLook | Unverified
    results: Got | None = None
    """The page of search results."""


def gather(
    ws: Workspace,
    scan: ScanRow,
    result: CrawlResult,
    *,
    until: datetime | None,
    evidence: EvidenceStore | None = None,
    listener: Callable[[Progress], None] | None = None,
    line: Line | None = None,
) -> None:
    """Look at every site of a crawl that came to its end, and store what was seen.

    ``until``: when fetching must end. ``evidence``: where pages of search results are kept.
    Raises ``StorageError`` alone.
    """
    known = {site.id: site for site in ws.config.sites}
    ran = [one for one in result.sites if one.site_id in known]
    found: Mapping[str, Gathered]
    if listener is not None:
        for one in ran:
            listener(_news(one))
    try:
        asked = _questions(ws, scan, [known[one.site_id] for one in ran])
        found = asyncio.run(_all(ws, ran, known, asked, until, line or Line()))
    except StorageError:
        raise
    except Exception:
        log.exception("could not look at the sites' networks")
        found = {one.site_id: Gathered(network=_BROKEN, search=_BROKEN) for one in ran}
    at = ws.now()
    kept = _keep(evidence, scan, found, at) if evidence is not None else {}
    extras.save(
        ws.engine, scan.id, NETWORK, (_row(i, g.network, at, None) for i, g in found.items())
    )
    extras.save(
        ws.engine, scan.id, SEARCH, (_row(i, g.search, at, kept.get(i)) for i, g in found.items())
    )


def _row(
    site_id: str, facts: T | Unverified, at: datetime, evidence: str | None
) -> extras.Extra[T]:
    return extras.Extra(
        subject_key=site_id, site_id=site_id, facts=facts, fetched_at=at, evidence=evidence
    )


def _keep(
    evidence: EvidenceStore, scan: ScanRow, found: Mapping[str, Gathered], at: datetime
) -> dict[str, str]:
    """Digests of the pages of results, by site."""
    kept = {}
    for site_id, one in found.items():
        if (got := one.results) is not None:
            evidence.attach(scan.id, scan.as_of, site_id)
            headers = list(got.headers.items())
            kept[site_id] = evidence.put(site_id, got.url, got.status, headers, got.body, at).digest
    evidence.commit()
    return kept


def _news(one: SiteResult) -> Progress:
    counters = one.counters
    return Progress(
        site_id=one.site_id,
        phase=Phase.NETWORK,
        done=counters.requests,
        queued=0,
        failed=counters.failed,
    )


# --- what the search is asked ---------------------------------------------------------------------


def _questions(ws: Workspace, scan: ScanRow, sites: list[Site]) -> dict[str, Question | Unverified]:
    days = ws.config.city.max_age_days
    homes = readings.homes(ws.engine, scan.id, days)
    scope = Scope(ws.config.sites)
    found: dict[str, Question | Unverified] = {}
    for site in sites:
        form = _form(scope, site, homes.get(site.id))
        if isinstance(form, Unverified):
            found[site.id] = form
            continue
        pages = readings.pages(
            ws.engine, scan.id, rules_digest="", max_age_days=days, sites=[site.id]
        )
        found[site.id] = choose(
            form,
            [p for p in pages if p.url is not None and scope.owns(site.id, p.url)],
            shanghai_day(scan.as_of),
        )
    return found


def _form(scope: Scope, site: Site, home: StoredHome | None) -> SearchForm | Unverified:
    if home is None or home.page is None or home.page.marks is None:
        return _NO_HOME
    form = home.page.marks.search
    if form is None:
        return _NO_FORM
    if form.action and not scope.owns(site.id, form.action):
        return _OTHER_HOST
    return form if form.plain else _SCRIPTED


def choose(form: SearchForm, pages: list[StoredPage], today: date) -> Question | Unverified:
    """The newest settled entry whose title is plain, is the same in its list and on its page, and
    is no other page's."""
    named = Counter(bare(page.title) for page in pages if page.title)

    def fit(page: StoredPage) -> bool:
        return (
            page.kind in (PageKind.ARTICLE, PageKind.ENTRY)
            and page.outcome in (Sight.FETCHED, Sight.NOT_MODIFIED)
            and page.unverified is None
            and page.version_id is not None
            and "letter" not in page.parts
            and page.title is not None
            and _TITLE.fullmatch(page.title) is not None
            and named[page.title] == 1
            and page.listed is not None
            and page.listed.title == page.title
            and page.published is not None
            and SETTLED <= (today - page.published).days <= RECENT
            and not is_attachment(page.url or "")
        )

    fitting = [page for page in pages if fit(page)]
    if not fitting:
        return _NO_TITLE
    best = min(fitting, key=lambda p: (today - (p.published or date.min), p.subject_key))
    return Question(form=form, title=best.title or "", page=best.url or "")


# --- asking ---------------------------------------------------------------------------------------


async def _all(
    ws: Workspace,
    ran: list[SiteResult],
    known: Mapping[str, Site],
    asked: Mapping[str, Question | Unverified],
    until: datetime | None,
    line: Line,
) -> dict[str, Gathered]:
    scope = Scope(ws.config.sites)

    async def one(result: SiteResult) -> Gathered:
        try:
            return await _one(
                ws, scope, known[result.site_id], result, asked[result.site_id], until, line
            )
        except Exception:
            log.exception("could not look at the network of %s", result.site_id)
            return Gathered(network=_BROKEN, search=_BROKEN)

    with ExitStack() as stack:
        for result in ran:
            rate = ws.config.rate(result.site_id)
            stack.enter_context(
                TURNS.engaged(
                    scope.servers(result.site_id),
                    interval=rate.interval_seconds,
                    concurrency=rate.concurrency,
                )
            )
        return dict(
            zip(
                [result.site_id for result in ran],
                await asyncio.gather(*map(one, ran)),
                strict=True,
            )
        )


async def _one(
    ws: Workspace,
    scope: Scope,
    site: Site,
    result: SiteResult,
    asked: Question | Unverified,
    until: datetime | None,
    line: Line,
) -> Gathered:
    home = canonical(str(site.url))
    if home is None:
        return Gathered(network=_BROKEN, search=_BROKEN)
    # What was not reached is not asked again. A home page that leads round and round is.
    endless = result.reason is not None and result.reason.reason == ENDLESS.reason
    if result.reason is not None and not endless:
        return Gathered(network=result.reason, search=result.reason)
    rate = ws.config.rate(site.id)
    spend = _allowance(rate.max_requests - result.counters.requests, until, ws.now)
    if (over := spend(0)) is not None:
        return Gathered(network=over, search=over)
    visitor = Visitor(
        site.id,
        scope,
        rate=rate,
        agent=ws.config.city.user_agent,
        spend=lambda: spend(1),
        line=line,
    )
    look = Look(visitor, home, configured(site).public, ws.now())
    said = Searched(facts=asked if isinstance(asked, Unverified) else _NO_TIME)
    try:
        async with asyncio.timeout(PATIENCE):
            await look.all()
            if isinstance(asked, Question):
                said = await search(visitor, asked.form, asked.title, asked.page)
    except TimeoutError:
        log.warning("the look at %s took more than %g seconds", site.id, PATIENCE)
    return Gathered(network=look.facts(), search=said.facts, results=said.got)


def _allowance(
    left: int, until: datetime | None, clock: Callable[[], datetime]
) -> Callable[[int], Unverified | None]:
    """Why so many requests may not be made now; ``None``: they may, and are counted."""
    spent = 0

    def spend(count: int) -> Unverified | None:
        nonlocal spent
        if spent >= left or (until is not None and clock() >= until):
            return WINDOW_ENDED
        spent += count
        return None

    return spend
