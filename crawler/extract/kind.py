"""What kind of page this is, from its structure; what it is called weighs little."""

from __future__ import annotations

import re
from dataclasses import dataclass

from checks.facts import PageKind
from crawler.extract.tree import Tree

_ARTICLE_URL = re.compile(
    r"/t20\d{6}_\d+\.|/art_\w+\.html|/content_\d+\.|/content/\w*post_\d+|/post_\d+\.html|/info/\d+/\d+\.htm|/page\.htm|/[0-9a-f]{32}\.s?html?|/c\.html|/content\.shtml|"
    r"/\d{5,}\.s?html?$|/document/20\d\d-\d\d-\d\d/|xxgk-show-|news-show-|/article/\d+|/Item/\d+\.aspx|[?&](?:wbnewsid|aid|articleid|infoid)=",
    re.I,
)
_LIST_URL = re.compile(
    r"/$|/index(?:_\d+)?\.\w+$|/col/col\d+/|/list\w*(?:_\d+)?\.\w+$|list\.s?html?|/column/|-list-|/pc/list|/col\d+|[?&](?:page|pageno|tid|catid|cat_id|channelid|categorynum|column\w*)=|/common_list|moreinfo\.aspx|/Category_\d+/",
    re.I,
)
_HOME_PATH = re.compile(
    r"^https?://[^/]+/(?:(?:index|default|home|main|portal/index)\.\w{2,5})?(?:\?[^/]*)?$", re.I
)


@dataclass(slots=True)
class Kind:
    kind: PageKind
    confidence: float


def is_home(url: str) -> bool:
    return _HOME_PATH.match(url) is not None


def article_signs(tree: Tree, url: str, labels: set[str]) -> float:
    """How much speaks for an article before body and list are looked at."""
    metas = tree.metas
    score = 0.0
    if metas.get("articletitle"):
        score += 2.0
    if metas.get("pubdate"):
        score += 1.0
    if metas.get("contentsource"):
        score += 0.5
    if "published" in labels or "updated" in labels:
        score += 1.0
    if "source" in labels:
        score += 1.0
    if _ARTICLE_URL.search(url):
        score += 1.5
    if _LIST_URL.search(url) and not _ARTICLE_URL.search(url) and not is_home(url):
        score -= 1.0
    if (
        metas.get("columnname")
        and metas.get("columntype")
        and not metas.get("articletitle")
        and not metas.get("pubdate")
    ):
        score -= 1.0
    return score


def list_signs(url: str) -> bool:
    return _LIST_URL.search(url) is not None and _ARTICLE_URL.search(url) is None


def decide(
    url: str,
    hint: PageKind | None,
    signs: float,
    entry: bool,
    list_confidence: float,
    prose: int,
    body_confidence: float,
    titled: bool,
    list_weight: float,
    led: bool = False,
    paged: bool = False,
) -> Kind:
    """The kind with its confidence; a hint settles a tie and never overrides clear structure.

    ``led``: heading, date and prose follow each other; ``paged``: the list has a pager. A page at a
    site's root is its home page, unless nobody expects one and it is plainly something else: a saved
    page whose address is not known.
    """
    article = signs * 0.2 + (
        0.35 if prose >= 200 else 0.25 if prose >= 60 else 0.1 if body_confidence >= 0.8 else 0.0
    )
    if body_confidence >= 0.9:
        article += 0.25
    if led:
        article += 0.3
    if not titled:
        article -= 0.2
    if entry:
        article += 0.6
    listed = list_confidence
    if prose > 3 * list_weight:
        listed -= 0.15
    if hint in {PageKind.ARTICLE, PageKind.ENTRY}:
        article += 0.2
    elif hint is PageKind.LIST:
        listed += 0.2
    plainly = hint is None and (
        (led and signs >= 1.0 and article >= 0.7 and article > listed) or (paged and listed >= 0.5)
    )
    if (is_home(url) or hint is PageKind.HOME) and not entry and signs < 3 and not plainly:
        return Kind(PageKind.HOME, 0.95 if is_home(url) else 0.8)
    if article < 0.3 and listed < 0.5:
        if prose >= 120 and article >= 0.1 and titled:
            return Kind(PageKind.ARTICLE, 0.5)  # a column that shows one text instead of a list
        return Kind(PageKind.OTHER, 0.6)
    if article >= listed:
        sure = min(0.99, 0.55 + 0.5 * (article - listed) + 0.1 * (article > 0.8))
        return Kind(PageKind.ENTRY if entry else PageKind.ARTICLE, round(max(0.4, sure), 2))
    return Kind(
        PageKind.LIST,
        round(max(0.4, min(0.99, 0.55 + 0.5 * (listed - article) + 0.1 * (listed > 0.8))), 2),
    )
