"""The periodic duties and what became of each period, from stored facts. Judges and records nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from checks.duties_facts import DutyCase, running, terms
from checks.duties_state import TermStanding, TermState, doubts_of, standings
from checks.proof import shanghai_day as day_of
from checks.waivers import Waiver
from config.schema import Unit
from reports.duties import DutiesView, DutyLine, DutyState
from services.audit import chosen_scan
from services.judging.duties import case_of
from services.waivers import of_period
from services.workspace import Workspace, end_of_day, shanghai_day
from storage import readings, waivers


def overview(
    ws: Workspace, *, now: datetime, unit: Unit | None = None, day: date | None = None
) -> DutiesView:
    """Every duty (``unit``: that one's), its periods that are due since the day from which the city
    judges, and those that run. ``day``: as known at its end. Raises ``UsageError``, ``ConfigError``."""
    config = ws.config
    duties = ws.duties
    scan = chosen_scan(ws, None, day)
    today = day or shanghai_day(max(now, scan.as_of))
    stored = readings.columns(ws.engine, scan.id, config.city.max_age_days)
    granted = waivers.load(ws.engine)
    since = ws.judge_from(end_of_day(today))
    lines: list[DutyLine] = []
    for duty in duties:
        case = case_of(
            config,
            config.enabled_sites,
            stored,
            duty,
            day=today,
            sure=ws.standard().min_confidence,
        )
        if case is None or (unit is not None and case.subject.unit_id != unit.id):
            continue
        short = config.unit(case.subject.unit_id or duty.unit).short
        lines += _lines(case, short, granted, since, today, shanghai_day(scan.as_of))
    return DutiesView(
        scan_id=scan.id,
        read_on=shanghai_day(scan.as_of),
        day=today,
        since=since,
        lines=tuple(lines),
        registered=len(duties),
    )


def _lines(
    case: DutyCase,
    short: str,
    granted: Sequence[Waiver],
    since: date,
    today: date,
    scanned: date,
) -> Iterator[DutyLine]:
    duty = case.duty
    wanted = [*terms(duty, since, today), *running(duty, today)]
    for seen in standings(duty, case.looked, wanted):
        state, why = _state(case, seen, today, scanned)
        waiver = of_period(granted, duty, seen.term, case.subject.unit_id, today)
        if waiver is not None:
            state = DutyState.NOT_APPLICABLE
            why = f"{waiver.kind.label}（编号 {waiver.id}）：{waiver.reason}"
        elif duty.not_applicable:
            state, why = DutyState.NOT_APPLICABLE, duty.not_applicable.strip()
        elif duty.outside is not None:
            state, why = DutyState.NOT_APPLICABLE, f"按规定公开在 {duty.outside}"
        shown = state in (DutyState.MET, DutyState.LATE, DutyState.UNVERIFIED)
        yield DutyLine(
            duty_id=duty.id,
            title=duty.title,
            unit_id=case.subject.unit_id or duty.unit,
            unit_short=short,
            term=seen.term.key,
            term_words=seen.term.words,
            due=seen.due,
            due_unconfirmed=duty.due_unconfirmed,
            state=state,
            why=why,
            suspected=state is DutyState.MISSING and bool(doubts_of(duty, case.looked)),
            entry=seen.entry if shown else None,
        )


def _state(case: DutyCase, seen: TermStanding, today: date, scanned: date) -> tuple[DutyState, str]:
    """The state of a period, and why it is not known or should be looked at first. ``scanned``: the
    day of the scan; nothing is known of the days after it."""
    if seen.state is TermState.MET:
        return DutyState.MET, ""
    if seen.state is TermState.LATE:
        return DutyState.LATE, ""
    if seen.due >= today:
        return DutyState.AHEAD, ""
    if seen.unverified is not None:
        return DutyState.UNVERIFIED, seen.unverified.reason
    read_on = min(day_of(case.fetched.at), scanned) if case.fetched is not None else None
    if read_on is not None and seen.due >= read_on:
        why = f"{read_on.isoformat()} 读取时尚未到期，此后没有再读取"
        return DutyState.UNVERIFIED, why
    return DutyState.MISSING, "；".join(doubts_of(case.duty, case.looked))
