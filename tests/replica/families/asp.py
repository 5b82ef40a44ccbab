"""Ruichang's oldest: ASP pages with Chinese in the query, ``list.asp?types=项目审批公开``, all GBK.

The server reads the query as GBK and knows no other: links are percent-encoded so, or are bare
Chinese that the browser encodes in the page's charset. Pages by ``&page=2``, tables in tables, dates
in brackets as ``[2018-5-3]``, an article's id alone in its address.
"""

from __future__ import annotations

from html import escape
from urllib.parse import quote, unquote_to_bytes, urlsplit

from tests.replica.families import content
from tests.replica.families.family import Asked, FamilySite, Markup, Reply
from tests.replica.families.model import Column, Kind, Post, State

FILES = {"xwzx": "news", "zwgk": "zwgk", "zdly": "gcjs", "zfjg": "jggk", "hdjl": "hdjl"}


def dotted(post: Post) -> str:
    """ASP writes dates as the server's locale has them, without leading zeros."""
    return f"{post.day.year}-{post.day.month}-{post.day.day}"


class AspSite(FamilySite):
    family = "asp"
    encoding = "gbk"
    declared = None
    per_page = 20
    marks_pinned = False

    def robots(self) -> None:
        return None

    # -- addresses ---------------------------------------------------------------------------

    def folder(self, column: Column) -> str:
        group = column.above_keys[0] if column.above_keys else column.slug
        return f"/ztzl/{FILES[group]}.asp" if group == "zdly" else f"/{FILES[group]}.asp"

    def query(self, column: Column) -> str:
        return f"types={column.name}"

    def column_path(self, column: Column) -> str:
        if column.state is State.PARENT:
            return f"/{FILES[column.slug]}_index.asp"
        if column.state is State.TEXT:
            return f"/about.asp?name={quote(column.name, encoding='gbk')}"
        return f"{self.folder(column)}?types={quote(column.name, encoding='gbk')}"

    def linked(self, column: Column, *, bare: bool = False) -> str:
        """``bare``: as some pages write it, Chinese as it stands."""
        if column.state is State.ELSEWHERE:
            return column.target
        if bare and column.state not in (State.PARENT, State.TEXT):
            return f"{self.folder(column)}?types={column.name}"
        return self.column_path(column)

    def post_path(self, post: Post, column: Column) -> str:
        if post.kind is Kind.FILE:
            return f"/UploadFile/{post.day:%Y%m}/{post.number:014d}.{post.target}"
        return f"/shownews.asp?id={post.number}"

    def href(self, post: Post, column: Column) -> str:
        return post.target if post.kind is Kind.OFFSITE else self.post_path(post, column)

    # -- pieces ------------------------------------------------------------------------------

    def page(self, title: str, inner: str) -> str:
        links = "\n".join(
            f'<td width="90" align="center" onmouseover="show({n})"><a href="{self.linked(c)}" class="w14">{c.name}</a></td>'
            for n, c in enumerate(c for c in self.plan.columns if not c.above)
        )
        layers = "".join(
            f'<div id="m{n}" style="position:absolute;display:none"><table bgcolor="#FFFFFF">'
            + "".join(
                f'<tr><td height="20"><a href="{self.linked(c)}">{c.name}</a></td></tr>'
                for c in self.plan.below(top)
            )
            + "</table></div>"
            for n, top in enumerate(c for c in self.plan.columns if not c.above)
        )
        i = self.ident
        return (
            f'<html>\r\n<head>\r\n<title>{escape(title)}</title>\r\n<meta http-equiv="Content-Type" content="text/html; charset=gb2312">\r\n'
            '<link href="/css.css" rel="stylesheet" type="text/css">\r\n</head>\r\n<body background="/images/bg.gif">\r\n'
            '<table width="778" border="0" align="center" cellpadding="0" cellspacing="0" bgcolor="#FFFFFF"><tr><td><img src="/images/top.jpg" width="778" height="120"></td></tr>\r\n'
            f'<tr><td><table width="100%" background="/images/menu.gif"><tr><td width="80" align="center"><a href="/" class="w14">网站首页</a></td>{links}</tr></table>{layers}</td></tr></table>\r\n'
            f"{inner}\r\n"
            f'<table width="778" border="0" align="center" bgcolor="#FFFFFF"><tr><td align="center">版权所有：{i.site_name}　主办单位：{i.operator}<br>'
            f"技术支持：{i.undertaker}　{i.icp}　标识码：{i.site_code}</td></tr></table></body></html>"
        )

    def left(self, group: Column) -> str:
        rows = "".join(
            f'<tr><td height="24">　<img src="/images/arrow.gif"> <a href="{self.linked(c, bare=True)}">{c.name}</a></td></tr>'
            for c in self.plan.below(group)
        )
        return f'<td width="180" valign="top" bgcolor="#EEF6FF"><table width="100%"><tr><td background="/images/lbg.gif" height="28">　<b>{group.name}</b></td></tr>{rows}</table></td>'

    def framed(self, column: Column, inner: str) -> str:
        group = self.plan.column(column.above_keys[0]) if column.above_keys else column
        trail = "" if group is column else f" >> {column.name}"
        return self.page(
            f"{column.name}-{self.ident.site_name}",
            f'<table width="778" border="0" align="center" bgcolor="#FFFFFF"><tr>{self.left(group)}<td valign="top"><table width="100%"><tr>'
            f'<td height="28" background="/images/rbg.gif">　您现在的位置：<a href="/">首页</a> >> <a href="{self.linked(group)}">{group.name}</a>{trail}</td></tr></table>{inner}</td></tr></table>',
        )

    # -- pages -------------------------------------------------------------------------------

    def build(self) -> None:
        for name in ("css.css", "images/top.jpg", "images/bg.png"):
            self.file(f"/{name}")
        for column in self.plan.columns:
            if column.state is State.PARENT:
                self.route(self.column_path(column), lambda c=column: self.channel(c))
            for post in column.posts:
                if post.kind is Kind.FILE:
                    self.file(self.post_path(post, column))
                elif post.attachment:
                    self.file(self.attached(post))
        for name in {self.folder(c) for c in self.plan.columns if c.posts or c.state is State.EMPTY}:  # fmt: skip
            self.handlers[name] = self.list_asp
        self.handlers["/about.asp"] = self.about_asp
        self.handlers["/shownews.asp"] = self.shownews_asp
        self.articles = {
            str(p.number): (p, c) for c in reversed(self.plan.columns) for p in c.posts
        }

    def attached(self, post: Post) -> str:
        return f"/UploadFile/{post.day:%Y%m}/{post.number * 31:014d}.{post.attachment.rpartition('.')[2]}"

    def asked_for(self, asked: Asked) -> dict[str, str]:
        """The query as this server reads it: GBK, and what is not GBK is garbage to it."""
        out = {}
        for part in urlsplit(asked.target).query.split("&"):
            name, _, value = part.partition("=")
            out[name] = unquote_to_bytes(value.replace("+", " ")).decode("gbk", "replace")
        return out

    def list_asp(self, asked: Asked) -> Markup:
        form = self.asked_for(asked)
        column = next(
            (
                c
                for c in self.plan.columns
                if c.name == form.get("types")
                and c.state in (State.FILLED, State.EMPTY)
                and self.folder(c) == asked.path
            ),
            None,
        )
        if column is None:  # an unknown type: the query finds nothing, and the page says so
            column = Column(key="?", slug="?", name=form.get("types", ""), state=State.EMPTY)
            return self.page("", '<table width="778" align="center"><tr><td align="center">暂无内容</td></tr></table>')  # fmt: skip
        number = form.get("page", "1")
        return self.listing(column, int(number) if number.isdigit() else 1)

    def listing(self, column: Column, number: int) -> str:
        parts = list(content.chunks(column.posts, self.per_page))
        number = min(max(number, 1), len(parts))
        if not column.posts:
            return self.framed(
                column,
                '<table width="96%" align="center"><tr><td align="center" height="60">暂无内容</td></tr></table>',
            )
        rows = "\r\n".join(
            f'<tr><td width="20" height="25" align="center">·</td><td><a href="{self.href(p, column).removeprefix("/") if "/ztzl/" not in self.folder(column) else self.href(p, column)}" target="_blank" title="{escape(p.title)}">{escape(p.title[:26])}{"…" if len(p.title) > 26 else ""}</a></td>'
            f'<td width="90" align="center"><font color="#999999">{f"[{dotted(p)}]" if self.shown_day(p, column) else ""}</font></td></tr>'
            for p in parts[number - 1]
        )
        me = self.folder(column).rpartition("/")[2] + f"?types={column.name}"
        first = (
            "首页 上一页"
            if number == 1
            else f'<a href="{me}&page=1">首页</a> <a href="{me}&page={number - 1}">上一页</a>'
        )
        last = (
            "下一页 尾页"
            if number == len(parts)
            else f'<a href="{me}&page={number + 1}">下一页</a> <a href="{me}&page={len(parts)}">尾页</a>'
        )
        return self.framed(
            column,
            f'<table width="96%" border="0" align="center" cellspacing="0">{rows}</table>'
            f'<table width="96%" align="center"><form method="post" action="{me}"><tr><td align="center">{first} {last} '
            f'页次：<b>{number}</b>/<b>{len(parts)}</b>页 共<b>{len(column.posts)}</b>条记录 <b>{self.per_page}</b>条/页 转到：<input name="page" size="3"><input type="submit" value="GO"></td></tr></form></table>',
        )

    def channel(self, column: Column) -> str:
        boxes = "".join(
            f'<tr><td><b>{c.name}</b> <a href="{self.linked(c, bare=True)}">更多…</a></td></tr>'
            + "".join(
                f'<tr><td>·<a href="{self.href(p, c)}">{escape(p.title)}</a></td></tr>'
                for p in c.posts[:4]
            )
            for c in self.plan.below(column)
        )
        return self.framed(column, f'<table width="96%" align="center">{boxes}</table>')

    def home(self) -> Markup:
        boxes = "".join(
            f'<table width="380" align="left"><tr><td background="/images/t.gif"><b>{c.name}</b></td><td align="right"><a href="{self.linked(c, bare=True)}">更多</a></td></tr>'
            + "".join(
                f'<tr><td><a href="{self.href(p, c)}" title="{escape(p.title)}">{escape(p.title[:16])}</a></td><td>[{p.day.month}-{p.day.day}]</td></tr>'
                for p in c.posts[:7]
            )
            + "</table>"
            for c in [c for c in self.plan.columns if c.posts][:8]
        )
        return self.page(
            self.ident.site_name,
            f'<table width="778" align="center" bgcolor="#FFFFFF"><tr><td>{boxes}</td></tr></table>',
        )

    def about_asp(self, asked: Asked) -> Markup:
        name = self.asked_for(asked).get("name")
        column = next(
            (c for c in self.plan.columns if c.name == name and c.state is State.TEXT), None
        )
        if column is None:
            return Reply(
                500, b"<font face=\"Arial\" size=2>ADODB.Field \xb4\xed\xce\xf3 '800a0bcd'</font>"
            )
        text = "<br>".join(f"　　{line}" for line in column.text.split("\n"))
        return self.framed(
            column,
            f'<table width="94%" align="center"><tr><td align="center" class="bt">{column.name}</td></tr><tr><td class="nr">{text}</td></tr></table>',
        )

    def shownews_asp(self, asked: Asked) -> Markup:
        found = self.articles.get(self.asked_for(asked).get("id", ""))
        if found is None:
            return Reply(404, b"not found")
        post, column = found
        body = "".join(f"<p>　　{line}</p>" for part in content.paragraphs(post) for line in part)
        files = f'<p><a href="{self.attached(post)}">{post.attachment}</a></p>' if post.attachment else ""  # fmt: skip
        return self.page(
            f"{post.title}-{self.ident.site_name}",
            '<table width="778" align="center" bgcolor="#FFFFFF"><tr><td>'
            f'<table width="100%"><tr><td>　您现在的位置：<a href="/">首页</a> >> <a href="{self.linked(column, bare=True)}">{column.name}</a> >> 浏览信息</td></tr></table>'
            f'<table width="94%" align="center"><tr><td align="center" height="40"><font size="4" color="#CC0000"><b>{escape(post.title)}</b></font></td></tr>'
            f'<tr><td align="center">发布时间：{dotted(post)} {post.number % 12 + 8}:{post.number % 60:02d}:00　来源：{post.source}　阅读次数：{post.number % 500}</td></tr>'
            f'<tr><td class="nr">{body}{files}</td></tr>'
            '<tr><td align="right">【<a href="javascript:window.print()">打印此页</a>】【<a href="javascript:window.close()">关闭窗口</a>】</td></tr></table></td></tr></table>',
        )

    def shown_day(self, post: Post, column: Column) -> bool:
        return column.slug != "ldzc"
