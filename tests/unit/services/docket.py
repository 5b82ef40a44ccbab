"""A small city's docket for the tests of papers: a configuration, and rows as scans and people leave
them, written by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import insert

from checks.life import Event, EventKind
from checks.model import Finding, Scope, Subject, fingerprint
from config.settings import Settings
from scorecards.life import Life, fold
from services.workspace import Workspace
from storage import findings as ledger
from storage import scans
from storage.db import open_engine, upgrade, writing
from storage.models import (
    ObservationRow,
    ScanKind,
    ScanState,
    Sight,
    SubjectKind,
    SubjectRow,
)

ROOT = Path(__file__).resolve().parents[3]
UNITS: tuple[dict[str, Any], ...] = (
    {"id": "edu", "name": "瑞昌市教育局", "short": "市教育局", "group": "department"},
    {"id": "farm", "name": "赛湖农场", "short": "赛湖农场", "group": "town"},
    {"id": "new", "name": "瑞昌市新设局", "short": "市新设局", "group": "department", "confirmed": False},
    {
        "id": "env", "name": "瑞昌市环境保护局", "short": "市环保局", "group": "department",
        "valid_to": "2018-11-30", "successors": ["eco"],
    },
    {
        "id": "eco", "name": "瑞昌市生态环境局", "short": "市生态环境局", "group": "department",
        "valid_from": "2018-12-01",
    },
)  # fmt: skip


def at(month: int, day: int, hour: int = 9) -> datetime:
    """An hour of 2018 in Shanghai."""
    return datetime(2018, month, day, hour - 8, tzinfo=UTC)


@cache
def _empty_database() -> bytes:
    """A database of the present schema: building the tables takes its time."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.sqlite3"
        engine = open_engine(f"sqlite:///{file.as_posix()}", create=True)
        upgrade(engine)
        engine.dispose()
        return file.read_bytes()


@dataclass
class Docket:
    folder: Path
    now: datetime = field(default_factory=lambda: at(12, 20))
    _ws: Workspace | None = None

    def __post_init__(self) -> None:
        self.write()

    def write(self, *, trial_run: bool = False, **city: Any) -> None:
        self._ws = None
        config = self.folder / "config"
        config.mkdir(parents=True, exist_ok=True)
        documents: dict[str, Any] = {
            "city.yaml": {
                "id": "demo", "name": "瑞昌市", "office": "瑞昌市人民政府办公室",
                "trial_run": trial_run, "crawl_window": None, **city,
            },
            "sites.yaml": {
                "sites": [
                    {
                        "id": "portal", "name": "中国瑞昌", "kind": "portal",
                        "url": "http://127.0.0.1:9/", "operator": "edu", "allow_private": True,
                        "budget_column": "budget",
                    },
                ],
            },
            "units.yaml": {
                "units": [{"confirmed": True, "full_name_confirmed": True, **u} for u in UNITS]
            },
            "columns.yaml": {
                "categories": [{"id": "news", "title": "动态", "cadence": {"days": 14}}],
                "catalogues": [],
                "site_columns": {
                    "portal": [
                        {"slug": "news", "name": "政务动态", "group": "工作动态", "category": "news"},
                        {"slug": "budget", "name": "部门预决算", "category": "news"},
                    ]
                },
            },
        }  # fmt: skip
        for name, content in documents.items():
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
            (config / name).write_text(text, encoding="utf-8")

    @property
    def ws(self) -> Workspace:
        if self._ws is None:
            self._ws = self._opened()
        return self._ws

    def _opened(self) -> Workspace:
        data = self.folder / "data"
        data.mkdir(exist_ok=True)
        database = data / "xunjian.sqlite3"
        if not database.exists():
            database.write_bytes(_empty_database())
        settings = Settings(data=data, config=str(self.folder / "config"), actor="tester")
        return Workspace(settings, ROOT, clock=lambda: self.now)

    def finding(
        self,
        name: str,
        unit: str | None = "edu",
        *,
        rule: str = "untidy-title",
        message: str = "标题里有多余的空格",
        title: str = "",
        snippet: str = "",
        url: str | None = None,
    ) -> Finding:
        key = f"page:{name}"
        address = f"http://127.0.0.1:9/{name}.html" if url is None else url
        return Finding(
            fingerprint=fingerprint(rule, key, ""),
            rule_id=rule,
            subject=Subject(
                scope=Scope.PAGE, key=key, site_id="portal", unit_id=unit,
                title=title or f"关于{name}的通知", url=address,
            ),
            what="",
            message=message,
            path="",
            snippet=snippet,
            url=address,
            suspected=False,
            evidence="ab" * 32,
        )  # fmt: skip

    def scan(
        self,
        when: datetime,
        findings: Sequence[Finding],
        *,
        events: Sequence[tuple[Finding, EventKind]] = (),
        sight: Sight = Sight.FETCHED,
        kind: ScanKind = ScanKind.WEEKLY,
    ) -> int:
        """A scan that saw these findings; ``sight``: how it came by their pages."""
        engine = self.ws.engine
        number = scans.begin_scan(
            engine, kind, when, ["portal"], "ruichang-2018", "d", "r", started_at=when
        )
        ledger.record(
            engine,
            number,
            findings=findings,
            events=[(f.fingerprint, self._event(k, when, number)) for f, k in events],
        )
        with writing(engine) as connection:
            for f in findings:
                wanted = {
                    "id": int.from_bytes(f.subject.key.encode()[-7:], "big"),
                    "kind": SubjectKind.PAGE, "key": f.subject.key, "site_id": "portal",
                    "first_seen": when, "url": f.subject.url,
                }  # fmt: skip
                known = connection.execute(
                    SubjectRow.__table__.select().where(SubjectRow.key == f.subject.key)
                ).first()
                if known is None:
                    connection.execute(insert(SubjectRow), [wanted])
                connection.execute(
                    insert(ObservationRow),
                    [
                        {
                            "scan_id": number, "subject_id": wanted["id"], "outcome": sight,
                            "unit_id": f.subject.unit_id, "column_key": "portal/news",
                            "seen_at": when, "fetched_at": when,
                        }
                    ],
                )  # fmt: skip
        scans.finish_scan(engine, number, ScanState.COMPLETE, finished_at=when)
        return number

    def tell(self, finding: Finding, kind: EventKind, when: datetime, **data: Any) -> None:
        ledger.add_event(self.ws.engine, finding.fingerprint, self._event(kind, when, None, **data))

    def _event(self, kind: EventKind, when: datetime, scan: int | None, **data: Any) -> Event:
        return Event(kind=kind, at=when, recorded_at=when, scan_id=scan, actor="tester", data=data)

    def life(self, finding: Finding) -> Life:
        stored = ledger.open_state(self.ws.engine)[finding.fingerprint]
        found = fold(stored.events, self.now)
        assert found is not None
        return found

    def late(self, *findings: Finding, deadline: date = date(2018, 11, 30)) -> None:
        """Found on 1 November, reminded on the 5th, overdue after ``deadline``; seen again by a
        scan of 10 December that fetched their pages."""
        self.scan(at(11, 1), findings, events=[(f, EventKind.FOUND) for f in findings])
        for f in findings:
            self.tell(f, EventKind.REMINDED, at(11, 5), deadline=deadline.isoformat())
        self.scan(at(12, 10), findings)
