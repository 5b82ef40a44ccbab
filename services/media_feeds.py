"""New media accounts that have a feed: fetched politely, its newest publication kept as a look.

What cannot be read accuses nobody: the account keeps its earlier look, and the reason is told.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from datetime import date, datetime
from urllib.parse import urlsplit

from pydantic import HttpUrl

from checks.facts import Missing, Unverified
from checks.media_facts import FEED, MediaUpdate
from config.media import Account, Platform
from config.problems import nearest
from config.schema import Rate, Site, SiteKind
from crawler import feeds
from crawler.answers import AnswerKind
from crawler.politeness import TURNS
from crawler.scope import Scope, host_key, is_loopback_name, server_key
from crawler.visitor import Got, Line, Unasked, Visitor
from reports.cells import plain
from reports.media import FeedLine, MediaFetchView
from services.media import LONGEST_TITLE
from services.workspace import UsageError, Workspace, shanghai_day
from storage import media as looks
from storage.db import StorageError

log = logging.getLogger(__name__)

PATIENCE = 300.0
"""Seconds for all feeds; those not read by then are left."""
HOSTS = 4
"""Hosts that are asked at a time."""
MAX_REDIRECTS = 3
GENTLE = 2.0
"""Least seconds between two requests to a host that is not this machine."""
_LATE = "没有来得及读取"
_BROKEN = "程序内部出错，没有读到"
_WINDOW = Unverified(code=Missing.NOT_REACHED, reason="检测时段已过，没有读取")
Read = feeds.Newest | str
"""What a feed said last, or why that is not known."""


def fetch(
    ws: Workspace,
    name: str | None = None,
    *,
    platform: Platform | None = None,
    until: datetime | None = None,
    line: Line | None = None,
) -> MediaFetchView:
    """Read the feeds of the accounts in use, or of one, and keep what they say.

    ``name``: an account's name or id; ``until``: when fetching must end. Raises ``UsageError`` for
    an account that cannot be asked, and ``StorageError``.
    """
    now = ws.now()
    today = shanghai_day(now)
    if name is None:
        accounts = [a for a in ws.media.accounts if a.feed is not None and a.valid_on(today)]
    else:
        accounts = [_called(ws, name, platform)]
    read = asyncio.run(_all(ws, accounts, now, until, line or Line()))
    held = looks.newest(ws.engine, today, known_at=now)
    shorts = {u.id: u.short for u in ws.config.units}
    updates: list[MediaUpdate] = []
    lines: list[FeedLine] = []
    for account in accounts:
        earlier = held.get(account.id)
        said = _trusted(read.get(account.id, _LATE), earlier)
        look = _look(account, said, today) if isinstance(said, feeds.Newest) else None
        if look is not None:
            updates.append(look)
        lines.append(
            FeedLine(
                id=account.id,
                platform=account.platform.value,
                platform_label=account.platform.label,
                name=account.name,
                unit_id=account.unit,
                unit_short=shorts[account.unit],
                update=look or earlier,
                unverified=said if isinstance(said, str) else None,
            )
        )
    new = looks.add(ws.engine, updates, actor=ws.actor, at=now)
    return MediaFetchView(day=today, accounts=tuple(lines), read=len(updates), new=new)


def gather(ws: Workspace, until: datetime | None) -> None:
    """``fetch`` beside a scan, which it never ends. Raises ``StorageError`` alone."""
    try:
        today = shanghai_day(ws.now())
        if any(a.feed is not None and a.valid_on(today) for a in ws.media.accounts):
            view = fetch(ws, until=until)
            for one in view.accounts:
                if one.unverified is not None:
                    log.warning("the feed of %s was not read: %s", one.id, one.unverified)
    except StorageError:
        raise
    except Exception:
        log.exception("could not read the feeds of the new media accounts")


def _called(ws: Workspace, name: str, platform: Platform | None) -> Account:
    found = ws.media.called(name, platform)
    if not found:
        guess = nearest(name, [a.name for a in ws.media.accounts])
        more = f"，是不是“{guess}”？" if guess else "：请先登记到 media.yaml"
        raise UsageError(f"名册里没有账号“{name}”{more}")
    if len(found) > 1:
        raise UsageError(f"有 {len(found)} 个账号叫“{name}”：请用 --platform 写明平台，或写编号")
    (account,) = found
    if account.feed is None:
        words = "没有写订阅地址：请在 media.yaml 里给它写 feed"
        raise UsageError(f"{account.platform.label}“{account.name}”{words}")
    if not account.valid_on(shanghai_day(ws.now())):
        raise UsageError(f"{account.platform.label}“{account.name}”已注销或还没有开设，不再读取")
    return account


def _look(account: Account, said: feeds.Newest, today: date) -> MediaUpdate:
    title = plain(said.title)[:LONGEST_TITLE]
    # The same word of the same day is kept once.
    word = hashlib.sha256(f"{account.feed}\n{said.on}\n{title}".encode()).hexdigest()
    return MediaUpdate(
        account=account.id,
        seen_on=today,
        last_on=said.on,
        title=title,
        source=f"{FEED}{word[:12]}）",
    )


def _trusted(said: Read, earlier: MediaUpdate | None) -> Read:
    """A feed that lags behind what was seen before says nothing."""
    if not isinstance(said, feeds.Newest) or earlier is None or earlier.last_on is None:
        return said
    if said.on >= earlier.last_on:
        return said
    return (
        f"feed 里最新一条是 {said.on:%Y-%m-%d}，早于 {earlier.seen_on:%Y-%m-%d} 查看到的"
        f" {earlier.last_on:%Y-%m-%d}，feed 可能没有跟上账号"
    )


async def _all(
    ws: Workspace,
    accounts: Sequence[Account],
    now: datetime,
    until: datetime | None,
    line: Line,
) -> dict[str, Read]:
    """By account; those that were not reached in time are left out."""
    hosts: dict[str, list[Account]] = {}
    for account in accounts:
        hosts.setdefault(server_key(_address(account)), []).append(account)
    found: dict[str, Read] = {}
    few = asyncio.Semaphore(HOSTS)

    async def one(host: str, its: list[Account]) -> None:
        async with few:
            await _of_host(ws, host, its, now, until, line, found)

    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(one(host, its) for host, its in hosts.items()))
    except TimeoutError:
        log.warning("reading the feeds took more than %g seconds", PATIENCE)
    return found


async def _of_host(
    ws: Workspace,
    host: str,
    accounts: list[Account],
    now: datetime,
    until: datetime | None,
    line: Line,
    found: dict[str, Read],
) -> None:
    site, rate = _site(ws, accounts[0])
    visitor = Visitor(
        site.id,
        Scope([site]),
        rate=rate,
        agent=ws.config.city.user_agent,
        spend=lambda: _WINDOW if until is not None and ws.now() >= until else None,
        line=line,
    )
    with TURNS.engaged({host}, interval=rate.interval_seconds, concurrency=1):
        for account in accounts:
            try:
                found[account.id] = await _read(visitor, _address(account), now)
            except Unasked as error:
                found[account.id] = error.missing.reason
            except Exception:
                log.exception("could not read the feed of %s", account.id)
                found[account.id] = _BROKEN


def _address(account: Account) -> str:
    return str(account.feed).partition("#")[0]


def _site(ws: Workspace, account: Account) -> tuple[Site, Rate]:
    """The site on whose host a feed lies, with its rate; else one of that host alone."""
    url = _address(account)
    for site in ws.config.sites:
        if Scope([site]).owns(site.id, url):
            return site, ws.config.rate(site.id)
    alone = Site(
        id="feed", name="feed", kind=SiteKind.PORTAL, url=HttpUrl(url), operator=account.unit
    )
    rate = ws.config.city.rate
    if not is_loopback_name(urlsplit(url).hostname or ""):
        gentle = max(rate.interval_seconds, GENTLE)
        rate = rate.model_copy(update={"interval_seconds": gentle, "robots": True})
    return alone, rate


async def _read(visitor: Visitor, url: str, now: datetime) -> Read:
    """Raises ``Unasked``."""
    for _ in range(MAX_REDIRECTS + 1):
        got = await visitor.ask(url, most=feeds.MAX_BYTES + 1)
        if got.kind is not AnswerKind.REDIRECT or got.target is None:
            return _newest(got, now)
        if not visitor.scope.owns(visitor.site_id, got.target):
            where = plain(host_key(got.target))[:100]
            return f"跳转到 {where}，没有跟随；确是这个账号的，请把 media.yaml 里的 feed 改成新地址"
        url = got.target
    return f"跳转超过 {MAX_REDIRECTS} 次，没有读到"


def _newest(got: Got, now: datetime) -> Read:
    if got.status == 200:
        try:
            return feeds.newest(got.body, now)
        except feeds.UnreadableFeed as error:
            # A wall says more of itself than that it is no feed.
            return got.missing.reason if got.missing is not None else f"feed {error}"
    if got.missing is not None:
        return got.missing.reason
    return f"服务器返回 {got.status}，没有读到 feed"
