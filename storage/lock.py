"""A lock between processes that a killed process cannot keep: the system lets go of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from storage.db import told
from storage.types import key64

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """Holds the file at ``path`` (made if missing) from ``acquire`` to ``release``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Take the lock without waiting; ``False`` when another holder has it."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _take(handle)
            # A holder that ended may have removed the file between our two steps.
            if os.path.samestat(os.fstat(handle), os.stat(self.path)):
                self._handle = handle
                return True
        except OSError:
            pass
        os.close(handle)
        return False

    def release(self, remove: bool = True) -> None:
        """Let go; ``remove`` deletes the file as well."""
        if self._handle is None:
            return
        handle, self._handle = self._handle, None
        if remove and sys.platform != "win32":
            self.path.unlink(missing_ok=True)
        os.close(handle)
        if remove and sys.platform == "win32":
            try:
                self.path.unlink(missing_ok=True)
            except PermissionError:
                return  # another process has just opened it and will remove it


class SiteLocks:
    """Holds sites of one PostgreSQL database, so that two data folders on it exclude each other.

    The server lets go of them when the connection ends, however the process ends.
    """

    def __init__(self, engine: Engine, sites: Iterable[str]) -> None:
        self._engine = engine
        self._keys = [key64("scan of a site", site) for site in sorted(set(sites))]
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Take all of them without waiting, or none; raises a ``StorageError``."""
        with told(self._engine):
            connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            taken = False
            try:
                taken = all(
                    connection.scalar(select(func.pg_try_advisory_lock(key))) for key in self._keys
                )
            finally:
                if not taken:
                    _close(connection)
        if taken:
            self._connection = connection
        return taken

    def release(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            _close(connection)


def _close(connection: Connection) -> None:
    # The server ends a closed connection in its own time: who asks next finds the locks given back.
    with suppress(SQLAlchemyError):
        connection.scalar(select(func.pg_advisory_unlock_all()))
    # Not handed back to the pool: the locks are the connection's, and end with it.
    connection.invalidate()
    connection.close()
