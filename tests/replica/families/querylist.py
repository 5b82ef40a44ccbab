"""Jiangxi's "queryList" generation: columns without a row, filled from ``POST /queryList``.

Fifteen rows lie in a script (bare keys, addresses as JSON in a string) and in a static file; the
rest comes by POST at the host's root, in the editors' order. Articles carry their body in a script;
``id="content"`` holds navigation.
"""

from __future__ import annotations

import json
from html import escape
from urllib.parse import parse_qs

from tests.replica.families import content
from tests.replica.families.family import Asked, FamilySite, Markup, Reply
from tests.replica.families.model import Column, Kind, Post, State

SITE = "ntxrmzf"
WEBSITE = "7c2e0f4b8d"


class QuerylistSite(FamilySite):
    family = "querylist"
    per_page = 15
    marks_pinned = False
    empty_words = "暂无数据"

    # -- addresses ---------------------------------------------------------------------------

    def code(self, column: Column) -> str:
        return f"col{14500 + self.plan.columns.index(column)}"

    def column_path(self, column: Column) -> str:
        n = self.plan.columns.index(column)
        if column.state in (State.PARENT, State.TEXT):
            return f"/{SITE}/{column.slug}/index.html"
        if n % 3 == 0:
            return f"/{SITE}/{column.slug}/pc/list.html"
        if n % 3 == 1:
            return f"/{SITE}/{column.slug}/index.html"
        return f"/{SITE}/col/{self.code(column)}/index.html"

    def post_path(self, post: Post, column: Column) -> str:
        if post.kind is Kind.FILE:
            return f"/{SITE}/attach/{post.number * 104729:032x}.{post.target}"
        home = self.plan.column(post.home)
        return f"/{SITE}/{home.slug}/content/content_{1_800_000_000_000_000_000 + post.number}.html"

    def href(self, post: Post, column: Column) -> str:
        return post.target if post.kind is Kind.OFFSITE else self.post_path(post, column)

    def link(self, column: Column) -> str:
        return column.target if column.state is State.ELSEWHERE else self.column_path(column)

    # -- pieces ------------------------------------------------------------------------------

    def page(self, title: str, inner: str, head: str = "") -> str:
        i = self.ident
        menu = "".join(
            f'<li><a href="{self.link(c)}" target="_blank">{c.name}</a><div class="nav_drop">'
            + "".join(f'<a href="{self.link(b)}" target="_blank">{b.name}</a>' for b in self.plan.below(c))
            + "</div></li>"
            for c in self.plan.columns
            if not c.above
        )  # fmt: skip
        return (
            f'<!DOCTYPE html><html lang="zh"><head><meta charset="UTF-8"><title>{escape(title)}</title>'
            f'<meta name="SiteName" content="{i.site_name}"><meta name="SiteDomain" content="127.0.0.1"><meta name="SiteIDCode" content="{i.site_code}">{head}'
            f'<link rel="stylesheet" href="/{SITE}/static/css/main.css"></head><body><div class="head_box"><img src="/{SITE}/static/logo.png" alt=""></div>'
            f'<div class="nav_box"><ul class="nav"><li><a href="/">首页</a></li>{menu}</ul></div>{inner}'
            f'<div class="footer"><p>主办单位：{i.operator}　承办单位：{i.undertaker}</p><p>网站标识码：{i.site_code}　{i.icp}　{i.police}</p></div></body></html>'
        )

    def trail(self, column: Column) -> str:
        above = "".join(
            f'<span>&gt;</span><a href="{self.link(self.plan.column(k))}">{self.plan.column(k).name}</a>'
            for k in column.above_keys
        )
        return f'<div class="location">当前位置：<a href="/">首页</a>{above}<span>&gt;</span><a href="{self.link(column)}">{column.name}</a></div>'

    # -- pages -------------------------------------------------------------------------------

    def build(self) -> None:
        for name in ("static/css/main.css", "static/logo.png", "static/js/list.js"):
            self.file(f"/{SITE}/{name}")
        self.handlers["/queryList"] = self.query_list
        for column in self.plan.columns:
            if column.state is State.ELSEWHERE:
                continue
            path = self.column_path(column)
            if column.state is State.PARENT:
                self.route(path, lambda c=column: self.channel(c))
            elif column.state is State.TEXT:
                self.route(path, lambda c=column: self.single(c))
            else:
                self.route(path, lambda c=column: self.listing(c))
                code = self.code(column)
                self.route(
                    f"/{SITE}/{code}/{code}-articleList.json",
                    lambda c=column: self.json([self.inline(p, c) for p in c.posts[:15]]),
                )
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
        return f"/{SITE}/attach/{post.number * 7919:032x}.{post.attachment.rpartition('.')[2]}"

    @staticmethod
    def json(data: object) -> Reply:
        return Reply(
            200, json.dumps(data, ensure_ascii=False).encode(), "application/json;charset=UTF-8"
        )

    def clock(self, post: Post) -> str:
        return f"{post.day} {post.number % 9 + 8:02d}:{post.number % 60:02d}"

    def inline(self, post: Post, column: Column) -> dict[str, str]:
        return {
            "title": post.title,
            "pubDate": self.clock(post),
            "urls": json.dumps({"pc": self.href(post, column)}),
        }

    def query_list(self, asked: Asked) -> Markup:
        if asked.method != "POST":
            return Reply(404)
        form = parse_qs(asked.body.decode())
        wanted = form.get("channelCode[]", [""])[0]
        column = next((c for c in self.plan.columns if self.code(c) == wanted), None)
        if form.get("webSiteCode[]") != [SITE] or column is None:
            return self.json({"success": False, "code": 500, "data": None})
        size = min(int(form.get("pageSize", ["15"])[0]), 50)
        posts = list(column.posts)
        if form.get("sort") == ["pubDate"]:
            posts.sort(key=lambda p: self.clock(p), reverse=True)
        at = (int(form.get("current", ["1"])[0]) - 1) * size
        results = [
            {
                "source": {
                    "id": str(post.number),
                    "title": post.title,
                    "showTitle": post.title[:20],
                    "pubDate": f"{self.clock(post)}:00",
                    "urls": json.dumps({"pc": self.href(post, column), "phone": ""}),
                    "metadata": json.dumps(
                        {"author": "", "source": post.source}, ensure_ascii=False
                    ),
                    "content": {"content": "<p>…</p>"},
                }
            }
            for post in posts[at : at + size]
        ]
        return self.json(
            {"success": True, "code": 200, "data": {"total": len(posts), "rows": size, "current": at // size + 1, "results": results}}
        )  # fmt: skip

    def home(self) -> Markup:
        boxes = "".join(
            f'<div class="index_box"><h3><a href="{self.link(c)}">{c.name}</a></h3><ul>'
            + "".join(
                f'<li><a href="{self.href(p, c)}" title="{escape(p.title)}">{escape(p.title)}</a><span>{p.day:%m-%d}</span></li>'
                for p in c.posts[:6]
            )
            + "</ul></div>"
            for c in [c for c in self.plan.columns if c.posts][:8]
        )
        return self.page(self.ident.site_name, f'<div class="index_main">{boxes}</div>')

    def channel(self, column: Column) -> str:
        cards = "".join(
            f'<a class="card" href="{self.link(c)}"><em>{c.name}</em></a>'
            for c in self.plan.below(column)
        )
        return self.page(
            f"{column.name}_{self.ident.site_name}",
            f'<div class="wrap">{self.trail(column)}<div class="cards">{cards}</div></div>',
        )

    def listing(self, column: Column) -> str:
        n = self.plan.columns.index(column)
        rows = ", ".join(
            f'{{title: {json.dumps(p.title, ensure_ascii=False)}, pubDate: "{self.clock(p)}", urls: {json.dumps(json.dumps({"pc": self.href(p, column)}))}}}'
            for p in column.posts[:15]
        )
        side = "".join(
            f'<li{" class=active" if c is column else ""}><a href="{self.link(c)}">{c.name}</a></li>'
            for c in self.plan.below(self.plan.column(column.above_keys[-1]))
        )
        head = f'<meta name="ColumnName" content="{column.name}"><meta name="ColumnDescription" content="{column.name}">'
        return self.page(
            f"{column.name}_{self.ident.site_name}",
            f'<div class="wrap">{self.trail(column)}<div class="left_menu"><ul>{side}</ul></div>'
            f'<div class="right_con"><div class="list_tit">{column.name}</div><ul class="list_ul" id="list{522700 + n}"></ul><div class="pagination" id="page{522700 + n}"></div></div></div>'
            f"<script>var channelId = '{9_000_000 + n}'; var codeName = '{self.code(column)}'; var websiteId = '{WEBSITE}'; var siteId = '{SITE}'; var unitid = '{522700 + n}';\n"
            f"var listData = {{ articleList: [ {rows} ] }};\n"
            f"function loadPage(n) {{ $.ajax({{ type: 'post', url: '/queryList', data: {{ current: n, pageSize: 15, unitid: unitid, 'webSiteCode[]': siteId, 'channelCode[]': codeName, sort: 'sortNum', order: 'desc' }}, success: render }}); }}</script>"
            f'<script src="/{SITE}/static/js/list.js"></script>',
            head,
        )

    def single(self, column: Column) -> str:
        text = "".join(f"<p>{line}</p>" for line in column.text.split("\n"))
        return self.page(
            f"{column.name}_{self.ident.site_name}",
            f'<div class="wrap">{self.trail(column)}<div class="right_con"><h2>{column.name}</h2><div class="article-content">{text}</div></div></div>',
        )

    def article(self, post: Post) -> str:
        column = self.plan.column(post.home)
        body = "".join(f"<p>{line}</p>" for part in content.paragraphs(post) for line in part)
        files = f'<p class="insertfileTag"><a href="{self.attached(post)}">{post.attachment}</a></p>' if post.attachment else ""  # fmt: skip
        data = json.dumps([{"content": {"content": body + files}}], ensure_ascii=False).replace("</", "<\\/")  # fmt: skip
        head = (
            f'<meta name="ArticleTitle" content="{escape(post.title)}"><meta name="PubDate" content="{self.clock(post)}">'
            f'<meta name="ContentSource" content="{post.source}"><meta name="ColumnName" content="{column.name}">'
        )
        return self.page(
            f"{post.title}_{self.ident.site_name}",
            f'<div class="wrap" id="content">{self.trail(column)}<div class="article_box"><h1 class="article_title">{escape(post.title)}</h1>'
            f'<div class="article_info"><span>发布时间：<publishtime>{self.clock(post)}</publishtime></span><span>信息来源：{post.source}</span></div>'
            f'<div class="article_body" id="articleBody{post.number}"></div></div></div>'
            f"<script>var articleContent_{post.number} = {data}; document.getElementById('articleBody{post.number}').innerHTML = articleContent_{post.number}[0].content.content;</script>",
            head,
        )
