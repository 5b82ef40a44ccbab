"""The proposal of a site's move: a YAML file that a person checks before it is confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from pydantic import Field, HttpUrl, ValidationError

from config import yaml_source
from config.problems import ConfigError, Problem, faults
from config.schema import Day, Line, Slug, Strict


class MovedPage(Strict):
    old: HttpUrl
    new: HttpUrl


class MovedColumn(Strict):
    column: Line = Field(description="原栏目，站点/slug")
    name: Line = Field(description="原栏目名称")
    to: HttpUrl | None = Field(default=None, description="新栏目的地址；没有则空着")
    to_name: Line | None = Field(default=None, description="新栏目的名称")
    confidence: int = Field(default=0, ge=0, le=100, description="把握（%）")
    reason: str = Field(default="", max_length=500)
    accept: bool = Field(description="核对后写 true；不是同一栏目写 false")
    pages: tuple[MovedPage, ...] = ()


class MoveProposal(Strict):
    site: Slug
    from_url: HttpUrl = Field(description="原首页地址")
    to_url: HttpUrl = Field(description="新首页地址")
    moved_on: Day = Field(description="新网站启用的日子")
    grace_days: int = Field(
        default=30, ge=0, le=365, description="宽限日数：其间新出现的问题先记疑似"
    )
    unit_index: HttpUrl | None = Field(default=None, description="新平台上单位列表页的地址")
    units: dict[Slug, HttpUrl] = Field(
        default_factory=dict, description="单位 → 它的目录在新平台上的地址"
    )
    columns: tuple[MovedColumn, ...]


_HEAD = """\
网站改版的栏目对应表，由 xunjian site move 起草，请逐项核对后用 --confirm 确认。
accept: true 表示确是同一栏目；不是的改成 false，或改正 to 和 to_name。把握不足的已写成 false。
moved_on 是新网站启用的日子；grace_days 日之内，新网站上新出现的问题先记疑似，不扣分、不提醒。
pages 是标题和日期都相同、各只有一条的信息，确认后历史和问题跟到新地址。
"""


def read_proposal(path: Path) -> MoveProposal:
    """Raises ``ConfigError`` with file, line and remedy for every fault."""
    source, _ = yaml_source.read(path, path.name)
    if source.problems:
        raise ConfigError(source.problems)
    try:
        return MoveProposal.model_validate(source.data)
    except ValidationError as error:
        raise ConfigError(
            Problem(source.where(f.loc, f.at_key), f.reason, f.remedy)
            for f in faults(error, MoveProposal)
        ) from error


def proposal_text(proposal: MoveProposal, left: Sequence[Mapping[str, str]]) -> str:
    """The file. ``left``: new columns that no old one was found for, told in comments."""
    head = "".join(f"# {line}\n" for line in _HEAD.splitlines())
    body = yaml.safe_dump(
        proposal.model_dump(mode="json"), allow_unicode=True, sort_keys=False, width=10_000
    )
    tail = "".join(f"#   {_plain(c['name'])}  {_plain(c['url'])}\n" for c in left)
    return f"{head}\n{body}" + (f"\n# 新网站上没有对应原栏目的栏目：\n{tail}" if tail else "")


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() and c != "\ufeff" else " " for c in text)[:200]
