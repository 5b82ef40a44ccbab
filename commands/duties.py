"""The command about what units must publish again and again: ``duties``."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.door import Format, FormatOption, State, app, day_written, show_view, unit_called
from reports.commandline import Command


@app.command(cls=Command, help="定期公开的信息：每一期公开了没有、截止日、公开在哪里")
def duties(
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只列这个单位")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="日期", help="截至哪一天；不写为现在")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.duties import print_duties
    from services.duties import overview

    ws = State.workspace
    whose = unit_called(unit) if unit is not None else None
    view = overview(ws, now=ws.now(), unit=whose, day=day_written(as_of))
    show_view(view, form, print_duties)
