"""Commands by which the regime runs by itself: ``serve``, ``schedule``."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import typer

from commands.door import INCOMPLETE, Format, FormatOption, State, app, say, show_view
from reports.commandline import Command


@app.command(cls=Command, help="按排期自动检测、探测、发提醒；一直运行，直到停止")
def serve(
    once: Annotated[
        bool, typer.Option("--once", help="只把现在到期的做完就结束（由系统的定时任务调用）")
    ] = False,
) -> None:
    from scheduler.engine import Engine
    from scheduler.serve import run_once
    from scheduler.serve import serve as keep_serving

    ws = State.workspace
    ws.schedule  # noqa: B018  (a mistake in schedule.yaml is told before anything starts)
    engine = Engine(ws)
    if not once:
        with suppress(KeyboardInterrupt):  # that is how it is stopped
            keep_serving(engine, say)
        say("已停止：没有做完的检测下次启动接着做")
        return
    report = run_once(engine, say)
    for words in report.waiting:
        say(words)
    if report.interrupted or report.faults:
        raise typer.Exit(INCOMPLETE)


@app.command(cls=Command, help="排期：做过的和结果、正在做的、漏掉的和原因、接下来的")
def schedule(
    ahead: Annotated[
        int, typer.Option("--next", metavar="N", min=0, max=500, help="列出接下来的几次")
    ] = 8,
    back: Annotated[
        int, typer.Option("--last", metavar="N", min=0, max=5000, help="列出最近做过的几次")
    ] = 15,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.schedule import print_schedule
    from scheduler.overview import overview

    ws = State.workspace
    show_view(overview(ws, ws.now(), ahead=ahead, back=back), form, print_schedule)
