"""The command about availability: ``availability``."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.door import INCOMPLETE, Format, FormatOption, State, app, say, show_view
from reports.availability import print_availability
from reports.commandline import Command


@app.command(cls=Command, help="各站点能不能打开：本周打不开的比例、证书到期；--probe 现在探测一次")
def availability(
    probe: Annotated[
        bool,
        typer.Option(
            "--probe", help="现在就把各站点探测一次，不计入每周比例；不全正常时以状态 3 结束"
        ),
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from scheduler.probes import next_due, run_probes
    from services.availability import overview

    ws = State.workspace
    now = ws.now()
    bad = []
    if probe:
        say(f"正在探测 {len(ws.config.enabled_sites)} 个站点……")
        made = run_probes(ws, now, by_hand=True)
        bad = [p for p in made if p.site_id and p.outcome.value != "ok"]
    following = next_due(ws.probes, ws.config.city.id, now)
    show_view(overview(ws, now=now, next_round=following), form, print_availability)
    for it in bad:
        say(f"{ws.config.site(it.site_id).name} {it.url}：{it.outcome.words}（{it.detail}）")
    if bad:
        raise typer.Exit(INCOMPLETE)
