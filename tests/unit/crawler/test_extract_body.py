"""What an editor wrote, as the layout rules need it: indents, fonts, breaks, traces of Word."""

from __future__ import annotations

import pytest

from checks.facts import Body, LinkKind, PageKind, Paragraph
from crawler.extract import read_page

URL = "http://www.example.gov.cn/zwgk/gzdt/t20240305_1.html"
LONG = "为做好安全生产工作，市政府办公室组织有关单位召开会议，研究部署下一阶段任务，要求各单位按时完成。"


def body(inner: str, container: str = "<div id='zoom'>{}</div>") -> Body:
    html = f"<html><body><h1>市政府召开安全生产工作会议</h1><p>发布时间：2024-03-05 来源：本网</p>{container.format(inner)}</body></html>"
    found = read_page(html.encode(), url=URL).page.body
    assert found is not None
    return found


def one(inner: str) -> Paragraph:
    return body(f"<p>{LONG}</p>{inner}<p>{LONG}</p>").paragraphs[1]


@pytest.mark.parametrize(
    "blanks", ["　　", "\xa0\xa0\xa0\xa0", "&nbsp;&nbsp;", "&#12288;&#12288;", "&emsp;&emsp;"]
)
def test_an_indent_typed_by_hand_is_kept_apart_from_the_text(blanks: str) -> None:
    found = one(f"<p>{blanks}{LONG}</p>")
    assert found.text == LONG
    assert found.lead
    assert found.lead.strip("　\xa0 \u2003") == ""


def test_line_ends_of_the_template_are_no_indent() -> None:
    assert one(f"<p>\n\t\t   {LONG}\n</p>").lead == ""


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("text-indent:2em", 2.0),
        ("TEXT-INDENT: 32px;", 2.0),
        ("text-indent:24pt", 2.0),
        ("text-indent: 0", 0.0),
        ("color:red", None),
        ("text-indent:5%", None),
    ],
)
def test_an_indent_by_inline_style_is_read_in_em(style: str, wanted: float | None) -> None:
    assert one(f"<p style='{style}'>{LONG}</p>").text_indent == wanted


@pytest.mark.parametrize(
    "markup",
    [
        "<p align='center'>{}</p>",
        "<p style='text-align: center'>{}</p>",
        "<p style='text-align:right'>{}</p>",
        "<center><p>{}</p></center>",
    ],
)
def test_headings_and_signatures_are_known_by_their_alignment(markup: str) -> None:
    assert one(markup.format("某市人民政府办公室")).centred
    assert not one("<p style='text-align:justify'>某市人民政府办公室</p>").centred


def test_fonts_and_sizes_set_inline_are_listed_in_order_and_once() -> None:
    found = one(
        "<p style='font-family:宋体;font-size:16px'>一<span style=\"font-family: 'Microsoft YaHei', Arial; font-size: 16pt\">二</span>"
        "<font face='仿宋_GB2312' size='4'>三</font>四</p>"
    )
    assert found.fonts == ("宋体", "Microsoft YaHei", "仿宋_GB2312")
    assert found.sizes == ("12pt", "16pt", "13.5pt")


def test_a_font_on_blanks_alone_does_not_count() -> None:
    assert one(f"<p>{LONG}<span style='font-family:黑体'> </span></p>").fonts == ()


def test_paragraphs_made_by_line_breaks_are_counted() -> None:
    found = one(f"<p>{LONG}<br>{LONG}<br/><br/>　　{LONG}</p>")
    assert found.breaks == 2
    assert found.text.count("\n") >= 2
    assert one(f"<p>{LONG}<br></p>").breaks == 0


def test_empty_paragraphs_between_others_are_kept_and_those_at_the_ends_are_not() -> None:
    found = body(f"<p>&nbsp;</p><p>{LONG}</p><p>&nbsp;</p><p></p><p><br></p><p>{LONG}</p><p>　</p>")
    assert [bool(item.text) for item in found.paragraphs] == [True, False, False, False, True]


def test_a_paragraph_with_a_picture_is_not_empty() -> None:
    found = body(f"<p>{LONG}</p><p><img src='a.jpg'></p><p>{LONG}</p>")
    assert [item.text for item in found.paragraphs] == [LONG, LONG]


def test_cells_are_marked_as_such() -> None:
    found = body(f"<p>{LONG}</p><table width='900'><tr><td>单位</td><td>数量</td></tr></table>")
    assert [item.in_table for item in found.paragraphs] == [False, True, True]


def test_widths_are_read_in_px_and_percentages_are_not() -> None:
    found = body(
        f"<p>{LONG}</p><p><img src='a.jpg' width='1200'><img src='b.jpg' style='width:30cm'><img src='c.jpg' width='100%'></p><table style='width: 950px'><tr><td>表</td></tr></table>"
    )
    assert [(item.tag, round(item.width)) for item in found.sized] == [
        ("img", 1200),
        ("img", 1134),
        ("table", 950),
    ]


@pytest.mark.parametrize(
    "markup",
    [
        "<p class='MsoNormal'>{}</p>",
        "<p style='mso-pagination:widow-orphan'>{}</p>",
        "<p><span style='mso-bidi-font-size:10.5pt'>{}</span></p>",
        "<p>{}<o:p></o:p></p>",
        "<!--[if gte mso 9]><xml></xml><![endif]--><p>{}</p>",
    ],
)
def test_traces_of_word_are_found_with_their_place(markup: str) -> None:
    found = body(f"<p>{LONG}</p>{markup.format(LONG)}")
    assert len(found.word_marks) >= 1
    assert found.word_marks[0].snippet.startswith("<")
    assert body(f"<p>{LONG}</p><p>{LONG}</p>").word_marks == ()


def test_places_have_positions_and_snippets_are_short() -> None:
    found = body(f"<p>{LONG}</p><div><p>　　{LONG * 5}</p></div>")
    assert found.paragraphs[1].path == "div:nth-of-type(1) > p:nth-of-type(1)"
    assert 0 < len(found.paragraphs[1].snippet) <= 200


def test_links_pictures_and_files_of_the_body_are_told_apart() -> None:
    found = body(
        f"<p>{LONG}<a href='http://www.gov.cn/x.htm'>国务院文件</a></p><p><a href='./a.docx'>附件1</a><a href='/attach/b'>报名表.xls</a><a href='javascript:void(0)'>关闭</a><a href='#top'>顶</a><img src='/p/c.png' alt='图一'></p>"
    )
    assert [(link.kind, link.text) for link in found.links] == [
        (LinkKind.PAGE, "国务院文件"),
        (LinkKind.FILE, "附件1"),
        (LinkKind.FILE, "报名表.xls"),
        (LinkKind.IMAGE, "图一"),
    ]


@pytest.mark.parametrize(
    "extra",
    [
        "<div class='share'>分享到：<a href='#'>微信</a></div>",
        "<div class='bdsharebuttonbox'>分享</div>",
        "<p>上一篇：<a href='a.html'>另一篇文章的标题</a></p><p>下一篇：<a href='b.html'>又一篇文章的标题</a></p>",
        "<p>【<a href='javascript:window.print()'>打印</a>】【关闭】</p>",
        "<div>责任编辑：某某</div>",
        "<div class='xgwz'><h3>相关文章</h3><ul><li><a href='c.html'>相关的一篇文章</a></li></ul></div>",
        "<script>var a = '脚本里的文字';</script><style>.TRS_Editor P{color:red}</style>",
        "<div style='display:none'>看不见的文字在这里</div>",
    ],
)
def test_what_the_template_adds_is_not_the_body(extra: str) -> None:
    found = body(f"<p>{LONG}</p><p>{LONG}</p>{extra}")
    assert found.text == f"{LONG}\n{LONG}"


def test_the_body_is_found_by_its_text_where_no_container_has_a_known_name() -> None:
    side = "".join(f"<li><a href='/{n}.html'>另一篇文章的标题第{n}号</a></li>" for n in range(20))
    found = body(
        f"<p>{LONG}</p><p>{LONG}</p><p>{LONG}</p>",
        container=f"<div class='l'><ul>{side}</ul></div><div class='r'><div class='qq'>{{}}</div></div><div class='f'>地址：某市某路1号 电话：0000-0000000 邮编：000000 主办单位：某市人民政府办公室</div>",
    )
    assert found.text == "\n".join([LONG] * 3)


def test_a_body_of_bare_text_and_line_breaks_is_read() -> None:
    found = body(
        f"　　{LONG}<br>　　{LONG}<br>　　{LONG}",
        container="<table><tr><td class='neirong'>{}</td></tr></table>",
    )
    assert found.text.count(LONG) == 3
    assert found.paragraphs[0].breaks == 2


def test_a_notice_that_is_nothing_but_its_attachments_keeps_them() -> None:
    files = "".join(
        f"<p><a href='./P0{n}.docx'>某市第{n}局2023年度政府信息公开工作年度报告</a></p>"
        for n in range(12)
    )
    page = read_page(
        f"<html><head><title>2023年度报告汇总</title></head><body><h1>2023年度报告汇总</h1><p>发布时间：2024-02-01 来源：市政府办公室</p>"
        f"<div class='TRS_Editor'>{files}</div></body></html>".encode(),
        url="http://www.example.gov.cn/gknb/202402/t20240201_7788.html",
    ).page
    assert page.kind is PageKind.ARTICLE
    assert page.body is not None
    assert len([link for link in page.body.links if link.kind is LinkKind.FILE]) == 12
