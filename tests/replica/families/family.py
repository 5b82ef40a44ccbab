"""What the sites of all families share: requests, replies, routes, and the truth of it.

A family gives the markup, the addresses and the endpoints. It is grown from what is known of such
sites, never from our reader.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import parse_qsl, urljoin, urlsplit

from tests.replica.families import content
from tests.replica.families.model import (
    Column,
    Kind,
    Plan,
    Post,
    Spec,
    State,
    TrueArticle,
    TrueColumn,
    TrueEntry,
    TrueUnit,
    Truth,
    Unit,
)

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
FILE_TYPES = {
    "pdf": ("application/pdf", PDF),
    "doc": ("application/msword", OLE),
    "xls": ("application/vnd.ms-excel", OLE),
    "png": ("image/png", PNG),
    "jpg": ("image/png", PNG),
    "css": ("text/css", b"body{margin:0}"),
    "js": ("application/javascript", b"/* */"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came. ``target`` is the path with its query, as sent."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def values(self, encoding: str = "utf-8") -> dict[str, str]:
        """Query and form together, the form last."""
        pairs = parse_qsl(urlsplit(self.target).query, keep_blank_values=True, encoding=encoding)
        pairs += parse_qsl(self.body.decode("latin-1"), keep_blank_values=True, encoding=encoding)
        return dict(pairs)


@dataclass(frozen=True, slots=True)
class Reply:
    status: int = 200
    body: bytes = b""
    content_type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)


Markup = str | bytes | Reply
Maker = Callable[[], Markup]
Handler = Callable[[Asked], Markup]


class FamilySite:
    """A whole site of one family.

    ``routes`` are full targets (path with query, as the links spell them) and are tried first;
    ``handlers`` are paths. Pages are made when they are asked for.
    """

    family: ClassVar[str]
    """What the registry calls it."""
    encoding: ClassVar[str] = "utf-8"
    declared: ClassVar[str | None] = "utf-8"
    """Charset in the header; ``None``: the header names none."""
    per_page: ClassVar[int] = 15
    month_day: ClassVar[bool] = False
    """Lists print month and day only."""
    marks_pinned: ClassVar[bool] = True
    empty_words: ClassVar[str] = "暂无信息"
    kind: ClassVar[str] = "portal"

    def __init__(self, spec: Spec, root: str) -> None:
        """``root``: ``http://127.0.0.1:<port>``, without a slash at the end."""
        self.spec, self.root = spec, root.rstrip("/")
        self.plan: Plan = self.make_plan()
        self.ident = self.plan.identity
        self.routes: dict[str, Maker] = {}
        self.handlers: dict[str, Handler] = {}
        self._cache: dict[str, Reply] = {}
        self.route("/", self.home)
        for name in ("/favicon.ico",):
            self.route(name, lambda: Reply(404))
        self.build()

    # -- what a family says for itself -----------------------------------------------------

    def make_plan(self) -> Plan:
        return content.portal(self.spec)

    def column_path(self, column: Column) -> str:
        """Path (with query) of a column's first page, percent-encoded as it is linked."""
        raise NotImplementedError

    def post_path(self, post: Post, column: Column) -> str:
        """Path of a post's own page, or of its file, as shown in this column."""
        raise NotImplementedError

    def home(self) -> Markup:
        raise NotImplementedError

    def build(self) -> None:
        """Fill ``routes`` and ``handlers``."""
        raise NotImplementedError

    def unit_path(self, unit: Unit) -> str:
        raise NotImplementedError

    # what may be overridden

    def shown_title(self, post: Post) -> str:
        return post.title

    def shown_source(self, post: Post) -> str:
        """Who the article's own page says it comes from; empty: it does not say."""
        return post.source

    def shown_day(self, post: Post, column: Column) -> bool:
        """Whether the list shows this row's date."""
        return True

    def robots(self) -> str | None:
        """``None``: there is none (404)."""
        return "User-agent: *\nDisallow: /admin/\n"

    def not_found(self) -> str:
        return "<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1></body></html>"

    def hosts(self) -> tuple[str, ...]:
        return ()

    def unit_index(self) -> str | None:
        return None

    # -- serving ---------------------------------------------------------------------------

    def route(self, target: str, maker: Maker) -> None:
        assert target.startswith("/"), target
        assert target not in self.routes or target == "/", f"two pages at {target}"
        self.routes[target] = maker

    def file(self, target: str) -> None:
        """A document or picture, by its ending; the same address may be named twice."""
        ending = urlsplit(target).path.rpartition(".")[2].lower()
        kind, body = FILE_TYPES.get(ending, FILE_TYPES["doc"])
        self.routes.setdefault(target, lambda: Reply(200, body, kind))

    def reply(self, asked: Asked) -> Reply:
        """Never raises for what is not there."""
        known = self._cache.get(asked.target) if asked.method != "POST" else None
        if known is not None:
            return known
        if asked.path == "/robots.txt":
            robots = self.robots()
            return Reply(404) if robots is None else Reply(200, robots.encode(), "text/plain")
        maker = self.routes.get(asked.target) if asked.method != "POST" else None
        if maker is not None:
            reply = self._cache[asked.target] = self.wrap(maker())
            return reply
        handler = self.handlers.get(asked.path)
        if handler is not None:
            return self.wrap(handler(asked))
        return self.missing(asked)

    def missing(self, asked: Asked) -> Reply:
        """What the server says of an address that it does not know."""
        return self.wrap(self.not_found(), 404)

    def wrap(self, made: Markup, status: int = 200) -> Reply:
        if isinstance(made, Reply):
            return made
        charset = f"; charset={self.declared}" if self.declared else ""
        return Reply(status, self.bytes(made), f"text/html{charset}")

    def bytes(self, made: str | bytes) -> bytes:
        if isinstance(made, bytes):
            return made
        return made.encode(self.encoding, "xmlcharrefreplace")

    # -- the truth -------------------------------------------------------------------------

    def absolute(self, path: str) -> str:
        return urljoin(self.root + "/", path)

    def address(self, post: Post, column: Column) -> str:
        if post.kind is Kind.OFFSITE:
            return post.target
        return self.absolute(self.post_path(post, column))

    def truth(self) -> Truth:
        columns = []
        articles: dict[str, TrueArticle] = {}
        for column in self.plan.columns:
            entries = []
            for post in column.posts:
                address = self.address(post, column)
                day = post.day if self.shown_day(post, column) else None
                entries.append(
                    TrueEntry(
                        title=self.shown_title(post),
                        address=address,
                        day=day,
                        pinned=post.pinned,
                        kind=post.kind,
                    )
                )
                if post.kind is Kind.ARTICLE and address not in articles:
                    articles[address] = TrueArticle(
                        address=address,
                        title=post.title,
                        day=post.day,
                        source=self.shown_source(post),
                    )
            columns.append(self._true_column(column, tuple(entries)))
        units = tuple(
            TrueUnit(
                name=u.name,
                short=u.short,
                group=u.group,
                root=self.absolute(self.unit_path(u)),
                slug=u.slug,
            )
            for u in self.plan.units
        )
        index = self.unit_index()
        return Truth(
            family=self.family,
            as_of=self.spec.as_of,
            home=self.root + "/",
            kind=self.kind,
            identity=self.ident,
            columns=tuple(columns),
            units=units,
            articles=tuple(articles.values()),
            hosts=self.hosts(),
            unit_index=self.absolute(index) if index else None,
            pages=self.count_pages(len(articles)),
            marks_pinned=self.marks_pinned,
        )

    def count_pages(self, articles: int) -> int:
        """Pages for readers: articles, list pages, the home page."""
        lists = sum(max(1, -(-len(c.posts) // self.per_page)) for c in self.plan.columns)
        return articles + lists + 1

    def _true_column(self, column: Column, entries: tuple[TrueEntry, ...]) -> TrueColumn:
        elsewhere = column.state is State.ELSEWHERE
        return TrueColumn(
            key=column.key,
            name=column.name,
            above=column.above,
            unit=column.unit,
            state=column.state,
            categories=column.categories,
            every=column.every,
            address=column.target if elsewhere else self.absolute(self.column_path(column)),
            entries=entries,
            target=column.target,
            pages=max(1, -(-len(entries) // self.per_page)),
        )
