"""Facts as bytes: how readings are packed for the database, and unpacked.

Compressed JSON; ``msgspec`` maps the records of ``checks.facts`` directly.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

import msgspec

from checks.facts import Body, ColumnReading, Entry, HomeReading, Link, LinkBlock, Page, TreeReading
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
        return self._decoder.decode(data)


PAGE: Packing[Page] = Packing(Page)
COLUMN: Packing[ColumnReading] = Packing(ColumnReading)
TREE: Packing[TreeReading] = Packing(TreeReading)
HOME: Packing[HomeFacts] = Packing(HomeFacts)
LINKS: Packing[tuple[Link, ...]] = Packing(tuple[Link, ...])
HITS: Packing[dict[str, Answer]] = Packing(dict[str, Answer])
ENTRY: Packing[Entry] = Packing(Entry, squeeze=False)
_BLOCK: Packing[LinkBlock] = Packing(LinkBlock)


_AS_PARAGRAPHS = "\x01paragraphs"
"""Stands for a body's text that is nothing but its paragraphs joined: half the bytes of a page."""


def pack_page(page: Page) -> bytes:
    """A page without its link blocks (they are stored once a site)."""
    body = page.body
    if body is not None and body.text and body.text == _joined(body):
        body = replace(body, text=_AS_PARAGRAPHS)
    return PAGE.pack(replace(page, body=body, blocks=()))


def unpack_page(packed: bytes, blocks: tuple[LinkBlock, ...]) -> Page:
    """The page as it was, with its blocks."""
    page = PAGE.unpack(packed)
    body = page.body
    if body is not None and body.text == _AS_PARAGRAPHS:
        body = replace(body, text=_joined(body))
    return replace(page, body=body, blocks=blocks)


def _joined(body: Body) -> str:
    return "\n".join(paragraph.text for paragraph in body.paragraphs if paragraph.text)


def block_digest(block: LinkBlock) -> str:
    """The identity of a block's content (32 hexadecimal characters)."""
    return hashlib.sha256(_BLOCK.json(block)).hexdigest()[:32]


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
