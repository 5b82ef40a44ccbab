"""What all pages share: addresses, header and footer, lists and pagers, bodies."""

from __future__ import annotations

import html
import posixpath
import re
from dataclasses import dataclass
from datetime import date, timedelta

from tests.replica import disclosure, entries, marks, names, text
from tests.replica.forms import BAD_BYTES, FORMS, Resource, Sheet
from tests.replica.marks import SITE_NAMES
from tests.replica.names import BODIES
from tests.replica.plants import TEMPLATE_FAULTS
from tests.replica.site import Article, Column, Replica
from tests.replica.spec import stream

EXTERNAL = "http://ggzy.jiangxi.example/web/ruichang/"
"""Where delegated columns lead: a host that no scan may ask."""

WEEK = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the two sites are served."""

    portal: str = "http://127.0.0.1:8001"
    platform: str = "http://127.0.0.1:8002"

    def base(self, site: str) -> str:
        return self.portal if site == "portal" else self.platform


def resource_site(article: Article, resource: Resource) -> str:
    """On which site a resource stands."""
    if not resource.elsewhere:
        return article.site
    return "platform" if article.site == "portal" else "portal"


def resource_path(article: Article, index: int) -> str:
    """Path of the ``index``-th (from 0) resource of an article."""
    resource = FORMS[article.form].resources[index]
    letter = "W" if resource.ext == "html" else "P"
    if resource.elsewhere:
        folder = "/bmgkxx/tongzhi/" if article.site == "portal" else "/pub_res/"
    else:
        folder = "/pub_res/" if article.site == "portal" else posixpath.dirname(article.path) + "/"
    return f"{folder}{letter}{article.number}_{index}.{resource.ext}"


RESOURCE = re.compile(r"/[WP](\d+)_(\d+)\.(\w+)$")


class Pen:
    """Writes the pages of one replica as seen at given addresses."""

    def __init__(self, replica: Replica, addresses: Addresses) -> None:
        self.replica = replica
        self.addresses = addresses
        self._frames: dict[str, tuple[str, str]] = {}

    # --- addresses -------------------------------------------------------------------------

    def href(self, here: str, there: str, site: str, style: int) -> str:
        """``there`` as a link on page ``here`` writes it: relative, from the root, or absolute."""
        if style % 3 == 0:
            return html.escape(there)
        if style % 3 == 1:
            return html.escape(self.addresses.base(site) + there)
        path, _, query = there.partition("?")
        relative = posixpath.relpath(path, posixpath.dirname(here.partition("?")[0]))
        relative += "/" if path.endswith("/") and relative != "." else ""
        relative = relative if relative.startswith(".") else "./" + relative
        return html.escape(relative + (f"?{query}" if query else ""))

    # --- frame -----------------------------------------------------------------------------

    def frame(self, site: str) -> tuple[str, str]:
        """Header and footer: the same markup on every page of a site."""
        if site not in self._frames:
            self._frames[site] = (self._header(site), self._footer(site))
        return self._frames[site]

    def tree_link(self, column: Column) -> str:
        """Where the column tree leads for a column."""
        if column.treatment == "delegated":
            return EXTERNAL + column.slot.slug
        if column.treatment == "moved-column":
            return "/moved" + column.directory
        if column.slot.slug == "mstd" or column.pager == "query":
            return column.page_path(0)
        return column.directory if column.number % 2 else column.page_path(0)

    def _header(self, site: str) -> str:
        today = self.replica.spec.as_of
        day = f"今天是{today.year}年{today.month}月{today.day}日 星期{WEEK[today.weekday()]}"
        if site == "portal":
            items = "".join(
                f'<li><a href="{self.tree_link(c)}">{self.replica.shown_name(c)}</a></li>'
                for c in self.replica.columns
                if c.site == "portal" and self.replica.stands(c)
            )
            menu = f'<li><a href="/">首页</a></li>{items}<li><a href="{self.addresses.platform}/">信息公开平台</a></li>'
            picture = '<img src="/images/logo.png" alt="中国瑞昌">'
        else:
            menu = (
                '<li><a href="/">平台首页</a></li><li><a href="/bmgkxx/city/">市本级</a></li>'
                '<li><a href="/gkzn/zhinan2015.htm">依申请公开</a></li>'
                f"{disclosure.link(self.replica)}"
                f'<li><a href="{self.addresses.portal}/">中国瑞昌</a></li>'
            )
            picture = '<img src="/images/xxgk_banner.jpg" alt="瑞昌市政府信息公开平台">'
        return (
            f'<div class="header"><div class="top"><span>{day}</span><a href="javascript:void(0)">设为首页</a></div>'
            f'<div class="logo">{picture}</div><ul class="menu">{menu}</ul></div>'
        )

    def _footer(self, site: str) -> str:
        about = '<a href="/wzdt/guanyu.html">关于我们</a>' if site == "portal" else ""
        return marks.footer(self.replica, site, about)

    def page(self, site: str, title: str, main: str, meta: str = "", charset: str = "utf-8") -> str:
        header, footer = self.frame(site)
        top = (
            f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="{charset}">\n'
            f"<title>{html.escape(title)}</title>\n{meta}"
            f'<link rel="stylesheet" href="/css/{site}.css">\n<script src="/js/site.js"></script>\n</head>\n<body>\n'
            f"{header}\n{main}\n{footer}\n"
        )
        return f"{top}{self._filler(site, top, charset)}</body>\n</html>\n"

    def _filler(self, site: str, written: str, charset: str) -> str:
        """Weight as real pages carry it: a hundred navigation links, then inline script."""
        if not self.replica.spec.padding:
            return ""
        links = ""
        if site == "platform":
            links = "".join(
                f'<li><a href="/bmgkxx/{b.id}/">{b.name}</a></li>'
                for b in (*names.DEPARTMENTS, *names.TOWNS)
            )
            links = f'<ul class="units">{links}</ul>\n'
        line = "/* ruichang site script */ function f(a,b){var c=a+b;return c>0?c:-c;}\n"
        missing = self.replica.spec.padding - len(
            (written + links).encode(charset, "xmlcharrefreplace")
        )
        return f"{links}<script>\n{line * max(0, -(-missing // len(line)))}</script>\n"

    def meta(self, site: str, tags: dict[str, str]) -> str:
        """The tags of the 2017 guideline."""
        all_tags = {
            **marks.site_tags(self.replica, site),
            **tags,
        }
        return "".join(
            f'<meta name="{n}" content="{html.escape(v)}" />\n' for n, v in all_tags.items()
        )

    # --- lists -----------------------------------------------------------------------------

    def row_date(self, column: Column, article: Article) -> str:
        if article.undated or column.treatment == "undated-rows":
            return ""
        day = article.published
        if "month-day" in column.treatment:
            return f"{day:%m-%d}"
        return f"{day:%Y/%m/%d}" if column.number % 7 == 3 else f"{day:%Y-%m-%d}"

    def rows(self, column: Column, index: int) -> str:
        """The main list of one list page."""
        here = column.page_path(index)
        cells = []
        for at, article in enumerate(column.on_page(index)):
            link = self.href(here, self.replica.listed_path(article), article.site, column.number)
            full = html.escape(article.title)
            cut = (
                article.title
                if len(article.title) < 30 or column.number % 3
                else article.title[:26] + "…"
            )
            pinned = column.treatment in ("pinned", "old-pinned") and index == 0 and at == 0
            mark = '<font color="red">[置顶]</font>' if pinned else ""
            named = (
                ""
                if column.number % 9 == 6 or (cut == article.title and column.number % 2)
                else f' title="{full}"'
            )
            anchor = f'{mark}<a href="{link}"{named} target="_blank">{html.escape(cut)}</a>'
            day = self.row_date(column, article)
            if column.rows == "table":
                number = index_number(article)
                cells.append(f"<tr><td>{number}</td><td>{anchor}</td><td>{day}</td></tr>")
            elif column.rows == "div":
                cells.append(f'<div class="item"><h3>{anchor}</h3><em>{day}</em></div>')
            else:
                cells.append(f'<li><span class="date">{day}</span>{anchor}</li>')
        stale = "<!-- <li><a href='/old/2009.html'>旧模板行</a><span>2009-01-01</span></li> -->"
        body = "\n".join(cells)
        if column.rows == "table":
            head = "<tr><th>索引号</th><th>名称</th><th>生成日期</th></tr>"
            return f'<table class="gk_list" width="100%">{head}{stale}\n{body}</table>'
        if column.rows == "div":
            return f'<div class="list_items">{stale}{body}</div>'
        return f'<ul class="news_list">{stale}\n{body}</ul>'

    def list_body(self, column: Column, index: int) -> str:
        """The list with its pager, or what stands in its place."""
        treatment = column.treatment
        if treatment == "blank-building":
            words = ("栏目建设中，敬请期待……", "该栏目正在建设中")[column.number % 2]
            return (
                f'<div class="building"><img src="/images/building.gif" alt=""><p>{words}</p></div>'
            )
        if treatment == "script":
            return (
                '<ul class="news_list" id="rows"></ul><script src="/js/rows.js"></script>\n'
                f'<script>fillRows("rows", "/data/{column.number}.do", 1);</script>'
            )
        if treatment == "blank-none":
            return self.rows(column, 0) + '<p class="tip">暂无信息</p>'
        if treatment == "blank-zero":
            return self.rows(column, 0) + '<div class="page">共0条信息　共0页</div>'
        if treatment == "blank-empty":
            return self.rows(column, 0)
        return self.rows(column, index) + "\n" + self.pager(column, index)

    def pager(self, column: Column, index: int) -> str:
        pages, here = column.pages, column.page_path(index)

        def link(to: int, words: str) -> str:
            return f'<a href="{self.href(here, column.page_path(to), column.site, column.number + 2)}">{words}</a>'

        if column.pager == "script" and column.slot.slug != "mstd":
            ext = "html" if column.site == "portal" else "htm"
            return f'<div class="page"><script>createPageHTML({pages}, {index}, "index", "{ext}");</script></div>'
        if column.pager == "numbered":
            near = sorted({0, pages - 1, *range(max(0, index - 4), min(pages, index + 5))})
            items = "".join(
                f'<span class="current">{i + 1}</span>' if i == index else link(i, str(i + 1))
                for i in near
            )
            return f'<div class="page">{items}</div>'
        back = (
            link(0, "首页") + link(index - 1, "上一页")
            if index
            else "<span>首页</span><span>上一页</span>"
        )
        on = (
            link(index + 1, "下一页") + link(pages - 1, "尾页")
            if index + 1 < pages
            else "<span>下一页</span><span>尾页</span>"
        )
        return f'<div class="page">共{pages}页　当前为第{index + 1}页　{back}{on}</div>'

    def hot(self, site: str, here: str, salt: int) -> str:
        """The sidebar's hot list: other columns' entries with fresh dates."""
        newest = self.replica.newest[site]
        picked = newest[salt % 5 : salt % 5 + 6]
        rows = "".join(
            f'<li><a href="{self.href(here, a.path, site, salt)}">{html.escape(a.title)}</a><i>{a.published:%Y-%m-%d}</i></li>'
            for a in picked
        )
        return f'<div class="side"><h4>热点信息</h4><ul class="hot">{rows}</ul></div>'

    # --- bodies ----------------------------------------------------------------------------

    def body(self, article: Article) -> str:
        form = FORMS[article.form]
        same = entries.copied(article) or article.wording or article.number
        r = stream(self.replica.spec.seed, "body", same)
        texts = text.paragraphs(r, r.randint(6, 9))
        texts = list(self.replica.engaged.texts.get(article.number, texts))
        urls = tuple(
            self.href(
                article.path,
                resource_path(article, i),
                resource_site(article, resource),
                1 if resource.elsewhere else article.number,
            )
            for i, resource in enumerate(form.resources)
        )
        signer = article.source if article.source and article.unit else "瑞昌市信息办"
        return form.write(Sheet(r, texts, signer, article.published, urls)) + self._related(article)

    def _related(self, article: Article) -> str:
        """The link between a document and its interpretation."""
        other = self.replica.articles.get(entries.leads_to(article) or 0)
        if other is None:
            return ""
        link = html.escape(self.addresses.base(other.site) + other.path)
        title = html.escape(other.title)
        return f'\n<p style="text-align:center">相关链接：<a href="{link}">{title}</a></p>'

    def neighbours(self, article: Article) -> str:
        column = self.replica.by_key[article.column]
        at = self.replica.places[article.number]
        out = []
        for words, i in (("上一篇", at - 1), ("下一篇", at + 1)):
            if 0 <= i < len(column.entries):
                other = column.entries[i]
                link = self.href(article.path, other.path, article.site, article.number)
                out.append(f'<p>{words}：<a href="{link}">{html.escape(other.title)}</a></p>')
            else:
                out.append(f"<p>{words}：没有了</p>")
        return f'<div class="prevnext">{"".join(out)}</div>'

    # --- the plain pages -------------------------------------------------------------------

    def standing(self, site: str, title: str) -> str:
        main = f'<div class="main"><h2>{title}</h2><div class="txt"><p>本站由瑞昌市人民政府主办。</p></div></div>'
        return self.page(site, f"{title}-{SITE_NAMES[site]}", main)

    def home_rows(self, site: str, count: int) -> list[Article]:
        rows = self.replica.newest[site]
        if site in self.replica.spec.stale_homes:
            before = self.replica.today - timedelta(days=30)
            every = (
                a
                for c in self.replica.columns
                if c.site == site and not c.treatment
                for a in c.entries
            )
            rows = sorted(
                (
                    a
                    for a in every
                    if a.published < before
                    and not a.undated
                    and a.number not in self.replica.plan.articles
                ),
                key=lambda a: (a.published, a.number),
                reverse=True,
            )
        return rows[:count]


def _plain_index(number: int, day: date) -> str:
    return f"RC{number // 10_000:05d}-0201-{day.year}-{number % 10_000:04d}"


def index_number(article: Article) -> str:
    """索引号 as printed; empty only where that is planted."""
    return entries.index_of(article, _plain_index)


def document_number(replica: Replica, article: Article) -> str | None:
    """文号 of the entries that have one."""
    column = replica.by_key[article.column]
    if column.slot.category != "notice" or article.number % 3:
        return entries.number_of(article, None)
    year = made_on(article).year if article.template == "meta" else article.published.year
    return entries.number_of(article, f"瑞府办字〔{year}〕{article.number % 97 + 1}号")


def issuer(replica: Replica, article: Article) -> str:
    """发布机构 as printed; empty only where that is planted."""
    if entries.kind(article) == "issuer-empty":
        return ""
    return BODIES[replica.by_key[article.column].holder or names.CITY].name


def made_on(article: Article) -> date:
    """生成日期, where the template shows it beside the publish date: some days earlier."""
    return entries.made_of(article, article.published - timedelta(days=article.number % 4))


def encode(article: Article | None, page: str, charset: str) -> bytes:
    """The bytes of a page, with the planted wrong ones."""
    if article is not None and FORMS[article.form].charset == "gbk-as-utf8":
        charset = "gbk"
    data = page.replace(BAD_BYTES, "\x00").encode(charset, errors="xmlcharrefreplace")
    return data.replace(b"\x00", b"\xff\xff")


def template_fault_paths(replica: Replica, site: str) -> set[str]:
    return {
        TEMPLATE_FAULTS[name][2]
        for name in replica.plan.templates
        if TEMPLATE_FAULTS[name][0] == site
    }


def unit_name(unit: str) -> str:
    return BODIES[unit].name
