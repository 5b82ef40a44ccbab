"""TrueCMS: ``messageController/getMessage.do`` answers JSONP, within it a datastore as jpage's.

Servers differ in how many rows they give at once: one gives none above 50, another 404 at 50.
"""

from __future__ import annotations

import re

from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, Turn
from crawler.cms.reading import at_host, declared, headers, json_of, one_of, query, under
from crawler.extract.rows import entry_of, resolve_years
from crawler.extract.scripted import datastore
from crawler.urls import Resolver

NAME = "truecms"
WAYS = 3
"""50 rows at once, then 20, then 10."""

_SIZES = (50, 20, 10)
_ENDPOINT = re.compile(
    r"[\"']([^\"'\s<>?]{0,200}/messageController/getMessage\.do)[^\"'\s<>]{0,600}[\"']", re.I
)
_COLUMN = re.compile(r"columnId[\"']?\s*[:=]\s*[\"']?([0-9a-zA-Z\-]{1,40})")


def recognise(text: str, url: str) -> Sign | None:
    if "getMessage.do" in text and _ENDPOINT.search(text) is not None:
        return Sign(NAME, "getMessage.do")
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    endpoint = one_of(_ENDPOINT.findall(page.text), "the endpoint")
    column = one_of(_COLUMN.findall(page.text), "columnId")
    size = _SIZES[turn.way]
    pairs = [
        ("startrecord", str(turn.received + 1)),
        ("endrecord", str(turn.received + size)),
        ("perpage", str(size)),
        ("columnId", column),
        ("callback", "cb"),
    ]
    template = declared(page.text, "contentTemplate")
    if template:
        pairs.append(("contentTemplate", template))
    return ListRequest(
        url=at_host(page, f"{endpoint}?{query(pairs)}"), headers=headers(page), size=size
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    result = under(json_of(text)).get("result")
    if not isinstance(result, str) or "<datastore" not in result[:5000].lower():
        raise NotUnderstood("no datastore in the result")
    found = datastore(result, Resolver(page.url), None)
    resolve_years(found.rows)
    total = found.pager.rows if found.pager is not None else None
    if not found.rows and turn.number == 1 and total != 0:
        raise NotUnderstood("an empty datastore is no empty column")
    return EndpointPage(entries=tuple(entry_of(row) for row in found.rows), total=total)
