"""Commands that fetch or judge: ``init``, ``scan``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from checks.facts import Missing
from commands.door import (
    INCOMPLETE,
    NEED_FIXES,
    Format,
    FormatOption,
    State,
    app,
    day_written,
    errors,
    say,
    show_view,
    unit_called,
)
from reports import terminal
from reports.commandline import Command
from reports.progress import scan_progress
from storage.models import ScanKind, SiteState


@app.command(
    name="init", cls=Command, help="探查一个或几个网站，起草配置（栏目、单位、周期）供人核对"
)
def init_command(
    urls: Annotated[list[str], typer.Argument(metavar="网址", help="首页地址（可写几个）")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="目录", help="写到哪个目录；不写则放在数据目录的 config 下"),
    ] = None,
    city: Annotated[
        str | None, typer.Option("--city", metavar="名称", help="市县名称，如 瑞昌市；不写则看网站")
    ] = None,
    contact: Annotated[
        str, typer.Option("--contact", metavar="电话", help="写进 User-Agent 的联系方式")
    ] = "",
    bound: Annotated[
        int, typer.Option("--pages", metavar="N", min=5, max=5000, help="每个网站最多请求多少次")
    ] = 300,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="替换目录里已有的配置，原文件留作 .bak")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.draft import print_draft
    from services.init import InitRequest, run_init, view_of

    request = InitRequest(
        urls=urls, out=out, city=city, contact=contact, bound=bound, overwrite=overwrite
    )
    with scan_progress(errors(), {}, shown=not quiet) as progress:
        report = run_init(
            State.workspace, request, now=State.workspace.now(), progress=progress.heard
        )
    show_view(view_of(report), form, print_draft)
    if report.draft is None:
        say("没有起草：网站没有读到，原因见上")
        raise typer.Exit(INCOMPLETE)
    say(f"核对以后  xunjian --config {report.directory} scan  检测")
    if any(s.missing is not None for s in report.surveys):
        raise typer.Exit(INCOMPLETE)


_KINDS = "检测种类：" + "、".join(f"{k.value} {k.words}" for k in ScanKind)


@app.command(cls=Command, help="检测：抓取网站，检查各单位，写记分卡")
def scan(
    kind: Annotated[
        ScanKind, typer.Option("--kind", metavar="种类", help=_KINDS)
    ] = ScanKind.WEEKLY,
    site: Annotated[
        list[str] | None,
        typer.Option("--site", metavar="编号", help="只检测这些网站，如 portal（可重复）"),
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option("--unit", metavar="单位", help="只检测这些单位（可重复）")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="日期", help="按这一天评判，仅限本机网站")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="已知页面全部重读")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="接着做中断的检测")] = False,
    fail_on: Annotated[
        bool, typer.Option("--fail-on", help="有单位需要整改时以状态 1 结束")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度")] = False,
) -> None:
    from services.scan import ScanRequest, run_scan

    ws = State.workspace
    request = ScanRequest(
        kind=kind,
        sites=site or (),
        units=[unit_called(name).id for name in unit or ()],
        as_of=day_written(as_of),
        full=full,
        resume=resume,
    )
    for warning in ws.config.warnings:
        say(f"提示：{warning}")
    with scan_progress(
        errors(), {s.id: s.name for s in ws.config.sites}, shown=not quiet
    ) as progress:
        report = run_scan(
            ws,
            request,
            now=State.workspace.now(),
            listener=progress.heard,
            judging=progress.judging,
        )
    names = {s.id: s.name for s in ws.config.sites}
    terminal.print_notice(errors(), _scan_words(report, names, unit[0] if unit else None))
    if report.incomplete:
        raise typer.Exit(INCOMPLETE)
    if fail_on and report.judged is not None and report.judged.findings:
        raise typer.Exit(NEED_FIXES)


def _scan_words(report: Any, names: Mapping[str, str], unit: str | None) -> list[str]:
    """How a scan ended, in lines; ``names``: sites by id; ``unit``: the first of those asked
    for, if any were."""
    lines = [
        f"未检测：{s.name}（{s.note.strip().splitlines()[0] if s.note else '未启用'}）"
        for s in report.disabled
    ]
    lines += [
        f"{names.get(site.site_id, site.site_id)}{_SITE_ENDED[site.state]}：{site.reason.reason}"
        + ("；请检查本机网络和配置里的网址" if site.reason.code is Missing.NETWORK else "")
        for site in report.crawl.sites
        if site.reason is not None
    ]
    if report.judged is None:
        return [*lines, "检测中断，已读到的都已保存：xunjian scan --resume 接着做"]
    left = sum(s.counters.left_over for s in report.crawl.sites)
    if left:
        lines.append(f"本次未轮到 {left} 个页面或链接，留待下次")
    if all(s.state is SiteState.UNREACHED for s in report.crawl.sites):
        return [*lines, f"第 {report.scan_id} 次检测结束：没有一个网站能访问，本次没有结果"]
    judged = report.judged
    events = f"新增 {judged.found}、已整改 {judged.rectified}、反弹 {judged.recurred}"
    return [
        *lines,
        f"第 {report.scan_id} 次检测结束：{events}"
        if unit
        else f"第 {report.scan_id} 次检测结束：问题 {judged.findings} 个（{events}），"
        f"疑似 {judged.suspected} 个",
        f"接着  {'xunjian show ' + unit + '  看该单位' if unit else 'xunjian summary  看汇总'}",
    ]


_SITE_ENDED = {
    SiteState.COMPLETE: "首页未能核实",
    SiteState.WINDOW: "首页未能核实",
    SiteState.UNREACHED: "未能访问，各项均未能核实",
    SiteState.INTERRUPTED: "检测中断，没有读到的均未能核实",
}
"""How a site ended that has a reason to give."""
