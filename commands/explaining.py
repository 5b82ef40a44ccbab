"""Commands that explain: ``rules``, ``explain``, ``probe``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from commands.door import (
    Format,
    FormatOption,
    State,
    app,
    rule_called,
    say,
    screen,
    show_view,
)
from config.problems import ConfigError
from reports import machine
from reports.commandline import Command
from services.workspace import UsageError, Workspace


@app.command(cls=Command, help="检查规则一览；--write 生成说明文档，--check 核对文档是否最新")
def rules(
    write: Annotated[
        Path | None, typer.Option("--write", metavar="目录", help="把说明写成 Markdown")
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="目录", help="核对已写的说明")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports import rules_reference
    from services import views
    from services.reference import stale_pages, write_reference

    view = views.rules()
    if write is not None:
        for path in write_reference(view, write):
            say(str(path))
    elif check is not None:
        stale = stale_pages(view, check)
        if stale:
            raise UsageError(f"{check} 不是最新的（{'、'.join(stale)}）：请运行 make rules")
    else:
        show_view(view, form, rules_reference.print_rules)


@app.command(cls=Command, help="一条规则查什么、依据什么、怎么改")
def explain(
    rule: Annotated[str, typer.Argument(metavar="规则", help="规则的编号或名称")],
    form: FormatOption = Format.TABLE,
) -> None:
    from reports import rules_reference
    from services import views

    rule_id = rule_called(rule)
    view = next(r for r in views.rules(State.workspace).rules if r.rule.id == rule_id)
    show_view(view, form, rules_reference.print_rule)


@app.command(cls=Command, help="看一个页面是怎样读出来的：类型、各项内容、来自哪里、有几成把握")
def probe(
    target: Annotated[
        str, typer.Argument(metavar="网址|文件", help="网页地址，或存下来的网页文件")
    ],
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="网址", help="文件原来的网址")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports import probe as probe_report
    from services import probe as service

    ws = State.workspace
    if target.lower().startswith(("http://", "https://")):
        answer = service.probe_url(target, _config_or_none(ws))
    else:
        answer = service.probe_file(Path(target), base_url)
    if form is Format.JSON:
        machine.write(probe_report.as_json(answer))
    elif form is Format.CSV:
        raise UsageError("probe 只有 table 和 json 两种格式")
    else:
        probe_report.print_probe(screen(), answer)


def _config_or_none(ws: Workspace) -> Any:
    try:
        return ws.config
    except ConfigError:
        return None  # a page can be read without a configuration
