"""New media accounts on screen and for scripts: the register with the newest look at each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rich.console import Console

from checks.media_facts import MediaUpdate
from reports.machine import Shape, shape
from reports.sheet import Sheet
from reports.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One account in use."""

    id: str
    platform: str
    platform_label: str
    name: str
    unit_id: str
    unit_short: str
    update: MediaUpdate | None
    """The newest look; ``None``: it was never looked at."""
    days: int | None
    """Calendar days since its newest publication; ``None``: not known, or it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaView:
    day: date
    accounts: tuple[AccountLine, ...]
    """Never looked at first, then the longest silent."""
    missing: tuple[str, ...]
    """Where the register is shorter than it should be, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaImportView:
    file: str
    read: int
    """Rows that could be used."""
    new: int
    """Of these, what was not known before."""
    problems: tuple[str, ...]
    """Rows that could not, each with its number and the remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One account whose feed was asked."""

    id: str
    platform: str
    platform_label: str
    name: str
    unit_id: str
    unit_short: str
    update: MediaUpdate | None
    """What the feed said; where it could not be read the earlier look, if there is any."""
    unverified: str | None
    """Why it could not be read; ``None``: it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFetchView:
    day: date
    accounts: tuple[FeedLine, ...]
    """In the order of the register."""
    read: int
    """Feeds that could be read."""
    new: int
    """Of these, what was not known before."""


def _words(line: AccountLine) -> str:
    if line.update is None:
        return "没有查看过"
    if line.update.last_on is None:
        return f"{line.update.state.label}（{line.update.seen_on.isoformat()} 查看）"
    return (
        f"最近更新 {line.update.last_on.isoformat()}，{line.days} 日前"
        f"（{line.update.seen_on.isoformat()} 查看）"
    )


def print_media(out: Console, view: MediaView) -> None:
    sheet = Sheet(out)
    for line in view.accounts:
        sheet.line((f"{line.platform_label}  {line.name}", "bold"), f"  {line.unit_short}")
        sheet.text(_words(line), indent=3)
    if not view.accounts:
        sheet.line("名册里没有账号：请登记到配置目录的 media.yaml")
    for words in view.missing:
        sheet.line((f"提示：{words}", "yellow"))
    if view.accounts:
        sheet.gap()
        sheet.line((f"共 {len(view.accounts)} 个账号", "dim"))
        sheet.text("xunjian media export 表.xlsx  得到待填的表", label="接着  ")


def _held(update: MediaUpdate | None) -> str:
    if update is None:
        return "此前没有查看过"
    seen = f"{update.seen_on.isoformat()} 查看"
    if update.last_on is None:
        return f"仍按此前的记录：{update.state.label}（{seen}）"
    return f"仍按此前的记录：最近更新 {update.last_on.isoformat()}（{seen}）"


def print_media_fetch(out: Console, view: MediaFetchView) -> None:
    sheet = Sheet(out)
    for line in view.accounts:
        sheet.line((f"{line.platform_label}  {line.name}", "bold"), f"  {line.unit_short}")
        if line.unverified is not None:
            sheet.text(line.unverified, label="未能核实  ", indent=3, style="yellow")
            sheet.text(_held(line.update), indent=3)
        elif line.update is not None and line.update.last_on is not None:
            title = f"  {line.update.title}" if line.update.title else ""
            sheet.text(f"最近更新 {line.update.last_on.isoformat()}{title}", indent=3)
    if not view.accounts:
        sheet.line("没有可读的账号：请在 media.yaml 里给账号写 feed（订阅地址）")
        return
    sheet.gap()
    sheet.line(
        f"共 {len(view.accounts)} 个账号：读到 {view.read} 个（新登记 {view.new} 个），"
        f"未能核实 {len(view.accounts) - view.read} 个"
    )


def print_media_import(out: Console, view: MediaImportView) -> None:
    sheet = Sheet(out)
    sheet.line(f"{view.file}：读到 {view.read} 个账号，其中新登记 {view.new} 个")
    for words in view.problems:
        sheet.text(words, label="未读  ", style="yellow")


@shape.register
def _(view: MediaView) -> Shape:
    return {
        "schema": "xunjian.media/1",
        "day": view.day.isoformat(),
        "accounts": [shape(line) for line in view.accounts],
        "missing": list(view.missing),
    }


@shape.register
def _(line: AccountLine) -> Shape:
    update = line.update
    return {
        "id": line.id,
        "platform": line.platform,
        "name": line.name,
        "unit": line.unit_id,
        "unit_short": line.unit_short,
        "seen_on": update.seen_on.isoformat() if update else None,
        "last_on": update.last_on.isoformat() if update and update.last_on else None,
        "title": update.title if update else "",
        "state": update.state.value if update else None,
        "source": update.source if update else None,
        "days": line.days,
    }


@shape.register
def _(view: MediaImportView) -> Shape:
    return {
        "schema": "xunjian.media-import/1",
        "file": view.file,
        "read": view.read,
        "new": view.new,
        "problems": list(view.problems),
    }


@table.register
def _(view: MediaView) -> tuple[list[str], list[list[object]]]:
    header = ["编号", "平台", "账号名称", "主办单位", "查看日期", "最近更新日期", "状态", "未更新日数", "最近一条标题"]  # fmt: skip
    return header, [
        [
            line.id,
            line.platform_label,
            line.name,
            line.unit_short,
            line.update.seen_on.isoformat() if line.update else "",
            line.update.last_on.isoformat() if line.update and line.update.last_on else "",
            line.update.state.label if line.update else "",
            line.days,
            line.update.title if line.update else "",
        ]
        for line in view.accounts
    ]


@shape.register
def _(view: MediaFetchView) -> Shape:
    return {
        "schema": "xunjian.media-fetch/1",
        "day": view.day.isoformat(),
        "read": view.read,
        "new": view.new,
        "accounts": [shape(line) for line in view.accounts],
    }


@shape.register
def _(line: FeedLine) -> Shape:
    update = line.update
    return {
        "id": line.id,
        "platform": line.platform,
        "name": line.name,
        "unit": line.unit_id,
        "unit_short": line.unit_short,
        "unverified": line.unverified,
        "seen_on": update.seen_on.isoformat() if update else None,
        "last_on": update.last_on.isoformat() if update and update.last_on else None,
        "title": update.title if update else "",
        "state": update.state.value if update else None,
        "source": update.source if update else None,
    }


@table.register
def _(view: MediaFetchView) -> tuple[list[str], list[list[object]]]:
    header = ["编号", "平台", "账号名称", "主办单位", "未能核实", "查看日期", "最近更新日期", "状态", "最近一条标题"]  # fmt: skip
    return header, [
        [
            line.id,
            line.platform_label,
            line.name,
            line.unit_short,
            line.unverified or "",
            line.update.seen_on.isoformat() if line.update else "",
            line.update.last_on.isoformat() if line.update and line.update.last_on else "",
            line.update.state.label if line.update else "",
            line.update.title if line.update else "",
        ]
        for line in view.accounts
    ]


@table.register
def _(view: MediaImportView) -> tuple[list[str], list[list[object]]]:
    return ["未读的行"], [[words] for words in view.problems]
