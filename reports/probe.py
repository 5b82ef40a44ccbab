"""How one page was read, for a person who asks why: fields, where from, how sure, what fires."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from reports.sheet import Sheet

KINDS = {
    "article": "文章",
    "entry": "公开条目",
    "list": "列表",
    "home": "首页",
    "other": "其他",
}
FIELDS = {
    "title": "标题",
    "published": "发布日期",
    "source": "来源",
    "index_number": "索引号",
    "document_number": "文号",
    "next": "下一页",
}
MOST_ROWS = 12
MOST_LOSERS = 6


def as_json(answer: Mapping[str, Any]) -> bytes:
    """The answer as JSON, UTF-8, ending in a newline; nothing in it can act on a terminal."""
    text = json.dumps(answer, ensure_ascii=True, indent=2, allow_nan=False, default=str)
    return (text + "\n").encode()


def print_probe(out: Console, answer: Mapping[str, Any]) -> None:
    """The answer of ``xunjian probe`` in words."""
    sheet = Sheet(out)
    sure = answer.get("confidence") or {}
    kind = KINDS.get(str(answer.get("kind")), "其他")
    sheet.line(("页面  ", "dim"), f"{kind}（把握 {float(sure.get('kind', 0)):.0%}）")
    taken = answer.get("answer") or {}
    if taken.get("reason"):
        word = {"gone": "页面不存在", "redirect": "跳转"}.get(str(taken["kind"]), "未能核实")
        sheet.text(f"{word}：{taken['reason']}", label="检测时会当作  ", style="bold")
    encodings = answer.get("encodings") or {}
    why = f"（{encodings['why']}）" if encodings.get("why") else ""
    sheet.text(f"{answer.get('encoding') or '-'}{why}", label="编码  ")
    _system(sheet, answer)
    sheet.heading("读出的内容")
    _fields(sheet, answer)
    _rows(sheet, answer)
    found = answer.get("findings") or []
    sheet.heading(f"页面规则：{len(found)} 个问题" if found else "页面规则：没有发现问题")
    for finding in found:
        doubt = "（疑似）" if finding.get("suspected") else ""
        sheet.text(f"{finding['message']}{doubt}", label=f"{finding['title']}  ")
        if finding.get("snippet"):
            sheet.text(str(finding["snippet"]), indent=4, style="dim", lines=2)
        if finding.get("remedy"):
            sheet.text(f"怎么改：{finding['remedy']}", indent=4, style="dim")
    _quiet_rules(sheet, answer)


def _system(sheet: Sheet, answer: Mapping[str, Any]) -> None:
    system = answer.get("system")
    if not system:
        sheet.line(("系统  ", "dim"), str(answer.get("cms") or "没有认出是哪种建站系统"))
        return
    sign = f"（依据：{system['sign']}）" if system.get("sign") else ""
    sheet.text(f"{system['family']}{sign}：{system['why']}", label="系统  ")
    endpoint = system.get("endpoint")
    if endpoint:
        sheet.text(f"接口  {endpoint['method']} {endpoint['url']}", indent=4, style="dim", lines=3)


def _fields(sheet: Sheet, answer: Mapping[str, Any]) -> None:
    """Each field that was read, and each that was looked for: what was considered, and why it
    lost."""
    origins, sure = answer.get("from") or {}, answer.get("confidence") or {}
    places = answer.get("places") or {}
    for name, label in FIELDS.items():
        value = answer.get(name)
        considered = (answer.get("candidates") or {}).get(name, ())
        if value is not None:
            origin = places.get(name, origins.get(name, ""))
            remark = f"（{origin}，把握 {float(sure[name]):.0%}）" if name in sure else ""
            sheet.text(f"{value} {remark}".rstrip(), label=f"{label}  ")
        elif considered:
            sheet.text("没有读出", label=f"{label}  ")
        losers = [other for other in considered if other.get("why") or other.get("lost_because")]
        for other in losers[:MOST_LOSERS]:
            where = other.get("place") or other.get("where")
            reason = other.get("why") or other.get("lost_because")
            sheet.text(
                f"落选：{other.get('value')}（{where}）：{reason}", indent=4, style="dim", lines=3
            )
        if len(losers) > MOST_LOSERS:
            sheet.line((f"    另有 {len(losers) - MOST_LOSERS} 个落选", "dim"))


OUTCOMES = {
    "fine": "没有问题",
    "not_applicable": "不适用",
    "unverified": "未能核实",
    "later": "待评判",
}


def _quiet_rules(sheet: Sheet, answer: Mapping[str, Any]) -> None:
    """The rules that say nothing of the page, those of one reason together."""
    groups: dict[str, list[str]] = {}
    for rule in answer.get("rules") or ():
        word = OUTCOMES.get(str(rule.get("outcome")))
        if word is not None:
            reason = f"{word}：{rule['reason']}" if rule.get("reason") else word
            groups.setdefault(reason, []).append(str(rule["title"]))
    if groups:
        sheet.heading("没有报问题的规则")
    for reason, titles in groups.items():
        sheet.text(f"{reason}（{len(titles)} 条规则）")
        sheet.text("、".join(titles), indent=4, style="dim")


def _rows(sheet: Sheet, answer: Mapping[str, Any]) -> None:
    rows = answer.get("entries") or []
    shown = answer.get("list") or {}
    if shown.get("why") and not rows:
        sheet.heading("列表")
        sheet.text(str(shown["why"]), indent=2)
    if rows:
        sheet.heading(f"列表：{len(rows)} 条")
        for row in rows[:MOST_ROWS]:
            pin = "〔置顶〕" if row.get("pinned") else ""
            sheet.text(
                f"{pin}{row.get('title')}", label=f"{row.get('published') or '无日期':<10}  "
            )
        if len(rows) > MOST_ROWS:
            sheet.line((f"另有 {len(rows) - MOST_ROWS} 条", "dim"))
        if shown.get("why"):
            newest = f"最新 {shown['newest']}；" if shown.get("newest") else ""
            sheet.text(f"{newest}{shown['why']}", indent=2)
    groups = (answer.get("candidates") or {}).get("entries", ())
    listed = answer.get("kind") not in ("article", "entry")
    losers = [group for group in groups if listed and group.get("why")]
    for group in losers[:MOST_LOSERS]:
        sheet.text(
            f"落选的列表：{group.get('says') or group.get('value')}（{group.get('where')}）：{group['why']}",
            indent=4,
            style="dim",
            lines=3,
        )
    files = answer.get("attachments") or []
    if files:
        sheet.heading(f"附件：{len(files)} 个")
        for each in files[:MOST_ROWS]:
            url = each.get("url") if isinstance(each, Mapping) else each
            sheet.text(str(url), indent=2)
