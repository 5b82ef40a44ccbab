"""Commands that keep the data safe: ``backup``, ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.door import INCOMPLETE, State, app, say
from reports.commandline import Command


@app.command(cls=Command, help="备份：数据库、存证、配置和自定标准写成一个文件，检测时也可以做")
def backup(
    target: Annotated[
        Path, typer.Argument(metavar="文件或目录", help="写到哪个 .zip 文件；写目录则自动取名")
    ],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="文件已有时覆盖")] = False,
) -> None:
    from services.backup import backup as make

    ws = State.workspace
    report = make(ws, target, now=ws.now(), overwrite=overwrite)
    say(f"已备份到 {report.path}：{report.files} 个文件，{_size(report.bytes)}")
    if report.missing:
        say(f"数据库提到的存证缺 {len(report.missing)} 个文件：{'、'.join(report.missing[:5])}")
        say("其余都已备份；缺的原因请用 xunjian doctor 查看")
        raise typer.Exit(INCOMPLETE)


@app.command(cls=Command, help="恢复：核对备份的每个文件，再放进 --data 所指的目录")
def restore(
    archive: Annotated[Path, typer.Argument(metavar="备份.zip", help="xunjian backup 写的文件")],
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="已有数据时替换，原有的移到一旁保留")
    ] = False,
) -> None:
    from services.restore import restore as bring_back

    ws = State.workspace
    report = bring_back(ws, archive, now=ws.clock(), overwrite=overwrite)
    say(
        f"已恢复到 {ws.settings.data}：{report.files} 个文件，{_size(report.bytes)}，"
        f"备份于 {report.made_at}，当时的程序版本 {report.program}"
    )
    if report.upgraded:
        say("数据库由旧版本的程序建立，已升级到本程序的版本")
    if report.aside is not None:
        say(f"原有的数据移到了 {report.aside}，确认无误后可以删去")
    if report.missing:
        say(f"备份时就缺 {len(report.missing)} 个存证文件：{'、'.join(report.missing[:5])}")
    if report.config is not None:
        say(f"接着  xunjian --config {report.config} --data {ws.settings.data} doctor  核对")


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB" if count >= 100_000 else f"{count} 字节"
