"""Menus that scripts build: trees and menus written as data or as calls.

Pure. zTree nodes ``{id, pId, name, url}``, dTree calls ``d.add(id, pid, 'name', 'url')``, arrays of
name and address, nested ``children``, and markup that ``document.write`` puts out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from crawler import urls
from crawler.extract.scripted import literal_at, loads
from crawler.extract.tree import build
from crawler.menus import MAX_LEVELS, Item, Where, read_menus
from crawler.naming import column_name, is_generic, may_name

MAX_SCRIPT = 400_000
MAX_FOUND = 1500
MAX_LITERALS = 60

_LITERAL = re.compile(r"[=(:,]\s*(?=[\[{])")
_ADD = re.compile(
    r"\.add\(\s*['\"]?(-?\w{1,20})['\"]?\s*,\s*['\"]?(-?\w{1,20})['\"]?\s*,\s*(?:\"([^\"\r\n]{0,200})\"|'([^'\r\n]{0,200})')"
    r"\s*(?:,\s*(?:\"([^\"\r\n]{0,500})\"|'([^'\r\n]{0,500})'))?"
)
_CALL = re.compile(
    r"\b\w*(?:[Ii]tem|[Mm]enu|[Nn]ode)\w*\s*\(\s*(?:\"([^\"\r\n]{1,100})\"|'([^'\r\n]{1,100})')\s*,\s*(?:\"([^\"\r\n]{1,500})\"|'([^'\r\n]{1,500})')"
)
_WRITE = re.compile(
    r"document\.write(?:ln)?\s*\(\s*(?:\"((?:[^\"\\\r\n]|\\.){1,4000})\"|'((?:[^'\\\r\n]|\\.){1,4000})')"
)
_NAMES = ("name", "title", "text", "label", "columnName", "menuName", "channelName", "lmmc")
_ADDRESSES = ("url", "href", "link", "linkUrl", "path", "target_url", "src")
_IDS = ("id", "Id", "ID", "nodeId")
_PARENTS = ("pId", "pid", "parentId", "parentid", "PID", "parent_id", "pID")
_CHILDREN = ("children", "child", "childs", "nodes", "items", "sub", "subs", "submenu", "list")


def script_items(scripts: Iterable[str], url: str) -> tuple[Item, ...]:
    """The menu items that a page's scripts build; ``url``: the page's address."""
    found: list[Item] = []
    resolver = urls.Resolver(url)
    for text in scripts:
        text = text[:MAX_SCRIPT]
        if len(found) >= MAX_FOUND or ("url" not in text and "htm" not in text and "/" not in text):
            continue
        found += _items(text, resolver, url)
    return tuple(found[:MAX_FOUND])


def _items(text: str, resolver: urls.Resolver, url: str) -> Iterator[Item]:
    nodes = list(_dtree(text))
    if nodes:
        yield from _nested(nodes, resolver)
        return
    any_found = False
    at = 0
    for _ in range(MAX_LITERALS):
        start = _LITERAL.search(text, at)
        if start is None:
            break
        literal = literal_at(text, start.end())
        at = start.end() + 1
        if literal is None or len(literal) < 30:
            continue
        data = loads(literal)
        if data is None:
            continue
        at = start.end() + len(literal)
        for item in _from_data(data, resolver):
            any_found = True
            yield item
    if any_found:
        return
    calls = [
        (name, address)
        for m in _CALL.finditer(text)
        if may_name(name := column_name(m[1] or m[2]))
        and (address := resolver.canonical(m[3] or m[4])) is not None
    ]
    if len(calls) >= 2:
        for name, address in calls:
            yield Item(name=name, url=address, block="script", where=Where.SCRIPT)
    yield from _written(text, url)


# --- flat nodes with ids --------------------------------------------------------------------------

_Node = tuple[str, str, str, str]
"""Id, parent's id, name, address."""


def _dtree(text: str) -> Iterator[_Node]:
    for match in _ADD.finditer(text):
        yield match[1], match[2], match[3] or match[4] or "", match[5] or match[6] or ""


def _nested(nodes: list[_Node], resolver: urls.Resolver) -> Iterator[Item]:
    """Items with the names above them."""
    known = {node[0]: node for node in nodes}
    for own, parent, name, address in nodes:
        called = column_name(name)
        url = resolver.canonical(address) if _leads(address) else None
        if url is None or not may_name(called):
            continue
        above: list[str] = []
        been = {own}
        while parent in known and parent not in been and len(above) < MAX_LEVELS:
            been.add(parent)
            step = column_name(known[parent][2])
            # The root bears the site's or the tree's own name.
            if (may_name(step) and not is_generic(step) and known[parent][1] in known) or (
                may_name(step) and not is_generic(step) and _leads(known[parent][3])
            ):
                above.append(step)
            parent = known[parent][1]
        yield Item(
            name=called,
            url=url,
            above=tuple(reversed(above)),
            linked=True,
            block="script",
            where=Where.SCRIPT,
        )


def _leads(address: str) -> bool:
    address = address.strip()
    return bool(address) and address[0] != "#" and not address.lower().startswith("javascript")


# --- literals -------------------------------------------------------------------------------------


def _from_data(data: Any, resolver: urls.Resolver) -> Iterator[Item]:
    rows = data if isinstance(data, list) else [data]
    flat = [row for row in rows if isinstance(row, Mapping)]
    if flat and all(_text(row, _PARENTS) for row in flat) and len(flat) >= 2:
        nodes = [
            (_text(r, _IDS), _text(r, _PARENTS), _text(r, _NAMES), _text(r, _ADDRESSES))
            for r in flat
        ]
        yield from _with_roots(nodes, resolver)
        return
    found = list(_walk(rows, (), resolver))
    if len(found) >= 2:
        yield from found


def _with_roots(nodes: list[_Node], resolver: urls.Resolver) -> Iterator[Item]:
    """Nodes whose uppermost may be columns: they are a level, not one root."""
    known = {node[0] for node in nodes}
    tops = [node for node in nodes if node[1] not in known]
    if len(tops) > 1:
        root = ("\0root", "", "", "")
        nodes = [root, *((n[0], n[1] if n[1] in known else "\0root", n[2], n[3]) for n in nodes)]
    yield from _nested(nodes, resolver)


def _walk(rows: Iterable[Any], above: tuple[str, ...], resolver: urls.Resolver) -> Iterator[Item]:
    if len(above) > MAX_LEVELS:
        return
    for row in rows:
        if isinstance(row, Mapping):
            name, address = column_name(_text(row, _NAMES)), _text(row, _ADDRESSES)
            kids: list[Any] = next((row[c] for c in _CHILDREN if isinstance(row.get(c), list)), [])
        elif isinstance(row, list) and len(row) >= 2 and isinstance(row[0], str):
            name = column_name(row[0])
            address = row[1] if isinstance(row[1], str) else ""
            kids = next((part for part in row[1:] if isinstance(part, list)), [])
        else:
            continue
        url = resolver.canonical(address) if _leads(address) and _is_address(address) else None
        named = may_name(name)
        if named and url is not None:
            yield Item(
                name=name, url=url, above=above, linked=True, block="script", where=Where.SCRIPT
            )
        if kids:
            inner = (*above, name) if named and not is_generic(name) else above
            yield from _walk(kids, inner, resolver)


def _is_address(address: str) -> bool:
    return "/" in address or "." in address


def _text(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


# --- written markup -------------------------------------------------------------------------------


def _written(text: str, url: str) -> Iterator[Item]:
    parts = [m[1] or m[2] or "" for m in _WRITE.finditer(text)]
    markup = "".join(parts).replace("\\/", "/").replace('\\"', '"').replace("\\'", "'")
    if "<a" not in markup.lower():
        return
    tree = build(markup)
    try:
        yield from read_menus(tree, url).items
    finally:
        tree.release()
