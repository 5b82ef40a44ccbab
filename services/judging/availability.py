"""Sites by their probes of the last whole week and by the network facts that a scan gathered."""

from __future__ import annotations

from datetime import timedelta

from checks.facts import Fetched, Missing, Unverified
from checks.identity_facts import AvailabilityCase, NetworkLook
from checks.probes import WEEK
from services.availability import week_watch
from services.judging.ground import Ground
from services.judging.identity import subject_of
from storage import extras
from storage.facts import Packing

NETWORK: extras.Kind[NetworkLook] = extras.Kind(name="network", packing=Packing(NetworkLook))
"""A site's network facts, by site."""
RULES = (
    "site-unreachable",
    "no-https",
    "bad-certificate",
    "long-redirects",
    "no-ipv6",
    "slow-response",
    "soft-404",
)
_NOT_LOOKED = Unverified(code=Missing.NOT_REACHED, reason="没有查看过网站的网络情况")


def lay(ground: Ground) -> None:
    """Every site that is judged. The week is the last one that was over at ``as_of``."""
    if not ground.wants(*RULES):
        return
    looks = ground.extra(NETWORK)  # noqa: S610 - no Django
    last = ground.today - timedelta(days=WEEK)
    for site in ground.sites:
        if ground.units is not None and site.operator not in ground.units:
            continue
        look = looks.get(site.id)
        case = AvailabilityCase(
            subject=subject_of(site),
            week=week_watch(ground.ws, site.id, last, as_of=ground.as_of),
            network=look.facts if look is not None else _NOT_LOOKED,
        )
        at = look.fetched_at if look is not None else None
        fetched = Fetched(at=at, unchanged_since=at, status=200, evidence=None) if at else None
        ground.judge(case, fetched)
