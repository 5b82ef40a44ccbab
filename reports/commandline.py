"""What the command line library says by itself, in Chinese: help, usage lines and usage errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from typer import rich_utils
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
rich_utils.OPTIONS_PANEL_TITLE = "选项"
rich_utils.COMMANDS_PANEL_TITLE = "命令"
rich_utils.ERRORS_PANEL_TITLE = "错误"
rich_utils.DEFAULT_STRING = "[默认：{}]"
rich_utils.ENVVAR_STRING = "[环境变量：{}]"
rich_utils.REQUIRED_LONG_STRING = "[必填]"
rich_utils.RANGE_STRING = ""


class _Chinese:
    """Help in Chinese where the library writes English by itself."""

    def get_usage(self, ctx: Any) -> str:
        usage = str(super().get_usage(ctx))  # type: ignore[misc]
        for english, words in (
            ("Usage:", "用法："),
            ("[OPTIONS]", "[选项]"),
            ("COMMAND [ARGS]...", "命令 [参数]"),
            ("{", ""),
            ("}", ""),
        ):
            usage = usage.replace(english, words)
        return usage

    def get_params(self, ctx: Any) -> list[Any]:
        """The parameters without the names of Python's types, which say nothing to a clerk."""
        params: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for param in params:
            if isinstance(param, TyperArgument):
                param.display_type_rich = _nothing  # type: ignore[method-assign]
            elif isinstance(param, TyperOption) and param.is_flag and param.metavar is None:
                param.metavar = ""
        return params

    def get_help_option(self, ctx: Any) -> Any:
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "显示这段说明"
        return option


def _nothing(ctx: Any) -> None:
    return None


class Group(_Chinese, TyperGroup):
    """A command that holds commands."""


class Command(_Chinese, TyperCommand):
    """One command."""


HINT = "；用 --help 查看用法"


def usage_words(error: Exception) -> str | None:
    """A usage error of the library in Chinese: empty where the help has been shown instead,
    ``None`` for any other error."""
    if not hasattr(error, "format_message"):
        return None
    name, message = type(error).__name__, str(getattr(error, "message", ""))
    if name == "NoArgsIsHelpError":
        return ""
    detail = _detail(error)
    if name == "NoSuchOption":
        return f"没有选项 {detail}{HINT}"
    if name == "MissingParameter":
        return f"缺少 {detail or '参数'}{HINT}"
    told = _told(message)
    if name == "BadParameter":
        return f"{detail or '参数'} 的值不对：{told or message}{HINT}"
    return f"{told or '命令写法不对：' + message}{HINT}"


def _detail(error: Any) -> str:
    """The option or argument that the error is about, as the user types it."""
    detail = getattr(error, "option_name", "") or getattr(error, "param_hint", "") or ""
    if not detail and getattr(error, "param", None) is not None:
        detail = error.param.get_error_hint()
    return str(detail).replace("'", "")


_MESSAGES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (
        r"No such command '(.+?)'\.(?: Did you mean '?(.+?)'?\?)?$",
        lambda m: f"没有命令 {m[1]}" + (f"，是不是 {m[2]}" if m[2] else ""),
    ),
    (
        r"(?:Value error, )?'(.*)' is not one of (.+?)\.?$",
        lambda m: f"“{m[1]}”不在可用的值里（{m[2].replace(chr(39), '').replace(', ', '、')}）",
    ),
    (r"Option '?(.+?)'? requires an argument\.?$", lambda m: f"选项 {m[1]} 后面要写值"),
    (r"Option '?(.+?)'? does not take a value\.?$", lambda m: f"选项 {m[1]} 后面不写值"),
    (r"Got unexpected extra arguments? ?(?:\(s\) )?\((.+)\)$", lambda m: f"多写了“{m[1]}”"),
    (r".*greater than or equal to (\d+)", lambda m: f"不能小于 {m[1]}"),
    (r".*(?:valid integer|integer)", lambda m: "应是整数"),
    (r"Missing command\.?$", lambda m: "没有写命令"),
)
"""What the library says in English, by its beginning."""


def _told(message: str) -> str | None:
    for pattern, words in _MESSAGES:
        match = re.match(pattern, message)
        if match:
            return words(match)
    return None
