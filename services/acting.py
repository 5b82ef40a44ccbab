"""What all services share in which a person decides about a finding: the words of a reason, the
finding by its number with its life, and the event that is appended."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from checks.life import Event, EventKind
from checks.model import Finding
from config.schema import Unit
from scorecards.life import TRANSITIONS, FindingState, Life, fold
from services.workspace import UsageError, Workspace
from storage import findings as ledger
from storage.findings import Sighting, StoredFinding

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A finding that somebody is about to act on, as it stands at the instant of the act."""

    stored: StoredFinding
    life: Life
    at: datetime
    """When the act takes its place in the log (``behind``)."""
    recorded_at: datetime
    unit_id: str | None
    title: str
    seen: Finding | None
    """As it was last seen or recorded."""

    @property
    def mark(self) -> str:
        return self.stored.fingerprint

    @property
    def short(self) -> str:
        return self.mark[:8]


def one_line(text: str, name: str, longest: int = LONGEST_REASON) -> str:
    """What a person typed, as one line without control characters. Raises ``UsageError`` for
    nothing, nonsense without a letter or digit, and what is too long; ``name``: how the option is
    called."""
    words = "".join(
        " " if unicodedata.category(c)[0] == "C" and c not in "\t\n\r" else c for c in text
    )
    words = " ".join(words.split())
    if not any(c.isalnum() for c in words):
        raise UsageError(f"{name} 没有写内容：请写明事由")
    if len(words) > longest:
        raise UsageError(f"{name} 太长（{len(words)} 字），请写在 {longest} 字以内")
    return words


def behind(events: Iterable[Event], now: datetime) -> tuple[datetime, datetime]:
    """``at`` and ``recorded_at`` of an event that follows these: now, unless a scan's clock was ahead.
    The log is read in the order of both."""
    known = list(events)
    at = max([now, *(e.at for e in known)])
    return at, max([now, *(e.recorded_at for e in known if e.at == at)])


def case_of(ws: Workspace, prefix: str, now: datetime) -> Case:
    """The finding of that number. Raises ``FindingUnknown`` or ``FindingAmbiguous``, ``UsageError``
    for one whose log says nothing yet."""
    stored = ledger.find(ws.engine, prefix)
    seen = ledger.last_sightings(ws.engine, [stored.fingerprint]).get(stored.fingerprint)
    return as_case(stored, seen, now)


def as_case(stored: StoredFinding, seen: Sighting | None, now: datetime) -> Case:
    """A finding as it stands now. Raises ``UsageError`` where its log says nothing of it."""
    at, recorded_at = behind(stored.events, now)
    life = fold(stored.events, at)
    if life is None:
        raise UsageError(f"问题 {stored.fingerprint[:8]} 没有“发现”的记录，不能办理")
    subject = seen.finding.subject if seen else None
    return Case(
        stored=stored,
        life=life,
        at=at,
        recorded_at=recorded_at,
        seen=seen.finding if seen else None,
        unit_id=subject.unit_id if subject else None,
        title=subject.title if subject else stored.subject_key,
    )


def cases_of_unit(ws: Workspace, unit: Unit, now: datetime) -> list[Case]:
    """All findings of a unit, in order of first sight, whatever their state."""
    seen = ledger.last_sightings(ws.engine)
    return [
        as_case(stored, seen[mark], now)
        for mark, stored in ledger.open_state(ws.engine).items()
        if mark in seen and seen[mark].finding.subject.unit_id == unit.id
    ]


def must_allow(case: Case, kind: EventKind, act: str, remedy: str = "") -> None:
    """Raises ``UsageError``, which says the present state, where the act is not possible in it."""
    state = case.life.state
    if state is FindingState.OVERDUE:  # derived: the log knows it as reminded
        state = FindingState.REMINDED
    if (state, kind) not in TRANSITIONS:
        more = f"：{remedy}" if remedy else ""
        raise UsageError(f"问题 {case.short} 现在是“{case.life.state.label}”，不能{act}{more}")


def append(
    ws: Workspace,
    case: Case,
    kind: EventKind,
    *,
    reason: str,
    data: Mapping[str, Any] | None = None,
    scan_id: int | None = None,
) -> None:
    """Append one event, by the actor of this invocation."""
    ledger.add_event(
        ws.engine,
        case.mark,
        Event(
            kind=kind,
            at=case.at,
            recorded_at=case.recorded_at,
            scan_id=scan_id,
            actor=ws.actor,
            reason=reason,
            data=dict(data or {}),
        ),
    )
