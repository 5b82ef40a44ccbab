"""ASP.NET lists whose pages follow by ``__doPostBack``, those of the old 新点 Epoint among them.

The column's own page is asked for by its form. Each page carries the state that the next one needs,
so a page can only be had after the page before it, and every answer is a whole page again.
"""

from __future__ import annotations

import html
import re
from urllib.parse import quote, urlsplit

from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, Turn
from crawler.cms.reading import at_host
from crawler.extract.listing import find_list
from crawler.extract.tree import build
from crawler.urls import Resolver

NAME = "aspnet"
WAYS = 1
MAX_FORM = 2_000_000
"""Characters of a form that is sent back."""
MAX_LINKS = 5000

_LINK = re.compile(r"<a\b([^<>]{0,1000})>(.{0,600}?)</a\s*>", re.S | re.I)
_POSTBACK = re.compile(
    r"__doPostBack\s*\(\s*['\"]([^'\"()]{1,300})['\"]\s*,\s*['\"]([^'\"()]{0,100})['\"]\s*\)"
)
_TAG = re.compile(r"<[^<>]{0,1000}>")
_NEXT_WORDS = frozenset(["下一页", "下页", "后一页", "下一頁", "next", ">", "›", "»next", "后页"])
_PAGE_WORDS = _NEXT_WORDS | {
    "首页",
    "尾页",
    "末页",
    "上一页",
    "上页",
    "最后一页",
    "...",
    ">>",
    "<<",
}
_PICTURE_NEXT = re.compile(r"src\s*=\s*[\"']?[^\"'\s>]*?(?:next|xiaye|xyy|xiayiye)[\w.\-]*", re.I)
_PICTURE_WORD = re.compile(r"(?:alt|title)\s*=\s*+[\"']?\s*+(?:下一页|下页|next)", re.I)
_PAGER = re.compile(r"pag(?:e|ing|ination)", re.I)
_FORM = re.compile(r"<form\b([^<>]{0,2000})>", re.I)
_INPUT = re.compile(r"<input\b([^<>]*)>", re.I)
_ATTRIBUTE = re.compile(r"([\w:$-]{1,60})\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_CHARSET = re.compile(r"charset\s*=\s*+[\"']?\s*+(gb[\w-]{1,8})", re.I)
_SENT = frozenset(["hidden", "text", ""])
"""Kinds of fields that go back as they came: no button is pressed, no password is sent."""


def recognise(text: str, url: str) -> Sign | None:
    if "__doPostBack" not in text or "__VIEWSTATE" not in text:
        return None
    return Sign(NAME, "__doPostBack") if _next(text, 1) is not None else None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    if "__VIEWSTATE" not in page.text:
        raise NotUnderstood("no state")
    if turn.number == 1:
        return ListRequest(url=page.url, headers={"Referer": page.url})
    if "form" not in turn.state:
        raise NotUnderstood("no link to the next page")
    return ListRequest(
        url=turn.state["action"],
        method="POST",
        headers={"Referer": page.url, "Content-Type": "application/x-www-form-urlencoded"},
        body=turn.state["form"].encode("ascii"),
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    if "__VIEWSTATE" not in text:
        raise NotUnderstood("no page of a list")
    tree = build(text)
    within = turn.state.get("container")
    listing = find_list(tree, Resolver(page.url), page.url, True, False, within).listing
    tree.release()
    if listing is None or not listing.entries:
        raise NotUnderstood("no rows")
    state = {"container": listing.container or ""}
    call = _next(text, turn.number)
    if call is not None:
        state |= _form(text, page, call)
    following = turn.number + (call is not None)
    return EndpointPage(
        entries=listing.entries, pages=max(listing.pages_claimed or 0, following), state=state
    )


def _next(text: str, current: int) -> tuple[str, str] | None:
    """Target and argument of the call that leads to the page after ``current``."""
    found: tuple[str, str] | None = None
    for number, match in enumerate(_LINK.finditer(text)):
        if number >= MAX_LINKS:
            break
        call = _POSTBACK.search(html.unescape(match[1]))
        if call is None:
            continue
        shown = html.unescape(_TAG.sub("", match[2])).strip()
        word = shown.strip(" \xa0[]【】<>").lower()
        picture = _PICTURE_NEXT.search(match[2]) or _PICTURE_WORD.search(match[2])
        says_next = word in _NEXT_WORDS or shown in _NEXT_WORDS or (not shown and picture)
        if says_next:
            return call[1], call[2]
        pages = word.isdigit() or word in _PAGE_WORDS or (not shown and _PAGER.search(call[1]))
        by_argument = pages and call[2] in {str(current + 1), f"Page${current + 1}"}
        if by_argument or (found is None and word == str(current + 1)):
            found = call[1], call[2]
    return found


def _form(text: str, page: ListPage, call: tuple[str, str]) -> dict[str, str]:
    """The form that holds the state, filled in as it came, with the call's target and argument."""
    at = text.find("__VIEWSTATE")
    forms = [match for match in _FORM.finditer(text) if match.start() < at]
    if not forms:
        raise NotUnderstood("no form")
    end = text.find("</form", at)
    within = text[forms[-1].end() : end if end > 0 else len(text)]
    pairs: dict[str, str] = {}
    for match in _INPUT.finditer(within):
        field = _attributes(match[1])
        name = field.get("name", "")
        if name and field.get("type", "").lower() in _SENT and name not in pairs:
            pairs[name] = field.get("value", "")
    pairs["__EVENTTARGET"], pairs["__EVENTARGUMENT"] = call
    charset = "gb18030" if _CHARSET.search(text[:4000]) else "utf-8"
    form = "&".join(
        f"{quote(name, safe='', encoding=charset, errors='replace')}="
        f"{quote(value, safe='', encoding=charset, errors='replace')}"
        for name, value in pairs.items()
    )
    if len(form) > MAX_FORM:
        raise NotUnderstood("a form beyond measure")
    action = _attributes(forms[-1][1]).get("action", "").strip()
    url = at_host(page, action) if action else page.url
    if urlsplit(url).netloc != urlsplit(page.url).netloc:
        raise NotUnderstood("a form for another host")
    return {"form": form, "action": url}


def _attributes(markup: str) -> dict[str, str]:
    return {
        match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
        for match in _ATTRIBUTE.finditer(markup)
    }
