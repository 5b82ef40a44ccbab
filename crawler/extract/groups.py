"""The links of a page gathered into groups of like rows, and what their places are called."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from crawler.extract import dates
from crawler.extract.rows import Row, link_title
from crawler.extract.tree import El, Tree, bare

_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav|menu|navbar|navigation|foot|footer|header|crumbs?|crumbsnav|breadcrumb|position|dqwz|location|wz|friend\w*|yqlj|links?|"
    r"link-?list|copyright|search|login|share|banner|slide[rs]?|swiper\S*|focus|submenu|topbar|toolbar|sitemap|select)\d*(?:$|[\s_-])|"
    r"nav(?:$|[\s_])|footer|bottom|_nav|breadcrumb|crumb|friendlink|mainnav|left_nav|leftnav|sidenav|dropdown|header"
)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:side|sider|sidebar|aside|hot|rank|ranking|related|tj|tuijian|recommend|xgxx|xgwz|xgyd|xgbd|paihang|phb|popbox|left|leftbox|zuixin|latest)\d*(?:$|[\s_-])|sidebar|hotnews|related|sidelist"
)
_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:side|sider|sidebar|aside|hot|hots|hotlist|rank|ranking|related|recommend|tuijian|xgxx|xgwz|xgyd|xgbd|paihang|phb|zuixin|latest)\d*(?:$|[\s_-])|sidebar|hotnews|related|sidelist"
)
"""Names that are given to what stands beside the matter and to nothing else."""
_BESIDE_HEADING = re.compile(
    r"^(?:最新(?:公开|信息|发布|更新|文章|动态)|热点|热门|点击排行|排行榜?|阅读排行|推荐|相关|猜你喜欢|本周|本月|(?:本类|本站|栏目|站内|图文|热门|编辑)(?:推荐|热门|热点|排行|最新|更新)|最近更新)"
)
_LISTLIKE = re.compile(
    r"list|news|more|record|table|article|lb(?:$|[\s_-])|gkml|govinfo|ewb-|items?\b|conbox|wb-data|xxgk|zwgk|lbur|liebiao|content"
)


@lru_cache(maxsize=8192)
def is_furniture(names: str) -> bool:
    return _FURNITURE.search(names) is not None


@lru_cache(maxsize=8192)
def is_aside(names: str) -> bool:
    return _ASIDE.search(names) is not None


@lru_cache(maxsize=8192)
def is_beside(names: str) -> bool:
    return _BESIDE.search(names) is not None


@lru_cache(maxsize=8192)
def is_listlike(names: str) -> bool:
    return _LISTLIKE.search(names) is not None


_NO_ROW = frozenset(
    [
        "详细",
        "详情",
        "更多",
        "查看",
        "查看详情",
        "阅读全文",
        "查看全文",
        "全文",
        "查看更多",
        "more",
        "MORE",
        "更多>>",
        "点击查看",
    ]
)


@dataclass(slots=True)
class Group:
    """Rows that stand in one container."""

    container: El
    rows: list[tuple[El, El]] = field(default_factory=list)
    """Row element and its title link."""
    titles: int = 0
    read: list[Row] = field(default_factory=list)
    score: float = 0.0
    dated: float = 0.0
    furniture: bool = False
    aside: bool = False
    beside: bool = False
    """Surely a hot list or the like: the main list is elsewhere, be it ever so short."""
    why: str = ""


class Counter:
    """Counts which of some elements lie inside another, by their place in the document."""

    def __init__(self, anchors: list[El]) -> None:
        self.at = sorted([el.index for el in anchors])

    def inside(self, el: El) -> int:
        return bisect_left(self.at, el.end) - bisect_left(self.at, el.index)


def groups_of(tree: Tree) -> list[Group]:
    """Links of the page gathered into groups of rows, in document order."""
    usable: list[El] = []
    for el in tree.anchors:
        if el.hidden:
            continue
        if (
            el.chars < 2
            and not el.get("title")
            and not any(kid.tag == "img" for kid in el.children())
        ):
            continue
        href = el.attrs.get("href")
        if not href and not el.attrs.get("onclick"):
            continue
        if el.chars <= 6 and "".join(el.text().split()).strip("[]【】>（）()") in _NO_ROW:
            continue
        # Picture, title and 详细 of one row lead to one address: the longest of them is the row's.
        if usable and href and href == usable[-1].attrs.get("href") and _near(el, usable[-1]):
            if el.chars > usable[-1].chars:
                usable[-1] = el
            continue
        usable.append(el)
    count = Counter(usable)
    clicked = [el for el in tree.elements if "onclick" in el.attrs and _is_row_link(el, count)]
    if clicked:
        usable = sorted([*usable, *clicked], key=lambda el: el.index)
        count = Counter(usable)
    by_row: dict[int, tuple[El, list[El]]] = {}
    for el, row in _rows_of(usable, count):
        if row.index in by_row:
            by_row[row.index][1].append(el)
        else:
            by_row[row.index] = (row, [el])
    found: dict[tuple[int, str], Group] = {}
    for row, links in by_row.values():
        if row.parent is None:
            continue
        link = links[0] if len(links) == 1 else max(links, key=lambda el: len(link_title(el)))
        key = (row.parent.index, row.tag)
        group = found.get(key)
        if group is None:
            group = found[key] = Group(row.parent)
        if len(links) > 1 and row.tag == "tr" and (side := _side_by_side(row, links)):
            group.rows.extend(side)
        else:
            group.rows.append((row, link))
    # A container with one row may itself be the row of a list above it.
    lone = [group for group in found.values() if len(group.rows) == 1]
    raised: dict[int, Group] = {}
    for group in lone:
        row, link = group.rows[0]
        inside = count.inside(row)
        at = row
        while (
            at.parent is not None
            and at.parent.tag not in {"body", "html"}
            and count.inside(at.parent) == inside
        ):
            at = at.parent
        if at is not row and at.parent is not None:
            target = raised.get(at.parent.index)
            if target is None:
                target = raised[at.parent.index] = Group(at.parent)
            target.rows.append((at, link))
            group.why = f"raised:{at.parent.index}"
    out = [
        group
        for group in found.values()
        if not group.why or len(raised[int(group.why[7:])].rows) < 2
    ]
    out.extend(group for group in raised.values() if len(group.rows) >= 2)
    for group in out:
        group.why = ""
    return _merge(out)


PICTURES = 2
"""Pictures with links of their own in a row; where there are more, they are no decoration of it."""


def _rows_of(usable: list[El], count: Counter) -> Iterator[tuple[El, El]]:
    """The links with their rows, in document order. A linked picture in the row of a text (an
    advertisement, a banner) is no entry and does not part it."""
    pictures = [el for el in usable if not el.chars]
    if not pictures or len(pictures) == len(usable):
        for el in usable:
            yield el, _row_of(el, count)
        return
    plain = Counter([el for el in usable if el.chars])
    shown = Counter(pictures)
    rows: dict[int, El] = {}
    for el in usable:
        if not el.chars:
            continue
        row = _row_of(el, plain)
        if shown.inside(row) > PICTURES:
            row = _row_of(el, count)
        rows[el.index] = row
    covered: set[int] = set()
    for row in rows.values():
        if shown.inside(row):
            first = bisect_left(shown.at, row.index)
            covered.update(shown.at[first : first + PICTURES])
    for el in usable:
        if el.chars:
            yield el, rows[el.index]
        elif el.index not in covered:
            yield el, _row_of(el, count)


def _side_by_side(row: El, links: list[El]) -> list[tuple[El, El]]:
    """The entries of a table's row that holds several, each with its date; empty for a single one."""
    parts: list[tuple[El, El]] = []
    cells: list[El] = []
    link: El | None = None

    def close() -> bool:
        if link is None:
            return not any(cell.chars > 6 for cell in cells)
        part = El("tr", {}, row.parent, cells[0].index, row.hidden)
        part.kids = list(cells)
        part.end = cells[-1].end
        part.chars = sum(cell.chars for cell in cells)
        parts.append((part, link))
        text = part.text()
        return dates.first(text) is not None or dates.month_day(text) is not None

    for cell in row.children():
        inside = [el for el in links if cell.holds(el)]
        if len(inside) > 1:
            return []
        if inside:
            if link is not None:
                if not close():
                    return []
                cells = []
            link = inside[0]
        cells.append(cell)
    return parts if cells and close() and len(parts) > 1 else []


_CLICKABLE = frozenset(
    ["li", "tr", "td", "div", "p", "dd", "dt", "span", "h2", "h3", "h4", "h5", "font", "b"]
)
_LEADS = re.compile(
    r"[\"'](?:(?:https?:)?/|[^\"'\s]{1,300}(?:\.s?html?|\.jsp|\.aspx?|\.do|[?=])[^\"']*[\"'])"
)


def _is_row_link(el: El, count: Counter) -> bool:
    """An element without a link that leads somewhere when it is clicked, as whole rows do."""
    return (
        el.tag in _CLICKABLE
        and not el.hidden
        and 6 <= el.chars <= 600
        and not count.inside(el)
        and _LEADS.search(el.get("onclick")[:600]) is not None
    )


def _near(one: El, other: El) -> bool:
    """Two links stand in one row: one list item or table row, or else close together."""
    items = [next((at for at in el.up() if at.tag in {"li", "tr"}), None) for el in (one, other)]
    if items[0] is not None or items[1] is not None:
        return items[0] is items[1]
    shared = {at.index for _, at in zip(range(4), one.up(), strict=False)}
    return any(at.index in shared for _, at in zip(range(4), other.up(), strict=False))


def _row_of(link: El, count: Counter) -> El:
    """The row that a link stands in: its list item or table row, else the largest element that
    holds no other link."""
    at = link
    for _ in range(8):
        parent = at.parent
        if parent is None or parent.tag in {"body", "html", "ul", "ol", "tbody", "table"}:
            break
        at = parent
        if at.tag == "li":
            return at
        if at.tag == "tr":
            if count.inside(at) <= 6:
                return at
            break
    inside = count.inside(link)
    at = link
    while (
        at.parent is not None
        and at.parent.tag not in {"body", "html", "ul", "ol", "tbody", "table"}
        and count.inside(at.parent) == inside
    ):
        at = at.parent
    return at


def _merge(groups: list[Group]) -> list[Group]:
    """Join lists of one class side by side (five ``ul`` of five rows are one list)."""
    out: list[Group] = []
    by_place: dict[tuple[int, str, str], Group] = {}
    for group in sorted(groups, key=lambda item: item.rows[0][0].index):
        el = group.container
        row = group.rows[0][0]
        if (
            el.parent is None
            or el.tag not in {"ul", "ol", "tbody", "table", "div", "dl"}
            or row.tag == "a"
        ):
            out.append(group)
            continue
        outer = el.parent
        if el.tag == "tbody" and outer.parent is not None:
            outer = outer.parent
        key = (outer.index, f"{el.tag}.{el.get('class')}", row.tag)
        twin = by_place.get(key)
        if twin is None:
            by_place[key] = group
            out.append(group)
        else:
            if twin.container is not outer and not (twin.container.holds(el)):
                twin.container = outer
            twin.rows.extend(group.rows)
    return out


def headed_beside(container: El) -> bool:
    """A heading right before the container says 最新公开, 热点, 相关 …"""
    at: El | None = container
    for step in range(6):
        if at is None or at.parent is None or (step > 1 and at.chars != container.chars):
            return False
        before = None
        for kid in at.parent.children():
            if kid is at:
                break
            before = kid
        if before is not None:
            return before.chars <= 12 and _BESIDE_HEADING.match(bare(before.text())) is not None
        at = at.parent
    return False
