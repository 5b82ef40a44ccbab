"""A clerk's desk without a site: a configuration, a database, findings put there by hand; and a
real mail server on loopback."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiosmtpd.controller import Controller

from checks.life import Event, EventKind
from checks.model import Finding, Scope, Subject, fingerprint
from config.settings import Settings
from scorecards.life import Life, fold
from services.workspace import Workspace
from storage import findings as ledger

SHANGHAI = ZoneInfo("Asia/Shanghai")

CITY = """\
id: x
name: 某市
office: 某市人民政府办公室
trial_run: {trial}
crawl_window: null
"""
COLUMNS = """\
categories:
  - {id: news, title: 动态要闻, cadence: {days: 14}}
"""
SITES = """\
sites:
  - {id: portal, name: 某市网, kind: portal, url: "http://127.0.0.1:9/", operator: office}
"""
UNITS = """\
units:
  - {id: office, name: 某市人民政府办公室, short: 市政府办, group: department, confirmed: true}
  - id: finance
    name: 某市财政局
    short: 市财政局
    group: department
    confirmed: true
    contacts: [{post: 信息员, mail: finance@example.com}]
  - {id: town, name: 某镇人民政府, short: 某镇, group: town, confirmed: false}
  - {id: mute, name: 某市档案局, short: 市档案局, group: department, confirmed: true}
  - id: oldhealth
    name: 某市卫生和计划生育委员会
    short: 市卫计委
    group: department
    confirmed: true
    valid_to: 2018-11-30
    successors: [newhealth]
  - id: newhealth
    name: 某市卫生健康委员会
    short: 市卫健委
    group: department
    confirmed: true
    valid_from: 2018-12-01
    contacts: [{post: 信息员, mail: health@example.com}]
"""
CHANNELS = """\
sender: 市信息办
answer: 整改后请回复本邮件。
default: [mail]
channels:
  mail:
    title: 邮件
    url: "mailto://127.0.0.1:{port}?from=office@example.com&to={{mail}}"
"""


def at(day: str, clock: str = "10:00") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), SHANGHAI)


MONDAY = at("2018-06-04")


@dataclass
class Desk:
    """Where a clerk sits. ``now`` is the virtual clock, and is turned by hand."""

    directory: Path
    database: str | None = None
    now: datetime = MONDAY
    channels: str = ""
    trial: bool = False
    _made: Workspace | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        config = self.directory / "config"
        config.mkdir()
        (config / "city.yaml").write_text(
            CITY.format(trial=str(self.trial).lower()), encoding="utf-8"
        )
        (config / "columns.yaml").write_text(COLUMNS, encoding="utf-8")
        (config / "sites.yaml").write_text(SITES, encoding="utf-8")
        (config / "units.yaml").write_text(UNITS, encoding="utf-8")
        self.configure(self.channels)

    def configure(self, channels: str) -> None:
        (self.directory / "config" / "channels.yaml").write_text(channels, encoding="utf-8")
        self._made = None

    @property
    def settings(self) -> Settings:
        return Settings(
            data=self.directory / "data",
            database=self.database,
            config=str(self.directory / "config"),
            actor="信息办",
        )

    @property
    def ws(self) -> Workspace:
        if self._made is None:
            self._made = Workspace(self.settings, self.directory, clock=lambda: self.now)
        return self._made

    def find(self, what: str = "news", unit: str = "finance", **changes: Any) -> str:
        """A finding of a unit, found now; gives its fingerprint."""
        finding = replace(finding_of(what, unit), **changes)
        ledger.add_finding(self.ws.engine, finding, self.event(EventKind.FOUND))
        return finding.fingerprint

    def event(self, kind: EventKind, **data: object) -> Event:
        return Event(
            kind=kind, at=self.now, recorded_at=self.now, scan_id=None, actor="信息办", data=data
        )

    def happens(self, mark: str, kind: EventKind, **data: object) -> None:
        ledger.add_events(self.ws.engine, [(mark, self.event(kind, **data))])

    def life(self, mark: str) -> Life:
        life = fold(ledger.find(self.ws.engine, mark).events, self.now)
        assert life is not None
        return life

    def later(self, **step: float) -> None:
        self.now += timedelta(**step)


def finding_of(what: str, unit: str) -> Finding:
    subject = Subject(
        scope=Scope.COLUMN,
        key=f"portal/{unit}.{what}",
        site_id="portal",
        unit_id=unit,
        title=f"工作动态—{what}",
        url=f"http://www.example.gov.cn/{unit}/{what}/",
    )
    return Finding(
        fingerprint=fingerprint("overdue-column", subject.key, ""),
        rule_id="overdue-column",
        subject=subject,
        what="",
        message="截至 2018-06-04，最近更新 2018-04-02；要求14日内更新",
        path="",
        snippet="",
        url=None,
        suspected=False,
        evidence="ab" * 32,
    )


class Postbox:
    """A mail server's memory; with ``closed`` it refuses everything."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.closed = False

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:
        if self.closed:
            return "451 4.3.0 try again later"
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def bodies(self) -> list[str]:
        found = []
        for mail in self.mails:
            part = mail.get_body(("plain",))
            assert part is not None
            found.append(str(part.get_content()))
        return found


@contextmanager
def mail_server(port: int = 0) -> Iterator[tuple[Postbox, int]]:
    """A real SMTP server on a free port of loopback (or on ``port``)."""
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def mail_channel(port: int, **lines: str) -> str:
    extra = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return extra + CHANNELS.format(port=port)


Env = Mapping[str, str]
