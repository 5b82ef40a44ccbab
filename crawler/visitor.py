"""Asks one site for a few addresses beside a crawl: what a scan wants to know of it once.

The crawl's manners hold: only the site's own hosts, addresses checked again after DNS, robots.txt,
the host's rate, the scan's window and number of requests. Nothing is followed here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import httpx

from checks.facts import Missing, Unverified
from config.schema import Rate
from crawler.answers import AnswerKind, outcome
from crawler.certificates import lenient
from crawler.once import MAX_BYTES, Refused, Resolve, Trail, cause, get, names
from crawler.politeness import TURNS
from crawler.robots import Robots
from crawler.scope import Scope, host_key, server_key

LIMIT = 15.0
"""Seconds that one request may take in all: what the official tables count as not opening."""
ADDRESSES = 3
"""Most addresses of one name that are tried."""
_PORTS = {"http": 80, "https": 443}


class Unasked(Exception):
    """There is no answer to read.

    ``refused``: the address was there and refused the connection. ``silent``: nothing came back.
    """

    def __init__(self, missing: Unverified, *, refused: bool = False, silent: bool = False) -> None:
        super().__init__(missing.reason)
        self.missing = missing
        self.refused = refused
        self.silent = silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What one request brought."""

    url: str
    status: int
    kind: AnswerKind
    missing: Unverified | None
    target: str | None
    """Where a redirect leads, canonical."""
    headers: Mapping[str, str]
    body: bytes
    milliseconds: int
    """From the connection to the last byte that was read; the wait for a turn is not counted."""


def _direct(address: str, port: int) -> tuple[str, int]:
    return address, port


async def _names6(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, family=socket.AF_INET6, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _has_route(address: str) -> bool:
    """Whether this machine has a way to an IPv6 address; nothing is sent."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 443))
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Our own side of it; a test puts its own in the place of each."""

    resolve: Resolve = names
    resolve6: Resolve = _names6
    routed6: Callable[[str], bool] = _has_route
    dial: Callable[[str, int], tuple[str, int]] = _direct
    """Where a connection to an address and port really goes."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.perf_counter
    limit: float = LIMIT


class Visitor:
    """Asks on behalf of one site. ``spend``: why one more request may not be made now, or ``None``
    (it is counted then). The host's rate must be engaged (``TURNS.engaged``) by the caller."""

    def __init__(
        self,
        site_id: str,
        scope: Scope,
        *,
        rate: Rate,
        agent: str,
        spend: Callable[[], Unverified | None],
        line: Line,
    ) -> None:
        self.site_id = site_id
        self.scope = scope
        self.rate = rate
        self.line = line
        self._agent = agent
        self._spend = spend
        self._robots: dict[str, Robots] = {}

    async def ask(self, url: str, address: str | None = None, *, most: int = MAX_BYTES) -> Got:
        """One request for a canonical address. ``address``: the one of the host to connect to;
        ``most``: bytes of the body that are read. Raises ``Unasked``."""
        self.must_own(url)
        try:
            httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            why = "地址写法有误，没有访问"
            raise Unasked(Unverified(code=Missing.SERVER, reason=why)) from None
        if self.rate.robots:
            robots = await self._robots_of(url)
            forbidden = robots.verdict(url)
            if forbidden is not None:
                raise Unasked(forbidden)
        return await self._ask(url, address, most)

    def must_own(self, url: str) -> None:
        """Raises ``Unasked`` for an address that is not on a host of the site."""
        if self.scope.owns(self.site_id, url):
            return
        host = host_key(url)
        if _is_private(host):
            why = f"指向内网地址 {host}，没有访问"
        else:
            why = f"指向 {host}，不在配置的主机之列，没有访问；确是本站的，请写进该站点的 hosts"
        raise Unasked(Unverified(code=Missing.NOT_CAPTURED, reason=why))

    async def addresses(self, url: str) -> list[str]:
        """The addresses of its host that may be connected to. Raises ``Unasked``."""
        asked = httpx.URL(url)
        name = asked.raw_host.decode("ascii").strip("[]")
        try:
            async with asyncio.timeout(self.line.limit):
                found = await self.line.resolve(name, asked.port or _PORTS[asked.scheme])
        except TimeoutError:
            raise _silent(f"域名 {name} 在 {self.line.limit:g} 秒内没有解析出来") from None
        except OSError:
            raise _silent(f"域名 {name} 解析不了") from None
        allowed = [a for a in found if self.scope.may_connect(name, a)]
        if allowed:
            return allowed[:ADDRESSES]
        if not found:
            raise _silent(f"域名 {name} 解析不到地址")
        why = f"域名 {name} 解析到内网地址 {found[0]}，没有连接"
        raise Unasked(Unverified(code=Missing.NOT_CAPTURED, reason=why))

    def spend(self) -> None:
        """Count one more request. Raises ``Unasked`` where none may be made any more."""
        over = self._spend()
        if over is not None:
            raise Unasked(over)

    async def _robots_of(self, url: str) -> Robots:
        host = f"{httpx.URL(url).scheme}://{host_key(url)}"
        known = self._robots.get(host)
        if known is None:
            try:
                known = await self._read_robots(f"{_origin(url)}/robots.txt")
            except Unasked as error:
                if not error.silent:
                    raise
                why = f"robots.txt 无法读取（{error.missing.reason}），未获许可，不予访问"
                known = Robots.unreadable(why, error.missing.code)
            self._robots[host] = known
            if known.delay > self.rate.interval_seconds:
                TURNS.rate(server_key(url), interval=known.delay, concurrency=1)
        return known

    async def _read_robots(self, where: str) -> Robots:
        got = await self._ask(where, None)
        if got.kind is AnswerKind.PAGE:
            return Robots.parse(got.body)
        if got.kind in (AnswerKind.GONE, AnswerKind.REDIRECT):
            return Robots.open_to_all()
        if 400 <= got.status < 500 and got.status not in (401, 403, 412, 429):
            return Robots.open_to_all()
        why = got.missing.reason if got.missing is not None else f"服务器返回 {got.status}"
        return Robots.unreadable(f"robots.txt 无法读取（{why}），未获许可，不予访问")

    async def _ask(self, url: str, address: str | None, most: int = MAX_BYTES) -> Got:
        asked = httpx.URL(url)
        found = [address] if address is not None else await self.addresses(url)
        limit = self.line.limit
        async with TURNS.turn(server_key(url)):
            self.spend()
            try:
                async with asyncio.timeout(limit):
                    return await self._first(asked, url, found, most)
            except (TimeoutError, httpx.TimeoutException):
                raise _silent(f"在 {limit:g} 秒内没有应答") from None
            except Refused:
                why = "加密连接建立不了（握手失败）"
                raise Unasked(Unverified(code=Missing.NETWORK, reason=why)) from None
            except httpx.ConnectError as error:
                raise Unasked(
                    Unverified(code=Missing.NETWORK, reason=cause(error)),
                    refused=cause(error) == REFUSAL,
                ) from None
            except httpx.HTTPError as error:
                raise _silent(f"连接被中断（{type(error).__name__}）") from None

    async def _first(self, asked: httpx.URL, url: str, addresses: list[str], most: int) -> Got:
        """What the first of the addresses that takes the connection answers."""
        limit = self.line.limit
        patience = limit if len(addresses) == 1 else limit / (len(addresses) + 1)
        timeout = httpx.Timeout(limit, connect=patience)
        name = asked.raw_host.decode("ascii").strip("[]")
        for last, address in ((a == addresses[-1], a) for a in addresses):
            place, port = self.line.dial(address, asked.port or _PORTS[asked.scheme])
            started = self.line.clock()
            try:
                reply = await get(
                    asked, name, place, self._agent, timeout, lenient(), Trail(), port, most
                )
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if last:
                    raise
                continue
            took = round((self.line.clock() - started) * 1000)
            kind, missing, target = outcome(reply.status, reply.headers, reply.body, url)
            return Got(
                url=url,
                status=reply.status,
                kind=kind,
                missing=missing,
                target=target,
                headers=reply.headers,
                body=reply.body,
                milliseconds=took,
            )
        raise AssertionError("a host without addresses")


REFUSAL = "拒绝连接"
"""What ``crawler.once.cause`` says of a port that nobody listens on."""


def _silent(reason: str) -> Unasked:
    return Unasked(Unverified(code=Missing.NETWORK, reason=reason), silent=True)


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0]}"


def _is_private(host: str) -> bool:
    name = host if host.startswith("[") else host.partition(":")[0]
    if name == "localhost":
        return True
    try:
        return not ipaddress.ip_address(name.strip("[]")).is_global
    except ValueError:
        return False
