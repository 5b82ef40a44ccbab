"""The year-end assessment (年终考评): from the year's scorecards, the findings' handling, circulars
and others' results to one table. ``docs/assessment.md`` has the formulas.

All values are integers in hundredths (of a point, a percent, a working day). Each is rounded half up once
and the next step takes the rounded one, so that a person with a calculator gets the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

import msgspec

from checks.workdays import WorkCalendar
from config.assessment import Assessment, Deduction
from config.schema import Config, Unit, UnitGroup
from scorecards.handling import Handled, Task, settled_day
from scorecards.score import RANKED_GROUPS, hundredths
from scorecards.without import raw_deductions

FULL = 100_00
NO_CARD = "这次检测没有评判该单位"
SOURCES = {"third-party": "third_party", "prefecture": "prefecture", "province": "province"}
"""Who else inspects, and the setting that prices what they find."""


# --- what is known ---------------------------------------------------------------------------------


class CardRule(msgspec.Struct, frozen=True, gc=False):
    rule_id: str
    class_id: str
    count: int
    points: int
    cap: int | None
    deducted: int
    since: str | None = None


class CardClass(msgspec.Struct, frozen=True, gc=False):
    class_id: str
    title: str
    cap: int
    deducted: int


class Card(msgspec.Struct, frozen=True):
    """The parts of a stored scorecard that the assessment needs."""

    unit_id: str
    standard_digest: str
    graded: bool
    reason: str
    coverage: int | None
    classes: tuple[CardClass, ...]
    rules: tuple[CardRule, ...]
    order: tuple[str, ...]


card_decoder = msgspec.json.Decoder(Card)


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan that may count: complete or partial, scored under the standard."""

    id: int
    kind: str
    as_of: datetime
    day: int
    """Ordinal of the Shanghai day of ``as_of``."""
    units: frozenset[str] | None
    """What it was restricted to; ``None``: to nothing."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A row of the scheduler that names a scan."""

    kind: str
    slot: str
    due: int
    scan_id: int


@dataclass(frozen=True, slots=True)
class Circular:
    number: str
    issued: int
    units: frozenset[str]
    findings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Inspected:
    """A row of another inspector's workbook that stands for a finding."""

    source: str
    file: str
    sheet: str
    row: int
    unit_id: str | None
    finding_id: int
    day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that the table is made from."""

    config: Config
    assessment: Assessment
    first: int
    last: int
    """The period, as ordinals of days."""
    calendar: WorkCalendar
    scans: Sequence[Scan]
    slots: Sequence[Slot]
    cards: Mapping[tuple[int, str], Card]
    """By scan and unit."""
    findings: Mapping[int, Handled]
    ids: Mapping[str, int]
    """By fingerprint, at least of the findings with excluded days."""
    rules: Mapping[str, str]
    """The rule of each of these."""
    circulars: Sequence[Circular]
    inspected: Sequence[Inspected]


# --- what is made of it ------------------------------------------------------------------------------


class Term(msgspec.Struct, frozen=True, gc=False):
    """One class's part of a card."""

    title: str
    weight: int
    cap: int
    deducted: int
    before: int
    """What the card said before findings that do not count any more were removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A scan that counts for the unit."""

    kind: str
    slot: str
    day: int
    scan_id: int
    terms: tuple[Term, ...]
    score: int
    removed: tuple[str, ...] = ()
    """Fingerprints that its card counted and that were taken back or waived since."""


@dataclass(frozen=True, slots=True)
class Missed:
    """An occasion that does not count for the unit, and why."""

    kind: str
    slot: str
    day: int
    scan_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class KindPart:
    kind: str
    weight: int
    mean: int
    occasions: tuple[Occasion, ...]


class SettledTask(msgspec.Struct, frozen=True, gc=False):
    finding_id: int
    task: Task
    in_time: bool
    ended: int
    """The day to which its working days are counted."""
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationPart:
    tasks: tuple[SettledTask, ...]
    in_time: int
    rate: int
    days: int
    """Sum of the tasks' working days."""
    mean: int
    speed: int
    score: int


@dataclass(frozen=True, slots=True)
class DeductionPart:
    """``count`` × ``points`` up to ``cap``, in hundredths."""

    key: str
    count: int
    points: int
    cap: int
    deducted: int
    findings: tuple[tuple[int, int], ...] = ()
    """Day and finding of each that counts."""
    circulars: tuple[tuple[int, str], ...] = ()
    """Day and number of each circular that counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitResult:
    unit_id: str
    group: UnitGroup
    first: int
    last: int
    whole: bool
    """It existed for the whole period."""
    heirs: tuple[str, ...] = ()
    """Ids, where it has ceased to be by the end of the period."""
    predecessors: tuple[str, ...] = ()
    kinds: tuple[KindPart, ...] = ()
    missed: tuple[Missed, ...] = ()
    held: int = 0
    reached: int = 0
    scans: int | None = None
    rectification: RectificationPart | None = None
    deductions: tuple[DeductionPart, ...] = ()
    base: int | None = None
    total: int | None = None
    """``None``: 不评, with the ``reason``."""
    grade: str | None = None
    rank: int | None = None
    of: int | None = None
    reason: str = ""
    """Why it is not assessed, not graded or not ranked, in Chinese; empty when it is all three."""
    left_open: tuple[int, ...] = ()
    """Of a unit that has ceased to be: its findings that still stand."""

    @property
    def occasions(self) -> int:
        return sum(len(k.occasions) for k in self.kinds)


def half_up(value: Fraction) -> int:
    """Rounded half up; ``value`` >= 0."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


class WorkingDays:
    """Counts of working days over a span that is asked about again and again."""

    def __init__(self, calendar: WorkCalendar, first: int, last: int, grace: int) -> None:
        self._calendar, self._first, self._grace = calendar, first, grace
        self._sums = [0]
        for day in range(first + 1, last + 1):
            worked = calendar.is_workday(date.fromordinal(day))
            self._sums.append(self._sums[-1] + worked)

    def between(self, start: int, end: int) -> int:
        """Working days after ``start`` up to and including ``end``; 0 when ``end`` is not later."""
        if end <= start:
            return 0
        i, j = start - self._first, end - self._first
        if i >= 0 and j < len(self._sums):
            return self._sums[j] - self._sums[i]
        return self._calendar.workdays_between(date.fromordinal(start), date.fromordinal(end))

    def late(self, deadline: int, day: int) -> bool:
        """``day`` is later than the deadline and the working days of grace after it."""
        return self.between(deadline, day) > self._grace


def slot_of(kind: str, day: date) -> str:
    """The slot of a scan that the scheduler did not ask for."""
    if kind == "weekly":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if kind == "monthly":
        return f"{day.year}-{day.month:02d}"
    if kind == "quarterly":
        return f"{day.year}Q{(day.month + 2) // 3}"
    return str(day.year) if kind == "annual" else day.isoformat()


Occasions = dict[tuple[str, str], list[Scan]]


def occasions(
    scans: Iterable[Scan], slots: Iterable[Slot], assessment: Assessment, first: int, last: int
) -> Occasions:
    """The scans that count, by kind and slot, the newest first; in order of kind, then day."""
    weights = assessment.scans.by_kind
    named: dict[int, Slot] = {}
    for row in sorted(slots, key=lambda s: (s.scan_id, s.due, s.slot)):
        named.setdefault(row.scan_id, row)
    found: dict[tuple[str, str], list[tuple[bool, Scan]]] = defaultdict(list)
    for scan in scans:
        if not weights.get(scan.kind) or (scan.units is not None and scan.kind != "spot"):
            continue
        slot = named.get(scan.id)
        if slot is not None and slot.kind != scan.kind:
            slot = None
        if not first <= (slot.due if slot else scan.day) <= last:
            continue
        key = slot.slot if slot else slot_of(scan.kind, date.fromordinal(scan.day))
        placed = replace(scan, day=min(max(scan.day, first), last))
        found[scan.kind, key].append((slot is not None, placed))
    result: Occasions = {}
    order = list(weights)
    for (kind, key), held in found.items():
        asked = any(is_named for is_named, _ in held)
        kept = [scan for is_named, scan in held if is_named or not asked]
        result[kind, key] = sorted(kept, key=lambda s: (s.as_of, s.id), reverse=True)
    return dict(sorted(result.items(), key=lambda i: (order.index(i[0][0]), i[1][0].day, i[0][1])))


def assess(known: Known) -> list[UnitResult]:
    """Every unit of the period: by group, ranked ones first, best first."""
    return _Assessing(known).table()


class _Assessing:
    def __init__(self, known: Known) -> None:
        self.known, self.rules = known, known.assessment
        grace = self.rules.rectification.grace_workdays
        self.workdays = WorkingDays(known.calendar, known.first - 400, known.last + 400, grace)
        self.occasions = occasions(
            known.scans, known.slots, known.assessment, known.first, known.last
        )
        self.marks = {number: mark for mark, number in known.ids.items()}
        self.excluded = {
            mark: known.findings[number]
            for mark, number in known.ids.items()
            if number in known.findings and known.findings[number].excluded
        }
        self._scores: dict[tuple[tuple[int, int, int], ...], int | None] = {}
        self.tasks: dict[str, list[tuple[int, Task]]] = defaultdict(list)
        self.repeats: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.open: dict[str, list[int]] = defaultdict(list)
        for number, one in known.findings.items():
            for task in one.tasks:
                if task.unit_id:
                    self.tasks[task.unit_id].append((number, task))
            for repeat in one.repeats:
                if repeat.unit_id and one.counts_on(repeat.day):
                    self.repeats[repeat.unit_id].append((repeat.day, number))
            if one.unit_id and one.is_open:
                self.open[one.unit_id].append(number)
        self.inspected = self._inspected()

    def table(self) -> list[UnitResult]:
        results = [
            self._unit(unit)
            for unit in self.known.config.units
            if unit.group in RANKED_GROUPS and self._period(unit) is not None
        ]
        return _ranked(results)

    def _period(self, unit: Unit) -> tuple[int, int] | None:
        first = max(self.known.first, unit.valid_from.toordinal() if unit.valid_from else 0)
        last = self.known.last
        if unit.valid_to is not None:
            last = min(last, unit.valid_to.toordinal())
        return (first, last) if first <= last else None

    def _unit(self, unit: Unit) -> UnitResult:
        known = self.known
        first, last = self._period(unit) or (known.first, known.last)
        result = UnitResult(
            unit_id=unit.id,
            group=unit.group,
            first=first,
            last=last,
            whole=(first, last) == (known.first, known.last),
            predecessors=tuple(
                sorted(
                    u.id
                    for u in known.config.units
                    if unit.id in u.successors
                    and u.valid_to is not None
                    and u.valid_to.toordinal() <= known.last
                )
            ),
        )
        if last < known.last:
            heirs = known.config.heirs(unit.id, date.fromordinal(known.last))
            result = replace(
                result,
                heirs=tuple(u.id for u in heirs),
                left_open=tuple(sorted(self.open.get(unit.id, ()), key=self._mark)),
            )
        if not unit.confirmed:
            return replace(result, reason="名单未核对，不评")
        result = self._scanned(unit, result)
        if result.scans is None:
            return replace(result, reason="全年没有一次检测读到这个单位的足够内容，不评")
        return self._totalled(unit, result)

    def _mark(self, number: int) -> tuple[str, int]:
        return self.marks.get(number, ""), number

    # --- scans -----------------------------------------------------------------------------------

    def _scanned(self, unit: Unit, result: UnitResult) -> UnitResult:
        counted: dict[str, list[Occasion]] = defaultdict(list)
        missed: list[Missed] = []
        held = reached = 0
        for (kind, slot), scans in self.occasions.items():
            mine = [s for s in scans if result.first <= s.day <= result.last]
            if kind == "spot":
                mine = [s for s in mine if s.units is None or unit.id in s.units]
            if not mine:
                continue
            held += kind != "spot"
            occasion = self._occasion(unit.id, kind, slot, mine)
            if isinstance(occasion, Occasion):
                counted[kind].append(occasion)
                reached += kind != "spot"
            else:
                missed.append(occasion)
        weights = self.rules.scans.by_kind
        kinds = tuple(
            KindPart(
                kind,
                weights[kind],
                half_up(Fraction(sum(o.score for o in found), len(found))),
                tuple(found),
            )
            for kind in weights
            if (found := counted.get(kind))
        )
        total = None
        if kinds:
            weighed = sum(k.weight * k.mean for k in kinds)
            total = half_up(Fraction(weighed, sum(k.weight for k in kinds)))
        return replace(
            result, kinds=kinds, missed=tuple(missed), held=held, reached=reached, scans=total
        )

    def _occasion(
        self, unit_id: str, kind: str, slot: str, scans: Sequence[Scan]
    ) -> Occasion | Missed:
        for scan in scans:
            card = self.known.cards.get((scan.id, unit_id))
            if card is None or not card.graded:
                continue
            removed = self._removed(card, scan.day)
            terms = self._terms(card, removed)
            score = self._score(terms)
            if score is not None:
                return Occasion(
                    kind=kind,
                    slot=slot,
                    day=scan.day,
                    scan_id=scan.id,
                    terms=terms,
                    score=score,
                    removed=removed,
                )
        first = scans[0]
        card = self.known.cards.get((first.id, unit_id))
        reason = (card.reason if card else "") or NO_CARD
        return Missed(kind, slot, first.day, first.id, reason)

    def _removed(self, card: Card, day: int) -> tuple[str, ...]:
        if not self.excluded:
            return ()
        return tuple(
            mark
            for mark in sorted(self.excluded.keys() & card.order)
            if not self.excluded[mark].counts_on(day)
        )

    def _terms(self, card: Card, removed: Sequence[str]) -> tuple[Term, ...]:
        weights = self.rules.classes
        present = {r.class_id for r in card.rules}
        raw: Mapping[str, int] | None = None
        if removed:
            raw = raw_deductions(card.rules, Counter(self.known.rules[m] for m in removed))
        return tuple(
            Term(
                c.title,
                weights[c.class_id],
                c.cap,
                c.deducted if raw is None else min(raw[c.class_id], c.cap),
                c.deducted,
            )
            for c in card.classes
            if c.class_id in present and c.cap > 0 and weights.get(c.class_id)
        )

    def _score(self, terms: Sequence[Term]) -> int | None:
        key = tuple((t.weight, t.cap, t.deducted) for t in terms)
        if key not in self._scores:
            weight = sum(t.weight for t in terms)
            left = sum(
                (Fraction(t.weight * (t.cap - t.deducted), t.cap) for t in terms), Fraction()
            )
            self._scores[key] = half_up(left / weight * FULL) if weight else None
        return self._scores[key]

    # --- the rest --------------------------------------------------------------------------------

    def _rectification(self, unit: Unit, result: UnitResult) -> RectificationPart | None:
        rules, late = self.rules.rectification, self.workdays.late
        settled: list[SettledTask] = []
        for number, task in self.tasks.get(unit.id, ()):
            seen = task
            if task.mended is not None and task.mended > result.last:
                seen = msgspec.structs.replace(task, mended=None, claimed=False)
            day, in_time = settled_day(seen, late)
            if not result.first <= day <= result.last:
                continue
            ended = seen.mended or min(seen.waived or result.last, result.last)
            if not in_time and seen.mended is None:
                stopped = min(ended, seen.disputed or ended)
                if not late(seen.deadline, stopped):
                    continue
            one = self.known.findings[number]
            if one.excluded and not (one.counts_on(day) and one.counts_on(task.reminded)):
                continue
            settled.append(
                SettledTask(
                    number, seen, in_time, ended, self.workdays.between(task.reminded, ended)
                )
            )
        if not settled:
            return None
        marks = self.marks
        settled.sort(
            key=lambda s: (
                s.task.reminded,
                s.task.deadline,
                marks.get(s.finding_id, ""),
                s.finding_id,
            )
        )
        n, in_time_n = len(settled), sum(s.in_time for s in settled)
        days = sum(s.days for s in settled)
        rate, mean = half_up(Fraction(in_time_n * FULL, n)), half_up(Fraction(days * 100, n))
        full, zero = rules.full_workdays * 100, rules.zero_workdays * 100
        speed = (
            FULL
            if mean <= full
            else 0
            if mean >= zero
            else half_up(Fraction((zero - mean) * FULL, zero - full))
        )
        weighed = Fraction(rules.rate * rate + rules.days * speed, rules.rate + rules.days)
        return RectificationPart(
            tasks=tuple(settled),
            in_time=in_time_n,
            rate=rate,
            days=days,
            mean=mean,
            speed=speed,
            score=half_up(weighed),
        )

    def _inspected(self) -> dict[tuple[str, str], dict[int, int]]:
        """By source and unit: the findings that count, each with its first day."""
        found: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for row in self.known.inspected:
            one = self.known.findings.get(row.finding_id)
            if one is None or not one.certain or not one.counts_on(row.day):
                continue
            unit_id = row.unit_id or one.unit_id
            if unit_id:
                found[row.source, unit_id].append((row.day, row.finding_id))
        result: dict[tuple[str, str], dict[int, int]] = {}
        for key, rows in found.items():
            days: dict[int, int] = {}
            for day, number in sorted(rows):
                days.setdefault(number, day)
            result[key] = days
        return result

    def _circulars(self, unit: Unit, result: UnitResult) -> tuple[tuple[int, str], ...]:
        found = []
        for circular in self.known.circulars:
            if unit.id not in circular.units or not result.first <= circular.issued <= result.last:
                continue
            theirs = [
                one
                for number in circular.findings
                if (one := self.known.findings.get(number)) and self._answers(unit, one, circular)
            ]
            if theirs and not any(one.counts_on(circular.issued) for one in theirs):
                continue
            found.append((circular.issued, circular.number))
        return tuple(sorted(found))

    def _answers(self, unit: Unit, one: Handled, circular: Circular) -> bool:
        if one.unit_id is None or one.unit_id == unit.id:
            return one.unit_id is not None
        heirs = self.known.config.heirs(one.unit_id, date.fromordinal(circular.issued))
        return any(u.id == unit.id for u in heirs)

    def _deductions(self, unit: Unit, result: UnitResult) -> tuple[DeductionPart, ...]:
        def within(found: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
            kept = [f for f in found if result.first <= f[0] <= result.last]
            return tuple(sorted(kept, key=lambda f: (f[0], *self._mark(f[1]))))

        repeats = within(self.repeats.get(unit.id, ()))
        circulars = self._circulars(unit, result)
        parts = [
            _deduction("repeats", self.rules.repeats, len(repeats), findings=repeats),
            _deduction("circulars", self.rules.circulars, len(circulars), circulars=circulars),
        ]
        for source, key in SOURCES.items():
            days = self.inspected.get((source, unit.id), {})
            rows = within((day, number) for number, day in days.items())
            parts.append(_deduction(key, getattr(self.rules, key), len(rows), findings=rows))
        return tuple(parts)

    def _totalled(self, unit: Unit, result: UnitResult) -> UnitResult:
        rectification = self._rectification(unit, result)
        deductions = self._deductions(unit, result)
        parts, scans = self.rules.parts, result.scans or 0
        base = scans
        if rectification is not None:
            weighed = parts.scans * scans + parts.rectification * rectification.score
            base = half_up(Fraction(weighed, parts.scans + parts.rectification))
        total = max(0, base - sum(d.deducted for d in deductions))
        reasons = self._not_graded(result)
        grade = None
        if not reasons:
            grades = self.rules.grades_of(unit.group.value)
            grade = next(g.title for g in grades if total >= hundredths(g.at_least))
            if not result.whole:
                span = f"{date.fromordinal(result.first)} 至 {date.fromordinal(result.last)}"
                reasons = [f"只在 {span} 存续，按这一段评，不与全年的单位一起排名"]
        return replace(
            result,
            rectification=rectification,
            deductions=deductions,
            base=base,
            total=total,
            grade=grade,
            reason="；".join(reasons),
        )

    def _not_graded(self, result: UnitResult) -> list[str]:
        rules, reasons = self.rules, []
        if result.occasions < rules.min_scans:
            reasons.append(f"只检测到 {result.occasions} 次，不足 {rules.min_scans} 次，不定等次")
        if result.reached * 100 < rules.min_reached * result.held:
            reasons.append(
                f"应检 {result.held} 次，检测到 {result.reached} 次，"
                f"不足 {rules.min_reached}%，不定等次"
            )
        return reasons


def _deduction(
    key: str,
    price: Deduction,
    count: int,
    *,
    findings: tuple[tuple[int, int], ...] = (),
    circulars: tuple[tuple[int, str], ...] = (),
) -> DeductionPart:
    points, cap = hundredths(price.points), hundredths(price.cap)
    return DeductionPart(key, count, points, cap, min(count * points, cap), findings, circulars)


def _ranked(results: Iterable[UnitResult]) -> list[UnitResult]:
    """Ranks within each group, of the units that are graded and existed for the whole period."""
    table: list[UnitResult] = []
    by_group: dict[UnitGroup, list[UnitResult]] = defaultdict(list)
    for result in results:
        by_group[result.group].append(result)
    for group in RANKED_GROUPS:
        mine = sorted(by_group[group], key=lambda r: (-(r.total or 0), r.unit_id))
        judged = [r for r in mine if r.grade is not None and r.whole]
        place = 0
        for i, result in enumerate(judged):
            if i == 0 or result.total != judged[i - 1].total:
                place = i + 1
            table.append(replace(result, rank=place, of=len(judged)))
        table += [r for r in mine if r.total is not None and not (r.grade and r.whole)]
        table += [r for r in mine if r.total is None]
    return table
