"""Scans and their progress by site: begun, resumed, finished, listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from storage.db import StorageError, reading, writing
from storage.models import ScanKind, ScanRow, ScanState, SiteRunRow, SiteState
from storage.writer import Fetch, KnownPage, LinkTarget, ScanWriter

__all__ = [
    "Fetch",
    "KnownPage",
    "LinkTarget",
    "ScanWriter",
    "begin_scan",
    "finish_scan",
    "give_up_running",
    "interrupted_scan",
    "list_scans",
    "resume_scan",
    "scan",
    "site_runs",
]


class ScanUnknown(StorageError):
    pass


def begin_scan(
    engine: Engine,
    kind: ScanKind,
    as_of: datetime,
    sites: Iterable[str],
    standard: str,
    config_digest: str,
    reader: str,
    full: bool = False,
    *,
    started_at: datetime | None = None,
    note: Mapping[str, Any] | None = None,
) -> int:
    """A new running scan with its sites pending; returns its id."""
    with writing(engine) as connection:
        scan_id: int = connection.execute(
            insert(ScanRow)
            .values(
                kind=kind,
                as_of=as_of,
                started_at=started_at or datetime.now(UTC),
                state=ScanState.RUNNING,
                standard=standard,
                config_digest=config_digest,
                reader=reader,
                full=full,
                window_ended=False,
                note=dict(note or {}),
            )
            .returning(ScanRow.id)
        ).scalar_one()
        rows = [{"scan_id": scan_id, "site_id": site, "state": SiteState.PENDING} for site in sites]
        if rows:
            connection.execute(insert(SiteRunRow), rows)
    return scan_id


def resume_scan(engine: Engine, scan_id: int) -> ScanRow:
    """Set an interrupted scan running again; its ``as_of`` stays."""
    with writing(engine) as connection:
        connection.execute(
            update(ScanRow)
            .where(ScanRow.id == scan_id)
            .values(state=ScanState.RUNNING, finished_at=None)
        )
    return scan(engine, scan_id)


def give_up_running(engine: Engine, sites: Iterable[str] | None = None) -> None:
    """Scans that stand as running are marked as interrupted: for a caller that holds the lock, and
    so knows that their process was killed. ``sites``: only those of one of these sites, where the
    lock is held a site."""
    statement = (
        update(ScanRow)
        .where(ScanRow.state == ScanState.RUNNING)
        .values(state=ScanState.INTERRUPTED)
    )
    if sites is not None:
        held = select(SiteRunRow.scan_id).where(SiteRunRow.site_id.in_(list(sites)))
        statement = statement.where(ScanRow.id.in_(held))
    with writing(engine) as connection:
        connection.execute(statement)


def finish_scan(
    engine: Engine,
    scan_id: int,
    state: ScanState,
    *,
    window_ended: bool = False,
    note: Mapping[str, Any] | None = None,
    finished_at: datetime | None = None,
) -> None:
    """Set the final state; ``note`` replaces the scan's note where given."""
    values: dict[str, Any] = {
        "state": state,
        "window_ended": window_ended,
        "finished_at": finished_at or datetime.now(UTC),
    }
    if note is not None:
        values["note"] = dict(note)
    with writing(engine) as connection:
        connection.execute(update(ScanRow).where(ScanRow.id == scan_id).values(**values))


def scan(engine: Engine, scan_id: int) -> ScanRow:
    """One scan. Raises ``ScanUnknown``."""
    found = _rows(engine, select(ScanRow).where(ScanRow.id == scan_id))
    if not found:
        raise ScanUnknown(f"没有编号为 {scan_id} 的检测。请用 xunjian runs 查看编号。")
    return found[0]


def interrupted_scan(engine: Engine) -> ScanRow | None:
    """The newest scan, if it did not come to its end (``running`` or ``interrupted``); a re-check is
    none that could be resumed, and takes no other's place.

    Whether a running one still has a living process is for the caller to know (``FileLock``).
    """
    query = select(ScanRow).where(ScanRow.kind != ScanKind.RECHECK)
    newest = _rows(engine, query.order_by(ScanRow.id.desc()).limit(1))
    if newest and newest[0].state in (ScanState.RUNNING, ScanState.INTERRUPTED):
        return newest[0]
    return None


def list_scans(engine: Engine, limit: int | None = None) -> list[ScanRow]:
    """Newest first."""
    return _rows(engine, select(ScanRow).order_by(ScanRow.id.desc()).limit(limit))


def site_runs(engine: Engine, scan_id: int) -> list[SiteRunRow]:
    """A scan's sites in order of their ids."""
    query = select(SiteRunRow).where(SiteRunRow.scan_id == scan_id).order_by(SiteRunRow.site_id)
    with reading(engine) as connection, Session(connection) as opened:
        return list(opened.scalars(query))


def _rows(engine: Engine, query: Any) -> list[ScanRow]:
    with reading(engine) as connection, Session(connection) as opened:
        rows: Sequence[ScanRow] = opened.scalars(query).all()
        return list(rows)
