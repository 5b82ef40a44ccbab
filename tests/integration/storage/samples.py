"""Facts for the storage tests, as short to write as to read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import Engine

from checks.facts import (
    Body,
    ColumnReading,
    DateState,
    Encoding,
    Entry,
    Link,
    LinkBlock,
    LinkKind,
    Page,
    PageKind,
    Paragraph,
    Proof,
    Read,
    StopReason,
)
from storage.evidence import EvidenceStore
from storage.models import ScanKind
from storage.scans import Fetch, ScanWriter, begin_scan

START = datetime(2018, 12, 3, 1, 0, tzinfo=UTC)
HOST = "http://www.example.gov.cn"


def day(number: int) -> datetime:
    """An instant so many days after the first scan."""
    return START + timedelta(days=number)


def url(number: int) -> str:
    return f"{HOST}/art/{number}.html"


def html(number: int, edition: int = 1) -> bytes:
    return (
        f"<html><h1>第{number}号通知</h1>" + "<p>正文。</p>" * 50 + f"{edition}</html>"
    ).encode()


MENU = LinkBlock(
    path="div.menu",
    links=(
        Link(url=f"{HOST}/menu/1", text="政务公开", kind=LinkKind.PAGE),
        Link(url=f"{HOST}/logo.png", text="", kind=LinkKind.IMAGE),
    ),
)


def page(
    number: int, *, links: tuple[Link, ...] = (), blocks: tuple[LinkBlock, ...] = (MENU,)
) -> Page:
    return Page(
        url=url(number),
        kind=PageKind.ARTICLE,
        kind_confidence=0.9,
        title=Read(value=f"第{number}号通知", where="h1", confidence=0.9),
        published=Read(value=date(2018, 11, 1), where="meta PubDate", confidence=1.0),
        date_state=DateState.READ,
        source=Read(value="市政府办公室", where="label 来源", confidence=0.9),
        body=Body(text="正文。", paragraphs=(Paragraph(text="正文。", lead="　　"),), links=links),
        blocks=blocks,
        encoding=Encoding(used="utf-8", declared_header=None, declared_meta="utf-8", undecodable=0),
    )


def entry(number: int) -> Entry:
    return Entry(
        title=f"第{number}号通知",
        url=url(number),
        published=date(2018, 11, 1),
        date_state=DateState.READ,
        date_text="2018-11-01",
    )


def column(rows: int, shape: str = "s1") -> ColumnReading:
    return ColumnReading(
        url=f"{HOST}/col/1.html",
        entries=tuple(entry(number) for number in range(rows)),
        page_lengths=(rows,),
        proof=Proof(
            pages_read=1,
            total_claimed=rows,
            pages_claimed=1,
            stop=StopReason.END,
            reader="r1",
            share_dated=1.0,
            shape=shape,
        ),
    )


def file_link(name: str) -> Link:
    return Link(url=f"{HOST}/files/{name}", text=name, kind=LinkKind.FILE)


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def begin(engine: Engine, at: datetime = START, reader: str = "r1") -> int:
    return begin_scan(engine, ScanKind.WEEKLY, at, ["portal"], "ruichang-2018", "cfg", reader)


def store_page(
    writer: ScanWriter,
    evidence: EvidenceStore | None,
    number: int,
    at: datetime,
    *,
    edition: int = 1,
    facts: Page | None = None,
) -> int:
    """What a crawl does with one fetched page."""
    body = html(number, edition)
    if evidence is not None:
        headers = [(b"Content-Type", b"text/html; charset=utf-8")]
        evidence.put("portal", url(number), 200, headers, body, at)
    writer.count(requests=1, fetched=1, bytes=len(body))
    return writer.page(
        url(number),
        page=facts or page(number),
        digest=digest(body),
        hits={},
        rules_digest="rules",
        fetched=Fetch(at=at, status=200, etag=f'"{edition}"', evidence=digest(body)),
        unit_id="office",
        column_key="portal/news",
        listed=entry(number),
    )
