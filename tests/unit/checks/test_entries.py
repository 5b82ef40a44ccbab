"""How index numbers of a site are written, which law a late disclosure breaks, and texts twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from checks.entry_facts import Twin, form_of, habit_of
from checks.model import Hit
from checks.parts import Disclosure
from checks.registry import RULES
from tests.unit.checks.samples import context

NUMBERS = ["A10001/2018-00001", "A10001/2018-00002", "A10001/2017-00003"]


def test_a_sites_habit_is_its_commonest_form_and_the_places_of_its_years() -> None:
    habit = habit_of([*NUMBERS, "36-1", "36-2"])
    assert habit is not None
    assert (habit.form, habit.years, habit.following, habit.total) == ("N/N-N", (1,), 3, 5)
    assert habit.example == min(NUMBERS)
    assert habit_of([]) is None


def test_of_forms_as_common_as_each_other_the_spelling_decides_and_not_the_order() -> None:
    forms = {habit_of(numbers).form for numbers in (["1-1", "1/1"], ["1/1", "1-1"])}  # type: ignore[union-attr]
    assert forms == {min("N-N", "N/N")}


@pytest.mark.parametrize(("years", "place"), [(19, (1,)), (18, ())])
def test_a_place_is_a_years_where_nearly_all_have_one_there(
    years: int, place: tuple[int, ...]
) -> None:
    numbers = [f"A/{2018 if n < years else 1}-{n}" for n in range(20)]
    habit = habit_of(numbers)
    assert habit is not None
    assert habit.years == place


def test_a_number_fits_with_more_years_than_the_habit_and_not_with_fewer() -> None:
    habit = habit_of(NUMBERS)
    assert habit is not None
    assert habit.fits("B2/2018-2018")
    assert not habit.fits("B2/18-00001")
    assert not habit.fits("B2-2018-00001")
    assert form_of(" A1/2018-1 ") == "N/N-N"


@pytest.mark.parametrize(
    ("made", "clause"),
    [(date(2019, 5, 14), "2007年条例第十八条"), (date(2019, 5, 15), "2019年修订的条例第二十六条")],
)
def test_a_late_disclosure_names_the_law_of_the_day_on_which_it_was_made(
    made: date, clause: str
) -> None:
    rule = RULES["late-disclosure"]
    entry = Disclosure(made=made, published=made + timedelta(days=60))
    said = rule.judge(entry, context(params=rule.defaults))
    assert isinstance(said, list)
    assert clause in said[0].message


def twin(key: str, day: date, column: str = "c", **more: object) -> Twin:
    return Twin(
        key=key, url=f"http://x/{key}", title="关于做好工作的通知", published=day, unit_id="u",
        column_key=column, text_key="t", **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_text_sent_to_two_columns_at_once_hides_no_other_of_the_day() -> None:
    rule = RULES["duplicate-text"]
    day = date(2018, 5, 10)
    me, at_once, again = twin("me", day), twin("aa", day, "other"), twin("bb", day)
    assert list(rule.judge(me, [at_once], context(params=rule.defaults))) == []
    (hit,) = rule.judge(me, [again, at_once], context(params=rule.defaults))
    assert isinstance(hit, Hit)
    assert hit.what == "bb"
