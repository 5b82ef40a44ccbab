"""The life of a finding: its state is a fold over its events, and a scan's sightings become events.

One table says which event leads from which state to which. An event that the table does not know
in a state changes nothing and is noted, for a log may hold what two people did at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from checks.life import Event, EventKind
from checks.model import Finding


class FindingState(StrEnum):
    SUSPECTED = "suspected"
    """Shown, never scored, until a person confirms it."""
    OPEN = "open"
    """Certain, and nobody has been reminded of it yet."""
    RECTIFIED = "rectified"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        return {
            "suspected": "疑似",
            "open": "待提醒",
            "rectified": "已整改",
            "revoked": "撤销（误报）",
        }[self.value]

    @property
    def is_open(self) -> bool:
        """A certain problem that still stands."""
        return self is FindingState.OPEN


TRANSITIONS: dict[tuple[FindingState | None, EventKind], FindingState] = {
    (None, EventKind.FOUND): FindingState.OPEN,
    (FindingState.SUSPECTED, EventKind.FOUND): FindingState.OPEN,  # now certain
    (FindingState.OPEN, EventKind.FOUND): FindingState.OPEN,  # now only suspected: see ``_next``
    (FindingState.REVOKED, EventKind.FOUND): FindingState.OPEN,  # other evidence; not a repeat
    (FindingState.RECTIFIED, EventKind.RECURRED): FindingState.OPEN,
    (FindingState.SUSPECTED, EventKind.CONFIRMED): FindingState.OPEN,
    (FindingState.REVOKED, EventKind.CONFIRMED): FindingState.OPEN,
    (FindingState.SUSPECTED, EventKind.RECTIFIED): FindingState.RECTIFIED,
    (FindingState.OPEN, EventKind.RECTIFIED): FindingState.RECTIFIED,
    (FindingState.SUSPECTED, EventKind.REVOKED): FindingState.REVOKED,
    (FindingState.OPEN, EventKind.REVOKED): FindingState.REVOKED,
    (FindingState.RECTIFIED, EventKind.REVOKED): FindingState.REVOKED,
}
"""State and event give the next state; ``None`` is the state before the first event. A sighting
(FOUND, RECURRED) that is only suspected leads to SUSPECTED where the table says OPEN."""

_SIGHTINGS = (EventKind.FOUND, EventKind.RECURRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What has become of one finding, as of an instant."""

    state: FindingState
    since: datetime
    """When the present state began."""
    first_found: datetime
    certain_since: datetime | None = None
    """When it was first certain; ``None``: it never was, and counts in no statistics of the unit."""
    confirmed: bool = False
    """A person confirmed it; a later doubt of the rule does not make it suspected again."""
    times_recurred: int = 0
    reminded_at: datetime | None = None
    deadline: date | None = None
    """Last day to mend it; ``None`` while nobody was reminded (未提醒)."""
    evidence: str | None = None
    """Digest that the latest sighting or revocation rested on."""
    snippet: str = ""
    """What that sighting showed of the page. A page that counts its visits has another digest every
    time; the same snippet is still the same evidence."""
    reason: str = ""
    """Why it is in this state, in the words of who or what changed it."""
    actor: str = ""
    notes: tuple[str, ...] = ()
    """Events that were ignored, and why (in Chinese)."""

    @property
    def deadline_text(self) -> str:
        return self.deadline.isoformat() if self.deadline else "未提醒"


def fold(
    events: Iterable[Event], as_of: datetime, *, known_at: datetime | None = None
) -> Life | None:
    """The life at ``as_of``; ``None`` when it was not found by then.

    Events after ``as_of`` are not seen. With ``known_at``, a revocation recorded by then reaches
    back over the stretch that it ended (until the finding recurred): what was a mistake of ours on Monday was one all along, so
    a scorecard for Monday computed on Tuesday restores the points. Raises ``ValueError`` for naive
    instants.
    """
    if as_of.tzinfo is None or (known_at is not None and known_at.tzinfo is None):
        raise ValueError("as_of and known_at must be aware")
    ordered = sorted(events, key=lambda e: (e.at, e.recorded_at))
    life: Life | None = None
    for event in ordered:
        if event.at <= as_of:
            life = _next(life, event)
    if life is None or known_at is None:
        return life
    for event in ordered:
        if event.at <= as_of or event.recorded_at > known_at:
            continue
        if event.kind is EventKind.REVOKED:
            return _next(life, event)
        if event.kind is EventKind.RECURRED:
            break
    return life


def _next(life: Life | None, event: Event) -> Life | None:
    state = TRANSITIONS.get((life.state if life else None, event.kind))
    if state is None:
        if life is None:
            return None
        note = (
            f"{event.at.isoformat()} 的“{event.kind.value}”在“{life.state.label}”状态下无效，已忽略"
        )
        return replace(life, notes=(*life.notes, note))
    confirmed = (life is not None and life.confirmed) or event.kind is EventKind.CONFIRMED
    if state is FindingState.OPEN and event.kind in _SIGHTINGS:
        # What recurs or rests on other evidence is a new question to the person who confirmed it.
        confirmed = confirmed and life is not None and life.state is FindingState.OPEN
        if event.data.get("suspected") and not confirmed:
            state = FindingState.SUSPECTED
    certain = event.at if state is FindingState.OPEN else None
    evidence = event.data.get("evidence", life.evidence if life else None)
    snippet = event.data.get("snippet", life.snippet if life else "")
    if life is None:
        return Life(
            state=state,
            since=event.at,
            first_found=event.at,
            certain_since=certain,
            evidence=evidence,
            snippet=snippet,
            reason=event.reason,
            actor=event.actor,
        )
    return replace(
        life,
        state=state,
        since=life.since if state is life.state else event.at,
        certain_since=life.certain_since or certain,
        confirmed=confirmed,
        times_recurred=life.times_recurred + (event.kind is EventKind.RECURRED),
        evidence=evidence,
        snippet=snippet,
        reason=event.reason,
        actor=event.actor,
    )


def _same_evidence(finding: Finding, life: Life) -> bool:
    """What was taken back is seen again on the same evidence."""
    if finding.evidence == life.evidence:
        return True
    return bool(finding.snippet) and finding.snippet == life.snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A stored finding, as a scan meets it."""

    life: Life
    judged: bool
    """Its subject was fetched in this scan and its rule could judge it: not carried, not 未能核实."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    fingerprint: str
    event: Event


def changes(
    known: Mapping[str, Known],
    seen: Mapping[str, Finding],
    *,
    as_of: datetime,
    recorded_at: datetime,
    scan_id: int | None,
    actor: str,
) -> list[Change]:
    """What a scan changes in the ledger, by fingerprint, in the order of the fingerprints.

    ``known`` holds every stored finding that may be concerned, ``seen`` what this scan's judging
    found. Without a fresh judgement nothing is mended and nothing comes back. Run again over its
    own result it gives nothing, so a resumed scan may repeat it.
    """
    result: list[Change] = []

    def add(fingerprint: str, kind: EventKind, reason: str = "") -> None:
        finding = seen.get(fingerprint)
        data: dict[str, object] = {}
        if finding is not None:
            data = {
                "evidence": finding.evidence,
                "suspected": finding.suspected,
                "snippet": finding.snippet,
            }
        event = Event(
            kind=kind,
            at=as_of,
            recorded_at=recorded_at,
            scan_id=scan_id,
            actor=actor,
            reason=reason,
            data=data,
        )
        result.append(Change(fingerprint=fingerprint, event=event))

    for fingerprint in sorted(known.keys() | seen.keys()):
        stored, finding = known.get(fingerprint), seen.get(fingerprint)
        if stored is None:
            add(fingerprint, EventKind.FOUND)
            continue
        life = stored.life
        if not stored.judged:
            continue
        if finding is None:
            if life.state in (FindingState.OPEN, FindingState.SUSPECTED):
                add(fingerprint, EventKind.RECTIFIED)
        elif life.state is FindingState.RECTIFIED:
            add(fingerprint, EventKind.RECURRED)
        elif life.state is FindingState.REVOKED:
            if not _same_evidence(finding, life):
                add(fingerprint, EventKind.FOUND, "曾撤销（误报），页面内容已变化，再次列出")
        elif life.state is FindingState.SUSPECTED and not finding.suspected:
            add(fingerprint, EventKind.FOUND, "原为疑似，本次可以确定")
        elif life.state is FindingState.OPEN and finding.suspected and not life.confirmed:
            add(fingerprint, EventKind.FOUND, "本次只能判为疑似")
    return result
