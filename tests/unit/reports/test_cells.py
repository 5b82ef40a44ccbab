from __future__ import annotations

import io
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reports.cells import Encodable, cut, pad, plain, wrap

TEXT = st.text(max_size=200)
MIXED = st.text(st.sampled_from("政务动态，。（）《》 ab-12./:　…"), max_size=120)


def test_escape_sequences_and_overrides_do_not_survive() -> None:
    assert plain("\x1b[31m红\x1b[0m") == "[31m红[0m"
    assert plain("a\u202eb\u200bc\ufeffd\u2066e\x9b2Jf") == "abcde2Jf"
    assert plain("一\n二\t三\u00a0四") == "一 二 三 四"


def test_a_flood_of_combining_marks_is_stopped() -> None:
    assert len(plain("a" + "\u0301" * 500)) == 3


@given(TEXT)
def test_plain_text_holds_nothing_that_acts(text: str) -> None:
    for char in plain(text):
        assert unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


@given(TEXT.map(plain), st.integers(1, 40))
def test_cut_and_padded_texts_fit_their_width(text: str, width: int) -> None:
    assert cell_len(cut(text, width)) <= width
    assert cell_len(pad(text, width)) == width
    assert cell_len(pad(text, width, right=True)) == width


@given(MIXED | TEXT.map(plain), st.integers(4, 60))
def test_wrapped_lines_fit_and_lose_only_blanks(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(MIXED, st.integers(4, 60), st.integers(1, 3))
def test_no_more_lines_than_allowed_and_the_cut_is_shown(text: str, width: int, most: int) -> None:
    lines = wrap(text, width, lines=most)
    assert len(lines) <= most
    assert all(cell_len(line) <= width for line in lines)
    if len(wrap(text, width)) > most:
        assert lines[-1].endswith("…") or len(lines[-1].strip()) < width


@given(MIXED, st.integers(4, 60), st.integers(4, 60))
def test_the_first_line_may_have_a_width_of_its_own(text: str, width: int, first: int) -> None:
    lines = wrap(text, width, first=first)
    assert cell_len(lines[0]) <= first
    assert all(cell_len(line) <= width for line in lines[1:])


def test_a_line_does_not_begin_with_closing_punctuation() -> None:
    assert wrap("一二三四，五六", 8) == ["一二三", "四，五六"]
    assert wrap("应于 2018-12-24 前", 14) == ["应于", "2018-12-24 前"]


def test_what_the_console_cannot_encode_becomes_a_mark_of_the_same_width() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="gbk", errors="strict", write_through=True)
    Encodable(stream).write("表格😀と\u0e01\u2713完")
    text = raw.getvalue().decode("gbk")
    assert text == "表格？と??完"
