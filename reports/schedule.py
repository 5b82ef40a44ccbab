"""The schedule as a clerk reads it: what is running, what waits, what ran, what was missed, what comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rich.console import Console

from reports.cells import pad, plain
from reports.machine import Shape, instant, shape
from reports.sheet import Sheet, moment
from reports.tables import local, table


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLine:
    """One slot of one site."""

    kind: str
    kind_title: str
    slot: str
    site_id: str
    site_name: str
    """Empty where no site is concerned."""
    due_at: datetime
    until: datetime
    state: str
    """``due``, ``running``, ``done``, ``partial``, ``failed``, ``missed``; ``coming``: still ahead."""
    state_title: str
    started_at: datetime | None = None
    finished_at: datetime | None = None
    scan_id: int | None = None
    units: tuple[str, ...] = ()
    """Short names of the units drawn for a spot check."""
    result: str = ""
    """In Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleView:
    at: datetime
    window: tuple[str, str] | None
    """When scans may fetch, in Beijing time."""
    current: tuple[SlotLine, ...]
    """Due or running, the oldest first."""
    coming: tuple[SlotLine, ...]
    past: tuple[SlotLine, ...]
    """Ended or missed, the newest first."""
    warnings: tuple[str, ...] = ()


def print_schedule(out: Console, view: ScheduleView) -> None:
    sheet = Sheet(out)
    window = "不限" if view.window is None else f"{view.window[0]} 至 {view.window[1]}"
    sheet.line((f"{moment(view.at)}（北京时间）  检测时段 {window}", "dim"))
    for title, lines, none in (
        ("正在做、等着做", view.current, "没有"),
        ("接下来", view.coming, "没有：schedule.yaml 里没有启用任何检测"),
        ("做过的、漏掉的", view.past, "还没有：xunjian serve 运行后按排期检测"),
    ):
        sheet.rule()
        sheet.line((title, "bold"))
        if not lines:
            sheet.text(none, indent=2, style="dim")
        for line in lines:
            _print_line(sheet, line)
    if view.warnings:
        sheet.rule()
        for words in view.warnings:
            sheet.text(f"提示：{words}", style="yellow")


_STYLES = {"done": "green", "coming": "dim", "running": "bold"}


def _print_line(sheet: Sheet, line: SlotLine) -> None:
    sheet.line(
        f"  {moment(line.due_at)}  {pad(plain(line.kind_title), 14)}  {pad(plain(line.slot), 10)}  ",
        (pad(plain(line.state_title), 10), _STYLES.get(line.state, "yellow")),
        f"  {plain(line.site_name)}",
    )
    if line.units:
        sheet.text(f"抽查 {len(line.units)} 个单位：{'、'.join(line.units)}", indent=20)
    if line.result:
        sheet.text(line.result, indent=20, style="" if line.state == "done" else "yellow")


def _slot(line: SlotLine) -> Shape:
    return {
        "kind": line.kind,
        "kind_title": line.kind_title,
        "slot": line.slot,
        "site": line.site_id or None,
        "site_name": line.site_name or None,
        "due_at": instant(line.due_at),
        "until": instant(line.until),
        "state": line.state,
        "state_title": line.state_title,
        "started_at": instant(line.started_at),
        "finished_at": instant(line.finished_at),
        "scan": line.scan_id,
        "units": list(line.units),
        "result": line.result or None,
    }


@shape.register
def _(view: ScheduleView) -> Shape:
    return {
        "schema": "xunjian.schedule/1",
        "at": instant(view.at),
        "window": list(view.window) if view.window else None,
        "current": [_slot(line) for line in view.current],
        "coming": [_slot(line) for line in view.coming],
        "past": [_slot(line) for line in view.past],
        "warnings": list(view.warnings),
    }


@table.register
def _(view: ScheduleView) -> tuple[list[str], list[list[object]]]:
    header = [
        *("种类", "期次", "站点", "到期", "最迟开始", "状态", "开始", "结束", "检测", "抽查单位"),
        "结果",
    ]
    return header, [
        [
            *(s.kind_title, s.slot, s.site_name, local(s.due_at), local(s.until), s.state_title),
            *(local(s.started_at), local(s.finished_at), s.scan_id, "、".join(s.units), s.result),
        ]
        for s in (*view.current, *view.coming, *view.past)
    ]
