"""The reader of Chinese government pages: bytes in, facts out, parsed once.

Each part gives a value with its place and how sure it is; this module only calls them in order.
Nothing raises, whatever the bytes: a page that is not understood has fields that are ``None``.
"""

from __future__ import annotations

import gc
import logging
from dataclasses import dataclass, field
from typing import Any

from checks.facts import Body, DateState, Encoding, Link, LinkKind, Listing, Page, PageKind, Read
from crawler import urls
from crawler.extract import body as bodies
from crawler.extract import disclosure, families, fields, labels, links, listing, parts, titles
from crawler.extract.choices import Candidate
from crawler.extract.container import locate
from crawler.extract.encoding import decode
from crawler.extract.groups import Group
from crawler.extract.kind import Kind, article_signs, decide, is_home, list_signs
from crawler.extract.links import Anchor
from crawler.extract.pager import Pager
from crawler.extract.rows import entry_of
from crawler.extract.scripted import datastore
from crawler.extract.tree import Tree, bare, build, squeeze

__all__ = ["READER", "Anchor", "Reading", "probe", "read_page"]

READER = "9"
"""Version of the reader, stored with every page version; raised when its results change."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """One page as read."""

    page: Page
    links: tuple[Link, ...]
    """All distinct links to follow or check, canonical, http and https only."""
    anchors: tuple[Anchor, ...]
    """Every ``<a>`` with an address, in document order."""


@dataclass(slots=True)
class _Trace:
    """What was considered for each field, for ``probe``."""

    candidates: dict[str, list[Candidate[Any]]] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)


def read_page(
    body: bytes,
    *,
    url: str,
    content_type: str | None = None,
    hint: PageKind | None = None,
    container: str | None = None,
) -> Reading:
    """Read one page.

    ``body``: the bytes as fetched; ``url``: its final address (relative links resolve against it);
    ``content_type``: the header, a hint for the encoding; ``hint``: what the caller expects, which
    settles doubt and never overrides clear structure; ``container``: where the list stood on the
    page before this one, so that a last page with a single row is known for what it is. Never
    raises.
    """
    return _read_safely(body, url, content_type, hint, None, container)


def _read_safely(
    body: bytes,
    url: str,
    content_type: str | None,
    hint: PageKind | None,
    trace: _Trace | None,
    container: str | None = None,
) -> Reading:
    try:
        text, encoding = decode(body, content_type)
    except Exception:
        log.exception("could not decode %s", url[:200])
        text, encoding = (
            "",
            Encoding(used="utf-8", declared_header=None, declared_meta=None, undecodable=0),
        )
    # The tree is one big cycle: a collector that runs while it grows walks it again and again.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _read(text, encoding, url, hint, trace, container)
    except Exception:
        # The page stays unread (未能核实, our reader); the scan goes on.
        log.exception("could not read %s", url[:200])
        return Reading(
            Page(
                url=url,
                kind=PageKind.OTHER,
                kind_confidence=0.0,
                title=None,
                published=None,
                date_state=DateState.UNREAD,
                source=None,
                encoding=encoding,
            ),
            (),
            (),
        )
    finally:
        if collecting:
            gc.enable()


def _read(
    text: str,
    encoding: Encoding,
    url: str,
    hint: PageKind | None,
    trace: _Trace | None,
    within: str | None = None,
) -> Reading:
    if (
        text[:400].lstrip()[:10].lower().startswith(("<datastore", "<?xml vers"))
        and "<record" in text[:20_000]
    ):
        return _read_datastore(text, encoding, url)
    tree = build(text)
    try:
        return _read_tree(tree, text, encoding, url, hint, trace, within)
    finally:
        if trace is None:
            tree.release()


def _read_tree(
    tree: Tree,
    text: str,
    encoding: Encoding,
    url: str,
    hint: PageKind | None,
    trace: _Trace | None,
    within: str | None = None,
) -> Reading:
    base = urls.canonical(tree.base, url) if tree.base else None
    resolver = urls.Resolver(base or url, charset=encoding.used)
    found = labels.collect(tree)
    groups, in_rows = labels.groups_of_page(
        [item for item in found if not fields.in_footer(item.block)]
    )
    entry = fields.is_entry(found)
    signs = article_signs(tree, url, groups) - (2.5 if in_rows else 0.0)
    named = (
        next((item.value for item in found if item.group == "named" and item.value), None)
        if entry
        else None
    )
    title, heading = titles.read_title(tree, found, named)
    container = locate(
        tree, heading.el if heading else None, disclosure.head_of(found) if entry else None
    )
    prose = container.el.chars - container.el.linked if container else 0
    expected = hint is PageKind.LIST or list_signs(url)
    home = is_home(url) or hint is PageKind.HOME
    main: listing.MainList | None = None
    surely = (
        hint is not PageKind.LIST
        and not list_signs(url)
        and (
            (entry and signs >= 2)
            or (
                signs >= 4
                and container is not None
                and (container.confidence >= 0.9 or prose >= 100)
            )
        )
    )
    # A notice of two lines is known by its heading, the labelled date and the prose in this order.
    short = prose >= 30 and "published" in groups and not expected and _is_sure(title.read)
    led = (prose >= 150 or short) and titles.leads_in(tree, heading, container)
    if not surely:
        like_article = (
            (signs >= 2.5 or led) and container is not None and prose >= 60 and not expected
        )
        main = listing.find_list(tree, resolver, url, expected, like_article, within)
    weight = (
        sum(min(len(item.title), 60) for item in main.listing.entries)
        if main and main.listing
        else 0
    )
    if (
        container is not None
        and main is not None
        and main.container is not None
        and main.listing
        and main.listing.entries
    ):
        inside = main.container.holds(container.el) or container.el.holds(main.container)
        if inside and (in_rows or (weight > 0.5 * prose and signs < 3)):
            container, prose = None, 0
    decided = decide(
        url,
        hint,
        signs,
        entry,
        main.confidence if main and main.listing else 0.0,
        prose,
        container.confidence if container else 0.0,
        title.read is not None,
        weight,
        led,
        main is not None and main.listing is not None and main.listing.pager is not None,
    )
    kind = decided.kind
    is_article = kind in {PageKind.ARTICLE, PageKind.ENTRY}
    page_title = title.read
    published = source = issuer = index_number = document_number = None
    date_state = DateState.UNREAD
    printed = hidden = False
    article_body: Body | None = None
    shown: Listing | None = None
    dated: fields.Dated | None = None
    sources = issuers = indexes = documents = None
    if is_article:
        dated = fields.read_date(tree, url, found, heading, container, entry)
        published, date_state = dated.choice.read, dated.state
        sources, printed, issuers, hidden = fields.read_source(
            tree, found, heading, container, entry
        )
        source, issuer = sources.read, issuers.read
        if container is not None:
            article_body = bodies.read(tree, container, resolver, heading.el if heading else None)
        indexes = fields.read_index(found)
        index_number = indexes.read
        heads = [item.text for item in article_body.paragraphs[:6]] if article_body else []
        if heading is not None:
            heads[:0] = [line.text for line in tree.lines[heading.line + 1 : heading.line + 4]]
        documents = fields.read_document(found, heads, entry)
        document_number = documents.read
    elif kind is PageKind.LIST:
        shown = main.listing if main else None
        page_title = _column_title(tree) or page_title
    elif kind is PageKind.HOME:
        rows = listing.all_rows(tree, resolver, url)
        if rows:
            shown = Listing(
                entries=tuple(entry_of(row) for row in rows),
                container="body",
                next_url=None,
                pager=None,
            )
        page_title = (
            Read(value=squeeze(tree.title), where="title element", confidence=0.9)
            if tree.title
            else page_title
        )
    else:
        if hint is PageKind.LIST:
            shown = main.listing if main else None
            page_title = _column_title(tree) or page_title
        if container is not None and shown is None:
            article_body = bodies.read(tree, container, resolver, heading.el if heading else None)
    if kind is PageKind.LIST and shown is None and not home:
        kind = PageKind.OTHER
    listed = {el.index for el in main.links} if main and shown is main.listing else set()
    gathered = links.gather(
        tree, resolver, container.el if is_article and container else None, listed, not is_article
    )
    if article_body is not None:
        distinct = {link.url for link in gathered.links}
        more = tuple(
            link
            for link in article_body.links
            if link.url not in distinct and link.kind is not LinkKind.IMAGE
        )
        all_links = gathered.links + more
    else:
        all_links = gathered.links
    if shown is not None:
        distinct = {link.url for link in all_links}
        all_links += tuple(
            Link(url=item.url, text=item.title, kind=links.kind_of(item.url))
            for item in shown.entries
            if item.url not in distinct and "#" not in item.url
        )
    if trace is not None:
        trace.candidates["title"] = list(title.candidates)
        for name, choice in (
            ("source", sources),
            ("issuer", issuers),
            ("index_number", indexes),
            ("document_number", documents),
        ):
            if choice is not None:
                trace.candidates[name] = list(choice.candidates)
        if dated is not None:
            trace.candidates["published"] = list(dated.choice.candidates)
        trace.groups = main.groups if main else []
    metas = tree.metas
    page = Page(
        url=url,
        kind=kind,
        kind_confidence=_kind_confidence(decided, shown),
        title=page_title,
        title_as_typed=_as_typed(page_title, heading),
        published=published,
        date_state=date_state,
        source=source,
        source_label=printed,
        source_hidden=hidden,
        issuer=issuer,
        index_number=index_number,
        document_number=document_number,
        body=article_body,
        listing=shown,
        blocks=gathered.blocks,
        encoding=encoding,
        site_name=metas.get("sitename") or None,
        site_code=metas.get("siteidcode") or None,
        column_name=metas.get("columnname") or None,
        shape=links.shape(
            tree,
            container.el if is_article and container else None,
            main.container if main and shown else None,
        ),
        cms=families.recognise(tree, url),
    )
    page = parts.complete(page, tree, found, resolver)
    return Reading(page, all_links, gathered.anchors)


UNDATED_LIST = 0.75
"""How sure a list can be at most whose rows bear no date at all: menus look like that, too."""


def _kind_confidence(decided: Kind, shown: Listing | None) -> float:
    entries = shown.entries if decided.kind is PageKind.LIST and shown is not None else ()
    if entries and all(entry.date_state is DateState.ABSENT for entry in entries):
        return min(decided.confidence, UNDATED_LIST)
    return decided.confidence


def _is_sure(read: Read[str] | None) -> bool:
    return read is not None and read.confidence >= 0.9


def _as_typed(title: Read[str] | None, heading: titles.Heading | None) -> str:
    """The title with the blanks of its heading; empty when the heading shows something else."""
    if title is None or heading is None:
        return ""
    text = heading.el.shown()
    return text if bare(text) == bare(title.value) else ""


def _column_title(tree: Tree) -> Read[str] | None:
    """A list page's title: its column's name."""
    name = tree.metas.get("columnname")
    if name:
        return Read(value=name, where="meta ColumnName", confidence=0.9)
    text = squeeze(tree.title)
    if not text:
        return None
    parts = titles.title_parts(tree)
    return Read(value=parts[0] if parts else text, where="title element", confidence=0.6)


def _read_datastore(text: str, encoding: Encoding, url: str) -> Reading:
    """The answer of a jpage endpoint: rows without a page around them."""
    resolver = urls.Resolver(url)
    found = datastore(text, resolver, None)
    pager = found.pager or Pager()
    shown = Listing(
        entries=tuple(entry_of(row) for row in found.rows),
        container="datastore",
        next_url=pager.next_url,
        pager=pager.kind,
        pages_claimed=pager.pages,
        total_claimed=pager.rows,
    )
    page = Page(
        url=url, kind=PageKind.LIST, kind_confidence=0.9, title=None, published=None,
        date_state=DateState.UNREAD, source=None, listing=shown if found.rows or pager.rows is not None else None,
        encoding=encoding, cms="jpage",
    )  # fmt: skip
    return Reading(
        page,
        tuple(
            Link(url=item.url, text=item.title, kind=links.kind_of(item.url))
            for item in shown.entries
        ),
        (),
    )


def probe(body: bytes, url: str, content_type: str | None = None) -> dict[str, Any]:
    """How one page is read: the JSON shape of ``xunjian probe`` (without ``findings``), and under
    ``candidates`` what was considered for each field and why it lost."""
    trace = _Trace()
    page = _read_safely(body, url, content_type, None, trace).page
    shown = page.listing
    reads: dict[str, Read[Any] | None] = {
        "title": page.title,
        "published": page.published,
        "source": page.source,
        "issuer": page.issuer,
        "index_number": page.index_number,
        "document_number": page.document_number,
    }
    origin = {name: read.where for name, read in reads.items() if read is not None}
    sure = {name: read.confidence for name, read in reads.items() if read is not None}
    sure["kind"] = page.kind_confidence
    if shown is not None and shown.container:
        origin["entries"] = shown.container
    if shown is not None and shown.pager:
        origin["next"] = shown.pager
    candidates: dict[str, list[dict[str, Any]]] = {
        name: [
            {
                "value": str(item.value),
                "where": item.where,
                "confidence": round(item.confidence, 2),
                "lost_because": item.lost or None,
            }
            for item in sorted(found, key=lambda item: -item.confidence)
        ]
        for name, found in trace.candidates.items()
    }
    if trace.groups:
        best = max(group.score for group in trace.groups)
        candidates["entries"] = [
            {
                "value": f"{len(group.read)} rows, {round(group.dated * 100)}% dated",
                "where": group.container.path,
                "confidence": round(group.score / best, 2) if best else 0.0,
                "lost_because": None
                if shown is not None and group.container.path == shown.container
                else "furniture" if group.furniture else "beside the main list" if group.aside else "less weight",
            }
            for group in sorted(trace.groups, key=lambda group: -group.score)
        ]  # fmt: skip
    return {
        "kind": page.kind.value,
        "title": page.title.value if page.title else None,
        "published": page.published.value.isoformat() if page.published else None,
        "source": page.source.value if page.source else None,
        "index_number": page.index_number.value if page.index_number else None,
        "document_number": page.document_number.value if page.document_number else None,
        "encoding": page.encoding.used,
        "cms": page.cms,
        "entries": [
            {
                "title": item.title,
                "url": item.url,
                "published": item.published.isoformat() if item.published else None,
                "pinned": item.pinned,
            }
            for item in (shown.entries if shown else ())
        ],
        "next": shown.next_url if shown else None,
        "attachments": [link.url for link in page.body.links if link.kind is LinkKind.FILE]
        if page.body
        else [],
        "from": origin,
        "confidence": sure,
        "date_state": page.date_state.value,
        "candidates": candidates,
    }
