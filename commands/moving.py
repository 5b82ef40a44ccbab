"""Commands about sites: ``site move``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.door import Format, FormatOption, State, app, errors, show_view
from reports.commandline import Command, Group
from services.workspace import UsageError

site_app = typer.Typer(cls=Group, help="网站", no_args_is_help=True)
app.add_typer(site_app, name="site")


@site_app.command("move", cls=Command, help="网站改版：找出原栏目是新网站的哪个栏目，核对后确认")
def move(
    site: Annotated[str, typer.Argument(metavar="站点", help="配置里的站点编号，如 portal")] = "",
    to: Annotated[
        str | None, typer.Option("--to", metavar="网址", help="新网站的首页地址：起草栏目对应表")
    ] = None,
    confirm: Annotated[
        Path | None, typer.Option("--confirm", metavar="文件", help="确认核对过的栏目对应表")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="路径", help="对应表写到哪个文件；确认时为新配置的目录"),
    ] = None,
    bound: Annotated[
        int, typer.Option("--bound", metavar="N", min=10, max=20_000, help="最多请求多少次")
    ] = 600,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.moves import print_move
    from reports.progress import scan_progress
    from services import site_move

    if (to is None) == (confirm is None):
        raise UsageError("请写 --to 新网址（起草对应表），或 --confirm 文件（确认），二者之一")
    ws = State.workspace
    if confirm is not None:
        view = site_move.confirm(ws, confirm, out, site_id=site)
    else:
        site_move.site_called(ws.config, site)
        with scan_progress(errors(), {}) as progress:
            survey = site_move.survey_site(ws, to or "", bound=bound, progress=progress.heard)
        view = site_move.suggest(ws, site, survey, out)
    show_view(view, form, print_move)
