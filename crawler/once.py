"""One request to one address of a host, as a browser would make it, bounded in bytes.

The caller looks the name up and says which address may be contacted: a name server, a redirect or a
page lead nowhere else. Nothing is followed here.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from crawler.certificates import Certificate, read_certificate

MAX_BYTES = 512 * 1024
"""Bytes of a page that are read: its title stands in the first few."""

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host; raises ``socket.gaierror``."""


@dataclass(slots=True)
class Trail:
    """How far a visit came."""

    stage: str = "域名解析"
    status: int | None = None
    certificate: Certificate | None = None
    remarks: list[str] = field(default_factory=list)

    async def note(self, event: str, _info: Any) -> None:
        for start, words in _STAGES:
            if event.startswith(start):
                self.stage = words
                return


_STAGES = (
    ("connection.connect_tcp", "连接"),
    ("connection.start_tls", "建立加密连接"),
    ("http11.", "等待和接收网页"),
)


class Refused(Exception):
    """The certificate did not satisfy, or the two sides found no common protocol."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.certificate = isinstance(error, ssl.SSLCertVerificationError)


async def names(host: str, port: int) -> list[str]:
    """The system's own look-up, the older kind of addresses first."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    return sorted(addresses, key=lambda a: ":" in a)


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes
    """At most as many bytes as were wanted, decompressed."""


async def get(
    asked: httpx.URL,
    name: str,
    address: str,
    agent: str,
    timeout: httpx.Timeout,
    context: ssl.SSLContext,
    trail: Trail,
    port: int | None = None,
    most: int = MAX_BYTES,
) -> Reply:
    """One request to one address, the host named in it and in the TLS greeting.

    ``port``: another than ``asked`` names. ``most``: bytes of the body that are read.
    Raises ``Refused`` and ``httpx.HTTPError``.
    """
    place = (
        asked.copy_with(host=address) if port is None else asked.copy_with(host=address, port=port)
    )
    headers = {
        # Bytes: what the city says of itself may be Chinese.
        b"User-Agent": agent.encode(),
        b"Accept": b"text/html,*/*;q=0.8",
        b"Accept-Encoding": b"identity",
        b"Host": asked.netloc,
    }
    extensions = {"sni_hostname": name, "trace": trail.note}
    try:
        async with (
            httpx.AsyncClient(verify=context, trust_env=False, timeout=timeout) as client,
            client.stream("GET", place, headers=headers, extensions=extensions) as response,
        ):
            if asked.scheme == "https":
                trail.certificate = _shown(response) or trail.certificate
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) >= most:
                    break
            kept = {k.lower(): v for k, v in response.headers.items()}
            coding = kept.get("content-encoding", "").strip().lower()
            return Reply(response.status_code, kept, _unpacked(bytes(body[:most]), coding, most))
    except httpx.ConnectError as error:
        if trail.stage == "建立加密连接":
            raise Refused(root(error)) from error
        raise


def _shown(response: httpx.Response) -> Certificate | None:
    stream = response.extensions.get("network_stream")
    shown = stream.get_extra_info("ssl_object") if stream is not None else None
    der = shown.getpeercert(binary_form=True) if shown is not None else None
    return read_certificate(der) if der else None


def _unpacked(body: bytes, coding: str, most: int) -> bytes:
    """The start of a body that came compressed though nobody asked for it."""
    if coding not in ("gzip", "x-gzip", "deflate"):
        return body
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, most)
    except zlib.error:
        return b""


def chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what is behind it, at most ten."""
    here: BaseException | None = error
    for _ in range(10):
        if here is None:
            return
        yield here
        here = here.__cause__ or here.__context__


def root(error: BaseException) -> BaseException:
    """The TLS error behind a failure to connect, or the failure itself."""
    return next((e for e in chain(error) if isinstance(e, ssl.SSLError)), error)


def cause(error: BaseException) -> str:
    """Why there was no connection, in Chinese."""
    for step in chain(error):
        if isinstance(step, ConnectionRefusedError):
            return "拒绝连接"
        if isinstance(step, ConnectionResetError):
            return "中断了连接"
    return "连接不上"
