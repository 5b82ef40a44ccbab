"""The allow-list: what a rule is not to raise again. Appended; an entry is ended, never removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select, update

from storage.db import StorageError, reading, writing
from storage.inspection_tables import AllowedRow


class AllowanceUnknown(StorageError):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One entry of the allow-list."""

    id: int
    rule_id: str
    what: str
    """The ``what`` of the hits that it covers; empty: any."""
    subject_key: str
    """The only subject that it covers; empty: every one."""
    reason: str
    actor: str
    recorded_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None

    def covers(self, rule_id: str, what: str, subject_key: str) -> bool:
        """Whether it covers a hit. What stands everywhere stands in a template too, whose fault is
        called ``what @ path`` (``checks.templates``)."""
        if self.rule_id != rule_id or self.subject_key not in ("", subject_key):
            return False
        if self.what in ("", what):
            return True
        return not self.subject_key and what.startswith(f"{self.what} @ ")


class Allowed:
    """The entries in force, found by rule."""

    def __init__(self, entries: Iterable[Allowance] = ()) -> None:
        self._by_rule: dict[str, list[Allowance]] = {}
        for entry in entries:
            self._by_rule.setdefault(entry.rule_id, []).append(entry)

    def of(self, rule_id: str, what: str, subject_key: str) -> Allowance | None:
        """The entry that covers such a hit; ``None``: none does."""
        for entry in self._by_rule.get(rule_id, ()):
            if entry.covers(rule_id, what, subject_key):
                return entry
        return None


def add(
    engine: Engine,
    *,
    rule_id: str,
    what: str,
    subject_key: str,
    reason: str,
    actor: str,
    at: datetime,
) -> int:
    """Enter one; returns its number. Raises ``ValueError`` for one that would silence a whole rule."""
    if not what and not subject_key:
        raise ValueError("an allowance names what it covers, or where")
    with writing(engine) as connection:
        number: int = connection.execute(
            insert(AllowedRow)
            .values(
                rule_id=rule_id,
                what=what,
                subject_key=subject_key,
                reason=reason,
                actor=actor,
                recorded_at=at,
                ended_at=None,
                ended_by=None,
            )
            .returning(AllowedRow.id)
        ).scalar_one()
    return number


def load(engine: Engine) -> list[Allowance]:
    """All entries, ended ones too, in order of their numbers."""
    with reading(engine) as connection:
        return [
            Allowance(
                id=row.id,
                rule_id=row.rule_id,
                what=row.what,
                subject_key=row.subject_key,
                reason=row.reason,
                actor=row.actor,
                recorded_at=row.recorded_at,
                ended_at=row.ended_at,
                ended_by=row.ended_by,
            )
            for row in connection.execute(select(AllowedRow.__table__).order_by(AllowedRow.id))
        ]


def in_force(engine: Engine) -> Allowed:
    """What is allowed now, whenever it was entered: what a person called no problem never was one."""
    return Allowed(entry for entry in load(engine) if entry.ended_at is None)


def end(engine: Engine, number: int, *, actor: str, at: datetime) -> Allowance:
    """End one. Raises ``AllowanceUnknown`` where there is none in force of that number."""
    found = next((e for e in load(engine) if e.id == number), None)
    if found is None:
        raise AllowanceUnknown(f"允许清单里没有第 {number} 条：用 xunjian allow list 查看编号。")
    if found.ended_at is not None:
        raise AllowanceUnknown(f"允许清单第 {number} 条早已终止。")
    with writing(engine) as connection:
        connection.execute(
            update(AllowedRow)
            .where(AllowedRow.id == number, AllowedRow.ended_at.is_(None))
            .values(ended_at=at, ended_by=actor)
        )
    return found
