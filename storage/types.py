"""Column types and keys that the tables share."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, Enum, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


def key64(*parts: str) -> int:
    """A surrogate id made from what it stands for: 63 bits, the same in every database.

    Rows can so be written in batches without asking for their ids, a flush that is run again
    doubles nothing, and the same scan gives the same page keys on SQLite and on PostgreSQL.
    """
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) >> 1


def url_key(url: str) -> bytes:
    """The 16 bytes under which an address is indexed (addresses may be too long for an index)."""
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).digest()[:16]


def clean(text: str) -> str:
    """``text`` as every database takes it: no NUL, no lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


@lru_cache(maxsize=1024)  # one page's rows name the same instant many times
def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


class Instant(TypeDecorator[datetime]):
    """An instant: ``timestamptz`` on PostgreSQL, UTC ISO 8601 text with microseconds on SQLite.

    Refuses naive datetimes. The text sorts as the instants do.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        return value.astimezone(UTC) if dialect.name == "postgresql" else _iso(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value)
        result: datetime = value.astimezone(UTC)
        return result


class CleanText(TypeDecorator[str]):
    """Text of any length from the web: what a database would refuse is replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else clean(value)


def choice(enum: type[StrEnum], name: str) -> Enum:
    """A column type for ``enum``, kept as its text value, guarded by a CHECK called ``name``."""
    return Enum(
        enum,
        name=name,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        values_callable=lambda e: [member.value for member in e],
    )
