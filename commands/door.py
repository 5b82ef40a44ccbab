"""The door that all commands share: the application, its global options, how a view is printed and
how words become things. One module a family of commands stands beside it; ``cli`` puts them together.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from config.settings import Settings
from reports import machine, terminal
from reports.commandline import Group
from reports.sheet import console
from reports.tables import as_csv
from services.workspace import UsageError, Workspace

DONE, NEED_FIXES, BAD_USAGE, INCOMPLETE, INTERNAL = 0, 1, 2, 3, 4


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


app = typer.Typer(
    cls=Group,
    help="巡检：政府网站与信息公开平台检查。先 scan（检测），再 summary（看哪些单位要整改）。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


class State:
    """The global options of one invocation."""

    workspace: Workspace
    color: bool = True


def screen() -> Any:
    return console(sys.stdout, color=State.color)


def errors() -> Any:
    return console(sys.stderr, color=State.color)


def say(*lines: str) -> None:
    terminal.print_notice(errors(), lines)


def show_view(view: object, form: Format, show: Any) -> None:
    if form is Format.JSON:
        machine.write(machine.as_json(view))
    elif form is Format.CSV:
        machine.write(as_csv(view))
    else:
        show(screen(), view)


FormatOption = Annotated[
    Format, typer.Option("--format", metavar="格式", help="table 表格，json 或 csv")
]
ScanOption = Annotated[
    int | None, typer.Option("--scan", metavar="N", help="第几次检测；不写为最近一次")
]


@app.callback()
def main_options(
    config: Annotated[
        str | None, typer.Option("--config", metavar="目录", help="配置目录或名称，默认 ruichang")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="地址", help="数据库，默认数据目录下的 SQLite"),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="目录", help="数据目录，默认 data")
    ] = None,
    actor: Annotated[
        str | None,
        typer.Option("--actor", metavar="姓名", help="经办人，记入每次改动；默认系统账号"),
    ] = None,
    now: Annotated[
        str | None,
        typer.Option("--now", metavar="日期", help="把这一天当作今天，仅限本机网站（演示、试用）"),
    ] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="显示运行日志")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="不用颜色")] = False,
) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    env = dict(os.environ)
    for name, value in (
        ("XUNJIAN_CONFIG", config),
        ("XUNJIAN_DATABASE", database),
        ("XUNJIAN_DATA", data),
        ("XUNJIAN_ACTOR", actor),
        ("XUNJIAN_NOW", now),
    ):
        if value is not None:
            env[name] = str(value)
    State.workspace = Workspace(Settings.from_env(env), Path.cwd())
    State.color = not no_color and "NO_COLOR" not in os.environ


# --- words to things ------------------------------------------------------------------------------


def unit_called(name: str) -> Any:
    """The unit of that name; raises ``UsageError``."""
    from services import views

    found = views.find_unit(State.workspace, name)
    if found is None:
        raise UsageError(f"没有叫“{name}”的单位：用 xunjian lists units 查看")
    return found


def rule_called(text: str) -> str:
    """The id of the rule of that id or title; raises ``UsageError``."""
    from checks.registry import RULES

    found = [r.id for r in RULES.values() if text in (r.id, r.title)]
    if not found:
        raise UsageError(f"没有规则“{text}”：用 xunjian rules 查看")
    return found[0]


def day_written(text: str | None) -> date | None:
    """A calendar day; raises ``UsageError`` for what is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"日期“{text}”写法不对：请写成 2018-06-04") from None
