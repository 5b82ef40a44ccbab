"""Interpretations of policy documents by unit: how many owe one, have one, in time, linked, in which form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from rich.console import Console

from reports.machine import Shape, shape
from reports.sheet import Sheet
from reports.tables import table


class PolicyState(StrEnum):
    """What became of one document's interpretation."""

    TIMELY = "timely"
    LATE = "late"
    MISSING = "missing"
    DOUBTFUL = "doubtful"
    WAITING = "waiting"
    UNVERIFIED = "unverified"

    @property
    def label(self) -> str:
        return {
            "timely": "已解读",
            "late": "解读不及时",
            "missing": "没有解读",
            "doubtful": "疑似没有解读",
            "waiting": "未到期",
            "unverified": "未能核实",
        }[self.value]

    @property
    def interpreted(self) -> bool:
        return self in (PolicyState.TIMELY, PolicyState.LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLine:
    """One policy document that owes an interpretation."""

    unit_id: str | None
    title: str
    number: str
    url: str
    published: date
    state: PolicyState
    reason: str = ""
    """Why it is so, in Chinese; empty where the state says all."""
    interpreted_on: date | None = None
    interpretation: str | None = None
    """Address of the earliest one."""
    form: str | None = None
    onward: bool | None = None
    """The document leads to it; ``None``: not known, or there is none."""
    back: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpretationsLine:
    """The documents of one unit."""

    unit_id: str | None
    """``None``: nobody can tell whose they are."""
    short: str
    documents: int
    counts: Mapping[PolicyState, int] = field(default_factory=dict)
    forms: Mapping[str, int] = field(default_factory=dict)
    linked: int = 0
    """Documents and interpretations that lead to each other."""

    @property
    def interpreted(self) -> int:
        return sum(n for state, n in self.counts.items() if state.interpreted)

    @property
    def rate(self) -> float | None:
        """Share of interpreted documents (解读率) in per cent, of those of which it is known and whose
        time has come; ``None`` without any."""
        told = (PolicyState.TIMELY, PolicyState.LATE, PolicyState.MISSING)
        known = sum(self.counts.get(state, 0) for state in told)
        return round(100 * self.interpreted / known, 1) if known else None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterpretationsView:
    scan_id: int
    day: date
    since: date
    """Documents published from this day on are counted."""
    lines: tuple[InterpretationsLine, ...]
    total: InterpretationsLine
    documents: tuple[PolicyLine, ...]
    """Newest first."""
    one_unit: bool = False


def print_interpretations(out: Console, view: InterpretationsView) -> None:
    sheet = Sheet(out)
    sheet.line((f"政策解读  {view.since.isoformat()} 至 {view.day.isoformat()} 公开的文件", "bold"))
    sheet.gap()
    if not view.lines:
        sheet.text(
            "没有应当解读的文件：只看政府文件、规范性文件一类栏目中有本市发文字号的办法、方案、意见等"
        )
        return
    for line in view.lines:
        sheet.line((line.short, "bold"), f"  {_words(line)}")
    if view.one_unit:
        sheet.gap()
        for document in view.documents:
            _document(sheet, document)
    else:
        sheet.gap()
        sheet.line(f"合计  {_words(view.total)}")
        sheet.text("xunjian interpretations --unit 单位  逐件列出文件", label="接着  ")


def _words(line: InterpretationsLine) -> str:
    rate = f"{line.rate:g}%" if line.rate is not None else "不详"
    words = f"应解读 {line.documents} 件，已解读 {line.interpreted} 件，解读率 {rate}"
    for state in PolicyState:
        if state is not PolicyState.TIMELY and (count := line.counts.get(state, 0)):
            words += f"，{state.label} {count} 件"
    if line.interpreted:
        words += f"，相互链接 {line.linked} 件"
    if line.forms:
        words += "；形式：" + "、".join(f"{form} {n}" for form, n in line.forms.items())
    return words


def _document(sheet: Sheet, line: PolicyLine) -> None:
    style = "red" if line.state is PolicyState.MISSING else ""
    head = f"{line.published.isoformat()}  {line.title}（{line.number}）"
    sheet.line((line.state.label, style or "bold"), f"  {head}")
    if line.interpretation is not None:
        day = line.interpreted_on.isoformat() if line.interpreted_on else "日期不详"
        ways = {True: "有", False: "没有", None: "未能核实"}
        links = f"文件到解读的链接{ways[line.onward]}，解读到文件的链接{ways[line.back]}"
        sheet.text(f"{day} {line.form or ''}解读；{links}", indent=3)
        sheet.text(line.interpretation, indent=3)
    elif line.reason:
        sheet.text(line.reason, indent=3)


@shape.register
def _(view: InterpretationsView) -> Shape:
    return {
        "schema": "xunjian.interpretations/1",
        "scan": view.scan_id,
        "day": view.day.isoformat(),
        "since": view.since.isoformat(),
        "units": [shape(line) for line in view.lines],
        "total": shape(view.total),
        "documents": [shape(line) for line in view.documents],
    }


@shape.register
def _(line: InterpretationsLine) -> Shape:
    return {
        "unit": line.unit_id,
        "short": line.short,
        "documents": line.documents,
        "interpreted": line.interpreted,
        "rate": line.rate,
        **{state.value: line.counts.get(state, 0) for state in PolicyState},
        "linked": line.linked,
        "forms": dict(line.forms),
    }


@shape.register
def _(line: PolicyLine) -> Shape:
    return {
        "unit": line.unit_id,
        "title": line.title,
        "number": line.number,
        "url": line.url,
        "published": line.published.isoformat(),
        "state": line.state.value,
        "reason": line.reason or None,
        "interpreted_on": line.interpreted_on.isoformat() if line.interpreted_on else None,
        "interpretation": line.interpretation,
        "form": line.form,
        "onward": line.onward,
        "back": line.back,
    }


@table.register
def _(view: InterpretationsView) -> tuple[list[str], list[list[object]]]:
    header = ["单位编号", "文件", "发文字号", "网址", "公开日期", "状态", "说明", "解读日期", "解读网址", "形式", "文件到解读的链接", "解读到文件的链接"]  # fmt: skip
    ways = {True: "有", False: "没有", None: ""}
    return header, [
        [
            line.unit_id or "",
            line.title,
            line.number,
            line.url,
            line.published,
            line.state.label,
            line.reason,
            line.interpreted_on,
            line.interpretation or "",
            line.form or "",
            ways[line.onward],
            ways[line.back],
        ]
        for line in view.documents
    ]
