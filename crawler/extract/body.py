"""The body of an article: what its editor wrote, as the layout rules need it.

Inside its container, navigation, sharing, printing and neighbouring articles are left out.
"""

from __future__ import annotations

import re
from functools import lru_cache

from checks.facts import SNIPPET, Body, Link, LinkKind, Paragraph, Place, Sized
from crawler import urls
from crawler.extract import alone
from crawler.extract.container import EMBEDDED, PX, Found
from crawler.extract.tree import HEADINGS, INLINE, OPAQUE, El, Tree, squeeze

_NOT_BODY = re.compile(
    r"share|fenxiang|bdsh|jiathis|print|dayin|erweima|ewm|qrcode|prev|next|xgbd|xgyd|xgxx|xgwz|related|relate|"
    r"xiangguan|pager?\b|pagination|crumb|position|dqwz|comment|toolbar|fontsize|font-size|ziti|saoyisao|"
    r"footer|editor_(?:name|info)|zrbj|article_(?:documents|attr|info|other)|web_fx|smll|llcs|copyright|"
    r"main-keyword|tags?\b|advert|gwds|(?:^|[\s_-])nav|sidebar|breadcrumb"
)
_NEIGHBOUR = re.compile(
    r"^(?:上一[篇条页则]|下一[篇条页则]|前一篇|后一篇|相关(?:链接|文章|新闻|阅读|信息|附件|稿件|报道|文档|内容|解读|文件)|分享到?|分享本文|责任编辑|责编|"
    r"编辑|【?打印|【?关闭|打印本页|关闭窗口|返回顶部|扫一扫|延伸阅读|浏览次数|阅读次数|点击数|【?字体|【?返回|我要纠错|"
    r"更多新闻|推荐阅读|版权声明|主题词|【?大\s*中\s*小|用手机|信息纠错|收藏本页)"
)
_TOOLS = re.compile(
    r"[\s|｜【】\[\]（）()·/]*(?:(?:打印|关闭|返回|顶部|收藏|分享|纠错|本页|窗口|下载|大|中|小|字号|到|至|微信|微博|空间|[:：|｜【】\[\]\s])+)?"
)
_STYLE = re.compile(r"(?:^|;)\s*([\w-]+)\s*:\s*([^;]+)")
_WORD_STYLE = re.compile(
    r"\bmso-|\btab-stops\s*:|\bMsoNormal|\bMso[A-Z]\w+|urn:schemas-microsoft", re.I
)
_CM = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "cm": 37.8, "mm": 3.78, "in": 96.0}
_FONT_SIZES = {
    "1": "7.5pt",
    "2": "10pt",
    "3": "12pt",
    "4": "13.5pt",
    "5": "18pt",
    "6": "24pt",
    "7": "36pt",
}
_NAMED_SIZES = {
    "xx-small": "7pt", "x-small": "7.5pt", "small": "10pt", "medium": "12pt", "large": "13.5pt",
    "x-large": "18pt", "xx-large": "24pt",
}  # fmt: skip
_VIEWER = re.compile(
    r"wp_pdf_player|pdfsrc|video-js|ckplayer|wzplayer|flowplayer|prism-player", re.I
)
MAX_PARAGRAPHS = 5000


@lru_cache(maxsize=8192)
def _is_not_body(names: str) -> bool:
    return _NOT_BODY.search(names) is not None


def _skip(el: El) -> bool:
    """Whether an element inside the container is not the editor's: sharing, printing, neighbours."""
    names = el.names
    return bool(names) and _is_not_body(names) and el.chars < 400


@lru_cache(maxsize=4096)
def _css(style: str) -> dict[str, str]:
    return {key.lower(): value.strip() for key, value in _STYLE.findall(style[:2000])}


def _em(value: str) -> float | None:
    match = PX.match(value)
    if not match:
        return None
    size = float(match[1])
    unit = (match[2] or "px").lower()
    if unit in {"em", "rem"}:
        return round(size, 2)
    return round(size * _CM[unit] / 16, 2)


@lru_cache(maxsize=1024)
def _pt(value: str) -> str | None:
    value = value.lower().replace("!important", "").strip()
    if value in _NAMED_SIZES:
        return _NAMED_SIZES[value]
    match = PX.match(value)
    if not match or not match[2]:
        return None
    size = float(match[1])
    unit = match[2].lower()
    size = size if unit == "pt" else size * _CM[unit] * 0.75
    return f"{round(size, 1):g}pt"


def _family(value: str) -> str | None:
    name = value.partition(",")[0].strip().strip("\"'").strip()
    return (
        name[:40]
        if name and name.lower() not in {"inherit", "initial", "&quot", "&quot;"}
        else None
    )


def opening(el: El) -> str:
    """An element's opening markup, written anew."""
    parts = [el.tag]
    for key, value in list(el.attrs.items())[:12]:
        parts.append(f'{key}="{value}"' if value is not None else key)
    return f"<{' '.join(parts)}>"[:SNIPPET]


class _Reader:
    """Walks one body and gathers its facts."""

    def __init__(self, container: El, resolver: urls.Resolver) -> None:
        self.container = container
        self.resolver = resolver
        self.paragraphs: list[Paragraph] = []
        self.links: list[Link] = []
        self.sized: list[Sized] = []
        self.word_marks: list[Place] = []
        self.embedded = 0
        self._parts: list[str] = []
        self._breaks: list[int] = []
        self._fonts: dict[str, None] = {}
        self._sizes: dict[str, None] = {}
        self._block = container
        self._opened = False
        self._images = 0
        self._positions: dict[int, str] = {}
        self._done = False

    def position(self, el: El) -> str:
        """CSS path from the container, with positions."""
        if el is self.container or el.parent is None:
            return ""
        found = self._positions.get(el.index)
        if found is None:
            parent = el.parent
            outer = self.position(parent)
            seen: dict[str, int] = {}
            for kid in parent.kids:
                if not isinstance(kid, str):
                    number = seen[kid.tag] = seen.get(kid.tag, 0) + 1
                    step = f"{kid.tag}:nth-of-type({number})"
                    self._positions[kid.index] = f"{outer} > {step}"[-300:] if outer else step
            found = self._positions.get(el.index, "")
        return found

    def flush(self, block: El, next_block: El, in_table: bool) -> None:
        """End the paragraph that is open in ``block``."""
        raw = "".join(self._parts)
        text = raw.replace("\u200b", "").replace("\ufeff", "")
        stripped = text.lstrip(" \t\r\n\f\v\u3000\xa0\u2002\u2003\u2009")
        paragraph = block.tag in {"p", "li", "td", "th", "div", "section", "blockquote"} | HEADINGS
        if (
            stripped.strip()
            or (self._opened and block.tag == "p" and not self._images)
            or (
                self._breaks
                and paragraph
                and block.tag in {"p", "div"}
                and not self._images
                and block is not self.container
            )
        ):
            self._add(block, text, stripped, in_table)
        self._parts = []
        self._breaks = []
        self._fonts = {}
        self._sizes = {}
        self._images = 0
        self._block = next_block
        self._opened = False

    def _add(self, block: El, text: str, stripped: str, in_table: bool) -> None:
        if len(self.paragraphs) >= MAX_PARAGRAPHS or self._done:
            return
        lead = text[: len(text) - len(stripped)]
        # Line ends and the blanks around them are the template's, not typed.
        lead = lead.rpartition("\n")[2] if "\n" in lead else lead
        if (
            "\u3000" not in lead
            and "\xa0" not in lead
            and "\u2003" not in lead
            and "\u2002" not in lead
        ):
            lead = "" if "\n" in text[: len(text) - len(stripped)] or lead == " " else lead
        body = "\n".join(squeeze(part) for part in stripped.split("\x1e"))
        body = body.strip("\n")
        breaks = len([part for part in stripped.split("\x1e") if part.strip()]) - 1
        style = _css(block.get("style")) if block.attrs else {}
        align = (style.get("text-align") or block.get("align")).lower()
        indent = _em(style["text-indent"]) if "text-indent" in style else None
        odd = (
            bool(lead)
            or indent is not None
            or len(self._fonts) > 1
            or len(self._sizes) > 1
            or breaks > 0
            or not body
        )
        parent = block.parent
        centred = align.startswith(("center", "right")) or (
            parent is not None and parent.tag == "center"
        )
        self.paragraphs.append(
            Paragraph(
                text=body,
                lead=lead[:20],
                text_indent=indent,
                centred=centred,
                fonts=tuple(self._fonts)[:20],
                sizes=tuple(self._sizes)[:20],
                breaks=max(0, breaks),
                in_table=in_table,
                path=self.position(block),
                snippet=f"{opening(block)}{lead}{body}"[:SNIPPET] if odd else "",
            )
        )

    def text(self, value: str, font: str | None, size: str | None) -> None:
        self._parts.append(value)
        if not value.isspace():
            if font:
                self._fonts.setdefault(font)
            if size:
                self._sizes.setdefault(size)

    def leaf(self, el: El) -> None:
        """What an element is besides its text: a link, a picture, a table, a trace of Word."""
        tag = el.tag
        if tag == "a":
            self._link(el)
        elif tag == "img":
            self._images += 1
            address = el.get("src") or el.get("data-src") or el.get("data-original")
            found = None if address.startswith("data:") else self.resolver.canonical(address)
            if found:
                self.links.append(
                    Link(url=found, text=squeeze(el.get("alt"))[:100], kind=LinkKind.IMAGE,
                         path=self.position(el), snippet=opening(el))
                )  # fmt: skip
        elif tag in EMBEDDED or (el.names and _VIEWER.search(el.names)):
            self.embedded += 1
        if tag in {"img", "table"}:
            self._width(el)
        for value in el.attrs.values() if el.attrs else ():
            if (
                value
                and ("mso" in value or "Mso" in value or "microsoft" in value)
                and _WORD_STYLE.search(value)
            ):
                self.mark(el)
                break
        if ":" in tag and tag[:2] in {"o:", "w:", "v:", "st"}:
            self.mark(el)

    def mark(self, el: El, snippet: str | None = None) -> None:
        if len(self.word_marks) < 50:
            self.word_marks.append(Place(path=self.position(el), snippet=snippet or opening(el)))

    def _related(self, el: El) -> None:
        """A line of 相关解读, 相关链接, 延伸阅读 …: no text of the article, but where it leads belongs to it."""
        if el.shown()[:2] in ("相关", "延伸"):
            for item in el.descend():
                if item.tag == "a":
                    self._link(item)

    def _link(self, el: El) -> None:
        href = el.get("href")
        if not href or href[0] == "#":
            return
        found = self.resolver.canonical(href)
        if not found:
            return
        text = el.text() or squeeze(el.get("title"))
        kind = (
            LinkKind.FILE
            if urls.is_attachment(found)
            else LinkKind.IMAGE
            if urls.is_image(found)
            else LinkKind.PAGE
        )
        if (
            kind is LinkKind.PAGE
            and urls.suffix(text) in urls.ATTACHMENTS
            and urls.suffix(found) not in {"html", "htm", "shtml"}
        ):
            kind = LinkKind.FILE
        self.links.append(
            Link(url=found, text=text[:200], kind=kind, path=self.position(el), snippet=opening(el))
        )

    def _width(self, el: El) -> None:
        style = _css(el.get("style")) if el.get("style") else {}
        match = PX.match(style.get("width", "")) or PX.match(el.get("width"))
        if match:
            width = float(match[1]) * _CM[(match[2] or "px").lower()]
            self.sized.append(
                Sized(
                    tag=el.tag,
                    width=round(width, 1),
                    place=Place(path=self.position(el), snippet=opening(el)),
                )
            )

    def run(self, skip_until: int) -> None:
        """Walk the container; elements up to ``skip_until`` (the page's own heading) are not body."""
        stack: list[tuple[El | str, str | None, str | None, bool, bool]] = []
        stack.append((self.container, None, None, False, False))
        while stack:
            item, font, size, table, closing = stack.pop()
            if isinstance(item, str):
                self.text(item, font, size)
                continue
            if closing:
                self.flush(self._block, item.parent or item, table)
                continue
            tag = item.tag
            if (
                tag in OPAQUE
                or tag in {"select", "option"}
                or (item.hidden and item is not self.container)
            ):
                continue
            if tag == "br":
                self._parts.append("\x1e")
                self._breaks.append(len(self._parts))
                continue
            if item is not self.container:
                if item.index < skip_until and item.end <= skip_until:
                    continue
                if _skip(item):
                    continue
                if (
                    _NEIGHBOUR.match(
                        item.kids[0].strip() if item.kids and isinstance(item.kids[0], str) else ""
                    )
                    and item.chars < 300
                ):
                    self._related(item)
                    continue
                self.leaf(item)
            attrs = item.attrs
            if attrs:
                if tag == "font":
                    font = _family(item.get("face")) or font
                    size = _FONT_SIZES.get(item.get("size").strip()) or size
                style = attrs.get("style")
                if style and "font" in style:
                    rules = _css(style)
                    if "font-family" in rules:
                        font = _family(rules["font-family"]) or font
                    if "font-size" in rules:
                        size = _pt(rules["font-size"]) or size
            if tag == "table":
                table = True
            if tag not in INLINE:
                self.flush(self._block, item, table)
                self._opened = True
                stack.append((item, font, size, table, True))
            stack.extend((kid, font, size, table, False) for kid in reversed(item.kids))
        self.flush(self._block, self.container, False)


def read(tree: Tree, found: Found, resolver: urls.Resolver, heading: El | None) -> Body:
    """The facts of a body."""
    container = found.el
    skip = (
        heading.end
        if heading is not None and container.holds(heading) and heading is not container
        else 0
    )
    reader = _Reader(container, resolver)
    reader.run(skip)
    for el in tree.word_comments:
        if container.holds(el):
            reader.mark(el, "<!--[if gte mso")
    paragraphs = reader.paragraphs
    while paragraphs and not paragraphs[0].text:
        paragraphs.pop(0)
    while paragraphs and (not paragraphs[-1].text or _TOOLS.fullmatch(paragraphs[-1].text)):
        paragraphs.pop()
    links = reader.links
    links.extend(_beside(tree, container, resolver, {link.url for link in links}))
    return Body(
        text="\n".join(paragraph.text for paragraph in paragraphs if paragraph.text),
        paragraphs=tuple(paragraphs),
        links=tuple(links),
        sized=tuple(reader.sized),
        word_marks=tuple(reader.word_marks),
        embedded=reader.embedded,
        alone=not links and not reader.embedded and alone.is_alone(tree, container, paragraphs),
    )


_LISTED = re.compile(r"foot|nav|menu|side|hot|rank|friend")


def _beside(tree: Tree, container: El, resolver: urls.Resolver, known: set[str]) -> list[Link]:
    """Attachments of the article that stand outside its container (an 附件 block beside it)."""
    out: list[Link] = []
    scope = container
    for _ in range(3):
        if scope.parent is None or scope.parent.tag in {"body", "html"}:
            break
        scope = scope.parent
    for el in tree.anchors:
        if not scope.holds(el) or container.holds(el):
            continue
        href = el.get("href")
        if not href or href[0] == "#" or not urls.is_attachment(href):
            continue
        if any(at.names and _LISTED.search(at.names) for at in el.up() if scope.holds(at)):
            continue
        found = resolver.canonical(href)
        if found and found not in known:
            known.add(found)
            out.append(
                Link(url=found, text=(el.text() or squeeze(el.get("title")))[:200], kind=LinkKind.FILE,
                     path=el.path, snippet=opening(el))
            )  # fmt: skip
    return out
