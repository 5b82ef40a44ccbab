"""Attachments: the text of every kind of file, and files that mean harm."""

from __future__ import annotations

import asyncio
import io
import random
import struct
import time
import zipfile
import zlib

import docx as python_docx
import openpyxl
import pypdf
import pytest

from checks.attachment_facts import Attachment
from checks.budget_facts import lacking
from checks.facts import Missing, Unverified
from crawler.extract import attachments
from crawler.extract.attachments import MAX_TEXT, read_attachment
from crawler.filereading import FileReader
from tests import office
from tests.replica.text import BUDGET_TABLES

DOC = office.doc("部门预算\r收支总体情况表\x07一般公共预算支出情况表\x07")
XLS = office.xls({"收支总表": ("收支预算总表", "单位：万元"), "三公": ("“三公”经费支出表",)})
PDF = office.pdf("Budget 2018", "Page two")
DOCX = office.docx("2018年部门预算", "收入总体情况表")
XLSX = office.xlsx({"收支总表": "visible", "备用": "hidden"}, "部门收支总表", "金额")


def read(data: bytes, name: str = "a.bin") -> Attachment:
    found = read_attachment(data, name)
    assert isinstance(found, Attachment), found
    return found


def refused(data: bytes, name: str = "http://x/附件1.doc") -> str:
    found = read_attachment(data, name)
    assert isinstance(found, Unverified), found
    return found.reason


def test_each_kind_is_told_by_its_bytes_and_read() -> None:
    assert (read(DOC).form, read(DOC).text.split("\n")) == (
        "doc",
        ["部门预算", "收支总体情况表", "一般公共预算支出情况表"],
    )
    assert (read(XLS).form, read(XLS).names) == ("xls", ("收支总表", "三公"))
    assert "“三公”经费支出表" in read(XLS).text
    assert (read(PDF).form, read(PDF).text.split()) == ("pdf", ["Budget", "2018", "Page", "two"])
    assert (read(DOCX).form, read(DOCX).text) == ("docx", "2018年部门预算\n收入总体情况表")
    assert read(XLSX) == Attachment(
        form="xlsx", names=("收支总表",), text="部门收支总表\n金额\n写在格里"
    )
    assert all(read(data).whole for data in (DOC, XLS, PDF, DOCX, XLSX))


def test_what_the_common_libraries_write_is_read() -> None:
    out = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.title = "收支总体情况表"
    for name in BUDGET_TABLES[1:]:
        book.create_sheet(name)["A1"] = f"附表：{name}"
    book.save(out)
    sheets = read(out.getvalue())
    assert sheets.names == BUDGET_TABLES
    assert lacking("预算", "\n".join((*sheets.names, sheets.text))) == []
    out = io.BytesIO()
    document = python_docx.Document()
    document.add_paragraph("部门预算说明")
    document.add_table(1, 2).rows[0].cells[1].text = "政府性基金预算支出情况表"
    document.save(out)
    words = read(out.getvalue())
    assert words.text.split() == ["部门预算说明", "政府性基金预算支出情况表"]
    assert words.whole


def test_an_archive_gives_its_names_and_is_never_whole() -> None:
    name = "收支总表.xls"
    found = read(office.zipped({name: b"x", "folder/": b""}))
    assert (found.form, found.names, found.whole) == ("zip", (name,), False)
    old = office.zipped({"a" * len(name.encode("gb18030")): b"x"})
    gbk = old.replace(b"a" * len(name.encode("gb18030")), name.encode("gb18030"))
    assert read(gbk).names == (name,)


def test_pictures_pages_without_text_and_what_is_cut_leave_it_open() -> None:
    assert not read(office.docx("部门预算", image1=b"x")).whole
    assert not read(office.pdf("Budget", "")).whole
    assert not read(office.doc("部门预算\x01\r")).whole
    long = read(office.docx("预" * MAX_TEXT, "算"))
    assert MAX_TEXT - 1 <= len(long.text) <= MAX_TEXT
    assert not long.whole


def test_a_scanned_pdf_says_so() -> None:
    assert "可能是扫描件" in refused(office.pdf(""))


@pytest.mark.parametrize(("word", "opens"), [("secret", False), ("", True)])
def test_a_locked_pdf_is_not_read_one_that_opens_without_a_word_is(word: str, opens: bool) -> None:
    writer = pypdf.PdfWriter(io.BytesIO(PDF))
    writer.encrypt(user_password=word, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    if opens:
        assert "Budget" in read(out.getvalue()).text
    else:
        assert "加了密码" in refused(out.getvalue())


def test_locked_office_files_are_not_read() -> None:
    assert "加了密码" in refused(office.doc("部门预算", flags=0x0300))
    assert "加了密码" in refused(office.compound({"EncryptedPackage": b"x"}))
    locked = bytearray(DOCX)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(mark) + place] |= 1
    assert "加了密码" in refused(bytes(locked))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "是空的"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "打开后是网页"),
        (b"Rar!\x1a\x07", "压缩包"),
        (b"{\\rtf1 x}", "RTF"),
        (b"\xff\xd8\xff\xe0", "是图片"),
        (b"PK\x03\x04", "已损坏"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "已损坏"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2000), "已损坏"),
        (office.compound({"Other": b"x"}), "已损坏"),
        (b"%PDF-1.4", "已损坏"),
        (b"hello", "已损坏"),
        (office.doc("x", main=-5), "已损坏"),
        (office.zipped({"OFD.xml": "x"}), "OFD"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_reason(data: bytes, why: str) -> None:
    reason = refused(data)
    assert "附件“附件1.doc”" in reason
    assert why in reason


def test_a_file_over_the_bound_is_not_even_opened() -> None:
    found = read_attachment(b"%PDF-" + bytes(attachments.MAX_BYTES), "a")
    assert isinstance(found, Unverified)
    assert found.code is Missing.NOT_CAPTURED


def test_zip_bombs_are_not_blown_up() -> None:
    bomb = office.zipped({"word/document.xml": bytes(attachments.MAX_MEMBER + 1)})
    assert len(bomb) < 100_000
    assert "太大" in refused(bomb)
    lying = bytearray(bomb)  # it says that it is small
    struct.pack_into("<I", lying, lying.find(b"PK\x01\x02") + 24, 100)
    struct.pack_into("<I", lying, lying.find(b"PK\x03\x04") + 22, 100)
    assert isinstance(read_attachment(bytes(lying), "a"), Unverified)
    many = office.zipped({f"{i}": b"" for i in range(attachments.MAX_MEMBERS + 1)})
    assert "太大" in refused(many)
    sheets = {f"xl/worksheets/s{i}.xml": b"inlineStr" + bytes(15_000_000) for i in range(5)}
    assert isinstance(
        read_attachment(office.zipped({"xl/workbook.xml": "<w/>", **sheets}), "a"), Unverified
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><d><t>&b;</t></d>',
        '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]><d><t>&x;</t></d>',
        "<d>" * 100_000,
        "<d><t>",
        "",
    ],
)
def test_entities_depth_and_broken_markup_are_refused(markup: str) -> None:
    assert "已损坏" in refused(office.zipped({"word/document.xml": markup}))
    hidden = markup.encode("utf-16")
    assert "已损坏" in refused(office.zipped({"word/document.xml": hidden}))


def test_a_pdf_that_runs_in_circles_or_swells_ends() -> None:
    began = time.monotonic()
    assert isinstance(read_attachment(office.pdf("x", kids="2 0 R 2 0 R"), "a"), Unverified)
    swelling = zlib.compress(bytes(120_000_000), 9)
    assert isinstance(read_attachment(office.pdf("x", stream=swelling), "a"), Unverified)
    assert time.monotonic() - began < 30


def test_an_archive_in_an_archive_is_not_opened() -> None:
    inner = office.zipped({"a": bytes(1_000_000)})
    for _ in range(5):
        inner = office.zipped({"a.zip": inner})
    assert read(inner).names == ("a.zip",)


@pytest.mark.parametrize("kind", ["doc", "xls", "pdf", "docx", "xlsx"])
def test_damaged_files_never_raise(kind: str) -> None:
    data = {"doc": DOC, "xls": XLS, "pdf": PDF, "docx": DOCX, "xlsx": XLSX}[kind]
    r = random.Random(kind)
    for _ in range(60):
        hurt = bytearray(data)
        for _ in range(r.randint(1, 12)):
            hurt[r.randrange(len(hurt))] = r.randrange(256)
        if r.random() < 0.3:
            del hurt[r.randrange(len(hurt)) :]
        found = read_attachment(bytes(hurt), "a")
        assert isinstance(found, Attachment | Unverified)


def test_zip_files_of_the_test_are_whole() -> None:
    assert zipfile.ZipFile(io.BytesIO(DOCX)).testzip() is None


def test_a_reader_that_hangs_or_dies_costs_one_answer() -> None:
    async def work() -> None:
        reader = FileReader(seconds=0.0)
        try:
            slow = await reader.read(DOCX, "慢.docx")
            assert isinstance(slow, Unverified)
            assert "没有读完" in slow.reason
            reader.seconds = 60.0
            assert isinstance(await reader.read(DOCX, "a.docx"), Attachment)
            assert reader.process is not None
            reader.process.kill()
            await reader.process.wait()
            died = await reader.read(DOCX, "死.docx")
            assert isinstance(died, Unverified)
            both = await asyncio.gather(reader.read(XLSX, "a"), reader.read(b"x", "b"))
            assert [type(one) for one in both] == [Attachment, Unverified]
        finally:
            await reader.close()

    asyncio.run(work())


def test_letters_without_meaning_are_no_text_of_a_pdf() -> None:
    assert "文字认不出" in refused(office.pdf("!#$%&()*+,-./0123456789:;<=>?@ABCDEF"))
    assert read(office.pdf("Budget 2018")).whole  # too short to say


def test_what_a_formula_gave_and_what_stands_in_a_text_box_is_text() -> None:
    cells = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="str"><f>B1&amp;C1</f><v>部门支出总体情况表</v></c><c r="B1"><v>12</v></c></row></sheetData></worksheet>'
    )
    box = (
        '<xdr:wsDr xmlns:xdr="x" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:sp><xdr:txBody>'
        "<a:p><a:r><a:t>财政拨款收支总体情况表</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>"
    )
    parts = _parts_of(XLSX) | {"xl/worksheets/sheet9.xml": cells, "xl/drawings/drawing1.xml": box}
    found = read(office.zipped(parts))
    assert {"部门支出总体情况表", "财政拨款收支总体情况表"} <= set(found.text.split("\n"))
    assert "12" not in found.text.split("\n")
    assert found.whole


@pytest.mark.parametrize("folder", ["charts", "diagrams", "media", "embeddings"])
def test_what_is_drawn_leaves_a_file_open(folder: str) -> None:
    for data, place in ((XLSX, "xl"), (DOCX, "word")):
        parts = _parts_of(data) | {f"{place}/{folder}/a1.xml": "<a/>"}
        assert not read(office.zipped(parts)).whole


def test_a_document_that_holds_another_file_is_not_whole() -> None:
    parts = _parts_of(DOCX)
    body = parts["word/document.xml"].replace(b"</w:body>", b'<w:altChunk r:id="rId9"/></w:body>')
    assert b"altChunk" in body
    assert not read(office.zipped(parts | {"word/document.xml": body})).whole


def _parts_of(data: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
