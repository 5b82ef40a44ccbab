"""Honesty of dates over all orders and schedules: who is honest is never named, a lie is found."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.dates_facts import (
    DatesCase,
    Number,
    Rebuilt,
    Row,
    arrivals,
    back_to,
    comparable,
    date_in,
    look_of,
    number_in,
)
from checks.dates_honest import _runs
from checks.facts import StopReason
from checks.model import Finding, OutcomeKind
from checks.registry import RULES
from checks.runner import judge
from tests.unit.checks.families.dates import (
    NEW,
    OLD,
    case,
    filled,
    listed,
    look,
    noon,
    numbered,
    row,
)
from tests.unit.checks.samples import context, reading, rows

START = date(2018, 1, 1)
FAMILY = [
    RULES[name]
    for name in (
        "backdated-entry", "sudden-filling", "date-out-of-order", "future-date", "recycled-text",
    )
]  # fmt: skip


def found(made: DatesCase) -> list[Finding]:
    outcomes = judge(made, FAMILY, context())
    assert not [o for o in outcomes if o.kind is OutcomeKind.UNVERIFIED]
    assert all(f.suspected for o in outcomes for f in o.findings)
    return [f for o in outcomes for f in o.findings]


def day(number: int) -> date:
    return START + timedelta(days=number)


def out_of_order(made: tuple[Row, ...]) -> list[str]:
    return [
        f.what
        for f in found(case(made, look(day(2000), *made)))
        if f.rule_id == "date-out-of-order"
    ]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[int]]:
    """Entries as (day of publishing, day claimed), and the days on which the column was read."""
    published = draw(st.lists(st.integers(0, 120), min_size=1, max_size=25))
    # An honest office may date a thing a day early, or later than it is put up.
    claims = [p + draw(st.integers(-1, 0)) for p in published]
    reads = sorted(draw(st.sets(st.integers(1, 154), min_size=1, max_size=8)))
    return list(zip(published, claims, strict=True)), reads


def told(entries: list[tuple[int, int]], reads: list[int], whole: list[bool]) -> DatesCase:
    """The column as these readings saw it; page numbers follow the publishing."""
    order = sorted(range(len(entries)), key=lambda i: (entries[i][0], i))
    number = {i: 5000 + place for place, i in enumerate(order)}

    def shown(i: int) -> object:
        return row(
            f"e{i}",
            day(entries[i][1]),
            known_since=noon(day(next((r for r in reads if r >= entries[i][0]), 0))),
            number=Number(series="s", value=number[i]),
        )

    looks = []
    for read, complete in zip(reads, whole, strict=True):
        there = [shown(i) for i, (published, _) in enumerate(entries) if published <= read]
        looks.append(look(day(read), *there, whole=complete))  # type: ignore[arg-type]
    newest = [shown(i) for i, (published, _) in enumerate(entries) if published <= reads[-1]]
    return case(tuple(newest), *looks)


@given(histories(), st.randoms(use_true_random=False))
def test_an_honest_column_is_never_named_whenever_it_is_read(
    history: tuple[list[tuple[int, int]], list[int]], r: random.Random
) -> None:
    entries, reads = history
    whole = [r.random() < 0.8 for _ in reads]
    assert found(told(entries, reads, whole)) == []


@given(histories(), st.integers(2, 60))
def test_an_entry_that_is_put_up_after_a_reading_and_claims_to_be_older_is_found(
    history: tuple[list[tuple[int, int]], list[int]], early: int
) -> None:
    entries, reads = history
    entries = [(0, 0), *entries]
    reads = sorted({*reads, 130, 140})
    claimed = 130 - early
    made = told([*entries, (135, claimed)], reads, [True] * len(reads))
    liar = f"http://127.0.0.1/e{len(entries)}"
    backdated = [f for f in found(made) if f.rule_id == "backdated-entry"]
    assert [f.what for f in backdated] == [liar]
    assert f"声称：{day(claimed)} 发布" in backdated[0].snippet
    # Read once more, nothing of what it rests on has changed.
    later = told([*entries, (135, claimed)], [*reads, 153], [True] * (len(reads) + 1))
    again = [f for f in found(later) if f.rule_id == "backdated-entry"]
    assert [(f.fingerprint, f.snippet) for f in again] == [
        (f.fingerprint, f.snippet) for f in backdated
    ]


@given(
    st.lists(st.integers(0, 30), min_size=10, max_size=40),
    st.lists(st.integers(-15, 15), min_size=40, max_size=40),
    st.randoms(use_true_random=False),
)
def test_dates_that_go_up_with_the_numbers_within_a_month_are_in_order(
    steps: list[int], wobble: list[int], r: random.Random
) -> None:
    days, at = [], 40
    for step, off in zip(steps, wobble, strict=False):
        at += step
        days.append(at + off)
    made = list(numbered(*days))
    r.shuffle(made)
    assert out_of_order(tuple(made)) == []


@given(st.integers(5, 20), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(place: int, r: random.Random) -> None:
    days = [50 + 3 * n for n in range(24)]
    days.insert(place, 5)
    made = list(numbered(*days))
    before = out_of_order(tuple(made))
    r.shuffle(made)
    after = out_of_order(tuple(made))
    assert before == after == [f"http://127.0.0.1/n{5000 + place}"]


@pytest.mark.parametrize(
    ("url", "value", "built"),
    [
        ("http://h/info/1033/2416.htm", 2416, None),
        ("http://h/info/1033/2416.html", 2416, None),
        ("http://h/zwgk/201806/t20180604_123456.htm", 123456, date(2018, 6, 4)),
        ("http://h/zwgk/201806/t20180604_123456.shtml", 123456, date(2018, 6, 4)),
        ("http://h/art/2018/6/4/art_1033_2416.html", 2416, date(2018, 6, 4)),
        ("http://h/zhengce/2018-06/04/content_5134.htm", 5134, date(2018, 6, 4)),
        ("http://h/document/2018-06-04/5134_1.html", 5134, date(2018, 6, 4)),
        ("http://h/ztzl/show_5134.html", 5134, None),
        ("http://h/mstd/detail.do?id=5134", 5134, None),
        ("http://h/a.jsp?t=1&infoid=5134&x=2", 5134, None),
        ("http://h/a.jsp?pid=5134", None, None),
        ("http://h/20180604101112123.html", None, None),
        ("http://h/zwgk/t20181304_1.htm", 1, None),
        ("http://h/art/2018/13/4/art_1_2.html", 2, None),
        ("http://h/ztzl/show_5134567890.html", 5134567890, None),
        ("http://h/ztzl/show_51345678901.html", None, None),
        ("http://h/about.html", None, None),
        ("http://h/a/8f14e45fceea167a5a36dedd4bea2543.html", None, None),
        ("http://h/", None, None),
    ],
)
def test_numbers_and_dates_are_read_from_the_addresses_of_the_known_forms(
    url: str, value: int | None, built: date | None
) -> None:
    number = number_in(url)
    assert (number.value if number else None) == value
    assert date_in(url) == built


def test_only_numbers_of_one_series_are_compared() -> None:
    def series(url: str) -> str:
        number = number_in(url)
        assert number is not None
        return number.series

    assert series("http://h/a/201806/t20180604_1.htm") == series(
        "http://h/a/201705/t20170504_2.htm"
    )
    assert series("http://h/art/2018/6/4/art_1_2.html") == series(
        "http://h/art/2017/12/4/art_1_3.html"
    )
    assert series("http://h/info/1033/1.htm") != series("http://g/info/1033/1.htm")
    assert series("http://h/a/content_1.htm") != series("http://h/b/content_1.htm")
    assert series("http://h/a/content_1.htm") != series("http://h/a/1.htm")
    assert series("http://h/d.do?id=1") != series("http://h/e.do?id=1")


def test_a_sudden_filling_lays_both_readings_and_the_claims_side_by_side() -> None:
    (finding,) = found(filled(*(date(2018, 2, 1) + timedelta(days=14 * n) for n in range(6))))
    lines = finding.snippet.split("\n")
    assert "最新一条 2018-01-10" in lines[0]
    assert "新增 6 条" in lines[1]
    assert len([line for line in lines if line.startswith("声称")]) == 5
    assert "2018-02-01 至 2018-04-12" in finding.message
    assert finding.what == ""


def test_what_is_older_than_the_history_is_left_as_it_was() -> None:
    made = case((NEW, *OLD), look(date(2018, 5, 28), NEW, *OLD), look(date(2018, 6, 4), NEW, *OLD))
    (whole,) = judge(made, [RULES["backdated-entry"]], context())
    assert whole.unsettled == ()
    (cut,) = judge(replace(made, cut=True), [RULES["backdated-entry"]], context())
    assert cut.kind is OutcomeKind.FINE
    assert len(cut.unsettled) == 1 + len(OLD)


def test_a_page_that_vanished_for_a_while_arrived_when_it_was_seen_first() -> None:
    looks = (look(day(1), NEW), look(day(8)), look(day(15), NEW))
    assert [a.first for a in arrivals((NEW,), looks)] == [0]


def test_back_to_wants_dates_that_fall_over_two_pages() -> None:
    days = [day(9), day(8), day(8), day(3)]
    made = reading(rows(*days), (2, 2))
    assert back_to(made, days) == day(3)
    assert back_to(reading(rows(*days), (4,)), days) is None
    assert back_to(reading(rows(*days), (4, 0)), days) is None
    assert back_to(made, [day(8), day(9), day(8), day(3)]) is None
    assert back_to(made, [day(9), None, day(8), day(3)]) is None
    assert back_to(made, [day(3)] * 4) is None
    assert back_to(made, [day(3)]) is None


@pytest.mark.parametrize(
    ("changes", "whole", "falls"),
    [
        ({}, True, True),
        ({"scripted": True}, False, False),
        ({"confidence": 0.7}, False, False),
        ({"confidence": 0.8}, True, True),
        ({"stop": StopReason.OLDER}, False, True),
        ({"stop": StopReason.FAILED}, False, True),
    ],
)
def test_a_reading_that_is_not_sure_proves_nothing(
    changes: dict[str, object], whole: bool, falls: bool
) -> None:
    days = [day(9), day(8), day(7), day(3)]
    made = reading(rows(*days), (2, 2), **changes)
    there = tuple(listed(str(n), d) for n, d in enumerate(days))
    there += (listed("top", day(1), pinned=True),)
    seen = look_of(made, there, scan_id=1, at=noon(day(10)), started=noon(day(10)), sure=0.8)
    assert (seen.whole, seen.back_to == day(3)) == (whole, falls)
    assert seen.on == day(10)


def test_of_a_list_that_was_cut_only_what_reaches_back_is_held_against_the_one_before() -> None:
    old = tuple(row(f"o{n}", day(10 * n)) for n in range(1, 6))
    before = look(day(60), *old)
    after = look(day(70), *old[3:], whole=False, back_to=day(40))
    assert comparable(before, after, ())  # of what is later than 40 one of one still stands
    assert not comparable(before, look(day(70), *old[3:]), ())
    gone = look(day(70), row("x", day(65)), whole=False, back_to=day(40))
    assert not comparable(before, gone, ())
    assert not comparable(look(day(60), listed("p", day(5), pinned=True)), after, ())


def test_neighbours_in_a_list_make_one_run() -> None:
    assert _runs([]) == []
    assert _runs([3, 4, 5, 8, 10, 11]) == [[3, 4, 5], [8], [10, 11]]


def test_two_readings_across_a_rebuilding_are_not_compared() -> None:
    one, other = (look(day(n), row("a", day(1)), whole=True) for n in (10, 30))
    for on, until, same in (
        (10, None, False), (30, None, False), (9, None, True), (31, None, True),
        (5, 30, False), (5, 29, True), (5, 35, False),
    ):  # fmt: skip
        move = Rebuilt(on=day(on), until=day(until) if until is not None else None)
        assert comparable(one, other, [move]) is same, (on, until)
