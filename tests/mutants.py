"""Real pages as other hands would have left them: mutations of markup that keep the truth.

Each mutation takes a page's text and a die, and gives a page of which the same truth holds: what a
reader of the page sees as title, date, source and rows is unchanged, or no longer there. A value
that is read from a mutant must therefore be the true one, or not be sure.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from config.schema import MIN_CONFIDENCE
from crawler.extract import read_page
from crawler.extract.encoding import decode
from tests.real_pages import Compared, RealPage, compare, real_pages

_TAG = re.compile(
    r"<([a-zA-Z][\w:-]*)((?:\s+[^\s=<>/]+(?:\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>]+))?)*)\s*(/?)>"
)
_ATTRIBUTE = re.compile(r"([^\s=<>/]+)(?:\s*=\s*(\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>]+))?")
_RAW = re.compile(r"<(script|style|textarea|noscript)\b.*?</\1\s*>|<!--.*?-->", re.I | re.S)
_MARK = "\u2603{}\u2603"
_BLOCKS = ("div", "section", "table", "ul", "h1", "h2")


class Dice(random.Random):
    def chance(self, share: float) -> bool:
        return self.random() < share


@dataclass(frozen=True)
class Subject:
    """A real page to be mutated."""

    item: RealPage
    text: str

    @cached_property
    def heading(self) -> str:
        """A text that tells where the page's main part is: its title, or that of its first row."""
        return str(self.item.truth.get("title") or self.item.truth.get("first_title") or "")

    @cached_property
    def shown(self) -> frozenset[str]:
        """The fields that are read right from what is visible, without any meta tag."""
        bare = without_metas(self, Dice(0))
        return frozenset(p.field for p in compare(self.item, _read(self.item, bare)) if p.right)


def subjects() -> list[Subject]:
    """The real pages, as text that declares no charset but UTF-8."""
    found = []
    for item in real_pages():
        text = decode(item.body, None)[0]
        text = re.sub(r"(charset\s*=\s*[\"']?)[\w-]+", r"\1utf-8", text, flags=re.I)
        found.append(Subject(item, text))
    return found


def _read(item: RealPage, text: str) -> Any:
    body = text.encode("utf-8", "replace")
    return read_page(body, url=item.url, content_type="text/html; charset=utf-8").page


def _outside_scripts(text: str, change: Callable[[str], str]) -> str:
    """Change the markup, and leave scripts, styles and comments as they are."""
    out, at = [], 0
    for raw in _RAW.finditer(text):
        out += [change(text[at : raw.start()]), raw[0]]
        at = raw.end()
    return "".join([*out, change(text[at:])])


Attribute = tuple[str, str]
"""Name, and value with its quotes; an empty value for a bare name."""


def _attributes(
    text: str, change: Callable[[str, list[Attribute]], tuple[str, list[Attribute]]]
) -> str:
    """Change the name and attributes of every start tag."""

    def tag(match: re.Match[str]) -> str:
        pairs = [(a[1], a[2] or "") for a in _ATTRIBUTE.finditer(match[2])]
        name, pairs = change(match[1], pairs)
        inner = "".join(f" {n}={v}" if v else f" {n}" for n, v in pairs)
        return f"<{name}{inner}{match[3] and ' /'}>"

    return _outside_scripts(text, lambda part: _TAG.sub(tag, part))


# --- attributes, case, blanks, quotes -------------------------------------------------------------


def shuffled_attributes(subject: Subject, dice: Dice) -> str:
    def change(name: str, pairs: list[Attribute]) -> tuple[str, list[Attribute]]:
        dice.shuffle(pairs)
        return name, pairs

    return _attributes(subject.text, change)


def _dropping(names: tuple[str, ...], share: float) -> Callable[[Subject, Dice], str]:
    def mutate(subject: Subject, dice: Dice) -> str:
        def change(name: str, pairs: list[Attribute]) -> tuple[str, list[Attribute]]:
            return name, [p for p in pairs if p[0].lower() not in names or not dice.chance(share)]

        return _attributes(subject.text, change)

    return mutate


def renamed(subject: Subject, dice: Dice) -> str:
    """Every class and id by a name that says nothing, the same for the same."""
    names: dict[str, str] = {}

    def change(name: str, pairs: list[Attribute]) -> tuple[str, list[Attribute]]:
        out = []
        for key, value in pairs:
            if key.lower() in {"class", "id"} and value:
                words = value.strip("\"'").split()
                value = '"' + " ".join(names.setdefault(w, f"x{len(names)}") for w in words) + '"'
            out.append((key, value))
        return name, out

    return _attributes(subject.text, change)


def changed_case(subject: Subject, dice: Dice) -> str:
    def change(name: str, pairs: list[Attribute]) -> tuple[str, list[Attribute]]:
        upper = [(n.upper() if dice.chance(0.5) else n, v) for n, v in pairs]
        return name.upper() if dice.chance(0.5) else name, upper

    return _attributes(subject.text, change)


def changed_blanks(subject: Subject, dice: Dice) -> str:
    def change(part: str) -> str:
        part = re.sub(
            r"(?<=>)\s*\n\s*(?=<)", lambda m: dice.choice(["\n", "\r\n\t", "\n\n    ", m[0]]), part
        )
        return re.sub(
            r"(?<=<)(div|ul|li|tr|td|p|table)\s",
            lambda m: m[1] + dice.choice([" ", "\n", "\t  "]),
            part,
        )

    return _outside_scripts(subject.text, change)


def swapped_quotes(subject: Subject, dice: Dice) -> str:
    def change(name: str, pairs: list[Attribute]) -> tuple[str, list[Attribute]]:
        out = []
        for key, value in pairs:
            inner = value.strip("\"'")
            if value and re.fullmatch(r"[\w.-]+", inner) and dice.chance(0.3):
                value = inner
            elif value.startswith('"') and "'" not in inner and dice.chance(0.7):
                value = f"'{inner}'"
            out.append((key, value))
        return name, out

    return _attributes(subject.text, change)


def entities(subject: Subject, dice: Dice) -> str:
    def encoded(match: re.Match[str]) -> str:
        form = "&#{};" if dice.chance(0.5) else "&#x{:x};"
        return "".join(form.format(ord(c)) if dice.chance(0.3) else c for c in match[0])

    return _outside_scripts(
        subject.text, lambda part: re.sub(r"[\u4e00-\u9fff]+(?=[^<>]*<)", encoded, part)
    )


# --- blocks ---------------------------------------------------------------------------------------


def _edited(subject: Subject, edit: Callable[[LexborHTMLParser], dict[str, str]]) -> str:
    """Edit the parsed page; ``edit`` may leave marks, and says what markup they stand for."""
    tree = LexborHTMLParser(subject.text)
    marks = edit(tree)
    text = tree.html or ""
    for mark, markup in marks.items():
        text = text.replace(mark, markup)
    return text


def _blocks(tree: LexborHTMLParser) -> list[LexborNode]:
    """Blocks that are no part of a list, a table, a text or a heading."""
    body = tree.body
    found = body.css(",".join(_BLOCKS)) if body is not None else []
    return [node for node in found if not _within(node)]


def _within(node: LexborNode) -> bool:
    up = node.parent
    while up is not None and up.tag != "body":
        if up.tag not in {"div", "section", "form", "center", "main", "article"}:
            return True
        up = up.parent
    return False


def _ancestors(tree: LexborHTMLParser, text: str) -> list[LexborNode]:
    """The blocks around the first element that shows a text, the innermost first."""
    wanted = re.sub(r"\s", "", text)
    body = tree.body
    if body is None or not wanted:
        return []
    holder = None
    for node in body.css("*"):
        if node.tag in {"script", "style"}:
            continue
        shown = re.sub(r"\s", "", node.text(deep=True) + (node.attributes.get("title") or ""))
        if wanted in shown:
            holder = node
    out = []
    while holder is not None and holder.tag not in {"body", "html"}:
        out.append(holder)
        holder = holder.parent
    return out


def _days(dice: Dice) -> Iterator[str]:
    while True:
        yield f"20{dice.randint(10, 25)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"


_HEADLINES = (
    "全市经济工作会议召开", "市领导调研重点项目建设", "关于开展全国文明城市创建的倡议书", "我市举行春季植树活动",
    "优化营商环境 服务企业发展", "政务服务中心推出便民新举措", "夏季防汛抗旱工作部署会召开", "今年第二季度就业形势稳定",
)  # fmt: skip


def advertisement(dice: Dice) -> str:
    """Something that a site puts on its pages and that is no part of what they say."""
    days = _days(dice)
    rows = dice.sample(_HEADLINES, dice.randint(3, 6))
    kind = dice.randrange(8)
    if kind == 0:
        return "<div style='position:fixed;right:0;top:90px'><a href='/zt/2020/'><img src='/ad.gif' alt='专题'></a><span>关闭</span></div>"
    if kind == 1:
        lines = "".join(
            f"<li><a href='/rd/{n}.html'>{row}</a><span>{next(days)}</span></li>"
            for n, row in enumerate(rows)
        )
        return f"<div class='hot'><h3>热点新闻</h3><ul>{lines}</ul></div>"
    if kind == 2:
        return "<div class='share'>分享到：<a href='#'>微信</a><a href='#'>微博</a><a href='#'>QQ空间</a></div>"
    if kind == 3:
        lines = "".join(
            f"<li><a href='http://www.site{n}.gov.cn/'>友情链接单位{n}</a></li>" for n in range(8)
        )
        return (
            f"<div class='links'><h4>友情链接</h4><ul>{lines}</ul><p>更新于{next(days)}</p></div>"
        )
    if kind == 4:
        return f"<div class='today'>今天是{next(days)[:4]}年{dice.randint(1, 12)}月{dice.randint(1, 28)}日 星期{dice.choice('一二三四五六日')}</div>"
    if kind == 5:
        cells = "".join(
            "<tr>"
            + "".join(f"<td><a href='?d={7 * w + d}'>{7 * w + d}</a></td>" for d in range(1, 8))
            + "</tr>"
            for w in range(4)
        )
        return f"<table class='calendar'><caption>{next(days)[:7]}</caption>{cells}</table>"
    if kind == 6:
        lines = "".join(f"<li><a href='/xg/{n}.html'>{row}</a></li>" for n, row in enumerate(rows))
        return f"<div><h3>相关阅读</h3><ul>{lines}</ul></div>"
    return f"<div class='foot'>主办：某某市人民政府办公室　备案号：ICP备05000000号　最后更新：{next(days)}</div>"


def advertisements(subject: Subject, dice: Dice) -> str:
    """One to four things between the blocks of the page."""

    def edit(tree: LexborHTMLParser) -> dict[str, str]:
        places = _blocks(tree)
        # Half of them close by the main part.
        near = {node.mem_id for node in _ancestors(tree, subject.heading)[:6]}
        close = [node for node in places if node.mem_id in near] or places
        marks = {}
        for number in range(dice.randint(1, 4)):
            if not places:
                break
            mark = _MARK.format(number)
            marks[mark] = advertisement(dice)
            node = dice.choice(close if dice.chance(0.5) else places)
            if dice.chance(0.5):
                node.insert_before(mark)
            else:
                node.insert_after(mark)
        return marks

    return _edited(subject, edit)


def wrapped(subject: Subject, dice: Dice) -> str:
    """One to three blocks in a further div or a table of one cell."""

    def edit(tree: LexborHTMLParser) -> dict[str, str]:
        places = _blocks(tree)
        marks = {}
        for number in range(dice.randint(1, 3)):
            if not places:
                break
            node = dice.choice(places)
            before, after = (
                ("<table width='100%'><tr><td>", "</td></tr></table>")
                if dice.chance(0.5)
                else ("<div>", "</div>")
            )
            opened, closed = _MARK.format(2 * number), _MARK.format(2 * number + 1)
            node.insert_before(opened)
            node.insert_after(closed)
            marks |= {opened: before, closed: after}
        return marks

    return _edited(subject, edit)


def unwrapped(subject: Subject, dice: Dice) -> str:
    """Up to four plain wrappers taken away."""

    def edit(tree: LexborHTMLParser) -> dict[str, str]:
        around = _ancestors(tree, subject.heading)
        # What holds the whole title alone is the heading itself, not a wrapper.
        wrappers = [node for node in around[1:] if node.tag in {"div", "section"}]
        for node in dice.sample(wrappers, min(len(wrappers), dice.randint(1, 4))):
            node.unwrap()
        return {}

    return _edited(subject, edit)


def reordered(subject: Subject, dice: Dice) -> str:
    """Side columns to the other side: a block around the main part changes places with a
    neighbour."""

    def edit(tree: LexborHTMLParser) -> dict[str, str]:
        around = [
            n for n in _ancestors(tree, subject.heading)[2:] if n.tag in {"div", "section", "td"}
        ]
        dice.shuffle(around)
        for node in around:
            other = node.next
            while other is not None and other.tag.startswith("-"):
                other = other.next
            if other is not None and other.tag == node.tag:
                other.insert_after(node)
                break
        return {}

    return _edited(subject, edit)


# --- what is missing ------------------------------------------------------------------------------


def truncated(subject: Subject, dice: Dice) -> str:
    """Cut off at a tag, somewhere behind the main part's beginning; a list only behind its rows."""
    text = subject.text
    tags = [match.start() for match in re.finditer("<", text)]
    least = len(text) // 2
    if subject.item.kind == "list":
        rows = _read(subject.item, text).listing.entries
        least = max((text.rfind(row.title[:12]) for row in rows), default=0)
        least = text.find("</", text.find("</", least) + 2) + 400
    later = [at for at in tags if at > least]
    return text[: dice.choice(later)] if later else text


def without_closing_tags(subject: Subject, dice: Dice) -> str:
    """Closing tags that HTML does without, and one of a div."""
    text = re.sub(
        r"</(li|p|td|tr|dd|dt|option)>",
        lambda m: "" if dice.chance(0.6) else m[0],
        subject.text,
        flags=re.I,
    )
    closing = [match.start() for match in re.finditer("</div>", text)]
    if closing and dice.chance(0.5):
        at = dice.choice(closing)
        text = text[:at] + text[at + 6 :]
    return text


_META = re.compile(r"<meta\b[^>]*\bname\s*=\s*[\"']?([\w.]+)[^>]*>", re.I)


def without_metas(subject: Subject, dice: Dice) -> str:
    return _META.sub("", subject.text)


def without_title(subject: Subject, dice: Dice) -> str:
    """A title element that names the site alone, or none."""
    name = dice.choice(["", "<title>某某市人民政府门户网站</title>"])
    return re.sub(r"<title\b.*?</title>", name, subject.text, count=1, flags=re.I | re.S)


# --- what is wrong --------------------------------------------------------------------------------


def wrong_metas(subject: Subject, dice: Dice) -> str:
    """Meta tags of another day, of the site or of another article."""
    day = next(_days(dice))
    name = re.search(r"name=[\"']SiteName[\"'][^>]*content=[\"']([^\"'<>]+)", subject.text, re.I)
    other = [*_HEADLINES, "某某市人民政府门户网站", "政务公开", name[1] if name else "某某市"]
    wrong = {
        "pubdate": f"{day} 09:30",
        "articletitle": dice.choice(other),
        "contentsource": dice.choice(["某某市人民政府门户网站", "市委宣传部", "某某日报", "本站"]),
        "columnname": "政务公开",
    }
    chosen = dice.sample(sorted(wrong), dice.randint(1, 3))
    text = _META.sub(lambda m: "" if m[1].lower() in chosen else m[0], subject.text)
    metas = "".join(f'<meta name="{name}" content="{wrong[name]}">' for name in chosen)
    return re.sub(r"(<head[^>]*>)", lambda m: m[1] + metas, text, count=1, flags=re.I)


def title_in_breadcrumb(subject: Subject, dice: Dice) -> str:
    crumbs = f"<div class='position'>当前位置：<a href='/'>首页</a> &gt; <a href='../'>政务公开</a> &gt; {subject.heading}</div>"
    return re.sub(r"(<body[^>]*>)", lambda m: m[1] + crumbs, subject.text, count=1, flags=re.I)


MUTATIONS: dict[str, Callable[[Subject, Dice], str]] = {
    "attributes shuffled": shuffled_attributes,
    "half of the classes dropped": _dropping(("class",), 0.5),
    "all ids dropped": _dropping(("id",), 1.0),
    "classes and ids dropped": _dropping(("class", "id"), 1.0),
    "classes and ids renamed": renamed,
    "styles dropped": _dropping(("style", "align", "width"), 1.0),
    "case of tags and attributes": changed_case,
    "blanks": changed_blanks,
    "quotes": swapped_quotes,
    "entities": entities,
    "advertisements": advertisements,
    "blocks wrapped": wrapped,
    "blocks unwrapped": unwrapped,
    "siblings reordered": reordered,
    "truncated": truncated,
    "closing tags dropped": without_closing_tags,
    "metas stripped": without_metas,
    "wrong metas": wrong_metas,
    "title element of the site": without_title,
    "title in the breadcrumb": title_in_breadcrumb,
}
MIXED = "two or three together"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mutant as read."""

    kind: str
    number: int
    pairs: tuple[tuple[Compared, float], ...]
    """Every field that has a truth, with the confidence of what was read."""

    @property
    def surely_wrong(self) -> list[Compared]:
        return [
            pair
            for pair, confidence in self.pairs
            if pair.got is not None and not pair.right and confidence >= MIN_CONFIDENCE
        ]


def markup(subject: Subject, kind: str, number: int) -> str:
    """The mutant's text: the same for the same number, whatever was made before."""
    dice = Dice(f"{subject.item.file} {kind} {number}")
    if kind != MIXED:
        return MUTATIONS[kind](subject, dice)
    for name in dice.sample(sorted(MUTATIONS), dice.randint(2, 3)):
        subject = replace(subject, text=MUTATIONS[name](subject, dice))
    return subject.text


def mutant(subject: Subject, kind: str, number: int) -> Mutant:
    """Make and read one mutant."""
    item = subject.item
    page = _read(item, markup(subject, kind, number))
    pairs = []
    for pair in compare(item, page):
        if kind in {"wrong metas", MIXED} and pair.field not in subject.shown:
            continue  # the meta is all there is: what it says is then the truth
        if item.kind == "list" or pair.field == "kind":
            confidence = page.kind_confidence
        else:
            read = getattr(page, pair.field)
            confidence = read.confidence if read is not None else 0.0
        pairs.append((pair, confidence))
    return Mutant(kind, number, tuple(pairs))
