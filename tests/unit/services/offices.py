"""A small city on disk, its empty database, and hand-made findings, for tests of services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openpyxl import Workbook

from checks.life import Event, EventKind
from checks.model import Finding, Scope, Subject, fingerprint
from config.settings import Settings
from services.workspace import Workspace
from storage import findings as ledger
from storage import scans
from storage.db import writing
from storage.findings import Verdict
from storage.insert import insert_new
from storage.models import (
    AliasRow,
    ObservationRow,
    ScanKind,
    ScanState,
    Sight,
    SubjectKind,
    SubjectRow,
)
from storage.types import key64, url_key

NOW = datetime(2018, 8, 1, 2, 0, tzinfo=UTC)
PORTAL = "https://www.lin.gov.cn"
PLATFORM = "https://xxgk.lin.gov.cn"

_FILES = {
    "city.yaml": """
id: lin
name: 林城市
office: 林城市人民政府办公室
trial_run: false
""",
    "sites.yaml": f"""
sites:
  - {{id: portal, name: 中国林城网, kind: portal, url: {PORTAL}/, operator: zfb}}
  - {{id: platform, name: 林城市政府信息公开平台, kind: platform, url: {PLATFORM}/, operator: zfb}}
""",
    "columns.yaml": """
categories:
  - {id: dongtai, title: 动态要闻, cadence: {days: 14}}
  - {id: changqi, title: 长期公开, cadence: {}}
catalogues:
  - id: department
    title: 政府部门
    columns:
      - {slug: jieshao, name: 部门介绍, group: 概况信息, category: changqi, variants: [单位简介]}
      - {slug: dongtai, name: 政务动态, group: 工作动态, category: dongtai}
      - {slug: jihua, name: 工作计划, group: 发展规划, category: dongtai}
site_columns:
  portal:
    - {slug: jiedu, name: 政策解读, category: dongtai}
    - {slug: zfwj, name: '政府文件及"三公"', category: dongtai}
""",
    "units.yaml": """
units:
  - {id: zfb, name: 林城市人民政府办公室, short: 市政府办, group: department, confirmed: true}
  - {id: jyj, name: 林城市教育局, short: 市教育局, aliases: [教育局], group: department, catalogue: department, confirmed: true}
  - {id: czj, name: 林城市财政局, short: 市财政局, group: department, catalogue: department, confirmed: true}
  - {id: wjw, name: 林城市卫生和计划生育委员会, short: 市卫计委, aliases: [卫计委], group: department, catalogue: department, confirmed: true, valid_to: 2018-06-30, successors: [wjk]}
  - {id: wjk, name: 林城市卫生健康委员会, short: 市卫健委, aliases: [卫健委], group: department, catalogue: department, confirmed: true, valid_from: 2018-07-01}
""",
}


def office(folder: Path, now: datetime = NOW) -> Workspace:
    """A workspace of its own."""
    config = folder / "lin"
    config.mkdir(parents=True, exist_ok=True)
    for name, text in _FILES.items():
        (config / name).write_text(text.lstrip(), "utf-8")
    settings = Settings(data=folder / "data", config=str(config), actor="张三")
    return Workspace(settings, folder, clock=lambda: now)


def book(path: Path, *rows: Sequence[object], title: str = "清单") -> Path:
    """A workbook of one plain sheet."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    workbook.save(path)
    return path


def column_finding(
    rule_id: str = "overdue-column",
    site: str = "platform",
    slug: str = "jyj.dongtai",
    unit: str = "jyj",
) -> Finding:
    key = f"{site}/{slug}"
    subject = Subject(
        scope=Scope.COLUMN, key=key, site_id=site, unit_id=unit, title="工作动态 > 政务动态",
        url=f"{PLATFORM}/{unit}/list.html",
    )  # fmt: skip
    return _finding(rule_id, subject, "", subject.url)


def page_finding(rule_id: str, url: str, what: str, unit: str = "jyj") -> Finding:
    key = f"page:{key64(SubjectKind.PAGE, url)}"
    subject = Subject(
        scope=Scope.PAGE, key=key, site_id="platform", unit_id=unit, title="通知", url=url
    )
    return _finding(rule_id, subject, what, url)


def _finding(rule_id: str, subject: Subject, what: str, url: str | None) -> Finding:
    return Finding(
        fingerprint=fingerprint(rule_id, subject.key, what),
        rule_id=rule_id,
        subject=subject,
        what=what,
        message="问题",
        path="",
        snippet="",
        url=url,
        suspected=False,
        evidence="e",
    )


def scanned(
    ws: Workspace,
    at: datetime,
    found: Sequence[Finding] = (),
    mended: Sequence[Finding] = (),
    unverified: Sequence[tuple[str, Subject]] = (),
) -> int:
    """A scan that saw some findings anew and found others mended."""
    scan = scans.begin_scan(
        ws.engine, ScanKind.WEEKLY, at, ["portal", "platform"], "ruichang-2018", "c", "r",
        started_at=at,
    )  # fmt: skip
    scans.finish_scan(ws.engine, scan, ScanState.COMPLETE, window_ended=False)
    log = [(f, EventKind.FOUND) for f in found] + [(f, EventKind.RECTIFIED) for f in mended]
    ledger.record(
        ws.engine,
        scan,
        findings=found,
        events=[
            (
                f.fingerprint,
                Event(kind=k, at=at, recorded_at=at, scan_id=scan, actor="xunjian"),
            )
            for f, k in log
        ],
        verdicts=[
            Verdict(
                rule_id=rule, subject=subject, kind=ledger.VerdictKind.UNVERIFIED, reason="打不开"
            )
            for rule, subject in unverified
        ],
    )
    return scan


def met(ws: Workspace, scan: int, url: str, unit: str | None, column: str | None = None) -> str:
    """A page that a scan has met under an address; gives its key."""
    number = key64(SubjectKind.PAGE, url)
    at = NOW - timedelta(days=90)
    with writing(ws.engine) as connection:
        insert_new(
            connection,
            SubjectRow.__table__,
            [
                {
                    "id": number, "kind": SubjectKind.PAGE, "key": f"page:{number}",
                    "site_id": "platform", "first_seen": at, "url": url, "last_scan": scan,
                }
            ],
        )  # fmt: skip
        insert_new(
            connection,
            AliasRow.__table__,
            [{"url_key": url_key(url), "url": url, "subject_id": number, "first_seen": at}],
        )
        insert_new(
            connection,
            ObservationRow.__table__,
            [
                {
                    "scan_id": scan, "subject_id": number, "outcome": Sight.FETCHED,
                    "unit_id": unit, "column_key": column, "seen_at": at,
                }
            ],
        )  # fmt: skip
    return f"page:{number}"
