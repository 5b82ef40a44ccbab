"""A look at one site's network, once a scan: HTTPS and its certificate, the redirects of its home
page, IPv6, how fast it answers, and what it says of an address that is not there.

Whatever may be our own network's, a wall's or a cookie's doing is UNKNOWN, with its reason.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from dataclasses import dataclass, field, replace
from datetime import datetime

import httpx

from checks.facts import Missing, Unverified
from checks.identity_facts import Answer, CertificateLook, NetworkLook, Seen
from crawler.answers import GONE_STATUSES, AnswerKind
from crawler.asking import ABSENT_PATH
from crawler.certificates import lenient, read_certificate, strict
from crawler.politeness import TURNS
from crawler.scope import server_key
from crawler.visitor import ADDRESSES, Got, Unasked, Visitor

MOST_HOPS = 10
"""Redirects of the home page that are followed."""
ABSENT_HOPS = 3
"""Redirects that are followed from an address that is not there."""
TIMES = 3
"""Requests for the home page whose time is taken."""
SPACING = 5
"""Between two of them: so many of the host's own intervals."""
_UNLOOKED = Seen(answer=Answer.UNKNOWN, detail="没有来得及查看")


@dataclass(slots=True)
class Look:
    """What is known so far; a look that is broken off keeps it."""

    visitor: Visitor
    home: str
    """Canonical address of the home page."""
    public: bool
    """By its name; an address inside a private network makes it ``False``."""
    at: datetime
    https: Seen = _UNLOOKED
    certificate: CertificateLook | None = None
    hops: list[str] = field(default_factory=list)
    chain: Seen = _UNLOOKED
    aaaa: Seen = _UNLOOKED
    ipv6: Seen = _UNLOOKED
    times: list[int] = field(default_factory=list)
    absent: Seen = _UNLOOKED
    absent_url: str = ""
    answered: bool = False
    """The site answered something: our network works."""

    @property
    def host(self) -> str:
        return httpx.URL(self.home).raw_host.decode("ascii").strip("[]").lower()

    def facts(self) -> NetworkLook:
        return NetworkLook(
            host=self.host,
            public=self.public,
            https=self.https,
            certificate=self.certificate,
            hops=tuple(self.hops),
            chain=self.chain,
            aaaa=self.aaaa,
            ipv6=self.ipv6,
            milliseconds=tuple(self.times),
            absent=self.absent,
            absent_url=self.absent_url,
        )

    async def all(self) -> NetworkLook:
        """Look at everything. Never raises for what the other side does."""
        await self._where()
        await self._chain()
        await self._https()
        await self._ipv6()
        await self._speed()
        await self._absent()
        return self.facts()

    async def _where(self) -> None:
        try:
            found = await self.visitor.addresses(self.home)
        except Unasked:
            return
        if not any(ipaddress.ip_address(a.partition("%")[0]).is_global for a in found):
            self.public = False

    # --- the way to the home page -----------------------------------------------------------------

    async def _chain(self) -> None:
        start = _plain(self.home)
        try:
            self.chain = await self._follow(start)
        except Unasked as error:
            if start == self.home or self.answered:
                self.chain = _unknown(error)
                return
            # Nobody listens for plain HTTP, or nobody answers.
            try:
                self.chain = await self._follow(self.home)
            except Unasked as second:
                self.chain = _unknown(second)

    async def _follow(self, url: str) -> Seen:
        """Raises ``Unasked``."""
        self.hops = [url]
        cookies = False
        for _ in range(MOST_HOPS + 1):
            got = await self._ask(url)
            if got.kind is AnswerKind.PAGE:
                self.times = [got.milliseconds]
                return Seen(answer=Answer.YES)
            if got.kind is not AnswerKind.REDIRECT or got.target is None:
                return Seen(answer=Answer.UNKNOWN, detail=_no_page(got))
            cookies = cookies or "set-cookie" in got.headers or _has_session(got)
            if got.target in self.hops:
                if cookies:
                    words = "首页跳转回原处，可能要先接受 Cookie，不能确定"
                    return Seen(answer=Answer.UNKNOWN, detail=words)
                return Seen(answer=Answer.NO, detail="首页循环跳转")
            url = got.target
            self.hops.append(url)
        words = f"首页跳转 {MOST_HOPS} 次仍没有到达页面，没有再跟随"
        return Seen(answer=Answer.UNKNOWN, detail=words)

    async def _ask(self, url: str, address: str | None = None) -> Got:
        got = await self.visitor.ask(url, address)
        self.answered = True
        return got

    # --- HTTPS ------------------------------------------------------------------------------------

    async def _https(self) -> None:
        url = httpx.URL(self.home)
        if url.scheme == "http" and url.port is not None:
            words = "地址带有端口，不知道 HTTPS 在哪个端口"
            self.https = Seen(answer=Answer.UNKNOWN, detail=words)
            return
        port = url.port or 443
        try:
            found = await self.visitor.addresses(self.home)
            der, trusted = await self._greet(found, port)
        except Unasked as error:
            sure = error.refused and self.answered and self.public
            words = f"{port}端口{error.missing.reason}"
            self.https = Seen(answer=Answer.NO if sure else Answer.UNKNOWN, detail=words)
            return
        self.answered = True
        self.https = Seen(answer=Answer.YES)
        read = read_certificate(der) if der else None
        if read is None:
            return
        self.certificate = CertificateLook(
            since=read.since,
            until=read.until,
            covers=read.covers(self.host),
            trusted=trusted,
            seen_at=self.at,
        )

    async def _greet(self, addresses: list[str], port: int) -> tuple[bytes | None, bool]:
        """The certificate that is shown, and whether it satisfies; no request is made of the page.
        Raises ``Unasked``."""
        try:
            return await self._shake(addresses, port, strict()), True
        except ssl.SSLCertVerificationError:
            trusted = False
        except ssl.SSLError:
            trusted = True  # an old protocol is no fault of the certificate
        try:
            return await self._shake(addresses, port, lenient()), trusted
        except ssl.SSLError:
            words = "加密连接建立不了（握手失败），也可能只支持国密协议"
            raise Unasked(_network(words)) from None

    async def _shake(
        self, addresses: list[str], port: int, context: ssl.SSLContext
    ) -> bytes | None:
        """Raises ``Unasked`` and ``ssl.SSLError``."""
        limit = self.visitor.line.limit
        async with TURNS.turn(server_key(self.home)):
            self.visitor.spend()
            refused = 0
            for address in addresses[:ADDRESSES]:
                try:
                    async with asyncio.timeout(limit / len(addresses[:ADDRESSES])):
                        return await self._certificate(address, port, context)
                except ssl.SSLError:
                    raise
                except TimeoutError:
                    continue
                except ConnectionRefusedError:
                    refused += 1
                except OSError:
                    continue
        if refused == len(addresses[:ADDRESSES]):
            raise Unasked(_network("拒绝连接"), refused=True)
        raise Unasked(_network("连接不上，不能确定是网站还是本机网络的问题"))

    async def _certificate(self, address: str, port: int, context: ssl.SSLContext) -> bytes | None:
        place, there = self.visitor.line.dial(address, port)
        _, writer = await asyncio.open_connection(
            place, there, ssl=context, server_hostname=self.host
        )
        try:
            shown = writer.get_extra_info("ssl_object")
            found: bytes | None = shown.getpeercert(binary_form=True) if shown else None
            return found
        finally:
            writer.transport.abort()

    # --- IPv6 -------------------------------------------------------------------------------------

    async def _ipv6(self) -> None:
        if not self.public:
            return
        line = self.visitor.line
        try:
            async with asyncio.timeout(line.limit):
                found = await line.resolve6(self.host, 443)
        except socket.gaierror as error:
            none = error.errno in _NO_RECORD and self.answered
            words = "" if none else "查询 AAAA 记录没有得到答复"
            self.aaaa = Seen(answer=Answer.NO if none else Answer.UNKNOWN, detail=words)
            return
        except (OSError, UnicodeError):
            self.aaaa = Seen(answer=Answer.UNKNOWN, detail="查询 AAAA 记录没有得到答复")
            return
        real = [a for a in found if ":" in a and not a.lower().startswith("::ffff:")]
        if not real:
            self.aaaa = Seen(answer=Answer.NO if self.answered else Answer.UNKNOWN)
            return
        self.aaaa = Seen(answer=Answer.YES)
        self.ipv6 = await self._over_ipv6(real)

    async def _over_ipv6(self, found: list[str]) -> Seen:
        visitor = self.visitor
        allowed = [a for a in found if visitor.scope.may_connect(self.host, a)]
        if not allowed:
            return Seen(answer=Answer.UNKNOWN, detail="AAAA 记录指向内网地址，没有连接")
        if not visitor.line.routed6(allowed[0]):
            return Seen(answer=Answer.UNKNOWN, detail="我方没有 IPv6 网络，不能访问")
        seen = Seen(answer=Answer.UNKNOWN, detail="没有经 IPv6 访问")
        refused = 0
        for address in allowed[:ADDRESSES]:
            try:
                got = await self._ask(self.home, address)
            except Unasked as error:
                refused += error.refused
                seen = Seen(answer=Answer.UNKNOWN, detail=f"经 IPv6 {error.missing.reason}")
                continue
            if got.kind in (AnswerKind.PAGE, AnswerKind.REDIRECT):
                return Seen(answer=Answer.YES)
            seen = Seen(answer=Answer.UNKNOWN, detail=f"经 IPv6 访问，{_no_page(got)}")
        if self.answered and refused == len(allowed[:ADDRESSES]) == len(allowed):
            return replace(seen, answer=Answer.NO)
        return seen

    # --- speed, and what is not there -------------------------------------------------------------

    async def _speed(self) -> None:
        """The request that reached the page counts as the first."""
        if self.chain.answer is not Answer.YES:
            return
        visitor = self.visitor
        for _ in range(TIMES - 1):
            await visitor.line.sleep(SPACING * visitor.rate.interval_seconds)
            try:
                got = await self._ask(self.hops[-1])
            except Unasked:
                continue
            if got.kind is AnswerKind.PAGE:
                self.times.append(got.milliseconds)

    async def _absent(self) -> None:
        if self.chain.answer is not Answer.YES:
            words = "没有到达首页，不能说明不存在的页面怎样应答"
            self.absent = Seen(answer=Answer.UNKNOWN, detail=words)
            return
        scheme, _, rest = self.hops[-1].partition("://")
        self.absent_url = f"{scheme}://{rest.partition('/')[0].partition('?')[0]}{ABSENT_PATH}"
        try:
            self.absent = await self._not_there(self.absent_url)
        except Unasked as error:
            self.absent = _unknown(error)

    async def _not_there(self, url: str) -> Seen:
        """Raises ``Unasked``."""
        led = ""
        for _ in range(ABSENT_HOPS + 1):
            got = await self._ask(url)
            if got.status in GONE_STATUSES:
                return Seen(answer=Answer.YES)
            if got.kind is AnswerKind.REDIRECT and got.target is not None:
                url = got.target
                led = f"跳转到 {url[:120]}，"
                continue
            if got.status == 200 and got.kind is AnswerKind.GONE:
                words = f"{led}返回200，只在页面上写着不存在"
                return Seen(answer=Answer.NO, detail=words)
            if got.status == 200 and got.kind is AnswerKind.PAGE:
                return Seen(answer=Answer.NO, detail=f"{led}返回200，显示一个正常页面")
            return Seen(answer=Answer.UNKNOWN, detail=_no_page(got))
        return Seen(answer=Answer.UNKNOWN, detail="反复跳转，没有再跟随")


_NO_RECORD = frozenset(
    code
    for code in (
        socket.EAI_NONAME,
        getattr(socket, "EAI_NODATA", None),
        getattr(socket, "EAI_ADDRFAMILY", None),
    )
    if code is not None
)


def _plain(url: str) -> str:
    """The address that a visitor's typing leads to: plain HTTP, where the port is the usual one."""
    asked = httpx.URL(url)
    if asked.scheme == "https" and asked.port is None:
        return str(asked.copy_with(scheme="http"))
    return url


def _has_session(got: Got) -> bool:
    """The redirect carries a session in its address, which its canonical form leaves out."""
    return "sess" in got.headers.get("location", "").lower()


def _no_page(got: Got) -> str:
    if got.missing is not None:
        return got.missing.reason
    return f"服务器返回 {got.status}，没有到达页面"


def _unknown(error: Unasked) -> Seen:
    return Seen(answer=Answer.UNKNOWN, detail=error.missing.reason)


def _network(reason: str) -> Unverified:
    return Unverified(code=Missing.NETWORK, reason=reason)
