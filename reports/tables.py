"""The views for spreadsheets: CSV that Excel opens by a double click, and that calculates nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from functools import singledispatch

from reports.cells import plain
from reports.draft import STATES, DraftView
from reports.machine import points
from reports.sheet import SHANGHAI
from reports.views import (
    GROUPS,
    SCOPES,
    SEVERITIES,
    FindingDetailView,
    FindingsView,
    FindingView,
    RulesView,
    RunsView,
    ScorecardsView,
    SummaryRow,
    SummaryView,
    UnattributedView,
    UnitView,
)


@singledispatch
def table(view: object) -> tuple[list[str], list[list[object]]]:
    """Header and rows of a view as CSV; raises ``TypeError`` for what has none."""
    raise TypeError(f"no table for {type(view).__name__}")


def as_csv(view: object) -> bytes:
    """UTF-8 with a byte order mark, CRLF, a Chinese header: Excel opens it by a double click.
    No cell can be taken for a formula."""
    header, rows = table(view)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def local(at: datetime | None) -> str:
    """An instant for a clerk's sheet: Beijing time, to the second; empty when unknown."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if at else ""


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """One CSV cell: text made harmless, and neutral where a spreadsheet would calculate it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    clean = plain(text)
    if text.startswith(_FORMULA) or clean.lstrip().startswith(_FORMULA):
        return "'" + clean
    return clean


_ROW_HEAD = (
    *("单位编号", "单位", "组别", "名单已核对", "已评分", "未评分原因"),
    *("得分", "最低得分", "覆盖率%", "组内名次", "组内单位数"),
)


def _row_cells(r: SummaryRow) -> list[object]:
    return [
        *(r.unit_id, r.short, GROUPS[r.group], r.confirmed, r.graded, r.reason),
        # A sheet is sorted by its score: what is not graded must not have one.
        points(r.score_high) if r.graded else None,
        points(r.score_low) if r.graded else None,
        *(points(r.coverage), r.rank, r.ranked),
    ]


@table.register
def _(view: SummaryView) -> tuple[list[str], list[list[object]]]:
    classes = view.standard.classes
    header = [
        *_ROW_HEAD,
        *(label for _, label in classes),
        *("疑似", "未能核实", "最要紧的问题", "期限", "试运行"),
    ]
    return header, [
        [
            *_row_cells(r),
            *(r.open.get(c, 0) for c, _ in classes),
            *(r.suspected, r.unverified, r.worst, r.deadline, view.scan.trial_run),
        ]
        for r in view.ordered()
    ]


_FINDING_HEAD = (
    *("编号", "单位", "规则", "规则编号", "类别", "程度", "状态", "对象", "问题", "地址"),
    *("位置", "原文", "依据", "整改要求", "可恢复分", "同类全部整改可恢复分", "期限"),
    *("测于", "内容未变自", "首次发现", "反弹次数", "页面数", "存证"),
)


def _finding_table(findings: Iterable[FindingView]) -> tuple[list[str], list[list[object]]]:
    return list(_FINDING_HEAD), [
        [
            *(f.fingerprint, f.unit_short, f.rule_title, f.rule_id, f.class_label),
            *(SEVERITIES[f.severity], f.state.label, f.subject_title, f.message, f.url),
            *(f.path, f.snippet, "；".join(f.basis), f.remedy),
            *(points(f.restores), points(f.restores_rule), f.deadline),
            *(local(f.measured_at), local(f.unchanged_since), local(f.first_found)),
            *(f.times_recurred, f.pages, f.evidence),
        ]
        for f in findings
    ]


@table.register
def _(view: UnitView) -> tuple[list[str], list[list[object]]]:
    return _finding_table((*view.findings, *view.suspected))


@table.register
def _(view: FindingDetailView) -> tuple[list[str], list[list[object]]]:
    return _finding_table((view.finding,))


@table.register
def _(view: FindingsView) -> tuple[list[str], list[list[object]]]:
    return _finding_table(view.findings)


@table.register
def _(view: UnattributedView) -> tuple[list[str], list[list[object]]]:
    return ["站点", "标题", "地址", "来源", "原因"], [
        [p.site_name, p.title, p.url, p.source, p.reason] for p in view.pages
    ]


@table.register
def _(view: ScorecardsView) -> tuple[list[str], list[list[object]]]:
    return ["检测", "标准", "基准时间", *_ROW_HEAD], [
        [c.scan_id, c.standard_id, local(c.as_of), *_row_cells(c.row)] for c in view.cards
    ]


@table.register
def _(view: RunsView) -> tuple[list[str], list[list[object]]]:
    header = [
        *("检测", "种类", "基准时间", "状态", "做完", "开始", "结束", "操作人", "试运行"),
        *("请求", "页面", "未轮到", "未能核实", "新增", "已整改", "反弹", "尚未整改", "站点"),
    ]
    return header, [
        [
            *(r.scan.scan_id, r.scan.kind_title, local(r.scan.as_of), r.state, r.scan.complete),
            *(local(r.started_at), local(r.ended_at), r.actor, r.scan.trial_run),
            *(r.scan.requests, r.scan.pages, r.scan.not_reached, r.scan.unverified),
            *(r.new, r.rectified, r.recurred, r.open),
            "；".join(f"{s.name} {s.state.label}" for s in r.scan.sites),
        ]
        for r in view.runs
    ]


@table.register
def _(view: RulesView) -> tuple[list[str], list[list[object]]]:
    header = [
        "规则编号",
        "名称",
        "对象",
        "程度",
        "依据",
        "整改要求",
        "检查标准",
        "类别",
        "分值",
        "上限",
    ]
    rows: list[list[object]] = []
    for r in view.rules:
        basis = "；".join(b.words for b in r.rule.basis)
        rule = [r.rule.id, r.rule.title, SCOPES[r.rule.scope], SEVERITIES[r.rule.severity]]
        for use in r.uses or (None,):
            used: list[object] = (
                [use.standard_id, use.class_label, points(use.points), points(use.cap)]
                if use
                else [None, None, None, None]
            )
            rows.append([*rule, basis, r.rule.remedy, *used])
    return header, rows


@table.register
def _(view: DraftView) -> tuple[list[str], list[list[object]]]:
    header = [
        "站点",
        "一级栏目",
        "栏目",
        "类别",
        "更新周期",
        "责任单位",
        "状态",
        "条数",
        "最新日期",
    ]
    header += ["地址", "须核对"]
    return header, [
        [
            *(c.site_id, c.group, c.name, c.category_title, c.cadence, c.unit, STATES[c.state]),
            *(c.entries, c.newest, c.url, "；".join(c.notes)),
        ]
        for site in view.sites
        for c in site.columns
    ]
