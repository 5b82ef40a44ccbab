"""The Anhui make (``site/label/8888``): rows as HTML from a label of the column page.

Its 暂无相关信息 appears for a wrong id as well, so that an empty answer never proves an empty column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from crawler.cms.family import (
    CatalogueNode,
    EndpointPage,
    ListPage,
    ListRequest,
    NotUnderstood,
    Sign,
    Turn,
)
from crawler.cms.reading import at_host, count, declared, fragment, headers, number, query, words
from crawler.extract.scripted import literal_at, loads
from crawler.scope import host_key

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

_ORGAN = re.compile(r"^(.*/public/column/)(\d{1,12})$")
_NODES = re.compile(r"[=:(,]\s*(?=\[\s*\{)")
_IDS = ("catId", "organCatId", "id")
_PARENTS = ("pId", "parentId", "pid")
_NAMES = ("name", "catName", "title")
_LINKS = ("redirectLink", "link", "url", "href")
MAX_ARRAYS = 40
MAX_NODES = 5000
MAX_DEPTH = 12


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


# --- the tree -------------------------------------------------------------------------------------


def catalogue(
    page: ListPage, answers: Mapping[str, str]
) -> tuple[CatalogueNode, ...] | ListRequest:
    """An organ's tree of catalogues, where its page declares it as data (nested, or by parents)."""
    parts = urlsplit(page.url)
    organ = _ORGAN.match(parts.path)
    if organ is None:
        raise NotUnderstood("no organ in the address")
    best: list[tuple[Mapping[str, Any], tuple[str, ...]]] = []
    for match in islice(_NODES.finditer(page.text), MAX_ARRAYS):
        literal = literal_at(page.text, match.end())
        data = loads(literal) if literal else None
        found = _walked(data) if isinstance(data, list) else []
        if len(found) > len(best):
            best = found
    if not best:
        raise NotUnderstood("no tree declared")
    kind = parse_qs(parts.query).get("type", ["4"])[0]
    above = {name for _, names in best for name in names}
    return tuple(_node(page, organ, kind, node, names, above) for node, names in best)


def _walked(data: list[Any]) -> list[tuple[Mapping[str, Any], tuple[str, ...]]]:
    """The nodes in the tree's order with the names above each; empty: these are no such nodes."""
    if not all(isinstance(n, dict) and _id(n) and words(n, *_NAMES) for n in data[:MAX_NODES]):
        return []
    nodes = data[:MAX_NODES]
    known = {_id(node) for node in nodes}
    below: dict[str, list[Mapping[str, Any]]] = {}
    roots: list[Mapping[str, Any]] = []
    for node in nodes:
        parent = next((str(node[n]) for n in _PARENTS if node.get(n) not in (None, "")), "")
        if parent in known and parent != _id(node):
            below.setdefault(parent, []).append(node)
        else:
            roots.append(node)
    if not any(isinstance(n.get("children"), list) for n in nodes) and not below:
        return []  # some list of things with names, and no tree
    out: list[tuple[Mapping[str, Any], tuple[str, ...]]] = []
    stack: list[tuple[Mapping[str, Any], tuple[str, ...]]] = [(n, ()) for n in reversed(roots)]
    while stack and len(out) < MAX_NODES:
        node, names = stack.pop()
        out.append((node, names))
        inner = node.get("children")
        kids = [k for k in inner if isinstance(k, dict)] if isinstance(inner, list) else []
        if len(names) < MAX_DEPTH:
            kids = [k for k in (*kids, *below.get(_id(node), ())) if words(k, *_NAMES) and _id(k)]
            stack += [(kid, (*names, words(node, *_NAMES))) for kid in reversed(kids)]
    return out


def _id(node: Mapping[str, Any]) -> str:
    for name in _IDS:
        value = node.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and value.isascii() and value.isalnum():
            return value[:40]
    return ""


def _node(
    page: ListPage,
    organ: re.Match[str],
    kind: str,
    node: Mapping[str, Any],
    above: tuple[str, ...],
    parents: set[str],
) -> CatalogueNode:
    name = words(node, *_NAMES)
    link = words(node, *_LINKS)
    heading = name in parents and not link
    url = None
    if link and not link.lower().startswith("javascript"):
        url = at_host(page, link)
    elif not heading:
        asked = query([("type", kind), ("catId", _id(node)), ("action", "list")])
        url = at_host(page, f"{organ[1]}{organ[2]}?{asked}")
    elsewhere = url is not None and host_key(url) != host_key(page.url)
    return CatalogueNode(
        name=name,
        url=url,
        above=above,
        count=count(node, "count", "num", "total"),
        elsewhere=elsewhere,
    )
