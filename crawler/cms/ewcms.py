"""EWCMS interaction lists (在线咨询, 投诉监督, 建言献策): ``/component/interaction/list.do``.

Pages are counted from 0 in the address and from 1 in the counter that is shown. Which of the three
lists it is, the column's own address says (``currentTable``); the pager of ``index.do`` numbers
them differently and is not used.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, Turn
from crawler.cms.reading import at_host, fragment, headers, number, query

NAME = "ewcms"
WAYS = 1

_PLACE = re.compile(r"/interaction/list\.do$")
_PAGES = re.compile(r"共\s*(\d{1,6})\s*页")
_SHOWN = re.compile(r"当前为?第\s*(\d{1,6})\s*页")
_DETAIL = "detail.do"


def recognise(text: str, url: str) -> Sign | None:
    if _PLACE.search(urlsplit(url).path):
        return Sign(NAME, "/interaction/list.do")
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    parts = urlsplit(page.url)
    if not _PLACE.search(parts.path):
        raise NotUnderstood("no list of an interaction")
    kept = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name != "pageNumber"
    ]
    place = query([*kept, ("pageNumber", str(turn.number - 1))])
    return ListRequest(url=at_host(page, f"{parts.path}?{place}"), headers=headers(page))


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    paged, shown = _PAGES.search(text), _SHOWN.search(text)
    pages = number(paged[1]) if paged else None
    if pages is None:
        raise NotUnderstood("no counter of pages")
    if pages and (shown is None or int(shown[1]) != turn.number):
        raise NotUnderstood("another page than the one asked for")
    entries = fragment(text, page, only=_DETAIL)
    if not entries and pages:
        raise NotUnderstood("no rows of those that are counted")
    return EndpointPage(entries=entries, total=None if pages else 0, pages=pages)
