"""Batch inserts that may be run again: the same statements on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Executable, FromClause, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]


def insert_new(connection: Connection, table: FromClause, rows: Sequence[Row]) -> None:
    """Insert the rows that are not there yet (by any unique key)."""
    if rows:
        connection.execute(_ignoring(_table(table), connection.dialect.name), list(rows))


def upsert(
    connection: Connection,
    table: FromClause,
    rows: Sequence[Row],
    changing: tuple[str, ...] | None = None,
) -> None:
    """Insert rows; of a row with the same primary key the columns ``changing`` (all by default)
    are replaced. All rows name the same columns."""
    if rows:
        columns = tuple(rows[0]) if changing is None else changing
        statement = _replacing(_table(table), connection.dialect.name, columns)
        connection.execute(statement, list(rows))


def parts(items: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Slices small enough for an ``IN`` list."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _table(table: FromClause) -> Table:
    if not isinstance(table, Table):
        raise TypeError(f"not a table: {table!r}")
    return table


@lru_cache(maxsize=64)
def _ignoring(table: Table, dialect: str) -> Executable:
    if dialect == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


@lru_cache(maxsize=64)
def _replacing(table: Table, dialect: str, columns: tuple[str, ...]) -> Executable:
    keys = [column.name for column in table.primary_key]
    if dialect == "postgresql":
        new = postgresql.insert(table)
        changed = {name: new.excluded[name] for name in columns if name not in keys}
        return new.on_conflict_do_update(index_elements=keys, set_=changed)
    other = sqlite.insert(table)
    changed = {name: other.excluded[name] for name in columns if name not in keys}
    return other.on_conflict_do_update(index_elements=keys, set_=changed)
