"""What counts as ordinary text, which fonts are one, and what a layout finding says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.layout import chinese_family, quote
from checks.model import Finding
from checks.paragraphs import is_ordinary, ordinary
from checks.registry import RULES
from checks.runner import judge_page, page_answers
from tests.unit.checks.samples import TEXT, body, context, page, para, read, sized, written


def finding(rule: str, *paragraphs: Any, **changes: Any) -> Finding:
    (outcome,) = judge_page(written(*paragraphs, **changes), [RULES[rule]], context())
    (found,) = outcome.findings
    return found


def fine(rule: str, *paragraphs: Any) -> bool:
    (outcome,) = judge_page(written(*paragraphs), [RULES[rule]], context())
    return not outcome.findings


# --- ordinary text --------------------------------------------------------------------------------


def test_a_sentence_of_twenty_characters_is_ordinary_and_a_shorter_one_is_not() -> None:
    assert is_ordinary(para("会" * 19 + "。"))
    assert not is_ordinary(para("会" * 18 + "。"))


@pytest.mark.parametrize(
    "text",
    [
        "一、提高认识，加强领导，切实把安全生产工作摆上重要议事日程。",
        "（一）提高认识，加强领导，切实把安全生产工作摆上重要议事日程。",
        "1.提高认识，加强领导，切实把安全生产工作摆上重要议事日程。",
        "①提高认识，加强领导，切实把安全生产工作摆上重要议事日程。",
        "一是提高认识，加强领导，切实把安全生产工作摆上重要议事日程。",
        "第十二条　各单位应当提高认识，加强领导，切实抓好安全生产工作。",
        "●提高认识，加强领导，切实把安全生产工作摆上重要议事日程。",
        "附件：1.瑞昌市2018年安全生产检查任务分解表（电子版另发）。",
        "联系人：市安监局综合股，电话：0792-4222222，请于本周五前报送。",
        "（此件公开发布，有效期两年，自2018年6月4日起施行。）",
        "各乡（镇、场）人民政府、街道办事处，市政府各部门，市直各单位：",
        "瑞昌市人民政府办公室关于开展安全生产大检查工作的实施方案",
        "图为市领导在码头工业城检查企业安全生产工作现场，并召开座谈会。",
    ],
)
def test_what_stands_apart_by_custom_is_not_ordinary_text(text: str) -> None:
    assert not is_ordinary(para(text))


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "2018年以来，全市上下认真贯彻落实上级决策部署，取得了明显成效。",
        "一年来，全市上下认真贯彻落实上级决策部署，取得了明显的成效。",
        "会议指出：“要提高政治站位，切实抓好安全生产各项工作的落实。”",
    ],
)
def test_running_text_is_ordinary(text: str) -> None:
    assert is_ordinary(para(text))


def test_order_is_kept() -> None:
    first, second = para(TEXT), para(TEXT + TEXT)
    assert ordinary(body(first, "短", second)) == (first, second)


# --- fonts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("font", "family"),
    [
        ("仿宋", "仿宋"),
        ("仿宋_GB2312", "仿宋"),
        ("FangSong_GB2312", "仿宋"),
        ("STFangsong", "仿宋"),
        ("宋体", "宋体"),
        ("SimSun", "宋体"),
        ("NSimSun", "宋体"),
        ("华文中宋", "宋体"),
        ("'Microsoft YaHei'", "微软雅黑"),
        ("微软雅黑, 宋体", "微软雅黑"),
        ("Arial, 宋体", "宋体"),
        ("KaiTi_GB2312", "楷体"),
        ("黑体", "黑体"),
        ("方正小标宋简体", "方正小标宋简体"),
        ("Times New Roman", None),
        ("Calibri, sans-serif", None),
        ("", None),
    ],
)
def test_a_font_belongs_to_its_chinese_family(font: str, family: str | None) -> None:
    assert chinese_family(font) == family


# --- what is said ---------------------------------------------------------------------------------


def test_a_mixed_indent_is_shown_by_one_paragraph_of_each() -> None:
    indented, bare = para("甲" * 19 + "。", lead="\u3000\u3000"), para("乙" * 19 + "。", path="p2")
    found = finding("mixed-indent", indented, bare, indented, bare)
    assert "甲甲" in found.message
    assert "乙乙" in found.message
    assert "2 段段首有缩进" in found.message
    assert (found.path, found.snippet, found.what) == ("p2", "乙" * 19 + "。", "")


def test_a_little_blank_is_neither_an_indent_nor_none() -> None:
    little = para(lead="\u00a0")
    assert fine("mixed-indent", little, little, para(), para())


def test_ordinary_blanks_are_no_indent() -> None:
    spaced = para(lead="    ")
    assert fine("mixed-indent", spaced, spaced, para(), para())


def test_an_indent_is_measured_with_what_is_typed_and_what_is_set() -> None:
    both = para(lead="\u00a0", text_indent=0.5)
    found = finding("mixed-indent", both, both, para(), para())
    assert "2 段段首有缩进" in found.message


def test_a_negative_indent_is_neither() -> None:
    hanging = para(text_indent=-2.0)
    assert fine("mixed-indent", hanging, hanging, para(), para())
    assert fine("mixed-indent", hanging, hanging, *[para(lead="\u3000\u3000")] * 2)


def test_mixed_sizes_name_the_largest_and_the_smallest() -> None:
    sizes = [para(sizes=(s,)) for s in ("14pt", "12pt", "16pt")]
    message = finding("mixed-fonts", *sizes).message
    assert "16磅" in message
    assert "12磅" in message


def test_the_markup_is_the_snippet_where_it_was_kept() -> None:
    kept = para(fonts=("宋体",), snippet="<p style>", path="p9")
    found = finding("mixed-fonts", para(fonts=("仿宋",)), kept)
    assert (found.snippet, found.path) == ("<p style>", "p9")
    plain = finding("mixed-fonts", para(fonts=("仿宋",)), para(fonts=("宋体",)))
    assert plain.snippet == TEXT


def test_sizes_inside_one_paragraph_are_said_of_its_words() -> None:
    uneven = para(sizes=("14pt", "18pt"))
    assert "有的文字为14磅" in finding("mixed-fonts", uneven, uneven).message


def test_the_widest_object_is_named_and_the_others_are_counted() -> None:
    one = finding("oversized-object", sized=(sized(1500),))
    assert "图片宽 1500 像素；要求" in one.message
    two = finding("oversized-object", sized=(sized(1500), sized(1600, "table")))
    assert "表格宽 1600 像素（共 2 处）" in two.message


def test_the_longest_run_of_empty_paragraphs_is_counted() -> None:
    none = para("")
    found = finding("empty-paragraphs", "甲" * 30, *[none] * 3, "乙" * 30, *[none] * 5, "丙" * 30)
    assert "乙乙" in found.message
    assert "连续 5 个空段落" in found.message


def test_a_short_line_after_blanks_is_a_signature_and_a_longer_one_is_text() -> None:
    none = [para("")] * 3
    assert fine("empty-paragraphs", TEXT, *none, "名" * 24)
    assert finding("empty-paragraphs", TEXT, *none, "名" * 25)
    assert finding("empty-paragraphs", TEXT, *none, "名" * 10 + "。")


def test_blanks_at_the_very_beginning_follow_nothing() -> None:
    assert fine("empty-paragraphs", *[para("")] * 5, TEXT)


def test_breaks_are_judged_by_what_stands_between_them() -> None:
    just, less = para("字" * 60, breaks=3), para("字" * 59, breaks=3)
    assert finding("br-paragraphs", just).snippet == "字" * 60
    assert fine("br-paragraphs", less)


def test_breaks_are_judged_where_half_of_the_text_hangs_on_them() -> None:
    block = para("字" * 60, breaks=3)
    assert finding("br-paragraphs", block, "文" * 59)
    assert fine("br-paragraphs", block, "文" * 60)


def test_half_width_marks_are_counted_and_three_are_shown() -> None:
    found = finding("halfwidth-punctuation", "会议指出,要抓好落实;再接再厉!振奋精神,加油干(市直)。")
    assert "5 处半角标点" in found.message
    assert found.message.count("“") == 3
    assert "指出,要" in found.message
    assert found.snippet == "会议指出,要抓好落"


def test_a_quotation_is_one_line_and_not_long() -> None:
    assert quote("甲\n乙") == "“甲 乙”"
    assert quote("字" * 24) == f"“{'字' * 24}”"
    assert quote("字" * 25) == f"“{'字' * 24}…”"


@given(
    st.text(max_size=60),
    st.lists(
        st.builds(
            para,
            st.text(max_size=80),
            lead=st.text("\u3000\u00a0 ", max_size=4),
            fonts=st.lists(st.text(max_size=12), max_size=3).map(tuple),
            sizes=st.lists(st.sampled_from(["12pt", "16pt", "pt", ""]), max_size=3).map(tuple),
            breaks=st.integers(0, 9),
            in_table=st.booleans(),
        ),
        max_size=8,
    ),
)
def test_no_rule_breaks_whatever_the_page_says(title: str, paragraphs: list[Any]) -> None:
    held = body(*(paragraphs or ("",)), alone=True)
    answers = page_answers(page(title=read(title), body=held), RULES.values())
    assert not [a for a in answers.values() if a.unverified]
