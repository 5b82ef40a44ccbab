"""What another inspector's sheet says: its header, wherever that stands, and its rows in our terms.

Pure: grids of values in, rows out. Nothing is guessed: what a row does not say clearly stays empty,
and what it says in a way that cannot be read is told with the reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from config.grids import Grid, Unreadable, Value
from config.inspection_words import HeaderField, InspectedKind, InspectionLexicon
from config.sheets import header_key

HEADER_WITHIN = 40
"""The header is looked for in so many rows; titles and remarks may stand above it."""
LONGEST = 2000
"""Characters of one cell that are kept."""
KEPT = 30
"""Cells of one row that are kept as they stood."""
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row as it stands in the sheet, by field. Texts are clean and bounded."""

    sheet: str
    number: int
    unit: str = ""
    site: str = ""
    column: str = ""
    description: str = ""
    url: str = ""
    kind: str = ""
    found_on: date | None = None
    """``None``: the sheet does not say."""
    problems: tuple[str, ...] = ()
    """Why it cannot be read, in Chinese."""
    cells: dict[str, str] = field(default_factory=dict)
    """Header → content, also of what is no field of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReading:
    """What became of one sheet."""

    name: str
    rows: tuple[SheetRow, ...] = ()
    skipped: str = ""
    """Why nothing of it was read, in Chinese; empty: it was."""


@dataclass(frozen=True, slots=True)
class _Header:
    first: int
    """Index of its first line."""
    lines: int
    columns: dict[HeaderField, int]
    names: dict[int, str]
    """Every column's header as it stands."""


def read_sheet(grid: Grid, lexicon: InspectionLexicon, year: int | None = None) -> SheetReading:
    """The rows of one sheet. ``year``: that of dates which name none (6月4日)."""
    if grid.hidden:
        return SheetReading(name=grid.name, skipped="是隐藏的工作表，没有读取；要读取请先取消隐藏")
    if not any(value is not None for row in grid.rows for value in row):
        return SheetReading(name=grid.name, skipped="是空的")
    header = _header(grid, lexicon)
    if header is None:
        reason = "没有认出表头：至少要有“单位”（或“网站”“栏目”“网址”）和“问题描述”（或“问题类型”）"
        return SheetReading(name=grid.name, skipped=reason)
    rows = []
    start = header.first + header.lines
    for number in range(start + 1, len(grid.rows) + 1):
        row = _row(grid, number, header, lexicon, year)
        if row is not None:
            rows.append(row)
    return SheetReading(name=grid.name, rows=tuple(rows))


# --- the header -----------------------------------------------------------------------------------


def _header(grid: Grid, lexicon: InspectionLexicon) -> _Header | None:
    """The line, or the two lines, that name the most fields; the upper one where as many."""
    best: _Header | None = None
    for index in range(min(len(grid.rows), HEADER_WITHIN)):
        for lines in (1, 2):
            found = _header_at(grid, index, lines, lexicon)
            if found is not None and (best is None or len(found.columns) > len(best.columns)):
                best = found
    return best


def _header_at(grid: Grid, index: int, lines: int, lexicon: InspectionLexicon) -> _Header | None:
    """Two lines: the lower one names a column where it is known, else the upper one."""
    part = grid.rows[index : index + lines]
    if len(part) < lines:
        return None
    width = max(len(row) for row in part)
    names: dict[int, str] = {}
    chosen: dict[HeaderField, tuple[int, int]] = {}
    below = 0
    for column in range(width):
        texts = [text_of(row[column]) if column < len(row) else "" for row in part]
        named = next((t for t in reversed(texts) if t and lexicon.field_of(t)), None)
        names[column] = named or next((t for t in reversed(texts) if t), "")
        hit = lexicon.field_of(named) if named else None
        if hit is None:
            continue
        if lines == 2 and texts[1] == named and (index + 2, column) not in grid.covered:
            below += 1
        name, place = hit
        if name not in chosen or place < chosen[name][0]:
            chosen[name] = (place, column)
    columns = {name: column for name, (_, column) in chosen.items()}
    if lines == 2 and not below:
        return None  # what stands below is a row, no second line of the header
    says_what = "description" in columns or "kind" in columns
    says_where = columns.keys() & {"unit", "site", "column", "url"}
    if not (says_what and says_where):
        return None
    return _Header(index, lines, columns, names)


# --- a row ----------------------------------------------------------------------------------------


def _row(
    grid: Grid, number: int, header: _Header, lexicon: InspectionLexicon, year: int | None
) -> SheetRow | None:
    """``None``: nothing stands in it, or it is a heading, a total or the header once more."""
    values = grid.rows[number - 1]
    at = {n: values[c] if c < len(values) else None for n, c in header.columns.items()}
    own = [n for n, c in header.columns.items() if (number, c) not in grid.covered]
    if number in grid.titles or not any(_filled(at[n]) for n in own):
        return None
    texts = {name: text_of(value) for name, value in at.items()}
    if sum(_repeats(texts[n], header.names[c]) for n, c in header.columns.items()) >= 2:
        return None
    first = next((t for value in values if (t := text_of(value))), "")
    if header_key(first).strip("：:、") in lexicon.totals:
        return None
    problems = [
        f"“{header.names[header.columns[name]]}”{value.reason}"
        for name, value in at.items()
        if isinstance(value, Unreadable) and name != "note"
    ]
    found_on: date | None = None
    if "date" in at and _filled(at["date"]) and not isinstance(at["date"], Unreadable):
        try:
            found_on = day_of(at["date"], year, grid.epoch)
        except ValueError as error:
            problems.append(str(error))
    url = texts.get("url", "")
    if "url" in header.columns:
        link = grid.links.get((number, header.columns["url"]), "")
        if link and "://" not in url and not url.lower().startswith("www."):
            url = clean(link)
    description = texts.get("description", "")
    kind = texts.get("kind", "")
    if not description and ("description" not in at or _kinds_in(kind, lexicon)):
        description = kind  # 空白栏目 says all
    if not description and not isinstance(at.get("description"), Unreadable):
        problems.append("没有问题描述")
    return SheetRow(
        sheet=grid.name,
        number=number,
        unit=texts.get("unit", ""),
        site=texts.get("site", ""),
        column=texts.get("column", ""),
        description=description,
        url=url,
        kind=kind,
        found_on=found_on,
        problems=tuple(problems),
        cells=_cells(values, header.names),
    )


def _filled(value: Value) -> bool:
    return isinstance(value, Unreadable) or bool(text_of(value))


def _repeats(text: str, header: str) -> bool:
    return bool(text) and header_key(text) == header_key(header)


def _cells(values: Sequence[Value], names: dict[int, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    for index, value in enumerate(values):
        text = value.reason if isinstance(value, Unreadable) else text_of(value)
        if text and len(kept) < KEPT:
            name = names.get(index) or f"第{index + 1}列"
            kept[name if name not in kept else f"{name}（{index + 1}）"] = text[:500]
    return kept


# --- texts and days -------------------------------------------------------------------------------


def clean(text: str) -> str:
    """One line, without what a terminal or a database could trip over, and bounded."""
    if len(text) <= LONGEST and "  " not in text and text.isprintable():
        return text.strip()
    kept = [
        c if not (c.isspace() or unicodedata.category(c) in ("Zl", "Zp")) else " "
        for c in text[: LONGEST * 2]
        if c.isspace() or unicodedata.category(c)[0] != "C"
    ]
    return re.sub(" {2,}", " ", "".join(kept)).strip()[:LONGEST]


def text_of(value: Value) -> str:
    """A cell's text; empty for a blank and for one that cannot be read."""
    if value is None or isinstance(value, Unreadable):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return clean(str(value))


_SEP = r"\s*[-./年]\s*"
_FULL = re.compile(rf"(?<!\d)((?:19|20)\d\d){_SEP}(\d{{1,2}})\s*[-./月]\s*(\d{{1,2}})(?!\d)")
_TIGHT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_SHORT = re.compile(r"(?<![\d.])(\d{1,2})\s*[-./月]\s*(\d{1,2})(?![\d.])")
_SERIAL = range(36526, 73051)
"""Serial numbers of the days from 2000 to 2099."""


def day_of(value: Value, year: int | None, epoch: datetime) -> date:
    """The calendar day in a cell; of a stretch of days its last. Raises ``ValueError``, in Chinese."""
    if isinstance(value, datetime):
        return _sane(value.date(), value.date().isoformat())
    if isinstance(value, date):
        return _sane(value, value.isoformat())
    if isinstance(value, bool | time):
        raise ValueError(f"日期“{text_of(value)}”读不出")  # noqa: TRY004
    if isinstance(value, int | float):
        return _numbered(value, year, epoch)
    text = unicodedata.normalize("NFKC", text_of(value))
    days = [(int(m[1]), int(m[2]), int(m[3])) for m in _FULL.finditer(text)]
    days += [(int(m[1]), int(m[2]), int(m[3])) for m in _TIGHT.finditer(text)]
    rest = _TIGHT.sub(" ", _FULL.sub(" ", text))
    years = {y for y, _, _ in days}
    own_year = days[0][0] if len(years) == 1 else year
    short = [(int(m[1]), int(m[2])) for m in _SHORT.finditer(rest)]
    if short and own_year is None:
        raise ValueError(f"日期“{text}”没有年份：请补上年份，或用 --period 写明是哪一期")
    days += [(own_year, month, day) for month, day in short if own_year is not None]
    if days:
        return max(_made(parts, text) for parts in days)
    if re.fullmatch(r"\d{1,6}(\.\d+)?", text):
        return _numbered(float(text), year, epoch)
    raise ValueError(f"日期“{text[:40]}”读不出：请写成 2018-06-04")


def _made(parts: tuple[int, int, int], text: str) -> date:
    try:
        day = date(*parts)
    except ValueError:
        raise ValueError(f"日期“{text[:40]}”不是真实的日期") from None
    return _sane(day, text)


def _sane(day: date, text: str) -> date:
    if day < EARLIEST:
        raise ValueError(f"日期“{text[:40]}”太早，请核对")
    return day


def _numbered(value: float, year: int | None, epoch: datetime) -> date:
    """A number: 20180604, a spreadsheet's serial number, or 6.4 where the year is known."""
    if value != value or abs(value) > 1e9:
        raise ValueError("日期读不出：请写成 2018-06-04")
    if float(value).is_integer() and (tight := _TIGHT.fullmatch(str(int(value)))):
        return _made((int(tight[1]), int(tight[2]), int(tight[3])), str(int(value)))
    if int(value) in _SERIAL:
        return (epoch + timedelta(days=int(value))).date()
    return _month_and_day(value, year)


def _month_and_day(value: float, year: int | None) -> date:
    shown = f"{value:g}"
    whole, _, rest = shown.partition(".")
    if not (rest.isdigit() and whole.isdigit() and 1 <= int(whole) <= 12 and len(rest) <= 2):
        raise ValueError(f"日期“{shown}”读不出：请写成 2018-06-04")
    if year is None:
        raise ValueError(f"日期“{shown}”没有年份：请补上年份，或用 --period 写明是哪一期")
    # A spreadsheet makes 6.1 of 6.10.
    days = [int(rest)] + ([int(rest) * 10] if len(rest) == 1 else [])
    real = []
    for day in days:
        try:
            real.append(date(year, int(whole), day))
        except ValueError:
            continue
    if len(real) == 1:
        return real[0]
    if real:
        raise ValueError(f"日期写成了数字 {shown}，分不清是哪一天：请写成 {real[0]} 的样子")
    raise ValueError(f"日期“{shown}”不是真实的日期")


# --- kinds ----------------------------------------------------------------------------------------


def kinds_of(kind: str, description: str, lexicon: InspectionLexicon) -> tuple[InspectedKind, ...]:
    """The kinds of fault that a row names, in the lexicon's order: by its kind where that says
    one, else by its description."""
    return _kinds_in(kind, lexicon) or _kinds_in(description, lexicon)


def _kinds_in(text: str, lexicon: InspectionLexicon) -> tuple[InspectedKind, ...]:
    """The longest word counts: 附件无法打开 is not 无法打开 as well."""
    rest = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    found = set()
    for mark, kind_id in lexicon.marks():
        if mark in rest:
            found.add(kind_id)
            rest = rest.replace(mark, "\x00")
    return tuple(k for k in lexicon.kinds if k.id in found)


def same_words(text: str) -> str:
    """A description for comparison: without figures, blanks and punctuation, so that what is
    35 days late today and 42 next week is one fault."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LM")[:300]
