"""``xunjian notice``: the written rectification notice (整改通知单) to one unit, and the record that it
went out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from checks.life import EventKind
from checks.registry import RULES
from config.schema import Unit
from reports.notices import NoticeItem, NoticePaper, notice_docx
from reports.official import FONTS_NOTE
from scorecards.escalation import Step, new_deadline
from scorecards.life import FindingState
from services.book import in_order
from services.papers import Desk, free_path, unknown_years, vetted_out, write_file
from services.remind import must_not_be_trial, policy_of, record_notice
from services.workspace import UsageError, Workspace, shanghai_day
from storage import findings as ledger
from storage import scans
from storage.findings import RECORDED

SCHEMA = "xunjian.notice-draft/1"
_NUMBER = re.compile(r"整改通知(\d{4})-(\d{1,6})")
_TOLD = (FindingState.REMINDED, FindingState.OVERDUE, FindingState.CIRCULATED)
_OCCASIONS = {
    "hand": "人工检查",
    "third-party": "第三方检测",
    "province": "省级检查",
    "prefecture": "设区市检查",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """A notice that was drafted."""

    paper: NoticePaper
    file: Path
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A notice that went out."""

    number: str
    unit: str
    marked: int
    deadline: date
    left_out: tuple[tuple[str, str], ...] = ()
    """Findings of the draft that were not recorded: fingerprint, what has become of them."""
    already: bool = False


def draft(
    ws: Workspace,
    unit: Unit,
    *,
    now: datetime,
    out: Path | None = None,
    everything: bool = False,
    deadline: date | None = None,
    overwrite: bool = False,
) -> Noticed:
    """Write the notice on what is overdue, or with ``everything`` on all that the unit was told of
    and has not mended. ``deadline``: ``None``: as many working days as configured.

    Raises ``UsageError`` in the trial run, for a unit that may not be told, with nothing to say.
    """
    must_not_be_trial(ws)
    vetted_out(out, ".docx", overwrite=overwrite)
    desk = Desk(ws, now)
    owners = _owners(desk, unit)
    marks = [m for owner in owners for m in _due(desk, owner, everything=everything)]
    if not marks:
        more = "" if everything else "；期限未到的也要发，请加 --all"
        raise UsageError(
            f"{unit.short}没有{'提醒过而未整改' if everything else '逾期'}的问题{more}"
        )
    if deadline is not None and deadline <= desk.day:
        raise UsageError(f"--deadline {deadline} 要在今天（{desk.day}）以后")
    last = deadline or new_deadline(Step.NOTICE, desk.day, ws.calendar, policy_of(ws))
    if last is None:  # pragma: no cover - a notice always has a deadline
        raise UsageError("没有算出整改期限：请用 --deadline 写明")
    number = _claimed(ws, unit, desk.day.year)
    paper = NoticePaper(
        number=number,
        city=ws.config.city.name,
        office=ws.config.city.office,
        unit=unit.name,
        occasion="、".join(_occasions(desk, marks)),
        day=desk.day,
        deadline=last,
        answer=ws.channels.answer,
        consequence=ws.channels.consequence,
        made_at=desk.at,
        items=tuple(_items(desk, unit, marks)),
    )
    file = out or free_path(_folder(ws) / f"{number}-{unit.id}.docx")
    write_file(file, notice_docx(paper))
    content = {
        "schema": SCHEMA,
        "number": number,
        "unit": unit.id,
        "day": desk.day.isoformat(),
        "deadline": last.isoformat(),
        "findings": marks,
    }
    write_file(_folder(ws) / f"{number}.json", _as_json(content))
    years = unknown_years(ws, {desk.day.year, last.year})
    return Noticed(paper=paper, file=file, warnings=(*years, FONTS_NOTE))


def done(ws: Workspace, unit: Unit, *, now: datetime) -> Recorded:
    """The unit's last notice went out: record it for the findings that still stand. Again, it
    changes nothing. Raises ``UsageError``."""
    must_not_be_trial(ws)
    drafts = [d for d in _drafts(ws) if d["unit"] == unit.id]
    if not drafts:
        raise UsageError(f"没有给{unit.short}的整改通知单：请先 xunjian notice {unit.short} 起草")
    last = max(drafts, key=lambda d: _serial(d["number"]))
    number, deadline = str(last["number"]), date.fromisoformat(last["deadline"])
    noticed = [
        mark
        for mark, stored in ledger.open_state(ws.engine).items()
        if any(_number_of(e) == number for e in stored.events)
    ]
    if noticed:
        return Recorded(
            number=number, unit=unit.short, marked=len(noticed), deadline=deadline, already=True
        )
    desk = Desk(ws, now)
    if deadline < desk.day:
        raise UsageError(f"通知单的整改时限 {deadline} 已经过了：请重新起草")
    marks: list[str] = []
    left_out: list[tuple[str, str]] = []
    for mark in map(str, last["findings"]):
        life = desk.book.lives.get(mark)
        if life is not None and life.state in _TOLD:
            marks.append(mark)
        else:
            left_out.append((mark, f"现在是“{life.state.label}”" if life else "已不在问题清单里"))
    if not marks:
        raise UsageError("通知单上的问题都已变化（整改、申诉等），没有可登记的：请重新起草")
    record_notice(ws, marks, number, deadline, now)
    return Recorded(
        number=number,
        unit=unit.short,
        marked=len(marks),
        deadline=deadline,
        left_out=tuple(left_out),
    )


# --- what is due ----------------------------------------------------------------------------------


def _owners(desk: Desk, unit: Unit) -> list[str]:
    """The units whose findings ``unit`` answers for today: itself and what it has taken over.

    Raises ``UsageError`` for a unit that may not be told.
    """
    heirs = desk.answers(unit.id)
    if heirs and all(u.id != unit.id for u in heirs):
        raise UsageError(
            f"{unit.short}已撤销，由{'、'.join(u.short for u in heirs)}承接：请发给承接单位"
        )
    why = desk.may_name(unit.id)
    if why:
        raise UsageError(f"{unit.short}：{why}")
    return [
        u.id
        for u in desk.ws.config.units
        if any(h.id == unit.id for h in desk.answers(u.id)) and not desk.may_name(u.id)
    ]


def _due(desk: Desk, owner: str, *, everything: bool) -> list[str]:
    lives = desk.book.lives
    return in_order(
        (
            m
            for m in desk.of_unit(owner)
            if (lives[m].state in _TOLD if everything else lives[m].overdue(desk.day))
        ),
        None,
        desk.book,
    )


def _items(desk: Desk, unit: Unit, marks: list[str]) -> Iterator[NoticeItem]:
    columns = desk.columns_of(marks)
    for mark in marks:
        stored, life = desk.book.stored[mark], desk.book.lives[mark]
        seen = desk.book.sightings.get(mark)
        owner = desk.book.unit_of(mark) or ""
        before = f"（原{desk.units[owner].short}）" if owner != unit.id else ""
        yield NoticeItem(
            fingerprint=mark,
            unit_id=owner,
            column=columns[mark],
            description=before + desk.description(mark),
            url=desk.url(mark),
            evidence=(seen.finding.evidence or "")[:8] if seen else "",
            found_at=life.first_found,
            basis=desk.basis(mark),
            remedy=RULES[stored.rule_id].remedy,
            reminded=shanghai_day(life.reminded_at) if life.reminded_at else None,
            deadline=life.deadline,
        )


def _occasions(desk: Desk, marks: Iterable[str]) -> list[str]:
    """By what kinds of inspection they were last seen."""
    kinds = {s.id: s.kind.words for s in scans.list_scans(desk.ws.engine)}
    sources = ledger.sources(desk.ws.engine)
    found = set()
    for mark in marks:
        seen = desk.book.sightings.get(mark)
        if seen is None:
            continue
        if seen.scan_id == RECORDED:
            found.add(_OCCASIONS.get(sources.get(mark, ""), "人工检查"))
        else:
            found.add(kinds.get(seen.scan_id, "检测"))
    return sorted(found)


# --- numbers and drafts ---------------------------------------------------------------------------


def _folder(ws: Workspace) -> Path:
    return ws.settings.data / "notices"


def _as_json(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _drafts(ws: Workspace) -> list[dict[str, Any]]:
    """The drafts on file; what cannot be read is passed over."""
    found = []
    for path in sorted(_folder(ws).glob("整改通知*.json")):
        try:
            content = json.loads(path.read_bytes())
            known = content["schema"] == SCHEMA and _NUMBER.fullmatch(content["number"])
            date.fromisoformat(content["deadline"])
            if known and isinstance(content["unit"], str) and isinstance(content["findings"], list):
                found.append(content)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def _number_of(event: Any) -> str:
    return str(event.data.get("number", "")) if event.kind is EventKind.NOTICED else ""


def _serial(number: str) -> tuple[int, int]:
    found = _NUMBER.fullmatch(number)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _claimed(ws: Workspace, unit: Unit, year: int) -> str:
    """A number for a notice to the unit: that of its draft which has not gone out, else the next
    free one of the year, kept by a file that only one process can make."""
    sent = {
        number
        for stored in ledger.open_state(ws.engine).values()
        for event in stored.events
        if (number := _number_of(event))
    }
    drafts = _drafts(ws)
    waiting = [d["number"] for d in drafts if d["unit"] == unit.id and d["number"] not in sent]
    mine = [n for n in waiting if _serial(n)[0] == year]
    if mine:
        return str(max(mine, key=_serial))
    taken = [_serial(n) for n in (*sent, *(d["number"] for d in drafts))]
    serial = max((n for y, n in taken if y == year), default=0) + 1
    folder = _folder(ws)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            number = f"整改通知{year}-{serial:03d}"
            try:
                (folder / f"{number}.json").open("xb").close()
            except FileExistsError:
                serial += 1
                continue
            return number
    except OSError as error:
        raise UsageError(f"写不了 {folder}（{error.strerror}）：请检查路径和权限") from None
