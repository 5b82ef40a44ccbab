"""新点 Epoint EWB: static lists ``1.html``, ``2.html``, and lists by ``getgovinfolist``.

``webBuilderCommon.js`` holds the site's number. The rest service counts from 0.
"""

from __future__ import annotations

import json
from html import escape

from tests.replica.families.family import Asked, Markup, Reply
from tests.replica.families.model import Column, Kind, Post, State
from tests.replica.families.portal import PortalSite

GUID = "7eb5f7f1-9041-43ad-8e13-94fcb82ea831"
PROJECT = "EWB-FRONT"
DEPARTMENT = "11360481014"

TOP = "<font color='red'>[置顶]</font>"


class EpointSite(PortalSite):
    family = "epoint"
    per_page = 20
    empty_words = "暂无信息"

    def served(self, column: Column) -> bool:
        """Lists that come from the service."""
        return bool(column.above_keys) and self.number_of(column) % 2 == 0 and column.state in (State.FILLED, State.EMPTY)  # fmt: skip

    def category(self, column: Column) -> str:
        above = "".join(
            f"{self.plan.columns.index(self.plan.column(k)) + 1:03d}" for k in column.above_keys
        )
        return f"{above}{self.plan.columns.index(column) + 1:03d}"

    def column_path(self, column: Column) -> str:
        number = self.category(column)
        if self.served(column):
            if self.number_of(column) % 4:
                return f"/govxxgk/{DEPARTMENT}/category/{number[:3]}/{number}/govlist.html"
            return f"/dynamic/zwgk/govInfoPub.html?categorynum={number}&deptcode={DEPARTMENT}"
        folder = f"/{number[:3]}/" if len(number) == 3 else f"/{number[:3]}/{number}/"
        return (
            f"{folder}subpage.html"
            if column.state in (State.PARENT, State.TEXT)
            else f"{folder}list1.html"
        )

    def list_path(self, column: Column, number: int, pages: int) -> str:
        first = self.column_path(column)
        return first if number == 0 else first.replace("list1.html", f"{number + 1}.html")

    def post_path(self, post: Post, column: Column) -> str:
        guid = f"{post.number:08x}-2af4-4b6c-8a41-{post.number * 17:012x}"
        if post.kind is Kind.FILE:
            return f"/uploadfile/{post.day:%Y%m%d}/{guid}.{post.target}"
        home = self.plan.column(post.home)
        if self.served(home):
            return f"/govxxgk/{DEPARTMENT}/{post.day}/{guid}.html"
        number = self.category(home)
        return f"/{number[:3]}/{number}/{post.day:%Y%m%d}/{guid}.html"

    def build(self) -> None:
        super().build()
        script = f"var siteInfo = {{\r\n    'siteGuid': '{GUID}',\r\n    'projectName' : '/{PROJECT}'\r\n}};\r\n(function (win, $) {{ }}(this, jQuery));"
        reply = Reply(200, script.encode(), "application/javascript")
        self.handlers["/js/webBuilderCommon.js"] = lambda asked: reply
        self.handlers[f"/{PROJECT}/rest/lightfrontaction/getgovinfolist"] = self.answer

    def build_list(self, column: Column) -> None:
        if not self.served(column):
            super().build_list(column)
            return
        path = self.column_path(column)
        self.route(path, lambda: self.listing(column, (), 0, 1, path))

    def answer(self, asked: Asked) -> Markup:
        if asked.method != "POST":
            return Reply(405)
        given = json.loads(asked.body)
        column = next((c for c in self.plan.columns if self.served(c) and self.category(c) == given.get("categorynum")), None)  # fmt: skip
        if column is None or given.get("siteGuid") != GUID or "params" in given:
            return self.json({"custom": {"code": 0, "text": "参数错误"}, "status": {"code": 200}})
        if self.number_of(column) % 4 == 0 and given.get("deptcode") != DEPARTMENT:
            return self.json({"custom": {"total": 0, "data": []}, "status": {"code": 200}})
        size, page = int(given["pageSize"]), int(given["pageIndex"])
        data = [self.item(p, column) for p in column.posts[page * size : (page + 1) * size]]
        return self.json({"custom": {"total": len(column.posts), "data": data}, "controls": [], "status": {"code": "200", "text": ""}})  # fmt: skip

    def item(self, post: Post, column: Column) -> dict[str, object]:
        path = "" if post.kind is Kind.OFFSITE else self.post_path(post, column)
        return {
            "infoid": f"{post.number}",
            "title": f"<font color='#FF0000'>{post.title[:20]}</font>"
            if post.number % 13 == 0
            else post.title[:24],
            "realtitle": post.title,
            "linkurl": post.target if post.kind is Kind.OFFSITE else "",
            "infourl": path,
            "visiturl": path,
            "infodate": f"{post.day}",
            "handsdate": f"{post.day}",
            "istop": "1" if post.pinned else "0",
            "categoryname": column.name,
        }

    def json(self, data: object) -> Reply:
        return Reply(
            200, json.dumps(data, ensure_ascii=False).encode(), "application/json;charset=UTF-8"
        )

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        menu = "".join(
            f'<li class="ewb-nav-item"><a href="{self.to_column(c, page)}" class="ewb-nav-name">{c.name}</a><div class="ewb-nav-hidden">'
            + "".join(f'<a href="{self.to_column(b, page)}">{b.name}</a>' for b in self.plan.below(c))
            + "</div></li>"
            for c in self.top_columns()
        )  # fmt: skip
        i = self.ident
        return (
            f'<!DOCTYPE html>\n<html lang="zh-cn">\n<head>\n    <meta charset="utf-8" />\n    <title>{title}</title>\n    <meta name="SiteName" content="{i.site_name}" />\n    <meta name="SiteIDCode" content="{i.site_code}" />{metas}\n'
            '    <link rel="stylesheet" href="/css/common.css" />\n    <script src="/js/lib/jquery/jquery.min.js"></script>\n    <script src="/js/webBuilderCommon.js?v=2"></script>\n</head>\n'
            f'<body>\n<div class="ewb-header"><div class="ewb-nav"><ul class="clearfix"><li class="ewb-nav-item"><a href="/">首页</a></li>{menu}</ul></div></div>\n{main}\n'
            f'<div class="ewb-footer"><p>主办：{i.operator}　承办：{i.undertaker}</p><p>{i.icp}　{i.police}　网站标识码：{i.site_code}</p></div>\n</body>\n</html>'
        )

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        if self.served(column):
            return '<ul class="wb-data-item" id="govlist"></ul>'
        if not posts:
            return f'<ul class="wb-data-item"></ul><div class="ewb-nodata">{self.empty_words}</div>'
        out = "".join(
            f'<li class="wb-data-list">\n<div class="wb-data-infor">{TOP if p.pinned else ""}<a href="{self.to_post(p, column, page)}" target="_blank" title="{escape(p.title)}">{escape(p.title if len(p.title) < 34 else p.title[:32] + "...")}</a></div>\n<span class="wb-data-date">{p.day}</span>\n</li>'
            for p in posts
        )
        return f'<ul class="wb-data-item">{out}</ul>'

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        if self.served(column):
            return (
                '<div id="pager" class="pager"></div><script>\n$(function () {\n  function load(index) {\n    var params = { deptcode: Util.getUrlParams("deptcode") || "", categorynum: cate, pageIndex: index, pageSize: 20, siteGuid: siteInfo.siteGuid };\n'
                '    $.ajax({ type: "post", url: siteInfo.projectName + "/rest/lightfrontaction/getgovinfolist", contentType: "application/json;charset=utf-8", data: JSON.stringify(params), success: function (res) { render(res.custom); } });\n  }\n  load(0);\n});\n</script>'
            )
        if not column.posts:
            return ""
        to = lambda n: self.list_path(column, n, pages)  # noqa: E731
        numbers = "".join(
            f'<li class="wb-page-li current"><a class="wb-page-item wb-page-number">{n + 1}</a></li>' if n == number
            else f"<li class=\"wb-page-li\"><a class=\"wb-page-item wb-page-number\" href=\"javascript:;\" tagname=\"{to(n)}\" onclick=\"window.location.href='{to(n)}'\">{n + 1}</a></li>"
            for n in range(pages) if abs(n - number) < 4
        )  # fmt: skip
        step = (
            f'<li class="wb-page-li"><a class="wb-page-item wb-page-next" tagname="{to(number + 1)}" onclick="window.location.href=\'{to(number + 1)}\'">下页&gt;</a></li>'
            if number + 1 < pages
            else '<li class="wb-page-li"><a class="wb-page-item wb-page-next wb-page-off">下页&gt;</a></li>'
        )
        return f'<div id="page" class="wb-page wb-page-default"><ul class="wb-page-items clearfix"><li class="wb-page-li"><span class="wb-page-item wb-page-family">{number + 1}/{pages}</span></li>{numbers}{step}</ul></div>'

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        side = "".join(f'<li class="wb-tree-items"><a href="{self.to_column(c, page)}">{c.name}</a></li>' for c in self.plan.columns if c.above_keys == column.above_keys)  # fmt: skip
        return (
            f'<div class="ewb-container"><div class="ewb-location">当前位置：<a href="/">首页</a> &gt; <span>{column.name}</span></div><div class="ewb-left"><ul class="wb-tree">{side}</ul></div>'
            f'<div class="ewb-right"><div class="ewb-tt"><h3>{column.name}</h3></div><div class="ewb-info-bd">{rows}{pager}</div></div></div>'
        )

    def text_main(self, column: Column, page: str) -> str:
        lines = "".join(f"<p>{escape(line)}</p>" for line in column.text.split("\n"))
        return f'<div class="ewb-container"><div class="ewb-location">当前位置：<a href="/">首页</a> &gt; <span>{column.name}</span></div><div class="article-block"><h3 class="article-title">{column.name}</h3><div class="article-content">{lines}</div></div></div>'

    def article_main(self, post: Post, column: Column, page: str) -> str:
        body = self.paragraphs(post, '<p style="text-indent:2em;">', "</p>")
        files = (
            f'<div class="ewb-file"><div class="ewb-file-tt">附件：</div><ul id="fujian"><li><a href="{self.attached(post)}">{post.attachment}</a></li></ul></div>'
            if post.attachment
            else ""
        )
        return (
            f'<div class="ewb-container"><div class="ewb-location">当前位置：<a href="/">首页</a> &gt; <a href="{self.to_column(column, page)}">{column.name}</a> &gt; 正文</div><div class="article-block"><h3 class="article-title">{escape(post.title)}</h3>'
            f'<div class="info-source">【信息来源：{post.source}】 【信息时间：{post.day}】 【字体：<a href="javascript:void(0)">大</a> <a href="javascript:void(0)">小</a>】 <a href="javascript:window.print()">【我要打印】</a></div>'
            f'<div class="article-content" id="infocontent">{body}</div>{files}</div></div>'
        )
