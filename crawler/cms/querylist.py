"""The "queryList" generation of Hanweb make: Jiangxi's departments, Yichun's counties and others.

The column page holds no row links; its scripts declare the ids, and ``/queryList`` at the host's
root has the rows. Asked for by date: the editors' own order puts old rows first.
"""

from __future__ import annotations

import re

from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, Turn
from crawler.cms.reading import (
    FORM_TYPE,
    at_host,
    count,
    day,
    declared,
    entry,
    first_folder,
    headers,
    items,
    json_of,
    query,
    truth,
    under,
    words,
)
from crawler.extract.scripted import loads

NAME = "queryList"
WAYS = 2
"""50 rows a page, then 15."""

_SIZES = (50, 15)
_SIGNS = ("queryList", "-articleList.json", "articleList:", "articleList :")
_CODE = re.compile(r"codeName[\"']?\s*[:=]\s*[\"']([\w\-]{1,80})[\"']")


def recognise(text: str, url: str) -> Sign | None:
    if "channelId" not in text and "codeName" not in text:
        return None
    for sign in _SIGNS:
        if sign in text:
            return Sign(NAME, sign)
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    code = _CODE.search(page.text)
    channel = declared(page.text, "channelId")
    site = declared(page.text, "webSiteCode") or declared(page.text, "siteCode")
    site = site or first_folder(page.url)
    if not site or not (code or channel):
        raise NotUnderstood("no site or channel declared")
    size = _SIZES[turn.way]
    form = [
        ("current", str(turn.number)),
        ("pageSize", str(size)),
        ("perPage", str(size)),
        ("unitid", declared(page.text, "unitid")),
        ("webSiteCode[]", site),
        ("channelCode[]", code[1]) if code else ("channelId[]", channel),
        ("sort", "pubDate"),
        ("order", "desc"),
        ("searchstart", "1"),
        ("showMode", "full"),
    ]
    return ListRequest(
        url=at_host(page, "/queryList"),
        method="POST",
        headers=headers(page, **{"Content-Type": FORM_TYPE}),
        body=query(form).encode(),
        size=size,
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    data = under(json_of(text), "data")
    found = []
    for item in items(data, "results"):
        source = item.get("source", item)
        if not isinstance(source, dict):
            raise NotUnderstood("a result without its source")
        metadata = source.get("metadata")
        metadata = loads(metadata) if isinstance(metadata, str) else metadata
        found.append(
            entry(
                page,
                words(source, "title", "showTitle"),
                _address(source.get("urls")),
                day(source, "pubDate"),
                pinned=truth(source.get("isTop")) or truth(source.get("top")),
                source=words(metadata, "source") if isinstance(metadata, dict) else "",
            )
        )
    total = count(data, "total")
    if total is None or (not found and total and turn.number == 1):
        raise NotUnderstood("no total, or no rows of it")
    return EndpointPage(entries=tuple(found), total=total)


def _address(urls: object) -> object:
    """A row's address for desktops: ``urls`` is an object, or one as text."""
    if isinstance(urls, str) and urls.lstrip().startswith("{"):
        urls = loads(urls)
    if isinstance(urls, dict):
        return urls.get("pc") or urls.get("url")
    return urls
