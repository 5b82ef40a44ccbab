"""The workspace: configuration, database, evidence and actor of one invocation.

Every service takes a ``Workspace``; only this module knows where things lie.
"""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from checks.registry import setting_faults
from checks.workdays import WorkCalendar, official
from config.areas import Area, load_areas
from config.channels import Channels, load_channels
from config.duties import Duty, load_duties
from config.loader import find_config, load, load_standard
from config.media import Media, load_media
from config.probes import Probes, load_probes
from config.schedule import Schedule, load_schedule
from config.schema import Config, Standard
from config.settings import Settings
from crawler.plan import utc_now
from crawler.scope import is_loopback_name
from storage import db
from storage.evidence import EvidenceStore

SHANGHAI = ZoneInfo("Asia/Shanghai")


class UsageError(Exception):
    """The caller asked for what cannot be done; the message is Chinese and says what to do."""


class ScanBroken(Exception):
    """A scan could not go on: the database or the disk failed. It can be resumed; the message is
    Chinese and says how."""


def shanghai_day(instant: datetime) -> date:
    """The calendar day of an aware instant in Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The last microsecond of a Shanghai calendar day, as an aware UTC instant."""
    return datetime.combine(day, time.max, SHANGHAI).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """The first instant of a Shanghai calendar day, aware."""
    return datetime.combine(day, time(), SHANGHAI)


@dataclass(frozen=True)
class Workspace:
    """Where one invocation reads and writes, and who acts."""

    settings: Settings
    cwd: Path
    clock: Callable[[], datetime] = utc_now
    """What a long run takes the time from; commands ask ``now``."""

    def now(self) -> datetime:
        """The present instant, aware: of ``--now`` where it was given, else of the clock.

        Raises ``UsageError`` for a ``--now`` with sites that are not on loopback.
        """
        if self.settings.now is None:
            return self.clock()
        if not self._local:
            raise UsageError("--now 只能用于本机（回环地址）上的网站：真实网站只能按现在的时间办")
        return self.settings.now

    @cached_property
    def _local(self) -> bool:
        return all(is_loopback_name(str(s.url.host)) for s in self.config.sites if s.enabled)

    @cached_property
    def actor(self) -> str:
        """Who makes a change: ``--actor``, else ``XUNJIAN_ACTOR``, else the account."""
        if self.settings.actor:
            return self.settings.actor
        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):  # an account without a name
            return "unknown"

    @cached_property
    def config(self) -> Config:
        """Raises ``ConfigError``, which tells every fault."""
        return load(find_config(self.settings.config, self.cwd, self.settings.data))

    @cached_property
    def probes(self) -> Probes:
        """What is probed for availability, and how often. Raises ``ConfigError``."""
        found = find_config(self.settings.config, self.cwd, self.settings.data)
        return load_probes(found, self.config)

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """What units must publish again and again. Raises ``ConfigError``."""
        place = find_config(self.settings.config, self.cwd, self.settings.data)
        return load_duties(place, self.config)

    @cached_property
    def areas(self) -> tuple[Area, ...]:
        """The key areas of disclosure, with their items. Raises ``ConfigError``."""
        place = find_config(self.settings.config, self.cwd, self.settings.data)
        return load_areas(place, self.config)

    @cached_property
    def media(self) -> Media:
        """The register of new media accounts. Raises ``ConfigError``."""
        place = find_config(self.settings.config, self.cwd, self.settings.data)
        return load_media(place, self.config)

    @cached_property
    def schedule(self) -> Schedule:
        """``schedule.yaml``, or its defaults. Raises ``ConfigError``."""
        place = find_config(self.settings.config, self.cwd, self.settings.data)
        return load_schedule(place, self.config)

    @cached_property
    def engine(self) -> Engine:
        """The database at the revision that this program needs; a missing one is made.

        Raises a ``storage.db.StorageError``: too new, outdated, unreachable.
        """
        engine = db.open_engine(self.settings.database_url, create=True)
        if db.is_empty(engine):
            db.upgrade(engine)
        db.check_revision(engine)
        return engine

    @cached_property
    def evidence(self) -> EvidenceStore:
        return EvidenceStore(self.settings.data / "evidence", self.engine)

    @cached_property
    def channels(self) -> Channels:
        """How units are reminded; the defaults where the configuration has no ``channels.yaml``.

        Raises ``ConfigError``. Addresses are not vetted here (``services.sending.vetted`` does).
        """
        place = find_config(self.settings.config, self.cwd, self.settings.data)
        return load_channels(place, (u.id for u in self.config.units))

    @cached_property
    def calendar(self) -> WorkCalendar:
        """The official working days, with what the configuration adds."""
        return official(self.config.city.workdays)

    def standard(self, name: str | None = None) -> Standard:
        """A standard by name; the city's own by default.

        Read once, as the configuration is. Raises ``ConfigError``, also for rules and parameters
        that this program does not know.
        """
        wanted = name or self.config.city.standard
        if wanted not in self._standards:
            self._standards[wanted] = load_standard(
                wanted, self.settings.standards, vet=setting_faults
            )
        return self._standards[wanted]

    @cached_property
    def _standards(self) -> dict[str, Standard]:
        return {}

    def judge_from(self, as_of: datetime) -> date:
        """Page rules judge what was published on or after this day."""
        return self.config.city.judge_from or date(shanghai_day(as_of).year, 1, 1)
