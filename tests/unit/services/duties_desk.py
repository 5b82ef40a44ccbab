"""A small city with one periodic duty and what a scan read of its columns, for tests of services."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zlib import crc32

from checks.facts import (
    ColumnReading,
    ColumnState,
    DateState,
    Entry,
    Missing,
    Proof,
    StopReason,
    Unverified,
)
from config.schema import RuleSetting, ScoreClass, Standard
from services.workspace import Workspace
from storage import scans
from storage.models import ScanKind, ScanRow, ScanState
from storage.scans import Fetch, ScanWriter
from tests.unit.services.offices import NOW, office

RULE = "missing-periodic"
STANDARD = Standard(
    id="s",
    title="标准",
    basis="依据",
    subject="unit",
    classes=(ScoreClass(id="c", title="类", label="类", cap=10),),
    rules={RULE: RuleSetting(score_class="c", points=1)},
)
DUTIES = """
duties:
  - id: cz
    title: 财政收支情况
    unit: {unit}
    every: quarter
    due_days: 45
    words: [[财政], [收支]]
    places: [{places}]
    basis: 年度报告
    unconfirmed: {unconfirmed}
"""
PLACES = ("platform/czj.jieshao", "platform/czj.dongtai")
ABSENT = Unverified(code=Missing.NOT_CAPTURED, reason="栏目树中没有")
WHOLE = Proof(
    pages_read=1, total_claimed=None, pages_claimed=None, stop=StopReason.END, reader="r",
    share_dated=1.0,
)  # fmt: skip
Q4 = ("2017年四季度财政收支情况", date(2018, 1, 20))
Q1 = ("2018年一季度财政收支情况", date(2018, 4, 20))
NEWS = ("财政局召开会议", date(2018, 7, 1))


def reading(*rows: tuple[str, date], proof: Proof = WHOLE) -> ColumnReading:
    return ColumnReading(
        url="https://xxgk.lin.gov.cn/c.html",
        entries=tuple(
            Entry(
                title=title,
                url=f"https://xxgk.lin.gov.cn/{crc32(title.encode())}.html",
                published=day,
                date_state=DateState.READ,
            )
            for title, day in rows
        ),
        page_lengths=(len(rows),),
        proof=proof,
    )


def scanned(
    folder: Path,
    columns: dict[str, ColumnReading | Unverified],
    *,
    unit: str = "czj",
    places: tuple[str, ...] = PLACES,
    unconfirmed: bool = False,
) -> tuple[Workspace, ScanRow]:
    """A scan at ``NOW`` that read these columns, by key, and nothing else."""
    ws = office(folder)
    text = DUTIES.format(
        unit=unit, places=", ".join(places), unconfirmed="true" if unconfirmed else "false"
    )
    (folder / "lin" / "duties.yaml").write_text(text, "utf-8")
    scan = scans.begin_scan(
        ws.engine, ScanKind.WEEKLY, NOW, ["portal", "platform"], "s", "c", "r", started_at=NOW
    )
    writers = {site: ScanWriter(ws.engine, None, scan, site) for site in ("portal", "platform")}
    for key, held in columns.items():
        writer = writers[key.partition("/")[0]]
        if held is ABSENT:
            writer.column(key, held, ColumnState.ABSENT)
        elif isinstance(held, Unverified):
            writer.column(key, held, ColumnState.UNVERIFIED)
        else:
            writer.column(key, held, ColumnState.READ, None, None, Fetch(at=NOW, status=200))
    for writer in writers.values():
        writer.flush()
    scans.finish_scan(ws.engine, scan, ScanState.COMPLETE, window_ended=False)
    return ws, scans.scan(ws.engine, scan)
