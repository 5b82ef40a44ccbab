"""The tables of inspections on demand: what a scan gathers beside pages, what people answered, what
is allowed, and when the new media accounts were last updated."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from checks.facts import Missing
from storage.models import Base, BigId
from storage.types import choice


class ExtraRow(Base):
    """A fact of a kind of its own (``name``), as one scan gathered it (``storage.extras``)."""

    __tablename__ = "extra"

    scan_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("scan.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Which kind of fact: it says how ``facts`` is packed."""
    subject_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    site_id: Mapped[str] = mapped_column(String(40))
    fetched_at: Mapped[datetime]
    evidence: Mapped[str | None] = mapped_column(String(64))
    reason_code: Mapped[Missing | None] = mapped_column(choice(Missing, "extra_reason_code"))
    reason: Mapped[str | None]
    facts: Mapped[bytes | None] = mapped_column(LargeBinary)
    """``None`` exactly where ``reason_code`` says why it could not be had."""

    __table_args__ = (Index(None, "name", "subject_key"),)


class AnswerRow(Base):
    """What a person found for one condition of a standard, at a site; appended, never changed."""

    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    standard: Mapped[str] = mapped_column(String(40))
    condition: Mapped[str] = mapped_column(String(100))
    """``indicator`` or ``indicator.condition``."""
    site_id: Mapped[str] = mapped_column(String(40))
    count: Mapped[int | None]
    """Faults found (0: none); ``None``: the answer is taken back."""
    points: Mapped[int | None]
    """Hundredths that the person set where the standard leaves them open."""
    note: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date]
    actor: Mapped[str]
    recorded_at: Mapped[datetime]

    __table_args__ = (Index(None, "standard", "site_id"),)


class AllowedRow(Base):
    """Something that a rule is not to raise again; appended, ``ended_at`` set when it is withdrawn."""

    __tablename__ = "allowed"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule_id: Mapped[str] = mapped_column(String(60))
    what: Mapped[str]
    """The ``what`` of the hits that it covers; empty: any."""
    subject_key: Mapped[str] = mapped_column(String(200))
    """The only subject that it covers; empty: every one."""
    reason: Mapped[str]
    actor: Mapped[str]
    recorded_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]

    __table_args__ = (Index(None, "rule_id"),)


class MediaUpdateRow(Base):
    """When a new media account was seen to have published last, and from where that is known."""

    __tablename__ = "media_update"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account: Mapped[str] = mapped_column(String(60), index=True)
    seen_on: Mapped[date]
    """The day on which it was looked at."""
    last_on: Mapped[date | None]
    """Day of its newest publication; ``None``: it shows none, or it is gone (``state``)."""
    title: Mapped[str]
    state: Mapped[str] = mapped_column(String(20))
    """``alive``, ``empty`` or ``gone``."""
    source: Mapped[str]
    """The workbook or feed that said so."""
    actor: Mapped[str]
    recorded_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("account", "seen_on", "source"),)
