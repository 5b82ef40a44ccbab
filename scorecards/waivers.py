"""The ledger of waivers, read: which holds on a day, what it covers, what speaks against it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from checks.waivers import Waiver, WaiverEventKind, WaiverKind

_SHANGHAI = ZoneInfo("Asia/Shanghai")


class Standing(StrEnum):
    """How a waiver stands on a day."""

    AHEAD = "ahead"
    HOLDS = "holds"
    CONTESTED = "contested"
    """It holds, and a scan saw what speaks against it; a person has not looked yet."""
    EXPIRED = "expired"
    ENDED = "ended"

    @property
    def label(self) -> str:
        return {
            "ahead": "未到期",
            "holds": "有效",
            "contested": "有效（存疑）",
            "expired": "已到期",
            "ended": "已终止",
        }[self.value]

    @property
    def holds(self) -> bool:
        return self in (Standing.HOLDS, Standing.CONTESTED)


def ended_on(waiver: Waiver) -> date | None:
    """The Shanghai day from which a person ended it."""
    days = [_day(e.at) for e in waiver.events if e.kind is WaiverEventKind.ENDED]
    return min(days, default=None)


def standing(waiver: Waiver, day: date) -> Standing:
    """How the waiver stands on a Shanghai day, by all that is on record."""
    ended = ended_on(waiver)
    if ended is not None and day >= ended:
        return Standing.ENDED
    if day < waiver.period_from:
        return Standing.AHEAD
    if waiver.period_to is not None and day > waiver.period_to:
        return Standing.EXPIRED
    return Standing.CONTESTED if open_contests(waiver) else Standing.HOLDS


def open_contests(waiver: Waiver) -> tuple[str, ...]:
    """What speaks against it that no person has looked at since, oldest first: the evidence."""
    waiting: dict[str, None] = {}
    for event in waiver.events:
        if event.kind is WaiverEventKind.CONTESTED:
            waiting[str(event.data.get("evidence", ""))] = None
        else:
            waiting.clear()
    return tuple(waiting)


_SUFFIX = re.compile(r"(领域|专栏|栏目|信息公开|信息|公开|情况|项目)+$")
_NOISE = re.compile(r"[\W_]+")
_LEAST_WORDS = 3
"""Characters of a duty's name that are looked for in titles."""


def plain_name(name: str) -> str:
    """A duty's or a column's name as it is compared: no spaces or punctuation, half-width."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name).casefold())


def core(name: str) -> str:
    """The words of a duty's name that a title would bear: without 领域, 信息, 情况 …"""
    words = plain_name(name)
    return _SUFFIX.sub("", words) or words


def covers(
    waiver: Waiver,
    *,
    unit_id: str | None,
    rule_id: str,
    subject_key: str,
    fingerprint: str,
    names: Iterable[str] = (),
) -> bool:
    """The waiver is of this finding: by its rule, its column, itself, or by ``names`` that its column
    or duty bears (whole names: a part of one is another's)."""
    if waiver.unit_id != unit_id:
        return False
    if waiver.duty in (rule_id, subject_key, fingerprint):
        return True
    wanted = {plain_name(waiver.duty), core(waiver.duty)} - {""}
    return any(plain_name(n) in wanted or core(n) in wanted for n in names if plain_name(n))


def covers_period(waiver: Waiver, end: date, day: date) -> bool:
    """The waiver is of a period of a periodic duty: the period's last day lies in the waiver's, and as
    far as is known on ``day`` nobody has ended it. That it has expired since takes nothing back."""
    if standing(waiver, day) is Standing.ENDED or waiver.period_from > end:
        return False
    return waiver.period_to is None or end <= waiver.period_to


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An entry of the unit that a scan saw."""

    title: str
    url: str
    published: date | None
    column_key: str | None
    where: str
    """The column or site, in words."""


_NONE = re.compile(
    r"(没有|未(发生|开展|涉及|进行|安排)|不(涉及|适用|存在)|无(?!线|锡|障碍|偿|人机|害|烟|证)|零报告|为零)"
)


def against(
    waiver: Waiver, shown: Iterable[Shown], *, until: date, column_key: str | None, words: str
) -> list[Shown]:
    """What speaks against a 不适用: entries published in its period, up to ``until``, that stand in the
    waived column or whose title names the duty; not those that say themselves that there was none,
    and not what was held against it before. The newest first.

    ``column_key``: of the waived column, where it is one; ``words``: the duty's name.
    """
    if waiver.kind is not WaiverKind.NOT_APPLICABLE:
        return []
    last = until if waiver.period_to is None else min(until, waiver.period_to)
    known = {
        str(e.data.get("evidence", ""))
        for e in waiver.events
        if e.kind is WaiverEventKind.CONTESTED
    }
    named = core(words)
    found: dict[str, Shown] = {}
    for entry in shown:
        if entry.published is None or not waiver.period_from <= entry.published <= last:
            continue
        evidence = entry.url or entry.title
        if evidence in known or evidence in found or _NONE.search(entry.title):
            continue
        here = column_key is not None and entry.column_key == column_key
        if here or (len(named) >= _LEAST_WORDS and named in plain_name(entry.title)):
            found[evidence] = entry
    return sorted(found.values(), key=lambda e: (-(e.published or until).toordinal(), e.url))


def overlapping(waivers: Iterable[Waiver], new: Waiver, day: date) -> list[Waiver]:
    """Waivers of the same duty that hold, or will, on a day of the new one's period."""
    return [
        old
        for old in waivers
        if old.unit_id == new.unit_id
        and old.duty == new.duty
        and standing(old, day) is not Standing.ENDED
        and (old.period_to is None or new.period_from <= old.period_to)
        and (new.period_to is None or old.period_from <= new.period_to)
    ]


def holding(waivers: Collection[Waiver], day: date) -> list[Waiver]:
    """Those that hold on the day, oldest first."""
    return sorted((w for w in waivers if standing(w, day).holds), key=lambda w: w.id)


def _day(instant: datetime) -> date:
    return instant.astimezone(_SHANGHAI).date()
