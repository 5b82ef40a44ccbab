"""Commands of audits on demand: ``audit``, ``checklist``, ``answer``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.door import (
    INCOMPLETE,
    Format,
    FormatOption,
    ScanOption,
    State,
    app,
    day_written,
    say,
    screen,
    show_view,
)
from reports import terminal
from reports.commandline import Command
from services.workspace import UsageError

StandardOption = Annotated[
    str | None, typer.Option("--standard", metavar="名称", help="检查标准；不写为本市标准")
]
SiteOption = Annotated[
    list[str] | None, typer.Option("--site", metavar="站点", help="只看这个站点，可写多次")
]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="日期", help="按这一天已有的检测、答复和监测来看")
]


@app.command(cls=Command, help="按检查标准评判已存的检测结果，不上网；以网站为对象的逐项列表")
def audit(
    standard: StandardOption = None,
    site: SiteOption = None,
    as_of: AsOfOption = None,
    scan_id: ScanOption = None,
    reread: Annotated[
        bool, typer.Option("--reread", help="从存证重读全部页面，核对结果是否一致")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="文件.xlsx", help="写成 Excel：逐项列表和全部问题位置"),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.audit import AuditView, print_audit
    from reports.audit_book import write_book
    from services import audit as service
    from services.reread import reread as read_again

    ws = State.workspace
    if out is not None and out.suffix.lower() != ".xlsx":
        raise UsageError(f"--out 的文件名要以 .xlsx 结尾：{out.name}")
    if reread:
        result = read_again(ws, scan_id)
        say(
            f"重读 {result.pages} 个页面：一致 {result.same}，不同 {len(result.different)}，"
            f"存证已清理 {result.gone}"
        )
        terminal.print_notice(screen(), [f"{url}  {why}" for url, why in result.different])
        if result.different:
            raise typer.Exit(INCOMPLETE)
        return
    view = service.audit(
        ws, standard, scan_id, now=ws.now(), sites=tuple(site or ()), day=day_written(as_of)
    )
    if out is not None:
        if not isinstance(view, AuditView):
            raise UsageError("--out 只用于以网站为对象的检查标准，如 --standard inspection-2019")
        write_book(view, out)
        say(f"已写入 {out}")
        return
    show_view(view, form, print_audit if isinstance(view, AuditView) else terminal.print_scorecards)


@app.command(cls=Command, help="按检查标准列出要人看的项目：看什么、可疑之处、抽样的网址")
def checklist(
    standard: StandardOption = None,
    site: SiteOption = None,
    as_of: AsOfOption = None,
    scan_id: ScanOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="连同已经答复和程序已判定的项目")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.checklist import print_checklist
    from services.checklist import checklist as listed

    ws = State.workspace
    view = listed(
        ws,
        standard,
        scan_id,
        now=ws.now(),
        sites=tuple(site or ()),
        day=day_written(as_of),
        everything=everything,
    )
    show_view(view, form, print_checklist)


@app.command(cls=Command, help="登记人工核查的结论：有、无，或者个数；收回以前的结论写“收回”")
def answer(
    condition: Annotated[
        str,
        typer.Argument(metavar="条目", help="条目编号（xunjian checklist），只有一条的写指标编号"),
    ],
    said: Annotated[str, typer.Argument(metavar="有|无|个数|收回", help="核查的结论")],
    standard: Annotated[
        str | None, typer.Option("--standard", metavar="名称", help="检查标准；编号不重复时可不写")
    ] = None,
    site: Annotated[str | None, typer.Option("--site", metavar="站点", help="哪个站点")] = None,
    note: Annotated[str, typer.Option("--note", metavar="说明", help="在哪里看到什么")] = "",
    until: Annotated[
        str | None, typer.Option("--until", metavar="日期", help="有效到哪天；不写为 92 天")
    ] = None,
    points: Annotated[
        str | None,
        typer.Option("--points", metavar="分值", help="本条一共扣（加）多少分，由人评定时写"),
    ] = None,
) -> None:
    from services.answers import answer as record

    table, place, at, given = record(
        State.workspace,
        condition,
        said,
        standard_name=standard,
        site_name=site,
        note=note,
        until=day_written(until),
        points=points,
    )
    words = (
        "收回以前的结论"
        if given.count is None
        else "无"
        if not given.count
        else f"有 {given.count}"
    )
    say(
        f"已登记：{table.title} {place.called}（{place.condition.title}）",
        f"{at.name}：{words}，{given.actor}，有效至 {given.valid_to.isoformat()}",
        f"看结果：xunjian audit --standard {table.id} --site {at.id}",
    )
