"""The fields of an article or a disclosure entry, each with its origin and how sure it is.

Every field is tried in a written order, visible text before meta tags: templates copied between
sites keep wrong meta values, and a publication date in a tag is often the date of a rebuild. What
lost is kept for ``probe``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Generic, TypeVar

from checks.facts import DateState, Read
from crawler import urls
from crawler.extract import dates
from crawler.extract.body import Found
from crawler.extract.labels import EMPTY, Field, unbracketed
from crawler.extract.tree import HEADINGS, INLINE, El, Tree, bare, squeeze

T = TypeVar("T")


@dataclass(slots=True)
class Candidate(Generic[T]):
    """A value that was considered for a field."""

    value: T
    where: str
    confidence: float
    lost: str = ""
    """Why it was not taken; empty for the one that was."""


@dataclass(slots=True)
class Choice(Generic[T]):
    """A field's value and all that was considered for it."""

    read: Read[T] | None = None
    candidates: list[Candidate[T]] = field(default_factory=list)


def choose(candidates: Iterable[Candidate[T]]) -> Choice[T]:
    """The surest candidate, the earlier one of two equals."""
    ranked = list(candidates)
    if not ranked:
        return Choice()
    best = max(ranked, key=lambda item: item.confidence)
    for item in ranked:
        if item is not best:
            item.lost = item.lost or (
                "less sure" if item.value != best.value else "the same value, less sure"
            )
    return Choice(
        Read(value=best.value, where=best.where, confidence=round(best.confidence, 2)), ranked
    )


# --- title ---------------------------------------------------------------------------------------

_TITLED = re.compile(
    r"(?:^|[\s_\-])(?:title|tit|titles|biaoti|bt|headline|arti[-_]?title|h1|caption|ttline)\d*(?:$|[\s_\-])|"
    r"title(?:$|[\s_\-])|_tit(?:$|\s)|[-_]bt(?:$|\s)|(?:^|\s)(?:content|news|article|detail|info|con|zw|wz)[-_]?tit"
)
_SITEISH = re.compile(
    r"(?:政府|门户|网站|网|委员会|委|局|厅|办公室|办|中心|之窗|管委会|部|院|在线|信息公开(?:平台|目录|网)?|平台|站)$|"
    r"欢迎|门户网站|^www\.|^政府信息公开|^首页$"
)
_BRACKETED = re.compile(r"[（(][^（()）]{2,20}[)）]$")
_SEPARATOR = re.compile(
    r"\s*(?:[_|｜»>]+|\s[-—–]+\s?|\s?[-—–]+\s|(?<=[^\d\s\-—])[-—–](?=[^\d\-—]))\s*"
)
_ENTITY = re.compile(r"&(?:nbsp|ensp|emsp|amp|quot|ldquo|rdquo|middot|mdash|lt|gt);?", re.I)
_PUNCT = re.compile(
    r"[\s\u200b\ufeff“”\"'‘’《》<>〈〉（）()\[\]【】—–\-_·•・.,，。、:：!！?？|｜&;]+"
)
_NO_TITLE = frozenset(
    [
        "首页",
        "正文",
        "内容",
        "详情",
        "详细内容",
        "文章正文",
        "信息详情",
        "当前位置",
        "政府信息公开",
        "无标题文档",
        "文章内容",
        "内容页",
        "详情页",
        "新闻详情",
        "文章页",
        "细览",
        "信息公开",
        "null",
        "undefined",
    ]
)


def _key(text: str) -> str:
    return _PUNCT.sub("", text)


def _tidy(text: str) -> str:
    return squeeze(re.sub(r"<[^<>]{0,60}>|</?\w{0,8}$", " ", _ENTITY.sub(" ", text)))


@dataclass(slots=True)
class Heading:
    """The element that shows the title, and the line that it stands in."""

    el: El
    line: int
    text: str


def title_parts(tree: Tree) -> list[str]:
    """The parts of ``<title>`` that are neither the site's name nor a column's, best first."""
    text = _tidy(tree.title)
    if not text:
        return []
    parts = [part for part in _SEPARATOR.split(text) if part]
    if len(parts) < 2:
        return [] if _is_site(text, tree) else [text]
    columns = {tree.metas.get("columnname", "")} | _link_texts(tree)
    start, end = 0, len(parts)
    while end - start > 1 and (_is_site(parts[end - 1], tree) or parts[end - 1] in columns):
        end -= 1
    while end - start > 1 and (_is_site(parts[start], tree) or parts[start] in columns):
        start += 1
    kept = parts[start:end]
    if len(kept) == 1:
        return [] if _is_site(kept[0], tree) and len(parts) == 1 else kept
    first = text.find(kept[0])
    joined = text[first : text.rfind(kept[-1]) + len(kept[-1])]
    longest = max(kept, key=len)
    return [joined, longest] if len(longest) < 10 else [longest, joined]


def _link_texts(tree: Tree) -> set[str]:
    """What the short links of the page say: columns, mostly."""
    if tree.link_texts is None:
        tree.link_texts = _short_links(tree)
    return tree.link_texts


def _short_links(tree: Tree) -> set[str]:
    return {
        squeeze(kid)
        for el in tree.anchors
        if len(el.kids) == 1 and isinstance(kid := el.kids[0], str) and len(kid) < 30
    }


def _is_site(part: str, tree: Tree) -> bool:
    name = tree.metas.get("sitename", "")
    if name and (part == name or part in name or (name in part and len(part) < len(name) + 10)):
        return True
    part = _BRACKETED.sub("", part)
    return len(part) <= 24 and _SITEISH.search(part) is not None and "关于" not in part


def _meta_title(tree: Tree) -> str:
    text = _tidy(tree.metas.get("articletitle", ""))
    if not text or text in _NO_TITLE or text == tree.metas.get("sitename"):
        return ""
    # Some templates print the column's or the site's own <title> there.
    return text


def headings(tree: Tree) -> list[tuple[El, float]]:
    """Elements that look like a heading, with how much they do."""
    out: list[tuple[El, float]] = []
    for el in tree.elements:
        tag = el.tag
        base = 0.0
        if tag in HEADINGS:
            base = {"h1": 0.8, "h2": 0.7, "h3": 0.62}.get(tag, 0.45)
        elif tag == "ucaptitle":
            base = 0.95
        elif el.names and _is_titled(el.names):
            base = 0.55
        if not base or not 4 <= el.chars <= 200 or el.hidden:
            continue
        out.append((el, base))
        if len(out) >= 300:
            break
    return out


_NAV = re.compile(
    r"nav|menu|crumb|position|footer|copyright|foot\b|search|login|friend|wza|sidebar|share|tab"
)


@lru_cache(maxsize=8192)
def _is_titled(names: str) -> bool:
    return ("ti" in names or "bt" in names or "h1" in names) and _TITLED.search(names) is not None


@lru_cache(maxsize=8192)
def _is_nav(names: str) -> bool:
    return _NAV.search(names) is not None


def in_furniture(el: El) -> bool:
    """Whether an element lies in the page's furniture: menus, breadcrumbs, header, footer."""
    for at in el.up():
        if at.tag in {"nav", "footer", "aside"} or (
            at.names
            and _is_nav(at.names)
            and at.tag not in {"body", "html"}
            and at.chars < 3000
            and not _wide(at)
        ):
            return True
    return False


def _wide(el: El) -> bool:
    """A wrapper that holds most of the page is no furniture, whatever it is called."""
    top = el
    while top.parent is not None:
        top = top.parent
    return el.chars * 2 > top.chars


def read_title(
    tree: Tree, labels: list[Field], named: str | None
) -> tuple[Choice[str], Heading | None]:
    """The title and the heading that shows it."""
    meta = _meta_title(tree)
    meta_key = _key(meta)
    parts = title_parts(tree)
    whole = _tidy(tree.title)
    whole_key = _key(whole)
    site = _key(tree.metas.get("sitename", ""))
    column = _key(tree.metas.get("columnname", ""))
    info = _first_info_line(labels)
    out: list[Candidate[str]] = []
    best: tuple[float, El, str] | None = None
    shown = 0
    for el, base in headings(tree):
        text = _own_text(el)
        key = _key(text)
        if not key or len(text) > 160 or bare(text) in _NO_TITLE:
            continue
        if el.linked * 2 > el.chars and key != meta_key:
            continue
        score = base
        where = (
            el.tag
            if el.tag in HEADINGS or el.tag == "ucaptitle"
            else f"{el.tag} {el.names.strip()[:30]}".strip()
        )
        agrees = False
        if meta_key and key == meta_key:
            score = 0.97
            agrees = True
        elif meta_key and key in meta_key and meta_key in whole_key:
            score = 0.7  # a part of what tag and <title> agree on: cut, or a line of two
        elif (
            len(key) >= 5
            and key in whole_key
            and key not in {site, column}
            and (parts or not _is_site(text, tree))
        ):
            # The more of <title> it is, the surer.
            agrees = True
            if not meta_key or key in meta_key:
                score = max(score, 0.96 if len(key) >= 8 else 0.86)
                if parts and len(key) * 10 < 7 * len(_key(parts[0])) and key in _key(parts[0]):
                    score = 0.78
        elif len(meta_key) >= 6 and meta_key in key and len(key) <= 2 * len(meta_key):
            score, text, agrees = 0.9, meta, True
        if key == site or (key == column and not agrees):
            score = min(score, 0.2)
        elif not agrees:
            if in_furniture(el) or _is_site(text, tree):
                score *= 0.4
            elif text in _link_texts(tree):
                score *= 0.5  # a column's name, which the menu or the breadcrumb links
            score *= _nearness(tree, el, info)
            if whole_key and parts and len(parts[0]) >= 8:
                score *= 0.85
            if meta_key:
                score *= 0.8
        out.append(Candidate(text, where, score))
        shown += 1
        if best is None or score > best[0] + 0.001:
            best = (score, el, text)
    if best is None or best[0] < 0.9:
        told = len(_key(parts[0])) if parts else 0
        found = _plain_line(tree, meta_key, whole_key, {site, column, ""}, told)
        if found is not None:
            _, el, text, sure = found
            out.append(Candidate(text, f"text of {el.path.rpartition('> ')[2]}", sure))
            if best is None or sure > best[0]:
                best = (sure, el, text)
    if (best is None or best[0] < 0.6) and info is not None:
        before = _line_before(tree, info, {site, column, ""})
        if before is not None:
            el, text = before
            out.append(Candidate(text, "line above date and source", 0.68))
            if best is None or best[0] < 0.68:
                best = (0.68, el, text)
    if meta:
        confidence = 0.88
        if best is not None and _key(best[2]) == meta_key:
            confidence = 0.95
        elif meta_key == column and meta_key not in whole_key:
            confidence = 0.5
        elif whole_key and meta_key not in whole_key and best is not None and best[0] >= 0.85:
            confidence = 0.6
        out.append(Candidate(meta, "meta ArticleTitle", confidence))
    if named:
        out.append(Candidate(named, "label 名称", 0.8 if len(named) >= 6 else 0.4))
    for rank, part in enumerate(parts[:2]):
        out.append(Candidate(part, "title element", (0.7 if len(part) >= 8 else 0.5) - 0.1 * rank))
    choice = choose(out)
    if choice.read is None:
        return choice, None
    key = _key(choice.read.value)
    heading: Heading | None = None
    if best is not None and (_key(best[2]) == key or best[0] >= 0.5):
        heading = Heading(best[1], _line_of(tree, best[1]), best[2])
    return choice, heading


_SMALL_PRINT = re.compile(r"time|date|info|source|share|font|zihao|print|attr")


def _own_text(el: El) -> str:
    """A heading's text without what templates put beside it: dates, sources, small print."""
    if all(isinstance(kid, str) for kid in el.kids):
        return _tidy("".join(kid for kid in el.kids if isinstance(kid, str)))
    parts: list[str] = []
    for kid in el.kids:
        if isinstance(kid, str):
            parts.append(kid)
        elif kid.tag == "br":
            parts.append(" ")
        elif (
            kid.tag in INLINE
            and kid.tag != "small"
            and not (kid.names and _SMALL_PRINT.search(kid.names))
        ):
            parts.append(kid.text())
    own = squeeze("".join(parts))
    if len(own) >= 4:
        return own
    # A block of blocks: the title is the first of them, date and source the next.
    for inner in el.children():
        if inner.chars >= 4 and not inner.hidden:
            return _own_text(inner) if inner.chars < el.chars else inner.text()
    return el.text()


def leads_in(tree: Tree, heading: Heading | None, body: Found | None) -> bool:
    """Whether a heading, a line with date or source, and prose follow each other: an article."""
    if heading is None or body is None:
        return False
    for line in tree.lines[heading.line + 1 : heading.line + 7]:
        if line.linked * 2 > sum(map(len, line.parts)):
            continue
        if line.block.index >= body.el.index and not body.el.holds(heading.el):
            return False
        text = line.text
        if len(text) <= 160 and (dates.find(text, 1) or "来源：" in text or "来源:" in text):
            return body.el.holds(heading.el) or body.el.index > heading.el.index
    return False


def _line_of(tree: Tree, el: El) -> int:
    for number, line in enumerate(tree.lines):
        if el.holds(line.block) or (line.block.holds(el) and bare(el.text())[:12] in line.bare):
            return number
    return 0


def _line_before(tree: Tree, info: int, not_these: set[str]) -> tuple[El, str] | None:
    """The short line of text right above the line with date and source."""
    for line in reversed(tree.lines[max(0, info - 4) : info]):
        if line.linked:
            continue
        text = line.text
        if (
            6 <= len(text) <= 100
            and _key(text) not in not_these
            and not text.endswith(("。", "：", ":"))
        ):
            if (
                "当前位置" in text
                or "您的位置" in text
                or dates.whole(text)
                or in_furniture(line.block)
            ):
                continue
            return line.block, text
    return None


def _first_info_line(labels: list[Field]) -> int | None:
    for item in labels:
        if (
            item.group in {"published", "source", "dated", "updated"}
            and item.label not in {"时间", "发布"}
        ) or (item.group == "dated" and dates.first(item.raw)):
            return item.line
    return None


def _nearness(tree: Tree, el: El, info: int | None) -> float:
    """How near a heading stands before the line with date and source; 1 when there is none."""
    if info is None or info >= len(tree.lines):
        return 1.0
    gap = tree.lines[info].block.index - el.index
    if 0 <= gap <= 25:
        return 1.1
    return 0.9 if gap > 0 else 0.6


def _plain_line(
    tree: Tree, meta: str, whole: str, not_these: set[str], part: int
) -> tuple[int, El, str, float] | None:
    """The title shown in an element that is not called a heading (a cell, a centred paragraph)."""
    best: tuple[int, El, str, float] | None = None
    for number, line in enumerate(tree.lines):
        if line.linked or len(line.parts) > 8:
            continue
        size = len(line.parts[0]) if len(line.parts) == 1 else sum(map(len, line.parts))
        if not 5 <= size <= 300:
            continue
        key = _key("".join(line.parts))
        if key in not_these or len(key) < 5:
            continue
        sure = 0.0
        if key == meta:
            sure = 0.95
        elif key in whole and len(key) * 2 >= min(len(whole), 2 * 12):
            # A small part of what <title> says may be anything.
            sure = 0.85 if len(key) * 10 >= 6 * part else 0.6
        if sure and (
            best is None or sure > best[3] or (sure == best[3] and len(key) > len(_key(best[2])))
        ):
            if in_furniture(line.block) or (sure < 0.95 and _is_site(line.text, tree)):
                continue
            best = (number, line.block, line.text, sure)
            if sure == 0.95:
                break
    return best


# --- date ----------------------------------------------------------------------------------------

_DATED_NAMES = re.compile(
    r"time|date|pub|fbsj|riqi|rq|shijian|info|source|attr|msg|sub|property|from|author|describe|ly|post|massage|bar"
)
_SCRIPT_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d\s*[-/年]\s*\d{1,2}\s*[-/月]\s*\d{1,2}(?!\d)")
_PUB_SCRIPT = re.compile(
    r"pub_?(?:lish)?_?(?:date|time)|fbsj|发布(?:时间|日期)|docreltime|createdate", re.I
)


@dataclass(slots=True)
class Dated:
    """The publish date, and what it means when there is none."""

    choice: Choice[date]
    state: DateState


def _lines_of(tree: Tree, body: El | None) -> tuple[int, int]:
    """First and last line of the body."""
    if body is None:
        return (0, 0)
    first = last = 0
    for number, line in enumerate(tree.lines):
        if body.holds(line.block):
            first = first or number
            last = number
    return first, last


def _inside(item: Field, bounds: tuple[int, int]) -> float:
    """How much less a label is believed that stands in the body: at its edges it may be the page's
    own line, further in it is a cited text's."""
    if item.line - bounds[0] <= 2:
        return 0.15
    return 0.3 if bounds[1] - item.line <= 2 and item.leads else 0.7


def _first_cell_date(item: Field) -> date | None:
    raw = item.raw[:80]
    found = dates.find(raw, 1)
    if found and found[0].start <= 24:
        return found[0].date
    return None


def read_date(
    tree: Tree,
    url: str,
    labels: list[Field],
    heading: Heading | None,
    body: Found | None,
    entry: bool,
) -> Dated:
    """The publication date (日期 as shown), in the order: label, place, tag, meta, address."""
    out: list[Candidate[date]] = []
    meta_text = _first_meta(
        tree,
        (
            "pubdate",
            "publishdate",
            "firstpublishedtime",
            "publishedtime",
            "article:published_time",
            "published",
            "pubtime",
            "docreltime",
            "releasedate",
        ),
    )
    meta = dates.stamp(meta_text) if meta_text else None
    lines = tree.lines
    start = heading.line if heading else 0
    body_el = body.el if body else None
    bounds = _lines_of(tree, body_el)
    empty_label: Field | None = None
    partial: Field | None = None
    for item in labels:
        group = item.group
        if group not in _DATE_GROUPS:
            continue
        base = _DATE_GROUPS[group]
        if group == "made" and entry:
            base = 0.9
        found = _first_cell_date(item)
        inside = (
            body_el is not None
            and body_el.holds(item.block)
            and not (heading and body_el.holds(heading.el))
        )
        if found is None:
            if (
                group in {"published", "dated"}
                and not inside
                and abs(item.line - start) <= 25
                and not item.value
            ):
                scripted = _script_value(tree, item.block)
                if scripted:
                    out.append(Candidate(scripted, f"script after label {item.label}", 0.85))
                elif group == "published" or item.label in {"日期", "时间"}:
                    empty_label = empty_label or item
            elif group in {"published", "dated"} and dates.only_month_day(item.value):
                partial = partial or item
            continue
        if (
            not dates.whole(item.value)
            and group in {"dated", "made"}
            and len(bare(item.value)) > 24
        ):
            base -= 0.25  # a sentence such as 时间：2024年5月1日至3日
        confidence = base
        distance = item.line - start
        if inside:
            confidence -= _inside(item, bounds)
        elif heading and not -6 <= distance <= 30 and group in {"dated", "updated"}:
            confidence -= 0.35
        elif heading and not -12 <= distance <= 60:
            confidence -= 0.1
        if item.block.hidden or in_list_row(item.block, lines[item.line].linked):
            confidence -= 0.35
        if in_footer(item.block):
            confidence -= 0.65
        if found == meta:
            confidence += 0.03
        elif meta and group == "updated" and meta < found:
            confidence -= 0.12
        out.append(Candidate(found, f"label {item.label}", min(confidence, 0.99)))
    tagged = _tagged(tree)
    if tagged:
        out.append(Candidate(tagged, "publishtime element", 0.93 + 0.02 * (tagged == meta)))
    if not any(item.confidence >= 0.85 for item in out):
        out.extend(_unlabelled(tree, heading, body_el, meta))
    if meta:
        out.append(Candidate(meta, "meta PubDate", 0.7))
    in_url = urls.url_date(url)
    if in_url and (heading or body):
        out.append(Candidate(in_url, ADDRESS, 0.4))
    choice = choose([item for item in out if item.confidence > 0.3])
    for candidate in out:
        if candidate.confidence <= 0.3:
            candidate.lost = "not the publication of this page"
            choice.candidates.append(candidate)
    read = choice.read
    if read is not None and read.where != ADDRESS:
        return Dated(choice, DateState.READ)
    doubt = (
        partial is not None
        or heading is None
        or body is None
        or (empty_label is not None and _filled_by_script(tree, empty_label))
        or _written_by_script(tree)
        or _image_after_heading(tree, heading, body.el)
    )
    if read is not None:
        if doubt:  # the page may print a date that we could not read: nobody is to be blamed
            choice.read = replace(read, where=f"{ADDRESS}, date not read")
        return Dated(choice, DateState.READ)
    if partial is not None:
        return Dated(choice, DateState.MONTH_DAY)
    return Dated(choice, DateState.UNREAD if doubt else DateState.ABSENT)


ADDRESS = "address"
"""Where a date was found that the page itself does not print."""


def _written_by_script(tree: Tree) -> bool:
    """A script may write the date of publication into the page."""
    return any(
        _PUB_SCRIPT.search(script.text)
        or ("document.write" in script.text and _SCRIPT_DATE.search(script.text))
        for script in tree.scripts
    )


_DATE_GROUPS = {"published": 0.95, "dated": 0.9, "updated": 0.8, "made": 0.72, "signed": 0.62}


def _first_meta(tree: Tree, names: tuple[str, ...]) -> str:
    for name in names:
        value = tree.metas.get(name)
        if value:
            return value
    return ""


_FOOTER = re.compile(r"foot|copyright|bottom|friend")


def in_footer(el: El) -> bool:
    """Whether an element lies in the page's footer."""
    return any(
        at.tag == "footer" or (at.names and _FOOTER.search(at.names) and not _wide(at))
        for at in el.up()
    )


def in_list_row(block: El, linked: int) -> bool:
    """Whether a line lies in a row of links: its date is that link's."""
    return linked > 0 and any(at.tag == "li" for _, at in zip(range(3), block.up(), strict=False))


def _tagged(tree: Tree) -> date | None:
    for el in tree.elements:
        if el.tag in {"publishtime", "time"}:
            found = dates.first(el.text(hidden=True)) or (
                dates.stamp(el.get("datetime"))
                if el.get("pubdate") or el.tag == "publishtime"
                else None
            )
            if found and el.tag == "publishtime":
                return found
    return None


def _script_value(tree: Tree, block: El) -> date | None:
    """A date that an inline script inside ``block`` writes."""
    for script in tree.scripts:
        if block.holds(script.el):
            match = _SCRIPT_DATE.search(script.text)
            if match:
                return dates.first(match[0])
    return None


def _filled_by_script(tree: Tree, item: Field) -> bool:
    """Whether the place of an empty label waits for a script: a script or an empty hook in it."""
    scope = item.block
    if any(scope.holds(script.el) for script in tree.scripts):
        return True
    for el in scope.descend():
        if (
            el is not scope
            and not el.kids
            and el.tag in {"span", "em", "i", "b", "font", "label", "p", "div"}
            and el.get("id")
        ):
            return True
        if el.tag == "img":
            return True
    return "{{" in item.raw


def _image_after_heading(tree: Tree, heading: Heading, body: El) -> bool:
    """Whether a small picture stands where the date would: between heading and body."""
    for image in tree.images:
        if heading.el.end <= image.index < body.index:
            address = image.get("src").lower()
            if "date" in address or "time" in address or "rq" in address:
                return True
    return False


def _unlabelled(
    tree: Tree, heading: Heading | None, body: El | None, meta: date | None
) -> list[Candidate[date]]:
    """Dates without a label that stand by the heading, where date and source are printed."""
    lines = tree.lines
    out: list[Candidate[date]] = []
    first = max(0, heading.line - 4) if heading else 0
    last = heading.line + 14 if heading else len(lines)
    held = heading is not None and body is not None and body.holds(heading.el)
    for number in range(first, min(last, len(lines))):
        line = lines[number]
        size = sum(map(len, line.parts))
        if size > 4000 or line.linked * 2 > size:
            continue
        text = line.text
        if len(text) > 160:
            continue
        in_body = body is not None and body.holds(line.block)
        if in_body and (not held or number > (heading.line if heading else 0) + 4):
            break
        found = dates.find(text, 1)
        if not found or (
            heading and number == heading.line and bare(heading.text).startswith(line.bare)
        ):
            continue
        at = found[0]
        rest = bare(text[: at.start] + text[at.end :])
        named = any(
            _DATED_NAMES.search(el.names)
            for _, el in zip(range(2), line.block.up(), strict=False)
            if el.names
        )
        sure = 0.62
        if "星期" in rest and number < (heading.line if heading else 10**6):
            continue
        if dates.whole(text):
            sure = 0.8
        elif (
            "来源" in rest
            or "字体" in rest
            or "字号" in rest
            or "浏览" in rest
            or "阅读" in rest
            or "作者" in rest
            or "点击" in rest
        ):
            sure = 0.84
        elif len(rest) > 40 or in_furniture(line.block) or "星期" in rest or "今天" in rest:
            continue
        if named:
            sure += 0.05
        if at.date == meta:
            sure += 0.05
        if heading is None:
            sure -= 0.2
        elif number < heading.line:
            sure -= 0.12
        out.append(Candidate(at.date, "beside the heading", sure))
    return out


# --- source and the rest ---------------------------------------------------------------------------


def read_source(
    tree: Tree, labels: list[Field], heading: Heading | None, body: Found | None
) -> tuple[Choice[str], bool, Choice[str]]:
    """Source as written, whether a source label is printed, and the issuer of an entry."""
    out: list[Candidate[str]] = []
    issuers: list[Candidate[str]] = []
    printed = False
    start = heading.line if heading else 0
    body_el = body.el if body else None
    bounds = _lines_of(tree, body_el)
    meta = squeeze(tree.metas.get("contentsource", "") or tree.metas.get("source", ""))
    meta = "" if meta.lower() in EMPTY else meta
    for item in labels:
        group = item.group
        if group not in {"source", "supplier", "issuer"}:
            continue
        inside = (
            body_el is not None
            and body_el.holds(item.block)
            and not (heading and body_el.holds(heading.el))
        )
        far = heading is not None and not -12 <= item.line - start <= 60
        value = trim_source(item.value)
        # An empty place that a script may fill is not known to be empty: it accuses nobody.
        if group == "source" and not inside and not item.block.hidden:
            printed = printed or bool(value) or not _filled_by_script(tree, item)
        if not value and group == "source":
            continue
        if not value or len(value) > 60:
            continue
        base = {"source": 0.93, "supplier": 0.78, "issuer": 0.74}[group]
        if inside:
            base -= _inside(item, bounds)
        elif far:
            base -= 0.2
        if item.block.hidden:
            base -= 0.3
        if value == meta:
            base += 0.05
        read = Candidate(value, f"label {item.label}", base)
        if group == "issuer":
            issuers.append(Candidate(value, f"label {item.label}", min(0.97, base + 0.2)))
        out.append(read)
    if meta:
        out.append(Candidate(meta, "meta ContentSource", 0.76 if not printed else 0.6))
    if "contentsource" in tree.metas:
        printed = True
    choice = choose([item for item in out if item.confidence > 0.45])
    choice.candidates.extend(
        Candidate(item.value, item.where, item.confidence, "not about this page")
        for item in out
        if item.confidence <= 0.45
    )
    return choice, printed, choose(issuers)


_SOURCE_END = re.compile(
    r"\s*(?:[（(]?(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}|\d{1,2}:\d{2}|\s(?:作者|编辑|记者|字号|浏览|点击|阅读|发布|时间|日期)).*$",
    re.S,
)


def trim_source(value: str) -> str:
    """A source without the date or counter that follows on its line."""
    value = unbracketed(squeeze(_SOURCE_END.sub("", value)).strip("|｜ ;；,，:：\x1f"))
    return "" if value.lower() in EMPTY else value


_DOCUMENT = re.compile(
    r"^[\u4e00-\u9fff（）()]{1,20}\s*[〔\[［（(【﹝]\s*(?:19|20)\d\d\s*[〕\]］）)】﹞]\s*第?\s*\d{1,5}\s*号$"
)
_INDEX = re.compile(r"^[\w\u4e00-\u9fff()（）\[\]〔〕/\-—.·\s:：]{4,60}$")


def read_index(labels: list[Field]) -> Choice[str]:
    """索引号 of a disclosure entry."""
    out: list[Candidate[str]] = []
    for item in labels:
        if item.group == "index":
            value = item.value.strip()
            if (
                value.lower() not in EMPTY
                and _INDEX.match(value)
                and any(sign.isdigit() for sign in value)
            ):
                out.append(Candidate(value, f"label {item.label}", 0.95))
    return choose(out)


def read_document(labels: list[Field], first_lines: list[str], entry: bool) -> Choice[str]:
    """文号 from its label, or from the head of the body where documents print it."""
    out: list[Candidate[str]] = []
    for item in labels:
        if item.group == "document":
            value = item.value.strip()
            if (
                value.lower() not in EMPTY
                and len(value) <= 60
                and any(sign.isdigit() for sign in value)
            ):
                shaped = _DOCUMENT.match(value) is not None
                if shaped or (entry and len(value) <= 40):
                    out.append(Candidate(value, f"label {item.label}", 0.95 if shaped else 0.85))
    for text in first_lines:
        if len(text) <= 40 and _DOCUMENT.match(text):
            out.append(Candidate(text, "head of the body", 0.8))
            break
    return choose(out)


def is_entry(labels: list[Field]) -> bool:
    """Whether the page shows a disclosure table: 索引号 and at least two of its neighbours."""
    groups: set[str] = set()
    index: set[str] = set()
    near: list[int] = []
    for item in labels:
        if item.group == "index":
            index.add(item.value)
            near.append(item.line)
    if not near or len(index) > 3:
        return False
    for item in labels:
        if min(abs(item.line - line) for line in near) > 30:
            continue
        if item.group in {"issuer", "document", "made", "signed", "named"}:
            groups.add(item.group)
        elif item.label in {
            "主题分类",
            "体裁分类",
            "组配分类",
            "公开方式",
            "公开范围",
            "有效性",
            "信息分类",
            "主题词",
            "时效性",
            "公开形式",
            "分类",
        }:
            groups.add(item.label)
        elif item.group == "published":
            groups.add("published")
    return len(groups) >= 2
