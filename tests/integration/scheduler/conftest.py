"""The tiny site, and a desk beside it whose clock is moved by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from scheduler.engine import Engine, TickReport
from scheduler.jobs import Job
from services.workspace import Workspace
from storage import slots
from storage.regime_tables import SlotState
from tests.integration.scheduler import tiny


@dataclass
class Desk:
    """One office with one scheduler; further ones may be opened on the same data."""

    folder: Path
    site: tiny.Site
    clock: tiny.Clock = field(default_factory=lambda: tiny.Clock(tiny.at("2018-06-04T09:00")))
    opened: list[Workspace] = field(default_factory=list)

    def configure(self, schedule: dict[str, Any] | None = None, **city: Any) -> None:
        tiny.write(self.folder / "config", self.site.port, schedule, **city)

    def engine(self, jobs: tuple[Job, ...] = ()) -> Engine:
        ws = tiny.workspace(self.folder / "config", self.folder / "data", self.clock)
        self.opened.append(ws)
        return Engine(ws, jobs=jobs)

    def tick(self, engine: Engine, at: str | datetime | None = None) -> TickReport:
        if at is not None:
            self.clock.now = tiny.at(at) if isinstance(at, str) else at
        return engine.tick(self.clock.now)

    def table(self) -> list[tuple[str, str, str, str]]:
        """Kind, slot, state and result of what is not merely ahead."""
        rows = slots.listed(self.opened[-1].engine, tiny.at("2017-01-01T00:00"))
        return sorted(
            (r.kind, r.slot, r.state.value, r.result)
            for r in rows
            if r.state is not SlotState.DUE or r.due_at <= self.clock.now
        )

    def states(self) -> dict[str, str]:
        return {slot: state for _, slot, state, _ in self.table()}


@pytest.fixture(scope="module")
def site() -> Iterator[tiny.Site]:
    with tiny.served() as found:
        yield found


@pytest.fixture
def desk(site: tiny.Site, tmp_path: Path) -> Iterator[Desk]:
    site.hook = None
    site.asked.clear()
    made = Desk(tmp_path, site)
    made.configure()
    yield made
    site.hook = None
    for ws in made.opened:
        ws.engine.dispose()
