"""大汉 Hanweb jcms, list unit jpage: rows as CDATA in the page, the rest from ``dataproxy.jsp``.

Asked with both ``page`` and the row numbers: some servers obey only the one, some only the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from crawler.cms.family import EndpointPage, ListPage, ListRequest, NotUnderstood, Sign, Turn
from crawler.cms.reading import FORM_TYPE, at_host, headers, number, query
from crawler.extract.rows import entry_of, resolve_years
from crawler.extract.scripted import datastore, literal_at, loads
from crawler.urls import Resolver

NAME = "jpage"
WAYS = 2
"""GET, then a form by POST."""
SIZE = 100
"""Rows asked for; servers cut above some 300."""
MAX_CALL = 50_000
"""Characters of one list's call that are read."""
MAX_UNITS = 20
"""Lists of one page that are looked at."""
ENDPOINT = "/module/web/jpage/dataproxy.jsp"

_UNIT = re.compile(r"\.jpage\s*\(\s*(?=\{)")
_PARAM = re.compile(r"\bvar\s+(param_?\w{1,40})\s*=\s*(?=\{)")
_NAMED = re.compile(r"ajaxParam\s*:\s*(param_?\w{1,40})")
_AJAX = re.compile(r"ajaxParam\s*:\s*(?=\{)")
_PROXY = re.compile(r"proxyUrl\s*:\s*[\"']([^\"']{4,300})[\"']")
_TOTAL = re.compile(r"\btotalRecord\s*:\s*[\"']?(\d{1,8})")
_LINKED = re.compile(r"[\"'=(\s]([^\"'\s<>(]{0,200}dataproxy\.jsp\?[^\"'\s<>]{3,1500})[\"'\s>]")
_COLUMN = re.compile(r"/col/col(\d+)")
_ANSWER = re.compile(r"<datastore\b|<record>", re.I)
_OWN = frozenset(["page", "startrecord", "endrecord", "perpage"])


@dataclass(frozen=True, slots=True)
class _Unit:
    """One jpage list of a page."""

    endpoint: str
    params: tuple[tuple[str, str], ...]
    total: int | None


def recognise(text: str, url: str) -> Sign | None:
    for sign in ("dataproxy.jsp", "<datastore"):
        if sign in text:
            return Sign(NAME, sign)
    return None


def list_request(page: ListPage, turn: Turn) -> ListRequest:
    unit = _unit(page)
    place = [
        ("page", str(turn.number)),
        ("startrecord", str(turn.received + 1)),
        ("endrecord", str(turn.received + SIZE)),
        ("perpage", str(SIZE)),
    ]
    address = at_host(page, unit.endpoint)
    mark = "&" if "?" in address else "?"
    if turn.way == 0:
        return ListRequest(
            url=f"{address}{mark}{query([*place, *unit.params])}",
            headers=headers(page),
            size=SIZE,
        )
    return ListRequest(
        url=f"{address}{mark}{query(place)}",
        method="POST",
        headers=headers(page, **{"Content-Type": FORM_TYPE}),
        body=query(unit.params).encode(),
        size=SIZE,
    )


def rows(text: str, page: ListPage, turn: Turn) -> EndpointPage:
    if not _ANSWER.search(text[:5000]):
        raise NotUnderstood("no datastore")
    found = datastore(text, Resolver(page.url), None)
    resolve_years(found.rows)
    total = found.pager.rows if found.pager is not None else None
    claimed = _unit(page).total
    if not found.rows and (total != 0 or claimed):
        raise NotUnderstood("an empty datastore is no empty column")
    return EndpointPage(
        entries=tuple(entry_of(row) for row in found.rows),
        total=claimed if total is None else total,
    )


def _unit(page: ListPage) -> _Unit:
    """The page's main list: the one of its own column, where there are several."""
    found = _units(page.text)
    if not found:
        found = _linked(page.text)
    column = _COLUMN.search(urlsplit(page.url).path)
    if column is not None and len(found) > 1:
        own = [unit for unit in found if ("columnid", column[1]) in unit.params]
        found = own or found
    distinct = list({unit.params: unit for unit in found}.values())
    if len(distinct) != 1:
        raise NotUnderstood(f"{len(distinct)} jpage lists")
    return distinct[0]


def _units(text: str) -> list[_Unit]:
    """Lists as the page's script starts them: ``$('#1').jpage({…})``."""
    params: dict[str, str] = {}
    for match in islice(_PARAM.finditer(text), MAX_UNITS):
        params.setdefault(match[1], _literal(text, match.end()) or "")
    found = []
    for match in islice(_UNIT.finditer(text), MAX_UNITS):
        call = _literal(text, match.end())
        if call is None:
            continue
        named, inline = _NAMED.search(call), _AJAX.search(call)
        source = (
            params.get(named[1], "")
            if named
            else (_literal(call, inline.end()) or "")
            if inline
            else ""
        )
        values = loads(source) if source else None
        if not isinstance(values, dict):
            continue
        pairs = tuple(
            (str(name), str(value))
            for name, value in values.items()
            if name not in _OWN and isinstance(value, str | int)
        )
        proxy, total = _PROXY.search(call), _TOTAL.search(call)
        if "columnid" not in dict(pairs):
            continue
        found.append(
            _Unit(
                proxy[1] if proxy else ENDPOINT,
                pairs,
                number(total[1]) if total else None,
            )
        )
    return found


def _linked(text: str) -> list[_Unit]:
    """Lists known only by the address of their next group."""
    found = []
    total = _TOTAL.search(text)
    for match in islice(_LINKED.finditer(text), MAX_UNITS):
        address, _, rest = match[1].replace("&amp;", "&").partition("?")
        pairs = tuple(
            (name, value)
            for name, value in parse_qsl(rest, keep_blank_values=True)
            if name not in _OWN
        )
        if "columnid" in dict(pairs):
            found.append(_Unit(address, pairs, number(total[1]) if total else None))
    return found


def _literal(text: str, at: int) -> str | None:
    return literal_at(text[at : at + MAX_CALL], 0)
