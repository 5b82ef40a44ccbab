from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, Enum, text

import storage.inspection_tables
import storage.regime_tables  # noqa: F401 - completes the metadata
from storage import db
from storage.db import (
    DatabaseLocked,
    DatabaseMissing,
    DatabaseOutdated,
    DatabaseTooNew,
    DatabaseUnreachable,
    StorageError,
    check_revision,
    reading,
    session,
    upgrade,
    writing,
)
from storage.models import Base, ScanRow
from tests.integration.storage.samples import begin

Opening = Callable[..., Engine]


def test_migrations_build_exactly_the_models(empty_url: str, opening: Opening) -> None:
    engine = opening(empty_url, create=True)
    upgrade(engine)
    with reading(engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
    check_revision(engine)
    upgrade(engine)


def test_every_check_constraint_lists_its_python_enum(engine: Engine) -> None:
    expected = {
        (table.name, column.name): {member.value for member in column.type.enum_class}
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Enum) and column.type.enum_class
        if issubclass(column.type.enum_class, StrEnum)
    }
    found = {}
    with reading(engine) as connection:
        if engine.dialect.name == "sqlite":
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'table'"
        else:
            query = (
                "SELECT conrelid::regclass::text, pg_get_constraintdef(oid)"
                " FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
            )
        for table, definition in connection.execute(text(query)):
            for check in re.findall(r"CHECK \((.*?)\)(?:,|\n|$)", definition or "", re.S):
                name = re.match(r"[(]*(\w+)", check)
                assert name
                values = re.findall(r"'(\w+)'", check)
                found[table, name[1]] = set(values)
    assert found == expected
    assert len(expected) > 15


def test_a_database_of_a_newer_version_is_refused_and_left_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseTooNew, match="更新版本"):
        check_revision(engine)
    with pytest.raises(DatabaseTooNew, match="请升级本程序"):
        upgrade(engine)


def test_an_older_or_empty_database_asks_for_the_upgrade(empty_url: str, opening: Opening) -> None:
    engine = opening(empty_url, create=True)
    with pytest.raises(DatabaseOutdated, match="xunjian db upgrade"):
        check_revision(engine)


def test_a_missing_file_is_told_apart_from_a_broken_one(tmp_path: Path, opening: Opening) -> None:
    path = tmp_path / "none.db"
    with pytest.raises(DatabaseMissing, match="没有找到数据库"):
        opening(f"sqlite:///{path}")
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(DatabaseUnreachable, match="不是数据库文件"):
        check_revision(opening(f"sqlite:///{path}"))


@pytest.mark.parametrize("address", ["nonsense", "mysql://x/y", "sqlite://"])
def test_an_address_that_cannot_be_used_is_explained(address: str, opening: Opening) -> None:
    with pytest.raises(DatabaseUnreachable):
        opening(address)


def test_a_server_that_does_not_answer_is_told_in_chinese(opening: Opening) -> None:
    engine = opening("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnreachable, match="打不开"):
        check_revision(engine)


def test_a_locked_database_is_waited_for_and_then_told(
    sqlite_template: Path, tmp_path: Path, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "locked.db"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.2)
    engine = opening(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseLocked, match="正被另一个程序占用"):
        begin(engine)
    other.execute("ROLLBACK")
    other.close()
    assert begin(engine) == 1


def test_readers_do_not_wait_for_a_writer(engine: Engine) -> None:
    scan_id = begin(engine)
    with writing(engine) as writer, reading(engine) as reader:
        writer.execute(text("UPDATE scan SET standard = 'other'"))
        seen = reader.execute(text("SELECT standard FROM scan")).scalar_one()
    assert seen == "ruichang-2018"
    with session(engine) as opened:
        row = opened.get(ScanRow, scan_id)
        assert row is not None
        assert row.standard == "other"


def test_a_failed_transaction_leaves_nothing(engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as connection:
            connection.execute(text("DELETE FROM alembic_version"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    check_revision(engine)


def test_sqlite_is_opened_the_way_the_design_says(sqlite_template: Path, opening: Opening) -> None:
    with reading(opening(f"sqlite:///{sqlite_template}")) as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 1,
        "foreign_keys": 1,
        "busy_timeout": 20_000,
    }


def test_a_full_disk_is_told_in_chinese(
    sqlite_template: Path, tmp_path: Path, opening: Opening
) -> None:
    path = tmp_path / "full.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = opening(f"sqlite:///{path}")
    with writing(engine) as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # no page more than there are
    big = text("CREATE TABLE big AS SELECT randomblob(100000) AS data")
    with pytest.raises(StorageError, match="磁盘空间"), writing(engine) as connection:
        connection.execute(big)


def test_a_reader_sees_one_state_from_beginning_to_end(engine: Engine) -> None:
    begin(engine)
    count = text("SELECT count(*) FROM scan")
    with reading(engine) as reader:
        before = reader.execute(count).scalar_one()
        begin(engine)
        assert reader.execute(count).scalar_one() == before
    with reading(engine) as reader:
        assert reader.execute(count).scalar_one() == before + 1
