"""The command about the key areas of disclosure: ``areas``."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.door import Format, FormatOption, State, app, day_written, show_view
from reports.commandline import Command


@app.command(cls=Command, help="重点领域：各方面、各信息项公开了没有，最近一条是什么")
def areas(
    area: Annotated[
        str | None, typer.Option("--area", metavar="领域", help="只看这个领域，写名称或编号")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="日期", help="按这一天已有的检测来看")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.areas import print_areas
    from services.areas import overview

    ws = State.workspace
    show_view(overview(ws, area, day_written(as_of), now=ws.now()), form, print_areas)
