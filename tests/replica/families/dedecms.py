"""织梦 DedeCMS: GBK, ``list_<tid>_<n>.html`` or ``plus/list.php``, ``(MM-DD)`` in the static lists.

Columns with an odd number are static, the others are shown by ``plus/list.php`` and ``plus/view.php``.
"""

from __future__ import annotations

from datetime import date
from html import escape

from tests.replica.families.model import Column, Kind, Post
from tests.replica.families.portal import PortalSite


class DedecmsSite(PortalSite):
    family = "dedecms"
    encoding = "gbk"
    declared = None
    per_page = 16
    marks_pinned = False
    empty_words = "暂无内容"

    def static(self, column: Column) -> bool:
        return self.number_of(column) % 2 == 1

    def column_path(self, column: Column) -> str:
        if self.static(column):
            return f"/a/{column.slug}/"
        return f"/plus/list.php?tid={self.number_of(column)}"

    def list_path(self, column: Column, number: int, pages: int) -> str:
        first = self.column_path(column)
        if number == 0:
            return first
        if self.static(column):
            return f"{first}list_{self.number_of(column)}_{number + 1}.html"
        return f"{first}&TotalResult={len(column.posts)}&PageNo={number + 1}"

    def post_path(self, post: Post, column: Column) -> str:
        home = self.plan.column(post.home)
        if post.kind is Kind.FILE:
            return f"/uploads/soft/{post.day:%y%m%d}/1-{post.number:010d}.{post.target}"
        if self.static(home):
            return f"/a/{home.slug}/{post.day:%Y/%m%d}/{post.number}.html"
        return f"/plus/view.php?aid={post.number}"

    def attached(self, post: Post) -> str:
        return (
            f"/uploads/soft/{post.day:%y%m%d}/1_{post.number}.{post.attachment.rpartition('.')[2]}"
        )

    def shown_day(self, post: Post, column: Column) -> bool:
        """What is shown without a year, and is of none that the list makes certain, has no day."""
        if not self.static(column) or self.dated_by_address(post):
            return True
        posts = column.posts
        at = next(n for n, p in enumerate(posts) if p.number == post.number)
        on_page = posts[at // self.per_page * self.per_page :][: self.per_page]
        place = at % self.per_page
        newer = next((p.day for p in reversed(on_page[:place]) if self.dated_by_address(p) and not p.pinned), None)  # fmt: skip
        older = next((p.day for p in on_page[place + 1 :] if self.dated_by_address(p)), None)
        if newer is None or older is None:
            return False
        days = []
        for year in range(older.year, newer.year + 1):
            if (post.day.month, post.day.day) != (2, 29):
                days.append(date(year, post.day.month, post.day.day))
        return [d for d in days if older <= d <= newer] == [post.day]

    def dated_by_address(self, post: Post) -> bool:
        return post.kind is Kind.ARTICLE and self.static(self.plan.column(post.home))

    def frame(self, page: str, title: str, main: str, metas: str = "") -> str:
        menu = "".join(
            f"<li><a href='{self.to_column(c, page)}' rel='dropmenu{self.number_of(c)}'><span>{c.name}</span></a></li>\n"
            for c in self.top_columns()
        )
        drop = "".join(
            f'<ul id="dropmenu{self.number_of(c)}" class="dropMenu">'
            + "".join(f'<li><a href="{self.to_column(b, page)}">{b.name}</a></li>' for b in self.plan.below(c))
            + "</ul>"
            for c in self.top_columns()
        )  # fmt: skip
        i = self.ident
        return (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
            f'<html xmlns="http://www.w3.org/1999/xhtml">\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset=gb2312" />\n<title>{title}</title>\n'
            f'<meta name="keywords" content="" />\n<meta name="description" content="{i.site_name}" />{metas}\n<link href="/templets/default/style/dedecms.css" rel="stylesheet" media="screen" type="text/css" />\n'
            '<script language="javascript" type="text/javascript" src="/include/dedeajax2.js"></script>\n</head>\n<body class="articlelist">\n'
            f'<div class="header_top"><div class="w960 center"><span id="time" class="time">{i.site_name}欢迎您</span></div></div>\n'
            f'<div class="module blue mT10 wrapper w963"><div id="navMenu"><ul><li><a href=\'/\'><span>主页</span></a></li>\n{menu}</ul></div>{drop}\n'
            '<div class="search"><form name="formsearch" action="/plus/search.php"><input type="hidden" name="kwtype" value="0" /><input name="q" type="text" class="search-keyword" value="在这里搜索..." /></form></div></div>\n'
            f'<div class="w960 center clear mt1">{main}</div>\n'
            f'<div class="footer w960 center mt1 clear"><p>主办：{i.operator}　承办：{i.undertaker}</p><p class="copyright">{i.icp} {i.police}</p></div>\n</body>\n</html>'
        )

    def rows(self, column: Column, posts: tuple[Post, ...], page: str) -> str:
        if not posts:
            return f'<div class="listbox"><ul class="e2"></ul><p>{self.empty_words}</p></div>'
        out = []
        for post in posts:
            if self.static(column):
                out.append(
                    f'<li><span class="rt">({post.day:%m-%d})</span><a href="{self.to_post(post, column, page)}" title="{escape(post.title)}" target="_blank">{escape(post.title)}</a></li>'
                )
            else:
                out.append(
                    f'<li>\n<b>[<a href="{self.to_column(column, page)}">{column.name}</a>]</b><a href="{self.to_post(post, column, page)}" class="title">{escape(post.title)}</a>\n'
                    f'<span class="info"><small>日期：</small>{post.day} <small>点击：</small>{post.number % 900} <small>好评：</small>0</span>\n<p class="intro">{escape(post.title[:12])}...</p>\n</li>'
                )
        name = "d1" if self.static(column) else "e2"
        return f'<div class="listbox"><ul class="{name}">\n{"".join(out)}\n</ul></div>'

    def pager(self, column: Column, number: int, pages: int, page: str) -> str:
        if pages == 1:
            return f'<div class="dede_pages"><ul class="pagelist"><li><span class="pageinfo">共 <strong>1</strong>页<strong>{len(column.posts)}</strong>条记录</span></li></ul></div>'

        # The static pages of the product link each other by bare file names.
        def to(n: int) -> str:
            target = self.list_path(column, n, pages)
            if not self.static(column):
                return escape(target)
            return f"list_{self.number_of(column)}_{n + 1}.html" if n else "index.html"

        if self.static(column) and self.column_path(column) + "index.html" not in self.routes:
            self.route(f"{self.column_path(column)}index.html", lambda: self.listing(column, column.posts[: self.per_page], 0, pages, self.column_path(column)))  # fmt: skip
        head = f"<li><a href='{to(0)}'>首页</a></li>\n<li><a href='{to(number - 1)}'>上一页</a></li>\n" if number else "<li>首页</li>\n"  # fmt: skip
        numbers = "".join(
            f'<li class="thisclass">{n + 1}</li>\n' if n == number else f"<li><a href='{to(n)}'>{n + 1}</a></li>\n"
            for n in range(pages) if abs(n - number) < 6
        )  # fmt: skip
        last = f"<li><a href='{to(number + 1)}'>下一页</a></li>\n<li><a href='{to(pages - 1)}'>末页</a></li>\n" if number + 1 < pages else "<li>末页</li>\n"  # fmt: skip
        info = f'<li><span class="pageinfo">共 <strong>{pages}</strong>页<strong>{len(column.posts)}</strong>条</span></li>\n'
        return (
            f'<div class="dede_pages"><ul class="pagelist">\n{head}{numbers}{last}{info}</ul></div>'
        )

    def list_main(self, column: Column, rows: str, pager: str, page: str) -> str:
        hot = next(c for c in self.plan.columns if c.posts)
        side = "".join(
            f'<li><a href="{self.to_post(p, hot, page)}">{escape(p.title)}</a>\n<p>{escape(p.title[:20])}</p></li>'
            for p in hot.posts[:5]
        )
        return (
            f"<div class=\"pleft\"><div class=\"place\"><strong>当前位置:</strong> <a href='/'>主页</a> > <a href='{self.to_column(column, page)}'>{column.name}</a> > </div>{rows}{pager}</div>"
            f'<div class="pright"><div class="commend mt1"><dl class="tbox light"><dt class="light"><strong>推荐内容</strong></dt><dd class="light"><ul class="d4">{side}</ul></dd></dl></div></div>'
        )

    def text_main(self, column: Column, page: str) -> str:
        lines = "<br />\n".join(f"　　{escape(line)}" for line in column.text.split("\n"))
        return f'<div class="pleft"><div class="place"><strong>当前位置:</strong> <a href=\'/\'>主页</a> > {column.name}</div><div class="viewbox"><div class="title"><h2>{column.name}</h2></div><div class="content">{lines}</div></div></div>'

    def article_main(self, post: Post, column: Column, page: str) -> str:
        body = self.paragraphs(post, "<div>　　", "</div>")
        before, after = self.neighbours(post, column)
        near = "".join(
            f"<li>{word}：<a href='{self.to_post(p, column, page)}'>{escape(p.title)}</a> </li>"
            for word, p in (("上一篇", before), ("下一篇", after)) if p
        )  # fmt: skip
        files = (
            f"<a href='{self.attached(post)}' target='_blank'>{post.attachment}</a>"
            if post.attachment
            else ""
        )
        return (
            f"<div class=\"pleft\"><div class=\"place\"><strong>当前位置:</strong> <a href='/'>主页</a> > <a href='{self.to_column(column, page)}'>{column.name}</a> > </div>"
            f'<div class="viewbox"><div class="title"><h2>{escape(post.title)}</h2></div><div class="info"><small>时间:</small>{post.day} 09:{post.number % 60:02d}<small>来源:</small>{post.source}'
            f' <small>作者:</small>admin　<small>点击:</small><script src="/plus/count.php?view=yes&aid={post.number}&mid=1" type=\'text/javascript\' language="javascript"></script>次</div>'
            f'<div class="content"><table width=\'100%\'><tr><td>{body}{files}</td></tr></table></div><div class="dede_pages"><ul class="pagelist"></ul></div>'
            f'<div class="handle"><div class="context"><ul>{near}</ul></div></div></div></div>'
        )
