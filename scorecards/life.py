"""The life of a finding: its state is a fold over its events, and a scan's sightings become events.

One table says which event leads from which state to which. An event that the table does not know
in a state changes nothing and is noted, for a log may hold what two people did at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from checks.life import Event, EventKind
from checks.model import Finding

_SHANGHAI = ZoneInfo("Asia/Shanghai")


class FindingState(StrEnum):
    SUSPECTED = "suspected"
    """Shown, never scored, until a person confirms it."""
    OPEN = "open"
    """Certain, and nobody has been reminded of it yet."""
    REMINDED = "reminded"
    """The unit was told, by reminder or written notice, and its time is running."""
    CLAIMED = "claimed"
    """The unit says that it is mended; no re-check has proved it."""
    DISPUTED = "disputed"
    """The unit says that it is none; its deadline stands still until the office decides."""
    OVERDUE = "overdue"
    """Reminded, and the deadline has passed. Derived from the day, never stored."""
    CIRCULATED = "circulated"
    """Named in a circular and still not mended."""
    RECTIFIED = "rectified"
    REVOKED = "revoked"
    WAIVED = "waived"

    @property
    def label(self) -> str:
        return {
            "suspected": "疑似",
            "open": "待提醒",
            "reminded": "已提醒",
            "claimed": "待复核",
            "disputed": "申诉中",
            "overdue": "逾期",
            "circulated": "已通报",
            "rectified": "已整改",
            "revoked": "撤销（误报）",
            "waived": "豁免/不适用",
        }[self.value]

    @property
    def is_open(self) -> bool:
        """A certain problem that still stands, whatever stage its handling has come to."""
        return self in OPEN_STATES


OPEN_STATES = (
    FindingState.OPEN,
    FindingState.REMINDED,
    FindingState.CLAIMED,
    FindingState.DISPUTED,
    FindingState.OVERDUE,
    FindingState.CIRCULATED,
)

_S, _E = FindingState, EventKind
_STANDING = (_S.OPEN, _S.REMINDED, _S.CLAIMED, _S.DISPUTED, _S.CIRCULATED)
"""Open states as the log knows them: 逾期 is not among them."""

TRANSITIONS: dict[tuple[FindingState | None, EventKind], FindingState] = {
    (None, _E.FOUND): _S.OPEN,
    (_S.SUSPECTED, _E.FOUND): _S.OPEN,  # now certain
    (_S.OPEN, _E.FOUND): _S.OPEN,  # now only suspected: see ``_next``
    (_S.REVOKED, _E.FOUND): _S.OPEN,  # other evidence; not a repeat
    (_S.RECTIFIED, _E.RECURRED): _S.OPEN,
    (_S.SUSPECTED, _E.CONFIRMED): _S.OPEN,
    (_S.REVOKED, _E.CONFIRMED): _S.OPEN,
    (_S.OPEN, _E.REMINDED): _S.REMINDED,
    (_S.REMINDED, _E.REMINDED): _S.REMINDED,  # once more; the first deadline stays
    (_S.CIRCULATED, _E.REMINDED): _S.CIRCULATED,
    (_S.OPEN, _E.NOTICED): _S.REMINDED,
    (_S.REMINDED, _E.NOTICED): _S.REMINDED,
    (_S.CIRCULATED, _E.NOTICED): _S.CIRCULATED,
    (_S.REMINDED, _E.CIRCULATED): _S.CIRCULATED,
    (_S.CLAIMED, _E.CIRCULATED): _S.CIRCULATED,
    (_S.CIRCULATED, _E.CIRCULATED): _S.CIRCULATED,
    (_S.OPEN, _E.CLAIMED): _S.CLAIMED,
    (_S.REMINDED, _E.CLAIMED): _S.CLAIMED,
    (_S.CIRCULATED, _E.CLAIMED): _S.CLAIMED,
    (_S.CLAIMED, _E.CLAIMED): _S.CLAIMED,
    (_S.CLAIMED, _E.NOT_MENDED): _S.REMINDED,  # or the stage before: see ``_next``
    (_S.OPEN, _E.DISPUTED): _S.DISPUTED,
    (_S.REMINDED, _E.DISPUTED): _S.DISPUTED,
    (_S.CLAIMED, _E.DISPUTED): _S.DISPUTED,
    (_S.CIRCULATED, _E.DISPUTED): _S.DISPUTED,
    (_S.DISPUTED, _E.DISPUTE_REJECTED): _S.REMINDED,  # or the stage before
    (_S.RECTIFIED, _E.REVOKED): _S.REVOKED,
    (_S.WAIVED, _E.REVOKED): _S.REVOKED,
    (_S.WAIVED, _E.WAIVED): _S.WAIVED,  # prolonged
    (_S.WAIVED, _E.WAIVER_ENDED): _S.OPEN,
    (_S.WAIVED, _E.RECTIFIED): _S.RECTIFIED,
    (_S.SUSPECTED, _E.RECTIFIED): _S.RECTIFIED,
    (_S.SUSPECTED, _E.REVOKED): _S.REVOKED,
    (_S.SUSPECTED, _E.WAIVED): _S.WAIVED,
    **{(state, _E.RECTIFIED): _S.RECTIFIED for state in _STANDING},
    **{(state, _E.REVOKED): _S.REVOKED for state in _STANDING},
    **{(state, _E.WAIVED): _S.WAIVED for state in _STANDING},
}
"""State and event give the next state; ``None`` is the state before the first event. A sighting
(FOUND, RECURRED) that is only suspected leads to SUSPECTED where the table says OPEN. ``NOTED``
changes nothing in any state."""

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
    """When the unit was first told of it, since it was found or came back."""
    reminders: int = 0
    """How often it was told of it by reminder (QQ, telephone, message), since then."""
    last_reminded_at: datetime | None = None
    noticed_at: datetime | None = None
    """When a written notice (整改通知) went out, since then."""
    deadline: date | None = None
    """Last day to mend it; ``None`` while nobody was reminded (未提醒)."""
    claimed_at: datetime | None = None
    rectified_at: datetime | None = None
    """Of the newest rectification; kept when it recurs."""
    circulars: tuple[str, ...] = ()
    """Document numbers of the circulars that named it, oldest first, also before a recurrence."""
    circulated_since: bool = False
    """Named in a circular since it was last found or came back."""
    circulated_at: datetime | None = None
    """When the newest of those circulars named it."""
    waived_until: date | None = None
    """Last day of a waiver; ``None``: without an end, or not waived."""
    waiver_id: int | None = None
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

    @property
    def stage(self) -> FindingState:
        """How far its handling had come, whatever the unit says of it meanwhile: 待提醒, 已提醒 or
        已通报. Only of an open one."""
        if self.circulated_since:
            return FindingState.CIRCULATED
        return FindingState.OPEN if self.reminded_at is None else FindingState.REMINDED

    def overdue(self, day: date) -> bool:
        """Told in time, not mended in time: also when a circular has named it since. While the unit
        disputes it, or waits for our re-check, nothing is overdue."""
        return (
            self.state in (FindingState.REMINDED, FindingState.OVERDUE, FindingState.CIRCULATED)
            and self.deadline is not None
            and day > self.deadline
        )


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
            life = _next(_ran_out(life, event.at), event)
    if life is None:
        return None
    if known_at is not None:
        for event in ordered:
            if event.at <= as_of or event.recorded_at > known_at:
                continue
            if event.kind is EventKind.REVOKED:
                return _next(life, event)
            if event.kind is EventKind.RECURRED:
                break
    life = _ran_out(life, as_of)
    return _overdue(life, as_of)


def _overdue(life: Life | None, at: datetime) -> Life | None:
    if life is None or life.state is not FindingState.REMINDED or life.deadline is None:
        return life
    if not life.overdue(_day(at)):
        return life
    return replace(life, state=FindingState.OVERDUE, since=_day_after(life.deadline))


def _day_after(day: date) -> datetime:
    """The first instant of the Shanghai day after ``day``."""
    return datetime.combine(day + timedelta(days=1), time(), _SHANGHAI)


def _day(instant: datetime) -> date:
    return instant.astimezone(_SHANGHAI).date()


def _ran_out(life: Life | None, at: datetime) -> Life | None:
    """A waiver past its last day waives no more: the finding stands as if it had just been found."""
    if (
        life is None
        or life.state is not FindingState.WAIVED
        or life.waived_until is None
        or _day(at) <= life.waived_until
    ):
        return life
    ends = _day_after(life.waived_until)
    return _afresh(
        replace(
            life,
            state=FindingState.OPEN,
            since=ends,
            certain_since=life.certain_since or ends,
            waived_until=None,
            reason="豁免到期",
        )
    )


def _afresh(life: Life) -> Life:
    """Its handling begins anew: nobody was told, no deadline runs."""
    return replace(
        life,
        reminded_at=None,
        reminders=0,
        last_reminded_at=None,
        noticed_at=None,
        deadline=None,
        claimed_at=None,
        circulated_since=False,
        circulated_at=None,
    )


def _next(life: Life | None, event: Event) -> Life | None:
    if life is not None and event.kind is EventKind.NOTED:
        return life
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
    if life is not None and event.kind in (EventKind.NOT_MENDED, EventKind.DISPUTE_REJECTED):
        state = life.stage
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
    begins = state in (FindingState.OPEN, FindingState.SUSPECTED) and not life.state.is_open
    kept = _afresh(life) if begins and life.state is not FindingState.SUSPECTED else life
    return replace(
        kept,
        state=state,
        since=life.since if state is life.state else event.at,
        certain_since=life.certain_since or certain,
        confirmed=confirmed,
        times_recurred=life.times_recurred + (event.kind is EventKind.RECURRED),
        evidence=evidence,
        snippet=snippet,
        reason=event.reason,
        actor=event.actor,
        **_handling(kept, event),
    )


def _handling(life: Life, event: Event) -> dict[str, Any]:
    """What an event changes of how the finding is handled."""
    changed: dict[str, Any] = {}
    until = event.data.get("deadline")
    if event.kind in (EventKind.REMINDED, EventKind.NOTICED):
        changed["reminded_at"] = life.reminded_at or event.at
        if event.kind is EventKind.NOTICED:
            changed["noticed_at"] = event.at
        else:
            changed["reminders"] = life.reminders + 1
            changed["last_reminded_at"] = event.at
        # A second reminder gives no more time; a written notice or a circular may.
        if until and (life.deadline is None or event.kind is EventKind.NOTICED):
            changed["deadline"] = date.fromisoformat(until)
    elif event.kind is EventKind.CIRCULATED:
        changed["circulars"] = (*life.circulars, str(event.data.get("number", "")))
        changed["circulated_since"] = True
        changed["circulated_at"] = event.at
        if until:
            changed["deadline"] = date.fromisoformat(until)
    elif event.kind is EventKind.DISPUTE_REJECTED and until:
        changed["deadline"] = date.fromisoformat(until)
    elif event.kind is EventKind.CLAIMED:
        changed["claimed_at"] = event.at
    elif event.kind is EventKind.RECTIFIED:
        changed["rectified_at"] = event.at
    elif event.kind is EventKind.WAIVED:
        last = event.data.get("until")
        changed["waived_until"] = date.fromisoformat(last) if last else None
        changed["waiver_id"] = event.data.get("waiver_id")
    elif event.kind is EventKind.WAIVER_ENDED:
        changed["waived_until"] = None
    return changed


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
            if life.state.is_open or life.state in (FindingState.SUSPECTED, FindingState.WAIVED):
                add(fingerprint, EventKind.RECTIFIED)
        elif life.state is FindingState.RECTIFIED:
            add(fingerprint, EventKind.RECURRED)
        elif life.state is FindingState.REVOKED:
            if not _same_evidence(finding, life):
                add(fingerprint, EventKind.FOUND, "曾撤销（误报），页面内容已变化，再次列出")
        elif life.state is FindingState.SUSPECTED and not finding.suspected:
            add(fingerprint, EventKind.FOUND, "原为疑似，本次可以确定")
        elif life.state is FindingState.CLAIMED and not finding.suspected:
            add(fingerprint, EventKind.NOT_MENDED, "复查时问题仍在")
        elif life.state is FindingState.OPEN and finding.suspected and not life.confirmed:
            add(fingerprint, EventKind.FOUND, "本次只能判为疑似")
    return result
