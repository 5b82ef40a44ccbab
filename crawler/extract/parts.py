"""The special parts of a page (``checks.parts``): each family's reader is called here, in order, on the
page that was read and its tree. A part that is not surely there is not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from checks.facts import Page, PageKind
from checks.parts import Tag
from crawler.extract import disclosure, guides, leaders, letters
from crawler.extract.kind import is_home
from crawler.extract.labels import Field
from crawler.extract.marks import read_marks
from crawler.extract.tree import Tree
from crawler.urls import Resolver

TAGS = frozenset(
    [
        "sitename",
        "sitedomain",
        "siteidcode",
        "columnname",
        "columndescription",
        "columnkeywords",
        "columntype",
        "articletitle",
        "pubdate",
        "contentsource",
        "keywords",
        "author",
        "description",
        "image",
        "url",
    ]
)
"""The tags of 《网页设计规范》 (2017), in lower case."""
MOST = 300
"""Characters kept of one tag."""


def complete(page: Page, tree: Tree, found: Sequence[Field], resolver: Resolver) -> Page:
    """The page with its special parts. ``found``: the labelled values of the page; ``resolver``:
    makes addresses absolute."""
    marks = None
    if page.kind is PageKind.HOME or is_home(page.url):
        marks = read_marks(tree, resolver, page.encoding.used)
    title = page.title.value if page.title is not None else None
    letter = letters.read(tree, title)
    return replace(
        page,
        tags=_tags(tree),
        marks=marks,
        disclosure=disclosure.read(page, tree, found),
        letter=letter,
        guide=guides.read(tree, title) if letter is None else None,
        leaders=leaders.read(tree, title) if letter is None else (),
    )


def _tags(tree: Tree) -> tuple[Tag, ...]:
    return tuple(
        Tag(name=name, content=value[:MOST]) for name, value in tree.metas.items() if name in TAGS
    )
