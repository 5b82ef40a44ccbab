"""What people found for the conditions of a standard: appended, the latest that holds counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine, insert, select

from storage.db import reading, writing
from storage.inspection_tables import AnswerRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of one person."""

    standard: str
    condition: str
    """``indicator.condition``."""
    site_id: str
    count: int | None
    """Faults found (0: none); ``None``: an earlier answer is taken back."""
    points: int | None
    """Hundredths that the person set for the whole condition; ``None``: the standard's."""
    note: str
    valid_from: date
    valid_to: date
    actor: str
    recorded_at: datetime


def add(engine: Engine, answers: Iterable[Answer]) -> None:
    rows = [
        {name: getattr(answer, name) for name in Answer.__dataclass_fields__} for answer in answers
    ]
    if rows:
        with writing(engine) as connection:
            connection.execute(insert(AnswerRow), rows)


def holding(
    engine: Engine, standard: str, day: date, *, known_at: datetime | None = None
) -> dict[tuple[str, str], Answer]:
    """By site and condition: the answer recorded last of those that hold on ``day``, unless that one
    takes it back. What was recorded after ``known_at`` does not count."""
    latest = {(a.site_id, a.condition): a for a in history(engine, standard, known_at=known_at)
              if a.valid_from <= day <= a.valid_to}  # fmt: skip
    return {place: answer for place, answer in latest.items() if answer.count is not None}


def history(engine: Engine, standard: str, *, known_at: datetime | None = None) -> list[Answer]:
    """Every answer under a standard, in the order in which they were recorded."""
    table = AnswerRow.__table__
    query = select(table).where(table.c.standard == standard)
    if known_at is not None:
        query = query.where(table.c.recorded_at <= known_at)
    with reading(engine) as connection:
        rows = connection.execute(query.order_by(table.c.recorded_at, table.c.id)).all()
    return [
        Answer(**{name: getattr(row, name) for name in Answer.__dataclass_fields__}) for row in rows
    ]
