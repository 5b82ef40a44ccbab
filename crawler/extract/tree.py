"""The page as a light tree, made in one walk over the parsed document.

Everything else in this package works on this tree: elements with their visible text, the lines of
text as a reader would see them, links, meta tags and inline scripts. Comments are gone. Depth and
number of nodes are bounded, whatever the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.extract.tame import tame

MAX_NODES = 100_000
"""Elements and texts that are read of one page."""

MAX_TAGS = 80_000
"""Opening angle brackets up to which a page is read at all; what follows is not parsed."""

MAX_DEPTH = 400
"""Nesting that is kept; deeper elements are folded into the element at this depth."""

Attrs = dict[str, str | None]

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
OPAQUE = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "object",
        "textarea",
        "title",
        "head",
    ]
)
"""Elements whose content is no visible text."""

_SILENT = OPAQUE | {"select"}

INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "br",
        "cite",
        "code",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "input",
        "ins",
        "kbd",
        "label",
        "mark",
        "q",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
        "wbr",
        "o:p",
        "publishtime",
        "ucaptitle",
        "nobr",
        "button",
        "time",
        "del",
    ]
)
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_HEAD = frozenset(["meta", "link", "base"])
_UNREAD = frozenset(["style", "template", "svg", "math", "noscript", "title"])
_FRAMES = frozenset(["iframe", "frame", "object", "video", "audio"])
_ASCII_BLANKS = re.compile(r"[ \t\r\n\f]+")
BLANKS = re.compile(r"[\s\u200b\ufeff]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_NUMBERED = re.compile(r"\d{3,}|\d+$")
_STATES = frozenset(
    [
        "on",
        "cur",
        "current",
        "active",
        "selected",
        "hover",
        "first",
        "last",
        "odd",
        "even",
        "clearfix",
        "clear",
        "fix",
        "fl",
        "fr",
        "left",
        "right",
        "show",
        "hide",
        "open",
        "in",
        "fade",
        "skipautofix",
    ]
)
_PATH_DEPTH = 6


class El:
    """One element: its attributes, its children (elements and texts) and what lies in it."""

    __slots__ = (
        "_path", "attrs", "chars", "end", "hidden", "index", "kids", "linked", "names", "parent", "tag",
    )  # fmt: skip

    def __init__(self, tag: str, attrs: Attrs, parent: El | None, index: int, hidden: bool) -> None:
        self.tag = tag
        self.attrs = attrs
        self.parent = parent
        self.index = index
        self.hidden = hidden
        self.end = index + 1
        """Index after the last element inside: ``a`` contains ``b`` iff a.index < b.index < a.end."""
        self.kids: list[El | str] = []
        self.chars = 0
        """Visible characters inside, blanks not counted."""
        self.linked = 0
        """Those of them that stand in links."""
        self.names = ""
        """Class and id in lower case, for matching by what templates call things."""
        self._path: str | None = None

    def holds(self, other: El) -> bool:
        """Whether ``other`` is this element or lies in it."""
        return self.index <= other.index < self.end

    def children(self) -> Iterator[El]:
        for kid in self.kids:
            if not isinstance(kid, str):
                yield kid

    def up(self) -> Iterator[El]:
        """This element and its ancestors, innermost first."""
        at: El | None = self
        while at is not None:
            yield at
            at = at.parent

    def descend(self) -> Iterator[El]:
        """This element and all elements inside, in document order."""
        stack = [self]
        while stack:
            el = stack.pop()
            yield el
            stack.extend([kid for kid in reversed(el.kids) if not isinstance(kid, str)])

    def texts(self, hidden: bool = False) -> Iterator[str]:
        """The visible texts inside, in document order; a block or line break gives a newline."""
        stack: list[El | str] = [self]
        while stack:
            item = stack.pop()
            if isinstance(item, str):
                yield item
                continue
            if item.tag in _SILENT or (item.hidden and not hidden and item is not self):
                continue
            if item.tag == "br":
                yield "\n"
            elif item.kids:
                if item.tag not in INLINE:
                    yield "\n"
                    stack.append("\n")
                stack.extend(reversed(item.kids))

    def text(self, hidden: bool = False) -> str:
        """Visible text inside, every run of blanks made one space."""
        kids = self.kids
        if not kids:
            return ""
        if len(kids) == 1 and isinstance(only := kids[0], str) and self.tag not in _SILENT:
            return squeeze(only)  # most elements that anybody asks
        return squeeze("".join(self.texts(hidden)))

    def shown(self) -> str:
        """Visible text inside as a browser spaces it: ASCII blanks are one, wide blanks stay."""
        return _ASCII_BLANKS.sub(" ", "".join(self.texts()).replace("\u200b", "")).strip()

    def get(self, name: str) -> str:
        """An attribute's value; empty when it is absent."""
        return self.attrs.get(name) or ""

    @property
    def path(self) -> str:
        """CSS path without positions: the same on every page of a template."""
        found = self._path
        if found is None:
            parts: list[str] = []
            for el in self.up():
                attrs = el.attrs
                parts.append(
                    _step(el.tag, attrs.get("id") or "", attrs.get("class") or "")
                    if el.names
                    else el.tag
                )
                if el.tag == "body" or len(parts) >= _PATH_DEPTH:
                    break
            found = self._path = " > ".join(reversed(parts))
        return found


@lru_cache(maxsize=8192)
def _step(tag: str, own: str, classes: str) -> str:
    if own and len(own) <= 40 and not _NUMBERED.search(own) and own.isascii() and " " not in own:
        return f"{tag}#{own}"
    names = [
        name
        for name in classes.split()[:4]
        if name.lower() not in _STATES and len(name) <= 40 and not _NUMBERED.search(name)
    ]
    return ".".join([tag, *names[:2]])


def squeeze(text: str) -> str:
    """``text`` with every run of blanks (also U+3000, U+00A0) made one space, and trimmed."""
    if "\u200b" in text or "\ufeff" in text:
        text = text.replace("\u200b", "").replace("\ufeff", "")
    return " ".join(text.split())


def bare(text: str) -> str:
    """``text`` without any blank, for comparing."""
    if "\u200b" in text or "\ufeff" in text:
        text = text.replace("\u200b", "").replace("\ufeff", "")
    return "".join(text.split())


class Line:
    """One line of visible text: what stands between two block boundaries or line breaks."""

    __slots__ = ("_bare", "block", "linked", "parts")

    def __init__(self, parts: list[str], block: El, linked: int) -> None:
        self.parts = parts
        self.block = block
        """The block element that the line stands in."""
        self.linked = linked
        """Characters of it in links."""
        self._bare: str | None = None

    @property
    def text(self) -> str:
        return squeeze("".join(self.parts))

    @property
    def marked(self) -> str:
        """Its texts joined by U+001F, so that element boundaries stay visible."""
        return "\x1f".join(self.parts)

    @property
    def bare(self) -> str:
        found = self._bare
        if found is None:
            found = self._bare = bare("".join(self.parts))
        return found


class Script:
    """An inline script: its text and the element that it stands in."""

    __slots__ = ("el", "kind", "text")

    def __init__(self, text: str, kind: str, el: El) -> None:
        self.text = text
        self.kind = kind
        """Its ``type`` attribute, lower case."""
        self.el = el


class Tree:
    """A parsed page."""

    __slots__ = (
        "anchors", "base", "body", "elements", "images", "lines", "link_next", "link_texts", "metas", "root", "scripts",
        "selects", "sources", "title", "truncated", "word_comments",
    )  # fmt: skip

    def __init__(self, root: El) -> None:
        self.root = root
        self.body = root
        self.elements: list[El] = []
        """Every element, in document order; ``elements[el.index] is el``."""
        self.lines: list[Line] = []
        self.anchors: list[El] = []
        self.images: list[El] = []
        self.scripts: list[Script] = []
        self.selects: list[tuple[El, list[tuple[str, str, bool]]]] = []
        """Select boxes with their options: value, text, and whether it is the one selected."""
        self.sources: list[El] = []
        """Scripts from elsewhere, frames and players."""
        self.metas: dict[str, str] = {}
        """Name in lower case → the first content that is not empty (else the empty one)."""
        self.title = ""
        self.base: str | None = None
        self.link_next: str | None = None
        self.link_texts: set[str] | None = None
        """Texts of short links, once somebody has asked for them."""
        self.truncated = False
        self.word_comments: list[El] = []
        """Elements that hold a conditional comment which Word left (once for each)."""

    def release(self) -> None:
        """Take the tree apart, so that it is freed at once and not by the garbage collector."""
        for el in self.elements:
            el.parent = None
            el.kids.clear()


def _meta(tree: Tree, attrs: Attrs) -> None:
    name = attrs.get("name") or attrs.get("property")
    if name:
        key = name.strip().lower()
        value = squeeze(attrs.get("content") or "")
        if not tree.metas.get(key):
            tree.metas[key] = value
    elif (attrs.get("http-equiv") or "").strip().lower() == REFRESH:
        tree.metas.setdefault(REFRESH, squeeze(attrs.get("content") or ""))


REFRESH = "refresh"
"""Under which name ``metas`` holds what ``<meta http-equiv="refresh">`` says."""
MAX_OPTIONS = 500


def _options(node: LexborNode) -> list[tuple[str, str, bool]]:
    found: list[tuple[str, str, bool]] = []
    at = node.first_child
    while at is not None and len(found) < MAX_OPTIONS:
        if at.tag == "option":
            attrs = at.attributes
            text = squeeze((at.text() or "")[:200])
            found.append(((attrs.get("value") or "")[:400], text, "selected" in attrs))
        at = at.next
    return found


def _bounded(text: str) -> tuple[str, bool]:
    """``text`` up to the bound on tags, and whether anything was cut off."""
    if text.count("<") <= MAX_TAGS:
        return text, False
    at = -1
    for _ in range(MAX_TAGS + 1):
        at = text.find("<", at + 1)
    return text[:at], True


def build(text: str) -> Tree:
    """Parse ``text`` and walk it once."""
    text, cut = _bounded(text)
    parser = LexborHTMLParser(tame(text))
    root = El("html", {}, None, 0, False)
    tree = Tree(root)
    tree.truncated = cut
    elements = tree.elements
    elements.append(root)
    lines = tree.lines
    top = parser.root
    if top is None:
        root.end = 1
        return tree
    parts: list[str] = []
    linked = 0
    in_link = 0
    budget = MAX_NODES
    block = root
    parent = root
    number = 1
    stack: list[tuple[LexborNode, El, El]] = []
    node = top.first_child
    up = stack.append
    while node is not None:
        budget -= 1
        if budget < 0:
            tree.truncated = True
            break
        tag = node.tag or "-"
        if tag == "-text":
            value = node.text_content or ""
            if value:
                parent.kids.append(value)
                if parent.hidden:
                    pass
                elif value.isspace():
                    if parts:
                        parts.append(value)
                else:
                    count = len(value)
                    if " " in value or "\n" in value:
                        count = len("".join(value.split()))
                    parent.chars += count
                    parts.append(value)
                    if in_link:
                        parent.linked += count
                        linked += count
        elif tag == "-comment":
            if "gte mso" in (node.comment_content or "")[:40]:
                tree.word_comments.append(parent)
        elif tag[0] != "-":
            attrs = node.attributes
            if tag in _HEAD:
                if tag == "meta":
                    _meta(tree, attrs)
                elif tag == "link":
                    rel = attrs.get("rel")
                    if rel and rel.lower() == "next":
                        tree.link_next = attrs.get("href")
                else:
                    tree.base = tree.base or attrs.get("href")
                following = node.next
                if following is not None:
                    node = following
                    continue
            el = El(tag, attrs, parent, number, parent.hidden)
            number += 1
            if attrs:
                if "class" in attrs or "id" in attrs:
                    el.names = f"{attrs.get('class') or ''} {attrs.get('id') or ''}".lower()
                if "style" in attrs and not el.hidden:
                    style = attrs["style"] or ""
                    if ("none" in style or "hidden" in style) and _HIDDEN.search(style):
                        el.hidden = True
                if "hidden" in attrs:
                    el.hidden = True
            elements.append(el)
            parent.kids.append(el)
            if tag in VOID:
                if tag == "img":
                    tree.images.append(el)
                elif tag == "br":
                    if parts:
                        lines.append(Line(parts, block, linked))
                        parts = []
                        linked = 0
                elif tag == "embed":
                    tree.sources.append(el)
            elif tag == "script":
                if attrs.get("src"):
                    tree.sources.append(el)
                child = node.first_child
                if child is not None:
                    value = child.text_content or ""
                    if value and not value.isspace():
                        tree.scripts.append(
                            Script(value, (attrs.get("type") or "").lower(), parent)
                        )
            elif tag in _UNREAD:
                if tag == "title" and not tree.title and parent.tag == "head":
                    tree.title = squeeze(re.sub(r"<[^<>]{0,60}>", " ", node.text() or ""))
            else:
                if tag == "a":
                    tree.anchors.append(el)
                    in_link += 1
                elif tag == "body":
                    tree.body = el
                elif tag in _FRAMES:
                    tree.sources.append(el)
                child = node.first_child
                if tag == "select":
                    tree.selects.append((el, _options(node)))
                elif child is not None:
                    up((node, parent, block))
                    if tag not in INLINE:
                        if parts:
                            lines.append(Line(parts, block, linked))
                            parts = []
                            linked = 0
                        block = el
                    if len(stack) < MAX_DEPTH:
                        parent = el
                    node = child
                    continue
                if tag == "a":
                    in_link -= 1
        following = node.next
        while following is None and stack:
            node, outer, outer_block = stack.pop()
            if parent is not outer:
                parent.end = number
                outer.chars += parent.chars
                outer.linked += parent.linked
                if in_link and parent.tag == "a":
                    in_link -= 1
                parent = outer
            elif in_link and node.tag == "a":
                in_link -= 1
            if block is not outer_block:
                if parts:
                    lines.append(Line(parts, block, linked))
                    parts = []
                    linked = 0
                block = outer_block
            following = node.next
        node = following
    if parts:
        lines.append(Line(parts, block, linked))
    while stack:  # only when the walk was cut short
        _, outer, _ = stack.pop()
        if parent is not outer:
            parent.end = len(elements)
            outer.chars += parent.chars
            outer.linked += parent.linked
            parent = outer
    root.end = len(elements)
    return tree
