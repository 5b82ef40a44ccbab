"""Commands of audits on demand: ``audit``, ``checklist``, ``answer``."""

from __future__ import annotations

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
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.audit import AuditView, print_audit
    from services import audit as service
    from services.reread import reread as read_again

    ws = State.workspace
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
    show_view(view, form, print_audit if isinstance(view, AuditView) else terminal.print_scorecards)
