"""View models of the waiver ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from checks.waivers import WaiverKind
from scorecards.waivers import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestLine:
    at: datetime
    words: str
    evidence: str
    waiting: bool
    """No person has looked at it since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverLine:
    id: int
    kind: WaiverKind
    unit_id: str
    unit_short: str
    duty: str
    duty_words: str
    period_from: date
    period_to: date | None
    reason: str
    proof: str
    actor: str
    at: datetime
    standing: Standing
    contests: tuple[ContestLine, ...] = ()
    log: tuple[tuple[datetime, str, str, str], ...] = ()
    """When it was upheld or ended: instant, what, by whom, why."""

    @property
    def until(self) -> str:
        return self.period_to.isoformat() if self.period_to else "终止为止"


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiversView:
    waivers: tuple[WaiverLine, ...]
