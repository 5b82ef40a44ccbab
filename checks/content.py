"""Content (内容问题): entries without a date or a text, text that is garbled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.facts import Body, DateState, Entry, Missing, Page, Read, Unverified
from checks.model import Context, Hit, Scope, Severity, Unsettled
from checks.sources import CENSUS, CITY_COMPLETE, CITY_CONTENT, GUIDELINES

FROM_ADDRESS = "address"
"""Where a date comes from that the page does not print: it helps us, not the public."""


@rule(
    id="undated-entry",
    version=2,
    title="信息没有发布日期",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(
        Basis(CENSUS, "“网站不更新”：未注明发布时间的信息视为不更新（全表通用）"),
        Basis(GUIDELINES, "内容页标签 PubDate（发布时间）为必选"),
        CITY_CONTENT,
    ),
    remedy="请为该信息补上真实的发布日期。",
    doc=Doc(
        checks="信息内容页和指向它的列表行，都没有发布日期。",
        why="没有日期，公众不知信息是否有效；普查把没有发布时间的信息视为不更新。",
        good="内容页写有“发布时间：2018-05-21”，或列表行后有“2018-05-21”。",
        bad="内容页只有标题和正文，列表行后也没有日期。",
        mend="在后台补填发布时间，并检查模板是否显示。",
        doubts="日期由脚本写出、做成图片或格式不认识时，记未能核实，不判缺失。",
    ),
    needs=("page", "listed"),
    judges_undated=True,
)
def undated_entry(page: Page, listed: Entry | None, context: Context) -> Verdict:
    if page.date_state is DateState.UNREAD:
        return Unverified(code=Missing.UNDATED, reason="页面上的日期未能读出")
    guessed = page.published is not None and page.published.where == FROM_ADDRESS
    if page.date_state is not DateState.ABSENT and not guessed:
        shown = listed is not None and listed.date_state is DateState.READ
        read = page.published
        if read is not None and read.confidence < context.min_confidence and not shown:
            return Unverified(code=Missing.UNDATED, reason="发布日期识别把握不足")
        return None
    if listed is not None and listed.date_state is DateState.UNREAD:
        return Unverified(code=Missing.UNDATED, reason="列表行的日期未能读出")
    if listed is not None and listed.date_state is not DateState.ABSENT:
        return None
    where = "内容页和列表行都没有" if listed is not None else "内容页没有"
    return [Hit(what="", message=f"{where}发布日期；要求每条信息注明发布时间")]


@rule(
    id="title-only-entry",
    title="只有标题没有内容",
    scope=Scope.PAGE,
    severity=Severity.SERIOUS,
    basis=(
        CITY_COMPLETE,
        CITY_CONTENT,
        Basis("本市设置", "怎样算没有内容：正文位置空白，或者只重复标题", unconfirmed=True),
    ),
    remedy="请补上这条信息的正文或附件，没有内容可公开的请撤下。",
    doc=Doc(
        checks="信息的内容页正文位置是不是空的：没有文字、图片、附件、视频，也没有指向别处的链接；"
        "正文只把标题重复一遍的，也算。",
        why="点开标题什么也没有，就是“帽子底下没有人”，群众最反感，检查也最容易看到。",
        good="正文只有一张公告照片，或者只有“详见附件”和一个附件。",
        bad="点开“关于开展安全生产检查的通知”，页面上只有标题和发布时间。",
        mend="补发正文或附件；误发的空信息撤下。",
        doubts="正文可能由网页外的脚本填入，程序看不到，所以一律记疑似，请人工打开核对。页面里有填充正文的脚本、"
        "框架、播放器、跳转，或者正文位置旁边另有文字、图片的，记未能核实。认不出正文位置的页面不判。",
    ),
    needs=("title", "body"),
    when="crawl",
)
def title_only_entry(title: Read[str], body: Body) -> Verdict:
    text = bare_text(body.text)
    if body.links or body.embedded or (text and text != bare_text(title.value)):
        return None
    if not body.alone:
        return Unverified(
            code=Missing.READER, reason="正文位置没有内容，可能由脚本、播放器或别处显示，请人工查看"
        )
    seen = "正文只重复了标题" if text else "只有标题，没有正文、图片和附件"
    return [
        Hit(
            what="",
            message=f"内容页{seen}；要求有栏目有标题就有内容，请人工打开核对",
            suspected=True,
        )
    ]


def bare_text(text: str) -> str:
    """A text without blanks and punctuation, to compare."""
    return "".join(_WORD.findall(text))


_WORD = re.compile(r"\w+")
REPLACED = "\ufffd"

_CLASSIC = re.compile("锟斤拷|锟斤|烫烫烫|屯屯屯")
_UTF8_AS_LATIN = re.compile(
    "(?:[\u00c3\u00c2\u00e0-\u00ef]"
    "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
    "{1,2}){3}"
)
_UTF8_AS_GBK = re.compile("[锛銆鈥][^锛銆鈥]{0,40}[锛銆鈥][^锛銆鈥]{0,40}[锛銆鈥]")
"""The first bytes of ，。“ in UTF-8, read as GBK: characters that hardly occur otherwise."""
_PRIVATE = re.compile("[\ue000-\uf8ff]{3}")
_ANY_GARBLE = re.compile("[\ufffd\ue000-\uf8ff\u00c2\u00c3\u00e0-\u00ef锟烫屯锛銆鈥]")
"""A character without which a text holds no garble: one cheap pass for the many clean ones."""
_GARBLE = (
    (_CLASSIC, "编码转换出错"),
    (_UTF8_AS_LATIN, "编码转换出错"),
    (_UTF8_AS_GBK, "编码转换出错"),
    (_PRIVATE, "自造字，别的电脑显示不出"),
)


@rule(
    id="garbled-text",
    title="正文或标题有乱码",
    scope=Scope.PAGE,
    severity=Severity.SERIOUS,
    basis=(
        CITY_CONTENT,
        Basis(
            "《政府网站发展指引》（国办发〔2017〕47号）", "信息内容要准确、可用", unconfirmed=True
        ),
    ),
    remedy="请从原文件重新录入乱码处的文字并重新发布。",
    doc=Doc(
        checks="标题和正文里有没有显示不出的字（问号方块）、“锟斤拷”一类乱码、"
        "因编码转换出错产生的成串怪字、别的电脑显示不出的自造字。",
        why="乱码使信息无法阅读，群众一眼就能看到。",
        good="正文含生僻字“畈”“湓”，显示正常。",
        bad="正文出现“锟斤拷锟斤拷”或“瑞昌市”三个字显示成一串带音标的西文字母。",
        mend="从原稿重新粘贴为纯文本后发布；全站都有的，请运维单位检查页面声明的编码。",
        doubts="只认有把握的几种形态，生僻字、单个项目符号不算。整页都解不开、"
        "而页面声明的编码又互相矛盾时，记未能核实（可能是本程序认错编码）。",
    ),
    needs=("page",),
    params={
        "own_fault_share": Param(
            20,
            "显示不出的字占正文多大比例以上时，怀疑是本程序认错编码",
            "%",
            1,
            100,
            unconfirmed=True,
        )
    },
    when="crawl",
)
def garbled_text(page: Page, params: dict[str, int]) -> Verdict:
    title = page.title.value if page.title else ""
    if page.body is None:
        unread = Unverified(code=Missing.READER, reason="没有识别出正文")
        return [*_garbles("标题", title), Unsettled(what="", unverified=unread)]
    text = page.body.text
    replaced = text.count(REPLACED)
    if replaced * 100 > params["own_fault_share"] * len(text) and not _as_declared(page):
        return Unverified(code=Missing.READER, reason="页面声明的编码有误，未能确定实际编码")
    return [*_garbles("标题", title), *_garbles("正文", text)]


def _as_declared(page: Page) -> bool:
    """The page was read as it declares itself to be."""
    encoding = page.encoding
    declared = [d for d in (encoding.declared_header, encoding.declared_meta) if d]
    return bool(declared) and all(_family(d) == _family(encoding.used) for d in declared)


def _family(charset: str) -> str:
    name = re.sub(r"[^a-z0-9]", "", charset.lower())
    return "gb" if name.startswith(("gb", "cp936", "windows936")) else name.removesuffix("sig")


def _garbles(where: str, text: str) -> Iterator[Hit]:
    found = _first_garble(text)
    if found is not None:
        kind, snippet = found
        yield Hit(
            what="" if where == "正文" else where,
            message=f"{where}有乱码（{kind}）：“{snippet}”；要求文字能正常阅读",
            snippet=snippet,
        )


def _first_garble(text: str) -> tuple[str, str] | None:
    """The kind of the first garbled place and the place itself."""
    if not _ANY_GARBLE.search(text):
        return None
    at = text.find(REPLACED)
    if at >= 0:
        return "无法显示的字符", _around(text, at)
    for pattern, kind in _GARBLE:
        match = pattern.search(text)
        if match:
            return kind, _around(text, match.start())
    return None


def _around(text: str, at: int) -> str:
    return text[max(0, at - 10) : at + 20].replace("\n", " ")
