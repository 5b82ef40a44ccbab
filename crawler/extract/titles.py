"""The title of an article: the heading that shows it, agreed with the tag and with ``<title>``.

Not the site's name and not the column's; whole, as a reader sees it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from crawler.extract import dates
from crawler.extract.choices import Candidate, Choice, choose
from crawler.extract.container import Found
from crawler.extract.labels import Field
from crawler.extract.tree import HEADINGS, INLINE, El, Tree, bare, squeeze

_TITLED = re.compile(
    r"(?:^|[\s_\-])(?:title|tit|titles|biaoti|bt|headline|arti[-_]?title|h1|caption|ttline)\d*(?:$|[\s_\-])|"
    r"title(?:$|[\s_\-])|_tit(?:$|\s)|[-_]bt(?:$|\s)|(?:^|\s)(?:content|news|article|detail|info|con|zw|wz)[-_]?tit"
)
_SITEISH = re.compile(
    r"(?:政府|门户|网站|网|委员会|委|局|厅|办公室|办|中心|之窗|管委会|部|院|在线|信息公开(?:平台|目录|网)?|平台|站)$|"
    r"欢迎|门户网站|^www\.|^政府信息公开|^首页$"
)
_SITE_NAME = re.compile(
    r"(?:门户网站|政府网站?|政务网站?|公众信息网|人民政府|信息公开(?:平台|目录|网))$"
)
_ADDRESS = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}/?$", re.I)
_BRACKETED = re.compile(r"[（(][^（()）]{2,20}[)）]$")
_SEPARATOR = re.compile(
    r"\s*(?:[_|｜»>]+|-{2,}|\s[-—–]+\s?|\s?[-—–]+\s|(?<=[^\d\s\-—])[-—–](?=[^\d\-—]))\s*"
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
        "新闻内容",
        "信息内容",
        "详细信息",
        "内容详情",
        "信息公开",
        "null",
        "undefined",
    ]
)


def _key(text: str) -> str:
    return _PUNCT.sub("", text)


def tidy(text: str) -> str:
    return squeeze(re.sub(r"<[^<>]{0,60}>|</?\w{0,8}$|\]\]>", " ", _ENTITY.sub(" ", text)))


@dataclass(slots=True)
class Heading:
    """The element that shows the title, and the line that it stands in."""

    el: El
    line: int
    text: str


def title_parts(tree: Tree) -> list[str]:
    """The parts of ``<title>`` that are neither the site's name nor a column's, best first."""
    text = tidy(tree.title)
    if not text:
        return []
    whole = [part for part in _SEPARATOR.split(text) if part]
    parts = [part for part in whole if part not in _NO_TITLE]
    if not parts:
        return []
    if len(parts) == 1 < len(whole):
        text = parts[0]
    columns = {tree.metas.get("columnname", "")} | _link_texts(tree)
    if len(parts) < 2:
        words = text.split()
        general = all(_is_site(word, tree) or word in columns for word in words)
        return [] if _is_site(text, tree) or (len(words) > 1 and general) else [text]
    start, end = 0, len(parts)
    while end - start > 1 and (_is_site(parts[end - 1], tree) or parts[end - 1] in columns):
        end -= 1
    while end - start > 1 and (_is_site(parts[start], tree) or parts[start] in columns):
        start += 1
    kept = parts[start:end]
    if len(kept) == 1:
        others = [part for part in parts if part != kept[0]]
        if _is_site(kept[0], tree) and all(map(_ADDRESS.match, others)):
            return []
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
    text = tidy(tree.metas.get("articletitle", ""))
    if not text or text in _NO_TITLE or text == tree.metas.get("sitename"):
        return ""
    if len(text) <= 24 and _SITE_NAME.search(text):
        return ""  # some templates print the site's own <title> there
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
            and not covers_most(at)
        ):
            return True
    return False


def covers_most(el: El) -> bool:
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
    whole = tidy(tree.title)
    whole_key = _key(whole)
    site = _key(tree.metas.get("sitename", ""))
    column = _key(tree.metas.get("columnname", ""))
    told = _key(parts[0]) if parts else ""
    info = _first_info_line(labels)
    below = info if info is not None else _dated_line(tree)
    rows = _last_row_before(tree, info)
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
        elif len(told) >= 8 and told in key and len(key) <= 2 * len(told):
            score, agrees = 0.88, True  # <title> says a part of it: shortened, or without the date
        if key == site or (key == column and not agrees):
            score = min(score, 0.2)
        elif not agrees:
            if in_furniture(el) or _is_site(text, tree):
                score *= 0.4
            elif text in _link_texts(tree):
                score *= 0.5  # a column's name, which the menu or the breadcrumb links
            score *= _nearness(tree, el, info, rows)
            if whole_key and parts and len(parts[0]) >= 8:
                score *= 0.85
            if meta_key:
                score *= 0.8
            if "。" in text:
                score *= 0.5  # prose, whatever it is called
            elif (
                score >= 0.5 and len(key) >= 7 and not dates.whole(text) and _leads(tree, el, below)
            ):
                score = max(score, 0.79 if not meta_key else 0.72)
        out.append(Candidate(text, where, score))
        shown += 1
        if best is None or score > best[0] + 0.001:
            best = (score, el, text)
    if best is None or best[0] < 0.9:
        found = _plain_line(tree, meta_key, whole_key, {site, column, ""}, len(told))
        if found is not None:
            _, el, text, sure = found
            out.append(Candidate(text, f"text of {el.path.rpartition('> ')[2]}", sure))
            if best is None or sure > best[0]:
                best = (sure, el, text)
    at = below if below is not None else _first_of_entry(labels)
    if (best is None or best[0] < 0.6) and at is not None:
        before = _line_before(tree, at, {site, column, ""})
        if before is not None:
            el, text = before
            out.append(Candidate(text, "line above date and source", 0.68))
            if best is None or best[0] < 0.68:
                best = (0.68, el, text)
        picture = _picture_title(tree, at) if before is None else None
        if picture is not None:
            el, text = picture
            out.append(Candidate(text, "picture above date and source", 0.66))
            if best is None or best[0] < 0.66:
                best = (0.66, el, text)
    if meta:
        confidence = 0.88
        if best is not None and _key(best[2]) == meta_key:
            confidence = 0.95
        elif meta_key == column and (meta_key not in whole_key or len(meta_key) <= 8):
            confidence = 0.5  # the template gives the column's name
        elif whole_key and meta_key not in whole_key and best is not None and best[0] >= 0.85:
            confidence = 0.6
        elif meta_key not in whole_key and not any(meta_key in _key(x.text) for x in tree.lines):
            confidence = 0.7  # a title that nobody sees is not surely the page's
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
        return tidy("".join(kid for kid in el.kids if isinstance(kid, str)))
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


def _leads(tree: Tree, el: El, info: int | None) -> bool:
    """Whether the next line after a heading is the one with date and source."""
    if info is None or not 0 < info < len(tree.lines):
        return False
    before = tree.lines[info - 1].block
    return (el.holds(before) or before.holds(el)) and not in_furniture(el)


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
                "。" in text
                or _SMALL_LINE.search(text)
                or dates.whole(text)
                or in_furniture(line.block)
            ):
                continue
            return line.block, text
    return None


_SMALL_LINE = re.compile(
    r"^[\[【(（]?[\u4e00-\u9fff]{2,6}[\]】)）]|^[\u4e00-\u9fff]{2,6}\s*[:：]|位置[:：]|〔(?:19|20)\d\d〕\s*\d+\s*号$|公告(?:19|20)\d\d年第\d+号$"
)
"""Lines between a title and its date that are no title: labels, the breadcrumb, a document's number."""


def _picture_title(tree: Tree, info: int) -> tuple[El, str] | None:
    """The words of a picture that stands in the title's place, right above date and source."""
    before = tree.lines[info].block.index
    for image in reversed(tree.images):
        if 0 < before - image.index <= 12:
            text = tidy(image.get("alt"))
            if len(_key(text)) >= 8 and len(text) <= 80 and not _is_site(text, tree):
                return image, text
    return None


def _first_info_line(labels: list[Field]) -> int | None:
    for item in labels:
        if (
            item.group in {"published", "source", "dated", "updated"}
            and item.label not in {"时间", "发布"}
        ) or (item.group == "dated" and dates.first(item.raw)):
            return item.line
    return None


_BESIDE_DATE = re.compile(r"点击|浏览|阅读|字体|字号|作者|编辑|发布|打印|次数")


def _dated_line(tree: Tree) -> int | None:
    """The first line with a date and small print, or a date alone, when no label tells which it is."""
    for number, line in enumerate(tree.lines):
        if line.linked or len(line.parts) > 12:
            continue
        text = line.text
        if len(text) > 80 or not dates.find(text, 1) or "今天" in text or "星期" in text:
            continue
        if (dates.whole(text) or _BESIDE_DATE.search(text)) and not in_furniture(line.block):
            return number
    return None


def _first_of_entry(labels: list[Field]) -> int | None:
    """The first line of a disclosure entry's labels, when no line has date and source."""
    return next((item.line for item in labels if item.group in {"index", "made", "issuer"}), None)


def _last_row_before(tree: Tree, info: int | None) -> int:
    """Index of the last row of links that stands right before the line with date and source; what
    is above it heads that list. -1 when there is none."""
    if info is None:
        return -1
    for line in reversed(tree.lines[max(0, info - 8) : info]):
        size = sum(map(len, line.parts))
        if line.linked >= 12 and line.linked * 2 > size:
            return line.block.index
    return -1


def _nearness(tree: Tree, el: El, info: int | None, rows: int) -> float:
    """How near a heading stands before the line with date and source; 1 when there is none.
    ``rows``: where the last row of links above that line is."""
    if info is None or info >= len(tree.lines):
        return 1.0
    if el.index < rows:
        return 0.6
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
