"""Commands about what is suspected (疑似): ``review``, and the allow-list ``allow``."""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from enum import Enum
from typing import IO, TYPE_CHECKING, Annotated

import typer

from commands.door import (
    Format,
    FormatOption,
    ScanOption,
    State,
    app,
    rule_called,
    say,
    screen,
    show_view,
    unit_called,
)
from reports.commandline import Command, Group
from services.workspace import UsageError

if TYPE_CHECKING:
    from services.review import Suspect

allow_app = typer.Typer(
    cls=Group, help="允许清单：人工认定没有问题、不再列出的内容", no_args_is_help=True
)
app.add_typer(allow_app, name="allow")


class Key(Enum):
    CONFIRM = "确认"
    REJECT = "不是问题"
    ALLOW = "加入允许清单"
    SKIP = "跳过"
    QUIT = "退出"


_KEYS = {
    Key.CONFIRM: ("y", "1", "确认", "属实"),
    Key.REJECT: ("n", "2", "不是问题", "不是", "误报"),
    Key.ALLOW: ("a", "3", "加入允许清单", "允许"),
    Key.SKIP: ("s", "4", "跳过"),
    Key.QUIT: ("q", "5", "退出"),
}
_MENU = "y 确认   n 不是问题   a 加入允许清单   s 跳过   q 退出"


@app.command(cls=Command, help="逐个核对疑似的问题：确认、不是问题、加入允许清单；不核对不计分")
def review(
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="规则", help="只看这条规则，编号或名称")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看这个单位")] = None,
    site: Annotated[str | None, typer.Option("--site", metavar="站点", help="只看这个站点")] = None,
    scan_id: ScanOption = None,
    standard: Annotated[
        str | None,
        typer.Option("--standard", metavar="名称", help="按哪个检查标准评判；不写为本市标准"),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="只列出，不逐个核对")] = False,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="问题编号", help="确认这一个，不逐个核对")
    ] = None,
    reject: Annotated[
        str | None, typer.Option("--reject", metavar="问题编号", help="这一个不是问题")
    ] = None,
    allow: Annotated[
        str | None, typer.Option("--allow", metavar="问题编号", help="这一个加入允许清单")
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="与 --allow 合用：同样的内容在所有页面都允许")
    ] = False,
    because: Annotated[
        str, typer.Option("--because", metavar="理由", help="作出决定的理由，会记入经过")
    ] = "",
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.review import print_review
    from services import review as service
    from services.availability import find_site

    ws = State.workspace
    chosen = [x for x in (confirm, reject, allow) if x is not None]
    if len(chosen) + listed > 1:
        raise UsageError("--list、--confirm、--reject、--allow 只写其一")
    if everywhere and allow is None:
        raise UsageError("--everywhere 与 --allow 合用")
    if chosen and not because.strip():
        raise UsageError("请用 --because 写明理由")
    place = find_site(ws, site) if site is not None else None
    if site is not None and place is None:
        raise UsageError(f"没有站点“{site}”：用 xunjian lists sites 查看")
    wanted = service.Wanted(
        standard=standard,
        scan_id=scan_id,
        rule_id=rule_called(rule) if rule is not None else None,
        unit_id=unit_called(unit).id if unit is not None else None,
        site_id=place.id if place is not None else None,
    )
    now = ws.now()
    if chosen:
        suspect = service.called(ws, wanted, chosen[0], now=now)
        key = Key.CONFIRM if confirm else Key.REJECT if reject else Key.ALLOW
        _decided(suspect, key, because, everywhere=everywhere)
        if wanted.standard is None:
            service.judge_shown(ws)
        return
    found = service.waiting(ws, wanted, now=now)
    if listed or form is not Format.TABLE or not found:
        show_view(service.view_of(ws, wanted, found), form, print_review)
        return
    done = _one_by_one(found, sys.stdin)
    if wanted.standard is None and any(done[k] for k in (Key.CONFIRM, Key.REJECT, Key.ALLOW)):
        service.judge_shown(ws)
    told = "，".join(f"{key.value} {done[key]}" for key in Key if key is not Key.QUIT)
    left = len(found) - sum(done.values())
    say(f"{told}；还有 {left} 个没有看")


def _one_by_one(found: list[Suspect], keys: IO[str]) -> Counter[Key]:
    """Show each, wait for a line, do what it says. The end of the input ends it; nothing is half done."""
    from reports.review import print_suspect
    from services import review as service

    done: Counter[Key] = Counter()
    for place, suspect in enumerate(found, 1):
        print_suspect(screen(), service.line_of(State.workspace, suspect), place, len(found))
        key = _key(keys)
        if key is None or key is Key.QUIT:
            break
        if key is Key.SKIP:
            done[key] += 1
            continue
        everywhere, reason = False, ""
        if key is Key.ALLOW and suspect.finding.what:
            where = _line(keys, "1 只对这一处允许   2 同样的内容在所有页面都允许（回车为 1）")
            if where is None:
                break
            everywhere = where == "2"
        if key is not Key.CONFIRM:
            usual = service.NO_PROBLEM if key is Key.REJECT else service.PROPER
            words = _line(keys, f"理由（回车为“{usual}”）")
            if words is None:
                break
            reason = words or usual
        try:
            _decided(suspect, key, reason, everywhere=everywhere)
        except UsageError as error:
            say(str(error))
            continue
        done[key] += 1
    return done


def _decided(suspect: Suspect, key: Key, reason: str, *, everywhere: bool) -> None:
    from services import review as service

    ws = State.workspace
    now = ws.now()
    head = f"{suspect.short} {suspect.finding.subject.title}："
    if key is Key.CONFIRM:
        service.confirm(ws, suspect, reason, now=now)
        when = "" if suspect.as_of is not None else "，下次检测起计分"
        say(f"{head}已确认{when}")
    elif key is Key.REJECT:
        service.reject(ws, suspect, reason, now=now)
        say(f"{head}不是问题，证据不变就不再列出")
    else:
        entered = service.allow(ws, suspect, reason, everywhere=everywhere, now=now)
        where = "所有页面" if everywhere else "这一处"
        say(f"{head}已列入允许清单第 {entered.number} 条（{where}），以后不再列出")


def _key(keys: IO[str]) -> Key | None:
    """What the person chose; ``None``: there is no more input."""
    prompt = _MENU
    while True:
        words = _line(keys, prompt)
        if words is None:
            return None
        for key, names in _KEYS.items():
            if words.lower() in names:
                return key
        prompt = f"没有“{words[:20]}”这个选项。{_MENU}" if words else _MENU


def _line(keys: IO[str], prompt: str) -> str | None:
    """One line of input, without blanks around it, full-width letters made plain; ``None``: the end."""
    say(prompt)
    line = keys.readline()
    return unicodedata.normalize("NFKC", line).strip() if line else None


@allow_app.command("list", cls=Command, help="允许清单：内容、范围、理由、经办人")
def allow_list(form: FormatOption = Format.TABLE) -> None:
    from reports.review import print_allowed
    from services.review import allowances

    show_view(allowances(State.workspace), form, print_allowed)


@allow_app.command("end", cls=Command, help="终止一条：以后照常列出")
def allow_end(
    number: Annotated[int, typer.Argument(metavar="编号", help="xunjian allow list 里的编号")],
) -> None:
    from services import review as service

    ws = State.workspace
    back = service.end_allowance(ws, number, now=ws.now())
    service.judge_shown(ws)
    say(f"允许清单第 {number} 条已终止；{back} 个问题恢复列出")
