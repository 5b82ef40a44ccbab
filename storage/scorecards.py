"""Scorecards as they were computed, one a unit (or site), standard and version of the rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select

from storage.db import reading, writing
from storage.insert import upsert
from storage.models import ScanRow, ScorecardRow


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCard:
    unit_id: str
    """The site's id where the standard's subject is the site."""
    standard: str
    standard_digest: str
    rules_digest: str
    score_high: int | None
    score_low: int | None
    """Hundredths of a point; ``None``: 未评分."""
    coverage: int
    """Hundredths of a percent."""
    payload: bytes
    """The whole scorecard as JSON, as ``scorecards`` made it."""


def save(
    engine: Engine,
    scan_id: int,
    cards: Iterable[StoredCard],
    recorded_at: datetime | None = None,
) -> None:
    """Keep scorecards; the same scan, unit, standard and rules replace, others stand beside."""
    at = recorded_at or datetime.now(UTC)
    rows = [
        {
            "scan_id": scan_id,
            "unit_id": card.unit_id,
            "standard": card.standard,
            "standard_digest": card.standard_digest,
            "rules_digest": card.rules_digest,
            "recorded_at": at,
            "score_high": card.score_high,
            "score_low": card.score_low,
            "coverage": card.coverage,
            "payload": card.payload,
        }
        for card in cards
    ]
    with writing(engine) as connection:
        upsert(connection, ScorecardRow.__table__, rows)


def load(engine: Engine, scan_id: int | None, standard: str) -> list[StoredCard]:
    """The scorecards recorded last for a scan (``None``: the newest scan that has any), by unit."""
    of_standard = ScorecardRow.standard == standard
    with reading(engine) as connection:
        if scan_id is None:
            newest = (
                select(ScorecardRow.scan_id)
                .join(ScanRow, ScanRow.id == ScorecardRow.scan_id)
                .where(of_standard)
                .order_by(ScanRow.as_of.desc(), ScanRow.id.desc())
                .limit(1)
            )
            scan_id = connection.scalar(newest)
            if scan_id is None:
                return []
        rows = connection.execute(
            select(ScorecardRow)
            .where(of_standard, ScorecardRow.scan_id == scan_id)
            .order_by(ScorecardRow.recorded_at)
        )
        last = {
            row.unit_id: StoredCard(
                unit_id=row.unit_id,
                standard=row.standard,
                standard_digest=row.standard_digest,
                rules_digest=row.rules_digest,
                score_high=row.score_high,
                score_low=row.score_low,
                coverage=row.coverage,
                payload=row.payload,
            )
            for row in rows
        }
    return sorted(last.values(), key=lambda card: card.unit_id)


def of_unit(engine: Engine, unit_id: str, standard: str) -> list[tuple[int, StoredCard]]:
    """A unit's scorecards under one standard with their scans, by scan; of each the last recorded."""
    query = (
        select(ScorecardRow)
        .where(ScorecardRow.unit_id == unit_id, ScorecardRow.standard == standard)
        .order_by(ScorecardRow.recorded_at)
    )
    with reading(engine) as connection:
        last = {
            row.scan_id: StoredCard(
                unit_id=row.unit_id,
                standard=row.standard,
                standard_digest=row.standard_digest,
                rules_digest=row.rules_digest,
                score_high=row.score_high,
                score_low=row.score_low,
                coverage=row.coverage,
                payload=row.payload,
            )
            for row in connection.execute(query)
        }
    return sorted(last.items())
