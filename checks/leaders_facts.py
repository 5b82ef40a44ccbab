"""What the pages of one column for leaders (领导信息) say of each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from checks.facts import Fetched, Unverified
from checks.model import Subject
from checks.parts import Leader


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderSeen:
    """One leader, with all that the column's pages say together."""

    leader: Leader
    url: str | None
    """The page that says the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadersSeen:
    leaders: tuple[LeaderSeen, ...]
    """In the order of the column; not empty."""
    unread: tuple[str, ...] = ()
    """Names of entries whose pages nobody has read or understood; another page may name them too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadersCase:
    subject: Subject
    seen: LeadersSeen | Unverified
    fetched: Fetched | None


def together(pages: Iterable[tuple[str | None, Iterable[Leader]]]) -> tuple[LeaderSeen, ...]:
    """Leaders by name over several pages: what one of them says is said."""
    found: dict[str, LeaderSeen] = {}
    for url, leaders in pages:
        for leader in leaders:
            known = found.get(leader.name)
            if known is None:
                found[leader.name] = LeaderSeen(leader=leader, url=url)
                continue
            one = known.leader
            both = replace(
                one,
                post=one.post or leader.post,
                has_photo=one.has_photo or leader.has_photo,
                has_resume=one.has_resume or leader.has_resume,
                has_duties=one.has_duties or leader.has_duties,
                blank=tuple(dict.fromkeys((*one.blank, *leader.blank))),
            )
            richer = _weight(leader) > _weight(one)
            found[leader.name] = LeaderSeen(leader=both, url=url if richer else known.url)
    return tuple(found.values())


def _weight(leader: Leader) -> int:
    return sum([leader.has_photo, leader.has_resume, leader.has_duties, bool(leader.post)])
