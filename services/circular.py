"""``xunjian circular``: drafts the circular (通报) from what is overdue, and once it has its document
number marks exactly those findings.

Only findings with their three proofs (``services.proofs``), of confirmed units, are named; the draft
is kept as JSON beside the Word file, and it is the draft that is confirmed, less what has changed
since.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from checks.docnumber import DocumentNumber
from checks.life import Event, EventKind
from checks.registry import RULES
from config.schema import UnitGroup
from reports.circulars import (
    CircularLine,
    CircularPaper,
    CircularsView,
    Figures,
    Named,
    circular_docx,
)
from reports.official import FONTS_NOTE
from scorecards.life import FindingState, Life, fold
from scorecards.periods import Period
from scorecards.score import rank
from services.book import cards_of
from services.cases import scan_units
from services.papers import (
    Desk,
    free_path,
    unknown_years,
    vetted_out,
    write_file,
)
from services.proofs import Proofs, proofs_of
from services.remind import must_not_be_trial
from services.workspace import UsageError, Workspace, end_of_day, shanghai_day
from storage import circulars as store
from storage import findings as ledger
from storage import scans
from storage.circulars import CircularKnown
from storage.models import ScanKind, ScanState

SCHEMA = "xunjian.circular-draft/1"
BETTER = 9000
"""Hundredths: units below this are not called good, whatever their rank."""
BEST = 3
"""Ranks of a group that are called good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """An overdue finding that is not named, for want of proof."""

    fingerprint: str
    unit: str
    title: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """What ``draft`` wrote, and what it left out."""

    paper: CircularPaper
    file: Path
    draft: Path
    lacking: tuple[Lacking, ...]
    not_named: tuple[tuple[str, int, str], ...]
    """Units with overdue findings that may not be named: name, how many, why."""
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    number: str
    title: str
    issued_on: date
    marked: int
    units: int
    left_out: tuple[tuple[str, str, str], ...]
    """Findings of the draft that were not marked: fingerprint, unit, what has become of them."""
    already: bool = False
    """The very same was confirmed before; nothing was changed."""


def period_of(text: str) -> Period:
    """Raises ``UsageError`` for what is no period."""
    try:
        return Period.parse(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


# --- drafting -------------------------------------------------------------------------------------


def draft(
    ws: Workspace,
    period: Period,
    *,
    now: datetime,
    out: Path | None = None,
    mend_by: date | None = None,
    overwrite: bool = False,
) -> Drafted:
    """Write the draft for a period. ``mend_by``: the last day that it grants; ``None``: as many
    working days as configured.

    Raises ``UsageError`` in the trial run, for a period to come and a day that is past.
    """
    must_not_be_trial(ws)
    vetted_out(out, ".docx", overwrite=overwrite)
    desk = Desk(ws, now)
    if period.start > desk.day:
        raise UsageError(f"{period.label}还没有开始，不能起草通报")
    if mend_by is not None and mend_by <= desk.day:
        raise UsageError(f"--deadline {mend_by} 要在今天（{desk.day}）以后")
    last = mend_by or ws.calendar.add_workdays(desk.day, ws.config.city.remind_workdays)
    late, not_named = _candidates(desk, period)
    proofs = proofs_of(ws, desk.book.stored, desk.book.lives, late, desk.at)
    proved = [m for m in late if not proofs[m].missing]
    paper = CircularPaper(
        period=period.key,
        label=period.label,
        start=period.start,
        end=period.end,
        office=ws.config.city.office,
        addressee=_addressee(ws),
        day=desk.day,
        mend_by=last,
        made_at=desk.at,
        figures=_figures(desk, period),
        named=_named(desk, proved, proofs),
    )
    data = _as_json(ws, paper)
    folder = ws.settings.data / "circulars"
    file = out or free_path(folder / f"{period.key}通报稿.docx")
    kept = folder / f"{period.key}.json"
    write_file(file, circular_docx(paper))
    write_file(kept, data)
    return Drafted(
        paper=paper,
        file=file,
        draft=kept,
        lacking=tuple(
            Lacking(
                fingerprint=m,
                unit=desk.called(desk.book.unit_of(m) or ""),
                title=RULES[desk.book.stored[m].rule_id].title,
                missing=proofs[m].missing,
            )
            for m in late
            if proofs[m].missing
        ),
        not_named=not_named,
        warnings=(*_warnings(desk, period, paper, last), FONTS_NOTE),
    )


def _candidates(desk: Desk, period: Period) -> tuple[list[str], tuple[tuple[str, int, str], ...]]:
    """What is overdue, of units that may be named; and the units that may not."""
    found: list[str] = []
    refused: Counter[tuple[str, str]] = Counter()
    for mark, life in desk.book.lives.items():
        if not _late(life) or life.reminded_at is None:
            continue
        if shanghai_day(life.reminded_at) > period.end:
            continue
        unit_id = desk.book.unit_of(mark)
        why = desk.may_name(unit_id)
        if why:
            known = desk.units.get(unit_id or "")
            refused[(known.short if known else "未归属", why)] += 1
        else:
            found.append(mark)
    return found, tuple((unit, n, why) for (unit, why), n in sorted(refused.items()))


def _late(life: Life) -> bool:
    """Overdue and in no circular yet; or told without a date, which then is among what is lacking."""
    if life.circulated_since:
        return False
    timeless = life.state is FindingState.REMINDED and life.deadline is None
    return life.state is FindingState.OVERDUE or timeless


def _named(desk: Desk, marks: Sequence[str], proofs: dict[str, Proofs]) -> tuple[Named, ...]:
    columns = desk.columns_of(marks)
    found = []
    for mark in marks:
        stored, life, proof = desk.book.stored[mark], desk.book.lives[mark], proofs[mark]
        unit_id = desk.book.unit_of(mark)
        if (
            unit_id is None
            or proof.reminded is None
            or proof.deadline is None
            or proof.rechecked is None
        ):
            continue
        found.append(
            Named(
                fingerprint=mark,
                unit_id=unit_id,
                unit=desk.called(unit_id),
                channel=desk.channel(stored.site_id),
                column=columns[mark],
                kind=desk.kind(stored.rule_id),
                description=desk.description(mark),
                url=desk.url(mark),
                found_at=life.first_found,
                basis=desk.basis(mark),
                reminded=proof.reminded,
                reminders=sum(e.kind is EventKind.REMINDED for e in stored.events),
                deadline=proof.deadline,
                rechecked=proof.rechecked,
                recurred=life.times_recurred,
            )
        )
    order = {u.id: i for i, u in enumerate(desk.ws.config.units)}
    return tuple(sorted(found, key=lambda n: (order[n.unit_id], n.kind, n.fingerprint)))


def _figures(desk: Desk, period: Period) -> Figures:
    found: Counter[str] = Counter()
    units: dict[str, set[str]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for mark, life in desk.book.lives.items():
        unit_id = desk.book.unit_of(mark)
        if unit_id is None or desk.may_name(unit_id) or life.certain_since is None:
            continue
        if life.state in (FindingState.REVOKED, FindingState.WAIVED, FindingState.SUSPECTED):
            continue
        events = [e for e in desk.book.stored[mark].events if e.at <= desk.at]
        kinds = Counter(e.kind for e in events if shanghai_day(e.at) in period)
        if shanghai_day(life.certain_since) in period or kinds[EventKind.RECURRED]:
            kind = desk.kind(desk.book.stored[mark].rule_id)
            found[kind] += 1
            units[kind].add(unit_id)
        counts["mended"] += kinds[EventKind.RECTIFIED] > 0
        counts["recurred"] += kinds[EventKind.RECURRED] > 0
        counts["before"] += life.circulated_since and life.state.is_open
        if kinds[EventKind.REMINDED] or kinds[EventKind.NOTICED]:
            counts["reminded"] += 1
            counts["reminded mended"] += life.state is FindingState.RECTIFIED
            counts["reminded late"] += life.overdue(desk.day)
    made = Counter(
        s.kind
        for s in scans.list_scans(desk.ws.engine)
        if s.state in (ScanState.COMPLETE, ScanState.PARTIAL) and shanghai_day(s.as_of) in period
    )
    day = min(period.end, desk.day)
    return Figures(
        scans=tuple((k.words, made[k]) for k in ScanKind if made[k] and k is not ScanKind.RECHECK),
        sites=tuple(s.name for s in desk.ws.config.enabled_sites),
        units=sum(
            u.confirmed and u.group is not UnitGroup.CITY and u.valid_on(day)
            for u in desk.ws.config.units
        ),
        found=dict(found),
        found_units={kind: len(some) for kind, some in units.items()},
        mended=counts["mended"],
        reminded=counts["reminded"],
        reminded_mended=counts["reminded mended"],
        reminded_overdue=counts["reminded late"],
        reminded_running=counts["reminded"] - counts["reminded mended"] - counts["reminded late"],
        recurred=counts["recurred"],
        named_before=counts["before"],
        better=tuple(_better(desk, period)),
    )


def _better(desk: Desk, period: Period) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The best of each group in the period's last scan of all units; none that is overdue."""
    whole = [
        s
        for s in scans.list_scans(desk.ws.engine)
        if s.state is ScanState.COMPLETE
        and shanghai_day(s.as_of) in period
        and scan_units(s) is None
        and s.kind is not ScanKind.RECHECK
    ]
    if not whole:
        return
    last = max(whole, key=lambda s: (s.as_of, s.id))
    made = cards_of(desk.ws, last, desk.ws.standard(last.standard))
    late = {desk.book.unit_of(m) for m, life in desk.book.lives.items() if life.overdue(desk.day)}
    by_group: dict[UnitGroup, list[str]] = defaultdict(list)
    for place in rank(made.values(), desk.ws.config.units):
        score = made[place.unit_id].score_high or 0
        unit = desk.units[place.unit_id]
        if place.rank <= BEST and score >= BETTER and unit.id not in late:
            by_group[place.group].append(unit.short)
    for group, names in by_group.items():
        if len(names) <= 2 * BEST:  # where all are equal nobody is better
            yield group.label, tuple(names)


def _addressee(ws: Workspace) -> str:
    groups = {u.group for u in ws.config.units if u.confirmed}
    place = ws.config.city.name[-1]
    place = place if place in "市县区" else "市"
    parts = [
        words
        for group, words in (
            (UnitGroup.TOWN, "各乡（镇、场、街道）"),
            (UnitGroup.PARTY, f"{place}委有关部门、群团组织"),
            (UnitGroup.DEPARTMENT, f"{place}政府有关部门、单位"),
        )
        if group in groups
    ]
    return "，".join(parts) or "各有关单位"


def _warnings(desk: Desk, period: Period, paper: CircularPaper, mend_by: date) -> Iterable[str]:
    if period.end >= desk.day:
        yield f"{period.label}还没有结束，草稿只到 {desk.day}"
    if not paper.figures.scans:
        yield f"{period.label}没有检测记录，请核对时期"
    yield from unknown_years(desk.ws, {desk.day.year, mend_by.year})


def _as_json(ws: Workspace, paper: CircularPaper) -> bytes:
    content = {
        "schema": SCHEMA,
        "period": paper.period,
        "title": paper.title,
        "day": paper.day.isoformat(),
        "mend_by": paper.mend_by.isoformat(),
        "made_at": paper.made_at.isoformat(),
        "actor": ws.actor,
        "findings": [
            {
                "fingerprint": n.fingerprint,
                "unit": n.unit_id,
                "called": n.unit,
                "reminded": n.reminded.isoformat(),
                "deadline": n.deadline.isoformat(),
                "rechecked": n.rechecked.isoformat(),
            }
            for n in paper.named
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


# --- confirming -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    schema: str
    period: str
    title: str
    day: date
    mend_by: date
    findings: tuple[tuple[str, str, str, date], ...]
    """Fingerprint, unit's id, how it is called, and the deadline that was missed."""
    digest: str


def _load(ws: Workspace, period: Period) -> _Draft:
    path = ws.settings.data / "circulars" / f"{period.key}.json"
    try:
        data = path.read_bytes()
    except OSError:
        raise UsageError(
            f"没有{period.label}的通报草稿：请先 xunjian circular --period {period.key} 起草"
        ) from None
    broken = f"通报草稿 {path} 读不出来，可能被改动过：请重新起草"
    try:
        content: dict[str, Any] = json.loads(data)
        read = _Draft(
            schema=content["schema"],
            period=content["period"],
            title=str(content["title"]),
            day=date.fromisoformat(content["day"]),
            mend_by=date.fromisoformat(content["mend_by"]),
            findings=tuple(
                (
                    str(f["fingerprint"]),
                    str(f["unit"]),
                    str(f["called"]),
                    date.fromisoformat(f["deadline"]),
                )
                for f in content["findings"]
            ),
            digest=hashlib.sha256(data).hexdigest(),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(broken) from None
    if (read.schema, read.period) != (SCHEMA, period.key):
        raise UsageError(broken)
    return read


def confirm(
    ws: Workspace,
    period: Period,
    number: str,
    *,
    now: datetime,
    issued_on: date | None = None,
    mend_by: date | None = None,
) -> Confirmed:
    """The draft of the period was issued under ``number``: mark its findings 已通报.

    ``issued_on``: 成文日期, today by default. Findings that have changed since the draft are left
    out. Confirming the same again changes nothing. Raises ``UsageError``.
    """
    must_not_be_trial(ws)
    written = _number(number)
    plan = _load(ws, period)
    known = store.issued(ws.engine)
    same = next((c for c in known if c.number == str(written)), None)
    if same is not None and same.file == plan.digest:
        return Confirmed(
            number=same.number,
            title=same.title,
            issued_on=same.issued_on,
            marked=len(same.findings),
            units=len(same.units),
            left_out=(),
            already=True,
        )
    if same is not None:
        raise UsageError(f"发文字号 {written} 已经登记给“{same.title}”：请核对字号")
    twice = next((c for c in known if c.file == plan.digest), None)
    if twice is not None:
        raise UsageError(f"这份草稿已经按 {twice.number} 登记过：要另发通报，请重新起草")
    desk = Desk(ws, now)
    day = issued_on or desk.day
    _must_fit(written, day, plan, desk.day, mend_by)
    at = desk.at if day == desk.day else end_of_day(day)
    marked, left_out = _still(desk, plan, at)
    if plan.findings and not marked:
        raise UsageError("草稿点名的问题都已变化（整改、申诉等），没有可通报的：请重新起草")
    until = (mend_by or plan.mend_by).isoformat()
    events = [
        (
            mark,
            Event(
                kind=EventKind.CIRCULATED,
                at=at,
                recorded_at=now,
                scan_id=None,
                actor=ws.actor,
                reason=f"{plan.title}（{written}）",
                data={"number": str(written), "deadline": until},
            ),
        )
        for mark, _ in marked
    ]
    units = list(dict.fromkeys(unit for _, unit in marked))
    try:
        store.issue(
            ws.engine,
            period=period.key,
            number=str(written),
            title=plan.title,
            issued_on=day,
            recorded_at=now,
            actor=ws.actor,
            note={
                "units": units,
                "findings": [mark for mark, _ in marked],
                "file": plan.digest,
                "left_out": [mark for mark, _, _ in left_out],
            },
            events=events,
        )
    except CircularKnown as error:
        raise UsageError(str(error)) from None
    return Confirmed(
        number=str(written),
        title=plan.title,
        issued_on=day,
        marked=len(marked),
        units=len(units),
        left_out=tuple(left_out),
    )


def _number(text: str) -> DocumentNumber:
    try:
        return DocumentNumber.parse(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _must_fit(
    number: DocumentNumber, day: date, plan: _Draft, today: date, mend_by: date | None
) -> None:
    if day > today:
        raise UsageError(f"--date {day} 还没有到：成文日期不能在今天（{today}）以后")
    if day < plan.day:
        raise UsageError(f"--date {day} 早于起草日 {plan.day}：请核对，或重新起草")
    if number.year != day.year:
        raise UsageError(
            f"发文字号 {number} 的年份与成文日期 {day} 不是同一年：请核对字号，或用 --date 写明成文日期"
        )
    if mend_by is not None and mend_by <= day:
        raise UsageError(f"--deadline {mend_by} 要在成文日期（{day}）以后")


def _still(
    desk: Desk, plan: _Draft, at: datetime
) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
    """Which of the draft's findings stand as they did, at the circular's instant and today."""
    marked: list[tuple[str, str]] = []
    left_out: list[tuple[str, str, str]] = []
    for mark, unit, called, deadline in plan.findings:
        stored = desk.book.stored.get(mark)
        lives = [fold(stored.events, instant) for instant in (at, desk.at)] if stored else [None]
        why = next((w for life in lives if (w := _changed(life, deadline))), "")
        if not why and desk.book.unit_of(mark) != unit:
            why = "归属单位已变"
        why = why or desk.may_name(unit)
        if why:
            left_out.append((mark, called, why))
        else:
            marked.append((mark, unit))
    return marked, left_out


def _changed(life: Life | None, deadline: date) -> str:
    if life is None:
        return "已不在问题清单里"
    if life.state is not FindingState.OVERDUE:
        return f"现在是“{life.state.label}”"
    if life.circulated_since:
        return "已经通报过"
    return "" if life.deadline == deadline else "整改期限已变"


# --- the list -------------------------------------------------------------------------------------


def circulars(ws: Workspace, *, now: datetime) -> CircularsView:
    """The circulars that were issued, the newest first."""
    names = {u.id: u.short for u in ws.config.units}
    state = ledger.open_state(ws.engine)

    def stands(mark: str) -> bool:
        stored = state.get(mark)
        life = fold(stored.events, max([now, *(e.at for e in stored.events)])) if stored else None
        return life is not None and life.state.is_open

    return CircularsView(
        tuple(
            CircularLine(
                number=c.number,
                title=c.title,
                period=c.period,
                issued_on=c.issued_on,
                units=tuple((u, names.get(u, u)) for u in c.units),
                findings=c.findings,
                standing=sum(stands(mark) for mark in c.findings),
                actor=c.actor,
                recorded_at=c.recorded_at,
            )
            for c in store.issued(ws.engine)
        )
    )
