"""A clerk's desk for unit tests: the shipped configuration, an empty database, a clock that stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from checks.life import Event
from config.settings import Settings
from scorecards.life import Life, fold
from services.workspace import Workspace
from storage import findings as ledger

ROOT = Path(__file__).resolve().parents[3]
MONDAY = datetime(2018, 6, 4, 1, 0, tzinfo=UTC)
"""2018-06-04, nine o'clock in Ruichang: a working day."""


class Hand:
    """A clock that a test sets."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def desk(folder: Path, clock: Callable[[], datetime]) -> Workspace:
    settings = Settings(data=folder, config="ruichang", actor="tester")
    return Workspace(settings, ROOT, clock=clock)


def log(ws: Workspace, mark: str) -> tuple[Event, ...]:
    return ledger.open_state(ws.engine)[mark].events


def life(ws: Workspace, mark: str) -> Life:
    found = fold(log(ws, mark), ws.now())
    assert found is not None
    return found
