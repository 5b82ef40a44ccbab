"""Rules that count only from a day to come: told, and neither scored nor covered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from checks.model import Outcome, OutcomeKind, Scope, Severity, Subject
from config.schema import RuleSetting, ScoreClass, Standard, Unit, UnitGroup
from scorecards.score import Counted, Coverage, Scorecard, score, tally

SINCE = date(2019, 1, 1)
EVE, DAY = date(2018, 12, 31), SINCE
UNIT = Unit(id="u", name="市水利局", short="水利局", group=UnitGroup.DEPARTMENT)
STANDARD = Standard(
    id="t",
    title="测试标准",
    basis="无",
    subject="unit",
    classes=(ScoreClass(id="all", title="全部", label="问题", cap=Decimal(40)),),
    rules={
        "missing-column": RuleSetting(score_class="all", points=Decimal(5)),
        "missing-periodic": RuleSetting(score_class="all", points=Decimal(3), since=SINCE),
    },
)


def card(today: date) -> Scorecard:
    as_of = datetime(today.year, today.month, today.day, 4, tzinfo=UTC)
    counted = [
        Counted(
            fingerprint=f"{rule}-{n}",
            rule_id=rule,
            subject_key=f"{rule}/{n}",
            severity=Severity.COMMON,
            measured_at=as_of,
        )
        for rule, many in (("missing-column", 1), ("missing-periodic", 2))
        for n in range(many)
    ]
    cover = Coverage(verified=9, applicable=10, rules=frozenset(STANDARD.rules))
    return score(UNIT, counted, [], cover, STANDARD, as_of, today=today, max_age_days=35)


def test_a_rule_counts_from_its_day_and_not_the_day_before() -> None:
    assert STANDARD.ahead("missing-periodic", EVE) == SINCE
    assert STANDARD.ahead("missing-periodic", DAY) is None
    assert STANDARD.ahead("missing-column", EVE) is None
    assert STANDARD.ahead("no-such-rule", EVE) is None


def test_what_does_not_count_yet_takes_no_points_and_is_no_problem_of_its_class() -> None:
    eve, day = card(EVE), card(DAY)
    assert (eve.score_high, eve.classes[0].count) == (9500, 1)
    assert (day.score_high, day.classes[0].count) == (8900, 3)
    lines = {line.rule_id: line for line in eve.rules}
    assert (lines["missing-periodic"].count, lines["missing-periodic"].since) == (2, SINCE)
    assert eve.restores["missing-periodic-0"] == 0


def test_what_does_not_count_yet_neither_covers_nor_uncovers() -> None:
    def outcome(rule: str, key: str, kind: OutcomeKind) -> Outcome:
        subject = Subject(
            scope=Scope.COLUMN, key=key, site_id="s", unit_id="u", title=key, url=None
        )
        return Outcome(rule_id=rule, subject=subject, kind=kind, reason="")

    said = [
        outcome("missing-column", "a", OutcomeKind.FINE),
        outcome("missing-periodic", "a", OutcomeKind.UNVERIFIED),
        outcome("missing-periodic", "b", OutcomeKind.UNVERIFIED),
    ]
    before, doubts = tally(said, UNIT, STANDARD, STANDARD.rules, EVE)
    assert (before.verified, before.applicable, doubts) == (1, 1, [])
    after, doubts = tally(said, UNIT, STANDARD, STANDARD.rules, DAY)
    assert (after.verified, after.applicable, len(doubts)) == (0, 2, 2)
