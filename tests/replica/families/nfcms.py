"""Guangdong's NFCMS: ``/content/post_<id>.html``, lists from ``index.html`` to ``index_2.html``, meta tags."""

from __future__ import annotations

from html import escape

from tests.replica.families import content
from tests.replica.families.family import FamilySite, Markup
from tests.replica.families.model import Column, Kind, Post, State


class NfcmsSite(FamilySite):
    family = "nfcms"
    per_page = 20
    marks_pinned = False
    empty_words = "暂无数据"

    def column_path(self, column: Column) -> str:
        return "/" + "/".join((*column.above_keys, column.slug)) + "/index.html"

    def post_path(self, post: Post, column: Column) -> str:
        home = self.column_path(self.plan.column(post.home)).removesuffix("index.html")
        if post.kind is Kind.FILE:
            return (
                f"/attachment/0/{post.number % 500}/{post.number * 13}/{post.number}.{post.target}"
            )
        stem = "mpost" if post.number % 5 == 0 else "post"
        return f"{home}content/{stem}_{post.number}.html"

    def href(self, post: Post, column: Column) -> str:
        """Addresses are written out in full by this product."""
        return self.address(post, column)

    def link(self, column: Column) -> str:
        if column.state is State.ELSEWHERE:
            return column.target
        return self.root + self.column_path(column)

    def page(self, title: str, inner: str, metas: str = "", script: str = "") -> str:
        i = self.ident
        menu = "".join(
            f'<li class="item"><a href="{self.link(c)}" class="a1">{c.name}</a><dl class="sub-nav">'
            + "".join(f'<dd><a href="{self.link(b)}">{b.name}</a></dd>' for b in self.plan.below(c))
            + "</dl></li>"
            for c in self.plan.columns
            if not c.above
        )
        return (
            f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="UTF-8">\n<title>{escape(title)}</title>\n'
            f'<meta name="SiteName" content="{i.site_name}"/>\n<meta name="SiteDomain" content="127.0.0.1"/>\n<meta name="SiteIDCode" content="{i.site_code}"/>\n{metas}'
            f'<link rel="stylesheet" href="/css/common.css">\n<script>window.NFCMS_SITE_ID = "{i.site_code[-6:]}";{script}</script>\n</head>\n<body>\n'
            f'<header class="header"><a class="logo" href="{self.root}/">{i.site_name}</a><div class="search-box"><input type="text" placeholder="请输入关键字"></div>'
            f'<nav class="main-nav"><ul class="clearfix"><li class="item"><a href="{self.root}/index.html" class="a1">首页</a></li>{menu}</ul></nav></header>\n'
            f'<div class="wrap">{inner}</div>\n'
            f'<footer class="footer"><p>主办单位：{i.operator} 技术支持：{i.undertaker}</p><p>网站标识码：{i.site_code} <a href="https://beian.miit.gov.cn/">{i.icp}</a> {i.police}</p></footer>\n'
            '<script src="/js/statistics.js"></script></body></html>'
        )

    def crumbs(self, column: Column, tail: str = "") -> str:
        above = "".join(
            f' &gt; <a href="{self.link(self.plan.column(k))}">{self.plan.column(k).name}</a>'
            for k in column.above_keys
        )
        return f'<div class="position"><span>当前位置：</span><a href="{self.root}/">首页</a>{above} &gt; <a href="{self.link(column)}">{column.name}</a>{tail}</div>'

    def build(self) -> None:
        self.route("/index.html", self.home)
        for name in ("/css/common.css", "/js/statistics.js"):
            self.file(name)
        for column in self.plan.columns:
            if column.state is State.ELSEWHERE:
                continue
            path = self.column_path(column)
            if column.state is State.PARENT:
                self.route(path, lambda c=column: self.channel(c))
            elif column.state is State.TEXT:
                self.route(path, lambda c=column: self.single(c))
            else:
                parts = list(content.chunks(column.posts, self.per_page))
                total = len(parts)
                for n, posts in enumerate(parts, 1):
                    target = path if n == 1 else path.replace("index.html", f"index_{n}.html")
                    self.route(
                        target,
                        lambda c=column, posts=posts, n=n, size=total: self.listing(
                            c, posts, n, size
                        ),
                    )
            self.route(path.removesuffix("index.html"), self.routes[path])
            for post in column.posts:
                self.build_post(post, column)

    def build_post(self, post: Post, column: Column) -> None:
        if post.kind is Kind.OFFSITE:
            return
        path = self.post_path(post, column)
        if post.kind is Kind.FILE:
            self.file(path)
        elif path not in self.routes:
            self.route(path, lambda: self.article(post))
            if post.attachment:
                self.file(self.attached(post))

    def attached(self, post: Post) -> str:
        return f"/attachment/0/{post.number % 400}/{post.number * 17}/{post.number}.{post.attachment.rpartition('.')[2]}"

    def home(self) -> Markup:
        boxes = "".join(
            f'<section class="mod"><div class="mod-hd"><h3><a href="{self.link(c)}">{c.name}</a></h3><a class="more" href="{self.link(c)}">更多</a></div><ul class="mod-list">'
            + "".join(
                f'<li><a href="{self.href(p, c)}" title="{escape(p.title)}">{escape(p.title)}</a><span>{p.day:%m-%d}</span></li>'
                for p in c.posts[:6]
            )
            + "</ul></section>"
            for c in [c for c in self.plan.columns if c.posts][:9]
        )
        return self.page(self.ident.site_name, boxes)

    def channel(self, column: Column) -> str:
        boxes = "".join(
            f'<div class="cat"><h3><a href="{self.link(c)}">{c.name}</a></h3><ul>'
            + "".join(f'<li><a href="{self.href(p, c)}">{escape(p.title)}</a><span>{p.day}</span></li>' for p in c.posts[:5])
            + "</ul></div>"
            for c in self.plan.below(column)
        )  # fmt: skip
        return self.page(f"{column.name} - {self.ident.site_name}", self.crumbs(column) + boxes)

    def listing(self, column: Column, posts: tuple[Post, ...], number: int, pages: int) -> str:
        rows = "\n".join(
            f'<li class="clearfix"><span class="bullet"></span><a href="{self.href(p, column)}" target="_blank" title="{escape(p.title)}">'
            f"{escape(p.title)}</a>{f'<span class=time>{p.day}</span>' if self.shown_day(p, column) else ''}</li>"
            for p in posts
        )
        base = self.link(column).removesuffix("index.html")

        def to(n: int) -> str:
            return f"{base}index.html" if n == 1 else f"{base}index_{n}.html"

        numbers = "".join(
            f'<a class="cur" href="javascript:;">{n}</a>'
            if n == number
            else f'<a href="{to(n)}">{n}</a>'
            for n in range(1, pages + 1)
        )
        after = f'<a class="next" href="{to(number + 1)}">下一页</a>' if number < pages else ""
        last = f'<a class="last" href="{to(pages)}">末页</a>' if number < pages else ""
        pager = f'<div class="page">{numbers}{after}{last}</div>' if posts else ""
        side = "".join(
            f'<li class="{"on" if c is column else ""}"><a href="{self.link(c)}">{c.name}</a></li>'
            for c in self.plan.below(self.plan.column(column.above_keys[-1]))
        )
        main = (
            f'<ul class="news_list">{rows}</ul>{pager}'
            if posts
            else f'<div class="no-data"><p>{self.empty_words}</p></div>'
        )
        metas = f'<meta name="ColumnName" content="{column.name}"/>\n<meta name="ColumnType" content=""/>\n'
        return self.page(
            f"{column.name} - {self.ident.site_name}",
            f'{self.crumbs(column)}<div class="aside-nav"><ul>{side}</ul></div><div class="list-main"><h2>{column.name}</h2>{main}</div>',
            metas,
            "window.NFCMS_PUB_TYPE='cat';",
        )

    def single(self, column: Column) -> str:
        text = "".join(f"<p>{line}</p>" for line in column.text.split("\n"))
        metas = f'<meta name="ColumnName" content="{column.name}"/>\n'
        return self.page(
            f"{column.name} - {self.ident.site_name}",
            f'{self.crumbs(column)}<div class="list-main"><h2>{column.name}</h2><div class="article-content">{text}</div></div>',
            metas,
        )

    def article(self, post: Post) -> str:
        column = self.plan.column(post.home)
        body = "".join(
            f'<p style="text-indent: 2em;">{escape(line)}</p>'
            for part in content.paragraphs(post)
            for line in part
        )
        files = f'<p><a class="nfw-cms-attachment" href="{self.root}{self.attached(post)}" alt="{post.attachment}">{post.attachment}</a></p>' if post.attachment else ""  # fmt: skip
        metas = (
            f'<meta name="ArticleTitle" content="{escape(post.title)}"/>\n<meta name="PubDate" content="{post.day} 10:{post.number % 60:02d}"/>\n'
            f'<meta name="ContentSource" content="{post.source}"/>\n<meta name="ColumnName" content="{column.name}"/>\n<meta name="ArticleId" content="{post.number}"/>\n'
        )
        return self.page(
            f"{post.title} - {self.ident.site_name}",
            f'{self.crumbs(column, " &gt; 正文")}<div class="news_cont_d"><h1>{escape(post.title)}</h1><div class="msgbar"><span>信息来源：{post.source}</span><span>信息提供日期：{post.day}</span>'
            f'<span>【字体：<a href="javascript:;">大</a>】</span></div><div class="news_cont_d_wrap">{body}{files}</div></div>'
            '<div class="share-box">分享到：<a class="wx" href="javascript:;"></a></div>',
            metas,
            f"window.NFCMS_POST_ID = {post.number};",
        )

    def shown_day(self, post: Post, column: Column) -> bool:
        return column.slug != "ldzc"
