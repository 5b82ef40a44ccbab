"""A county's portal in a prefecture's TRS cluster, with its units' disclosure pages on it.

The portal has its own columns; below ``/fdzdxxgk/bmxxgk/`` stands a page of units and for each a
flat tree (``<unit>/gzdt/``). Rows are ``li.item .text-part span.time``, those of some units written
by script. The ids of all documents run in one sequence, whoever published them.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from random import Random

from tests.replica.families import content
from tests.replica.families.content import Sort
from tests.replica.families.model import Column, Plan, Post, State, Unit
from tests.replica.families.trs import TrsSite, relative

DISCLOSURE = "/fdzdxxgk/"
INDEX = "/fdzdxxgk/bmxxgk/"
FIRST_NUMBER = 7_268_000
GROUPS = (("department", "部门信息公开"), ("town", "乡镇信息公开"))
SCRIPTED = ("gzdt", "zcwj")
"""Columns that a half of the units fills by script."""
TREE = (
    Sort("jgjj", ("机构简介", "机构职能", "单位简介"), (content.CHANGQI,), "duty", state=State.TEXT),
    Sort("ldxx", ("领导信息", "领导班子", "领导之窗"), (content.CHANGQI,), "leaders", state=State.TEXT),
    Sort("zcwj", ("政策文件", "规范性文件"), (content.ZHENGCE,), "document", (4, 8), 25),
    Sort("ghjh", ("规划计划", "工作计划"), (content.RENSHI,), "plan", (1, 4), 80),
    Sort("gzdt", ("工作动态", "政务动态"), (content.DONGTAI,), "news", (17, 36), 3),
    Sort("czxx", ("财政信息", "财政预决算", "预算决算"), (content.YUSUAN,), "budget", (2, 5), 365),
)  # fmt: skip


class TrsClusterSite(TrsSite):
    family = "trs_cluster"
    per_page = 15
    empty_words = "暂无内容"

    def make_plan(self) -> Plan:
        own = content.portal(self.spec)
        r = Random(self.spec.seed * 15485863 + 3)
        units = content.units_of(r, own.identity, departments=6, towns=4)
        writer = content.Writer(r, own.identity, self.spec.as_of)
        called = {sort.slug: r.choice(sort.names) for sort in TREE}
        bare = r.choice(units).slug
        trees = []
        for unit in units:
            for sort in TREE:
                sort = replace(sort, names=(called[sort.slug],))
                if sort.slug == "ghjh" and unit.slug == bare:
                    sort = replace(sort, state=State.EMPTY)
                key = f"{unit.slug}.{sort.slug}"
                trees.append(content.column(writer, sort, key, (), (), [unit.short], unit.name))
        parents = (
            Column(key="fdzdxxgk", slug="fdzdxxgk", name="法定主动公开内容", state=State.PARENT),
            Column(
                key="bmxxgk",
                slug="bmxxgk",
                name="部门信息公开",
                state=State.PARENT,
                above=("法定主动公开内容",),
                above_keys=("fdzdxxgk",),
            ),
        )
        # Apart first, then all together by their days.
        columns = [*_shifted(own.columns, 0), *parents, *_shifted(tuple(trees), 100_000)]
        return replace(own, columns=content.numbered(columns), units=units)

    # -- addresses ---------------------------------------------------------------------------

    def unit_index(self) -> str:
        return INDEX

    def unit_path(self, unit: Unit) -> str:
        return f"{INDEX}{unit.slug}/"

    def column_path(self, column: Column) -> str:
        if column.unit is None:
            return super().column_path(column)
        return f"{INDEX}{column.key.partition('.')[0]}/{column.slug}/"

    def unit_of(self, column: Column) -> Unit | None:
        return next((u for u in self.plan.units if u.name == column.unit), None)

    # -- pieces ------------------------------------------------------------------------------

    def crumbs(self, column: Column, page: str, tail: str = "") -> str:
        unit = self.unit_of(column)
        if unit is None:
            return super().crumbs(column, page, tail)
        steps = (
            ("/", "首页"),
            (DISCLOSURE, "法定主动公开内容"),
            (INDEX, "部门信息公开"),
            (self.unit_path(unit), unit.short),
            (self.column_path(column), column.name),
        )
        return self.where(steps, page, tail)

    def where(self, steps: tuple[tuple[str, str], ...], page: str, tail: str = "") -> str:
        links = " &gt; ".join(
            f'<a href="{relative(path, page)}" title="{name}" class="CurrChnlCls">{name}</a>'
            for path, name in steps
        )
        return f'<div class="dqwz">您现在所在的位置：{links}{tail}</div>\n'

    def side(self, column: Column, page: str) -> str:
        unit = self.unit_of(column)
        return super().side(column, page) if unit is None else self.tree(unit, page, column)

    def tree(self, unit: Unit, page: str, here: Column | None = None) -> str:
        rows = "".join(
            f'<li{" class=on" if c is here else ""}><a href="{self.link(c, page)}">{c.name}</a></li>'
            for c in self.plan.columns
            if c.unit == unit.name
        )
        return (
            f'<div class="left"><div class="lm_tit">{unit.short}信息公开</div>'
            f'<ul class="lm_list">{rows}</ul></div>\n'
        )

    def row(self, post: Post, column: Column, page: str) -> str:
        href, title = self.href(post, column, page), escape(post.title)
        unit = self.unit_of(column)
        if unit is not None and column.slug in SCRIPTED and self.plan.units.index(unit) % 2:
            return (
                f'<li class="item"><script>var url="{href}";var title="{title}";var FILENUM="{post.document_number}";\n'
                "document.writeln('<div class=\"text-part\"><a href=\"'+url+'\" target=\"_blank\" title=\"'+title+'\">'+title+'</a>');\n"
                f"document.writeln('<span class=\"time\">{post.day}</span></div>');</script></li>"
            )
        mark = '<i class="zd">[置顶]</i>' if post.pinned else ""
        day = f'<span class="time">{post.day}</span>' if self.shown_day(post, column) else ""
        return (
            f'<li class="item"><div class="text-part">{mark}<a href="{href}" target="_blank"'
            f' title="{title}">{title}</a>{day}</div></li>'
        )

    def rows(self, posts: tuple[Post, ...], column: Column, page: str) -> str:
        if not posts:
            return f'<ul class="list-con"></ul><p class="tips">{self.empty_words}</p>'
        rows = "\n".join(self.row(p, column, page) for p in posts)
        return f'<ul class="list-con">\n{rows}\n</ul>'

    # -- pages -------------------------------------------------------------------------------

    def build(self) -> None:
        super().build()
        for unit in self.plan.units:
            self.both(self.unit_path(unit), lambda u=unit: self.unit_page(u))

    def channel(self, column: Column) -> str:
        own = {"fdzdxxgk": self.disclosure, "bmxxgk": self.index}.get(column.key)
        return super().channel(column) if own is None else own()

    def disclosure(self) -> str:
        page = DISCLOSURE
        boxes = "".join(
            f'<div class="zw_box"><div class="zw_tit"><a href="{relative(INDEX, page)}">{name}</a></div></div>'
            for _, name in GROUPS
        )
        where = self.where((("/", "首页"), (page, "法定主动公开内容")), page)
        return f'{self.head(page, "法定主动公开内容")}{self.top(page)}{where}<div class="zw_main">{boxes}</div>{self.bottom(page)}'

    def index(self) -> str:
        page = INDEX
        boxes = "".join(
            f'<div class="bm_box"><h3 class="bm_tit">{name}</h3><ul class="bm_list clearfix">'
            + "".join(
                f'<li><a href="{relative(self.unit_path(u), page)}" target="_blank" title="{u.short}">{u.short}</a></li>'
                for u in self.plan.units
                if u.group == group
            )
            + "</ul></div>"
            for group, name in GROUPS
        )
        steps = (("/", "首页"), (DISCLOSURE, "法定主动公开内容"), (INDEX, "部门信息公开"))
        return (
            f"{self.head(page, f'部门信息公开_{self.ident.site_name}')}{self.top(page)}"
            f'{self.where(steps, page)}<div class="main">{boxes}</div>{self.bottom(page)}'
        )

    def unit_page(self, unit: Unit) -> str:
        """A unit's own place: its tree, and the newest of all its columns."""
        page = self.unit_path(unit)
        pairs = [(p, c) for c in self.plan.columns if c.unit == unit.name for p in c.posts]
        pairs.sort(key=lambda pair: pair[0].day, reverse=True)
        rows = "".join(
            f'<li class="item"><div class="text-part"><a href="{self.href(p, c, page)}" title="{escape(p.title)}">{escape(p.title)}</a>'
            f'<span class="time">{p.day}</span></div></li>'
            for p, c in pairs[:10]
        )
        steps = (
            ("/", "首页"),
            (DISCLOSURE, "法定主动公开内容"),
            (INDEX, "部门信息公开"),
            (page, unit.short),
        )
        return (
            f"{self.head(page, f'{unit.short}_{self.ident.site_name}')}{self.top(page)}"
            f'<div class="main clearfix">{self.where(steps, page)}{self.tree(unit, page)}<div class="gl_right">'
            f'<div class="gl_tit">最新公开</div><ul class="list-con">{rows}</ul></div></div>{self.bottom(page)}'
        )


def _shifted(columns: tuple[Column, ...], by: int) -> list[Column]:
    """The same columns, their posts' numbers counted from ``FIRST_NUMBER`` and ``by``."""
    first = min(p.number for c in columns for p in c.posts)
    return [
        replace(
            c,
            posts=tuple(replace(p, number=p.number - first + FIRST_NUMBER + by) for p in c.posts),
        )
        for c in columns
    ]
