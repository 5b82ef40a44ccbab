"""New media accounts: the register and the newest look at each, laid before the rules."""

from __future__ import annotations

from datetime import timedelta

from checks.facts import Fetched, Missing, Unverified
from checks.media_facts import MediaCase, MediaUpdate
from checks.model import Scope, Subject
from config.media import Account
from config.schema import SiteKind
from services.judging.ground import Ground
from storage import media as looks

RECENT = 7
"""A look at most so many days before a scan counts as that scan's own: it can show a mending."""


def subject_key(site_id: str, account_id: str) -> str:
    """How findings about an account are known."""
    return f"{site_id}/media.{account_id}"


def lay(ground: Ground) -> None:
    """Every account that is in use on the day; they stand under the portal, which answers for them."""
    portal = next((s for s in ground.sites if s.kind is SiteKind.PORTAL), None)
    if portal is None or not ground.wants("silent-account", "dead-account"):
        return
    seen = looks.newest(ground.ws.engine, ground.today, known_at=ground.ws.now())
    for account in ground.ws.media.accounts:
        if not account.valid_on(ground.today):
            continue
        if ground.units is not None and account.unit not in ground.units:
            continue
        update = seen.get(account.id)
        subject = Subject(
            scope=Scope.UNIT,
            key=subject_key(portal.id, account.id),
            site_id=portal.id,
            unit_id=account.unit,
            title=f"{account.platform.label}“{account.name}”",
            url=str(account.url) if account.url else None,
        )
        case = MediaCase(subject=subject, account=account, update=_held(ground, account, update))
        ground.judge(case, _fetched(ground, update))


def _held(ground: Ground, account: Account, update: MediaUpdate | None) -> MediaUpdate | Unverified:
    days = ground.config.city.max_age_days
    if update is None:
        reason = "没有登记过最近更新的日期，请导入或登记"
    elif (ground.today - update.seen_on).days > days:
        reason = f"最近一次查看是 {update.seen_on:%Y-%m-%d}，已超过{days}日，请重新查看"
    else:
        return update
    return Unverified(code=Missing.NOT_REACHED, reason=f"{account.platform.label}：{reason}")


def _fetched(ground: Ground, update: MediaUpdate | None) -> Fetched | None:
    if update is None or ground.today - update.seen_on > timedelta(days=RECENT):
        return None
    at = max(ground.scan.as_of, ground.scan.started_at)
    return Fetched(at=at, unchanged_since=at, status=200, evidence=None)
