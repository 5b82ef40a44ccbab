"""The look at a site's network, against real servers on loopback: what is the site's fault is told
from what may be ours, and nothing hostile leads it astray."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import trustme

from checks.facts import Missing, Unverified
from checks.identity_facts import Answer, NetworkLook
from config.schema import Rate, Site, SiteKind
from crawler import network
from crawler.asking import ABSENT_PATH
from crawler.network import Look
from crawler.once import MAX_BYTES
from crawler.politeness import TURNS
from crawler.scope import Scope
from crawler.visitor import Line, Visitor
from tests.integration.test_availability_probes import HOME, free_port, page, served

YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
HOST = "www.rc.gov.cn"
NOW = datetime.now(UTC)
OUTSIDE = "8.8.8.8"
"""The public address that the host's name gives; connections to it go to loopback."""
Answering = Callable[[BaseHTTPRequestHandler], None]


def shown(*hosts: str, since: datetime | None = None, until: datetime | None = None) -> Any:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made = trustme.CA().issue_cert(*hosts, not_before=since, not_after=until)
    made.configure_cert(context)
    return context


@dataclass
class Town:
    """A host with a public name, whose ports are served on loopback."""

    http: Answering | None = None
    https: Answering | None = None
    tls: Any = None
    url: str = f"http://{HOST}/"
    hosts: tuple[str, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    """Further names with their addresses."""
    aaaa: list[str] | int = field(default_factory=list)
    """The host's, or the error of the look-up."""
    route6: bool = True
    six: Answering | None = None
    limit: float = 5.0
    interval: float = 0.0
    most: int = 1000
    pauses: list[float] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)
    """What the clock says, in turn; empty: the real one."""
    asked: list[str] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)

    def look(self) -> NetworkLook:
        with ExitStack() as stack:
            closed = free_port()
            ports = {80: closed, 443: closed}
            if self.http is not None:
                ports[80] = stack.enter_context(served(self._noted(self.http)))
            if self.https is not None:
                ports[443] = stack.enter_context(served(self._noted(self.https), self.tls))
            six = closed
            if self.six is not None:
                six = stack.enter_context(served(self._noted(self.six)))

            def dial(address: str, port: int) -> tuple[str, int]:
                self.dialled.append(address)
                return "127.0.0.1", six if ":" in address else ports[port]

            return asyncio.run(self._look(dial))

    def _noted(self, answer: Answering) -> Answering:
        def noted(to: BaseHTTPRequestHandler) -> None:
            self.asked.append(to.path)
            if to.path == "/robots.txt" or (
                to.path.startswith(ABSENT_PATH) and answer is not self.absent
            ):
                page("", 404)(to)
            else:
                answer(to)

        return noted

    absent: Answering | None = None

    async def _look(self, dial: Any) -> NetworkLook:
        site = Site(
            id="portal", name="网", kind=SiteKind.PORTAL, url=self.url, operator="office", hosts=self.hosts
        )  # type: ignore[arg-type]  # fmt: skip
        scope = Scope([site])
        spent = [0]

        def spend() -> Unverified | None:
            spent[0] += 1
            over = Unverified(code=Missing.NOT_REACHED, reason="请求数已到上限")
            return over if spent[0] > self.most else None

        async def resolve(host: str, port: int) -> list[str]:
            return [self.names.get(host, OUTSIDE)]

        async def resolve6(host: str, port: int) -> list[str]:
            if isinstance(self.aaaa, int):
                raise socket.gaierror(self.aaaa, "no")
            return self.aaaa

        async def sleep(seconds: float) -> None:
            self.pauses.append(seconds)

        line = Line(
            resolve=resolve,
            resolve6=resolve6,
            routed6=lambda _: self.route6,
            dial=dial,
            sleep=sleep,
            limit=self.limit,
            **({"clock": lambda: self.ticks.pop(0)} if self.ticks else {}),  # type: ignore[arg-type]
        )
        visitor = Visitor(
            "portal",
            scope,
            rate=Rate(interval_seconds=self.interval),
            agent="巡检/1",
            spend=spend,
            line=line,
        )
        with TURNS.engaged(scope.servers("portal"), interval=0, concurrency=1):
            return await Look(visitor, self.url, True, NOW).all()


def to(location: str, status: int = 302, **headers: str) -> Answering:
    answer: Answering = page("", status, Location=location, **headers)
    return answer


# --- HTTPS and certificates -----------------------------------------------------------------------


def test_a_port_that_refuses_is_no_https_while_the_site_itself_answers() -> None:
    seen = Town(http=page()).look()
    assert (seen.https.answer, seen.https.detail) == (NO, "443端口拒绝连接")
    assert seen.certificate is None


def test_a_port_that_refuses_is_nobodys_fault_where_nothing_of_the_site_answers() -> None:
    seen = Town().look()
    assert seen.https.answer is UNKNOWN
    assert (seen.chain.answer, seen.absent.answer, seen.milliseconds) == (UNKNOWN, UNKNOWN, ())


def test_a_server_that_greets_nobody_in_time_is_not_known() -> None:
    release = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        town = Town(http=page(), limit=0.5)
        look = town._look

        async def diverted(dial: Any) -> NetworkLook:
            return await look(
                lambda a, p: ("127.0.0.1", mute.getsockname()[1]) if p == 443 else dial(a, p)
            )

        town._look = diverted  # type: ignore[method-assign]
        seen = town.look()
        release.set()
    assert seen.https.answer is UNKNOWN
    assert "本机网络" in seen.https.detail


def test_a_server_that_speaks_no_tls_we_know_may_speak_the_national_one() -> None:
    seen = Town(http=page(), https=page(), tls=None).look()
    assert seen.https.answer is UNKNOWN
    assert "国密" in seen.https.detail


def test_a_certificate_is_read_though_its_chain_is_not_trusted() -> None:
    until = (NOW + timedelta(days=20)).replace(microsecond=0)
    seen = Town(http=page(), https=page(), tls=shown(HOST, until=until)).look()
    assert seen.https.answer is YES
    assert seen.certificate is not None
    assert (seen.certificate.until, seen.certificate.covers, seen.certificate.trusted) == (until, True, False)  # fmt: skip


def test_a_trusted_certificate_is_so(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(tls)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    monkeypatch.setattr(network, "strict", lambda: trusting)
    seen = Town(http=page(), https=page(), tls=tls).look()
    assert seen.certificate is not None
    assert (seen.certificate.covers, seen.certificate.trusted) == (True, True)


@pytest.mark.parametrize("host", ["www.other.gov.cn", "rc.gov.cn"])
def test_a_certificate_for_another_name_does_not_cover(host: str) -> None:
    seen = Town(http=page(), https=page(), tls=shown(host)).look()
    assert seen.certificate is not None
    assert not seen.certificate.covers


def test_a_certificate_that_ended_is_read() -> None:
    until = (NOW - timedelta(days=3)).replace(microsecond=0)
    tls = shown(HOST, since=NOW - timedelta(days=30), until=until)
    seen = Town(http=page(), https=page(), tls=tls).look()
    assert (seen.https.answer, seen.certificate and seen.certificate.until) == (YES, until)


def test_a_site_on_an_address_or_an_unusual_port_is_asked_for_no_https() -> None:
    with served(page()) as port:
        seen = Town(url=f"http://127.0.0.1:{port}/", names={"127.0.0.1": "127.0.0.1"})
        seen.http = None
        look = asyncio.run(seen._look(lambda address, _: (address, port)))
    assert not look.public
    assert look.https.answer is UNKNOWN
    assert look.chain.answer is YES
    assert "没有来得及" in look.aaaa.detail


# --- redirects ------------------------------------------------------------------------------------


def test_the_way_to_the_home_page_is_counted_from_plain_http() -> None:
    tls = shown(HOST)
    town = Town(url=f"https://{HOST}/", http=to(f"https://{HOST}/"), https=page(), tls=tls)
    seen = town.look()
    assert seen.hops == (f"http://{HOST}/", f"https://{HOST}/")
    assert seen.chain.answer is YES


def test_a_site_without_plain_http_is_asked_where_it_is() -> None:
    seen = Town(url=f"https://{HOST}/", https=page(), tls=shown(HOST)).look()
    assert (seen.hops, seen.chain.answer) == ((f"https://{HOST}/",), YES)


def _ring(to_: BaseHTTPRequestHandler) -> None:
    to("/b" if to_.path == "/" else "/")(to_)


def test_round_and_round_is_told_and_asked_once_each() -> None:
    town = Town(http=_ring)
    seen = town.look()
    assert (seen.chain.answer, seen.hops) == (NO, (f"http://{HOST}/", f"http://{HOST}/b"))
    assert [p for p in town.asked if p != "/robots.txt"] == ["/", "/b"]


@pytest.mark.parametrize("answer", [to("/", **{"Set-Cookie": "a=1"}), to("/;jsessionid=5")])
def test_a_return_that_a_cookie_or_a_session_asks_for_is_no_loop(answer: Answering) -> None:
    assert Town(http=answer).look().chain.answer is UNKNOWN


def test_an_endless_chain_is_left_at_the_bound() -> None:
    town = Town(http=lambda h: to(f"/{len(h.path)}{h.path[1:]}")(h))
    seen = town.look()
    assert seen.chain.answer is UNKNOWN
    assert len([p for p in town.asked if p != "/robots.txt"]) == network.MOST_HOPS + 1


@pytest.mark.parametrize(
    "goal", ["http://169.254.169.254/latest", "http://10.0.0.8/", "http://localhost/"]
)
def test_a_redirect_into_a_private_network_is_not_followed(goal: str) -> None:
    town = Town(http=to(goal))
    seen = town.look()
    assert seen.chain.answer is UNKNOWN
    assert "内网" in seen.chain.detail
    assert set(town.dialled) == {OUTSIDE}


def test_a_configured_name_that_leads_into_a_private_network_is_not_connected_to() -> None:
    town = Town(http=to("http://in.rc.gov.cn/"), hosts=("in.rc.gov.cn",))
    town.names = {"in.rc.gov.cn": "10.0.0.8"}
    seen = town.look()
    assert seen.chain.answer is UNKNOWN
    assert "内网" in seen.chain.detail
    assert set(town.dialled) == {OUTSIDE}


def test_a_redirect_to_a_foreign_host_is_not_followed() -> None:
    seen = Town(http=to("http://bet.example/")).look()
    assert seen.chain.answer is UNKNOWN
    assert "bet.example" in seen.chain.detail


# --- IPv6 -----------------------------------------------------------------------------------------

SIX = ["2400:3200::1"]


def test_ipv6_is_asked_over_the_address_of_the_record() -> None:
    town = Town(http=page(), aaaa=SIX, six=page())
    seen = town.look()
    assert (seen.aaaa.answer, seen.ipv6.answer) == (YES, YES)
    assert SIX[0] in town.dialled


def test_a_record_that_refuses_is_told_only_with_a_way_of_our_own() -> None:
    with_route = Town(http=page(), aaaa=SIX).look()
    without = Town(http=page(), aaaa=SIX, route6=False).look()
    assert (with_route.ipv6.answer, with_route.ipv6.detail) == (NO, "经 IPv6 拒绝连接")
    assert without.ipv6.answer is UNKNOWN
    assert "我方没有 IPv6" in without.ipv6.detail


def test_a_record_for_a_private_address_is_not_connected_to() -> None:
    town = Town(http=page(), aaaa=["fd00::1"], six=page())
    assert town.look().ipv6.answer is UNKNOWN
    assert "fd00::1" not in town.dialled


@pytest.mark.parametrize(
    ("aaaa", "answer"),
    [([], NO), (["::ffff:8.8.8.8"], NO), (socket.EAI_NONAME, NO), (socket.EAI_AGAIN, UNKNOWN)],
)
def test_no_record_is_told_from_a_name_server_that_is_silent(aaaa: Any, answer: Answer) -> None:
    assert Town(http=page(), aaaa=aaaa).look().aaaa.answer is answer


def test_no_record_says_nothing_where_the_site_never_answered() -> None:
    assert Town(aaaa=socket.EAI_NONAME).look().aaaa.answer is UNKNOWN


# --- speed ----------------------------------------------------------------------------------------


def test_three_spaced_requests_are_timed_by_the_clock() -> None:
    ticks = [0.0, 0.0]  # robots.txt
    ticks += [10.0, 14.8, 20.0, 25.2, 30.0, 36.0, 40.0, 40.0]
    town = Town(http=page(), interval=2, ticks=ticks)
    seen = town.look()
    assert seen.milliseconds == (4800, 5200, 6000)
    assert town.pauses == [10.0, 10.0]


def test_an_answer_that_is_no_page_is_not_timed() -> None:
    count = [0]

    def second_fails(handler: BaseHTTPRequestHandler) -> None:
        count[0] += 1
        page(HOME, 503 if count[0] == 2 else 200)(handler)

    assert len(Town(http=second_fails).look().milliseconds) == 2


def test_a_page_that_drips_is_left_at_the_limit() -> None:
    release = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"<p>.")
            handler.wfile.flush()
            if release.wait(0.05):
                return

    seen = Town(http=drip, limit=0.3).look()
    release.set()
    assert seen.chain.answer is UNKNOWN
    assert "没有应答" in seen.chain.detail


def test_of_a_huge_page_only_the_beginning_is_read() -> None:
    sent = [0]

    def huge(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.end_headers()
        handler.wfile.write(HOME.encode())
        while sent[0] < 64_000_000:
            handler.wfile.write(b"x" * 65536)
            sent[0] += 65536

    seen = Town(http=huge).look()
    assert seen.chain.answer is YES
    assert sent[0] < 32_000_000 + MAX_BYTES


# --- what is not there ----------------------------------------------------------------------------


def _absent(answer: Answering) -> tuple[Answer, str]:
    def all_(handler: BaseHTTPRequestHandler) -> None:
        (answer if handler.path == ABSENT_PATH else page())(handler)

    seen = Town(http=all_, absent=all_).look()
    return seen.absent.answer, seen.absent.detail


GONE = "<title>页面不存在</title>您访问的页面不存在"


@pytest.mark.parametrize(
    ("answer", "known", "words"),
    [
        (page("", 404), YES, ""),
        (page(GONE, 410), YES, ""),
        (page(), NO, "返回200，显示一个正常页面"),
        (page(GONE), NO, "返回200，只在页面上写着不存在"),
        (to("/"), NO, f"跳转到 http://{HOST}/，返回200，显示一个正常页面"),
        (page("", 403), UNKNOWN, "403"),
        (page("", 500), UNKNOWN, "500"),
        (page("<title>防护验证</title>请稍候，正在检查您的浏览器"), UNKNOWN, "防护验证"),
        (to("/login.html"), UNKNOWN, "登录"),
        (to(ABSENT_PATH), UNKNOWN, "反复跳转"),
        (to("http://10.0.0.8/"), UNKNOWN, "内网"),
    ],
)
def test_what_is_not_there_is_told_by_its_status(
    answer: Answering, known: Answer, words: str
) -> None:
    found, detail = _absent(answer)
    assert found is known
    assert words in detail


# --- manners --------------------------------------------------------------------------------------


def test_what_robots_forbids_is_not_asked() -> None:
    asked = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        page(f"User-agent: *\nDisallow: {ABSENT_PATH}\n")(handler)

    with served(answer) as port:
        town = Town(url=f"http://127.0.0.1:{port}/", names={"127.0.0.1": "127.0.0.1"})
        seen = asyncio.run(town._look(lambda address, _: (address, port)))
    assert seen.absent.answer is UNKNOWN
    assert "robots.txt" in seen.absent.detail
    assert ABSENT_PATH not in asked


def test_a_robots_file_that_cannot_be_read_is_no_permission() -> None:
    asked = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        page("", 503)(handler)

    with served(answer) as port:
        town = Town(url=f"http://127.0.0.1:{port}/", names={"127.0.0.1": "127.0.0.1"})
        seen = asyncio.run(town._look(lambda address, _: (address, port)))
    assert set(asked) == {"/robots.txt"}
    assert seen.chain.answer is UNKNOWN


def test_what_the_budget_does_not_allow_is_left_unknown() -> None:
    town = Town(http=page(), most=2)
    seen = town.look()
    assert town.asked == ["/robots.txt", "/"]
    assert seen.chain.answer is YES
    assert (seen.https.answer, seen.absent.answer, len(seen.milliseconds)) == (UNKNOWN, UNKNOWN, 1)
