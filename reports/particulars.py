"""One unit, and one finding, on a terminal: everything about it, with basis and remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console

from checks.model import Severity
from reports.cells import pad, plain
from reports.sheet import TRIAL, Sheet, coverage_text, day, moment, score_style
from reports.trends import print_strip
from reports.views import (
    GROUPS,
    SEVERITIES,
    ColumnLine,
    FindingDetailView,
    FindingView,
    SummaryRow,
    UnitView,
    UnverifiedLine,
    said,
)
from reports.waivers import print_waiver
from scorecards.life import FindingState
from scorecards.score import points_text


def print_unit(out: Console, view: UnitView, *, per_rule: int | None = 5) -> None:
    """Everything about one unit. ``per_rule`` bounds the findings shown of one rule (``None``: no
    bound); what is left out is counted."""
    sheet = Sheet(out)
    row = view.row
    title = row.short if view.name in ("", row.short) else f"{row.short}（{view.name}）"
    sheet.line(
        (title, "bold"),
        f"  {GROUPS[row.group]}",
        ("" if row.confirmed else "  名单未核对", "yellow"),
    )
    if view.scan.trial_run:
        sheet.line((f"【{TRIAL}】", "bold yellow"))
    if row.graded and row.score_high is not None:
        words = f"得分 {points_text(row.score_high)}（满分 {points_text(view.standard.total)}）"
        rank = f"  组内第 {row.rank} 名，共 {row.ranked} 个" if row.rank else ""
        sheet.line((words, f"bold {score_style(row)}"), rank, f"  覆盖率 {coverage_text(row)}")
    else:
        sheet.text(f"未评分：{row.reason}", style="yellow")
    sheet.line(
        (
            f"{view.scan.kind_title} {moment(view.scan.as_of)}"
            f"  第 {view.scan.scan_id} 次  本单位页面 {view.pages} 个"
            f"  已整改 {view.rectified}  已撤销 {view.revoked}",
            "dim",
        )
    )

    if view.trend is not None:
        print_strip(sheet, view.trend)
    due = [f for f in view.findings if f.counts_from is None]
    ahead = [f for f in view.findings if f.counts_from is not None]
    if due:
        sheet.heading(f"需要整改的问题：{len(due)} 个", "可恢复分值多的在前")
        _by_rule(sheet, due, per_rule, row)
    else:
        sheet.heading("没有发现需要整改的问题" if row.graded else "没有查实需要整改的问题")
    if ahead:
        sheet.heading(
            f"还没有起计分的问题：{len(ahead)} 个", "现在不扣分，不算整改期限；请提前整改"
        )
        _by_rule(sheet, ahead, per_rule, row)
    if view.suspected:
        sheet.heading(f"疑似：{len(view.suspected)} 个", "不扣分，请人工确认")
        for finding in view.suspected[: per_rule and per_rule * 2]:
            _item(sheet, finding)
    if view.waivers:
        sheet.heading(f"豁免和不适用：{len(view.waivers)} 项", "不扣分，不算缺失")
        for line in view.waivers:
            print_waiver(sheet, line)
    if view.waived:
        sheet.heading(f"其中已发现而予以豁免的：{len(view.waived)} 个")
        for finding in view.waived:
            _item(sheet, finding)
            sheet.text(finding.reason, indent=3, lines=3)
    if view.columns:
        _columns(sheet, view.columns)
    if view.unverified:
        _unverified(sheet, view.unverified)
    if view.arithmetic:
        doubt = "分值为本市设置，未确认" if view.standard.unconfirmed else ""
        if row.graded:
            sheet.heading("得分怎样算出来", doubt)
        else:
            sheet.heading("已测到的部分怎样算", "没有测全，不作为得分" + (doubt and "；" + doubt))
        for words in view.arithmetic:
            indent = len(words) - len(words.lstrip(" "))
            sheet.text(words.lstrip(" "), indent=indent)
    if view.findings:
        sheet.gap()
        sheet.text(
            f"xunjian show {view.findings[0].short_id}  看一个问题的全部；"
            f"xunjian evidence {view.findings[0].short_id}  看当时的页面",
            label="接着  ",
        )


def _by_rule(sheet: Sheet, findings: list[FindingView], bound: int | None, row: SummaryRow) -> None:
    for number, (_, group) in enumerate(groupby(findings, key=lambda f: f.rule_id), start=1):
        if number > 1:
            sheet.gap()
        _rule_group(sheet, number, list(group), bound, row)


def _rule_group(
    sheet: Sheet, number: int, findings: list[FindingView], bound: int | None, row: SummaryRow
) -> None:
    first = findings[0]
    back = ""
    if first.restores_rule:
        back = f"  全部整改后恢复 {points_text(first.restores_rule)} 分"
    elif first.restores_rule is not None:
        back = "  本类已扣到上限，只整改这一项不恢复分值"
    sheet.line(
        (f"{number}. {plain(first.rule_title)}", "bold"),
        f"  {len(findings)} 个  {plain(first.class_label)}",
        (f"  {SEVERITIES[first.severity]}", "red" if first.severity is Severity.SERIOUS else "dim"),
        (back, "green" if first.restores_rule else "dim"),
    )
    for basis in first.basis:
        sheet.text(basis, indent=3, label="依据  ", style="dim")
    if first.remedy:
        sheet.text(first.remedy, indent=3, label="整改  ")
    for finding in findings[:bound]:
        _item(sheet, finding)
    if bound is not None and len(findings) > bound:
        more = len(findings) - bound
        sheet.text(
            f"还有 {more} 个：xunjian findings --unit {row.unit_id} --rule {first.rule_id}",
            indent=3,
            style="dim",
        )


def _item(sheet: Sheet, finding: FindingView) -> None:
    indent = 3
    sheet.text(
        said(finding.subject_title, finding.message),
        indent=1,
        hang=3,
        label=f"- {plain(finding.short_id)} ",
        lines=4,
    )
    if finding.url:
        sheet.text(finding.url, indent=indent, style="blue", lines=3)
    label, snippet = _place(finding)
    if snippet:
        sheet.text(snippet, indent=indent, label=f"{label} ", style="dim", lines=2)
    dates = [f"测于 {day(finding.measured_at)}"] if finding.measured_at else []
    if finding.unchanged_since and day(finding.unchanged_since) != day(finding.measured_at):
        dates.append(f"自 {day(finding.unchanged_since)} 未变")
    if finding.first_found:
        dates.append(f"首次发现 {day(finding.first_found)}")
    if finding.times_recurred:
        dates.append(f"反弹 {finding.times_recurred} 次")
    if finding.pages > 1:
        dates.append(f"见于 {finding.pages} 个页面")
    if finding.counts_from is not None:
        pass  # it has no time to be mended in yet
    elif finding.deadline == "未提醒":
        dates.append(finding.deadline)
    else:
        dates += [finding.state.label, f"期限 {finding.deadline}"]
    sheet.text("，".join(dates), indent=indent, style="dim")


_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")


def _place(finding: FindingView) -> tuple[str, str]:
    """What the finding quotes, with its label; nothing where the message says it already."""
    snippet = plain(finding.snippet).strip()
    message = plain(finding.message)
    if snippet in message:
        return "", ""
    if finding.rule_id == "overdue-column":
        return "最近一条", snippet
    if not snippet.startswith("<"):
        return "原文", snippet
    # The address of a dead link is said already; its markup adds nothing.
    named = [url for url in _ADDRESS.findall(snippet) if url in message]
    return ("", "") if named else ("代码", snippet)


def _columns(sheet: Sheet, columns: Sequence[ColumnLine]) -> None:
    sheet.heading("应有的栏目")
    state_width = max(cell_len(plain(c.state)) for c in columns)
    wanted = [plain(c.cadence).removesuffix("公开当年信息") for c in columns]
    room = sheet.width - state_width - 10 - 5 - 8 - max(map(cell_len, wanted))
    name_width = min(max(cell_len(plain(_column_name(c))) for c in columns), max(room, 20))
    sheet.line(
        (
            f"{pad('栏目', name_width)}  {pad('状态', state_width)}"
            f"  {pad('最新', 10)}  {pad('条数', 5, right=True)}  要求",
            "dim",
        )
    )
    for column, cadence in zip(columns, wanted, strict=True):
        count = "-" if column.entries is None else str(column.entries)
        sheet.line(
            pad(plain(_column_name(column)), name_width),
            "  ",
            (pad(plain(column.state), state_width), "green" if column.fine else "yellow"),
            f"  {pad(day(column.newest), 10)}  {pad(count, 5, right=True)}  {cadence}",
        )
        if column.found_name:
            sheet.text(f"网站上的名称：{column.found_name}", indent=2, style="dim")
        if column.note:
            sheet.text(column.note, indent=2, style="dim", lines=2)


def _column_name(column: ColumnLine) -> str:
    return f"{column.group} > {column.name}" if column.group else column.name


def _unverified(sheet: Sheet, lines: Sequence[UnverifiedLine]) -> None:
    sheet.heading(f"未能核实：{len(lines)} 项", "不扣分；原因多半不在本单位")
    by_reason = sorted(lines, key=lambda u: (u.reason, u.rule_title, u.subject_title))
    for reason, group in groupby(by_reason, key=lambda u: u.reason):
        items = list(group)
        sheet.line((plain(reason), "yellow"), f"  {len(items)} 项")
        words = "；".join(f"{u.rule_title}：{u.subject_title}" for u in items[:6])
        sheet.text(words + (" 等" if len(items) > 6 else ""), indent=2, style="dim", lines=4)


def print_finding(out: Console, view: FindingDetailView) -> None:
    """Everything about one finding."""
    sheet = Sheet(out)
    f = view.finding
    sheet.line(
        (f"问题 {f.short_id}", "bold"), f"  {f.rule_title}", (f"  {f.state.label}", "yellow")
    )
    if view.trial_run:
        sheet.line((f"【{TRIAL}】", "bold yellow"))
    sheet.rule()
    rows: list[tuple[str, str]] = [
        ("说明", view.note),
        ("单位", f.unit_short),
        ("对象", f.subject_title),
        ("问题", f.message),
        ("类别", f"{f.class_label}  {SEVERITIES[f.severity]}"),
        ("地址", f.url or ""),
        ("位置", f.path),
        (_place(f)[0][:2] or "原文", f.snippet),
        *(("依据", basis) for basis in f.basis),
        ("理由", view.why),
        ("整改", f.remedy),
        ("期限", f.deadline),
        ("分值", "" if view.note else _restores_text(f)),
        ("测于", moment(f.measured_at) if f.measured_at else ""),
        ("未变", f"自 {moment(f.unchanged_since)} 起内容未变" if f.unchanged_since else ""),
        ("页面", f"见于 {f.pages} 个页面（页面模板的问题，只算一个）" if f.pages > 1 else ""),
        ("存证", f.evidence or "无（依据配置判断）"),
        ("规则", f.rule_id),
        ("编号", f.fingerprint),
    ]
    for label, words in rows:
        if words:
            sheet.text(words, label=f"{label}  ", style="bold" if label == "问题" else "")
    for mended in view.mended:
        sheet.heading("整改前后", day(mended.at))
        sheet.text(mended.was or f.message, label="整改前  ", lines=6)
        sheet.text(mended.before or "无", label="存证    ", style="dim")
        sheet.text(mended.now or "页面已重新检查，问题不再出现", label="整改后  ", lines=6)
        sheet.text(mended.after or "无", label="存证    ", style="dim")
    if view.events:
        sheet.heading("经过")
    for event in view.events:
        scan = f"第 {event.scan_id} 次检测" if event.scan_id is not None else ""
        words = "  ".join(w for w in (event.title, event.actor, scan, event.reason) if w)
        sheet.text(words, label=f"{moment(event.at)}  ")
    sheet.gap()
    sheet.text(
        f"xunjian evidence {f.short_id}  取出当时的页面，能标出位置的都已标出", label="接着  "
    )
    if view.note:
        if f.state is FindingState.SUSPECTED:
            words = f"xunjian review --standard {view.standard}  逐个查看疑似的问题，确认或排除"
            sheet.text(words, indent=6)
    elif f.state.is_open or f.state is FindingState.SUSPECTED:
        sheet.text(f'xunjian revoke {f.short_id} --reason "……"  是误报就撤销', indent=6)


def _restores_text(f: FindingView) -> str:
    if f.state is FindingState.SUSPECTED:
        return "疑似的不扣分，请人工查看"
    if f.counts_from is not None:
        return f"{f.counts_from.isoformat()} 起计分，现在不扣分"
    if f.restores is None:
        return "不计分"
    if f.restores:
        return f"整改这一个恢复 {points_text(f.restores)} 分"
    if f.restores_rule:
        return f"本项已扣到上限；同类全部整改后恢复 {points_text(f.restores_rule)} 分"
    return "本类已扣到上限，只整改这一项不恢复分值"
