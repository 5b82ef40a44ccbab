"""Dates in all the ways in which they are written, and what only looks like one."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract import dates

DAY = date(2024, 3, 5)


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05", "2024-3-5", "2024/03/05", "2024.03.05", "2024年3月5日", "2024年03月05日 08时01分",
        "[2024-03-05]", "（2024-03-05）", "2024-03-05 17:32", "2024-03-05 17:32:08", "2024-\n 03-\n 05",
        "２０２４年３月５日", "二〇二四年三月五日", "二○二四年三月五日", "2024 年 3 月 5 日", "2024—03—05",
        "2024-03-05T08:00:00", "2024-03-05 10∶08", "2024-03-05 星期二",
    ],
)  # fmt: skip
def test_a_date_is_read_and_known_to_be_the_whole_text(text: str) -> None:
    assert dates.first(text) == DAY
    assert dates.whole(text) == DAY


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("二〇一八年十二月三十一日", date(2018, 12, 31)),
        ("二〇一九年十月一日", date(2019, 10, 1)),
        ("二零二零年二月二十九日", date(2020, 2, 29)),
        ("一九九八年十一月廿一日", date(1998, 11, 21)),
    ],
)
def test_chinese_numerals_are_read(text: str, wanted: date) -> None:
    assert dates.first(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-00018", "014742224A/2023-0043406", "K28044908/2026-04277", "002482082/2024-00332",
        "2024-13-05", "2024-02-30", "2024年3月", "电话：0792-4222222", "192.168.1.1", "2024-03",
        "1-10月", "360481-2024-3-512345", "3.15", "20240305123", "0000-00-00", "二〇二四年三月",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert dates.first(text) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("15 2024-03", date(2024, 3, 15)), ("15\x1f2024.03", date(2024, 3, 15)), ("03-15 2024", date(2024, 3, 15)),
     ("15日 2024年3月", date(2024, 3, 15))],
)  # fmt: skip
def test_a_date_in_pieces_is_put_together(text: str, wanted: date) -> None:
    assert dates.loose(text) == wanted


@pytest.mark.parametrize("text", ["03-15", "[03-15]", "(3/15)", "3月15日", "03.15"])
def test_month_and_day_alone_are_no_date_but_known(text: str) -> None:
    assert dates.first(text) is None
    assert dates.only_month_day(text) == (3, 15)


@pytest.mark.parametrize("text", ["13-40", "1:30", "第3-15条规定", "2024-03-15", "1/231"])
def test_other_pairs_of_numbers_are_no_month_and_day(text: str) -> None:
    assert dates.only_month_day(text) is None


def test_a_title_with_a_date_is_not_nothing_but_a_date() -> None:
    assert dates.whole("2024年3月5日新闻发布会") is None


def test_stamps_of_machines_are_read_in_shanghai_time() -> None:
    assert dates.stamp("20240305") == DAY
    assert dates.stamp("20240305143000") == DAY
    assert dates.stamp("2024-03-05-21:50:00") == DAY
    assert dates.stamp("1709568000") == DAY  # 2024-03-04 16:00 UTC
    assert dates.stamp("1709567999000") == date(2024, 3, 4)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2099, 12, 31)), st.text(max_size=20))
def test_every_date_written_plainly_is_found_again(day: date, around: str) -> None:
    around = "".join(sign for sign in around if not sign.isdigit() and sign not in "-/.年月")
    assert dates.first(f"{around} {day.isoformat()} {around}") == day
    assert dates.first(f"发布日期：{day.year}年{day.month}月{day.day}日") == day


@given(st.text(max_size=300))
def test_no_text_makes_the_readers_of_dates_raise(text: str) -> None:
    dates.find(text)
    dates.loose(text)
    dates.whole(text)
    dates.month_day(text)
    dates.only_month_day(text)
    dates.stamp(text)
