"""The PHPCMS-like make of Ji'an and Dazhou (迅睿): rows by ``POST …/api-ajax_list-<page>.html``.

The page's script names what is asked for in one array: model, column, date format, length of the
titles, rows a page, order. Pinned rows lead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

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
    number,
    query,
    truth,
    under,
    words,
)
from crawler.extract.scripted import literal_at, loads

NAME = "phpcms"
WAYS = 1

_CALL = re.compile(r"[\"']([^\"'\s<>]{0,200}api-ajax_list-)")
_ARRAY = re.compile(r"\[\s*[\"']\d{1,6}_[a-z]\w{0,30}[\"']\s*,")
_NAMED = re.compile(
    r"\bajax_type[\"']?(?:\s*\[\s*\])?[\"']?\s*[:=]\s*(?:([A-Za-z_$][\w$]*)|(?=\[))"
)
_DIRECT = re.compile(r"\bis_ds[\"']?\s*[:=]\s*[\"']?(\d)")
_SIZE_AT = 6
"""Where the array says how many rows a page has."""
MAX_ITEMS = 20


def recognise(text: str, url: str) -> Sign | None:
    if "api-ajax_list-" in text and "ajax_type" in text and _CALL.search(text):
        return Sign(NAME, "api-ajax_list-")
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    call = _CALL.search(page.text)
    if call is None:
        raise NotUnderstood("no call of the list")
    asked = _asked(page.text)
    direct = _DIRECT.search(page.text)
    pairs = [*_pairs(asked), ("is_ds", direct[1] if direct else "1")]
    size = asked[_SIZE_AT] if len(asked) > _SIZE_AT else None
    return ListRequest(
        url=at_host(page, f"{call[1]}{turn.number}.html"),
        method="POST",
        headers=headers(page, **{"Content-Type": FORM_TYPE}),
        body=query(pairs).encode(),
        size=number(size) or 0,
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    answer = under(json_of(text))
    holder = under(answer, "data") if isinstance(answer.get("data"), dict) else answer
    name = next((n for n in ("data", "list", "rows") if isinstance(holder.get(n), list)), "data")
    found = [
        entry(
            page,
            words(item, "title"),
            item.get("url"),
            # ``updatetime`` is the last change, and all that some lists have.
            day(item, *(n for n in ("inputtime", "updatetime") if n in item)),
            pinned=truth(item.get("is_top", item.get("istop"))),
        )
        for item in items(holder, name)
    ]
    total = count(holder, "total", "count")
    if total is None:
        total = count(answer, "total", "count")
    if not found and total != 0 and turn.number == 1:
        raise NotUnderstood("no rows of those that are claimed")
    return EndpointPage(entries=tuple(found), total=total)


def _asked(text: str) -> list[Any]:
    """The array by which the list is asked for."""
    places = []
    for match in islice(_NAMED.finditer(text), MAX_ITEMS):
        at = match.end()
        if match[1]:
            given = re.search(rf"(?<![\w$.]){re.escape(match[1])}\s*=\s*(?=\[)", text)
            if given is None:
                continue
            at = given.end()
        places.append(at)
    places = places or [match.start() for match in islice(_ARRAY.finditer(text), MAX_ITEMS)]
    found: list[list[Any]] = []
    for at in places:
        literal = literal_at(text, at)
        data = loads(literal) if literal and len(literal) < 4000 else None
        if isinstance(data, list) and 3 <= len(data) <= MAX_ITEMS and data not in found:
            found.append(data)
    if len(found) != 1:
        raise NotUnderstood(f"{len(found)} arrays that a list may be asked for by")
    return found[0]


def _pairs(asked: list[Any]) -> Iterator[tuple[str, str]]:
    """As jQuery sends an array within an array."""
    for at, value in enumerate(asked):
        if isinstance(value, list):
            yield from ((f"ajax_type[{at}][]", _text(inner)) for inner in value[:MAX_ITEMS])
        else:
            yield "ajax_type[]", _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return str(value)[:300]
