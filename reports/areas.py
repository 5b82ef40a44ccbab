"""Key areas of disclosure on screen and for scripts: by area and aspect, what became of each item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rich.console import Console

from checks.areas_facts import State
from reports.machine import Shape, shape
from reports.sheet import Sheet
from reports.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class NewestLine:
    """The newest entry that tells of an item."""

    title: str
    url: str
    on: date | None
    """``None``: its date could not be read."""
    column: str
    by_title: bool
    """By its title; else only because it stands in the item's own column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    id: str
    title: str
    unit_id: str
    unit_short: str
    """Who answers for it, of several the first."""
    state: State
    suspected: bool
    """Missing, but only by the words of titles, or with a column not found: a person looks first."""
    reason: str
    """Why it is not known or does not apply; else empty."""
    newest: NewestLine | None
    """In time or not; ``None``: there is none."""
    within_months: int | None
    """In how many months there has to be one; ``None``: whenever."""
    basis: str
    unconfirmed: bool
    """The item or who answers for it is inferred."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AspectBlock:
    id: str
    title: str
    items: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaBlock:
    id: str
    title: str
    basis: str
    aspects: tuple[AspectBlock, ...]

    @property
    def items(self) -> tuple[ItemLine, ...]:
        return tuple(item for aspect in self.aspects for item in aspect.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreasView:
    scan_id: int
    day: date
    """The day that the scan refers to."""
    areas: tuple[AreaBlock, ...]
    """In the order of ``areas.yaml``."""


STYLES = {
    State.OPEN: "green",
    State.MISSING: "red",
    State.UNVERIFIED: "yellow",
    State.NOT_APPLICABLE: "dim",
}


def state_words(line: ItemLine) -> str:
    return line.state.label + ("（疑似）" if line.suspected else "")


def counted(items: Iterable[ItemLine]) -> str:
    """已公开 3 项，未公开 1 项（疑似 1）……"""
    held = list(items)
    counts = Counter(line.state for line in held)
    words = [f"{s.label} {counts[s]} 项" for s in State if counts[s]]
    unsure = sum(line.suspected for line in held)
    more = f"（未公开中疑似 {unsure} 项）" if unsure else ""
    return "，".join(words) + more


def print_areas(out: Console, view: AreasView) -> None:
    sheet = Sheet(out)
    if not view.areas:
        sheet.line("没有登记重点领域：请在配置目录写 areas.yaml")
        return
    sheet.line((f"重点领域信息公开  {view.day.isoformat()}", "bold"), f"  第 {view.scan_id} 次检测")
    for area in view.areas:
        sheet.heading(area.title, f"{len(area.aspects)} 个方面，{len(area.items)} 项")
        sheet.text(counted(area.items))
        for number, aspect in enumerate(area.aspects, 1):
            sheet.line((f"{number} {aspect.title}", "bold"))
            for line in aspect.items:
                _print_item(sheet, line)
    sheet.gap()
    sheet.text(
        "只按标题认定的记疑似，请人工查看；月数和推断的信息项未确认，见 areas.yaml", label="说明  "
    )
    sheet.text("xunjian findings --rule missing-area-item  看记录在册的问题", label="接着  ")


def _print_item(sheet: Sheet, line: ItemLine) -> None:
    reason = f"：{line.reason}" if line.reason else ""
    if line.state is State.MISSING and line.within_months is not None:
        reason = f"：最近 {line.within_months} 个月没有查到"
    sheet.text(
        f"{state_words(line)}  {line.title}（{line.unit_short}）{reason}",
        indent=3,
        style=STYLES[line.state],
        hang=7,
    )
    newest = line.newest
    if newest is None:
        return
    on = newest.on.isoformat() if newest.on else "日期不详"
    how = "" if newest.by_title else "，按专设栏目认定"
    sheet.text(
        f"{on} 《{newest.title}》（{newest.column}{how}）", indent=7, label="最近  ", lines=2
    )
    sheet.text(newest.url, indent=7)


@shape.register
def _(view: AreasView) -> Shape:
    return {
        "schema": "xunjian.areas/1",
        "scan": view.scan_id,
        "day": view.day.isoformat(),
        "areas": [shape(area) for area in view.areas],
    }


@shape.register
def _(area: AreaBlock) -> Shape:
    return {
        "id": area.id,
        "title": area.title,
        "basis": area.basis,
        "aspects": [
            {"id": a.id, "title": a.title, "items": [shape(line) for line in a.items]}
            for a in area.aspects
        ],
    }


@shape.register
def _(line: ItemLine) -> Shape:
    newest = line.newest
    return {
        "id": line.id,
        "title": line.title,
        "unit": line.unit_id,
        "unit_short": line.unit_short,
        "state": line.state.value,
        "suspected": line.suspected,
        "reason": line.reason,
        "newest": None
        if newest is None
        else {
            "title": newest.title,
            "url": newest.url,
            "on": newest.on.isoformat() if newest.on else None,
            "column": newest.column,
            "by_title": newest.by_title,
        },
        "within_months": line.within_months,
        "basis": line.basis,
        "unconfirmed": line.unconfirmed,
    }


@table.register
def _(view: AreasView) -> tuple[list[str], list[list[object]]]:
    header = [
        *(
            "领域",
            "方面",
            "信息项",
            "责任单位",
            "状态",
            "理由",
            "最近一条日期",
            "最近一条标题",
            "网址",
        ),
        *("栏目", "多少个月内要有", "依据", "未确认"),
    ]
    return header, [
        [
            *(
                area.title,
                aspect.title,
                line.title,
                line.unit_short,
                state_words(line),
                line.reason,
            ),
            line.newest.on.isoformat() if line.newest and line.newest.on else "",
            line.newest.title if line.newest else "",
            line.newest.url if line.newest else "",
            line.newest.column if line.newest else "",
            line.within_months,
            line.basis,
            line.unconfirmed,
        ]
        for area in view.areas
        for aspect in area.aspects
        for line in aspect.items
    ]
