"""From a unit's findings and a standard to its scorecard (记分卡), and the ranks.

Points are integers in hundredths of a point; coverage is in hundredths of a percent. A score can be
recomputed by hand from the card's own lines: rule by rule count × points up to the rule's cap,
class by class the sum up to the class's cap, and what is left of the total.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import msgspec

from checks.model import Outcome, OutcomeKind, Scope, Severity
from checks.registry import RULES
from config.schema import RuleSetting, Standard, Unit, UnitGroup

SCHEMA = "xunjian.scorecard/1"
NOT_REACHED = "本次检测没有读到这个单位的任何内容"

PARTY_RULES = frozenset({"missing-budget"})
"""Party bodies publish elsewhere; the city's sites owe only their budgets."""

RANKED_GROUPS = (UnitGroup.DEPARTMENT, UnitGroup.PARTY, UnitGroup.TOWN)
"""In this order; the city itself is not ranked, its findings go to the units responsible."""


class IncompleteJudgement(ValueError):
    """The standard counts rules that were never run for the unit: there is no score to be had."""

    def __init__(self, unit_id: str, rules: Collection[str]) -> None:
        super().__init__(f"单位 {unit_id} 缺少规则 {'、'.join(sorted(rules))} 的结果，不能评分")
        self.unit_id = unit_id
        self.rules = tuple(sorted(rules))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A standing finding of the unit, as the score needs it (revoked and waived ones left out)."""

    fingerprint: str
    rule_id: str
    subject_key: str
    severity: Severity
    measured_at: datetime
    """When its subject was last fetched and judged (aware)."""
    suspected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedSubject:
    """A subject that one rule could not judge."""

    rule_id: str
    subject_key: str
    title: str
    reason: str
    """In Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of what applies to the unit could be judged."""

    verified: int
    """Subjects that could be judged (``tally`` says when one was)."""
    applicable: int
    """Subjects to which a rule of the standard applies."""
    rules: frozenset[str]
    """Rules that were run for the unit, also those with nothing to judge."""


def tally(
    outcomes: Iterable[Outcome],
    unit: Unit,
    standard: Standard,
    ran: Collection[str],
    today: date,
) -> tuple[Coverage, list[UnverifiedSubject]]:
    """Coverage and what could not be judged, from the outcomes on one unit's subjects.

    A column, catalogue or site is verified when every rule that applies to it could decide: each
    asks for a duty of its own. A page is asked many small questions, and one link that did not
    answer does not unread it: it is verified unless more than half of the page rules could not
    decide. ``ran`` names the rules that the judging ran at all: a rule that found no subject of
    this unit (no article since ``judge_from``) has no outcome and is none the less judged. What does
    not count yet ``today`` neither covers nor uncovers.
    """
    counts = {r for r in rules_for(unit, standard) if standard.ahead(r, today) is None}
    page_rules = sum(r in RULES and RULES[r].scope is Scope.PAGE for r in counts)
    applicable: dict[str, Scope] = {}
    unverified: dict[tuple[str, str], UnverifiedSubject] = {}
    rules = set(ran)
    for outcome in outcomes:
        rules.add(outcome.rule_id)
        if outcome.rule_id not in counts or outcome.kind is OutcomeKind.NOT_APPLICABLE:
            continue
        subject = outcome.subject
        applicable[subject.key] = subject.scope
        if outcome.kind is OutcomeKind.UNVERIFIED:
            unverified[outcome.rule_id, subject.key] = UnverifiedSubject(
                rule_id=outcome.rule_id,
                subject_key=subject.key,
                title=subject.title,
                reason=outcome.reason,
            )
    missed = Counter(key for _, key in unverified)
    verified = sum(
        missed[key] * 2 <= page_rules if scope is Scope.PAGE else missed[key] == 0
        for key, scope in applicable.items()
    )
    coverage = Coverage(verified=verified, applicable=len(applicable), rules=frozenset(rules))
    return coverage, [unverified[key] for key in sorted(unverified)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """One rule's part of a card; all points in hundredths."""

    rule_id: str
    class_id: str
    count: int
    points: int
    """For each."""
    cap: int | None
    deducted: int
    """``count × points``, at most ``cap``."""
    unverified: int
    """Subjects that it could not judge."""
    deducted_low: int
    """The same with each of these taken for a fault."""
    mend_one: int
    """What mending one of its findings gives back."""
    mend_all: int
    """What mending all of its findings gives back."""
    suspected: int = 0
    unconfirmed: bool = False
    """The city published no such points: they are a setting of ours."""
    since: date | None = None
    """Set only while the rule does not count yet: the day from which it will."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLine:
    """One class's part of a card; all points in hundredths."""

    class_id: str
    title: str
    label: str
    cap: int
    count: int
    raw: int
    """Sum of its rules' deductions."""
    deducted: int
    """``raw``, at most ``cap``."""
    deducted_low: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A unit's card under one standard, as of one instant."""

    schema: str
    unit_id: str
    group: UnitGroup
    standard_id: str
    standard_digest: str
    as_of: datetime
    total: int
    score_high: int | None
    """Hundredths; ``None`` when the unit was not reached at all (never 0, never full)."""
    score_low: int | None
    coverage: int | None
    """Hundredths of a percent, rounded down; ``None`` when nothing applies."""
    verified: int
    applicable: int
    graded: bool
    """The coverage suffices; otherwise the unit is shown as 未评分 and not ranked."""
    reason: str
    """Why it is not graded, in Chinese; empty when it is."""
    classes: tuple[ClassLine, ...]
    """In the standard's order."""
    rules: tuple[RuleLine, ...]
    """Every rule that counts for the unit, in the order of classes, then rule ids."""
    restores: dict[str, int]
    """By fingerprint: what comes back if just this finding were mended."""
    order: tuple[str, ...]
    """Fingerprints of the counted findings, those that give the most back first."""
    uncounted: int
    """Findings that this standard does not count for this unit."""
    suspected: int


def rules_for(unit: Unit, standard: Standard) -> dict[str, RuleSetting]:
    """The rules of the standard that count for the unit, in the order of classes, then ids."""
    classes = {c.id: i for i, c in enumerate(standard.classes)}
    party = unit.group is UnitGroup.PARTY
    return {
        rule_id: setting
        for rule_id, setting in sorted(
            standard.rules.items(), key=lambda item: (classes[item[1].score_class], item[0])
        )
        if not party or rule_id in PARTY_RULES
    }


def hundredths(points: Decimal) -> int:
    """Points as an integer; raises ``ValueError`` for more than two decimal places."""
    value = points * 100
    if value != value.to_integral_value():
        raise ValueError(f"分值 {points} 超过两位小数")
    return int(value)


@dataclass(frozen=True, slots=True)
class Tariff:
    """One rule's price: what ``n`` faults cost under its own cap."""

    points: int
    cap: int | None
    counts: bool

    def __call__(self, n: int) -> int:
        if not self.counts:
            return 0
        cost = max(n, 0) * self.points
        return cost if self.cap is None else min(cost, self.cap)


def score(
    unit: Unit,
    counted: Sequence[Counted],
    unverified: Sequence[UnverifiedSubject],
    coverage: Coverage,
    standard: Standard,
    as_of: datetime,
    *,
    today: date,
    max_age_days: int,
    reached: bool = True,
) -> Scorecard:
    """The unit's card. ``reached``: the scan itself read something of the unit; without that it
    gives no score, whatever earlier scans have left to rest on.

    ``today`` is the Shanghai day of ``as_of``. Findings measured more than ``max_age_days`` before
    ``as_of`` deduct from ``score_low`` only. Raises ``IncompleteJudgement`` when a rule of the
    standard was not run for the unit, ``ValueError`` for a standard that scores sites.
    """
    if standard.subject != "unit":
        raise ValueError(f"检查标准 {standard.id} 以网站为对象，不能给单位评分")
    settings = rules_for(unit, standard)
    if not_run := settings.keys() - coverage.rules:
        raise IncompleteJudgement(unit.id, not_run)
    caps = {c.id: hundredths(c.cap) for c in standard.classes}
    tariffs = {
        rule_id: Tariff(
            hundredths(s.points),
            None if s.cap is None else hundredths(s.cap),
            standard.ahead(rule_id, today) is None,
        )
        for rule_id, s in settings.items()
    }

    oldest = as_of - timedelta(days=max_age_days)
    distinct = {c.fingerprint: c for c in counted}.values()
    mine = [c for c in distinct if c.rule_id in settings]
    standing = [c for c in mine if not c.suspected and c.measured_at >= oldest]
    counts = Counter(c.rule_id for c in standing)
    suspected = Counter(c.rule_id for c in mine if c.suspected)
    # A subject with a fault of the rule has been judged, or was once: it is not a second fault.
    faulty = {(c.rule_id, c.subject_key) for c in standing}
    doubtful = {(u.rule_id, u.subject_key) for u in unverified if u.rule_id in settings}
    doubtful |= {
        (c.rule_id, c.subject_key) for c in mine if not c.suspected and c.measured_at < oldest
    }
    unknown = Counter(rule_id for rule_id, key in doubtful - faulty)

    def class_costs(numbers: Mapping[str, int]) -> dict[str, int]:
        costs: dict[str, int] = dict.fromkeys(caps, 0)
        for rule_id, s in settings.items():
            costs[s.score_class] += tariffs[rule_id](numbers.get(rule_id, 0))
        return costs

    high_raw, low_raw = class_costs(counts), class_costs(counts + unknown)

    def gives_back(rule_id: str, n: int) -> int:
        """What mending ``n`` findings of a rule gives back, both caps considered."""
        tariff, class_id = tariffs[rule_id], settings[rule_id].score_class
        before = high_raw[class_id]
        after = before - tariff(counts[rule_id]) + tariff(counts[rule_id] - n)
        return min(before, caps[class_id]) - min(after, caps[class_id])

    rule_lines = tuple(
        RuleLine(
            rule_id=rule_id,
            class_id=s.score_class,
            count=counts[rule_id],
            points=tariffs[rule_id].points,
            cap=tariffs[rule_id].cap,
            deducted=tariffs[rule_id](counts[rule_id]),
            unverified=unknown[rule_id],
            deducted_low=tariffs[rule_id](counts[rule_id] + unknown[rule_id]),
            mend_one=gives_back(rule_id, 1),
            mend_all=gives_back(rule_id, counts[rule_id]),
            suspected=suspected[rule_id],
            unconfirmed=s.unconfirmed,
            since=None if tariffs[rule_id].counts else s.since,
        )
        for rule_id, s in settings.items()
    )
    by_class: dict[str, int] = defaultdict(int)
    for line in rule_lines:
        by_class[line.class_id] += line.count if line.since is None else 0
    class_lines = tuple(
        ClassLine(
            class_id=c.id,
            title=c.title,
            label=c.label,
            cap=caps[c.id],
            count=by_class[c.id],
            raw=high_raw[c.id],
            deducted=min(high_raw[c.id], caps[c.id]),
            deducted_low=min(low_raw[c.id], caps[c.id]),
        )
        for c in standard.classes
    )

    total = hundredths(standard.total)
    silent = not reached and coverage.applicable > 0
    reached = reached and coverage.verified > 0
    graded = reached and coverage.verified * 100 >= standard.min_coverage * coverage.applicable
    return Scorecard(
        schema=SCHEMA,
        unit_id=unit.id,
        group=unit.group,
        standard_id=standard.id,
        standard_digest=standard.digest,
        as_of=as_of.astimezone(UTC),
        total=total,
        score_high=max(0, total - sum(c.deducted for c in class_lines)) if reached else None,
        score_low=max(0, total - sum(c.deducted_low for c in class_lines)) if reached else None,
        coverage=(
            coverage.verified * 10_000 // coverage.applicable if coverage.applicable else None
        ),
        verified=coverage.verified,
        applicable=coverage.applicable,
        graded=graded,
        reason=""
        if graded
        else NOT_REACHED
        if silent
        else _why_not(coverage, standard.min_coverage),
        classes=class_lines,
        rules=rule_lines,
        restores={
            c.fingerprint: gives_back(c.rule_id, 1)
            for c in sorted(standing, key=lambda c: c.fingerprint)
        },
        order=most_first(
            ((c.fingerprint, c.rule_id, c.severity) for c in standing), rule_lines, class_lines
        ),
        uncounted=len(distinct) - len(mine),
        suspected=sum(suspected.values()),
    )


def _why_not(coverage: Coverage, min_coverage: int) -> str:
    if coverage.applicable == 0:
        return "本次检测的站点上没有应检查该单位的内容"
    if coverage.verified == 0:
        return f"本次没有检测到（{coverage.applicable} 项均未能核实）"
    percent = coverage.verified * 1000 // coverage.applicable
    return f"覆盖率 {percent // 10}.{percent % 10}%，低于 {min_coverage}%"


_SEVERITY = {Severity.SERIOUS: 0, Severity.COMMON: 1, Severity.HINT: 2}


def most_first(
    standing: Iterable[tuple[str, str, Severity]],
    lines: Iterable[RuleLine],
    classes: Iterable[ClassLine],
) -> tuple[str, ...]:
    """What gives the most back first, rule by rule; ``standing``: fingerprint, rule, severity.

    Under a cap that has run full one finding alone gives nothing back though its rule may give the
    most, so each counts with its share of what mending all of its rule gives back (never less than
    ``mend_one``, for caps only make the first ones cheap). Ties: severity, weight of the class.
    """
    line = {r.rule_id: r for r in lines}
    weight = {c.class_id: c.cap for c in classes}

    def key(c: tuple[str, str, Severity]) -> tuple[Fraction, int, int, int, int, str, str]:
        mark, rule_id, severity = c
        r = line[rule_id]
        return (
            -Fraction(r.mend_all, r.count),
            -r.mend_all,
            _SEVERITY[severity],
            -weight[r.class_id],
            -r.points,
            rule_id,
            mark,
        )

    return tuple(mark for mark, _, _ in sorted(standing, key=key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rank:
    unit_id: str
    group: UnitGroup
    rank: int
    """From 1 within the group; equal scores share it and the next ones are skipped (1, 1, 3)."""
    of: int
    """Units ranked in the group."""


def rank(cards: Iterable[Scorecard], units: Iterable[Unit]) -> list[Rank]:
    """The ranks within each group, best first: confirmed units with graded cards only.

    Raises ``ValueError`` for two cards of one unit.
    """
    known = {u.id: u for u in units}
    groups: dict[UnitGroup, list[tuple[int, str]]] = {g: [] for g in RANKED_GROUPS}
    done: set[str] = set()
    for card in cards:
        if card.unit_id in done:
            raise ValueError(f"单位 {card.unit_id} 有两张记分卡")
        done.add(card.unit_id)
        unit = known.get(card.unit_id)
        if unit is None or not unit.confirmed or not card.graded or card.score_high is None:
            continue
        if unit.group in groups:
            groups[unit.group].append((-card.score_high, card.unit_id))
    result: list[Rank] = []
    for group, entries in groups.items():
        entries.sort()
        place = 0
        for i, (points, unit_id) in enumerate(entries):
            if i == 0 or points != entries[i - 1][0]:
                place = i + 1
            result.append(Rank(unit_id=unit_id, group=group, rank=place, of=len(entries)))
    return result


def encode(card: Scorecard) -> bytes:
    """The card as JSON: the same card is the same bytes on every machine."""
    return msgspec.json.encode(card, order="sorted")


def decode(data: bytes | str) -> Scorecard:
    """Raises ``msgspec.DecodeError`` for what is no card."""
    return msgspec.json.decode(data, type=Scorecard)


def points_text(value: int) -> str:
    """``8650`` → ``86.5``; at least no decimals, at most two."""
    whole, part = divmod(abs(value), 100)
    text = f"{whole}.{part:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if value < 0 else text


def percent_text(value: int) -> str:
    """Hundredths of a percent to one decimal, rounded down: ``9299`` → ``92.9%``; ``100%``."""
    return "100%" if value >= 10_000 else f"{value // 100}.{value % 100 // 10}%"


def arithmetic(card: Scorecard, titles: Mapping[str, str]) -> list[str]:
    """The lines by which a person recomputes the score (in Chinese); ``titles`` by rule id."""
    lines: list[str] = []
    for c in card.classes:
        rules = [r for r in card.rules if r.class_id == c.class_id and (r.count or r.unverified)]
        lines += [_rule_text(r, titles.get(r.rule_id, r.rule_id)) for r in rules]
        text = f"{c.title}：共扣 {points_text(c.deducted)} 分（最多扣 {points_text(c.cap)} 分"
        if c.raw > c.cap:
            text += f"，各项合计 {points_text(c.raw)} 分，按上限计"
        lines.append(text + "）")
    if card.score_high is not None and card.score_low is not None:
        minus = " - ".join(points_text(c.deducted) for c in card.classes)
        lines.append(f"得分：{points_text(card.total)} - {minus} = {points_text(card.score_high)}")
        if card.score_low != card.score_high:
            lines.append(f"未能核实的都算有问题时，最低 {points_text(card.score_low)}")
    return lines


def _rule_text(line: RuleLine, title: str) -> str:
    text = f"  {title}：{line.count} 个"
    if line.since is not None:
        return f"{text}，{line.since.isoformat()} 起计分，现在不扣分"
    raw = line.count * line.points
    text += f" × {points_text(line.points)} = {points_text(raw)} 分"
    if raw > line.deducted:
        text += f"，按本项上限扣 {points_text(line.deducted)} 分"
    if line.unverified:
        text += f"；另有 {line.unverified} 项未能核实"
    return text
