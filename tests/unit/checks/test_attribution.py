"""Attribution is exact or it is none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.attribution import Names, normalise
from config.schema import Unit, UnitGroup

DAY = date(2018, 6, 4)


def unit(id: str, name: str, short: str, *aliases: str, **changes: Any) -> Unit:
    values: dict[str, Any] = {"group": UnitGroup.DEPARTMENT, "aliases": aliases}
    return Unit(id=id, name=name, short=short, **{**values, **changes})


UNITS = (
    unit("jty", "瑞昌市教育体育局", "市教体局", "教体局", "教体系统"),
    unit("scjg", "瑞昌市市场和质量监督管理局", "市监局", "市市监局", "市场监督管理局"),
    unit("czj", "瑞昌市财政局", "市财政局", "财政局"),
    unit("zfb", "瑞昌市人民政府办公室", "市政府办", "政府办"),
    unit(
        "wjw-old",
        "瑞昌市卫生和计划生育委员会",
        "市卫计委",
        "卫计委",
        "卫生局",
        valid_to=date(2018, 12, 31),
    ),
    unit(
        "wjw",
        "瑞昌市卫生健康委员会",
        "市卫健委",
        "卫健委",
        "卫生局",
        valid_from=date(2019, 1, 1),
    ),
    unit("leyuan", "瑞昌市乐园乡人民政府", "乐园乡", "乐园", group=UnitGroup.TOWN),
    unit("guilin", "瑞昌市桂林街道办事处", "桂林街道", "桂林", "桂林街办", group=UnitGroup.TOWN),
    unit("qingshan", "瑞昌市青山林场", "青山林场", "青山", group=UnitGroup.TOWN),
    unit("fanzhen", "瑞昌市范镇人民政府", "范镇", "范镇人民政府", group=UnitGroup.TOWN),
    unit("gh", "瑞昌市总工会", "市总工会", "总工会", group=UnitGroup.PARTY),
    unit("gh2", "瑞昌市第二总工会", "第二总工会", "总工会", group=UnitGroup.PARTY),
)
NAMES = Names(UNITS, "瑞昌市", ["江西省", "九江市"])


def of(text: str | None, day: date = DAY) -> str | None:
    return NAMES.attribute(text, day).unit_id


@pytest.mark.parametrize(
    "text",
    [
        "瑞昌市教育体育局",
        "市教育体育局",
        "教育体育局",
        "市教体局",
        "教体局",
        "瑞昌教体局",
        "江西省九江市瑞昌市教体局",
        "九江市瑞昌市教育体育局",
        " 市 教 体 局 ",
        "市教体局\u3000",
        "来源：市教体局",
        "信息来源: 市教体局",
        "发布机构：瑞昌市教育体育局",
        "【市教体局】",
        "（市教体局）",
        "来源：【市教体局】",
        "市教体局\u200b",
        "“市教体局”",
    ],
)
def test_a_name_is_known_however_it_is_printed(text: str) -> None:
    assert of(text) == "jty"


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "　",
        "来源：",
        "九江市教体局",
        "江西省教育厅",
        "市教体局办公室",
        "市教体局 市财政局",
        "瑞昌市",
        "市",
        "中国瑞昌网",
        "湖口县教体局",
        "教体",
    ],
)
def test_a_name_that_only_holds_a_units_name_is_nobodys(text: str | None) -> None:
    assert of(text) is None


@pytest.mark.parametrize("text", ["乐园", "桂林", "青山", "瑞昌市乐园", "来源：桂林"])
def test_a_townships_bare_name_is_a_common_word(text: str) -> None:
    assert of(text) is None


@pytest.mark.parametrize(
    ("text", "unit_id"),
    [
        ("乐园乡", "leyuan"),
        ("瑞昌市乐园乡", "leyuan"),
        ("乐园乡人民政府", "leyuan"),
        ("桂林街道", "guilin"),
        ("桂林街道办事处", "guilin"),
        ("桂林街办", "guilin"),
        ("青山林场", "qingshan"),
        ("范镇", "fanzhen"),
        ("范镇人民政府", "fanzhen"),
    ],
)
def test_with_its_rank_it_is_the_township(text: str, unit_id: str) -> None:
    assert of(text) == unit_id


def test_the_market_bureau_does_not_lose_its_first_character() -> None:
    assert of("市场监督管理局") == "scjg"
    assert of("市市场监督管理局") == "scjg"
    assert of("瑞昌市市场监督管理局") == "scjg"


def test_two_matches_are_none_and_are_told() -> None:
    said = NAMES.attribute("总工会", DAY)
    assert said.unit_id is None
    assert said.matches == ("gh", "gh2")
    assert of("市总工会") is None
    assert of("第二总工会") == "gh2"


def test_a_name_belongs_to_the_unit_of_its_day() -> None:
    assert of("卫生局", date(2018, 12, 31)) == "wjw-old"
    assert of("卫生局", date(2019, 1, 1)) == "wjw"
    assert of("市卫计委", date(2019, 1, 1)) is None
    assert of("市卫健委", date(2018, 12, 31)) is None


@pytest.mark.parametrize(
    ("title", "unit_id"),
    [
        ("市教体局2018年部门预算公开", "jty"),
        ("瑞昌市教育体育局2018年度部门预算", "jty"),
        ("2018年市教体局“三公”经费预算", "jty"),
        ("2017年度市教体局部门决算", "jty"),
        ("关于市教体局2018年预决算的公告", "jty"),
        ("市教体局下属小学2018年部门预算", None),
        ("2018年部门预算公开", None),
        ("总工会2018年部门预算", None),
    ],
)
def test_a_budgets_title_names_its_owner_as_a_whole(title: str, unit_id: str | None) -> None:
    assert NAMES.budget_owner(title, DAY).unit_id == unit_id


def test_a_single_character_is_no_name() -> None:
    names = Names([unit("x", "瑞昌市办", "办")], "瑞昌市")
    assert names.attribute("办", DAY).matches == ()
    assert names.attribute("瑞昌市办", DAY).unit_id == "x"


@given(st.text(max_size=30))
def test_normalising_never_fails_and_leaves_no_blanks(text: str) -> None:
    assert not any(c.isspace() for c in normalise(text))
    assert NAMES.attribute(text, DAY).unit_id is None


@given(
    st.sampled_from(UNITS),
    st.text("市教体局财政办乡乐园桂林", min_size=1, max_size=4),
    st.booleans(),
)
def test_a_name_with_more_before_or_after_it_is_never_taken_for_the_unit(
    known: Unit, more: str, before: bool
) -> None:
    text = more + known.name if before else known.name + more
    said = NAMES.attribute(text, DAY)
    if said.unit_id is not None:
        forms = {normalise(text), normalise(text).removeprefix("市")}
        names = {
            normalise(n).removeprefix("瑞昌市").removeprefix("市")
            for u in UNITS
            if u.id == said.unit_id
            for n in (u.name, u.short, *u.aliases)
        } | {normalise(n) for u in UNITS for n in (u.name, u.short, *u.aliases)}
        assert forms & names


@given(
    st.sampled_from([u for u in UNITS if u.valid_on(DAY)]),
    st.sampled_from(["", "来源：", "【", " "]),
)
def test_a_units_full_name_is_always_its_own(known: Unit, mark: str) -> None:
    matches = NAMES.attribute(mark + known.name, DAY).matches
    assert known.id in matches
