"""The main list of a page: found by structure, told from menus, hot lists and footers.

Links are gathered into groups of like rows; groups are weighed by their titles, dates, place and
pager. A list that is not recognised is ``None``, never an empty one: an empty list needs its own
container or a mark by which the page says that there is nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from checks.facts import Listing
from crawler import urls
from crawler.extract.groups import (
    Counter,
    Group,
    groups_of,
    headed_beside,
    is_aside,
    is_beside,
    is_furniture,
    is_listlike,
)
from crawler.extract.pager import Pager, read_pager
from crawler.extract.rows import (
    Row,
    dates_apart,
    entry_of,
    header_of,
    is_title,
    link_title,
    read_row,
    resolve_years,
)
from crawler.extract.scripted import WRITTEN, Scripted, dates_by_script, scripted_rows
from crawler.extract.sections import by_period, mores_of, preview_of, years_from_headings
from crawler.extract.tree import El, Line, Tree, bare, squeeze

_EMPTY = re.compile(
    r"^[\s【\[（(*!！]*(?:(?:对不起|抱歉|很抱歉|您好)[,，!！]?\s*)?(?:(?:该|本|此|当前)?(?:栏目|目录|列表|类别|分类|页面)[内中下]?)?\s*(?:"
    r"(?:暂时|目前|当前)?\s*(?:暂无|没有|无|尚无|暂没有|没有找到|未找到|未查询到|未检索到|查无|还没有)\s*(?:任何|相关|符合条件的|可显示的|更多|该栏目|发布|公开|匹配)*的?\s*"
    r"(?:信息|内容|数据|记录|文章|新闻|资料|结果|公告|文件|条目|信息内容|信息公开内容|通知|动态|相关信息)|"
    r"共\s*(?:有)?\s*0\s*(?:条|篇|项|个)(?:记录|信息|数据)?.{0,12}|总(?:记录)?数\s*[:：]\s*0|"
    r"(?:栏目|页面|网页|内容|网站|功能|资料|本栏目|该栏目)?\s*(?:正在|尚在|仍在)?\s*(?:建设|整理|完善|更新|维护|筹建|充实|收集|录入)(?:之)?中(?:\s*[,，].{0,20})?|"
    r"(?:栏目|网站|本栏目)?正在(?:建设|更新|完善|整理)|敬请期待|内容待更新|暂未(?:发布|公开|更新)(?:信息|内容)?"
    r")[\s】\])）。.…!！~*]*$"
)
TEMPLATE = re.compile(r"\{\{|<\?=|\$\{|<%|\bv-for\b|\bv-if\b|\bng-repeat\b")
LOADS = re.compile(
    r"\$\.(?:ajax|get|post|getJSON)\b|axios|fetch\s*\(|XMLHttpRequest|queryData|unitbuild|new\s+Vue|createApp|laytpl|template\s*\(|queryList|dataproxy|getMessage\.do|lightfrontaction|\.load\s*\("
)


MOST_ROWS = 2000
"""Rows that are read of one page."""
MENU_LIKE = 7
"""Characters a title; undated rows that are shorter on the average look like a menu's."""

MOST_ALIKE = 20
"""Groups at one path that are weighed against each other."""


@dataclass(slots=True)
class MainList:
    """The main list as found, and what was considered."""

    listing: Listing | None
    container: El | None
    pager: Pager
    confidence: float
    groups: list[Group] = field(default_factory=list)
    links: list[El] = field(default_factory=list)


MOST_ALIKE = 8
"""Groups at one path that are weighed."""
_TRAIL = re.compile(
    r"(?:[您你]|当前|现在|目前|所在|的){0,4}位置(?:是|为)?[:：]|当前位置|您现在的位置"
)
"""A row that says where the reader is, not what there is to read."""


def _is_trail(el: El) -> bool:
    return el.chars <= 100 and _TRAIL.match(bare(el.text()[:40])) is not None


def weigh(group: Group, tree: Tree, resolver: urls.Resolver, url: str, pagers: list[int]) -> None:
    """Read a group's rows and say how much it looks like the page's main list."""
    container = group.container
    header = header_of(container, group.rows[0][0])
    seen: set[str] = set()
    read: list[Row] = []
    for el, link in group.rows[:MOST_ROWS]:
        row = read_row(el, link, resolver, header)
        if row is None or not is_title(row.title):
            continue
        if row.published is None and row.month_day is None and _is_trail(el):
            continue
        key = row.url + "\n" + row.title
        if key in seen:
            continue
        seen.add(key)
        read.append(row)
    dates_apart(read)
    if any(row.scripted_date for row in read):
        dates_by_script(read, tree)
    years_from_headings(read)
    resolve_years(read)
    group.read = read = _without_banners(read)
    if not read:
        return
    dated = sum(row.published is not None or row.month_day is not None for row in read)
    group.dated = dated / len(read)
    titles = sum(min(len(row.title), 40) for row in read)
    group.titles = titles
    if not group.dated and len(read) > 1 and titles < MENU_LIKE * len(read):
        this = urls.canonical(url)
        # Columns side by side, this one among them: where one is, not what it holds.
        group.beside = group.beside or any(row.url == this for row in read)
    score = titles * (0.3 + group.dated)
    if not group.dated and titles < MENU_LIKE * len(read):
        score *= 0.3
    if group.furniture:
        score *= 0.25 if group.dated >= 0.6 else 0.04
    elif group.beside:
        score *= 0.02
    elif group.aside:
        score *= 0.45
    elif any(
        el.names and is_listlike(el.names) for _, el in zip(range(2), container.up(), strict=False)
    ):
        score *= 1.15
    if _near(pagers, _end(group), 0, 40):
        score *= 1.4
    folder = url[: url.rfind("/") + 1]
    if folder.count("/") > 3:
        own = sum(row.url.startswith(folder) for row in read)
        score *= 1.0 + 0.25 * own / len(read)
    group.score = score


def _without_banners(read: list[Row]) -> list[Row]:
    """The rows of a dated list without undated pictures among them."""
    bare_rows = [row for row in read if not (row.published or row.month_day or row.link.chars)]
    if not bare_rows or len(bare_rows) * 5 > len(read):
        return read
    dated = sum(row.published is not None or row.month_day is not None for row in read)
    return (
        [row for row in read if row not in bare_rows]
        if dated + len(bare_rows) == len(read)
        else read
    )


def _end(group: Group) -> int:
    """Where a list ends: with its last row, for its container may hold the pager too."""
    return min(group.container.end, group.read[-1].el.end)


_PAGER_BLOCK = re.compile(
    r"(?:^|[\s_-])(?:page|pages|pager|paging|pagination|pagebar|fanye|fenye|pagelist|page_div|laypage\S*|pb_sys\S*|digg|m-page|turn-?page|p_pages|pagination_index)(?:$|[\s_\d-])"
)


_FURNITURE_TAGS = frozenset(["nav", "footer", "header", "aside"])
_DATEISH = re.compile(r"\d\s*[-/.年月]\s*\d")


def _dateish(line: Line) -> bool:
    """Whether a line may show a date."""
    parts = line.parts
    text = parts[0] if len(parts) == 1 else "".join(parts)
    return len(text) < 300 and _DATEISH.search(text) is not None


MOST_PAGERS = 20


def _pager_places(tree: Tree) -> list[int]:
    """Where pagers may stand: indices of their blocks. A page has several, as slides have theirs."""
    found: list[int] = []
    for el in tree.elements:
        if (
            el.names
            and "pa" in el.names
            and el.chars <= 400
            and el.tag in {"div", "ul", "p", "span", "td", "table", "nav"}
            and "swiper" not in el.names
            and _PAGER_BLOCK.search(el.names)
        ):
            found.append(el.index)
            if len(found) >= MOST_PAGERS:
                return found
    if found:
        return found
    for el in tree.elements:
        if el.names and ("fenye" in el.names or "fanye" in el.names or "pb_sys" in el.names):
            return [el.index]
    for el in tree.anchors:
        if el.chars <= 5 and bare(el.text()) in {"下一页", "下页"}:
            return [el.parent.index if el.parent else el.index]
    return [script.el.index for script in tree.scripts if "createPage" in script.text][:1]


def find_list(
    tree: Tree,
    resolver: urls.Resolver,
    url: str,
    expected: bool,
    article: bool,
    within: str | None = None,
) -> MainList:
    """The main list. ``expected``: the caller knows that this is a list page. ``article``: the page
    has a body, so a list on it is beside the matter unless it clearly prevails. ``within``: path of
    the container in which the same list stood on the page before."""
    scripted = scripted_rows(tree, resolver, url)
    pagers = _pager_places(tree)
    groups = by_period(groups_of(tree))
    top: list[tuple[int, Group]] = []
    dated = Counter([line.block for line in tree.lines if _dateish(line)])
    for group in groups:
        rough = 0
        for _, link in group.rows:
            size = max(link.chars, len(link.get("title"))) or len(link_title(link))
            rough += size if size < 40 else 40
        names: list[str] = []
        for el in group.container.up():
            if el.tag in _FURNITURE_TAGS:
                group.furniture = True
            if el.names and el.tag != "body" and not _covers(el, tree):
                names.append(el.names)
                if is_furniture(el.names):
                    group.furniture = True
        if group.furniture and not dated.inside(group.container):
            continue  # a menu: its links need not be read as rows
        group.aside = any(is_aside(name) for name in names[:3])
        group.beside = headed_beside(group.container) or (
            any(is_beside(name) for name in names) and not _precedes(group, pagers)
        )
        outside = group.furniture or group.beside
        top.append((rough // 6 if outside else rough, group))
    top.sort(key=lambda item: -item[0])
    best: Group | None = None
    weighed: list[Group] = []
    for rough, group in top[:8]:
        if best is not None and rough * 3.0 < best.score:
            break
        weigh(group, tree, resolver, url, pagers)
        weighed.append(group)
        if group.read and (best is None or group.score > best.score):
            best = group
    weighed = _without_nested(weighed)
    best = max(
        (group for group in weighed if group.read), key=lambda group: group.score, default=None
    )
    confidence = _confidence(best, weighed, pagers, expected, article, tree) if best else 0.0
    more: str | None = None
    if best is not None and confidence and not _pages_on(best, pagers):
        mores = mores_of(tree, resolver, url)
        if (preview := preview_of(best, groups, mores)) is not None:
            more = preview[1]
            if any(
                group is not best and group.dated > 0 and preview_of(group, groups, mores)
                for group in weighed
            ):
                # A channel page: each of its blocks shows the newest rows of a column below.
                confidence = min(confidence, 0.3)
    if within is not None:
        # Tables without names share one path: the list is the weightiest of what stands there.
        same = [g for g in groups if g.container.path == within][:MOST_ALIKE]
        for group in same:
            if not group.read:
                weigh(group, tree, resolver, url, pagers)
        same = [g for g in same if g.read]
        if same:
            best, confidence = max(same, key=lambda g: g.score), 0.9
    if scripted is not None and scripted.form == WRITTEN:
        trusted = best is not None and confidence >= 0.5
        if (trusted and best and _joined(best, scripted)) or len(scripted.rows) < 2:
            scripted = None
    if (
        scripted is not None
        and scripted.rows
        and not (best and confidence >= 0.6 and best.score > 1.5 * scripted.weight)
    ):
        return _from_script(scripted, tree, resolver, url, weighed)
    if best is not None and confidence >= 0.5:
        pager = read_pager(tree, resolver, url, best.container)
        if more is not None and pager.next_url is None and pager.kind is None:
            # The rest stands elsewhere: these rows are not the whole list.
            pager.kind, pager.pages = "more", max(pager.pages or 0, 2)
        entries = [entry_of(row) for row in best.read]
        listing = Listing(
            entries=tuple(entries),
            container=best.container.path,
            next_url=pager.next_url,
            pager=pager.kind,
            pages_claimed=pager.pages,
            total_claimed=pager.rows,
            empty_mark=None,
            # Of a page that is cut the rest is not known, as where a script brings it.
            scripted=_beside_script(tree, best) or tree.truncated or len(best.rows) > MOST_ROWS,
        )
        return MainList(
            listing, best.container, pager, confidence, weighed, [row.link for row in best.read]
        )
    rivals = any(
        not (group.furniture or group.beside)
        and (group.dated > 0 or (len(group.read) >= 3 and group.titles >= 8 * len(group.read)))
        for group in weighed
        if group.read
    )
    # Rows that may be the list and were not trusted: then the list was not understood, not empty.
    empty = None if rivals else _empty_list(tree, resolver, url, scripted, expected)
    if empty is not None and not article:
        empty.groups = weighed
        return empty
    return MainList(None, None, Pager(), confidence, weighed)


def _covers(el: El, tree: Tree) -> bool:
    """Whether an element wraps most of the page, so that its name says nothing of one part."""
    return el.chars * 10 > tree.body.chars * 7


def _without_nested(groups: list[Group]) -> list[Group]:
    """Drop groups that lie inside a row of another that has its own title."""
    out = []
    for group in groups:
        nested = False
        for other in groups:
            if (
                other is group
                or not other.read
                or not other.container.holds(group.container)
                or other.container is group.container
            ):
                continue
            if len(other.read) >= 2 and any(
                row.el.holds(group.container) and not group.container.holds(row.link)
                for row in other.read
            ):
                nested = True
                break
        if not nested:
            out.append(group)
    return out


def _confidence(
    best: Group,
    groups: list[Group],
    pagers: list[int],
    expected: bool,
    article: bool,
    tree: Tree,
) -> float:
    rows = len(best.read)
    mean = best.titles / rows
    paged = _pages_on(best, pagers)
    named = any(
        el.names and is_listlike(el.names)
        for _, el in zip(range(3), best.container.up(), strict=False)
    )
    sure = 0.0
    if best.dated >= 0.6:
        sure = 0.75 if rows >= 5 else 0.6 if rows >= 3 else 0.45 if rows >= 2 else 0.35
        if mean < 5:
            sure -= 0.25
    elif mean >= 9 and rows >= 5:
        sure = 0.45
    elif mean >= 7 and rows >= 3 and (named or paged):
        sure = 0.35
    elif expected and rows >= 3 and not best.aside and _pictured(best):
        sure = 0.4  # people or albums: a picture and a name each
    if paged:
        sure += 0.2
    if named:
        sure += 0.08
    if expected:
        sure += 0.15
    if best.furniture:
        sure -= 0.35 if not best.dated >= 0.6 else 0.15
    if best.beside:
        sure -= 0.9
    elif best.aside:
        sure -= 0.2
    if article:
        sure -= 0.25
    rivals = [
        group for group in groups
        if group is not best and group.score > 0.5 * best.score and group.dated >= 0.5 and not group.furniture
    ]  # fmt: skip
    if rivals and not paged:
        # Several lists of like weight: a channel page that shows its columns' newest rows.
        sure -= 0.2 * min(2, len(rivals))
    return max(0.0, min(0.98, sure))


def _pictured(group: Group) -> bool:
    """Nearly every row shows a picture with a name."""
    shown = sum(
        any(el.tag == "img" for el in row.el.descend()) and row.el.chars >= 2
        for row in group.read[:50]
    )
    return shown * 5 >= min(len(group.read), 50) * 4


def _precedes(group: Group, pagers: list[int]) -> bool:
    """The pager follows right after the rows: whatever the list is called, it has pages."""
    return _near(pagers, group.rows[-1][0].end, 0, 8)


def _pages_on(group: Group, pagers: list[int]) -> bool:
    """The list is followed by a pager."""
    return _near(pagers, _end(group), -5, 60)


def _near(pagers: list[int], end: int, least: int, most: int) -> bool:
    return any(least <= at - end <= most for at in pagers)


def _beside_script(tree: Tree, group: Group) -> bool:
    """Whether the list's container holds a template of a script: more rows may come."""
    return any(TEMPLATE.search(row.title) for row in group.read[:3])


def _joined(group: Group, scripted: Scripted) -> bool:
    """Take the rows that scripts write among a list's own into that list; whether there were any
    such rows, and no others."""
    at = scripted.container
    if at is None or group.container not in (at, at.parent):
        return False
    if not all(group.container.holds(row.el) for row in scripted.rows):
        return False
    known = {row.url for row in group.read}
    group.read = [*group.read, *(row for row in scripted.rows if row.url not in known)]
    group.read.sort(key=lambda row: row.el.index)
    return True


def _from_script(
    scripted: Scripted, tree: Tree, resolver: urls.Resolver, url: str, groups: list[Group]
) -> MainList:
    pager = scripted.pager
    if pager is None:
        pager = read_pager(tree, resolver, url, scripted.container)
    listing = Listing(
        entries=tuple(entry_of(row) for row in scripted.rows),
        container=scripted.container.path if scripted.container else None,
        next_url=pager.next_url,
        pager=pager.kind,
        pages_claimed=pager.pages,
        total_claimed=pager.rows,
    )
    return MainList(listing, scripted.container, pager, 0.9, groups, [])


def empty_mark(tree: Tree) -> tuple[str, El] | None:
    """The text by which the page says that its list is empty, and where it stands."""
    for line in tree.lines:
        if line.linked:
            continue
        size = sum(map(len, line.parts))
        if not 3 <= size <= 120:
            continue
        text = line.text
        if len(text) > 40 or not _EMPTY.match(text):
            continue
        block = line.block
        if any(
            el.tag in {"footer", "nav", "header"}
            or (
                el.names
                and (is_furniture(el.names) or is_aside(el.names))
                and not _covers(el, tree)
            )
            for el in block.up()
        ):
            continue
        if any(name.startswith(("v-", "ng-", ":", "x-")) for el in block.up() for name in el.attrs):
            continue
        return text, block
    return None


_LIST_NAME = re.compile(
    r"(?:^|[\s_-])(?:\w*list\d*|newslist|morelist|list_?con\w*|lists?_?\w{0,6}|lbur|liebiao|wb-data-item|u-list|more-list|ewb-info-items|datalist|list-text|list_text)(?:$|[\s_-])"
)


_HEADER_CELL = re.compile(
    r"(?:序号|编号|索引号|名称|标题|信息名称|文件名称|文号|发文字号|发布机构|生成日期|发布日期|发文日期|成文日期|公开日期|日期|时间|发布时间|分类|公开方式|公开范围)"
)


def _holds_no_row(el: El, mark: tuple[str, El] | None) -> bool:
    """An element shows nothing but the mark of emptiness, or the header row of a table."""
    if el.chars <= (len(bare(mark[0])) if mark and el.holds(mark[1]) else 0):
        return True
    if el.chars > 60 or el.linked or el.tag not in {"table", "tbody"}:
        return False
    return not _HEADER_CELL.sub("", bare(el.text()))


def _only_heads(el: El) -> bool:
    """A table of nothing but the heads of a list's columns, whatever it is called."""
    if el.tag != "table" or el.chars > 60 or el.linked:
        return False
    text = bare(el.text())
    return len(_HEADER_CELL.findall(text)) >= 3 and not _HEADER_CELL.sub("", text)


def _empty_list(
    tree: Tree, resolver: urls.Resolver, url: str, scripted: Scripted | None, expected: bool
) -> MainList | None:
    """An empty list: a mark that says so, or a list's own container with no rows in it."""
    mark = empty_mark(tree)
    container: El | None = None
    if scripted is not None and scripted.container is not None:
        container = scripted.container
    else:
        for el in tree.elements:
            if (
                el.tag in {"ul", "ol", "div", "tbody", "table", "dl"}
                and el.names
                and not el.hidden
                and _holds_no_row(el, mark)
                and (("list" in el.names and _LIST_NAME.search(el.names)) or _only_heads(el))
                and not any(
                    at.names
                    and (is_furniture(at.names) or is_aside(at.names))
                    and not _covers(at, tree)
                    for at in el.up()
                )
                and not any(kid.tag in {"script", "img"} for kid in el.children())
            ):
                container = _innermost(el)
                break
    if mark is None and container is None:
        return None
    # A container that merely looks like a list's proves nothing on a page not known to be one.
    if (
        mark is None
        and not expected
        and scripted is None
        and not _pager_places(tree)
        and not _column_page(tree)
    ):
        return None
    at = container or (mark[1] if mark else None)
    pager = (
        scripted.pager
        if scripted is not None and scripted.pager
        else read_pager(tree, resolver, url, at)
    )
    loads = (
        (pager.rows and mark is None)
        or any(
            LOADS.search(script.text[:100_000]) for script in tree.scripts if len(script.text) > 20
        )
        or any("unitbuild" in el.get("src") or el.attrs.get("querydata") for el in tree.sources)
    )
    waits = container is not None and _waits(tree, container)
    in_iframe = any(el.tag in {"iframe", "frame"} and not el.hidden for el in tree.sources)
    listing = Listing(
        entries=(),
        container=at.path if at is not None else None,
        next_url=pager.next_url,
        pager=pager.kind,
        pages_claimed=pager.pages,
        total_claimed=pager.rows,
        empty_mark=squeeze(mark[0]) if mark else None,
        scripted=bool(loads or in_iframe or waits) if mark is None else False,
    )
    return MainList(listing, at, pager, 0.7 if mark else 0.5)


def _innermost(el: El) -> El:
    """Where the rows of an empty list would stand, as those of its siblings do: the body of a table,
    the only list in a block that is named for it."""
    kids = list(el.children())
    body = next((kid for kid in kids if kid.tag == "tbody"), None)
    if body is not None:
        return body
    if len(kids) == 1 and kids[0].tag in {"ul", "ol", "dl", "table"} and el.tag == "div":
        return _innermost(kids[0])
    return el


def _waits(tree: Tree, container: El) -> bool:
    """An empty container is one that a script fills: it holds the parts of rows without their text,
    or a script that fills something names it."""
    for el in container.descend():
        if el is container or el.chars:
            continue
        if el.tag in {"a", "template"} or (el.tag in {"li", "tr", "dd"} and any(el.children())):
            return True
    names = [
        re.escape(name)
        for name in (container.get("id"), *container.get("class").split()[:4])
        if 4 <= len(name) <= 60
    ]
    if not names:
        return False
    filled = re.compile(
        rf"[\w$]\s*\(\s*[\"'][#.]?(?:{'|'.join(names)})[\"'](?:\s*,|[^;\n]{{0,60}}(?:\.html\(|append|\.load\(|innerHTML|render|template))"
    )
    return any(filled.search(script.text[:100_000]) for script in tree.scripts)


def _column_page(tree: Tree) -> bool:
    metas = tree.metas
    return (
        bool(metas.get("columnname")) and not metas.get("articletitle") and not metas.get("pubdate")
    )


def all_rows(tree: Tree, resolver: urls.Resolver, url: str) -> tuple[Row, ...]:
    """Every dated row of a page, of whatever list, in document order (for home pages)."""
    out: list[Row] = []
    seen: set[str] = set()
    for group in groups_of(tree):
        for el, link in group.rows[:200]:
            if el.chars > 400:
                continue
            row = read_row(el, link, resolver)
            if (
                row is not None
                and (row.published or row.month_day)
                and is_title(row.title)
                and row.url not in seen
            ):
                seen.add(row.url)
                out.append(row)
    resolve_years(out)
    scripted = scripted_rows(tree, resolver, url)
    if scripted is not None:
        out.extend(row for row in scripted.rows if row.url not in seen)
    return tuple(out)
