"""The table over a disclosure entry (信息公开条目): its fields as printed, empty ones told from missing.

A label whose place a script, a picture or a form fills is no empty one: it is left out, for nobody
can be blamed for what was not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from checks.facts import Page, PageKind, Read
from checks.parts import Disclosure
from crawler.extract import dates
from crawler.extract.container import Head
from crawler.extract.fields import in_footer
from crawler.extract.labels import EMPTY, Field, next_cell
from crawler.extract.tree import El, Tree, bare

NEAR = 30
"""Lines between 索引号 and another label of its table at most."""
LONGEST = 200
"""Characters kept of one value."""
SURE = 0.8

_TOPICS = frozenset(["主题分类", "信息分类", "分类", "信息类别", "主题", "组配分类", "体裁分类"])
_STATES = frozenset(["有效性", "是否有效", "时效性", "信息有效性"])
_FORMS = frozenset(["公开方式", "公开形式"])
_HOOK = frozenset(["span", "em", "i", "b", "font", "label", "p", "div"])
_HANDS = frozenset(["script", "img", "input", "select", "textarea", "iframe", "canvas", "svg"])
_PRINTED = re.compile(r"label |publishtime|beside the heading|in the heading's line")
_MADE = frozenset(("made", "signed"))


def read(page: Page, tree: Tree, found: Sequence[Field]) -> Disclosure | None:
    """The table of an entry; ``None`` for every other page. ``found``: the page's labels."""
    if page.kind is not PageKind.ENTRY:
        return None
    table = list(_table(found))
    if not table:
        return None
    made, made_text = _made(tree, table)
    return Disclosure(
        index_number=_value(tree, [f for f in table if f.group == "index"], table),
        document_number=_value(tree, [f for f in table if f.group == "document"], table),
        issuer=_value(tree, [f for f in table if f.group == "issuer"], table),
        made=made,
        made_text=made_text,
        published=_published(page, table),
        topic=_value(tree, [f for f in table if f.label in _TOPICS], table),
        state=_value(tree, [f for f in table if f.label in _STATES], table),
        form=_value(tree, [f for f in table if f.label in _FORMS], table),
        labels=tuple(dict.fromkeys(f.label for f in table)),
    )


def head_of(found: Sequence[Field]) -> Head | None:
    """The head of an entry with three labels at least; ``None``: there is none."""
    table = list(_table(found))
    if len({item.label for item in table}) < LABELS_OF_A_HEAD:
        return None
    block: El | None = table[0].block
    while block is not None and not all(block.holds(item.block) for item in table):
        block = block.parent
    # A block with clearly more text than its labels and their values holds the article as well.
    told = sum(len(bare(item.label)) + len(bare(item.value)) + 1 for item in table)
    if block is not None and (block.tag in {"body", "html"} or block.chars > told + MORE):
        block = None
    last = max(item.block.end for item in table)
    end = max(last, block.end) if block is not None else last
    return Head(lines=frozenset(item.line for item in table), block=block, end=end)


LABELS_OF_A_HEAD = 3
MORE = 30
"""Characters of a head besides its labels and their values at most."""


def _table(found: Sequence[Field]) -> Iterator[Field]:
    """The labels around the first 索引号 that are the page's own."""
    own = [f for f in found if not in_footer(f.block) and not f.cited]
    start = next((f.line for f in own if f.group == "index"), None)
    if start is None:
        return
    for item in own:
        if abs(item.line - start) <= NEAR and (item.group or item.label in _KNOWN):
            yield item


_KNOWN = _TOPICS | _STATES | _FORMS | {"公开范围", "公开时限", "主题词", "关键词", "内容概述"}


def _value(tree: Tree, items: list[Field], table: list[Field]) -> str | None:
    """The first value under one of the labels; ``""``: printed and surely empty; ``None``: no such
    label, or nobody knows what stands there."""
    if not items:
        return None
    for item in items:
        if item.value.lower() not in EMPTY:
            return item.value[:LONGEST]
    return "" if all(_surely_empty(tree, item, table) for item in items) else None


def _surely_empty(tree: Tree, item: Field, table: list[Field]) -> bool:
    if item.block.hidden:
        return False
    if not item.alone and not item.value:
        # The value may stand where we do not look, unless others have theirs in the same place.
        beside = (f for f in table if f is not item and not f.alone and f.value)
        if not any(f.block.tag == item.block.tag for f in beside):
            return False
    places = [place for place in (item.block, next_cell(item.block)) if place is not None]
    return "{{" not in item.raw and not any(_filled_later(tree, place) for place in places)


def _filled_later(tree: Tree, place: El) -> bool:
    """A script, a picture or a form may show something here."""
    if any(place.holds(script.el) for script in tree.scripts):
        return True
    return any(
        el.tag in _HANDS or (el.tag in _HOOK and not el.kids and bool(el.get("id")))
        for el in place.descend()
    )


def _made(tree: Tree, table: list[Field]) -> tuple[date | None, str]:
    """成文日期, else 生成日期, with its text; of a label with nothing under it both are empty."""
    for group in ("signed", "made"):
        for item in table:
            text = item.value or item.raw.strip()
            if item.group == group and text.lower() not in EMPTY:
                return dates.first(text), text[:LONGEST]
    return None, ""


def _published(page: Page, table: list[Field]) -> date | None:
    """The day of publication where the page surely prints one of its own, beside 生成日期."""
    for item in table:
        if item.group == "published":
            day = dates.first(item.value or item.raw)
            if day is not None:
                return day
    read: Read[date] | None = page.published
    if read is None or read.confidence < SURE or not _PRINTED.match(read.where):
        return None
    labels = {f"label {item.label}" for item in table if item.group in _MADE}
    return None if read.where in labels else read.value
