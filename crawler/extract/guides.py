"""A service guide (办事指南): which of its eight classes of elements stand on the page, and what under them.

Tables, headings and lists are read as labels with values (``crawler.extract.letters``). A row of tabs
names elements without values: those count as there, for their panes may bear no label.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from checks.parts import Guide, GuideElement
from config import interaction_words
from crawler.extract import fields
from crawler.extract.letters import Labelled, Vocabulary, region_of
from crawler.extract.tree import El, Tree

MOST_TEXT = 200
LEAST = 3
"""Classes that a guide has at least, the matter's name not counted."""
OTHER = "其他"
SHOWN = "（图片或链接）"
IN_TAB = "（标签页）"
TABS = 3
"""Labels without values one after another from which on they are tabs."""


@cache
def _vocabulary() -> Vocabulary:
    words = interaction_words.guides()
    return Vocabulary.of({**words.elements, OTHER: words.others})


@cache
def _own() -> frozenset[str]:
    return frozenset(interaction_words.guides().own)


def read(tree: Tree, title: str | None) -> Guide | None:
    """The guide that the page shows; ``None``: it surely shows none. ``title``: the page's."""
    text = "".join(part for line in tree.lines for part in line.parts)
    if not any(hint in text for hint in ("材料", "条件", "流程", "程序", "依据")):
        return None
    vocabulary = _vocabulary()
    lines = [line for line in tree.lines if not fields.in_footer(line.block) and not line.linked]
    strong = [item for item in vocabulary.find(lines, tree.root) if item.label in _own()]
    if len({item.key for item in strong}) < 2 or _again(strong):
        return None
    region = _widened(region_of(strong))
    found = vocabulary.find([ln for ln in tree.lines if not fields.in_footer(ln.block)], region)
    classes = {item.key for item in found} - {OTHER, "事项名称"}
    if len(classes) < LEAST:
        return None
    held: dict[str, GuideElement] = {}
    tabs = _tabs(found)
    for at, item in enumerate(found):
        if item.key == OTHER:
            continue
        after = found[at + 1].block.index if at + 1 < len(found) else region.end
        value = item.value[:MOST_TEXT]
        if not value and _shows(tree, item.block.index, after):
            value = SHOWN
        if not value and at in tabs:
            value = IN_TAB
        earlier = held.get(item.key)
        if earlier is None or (value and not earlier.text):
            held[item.key] = GuideElement(name=item.key, label=item.label, text=value)
    _within(held)
    named = held.get("事项名称")
    matter = named.text if named is not None and named.text else (title or "")
    return Guide(matter=matter[:MOST_TEXT], elements=tuple(held.values()))


_CALL = re.compile(r"(?:联系|咨询|服务|办公|窗口)?(?:电话|方式)[：:]?\s*[\d０-９（(]")


def _within(held: dict[str, GuideElement]) -> None:
    """A telephone that stands within another element: 市政务服务中心三楼，联系电话：0792-4220000."""
    if held.get("联系电话") is not None and held["联系电话"].text:
        return
    for element in list(held.values()):
        if found := _CALL.search(element.text):
            text = element.text[found.start() :][:MOST_TEXT]
            held["联系电话"] = GuideElement(name="联系电话", label=element.label, text=text)
            return


def _again(strong: Sequence[Labelled]) -> bool:
    """The same labels stand there for several matters: a list of guides, not one."""
    names = [item.key for item in strong if item.value]
    return any(names.count(name) > 3 for name in set(names))


def _widened(region: El | None) -> El:
    """The block around the elements: telephone and place often stand in another table beside."""
    if region is None:
        raise ValueError("labels without a block")
    for el in region.up():
        if el.tag in ("body", "html") or (el.parent is not None and el.parent.tag == "body"):
            return el
        if el.tag in ("div", "td", "section") and el is not region:
            return el
    return region


def _shows(tree: Tree, start: int, end: int) -> bool:
    return any(start < el.index < end for el in (*tree.images, *tree.anchors, *tree.sources))


def _tabs(found: Sequence[Labelled]) -> frozenset[int]:
    """Positions of labels without values in a row."""
    out: set[int] = set()
    run: list[int] = []
    for at, item in enumerate(found):
        run = [*run, at] if not item.value else []
        if len(run) >= TABS:
            out.update(run)
    return frozenset(out)
