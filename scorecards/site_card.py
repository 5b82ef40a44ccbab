"""The card of a site under a standard whose subject is the site: records, no reckoning.

Points are integers in hundredths of a point, measured values in hundredths of their unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

import msgspec

SCHEMA = "xunjian.site-scorecard/1"


class State(StrEnum):
    """What became of a condition or an indicator."""

    OK = "ok"
    FOUND = "found"
    UNVERIFIED = "unverified"
    PERSON = "person"
    WATCH = "watch"
    """Rests on a measurement that is not there yet."""
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return {
            "ok": "合格",
            "found": "发现问题",
            "unverified": "未能核实",
            "person": "待人工",
            "watch": "待监测",
            "not_applicable": "不适用",
        }[self.value]

    @property
    def judged(self) -> bool:
        return self in (State.OK, State.FOUND, State.NOT_APPLICABLE)


class Verdict(StrEnum):
    FAILED = "failed"
    PASSED = "passed"
    PENDING = "pending"


# --- what the engine is given ---------------------------------------------------------------------


class Stands(StrEnum):
    """Where something stands, seen from a site."""

    OWN = "own"
    CITY = "city"
    """On the disclosure platform, in the catalogue of the city itself: of a portal, where a
    condition asks for columns by name."""
    PLATFORM = "platform"
    """Elsewhere on the disclosure platform: of a portal, where a condition says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A standing finding of the site (revoked and waived ones left out)."""

    fingerprint: str
    rule_id: str
    subject_key: str
    scope: str = "page"
    """``page``, ``column``, ``unit`` or ``site``: of its subject."""
    stands: Stands = Stands.OWN
    suspected: bool = False
    confirmed: bool = False
    """A person said so in the ledger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """A subject that a rule could not judge."""

    rule_id: str
    subject_key: str
    reason: str
    scope: str = "page"
    stands: Stands = Stands.OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """On how many of the site's subjects a rule could say yes or no, and on how many it had
    nothing to judge."""

    judged: int = 0
    not_applicable: int = 0
    why: str = ""
    """Why it does not apply, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measured value; ``None``: it cannot be told yet, for the reason given."""

    value: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person's answer to one condition that holds on the day."""

    count: int
    points: int | None = None
    """Of the whole condition, where the person set them."""
    note: str = ""
    actor: str = ""
    day: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An expected column of the site."""

    key: str
    category: str
    """How the official tables call its class."""
    names: tuple[str, ...]
    stands: Stands = Stands.OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    site_id: str
    kind: str
    """``portal`` or ``platform``."""
    faults: tuple[Fault, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    looked: Mapping[str, Looked] = field(default_factory=dict)
    """By rule."""
    looked_platform: Mapping[str, Looked] = field(default_factory=dict)
    """The same of the disclosure platform, of a portal."""
    columns: tuple[Column, ...] = ()
    measures: Mapping[str, Measured] = field(default_factory=dict)
    answers: Mapping[str, Said] = field(default_factory=dict)
    """By ``indicator.condition``."""


# --- what it gives --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionLine:
    id: str
    title: str
    judged_by: str
    state: State
    count: int
    """Counted faults (or units of a measure)."""
    doubtful: int
    """What may come to it: subjects 未能核实, and suspected ones."""
    suspected: int
    unverified: int
    at_least: int
    """In hundredths for a measure, else plain."""
    value: int | None = None
    """Of a measure, in hundredths."""
    points: int | None = None
    """For each."""
    cap: int | None = None
    deducted: int = 0
    """Deducted, or gained in a bonus part."""
    at_worst: int = 0
    """Deducted if all that is not judged came to a fault; in a bonus part: gained if all of it came
    well."""
    reason: str = ""
    places: tuple[str, ...] = ()
    """Fingerprints of what is counted."""
    candidates: tuple[str, ...] = ()
    """Fingerprints of what a person should look at."""
    not_yet: tuple[str, ...] = ()
    """Fingerprints of rules that do not count yet."""
    elsewhere: tuple[str, ...] = ()
    """Fingerprints that an earlier indicator has counted."""
    answer: Said | None = None
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorLine:
    id: str
    group: str
    title: str
    state: State
    points: int | None
    raw: int
    """What its conditions come to together, before its own points bound it."""
    deducted: int
    at_worst: int
    unconfirmed: bool
    conditions: tuple[ConditionLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLine:
    id: str
    title: str
    kind: str
    of: str
    applies: bool
    total: int | None
    pass_line: int | None
    needs_above: int | None
    high: int | None
    """What is left of the total (or gained), as far as it is established; ``None`` for vetoes."""
    low: int | None
    """The same at worst; of a bonus: the most that can be gained."""
    deducted: int
    unconfirmed_deducted: int
    """The share of ``deducted`` (or of what was gained) that rests on points without a source."""
    unconfirmed_total: int | None
    """Of the total: points of indicators without a source; ``None`` where they have no points."""
    indicators: tuple[IndicatorLine, ...]
    vetoed: int = 0
    open: int = 0
    """Conditions that are not judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCard:
    schema: str
    site_id: str
    standard_id: str
    standard_digest: str
    as_of: datetime
    verdict: Verdict
    words: str
    """The verdict in Chinese."""
    score: int | None
    """As far as it is established; ``None``: a veto was found, or nothing is scored at this site."""
    score_high: int | None
    score_low: int | None
    """Between these it can still move."""
    bonus: int | None
    """Part of ``score``."""
    unconfirmed: int
    """Of what was deducted and gained: points without a source."""
    open: int
    """Veto conditions that are not judged."""
    parts: tuple[PartLine, ...]
    media: str = ""
    """The verdict on the new media, in Chinese; empty where the standard has none here."""


def encode(card: SiteCard) -> bytes:
    """JSON, the same bytes for the same card."""
    return msgspec.json.encode(card)


def decode(payload: bytes) -> SiteCard:
    """Raises ``msgspec.ValidationError`` for what ``encode`` did not write."""
    return msgspec.json.decode(payload, type=SiteCard)
