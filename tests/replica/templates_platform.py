"""Pages of 政府信息公开平台: home with the index of units, unit roots, columns, disclosure entries."""

from __future__ import annotations

import html
from itertools import groupby

from tests.replica import entries, marks, names, text
from tests.replica.names import BODIES, Body
from tests.replica.site import Article, Column
from tests.replica.spec import stream
from tests.replica.templates import (
    SITE_NAMES,
    Pen,
    document_number,
    encode,
    index_number,
    made_on,
)
from tests.replica.templates import issuer as printed_issuer

SITE = "platform"


def _charset(template: str) -> str:
    return "gbk" if template == "gbk" else "utf-8"


def home(pen: Pen) -> bytes:
    def units(title: str, bodies: tuple[Body, ...]) -> str:
        items = "".join(
            f'<li><a href="{pen.href("/", f"/bmgkxx/{b.id}/", SITE, i)}">{b.short if i % 4 == 3 else b.name}</a></li>'
            for i, b in enumerate(bodies)
        )
        return f'<div class="units"><h3>{title}</h3><ul>{items}</ul></div>'

    def group(name: str) -> tuple[Body, ...]:
        return tuple(b for b in pen.replica.holders if b.group == name)

    rows = "".join(
        f'<li><a href="{pen.href("/", a.path, SITE, a.number)}">{html.escape(a.title)}</a><span>{a.published:%Y-%m-%d}</span></li>'
        for a in pen.home_rows(SITE, 10)
    )
    main = (
        f"{marks.search_form(SITE)}"
        f'<div class="main"><div class="zxgk"><h3>最新公开</h3><ul>{rows}</ul></div>'
        '<div class="units"><h3>市本级</h3><ul><li><a href="/bmgkxx/city/">市本级</a></li></ul></div>'
        f"{units('政府部门', group('department'))}{units('乡（镇、场、街道）', group('town'))}</div>"
        f"{marks.furniture(pen.replica, SITE)}"
    )
    meta = pen.meta(SITE, {"ColumnType": "首页"})
    return encode(None, pen.page(SITE, SITE_NAMES[SITE], main, meta), "utf-8")


def tree(pen: Pen, unit: str, here: str) -> str:
    """A unit's catalogue, grouped by 一级栏目; three ways of writing it."""
    replica = pen.replica
    columns = [c for c in replica.column_of(unit) if replica.stands(c)]
    r = stream(replica.spec.seed, "tree", unit)
    kind, style = r.choice(("div", "dl", "ul")), r.randint(0, 2)

    def anchor(column: Column) -> str:
        link = pen.tree_link(column)
        link = link if link.startswith("http") else pen.href(here, link, SITE, style)
        return f'<a href="{link}">{replica.shown_name(column)}</a>'

    out = []
    for group, members in groupby(columns, key=lambda c: c.slot.group):
        anchors = [anchor(c) for c in members]
        if kind == "div":
            items = "".join(f"<li>{a}</li>" for a in anchors)
            out.append(f'<div class="lm"><h3>{group}</h3><ul>{items}</ul></div>')
        elif kind == "dl":
            out.append(f"<dt>{group}</dt>" + "".join(f"<dd>{a}</dd>" for a in anchors))
        else:
            items = "".join(f"<li>{a}</li>" for a in anchors)
            out.append(f'<li><span>{group}</span><ul class="sub">{items}</ul></li>')
    inner = "\n".join(out)
    if kind == "dl":
        return f'<div class="tree"><h2>公开目录</h2><dl>{inner}</dl></div>'
    if kind == "ul":
        return f'<div class="tree"><h2>公开目录</h2><ul class="top">{inner}</ul></div>'
    return f'<div class="tree"><h2>公开目录</h2>{inner}</div>'


def unit_root(pen: Pen, unit: str) -> bytes:
    body = BODIES[unit]
    here = f"/bmgkxx/{unit}/"
    columns = pen.replica.column_of(unit)
    shown = [a for c in columns if not c.treatment for a in c.entries if not a.undated]
    shown.sort(key=lambda a: (a.published, a.number), reverse=True)
    rows = "".join(
        f'<li><a href="{pen.href(here, a.path, SITE, 2)}">{html.escape(a.title)}</a><span>{a.published:%Y-%m-%d}</span></li>'
        for a in shown[:8]
    )
    main = (
        f'<div class="main"><div class="crumbs">当前位置：<a href="/">平台首页</a> &gt; {body.name}</div>'
        f'<h1>{body.name}信息公开</h1>{tree(pen, unit, here)}<div class="zxgk"><h3>最新公开</h3><ul>{rows}</ul></div></div>'
    )
    charset = _charset(columns[0].template)
    return encode(
        None, pen.page(SITE, f"{body.name}-{SITE_NAMES[SITE]}", main, "", charset), charset
    )


def _crumbs(pen: Pen, column: Column) -> str:
    unit = BODIES[column.holder or names.CITY]
    name = pen.replica.shown_name(column)
    return (
        f'<div class="crumbs">当前位置：<a href="/">平台首页</a> &gt; <a href="/bmgkxx/{unit.id}/">{unit.short}</a> &gt; '
        f'{column.slot.group} &gt; <a href="{pen.tree_link(column)}">{name}</a></div>'
    )


def column_page(pen: Pen, column: Column, index: int) -> bytes:
    name, here = pen.replica.shown_name(column), column.page_path(index)
    unit = BODIES[column.holder or names.CITY]
    charset = _charset(column.template)
    if column.treatment == "text":
        inner = _text_column(pen, column)
    else:
        inner = f'<div class="right"><h2>{name}</h2>{pen.list_body(column, index)}</div>'
    side = tree(pen, unit.id, here)
    main = f'<div class="main">{_crumbs(pen, column)}<div class="left">{side}{pen.hot(SITE, here, column.number)}</div>{inner}</div>'
    meta = ""
    if marks.has_tags(pen.replica, column.template):
        meta = pen.meta(
            SITE,
            {
                "ColumnName": name,
                "ColumnDescription": f"{unit.short}{name}",
                "ColumnKeywords": name,
                "ColumnType": "信息公开目录",
            },
        )
    return encode(None, pen.page(SITE, f"{name}-{unit.name}", main, meta, charset), charset)


def _text_column(pen: Pen, column: Column) -> str:
    """A column that shows its one text at once, as 部门介绍 often does."""
    unit = BODIES[column.holder or names.CITY]
    r = stream(pen.replica.spec.seed, "text", column.key)
    body = "\n".join(f"<p>　　{t}</p>" for t in text.paragraphs(r, 5))
    year = pen.replica.spec.as_of.year - 1
    return (
        f'<div class="right"><h1>{unit.short}{column.slot.name}</h1>'
        f'<p class="info">发布时间：{year}-03-{column.number % 27 + 1:02d}　来源：{unit.name}</p>'
        f'<div class="TRS_Editor">{body}</div></div>'
    )


def entry_page(pen: Pen, article: Article) -> bytes:
    """A disclosure entry with its table of 索引号, 发布机构, 生成日期, 文号."""
    column = pen.replica.by_key[article.column]
    title, body = html.escape(article.title), pen.body(article)
    number = document_number(pen.replica, article) or ""
    issuer = printed_issuer(pen.replica, article)
    group = "" if entries.kind(article) == "topic-empty" else column.slot.group
    day, charset, meta = article.published, _charset(article.template), ""
    if article.template == "meta":
        made = "" if article.undated else f"{made_on(article):%Y-%m-%d}"
        out = "" if article.undated else f"{day:%Y-%m-%d}"
        items = (
            ("索引号", index_number(article)),
            ("发布机构", issuer),
            ("生成日期", made),
            ("发布日期", out),
            ("文　　号", number),
        )
        table = (
            '<ul class="gk_info">'
            + "".join(f"<li><b>{k}：</b>{v}</li>" for k, v in items)
            + "</ul>"
        )
    else:
        if article.undated:
            shown = ""
        else:
            shown = (
                f"{day.year}年{day.month:02d}月{day.day:02d}日"
                if article.template == "gbk"
                else f"{day:%Y-%m-%d}"
            )
        table = (
            '<table class="gk_table" width="100%" border="1"><tr>'
            f"<td>索引号：</td><td>{index_number(article)}</td><td>分类：</td><td>{group}</td></tr><tr>"
            f"<td>发布机构：</td><td>{issuer}</td><td>生成日期：</td><td>{shown}</td></tr><tr>"
            f"<td>名称：</td><td>{title}</td><td>文号：</td><td>{number}</td></tr></table>"
        )
    if marks.has_tags(pen.replica, article.template):
        tags = {
            "ColumnName": pen.replica.shown_name(column),
            "ArticleTitle": article.title,
            "ContentSource": BODIES[column.holder or names.CITY].name,
        }
        if not article.undated:
            tags["PubDate"] = marks.moment(f"{day:%Y-%m-%d}", article.number)
        meta = pen.meta(SITE, tags)
    main = (
        f'<div class="main">{_crumbs(pen, column)}{table}<h1 class="gk_title">{title}</h1>'
        f'<div class="TRS_Editor">\n{body}\n</div>{pen.neighbours(article)}'
        '<div class="share"><a href="javascript:print()">打印本页</a> <a href="javascript:window.close()">关闭窗口</a></div></div>'
    )
    return encode(
        article, pen.page(SITE, f"{article.title}-{SITE_NAMES[SITE]}", main, meta, charset), charset
    )
