"""Periodic duties: the entries of every column where one may be met, laid before the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase

from checks.duties_facts import DutyCase, Looked
from checks.facts import ColumnState, Entry, Fetched, Missing, Unverified
from checks.model import Scope, Subject
from checks.proof import whole_doubt
from config.duties import Duty
from config.schema import Config, ExpectedColumn, Site
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
    for duty in ground.ws.duties:
        case = case_of(
            ground.config,
            ground.sites,
            ground.columns,
            duty,
            day=ground.today,
            sure=ground.base.min_confidence,
        )
        if case is None or (ground.units is not None and case.subject.unit_id not in ground.units):
            continue
        ground.judge(case, case.fetched)


def case_of(
    config: Config,
    sites: Sequence[Site],
    stored: Mapping[str, StoredColumn],
    duty: Duty,
    *,
    day: date,
    sure: float,
) -> DutyCase | None:
    """A duty with what was read for it; ``None``: its first place is on none of the sites, or nobody
    answers for it on ``day``. ``stored``: columns by key; ``sure``: the confidence wanted."""
    home = duty.places[0].partition("/")[0]
    heirs = config.heirs(duty.unit, day)
    if not heirs or home not in {site.id for site in sites}:
        return None
    owner = heirs[0]
    columns = [
        column
        for site in sites
        for column in config.expected_columns(site.id, day)
        if any(fnmatchcase(column.key, place) for place in duty.places)
    ]
    held = [stored.get(column.key) for column in columns]
    doubts: tuple[str, ...] = ()
    if owner.id != duty.unit:
        doubts = (f"原责任单位已撤并，暂记给{owner.short}，请先核对",)
    return DutyCase(
        subject=Subject(
            scope=Scope.UNIT,
            key=subject_key(home, duty.id),
            site_id=home,
            unit_id=owner.id,
            title=duty.title,
            url=next((c.url for c in columns if c.url), None),
        ),
        duty=duty,
        looked=looked_through(duty, columns, held, sure=sure, doubts=doubts),
        fetched=_oldest(s.fetched for s in held if s is not None),
    )


def looked_through(
    duty: Duty,
    columns: Sequence[ExpectedColumn],
    stored: Sequence[StoredColumn | None],
    *,
    sure: float,
    doubts: tuple[str, ...] = (),
) -> Looked:
    """What was read of the columns where the duty may be met, each with its stored reading.

    ``sure``: the confidence that is wanted of the reader.
    """
    entries: dict[str, Entry] = {}
    gaps: list[Unverified] = []
    read = absent = 0
    for column, held in zip(columns, stored, strict=True):
        if held is not None and held.state is ColumnState.ABSENT:
            absent += 1
            continue
        reading = _NEVER if held is None else held.reading
        if held is None or isinstance(reading, Unverified):
            why = reading if isinstance(reading, Unverified) else _NEVER
            gaps.append(_gap(why.code, f"栏目“{column.name}”没有读到：{why.reason}"))
            continue
        read += 1
        entries |= {entry.url: entry for entry in reading.entries}
        if held.state is not ColumnState.READ:
            gaps.append(_gap(Missing.NOT_CAPTURED, f"栏目“{column.name}”链接到其他网站"))
        elif doubt := whole_doubt(reading, sure, held.previous_entries):
            gaps.append(_gap(Missing.UNPROVEN, f"栏目“{column.name}”：{doubt}"))
    gaps += [
        _gap(Missing.NOT_CAPTURED, f"应查的栏目（{place}）不在本次检测之列")
        for place in duty.places
        if not any(fnmatchcase(column.key, place) for column in columns)
    ]
    if absent and not read:
        gaps.append(_gap(Missing.NOT_CAPTURED, "应查的栏目一个也没有找到"))
    if absent:
        doubts = (*doubts, f"另有 {absent} 个应查的栏目没有找到，可能改了名称，请先核对")
    return Looked(
        entries=tuple(entries.values()),
        columns=read,
        gap=gaps[0] if gaps else None,
        doubts=doubts,
    )


def _gap(code: Missing, reason: str) -> Unverified:
    return Unverified(code=code, reason=reason)


def _oldest(fetched: Iterable[Fetched | None]) -> Fetched | None:
    """What is said of all of them was known when the first of them was read."""
    held = [f for f in fetched if f is not None]
    return min(held, key=lambda f: f.at) if held else None
