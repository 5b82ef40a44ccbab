"""Commands of the life of a finding beside ``revoke``: ``add``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from commands.door import (
    State,
    app,
    day_written,
    say,
    unit_called,
)
from reports.commandline import Command


class KindChoice(StrEnum):
    LATE = "late"
    CONTENT = "content"
    LAYOUT = "layout"
    MISSING = "missing"


@app.command(cls=Command, help="登记人工发现的问题：领导指出的、群众反映的、自己看到的")
def add(
    unit: Annotated[str, typer.Argument(metavar="单位", help="责任单位的名称")],
    kind: Annotated[
        KindChoice,
        typer.Option(
            "--kind",
            metavar="类别",
            help="late 更新不及时，content 内容有问题，layout 排版不合要求，missing 栏目缺失或空白",
        ),
    ],
    message: Annotated[str, typer.Option("--message", metavar="问题", help="看到了什么问题")],
    url: Annotated[str | None, typer.Option("--url", metavar="网址", help="问题所在的页面")] = None,
    column: Annotated[
        str | None, typer.Option("--column", metavar="栏目", help="问题所在的栏目，名称或编号")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="说明", help="谁发现的、在什么场合")
    ] = "",
    found: Annotated[
        str | None, typer.Option("--found", metavar="日期", help="哪天发现的；不写为今天")
    ] = None,
) -> None:
    from services.add import add as record

    ws = State.workspace
    done = record(
        ws,
        unit_called(unit),
        kind=kind.value,
        message=message,
        url=url,
        column=column,
        reason=reason,
        found=day_written(found),
        now=ws.now(),
    )
    short = done.fingerprint[:8]
    if done.new:
        say(f"已登记 {short}：{done.unit.short}，{done.message}")
    elif done.recurred:
        say(f"问题 {short} 整改后又出现，已记为反弹：{done.unit.short}，{done.message}")
    else:
        say(f"问题 {short} 已经登记过，现在是“{done.state.label}”，没有改动：{done.message}")
    for warning in done.warnings:
        say(f"提示：{warning}")
    say(f"接着  xunjian show {short}  看来龙去脉")
