"""Column trees: which block of a page is the tree, and which of its links are the expected columns.

Pure. A name agrees exactly after normalisation or by a variant that the configuration accepts,
never in part. A column is called absent only from a tree that was recognised and read whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from checks.facts import NameMatch, Node
from config.schema import ExpectedColumn, Unit

MAX_NODES = 600
"""Column links that one tree keeps."""

_COUNT = re.compile(r"[(\[]\d+[)\]]$")
_EDGES = "·•>»›-–—|:*#.,、。＞→▪■◆●○+"
_QUOTES = str.maketrans(dict.fromkeys("“”„‟″＂'‘’「」『』", '"'))


class Anchor(Protocol):
    """One link of a page, with where it stands."""

    @property
    def text(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def heading(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TreeLink:
    """An anchor rebuilt from a stored tree."""

    text: str
    url: str
    path: str = ""
    heading: str = ""


def normal(name: str) -> str:
    """A name as it is compared: width, blanks, quotes, bullets and a count at the end left out."""
    name = unicodedata.normalize("NFKC", name).translate(_QUOTES)
    name = "".join(c for c in name if not c.isspace() and unicodedata.category(c) != "Cf")
    name = name.strip(_EDGES)
    return _COUNT.sub("", name).casefold()


@dataclass(frozen=True, slots=True)
class Found:
    """An expected column on the site."""

    url: str
    match: NameMatch | None
    """``None``: its address is configured, its name was not looked for."""
    name: str


@dataclass(frozen=True, slots=True)
class Names:
    """The names that the expected columns of one tree may bear."""

    columns: frozenset[str]
    groups: frozenset[str]

    @classmethod
    def of(cls, expected: Iterable[ExpectedColumn]) -> Names:
        columns: set[str] = set()
        groups: set[str] = set()
        for column in expected:
            columns.add(normal(column.name))
            columns.update(normal(v) for v in column.variants)
            if column.group:
                groups.add(normal(column.group))
        return cls(frozenset(columns), frozenset(groups))

    def __contains__(self, name: str) -> bool:
        return name in self.columns or name in self.groups


def blocks_with(anchors: Iterable[Anchor], names: Names) -> dict[str, set[str]]:
    """Expected names that each block of a page shows, by block path."""
    found: dict[str, set[str]] = defaultdict(set)
    for anchor in anchors:
        name = normal(anchor.text)
        if name in names:
            found[anchor.path].add(name)
        if anchor.heading and normal(anchor.heading) in names.groups:
            found[anchor.path].add(normal(anchor.heading))
    return found


def tree_blocks(
    anchors: Sequence[Anchor],
    names: Names,
    *,
    shared: Collection[str] = (),
    known: Collection[str] = (),
) -> frozenset[str]:
    """Paths of the blocks that are the tree.

    A block is the tree when it shows two expected names, or when it is one of the ``known`` paths
    (those that serve sibling units). ``shared``: addresses that other units' roots show as well; a
    block whose expected names mostly lead there is the site's menu, not the unit's tree.
    """
    shown = blocks_with(anchors, names)
    paths = {path for path, found in shown.items() if len(found) >= 2}
    if known:
        paths.update({a.path for a in anchors} & set(known))
    return frozenset(p for p in paths if not _is_menu(anchors, p, names, shared))


def _is_menu(anchors: Iterable[Anchor], path: str, names: Names, shared: Collection[str]) -> bool:
    urls = [a.url for a in anchors if a.path == path and normal(a.text) in names]
    return bool(urls) and sum(u in shared for u in urls) * 2 > len(urls)


def nodes_of(anchors: Iterable[Anchor], paths: Collection[str], names: Names) -> tuple[Node, ...]:
    """The column links of the recognised blocks, each once, in document order."""
    nodes: dict[tuple[str, str], Node] = {}
    for anchor in anchors:
        text = " ".join(anchor.text.split())[:100]
        if anchor.path not in paths or not text:
            continue
        heading = anchor.heading if anchor.heading and normal(anchor.heading) in names else None
        nodes.setdefault(
            (normal(text), anchor.url), Node(name=text, url=anchor.url, parent=heading)
        )
        if len(nodes) >= MAX_NODES:
            break
    return tuple(nodes.values())


def node_of(columns: Iterable[Found], known: Sequence[Node]) -> list[Node]:
    """Nodes for columns that were found outside the tree's own blocks."""
    there = {(normal(n.name), n.url) for n in known}
    return [Node(name=c.name, url=c.url) for c in columns if (normal(c.name), c.url) not in there]


def links_of(nodes: Iterable[Node]) -> list[TreeLink]:
    """A stored tree's links."""
    return [TreeLink(n.name, n.url, "", n.parent or "") for n in nodes]


def match_columns(
    expected: Iterable[ExpectedColumn], anchors: Sequence[Anchor]
) -> dict[str, Found]:
    """The expected columns among the links of a tree, by column key.

    The exact name goes before a variant, a link under the column's own category before others;
    where a category bears the name of its column, the later link (the column) is taken.
    """
    by_name: dict[str, list[Anchor]] = defaultdict(list)
    for anchor in anchors:
        by_name[normal(anchor.text)].append(anchor)
    found: dict[str, Found] = {}
    for column in expected:
        for position, name in enumerate((column.name, *column.variants)):
            candidates = by_name.get(normal(name))
            if candidates:
                chosen = _choose(candidates, column, normal(name))
                match = NameMatch.VARIANT if position else NameMatch.EXACT
                found[column.key] = Found(chosen.url, match, " ".join(chosen.text.split()))
                break
    return found


def _choose(candidates: Sequence[Anchor], column: ExpectedColumn, name: str) -> Anchor:
    group = normal(column.group) if column.group else None
    if group is not None:
        own = [c for c in candidates if normal(c.heading) == group]
        if own:
            return own[-1] if name == group else own[0]
        if name == group:
            return candidates[-1]
    return candidates[0]


def unit_roots(
    units: Iterable[Unit], anchors: Sequence[Anchor]
) -> tuple[dict[str, str], dict[str, str]]:
    """Addresses of the units' roots among the anchors of a unit index, and why others have none.

    A unit is found by its exact name, short name or an alias. Where its names lead to different
    places, the block that shows most units decides; if that leaves two, there is no match.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    listed = list(units)
    for unit in listed:
        for name in (unit.name, unit.short, *unit.aliases):
            owners[normal(name)].add(unit.id)
    hits: dict[str, list[Anchor]] = defaultdict(list)
    block_units: dict[str, set[str]] = defaultdict(set)
    for anchor in anchors:
        claimed = owners.get(normal(anchor.text), set())
        if len(claimed) == 1:
            (unit_id,) = claimed
            hits[unit_id].append(anchor)
            block_units[anchor.path].add(unit_id)
    roots: dict[str, str] = {}
    missing: dict[str, str] = {}
    for unit in listed:
        own = hits.get(unit.id, [])
        if not own:
            missing[unit.id] = f"单位列表中没有找到“{unit.short}”的目录入口"
            continue
        best = max(len(block_units[a.path]) for a in own)
        urls = list(dict.fromkeys(a.url for a in own if len(block_units[a.path]) == best))
        if len(urls) == 1:
            roots[unit.id] = urls[0]
        else:
            missing[unit.id] = (
                f"单位列表中“{unit.short}”指向 {len(urls)} 个不同地址，无法确定目录入口"
            )
    return roots, missing


def shared_addresses(pages: Mapping[str, Iterable[Anchor]]) -> frozenset[str]:
    """Addresses that the roots of at least two units show."""
    counts: Counter[str] = Counter()
    for anchors in pages.values():
        counts.update({a.url for a in anchors})
    return frozenset(url for url, n in counts.items() if n >= 2)
