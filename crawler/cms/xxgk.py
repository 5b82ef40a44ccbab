"""大汉 Hanweb xxgk, the disclosure module: rows as HTML by ``POST /module/xxgk/search.jsp``.

Without the catalogue's code the answer covers the whole organ: then only articles of the column
itself are its rows, and no rows prove nothing.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from itertools import islice
from urllib.parse import parse_qs, urlsplit

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
    FORM_TYPE,
    at_host,
    declared,
    fragment,
    headers,
    number,
    query,
)
from crawler.scope import host_key
from crawler.urls import canonical

NAME = "xxgk"
WAYS = 1
MAX_NODES = 5000
MAX_DEPTH = 12

_AREA = re.compile(
    r"(?:(?:tree|search)\.jsp\?(?:[^\"'\s]{0,200}&(?:amp;)?)?area=|vc_xxgkarea=)([0-9A-Za-z]{0,30})"
)
_DIVIDED = re.compile(r"divid=(div\d{1,20})")
_TYPE = re.compile(r"infotypeId=([0-9A-Za-z]{1,40})")
_SITE = re.compile(r"[?&;]jdid=(\d{1,10})")
_COLUMN = re.compile(r"/col/col(\d{1,20})")
_PAGES = re.compile(r"共\s*(\d{1,6})\s*页")
_TOTAL = re.compile(r"共\s*(\d{1,8})\s*条")
_TREE = re.compile(r"[\"']([^\"'\s<>]{0,200}/module/xxgk/tree\.jsp\?[^\"'\s<>]{3,500})[\"']")
_NODE = re.compile(r"\.\s*add\s*\(\s*[\"']?(-?\w{1,40})[\"']?\s*,\s*[\"']?(-?\w{1,40})[\"']?\s*,")
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.S)
_CODE = re.compile(r"(?:funclick\s*\(\s*[\"']|[?&]number=|infotypeId=)([0-9A-Za-z]{1,40})")
_LINK = re.compile(
    r"\bhref\s*=\s*[\"']([^\"'<>\s]{1,500})[\"']|^((?:https?:|\.?/)\S{1,500}\.\w{2,5}\S{0,200})$"
)
_TAGS = re.compile(r"<[^<>]{0,500}>")
_COUNTED = re.compile(r"[（(\[]\s*(\d{1,7})\s*[）)\]]\s*$")
_MARKS = ("tr_main_value_", "bt_link", "gkfs=", "共")


def recognise(text: str, url: str) -> Sign | None:
    if "/module/xxgk/" in text and "dataproxy.jsp" not in text and _COLUMN.search(url):
        return Sign(NAME, "/module/xxgk/")
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    column = _COLUMN.search(urlsplit(page.url).path)
    area = _AREA.search(page.text) or _AREA.search(page.url)
    if column is None or area is None:
        raise NotUnderstood("no column or area declared")
    divided = _DIVIDED.search(page.text)
    kind = _type(page)
    site = _SITE.search(page.text)
    number_of = str(turn.number)
    place = [
        ("infotypeId", kind),
        ("jdid", site[1] if site else declared(page.text, "jdid")),
        ("area", area[1]),
        ("divid", divided[1] if divided else f"div{column[1]}"),
        ("vc_title", ""),
        ("vc_number", ""),
        ("sortfield", ",createdatetime:0,orderid:0"),
        ("currpage", number_of),
        ("vc_filenumber", ""),
        ("vc_all", ""),
        ("texttype", "0"),
        ("fbtime", "-1"),
        ("standardXxgk", declared(page.text, "standardXxgk") or "0"),
        ("isAllList", "1"),
    ]
    search = [
        (n, v)
        for n, v in place
        if n
        in {
            "texttype",
            "fbtime",
            "vc_all",
            "vc_filenumber",
            "vc_title",
            "vc_number",
            "currpage",
            "sortfield",
        }
    ]
    return ListRequest(
        url=at_host(page, f"/module/xxgk/search.jsp?{query(search, safe=',:')}"),
        method="POST",
        headers=headers(page, **{"Content-Type": FORM_TYPE}),
        # The form says again what the address says, as the page's own script does.
        body=query([*place, *search], safe=",:").encode(),
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    if not any(mark in text for mark in _MARKS):
        raise NotUnderstood("no rows and no pager of this module")
    column = _COLUMN.search(urlsplit(page.url).path)
    if column is None:
        raise NotUnderstood("no column")
    sure = bool(_type(page))
    entries = fragment(text, page, only="" if sure else f"art_{column[1]}_")
    counted, paged = _TOTAL.search(text), _PAGES.search(text)
    pages = number(paged[1]) if paged else None
    total = number(counted[1]) if counted and sure else None
    if not entries and turn.number == 1 and total != 0:
        raise NotUnderstood("no rows, and no count that says 0")
    if total is None and pages is None:
        raise NotUnderstood("neither rows nor pages are counted")
    return EndpointPage(entries=entries, total=total, pages=pages)


def catalogue(
    page: ListPage, answers: Mapping[str, str]
) -> tuple[CatalogueNode, ...] | ListRequest:
    """The organ's tree as ``tree.jsp`` writes it: ``d.add(id, parent, …)`` with the node's name,
    and the catalogue's code in its click. A column's address is the page's with that code."""
    found = _TREE.search(page.text)
    if found is None:
        raise NotUnderstood("no tree.jsp named")
    address = at_host(page, html.unescape(found[1]))
    if address not in answers:
        return ListRequest(url=address, headers=headers(page))
    nodes: dict[str, tuple[str, str, str | None]] = {}
    text = answers[address]
    for match in islice(_NODE.finditer(text), MAX_NODES):
        call = text[match.end() : match.end() + 1500].partition("\n")[0]
        call = call.partition(".add(")[0]
        name, url = _shown(call, page)
        if name and match[2] != "-1" and match[1] != match[2]:
            nodes.setdefault(match[1], (match[2], name, url))
    if not nodes:
        raise NotUnderstood("no nodes in the tree")
    out = []
    for parent, name, url in nodes.values():
        above: list[str] = []
        while parent in nodes and len(above) < MAX_DEPTH:
            parent, upper, _ = nodes[parent]
            above.append(_COUNTED.sub("", upper))
        counted = _COUNTED.search(name)
        out.append(
            CatalogueNode(
                name=_COUNTED.sub("", name),
                url=url,
                above=tuple(reversed(above)),
                count=number(counted[1]) if counted else None,
                elsewhere=url is not None and host_key(url) != host_key(page.url),
            )
        )
    return tuple(out)


def _shown(call: str, page: ListPage) -> tuple[str, str | None]:
    """A node's name and address, among the strings that it is made with."""
    name, code, link = "", "", ""
    for match in islice(_STRING.finditer(call), 10):
        value = re.sub(r"\\(.)", r"\1", match[1] if match[1] is not None else match[2])
        coded, linked = _CODE.search(value), _LINK.search(value)
        code = code or (coded[1] if coded else "")
        link = link or ((linked[1] or linked[2]) if linked else "")
        if not name and not value.startswith(("http", "/", "javascript")):
            name = " ".join(html.unescape(_TAGS.sub("", value)).split())
    if code:
        parts = urlsplit(page.url)
        kept = [(n, v[0]) for n, v in parse_qs(parts.query).items() if n != "number"]
        return name, at_host(page, f"{parts.path}?{query([*kept, ('number', code)])}")
    if link and not link.lower().startswith(("javascript", "#")):
        return name, canonical(html.unescape(link), page.url)
    return name, None


def _type(page: ListPage) -> str:
    """The catalogue's code; empty when the page does not say it."""
    asked = parse_qs(urlsplit(page.url).query).get("number", [""])[0]
    found = _TYPE.search(page.text)
    return asked or declared(page.text, "infotypeId") or (found[1] if found else "")
