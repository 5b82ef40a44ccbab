"""From a site's facts to its card: limits, caps, what counts once, and what is never deducted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from config.loader import load_standard
from scorecards.site_card import (
    Column,
    Fault,
    Looked,
    Measured,
    Said,
    Stands,
    State,
    Verdict,
    decode,
    encode,
)
from tests.unit.scorecards.tables import (
    card,
    columns,
    condition,
    facts,
    faults,
    indicator,
    table,
    unsure,
)

VETO = table(
    indicator(
        "veto",
        condition("blank", rules=["blank"], count="subject", at_least=5),
        condition("late", rules=["late", "blank"], count="subject", at_least=10),
    )
)
PRICE = table(indicator("deduct", condition(rules=["a"], points=2, cap=5), points=10))


def states(standard, given):
    return [
        c.state for p in card(standard, given).parts for x in p.indicators for c in x.conditions
    ]


# --- vetoes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "state"), [(4, State.OK), (5, State.FOUND)])
def test_five_blank_columns_are_a_veto_and_four_are_none(count: int, state: State) -> None:
    given = facts(faults=faults("blank", count, "column"))
    assert states(VETO, given) == [state, State.OK]


@pytest.mark.parametrize(("late", "state"), [(5, State.OK), (6, State.FOUND)])
def test_blank_columns_count_among_the_ten_that_are_not_updated(late: int, state: State) -> None:
    blank = tuple(replace(f, subject_key=f"b/{i}") for i, f in enumerate(faults("blank", 4)))
    given = facts(faults=(*blank, *faults("late", late)))
    assert states(VETO, given) == [State.OK, state]


def test_a_column_with_two_findings_is_one_column_of_a_veto() -> None:
    twice = (*faults("late", 9), *(replace(f, rule_id="blank", fingerprint=f"o{i}")
             for i, f in enumerate(faults("late", 4))))  # fmt: skip
    assert states(VETO, facts(faults=twice)) == [State.OK, State.OK]


def test_a_veto_that_the_unread_could_still_reach_is_not_judged() -> None:
    given = facts(faults=faults("blank", 3), unsure=unsure("blank", 2))
    made = card(VETO, given)
    line = made.parts[0].indicators[0].conditions[0]
    assert (line.state, line.reason) == (State.UNVERIFIED, "2 项未能核实")
    assert made.verdict is Verdict.PENDING
    assert made.words == "暂未发现否决项（尚有 1 项待人工、待监测或未能核实）"
    assert states(VETO, facts(faults=faults("blank", 2), unsure=unsure("blank", 2)))[0] is State.OK


def test_how_many_findings_an_unread_subject_has_nobody_knows() -> None:
    many = table(indicator("veto", condition(rules=["a"], count="finding", at_least=5)))
    assert states(many, facts(unsure=unsure("a", 1))) == [State.UNVERIFIED]


def test_a_suspected_finding_is_no_veto_until_a_person_confirms_it() -> None:
    one = table(indicator("veto", condition(rules=["a"])))
    doubt = faults("a", 1, suspected=True)
    made = card(one, facts(faults=doubt))
    assert made.verdict is Verdict.PENDING
    assert made.words == "暂未发现否决项（尚有 1 项待人工或待监测）"
    assert made.parts[0].indicators[0].conditions[0].candidates == ("a:0",)
    sure = (replace(doubt[0], suspected=False, confirmed=True),)
    assert card(one, facts(faults=sure)).words == "不合格（已查实否决项 1 项）"


def test_one_veto_leaves_nothing_to_score() -> None:
    both = table(
        indicator("veto", condition(rules=["a"])),
        indicator("deduct", condition(rules=["b"], points=1), id="y"),
    )
    made = card(both, facts(faults=faults("a", 1)))
    assert (made.verdict, made.score, made.score_high, made.score_low) == (
        Verdict.FAILED, None, None, None,
    )  # fmt: skip
    assert made.parts[1].high == 10_000


def test_all_vetoes_judged_is_a_pass_and_nothing_looked_at_is_not() -> None:
    one = table(indicator("veto", condition(rules=["a"])))
    assert card(one, facts()).verdict is Verdict.PASSED
    made = card(one, facts(looked={}))
    assert made.verdict is Verdict.PENDING
    assert made.parts[0].indicators[0].state is State.UNVERIFIED


def test_what_does_not_apply_says_why_and_stands_in_no_way() -> None:
    one = table(indicator("veto", condition(rules=["a"])))
    none = facts(looked={"a": Looked(not_applicable=3, why="没有来信栏目")})
    line = card(one, none).parts[0].indicators[0].conditions[0]
    assert (line.state, line.reason) == (State.NOT_APPLICABLE, "没有来信栏目")
    assert card(one, none).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("value", "state"), [(499, State.OK), (500, State.FOUND), (None, State.WATCH)]
)
def test_five_percent_of_failed_visits_are_a_veto(value: int | None, state: State) -> None:
    week = table(indicator("veto", condition(measure="week-failures", at_least=5)))
    given = facts(measures={"week-failures": Measured(value=value, reason="2018-W22")})
    assert states(week, given) == [state]
    assert card(week, given).parts[0].indicators[0].conditions[0].reason == "2018-W22"


def test_vetoes_of_the_new_media_do_not_fail_the_site() -> None:
    media = {"id": "media", "title": "新媒体", "kind": "veto", "of": "media"}
    standard = table(indicator("media", condition(rules=["a"])))
    standard = standard.model_copy(
        update={"parts": (*standard.parts, type(standard.parts[0]).model_validate(media))}
    )
    made = card(standard, facts(faults=faults("a", 2)))
    assert made.verdict is Verdict.PASSED
    assert made.media == "不合格（已查实否决项 1 项）"


# --- points ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "deducted"), [(0, 0), (1, 200), (2, 400), (3, 500), (9, 500)])
def test_a_condition_costs_count_times_points_up_to_its_cap(count: int, deducted: int) -> None:
    made = card(PRICE, facts(faults=faults("a", count)))
    assert made.parts[1].indicators[0].deducted == deducted
    assert (made.score, made.score_high, made.score_low) == (10_000 - deducted,) * 3


def test_an_indicator_never_costs_more_than_its_points() -> None:
    both = table(
        indicator(
            "deduct", condition("c", rules=["a"], points=3), condition("d", rules=["b"], points=3),
            points=5,
        )
    )  # fmt: skip
    made = card(both, facts(faults=(*faults("a", 1), *faults("b", 1))))
    line = made.parts[1].indicators[0]
    assert (line.raw, line.deducted, made.score) == (600, 500, 9_500)


@pytest.mark.parametrize(("count", "score"), [(49, 10_000 - 4900), (50, 5_000), (150, 0)])
def test_a_score_never_falls_below_nothing(count: int, score: int) -> None:
    plain = table(indicator("deduct", condition(rules=["a"], points=1)))
    assert card(plain, facts(faults=faults("a", count))).score == score


@pytest.mark.parametrize(
    ("points", "words"),
    [("40", "合格"), ("40.01", "不合格（扣分得 59.99 分，低于 60 分）")],
)
def test_sixty_points_pass_and_a_hundredth_less_does_not(points: str, words: str) -> None:
    price = table(indicator("deduct", condition(rules=["a"], points=points)))
    assert card(price, facts(faults=faults("a", 1))).words == words


@pytest.mark.parametrize(("points", "score", "bonus"), [("20", 8_000, 0), ("19.99", 8_401, 400)])
def test_a_bonus_counts_above_eighty_points_only(points: str, score: int, bonus: int) -> None:
    both = table(
        indicator("deduct", condition(rules=["a"], points=points)),
        indicator("bonus", condition("more", "person", points=1, cap=4), id="y", points=8),
    )
    given = facts(faults=faults("a", 1), answers={"y.more": Said(count=7)})
    made = card(both, given)
    assert (made.score, made.bonus) == (score, bonus)


def test_nothing_is_scored_at_a_platform() -> None:
    made = card(PRICE, facts(kind="platform", faults=faults("a", 3)))
    assert (made.score, made.verdict) == (None, Verdict.PASSED)
    assert [p.applies for p in made.parts] == [True, False, False]


def test_the_unread_deducts_at_worst_and_never_from_the_score() -> None:
    made = card(PRICE, facts(faults=faults("a", 1), unsure=unsure("a", 1)))
    assert (made.score, made.score_high, made.score_low) == (9_800, 9_800, 9_600)
    one = card(PRICE, facts(unsure=unsure("a", 1)))
    assert (one.score, one.score_low) == (10_000, 9_800)
    assert one.parts[1].indicators[0].state is State.UNVERIFIED


def test_a_suspected_finding_deducts_at_worst_only() -> None:
    made = card(PRICE, facts(faults=faults("a", 2, suspected=True)))
    assert (made.score, made.score_low) == (10_000, 9_600)
    assert made.parts[1].indicators[0].state is State.PERSON


def test_a_share_of_failed_visits_costs_points_for_each_whole_percent() -> None:
    week = table(indicator("deduct", condition(measure="week-failures", per=1, points=5)))
    scores = [
        card(week, facts(measures={"week-failures": Measured(value=v)})).score
        for v in (0, 99, 100, 199, 499)
    ]
    assert scores == [10_000, 10_000, 9_500, 9_500, 8_000]


def test_a_rule_counts_from_its_day_and_is_shown_before() -> None:
    ahead = table(
        indicator("deduct", condition(rules=["a"], points=5)),
        rules={"a": {"since": "2018-06-05"}},
    )
    line = card(ahead, facts(faults=faults("a", 2)))
    assert line.score == 10_000
    assert line.parts[1].indicators[0].conditions[0].not_yet == ("a:0", "a:1")
    begun = table(
        indicator("deduct", condition(rules=["a"], points=5)),
        rules={"a": {"since": date(2018, 6, 4)}},
    )
    assert card(begun, facts(faults=faults("a", 2))).score == 9_000


def test_the_share_without_a_source_is_told() -> None:
    both = table(
        indicator("deduct", condition(rules=["a"], points=2), id="x", points=30),
        indicator("deduct", condition(rules=["b"], points=3, unconfirmed=True), id="y", points=30),
        indicator("deduct", condition(rules=["d"], points=1), id="z", points=40, unconfirmed=True),
    )
    given = facts(faults=(*faults("a", 1), *faults("b", 1), *faults("d", 1)))
    part = card(both, given).parts[1]
    assert (part.deducted, part.unconfirmed_deducted, part.unconfirmed_total) == (600, 400, 7_000)


# --- what counts once -----------------------------------------------------------------------------

TWICE = table(
    indicator("deduct", condition(rules=["late"], columns=["政策"], points=5), id="x"),
    indicator("deduct", condition(rules=["late", "blank"], count="subject", points=1), id="y"),
)


def test_a_column_that_one_indicator_counted_is_not_counted_by_a_later_one() -> None:
    policy = columns(1, "政策")
    other = Column(key="s/9", category="其他", names=("其他",))
    same = faults("late", 1, "column")
    again = Fault(fingerprint="again", rule_id="blank", subject_key="s/0", scope="column")
    fresh = Fault(fingerprint="fresh", rule_id="blank", subject_key="s/9", scope="column")
    made = card(TWICE, facts(faults=(*same, again, fresh), columns=(*policy, other)))
    lines = made.parts[1].indicators
    assert [x.deducted for x in lines] == [500, 100]
    assert lines[1].conditions[0].places == ("fresh",)
    assert set(lines[1].conditions[0].elsewhere) == {"late:0", "again"}


def test_with_once_turned_off_only_the_very_same_finding_counts_once() -> None:
    parts = tuple(
        p.model_copy(update={"once": False}) if p.id == "deduct" else p for p in TWICE.parts
    )
    again = Fault(fingerprint="again", rule_id="blank", subject_key="s/0", scope="column")
    given = facts(faults=(*faults("late", 1, "column"), again), columns=columns(1, "政策"))
    made = card(TWICE.model_copy(update={"parts": parts}), given)
    assert [x.deducted for x in made.parts[1].indicators] == [500, 100]


def test_two_faults_of_a_page_are_two_faults() -> None:
    both = table(
        indicator("deduct", condition(rules=["a"], points=1), id="x"),
        indicator("deduct", condition(rules=["b"], points=1), id="y"),
    )
    assert card(both, facts(faults=(*faults("a", 1), *faults("b", 1)))).score == 9_800


def test_a_doubt_about_a_column_takes_no_certain_fault_off_the_score() -> None:
    given = facts(
        faults=(Fault(fingerprint="sure", rule_id="blank", subject_key="s/0", scope="column"),),
        unsure=unsure("late", 1, "column", first=0),
        columns=columns(1, "政策"),
    )
    made = card(TWICE, given)
    assert (made.score_high, made.score_low) == (9_900, 9_900)


# --- which findings -------------------------------------------------------------------------------


def test_only_the_named_classes_of_columns_count() -> None:
    standard = table(indicator("deduct", condition(rules=["late"], columns=["政策"], points=1)))
    given = facts(
        faults=faults("late", 4, "column"),
        columns=(*columns(2, "政策"), Column(key="s/3", category="动态", names=("政策",))),
    )
    assert card(standard, given).score == 9_800
    by_name = table(indicator("deduct", condition(rules=["late"], named=["政 策"], points=1)))
    assert card(by_name, given).score == 9_900


def test_a_class_that_the_city_does_not_have_is_left_to_a_person() -> None:
    standard = table(
        indicator("deduct", condition(rules=["late"], columns=["政策"], points=1), points=3)
    )
    made = card(standard, facts(faults=faults("late", 4, "column")))
    line = made.parts[1].indicators[0]
    assert (line.state, made.score_high, made.score_low) == (State.PERSON, 10_000, 9_700)
    assert "columns.yaml" in line.conditions[0].reason


def test_what_stands_on_the_platform_counts_where_the_condition_says_so() -> None:
    away = (
        *faults("late", 1, "column", stands=Stands.CITY),
        Fault(fingerprint="p", rule_id="late", subject_key="p/1", stands=Stands.PLATFORM),
    )
    listed = (Column(key="s/0", category="政策", names=("领导信息",), stands=Stands.CITY),)

    def score(**more: object) -> int | None:
        one = table(indicator("deduct", condition(rules=["late"], points=1, **more)))
        return card(one, facts(faults=away, columns=listed)).score

    assert score() == 10_000
    assert score(named=["领导信息"]) == 9_900
    assert score(platform=True) == 9_800
    assert score(platform=True, scope="column") == 9_900


def test_a_subject_counts_from_so_many_findings_on() -> None:
    standard = table(indicator("deduct", condition(rules=["a"], count="subject", each=2, points=1)))
    one, two = (
        Fault(fingerprint=f"{i}{j}", rule_id="a", subject_key=f"g/{i}") for i, j in ((0, 0), (0, 1))
    )
    other = Fault(fingerprint="x", rule_id="a", subject_key="g/1")
    assert card(standard, facts(faults=(one, other))).score == 10_000
    assert card(standard, facts(faults=(one, two, other))).score == 9_900


def test_an_indicator_may_be_for_one_kind_of_site() -> None:
    portals = table(indicator("veto", condition("c", "person", checklist="看"), sites=["portal"]))
    assert card(portals, facts()).verdict is Verdict.PENDING
    made = card(portals, facts(kind="platform"))
    assert made.verdict is Verdict.PASSED
    assert made.parts[0].indicators[0].state is State.NOT_APPLICABLE


# --- people ---------------------------------------------------------------------------------------

ASKED = table(
    indicator("veto", condition("v", "person", checklist="看"), id="v"),
    indicator("deduct", condition("d", "person", checklist="看", points=2, cap=5), id="d"),
)


def test_what_nobody_answered_keeps_the_range_open() -> None:
    made = card(ASKED, facts())
    assert (made.score_high, made.score_low, made.open) == (10_000, 9_500, 1)


@pytest.mark.parametrize(
    ("veto", "count", "score", "verdict"),
    [(0, 0, 10_000, Verdict.PASSED), (0, 2, 9_600, Verdict.PASSED), (1, 0, None, Verdict.FAILED)],
)
def test_a_persons_answer_decides(
    veto: int, count: int, score: int | None, verdict: Verdict
) -> None:
    made = card(ASKED, facts(answers={"v.v": Said(count=veto), "d.d": Said(count=count)}))
    assert (made.score, made.score_low, made.verdict) == (score, score, verdict)


def test_a_person_may_set_the_points_up_to_the_cap() -> None:
    said = {"v.v": Said(count=0), "d.d": Said(count=1, points=350)}
    assert card(ASKED, facts(answers=said)).score == 9_650
    said["d.d"] = Said(count=1, points=900)
    assert card(ASKED, facts(answers=said)).score == 9_500


def test_a_persons_answer_settles_doubts_and_takes_nothing_certain_back() -> None:
    given = facts(faults=faults("a", 1), unsure=unsure("a", 2), answers={"x.c": Said(count=0)})
    made = card(PRICE, given)
    assert (made.score, made.score_low) == (9_800, 9_800)
    more = card(PRICE, replace(given, answers={"x.c": Said(count=2)}))
    assert (more.score, more.score_low) == (9_600, 9_600)


def test_candidates_wait_for_a_person_and_count_when_confirmed() -> None:
    helped = table(
        indicator("veto", condition("v", "assisted", rules=["a"], checklist="看"), id="v")
    )
    one = card(helped, facts(faults=faults("a", 2))).parts[0].indicators[0].conditions[0]
    assert (one.state, one.candidates) == (State.PERSON, ("a:0", "a:1"))
    assert states(helped, facts()) == [State.PERSON]
    assert states(helped, facts(faults=faults("a", 1, confirmed=True))) == [State.FOUND]


def test_where_nothing_doubtful_clears_no_person_need_look() -> None:
    helped = table(
        indicator(
            "veto", condition("v", "assisted", rules=["a"], clears=True, checklist="看"), id="v"
        )
    )
    assert states(helped, facts()) == [State.OK]
    assert states(helped, facts(faults=faults("a", 1))) == [State.PERSON]
    assert states(helped, facts(unsure=unsure("a", 1))) == [State.UNVERIFIED]
    assert states(helped, facts(looked={})) == [State.UNVERIFIED]


def test_an_answer_stands_for_a_measurement_that_is_not_there() -> None:
    week = table(indicator("veto", condition("w", measure="week-failures", at_least=5)))
    none = facts(measures={"week-failures": Measured(value=None, reason="没有探测")})
    assert states(week, none) == [State.WATCH]
    assert states(week, replace(none, answers={"x.w": Said(count=0)})) == [State.OK]
    assert states(week, replace(none, answers={"x.w": Said(count=1)})) == [State.FOUND]


def test_a_card_survives_being_kept() -> None:
    made = card(ASKED, facts(answers={"v.v": Said(count=0, actor="张三", note="看过")}))
    assert decode(encode(made)) == made


def test_a_standard_of_units_scores_no_site() -> None:
    with pytest.raises(ValueError, match="以单位为对象"):
        card(load_standard("ruichang-2018"), facts())
