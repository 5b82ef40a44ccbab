"""Rows that a page carries inside its scripts: the reader of HTML alone sees an empty list there.

Known forms: ``<datastore>`` records in CDATA (jpage), ``gkfs("主动公开", url, title)`` calls, a
``listData = {articleList: [...]}`` literal, and rows written by ``document.write``.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from crawler import urls
from crawler.extract import dates
from crawler.extract.pager import Pager
from crawler.extract.rows import Row, is_title, link_title, read_row, resolve_years
from crawler.extract.tree import El, Script, Tree, build, squeeze

_RECORD = re.compile(r"<(/?)record>", re.I)
_NEXTGROUP = re.compile(r"<(/?)nextgroup>", re.I)
_HREF = re.compile(r"href\s*+=\s*+[\"']([^\"']+)[\"']", re.I)
_COLUMN = re.compile(r"/col/col(\d{1,12})")
_COLUMN_ID = re.compile(r"\bcolumnid[\"']?+\s*+[=:]\s*+[\"']?+(\d{1,12})", re.I)
_TOTAL = re.compile(r"<totalrecord>\s*(\d{1,7})\s*</totalrecord>", re.I)
_TOTAL_PAGES = re.compile(r"<totalpage>\s*(\d{1,6})\s*</totalpage>", re.I)
_TOTAL_SCRIPT = re.compile(r"\btotalRecord\s*:\s*[\"']?(\d{1,7})")
_PER_PAGE = re.compile(r"\bperPage\s*:\s*[\"']?(\d{1,4})")
_GKFS = re.compile(
    r"gkfs\s*\(\s*[\"']([^\"']*)[\"']\s*,\s*[\"']([^\"']*)[\"']\s*,\s*(?:\"([^\"]*)\"|'([^']*)')",
    re.S,
)
_LIST_DATA = re.compile(
    r"\b(?:articleList|listData|dataList|newsList|infoList)\s*+[\"']?\s*+[:=]\s*+(?=\[)"
)
_BARE_KEY = re.compile(r"([{,]\s*)([A-Za-z_$][\w$]*)\s*:")
_WRITE = re.compile(
    r"document\.write(?:ln)?\s*\(\s*(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)')\s*\)", re.S
)
_VAR = re.compile(
    r"\b(?:var\s+)?(url|link|href|title|TITLE|docurl|doctitle|pubtime|date|time)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)')"
)
_JOINED = ("'+", '"+', "' ", '" ')
"""How a piece begins that stands between two joined strings of a script."""
MAX_ROWS = 2000
WRITTEN = "document.write"
"""The form of rows that scripts write where they stand."""
MAX_UNITS = 20
"""Lists of one page whose columns are looked for."""
_TITLES = ("title", "showTitle", "TITLE", "subject", "name", "Title")
_ADDRESSES = ("url", "urls", "URL", "link", "href", "linkurl", "visiturl", "infourl", "pc", "Url")
_DATES = (
    "pubDate",
    "publishedTimeStr",
    "pubdate",
    "publishDate",
    "publish_time",
    "display_publish_time",
    "date",
    "infodate",
    "createDate",
    "PUBLISHED_TIME_FORMAT",
    "time",
    "pubtime",
)


@dataclass(slots=True)
class Scripted:
    """Rows found in scripts, and the element that they would fill."""

    rows: list[Row]
    container: El | None
    pager: Pager | None = None
    form: str = ""
    weight: float = 0.0
    groups: list[str] = field(default_factory=list)


def scripted_rows(tree: Tree, resolver: urls.Resolver, url: str) -> Scripted | None:
    """The rows of the form found first that has any; an empty datastore counts as found."""
    if not tree.scripts:
        return None
    empty: Scripted | None = None
    own = _COLUMN.search(url)
    jpage = partial(_jpage, column=own[1] if own else "")
    for reader in (jpage, _gkfs, _list_data, _arrays, _written):
        found = reader(tree, resolver)
        if found is not None and found.rows:
            resolve_years(found.rows)
            found.weight = sum(min(len(row.title), 40) for row in found.rows) * 1.2
            return found
        empty = empty or found
    return empty


_COMPACT = re.compile(r"[\"'](20\d{6})(?:\d{6})?[\"']")
_EPOCH = re.compile(r"Date\s*\(\s*[\"']?(\d{10}|\d{13})[\"']?\s*\)")


def dates_by_script(rows: list[Row], tree: Tree) -> None:
    """Read the dates that a script in each row writes: the one date that its text names."""
    at = 0
    scripts = sorted(tree.scripts, key=lambda script: script.el.index)
    for row in sorted(rows, key=lambda row: row.el.index):
        while at < len(scripts) and scripts[at].el.index < row.el.index:
            at += 1
        texts = []
        while at < len(scripts) and row.el.holds(scripts[at].el):
            texts.append(scripts[at].text[:2000])
            at += 1
        if not row.scripted_date or not texts:
            continue
        text = "\n".join(texts)
        found = {item.date for item in dates.find(text)}
        found |= {day for value in _COMPACT.findall(text) if (day := dates.stamp(value))}
        found |= {day for value in _EPOCH.findall(text) if (day := dates.epoch(int(value)))}
        if len(found) == 1:
            row.published = found.pop()
            row.date_text = row.published.isoformat()
            row.dated_by, row.scripted_date = "script", False


def _jpage(tree: Tree, resolver: urls.Resolver, column: str) -> Scripted | None:
    """The page's main unit: its own column's where there are several, else the one with the most."""
    units = [
        script
        for script in tree.scripts
        if "<datastore" in (start := script.text[:4000].lower()) or "<record>" in start
    ]
    if len(units) > 1 and column:
        own = [script for script in units[:MAX_UNITS] if _column_of(script, tree) == column]
        units = own or units
    best: Scripted | None = None
    for script in units:
        found = datastore(script.text, resolver, script.el)
        _jpage_totals(tree, script.el, found)
        if best is None or sum(len(row.title) for row in found.rows) > sum(
            len(row.title) for row in best.rows
        ):
            best = found
    return best


def _elements(text: str, tag: re.Pattern[str], most: int) -> list[str]:
    """What stands between an opening tag and the next closing one, in one pass."""
    found: list[str] = []
    start: int | None = None
    for match in tag.finditer(text):
        if not match[1]:
            start = match.end() if start is None else start
        elif start is not None:
            found.append(text[start : match.start()])
            start = None
            if len(found) >= most:
                break
    return found


def _out_of_cdata(record: str) -> str:
    return record.strip().removeprefix("<![CDATA[").removesuffix("]]>").strip()


def _column_of(script: Script, tree: Tree) -> str:
    """The column whose rows a unit shows: its address of further rows or its call says so."""
    group = next(iter(_elements(script.text, _NEXTGROUP, 1)), "")
    named = _COLUMN_ID.search(group[:20_000])
    if named is None and (call := _call_of(script.el, tree)):
        named = _COLUMN_ID.search(call)
    return named[1] if named else ""


def _call_of(el: El, tree: Tree) -> str:
    """What a script says around a unit's call, ``$('#<unit>').jpage({…})``; empty: there is none."""
    for unit in [at.get("id") for at in (el, *islice(el.up(), 3)) if at.get("id")]:
        called = re.compile(rf"[\"']#{re.escape(unit)}[\"']\s*+\)\s*+\.jpage\s*+\(")
        for script in tree.scripts:
            match = called.search(script.text) if ".jpage" in script.text else None
            if match is not None:
                param = script.text.find(f"param_{unit}")
                before = script.text[param : param + 1500] if 0 <= param < match.start() else ""
                return before + script.text[match.start() : match.start() + 1500]
    return ""


def datastore(text: str, resolver: urls.Resolver, container: El | None) -> Scripted:
    """The rows of a ``<datastore>``: inline on a page, or the endpoint's whole answer."""
    records = [_out_of_cdata(one) for one in _elements(text, _RECORD, MAX_ROWS)]
    rows: list[Row] = []
    if records:
        pieces = []
        for record in records:
            if "&lt;" in record and "<a" not in record:
                record = html.unescape(record)
            # Cells without their table would be dropped by the parser.
            record = re.sub(
                r"<(/?)(?:tr|td|tbody|table|th)\b([^>]*)>", r"<\1div\2>", record, flags=re.I
            )
            pieces.append(f"<section>{record}</section>")
        inner = build("<body>" + "".join(pieces))
        for el in inner.body.children():
            if el.tag == "section":
                row = _row_in(el, resolver)
                if row:
                    rows.append(row)
    pager = Pager(kind="jpage")
    match = _TOTAL.search(text)
    pager.rows = int(match[1]) if match else None
    match = _TOTAL_PAGES.search(text)
    pager.pages = int(match[1]) if match else None
    group = next(iter(_elements(text, _NEXTGROUP, 1)), "")
    match = _HREF.search(group[:20_000])
    if match and not (pager.rows is not None and pager.rows <= len(rows)):
        pager.next_url = resolver.canonical(html.unescape(match[1]))
    return Scripted(rows, container, pager, "jpage")


def _jpage_totals(tree: Tree, el: El, found: Scripted) -> None:
    pager = found.pager
    if pager is None:
        return
    piece = _call_of(el, tree)
    if not piece:
        named = [script.text for script in tree.scripts if "totalRecord" in script.text]
        unit = el.get("id")
        own = [text for text in named if unit and unit in text] or named
        for text in own[:1]:
            at = text.find(unit) if unit and unit in text else 0
            piece = text[max(0, at - 2000) : at + 4000]
    total = _TOTAL_SCRIPT.search(piece)
    per = _PER_PAGE.search(piece)
    if total:
        pager.rows = int(total[1])
        if per and int(per[1]):
            pager.pages = -(-pager.rows // int(per[1]))
    if pager.rows is not None and pager.rows <= len(found.rows):
        pager.next_url = None


def _row_in(el: El, resolver: urls.Resolver) -> Row | None:
    links = [inner for inner in el.descend() if inner.tag == "a"]
    if not links:
        return None
    link = max(links, key=lambda item: len(link_title(item)))
    row = read_row(el, link, resolver)
    return row if row and is_title(row.title) else None


def _gkfs(tree: Tree, resolver: urls.Resolver) -> Scripted | None:
    rows: list[Row] = []
    container: El | None = None
    for script in tree.scripts:
        if "gkfs" not in script.text:
            continue
        if "function gkfs" in script.text and script.text.count("gkfs") < 2:
            continue
        for match in _GKFS.finditer(script.text):
            address = resolver.canonical(match[2])
            title = squeeze(html.unescape(match[3] or match[4] or ""))
            if not address or not is_title(title):
                continue
            el = next((at for at in script.el.up() if at.tag in {"tr", "li"}), script.el)
            container = container or el.parent
            text = el.text() if el.chars < 600 else ""
            found = dates.loose(text)
            index = re.search(r"[A-Z]{0,3}\d{3,}[\w\-/]*-?\d{4}-\d{3,}", text)
            rows.append(
                Row(
                    el,
                    el,
                    title,
                    address,
                    found,
                    None if found else dates.month_day(text[-20:]),
                    text[-40:],
                    False,
                    None,
                    index[0] if index else None,
                )
            )
    return Scripted(rows[:MAX_ROWS], container, None, "gkfs") if rows else None


def literal_at(text: str, at: int) -> str | None:
    """The bracketed literal that starts at ``at``, strings respected."""
    depth = 0
    quote = ""
    end = min(len(text), at + 2_000_000)
    position = at
    while position < end:
        sign = text[position]
        if quote:
            if sign == "\\":
                position += 1
            elif sign == quote:
                quote = ""
        elif sign in "\"'`":
            quote = sign
        elif sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
            if depth == 0:
                return text[at : position + 1]
        position += 1
    return None


def loads(literal: str) -> Any:
    """A JavaScript literal as data; ``None`` when it is none (bare keys and single quotes are read)."""
    for attempt in (literal, _requote(literal)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _requote(literal: str) -> str:
    """``literal`` with bare keys quoted and single-quoted strings double-quoted."""
    out: list[str] = []
    position = 0
    size = len(literal)
    while position < size:
        sign = literal[position]
        if sign in "\"'":
            end = position + 1
            piece: list[str] = []
            while end < size and literal[end] != sign:
                if literal[end] == "\\" and end + 1 < size:
                    follow = literal[end + 1]
                    piece.append("'" if follow == "'" else literal[end : end + 2])
                    end += 2
                    continue
                piece.append('\\"' if literal[end] == '"' else literal[end])
                end += 1
            out.append('"' + "".join(piece) + '"')
            position = end + 1
            continue
        stop = position
        while stop < size and literal[stop] not in "\"'":
            stop += 1
        plain = literal[position:stop]
        plain = re.sub(r"([{,]\s*)([A-Za-z_$][\w$]*)\s*:", r'\1"\2":', plain)
        plain = re.sub(r",(\s*[\]}])", r"\1", plain)
        out.append(plain.replace("undefined", "null"))
        position = stop
    joined = "".join(out)
    return re.sub(r",(\s*[\]}])", r"\1", joined)


def _list_data(tree: Tree, resolver: urls.Resolver) -> Scripted | None:
    for script in tree.scripts:
        text = script.text
        if "List" not in text:
            continue
        match = _LIST_DATA.search(text)
        if not match:
            continue
        literal = literal_at(text, match.end())
        data = loads(literal) if literal else None
        if not isinstance(data, list):
            continue
        rows = [
            row
            for item in data[:MAX_ROWS]
            if isinstance(item, dict) and (row := _row_of(item, script.el, resolver))
        ]
        if rows or not data:
            return Scripted(rows, script.el, Pager(kind="queryList"), "listData")
    return None


def _row_of(item: dict[str, Any], el: El, resolver: urls.Resolver) -> Row | None:
    title = next((str(item[key]) for key in _TITLES if item.get(key)), "")
    address = next((item[key] for key in _ADDRESSES if item.get(key)), None)
    if isinstance(address, str) and address.lstrip().startswith("{"):
        address = loads(address)
    if isinstance(address, dict):
        address = address.get("pc") or address.get("url") or next(iter(address.values()), None)
    title = squeeze(re.sub(r"<[^<>]{0,80}>", "", html.unescape(title)))
    if not isinstance(address, str) or not is_title(title):
        return None
    found = resolver.canonical(address)
    if not found:
        return None
    text = ""
    published = None
    for key in _DATES:
        value = item.get(key)
        if value not in (None, ""):
            text = str(value)
            published = dates.stamp(text)
            if published:
                break
    pinned = str(item.get("isTop", item.get("top", ""))).lower() in {"1", "true"}
    return Row(el, el, title, found, published, None, text, pinned, None, None)


_ASSIGNED = re.compile(
    r"\b([A-Za-z_]\w{0,20})\[\s*(?:[a-z]|\d{1,4})\s*\]\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)')"
)
_ARRAY_ROLES = {
    "url": re.compile(r"(?:urls?|links?|hrefs?)\d?", re.I),
    "title": re.compile(r"(?:headers?|titles?|heads?|subjects?|names?)\d?", re.I),
    "date": re.compile(r"(?:dates?|times?|pubdates?|pubtimes?)\d?", re.I),
    "year": re.compile(r"years?", re.I),
    "month": re.compile(r"months?", re.I),
    "day": re.compile(r"days?", re.I),
}


def _arrays(tree: Tree, resolver: urls.Resolver) -> Scripted | None:
    """Rows that a script keeps in arrays side by side: ``urls[i]='…';headers[i]="…";year[i]='2020'``."""
    for script in tree.scripts:
        text = script.text
        if "]" not in text or len(text) > 2_000_000:
            continue
        rows: list[Row] = []
        values: dict[str, str] = {}
        for match in _ASSIGNED.finditer(text):
            role = next(
                (role for role, name in _ARRAY_ROLES.items() if name.fullmatch(match[1])), None
            )
            if role is None:
                continue
            if role == "url" and "url" in values:
                _array_row(values, script.el, resolver, rows)
                values = {}
                if len(rows) >= MAX_ROWS:
                    break
            values[role] = _unescape(match[2] or match[3] or "")
        _array_row(values, script.el, resolver, rows)
        if len(rows) >= 2 and any(row.published for row in rows):
            return Scripted(rows[:MAX_ROWS], _host(script.el), None, "arrays")
    return None


def _array_row(values: dict[str, str], el: El, resolver: urls.Resolver, rows: list[Row]) -> None:
    address = resolver.canonical(values["url"]) if values.get("url") else None
    title = html.unescape(values.get("title", ""))
    if "<" in title:
        inner = build(f"<body>{title}</body>")
        title = link_title(inner.anchors[0]) if inner.anchors else inner.body.text()
    title = squeeze(title)
    if address is None or not is_title(title):
        return
    shown = values.get("date") or "-".join(
        values[part] for part in ("year", "month", "day") if values.get(part)
    )
    rows.append(
        Row(el, el, title, address, dates.stamp(shown), None, shown[:60], False, None, None)
    )


def _unescape(text: str) -> str:
    return (
        text.replace('\\"', '"')
        .replace("\\'", "'")
        .replace("\\/", "/")
        .replace("\\n", "\n")
        .replace("\\t", " ")
    )


def _written(tree: Tree, resolver: urls.Resolver) -> Scripted | None:
    rows: list[Row] = []
    container: El | None = None
    for script in tree.scripts:
        text = script.text
        if "document.write" not in text or len(text) > 300_000:
            continue
        written = "".join(_unescape(double or single) for double, single in _WRITE.findall(text))
        if "<a" in written.lower() and "href" in written.lower():
            if "上一页" in written or "下一页" in written:
                continue
            inner = build(f"<body><ul>{written}</ul>")
            for el in inner.anchors:
                host = (
                    next((at for at in el.up() if at.tag in {"li", "tr", "p", "dd"}), None)
                    or el.parent
                    or el
                )
                row = read_row(host, el, resolver)
                if row and is_title(row.title) and (row.published or row.month_day):
                    row.el = script.el  # its place on the page
                    rows.append(row)
            container = container or _host(script.el)
            continue
        values: dict[str, str] = {}
        for name, double, single in _VAR.findall(text):
            value = _unescape(double or single)
            # An attribute in what is written (``title="'+title+'"``) is no value.
            if value.lstrip()[:2] not in _JOINED:
                values[name.lower()] = value
        address = (
            values.get("url") or values.get("docurl") or values.get("link") or values.get("href")
        )
        title = squeeze(values.get("title") or values.get("doctitle") or "")
        if address and is_title(title) and (found := resolver.canonical(address)):
            shown = (
                written or values.get("pubtime") or values.get("date") or values.get("time") or ""
            )
            published = dates.loose(re.sub(r"<[^<>]{0,200}>", " ", shown))
            rows.append(
                Row(
                    script.el,
                    script.el,
                    title,
                    found,
                    published,
                    None,
                    squeeze(shown)[:60],
                    False,
                    None,
                    None,
                )
            )
            container = container or _host(script.el)
    if not rows:
        return None
    return Scripted(rows[:MAX_ROWS], container, None, WRITTEN)


def _host(el: El) -> El:
    """The list that a script's row stands in."""
    for at in el.up():
        if at.tag in {"ul", "ol", "tbody", "table"}:
            return at
    return el.parent or el
