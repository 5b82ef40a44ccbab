"""The year-end table as it must be: ``docs/assessment.md`` done by hand over the truth's year.

All values are integers in hundredths, each line rounded half up once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from tests.replica.year import cast, days
from tests.replica.year.regime import Regime, standard, tariff

KINDS = ("spot", "weekly", "monthly", "quarterly", "annual")


def rounded(value: Fraction) -> int:
    """Half up to a hundredth; of a value in points (or per cent, or days)."""
    return int((value * 200 + 1) // 2)


@dataclass(slots=True)
class Row:
    """One unit's line; hundredths throughout, counts aside."""

    unit: str
    group: str
    partial: bool
    """It did not stand for the whole period."""
    occasions: dict[str, int] = field(default_factory=dict)
    means: dict[str, int] = field(default_factory=dict)
    scans: int | None = None
    tasks: int = 0
    in_time: int = 0
    rate: int | None = None
    mean_days: int | None = None
    speed: int | None = None
    rectification: int | None = None
    repeats: int = 0
    repeats_off: int = 0
    circulars: int = 0
    circulars_off: int = 0
    inspected: dict[str, int] = field(default_factory=dict)
    inspected_off: dict[str, int] = field(default_factory=dict)
    held: int = 0
    reached: int = 0
    base: int | None = None
    total: int | None = None
    rank: int | None = None
    of: int | None = None
    grade: str = ""


def table(regime: Regime, first: date, last: date) -> dict[str, Row]:
    """Every unit's line for the days ``first`` to ``last`` (one year's)."""
    rules = standard()["assessment"]
    rows = {}
    for resident in cast.RESIDENTS:
        start, end = max(first, resident.since or first), min(last, resident.until or last)
        if start <= end:
            rows[resident.id] = _row(
                regime, rules, resident, start, end, (start, end) != (first, last)
            )
    _rank(rules, rows)
    return rows


def _row(
    regime: Regime,
    rules: dict[str, Any],
    resident: cast.Resident,
    start: date,
    end: date,
    partial: bool,
) -> Row:
    row = Row(resident.id, resident.body.group, partial)
    _scans(regime, rules, row, start, end)
    _rectification(regime, rules["rectification"], row, start, end)
    recurred = [
        s
        for case in regime.cases.values()
        for s in case.stretches[1:]
        if s.unit == row.unit and start <= s.began <= end
    ]
    row.repeats = len(recurred)
    row.repeats_off = _off(rules["repeats"], row.repeats)
    row.circulars = sum(start <= c.day <= end and row.unit in c.named for c in regime.circulars)
    row.circulars_off = _off(rules["circulars"], row.circulars)
    for source, key in (
        ("third-party", "third_party"),
        ("prefecture", "prefecture"),
        ("province", "province"),
    ):
        row.inspected[source] = regime.inspected(row.unit, source, start, end)
        row.inspected_off[source] = _off(rules[key], row.inspected[source])
    _total(rules["parts"], row)
    return row


def _off(rule: dict[str, Any], n: int) -> int:
    return min(n * round(rule["points"] * 100), round(rule["cap"] * 100))


def _scans(regime: Regime, rules: dict[str, Any], row: Row, start: date, end: date) -> None:
    weights, classes = rules["scans"], rules["classes"]
    _, caps = tariff(row.group)
    scores: dict[str, list[int]] = defaultdict(list)
    slots: set[tuple[str, str]] = set()
    for card in regime.cards:
        if card.unit != row.unit or not start <= card.day <= end or not weights[card.kind]:
            continue
        used = {c: w for c, w in classes.items() if c in caps and caps[c] > 0 and w}
        kept = sum(Fraction(w * (caps[c] - card.deducted[c]), caps[c]) for c, w in used.items())
        scores[card.kind].append(rounded(kept / sum(used.values()) * 100))
        slots.add((card.kind, card.slot))
    for kind in KINDS:
        if scores[kind]:
            row.occasions[kind] = len(scores[kind])
            row.means[kind] = rounded(Fraction(sum(scores[kind]), 100 * len(scores[kind])))
    if row.means:
        weight = sum(weights[k] for k in row.means)
        row.scans = rounded(
            Fraction(sum(weights[k] * m for k, m in row.means.items()), 100 * weight)
        )
    held = {(k, s) for k, s, day in regime.held if k != "spot" and start <= day <= end}
    row.held, row.reached = len(held), len(held & slots)


def _rectification(regime: Regime, rules: dict[str, Any], row: Row, start: date, end: date) -> None:
    grace, used = rules["grace_workdays"], []
    for case in regime.cases.values():
        for s in case.stretches:
            if s.unit != row.unit or s.first_deadline is None or s.reminded is None:
                continue
            mended = s.mended if s.mended is not None and s.mended <= end else None
            timely = mended is not None and days.workdays(s.first_deadline, mended) <= grace
            settled = mended if timely and mended is not None else s.first_deadline
            if not start <= settled <= end:
                continue
            if not timely and days.workdays(s.first_deadline, end) <= grace:
                continue
            row.tasks += 1
            row.in_time += timely
            used.append(days.workdays(s.reminded, mended or end))
    if not row.tasks:
        return
    row.rate = rounded(Fraction(row.in_time * 100, row.tasks))
    row.mean_days = rounded(Fraction(sum(used), row.tasks))
    full, zero = rules["full_workdays"], rules["zero_workdays"]
    mean = Fraction(row.mean_days, 100)
    if mean <= full:
        row.speed = 10_000
    elif mean >= zero:
        row.speed = 0
    else:
        row.speed = rounded((zero - mean) / (zero - full) * 100)
    weight = rules["rate"] + rules["days"]
    row.rectification = rounded(
        Fraction(rules["rate"] * row.rate + rules["days"] * row.speed, 100 * weight)
    )


def _total(parts: dict[str, Any], row: Row) -> None:
    if row.scans is None:
        return
    if row.rectification is None:
        row.base = row.scans
    else:
        weight = parts["scans"] + parts["rectification"]
        points = parts["scans"] * row.scans + parts["rectification"] * row.rectification
        row.base = rounded(Fraction(points, 100 * weight))
    off = row.repeats_off + row.circulars_off + sum(row.inspected_off.values())
    row.total = max(0, row.base - off)


def _rank(rules: dict[str, Any], rows: dict[str, Row]) -> None:
    for row in rows.values():
        counted = sum(row.occasions.values())
        settled = (
            row.total is not None
            and counted >= rules["min_scans"]
            and row.reached * 100 >= rules["min_reached"] * row.held
        )
        if settled and row.total is not None:
            total = row.total
            row.grade = next(
                g["title"] for g in rules["grades"] if total >= round(g["at_least"] * 100)
            )
    for group in cast.GROUPS:
        ranked = [r for r in rows.values() if r.group == group and r.grade and not r.partial]
        for row in ranked:
            assert row.total is not None
            row.rank = 1 + sum(o.total is not None and o.total > row.total for o in ranked)
            row.of = len(ranked)
