"""Commands about what the public writes: ``letters``."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.door import Format, FormatOption, ScanOption, State, app, show_view
from reports.commandline import Command


@app.command(cls=Command, help="群众来信：各单位的件数、办结率、答复用时、超期")
def letters(
    unit: Annotated[
        str | None, typer.Argument(metavar="单位", help="只看这个单位；不写则列出全部")
    ] = None,
    scan_id: ScanOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.letters import print_letters
    from services.letters import overview

    show_view(overview(State.workspace, unit, scan_id), form, print_letters)
