"""博达 VSB: lists whose pages count down, links relative and of another depth from page 2 on.

Both pagers of the product are there: the table of its older components, and the ``pb_sys`` spans.
"""

from __future__ import annotations

from html import escape

from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.portal import PortalSite


class VsbSite(PortalSite):
    family = "vsb"
    per_page = 15
    marks_pinned = False

    def column_path(self, column: Column) -> str:
        return "/" + "/".join((*column.above_keys, column.slug)) + ".htm"

    def list_path(self, column: Column, number: int, pages: int) -> str:
        first = self.column_path(column)
        return first if number == 0 else f"{first.removesuffix('.htm')}/{pages - number}.htm"

    def post_path(self, post: Post, column: Column) -> str:
        tree = self.number_of(self.plan.column(post.home)) + 1000
        if post.kind is Kind.FILE:
            return f"/__local/A/{post.number % 10}B/{post.number:032X}.{post.target}"
        return f"/info/{tree}/{post.number}.htm"

    def attached(self, post: Post) -> str:
        return f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1372&wbfileid={post.number}"

    def link(self, target: str, page: str) -> str:
        return escape(self.relative(target, page))

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        menu = "".join(
            f'<li><A href="{self.to_column(c, page)}">{c.name}</A><ul class="subNav">'
            + "".join(f'<li><a href="{self.to_column(b, page)}">{b.name}</a></li>' for b in self.plan.below(c))
            + "</ul></li>"
            for c in self.top_columns()
        )  # fmt: skip
        i = self.ident
        return (
            f'<!DOCTYPE html><HTML><HEAD><META Content="text/html; charset=UTF-8" http-equiv=Content-Type><TITLE>{title}</TITLE>\n'
            f'<META Name="keywords" Content="{i.site_name}" /><META name="pageTitle" content="{title}" />{metas}\n'
            f'<script language="javascript" src="{self.link("/system/resource/js/vsbscreen.min.js", page)}" id="_vsbscreen"></script>'
            "<!--Announced by Visual SiteBuilder 9--></HEAD><BODY>"
            f'<div class="top"><a href="{self.link("/index.htm", page)}" onclick="_addBookmark()">加入收藏</a></div>'
            f'<div class="menu"><ul class="clearfix"><li><a href="{self.link("/", page)}">首页</a></li>{menu}</ul></div>\n{main}\n'
            f'<div class="foot"><p>主办：{i.operator} 承办：{i.undertaker}</p><p>{i.icp} {i.police} 网站标识码：{i.site_code}</p></div></BODY></HTML>'
        )

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        out = []
        for n, post in enumerate(posts):
            cut = post.title if len(post.title) < 36 else post.title[:35] + "..."
            day = f"{post.day}" if self.number_of(column) % 2 else f"{post.day:%Y年%m月%d日}"
            out.append(
                f'<li id="line_u10_{n}"><a href="{self.to_post(post, column, page)}" target="_blank" title="{escape(post.title)}">'
                f"<em>·</em>{escape(cut)}</a><span>{day}</span></li>"
            )
        return f'<div class="list"><ul>{"".join(out)}</ul></div>'

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        rows = len(column.posts)
        to = lambda n: self.link(self.list_path(column, n, pages), page)  # noqa: E731
        if self.number_of(column) % 2:
            first = (
                f'<a href="{to(0)}" class="Prev">首页</a> <a href="{to(number - 1)}" class="Prev">上页</a>'
                if number
                else "<span class=Disabled>首页</span> <span class=Disabled>上页</span>"
            )
            last = (
                f'<a class="Next" href="{to(number + 1)}">下页</a> <a class="Next" href="{to(pages - 1)}">尾页</a>'
                if number + 1 < pages
                else "<span class=Disabled>下页</span> <span class=Disabled>尾页</span>"
            )
            return (
                '<TABLE cellSpacing=0 cellPadding=0 border=0 class="headStyle1" align=right><TR><TD nowrap>'
                f'<TABLE border=0><TR><TD nowrap align=left width=1%>共{rows}条&nbsp;&nbsp;{min(number + 1, pages)}/{pages if rows else 0}&nbsp;</TD>'
                f'<TD nowrap align=left><DIV>{first} {last}</DIV></TD><TD nowrap>&nbsp;<INPUT class=defaultButtonStyle type=button value="转到" onclick="_go()">'
                '<INPUT class=defaultInputStyle size=2 name="a1GOPAGE" value="">页</TD></TR></TABLE></TD></TR></TABLE>'
            )  # fmt: skip
        numbers = "".join(
            f'<span class="p_no_d">{n + 1}</span>' if n == number else f'<span class="p_no"><a href="{to(n)}">{n + 1}</a></span>'
            for n in range(pages) if abs(n - number) < 4
        )  # fmt: skip
        dots = '<span class="p_dot">...</span>' if pages > 8 else ""
        ends = f'<span class="p_next p_fun"><a href="{to(number + 1)}">下页</a></span><span class="p_last p_fun"><a href="{to(pages - 1)}">尾页</a></span>' if number + 1 < pages else '<span class="p_next_d p_fun_d">下页</span><span class="p_last_d p_fun_d">尾页</span>'  # fmt: skip
        return (
            '<link rel="stylesheet" Content-type="text/css" href="/system/resource/css/pagedown/sys.css">'
            f'<div class="pb_sys_common pb_sys_normal pb_sys_style1" style="margin-top:10px;text-align:center;"><span class="p_pages">'
            f'<span class="p_t">共{rows}条</span>{numbers}{dots}{ends}</span></div>'
        )

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        return (
            f'<div class="main"><div class="ny_left"><h2>{column.above[-1] if column.above else column.name}</h2><ul>'
            + "".join(f'<li><a href="{self.to_column(c, page)}">{c.name}</a></li>' for c in self.plan.columns if c.above_keys == column.above_keys)
            + f'</ul></div><div class="ny_right"><div class="dqwz">当前位置：<a href="{self.link("/", page)}">首页</a>&gt;&gt;{column.name}</div>'
            f"{rows}{pager}</div></div>"
        )  # fmt: skip

    def text_main(self, column: Column, page: str) -> str:
        lines = "".join(f"<p>{escape(line)}</p>" for line in column.text.split("\n"))
        return (
            f'<div class="main"><div class="dqwz">当前位置：首页&gt;&gt;{column.name}</div><div class="nr"><h2>{column.name}</h2>'
            f'<div class="v_news_content">{lines}</div></div></div>'
        )

    def article_main(self, post: Post, column: Column, page: str) -> str:
        body = self.paragraphs(
            post, '<p style="text-indent:2em"><span style="font-size:16px">', "</span></p>"
        )
        before, after = self.neighbours(post, column)
        near = "".join(
            f'<p>{word}：<a href="{self.to_post(p, column, page)}">{escape(p.title)}</a></p>'
            for word, p in (("上一条", before), ("下一条", after)) if p
        )  # fmt: skip
        files = f'<UL style="list-style-type:none;"><li>附件【<a href="{escape(self.attached(post))}" target="_blank">{post.attachment}</a>】已下载<span id="nattach{post.number}"></span>次</li></UL>' if post.attachment else ""  # fmt: skip
        return (
            f'<div class="main"><div class="dqwz">当前位置：<a href="{self.link("/", page)}">首页</a>&gt;&gt;<a href="{self.to_column(column, page)}">{column.name}</a>&gt;&gt;正文</div>'
            f'<script language="javascript" src="/system/resource/js/dynclicks.js"></script>'
            f'<form name="_newscontent_fromname"><div class="content"><h1 class="title">{escape(post.title)}</h1>'
            f'<div class="info">发布日期：{post.day:%Y-%m-%d}&nbsp;&nbsp;&nbsp;&nbsp;来源：{post.source}&nbsp;&nbsp;&nbsp;&nbsp;点击数：<script>_showDynClicks("wbnews", 1372, {post.number})</script></div>'
            f'<div id="vsb_content_2"><div class="v_news_content">{body}</div></div><div id="div_vote_id"></div>{files}{near}'
            "<p align=\"right\">【<a href=\"javascript:window.opener=null;window.open('','_self');window.close();\">关闭</a>】</p></div></form></div>"
        )
