"""``xunjian init``: explore sites, draft their configuration, write it for review.

Nothing is written unless the whole draft loads again without a fault.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from config import yaml_files
from config.crosscheck import is_loopback
from config.loader import CITY, COLUMNS, SITES, UNITS, load
from config.problems import ConfigError
from config.schema import Category, Config, Rate
from config.sheets import SITE_KINDS
from crawler.explore import explore
from crawler.plan import Progress
from crawler.survey import Survey
from crawler.urls import canonical
from reports.draft import DraftColumnView, DraftSiteView, DraftUnitView, DraftView
from services.draft_parts import Draft, DraftColumn, DraftSite
from services.drafting import draft
from services.workspace import UsageError, Workspace

DEFAULT_BOUND = 300
"""Requests that exploring one site may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InitRequest:
    """What a caller asks for."""

    urls: Sequence[str]
    out: Path | None = None
    """Directory to write into; ``None``: under the data folder, named after the city."""
    city: str | None = None
    """The city's name (瑞昌市); ``None``: as the site gives it."""
    contact: str = ""
    bound: int = DEFAULT_BOUND
    overwrite: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InitReport:
    """What came of it."""

    surveys: tuple[Survey, ...]
    draft: Draft | None
    """``None``: no site could be explored."""
    directory: Path | None = None
    config: Config | None = None
    """The draft as the program reads it."""


def run_init(
    ws: Workspace,
    request: InitRequest,
    *,
    now: datetime,
    progress: Callable[[Progress], None] | None = None,
) -> InitReport:
    """Explore, draft and write.

    Raises ``UsageError`` for addresses that are none and for a directory that holds a configuration
    already (unless ``overwrite``), ``ConfigError`` where the files cannot be written.
    """
    urls = _addresses(request.urls)
    if request.out is not None:
        _refuse_taken(request.out, overwrite=request.overwrite)
    local = all(is_loopback(urlsplit(url).hostname or "") for url in urls)
    rate = Rate(interval_seconds=0, concurrency=4, retry_after_seconds=0) if local else Rate()
    agent = f"xunjian/0.1 (+government website inspection; contact: {request.contact or 'not-set'})"
    surveys = explore(
        urls,
        bound=request.bound,
        config_rate=rate,
        user_agent=agent,
        as_of=now,
        progress=progress,
    )
    read = [s for s in surveys if s.columns]
    if not read:
        return InitReport(surveys=surveys, draft=None)
    made = draft(read, city_name=request.city, contact=request.contact)
    directory = request.out or _directory(ws, made.city.id)
    texts = as_files(made, now)
    config = _proven(texts)
    try:
        yaml_files.write(directory, texts, overwrite=request.overwrite)
    except ConfigError as error:
        raise UsageError(str(error)) from None
    return InitReport(surveys=surveys, draft=made, directory=directory, config=config)


def _addresses(given: Sequence[str]) -> list[str]:
    found = []
    for text in given:
        written = text if "://" in text else f"http://{text}"
        url = canonical(written)
        if url is None or not (urlsplit(url).hostname or "").strip("."):
            raise UsageError(f"“{text[:200]}”不是网址，请写成 https://www.example.gov.cn/ 的样子")
        if url not in found:
            found.append(url)
    return found


def _refuse_taken(directory: Path, *, overwrite: bool) -> None:
    taken = [name for name in (CITY, SITES, COLUMNS, UNITS) if (directory / name).exists()]
    if taken and not overwrite:
        raise UsageError(
            f"目录 {directory} 里已有配置（{'、'.join(taken)}），没有改动：请用 --out 另指目录，"
            "确要替换时加 --overwrite，原文件会留作 .bak"
        )


def _directory(ws: Workspace, city_id: str) -> Path:
    """A directory of the clerk's own configurations that is not taken yet."""
    base = ws.settings.data / "config"
    built_in = (ws.cwd / "config" / city_id).exists()
    names = [f"{city_id}-draft" if built_in else city_id]
    names += [f"{city_id}-draft{n}" for n in range(2, 100)]
    for name in names:
        if not (base / name / CITY).exists():
            return base / name
    raise UsageError(f"{base} 下已有太多草稿，请用 --out 另指目录")


def _proven(texts: dict[str, str]) -> Config:
    """The draft as the loader reads it: what is written can be scanned at once."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in texts.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        return load(Path(folder))


_REVIEW = "xunjian init 于 {day} 起草，请逐项核对。带 # 的行是程序的说明，核对后可删。"


def as_files(made: Draft, now: datetime) -> dict[str, str]:
    """The draft's files, by name."""
    day = now.date().isoformat()
    head = _REVIEW.format(day=day)
    catalogues = [d.catalogue for d in made.catalogues]
    sites = [s.site for s in made.sites]
    column_notes = [note for d in made.catalogues for note in d.notes]
    column_notes += [c.notes for s in made.sites for c in s.columns]
    left = [
        f"  {c.name[:60]} {c.url[:200]}（{_LEFT[c.look.value]}）"
        for s in made.sites
        for c in s.left_out
    ]
    columns_head = [
        f"{made.city.name}的必设栏目：{head}",
        "类别和更新周期由程序按栏目名称和已见日期推断；slug 定了就不再改，历史记录靠它认栏目。",
        "不检查的栏目请删去，或写 required: false。",
    ]
    if left:
        columns_head += ["", "没有列入的（需要的请自己加上）：", *left[:200]]
        if len(left) > 200:
            columns_head.append(f"  …… 还有 {len(left) - 200} 个")
    return {
        CITY: yaml_files.city_text(
            made.city,
            "\n".join(
                (
                    f"{made.city.name}：{head}",
                    "试运行 trial_run 核对完再改成 false；user_agent 请写上联系方式。",
                )
            ),
        ),
        COLUMNS: yaml_files.columns_text(
            made.categories, catalogues, sites, "\n".join(columns_head), column_notes
        ),
        SITES: yaml_files.sites_text(sites, f"检查对象：{head}", [s.notes for s in made.sites]),
        UNITS: yaml_files.units_text(
            [u.unit for u in made.units],
            {},
            f"单位名单：{head}\n未核对（confirmed: false）的单位只列出，不排名、不提醒、不通报。",
            [u.notes for u in made.units],
        ),
    }


_LEFT = {
    "parent": "上级栏目，下级已列入",
    "form": "信箱、检索或申请页，没有要更新的列表",
    "unvisited": "没有读到，页数已到上限",
}


def view_of(report: InitReport) -> DraftView:
    """What was drafted, for a person."""
    made = report.draft
    if made is None:
        return DraftView(
            city="",
            directory=None,
            files=(),
            sites=tuple(_unexplored(s) for s in report.surveys),
            units=(),
        )
    titles = {c.id: c for c in made.categories}
    shorts = {u.unit.id: u.unit.short for u in made.units}
    sites = [_site_view(site, titles, shorts) for site in made.sites]
    sites += [_unexplored(s) for s in report.surveys if not s.columns]
    counts = Counter(c.unit for s in made.sites for c in s.unit_columns)
    return DraftView(
        city=made.city.name,
        directory=str(report.directory),
        files=(CITY, SITES, COLUMNS, UNITS),
        sites=tuple(sites),
        units=tuple(
            DraftUnitView(
                unit_id=u.unit.id,
                name=u.unit.name,
                short=u.unit.short,
                group=u.unit.group,
                root=str(u.unit.root) if u.unit.root else None,
                columns=counts[u.unit.id],
            )
            for u in made.units
        ),
        warnings=report.config.warnings if report.config else (),
    )


def _unexplored(survey: Survey) -> DraftSiteView:
    return DraftSiteView(
        site_id="-",
        name=survey.identity.name or survey.home,
        kind="没有起草",
        url=survey.home,
        site_code=survey.identity.site_code,
        operator="",
        marks=_marks(survey),
        families=survey.families,
        requests=survey.requests,
        unvisited=survey.unvisited,
        reason=survey.missing.reason if survey.missing else "没有认出任何栏目",
        notes=survey.doubts,
    )


def _site_view(
    site: DraftSite,
    categories: Mapping[str, Category],
    shorts: Mapping[str, str],
) -> DraftSiteView:
    survey = site.survey
    columns = [*site.columns, *site.unit_columns]
    return DraftSiteView(
        site_id=site.site.id,
        name=site.site.name,
        kind=SITE_KINDS[site.site.kind.value],
        url=str(site.site.url),
        site_code=site.site.site_code,
        operator=shorts.get(site.site.operator, site.site.operator),
        marks=_marks(survey),
        families=survey.families,
        requests=survey.requests,
        unvisited=survey.unvisited,
        reason=survey.missing.reason if survey.missing else "",
        columns=tuple(_column_view(c, site.site.id, categories, shorts) for c in columns),
        left_out=len(site.left_out),
        notes=site.notes,
    )


def _column_view(
    column: DraftColumn, site_id: str, categories: Mapping[str, Category], shorts: Mapping[str, str]
) -> DraftColumnView:
    seen, category = column.seen, categories[column.spec.category]
    dated = [e.published for e in seen.entries if e.published is not None]
    return DraftColumnView(
        site_id=site_id,
        slug=column.spec.slug,
        name=column.spec.name,
        group=column.spec.group or "",
        unit=shorts.get(column.unit or ""),
        category=category.id,
        category_title=category.title,
        cadence=(column.spec.cadence or category.cadence).words,
        url=seen.url,
        state=seen.look.value,
        entries=len(seen.entries),
        total=seen.total_claimed,
        newest=max(dated, default=None),
        family=seen.family,
        notes=column.notes,
        doubtful=column.doubtful,
    )


def _marks(survey: Survey) -> tuple[tuple[str, str | None], ...]:
    identity = survey.identity
    return (
        ("网站标识码", identity.site_code),
        ("ICP备案", identity.icp),
        ("公安备案", identity.police),
        ("主办单位", identity.operator),
        ("党政机关标识", "有" if identity.party_mark else None),
        ("我为政府网站找错", "有" if identity.report_error else None),
    )
