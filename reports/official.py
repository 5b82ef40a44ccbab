"""Word files in the official format of GB/T 9704-2012 (党政机关公文格式), written with python-docx.

Belongs here: page, fonts, numbering, tables and page numbers; what a paper says is for the modules
beside. No seal is ever drawn, and no red head: both are the office's own.

Every text passes ``reports.masks.words``: from the web comes neither markup nor a field nor a link
that is not plain http or https.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from reports.masks import link, words

FANGSONG, KAITI, HEITI, SONG, XIAOBIAOSONG = "仿宋", "楷体", "黑体", "宋体", "方正小标宋简体"
_SUBSTITUTES = {
    FANGSONG: "仿宋_GB2312",
    KAITI: "楷体_GB2312",
    HEITI: "SimHei",
    SONG: "SimSun",
    XIAOBIAOSONG: "小标宋体",
}
"""What Word takes where the font is not installed, written into the file's own font table."""
FONTS_NOTE = f"标题字体“{XIAOBIAOSONG}”要另外安装；没有时 Word 用宋体代替，印发前请核对字体"

SIZE_2, SIZE_3, SIZE_4, SIZE_5 = Pt(22), Pt(16), Pt(14), Pt(10.5)
"""2号, 3号, 4号, 5号."""
LINE = Pt(28)
TITLE_LINE = Pt(36)
_CHAR = 16
"""Points of one character of the body."""
_LINE_CHARS = 28
_TYPE_AREA = (156, 225)
"""版心, millimetres."""
LONGEST_CELL = 300
MOST_ROWS = 5000


def chinese_date(day: date) -> str:
    """成文日期: ``2018年12月3日``, without leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


class Paper:
    """One Word file, written from its head to its end."""

    def __init__(self, subject: str, made: datetime) -> None:
        """``subject``: the title in the file's properties; ``made``: an aware instant."""
        self._doc: Any = Document()
        self._columns = 0
        properties = self._doc.core_properties
        properties.title = words(subject, 200)
        properties.author = properties.last_modified_by = properties.comments = ""
        properties.created = properties.modified = made.astimezone(UTC).replace(tzinfo=None)
        self._doc.settings.odd_and_even_pages_header_footer = True
        self._default_style()
        self._substitutes()
        self._page(self._doc.sections[0])
        self._numbers(self._doc.sections[0])

    # --- the text ---------------------------------------------------------------------------------

    def title(self, *lines: str) -> None:
        """2号小标宋, centred; each argument is a line of its own."""
        for line in lines:
            p = self._paragraph(line, font=XIAOBIAOSONG, size=SIZE_2, spacing=TITLE_LINE)
            p.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def blank(self) -> None:
        self._paragraph("")

    def addressee(self, text: str) -> None:
        """主送机关: one line below the title, flush left, with a full-width colon."""
        self.blank()
        self._paragraph(text.rstrip("：:") + "：")

    def body(self, text: str) -> None:
        """A paragraph of the body: 3号仿宋, two characters indented."""
        self._indent(self._paragraph(text), first=2)

    def heading(self, number: int, text: str) -> None:
        """First level, ``一、``: 黑体."""
        self._indent(self._paragraph(f"{_numeral(number)}、{text}", font=HEITI), first=2)

    def part(self, number: int, text: str, rest: str = "") -> None:
        """Second level, ``（一）``: 楷体; ``rest`` goes on in the same paragraph in 仿宋."""
        p = self._paragraph(f"（{_numeral(number)}）{text}", font=KAITI)
        if rest:
            self._run(p, rest)
        self._indent(p, first=2)

    def item(self, number: int, text: str) -> None:
        """Third level, ``1.``."""
        self.body(f"{number}. {text}")

    def subitem(self, number: int, text: str) -> None:
        """Fourth level, ``（1）``."""
        self.body(f"（{number}）{text}")

    def attachments_note(self, names: Sequence[str]) -> None:
        """附件说明: one line below the body, numbered where there are several, no full stop."""
        self.blank()
        for i, name in enumerate(names):
            number = f"{i + 1}. " if len(names) > 1 else ""
            p = self._paragraph(f"附件：{number}{name}" if i == 0 else f"{number}{name}")
            self._indent(p, left=5, first=-3 if i == 0 else 0)

    def signature(self, office: str, day: date) -> None:
        """署名 centred above the date, the date four characters from the right: room for a seal
        that a person sets."""
        self.blank()
        self.blank()
        written = chinese_date(day)
        width = sum(1 if ord(c) > 0x7F else 0.5 for c in written)
        over = max(4 + (width - len(office)) / 2, 0)
        for text, right in ((office, over), (written, 4.0)):
            p = self._paragraph(text)
            p.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            self._indent(p, right=right)
            p.paragraph_format.keep_together = True

    # --- attachments and tables -------------------------------------------------------------------

    def attachment(self, label: str, title: str, *, landscape: bool = False) -> None:
        """A new page: 附件 and its number in 黑体 at the top left, its title centred on the third
        line. ``landscape``: a section of its own, the table's head at the binding."""
        section = self._doc.add_section(WD_SECTION.NEW_PAGE)
        self._page(section, landscape=landscape)
        self._paragraph(label, font=HEITI)
        self.blank()
        self.title(title)

    def table(
        self,
        header: Sequence[str],
        rows: Iterable[Sequence[str | tuple[str, str | None]]],
        widths: Sequence[int],
    ) -> int:
        """A table whose head is repeated on each page; ``widths`` in millimetres. A cell that is a
        pair is a text with the address that it links to. Returns the number of rows written, at most
        ``MOST_ROWS``."""
        table = self._doc.add_table(rows=1, cols=len(header))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for grid, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
            grid.w = Mm(width)
        self._cells(table.rows[0], header, widths, font=HEITI)
        properties = table.rows[0]._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:tblHeader"))
        count = 0
        for row in rows:
            if count == MOST_ROWS:
                break
            self._cells(table.add_row(), row, widths)
            count += 1
        return count

    def form(self, rows: Iterable[tuple[str, str]], widths: tuple[int, int] = (36, 120)) -> None:
        """A form of two columns: label and content; an empty content leaves room to write."""
        table = self._doc.add_table(rows=0, cols=2)
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        for grid, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
            grid.w = Mm(width)
        for label, content in rows:
            row = table.add_row()
            self._cell(row.cells[0], label, widths[0], font=HEITI, size=SIZE_4)
            self._cell(row.cells[1], content, widths[1], size=SIZE_4)
            if not content:
                row.height = Mm(22)

    def _cells(
        self, row: Any, texts: Sequence[Any], widths: Sequence[int], font: str = FANGSONG
    ) -> None:
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            said, target = text if isinstance(text, tuple) else (text, None)
            self._cell(cell, said, width, font=font, target=target)

    def _cell(
        self,
        cell: Any,
        text: str,
        width: int,
        *,
        font: str = FANGSONG,
        size: Any = SIZE_5,
        target: str | None = None,
    ) -> None:
        cell.width = Mm(width)
        p = cell.paragraphs[0]
        p.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        to = link(target)
        run = self._run(p, text, font=font, size=size, longest=LONGEST_CELL)
        if to is not None:
            holder = OxmlElement("w:hyperlink")
            holder.set(
                qn("r:id"),
                self._doc.part.relate_to(to, RELATIONSHIP_TYPE.HYPERLINK, is_external=True),
            )
            run._r.addprevious(holder)
            holder.append(run._r)

    # --- the end ----------------------------------------------------------------------------------

    def data(self) -> bytes:
        """The file's bytes."""
        out = io.BytesIO()
        self._doc.save(out)
        return out.getvalue()

    # --- below the text ---------------------------------------------------------------------------

    def _paragraph(
        self, text: str, *, font: str = FANGSONG, size: Any = SIZE_3, spacing: Any = LINE
    ) -> Paragraph:
        p: Paragraph = self._doc.add_paragraph()
        form = p.paragraph_format
        form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        form.line_spacing = spacing
        form.space_before = form.space_after = Pt(0)
        form.widow_control = False
        if text:
            self._run(p, text, font=font, size=size)
        return p

    def _run(
        self,
        p: Paragraph,
        text: str,
        *,
        font: str = FANGSONG,
        size: Any = SIZE_3,
        longest: int = 4000,
    ) -> Run:
        run = p.add_run(words(text, longest))
        run.font.size = size
        _face(run._r.get_or_add_rPr(), font)
        return run

    def _indent(self, p: Paragraph, *, first: float = 0, left: float = 0, right: float = 0) -> None:
        """In characters of the body, for Word and (in points) for programs that count none."""
        ind = p._p.get_or_add_pPr().get_or_add_ind()
        for name, chars in (("left", left), ("right", right)):
            if chars:
                ind.set(qn(f"w:{name}"), str(round(chars * _CHAR * 20)))
                ind.set(qn(f"w:{name}Chars"), str(round(chars * 100)))
        if first:
            name = "firstLine" if first > 0 else "hanging"
            ind.set(qn(f"w:{name}"), str(round(abs(first) * _CHAR * 20)))
            ind.set(qn(f"w:{name}Chars"), str(round(abs(first) * 100)))

    def _default_style(self) -> None:
        style = self._doc.styles["Normal"]
        style.font.size = SIZE_3
        _face(style.element.get_or_add_rPr(), FANGSONG)
        style.paragraph_format.space_after = Pt(0)

    def _substitutes(self) -> None:
        """The font table names what stands in for a font that a machine lacks."""
        for part in self._doc.part.package.iter_parts():
            if str(part.partname) != "/word/fontTable.xml":
                continue
            table = parse_xml(part.blob)
            for name, other in _SUBSTITUTES.items():
                table.append(
                    parse_xml(
                        f'<w:font {nsdecls("w")} w:name="{name}"><w:altName w:val="{other}"/>'
                        '<w:charset w:val="86"/></w:font>'
                    )
                )
            part._blob = _serialised(table)

    def _page(self, section: Any, *, landscape: bool = False) -> None:
        width, height = Mm(210), Mm(297)
        if landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = height, width
            # The upright page turned: its binding edge is the top.
            margins = {"top": 28, "right": 37, "bottom": 26, "left": 35}
            section.footer_distance = Mm(15)
        else:
            section.orientation = WD_ORIENT.PORTRAIT
            section.page_width, section.page_height = width, height
            margins = {"top": 37, "right": 26, "bottom": 35, "left": 28}
            section.footer_distance = Mm(23)  # 7 mm below the type area, one line of 4号
        for side, distance in margins.items():
            setattr(section, f"{side}_margin", Mm(distance))
        grid = section._sectPr.find(qn("w:docGrid"))
        if grid is None:
            grid = OxmlElement("w:docGrid")
            section._sectPr.append(grid)
        # 28 characters fill the line of 156 mm.
        pitch = _TYPE_AREA[0] / 25.4 * 72 / _LINE_CHARS
        grid.set(qn("w:type"), "linesAndChars")
        grid.set(qn("w:linePitch"), str(int(LINE.pt * 20)))
        grid.set(qn("w:charSpace"), str(round((pitch - _CHAR) * 4096)))

    def _numbers(self, section: Any) -> None:
        """— 1 — in 4号宋体: on odd pages one character from the right, on even ones from the left.
        Later sections take them over."""
        for footer, right in ((section.footer, True), (section.even_page_footer, False)):
            footer.is_linked_to_previous = False
            p = footer.paragraphs[0]
            p.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
            self._indent(p, **{"right" if right else "left": 1})
            for text in ("— ", None, " —"):
                run = p.add_run(text or "")
                run.font.size = SIZE_4
                _face(run._r.get_or_add_rPr(), SONG)
                if text is None:
                    for kind in ("begin", "instr", "end"):
                        run._r.append(_field(kind))


def _face(properties: Any, font: str) -> None:
    """One font for Latin and East Asian characters alike; quotation marks are East Asian."""
    fonts = properties.get_or_add_rFonts()
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), font)
    fonts.set(qn("w:hint"), "eastAsia")
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)


def _field(kind: str) -> Any:
    if kind == "instr":
        text = OxmlElement("w:instrText")
        text.set(qn("xml:space"), "preserve")
        text.text = " PAGE "
        return text
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _serialised(element: Any) -> bytes:
    from lxml import etree

    data: bytes = etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def _numeral(number: int) -> str:
    """1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    digits = "〇一二三四五六七八九"
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
