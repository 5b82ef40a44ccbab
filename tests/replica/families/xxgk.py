"""大汉 xxgk: a catalogue's rows as HTML by ``POST /module/xxgk/search.jsp``, the tree by ``tree.jsp``.

Some columns do not say their catalogue's code: the server then gives the whole organ's rows.
"""

from __future__ import annotations

from html import escape

from tests.replica.families.family import Asked, Reply
from tests.replica.families.model import Column, Kind, Post, State
from tests.replica.families.scripted import ScriptedPortal

SEARCH = "/module/xxgk/search.jsp"
AREA = "014512345"
SIZE = 15


class XxgkSite(ScriptedPortal):
    family = "xxgk"
    top_mark = "<font color='red'>[置顶]</font>"

    def number(self, column: Column) -> int:
        return 41200 + 3 * [c.key for c in self.plan.columns].index(column.key)

    def code(self, column: Column) -> str:
        return f"A{[c.key for c in self.plan.columns].index(column.key):02d}001"

    def column_path(self, column: Column) -> str:
        tail = f"?number={self.code(column)}" if self.number(column) % 2 else ""
        return f"/col/col{self.number(column)}/index.html{tail}"

    def post_path(self, post: Post, column: Column) -> str:
        number, day = self.number(self.plan.column(post.home)), post.day
        if post.kind is Kind.FILE:
            return f"/module/download/{post.number}/art_{number}_.{post.target}"
        return f"/art/{day.year}/{day.month}/{day.day}/art_{number}_{post.number}.html"

    def list_page(self, column: Column) -> str:
        number = self.number(column)
        div = f"div{number}"
        form = (
            f"infotypeId:'{self.code(column)}',jdid:3,area:'{AREA}',divid:'{div}',standardXxgk:0"
            if number % 2 == 0
            else f"jdid:3,area:'{AREA}',divid:'{div}'"
        )
        return (
            f'<div id="tree"><script src="/module/xxgk/tree.jsp?area={AREA}&divid={div}&showsub=1"></script></div>'
            f'<div id="{div}" class="zfxxgk_list"></div><script>$(function(){{ var p = {{{form}}};'
            f" $.ajax({{type:'POST', url:'{SEARCH}', data:p, success:function(d){{ $('#{div}').html(d); }}}}); }});</script>"
        )

    def install(self) -> None:
        self.handlers[SEARCH] = self.answer
        self.handlers["/module/xxgk/tree.jsp"] = self.tree

    def tree(self, asked: Asked) -> Reply:
        """Written by script, one call a node."""
        lines = ["d = new dTree('d');", "d.add(0,-1,'信息公开目录');"]
        for column in self.plan.columns:
            above = self.number(self.plan.column(column.above_keys[-1])) if column.above_keys else 0
            shown = column.name
            if column.state in (State.FILLED, State.EMPTY):
                shown = (
                    '<a style="cursor:hand;" onclick="funclick(\\\''
                    + self.code(column)
                    + f"\\',\\'createdatetime:0,orderid:0\\');\">{column.name}</a>"
                )
            elif column.state is not State.PARENT:
                shown = f'<a href="{self.link(column)}">{column.name}</a>'
            lines.append(f"d.add({self.number(column)},{above},0,'{shown}');")
        text = "\n".join([*lines, "document.write(d);"])
        return Reply(
            200,
            f"<html><body><script>{text}</script></body></html>".encode(),
            "text/html;charset=UTF-8",
        )

    def row(self, post: Post, column: Column, n: int) -> str:
        kind = "odd" if n % 2 else "even"
        top = self.top_mark if post.pinned else ""
        return (
            f"<tr class='tr_main_value_{kind}'><td align='center'>{n}</td><td>{top}<a href='{escape(self.href(post, column))}'"
            f" title='{escape(post.title)}' class='bt_link' target='_blank'>{escape(post.title[:20])}</a></td>"
            f"<td align='center'>{post.day}</td></tr>"
        )

    def answer(self, asked: Asked) -> Reply | str:
        form = asked.values()
        if asked.method != "POST" or form.get("area") not in (AREA, ""):
            return Reply(404)
        code, number = form.get("infotypeId", ""), int(form.get("currpage") or 1)
        column = next((c for c in self.plan.columns if self.code(c) == code), None)
        pairs = [(p, column) for p in column.posts] if column else []
        if not code:
            pairs = sorted(
                ((p, c) for c in self.plan.columns for p in c.posts),
                key=lambda pair: pair[0].day,
                reverse=True,
            )
        pages = -(-len(pairs) // SIZE)
        rows = "".join(
            self.row(p, c, n)
            for n, (p, c) in enumerate(pairs[(number - 1) * SIZE : number * SIZE], 1)
            if c is not None
        )
        return (
            "<table width='100%' class='zfxxgk_table'><tr class='tr_title'><td>序号</td><td>标题</td><td>发布日期</td></tr>"
            f"{rows}</table><div class='page'>共{len(pairs)}条 共{pages}页 第{number}页 "
            "<a href='javascript:goto(1)'>首页</a><a href='javascript:goto(2)'>下一页</a><a href='javascript:goto(9)'>尾 页</a></div>"
        )
