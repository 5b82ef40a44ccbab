"""Reading answers: JSON, rows as HTML, and what a page's scripts declare.

Everything here comes from the web: it is of the expected type, or ``NotUnderstood``.
"""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import quote, urlsplit

from checks.facts import DateState, Entry
from crawler.cms.family import ListPage, NotUnderstood
from crawler.extract import dates
from crawler.extract.rows import Row, entry_of, is_title, read_row, resolve_years
from crawler.extract.rows import link_title as link_title
from crawler.extract.tree import El, build, squeeze
from crawler.urls import Resolver, canonical

MAX_ROWS = 2000
"""Rows of one answer that are read."""
MAX_COUNT = 10_000_000
"""A larger number of rows is no count."""
AJAX = "XMLHttpRequest"
FORM_TYPE = "application/x-www-form-urlencoded; charset=UTF-8"

_TAG = re.compile(r"<[^<>]{0,300}>")
_JSONP = re.compile(r"[\w$.]{1,60}\s*+\(")
_PAGER = re.compile(r"(?:首|尾|末|上|下|前|后|上一|下一|第一|最后一?)\s*页|GO|跳转|转到|确定", re.I)
_ROW_TAGS = frozenset(["li", "tr", "dd", "dl", "article"])


def headers(page: ListPage, **more: str) -> dict[str, str]:
    """What a column page's script sends along."""
    return {"Referer": page.url, "X-Requested-With": AJAX, **more}


def at_host(page: ListPage, path: str) -> str:
    """Absolute address of an endpoint that the page names. Raises ``NotUnderstood``."""
    found = canonical(path, page.url)
    if found is None:
        raise NotUnderstood(f"no address: {path[:100]!r}")
    return found


def query(pairs: Iterable[tuple[str, str]], safe: str = "") -> str:
    """A form or query; names may repeat."""
    return "&".join(f"{quote(name, safe='[]')}={quote(value, safe=safe)}" for name, value in pairs)


def first_folder(url: str) -> str:
    """The first step of an address's path; empty when it has none."""
    path = urlsplit(url).path
    return path.split("/")[1] if path.count("/") >= 2 else ""


# --- JSON -----------------------------------------------------------------------------------------


def json_of(text: str) -> Any:
    """The data of a JSON or JSONP answer. Raises ``NotUnderstood``."""
    text = text.lstrip("\ufeff \r\n\t")
    if text[:1] not in "{[":
        called = _JSONP.match(text)
        inner = text.rstrip("; \r\n\t")
        if called and inner.endswith(")"):
            text = inner[called.end() : -1]
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise NotUnderstood("no JSON") from None


def under(data: Any, *path: str) -> Mapping[str, Any]:
    """The object at ``path``. Raises ``NotUnderstood``."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    if not isinstance(data, dict):
        raise NotUnderstood(f"no object at {'.'.join(path)!r}")
    return data


def items(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The list of objects called ``name``. Raises ``NotUnderstood``."""
    found = data.get(name)
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise NotUnderstood(f"no list {name!r}")
    return found[:MAX_ROWS]


def count(data: Mapping[str, Any], *names: str) -> int | None:
    """The first of these that is a count of rows or pages."""
    for name in names:
        found = number(data.get(name))
        if found is not None:
            return found
    return None


def number(value: Any) -> int | None:
    """A count as JSON or text gives it; ``None`` when it is none."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_COUNT:
        return None
    return value


def words(data: Mapping[str, Any], *names: str) -> str:
    """The first of these that is a text, without tags and entities; empty when none is."""
    for name in names:
        value = data.get(name)
        if isinstance(value, str) and value.strip().lower() not in {"", "null", "undefined"}:
            return squeeze(html.unescape(_TAG.sub("", value[:4000])))
    return ""


def day(data: Mapping[str, Any], *names: str) -> tuple[date | None, DateState, str]:
    """The date in the first of these that has one, its state, and as it stands there.

    Texts as they read; numbers are seconds or milliseconds, by Shanghai's calendar.
    """
    known = False
    text = ""
    for name in names:
        if name not in data:
            continue
        known = True
        value = data[name]
        if value in (None, "", 0, "0", "null", "undefined"):
            continue
        text = str(value)[:60]
        if isinstance(value, int) and not isinstance(value, bool):
            found = dates.epoch(value)
        else:
            found = dates.stamp(text)
        if found is not None:
            return found, DateState.READ, text
    return None, DateState.ABSENT if known and not text else DateState.UNREAD, text


def truth(value: Any) -> bool:
    """Whether a flag is set, as one product or another spells it."""
    return str(value).strip().lower() in {"1", "true", "yes", "y"}


def entry(
    page: ListPage,
    title: str,
    address: Any,
    dated: tuple[date | None, DateState, str],
    *,
    pinned: bool = False,
    source: str = "",
    index_number: str = "",
) -> Entry:
    """A row. Raises ``NotUnderstood`` when it has no title or leads nowhere."""
    url = canonical(address.strip(), page.url) if isinstance(address, str) and address else None
    if url is None or not title:
        raise NotUnderstood("a row without a title or an address")
    published, state, text = dated
    return Entry(
        title=title[:500],
        url=url,
        published=published,
        date_state=state,
        date_text=text,
        pinned=pinned,
        source=source[:200] or None,
        index_number=index_number[:100] or None,
    )


# --- rows as HTML ---------------------------------------------------------------------------------


def fragment(markup: str, page: ListPage, *, only: str = "") -> tuple[Entry, ...]:
    """The rows of a piece of HTML that is nothing but a list (and perhaps its pager).

    ``only``: a part of the address that rows must have.
    """
    tree = build(f"<html><body>{markup}</body></html>")
    resolver = Resolver(page.url)
    found: dict[int, list[El]] = {}
    for link in tree.anchors:
        title = link_title(link)
        if not link.hidden and is_title(title) and not _PAGER.fullmatch(title):
            host = _row_of(link)
            found.setdefault(host.index, []).append(link)
    boxes = (_box_of(tree.elements[index]) for index in found)
    alone = Counter(box.index for box in boxes if box is not None)
    rows: list[Row] = []
    for index, links in list(found.items())[:MAX_ROWS]:
        # A row may link to its column or to a picture beside its title.
        link = max(links, key=lambda el: len(link_title(el)))
        host = tree.elements[index]
        box = _box_of(host)
        if box is not None and alone[box.index] == 1:
            host = box  # its cells are the items of a list
        row = read_row(host, link, resolver)
        if row is not None and only in row.url:
            rows.append(row)
    resolve_years(rows)
    entries = tuple(entry_of(row) for row in rows)
    tree.release()
    return entries


def _box_of(host: El) -> El | None:
    """The list of which an item is one of several; ``None``: it is no item, or the only one."""
    box = host.parent
    if host.tag != "li" or box is None or box.tag not in {"ul", "ol"}:
        return None
    some = islice((kid for kid in box.children() if kid.tag == "li"), 2)
    return box if len(list(some)) > 1 else None


def _row_of(link: El) -> El:
    host = next((el for el in link.up() if el.tag in _ROW_TAGS), None)
    return host or link.parent or link


# --- what a page declares -------------------------------------------------------------------------


def declared(text: str, name: str) -> str:
    """The value that a script gives to ``name``, as ``name = 'value'``, ``name: "value"``,
    ``"name": 12``; the first that is not empty. Empty when there is none."""
    pattern = (
        rf"(?<![\w$]){re.escape(name)}[\"']?(?:\[\])?\s*[:=]\s*"
        r"(?:\"([^\"<>\r\n]{0,500})\"|'([^'<>\r\n]{0,500})'|(-?\d{1,20})(?![\w.]))"
    )
    for match in re.finditer(pattern, text):
        found = match[1] or match[2] or match[3]
        if found:
            return found
    return ""


def one_of(found: Sequence[str], what: str) -> str:
    """The only distinct value. Raises ``NotUnderstood`` for none and for several."""
    distinct = list(dict.fromkeys(found))
    if len(distinct) != 1:
        raise NotUnderstood(f"{len(distinct)} values for {what}")
    return distinct[0]
