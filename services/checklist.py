"""What a person has to look at for a standard of sites: what is not judged, with its candidates and a
sample of pages. The sample is drawn by the scan and the condition alone: drawn again it is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from checks.facts import PageKind, Unverified
from config.crosscheck import site_hosts
from config.indicators import Sampled
from config.schema import Site
from crawler.urls import is_attachment
from reports.audit import AuditView
from reports.checklist import ChecklistItem, ChecklistSite, ChecklistView, Sample
from services.answers import places
from services.audit import chosen_scan, site_audit
from services.workspace import UsageError, Workspace
from storage import readings
from storage.models import ScanRow


def checklist(
    ws: Workspace,
    standard_name: str | None,
    scan_id: int | None,
    *,
    now: datetime,
    sites: Collection[str] = (),
    day: date | None = None,
    everything: bool = False,
) -> ChecklistView:
    """What is left to people at each site. ``everything``: also what was answered or judged
    already. Raises ``UsageError`` for a standard of units."""
    standard = ws.standard(standard_name)
    if standard.subject != "site":
        raise UsageError(
            f"检查标准 {standard.id} 以单位为对象，没有要人看的条目；"
            "请用 --standard 写明以网站为对象的标准，如 inspection-2019"
        )
    scan = chosen_scan(ws, scan_id, day)
    view = site_audit(ws, standard, scan, now=now, sites=sites, day=day)
    known = {p.called: p for p in places(standard)}
    made = []
    for audited in view.sites:
        site = ws.config.site(audited.card.site_id)
        pools = _Pools(ws, scan, site)
        items = []
        for part, line, indicator in view.lines(audited):
            for c in line.conditions:
                place = known[f"{indicator.id}.{c.id}"]
                if not place.applies(site) or not (
                    everything or not c.state.judged or c.candidates
                ):
                    continue
                spec = place.condition
                items.append(
                    ChecklistItem(
                        id=place.called,
                        part=part.title,
                        group=line.group,
                        indicator=line.title,
                        condition=c,
                        judge=spec.judge,
                        checklist=spec.checklist,
                        sample=tuple(pools.draw(spec.sample, spec.sample_size, place.called))
                        if spec.sample
                        else (),
                        candidates=tuple(
                            audited.places[m] for m in c.candidates if m in audited.places
                        ),
                    )
                )
        made.append(ChecklistSite(site_id=site.id, name=site.name, items=tuple(items)))
    return _view(view, tuple(made))


def _view(view: AuditView, sites: tuple[ChecklistSite, ...]) -> ChecklistView:
    return ChecklistView(
        standard_id=view.standard.id,
        standard_title=view.standard.title,
        day=view.day,
        scan_id=view.scan_id,
        as_of=view.as_of,
        sites=sites,
    )


class _Pools:
    """What can be sampled of one site, each kind gathered once."""

    def __init__(self, ws: Workspace, scan: ScanRow, site: Site) -> None:
        self._ws, self._scan, self._site = ws, scan, site
        self._held: dict[Sampled, list[Sample]] = {}

    def draw(self, kind: Sampled, size: int, condition: str) -> list[Sample]:
        if kind not in self._held:
            self._held[kind] = list(self._gather(kind))
        return drawn(self._held[kind], size, f"{self._scan.id}:{condition}")

    def _gather(self, kind: Sampled) -> Iterator[Sample]:
        engine, age = self._ws.engine, self._ws.config.city.max_age_days
        if kind is Sampled.COLUMNS:
            for column in readings.columns(engine, self._scan.id, age).values():
                if column.site_id != self._site.id or isinstance(column.reading, Unverified):
                    continue
                if column.reading.url:
                    yield Sample(title=column.found_name or column.key, url=column.reading.url)
        elif kind is Sampled.FILES:
            hosts = site_hosts(self._site)
            for url in readings.link_fates(engine, self._scan.id, age):
                if is_attachment(url) and url.partition("://")[2].partition("/")[0] in hosts:
                    yield Sample(title=url.rpartition("/")[2], url=url)
        else:
            yield from self._pages(kind)

    def _pages(self, kind: Sampled) -> Iterator[Sample]:
        wanted = {Sampled.LETTERS: "letter", Sampled.GUIDES: "guide"}.get(kind)
        since = self._ws.judge_from(self._scan.as_of)
        pages = readings.pages(
            self._ws.engine,
            self._scan.id,
            rules_digest="",
            max_age_days=self._ws.config.city.max_age_days,
            sites=[self._site.id],
        )
        for page in pages:
            if page.url is None or page.unverified is not None:
                continue
            if wanted is not None:
                if wanted not in page.parts:
                    continue
            elif page.kind not in (PageKind.ARTICLE, PageKind.ENTRY) or (
                page.published is None or page.published < since
            ):
                continue
            yield Sample(title=page.title or page.url, url=page.url)


def drawn(pool: Iterable[Sample], size: int, seed: str) -> list[Sample]:
    """``size`` of the pool, the same for the same seed whatever the pool's order."""

    def lot(sample: Sample) -> tuple[str, str]:
        return hashlib.sha256(f"{seed}\x1f{sample.url}".encode()).hexdigest(), sample.url

    return sorted(pool, key=lot)[:size]
