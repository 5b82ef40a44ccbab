"""Reading attachments in a process of its own: bounded in time and memory, and its end harms nobody."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import struct
import sys

from checks.attachment_facts import Attachment, AttachmentLook
from checks.facts import Missing, Unverified
from storage.facts import Packing

LOOK: Packing[AttachmentLook] = Packing(AttachmentLook)
SECONDS = 40.0
"""For one file; then the process is ended."""
MEMORY = 1_500_000_000
"""Bytes of memory that it may use."""
_ASKED = struct.Struct("<II")
_TOLD = struct.Struct("<I")
log = logging.getLogger(__name__)


class FileReader:
    """Reads one attachment after the other. Belongs to one event loop; ``close`` ends its process."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self.process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def read(self, data: bytes, name: str) -> Attachment | Unverified:
        async with self._turn:
            try:
                async with asyncio.timeout(self.seconds):
                    return await self._ask(data, name)
            except TimeoutError:
                await self._end()
                why = f"在 {self.seconds:g} 秒内没有读完"
            except (OSError, asyncio.IncompleteReadError, ValueError):
                await self._end()
                why = "读不出来，可能已损坏"
            except BaseException:  # cancelled: what it would say next is nobody's answer
                await self._end()
                raise
        short = name.rpartition("/")[2][-60:]
        return Unverified(code=Missing.READER, reason=f"附件“{short}”{why}")

    async def _ask(self, data: bytes, name: str) -> Attachment | Unverified:
        if self.process is None:
            command = f"import sys; sys.path[:] = {sys.path!r}; from {__name__} import work; work()"
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        process = self.process
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        called = name.encode("utf-8", "replace")
        process.stdin.write(_ASKED.pack(len(called), len(data)) + called + data)
        await process.stdin.drain()
        (size,) = _TOLD.unpack(await process.stdout.readexactly(_TOLD.size))
        look = LOOK.decode(await process.stdout.readexactly(size))
        found = look.read or look.unread
        if found is None:
            raise ValueError("the reader said nothing")
        return found

    async def _end(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def close(self) -> None:
        await self._end()


# --- in the reader's process ----------------------------------------------------------------------


def work() -> None:
    """Read what comes on standard input until it closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(ValueError, OSError):  # not every system has this bound
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from crawler.extract.attachments import read_attachment

    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    while head := source.read(_ASKED.size):
        named, size = _ASKED.unpack(head)
        name = source.read(named).decode("utf-8", "replace")
        found = read_attachment(source.read(size), name)
        look = (
            AttachmentLook(url="", read=found)
            if isinstance(found, Attachment)
            else AttachmentLook(url="", unread=found)
        )
        answer = LOOK.json(look)
        try:
            sink.write(_TOLD.pack(len(answer)) + answer)
            sink.flush()
        except BrokenPipeError:
            os._exit(1)
