"""What a rule is, what it says, and what becomes of it: the types of judging.

A rule is a pure function under a declaration. It yields ``Hit`` objects; the runner
(``checks.runner``) turns them into ``Finding`` objects and records the outcome. Five outcomes are
told apart for each rule and subject: fine, finding, suspected, not applicable, unverified.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from checks.facts import Unverified
from config.schema import MIN_CONFIDENCE

FINGERPRINT_SCHEME = 1


class Scope(StrEnum):
    PAGE = "page"
    COLUMN = "column"
    UNIT = "unit"
    SITE = "site"


class Severity(StrEnum):
    """How bad a fault is, whatever a standard deducts for it."""

    SERIOUS = "serious"
    COMMON = "common"
    HINT = "hint"

    @property
    def label(self) -> str:
        return {"serious": "严重", "common": "一般", "hint": "提示"}[self.value]


class OutcomeKind(StrEnum):
    FINE = "fine"
    FINDING = "finding"
    SUSPECTED = "suspected"
    NOT_APPLICABLE = "not_applicable"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is judged."""

    scope: Scope
    key: str
    """Column key, page key, unit id or site id: stable, never an address or a name of a column."""
    site_id: str
    unit_id: str | None
    """The unit that answers for it; ``None``: not attributed (counted and listed, never guessed)."""
    title: str
    """How messages call it: a column's path, a page's title, a unit's short name."""
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a rule may know beside its facts."""

    as_of: datetime
    """The instant that judgement refers to (aware)."""
    today: date
    """The Shanghai calendar day of ``as_of``."""
    judge_from: date
    """Page rules judge entries published on or after this day."""
    min_confidence: float = MIN_CONFIDENCE
    """The standard's scoring threshold: what was read less surely counts as unread."""
    params: dict[str, Any] = field(default_factory=dict)
    """The rule's parameters: its declared defaults, overridden by the standard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One fault that a rule saw."""

    what: str
    """Identity within rule and subject (link target, normalised snippet, duty and period); empty
    for column rules; never a number, a date or a message."""
    message: str
    """In Chinese: what was seen against what is required."""
    path: str = ""
    """Where in the page (CSS path); empty for rules about a whole subject."""
    snippet: str = ""
    in_body: bool = True
    """False: found outside the body, a candidate for a template fault."""
    url: str | None = None
    """Where to look, if not the subject's own address."""
    suspected: bool = False
    """疑似: shown, never scored, until a person confirms."""
    subject: Subject | None = None
    """The subject that the finding is about, where it is not the one judged (a unit rule that
    finds a column missing)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem (问题), as one judging saw it."""

    fingerprint: str
    rule_id: str
    subject: Subject
    what: str
    message: str
    path: str
    snippet: str
    url: str | None
    suspected: bool
    evidence: str | None
    """Digest of the evidence that it rests on; ``None`` for what rests on configuration alone."""
    in_body: bool = True
    pages: int = 1
    """Pages on which a merged template fault was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one rule said of one subject."""

    rule_id: str
    subject: Subject
    kind: OutcomeKind
    reason: str = ""
    """Why not applicable or not verified, in Chinese; or a remark on a fine one."""
    unverified: Unverified | None = None
    findings: tuple[Finding, ...] = ()
    unsettled: tuple[str, ...] = ()
    """Fingerprints of what could be neither found nor ruled out this time: an open finding among
    them stays as it was, whatever the kind of this outcome."""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Returned by a rule that does not apply to its subject."""

    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Returned by a rule that is content but has something to note (a variant name)."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsettled:
    """Yielded by a rule among its hits: one thing that it could not check."""

    what: str
    unverified: Unverified | None = None
    """Why; makes the outcome 未能核实 where nothing was found. ``None``: it was not this scan's
    business (a link that was not looked up), which takes nothing from the outcome."""
    subject: Subject | None = None


def fingerprint(rule_id: str, subject_key: str, what: str) -> str:
    """The identity of a problem, the same in every scan (32 hex characters)."""
    text = "\x1f".join((str(FINGERPRINT_SCHEME), rule_id, subject_key, what))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
