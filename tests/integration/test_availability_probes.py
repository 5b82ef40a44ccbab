"""Probes against real servers on loopback: each kind of failure is told apart, and blamed on the
site only where it is the site's."""

from __future__ import annotations

import asyncio
import gzip
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from checks.probes import Probe, ProbeOutcome
from config.probes import Probes
from config.schema import City, Config, Rate, Site, SiteKind
from config.settings import Settings
from crawler.once import Resolve, names
from scheduler import probes as rounds
from scheduler import visits
from scheduler.jobs import jobs
from services.availability import overview
from services.workspace import Workspace
from storage.probes import history

NOW = datetime.now(UTC)
HOME = "<html><head><title>中国瑞昌网</title></head><body><p>瑞昌市人民政府主办</p></body></html>"
OK, UNVERIFIED = ProbeOutcome.OK, ProbeOutcome.UNVERIFIED


class _Handler(BaseHTTPRequestHandler):
    answers: Any

    def do_GET(self) -> None:
        self.answers(self)

    def log_message(self, *args: object) -> None: ...


def page(text: str = HOME, status: int = 200, **headers: str) -> Any:
    def answer(to: BaseHTTPRequestHandler) -> None:
        body = text.encode()
        to.send_response(status)
        to.send_header("Content-Type", "text/html; charset=utf-8")
        to.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            to.send_header(name, value)
        to.end_headers()
        to.wfile.write(body)

    return answer


@contextmanager
def served(answer: Any, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A server on a port of its own."""
    handler = type("Handler", (_Handler,), {"answers": staticmethod(answer)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def site(url: str, site_id: str = "portal", **more: Any) -> Site:
    return Site(
        id=site_id, name="中国瑞昌网", kind=SiteKind.PORTAL, url=url, operator="office", **more
    )  # type: ignore[arg-type]


def config(*sites: Site) -> Config:
    city = City(
        id="ruichang", name="瑞昌市", office="办公室", rate=Rate(interval_seconds=0, concurrency=4)
    )
    return Config(city=city, categories=(), catalogues=(), sites=sites, units=())


def look(
    *sites: Site,
    settings: Probes | None = None,
    limit: float = 5.0,
    resolve: Resolve = names,
    controls: tuple[str, ...] = (),
) -> list[Probe]:
    if settings is None:
        settings = Probes.model_validate({"controls": [{"url": c} for c in controls]})
    return asyncio.run(
        rounds.probe_round(
            config(*sites), settings, now=NOW, at=NOW, limit=limit, pause=0, resolve=resolve
        )
    )


@pytest.fixture
def control() -> Iterator[str]:
    """An address that opens: our network works."""
    with served(page("<title>上级门户</title>好")) as port:
        yield f"http://127.0.0.1:{port}/"


def test_a_home_page_with_the_sites_name_is_well() -> None:
    with served(page()) as port:
        (seen,) = look(site(f"http://127.0.0.1:{port}/"))
    assert (seen.outcome, seen.status, seen.page) == (OK, 200, "home")
    assert seen.milliseconds is not None
    assert seen.milliseconds < 5000


def test_a_refused_port_is_the_sites_fault_only_while_something_else_opens(control: str) -> None:
    dead = site(f"http://127.0.0.1:{free_port()}/")
    (alone,) = look(dead)
    assert alone.outcome is UNVERIFIED
    assert "拒绝连接" in alone.detail
    judged, its_control = look(dead, controls=(control,))
    assert judged.outcome is ProbeOutcome.CONNECT
    assert "拒绝连接" in judged.detail
    assert (its_control.site_id, its_control.outcome) == ("", OK)
    with served(page()) as port:
        witnessed, _ = look(dead, site(f"http://127.0.0.1:{port}/", "other"))
    assert witnessed.outcome is ProbeOutcome.CONNECT


def test_while_no_control_address_opens_no_site_is_blamed() -> None:
    with served(page("出错", 500)) as port:
        failing = site(f"http://127.0.0.1:{port}/")
        (firm,) = look(failing)
        doubted, _ = look(failing, controls=(f"http://127.0.0.1:{free_port()}/",))
    assert firm.outcome is ProbeOutcome.STATUS
    assert firm.status == 500
    assert doubted.outcome is UNVERIFIED
    assert "本机网络" in doubted.detail


def test_a_time_out_counts_only_with_a_control_address(control: str) -> None:
    release = threading.Event()

    def slow(to: BaseHTTPRequestHandler) -> None:
        release.wait(5)
        page()(to)

    with served(slow) as port, served(page()) as well:
        asleep = site(f"http://127.0.0.1:{port}/")
        other = site(f"http://127.0.0.1:{well}/", "other")
        started = time.monotonic()
        without, _ = look(asleep, other, limit=0.2)
        judged, _, _ = look(asleep, other, limit=0.2, controls=(control,))
        took = time.monotonic() - started
        release.set()
    assert without.outcome is UNVERIFIED
    assert "没有对照地址" in without.detail
    assert judged.outcome is ProbeOutcome.TIMEOUT
    assert took < 3


def test_the_limit_holds_for_the_whole_page_however_its_bytes_trickle(control: str) -> None:
    def trickling(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.end_headers()
        for _ in range(200):
            to.wfile.write(b"<p>.")
            to.wfile.flush()
            time.sleep(0.02)

    with served(trickling) as port:
        judged, _ = look(site(f"http://127.0.0.1:{port}/"), limit=0.3, controls=(control,))
    assert judged.outcome is ProbeOutcome.TIMEOUT
    assert "接收网页" in judged.detail


def _gaierror(code: int) -> Resolve:
    async def resolve(host: str, port: int) -> list[str]:
        if host == "127.0.0.1":
            return [host]
        raise socket.gaierror(code, "no")

    return resolve


def test_a_name_that_does_not_exist_is_told_from_a_name_server_that_is_silent() -> None:
    with served(page()) as port:
        sites = site("http://portal.invalid/"), site(f"http://127.0.0.1:{port}/", "other")
        gone, _ = look(*sites, resolve=_gaierror(socket.EAI_NONAME))
        silent, _ = look(*sites, resolve=_gaierror(socket.EAI_AGAIN))
    assert gone.outcome is ProbeOutcome.DNS
    assert silent.outcome is UNVERIFIED


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (404, ProbeOutcome.STATUS),
        (503, ProbeOutcome.STATUS),
        (403, UNVERIFIED),
        (412, UNVERIFIED),
        (429, UNVERIFIED),
    ],
)
def test_errors_are_the_sites_and_walls_are_nobodys(status: int, outcome: ProbeOutcome) -> None:
    with served(page("<title>x</title>", status)) as port:
        (seen,) = look(site(f"http://127.0.0.1:{port}/"))
    assert (seen.outcome, seen.status) == (outcome, status)


def test_a_protection_page_with_status_200_is_no_fault() -> None:
    with served(page("<title>防护验证</title>请稍候，正在检查您的浏览器")) as port:
        (seen,) = look(site(f"http://127.0.0.1:{port}/"))
    assert seen.outcome is UNVERIFIED
    assert "防护验证" in seen.detail


def test_titles_are_held_against_a_page_only_as_far_as_a_person_wrote_them() -> None:
    other = HOME.replace("中国瑞昌网", "欢迎访问")
    strange = "<title>Welcome to nginx</title>" + "<p>It works, and nothing else is here." * 5
    wanted = Probes.model_validate({"sites": [{"site": "portal", "titles": ["瑞昌"]}]})
    with served(page(other)) as port:
        url = f"http://127.0.0.1:{port}/"
        (by_default,) = look(site(url))
        (by_hand,) = look(site(url), settings=wanted)
    with served(page(strange)) as port:
        (seen,) = look(site(f"http://127.0.0.1:{port}/"))
    assert by_default.outcome is OK
    assert "欢迎访问" in by_default.detail
    assert by_hand.outcome is ProbeOutcome.WRONG_TITLE
    assert seen.outcome is ProbeOutcome.WRONG_TITLE
    assert "nginx" in seen.detail


def test_a_gambling_title_is_content_of_somebody_else() -> None:
    with served(page("<title>澳门新葡京娱乐城</title>" + "<a href='/x'>进入</a>" * 9)) as port:
        (seen,) = look(site(f"http://127.0.0.1:{port}/"))
    assert seen.outcome is ProbeOutcome.HIJACKED
    assert "葡京" in seen.detail
    assert seen.outcome.opened, "it is no failure to open: another veto's matter"


def test_a_title_that_was_replaced_is_noticed_though_the_rest_of_the_page_is_the_sites() -> None:
    words = "".join(f"&#{ord(c)};" for c in "澳门新葡京")
    meta = '<meta name="SiteName" content="中国瑞昌网">'
    with served(page(f"<head><title>{words}</title>{meta}</head><p>瑞昌市人民政府")) as port:
        (seen,) = look(site(f"http://127.0.0.1:{port}/"))
    assert seen.outcome is ProbeOutcome.HIJACKED


def test_of_several_addresses_the_next_is_tried() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    with served(page()) as port:
        (seen,) = look(site(f"http://127.0.0.1:{port}/"), resolve=resolve)
    assert seen.outcome is OK


def test_a_page_that_came_compressed_unasked_is_read_within_the_bound() -> None:
    def packed(to: BaseHTTPRequestHandler) -> None:
        body = gzip.compress(HOME.encode() + b" " * 50_000_000)
        to.send_response(200)
        to.send_header("Content-Type", "text/html; charset=utf-8")
        to.send_header("Content-Encoding", "gzip")
        to.end_headers()
        to.wfile.write(body)

    with served(packed) as port:
        (seen,) = look(site(f"http://127.0.0.1:{port}/"))
    assert seen.outcome is OK


def test_another_sites_code_and_name_are_told() -> None:
    head = '<meta name="SiteName" content="某某县"><meta name="SiteIDCode" content="3600000002">'
    with served(page(f"<head><title>某某县</title>{head}</head><p>x")) as port:
        mine = site(f"http://127.0.0.1:{port}/", site_code="3600000001")
        with served(page()) as well:
            seen, _ = look(mine, site(f"http://127.0.0.1:{well}/", "other"))
    assert seen.outcome is ProbeOutcome.HIJACKED
    assert "3600000002" in seen.detail


def test_a_redirect_to_a_foreign_host_is_never_followed(control: str) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return [host]

    with served(page("", 302, Location="http://bet.example/?from=gov")) as port:
        judged, _ = look(site(f"http://127.0.0.1:{port}/"), resolve=resolve, controls=(control,))
        (alone,) = look(site(f"http://127.0.0.1:{port}/"), resolve=resolve)
    assert judged.outcome is ProbeOutcome.HIJACKED
    assert "bet.example" in judged.detail
    assert alone.outcome is UNVERIFIED, "it may be the login page of our own network"
    assert set(asked) == {"127.0.0.1"}


@pytest.mark.parametrize(
    "goal", ["http://10.1.2.3/welcome", "http://169.254.169.254/meta", "http://localhost/"]
)
def test_a_redirect_to_a_private_address_is_not_followed_and_blames_nobody(
    goal: str, control: str
) -> None:
    with served(page("", 302, Location=goal)) as port:
        judged, _ = look(site(f"http://127.0.0.1:{port}/"), controls=(control,))
    assert judged.outcome is UNVERIFIED
    assert "内网" in judged.detail


def test_a_redirect_to_another_government_site_is_a_matter_of_our_configuration(
    control: str,
) -> None:
    with served(page("", 301, Location="https://www.jiujiang.gov.cn/")) as port:
        judged, _ = look(site(f"http://127.0.0.1:{port}/"), controls=(control,))
    assert judged.outcome is UNVERIFIED
    assert "www.jiujiang.gov.cn" in judged.detail


def test_a_name_that_leads_into_a_private_network_is_not_connected_to() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    reached: list[str] = []

    def answer(to: BaseHTTPRequestHandler) -> None:
        reached.append(to.headers["Host"])
        page()(to)

    with served(answer) as port:
        url = f"http://portal.example:{port}/"
        (refused,) = look(site(url), resolve=resolve)
        assert refused.outcome is UNVERIFIED
        assert "内网" in refused.detail
        assert not reached
        (allowed,) = look(site(url, allow_private=True), resolve=resolve)
    assert allowed.outcome is OK
    assert reached == [f"portal.example:{port}"], "the address that was looked at, the name sent"


def test_what_fails_once_is_tried_again_after_the_others() -> None:
    tries: list[int] = []

    def answer(to: BaseHTTPRequestHandler) -> None:
        tries.append(1)
        page(HOME, 500 if len(tries) == 1 else 200)(to)

    with served(answer) as port:
        (seen,) = look(site(f"http://127.0.0.1:{port}/"))
    assert (len(tries), seen.outcome) == (2, OK)
    assert "第二次打开" in seen.detail


def test_of_a_huge_page_only_the_beginning_is_read() -> None:
    sent = [0]

    def huge(to: BaseHTTPRequestHandler) -> None:
        to.send_response(200)
        to.send_header("Content-Type", "text/html; charset=utf-8")
        to.end_headers()
        to.wfile.write(HOME.encode())
        while sent[0] < 64_000_000:
            to.wfile.write(b"x" * 65536)
            sent[0] += 65536

    with served(huge) as port:
        (seen,) = look(site(f"http://127.0.0.1:{port}/"))
    assert seen.outcome is OK
    assert sent[0] < 32_000_000, "the rest was not waited for"


# --- certificates ---------------------------------------------------------------------------------


def _shown(*hosts: str, until: datetime | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(*hosts, not_after=until).configure_cert(context)
    return context


def test_a_chain_that_is_not_trusted_here_is_a_remark_and_the_date_is_read() -> None:
    until = (NOW + timedelta(days=20)).replace(microsecond=0)
    with served(page(), _shown("127.0.0.1", until=until)) as port:
        (seen,) = look(site(f"https://127.0.0.1:{port}/"))
    assert seen.outcome is OK
    assert "颁发机构" in seen.detail
    assert seen.certificate_until == until


def test_a_trusted_chain_needs_no_remark(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(shown)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    monkeypatch.setattr(visits, "strict", lambda: trusting)
    with served(page(), shown) as port:
        (seen,) = look(site(f"https://127.0.0.1:{port}/"))
    assert (seen.outcome, seen.detail) == (OK, "")
    assert seen.certificate_until is not None


def test_a_server_that_knows_only_old_protocols_is_reached_with_a_remark() -> None:
    shown = _shown("127.0.0.1")
    shown.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        shown.minimum_version = ssl.TLSVersion.TLSv1
        shown.maximum_version = ssl.TLSVersion.TLSv1_1
    with served(page(), shown) as port:
        (seen,) = look(site(f"https://127.0.0.1:{port}/"))
    assert seen.outcome is OK
    assert "加密协议过旧" in seen.detail


def test_an_expired_certificate_is_a_failure() -> None:
    until = (NOW - timedelta(days=2)).replace(microsecond=0)
    with served(page(), _shown("127.0.0.1", until=until)) as port:
        (seen,) = look(site(f"https://127.0.0.1:{port}/"))
    assert seen.outcome is ProbeOutcome.TLS
    assert "过期" in seen.detail
    assert seen.certificate_until == until


def test_a_certificate_for_another_host_is_a_failure_where_our_network_is_known_to_work(
    control: str,
) -> None:
    with served(page(), _shown("elsewhere.example")) as port:
        url = f"https://127.0.0.1:{port}/"
        judged, _ = look(site(url), controls=(control,))
        (alone,) = look(site(url))
    assert judged.outcome is ProbeOutcome.TLS
    assert "elsewhere.example" in judged.detail
    assert alone.outcome is UNVERIFIED


def test_no_tls_at_all_on_an_https_address_is_a_failed_handshake(control: str) -> None:
    with served(page()) as port:
        judged, _ = look(site(f"https://127.0.0.1:{port}/"), controls=(control,))
    assert judged.outcome is ProbeOutcome.TLS
    assert "握手" in judged.detail


# --- the job --------------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[Workspace, list[int]]]:
    """A workspace whose only site counts its visits."""
    visits: list[int] = []

    def answer(to: BaseHTTPRequestHandler) -> None:
        visits.append(1)
        page()(to)

    with ExitStack() as stack:
        port = stack.enter_context(served(answer))
        ws = Workspace(Settings(data=tmp_path), tmp_path)
        ws.__dict__["config"] = config(site(f"http://127.0.0.1:{port}/"))
        ws.__dict__["probes"] = Probes(per_day=24)
        yield ws, visits
        ws.engine.dispose()


def test_a_round_is_made_once_at_its_time_and_what_was_missed_is_not_made_up(
    office: tuple[Workspace, list[int]],
) -> None:
    ws, visits = office
    day = datetime(2018, 6, 4, tzinfo=UTC)
    due = [t for t in rounds.due_times(ws.probes, "ruichang", day.date()) if t > day]
    minute = timedelta(minutes=1)
    assert rounds.probe_job(ws, due[3] - minute) == [], "not due yet"
    (made,) = rounds.probe_job(ws, due[3] + minute)
    assert made.at == due[3]
    assert len(visits) == 1
    assert rounds.probe_job(ws, due[3] + 2 * minute) == [], "another scheduler was faster"
    assert rounds.probe_job(ws, due[4] + 30 * minute) == [], "too late"
    (later,) = rounds.probe_job(ws, due[9] + minute)
    assert later.at == due[9]
    assert len(visits) == 2, "one round for all that was missed"
    assert [p.at for p in history(ws.engine, since=day, until=due[-1])] == [due[3], due[9]]


def test_two_writers_of_one_round_leave_one_row(office: tuple[Workspace, list[int]]) -> None:
    ws, visits = office
    rounds.run_probes(ws, NOW, pause=0)
    rounds.run_probes(ws, NOW, pause=0)
    assert len(visits) == 2
    assert len(history(ws.engine, since=NOW, until=NOW)) == 1


def test_the_scheduler_makes_the_round_and_tells_only_what_is_not_well(
    office: tuple[Workspace, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "PAUSE", 0)
    ws, _visits = office
    (job,) = [j for j in jobs() if j.name == "可用性探测"]
    first, second = rounds.due_times(ws.probes, "ruichang", date(2018, 6, 4))[:2]
    assert not job.due(ws, first - timedelta(minutes=1))
    assert job.due(ws, first)
    assert job.run(ws, first) == ""
    assert not job.due(ws, first)
    ws.__dict__["probes"] = Probes.model_validate(
        {"sites": [{"site": "portal", "titles": ["别的名称"]}]}
    )
    told = job.run(ws, second)
    assert "中国瑞昌网 home：打开的不是本页" in told
    ws.__dict__["probes"] = Probes(enabled=False)
    assert not job.due(ws, second + timedelta(hours=1))


def test_what_a_person_probes_is_shown_and_counts_for_no_week(
    office: tuple[Workspace, list[int]],
) -> None:
    ws, _visits = office
    (made,) = rounds.run_probes(ws, NOW, pause=0, by_hand=True)
    found = overview(ws, now=NOW).sites[0]
    assert found.newest == made
    assert (found.this_week.verified, found.this_week.reason) == (0, "没有定时探测的记录")
    rounds.run_probes(ws, NOW, pause=0)
    assert overview(ws, now=NOW).sites[0].this_week.verified == 1
