"""Where the body of an article is: its container, by name and else by the density of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from crawler import urls
from crawler.extract.tree import HEADINGS, INLINE, El, Tree, bare

CONTAINERS: dict[str, int] = {
    name.lower(): rank
    for rank, name in enumerate(
        [
            "UCAP-CONTENT",
            "ucapcontent",
            "trs_editor_view",
            "TRS_UEDITOR",
            "TRS_Editor",
            "zoom",
            "zoomcon",
            "v_news_content",
            "vsb_content",
            "vsb_content_2",
            "vsb_content_4",
            "vsb_content_100",
            "vsb_content_500",
            "vsb_content_501",
            "vsb_content_1001",
            "ivs_content",
            "Article_content",
            "article-content",
            "articlecontent",
            "pages_content",
            "bt_content",
            "xxgk-content",
            "wp_articlecontent",
            "news_cont_d_wrap",
            "tyxxy_main",
            "BodyLabel",
            "main-txt",
            "artile_zw",
            "gp-article",
            "conTxt",
            "con_txt",
            "articleContent",
            "article_content",
            "news-content",
            "news_content",
            "newscontent",
            "text-content",
            "detail-content",
            "detail_content",
            "content_txt",
            "contentText",
            "ccontent",
            "arti_content",
            "article-con",
            "article_con",
            "wzcon",
            "wznr",
            "zwnr",
            "txt_content",
            "nfw-cms-content",
            "easysite-news-text",
            "news_text",
            "zw_content",
            "ewb-article-content",
            "infoContent",
            "info-content",
            "mainText",
            "main_text",
            "m-txt-article",
            "view_content",
            "TextContent",
            "wrapArticle",
            "textbox",
        ]
    )
}
"""Names of body containers, in the order in which they are believed."""

_KEEP = re.compile(r"content|article|zoom|editor|vsb|main|text|detail", re.I)
EMBEDDED = frozenset(["iframe", "video", "audio", "embed", "object"])
PX = re.compile(r"^\s*(\d{1,5}(?:\.\d+)?)\s*(px|pt|em|rem|cm|mm|in)?\s*$", re.I)


class Found:
    """A body's container, why it is believed to be one, and how sure that is."""

    __slots__ = ("confidence", "el", "where")

    def __init__(self, el: El, where: str, confidence: float) -> None:
        self.el = el
        self.where = where
        self.confidence = confidence


@dataclass(frozen=True, slots=True)
class Head:
    """Where the labels of an entry stand: no part of its text."""

    lines: frozenset[int]
    block: El | None
    """The innermost block around all of them; ``None``: it holds more than them."""
    end: int
    """Index of the first element after them."""


def locate(tree: Tree, title: El | None = None, head: Head | None = None) -> Found | None:
    """The body's container, or ``None`` when none is recognised. ``head``: the labels of a
    disclosure entry, which are no body however much text they have."""
    named = _by_name(tree)
    if named is not None:
        return named
    dense = _by_density(tree, title)
    if head is None or (dense is not None and _says_more(tree, dense.el, title, head)):
        return dense
    return _empty_place(tree, title, head) or _media_only(tree, title)


def _says_more(tree: Tree, el: El, title: El | None, head: Head) -> bool:
    """Whether a block holds a sentence's worth of text, a file or a picture besides the labels of an
    entry and its title."""
    told = bare(title.text()) if title is not None else ""
    plain = 0
    for number, line in enumerate(tree.lines):
        if not el.holds(line.block) or number in head.lines:
            continue
        if head.block is not None and head.block.holds(line.block):
            continue
        if line.bare != told and not (title is not None and title.holds(line.block)):
            plain += len(line.bare) - line.linked
    return plain >= SENTENCE or _has_media(el)


def _empty_place(tree: Tree, title: El | None, head: Head) -> Found | None:
    """The place of the text of an entry that has none: the first block after labels and title that
    bears a name for it."""
    after = max(head.end, title.end if title is not None else 0)
    for el in tree.elements[after:]:
        if el.tag not in {"div", "td", "section", "article"} or el.hidden or el.linked:
            continue
        if el.names and _PLACE.search(el.names) and el.chars <= MOST_EMPTY:
            return None if _outside(el, tree.body.chars) else Found(el, "empty place by name", 0.5)
    return None


SENTENCE = 25
"""Characters that a text has at least."""
MOST_EMPTY = 200
"""Characters in an empty place: its title may be said again."""
_PLACE = re.compile(
    r"(?:^|[\s_-])(?:content|con|cont|text|txt|article|zoom|zw|nr|neirong|zhengwen)(?:$|[\s_-])",
    re.I,
)


def _by_name(tree: Tree) -> Found | None:
    best: tuple[int, int, El] | None = None
    hits: list[tuple[int, El]] = []
    for el in tree.elements:
        names = el.names
        if not names:
            if el.tag == "ucapcontent":
                hits.append((1, el))
            continue
        if el.tag in INLINE or el.hidden:
            continue
        for token in names.split():
            rank = CONTAINERS.get(token)
            if rank is not None:
                hits.append((rank, el))
                break
    if not hits:
        return None
    for rank, el in hits:
        prose = el.chars - el.linked
        media = prose >= 10 or _has_media(el)
        if not media:
            continue
        # A container that is nearly all links is a menu that took the name.
        if el.linked > 20 and prose < el.linked and not _of_files(el):
            continue
        key = (rank, -prose, el)
        if best is None or key[:2] < best[:2]:
            best = key
    if best is None:
        rank, el = hits[0]
        return Found(el, f"container {_name(el)}", 0.6) if el.chars == 0 and rank < 30 else None
    rank, _, el = best
    for other_rank, other in hits:
        if (
            other is not el
            and other.holds(el)
            and other.chars - other.linked > 2.5 * max(20, el.chars - el.linked)
        ):
            rank, el = other_rank, other
            break
    return Found(el, f"container {_name(el)}", 0.95 if rank < 26 else 0.9)


def _name(el: El) -> str:
    own = el.get("id")
    if own and own.lower() in CONTAINERS:
        return f"#{own}"
    for token in el.get("class").split():
        if token.lower() in CONTAINERS:
            return f".{token}"
    return el.tag


def _has_media(el: El) -> bool:
    for inner in el.descend():
        if inner.tag in EMBEDDED or (inner.tag == "img" and inner.get("src")):
            return True
        if inner.tag == "a" and urls.is_attachment(inner.get("href")):
            return True
    return False


def _of_files(el: El) -> bool:
    """Whether most links in a container are to files: a notice that is its attachments."""
    links = [inner.get("href") for inner in el.descend() if inner.tag == "a" and inner.chars]
    return 2 * sum(map(urls.is_attachment, links)) > len(links)


def _by_density(tree: Tree, title: El | None) -> Found | None:
    score: dict[int, float] = {}
    whole = tree.body.chars
    for line in tree.lines:
        size = sum(map(len, line.parts))
        if size < 12 or line.linked * 2 > size:
            continue
        block = line.block
        if _outside(block, whole):
            continue
        plain = len(line.bare) - line.linked
        if plain < 10:
            continue
        weight = plain + 20.0 * sum(map(line.bare.count, "，。；"))
        at: El | None = block
        if block.tag in {"p", "span", "section", "li", "blockquote"} | HEADINGS:
            at = block.parent
        for share in (1.0, 0.6, 0.3):
            if at is None or at.tag in {"body", "html"}:
                break
            score[at.index] = score.get(at.index, 0.0) + weight * share
            at = at.parent
    if not score:
        return _media_only(tree, title)
    index = max(score, key=lambda key: (score[key], -key))
    el = tree.elements[index]
    prose = el.chars - el.linked
    # An outer block that holds clearly more prose and hardly more links is the true container.
    for _ in range(4):
        outer = el.parent
        if outer is None or outer.tag in {"body", "html", "form"}:
            break
        more = outer.chars - outer.linked - prose
        if (
            more > 0.6 * prose
            and outer.linked - el.linked < 0.3 * more
            and not (title and outer.holds(title))
        ):
            el, prose = outer, outer.chars - outer.linked
        else:
            break
    if prose < 25:
        return _media_only(tree, title)
    if el.linked > prose:
        return None
    return Found(el, "densest block", 0.75 if prose >= 120 else 0.6)


def _media_only(tree: Tree, title: El | None) -> Found | None:
    """A body that is a picture or a player alone: the first block after the title that has one."""
    if title is None:
        return None
    for el in tree.elements[title.index + 1 :]:
        if (
            el.tag in {"img", *EMBEDDED}
            and not _outside(el, tree.body.chars)
            and el.parent is not None
        ):
            width = PX.match(el.get("width"))
            if el.tag == "img" and width and float(width[1]) < 100:
                continue
            at = el.parent
            while at.tag in INLINE or at.tag == "p":
                if at.parent is None:
                    break
                at = at.parent
            if at.tag not in {"body", "html"} and at.linked < 40:
                return Found(at, "block with a picture or player", 0.5)
    return None


_OUTSIDE = re.compile(
    r"foot|copyright|header|(?:^|[\s_-])(?:nav|menu)|navbar|sidebar|crumb|banner|(?:^|[\s_-])(?:top|login|search)(?:$|[\s_-])|"
    r"friend|yqlj|share|comment|tooltip|dialog|modal|popup"
)


@lru_cache(maxsize=8192)
def _is_outside(names: str) -> bool:
    return _OUTSIDE.search(names) is not None and not _KEEP.search(names)


def _outside(el: El, whole: int) -> bool:
    """Whether an element lies in the page's furniture. ``whole``: characters of the page; what
    wraps most of them is no furniture, whatever it is called."""
    for at in el.up():
        if at.hidden or at.tag in {"header", "footer", "nav", "aside"}:
            return True
        if at.chars * 10 > whole * 6:
            return False
        if at.names and _is_outside(at.names):
            return True
    return False
