"""The replica on loopback: two sites and a control port in one process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.replica.changes import evolve, mend, mend_and_break
from tests.replica.dates import blanked, tamper
from tests.replica.responses import CHALLENGE, ERROR, Reply, Site
from tests.replica.site import Replica, generate
from tests.replica.spec import Spec
from tests.replica.templates import Addresses

REASONS = {200: "OK", 206: "Partial Content", 301: "Moved Permanently", 302: "Found", 304: "Not Modified", 404: "Not Found",
           405: "Method Not Allowed", 410: "Gone", 412: "Precondition Failed", 500: "Internal Server Error"}  # fmt: skip
CACHE_BYTES = 300_000_000


@dataclass(slots=True)
class Hindrances:
    """Ways in which a whole site misbehaves, beyond what is planted in single columns."""

    fail_half: bool = False
    """Every second address (by its hash, home pages and robots.txt spared) answers 500."""
    wall: str | None = None
    """Addresses that begin so answer a challenge page (412)."""
    slow: float = 0.0
    """Seconds before each answer."""
    down: str | None = None
    """A site whose connections are reset; ``both``: of both."""
    truncate: str | None = None
    """Addresses that begin so end before their Content-Length."""
    loop: str | None = None
    """Addresses that begin so redirect in a circle."""


class Wire:
    """One answer as bytes, for GET."""

    __slots__ = ("behaviour", "body", "etag", "head", "modified", "status")

    def __init__(self, reply: Reply) -> None:
        self.status, self.behaviour, self.body = reply.status, reply.behaviour, reply.body
        self.etag = reply.etag if reply.status == 200 else ""
        self.modified = format_datetime(reply.modified, usegmt=True) if reply.modified else ""
        lines = [f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Other')}", "Server: nginx"]
        if reply.location:
            lines.append(f"Location: {reply.location}")
        lines.append(f"Content-Type: {reply.content_type}")
        lines.append(f"Content-Length: {len(reply.body)}")
        if self.etag:
            lines.append(f"ETag: {self.etag}")
        if self.modified:
            lines.append(f"Last-Modified: {self.modified}")
        self.head = "\r\n".join(lines).encode() + b"\r\n\r\n"

    @property
    def not_modified(self) -> bytes:
        tags = f"ETag: {self.etag}\r\n" + (
            f"Last-Modified: {self.modified}\r\n" if self.modified else ""
        )
        return f"HTTP/1.1 304 Not Modified\r\nServer: nginx\r\n{tags}\r\n".encode()


class State:
    """What is being served, how, and what was asked for."""

    def __init__(self, replica: Replica, hindrances: Hindrances, log: bool = False) -> None:
        self.base = self.replica = replica
        self.hindrances = hindrances
        self.addresses = Addresses()
        self.site = Site(replica)
        self.cache: OrderedDict[tuple[str, str], Wire] = OrderedDict()
        self.cached_bytes = 0
        self.counts: Counter[str] = Counter()
        self.asked: list[tuple[float, str, str, str, int]] | None = [] if log else None

    def show(self, replica: Replica) -> None:
        """Serve another state from now on."""
        self.replica, self.site = replica, Site(replica, self.addresses)
        self.cache.clear()
        self.cached_bytes = 0

    def wire(self, site: str, target: str) -> Wire:
        key = (site, target)
        wire = self.cache.get(key)
        if wire is None:
            wire = self.cache[key] = Wire(self._reply(site, target))
            self.cached_bytes += len(wire.body) + 400
            while self.cached_bytes > CACHE_BYTES and len(self.cache) > 1:
                self.cached_bytes -= len(self.cache.popitem(last=False)[1].body) + 400
        return wire

    def _reply(self, site: str, target: str) -> Reply:
        h = self.hindrances
        if h.down in (site, "both"):
            return Reply(200, behaviour="reset")
        if h.wall and target.startswith(h.wall):
            return Reply(412, CHALLENGE)
        if h.loop and target.startswith(h.loop):
            return Reply(302, location=target)
        if h.fail_half and target not in ("/", "/robots.txt") and zlib.crc32(target.encode()) % 2:
            return Reply(500, ERROR)
        reply = self.site.reply(site, target)
        if h.truncate and target.startswith(h.truncate) and reply.status == 200:
            return Reply(200, reply.body, reply.content_type, behaviour="truncate")
        return reply


class Connection(asyncio.Protocol):
    """One keep-alive connection of one site."""

    def __init__(self, state: State, site: str) -> None:
        self.state, self.site, self.buffer = state, site, b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head, self.buffer = self.buffer[:end], self.buffer[end + 4 :]
            if self.state.hindrances.slow:
                asyncio.get_running_loop().call_later(self.state.hindrances.slow, self.answer, head)
            else:
                self.answer(head)
        if len(self.buffer) > 65_536 and self.transport:
            self.transport.abort()

    def answer(self, head: bytes) -> None:
        transport, state = self.transport, self.state
        if transport is None or transport.is_closing():
            return
        line, _, rest = head.partition(b"\r\n")
        parts = line.split(b" ")
        if len(parts) != 3:
            transport.abort()
            return
        method, target = parts[0], parts[1].decode("latin-1")
        wire = state.wire(self.site, target)
        counts = state.counts
        counts[f"{self.site}:{wire.status}"] += 1
        if state.asked is not None:
            agent = header(rest, b"user-agent")
            state.asked.append(
                (time.time(), self.site, f"{method.decode()} {target}", agent, wire.status)
            )
        if wire.behaviour == "reset":
            transport.abort()
            return
        if method not in (b"GET", b"HEAD"):
            transport.write(b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n")
            return
        if wire.etag and b"f-" in rest.lower():
            tag, since = header(rest, b"if-none-match"), header(rest, b"if-modified-since")
            if (tag and wire.etag in tag) or (not tag and since and since == wire.modified):
                counts[f"{self.site}:304"] += 1
                transport.write(wire.not_modified)
                return
        if wire.behaviour == "truncate":
            transport.write(wire.head + wire.body[: len(wire.body) // 2])
            transport.close()
            return
        transport.write(wire.head if method == b"HEAD" else wire.head + wire.body)
        if b"connection: close" in rest.lower():
            transport.close()


def header(lines: bytes, name: bytes) -> str:
    """The value of one request header; empty when it was not sent."""
    for line in lines.split(b"\r\n"):
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip().decode("latin-1")
    return ""


class Control(asyncio.Protocol):
    """The control port: ``/stats``, ``/log``, ``/reset``, ``/state?…``, ``/hinder?…``."""

    def __init__(self, state: State) -> None:
        self.state = state

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        target = data.split(b" ", 2)[1].decode("latin-1")
        try:
            answer, status = self.obey(target), "200 OK"
        except (KeyError, ValueError) as error:
            answer, status = {"error": repr(error)}, "400 Bad Request"
        body = json.dumps(answer, ensure_ascii=False).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.transport.write(head.encode() + body)
        self.transport.close()

    def obey(self, target: str) -> Any:
        url = urlsplit(target)
        query = {k: v[-1] for k, v in parse_qs(url.query).items()}
        state = self.state
        if url.path == "/stats":
            return dict(state.counts)
        if url.path == "/log":
            return state.asked or []
        if url.path == "/reset":
            state.counts.clear()
            if state.asked is not None:
                state.asked.clear()
            return {}
        if url.path == "/state":
            replica = state.base
            if "day" in query:
                replica = evolve(replica, date.fromisoformat(query["day"]))
            if "changes" in query:
                replica = mend_and_break(replica, int(query["changes"]))[0]
            for unit in filter(None, query.get("mend", "").split(",")):
                replica = mend(replica, unit)[0]
            for key in filter(None, query.get("blank", "").split(",")):
                replica = blanked(replica, key)
            if "dates" in query:
                replica = tamper(replica)
            state.show(replica)
            return {"day": replica.today.isoformat(), "changes": query.get("changes")}
        if url.path == "/hinder":
            slow = float(query.pop("slow", 0))
            state.hindrances = Hindrances(
                fail_half=bool(query.pop("fail_half", "")), slow=slow, **query
            )
            state.show(state.replica)
            return {}
        raise KeyError(url.path)


async def listen(
    state: State,
    portal_port: int,
    platform_port: int,
    ready_file: Path | None,
    control: type[Control] = Control,
) -> None:
    """Serve until cancelled; the ready file gets the ports as JSON when all three listen."""
    loop = asyncio.get_running_loop()
    ports: dict[str, int] = {}
    servers = []
    for name, port in (("portal", portal_port), ("platform", platform_port), ("control", 0)):
        factory = partial(control, state) if name == "control" else partial(Connection, state, name)
        server = await loop.create_server(factory, "127.0.0.1", port, backlog=512)
        servers.append(server)
        ports[name] = server.sockets[0].getsockname()[1]
    state.addresses = Addresses(*(f"http://127.0.0.1:{ports[n]}" for n in ("portal", "platform")))
    state.show(state.replica)
    told = json.dumps({**ports, "pid": os.getpid(), "started": datetime.now(UTC).isoformat()})
    if ready_file is not None:
        part = ready_file.with_suffix(".part")
        part.write_text(told, encoding="utf-8")
        part.replace(ready_file)
    print(told, flush=True)
    await asyncio.gather(*(s.serve_forever() for s in servers))


def run(spec: Spec, hindrances: Hindrances, portal_port: int, platform_port: int, ready_file: Path | None,
        *, day: date | None = None, changes: int | None = None, log: bool = False, with_parent: bool = False) -> None:  # fmt: skip
    """Serve in this process until interrupted."""
    replica = generate(spec)
    state = State(replica, hindrances, log)
    if day is not None:
        state.replica = evolve(state.replica, day)
    if changes is not None:
        state.replica = mend_and_break(state.replica, changes)[0]
    if with_parent:
        threading.Thread(target=leave_with_parent, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(listen(state, portal_port, platform_port, ready_file))


def leave_with_parent() -> None:
    """End this process when its standard input closes: a killed test leaves no server behind."""
    sys.stdin.buffer.read()
    os._exit(0)


@dataclass(frozen=True, slots=True)
class Served:
    """A replica that another process serves."""

    portal: int
    platform: int
    control: int
    pid: int

    def ask(self, target: str) -> Any:
        """Ask the control port, e.g. ``/stats`` or ``/state?changes=1``."""
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.control}{target}", timeout=120
        ) as answer:
            return json.load(answer)

    def url(self, site: str, target: str = "/") -> str:
        return f"http://127.0.0.1:{self.portal if site == 'portal' else self.platform}{target}"

    def stats(self) -> dict[str, int]:
        """Answers so far, ``<site>:<status>`` → count (a 304 also counts under its 200)."""
        return dict(self.ask("/stats"))

    def mend_and_break(self, seed: int = 1) -> None:
        self.ask(f"/state?changes={seed}")

    def mend(self, *units: str) -> None:
        """The spec's state in which these units have mended all that is theirs."""
        self.ask(f"/state?mend={','.join(units)}")

    def evolve(self, day: date) -> None:
        self.ask(f"/state?day={day.isoformat()}")

    def restore(self) -> None:
        """Back to the state of the spec."""
        self.ask("/state")


@contextlib.contextmanager
def serve(source: Replica | Spec, *options: str) -> Iterator[Served]:
    """Serve the state of a spec in a process of its own; ``options`` as on the command line.

    A later state is reached through ``Served.mend_and_break`` and ``Served.evolve``, with the
    seeds and days that the caller gives to the functions of the same name.
    """
    spec = source.spec if isinstance(source, Replica) else source
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready.json"
        command = [
            sys.executable, "-m", "tests.replica", "serve", "--seed", str(spec.seed), "--as-of", spec.as_of.isoformat(),
            "--pages", str(spec.pages), "--padding", str(spec.padding), "--ready-file", str(ready), "--with-parent",
            *(() if spec.plants else ("--no-plants",)),
            *(f"--stale-home={s}" for s in spec.stale_homes), *options,
        ]  # fmt: skip
        with subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            try:
                assert process.stdout is not None
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError(f"the replica's server did not start: {command}")
                told = json.loads(line)
                yield Served(told["portal"], told["platform"], told["control"], told["pid"])
            finally:
                process.terminate()
                process.wait(20)
