"""Feeds (RSS 0.9x to 2.0, RSS 1.0, Atom, JSON Feed): the newest publication that one names.

A feed is hostile as any page is: it is bounded by the caller, parsed without entities, document types
and anything from outside, and taken whole or not at all, for what a broken feed lost may be the newest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from lxml import etree

MAX_BYTES = 2_000_000
"""Bytes of a feed that are read; a longer one is none."""
AHEAD = timedelta(days=1)
"""How far a date may lie in the future: a clock or a zone that is wrong."""
FIRST_YEAR = 2000
"""An earlier date stands for none."""
LONGEST_DATE = 64
LONGEST_TITLE = 2000
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CST = re.compile(r"\bCST\b")
_DC = "{http://purl.org/dc/elements/1.1/}"
_NO_FEED = "返回的不是 RSS、Atom 或 JSON Feed"
_BLANKS = b" \t\r\n"


class UnreadableFeed(Exception):
    """There is nothing sure to be had of a feed; the reason in Chinese."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest publication of a feed."""

    on: date
    """Its day in Shanghai, never after the day of the look."""
    title: str
    """As written; cut, not cleaned."""


def newest(body: bytes, now: datetime) -> Newest:
    """The newest entry of a feed that was fetched at ``now`` (aware).

    Raises ``UnreadableFeed``: no feed, one without entries, one of whose entries bears no readable
    date, or one that publishes in the future.
    """
    if len(body) > MAX_BYTES:
        raise UnreadableFeed(f"超过 {MAX_BYTES // 1_000_000} MB，没有读取")
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip(_BLANKS)
    entries = list(_of_json(start) if start[:1] == b"{" else _of_xml(body))
    if not entries:
        raise UnreadableFeed("里面没有一条信息")
    dated = [(moment, title) for moment, title in entries if moment is not None]
    if len(dated) < len(entries):
        count = len(entries) - len(dated)
        raise UnreadableFeed(f"{len(entries)} 条信息中有 {count} 条没有可读的发布日期")
    moment, title = max(dated, key=lambda entry: entry[0])
    day = moment.astimezone(_SHANGHAI).date()
    if moment > now + AHEAD:
        raise UnreadableFeed(f"最新一条的发布日期 {day:%Y-%m-%d} 还没有到，日期不可信")
    return Newest(min(day, now.astimezone(_SHANGHAI).date()), title[:LONGEST_TITLE])


Entry = tuple[datetime | None, str]


def _of_json(body: bytes) -> Iterator[Entry]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableFeed("JSON 不完整或写法有误") from None
    version, items = data.get("version"), data.get("items")
    if not isinstance(version, str) or "jsonfeed.org/version" not in version[:100]:
        raise UnreadableFeed(_NO_FEED)
    if not isinstance(items, list):
        raise UnreadableFeed(_NO_FEED)
    for item in items:
        held = item if isinstance(item, dict) else {}
        said = (_text(held.get(name)) for name in ("date_published", "date_modified"))
        yield instant(_first(said)), _text(held.get("title"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _of_xml(body: bytes) -> Iterator[Entry]:
    # Blind to the encoding: two bytes a letter hide nothing.
    if b"<!ENTITY" in body.replace(b"\x00", b""):
        raise UnreadableFeed("XML 里定义了实体，没有读取")
    # No other options: collect_ids=False makes libxml2 open the document type.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body.lstrip(_BLANKS), parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        raise UnreadableFeed("不是完整、合乎规范的 RSS、Atom 或 JSON Feed") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise UnreadableFeed("XML 里带有文档类型定义，没有读取")
    kind = etree.QName(root).localname
    if kind == "rss":
        holders, name = [c for c in root if etree.QName(c).localname == "channel"], "item"
    elif kind in ("RDF", "feed"):
        holders, name = [root], "item" if kind == "RDF" else "entry"
    else:
        raise UnreadableFeed(_NO_FEED)
    for holder in holders:
        for entry in holder:
            if isinstance(entry.tag, str) and etree.QName(entry).localname == name:
                yield _entry(entry)


def _entry(entry: Any) -> Entry:
    own = entry.tag.rpartition("}")[0]
    space = own + "}" if own else ""
    names = ("pubDate", "published", "issued", "updated", "modified")
    said = [_within(entry, space + name) for name in names]
    return instant(_first([*said, _within(entry, _DC + "date")])), _within(entry, f"{space}title")


def _within(entry: Any, tag: str) -> str:
    child = entry.find(tag)
    return "" if child is None else "".join(islice(child.itertext(), 50))[:LONGEST_TITLE]


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text.strip()), "")


def instant(text: str) -> datetime | None:
    """The instant that a date of a feed names (RFC 822 or RFC 3339); ``None`` where it is not readable.

    Without a zone it is Beijing time, as on the sites; ``CST`` is China's, not Chicago's.
    """
    text = text.strip()
    if not text or len(text) > LONGEST_DATE:
        return None
    try:
        if _ISO.match(text):
            moment = datetime.fromisoformat(text)
        else:
            moment = parsedate_to_datetime(_CST.sub("+0800", text))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=_SHANGHAI)
        moment = moment.astimezone(_SHANGHAI)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.year >= FIRST_YEAR else None
