"""What people decide about findings: the unit's word, a dispute and its decision, a confirmation,
a remark. Each appends one event, with actor and reason; in a state that does not allow it nothing
happens, and the present state is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from checks.life import EventKind
from checks.workdays import official
from config.schema import Unit
from scorecards.life import FindingState, Life
from services.acting import Case, append, case_of, cases_of_unit, must_allow, one_line
from services.workspace import UsageError, Workspace, shanghai_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What was done to one finding."""

    mark: str
    title: str
    before: FindingState
    deadline: date | None = None
    """As it runs from now on; ``None``: none runs."""
    warnings: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        return self.mark[:8]


def claim(ws: Workspace, prefix: str, reason: str, *, now: datetime) -> Done:
    """单位反馈已整改 → 待复核: the unit's word, which only a re-check proves."""
    words = one_line(reason, "--reason")
    case = case_of(ws, prefix, now)
    must_allow(case, EventKind.CLAIMED, "记为单位反馈已整改")
    append(ws, case, EventKind.CLAIMED, reason=words)
    return _done(case)


def claim_unit(ws: Workspace, unit: Unit, reason: str, *, now: datetime) -> list[Done]:
    """The unit says that all is mended: whatever of it waits for that, in order of first sight.

    Raises ``UsageError`` where nothing does.
    """
    words = one_line(reason, "--reason")
    waiting = (
        FindingState.OPEN,
        FindingState.REMINDED,
        FindingState.OVERDUE,
        FindingState.CIRCULATED,
    )
    cases = [c for c in cases_of_unit(ws, unit, now) if c.life.state in waiting]
    if not cases:
        raise UsageError(
            f"{unit.short}没有待整改的问题可以记为已反馈：用 xunjian show {unit.short} 查看"
        )
    for case in cases:
        append(ws, case, EventKind.CLAIMED, reason=words)
    return [_done(case) for case in cases]


def dispute(ws: Workspace, prefix: str, reason: str, *, now: datetime) -> Done:
    """申诉: the unit says that it is no problem; the deadline stands still until it is decided."""
    words = one_line(reason, "--reason")
    case = case_of(ws, prefix, now)
    must_allow(case, EventKind.DISPUTED, "申诉")
    append(ws, case, EventKind.DISPUTED, reason=words)
    return _done(case)


def disputed(ws: Workspace, prefix: str, now: datetime) -> Case:
    """The finding, which must be under dispute. Raises ``UsageError``."""
    case = case_of(ws, prefix, now)
    if case.life.state is not FindingState.DISPUTED:
        raise UsageError(
            f"问题 {case.short} 现在是“{case.life.state.label}”，没有待决定的申诉：先用 xunjian dispute 登记"
        )
    return case


def reject(ws: Workspace, prefix: str, reason: str, *, now: datetime) -> Done:
    """申诉不成立: it stands as before, with a deadline later by the working days it took."""
    words = one_line(reason, "--reason")
    case = disputed(ws, prefix, now)
    later, warnings = later_deadline(ws, case.life, shanghai_day(case.at))
    data = {"deadline": later.isoformat()} if later else {}
    append(ws, case, EventKind.DISPUTE_REJECTED, reason=words, data=data)
    return Done(
        mark=case.mark,
        title=case.title,
        before=case.life.state,
        deadline=later,
        warnings=tuple(warnings),
    )


def later_deadline(ws: Workspace, life: Life, day: date) -> tuple[date | None, list[str]]:
    """The deadline of a disputed finding when it is decided on ``day``: later by the working days
    since the dispute began; and what to warn of. ``None``: none was running."""
    if life.deadline is None:
        return None, []
    calendar = official(ws.config.city.workdays)
    took = calendar.workdays_between(shanghai_day(life.since), day)
    later = calendar.add_workdays(life.deadline, took)
    unknown = sorted(
        {y for y in range(shanghai_day(life.since).year, later.year + 1) if not calendar.known(y)}
    )
    warnings = [
        f"没有{year}年的官方放假安排，期限只按周末和 city.yaml 的 workdays 推算" for year in unknown
    ]
    return later, warnings


def confirm(ws: Workspace, prefix: str, reason: str, *, now: datetime) -> Done:
    """A suspected finding is one: it counts from the next scan on."""
    words = one_line(reason, "--reason") if reason else ""
    case = case_of(ws, prefix, now)
    must_allow(case, EventKind.CONFIRMED, "确认", "只有疑似的问题和撤销了的问题需要确认")
    append(ws, case, EventKind.CONFIRMED, reason=words)
    return _done(case)


def note(ws: Workspace, prefix: str, reason: str, *, now: datetime) -> Done:
    """A remark on the record (a telephone call, a promise); it changes no state."""
    words = one_line(reason, "--reason")
    case = case_of(ws, prefix, now)
    append(ws, case, EventKind.NOTED, reason=words)
    return _done(case)


def note_unit(ws: Workspace, unit: Unit, reason: str, *, now: datetime) -> list[Done]:
    """The same remark on every finding of a unit that stands open."""
    words = one_line(reason, "--reason")
    cases: Sequence[Case] = [c for c in cases_of_unit(ws, unit, now) if c.life.state.is_open]
    if not cases:
        raise UsageError(f"{unit.short}没有未整改的问题可以加注")
    for case in cases:
        append(ws, case, EventKind.NOTED, reason=words)
    return [_done(case) for case in cases]


def _done(case: Case) -> Done:
    return Done(
        mark=case.mark, title=case.title, before=case.life.state, deadline=case.life.deadline
    )
