"""Backup and restore: what comes back judges to the same bytes, and nothing strange comes in."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import cli
from alembic import command
from config.settings import Settings
from reports import machine
from services.audit import audit
from services.backup import BackupReport, backup
from services.doctor import examine
from services.reread import reread
from services.restore import restore
from services.workspace import UsageError, Workspace
from storage import db
from storage.evidence import EvidenceStore
from storage.lock import FileLock
from tests.integration.scanning import ROOT, Office
from tests.replica import generate
from tests.replica.config import write_config
from tests.replica.server import serve
from tests.replica.spec import Spec

NOW = datetime(2018, 6, 4, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A city whose portal was scanned once; its server is gone."""
    place = tmp_path_factory.mktemp("kept")
    replica = generate(Spec(seed=909, pages=2000))
    with serve(replica) as served:
        write_config(replica, place / "config", served.portal, served.platform)
        office = Office(place / "config", place / "data")
        office.scan(as_of=replica.today, sites=("portal",))
    own = office.data / "config" / "standards"
    own.mkdir(parents=True)
    (own / "ours.yaml").write_text("# 本市自定\n", "utf-8")
    return office


@contextmanager
def writing(office: Office) -> Iterator[list[int]]:
    """Another process's scan: evidence that is written and recorded without a pause."""
    done: list[int] = []
    stop = threading.Event()

    def write() -> None:
        engine = office.workspace.engine
        store = EvidenceStore(office.data / "evidence", engine)
        store.attach(99, NOW, "portal")
        while not stop.is_set():
            body = hashlib.sha256(str(len(done)).encode()).digest() * 500
            store.put("portal", f"http://x/{len(done)}", 200, (), body, NOW)
            store.commit()
            done.append(1)
        store.close()
        engine.dispose()

    thread = threading.Thread(target=write)
    thread.start()
    try:
        while not done:
            thread.join(0.005)
        yield done
    finally:
        stop.set()
        thread.join()


@pytest.fixture(scope="module")
def kept(office: Office, tmp_path_factory: pytest.TempPathFactory) -> BackupReport:
    """A backup that was made while another writer wrote."""
    target = tmp_path_factory.mktemp("backups")
    with writing(office) as done:
        before = len(done)
        report = backup(office.workspace, target, now=NOW)
        assert len(done) > before, "the writer was not held up"
    return report


def restored(archive: Path, place: Path, **more: Any) -> Office:
    """The archive, brought back into an empty place."""
    ws = Workspace(Settings(data=place), ROOT)
    report = restore(ws, archive, now=NOW, **more)
    assert report.config is not None
    return Office(report.config, place)


def test_what_is_restored_elsewhere_judges_to_the_same_bytes(
    office: Office, kept: BackupReport, tmp_path: Path
) -> None:
    there = restored(kept.path, tmp_path / "there")
    one, other = (machine.as_json(audit(o.workspace, None, None, now=NOW)) for o in (office, there))
    assert one == other
    assert len(json.loads(one)["scorecards"]) > 10
    result = reread(there.workspace)
    assert result.pages > 100
    assert (result.different, result.gone) == ([], 0)
    assert examine(there.workspace).faults == 0, "no evidence is missing, none is half there"
    assert (there.data / "config/standards/ours.yaml").read_text("utf-8") == "# 本市自定\n"
    assert not list((tmp_path / "there").glob(".restore-*"))


def test_the_manifest_names_every_file_with_its_digest(kept: BackupReport) -> None:
    with zipfile.ZipFile(kept.path) as archive:
        said = json.loads(archive.read("manifest.json"))
        names = {f["path"] for f in said["files"]}
        assert names | {"manifest.json"} == set(archive.namelist())
        for file in said["files"]:
            raw = archive.read(file["path"])
            assert (len(raw), hashlib.sha256(raw).hexdigest()) == (file["size"], file["sha256"])
    assert {"database.sqlite3", "config/config/city.yaml", "config/standards/ours.yaml"} <= names
    assert said["revision"]
    assert said["missing"] == []
    assert kept.path.name.startswith("xunjian-20180604-")
    if os.name == "posix":
        assert kept.path.stat().st_mode & 0o077 == 0, "it may hold passwords of channels"


def test_the_commands_say_what_they_did_and_refuse_to_overwrite(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(data: Path, *words: str) -> tuple[int, str]:
        status = cli.run(["--config", str(office.config), "--data", str(data), *words])
        out, err = capsys.readouterr()
        assert out == ""
        return status, err.replace("\n", "")

    target = str(tmp_path / "备份.zip")
    status, told = run(office.data, "backup", target)
    assert (status, "已备份到" in told) == (0, True)
    status, told = run(office.data, "backup", target)
    assert (status, "--overwrite" in told) == (2, True)
    status, told = run(office.data, "restore", target)
    assert (status, "已经有数据" in told) == (2, True)
    status, told = run(tmp_path / "新", "restore", target)
    assert (status, "已恢复到" in told) == (0, True)
    status, told = run(tmp_path / "无", "restore", str(tmp_path / "无.zip"))
    assert (status, "没有这个文件" in told) == (2, True)


def test_what_stood_there_before_is_moved_aside_and_kept(
    kept: BackupReport, tmp_path: Path
) -> None:
    place = tmp_path / "data"
    (place / "evidence" / "2017").mkdir(parents=True)
    (place / "evidence" / "2017" / "1-1.warc.gz").write_bytes(b"old")
    (place / "xunjian.sqlite3").write_bytes(b"old database")
    (place / "xunjian.sqlite3-wal").write_bytes(b"old log")
    with pytest.raises(UsageError, match="--overwrite"):
        restored(kept.path, place)
    assert (place / "xunjian.sqlite3").read_bytes() == b"old database"
    there = restored(kept.path, place, overwrite=True)
    (aside,) = place.glob("before-restore-*")
    assert (aside / "xunjian.sqlite3").read_bytes() == b"old database"
    assert (aside / "xunjian.sqlite3-wal").read_bytes() == b"old log"
    assert (aside / "evidence/2017/1-1.warc.gz").read_bytes() == b"old"
    assert examine(there.workspace).faults == 0


def test_where_a_move_fails_everything_stands_as_before(
    kept: BackupReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "xunjian.sqlite3").write_bytes(b"old database")
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "old").write_bytes(b"old")
    really = shutil.move

    def full(source: Path, target: Path) -> object:
        if target.name == "standards":
            raise OSError(28, "No space left on device", str(target))
        return really(source, target)

    monkeypatch.setattr(shutil, "move", full)
    with pytest.raises(OSError, match="No space"):
        restored(kept.path, tmp_path, overwrite=True)
    assert (tmp_path / "xunjian.sqlite3").read_bytes() == b"old database"
    assert [p.name for p in (tmp_path / "evidence").iterdir()] == ["old"]
    assert not list(tmp_path.glob(".restore-*"))


def test_a_backup_of_an_older_program_is_brought_up_to_date_on_the_way(
    kept: BackupReport, tmp_path: Path
) -> None:
    older = tmp_path / "older.db"
    engine = db.open_engine(f"sqlite:///{older}", create=True)
    with db.writing(engine) as connection:
        alembic = db._alembic_config()
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "0001")
    engine.dispose()

    def replaced(files: dict[str, bytes], said: dict[str, Any]) -> None:
        files["database.sqlite3"] = older.read_bytes()
        for name in [n for n in files if n.startswith("evidence/")]:
            del files[name]
        said["revision"] = "0001"

    archive = forged(kept.path, tmp_path / "a.zip", replaced)
    ws = Workspace(Settings(data=tmp_path / "data"), ROOT)
    report = restore(ws, archive, now=NOW)
    assert report.upgraded
    db.check_revision(ws.engine)


def test_nothing_is_restored_into_a_folder_in_which_a_scan_runs(
    kept: BackupReport, tmp_path: Path
) -> None:
    lock = FileLock(tmp_path / "scan.lock")
    assert lock.acquire()
    try:
        with pytest.raises(UsageError, match="正有检测在进行"):
            restored(kept.path, tmp_path)
    finally:
        lock.release()


def test_evidence_that_is_gone_is_told_and_does_not_stop_the_backup(
    kept: BackupReport, tmp_path: Path
) -> None:
    there = restored(kept.path, tmp_path / "data")
    victim = sorted((there.data / "evidence").rglob("*.warc.gz"))[0]
    victim.unlink()
    report = backup(there.workspace, tmp_path / "second.zip", now=NOW)
    name = victim.relative_to(there.data / "evidence").as_posix()
    assert report.missing == (name,)
    ws = Workspace(Settings(data=tmp_path / "third"), ROOT)
    assert restore(ws, report.path, now=NOW).missing == (name,)


# --- hostile archives -----------------------------------------------------------------------------


def forged(
    source: Path,
    target: Path,
    change: Callable[[dict[str, bytes], dict[str, Any]], None] = lambda files, said: None,
    *,
    odd: zipfile.ZipInfo | None = None,
    content: bytes = b"x",
    manifest: Callable[[dict[str, Any]], None] = lambda said: None,
) -> Path:
    """A backup of which something was changed, its manifest made to agree where it can."""
    with zipfile.ZipFile(source) as archive:
        files = {n: archive.read(n) for n in archive.namelist() if n != "manifest.json"}
        said = json.loads(archive.read("manifest.json"))
    change(files, said)
    said["files"] = [
        {"path": n, "size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
        for n, raw in files.items()
    ]
    if odd is not None:
        said["files"].append(
            {
                "path": odd.filename,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    manifest(said)
    with zipfile.ZipFile(target, "w") as archive:
        for name, raw in files.items():
            packed = zipfile.ZIP_STORED if "evidence" in name else zipfile.ZIP_DEFLATED
            archive.writestr(name, raw, packed)
        if odd is not None:
            archive.writestr(odd, content)
        archive.writestr("manifest.json", json.dumps(said))
    return target


def refused(archive: Path, place: Path) -> str:
    """Why it is not restored; nothing may be left of it anywhere."""
    data = place / "inner" / "data"
    ws = Workspace(Settings(data=data), ROOT)
    with pytest.raises(UsageError) as caught:
        restore(ws, archive, now=NOW)
    assert list(data.iterdir()) == []
    assert sorted(p.name for p in place.rglob("*") if p.is_file()) == [archive.name]
    return str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.yaml",
        "config/../../evil.yaml",
        "/etc/evil.yaml",
        "config/c/..\\evil.yaml",
        "C:/evil.yaml",
        "config/c/evil.py",
        "evidence/2018/../../x.warc.gz",
        "config/c/nested/evil.yaml",
        "config/c/CITY\u202e.exe",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(
    name: str, kept: BackupReport, tmp_path: Path
) -> None:
    entry = zipfile.ZipInfo(name)
    entry.filename = name  # what the library would otherwise tidy up
    told = refused(forged(kept.path, tmp_path / "a.zip", odd=entry), tmp_path)
    assert "不该有的文件名" in told


def test_links_and_devices_are_refused(kept: BackupReport, tmp_path: Path) -> None:
    for mode in (stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR):
        entry = zipfile.ZipInfo("config/c/link.yaml")
        entry.create_system, entry.external_attr = 3, (mode | 0o777) << 16
        archive = forged(kept.path, tmp_path / "a.zip", odd=entry, content=b"/etc/passwd")
        assert "不是普通文件" in refused(archive, tmp_path)


def test_bombs_are_refused_before_they_are_unpacked(kept: BackupReport, tmp_path: Path) -> None:
    def swell(files: dict[str, bytes], said: dict[str, Any]) -> None:
        files["database.sqlite3"] = bytes(100_000_000)

    assert "大得不合情理" in refused(forged(kept.path, tmp_path / "a.zip", swell), tmp_path)
    packed = zipfile.ZipInfo("evidence/2018/7-1.warc.gz")
    packed.compress_type = zipfile.ZIP_DEFLATED
    archive = forged(kept.path, tmp_path / "a.zip", odd=packed, content=bytes(1000))
    assert "大得不合情理" in refused(archive, tmp_path)


def test_a_byte_that_was_changed_is_noticed(kept: BackupReport, tmp_path: Path) -> None:
    def other_digest(said: dict[str, Any]) -> None:
        said["files"][-1]["sha256"] = "0" * 64

    def other_size(said: dict[str, Any]) -> None:
        said["files"][0]["size"] += 1

    def one_more(said: dict[str, Any]) -> None:
        said["files"].append({"path": "config/c/x.yaml", "size": 0, "sha256": ""})

    for change, words in (
        (other_digest, "摘要不符"),
        (other_size, "大小与清单不符"),
        (one_more, "清单与内容不符"),
        (lambda said: said.update(schema="else/9"), "本程序只认"),
        (lambda said: said.pop("files"), "读不懂"),
        (lambda said: said.update(revision="0000"), "数据库的版本"),
    ):
        archive = forged(kept.path, tmp_path / "a.zip", manifest=change)
        assert words in refused(archive, tmp_path)


def test_a_torn_archive_and_a_file_that_is_none_are_refused(
    kept: BackupReport, tmp_path: Path
) -> None:
    raw = kept.path.read_bytes()
    torn = tmp_path / "a.zip"
    torn.write_bytes(raw[: len(raw) // 2])
    assert "不是完整的备份文件" in refused(torn, tmp_path)
    flipped = bytearray(raw)
    flipped[len(raw) // 2] ^= 0xFF
    torn.write_bytes(flipped)
    refused(torn, tmp_path)
    torn.write_text("这不是备份", "utf-8")
    assert "不是完整的备份文件" in refused(torn, tmp_path)


def _changed_database(files: dict[str, bytes], place: Path, *statements: str) -> None:
    path = place / "changed.db"
    path.write_bytes(files["database.sqlite3"])
    with closing(sqlite3.connect(path)) as opened:
        for statement in statements:
            opened.execute(statement)
        opened.commit()
        opened.execute("VACUUM")
    files["database.sqlite3"] = path.read_bytes()
    path.unlink()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON scan BEGIN DELETE FROM finding; END", "触发器"),
        ("CREATE VIEW v AS SELECT 1", "触发器、视图"),
        ("UPDATE evidence SET file = '../../../etc/passwd' WHERE id = 1", "与数据库不符"),
        ("UPDATE evidence SET length = length + 1", "与数据库不符"),
        ("DROP TABLE evidence", "读不出"),
        ("UPDATE alembic_version SET version_num = '9999'", "数据库的版本"),
    ],
)
def test_a_database_that_was_tampered_with_is_refused(
    statement: str, words: str, kept: BackupReport, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    archive = forged(
        kept.path, tmp_path / "a.zip", lambda f, said: _changed_database(f, scratch, statement)
    )
    shutil.rmtree(scratch)
    assert words in refused(archive, tmp_path)


def test_a_backup_of_a_newer_program_is_refused(kept: BackupReport, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    newer = "UPDATE alembic_version SET version_num = '9999'"
    archive = forged(
        kept.path,
        tmp_path / "a.zip",
        lambda f, said: _changed_database(f, scratch, newer),
        manifest=lambda said: said.update(revision="9999"),
    )
    shutil.rmtree(scratch)
    assert "更新版本" in refused(archive, tmp_path)
