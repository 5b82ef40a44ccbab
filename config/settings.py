"""The environment's settings: where data lies, which database and configuration, who acts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config.problems import ConfigError, Problem

KNOWN = ("XUNJIAN_DATA", "XUNJIAN_DATABASE", "XUNJIAN_CONFIG", "XUNJIAN_ACTOR", "XUNJIAN_NOW")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the environment says; a command's options go before it."""

    data: Path = Path("data")
    """Folder of database, evidence, logs and the clerk's own configuration."""
    database: str | None = None
    """SQLAlchemy URL; ``None``: SQLite under ``data``."""
    config: str = "ruichang"
    """Name or directory of the configuration."""
    actor: str | None = None
    """Who makes a change; ``None``: the account."""
    now: datetime | None = None
    """The instant to take for now (aware), only for sites on loopback; ``None``: the clock's."""

    @property
    def database_url(self) -> str:
        if self.database is not None:
            return self.database
        return "sqlite:///" + (self.data / "xunjian.sqlite3").as_posix()

    @property
    def standards(self) -> tuple[Path, ...]:
        """Where a clerk's own standards are looked for, before the built-in ones."""
        return (self.data / "config" / "standards",)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Settings from a mapping such as ``os.environ``; blank values count as not set.

        Raises ``ConfigError`` for a database that is no URL and for a ``now`` that is no time.
        """
        values = {name: env.get(name, "").strip() for name in KNOWN}
        database = values["XUNJIAN_DATABASE"] or None
        if database is not None and not database.startswith(
            ("sqlite:", "postgresql:", "postgresql+psycopg:")
        ):
            raise ConfigError(
                [
                    Problem(
                        "环境变量 XUNJIAN_DATABASE",
                        "不是可用的数据库地址",
                        "请写成 sqlite:///文件 或 postgresql://用户:口令@主机/库名",
                    )
                ]
            )
        return cls(
            data=Path(values["XUNJIAN_DATA"] or "data"),
            database=database,
            config=values["XUNJIAN_CONFIG"] or "ruichang",
            actor=values["XUNJIAN_ACTOR"] or None,
            now=_instant(values["XUNJIAN_NOW"]),
        )


def _instant(text: str) -> datetime | None:
    """A day stands for its noon in Shanghai; a time without an offset is Shanghai's."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            [
                Problem(
                    "--now（XUNJIAN_NOW）",
                    f"“{text}”不是日期或时间",
                    "请写成 2018-06-04 或 2018-06-04T09:30",
                )
            ]
        ) from None
    if len(text) <= len("2018-06-04"):
        at = at.replace(hour=12)
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
