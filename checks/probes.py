"""Availability: what one probe of an address says, and what a week of them says of a site. Pure.

The official wording of the veto 站点无法访问: 监测1周，每天间隔性访问20次以上，超过（含）15秒网站仍打不开的
次数比例累计超过（含）5%. What could not be verified (未能核实) is no visit: it counts on neither side.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOME = "home"
"""The ``page`` of a probe of the home page."""
BY_HAND = "home:now"
"""The ``page`` of a probe of the home page that a person asked for: shown, never counted, for the
visits of the official rule are spaced through the day."""
LIMIT = 500
"""The share of failed visits from which on the veto holds, in hundredths of a percent."""
VISITS = 20
"""Verified visits that each day of the week must have before anything is said of it."""
WEEK = 7


class ProbeOutcome(StrEnum):
    """What came of one probe."""

    OK = "ok"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    STATUS = "status"
    WRONG_TITLE = "wrong_title"
    HIJACKED = "hijacked"
    UNVERIFIED = "unverified"
    """Our own network was down, a wall stood there, or it cannot be told whose fault it was."""

    @property
    def words(self) -> str:
        return {
            "ok": "正常",
            "dns": "域名解析失败",
            "connect": "连接不上",
            "tls": "证书或加密连接有误",
            "timeout": "超时打不开",
            "status": "服务器返回错误",
            "wrong_title": "打开的不是本页",
            "hijacked": "疑似被劫持或篡改",
            "unverified": "未能核实",
        }[self.value]

    @property
    def opened(self) -> bool:
        """A page came, whatever it showed: it is no failure to open."""
        return self in (ProbeOutcome.OK, ProbeOutcome.WRONG_TITLE, ProbeOutcome.HIJACKED)

    @property
    def failed(self) -> bool:
        """The page did not open, and that was verified."""
        return not self.opened and self is not ProbeOutcome.UNVERIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One probe of one address."""

    site_id: str
    """Empty: a control probe, by which our own network is judged."""
    page: str
    """``home`` or the slug of a key page."""
    url: str
    at: datetime
    """The instant for which it was due, aware."""
    outcome: ProbeOutcome
    status: int | None = None
    milliseconds: int | None = None
    detail: str = ""
    """In Chinese: what was seen; also a remark on a good one."""
    certificate_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayWatch:
    """One day's probes of a site's home page."""

    day: date
    opened: int = 0
    failed: int = 0
    unverified: int = 0
    altered: int = 0
    """Of those opened: another title, or content that is not the site's."""

    @property
    def verified(self) -> int:
        return self.opened + self.failed


class WatchVerdict(StrEnum):
    """Whether the veto 站点无法访问 holds for a week."""

    VETO = "veto"
    PASSED = "passed"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekWatch:
    """Seven days of probes of one site's home page, and what follows from them."""

    site_id: str
    days: tuple[DayWatch, ...]
    """Seven, from Monday on."""
    verdict: WatchVerdict
    reason: str
    """In Chinese: the derivation, or why it cannot be judged."""

    @property
    def first(self) -> date:
        return self.days[0].day

    @property
    def last(self) -> date:
        return self.days[-1].day

    @property
    def name(self) -> str:
        """``2018-W23``."""
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def verified(self) -> int:
        return sum(d.verified for d in self.days)

    @property
    def failed(self) -> int:
        return sum(d.failed for d in self.days)

    @property
    def unverified(self) -> int:
        return sum(d.unverified for d in self.days)

    @property
    def altered(self) -> int:
        return sum(d.altered for d in self.days)

    @property
    def share(self) -> int | None:
        """Failed of verified visits in hundredths of a percent, rounded down; ``None``: no visit
        was verified. A rounded figure is for reading; the verdict is reckoned exactly."""
        return self.failed * 10_000 // self.verified if self.verified else None


def monday(day: date) -> date:
    """The first day of the ISO week."""
    return day - timedelta(days=day.weekday())


def days_of(
    probes: Iterable[Probe], site_id: str, first: date, count: int, *, as_of: datetime
) -> tuple[DayWatch, ...]:
    """``count`` Shanghai days from ``first`` on of a site's home page; probes after ``as_of`` are
    left out."""
    tally = {first + timedelta(days=i): [0, 0, 0, 0] for i in range(count)}
    for probe in probes:
        if probe.site_id != site_id or probe.page != HOME or probe.at > as_of:
            continue
        row = tally.get(probe.at.astimezone(SHANGHAI).date())
        if row is None:
            continue
        row[0] += probe.outcome.opened
        row[1] += probe.outcome.failed
        row[2] += probe.outcome is ProbeOutcome.UNVERIFIED
        row[3] += probe.outcome.opened and probe.outcome is not ProbeOutcome.OK
    return tuple(
        DayWatch(day=day, opened=row[0], failed=row[1], unverified=row[2], altered=row[3])
        for day, row in tally.items()
    )


def availability(
    probes: Iterable[Probe],
    site_id: str,
    week: date,
    *,
    as_of: datetime,
    limit: int = LIMIT,
    visits: int = VISITS,
) -> WeekWatch:
    """The ISO week in which ``week`` lies, as known at ``as_of``.

    ``limit``: hundredths of a percent; ``visits``: verified visits that every day needs. The veto
    needs the whole week: a week that is not over, or a day with too few visits, proves nothing.
    """
    days = days_of(probes, site_id, monday(week), WEEK, as_of=as_of)
    verified, failed = sum(d.verified for d in days), sum(d.failed for d in days)
    if not any(d.verified or d.unverified for d in days):
        return _watch(site_id, days, WatchVerdict.UNVERIFIED, "没有定时探测的记录")
    share = f"有效探测 {verified} 次，其中打不开 {failed} 次"
    if verified:
        share += f"，占 {failed * 10_000 // verified / 100:.2f}%"
    if as_of.astimezone(SHANGHAI).date() <= days[-1].day:
        return _watch(site_id, days, WatchVerdict.UNVERIFIED, f"本周未满：{share}")
    short = [d for d in days if d.verified < visits]
    if short:
        which = "、".join(f"{d.day:%m-%d}" for d in short)
        why = f"有效探测不足每天 {visits} 次（{which}）：{share}"
        return _watch(site_id, days, WatchVerdict.UNVERIFIED, why)
    bound = f"{limit / 100:g}%"
    if verified and failed * 10_000 >= limit * verified:
        return _watch(site_id, days, WatchVerdict.VETO, f"{share}，达到 {bound}")
    return _watch(site_id, days, WatchVerdict.PASSED, f"{share}，低于 {bound}")


def _watch(
    site_id: str, days: tuple[DayWatch, ...], verdict: WatchVerdict, reason: str
) -> WeekWatch:
    return WeekWatch(site_id=site_id, days=days, verdict=verdict, reason=reason)
