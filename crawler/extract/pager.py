"""The pager of a list: where the next page is, and how many pages and rows it claims.

Tried in order: the list's data endpoint, a link that says 下一页, the calls by which pagers are
written (``createPageHTML`` and its kin, ``currentPage``/``countPage``), encoded pagers, numbered
links. Zero- and one-based calls are told apart by the form of the call and by what its own script
writes.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import unquote_plus

from crawler import urls
from crawler.extract.tree import El, Line, Tree, bare, build

_NEXT = frozenset(
    ["下一页", "下页", "后一页", "下一頁", "next", "nextpage", "向后", "后页", "下翻", "往后"]
)
_CALENDAR = re.compile(r"[?&](?:month|date|day|rq|calendar)=", re.I)
"""Addresses by which a calendar turns its months."""
_BRACKETS = "[]【】()（）<>《》«»›‹→＞》…·|"
_ARROWS = frozenset({">", "›", "〉", "＞"})
_PAGE_TEXT = re.compile(r"^[\[【]?(\d{1,4})[\]】]?$")
_DEAD_HREF = re.compile(r"^\s*(?:javascript:|#|$)", re.I)
_PAGES = re.compile(
    r"共\s*(?:有|计)?\s*(\d{1,6})\s*页|总页数\s*+[:：]?\s*+(\d{1,6})|(?:当前)?第?\s*\d{1,5}\s*页?\s*[/／]\s*(?:共)?\s*(\d{1,6})\s*页|页次\s*+[:：]?\s*+\d{1,5}\s*/\s*(\d{1,6})|[（(]\s*\d{1,5}\s*/\s*(\d{1,6})\s*[)）]"
)
_ROWS = re.compile(
    r"共\s*(?:有|计|找到|检索到)?\s*+[:：]?\s*+(\d{1,7})\s*(?:条|篇|项|个|则)|(?:总记录数?|记录总数|总条数|总数|记录数)\s*+[:：]?\s*+(\d{1,7})|(\d{1,7})\s*条(?:记录|信息|数据)"
)
_ROWS_SHORT = re.compile(r"(\d{1,7})\s*条")
_FRACTION = re.compile(r"^\s*(\d{1,5})\s*/\s*(\d{1,5})\s*$")
_ROWS_AND_FRACTION = re.compile(r"共\s*(\d{1,7})\s*条[\s,，]{0,4}(\d{1,5})\s*/\s*(\d{1,5})(?!\d)")
_CALL = re.compile(
    r"(?<![\w.$])(createPageHTML\w*|createPage\w*|createTurnPage\w*|pageHtml|genPageHtml|createPageHtml\w*|creatPage\w*|getPageHtml|showPage\w*)\s*\(([^()]{3,200})\)"
)
_ARG = re.compile(r"\"([^\"]*)\"|'([^']*)'|(-?\d+)|([A-Za-z_$][\w$.]*)")
_COUNT = re.compile(
    r"\b(?:countPage|pageCount|totalPage|totalPages|page_count|pagecount|_nPageCount)\s*[=:]\s*[\"']?(\d{1,6})",
    re.I,
)
_CURRENT = re.compile(
    r"\b(?:currentPage|curPage|currPage|pageIndex|currentPageIndex|nCurrIndex|curIndex|page_index)\s*[=:]\s*[\"']?(\d{1,6})",
    re.I,
)
_NAME = re.compile(
    r"[\"']([\w\-/.]+?)[\"']?\s*\+?\s*[\"']?_[\"']?\s*\+\s*\(?\s*nextPage[^;]{0,40}?\.?[\"']?\s*\+?\s*[\"']?\.?(s?html?|jhtml|aspx|jsp)",
    re.I,
)
_NAME_LOOSE = re.compile(
    r"\\?[\"']([\w\-]+)(?:\\?[\"']\s*\+\s*\\?[\"'])?_\\?[\"']\s*\+\s*\(?\s*(?:nextPage|currentPage\s*\+\s*1|nCurrIndex\s*\+\s*1)"
)
_TOTAL_RECORD = re.compile(
    r"\b(?:totalRecord|totalRecords|recordCount|totalCount|totalrecord|total_count|total)\s*+[\"']?\s*+[=:]\s*[\"']?(\d{1,7})",
    re.I,
)
_PER_PAGE = re.compile(
    r"\b(?:perPage|pageSize|page_size|rows)\s*+[\"']?\s*+[=:]\s*[\"']?(\d{1,4})", re.I
)
_COMMENTS = re.compile(r"/\*.*?\*/|(?<![:\"'\\])//[^\n]*", re.S)
_NUMBER_AT_END = re.compile(r"^(.*?)(\d{1,5})(\.[a-z]{2,6})?$", re.I)
_QUERY_PAGE = re.compile(
    r"([?&](?:page|pageno|pagenum|pageindex|pagenumber|currpage|curpage|cur_page|currentpage|pn|p|pageid|nowpage|page_no|pageno_|paged|paging|pagenumber|p_no|start_page)=)(\d{1,5})(?=&|$)",
    re.I,
)
_ONCLICK = re.compile(r"(?:go|to|jump|turn|page|next)\w*\(\s*[\"']?(\d{1,5})[\"']?\s*\)", re.I)
_POSTBACK = re.compile(r"__doPostBack\s*\(")
_QUOTED_PATH = re.compile(
    r"[\"']((?:\.{0,2}/)?[\w\-./]*(?:/|\.s?html?|\.jsp|\.aspx?|\.do)[^\"'\s]{0,200})[\"']"
)
_URL_IN_CLICK = re.compile(
    r"(?:location(?:\.href)?\s*=\s*|open\(\s*|goto\w*\(\s*)[\"']([^\"']{1,300})[\"']", re.I
)
MAX_PAGES = 100_000


@dataclass(slots=True)
class Pager:
    """What a page says about the pages of its list."""

    next_url: str | None = None
    kind: str | None = None
    pages: int | None = None
    rows: int | None = None
    current: int | None = None
    """Number of this page, 1-based."""
    script: int = 0
    """Page to which a link leads by a script that is not understood; 0 when there is none."""


def read_pager(tree: Tree, resolver: urls.Resolver, url: str, after: El | None) -> Pager:
    """The pager of the list in ``after`` (the whole page when ``None``)."""
    pager = Pager()
    _claims(tree, pager, after)
    for attempt in (
        _by_link,
        _by_call,
        _by_setting,
        _by_counters,
        _by_code,
        _by_numbers,
        _by_select,
    ):
        attempt(tree, resolver, url, pager, after)
        if pager.next_url or (pager.kind and pager.kind != "claims"):
            break
    if pager.next_url == urls.canonical(url):
        pager.next_url = None
    if pager.next_url and pager.pages is None:
        pager.pages = _by_last(tree, resolver, pager)
    if pager.script > 1 and not pager.next_url and not pager.kind:
        # There is a next page, and its address is not known: this page is not the last.
        pager.kind = "script"
        pager.pages = pager.pages or pager.script
    return pager


def _number(match: re.Match[str]) -> int:
    return int(next(group for group in match.groups() if group))


_PAGER_NAMES = re.compile(
    r"page|pagin|fanye|turn|fenye|pb_|digg|sabrosus|black2|next|count|total|laypage|m-style|p_no|p_t"
)


def _claims(tree: Tree, pager: Pager, after: El | None) -> None:
    start = after.index if after is not None else 0
    for line in tree.lines:
        # Titles of rows count this and that; a pager's links are short.
        if line.linked > 40 or len(line.parts) > 60:
            continue
        if line.linked >= 12 and max(len(part.strip()) for part in line.parts) >= 24:
            continue
        text = line.parts[0] if len(line.parts) == 1 else "".join(line.parts)
        if not ("页" in text or "/" in text or "条" in text or "共" in text or "总" in text):
            continue
        size = len(text)
        if size > 300:
            continue
        if line.block.index < start and not (
            line.block.names and _PAGER_NAMES.search(line.block.names)
        ):
            continue
        if pager.pages is None and ("页" in text or "/" in text):
            match = _PAGES.search(text)
            if match:
                pager.pages = min(_number(match), MAX_PAGES)
            elif "/" in text:
                pager.pages = _fraction(line, text)
        if pager.rows is None and ("共" in text or "总" in text or "条" in text):
            match = _ROWS.search(text)
            if match and size < 160:
                pager.rows = _number(match)
            elif size < 160 and any(
                at.names and _PAGER_NAMES.search(at.names)
                for _, at in zip(range(3), line.block.up(), strict=False)
            ):
                match = _ROWS_SHORT.search(text)
                if match:
                    pager.rows = int(match[1])


def _fraction(line: Line, text: str) -> int | None:
    """The pages that ``1/15`` counts, where it stands in a pager."""
    both = _ROWS_AND_FRACTION.search(text)
    if both and int(both[2]) <= int(both[3]):
        return int(both[3])
    if not any(
        at.names and _PAGER_NAMES.search(at.names)
        for _, at in zip(range(4), line.block.up(), strict=False)
    ):
        return None
    for part in line.parts if len(line.parts) <= 40 else ():
        found = _FRACTION.match(part)
        if found and int(found[1]) <= int(found[2]):
            return int(found[2])
    return None


def _by_link(tree: Tree, resolver: urls.Resolver, url: str, pager: Pager, after: El | None) -> None:
    start = after.index if after is not None else 0
    found: El | None = None
    for el in tree.anchors:
        if el.index < start or el.hidden:
            continue
        # A pager link is short; the whole text of long links need not be made.
        if el.chars > 12:
            continue
        word = bare(el.text()).lower()
        names = el.names
        core = word.strip(_BRACKETS)
        if core not in _NEXT and _CALENDAR.search(el.get("href")):
            continue
        if (
            core in _NEXT
            or (not word and (el.get("title") == "下一页" or "next" in names))
            or (
                word in _ARROWS
                and (names or (el.parent is not None and _PAGER_NAMES.search(el.parent.names)))
            )
        ):
            found = el
            if core in _NEXT:
                break
    if found is None and after is not None:
        _by_link(tree, resolver, url, pager, None)  # a pager above the list
        return
    if found is None and tree.link_next:
        pager.next_url = resolver.canonical(tree.link_next)
        pager.kind = "link"
        return
    if found is None:
        found = _clicked_next(tree)
    if found is None:
        return
    href = found.get("href")
    if not _DEAD_HREF.match(href):
        pager.next_url = resolver.canonical(href)
        pager.kind = "query" if "?" in href else "link"
        if pager.next_url and _leads_back(tree, resolver, pager.next_url):
            pager.next_url = None
        return
    click = (
        found.get("onclick")
        + " "
        + (href if "(" in href else "")
        + " "
        + found.get("tagname")
        + " "
    )
    match = _URL_IN_CLICK.search(click) or _QUOTED_PATH.search(click)
    if match:
        pager.next_url = resolver.canonical(match[1])
        pager.kind = "link"
        return
    named = found.get("tagname") or found.get("data-href") or found.get("data-url")
    if named:
        pager.next_url = resolver.canonical(named)
        pager.kind = "link"
        return
    clicked = _ONCLICK.search(click)
    if clicked and (own := urls.canonical(url)):
        number = int(clicked[1])
        if _QUERY_PAGE.search(own):
            pager.next_url = _QUERY_PAGE.sub(lambda match: f"{match[1]}{number}", own, count=1)
            pager.kind = "query"
            return
    if clicked and (goes_to := _by_function(tree, click, int(clicked[1]))):
        pager.next_url = resolver.canonical(goes_to)
        pager.kind = "link"
        return
    if clicked:
        pager.script = max(pager.script, int(clicked[1]))
    elif _POSTBACK.search(click):
        pager.script = max(pager.script, 2)


def _leads_back(tree: Tree, resolver: urls.Resolver, following: str) -> bool:
    """Whether 上一页 leads where 下一页 does: both are written on a single page, and mean itself."""
    return any(
        el.chars <= 12
        and bare(el.text()).lower().strip(_BRACKETS) in _PREVIOUS
        and resolver.canonical(el.get("href")) == following
        for el in tree.anchors
    )


_CALLED = re.compile(r"\b([A-Za-z_$][\w$]{0,40})\s*\(\s*[\"']?\d{1,5}[\"']?\s*\)")
_BODY = 600
"""Characters of a function in which it is looked for where it leads."""


def _by_function(tree: Tree, click: str, number: int) -> str | None:
    """Where the page's own function leads, whose whole work is to join an address with the number."""
    called = _CALLED.search(click)
    if called is None:
        return None
    head = re.compile(rf"\bfunction\s+{re.escape(called[1])}\s*\(\s*([A-Za-z_$][\w$]{{0,30}})\s*\)")
    for script in tree.scripts:
        found = head.search(script.text[:200_000])
        if found is None:
            continue
        body = script.text[found.end() : found.end() + _BODY].partition("function ")[0]
        goes = re.findall(
            r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|open\()\s*[\"']([^\"'<>]{0,300}[=_/-])[\"']"
            rf"\s*\+\s*{re.escape(found[1])}\s*(?:\+\s*[\"']([^\"'<>]{{0,100}})[\"'])?\s*[;)\n}}]",
            body,
        )
        return f"{goes[0][0]}{number}{goes[0][1]}" if len(goes) == 1 else None
    return None


def _clicked_next(tree: Tree) -> El | None:
    """What says 下一页 and is no link: a cell, a button or a span that is clicked."""
    for el in tree.elements:
        if "onclick" not in el.attrs or el.tag == "a" or el.hidden or el.chars > 12:
            continue
        word = bare(el.text() or el.get("value")).lower()
        if word.strip(_BRACKETS) in _NEXT:
            return el
    return None


_LAST = frozenset(["尾页", "末页", "最后一页", "最后页", "最末页", "末頁", "尾頁", "last"])
_PREVIOUS = frozenset(["上一页", "上页", "前一页", "上一頁", "prev", "previous"])
_NUMBERS = re.compile(r"\d{1,5}")


def _by_last(tree: Tree, resolver: urls.Resolver, pager: Pager) -> int | None:
    """Pages in all, from where the links to the next and to the last page lead, seen on the first."""
    last: str | None = None
    for el in tree.anchors:
        if el.chars > 8 or el.hidden:
            continue
        word = bare(el.text()).lower().strip(_BRACKETS)
        href = el.get("href")
        if word in _PREVIOUS and not _DEAD_HREF.match(href) and resolver.canonical(href):
            return None  # not the first page, and which one is not known
        if word in _LAST and not _DEAD_HREF.match(href):
            last = resolver.canonical(href)
    if last is None or pager.next_url is None or (pager.current or 1) != 1:
        return None
    if last == pager.next_url:
        return 2
    one = _NUMBERS.split(pager.next_url)
    if one != _NUMBERS.split(last):
        return None
    pairs = [
        (int(a), int(b))
        for a, b in zip(_NUMBERS.findall(pager.next_url), _NUMBERS.findall(last), strict=True)
        if a != b
    ]
    if len(pairs) != 1 or abs(pairs[0][0] - pairs[0][1]) > 5000:
        return None
    return abs(pairs[0][0] - pairs[0][1]) + 2


def _calls(tree: Tree) -> list[tuple[str, list[str], El]]:
    out = []
    for script in tree.scripts:
        text = script.text
        if "age" not in text or len(text) > 200_000 or not _CALL.search(text):
            continue
        code = _COMMENTS.sub("", text) if "//" in text or "/*" in text else text
        for match in _CALL.finditer(code):
            before = code[max(0, match.start() - 12) : match.start()]
            if re.search(r"function\s+$", before):
                continue
            args = [a or b or c or d for a, b, c, d in _ARG.findall(match[2])]
            if any(arg.isdigit() for arg in args):
                out.append((match[1], args, script.el))
    return out


def _by_call(tree: Tree, resolver: urls.Resolver, url: str, pager: Pager, after: El | None) -> None:
    calls = _calls(tree)
    if not calls:
        return
    if after is not None and len(calls) > 1:
        following = [call for call in calls if call[2].index >= after.index or call[2].holds(after)]
        calls = following or calls
    name, args, _ = calls[0]
    found = _from_call(args)
    if found is None:
        return
    total, current, stem, ending, rows, one_based = found
    pager.kind = name
    if total > MAX_PAGES:
        return
    pager.pages = total
    if rows is not None:
        pager.rows = rows
    number = current - 1 if one_based else current
    pager.current = number + 1
    if number + 1 < total:
        suffix = number + 2 if one_based else number + 1
        pager.next_url = resolver.canonical(f"{stem}_{suffix}.{ending}")


def _from_call(args: list[str]) -> tuple[int, int, str, str, int | None, bool] | None:
    """Total, current, stem, ending, rows, and whether the count starts at 1.

    Forms met: ``(total, cur, "index", "html"[, records])`` counts from 0;
    ``('id', total, cur, 'name', 'shtml', records)`` counts from 1;
    ``(total, cur, "index", "shtml", "black2", records)`` from 0;
    ``(records, pages, cur, "index", "html")`` from 0.
    """
    words = [position for position, arg in enumerate(args) if not _is_number(arg)]
    numbers = [position for position, arg in enumerate(args) if _is_number(arg)]
    if len(numbers) < 2:
        return None
    one_based = bool(words) and words[0] == 0
    lead = [position for position in numbers if not words or one_based or position < words[0]]
    if len(lead) < 2:
        return None
    names = [args[position] for position in words if position > lead[1]]
    stem = names[0] if names and re.fullmatch(r"[\w\-./]{1,60}", names[0]) else "index"
    ending = (
        names[1].lstrip(".")
        if len(names) > 1 and re.fullmatch(r"\.?[a-z]{2,6}", names[1], re.I)
        else "html"
    )
    after = [
        int(args[position])
        for position in numbers
        if (words and position > words[-1]) or (len(names) > 1 and position > args.index(names[1]))
    ]
    rows = after[-1] if after else None
    first, second = int(args[lead[0]]), int(args[lead[1]])
    if not one_based and len(lead) >= 3:
        third = int(args[lead[2]])
        if first >= second > third:
            return second, third, stem, ending, first, False
    if one_based and second == 0:
        one_based = False
    return first, second, stem, ending, rows, one_based


def _is_number(arg: str) -> bool:
    return arg.lstrip("-").isdigit()


def _by_counters(
    tree: Tree, resolver: urls.Resolver, url: str, pager: Pager, after: El | None
) -> None:
    for script in tree.scripts:
        text = script.text
        if len(text) > 200_000 or not ("Page" in text or "page" in text):
            continue
        count = _COUNT.search(text)
        current = _CURRENT.search(text)
        if not count or not current:
            continue
        name = _NAME.search(text) or _NAME_LOOSE.search(text)
        if not name and _LS_PAGINATION.search(text):
            continue  # its settings are read below
        if not name:
            if int(count[1]) > 1 and int(current[1]) < int(count[1]) <= MAX_PAGES:
                # More pages are promised, and how to get them is not said in a way that is known.
                pager.kind = "script"
                pager.pages = pager.pages or int(count[1])
            continue
        total, number = int(count[1]), int(current[1])
        ending = name[2] if name.re is _NAME else _ending(text, name.end())
        pager.kind = "countPage"
        pager.pages = min(total, MAX_PAGES)
        pager.current = number + 1
        if number + 1 < total:
            pager.next_url = resolver.canonical(f"{name[1]}_{number + 1}.{ending}")
        return


def _ending(text: str, at: int) -> str:
    match = re.search(r"\.?(s?html?|jhtml|aspx|jsp)\b", text[at : at + 80])
    return match[1] if match else "html"


_SETTINGS = re.compile(
    r"(?:laypage\.render|laypage|pagination_script_config|\.pagination|\.jqPaginator|\.createPage|\.Paging|(?<![\w.])Pager|new\s+Page\w*)"
    r"\s*[=(]\s*(?:\{|[\"'][^\"']{0,40}[\"']\s*,\s*(?:\{|function))"
)
_SET_PAGE = re.compile(r"pagination\s*\(\s*[\"']setPage[\"']\s*,\s*(\d{1,6})\s*,\s*(\d{1,6})\s*\)")
_NAMED = re.compile(r"\b(prefix|suffix)[\"']?\s*:\s*[\"']([\w-]{1,40})[\"']")
_SETTING = re.compile(
    r"[\"']?\b(count|limit|curr|total|size|pageNumber|totalPages|pageCount|visiblePages|currentPage|currPage|current|pageSize|totalCounts|totalData|showData)[\"']?\s*:\s*[\"']?(\d{1,7})"
)
_LS_PAGINATION = re.compile(r"\bLs\.pagination\s*\(")
"""The pager of the Anhui make, whose settings come after a function."""
_OWN_NUMBER = re.compile(r"([^?#]*?)(?:_\d{1,5})?(?:\.(s?html?))?")
_GOES_TO = re.compile(
    r"(?:location(?:\.href)?\s*=|open\()\s*[\"']([^\"']{0,300}[?&][\w-]{1,20}=)[\"']\s*\+\s*(?:\w+\.)?(?:curr\w*|page\w*|num\w*|current)\b"
)


_COLUMN_PAGE = re.compile(r"/content/column/\d{1,12}(?:\?|$)")
"""Addresses whose pages are told apart by ``pageIndex``."""


def _with_query(url: str, name: str, number: int) -> str:
    """The address with this number for ``name``."""
    head, _, query = url.partition("?")
    pairs = [pair for pair in query.split("&") if pair and not pair.startswith(f"{name}=")]
    return f"{head}?{'&'.join([*pairs, f'{name}={number}'])}"


def _by_setting(
    tree: Tree, resolver: urls.Resolver, url: str, pager: Pager, after: El | None
) -> None:
    """Pagers of script libraries, which are told the rows or pages in all and the current page."""
    for script in tree.scripts:
        text = script.text
        if len(text) > 200_000 or "ag" not in text:
            continue
        if set_page := _SET_PAGE.search(text):
            current = pager.current = int(set_page[1])
            pager.kind = "setting"
            pager.pages = min(int(set_page[2]), MAX_PAGES)
            parts = _OWN_NUMBER.fullmatch(urls.canonical(url) or "")
            if parts and current < pager.pages:
                stem = parts[1] if not parts[1].endswith("/") else f"{parts[1]}index"
                pager.next_url = f"{stem}_{current + 1}.{parts[2] or 'html'}"
            return
        if not (start := _SETTINGS.search(text) or _LS_PAGINATION.search(text)):
            continue
        near = text[start.start() : start.start() + 3000]
        values = {name: int(value) for name, value in reversed(_SETTING.findall(near))}
        names = dict(_NAMED.findall(near[:400]))
        pages: int | None
        follow: str | None
        if len(names) == 2 and "size" in values and "current" in values:
            pages, current = values["size"], values["current"] + 1
            follow = f"{names['prefix']}_{current}.{names['suffix']}"
        elif "pagination_script_config" in start[0] and "total" in values:
            pages = values["total"]
            current = values.get("pageNumber", 0) + 1
            ending = re.search(r"\.(s?html?)$", urls.canonical(url) or "")
            follow = f"index_{current}.{ending[1] if ending else 'html'}"
        else:
            size = values.get("limit") or values.get("pageSize") or values.get("showData")
            rows = values.get("totalCounts") or values.get("totalData") or values.get("count")
            pages = values.get("totalPages") or values.get("pageCount")
            if rows is not None and size:
                pager.rows = pager.rows if pager.rows is not None else rows
                pages = pages or -(-rows // size)
            current = next(
                (
                    values[name]
                    for name in ("curr", "currPage", "currentPage", "current")
                    if values.get(name)
                ),
                1,
            )
            goes = _GOES_TO.search(near)
            follow = f"{goes[1]}{current + 1}" if goes else None
            own = urls.canonical(url) or ""
            if follow is None and _LS_PAGINATION.search(text) and _COLUMN_PAGE.search(own):
                follow = _with_query(own, "pageIndex", current + 1)
        if pages is None or pages > MAX_PAGES:
            continue  # a library that is on every page and was told nothing of this list
        pager.kind = "script"
        pager.pages = pager.pages or pages
        pager.current = current
        if follow is not None and current < pages:
            pager.next_url = resolver.canonical(follow)
            pager.kind = "setting"
        return


_OPTION = re.compile(r"第?\s*(\d{1,4})\s*页?(?:\s*/\s*\d{1,4}\s*页?)?")


def _by_select(
    tree: Tree, resolver: urls.Resolver, url: str, pager: Pager, after: El | None
) -> None:
    """A select box whose options are the pages."""
    own = urls.canonical(url)
    for box, options in tree.selects:
        if len(options) < 2:
            continue
        numbered = [
            (int(match[1]), value, chosen)
            for value, text, chosen in options
            if (match := _OPTION.fullmatch(text))
        ]
        if len(numbered) != len(options) or [n for n, _, _ in numbered] != list(
            range(1, len(numbered) + 1)
        ):
            continue
        if not (
            "onchange" in box.attrs
            or any(at.names and _PAGER_NAMES.search(at.names) for at in list(box.up())[:4])
        ):
            continue
        addresses = [
            resolver.canonical(value) if re.search(r"[./?]", value) else None
            for _, value, _ in numbered
        ]
        chosen = [n for n, _, is_chosen in numbered if is_chosen]
        current = next((n + 1 for n, at in enumerate(addresses) if at and at == own), 0)
        current = current or (chosen[0] if chosen else 1)
        pager.pages = max(pager.pages or 0, len(numbered))
        pager.current = current
        pager.kind = "script"
        if current < len(numbered) and (following := addresses[current]):
            pager.next_url, pager.kind = following, "select"
        return


_BASE64 = re.compile(r"^[A-Za-z0-9+/=\s]{80,20000}$")


def _by_code(tree: Tree, resolver: urls.Resolver, url: str, pager: Pager, after: El | None) -> None:
    """Pagers whose links lie base64- and percent-encoded in an element named for pages."""
    for el in tree.elements:
        if not el.names or "pag" not in el.names or len(el.kids) != 1:
            continue
        text = el.kids[0]
        if not isinstance(text, str) or not _BASE64.match(text):
            continue
        try:
            raw = base64.b64decode(bare(text), validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue
        inner = build(f"<body><div class='page'>{unquote_plus(raw)}</div>")
        if not inner.anchors:
            continue
        _claims(inner, pager, None)
        for el_text in inner.anchors:
            match = re.fullmatch(r"(\d{1,7})条", bare(el_text.text()))
            if match:
                pager.rows = int(match[1])
        _by_link(inner, resolver, url, pager, None)
        if not pager.next_url:
            _by_numbers(inner, resolver, url, pager, None)
        pager.kind = "base64"
        return


_COUNTS = re.compile(r"total|总|共")
"""In the title of a number that is no page's: Empire shows the rows in all as a link."""


def _by_numbers(
    tree: Tree, resolver: urls.Resolver, url: str, pager: Pager, after: El | None
) -> None:
    """Numbered page links without a 下一页: the link after the one shown as current."""
    start = after.index if after is not None else 0
    runs: dict[int, list[tuple[int, El]]] = {}
    for el in tree.anchors:
        if el.index < start or el.chars > 6 or el.hidden:
            continue
        match = _PAGE_TEXT.match(bare(el.text()))
        if match and el.parent is not None and not _COUNTS.search(el.get("title").lower()):
            scope = (
                el.parent
                if el.parent.tag not in {"li", "span", "td", "b"}
                else (el.parent.parent or el.parent)
            )
            runs.setdefault(scope.index, []).append((int(match[1]), el))
    own = urls.canonical(url)
    for index, run in runs.items():
        if len(run) < 1 or not any(number in {1, 2} for number, _ in run):
            scope_names = tree.elements[index].names if index < len(tree.elements) else ""
            if not _PAGER_NAMES.search(scope_names):
                continue
        current = _current_number(tree.elements[index], run, own, resolver)
        if current is None:
            continue
        pager.current = current
        highest = max(number for number, _ in run)
        pager.pages = max(pager.pages or 0, highest, current) or None
        pager.kind = "numbers"
        for number, el in run:
            if number == current + 1:
                href = el.get("href")
                if not _DEAD_HREF.match(href):
                    pager.next_url = resolver.canonical(href)
                    if "?" in href:
                        pager.kind = "query"
                return
        return


_ON = re.compile(
    r"(?:^|[\s_-])(?:on|cur|current|active|now|this|selected|hover|here|thispage)(?:$|[\s_-])"
)


def _current_number(
    scope: El, run: list[tuple[int, El]], own: str | None, resolver: urls.Resolver
) -> int | None:
    for number, el in run:
        if (el.names and _ON.search(el.names)) or (
            el.parent is not None and el.parent.tag == "li" and _ON.search(el.parent.names)
        ):
            return number
        if resolver.canonical(el.get("href")) == own and not _DEAD_HREF.match(el.get("href")):
            return number
    linked = {number for number, _ in run}
    for el in scope.descend():
        if (
            el.tag in {"span", "b", "strong", "em", "font", "i", "li"}
            and len(el.kids) == 1
            and isinstance(el.kids[0], str)
        ):
            match = _PAGE_TEXT.match(bare(el.kids[0]))
            if el.parent is not None and _COUNTS.search(el.parent.get("title").lower()):
                continue
            # The page shown stands beside a linked one; other numbers count rows or pages.
            if (
                match
                and int(match[1]) not in linked
                and linked & {int(match[1]) - 1, int(match[1]) + 1}
            ):
                return int(match[1])
    return 1 if 1 not in linked and 2 in linked else None
