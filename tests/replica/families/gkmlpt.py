"""Guangdong gkmlpt: one page for all columns, the tree in ``window._CONFIG``, rows from its API.

Nodes with ``jump_url`` lead elsewhere; the guide is a page of its own; lists may link to WeChat.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any

from tests.replica.families.family import Asked, Markup, Reply
from tests.replica.families.model import Column, Kind, Post, State
from tests.replica.families.scripted import ScriptedPortal

SID = "755041"
SHANGHAI = timezone(timedelta(hours=8))


def seconds(post: Post, hour: int = 0) -> int:
    """Midnight in Shanghai is 16:00 of the day before in UTC."""
    return int(
        datetime(post.day.year, post.day.month, post.day.day, hour, tzinfo=SHANGHAI).timestamp()
    )


class GkmlptSite(ScriptedPortal):
    family = "gkmlpt"
    per_page = 100
    kind = "platform"

    def node_id(self, column: Column) -> int:
        return 9100 + [c.key for c in self.plan.columns].index(column.key)

    def column_path(self, column: Column) -> str:
        if column.state is State.TEXT:
            return f"/gkmlpt/content/8/{self.node_id(column)}/post_{self.node_id(column)}.html"
        return "/gkmlpt/index"

    def link(self, column: Column) -> str:
        if column.state in (State.ELSEWHERE, State.TEXT):
            return super().link(column)
        return f"/gkmlpt/index#{self.node_id(column)}"

    def post_path(self, post: Post, column: Column) -> str:
        if post.kind is Kind.FILE:
            return f"/attachment/0/{post.number % 500}/{post.number}.{post.target}"
        return (
            f"/gkmlpt/content/{post.number // 100000}/{post.number // 100}/post_{post.number}.html"
        )

    def node(self, column: Column) -> dict[str, Any]:
        out: dict[str, Any] = {
            "id": self.node_id(column),
            "name": column.name,
            "parent_id": self.node_id(self.plan.column(column.above_keys[-1]))
            if column.above_keys
            else 0,
            "post_count": len(column.posts),
            "jump_url": "",
            "children": [self.node(c) for c in self.plan.below(column)],
        }
        if column.state is State.ELSEWHERE:
            out["jump_url"] = column.target
        if column.state is State.TEXT:
            out["jump_url"] = self.absolute(self.column_path(column))
        return out

    def index(self) -> str:
        tree = json.dumps(
            [self.node(c) for c in self.plan.columns if not c.above], ensure_ascii=False
        )
        return (
            f"{self.head(f'{self.ident.site_name}政府信息公开平台')}{self.top()}<div id='app' class='gkmlpt'></div>\n"
            f"<script>\nwindow._CONFIG = {{\n  SITE_NAME: '{self.ident.site_name}',\n  DOMAIN: '{self.root}',\n"
            f"  SERVICE_AREA_ID : 200,\n  SID: '{SID}',\n  TREE: {tree},\n  DETAIL: null,\n}}\n</script>\n"
            f"<script src='/gkmlpt/js/app.js'></script>{self.bottom()}"
        )

    def build(self) -> None:
        for name in (
            "css/main.css",
            "js/jquery.min.js",
            "images/logo.png",
            "images/dzjg.png",
            "gkmlpt/js/app.js",
        ):
            self.file(f"/{name}")
        self.route("/gkmlpt/index", self.index)
        for column in self.plan.columns:
            if column.state is State.TEXT:
                self.route(self.column_path(column), self.maker(column))
            self.handlers[f"/gkmlpt/api/all/{self.node_id(column)}"] = self.answer
            for post in column.posts:
                self.build_post(post, column)

    def row(self, post: Post, column: Column) -> dict[str, Any]:
        made = post.day - timedelta(days=2)
        address = (
            post.target
            if post.kind is Kind.OFFSITE
            else self.absolute(self.post_path(post, column))
        )
        return {
            "id": post.number,
            "title": escape(post.title),
            "document_number": post.document_number,
            "identifier": post.index_number,
            "publisher": post.source,
            "keywords": "",
            "date": seconds(post) - 2 * 86_400,
            "created_at": f"{made} 17:20:11",
            "create_time": seconds(post, 9) - 86_400,
            "first_publish_time": seconds(post, 8) - 86_400,
            "display_publish_time": seconds(post),
            "classify_main_name": column.name,
            "url": "" if post.number % 5 == 0 else address,
            "post_url": address,
            "attachment": [],
            "relation": "[]",
            "is_top": 1 if post.pinned else 0,
            "is_expired": 0,
            "is_abolished": 0,
        }

    def answer(self, asked: Asked) -> Markup:
        form = asked.values()
        number = int(asked.path.rpartition("/")[2])
        column = next(c for c in self.plan.columns if self.node_id(c) == number)
        if form.get("sid") != SID:
            return Reply(404)
        start = max(int(form["page"]) - 1, 0) * 100
        posts = column.posts[start : start + 100]
        data = {
            "classify": {"id": number, "name": column.name, "post_count": len(column.posts)},
            "articles": [self.row(p, column) for p in posts],
            "total": len(column.posts),
        }
        return Reply(200, json.dumps(data).encode(), "application/json")

    def article(self, post: Post, column: Column) -> str:
        made = post.day - timedelta(days=2)
        return (
            f"{self.head(post.title)}{self.top()}<div class='wrap'>{self.crumbs(column, ' &gt; 正文')}"
            "<div class='classify'><table>"
            f"<tr><td class='label'>索引号:</td><td>{post.index_number}</td><td class='label'>分类:</td><td>{column.name}</td></tr>"
            f"<tr><td class='label'>发布机构:</td><td>{post.source}</td><td class='label'>成文日期:</td><td>{made}</td></tr>"
            f"<tr><td class='label'>名称:</td><td>{escape(post.title)}</td></tr>"
            f"<tr><td class='label'>文号:</td><td>{post.document_number}</td><td class='label'>发布日期:</td><td>{post.day}</td></tr></table></div>"
            f"<h1 class='title document-number'>{escape(post.title)}</h1>"
            f"<div class='date-row'>发布日期：{post.day}　来源：{post.source}</div>"
            f"<div class='article-content'>{self.body(post)}</div></div>{self.bottom()}"
        )
