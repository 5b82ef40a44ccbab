"""开普 UCAP: rows from ``/common/search/<channel>`` (or ``/search/``, ``/searchList/``) as JSON.

The date is ``publishedTimeStr``; the epoch beside it was seen to disagree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, Turn
from crawler.cms.reading import (
    at_host,
    count,
    day,
    entry,
    headers,
    items,
    json_of,
    one_of,
    query,
    truth,
    under,
    words,
)

NAME = "ucap"
WAYS = 2
"""50 rows a page, then 15. Servers that give fewer count their pages by what they give."""

_SIZES = (50, 15)
_ENDPOINT = re.compile(r"[\"'=(\s/]((?:/?common)?/search(?:List)?/)([0-9a-f]{32})\b")
_PREFIX = re.compile(r"[\"']((?:/?common)?/search(?:List)?/)[\"']")
_META = re.compile(
    r"<meta[^<>]{0,200}name\s*=\s*[\"']channelId[\"'][^<>]{0,200}content\s*=\s*[\"']([0-9a-f]{32})[\"']",
    re.I,
)
_CHANNEL = re.compile(r"channelId[\"']?\s*[:=]\s*[\"']([0-9a-f]{32})[\"']")


def recognise(text: str, url: str) -> Sign | None:
    if "/search" not in text and "_isJson" not in text:
        return None
    # Search boxes name the same paths: a list's call has its channel.
    called = _ENDPOINT.search(text)
    if called is not None:
        return Sign(NAME, called[1])
    if "_isJson=true" in text and (_META.search(text) or _CHANNEL.search(text)):
        return Sign(NAME, "_isJson=true")
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    path, channel = _place(page.text)
    size = _SIZES[turn.way]
    place = query(
        [
            ("_isAgg", "true"),
            ("_isJson", "true"),
            ("_pageSize", str(size)),
            ("_template", "index"),
            ("_rangeTimeGte", ""),
            ("_channelName", ""),
            ("page", str(turn.number)),
        ]
    )
    return ListRequest(
        url=at_host(page, f"{path}{channel}?{place}"), headers=headers(page), size=size
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    whole = under(json_of(text))
    data = under(whole, "results", "data") if "results" in whole else under(whole, "data")
    found = [
        entry(
            page,
            words(item, "title"),
            item.get("url"),
            day(item, "publishedTimeStr"),
            pinned=truth(item.get("isTop")),
            source=_meta(item, "source"),
            index_number=_meta(item, "indexnumber"),
        )
        for item in items(data, "results")
    ]
    total = count(data, "total")
    if total is None or (not found and total and turn.number == 1):
        raise NotUnderstood("no total, or no rows of it")
    return EndpointPage(entries=tuple(found), total=total)


def _place(text: str) -> tuple[str, str]:
    """Path of the endpoint and the channel's id, as the page names them."""
    called = _ENDPOINT.findall(text)
    own = _META.findall(text)
    if called:
        distinct = {channel for _, channel in called}
        # The list of the page's own channel, where it calls several.
        channel = own[0] if own and own[0] in distinct else one_of(sorted(distinct), "the channel")
        path = next(path for path, found in called if found == channel)
    else:
        channel = one_of(own[:1] or _CHANNEL.findall(text), "the channel")
        prefix = _PREFIX.search(text)
        path = prefix[1] if prefix else "/common/search/"
    return f"/{path.lstrip('/')}", channel


def _meta(item: Mapping[str, Any], key: str) -> str:
    """A field among the row's ``domainMetaList``; empty when it is not there."""
    groups = item.get("domainMetaList")
    for group in groups if isinstance(groups, list) else ():
        pairs = group.get("resultList") if isinstance(group, dict) else None
        for pair in pairs if isinstance(pairs, list) else ():
            if isinstance(pair, dict) and pair.get("key") == key:
                return words(pair, "value")
    return ""
