"""The download handler: the one place where requests leave the process.

Every request takes its turn at the host here, every address is checked again after DNS here, and
size and time are bounded here, so that nothing in the project can ask a host rudely.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.http import Headers, Request, Response

from checks.facts import Missing, Unverified
from crawler.answers import Unfetched
from crawler.frontier import Budget
from crawler.politeness import TURNS
from crawler.scope import Scope, server_key

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

CHUNK = 65_536
MOST_COOKIES = 60
LONGEST_COOKIE = 4_096
"""Characters, as in browsers; a server that sets more starts afresh."""


WINDOW_ENDED = Unverified(code=Missing.NOT_REACHED, reason="未轮到：检测时段或请求数已到上限")


def identity(user_agent: str) -> dict[str, str]:
    """The headers that every request bears."""
    return {
        "User-Agent": user_agent,
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Language": "zh-CN,zh;q=0.9",
        "Accept-Encoding": "gzip, deflate",
    }


class PrivateAddress(OSError):
    """A host resolved to an address that may not be contacted."""


class GuardedResolver(AbstractResolver):
    """DNS whose answers are checked against the scope."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._dns = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._dns.resolve(host, port, family)
        allowed = [a for a in found if self._scope.may_connect(host, a["host"])]
        if found and not allowed:
            raise PrivateAddress(host)
        return allowed

    async def close(self) -> None:
        await self._dns.close()


class FewCookies(aiohttp.CookieJar):
    """What gates and sessions need; a server cannot make every request carry its ballast."""

    def update_cookies_from_headers(self, headers: Sequence[str], response_url: yarl.URL) -> None:
        short = [h for h in headers if len(h) <= LONGEST_COOKIE]
        super().update_cookies_from_headers(short[:MOST_COOKIES], response_url)
        if len(self) > MOST_COOKIES:
            self.clear()


@cache
def tolerant_tls() -> ssl.SSLContext:
    """TLS as inspectors need it: old servers and wrong certificates are read, not refused. One for
    all crawls of the process, for making it reads every authority of the machine."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


class PoliteHandler(BaseDownloadHandler):
    """Fetches http and https through aiohttp.

    Request meta: ``max_bytes`` (bound on the body, also decompressed), ``first_bytes`` (stop after
    so many and keep them), ``timeout`` (seconds in all).
    """

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider: Any = crawler.spider
        self._scope: Scope = spider.scope
        self._budget: Budget = spider.budget
        self._busy: set[asyncio.Task[Any] | None] = set()
        spider.hurry.append(self.stop)
        self._session = aiohttp.ClientSession(
            headers=identity(spider.user_agent),
            connector=aiohttp.TCPConnector(
                resolver=GuardedResolver(self._scope),
                limit=0,
                ttl_dns_cache=300,
                ssl=tolerant_tls(),
                keepalive_timeout=15,
            ),
            cookie_jar=FewCookies(unsafe=True),
            auto_decompress=False,
            requote_redirect_url=False,
            max_line_size=16_384,
            max_field_size=32_768,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )

    async def download_request(self, request: Request) -> Response:
        """Raises ``Unfetched`` when there is no reply to keep."""
        url = yarl.URL(request.url, encoded=True)
        name = url.host or ""
        if _is_literal(name) and not self._scope.may_connect(name, name):
            raise _private()
        task = asyncio.current_task()
        self._busy.add(task)
        try:
            async with TURNS.turn(server_key(request.url)):
                if self._budget.window_ended:
                    raise Unfetched(WINDOW_ENDED, refused=True)
                return await self._fetch(request, url)
        except asyncio.CancelledError:
            if task is None or not self._budget.stopped:
                raise
            task.uncancel()
            raise Unfetched(WINDOW_ENDED, refused=True) from None
        finally:
            self._busy.discard(task)

    def stop(self) -> None:
        """Let go of everything that is waited for: the crawl is to end at once."""
        for task in self._busy:
            if task is not None:
                task.cancel()

    async def _fetch(self, request: Request, url: yarl.URL) -> Response:
        timeout: float = request.meta["timeout"]
        try:
            async with asyncio.timeout(timeout):
                async with self._session.request(
                    request.method,
                    url,
                    headers=request.meta["headers"],
                    data=request.body or None,
                    allow_redirects=False,
                    timeout=_NO_TIMEOUT,
                ) as reply:
                    _refuse_unasked(reply.status, request.meta["headers"] or {})
                    body = b"" if request.method == "HEAD" else await _body(reply, request.meta)
                    headers = Headers()
                    for key, value in reply.headers.items():
                        headers.appendlist(key, value)
                    return Response(request.url, status=reply.status, headers=headers, body=body)
        except TimeoutError:
            raise _silence(f"在 {timeout:g} 秒内没有应答") from None
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, PrivateAddress):
                raise _private() from None
            raise _silence(_connection_words(error), unconnected=True) from None
        except aiohttp.ClientError as error:
            raise _silence(_broken_words(error)) from None
        except (OSError, ValueError):
            raise _silence("连接中断") from None

    async def close(self) -> None:
        await self._session.close()


_NO_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=None)


_UNASKED = {
    206: ({"Range"}, "服务器只给出了页面的一部分（206）"),
    304: (
        {"If-None-Match", "If-Modified-Since"},
        "服务器答“没有修改”（304），却从未给出过页面",
    ),
}


def _refuse_unasked(status: int, asked: Mapping[str, str]) -> None:
    """A part of a page, or "unchanged", to a request that did not ask for it is no page."""
    wanted, reason = _UNASKED.get(status, (frozenset(), ""))
    if reason and not wanted & asked.keys():
        raise Unfetched(Unverified(code=Missing.SERVER, reason=reason))


async def _body(reply: aiohttp.ClientResponse, meta: dict[str, Any]) -> bytes:
    """The body, decompressed and bounded; raises ``Unfetched`` when it is too large."""
    bound: int = meta["max_bytes"]
    first: int | None = meta.get("first_bytes")
    if first is None and (reply.content_length or 0) > bound:
        reply.close()
        raise _too_large(bound)
    inflate = _inflater(reply.headers.get("Content-Encoding", ""))
    parts: list[bytes] = []
    size = 0
    async for chunk in reply.content.iter_any():
        data = chunk
        while data:
            if inflate is not None:
                plain = inflate.decompress(data, CHUNK)
                data = inflate.unconsumed_tail
            else:
                plain, data = data, b""
            parts.append(plain)
            size += len(plain)
            if first is not None and size >= first:
                reply.close()
                return b"".join(parts)[:first]
            if size > bound:
                reply.close()
                raise _too_large(bound)
            if inflate is not None and inflate.eof:
                data = inflate.restart()
    return b"".join(parts)


class _Inflater:
    """gzip, zlib or raw deflate, a bounded piece at a time."""

    def __init__(self, encoding: str) -> None:
        self._raw_try = encoding == "deflate"
        self._z = zlib.decompressobj(31 if encoding != "deflate" else 15)

    def decompress(self, data: bytes, limit: int) -> bytes:
        try:
            plain = self._z.decompress(data, limit)
        except zlib.error:
            if not self._raw_try:
                raise ValueError("corrupt compressed body") from None
            self._z = zlib.decompressobj(-15)
            try:
                plain = self._z.decompress(data, limit)
            except zlib.error:
                raise ValueError("corrupt compressed body") from None
        self._raw_try = False
        return plain

    @property
    def unconsumed_tail(self) -> bytes:
        return self._z.unconsumed_tail

    def restart(self) -> bytes:
        """What follows a whole member: the next one (gzip may have several), or nothing."""
        rest = self._z.unused_data
        if not rest.startswith(b"\x1f\x8b"):
            return b""
        self._z = zlib.decompressobj(31)
        return rest

    @property
    def eof(self) -> bool:
        return self._z.eof


def _inflater(encoding: str) -> _Inflater | None:
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return None
    if encoding in {"gzip", "x-gzip", "deflate"}:
        return _Inflater(encoding)
    reason = "服务器用了没有请求的压缩方式，无法读取"
    raise Unfetched(Unverified(code=Missing.SERVER, reason=reason))


def _is_literal(name: str) -> bool:
    return ":" in name or name.replace(".", "").isdigit()


def _silence(reason: str, *, unconnected: bool = False) -> Unfetched:
    missing = Unverified(code=Missing.NETWORK, reason=reason)
    return Unfetched(missing, unconnected=unconnected)


def _private() -> Unfetched:
    reason = "地址指向内网，不予访问；政务外网的站点请在配置中写 allow_private: true"
    return Unfetched(Unverified(code=Missing.NOT_CAPTURED, reason=reason), refused=True)


def _too_large(bound: int) -> Unfetched:
    reason = f"页面超过单页上限 {bound / 1_000_000:g} MB"
    return Unfetched(Unverified(code=Missing.NOT_CAPTURED, reason=reason))


def _connection_words(error: aiohttp.ClientConnectorError) -> str:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "域名无法解析"
    if isinstance(error, aiohttp.ClientSSLError):
        return "安全连接（TLS）无法建立"
    return "无法建立连接"


def _broken_words(error: aiohttp.ClientError) -> str:
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "服务器没有应答就断开了连接"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "内容没有传完就中断了"
    return "服务器的应答不符合 HTTP 规范"
