"""Letters and the send log: views and their renderings (``xunjian remind``, ``xunjian messages``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from reports import machine, tables
from reports.cells import plain
from reports.sheet import Sheet, moment

STATES = {"queued": "排队", "sent": "已发送", "failed": "失败", "withdrawn": "撤回"}
KINDS = {"reminder": "提醒", "notice": "整改通知", "circular": "通报", "report": "报告"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterView:
    """One reminder, composed."""

    unit_id: str
    short: str
    subject: str
    text: str
    deadlines: tuple[date, ...]
    """Last days to mend, the earliest first."""
    findings: tuple[str, ...]
    listed: int
    """Problems that the text tells one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersView:
    letters: tuple[LetterView, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    """Units that are not told, and why."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """One message of the send log."""

    id: int
    kind: str
    unit_id: str
    short: str
    channel: str
    """Its title."""
    channel_id: str
    state: str
    subject: str
    body: str
    findings: tuple[str, ...]
    created_at: datetime
    sent_at: datetime | None
    next_try_at: datetime | None
    failures: int
    detail: str
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagesView:
    messages: tuple[MessageLine, ...]
    """Newest first."""
    total: int
    failed: int
    """Given up, of all."""
    queued: int


@machine.shape.register
def _(view: LettersView) -> dict[str, Any]:
    return {
        "schema": "xunjian.letters/1",
        "letters": [
            {
                "unit": m.unit_id,
                "short": m.short,
                "subject": m.subject,
                "text": m.text,
                "deadline": machine.calendar(m.deadlines[0] if m.deadlines else None),
                "findings": list(m.findings),
                "listed": m.listed,
            }
            for m in view.letters
        ],
        "skipped": [{"short": short, "reason": why} for short, why in view.skipped],
        "warnings": list(view.warnings),
    }


@tables.table.register
def _(view: LettersView) -> tuple[list[str], list[list[object]]]:
    return ["单位编号", "单位", "问题数", "期限", "提醒文字"], [
        [m.unit_id, m.short, len(m.findings), m.deadlines[0] if m.deadlines else None, m.text]
        for m in view.letters
    ]


@machine.shape.register
def _(view: MessagesView) -> dict[str, Any]:
    return {
        "schema": "xunjian.messages/1",
        "total": view.total,
        "queued": view.queued,
        "failed": view.failed,
        "messages": [
            {
                "id": m.id,
                "kind": m.kind,
                "unit": m.unit_id,
                "short": m.short,
                "channel": m.channel_id,
                "state": m.state,
                "subject": m.subject,
                "body": m.body,
                "findings": list(m.findings),
                "created_at": machine.instant(m.created_at),
                "sent_at": machine.instant(m.sent_at),
                "next_try_at": machine.instant(m.next_try_at),
                "failures": m.failures,
                "detail": m.detail or None,
                "actor": m.actor,
            }
            for m in view.messages
        ],
    }


@tables.table.register
def _(view: MessagesView) -> tuple[list[str], list[list[object]]]:
    header = ["编号", "种类", "单位", "渠道", "状态", "问题数", "排队时间", "发送时间", "下次发送"]
    header += ["失败次数", "最近结果", "经办人", "标题", "正文"]
    return header, [
        [
            *(m.id, KINDS.get(m.kind, m.kind), m.short, m.channel, STATES.get(m.state, m.state)),
            *(len(m.findings), tables.local(m.created_at), tables.local(m.sent_at)),
            *(tables.local(m.next_try_at), m.failures, m.detail, m.actor, m.subject, m.body),
        ]
        for m in view.messages
    ]


def print_letters(out: Console, view: LettersView) -> None:
    """The texts as they are to be pasted: no line is cut or wrapped."""
    for i, letter in enumerate(view.letters):
        if len(view.letters) > 1:
            out.print(Text(("\n" if i else "") + f"== {plain(letter.short)} ==", style="bold"))
        for line in letter.text.split("\n"):
            out.print(Text(plain(line)), soft_wrap=True)


_COLORS = {"failed": "bold red", "queued": "yellow", "sent": "green"}


def print_messages(out: Console, view: MessagesView) -> None:
    """One line a message, and what became of it."""
    sheet = Sheet(out)
    if not view.messages:
        sheet.line("没有消息")
        return
    sheet.heading(f"发送记录：{view.total} 条", f"排队 {view.queued}，失败 {view.failed}")
    for m in view.messages:
        sheet.line(
            f"{m.id:>5}  ",
            (STATES.get(m.state, m.state), _COLORS.get(m.state, "dim")),
            f"  {KINDS.get(m.kind, m.kind)}  {m.short}  {m.channel}  {len(m.findings)} 个问题",
            (f"  {moment(m.sent_at or m.created_at)}", "dim"),
        )
        if m.state == "queued":
            tried = f"已试 {m.failures} 次（{m.detail}），" if m.failures else ""
            sheet.text(f"{tried}{moment(m.next_try_at)} 起发送", indent=7, style="dim")
        elif m.detail and m.state != "sent":
            sheet.text(m.detail, indent=7, style="dim")
    if view.failed:
        sheet.gap()
        sheet.text("失败的消息改好渠道后可重发：xunjian messages --retry 编号", style="bold red")
