"""Restore: a backup is checked byte by byte beside the data, then put in its place.

An archive may come from anywhere: its names, sizes and digests are compared with its manifest
before anything is used, and nothing is ever written outside the data folder. What stood there
before is moved aside, never deleted.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from services.backup import CHUNK, CONFIG, DATABASE, EVIDENCE, MANIFEST, SCHEMA
from services.workspace import SHANGHAI, UsageError, Workspace
from storage import db
from storage.copies import examine_copy, is_bare, pour
from storage.lock import FileLock

MAX_MANIFEST = 64_000_000
MAX_FILES = 200_000
MAX_SETTINGS = 2_000_000
"""Bytes of one configuration file."""
MAX_PACKED = 200
"""How many times smaller than its content the packed database may be."""
_NAMES = re.compile(
    r"database\.sqlite3"
    r"|evidence/\d{4}/[0-9a-z][0-9a-z-]{0,60}\.warc\.gz"
    r"|config/[^/\\:*?\"<>|\x00-\x1f.][^/\\:*?\"<>|\x00-\x1f]{0,80}"
    r"/[^/\\:*?\"<>|\x00-\x1f.][^/\\:*?\"<>|\x00-\x1f]{0,80}\.ya?ml"
)
"""The names that a backup has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What was put in place."""

    made_at: str
    program: str
    files: int
    bytes: int
    config: Path | None
    """The folder of the configuration that was restored."""
    aside: Path | None
    """Where what stood there before was moved to."""
    upgraded: bool
    """The tables were brought to this program's revision."""
    missing: tuple[str, ...]
    """Evidence that was missing when the backup was made."""


@dataclass(frozen=True, slots=True)
class _Manifest:
    made_at: str
    program: str
    revision: str
    config: str
    files: Mapping[str, tuple[int, str]]
    """Size and sha256 by name."""
    missing: tuple[str, ...]


class _Unfit(Exception):
    """Why an archive is not restored, in Chinese."""


def restore(
    ws: Workspace, archive: Path, *, now: datetime, overwrite: bool = False
) -> RestoreReport:
    """Put a backup into the data folder (and database) of ``ws``, whose configuration need not be
    there yet.

    Raises ``UsageError`` for an archive that is not whole or not one of ours, and where data stand
    already and ``overwrite`` is false; then nothing was changed.
    """
    data = ws.settings.data
    data.mkdir(parents=True, exist_ok=True)
    staging = data / f".restore-{secrets.token_hex(4)}"
    with _locked(data):
        places = _places(ws, overwrite)
        try:
            staging.mkdir()
            try:
                manifest = _unpack(archive, staging)
                upgraded = _vet(staging, manifest)
            except _Unfit as unfit:
                raise UsageError(f"{archive} 没有恢复，现有数据没有改动：{unfit}") from None
            except db.StorageError as error:
                raise UsageError(f"{archive} 没有恢复，现有数据没有改动：{error}") from None
            config = f"config/{manifest.config}" if _has_config(manifest) else None
            aside = _put(staging, places, data, now, overwrite)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return RestoreReport(
        made_at=manifest.made_at,
        program=manifest.program,
        files=len(manifest.files),
        bytes=sum(size for size, _ in manifest.files.values()),
        config=data / config if config else None,
        aside=aside,
        upgraded=upgraded,
        missing=manifest.missing,
    )


def _has_config(manifest: _Manifest) -> bool:
    return any(name.startswith(f"{CONFIG}{manifest.config}/") for name in manifest.files)


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    lock = FileLock(data / "scan.lock")
    if not lock.acquire():
        raise UsageError(f"{data} 里正有检测在进行：请等它结束，或先停止，再恢复")
    try:
        yield
    finally:
        lock.release()


@dataclass(frozen=True, slots=True)
class _Places:
    database: str
    """The database's address."""
    file: Path | None
    """Its file; ``None``: it is a server's."""


def _places(ws: Workspace, overwrite: bool) -> _Places:
    """Where things go. Raises ``UsageError`` where something stands in the way."""
    data, url = ws.settings.data, ws.settings.database_url
    parsed = make_url(url)
    file = Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
    taken = [p for p in (file, data / "evidence", data / "config") if p is not None and _full(p)]
    if taken and not overwrite:
        raise UsageError(
            f"已经有数据：{'、'.join(str(p) for p in taken)}。请用 --data 另指一个空目录；"
            "确要替换时加 --overwrite，原有的会移到一旁保留"
        )
    if file is None:
        engine = db.open_engine(url)
        try:
            if db.is_empty(engine):
                db.upgrade(engine)
            db.check_revision(engine)
            if not is_bare(engine):
                raise UsageError(
                    "目标数据库里已有数据，没有恢复：请新建一个空数据库，用 --database 指给本程序"
                )
        finally:
            engine.dispose()
    return _Places(url, file)


def _full(path: Path) -> bool:
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


# --- reading the archive --------------------------------------------------------------------------


def _unpack(archive: Path, staging: Path) -> _Manifest:
    """All files of an archive into ``staging``, each compared with the manifest."""
    try:
        with zipfile.ZipFile(archive) as opened:
            entries = _entries(opened)
            manifest = _manifest(opened, entries)
            _compare(entries, manifest)
            need = sum(size for size, _ in manifest.files.values())
            free = shutil.disk_usage(staging).free
            if need > free:
                raise _Unfit(f"需要 {need // 1_000_000 + 1} MB，磁盘只剩 {free // 1_000_000} MB")
            for name, (size, digest) in manifest.files.items():
                _extract(opened, entries[name], staging / name, size, digest)
    except FileNotFoundError:
        raise UsageError(f"没有这个文件：{archive}") from None
    except IsADirectoryError:
        raise UsageError(f"{archive} 是目录：请指明备份文件（.zip）") from None
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zipfile.LargeZipFile) as error:
        raise _Unfit(f"不是完整的备份文件（{error}）") from None
    return manifest


def _entries(opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    listed = opened.infolist()
    if len(listed) > MAX_FILES:
        raise _Unfit(f"里面的文件超过 {MAX_FILES} 个")
    found: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for entry in listed:
        name = entry.filename
        if name != entry.orig_filename or not (name == MANIFEST or _NAMES.fullmatch(name)):
            raise _Unfit(f"里面有不该有的文件名“{_shown(entry.orig_filename)}”")
        mode = entry.external_attr >> 16
        if entry.is_dir() or (stat.S_IFMT(mode) not in (0, stat.S_IFREG)):
            raise _Unfit(f"里面的“{_shown(name)}”不是普通文件")
        if entry.flag_bits & 0x1:
            raise _Unfit("里面有加密的文件")
        if name.casefold() in folded:  # one file on Windows
            raise _Unfit(f"里面的“{_shown(name)}”出现了两次")
        folded.add(name.casefold())
        found[name] = entry
    return found


def _shown(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name[:80])


def _manifest(opened: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo]) -> _Manifest:
    if MANIFEST not in entries:
        raise _Unfit("不是本程序的备份（没有清单 manifest.json）")
    with opened.open(entries[MANIFEST]) as source:
        raw = source.read(MAX_MANIFEST + 1)
    if len(raw) > MAX_MANIFEST:
        raise _Unfit("清单太大")
    try:
        said: Any = json.loads(raw)
        if said["schema"] != SCHEMA:
            raise _Unfit(f"备份的格式是“{_shown(str(said['schema']))}”，本程序只认 {SCHEMA}")
        files = {str(f["path"]): (int(f["size"]), str(f["sha256"])) for f in said["files"]}
        return _Manifest(
            made_at=str(said["made_at"]),
            program=str(said["program"]),
            revision=str(said["revision"]),
            config=str(said["config"]),
            files=files,
            missing=tuple(str(name) for name in said["missing"]),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _Unfit("清单 manifest.json 读不懂") from None


def _compare(entries: Mapping[str, zipfile.ZipInfo], manifest: _Manifest) -> None:
    """Names and sizes, before a byte is unpacked."""
    if DATABASE not in manifest.files:
        raise _Unfit("里面没有数据库")
    listed = {*manifest.files, MANIFEST}
    if listed != set(entries):
        odd = sorted(listed ^ set(entries))[0]
        raise _Unfit(f"清单与内容不符（{_shown(odd)}）")
    for name, (size, _) in manifest.files.items():
        entry = entries[name]
        if entry.file_size != size or size < 0:
            raise _Unfit(f"“{name}”的大小与清单不符")
        swollen = (
            size != entry.compress_size
            if name.startswith(EVIDENCE)
            else size > MAX_SETTINGS
            if name.startswith(CONFIG)
            else size > MAX_PACKED * entry.compress_size + CHUNK
        )
        if swollen:
            raise _Unfit(f"“{name}”大得不合情理")


def _extract(
    opened: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, size: int, digest: str
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    found, left = hashlib.sha256(), size
    with opened.open(entry) as source, target.open("xb") as out:
        while left > 0:
            chunk = source.read(min(CHUNK, left))
            if not chunk:
                break
            found.update(chunk)
            out.write(chunk)
            left -= len(chunk)
        if left or source.read(1):
            raise _Unfit(f"“{entry.filename}”的大小与清单不符")
        out.flush()
        os.fsync(out.fileno())
    if found.hexdigest() != digest:
        raise _Unfit(f"“{entry.filename}”与清单里的摘要不符，备份文件已损坏或被改动")


def _vet(staging: Path, manifest: _Manifest) -> bool:
    """Whether database and evidence agree; brings the tables to this program's revision. Returns
    whether that was needed."""
    copy = staging / DATABASE
    contents = examine_copy(copy)
    if contents.revision != manifest.revision:
        raise _Unfit("数据库的版本与清单不符")
    for name, end in contents.evidence.items():
        size, _ = manifest.files.get(EVIDENCE + name, (-1, ""))
        if size != end and not (size < 0 and name in manifest.missing):
            raise _Unfit(f"存证“{_shown(name)}”与数据库不符")
    known = {EVIDENCE + name for name in contents.evidence}
    odd = [n for n in manifest.files if n.startswith(EVIDENCE) and n not in known]
    if odd:
        raise _Unfit(f"存证“{odd[0]}”是数据库里没有的")
    engine = db.open_engine(f"sqlite:///{copy.as_posix()}")
    try:
        db.upgrade(engine)  # raises for a newer one; does nothing for the same
    finally:
        engine.dispose()
    return examine_copy(copy).revision != contents.revision


# --- putting it in place --------------------------------------------------------------------------


def _put(staging: Path, places: _Places, data: Path, now: datetime, overwrite: bool) -> Path | None:
    """Move everything to its place; what stood there goes aside."""
    moves: list[tuple[Path, Path]] = []
    if places.file is not None:
        moves.append((staging / DATABASE, places.file))
    else:
        _pour_into(staging / DATABASE, places.database)
    if (staging / "evidence").is_dir():
        moves.append((staging / "evidence", data / "evidence"))
    if (staging / "config").is_dir():
        moves += [(d, data / "config" / d.name) for d in sorted((staging / "config").iterdir())]
    aside = data / f"before-restore-{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    old = [target for _, target in moves]
    if places.file is not None:  # what SQLite keeps beside the file belongs to the old one
        old += [places.file.with_name(places.file.name + end) for end in ("-wal", "-shm")]
    with _undone_on_failure() as move:
        for target in old:
            if not target.exists():
                continue
            if not overwrite and _full(target):
                raise UsageError(f"{target} 在恢复期间出现了，没有覆盖；请重试")
            inner = target.relative_to(data) if target.is_relative_to(data) else Path(target.name)
            move(target, aside / inner)
        for source, target in moves:
            move(source, target)
    return aside if aside.exists() else None


@contextmanager
def _undone_on_failure() -> Iterator[Callable[[Path, Path], None]]:
    """Moves of files and folders, all or none: where one fails, those before it are taken back."""
    done: list[tuple[Path, Path]] = []

    def move(source: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)  # the database may stand on another disk
        done.append((source, target))

    try:
        yield move
    except BaseException:
        for source, target in reversed(done):
            shutil.move(target, source)
        raise


def _pour_into(copy: Path, url: str) -> None:
    source, target = db.open_engine(f"sqlite:///{copy.as_posix()}"), db.open_engine(url)
    try:
        pour(source, target)
    finally:
        source.dispose()
        target.dispose()
