"""What a finding's log says of how it was handled: the tasks (整改任务) that its unit was given, its
repeats (反弹), and the days on which it does not count.

``scorecards.life`` folds a log into one state; here the same table of transitions is walked once,
over plain rows, for a whole ledger at a time. Days are ordinals of Shanghai calendar days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

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


@dataclass(frozen=True, slots=True)
class Task:
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


@dataclass(frozen=True, slots=True)
class Excluded:
    """Days on which a finding does not count; both ends included, ``None``: for ever."""

    first: int
    last: int | None
    waived: bool
    """By a waiver (豁免/不适用); else it was taken back (撤销)."""

    def __contains__(self, day: int) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Repeat:
    unit_id: str | None
    day: int


@dataclass(frozen=True, slots=True)
class Handled:
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


NOTHING = Handled((), (), (), None, None, False)


@dataclass(frozen=True, slots=True)
class WaiverDays:
    """The period of a waiver, as it was granted."""

    first: int
    last: int | None


def walk(
    log: Iterable[Happening],
    *,
    waivers: Mapping[int, WaiverDays],
    late: Callable[[int, int], bool],
    at: int,
    recorded_unit: str | None = None,
) -> Handled:
    """Walk a log in its order. ``late(deadline, day)``: a day is later than a deadline and its grace.

    ``at`` is the day of the instant, ``recorded_unit`` the unit of a finding that no scan has seen.
    """
    state, stage_circular, reminded = "", False, False
    confirmed, certain = False, False
    until: int | None = None
    unit_id = recorded_unit
    since = 0
    """The day on which the finding was found, came back, or was listed again."""
    task: Task | None = None
    claimed: int | None = None
    tasks: list[Task] = []
    repeats: list[Repeat] = []
    excluded: list[Excluded] = []
    seen: tuple[str, bool, str | None] | None = None

    def over(
        *, mended: int | None = None, by_word: bool = False, waived: int | None = None
    ) -> None:
        nonlocal task, claimed
        if task is not None:
            tasks.append(replace(task, mended=mended, claimed=by_word, waived=waived))
        task = claimed = None

    for kind, day, in_time, suspected, data, unit in log:
        if not in_time and seen is None:
            if state == "waived" and until is not None and at > until:
                state, certain, until = "open", True, None
                reminded = stage_circular = False
            seen = (state, certain, unit_id)
            over()
        if state == "waived" and until is not None and day > until:
            state, certain, until = "open", True, None
            reminded = stage_circular = False
            claimed = None
        after = _NEXT.get((state, kind))
        if after is None:
            continue
        was_confirmed = confirmed
        confirmed = confirmed or (kind == "confirmed" and state != "")
        if after == "open" and (kind == "found" or kind == "recurred"):
            confirmed = was_confirmed and state == "open"
            if suspected and not confirmed:
                after = "suspected"
        if kind == "not_mended" or kind == "dispute_rejected":
            after = "circulated" if stage_circular else "reminded" if reminded else "open"
        if kind == "found" or kind == "recurred":
            unit_id = unit or unit_id
            if kind == "recurred" or state == "" or state == "revoked":
                since = day
        elif kind == "confirmed" and state == "revoked":
            since = day
        if state == "revoked":  # listed again
            excluded[-1] = replace(excluded[-1], last=day - 1)
        if (after == "open" or after == "suspected") and state not in _OPEN and state != "":
            if state != "suspected":  # its handling begins anew
                reminded = stage_circular = False
                claimed = None
            if kind == "recurred" or kind == "waiver_ended":
                excluded = [
                    replace(e, last=day - 1)
                    if e.waived and (e.last is None or e.last >= day)
                    else e
                    for e in excluded
                ]
            if kind == "recurred" and after == "open" and in_time:
                repeats.append(Repeat(unit_id, day))
        if after == "open":
            certain = True

        if kind == "reminded" or kind == "noticed":
            reminded = True
            limit = (data or {}).get("deadline")
            if limit and task is None and in_time:
                task = Task(unit_id, day, date.fromisoformat(limit).toordinal())
                claimed = None
        elif kind == "circulated":
            stage_circular = True
        elif kind == "claimed":
            claimed = claimed or day
        elif kind == "not_mended":
            claimed = None
        elif kind == "disputed":
            if task is not None:
                task = replace(task, disputed=day)
        elif kind == "dispute_rejected":
            limit = (data or {}).get("deadline")
            if task is not None and task.disputed is not None:
                in_dispute = not late(task.deadline, task.disputed)
                moved = (
                    date.fromisoformat(limit).toordinal() if limit and in_dispute else task.deadline
                )
                task = replace(task, deadline=moved, disputed=None)
        elif kind == "rectified":
            if claimed is None:
                over(mended=day)
            else:
                over(mended=claimed, by_word=True)
        elif kind == "revoked":
            excluded.append(Excluded(since, None, waived=False))
            over()
        elif kind == "waived":
            limit = (data or {}).get("until")
            until = date.fromisoformat(limit).toordinal() if limit else None
            granted = waivers.get((data or {}).get("waiver_id") or 0)
            first = granted.first if granted else day
            last = until if until is not None or granted is None else granted.last
            excluded.append(Excluded(first, last, waived=True))
            over(waived=day)
        state = after
    if seen is None:
        if state == "waived" and until is not None and at > until:
            state, certain = "open", True
        seen = (state, certain, unit_id)
        over()
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


def of_units(handled: Iterable[Handled]) -> Mapping[str, Sequence[Task]]:
    """The tasks by unit, in their order; what is attributed to no unit is nobody's."""
    found: dict[str, list[Task]] = {}
    for one in handled:
        for task in one.tasks:
            if task.unit_id is not None:
                found.setdefault(task.unit_id, []).append(task)
    return found
