"""动易 SiteFactory (ASP.NET: ``/Category_31/Index_2.aspx``) with a part of SiteWeaver (ASP) left over."""

from __future__ import annotations

from html import escape

from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.portal import PortalSite

SELECTED = ' selected="selected"'


class SitefactorySite(PortalSite):
    family = "sitefactory"
    per_page = 18
    marks_pinned = False
    empty_words = "没有任何内容"

    def older(self, column: Column) -> bool:
        """Columns that still stand on the ASP product."""
        return self.number_of(column) % 4 == 3

    def column_path(self, column: Column) -> str:
        n = self.number_of(column)
        return (
            f"/Article/ShowClass.asp?ClassID={n}"
            if self.older(column)
            else f"/Category_{n}/Index.aspx"
        )

    def list_path(self, column: Column, number: int, pages: int) -> str:
        first = self.column_path(column)
        if number == 0:
            return first
        if self.older(column):
            return f"{first}&page={number + 1}"
        return first.replace("Index.aspx", f"Index_{number + 1}.aspx")

    def post_path(self, post: Post, column: Column) -> str:
        if post.kind is Kind.FILE:
            return f"/UploadFiles/{post.day:%Y-%m}/{post.number}/{post.day:%Y%m%d}09{post.number % 60:02d}00.{post.target}"
        if self.older(self.plan.column(post.home)):
            return f"/Article/ShowArticle.asp?ArticleID={post.number}"
        return f"/Item/{post.number}.aspx"

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        menu = "".join(
            f'<li><a class="" href="{self.to_column(c, page)}" target="_self">{c.name}</a><div class="two">'
            + " ".join(f'<a href="{self.to_column(b, page)}">{b.name}</a>' for b in self.plan.below(c))
            + "</div></li>"
            for c in self.top_columns()
        )  # fmt: skip
        i = self.ident
        return (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\r\n<html xmlns="http://www.w3.org/1999/xhtml">\r\n<head>'
            f'<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />\r\n<title>\r\n\t{title}\r\n</title>{metas}<link href="/Skin/default.css" rel="stylesheet" type="text/css" />'
            '<script src="/JS/AjaxRequest.js" type="text/javascript"></script></head>\r\n<body>\r\n'
            f'<div id="header"><div class="Menu"><ul><li><a href="/Default.aspx">网站首页</a></li>{menu}</ul></div></div>\r\n{main}\r\n'
            f'<div id="footer"><a href="/Category_97/Index.aspx">网站地图</a><p>主办：{i.operator}  承办：{i.undertaker}</p><p>{i.icp} {i.police} 政府网站标识码：{i.site_code}</p></div>\r\n</body></html>'
        )

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        if not posts:
            return f'<ul></ul><div class="none">{self.empty_words}</div>'
        if self.older(column):
            out = "".join(
                f'<tr><td width="10" valign="top" class="ArticleList"><img src="/images/article_common.gif" alt="普通文章"></td><td class="ArticleList"><a class="listA" href="{self.to_post(p, column, page)}" title="文章标题：{escape(p.title)}&#13;&#10;作&nbsp;&nbsp;&nbsp;&nbsp;者：佚名&#13;&#10;更新时间：{p.day}" target="_self">{escape(p.title)}</a></td>'
                f'<td align="right" class="ArticleList" width="40">{p.day}</td></tr>\n'
                for p in posts
            )
            return f'<table width="100%" cellpadding="0" cellspacing="0">{out}</table>'
        return (
            '<div class="newslist"><ul>'
            + "".join(
                f'<li><span class="f_r">{p.day:%Y/%m/%d}</span>\r\n<a href="{self.to_post(p, column, page)}" title="{escape(p.title)}" target="_blank">{escape(p.title)}</a></li>\r\n'
                for p in posts
            )
            + "</ul></div>"
        )

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        if not column.posts:
            return ""
        to = lambda n: escape(self.list_path(column, n, pages))  # noqa: E731
        first = (
            f'<a href="{to(0)}">首页</a> <a href="{to(number - 1)}">上一页</a>'
            if number
            else "首页 上一页"
        )
        last = (
            f'<a href="{to(number + 1)}">下一页</a> <a href="{to(pages - 1)}">尾页</a>'
            if number + 1 < pages
            else "下一页 尾页"
        )
        if self.older(column):
            return f"<div class='showpage'>共 <b>{len(column.posts)}</b> 篇文章&nbsp;&nbsp;{first}&nbsp;{last}&nbsp;&nbsp;页次：<strong><font color=red>{number + 1}</font>/{pages}</strong>页 &nbsp;<b>{self.per_page}</b>篇文章/页</div>"
        options = "".join(f'<option value="{n + 1}"{SELECTED if n == number else ""}>第{n + 1}页</option>' for n in range(pages))  # fmt: skip
        return f'<div class="pagecss"><span id="pe100_page_列表"  pagesize="{self.per_page}" totalcount="{len(column.posts)}">总数：<b>{len(column.posts)}</b> {first} {last} 页次：{number + 1}/{pages}页 {self.per_page}条信息/页 转到：<select onchange="javascript:window.location=\'Index_\'+this.options[this.selectedIndex].value+\'.aspx\'">{options}</select></span></div>'

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        side = "".join(f'<dd><a href="{self.to_column(c, page)}">{c.name}</a></dd>' for c in self.plan.columns if c.above_keys == column.above_keys)  # fmt: skip
        return (
            f'<div id="main"><div class="path">您现在的位置：<a href="/">{self.ident.site_name}</a> &gt;&gt; <a href="{self.to_column(column, page)}">{column.name}</a></div>'
            f'<div class="left_box"><dl><dt>栏目导航</dt>{side}</dl></div><div class="right_box"><div class="c_head">{column.name}</div><div class="c_content">{rows}{pager}</div></div></div>'
        )

    def text_main(self, column: Column, page: str) -> str:
        lines = "".join(f"<p>　　{escape(line)}</p>" for line in column.text.split("\n"))
        return f'<div id="main"><div class="path">您现在的位置：<a href="/">首页</a> &gt;&gt; {column.name}</div><div class="c_head">{column.name}</div><div class="c_content" id="fontzoom">{lines}</div></div>'

    def article_main(self, post: Post, column: Column, page: str) -> str:
        body = self.paragraphs(post, "<p>　　", "</p>")
        files = (
            f'<div class="fujian"><a href="{self.attached(post)}">{post.attachment}</a></div>'
            if post.attachment
            else ""
        )
        before, after = self.neighbours(post, column)
        near = "".join(
            f'<li>{word}：<a class="LinkPrevArticle" href="{self.to_post(p, column, page)}" title="文章标题：{escape(p.title)}">{escape(p.title)}</a></li>'
            for word, p in (("上一篇", before), ("下一篇", after)) if p
        )  # fmt: skip
        return (
            f'<div id="main"><div class="path">您现在的位置：<a href="/">首页</a> &gt;&gt; <a href="{self.to_column(column, page)}">{column.name}</a> &gt;&gt; 正文</div><div class="c_main_box"><h2 class="c_title_text">{escape(post.title)}</h2>'
            f'<div class="c_title_author"><span>作者：佚名</span> <span>来源：{post.source}</span> <span>发布时间：{post.day:%Y年%m月%d日}</span> <span>点击数：<span id="hits"></span></span></div>'
            f'<div class="c_content_text" id="fontzoom">{body}</div>{files}<div class="c_content_prenext"><ul>{near}</ul></div></div></div>'
        )
