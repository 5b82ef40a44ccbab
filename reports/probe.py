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


def as_json(answer: Mapping[str, Any]) -> bytes:
    """The answer as JSON, UTF-8, ending in a newline; nothing in it can act on a terminal."""
    text = json.dumps(answer, ensure_ascii=True, indent=2, allow_nan=False, default=str)
    return (text + "\n").encode()


def print_probe(out: Console, answer: Mapping[str, Any]) -> None:
    """The answer of ``xunjian probe`` in words."""
    sheet = Sheet(out)
    sheet.line(("页面  ", "dim"), KINDS.get(str(answer.get("kind")), "其他"))
    sheet.line(("编码  ", "dim"), str(answer.get("encoding") or "-"))
    if answer.get("cms"):
        sheet.line(("系统  ", "dim"), str(answer["cms"]))
    origins, sure = answer.get("from") or {}, answer.get("confidence") or {}
    sheet.heading("读出的内容")
    for name, label in FIELDS.items():
        value = answer.get(name)
        if value is None:
            continue
        remark = f"（{origins.get(name, '')}，把握 {float(sure.get(name, 0)):.0%}）"
        sheet.text(f"{value} {remark}", label=f"{label}  ")
        for other in (answer.get("candidates") or {}).get(name, ()):
            if other.get("lost_because"):
                sheet.text(
                    f"落选：{other.get('value')}（{other.get('where')}）：{other['lost_because']}",
                    indent=4,
                    style="dim",
                )
    _rows(sheet, answer)
    found = answer.get("findings") or []
    sheet.heading(f"页面规则：{len(found)} 个问题" if found else "页面规则：没有发现问题")
    for finding in found:
        doubt = "（疑似）" if finding.get("suspected") else ""
        sheet.text(f"{finding['message']}{doubt}", label=f"{finding['title']}  ")
        if finding.get("snippet"):
            sheet.text(str(finding["snippet"]), indent=4, style="dim", lines=2)


def _rows(sheet: Sheet, answer: Mapping[str, Any]) -> None:
    rows = answer.get("entries") or []
    if rows:
        sheet.heading(f"列表：{len(rows)} 条")
        for row in rows[:MOST_ROWS]:
            pin = "〔置顶〕" if row.get("pinned") else ""
            sheet.text(
                f"{pin}{row.get('title')}", label=f"{row.get('published') or '无日期':<10}  "
            )
        if len(rows) > MOST_ROWS:
            sheet.line((f"另有 {len(rows) - MOST_ROWS} 条", "dim"))
    files = answer.get("attachments") or []
    if files:
        sheet.heading(f"附件：{len(files)} 个")
        for each in files[:MOST_ROWS]:
            url = each.get("url") if isinstance(each, Mapping) else each
            sheet.text(str(url), indent=2)
