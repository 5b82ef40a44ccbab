"""``probes.yaml``: which pages are probed for availability, how often, and what they should show.

Optional: without it the home page of every enabled site is probed by the defaults below.
"""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import Field, HttpUrl, model_validator

from config import yaml_source
from config.loader import validate
from config.problems import ConfigError, Problem, nearest
from config.schema import Clock, Config, Line, Site, Slug, Strict

PROBES = "probes.yaml"


class KeyPage(Strict):
    """One more page of a site that is probed."""

    slug: Slug
    name: Line
    url: HttpUrl
    titles: tuple[Line, ...] = Field(
        default=(), description="标题里应有的词，有其中一个即可；不写则不核对标题"
    )


class SiteProbes(Strict):
    site: Slug = Field(description="站点编号，见 sites.yaml")
    titles: tuple[Line, ...] = Field(
        default=(), description="首页标题里应有的词，有其中一个即可；不写则看站点名称和市县名称"
    )
    pages: tuple[KeyPage, ...] = Field(default=(), max_length=20, description="首页以外的重点页面")


class Control(Strict):
    """An address that tells whether our own network works."""

    url: HttpUrl
    allow_private: bool = Field(default=False, description="允许解析到内网地址（政务外网）")


class Probes(Strict):
    """``probes.yaml``."""

    enabled: bool = Field(default=True, description="是否定时探测")
    per_day: int = Field(
        default=24, ge=1, le=288, description="每个站点每天探测几次；官方口径为 20 次以上"
    )
    hours: tuple[Clock, Clock] | None = Field(
        default=None, description="每天探测的时段（北京时间）；不写为全天"
    )
    limit_seconds: float = Field(
        default=15.0, gt=0, le=120, description="超过多少秒算打不开；官方口径为 15 秒"
    )
    certificate_days: int = Field(default=30, ge=1, le=365, description="证书到期前多少天开始提示")
    controls: tuple[Control, ...] = Field(
        default=(), max_length=5, description="对照地址：都打不开说明是本机网络的问题"
    )
    sites: tuple[SiteProbes, ...] = ()

    @model_validator(mode="after")
    def _hours(self) -> Probes:
        if self.hours is not None and self.hours[0] >= self.hours[1]:
            raise ValueError("hours 的开始要早于结束（不能跨过零点）")
        return self

    def of(self, site_id: str) -> SiteProbes:
        """What is said of one site; defaults where nothing is."""
        found = next((s for s in self.sites if s.site == site_id), None)
        return found or SiteProbes(site=site_id)


def load_probes(directory: Path | Traversable, config: Config) -> Probes:
    """The settings of a configuration's directory; the defaults where it has no such file.

    Raises ``ConfigError`` with all problems, each with file and line.
    """
    file = directory.joinpath(PROBES)
    if not file.is_file():
        return Probes()
    base = directory.as_posix() if isinstance(directory, Path) else str(directory)
    source, _ = yaml_source.read(file, f"{base}/{PROBES}")
    if source.data is None:  # nothing but comments
        return Probes()
    problems: list[Problem] = list(source.problems)
    probes = validate(source, Probes, problems)
    if probes is not None:
        _check(source, probes, config, problems)
    if problems or probes is None:
        raise ConfigError(problems)
    return probes


def _check(
    source: yaml_source.Source, probes: Probes, config: Config, problems: list[Problem]
) -> None:
    known = {s.id: s for s in config.sites}
    seen: set[str] = set()
    for i, entry in enumerate(probes.sites):
        where = source.where(("sites", i, "site"))
        site = known.get(entry.site)
        if site is None:
            guess = nearest(entry.site, known)
            remedy = f"是不是 {guess}？" if guess else "已有的站点：" + "、".join(known)
            problems.append(Problem(where, f"没有编号为“{entry.site}”的站点", remedy))
            continue
        if entry.site in seen:
            problems.append(Problem(where, f"站点“{entry.site}”写了两次", "请合并为一处"))
        seen.add(entry.site)
        slugs: set[str] = set()
        for j, page in enumerate(entry.pages):
            at = ("sites", i, "pages", j)
            if page.slug == "home" or page.slug in slugs:
                reason = f"重点页面的 slug “{page.slug}”" + (
                    "是首页专用的" if page.slug == "home" else "写了两次"
                )
                problems.append(Problem(source.where((*at, "slug")), reason, "请换一个 slug"))
            slugs.add(page.slug)
            if _host(page.url) not in _hosts(site):
                reason = f"网址不在站点“{site.name}”的主机上"
                remedy = "请核对网址，或把它的主机写进 sites.yaml 里该站点的 hosts"
                problems.append(Problem(source.where((*at, "url")), reason, remedy))


def _host(url: HttpUrl) -> str:
    usual = url.port in (None, {"http": 80, "https": 443}[url.scheme])
    return f"{url.host}" if usual else f"{url.host}:{url.port}"


def _hosts(site: Site) -> set[str]:
    named = {_host(site.url), *site.hosts}
    if site.unit_index is not None:
        named.add(_host(site.unit_index))
    return named | {h[4:] if h.startswith("www.") else f"www.{h}" for h in named}
