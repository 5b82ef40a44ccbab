"""The tables of the regime: what is due, probes, waivers, messages, circulars, others' results, moves.

Beside ``storage.models``, under the same metadata. What people and outer parties decided or said is
appended and never overwritten; what is worked off (``slot``, ``message``) carries a state of its own
with the log of its attempts beside it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checks.probes import ProbeOutcome
from storage.models import Base, BigId
from storage.types import choice


class SlotState(StrEnum):
    """How far what was due came."""

    DUE = "due"
    RUNNING = "running"
    DONE = "done"
    PARTIAL = "partial"
    """It ran and left something unverified for a whole site, or its window ended."""
    FAILED = "failed"
    MISSED = "missed"
    """Nobody ran it and it is too late, or a later slot of its kind was run for it."""


class SlotRow(Base):
    """One thing that is due once: a kind, its slot in the calendar, a site."""

    __tablename__ = "slot"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    """A ``ScanKind`` value, or ``third_party`` (import due), ``assess`` …"""
    slot: Mapped[str] = mapped_column(String(40))
    """``2018-06-04`` (spot), ``2018-W23``, ``2018-06``, ``2018Q2``, ``2018``."""
    site_id: Mapped[str] = mapped_column(String(40))
    """Empty where no site is concerned."""
    due_at: Mapped[datetime]
    until: Mapped[datetime]
    """From then on it is too late to begin."""
    state: Mapped[SlotState] = mapped_column(choice(SlotState, "state"))
    owner: Mapped[str | None]
    """Who holds the lease: host, process and a random word."""
    lease_until: Mapped[datetime | None]
    scan_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("scan.id"))
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    units: Mapped[dict[str, Any] | None]
    """``{"units": [ids]}``: the recorded sample of a spot check."""
    result: Mapped[str] = mapped_column(default="")
    """In Chinese: how it ended, or why it was missed."""

    __table_args__ = (UniqueConstraint("kind", "slot", "site_id"), Index(None, "state", "due_at"))


class ProbeRow(Base):
    """One availability probe of one address."""

    __tablename__ = "probe"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site_id: Mapped[str] = mapped_column(String(40))
    """Empty: a control probe."""
    page: Mapped[str] = mapped_column(String(40))
    """``home`` or the slug of a key page."""
    url: Mapped[str]
    at: Mapped[datetime]
    outcome: Mapped[ProbeOutcome] = mapped_column(choice(ProbeOutcome, "outcome"))
    status: Mapped[int | None]
    milliseconds: Mapped[int | None]
    detail: Mapped[str] = mapped_column(default="")
    certificate_until: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("site_id", "page", "at"), Index(None, "at"))


class WaiverRow(Base):
    """A 豁免 or 不适用 as a person granted it; what became of it is in ``waiver_event``."""

    __tablename__ = "waiver"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``waived`` 豁免 or ``not_applicable`` 不适用."""
    unit_id: Mapped[str] = mapped_column(String(40))
    duty: Mapped[str] = mapped_column(String(200))
    """A rule's id, a column's key, a finding's fingerprint, or a duty's name (医药采购领域)."""
    period_from: Mapped[date]
    period_to: Mapped[date | None]
    """Last day on which it holds; ``None``: until it is ended."""
    reason: Mapped[str]
    proof: Mapped[str]
    """A document number, an address or a file's name and digest."""
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor: Mapped[str]

    __table_args__ = (Index(None, "unit_id"),)


class WaiverEventRow(Base):
    """Append-only: contested (by the crawler or a person), upheld, ended."""

    __tablename__ = "waiver_event"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    waiver_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("waiver.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    scan_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("scan.id"))
    actor: Mapped[str]
    reason: Mapped[str]
    data: Mapped[dict[str, Any]]


class RecordRow(Base):
    """What a person, or another inspector's workbook, says of a finding that no scan has seen."""

    __tablename__ = "record"

    finding_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("finding.id"), primary_key=True)
    unit_id: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(40))
    """``hand`` (a person), ``third-party``, ``province``, ``prefecture``."""
    message: Mapped[str]
    url: Mapped[str | None]
    title: Mapped[str]
    snippet: Mapped[str] = mapped_column(default="")
    evidence: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor: Mapped[str]


class MessageState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    """Given up after the last retry; reported."""
    WITHDRAWN = "withdrawn"


class MessageRow(Base):
    """The outbox and send log: one message to one unit through one channel."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``reminder`` 提醒, ``notice`` 整改通知, ``circular`` 通报, ``report``."""
    unit_id: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Digest of kind, unit, channel, findings and window: the same is queued once."""
    subject: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime]
    actor: Mapped[str]
    state: Mapped[MessageState] = mapped_column(choice(MessageState, "state"))
    next_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]

    __table_args__ = (Index(None, "state", "next_try_at"), Index(None, "unit_id"))


class MessageFindingRow(Base):
    __tablename__ = "message_finding"

    message_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("message.id"), primary_key=True)
    finding_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("finding.id"), primary_key=True, index=True
    )


class MessageAttemptRow(Base):
    __tablename__ = "message_attempt"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("message.id"), index=True)
    at: Mapped[datetime]
    ok: Mapped[bool]
    detail: Mapped[str]


class CircularRow(Base):
    """A circular that was issued, with its document number; its findings carry events."""

    __tablename__ = "circular"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    period: Mapped[str] = mapped_column(String(20))
    """``2018Q4``, ``2018-11`` or ``2018``."""
    number: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str]
    issued_on: Mapped[date]
    recorded_at: Mapped[datetime]
    actor: Mapped[str]
    note: Mapped[dict[str, Any]]
    """``units``: ids named; ``findings``: fingerprints; ``file``: the draft's digest."""


class InspectionRow(Base):
    """One workbook of another inspector, as it was taken in."""

    __tablename__ = "inspection"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    source: Mapped[str] = mapped_column(String(40))
    """``third-party``, ``province``, ``prefecture``."""
    digest: Mapped[str] = mapped_column(String(64))
    file: Mapped[str]
    period: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    """The inspection's instant: the latest day of its rows, or as the caller said."""
    recorded_at: Mapped[datetime]
    actor: Mapped[str]
    note: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("source", "digest"),)


class InspectedRow(Base):
    """One row of such a workbook, and the finding that it became or matched."""

    __tablename__ = "inspection_row"

    inspection_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("inspection.id"), primary_key=True
    )
    sheet: Mapped[str] = mapped_column(String(100), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[str | None] = mapped_column(String(40))
    site_id: Mapped[str | None] = mapped_column(String(40))
    column_key: Mapped[str | None] = mapped_column(String(200))
    rule_id: Mapped[str | None] = mapped_column(String(60))
    url: Mapped[str | None]
    description: Mapped[str]
    found_on: Mapped[date | None]
    finding_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("finding.id"), index=True)
    match: Mapped[str] = mapped_column(String(20))
    """``address``, ``column``, ``new`` (entered as a finding of its own) or ``unread``."""
    problem: Mapped[str] = mapped_column(default="")
    """In Chinese: why the row could not be read."""
    cells: Mapped[dict[str, Any]]


class MoveRow(Base):
    """A site that was rebuilt: which old column is which new one, as a person confirmed it."""

    __tablename__ = "move"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    site_id: Mapped[str] = mapped_column(String(40), index=True)
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor: Mapped[str]
    old_url: Mapped[str]
    new_url: Mapped[str]
    mapping: Mapped[dict[str, Any]]
