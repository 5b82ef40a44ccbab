"""New media accounts: a table for clerks to fill, taking it in, noting one by hand, and the overview."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from checks.media_facts import AccountState, MediaUpdate
from config import yaml_files
from config.media import Account, Media, Platform
from config.problems import Problem, nearest
from config.sheets import Column, Kind, Sheet
from config.workbook import Row, is_unread, read_book
from reports.cells import plain
from reports.media import AccountLine, MediaImportView, MediaView
from services.acting import one_line
from services.workspace import UsageError, Workspace, shanghai_day
from storage import media as looks

STATES = {s.value: s.label for s in AccountState}
PLATFORMS = {p.value: p.label for p in Platform}
LONGEST_TITLE = 200

SHEET = Sheet(
    "新媒体更新情况",
    (
        Column("name", "账号名称", also=("账号", "名称", "编号"), required=True, width=24),
        Column(
            "platform",
            "平台",
            Kind.CHOICE,
            also=("类型", "账号类型"),
            choices=PLATFORMS,
            width=14,
        ),
        Column("unit", "主办单位", also=("单位",), width=20),
        Column("seen_on", "查看日期", Kind.DAY, also=("检查日期", "检查时间"), width=14),
        Column("last_on", "最近更新日期", Kind.DAY, also=("最近更新", "更新日期"), width=14),
        Column("title", "最近一条标题", also=("标题",), width=40),
        Column("state", "状态", Kind.CHOICE, choices=STATES, width=16),
    ),
    also=("新媒体", "政务新媒体", "Sheet1"),
)


def export(ws: Workspace, file: Path, *, overwrite: bool = False) -> int:
    """Write the register as a table to be filled in; returns the number of accounts.

    Raises ``UsageError``, or ``ConfigError`` where the file cannot be written.
    """
    if file.suffix.lower() != ".xlsx":
        raise UsageError("请把文件名写成以 .xlsx 结尾")
    if file.exists() and not overwrite:
        raise UsageError(f"{file.name} 已经存在：请换一个文件名，或加 --overwrite")
    today = shanghai_day(ws.now())
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET.name
    sheet.append([c.header for c in SHEET.columns])
    accounts = [a for a in ws.media.accounts if a.valid_on(today)]
    for account in accounts:
        short = ws.config.unit(account.unit).short
        sheet.append([account.name, account.platform.label, short, today.isoformat()])
        for cell in sheet[sheet.max_row]:
            cell.number_format = "@"
            if cell.value is not None:
                cell.data_type = "s"  # what begins with = is text all the same
                cell.quotePrefix = str(cell.value).startswith(("=", "+", "-", "@"))
    for index, column in enumerate(SHEET.columns, 1):
        sheet.cell(1, index).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    sheet.freeze_panes = "A2"
    packed = io.BytesIO()
    book.save(packed)
    yaml_files.replace_file(file, packed.getvalue())
    return len(accounts)


def take_in(ws: Workspace, file: Path, *, seen: date | None = None) -> MediaImportView:
    """Take in a filled table. A row that cannot be used is told with its number and the rest is
    taken; the same file again changes nothing. ``seen``: the day for rows that name none.

    Raises ``ConfigError`` where the file is no such table.
    """
    now = ws.now()
    today = shanghai_day(now)
    book = read_book(file, [SHEET])
    problems = list(book.problems)
    updates: list[MediaUpdate] = []
    source = f"{plain(file.name)[:80]}（{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}）"
    for row in book.rows.get(SHEET.name, []):
        if any(is_unread(value) for value in row.values.values()):
            continue
        update = _read_row(ws.media, row, seen, today, source, problems)
        if update is not None:
            updates.append(update)
    new = looks.add(ws.engine, updates, actor=ws.actor, at=now)
    return MediaImportView(
        file=plain(file.name), read=len(updates), new=new, problems=tuple(map(str, problems))
    )


def _read_row(
    media: Media,
    row: Row,
    seen: date | None,
    today: date,
    source: str,
    problems: list[Problem],
) -> MediaUpdate | None:
    values = row.values
    platform = Platform(values["platform"]) if "platform" in values else None
    account = _account(media, values["name"], platform, row, problems)
    if account is None:
        return None
    seen_on = _day(values.get("seen_on")) or seen
    last_on = _day(values.get("last_on"))
    state = AccountState(values["state"]) if "state" in values else AccountState.ALIVE
    fault = _fault(seen_on, last_on, state, today)
    if seen_on is None or fault is not None:
        reason, remedy = fault or ("没有写查看日期", "请补上，或用 --date 指定")
        problems.append(Problem(row.where(), reason, remedy))
        return None
    return MediaUpdate(
        account=account.id,
        seen_on=seen_on,
        last_on=last_on,
        title=plain(str(values.get("title", "")))[:LONGEST_TITLE],
        state=state,
        source=source,
    )


def _account(
    media: Media, name: str, platform: Platform | None, row: Row, problems: list[Problem]
) -> Account | None:
    found = media.called(name, platform)
    if len(found) == 1:
        return found[0]
    if found:
        reason, remedy = f"有 {len(found)} 个账号叫“{name}”", "请写明平台"
    else:
        guess = nearest(name, [a.name for a in media.accounts])
        reason = f"名册里没有账号“{name}”"
        remedy = f"是不是“{guess}”？" if guess else "请先登记到 media.yaml"
    problems.append(Problem(row.where("name"), reason, remedy))
    return None


def _day(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


def _fault(
    seen_on: date | None, last_on: date | None, state: AccountState, today: date
) -> tuple[str, str] | None:
    """What is wrong with one look, and the remedy."""
    if seen_on is not None and seen_on > today:
        return f"查看日期 {seen_on:%Y-%m-%d} 晚于今天", "请改正日期"
    if state is AccountState.ALIVE and last_on is None:
        return "没有写最近更新日期", "请补上；账号没有内容或打不开的，在“状态”一栏注明"
    if state is not AccountState.ALIVE and last_on is not None:
        return f"状态是“{state.label}”，又写了最近更新日期", "请改正其中一项"
    if seen_on is not None and last_on is not None and last_on > seen_on:
        return f"最近更新日期 {last_on:%Y-%m-%d} 晚于查看日期 {seen_on:%Y-%m-%d}", "请改正日期"
    return None


def note(
    ws: Workspace,
    name: str,
    *,
    platform: Platform | None,
    last_on: date | None,
    seen_on: date | None,
    state: AccountState,
    title: str,
) -> Account:
    """Note one account by hand. Raises ``UsageError``."""
    now = ws.now()
    today = shanghai_day(now)
    found = ws.media.called(name, platform)
    if not found:
        guess = nearest(name, [a.name for a in ws.media.accounts])
        more = f"，是不是“{guess}”？" if guess else "：请先登记到 media.yaml"
        raise UsageError(f"名册里没有账号“{name}”{more}")
    if len(found) > 1:
        raise UsageError(f"有 {len(found)} 个账号叫“{name}”：请用 --platform 写明平台，或写编号")
    seen_on = seen_on or today
    fault = _fault(seen_on, last_on, state, today)
    if fault is not None:
        raise UsageError("：".join(fault))
    update = MediaUpdate(
        account=found[0].id,
        seen_on=seen_on,
        last_on=last_on,
        title=one_line(title, "--title", LONGEST_TITLE) if title else "",
        state=state,
        # Another word of the same day stands beside the first; the later one counts.
        source=f"{ws.actor} {now.isoformat(timespec='seconds')}",
    )
    looks.add(ws.engine, [update], actor=ws.actor, at=now)
    return found[0]


def overview(ws: Workspace, *, now: datetime) -> MediaView:
    """Every account in use, with its newest look."""
    today = shanghai_day(now)
    seen = looks.newest(ws.engine, today, known_at=now)
    units = {u.id: u.short for u in ws.config.units}
    media = ws.media
    lines = [
        AccountLine(
            id=a.id,
            platform=a.platform.value,
            platform_label=a.platform.label,
            name=a.name,
            unit_id=a.unit,
            unit_short=units[a.unit],
            update=seen.get(a.id),
            days=_days(seen.get(a.id), today),
        )
        for a in media.accounts
        if a.valid_on(today)
    ]
    # Those that were never looked at come first, then the longest silent.
    lines.sort(key=lambda line: (line.update is not None, -(line.days or 0), line.id))
    return MediaView(day=today, accounts=tuple(lines), missing=_missing(media, lines))


def _days(update: MediaUpdate | None, today: date) -> int | None:
    return (today - update.last_on).days if update and update.last_on else None


def _missing(media: Media, lines: Sequence[AccountLine]) -> tuple[str, ...]:
    """Where the register holds fewer accounts than there should be, in words."""
    words = []
    for platform, wanted in media.expected.items():
        held = sum(line.platform == platform.value for line in lines)
        if held < wanted:
            words.append(f"{platform.label}应有 {wanted} 个，名册登记 {held} 个")
    return tuple(words)
