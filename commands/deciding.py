"""Commands by which a person decides about one finding: ``revoke``; and ``evidence``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.door import (
    State,
    app,
    say,
    screen,
)
from reports import terminal
from reports.commandline import Command


@app.command(cls=Command, help="撤销一个误报：恢复扣分，证据不变就不再列出")
def revoke(
    finding: Annotated[str, typer.Argument(metavar="问题编号", help="清单里的编号，写前几位即可")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="理由", help="为什么是误报，会记入经过")
    ],
) -> None:
    from services.revoke import revoke as take_back

    mark = take_back(State.workspace, finding, reason, now=State.workspace.now())
    say(f"已撤销（误报）{mark[:8]}，经办人 {State.workspace.actor}；扣分已恢复")


@app.command(cls=Command, help="取出问题所依据的页面原样，并标出位置")
def evidence(
    finding: Annotated[str, typer.Argument(metavar="问题编号", help="清单里的编号，写前几位即可")],
    out: Annotated[Path, typer.Option("--out", metavar="目录", help="写到哪个目录")] = Path(
        "evidence"
    ),
) -> None:
    from services.evidence import write_evidence

    written = write_evidence(State.workspace, finding, out)
    terminal.print_notice(screen(), [str(written.page), str(written.raw)])
    say("前一个文件请用浏览器打开；后一个是网站返回的内容原样，供核对，请勿直接打开")
    if written.after is not None:
        terminal.print_notice(screen(), [str(written.after)])
        say("再后一个文件是整改以后的页面，请与整改前的对照")
    if not written.marked:
        say("页面中没有可标出的位置，请看页首的说明")
