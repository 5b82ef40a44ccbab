"""Agreement with another inspector: both, only they, only we, within what it inspected."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scorecards.agreement import Agreement, Named, Open, Scope, Standing, compare


def named(mark: str, standing: Standing, rule: str = "dead-link", inspection: int = 1) -> Named:
    return Named(inspection=inspection, fingerprint=mark, rule_id=rule, standing=standing)


def ours(mark: str, rule: str = "dead-link", unit: str = "jyj", inspection: int = 1) -> Open:
    return Open(inspection=inspection, fingerprint=mark, rule_id=rule, unit_id=unit)


SCOPE = Scope(units=frozenset({"jyj"}), rules=frozenset({"dead-link", "overdue-column"}))


def test_each_fault_is_counted_once_on_its_side() -> None:
    compared = compare(
        [
            named("a", Standing.BOTH),
            named("a", Standing.LATER),
            named("b", Standing.MISSED),
            named("c", Standing.UNVERIFIED),
            named("d", Standing.SUSPECTED),
            named("e", Standing.WITHDRAWN),
        ],
        [ours("a"), ours("x"), ours("y")],
        {1: SCOPE},
    )
    assert compared.rules["dead-link"] == Agreement(
        both=1, suspected=1, withdrawn=1, unverified=1, missed=1, only_we=2
    )
    assert compared.total.recall == 2500  # 1 of 4; what a person decided otherwise is left out
    assert compared.total.precision == 3333  # 1 of 3


def test_what_the_inspection_did_not_look_at_is_no_mistake_of_ours() -> None:
    compared = compare(
        [named("a", Standing.BOTH)],
        [
            ours("x", unit="czj"),
            ours("y", rule="mixed-fonts"),
            ours("z", unit="czj", rule="mixed-fonts"),
        ],
        {1: SCOPE},
    )
    assert compared.total == Agreement(both=1)
    assert (compared.outside_units, compared.outside_kinds) == (2, 1)


def test_the_same_fault_in_two_inspections_counts_in_each() -> None:
    compared = compare(
        [named("a", Standing.MISSED), named("a", Standing.BOTH, inspection=2)],
        [ours("a", inspection=2), ours("b", inspection=2)],
        {1: SCOPE, 2: SCOPE},
    )
    assert compared.total == Agreement(both=1, missed=1, only_we=1)


def test_shares_of_nothing_are_unknown_and_not_zero() -> None:
    assert Agreement().recall is None
    assert Agreement(missed=1).precision is None
    assert Agreement(missed=1).recall == 0


NAMED = st.builds(
    named, st.sampled_from("abcdef"), st.sampled_from(Standing), st.sampled_from(["dead-link", "hand-late"]),
    st.integers(1, 2),
)  # fmt: skip
OURS = st.builds(
    ours, st.sampled_from("abcxyz"), st.sampled_from(["dead-link", "mixed-fonts"]),
    st.sampled_from(["jyj", "czj"]), st.integers(1, 2),
)  # fmt: skip


@given(st.lists(NAMED), st.lists(OURS, unique_by=lambda o: (o.inspection, o.fingerprint)))
def test_the_counts_add_up_and_do_not_depend_on_the_order(
    theirs: list[Named], mine: list[Open]
) -> None:
    compared = compare(theirs, mine, {1: SCOPE, 2: SCOPE})
    assert compared == compare(theirs[::-1], mine[::-1], {1: SCOPE, 2: SCOPE})
    told = {(n.inspection, n.fingerprint) for n in theirs}
    total = compared.total
    assert total.both + total.only_they + total.withdrawn == len(told)
    alone = {(o.inspection, o.fingerprint) for o in mine} - told
    assert total.only_we + compared.outside_units + compared.outside_kinds == len(alone)
    assert sum(a.both for a in compared.rules.values()) == total.both
