"""A site's own search, asked once for a title that is known to be there, and its first page read.

A page of results that is not understood accuses nobody: rows count only where the title's words are
marked in them, "nothing found" only where the title stands beside it. A script's empty frame shows
neither.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from checks.facts import Missing, Unverified
from checks.identity_facts import SearchLook
from checks.parts import SearchForm
from crawler.answers import AnswerKind
from crawler.extract.encoding import decode
from crawler.extract.tree import El, Line, Tree, bare, build
from crawler.urls import Resolver, canonical, twin
from crawler.visitor import Got, Unasked, Visitor

MOST_HOPS = 3
"""Redirects that are followed from the address asked."""
LEAST_SHOWN = 6
"""Characters of a title that is cut in the results, by which it is still known."""
NEAR = 2
"""Lines around "nothing found" in which the title must stand."""
MOST_LINE = 200
"""Characters of a line, or of a link, that is read as such."""

_ZERO = re.compile(
    r"(?:找到|检索到|搜索到|共有?|约)0(?:条|个|项|篇)(?!附件|图片|视频|文件|栏目|收藏)"
)
_NONE = re.compile(
    r"(?:没有|未能?|无法|找不|搜不|查不)(?:找|搜索?|检索|查询?|到|有|相关|任何|符合){1,4}"
    r"|无(?:相关|匹配|符合)|结果为空|暂无(?:相关|搜索|检索)"
)
_OTHERS = re.compile(r"附件|图片|视频|音频")
"""What a search counts beside the pages."""
_DOUBTS = re.compile(r"满意|想要|您要|需要|[?？]")
"""No statement but an offer: 没有找到满意的结果？"""
_TEMPLATE = re.compile(r"hid|templ|tpl", re.I)
_CUT = re.compile(r"(?:\.{2,}|…+|。{2,})$")
_MARKED = frozenset(["em", "font", "b", "strong", "mark", "i", "span"])
_MARK_NAMES = re.compile(r"red|high|hl|key|hit|match|query|light|color", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What the first page of results shows."""

    found: bool
    rows: int
    said_none: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What came of asking."""

    facts: SearchLook | Unverified
    got: Got | None = None
    """The page of results, for the evidence."""


async def search(visitor: Visitor, form: SearchForm, title: str, page: str) -> Searched:
    """Ask for ``title``, which stands at the address ``page``."""
    question = question_of(form, title)
    if question is None:
        why = "站内搜索由脚本提供，不能直接查询" if not form.plain else "标题不能按搜索框的编码发送"
        return Searched(facts=Unverified(code=Missing.READER, reason=why))
    url = question
    for _ in range(MOST_HOPS + 1):
        try:
            got = await visitor.ask(url)
        except Unasked as error:
            why = f"没有查站内搜索：{error.missing.reason}"
            return Searched(facts=Unverified(code=error.missing.code, reason=why))
        if got.kind is AnswerKind.REDIRECT and got.target is not None:
            url = got.target
            continue
        # "Nothing found" reads like a page that is not there.
        if got.kind not in (AnswerKind.PAGE, AnswerKind.GONE) or got.status != 200:
            why = got.missing.reason if got.missing is not None else f"服务器返回 {got.status}"
            code = got.missing.code if got.missing is not None else Missing.SERVER
            why = f"站内搜索没有给出结果页：{why}"
            return Searched(facts=Unverified(code=code, reason=why))
        seen = read_results(got.body, got.headers.get("content-type"), url, title, page)
        facts = SearchLook(
            title=title,
            page=page,
            asked=question,
            found=seen.found,
            rows=seen.rows,
            said_none=seen.said_none,
        )
        return Searched(facts=facts, got=got)
    why = "站内搜索反复跳转，没有给出结果页"
    return Searched(facts=Unverified(code=Missing.SERVER, reason=why))


def question_of(form: SearchForm, title: str) -> str | None:
    """The address that a browser would ask; ``None``: it cannot be asked so."""
    if not form.plain or not form.action or not form.field:
        return None
    fields = [(name, value) for name, value in form.fixed if name != form.field]
    try:
        query = urlencode([(form.field, title), *fields], encoding=_codec(form.charset))
    except (LookupError, UnicodeError):
        return None
    return canonical(f"{form.action.partition('?')[0]}?{query}")


def _codec(charset: str) -> str:
    """As browsers take it: what calls itself GB2312 is sent in its successor."""
    return "gb18030" if charset.lower() in ("gb2312", "gbk", "gb_2312-80") else charset


def read_results(body: bytes, content_type: str | None, url: str, title: str, page: str) -> Results:
    """Read a page of results. ``page``: the entry's address."""
    text, encoding = decode(body, content_type)
    tree = build(text)
    resolver = Resolver(tree.base or url, encoding.used or "utf-8")
    wanted = bare(title)
    if _is_found(tree, resolver, url, wanted, page):
        return Results(found=True, rows=max(1, _rows(tree, resolver, url, wanted)), said_none=False)
    none = _says_none(tree, wanted)
    if not none and _stands_elsewhere(tree, wanted):
        return Results(found=False, rows=0, said_none=False)
    rows = 0 if none else _rows(tree, resolver, url, wanted)
    return Results(found=False, rows=rows, said_none=none)


def _leading(tree: Tree, resolver: Resolver, url: str) -> Iterator[tuple[El, str]]:
    """The links that lead to something else than the search itself."""
    own = urlsplit(url).path
    for el in tree.anchors:
        target = resolver.canonical(el.get("href"))
        if target is not None and urlsplit(target).path != own:
            yield el, target


def _is_found(tree: Tree, resolver: Resolver, url: str, wanted: str, page: str) -> bool:
    place = twin(canonical(page) or page)
    for el, target in _leading(tree, resolver, url):
        if twin(target) == place:
            return True
        if el.chars > MOST_LINE:
            continue
        for said in (bare(el.text(hidden=True)), bare(el.get("title"))):
            if wanted in said:
                return True
            cut = _CUT.sub("", said)
            if cut != said and len(cut) >= LEAST_SHOWN and wanted.startswith(cut):
                return True
    # A link may hide where it leads (a script, a counter), and still name the page.
    return any(
        el.get("onclick") and el.chars <= MOST_LINE and wanted in bare(el.text(hidden=True))
        for el in tree.anchors
    )


def _says_none(tree: Tree, wanted: str) -> bool:
    lines = [line.bare for line in tree.lines]
    for at, line in enumerate(lines):
        said = line.replace(wanted, "")
        if len(line) > MOST_LINE or _DOUBTS.search(said):
            continue
        if not _NONE.search(said) and not _is_zero(tree.lines[at], said):
            continue
        if any(_TEMPLATE.search(el.names) for el in tree.lines[at].block.up()):
            continue  # a script may show it, or not
        if any(wanted in near for near in lines[max(0, at - NEAR) : at + NEAR + 1]):
            return True
    return False


def _is_zero(line: Line, said: str) -> bool:
    """The line counts no page: not its attachments, and not by a number that a script may still fill in."""
    if _ZERO.search(said) is None or _OTHERS.search(said):
        return False
    return not any(
        el.get("id") and bare(el.text()) == "0"
        for el in line.block.descend()
        if el is not line.block
    )


_ECHO = re.compile(r"搜索|检索|查询|关键|结果|找到|相关|首页|位置")


def _stands_elsewhere(tree: Tree, wanted: str) -> bool:
    """The title stands in some line that does not just say what was asked."""
    return any(
        wanted in line.bare and not _ECHO.search(line.bare.replace(wanted, ""))
        for line in tree.lines
    )


def _rows(tree: Tree, resolver: Resolver, url: str, wanted: str) -> int:
    """Links in which words of the title are marked: no menu and no other list marks them."""
    found = set()
    for el, target in _leading(tree, resolver, url):
        if el.chars <= MOST_LINE and any(_marks(kid, el, wanted) for kid in el.descend()):
            found.add(target)
    return len(found)


def _marks(kid: El, link: El, wanted: str) -> bool:
    """Whether an element inside a link marks words of the title in it."""
    if kid.tag not in _MARKED or not 2 <= kid.chars < link.chars:
        return False
    styled = kid.tag in ("em", "font", "mark") or bool(
        _MARK_NAMES.search(f"{kid.names} {kid.get('style')[:MOST_LINE]}")
    )
    return styled and bare(kid.text()) in wanted
