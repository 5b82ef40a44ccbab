"""The rules of a site's network and of its week of probes, each on a server on loopback that is at fault
and on its nearest good twin: from the bytes on the wire to the verdict. A replica cannot show them: it
has no name, and a week of probes is no scan."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import trustme

from checks.facts import Missing, Unverified
from checks.identity_facts import AvailabilityCase, NetworkLook
from checks.model import Context, OutcomeKind, Scope, Subject
from checks.registry import select
from checks.runner import judge
from config.probes import Probes
from config.settings import Settings
from crawler import network
from scheduler import probes as rounds
from services.availability import week_watch
from services.workspace import Workspace, start_of_day
from tests.integration.crawler.test_network import HOST, NOW, SIX, Answering, Town, to
from tests.integration.test_availability_probes import config, page, served, site

RULES = ("no-https", "bad-certificate", "long-redirects", "no-ipv6", "slow-response", "soft-404")
AUTHORITY = trustme.CA()
DAY = datetime(2018, 6, 5, 12, tzinfo=UTC)
SUBJECT = Subject(
    scope=Scope.SITE, key="portal", site_id="portal", unit_id="office", title="网", url=f"http://{HOST}/"
)  # fmt: skip


def shown(host: str = HOST, *, until: timedelta = timedelta(days=90), known: bool = True) -> Any:
    """A certificate; ``known``: of the authority that is trusted here."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made = (AUTHORITY if known else trustme.CA()).issue_cert(
        host, not_before=NOW - timedelta(days=30), not_after=NOW + until
    )
    made.configure_cert(context)
    return context


def town(**more: Any) -> Town:
    """A site in order, but for what is said."""
    usual: dict[str, Any] = {
        "http": page(),
        "https": page(),
        "tls": shown(),
        "aaaa": SIX,
        "six": page(),
    }
    return Town(**(usual | more))


def jumping(count: int) -> Answering:
    """The home page is reached after so many redirects."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        at = int(handler.path.strip("/") or 0)
        (page() if at == count else to(f"/{at + 1}"))(handler)

    return answer


def soft() -> Town:
    answer = page()
    return town(http=answer, absent=answer)


def timed(*seconds: float) -> Town:
    """Plain HTTP alone, so that the clock is asked for these requests only: the home page three
    times, then what is not there."""
    ticks = [0.0, 0.0]  # robots.txt
    for n, took in enumerate(seconds):
        ticks += [10.0 * (n + 1), 10.0 * (n + 1) + took]
    ticks += [90.0, 90.0]
    return Town(http=page(), interval=2, ticks=ticks)


@pytest.fixture(autouse=True)
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context()
    AUTHORITY.configure_trust(context)
    monkeypatch.setattr(network, "strict", lambda: context)


def said(seen: NetworkLook) -> tuple[set[tuple[str, str, bool]], set[str]]:
    """What is found (rule, what, suspected), and which rules could not be verified."""
    case = AvailabilityCase(
        subject=SUBJECT,
        week=Unverified(code=Missing.UNPROVEN, reason="没有探测"),
        network=seen,
    )
    context = Context(as_of=DAY, today=DAY.date(), judge_from=DAY.date())
    outcomes = judge(case, select(RULES), context)
    assert {o.rule_id for o in outcomes} == set(RULES)
    found = {(f.rule_id, f.what, f.suspected) for o in outcomes for f in o.findings}
    return found, {o.rule_id for o in outcomes if o.kind is OutcomeKind.UNVERIFIED}


Made = Callable[[], Town]
CASES: dict[str, tuple[Made, set[tuple[str, str, bool]]]] = {
    "the port refuses": (lambda: town(https=None), {("no-https", "", False)}),
    "it ended": (
        lambda: town(tls=shown(until=timedelta(days=-3))), {("bad-certificate", "过期", False)}
    ),
    "another's name": (
        lambda: town(tls=shown("www.other.gov.cn")), {("bad-certificate", "域名", False)}
    ),
    "an unknown authority": (
        lambda: town(tls=shown(known=False)), {("bad-certificate", "链条", True)}
    ),
    "four redirects": (lambda: town(http=jumping(4)), {("long-redirects", "", False)}),
    "no record": (lambda: town(aaaa=socket.EAI_NONAME), {("no-ipv6", "AAAA", True)}),
    "the record refuses": (lambda: town(six=None), {("no-ipv6", "访问", False)}),
    "a page for what is not there": (soft, {("soft-404", "", False)}),
}  # fmt: skip
TWINS: dict[str, tuple[Made, set[str]]] = {
    "all in order": (town, set()),
    "it ends tomorrow": (lambda: town(tls=shown(until=timedelta(days=1))), set()),
    "for all names of the domain": (lambda: town(tls=shown("*.rc.gov.cn")), set()),
    "three redirects": (lambda: town(http=jumping(3)), set()),
    "no way to IPv6 of our own": (lambda: town(six=None, route6=False), {"no-ipv6"}),
    "the name server is silent": (lambda: town(aaaa=socket.EAI_AGAIN), {"no-ipv6"}),
    "it may speak the national TLS": (
        lambda: town(tls=None), {"no-https", "bad-certificate"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_server_at_fault_is_found_under_its_rule_and_no_other(name: str) -> None:
    make, truth = CASES[name]
    assert said(make().look()) == (truth, set())


@pytest.mark.parametrize("name", TWINS)
def test_its_nearest_twin_is_not_accused(name: str) -> None:
    make, unverified = TWINS[name]
    assert said(make().look()) == (set(), unverified)


@pytest.mark.parametrize(
    ("seconds", "slow"), [((1.0, 3.1, 6.0), True), ((1.0, 3.0, 6.0), False)], ids=["over", "exactly"]
)  # fmt: skip
def test_the_middle_one_of_three_answers_is_slow_or_not(
    seconds: tuple[float, ...], slow: bool
) -> None:
    found, _ = said(timed(*seconds).look())
    assert (("slow-response", "", True) in found) is slow


WEEK = 7 * 24


@pytest.mark.parametrize(
    ("status", "failed", "kind"),
    [(503, 9, OutcomeKind.FINDING), (503, 8, OutcomeKind.FINE), (403, 9, OutcomeKind.FINE)],
    ids=["a twentieth and more", "less", "as often, by a wall"],
)
def test_a_site_that_often_fails_in_a_week_of_hourly_probes_is_unreachable(
    status: int, failed: int, kind: OutcomeKind, tmp_path: Path
) -> None:
    first, ill = start_of_day(DAY.date() - timedelta(days=8)), False

    def answer(handler: BaseHTTPRequestHandler) -> None:
        (page("<title>x</title>", status) if ill else page())(handler)

    with served(answer) as port:
        ws = Workspace(Settings(data=tmp_path), tmp_path)
        ws.__dict__["config"] = config(site(f"http://127.0.0.1:{port}/"))
        ws.__dict__["probes"] = Probes(per_day=24)
        for hour in range(WEEK):
            ill = hour % 18 == 0 and hour // 18 < failed
            rounds.run_probes(ws, first + timedelta(hours=hour), pause=0)
        watch = week_watch(ws, "portal", first.date() + timedelta(days=1), as_of=DAY)
        ws.engine.dispose()
    unlooked = Unverified(code=Missing.NETWORK, reason="没有查看")
    case = AvailabilityCase(subject=SUBJECT, week=watch, network=unlooked)
    context = Context(as_of=DAY, today=DAY.date(), judge_from=DAY.date())
    (outcome,) = judge(case, select(("site-unreachable",)), context)
    assert outcome.kind is kind


def test_every_rule_of_the_network_has_a_server_at_fault_here() -> None:
    shown_ = {rule for _, truth in CASES.values() for rule, _, _ in truth}
    assert shown_ | {"slow-response"} == set(RULES)
