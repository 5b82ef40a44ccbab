"""The links of a page: each once to follow, in blocks outside the body, and as a column tree shows
them, with the heading that they stand under."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import NamedTuple

from checks.facts import Link, LinkBlock, LinkKind
from crawler import urls
from crawler.extract.tree import BLANKS, HEADINGS, INLINE, El, Tree, squeeze

MAX_LINKS = 5000
_REMEMBERED = 20_000


class Anchor(NamedTuple):
    """One ``<a>`` in document order, for recognising column trees."""

    text: str
    """Its text, blanks normalised; its ``title`` (or its picture's ``alt``) when it has none."""
    url: str
    path: str
    """CSS path of its enclosing block, without positions."""
    heading: str
    """Nearest heading or category text before it; empty when there is none near, and on articles
    and entries, which show no column tree of their own."""


_links: dict[tuple[str, str, LinkKind | None, str], Link] = {}


def _link(url: str, text: str, kind: LinkKind | None, path: str) -> Link:
    """The link as a fact, its kind told by its address when it is ``None``; menus are the same on
    every page, so facts are shared."""
    key = (url, text, kind, path)
    found = _links.get(key)
    if found is None:
        if len(_links) > _REMEMBERED:
            _links.clear()
        found = _links[key] = Link(url=url, text=text, kind=kind or kind_of(url), path=path)
    return found


@lru_cache(maxsize=20_000)
def kind_of(url: str) -> LinkKind:
    if urls.is_attachment(url):
        return LinkKind.FILE
    return LinkKind.IMAGE if urls.is_image(url) else LinkKind.PAGE


def text_of(el: El) -> str:
    """What a link says."""
    kids = el.kids
    if len(kids) == 1 and isinstance(kids[0], str):
        text = squeeze(kids[0])
    else:
        text = el.text(hidden=True) if kids else ""
    if not text:
        text = squeeze(el.get("title"))
        if not text:
            for kid in el.children():
                if kid.tag == "img":
                    text = squeeze(kid.get("alt") or kid.get("title"))
                    break
    return text[:200]


_NO_BLOCK = INLINE | HEADINGS | {"li", "p", "td", "tr", "tbody", "dd", "dt"}


def block_of(el: El) -> El:
    """The block element that encloses ``el``: for a list item, its list."""
    at = el.parent
    while at is not None and at.tag in _NO_BLOCK:
        at = at.parent
    return at if at is not None else el


class Gathered(NamedTuple):
    links: tuple[Link, ...]
    blocks: tuple[LinkBlock, ...]
    anchors: tuple[Anchor, ...]


def gather(
    tree: Tree, resolver: urls.Resolver, body: El | None, listed: set[int], headed: bool
) -> Gathered:
    """All links of the page. ``body``: its links are no template's. ``listed``: indices of links
    that are entries of the main list, which are in no block either. ``headed``: say under which
    heading each link stands."""
    distinct: dict[str, Link] = {}
    blocks: dict[str, dict[str, Link]] = {}
    anchors: list[Anchor] = []
    headings = _Headings()
    canonical = resolver.canonical
    body_start, body_end = (body.index, body.end) if body is not None else (1, 0)
    for el in tree.anchors[:MAX_LINKS]:
        href = el.attrs.get("href")
        if not href or href[0] == "#" or (href[0] in "jJ" and href[:10].lower() == "javascript"):
            continue
        url = canonical(href)
        if url is None:
            continue
        text = text_of(el)
        path = block_of(el).path
        link = _link(url, text, None, path)
        if url not in distinct:
            distinct[url] = link
        anchors.append(Anchor(text, url, path, headings.of(el) if headed else ""))
        if not body_start <= el.index < body_end and el.index not in listed:
            block = blocks.get(path)
            if block is None:
                blocks[path] = {url: link}
            elif url not in block:
                block[url] = link
    for el in tree.images[:MAX_LINKS]:
        if body_start <= el.index < body_end:
            continue
        source = el.attrs.get("src")
        if not source or source[:5] == "data:":
            continue
        url = canonical(source)
        if url is None:
            continue
        path = block_of(el).path
        blocks.setdefault(path, {}).setdefault(
            url, _link(url, squeeze(el.get("alt"))[:100], LinkKind.IMAGE, path)
        )
    for el in tree.sources:
        if el.tag in {"iframe", "frame"}:
            url = canonical(el.get("src")) if el.get("src") else None
            if url and url not in distinct:
                distinct[url] = _link(
                    url, squeeze(el.get("title")), LinkKind.PAGE, block_of(el).path
                )
    return Gathered(
        tuple(distinct.values()),
        tuple(LinkBlock(path=path, links=tuple(found.values())) for path, found in blocks.items()),
        tuple(anchors),
    )


class _Headings:
    """Finds the category text above a link; remembers it for each list."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, el: El) -> str:
        at: El = el
        for _ in range(9):
            parent = at.parent
            if parent is None or parent.tag in {"body", "html"}:
                return ""
            if at.tag == "li" or at.tag in INLINE:
                # Siblings in a list are no headings, except a text that stands right before.
                found = self._known.get(parent.index) if at.tag == "li" else None
                if found is not None:
                    return found
                if at.tag == "li":
                    found = self._list(parent)
                    self._known[parent.index] = found
                    return found
                at = parent
                continue
            found = self._before(at, 40)
            if found:
                return found
            at = parent
        return ""

    def _list(self, block: El) -> str:
        """The heading of a list: what stands before it, here or further out."""
        at = block
        for _ in range(4):
            parent = at.parent
            if parent is None or parent.tag in {"body", "html"}:
                return ""
            found = self._before(at, 12)
            if found:
                return found
            at = parent
        return ""

    def _before(self, el: El, bound: int) -> str:
        """The nearest heading among the siblings before ``el``."""
        parent = el.parent
        if parent is None:
            return ""
        try:
            place = parent.kids.index(el)
        except ValueError:
            return ""
        for kid in reversed(parent.kids[max(0, place - bound) : place]):
            if isinstance(kid, str):
                text = squeeze(kid)
                if 2 <= len(text) <= 30:
                    return text.strip("：:>›» ")
                continue
            if not 2 <= kid.chars <= 30:
                if kid.chars > 30 and kid.tag not in HEADINGS and kid.tag != el.tag:
                    return ""
                continue
            if kid.tag in HEADINGS or kid.tag in {
                "dt",
                "th",
                "legend",
                "summary",
                "strong",
                "b",
                "a",
                "span",
                "p",
                "em",
            }:
                return kid.text().strip("：:>›» ")
            if (kid.tag in {"div", "td"} and kid.tag != el.tag) or (
                kid.names and any(word in kid.names for word in ("tit", "head", "name", "hd", "bt"))
            ):
                return kid.text().strip("：:>›» ")
        return ""


_SKELETON = frozenset(
    [
        "div",
        "ul",
        "ol",
        "table",
        "form",
        "section",
        "header",
        "footer",
        "nav",
        "aside",
        "main",
        "article",
        "dl",
        "iframe",
        "h1",
        "h2",
        "h3",
    ]
)


def shape(tree: Tree, body: El | None, container: El | None) -> str:
    """Digest of the template's skeleton: which blocks stand in which, outside body and list."""
    steps: set[tuple[str, str, str]] = set()
    skip = [(el.index, el.end) for el in (body, container) if el is not None]
    end = 0
    for el in tree.elements:
        if el.index < end or el.tag not in _SKELETON:
            continue
        for start, stop in skip:
            if el.index == start:
                end = stop
                break
        parent = el.parent
        if parent is None:
            continue
        steps.add((parent.attrs.get("class") or parent.tag, el.tag, el.attrs.get("class") or ""))
    text = "\n".join(sorted("\t".join(step) for step in steps))
    return hashlib.blake2s(
        BLANKS.sub(" ", text).encode("utf-8", "replace"), digest_size=8
    ).hexdigest()
