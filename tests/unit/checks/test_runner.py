"""The runner: facts in, outcomes out, and one broken rule never stops the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.case import PageCase
from checks.declaration import Basis, Doc, Param, Rule, rule
from checks.facts import (
    Body,
    DateState,
    LinkKind,
    LinkState,
    Missing,
    NameMatch,
    Page,
    PageKind,
    Unverified,
)
from checks.model import (
    Hit,
    NotApplicable,
    OutcomeKind,
    Remark,
    Scope,
    Severity,
    Unsettled,
    fingerprint,
)
from checks.registry import RULES
from checks.runner import (
    Answer,
    judge_column,
    judge_page,
    judge_site,
    judge_unit,
    page_answers,
    page_hits,
)
from tests.unit.checks.rule_cases import CASES
from tests.unit.checks.samples import (
    ABSENT_COLUMN,
    TODAY,
    WALL,
    body,
    budget_case,
    column_case,
    context,
    link,
    linking,
    listed,
    page,
    page_case,
    read,
    row,
    site_case,
    subject,
    tree,
    unit_case,
)

ALL = tuple(RULES.values())
DOC = Doc(checks="查", why="为", good="好", bad="坏", mend="改", doubts="疑")


def saying(*said: Any, **changes: Any) -> Rule:
    """A page rule that says this of every body."""

    def says(body: Body) -> Any:
        return said[0] if len(said) == 1 and not isinstance(said[0], Hit | Unsettled) else said

    values: dict[str, Any] = {
        "id": "some-rule",
        "title": "某规则",
        "scope": Scope.PAGE,
        "severity": Severity.HINT,
        "basis": (Basis("文件", "条款"),),
        "remedy": "请改正。",
        "doc": DOC,
        "needs": ("body",),
        "when": "crawl",
    }
    return rule(**{**values, **changes})(says)


def one(rule: Rule, case: PageCase | None = None) -> Any:
    (outcome,) = judge_page(case or page_case(), [rule], context())
    return outcome


def test_a_rule_that_says_nothing_is_fine() -> None:
    assert one(saying(None)).kind is OutcomeKind.FINE


def test_a_remark_is_fine_and_is_kept() -> None:
    outcome = one(saying(Remark("名称变体")))
    assert outcome.kind is OutcomeKind.FINE
    assert outcome.reason == "名称变体"


def test_not_applicable_keeps_its_reason() -> None:
    outcome = one(saying(NotApplicable("不适用")))
    assert (outcome.kind, outcome.reason) == (OutcomeKind.NOT_APPLICABLE, "不适用")


def test_a_missing_fact_is_recorded_by_the_runner_with_its_reason() -> None:
    outcome = one(saying(Hit(what="", message="有错")), page_case(WALL))
    assert outcome.kind is OutcomeKind.UNVERIFIED
    assert outcome.unverified == WALL
    assert outcome.reason == WALL.reason
    assert outcome.findings == ()


def test_a_hit_becomes_a_finding_with_identity_and_evidence() -> None:
    hit = Hit(what="x", message="有错；要求没有", path="p", snippet="<p>")
    (finding,) = one(saying(hit)).findings
    assert finding.fingerprint == fingerprint("some-rule", "p1", "x")
    assert finding.evidence == "e" * 32
    assert finding.url == "http://127.0.0.1/p1"
    assert (finding.message, finding.path, finding.snippet) == (hit.message, hit.path, hit.snippet)


def test_a_subject_without_evidence_has_findings_without_it() -> None:
    (finding,) = one(saying(Hit(what="", message="有错")), page_case(fetched=None)).findings
    assert finding.evidence is None


def test_a_hit_about_another_subject_is_known_by_that_subject() -> None:
    other = subject(Scope.COLUMN, "c9")
    (finding,) = one(saying(Hit(what="", message="有错", subject=other))).findings
    assert finding.subject == other
    assert finding.fingerprint == fingerprint("some-rule", "c9", "")


def test_two_hits_of_one_identity_are_one_finding() -> None:
    outcome = one(saying(Hit(what="x", message="甲"), Hit(what="x", message="乙")))
    assert [f.message for f in outcome.findings] == ["甲"]


def test_a_certain_hit_outweighs_a_suspected_one_of_the_same_identity() -> None:
    doubtful = Hit(what="x", message="疑", suspected=True)
    outcome = one(saying(doubtful, Hit(what="x", message="定")))
    assert [f.message for f in outcome.findings] == ["定"]
    assert outcome.kind is OutcomeKind.FINDING


def test_only_suspected_hits_are_a_suspicion() -> None:
    doubtful = Hit(what="x", message="疑", suspected=True)
    assert one(saying(doubtful)).kind is OutcomeKind.SUSPECTED
    assert one(saying(doubtful, Hit(what="y", message="定"))).kind is OutcomeKind.FINDING


def test_what_could_not_be_checked_makes_the_outcome_unverified_unless_something_was_found() -> (
    None
):
    unsure = Unsettled(what="y", unverified=WALL)
    alone = one(saying(unsure))
    beside = one(saying(Hit(what="x", message="有错"), unsure))
    mark = fingerprint("some-rule", "p1", "y")
    assert (alone.kind, alone.unsettled) == (OutcomeKind.UNVERIFIED, (mark,))
    assert (beside.kind, beside.unsettled) == (OutcomeKind.FINDING, (mark,))


def test_what_was_not_looked_up_stays_open_and_takes_nothing_from_the_outcome() -> None:
    outcome = one(saying(Unsettled(what="y")))
    assert outcome.kind is OutcomeKind.FINE
    assert outcome.unsettled == (fingerprint("some-rule", "p1", "y"),)


def test_a_broken_rule_is_unverified_and_the_others_go_on() -> None:
    def breaks(body: Body) -> Iterator[Hit]:
        yield Hit(what="x", message="有错")
        raise KeyError("secret detail")

    broken = replace(saying(None), id="broken-rule", judge=breaks)
    for outcome in (
        judge_page(page_case(), [broken, saying(None)], context()),
        judge_page(
            page_case(),
            [broken, saying(None)],
            context(),
            crawled=page_answers(page(), [broken, saying(None)]),
        ),
    ):
        first, second = outcome
        assert first.kind is OutcomeKind.UNVERIFIED
        assert first.unverified is not None
        assert first.unverified.code is Missing.READER
        assert first.reason == "规则内部错误（KeyError）"
        assert first.findings == ()
        assert second.kind is OutcomeKind.FINE


def test_a_rule_gets_its_defaults_and_what_the_standard_sets() -> None:
    heard = []

    def listens(body: Body, params: dict[str, Any]) -> None:
        heard.append(params)

    listener = replace(
        saying(None),
        params={"a": Param(1, "甲"), "b": Param(2, "乙")},
        wants=("params",),
        judge=listens,
    )
    judge_page(page_case(), [listener], context(), {"some-rule": {"b": 3}})
    page_hits(page(), [listener])
    assert heard == [{"a": 1, "b": 3}, {"a": 1, "b": 2}]


def test_each_door_runs_the_rules_of_its_scope_only() -> None:
    assert {o.rule_id for o in judge_column(listed(TODAY), ALL, context())} == {
        "overdue-column",
        "blank-column",
    }
    assert {o.rule_id for o in judge_unit(unit_case(), ALL, context())} == {
        "missing-column",
        "missing-budget",
    }
    assert [o.rule_id for o in judge_site(site_case(TODAY), ALL, context())] == ["stale-home-page"]
    judged = {o.rule_id for o in judge_page(page_case(), ALL, context())}
    assert {"untidy-title", "undated-entry", "dead-link"} <= judged
    assert judged <= {r.id for r in ALL if r.scope is Scope.PAGE}
    assert "duplicate-text" not in judged  # it needs what this case does not offer


def test_a_page_in_order_is_fine_under_every_rule() -> None:
    special = {r.id for r in ALL if "disclosure" in r.needs}
    for outcome in judge_page(page_case(), ALL, context()):
        apart = outcome.rule_id in special
        assert outcome.kind is (OutcomeKind.NOT_APPLICABLE if apart else OutcomeKind.FINE)
    assert page_hits(page(), ALL) == []
    assert page_answers(page(), ALL) == {}


@pytest.mark.parametrize("kind", [PageKind.LIST, PageKind.HOME, PageKind.OTHER])
def test_pages_of_other_kinds_are_not_judged_as_articles(kind: PageKind) -> None:
    outcomes = judge_page(page_case(page(kind=kind)), ALL, context())
    judged = {o.kind for o in outcomes}
    assert judged == {OutcomeKind.NOT_APPLICABLE}


@pytest.mark.parametrize(
    ("listed_on", "kind"),
    [
        (date(2018, 1, 1), OutcomeKind.FINDING),
        (date(2017, 12, 31), OutcomeKind.NOT_APPLICABLE),
    ],
)
def test_the_lists_date_tells_the_period_of_a_page_without_one(
    listed_on: date, kind: OutcomeKind
) -> None:
    undated = page(source=None, published=None, date_state=DateState.ABSENT)
    case = page_case(undated, listed=row(listed_on))
    (outcome,) = judge_page(case, [RULES["missing-source"]], context())
    assert outcome.kind is kind


@pytest.mark.parametrize(
    ("listed_state", "kind"),
    [
        (DateState.ABSENT, OutcomeKind.NOT_APPLICABLE),
        (DateState.MONTH_DAY, OutcomeKind.UNVERIFIED),
        (DateState.UNREAD, OutcomeKind.UNVERIFIED),
    ],
)
def test_no_date_anywhere_is_told_from_a_date_that_was_not_read(
    listed_state: DateState, kind: OutcomeKind
) -> None:
    undated = page(source=None, published=None, date_state=DateState.ABSENT)
    case = page_case(undated, listed=row(None, date_state=listed_state))
    (outcome,) = judge_page(case, [RULES["missing-source"]], context())
    assert outcome.kind is kind


def test_a_page_of_another_kind_without_a_readable_date_is_not_applicable_either() -> None:
    other = page(kind=PageKind.OTHER, published=None, date_state=DateState.UNREAD)
    outcomes = judge_page(page_case(other), ALL, context())
    assert {o.kind for o in outcomes} == {OutcomeKind.NOT_APPLICABLE}


def test_judging_begins_on_its_first_day_and_not_the_day_before() -> None:
    begins = context(judge_from=date(2018, 5, 21))
    bad = replace(page(source=None), published=read(date(2018, 5, 21)))
    before = replace(bad, published=read(date(2018, 5, 20)))
    rules = [RULES["missing-source"]]
    (in_period,) = judge_page(page_case(bad), rules, begins)
    (out,) = judge_page(page_case(before), rules, begins)
    assert in_period.kind is OutcomeKind.FINDING
    assert out.kind is OutcomeKind.NOT_APPLICABLE


PAGES = [c for c in CASES if isinstance(c.case, PageCase) and isinstance(c.case.page, Page)]


@pytest.mark.parametrize("case", PAGES, ids=lambda c: f"{c.rule}: {c.name}")
def test_what_was_said_in_the_crawl_is_said_again_after_it(case: Any) -> None:
    """Answers kept with a page version, sent through JSON, judge as the page itself does."""
    the_case: PageCase = case.case
    settings = {case.rule: case.params}
    direct = judge_page(the_case, ALL, context(), settings)
    answers = page_answers(the_case.page, ALL, settings)
    kept = msgspec.json.decode(msgspec.json.encode(answers), type=dict[str, Answer])
    lean = the_case
    if the_case.page.body is not None and not the_case.page.body.links:
        lean = replace(the_case, page=replace(the_case.page, body=None))
    assert judge_page(lean, ALL, context(), settings, crawled=kept) == direct


def test_a_page_with_the_same_dead_link_in_body_and_footer_has_one_finding_in_the_body() -> None:
    in_body = linking(LinkKind.PAGE, LinkState.DEAD)
    in_footer = linking(LinkKind.PAGE, LinkState.DEAD, in_body=False)
    both = replace(in_body, page=replace(in_body.page, blocks=in_footer.page.blocks))
    outcomes = judge_page(both, [RULES["dead-link"]], context())
    (finding,) = outcomes[0].findings
    assert finding.in_body


def test_a_dead_link_is_known_by_its_target_and_an_unverified_one_stays_open() -> None:
    case = linking(LinkKind.PAGE, LinkState.DEAD)
    second = link("http://127.0.0.1/other")
    two = replace(case, page=page(body=body(links=(*case.page.body.links, second))))
    (outcome,) = judge_page(two, [RULES["dead-link"]], context())
    (finding,) = outcome.findings
    assert finding.what == "http://127.0.0.1/target"
    assert "404 未找到" in finding.message
    assert outcome.unsettled == (fingerprint("dead-link", "p1", "http://127.0.0.1/other"),)


def test_a_dead_link_is_shown_where_it_stands_and_one_of_a_block_by_its_block() -> None:
    inside = linking(LinkKind.PAGE, LinkState.DEAD)
    outside = linking(LinkKind.PAGE, LinkState.DEAD, in_body=False)
    for case, path in ((inside, "p > a"), (outside, "div.footer")):
        (outcome,) = judge_page(case, [RULES["dead-link"]], context())
        assert outcome.findings[0].path == path


def test_an_undated_entry_says_where_no_date_was_found() -> None:
    undated = page(published=None, date_state=DateState.ABSENT)
    for listed_row, where in ((row(None), "内容页和列表行都没有"), (None, "内容页没有")):
        case = page_case(undated, listed=listed_row)
        (outcome,) = judge_page(case, [RULES["undated-entry"]], context())
        assert outcome.findings[0].message.startswith(where)


def test_a_missing_budget_names_duty_and_year_and_each_is_a_finding_of_its_own() -> None:
    at = datetime(2018, 12, 3, 4, tzinfo=UTC)
    december = context(as_of=at, today=date(2018, 12, 3))
    (outcome,) = judge_unit(budget_case(on=at), [RULES["missing-budget"]], december)
    assert [f.what for f in outcome.findings] == ["预算 2018", "决算 2017"]
    assert "没有本单位2017年决算；要求10月31日前公开" in outcome.findings[1].message


def test_a_budget_duty_before_the_judged_period_is_not_asked_for() -> None:
    at = datetime(2018, 2, 1, 4, tzinfo=UTC)
    february = context(as_of=at, today=date(2018, 2, 1))
    case = budget_case(on=at)
    (outcome,) = judge_unit(case, [RULES["missing-budget"]], february)
    assert outcome.kind is OutcomeKind.FINE
    longer = replace(february, judge_from=date(2017, 1, 1))
    (outcome,) = judge_unit(case, [RULES["missing-budget"]], longer)
    assert [f.what for f in outcome.findings] == ["预算 2017", "决算 2016"]


def test_an_unknown_column_gives_the_reason_of_its_reading() -> None:
    case = unit_case(columns=(column_case(WALL),))
    (outcome,) = judge_unit(case, [RULES["missing-column"]], context())
    assert outcome.unverified == WALL
    assert outcome.unsettled == (fingerprint("missing-column", case.columns[0].subject.key, ""),)


def test_an_unverified_footer_link_does_not_make_every_page_unverified() -> None:
    case = linking(LinkKind.PAGE, LinkState.UNVERIFIED, in_body=False)
    (outcome,) = judge_page(case, [RULES["dead-link"]], context())
    assert outcome.kind is OutcomeKind.FINE
    assert len(outcome.unsettled) == 1


def test_a_missing_column_is_a_finding_of_the_column_and_a_variant_is_remarked() -> None:
    variant = listed(TODAY, match=NameMatch.VARIANT, found_name="工作动态")
    case = unit_case(columns=(ABSENT_COLUMN, variant))
    (outcome,) = judge_unit(case, [RULES["missing-column"]], context())
    (finding,) = outcome.findings
    assert finding.subject == ABSENT_COLUMN.subject
    assert finding.what == ""
    assert finding.url == "http://127.0.0.1/u1"
    assert "工作动态 > 政务动态" in finding.message
    assert outcome.reason == "名称变体：“工作动态”，规范名称“政务动态”"


def test_an_incomplete_tree_gives_its_own_reason() -> None:
    case = unit_case(columns=(ABSENT_COLUMN,), tree=tree(complete=False, reason=WALL))
    (outcome,) = judge_unit(case, [RULES["missing-column"]], context())
    assert outcome.unverified == WALL


def test_an_overdue_column_says_what_was_seen_and_what_is_required() -> None:
    (outcome,) = judge_column(listed(date(2018, 3, 1)), [RULES["overdue-column"]], context())
    (finding,) = outcome.findings
    assert finding.message == "截至 2018-06-04，最近更新 2018-03-01；要求14日内更新"
    assert finding.what == ""


def test_a_cadence_of_our_own_is_marked_unconfirmed() -> None:
    case = listed(date(2018, 3, 1))
    ours = replace(case, expected=case.expected.model_copy(update={"cadence_unconfirmed": True}))
    (outcome,) = judge_column(ours, [RULES["overdue-column"]], context())
    assert outcome.findings[0].message.endswith("要求14日内更新（本市设置，未确认）")


def test_a_column_is_overdue_or_blank_never_both() -> None:
    for case in (listed(date(2018, 3, 1)), ABSENT_COLUMN, column_case(WALL), listed(None)):
        kinds = [o.kind for o in judge_column(case, ALL, context())]
        assert kinds.count(OutcomeKind.FINDING) <= 1


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_a_fingerprint_is_stable_and_tells_subjects_and_places_apart(
    key: str, what: str, other_key: str, other_what: str
) -> None:
    mark = fingerprint("some-rule", key, what)
    assert mark == fingerprint("some-rule", key, what)
    assert len(mark) == 32
    assert mark != fingerprint("other-rule", key, what)
    if "\x1f" not in key + what + other_key + other_what and (key, what) != (
        other_key,
        other_what,
    ):
        assert mark != fingerprint("some-rule", other_key, other_what)


@given(
    st.lists(
        st.builds(
            Hit,
            what=st.sampled_from("abc"),
            message=st.just("有错"),
            suspected=st.booleans(),
        ),
        max_size=12,
    )
)
def test_findings_are_as_many_as_there_are_different_places(hits: list[Hit]) -> None:
    outcome = one(saying(*hits)) if hits else one(saying(None))
    assert {f.what for f in outcome.findings} == {h.what for h in hits}
    assert len(outcome.findings) == len({h.what for h in hits})
    certain = {h.what for h in hits if not h.suspected}
    assert {f.what for f in outcome.findings if not f.suspected} == certain


@pytest.mark.parametrize(
    ("dated", "kind"),
    [
        (date(2017, 12, 31), OutcomeKind.NOT_APPLICABLE),
        (date(2018, 1, 1), OutcomeKind.UNVERIFIED),
        (None, OutcomeKind.UNVERIFIED),
    ],
)
def test_a_page_that_could_not_be_read_counts_only_if_it_may_be_of_the_judged_period(
    dated: date | None, kind: OutcomeKind
) -> None:
    unread = Unverified(code=Missing.SERVER, reason="服务器出错（500）")
    outcomes = judge_page(page_case(unread, dated=dated), ALL, context())
    assert {o.kind for o in outcomes} == {kind}
