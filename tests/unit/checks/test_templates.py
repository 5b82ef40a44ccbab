"""Template faults: one problem of the operator, not a thousand of everyone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.model import Finding, Scope, fingerprint
from checks.templates import merge_template_faults
from tests.unit.checks.samples import subject

OPERATOR = subject(Scope.SITE, "portal", unit_id="office", url="http://127.0.0.1/")


def fault(
    n: int, *, in_body: bool = False, what: str = "http://t/dead", path: str = "div.footer"
) -> Finding:
    page = subject(key=f"p{n}", unit_id=f"u{n % 7}")
    return Finding(
        fingerprint=fingerprint("dead-link", page.key, what),
        rule_id="dead-link",
        subject=page,
        what=what,
        message="链接打不开",
        path=path,
        snippet="<a>",
        url=page.url,
        suspected=False,
        evidence=f"e{n}",
        in_body=in_body,
    )


def footer(pages: int) -> list[Finding]:
    return [fault(n) for n in range(pages)]


def test_a_dead_link_in_every_footer_is_one_problem_of_the_operator() -> None:
    (merged,) = merge_template_faults(footer(40), 40, OPERATOR)
    assert merged.subject == OPERATOR
    assert merged.pages == 40
    assert merged.what == "http://t/dead @ div.footer"
    assert merged.fingerprint == fingerprint("dead-link", "portal", merged.what)
    assert merged.url == "http://127.0.0.1/p0"
    assert merged.evidence == "e0"
    assert "40 个页面相同" in merged.message


def test_the_same_link_in_every_body_is_everyones_own() -> None:
    in_bodies = [fault(n, in_body=True) for n in range(40)]
    assert merge_template_faults(in_bodies, 40, OPERATOR) == tuple(in_bodies)


@pytest.mark.parametrize(
    ("pages", "known", "merges"),
    [
        (4, 4, False),
        (5, 5, True),
        (5, 16, True),
        (5, 17, False),
        (29, 100, False),
        (30, 100, True),
        (30, 101, False),
    ],
)
def test_it_takes_five_pages_and_thirty_in_a_hundred(pages: int, known: int, merges: bool) -> None:
    merged = merge_template_faults(footer(pages), known, OPERATOR)
    assert len(merged) == (1 if merges else pages)


def test_other_targets_and_other_blocks_are_other_faults() -> None:
    elsewhere = [fault(n, path="div.menu") for n in range(9)]
    other = [fault(n, what="http://t/other") for n in range(9)]
    assert len(merge_template_faults([*footer(9), *elsewhere, *other], 9, OPERATOR)) == 3


def test_one_page_with_many_findings_is_one_page() -> None:
    repeated = [fault(1)] * 20
    assert merge_template_faults(repeated, 20, OPERATOR) == (fault(1),)


def test_the_merged_problem_is_the_same_next_week_with_more_pages() -> None:
    (before,) = merge_template_faults(footer(20), 20, OPERATOR)
    (after,) = merge_template_faults(list(reversed(footer(25))), 25, OPERATOR)
    assert before.fingerprint == after.fingerprint


def test_another_rule_is_another_fault() -> None:
    images = [
        replace(
            f,
            rule_id="broken-image",
            fingerprint=fingerprint("broken-image", f.subject.key, f.what),
        )
        for f in footer(9)
    ]
    assert len(merge_template_faults([*footer(9), *images], 9, OPERATOR)) == 2


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=60), st.integers(1, 60))
def test_no_finding_is_lost_and_none_in_a_body_is_touched(
    drawn: list[tuple[int, bool]], known: int
) -> None:
    findings = [fault(n, in_body=inside, what=f"t{inside}") for n, inside in drawn]
    merged = merge_template_faults(findings, known, OPERATOR)
    inside = {f.subject.key for f in findings if f.in_body}
    assert {f.subject.key for f in merged if f.in_body} == inside
    outside = {f.subject.key for f in findings if not f.in_body}
    rest = [f for f in merged if not f.in_body]
    assert sum(f.pages for f in rest) == len(outside)
