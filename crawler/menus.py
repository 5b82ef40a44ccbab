"""Menus: the links of a page by which its site names its columns, with what they stand under.

Pure. Reads menus and side trees of lists, tables and plain blocks, boxes with a heading and a
“更多”, picture menus and image maps. What a link leads to is not known here: a menu's items are
candidates, told to be columns by their own pages (``crawler.charting``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from itertools import islice

from crawler import urls
from crawler.extract.links import text_of
from crawler.extract.tree import HEADINGS, INLINE, El, Tree
from crawler.naming import (
    column_name,
    is_article_url,
    is_furniture,
    is_generic,
    is_more,
    is_site,
    may_name,
    squeeze,
)

MAX_ITEMS = 1500
"""Items that one page's menus keep."""
LONGEST_LABEL = 18
"""Characters of a heading that names what stands below it."""
MAX_LEVELS = 5
"""Columns above one that are kept."""


class Where(IntEnum):
    """Where an item stands, the surest first."""

    SCRIPT = 0
    """A tree or menu that a script builds from data."""
    NESTED = 1
    """A menu in which columns stand below columns."""
    MENU = 2
    MAP = 3
    """An image map."""
    TRAIL = 4
    """A step of the page's breadcrumb."""
    BOX = 5
    """The heading of a box of entries, or its “更多”."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One link of a menu."""

    name: str
    url: str
    above: tuple[str, ...] = ()
    """Names of the items and headings that it stands under, the outermost first."""
    linked: bool = False
    """All names above are links of the menu themselves."""
    block: str
    """Path of the menu's block: the same on every page of a template."""
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Menus:
    """What a page shows of its site's columns."""

    items: tuple[Item, ...] = ()
    trail: tuple[tuple[str, str | None], ...] = ()
    """The breadcrumb: names with addresses, the outermost first; empty when there is none."""
    frames: tuple[str, ...] = ()
    """Addresses of its frames."""
    scripts: tuple[str, ...] = ()
    """Addresses of scripts that by their name may hold the menu."""
    boxes: tuple[str, ...] = ()
    """Addresses to which boxes of entries lead by their headings or their “更多”."""
    links: tuple[tuple[str, str], ...] = ()
    """Every link: name and address."""


def renamed(menus: Menus, rename: Callable[[str], str]) -> Menus:
    """The same menus with every address as ``rename`` spells it."""
    return Menus(
        items=tuple(replace(i, url=rename(i.url)) for i in menus.items),
        trail=tuple((name, rename(url) if url else None) for name, url in menus.trail),
        frames=tuple(rename(url) for url in menus.frames),
        scripts=menus.scripts,
        boxes=tuple(rename(url) for url in menus.boxes),
        links=tuple((name, rename(url)) for name, url in menus.links),
    )


_DATE = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}|(?<!\d)\d{1,2}[-/月]\d{1,2}(?!\d)|^\d{1,2}:\d\d$"
)
_FOOT = re.compile(
    r"(?:^|[\s_\-])(?:foot|footer|copyright|copy|bottom|yqlj|friend)|search|sousuo|hot-?(?:word|key)|^share|[\s_\-]share",
    re.I,
)
"""Names of blocks that name no column: the foot, the search box with its hot words, sharing."""
_TITLED = re.compile(
    r"tit|head|(?:^|[\s_\-])(?:hd|bt|name|lm|lmm|caption|tab|tabs|h\d|nav-?name|label)(?:$|[\s_\-\d])",
    re.I,
)
_CLICK = re.compile(
    r"(?:location(?:\.href)?\s*=|window\.open\s*\(|location\.(?:assign|replace)\s*\()\s*['\"]([^'\"\s]{1,500})['\"]",
    re.I,
)
_MENU_SCRIPT = re.compile(r"(?:menu|nav|tree|head|top|daohang|lanmu|column)[^/]*\.js", re.I)
_TRAIL = re.compile(
    r"(?:您|你|我)?(?:现在|当前|目前|所在|所处|的){0,4}(?:位置|栏目)(?:是|为|在)?[:：>»]?"
)
_STRONG = HEADINGS | {"strong", "b", "dt", "em"}
_ROWS = {"li", "tr", "dd", "dt", "td", "th"}
_SKIPPED = INLINE | HEADINGS | {"li", "p", "td", "tr", "tbody", "thead", "dd", "dt", "th"}


@dataclass(slots=True)
class _Link:
    el: El
    name: str
    url: str
    more: bool
    named: bool
    """Its text can be a column's name."""
    dated: bool
    """A date stands beside it: it is an entry's row."""
    block: El | None = None


_Label = tuple[str, str | None]
"""What a link stands under: a name, and its address where it is a link itself."""


@dataclass(slots=True)
class _Block:
    el: El
    links: list[_Link] = field(default_factory=list)
    like: bool = False
    """Another block of the same path is a menu."""


def read_menus(tree: Tree, url: str, *, charset: str = "utf-8") -> Menus:
    """The menus of a page. ``tree``: as parsed; ``url``: its final address."""
    base = urls.canonical(tree.base, url) if tree.base else None
    resolver = urls.Resolver(base or url, charset=charset)
    links = list(islice(_links(tree, resolver), MAX_ITEMS * 2))
    foot = _foot(tree)
    trail, trail_el = _trail(tree, resolver)
    links = [
        link
        for link in links
        if not _in_foot(link.el, foot) and not (trail_el is not None and trail_el.holds(link.el))
    ]
    blocks = _blocks(links)
    labels = _Labels(resolver)
    items: list[Item] = []
    for block in blocks:
        if _is_menu(block):
            items += _items_of(block, labels)
    items = list(dict.fromkeys(items))
    taken = {(item.name, item.url) for item in items}
    boxes = list(_boxes(links, tree))
    items += [i for i in boxes if (i.name, i.url) not in taken]
    items += _map_items(tree, resolver)
    items += _trail_items(trail, trail_el)
    return Menus(
        items=tuple(items[:MAX_ITEMS]),
        trail=trail,
        frames=_sources(tree, resolver, {"frame", "iframe"}),
        scripts=tuple(s for s in _sources(tree, resolver, {"script"}) if _MENU_SCRIPT.search(s))[
            :4
        ],
        boxes=tuple(dict.fromkeys(i.url for i in boxes)),
        links=tuple((link.name, link.url) for link in links if not link.more),
    )


def _links(tree: Tree, resolver: urls.Resolver) -> Iterator[_Link]:
    for el in tree.elements:
        if el.tag == "a":
            href = el.get("href").strip()
            if not href or href[0] == "#" or href[:11].lower() == "javascript:":
                found = _CLICK.search(el.get("onclick")) or _CLICK.search(href)
                if found is None:
                    continue
                href = found[1]
        elif el.attrs.get("onclick") and el.chars <= 40 and el.tag not in {"body", "html", "form"}:
            found = _CLICK.search(el.get("onclick"))
            if found is None or any(kid.tag == "a" for kid in islice(el.descend(), 1, 20)):
                continue
            href = found[1]
        else:
            continue
        url = resolver.canonical(href)
        if url is None:
            continue
        text = text_of(el)
        if text.endswith(("...", "…")) and el.get("title"):
            text = squeeze(el.get("title"))
        name = column_name(text)
        title = column_name(el.get("title"))
        more = is_more(text)
        yield _Link(el, name, url, more, not more and may_name(name), _dated(el))
        if more and may_name(title):
            # The name that the heading's “更多” bears itself.
            yield _Link(el, title, url, False, False, True)


def _dated(el: El) -> bool:
    """Whether a date stands in the row of a link."""
    row = next((up for up in islice(el.up(), 4) if up.tag in _ROWS), None)
    if row is None:
        row = el.parent
    if row is None or row.chars - el.chars > 60:
        return False
    for up in (row, row.parent if row.tag in {"td", "th"} else None):
        if up is None or up.chars - el.chars > 60 or up.chars == el.chars:
            continue
        if _DATE.search(up.text().replace(el.text(), " ", 1)):
            return True
    return False


# --- blocks ---------------------------------------------------------------------------------------


def _foot(tree: Tree) -> int | None:
    """Index of the element at which the page's foot begins."""
    for line in reversed(tree.lines[-40:]):
        text = line.bare
        if "版权所有" in text or "ICP备" in text or "主办" in text or "网站标识码" in text:
            at = line.block
            while at.parent is not None and at.parent.tag not in {"body", "html"}:
                if at.parent.chars > 400:
                    break
                at = at.parent
            return at.index
    return None


def _in_foot(el: El, foot: int | None) -> bool:
    if foot is not None and el.index > foot:
        return True
    return any(up.names and _FOOT.search(up.names) for up in islice(el.up(), 8))


def _block_of(el: El) -> El:
    at = el.parent
    while at is not None and at.tag in _SKIPPED:
        at = at.parent
    return at if at is not None else el


def _blocks(links: list[_Link]) -> list[_Block]:
    """The links by the block in which they stand together; one that stands alone in its block is
    counted to the block around it where others stand alike."""
    count: dict[int, int] = {}
    for link in links:
        for up in islice(link.el.up(), 1, 40):
            count[up.index] = count.get(up.index, 0) + 1
    found: dict[int, _Block] = {}
    lone: list[tuple[_Link, El]] = []
    for link in links:
        block = _block_of(link.el)
        if count.get(block.index, 0) < 2:
            lone.append((link, block))
            continue
        link.block = block
        found.setdefault(block.index, _Block(block)).links.append(link)
    paths = {block.el.path for block in found.values() if _is_menu(block)}
    for link, block in lone:
        if block.path not in paths:
            while count.get(block.index, 0) < 2 and block.parent is not None:
                if block.parent.tag in {"body", "html"}:
                    break
                block = _block_of(block)
        link.block = block
        found.setdefault(block.index, _Block(block)).links.append(link)
    for block_ in found.values():
        block_.like = block_.el.path in paths
    return list(found.values())


def _is_menu(block: _Block) -> bool:
    """Whether a block's links are mostly names, neither dated nor articles' addresses."""
    counted = [x for x in block.links if not x.more and not is_furniture(x.name)]
    # Where like blocks are menus, a column may be one text, at an article's address.
    named = [
        x for x in counted if x.named and not x.dated and (block.like or not is_article_url(x.url))
    ]
    furniture = len(block.links) - len(counted)
    if not named or len(named) + furniture < (1 if block.like else 2):
        return False
    if len(named) < 0.7 * len(counted):
        return False
    texts = [x for x in counted if x.named]
    return sum(len(x.name) for x in texts) <= 11 * len(texts)


def _items_of(block: _Block, labels: _Labels) -> Iterator[Item]:
    for link in block.links:
        if not link.named or link.dated:
            continue
        above = labels.of(link)
        names = tuple(name for name, _ in above)
        if any(
            "搜索" in name or "位置" in name or name.endswith(("热词", "链接")) for name in names
        ):
            continue
        for number, (name, url) in enumerate(above):
            if url is not None and (name, url) not in labels.given:
                # The name over a panel need not stand in a block of its own.
                labels.given.add((name, url))
                yield Item(
                    name=name,
                    url=url,
                    above=names[:number][-MAX_LEVELS:],
                    linked=all(at is not None for _, at in above[:number]) and number > 0,
                    block=block.el.path,
                    where=Where.NESTED,
                )
        labels.given.add((link.name, link.url))
        yield Item(
            name=link.name,
            url=link.url,
            above=names[-MAX_LEVELS:],
            linked=bool(above) and all(url is not None for _, url in above),
            block=block.el.path,
            where=Where.NESTED if names else Where.MENU,
        )


class _Labels:
    """Finds what a link stands under; remembers it for each element on the way."""

    def __init__(self, resolver: urls.Resolver) -> None:
        self._resolver = resolver
        self._known: dict[int, _Label | None] = {}
        self.given: set[tuple[str, str]] = set()
        """Items that were given already."""

    def of(self, link: _Link) -> list[_Label]:
        found: list[_Label] = []
        at = link.el
        for _ in range(14):
            parent = at.parent
            if parent is None or parent.tag in {"body", "html"}:
                break
            if at.tag not in INLINE or at is link.el:
                label = self._before(parent, at, link)
                if label is not None and self._counts(label, found, link):
                    found.append(label)
            at = parent
        found.reverse()
        return found

    @staticmethod
    def _counts(label: _Label, found: list[_Label], link: _Link) -> bool:
        if is_generic(label[0]) or (found and found[-1][0] == label[0]):
            return False
        # A heading may bear the name of the one column below it.
        return label[0] != link.name or not (label[1] or found)

    def _before(self, parent: El, at: El, link: _Link) -> _Label | None:
        if at.index in self._known:
            return self._known[at.index]
        label = self._seek(parent, at)
        if at is not link.el or at.tag != "a":
            self._known[at.index] = label
        return label

    def _seek(self, parent: El, at: El) -> _Label | None:
        """The label that stands before ``at`` in its parent."""
        kids = parent.kids
        try:
            place = kids.index(at)
        except ValueError:
            return None
        peers = 0
        for kid in reversed(kids[max(0, place - 60) : place]):
            if isinstance(kid, str):
                if at.tag == "a" and (text := squeeze(kid)).endswith(("：", ":")):
                    name = column_name(text)
                    return (name, None) if may_name(name) else None
                continue
            if kid.tag in {"script", "style", "br", "img", "input", "hr"} or not kid.kids:
                continue
            if kid.tag == at.tag and not _stands_out(kid, at):
                peers += 1
                if at.tag == "li" or at.tag == "a" or at.tag == "dd":
                    continue
                if at.tag in {"tr", "td"} and peers < 40:
                    continue
                return self._panel(parent, at)
            label = self._label(kid, at)
            if label is not None:
                return label
            if at.tag == "li":
                continue
            break
        # Names in a row before it: it may be the panel of one of them.
        return None if at.tag in {"a", "li", "dd", "dt", "tr", "tbody"} else self._panel(parent, at)

    def _label(self, kid: El, at: El) -> _Label | None:
        """What a sibling says of what follows it; ``None``: it is no label."""
        if at.tag == "a" and kid.tag == "a":
            return None
        anchors = [el for el in islice(kid.descend(), 60) if el.tag == "a"]
        if len(anchors) > 2:
            return None
        if kid.chars > 30:
            return None
        stands_out = kid.tag in _STRONG or (kid.names and _TITLED.search(kid.names))
        if at.tag in INLINE and not stands_out:
            return None
        # The first name in it, a “更多” beside it left out.
        for el in anchors:
            name = column_name(text_of(el))
            if may_name(name):
                return name, self._address(el)
        if anchors or sum(bool(text.strip()) for text in kid.texts()) > 2:
            return None
        name = column_name(kid.text())
        if not may_name(name):
            return (name, None) if is_generic(name) and name else None
        return (name, None) if len(name) <= LONGEST_LABEL else None

    def _address(self, el: El) -> str | None:
        return self._resolver.canonical(el.get("href")) if _is_link(el) else None

    def _panel(self, parent: El, at: El) -> _Label | None:
        """For the n-th of several like panels: the n-th item of the list of names before them."""
        alike = [
            kid
            for kid in parent.children()
            if kid.tag == at.tag and kid.attrs.get("class") == at.attrs.get("class")
        ]
        sizes = [sum(el.tag == "a" for el in islice(kid.descend(), 300)) for kid in alike]
        panels = [kid for kid, size in zip(alike, sizes, strict=True) if size]
        if len(panels) < 2 or at not in panels or sum(sizes) < len(panels) + 2:
            return None
        for kid in parent.children():
            if kid is panels[0]:
                break
            heads = _heads(kid, self._address)
            if len(heads) == len(panels):
                return heads[panels.index(at)]
        at_ = parent
        for _ in range(3):
            before = _previous(at_)
            if before is not None:
                heads = _heads(before, self._address)
                return heads[panels.index(at)] if len(heads) == len(panels) else None
            if at_.parent is None or at_.parent.tag in {"body", "html"}:
                return None
            at_ = at_.parent
        return None


def _heads(el: El, address: Callable[[El], str | None]) -> list[_Label]:
    """The items of a short list of names."""
    if el.chars > 200:
        return []
    heads = []
    seen: list[El] = []
    for inner in islice(el.descend(), 200):
        if inner.tag not in {"a", "li", "td", "span", "dt", "div"} or not inner.kids:
            continue
        if seen and seen[-1].holds(inner):
            continue
        name = column_name(text_of(inner) if inner.tag == "a" else inner.text())
        if may_name(name) and (inner.tag == "a" or not _has_several(inner)):
            heads.append((name, address(inner) if inner.tag == "a" else None))
            seen.append(inner)
    return heads


def _has_several(el: El) -> bool:
    texts = [t for t in el.texts() if t.strip()]
    return len(texts) > 1


def _previous(el: El) -> El | None:
    parent = el.parent
    if parent is None or parent.tag == "html":
        return None
    before: El | None = None
    for kid in parent.children():
        if kid is el:
            return before
        if kid.chars:
            before = kid
    return None


def _is_link(el: El) -> bool:
    href = el.get("href").strip()
    return bool(href) and href[0] != "#" and not href.lower().startswith("javascript")


def _stands_out(kid: El, at: El) -> bool:
    """Whether a sibling of the same tag is a label among items."""
    if kid.chars > 30 or kid.tag == "a":
        return False
    here = any(el.tag == "a" for el in islice(kid.descend(), 30))
    if kid.tag in {"li", "dd"}:
        return bool(kid.names) and _TITLED.search(kid.names) is not None and kid.names != at.names
    if kid.names and _TITLED.search(kid.names) and kid.names != at.names:
        return True
    there = any(el.tag == "a" for el in islice(at.descend(), 200))
    return there and not here and may_name(column_name(kid.text()))


# --- boxes ----------------------------------------------------------------------------------------


def _boxes(links: list[_Link], tree: Tree) -> Iterator[Item]:
    """Headings that lead somewhere, and “更多” with the heading of its box."""
    for link in links:
        if link.more:
            name = _heading_of(link.el)
            if name is not None:
                yield _box(link, name)
        elif link.named and not is_article_url(link.url):
            head = next(
                (
                    up
                    for up in islice(link.el.up(), 1, 5)
                    if up.tag in HEADINGS
                    or up.tag in {"dt", "th", "caption"}
                    or (up.names and _TITLED.search(up.names))
                ),
                None,
            )
            if head is not None and head.chars <= 60 and not link.dated:
                yield _box(link, link.name)
        elif not link.named and link.dated and may_name(link.name) and is_more(text_of(link.el)):
            yield _box(link, link.name)


def _box(link: _Link, name: str) -> Item:
    path = (link.block or link.el).path
    return Item(name=name, url=link.url, block=path, where=Where.BOX)


def _heading_of(more: El) -> str | None:
    """The name over a box, for its “更多”."""
    at = more
    for _ in range(6):
        parent = at.parent
        if parent is None or parent.tag in {"body", "html"}:
            return None
        before: list[str] = []
        for kid in parent.kids:
            if kid is at:
                break
            text = squeeze(kid) if isinstance(kid, str) else kid.text()
            if isinstance(kid, str) or kid.chars <= 30:
                name = column_name(text)
                if may_name(name):
                    before.append(name)
        else:
            before = []
        after = parent.chars - at.chars
        if len(before) == 1 or (before and after <= 60 and len(set(before)) == 1):
            return before[0]
        if before and parent.chars > 60:
            # Rows before it: the first that stands out is the heading.
            return before[0] if _leads(parent, before[0]) else None
        if len(before) > 1:
            return None  # tabs: which of them it belongs to is not known
        if parent.chars > 1500:
            return None
        at = parent
    return None


def _leads(parent: El, name: str) -> bool:
    first = next((kid for kid in parent.children() if kid.chars), None)
    return first is not None and column_name(first.text()) == name


# --- maps, frames, trails -------------------------------------------------------------------------


def _map_items(tree: Tree, resolver: urls.Resolver) -> Iterator[Item]:
    for el in tree.elements:
        if el.tag != "area":
            continue
        url = resolver.canonical(el.get("href")) if el.get("href") else None
        name = column_name(el.get("alt") or el.get("title"))
        if url is not None and may_name(name):
            yield Item(
                name=name,
                url=url,
                block=el.parent.path if el.parent else "area",
                where=Where.MAP,
            )


def _sources(tree: Tree, resolver: urls.Resolver, tags: set[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for el in tree.sources:
        source = el.get("src").strip()
        if el.tag in tags and source and not source.startswith(("#", "about:", "javascript:")):
            url = resolver.canonical(source)
            if url is not None:
                found[url] = None
    return tuple(found)


_Trail = tuple[tuple[str, str | None], ...]


def _trail_items(trail: _Trail, el: El | None) -> Iterator[Item]:
    for number, (name, url) in enumerate(trail):
        if url is not None and may_name(name) and el is not None:
            above = tuple(n for n, _ in trail[:number] if not is_furniture(n))
            yield Item(
                name=name, url=url, above=above, linked=True, block=el.path, where=Where.TRAIL
            )


def _trail(tree: Tree, resolver: urls.Resolver) -> tuple[_Trail, El | None]:
    """The breadcrumb: the line that says where one is, and the element that holds it."""
    for line in tree.lines[:400]:
        text = line.bare
        if "位置" not in text and "当前栏目" not in text and "所在栏目" not in text:
            continue
        if len(text) > 200 or not _TRAIL.match(text.lstrip("■◆●>»·•")):
            continue
        block = line.block
        if len(text) <= 10 and block.parent is not None:
            # The words stand alone; the trail is what follows them in the block around.
            block = block.parent
            if block.chars > 200:
                continue
        steps = _steps(block, resolver)
        if steps:
            return steps, block
    return _unmarked(tree, resolver)


_CRUMBS = re.compile(
    r"(?:^|[\s_\-])(?:crumbs?|curmbs?|breadcrumbs?|breadcrumb\w*|bread|position|location|weizhi|dqwz|wz|place|path|mbx|curpos|currentpath)"
    r"(?:$|[\s_\-\d])",
    re.I,
)
MOST_STEPS = 9


def _unmarked(tree: Tree, resolver: urls.Resolver) -> tuple[_Trail, El | None]:
    for el in tree.elements:
        if el.names and el.chars and el.chars <= 200 and _CRUMBS.search(el.names):
            steps = _steps(el, resolver)
            if 2 <= len(steps) <= MOST_STEPS and _is_start(steps[0][0]):
                return steps, el
    return (), None


_STEP_MARKS = re.compile(r"\s*(?:-{0,2}[>＞»›→]+|[/|\\·⟩❯]|::|(?<=\s)[-—–](?=\s)|\s{3,})\s*")


def _is_start(name: str) -> bool:
    return name.endswith(("首页", "主页")) or is_site(name)


def _steps(block: El, resolver: urls.Resolver) -> _Trail:
    out: list[tuple[str, str | None]] = []
    text: list[str] = []

    def flush() -> None:
        words = _TRAIL.sub(" ", "".join(text), count=1) if not out else "".join(text)
        text.clear()
        for part in _STEP_MARKS.split(words):
            name = column_name(part)
            if 1 < len(name) <= 30:
                out.append((name, None))

    stack: list[El | str] = [block]
    budget = 400
    while stack and budget:
        budget -= 1
        item = stack.pop()
        if isinstance(item, str):
            text.append(item)
        elif item.tag == "a":
            flush()
            name = column_name(text_of(item))
            href = item.get("href")
            url = resolver.canonical(href) if href and _is_link(item) else None
            if name:
                out.append((name, url))
        elif item.tag not in {"script", "style", "select"}:
            if item is not block and item.tag not in {"br", "img"}:
                stack.append(" > " if item.tag in {"li", "span", "em", "td", "div"} else " ")
            stack.extend(reversed(item.kids))
    flush()
    cleaned: list[tuple[str, str | None]] = []
    for name, url in out:
        # A name may stand below its like: one of them leads somewhere.
        if not cleaned or cleaned[-1][0] != name or cleaned[-1][1] != url:
            cleaned.append((name, url))
    return tuple(cleaned[:10])
