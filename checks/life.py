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
    REMINDED = "reminded"
    """已提醒: the unit was told. ``data``: ``deadline`` (ISO day, the last day to mend it),
    ``channel`` (``text``, ``phone`` or a channel's name), ``send_id`` where it went through the outbox."""
    NOTICED = "noticed"
    """A written rectification notice (整改通知) went out. ``data``: ``number``, ``deadline``."""
    CIRCULATED = "circulated"
    """已通报: named in a circular. ``data``: ``number`` (发文字号), ``circular_id``, ``deadline`` or none."""
    CLAIMED = "claimed"
    """待复核: the unit says that it is mended; only a re-check proves it."""
    NOT_MENDED = "not_mended"
    """复查未通过: after a claim a scan fetched the page and still saw it."""
    DISPUTED = "disputed"
    """申诉: the unit's word in ``reason``; the deadline stands still until the office decides."""
    DISPUTE_REJECTED = "dispute_rejected"
    """申诉不成立: ``data``: ``deadline``, later by the working days that the dispute took. An
    accepted dispute is a ``REVOKED`` or a ``WAIVED``."""
    WAIVED = "waived"
    """豁免/不适用. ``data``: ``waiver_id``, ``until`` (ISO day, the last on which it holds, or null)."""
    WAIVER_ENDED = "waiver_ended"
    """The waiver was taken back or contested with success."""
    NOTED = "noted"
    """A remark (a telephone call, a promise); it changes no state."""


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
