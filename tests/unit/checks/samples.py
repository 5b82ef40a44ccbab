"""Builders of facts and cases for the tests of ``checks``: each starts from one that is in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from checks.case import ColumnCase, PageCase, SiteCase, UnitCase
from checks.facts import (
    Body,
    ColumnReading,
    ColumnState,
    DateState,
    Encoding,
    Entry,
    Fetched,
    HomeReading,
    Link,
    LinkBlock,
    LinkFate,
    LinkKind,
    LinkState,
    Missing,
    Node,
    Page,
    PageKind,
    Paragraph,
    Place,
    Proof,
    Read,
    Sized,
    StopReason,
    TreeReading,
    Unverified,
)
from checks.model import Context, Scope, Subject
from config.schema import Cadence, ExpectedColumn

TODAY = date(2018, 6, 4)
AS_OF = datetime(2018, 6, 4, 4, 0, tzinfo=UTC)
TEXT = "会议强调，各乡镇各部门要提高政治站位，切实抓好安全生产各项工作的落实。"
WALL = Unverified(code=Missing.WALL, reason="网站要求验证，未能读取")


def context(**changes: Any) -> Context:
    base = Context(as_of=AS_OF, today=TODAY, judge_from=date(2018, 1, 1))
    return replace(base, **changes)


def fetched(at: datetime = AS_OF) -> Fetched:
    return Fetched(at=at, unchanged_since=at, status=200, evidence="e" * 32)


def subject(scope: Scope = Scope.PAGE, key: str = "p1", **changes: Any) -> Subject:
    base = Subject(
        scope=scope,
        key=key,
        site_id="portal",
        unit_id="u1",
        title="示例",
        url=f"http://127.0.0.1/{key}",
    )
    return replace(base, **changes)


# --- pages ----------------------------------------------------------------------------------------


def para(text: str = TEXT, **changes: Any) -> Paragraph:
    return Paragraph(text=text, **changes)


def body(*paragraphs: Paragraph | str, **changes: Any) -> Body:
    parts = tuple(para(p) if isinstance(p, str) else p for p in (paragraphs or (TEXT,) * 4))
    return Body(text="\n".join(p.text for p in parts), paragraphs=parts, **changes)


def read(value: Any, confidence: float = 0.95) -> Read[Any]:
    return Read(value=value, where="meta", confidence=confidence)


def page(**changes: Any) -> Page:
    base = Page(
        url="http://127.0.0.1/p1",
        kind=PageKind.ARTICLE,
        kind_confidence=0.95,
        title=read("关于开展安全生产检查的通知"),
        published=read(date(2018, 5, 21)),
        date_state=DateState.READ,
        source=read("市安监局"),
        source_label=True,
        body=body(),
        encoding=Encoding(
            used="utf-8", declared_header="utf-8", declared_meta="utf-8", undecodable=0
        ),
        shape="s1",
    )
    return replace(base, **changes)


def page_case(the_page: Page | Unverified | None = None, **changes: Any) -> PageCase:
    base = PageCase(subject=subject(), page=the_page or page(), fetched=fetched())
    return replace(base, **changes)


def titled(title: str, confidence: float = 0.95) -> PageCase:
    return page_case(page(title=read(title, confidence)))


def written(*paragraphs: Paragraph | str, **changes: Any) -> PageCase:
    """An article with such a body: each paragraph at a place of its own, which tells equal ones apart."""
    made = body(*paragraphs, **changes)
    placed = tuple(
        p if p.path else replace(p, path=f"p:nth-of-type({n})")
        for n, p in enumerate(made.paragraphs, start=1)
    )
    return page_case(page(body=replace(made, paragraphs=placed)))


def sized(width: float, tag: str = "img") -> Sized:
    return Sized(tag=tag, width=width, place=Place(path="p > img", snippet=f"<{tag} width>"))


def link(url: str, kind: LinkKind = LinkKind.PAGE, text: str = "相关解读") -> Link:
    return Link(url=url, text=text, kind=kind, path="p > a", snippet=f'<a href="{url}">')


def fate(url: str, state: LinkState) -> LinkFate:
    reason = {LinkState.ALIVE: "", LinkState.DEAD: "404 未找到", LinkState.UNVERIFIED: "超时"}[
        state
    ]
    status = {LinkState.ALIVE: 200, LinkState.DEAD: 404, LinkState.UNVERIFIED: None}[state]
    return LinkFate(url=url, state=state, status=status, reason=reason, checked_at=AS_OF)


def linking(kind: LinkKind, state: LinkState | None, *, in_body: bool = True) -> PageCase:
    """An article with one link whose target came to such a fate; ``None``: not looked up."""
    url = "http://127.0.0.1/target"
    one = (link(url, kind),)
    the_page = (
        page(body=body(links=one))
        if in_body
        else page(blocks=(LinkBlock(path="div.footer", links=one),))
    )
    fates = {} if state is None else {url: fate(url, state)}
    return page_case(the_page, fates=fates)


# --- columns --------------------------------------------------------------------------------------


def row(on: date | None, n: int = 0, **changes: Any) -> Entry:
    base = Entry(
        title=f"信息{n}",
        url=f"http://127.0.0.1/e{n}",
        published=on,
        date_state=DateState.READ if on else DateState.ABSENT,
    )
    return replace(base, **changes)


def rows(*dates: date | None) -> tuple[Entry, ...]:
    return tuple(row(on, n) for n, on in enumerate(dates))


def proof(**changes: Any) -> Proof:
    base = Proof(
        pages_read=1,
        total_claimed=None,
        pages_claimed=None,
        stop=StopReason.END,
        reader="1",
        share_dated=1.0,
        container="ul.list",
        confirmed=True,
        shape="s1",
    )
    return replace(base, **changes)


def reading(
    entries: tuple[Entry, ...], lengths: tuple[int, ...] | None = None, **changes: Any
) -> ColumnReading:
    lengths = lengths or (len(entries),)
    changes.setdefault("pages_read", len(lengths))
    return ColumnReading(
        url="http://127.0.0.1/list",
        entries=entries,
        page_lengths=lengths,
        proof=proof(**changes),
    )


def expected(cadence: Cadence | None = None, **changes: Any) -> ExpectedColumn:
    values: dict[str, Any] = {
        "key": "platform/u1.zwdt",
        "site_id": "platform",
        "unit_id": "u1",
        "owner_id": "u1",
        "name": "政务动态",
        "variants": (),
        "group": "工作动态",
        "category": "news",
        "category_title": "动态要闻",
        "cadence": Cadence(days=14) if cadence is None else cadence,
        "cadence_basis": "",
        "cadence_unconfirmed": False,
        "url": None,
    }
    return ExpectedColumn(**{**values, **changes})


def column_case(
    the_reading: ColumnReading | Unverified, cadence: Cadence | None = None, **changes: Any
) -> ColumnCase:
    base = ColumnCase(
        subject=subject(Scope.COLUMN, "platform/u1.zwdt"),
        expected=expected(cadence),
        state=ColumnState.UNVERIFIED if isinstance(the_reading, Unverified) else ColumnState.READ,
        reading=the_reading,
        fetched=fetched(),
    )
    return replace(base, **changes)


def listed(*dates: date | None, cadence: Cadence | None = None, **changes: Any) -> ColumnCase:
    """A column of one list page, read to the end, with rows of these dates."""
    return column_case(reading(rows(*dates)), cadence, **changes)


def empty(**changes: Any) -> ColumnReading:
    """A list without rows, confirmed by a second fetch, that carries no mark unless told."""
    return reading((), (0,), **changes)


ABSENT_COLUMN = column_case(
    Unverified(code=Missing.UNPROVEN, reason="没有此栏目"), state=ColumnState.ABSENT
)


# --- units and sites ------------------------------------------------------------------------------


def tree(*, complete: bool = True, reason: Unverified | None = None) -> TreeReading:
    nodes = (Node(name="部门介绍", url="http://127.0.0.1/bmjs"),)
    return TreeReading(root="http://127.0.0.1/u1", nodes=nodes, complete=complete, reason=reason)


def unit_case(**changes: Any) -> UnitCase:
    base = UnitCase(
        subject=subject(Scope.UNIT, "u1"),
        tree=tree(),
        columns=(listed(TODAY),),
        fetched=fetched(),
    )
    return replace(base, **changes)


def budget_case(*entries: Entry, on: datetime = AS_OF) -> UnitCase:
    return unit_case(columns=(), budget=entries, fetched=fetched(on))


def site_case(newest: date | None) -> SiteCase:
    home = HomeReading(url="http://127.0.0.1/", newest=newest, newest_title="要闻", dated_rows=9)
    return SiteCase(subject=subject(Scope.SITE, "portal"), home=home, fetched=fetched())
