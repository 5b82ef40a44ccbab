"""Sections: blocks of a channel page that each show the newest rows of a column below it.

A channel page has no main list: its columns are read where the links 更多 lead. Belongs here: what
tells such a block from a list, and which links lead from a page to the columns below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler import urls
from crawler.extract import dates
from crawler.extract.groups import Group, is_beside
from crawler.extract.rows import Row
from crawler.extract.tree import El, Tree, bare

_MORE = re.compile(
    r"(?:查看|点击|阅读|浏览)?更多(?:内容|信息|动态|新闻|公告|文件|详情|列表)?|more|查看全部"
)
_SIGNS = " +>›»＞》→.…·。[]【】()（）<《|/_-"
_MONTH = r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})"
_PERIOD = re.compile(
    rf"(?:19|20)\d\d年?度?(?:[-/.]?{_MONTH}月?份?|第?[一二三四1-4]季度|[上下]半年)?"
    rf"|{_MONTH}月份?|第?[一二三四1-4]季度|第?[\d一二三四五六七八九十百]{{1,5}}(?:期|批|号)"
)
_NOT_BELOW = re.compile(
    r"/t20\d{6}_|/art_|/content_|/post_|/info/\d+/|/[0-9a-f]{32}\.|\.(?:pdf|docx?|xlsx?|zip|rar|jpe?g|png)(?:$|\?)",
    re.I,
)
_OUTSIDE = re.compile(r"foot|header|search|yqlj|friend")
UP = 5
"""Ancestors of a list among which its 更多 is looked for."""
MOST = 60
"""Links to columns below that are given of one page."""


def says_more(el: El) -> bool:
    """A link says 更多 and nothing else."""
    if el.chars > 10:
        return False
    word = bare(el.text()).lower().strip(_SIGNS)
    if word:
        return _MORE.fullmatch(word) is not None
    return (
        bare(el.get("title"))[:2] == "更多" or re.search(r"(?:^|[\s_-])more", el.names) is not None
    )


def mores_of(tree: Tree, resolver: urls.Resolver, url: str) -> list[tuple[El, str]]:
    """The links 更多 of a page that lead away from it, with where they lead."""
    own = _column(urls.canonical(url) or url)
    found = []
    for el in tree.anchors:
        if el.chars > 10 or not says_more(el):
            continue
        href = el.get("href").strip()
        if not href or href[0] == "#" or href[:11].lower().startswith("javascript"):
            continue
        target = resolver.canonical(href)
        if target is None or _column(target) == own or _NOT_BELOW.search(target):
            continue
        if any(at.tag in {"footer", "header"} or _OUTSIDE.search(at.names) for at in el.up()):
            continue
        found.append((el, target))
    return found


def _column(url: str) -> str:
    """An address without the name of a folder's own page."""
    return re.sub(r"/(?:index|default|list)?(?:\.\w{2,5})?$", "/", url.partition("#")[0])


def preview_of(
    group: Group, groups: Iterable[Group], mores: list[tuple[El, str]]
) -> tuple[El, str] | None:
    """The 更多 in the block of a list: the list shows only the newest rows of what it leads to."""
    if not mores:
        return None
    others = [
        other
        for other in groups
        if other is not group
        and len(other.rows) >= 2
        and not other.furniture
        and not group.container.holds(other.container)
        and not any(el.holds(other.container) for el, _ in group.rows[:50])
    ]
    for depth, at in enumerate(group.container.up()):
        if depth > UP or at.tag in {"body", "html"}:
            break
        if any(at.holds(other.container) and at is not other.container for other in others):
            break
        for el, target in mores:
            # In a row it leads on in that row's matter.
            if at.holds(el) and not any(row.holds(el) for row, _ in group.rows[:500]):
                return el, target
    return None


def by_period(groups: list[Group]) -> list[Group]:
    """Join the lists that stand under headings of one kind, each a year or a month."""
    alike: dict[str, list[Group]] = {}
    for group in groups:
        if len(group.rows) >= 1 and group.container.tag not in {"body", "html"}:
            alike.setdefault(group.container.path, []).append(group)
    gone: set[int] = set()
    for parts in alike.values():
        if len(parts) < 2:
            continue
        first = parts[0]
        shared = first.container
        while shared.parent is not None and not shared.holds(parts[-1].container):
            shared = shared.parent
        if shared.tag in {"body", "html"} or not (
            all(_under_period(part.container) for part in parts[:60])
            or _nothing_between(shared, parts)
        ):
            continue
        for part in parts[1:]:
            first.rows.extend(part.rows)
            gone.add(id(part))
        first.container = shared
    return [group for group in groups if id(group) not in gone]


def _nothing_between(shared: El, parts: list[Group]) -> bool:
    """Nothing stands before, between or around the lists that would tell one from the other."""
    if len(parts) > 60 or not all(_dated(part.rows[0][0]) for part in parts):
        return False
    kids = [kid for kid in shared.children() if kid.index <= parts[-1].container.index]
    seen = 0
    for kid in kids:
        if kid.end <= parts[0].container.index:
            continue
        held = [part.container for part in parts if kid.holds(part.container)]
        if len(held) > 1 or kid.chars != sum(el.chars for el in held):
            return False
        seen += len(held)
    return seen == len(parts)


def _dated(row: El) -> bool:
    if row.chars > 400:
        return False
    text = row.text()
    return dates.first(text) is not None or dates.month_day(text) is not None


def _under_period(container: El) -> bool:
    """The text right before a list is a year or a month."""
    text = _before(container)
    return bool(text) and _PERIOD.fullmatch(text) is not None


def _before(container: El) -> str:
    """The short text right before a list, here or further out."""
    at = container
    for _ in range(3):
        parent = at.parent
        if parent is None:
            return ""
        before: El | str | None = None
        for kid in parent.kids:
            if kid is at:
                break
            if not kid.isspace() if isinstance(kid, str) else kid.chars:
                before = kid
        if before is not None:
            if not isinstance(before, str) and before.chars > 16:
                return ""
            return bare(before if isinstance(before, str) else before.text())[:20]
        at = parent
    return ""


_YEAR = re.compile(r"((?:19|20)\d\d)(?:年?度?|年\d{1,2}月份?|[-/.]\d{1,2}|年.{0,2}季度)")


def years_from_headings(rows: list[Row]) -> None:
    """Give month-day dates the year of the heading that their list stands under."""
    known: dict[int, int | None] = {}
    for row in rows:
        if row.month_day is None or row.published is not None or row.el.parent is None:
            continue
        block = row.el.parent
        if block.index not in known:
            match = _YEAR.fullmatch(_before(block))
            known[block.index] = int(match[1]) if match else None
        year = known[block.index]
        found = dates.make(year, *row.month_day) if year is not None else None
        if found is not None:
            row.published, row.dated_by = found, "heading"


_COLUMN_LIKE = re.compile(r"/(?:[a-z][\w-]*)?(?:\.(?:s?html?|jsp|aspx?|php))?$", re.I)
_DIGITS = re.compile(r"\d{4}")


def columns_below(tree: Tree, resolver: urls.Resolver, url: str) -> tuple[tuple[str, str], ...]:
    """Names and addresses of the columns below a page: where its 更多 lead, and what its menus list
    below its own folder."""
    own = urls.canonical(url) or url
    folder = _column(own)
    if not folder.endswith("/") or folder.count("/") <= 3:
        folder = ""
    mores = [
        (el, target)
        for el, target in mores_of(tree, resolver, url)
        if not any(at.names and is_beside(at.names) for at in el.up())
    ]
    channel = len({target for _, target in mores}) > 1
    found: dict[str, str] = {}
    for el, target in mores:
        # A single 更多 may be that of a box beside the matter.
        if channel or (folder and target.startswith(folder)):
            found.setdefault(target, _name_of(el))
    if folder:
        for el in tree.anchors:
            if not 2 <= el.chars <= 24 or len(found) >= MOST:
                continue
            leads = resolver.canonical(el.get("href")) if el.get("href") else None
            if leads is None or not leads.startswith(folder) or _column(leads) == folder:
                continue
            rest = leads[len(folder) - 1 :]
            if _NOT_BELOW.search(leads) or _DIGITS.search(rest) or not _COLUMN_LIKE.search(rest):
                continue
            found.setdefault(leads, bare(el.text()))
    return tuple((name, target) for target, name in list(found.items())[:MOST])


def _name_of(more: El) -> str:
    """What the block of a link 更多 is called."""
    title = bare(more.get("title"))
    if title.startswith("更多") and len(title) > 3:
        return title[2:]
    at: El | None = more
    for _ in range(3):
        at = at.parent if at is not None else None
        if at is None or at.chars > 60:
            break
        for el in at.descend():
            if 2 <= el.chars <= 20 and not more.holds(el) and not el.holds(more):
                return bare(el.text())
    return ""
