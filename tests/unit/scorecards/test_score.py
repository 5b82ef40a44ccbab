from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.model import Outcome, OutcomeKind, Scope, Severity, Subject
from config.schema import RuleSetting, ScoreClass, Standard, Unit, UnitGroup
from scorecards.score import (
    Counted,
    Coverage,
    IncompleteJudgement,
    Scorecard,
    UnverifiedSubject,
    arithmetic,
    decode,
    encode,
    hundredths,
    percent_text,
    points_text,
    rank,
    rules_for,
    score,
    tally,
)

AS_OF = datetime(2018, 6, 4, 1, 0, tzinfo=UTC)
TODAY = date(2018, 6, 4)
CLASSES = (("completeness", 40), ("timeliness", 35), ("content", 15), ("layout", 10))
RULES: dict[str, tuple[str, str, str | None]] = {
    "missing-column": ("completeness", "5", None),
    "blank-column": ("completeness", "4", "20"),
    "missing-budget": ("completeness", "10", None),
    "overdue-column": ("timeliness", "5", None),
    "dead-link": ("content", "0.5", "5"),
    "undated-entry": ("content", "1.25", None),
    "mixed-indent": ("layout", "0.3", "3"),
}


def standard(**since: date) -> Standard:
    return Standard(
        id="test",
        title="测试标准",
        basis="无",
        subject="unit",
        classes=tuple(
            ScoreClass(id=c, title=f"{c}类", label=c, cap=Decimal(cap)) for c, cap in CLASSES
        ),
        rules={
            rule_id: RuleSetting.model_validate(
                {
                    "class": c,
                    "points": points,
                    "cap": cap,
                    "since": since.get(rule_id.replace("-", "_")),
                }
            )
            for rule_id, (c, points, cap) in RULES.items()
        },
        digest="d",
    )


STANDARD = standard()


def unit(
    unit_id: str = "u", group: UnitGroup = UnitGroup.DEPARTMENT, *, confirmed: bool = True
) -> Unit:
    return Unit(id=unit_id, name=unit_id, short=unit_id, group=group, confirmed=confirmed)


def found(
    rule_id: str, n: int = 1, *, days_ago: float = 0, suspected: bool = False
) -> list[Counted]:
    return [
        Counted(
            fingerprint=f"{rule_id}-{i:03d}",
            rule_id=rule_id,
            subject_key=f"{rule_id}/{i}",
            severity=Severity.COMMON,
            measured_at=AS_OF - timedelta(days=days_ago),
            suspected=suspected,
        )
        for i in range(n)
    ]


def unread(rule_id: str, n: int = 1) -> list[UnverifiedSubject]:
    return [
        UnverifiedSubject(
            rule_id=rule_id, subject_key=f"unread {rule_id}/{i}", title="", reason="超时"
        )
        for i in range(n)
    ]


def coverage(verified: int = 100, applicable: int = 100) -> Coverage:
    return Coverage(verified=verified, applicable=applicable, rules=frozenset(RULES))


def card(
    counted: list[Counted] | None = None,
    unverified: list[UnverifiedSubject] | None = None,
    cover: Coverage | None = None,
    *,
    of: Unit | None = None,
    by: Standard = STANDARD,
) -> Scorecard:
    return score(
        of or unit(),
        counted or [],
        unverified or [],
        cover or coverage(),
        by,
        AS_OF,
        today=TODAY,
        max_age_days=35,
    )


def test_a_unit_without_findings_has_full_marks() -> None:
    result = card()
    assert (result.score_high, result.score_low) == (10_000, 10_000)
    assert result.graded
    assert result.coverage == 10_000


def test_points_are_deducted_rule_by_rule_and_class_by_class() -> None:
    result = card(found("missing-column", 2) + found("dead-link", 3))
    assert result.score_high == 10_000 - 2 * 500 - 3 * 50


def test_a_rule_deducts_no_more_than_its_cap_and_a_class_no_more_than_its_own() -> None:
    assert card(found("dead-link", 100)).score_high == 9_500
    assert card(found("overdue-column", 100)).score_high == 6_500
    everything = [f for rule_id in RULES for f in found(rule_id, 100)]
    assert card(everything).score_high == 10_000 - 4_000 - 3_500 - 1_500 - 300


def test_suspected_findings_deduct_nothing_and_are_counted() -> None:
    result = card(found("overdue-column", 3, suspected=True))
    assert (result.score_high, result.score_low, result.suspected) == (10_000, 10_000, 3)


def test_what_could_not_be_verified_lowers_only_the_low_score_up_to_the_cap() -> None:
    result = card(found("overdue-column", 1), unread("overdue-column", 2))
    assert (result.score_high, result.score_low) == (9_500, 8_500)
    assert card([], unread("overdue-column", 50)).score_low == 6_500


def test_a_finding_older_than_the_age_allowed_counts_as_unverified() -> None:
    result = card(found("overdue-column", 1, days_ago=36))
    assert (result.score_high, result.score_low) == (10_000, 9_500)
    assert card(found("overdue-column", 1, days_ago=35)).score_high == 9_500


def test_a_subject_with_a_finding_is_not_counted_again_as_unverified() -> None:
    (finding,) = found("overdue-column")
    twice = UnverifiedSubject(
        rule_id="overdue-column", subject_key=finding.subject_key, title="", reason=""
    )
    assert card([finding], [twice]).score_low == 9_500


def test_the_same_finding_given_twice_counts_once() -> None:
    assert card(found("overdue-column") * 2).score_high == 9_500


def test_a_unit_that_was_not_reached_has_no_score() -> None:
    result = card([], unread("overdue-column", 5), coverage(0, 5))
    assert (result.score_high, result.score_low, result.graded) == (None, None, False)
    assert "没有检测到" in result.reason
    assert card(cover=coverage(0, 0)).score_high is None


def test_a_unit_below_the_coverage_is_not_graded_and_at_it_is() -> None:
    below, exact = card(cover=coverage(799, 1000)), card(cover=coverage(4, 5))
    assert not below.graded
    assert below.reason == "覆盖率 79.9%，低于 80%"
    assert exact.graded
    assert card(cover=coverage(79_999, 100_000)).reason == "覆盖率 79.9%，低于 80%"


def test_a_rule_that_does_not_count_yet_deducts_nothing_and_says_from_when() -> None:
    later = standard(overdue_column=date(2018, 6, 5))
    result = card(found("overdue-column", 2), by=later)
    assert result.score_high == 10_000
    assert any("2018-06-05 起计分" in line for line in arithmetic(result, {}))
    today = standard(overdue_column=TODAY)
    assert card(found("overdue-column", 2), by=today).score_high == 9_000


def test_a_party_body_is_judged_on_its_budget_only() -> None:
    party = unit(group=UnitGroup.PARTY)
    cover = Coverage(verified=1, applicable=1, rules=frozenset({"missing-budget"}))
    result = card(found("missing-budget") + found("mixed-indent", 5), cover=cover, of=party)
    assert result.score_high == 9_000
    assert result.uncounted == 5
    assert [r.rule_id for r in result.rules] == ["missing-budget"]


def test_a_rule_that_was_never_run_for_the_unit_forbids_a_score() -> None:
    cover = Coverage(verified=1, applicable=1, rules=frozenset(RULES) - {"dead-link"})
    with pytest.raises(IncompleteJudgement, match="dead-link"):
        card(cover=cover)


def test_a_standard_for_sites_scores_no_unit() -> None:
    with pytest.raises(ValueError, match="网站"):
        card(by=STANDARD.model_copy(update={"subject": "site"}))


def test_more_than_two_decimal_places_are_refused() -> None:
    assert hundredths(Decimal("0.25")) == 25
    with pytest.raises(ValueError, match="两位小数"):
        hundredths(Decimal("0.125"))


def test_what_gives_the_most_back_comes_first() -> None:
    result = card(found("mixed-indent", 2) + found("dead-link", 2) + found("missing-budget"))
    assert result.order[0] == "missing-budget-000"
    assert [result.restores[f] for f in result.order] == [1000, 50, 50, 30, 30]


def test_under_a_full_cap_one_finding_gives_nothing_back_but_its_rule_does() -> None:
    result = card(found("dead-link", 30) + found("mixed-indent", 30) + found("overdue-column"))
    assert result.restores["dead-link-000"] == 0
    by_rule = {r.rule_id: r for r in result.rules}
    assert by_rule["dead-link"].mend_all == 500
    assert [f.rsplit("-", 1)[0] for f in result.order] == [
        "overdue-column",
        *["dead-link"] * 30,
        *["mixed-indent"] * 30,
    ]


def test_a_rule_far_beyond_its_cap_still_comes_first_where_it_gives_the_most_back() -> None:
    result = card(found("overdue-column", 10) + found("dead-link", 2))
    assert result.restores["overdue-column-000"] == 0
    assert result.order[0] == "overdue-column-000"


def test_a_serious_finding_precedes_a_common_one_that_gives_as_much_back() -> None:
    serious = [replace(c, severity=Severity.SERIOUS) for c in found("overdue-column")]
    result = card(found("missing-column") + serious)
    assert result.order == ("overdue-column-000", "missing-column-000")


def test_the_card_can_be_recomputed_by_hand_from_its_lines() -> None:
    result = card(found("dead-link", 30) + found("overdue-column", 2), unread("blank-column", 1))
    text = "\n".join(arithmetic(result, {"dead-link": "链接打不开"}))
    assert "链接打不开：30 个 × 0.5 = 15 分，按本项上限扣 5 分" in text
    assert "得分：100 - 0 - 10 - 5 - 0 = 85" in text
    assert "最低 81" in text
    assert "另有 1 项未能核实" in text


def test_every_class_has_its_own_rules_before_its_sum() -> None:
    lines = arithmetic(card(found("dead-link", 2) + found("overdue-column", 1)), {})
    assert lines == [
        "completeness类：共扣 0 分（最多扣 40 分）",
        "  overdue-column：1 个 × 5 = 5 分",
        "timeliness类：共扣 5 分（最多扣 35 分）",
        "  dead-link：2 个 × 0.5 = 1 分",
        "content类：共扣 1 分（最多扣 15 分）",
        "layout类：共扣 0 分（最多扣 10 分）",
        "得分：100 - 0 - 5 - 1 - 0 = 94",
    ]


def test_a_class_at_its_cap_is_not_said_to_exceed_it_and_beyond_it_is() -> None:
    at_cap, beyond = card(found("overdue-column", 7)), card(found("overdue-column", 8))
    assert "timeliness类：共扣 35 分（最多扣 35 分）" in arithmetic(at_cap, {})
    assert "timeliness类：共扣 35 分（最多扣 35 分，各项合计 40 分，按上限计）" in arithmetic(
        beyond, {}
    )


def test_a_unit_without_a_score_has_no_arithmetic_of_one() -> None:
    assert not any("得分" in line for line in arithmetic(card(cover=coverage(0, 5)), {}))


def test_each_rule_says_what_it_deducts_at_least_and_at_most() -> None:
    result = card(found("overdue-column", 2), unread("overdue-column", 1))
    line = next(r for r in result.rules if r.rule_id == "overdue-column")
    assert (line.count, line.unverified, line.deducted, line.deducted_low) == (2, 1, 1000, 1500)
    part = next(c for c in result.classes if c.class_id == "timeliness")
    assert (part.count, part.deducted, part.deducted_low) == (2, 1000, 1500)


def test_an_old_suspicion_deducts_nothing_either() -> None:
    assert card(found("overdue-column", 2, days_ago=99, suspected=True)).score_low == 10_000


def test_equal_returns_are_settled_by_severity_then_the_weight_of_the_class() -> None:
    full = found("overdue-column", 50) + found("missing-column", 50)
    assert card(full).order[0].startswith("missing-column")
    hints = [replace(c, severity=Severity.HINT) for c in found("missing-column", 50)]
    serious = [replace(c, severity=Severity.SERIOUS) for c in found("missing-budget", 50)]
    order = card(hints + serious).order
    assert order[0].startswith("missing-budget")
    assert order[-1].startswith("missing-column")


def test_the_encoding_is_the_same_to_the_byte_whatever_the_order_of_the_input() -> None:
    findings = [f for rule_id in RULES for f in found(rule_id, 3)]
    doubts = unread("overdue-column", 3)
    first = encode(card(findings, doubts))
    assert encode(card(findings[::-1], doubts[::-1])) == first
    assert decode(first) == card(findings, doubts)
    keys = list(json.loads(first))
    assert keys == sorted(keys)
    assert json.loads(first)["schema"] == "xunjian.scorecard/1"


def test_points_and_percentages_are_printed_as_people_write_them() -> None:
    assert [points_text(v) for v in (0, 5, 50, 8650, 10_000, -25)] == [
        *("0", "0.05", "0.5", "86.5", "100", "-0.25")
    ]
    assert [percent_text(v) for v in (0, 7999, 9299, 10_000)] == ["0.0%", "79.9%", "92.9%", "100%"]


# Ranks


def scored(unit_id: str, points: int, group: UnitGroup = UnitGroup.DEPARTMENT) -> Scorecard:
    return replace(card(of=unit(unit_id, group)), score_high=points)


def test_equal_scores_share_a_rank_and_the_next_is_skipped() -> None:
    cards = [scored("a", 9000), scored("b", 9500), scored("c", 9000), scored("d", 100)]
    ranks = rank(cards, [unit(c.unit_id) for c in cards])
    assert [(r.unit_id, r.rank, r.of) for r in ranks] == [
        *(("b", 1, 4), ("a", 2, 4), ("c", 2, 4), ("d", 4, 4))
    ]


def test_units_are_ranked_within_their_group_only() -> None:
    cards = [scored("a", 9000), scored("t", 100, UnitGroup.TOWN)]
    ranks = rank(cards, [unit("a"), unit("t", UnitGroup.TOWN)])
    assert {r.unit_id: r.rank for r in ranks} == {"a": 1, "t": 1}


def test_unconfirmed_ungraded_and_unknown_units_and_the_city_are_not_ranked() -> None:
    ungraded = replace(scored("b", 9000), graded=False)
    cards = [scored("a", 9000), ungraded, scored("x", 9000), scored("c", 9000, UnitGroup.CITY)]
    units = [unit("a", confirmed=False), unit("b"), unit("c", UnitGroup.CITY)]
    assert rank(cards, units) == []


def test_two_cards_of_one_unit_are_refused() -> None:
    with pytest.raises(ValueError, match="两张"):
        rank([scored("a", 1), scored("a", 2)], [unit("a")])


# Coverage


def outcome(rule_id: str, key: str, kind: OutcomeKind, scope: Scope = Scope.COLUMN) -> Outcome:
    subject = Subject(scope=scope, key=key, site_id="s", unit_id="u", title=f"栏目{key}", url=None)
    return Outcome(rule_id=rule_id, subject=subject, kind=kind, reason="服务器 500")


def test_a_subject_is_verified_when_every_rule_that_applies_could_decide() -> None:
    cover, doubts = tally(
        [
            outcome("overdue-column", "a", OutcomeKind.FINE),
            outcome("blank-column", "a", OutcomeKind.FINDING),
            outcome("overdue-column", "b", OutcomeKind.UNVERIFIED),
            outcome("blank-column", "b", OutcomeKind.FINE),
            outcome("overdue-column", "c", OutcomeKind.NOT_APPLICABLE),
            outcome("overdue-column", "e", OutcomeKind.SUSPECTED),
            outcome("some-other-rule", "d", OutcomeKind.UNVERIFIED),
        ],
        unit(),
        STANDARD,
        ran=["dead-link"],
        today=TODAY,
    )
    assert (cover.verified, cover.applicable) == (2, 3)
    assert cover.rules >= {"overdue-column", "blank-column", "dead-link"}
    assert [(u.rule_id, u.subject_key, u.reason) for u in doubts] == [
        ("overdue-column", "b", "服务器 500")
    ]


def test_a_page_is_verified_unless_most_of_its_rules_could_not_decide() -> None:
    page_rules = ("dead-link", "undated-entry", "mixed-indent", "broken-image")
    by = STANDARD.model_copy(
        update={
            "rules": {
                **{r: s for r, s in STANDARD.rules.items() if r != "missing-budget"},
                "broken-image": STANDARD.rules["mixed-indent"],
            }
        }
    )

    def page(unread_rules: int) -> Coverage:
        unread, fine = OutcomeKind.UNVERIFIED, OutcomeKind.FINE
        outcomes = [
            outcome(rule_id, "p", unread if i < unread_rules else fine, Scope.PAGE)
            for i, rule_id in enumerate(page_rules)
        ]
        cover, doubts = tally(outcomes, unit(), by, ran=(), today=TODAY)
        assert (cover.applicable, len(doubts)) == (1, unread_rules)
        return cover

    assert [page(n).verified for n in range(5)] == [1, 1, 1, 0, 0]


# An independent, naive formula: remove, add up, compare.


def naive(counts: Iterable[tuple[str, int]]) -> Fraction:
    by_class: dict[str, Fraction] = {}
    for rule_id, n in counts:
        c, points, cap = RULES[rule_id]
        cost = Fraction(points) * n
        if cap is not None and cost > Fraction(cap):
            cost = Fraction(cap)
        by_class[c] = by_class.get(c, Fraction(0)) + cost
    return Fraction(100) - sum(
        min(by_class.get(c, Fraction(0)), Fraction(cap)) for c, cap in CLASSES
    )


def rule_of(mark: str) -> str:
    return mark.rsplit("-", 1)[0]


NUMBERS = st.fixed_dictionaries({rule_id: st.integers(0, 30) for rule_id in RULES})


@settings(max_examples=60)
@given(NUMBERS, NUMBERS, NUMBERS)
def test_the_score_is_what_a_naive_formula_gives(
    certain: dict[str, int], doubtful: dict[str, int], suspected: dict[str, int]
) -> None:
    findings = [f for rule_id, n in certain.items() for f in found(rule_id, n)]
    hints = [
        replace(f, fingerprint=f"疑似{f.fingerprint}")
        for rule_id, n in suspected.items()
        for f in found(rule_id, n, suspected=True)
    ]
    doubts = [u for rule_id, n in doubtful.items() for u in unread(rule_id, n)]
    result = card(findings + hints, doubts)
    assert result.score_high is not None
    assert result.score_low is not None
    assert Fraction(result.score_high, 100) == naive(certain.items())
    both = {rule_id: n + doubtful[rule_id] for rule_id, n in certain.items()}
    assert Fraction(result.score_low, 100) == naive(both.items())
    assert 0 <= result.score_low <= result.score_high <= 10_000
    for line in result.rules:
        if line.count:
            one = {**certain, line.rule_id: line.count - 1}
            none = {**certain, line.rule_id: 0}
            assert Fraction(line.mend_one, 100) == naive(one.items()) - naive(certain.items())
            assert Fraction(line.mend_all, 100) == naive(none.items()) - naive(certain.items())
    assert (
        sorted(result.order) == sorted(result.restores) == sorted(f.fingerprint for f in findings)
    )
    lines = {r.rule_id: r for r in result.rules}
    shares = [Fraction(lines[r].mend_all, lines[r].count) for r in map(rule_of, result.order)]
    assert shares == sorted(shares, reverse=True)
    for mark, share in zip(result.order, shares, strict=True):
        assert share >= result.restores[mark]


def test_rules_stand_in_the_order_of_classes_then_ids() -> None:
    assert list(rules_for(unit(), STANDARD)) == [
        "blank-column",
        "missing-budget",
        "missing-column",
        "overdue-column",
        "dead-link",
        "undated-entry",
        "mixed-indent",
    ]


def test_a_unit_of_which_a_scan_read_nothing_gets_no_score_from_it() -> None:
    """What earlier scans left to rest on may cover it all: the scan itself knows nothing."""
    who = unit()
    card = score(
        who,
        [],
        [],
        Coverage(verified=10, applicable=10, rules=frozenset(RULES)),
        STANDARD,
        AS_OF,
        today=TODAY,
        max_age_days=35,
        reached=False,
    )
    assert (card.score_high, card.score_low, card.graded) == (None, None, False)
    assert "没有读到" in card.reason
