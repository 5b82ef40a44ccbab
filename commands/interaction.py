"""Commands about what the public writes, and what is explained to it: ``letters``, ``interpretations``."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.door import Format, FormatOption, ScanOption, State, app, day_written, show_view
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


@app.command(cls=Command, help="政策解读：各单位应解读的文件、解读率、形式、是否及时、是否相互链接")
def interpretations(
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="只看这个单位，逐件列出文件")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="日期", help="截至哪一天；不写为现在")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.interpretations import print_interpretations
    from services.interpretations import overview

    show_view(overview(State.workspace, unit, day_written(as_of)), form, print_interpretations)
