"""Backup: one archive with the database, the evidence, the configuration and the own standards.

Taken while scans go on: first the database, then of each evidence file as many bytes as that copy
knows, so that the two agree. The manifest at the end names every file with its length and digest.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO, Any

from config.loader import find_config
from config.yaml_source import read_bytes
from services.workspace import SHANGHAI, UsageError, Workspace
from storage.copies import examine_copy, snapshot

SCHEMA = "xunjian.backup/1"
MANIFEST = "manifest.json"
DATABASE = "database.sqlite3"
EVIDENCE = "evidence/"
CONFIG = "config/"
STANDARDS = "config/standards/"
CHUNK = 1 << 20
TRIES = 3
"""How often all is taken anew because evidence was tidied up meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What was written."""

    path: Path
    files: int
    bytes: int
    """Of the archive."""
    missing: tuple[str, ...]
    """Evidence files that the database names and that are not there any more."""


@dataclass(slots=True)
class _Archive:
    """An archive in the making."""

    zip: zipfile.ZipFile
    at: datetime
    files: list[dict[str, Any]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, name: str, source: IO[bytes], *, size: int | None = None) -> None:
        """Put a file in, its first ``size`` bytes or all of it. Raises ``_Short``."""
        digest = hashlib.sha256()
        left, done = size, 0
        entry = zipfile.ZipInfo(name, self.at.astimezone(SHANGHAI).timetuple()[:6])
        # Evidence is compressed already.
        packed = zipfile.ZIP_STORED if name.startswith(EVIDENCE) else zipfile.ZIP_DEFLATED
        entry.compress_type = packed
        with self.zip.open(entry, "w", force_zip64=True) as out:
            while left is None or left > 0:
                chunk = source.read(CHUNK if left is None else min(CHUNK, left))
                if not chunk:
                    break
                digest.update(chunk)
                out.write(chunk)
                done += len(chunk)
                left = None if left is None else left - len(chunk)
        if left:
            raise _Short(name)
        self.files.append({"path": name, "size": done, "sha256": digest.hexdigest()})


class _Short(Exception):
    """An evidence file holds fewer bytes than the database knows of."""


def backup(ws: Workspace, target: Path, *, now: datetime, overwrite: bool = False) -> BackupReport:
    """Write a backup to a file, or into a folder under a name of its own.

    Raises ``UsageError`` where that cannot be.
    """
    path = target
    if target.is_dir():
        path = target / f"xunjian-{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}.zip"
    if path.exists() and not overwrite:
        raise UsageError(f"{path} 已经存在：请换一个文件名，确要替换时加 --overwrite")
    path.parent.mkdir(parents=True, exist_ok=True)
    directory = find_config(ws.settings.config, ws.cwd, ws.settings.data)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        archive = _write(ws, unfinished, directory, now)
        with unfinished.open("rb+") as written:
            os.fsync(written.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return BackupReport(
        path=path,
        files=len(archive.files),
        bytes=path.stat().st_size,
        missing=tuple(archive.missing),
    )


def _write(ws: Workspace, path: Path, directory: Path | Traversable, now: datetime) -> _Archive:
    """The whole archive; once more where evidence that the copy names went away meanwhile."""
    gone: list[str] = []
    for _ in range(TRIES):
        path.unlink(missing_ok=True)
        # It may hold the channels' passwords: for its owner only.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        archive = _attempt(ws, path, directory, now)
        if archive.missing == gone:  # none, or gone for good
            break
        gone = archive.missing
    return archive


def _attempt(ws: Workspace, path: Path, directory: Path | Traversable, now: datetime) -> _Archive:
    with (
        tempfile.TemporaryDirectory(prefix=".xunjian-", dir=path.parent) as scratch,
        zipfile.ZipFile(path, "w", allowZip64=True) as opened,
    ):
        archive = _Archive(opened, now)
        copy = Path(scratch) / DATABASE
        snapshot(ws.engine, copy)
        contents = examine_copy(copy)
        with copy.open("rb") as source:
            archive.add(DATABASE, source)
        for name, end in contents.evidence.items():
            _add_evidence(archive, ws.evidence.root / name, name, end)
        for name, file in _settings_files(ws, directory):
            archive.add(name, io.BytesIO(read_bytes(file, name)))
        manifest = {
            "schema": SCHEMA,
            "made_at": now.isoformat(),
            "program": _program(),
            "revision": contents.revision,
            "database": ws.engine.dialect.name,
            "config": directory.name,
            "files": archive.files,
            "missing": archive.missing,
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=1)
        opened.writestr(MANIFEST, text, zipfile.ZIP_DEFLATED)
    return archive


def _add_evidence(archive: _Archive, path: Path, name: str, end: int) -> None:
    try:
        with path.open("rb") as source:
            if os.fstat(source.fileno()).st_size < end:
                archive.missing.append(name)
                return
            archive.add(EVIDENCE + name, source, size=end)
    except FileNotFoundError:
        archive.missing.append(name)


def _settings_files(
    ws: Workspace, directory: Path | Traversable
) -> Iterator[tuple[str, Path | Traversable]]:
    """The configuration in use, and the clerk's own standards, with their names in the archive."""
    for file in sorted(directory.iterdir(), key=lambda f: f.name):
        if file.is_file() and file.name.endswith((".yaml", ".yml")):
            yield f"{CONFIG}{directory.name}/{file.name}", file
    seen: set[str] = set()
    for place in ws.settings.standards:
        if not place.is_dir():
            continue
        for own in sorted(place.iterdir()):
            if own.is_file() and own.suffix == ".yaml" and own.name not in seen:
                seen.add(own.name)
                yield STANDARDS + own.name, own


def _program() -> str:
    try:
        return version("xunjian")
    except PackageNotFoundError:  # run from a checkout that is not installed
        return "unknown"
