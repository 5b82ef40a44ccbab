"""TrueCMS: rows by JSONP from ``getMessage.do``, a datastore within; one host has it switched off for
a column, which then shows its rows in the page."""

from __future__ import annotations

import json
from html import escape

from tests.replica.families.family import Asked, Reply
from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.scripted import ScriptedPortal

ENDPOINT = "/truecms/messageController/getMessage.do"


class TrueCmsSite(ScriptedPortal):
    family = "truecms"
    top_mark = '<i class="top">【置顶】</i>'
    most = 50

    def place(self, column: Column) -> int:
        return [c.key for c in self.plan.columns].index(column.key)

    def uuid(self, column: Column) -> str:
        return f"{self.place(column) * 0x1F3B7 + 0x3B1F0C9E:08x}-1f7d-4a57-a29c-{self.place(column):012x}"

    def column_path(self, column: Column) -> str:
        return f"/ntxrmzf/{column.slug}/{column.slug}.html"

    def post_path(self, post: Post, column: Column) -> str:
        home = self.plan.column(post.home)
        if post.kind is Kind.FILE:
            return f"/ntxrmzf/upload/{post.number:08x}-d1.{post.target}"
        return f"/ntxrmzf/{home.slug}/content/{post.number:08x}-1f7d-4a57-a29c-0f4f5e5a8f01.html"

    def list_page(self, column: Column) -> str:
        uuid = self.uuid(column)
        if self.place(column) % 2:
            script = (
                f'<script type="text/javascript">\nvar columnId = "{uuid}";\n$("#pageList").truePage({{\n "perPage" : 15,'
                f'\n "proxyUrl" : "{ENDPOINT}",\n "ajaxParam" : {{ "columnId" : "{uuid}", "contentTemplate" : "newslist" }}\n}});</script>'
            )
        else:
            script = (
                f"<script>$('#pageList').truepage({{perPage:20,groupSize:3,proxyUrl:'{ENDPOINT.replace('truecms', 'TrueCMS')}',"
                f"ajaxParam:{{columnId:'{uuid}'}}}});</script>"
            )
        return (
            '<div class="page-list"><ul id="pageList"></ul><div class="pagination"></div></div>'
            f'<input type="hidden" id="initData" value="">{script}'
        )

    def install(self) -> None:
        self.handlers[ENDPOINT] = self.answer
        self.handlers[ENDPOINT.replace("truecms", "TrueCMS")] = self.answer

    def record(self, post: Post, column: Column) -> str:
        title, address = escape(post.title), escape(self.href(post, column))
        top = self.top_mark if post.pinned else ""
        link = f'href="{address}"'
        if post.number % 4 == 0:
            link = f'href="javascript:void(0)" onclick="name2(\'{address}\')"'
        return f'<record><![CDATA[<li>{top}<a {link} title="{title}" target="_blank">{escape(post.title[:16])}</a><span>{post.day}</span></li>]]></record>'

    def answer(self, asked: Asked) -> Reply | str:
        form = asked.values()
        column = next((c for c in self.plan.columns if self.uuid(c) == form.get("columnId")), None)
        size = int(form["perpage"])
        if column is None or size > self.most or not asked.headers.get("referer"):
            return Reply(404)
        if self.place(column) % 5 == 0 and size >= 50:
            return Reply(404)
        start, end = int(form["startrecord"]), int(form["endrecord"])
        rows = "".join(self.record(p, column) for p in column.posts[start - 1 : end])
        total = len(column.posts)
        inner = (
            f"<datastore><nextgroup></nextgroup><totalrecord>{total}</totalrecord><totalpage>{-(-total // size)}</totalpage>"
            f"<recordset>{rows}</recordset></datastore>"
        )
        body = f"{form['callback']}({json.dumps({'result': inner}, ensure_ascii=False)})"
        return Reply(200, body.encode(), "application/javascript;charset=UTF-8")
