"""A static site of unknown make: tables, upper-case tags, no names, GB2312 declared and GB18030 sent."""

from __future__ import annotations

from html import escape

from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.portal import PortalSite

SHAPES = (
    "/{slug}/{day:%Y-%m}/{day:%d}/content_{n}.htm",
    "/{slug}/{day:%Y}/{day:%m%d}/{n}.html",
    "/{slug}/{n}.htm",
)


class StaticPlainSite(PortalSite):
    family = "static_plain"
    encoding = "gb18030"
    declared = "gb2312"
    per_page = 25
    marks_pinned = False
    empty_words = "对不起，暂无信息！"

    def column_path(self, column: Column) -> str:
        return f"/{column.slug}/index.htm"

    def list_path(self, column: Column, number: int, pages: int) -> str:
        if number == 0:
            return self.column_path(column)
        way = self.number_of(column) % 2
        return (
            f"/{column.slug}/index_{number + 1}.htm" if way else f"/{column.slug}/{number + 1}.htm"
        )

    def post_path(self, post: Post, column: Column) -> str:
        home = self.plan.column(post.home)
        if post.kind is Kind.FILE:
            return f"/upload/{post.day:%Y%m}/{post.number}.{post.target}"
        shape = SHAPES[self.plan.columns.index(home) % 3]
        return shape.format(slug=home.slug, day=post.day, n=post.number)

    def link(self, target: str, page: str) -> str:
        return self.relative(target, page)

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        menu = " | ".join(f"<A href={self.to_column(c, page)}><FONT color=#ffffff>{c.name}</FONT></A>" for c in self.top_columns())  # fmt: skip
        i = self.ident
        below = "".join(
            f"<TD>{'　'.join(f'<A href={self.to_column(b, page)}>{b.name}</A>' for b in self.plan.below(c))}</TD>"
            for c in self.top_columns()
        )
        return (
            f'<HTML><HEAD><TITLE>{title}</TITLE>\n<META http-equiv=Content-Type content="text/html; charset=gb2312">\n{metas}<LINK href="{self.link("/css.css", page)}" type=text/css rel=stylesheet>'
            '<META content="MSHTML 6.00.2800.1106" name=GENERATOR></HEAD>\n<BODY bgColor=#ffffff leftMargin=0 topMargin=0>\n'
            f'<TABLE cellSpacing=0 cellPadding=0 width=778 align=center border=0><TBODY><TR><TD><IMG height=120 src="{self.link("/images/top.jpg", page)}" width=778></TD></TR>'
            f'<TR><TD bgColor=#0066cc height=25 align=middle><A href="{self.link("/", page)}"><FONT color=#ffffff>首 页</FONT></A> | {menu}</TD></TR></TBODY></TABLE>\n'
            f"<TABLE width=778 align=center border=0><TR>{below}</TR></TABLE>\n{main}\n"
            f"<TABLE width=778 align=center border=0><TR><TD align=center height=60>主办：{i.operator}　承办：{i.undertaker}<BR>{i.icp}　{i.police}</TD></TR></TABLE></BODY></HTML>"
        )

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        if not posts:
            return f"<TR><TD height=200 align=center>{self.empty_words}</TD></TR>"
        out = []
        for post in posts:
            day = (
                f"[{post.day.year}-{post.day.month}-{post.day.day}]"
                if self.number_of(column) % 2
                else f"({post.day:%Y.%m.%d})"
            )
            out.append(
                f'<TR>\n<TD width="3%" height=24><IMG src="{self.link("/images/dot.gif", page)}"></TD>\n<TD width="80%"><A href="{self.to_post(post, column, page)}" target=_blank>{escape(post.title)}</A></TD>\n'
                f'<TD width="17%" align=right><FONT color=#999999>{day}</FONT></TD></TR>'
            )
            if post.number % 5 == 0:
                out.append("<TR><TD colSpan=3 height=1 background=line.gif></TD></TR>")
        return "\n".join(out)

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        if pages == 1:
            return ""
        to = lambda n: self.link(self.list_path(column, n, pages), page)  # noqa: E731
        back = (
            f'<A href="{to(0)}">[首页]</A> <A href="{to(number - 1)}">[上一页]</A>'
            if number
            else "[首页] [上一页]"
        )
        on = (
            f'<A href="{to(number + 1)}">[下一页]</A> <A href="{to(pages - 1)}">[尾页]</A>'
            if number + 1 < pages
            else "[下一页] [尾页]"
        )
        return f"<TR><TD colSpan=3 align=center height=30>第{number + 1}页/共{pages}页　{back} {on}</TD></TR>"

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        side = "".join(f'<TR><TD height=26>· <A href="{self.to_column(c, page)}">{c.name}</A></TD></TR>' for c in self.plan.columns if c.above_keys == column.above_keys)  # fmt: skip
        return (
            f'<TABLE width=778 align=center border=0><TR><TD vAlign=top width=180><TABLE width="100%">{side}</TABLE></TD><TD vAlign=top>'
            f'<TABLE width="100%"><TR><TD height=30>您的位置：<A href="{self.link("/", page)}">首页</A> → {column.name}</TD></TR></TABLE>'
            f'<TABLE cellSpacing=0 cellPadding=0 width="98%" border=0><TBODY>{rows}{pager}</TBODY></TABLE></TD></TR></TABLE>'
        )

    def text_main(self, column: Column, page: str) -> str:
        lines = "<BR>\n".join(f"　　{escape(line)}" for line in column.text.split("\n"))
        return f'<TABLE width=778 align=center><TR><TD align=center height=40><B>{column.name}</B></TD></TR><TR><TD style="LINE-HEIGHT: 22px">{lines}</TD></TR></TABLE>'

    def article_main(self, post: Post, column: Column, page: str) -> str:
        body = self.paragraphs(post, "　　", "<BR><BR>")
        files = (
            f'<BR>附件：<A href="{self.link(self.attached(post), page)}">{post.attachment}</A>'
            if post.attachment
            else ""
        )
        return (
            f'<TABLE width=778 align=center border=0><TR><TD height=28>您的位置：<A href="{self.link("/", page)}">首页</A> → <A href="{self.to_column(column, page)}">{column.name}</A> → 正文</TD></TR>'
            f"<TR><TD align=center height=50><FONT size=4><B>{escape(post.title)}</B></FONT></TD></TR><TR><TD align=center bgColor=#eeeeee height=24>发布日期：{post.day.year}年{post.day.month}月{post.day.day}日　信息来源：{post.source}</TD></TR>"
            f'<TR><TD style="LINE-HEIGHT: 24px; FONT-SIZE: 14px">{body}{files}</TD></TR><TR><TD align=right>【<A href="javascript:window.print()">打印</A>】【<A href="javascript:window.close()">关闭</A>】</TD></TR></TABLE>'
        )
