"""One visit to one address, as a browser would make it, and what came of it.

Names are looked up here, and the connection goes to the address that was looked at: no redirect and
no name server leads to a private network. Whether a failure is the site's fault is not settled
here: ``Seen.proof`` says what that takes.
"""

from __future__ import annotations

import asyncio
import html
import ipaddress
import re
import socket
import time
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

import httpx

from checks.facts import Missing
from checks.probes import ProbeOutcome
from crawler.answers import AnswerKind, outcome
from crawler.certificates import Certificate, lenient, strict
from crawler.extract import read_page
from crawler.extract.encoding import decode
from crawler.once import Refused, Reply, Resolve, Trail, cause, get, names
from crawler.scope import Scope, host_key, related
from crawler.trees import normal
from crawler.walls import Wall, anothers

MAX_REDIRECTS = 5
ADDRESSES = 3
"""Most addresses of one name that are tried."""


class Proof(StrEnum):
    """What it takes to blame the site for what was seen."""

    FIRM = "firm"
    """Nothing more: the site itself said so."""
    WITNESS = "witness"
    """That another address opened meanwhile: else it may be our own network."""
    CONTROL = "control"
    """That a control address opened meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What to visit, and what it should show."""

    site_id: str
    page: str
    url: str
    titles: tuple[str, ...] = ()
    """Words of which the title should have one; none: the title does not matter."""
    fixed: bool = False
    """A person wrote ``titles``; otherwise the names may stand elsewhere on the page."""
    site_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of one visit."""

    outcome: ProbeOutcome
    detail: str = ""
    proof: Proof = Proof.FIRM
    status: int | None = None
    milliseconds: int | None = None
    certificate_until: datetime | None = None

    @property
    def opened(self) -> bool:
        return self.outcome is ProbeOutcome.OK


class _Ended(Exception):
    """The visit came to its end."""

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen.detail)
        self.seen = seen


async def visit(
    target: Target,
    scope: Scope,
    *,
    agent: str,
    limit: float,
    now: datetime,
    resolve: Resolve = names,
) -> Seen:
    """Visit an address of a configured site. Never raises for what the other side does.

    ``limit``: seconds for the whole, redirects and page included; ``now``: the instant at which a
    certificate must be valid.
    """
    trail = Trail()
    started = time.monotonic()
    try:
        async with asyncio.timeout(limit):
            seen = await _visit(target, scope, agent, limit, now, resolve, trail)
    except (TimeoutError, httpx.TimeoutException):
        words = f"{limit:g} 秒内没有打开（停在{trail.stage}）"
        seen = Seen(outcome=ProbeOutcome.TIMEOUT, detail=words, proof=Proof.CONTROL)
    except _Ended as ended:
        seen = ended.seen
    except (httpx.InvalidURL, UnicodeError, ValueError):
        words = "跳转的地址写法有误，没有跟随"
        seen = Seen(outcome=ProbeOutcome.UNVERIFIED, detail=words)
    milliseconds = int((time.monotonic() - started) * 1000)
    remarks = "；".join(dict.fromkeys(trail.remarks))
    return replace(
        seen,
        detail="；".join(filter(None, (seen.detail, remarks))),
        status=trail.status,
        milliseconds=milliseconds,
        certificate_until=trail.certificate.until if trail.certificate else None,
    )


async def _visit(
    target: Target,
    scope: Scope,
    agent: str,
    limit: float,
    now: datetime,
    resolve: Resolve,
    trail: Trail,
) -> Seen:
    url = target.url
    for _ in range(MAX_REDIRECTS + 1):
        reply = await _ask(url, scope, agent, limit, now, resolve, trail)
        trail.status = reply.status
        kind, missing, goal = outcome(reply.status, reply.headers, reply.body, url)
        if kind is AnswerKind.REDIRECT and goal is not None:
            _may_follow(target, scope, url, goal)
            url = goal
            continue
        if kind is AnswerKind.PAGE:
            return _content(target, url, reply)
        if kind is AnswerKind.GONE and reply.status == 200:
            words = "内容是“页面不存在”一类的提示"
            return Seen(outcome=ProbeOutcome.WRONG_TITLE, detail=words)
        if missing is not None and (
            missing.code is not Missing.SERVER or missing.reason.startswith(Wall.UPKEEP.value)
        ):
            return Seen(outcome=ProbeOutcome.UNVERIFIED, detail=missing.reason)
        if 200 <= reply.status < 300 and missing is not None:
            return Seen(outcome=ProbeOutcome.WRONG_TITLE, detail=missing.reason)
        words = missing.reason if missing is not None else f"服务器返回 {reply.status}"
        return Seen(outcome=ProbeOutcome.STATUS, detail=words)
    words = f"跳转超过 {MAX_REDIRECTS} 次，没有再跟随"
    return Seen(outcome=ProbeOutcome.UNVERIFIED, detail=words)


def _may_follow(target: Target, scope: Scope, url: str, goal: str) -> None:
    """Raises ``_Ended`` where a redirect must not be followed."""
    if scope.owns(target.site_id, goal):
        return
    host = host_key(goal)
    if related(host_key(url), host):
        words = f"跳转到 {host}，不在配置的主机之列；确是本站的，请写进该站点的 hosts"
        raise _Ended(Seen(outcome=ProbeOutcome.UNVERIFIED, detail=words))
    name = httpx.URL(goal).host
    if _is_private(name):
        words = f"跳转到内网地址 {host}，没有跟随，可能是本机网络的认证页"
        raise _Ended(Seen(outcome=ProbeOutcome.UNVERIFIED, detail=words))
    if name == "gov.cn" or name.endswith(".gov.cn"):
        words = f"跳转到另一个政府网站 {host}，没有跟随；网站已迁移的，请改正配置里的网址"
        raise _Ended(Seen(outcome=ProbeOutcome.UNVERIFIED, detail=words))
    words = f"跳转到站外 {host}，没有跟随"
    raise _Ended(Seen(outcome=ProbeOutcome.HIJACKED, detail=words, proof=Proof.WITNESS))


def _is_private(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return not ipaddress.ip_address(name.strip("[]")).is_global
    except ValueError:
        return False


async def _ask(
    url: str,
    scope: Scope,
    agent: str,
    limit: float,
    now: datetime,
    resolve: Resolve,
    trail: Trail,
) -> Reply:
    """One request to the first of the host's addresses that takes it."""
    asked = httpx.URL(url)
    name = asked.raw_host.decode("ascii").strip("[]")
    addresses = await _addresses(asked, name, scope, resolve, trail)
    patience = limit if len(addresses) == 1 else limit / (len(addresses) + 1)
    for last, address in ((a == addresses[-1], a) for a in addresses):
        try:
            return await _ask_at(asked, name, address, agent, limit, patience, now, trail)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if not last:
                continue
            if isinstance(error, httpx.ConnectTimeout):
                raise
            words = f"{address} {cause(error)}"
            raise _Ended(
                Seen(outcome=ProbeOutcome.CONNECT, detail=words, proof=Proof.WITNESS)
            ) from None
        except httpx.TimeoutException:
            raise
        except httpx.HTTPError as error:
            words = f"连接被中断（{type(error).__name__}）"
            raise _Ended(
                Seen(outcome=ProbeOutcome.CONNECT, detail=words, proof=Proof.WITNESS)
            ) from None
    raise AssertionError("a host without addresses")


async def _addresses(
    asked: httpx.URL, name: str, scope: Scope, resolve: Resolve, trail: Trail
) -> list[str]:
    """The addresses that may be connected to. Raises ``_Ended`` where there is none."""
    trail.stage = "域名解析"
    port = asked.port or (443 if asked.scheme == "https" else 80)
    try:
        found = await resolve(name, port)
    except socket.gaierror as error:
        # A name server that does not answer is as likely ours as theirs.
        unsure = error.errno == socket.EAI_AGAIN
        words = f"域名 {name} " + ("暂时解析不了" if unsure else "解析不到地址")
        proof = Proof.CONTROL if unsure else Proof.WITNESS
        raise _Ended(Seen(outcome=ProbeOutcome.DNS, detail=words, proof=proof)) from None
    except OSError as error:
        words = f"域名 {name} 解析不了（{error.strerror or type(error).__name__}）"
        raise _Ended(Seen(outcome=ProbeOutcome.DNS, detail=words, proof=Proof.CONTROL)) from None
    allowed = [a for a in found if scope.may_connect(name, a)]
    if allowed:
        return allowed[:ADDRESSES]
    if not found:
        words = f"域名 {name} 解析不到地址"
        raise _Ended(Seen(outcome=ProbeOutcome.DNS, detail=words, proof=Proof.WITNESS))
    words = f"域名 {name} 解析到内网地址 {found[0]}，没有连接；确在内网的请写 allow_private: true"
    raise _Ended(Seen(outcome=ProbeOutcome.UNVERIFIED, detail=words))


async def _ask_at(
    asked: httpx.URL,
    name: str,
    address: str,
    agent: str,
    limit: float,
    patience: float,
    now: datetime,
    trail: Trail,
) -> Reply:
    timeout = httpx.Timeout(limit, connect=patience)
    if asked.scheme != "https":
        return await get(asked, name, address, agent, timeout, strict(), trail)
    try:
        return await get(asked, name, address, agent, timeout, strict(), trail)
    except Refused as refused:
        why = refused
    try:
        reply = await get(asked, name, address, agent, timeout, lenient(), trail)
    except Refused:
        words = "加密连接建立不了（握手失败）"
        raise _Ended(Seen(outcome=ProbeOutcome.TLS, detail=words, proof=Proof.WITNESS)) from None
    _vet(trail.certificate, name, now)
    trail.remarks.append(
        "证书的颁发机构不在本机的信任之列" if why.certificate else "加密协议过旧，部分浏览器打不开"
    )
    return reply


def _vet(certificate: Certificate | None, name: str, now: datetime) -> None:
    """Raises ``_Ended`` for a certificate that every browser refuses."""
    if certificate is None:
        return
    right = certificate.covers(name)
    # A box between us and the site shows a certificate of its own, seldom one for the right name.
    proof = Proof.FIRM if right else Proof.WITNESS
    if certificate.until < now:
        words = f"证书已于 {certificate.until:%Y-%m-%d} 过期"
    elif certificate.since > now:
        words = f"证书要到 {certificate.since:%Y-%m-%d} 才生效"
    elif not right:
        words = f"证书不是颁发给 {name} 的，而是 {'、'.join(certificate.names[:3]) or '没有写名称'}"
    else:
        return
    raise _Ended(Seen(outcome=ProbeOutcome.TLS, detail=words, proof=proof))


_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,2000})", re.I)


def _content(target: Target, url: str, reply: Reply) -> Seen:
    """Whether a page is the one that should stand there."""
    kind = reply.headers.get("content-type", "").lower()
    if kind and "html" not in kind and "xml" not in kind and not kind.startswith("text/"):
        if not target.titles:
            return Seen(outcome=ProbeOutcome.OK)
        return Seen(outcome=ProbeOutcome.WRONG_TITLE, detail=f"返回的不是网页（{kind[:60]}）")
    page = read_page(reply.body, url=url, content_type=kind or None).page
    text, _ = decode(reply.body, kind or None)
    written = _TITLE.search(text)
    # Whoever takes a page over likes to write its title in character references.
    title = " ".join(html.unescape(written[1]).split()) if written else ""
    if not title and page.title is not None:
        title = page.title.value
    named = any(normal(w) in normal(title) for w in target.titles)
    own = named or any(normal(w) in normal(page.site_name or "") for w in target.titles)
    taken = anothers(title) if not named else None
    if taken is not None:
        return Seen(outcome=ProbeOutcome.HIJACKED, detail=taken.reason)
    shown = page.site_name or title
    if not own and target.site_code and page.site_code and shown:
        theirs = page.site_code.strip()
        if theirs != target.site_code:
            words = f"是另一个网站（“{shown[:40]}”，标识码 {theirs[:20]}）"
            return Seen(outcome=ProbeOutcome.HIJACKED, detail=words, proof=Proof.WITNESS)
    if own or not target.titles:
        return Seen(outcome=ProbeOutcome.OK)
    words = f"标题是“{title[:60]}”" if title else "没有标题"
    if not target.fixed:
        if any(normal(w) in normal(text) for w in target.titles):
            return Seen(outcome=ProbeOutcome.OK, detail=f"{words}，正文里有本站名称")
        if not title:
            words = "页面由脚本生成或没有标题，认不出是不是本站"
            return Seen(outcome=ProbeOutcome.UNVERIFIED, detail=words)
    wanted = "、".join(target.titles[:3])
    return Seen(outcome=ProbeOutcome.WRONG_TITLE, detail=f"{words}，其中没有“{wanted}”")
