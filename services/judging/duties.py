"""Periodic duties: the entries of every column where one may be met, laid before the rules."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from checks.duties_facts import DutyCase, Looked
from checks.facts import ColumnState, Entry, Fetched, Missing, Unverified
from checks.model import Scope, Subject
from checks.proof import read_whole
from config.duties import Duty
from config.schema import ExpectedColumn
from services.judging.ground import Ground
from storage.readings import StoredColumn

_NEVER = Unverified(code=Missing.NOT_REACHED, reason="本次检测没有轮到")


def subject_key(site_id: str, duty_id: str) -> str:
    """How findings about a duty are known: by its first place's site."""
    return f"{site_id}/duty.{duty_id}"


def lay(ground: Ground) -> None:
    """Each duty once, under the site of its first place."""
    if not ground.wants("missing-periodic"):
        return
    sites = {site.id for site in ground.sites}
    for duty in ground.ws.duties:
        home = duty.places[0].partition("/")[0]
        owner = next(iter(ground.config.heirs(duty.unit, ground.today)), None)
        if home not in sites or owner is None:
            continue
        if ground.units is not None and owner.id not in ground.units:
            continue
        columns = list(_columns(ground, duty))
        stored = [ground.columns.get(c.key) for c in columns]
        fetched = _oldest(s.fetched for s in stored if s is not None)
        case = DutyCase(
            subject=Subject(
                scope=Scope.UNIT,
                key=subject_key(home, duty.id),
                site_id=home,
                unit_id=owner.id,
                title=duty.title,
                url=next((c.url for c in columns if c.url), None),
            ),
            duty=duty,
            looked=_looked(columns, stored, sites, duty),
            fetched=fetched,
        )
        ground.judge(case, fetched)


def _columns(ground: Ground, duty: Duty) -> Iterable[ExpectedColumn]:
    for site in ground.sites:
        for column in ground.config.expected_columns(site.id, ground.today):
            if any(fnmatchcase(column.key, place) for place in duty.places):
                yield column


def _looked(
    columns: list[ExpectedColumn],
    stored: list[StoredColumn | None],
    sites: set[str],
    duty: Duty,
) -> Looked:
    entries: dict[str, Entry] = {}
    gap: Unverified | None = None
    for column, held in zip(columns, stored, strict=True):
        if held is not None and held.state is ColumnState.ABSENT:
            continue  # it is not there: nothing can stand in it
        reading = _NEVER if held is None else held.reading
        if isinstance(reading, Unverified):
            gap = gap or Unverified(
                code=reading.code, reason=f"栏目“{column.name}”没有读到：{reading.reason}"
            )
            continue
        entries |= {entry.url: entry for entry in reading.entries}
        if held is not None and held.state is ColumnState.DELEGATED:
            gap = gap or Unverified(
                code=Missing.NOT_CAPTURED, reason=f"栏目“{column.name}”链接到其他网站"
            )
        elif not read_whole(reading):
            gap = gap or Unverified(
                code=Missing.UNPROVEN, reason=f"栏目“{column.name}”没有读到末页"
            )
    elsewhere = {place.partition("/")[0] for place in duty.places} - sites
    if elsewhere or not columns:
        gap = gap or Unverified(code=Missing.NOT_CAPTURED, reason="应查的栏目不在本次检测的站点上")
    return Looked(entries=tuple(entries.values()), columns=len(columns), gap=gap)


def _oldest(fetched: Iterable[Fetched | None]) -> Fetched | None:
    """What is said of all of them was known when the first of them was read."""
    held = [f for f in fetched if f is not None]
    return min(held, key=lambda f: f.at) if held else None
