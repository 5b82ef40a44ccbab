"""豁免 and 不适用: the types only. What they cover and when they hold is in ``scorecards.waivers``;
storage keeps them, append-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class WaiverKind(StrEnum):
    WAIVED = "waived"
    """豁免: the duty is there, the office lets the unit off."""
    NOT_APPLICABLE = "not_applicable"
    """不适用: the unit had no such business in the period."""

    @property
    def label(self) -> str:
        return {"waived": "豁免", "not_applicable": "不适用"}[self.value]


class WaiverEventKind(StrEnum):
    CONTESTED = "contested"
    """存疑: a scan saw what speaks against it. ``data``: ``evidence`` (an address or a title),
    ``title``, ``published`` (ISO day), ``where``."""
    UPHELD = "upheld"
    """A person looked at what speaks against it, and it stands."""
    ENDED = "ended"
    """It holds no more, from that day on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverEvent:
    kind: WaiverEventKind
    at: datetime
    recorded_at: datetime
    scan_id: int | None
    actor: str
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """One duty of one unit that is waived for a period, and what became of that."""

    id: int
    kind: WaiverKind
    unit_id: str
    duty: str
    """A rule's id, a column's key, a finding's fingerprint, or a duty's name (医药采购领域)."""
    period_from: date
    period_to: date | None
    """The last day on which it holds; ``None``: until it is ended."""
    reason: str
    proof: str
    at: datetime
    recorded_at: datetime
    actor: str
    events: tuple[WaiverEvent, ...] = ()
    """In the order of their instants."""
