"""``media.yaml``: the register of new media accounts (政务新媒体). Optional."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl, StringConstraints, model_validator

from config import yaml_source
from config.fields import Day, Line, Strict, Words
from config.loader import validate
from config.problems import ConfigError, Problem, nearest
from config.schema import Config, Slug

MEDIA = "media.yaml"


class Platform(StrEnum):
    WECHAT = "wechat"
    WEIBO = "weibo"
    APP = "app"
    TOUTIAO = "toutiao"
    DOUYIN = "douyin"
    KUAISHOU = "kuaishou"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "wechat": "微信公众号",
            "weibo": "微博",
            "app": "移动客户端",
            "toutiao": "头条号",
            "douyin": "抖音号",
            "kuaishou": "快手号",
            "other": "其他",
        }[self.value]


class Account(Strict):
    """One account."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
    platform: Platform
    name: Line = Field(description="账号名称，与平台上显示的一致")
    unit: Slug = Field(description="主办单位，见 units.yaml")
    url: HttpUrl | None = Field(default=None, description="账号主页，供人工查看")
    feed: HttpUrl | None = Field(
        default=None, description="账号的订阅地址（RSS、Atom 或 JSON Feed），从中读最近更新"
    )
    valid_from: Day | None = None
    valid_to: Day | None = Field(default=None, description="注销日；此后不再检查")
    note: Words = ""

    @model_validator(mode="after")
    def _period(self) -> Account:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to（注销日）早于 valid_from（开设日）")
        return self

    def valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class Media(Strict):
    """``media.yaml``."""

    expected: dict[Platform, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default_factory=dict, description="各平台应有的账号数（用于提示名册不全）"
    )
    basis: Words = ""
    accounts: tuple[Account, ...] = ()

    def account(self, account_id: str) -> Account:
        return next(a for a in self.accounts if a.id == account_id)

    def called(self, name: str, platform: Platform | None = None) -> tuple[Account, ...]:
        """The accounts of exactly this name (or id), on any platform unless one is named."""
        return tuple(
            a
            for a in self.accounts
            if name in (a.id, a.name) and (platform is None or a.platform is platform)
        )


def load_media(directory: Path | Traversable, config: Config) -> Media:
    """The register of a configuration's directory; an empty one where it has no such file.

    Raises ``ConfigError`` with all problems, each with file and line.
    """
    file = directory.joinpath(MEDIA)
    if not file.is_file():
        return Media()
    base = directory.as_posix() if isinstance(directory, Path) else str(directory)
    source, _ = yaml_source.read(file, f"{base}/{MEDIA}")
    if source.data is None:  # nothing but comments
        return Media()
    problems: list[Problem] = list(source.problems)
    media = validate(source, Media, problems)
    if media is not None:
        _check(source, media, config, problems)
    if problems or media is None:
        raise ConfigError(problems)
    return media


def _check(
    source: yaml_source.Source, media: Media, config: Config, problems: list[Problem]
) -> None:
    units = {u.id for u in config.units}
    ids: set[str] = set()
    names: set[tuple[Platform, str]] = set()
    for i, account in enumerate(media.accounts):
        at = ("accounts", i)
        if account.id in ids:
            where = source.where((*at, "id"))
            problems.append(Problem(where, f"账号编号“{account.id}”写了两次", "请换一个编号"))
        ids.add(account.id)
        if account.unit not in units:
            guess = nearest(account.unit, units)
            remedy = f"是不是 {guess}？" if guess else "请用 xunjian lists units 查看单位编号"
            where = source.where((*at, "unit"))
            problems.append(Problem(where, f"没有编号为“{account.unit}”的单位", remedy))
        if account.feed is not None and (account.feed.username or account.feed.password):
            where = source.where((*at, "feed"))
            reason = "订阅地址里写了用户名或密码"
            problems.append(Problem(where, reason, "请改用不需要登录的地址"))
        if (account.platform, account.name) in names:
            where = source.where((*at, "name"))
            reason = f"{account.platform.label}“{account.name}”登记了两次"
            problems.append(Problem(where, reason, "请删去重复的一条"))
        names.add((account.platform, account.name))
