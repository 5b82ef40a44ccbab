"""大汉 JPaaS: units of a page by ``…/front/page/build/unit``; the list is one of several units.

A page number outside ``paramJson`` is ignored; past the end there is empty html.
"""

from __future__ import annotations

import json
from html import escape

from tests.replica.families.family import Asked, Reply
from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.scripted import ScriptedPortal

ENDPOINT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
WEB = "8d82c9e1f7d24a57"
TAGS = ("分页列表", "右侧内容", "当前栏目list", "信息列表")


class JpaasSite(ScriptedPortal):
    family = "jpaas"
    top_mark = '<em class="top">[置顶]</em>'
    body_open, body_close = '<div class="artile_zw" id="zoom">', "</div>"

    def place(self, column: Column) -> int:
        return [c.key for c in self.plan.columns].index(column.key)

    def page_id(self, column: Column) -> str:
        return f"{(self.place(column) + 3) * 0x51ED270B:016x}"

    def tag(self, column: Column) -> str:
        return TAGS[self.place(column) % 4]

    def column_path(self, column: Column) -> str:
        folders = "/".join(["zwgk", *column.above_keys, column.slug])
        return (
            f"/{folders}/index.html"
            if self.place(column) % 3
            else f"/col/col122{self.place(column):04d}/index.html"
        )

    def post_path(self, post: Post, column: Column) -> str:
        if post.kind is Kind.FILE:
            return f"/attach/-1/{post.number:010d}.{post.target}"
        return f"/art/{post.day.year}/art_{post.number * 15485863:032x}.html"

    def unit(self, column: Column, tag: str, page: str = "column") -> str:
        asked = {
            "parseType": "bulidstatic",
            "webId": WEB,
            "tplSetId": "2097ad",
            "pageType": page,
            "tagId": tag,
            "editType": "null",
            "pageId": self.page_id(column),
        }
        data = json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
        match self.place(column) % 3:
            case 0:
                shown = data.replace('"', "'")
                return f'<div id="u_{tag}"></div><script id="s{tag}" src="/script/0/unitbuild.js" parseType="bulidstatic" url="{ENDPOINT}" queryData="{shown}"></script>'
            case 1:
                shown = data.replace('"', "&quot;")
                return f"<script queryData=\"{shown}\"\n  url='{ENDPOINT}' src='//{self.root.partition('//')[2]}/cms_files/filemanager/script/unitbuild.js'></script>"
            case _:
                shown = data.replace('"', "&#39;")
                return f"<script src = '/script/unitbuild.js' querydata = '{shown}' url = '{ENDPOINT}' ></script>"

    def list_page(self, column: Column) -> str:
        units = [
            self.unit(column, "页头"),
            self.unit(column, "导航栏"),
            self.unit(column, self.tag(column)),
            self.unit(column, "页脚", "other"),
        ]
        return "\n".join(units)

    def install(self) -> None:
        self.handlers[ENDPOINT] = self.answer

    def answer(self, asked: Asked) -> Reply:
        form = asked.values()
        column = next((c for c in self.plan.columns if self.page_id(c) == form.get("pageId")), None)
        if column is None or form.get("webId") != WEB or form.get("tagId") != self.tag(column):
            return self.json({"success": True, "code": "200", "data": {"html": ""}})
        asked_for = json.loads(form.get("paramJson") or "{}")
        number, size = int(asked_for.get("pageNo", 1)), 15
        posts = column.posts[(number - 1) * size : number * size]
        rows = "".join(
            f'<li><a href="{escape(self.href(p, column))}" title="{escape(p.title)}" target="_blank" istitle="true">'
            f"{self.top_mark if p.pinned else ''}{escape(p.title[:15])}{'…' if len(p.title) > 15 else ''}</a><span>{p.day}</span></li>"
            for p in posts
        )
        total = len(column.posts)
        pager = (
            f'<div id="pg1" class="pagination" totalPage="{-(-total // size)}" count="{total}" rows="{size}" pageNo="{number}">'
            '<a href="javascript:void(0)" class="prev">上一页</a><a href="javascript:void(0)" class="next">下一页</a></div>'
        )
        markup = f'<div class="list"><ul>{rows}</ul></div>{pager}' if posts or not total else ""
        return self.json({"success": True, "code": "200", "message": "", "data": {"html": markup}})

    def json(self, data: object) -> Reply:
        body = json.dumps(data, ensure_ascii=False).encode()
        return Reply(200, body, "application/json;charset=UTF-8")
