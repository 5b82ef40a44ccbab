"""Commands that remind: ``remind``, ``due``, ``messages``."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from commands.door import (
    INCOMPLETE,
    Format,
    FormatOption,
    State,
    app,
    day_written,
    say,
    show_view,
    unit_called,
)
from reports import escalation, outbox
from reports.commandline import Command
from reports.sheet import moment
from services.workspace import UsageError

if TYPE_CHECKING:
    from config.schema import Unit
    from services.sending import Sent


@app.command(cls=Command, help="提醒单位整改：写好提醒文字，默认只打印，供粘贴到 QQ")
def remind(
    units: Annotated[
        list[str] | None, typer.Argument(metavar="单位...", help="单位名称，可写几个")
    ] = None,
    everyone: Annotated[bool, typer.Option("--all", help="所有有待提醒问题的单位")] = False,
    done: Annotated[
        bool, typer.Option("--done", help="文字已经发给单位：记为已提醒，期限从当天起算")
    ] = False,
    by_phone: Annotated[
        bool, typer.Option("--by-phone", help="已用电话提醒：须用 --reason 写明要点")
    ] = False,
    send: Annotated[
        bool, typer.Option("--send", help="通过 channels.yaml 里配置的渠道发送")
    ] = False,
    channels: Annotated[
        list[str] | None,
        typer.Option("--channel", metavar="渠道", help="与 --send 同用：只用这个渠道，可写几次"),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="要点", help="接听岗位、说了什么、答应何时改好")
    ] = "",
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="日期", help="与 --done、--by-phone 同用：哪一天提醒的"),
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import remind as reminding

    ws = State.workspace
    if sum((done, by_phone, send)) > 1:
        raise UsageError("--done、--by-phone、--send 只能用一个")
    if channels and not send:
        raise UsageError("--channel 要与 --send 同用")
    if on is not None and not (done or by_phone):
        raise UsageError("--on 要与 --done 或 --by-phone 同用")
    if bool(units) == everyone:
        raise UsageError("请写要提醒的单位，或用 --all 提醒所有单位（两者用一个）")
    wanted = None if everyone else [unit_called(name) for name in units or ()]
    if send:
        _send(wanted, channels or [])
        return
    if done or by_phone:
        made = reminding.record_reminded(
            ws,
            wanted,
            channel="phone" if by_phone else "text",
            now=ws.now(),
            note=reason,
            on=day_written(on),
        )
    else:
        made = reminding.letters(ws, wanted, now=ws.now())
    view = reminding.letters_view(ws, made)
    show_view(view, form, outbox.print_letters)
    _remarks(view)
    if not view.letters:
        say("没有需要提醒的")
    elif done or by_phone:
        count = len({mark for letter in view.letters for mark in letter.findings})
        how = "电话" if by_phone else "文字"
        say(f"已记录：{how}提醒 {len(view.letters)} 个单位，{count} 个问题，经办人 {ws.actor}")
    else:
        names = "--all" if everyone else " ".join(letter.short for letter in view.letters)
        say(
            f"以上只是打印，没有记录。发到 QQ 后请运行：xunjian remind {names} --done；"
            "电话提醒用 --by-phone --reason 要点；通过渠道发送用 --send"
        )


def _remarks(view: outbox.LettersView) -> None:
    for short, why in view.skipped:
        say(f"{short}：{why}")
    for warning in view.warnings:
        say(f"注意：{warning}")
    more = [m.short for m in view.letters if m.listed < len(m.findings)]
    if more:
        some = "、".join(more[:5]) + ("等" if len(more) > 5 else "")
        say(f"{some}的问题较多，文字里只列最要紧的；全部问题的清单页：xunjian report unit 单位")


def _send(wanted: list[Unit] | None, channels: list[str]) -> None:
    """Queue, send at once what may be sent now, and say what became of it."""
    from services import channels as outlets
    from services import sending

    ws = State.workspace
    outlets.vetted(ws)
    queued = sending.queue_reminders(ws, wanted, now=ws.now(), channels=channels)
    for short, why in queued.skipped:
        say(f"{short}：{why}")
    for warning in queued.letters.warnings:
        say(f"注意：{warning}")
    if not queued.messages:
        say("没有可发送的提醒")
        return
    sent = sending.outbox_job(ws, ws.now(), only=[m.id for m in queued.messages])
    say(f"已排队 {len(queued.messages)} 条：{sent.words}")
    _tell(sent)


def _tell(sent: Sent) -> None:
    if sent.opens_at is not None:
        say(
            f"现在是不发送的时段，{moment(sent.opens_at)} 起由 xunjian serve 发送，"
            "或届时运行 xunjian messages --send"
        )
    if sent.retried or sent.failed:
        say("没有发出去的用 xunjian messages 查看原因；排队的由 xunjian serve 到时再试")
        raise typer.Exit(INCOMPLETE)


@app.command(cls=Command, help="到期事项：哪些单位该提醒、该发整改通知、该通报")
def due(form: FormatOption = Format.TABLE) -> None:
    from services.remind import what_is_due

    ws = State.workspace
    show_view(what_is_due(ws, now=ws.now()), form, escalation.print_due)


class MessageChoice(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


@app.command(cls=Command, help="发送记录：哪些提醒发出了，哪些在排队，哪些失败")
def messages(
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只列这个单位")] = None,
    state: Annotated[
        MessageChoice | None,
        typer.Option(
            "--state", metavar="状态", help="queued 排队，sent 已发送，failed 失败，withdrawn 撤回"
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="最多列几条")] = 50,
    send: Annotated[bool, typer.Option("--send", help="先把排队中到时间的发送出去")] = False,
    retry: Annotated[
        int | None, typer.Option("--retry", metavar="编号", help="把失败的这一条重新排队")
    ] = None,
    withdraw: Annotated[
        int | None, typer.Option("--withdraw", metavar="编号", help="撤回排队中的这一条")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import sending
    from storage.regime_tables import MessageState

    ws = State.workspace
    sent = None
    if retry is not None:
        sending.queue_again(ws, retry, now=ws.now())
        say(f"第 {retry} 条已重新排队")
    if withdraw is not None:
        sending.withdraw(ws, withdraw, now=ws.now())
        say(f"第 {withdraw} 条已撤回")
    if send:
        sent = sending.send_now(ws, now=ws.now())
        say(sent.words)
    view = sending.send_log(
        ws,
        unit_id=unit_called(unit).id if unit else None,
        states=(MessageState(state.value),) if state else (),
        limit=limit,
    )
    show_view(view, form, outbox.print_messages)
    if sent is not None:
        _tell(sent)
