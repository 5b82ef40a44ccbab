"""开普 UCAP: rows as JSON from ``/common/search/<channel>`` (or ``/search/``, ``/searchList/``), from
``POST /getFileListByCodeId``, or from Suzhou's ``POST /szinf/…/loadData``.

The date is ``publishedTimeStr``; the epoch beside it was seen to disagree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checks.facts import Entry
from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, Turn
from crawler.cms.reading import (
    FORM_TYPE,
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
    r"<meta(?=[^<>]{0,300}\sname\s*=\s*[\"']channelId[\"'])"
    r"[^<>]{0,300}\scontent\s*=\s*[\"']([0-9a-f]{32})[\"']",
    re.I,
)
_CHANNEL = re.compile(r"channelId[\"']?\s*[:=,]\s*[\"']([0-9a-f]{32})[\"']")
_BY_FORM = re.compile(
    r"[\"'`]((?:https?:)?[^\"'`\s<>?]{0,200}/getFileListByCodeId)(?:\?([^\"'`<>]{0,500}))?[\"'`]"
)
_CODE = re.compile(r"(?:channelId|codeId)=([0-9a-f]{32})")
_SUZHOU = re.compile(
    r"[\"'`]([^\"'`\s<>?]{0,100}/szinf/[\w/\-]{1,150}/loadData)(?:\?([^\"'`<>]{0,300}))?[\"'`]"
)
_SUZHOU_CHANNEL = re.compile(r"channel_id[\"']?\s*[:=,]\s*[\"']?([0-9a-f]{32}|\d{1,12})(?![\w])")


@dataclass(frozen=True, slots=True)
class _Call:
    """How a page's list is asked for."""

    path: str
    channel: str
    kind: str
    """``search``, ``form`` or ``suzhou``."""


def recognise(text: str, url: str) -> Sign | None:
    if "/getFileListByCodeId" in text and _BY_FORM.search(text):
        return Sign(NAME, "getFileListByCodeId")
    if "/szinf/" in text and _SUZHOU.search(text):
        return Sign(NAME, "/szinf/…/loadData")
    if "/search" not in text and "_isJson" not in text:
        return None
    # Search boxes name the same paths: a list's call has its channel.
    called = _ENDPOINT.search(text)
    if called is not None:
        return Sign(NAME, called[1])
    if "_isJson" in text and (_META.search(text) or _CHANNEL.search(text)):
        return Sign(NAME, "_isJson")
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    call = _call(page.text)
    size = _SIZES[turn.way]
    if call.kind != "search":
        names = (
            ("channelId", "page", "size")
            if call.kind == "form"
            else ("channel_id", "pageIndex", "")
        )
        values = (call.channel, str(turn.number), str(size))
        form = [pair for pair in zip(names, values, strict=True) if pair[0]]
        asked = f"?pageSize={size}" if call.kind == "suzhou" else ""
        return ListRequest(
            url=at_host(page, f"{call.path}{asked}"),
            method="POST",
            headers=headers(page, **{"Content-Type": FORM_TYPE}),
            body=query(form).encode(),
            size=size,
        )
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
        url=at_host(page, f"{call.path}{call.channel}?{place}"), headers=headers(page), size=size
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    whole = under(json_of(text))
    if isinstance(whole.get("results"), dict):
        whole = under(whole, "results")
    data = under(whole, "data") if isinstance(whole.get("data"), dict) else whole
    suzhou = "allRow" in data
    found = [_row(page, item) for item in items(data, "list" if suzhou else "results")]
    total = count(data, "allRow" if suzhou else "total")
    if total is None or (not found and total and turn.number == 1):
        raise NotUnderstood("no total, or no rows of it")
    return EndpointPage(entries=tuple(found), total=total)


def _row(page: ListPage, item: Mapping[str, Any]) -> Entry:
    return entry(
        page,
        words(item, "title", "TITLE"),
        item.get("url") or item.get("URL"),
        day(item, "publishedTimeStr", "PUBLISHED_TIME_FORMAT"),
        pinned=truth(item.get("isTop")) or truth(item.get("IS_TOP")),
        source=_meta(item, "source"),
        index_number=_meta(item, "indexnumber") or words(item, "C_SYH"),
    )


def _call(text: str) -> _Call:
    """The one call of the page's list. Raises ``NotUnderstood``.

    Where a page calls several lists, its own channel's, if it says which that is.
    """
    own = _META.findall(text)[:1]
    by_form, suzhou = _BY_FORM.search(text), _SUZHOU.search(text)
    called = _ENDPOINT.findall(text)
    if called:
        distinct = {channel for _, channel in called}
        channel = own[0] if own and own[0] in distinct else one_of(sorted(distinct), "the channel")
        path = next(path for path, found in called if found == channel)
        return _Call(f"/{path.lstrip('/')}", channel, "search")
    if suzhou is not None:
        return _Call(suzhou[1], one_of(_SUZHOU_CHANNEL.findall(text), "channel_id"), "suzhou")
    channels = _CHANNEL.findall(text) + _CODE.findall(text)
    if not channels or (own and own[0] in channels):
        channels = own
    channel = one_of(channels, "the channel")
    if by_form is not None:
        return _Call(by_form[1], channel, "form")
    prefix = _PREFIX.search(text)
    path = prefix[1] if prefix else "/common/search/"
    return _Call(f"/{path.lstrip('/')}", channel, "search")


def _meta(item: Mapping[str, Any], key: str) -> str:
    """A field among the row's ``domainMetaList``; empty when it is not there."""
    groups = item.get("domainMetaList")
    for group in groups if isinstance(groups, list) else ():
        pairs = group.get("resultList") if isinstance(group, dict) else None
        for pair in pairs if isinstance(pairs, list) else ():
            if isinstance(pair, dict) and pair.get("key") == key:
                return words(pair, "value")
    return ""
