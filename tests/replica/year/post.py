"""The post of the year: a real mail server on loopback, and units that read what reaches them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.replica.forms import FORMS
from tests.replica.year import cast
from tests.replica.year.state import City


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it arrived."""

    unit: str
    text: str


@dataclass(slots=True)
class Letterbox:
    """What the server took and nobody has collected yet."""

    letters: list[Letter] = field(default_factory=list)
    refusing: bool = False

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusing:
            return "451 try again later"
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain", "html"))
        text = f"{message['subject']}\n{body.get_content() if body else ''}"
        for to in envelope.rcpt_tos:
            self.letters.append(Letter(to.partition("@")[0], text))
        return "250 OK"

    def collect(self) -> list[Letter]:
        taken, self.letters[:] = list(self.letters), []
        return sorted(taken, key=lambda letter: letter.unit)


@contextmanager
def post_office() -> Iterator[tuple[Letterbox, int]]:
    """The letterbox of all units, and the port of its server."""
    box = Letterbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


def read_letter(city: City, letter: Letter) -> tuple[str, ...]:
    """The faults of its own that a unit finds named in a letter, on the day of a state.

    It looks for a page's address, a column's name or the word for a budget in the lines that tell of
    a problem; what was its predecessor's (原…) it cannot mend.
    """
    lines = letter.text.splitlines()
    own = [line for line in lines if "（原" not in line and not line.strip().startswith("怎样改")]
    found = []
    for fault in cast.PLOT:
        if fault.unit != letter.unit or fault.begins > city.day:
            continue
        marks = _marks(city, fault)
        if any(mark in line for line in own for mark in marks):
            found.append(fault.id)
    return tuple(sorted(found))


def _marks(city: City, fault: cast.Fault) -> tuple[str, ...]:
    if fault.kind in FORMS:
        return (city.paths[fault.id],) if fault.id in city.paths else ()
    if fault.kind in ("budget", "accounts"):
        return ({"budget": "年预算", "accounts": "年决算"}[fault.kind],)
    column = city.by_key.get(fault.where)
    return () if column is None else (f"{column.slot.name}”", f"{column.slot.name}：")
