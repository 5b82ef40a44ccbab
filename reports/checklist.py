"""What people have to look at, on screen and for scripts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from rich.console import Console

from config.indicators import JudgedBy
from reports.audit import Place, answer_words
from reports.machine import Shape, calendar, instant, points, shape
from reports.sheet import Sheet, day
from reports.tables import table
from scorecards.site_card import ConditionLine

LISTED = 5
"""Candidates listed on screen for a condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A page that was drawn."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    id: str
    """``indicator.condition``: what ``xunjian answer`` takes."""
    part: str
    group: str
    indicator: str
    condition: ConditionLine
    judge: JudgedBy
    checklist: str
    sample: tuple[Sample, ...]
    candidates: tuple[Place, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistSite:
    site_id: str
    name: str
    items: tuple[ChecklistItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistView:
    standard_id: str
    standard_title: str
    day: date
    scan_id: int
    as_of: datetime
    sites: tuple[ChecklistSite, ...]


def print_checklist(out: Console, view: ChecklistView) -> None:
    sheet = Sheet(out)
    sheet.line((f"核查清单  {view.standard_title}", "bold"), f"  {view.standard_id}")
    sheet.text(f"截至 {day(view.day)}；抽样和可疑之处出自第 {view.scan_id} 次检测，再抽结果相同")
    for site in view.sites:
        sheet.heading(f"{site.name}  {site.site_id}", f"{len(site.items)} 项")
        if not site.items:
            sheet.line("没有要人看的项目")
        part = ""
        for item in site.items:
            if item.part != part:
                part = item.part
                sheet.gap()
                sheet.line((part, "bold"))
            _print_item(sheet, item)
    sheet.gap()
    sheet.text(
        f"看完登记：xunjian answer 条目编号 有|无|个数 --standard {view.standard_id} --site 站点 --note 说明",
        style="dim",
    )


def _print_item(sheet: Sheet, item: ChecklistItem) -> None:
    c = item.condition
    sheet.line((item.id, "cyan"), f"  {item.indicator}：{c.title}  ", (c.state.label, "yellow"))
    sheet.text(item.checklist, indent=2)
    if c.reason:
        sheet.text(c.reason, indent=2, style="yellow")
    if c.answer is not None:
        sheet.text(answer_words(c), indent=2, style="green")
    for place in item.candidates[:LISTED]:
        sheet.text(
            f"{place.subject_title}：{place.message}  {place.url or ''}",
            indent=2,
            label=f"可疑 {place.short_id}  ",
            lines=2,
        )
    if len(item.candidates) > LISTED:
        sheet.text(f"还有 {len(item.candidates) - LISTED} 处，--format csv 全部列出", indent=2)
    for sample in item.sample:
        sheet.text(f"{sample.title}  {sample.url}", indent=2, label="抽样  ", style="dim", lines=2)


@shape.register
def _(view: ChecklistView) -> Shape:
    return {
        "schema": "xunjian.checklist/1",
        "standard": view.standard_id,
        "day": calendar(view.day),
        "scan_id": view.scan_id,
        "as_of": instant(view.as_of),
        "sites": [
            {"site": s.site_id, "name": s.name, "items": [_item(i) for i in s.items]}
            for s in view.sites
        ],
    }


def _item(item: ChecklistItem) -> Shape:
    said = item.condition.answer
    return {
        "id": item.id,
        "part": item.part,
        "group": item.group,
        "indicator": item.indicator,
        "title": item.condition.title,
        "judged_by": item.judge.value,
        "state": item.condition.state.value,
        "reason": item.condition.reason,
        "checklist": item.checklist,
        "sample": [{"title": s.title, "url": s.url} for s in item.sample],
        "candidates": [
            {
                "fingerprint": p.fingerprint,
                "rule": p.rule_id,
                "title": p.subject_title,
                "message": p.message,
                "url": p.url,
            }
            for p in item.candidates
        ],
        "answer": None
        if said is None
        else {
            "count": said.count,
            "points": points(said.points),
            "note": said.note,
            "actor": said.actor,
            "from": calendar(said.day),
            "to": calendar(said.until),
        },
    }


@table.register
def _(view: ChecklistView) -> tuple[list[str], list[list[object]]]:
    """A line for each sampled page or candidate; one for an item without."""
    header = ["站点", "部分", "二级指标", "条目编号", "条目", "判定方式", "结果", "看什么", "说明"]
    header += ["已有答复", "抽样或可疑", "标题", "问题", "地址"]
    rows: list[list[object]] = []
    for site in view.sites:
        for item in site.items:
            c = item.condition
            head: list[object] = [
                *(site.name, item.part, item.indicator, item.id, c.title, item.judge.label),
                *(c.state.label, item.checklist, c.reason, answer_words(c)),
            ]
            rows += [[*head, "可疑", p.subject_title, p.message, p.url] for p in item.candidates]
            rows += [[*head, "抽样", s.title, None, s.url] for s in item.sample]
            if not item.candidates and not item.sample:
                rows.append([*head, None, None, None, None])
    return header, rows
