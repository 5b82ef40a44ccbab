"""Why a page is read as it is, in Chinese: what lost and why, the rules that do not fire, the
encoding, the system behind its list, and what the crawl would make of its answer."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Mapping
from typing import Any

from checks.declaration import Rule
from checks.facts import DateState, Encoding, Listing, Page, PageKind
from checks.model import Scope
from checks.runner import Answer
from crawler import cms
from crawler.answers import AnswerKind, outcome
from crawler.cms.family import ListPage, NotUnderstood, Turn
from crawler.extract import families
from crawler.lists import may_be_filled

_LOST = {
    "less sure": "把握不如选中的大",
    "the same value, less sure": "内容相同，把握不如选中的大",
    "not the publication of this page": "不是本页的发布时间",
    "not about this page": "说的不是本页",
    "furniture": "在导航、页头、页脚一类的位置",
    "beside the main list": "在主列表的旁边（侧栏、热点等）",
    "less weight": "条目的分量不如选中的列表",
}
_PLACES = {
    "title element": "浏览器标题栏",
    "beside the heading": "标题旁边",
    "line above date and source": "日期来源一行的上方",
    "head of the body": "正文开头",
    "publishtime element": "publishtime 标签",
    "address": "网址里的日期",
    "address, date not read": "网址里的日期（页面上的日期没有读出）",
    "h1": "大标题（h1）",
    "datastore": "列表数据",
}
_ROWS = re.compile(r"(\d+) rows, (\d+)% dated$")
_KINDS = {PageKind.LIST: "列表页", PageKind.HOME: "首页"}
LATER = "要在检测以后，连同栏目列表或链接核查的结果才能评判"
MAX_TEXT = 1_000_000
"""Characters of a page in which a family's signs are looked for."""


def place(where: str) -> str:
    """Where a value was found, for a clerk."""
    if where in _PLACES:
        return _PLACES[where]
    kind, _, rest = where.partition(" ")
    if kind == "meta" and rest:
        return f"网页标签 {rest}"
    if kind == "label" and rest:
        return f"“{rest}”一栏"
    if where.startswith("script after label "):
        return f"“{where.rpartition(' ')[2]}”一栏（由脚本写出）"
    if re.fullmatch(r"h[1-6]", kind):
        return f"小标题（{where}）"
    return where


def explain_candidates(candidates: Mapping[str, list[dict[str, Any]]], page: Page) -> None:
    """Add to each candidate where it stood (``place``) and why it lost (``why``; ``None``: taken)."""
    taken: Mapping[str, Any] = {"title": page.title, "published": page.published}
    for name, found in candidates.items():
        for item in found:
            item["place"] = place(item["where"])
            lost = item["lost_because"]
            item["why"] = _LOST.get(lost, lost) if lost else None
            rows = _ROWS.match(str(item["value"])) if name == "entries" else None
            if rows is not None:
                item["says"] = f"{rows[1]} 条，{rows[2]}% 有日期"
            read = taken.get(name)
            if not lost and name in taken and (read is None or read.where != item["where"]):
                item["why"] = (
                    f"{_KINDS[page.kind]}的名称取自{place(read.where)}"
                    if read is not None and page.kind in _KINDS
                    else "本页不是文章，不取这一项"
                    if page.kind in _KINDS
                    else "把握不够，没有采用"
                )


def explain_encoding(encoding: Encoding, body: bytes) -> dict[str, Any]:
    """The declared charsets, the one used, and why."""
    declared = [name for name in (encoding.declared_header, encoding.declared_meta) if name]
    said = "、".join(dict.fromkeys(declared))
    agrees = any(_same(name, encoding.used) for name in declared)
    wrong = f"；有 {encoding.undecodable} 处字节读不通" if encoding.undecodable else ""
    if body.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        why = "文件开头有字节序标记，以它为准"
    elif not declared:
        why = "页面没有声明编码，按字节判断"
    elif agrees:
        why = "与声明一致" + ("" if encoding.undecodable else "，全部字节都读得通")
    elif encoding.used == "utf-8" and not encoding.undecodable:
        why = f"声明的是 {said}，但全部字节都符合 UTF-8，以字节为准"
    else:
        why = f"声明的是 {said}，按它读不通，改用 {encoding.used} 错误最少"
    return {
        "used": encoding.used,
        "declared_header": encoding.declared_header,
        "declared_meta": encoding.declared_meta,
        "undecodable": encoding.undecodable,
        "why": why + wrong,
    }


def _same(declared: str, used: str) -> bool:
    name = declared.strip().lower()
    if name in ("gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936"):
        name = "gb18030"
    if name == "big5":
        name = "big5hkscs"
    try:
        return codecs.lookup(name).name == codecs.lookup(used).name
    except (LookupError, ValueError):
        return False


def explain_system(page: Page, text: str, url: str) -> dict[str, Any] | None:
    """The CMS family, its sign, and the list endpoint that the crawl would ask; ``None``: no family
    is recognised."""
    text = text[:MAX_TEXT]
    known = cms.recognise(text, url)
    if known is None:
        if page.cms is None:
            return None
        return {
            "family": page.cms,
            "sign": families.sign_of(page.cms, text, url),
            "endpoint": None,
            "why": "这个系统的列表就在网页里，不另取数据",
        }
    family, sign = known
    told: dict[str, Any] = {"family": family.NAME, "sign": sign.by, "endpoint": None}
    if page.kind in (PageKind.ARTICLE, PageKind.ENTRY):
        return told | {"why": "本页是文章，不取列表数据"}
    if not may_be_filled(page.listing):
        return told | {"why": "网页上的列表是完整的，不另取数据"}
    try:
        request = family.list_request(ListPage(url, text), Turn())
    except NotUnderstood as error:
        return told | {"why": f"没有读懂列表接口的参数（{error}）"}
    told["endpoint"] = {"method": request.method, "url": request.url[:2000]}
    return told | {"why": "列表由脚本填充，检测时向这个接口取数据"}


def explain_list(page: Page) -> dict[str, Any] | None:
    """What the list on the page shows of itself; ``None``: the page is no list page."""
    if page.kind in (PageKind.ARTICLE, PageKind.ENTRY):
        return None
    listing = page.listing
    if listing is None:
        if page.kind is PageKind.HOME:
            return None
        return {"rows": 0, "why": "没有认出信息列表：若是栏目页，检测时为未能核实，不会判为空白"}
    dates = [
        entry.published
        for entry in listing.entries
        if entry.date_state is DateState.READ and entry.published is not None
    ]
    return {
        "rows": len(listing.entries),
        "dated": len(dates),
        "newest": max(dates).isoformat() if dates else None,
        "container": listing.container,
        "pager": listing.pager,
        "pages_claimed": listing.pages_claimed,
        "total_claimed": listing.total_claimed,
        "empty_mark": listing.empty_mark,
        "scripted": listing.scripted,
        "why": _of_list(listing),
    }


def _of_list(listing: Listing) -> str:
    if listing.entries:
        if listing.scripted:
            return "旁边还有脚本会填充列表，本页的条目不能算作全部"
        if listing.next_url is not None:
            return "还有下一页，检测时会一直翻到末页"
        if (listing.pages_claimed or 0) > 1:
            return "写明不止一页，但没有找到下一页的地址，不能算作读完"
        return "没有下一页，列表到此为止"
    if listing.empty_mark is not None:
        return f"页面写明“{listing.empty_mark}”；检测时再读一次仍是如此，才判为空白"
    if listing.scripted:
        return "列表由脚本填充，网页里没有条目：没有已知接口又没有浏览器时为未能核实，不会判为空白"
    if listing.total_claimed == 0:
        return "列表写明共 0 条；检测时再读一次仍是如此，才判为空白"
    return "列表的位置是空的；只有同一模板的其他栏目都有信息时，才判为空白"


def explain_rules(
    page: Page, rules: Iterable[Rule], answers: Mapping[str, Answer]
) -> list[dict[str, Any]]:
    """What each page rule says of the page: ``finding``, ``suspected``, ``fine``,
    ``not_applicable``, ``unverified`` or ``later``, with the reason where there is one."""
    told = []
    for rule in rules:
        if rule.scope is not Scope.PAGE:
            continue
        result, reason = ("later", LATER) if rule.when != "crawl" else _said(answers.get(rule.id))
        if result == "later" and page.kind not in (PageKind.ARTICLE, PageKind.ENTRY):
            result, reason = "not_applicable", "不是信息内容页"
        told.append(
            {"rule": rule.id, "title": rule.title, "outcome": result, "reason": reason or None}
        )
    return told


def _said(answer: Answer | None) -> tuple[str, str]:
    if answer is None:
        return "fine", ""
    if answer.unverified is not None:
        return "unverified", answer.unverified.reason
    if answer.not_applicable is not None:
        return "not_applicable", answer.not_applicable
    if answer.hits:
        sure = any(not hit.suspected for hit in answer.hits)
        return "finding" if sure else "suspected", answer.remark
    return "fine", answer.remark


def explain_answer(
    status: int, headers: Mapping[str, str], body: bytes, url: str
) -> dict[str, Any]:
    """What the crawl would take an answer for (``headers``: names in lower case): ``page``,
    ``gone``, ``redirect`` or ``failed``, and why where it is no page."""
    kind, missing, target = outcome(status, headers, body, url)
    why = missing.reason if missing is not None else None
    if kind is AnswerKind.GONE:
        why = f"服务器返回 {status}" if status != 200 else "内容是“页面不存在”一类的提示"
    elif kind is AnswerKind.REDIRECT:
        why = f"页面一打开就跳转到 {(target or '')[:300]}"
    return {"kind": kind.value, "reason": why}
