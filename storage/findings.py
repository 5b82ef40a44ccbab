"""Findings, how each scan saw them, the log of their lives, and what else a judging said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select

from checks.facts import Missing
from checks.life import Event
from checks.model import Finding, Scope, Subject
from storage.db import StorageError, reading, writing
from storage.insert import insert_new, parts
from storage.models import (
    CoverageRow,
    EventRow,
    FindingRow,
    ScanRow,
    SightingRow,
    TallyRow,
    VerdictKind,
    VerdictRow,
)
from storage.regime_tables import RecordRow

_FINDING = (
    FindingRow.id,
    FindingRow.fingerprint,
    FindingRow.rule_id,
    FindingRow.scope,
    FindingRow.subject_key,
    FindingRow.site_id,
    FindingRow.what,
    FindingRow.first_scan,
    FindingRow.first_seen,
)
RECORDED = 0
"""The scan of a sighting that is none, but a record."""
SOME = 11
"""As many findings as a prefix may name before it is called ambiguous, and one."""
_IDENTITY = ("fingerprint", "rule_id", "scope", "subject_key", "site_id", "what")


class FindingUnknown(StorageError):
    pass


class FindingAmbiguous(StorageError):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFinding:
    """A problem with its history."""

    id: int
    fingerprint: str
    rule_id: str
    scope: Scope
    subject_key: str
    site_id: str
    what: str
    first_scan: int | None
    """``None``: a person recorded it."""
    first_seen: datetime
    events: tuple[Event, ...]
    """In order of the instant they refer to, then of recording."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A finding as one scan saw it."""

    scan_id: int
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An outcome that is neither plainly fine nor a certain finding."""

    rule_id: str
    subject: Subject
    kind: VerdictKind
    reason: str
    code: Missing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many subjects of a unit fared how under one rule."""

    unit_id: str | None
    """``None``: not attributed."""
    site_id: str
    rule_id: str
    fine: int = 0
    finding: int = 0
    suspected: int = 0
    not_applicable: int = 0
    unverified: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Subjects of a unit in one scan."""

    unit_id: str | None
    applicable: int
    verified: int
    not_reached: int


def record(
    engine: Engine,
    scan_id: int,
    *,
    findings: Iterable[Finding],
    events: Iterable[tuple[str, Event]] = (),
    verdicts: Iterable[Verdict] = (),
    tallies: Iterable[Tally] = (),
    coverage: Iterable[Coverage] = (),
) -> None:
    """Keep what judging a scan said, in one transaction.

    Judging the scan again replaces its sightings, verdicts, tallies and coverage; an event (named
    by its finding's fingerprint) that the same scan has given already is not given twice.
    """
    seen = {finding.fingerprint: finding for finding in findings}
    log = list(events)
    with writing(engine) as connection:
        as_of = connection.execute(select(ScanRow.as_of).where(ScanRow.id == scan_id)).scalar_one()
        insert_new(
            connection,
            FindingRow.__table__,
            [_finding_row(finding, scan_id, as_of) for finding in seen.values()],
        )
        ids = _ids(connection, {*seen, *(fingerprint for fingerprint, _ in log)})
        for table in (SightingRow, VerdictRow, TallyRow, CoverageRow):
            connection.execute(delete(table).where(table.scan_id == scan_id))
        insert_new(
            connection,
            SightingRow.__table__,
            [_sighting_row(finding, scan_id, ids) for finding in seen.values()],
        )
        insert_new(
            connection,
            EventRow.__table__,
            [_event_row(event, ids[fingerprint]) for fingerprint, event in log],
        )
        insert_new(connection, VerdictRow.__table__, [_verdict_row(v, scan_id) for v in verdicts])
        insert_new(
            connection,
            TallyRow.__table__,
            [
                {
                    "scan_id": scan_id,
                    "unit_id": tally.unit_id or "",
                    "site_id": tally.site_id,
                    "rule_id": tally.rule_id,
                    "fine": tally.fine,
                    "finding": tally.finding,
                    "suspected": tally.suspected,
                    "not_applicable": tally.not_applicable,
                    "unverified": tally.unverified,
                }
                for tally in tallies
            ],
        )
        insert_new(
            connection,
            CoverageRow.__table__,
            [
                {
                    "scan_id": scan_id,
                    "unit_id": part.unit_id or "",
                    "applicable": part.applicable,
                    "verified": part.verified,
                    "not_reached": part.not_reached,
                }
                for part in coverage
            ],
        )


def add_finding(engine: Engine, finding: Finding, event: Event, source: str = "hand") -> None:
    """A person, or another inspector (``source``), records a finding; known already, it only gains
    the event. What was recorded stands in for a sighting as long as no scan has seen it."""
    with writing(engine) as connection:
        append(connection, [(finding, event)], [], source)


def append(
    connection: Connection,
    new: Sequence[tuple[Finding, Event]],
    noted: Sequence[tuple[str, Event]],
    source: str,
    also: Iterable[str] = (),
) -> dict[str, int]:
    """Record many findings at once as ``add_finding`` does, and events of known ones by
    fingerprint; gives the numbers of them all, and of those in ``also``. Raises ``KeyError`` for
    an unknown fingerprint among ``noted``."""
    rows = [_finding_row(finding, None, event.at) for finding, event in new]
    insert_new(connection, FindingRow.__table__, rows)
    ids = _ids(connection, {*(f.fingerprint for f, _ in new), *(m for m, _ in noted), *also})
    records = [
        {
            "finding_id": ids[finding.fingerprint],
            "unit_id": finding.subject.unit_id,
            "source": source,
            "message": finding.message,
            "url": finding.url or finding.subject.url,
            "title": finding.subject.title,
            "snippet": finding.snippet,
            "evidence": finding.evidence,
            "at": event.at,
            "recorded_at": event.recorded_at,
            "actor": event.actor,
        }
        for finding, event in new
    ]
    insert_new(connection, RecordRow.__table__, records)
    log = [_event_row(event, ids[finding.fingerprint]) for finding, event in new]
    log += [_event_row(event, ids[mark]) for mark, event in noted]
    insert_new(connection, EventRow.__table__, log)
    return ids


def marks(engine: Engine) -> dict[int, str]:
    """Every finding's fingerprint by its number."""
    with reading(engine) as connection:
        return {
            row.id: row.fingerprint
            for row in connection.execute(select(FindingRow.id, FindingRow.fingerprint))
        }


def sources(engine: Engine) -> dict[str, str]:
    """By fingerprint, of the findings that were recorded and not first seen by a scan: by whom
    (``hand``, ``third-party``, ``province``, ``prefecture``)."""
    query = select(FindingRow.fingerprint, RecordRow.source).join(
        FindingRow, FindingRow.id == RecordRow.finding_id
    )
    with reading(engine) as connection:
        return {row.fingerprint: row.source for row in connection.execute(query)}


def add_event(engine: Engine, fingerprint: str, event: Event) -> None:
    """Append to a finding's log. Raises ``FindingUnknown``."""
    with writing(engine) as connection:
        ids = _ids(connection, {fingerprint})
        if fingerprint not in ids:
            raise FindingUnknown(f"没有编号为 {fingerprint} 的问题。")
        connection.execute(insert(EventRow), [_event_row(event, ids[fingerprint])])


def append_events(connection: Connection, events: Iterable[tuple[str, Event]]) -> None:
    """Append to the logs of several findings within a transaction. Raises ``FindingUnknown``."""
    log = list(events)
    ids = _ids(connection, {fingerprint for fingerprint, _ in log})
    for fingerprint, _ in log:
        if fingerprint not in ids:
            raise FindingUnknown(f"没有编号为 {fingerprint} 的问题。")
    if log:
        connection.execute(insert(EventRow), [_event_row(e, ids[mark]) for mark, e in log])


def add_events(engine: Engine, events: Iterable[tuple[str, Event]]) -> None:
    """Append to the logs of several findings, all or nothing. Raises ``FindingUnknown``."""
    with writing(engine) as connection:
        append_events(connection, events)


def open_state(engine: Engine) -> dict[str, StoredFinding]:
    """Every finding with its log, by fingerprint, in order of first sight."""
    with reading(engine) as connection:
        return _with_events(connection, select(*_FINDING))


def find(engine: Engine, prefix: str) -> StoredFinding:
    """The finding whose fingerprint begins with ``prefix`` (at least 6 hexadecimal characters).

    Raises ``FindingUnknown`` or ``FindingAmbiguous``.
    """
    prefix = prefix.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{6,32}", prefix):
        raise FindingUnknown(f"“{prefix}”不是问题编号：请给出编号开头的至少6位（0–9、a–f）。")
    query = select(*_FINDING).where(FindingRow.fingerprint.startswith(prefix)).limit(SOME)
    with reading(engine) as connection:
        found = _with_events(connection, query)
    if not found:
        raise FindingUnknown(
            f"没有编号以 {prefix} 开头的问题。请用 xunjian findings 查看本市台账里的编号；"
            "按其他检查标准检查出来的，见 xunjian audit --format csv。"
        )
    if len(found) > 1:
        some = "、".join(sorted(found)[: SOME - 1])
        raise FindingAmbiguous(f"有多个问题的编号以 {prefix} 开头，请多写几位：{some}")
    return next(iter(found.values()))


def sightings(engine: Engine, scan_id: int) -> list[Finding]:
    """The findings as this scan saw them, in order of fingerprint."""
    query = _sighted().where(SightingRow.scan_id == scan_id)
    with reading(engine) as connection:
        found = [_finding(row) for row in connection.execute(query)]
    return sorted(found, key=lambda finding: finding.fingerprint)


def last_sightings(
    engine: Engine, fingerprints: Iterable[str] | None = None, until: datetime | None = None
) -> dict[str, Sighting]:
    """How each finding (all, or those named) was last seen by a scan as of ``until`` or before;
    what only a person or another inspector has recorded so far, as it was recorded (scan 0)."""
    newest = select(
        SightingRow.scan_id,
        SightingRow.finding_id,
        func.row_number()
        .over(
            partition_by=SightingRow.finding_id,
            order_by=(ScanRow.as_of.desc(), ScanRow.id.desc()),
        )
        .label("place"),
    ).join(ScanRow, ScanRow.id == SightingRow.scan_id)
    if until is not None:
        newest = newest.where(ScanRow.as_of <= until)
    found: dict[str, Sighting] = {}
    with reading(engine) as connection:
        for ids in _id_parts(connection, fingerprints):
            some = newest if ids is None else newest.where(SightingRow.finding_id.in_(ids))
            top = some.subquery()
            query = _sighted().join(
                top,
                (top.c.scan_id == SightingRow.scan_id)
                & (top.c.finding_id == SightingRow.finding_id)
                & (top.c.place == 1),
            )
            for row in connection.execute(query):
                found[row.fingerprint] = Sighting(row.scan_id, _finding(row))
            recorded = _recorded()
            if ids is not None:
                recorded = recorded.where(RecordRow.finding_id.in_(ids))
            if until is not None:
                recorded = recorded.where(RecordRow.at <= until)
            for row in connection.execute(recorded):
                found.setdefault(row.fingerprint, Sighting(RECORDED, _recorded_finding(row)))
    return found


def verdicts(engine: Engine, scan_id: int) -> list[Verdict]:
    """In order of rule, scope and subject."""
    query = select(VerdictRow).where(VerdictRow.scan_id == scan_id)
    with reading(engine) as connection:
        found = [
            Verdict(
                rule_id=row.rule_id,
                subject=Subject(
                    scope=row.scope,
                    key=row.subject_key,
                    site_id=row.site_id,
                    unit_id=row.unit_id,
                    title=row.title,
                    url=row.url,
                ),
                kind=row.kind,
                reason=row.reason,
                code=row.code,
            )
            for row in connection.execute(query)
        ]
    return sorted(found, key=lambda v: (v.rule_id, v.subject.scope, v.subject.key, v.kind))


def tallies(engine: Engine, scan_id: int) -> list[Tally]:
    """In order of unit, site and rule."""
    query = select(TallyRow).where(TallyRow.scan_id == scan_id)
    with reading(engine) as connection:
        found = [
            Tally(
                unit_id=row.unit_id or None,
                site_id=row.site_id,
                rule_id=row.rule_id,
                fine=row.fine,
                finding=row.finding,
                suspected=row.suspected,
                not_applicable=row.not_applicable,
                unverified=row.unverified,
            )
            for row in connection.execute(query)
        ]
    return sorted(found, key=lambda tally: (tally.unit_id or "", tally.site_id, tally.rule_id))


def coverage(engine: Engine, scan_id: int) -> dict[str | None, Coverage]:
    """By unit; ``None``: what is not attributed."""
    query = select(CoverageRow).where(CoverageRow.scan_id == scan_id)
    with reading(engine) as connection:
        return {
            row.unit_id or None: Coverage(
                unit_id=row.unit_id or None,
                applicable=row.applicable,
                verified=row.verified,
                not_reached=row.not_reached,
            )
            for row in connection.execute(query)
        }


def _ids(connection: Connection, fingerprints: Iterable[str]) -> dict[str, int]:
    columns = select(FindingRow.fingerprint, FindingRow.id)
    return {
        row.fingerprint: row.id
        for part in parts(sorted(fingerprints))
        for row in connection.execute(columns.where(FindingRow.fingerprint.in_(part)))
    }


def _id_parts(
    connection: Connection, fingerprints: Iterable[str] | None
) -> Iterable[list[int] | None]:
    if fingerprints is None:
        return [None]
    return [list(part) for part in parts(sorted(_ids(connection, fingerprints).values()))]


def _with_events(connection: Connection, query: Any) -> dict[str, StoredFinding]:
    rows = connection.execute(query.order_by(FindingRow.id)).all()
    logs: dict[int, list[Event]] = {row[0]: [] for row in rows}
    log = select(
        EventRow.finding_id,
        EventRow.kind,
        EventRow.at,
        EventRow.recorded_at,
        EventRow.scan_id,
        EventRow.actor,
        EventRow.reason,
        EventRow.data,
    ).order_by(EventRow.at, EventRow.recorded_at, EventRow.id)
    if len(rows) <= SOME:
        log = log.where(EventRow.finding_id.in_(list(logs)))
    for finding_id, kind, at, recorded_at, scan_id, actor, reason, data in connection.execute(log):
        logs[finding_id].append(
            Event(
                kind=kind,
                at=at,
                recorded_at=recorded_at,
                scan_id=scan_id,
                actor=actor,
                reason=reason,
                data=data,
            )
        )
    return {
        row[1]: StoredFinding(
            id=row[0],
            fingerprint=row[1],
            rule_id=row[2],
            scope=row[3],
            subject_key=row[4],
            site_id=row[5],
            what=row[6],
            first_scan=row[7],
            first_seen=row[8],
            events=tuple(logs[row[0]]),
        )
        for row in rows
    }


def _sighted() -> Select[Any]:
    finding = FindingRow.__table__.c
    return select(
        *SightingRow.__table__.c,
        *(finding[name] for name in _IDENTITY),
    ).join(FindingRow, FindingRow.id == SightingRow.finding_id)


def _recorded() -> Select[Any]:
    finding = FindingRow.__table__.c
    return select(*RecordRow.__table__.c, *(finding[name] for name in _IDENTITY)).join(
        FindingRow, FindingRow.id == RecordRow.finding_id
    )


def _recorded_finding(row: Any) -> Finding:
    return Finding(
        fingerprint=row.fingerprint,
        rule_id=row.rule_id,
        subject=Subject(
            scope=row.scope,
            key=row.subject_key,
            site_id=row.site_id,
            unit_id=row.unit_id,
            title=row.title,
            url=row.url,
        ),
        what=row.what,
        message=row.message,
        path="",
        snippet=row.snippet,
        url=row.url,
        suspected=False,
        evidence=row.evidence,
    )


def _finding(row: Any) -> Finding:
    return Finding(
        fingerprint=row.fingerprint,
        rule_id=row.rule_id,
        subject=Subject(
            scope=row.scope,
            key=row.subject_key,
            site_id=row.site_id,
            unit_id=row.unit_id,
            title=row.title,
            url=row.subject_url,
        ),
        what=row.what,
        message=row.message,
        path=row.path,
        snippet=row.snippet,
        url=row.url,
        suspected=row.suspected,
        evidence=row.evidence,
        in_body=row.in_body,
        pages=row.pages,
    )


def _finding_row(finding: Finding, scan_id: int | None, first_seen: datetime) -> dict[str, Any]:
    return {
        "fingerprint": finding.fingerprint,
        "rule_id": finding.rule_id,
        "scope": finding.subject.scope,
        "subject_key": finding.subject.key,
        "site_id": finding.subject.site_id,
        "what": finding.what,
        "first_scan": scan_id,
        "first_seen": first_seen,
    }


def _sighting_row(finding: Finding, scan_id: int, ids: dict[str, int]) -> dict[str, Any]:
    return {
        "scan_id": scan_id,
        "finding_id": ids[finding.fingerprint],
        "unit_id": finding.subject.unit_id,
        "suspected": finding.suspected,
        "message": finding.message,
        "path": finding.path,
        "snippet": finding.snippet,
        "url": finding.url,
        "title": finding.subject.title,
        "subject_url": finding.subject.url,
        "evidence": finding.evidence,
        "in_body": finding.in_body,
        "pages": finding.pages,
    }


def _event_row(event: Event, finding_id: int) -> dict[str, Any]:
    return {
        "finding_id": finding_id,
        "kind": event.kind,
        "at": event.at,
        "recorded_at": event.recorded_at,
        "scan_id": event.scan_id,
        "actor": event.actor,
        "reason": event.reason,
        "data": dict(event.data),
    }


def _verdict_row(verdict: Verdict, scan_id: int) -> dict[str, Any]:
    return {
        "scan_id": scan_id,
        "rule_id": verdict.rule_id,
        "scope": verdict.subject.scope,
        "subject_key": verdict.subject.key,
        "kind": verdict.kind,
        "site_id": verdict.subject.site_id,
        "unit_id": verdict.subject.unit_id,
        "title": verdict.subject.title,
        "url": verdict.subject.url,
        "code": verdict.code,
        "reason": verdict.reason,
    }
