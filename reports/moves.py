"""A site's move on a terminal and for scripts: what is proposed, what was confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rich.console import Console

from reports.machine import Shape, calendar, shape
from reports.sheet import Sheet
from reports.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLine:
    column_key: str
    title: str
    to: str | None
    to_name: str | None
    confidence: int
    reason: str
    accepted: bool
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    site_id: str
    from_url: str
    to_url: str
    confirmed: bool
    moved_on: date
    grace_until: date | None
    file: str
    """The proposal."""
    columns: tuple[MovedLine, ...]
    unplaced: int
    """Columns of the rebuilt site that no old one was found for."""
    pages: int = 0
    """Known pages that got their new address."""
    stranded: tuple[str, ...] = ()
    """Open findings whose page or column was not found on the rebuilt site."""
    config: str = ""
    """Directory of the configuration with the new addresses."""
    doubts: tuple[str, ...] = ()


def print_move(out: Console, view: MoveView) -> None:
    sheet = Sheet(out)
    sheet.line((f"网站改版  {view.site_id}", "bold"), f"  {'已确认' if view.confirmed else '建议'}")
    sheet.text(f"{view.from_url} → {view.to_url}", indent=2)
    for doubt in view.doubts:
        sheet.text(doubt, indent=2, style="yellow")
    accepted = sum(c.accepted for c in view.columns)
    sheet.heading(f"栏目 {len(view.columns)} 个，对上 {accepted} 个")
    for line in view.columns:
        mark = "对上" if line.accepted else "待定" if line.to and not view.confirmed else "没有"
        to = f" → {line.to_name or ''} {line.to}" if line.to else ""
        sheet.text(f"{mark}  {line.title}{to}", indent=2)
        if line.reason:
            sheet.text(f"把握 {line.confidence}%：{line.reason}", indent=8, style="dim")
    if view.unplaced:
        sheet.text(f"新网站另有 {view.unplaced} 个栏目没有对应的原栏目", indent=2, style="dim")
    sheet.gap()
    if not view.confirmed:
        sheet.text(f"对应表已写入 {view.file}：请逐项核对，改好 moved_on，再用 --confirm 确认")
        return
    sheet.text(f"{view.pages} 个页面跟到了新地址，历史、问题、豁免照旧")
    if view.grace_until:
        sheet.text(f"到 {view.grace_until} 为止，新网站上新出现的问题先记疑似，不扣分、不提醒")
    if view.stranded:
        marks = "、".join(m[:8] for m in view.stranded[:20])
        sheet.text(
            f"{len(view.stranded)} 个未整改的问题在新网站上没有找到原来的页面或栏目，状态不变，"
            f"请逐个核对后撤销或豁免：{marks}",
            style="yellow",
        )
    sheet.text(f"新地址的配置写在 {view.config}：核对后用 --config 使用")


@shape.register
def _(view: MoveView) -> Shape:
    return {
        "schema": "xunjian.site-move/1",
        "site": view.site_id,
        "from": view.from_url,
        "to": view.to_url,
        "confirmed": view.confirmed,
        "moved_on": calendar(view.moved_on),
        "grace_until": calendar(view.grace_until),
        "file": view.file,
        "config": view.config or None,
        "pages": view.pages,
        "unplaced": view.unplaced,
        "stranded": list(view.stranded),
        "doubts": list(view.doubts),
        "columns": [
            {
                "column": c.column_key,
                "title": c.title,
                "to": c.to,
                "to_name": c.to_name,
                "confidence": c.confidence,
                "reason": c.reason,
                "accepted": c.accepted,
                "pages": c.pages,
            }
            for c in view.columns
        ],
    }


@table.register
def _(view: MoveView) -> tuple[list[str], list[list[object]]]:
    header = ["原栏目编号", "原栏目", "新栏目", "新地址", "把握%", "理由", "采用", "页面"]
    return header, [
        [
            *(c.column_key, c.title, c.to_name, c.to, c.confidence, c.reason),
            *(c.accepted, c.pages),
        ]
        for c in view.columns
    ]
