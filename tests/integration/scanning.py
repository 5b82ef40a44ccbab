"""Shared by the tests that scan: a workspace on a served replica, and the program as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from checks.model import Finding
from checks.registry import by_machine
from config.schema import RuleSetting, ScoreClass, Standard
from config.settings import Settings
from services import areas, duties
from services.scan import ScanReport, ScanRequest, run_scan
from services.workspace import Workspace
from storage import findings as ledger

EVERY_RULE = Standard(
    id="every-rule",
    title="全部规则",
    basis="测试",
    subject="unit",
    classes=(ScoreClass(id="all", title="全部", label="全部", cap=100),),
    rules={r.id: RuleSetting(score_class="all", points=1) for r in by_machine()},
)
"""All that machines judge, to lay a stored scan before (``services.judge.judge_facts``)."""

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Office:
    """A clerk's desk: a configuration and a data folder."""

    config: Path
    data: Path

    @property
    def workspace(self) -> Workspace:
        """A fresh one, as each command has."""
        settings = Settings(data=self.data, config=str(self.config), actor="tester")
        return Workspace(settings, ROOT)

    def scan(self, as_of: date | None = None, **request: object) -> ScanReport:
        """Scan in this process."""
        ws = self.workspace
        wanted = ScanRequest(as_of=as_of, **request)  # type: ignore[arg-type]
        return run_scan(ws, wanted, now=datetime.now(UTC))

    def findings(self, scan_id: int) -> list[Finding]:
        return ledger.sightings(self.workspace.engine, scan_id)

    def command(self, *words: str) -> list[str]:
        return [
            sys.executable, "-m", "cli", "--config", str(self.config), "--data", str(self.data), *words,
        ]  # fmt: skip

    def run(
        self,
        *words: str,
        timeout: float = 300,
        env: Mapping[str, str] | None = None,
        keys: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run one command as a process of its own; ``env`` is added to this one's, ``keys`` is what
        is typed."""
        return subprocess.run(
            self.command(*words),
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
            input=keys,
            env={**os.environ, **(env or {})},
        )


def states_of_areas(ws: Workspace) -> dict[str, str]:
    """Item of the key areas → its state in the table."""
    view = areas.overview(ws, now=ws.now())
    return {line.id: line.state.value for area in view.areas for line in area.items}


def states_of_duties(ws: Workspace, day: date) -> dict[str, str]:
    """Duty → state of its newest period that is due; published late is published."""
    lines = duties.overview(ws, now=ws.now(), day=day).lines
    due = {line.duty_id: line.state.value for line in lines if line.due < day}
    return {duty: "met" if state == "late" else state for duty, state in due.items()}
