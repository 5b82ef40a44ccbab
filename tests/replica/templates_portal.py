"""Pages of the portal 中国瑞昌: home, columns, four article templates."""

from __future__ import annotations

import html

from tests.replica import marks, text
from tests.replica.engage import letter_rows, letter_state
from tests.replica.forms import FORMS
from tests.replica.site import Article, Column
from tests.replica.spec import stream
from tests.replica.templates import SITE_NAMES, Pen, encode

SITE = "portal"
GBK = ("old",)
"""Templates whose pages are GBK."""


def home(pen: Pen) -> bytes:
    rows = pen.home_rows(SITE, 24)
    blocks = []
    for name, part in (("瑞昌要闻", rows[:8]), ("通知公告", rows[8:16]), ("政务动态", rows[16:])):
        items = "".join(
            f'<li><a href="{pen.href("/", a.path, SITE, a.number)}" title="{html.escape(a.title)}">{html.escape(a.title[:22])}</a>'
            f"<span>{a.published:%Y-%m-%d}</span></li>"
            for a in part
        )
        blocks.append(f'<div class="block"><h3>{name}</h3><ul>{items}</ul></div>')
    open_columns = "".join(
        f'<li><a href="{pen.tree_link(c)}">{pen.replica.shown_name(c)}</a></li>'
        for c in pen.replica.columns
        if c.site == SITE and c.slot.required and pen.replica.stands(c)
    )
    main = (
        f"{marks.search_form(SITE)}"
        f'<div class="main"><div class="zwgk"><h3>政务公开</h3><ul>{open_columns}</ul></div>{"".join(blocks)}'
        f'<div class="links"><a href="{pen.addresses.platform}/">瑞昌市政府信息公开平台</a>'
        '<a href="http://www.jiangxi.example/">江西省人民政府</a></div></div>'
        f"{marks.furniture(pen.replica, SITE)}"
    )
    return encode(
        None,
        pen.page(SITE, SITE_NAMES[SITE], main, pen.meta(SITE, {"ColumnType": "首页"})),
        "utf-8",
    )


def column_page(pen: Pen, column: Column, index: int) -> bytes:
    name = pen.replica.shown_name(column)
    here = column.page_path(index)
    crumbs = f'<div class="crumbs">当前位置：<a href="/">首页</a> &gt; <a href="{pen.tree_link(column)}">{name}</a></div>'
    listing = (
        _letters(pen, column, index) if column.slot.slug == "mstd" else pen.list_body(column, index)
    )
    main = f'<div class="main">{crumbs}{pen.hot(SITE, here, column.number)}<div class="right"><h2>{name}</h2>{listing}</div></div>'
    meta = ""
    if marks.has_tags(pen.replica, column.template):
        meta = pen.meta(
            SITE,
            {
                "ColumnName": name,
                "ColumnDescription": f"{name}栏目",
                "ColumnKeywords": name,
                "ColumnType": "信息公开目录",
            },
        )
    charset = "gbk" if column.template in GBK else "utf-8"
    return encode(None, pen.page(SITE, f"{name}-{SITE_NAMES[SITE]}", main, meta, charset), charset)


def _letters(pen: Pen, column: Column, index: int) -> str:
    """民声通道: the letters of the interaction component."""
    rows = "".join(
        f'<tr><td>{a.number}</td><td><a href="{html.escape(a.path)}">{html.escape(a.title)}</a></td>'
        f"<td>{html.escape(a.source or '')}</td><td>{letter_state(pen.replica, a)}</td><td>{a.published:%Y-%m-%d}</td></tr>"
        for a in column.on_page(index)
    )
    head = "<tr><th>编号</th><th>内容</th><th>受理单位</th><th>状态</th><th>日期</th></tr>"
    pages = column.pages
    nav = f"共{pages}页　当前为第{index + 1}页"
    if index:
        nav += f'<a href="{html.escape(column.page_path(index - 1))}">上一页</a>'
    if index + 1 < pages:
        nav += f'<a href="{html.escape(column.page_path(index + 1))}">下一页</a>'
    return f'<table class="letters">{head}{rows}</table><div class="page">{nav}</div>'


def _labels(article: Article, date_label: str, day: str) -> tuple[str, str]:
    """The printed date and source, each with its label; empty when the template leaves it out."""
    form = FORMS[article.form]
    if form.undated:
        dated = "" if article.form == "undated-sheet" else date_label
    else:
        dated = date_label + day
    if form.source == "gone":
        source = ""
    elif form.source == "empty":
        source = "来源：" + ("&nbsp;" if article.form == "source-dash" else "")
    else:
        source = f"来源：{_source(article)}"
    return dated, source


def _source(article: Article) -> str:
    """The source as printed; some editors link it."""
    words = html.escape(article.source or "")
    return (
        f'<a href="javascript:void(0)" target="_self">{words}</a>'
        if article.number % 5 == 0
        else words
    )


def article_page(pen: Pen, article: Article) -> bytes:
    column = pen.replica.by_key[article.column]
    name = pen.replica.shown_name(column)
    title, body = html.escape(article.title), pen.body(article)
    crumbs = f'<div class="crumbs">您现在的位置：<a href="/">首页</a> &gt; <a href="{pen.tree_link(column)}">{name}</a> &gt; 正文</div>'
    day, hits = article.published, article.number % 900 + 12
    meta, charset = "", "utf-8"
    if article.template == "modern":
        dated, source = _labels(
            article, "发布时间：", f"{day:%Y-%m-%d} 09:{article.number % 60:02d}"
        )
        main = (
            f'<div class="main">{crumbs}<div class="article"><h1 class="title">{title}</h1>'
            f'<div class="info"><span>{dated}</span><span>{source}</span><span>浏览次数：{hits}</span>'
            '<span>字体：<a href="javascript:f(1)">大</a> <a href="javascript:f(2)">中</a> <a href="javascript:f(3)">小</a></span></div>'
            f'<div class="content" id="zoom">\n{body}\n</div>'
            '<div class="share">分享到：<a href="javascript:void(0)">微信</a> <a href="javascript:void(0)">微博</a></div>'
            f"{pen.neighbours(article)}</div></div>"
        )
    elif article.template == "plain":
        dated, source = _labels(article, "发布日期：", f"{day.year}年{day.month}月{day.day}日")
        main = (
            f'<div class="main">{crumbs}{pen.hot(SITE, article.path, article.number)}<div class="con"><h2>{title}</h2>'
            f'<p class="laiyuan">{source and "信息" + source}　{dated}　点击：{hits}</p><div id="artcontent">\n{body}\n</div>'
            f'<div class="tools">【<a href="javascript:print()">打印</a>】【<a href="javascript:window.close()">关闭</a>】</div>'
            f"{pen.neighbours(article)}</div></div>"
        )
    else:
        dated, source = _labels(article, "时间：", f"{day.year}-{day.month}-{day.day}")
        main = (
            f'<table class="main" width="980" align="center"><tr><td class="wz">{crumbs}</td></tr><tr><td class="bt">{title}</td></tr>'
            f'<tr><td class="sj">{dated}　{source}　浏览：{hits}次</td></tr><tr><td class="nr">\n{body}\n</td></tr>'
            f'<tr><td class="sx">{pen.neighbours(article)}</td></tr></table>'
        )
        charset = "gbk"
    if marks.has_tags(pen.replica, article.template):
        tags = {"ColumnName": name, "ColumnType": "政策文件", "ArticleTitle": article.title}
        if not article.undated:
            tags["PubDate"] = marks.moment(f"{day:%Y-%m-%d}", article.number)
        if FORMS[article.form].source != "gone":
            tags["ContentSource"] = article.source or ""
        meta = pen.meta(SITE, tags)
    page_title = f"{article.title}-{SITE_NAMES[SITE]}"
    return encode(article, pen.page(SITE, page_title, main, meta, charset), charset)


def letter_page(pen: Pen, article: Article) -> bytes:
    """One letter with its answer."""
    r = stream(pen.replica.spec.seed, "letter", article.number)
    rows = letter_rows(pen.replica, article, text.paragraphs(r, 2))
    table = "".join(f"<tr><th>{k}</th><td>{html.escape(v)}</td></tr>" for k, v in rows)
    main = f'<div class="main"><h2>民声通道</h2><table class="letter">{table}</table></div>'
    tags = {"ArticleTitle": article.title, "ContentSource": article.source or ""}
    tags["PubDate"] = marks.moment(f"{article.published:%Y-%m-%d}", article.number)
    meta = pen.meta(SITE, tags) if marks.has_tags(pen.replica, "letter") else ""
    return encode(None, pen.page(SITE, f"民声通道-{SITE_NAMES[SITE]}", main, meta), "utf-8")
