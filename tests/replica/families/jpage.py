"""大汉 Hanweb jcms: ``/col/col<ID>/index.html``, rows as CDATA, the rest from ``dataproxy.jsp``.

The columns differ as real ones do: a sidebar unit of another column before the main one, servers'
cuts, POST or GET, two shapes of article addresses, ``index_1.html`` that is not there.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from urllib.parse import quote

from tests.replica.families.family import Asked, Reply
from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.scripted import ScriptedPortal

PROXY = "/module/web/jpage/dataproxy.jsp"
INLINE = 45
MOST = 60
"""The server cuts what is asked for."""


class JpageSite(ScriptedPortal):
    family = "jpage"
    body_open = '<div class="bt_content"><meta name="ContentStart"/><div id="zoom">'
    body_close = '</div><meta name="ContentEnd"/></div>'

    def number(self, column: Column) -> int:
        return 20100 + 7 * [c.key for c in self.plan.columns].index(column.key)

    def unit(self, column: Column) -> str:
        return str(self.number(column) * 3 + 1)

    def by_number(self, number: str) -> Column | None:
        return next((c for c in self.plan.columns if str(self.number(c)) == number), None)

    def column_path(self, column: Column) -> str:
        return f"/col/col{self.number(column)}/index.html"

    def post_path(self, post: Post, column: Column) -> str:
        number = self.number(self.plan.column(post.home))
        if post.kind is Kind.FILE:
            return f"/module/download/{post.number:x}/showname.{post.target}"
        if post.number % 3 == 0:
            return f"/art/{post.day.year}/art_{post.number * 7919:032x}.html"
        day = post.day
        return f"/art/{day.year}/{day.month}/{day.day}/art_{number}_{post.number}.html"

    # -- lists --------------------------------------------------------------------------------

    def record(self, post: Post, column: Column) -> str:
        address, title = escape(self.href(post, column)), escape(post.title)
        cut = escape(post.title[:14]) + ("..." if len(post.title) > 14 else "")
        top = self.top_mark if post.pinned else ""
        match self.number(column) % 3:
            case 0:
                row = f"<li><a href='{address}' title='{title}' target='_blank'>{cut}</a>{top}<span class=\"bt-right\">{post.day}</span></li>"
            case 1:
                row = f'<li><span>[{post.day}]</span>{top}<a title="{title}" class="bt_link" target="_blank" href="{address}">{cut}</a></li>'
            case _:
                row = (
                    f'<table width="100%"><tr><td height="26">{top}<a target="_blank" title="{title}" href="{address}">{cut}</a></td>'
                    f'<td width="80" align="center">{post.day}</td></tr></table>'
                )
        return f"<record><![CDATA[\n{row}]]></record>"

    def group(self, column: Column) -> str:
        """The address of the next rows, as the page itself has it."""
        return (
            f"{PROXY}?page=1&webid=14&path={quote('/', safe='')}&columnid={self.number(column)}&unitid={self.unit(column)}"
            f"&webname={quote(quote(self.ident.site_name))}&permissiontype=0"
        )

    def datastore(self, column: Column, posts: tuple[Post, ...], *, counted: bool) -> str:
        total = len(column.posts)
        more = f'<nextgroup><![CDATA[<a href="{self.group(column)}"></a>]]></nextgroup>\n'
        counts = f"<totalrecord>{total}</totalrecord><totalpage>{-(-total // 15)}</totalpage>\n"
        return (
            f"<datastore>\n{more}{counts if counted else ''}<recordset>\n"
            f"{chr(10).join(self.record(p, column) for p in posts)}</recordset>\n</datastore>"
        )

    def jpage(self, column: Column, rows: int, *, counted: bool) -> str:
        unit, number = self.unit(column), self.number(column)
        inner = self.datastore(column, column.posts[:rows], counted=counted)
        param = (
            f"{{col:1,webid:14,path:'/',columnid:{number},sourceContentType:1,unitid:'{unit}',"
            f"webname:'{self.ident.site_name}',permissiontype:0}}"
        )
        call = (
            f"$('#{unit}').jpage({{\n\tthemeName:'default',\n\ttotalRecord:{len(column.posts)},\n\topenCookies:0,"
            f"\n\tshowMode:1,\n\tperPage:15,\n\tgroupSize:3,\n\tbarPosition:'bottom',\n\tproxyUrl:'{PROXY}',\n"
        )
        if number % 2:
            call = f"var param_{unit} = {param};\n{call}\tajaxParam:param_{unit}\n}});"
        else:
            call = f"{call}\tajaxParam:{param}\n}});"
        return (
            f'<div id="{unit}" class="default_pgContainer"><script type="text/xml">{inner}</script></div>\n'
            f'<script src="/images/jquery-3.js"></script><script>$(function(){{\n{call}\n}});</script>'
        )

    def list_page(self, column: Column) -> str:
        hot = next(c for c in self.plan.columns if len(c.posts) > 10 and c is not column)
        side = ""
        if self.number(column) % 2 == 0:
            side = (
                f'<div class="aside"><h3>{hot.name}</h3>{self.jpage(hot, 6, counted=False)}</div>'
            )
        return f'{side}<div class="list-main">{self.jpage(column, INLINE, counted=self.number(column) % 3 != 1)}</div>'

    def install(self) -> None:
        self.handlers[PROXY] = self.answer

    def answer(self, asked: Asked) -> Reply | str:
        form = asked.values()
        column = self.by_number(form.get("columnid", ""))
        if column is None or form.get("unitid") != self.unit(column) or form.get("webid") != "14":
            return Reply(200, b"<datastore><recordset></recordset></datastore>  ", "text/xml")
        start, size = int(form["startrecord"]), min(int(form["perpage"]), MOST)
        posts = column.posts[start - 1 : start - 1 + size]
        body = self.datastore(column, posts, counted=True)
        return Reply(200, body.encode(), "text/html;charset=UTF-8")

    def pub_date(self, post: Post) -> str:
        """A template that formats with hh: 15:30 is 03:30."""
        return f"{post.day} {(9 + post.number % 8 - 1) % 12 + 1:02d}:{post.number % 60:02d}"

    def info(self, post: Post) -> str:
        seen = post.day + timedelta(days=1)
        return (
            f'<div class="bt_info">信息来源：<!--<$[信息来源]>begin-->{post.source}<!--<$[信息来源]>end-->　发布日期：{post.day}　'
            f'浏览次数：<script src="/module/visitcount/articlehits.jsp?t={seen}"></script></div>'
        )
