"""The log of a finding's life: the types only. The fold that gives its state is in
``scorecards.life``; storage keeps the events, append-only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    FOUND = "found"
    """First seen by a scan."""
    CONFIRMED = "confirmed"
    """A person confirmed a suspected one."""
    RECTIFIED = "rectified"
    """A later scan fetched its subject, judged it and did not see it."""
    RECURRED = "recurred"
    """Seen again after it was rectified."""
    REVOKED = "revoked"
    """撤销（误报）: a person took it back as ours to regret; bound to the evidence it rested on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change in the life of a finding."""

    kind: EventKind
    at: datetime
    """The instant it refers to (``as_of`` of the scan, or when the person acted)."""
    recorded_at: datetime
    scan_id: int | None
    actor: str
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
