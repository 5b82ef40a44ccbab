"""Availability: a week of probes, and one look at the network, each on both sides of its limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from checks.facts import Unverified
from checks.identity_facts import Answer, AvailabilityCase, CertificateLook, NetworkLook, Seen
from checks.model import OutcomeKind, Scope
from checks.probes import DayWatch, WatchVerdict, WeekWatch
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import AS_OF, WALL, fetched, subject

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
NOT_APPLICABLE, UNVERIFIED = OutcomeKind.NOT_APPLICABLE, OutcomeKind.UNVERIFIED
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
HOUR = timedelta(hours=1)

GOOD = CertificateLook(
    since=datetime(2018, 1, 1, tzinfo=UTC),
    until=datetime(2019, 1, 1, tzinfo=UTC),
    covers=True,
    trusted=True,
    seen_at=AS_OF,
)
LOOK = NetworkLook(
    host="www.ruichang.gov.cn",
    public=True,
    https=Seen(answer=YES),
    certificate=GOOD,
    hops=("http://www.ruichang.gov.cn/", "https://www.ruichang.gov.cn/"),
    chain=Seen(answer=YES),
    aaaa=Seen(answer=YES),
    ipv6=Seen(answer=YES),
    milliseconds=(400, 500, 900),
    absent=Seen(answer=YES),
    absent_url="http://www.ruichang.gov.cn/absent.html",
)


def week(verdict: WatchVerdict) -> WeekWatch:
    days = tuple(DayWatch(day=date(2018, 5, 28) + timedelta(days=i)) for i in range(7))
    return WeekWatch(site_id="portal", days=days, verdict=verdict, reason="有效探测 168 次")


def case(
    network: NetworkLook | Unverified = LOOK, verdict: WatchVerdict = WatchVerdict.PASSED
) -> AvailabilityCase:
    return AvailabilityCase(
        subject=subject(Scope.SITE, "portal"),
        week=week(verdict),
        network=network,
        fetched=fetched(),
    )


def _of(
    rule: str,
    side: Any,
    name: str,
    kind: OutcomeKind,
    params: dict[str, Any] | None = None,
    **changes: Any,
) -> RuleCase:
    made = case(replace(LOOK, **changes))
    return RuleCase(rule=rule, side=side, name=name, case=made, kind=kind, params=params or {})


def _week(side: Any, name: str, verdict: WatchVerdict, kind: OutcomeKind) -> RuleCase:
    return RuleCase(
        rule="site-unreachable", side=side, name=name, case=case(verdict=verdict), kind=kind
    )


def _unlooked(rule: str) -> RuleCase:
    return RuleCase(
        rule=rule, side="unverified", name="nobody looked", case=case(WALL), kind=UNVERIFIED
    )


def _certificate(side: Any, name: str, kind: OutcomeKind, **changes: Any) -> RuleCase:
    return _of("bad-certificate", side, name, kind, certificate=replace(GOOD, **changes))


def _hops(count: int) -> tuple[str, ...]:
    return tuple(f"http://www.ruichang.gov.cn/{i}" for i in range(count + 1))


_H, _B, _R, _6, _T, _4 = (
    "no-https", "bad-certificate", "long-redirects", "no-ipv6", "slow-response", "soft-404",
)  # fmt: skip
_NOT = Seen(answer=NO, detail="443端口拒绝连接")
_UNSURE = Seen(answer=UNKNOWN, detail="连接超时")

CASES = [
    _week("good", "the week passed", WatchVerdict.PASSED, FINE),
    _week("bad", "the veto holds", WatchVerdict.VETO, FINDING),
    _week("unverified", "too few probes", WatchVerdict.UNVERIFIED, UNVERIFIED),
    _of(_H, "good", "it opens", FINE),
    _of(_H, "bad", "it refuses", FINDING, https=_NOT),
    _of(_H, "unverified", "it may be our network", UNVERIFIED, https=_UNSURE),
    _of(_H, "good", "no public name", NOT_APPLICABLE, public=False, https=_UNSURE),
    _of(_H, "bad", "no public name, and it surely refuses", FINDING, public=False, https=_NOT),
    _unlooked(_H),
    _certificate("good", "a good one", FINE),
    _certificate("good", "it ends this very moment", FINE, until=AS_OF),
    _certificate("bad", "it ended an hour ago", FINDING, until=AS_OF - HOUR),
    _certificate("good", "it begins this very moment", FINE, since=AS_OF),
    _certificate("bad", "it begins in an hour", FINDING, since=AS_OF + HOUR),
    _certificate("bad", "another's", FINDING, covers=False),
    _certificate("bad", "its chain is not trusted", SUSPECTED, trusted=False),
    _certificate("bad", "ended, and of course not trusted", FINDING, until=AS_OF - HOUR, trusted=False),
    _of(_B, "unverified", "none was seen", UNVERIFIED, certificate=None, https=_UNSURE),
    _of(_B, "good", "there is no HTTPS", NOT_APPLICABLE, certificate=None, https=_NOT),
    _of(_B, "good", "no public name", NOT_APPLICABLE, certificate=None, https=_UNSURE, public=False),
    _of(_R, "good", "one redirect", FINE),
    _of(_R, "edge", "three redirects", FINE, hops=_hops(3)),
    _of(_R, "edge", "four redirects", FINDING, hops=_hops(4)),
    _of(_R, "edge", "the limit is the standard's", FINDING, {"most": 2}, hops=_hops(3)),
    _of(_R, "bad", "round and round", FINDING, chain=Seen(answer=NO), hops=_hops(1)),
    _of(_R, "unverified", "no page was reached", UNVERIFIED, chain=_UNSURE, hops=_hops(9)),
    _of(_6, "good", "it opens", FINE),
    _of(_6, "bad", "no record", SUSPECTED, aaaa=Seen(answer=NO)),
    _of(_6, "bad", "a record, and it refuses", FINDING, ipv6=Seen(answer=NO, detail="拒绝连接")),
    _of(_6, "unverified", "we have no IPv6", UNVERIFIED, ipv6=Seen(answer=UNKNOWN, detail="我方没有 IPv6 网络")),
    _of(_6, "unverified", "our name server did not answer", UNVERIFIED, aaaa=_UNSURE),
    _of(_6, "good", "no public name", NOT_APPLICABLE, public=False, aaaa=Seen(answer=NO)),
    _of(_T, "good", "fast", FINE),
    _of(_T, "bad", "slow", SUSPECTED, milliseconds=(4800, 5200, 6000)),
    _of(_T, "edge", "three seconds in the middle", FINE, milliseconds=(9000, 3000, 100)),
    _of(_T, "edge", "a thousandth more in the middle", SUSPECTED, milliseconds=(9000, 3001, 100)),
    _of(_T, "edge", "the limit is the standard's", SUSPECTED, {"seconds": 2}, milliseconds=(2001, 2001, 2001)),
    _of(_T, "unverified", "two answers only", UNVERIFIED, milliseconds=(9000, 9000)),
    _of(_4, "good", "404", FINE),
    _of(_4, "bad", "a page", FINDING, absent=Seen(answer=NO, detail="返回了200")),
    _of(_4, "unverified", "a wall", UNVERIFIED, absent=_UNSURE),
    _unlooked("soft-404"),
]  # fmt: skip
