"""新点 Epoint EWB: rows by ``POST …/rest/lightfrontaction/getgovinfolist`` with a JSON body.

The site's own number and folder stand in ``webBuilderCommon.js``, which is read first. Most servers
count pages from 0; one that counts from 1 gives its first page twice.
"""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, State, Turn
from crawler.cms.reading import (
    at_host,
    count,
    day,
    declared,
    entry,
    headers,
    items,
    json_of,
    truth,
    under,
    words,
)

NAME = "epoint"
WAYS = 2
"""The plain body, then the same within ``params``."""
SIZE = 50

_SCRIPT = re.compile(
    r"<script[^>]{0,300}src\s*=\s*[\"']([^\"']{0,200}webBuilderCommon\.js[^\"']{0,60})", re.I
)
_GUID = re.compile(r"[0-9a-fA-F-]{32,36}")
_CATEGORY = re.compile(r"/category/(?:[\w\-]+/)*?((?:\d{3,}))/[^/]*\.html?$")
_SIGNS = ("getgovinfolist", "lightfrontaction", "webBuilderCommon.js", "EWB-FRONT")


def recognise(text: str, url: str) -> Sign | None:
    if not _category(url):
        return None
    for sign in _SIGNS:
        if sign in text:
            return Sign(NAME, sign)
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    category = _category(page.url)
    if not category:
        raise NotUnderstood("no category in the column's address")
    site = _site(page.text) or turn.state
    if "siteGuid" not in site:
        script = _SCRIPT.search(page.text)
        if script is None:
            raise NotUnderstood("no siteInfo, and no script that has it")
        return ListRequest(
            url=at_host(page, script[1].replace("&amp;", "&")), headers=headers(page)
        )
    department = parse_qs(urlsplit(page.url).query).get("deptcode", [""])[0]
    body: dict[str, object] = {
        "deptcode": department,
        "categorynum": category,
        "pageIndex": turn.number - 1 + int(turn.state.get("first", "0")),
        "pageSize": SIZE,
        "siteGuid": site["siteGuid"],
    }
    return ListRequest(
        url=at_host(page, f"{site['project']}/rest/lightfrontaction/getgovinfolist"),
        method="POST",
        headers=headers(page, **{"Content-Type": "application/json;charset=UTF-8"}),
        body=json.dumps({"params": body} if turn.way else body).encode(),
        size=SIZE,
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    state = dict(turn.state)
    if not _site(page.text) and "siteGuid" not in state:
        site = _site(text)
        if not site:
            raise NotUnderstood("no siteInfo in the script")
        return EndpointPage(state={**state, **site}, again=True)
    data = under(json_of(text), "custom")
    found = [
        entry(
            page,
            words(item, "realtitle", "title"),
            next((item[n] for n in ("linkurl", "infourl", "visiturl") if item.get(n)), None),
            day(item, "infodate"),
            pinned=truth(item.get("istop")),
        )
        for item in items(data, "data")
    ]
    total = count(data, "total")
    if total is None:
        raise NotUnderstood("no total")
    counted_from_0 = state.get("first", "0") == "0"
    if counted_from_0 and turn.number == 1 and not found and total:
        return EndpointPage(state={**state, "first": "1"}, again=True)
    top = found[0].url if found else ""
    if counted_from_0 and turn.number == 2 and top and top == state.get("top"):
        return EndpointPage(state={**state, "first": "1"}, again=True)
    if not found and total and turn.number == 1:
        raise NotUnderstood("no rows of those that are claimed")
    if turn.number == 1:
        state["top"] = top
    return EndpointPage(entries=tuple(found), total=total, state=state)


def _category(url: str) -> str:
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    for name in ("categorynum", "CategoryNum"):
        if name in asked:
            return asked[name][0]
    found = _CATEGORY.search(parts.path)
    return found[1] if found else ""


def _site(text: str) -> State:
    """The site's number and its folder, where a text declares them."""
    guid, project = declared(text, "siteGuid"), declared(text, "projectName")
    if not _GUID.fullmatch(guid) or not project:
        return {}
    return {"siteGuid": guid, "project": "/" + project.strip("/")}
