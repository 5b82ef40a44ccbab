"""Column trees: names agree exactly, blocks are told from menus, absence needs a whole tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from checks.facts import NameMatch
from config.schema import Cadence, ExpectedColumn, Unit, UnitGroup
from crawler.trees import (
    Names,
    TreeLink,
    links_of,
    match_columns,
    nodes_of,
    normal,
    shared_addresses,
    tree_blocks,
    unit_roots,
)


def column(slug: str, name: str, group: str | None = None, *variants: str) -> ExpectedColumn:
    return ExpectedColumn(
        key=f"p/u.{slug}",
        site_id="p",
        unit_id="u",
        owner_id="u",
        name=name,
        variants=variants,
        group=group,
        category="c",
        category_title="c",
        cadence=Cadence(),
        cadence_basis="",
        cadence_unconfirmed=False,
        url=None,
    )


def unit(slug: str, name: str, short: str, *aliases: str) -> Unit:
    return Unit(id=slug, name=name, short=short, aliases=aliases, group=UnitGroup.DEPARTMENT)


EXPECTED = [
    column("bmjs", "部门介绍", "概况信息", "单位简介"),
    column("ldxx", "领导信息", "概况信息"),
    column("fzgh", "发展规划", "发展规划"),
    column("sg", '部门预决算及"三公"经费', "财经类信息"),
]


def test_names_agree_whatever_the_width_quotes_bullets_and_counts() -> None:
    assert normal(" · 部门预决算及“三公”经费（12）") == normal('部门预决算及"三公"经费')
    assert normal("领　导 信 息>>") == normal("领导信息")
    assert normal("部门介绍") != normal("部门介绍信息")


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normal(text)
    assert len(normal(once)) <= len(once)


def test_a_block_needs_two_expected_names_to_be_the_tree() -> None:
    anchors = [
        TreeLink("部门介绍", "/a", "dl.tree"),
        TreeLink("领导信息", "/b", "dl.tree"),
        TreeLink("领导信息", "/x", "ul.news"),
        TreeLink("某条新闻", "/y", "ul.news"),
    ]
    assert tree_blocks(anchors, Names.of(EXPECTED)) == {"dl.tree"}


def test_a_block_whose_names_lead_where_other_units_lead_is_a_menu() -> None:
    anchors = [TreeLink("部门介绍", "/all/a", "ul.nav"), TreeLink("领导信息", "/all/b", "ul.nav")]
    shared = shared_addresses({"u": anchors, "v": anchors})
    assert tree_blocks(anchors, Names.of(EXPECTED), shared=shared) == frozenset()


def test_one_shared_column_does_not_make_a_tree_a_menu() -> None:
    own = [
        TreeLink("部门介绍", "/u/a", "dl"),
        TreeLink("领导信息", "/u/b", "dl"),
        TreeLink("发展规划", "/all/c", "dl"),
    ]
    other = [TreeLink("部门介绍", "/v/a", "dl"), TreeLink("发展规划", "/all/c", "dl")]
    shared = shared_addresses({"u": own, "v": other})
    assert tree_blocks(own, Names.of(EXPECTED), shared=shared) == {"dl"}
    assert match_columns(EXPECTED, own)["p/u.fzgh"].url == "/all/c"


def test_a_sibling_units_block_is_the_tree_of_a_unit_that_shows_little_in_it() -> None:
    anchors = [TreeLink("领导信息", "/u/b", "dl.tree")]
    names = Names.of(EXPECTED)
    assert tree_blocks(anchors, names) == frozenset()
    assert tree_blocks(anchors, names, known={"dl.tree"}) == {"dl.tree"}


def test_the_exact_name_goes_before_a_variant() -> None:
    anchors = [TreeLink("单位简介", "/variant"), TreeLink("部门介绍", "/exact")]
    found = match_columns(EXPECTED, anchors)["p/u.bmjs"]
    assert (found.url, found.match) == ("/exact", NameMatch.EXACT)
    found = match_columns(EXPECTED, anchors[:1])["p/u.bmjs"]
    assert (found.url, found.match, found.name) == ("/variant", NameMatch.VARIANT, "单位简介")


def test_a_part_of_a_name_is_no_match() -> None:
    anchors = [
        TreeLink("部门介绍及职能", "/a"),
        TreeLink("介绍", "/b"),
        TreeLink("市领导信息", "/c"),
    ]
    assert match_columns(EXPECTED, anchors) == {}


def test_a_category_with_the_name_of_its_column_is_not_taken_for_it() -> None:
    anchors = [TreeLink("发展规划", "/u/gh/"), TreeLink("发展规划", "/u/gh/gh/", "", "发展规划")]
    assert match_columns(EXPECTED, anchors)["p/u.fzgh"].url == "/u/gh/gh/"


def test_a_link_under_its_own_category_is_preferred() -> None:
    anchors = [
        TreeLink("领导信息", "/leaders/", "", "走进某市"),
        TreeLink("领导信息", "/u/ld/", "", "概况信息"),
    ]
    assert match_columns(EXPECTED, anchors)["p/u.ldxx"].url == "/u/ld/"


def test_a_stored_tree_matches_as_the_page_did() -> None:
    anchors = [
        TreeLink("部门介绍", "/u/a", "dl", "概况信息"),
        TreeLink("领导信息", "/u/b", "dl", "概况信息"),
        TreeLink("发展规划", "/u/c", "dl", "发展规划"),
    ]
    nodes = nodes_of(anchors, {"dl"}, Names.of(EXPECTED))
    assert match_columns(EXPECTED, links_of(nodes)) == match_columns(EXPECTED, anchors)


def test_units_are_found_by_exact_names_alone() -> None:
    units = [
        unit("czj", "瑞昌市财政局", "财政局"),
        unit("ly", "乐园乡人民政府", "乐园乡", "乐园乡政府"),
    ]
    anchors = [
        TreeLink("财政局", "/czj/", "ul.units"),
        TreeLink("乐园", "/news/", "ul.units"),
        TreeLink("儿童乐园乡村游", "/n2/", "ul.units"),
    ]
    roots, missing = unit_roots(units, anchors)
    assert roots == {"czj": "/czj/"}
    assert set(missing) == {"ly"}


def test_two_addresses_for_one_unit_are_no_match() -> None:
    units = [unit("czj", "瑞昌市财政局", "财政局"), unit("jyj", "瑞昌市教育局", "教育局")]
    anchors = [
        TreeLink("财政局", "/a/", "ul.units"),
        TreeLink("瑞昌市财政局", "/b/", "ul.units"),
        TreeLink("教育局", "/jyj/", "ul.units"),
        TreeLink("教育局", "http://news.example/", "div.friends"),
    ]
    roots, missing = unit_roots(units, anchors)
    assert roots == {"jyj": "/jyj/"}
    assert set(missing) == {"czj"}


def test_a_name_that_two_units_bear_is_nobodys() -> None:
    units = [unit("a", "瑞昌市甲局", "甲局", "老局"), unit("b", "瑞昌市乙局", "乙局", "老局")]
    roots, _ = unit_roots(units, [TreeLink("老局", "/x/", "ul")])
    assert roots == {}
