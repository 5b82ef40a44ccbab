"""Seconds of the year-end table: ``python -m tests.benchmarks.assess``.

Fills an SQLite database with a year of weekly, monthly and quarterly scans of 70 units and 100,000
findings with their logs, then gathers and scores. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import random
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from checks.life import EventKind
from checks.model import Scope, fingerprint
from checks.registry import RULES
from checks.workdays import official
from config.loader import find_config, load, load_standard
from config.schema import Config, Standard, UnitGroup
from scorecards.assess import assess
from scorecards.score import Counted, Coverage, encode, score
from services.assess import Period, gather, without_collector
from storage.db import open_engine, upgrade, writing
from storage.models import (
    EventRow,
    FindingRow,
    ScanKind,
    ScanRow,
    ScanState,
    ScorecardRow,
    SightingRow,
)
from storage.regime_tables import CircularRow, InspectedRow, InspectionRow, WaiverRow

YEAR = 2018
FIRST, LAST = date(YEAR, 1, 1), date(YEAR, 12, 31)
SHORT_LIVED = ("undated-entry", "dead-link", "broken-image", "untidy-title", "mixed-indent")
LONG_LIVED = ("overdue-column", "blank-column", "missing-column")


def configuration(units: int) -> tuple[Config, Standard]:
    """Ruichang's, with so many units of its own, all confirmed."""
    config = load(find_config("ruichang", Path("/nowhere")))
    ranked = [u for u in config.units if u.group in (UnitGroup.DEPARTMENT, UnitGroup.TOWN)]
    kept = tuple(
        u.model_copy(update={"confirmed": True, "valid_from": None, "valid_to": None})
        for u in (ranked * (units // len(ranked) + 1))[:units]
    )
    kept = tuple(
        u.model_copy(update={"id": f"unit-{i:03d}", "short": f"单位{i:03d}"})
        for i, u in enumerate(kept)
    )
    city = config.city.model_copy(update={"trial_run": False})
    return config.model_copy(update={"units": kept, "city": city}), load_standard("ruichang-2018")


def instant(day: date, hour: int = 1) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def scans_of(weeks: int) -> list[tuple[int, ScanKind, date]]:
    days = [(FIRST + timedelta(days=7 * i), ScanKind.WEEKLY) for i in range(weeks)]
    last = days[-1][0]
    days += [(date(YEAR, m, 20), ScanKind.MONTHLY) for m in range(1, 13)]
    days += [(date(YEAR, m, 25), ScanKind.QUARTERLY) for m in (3, 6, 9, 12)]
    days.sort(key=lambda d: (d[0], d[1].value))
    return [(i, kind, day) for i, (day, kind) in enumerate(days, 1) if day <= last]


def fill(
    engine: Engine,
    config: Config,
    standard: Standard,
    *,
    weeks: int = 52,
    findings: int = 100_000,
    seed: int = 7,
) -> dict[str, int]:
    """A year's rows; gives how many of each."""
    chance = random.Random(seed)
    calendar = official()
    scans = scans_of(weeks)
    weekly = [(i, day) for i, kind, day in scans if kind is ScanKind.WEEKLY]
    shown: dict[tuple[int, str], list[Counted]] = defaultdict(list)
    rows: dict[type[Any], list[dict[str, Any]]] = defaultdict(list)
    rows[ScanRow] = [
        {
            "id": i,
            "kind": kind,
            "as_of": instant(day),
            "started_at": instant(day),
            "finished_at": instant(day, 3),
            "state": ScanState.COMPLETE,
            "standard": standard.id,
            "config_digest": "",
            "reader": "",
            "full": False,
            "window_ended": False,
            "note": {},
        }
        for i, kind, day in scans
    ]
    number = 0

    def event(finding: int, kind: EventKind, day: date, scan: int | None, **data: object) -> None:
        nonlocal number
        number += 1
        rows[EventRow].append(
            {
                "id": number,
                "finding_id": finding,
                "kind": kind,
                "at": instant(day),
                "recorded_at": instant(day, 4),
                "scan_id": scan,
                "actor": "xunjian",
                "reason": "",
                "data": data,
            }
        )

    def stretch(finding: int, mark: str, rule_id: str, unit: str, begin: int, weeks_: int) -> int:
        """From one sighting to the next but ``weeks_``; the week after it."""
        end = min(begin + weeks_, len(weekly))
        first, last = weekly[begin][1], weekly[end - 1][1]
        for scan_id, _, day in scans:
            if first <= day <= last:
                rows[SightingRow].append(
                    {
                        "scan_id": scan_id,
                        "finding_id": finding,
                        "unit_id": unit,
                        "suspected": False,
                        "message": "不符合要求",
                        "path": "",
                        "snippet": "",
                        "url": None,
                        "title": "页面",
                        "subject_url": None,
                        "evidence": None,
                        "in_body": True,
                        "pages": 1,
                    }
                )
                shown[scan_id, unit].append(
                    Counted(
                        fingerprint=mark,
                        rule_id=rule_id,
                        subject_key=f"page:{finding}",
                        severity=RULES[rule_id].severity,
                        measured_at=instant(day),
                    )
                )
        if chance.random() < 0.6:
            told = weekly[begin][1] + timedelta(days=1)
            deadline = calendar.add_workdays(told, 10)
            event(finding, EventKind.REMINDED, told, None, deadline=deadline.isoformat())
        return end

    for finding in range(1, findings + 1):
        unit = config.units[chance.randrange(len(config.units))].id
        rule_id = chance.choice(SHORT_LIVED if chance.random() < 0.95 else LONG_LIVED)
        mark = fingerprint(rule_id, f"page:{finding}", "")
        begin = chance.randrange(len(weekly))
        rows[FindingRow].append(
            {
                "id": finding,
                "fingerprint": mark,
                "rule_id": rule_id,
                "scope": Scope.PAGE,
                "subject_key": f"page:{finding}",
                "site_id": "portal",
                "what": "",
                "first_scan": weekly[begin][0],
                "first_seen": instant(weekly[begin][1]),
            }
        )
        event(
            finding,
            EventKind.FOUND,
            weekly[begin][1],
            weekly[begin][0],
            suspected=False,
            evidence="0" * 64,
            snippet="页面上的一段文字" * 4,
        )
        end = stretch(finding, mark, rule_id, unit, begin, chance.choice((1, 2, 2, 3, 4, 8)))
        fate = chance.random()
        if fate < 0.01:
            event(finding, EventKind.REVOKED, weekly[end - 1][1] + timedelta(days=2), None)
        elif fate < 0.02:
            event(finding, EventKind.WAIVED, weekly[end - 1][1] + timedelta(days=2), None)
        elif end < len(weekly):
            event(finding, EventKind.RECTIFIED, weekly[end][1], weekly[end][0])
            if fate < 0.07 and end + 1 < len(weekly):
                back = end + 1
                event(finding, EventKind.RECURRED, weekly[back][1], weekly[back][0])
                after = stretch(finding, mark, rule_id, unit, back, 2)
                if after < len(weekly):
                    event(finding, EventKind.RECTIFIED, weekly[after][1], weekly[after][0])
    rows[ScorecardRow] = list(_cards(config, standard, scans, shown))
    marks = [row["fingerprint"] for row in rows[FindingRow]]
    for quarter in (1, 2, 3, 4):
        named = chance.sample([u.id for u in config.units], min(5, len(config.units)))
        rows[CircularRow].append(
            {
                "period": f"{YEAR}Q{quarter}",
                "number": f"瑞府办字〔{YEAR}〕{quarter}号",
                "title": "通报",
                "issued_on": date(YEAR, 3 * quarter, 28),
                "recorded_at": instant(date(YEAR, 3 * quarter, 28)),
                "actor": "xunjian",
                "note": {"units": named, "findings": chance.sample(marks, min(9, len(marks)))},
            }
        )
    for i, source in enumerate(("third-party", "prefecture", "province"), 1):
        at = instant(date(YEAR, 4 * i - 1, 15))
        rows[InspectionRow].append(
            {
                "id": i,
                "source": source,
                "digest": str(i) * 64,
                "file": f"{source}.xlsx",
                "period": str(YEAR),
                "at": at,
                "recorded_at": at,
                "actor": "xunjian",
                "note": {},
            }
        )
        for row in range(min(200, findings)):
            finding = chance.randrange(1, findings + 1)
            rows[InspectedRow].append(
                {
                    "inspection_id": i,
                    "sheet": "1",
                    "row": row + 2,
                    "description": "",
                    "finding_id": finding,
                    "match": "address",
                    "problem": "",
                    "cells": {},
                }
            )
    rows[WaiverRow] = []
    with writing(engine) as connection:
        for table in (ScanRow, FindingRow, SightingRow, EventRow, ScorecardRow):
            for part in _parts(rows[table]):
                connection.execute(insert(table), part)
        for table in (CircularRow, InspectionRow, InspectedRow):
            connection.execute(insert(table), rows[table])
    return {table.__tablename__: len(found) for table, found in rows.items()}


def _parts(rows: list[dict[str, Any]], size: int = 20_000) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _cards(
    config: Config,
    standard: Standard,
    scans: Iterable[tuple[int, ScanKind, date]],
    shown: dict[tuple[int, str], list[Counted]],
) -> Iterator[dict[str, Any]]:
    coverage = Coverage(verified=95, applicable=100, rules=frozenset(standard.rules))
    for scan_id, _, day in scans:
        for unit in config.units:
            card = score(
                unit,
                shown.get((scan_id, unit.id), []),
                [],
                coverage,
                standard,
                instant(day),
                today=day,
                max_age_days=35,
            )
            yield {
                "scan_id": scan_id,
                "unit_id": unit.id,
                "standard": standard.id,
                "standard_digest": standard.digest,
                "rules_digest": "",
                "recorded_at": instant(day, 5),
                "score_high": card.score_high,
                "score_low": card.score_low,
                "coverage": card.coverage,
                "payload": encode(card),
            }


def year() -> Period:
    return Period(YEAR, FIRST, LAST, datetime(YEAR, 12, 31, 15, 59, 59, tzinfo=UTC))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=70)
    parser.add_argument("--weeks", type=int, default=52)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--keep", type=Path, help="keep the database here, use it again if it is there"
    )
    options = parser.parse_args()
    config, standard = configuration(options.units)
    with tempfile.TemporaryDirectory() as folder:
        file = options.keep or Path(folder) / "year.db"
        there = file.exists()
        engine = open_engine(f"sqlite:///{file}", create=True)
        if not there:
            upgrade(engine)
            begin = time.perf_counter()
            made = fill(engine, config, standard, weeks=options.weeks, findings=options.findings)
            print(f"filled in {time.perf_counter() - begin:.1f} s: {made}")
        gathering, scoring = [], []
        for _ in range(options.runs):
            known = results = None
            with without_collector():  # as the command does
                begin = time.perf_counter()
                known = gather(engine, config, standard, year())
                middle = time.perf_counter()
                results = assess(known)
                gathering.append(middle - begin)
                scoring.append(time.perf_counter() - middle)
        if known is None or results is None:
            return
        ranked = sum(r.rank is not None for r in results)
        engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        2**20 if sys.platform == "darwin" else 2**10
    )
    print(
        f"{len(known.cards)} scorecards, {len(known.findings)} findings, {ranked} units ranked: "
        f"query {statistics.median(gathering):.2f} s + scoring {statistics.median(scoring):.2f} s "
        f"= {statistics.median(map(sum, zip(gathering, scoring, strict=True))):.2f} s "
        f"(median of {options.runs}, best {min(map(sum, zip(gathering, scoring, strict=True))):.2f} s); peak {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
