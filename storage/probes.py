"""The probes' history: written once each, read by site and time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Engine, Select, func, select

from checks.probes import BY_HAND, HOME, Probe
from storage.db import reading, writing
from storage.insert import insert_new, parts
from storage.regime_tables import ProbeRow

_FIELDS = tuple(Probe.__dataclass_fields__)
_LONGEST = 500
"""Characters of a detail that are kept."""


def add_probes(engine: Engine, probes: Sequence[Probe]) -> None:
    """Store probes; one that stands there already (site, page, instant) is left as it is."""
    rows = [asdict(p) | {"detail": p.detail[:_LONGEST]} for p in probes]
    with writing(engine) as connection:
        for part in parts(rows):
            insert_new(connection, ProbeRow.__table__, part)


def history(
    engine: Engine,
    *,
    since: datetime,
    until: datetime,
    site_id: str | None = None,
    page: str | None = None,
) -> list[Probe]:
    """The probes due from ``since`` to ``until`` (both included), oldest first; of all sites, and
    without the control probes, unless a site is named."""
    query = _select().where(ProbeRow.at >= since, ProbeRow.at <= until)
    query = (
        query.where(ProbeRow.site_id == site_id) if site_id else query.where(ProbeRow.site_id != "")
    )
    if page is not None:
        query = query.where(ProbeRow.page == page)
    return _probes(engine, query.order_by(ProbeRow.at, ProbeRow.site_id, ProbeRow.page))


def probed(engine: Engine, at: datetime, site_ids: Iterable[str]) -> set[tuple[str, str]]:
    """Site and page of what has a probe for this very instant."""
    query = select(ProbeRow.site_id, ProbeRow.page).where(
        ProbeRow.at == at, ProbeRow.site_id.in_(list(site_ids))
    )
    with reading(engine) as connection:
        return {(site, page) for site, page in connection.execute(query)}


def newest(engine: Engine, site_id: str, *, until: datetime) -> list[Probe]:
    """The newest probe of each of a site's pages, by page."""
    last = (
        select(ProbeRow.page, func.max(ProbeRow.at).label("at"))
        .where(ProbeRow.site_id == site_id, ProbeRow.at <= until)
        .group_by(ProbeRow.page)
        .subquery()
    )
    query = (
        _select()
        .join(last, (ProbeRow.page == last.c.page) & (ProbeRow.at == last.c.at))
        .where(ProbeRow.site_id == site_id)
    )
    return _probes(engine, query.order_by(ProbeRow.page))


def newest_certificate(engine: Engine, site_id: str, *, until: datetime) -> Probe | None:
    """The newest probe of a site's home page that saw a certificate."""
    query = (
        _select()
        .where(
            ProbeRow.site_id == site_id,
            ProbeRow.page.in_((HOME, BY_HAND)),
            ProbeRow.at <= until,
            ProbeRow.certificate_until.is_not(None),
        )
        .order_by(ProbeRow.at.desc())
        .limit(1)
    )
    found = _probes(engine, query)
    return found[0] if found else None


def _select() -> Select[tuple[object, ...]]:
    return select(*(getattr(ProbeRow, name) for name in _FIELDS))


def _probes(engine: Engine, query: Select[tuple[object, ...]]) -> list[Probe]:
    with reading(engine) as connection:
        return [Probe(**row) for row in connection.execute(query).mappings()]
