"""``channels.yaml``: through which channels units are reminded, when, and what is tried again.

The file is optional: without it reminders are printed for a person to paste. An address may hold
``${NAME}`` (an environment variable, for secrets) and ``{mail}`` (the unit's registered mail); its
text never stands in a message of ours. That Apprise knows the address is for the caller to vet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from config import yaml_source
from config.loader import validate
from config.problems import ConfigError, Loc, Problem, echo, nearest
from config.schema import Clock, Line, Slug, Strict, Words

CHANNELS = "channels.yaml"
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s”]+", re.IGNORECASE)
_FAR = 400
"""Days ahead in which a time to send must come."""


class Retry(Strict):
    """What becomes of a message that a channel did not take."""

    attempts: int = Field(default=12, ge=1, le=100, description="最多试几次，之后记为失败并报告")
    first_minutes: int = Field(default=5, ge=1, le=1440, description="第一次失败后隔几分钟再试")
    longest_minutes: int = Field(default=240, ge=1, le=10_080, description="间隔最长几分钟")

    def wait(self, failures: int) -> timedelta:
        """How long after the ``failures``-th failure (from 1) the next attempt is made."""
        doubled = self.first_minutes * 2 ** min(failures - 1, 20)
        return timedelta(minutes=min(doubled, max(self.longest_minutes, self.first_minutes)))


class Channel(Strict):
    title: Line = Field(description="渠道的名称，如 邮件、企业微信工作群")
    url: str = Field(default="", description="Apprise 地址，可写 ${环境变量} 和 {mail}")
    enabled: bool = True
    longest: int | None = Field(
        default=None, ge=200, le=100_000, description="一条消息最多多少字节，不写则按渠道的上限"
    )

    @property
    def per_unit(self) -> bool:
        """It goes to the unit's own address, which the unit must have."""
        return "{mail}" in self.url

    def variables(self) -> tuple[str, ...]:
        """Names of the environment variables that it takes its address from."""
        return tuple(dict.fromkeys(_VARIABLE.findall(self.url)))

    def address(self, env: Mapping[str, str], mail: str = "") -> str:
        """The whole address: a secret. Raises ``KeyError`` naming a variable that is not set."""
        text = self.url.replace("{mail}", mail)
        for name in self.variables():
            if not env.get(name, "").strip():
                raise KeyError(name)
        return _VARIABLE.sub(lambda m: env[m[1]].strip(), text).replace("{mail}", mail).strip()


class Channels(Strict):
    """The whole file; each default is what holds without it."""

    sender: Line | None = Field(default=None, description="落款，不写则用 city.yaml 的 office")
    answer: Words = Field(
        default="整改后请回复并附网址；确属不适用或有异议的，请说明理由。",
        description="请单位怎样答复，写进每条提醒",
    )
    consequence: Words = Field(
        default="逾期未整改的，将按规定通报，结果纳入年终考评。",
        description="逾期的后果，写进每条提醒",
    )
    listed: int = Field(default=5, ge=1, le=50, description="提醒里最多逐条列出几个问题")
    no_send_hours: tuple[Clock, Clock] | None = Field(
        default=("18:00", "08:30"), description="不发送的时段（北京时间）；null 为不限"
    )
    send_on_holidays: bool = Field(default=False, description="休息日和节假日也发送")
    window_days: int = Field(
        default=7, ge=1, le=366, description="同一问题在几日内不向同一单位发送两次"
    )
    again_workdays: int = Field(
        default=3, ge=0, le=90, description="期满前几个工作日应再次提醒（未确认），0 为不再提醒"
    )
    notice_workdays: int = Field(
        default=5, ge=1, le=90, description="整改通知的期限（工作日，未确认）"
    )
    auto_remind: bool = Field(
        default=False, description="由 xunjian serve 自动发送提醒；默认由人决定"
    )
    retry: Retry = Retry()
    channels: dict[Slug, Channel] = Field(default_factory=dict)
    default: tuple[Slug, ...] = Field(default=(), description="没有另行指定的单位用哪些渠道")
    units: dict[Slug, tuple[Slug, ...]] = Field(
        default_factory=dict, description="单位 id → 渠道；空列表为不发送"
    )

    @model_validator(mode="after")
    def _hours(self) -> Channels:
        if self.no_send_hours is not None and self.no_send_hours[0] == self.no_send_hours[1]:
            raise ValueError("no_send_hours 的开始和结束是同一时刻，看不出不发送的时段")
        return self

    def names_for(self, unit_id: str) -> tuple[str, ...]:
        """The enabled channels of a unit, in the order of the file."""
        wanted = self.units.get(unit_id, self.default)
        return tuple(n for n in wanted if n in self.channels and self.channels[n].enabled)

    def opening(self, at: datetime, is_workday: Callable[[date], bool]) -> datetime:
        """The first instant from ``at`` (aware) on at which something may be sent; ``at`` itself
        when it may be sent then."""
        local = at.astimezone(_SHANGHAI)
        limit = local + timedelta(days=_FAR)
        while local < limit:
            if not self.send_on_holidays and not is_workday(local.date()):
                local = datetime.combine(local.date() + timedelta(days=1), time(), _SHANGHAI)
                continue
            end = self._quiet_until(local)
            if end is None:
                break
            local = end
        return at if local == at else local

    def _quiet_until(self, local: datetime) -> datetime | None:
        if self.no_send_hours is None:
            return None
        start, end = (time.fromisoformat(text) for text in self.no_send_hours)
        clock = local.time()
        if start < end:
            quiet, tomorrow = start <= clock < end, False
        else:
            quiet, tomorrow = clock >= start or clock < end, clock >= start
        if not quiet:
            return None
        return datetime.combine(local.date() + timedelta(days=tomorrow), end, _SHANGHAI)


Vet = Callable[[str, Channel], tuple[str, str] | None]
"""What is wrong with a channel's address, and how to mend it; must not name the address."""


def load_channels(
    directory: Path | Traversable, unit_ids: Iterable[str], *, vet: Vet | None = None
) -> Channels:
    """Read ``channels.yaml`` of a configuration; the defaults where there is none.

    Raises ``ConfigError`` with all problems; no address stands in them.
    """
    file = directory.joinpath(CHANNELS)
    if not file.is_file():
        return Channels()
    shown = f"{directory.as_posix() if isinstance(directory, Path) else directory}/{CHANNELS}"
    problems: list[Problem] = []
    try:
        source, _ = yaml_source.read(file, shown)
    except ConfigError as error:
        raise ConfigError(_masked(error.problems)) from None
    problems += source.problems
    if source.data is None:  # every line is a comment
        return Channels()
    read = validate(source, Channels, problems)
    if read is not None:
        problems += _crossed(read, source, set(unit_ids))
        for name, channel in read.channels.items() if vet is not None else ():
            fault = vet(name, channel) if vet is not None and channel.enabled else None
            if fault is not None:
                where = source.where(("channels", name, "url"))
                problems.append(Problem(where, f"渠道 {name} 的 url {fault[0]}", fault[1]))
    if problems or read is None:
        raise ConfigError(_masked(problems))
    return read


def _crossed(read: Channels, source: yaml_source.Source, units: set[str]) -> Iterable[Problem]:
    """Names that name nothing, and channels without an address."""
    for name, channel in read.channels.items():
        if channel.enabled and not channel.url.strip():
            where = source.where(("channels", name))
            remedy = "请写上 Apprise 地址，或写 enabled: false"
            yield Problem(where, f"渠道 {name} 没有 url（地址）", remedy)
    named: list[tuple[Loc, str]] = [(("default", i), n) for i, n in enumerate(read.default)]
    named += [(("units", u, i), n) for u, some in read.units.items() for i, n in enumerate(some)]
    for loc, name in named:
        if name not in read.channels:
            guess = nearest(name, read.channels)
            known = "、".join(read.channels) or "无"
            remedy = f"是不是 {guess}？请改正" if guess else f"channels 里已有的渠道：{known}"
            yield Problem(source.where(loc), f"没有渠道“{echo(name)}”", remedy)
    for unit in read.units:
        if unit not in units:
            guess = nearest(unit, units)
            remedy = f"是不是 {guess}？请改正" if guess else "请写 units.yaml 里的单位 id"
            yield Problem(source.where(("units", unit), True), f"没有单位“{echo(unit)}”", remedy)


def _masked(problems: Iterable[Problem]) -> list[Problem]:
    """No message repeats an address: it may hold a password."""
    return [Problem(p.where, _ADDRESS.sub("***", p.reason), p.remedy) for p in problems]
