"""What paging through a list adds up to, and when it stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from checks.facts import (
    ColumnReading,
    DateState,
    Entry,
    Listing,
    Missing,
    PageKind,
    Read,
    StopReason,
    Unverified,
)
from crawler.columns import (
    ColumnPages,
    after_change,
    confidence_of,
    delegated,
    in_one_spelling,
    told_apart,
    with_siblings,
)
from crawler.extract import read_page
from crawler.spiders.base import SiteSpider


def entry(n: int, dated: bool = True) -> Entry:
    return Entry(
        title=f"第{n}条",
        url=f"http://a/{n}.html",
        published=date(2018, 1, 1) if dated else None,
        date_state=DateState.READ if dated else DateState.ABSENT,
    )


def listing(*numbers: int, following: str | None = None, **more: object) -> Listing:
    plain = Listing(
        entries=tuple(entry(n) for n in numbers),
        container="ul.list",
        next_url=following,
        pager="link" if following else None,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def pages(limit: int = 10) -> ColumnPages:
    return ColumnPages("http://a/", "1", limit)


def read(column: ColumnPages) -> ColumnReading:
    reading = column.reading()
    assert isinstance(reading, ColumnReading)
    return reading


def test_the_last_page_ends_a_list() -> None:
    column = pages()
    assert column.add("p1", "d1", listing(1, 2, following="p2"), "s") == "p2"
    assert column.add("p2", "d2", listing(3), "s") is None
    assert column.stop is StopReason.END
    assert read(column).page_lengths == (2, 1)


def test_how_sure_the_first_page_is_goes_into_the_proof() -> None:
    column = pages()
    column.add("p1", "d1", listing(1, 2, following="p2"), "s", 0.7)
    column.add("p2", "d2", listing(3), "s", 0.4)
    assert read(column).proof.confidence == 0.7


def test_columns_below_are_together_as_sure_as_the_least_sure() -> None:
    parts = [pages(), pages()]
    parts[0].add("p1", "d1", listing(1), "s", 0.9)
    parts[1].add("p2", "d2", listing(2), "s", 0.6)
    whole = ColumnPages.below("http://a/", "1", (), parts, missing=None)
    assert read(whole).proof.confidence == 0.6


def test_a_page_that_is_no_list_makes_an_unsure_column() -> None:
    page = read_page(b"<p>x</p>", url="http://a/").page
    as_list = replace(page, kind=PageKind.LIST, kind_confidence=0.9, listing=listing(1))
    assert confidence_of(as_list) == 0.9
    assert confidence_of(replace(as_list, kind=PageKind.OTHER)) == 0.5
    text = replace(as_list, kind=PageKind.ARTICLE, listing=listing(1, container=None))
    assert confidence_of(text) == 0.9


def test_an_unsure_source_attributes_a_page_to_nobody() -> None:
    plan = SimpleNamespace(attribute={"甲局": "a", "乙局": "b"}.get, min_confidence=0.8)
    spider = SimpleNamespace(plan=plan)

    def unit(source: float | None, issuer: float | None, row: str | None) -> str | None:
        page = SimpleNamespace(
            source=source and Read(value="甲局", where="", confidence=source),
            issuer=issuer and Read(value="乙局", where="", confidence=issuer),
        )
        listed = SimpleNamespace(source=row)
        return SiteSpider.unit_of(spider, page, listed)  # type: ignore[arg-type]

    assert unit(0.8, None, None) == "a"
    assert unit(0.79, None, None) is None
    assert unit(0.79, 0.8, None) == "b"
    assert unit(0.79, 0.79, "甲局") == "a"


def test_pinned_rows_that_every_page_repeats_are_one_entry_each() -> None:
    column = pages()
    column.add("p1", "d1", listing(9, 1, 2, following="p2"), "s")
    column.add("p2", "d2", listing(9, 3, 4, following=None), "s")
    assert [e.url[-6] for e in read(column).entries] == ["9", "1", "2", "3", "4"]


def test_a_page_that_comes_again_stops_the_paging() -> None:
    column = pages()
    column.add("p1", "d1", listing(1, following="p2"), "s")
    assert column.add("p2", "d1", listing(1, following="p3"), "s") is None
    assert column.stop is StopReason.REPEATED


def test_a_page_without_anything_new_stops_the_paging() -> None:
    column = pages()
    column.add("p1", "d1", listing(1, 2, following="p2"), "s")
    assert column.add("p2", "d2", listing(2, 1, following="p3"), "s") is None
    assert column.stop is StopReason.REPEATED


def test_a_next_page_that_was_read_stops_the_paging() -> None:
    column = pages()
    column.add("p1", "d1", listing(1, following="p2"), "s")
    assert column.add("p2", "d2", listing(2, following="p1"), "s") is None
    assert column.stop is StopReason.REPEATED


def test_a_total_that_is_reached_ends_the_list() -> None:
    column = pages()
    assert column.add("p1", "d1", listing(1, 2, following="p2", total_claimed=2), "s") is None
    assert column.stop is StopReason.END


def test_a_pager_that_promises_more_than_can_be_followed_is_no_end() -> None:
    column = pages()
    column.add("p1", "d1", listing(1, 2, pages_claimed=5), "s")
    assert column.stop is StopReason.UNREADABLE
    column = pages()
    column.add("p1", "d1", listing(1, 2, total_claimed=40), "s")
    assert column.stop is StopReason.UNREADABLE


def test_a_total_that_counts_a_hidden_row_is_still_an_end() -> None:
    column = pages()
    column.add("p1", "d1", listing(1, 2, 3, total_claimed=4), "s")
    assert column.stop is StopReason.END


def test_an_unread_first_page_is_our_reader() -> None:
    column = pages()
    assert column.add("p1", "d1", None, "s") is None
    reading = column.reading()
    assert isinstance(reading, Unverified)
    assert reading.code is Missing.READER
    assert not column.blank


def test_an_unread_later_page_keeps_what_was_read() -> None:
    column = pages()
    column.add("p1", "d1", listing(1, following="p2"), "s")
    column.add("p2", "d2", None, "s")
    assert (read(column).proof.stop, len(read(column).entries)) == (StopReason.UNREADABLE, 1)


def test_an_empty_list_is_blank_with_its_mark_and_share_one() -> None:
    column = pages()
    column.add("p1", "d1", listing(empty_mark="暂无信息"), "s")
    assert column.blank
    reading = read(column)
    assert (reading.proof.empty_mark, reading.proof.share_dated) == ("暂无信息", 1.0)


def test_siblings_are_columns_with_rows_in_the_same_container() -> None:
    empty = pages()
    empty.add("p", "d", listing(), "shape")
    full = pages()
    full.add("q", "e", listing(1), "shape")
    other = pages()
    other.add("r", "f", replace(listing(1), container="div > ul"), "shape")
    found = with_siblings({"k": read(empty)}, [read(full), read(other)])
    assert found["k"].proof.siblings_with_rows == 1
    bare = replace(read(empty), proof=replace(read(empty).proof, container="div > ul"))
    found = with_siblings({"k": bare}, [read(full), read(other)])
    assert found["k"].proof.siblings_with_rows == 0  # a path without a name may be anything


def test_a_blank_list_that_changed_its_shape_is_unverified() -> None:
    empty = pages()
    empty.add("p", "d", listing(), "new")
    changed = after_change(read(empty), 50, "old")
    assert isinstance(changed, Unverified)
    assert changed.code is Missing.SHAPE
    assert isinstance(after_change(read(empty), 50, "new"), ColumnReading)
    assert isinstance(after_change(read(empty), 0, "old"), ColumnReading)
    assert isinstance(after_change(read(empty), None, None), ColumnReading)


def test_a_delegated_column_names_the_other_site() -> None:
    assert delegated("u", "http://else/", "1").linked_site == "http://else/"


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.lists(st.integers(0, 60), max_size=8), st.booleans()),
        max_size=40,
    )
)
def test_paging_always_ends_and_never_doubles_an_entry(
    answers: list[tuple[int, list[int], bool]],
) -> None:
    column = pages(limit=8)
    following: str | None = "p0"
    for asked, (target, numbers, more) in enumerate(answers):
        if following is None:
            break
        following = column.add(
            following, f"d{asked}", listing(*numbers, following=f"p{target}" if more else None), "s"
        )
    assert len(column.lengths) <= 8
    assert (following is None) == (column.stop is not None)
    urls = [e.url for e in column.entries.values()]
    assert len(urls) == len(set(urls))


# --- what the columns below one add up to ---------------------------------------------------------


def part(*numbers: int, **more: object) -> ColumnPages:
    column = pages()
    column.add(f"p{numbers}", f"d{numbers}", listing(*numbers, **more), "s")  # type: ignore[arg-type]
    return column


def below(*parts: ColumnPages, missing: StopReason | None = None) -> ColumnReading:
    return read(ColumnPages.below("u", "1", (), parts, missing=missing))


def test_columns_below_add_up_to_one_page_without_order() -> None:
    found = below(part(1, 2), part(2, 3, 4))
    assert (len(found.entries), found.page_lengths, found.proof.pages_read) == (4, (4,), 3)
    assert found.proof.stop is StopReason.END


def test_a_parent_is_blank_only_with_a_mark_of_each_part() -> None:
    blank = part(empty_mark="暂无信息")
    assert below(blank, part(empty_mark="暂无内容")).proof.empty_mark == "暂无信息"
    assert below(blank, part()).proof.empty_mark is None
    assert below(blank, part(1)).proof.empty_mark is None
    assert below().proof.empty_mark is None


def test_a_part_that_broke_off_leaves_the_parent_unread() -> None:
    broken = part(2, following="p9")
    broken.failed(left=False)
    assert below(part(1), broken).proof.stop is StopReason.FAILED
    assert below(part(1), pages()).proof.stop is StopReason.UNREADABLE
    assert below(part(1), missing=StopReason.FAILED).proof.stop is StopReason.FAILED


def test_a_list_is_told_apart_by_its_own_name_or_that_of_the_list_around_it() -> None:
    assert told_apart("body > div > ul.news")
    assert told_apart("body > div.zw_list > ul")
    assert told_apart("body > table.news > tbody")
    assert not told_apart("body > div.box > ul")
    assert not told_apart("body > div > ul")


def test_the_twins_of_one_page_are_one_row_in_every_column() -> None:
    spelt: dict[str, str] = {}
    reads = []
    for urls in (
        ["http://a.cn/x.html", "https://a.cn/x.html"],
        ["https://www.a.cn/x.html", "http://a.cn/y.html"],
    ):
        column = pages()
        rows = tuple(replace(entry(1), url=url) for url in urls)
        column.add("u", "d", replace(listing(), entries=rows), "")
        reads.append(in_one_spelling(read(column), spelt))
    assert [[e.url for e in reading.entries] for reading in reads] == [
        ["http://a.cn/x.html"],
        ["http://a.cn/x.html", "http://a.cn/y.html"],
    ]
