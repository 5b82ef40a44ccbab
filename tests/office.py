"""Office files made by hand, byte by byte: what a reader of attachments meets."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

SECTOR = 512


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def docx(*paragraphs: str, **more: bytes) -> bytes:
    words = "".join(f"<w:p><w:r><w:t>{p}</w:t></w:r></w:p>" for p in paragraphs)
    body = f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="urn:w"><w:body>{words}</w:body></w:document>'
    return zipped(
        {"word/document.xml": body, **{f"word/media/{k}.png": v for k, v in more.items()}}
    )


def xlsx(sheets: Mapping[str, str], *cells: str) -> bytes:
    """``sheets``: name → state (``visible``, ``hidden``)."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{i}" state="{state}"/>'
        for i, (name, state) in enumerate(sheets.items(), 1)
    )
    strings = "".join(f"<si><t>{cell}</t></si>" for cell in cells)
    inline = '<row><c t="inlineStr"><is><t>写在格里</t></is></c></row>'
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="urn:s"><sheets>{listed}</sheets></workbook>',
            "xl/sharedStrings.xml": f'<sst xmlns="urn:s">{strings}</sst>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="urn:s">{inline}</worksheet>',
        }
    )


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file (version 3) whose streams are long enough to need no small sectors."""
    padded = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    entries = [_entry("Root Entry", 5, child=1 if padded else -1, start=0xFFFFFFFE, size=0)]
    chains: list[int] = []
    directories = -(-(len(padded) + 1) // 4)
    at = 1 + directories
    body = b""
    for number, (name, data) in enumerate(padded.items(), 1):
        right = number + 1 if number < len(padded) else -1
        entries.append(_entry(name, 2, right=right, start=at, size=len(data)))
        count = -(-len(data) // SECTOR)
        chains += [*range(at + 1, at + count), 0xFFFFFFFE]
        at += count
        body += data.ljust(count * SECTOR, b"\0")
    directory = b"".join(entries).ljust(directories * SECTOR, b"\0")
    fat = [0xFFFFFFFD, *range(2, directories + 1), 0xFFFFFFFE, *chains]
    assert len(fat) <= 128
    table = struct.pack("<128I", *fat, *[0xFFFFFFFF] * (128 - len(fat)))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return head + table + directory + body


def _entry(
    name: str, kind: int, *, right: int = -1, child: int = -1, start: int = 0, size: int = 0
) -> bytes:
    called = name.encode("utf-16-le")
    return (
        called.ljust(64, b"\0")
        + struct.pack("<HBB", len(called) + 2, kind, 1)
        + struct.pack("<iii", -1, right, child)
        + bytes(16 + 4 + 16)
        + struct.pack("<IQ", start, size)
    )


def doc(text: str, *, flags: int = 0x0200, main: int | None = None) -> bytes:
    """A Word 97 file of one piece of text."""
    word = bytearray(0x800)
    struct.pack_into("<HH", word, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", word, 0x0A, flags)
    struct.pack_into("<i", word, 0x4C, len(text) if main is None else main)
    pieces = struct.pack("<IIHIH", 0, len(text), 0, 0x800, 0)
    clx = b"\x01\x02\x00ab" + b"\x02" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<ii", word, 0x01A2, 0, len(clx))
    return compound({"WordDocument": bytes(word) + text.encode("utf-16-le"), "1Table": clx})


def xls(sheets: Mapping[str, tuple[str, ...]]) -> bytes:
    """An Excel 97 workbook with a row of cells a sheet."""
    bodies = [
        _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
        + b"".join(
            _record(0x204, struct.pack("<HHH", row, 0, 0) + _string(cell, "<H"))
            for row, cell in enumerate(cells)
        )
        + _record(0x0A, b"")
        for cells in sheets.values()
    ]
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0))
    listed = [struct.pack("<BB", 0, 0) + _string(name, "<B") for name in sheets]
    at = len(begin) + sum(4 + 4 + len(one) for one in listed) + 4
    out = begin
    for one, body in zip(listed, bodies, strict=True):
        out += _record(0x85, struct.pack("<I", at) + one)
        at += len(body)
    return compound({"Workbook": out + _record(0x0A, b"") + b"".join(bodies)})


def _string(text: str, length: str) -> bytes:
    return struct.pack(length, len(text)) + b"\x01" + text.encode("utf-16-le")


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def pdf(*pages: str, kids: str = "", stream: bytes | None = None) -> bytes:
    """A PDF with a line of Latin text a page."""
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places: list[int] = []

    def put(body: bytes) -> None:
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (len(places), body))

    listed = kids or " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    put(b"<</Type/Catalog/Pages 2 0 R>>")
    put(f"<</Type/Pages/Count {len(pages)}/Kids[{listed}]>>".encode())
    put(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    for index, words in enumerate(pages):
        data = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET".encode() if words else b""
        packed = b""
        if stream is not None:
            data, packed = stream, b"/Filter/FlateDecode"
        put(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
            b"/Contents %d 0 R>>" % (5 + 2 * index)
        )
        put(b"<</Length %d%s>>stream\n%s\nendstream" % (len(data), packed, data))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(
        b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start)
    )
    return out.getvalue()
