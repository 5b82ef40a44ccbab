"""Serves one whole site on loopback, from a thread of this process or for good from the shell."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.replica.families.family import Asked, FamilySite, Reply

MOST_HEAD = 65_536
MOST_BODY = 1_000_000
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)


@dataclass(frozen=True, slots=True)
class Logged:
    method: str
    target: str
    status: int
    referer: str


class _Connection(asyncio.Protocol):
    """One keep-alive connection."""

    def __init__(self, server: Serving) -> None:
        self.server, self.buffer = server, b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.server.open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server.open.discard(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            length = _LENGTH.search(self.buffer, 0, end)
            size = int(length[1]) if length else 0
            if size > MOST_BODY or end > MOST_HEAD:
                self.close()
                return
            if len(self.buffer) < end + 4 + size:
                return
            head, body = self.buffer[:end], self.buffer[end + 4 : end + 4 + size]
            self.buffer = self.buffer[end + 4 + size :]
            self.answer(head.decode("latin-1"), body)
        if len(self.buffer) > MOST_HEAD:
            self.close()

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def answer(self, head: str, body: bytes) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        first, *lines = head.split("\r\n")
        words = first.split(" ")
        if len(words) != 3:
            self.close()
            return
        headers = {k.strip().lower(): v.strip() for k, _, v in (x.partition(":") for x in lines)}
        asked = Asked(words[0], words[1], headers, body)
        reply = self.server.reply(asked)
        out = {
            "Content-Type": reply.content_type,
            "Content-Length": str(len(reply.body)),
            **reply.headers,
        }
        told = "\r\n".join([f"HTTP/1.1 {reply.status} X", *(f"{k}: {v}" for k, v in out.items())])
        self.transport.write(told.encode("latin-1") + b"\r\n\r\n")
        if asked.method != "HEAD":
            self.transport.write(reply.body)
        if headers.get("connection", "").lower() == "close":
            self.close()


class Serving:
    """A site that is being served. ``log`` has every request, in order."""

    def __init__(self) -> None:
        self.site: FamilySite | None = None
        self.log: list[Logged] = []
        self.faults: list[str] = []
        """What the site's own code raised: a test asks that there is none."""
        self.port = 0
        self.open: set[_Connection] = set()

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, target: str) -> int:
        """How often an address was asked for."""
        return sum(entry.target == target for entry in self.log)

    def reply(self, asked: Asked) -> Reply:
        assert self.site is not None
        try:
            reply = self.site.reply(asked)
        except Exception as error:
            self.faults.append(f"{asked.method} {asked.target}: {error!r}")
            reply = Reply(500)
        referer = asked.headers.get("referer", "")
        self.log.append(Logged(asked.method, asked.target, reply.status, referer))
        return reply


async def _listen(serving: Serving, port: int) -> asyncio.Server:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(serving), "127.0.0.1", port, backlog=256)
    serving.port = server.sockets[0].getsockname()[1]
    return server


@contextlib.contextmanager
def serving(make: Callable[[str], FamilySite], port: int = 0) -> Iterator[Serving]:
    """Serve a site from a thread. ``make`` gets the root under which it will be reached."""
    state = Serving()
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(_listen(state, port))
    state.site = make(state.root)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:

        def end() -> None:
            server.close()
            for connection in list(state.open):
                if connection.transport is not None:
                    connection.transport.abort()
            for task in asyncio.all_tasks(loop):
                task.cancel()
            # What was aborted closes its socket before the loop is stopped.
            loop.call_soon(loop.call_soon, loop.stop)

        loop.call_soon_threadsafe(end)
        thread.join(10)
        loop.close()


def run(make: Callable[[str], FamilySite], port: int, ready_file: Path | None) -> None:
    """Serve in this process until interrupted; the ready file gets port and pid as JSON."""

    async def main() -> None:
        state = Serving()
        server = await _listen(state, port)
        state.site = make(state.root)
        told = json.dumps({"port": state.port, "root": state.root, "pid": os.getpid()})
        if ready_file is not None:
            part = ready_file.with_suffix(".part")
            part.write_text(told, encoding="utf-8")
            part.replace(ready_file)
        print(told, flush=True)
        await server.serve_forever()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
