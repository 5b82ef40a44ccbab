"""Every rule says what it should of every case in ``rule_cases``, word for word as in ``told.txt``:
``python -m tests.unit.checks.test_rules --write`` after a change of words, and read what it changed."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from checks.case import PageCase
from checks.model import Outcome, OutcomeKind
from checks.registry import HEADINGS, RULES, Rule, by_machine
from checks.runner import judge, judge_page
from tests.unit.checks import rule_cases
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import context

CASES: list[RuleCase] = [
    *rule_cases.CASES,
    *(
        case
        for module in sorted((Path(__file__).parent / "families").glob("*.py"))
        for case in import_module(f"tests.unit.checks.families.{module.stem}").CASES
    ),
]
"""Those of the first families, and what each module of ``families`` calls ``CASES``."""
GUILTY = (OutcomeKind.FINDING, OutcomeKind.SUSPECTED)

BY_ID = pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
JUDGED = pytest.mark.parametrize("rule", by_machine(), ids=[r.id for r in by_machine()])


def _name(case: RuleCase) -> str:
    return f"{case.rule}: {case.side}: {case.name}"


def outcome_of(case: RuleCase) -> Outcome:
    rule = RULES[case.rule]
    base = context(**case.context)
    settings = {case.rule: case.params}
    if isinstance(case.case, PageCase):
        (outcome,) = judge_page(case.case, [rule], base, settings)
    else:
        (outcome,) = judge(case.case, [rule], base, settings)
    return outcome


TOLD = Path(__file__).with_name("told.txt")


def told(rule_id: str) -> str:
    """What a person is told in the cases of a rule: all that a finding holds but its identity."""
    lines = [f"# {rule_id}"]
    for case in CASES:
        if case.rule != rule_id:
            continue
        outcome = outcome_of(case)
        lines += ["", f"{case.side}: {case.name}", f"  {outcome.kind}"]
        lines += [f"  {outcome.reason}"] if outcome.reason else []
        lines += [f"  left open: {len(outcome.unsettled)}"] if outcome.unsettled else []
        for finding in outcome.findings:
            what = f"what: {finding.what}" if finding.what else ""
            shown = [finding.message, what, finding.url or "", finding.path, finding.snippet]
            sure = "suspected" if finding.suspected else "certain"
            place = "in the body" if finding.in_body else "outside the body"
            lines += [f"  - {sure}, {place}", *(f"    {text!s}" for text in shown if text)]
    return "\n".join(lines) + "\n"


@JUDGED
def test_a_rule_tells_a_clerk_what_was_agreed_word_for_word(rule: Rule) -> None:
    blocks = re.split("^# ", TOLD.read_text(encoding="utf-8"), flags=re.MULTILINE)
    agreed = {
        block.partition("\n")[0]: "# " + block.rstrip("\n") + "\n" for block in blocks if block
    }
    assert told(rule.id) == agreed[rule.id]


@pytest.mark.parametrize("case", CASES, ids=_name)
def test_a_rule_says_what_the_case_deserves(case: RuleCase) -> None:
    outcome = outcome_of(case)
    assert outcome.kind is case.kind, outcome
    assert bool(outcome.findings) is (case.kind in GUILTY)
    assert "规则内部错误" not in outcome.reason
    for finding in outcome.findings:
        assert "；要求" in finding.message or "；" in finding.message
        assert finding.message == finding.message.strip()
    if case.kind in (OutcomeKind.UNVERIFIED, OutcomeKind.NOT_APPLICABLE):
        assert outcome.reason


@JUDGED
def test_a_rule_has_a_bad_case_a_good_twin_both_sides_of_its_limit_and_an_unverifiable_case(
    rule: Rule,
) -> None:
    mine = [case for case in CASES if case.rule == rule.id]
    assert any(c.side == "bad" and c.kind in GUILTY for c in mine)
    assert any(c.side == "good" and c.kind is OutcomeKind.FINE for c in mine)
    assert any(c.side == "unverified" and c.kind is OutcomeKind.UNVERIFIED for c in mine)
    if rule.params:
        edges = {c.kind for c in mine if c.side == "edge"}
        assert edges & set(GUILTY)
        assert edges - set(GUILTY)


@BY_ID
def test_a_rule_is_documented_under_every_heading(rule: Rule) -> None:
    sections = rule.sections()
    assert tuple(sections) == HEADINGS
    assert all(text.strip() for text in sections.values())
    assert "正例：" in sections["正例/反例"]
    assert rule.doc.good.strip()
    assert rule.doc.bad.strip()


@BY_ID
def test_a_rule_has_a_basis_a_remedy_of_one_sentence_and_words_for_its_parameters(
    rule: Rule,
) -> None:
    assert rule.title
    assert rule.basis
    assert all(b.document and b.clause for b in rule.basis)
    assert rule.remedy.startswith("请")
    assert rule.remedy.endswith("。")
    assert rule.remedy.count("。") == 1
    for param in rule.params.values():
        assert param.meaning
        assert param.fault(param.default) is None


def test_no_two_cases_of_a_rule_share_a_name() -> None:
    names = [_name(case) for case in CASES]
    assert len(names) == len(set(names))


def test_every_case_belongs_to_a_registered_rule() -> None:
    assert {case.rule for case in CASES} == {r.id for r in by_machine()}


@BY_ID
def test_what_a_rule_says_of_itself_can_be_printed_on_a_gbk_console(rule: Rule) -> None:
    texts = [rule.title, rule.remedy, *rule.sections().values()]
    texts += [p.meaning + p.unit for p in rule.params.values()]
    for text in texts:
        text.encode("gbk")


if __name__ == "__main__":
    if "--write" in sys.argv:
        TOLD.write_text("\n".join(told(rule.id) for rule in by_machine()), encoding="utf-8")
