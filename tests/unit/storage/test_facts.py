from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from checks.facts import (
    Body,
    DateState,
    Encoding,
    Entry,
    Link,
    LinkBlock,
    LinkKind,
    Page,
    PageKind,
    Paragraph,
    Read,
)
from checks.model import Hit
from checks.runner import Answer
from storage import facts

MENU = LinkBlock(
    path="div.menu", links=(Link(url="http://a.gov.cn/1", text="一", kind=LinkKind.PAGE),)
)
PAGE = Page(
    url="http://a.gov.cn/2",
    kind=PageKind.ENTRY,
    kind_confidence=0.9,
    title=Read(value="标题", where="h1", confidence=0.9),
    published=Read(value=date(2018, 12, 3), where="meta PubDate", confidence=1.0),
    date_state=DateState.READ,
    source=None,
    encoding=Encoding(used="gb18030", declared_header=None, declared_meta="gbk", undecodable=2),
    blocks=(MENU,),
)
SOUND = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def body(text: str, paragraphs: list[str]) -> Body:
    return Body(text=text, paragraphs=tuple(Paragraph(text=part) for part in paragraphs))


@given(SOUND, st.lists(SOUND, max_size=4))
def test_a_page_comes_back_exactly_whatever_its_text(text: str, paragraphs: list[str]) -> None:
    joined = "\n".join(part for part in paragraphs if part)
    for whole in (text, joined):
        page = replace(PAGE, body=body(whole, paragraphs))
        assert facts.unpack_page(facts.pack_page(page).facts, page.blocks) == page


def test_no_body_and_an_empty_body_stay_two_things() -> None:
    for found in (None, body("", []), body("", ["", ""])):
        page = replace(PAGE, body=found)
        assert facts.unpack_page(facts.pack_page(page).facts, (MENU,)).body == found


def test_text_with_lone_surrogates_is_kept_cleaned() -> None:
    page = replace(PAGE, body=body("一\ud800", ["一\ud800"]), blocks=())
    found = facts.unpack_page(facts.pack_page(page).facts, ()).body
    assert found is not None
    assert found.text == "一?"


def test_equal_blocks_have_one_digest_and_others_another() -> None:
    assert facts.pack_block(MENU) == facts.pack_block(replace(MENU))
    assert facts.pack_block(MENU) != facts.pack_block(replace(MENU, path="div.foot"))


def test_entries_and_answers_come_back() -> None:
    entry = Entry(title="题", url="http://a", published=None, date_state=DateState.MONTH_DAY)
    assert facts.ENTRY.unpack(facts.ENTRY.json(entry).decode()) == entry
    answers = {"r": Answer(hits=(Hit(what="x", message="正文有空段"),)), "q": Answer(remark="好")}
    assert facts.HITS.unpack(facts.HITS.pack(answers)) == answers
