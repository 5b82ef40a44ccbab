"""The official format of Word files (GB/T 9704-2012), read back with python-docx; Word and
LibreOffice themselves are not at hand here."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from reports import masks
from reports.official import Paper, chinese_date

MADE = datetime(2018, 12, 3, 1, tzinfo=UTC)
CARD = "360481199001011236"  # its check digit is wrong
REAL = "11010519491231002X"  # the example of GB 11643, its check digit is right


@pytest.fixture(scope="module")
def data() -> bytes:
    p = Paper("通报", MADE)
    p.title("瑞昌市人民政府办公室", "关于检查情况的通报")
    p.addressee("各乡镇")
    p.body("正文。")
    p.heading(1, "总体情况")
    p.part(2, "信息内容有问题。", "其余是正文。")
    p.item(1, "第三层")
    p.subitem(1, "第四层")
    p.attachments_note(["问题清单", "整改不到位单位情况"])
    p.signature("瑞昌市人民政府办公室", date(2018, 12, 3))
    p.attachment("附件1", "问题清单", landscape=True)
    rows = [(str(n), ("http://a.cn/x", "http://a.cn/x")) for n in range(60)]
    p.table(("序号", "网址"), rows, (20, 100))
    return p.data()


@pytest.fixture(scope="module")
def read(data: bytes) -> Any:
    return docx.Document(io.BytesIO(data))


def paragraph(read: Any, text: str) -> Any:
    return next(p for p in read.paragraphs if p.text == text)


def face(run: Any) -> tuple[str, float]:
    return run._r.rPr.rFonts.get(qn("w:eastAsia")), run.font.size.pt


def test_the_page_is_a4_with_the_official_margins(read: Any) -> None:
    page = read.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    sides = [page.top_margin, page.bottom_margin, page.left_margin, page.right_margin]
    assert [round(s.mm) for s in sides] == [37, 35, 28, 26]


def test_a_wide_attachment_is_a_landscape_section(read: Any) -> None:
    page = read.sections[1]
    assert page.orientation == WD_ORIENT.LANDSCAPE
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (297, 210)
    assert round(page.top_margin.mm) == 28  # the binding edge


@pytest.mark.parametrize(
    ("text", "font", "size"),
    [
        ("瑞昌市人民政府办公室", "方正小标宋简体", 22),
        ("各乡镇：", "仿宋", 16),
        ("正文。", "仿宋", 16),
        ("一、总体情况", "黑体", 16),
        ("1. 第三层", "仿宋", 16),
        ("（1）第四层", "仿宋", 16),
        ("附件1", "黑体", 16),
        ("问题清单", "方正小标宋简体", 22),
    ],
)
def test_each_part_has_its_font_and_size(read: Any, text: str, font: str, size: float) -> None:
    assert face(paragraph(read, text).runs[0]) == (font, size)


def test_the_second_level_is_kaiti_and_goes_on_in_fangsong(read: Any) -> None:
    first, rest = paragraph(read, "（二）信息内容有问题。其余是正文。").runs
    assert (face(first)[0], face(rest)[0]) == ("楷体", "仿宋")


def test_lines_are_28_points_exactly_and_paragraphs_begin_two_characters_in(read: Any) -> None:
    p = paragraph(read, "正文。")
    assert p.paragraph_format.line_spacing.pt == 28
    assert p._p.pPr.ind.get(qn("w:firstLineChars")) == "200"
    assert paragraph(read, "各乡镇：")._p.pPr.ind is None


def test_the_date_has_no_leading_zeros_and_stands_four_characters_from_the_right(read: Any) -> None:
    assert chinese_date(date(2018, 12, 3)) == "2018年12月3日"
    p = paragraph(read, "2018年12月3日")
    assert p._p.pPr.ind.get(qn("w:rightChars")) == "400"


def test_the_attachments_are_numbered_and_end_without_a_stop(read: Any) -> None:
    assert paragraph(read, "附件：1. 问题清单")
    assert paragraph(read, "2. 整改不到位单位情况")


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(read: Any) -> None:
    section = read.sections[0]
    assert read.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        p = footer.paragraphs[0]
        assert p.text == "—  —"
        assert face(p.runs[0]) == ("宋体", 14)
        assert [t.text for t in p._p.iter(qn("w:instrText"))] == [" PAGE "]
        assert p._p.pPr.jc.get(qn("w:val")) == side


def test_the_tables_head_is_repeated_and_its_rows_are_whole(read: Any) -> None:
    table = read.tables[0]
    assert len(table.rows) == 61
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.rows[1]._tr.trPr.find(qn("w:tblHeader")) is None
    assert table.rows[1]._tr.trPr.find(qn("w:cantSplit")) is not None


def test_no_seal_no_picture_and_no_macro_is_in_the_file(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        fonts = archive.read("word/fontTable.xml").decode()
        document = archive.read("word/document.xml").decode()
    assert not [n for n in names if "media" in n or "vba" in n or "embeddings" in n]
    assert "w:drawing" not in document
    assert "w:pict" not in document
    assert 'w:name="方正小标宋简体"><w:altName w:val="小标宋体"/>' in fonts


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gives_a_file_that_opens_and_holds_nothing_that_acts(text: str) -> None:
    p = Paper(text, MADE)
    p.body(text)
    p.table(("a",), [((text, text),)], (50,))
    data = p.data()
    read = docx.Document(io.BytesIO(data))
    said = read.paragraphs[0].text
    assert said == masks.words(text, 4000)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        tree = etree.fromstring(archive.read("word/document.xml"))
    assert not list(tree.iter(qn("w:instrText"), qn("w:fldSimple")))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "JAVASCRIPT:alert(1)", "file:///c:/x", "http://", "//a.cn/", "ms-word:x",
        "http://a.cn/\u202egnp", "http://u:p@a.cn/", 'http://a.cn/"x', "http://a.cn/ x", "",
        f"http://a.cn/{REAL}.html", "http://a.cn/" + "x" * 2000, "http://[::1",
    ],
)  # fmt: skip
def test_only_a_plain_web_address_becomes_a_link(url: str) -> None:
    assert masks.link(url) is None
    p = Paper("x", MADE)
    p.table(("a",), [((url, url),)], (50,))
    read = docx.Document(io.BytesIO(p.data()))
    assert not [r for r in read.part.rels.values() if r.is_external]
    assert masks.link("http://www.ruichang.gov.cn/t20181203_1234567890123.html") is not None


@pytest.mark.parametrize(
    "number",
    [
        CARD, REAL, REAL.lower(), "13879200000", "138 7920 0000", "138-7920-0000", "360481 19900101 1236",
        "6222 0200 1234 5678 901", "３６０４８１１９９００１０１１２３６", "3604811990010\u200b11236",
    ],
)  # fmt: skip
def test_numbers_of_persons_are_masked(number: str) -> None:
    said = masks.words(f"张某{number}已公示")
    assert len(re.findall(r"\d", said)) == 3
    assert said.startswith("张某")
    assert said.endswith("已公示")


@pytest.mark.parametrize(
    "text",
    [
        "2018-11-02至2018-11-03",
        "0792-4222222",
        "瑞府办字〔2018〕226号",
        "2018年12月3日 10:20",
        "3604810001",
    ],
)
def test_dates_and_office_numbers_are_not_masked(text: str) -> None:
    assert masks.words(text) == text
