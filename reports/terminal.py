"""The summary and the lists on a terminal: worst first, in words, at 80 columns or more.

The console and the layout are in ``sheet``, one unit and one finding in ``particulars``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.console import Console

from reports.cells import pad, plain, wrap
from reports.particulars import print_finding, print_unit
from reports.sheet import (
    TRIAL,
    Sheet,
    console,
    coverage_text,
    day,
    moment,
    rank_text,
    score_style,
    score_text,
)
from reports.views import (
    GROUPS,
    FindingsView,
    RunsView,
    ScanMeta,
    ScorecardsView,
    SiteState,
    StandardLine,
    SummaryRow,
    SummaryView,
    UnattributedView,
    said,
)
from scorecards.life import FindingState
from scorecards.score import points_text

__all__ = [
    "console",
    "print_finding",
    "print_findings",
    "print_notice",
    "print_runs",
    "print_scorecards",
    "print_summary",
    "print_unattributed",
    "print_unit",
]

WIDE = 110
"""From this width on a summary row holds the worst problem beside its numbers."""


def print_summary(out: Console, view: SummaryView, *, limit: int | None = None) -> None:
    """The units that need fixes, worst first. ``limit`` bounds the units listed, and says so."""
    sheet = Sheet(out)
    _head(sheet, view.scan, view.standard, "检测汇总")
    _sites(sheet, view.scan)

    rows = view.need_fixes()
    if rows:
        problems = sum(r.problems for r in rows)
        sheet.heading(f"需要整改：{len(rows)} 个单位，{problems} 个问题", "得分低的在前")
        _rows(sheet, view, rows[:limit] if limit else rows)
        if limit and len(rows) > limit:
            sheet.line((f"另有 {len(rows) - limit} 个需要整改的单位未列出", "dim"))
    elif not view.rows:
        sheet.heading("这次检测还没有评判，不能说明有没有需要整改的问题")
    elif not view.not_graded():
        sheet.heading("没有需要整改的单位")
    elif len(view.not_graded()) < len(view.rows):
        sheet.heading("没有查实需要整改的单位")
    else:
        sheet.heading("没有一个单位测全，不能说明有没有需要整改的问题")

    _not_graded(sheet, view.not_graded())
    _closing(sheet, view, rows)


def _head(sheet: Sheet, scan: ScanMeta, standard: StandardLine, title: str) -> None:
    name = f"{scan.city}  {title}" if scan.city else title
    sheet.line(
        (name, "bold"),
        f"  {scan.kind_title} {moment(scan.as_of)}",
        (f"  第 {scan.scan_id} 次", "dim"),
    )
    if scan.trial_run:
        sheet.line((f"【{TRIAL}】", "bold yellow"))
    doubt = "（分值为本市设置，未确认）" if standard.unconfirmed else ""
    sheet.text(f"{standard.title}{doubt}", label="标准  ")
    if standard.note:
        sheet.text(standard.note, indent=6, style="dim")
    if scan.measured_from and scan.measured_to:
        sheet.text(f"{moment(scan.measured_from)} 至 {moment(scan.measured_to)}", label="测于  ")


def _sites(sheet: Sheet, scan: ScanMeta) -> None:
    name_width = max([cell_len(plain(s.name)) for s in scan.sites] + [4])
    state_width = max([cell_len(s.state.label) for s in scan.sites] + [4])
    for i, site in enumerate(scan.sites):
        style = {SiteState.DONE: "green", SiteState.UNREACHED: "bold red"}.get(site.state, "yellow")
        counts = (
            f"请求 {site.requests}  页面 {site.pages}"
            f"  未轮到 {site.not_reached}  未能核实 {site.unverified}"
        )
        name = pad(plain(site.name), min(name_width, 28))
        fits = 6 + cell_len(name) + 2 + state_width + 2 + cell_len(counts) <= sheet.width
        sheet.line(
            ("站点  " if i == 0 else "      ", "dim"),
            *(name, "  ", (pad(site.state.label, state_width), style)),
            f"  {counts}" if fits else "",
        )
        if not fits:
            sheet.text(counts, indent=6)
        if site.reason:
            sheet.text(site.reason, indent=6, style="yellow")
    if not scan.complete:
        sheet.text(
            "本次检测没有做完，下面只是已测到的部分：xunjian scan --resume 可接着做",
            indent=6,
            style="yellow",
        )


_SCORE, _RANK, _DEADLINE = 6, 6, 10
_GAP = "  "


def _rows(sheet: Sheet, view: SummaryView, rows: Sequence[SummaryRow]) -> None:
    """The table of units. A narrow console shows the worst problem on a line of its own."""
    wide = sheet.width >= WIDE
    labels = {class_id: (label[:2], label[2:]) for class_id, label in view.standard.classes}
    widths = {c: max(4, *map(cell_len, halves)) for c, halves in labels.items()}
    unit = min(max([cell_len(plain(r.short)) for r in view.need_fixes()] + [8]), 20)
    before = _SCORE + _RANK + unit + sum(widths.values()) + len(_GAP) * (3 + len(widths))
    if wide:
        before += 4 + len(_GAP)
    hang = before if wide else _SCORE + len(_GAP)
    worst = sheet.width - hang - (_DEADLINE + len(_GAP) if wide else 0)

    for upper in (True, False):
        cells = [
            pad("" if upper else "得分", _SCORE, right=True),
            pad("组内" if upper else "名次", _RANK, right=True),
            pad("" if upper else "单位", unit),
            *(pad(halves[not upper], widths[c], right=True) for c, halves in labels.items()),
        ]
        if wide:
            cells += [pad("" if upper else "疑似", 4, right=True)]
            cells += [pad("" if upper else "最要紧的问题", worst)]
        sheet.line((_GAP.join([*cells, "" if upper else "期限"]), "dim"))

    for row in rows:
        parts: list[str | tuple[str, str]] = [
            (pad(score_text(row, fixed=True), _SCORE, right=True), score_style(row)),
            _GAP,
            (pad(rank_text(row), _RANK, right=True), "" if row.confirmed else "yellow"),
            _GAP,
            (pad(plain(row.short), unit), "bold"),
        ]
        for class_id, width in widths.items():
            parts += [_GAP, _count(row.open.get(class_id, 0), width)]
        lines = wrap(plain(_worst_text(row, view.scan, wide=wide)), worst, lines=3 if wide else 2)
        if wide:
            parts += [_GAP, _count(row.suspected, 4, style="yellow")]
            parts += [_GAP, pad(lines[0], worst)]
        sheet.line(*parts, _GAP, plain(row.deadline))
        for part in lines[1:] if wide else filter(None, lines):
            sheet.line(" " * hang, part)

    totals = {c: sum(r.open.get(c, 0) for r in view.rows) for c in widths}
    counts = "".join(_GAP + pad(str(totals[c]), width, right=True) for c, width in widths.items())
    label = pad("合计", _SCORE + _RANK + unit + 2 * len(_GAP), right=True)
    suspected = sum(r.suspected for r in view.rows)
    sheet.line(
        (label + counts + (_GAP + pad(str(suspected), 4, right=True) if wide else ""), "dim")
    )


def _count(count: int, width: int, style: str = "bold") -> tuple[str, str]:
    return (pad(str(count) if count else "-", width, right=True), style if count else "dim")


_ADDRESS = re.compile(r"（https?://[^（）]*）")
_PROOF = re.compile(r"（(?:目录已完整读取|模板问题)[^（）]*）")
_PLAIN_DUTY = re.compile(r"；要求[^；\d]*$")
"""A requirement without a date or a number says no more than the problem itself."""


def _worst_text(row: SummaryRow, scan: ScanMeta, *, wide: bool) -> str:
    """The worst problem without what the summary says already (the day) or ``show`` says better
    (addresses, proofs)."""
    worst = _ADDRESS.sub("", row.worst).replace(f"截至 {day(scan.as_of)}，", "")
    worst = _PLAIN_DUTY.sub("", _PROOF.sub("", worst))
    worst = worst.replace("（日期为本市设置，未确认）", "（未确认）").replace(
        "公开当年信息", "公开"
    )
    parts = [worst]
    if row.ahead:
        parts.append(f"另有 {row.ahead} 个还没有起计分")
    if row.suspected and not wide:
        parts.append(f"另有疑似 {row.suspected}")
    if not row.graded and row.reason:
        parts.insert(0, f"未评分：{row.reason}")
    return "；".join(p for p in parts if p)


def _not_graded(sheet: Sheet, rows: Sequence[SummaryRow]) -> None:
    if not rows:
        return
    sheet.heading(f"未评分：{len(rows)} 个单位", "没有测全，不等于没有问题，也不等于有问题")
    for reason, group in groupby(
        sorted(rows, key=lambda r: (r.reason, r.unit_id)), key=lambda r: r.reason
    ):
        names = [r.short for r in group]
        sheet.text(f"{reason}：{len(names)} 个", style="yellow")
        sheet.text("、".join(names), indent=2)


def _closing(sheet: Sheet, view: SummaryView, rows: Sequence[SummaryRow]) -> None:
    sheet.gap()
    fine = view.fine()
    if fine:
        doubtful = sum(1 for r in fine if r.suspected)
        early = sum(1 for r in fine if r.ahead)
        extra = [f"{early} 个有还没有起计分的问题"] if early else []
        extra += [f"{doubtful} 个有疑似问题待人工确认"] if doubtful else []
        words = f"（其中 {'，'.join(extra)}）" if extra else ""
        sheet.line((f"没有发现需要整改的问题：{len(fine)} 个单位{words}", "green"))
    if view.new is not None:
        sheet.line(
            f"与上次相比：新增 {view.new}  已整改 {view.rectified or 0}  反弹 {view.recurred or 0}"
        )
    stages = [
        f"{name} {n}"
        for name, n in (
            ("已提醒", sum(r.reminded for r in view.rows)),
            ("逾期", sum(r.overdue for r in view.rows)),
            ("待复核", sum(r.claimed for r in view.rows)),
        )
        if n
    ]
    if stages:
        sheet.line("未整改的问题中：" + "  ".join(stages))
    if early := sum(r.ahead for r in view.rows):
        sheet.text(
            f"还没有起计分的问题 {early} 个：不扣分，不算整改期限，提醒时一并告知（xunjian show 单位）"
        )
    if view.contested:
        sheet.text(
            f"豁免和不适用的事项中有 {view.contested} 项存疑，请核对（xunjian waivers）",
            style="yellow",
        )
    unconfirmed = [r for r in view.rows if not r.confirmed]
    if unconfirmed:
        sheet.text(
            f"名单未核对的单位 {len(unconfirmed)} 个：只列出，不排名、不提醒、不通报",
            style="yellow",
        )
    if missing := {g: n for g, n in view.missing_units.items() if n}:
        words = "、".join(f"{GROUPS[g]} {n} 个" for g, n in missing.items())
        sheet.text(f"单位名单还缺：{words}，请在 units.yaml 补全", style="yellow")
    if view.unattributed or view.unattributed_findings:
        sheet.text(
            f"未归属单位的页面 {view.unattributed} 个、问题 {view.unattributed_findings} 个："
            "只计数，不猜归谁（xunjian unattributed）",
            style="yellow",
        )
    sheet.rule()
    total = points_text(view.standard.total)
    sheet.text(
        f"得分满分 {total}，只扣已查实的问题，疑似的不扣；组内名次只在同组已核对、已评分的单位中排；"
        "各类数字是尚未整改的问题数；未提醒：整改期限自提醒之日起算。",
        label="说明  ",
        style="dim",
    )
    if rows:
        sheet.text(
            f"xunjian show {plain(rows[0].short)}  看这个单位的每个问题、依据和整改要求",
            label="接着  ",
        )


def print_findings(out: Console, view: FindingsView) -> None:
    """One line a finding; the state has a column only where they differ."""
    sheet = Sheet(out)
    if view.trial_run:
        sheet.line((f"【{TRIAL}】", "bold yellow"))
    if not view.findings:
        sheet.line("没有符合条件的问题")
        sheet.text(
            "这里只列本市标准检查的问题；其他检查标准的用 xunjian audit --standard 名称 查看",
            style="dim",
        )
        return
    ids = max(cell_len(plain(f.short_id)) for f in view.findings)
    units = min(max(cell_len(plain(f.unit_short)) for f in view.findings), 16)
    rules = min(max(cell_len(plain(f.rule_title)) for f in view.findings), 20)
    states = {_state_short(f.state) for f in view.findings}
    state = max(map(cell_len, states)) if len(states) > 1 else 0
    head = [pad("编号", ids), pad("单位", units), pad("规则", rules)]
    if state:
        head.append(pad("状态", state))
    sheet.line((_GAP.join([*head, "问题"]), "dim"))
    sheet.rule()
    for f in view.findings:
        words = said(f.subject_title, f.message)
        cells: list[str | tuple[str, str]] = [
            pad(plain(f.short_id), ids),
            _GAP,
            pad(plain(f.unit_short), units),
            _GAP,
            pad(plain(f.rule_title), rules),
            _GAP,
        ]
        if state:
            style = "red" if f.state is FindingState.OVERDUE else "" if f.state.is_open else "dim"
            cells += [(pad(_state_short(f.state), state), style), _GAP]
        sheet.line(*cells, plain(words))
    if view.total > len(view.findings):
        sheet.line((f"共 {view.total} 个，列出 {len(view.findings)} 个（--limit）", "dim"))
    else:
        sheet.line((f"共 {view.total} 个", "dim"))


def print_unattributed(out: Console, view: UnattributedView) -> None:
    """Pages of nobody, by their printed source, the commonest first: an alias settles many at once."""
    sheet = Sheet(out)
    if not view.pages:
        sheet.line("没有未归属单位的页面")
        return
    sheet.line((f"未归属单位的页面：{view.total} 个", "bold"), ("  只计数，不猜归谁", "dim"))
    counts = Counter((p.reason, p.source) for p in view.pages)
    ordered = sorted(
        view.pages,
        key=lambda p: (not p.source, -counts[p.reason, p.source], p.reason, p.source, p.url),
    )
    for (reason, source), group in groupby(ordered, key=lambda p: (p.reason, p.source)):
        pages = list(group)
        words = f"来源“{source}”" if source else "没有来源"
        sheet.heading(f"{words}：{len(pages)} 个", reason)
        for page in pages[:5]:
            sheet.text(f"{page.title or '（无标题）'}  {page.site_name}", label="- ", lines=2)
            sheet.text(page.url, indent=2, style="blue", lines=3)
        if len(pages) > 5:
            sheet.line((f"  还有 {len(pages) - 5} 个", "dim"))
    if len(view.pages) < view.total:
        sheet.line((f"共 {view.total} 个，列出 {len(view.pages)} 个", "dim"))
    sheet.gap()
    sheet.text(
        "来源是某单位的别称的，请在单位名单里填进该单位的“别名”（units.yaml 的 aliases，"
        "或用 xunjian lists export、import 在 Excel 里改），下次检测即归到该单位",
        label="接着  ",
    )


def _state_short(state: FindingState) -> str:
    short = {FindingState.REVOKED: "已撤销", FindingState.WAIVED: "豁免"}
    return short.get(state, state.label)


def print_scorecards(out: Console, view: ScorecardsView) -> None:
    sheet = Sheet(out)
    if view.trial_run:
        sheet.line((f"【{TRIAL}】", "bold yellow"))
    if not view.cards:
        sheet.line("还没有记分卡：先做一次 xunjian scan")
        return
    unit = min(max(cell_len(plain(c.row.short)) for c in view.cards), 16)
    standards = {c.standard_id: c.standard_title or c.standard_id for c in view.cards}
    sheet.text("、".join(standards.values()), label="标准  ")
    column = "  标准" if len(standards) > 1 else ""
    sheet.line(
        (
            f"{pad('检测', 4, right=True)}  {pad('日期', 10)}  {pad('单位', unit)}"
            f"  {pad('得分', 6, right=True)}  {pad('最低', 6, right=True)}"
            f"  {pad('覆盖率', 6, right=True)}  {pad('名次', 6, right=True)}{column}",
            "dim",
        )
    )
    sheet.rule()
    for card in view.cards:
        row = card.row
        low = f"{row.score_low / 100:.2f}" if row.graded and row.score_low is not None else "-"
        sheet.line(
            f"{card.scan_id:>4}  {day(card.as_of)}  {pad(plain(row.short), unit)}  ",
            (pad(score_text(row, fixed=True), 6, right=True), score_style(row)),
            f"  {pad(low, 6, right=True)}  {pad(coverage_text(row), 6, right=True)}"
            f"  {pad(rank_text(row), 6, right=True)}" + (f"  {card.standard_id}" if column else ""),
        )


def print_runs(out: Console, view: RunsView) -> None:
    sheet = Sheet(out)
    if not view.runs:
        sheet.line("还没有检测过：xunjian scan")
        return
    sheet.line(
        (
            f"{pad('检测', 4, right=True)}  {pad('种类', 10)}  {pad('基准时间', 16)}"
            f"  {pad('状态', 8)}"
            f"  {_numbers('请求', '页面', '新增', '整改', '反弹', '未改')}",
            "dim",
        )
    )
    sheet.rule()
    for run in view.runs:
        scan = run.scan
        state, _, advice = run.state.partition("，")
        sheet.line(
            f"{scan.scan_id:>4}  {pad(plain(scan.kind_title), 10)}  {moment(scan.as_of)}  ",
            (pad(plain(state), 8), "green" if state == "完成" else "yellow"),
            "  "
            + _numbers(scan.requests, scan.pages, run.new, run.rectified, run.recurred, run.open),
        )
        if advice:
            sheet.text(advice, indent=6, style="yellow")
        for site in scan.sites:
            if site.state is not SiteState.DONE:
                reason = f"：{site.reason}" if site.reason else ""
                sheet.text(f"{site.name} {site.state.label}{reason}", indent=6, style="yellow")


def _numbers(*values: object) -> str:
    """Right-aligned; a long number pushes the others aside rather than being cut."""
    words = [(str(v), 5 if i < 2 else 4) for i, v in enumerate(values)]
    return " ".join(" " * (width - cell_len(word)) + word for word, width in words)


def print_notice(out: Console, lines: Iterable[str], *, style: str = "") -> None:
    """Plain lines for a clerk, wrapped and harmless (messages of a command)."""
    sheet = Sheet(out)
    for words in lines:
        sheet.text(words, style=style)
