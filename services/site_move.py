"""``xunjian site move``: the rebuilt site explored, its columns proposed, a person's word recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import HttpUrl

from checks.attribution import Names
from checks.completeness import path_of
from checks.facts import ColumnReading
from checks.life import Event, EventKind
from checks.model import Scope
from checks.moved import NewColumn, OldColumn, Proposal, propose
from config import yaml_files
from config.crosscheck import is_loopback
from config.loader import COLUMNS, SITES, UNITS, find_config, load
from config.moves import MovedColumn, MovedPage, MoveProposal, proposal_text, read_proposal
from config.schema import ColumnSpec, Config, ExpectedColumn, Rate, Site, SiteKind, Unit
from crawler.explore import explore
from crawler.plan import Progress
from crawler.survey import ColumnLook, Survey
from crawler.urls import canonical
from reports.moves import MovedLine, MoveView
from scorecards.life import fold
from services.workspace import UsageError, Workspace, shanghai_day, start_of_day
from storage import findings as ledger
from storage import moves as kept
from storage import readings, scans
from storage.models import ScanState
from storage.moves import Move

BOUND = 600
"""Requests that exploring the rebuilt site may take."""
LOOK_BACK = 3660
"""Days within which the old column's last reading is taken."""
_COLUMNS = (ColumnLook.LIST, ColumnLook.TEXT, ColumnLook.BLANK)


def survey_site(
    ws: Workspace,
    url: str,
    *,
    bound: int = BOUND,
    progress: Callable[[Progress], None] | None = None,
) -> Survey:
    """Explore the rebuilt site. Raises ``UsageError`` where it cannot be read."""
    root = canonical(url if "://" in url else f"http://{url}")
    if root is None:
        raise UsageError(f"“{url[:200]}”不是网址，请写成 https://www.example.gov.cn/ 的样子")
    local = is_loopback(urlsplit(root).hostname or "")
    rate = Rate(interval_seconds=0, concurrency=4, retry_after_seconds=0) if local else Rate()
    (survey,) = explore(
        [root],
        bound=bound,
        config_rate=rate,
        user_agent=ws.config.city.user_agent,
        as_of=ws.now(),
        progress=progress,
    )
    if not survey.columns:
        why = survey.missing.reason if survey.missing else "没有看到栏目"
        raise UsageError(f"读不到新网站 {root}：{why}")
    return survey


def suggest(ws: Workspace, site_id: str, survey: Survey, out: Path | None = None) -> MoveView:
    """Propose which old column is which new one, in a file for a person to check.

    Raises ``UsageError``: no such site, never scanned, or the file is there already.
    """
    site = site_called(ws.config, site_id)
    today = shanghai_day(ws.now())
    file = out or ws.settings.data / "moves" / f"{site_id}-{today}.yaml"
    if file.exists():
        raise UsageError(f"{file} 已经有了，没有改动：请用 --out 另写一个文件")
    expected = {c.key: c for c in ws.config.expected_columns(site_id, today)}
    old = _old_columns(ws, expected)
    names = Names.of(ws.config)
    new = _new_columns(survey, names, today)
    made = propose(old, new)
    taken = {p.to.url for p in made if p.to is not None}
    left = [{"name": n.name, "url": n.url} for n in new if n.url not in taken]
    roots = {
        unit: HttpUrl(seen.url)
        for seen in survey.units
        if (unit := names.attribute(seen.name, today).unit_id) is not None
    }
    index = Counter(seen.index_url for seen in survey.units).most_common(1)
    platform = site.kind is SiteKind.PLATFORM
    proposal = MoveProposal(
        site=site_id,
        from_url=site.url,
        to_url=HttpUrl(survey.home),
        moved_on=today,
        unit_index=HttpUrl(index[0][0]) if platform and index else None,
        units=roots if platform else {},
        columns=tuple(_moved(p, expected[p.key]) for p in made),
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    yaml_files.replace_file(file, proposal_text(proposal, left).encode())
    doubts: tuple[str, ...] = (survey.missing.reason,) if survey.missing else ()
    if survey.unvisited:
        doubts += (f"新网站还有 {survey.unvisited} 个地址没有看：可用 --bound 加大请求数",)
    return _view(ws.config, proposal, file, confirmed=False, unplaced=len(left), doubts=doubts)


def site_called(config: Config, site_id: str) -> Site:
    """A site of the configuration by its id; raises ``UsageError``."""
    found = next((s for s in config.sites if s.id == site_id), None)
    if found is None:
        raise UsageError(f"没有网站“{site_id}”：可用 {'、'.join(s.id for s in config.sites)}")
    return found


def _old_columns(ws: Workspace, expected: Mapping[str, ExpectedColumn]) -> list[OldColumn]:
    done = (ScanState.COMPLETE, ScanState.PARTIAL)
    scan = next((s for s in scans.list_scans(ws.engine) if s.state in done), None)
    if scan is None:
        raise UsageError("还没有检测过原网站，无从对照：请先在改版前检测一次")
    read = readings.columns(ws.engine, scan.id, LOOK_BACK)
    columns = []
    for key, column in expected.items():
        stored = read.get(key)
        reading = stored.reading if stored is not None else None
        own = "." not in key.partition("/")[2]
        columns.append(
            OldColumn(
                key=key,
                names=frozenset((column.name, *column.variants)),
                group=column.group,
                owner_id=None if own else column.owner_id,
                entries=reading.entries if isinstance(reading, ColumnReading) else (),
            )
        )
    return columns


def _new_columns(survey: Survey, names: Names, day: date) -> list[NewColumn]:
    """Those that can be told apart by address; in a unit's tree those of a unit that is known."""
    count = Counter(c.url for c in survey.columns)
    found = []
    for column in survey.columns:
        if column.look not in _COLUMNS or count[column.url] > 1:
            continue
        owner = names.attribute(column.unit, day).unit_id if column.unit else None
        if column.unit and owner is None:
            continue
        found.append(
            NewColumn(
                url=column.url,
                name=column.name,
                above=column.above,
                owner_id=owner,
                entries=column.entries,
            )
        )
    return found


def _moved(proposal: Proposal, column: ExpectedColumn) -> MovedColumn:
    to = proposal.to
    return MovedColumn(
        column=proposal.key,
        name=path_of(column),
        to=HttpUrl(to.url) if to else None,
        to_name=to.name[:200] if to else None,
        confidence=proposal.confidence,
        reason=proposal.reason[:500],
        accept=proposal.sure,
        pages=tuple(MovedPage(old=HttpUrl(o), new=HttpUrl(n)) for o, n in proposal.pages),
    )


def confirm(ws: Workspace, file: Path, out: Path | None = None, *, site_id: str = "") -> MoveView:
    """Record a checked proposal: pages get their new addresses, and a configuration with the new
    ones is written. Columns keep their slugs, so that their history, findings and waivers stay.

    Raises ``ConfigError`` for a faulty file, ``UsageError`` for a move that was confirmed before.
    """
    proposal = read_proposal(file)
    if site_id and site_id != proposal.site:
        raise UsageError(f"{file.name} 是网站 {proposal.site} 的对应表，不是 {site_id} 的")
    config, now = ws.config, ws.now()
    site = site_called(config, proposal.site)
    if proposal.moved_on > shanghai_day(now):
        raise UsageError(f"{file.name}：moved_on {proposal.moved_on} 晚于今天，请在启用后再确认")
    accepted = _accepted(proposal, config, file)
    same = [
        m
        for m in kept.moves(ws.engine)
        if (m.site_id, m.new_url) == (site.id, str(proposal.to_url))
    ]
    if same:
        raise UsageError(f"这次改版已由 {same[0].actor} 确认过，没有改动")
    directory = out or ws.settings.data / "config" / f"{config.city.id}-moved"
    _write_config(ws, proposal, accepted, directory)
    pages = _addresses(ws, accepted.values())
    at = start_of_day(proposal.moved_on)
    until = proposal.moved_on + timedelta(days=proposal.grace_days) if proposal.grace_days else None
    stranded = _stranded(ws, site.id, set(accepted), set(pages.values()))
    reason = f"网站于 {proposal.moved_on} 改版，新网站上没有找到原来的页面或栏目，请人工核对"
    event = Event(
        kind=EventKind.NOTED, at=now, recorded_at=now, scan_id=None, actor=ws.actor, reason=reason
    )
    move = Move(
        id=0,
        site_id=site.id,
        at=at,
        recorded_at=now,
        actor=ws.actor,
        old_url=str(proposal.from_url),
        new_url=str(proposal.to_url),
        mapping={
            "columns": {
                key: {"url": str(c.to), "name": c.to_name or ""} for key, c in accepted.items()
            },
            "unmapped": [c.column for c in proposal.columns if c.column not in accepted],
            "grace_until": until.isoformat() if until else None,
            "pages": len(pages),
        },
    )
    kept.keep(
        ws.engine, move, {u: n for u, (n, _) in pages.items()}, [(m, event) for m in stranded]
    )
    return _view(
        config,
        proposal,
        file,
        confirmed=True,
        pages=len(pages),
        stranded=stranded,
        directory=directory,
    )


def _accepted(proposal: MoveProposal, config: Config, file: Path) -> dict[str, MovedColumn]:
    known = {c.key for c in config.expected_columns(proposal.site, proposal.moved_on)}
    found: dict[str, MovedColumn] = {}
    targets: dict[str, str] = {}
    for column in proposal.columns:
        if not column.accept:
            continue
        said = f"{file.name}：栏目 {column.column}"
        if column.column not in known:
            raise UsageError(f"{said} 不在配置里：请核对编号")
        if column.column in found:
            raise UsageError(f"{said} 写了两次：请只留一处")
        if column.to is None:
            raise UsageError(f"{said} 写了 accept: true 而没有 to：请补上新地址，或改成 false")
        other = targets.setdefault(str(column.to), column.column)
        if other != column.column:
            raise UsageError(f"{said} 和 {other} 的新地址相同：请改正其中一个")
        found[column.column] = column
    return found


def _addresses(ws: Workspace, columns: Iterable[MovedColumn]) -> dict[str, tuple[int, str]]:
    """New address → the known page that stands there now; whatever is not one to one is left out."""
    pairs = {
        (old, new)
        for column in columns
        for page in column.pages
        if (old := canonical(str(page.old))) and (new := canonical(str(page.new)))
    }
    known = kept.known_pages(ws.engine, {u for pair in pairs for u in pair})
    wanted: dict[str, set[tuple[int, str]]] = {}
    for old, new in pairs:
        if old in known and new not in known:
            wanted.setdefault(new, set()).add(known[old])
    moved = {new: next(iter(pages)) for new, pages in wanted.items() if len(pages) == 1}
    count = Counter(moved.values())
    return {new: page for new, page in moved.items() if count[page] == 1}


def _stranded(
    ws: Workspace, site_id: str, columns: set[str], pages: set[tuple[int, str]]
) -> tuple[str, ...]:
    """Open findings on pages and columns that were not found on the rebuilt site."""
    keys = columns | {key for _, key in pages}
    found = []
    for mark, stored in ledger.open_state(ws.engine).items():
        if stored.site_id != site_id or stored.scope not in (Scope.PAGE, Scope.COLUMN):
            continue
        life = fold(stored.events, ws.now())
        if life is not None and life.state.is_open and stored.subject_key not in keys:
            found.append(mark)
    return tuple(found)


def _write_config(
    ws: Workspace, proposal: MoveProposal, accepted: Mapping[str, MovedColumn], directory: Path
) -> None:
    """The configuration with the new addresses, in a directory of its own; loaded once to prove it.

    Raises ``ConfigError`` when one is there already.
    """
    config = ws.config
    source = find_config(ws.settings.config, ws.cwd, ws.settings.data)
    texts = {
        f.name: f.read_text(encoding="utf-8")
        for f in source.iterdir()
        if f.is_file() and f.name.endswith(".yaml")
    }
    sites = tuple(
        _moved_site(s, proposal, accepted) if s.id == proposal.site else s for s in config.sites
    )
    units = config.units
    if config.site(proposal.site).kind is SiteKind.PLATFORM:
        specs = {c.id: {s.slug: s for s in c.columns} for c in config.catalogues}
        units = tuple(_moved_unit(u, proposal, accepted, specs) for u in units)
    head = f"网站 {proposal.site} 改版后的配置，由 xunjian site move 按确认的对应表写成，请核对。"
    texts[SITES] = yaml_files.sites_text(sites, head)
    texts[COLUMNS] = yaml_files.columns_text(config.categories, config.catalogues, sites, head)
    texts[UNITS] = yaml_files.units_text(units, config.required_counts, head)
    yaml_files.write(directory, texts)
    load(directory)


def _moved_site(site: Site, proposal: MoveProposal, accepted: Mapping[str, MovedColumn]) -> Site:
    columns = []
    for spec in site.columns:
        moved = accepted.get(f"{site.id}/{spec.slug}")
        # A column that is called as it was is found by its name.
        url = moved.to if moved and (spec.url or not _called_so(spec, moved)) else None
        columns.append(spec.model_copy(update={"url": url}))
    return site.model_copy(
        update={
            "url": proposal.to_url,
            "unit_index": proposal.unit_index if site.unit_index else None,
            "columns": tuple(columns),
        }
    )


def _called_so(spec: ColumnSpec, moved: MovedColumn) -> bool:
    return moved.to_name in (spec.name, *spec.variants)


def _moved_unit(
    unit: Unit,
    proposal: MoveProposal,
    accepted: Mapping[str, MovedColumn],
    specs: Mapping[str, Mapping[str, ColumnSpec]],
) -> Unit:
    addresses = {
        slug: moved.to
        for slug, spec in specs.get(unit.catalogue or "", {}).items()
        if (moved := accepted.get(f"{proposal.site}/{unit.id}.{slug}")) is not None
        and (slug in unit.addresses or not _called_so(spec, moved))
    }
    root = proposal.units.get(unit.id) if unit.root else None
    return unit.model_copy(update={"addresses": addresses, "root": root})


def _view(
    config: Config,
    proposal: MoveProposal,
    file: Path,
    *,
    confirmed: bool,
    unplaced: int = 0,
    pages: int = 0,
    stranded: tuple[str, ...] = (),
    directory: Path | None = None,
    doubts: tuple[str, ...] = (),
) -> MoveView:
    short = {u.id: u.short for u in config.units}
    holders = {c.key: c.owner_id for c in config.expected_columns(proposal.site, proposal.moved_on)}

    def title(column: MovedColumn) -> str:
        own = "." not in column.column.partition("/")[2]
        owner = "" if own else short.get(holders.get(column.column, ""), "")
        return f"{owner} {column.name}".strip()

    grace = proposal.grace_days
    return MoveView(
        site_id=proposal.site,
        from_url=str(proposal.from_url),
        to_url=str(proposal.to_url),
        confirmed=confirmed,
        moved_on=proposal.moved_on,
        grace_until=proposal.moved_on + timedelta(days=grace) if grace else None,
        file=str(file),
        columns=tuple(
            MovedLine(
                column_key=c.column,
                title=title(c),
                to=str(c.to) if c.to else None,
                to_name=c.to_name,
                confidence=c.confidence,
                reason=c.reason,
                accepted=c.accept,
                pages=len(c.pages),
            )
            for c in proposal.columns
        ),
        unplaced=unplaced,
        pages=pages,
        stranded=stranded,
        config=str(directory) if directory else "",
        doubts=doubts,
    )
