"""What a finding's log says of how it was handled: the tasks (整改任务) that its unit was given, its
repeats (反弹), and the days on which it does not count.

``scorecards.life`` folds a log into one state; here the same table of transitions is walked once,
over plain rows, for a whole ledger at a time. Days are ordinals of Shanghai calendar days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from scorecards.life import OPEN_STATES, TRANSITIONS

_NEXT: dict[tuple[str, str], str] = {
    (state.value if state else "", kind.value): after.value
    for (state, kind), after in TRANSITIONS.items()
}
"""With plain words: an enumeration's hash is computed anew at each look-up."""
_OPEN = frozenset(state.value for state in OPEN_STATES)


class Happening(NamedTuple):
    """One event, as the walk needs it."""

    kind: str
    """An ``EventKind``'s value."""
    day: int
    seen: bool
    """It lies not after the instant of the assessment; what was decided later reaches back only."""
    suspected: bool = False
    data: Mapping[str, Any] | None = None
    unit_id: str | None = None
    """Of a sighting: the unit that it was attributed to."""


Event = tuple[str, int, bool, bool, Mapping[str, Any] | None, str | None]
"""The same as a plain tuple."""


class Task(msgspec.Struct, frozen=True, gc=False):
    """From being told to being mended: one stretch of one finding."""

    unit_id: str | None
    reminded: int
    deadline: int
    """The first one of the stretch, moved by a rejected dispute only."""
    mended: int | None = None
    """The day that counts: of the unit's word where a re-check has borne it out, else of the proof."""
    claimed: bool = False
    """``mended`` is the day of the unit's word."""
    waived: int | None = None
    """The day on which it ended unmended."""
    disputed: int | None = None
    """The day since which a dispute is open, or was when it was mended."""


class Excluded(msgspec.Struct, frozen=True, gc=False):
    """Days on which a finding does not count; both ends included, ``None``: for ever."""

    first: int
    last: int | None
    waived: bool
    """By a waiver (豁免/不适用); else it was taken back (撤销)."""

    def __contains__(self, day: int) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def ended(self, last: int) -> Excluded:
        """Without the days after ``last``."""
        return Excluded(self.first, last, self.waived)


class Repeat(msgspec.Struct, frozen=True, gc=False):
    unit_id: str | None
    day: int


class Handled(msgspec.Struct, frozen=True, gc=False):
    """One finding's log, walked."""

    tasks: tuple[Task, ...]
    repeats: tuple[Repeat, ...]
    excluded: tuple[Excluded, ...]
    unit_id: str | None
    """Whose it is, as of the newest sighting by the instant."""
    state: str | None
    """Its state at the instant (a ``FindingState``'s value; 逾期 is not told apart); ``None``: not yet found."""
    certain: bool
    """It was certain once and is not merely suspected at the instant."""

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN

    def counts_on(self, day: int) -> bool:
        return not any(day in days for days in self.excluded)


class WaiverDays(msgspec.Struct, frozen=True):
    """The period of a waiver, as it was granted."""

    first: int
    last: int | None


def walk(
    log: Sequence[Event],
    *,
    waivers: Mapping[int, WaiverDays],
    late: Callable[[int, int], bool],
    at: int,
    recorded_unit: str | None = None,
) -> Handled:
    """Walk a log in its order (``Happening``s). ``late(deadline, day)``: a day is later than a
    deadline and its grace.

    ``at`` is the day of the instant, ``recorded_unit`` the unit of a finding that no scan has seen.
    """
    if len(log) == 1:  # most of a ledger: found, and nobody was told yet
        kind, _, in_time, suspected, _, unit = log[0]
        if kind == "found" and in_time and not suspected:
            return Handled((), (), (), unit or recorded_unit, "open", True)
    state, circulated, reminded = "", False, False
    confirmed, certain = False, False
    until: int | None = None
    unit_id = recorded_unit
    since = 0
    """The day on which the finding was found, came back, or was listed again."""
    told = deadline = 0
    """Of the running task; no task: ``told`` is 0."""
    claimed: int | None = None
    disputed: int | None = None
    owner: str | None = None
    tasks: list[Task] = []
    repeats: list[Repeat] = []
    excluded: list[Excluded] = []
    seen: tuple[str, bool, str | None] | None = None

    for kind, day, in_time, suspected, data, unit in log:
        if not in_time and seen is None:
            if state == "waived" and until is not None and at > until:
                state, certain, until, reminded, circulated = "open", True, None, False, False
            seen = (state, certain, unit_id)
            if told:
                tasks.append(Task(owner, told, deadline, disputed=disputed))
                told = 0
        if until is not None and state == "waived" and day > until:
            state, certain, until, reminded, circulated = "open", True, None, False, False
        after = _NEXT.get((state, kind))
        if after is None:
            continue

        # what the walk of ``scorecards.life`` does beside the table
        if kind == "found" or kind == "recurred":
            confirmed = confirmed and state == "open"
            if suspected and after == "open" and not confirmed:
                after = "suspected"
            unit_id = unit or unit_id
            if kind == "recurred" or state == "" or state == "revoked":
                since = day
        elif kind == "confirmed":
            confirmed = True
            if state == "revoked":
                since = day
        elif kind == "not_mended" or kind == "dispute_rejected":
            after = "circulated" if circulated else "reminded" if reminded else "open"
        if state == "revoked":  # listed again
            excluded[-1] = excluded[-1].ended(day - 1)
        if after == "open" or after == "suspected":
            if state != "suspected" and state not in _OPEN:  # its handling begins anew
                reminded = circulated = False
            if kind == "recurred" or kind == "waiver_ended":
                if excluded:
                    excluded = [e.ended(day - 1) if e.waived and day in e else e for e in excluded]
                if kind == "recurred" and after == "open" and in_time:
                    repeats.append(Repeat(unit_id, day))
            certain = certain or after == "open"

        # the task
        if kind == "reminded" or kind == "noticed":
            reminded = True
            limit = data.get("deadline") if data else None
            if limit and not told and in_time:
                told, deadline = day, date.fromisoformat(limit).toordinal()
                owner, claimed, disputed = unit_id, None, None
        elif kind == "rectified":
            if told:
                mended = day if claimed is None else claimed
                tasks.append(
                    Task(owner, told, deadline, mended, claimed is not None, None, disputed)
                )
                told = 0
        elif kind == "circulated":
            circulated = True
        elif kind == "claimed":
            claimed = claimed or day
        elif kind == "not_mended":
            claimed = None
        elif kind == "disputed":
            disputed = day
        elif kind == "dispute_rejected":
            limit = data.get("deadline") if data else None
            if limit and told and disputed is not None and not late(deadline, disputed):
                deadline = date.fromisoformat(limit).toordinal()
            disputed = None
        elif kind == "revoked":
            excluded.append(Excluded(since, None, False))
            told = 0
        elif kind == "waived":
            limit = data.get("until") if data else None
            until = date.fromisoformat(limit).toordinal() if limit else None
            granted = waivers.get((data.get("waiver_id") if data else None) or 0)
            first = granted.first if granted else day
            last = until if until is not None or granted is None else granted.last
            excluded.append(Excluded(first, last, True))
            if told:
                tasks.append(Task(owner, told, deadline, waived=day, disputed=disputed))
                told = 0
        state = after
    if seen is None:
        if state == "waived" and until is not None and at > until:
            state, certain = "open", True
        seen = (state, certain, unit_id)
        if told:
            tasks.append(Task(owner, told, deadline, disputed=disputed))
    state, certain, unit_id = seen
    return Handled(
        tuple(tasks),
        tuple(repeats),
        tuple(excluded),
        unit_id,
        state or None,
        certain and state != "suspected",
    )


def settled_day(task: Task, late: Callable[[int, int], bool]) -> tuple[int, bool]:
    """The day on which a task is settled, and whether it was in time."""
    if task.mended is not None:
        asked = task.mended if task.disputed is None else min(task.disputed, task.mended)
        if not late(task.deadline, asked):
            return task.mended, True
    return task.deadline, False
