"""The PHPCMS-like make of Ji'an: plain list pages, or rows that a script fetches by POST.

Columns with an odd number are plain (``xxgk-list-<slug>-2.html``); the lists of the others come from
``/api-ajax_list-<page>.html``, with pinned rows first.
"""

from __future__ import annotations

import json
from html import escape
from urllib.parse import parse_qsl

from tests.replica.families.family import Asked, Markup, Reply
from tests.replica.families.model import Column, Kind, Post, State
from tests.replica.families.portal import PortalSite

ORDER = ["is_top DESC", "displayorder DESC", "inputtime DESC"]

TOP = "<i class='istop'>[顶]</i>"


class PhpcmsSite(PortalSite):
    family = "phpcms"
    per_page = 20
    empty_words = "暂无内容"

    def scripted(self, column: Column) -> bool:
        return self.number_of(column) % 2 == 0

    def kind_of(self, column: Column) -> str:
        return "news" if column.above_keys and column.above_keys[0] in ("xw", "xwzx") else "xxgk"

    def column_path(self, column: Column) -> str:
        return f"/{self.kind_of(column)}-list-{column.slug}.html"

    def list_path(self, column: Column, number: int, pages: int) -> str:
        first = self.column_path(column)
        return first if number == 0 else first.replace(".html", f"-{number + 1}.html")

    def post_path(self, post: Post, column: Column) -> str:
        if post.kind is Kind.FILE:
            return f"/uploadfile/{post.day:%Y/%m}/{post.number:x}a.{post.target}"
        return f"/{self.kind_of(self.plan.column(post.home))}-show-{post.number}.html"

    def asked_by(self, column: Column) -> list[object]:
        kind, number = self.kind_of(column), str(self.number_of(column))
        return [f"{number}_{kind}", str(len(column.slug) + 60), number, kind, "Y-m-d", "80", str(self.per_page), ORDER, ""]  # fmt: skip

    def build(self) -> None:
        super().build()
        for n in range(1, 60):
            self.handlers[f"/api-ajax_list-{n}.html"] = lambda asked, n=n: self.answer(asked, n)

    def build_list(self, column: Column) -> None:
        if not self.scripted(column):
            super().build_list(column)
            return
        path = self.column_path(column)
        self.route(path, lambda: self.listing(column, (), 0, 1, path))

    def answer(self, asked: Asked, number: int) -> Markup:
        if asked.method != "POST":
            return Reply(404)
        pairs = parse_qsl(asked.body.decode(), keep_blank_values=True)
        given = [value for name, value in pairs if name == "ajax_type[]"]
        order = [value for name, value in pairs if name == "ajax_type[7][]"]
        for column in self.plan.columns:
            if self.scripted(column) and column.state in (State.FILLED, State.EMPTY):
                wanted = self.asked_by(column)
                if given == [*wanted[:7], wanted[8]] and order == ORDER and ("is_ds", "1") in pairs:
                    return self.json(self.part(column, number))
        return self.json({"code": 0, "msg": "参数不正确", "data": []})

    def part(self, column: Column, number: int) -> dict[str, object]:
        posts = column.posts[(number - 1) * self.per_page : number * self.per_page]
        data = [
            {
                "id": str(p.number),
                "title": p.title,
                "url": p.target
                if p.kind is Kind.OFFSITE
                else self.absolute(self.post_path(p, column)),
                "thumb": "",
                "inputtime": f"{p.day}",
                "updatetime": f"{self.spec.as_of}" if p.number % 9 == 0 else f"{p.day}",
                "is_top": "1" if p.pinned else "0",
            }
            for p in posts
        ]
        return {"code": 1, "total": str(len(column.posts)), "pagesize": self.per_page, "data": data}

    def json(self, data: object) -> Reply:
        # PHP writes characters as \\u, and slashes with a stroke before them.
        body = json.dumps(data).replace("/", "\\/").encode()
        return Reply(200, body, "application/json; charset=utf-8")

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        menu = "".join(
            f'<li class="dropdown"><a href="{self.absolute(self.to_column(c, page)) if c.state is not State.ELSEWHERE else self.to_column(c, page)}" title="{c.name}">{c.name}</a><dl>'
            + "".join(f'<dd><a href="{self.to_column(b, page)}" title="{b.name}">{b.name}</a></dd>' for b in self.plan.below(c))
            + "</dl></li>"
            for c in self.top_columns()
        )  # fmt: skip
        i = self.ident
        return (
            f'<!doctype html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n<meta content="{i.site_name}" name="SiteName">\n<meta content="{i.site_code}" name="SiteIDCode" />{metas}\n'
            '<link rel="stylesheet" href="/static/default/web/css/style.css">\n<script type="text/javascript">var memberpre = "index.php?s=member&"; var index = "index.php";</script>\n</head>\n'
            f'<body>\n<div class="topnav"><ul class="navbar"><li><a href="/">首页</a></li>{menu}</ul></div>\n{main}\n'
            f'<div class="foot"><div>主办：{i.operator}　承办：{i.undertaker}</div><div>网站标识码：{i.site_code}　{i.icp}　{i.police}</div></div>\n</body>\n</html>'
        )

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        if self.scripted(column):
            return f'<ul class="list-box" id="list_{column.slug}"></ul>'
        if not posts:
            return f'<ul class="list-box"></ul><p class="null">{self.empty_words}</p>'
        out = "".join(
            f'<li>{TOP if p.pinned else ""}<a href="{self.to_post(p, column, page)}" target="_blank" title="{escape(p.title)}">{escape(p.title)}</a><span class="fr">{p.day}</span></li>\n'
            for p in posts
        )
        return f'<ul class="list-box">\n{out}</ul>'

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        if self.scripted(column):
            array = json.dumps(self.asked_by(column), ensure_ascii=False).replace('"', "'")
            return (
                f'<div class="pages" id="page_{column.slug}"></div>\n<script type="text/javascript">\nvar ajax_type = {array};\nfunction ajax_list(page) {{\n'
                '  $.ajax({ type: "POST", dataType: "json", url: "/api-ajax_list-" + page + ".html", data: { ajax_type: ajax_type, is_ds: 1 },\n'
                f'    success: function (res) {{ var html = ""; $.each(res.data, function (i, t) {{ html += \'<li><a href="\' + t.url + \'">\' + t.title + "</a><span>" + t.inputtime + "</span></li>"; }});'
                f' $("#list_{column.slug}").html(html); pages(res.total, page); }} }});\n}}\n$(function () {{ ajax_list(1); }});\n</script>'
            )
        if pages == 1:
            return ""
        to = lambda n: self.list_path(column, n, pages)  # noqa: E731
        numbers = "".join(
            f'<li class="active"><a>{n + 1}</a></li>' if n == number else f'<li><a href="{to(n)}" data-ci-pagination-page="{n + 1}">{n + 1}</a></li>'
            for n in range(pages) if abs(n - number) < 5
        )  # fmt: skip
        on = (
            f'<li><a href="{to(number + 1)}" data-ci-pagination-page="{number + 2}" rel="next">下一页</a></li><li><a href="{to(pages - 1)}">最后一页</a></li>'
            if number + 1 < pages
            else ""
        )
        back = f'<li><a href="{to(number - 1)}" rel="prev">上一页</a></li>' if number else ""
        return f'<ul class="pagination"><li><a>共{len(column.posts)}条</a></li>{back}{numbers}{on}</ul>'

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        side = "".join(f'<li><a href="{self.to_column(c, page)}">{c.name}</a></li>' for c in self.plan.columns if c.above_keys == column.above_keys)  # fmt: skip
        return (
            f'<div class="wrap"><div class="position">当前位置：<a href="/">首页</a> &gt; <a href="{self.to_column(column, page)}">{column.name}</a></div>'
            f'<div class="leftnav"><h3>{column.above[-1] if column.above else ""}</h3><ul>{side}</ul></div><div class="rightcon"><h2>{column.name}</h2>{rows}{pager}</div></div>'
        )

    def text_main(self, column: Column, page: str) -> str:
        lines = "".join(f"<p>{escape(line)}</p>" for line in column.text.split("\n"))
        return f'<div class="wrap"><div class="position">当前位置：<a href="/">首页</a> &gt; {column.name}</div><div class="rightcon"><h2>{column.name}</h2><div class="page-content">{lines}</div></div></div>'

    def article_metas(self, post: Post, column: Column) -> str:
        return f'\n<meta content="{escape(post.title)}" name="ArticleTitle"><meta name="PubDate" content="{post.day} 10:{post.number % 60:02d}:00"><meta name="ContentSource" content="{post.source}">'

    def article_main(self, post: Post, column: Column, page: str) -> str:
        body = self.paragraphs(post, '<p style="text-indent: 2em;">', "</p>")
        files = (
            f'<p><a href="{self.attached(post)}" title="{post.attachment}">{post.attachment}</a></p>'
            if post.attachment
            else ""
        )
        return (
            f'<div class="wrap"><div class="position">当前位置：<a href="/">首页</a> &gt; <a href="{self.to_column(column, page)}">{column.name}</a> &gt; 正文</div><div class="article"><h1>{escape(post.title)}</h1>'
            f'<div class="xx"><span>发布时间：{post.day} 10:{post.number % 60:02d}</span><span>来源：{post.source}</span><span>浏览量：<script type="text/javascript" src="/index.php?s=api&c=module&m=hits&id={post.number}"></script></span></div>'
            f'<div class="neirong" id="content">{body}{files}</div></div></div>'
        )
