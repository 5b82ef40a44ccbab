"""TRS lists that are paged otherwise: counted from 1 (Hunan), counted down (Nanjing).

Both are the same product as ``trs``; their templates, names of files and pagers differ.
"""

from __future__ import annotations

from html import escape

from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.trs import TrsSite, relative


class TrsHunanSite(TrsSite):
    """``createPageHTML('paging', total, current, 'index', 'html', records)``: page 2 is ``index_2``."""

    family = "trs_hunan"
    per_page = 15
    empty_words = "暂无相关信息"
    marks_pinned = True

    def page_name(self, number: int, pages: int) -> str:
        return "index.html" if number == 0 else f"index_{number + 1}.html"

    def post_path(self, post: Post, column: Column) -> str:
        path = super().post_path(post, column)
        return path if post.kind is Kind.FILE else path.replace(".html", ".htm")

    def row(self, post: Post, column: Column, page: str) -> str:
        top = '<em class="zd">[置顶]</em>' if post.pinned else ""
        day = (
            f"<td width='100' class='time'>{post.day}</td>" if self.shown_day(post, column) else ""
        )
        return (
            f"<tr><td width='20'><i class='dot'></i></td><td class='tit'>{top}<a href='{self.href(post, column, page)}'"
            f" title='{escape(post.title)}' target='_blank'>{escape(post.title)}</a></td>{day}</tr>"
        )

    def rows(self, posts: tuple[Post, ...], column: Column, page: str) -> str:
        if not posts:
            return f'<div class="table_list"><table class="table"><tbody></tbody></table><p class="none">{self.empty_words}</p></div>'
        rows = "\n".join(self.row(p, column, page) for p in posts)
        return f'<div class="table_list"><table class="table" width="100%"><tbody>{rows}</tbody></table></div>'

    def pager(self, number: int, pages: int, column: Column) -> str:
        return (
            '<div id="paging" class="paging"></div><script type="text/javascript" src="/images/page.js"></script>'
            f"<script type=\"text/javascript\">createPageHTML('paging',{pages}, {number + 1},'index','html',{len(column.posts)});</script>"
        )

    def build(self) -> None:
        super().build()
        self.file("/images/page.js")


class TrsNanjingSite(TrsSite):
    """The second page of 21 is ``index_19``: files keep their numbers, new pages come on top."""

    family = "trs_nanjing"
    per_page = 16
    empty_words = "该栏目暂无信息"

    def page_name(self, number: int, pages: int) -> str:
        return "index.html" if number == 0 else f"index_{pages - 1 - number}.html"

    def row(self, post: Post, column: Column, page: str) -> str:
        top = '<span class="top-tag">置顶</span>' if post.pinned else ""
        day = f'<span class="date">[{post.day:%Y/%m/%d}]</span>' if self.shown_day(post, column) else ""  # fmt: skip
        return f'<li class="clearfix">{day}{top}<a target="_blank" href="{self.href(post, column, page)}">{escape(post.title)}</a></li>'

    def rows(self, posts: tuple[Post, ...], column: Column, page: str) -> str:
        if not posts:
            return f'<ul class="universal_overview_con news-list"><li class="empty">{self.empty_words}</li></ul>'
        rows = "\n".join(self.row(p, column, page) for p in posts)
        return f'<ul class="universal_overview_con news-list">{rows}</ul>'

    def pager(self, number: int, pages: int, column: Column) -> str:
        if pages == 1:
            return '<div class="page-box"><span>共1页</span></div>'
        base = self.column_path(column)
        here = base + ("" if number == 0 else self.page_name(number, pages))

        def to(n: int) -> str:
            return relative(base + self.page_name(n, pages), here)

        before = f'<a href="{to(number - 1)}">上一页</a>' if number else "<span>上一页</span>"
        after = f'<a href="{to(number + 1)}">下一页</a>' if number + 1 < pages else "<span>下一页</span>"  # fmt: skip
        return (
            f'<div class="page-box"><a href="{to(0)}">首页</a>{before}<span class="cur">{number + 1}/{pages}</span>{after}'
            f'<a href="{to(pages - 1)}">尾页</a><span>共{pages}页</span></div>'
        )
