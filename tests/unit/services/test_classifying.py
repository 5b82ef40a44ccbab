"""What a column is for, by its name, its place and its entries."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.facts import DateState, Entry
from config import wordlists
from config.schema import Cadence, UnitGroup
from services.classifying import (
    FALLBACK,
    cadence_by_dates,
    city_in,
    classify,
    group_of,
    unit_in,
)


def entries(*titles: str) -> list[Entry]:
    return [
        Entry(title=t, url=f"http://a/{i}", published=None, date_state=DateState.ABSENT)
        for i, t in enumerate(titles)
    ]


def every(days: int, count: int = 8, newest: date = date(2018, 5, 30)) -> list[Entry]:
    return [
        Entry(
            title=f"第{i}期",
            url=f"http://a/{i}",
            published=newest - timedelta(days=days * i),
            date_state=DateState.READ,
        )
        for i in range(count)
    ]


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("政务动态", "dongtai"),
        ("财政动态", "dongtai"),
        ("部门动态", "dongtai"),
        ("通知公告", "tongzhi"),
        ("公 示 公 告", "tongzhi"),
        ("招聘公告", "renshi-guihua"),
        ("政府文件", "zhengce"),
        ("政策解读", "zhengce"),
        ("人事任免", "renshi-guihua"),
        ("规划计划", "renshi-guihua"),
        ("部门预决算及“三公”经费", "yujuesuan"),
        ("统计公报", "tongji"),
        ("财政收支情况", "caijing"),
        ("政府采购", "zhongdian"),
        ("招标公告", "zhongdian"),
        ("市长信箱", "hudong"),
        ("意见征集", "hudong"),
        ("机构职能", "changqi"),
        ("领导之窗", "changqi"),
        ("信息公开指南", "changqi"),
    ],
)
def test_a_column_is_known_by_its_name(name: str, category: str) -> None:
    found = classify(name)
    assert (found.category, found.sure) == (category, True)


def test_every_column_of_the_built_in_catalogues_gets_its_own_category() -> None:
    assert {n: classify(n).category for n in wordlists.known_columns()} == wordlists.known_columns()


def test_a_name_that_says_nothing_takes_the_category_of_the_column_above() -> None:
    found = classify("市直单位", ("政府信息公开", "通知公告"))
    assert (found.category, found.by) == ("tongzhi", "上级栏目“通知公告”")


def test_titles_decide_where_neither_name_nor_parent_does_and_that_is_not_sure() -> None:
    found = classify("其他", (), entries(*(f"关于某事的公示（{i}）" for i in range(6))))
    assert (found.category, found.sure) == ("tongzhi", False)


def test_what_cannot_be_told_is_never_given_the_shortest_limit() -> None:
    found = classify("瑞昌之光", (), entries("一", "二", "三", "四"))
    assert (found.category, found.sure, found.cadence) == (FALLBACK, False, None)


def test_a_yearly_report_is_due_by_its_legal_day() -> None:
    found = classify("政府信息公开年度报告")
    assert found.cadence == Cadence(yearly_by="03-31")


def test_an_official_cadence_is_not_loosened_by_a_site_that_is_late() -> None:
    found = classify("通知公告", (), every(300))
    assert found.cadence is None


@pytest.mark.parametrize(
    ("days", "cadence"),
    [(30, Cadence(days=60)), (91, None), (182, Cadence(months=9))],
)
def test_a_cadence_without_official_source_follows_the_dates_seen(
    days: int, cadence: Cadence | None
) -> None:
    # Quarterly is what the category of statistics says itself.
    assert classify("统计数据", (), every(days)).cadence == cadence


def test_a_column_that_follows_events_is_not_held_to_how_often_they_were() -> None:
    assert classify("政府采购", (), every(30)).cadence is None


def test_financial_information_that_is_budgets_and_accounts_alone_is_due_as_these_are() -> None:
    budgets = entries("财政局2018年部门预算", "财政局2017年度部门决算")
    others = entries("民政局2018年部门预算", "民政局2017年度部门决算")
    found = classify("财政信息", (), budgets, kin=others)
    assert (found.category, found.sure) == ("yujuesuan", False)
    assert classify("财政信息", (), budgets).category == "caijing"  # too few to tell
    mixed = entries("2018年3月财政收支情况", "审计结果公告")
    assert classify("财政信息", (), [*budgets, *mixed], kin=others).category == "caijing"


def test_a_cadence_is_never_tighter_than_what_the_column_has_always_kept() -> None:
    uneven = [*every(30), *every(30, 6, date(2017, 1, 1))]
    assert classify("统计数据", (), uneven).cadence == Cadence(months=12)


def test_what_comes_once_a_year_in_one_season_is_due_after_that_season() -> None:
    yearly = every(365, 6, date(2018, 3, 20))
    found, _ = cadence_by_dates(next(c for c in wordlists.categories() if c.id == "tongji"), yearly)
    assert found == Cadence(yearly_by="04-30")


def test_a_single_text_has_no_cadence_whatever_its_name() -> None:
    assert classify("工作计划", text=True).cadence == Cadence()


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("市财政局", UnitGroup.DEPARTMENT),
        ("码头镇", UnitGroup.TOWN),
        ("湓城街道办事处", UnitGroup.TOWN),
        ("赛湖农场", UnitGroup.TOWN),
        ("市委组织部", UnitGroup.PARTY),
        ("市总工会", UnitGroup.PARTY),
        ("市本级", UnitGroup.CITY),
    ],
)
def test_units_fall_into_their_groups_by_name(name: str, group: UnitGroup) -> None:
    assert group_of(name) is group


def test_a_column_named_after_a_unit_belongs_to_it_and_one_that_begins_so_perhaps() -> None:
    units = ["瑞昌市财政局", "瑞昌市民政局"]
    assert unit_in("市财政局", units) == ("瑞昌市财政局", True)
    assert unit_in("财政局动态", units) == ("瑞昌市财政局", False)
    assert unit_in("财政信息", units) is None


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("主办：瑞昌市人民政府办公室", "瑞昌市"),
        ("都昌县人民政府", "都昌县"),
        ("中国瑞昌网", None),
        (None, None),
    ],
)
def test_the_city_is_the_government_that_the_site_names(text: str | None, city: str | None) -> None:
    assert (city_in(text) or "").endswith(city or "")
    assert (city_in(text) is None) is (city is None)


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=3))
def test_any_name_gets_a_category_that_exists(name: str, above: list[str]) -> None:
    known = {c.id for c in wordlists.categories()} | {FALLBACK}
    assert classify(name, above).category in known
    group_of(name)
