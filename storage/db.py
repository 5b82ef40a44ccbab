"""Opening the database: engines, transactions, the schema's revision, and what can go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig
    from alembic.script import ScriptDirectory

BUSY_SECONDS = 20.0
"""How long a writer waits for another one."""


class StorageError(Exception):
    """Something about the database that its user can mend; the message is in Chinese."""


class DatabaseMissing(StorageError):
    pass


class DatabaseUnreachable(StorageError):
    pass


class DatabaseLocked(StorageError):
    pass


class DatabaseTooNew(StorageError):
    pass


class DatabaseOutdated(StorageError):
    pass


def open_engine(url: str, create: bool = False) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql+psycopg://…``.

    ``create`` makes a missing SQLite file (and its folder). Raises ``DatabaseMissing`` or
    ``DatabaseUnreachable``; looks at no table.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnreachable(f"数据库地址写法有误：{url}") from error
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    name = parsed.get_backend_name()
    if name == "postgresql":
        return create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    if name != "sqlite":
        raise DatabaseUnreachable(f"不支持的数据库：{name}。可用 SQLite 或 PostgreSQL。")
    if not parsed.database or parsed.database == ":memory:":
        raise DatabaseUnreachable("SQLite 数据库须存为文件，请写 sqlite:///路径。")
    path = Path(parsed.database)
    if create:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnreachable(
                f"建不了数据库所在的目录 {path.parent}（{error.strerror}）。"
                "请检查权限，或用 --data 另指目录。"
            ) from None
    elif not path.is_file():
        raise DatabaseMissing(f"没有找到数据库 {path}。请先运行 xunjian db upgrade 建立。")
    engine = create_engine(
        parsed, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-32000")
    cursor.execute("PRAGMA wal_autocheckpoint=4000")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes its lock at once: a reader that turns writer midway cannot wait for it.
    writes = connection.get_execution_options().get("writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One write transaction: all of it or nothing."""
    with told(engine), engine.begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One consistent view of the database; never blocked by a writer."""
    options: dict[str, Any] = {"writes": False}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with told(engine), engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def session(engine: Engine) -> Iterator[Session]:
    """An ORM session in one write transaction."""
    with told(engine), Session(engine, expire_on_commit=False) as opened, opened.begin():
        yield opened


@contextmanager
def told(engine: Engine) -> Iterator[None]:
    """Turns what a user can mend (locked, unreachable, not a database) into its ``StorageError``."""
    where = engine.url.render_as_string(hide_password=True)
    try:
        yield
    except OperationalError as error:
        cause = str(error.orig)
        if "locked" in cause or "busy" in cause or "lock timeout" in cause:
            raise DatabaseLocked(
                f"数据库 {where} 正被另一个程序占用，等了 {BUSY_SECONDS:.0f} 秒仍未空出。请稍后再试。"
            ) from error
        if "disk is full" in cause or "readonly database" in cause or "No space" in cause:
            raise StorageError(
                f"数据库 {where} 写不进去：{cause}。请检查磁盘空间和权限。"
            ) from error
        if error.connection_invalidated or error.statement is None or "unable to open" in cause:
            raise DatabaseUnreachable(
                f"数据库 {where} 打不开：{cause}\n请核对数据库地址、口令、权限和磁盘空间。"
            ) from error
        raise
    except DatabaseError as error:
        if "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise DatabaseUnreachable(
                f"{where} 不是数据库文件或已损坏：{error.orig}。请核对路径；已损坏的请从备份恢复。"
            ) from error
        raise


def migrations() -> Path:
    """The folder of the migration scripts: ``alembic/`` in a checkout, ``storage/migrations``
    where the program was installed from a wheel."""
    packaged = Path(__file__).parent / "migrations"
    if packaged.is_dir():
        return packaged
    return Path(__file__).parent.parent / "alembic"


def upgrade(engine: Engine) -> None:
    """Build or bring up to date all tables. Raises ``DatabaseTooNew``."""
    from alembic import command  # slow to import, and needed here only

    if _state(engine) == "newer":
        raise _too_new(engine)
    config = _alembic_config()
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_empty(engine: Engine) -> bool:
    """No table of ours stands there yet."""
    return _state(engine) == "empty"


def check_revision(engine: Engine) -> None:
    """Raises ``DatabaseTooNew`` or ``DatabaseOutdated`` unless the tables are this program's."""
    match _state(engine):
        case "newer":
            raise _too_new(engine)
        case "empty":
            raise DatabaseOutdated("数据库是空的，还没有建表。请运行 xunjian db upgrade。")
        case "older":
            raise DatabaseOutdated(
                "数据库由旧版本的程序建立，须先升级。请备份后运行 xunjian db upgrade。"
            )


def _state(engine: Engine) -> str:
    """``current``, ``older``, ``newer`` or ``empty``."""
    from alembic.runtime.migration import MigrationContext

    scripts = _scripts()
    with reading(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        if found is None:
            # Tables without a revision are not ours to build upon.
            return "newer" if inspect(connection).has_table("scan") else "empty"
    if found == scripts.get_current_head():
        return "current"
    known = {script.revision for script in scripts.walk_revisions()}
    return "older" if found in known else "newer"


def _too_new(engine: Engine) -> DatabaseTooNew:
    where = engine.url.render_as_string(hide_password=True)
    return DatabaseTooNew(
        f"数据库 {where} 由更新版本的程序建立，本程序不认识它的结构，没有改动它。请升级本程序后再用。"
    )


def _alembic_config() -> AlembicConfig:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(migrations()).replace("%", "%%"))
    return config


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_alembic_config())
