"""The old 新点 Epoint on ASP.NET: ``MoreInfo.aspx``, post-backs that carry the state on, GBK.

The server gives a page only to a form with the state of a page of the same list. Half of the lists
have the product's picture pager, the others a grid's numbers.
"""

from __future__ import annotations

import base64
from html import escape
from urllib.parse import parse_qsl

from tests.replica.families import content
from tests.replica.families.family import Asked, Markup, Reply
from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.portal import PortalSite


class EpointOldSite(PortalSite):
    family = "epoint_old"
    encoding = "gbk"
    declared = "gb2312"
    per_page = 15
    marks_pinned = False
    empty_words = "暂无信息"

    def category(self, column: Column) -> str:
        above = "".join(
            f"{self.plan.columns.index(self.plan.column(k)) + 1:03d}" for k in column.above_keys
        )
        return f"{above}{self.plan.columns.index(column) + 1:03d}"

    def column_path(self, column: Column) -> str:
        number = self.category(column)
        folder = f"/TPFront/{number[:3]}/{number}"
        if not column.above_keys:
            return f"{folder}/"
        return f"{folder}/MoreInfo.aspx?CategoryNum={number}"

    def list_path(self, column: Column, number: int, pages: int) -> str:
        return self.column_path(column)

    def post_path(self, post: Post, column: Column) -> str:
        if post.kind is Kind.FILE:
            return f"/TPFront/UploadFile/{post.day:%Y%m}/{post.number}.{post.target}"
        home = self.category(self.plan.column(post.home))
        guid = f"{post.number:08x}-51f0-4c3e-9d2b-{post.number * 31:012x}"
        return f"/TPFront/InfoDetail/Default.aspx?InfoID={guid}&CategoryNum={home}"

    def build_list(self, column: Column) -> None:
        path = self.column_path(column)
        parts = list(content.chunks(column.posts, self.per_page))
        self.route(path, lambda: self.listing(column, parts[0], 0, len(parts), path))
        self.handlers[path.partition("?")[0]] = lambda asked: self.post_back(asked, column, parts)

    def state(self, column: Column, number: int) -> str:
        raw = f"dDwtMTA{column.key}|{number}|" + "控件状态" * 40
        return base64.b64encode(raw.encode()).decode()

    def post_back(self, asked: Asked, column: Column, parts: list[tuple[Post, ...]]) -> Markup:
        pairs = parse_qsl(asked.body.decode("ascii"), keep_blank_values=True, encoding="gbk")
        form = dict(pairs)
        if asked.method != "POST" or len(form) != len(pairs) or "btnSearch" in form:
            return Reply(500)
        known = {self.state(column, n): n for n in range(len(parts))}
        at = known.get(form.get("__VIEWSTATE", ""))
        if at is None or form.get("txtTitle") != "请输入标题" or "__EVENTVALIDATION" not in form:
            return Reply(500, b"The state information is invalid for this page")
        target, argument = form.get("__EVENTTARGET"), form.get("__EVENTARGUMENT", "")
        if self.pictures(column):
            ok, word = target == "MoreInfoList1$Pager", argument
        else:
            ok, word = target == "MoreInfoList1$GridView1", argument.removeprefix("Page$")
        if not ok or not word.isdigit() or not 1 <= int(word) <= len(parts):
            return self.listing(column, parts[0], 0, len(parts), self.column_path(column))
        if abs(int(word) - 1 - at) > 10:
            return Reply(500)
        n = int(word) - 1
        return self.listing(column, parts[n], n, len(parts), self.column_path(column))

    def pictures(self, column: Column) -> bool:
        return self.number_of(column) % 2 == 1

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        i = self.ident
        menu = "".join(
            f'<td><a href="{self.to_column(c, page)}" class="menu">{c.name}</a></td>'
            for c in self.top_columns()
        )
        below = "".join(
            f"<td>{' '.join(f'<a href={self.to_column(b, page)}>{b.name}</a>' for b in self.plan.below(c))}</td>"
            for c in self.top_columns()
        )
        return (
            '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN" >\r\n<HTML>\r\n\t<HEAD>\r\n\t\t'
            f'<title>{title}</title>\r\n\t\t<meta content="Microsoft Visual Studio .NET 7.1" name="GENERATOR">\r\n<meta http-equiv="Content-Type" content="text/html; charset=gb2312">{metas}\r\n'
            f'\t\t<LINK href="/TPFront/css.css" type="text/css" rel="stylesheet">\r\n\t</HEAD>\r\n\t<body>\r\n<table width="1000" align="center"><tr><td><a href="/TPFront/">首页</a></td>{menu}</tr><tr><td></td>{below}</tr></table>\r\n'
            f'{main}\r\n<table width="1000" align="center" class="bottom"><tr><td align="center">主办：{i.operator}　承办：{i.undertaker}<br>{i.icp} {i.police} 网站标识码{i.site_code}</td></tr></table>\r\n</body>\r\n</HTML>'
        )

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        if not posts:
            return f'<table id="MoreInfoList1_DataGrid1" cellspacing="0" width="100%"></table><font>{self.empty_words}</font>'
        out = "".join(
            f'<tr valign="top">\r\n\t<td align="right" width="30"><img src="/TPFront/Images/dot.gif"></td><td align="left">\r\n<a href="{self.to_post(p, column, page)}" target="_blank" title="{escape(p.title)}">'
            f'{escape(p.title if len(p.title) < 30 else p.title[:28] + "...")}</a></td><td align="right" nowrap="nowrap" width="90">{p.day}&nbsp;</td>\r\n</tr>'
            for p in posts
        )
        return f'<table id="MoreInfoList1_DataGrid1" cellspacing="0" border="0" width="100%">\r\n{out}</table>'

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        if pages == 1 and not self.pictures(column):
            return ""
        if self.pictures(column):

            def step(n: int, name: str) -> str:
                if not 0 <= n < pages or n == number:
                    return f'<a disabled="disabled" style="margin-right:5px;"><img src="/TPFront/Images/page/{name}.gif" border="0"></a>'
                return f'<a href="javascript:__doPostBack(\'MoreInfoList1$Pager\',\'{n + 1}\')" style="margin-right:5px;"><img src="/TPFront/Images/page/{name}n.gif" border="0"></a>'

            steps = (
                step(0, "first")
                + step(number - 1, "prev")
                + step(number + 1, "next")
                + step(pages - 1, "last")
            )
            return (
                '<div id="MoreInfoList1_Pager"><table width="100%" border="0"><tr><td valign="bottom" align="left" nowrap="true" style="width:40%;">'
                f'记录总数：<font color="blue"><b>{len(column.posts)}</b></font>&nbsp;总页数：<font color="blue"><b>{pages}</b></font>&nbsp;当前页：<font color="red"><b>{number + 1}</b></font></td>'
                f'<td valign="bottom" align="right" nowrap="true" style="width:60%;">{steps}</td></tr></table></div>'
            )  # fmt: skip
        numbers = "".join(
            f"<td><span>{n + 1}</span></td>" if n == number else f"<td><a href=\"javascript:__doPostBack(&#39;MoreInfoList1$GridView1&#39;,&#39;Page${n + 1}&#39;)\">{n + 1}</a></td>"
            for n in range(pages) if abs(n - number) < 9
        )  # fmt: skip
        return f'<table border="0" class="pager"><tr>{numbers}</tr></table>'

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        number = 0
        for n in range(max(1, -(-len(column.posts) // self.per_page))):
            if f"<b>{n + 1}</b></font></td>" in pager or f"<td><span>{n + 1}</span></td>" in pager:
                number = n
        action = page.rpartition("/")[2]
        side = "".join(f'<tr><td><a href="{self.to_column(c, page)}">{c.name}</a></td></tr>' for c in self.plan.columns if c.above_keys == column.above_keys)  # fmt: skip
        return (
            f'<form name="Form1" method="post" action="{action}" id="Form1">\r\n<input type="hidden" name="__EVENTTARGET" id="__EVENTTARGET" value="" />\r\n<input type="hidden" name="__EVENTARGUMENT" id="__EVENTARGUMENT" value="" />\r\n'
            f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{self.state(column, number)}" />\r\n'
            '<script type="text/javascript">\r\n<!--\r\nfunction __doPostBack(eventTarget, eventArgument) { var theform = document.Form1; theform.__EVENTTARGET.value = eventTarget; theform.__EVENTARGUMENT.value = eventArgument; theform.submit(); }\r\n// -->\r\n</script>\r\n'
            f'<input type="hidden" name="__EVENTVALIDATION" id="__EVENTVALIDATION" value="/wEWAg{number}==" />\r\n'
            f'<table width="1000" align="center"><tr><td class="wz">您现在的位置：<a href="/TPFront/">首页</a> &gt;&gt; <span>{column.name}</span></td><td><input name="txtTitle" type="text" value="请输入标题" id="txtTitle" /><input type="submit" name="btnSearch" value="搜索" id="btnSearch" /></td></tr></table>\r\n'
            f'<table width="1000" align="center"><tr><td width="200" valign="top"><table class="lm">{side}</table></td><td valign="top"><table class="moreinfo" width="100%"><tr><td>{rows}</td></tr><tr><td>{pager}</td></tr></table></td></tr></table></form>'
        )

    def text_main(self, column: Column, page: str) -> str:
        lines = "".join(f"<p>{escape(line)}</p>" for line in column.text.split("\n"))
        return f'<table width="1000" align="center"><tr><td align="center" id="tdTitle"><b>{column.name}</b></td></tr><tr><td id="TDContent" class="infodetail">{lines}</td></tr></table>'

    def article_main(self, post: Post, column: Column, page: str) -> str:
        body = self.paragraphs(post, '<P style="TEXT-INDENT: 2em">', "</P>")
        files = (
            f'<tr><td>附件：<a href="{escape(self.attached(post))}">{post.attachment}</a></td></tr>'
            if post.attachment
            else ""
        )
        return (
            f'<table width="1000" align="center"><tr><td>您现在的位置：<a href="/TPFront/">首页</a> &gt;&gt; <a href="{self.to_column(column, page)}">{column.name}</a></td></tr></table>'
            f'<table id="tblInfo" width="1000" align="center"><tr><td id="tdTitle" align="center"><font style="font-size: 25px" color=""><b>{escape(post.title)}</b></font><br><br>'
            f'<font color="#888888" class="webfont">【信息时间：{post.day.year}/{post.day.month}/{post.day.day}&nbsp;&nbsp;阅读次数：<script src="/TPFront/Upclicktimes.aspx?InfoID={post.number}"></script>】&nbsp;来源：{post.source}<a href="javascript:void(0)" onclick="window.print();">【我要打印】</a><a href="javascript:window.close()">【关闭】</a></font></td></tr>'
            f'<tr><td height="250" valign="top" class="infodetail" id="TDContent">{body}</td></tr>{files}</table>'
        )
