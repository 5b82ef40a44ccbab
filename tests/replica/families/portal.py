"""Which pages a portal has: home, parents, lists, texts, articles, files. The markup is each family's own."""

from __future__ import annotations

import posixpath
from html import escape

from tests.replica.families import content
from tests.replica.families.family import FamilySite, Markup
from tests.replica.families.model import Column, Kind, Post, State

MORE_WORDS = ("更多>>", "more", "更多")


class PortalSite(FamilySite):
    # -- what each family says ---------------------------------------------------------------

    def list_path(self, column: Column, number: int, pages: int) -> str:
        """Target of list page ``number``, from 0."""
        raise NotImplementedError

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        """A whole page around its main part."""
        raise NotImplementedError

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        raise NotImplementedError

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        raise NotImplementedError

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        raise NotImplementedError

    def article_main(self, post: Post, column: Column, page: str) -> str:
        raise NotImplementedError

    def text_main(self, column: Column, page: str) -> str:
        raise NotImplementedError

    def attached(self, post: Post) -> str:
        """Target of a post's attachment."""
        return f"/uploadfile/{post.day:%Y}/{post.day:%m%d}/{post.number}.{post.attachment.rpartition('.')[2]}"

    def article_metas(self, post: Post, column: Column) -> str:
        return ""

    # -- links -------------------------------------------------------------------------------

    def link(self, target: str, page: str) -> str:
        """An address of the site as this page spells it."""
        return escape(target)

    def to_column(self, column: Column, page: str) -> str:
        if column.state is State.ELSEWHERE:
            return escape(column.target)
        return self.link(self.column_path(column), page)

    def to_post(self, post: Post, column: Column, page: str) -> str:
        if post.kind is Kind.OFFSITE:
            return escape(post.target)
        return self.link(self.post_path(post, column), page)

    @staticmethod
    def relative(target: str, page: str) -> str:
        """``target`` as seen from the folder of ``page``."""
        found = posixpath.relpath(target, page.partition("?")[0].rpartition("/")[0] or "/")
        return found + "/" if target.endswith("/") and not found.endswith("/") else found

    def number_of(self, column: Column) -> int:
        """An id of the column, as data bases give them."""
        return 11 + 3 * self.plan.columns.index(column)

    def top_columns(self) -> list[Column]:
        return [c for c in self.plan.columns if not c.above]

    def neighbours(self, post: Post, column: Column) -> tuple[Post | None, Post | None]:
        """The post before and after it in its own column, pages only."""
        own = [p for p in column.posts if p.kind is Kind.ARTICLE]
        at = next((n for n, p in enumerate(own) if p.number == post.number), None)
        if at is None:
            return None, None
        return (own[at - 1] if at else None), (own[at + 1] if at + 1 < len(own) else None)

    # -- pages -------------------------------------------------------------------------------

    def build(self) -> None:
        for column in self.plan.columns:
            if column.state is State.ELSEWHERE:
                continue
            path = self.column_path(column)
            if column.state is State.PARENT:
                self.route(path, lambda c=column, p=path: self.channel(c, p))
            elif column.state is State.TEXT:
                self.route(path, lambda c=column, p=path: self.text(c, p))
            else:
                self.build_list(column)
            for post in column.posts:
                self.build_post(post, column)

    def build_list(self, column: Column) -> None:
        parts = list(content.chunks(column.posts, self.per_page))
        for number, posts in enumerate(parts):
            target = self.list_path(column, number, len(parts))

            def make(n: int = number, p: tuple[Post, ...] = posts, t: str = target) -> Markup:
                return self.listing(column, p, n, len(parts), t)

            self.route(target, make)

    def build_post(self, post: Post, column: Column) -> None:
        if post.kind is Kind.OFFSITE:
            return
        path = self.post_path(post, column)
        if post.kind is Kind.FILE:
            self.file(path)
        elif path not in self.routes:
            self.route(path, lambda: self.article(post, path))
            if post.attachment:
                self.file(self.attached(post))

    def listing(
        self, column: Column, posts: tuple[Post, ...], number: int, pages: int, page: str
    ) -> Markup:
        rows = self.rows(column, posts, page)
        pager = self.pager(column, number, pages, page)
        return self.frame(page, f"{column.name}-{self.ident.site_name}", self.list_main(column, rows, pager, page))  # fmt: skip

    def article(self, post: Post, page: str) -> str:
        column = self.plan.column(post.home)
        main = self.article_main(post, column, page)
        return self.frame(page, f"{escape(post.title)}-{self.ident.site_name}", main, self.article_metas(post, column))  # fmt: skip

    def text(self, column: Column, page: str) -> str:
        return self.frame(
            page, f"{column.name}-{self.ident.site_name}", self.text_main(column, page)
        )

    def channel(self, column: Column, page: str) -> str:
        boxes = "".join(
            f'<div class="lanmu"><h3><a href="{self.to_column(c, page)}">{c.name}</a></h3><ul>'
            + "".join(
                f'<li><a href="{self.to_post(p, c, page)}" title="{escape(p.title)}">{escape(p.title[:18])}</a>'
                f"<span>{p.day:%m-%d}</span></li>"
                for p in c.posts[:5]
            )
            + f'</ul><a href="{self.to_column(c, page)}">{MORE_WORDS[len(c.name) % 3]}</a></div>'
            for c in self.plan.below(column)
        )
        return self.frame(page, f"{column.name}-{self.ident.site_name}", f'<div class="pindao">{boxes}</div>')  # fmt: skip

    def home(self) -> Markup:
        boxes = "".join(
            f'<div class="tab"><div class="tt"><a href="{self.to_column(c, "/")}">{c.name}</a></div><ul>'
            + "".join(
                f'<li><a href="{self.to_post(p, c, "/")}" title="{escape(p.title)}">{escape(p.title[:16])}</a>'
                f"<em>{p.day:%m-%d}</em></li>"
                for p in c.posts[:6]
            )
            + "</ul></div>"
            for c in [c for c in self.plan.columns if c.posts][:8]
        )
        return self.frame("/", self.ident.site_name, f'<div class="home">{boxes}</div>')

    def paragraphs(self, post: Post, before: str = "<p>", after: str = "</p>") -> str:
        return "\n".join(
            f"{before}{escape(line)}{after}" for part in content.paragraphs(post) for line in part
        )
