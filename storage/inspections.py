"""What other inspectors' workbooks said: the files, their rows, and what we know of their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update

from checks.life import Event
from checks.model import Finding
from storage import findings as ledger
from storage.db import reading, writing
from storage.insert import parts, upsert
from storage.models import AliasRow, ObservationRow, SubjectKind, SubjectRow, VersionRow
from storage.regime_tables import InspectedRow, InspectionRow
from storage.types import url_key

UNREAD, AGAIN, NEW, BY_ADDRESS, BY_COLUMN = "unread", "again", "new", "address", "column"
"""What became of a row: not read; said before (in this file or an earlier one); a finding of its
own; one of ours, known by its address or by its column and kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """One row."""

    sheet: str
    row: int
    unit_id: str | None
    site_id: str | None
    column_key: str | None
    rule_id: str | None
    """Our rule for its kind of fault (the first of them), or the matched finding's."""
    url: str | None
    description: str
    found_on: date | None
    fingerprint: str | None
    """Of the finding that it became or matched."""
    match: str
    problem: str = ""
    cells: Mapping[str, Any]
    """``digest`` of what it says, ``kinds``, and ``as_read``: header → content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One workbook, as it was taken in."""

    id: int
    source: str
    digest: str
    file: str
    period: str
    at: datetime
    recorded_at: datetime
    actor: str
    note: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAddress:
    """A page or column that we have met under an address."""

    key: str
    is_column: bool
    site_id: str
    unit_id: str | None
    """Who answered for it when it was last seen."""
    column_key: str | None
    title: str


def find(engine: Engine, source: str, digest: str) -> Inspection | None:
    """The inspection of this very file by this source."""
    query = select(InspectionRow.__table__).where(
        InspectionRow.source == source, InspectionRow.digest == digest
    )
    with reading(engine) as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else _inspection(row)


def inspections(engine: Engine, sources: Iterable[str] | None = None) -> list[Inspection]:
    """By instant, then number."""
    query = select(InspectionRow.__table__)
    if sources is not None:
        query = query.where(InspectionRow.source.in_(sorted(sources)))
    with reading(engine) as connection:
        found = [_inspection(row) for row in connection.execute(query)]
    return sorted(found, key=lambda i: (i.at, i.id))


def rows(engine: Engine, ids: Sequence[int]) -> dict[int, list[Inspected]]:
    """The rows of some inspections, in the order of sheet and number."""
    marks = ledger.marks(engine)
    found: dict[int, list[Inspected]] = {number: [] for number in ids}
    with reading(engine) as connection:
        for part in parts(sorted(ids)):
            query = select(InspectedRow.__table__).where(InspectedRow.inspection_id.in_(part))
            for row in connection.execute(query):
                found[row.inspection_id].append(
                    Inspected(
                        sheet=row.sheet,
                        row=row.row,
                        unit_id=row.unit_id,
                        site_id=row.site_id,
                        column_key=row.column_key,
                        rule_id=row.rule_id,
                        url=row.url,
                        description=row.description,
                        found_on=row.found_on,
                        fingerprint=marks.get(row.finding_id),
                        match=row.match,
                        problem=row.problem,
                        cells=row.cells,
                    )
                )
    for listed in found.values():
        listed.sort(key=lambda r: (r.sheet, r.row))
    return found


def keep(
    engine: Engine,
    inspection: Inspection,
    inspected: Sequence[Inspected],
    new: Sequence[tuple[Finding, Event]],
    noted: Sequence[tuple[str, Event]],
) -> int:
    """Keep a workbook, its rows, the findings that they became (``new``) and the events of those
    that were known (``noted``, by fingerprint), in one transaction; gives its number.

    An inspection that is there already (``id``) gets the rows again that could not be read before.
    """
    with writing(engine) as connection:
        number = inspection.id
        if number:
            connection.execute(
                update(InspectionRow)
                .where(InspectionRow.id == number)
                .values(note=dict(inspection.note))
            )
        else:
            number = int(
                connection.execute(
                    insert(InspectionRow)
                    .values(
                        source=inspection.source,
                        digest=inspection.digest,
                        file=inspection.file,
                        period=inspection.period,
                        at=inspection.at,
                        recorded_at=inspection.recorded_at,
                        actor=inspection.actor,
                        note=dict(inspection.note),
                    )
                    .returning(InspectionRow.id)
                ).scalar_one()
            )
        told = {r.fingerprint for r in inspected if r.fingerprint}
        ids = ledger.append(connection, new, noted, inspection.source, told)
        upsert(
            connection,
            InspectedRow.__table__,
            [
                {
                    "inspection_id": number,
                    "sheet": r.sheet[:100],
                    "row": r.row,
                    "unit_id": r.unit_id,
                    "site_id": r.site_id,
                    "column_key": r.column_key,
                    "rule_id": r.rule_id,
                    "url": r.url,
                    "description": r.description,
                    "found_on": r.found_on,
                    "finding_id": ids[r.fingerprint] if r.fingerprint else None,
                    "match": r.match,
                    "problem": r.problem,
                    "cells": dict(r.cells),
                }
                for r in inspected
            ],
        )
    return number


def addresses(engine: Engine, urls: Iterable[str]) -> dict[str, KnownAddress]:
    """The pages that are known under these canonical addresses."""
    asked = {url_key(url): url for url in urls}
    found: dict[str, KnownAddress] = {}
    with reading(engine) as connection:
        for part in parts(sorted(asked)):
            query = (
                select(
                    AliasRow.url_key,
                    SubjectRow.key,
                    SubjectRow.site_id,
                    ObservationRow.unit_id,
                    ObservationRow.column_key,
                    VersionRow.title,
                )
                .join(SubjectRow, SubjectRow.id == AliasRow.subject_id)
                .outerjoin(
                    ObservationRow,
                    (ObservationRow.subject_id == SubjectRow.id)
                    & (ObservationRow.scan_id == SubjectRow.last_scan),
                )
                .outerjoin(VersionRow, VersionRow.id == ObservationRow.version_id)
                .where(AliasRow.url_key.in_(part))
            )
            for key, subject, site, unit, column, title in connection.execute(query):
                found[asked[bytes(key)]] = KnownAddress(
                    key=subject,
                    is_column=False,
                    site_id=site,
                    unit_id=unit,
                    column_key=column,
                    title=title or "",
                )
    return found


def column_addresses(engine: Engine) -> dict[str, str]:
    """Present address of every column that was read → its key."""
    query = select(SubjectRow.url, SubjectRow.key).where(
        SubjectRow.kind == SubjectKind.COLUMN, SubjectRow.url.is_not(None)
    )
    with reading(engine) as connection:
        found = connection.execute(query).all()
    counted: dict[str, set[str]] = {}
    for url, key in found:
        if url:
            counted.setdefault(url, set()).add(key)
    return {url: next(iter(keys)) for url, keys in counted.items() if len(keys) == 1}


def columns_of_pages(engine: Engine, keys: Iterable[str]) -> dict[str, str]:
    """Page key → the column that showed it first, when it was last seen."""
    found: dict[str, str] = {}
    with reading(engine) as connection:
        for part in parts(sorted(keys)):
            query = (
                select(SubjectRow.key, ObservationRow.column_key)
                .join(
                    ObservationRow,
                    (ObservationRow.subject_id == SubjectRow.id)
                    & (ObservationRow.scan_id == SubjectRow.last_scan),
                )
                .where(SubjectRow.key.in_(part), ObservationRow.column_key.is_not(None))
            )
            found.update((key, column) for key, column in connection.execute(query) if column)
    return found


def _inspection(row: Any) -> Inspection:
    return Inspection(
        id=row.id,
        source=row.source,
        digest=row.digest,
        file=row.file,
        period=row.period,
        at=row.at,
        recorded_at=row.recorded_at,
        actor=row.actor,
        note=row.note,
    )
