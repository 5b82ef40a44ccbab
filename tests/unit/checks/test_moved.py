"""Old and new columns are paired by name and entries in common, and never by chance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from checks.facts import DateState, Entry
from checks.moved import NewColumn, OldColumn, propose, same_pages

DAY = date(2019, 2, 1)


def entries(names: Sequence[str], where: str, start: date = DAY) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            title=name,
            url=f"http://{where}/{n}.html",
            published=start - timedelta(days=n),
            date_state=DateState.READ,
        )
        for n, name in enumerate(names)
    )


def old(key: str, name: str, titles: Sequence[str] = (), owner: str | None = None) -> OldColumn:
    return OldColumn(
        key=key, names=frozenset({name}), group=None, owner_id=owner, entries=entries(titles, f"o/{key}")
    )  # fmt: skip


def new(name: str, titles: Sequence[str] = (), owner: str | None = None, at: str = "") -> NewColumn:
    return NewColumn(
        url=f"http://n/{at or name}", name=name, above=(), owner_id=owner,
        entries=entries(titles, f"n/{at or name}"),
    )  # fmt: skip


A, B = [f"甲{n}" for n in range(10)], [f"乙{n}" for n in range(10)]


def test_names_that_were_exchanged_follow_their_entries() -> None:
    made = propose([old("a", "通知", A), old("b", "公告", B)], [new("公告", A), new("通知", B)])
    assert [(p.key, p.to.name if p.to else None, p.sure) for p in made] == [
        ("a", "公告", False),
        ("b", "通知", False),
    ]


def test_the_same_name_with_nothing_in_common_is_for_a_person_to_say() -> None:
    (made,) = propose([old("a", "通知", A)], [new("通知", B)])
    assert (made.to is not None, made.sure, made.common) == (True, False, 0)
    (text,) = propose([old("a", "领导信息")], [new("领导信息")])
    assert text.sure  # nothing to compare: as a scan finds it, by its name


def test_two_columns_that_are_equally_like_it_are_none() -> None:
    (made,) = propose([old("a", "通知", A)], [new("通知", A, at="1"), new("通知", A, at="2")])
    assert made.to is None
    assert "几个同样相像" in made.reason


def test_another_units_column_is_never_taken() -> None:
    (made,) = propose([old("a", "工作计划", A, owner="jyj")], [new("工作计划", A, owner="czj")])
    assert made.to is None


def test_entries_newer_than_the_last_look_do_not_speak_against_a_column() -> None:
    fresh = entries(["新1", "新2"], "n/x", DAY + timedelta(days=9))
    column = NewColumn(
        url="http://n/x", name="通知", above=(), owner_id=None, entries=(*fresh, *entries(A, "n/y"))
    )
    (made,) = propose([old("a", "通知", A)], [column])
    assert (made.common, made.of, made.sure) == (10, 10, True)


def test_a_page_goes_along_only_where_title_and_date_stand_once() -> None:
    before = (*entries(["一", "二"], "o"), *entries(["一"], "o2"))
    assert same_pages(before, entries(["一", "二"], "n")) == (
        ("http://o/1.html", "http://n/1.html"),
    )
    undated = (Entry(title="三", url="http://o/3", published=None, date_state=DateState.ABSENT),)
    assert same_pages(undated, undated) == ()


COLUMNS = st.lists(
    st.tuples(st.sampled_from("甲乙丙"), st.lists(st.sampled_from(A + B), max_size=6, unique=True)),
    max_size=4,
)


@given(COLUMNS, COLUMNS)
def test_no_new_column_is_given_twice_and_the_order_of_the_new_ones_changes_nothing(
    before: list[tuple[str, list[str]]], after: list[tuple[str, list[str]]]
) -> None:
    olds = [old(f"k{n}", name, titles) for n, (name, titles) in enumerate(before)]
    news = [new(name, titles, at=str(n)) for n, (name, titles) in enumerate(after)]
    made = propose(olds, news)
    assert [p.key for p in made] == [o.key for o in olds]
    targets = [p.to.url for p in made if p.to]
    assert len(targets) == len(set(targets))
    assert made == propose(olds, news[::-1])


def test_pages_whose_address_stayed_are_no_pairs_and_those_that_moved_either_way_are() -> None:
    def listed(*urls: str) -> tuple[Entry, ...]:
        return tuple(
            Entry(title=f"标题{n}", url=url, published=DAY, date_state=DateState.READ)
            for n, url in enumerate(urls)
        )

    before, after = listed("http://a/1", "http://a/2", "http://a/9"), listed("http://a/1", "http://b/2", "http://a/3")  # fmt: skip
    assert same_pages(before, after) == (("http://a/2", "http://b/2"), ("http://a/9", "http://a/3"))
