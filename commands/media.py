"""Commands about new media accounts: ``media``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from checks.media_facts import AccountState
from commands.door import (
    INCOMPLETE,
    Format,
    FormatOption,
    State,
    app,
    day_written,
    say,
    show_view,
)
from config.media import Platform
from reports.commandline import Command, Group

media_app = typer.Typer(
    cls=Group, help="政务新媒体：名册、最近更新、导入、读取", no_args_is_help=True
)
app.add_typer(media_app, name="media")


@media_app.command("list", cls=Command, help="名册上的账号和最近更新的日期")
def media_list(form: FormatOption = Format.TABLE) -> None:
    from reports.media import print_media
    from services.media import overview

    ws = State.workspace
    show_view(overview(ws, now=ws.now()), form, print_media)


@media_app.command("export", cls=Command, help="写出一张待填的表（Excel），填好后导入")
def media_export(
    file: Annotated[Path, typer.Argument(metavar="文件.xlsx", help="Excel 工作簿")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="文件已有时覆盖")] = False,
) -> None:
    from services.media import export

    count = export(State.workspace, file, overwrite=overwrite)
    say(f"已写出 {file}：{count} 个账号")


@media_app.command("import", cls=Command, help="导入填好的表：各账号最近更新的日期")
def media_import(
    file: Annotated[Path, typer.Argument(metavar="文件.xlsx", help="填好的表")],
    date: Annotated[
        str | None, typer.Option("--date", metavar="日期", help="没有写查看日期的行按这一天")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.media import print_media_import
    from services.media import take_in

    view = take_in(State.workspace, file, seen=day_written(date))
    show_view(view, form, print_media_import)
    if view.problems:
        raise typer.Exit(INCOMPLETE)


_PLATFORMS = "平台：" + "、".join(f"{p.value} {p.label}" for p in Platform)
_STATES = "状态：" + "、".join(f"{s.value} {s.label}" for s in AccountState)


@media_app.command("fetch", cls=Command, help="读取名册上写了 feed（订阅地址）的账号，登记最近更新")
def media_fetch(
    account: Annotated[
        str | None, typer.Option("--account", metavar="账号", help="只读这一个：名称或编号")
    ] = None,
    platform: Annotated[
        Platform | None, typer.Option("--platform", metavar="平台", help=_PLATFORMS)
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.media import print_media_fetch
    from services.media_feeds import fetch

    view = fetch(State.workspace, account, platform=platform)
    show_view(view, form, print_media_fetch)
    if view.read < len(view.accounts):
        raise typer.Exit(INCOMPLETE)


@media_app.command("note", cls=Command, help="登记一个账号最近更新的日期，或者没有内容、打不开")
def media_note(
    account: Annotated[str, typer.Argument(metavar="账号", help="名称或编号")],
    last: Annotated[
        str | None, typer.Option("--last", metavar="日期", help="最近一条的发布日期")
    ] = None,
    seen: Annotated[
        str | None, typer.Option("--seen", metavar="日期", help="查看日期；不写为今天")
    ] = None,
    platform: Annotated[
        Platform | None, typer.Option("--platform", metavar="平台", help=_PLATFORMS)
    ] = None,
    state: Annotated[
        AccountState, typer.Option("--state", metavar="状态", help=_STATES)
    ] = AccountState.ALIVE,
    title: Annotated[str, typer.Option("--title", metavar="标题", help="最近一条的标题")] = "",
) -> None:
    from services.media import note

    found = note(
        State.workspace,
        account,
        platform=platform,
        last_on=day_written(last),
        seen_on=day_written(seen),
        state=state,
        title=title,
    )
    say(f"已登记 {found.platform.label}“{found.name}”")
