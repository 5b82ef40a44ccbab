"""Facts as bytes: how readings are packed for the database, and unpacked.

Compressed JSON; ``msgspec`` maps the records of ``checks.facts`` directly.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Generic, TypeVar

import msgspec

from checks.facts import (
    Body,
    ColumnReading,
    Entry,
    HomeReading,
    Link,
    LinkBlock,
    LinkKind,
    Page,
    PageKind,
    TreeReading,
)
from checks.runner import Answer
from storage import deflate
from storage.types import clean

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeFacts:
    """What a home page's version holds."""

    reading: HomeReading
    page: Page | None = None
    """Its page without ``blocks`` (they are stored once a site)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPage:
    """A page made ready to be written; cheap to hand from one process to another."""

    kind: PageKind
    title: str | None
    published: date | None
    source: str | None
    shape: str | None
    made: date | None
    index_number: str | None
    text_key: str | None
    parts: str
    facts: bytes
    """The page without its link blocks, packed."""
    blocks: tuple[tuple[str, bytes], ...]
    """Digest and JSON of each of its link blocks."""
    targets: tuple[tuple[str, LinkKind], ...]
    """What its body links to."""


class Packing(Generic[T]):
    """Packs one type of record."""

    def __init__(self, kind: Any, squeeze: bool = True) -> None:
        self._encoder = msgspec.json.Encoder()
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)
        self._squeeze = squeeze

    def json(self, value: T) -> bytes:
        try:
            return self._encoder.encode(value)
        except UnicodeEncodeError:  # lone surrogates, from hostile text
            return self._encoder.encode(_cleaned(msgspec.to_builtins(value)))

    def pack(self, value: T) -> bytes:
        data = self.json(value)
        return deflate.pack(data) if self._squeeze else data

    def unpack(self, data: bytes | str) -> T:
        if self._squeeze and isinstance(data, bytes):
            data = deflate.unpack(data)
        return self.decode(data)

    def decode(self, data: bytes | str) -> T:
        """What ``json`` encoded."""
        return self._decoder.decode(data)


PAGE: Packing[Page] = Packing(Page)
COLUMN: Packing[ColumnReading] = Packing(ColumnReading)
TREE: Packing[TreeReading] = Packing(TreeReading)
HOME: Packing[HomeFacts] = Packing(HomeFacts)
LINKS: Packing[tuple[Link, ...]] = Packing(tuple[Link, ...])
HITS: Packing[dict[str, Answer]] = Packing(dict[str, Answer])
ENTRY: Packing[Entry] = Packing(Entry, squeeze=False)
_BLOCK: Packing[LinkBlock] = Packing(LinkBlock, squeeze=False)


_AS_PARAGRAPHS = "\x01paragraphs"
"""Stands for a body's text that is nothing but its paragraphs joined: half the bytes of a page."""


def pack_page(page: Page) -> PackedPage:
    """A page as it is kept: its link blocks stand apart (they are stored once a site)."""
    body = page.body
    if body is not None and body.text and body.text == _joined(body):
        body = replace(body, text=_AS_PARAGRAPHS)
    return PackedPage(
        kind=page.kind,
        title=page.title.value if page.title else None,
        published=page.published.value if page.published else None,
        source=page.source.value if page.source else None,
        shape=page.shape or None,
        made=page.disclosure.made if page.disclosure else None,
        index_number=page.index_number.value[:200] if page.index_number else None,
        text_key=text_key(page),
        parts=" ".join(sorted(page.parts)),
        facts=PAGE.pack(replace(page, body=body, blocks=())),
        blocks=tuple(pack_block(block) for block in page.blocks),
        targets=targets_of(body.links if body else ()),
    )


def text_key(page: Page) -> str | None:
    """The identity of an article's text: equal for the same text whatever its layout (32 hex);
    ``None`` for a page whose body is short, where sameness says nothing."""
    letters = _LETTERS.findall(page.body.text) if page.body is not None else []
    text = "".join(letters)
    if len(text) < SAME_TEXT:
        return None
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


SAME_TEXT = 60
"""Letters and digits that a text must have before another like it is called the same."""
_LETTERS = re.compile(r"\w+")


def unpack_page(packed: bytes, blocks: tuple[LinkBlock, ...]) -> Page:
    """The page as it was, with its blocks."""
    page = PAGE.unpack(packed)
    body = page.body
    if body is not None and body.text == _AS_PARAGRAPHS:
        body = replace(body, text=_joined(body))
    return replace(page, body=body, blocks=blocks)


def _joined(body: Body) -> str:
    return "\n".join(paragraph.text for paragraph in body.paragraphs if paragraph.text)


def pack_block(block: LinkBlock) -> tuple[str, bytes]:
    """A link block's identity (32 hexadecimal characters), and the block as JSON."""
    data = _BLOCK.json(block)
    return hashlib.sha256(data).hexdigest()[:32], data


def unpack_block(data: bytes) -> LinkBlock:
    return _BLOCK.unpack(data)


def targets_of(links: tuple[Link, ...]) -> tuple[tuple[str, LinkKind], ...]:
    """Where links lead, each target once."""
    return tuple(dict.fromkeys((link.url, link.kind) for link in links))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
