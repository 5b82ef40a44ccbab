"""The other door: puts the families of commands together and runs one.

Exit status: 0 done; 1 done, and units need fixes (only with ``--fail-on``); 2 bad usage or
configuration; 3 a site was not reached or the scan is incomplete; 4 an internal error.
Data goes to stdout, progress and messages to stderr.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer

from commands import (
    areas,
    assessing,
    auditing,
    availability,
    backups,
    deciding,
    duties,
    explaining,
    importing,
    interaction,
    keeping,
    life,
    looking,
    media,
    moving,
    papers,
    regime,
    reminding,
    reviewing,
    scanning,
)
from commands.door import BAD_USAGE, DONE, INCOMPLETE, INTERNAL, NEED_FIXES, app, errors, say
from config.problems import ConfigError
from reports import terminal
from reports.commandline import usage_words
from services.workspace import ScanBroken, UsageError
from storage.db import StorageError

__all__ = ["BAD_USAGE", "DONE", "INCOMPLETE", "INTERNAL", "NEED_FIXES", "app", "main", "run"]

FAMILIES = (
    scanning,
    auditing,
    regime,
    looking,
    availability,
    deciding,
    reviewing,
    importing,
    media,
    interaction,
    duties,
    areas,
    moving,
    life,
    papers,
    assessing,
    reminding,
    explaining,
    keeping,
    backups,
)
"""Imported for what they register."""

PANELS: dict[str, tuple[str, ...]] = {
    "开始": ("init", "lists", "doctor", "db", "backup", "restore"),
    "检测": (
        "scan",
        "recheck",
        "audit",
        "checklist",
        "answer",
        "review",
        "allow",
        "serve",
        "schedule",
        "availability",
        "import",
        "media",
        "add",
        "site",
    ),
    "查看": (
        "summary",
        "show",
        "findings",
        "scorecards",
        "runs",
        "letters",
        "interpretations",
        "duties",
        "areas",
        "unattributed",
        "evidence",
        "agreement",
    ),
    "提醒、整改、通报": (
        "due",
        "remind",
        "messages",
        "claim",
        "dispute",
        "decide",
        "confirm",
        "note",
        "waive",
        "waivers",
        "revoke",
        "notice",
        "circular",
        "circulars",
        "report",
    ),
    "考评": ("assess",),
    "说明": ("rules", "explain", "probe"),
}
"""How ``--help`` groups the commands, in the order of the work."""


def _in_panels() -> None:
    place = {
        name: (i, panel)
        for i, (panel, name) in enumerate((p, n) for p, ns in PANELS.items() for n in ns)
    }
    last = (len(place), "其他")
    everything: list[Any] = [*app.registered_commands, *app.registered_groups]
    for info in everything:
        info.rich_help_panel = place.get(_name(info), last)[1]
    app.registered_commands.sort(key=lambda info: place.get(_name(info), last)[0])


def _name(info: Any) -> str:
    return info.name or (info.callback.__name__ if info.callback else "")


_in_panels()


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command; ends the process with its exit status. SIGTERM stops it like Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; errors are told in Chinese on stderr."""
    try:
        status = app(args=list(argv) if argv is not None else None, standalone_mode=False)
    except (ConfigError, UsageError, StorageError) as error:
        terminal.print_notice(errors(), str(error).splitlines(), style="bold red")
        return BAD_USAGE
    except ScanBroken as error:
        terminal.print_notice(errors(), str(error).splitlines(), style="bold red")
        return INCOMPLETE
    except (KeyboardInterrupt, typer.Abort):  # the library makes the one of the other
        say("已停止")
        return INCOMPLETE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        if error.filename is None:
            return _internal(error)
        logging.getLogger("xunjian").info("file error", exc_info=True)
        terminal.print_notice(
            errors(),
            [f"读写不了 {error.filename}（{error.strerror}）：请检查路径、权限和磁盘空间"],
            style="bold red",
        )
        return BAD_USAGE
    except Exception as error:
        words = usage_words(error)
        if words is not None:
            terminal.print_notice(errors(), [words] if words else [], style="bold red")
            return BAD_USAGE
        return _internal(error)
    return status if isinstance(status, int) else DONE


def _internal(error: Exception) -> int:
    logging.getLogger("xunjian").error("internal error", exc_info=error)
    terminal.print_notice(
        errors(),
        [f"程序内部错误（{type(error).__name__}）：请把以上日志交给开发者；已存的数据没有损失"],
        style="bold red",
    )
    return INTERNAL


if __name__ == "__main__":
    main()
