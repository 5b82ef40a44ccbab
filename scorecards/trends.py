"""How a unit's score moved between two of its cards, and why. Pure.

The move is split into what changed on the site, what was reached or not, what a rule or the
standard changed, and what a person decided. The parts are taken one after the other in a fixed
order (rule, person, reach, site), each from the score that the one before has left, so they always
add up to the whole move; under caps another order might share it out otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scorecards.score import Scorecard

COVERAGE_APART = 1000
"""Hundredths of a percent: cards whose coverage differs by more are not compared."""


class Cause(StrEnum):
    """In the order in which the parts of a move are taken."""

    RULE = "rule"
    PERSON = "person"
    REACH = "reach"
    SITE = "site"

    @property
    def label(self) -> str:
        return {
            "rule": "规则、标准或识别程序变化",
            "person": "人工决定（撤销、豁免、确认，名单调整）",
            "reach": "读到的范围不同",
            "site": "网站变化",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one cause did to the score."""

    cause: Cause
    points: int
    """Hundredths, signed: what the score gained by it."""
    gone: tuple[str, ...]
    """Fingerprints that no longer count, in order."""
    come: tuple[str, ...]
    """Fingerprints that count since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    before: int
    """Hundredths of a point."""
    after: int
    parts: tuple[Part, ...]
    """Every cause once, in the order of ``Cause``; their points add up to the move."""


def worth(card: Scorecard, counts: Mapping[str, int]) -> int:
    """The score under a card's own tariff if each rule had so many findings; what the card does not
    count is left out. With the card's own counts it is the card's ``score_high``."""
    raw: Counter[str] = Counter()
    for line in card.rules:
        if line.since is None:
            cost = counts.get(line.rule_id, 0) * line.points
            raw[line.class_id] += cost if line.cap is None else min(cost, line.cap)
    return max(0, card.total - sum(min(raw[c.class_id], c.cap) for c in card.classes))


def incomparable(before: Scorecard, after: Scorecard) -> str:
    """Why the two must not be compared as better or worse, in Chinese; empty when they may be."""
    if before.standard_id != after.standard_id:
        return "检查标准不同"
    if not before.graded or not after.graded:
        return "有一次未评分"
    if abs((before.coverage or 0) - (after.coverage or 0)) > COVERAGE_APART:
        return "覆盖率相差较大"
    return ""


def split(
    before: Scorecard,
    after: Scorecard,
    rule_of: Mapping[str, str],
    cause_of: Callable[[str], Cause],
) -> Move:
    """Why the score moved. ``rule_of``: by fingerprint, for all that either card counts;
    ``cause_of`` is asked of each fingerprint that only one of them counts.

    Raises ``ValueError`` for a card without a score.
    """
    if before.score_high is None or after.score_high is None:
        raise ValueError("only scores can be compared")
    old, new = set(before.order), set(after.order)
    counted = {line.rule_id for line in after.rules}
    causes = {
        mark: Cause.RULE if rule_of[mark] not in counted else cause_of(mark)
        for mark in sorted(old ^ new)
    }
    counts = Counter(rule_of[mark] for mark in old)
    at, parts = before.score_high, []
    for cause in Cause:
        gone = tuple(m for m, why in causes.items() if why is cause and m in old)
        come = tuple(m for m, why in causes.items() if why is cause and m in new)
        counts.subtract(rule_of[m] for m in gone)
        counts.update(rule_of[m] for m in come)
        now = worth(after, counts)
        parts.append(Part(cause=cause, points=now - at, gone=gone, come=come))
        at = now
    return Move(before=before.score_high, after=after.score_high, parts=tuple(parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One of a unit's cards in time."""

    scan_id: int
    kind: str
    """周检 …"""
    as_of: datetime
    score: int | None
    """Hundredths; ``None``: 未评分."""
    coverage: int | None


_BARS = "▁▂▃▄▅▆▇█"
NO_SCORE = "·"


def sparkline(scores: Sequence[int | None], total: int) -> str:
    """One character a score, the oldest first: bars between the lowest and the highest shown, never
    stretching less than a tenth of ``total``; a dot where there was no score."""
    known = [s for s in scores if s is not None]
    if not known:
        return NO_SCORE * len(scores)
    top, low = max(known), min(known)
    low = min(low, max(0, top - total // 10))
    span = max(top - low, 1)
    return "".join(
        NO_SCORE if s is None else _BARS[(s - low) * (len(_BARS) - 1) // span] for s in scores
    )
