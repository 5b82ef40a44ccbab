"""大汉 Hanweb xxgk, the disclosure module: rows as HTML by ``POST /module/xxgk/search.jsp``.

Without the catalogue's code the answer covers the whole organ: then only articles of the column
itself are its rows, and no rows prove nothing.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, Turn
from crawler.cms.reading import (
    FORM_TYPE,
    at_host,
    declared,
    fragment,
    headers,
    number,
    query,
)

NAME = "xxgk"
WAYS = 1

_AREA = re.compile(
    r"(?:tree\.jsp\?(?:[^\"'\s]{0,200}&(?:amp;)?)?area=|vc_xxgkarea=)([0-9A-Za-z]{0,30})"
)
_DIVIDED = re.compile(r"divid=(div\d{1,20})")
_TYPE = re.compile(r"infotypeId=([0-9A-Za-z]{1,40})")
_SITE = re.compile(r"[?&;]jdid=(\d{1,10})")
_COLUMN = re.compile(r"/col/col(\d{1,20})")
_PAGES = re.compile(r"共\s*(\d{1,6})\s*页")
_TOTAL = re.compile(r"共\s*(\d{1,8})\s*条")
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


def _type(page: ListPage) -> str:
    """The catalogue's code; empty when the page does not say it."""
    asked = parse_qs(urlsplit(page.url).query).get("number", [""])[0]
    found = _TYPE.search(page.text)
    return asked or declared(page.text, "infotypeId") or (found[1] if found else "")
