"""苏迪 WebPlus: ``list2.htm``, ``/YYYY/MMDD/c<column>a<id>/page.htm``, widgets ``wp_news_w6``."""

from __future__ import annotations

from html import escape

from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.portal import PortalSite


class WebplusSite(PortalSite):
    family = "webplus"
    per_page = 14
    marks_pinned = False

    def column_path(self, column: Column) -> str:
        if self.number_of(column) % 2:
            return f"/{self.number_of(column) + 2000}/list.htm"
        return f"/{column.slug}/list.htm"

    def list_path(self, column: Column, number: int, pages: int) -> str:
        first = self.column_path(column)
        return first if number == 0 else first.replace("list.htm", f"list{number + 1}.htm")

    def post_path(self, post: Post, column: Column) -> str:
        home = self.number_of(self.plan.column(post.home)) + 2000
        if post.kind is Kind.FILE:
            return f"/_upload/article/files/{post.number % 89 + 10:x}/0f/{post.number:032x}/{post.number * 7:032x}.{post.target}"
        if post.number % 5 == 0:  # the newer shape of the address has no date
            return f"/{post.number % 256:02x}/{post.number // 7 % 256:02x}/c{home}a{post.number}/page.htm"
        return f"/{post.day:%Y/%m%d}/c{home}a{post.number}/page.htm"

    def attached(self, post: Post) -> str:
        return f"/_upload/article/files/a0/1b/{post.number:032x}/{post.number * 3:032x}.{post.attachment.rpartition('.')[2]}"

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        menu = "".join(
            f'<li class="nav-item i{n}"><a href="{self.to_column(c, page)}" title="{c.name}" target="_self"><span class="item-name">{c.name}</span></a>'
            '<i class="mark"></i><ul class="sub-nav">'
            + "".join(f'<li class="nav-item"><a href="{self.to_column(b, page)}" title="{b.name}">{b.name}</a></li>' for b in self.plan.below(c))
            + "</ul></li>"
            for n, c in enumerate(self.top_columns(), 1)
        )  # fmt: skip
        i = self.ident
        return (
            f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title>{metas}\n'
            '<link type="text/css" href="/_css/_system/system.css" rel="stylesheet"/>'
            '<link type="text/css" href="/_upload/site/1/style/1/1.css" rel="stylesheet"/>'
            '<script type="text/javascript" src="/_js/jquery.min.js" sudy-wp-context="" sudy-wp-siteId="2"></script>'
            '<link rel="stylesheet" href="/_upload/tpl/00/0e/14/template14/style.css" type="text/css"/></head><body class="list">'
            f'<div class="wrapper nav" id="nav"><div class="inner" frag="面板2"><div frag="窗口2" portletmode="simpleSudyNavi"><div id="wp_nav_w2"><ul class="wp_nav">'
            f'<li class="nav-item i0"><a href="/main.htm" title="网站首页">网站首页</a></li>{menu}</ul></div></div></div></div>\n{main}\n'
            f'<div class="wrapper footer"><div class="inner"><p><span>{i.operator}主办　{i.undertaker}承办</span><span>{i.icp}　{i.police}</span></p></div></div></body></html>'
        )

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        out = "".join(
            f"<li class=\"news n{n} clearfix\"><span class=\"news_title\"><a href='{self.to_post(p, column, page)}' target='_blank' title='{escape(p.title)}'>"
            f'{escape(p.title)}</a></span><span class="news_meta">{p.day}</span></li>\n'
            for n, p in enumerate(posts, 1)
        )
        return f'<div id="wp_news_w6"> \n<ul class="news_list list2">\n{out}</ul>\n</div>'

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        void = "javascript:void(0);"
        to = lambda n: self.list_path(column, n, pages) if 0 <= n < pages and n != number else void  # noqa: E731
        return (
            '<div id="wp_paging_w6"> \n<ul class="wp_paging clearfix"> \n<li class="pages_count"><span class="per_page">每页&nbsp;'
            f'<em class="per_count">{self.per_page}</em>&nbsp;记录&nbsp;</span> <span class="all_count">总共&nbsp;<em class="all_count">{len(column.posts)}</em>&nbsp;记录&nbsp;</span></li>'
            f'<li class="page_nav"><a class="first" href="{to(0)}" target="_self"><span>第一页</span></a> <a class="prev" href="{to(number - 1)}" target="_self"><span>&lt;&lt;上一页</span></a> '
            f'<a class="next" href="{to(number + 1)}" target="_self"><span>下一页&gt;&gt;</span></a> <a class="last" href="{to(pages - 1)}" target="_self"><span>尾页</span></a></li>'
            f'<li class="page_jump"><span class="pages">页码&nbsp;<em class="curr_page">{number + 1}</em>/<em class="all_pages">{pages}</em></span> '
            '<span><input class="pageNum" type="text" /><input type="hidden" class="currPageURL" value=""></span><span><a class="pagingJump" href="javascript:void(0);" target="_self">跳转</a></span></li></ul></div>'
        )

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        side = "".join(
            f'<li class="wp_column column-{n}{" selected" if c is column else ""}"><a href="{self.to_column(c, page)}" title="{c.name}"><span class="column-name">{c.name}</span></a></li>'
            for n, c in enumerate([c for c in self.plan.columns if c.above_keys == column.above_keys], 1)
        )  # fmt: skip
        return (
            f'<div id="l-container"><div class="inner"><div class="col_menu"><div class="col_menu_con"><div id="wp_listcolumn_w5"><ul class="wp_listcolumn">{side}</ul></div></div></div>'
            f'<div class="col_news"><div class="col_news_head"><div class="col_path">当前位置：<a href="/main.htm">网站首页</a><span class="possplit">&nbsp;&nbsp;</span><a href="{self.to_column(column, page)}">{column.name}</a></div>'
            f'<h2 class="column-title">{column.name}</h2></div><div class="col_news_con" frag="面板6"><div class="col_news_list" frag="窗口6" portletmode="simpleList">{rows}{pager}</div></div></div></div></div>'
        )

    def text_main(self, column: Column, page: str) -> str:
        lines = "".join(f'<p style="text-indent:2em;">{escape(line)}</p>' for line in column.text.split("\n"))  # fmt: skip
        return (
            f'<div id="l-container"><div class="col_news"><h2 class="column-title">{column.name}</h2>'
            f'<div class="wp_single wp_column_article" id="wp_column_article"><div class="wp_entry"><div class="wp_articlecontent">{lines}</div></div></div></div></div>'
        )

    def article_main(self, post: Post, column: Column, page: str) -> str:
        body = self.paragraphs(post, '<p class="MsoNormal" style="text-indent:32px;">', "</p>")
        files = ""
        if post.attachment:
            at = self.attached(post)
            files = f'<p><img src="/_ueditor/themes/default/images/icon_pdf.gif"><a href="{at}" sudyfile-attr="{{\'title\':\'{post.attachment}\'}}">{post.attachment}</a></p>'
        return (
            f'<div id="d-container"><div class="inner" frag="面板51"><div class="article" frag="窗口51" portletmode="simpleArticleAttri"><h1 class="arti_title">{escape(post.title)}</h1>'
            f'<p class="arti_metas"><span class="arti_publisher">来源：{post.source}</span><span class="arti_update">发布时间：{post.day}</span><span class="arti_views">浏览次数：<span class="WP_VisitCount" url="/_visitcountdisplay?siteId=2&type=3&articleId={post.number}">10</span></span></p>'
            f'<div class="entry"><div class="read"><div class=\'wp_articlecontent\'>{body}{files}</div></div></div></div></div></div>'
        )
