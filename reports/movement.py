"""View models of trends: how scores moved, what changed since. ``reports.trends`` renders them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scorecards.trends import Move, Point


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTrend:
    """A unit's last cards, and what happened since the last but one."""

    unit_id: str
    total: int
    """Hundredths of a point: the standard's full mark."""
    points: tuple[Point, ...]
    """The oldest first."""
    new: int
    rectified: int
    recurred: int
    incomparable: str = ""
    """Why the last two must not be compared, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyView:
    """A move of a unit's score, split into its causes."""

    unit_id: str
    short: str
    before: Point
    after: Point
    move: Move
    titles: Mapping[str, str]
    """By fingerprint: the finding in words."""
    doubt: str = ""
    """Why the two must not be ranked as better or worse, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceLine:
    """One unit between two scans."""

    unit_id: str
    short: str
    before: int | None
    """Hundredths; ``None``: 未评分."""
    after: int | None
    new: int
    rectified: int
    recurred: int
    incomparable: str = ""
    confirmed: bool = True

    @property
    def moved(self) -> int | None:
        """Hundredths gained; ``None`` where the two scores must not be compared."""
        if self.incomparable or not self.confirmed or self.before is None or self.after is None:
            return None
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceView:
    """What changed since an earlier scan."""

    scan_id: int
    kind: str
    as_of: datetime
    lines: tuple[SinceLine, ...]
    """By unit id."""

    @property
    def better(self) -> list[SinceLine]:
        """The most improved first."""
        lines = [x for x in self.lines if (x.moved or 0) > 0]
        return sorted(lines, key=lambda x: (-(x.moved or 0), x.unit_id))

    @property
    def worse(self) -> list[SinceLine]:
        lines = [x for x in self.lines if (x.moved or 0) < 0]
        return sorted(lines, key=lambda x: (x.moved or 0, x.unit_id))

    @property
    def not_compared(self) -> list[SinceLine]:
        return [x for x in self.lines if x.moved is None]
