"""Facts: what was read, without a word of judgement.

Every type here is an immutable record that the crawler makes, storage keeps and rules read. A fact
that is absent, a fact that is empty and a fact that was not reached are three different values;
each field says what ``None`` means. Dates are Asia/Shanghai calendar dates; instants are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from checks.parts import Disclosure, Guide, Leader, Letter, Marks, Tag

T = TypeVar("T")

SNIPPET = 200
"""Longest snippet that a fact carries, in characters."""


class PageKind(StrEnum):
    """What a page is, judged from its structure."""

    ARTICLE = "article"
    """A text with a title and a body."""
    ENTRY = "entry"
    """A disclosure entry: an article that also shows the disclosure table (索引号 …)."""
    LIST = "list"
    HOME = "home"
    OTHER = "other"


class DateState(StrEnum):
    """Why a date is or is not there."""

    READ = "read"
    """A full date was read."""
    MONTH_DAY = "month_day"
    """Only month and day are printed and the year is not certain."""
    ABSENT = "absent"
    """The template is understood and it prints no date here."""
    UNREAD = "unread"
    """There may be a date (a script, an image, an unknown template) that we could not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read(Generic[T]):
    """A value read from a page, with its origin."""

    value: T
    where: str
    """Where it was found, e.g. ``meta PubDate`` or ``label 发布时间`` or ``h1``."""
    confidence: float
    """0 to 1; how sure the reader is that the value is the field."""


class LinkKind(StrEnum):
    PAGE = "page"
    FILE = "file"
    """An attachment: doc, xls, pdf, zip …"""
    IMAGE = "image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link or picture of a page."""

    url: str
    """Absolute and canonical address (``crawler.urls.canonical``)."""
    text: str
    kind: LinkKind
    path: str = ""
    """CSS path of the enclosing element, for the evidence."""
    snippet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkBlock:
    """The links outside the body that share one enclosing block (header, menu, footer …)."""

    path: str
    """CSS path of the block, without positions: the same on every page of a template."""
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a page that a finding can point at."""

    path: str
    """CSS path from the body's container, with positions."""
    snippet: str
    """The markup or text as found, at most ``SNIPPET`` characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A block of text inside an article's body, as the editor made it."""

    text: str
    """The visible text, leading blanks removed; empty for an empty paragraph."""
    lead: str = ""
    """Leading blanks as typed (U+3000, U+00A0, spaces); the indent made by hand."""
    text_indent: float | None = None
    """Inline ``text-indent`` in em; px and pt are converted; ``None`` when not set inline."""
    centred: bool = False
    """Aligned centre or right by an attribute or inline style: headings, signatures."""
    fonts: tuple[str, ...] = ()
    """Distinct font families set inline or by ``<font face>`` on its text, in order."""
    sizes: tuple[str, ...] = ()
    """Distinct font sizes set inline or by ``<font size>`` on its text, in pt, e.g. ``16pt``."""
    breaks: int = 0
    """``<br>`` elements inside that separate runs of text (paragraphs made by line breaks)."""
    in_table: bool = False
    path: str = ""
    snippet: str = ""
    """Its opening markup, kept only where something about it is unusual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """A picture or table with a width set in the markup."""

    tag: str
    """``img`` or ``table``."""
    width: float
    """Width in px as set by attribute or inline style (``%`` widths are not recorded)."""
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The body of an article: what its editor wrote, without navigation and share buttons."""

    text: str
    """Visible text, paragraphs separated by newlines."""
    paragraphs: tuple[Paragraph, ...]
    """In document order; runs of empty paragraphs are kept (``text == ""``)."""
    links: tuple[Link, ...] = ()
    """Links to pages and attachments, and pictures, inside the body; attachments shown beside
    it (an 附件 block of the article) are included."""
    sized: tuple[Sized, ...] = ()
    word_marks: tuple[Place, ...] = ()
    """Leftovers of pasting from Word: ``mso-`` styles, ``o:p``, ``MsoNormal``, conditional comments."""
    embedded: int = 0
    """Videos, players and viewer frames: a body may consist of one of them alone."""
    alone: bool = False
    """Of a body with little or no text and no links: nothing seen in or beside it could show more (a
    script that fills it, a frame, a drawing, another text, a redirection)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """How the bytes of a page became text."""

    used: str
    declared_header: str | None
    declared_meta: str | None
    undecodable: int
    """Byte sequences that are wrong in the used encoding and were replaced by U+FFFD."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a list (信息条目)."""

    title: str
    """The whole title: the ``title`` attribute where the visible text is cut."""
    url: str
    published: date | None
    """``None`` unless ``date_state`` is READ."""
    date_state: DateState
    date_text: str = ""
    """The date as printed, for the evidence."""
    pinned: bool = False
    source: str | None = None
    """Issuing unit printed in the row; ``None`` when the list has no such column."""
    index_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The main list of one page."""

    entries: tuple[Entry, ...]
    container: str | None
    """CSS path of the list's container; ``None`` when no list was recognised."""
    next_url: str | None
    """Address of the next page; ``None`` when this is the last one or there is no pager."""
    pager: str | None
    """How the pager is made (``link``, ``createPageHTML``, ``query`` …); ``None`` when none was seen."""
    pages_claimed: int | None = None
    total_claimed: int | None = None
    """Pages and rows in all that the page itself claims; ``None`` when it claims nothing."""
    empty_mark: str | None = None
    """The text by which the page says that there is nothing: 暂无信息, 共0条, 建设中 …"""
    scripted: bool = False
    """Rows may be filled by a script that this reader does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page, parsed once."""

    url: str
    kind: PageKind
    kind_confidence: float
    title: Read[str] | None
    """``None``: no title found. Its blanks are made single."""
    title_as_typed: str = ""
    """The same title with its inner blanks as the heading shows them (U+3000 and U+00A0 stay, ASCII
    blanks are one as in a browser); empty when no heading shows it."""
    published: Read[date] | None
    date_state: DateState
    """READ exactly when ``published`` is there."""
    source: Read[str] | None
    source_label: bool = False
    """The template prints a 来源 label (or has the tag), even where its value is empty."""
    source_hidden: bool = False
    """A 来源 or 发布机构 label is printed whose place a script, a hook or a picture may fill."""
    issuer: Read[str] | None = None
    """发布机构 of a disclosure entry."""
    index_number: Read[str] | None = None
    document_number: Read[str] | None = None
    body: Body | None = None
    """``None``: no body was recognised. A recognised empty body has ``text == ""``."""
    listing: Listing | None = None
    """``None``: the page is no list, or its list was not recognised."""
    blocks: tuple[LinkBlock, ...] = ()
    encoding: Encoding
    site_name: str | None = None
    """meta SiteName."""
    site_code: str | None = None
    """meta SiteIDCode."""
    column_name: str | None = None
    """meta ColumnName."""
    shape: str = ""
    """Digest of the template's skeleton: equal for pages of one template, whatever the text."""
    cms: str | None = None
    """CMS family recognised; ``None``: none."""
    tags: tuple[Tag, ...] = ()
    """The meta tags of 《网页设计规范》 that its head carries, in order."""
    disclosure: Disclosure | None = None
    letter: Letter | None = None
    guide: Guide | None = None
    leaders: tuple[Leader, ...] = ()
    marks: Marks | None = None
    """Of home pages only."""

    @property
    def parts(self) -> frozenset[str]:
        """Which special parts it has, by name."""
        held = {
            "disclosure": self.disclosure,
            "letter": self.letter,
            "guide": self.guide,
            "leaders": self.leaders,
            "marks": self.marks,
        }
        return frozenset(name for name, value in held.items() if value)


class StopReason(StrEnum):
    """Why paging through a column ended."""

    END = "end"
    """The last page was read: no next page, and the pager does not promise more."""
    REPEATED = "repeated"
    """A page came back that had been read already."""
    CAP = "cap"
    """The bound on list pages was reached."""
    OLDER = "older"
    """Rows were in falling order over two pages at least and older than needed."""
    FAILED = "failed"
    """A list page could not be fetched."""
    UNREADABLE = "unreadable"
    """A list page came but its list was not recognised."""
    WINDOW = "window"
    """The scan's window ended."""


class Missing(StrEnum):
    """Why a fact is missing (the code of a 未能核实)."""

    WALL = "wall"
    """A challenge page, captcha, login or address fence."""
    SERVER = "server"
    """The server answered with an error."""
    NETWORK = "network"
    """No answer: ours until a control address shows otherwise."""
    ROBOTS = "robots"
    """robots.txt forbids it or could not be read."""
    READER = "reader"
    """Our reader did not understand the page."""
    SHAPE = "shape"
    """The page changed its shape since it was last understood."""
    UNDATED = "undated"
    """Dates could not be read."""
    UNPROVEN = "unproven"
    """Too little was read to be sure."""
    EVIDENCE_GONE = "evidence_gone"
    """存证已清理."""
    NOT_CAPTURED = "not_captured"
    """Outside what this scan may fetch."""
    NOT_REACHED = "not_reached"
    """Never read yet: the scan's window ended first (未轮到)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """未能核实: a fact that could not be had, with its reason."""

    code: Missing
    reason: str
    """In Chinese, for the clerk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Proof of reading, stored with a column's observation."""

    pages_read: int
    total_claimed: int | None
    pages_claimed: int | None
    stop: StopReason
    reader: str
    """Version of the reader and, where one was used, the CMS family."""
    share_dated: float
    """Share of the rows that bear a full date, 0 to 1; 1 for an empty list."""
    empty_mark: str | None = None
    container: str | None = None
    siblings_with_rows: int = 0
    """Columns of the same template on the same site that show rows in the same container."""
    confirmed: bool = False
    """A second fetch in this scan gave the same result (asked for where it would be blank)."""
    shape: str = ""
    scripted: bool = False
    confidence: float = 1.0
    """0 to 1; how sure the reader is that this is the column's list (1: its endpoint said so)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnReading:
    """A column's list, as far as it was read in one scan."""

    url: str | None
    """Address of its first list page; ``None`` when no link to it was found."""
    entries: tuple[Entry, ...]
    """Distinct by address, in the list's own order."""
    page_lengths: tuple[int, ...]
    """Rows of each list page read, in order (to tell falling dates over pages)."""
    proof: Proof
    linked_site: str | None = None
    """The column only leads to another host: its address."""
    tags: tuple[Tag, ...] | None = None
    """The meta tags of its first page; ``None``: no page of it was read."""


class ColumnState(StrEnum):
    """What became of an expected column in one scan."""

    READ = "read"
    ABSENT = "absent"
    """Not in the unit's column tree, which was read whole from a known root."""
    DELEGATED = "delegated"
    """It only leads to another site."""
    UNVERIFIED = "unverified"


class NameMatch(StrEnum):
    EXACT = "exact"
    VARIANT = "variant"
    """A variant of the name that the configuration accepts (单位简介 for 部门介绍)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One column link of a column tree."""

    name: str
    url: str
    parent: str | None = None
    """Name of the category (一级栏目) it stands under; ``None`` at the top or when not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeReading:
    """A column tree (a unit's catalogue, or a site's menu), as read from its root."""

    root: str
    nodes: tuple[Node, ...]
    complete: bool
    """The root and every page of the tree were read and the tree's block was recognised."""
    reason: Unverified | None = None
    """Why it is not complete."""


class LinkState(StrEnum):
    ALIVE = "alive"
    DEAD = "dead"
    """404, 410, a soft 404 or the wrong kind of bytes, seen twice."""
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFate:
    """What became of one link's target."""

    url: str
    state: LinkState
    status: int | None
    """HTTP status; ``None`` when there was no answer."""
    reason: str
    """In Chinese: 404 未找到, 附件内容是网页 …; empty when alive."""
    checked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeReading:
    """A site's home page: the dated rows it shows."""

    url: str
    newest: date | None
    """Newest date of any row on the page, not later than the day it was fetched."""
    newest_title: str = ""
    dated_rows: int = 0
    links: int = 0
    """In-site links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """How and when a subject was last fetched."""

    at: datetime
    """When it was measured (aware, UTC)."""
    unchanged_since: datetime
    """When this very content was first seen."""
    status: int
    evidence: str | None
    """Digest of the evidence; ``None`` when no record is kept."""
