"""Copies of the whole database: taken while others write, looked at before they are trusted, and
poured from one kind of database into the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Connection, Engine, Table, func, insert, select, text

import storage.inspection_tables
import storage.regime_tables  # noqa: F401 - its tables stand in the same metadata
from storage.db import StorageError, open_engine, reading, told, upgrade, writing
from storage.models import Base

BATCH = 1000
"""Rows that are carried over at a time."""


class CopyDamaged(StorageError):
    """A file that should be a copy of a database and is none, or not a whole one."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a copy says of itself."""

    revision: str
    """Of its tables."""
    evidence: Mapping[str, int]
    """Each evidence file that it names, with the bytes of it that it knows."""


def snapshot(engine: Engine, target: Path) -> None:
    """A consistent copy as a SQLite file of its own at ``target``, which must not exist.

    Writers are not held up. Raises a ``StorageError``.
    """
    if engine.dialect.name == "sqlite":
        with told(engine), closing(sqlite3.connect(target)) as copy:
            opened = engine.raw_connection()
            try:
                source = opened.driver_connection
                if not isinstance(source, sqlite3.Connection):
                    raise TypeError(f"not SQLite's own driver: {source!r}")
                source.backup(copy)
            finally:
                opened.close()
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
        return
    copied = open_engine(f"sqlite:///{target.as_posix()}", create=True)
    try:
        upgrade(copied)
        pour(engine, copied)
    finally:
        copied.dispose()
    with closing(sqlite3.connect(target)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")


def pour(source: Engine, target: Engine) -> int:
    """All rows of one database into the empty tables of another of the same revision; in one view
    of the first and one transaction of the second. Returns the number of rows."""
    count = 0
    with reading(source) as read, writing(target) as write:
        for table in Base.metadata.sorted_tables:
            found = read.execution_options(stream_results=True).execute(select(table))
            for rows in found.mappings().partitions(BATCH):
                for part in _alike(table, [dict(row) for row in rows]):
                    write.execute(insert(table), part)
                count += len(rows)
            _count_on(write, table)
    return count


def _alike(table: Table, rows: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Rows by what they name: a JSON column without a value is left out, for ``None`` would be
    written as JSON's own null."""
    plain = [c.name for c in table.columns if isinstance(c.type, JSON)]
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        absent = tuple(name for name in plain if row[name] is None)
        for name in absent:
            del row[name]
        groups.setdefault(absent, []).append(row)
    yield from groups.values()


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL's running numbers go on behind the rows that brought theirs along."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None:
        return
    last = connection.execute(select(func.max(column))).scalar()
    if last is not None:
        words = text("SELECT setval(pg_get_serial_sequence(:name, :column), :last)")
        connection.execute(words, {"name": table.name, "column": column.name, "last": last})


def is_bare(engine: Engine) -> bool:
    """No table of ours holds a row."""
    with reading(engine) as connection:
        return all(
            connection.execute(select(table).limit(1)).first() is None
            for table in Base.metadata.sorted_tables
        )


def examine_copy(path: Path) -> Contents:
    """Look a SQLite copy over before anything is done with it. Raises ``CopyDamaged``."""
    try:
        with _opened(path) as copy:
            if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise CopyDamaged("数据库副本已损坏（quick_check 不通过）。请换一份备份。")
            # Ours has tables and indexes only; anything else would run by itself.
            odd = copy.execute(
                "SELECT name FROM sqlite_master WHERE type NOT IN ('table', 'index')"
                " OR sql LIKE 'CREATE VIRTUAL%'"
            ).fetchone()
            if odd is not None:
                raise CopyDamaged("数据库副本里有本程序不用的触发器、视图或虚表，不予恢复。")
            revisions = copy.execute("SELECT version_num FROM alembic_version").fetchall()
            ends = copy.execute(
                'SELECT file, MAX("offset" + length) FROM evidence GROUP BY file ORDER BY file'
            ).fetchall()
    except sqlite3.DatabaseError as error:
        raise CopyDamaged(f"数据库副本读不出（{error}）。请换一份备份。") from error
    if len(revisions) != 1 or not all(isinstance(n, str) and type(e) is int for n, e in ends):
        raise CopyDamaged("数据库副本不是本程序的数据库。请换一份备份。")
    return Contents(str(revisions[0][0]), dict(ends))


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A copy, only for reading; nothing in it is trusted."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy:
        copy.execute("PRAGMA trusted_schema=OFF")
        yield copy
