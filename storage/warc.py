"""WARC 1.1 records, one gzip member each.

Written here by hand: ``warcio``'s writer compresses at level 9 only and digests twice, which costs
several times as much a page. Tests read every kind of record back through ``warcio``.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO

from warcio.archiveiterator import ArchiveIterator

from storage.deflate import gzip_member

Headers = Iterable[tuple[str | bytes, str | bytes]]

_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_RENDERED = "text/html; charset=utf-8"
_AS_STORED = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Headers about the bytes on the wire; what is stored is the decoded body."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record, read back."""

    kind: str
    """``response``, ``revisit`` or ``conversion``."""
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    """Empty in a revisit."""
    at: datetime


def payload_digest(digest: str) -> str:
    """The WARC form of a hexadecimal sha256."""
    return f"sha256:{digest}"


def response(
    url: str, status: int, headers: Headers, body: bytes, at: datetime, digest: str
) -> bytes:
    """A ``response`` record with the decoded body of a fetch at ``at`` (aware)."""
    return _record("response", url, at, digest, "", _http(status, headers, len(body)), body)


def revisit(
    url: str,
    status: int,
    headers: Headers,
    at: datetime,
    digest: str,
    *,
    first: tuple[str, datetime],
) -> bytes:
    """A ``revisit`` record: the payload is that of ``first`` (its address and instant)."""
    more = (
        f"WARC-Profile: {_PROFILE}\r\n"
        f"WARC-Refers-To-Target-URI: {_line(first[0])}\r\n"
        f"WARC-Refers-To-Date: {_date(first[1])}\r\n"
    )
    return _record("revisit", url, at, digest, more, _http(status, headers, None), b"")


def conversion(url: str, body: bytes, at: datetime, digest: str) -> bytes:
    """A ``conversion`` record: the page at ``url`` as a browser showed it, UTF-8 markup."""
    head = (
        "WARC/1.1\r\nWARC-Type: conversion\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
        f"WARC-Target-URI: {_line(url)}\r\nWARC-Date: {_date(at)}\r\n"
        f"WARC-Payload-Digest: {payload_digest(digest)}\r\nContent-Type: {_RENDERED}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return gzip_member(head.encode("utf-8", "replace"), body, b"\r\n\r\n")


def info(filename: str, at: datetime, software: str) -> bytes:
    """The ``warcinfo`` record that opens a file."""
    block = f"software: {software}\r\nformat: WARC File Format 1.1\r\n".encode()
    head = (
        "WARC/1.1\r\nWARC-Type: warcinfo\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\nWARC-Date: {_date(at)}\r\n"
        f"WARC-Filename: {filename}\r\nContent-Type: application/warc-fields\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return gzip_member(head.encode(), block, b"\r\n\r\n")


def read(record: bytes) -> Record:
    """The one record in ``record``. Raises ``ValueError`` when it is damaged."""
    try:
        found = next(iter(ArchiveIterator(BytesIO(record))))
        http = found.http_headers
        if found.rec_type == "conversion":
            status, named = 200, [("Content-Type", _RENDERED), ("X-Xunjian-Rendered", "yes")]
        else:
            status, named = int(http.get_statuscode()), http.headers
        return Record(
            kind=found.rec_type,
            url=found.rec_headers.get_header("WARC-Target-URI"),
            status=status,
            headers=tuple((str(name), str(value)) for name, value in named),
            body=found.raw_stream.read(),
            at=datetime.fromisoformat(found.rec_headers.get_header("WARC-Date")),
        )
    except Exception as error:  # warcio raises whatever its parser stumbles over
        raise ValueError(f"damaged WARC record: {error!r}") from error


def _record(
    kind: str, url: str, at: datetime, digest: str, more: str, http: bytes, body: bytes
) -> bytes:
    head = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\n"
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
        f"WARC-Target-URI: {_line(url)}\r\nWARC-Date: {_date(at)}\r\n"
        f"WARC-Payload-Digest: {payload_digest(digest)}\r\n{more}"
        "Content-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http) + len(body)}\r\n\r\n"
    )
    return gzip_member(head.encode("utf-8", "replace") + http, body, b"\r\n\r\n")


def _http(status: int, headers: Headers, length: int | None) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {status} {phrase}"]
    for raw_name, raw_value in headers:
        name, value = _line(raw_name), _line(raw_value)
        if name.lower() in _AS_STORED:
            name = f"X-Archive-Orig-{name}"
        if name:
            lines.append(f"{name}: {value}")
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "replace")


def _line(text: str | bytes) -> str:
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    return text.replace("\r", " ").replace("\n", " ")


def _date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
