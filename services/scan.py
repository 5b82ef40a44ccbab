"""One scan: crawl the sites, judge what is stored, say how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import make_url

from checks.attribution import Names
from checks.facts import Missing
from checks.model import Scope
from checks.registry import rules_digest, settings_of
from checks.runner import PageRules
from config.schema import Config, Site, SiteKind
from crawler.extract import READER
from crawler.plan import CrawlPlan, CrawlResult, Progress
from crawler.runner import crawl
from crawler.scope import is_loopback_name
from services import media_feeds, network
from services.cases import scan_units
from services.judge import Judged, judge_scan, must_score_units
from services.retention import drop_old_evidence
from services.workspace import SHANGHAI, ScanBroken, UsageError, Workspace, end_of_day, shanghai_day
from storage import findings as ledger
from storage import scans
from storage.db import StorageError
from storage.lock import FileLock, SiteLocks
from storage.models import ScanKind, ScanRow, ScanState, VerdictKind

Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRequest:
    """What a caller asks for."""

    kind: ScanKind = ScanKind.WEEKLY
    sites: Sequence[str] = ()
    """Ids; empty: every enabled site."""
    units: Sequence[str] = ()
    """Ids; empty: all."""
    as_of: date | None = None
    """Judge as on this day; only for sites on loopback."""
    full: bool = False
    resume: bool = False
    keep_evidence: bool = True
    slot: str = ""
    """The slot of the schedule that it is made for; noted with the scan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReport:
    """How a scan ended."""

    scan_id: int
    state: ScanState
    crawl: CrawlResult
    judged: Judged | None
    """``None``: interrupted before it could be judged."""
    unread_columns: int
    """Columns that the window's end left unread."""
    disabled: tuple[Site, ...]

    @property
    def incomplete(self) -> bool:
        """A site was not reached, or freshness and completeness are not known for all columns."""
        return (
            self.state in (ScanState.INTERRUPTED, ScanState.FAILED)
            or any(s.reason is not None for s in self.crawl.sites)
            or self.unread_columns > 0
        )


class Busy(UsageError):
    """Another scan is under way; it can be tried again later."""


def run_scan(
    ws: Workspace,
    request: ScanRequest,
    *,
    now: datetime,
    listener: Listener | None = None,
    judging: Callable[[], None] | None = None,
    begun: Callable[[int], None] | None = None,
    alone: bool = False,
) -> ScanReport:
    """Crawl and judge. ``listener`` hears the progress; ``judging`` is called when the crawl is
    over; ``begun`` is told the scan's id before anything is fetched. ``alone``: the caller holds
    ``sole_scan`` already.

    Ends in order, as interrupted, at a ``KeyboardInterrupt``. Raises ``UsageError`` for what may not
    be scanned now (``Busy``: not yet), ``ConfigError`` for a bad configuration, ``ScanBroken`` where
    nothing can be stored any more.
    """
    must_score_units(ws.standard())
    _ = ws.duties, ws.areas, ws.media  # mistakes in them are told before anything is fetched
    with nullcontext() if alone else sole_scan(ws, lambda: _wanted_sites(ws, request)):
        return _run(ws, request, now, listener, judging, begun)


@contextmanager
def sole_scan(ws: Workspace, sites: Callable[[], Sequence[str]]) -> Iterator[None]:
    """No other process scans with this data folder, nor these sites into this database.

    The locks vanish with the process. Raises ``Busy``, and ``UsageError`` for a folder that cannot
    be written.
    """
    files = [ws.settings.data / "scan.lock"]
    database = make_url(ws.settings.database_url)
    if database.get_backend_name() == "sqlite" and database.database:
        beside = Path(database.database)
        if beside.parent.resolve() != ws.settings.data.resolve():
            files.append(beside.with_name(beside.name + ".scan-lock"))
    held: list[FileLock | SiteLocks] = []
    try:
        for file in files:
            lock = FileLock(file)
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                free = lock.acquire()
            except OSError as error:
                raise UsageError(
                    f"写不进数据目录 {file.parent}（{error.strerror}）：请检查权限和磁盘空间，"
                    "或用 --data 另指目录"
                ) from None
            if not free:
                raise Busy("另一个检测正在使用这个数据目录：请等它结束，或用 --data 另指目录")
            held.append(lock)
        if database.get_backend_name() == "postgresql":
            shared = SiteLocks(ws.engine, sites())
            if not shared.acquire():
                raise Busy("另一个检测正在查同一个网站：请等它结束")
            held.append(shared)
        yield
    finally:
        for one in reversed(held):
            one.release()


def _wanted_sites(ws: Workspace, request: ScanRequest) -> list[str]:
    """The sites that a request concerns, before anything of it is checked."""
    if request.resume:
        scan = scans.interrupted_scan(ws.engine)
        return [run.site_id for run in scans.site_runs(ws.engine, scan.id)] if scan else []
    return list(request.sites) or [s.id for s in ws.config.enabled_sites]


def _run(
    ws: Workspace,
    request: ScanRequest,
    now: datetime,
    listener: Listener | None,
    judging: Callable[[], None] | None,
    begun: Callable[[int], None] | None,
) -> ScanReport:
    config = ws.config
    try:
        scan = _begin(ws, request, now)
        if begun is not None:
            begun(scan.id)
        standard = ws.standard(scan.standard)  # a resumed scan keeps the one it was begun under
        settings = settings_of(standard)
        runs = tuple(r.site_id for r in scans.site_runs(ws.engine, scan.id))
        units = scan_units(scan)
        names = Names.of(config)
        today = shanghai_day(scan.as_of)

        def attribute(source: str) -> str | None:
            return names.attribute(source, today).unit_id

        result = CrawlResult()
        try:
            ws.evidence.recover()
            result = crawl(
                CrawlPlan(
                    scan_id=scan.id,
                    config=config,
                    sites=runs,
                    as_of=scan.as_of,
                    reader=READER,
                    rules_digest=rules_digest(standard.rules, settings, standard.min_confidence),
                    page_hits=PageRules(tuple(standard.rules), settings, standard.min_confidence),
                    min_confidence=standard.min_confidence,
                    attribute=attribute,
                    full=scan.full,
                    window_end=window_end(config, now),
                    units=units,
                    keep_evidence=request.keep_evidence,
                    clock=ws.now,
                ),
                engine=ws.engine,
                evidence=ws.evidence if request.keep_evidence else None,
                progress=listener,
            )
            if units is None and not result.interrupted:
                network.gather(
                    ws,
                    scan,
                    result,
                    until=window_end(config, now),
                    evidence=ws.evidence if request.keep_evidence else None,
                    listener=listener,
                )
            # The new media stand under the portal.
            portal = any(s.kind is SiteKind.PORTAL and s.id in runs for s in config.sites)
            whole = units is None and not result.interrupted
            if scan.kind is ScanKind.WEEKLY and portal and whole:
                media_feeds.gather(ws, window_end(config, now))
            report = _finish(ws, scan, result, judging)
        except KeyboardInterrupt:
            # Stopped outside the crawl, which ends by itself: nothing half-done is stored.
            return _interrupted(ws, scan, result)
        except StorageError as error:
            raise ScanBroken(
                f"{error}\n检测中断，已存的都在：改好以后用 xunjian scan --resume 接着做"
            ) from error
        if report.judged is not None:
            ws.evidence.close()
            drop_old_evidence(ws, scan.as_of)
        return report
    finally:
        # A disk that is full has been told already, by what it stopped.
        with suppress(StorageError):
            ws.evidence.close()


def _begin(ws: Workspace, request: ScanRequest, now: datetime) -> ScanRow:
    config = ws.config
    if request.resume:
        scan = scans.interrupted_scan(ws.engine)
        if scan is None:
            raise UsageError("没有中断的检测可以接着做：直接运行 xunjian scan 开始新的检测")
        _same_options(ws, scan, request)
        check_window(config, now)
        ws.standard(scan.standard)  # told before anything is fetched
        return scans.resume_scan(ws.engine, scan.id)
    sites = _sites(config, request.sites)
    local = all(is_loopback_name(str(s.url.host)) for s in sites)
    as_of = now
    if request.as_of is not None:
        if not local:
            raise UsageError(
                "--as-of 只能用于本机（回环地址）上的网站：真实网站只能按现在的时间检测"
            )
        as_of = end_of_day(request.as_of)
    check_window(config, now)
    for unit_id in request.units:
        if all(u.id != unit_id for u in config.units):
            raise UsageError(f"配置里没有单位 {unit_id}：用 xunjian lists units 查看")
    # On SQLite the lock is the whole database's.
    shared = ws.engine.dialect.name == "postgresql"
    scans.give_up_running(ws.engine, [s.id for s in sites] if shared else None)
    note: dict[str, object] = {
        "actor": ws.actor,
        "sites": sorted(s.id for s in config.enabled_sites),
    }
    if request.units:
        note["units"] = sorted(request.units)
    if request.slot:
        note["slot"] = request.slot
    scan_id = scans.begin_scan(
        ws.engine,
        request.kind,
        as_of,
        [s.id for s in sites],
        config.city.standard,
        config.digest,
        READER,
        request.full,
        started_at=now,
        note=note,
    )
    return scans.scan(ws.engine, scan_id)


def _same_options(ws: Workspace, scan: ScanRow, request: ScanRequest) -> None:
    """A scan is resumed as it was begun. Raises ``UsageError`` for options that would change it."""
    sites = {run.site_id for run in scans.site_runs(ws.engine, scan.id)}
    gone = sites - {s.id for s in ws.config.sites}
    if gone:
        raise UsageError(
            f"第 {scan.id} 次检测包括网站 {'、'.join(sorted(gone))}，配置里已经没有，不能接着做："
            "请不带 --resume 开始新的检测"
        )
    other = {
        "--site": bool(request.sites) and set(request.sites) != sites,
        "--unit": bool(request.units) and frozenset(request.units) != scan_units(scan),
        "--as-of": request.as_of is not None and end_of_day(request.as_of) != scan.as_of,
        "--full": request.full and not scan.full,
        "--kind": request.kind is not ScanKind.WEEKLY and request.kind is not scan.kind,
    }
    changed = [name for name, differs in other.items() if differs]
    if changed:
        raise UsageError(
            f"--resume 按原来的选项接着做第 {scan.id} 次检测，不能改 {'、'.join(changed)}："
            "请去掉这些选项，或不带 --resume 开始新的检测"
        )


def _sites(config: Config, ids: Sequence[str]) -> list[Site]:
    if not ids:
        if not config.enabled_sites:
            raise UsageError("sites.yaml 里没有启用的网站：请填写地址并去掉 enabled: false")
        return list(config.enabled_sites)
    chosen = []
    for site_id in ids:
        site = next((s for s in config.sites if s.id == site_id), None)
        if site is None:
            known = "、".join(s.id for s in config.sites)
            raise UsageError(f"配置里没有网站 {site_id}：现有 {known}")
        if not site.enabled:
            raise UsageError(
                f"网站 {site_id}（{site.name}）没有启用：{site.note or '见 sites.yaml'}"
            )
        chosen.append(site)
    return chosen


# --- the window -----------------------------------------------------------------------------------


def check_window(config: Config, now: datetime) -> None:
    """Raises ``UsageError`` outside the hours in which scans may fetch."""
    window = config.city.crawl_window
    if window is None or window_end(config, now) is not None:
        return
    raise UsageError(
        f"现在不在允许检测的时段（{window[0]} 至 {window[1]}，北京时间）："
        "请到时再运行，或修改 city.yaml 的 crawl_window"
    )


def window_end(config: Config, now: datetime) -> datetime | None:
    """When the present window ends; ``None`` when there is no bound, or no window is open now."""
    window = config.city.crawl_window
    if window is None:
        return None
    opens, closes = (time.fromisoformat(text) for text in window)
    local = now.astimezone(SHANGHAI)
    for start in (local.date() - timedelta(days=1), local.date()):
        begins = datetime.combine(start, opens, SHANGHAI)
        last = start if closes > opens else start + timedelta(days=1)
        ends = datetime.combine(last, closes, SHANGHAI)
        if begins <= local < ends:
            return ends.astimezone(UTC)
    return None


# --- the end --------------------------------------------------------------------------------------


def _finish(
    ws: Workspace, scan: ScanRow, result: CrawlResult, judging: Callable[[], None] | None
) -> ScanReport:
    if result.interrupted:
        return _interrupted(ws, scan, result)
    if judging is not None:
        judging()
    judged = judge_scan(ws, scan.id)
    unread = sum(
        1
        for v in ledger.verdicts(ws.engine, scan.id)
        if v.kind is VerdictKind.UNVERIFIED
        and v.subject.scope is Scope.COLUMN
        and v.code is Missing.NOT_REACHED
    )
    state = ScanState.COMPLETE if result.complete else ScanState.PARTIAL
    scans.finish_scan(
        ws.engine, scan.id, state, window_ended=result.window_ended, finished_at=ws.now()
    )
    return ScanReport(
        scan_id=scan.id,
        state=state,
        crawl=result,
        judged=judged,
        unread_columns=unread,
        disabled=_disabled(ws),
    )


def _interrupted(ws: Workspace, scan: ScanRow, result: CrawlResult) -> ScanReport:
    scans.finish_scan(ws.engine, scan.id, ScanState.INTERRUPTED, finished_at=ws.now())
    return ScanReport(
        scan_id=scan.id,
        state=ScanState.INTERRUPTED,
        crawl=result,
        judged=None,
        unread_columns=0,
        disabled=_disabled(ws),
    )


def _disabled(ws: Workspace) -> tuple[Site, ...]:
    return tuple(s for s in ws.config.sites if not s.enabled)
