"""The Anhui make: a portal by ``/content/column/<id>?pageIndex=2``, the disclosure part by its label.

The label answers HTML with titles cut to a length; an id it does not know gets the same 暂无相关信息
as an empty list has.
"""

from __future__ import annotations

from html import escape

from tests.replica.families.family import Asked, Markup, Reply
from tests.replica.families.model import Column, Kind, Post, State
from tests.replica.families.portal import PortalSite

SITE, ORGAN = 6795621, 6596831

TOP = "<em class='top'>[置顶]</em>"
ON_TOP = "class='top' "


class Label8888Site(PortalSite):
    family = "label8888"
    per_page = 15
    empty_words = "暂无相关信息"

    def labelled(self, column: Column) -> bool:
        """Of the disclosure part. Its empty lists cannot be told from wrong ids: none is there."""
        return bool(column.above_keys) and self.plan.columns.index(self.plan.column(column.above_keys[0])) == self.disclosure and column.state is State.FILLED  # fmt: skip

    @property
    def disclosure(self) -> int:
        tops = self.top_columns()
        return self.plan.columns.index(tops[1])

    def id_of(self, column: Column) -> int:
        return 6736000 + 391 * self.number_of(column)

    def column_path(self, column: Column) -> str:
        if self.labelled(column):
            return f"/public/column/{ORGAN}?type=4&catId={self.id_of(column)}&action=list"
        return f"/content/column/{self.id_of(column)}"

    def list_path(self, column: Column, number: int, pages: int) -> str:
        first = self.column_path(column)
        return first if number == 0 else f"{first}?pageIndex={number + 1}"

    def post_path(self, post: Post, column: Column) -> str:
        if post.kind is Kind.FILE:
            return f"/group{post.number % 5 + 1}/M00/0{post.number % 9}/A{post.number % 7}/wKgA{post.number:x}.{post.target}"
        if self.labelled(self.plan.column(post.home)):
            return f"/public/{ORGAN}/{post.number}.html"
        return f"/content/article/{post.number}"

    def build(self) -> None:
        super().build()
        self.handlers["/site/label/8888"] = self.answer

    def build_list(self, column: Column) -> None:
        if not self.labelled(column):
            super().build_list(column)
            return
        path = self.column_path(column)
        self.route(path, lambda: self.listing(column, (), 0, 1, path))

    def answer(self, asked: Asked) -> Markup:
        values = asked.values()
        column = next((c for c in self.plan.columns if self.labelled(c) and str(self.id_of(c)) == values.get("catId")), None)  # fmt: skip
        asks = {
            "labelName": "publicInfoList",
            "siteId": str(SITE),
            "organId": str(ORGAN),
            "type": "4",
            "action": "list",
        }
        if column is None or any(values.get(name) != value for name, value in asks.items()):
            return '<div class="xxgk_nav_con"><div class="nodata">暂无相关信息</div></div>'
        if values.get("dataType") != "html" or "file" not in values:
            return Reply(500)
        size, page = int(values["pageSize"]), int(values["pageIndex"])
        posts = column.posts[(page - 1) * size : page * size]
        pages = max(1, -(-len(column.posts) // size))
        rows = "".join(
            '<ul class="clearfix xxgk_nav_list"><li class="num"><span>'
            f'{n}</span></li><li class="mc"><div class="title"><a href="{self.to_post(p, column, asked.path)}" target="_blank" title="{escape(p.title)}">'
            f'{TOP if p.pinned else ""}{escape(p.title if len(p.title) <= 25 else p.title[:25] + "...")}</a></div></li><li class="rq">{p.day}</li></ul>\n'
            for n, p in enumerate(posts, (page - 1) * size + 1)
        )
        return (
            f'<div class="xxgk_navli_con">\n{rows}</div>\n<div class="pagination" id="page_public_info"></div>\n<script type="text/javascript">\n$(document).ready(function () {{\n'
            f'Ls.pagination("#page_public_info", function (pageIndex, $page) {{ loadPublicInfo(pageIndex); }}, {{ currentPage: {page}, pageCount: {pages} == 0 ? 1 : {pages}, isTotal: true }});\n}});\n</script>'
        )

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        menu = "".join(
            f'<li class="m_li"><h3><a href="{self.to_column(c, page)}" title="{c.name}">{c.name}</a></h3><div class="sub">'
            + "".join(f'<a href="{self.to_column(b, page)}" target="_blank" title="{b.name}">{b.name}</a>' for b in self.plan.below(c))
            + "</div></li>"
            for c in self.top_columns()
        )  # fmt: skip
        i = self.ident
        return (
            f'<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n<meta name="SiteName" content="{i.site_name}">\n<meta name="SiteDomain" content="127.0.0.1">\n<meta name="SiteIDCode" content="{i.site_code}">{metas}\n'
            '<link href="/assets/css/reset.css" rel="stylesheet"><script src="/assets/js/ls.min.js"></script>\n</head>\n'
            f'<body>\n<div class="top"><div class="container"><a href="javascript:void(0)" id="gb_big5">繁体</a></div></div><div class="nav_bg"><ul class="nav_list"><li class="m_li"><h3><a href="/">首页</a></h3></li>{menu}</ul></div>\n{main}\n'
            f'<div class="footer"><p>主办：{i.operator}　承办：{i.undertaker}</p><p>{i.icp}　<a href="http://www.beian.gov.cn/portal">{i.police}</a>　网站标识码：{i.site_code}</p></div>\n</body>\n</html>'
        )

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        if self.labelled(column):
            return '<div id="xxgk_lmcon" class="xxgk_lmcon"><div class="loading"><img src="/assets/images/loading.gif"></div></div>'
        if not posts:
            return (
                f'<ul class="doc_list list-{self.id_of(column)}"><li>{self.empty_words}</li></ul>'
            )
        out = "".join(
            f'<li {ON_TOP if p.pinned else ""}><a href="{self.to_post(p, column, page)}" target="_blank" title="{escape(p.title)}" class="left">{escape(p.title)}</a><span class="right date">{p.day}</span></li>\n'
            + ('<li class="lm_line"></li>' if n % 5 == 4 else "")
            for n, p in enumerate(posts)
        )
        return f'<ul class="doc_list list-{self.id_of(column)}">\n{out}</ul>'

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        if self.labelled(column):
            return (
                '<script type="text/javascript">\nfunction loadPublicInfo(pageIndex) {\n'
                f"  Ls.ajax({{ url: '/site/label/8888?IsAjax=1&dataType=html&_=' + Math.random(),\n    data: {{ labelName: 'publicInfoList', siteId: {SITE}, pageSize: '15', pageIndex: pageIndex, action: 'list', isDate: 'true', dateFormat: 'yyyy-MM-dd', length: '25',\n"
                f"      organId: '{ORGAN}', type: 4, catId: '{self.id_of(column)}', cId: '', result: '暂无相关信息', file: '/c1/xxgk/publicInfoList_newest2020' }},\n"
                "    success: function (html) { $('#xxgk_lmcon').html(html); } });\n}\n$(function () { loadPublicInfo(1); });\n</script>"
            )
        return (
            f'<div id="page_{self.id_of(column)}" class="pagination"></div>\n<script type="text/javascript">\n$(document).ready(function () {{\n  Ls.pagination("#page_{self.id_of(column)}", function (pageIndex, $page) {{\n'
            '    var href = window.location.href.split("?")[0];\n    window.location.href = Ls.addParam(href, { pageIndex: pageIndex });\n'
            f"  }}, {{\n    currentPage: {number + 1},\n    pageCount: {pages} == 0 ? 1 : {pages},\n    isTotal: true\n  }});\n}});\n</script>"
        )

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        if self.labelled(column):
            tree = "".join(
                f'<li id="tree_{n}" class="level0"><a href="{self.to_column(c, page)}" title="{c.name}"><span>{c.name}</span></a></li>'
                for n, c in enumerate(c for c in self.plan.columns if self.labelled(c))
            )
            return (
                f'<div class="container xxgk"><div class="wz">当前位置：<a href="/">首页</a> &gt; {column.name}</div><div class="z_left"><div class="tit">信息公开目录</div><ul id="tree" class="ztree">{tree}</ul></div>'
                f'<div class="z_right"><div class="xxgk_tit"><span>{column.name}</span></div>{rows}{pager}</div></div>'
            )
        side = "".join(f'<li><a href="{self.to_column(c, page)}">{c.name}</a></li>' for c in self.plan.columns if c.above_keys == column.above_keys)  # fmt: skip
        return (
            f'<div class="container main clearfix"><div class="wz">当前位置：<a href="/">首页</a> &gt; <a href="{self.to_column(column, page)}">{column.name}</a></div><div class="navleft"><ul>{side}</ul></div>'
            f'<div class="navrcon"><h2>{column.name}</h2><div class="navjz">{rows}{pager}</div></div></div>'
        )

    def text_main(self, column: Column, page: str) -> str:
        lines = "".join(f'<p style="text-indent: 2em;">{escape(line)}</p>' for line in column.text.split("\n"))  # fmt: skip
        return f'<div class="container"><div class="wz">当前位置：<a href="/">首页</a> &gt; {column.name}</div><div class="article"><h1>{column.name}</h1><div class="j-fontContent newscontnet minh500">{lines}</div></div></div>'

    def article_metas(self, post: Post, column: Column) -> str:
        return f'\n<meta name="ArticleTitle" content="{escape(post.title)}">\n<meta name="PubDate" content="{post.day} 16:{post.number % 60:02d}">\n<meta name="ContentSource" content="{post.source}">'

    def article_main(self, post: Post, column: Column, page: str) -> str:
        body = self.paragraphs(post, '<p style="line-height: 2em; text-indent: 2em;">', "</p>")
        files = (
            f'<p class="fj"><a href="/group1/M00/00/1A/{post.number}.{post.attachment.rpartition(".")[2]}" title="{post.attachment}">附件：{post.attachment}</a></p>'
            if post.attachment
            else ""
        )
        return (
            f'<div class="container"><div class="wz">当前位置：<a href="/">首页</a> &gt; <a href="{self.to_column(column, page)}">{column.name}</a> &gt; 正文</div><div class="article"><h1 class="newstitle">{escape(post.title)}</h1>'
            f'<div class="newsinfo"><span class="fbxx">发布时间：{post.day} 16:{post.number % 60:02d}</span><span>来源：{post.source}</span><span>浏览次数：<i id="v"></i></span><span>字体：[ <a href="javascript:void(0)">大</a> <a href="javascript:void(0)">中</a> ]</span></div>'
            f'<div class="j-fontContent newscontnet minh500">{body}{files}</div></div></div>'
        )

    def attached(self, post: Post) -> str:
        return f"/group1/M00/00/1A/{post.number}.{post.attachment.rpartition('.')[2]}"
