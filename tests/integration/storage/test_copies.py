"""Copies of a database: from either kind, into either kind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text

from checks.probes import Probe, ProbeOutcome
from config.settings import Settings
from services.backup import backup
from services.restore import restore
from services.workspace import UsageError, Workspace
from storage.copies import examine_copy, is_bare, pour, snapshot
from storage.db import open_engine, reading, writing
from storage.models import Base, EvidenceRow, ScanKind
from storage.probes import add_probes
from storage.regime_tables import SlotRow, SlotState, WaiverRow
from storage.scans import begin_scan

AT = datetime(2018, 6, 4, 1, 2, 3, 456789, tzinfo=UTC)


def _fill(engine: Engine) -> None:
    scan = begin_scan(engine, ScanKind.WEEKLY, AT, ["portal"], "s", "d", "2", note={"甲": [1]})
    probes = [
        Probe(
            site_id="portal",
            page="home",
            url="http://a/",
            at=AT + timedelta(minutes=i),
            outcome=ProbeOutcome.OK,
            detail="“是”",
            certificate_until=AT if i % 2 else None,
        )
        for i in range(2500)
    ]
    add_probes(engine, probes)
    with writing(engine) as connection:
        slot = {
            "kind": "weekly", "slot": "2018-W23", "site_id": "", "due_at": AT, "until": AT,
            "state": SlotState.DONE, "scan_id": scan, "attempts": 1, "result": "完成",
        }  # fmt: skip
        connection.execute(insert(SlotRow), [slot, slot | {"slot": "2018-W24", "units": None}])
        connection.execute(
            insert(SlotRow), [slot | {"slot": "2018-W25", "units": {"units": ["a"]}}]
        )
        waiver = {
            "kind": "waived", "unit_id": "u", "duty": "d", "period_from": date(2018, 1, 1),
            "period_to": None, "reason": "", "proof": "", "at": AT, "recorded_at": AT, "actor": "a",
        }  # fmt: skip
        connection.execute(insert(WaiverRow), [waiver])
        row = {
            "site_id": "portal", "digest": "a" * 64, "url_key": b"\x00" * 16, "url": "http://a/",
            "file": "2018/1-1.warc.gz", "offset": 300, "length": 70, "stored_at": AT,
            "seen_at": AT, "revisit": False, "content_type": None, "status": 200,
        }  # fmt: skip
        connection.execute(insert(EvidenceRow), [row])


def _all(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with reading(engine) as connection:
        return {
            table.name: [
                dict(row)
                for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in Base.metadata.sorted_tables
        }


def test_a_copy_from_either_database_holds_every_row_in_one_file(
    engine: Engine, tmp_path: Path
) -> None:
    _fill(engine)
    target = tmp_path / "copy.db"
    snapshot(engine, target)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("copy")] == ["copy.db"]
    contents = examine_copy(target)
    assert contents.evidence == {"2018/1-1.warc.gz": 370}
    with reading(engine) as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    assert contents.revision == found
    copied = open_engine(f"sqlite:///{target}")
    assert _all(copied) == _all(engine)
    copied.dispose()


def test_a_copy_poured_into_either_database_is_the_same_and_counts_on(
    engine: Engine, sqlite_template: Path, tmp_path: Path
) -> None:
    source = tmp_path / "source.db"
    source.write_bytes(sqlite_template.read_bytes())
    filled = open_engine(f"sqlite:///{source}")
    _fill(filled)
    assert is_bare(engine)
    assert pour(filled, engine) == 1 + 1 + 2500 + 3 + 1 + 1
    assert not is_bare(engine)
    assert _all(engine) == _all(filled)
    following = begin_scan(engine, ScanKind.WEEKLY, AT, [], "s", "d", "2")
    assert following == max(row["id"] for row in _all(filled)["scan"]) + 1
    filled.dispose()


def test_a_backup_from_postgresql_comes_back_into_an_empty_postgresql_only(
    postgres_database: str, empty_url: str, tmp_path: Path
) -> None:
    """Into the empty database of either kind."""
    source = Workspace(Settings(data=tmp_path / "a", database=postgres_database), tmp_path)
    begin_scan(source.engine, ScanKind.WEEKLY, AT, ["portal"], "s", "d", "2")
    archive = backup(source, tmp_path / "a.zip", now=AT).path
    target = Workspace(Settings(data=tmp_path / "b", database=empty_url), tmp_path)
    assert restore(target, archive, now=AT).upgraded is False
    assert _all(target.engine) == _all(source.engine)
    if empty_url.startswith("postgresql"):
        elsewhere = Workspace(Settings(data=tmp_path / "c", database=empty_url), tmp_path)
        with pytest.raises(UsageError, match="已有数据"):
            restore(elsewhere, archive, now=AT, overwrite=True)
    source.engine.dispose()
    target.engine.dispose()
