"""Facts as bytes: how readings are packed for the database, and unpacked.

zlib level 1 over JSON; ``msgspec`` maps the records of ``checks.facts`` directly.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec

from checks.facts import ColumnReading, Entry, HomeReading, Link, LinkBlock, Page, TreeReading
from checks.runner import Answer
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
        return squeeze(data) if self._squeeze else data

    def unpack(self, data: bytes | str) -> T:
        if self._squeeze and isinstance(data, bytes):
            data = zlib.decompress(data)
        return self._decoder.decode(data)


PAGE: Packing[Page] = Packing(Page)
COLUMN: Packing[ColumnReading] = Packing(ColumnReading)
TREE: Packing[TreeReading] = Packing(TreeReading)
HOME: Packing[HomeFacts] = Packing(HomeFacts)
LINKS: Packing[tuple[Link, ...]] = Packing(tuple[Link, ...])
HITS: Packing[dict[str, Answer]] = Packing(dict[str, Answer])
ENTRY: Packing[Entry] = Packing(Entry, squeeze=False)
_BLOCK: Packing[LinkBlock] = Packing(LinkBlock)


def squeeze(encoded: bytes) -> bytes:
    return zlib.compress(encoded, 1)


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
