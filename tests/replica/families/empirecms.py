"""帝国 EmpireCMS: ``/e/action/ListInfo/`` counted from 0, or static ``index_2.html`` counted from 1."""

from __future__ import annotations

from html import escape

from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.portal import PortalSite


class EmpirecmsSite(PortalSite):
    family = "empirecms"
    per_page = 20
    empty_words = "没有信息"

    def static(self, column: Column) -> bool:
        return self.number_of(column) % 2 == 0

    def column_path(self, column: Column) -> str:
        if self.static(column):
            return "/" + "/".join((*column.above_keys, column.slug)) + "/"
        return f"/e/action/ListInfo/?classid={self.number_of(column)}"

    def list_path(self, column: Column, number: int, pages: int) -> str:
        first = self.column_path(column)
        if number == 0:
            return first
        if self.static(column):
            return f"{first}index_{number + 1}.html"
        return f"/e/action/ListInfo/index.php?page={number}&classid={self.number_of(column)}&totalnum={len(column.posts)}"

    def post_path(self, post: Post, column: Column) -> str:
        home = self.plan.column(post.home)
        if post.kind is Kind.FILE:
            return f"/d/file/{home.slug}/{post.day}/{post.number:032x}.{post.target}"
        if self.static(home):
            return f"{self.column_path(home)}{post.day}/{post.number}.html"
        return f"/e/action/ShowInfo.php?classid={self.number_of(home)}&id={post.number}"

    def attached(self, post: Post) -> str:
        return f"/d/file/p/{post.day}/{post.number:032x}.{post.attachment.rpartition('.')[2]}"

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        menu = "".join(
            f'<li class="menu"><a href="{self.to_column(c, page)}">{c.name}</a><ul>'
            + "".join(f'<li><a href="{self.to_column(b, page)}">{b.name}</a></li>' for b in self.plan.below(c))
            + "</ul></li>"
            for c in self.top_columns()
        )  # fmt: skip
        i = self.ident
        return (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml">\n<head>\n'
            f'<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />\n<title>{title} - Powered by EmpireCMS</title>{metas}\n<link href="/skin/default/css/style.css" rel="stylesheet" type="text/css" />\n'
            '<script type="text/javascript" src="/skin/default/js/tabs.js"></script>\n</head>\n<body class="listpage">\n'
            '<table width="100%" border="0" cellspacing="0" cellpadding="0" class="top"><tr><td><table width="100%"><tr><td width="63%"><script> document.write(\'<script src="/e/member/login/loginjs.php?t=\'+Math.random()+\'"><\'+\'/script>\'); </script></td>'
            '<td align="right"><a onclick="window.external.addFavorite(location.href,document.title)" href="#ecms">加入收藏</a> | <a href="/">设为首页</a></td></tr></table></td></tr></table>\n'
            f'<table width="920" border="0" align="center" class="nav"><tr class="nav_item"><td><ul><li><a href="/">首页</a></li>{menu}</ul></td></tr></table>\n{main}\n'
            f'<table width="100%" class="footer"><tr><td align="center">主办单位：{i.operator}　承办单位：{i.undertaker}<br />{i.icp}　{i.police}　标识码：{i.site_code}</td></tr></table>\n</body>\n</html>'
        )

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        if not posts:
            return f'<ul class="box"></ul><div class="tishi">{self.empty_words}</div>'
        out = "".join(
            f'<li><span>{p.day}</span>{"<b>[置顶]</b> " if p.pinned else ""}<a href="{self.to_post(p, column, page)}" title="{escape(p.title)}">'
            f'<strong><font color="#FF0000">{escape(p.title)}</font></strong></a></li>'
            if p.number % 11 == 0
            else f'<li><span>{p.day}</span>{"<b>[置顶]</b> " if p.pinned else ""}<a href="{self.to_post(p, column, page)}" title="{escape(p.title)}">{escape(p.title)}</a></li>'
            for p in posts
        )
        return f'<div class="box"><ul>{out}</ul></div>'

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        if pages == 1:
            return '<table width="100%" class="list_page"><tr><td></td></tr></table>'
        to = lambda n: escape(self.list_path(column, n, pages))  # noqa: E731
        if self.static(column):  # the style of steps
            back = (
                f'<a href="{to(0)}">首页</a>&nbsp;<a href="{to(number - 1)}">上一页</a>&nbsp;'
                if number
                else ""
            )
            on = (
                f'<a href="{to(number + 1)}">下一页</a>&nbsp;<a href="{to(pages - 1)}">尾页</a>&nbsp;'
                if number + 1 < pages
                else ""
            )
            box = "".join(f'<option value="{to(n)}"{" selected" if n == number else ""}>第{n + 1}页</option>' for n in range(pages))  # fmt: skip
            inner = f"页次：{number + 1}/{pages}&nbsp;每页{self.per_page}&nbsp;总数{len(column.posts)}&nbsp;&nbsp;{back}{on}转到:<select name='select' onchange=\"self.location.href=this.options[this.selectedIndex].value\">{box}</select>"
        else:  # the style of numbers
            back = (
                f'<a href="{to(0)}">首页</a>&nbsp;<a href="{to(number - 1)}">上一页</a>&nbsp;'
                if number
                else ""
            )
            numbers = "&nbsp;".join(f"<b>{n + 1}</b>" if n == number else f'<a href="{to(n)}">{n + 1}</a>' for n in range(pages) if abs(n - number) < 6)  # fmt: skip
            on = (
                f'&nbsp;<a href="{to(number + 1)}">下一页</a>&nbsp;<a href="{to(pages - 1)}">尾页</a>'
                if number + 1 < pages
                else ""
            )
            inner = f'<a title="Total record">&nbsp;<b>{len(column.posts)}</b> </a>&nbsp;&nbsp;{back}{numbers}{on}'
        return f'<table width="100%" border="0" cellspacing="0" cellpadding="0" class="list_page"><tr><td>{inner}</td></tr></table>'

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        recent = [c for c in self.plan.columns if c.posts][1]
        side = "".join(f'<li><a href="{self.to_post(p, recent, page)}" title="{escape(p.title)}">{escape(p.title[:14])}</a></li>' for p in recent.posts[:10])  # fmt: skip
        return (
            '<table width="920" border="0" align="center" cellpadding="0" cellspacing="10"><tr valign="top"><td class="list_content"><table width="100%" class="position"><tr>'
            f'<td>现在的位置：<a href="/">首页</a>&nbsp;>&nbsp;<a href="{self.to_column(column, page)}">{column.name}</a></td></tr></table>'
            f'<table width="100%" class="box"><tr><td>{rows}{pager}</td></tr></table></td><td class="sider"><table width="100%" class="title margin_top"><tr><td><strong>本类推荐</strong></td></tr></table>'
            f'<table width="100%" class="box"><tr><td><ul>{side}</ul></td></tr></table></td></tr></table>'
        )

    def text_main(self, column: Column, page: str) -> str:
        lines = "".join(f"<p>　　{escape(line)}</p>" for line in column.text.split("\n"))
        return f'<table width="920" align="center"><tr><td class="main"><table width="100%" class="title_info"><tr><td><h1>{column.name}</h1></td></tr></table><table width="100%"><tr><td id="text">{lines}</td></tr></table></td></tr></table>'

    def article_main(self, post: Post, column: Column, page: str) -> str:
        body = self.paragraphs(post, "<p>&nbsp;&nbsp;&nbsp;&nbsp;", "</p>")
        before, after = self.neighbours(post, column)
        near = (
            (f'上一篇：<a href="{self.to_post(before, column, page)}">{escape(before.title)}</a>' if before else "")
            + "<br>下一篇："
            + (f'<a href="{self.to_post(after, column, page)}">{escape(after.title)}</a>' if after else "没有了")
        )  # fmt: skip
        files = (
            f'<p>附件：<a href="{self.attached(post)}">{post.attachment}</a></p>'
            if post.attachment
            else ""
        )
        return (
            f'<table width="920" border="0" align="center"><tr valign="top"><td class="main"><table class="position"><tr><td>现在的位置：<a href="/">首页</a>&nbsp;>&nbsp;<a href="{self.to_column(column, page)}">{column.name}</a></td></tr></table>'
            f'<table width="100%" class="box"><tr><td><table width="100%" border="0"><tr><td class="title_info"><h1>{escape(post.title)}</h1></td></tr><tr><td class="info_text">'
            f"时间：{post.day} 09:{post.number % 60:02d}:00&nbsp;&nbsp;来源：<a>{post.source}</a>&nbsp;&nbsp;作者：管理员 点击：<script src=/e/public/ViewClick?classid={self.number_of(column)}&id={post.number}&addclick=1></script>次</td></tr></table>"
            f'<table width="100%"><tr><td id="text">{body}{files}<p align="center" class="pageLink"></p></td></tr></table>'
            f'<script src="/e/public/digg/?classid=1&id={post.number}&dotop=1"></script><table width="100%"><tr><td>{near}</td></tr></table></td></tr></table></td></tr></table>'
        )
