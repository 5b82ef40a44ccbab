"""The workspace: configuration, database, evidence and actor of one invocation.

Every service takes a ``Workspace``; only this module knows where things lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from checks.attribution import Attribution
from config.loader import load, load_standard
from config.schema import Config, Standard
from config.settings import Settings
from storage import db
from storage.evidence import EvidenceStore

SHANGHAI = ZoneInfo("Asia/Shanghai")


class UsageError(Exception):
    """The caller asked for what cannot be done; the message is Chinese and says what to do."""


def shanghai_day(instant: datetime) -> date:
    """The calendar day of an aware instant in Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The last microsecond of a Shanghai calendar day, as an aware UTC instant."""
    return datetime.combine(day, time.max, SHANGHAI).astimezone(UTC)


@dataclass(frozen=True)
class Workspace:
    """Where one invocation reads and writes, and who acts."""

    settings: Settings

    @classmethod
    def open(cls, settings: Settings) -> Workspace:
        settings.data.mkdir(parents=True, exist_ok=True)
        return cls(settings)

    @property
    def actor(self) -> str:
        return self.settings.actor

    @cached_property
    def config(self) -> Config:
        return load(self.settings.config_directory)

    @cached_property
    def engine(self) -> Engine:
        """The database, at the revision this program needs.

        Raises ``storage.db.DatabaseTooNew`` or ``DatabaseOutdated``; a database that does not
        exist yet is created.
        """
        return db.open_ready(self.settings.database)

    @cached_property
    def evidence(self) -> EvidenceStore:
        return EvidenceStore(self.settings.data / "evidence", self.engine)

    def standard(self, name: str | None = None) -> Standard:
        return load_standard(name or self.config.city.standard, self.settings.standard_search)

    @cached_property
    def attribution(self) -> Attribution:
        return Attribution.from_units(self.config.units, city=self.config.city.name)

    def judge_from(self, as_of: datetime) -> date:
        day = shanghai_day(as_of)
        return self.config.city.judge_from or date(day.year, 1, 1)


def environment_workspace(environ: Mapping[str, str], cwd: Path, **options: object) -> Workspace:
    """A workspace from the environment and the command line's global options."""
    return Workspace.open(Settings.resolve(environ, cwd, **options))
