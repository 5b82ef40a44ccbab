"""What the probes say of the sites: read from storage, judged by ``checks.probes``."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from checks.probes import BY_HAND, HOME, WEEK, Probe, ProbeOutcome, WeekWatch, availability, monday
from config.schema import Site
from reports.availability import (
    AvailabilityView,
    CertificateLine,
    PageLine,
    SiteAvailability,
    SiteView,
)
from services.book import scan_meta
from services.workspace import UsageError, Workspace, end_of_day, shanghai_day, start_of_day
from storage import probes as stored
from storage import scans

WEEKS = 8
"""Weeks that one site's strip shows."""
SCANS = 5
"""Scans of a site that are shown, and how many of all are looked through for them."""
LOOKED_THROUGH = 60


def find_site(ws: Workspace, text: str) -> Site | None:
    """A site by id, name or host (exact); ``None`` when none is called so.

    Raises ``UsageError`` when several are.
    """
    wanted = text.strip()
    sites = ws.config.sites
    found = [s for s in sites if s.id == wanted] or [
        s for s in sites if wanted in (s.name, str(s.url.host), str(s.url).rstrip("/"))
    ]
    if len(found) > 1:
        listed = "、".join(s.id for s in found)
        raise UsageError(f"“{text}”对应多个站点：{listed}，请写编号")
    return found[0] if found else None


def week_watch(ws: Workspace, site_id: str, week: date, *, as_of: datetime) -> WeekWatch:
    """The ISO week of ``week`` of one site, as known at ``as_of``: what the veto 站点无法访问
    rests on."""
    first = monday(week)
    until = min(as_of, end_of_day(first + timedelta(days=WEEK - 1)))
    probes = stored.history(
        ws.engine, since=start_of_day(first), until=until, site_id=site_id, page=HOME
    )
    return availability(probes, site_id, week, as_of=as_of)


def overview(
    ws: Workspace, *, now: datetime, next_round: datetime | None = None
) -> AvailabilityView:
    """All enabled sites as known at ``now``."""
    this = shanghai_day(now)
    return AvailabilityView(
        as_of=now,
        sites=tuple(
            SiteAvailability(
                site_id=site.id,
                name=site.name,
                url=str(site.url),
                newest=_of_page(stored.newest(ws.engine, site.id, until=now), HOME),
                this_week=week_watch(ws, site.id, this, as_of=now),
                last_week=week_watch(ws, site.id, this - timedelta(days=WEEK), as_of=now),
                certificate=certificate_of(ws, site.id, now),
            )
            for site in ws.config.enabled_sites
        ),
        controls=len(ws.probes.controls),
        next_round=next_round,
    )


def site_view(ws: Workspace, site: Site, *, now: datetime, weeks: int = WEEKS) -> SiteView:
    """One site's last weeks, failures, certificate and scans, as known at ``now``."""
    first = monday(shanghai_day(now)) - timedelta(days=WEEK * (weeks - 1))
    probes = stored.history(ws.engine, since=start_of_day(first), until=now, site_id=site.id)
    names = {HOME: "首页", **{p.slug: p.name for p in ws.probes.of(site.id).pages}}
    newest = stored.newest(ws.engine, site.id, until=now)
    return SiteView(
        as_of=now,
        site_id=site.id,
        name=site.name,
        url=str(site.url),
        enabled=site.enabled,
        note=site.note.strip(),
        weeks=tuple(
            availability(probes, site.id, first + timedelta(days=WEEK * i), as_of=now)
            for i in range(weeks)
        ),
        pages=tuple(
            PageLine(slug=slug, name=name, newest=found)
            for slug, name in names.items()
            if (found := _of_page(newest, slug)) is not None
        ),
        failures=tuple(p for p in reversed(probes) if p.outcome is not ProbeOutcome.OK),
        certificate=certificate_of(ws, site.id, now),
        controls=len(ws.probes.controls),
        scans=tuple(
            scan_meta(ws, scan)
            for scan in [
                scan
                for scan in scans.list_scans(ws.engine, LOOKED_THROUGH)
                if scan.as_of <= now
                and any(run.site_id == site.id for run in scans.site_runs(ws.engine, scan.id))
            ][:SCANS]
        ),
    )


def _of_page(newest: list[Probe], slug: str) -> Probe | None:
    slugs = (HOME, BY_HAND) if slug == HOME else (slug,)
    return max((p for p in newest if p.page in slugs), key=lambda p: p.at, default=None)


def certificate_of(ws: Workspace, site_id: str, now: datetime) -> CertificateLine | None:
    """The certificate that a site's home page showed last; ``None``: none was seen."""
    seen = stored.newest_certificate(ws.engine, site_id, until=now)
    if seen is None or seen.certificate_until is None:
        return None
    left = (shanghai_day(seen.certificate_until) - shanghai_day(now)).days
    return CertificateLine(
        until=seen.certificate_until,
        seen_at=seen.at,
        days_left=left,
        expired=seen.certificate_until < now,
        soon=left < ws.probes.certificate_days,
    )
