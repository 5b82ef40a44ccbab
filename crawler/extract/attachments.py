"""Attachments: the text of docx, xlsx, xls, doc and pdf files, and the names in an archive.

Everything in a file is hostile. What is decompressed, parsed and kept is bounded here; time and
memory are bounded by who calls (``crawler.filereading`` reads in a process of its own).
"""

from __future__ import annotations

import contextlib
import io
import logging
import struct
import time
import zipfile
from collections.abc import Iterable
from typing import Any

import olefile
import pypdf
import xlrd
from lxml import etree

from checks.attachment_facts import Attachment
from checks.facts import Missing, Unverified
from crawler.answers import is_html_instead

FILE_READER = "2"
"""Version of this reader: raise it when the same bytes may give another text."""
MAX_BYTES = 30_000_000
MAX_MEMBER = 20_000_000
"""Bytes of one decompressed part of an office file."""
MAX_PARTS = 60_000_000
"""Bytes of all of its parts that are read."""
MAX_MEMBERS = 5_000
MAX_TEXT = 100_000
"""Letters that are kept."""
MAX_NAMES = 200
MAX_PAGES = 120
MAX_CELLS = 200_000
MAX_SECONDS = 15.0
"""After so long no further page or sheet is begun."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OTHERS = (
    (b"Rar!", "是压缩包（rar），没有打开"),
    (b"7z\xbc\xaf", "是压缩包（7z），没有打开"),
    (b"{\\rtf", "是 RTF 文件，暂不能读"),
    (b"\xff\xd8\xff", "是图片，图片里的文字无法读出"),
    (b"\x89PNG", "是图片，图片里的文字无法读出"),
    (b"GIF8", "是图片，图片里的文字无法读出"),
)
_LOCKED = "加了密码"
_BROKEN = "已损坏，或者格式不认识"
_TOO_LARGE = "太大，没有读"


class _RefusedError(Exception):
    """The file is not read; the message says why, in Chinese, after 附件."""

    def __init__(self, why: str, code: Missing = Missing.READER) -> None:
        super().__init__(why)
        self.why = why
        self.code = code


def read_attachment(data: bytes, name: str) -> Attachment | Unverified:
    """What a file says. ``name``: its name or address, for the reason only."""
    try:
        return _read(data)
    except _RefusedError as refused:
        return _unread(name, refused.why, refused.code)
    except Exception:  # three parsers on hostile bytes: whatever they raise, it was not read
        return _unread(name, _BROKEN)


def _unread(name: str, why: str, code: Missing = Missing.READER) -> Unverified:
    short = name.rpartition("/")[2][-60:]
    return Unverified(code=code, reason=f"附件“{short}”{why}")


def _read(data: bytes) -> Attachment:
    if not data:
        raise _RefusedError("是空的")
    if len(data) > MAX_BYTES:
        raise _RefusedError(_TOO_LARGE, Missing.NOT_CAPTURED)
    if data.startswith(b"PK"):
        return _zipped(data)
    if data.startswith(_OLE):
        return _compound(data)
    if b"%PDF-" in data[:1024]:
        return _pdf(data)
    for start, why in _OTHERS:
        if data.startswith(start):
            raise _RefusedError(why)
    if is_html_instead(data[:4096]):
        raise _RefusedError("打开后是网页")
    raise _RefusedError(_BROKEN)


SOME = 20
"""Characters of a PDF from which on their kind says something."""
LEAST_CHINESE = 20
"""Of so many characters of a Chinese PDF at least one is Chinese: tables are mostly figures."""


class _Text:
    """Gathers text up to the bound."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.left = MAX_TEXT
        self.cut = False

    def add(self, text: str) -> None:
        if len(text) > self.left:
            self.cut = True
            text = text[: self.left]
        if text:
            self.left -= len(text)
            self.parts.append(text)

    @property
    def joined(self) -> str:
        return "".join(self.parts).strip()


# --- docx, xlsx -----------------------------------------------------------------------------------


class _Target:
    """Takes the text of some elements out of a stream of XML; builds no tree."""

    def __init__(self, into: _Text, lines: frozenset[str]) -> None:
        self._into = into
        self._lines = lines
        self._inside = 0
        self._skip = 0

    def start(self, tag: Any, attrib: Any) -> None:
        local = str(tag).rpartition("}")[2]
        if local == "rPh":  # how a Japanese word is said
            self._skip += 1
        elif local == "t":
            self._inside += 1
        elif local in self._lines:
            self._into.add("\n")

    def end(self, tag: Any) -> None:
        local = str(tag).rpartition("}")[2]
        if local == "rPh":
            self._skip -= 1
        elif local == "t":
            self._inside -= 1

    def data(self, text: str) -> None:
        if self._inside and not self._skip:
            self._into.add(text)

    def close(self) -> None:
        return None


class _Results:
    """Takes the texts that formulas gave (cells of type ``str``)."""

    def __init__(self, into: _Text) -> None:
        self._into = into
        self._text = self._value = False

    def start(self, tag: Any, attrib: Any) -> None:
        local = str(tag).rpartition("}")[2]
        if local == "c":
            self._text = attrib.get("t") == "str"
        self._value = local == "v" and self._text
        if self._value:
            self._into.add("\n")

    def end(self, tag: Any) -> None:
        self._value = False

    def data(self, text: str) -> None:
        if self._value:
            self._into.add(text)

    def close(self) -> None:
        return None


class _Sheets:
    """The names of a workbook's visible sheets."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def start(self, tag: Any, attrib: Any) -> None:
        visible = attrib.get("state", "visible") == "visible"
        if str(tag).rpartition("}")[2] == "sheet" and visible and len(self.names) < MAX_NAMES:
            self.names.append(str(attrib.get("name", ""))[:100])

    def end(self, tag: Any) -> None: ...

    def data(self, text: str) -> None: ...

    def close(self) -> None:
        return None


def _parse(data: bytes, target: object) -> None:
    """XML without entities, document types or anything from outside."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\x00" in data[:200]:
        raise _RefusedError(_BROKEN)
    parser = etree.XMLParser(
        target=target,
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    etree.fromstring(data, parser)


class _Archive:
    """An archive whose parts are decompressed within bounds."""

    def __init__(self, data: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        entries = self.zip.infolist()
        if len(entries) > MAX_MEMBERS:
            raise _RefusedError(_TOO_LARGE, Missing.NOT_CAPTURED)
        if any(entry.flag_bits & 1 for entry in entries):
            raise _RefusedError(_LOCKED)
        self.entries = {entry.filename: entry for entry in entries}
        self._left = MAX_PARTS

    def part(self, name: str) -> bytes:
        entry = self.entries.get(name)
        if entry is None:
            return b""
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _RefusedError(_BROKEN)
        bound = min(MAX_MEMBER, self._left)
        if entry.file_size > bound:
            raise _RefusedError(_TOO_LARGE, Missing.NOT_CAPTURED)
        with self.zip.open(entry) as opened:
            data = opened.read(bound + 1)
        if len(data) > bound:
            raise _RefusedError(_TOO_LARGE, Missing.NOT_CAPTURED)
        self._left -= len(data)
        return data

    def has(self, folder: str) -> bool:
        return any(name.startswith(folder) for name in self.entries)


def _zipped(data: bytes) -> Attachment:
    archive = _Archive(data)
    if "word/document.xml" in archive.entries:
        text = _Text()
        document = archive.part("word/document.xml")
        _parse(document, _Target(text, frozenset(("p", "tr", "br"))))
        # What stands in another file within it (altChunk), in a picture or a diagram was not read.
        more = b"altChunk" in document or any(
            archive.has(f"word/{folder}/")
            for folder in ("embeddings", "media", "charts", "diagrams")
        )
        return Attachment(form="docx", text=text.joined, whole=not (text.cut or more))
    if "xl/workbook.xml" in archive.entries:
        return _xlsx(archive)
    if "EncryptedPackage" in archive.entries:
        raise _RefusedError(_LOCKED)
    if any(name.endswith("OFD.xml") for name in archive.entries):
        raise _RefusedError("是 OFD 文件，暂不能读")
    names = [_member_name(e) for e in archive.entries.values() if not e.is_dir()]
    return Attachment(form="zip", names=tuple(names[:MAX_NAMES]), whole=False)


def _member_name(entry: zipfile.ZipInfo) -> str:
    """The name as it was meant: without the UTF-8 flag, Chinese archives hold GBK."""
    name = entry.filename
    if not entry.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("gb18030")
    return name[-200:]


def _xlsx(archive: _Archive) -> Attachment:
    sheets, text = _Sheets(), _Text()
    _parse(archive.part("xl/workbook.xml"), sheets)
    began = time.monotonic()
    late = False
    rows = [n for n in archive.entries if n.startswith("xl/worksheets/") and n.endswith(".xml")]
    for name in ("xl/sharedStrings.xml", *sorted(rows)):
        if late := time.monotonic() - began > MAX_SECONDS:
            break
        part = archive.part(name)
        if part and (name == "xl/sharedStrings.xml" or b"inlineStr" in part):
            _parse(part, _Target(text, frozenset(("si", "is"))))
        if part and b'"str"' in part:
            _parse(part, _Results(text))
    for name in sorted(archive.entries):
        if name.startswith("xl/drawings/drawing") and name.endswith(".xml"):
            _parse(archive.part(name), _Target(text, frozenset(("p",))))
    more = late or any(
        archive.has(f"xl/{folder}/") for folder in ("media", "embeddings", "charts", "diagrams")
    )
    return Attachment(
        form="xlsx",
        names=tuple(sheets.names),
        text=text.joined,
        whole=not (text.cut or more),
    )


# --- xls, doc -------------------------------------------------------------------------------------


def _compound(data: bytes) -> Attachment:
    with olefile.OleFileIO(io.BytesIO(data)) as ole:
        if ole.exists("EncryptedPackage"):
            raise _RefusedError(_LOCKED)
        if ole.exists("WordDocument"):
            return _doc(ole)
        workbook = ole.exists("Workbook") or ole.exists("Book")
    if not workbook:
        raise _RefusedError(_BROKEN)
    return _xls(data)


def _xls(data: bytes) -> Attachment:
    try:
        book = xlrd.open_workbook(
            file_contents=data, on_demand=True, ragged_rows=True, logfile=io.StringIO()
        )
    except xlrd.XLRDError as error:
        locked = "encrypt" in str(error).lower()
        raise _RefusedError(_LOCKED if locked else _BROKEN) from None
    names, text = [], _Text()
    began, cells, whole = time.monotonic(), MAX_CELLS, True
    with book:
        for index, name in enumerate(book.sheet_names()[:MAX_NAMES]):
            if time.monotonic() - began > MAX_SECONDS or cells <= 0:
                whole = False
                break
            sheet = book.sheet_by_index(index)
            if not sheet.visibility:
                names.append(name[:100])
                for row in range(sheet.nrows):
                    values = sheet.row_values(row)
                    cells -= len(values)
                    if cells <= 0:
                        whole = False
                        break
                    _row(values, text)
            book.unload_sheet(index)
    return Attachment(
        form="xls", names=tuple(names), text=text.joined, whole=whole and not text.cut
    )


def _row(values: Iterable[object], text: _Text) -> None:
    words = [value for value in values if isinstance(value, str) and value.strip()]
    if words:
        text.add(" ".join(words) + "\n")


_MARKS = {0x07: "\n", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x1E: "-", 0xA0: " "}
_CONTROLS = {
    code: _MARKS.get(code, None if code not in (9, 10) else chr(code)) for code in range(32)
}


def _doc(ole: Any) -> Attachment:
    """Word 97 to 2003: the pieces of the main text ([MS-DOC] 2.4.1)."""
    word = ole.openstream("WordDocument").read(MAX_MEMBER)
    flags = struct.unpack_from("<H", word, 0x0A)[0]
    if flags & 0x0100:
        raise _RefusedError(_LOCKED)
    table = ole.openstream("1Table" if flags & 0x0200 else "0Table").read(MAX_MEMBER)
    main = struct.unpack_from("<i", word, 0x4C)[0]
    start, length = struct.unpack_from("<ii", word, 0x01A2)
    if main < 0 or start < 0 or length < 0:
        raise _RefusedError(_BROKEN)
    text = _Text()
    pictures = False
    for piece in _pieces(table[start : start + length], word, main):
        pictures = pictures or "\x01" in piece or "\x08" in piece
        text.add(piece.translate(_CONTROLS))
        if text.cut:
            break
    return Attachment(form="doc", text=text.joined, whole=not (text.cut or pictures))


def _pieces(clx: bytes, word: bytes, main: int) -> Iterable[str]:
    at = 0
    while at < len(clx) and clx[at] == 1:  # formatting
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at >= len(clx) or clx[at] != 2:
        raise _RefusedError(_BROKEN)
    size = struct.unpack_from("<I", clx, at + 1)[0]
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    ends = struct.unpack_from(f"<{count + 1}I", plc, 0)
    for index in range(count):
        first, last = ends[index], min(ends[index + 1], main)
        if last <= first:
            continue
        where = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * index + 2)[0]
        letters = last - first
        if where & 0x40000000:
            begin = (where & 0x3FFFFFFF) // 2
            yield word[begin : begin + letters].decode("cp1252", "replace")
        else:
            yield word[where : where + 2 * letters].decode("utf-16-le", "replace")


# --- pdf ------------------------------------------------------------------------------------------


def _pdf(data: bytes) -> Attachment:
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted and not _opens(reader):
        raise _RefusedError(_LOCKED)
    text = _Text()
    began, whole = time.monotonic(), True
    for index, page in enumerate(reader.pages):
        if index >= MAX_PAGES or text.cut or time.monotonic() - began > MAX_SECONDS:
            whole = False
            break
        shown = page.extract_text()
        whole = whole and bool(shown.strip())  # a page without text may be a scanned one
        text.add(shown + "\n")
    if not text.joined:
        raise _RefusedError("里没有文字，可能是扫描件，请人工查看")
    if not _is_chinese(text.joined):
        raise _RefusedError("里的文字认不出（字体没有附文字对照表），请人工查看")
    return Attachment(form="pdf", text=text.joined, whole=whole and not text.cut)


def _is_chinese(text: str) -> bool:
    """A PDF whose fonts do not tell which characters they show gives letters without meaning."""
    shown = [c for c in text if not c.isspace()]
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in shown)
    return len(shown) < SOME or chinese * LEAST_CHINESE >= len(shown)


def _opens(reader: pypdf.PdfReader) -> bool:
    """Many are only locked against changes: they open without a password."""
    try:
        return bool(reader.decrypt(""))
    except Exception:
        return False
