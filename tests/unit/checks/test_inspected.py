"""Another inspector's sheet is read whatever the order of its columns and what stands around them."""

# ruff: noqa: DTZ001 - a cell holds a date without a zone

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.inspected import (
    EARLIEST,
    SheetRow,
    clean,
    day_of,
    kinds_of,
    read_sheet,
    same_words,
    text_of,
)
from checks.registry import RULES
from config.grids import NO_RESULT, Grid, Unreadable, Value
from config.inspection_words import inspections

LEXICON = inspections()
EPOCH = datetime(1899, 12, 30)


def grid(
    *rows: Sequence[Value],
    covered: Sequence[tuple[int, int]] = (),
    titles: Sequence[int] = (),
    hidden: bool = False,
    links: dict[tuple[int, int], str] | None = None,
) -> Grid:
    return Grid(
        name="清单",
        hidden=hidden,
        rows=tuple(tuple(row) for row in rows),
        covered=frozenset(covered),
        titles=frozenset(titles),
        links=links or {},
        epoch=EPOCH,
    )


def read(*rows: Sequence[Value], **options: object) -> tuple[SheetRow, ...]:
    return read_sheet(grid(*rows, **options), LEXICON).rows  # type: ignore[arg-type]


HEAD = ("序号", "单位", "栏目名称", "问题描述", "网址", "检查时间")
ROW = (1, "市教育局", "政务动态", "未更新", "https://a.gov.cn/", "2018-6-4")


def test_titles_above_and_empty_rows_between_are_no_rows() -> None:
    rows = read(("2018年检查结果",), (), HEAD, (), ROW, (None,) * 6, ROW)
    assert [r.number for r in rows] == [5, 7]
    first = rows[0]
    assert (first.unit, first.column, first.description) == ("市教育局", "政务动态", "未更新")
    assert (first.url, first.found_on) == ("https://a.gov.cn/", date(2018, 6, 4))
    assert first.cells["序号"] == "1"


def test_a_header_of_two_merged_lines_names_its_columns_by_the_lower_one() -> None:
    upper = ("单位", "问题情况", "问题情况", "问题情况", "检查时间")
    lower = ("单位", "栏目", "问题描述", "链接", "检查时间")
    row = ("市教育局", "政务动态", "未更新", "https://a.gov.cn/", "2018-6-4")
    covered = [(1, 2), (1, 3), (2, 0), (2, 4)]
    (found,) = read(upper, lower, row, covered=covered)
    assert found.number == 3
    assert (found.unit, found.column, found.description) == ("市教育局", "政务动态", "未更新")
    assert found.found_on == date(2018, 6, 4)


def test_a_row_whose_cells_are_called_like_a_header_is_still_a_row() -> None:
    (found,) = read(("单位", "问题描述", "备注"), ("市教育局", "链接", ""))
    assert found.description == "链接"


def test_a_unit_merged_over_rows_applies_to_each_and_to_no_empty_one() -> None:
    rows = read(
        HEAD,
        ROW,
        (2, "市教育局", "计划", "未更新", "", "2018-6-4"),
        (None, "市教育局", None, None, None, None),
        covered=[(3, 1), (4, 1)],
    )
    assert [(r.number, r.unit) for r in rows] == [(2, "市教育局"), (3, "市教育局")]


def test_headings_totals_and_the_header_once_more_are_no_rows() -> None:
    rows = read(
        HEAD, ("一、政府部门",) * 6, ROW, HEAD, ROW, ("合计", "", "", "2", "", ""), titles=[2]
    )
    assert [r.number for r in rows] == [3, 5]


def test_the_inspecting_body_and_the_date_of_publication_are_no_fields() -> None:
    (found,) = read(
        ("检查单位", "发布时间", "责任单位", "问题描述", "整改时限"),
        ("省政府办", "2017-1-1", "市教育局", "未更新", "2018-7-1"),
    )
    assert (found.unit, found.found_on) == ("市教育局", None)


def test_a_formula_without_a_result_makes_its_row_unread_unless_it_is_a_remark() -> None:
    head = ("单位", "问题描述", "网址", "备注")
    (bad,) = read(head, ("市教育局", NO_RESULT, "", ""))
    assert bad.problems == ("“问题描述”是公式，文件里没有存它的结果",)
    (fine,) = read(head, ("市教育局", "未更新", "", Unreadable("是公式")))
    assert fine.problems == ()


def test_a_link_behind_a_word_is_the_address() -> None:
    (found,) = read(
        ("单位", "问题描述", "网址"),
        ("市教育局", "打不开", "点击查看"),
        links={(2, 2): "https://a.gov.cn/x"},
    )
    assert found.url == "https://a.gov.cn/x"


def test_a_kind_alone_says_enough_where_it_is_known() -> None:
    head = ("单位", "问题类型", "问题描述")
    said, unsaid = read(head, ("市教育局", "空白栏目", ""), ("市教育局", "首页", ""))
    assert (said.description, said.problems) == ("空白栏目", ())
    assert unsaid.problems == ("没有问题描述",)


def test_sheets_without_a_header_empty_and_hidden_ones_are_told() -> None:
    assert "没有认出表头" in read_sheet(grid(("甲", "乙"), ("a", "b")), LEXICON).skipped
    assert "空的" in read_sheet(grid((None,)), LEXICON).skipped
    assert "隐藏" in read_sheet(grid(HEAD, ROW, hidden=True), LEXICON).skipped


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2018-6-4", date(2018, 6, 4)),
        ("2018年6月4日上午", date(2018, 6, 4)),
        ("2018/06/04 10:30", date(2018, 6, 4)),
        ("２０１８．６．４", date(2018, 6, 4)),
        ("20180604", date(2018, 6, 4)),
        (20180604, date(2018, 6, 4)),
        (43255, date(2018, 6, 4)),
        (43255.4, date(2018, 6, 4)),
        ("43255", date(2018, 6, 4)),
        (datetime(2018, 6, 4, 12), date(2018, 6, 4)),
        (date(2018, 6, 4), date(2018, 6, 4)),
        ("6.4", date(2018, 6, 4)),
        ("6月4日", date(2018, 6, 4)),
        (6.4, date(2018, 6, 4)),
        (6.14, date(2018, 6, 14)),
        ("2018.6.1-6.8", date(2018, 6, 8)),
        ("2018年5月28日至2018年6月4日", date(2018, 6, 4)),
    ],
)
def test_a_day_is_read_in_every_usual_form(value: Value, expected: date) -> None:
    assert day_of(value, 2018, EPOCH) == expected


@pytest.mark.parametrize(
    "value",
    [
        6.1,
        6.3,
        "六月四日",
        "2018年6月",
        "2018-6-31",
        13.1,
        7,
        "长期",
        True,
        "1970-1-1",
        1e300,
        "99999999999999999999",
    ],
)
def test_a_day_that_is_not_clear_is_refused_and_not_guessed(value: Value) -> None:
    with pytest.raises(ValueError, match="日期"):
        day_of(value, 2018, EPOCH)


def test_a_day_without_a_year_needs_one() -> None:
    for value in ("6.4", "6月4日", 6.4):
        with pytest.raises(ValueError, match="没有年份"):
            day_of(value, None, EPOCH)


@pytest.mark.parametrize(
    ("kind", "description", "expected"),
    [
        ("更新不及时", "附件无法打开", ["overdue"]),
        ("", "“政务动态”超期未更新", ["overdue"]),
        ("其他", "附件无法打开", ["dead-attachment"]),
        ("", "栏目无内容，链接打不开", ["blank", "dead-link"]),
        ("", "文章未注明来源", ["source"]),
        ("", "没有信息来源说明，没有来源", ["blank", "source"]),
        ("", "请改进", []),
    ],
)
def test_the_kind_is_told_by_its_cell_else_by_the_longest_words_of_the_description(
    kind: str, description: str, expected: list[str]
) -> None:
    assert [k.id for k in kinds_of(kind, description, LEXICON)] == expected


def test_the_lexicon_names_rules_that_exist_and_no_word_twice() -> None:
    for kind in LEXICON.kinds:
        assert set(kind.rules) <= {r for r in RULES if not RULES[r].by_hand}
        assert RULES[kind.hand].by_hand
    marks = [m for k in LEXICON.kinds for m in k.marks]
    assert len(marks) == len(set(marks))
    names = [n for names in LEXICON.headers.values() for n in names]
    assert len(names) == len(set(names))


def test_figures_do_not_tell_two_descriptions_apart() -> None:
    assert same_words("已有 35 天未更新。") == same_words("已有42天未更新")
    assert same_words("错字：通只") != same_words("错字：通告只")


NAMES = {
    "unit": LEXICON.headers["unit"],
    "column": LEXICON.headers["column"],
    "description": LEXICON.headers["description"],
    "url": LEXICON.headers["url"],
    "date": LEXICON.headers["date"],
}
VALUES: dict[str, Value] = {
    "unit": "市教育局",
    "column": "政务动态",
    "description": "超期未更新",
    "url": "https://a.gov.cn/",
    "date": "2018-6-4",
}


@given(st.data())
def test_any_order_of_columns_and_any_noise_around_them_gives_the_same_rows(
    data: st.DataObject,
) -> None:
    order = data.draw(st.permutations([*VALUES, "x1", "x2"]))
    header = [
        data.draw(st.sampled_from(NAMES[f]))
        if f in NAMES
        else data.draw(st.sampled_from(["序号", "截图", ""]))
        for f in order
    ]
    noise = st.lists(st.one_of(st.none(), st.sampled_from(["", " ", "\u3000"])), max_size=7)
    titles = data.draw(
        st.lists(st.sampled_from(["关于检查情况", "附件1", "填报：办公室"]), max_size=3)
    )
    rows: list[Sequence[Value]] = [(t,) for t in titles] + [header]
    wanted = []
    for _ in range(data.draw(st.integers(1, 4))):
        rows.extend(tuple(n) for n in data.draw(st.lists(noise, max_size=2)))
        rows.append([VALUES.get(f, "甲") for f in order])
        wanted.append(len(rows))
    found = read(*rows)
    assert [r.number for r in found] == wanted
    for row in found:
        assert (row.unit, row.column, row.description) == ("市教育局", "政务动态", "超期未更新")
        assert (row.url, row.found_on, row.problems) == ("https://a.gov.cn/", date(2018, 6, 4), ())


CELL: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.floats(), st.booleans(),
    st.datetimes(), st.just(NO_RESULT), st.sampled_from(["单位", "问题描述", "检查时间"]),
)  # fmt: skip


@given(st.lists(st.lists(CELL, max_size=5), max_size=8))
def test_nothing_in_a_sheet_stops_the_reading(rows: list[list[Value]]) -> None:
    reading = read_sheet(grid(("单位", "问题描述", "检查时间"), *rows), LEXICON, 2018)
    for row in reading.rows:
        assert row.description or row.problems


@given(st.text())
def test_a_text_is_made_one_clean_line(text: str) -> None:
    made = clean(text)
    assert made.isprintable()
    assert clean(made) == made


def test_a_row_right_under_the_header_is_read() -> None:
    assert [r.number for r in read(HEAD, ROW)] == [2]


def test_two_columns_of_one_name_are_kept_apart_by_their_place() -> None:
    (row,) = read((*HEAD, "备注", "备注"), (*ROW, "甲", "乙"))
    assert row.cells["备注"] == "甲"
    assert row.cells["备注（8）"] == "乙"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (12.0, "12"),
        (1e14, "100000000000000"),
        (1e15, "1000000000000000.0"),
        (1.5, "1.5"),
        (True, "是"),
    ],
)
def test_a_whole_number_is_shown_without_its_point(value: object, shown: str) -> None:
    assert text_of(value) == shown  # type: ignore[arg-type]


def test_the_earliest_day_that_is_taken_is_taken() -> None:
    assert day_of(EARLIEST.isoformat(), None, EPOCH) == EARLIEST
    with pytest.raises(ValueError, match="太早"):
        day_of((EARLIEST - timedelta(days=1)).isoformat(), None, EPOCH)


def test_of_a_day_written_as_a_number_the_one_that_is_real_is_taken() -> None:
    assert day_of(2.3, 2018, EPOCH) == date(2018, 2, 3)  # there is no 30 February
    with pytest.raises(ValueError, match="分不清"):
        day_of(6.1, 2018, EPOCH)
