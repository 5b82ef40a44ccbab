"""One row of a list: its title, date, source, index number, and whether it is pinned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import pairwise
from urllib.parse import quote

from checks.facts import DateState, Entry
from crawler import urls
from crawler.extract import dates
from crawler.extract.labels import LABELS
from crawler.extract.tree import OPAQUE, El, squeeze

_PINNED_TEXT = re.compile(r"置顶|[\[【(（〔]\s*顶\s*[\]】)）〕]|^\s*顶\s*$")
_PINNED_NAME = re.compile(
    r"(?:^|[\s_/\-])(?:zhiding|zding|zd|istop|is-?top|sticky|stick|topicon|icon-?top|top-?icon|totop|settop|ding|top)(?:$|[\s_.\-])"
)
_LEAD = re.compile(
    r"^(?:\s*(?:[·•●■◆▪▶►»>\-*※○□☆★]|\[\s*置?顶\s*\]|【\s*置?顶\s*】|（\s*置?顶\s*）|置顶[:：]?)\s*)+"
)
_LEADING = frozenset("·•●■◆▪▶►»>-*※○□☆★[【（置")
"""Signs with which ``_LEAD`` may begin."""
_CUT = re.compile(r"(?:\.{2,}|…+|．．+)\s*$")
_LEADER = re.compile(r"\.{3,}|…+")
"""Dots that lead the eye from a title to its date."""
_DATE_AT_END = re.compile(
    r"\s*[（(\[【]\s*((?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})\s*[)）\]】]$|\s{1,4}((?:19|20)\d\d[-/.]\d{1,2}[-/.]\d{1,2})$"
)
_DATE_AT_START = re.compile(
    r"^\s*[（(\[【]?\s*((?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?)\s*[)）\]】]?[\s:：]*"
)
_INDEX = re.compile(
    r"^[A-Za-z0-9]{4,20}[A-Za-z]?[/\-](?:[A-Z0-9]{1,12}[/\-])?(?:19|20)\d\d[\-—]\d{3,8}$|^\d{8,9}[Xx]?/(?:19|20)\d\d-\d+$|^[A-Z]{1,3}\d{5,}[\-/]\d{4}-?\d*[\-/]\d{3,6}$"
)
_SOURCE = re.compile(r"(?:来源|发布机构|发布单位|信息来源|发文机关)\s*[:：]\s*(\S{2,40})")
_DATE_LABEL = re.compile(
    r"(发布时间|发布日期|公开日期|公布日期|日期|时间|发文日期|生成日期|成文日期|更新时间)\s*[:：]?"
)
_FIRST_CHOICE = re.compile(r"发布|公开|公布|上网")
_DIGIT = re.compile(r"\d|[〇○一二三四五六七八九]{2}年")
_NOT_TITLE = frozenset(
    [
        "更多",
        "更多>>",
        "more",
        "详情",
        "查看",
        "查看详情",
        "查看更多",
        "[详情]",
        "[详细]",
        "详细",
        "阅读全文",
        "查看全文",
        "下载",
        "解读",
        "相关解读",
        "图解",
        "首页",
        "尾页",
        "上一页",
        "下一页",
        "上页",
        "下页",
        "末页",
        "最后一页",
        "前一页",
        "后一页",
        "返回",
        "返回首页",
        "跳转",
        "确定",
        "go",
    ]
)


@dataclass(slots=True)
class Row:
    """A row while it is being read: its date may still have to be resolved."""

    el: El
    link: El
    title: str
    url: str
    published: date | None
    month_day: tuple[int, int] | None
    date_text: str
    pinned: bool
    source: str | None
    index_number: str | None
    dated_by: str = ""
    scripted_date: bool = False


def link_title(link: El) -> str:
    """A link's whole title: its text without date and marks, or its ``title`` when that is cut."""
    text = _visible(link)
    attr = squeeze(link.get("title"))
    if not text:
        if attr:
            return attr
        for el in link.descend():
            if el.tag == "img" and (alt := squeeze(el.get("alt") or el.get("title"))):
                return alt
        return ""
    if attr and attr != text:
        if attr in text and len(attr) >= 6 and len(attr) * 2 >= len(text):
            return attr  # the text has more: a category before the title, a state after it
        cut = _CUT.search(text)
        stem = text[: cut.start()] if cut else text
        if (
            len(attr) > len(stem)
            and (attr.startswith(stem[:6]) or (cut and stem[:4] in attr))
            and (cut or attr.startswith(text))
        ):
            # Some templates put more than the title there: title, date and source on lines of their own.
            raw = link.get("title")
            first = squeeze(raw.strip().partition("\n")[0])
            first = re.sub(r"^标题[:：]\s*", "", first)
            return first if len(first) >= len(stem) else attr
    return text


_TITLE_NAMES = re.compile(r"(?:^|[\s_-])(?:title|tit|bt|name)(?:$|[\s_-])")


def _visible(link: El) -> str:
    kids = link.kids
    if len(kids) == 1 and isinstance(kids[0], str):
        return _unmarked(squeeze(kids[0]))
    parts: list[str] = []
    heading: El | None = None
    paragraphs: list[El] = []
    for el in link.descend():
        if el.tag in {"h1", "h2", "h3", "h4", "h5"} and el.chars >= 4:
            heading = el
            break
        if el.tag == "p" and el.chars >= 4 and not _is_date(el.text()):
            paragraphs.append(el)
        if (
            el is not link
            and el.chars >= 2
            and el.names
            and _TITLE_NAMES.search(el.names)
            and (el.chars >= 4 or "name" in el.names)
        ):
            heading = el
            break
    if heading is None and paragraphs:
        heading = paragraphs[0]  # what follows is a summary, what stands before it a category
    for part in (heading or link).texts():
        if part == "\n" or part.isspace():
            parts.append(" ")
        elif (
            _DIGIT.search(part)
            and len(part) < 30
            and (dates.whole(part) or dates.only_month_day(part))
            and heading is None
        ):
            continue
        else:
            parts.append(part)
    return _unmarked(squeeze("".join(parts)))


def _is_date(text: str) -> bool:
    return (
        len(text) < 40
        and _DIGIT.search(text) is not None
        and (dates.whole(text) is not None or dates.only_month_day(text) is not None)
    )


def _unmarked(text: str) -> str:
    """A title without the bullet or the 置顶 before it."""
    return _LEAD.sub("", text) if text[:1] in _LEADING else text


@lru_cache(maxsize=8192)
def _is_pinned(names: str) -> bool:
    return _PINNED_NAME.search(names) is not None


_BESIDE_WORD = " [](){}<>《》«»›‹→＞【】（）…·|"


def is_title(text: str) -> bool:
    if len(text) < 2 or text.isdigit():
        return False
    return len(text) > 12 or text.lower().strip(_BESIDE_WORD) not in _NOT_TITLE


def read_row(
    el: El, link: El, resolver: urls.Resolver, header: dict[int, str] | None = None
) -> Row | None:
    """The row in ``el`` whose title is ``link``; ``None`` when it leads nowhere."""
    address = _address(link, resolver)
    called = _called(link, resolver) if address is None else None
    title = link_title(link)
    if (address is None and called is None) or not title:
        return None
    outside: list[str] = []
    inside: list[str] = []
    pinned = bool(el.names) and _is_pinned(el.names)
    script = False
    stack: list[El | str | None] = [el]
    in_link = False
    while stack:
        item = stack.pop()
        if item is None:
            in_link = False
            continue
        if isinstance(item, str):
            if not item.isspace():
                if ".." in item or "…" in item:
                    item = _LEADER.sub(" ", item)
                (inside if in_link else outside).append(item)
            continue
        if item.tag == "script":
            script = True
        if item.tag in OPAQUE or item.tag == "select":
            continue
        if item.tag == "time" and (stamp := item.get("datetime")):
            (inside if in_link else outside).append(stamp[:10])
        if item is not el:
            if item.tag == "img" or (
                item.tag in {"i", "em", "span", "b", "font"} and item.chars <= 4
            ):
                if not pinned:
                    mark = f"{item.names} {item.get('src').rpartition('/')[2].lower()} {item.get('alt')} {item.get('title')}"
                    if _PINNED_NAME.search(mark) or "置顶" in mark:
                        pinned = True
            elif item.tag in {"ul", "ol"} and el.tag in {"li", "tr"} and not item.holds(link):
                continue  # related links under the row
        if item is link:
            in_link = True
            stack.append(None)
        stack.extend(reversed(item.kids))
    published: date | None = None
    md: tuple[int, int] | None = None
    text = ""
    index_number: str | None = None
    source: str | None = None
    by = ""
    if header:
        published, text, source, index_number, by = _by_header(el, link, header)
    if published is None:
        for part in outside:
            if len(part) < 60 and _DIGIT.search(part):
                found = dates.whole(part)
                if found:
                    published, text = found, squeeze(part)
                    break
    if published is None:
        joined = "\x1f".join(outside)
        if len(joined) < 2000 and _DIGIT.search(joined):
            published, text = _labelled(joined)
            if published is None:
                match = dates.loose(joined if len(joined) < 300 else joined[-300:])
                if match:
                    published, text = match, squeeze(joined.replace("\x1f", " "))[:60]
    if published is None and (len(inside) > 1 or (inside and not outside)):
        for part in inside:
            if (
                len(part) < 60
                and _DIGIT.search(part)
                and (found := dates.whole(part) or _labelled(part)[0])
            ):
                published, text = found, squeeze(part)
                break
        else:
            if len(inside) > 1:
                rest = "\x1f".join(part for part in inside if squeeze(part) not in title)
                match = dates.loose(rest)
                if match:
                    published, text = match, squeeze(rest.replace("\x1f", " "))[:60]
    if published is None and ("日期" in (attr := link.get("title")) or "时间" in attr):
        published, text = _labelled(attr)
    if published is None:
        for part in outside:
            if len(part) < 24 and _DIGIT.search(part) and (found := dates.short_year(part)):
                published, text = found, squeeze(part)
                break
    if published is None:
        for part in [*outside, *(inside if len(inside) > 1 else ())]:
            md = dates.only_month_day(part)
            if md:
                text = squeeze(part)
                break
        else:
            joined = "\x1f".join(outside)
            if len(joined) < 60 and (md := dates.month_day(joined)):
                text = squeeze(joined.replace("\x1f", " "))
    for part in outside:
        if index_number is None and len(part) < 60 and _INDEX.match(squeeze(part)):
            index_number = squeeze(part)
        if not pinned and "顶" in part and len(part) < 20 and _PINNED_TEXT.search(part):
            pinned = True
        if source is None and "：" in part and (match_source := _SOURCE.search(part)):
            source = match_source[1]
    if not pinned and any("顶" in part for part in inside):
        pinned = (
            any(len(part) < 12 and _PINNED_TEXT.search(part) for part in inside)
            or _LEADING_PIN.match("".join(inside).strip()) is not None
        )
    if address is None:
        if published is None and md is None:
            return None
        address = called or ""
    return Row(
        el,
        link,
        title,
        address,
        published,
        md,
        text,
        pinned,
        source,
        index_number,
        by,
        script and published is None and md is None,
    )


_LEADING_PIN = re.compile(r"[\[【(（〔]?\s*置?顶\s*[\]】)）〕]")


def _address(link: El, resolver: urls.Resolver) -> str | None:
    href = link.get("href").strip()
    if href and href[0] != "#" and not href[:11].lower().startswith("javascript"):
        return resolver.canonical(href)
    for name in ("data-href", "data-url", "onclick", "href"):
        value = link.get(name)
        if value:
            match = re.search(
                r"[\"']((?:https?:)?/[^\"'\s]{4,400}|\.{0,2}/?[^\"'\s]{3,300}\.s?html?[^\"'\s]{0,80})[\"']",
                value,
            )
            if match:
                return resolver.canonical(match[1])
            if name.startswith("data-"):
                return resolver.canonical(value)
    return None


_CALL = re.compile(r"([A-Za-z_$][\w$.]{0,40})\s*\(([^()]{1,160})\)")


def _called(link: El, resolver: urls.Resolver) -> str | None:
    """What names a dated row that only a script opens: the site's root with the call as its fragment
    (no canonical address has one, so nobody asks for it)."""
    href = link.get("href").strip()
    for code in (link.get("onclick"), href if href[:11].lower() == "javascript:" else ""):
        match = _CALL.search(code[:400])
        if match and match[1] not in {"void", "alert", "return"} and match[2].strip() != "this":
            root = resolver.canonical("/")
            return f"{root}#{quote(squeeze(match[0]), safe='()')}" if root else None
    return None


def _labelled(text: str) -> tuple[date | None, str]:
    """The date after a label in a row, the publication's before any other."""
    best: tuple[int, date, str] | None = None
    for match in _DATE_LABEL.finditer(text):
        found = dates.find(text[match.end() : match.end() + 40], 1)
        if found and found[0].start <= 6:
            rank = 0 if _FIRST_CHOICE.search(match[1]) else 1
            if best is None or rank < best[0]:
                best = (
                    rank,
                    found[0].date,
                    squeeze(text[match.start() : match.end() + found[0].end].replace("\x1f", " ")),
                )
    return (best[1], best[2]) if best else (None, "")


def _by_header(
    el: El, link: El, header: dict[int, str]
) -> tuple[date | None, str, str | None, str | None, str]:
    """What the cells of a table row say under their column heads."""
    published: date | None = None
    made: date | None = None
    text = made_text = ""
    source: str | None = None
    index_number: str | None = None
    by = ""
    for number, cell in enumerate(cells_of(el)):
        group = header.get(number)
        if group is None or cell.holds(link):
            continue
        value = cell.text()
        if group in {"published", "dated", "updated"}:
            found = dates.first(value)
            if found and published is None:
                published, text, by = found, value, group
        elif group in {"made", "signed"}:
            found = dates.first(value)
            if found and made is None:
                made, made_text = found, value
        elif group in {"issuer", "source", "supplier"}:
            source = value or None
        elif group == "index":
            index_number = value or None
    if published is None and made is not None:
        return made, made_text, source, index_number, "made"
    return published, text, source, index_number, by


def cells_of(el: El) -> list[El]:
    """The cells of a row: of a table's, or what stands in their place."""
    if el.tag == "tr":
        return [kid for kid in el.children() if kid.tag in {"td", "th"}]
    kids = [kid for kid in el.children() if kid.tag not in OPAQUE and kid.tag != "br"]
    if len(kids) == 1 and kids[0].tag in {"tr", "tbody", "table", "a", "ul", "div"}:
        return cells_of(kids[0])
    return kids


def _heads(el: El) -> dict[int, str]:
    out: dict[int, str] = {}
    for number, cell in enumerate(cells_of(el)):
        if cell.chars <= 12:
            word = "".join(cell.text().split()).rstrip(":：")
            group = LABELS.get(word)
            if group is not None:
                out[number] = group
    return out


def header_of(container: El, row: El) -> dict[int, str]:
    """The heads above the columns of a list: number of the cell → label group; empty when it has none.

    ``row``: its first row.
    """
    if row.tag == "tr" and (
        table := next((at for at in container.up() if at.tag == "table"), None)
    ):
        seen = 0
        for el in table.descend():
            if el.tag != "tr":
                continue
            out = _heads(el)
            if len(out) >= 2:
                return out
            seen += 1
            if seen >= 3:
                break
        return {}
    size = len(cells_of(row))
    if size < 3:
        return {}
    # Rows that are lists or tables of their own stand under one that holds the heads.
    at = row
    for _ in range(3):
        parent = at.parent
        if parent is None or parent.tag in {"body", "html"}:
            break
        before = [kid for kid in parent.children() if kid.index < at.index][-3:]
        for el in reversed(before):
            if el.chars <= 12 * size and len(cells_of(el)) == size:
                out = _heads(el)
                if len(out) >= 2:
                    return out
        at = parent
    return {}


def dates_apart(rows: list[Row]) -> None:
    """Give rows their dates where the whole list has them apart: at the ends of the titles' own text,
    or between the rows (``<a>…</a> [2013-5-20]<br>``, ``<dt>`` and ``<dd>`` by turns)."""
    if len(rows) < 2 or any(row.published or row.month_day for row in rows):
        return
    ends = [_DATE_AT_END.search(row.title) for row in rows]
    if sum(end is not None for end in ends) * 5 >= len(rows) * 4:
        for row, end in zip(rows, ends, strict=True):
            found = dates.first(end[0]) if end else None
            if end and found and end.start() >= 4:
                row.published, row.date_text = found, end[0].strip()
                row.title = row.title[: end.start()]
        return
    starts = [_DATE_AT_START.search(row.title) for row in rows]
    if sum(start is not None for start in starts) * 5 >= len(rows) * 4:
        for row, start in zip(rows, starts, strict=True):
            found = dates.first(start[1]) if start else None
            if start and found and len(row.title) - start.end() >= 4:
                row.published, row.date_text = found, start[1]
                row.title = row.title[start.end() :]
        return
    gaps = _gaps(rows)
    if gaps is None:
        return
    after = sum(gap is not None for gap in gaps[1:])
    before = sum(gap is not None for gap in gaps[:-1])
    if max(after, before) * 5 < len(rows) * 4:
        return
    shift = 1 if after > before or (after == before and gaps[-1]) else 0
    for number, row in enumerate(rows):
        gap = gaps[number + shift]
        if gap is not None:
            row.published, row.date_text = gap


def _gaps(rows: list[Row]) -> list[tuple[date, str] | None] | None:
    """The single dates in the texts before the first row, between the rows and after the last;
    ``None`` when the rows have not one parent."""
    parent = rows[0].el.parent
    if parent is None or any(row.el.parent is not parent for row in rows):
        return None
    own = {row.el.index for row in rows}
    out: list[tuple[date, str] | None] = []
    texts: list[str] = []

    def close() -> None:
        out.append(_single(texts))
        texts.clear()

    for kid in parent.kids:
        if isinstance(kid, str):
            texts.append(kid)
        elif kid.index in own:
            close()
        elif kid.tag not in OPAQUE and kid.chars < 60:
            texts.append(kid.text())
    close()
    return out if len(out) == len(rows) + 1 else None


def _single(texts: list[str]) -> tuple[date, str] | None:
    """The one date in the texts between two rows; a summary among them may name others."""
    text = squeeze(" ".join(texts))
    if len(text) < 60:
        found = dates.find(text, 2)
        if len(found) == 1:
            return found[0].date, text
    leading = []
    for part in texts:
        part = squeeze(part)
        found = dates.find(part, 2) if len(part) < 60 else []
        if len(found) == 1 and found[0].start <= 8:
            leading.append((found[0].start > 0, found[0].date, part))
    leading.sort()
    if not leading or (len(leading) > 1 and leading[0][0] == leading[1][0]):
        return None
    return leading[0][1:]


def resolve_years(rows: list[Row]) -> None:
    """Give month-day dates their year where the address or the order of the rows makes it certain."""
    for row in rows:
        if row.month_day and row.published is None:
            in_url = urls.url_date(row.url)
            if in_url:
                for year in (in_url.year, in_url.year + 1, in_url.year - 1):
                    found = dates.make(year, *row.month_day)
                    if found and abs((found - in_url).days) <= 31:
                        row.published = found
                        row.dated_by = "address"
                        break
    # Between two rows of one year that stand in falling order, a fitting day can only be of that year.
    known = [
        (number, row.published)
        for number, row in enumerate(rows)
        if row.published and not row.pinned
    ]
    for (upper, newer), (lower, older) in pairwise(known):
        if newer.year != older.year or newer < older:
            continue
        for row in rows[upper + 1 : lower]:
            if row.month_day and row.published is None and not row.pinned:
                found = dates.make(newer.year, *row.month_day)
                if found and older <= found <= newer:
                    row.published = found
                    row.dated_by = "order"


def entry_of(row: Row) -> Entry:
    """The fact of a row."""
    if row.published is not None:
        state = DateState.READ
    elif row.month_day is not None:
        state = DateState.MONTH_DAY
    else:
        state = DateState.UNREAD if row.scripted_date else DateState.ABSENT
    return Entry(
        title=row.title[:500],
        url=row.url,
        published=row.published,
        date_state=state,
        date_text=row.date_text[:60],
        pinned=row.pinned,
        source=row.source,
        index_number=row.index_number,
    )
