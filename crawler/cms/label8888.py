"""The Anhui make (``site/label/8888``): rows as HTML from a label of the column page.

Its 暂无相关信息 appears for a wrong id as well, so that an empty answer never proves an empty column.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, parse_qsl, urlsplit

from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, Turn
from crawler.cms.reading import at_host, declared, fragment, headers, number, query

NAME = "label8888"
WAYS = 1

_CALL = re.compile(r"[\"']([^\"'\s<>?]{0,200}/site/label/8888)(?:\?([^\"'\s<>]{0,1500}))?[\"']")
_PAGES = re.compile(r"\bpageCount\s*[:=]\s*[\"'(]*(\d{1,6})")
_TEMPLATE = re.compile(r"<\?=|\{\{")
_LABEL = "publicInfoList"
_PARAMS = (
    "siteId",
    "pageSize",
    "action",
    "isDate",
    "dateFormat",
    "length",
    "organId",
    "type",
    "catId",
    "catIds",
    "cId",
    "result",
    "file",
)
_FROM_ADDRESS = ("type", "catId", "action")
DEFAULT_SIZE = 15


def recognise(text: str, url: str) -> Sign | None:
    if "/site/label/8888" in text and _LABEL in text and _CALL.search(text) is not None:
        return Sign(NAME, "site/label/8888")
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    call = _CALL.search(page.text)
    if call is None or _LABEL not in page.text:
        raise NotUnderstood("no call of the list's label")
    params = _params(page, call[2] or "")
    if not params.get("siteId") or not (params.get("catId") or params.get("organId")):
        raise NotUnderstood("no site or catalogue declared")
    size = number(params.get("pageSize")) or DEFAULT_SIZE
    size = size if size <= 100 else DEFAULT_SIZE
    params |= {"pageSize": str(size), "pageIndex": str(turn.number)}
    pairs = [("IsAjax", "1"), ("dataType", "html"), ("labelName", _LABEL), *params.items()]
    return ListRequest(
        url=at_host(page, f"{call[1]}?{query(pairs)}"), headers=headers(page), size=size
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    if _TEMPLATE.search(text):
        raise NotUnderstood("a template that a browser would fill")
    found = _PAGES.search(text)
    entries = fragment(text, page)
    if not entries and turn.number == 1:
        raise NotUnderstood("no rows")
    return EndpointPage(entries=entries, pages=number(found[1]) if found else None)


def _params(page: ListPage, asked: str) -> dict[str, str]:
    """What the page asks its label with: in the call's address, else in the script around it;
    the column's own address says which catalogue."""
    called = dict(parse_qsl(asked.replace("&amp;", "&"), keep_blank_values=True))
    own = {n: v[0] for n, v in parse_qs(urlsplit(page.url).query).items() if n in _FROM_ADDRESS}
    found = {
        name: own.get(name) or called.get(name) or declared(page.text, name) for name in _PARAMS
    }
    return {name: value for name, value in found.items() if value}
