"""The year-end assessment: what the database knows of a year, gathered once, and the table of it."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine

from checks.workdays import official
from config.assessment import Assessment
from config.schema import Config, Standard, UnitGroup
from reports.assessment import AssessmentView, Names
from scorecards.assess import (
    Card,
    Circular,
    Inspected,
    Known,
    Scan,
    Slot,
    WorkingDays,
    assess,
    card_decoder,
    occasions,
)
from scorecards.handling import Event, Handled, WaiverDays, walk
from services.judge import must_score_units
from services.workspace import UsageError, Workspace, end_of_day, shanghai_day
from storage import assessments as read
from storage.db import reading

FIRST_YEAR = 2000
_TRUE = (1, "1", "true")


@dataclass(frozen=True, slots=True)
class Period:
    """What is assessed: from the year's first day to its last, or to ``at``."""

    year: int
    first: date
    last: date
    at: datetime
    """What happened later is not seen; what was taken back or waived later reaches back."""


def period_of(year: int, *, now: datetime, as_of: date | None = None) -> Period:
    """Raises ``UsageError`` for a year that has not begun, or a day outside of it."""
    if not FIRST_YEAR <= year <= shanghai_day(now).year:
        raise UsageError(f"{year} 年还没有开始，或写法不对：请用 --year 写四位年份，如 2018")
    first, last = date(year, 1, 1), date(year, 12, 31)
    if as_of is not None:
        if not first <= as_of <= last:
            raise UsageError(f"--as-of {as_of} 不在 {year} 年内：请写这一年里的一天")
        last = as_of
    at = min(end_of_day(last), now)
    return Period(year, first, min(last, shanghai_day(at)), at)


def settings_of(standard: Standard) -> Assessment:
    """Raises ``UsageError`` for a standard that does not assess units."""
    must_score_units(standard)
    if standard.assessment is None:
        raise UsageError(
            f"检查标准 {standard.id} 没有写年终考评的办法：请照 ruichang-2018.yaml 补上 assessment 一段，"
            "或用 --standard 换一个标准"
        )
    return standard.assessment


def assess_year(
    ws: Workspace,
    year: int,
    *,
    now: datetime,
    standard_name: str | None = None,
    as_of: date | None = None,
    group: UnitGroup | None = None,
    unit_id: str | None = None,
    details: bool = False,
) -> AssessmentView:
    """The table of a year: all units, a group, or one unit (``unit_id``); with ``details`` also
    the short numbers of the findings that it rests on.

    Ranks are always those among the whole group. Raises ``UsageError``.
    """
    period = period_of(year, now=now, as_of=as_of)
    standard = ws.standard(standard_name)
    settings_of(standard)
    view = table(ws.engine, ws.config, standard, period, details=details)
    return replace(
        view,
        results=tuple(
            r
            for r in view.results
            if (group is None or r.group is group) and (unit_id is None or r.unit_id == unit_id)
        ),
    )


def table(
    engine: Engine, config: Config, standard: Standard, period: Period, *, details: bool = False
) -> AssessmentView:
    """The whole table of a period."""
    with without_collector():
        known = gather(engine, config, standard, period, details=details)
        results = assess(known)
    named = {number: mark for mark, number in known.ids.items()}
    unnamed = {n for r in results for n in r.left_open} - named.keys()
    if unnamed:
        with reading(engine) as connection:
            found = read.identities(connection, unnamed)
        named |= {number: mark for number, (mark, _) in found.items()}
    warnings = []
    if not known.calendar.known(period.year):
        warnings.append(
            f"没有 {period.year} 年的官方节假日安排，工作日按周一至周五计："
            "请在 city.yaml 的 workdays 里补上"
        )
    digests = {card.standard_digest for card in known.cards.values()}
    if len(digests) > 1:
        warnings.append(
            f"这一年的记分卡按 {len(digests)} 个版本的 {standard.id} 评出：分值有改动的，各次得分口径不同"
        )
    return AssessmentView(
        city=config.city.name,
        year=period.year,
        first=period.first,
        last=period.last,
        standard_id=standard.id,
        standard_title=standard.title,
        settings=known.assessment,
        trial_run=config.city.trial_run,
        warnings=tuple(warnings),
        results=tuple(results),
        names=Names(
            units={u.id: u.short for u in config.units}, findings=named, rules=dict(known.rules)
        ),
    )


@contextmanager
def without_collector() -> Iterator[None]:
    """Hundreds of thousands of records that all stay: looking for garbage among them again and
    again would take a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def gather(
    engine: Engine, config: Config, standard: Standard, period: Period, *, details: bool = False
) -> Known:
    """All that the table is made from, in one view of the database. ``details``: also the
    identities of findings that change no number."""
    assessment = settings_of(standard)
    first, last = period.first.toordinal(), period.last.toordinal()
    calendar = official(config.city.workdays)
    days = WorkingDays(calendar, first - 400, last + 400, assessment.rectification.grace_workdays)
    with reading(engine) as connection:
        scans = [
            Scan(s.id, s.kind, s.as_of, shanghai_day(s.as_of).toordinal(), s.units)
            for s in read.scans(connection)
        ]
        slots = [
            Slot(s.kind, s.slot, shanghai_day(s.due_at).toordinal(), s.scan_id)
            for s in read.slots(connection)
        ]
        wanted = {
            scan.id
            for held in occasions(scans, slots, assessment, first, last).values()
            for scan in held
        }
        cards = _cards(connection, wanted, standard.id)
        scored = {scan_id for scan_id, _ in cards}
        findings = _handled(connection, period, days)
        circulars = read.circulars(connection)
        ids = read.numbers(connection, {m for c in circulars for m in c.fingerprints})
        excluded = None if details else [n for n, one in findings.items() if one.excluded]
        named = read.identities(connection, excluded)
        inspected = read.inspected(connection)
    ids |= {mark: number for number, (mark, _) in named.items()}
    return Known(
        config=config,
        assessment=assessment,
        first=first,
        last=last,
        calendar=calendar,
        scans=[s for s in scans if s.id in scored],
        slots=slots,
        cards=cards,
        findings=findings,
        ids=ids,
        rules=dict(named.values()),
        circulars=[
            Circular(
                c.number,
                c.issued_on.toordinal(),
                c.units,
                tuple(ids[m] for m in c.fingerprints if m in ids),
            )
            for c in circulars
        ],
        inspected=[
            Inspected(
                i.source,
                i.file,
                i.sheet,
                i.row,
                i.unit_id,
                i.finding_id,
                (i.found_on or shanghai_day(i.at)).toordinal(),
            )
            for i in inspected
        ],
    )


def _cards(
    connection: Connection, scan_ids: Iterable[int], standard_id: str
) -> dict[tuple[int, str], Card]:
    stored = read.cards(connection, scan_ids, standard_id)
    return {key: card_decoder.decode(payload) for key, payload in stored.items()}


def _handled(connection: Connection, period: Period, days: WorkingDays) -> dict[int, Handled]:
    """Every finding's log, walked once."""
    waivers = {
        number: WaiverDays(first.toordinal(), last.toordinal() if last else None)
        for number, (first, last) in read.waivers(connection).items()
    }
    recorded = read.recorded_units(connection)
    at = shanghai_day(period.at).toordinal()
    logs: dict[int, list[Event]] = {}
    seen: dict[Any, tuple[int, bool]] = {}
    told: dict[str, dict[str, Any]] = {}
    nobody: set[int] = set()
    log: list[Event] = []
    current = None
    for number, kind, instant, suspected, text, unit_id in read.log(connection):
        when = seen.get(instant)
        if when is None:
            moment = instant if isinstance(instant, datetime) else datetime.fromisoformat(instant)
            when = seen[instant] = (shanghai_day(moment).toordinal(), moment <= period.at)
        data = None
        if text is not None:
            data = told.get(text)
            if data is None:
                data = told[text] = msgspec.json.decode(text)
        if number != current:
            current, log = number, []
            logs[number] = log
            if unit_id is None and number not in recorded:
                nobody.add(number)
        day, in_time = when
        log.append((kind, day, in_time, suspected in _TRUE, data, unit_id))
    recorded |= read.first_units(connection, nobody)
    return {
        number: walk(
            log, waivers=waivers, late=days.late, at=at, recorded_unit=recorded.get(number)
        )
        for number, log in logs.items()
    }
