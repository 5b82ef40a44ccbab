"""EWCMS, Ruichang's second generation: pinyin columns without suffix, ``/document/<day>/<id>_<page>.html``.

Its templates know nothing of national meta tags. List pages count from 0 (``<column>/0.html``, the
column's ``index.html`` being the same page), the pager's 下一页 on the last page leads to that page
itself, a long article goes on at ``_1.html``. Letters are answered by ``/component/interaction/*.do``,
which the menu links by the server's address instead of its name.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from random import Random

from tests.replica.families import content
from tests.replica.families.family import Asked, FamilySite, Markup, Reply
from tests.replica.families.model import Column, Identity, Kind, Plan, Post, State

PINYIN = {
    "xwzx": "renshiruichang",
    "ywdt": "jinriruichang",
    "bmdt": "bumendongtai",
    "xzdt": "xiangzhendongtai",
    "tzgg": "gonggaogongshi",
    "zwgk": "zhengwugongkai",
    "zfwj": "zhengfuwenjian",
    "zcjd": "zhengcejiedu",
    "rsxx": "renshixinxi",
    "ghjh": "fazhanguihua",
    "czyjs": "caizhengyujuesuan",
    "tjsj": "tongjixinxi",
    "zfxxgkzn": "gongkaizhinan",
    "zfxxgknb": "gongkainianbao",
    "zdly": "zdly",
    "zbcg": "zhaobiaocaigou",
    "zdbc": "zhengdichaiqian",
    "fpjz": "shehuijiuzhu",
    "gysy": "gongyishiye",
    "jyta": "jianyitian",
    "zfjg": "szbm",
    "jgzn": "jigouzhineng",
    "ldzc": "leader",
    "hdjl": "zhengminhudong",
}
TABLES = {"zxzx": 1, "myzj": 3}
LETTERS = {1: "在线咨询", 2: "投诉监督", 3: "建言献策"}


class EwcmsSite(FamilySite):
    family = "ewcms"
    per_page = 18
    letters_per_page = 15
    marks_pinned = False

    def make_plan(self) -> Plan:
        r = Random(self.spec.seed)
        ident = Identity(
            site_name="中国瑞昌网",
            place="瑞昌市",
            site_code=f"3604{r.randint(810000, 819999)}",
            icp="赣ICP备05006010号",
            police="",
            operator="瑞昌市人民政府",
            undertaker="瑞昌市人民政府信息化工作办公室",
        )
        return content.portal(self.spec, ident=ident)

    def robots(self) -> None:
        return None

    def hosts(self) -> tuple[str, ...]:
        return (f"localhost:{self.root.rpartition(':')[2]}",)

    # -- addresses ---------------------------------------------------------------------------

    def column_path(self, column: Column) -> str:
        if column.slug == "zxzx":
            return "/component/interaction/list.do?currentTable=1"
        if column.slug == "myzj":
            return "/interaction/list/page/0_0_3.html"
        if column.slug == "hdjl":
            return "/component/interaction/index.do"
        return "/" + "/".join(PINYIN[key] for key in (*column.above_keys, column.slug))

    def linked(self, column: Column) -> str:
        """As the menu has it: letters by the server's own address."""
        if column.state is State.ELSEWHERE:
            return column.target
        path = self.column_path(column)
        return f"http://{self.hosts()[0]}{path}" if "/interaction/list" in path else path

    def post_path(self, post: Post, column: Column) -> str:
        if post.home == "zxzx":
            return f"/component/interaction/detail.do?id={post.number}"
        if post.home == "myzj":
            return f"/interaction/detail/{post.number}.html"
        made = post.day - timedelta(days=post.number % 3)
        if post.kind is Kind.FILE:
            return f"/pub_res/{made}/{post.number * 7919:032d}.{post.target}"
        return f"/document/{made}/{post.number}_0.html"

    def href(self, post: Post, column: Column) -> str:
        return post.target if post.kind is Kind.OFFSITE else self.post_path(post, column)

    # -- pieces ------------------------------------------------------------------------------

    def page(self, title: str, inner: str) -> str:
        return (
            '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"'
            ' "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">\n'
            '<html xmlns="http://www.w3.org/1999/xhtml">\n<head>\n'
            '<meta http-equiv="Content-Type" content="text/html; charset=utf-8" />\n'
            f"<title>{escape(title)}</title>\n"
            '<link href="/css/ruichang.css" rel="stylesheet" type="text/css" />\n'
            '<script src="/js/changdiv.js" type="text/javascript"></script>\n</head>\n<body>\n'
            f'{self.top()}<div id="whole_bg"><div id="content">{self.menu()}{inner}'
            f'<div class="clearfloat"></div>{self.foot()}</div></div></body></html>'
        )

    def top(self) -> str:
        return (
            '<div id="header_inf"><ul><li class="top_link"><a name="StranLink">繁體中文</a> '
            '<a href="/component/rss.html">RSS订制</a> '
            "<a href=\"javascript:void(0);\" onClick=\"window.external.addFavorite('http://www.ruichang.example/','中国瑞昌网')\">加入收藏</a></li>"
            '<li><form name="searchform" method="get" action="/search/search.jsp">站内检索:'
            '<input class="search_area" name="query" type="text" value="请输入关键字" />'
            '<input class="search_button" type="submit" value="搜索" /></form></li></ul></div>'
        )

    def menu(self) -> str:
        tabs, subs = [], []
        tops = [c for c in self.plan.columns if not c.above]
        for n, column in enumerate(tops, 2):
            tabs.append(
                f"<li class=\"menu_line\"></li><li id=\"dmndivida{n}\" onMouseOver=\"ChangeFoldern(this,'dmndivida','9','current_menu','');\""
                f' style="cursor:hand;">\n<a href="{self.linked(column)}">{column.name}</a>\n</li>'
            )
            links = "<li>|</li>".join(
                f'<li><a href="{self.linked(c)}" target="_blank">{c.name}</a></li>\n'
                for c in self.plan.below(column)
            )
            if column.slug == "zwgk":
                links += '<li>|</li><li><a href="/component/interaction/gwhsearch.do" target="_blank">公文检索</a></li>'
            subs.append(f'<ul id="tdmndivida{n}" style="display:none">{links}</ul>')
        return (
            '<div id="flash"><object id="FlashID" classid="clsid:D27CDB6E-AE6D-11cf-96B8-444553540000" width="1000" height="176">'
            '<param name="movie" value="/images/topbanner.swf" /></object></div>'
            '<div id="nav"><ul><li id="dmndivida1" class="current_menu"><a href="/">首页</a></li>'
            f'{"".join(tabs)}</ul></div><div id="submenu"><div id="tdmndivida1"><span class="red">瑞昌市人民政府为您服务！</div>'
            f"{''.join(subs)}</div>"
        )

    def foot(self) -> str:
        i = self.ident
        return (
            '<div id="footer"><div id="footer_content"><div class="footer_inf"><p><ul><li>'
            '<a href="/wangzhanweihu/guanyuwomen" target="_blank">关于我们</a></li><li>|</li><li>'
            '<a href="/wangzhanweihu/wangzhandaohang" target="_blank">网站导航</a></li></ul></p>'
            f"<p>版权所有：{i.operator} | 主办单位：{i.operator} | 制作维护：{i.undertaker}</p>"
            f"<p>电 话：0792-4220000　ICP备案编号：{i.icp}　网站标识码：{i.site_code}</p>"
            "<p>建议：电脑显示屏的分辨率1024*768以上；IE浏览器6.0以上</p></div></div></div>"
        )

    def position(self, column: Column) -> str:
        links = "＞".join(
            f'<a href="{self.linked(self.plan.column(key))}">{self.plan.column(key).name}</a>'
            for key in column.above_keys
        )
        between = f"＞{links}" if links else ""
        return (
            '<div class="current_position"><p><span><strong>当前位置：</strong><a href="/">首页</a>'
            f"{between}＞{column.name}</span></p></div>"
        )

    def side(self, column: Column) -> str:
        group = self.plan.column(column.above_keys[-1]) if column.above_keys else column
        rows = "".join(
            f'<li{" class=current" if c is column else ""}><a href="{self.linked(c)}">{c.name}</a></li>'
            for c in self.plan.below(group)
        )
        return f'<div class="side_box1"><div class="side_title">{group.name}</div><ul class="side_menu">{rows}</ul></div>'

    # -- pages -------------------------------------------------------------------------------

    def build(self) -> None:
        for name in ("/css/ruichang.css", "/js/changdiv.js", "/images/topbanner.jpg"):
            self.file(name)
        for name, title in (("guanyuwomen", "关于我们"), ("wangzhandaohang", "网站导航")):
            self.folder(
                f"/wangzhanweihu/{name}",
                lambda t=title: self.page(f"中国瑞昌网-{t}", f"<h3>{t}</h3><p>制作维护：信息化工作办公室</p>"),
            )  # fmt: skip
        self.route("/component/rss.html", lambda: self.page("中国瑞昌网-RSS订制", "<p>RSS订制</p>"))
        self.handlers["/component/interaction/gwhsearch.do"] = lambda asked: self.page(
            "中国瑞昌网欢迎您！", "<form action='/component/interaction/gwhsearchresult.do'><input name='key'/></form>"
        )  # fmt: skip
        for column in self.plan.columns:
            if column.state is State.ELSEWHERE:
                continue
            if column.slug in TABLES:
                self.build_letters(column)
            elif column.slug == "hdjl":
                self.handlers["/component/interaction/index.do"] = lambda asked: self.letters_home()
            elif column.state is State.PARENT:
                self.folder(self.column_path(column), lambda c=column: self.channel(c))
            elif column.state is State.TEXT:
                self.folder(self.column_path(column), lambda c=column: self.single(c))
            else:
                self.build_list(column)
            for post in column.posts:
                self.build_post(post, column)
        self.handlers["/component/interaction/list.do"] = self.list_do
        self.handlers["/component/interaction/detail.do"] = self.detail_do
        self.handlers["/component/interaction/organsearch.do"] = lambda asked: self.page(
            "中国瑞昌网欢迎您！", "<p>请输入查询条件</p>"
        )

    def folder(self, path: str, make) -> None:
        """A folder linked without its slash: the server sends there."""
        host = self.root
        self.route(path, lambda: Reply(302, headers={"Location": f"{host}{path}/"}))
        self.route(f"{path}/", make)
        self.route(f"{path}/index.html", make)

    def build_list(self, column: Column) -> None:
        parts = list(content.chunks(column.posts, self.per_page))
        path = self.column_path(column)
        for n, posts in enumerate(parts):

            def make(n: int = n, posts: tuple[Post, ...] = posts) -> str:
                return self.listing(column, posts, n, len(parts))

            if n == 0:
                self.folder(path, make)
            self.route(f"{path}/{n}.html", make)

    def build_post(self, post: Post, column: Column) -> None:
        if post.kind is Kind.OFFSITE or post.home in TABLES:
            return
        path = self.post_path(post, column)
        if post.kind is Kind.FILE:
            self.file(path)
        elif path not in self.routes:
            for part in range(post.parts):
                self.route(
                    path.replace("_0.html", f"_{part}.html"),
                    lambda part=part: self.article(post, path, part),
                )
            if post.attachment:
                self.file(self.attached(post))

    def attached(self, post: Post) -> str:
        return f"/pub_res/{post.day}/{post.number * 6007:032d}.{post.attachment.rpartition('.')[2]}"

    def home(self) -> Markup:
        boxes = "".join(
            f'<div class="main_box"><div class="box_title"><span>{c.name}</span><a href="{self.linked(c)}">更多&gt;&gt;</a></div><ul>'
            + "".join(
                f'<li><a href="{self.href(p, c)}" target="_blank" title="{escape(p.title)}">{escape(p.title[:18])}</a><span>[{p.day:%m-%d}]</span></li>'
                for p in c.posts[:8]
            )
            + "</ul></div>"
            for c in self.plan.columns
            if c.posts and c.slug not in TABLES
        )
        return self.page("中国瑞昌网欢迎您！", f'<div class="index_main">{boxes}</div>')

    def channel(self, column: Column) -> str:
        boxes = "".join(
            f'<div class="zwgk_box"><div class="title"><a href="{self.linked(c)}">{c.name}</a></div><ul>'
            + "".join(
                f'<li><a href="{self.href(p, c)}" target="_blank">{escape(p.title)}</a></li>'
                for p in c.posts[:6]
            )
            + "</ul></div>"
            for c in self.plan.below(column)
        )
        return self.page(
            f"中国瑞昌网-{column.name}",
            f'{self.side(column)}<div class="zwgk_mainbox">{self.position(column)}{boxes}</div>',
        )

    def listing(self, column: Column, posts: tuple[Post, ...], number: int, pages: int) -> str:
        rows = "\n".join(
            f'<li><span class="date">{p.day if self.shown_day(p, column) else ""}</span>'
            f'<a href="{self.href(p, column)}" target="_blank">{escape(p.title)}</a></li>'
            for p in posts
        )
        base = self.column_path(column)
        numbers = " ".join(
            f'<span class="current">{n + 1}</span>'
            if n == number
            else f'<a href="{base}/{n}.html">{n + 1}</a>'
            for n in range(pages)
        )
        pager = (
            f'<div class="page"><a href="{base}/0.html">首页</a> <a href="{base}/{max(number - 1, 0)}.html">上一页</a> {numbers} '
            f'<a href="{base}/{min(number + 1, pages - 1)}.html">下一页</a> <a href="{base}/{pages - 1}.html">末页</a></div>'
            if posts
            else '<div class="page"></div>'
        )
        return self.page(
            f"中国瑞昌网-{column.name}",
            f'{self.side(column)}<div class="zwgk_mainbox">{self.position(column)}<div class="zwgk_list"><ul>{rows}</ul></div>{pager}</div>',
        )

    def single(self, column: Column) -> str:
        text = "".join(f"<p>&nbsp;&nbsp;&nbsp;&nbsp;{line}</p>" for line in column.text.split("\n"))
        return self.page(
            f"中国瑞昌网-{column.name}",
            f'{self.side(column)}<div class="zwgk_mainbox">{self.position(column)}<div class="text_detail">{text}</div></div>',
        )

    def article(self, post: Post, path: str, part: int) -> str:
        column = self.plan.column(post.home)
        bodies = content.paragraphs(post)
        body = "".join(f"<p>　　{escape(line)}</p>" for line in bodies[part])
        pager = ""
        if post.parts > 1:
            numbers = " ".join(
                f'<span class="current">{n + 1}</span>'
                if n == part
                else f'<a href="{path.replace("_0.html", f"_{n}.html")}">{n + 1}</a>'
                for n in range(post.parts)
            )
            after = min(part + 1, post.parts - 1)
            pager = f'<div class="page">{numbers} <a href="{path.replace("_0.html", f"_{after}.html")}">下一页</a></div>'
        files = ""
        if post.attachment and part == post.parts - 1:
            files = f'<p><a href="{self.attached(post)}">{post.attachment}</a></p>'
        related = "".join(
            f'<li><a href="{self.href(p, column)}">{escape(p.title)}</a></li>'
            for p in column.posts[:4]
            if p is not post
        )
        return self.page(
            f"{post.title}-中国瑞昌网",
            f'<div class="current_position"><p><span><strong>当前位置：</strong><a href="/">首页</a>＞<a href="{self.linked(column)}">{column.name}</a>＞正文</span></p></div>'
            f'<div id="letter_detail"><div class="title">{escape(post.title)}</div>'
            f'<div class="source"><span><strong>发布时间：</strong>{post.day} 10:{post.number % 60:02d}:00</span>'
            f"<span><strong>来源：</strong>{post.source}</span><span><strong>作者：</strong></span></div>"
            f'<div class="text_detail">{body}{files}</div>{pager}</div>'
            f'<div class="relation"><strong>相关文章</strong><ul>{related}</ul></div>',
        )

    # -- letters -----------------------------------------------------------------------------

    def build_letters(self, column: Column) -> None:
        if column.slug == "myzj":  # the newer addresses
            parts = list(content.chunks(column.posts, self.letters_per_page))
            for n, posts in enumerate(parts):
                self.route(
                    f"/interaction/list/page/0_{n}_3.html",
                    lambda n=n, posts=posts: self.letters(column, posts, n, len(parts)),
                )
            for post in column.posts:
                self.route(self.post_path(post, column), lambda post=post: self.letter(post))

    def list_do(self, asked: Asked) -> Markup:
        form = asked.values()
        if form.get("currentTable") != "1":
            return Reply(500, b"java.lang.NullPointerException")
        column = self.plan.column("zxzx")
        parts = list(content.chunks(column.posts, self.letters_per_page))
        number = min(int(form.get("pageNumber", "0")), len(parts) - 1)
        return self.letters(column, parts[number], number, len(parts))

    def detail_do(self, asked: Asked) -> Markup:
        number = asked.values().get("id", "")
        found = [p for p in self.plan.column("zxzx").posts if str(p.number) == number]
        return self.letter(found[0]) if found else Reply(404)

    def letters(self, column: Column, posts: tuple[Post, ...], number: int, pages: int) -> str:
        table = TABLES[column.slug]

        def place(n: int) -> str:
            if column.slug == "myzj":
                return f"/interaction/list/page/0_{n}_3.html"
            return (
                f"/component/interaction/list.do?type=0&amp;pageNumber={n}&amp;currentTable={table}"
            )

        rows = "".join(
            f"<tr>\n<td>{p.day:%Y%m%d}{p.number % 1000:03d}</td>\n"
            f'<td class="ct">\n<a href="{self.post_path(p, column)}" target="_blank">{escape(p.title)}</a>\n</td>\n'
            f'<td><a href="/component/interaction/organsearch.do?id={p.number % 30}" target="_blank">{p.source}</a></td>\n'
            f"<td>{'已回复' if n + number else '办理中'}</td>\n<td>{p.day}</td>\n</tr>"
            for n, p in enumerate(posts)
        )
        before = f'<a href="{place(number - 1)}">上一页</a>' if number else "上一页"
        after = f'<a href="{place(number + 1)}">下一页</a>' if number + 1 < pages else "下一页"
        numbers = "".join(
            f"<strong>{n + 1}</strong>&nbsp;"
            if n == number
            else f'<a href="{place(n)}">{n + 1}</a>&nbsp;'
            for n in range(pages)
        )
        jump = "".join(
            f"<option{' selected' if n == number else ''}>{n + 1}</option>" for n in range(pages)
        )
        return self.page(
            "中国瑞昌网欢迎您！",
            f'<input type="hidden" id="currentTable" name="currentTable" value="{table}"/>'
            f'<div class="current_position"><p><span><strong>当前位置：</strong><a href="/">首页</a>＞<a href="/component/interaction/index.do">民声通道</a>＞{LETTERS[table]}</span></p></div>'
            f'<div id="list01"><ul class="menu01"><li class="blank"></li><li class="current">{LETTERS[table]}</li></ul>'
            '<div class="list02"><table width="100%" border="0" cellpadding="0" cellspacing="3">'
            f"<tr><th>编号</th><th>内容</th><th>受理单位</th><th>状态</th><th>日期</th></tr>{rows}</table></div>"
            '<p class="page"><table width="100%" border="0" cellspacing="0" cellpadding="0"><tr><td height="30" bgcolor="#F2F2F2"><div align="center">'
            f"共{pages}页&nbsp;当前为第{number + 1}页&nbsp;{before}{numbers}{after}&nbsp;转到"
            f'<select name="select" class="hui" onchange="jumppage(this)">{jump}</select>页</div></td></tr></table></p></div>',
        )

    def letters_home(self) -> str:
        """The three lists as tabs of one page, two of them hidden, beside a frame of another host."""
        tables = []
        for n, column in enumerate((self.plan.column("myzj"), self.plan.column("zxzx")), 1):
            rows = "".join(
                f'<tr><td>{p.number}</td><td class="ct"><a href="{self.post_path(p, column)}">{escape(p.title)}</a></td><td>{p.source}</td><td>已回复</td><td>{p.day}</td></tr>'
                for p in column.posts[:8]
            )
            hidden = "" if n == 1 else "none"
            tables.append(
                f'<table width="100%" id="tdmndividb{n}" style="display: {hidden}"><tr><th>编号</th><th>内容</th><th>受理单位</th><th>状态</th><th>日期</th></tr>{rows}</table>'
            )
        return self.page(
            "中国瑞昌网欢迎您！",
            '<div class="side_box1 letter_side_h"><iframe src="http://218.65.14.6/mstd/fangtanqiantao/index.html" width="300" height="850"></iframe></div>'
            '<div class="zwgk_mainbox letter_main"><div class="current_position"><p><span><strong>当前位置：</strong><a href="/">首页</a>＞政民互动</span></p></div>'
            f'<div class="letter_box"><ul class="letter_menu"><li class="blank"></li><li class="current"><a href="{self.linked(self.plan.column("myzj"))}">建言献策</a></li>'
            f'<li><a href="{self.linked(self.plan.column("zxzx"))}">在线咨询</a></li></ul><div class="list_tab">{"".join(tables)}</div></div></div>',
        )

    def letter(self, post: Post) -> str:
        body = escape(content.paragraphs(post)[0][0])
        answered = post.day + timedelta(days=3)
        return self.page(
            "中国瑞昌网欢迎您！",
            '<div class="current_position"><p><span><strong>当前位置：</strong><a href="/">首页</a>＞<a href="/component/interaction/index.do">民声通道</a>＞在线咨询</span></p></div>'
            f'<div id="letter_detail"><div class="title">{escape(post.title)}</div><div class="source">'
            f"<span><strong>编号：</strong>{post.day:%Y%m%d}{post.number % 1000:03d}</span><span><strong>咨询人：</strong>王**</span>"
            f"<span><strong>咨询类型：</strong>在线咨询</span><span><strong>提交时间：</strong>{post.day}</span><span><strong>受理单位：</strong>{post.source}</span></div>"
            f'<div class="text_detail"><strong>信件内容：</strong>{body}</div>'
            '<div class="text_detail"><strong>受理状态：</strong>已回复</div>'
            f'<div class="text_detail"><strong>回复单位：</strong>{post.source}<br /><strong>回复时间：</strong>{answered}'
            '<div class="text_detail">您好！来信收悉。您反映的情况已转有关单位核实处理，感谢您的关心和支持。</div></div></div>',
        )

    def shown_source(self, post: Post) -> str:
        return "" if post.home in TABLES else post.source  # a letter comes from a citizen

    def shown_day(self, post: Post, column: Column) -> bool:
        return column.slug != "ldzc"

    def not_found(self) -> str:
        return "<html><head><title>错误</title></head><body><p>对不起，您要访问的页面不存在！</p></body></html>"
