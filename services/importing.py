"""Taking in another inspector's workbook: third party (第三方检测), province, prefecture (设区市).

Rows that are one of our findings are noted there; the others become findings of the same life. A
row that cannot be read is kept and told, and the rest is taken in. All of it in one transaction.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from checks.byhand import identity
from checks.inspected import SheetReading, SheetRow, kinds_of, read_sheet, same_words
from checks.life import Event, EventKind
from checks.model import Finding, Scope, Subject, fingerprint
from config.grids import read_grids
from config.inspection_words import InspectedKind, InspectionLexicon, inspections
from reports.inspections import ImportedRow, ImportView
from scorecards.agreement import SOURCES
from scorecards.life import FindingState, fold
from scorecards.periods import Period
from services.matching import Match, Ours
from services.placing import Place, Places, address_in, known_spellings
from services.workspace import UsageError, Workspace, end_of_day, shanghai_day
from storage import findings as ledger
from storage import inspections as kept
from storage.findings import StoredFinding
from storage.inspections import AGAIN, NEW, UNREAD, Inspected, Inspection
from storage.models import SubjectKind
from storage.types import key64

WITHDRAWN = (FindingState.REVOKED, FindingState.WAIVED)


@dataclass(slots=True)
class _Batch:
    """What one workbook will write."""

    source: str
    file: str
    now: datetime
    actor: str
    rows: list[Inspected] = field(default_factory=list)
    new: dict[str, tuple[Finding, Event]] = field(default_factory=dict)
    noted: dict[str, Event] = field(default_factory=dict)
    contested: set[str] = field(default_factory=set)
    """Of ours that a person took back or waived: someone should look again."""


def take_in(
    ws: Workspace,
    source: str,
    path: Path,
    *,
    period: str | None = None,
    day: date | None = None,
    dry_run: bool = False,
) -> ImportView:
    """Import one workbook. ``day``: of rows that name none. Idempotent by file and by row.

    Raises ``ConfigError`` for what is no readable workbook and ``UsageError`` for a period or a day
    that is missing or wrong.
    """
    lexicon = inspections()
    now = ws.now()
    today = shanghai_day(now)
    span = _period(period)
    if day is not None and day > today:
        raise UsageError(f"--date {day} 晚于今天：请核对")
    ws.config  # noqa: B018  (a wrong --config is told before a wrong file)
    grids = read_grids(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    earlier = kept.find(ws.engine, source, digest)
    year = span.start.year if span else day.year if day else None
    readings = [read_sheet(grid, lexicon, year) for grid in grids]
    read = [row for reading in readings for row in reading.rows]
    if not read:
        raise UsageError(_nothing(path, readings))
    last = _last_day(read, day, today)
    batch = _Batch(source, path.name, now, ws.actor)
    again: set[tuple[str, int]] = set()
    told: list[Inspected] = []
    if earlier is not None:
        told = kept.rows(ws.engine, [earlier.id])[earlier.id]
        again = {(r.sheet, r.row) for r in told if r.match != UNREAD}
        read = [row for row in read if (row.sheet, row.number) not in again]
    _judge_rows(ws, batch, read, lexicon, last, today)
    shown = batch.rows
    if earlier is not None:
        # Only what could not be read before, and now can, is new.
        batch.rows = [r for r in batch.rows if r.match != UNREAD]
        current = {(r.sheet, r.row): r for r in (*told, *batch.rows)}
        shown = [current[place] for place in sorted(current)]
    inspection = Inspection(
        id=earlier.id if earlier else 0,
        source=source,
        digest=digest,
        file=path.name,
        period=earlier.period if earlier else (span.key if span else _period_of(last, source)),
        at=earlier.at if earlier else min(end_of_day(last), now),
        recorded_at=earlier.recorded_at if earlier else now,
        actor=earlier.actor if earlier else ws.actor,
        note={
            "counts": dict(sorted(Counter(r.match for r in shown).items())),
            "skipped": {r.name: r.skipped for r in readings if r.skipped},
        },
    )
    if not dry_run and (earlier is None or batch.rows):
        try:
            kept.keep(
                ws.engine,
                inspection,
                batch.rows,
                list(batch.new.values()),
                list(batch.noted.items()),
            )
        except IntegrityError as error:
            raise UsageError(f"{path.name} 正由另一个程序导入：请稍后用同一命令核对") from error
    return _view(ws, inspection, shown, readings, batch, earlier, dry_run)


def _period(text: str | None) -> Period | None:
    if text is None:
        return None
    try:
        return Period.parse(text)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _period_of(day: date, source: str) -> str:
    """A third party reports every other month, the superiors every quarter."""
    if source == "third-party":
        return Period.month(day.year, day.month).key
    return Period.quarter(day.year, (day.month + 2) // 3).key


def _nothing(path: Path, readings: Sequence[SheetReading]) -> str:
    lines = [f"{path.name} 里没有读到一行问题"]
    lines += [f"工作表“{r.name}”：{r.skipped or '表头下面没有内容'}" for r in readings[:20]]
    lines.append("请核对文件；表头的叫法见 config/lexicon/inspections.yaml")
    return "\n".join(lines)


def _last_day(rows: Sequence[SheetRow], day: date | None, today: date) -> date:
    """The inspection's day: as the caller says, else the latest that a row names."""
    if day is not None:
        return day
    days = [r.found_on for r in rows if r.found_on is not None and r.found_on <= today]
    if not days:
        raise UsageError("工作簿里没有读得出的检查时间：请加 --date 2018-06-04 写明检查的日子")
    return max(days)


def row_digest(row: SheetRow, day: date) -> str:
    """What a row says, whichever file and line it stands in."""
    parts = (row.unit, row.site, row.column, row.url, row.kind, row.description, day.isoformat())
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def _judge_rows(
    ws: Workspace,
    batch: _Batch,
    read: Sequence[SheetRow],
    lexicon: InspectionLexicon,
    last: date,
    today: date,
) -> None:
    if not read:
        return
    urls = {u for r in read for t in (r.url, r.description) if (u := address_in(t)) is not None}
    places = Places(
        ws.config,
        kept.addresses(ws.engine, known_spellings(urls)),
        kept.column_addresses(ws.engine),
    )
    stored = ledger.open_state(ws.engine)
    pages = {f.subject_key for f in stored.values() if f.scope is Scope.PAGE}
    ours = Ours(stored, ledger.last_sightings(ws.engine), kept.columns_of_pages(ws.engine, pages))
    seen = _said_before(ws, batch.source)
    for row in read:
        day = row.found_on or last
        problems = list(row.problems)
        if day > today:
            problems.append(f"检查时间 {day} 晚于今天")
        place = Place()
        if not problems:
            place = places.place(row, day)
            if place.problem:
                problems.append(place.problem)
        mark = row_digest(row, day)
        kinds = kinds_of(row.kind, row.description, lexicon)
        made = _inspected(row, place, row.found_on if problems else day, mark, kinds)
        if problems:
            batch.rows.append(replace(made, match=UNREAD, problem="；".join(problems)))
            continue
        if mark in seen:
            batch.rows.append(
                replace(made, match=AGAIN, fingerprint=seen[mark][0], rule_id=seen[mark][1])
            )
            continue
        at = min(end_of_day(day), batch.now)
        match = ours.match(kinds, place, at)
        if match is not None:
            made = _note(batch, made, match, at)
        else:
            made = _enter(batch, made, place, row.column, kinds, lexicon, stored, at)
        seen[mark] = (made.fingerprint, made.rule_id)
        batch.rows.append(made)


def _said_before(ws: Workspace, source: str) -> dict[str, tuple[str | None, str | None]]:
    """Digest of every row that this source has said → the finding and the rule."""
    ids = [i.id for i in kept.inspections(ws.engine, [source])]
    return {
        str(r.cells.get("digest")): (r.fingerprint, r.rule_id)
        for rows in kept.rows(ws.engine, ids).values()
        for r in rows
        if r.match != UNREAD
    }


def _inspected(
    row: SheetRow, place: Place, day: date | None, mark: str, kinds: Sequence[InspectedKind]
) -> Inspected:
    return Inspected(
        sheet=row.sheet,
        row=row.number,
        unit_id=place.unit.id if place.unit else None,
        site_id=place.site.id if place.site else None,
        column_key=place.column.key if place.column else None,
        rule_id=None,
        url=place.url,
        description=row.description,
        found_on=day,
        fingerprint=None,
        match=UNREAD,
        cells={"digest": mark, "kinds": [k.id for k in kinds], "as_read": dict(row.cells)},
    )


def _origin(batch: _Batch, row: Inspected) -> str:
    return f"{batch.file} 工作表“{row.sheet}”第 {row.row} 行"


def _note(batch: _Batch, row: Inspected, match: Match, at: datetime) -> Inspected:
    if match.state in WITHDRAWN:
        batch.contested.add(match.fingerprint)
    among = f"；同栏目同类问题有 {match.among} 个，记在最早的一个上" if match.among > 1 else ""
    if match.fingerprint not in batch.noted:
        batch.noted[match.fingerprint] = _event(
            batch,
            EventKind.NOTED,
            at,
            f"{SOURCES[batch.source]}也指出：{row.description[:200]}（{_origin(batch, row)}）",
            row,
        )
    return replace(
        row,
        fingerprint=match.fingerprint,
        rule_id=match.rule_id,
        match=match.how,
        problem=among.strip("；"),
    )


def _enter(
    batch: _Batch,
    row: Inspected,
    place: Place,
    column_text: str,
    kinds: Sequence[InspectedKind],
    lexicon: InspectionLexicon,
    stored: Mapping[str, StoredFinding],
    at: datetime,
) -> Inspected:
    """A row that is none of our findings: it becomes one, or is one that was recorded before."""
    kind = kinds[0] if kinds else None
    rule_id = kind.hand if kind else lexicon.otherwise
    subject = _subject(place, kind)
    named = column_text if place.column is None else ""
    message = f"栏目“{named}”：{row.description}" if named else row.description
    url = None if subject.scope is Scope.PAGE else place.url
    what = identity(rule_id, subject.scope, same_words(message), url)
    mark = fingerprint(rule_id, subject.key, what)
    row = replace(
        row,
        fingerprint=mark,
        rule_id=kind.rules[0] if kind and kind.rules else rule_id,
        match=NEW,
    )
    if mark in batch.new or mark in batch.noted:
        return row
    known = stored.get(mark)
    life = fold(known.events, at) if known else None
    reason = f"{SOURCES[batch.source]}指出（{_origin(batch, row)}）"
    if life is not None and life.state is not FindingState.RECTIFIED:
        if life.state in WITHDRAWN:
            batch.contested.add(mark)
        batch.noted[mark] = _event(batch, EventKind.NOTED, at, reason, row)
        return row
    finding = Finding(
        fingerprint=mark,
        rule_id=rule_id,
        subject=subject,
        what=what,
        message=message,
        path="",
        snippet="",
        url=place.url,
        suspected=False,
        evidence=None,
    )
    event = EventKind.RECURRED if life is not None else EventKind.FOUND
    batch.new[mark] = (finding, _event(batch, event, at, reason, row))
    return row


def _subject(place: Place, kind: InspectedKind | None) -> Subject:
    """What a row is about: the page at its address, else its column, else the unit."""
    if place.unit is None or place.site is None:
        raise UsageError("配置里没有启用的网站：请在 sites.yaml 里写上")
    unit, site, column = place.unit, place.site, place.column
    if column is not None and (place.url is None or (kind is not None and kind.whole)):
        path = f"{column.group} > {column.name}" if column.group else column.name
        return Subject(
            scope=Scope.COLUMN,
            key=column.key,
            site_id=column.site_id,
            unit_id=unit.id,
            title=path,
            url=column.url or place.url,
        )
    if place.url is not None and not (kind is not None and kind.whole):
        page = place.page
        return Subject(
            scope=Scope.PAGE,
            key=page.key if page else f"page:{key64(SubjectKind.PAGE, place.url)}",
            site_id=page.site_id if page else site.id,
            unit_id=unit.id,
            title=(page.title if page else "") or place.url,
            url=place.url,
        )
    return Subject(
        scope=Scope.UNIT,
        key=unit.id,
        site_id=site.id,
        unit_id=unit.id,
        title=unit.short,
        url=place.url,
    )


def _event(batch: _Batch, kind: EventKind, at: datetime, reason: str, row: Inspected) -> Event:
    data: dict[str, object] = {"source": batch.source, "row": row.cells["digest"]}
    if kind is not EventKind.NOTED:
        data |= {"evidence": None, "suspected": False, "snippet": ""}
    return Event(
        kind=kind,
        at=at,
        recorded_at=batch.now,
        scan_id=None,
        actor=batch.actor,
        reason=reason,
        data=data,
    )


def _view(
    ws: Workspace,
    inspection: Inspection,
    rows: Iterable[Inspected],
    readings: Sequence[SheetReading],
    batch: _Batch,
    earlier: Inspection | None,
    dry_run: bool,
) -> ImportView:
    units = {u.id: u.short for u in ws.config.units}
    columns = {
        c.key: c.name
        for site in ws.config.sites
        for c in ws.config.expected_columns(site.id, shanghai_day(inspection.at))
    }
    return ImportView(
        source=inspection.source,
        file=inspection.file,
        period=inspection.period,
        at=inspection.at,
        dry_run=dry_run,
        earlier=earlier.recorded_at if earlier else None,
        changed=len(batch.rows),
        skipped=tuple((r.name, r.skipped) for r in readings if r.skipped),
        contested=tuple(sorted(batch.contested)),
        rows=tuple(
            ImportedRow(
                sheet=r.sheet,
                row=r.row,
                unit_id=r.unit_id,
                unit_short=units.get(r.unit_id or "", ""),
                column_key=r.column_key,
                column=columns.get(r.column_key or "", ""),
                rule_id=r.rule_id,
                description=r.description,
                url=r.url,
                found_on=r.found_on,
                match=r.match,
                fingerprint=r.fingerprint,
                problem=r.problem,
            )
            for r in rows
        ),
    )
