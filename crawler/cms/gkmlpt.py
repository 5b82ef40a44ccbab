"""Guangdong gkmlpt (政府信息公开目录管理平台): one page for all columns, rows from its API.

``/gkmlpt/index`` declares the site's number and the tree of columns; a column is known by its name.
``display_publish_time`` is what the page shows as 发布日期; ``date`` is the 成文日期 and not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from crawler.cms.family import (
    CatalogueNode,
    EndpointPage,
    ListPage,
    ListRequest,
    NotUnderstood,
    Sign,
    Turn,
)
from crawler.cms.reading import (
    at_host,
    count,
    day,
    entry,
    headers,
    items,
    json_of,
    number,
    one_of,
    query,
    truth,
    under,
    words,
)
from crawler.extract.scripted import literal_at, loads
from crawler.extract.tree import bare
from crawler.scope import host_key
from crawler.urls import canonical

NAME = "gkmlpt"
WAYS = 1
SIZE = 100
"""Rows of a page; the API decides."""
MAX_NODES = 5000
MAX_DEPTH = 12

_CONFIG = re.compile(r"window\._CONFIG\s*=\s*(?=\{)")
_TREE = re.compile(r"(?<![\w$])[\"']?TREE[\"']?\s*:\s*(?=\[)")
_SID = re.compile(r"(?<![\w$])[\"']?SID[\"']?\s*:\s*[\"']?(\d{1,12})")
_PLACE = "/gkmlpt/"


def shows_all(url: str) -> bool:
    """Whether all columns of a site stand at this address."""
    return f"{_PLACE}index" in url


def recognise(text: str, url: str) -> Sign | None:
    if "window._CONFIG" in text and "TREE" in text and "SID" in text:
        return Sign(NAME, "window._CONFIG")
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    sid, columns = _declared(page.text)
    column = _column(columns, page.names)
    folder = urlsplit(page.url).path.partition(_PLACE)[0]
    place = query([("page", str(turn.number)), ("sid", sid)])
    return ListRequest(
        url=at_host(page, f"{folder}{_PLACE}api/all/{column}?{place}"),
        headers=headers(page),
        size=SIZE,
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    data = under(json_of(text))
    found = [
        entry(
            page,
            words(item, "title"),
            item.get("url") or item.get("post_url"),
            day(item, "display_publish_time", "first_publish_time", "created_at"),
            pinned=truth(item.get("is_top")),
            source=words(item, "publisher"),
            index_number=words(item, "identifier"),
        )
        for item in items(data, "articles")
    ]
    column = data.get("classify")
    posts = count(column, "post_count") if isinstance(column, Mapping) else None
    total = count(data, "total")
    if total is None:
        total = posts
    if total is None or (not found and turn.number == 1 and (total or posts)):
        raise NotUnderstood("no total, or no rows of it")
    return EndpointPage(entries=tuple(found), total=total)


def catalogue(
    page: ListPage, answers: Mapping[str, str]
) -> tuple[CatalogueNode, ...] | ListRequest:
    """The site's tree: all columns stand at the index, told apart by their names; nodes with a
    ``jump_url`` are links to somewhere else, on this site or another."""
    _, tree = _declared(page.text)
    folder = urlsplit(page.url).path.partition(_PLACE)[0]
    index = at_host(page, f"{folder}{_PLACE}index")
    out: list[CatalogueNode] = []
    stack: list[tuple[Any, tuple[str, ...]]] = [(node, ()) for node in reversed(tree)]
    while stack and len(out) < MAX_NODES:
        node, above = stack.pop()
        name = words(node, "name") if isinstance(node, dict) else ""
        if not name:
            continue
        jump = node.get("jump_url")
        below = node.get("children")
        children = below if isinstance(below, list) and len(above) < MAX_DEPTH else []
        posts = count(node, "post_count")
        url: str | None = index
        if isinstance(jump, str) and jump.strip():
            url = canonical(jump.strip(), page.url)
        elif number(node.get("id")) is None or (children and not posts):
            url = None
        out.append(
            CatalogueNode(
                name=name,
                url=url,
                above=above,
                count=posts,
                elsewhere=url is not None and host_key(url) != host_key(page.url),
            )
        )
        stack += [(child, (*above, name)) for child in reversed(children)]
    if not out:
        raise NotUnderstood("an empty tree")
    return tuple(out)


def _declared(text: str) -> tuple[str, list[Any]]:
    """The site's number and its tree of columns. Raises ``NotUnderstood``."""
    start = _CONFIG.search(text)
    config = literal_at(text, start.end()) if start else None
    sid = _SID.search(config) if config else None
    tree = _TREE.search(config) if config else None
    columns = loads(literal_at(config or "", tree.end()) or "") if tree else None
    if sid is None or not isinstance(columns, list):
        raise NotUnderstood("no SID or TREE in _CONFIG")
    return sid[1], columns


def _column(tree: list[Any], names: tuple[str, ...]) -> int:
    """Id of the one column with one of these names. Raises ``NotUnderstood``.

    A node that leads elsewhere (``jump_url``) is no column of this list.
    """
    wanted = {bare(name) for name in names}
    found = []
    for node in _nodes(tree):
        own = number(node.get("id"))
        if own is not None and bare(words(node, "name")) in wanted and not node.get("jump_url"):
            found.append(str(own))
    return int(one_of(found, "the column's name"))


def _nodes(tree: list[Any]) -> Iterator[Mapping[str, Any]]:
    waiting = list(tree)
    for _ in range(MAX_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            children = node.get("children")
            waiting.extend(children if isinstance(children, list) else ())
