"""The platform's spider: every unit's catalogue from its root, pages by the catalogue they stand in.

All roots are read before any tree is judged: the block that serves sibling units is the tree also
where a unit shows little in it, and what many roots share is the site's menu, nobody's tree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from checks.facts import Missing, Node, PageKind, TreeReading, Unverified
from config.schema import ExpectedColumn, Unit
from crawler.answers import AnswerKind
from crawler.frontier import Purpose
from crawler.spiders.base import SiteSpider, TreeFound
from crawler.tasks import together
from crawler.trees import (
    Anchor,
    Found,
    Names,
    blocks_with,
    links_of,
    match_columns,
    node_of,
    nodes_of,
    normal,
    shared_addresses,
    tree_blocks,
    unit_roots,
)
from crawler.urls import canonical
from storage.writer import Fetch

_UNRECOGNISED = Unverified(
    code=Missing.READER, reason="没有认出本单位的公开目录树，不能确定栏目是否齐全"
)
COMPANIONS = 2
"""Other units' roots that are read beside those of a scan of a few units."""


@dataclass(slots=True, kw_only=True)
class _Root:
    """A unit's root page, as it was read."""

    url: str
    anchors: Sequence[Anchor]
    fetch: Fetch


@dataclass(slots=True)
class _Tree:
    """A unit's tree while it is put together."""

    root: _Root
    names: Names
    paths: frozenset[str]
    columns: dict[str, Found]
    nodes: list[Node]
    problem: Unverified | None = field(default=None)


class PlatformSpider(SiteSpider):
    name = "platform"
    by_catalogue: ClassVar[bool] = True

    def _owners(self) -> dict[str, None]:
        return dict.fromkeys(o for o in self.tree_owners() if o is not None)

    async def trees(self) -> dict[str | None, TreeFound | Unverified]:
        found: dict[str | None, TreeFound | Unverified] = {}
        if None in self.tree_owners() and (own := await self.site_tree()) is not None:
            found[None] = own
        todo: list[Unit] = []
        for owner in self._owners():
            done = self.tree_done(owner)
            if done is None:
                todo.append(self.plan.config.unit(owner))
            elif isinstance(done, Unverified):
                found[owner] = done
            else:
                columns = match_columns(self._sought(owner), links_of(done.nodes))
                found[owner] = TreeFound(reading=done, columns=columns)
        if not todo:
            return found
        alongside = self._alongside(todo)
        roots = await self._roots([*todo, *alongside])
        read = {owner: root for owner, root in roots.items() if isinstance(root, _Root)}
        trees = self._recognise(read)
        for unit in alongside:
            roots.pop(unit.id, None)
            trees.pop(unit.id, None)
        for owner, root in roots.items():
            if isinstance(root, Unverified):
                self.writer.tree(owner, root)
                found[owner] = root
        await together(self._categories(o, t) for o, t in trees.items() if t.paths)
        for owner, tree in trees.items():
            problem = tree.problem if tree.paths else _UNRECOGNISED
            reading = TreeReading(
                root=tree.root.url,
                nodes=tuple(tree.nodes),
                complete=problem is None,
                reason=problem,
            )
            self.writer.tree(owner, reading, tree.root.fetch)
            found[owner] = TreeFound(reading=reading, columns=tree.columns, fetch=tree.root.fetch)
        return found

    def _alongside(self, todo: list[Unit]) -> list[Unit]:
        """Units to read beside a few: only against others can a unit's tree be told from a menu."""
        if len(todo) > COMPANIONS:
            return []
        owners = dict.fromkeys(c.owner_id for c in self.everyones if c.key not in self.own_keys)
        others = [o for o in owners if all(o != unit.id for unit in todo)]
        return [self.plan.config.unit(o) for o in others[:COMPANIONS]]

    def _sought(self, owner: str) -> list[ExpectedColumn]:
        return [c for c in self.expected if c.owner_id == owner and self._in_tree(c)]

    def _in_tree(self, column: ExpectedColumn) -> bool:
        return column.url is None and column.key not in self.own_keys

    def _catalogue(self, owner: str) -> list[ExpectedColumn]:
        return [c for c in self.everyones if c.owner_id == owner and c.key not in self.own_keys]

    # -- roots -----------------------------------------------------------------------------

    async def _roots(self, units: list[Unit]) -> dict[str, _Root | Unverified]:
        """Every unit's root page, or why it could not be had."""
        addresses: dict[str, str] = {}
        for unit in units:
            own = canonical(str(unit.root)) if unit.root is not None else None
            if own is not None:
                addresses[unit.id] = own
        problems: dict[str, Unverified] = {}
        unnamed = [u for u in units if u.id not in addresses]
        if unnamed:
            index = await self._index()
            if isinstance(index, Unverified):
                problems = {u.id: index for u in unnamed}
            else:
                # Names are told apart among all units of the configuration, not only those sought.
                roots, missing = unit_roots(self.plan.config.units, index)
                for unit in unnamed:
                    if unit.id in roots:
                        addresses[unit.id] = roots[unit.id]
                    else:
                        problems[unit.id] = Unverified(code=Missing.READER, reason=missing[unit.id])
        self.ahead = len(addresses)
        pages = await together(self._root(url) for url in addresses.values())
        return {**problems, **dict(zip(addresses, pages, strict=True))}

    async def _index(self) -> list[Anchor] | Unverified:
        """The links of the unit index (the home page, unless another page is configured)."""
        configured = self.site.unit_index
        url = canonical(str(configured)) if configured is not None else None
        if url is not None and url != self.root:
            answer = await self.asker.ask(url, Purpose.TREE)
            if answer.kind is not AnswerKind.PAGE:
                return answer.missing or Unverified(
                    code=Missing.SERVER, reason=f"单位列表页打不开（{answer.status}）"
                )
            self.keep(answer)
            reading = self.read(answer, PageKind.OTHER)
        else:
            reading = self.home_reading
        if reading is None:
            return Unverified(code=Missing.READER, reason="没有读到单位列表页")
        return list(reading.anchors)

    async def _root(self, url: str) -> _Root | Unverified:
        if not self.scope.covers(url):
            return Unverified(code=Missing.NOT_CAPTURED, reason="本单位的目录入口在站外")
        answer = await self.asker.ask(url, Purpose.TREE)
        self.ahead -= 1
        if answer.kind is AnswerKind.GONE or await self.soft_gone(answer):
            return Unverified(code=Missing.SERVER, reason=f"目录入口打不开（{answer.status}）")
        if answer.kind is not AnswerKind.PAGE:
            return answer.missing or Unverified(
                code=Missing.NOT_CAPTURED, reason="目录入口跳转到站外"
            )
        reading = self.read(answer, PageKind.OTHER)
        if reading is None:
            return Unverified(code=Missing.READER, reason="没有读懂目录入口页")
        return _Root(url=answer.final_url, anchors=list(reading.anchors), fetch=self.keep(answer))

    # -- trees -----------------------------------------------------------------------------

    def _recognise(self, roots: dict[str, _Root]) -> dict[str, _Tree]:
        shared = shared_addresses({o: r.anchors for o, r in roots.items()})
        names = {owner: Names.of(self._catalogue(owner)) for owner in roots}
        paths = {
            owner: tree_blocks(root.anchors, names[owner], shared=shared)
            for owner, root in roots.items()
        }
        serving = Counter(path for found in paths.values() for path in found)
        siblings = {path for path, n in serving.items() if n >= 2}
        trees: dict[str, _Tree] = {}
        for owner, root in roots.items():
            own = paths[owner] or tree_blocks(
                root.anchors, names[owner], shared=shared, known=siblings
            )
            links = [a for a in root.anchors if a.path in own]
            # A link elsewhere on the page with the exact name, that is no common menu's, counts too.
            others = [a for a in root.anchors if a.path not in own and a.url not in shared]
            sought = self._sought(owner)
            columns = match_columns(sought, links)
            for key, column in match_columns(sought, others if own else []).items():
                columns.setdefault(key, column)
            nodes = list(nodes_of(root.anchors, own, names[owner]))
            nodes += node_of(columns.values(), nodes)
            trees[owner] = _Tree(root, names[owner], own, columns, nodes)
        return trees

    async def _categories(self, owner: str, tree: _Tree) -> None:
        """Follow the categories whose columns the root does not show."""
        lacking: dict[str, list[ExpectedColumn]] = {}
        for column in self._sought(owner):
            if column.key not in tree.columns and column.group:
                lacking.setdefault(normal(column.group), []).append(column)
        links = [a for a in tree.root.anchors if a.path in tree.paths]
        for group, columns in lacking.items():
            entrances = dict.fromkeys(
                a.url for a in links if normal(a.text) == group and self.scope.covers(a.url)
            )
            for url in entrances:
                if url != tree.root.url:
                    await self._category(owner, tree, url, group, columns)

    async def _category(
        self, owner: str, tree: _Tree, url: str, group: str, columns: list[ExpectedColumn]
    ) -> None:
        """Look for a category's missing columns on its own page."""
        answer = await self.asker.ask(url, Purpose.TREE, order=1.0)
        reading = self.read(answer, PageKind.OTHER) if answer.kind is AnswerKind.PAGE else None
        if reading is None:
            words = answer.missing.reason if answer.missing else f"打不开（{answer.status}）"
            code = answer.missing.code if answer.missing else Missing.SERVER
            tree.problem = Unverified(code=code, reason=f"一级栏目页没有读到：{words}")
            return
        self.keep(answer)
        anchors = list(reading.anchors)
        own = Names.of(c for c in self._sought(owner) if c.group and normal(c.group) == group)
        shown = {
            path for path, found in blocks_with(anchors, tree.names).items() if len(found) >= 2
        }
        shown |= {path for path, found in blocks_with(anchors, own).items() if found & own.columns}
        shown |= {a.path for a in anchors} & tree.paths
        links = [a for a in anchors if a.path in shown]
        for key, column in match_columns(columns, links).items():
            tree.columns.setdefault(key, column)
            tree.nodes += node_of([column], tree.nodes)
        if not shown and not self._open_at_root(tree, owner, group):
            tree.problem = Unverified(
                code=Missing.READER, reason="没有认出一级栏目页上的下级栏目，不能确定栏目是否齐全"
            )

    def _open_at_root(self, tree: _Tree, owner: str, group: str) -> bool:
        """Whether the root itself shows columns of the category."""
        return any(
            c.key in tree.columns
            for c in self._sought(owner)
            if c.group and normal(c.group) == group
        )
