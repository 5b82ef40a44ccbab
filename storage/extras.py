"""Facts of kinds of their own that a scan gathers beside pages and columns: a site's network facts,
what its search found, the text of an attachment. One row a scan, kind and subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import Engine, select

from checks.facts import Unverified
from storage.db import reading, writing
from storage.facts import Packing
from storage.insert import upsert
from storage.inspection_tables import ExtraRow
from storage.readings import span_of

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[T]):
    """A kind of fact: its name in the table, and how its record is packed."""

    name: str
    packing: Packing[T]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra(Generic[T]):
    """One such fact."""

    subject_key: str
    """Site id, column key, page key or address: what the kind is about."""
    site_id: str
    facts: T | Unverified
    fetched_at: datetime
    evidence: str | None = None


def save(engine: Engine, scan_id: int, kind: Kind[T], found: Iterable[Extra[T]]) -> None:
    """Keep what a scan gathered; saving again replaces."""
    rows = []
    for extra in found:
        missing = extra.facts if isinstance(extra.facts, Unverified) else None
        rows.append(
            {
                "scan_id": scan_id,
                "name": kind.name,
                "subject_key": extra.subject_key,
                "site_id": extra.site_id,
                "fetched_at": extra.fetched_at,
                "evidence": extra.evidence,
                "reason_code": missing.code if missing else None,
                "reason": missing.reason if missing else None,
                "facts": None
                if isinstance(extra.facts, Unverified)
                else kind.packing.pack(extra.facts),
            }
        )
    with writing(engine) as connection:
        upsert(connection, ExtraRow.__table__, rows)


def done(engine: Engine, scan_id: int, kind: Kind[T]) -> frozenset[str]:
    """Subjects of which this very scan has gathered such a fact."""
    query = select(ExtraRow.subject_key).where(
        ExtraRow.scan_id == scan_id, ExtraRow.name == kind.name
    )
    with reading(engine) as connection:
        return frozenset(connection.scalars(query))


def newest(
    engine: Engine, scan_id: int, kind: Kind[T], max_age_days: int
) -> Mapping[str, Extra[T]]:
    """By subject: the newest such fact that the scan may rest on (not after its ``as_of``, no older
    than ``max_age_days``); one that says 未轮到 gives way to an earlier one."""
    found: dict[str, tuple[tuple[bool, datetime, int], Extra[T]]] = {}
    with reading(engine) as connection:
        span = span_of(connection, scan_id, max_age_days)
        query = select(ExtraRow.__table__).where(ExtraRow.name == kind.name)
        for row in connection.execute(query):
            if row.scan_id not in span.within:
                continue
            missing = (
                Unverified(code=row.reason_code, reason=row.reason or "")
                if row.reason_code is not None
                else None
            )
            rank = (missing is None or missing.code != "not_reached", *span.rank[row.scan_id])
            if row.subject_key in found and found[row.subject_key][0] >= rank:
                continue
            found[row.subject_key] = (
                rank,
                Extra(
                    subject_key=row.subject_key,
                    site_id=row.site_id,
                    facts=missing or kind.packing.unpack(row.facts),
                    fetched_at=row.fetched_at,
                    evidence=row.evidence,
                ),
            )
    return {key: extra for key, (_, extra) in sorted(found.items())}
