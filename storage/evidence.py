"""The evidence store (取证): every distinct response once, as WARC records under one folder.

A scan process writes files of its own, ``<year>/<scan>-<n>.warc.gz``. Records reach the file
before the rows that name them are committed, so a killed process leaves at most a tail that no row
knows; ``recover`` cuts it off. Beside a file that is being written stands a lock file; the system
frees it when its owner dies.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, bindparam, delete, func, select, update

from storage import warc
from storage.db import StorageError, reading, writing
from storage.insert import insert_new, parts
from storage.inspection_tables import ExtraRow
from storage.lock import FileLock
from storage.models import EvidenceRow, ObservationRow, ScanRow, SightingRow
from storage.types import url_key

SHANGHAI = ZoneInfo("Asia/Shanghai")
FILE_LIMIT = 1 << 30
"""Bytes after which a new file is begun."""
BUFFER_LIMIT = 4 << 20
TOUCH_AFTER = timedelta(days=30)
"""How stale ``seen_at`` may grow before it is written again."""


_E = EvidenceRow.__table__
_TOUCH = (
    update(EvidenceRow)
    .where(_E.c.digest == bindparam("of_digest"), _E.c.url_key == bindparam("of_key"))
    .values(seen_at=bindparam("now_seen"))
)
_MOVE = (
    update(EvidenceRow)
    .where(_E.c.id == bindparam("of_id"))
    .values(file=bindparam("to_file"), offset=bindparam("to_offset"))
)


class EvidenceGone(StorageError):
    """存证已清理, or its file is missing or damaged."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What ``put`` did."""

    digest: str
    """sha256 of the body, hexadecimal."""
    length: int
    """Compressed bytes written; 0 when the response was there already."""
    new: bool


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """A response as it was."""

    digest: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    content_type: str | None
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Pruned:
    """What ``prune`` removed."""

    records: int
    files: int
    """Files removed whole."""
    bytes: int


@dataclass(slots=True)
class _File:
    name: str
    handle: BinaryIO
    lock: FileLock
    size: int
    """Bytes given to the system and in the buffer together."""


class EvidenceStore:
    """Evidence below ``root``, indexed in the database. Not for use by several threads at once.

    ``attach`` names the scan and a site before the first ``put``; rows are committed by
    ``commit`` (a store of its own) or with other rows by ``write`` + ``record`` + ``recorded``
    (what ``ScanWriter.flush`` does).
    """

    def __init__(self, root: Path, engine: Engine) -> None:
        self.root = root
        self._engine = engine
        self._scan: tuple[int, int] | None = None
        self._file: _File | None = None
        self._buffer: list[bytes] = []
        self._buffered = 0
        self._sites: set[str] = set()
        self._seen: dict[bytes, datetime] = {}
        self._digests: set[bytes] = set()
        self._rows: dict[bytes, dict[str, Any]] = {}
        self._fresh: dict[bytes, tuple[str, datetime]] = {}
        self._touched: list[dict[str, Any]] = []

    def attach(self, scan_id: int, as_of: datetime, site_id: str) -> None:
        """Write for this scan from now on, knowing what is stored of this site."""
        self._scan = (as_of.astimezone(SHANGHAI).year, scan_id)
        if site_id in self._sites:
            return
        self._sites.add(site_id)
        query = select(EvidenceRow.digest, EvidenceRow.url_key, EvidenceRow.seen_at).where(
            EvidenceRow.site_id == site_id
        )
        with reading(self._engine) as connection:
            for digest, key, seen_at in connection.execute(query):
                short = bytes.fromhex(digest)[:16]
                self._seen[short + key] = seen_at
                self._digests.add(short)

    def put(
        self,
        site_id: str,
        url: str,
        status: int,
        headers: warc.Headers,
        body: bytes,
        fetched_at: datetime,
        digest: str | None = None,
        *,
        rendered: bool = False,
    ) -> Stored:
        """Keep a response (decoded body). ``digest`` is its sha256, where the caller has it.

        ``rendered``: no response, but what a browser showed of the page at ``url``.
        """
        digest = digest or warc.sha256(body)
        short, at_url = bytes.fromhex(digest)[:16], url_key(url)
        key = short + at_url
        seen_at = self._seen.get(key)
        if seen_at is not None:
            if fetched_at - seen_at > TOUCH_AFTER:
                self._seen[key] = fetched_at
                self._touched.append(
                    {"of_digest": digest, "of_key": at_url, "now_seen": fetched_at}
                )
            return Stored(digest, 0, False)
        headers = list(headers)
        first = self._first(digest, short)
        if first is None and rendered:
            record = warc.conversion(url, body, fetched_at, digest)
        elif first is None:
            record = warc.response(url, status, headers, body, fetched_at, digest)
        else:
            record = warc.revisit(url, status, headers, fetched_at, digest, first=first)
        name, offset = self._append(record, fetched_at)
        self._seen[key] = fetched_at
        self._digests.add(short)
        if first is None:
            self._fresh[short] = (url, fetched_at)
        self._rows[key] = {
            "site_id": site_id,
            "digest": digest,
            "url_key": at_url,
            "url": url,
            "file": name,
            "offset": offset,
            "length": len(record),
            "stored_at": fetched_at,
            "seen_at": fetched_at,
            "revisit": first is not None,
            "content_type": _content_type(headers),
            "status": status,
        }
        return Stored(digest, len(record), True)

    def _first(self, digest: str, short: bytes) -> tuple[str, datetime] | None:
        """Where the payload stands already."""
        if short not in self._digests:
            return None
        if short in self._fresh:
            return self._fresh[short]
        query = select(EvidenceRow.url, EvidenceRow.stored_at).where(
            EvidenceRow.digest == digest, EvidenceRow.revisit.is_(False)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else (row.url, row.stored_at)

    # -- writing ---------------------------------------------------------------------------

    def _append(self, record: bytes, at: datetime) -> tuple[str, int]:
        if self._file is not None and self._file.size + len(record) > FILE_LIMIT:
            self.write()
            self._close_file()
        file = self._file or self._begin(at)
        offset = file.size
        self._buffer.append(record)
        self._buffered += len(record)
        file.size += len(record)
        if self._buffered > BUFFER_LIMIT:
            self.write()
        return file.name, offset

    def _begin(self, at: datetime) -> _File:
        if self._scan is None:
            raise RuntimeError("attach a scan before putting evidence")
        year, scan_id = self._scan
        try:
            self._file = self._create(f"{year:04}/{scan_id}", at)
        except OSError as error:
            raise self._unwritable(error) from error
        return self._file

    def _create(self, stem: str, at: datetime) -> _File:
        """A new file of our own: ``<stem>-<n>.warc.gz``, locked."""
        (self.root / stem).parent.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            name = f"{stem}-{number}.warc.gz"
            path = self.root / name
            number += 1
            if path.exists():
                continue
            lock = FileLock(_lock_path(path))
            if not lock.acquire():
                continue
            try:
                handle = path.open("xb", buffering=0)
            except FileExistsError:
                lock.release()
                continue
            head = warc.info(path.name, at, "xunjian")
            handle.write(head)
            return _File(name, handle, lock, len(head))

    @property
    def waiting(self) -> bool:
        """Something was put that no transaction has recorded yet."""
        return bool(self._rows or self._touched)

    def write(self) -> None:
        """Hand everything to the system, which keeps it should this process be killed."""
        if self._file is None or not self._buffer:
            return
        start = self._file.size - self._buffered
        try:
            _write_all(self._file.handle, b"".join(self._buffer))
        except OSError as error:
            os.ftruncate(self._file.handle.fileno(), start)
            self._file.handle.seek(start)
            raise self._unwritable(error) from error
        self._buffer.clear()
        self._buffered = 0

    def _unwritable(self, error: OSError) -> StorageError:
        return StorageError(f"存证写不进 {self.root}：{error.strerror}。请检查权限和磁盘空间。")

    def record(self, connection: Connection) -> None:
        """Put the rows of all that was written into the caller's transaction."""
        insert_new(connection, EvidenceRow.__table__, list(self._rows.values()))
        if self._touched:
            connection.execute(_TOUCH, self._touched)

    def recorded(self) -> None:
        """The caller's transaction was committed."""
        self._rows.clear()
        self._touched.clear()
        self._fresh.clear()

    def commit(self) -> None:
        """Write, record and commit by itself."""
        self.write()
        if self.waiting:
            with writing(self._engine) as connection:
                self.record(connection)
            self.recorded()

    def close(self) -> None:
        """Commit and let go of the file."""
        self.commit()
        self._close_file()

    def _close_file(self) -> None:
        if self._file is None:
            return
        file, self._file = self._file, None
        os.fsync(file.handle.fileno())
        file.handle.close()
        file.lock.release()

    # -- reading ---------------------------------------------------------------------------

    def get(self, digest: str, url: str | None = None) -> EvidenceRecord:
        """The response with this payload, as given at ``url`` where that is known.

        Raises ``EvidenceGone``.
        """
        query = select(EvidenceRow).where(EvidenceRow.digest == digest)
        with reading(self._engine) as connection:
            rows = connection.execute(query.order_by(EvidenceRow.revisit, EvidenceRow.id)).all()
        if not rows or rows[0].revisit:
            raise EvidenceGone(f"存证 {digest[:12]} 已清理。")
        chosen = next((row for row in rows if row.url == url), rows[0])
        record = self._read(chosen.file, chosen.offset, chosen.length)
        body = record.body
        if chosen.revisit:
            body = self._read(rows[0].file, rows[0].offset, rows[0].length).body
        if warc.sha256(body) != digest:
            raise EvidenceGone(f"存证 {digest[:12]} 与摘要不符，文件可能已损坏。")
        return EvidenceRecord(
            digest=digest,
            url=chosen.url,
            status=record.status,
            headers=record.headers,
            content_type=chosen.content_type,
            body=body,
            fetched_at=record.at,
        )

    def _read(self, name: str, offset: int, length: int) -> warc.Record:
        try:
            with (self.root / name).open("rb") as file:
                file.seek(offset)
                return warc.read(file.read(length))
        except (OSError, ValueError) as error:
            raise EvidenceGone(f"存证文件 {name} 缺失或损坏。") from error

    # -- housekeeping ----------------------------------------------------------------------

    def recover(self) -> int:
        """Cut off what killed processes left behind no row; returns the bytes removed.

        Files that a living process is writing are left alone.
        """
        removed = 0
        for lock_path in sorted(self.root.glob("*/*.lock")):
            lock = FileLock(lock_path)
            if not lock.acquire():
                continue
            try:
                removed += self._cut(lock_path.with_name(lock_path.name[: -len(".lock")]))
            finally:
                lock.release()
        return removed

    def _cut(self, path: Path) -> int:
        if not path.exists():
            return 0
        name = path.relative_to(self.root).as_posix()
        query = select(func.max(EvidenceRow.offset + EvidenceRow.length)).where(
            EvidenceRow.file == name
        )
        with reading(self._engine) as connection:
            end = connection.execute(query).scalar()
        size = path.stat().st_size
        if end is None:
            path.unlink()
            return size
        if size > end:
            os.truncate(path, end)
        return max(0, size - end)

    def prune(self, before: date) -> Pruned:
        """Remove every payload that no scan has observed since the Shanghai day ``before``.

        Files are written anew without what goes; a crash in between loses nothing. Not for the
        time of a scan: it may count on a record that is about to go.
        """
        limit = datetime.combine(before, time(), SHANGHAI)
        kept = self._observed_since(limit)
        gone: dict[str, set[int]] = {}
        query = select(EvidenceRow.id, EvidenceRow.file, EvidenceRow.digest)
        with reading(self._engine) as connection:
            for row_id, file, digest in connection.execute(query):
                if digest not in kept:
                    gone.setdefault(file, set()).add(row_id)
        done = [self._rewrite(name, ids) for name, ids in sorted(gone.items())]
        return Pruned(
            sum(part.records for part in done),
            sum(part.files for part in done),
            sum(part.bytes for part in done),
        )

    def _observed_since(self, limit: datetime) -> set[str | None]:
        scans = select(ScanRow.id).where(ScanRow.as_of >= limit)
        queries = (
            select(EvidenceRow.digest).where(EvidenceRow.seen_at >= limit - TOUCH_AFTER),
            select(ObservationRow.evidence).where(ObservationRow.scan_id.in_(scans)),
            select(SightingRow.evidence).where(SightingRow.scan_id.in_(scans)),
            select(ExtraRow.evidence).where(ExtraRow.scan_id.in_(scans)),
        )
        with reading(self._engine) as connection:
            return {row[0] for query in queries for row in connection.execute(query.distinct())}

    def _rewrite(self, name: str, gone: set[int]) -> Pruned:
        """Write one file anew without some records; one that is being written stays as it is."""
        path = self.root / name
        own = FileLock(_lock_path(path))
        if not own.acquire():
            return Pruned(0, 0, 0)
        size = path.stat().st_size if path.exists() else 0
        query = (
            select(EvidenceRow.id, EvidenceRow.offset, EvidenceRow.length)
            .where(EvidenceRow.file == name)
            .order_by(EvidenceRow.offset)
        )
        with reading(self._engine) as connection:
            rows = [row for row in connection.execute(query) if row.id not in gone]
        moved: list[dict[str, Any]] = []
        target: _File | None = None
        if rows and path.exists():
            target = self._create(name.removesuffix(".warc.gz") + "-kept", datetime.now(SHANGHAI))
            with path.open("rb") as source:
                for row in rows:
                    source.seek(row.offset)
                    _write_all(target.handle, source.read(row.length))
                    moved.append(
                        {"of_id": row.id, "to_file": target.name, "to_offset": target.size}
                    )
                    target.size += row.length
            os.fsync(target.handle.fileno())
        with writing(self._engine) as connection:
            for part in parts(sorted(gone)):
                connection.execute(delete(EvidenceRow).where(EvidenceRow.id.in_(part)))
            if moved:
                connection.execute(_MOVE, moved)
        if target is not None:
            target.handle.close()
            target.lock.release()
        path.unlink(missing_ok=True)
        own.release()
        self._forget()
        return Pruned(len(gone), int(target is None), size - (target.size if target else 0))

    def _forget(self) -> None:
        """What is stored has changed under us: learn it again at the next ``attach``."""
        self._sites.clear()
        self._seen.clear()
        self._digests.clear()


def _lock_path(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


def _write_all(handle: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[handle.write(view) :]


def _content_type(headers: Iterable[tuple[str | bytes, str | bytes]]) -> str | None:
    for name, value in headers:
        text = name.decode("latin-1") if isinstance(name, bytes) else name
        if text.lower() == "content-type":
            return (value.decode("latin-1") if isinstance(value, bytes) else value)[:200]
    return None
