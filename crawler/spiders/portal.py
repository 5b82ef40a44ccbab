"""The portal's spider: mandatory columns in the site's own menu, pages by their source."""

from __future__ import annotations

from typing import ClassVar

from checks.facts import Missing, TreeReading, Unverified
from crawler.answers import AnswerKind
from crawler.spiders.base import SiteSpider, TreeFound
from crawler.trees import Names, links_of, match_columns, nodes_of, tree_blocks

UNRECOGNISED = Unverified(code=Missing.READER, reason="没有认出栏目导航，不能确定栏目是否齐全")


class PortalSpider(SiteSpider):
    name = "portal"
    by_catalogue: ClassVar[bool] = False

    def tree_owners(self) -> list[str | None]:
        return [None]

    async def trees(self) -> dict[str | None, TreeFound | Unverified]:
        done = self.tree_done(None)
        sought = [c for c in self.expected if c.url is None]
        if isinstance(done, Unverified):
            return {None: done}
        if done is not None:
            links = links_of(done.nodes)
            return {None: TreeFound(reading=done, columns=match_columns(sought, links))}
        if self.home_reading is None or self.home_answer is None:
            return {}
        anchors = list(self.home_reading.anchors)
        names = Names.of(self.expected)
        paths = tree_blocks(anchors, names)
        columns = match_columns(sought, [a for a in anchors if a.path in paths])
        # A link with the exact name elsewhere on the home page is no proof of absence either.
        for key, found in match_columns(sought, [a for a in anchors if self.owns(a.url)]).items():
            columns.setdefault(key, found)
        reading = TreeReading(
            root=self.root,
            nodes=nodes_of(
                anchors, paths | {a.path for a in anchors if a.url in _urls(columns)}, names
            ),
            complete=bool(paths) and self.home_answer.kind is AnswerKind.PAGE,
            reason=None if paths else UNRECOGNISED,
        )
        fetch = self.keep(self.home_answer)
        self.writer.tree(None, reading, fetch)
        return {None: TreeFound(reading=reading, columns=columns, fetch=fetch)}


def _urls(columns: object) -> set[str]:
    return {found.url for found in columns.values()} if isinstance(columns, dict) else set()
