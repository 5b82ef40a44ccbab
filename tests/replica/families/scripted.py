"""A portal whose lists are filled by script: what jpage, JPaaS, TrueCMS, UCAP … sites have alike.

Menu, home page, parents, texts and articles; a family gives addresses, its list page and endpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from tests.replica.families import content
from tests.replica.families.family import FamilySite, Markup
from tests.replica.families.model import Column, Kind, Post, State


class ScriptedPortal(FamilySite):
    top_mark = '<font color="red">[置顶]</font>'
    body_open, body_close = '<div id="zoom">', "</div>"

    # -- what a family gives ------------------------------------------------------------------

    def list_page(self, column: Column) -> str:
        """What stands in the main area of a column's page."""
        raise NotImplementedError

    def install(self) -> None:
        """The endpoints and the scripts."""

    def metas(self, column: Column) -> str:
        return (
            f'<meta name="ColumnName" content="{column.name}">\n'
            f'<meta name="ColumnDescription" content="{self.ident.site_name}{column.name}栏目">\n'
            '<meta name="ColumnType" content="工作动态">\n'
        )

    def link(self, column: Column) -> str:
        return column.target if column.state is State.ELSEWHERE else self.column_path(column)

    def href(self, post: Post, column: Column) -> str:
        return post.target if post.kind is Kind.OFFSITE else self.post_path(post, column)

    # -- routes -------------------------------------------------------------------------------

    def build(self) -> None:
        for name in ("css/main.css", "js/jquery.min.js", "images/logo.png", "images/dzjg.png"):
            self.file(f"/{name}")
        for column in self.plan.columns:
            if column.state is State.ELSEWHERE:
                continue
            self.route(self.column_path(column), self.maker(column))
            for post in column.posts:
                self.build_post(post, column)
        self.install()

    def maker(self, column: Column) -> Callable[[], Markup]:
        if column.state is State.PARENT:
            return lambda: self.shell(column, self.channel(column))
        if column.state is State.TEXT:
            return lambda: self.shell(column, self.single(column))
        return lambda: self.shell(column, self.list_page(column))

    def build_post(self, post: Post, column: Column) -> None:
        if post.kind is Kind.OFFSITE:
            return
        path = self.post_path(post, column)
        if post.kind is Kind.FILE:
            self.file(path)
        elif path not in self.routes:
            self.route(path, lambda: self.article(post, self.plan.column(post.home)))
            if post.attachment:
                self.file(self.attached(post))

    def attached(self, post: Post) -> str:
        return f"/attach/0/{post.number:032x}.{post.attachment.rpartition('.')[2]}"

    # -- pieces -------------------------------------------------------------------------------

    def head(self, title: str, metas: str = "") -> str:
        i = self.ident
        return (
            f'<!DOCTYPE html>\n<html lang="zh">\n<head>\n<meta charset="{self.encoding}">\n'
            f"<title>{escape(title)}</title>\n"
            f'<meta name="SiteName" content="{i.site_name}">\n<meta name="SiteDomain" content="127.0.0.1">\n'
            f'<meta name="SiteIDCode" content="{i.site_code}">\n{metas}'
            '<link rel="stylesheet" href="/css/main.css">\n<script src="/js/jquery.min.js"></script>\n</head>\n'
        )

    def top(self) -> str:
        items = "".join(
            f'<li class="nav-item"><a href="{self.link(c)}">{c.name}</a><dl class="nav-sub">'
            + "".join(
                f'<dd><a href="{self.link(k)}" target="_blank">{k.name}</a></dd>'
                for k in self.plan.below(c)
            )
            + "</dl></li>"
            for c in self.plan.columns
            if not c.above
        )
        return (
            f'<body>\n<header class="header"><a href="/"><img src="/images/logo.png" alt="{self.ident.site_name}"></a>'
            '<form action="/so/s" class="search"><input name="q" placeholder="请输入关键字"></form></header>\n'
            f'<nav class="nav"><ul><li class="nav-item"><a href="/">首页</a></li>{items}</ul></nav>\n'
        )

    def bottom(self) -> str:
        i = self.ident
        return (
            f'<footer class="foot"><p>主办：{i.operator}　承办：{i.undertaker}</p>'
            f'<p>网站标识码：{i.site_code}　<a href="http://beian.miit.gov.cn/">{i.icp}</a>　'
            f'<a href="http://www.beian.gov.cn/portal/registerSystemInfo">{i.police}</a></p>'
            '<p><a href="http://bszs.conac.cn/sitename?method=show"><img src="/images/dzjg.png" alt="党政机关"></a>'
            f'<script id="_jiucuo_" sitecode="{i.site_code}" src="http://pucha.kaipuyun.cn/exposure/jiucuo.js"></script></p>'
            "</footer>\n</body></html>"
        )

    def crumbs(self, column: Column, tail: str = "") -> str:
        links = " &gt; ".join(
            f'<a href="{self.link(c)}">{c.name}</a>'
            for c in (*map(self.plan.column, column.above_keys), column)
        )
        return f'<div class="position">当前位置：<a href="/">首页</a> &gt; {links}{tail}</div>\n'

    def side(self, column: Column) -> str:
        if not column.above_keys:
            return ""
        parent = self.plan.column(column.above_keys[-1])
        rows = "".join(
            f'<li{" class=cur" if c is column else ""}><a href="{self.link(c)}">{c.name}</a></li>'
            for c in self.plan.below(parent)
        )
        return f'<div class="leftnav"><h3>{parent.name}</h3><ul>{rows}</ul></div>\n'

    def shell(self, column: Column, main: str) -> str:
        return (
            f"{self.head(f'{self.ident.site_name} {column.name}', self.metas(column))}{self.top()}"
            f'<div class="wrap">{self.crumbs(column)}{self.side(column)}'
            f'<div class="content"><h2 class="col-title">{column.name}</h2>{main}</div></div>\n{self.bottom()}'
        )

    def home(self) -> Markup:
        boxes = "".join(
            f'<div class="mod"><div class="mod-hd"><a href="{self.link(c)}">{c.name}</a>'
            f'<a class="more" href="{self.link(c)}">更多</a></div><ul class="mod-bd">'
            + "".join(
                f'<li><a href="{escape(self.href(p, c))}" title="{escape(p.title)}">{escape(p.title[:22])}</a><i>{p.day:%m-%d}</i></li>'
                for p in c.posts[:6]
            )
            + "</ul></div>"
            for c in [c for c in self.plan.columns if c.posts][:6]
        )
        return f'{self.head(self.ident.site_name)}{self.top()}<div class="wrap">{boxes}</div>\n{self.bottom()}'

    def channel(self, column: Column) -> str:
        return "".join(
            f'<div class="mod"><div class="mod-hd"><span>{c.name}</span><a href="{self.link(c)}">更多&gt;&gt;</a></div><ul>'
            + "".join(
                f'<li><a href="{escape(self.href(p, c))}">{escape(p.title)}</a><span>{p.day}</span></li>'
                for p in c.posts[:5]
            )
            + "</ul></div>"
            for c in self.plan.below(column)
        )

    def single(self, column: Column) -> str:
        text = "".join(f"<p>　　{escape(line)}</p>" for line in column.text.split("\n"))
        return f"{self.body_open}{text}{self.body_close}"

    def pub_date(self, post: Post) -> str:
        return f"{post.day} {9 + post.number % 8:02d}:{post.number % 60:02d}"

    def body(self, post: Post) -> str:
        return "".join(
            f'<p style="text-indent:2em">{escape(line)}</p>'
            for part in content.paragraphs(post)
            for line in part
        )

    def info(self, post: Post) -> str:
        return (
            f'<div class="info"><span>发布时间：{post.day}</span>　<span>来源：{post.source}</span>　'
            '<span>浏览次数：<script src="/js/visit.js"></script></span></div>'
        )

    def table(self, post: Post) -> str:
        if not post.document_number:
            return ""
        return (
            f'<table class="xxgk"><tr><td><b>索 引 号</b></td><td>{post.index_number}</td>'
            f"<td><b>文　　号</b></td><td>{post.document_number}</td></tr></table>"
        )

    def article(self, post: Post, column: Column) -> str:
        metas = (
            f'<meta name="ArticleTitle" content="{escape(post.title)}">\n'
            f'<meta name="PubDate" content="{self.pub_date(post)}">\n'
            f'<meta name="ContentSource" content="{post.source}">\n{self.metas(column)}'
        )
        files = ""
        if post.attachment:
            files = f'<p class="fj">附件：<a href="{self.attached(post)}">{post.attachment}</a></p>'
        return (
            f"{self.head(post.title, metas)}{self.top()}<div class='wrap'>{self.crumbs(column, ' &gt; 正文')}"
            f"{self.table(post)}<h1 class='arti-title'>{escape(post.title)}</h1>{self.info(post)}"
            f"{self.body_open}{self.body(post)}{self.body_close}{files}"
            "<div class='tools'><a href='javascript:print()'>打印</a><a href='javascript:window.close()'>关闭</a></div>"
            f"</div>\n{self.bottom()}"
        )
