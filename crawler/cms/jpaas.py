"""大汉 Hanweb JPaaS: units of a page built by ``…/jpaas-publish-server/front/page/build/unit``.

The page names each unit's query in an attribute; the answer is JSON with the list as HTML. A page
number outside ``paramJson`` is ignored by many servers, which then give the first page for ever.
"""

from __future__ import annotations

import html
import json
import re
from itertools import islice
from typing import Any

from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, Turn
from crawler.cms.reading import at_host, fragment, headers, json_of, number, query, under
from crawler.extract.scripted import loads

NAME = "jpaas"
WAYS = 1
MAX_UNITS = 60
DEFAULT_SIZE = 15

_TAG = re.compile(r"<script\b[^<>]{0,3000}unitbuild[^<>]{0,3000}>", re.I)
_URL = re.compile(r"\surl\s*=\s*(?:\"([^\"]{1,300})\"|'([^']{1,300})')", re.I)
_QUERY = re.compile(r"\squeryData\s*=\s*(?:\"([^\"]{2,2000})\"|'([^']{2,2000})')", re.I)
_PAGER = re.compile(r"<(?:div|ul|span)\b[^>]{0,300}?\scount\s*=\s*[\"']?\d[^>]{0,300}>", re.I)
_COUNT = re.compile(r"\scount\s*=\s*[\"']?(\d{1,8})", re.I)
_ROWS = re.compile(r"\srows\s*=\s*[\"']?(\d{1,4})", re.I)
_LISTS = (
    re.compile("分页列表"),
    re.compile("当前栏目"),
    re.compile("信息列表"),
    re.compile("右侧内容"),
    re.compile("列表|list", re.I),
)
"""What the unit of a column's own list is called, the surest first."""
_ASKED = ("parseType", "webId", "tplSetId", "pageType", "tagId", "editType", "pageId")


def recognise(text: str, url: str) -> Sign | None:
    if "unitbuild" in text and "jpaas-publish-server" in text and _unit(text) is not None:
        return Sign(NAME, "unitbuild.js")
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    unit = _unit(page.text)
    if unit is None:
        raise NotUnderstood("no one unit that is the column's list")
    endpoint, asked = unit
    size = _size(page.text)
    pairs = [(name, str(asked.get(name))) for name in _ASKED if asked.get(name) is not None]
    part = json.dumps({"pageNo": turn.number, "pageSize": str(size)}, separators=(",", ":"))
    return ListRequest(
        url=at_host(page, f"{endpoint}?{query([*pairs, ('paramJson', part)])}"),
        headers=headers(page),
        size=size,
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    data = under(json_of(text), "data")
    markup = data.get("html")
    if not isinstance(markup, str):
        raise NotUnderstood("no data.html")
    pager = _PAGER.search(markup) or _PAGER.search(page.text)
    found = _COUNT.search(pager[0]) if pager else None
    total = number(found[1]) if found else None
    entries = fragment(markup, page)
    if not entries and turn.number == 1 and total != 0:
        raise NotUnderstood("no rows, and no count that says 0")
    return EndpointPage(entries=entries, total=total)


def _unit(text: str) -> tuple[str, dict[str, Any]] | None:
    """Endpoint and query of the unit that is the column's own list."""
    units = []
    for tag in islice(_TAG.finditer(text), MAX_UNITS):
        url, asked = _URL.search(tag[0]), _QUERY.search(tag[0])
        if url is None or asked is None:
            continue
        values = loads(html.unescape(asked[1] or asked[2]))
        if isinstance(values, dict) and values.get("pageType") == "column":
            units.append((html.unescape(url[1] or url[2]), values))
    for name in _LISTS:
        called = [u for u in units if name.search(str(u[1].get("tagId")))]
        if called:
            return called[0] if len({str(u[1]) for u in called}) == 1 else None
    return None


def _size(text: str) -> int:
    pager = _PAGER.search(text)
    found = _ROWS.search(pager[0]) if pager else None
    size = int(found[1]) if found else DEFAULT_SIZE
    return size if 1 <= size <= 100 else DEFAULT_SIZE
