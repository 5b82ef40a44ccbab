"""Commands that keep the house: ``lists``, ``db``, ``doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.door import (
    INCOMPLETE,
    State,
    app,
    say,
    screen,
)
from reports import terminal
from reports.commandline import Command, Group

db_app = typer.Typer(cls=Group, help="数据库", no_args_is_help=True)
lists_app = typer.Typer(cls=Group, help="单位、栏目、网站名单与 Excel 互换", no_args_is_help=True)
app.add_typer(db_app, name="db")
app.add_typer(lists_app, name="lists")


@lists_app.command("units", cls=Command, help="单位名单；未核对的标出")
def lists_units() -> None:
    from services import lists

    terminal.print_notice(screen(), lists.unit_lines(State.workspace))


@lists_app.command("export", cls=Command, help="把单位、栏目、网站名单写成 Excel")
def lists_export(
    file: Annotated[Path, typer.Argument(metavar="文件.xlsx", help="Excel 工作簿")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="文件已有时覆盖")] = False,
) -> None:
    from services import lists

    lists.export(State.workspace, file, overwrite=overwrite)
    say(f"已写出 {file}")


@lists_app.command("import", cls=Command, help="从 Excel 读入名单，写成一套配置")
def lists_import(
    file: Annotated[Path, typer.Argument(metavar="文件.xlsx", help="Excel 工作簿")],
    directory: Annotated[Path, typer.Argument(metavar="目录", help="写到哪个配置目录")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="目录里已有时覆盖")] = False,
) -> None:
    from services import lists

    for path in lists.bring_in(State.workspace, file, directory, overwrite=overwrite):
        say(f"已写出 {path}")
    if not (directory / "city.yaml").is_file():
        say(f"还缺 city.yaml：请从原来的配置目录复制到 {directory}，再用 --config {directory} 使用")


@db_app.command("upgrade", cls=Command, help="建立数据库，或升级到本程序的版本")
def db_upgrade() -> None:
    from storage import db

    db.upgrade(db.open_engine(State.workspace.settings.database_url, create=True))
    say("数据库已是最新")


@app.command(cls=Command, help="自查：数据库、存证和历次检测的账目是否相符")
def doctor() -> None:
    from services.doctor import examine

    report = examine(State.workspace)
    terminal.print_notice(screen(), report.lines)
    if report.faults:
        raise typer.Exit(INCOMPLETE)
