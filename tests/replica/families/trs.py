"""TRS WCM, static: ``t<day>_<id>.html`` below month folders, pagers written by ``createPageHTML``.

The hand of a ministry's or county's template: relative links everywhere, comments that still hold
rows of the template, a hot list beside the list, the body in ``TRS_Editor`` with its own CSS.
"""

from __future__ import annotations

import posixpath
from html import escape

from tests.replica.families import content
from tests.replica.families.family import FamilySite, Markup
from tests.replica.families.model import Column, Kind, Post, State


def relative(target: str, page: str) -> str:
    """``target`` as a link from ``page``, the TRS way: ``./201806/t….html``, ``../../zwgk/…``."""
    folder = page[: page.rfind("/")] or "/"
    found = posixpath.relpath(target, folder)
    if target.endswith("/"):
        found += "/"
    return found if found.startswith("..") else f"./{found}"


class TrsSite(FamilySite):
    family = "trs"
    per_page = 20
    empty_words = "对不起，该栏目暂无内容！"

    # -- addresses ---------------------------------------------------------------------------

    def column_path(self, column: Column) -> str:
        folders = [*column.above_keys, column.slug]
        return "/" + "/".join(folders) + "/"

    def post_path(self, post: Post, column: Column) -> str:
        home = self.plan.column(post.home)
        month = f"{post.day:%Y%m}"
        if post.kind is Kind.FILE:
            return f"{self.column_path(home)}{month}/P02018{post.number:015d}.{post.target}"
        return f"{self.column_path(home)}{month}/t{post.day:%Y%m%d}_{post.number}.html"

    def page_name(self, number: int, pages: int) -> str:
        """File name of a list page, ``number`` from 0."""
        return "index.html" if number == 0 else f"index_{number}.html"

    # -- pieces ------------------------------------------------------------------------------

    def head(self, page: str, title: str, metas: str = "") -> str:
        up = relative("/images/", page)
        return (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"'
            ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
            '<html xmlns="http://www.w3.org/1999/xhtml"><head>\n'
            f'<meta http-equiv="Content-Type" content="text/html; charset={self.encoding}" />\n'
            f"<title>{escape(title)}</title>\n"
            f'<meta name="SiteName" content="{self.ident.site_name}" />\n'
            f'<meta name="SiteDomain" content="127.0.0.1" />\n'
            f'<meta name="SiteIDCode" content="{self.ident.site_code}" />\n{metas}'
            f'<link href="{up}style.css" rel="stylesheet" type="text/css" />\n'
            f'<script type="text/javascript" src="{up}jquery.min.js"></script></head>\n'
        )

    def top(self, page: str) -> str:
        items = []
        for column in self.plan.columns:
            if column.above or column.unit is not None:
                continue
            below = "".join(
                f'<a href="{self.link(c, page)}" target="_blank">{c.name}</a>'
                for c in self.plan.below(column)
            )
            items.append(
                f'<li class="nLi"><h3><a href="{self.link(column, page)}">{column.name}</a></h3>'
                f'<div class="sub">{below}</div></li>'
            )
        return (
            '<body><div class="top"><div class="w1200"><span id="today"></span>'
            '<a href="javascript:void(0)" onclick="SetHome(this)">设为首页</a> | '
            f'<a href="{relative("/wza/", page)}" rel="nofollow">无障碍浏览</a></div></div>'
            f'<div class="logo"><img src="{relative("/images/", page)}logo.png" alt="{self.ident.site_name}" /></div>'
            f'<div class="nav" id="nav"><ul class="clearfix"><li class="nLi"><h3>'
            f'<a href="{relative("/", page)}">首页</a></h3></li>{"".join(items)}</ul></div>\n'
        )

    def link(self, column: Column, page: str) -> str:
        if column.state is State.ELSEWHERE:
            return column.target
        return relative(self.column_path(column), page)

    def crumbs(self, column: Column, page: str, tail: str = "") -> str:
        above = [self.plan.column(key) for key in column.above_keys]
        links = " &gt; ".join(
            f'<a href="{relative(self.column_path(c), page)}" title="{c.name}" class="CurrChnlCls">{c.name}</a>'
            for c in (*above, column)
        )
        return (
            f'<div class="dqwz">您现在所在的位置：<a href="{relative("/", page)}" title="首页"'
            f' class="CurrChnlCls">首页</a> &gt; {links}{tail}</div>\n'
        )

    def bottom(self, page: str) -> str:
        i = self.ident
        images = relative("/images/", page)
        return (
            '<div class="footer"><div class="links"><select onchange="window.open(this.value)">'
            '<option>省政府部门</option><option value="http://www.province.example/">省政府</option></select></div>'
            f'<p><a href="{relative("/gywm/", page)}">关于我们</a> | <a href="{relative("/wzdt/", page)}">网站地图</a></p>'
            f"<p>主办单位：{i.operator}　承办单位：{i.undertaker}</p>"
            f'<p>网站标识码：{i.site_code}　<a href="http://beian.miit.gov.cn/" target="_blank">{i.icp}</a>　'
            f'<img src="{images}ga.png" alt="" /><a href="http://www.beian.gov.cn/portal/registerSystemInfo?recordcode=1">{i.police}</a></p>'
            f'<p><a href="http://bszs.conac.cn/sitename?method=show&amp;id=0E1F"><img src="{images}dzjg.png" alt="党政机关" /></a>'
            f'<script id="_jiucuo_" sitecode="{i.site_code}" src="http://pucha.kaipuyun.cn/exposure/jiucuo.js"></script></p>'
            "</div></body></html>"
        )

    def hot(self, page: str) -> str:
        """The newest of the first column, on every page."""
        column = next(c for c in self.plan.columns if c.posts)
        rows = "".join(
            f'<li><em>{n}</em><a href="{self.href(p, column, page)}" title="{escape(p.title)}">{escape(p.title[:16])}</a></li>'
            for n, p in enumerate(column.posts[:6], 1)
        )
        return f'<div class="right"><div class="rd_tit">热点信息</div><ul class="rd_list">{rows}</ul></div>'

    def href(self, post: Post, column: Column, page: str) -> str:
        if post.kind is Kind.OFFSITE:
            return post.target
        return relative(self.post_path(post, column), page)

    # -- pages -------------------------------------------------------------------------------

    def build(self) -> None:
        for name in ("style.css", "jquery.min.js", "logo.png", "ga.png", "dzjg.png"):
            self.file(f"/images/{name}")
        for path, name in (("/gywm/", "关于我们"), ("/wzdt/", "网站地图"), ("/wza/", "无障碍浏览")):
            self.route(path, lambda path=path, name=name: self.plain(path, name))
        for column in self.plan.columns:
            if column.state is State.ELSEWHERE:
                continue
            path = self.column_path(column)
            if column.state is State.PARENT:
                self.both(path, lambda c=column: self.channel(c))
            elif column.state is State.TEXT:
                self.both(path, lambda c=column: self.single(c))
            else:
                self.build_list(column)
            for post in column.posts:
                self.build_post(post, column)

    def both(self, path: str, make) -> None:
        self.route(path, make)
        self.route(f"{path}index.html", make)

    def build_list(self, column: Column) -> None:
        parts = list(content.chunks(column.posts, self.per_page))
        path = self.column_path(column)
        for number, posts in enumerate(parts):
            name = self.page_name(number, len(parts))

            def make(n: int = number, p: tuple[Post, ...] = posts) -> str:
                return self.listing(column, p, n, len(parts))

            if number == 0:
                self.both(path, make)
            else:
                self.route(path + name, make)

    def build_post(self, post: Post, column: Column) -> None:
        if post.kind is Kind.OFFSITE:
            return
        path = self.post_path(post, column)
        if post.kind is Kind.FILE:
            self.file(path)
        elif path not in self.routes:
            self.route(path, lambda: self.article(post, path))
            if post.attachment:
                self.file(self.attached(post, path))

    def attached(self, post: Post, path: str) -> str:
        ending = post.attachment.rpartition(".")[2]
        return f"{path[: path.rfind('/')]}/P02018{post.number:015d}.{ending}"

    def plain(self, path: str, name: str) -> str:
        return f'{self.head(path, name)}{self.top(path)}<div class="main"><h2>{name}</h2><p>建设维护：{self.ident.undertaker}</p></div>{self.bottom(path)}'

    def home(self) -> Markup:
        boxes = []
        for column in [c for c in self.plan.columns if c.posts][:8]:
            rows = "".join(
                f'<li><a href="{self.href(p, column, "/")}" target="_blank" title="{escape(p.title)}">{escape(p.title[:20])}</a><span>{p.day:%m-%d}</span></li>'
                for p in column.posts[:7]
            )
            boxes.append(
                f'<div class="box"><div class="tit"><h2><a href="{self.link(column, "/")}">{column.name}</a></h2>'
                f'<a class="more" href="{self.link(column, "/")}">更多&gt;&gt;</a></div><ul class="box_list">{rows}</ul></div>'
            )
        return f'{self.head("/", self.ident.site_name)}{self.top("/")}<div class="main clearfix">{"".join(boxes)}</div>{self.bottom("/")}'

    def channel(self, column: Column) -> str:
        """A parent: its children and their newest rows."""
        page = self.column_path(column)
        boxes = "".join(
            f'<div class="zw_box"><div class="zw_tit"><span>{c.name}</span><a href="{self.link(c, page)}">更多</a></div><ul>'
            + "".join(
                f'<li><a href="{self.href(p, c, page)}">{escape(p.title)}</a><span>{p.day}</span></li>'
                for p in c.posts[:5]
            )
            + "</ul></div>"
            for c in self.plan.below(column)
        )
        return f"{self.head(page, column.name)}{self.top(page)}{self.crumbs(column, page)}{self.side(column, page)}<div class='zw_main'>{boxes}</div>{self.bottom(page)}"

    def side(self, column: Column, page: str) -> str:
        parent = self.plan.column(column.above_keys[-1]) if column.above_keys else column
        rows = "".join(
            f'<li{" class=on" if c is column else ""}><a href="{self.link(c, page)}">{c.name}</a></li>'
            for c in self.plan.below(parent)
        )
        return f'<div class="left"><div class="lm_tit">{parent.name}</div><ul class="lm_list">{rows}</ul></div>\n'

    def row(self, post: Post, column: Column, page: str) -> str:
        top = '<img src="/images/zhiding.gif" alt="置顶" />' if post.pinned else ""
        day = f"<span>{post.day}</span>" if self.shown_day(post, column) else ""
        cut = post.title if len(post.title) < 34 else post.title[:32] + "..."
        return (
            f'<li>{top}<a href="{self.href(post, column, page)}" target="_blank" title="{escape(post.title)}">'
            f"{escape(cut)}</a>{day}</li>"
        )

    def rows(self, posts: tuple[Post, ...], column: Column, page: str) -> str:
        if not posts:
            return f'<ul class="gl_list"></ul><div class="nodata">{self.empty_words}</div>'
        rows = "\n".join(
            self.row(p, column, page) + ('<li class="line"></li>' if n % 5 == 4 else "")
            for n, p in enumerate(posts)
        )
        template = '<!-- <li><a href="./200901/t20090105_100.html">此处为样例标题请勿删除</a><span>2009-01-05</span></li> -->'
        return f'{template}<ul class="gl_list">\n{rows}\n</ul>'

    def pager(self, number: int, pages: int, column: Column) -> str:
        """The call; its function is written out in the page, as TRS templates have it."""
        return (
            '<div class="page"><script type="text/javascript">\n'
            "function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){\n"
            "if(_nPageCount == null || _nPageCount<=1){return;}\n"
            "var nCurrIndex = _nCurrIndex || 0;\n"
            "if(nCurrIndex == 0) document.write('<span>首页</span>');\n"
            "for(var i=0;i<_nPageCount;i++){ if(i==0) document.write('<a href=\"'+_sPageName+'.'+_sPageExt+'\">1</a>');"
            "else document.write('<a href=\"'+_sPageName+'_'+i+'.'+_sPageExt+'\">'+(i+1)+'</a>'); } }\n"
            "//WCM置标\n"
            f'createPageHTML({pages}, {number}, "index", "html");\n</script></div>'
        )

    def listing(self, column: Column, posts: tuple[Post, ...], number: int, pages: int) -> str:
        page = self.column_path(column) + ("" if number == 0 else self.page_name(number, pages))
        metas = (
            f'<meta name="ColumnName" content="{column.name}" />\n'
            f'<meta name="ColumnDescription" content="{column.name}" />\n'
            '<meta name="ColumnType" content="概况信息" />\n'
        )
        return (
            f"{self.head(page, f'{column.name}_{self.ident.site_name}', metas)}{self.top(page)}"
            f'<div class="main clearfix">{self.crumbs(column, page)}{self.side(column, page)}'
            f'<div class="gl_right"><div class="gl_tit">{column.name}</div>{self.rows(posts, column, page)}'
            f"{self.pager(number, pages, column)}</div>{self.hot(page)}</div>{self.bottom(page)}"
        )

    def single(self, column: Column) -> str:
        page = self.column_path(column)
        text = "".join(f"<p>　　{escape(line)}</p>" for line in column.text.split("\n"))
        return (
            f"{self.head(page, f'{column.name}_{self.ident.site_name}')}{self.top(page)}"
            f'<div class="main clearfix">{self.crumbs(column, page)}{self.side(column, page)}'
            f'<div class="gl_right"><div class="gl_tit">{column.name}</div>'
            f'<div class="TRS_Editor">{text}</div></div></div>{self.bottom(page)}'
        )

    def article(self, post: Post, page: str) -> str:
        column = self.plan.column(post.home)
        metas = (
            f'<meta name="ArticleTitle" content="{escape(post.title)}" />\n'
            f'<meta name="PubDate" content="{post.day} 09:{post.number % 60:02d}" />\n'
            f'<meta name="ContentSource" content="{post.source}" />\n'
            f'<meta name="ColumnName" content="{column.name}" />\n'
        )
        body = "".join(
            f'<p align="justify" style="text-indent: 2em">{escape(line)}</p>'
            for part in content.paragraphs(post)
            for line in part
        )
        css = "<style type='text/css'>.TRS_Editor P{line-height:2;font-family:宋体;font-size:12pt;}</style>"
        files = ""
        if post.attachment:
            link = relative(self.attached(post, page), page)
            files = f'<div class="fj">附件下载：<a href="{link}">{post.attachment}</a></div>'
        table = ""
        if post.document_number:
            table = (
                '<div class="xxgk_head"><table width="100%"><tr>'
                f"<th>索 引 号：</th><td>{post.index_number}</td><th>文　　号：</th><td>{post.document_number}</td></tr></table></div>"
            )
        return (
            f"{self.head(page, post.title, metas)}{self.top(page)}"
            f'<div class="main xl">{self.crumbs(column, page, " &gt; 正文")}{table}<h1 class="xl_tit">{escape(post.title)}</h1>'
            f'<div class="xl_info">发布时间：{post.day} 09:{post.number % 60:02d}　　来源：{post.source}　　'
            '点击数：<script>document.write(getHits())</script>　【字体：<a href="javascript:doZoom(16)">大</a>'
            '<a href="javascript:doZoom(14)">中</a><a href="javascript:doZoom(12)">小</a>】</div>'
            f'<div class="TRS_Editor">{css}{body}</div>{files}'
            '<div class="share">分享到：<a href="javascript:;" title="微信">微信</a></div>'
            '<div class="dy"><a href="javascript:window.print()">打印本页</a> <a href="javascript:window.close()">关闭窗口</a></div>'
            f"</div>{self.bottom(page)}"
        )

    def shown_day(self, post: Post, column: Column) -> bool:
        return column.slug != "ldzc"
