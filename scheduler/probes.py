"""Rounds of availability probes: when they are due, whose fault a failure is, what is stored.

A round visits all sites together, so that one may witness for another that our network worked. What
was missed is skipped: a probe cannot be made up for.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from checks.probes import BY_HAND, HOME, Probe, ProbeOutcome
from config.probes import Probes
from config.schema import Config, Rate, Site, SiteKind
from crawler.once import Resolve, names
from crawler.politeness import TURNS
from crawler.scope import Scope, server_key
from scheduler.visits import Proof, Seen, Target, visit
from services.workspace import Workspace, shanghai_day
from storage.probes import add_probes, probed

SHANGHAI = ZoneInfo("Asia/Shanghai")
GRACE = timedelta(minutes=10)
"""How late a probe may be made; later it is skipped."""
PAUSE = 5.0
"""Seconds between a failure and its second try."""


def due_times(settings: Probes, city_id: str, day: date) -> list[datetime]:
    """The instants of a day's rounds, aware (UTC): evenly spread over the hours, shifted as the
    city and the day have it, so that no maintenance at the full hour meets them all."""
    begins, ends = time(0), None
    if settings.hours is not None:
        begins, ends = (time.fromisoformat(clock) for clock in settings.hours)
    start = datetime.combine(day, begins, SHANGHAI)
    end = (
        datetime.combine(day, ends, SHANGHAI)
        if ends is not None
        else datetime.combine(day + timedelta(days=1), time(0), SHANGHAI)
    )
    seconds = int((end - start).total_seconds())
    gap = seconds / settings.per_day
    digest = hashlib.sha256(f"{city_id}\x1f{day.isoformat()}".encode()).digest()
    shift = int.from_bytes(digest[:8]) % max(int(gap), 1)
    return [
        (start + timedelta(seconds=int(i * gap) + shift)).astimezone(UTC)
        for i in range(settings.per_day)
    ]


def due_at(settings: Probes, city_id: str, now: datetime) -> datetime | None:
    """The round that should be made now; ``None``: none, or it is too late for it."""
    day = shanghai_day(now)
    known = [t for d in (day - timedelta(days=1), day) for t in due_times(settings, city_id, d)]
    return max((t for t in known if now - GRACE < t <= now), default=None)


def next_due(settings: Probes, city_id: str, now: datetime) -> datetime | None:
    """The next round after ``now``; ``None`` where none is planned."""
    if not settings.enabled:
        return None
    day = shanghai_day(now)
    known = [t for d in (day, day + timedelta(days=1)) for t in due_times(settings, city_id, d)]
    return min(t for t in known if t > now)


def waiting_round(ws: Workspace, now: datetime) -> datetime | None:
    """The round that is due and that nobody has made yet; ``None``: there is none."""
    if not ws.probes.enabled:
        return None
    at = due_at(ws.probes, ws.config.city.id, now)
    if at is None:
        return None
    wanted = {(t.site_id, t.page) for t in targets(ws.config, ws.probes)}
    return at if wanted - probed(ws.engine, at, {site for site, _ in wanted}) else None


def is_waiting(ws: Workspace, now: datetime) -> bool:
    """Whether a round should be made now."""
    return waiting_round(ws, now) is not None


def probe_job(ws: Workspace, now: datetime) -> list[Probe]:
    """Make the round that is due, if one is and nobody made it."""
    at = waiting_round(ws, now)
    return [] if at is None else run_probes(ws, now, at=at)


def probe_and_tell(ws: Workspace, now: datetime) -> str:
    """What the timer calls: what was not well, in Chinese; empty when all was."""
    names = {site.id: site.name for site in ws.config.sites}
    told = [
        f"{names.get(p.site_id, '对照地址')} {p.page}：{p.outcome.words}（{p.detail}）"
        for p in probe_job(ws, now)
        if p.outcome is not ProbeOutcome.OK
    ]
    return "；".join(told)


def run_probes(
    ws: Workspace,
    now: datetime,
    *,
    at: datetime | None = None,
    limit: float | None = None,
    pause: float | None = None,
    resolve: Resolve = names,
    by_hand: bool = False,
) -> list[Probe]:
    """Probe every enabled site once and store what was seen, under the instant ``at`` (``now``).

    ``by_hand``: a person asked for it; the home pages' count for no week.
    ``limit``: seconds, the settings' by default. Returns the probes, controls last.
    """
    made = asyncio.run(
        probe_round(
            ws.config,
            ws.probes,
            now=now,
            at=at or now,
            limit=limit or ws.probes.limit_seconds,
            pause=pause,
            resolve=resolve,
        )
    )
    if by_hand:
        made = [replace(p, page=BY_HAND) if p.page == HOME else p for p in made]
    add_probes(ws.engine, made)
    return made


def targets(config: Config, settings: Probes) -> list[Target]:
    """The addresses that a round visits, home pages first."""
    homes, others = [], []
    for site in config.enabled_sites:
        said = settings.of(site.id)
        homes.append(
            Target(
                site_id=site.id,
                page=HOME,
                url=str(site.url),
                titles=said.titles or _names(site, config),
                fixed=bool(said.titles),
                site_code=site.site_code,
            )
        )
        others += [
            Target(
                site_id=site.id,
                page=page.slug,
                url=str(page.url),
                titles=page.titles,
                fixed=True,
                site_code=site.site_code,
            )
            for page in said.pages
        ]
    return [*homes, *others]


def _names(site: Site, config: Config) -> tuple[str, ...]:
    """What a site's home page may call itself."""
    city = config.city.name
    short = city[:-1] if len(city) > 2 and city[-1] in "市县区州盟旗" else city
    return tuple(dict.fromkeys((site.name, site.name.removeprefix("中国"), city, short)))


def controls_of(settings: Probes) -> list[tuple[Target, Site]]:
    """The control addresses, each with the stand-in of a site by which its host is in scope."""
    return [
        (
            Target(site_id=f"control-{i}", page=f"control-{i}", url=str(control.url)),
            Site(
                id=f"control-{i}",
                name="对照地址",
                kind=SiteKind.PORTAL,
                url=control.url,
                operator="control",
                allow_private=control.allow_private,
            ),
        )
        for i, control in enumerate(settings.controls, start=1)
    ]


async def probe_round(
    config: Config,
    settings: Probes,
    *,
    now: datetime,
    at: datetime,
    limit: float,
    pause: float | None = None,
    resolve: Resolve = names,
) -> list[Probe]:
    """Visit everything once, what failed once more, and settle whose fault it was."""
    asked = targets(config, settings)
    controls = controls_of(settings)
    scope = Scope([*config.sites, *(site for _, site in controls)])
    rates = {site.id: config.rate(site.id) for site in config.sites}
    everything = [*asked, *(target for target, _ in controls)]
    agent = config.city.user_agent

    async def look(target: Target) -> Seen:
        async with TURNS.turn(server_key(target.url)):
            return await visit(target, scope, agent=agent, limit=limit, now=now, resolve=resolve)

    with ExitStack() as stack:
        for server, rate in _servers(everything, rates, config.city.rate).items():
            stack.enter_context(
                TURNS.engaged(
                    [server], interval=rate.interval_seconds, concurrency=rate.concurrency
                )
            )
        first = dict(zip(everything, await asyncio.gather(*map(look, everything)), strict=True))
        again = [t for t, s in first.items() if _worth_another(s)]
        if again:
            await asyncio.sleep(PAUSE if pause is None else pause)
        second = dict(zip(again, await asyncio.gather(*map(look, again)), strict=True))
    seen = {t: _of_two(s, second.get(t)) for t, s in first.items()}
    judges = [seen[target] for target, _ in controls]
    settled = settle({t: seen[t] for t in asked}, judges)
    return [
        *(_probe(t, s, at, t.site_id) for t, s in settled.items()),
        *(_probe(t, seen[t], at, "") for t, _ in controls),
    ]


def _servers(asked: Sequence[Target], rates: Mapping[str, Rate], usual: Rate) -> dict[str, Rate]:
    """The rate at which each server is asked: of sites that share one, the gentlest."""
    found: dict[str, Rate] = {}
    for target in asked:
        server, rate = server_key(target.url), rates.get(target.site_id, usual)
        known = found.get(server)
        if known is None or rate.interval_seconds > known.interval_seconds:
            found[server] = rate
    return found


def _worth_another(seen: Seen) -> bool:
    return seen.outcome not in (ProbeOutcome.OK, ProbeOutcome.UNVERIFIED)


def _of_two(first: Seen, second: Seen | None) -> Seen:
    """What counts of two tries: a failure only where both failed."""
    if second is None:
        return first
    if second.outcome is ProbeOutcome.OK:
        remark = f"第二次打开（第一次{first.outcome.words}：{first.detail}）"
        return replace(second, detail="；".join(filter(None, (second.detail, remark))))
    if second.outcome is ProbeOutcome.UNVERIFIED:
        return second
    # Of two failures the one that takes more to be believed counts.
    order = [Proof.FIRM, Proof.WITNESS, Proof.CONTROL]
    return max((second, first), key=lambda s: order.index(s.proof))


def settle(seen: Mapping[Target, Seen], controls: Sequence[Seen]) -> dict[Target, Seen]:
    """Which failures are the sites' own; the others become 未能核实, with the reason.

    With control addresses: whatever failed while none of them opened may be our own network's.
    Without: a time-out proves nothing; what could not be connected to, or led elsewhere, counts
    only where another of our addresses opened meanwhile.
    """
    return {target: _settled(target, it, seen, controls) for target, it in seen.items()}


def _settled(
    target: Target, it: Seen, seen: Mapping[Target, Seen], controls: Sequence[Seen]
) -> Seen:
    if it.outcome in (ProbeOutcome.OK, ProbeOutcome.UNVERIFIED):
        return it
    if controls:
        if any(c.opened for c in controls):
            return it
        return _doubted(it, "对照地址也都打不开，多半是本机网络的问题")
    match it.proof:
        case Proof.CONTROL:
            return _doubted(it, "没有对照地址，分不清是网站还是本机网络的问题")
        case Proof.WITNESS if not any(s.opened for t, s in seen.items() if t != target):
            return _doubted(it, "没有别的地址打得开，可能是本机网络的问题")
    return it


def _doubted(it: Seen, why: str) -> Seen:
    return replace(
        it,
        outcome=ProbeOutcome.UNVERIFIED,
        detail=f"{why}（所见：{it.outcome.words}，{it.detail}）",
    )


def _probe(target: Target, seen: Seen, at: datetime, site_id: str) -> Probe:
    return Probe(
        site_id=site_id,
        page=target.page,
        url=target.url,
        at=at,
        outcome=seen.outcome,
        status=seen.status,
        milliseconds=seen.milliseconds,
        detail=seen.detail,
        certificate_until=seen.certificate_until,
    )
