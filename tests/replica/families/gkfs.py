"""The old Jiangxi disclosure template on TRS: rows are script calls, ``gkfs("主动公开","./…htm","…")``.

One folder a unit below ``/bmgkxx/``, its catalogue as a tree of folders (``gzdt/zwdt/``), pages
``index.htm``, ``index_1.htm``. The date cell is 生成日期. GBK, with the charset in the page alone.
"""

from __future__ import annotations

from html import escape

from tests.replica.families import content
from tests.replica.families.family import FamilySite, Markup
from tests.replica.families.model import Column, Plan, Post, State, Unit
from tests.replica.families.trs import relative


class GkfsSite(FamilySite):
    family = "gkfs"
    kind = "platform"
    encoding = "gbk"
    declared = None
    per_page = 15
    marks_pinned = False

    def make_plan(self) -> Plan:
        return content.platform(self.spec, departments=5, towns=3)

    def robots(self) -> None:
        return None

    # -- addresses ---------------------------------------------------------------------------

    def unit_path(self, unit: Unit) -> str:
        return f"/bmgkxx/{unit.slug}/"

    def column_path(self, column: Column) -> str:
        unit, _, rest = column.key.partition(".")
        folders = [key.partition(".")[2] for key in column.above_keys]
        return "/".join(("/bmgkxx", unit, *folders, rest)) + "/"

    def post_path(self, post: Post, column: Column) -> str:
        home = self.column_path(self.plan.column(post.home))
        return f"{home}{post.day:%Y%m}/t{post.day:%Y%m%d}_{post.number}.htm"

    # -- pieces ------------------------------------------------------------------------------

    def page(self, path: str, title: str, inner: str) -> str:
        images = relative("/images/", path)
        i = self.ident
        return (
            "<html>\r\n<head>\r\n"
            '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=gb2312">\r\n'
            f"<title>{escape(title)}</title>\r\n"
            f'<link href="{images}xxgk.css" rel="stylesheet" type="text/css">\r\n'
            '<script language="JavaScript">\r\nfunction gkfs(fs,url,bt){\r\n'
            'if(fs=="依申请公开"){document.write("<font color=#999999>"+bt+"</font>");}\r\n'
            'else{document.write("<a href=\'"+url+"\' target=\'_blank\'>"+bt+"</a>");}\r\n}\r\n</script>\r\n'
            '</head>\r\n<body topmargin="0" leftmargin="0">\r\n'
            f'<TABLE width="1002" border=0 align=center cellPadding=0 cellSpacing=0><TR><TD><IMG src="{images}top.jpg" width=1002 height=150></TD></TR>'
            f'<TR><TD class=nav align=center><A href="{relative("/", path)}">首　页</A> | <A href="{relative("/gkzn/", path)}">公开指南</A> | '
            f'<A href="{relative("/gknb/", path)}">公开年报</A> | <A href="{relative("/ysqgk/", path)}">依申请公开</A></TD></TR></TABLE>\r\n'
            f"{inner}\r\n"
            f'<TABLE width="1002" align=center class=foot><TR><TD align=center>主办：{i.operator}　承办：{i.undertaker}<BR>'
            f"{i.icp}　网站标识码：{i.site_code}</TD></TR></TABLE></body></html>"
        )

    def tree(self, unit: Unit, path: str) -> str:
        """The unit's catalogue, in the left cell."""
        rows = []
        for column in self.plan.columns:
            if column.unit != unit.name:
                continue
            link = relative(self.column_path(column), path)
            if not column.above:
                rows.append(
                    f'<TR><TD class=yj><IMG src="/images/folder.gif"> <A href="{link}">{column.name}</A></TD></TR>'
                )
            else:
                rows.append(
                    f'<TR><TD class=ej>　　<IMG src="/images/dot.gif"> <A href="{link}">{column.name}</A></TD></TR>'
                )
        return (
            '<TD width=220 valign=top class=left><TABLE width="100%" class=mulu>'
            f"<TR><TD class=bt>{unit.short}信息公开目录</TD></TR>{''.join(rows)}</TABLE></TD>"
        )

    def frame(self, unit: Unit, path: str, where: str, inner: str) -> str:
        return self.page(
            path,
            f"{where.rpartition('>')[2].strip() or unit.name}-{self.ident.place}政府信息公开",
            f'<TABLE width="1002" align=center><TR>{self.tree(unit, path)}<TD valign=top class=right>'
            f'<TABLE width="100%"><TR><TD class=wz>您的位置：<A href="{relative("/", path)}">首页</A> &gt; '
            f'<A href="{relative(self.unit_path(unit), path)}">{unit.short}</A>{where}</TD></TR></TABLE>{inner}</TD></TR></TABLE>',
        )

    # -- pages -------------------------------------------------------------------------------

    def build(self) -> None:
        for name in ("top.jpg", "folder.png", "dot.png", "xxgk.css"):
            self.file(f"/images/{name}")
        for path, name in (
            ("/gkzn/", "公开指南"),
            ("/gknb/", "公开年报"),
            ("/ysqgk/", "依申请公开"),
        ):
            self.route(
                path,
                lambda path=path, name=name: self.page(
                    path, name, f"<TABLE align=center><TR><TD>{name}</TD></TR></TABLE>"
                ),
            )
        units = {u.name: u for u in self.plan.units}
        for unit in self.plan.units:
            path = self.unit_path(unit)
            self.index(path, lambda u=unit, p=path: self.frame(u, p, "", self.latest(u, p)))
        for column in self.plan.columns:
            unit = units[column.unit or ""]
            path = self.column_path(column)
            if column.state is State.TEXT:
                self.index(path, lambda c=column, u=unit, p=path: self.single(c, u, p))
            elif column.state is State.PARENT:
                self.index(path, lambda c=column, u=unit, p=path: self.group(c, u, p))
            else:
                parts = list(content.chunks(column.posts, self.per_page))
                total = len(parts)
                for n, posts in enumerate(parts):
                    target = path if n == 0 else f"{path}index_{n}.htm"

                    def make(c=column, u=unit, p=target, posts=posts, n=n, total=total) -> str:
                        return self.listing(c, u, p, posts, n, total)

                    if n == 0:
                        self.index(path, make)
                    else:
                        self.route(target, make)
            for post in column.posts:
                target = self.post_path(post, column)
                self.route(target, lambda post=post, u=unit, c=column, t=target: self.article(post, c, u, t))  # fmt: skip
                if post.attachment:
                    self.file(self.attached(post, target))

    def index(self, path: str, make) -> None:
        self.route(path, make)
        self.route(f"{path}index.htm", make)

    def attached(self, post: Post, path: str) -> str:
        return f"{path[: path.rfind('/')]}/P02018{post.number:015d}.{post.attachment.rpartition('.')[2]}"

    def home(self) -> Markup:
        def cells(group: str) -> str:
            units = [u for u in self.plan.units if u.group == group]
            links = [
                f'<TD width="25%"><A href=".{self.unit_path(u)}">{u.short}</A></TD>' for u in units
            ]
            return "".join(f"<TR>{''.join(links[n : n + 4])}</TR>" for n in range(0, len(links), 4))

        return self.page(
            "/",
            f"{self.ident.place}政府信息公开网",
            '<TABLE width="1002" align=center><TR><TD class=bt>政府部门</TD></TR><TR><TD><TABLE width="100%" class=dw>'
            f'{cells("department")}</TABLE></TD></TR><TR><TD class=bt>乡镇（街道）</TD></TR><TR><TD><TABLE width="100%" class=dw>'
            f"{cells('town')}</TABLE></TD></TR></TABLE>",
        )

    def latest(self, unit: Unit, path: str) -> str:
        posts = [p for c in self.plan.columns if c.unit == unit.name for p in c.posts]
        posts.sort(key=lambda p: p.day, reverse=True)
        return self.table(tuple(posts[:12]), path)

    def group(self, column: Column, unit: Unit, path: str) -> str:
        posts = tuple(p for c in self.plan.below(column) for p in c.posts)[:10]
        return self.frame(unit, path, f" &gt; {column.name}", self.table(posts, path))

    def table(self, posts: tuple[Post, ...], path: str) -> str:
        rows = "".join(
            f"<TR><TD align=center>{post.index_number}</TD><TD align=center>{self.plan.column(post.home).name}</TD>"
            f'<TD>\r\n<SCRIPT language=javascript>gkfs("主动公开","{relative(self.post_path(post, self.plan.column(post.home)), path)}","{post.title}")</SCRIPT>\r\n</TD>'
            f"<TD align=center>{post.day}</TD><TD align=center>主动公开</TD><TD align=center>面向社会</TD></TR>\r\n"
            for post in posts
        )
        return (
            '<TABLE width="100%" border=1 class=xxlb><TR bgcolor=#E8F3FB><TD>索引号</TD><TD>分类</TD><TD>信息名称</TD>'
            f"<TD>生成日期</TD><TD>公开方式</TD><TD>公开范围</TD></TR>\r\n{rows}</TABLE>"
        )

    def listing(
        self, column: Column, unit: Unit, path: str, posts: tuple[Post, ...], n: int, total: int
    ) -> str:
        pager = (
            '<TABLE width="100%"><TR><TD align=center class=fy><SCRIPT>\r\n'
            f"var currentPage = {n};//所在页从0开始\r\nvar prevPage = currentPage-1\r\nvar nextPage = currentPage+1\r\n"
            f"var countPage = {total}//共多少页\r\n"
            'document.write("共"+countPage+"页  ");\r\n'
            'if(countPage>1&&currentPage!=0&&currentPage!=1) document.write("<a href=\\"index_" + prevPage + ".htm\\">上一页</a>&nbsp;");\r\n'
            'else if(countPage>1&&currentPage!=0&&currentPage==1) document.write("<a href=\\"index.htm\\">上一页</a>&nbsp;");\r\n'
            'if(countPage>1&&currentPage!=(countPage-1)) document.write("<a href=\\"index_" + nextPage + ".htm\\">下一页</a>&nbsp;");\r\n'
            "</SCRIPT></TD></TR></TABLE>"
        )
        where = f" &gt; {column.above[-1]} &gt; {column.name}"
        return self.frame(unit, path, where, self.table(posts, path) + pager)

    def single(self, column: Column, unit: Unit, path: str) -> str:
        text = "".join(f"<P>　　{line}</P>" for line in column.text.split("\n"))
        where = f" &gt; {column.above[-1]} &gt; {column.name}"
        inner = (
            f'<TABLE width="95%" align=center><TR><TD align=center class=xl_bt>{unit.name}{column.name}</TD></TR>'
            f"<TR><TD class=xl_nr><DIV class=TRS_Editor>{text}</DIV></TD></TR></TABLE>"
        )
        return self.frame(unit, path, where, inner)

    def article(self, post: Post, column: Column, unit: Unit, path: str) -> str:
        body = "".join(f"<P>　　{line}</P>" for part in content.paragraphs(post) for line in part)
        files = ""
        if post.attachment:
            files = f'<TR><TD>附件：<A href="{relative(self.attached(post, path), path)}">{post.attachment}</A></TD></TR>'
        return self.page(
            path,
            post.title,
            f'<TABLE width="900" align=center class=xl_head border=1><TR><TD>索 引 号：</TD><TD>{post.index_number}</TD><TD>分　　类：</TD><TD>{column.name}</TD></TR>'
            f"<TR><TD>发布机构：</TD><TD>{unit.name}</TD><TD>生成日期：</TD><TD>{post.day}</TD></TR>"
            f"<TR><TD>标　　题：</TD><TD>{escape(post.title)}</TD><TD>公开方式：</TD><TD>主动公开</TD></TR></TABLE>"
            f'<TABLE width="900" align=center><TR><TD align=center class=xl_bt>{escape(post.title)}</TD></TR>'
            f"<TR><TD align=center>来源：{post.source}　　发布时间：{post.day}</TD></TR>"
            f"<TR><TD class=xl_nr><DIV class=TRS_Editor>{body}</DIV></TD></TR>{files}"
            '<TR><TD align=right>【<A href="javascript:window.print()">打印</A>】【<A href="javascript:window.close()">关闭</A>】</TD></TR></TABLE>',
        )
