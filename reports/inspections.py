"""Others' results: what became of a workbook's rows, and how far they agree with ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from rich.cells import cell_len
from rich.console import Console

from reports.cells import pad, plain
from reports.machine import Shape, calendar, instant, points, shape
from reports.sheet import Sheet, day, moment
from reports.tables import table
from scorecards.agreement import SOURCES, Agreement
from scorecards.score import percent_text

MATCHES = {
    "address": "与我们的问题相同（按地址）",
    "column": "与我们的问题相同（按栏目）",
    "new": "新记入",
    "again": "以前导入过",
    "unread": "未能读取",
}
SHOWN = 50
"""Rows of one outcome that a terminal lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRow:
    sheet: str
    row: int
    unit_id: str | None
    unit_short: str
    column_key: str | None
    column: str
    rule_id: str | None
    description: str
    url: str | None
    found_on: date | None
    match: str
    fingerprint: str | None
    problem: str
    """Why it was not read; or a remark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportView:
    """One workbook, taken in."""

    source: str
    file: str
    period: str
    at: datetime
    dry_run: bool
    earlier: datetime | None
    """When this very file was imported before."""
    changed: int
    """Rows that this import wrote (or would write)."""
    skipped: tuple[tuple[str, str], ...]
    """Sheets of which nothing was read, and why."""
    contested: tuple[str, ...]
    """Our findings that it names and that a person had taken back or waived."""
    rows: tuple[ImportedRow, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(r.match for r in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionLine:
    id: int
    source: str
    file: str
    period: str
    at: datetime
    rows: int
    units: int
    note: str = ""
    """Why it is not compared; empty: it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementView:
    inspections: tuple[InspectionLine, ...]
    rules: Mapping[str, Agreement]
    titles: Mapping[str, str]
    """Titles of the rules."""
    by_hand: frozenset[str]
    """Rules that no machine judges."""
    machine: Agreement
    """All rules that the program judges."""
    total: Agreement
    outside_units: int
    outside_kinds: int
    unread: int
    """Rows that could not be read: they are in no count."""

    @property
    def remarks(self) -> tuple[str, ...]:
        lines = [
            "只比对方列到的单位、列到的问题种类，以其检查时我们尚未整改的问题为准",
            "对方可能只抽查了部分页面：“只有我们”不都是误报，吻合率是下限",
        ]
        if self.outside_units or self.outside_kinds:
            lines.append(
                f"未参加比较：对方没有列到的单位有 {self.outside_units} 个问题，"
                f"对方没有提到的种类有 {self.outside_kinds} 个问题"
            )
        if self.unread:
            lines.append(f"对方有 {self.unread} 行未能读取，不在其中")
        return tuple(lines)


def _percent(value: int | None) -> str:
    return "-" if value is None else percent_text(value)


def print_import(out: Console, view: ImportView) -> None:
    sheet = Sheet(out)
    counts = view.counts
    sheet.line(
        (f"{SOURCES[view.source]}  {view.file}", "bold"), f"  {view.period}  截至 {day(view.at)}"
    )
    if view.earlier is not None:
        again = f"又读出 {view.changed} 行" if view.changed else "没有改动"
        sheet.text(f"这个文件已在 {moment(view.earlier)} 导入过，这次{again}", style="yellow")
    if view.dry_run:
        sheet.text("只是试读（--dry-run），没有写入", style="yellow")
    words = "，".join(f"{label} {counts[key]} 行" for key, label in MATCHES.items() if counts[key])
    sheet.text(f"共 {len(view.rows)} 行：{words}" if view.rows else "没有一行")
    for name, reason in view.skipped:
        sheet.text(f"工作表“{name}”{reason}", style="yellow")
    if view.contested:
        marks = "、".join(m[:8] for m in view.contested[:10])
        sheet.text(
            f"对方指出的问题中有 {len(view.contested)} 个我们已撤销或豁免，请人工复核：{marks}",
            style="yellow",
        )
    unread = [r for r in view.rows if r.match == "unread"]
    if unread:
        sheet.heading(f"未能读取：{len(unread)} 行", "改好后存成新文件再导入，已读的行不会重复")
        for row in unread[:SHOWN]:
            sheet.text(f"{row.sheet} 第 {row.row} 行：{row.problem}", indent=2)
        if len(unread) > SHOWN:
            sheet.line((f"  另有 {len(unread) - SHOWN} 行未列出，用 --format csv 看全部", "dim"))


_HEAD = ("双方都有", "只有对方", "其中疑似", "后来查到", "未能核实", "已撤销", "只有我们")


def _numbers(a: Agreement) -> list[int]:
    return [a.both, a.only_they, a.suspected, a.later, a.unverified, a.withdrawn, a.only_we]


_CELL = 10


def _particulars(a: Agreement) -> str:
    parts = (("疑似", a.suspected), ("后来查到", a.later), ("未能核实", a.unverified))
    words = [f"{label} {count}" for label, count in parts if count]
    told = ["只有对方的，我们：" + "，".join(words)] if words else []
    if a.withdrawn:
        told.append(f"另有 {a.withdrawn} 个双方都有、我们已撤销或豁免，不计入两率")
    return "；".join(told)


def print_agreement(out: Console, view: AgreementView) -> None:
    sheet = Sheet(out)
    sheet.line(("与其他检查的吻合程度", "bold"))
    for line in view.inspections:
        why = f"  {line.note}" if line.note else ""
        sheet.text(
            f"{SOURCES.get(line.source, line.source)}  {day(line.at)}  {line.file}  "
            f"{line.rows} 行  {line.units} 个单位{why}",
            indent=2,
        )
    sheet.heading("按规则")
    lines = [(view.titles.get(r, r), a) for r, a in view.rules.items()]
    lines += [("程序查的规则", view.machine), ("合计", view.total)]
    width = max(cell_len(plain(title)) for title, _ in lines)
    width = min(width, sheet.width - 2 - 5 * _CELL)
    heads = ("双方都有", "只有对方", "只有我们", "查出率", "吻合率")
    sheet.line(
        (f"  {pad('规则', width)}{''.join(pad(h, _CELL, right=True) for h in heads)}", "dim")
    )
    for title, counted in lines:
        numbers = (counted.both, counted.only_they, counted.only_we)
        sheet.line(
            *("  ", pad(plain(title), width)),
            *(pad(str(n), _CELL, right=True) for n in numbers),
            pad(_percent(counted.recall), _CELL, right=True),
            pad(_percent(counted.precision), _CELL, right=True),
        )
        if counted.only_they - counted.missed or counted.withdrawn:
            sheet.text(_particulars(counted), indent=4, style="dim")
    sheet.gap()
    for remark in view.remarks:
        sheet.text(remark, style="dim")


def _agreement(a: Agreement) -> Shape:
    return {
        "both": a.both,
        "only_they": a.only_they,
        "suspected": a.suspected,
        "later": a.later,
        "unverified": a.unverified,
        "missed": a.missed,
        "withdrawn": a.withdrawn,
        "only_we": a.only_we,
        "recall": points(a.recall),
        "precision": points(a.precision),
    }


@shape.register
def _(view: ImportView) -> Shape:
    return {
        "schema": "xunjian.import/1",
        "source": view.source,
        "file": view.file,
        "period": view.period,
        "at": instant(view.at),
        "dry_run": view.dry_run,
        "imported_before": instant(view.earlier),
        "changed": view.changed,
        "counts": {key: view.counts[key] for key in MATCHES},
        "skipped_sheets": [{"sheet": n, "reason": r} for n, r in view.skipped],
        "contested": list(view.contested),
        "rows": [
            {
                "sheet": r.sheet,
                "row": r.row,
                "unit": r.unit_id,
                "column": r.column_key,
                "rule": r.rule_id,
                "description": r.description,
                "url": r.url,
                "found_on": calendar(r.found_on),
                "match": r.match,
                "fingerprint": r.fingerprint,
                "problem": r.problem or None,
            }
            for r in view.rows
        ],
    }


@shape.register
def _(view: AgreementView) -> Shape:
    return {
        "schema": "xunjian.agreement/1",
        "inspections": [
            {
                "id": i.id,
                "source": i.source,
                "file": i.file,
                "period": i.period,
                "at": instant(i.at),
                "rows": i.rows,
                "units": i.units,
                "not_compared": i.note or None,
            }
            for i in view.inspections
        ],
        "rules": [
            {
                "rule": rule,
                "title": view.titles.get(rule, rule),
                "by_hand": rule in view.by_hand,
                **_agreement(counted),
            }
            for rule, counted in view.rules.items()
        ],
        "machine": _agreement(view.machine),
        "total": _agreement(view.total),
        "outside_units": view.outside_units,
        "outside_kinds": view.outside_kinds,
        "unread": view.unread,
        "remarks": list(view.remarks),
    }


@table.register
def _(view: ImportView) -> tuple[list[str], list[list[object]]]:
    header = [
        "工作表",
        "行",
        "单位",
        "栏目",
        "问题",
        "地址",
        "检查时间",
        "结果",
        "问题编号",
        "说明",
    ]
    return header, [
        [
            *(r.sheet, r.row, r.unit_short, r.column, r.description, r.url),
            *(calendar(r.found_on), MATCHES[r.match], r.fingerprint, r.problem),
        ]
        for r in view.rows
    ]


@table.register
def _(view: AgreementView) -> tuple[list[str], list[list[object]]]:
    lines: list[tuple[str, str, Agreement]] = [
        (rule, view.titles.get(rule, rule), counted) for rule, counted in view.rules.items()
    ]
    lines += [("", "程序查的规则", view.machine), ("", "合计", view.total)]
    return ["规则编号", "规则", *_HEAD, "查出率%", "吻合率%"], [
        [rule, title, *_numbers(a), points(a.recall), points(a.precision)]
        for rule, title, a in lines
    ]
