"""The edges of small reckonings that rules rest on: one day, one row, one character to either side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from checks.annual_facts import Owes, met, owed
from checks.areas_facts import Look, Place, State, found
from checks.duties_titles import _whole_quarters
from checks.facts import DateState, Entry, Missing, StopReason, Unverified
from checks.inspected import LONGEST, clean
from checks.interpretation_facts import _pairs_of
from checks.layout import chinese_family
from checks.moved import ENOUGH, _confidence
from checks.proof import read_whole, whole_doubt
from config.areas import Item
from tests.unit.checks.samples import reading, rows

# --- annual reports -------------------------------------------------------------------------------


def entry(title: str, published: date | None = None, n: int = 1) -> Entry:
    return Entry(
        title=title,
        url=f"http://127.0.0.1/{n}.htm",
        published=published,
        date_state=DateState.READ if published else DateState.ABSENT,
    )


@pytest.mark.parametrize(
    ("title", "published", "is_it"),
    [
        ("2017年政府信息公开年度报告", date(2018, 3, 1), True),
        ("2017年政府信息公开年度报告", date(2020, 3, 1), True),
        ("2018年政府信息公开年度报告", date(2018, 3, 1), None),  # called by the year it came out
        ("2018年政府信息公开年度报告", None, None),
        ("2018年政府信息公开年度报告", date(2019, 3, 1), False),
        ("2018年政府信息公开年度报告", date(2017, 3, 1), False),
        ("2016年政府信息公开年度报告", date(2018, 3, 1), False),
        ("2019年政府信息公开年度报告", date(2018, 3, 1), False),
        ("政府信息公开年度报告", date(2018, 3, 1), None),
        ("政府信息公开年度报告", None, None),
        ("政府信息公开年度报告", date(2017, 3, 1), False),
        ("政府信息公开年度报告", date(2019, 3, 1), False),
    ],
)
def test_a_report_is_of_the_year_that_its_title_or_its_date_says(
    title: str, published: date | None, is_it: bool | None
) -> None:
    assert met(entry(title, published), 2017) is is_it


@pytest.mark.parametrize(
    ("since", "until", "years"),
    [
        (date(2018, 3, 31), date(2018, 4, 1), [2017]),
        (date(2018, 4, 1), date(2018, 12, 31), []),
        (date(2018, 1, 1), date(2018, 3, 31), []),  # the day itself is still in time
        (date(2018, 1, 1), date(2019, 4, 1), [2017, 2018]),
        (date(2019, 1, 1), date(2019, 4, 1), [2018]),
    ],
)
def test_a_report_is_owed_from_the_day_after_it_was_due(
    since: date, until: date, years: list[int]
) -> None:
    assert [year for year, _ in owed(Owes.GOVERNMENT, since, until)] == years


# --- key areas ------------------------------------------------------------------------------------

ITEM = Item(
    id="kongqi", title="空气质量", units=("u1",), words=(("空气",),), places=("portal/hjbh",), basis="国办发〔2018〕10号",
)  # fmt: skip
DAY = date(2018, 6, 4)


def look(*entries: Entry, own: bool = True, **changes: object) -> Look:
    place = Place(key="portal/hjbh", name="环境保护", own=own, entries=entries)
    return replace(Look(places=(place,)), **changes)  # type: ignore[arg-type]


def test_an_item_without_a_limit_is_met_by_any_entry_and_the_newest_is_shown() -> None:
    item = ITEM.model_copy(update={"within_months": None})
    old, new, undated = (
        entry("空气一", date(2012, 1, 1), 1),
        entry("空气二", date(2013, 1, 1), 2),
        entry("空气三", None, 3),
    )
    seen = found(item, look(old, new, undated), DAY)
    assert seen.state is State.OPEN
    assert seen.newest is not None
    assert seen.newest.entry is new
    alone = found(item, look(undated), DAY)
    assert alone.newest is not None
    assert alone.newest.entry is undated


def test_the_last_day_of_the_months_is_in_time_and_the_day_before_is_not() -> None:
    item = ITEM.model_copy(update={"within_months": 12})
    assert found(item, look(entry("空气", date(2017, 6, 4))), DAY).state is State.OPEN
    late = found(item, look(entry("空气", date(2017, 6, 3))), DAY)
    assert (late.state, late.suspected) == (State.MISSING, False)


def test_what_is_dated_after_the_reading_or_not_at_all_leaves_the_item_open() -> None:
    item = ITEM.model_copy(update={"within_months": 12})
    for unsure in (entry("空气", date(2018, 6, 5)), entry("空气", None)):
        assert found(item, look(unsure), DAY).state is State.UNVERIFIED
    both = (entry("空气", None, 1), entry("空气", DAY, 2))
    assert found(item, look(*both), DAY).state is State.OPEN
    told = look(entry("空气", None), dates={"http://127.0.0.1/1.htm": DAY})
    assert found(item, told, DAY).state is State.OPEN
    stale = replace(entry("空气", DAY), date_state=DateState.UNREAD)
    assert found(item, look(stale), DAY).state is State.UNVERIFIED


def test_of_entries_in_time_one_that_says_it_in_its_title_is_shown_before_a_newer_one() -> None:
    item = ITEM.model_copy(update={"within_months": 12})
    titled, other = entry("空气", date(2018, 5, 1), 1), entry("公告", date(2018, 6, 1), 2)
    seen = found(item, look(titled, other), DAY)
    assert seen.newest is not None
    assert seen.newest.entry is titled


# --- readings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        ({}, True),
        ({"total_claimed": 3}, True),
        ({"total_claimed": 4}, False),
        ({"total_claimed": 2}, True),
        ({"pages_claimed": 1}, True),
        ({"pages_claimed": 2}, False),
        ({"stop": StopReason.CAP}, False),
        ({"stop": StopReason.REPEATED}, False),
        ({"stop": StopReason.REPEATED, "total_claimed": 3}, True),
        ({"stop": StopReason.REPEATED, "total_claimed": 4}, False),
    ],
)
def test_a_list_is_whole_when_it_ended_and_nothing_claims_more(
    changes: dict[str, object], whole: bool
) -> None:
    some = rows(date(2018, 6, 1), date(2018, 5, 1), date(2018, 4, 1))
    assert read_whole(reading(some, **changes)) is whole


@pytest.mark.parametrize(("confidence", "doubted"), [(0.79, True), (0.8, False), (0.81, False)])
def test_a_list_is_doubted_below_the_confidence_that_is_wanted(
    confidence: float, doubted: bool
) -> None:
    some = rows(date(2018, 6, 1))
    assert (whole_doubt(reading(some, confidence=confidence), 0.8) is not None) is doubted


# --- titles, texts, names -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months", "cumulative", "quarters"),
    [
        ({1, 2, 3}, False, {1}),
        ({4, 5, 6}, False, {2}),
        ({4, 5, 6, 7}, False, set()),
        ({1, 3}, False, set()),
        ({1, 2, 3, 4, 5, 6}, True, {2}),
        ({1, 2, 3, 4, 5, 6}, False, set()),
        ({2, 3, 4, 5, 6}, True, set()),
        ({4, 6}, False, set()),
        (set(), True, set()),
    ],
)
def test_months_are_a_quarter_only_as_a_whole(
    months: set[int], cumulative: bool, quarters: set[int]
) -> None:
    assert _whole_quarters(frozenset(months), cumulative=cumulative) == quarters


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  文字 ", "文字"),
        ("文\u0000字", "文字"),
        ("文\u202e字", "文字"),
        ("文\u2028字", "文 字"),
        ("文\r\n字", "文 字"),
        ("文\u3000\u3000字", "文 字"),
        ("文  字", "文 字"),
        ("字" * LONGEST, "字" * LONGEST),
        ("字" * (LONGEST + 1), "字" * LONGEST),
        ("\u0000" * LONGEST + "字" * LONGEST, "字" * LONGEST),
    ],
)
def test_a_cell_s_text_is_one_line_without_what_acts_and_no_longer_than_it_may_be(
    text: str, shown: str
) -> None:
    assert clean(text) == shown


def test_words_are_compared_by_their_pairs_of_characters() -> None:
    assert _pairs_of("河长制") == {"河长", "长制"}
    assert _pairs_of("河") == frozenset()


@pytest.mark.parametrize(
    ("font", "family"),
    [
        ("仿宋_GB2312", "仿宋"),
        ("'Microsoft YaHei', 宋体", "微软雅黑"),
        ("Arial, 宋体", "宋体"),
        ("方正一", "方正一"),
        ("\u4e00", "\u4e00"),
        ("\u9fff", "\u9fff"),
        ("Times New Roman, serif", None),
        ("\u3400", None),
    ],
)
def test_a_font_list_asks_for_the_first_chinese_family(font: str, family: str | None) -> None:
    assert chinese_family(font) == family


def test_as_many_entries_in_common_as_are_enough_make_a_column_sure() -> None:
    assert _confidence(True, True, ENOUGH, ENOUGH, 1.0) == 99
    assert _confidence(False, False, ENOUGH, 2 * ENOUGH, 0.5) == 40
    assert _confidence(True, False, ENOUGH - 1, ENOUGH, 0.5) == 80
    assert _confidence(True, False, ENOUGH - 1, 9 * ENOUGH, 0.49) == 60


GAP = Unverified(code=Missing.UNPROVEN, reason="没有读到末页")


def test_a_gap_speaks_before_what_is_undated() -> None:
    item = ITEM.model_copy(update={"within_months": 12})
    seen = found(item, look(entry("空气", None), gap=GAP), DAY)
    assert (seen.state, seen.reason) == (State.UNVERIFIED, GAP.reason)
