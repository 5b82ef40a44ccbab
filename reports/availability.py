"""Availability on screen and for scripts: every site in a line, and one site with its weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.cells import cell_len
from rich.console import Console

from checks.probes import (
    BY_HAND,
    HOME,
    LIMIT,
    VISITS,
    DayWatch,
    Probe,
    ProbeOutcome,
    WatchVerdict,
    WeekWatch,
)
from reports.cells import pad, plain
from reports.machine import Shape, calendar, instant, points, shape
from reports.sheet import Sheet, day, moment
from reports.tables import local, table
from reports.views import ScanMeta, SiteState


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateLine:
    """The certificate of a home page when it was last seen."""

    until: datetime
    seen_at: datetime
    days_left: int
    """Calendar days from the day of the view to that of its end."""
    expired: bool
    soon: bool
    """It is time to renew it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAvailability:
    """One site in the overview."""

    site_id: str
    name: str
    url: str
    newest: Probe | None
    """Its home page's last probe; ``None``: never probed."""
    this_week: WeekWatch
    last_week: WeekWatch
    certificate: CertificateLine | None = None
    """``None``: no certificate was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityView:
    """All sites that are probed."""

    as_of: datetime
    sites: tuple[SiteAvailability, ...]
    controls: int = 0
    """Control addresses configured."""
    next_round: datetime | None = None
    """When the scheduler would probe next; ``None``: probing is turned off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """One probed page of a site, and its newest probe."""

    slug: str
    name: str
    newest: Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """Everything about one site's availability."""

    as_of: datetime
    site_id: str
    name: str
    url: str
    enabled: bool
    note: str
    weeks: tuple[WeekWatch, ...]
    """The oldest first; the last is the present week."""
    pages: tuple[PageLine, ...]
    failures: tuple[Probe, ...]
    """Probes of all its pages that were not well in the weeks shown, the newest first; those that
    could not be verified are among them."""
    certificate: CertificateLine | None
    controls: int
    scans: tuple[ScanMeta, ...]
    """The newest first."""


_CELLS = "█ 全部打开  ▅ 有打不开  ▁ 打不开达 5%  · 未能核实  - 没有探测"
_LABELS = {HOME: "", BY_HAND: "手动  "}
LISTED = 12
"""Failures listed before the rest is counted."""


def _cell(of: DayWatch) -> tuple[str, str]:
    """A day as a character that a GBK console has, and its style."""
    if not of.verified:
        return ("·", "yellow") if of.unverified else ("-", "dim")
    if of.failed * 10_000 >= LIMIT * of.verified:
        return "▁", "red"
    if of.failed:
        return "▅", "yellow"
    return "█", "magenta" if of.altered else "green"


def share_text(week: WeekWatch) -> str:
    """``1.78%``, rounded down; ``-`` where nothing was verified."""
    return "-" if week.share is None else f"{week.share / 100:.2f}%"


VERDICTS = {
    WatchVerdict.VETO: ("站点无法访问", "bold red"),
    WatchVerdict.PASSED: ("未达否决", "green"),
    WatchVerdict.UNVERIFIED: ("不作判断", "yellow"),
}


def _style(outcome: ProbeOutcome) -> str:
    if outcome is ProbeOutcome.OK:
        return "green"
    return "red" if outcome.failed or outcome is ProbeOutcome.HIJACKED else "yellow"


def print_availability(out: Console, view: AvailabilityView) -> None:
    """All sites, one after the other."""
    sheet = Sheet(out)
    sheet.line(("可用性探测", "bold"), f"  截至 {moment(view.as_of)}")
    sheet.rule()
    if not view.sites:
        sheet.line("没有启用的站点")
    for site in view.sites:
        sheet.line((site.name, "bold"), f"  {site.site_id}  ", (site.url, "dim"))
        if site.newest is None:
            sheet.text("还没有探测过：xunjian availability --probe", indent=2, style="yellow")
            continue
        _probe_line(sheet, site.newest, "最近  ")
        for label, week in (("本周  ", site.this_week), ("上周  ", site.last_week)):
            _verdict(sheet, week, f"{label}{week.name}  ")
        _certificate(sheet, site.certificate)
    _remarks(sheet, view.controls)
    if view.next_round is not None:
        sheet.text(f"定时探测的下一次：{moment(view.next_round)}（须有 xunjian serve 在运行）")


def print_site(out: Console, view: SiteView, *, listed: int | None = LISTED) -> None:
    """One site: its weeks as a strip, what failed, its certificate, its last scans. ``listed``:
    most failures shown (``None``: all); what is left out is counted."""
    sheet = Sheet(out)
    sheet.line((view.name, "bold"), f"  {view.site_id}  ", (view.url, "dim"))
    if not view.enabled:
        sheet.text(f"未启用：{view.note or '没有写原因'}", style="yellow")
    for page in view.pages:
        _probe_line(sheet, page.newest, f"{page.name}  ")
    if not view.pages:
        sheet.text("还没有探测过：xunjian availability --probe", style="yellow")
    _certificate(sheet, view.certificate)

    sheet.heading("首页可用性", "每格一天，自周一起")
    sheet.line((_CELLS, "dim"))
    for week in view.weeks:
        words, style = VERDICTS[week.verdict]
        sheet.line(
            (f"{week.name}  {week.first:%m-%d}  ", "dim"),
            *(_cell(d) for d in week.days),
            f"  有效 {week.verified:>3}  打不开 {week.failed:>3}  {share_text(week):>7}  ",
            (words, style),
        )
    _verdict(sheet, view.weeks[-1], "本周  ")

    if view.failures:
        kinds = Counter(p.outcome for p in view.failures)
        counted = "、".join(f"{o.words} {n} 次" for o, n in kinds.most_common())
        sheet.heading(f"不正常的探测：{len(view.failures)} 次", counted)
        for probe in view.failures[:listed]:
            _probe_line(sheet, probe, _LABELS.get(probe.page, f"{probe.page}  "))
        if listed is not None and len(view.failures) > listed:
            sheet.text(f"还有 {len(view.failures) - listed} 次：--all 全部列出", style="dim")
    elif view.pages:
        sheet.heading("以上各周没有不正常的探测")
    _remarks(sheet, view.controls)

    sheet.heading("最近几次检测" if view.scans else "还没有检测过：xunjian scan")
    for scan in view.scans:
        line = next(s for s in scan.sites if s.site_id == view.site_id)
        sheet.line(
            f"{scan.scan_id:>4}  {pad(plain(scan.kind_title), 10)}  {moment(scan.as_of)}  ",
            (
                pad(line.state.label, 8),
                "green" if line.state is SiteState.DONE else "yellow",
            ),
            f"  页面 {line.pages}  未轮到 {line.not_reached}  未能核实 {line.unverified}",
        )
        if line.reason:
            sheet.text(line.reason, indent=6, style="yellow")


def _probe_line(sheet: Sheet, probe: Probe, label: str) -> None:
    head = f"{moment(probe.at)}  {label}"
    took = "" if probe.milliseconds is None else f"  {probe.milliseconds / 1000:.2f} 秒"
    status = "" if probe.status is None else f"  {probe.status}"
    sheet.line("  ", head, (probe.outcome.words, _style(probe.outcome)), (f"{status}{took}", "dim"))
    if probe.detail:
        sheet.text(probe.detail, indent=2 + cell_len("2018-06-04 09:00  "), style="dim", lines=3)


def _verdict(sheet: Sheet, week: WeekWatch, label: str) -> None:
    words, style = VERDICTS[week.verdict]
    sheet.text(f"{words}（{week.reason}）", indent=2, label=label, style=style)
    if week.altered:
        sheet.text(
            f"另有 {week.altered} 次打开的不是本站内容，不计入“打不开”，请立即核对",
            indent=2 + cell_len(label),
            style="magenta",
        )


def _certificate(sheet: Sheet, line: CertificateLine | None) -> None:
    if line is None:
        return
    if line.expired:
        words, style = f"已于 {day(line.until)} 过期，浏览器会提示不安全", "bold red"
    elif line.soon:
        words, style = f"{day(line.until)} 到期，还有 {line.days_left} 天，请及早更换", "yellow"
    else:
        words, style = f"{day(line.until)} 到期，还有 {line.days_left} 天", ""
    sheet.text(words, indent=2, label="证书  ", style=style)


def _remarks(sheet: Sheet, controls: int) -> None:
    sheet.gap()
    sheet.text(
        f"“站点无法访问”按官方口径：一周内每天有效探测 {VISITS} 次以上，打不开的占 5% 以上（含）；"
        "未能核实的不计。",
        style="dim",
    )
    if not controls:
        sheet.text(
            "没有配置对照地址：超时分不清是网站还是本机网络的问题，一律记为未能核实"
            "（在 probes.yaml 的 controls 里写一两个平时能打开的网址）",
            style="yellow",
        )


# --- for scripts ----------------------------------------------------------------------------------


def _probe_shape(probe: Probe | None) -> Shape | None:
    if probe is None:
        return None
    return {
        "page": probe.page,
        "url": probe.url,
        "at": instant(probe.at),
        "outcome": probe.outcome.value,
        "status": probe.status,
        "milliseconds": probe.milliseconds,
        "detail": probe.detail,
        "certificate_until": instant(probe.certificate_until),
    }


def _week_shape(week: WeekWatch) -> Shape:
    return {
        "week": week.name,
        "first": calendar(week.first),
        "last": calendar(week.last),
        "verified": week.verified,
        "failed": week.failed,
        "unverified": week.unverified,
        "altered": week.altered,
        "share": points(week.share),
        "verdict": week.verdict.value,
        "reason": week.reason,
        "days": [
            {
                "day": calendar(d.day),
                "opened": d.opened,
                "failed": d.failed,
                "unverified": d.unverified,
                "altered": d.altered,
            }
            for d in week.days
        ],
    }


def _certificate_shape(line: CertificateLine | None) -> Shape | None:
    if line is None:
        return None
    return {
        "until": instant(line.until),
        "seen_at": instant(line.seen_at),
        "days_left": line.days_left,
        "expired": line.expired,
        "soon": line.soon,
    }


@shape.register
def _(view: AvailabilityView) -> Shape:
    return {
        "schema": "xunjian.availability/1",
        "as_of": instant(view.as_of),
        "controls": view.controls,
        "next_round": instant(view.next_round),
        "sites": [
            {
                "site": s.site_id,
                "name": s.name,
                "url": s.url,
                "newest": _probe_shape(s.newest),
                "this_week": _week_shape(s.this_week),
                "last_week": _week_shape(s.last_week),
                "certificate": _certificate_shape(s.certificate),
            }
            for s in view.sites
        ],
    }


@shape.register
def _(view: SiteView) -> Shape:
    return {
        "schema": "xunjian.site/1",
        "as_of": instant(view.as_of),
        "site": view.site_id,
        "name": view.name,
        "url": view.url,
        "enabled": view.enabled,
        "note": view.note,
        "controls": view.controls,
        "weeks": [_week_shape(w) for w in view.weeks],
        "pages": [{"slug": p.slug, "name": p.name, **_probed(p.newest)} for p in view.pages],
        "failures": [_probe_shape(p) for p in view.failures],
        "certificate": _certificate_shape(view.certificate),
        "scans": [_scan_shape(scan, view.site_id) for scan in view.scans],
    }


def _probed(probe: Probe) -> Shape:
    return {"newest": _probe_shape(probe)}


def _scan_shape(scan: ScanMeta, site_id: str) -> Shape:
    line = next(s for s in scan.sites if s.site_id == site_id)
    return {
        "id": scan.scan_id,
        "kind": scan.kind_title,
        "as_of": instant(scan.as_of),
        "state": line.state.value,
        "pages": line.pages,
        "not_reached": line.not_reached,
        "unverified": line.unverified,
        "reason": line.reason,
    }


_WEEK_HEAD = ("有效探测", "打不开", "占比%", "未能核实", "内容不符", "结论", "说明")


def _week_cells(week: WeekWatch) -> Sequence[Any]:
    words = VERDICTS[week.verdict][0]
    return (
        *(week.verified, week.failed, points(week.share), week.unverified, week.altered),
        *(words, week.reason),
    )


@table.register
def _(view: AvailabilityView) -> tuple[list[str], list[list[object]]]:
    header = [
        *("站点编号", "站点", "网址", "最近探测", "结果", "说明", "证书到期", "证书剩余天数"),
        *(f"本周{name}" for name in _WEEK_HEAD),
        *(f"上周{name}" for name in _WEEK_HEAD),
    ]
    rows: list[list[object]] = []
    for s in view.sites:
        newest, certificate = s.newest, s.certificate
        rows.append(
            [
                *(s.site_id, s.name, s.url),
                *(
                    (local(newest.at), newest.outcome.words, newest.detail)
                    if newest is not None
                    else ("", "还没有探测过", "")
                ),
                *(
                    (local(certificate.until), certificate.days_left)
                    if certificate is not None
                    else ("", None)
                ),
                *_week_cells(s.this_week),
                *_week_cells(s.last_week),
            ]
        )
    return header, rows


@table.register
def _(view: SiteView) -> tuple[list[str], list[list[object]]]:
    header = ["站点", "页面", "网址", "时间", "结果", "状态码", "毫秒", "说明"]
    return header, [
        [
            *(view.name, p.page, p.url, local(p.at), p.outcome.words),
            *(p.status, p.milliseconds, p.detail),
        ]
        for p in view.failures
    ]
