"""Annual reports on disclosure, laid before the rules: of the city and of each unit that has a column
for them, its own or one for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from checks.annual_facts import AnnualCase, AnnualLook, Owes, head_of, is_report
from checks.attribution import normalise
from checks.facts import ColumnState, Entry, Fetched, Missing, Unverified
from checks.model import Scope, Subject
from checks.proof import whole_doubt
from config import disclosure_words
from config.schema import ExpectedColumn, Unit, UnitGroup
from services.cases import NEVER_READ
from services.judging.ground import Ground
from storage.readings import StoredColumn

TOWNSHIPS = ("乡", "镇")
"""Kinds of units that are a government; 街道 are the city's branches, 场 no organs."""
SURELY = ("部门", "办公室", "局", "department", "office")
"""Kinds of departments that surely are organs of administration."""


def lay(ground: Ground) -> None:
    if not ground.wants("missing-annual-report"):
        return
    for case in _Shelf(ground).cases():
        ground.judge(case, case.fetched)


class _Shelf:
    """The columns for annual reports of a city, and whose report each entry is."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        part = next(p for p in disclosure_words.parts() if p.id == "annual")
        judged = {site.id for site in ground.sites}
        units = {unit.id: unit for unit in ground.config.units}
        self.own: dict[str, list[ExpectedColumn]] = defaultdict(list)
        self.shared: list[ExpectedColumn] = []
        self.elsewhere = False
        """There is one on a site that is not judged now."""
        for site in ground.config.sites:
            menu = {f"{site.id}/{spec.slug}" for spec in site.columns}
            for column in ground.config.expected_columns(site.id, ground.today):
                if not part.called(column.name):
                    continue
                if site.id not in judged:
                    self.elsewhere = True
                elif column.key in menu or units[column.owner_id].group is UnitGroup.CITY:
                    self.shared.append(column)
                else:
                    self.own[column.owner_id].append(column)
        self.of_unit: dict[str, list[Entry]] = defaultdict(list)
        self.open: list[Entry] = []
        self._share()

    def _share(self) -> None:
        """Whose report each entry of the columns for all is."""
        config, names = self.ground.config, self.ground.names
        city = next((u.id for u in config.units if u.group is UnitGroup.CITY), None)
        for column in self.shared:
            for entry in _reports(self.ground.columns.get(column.key)):
                day = entry.published or self.ground.today
                head = head_of(entry.title)
                unit = names.attribute(head, day).unit_id if head else None
                if unit is None and head and normalise(config.city.name).startswith(head):
                    unit = city
                if unit is None:
                    unit = names.attribute(entry.source, day).unit_id if entry.source else None
                heirs = config.heirs(unit, self.ground.today) if unit else ()
                if len(heirs) == 1:
                    self.of_unit[heirs[0].id].append(entry)
                else:
                    self.open.append(entry)

    def cases(self) -> Iterator[AnnualCase]:
        ground = self.ground
        for unit in ground.config.units:
            columns = [*self.own[unit.id], *self.shared]
            owes = _owes(unit)
            answers = unit.responsible or unit.id
            if owes is None or not columns or not unit.valid_on(ground.today):
                continue
            if ground.units is None or answers in ground.units:
                yield self._case(unit, owes, answers, columns)

    def _case(
        self, unit: Unit, owes: Owes, answers: str, columns: list[ExpectedColumn]
    ) -> AnnualCase:
        own = {column.key for column in self.own[unit.id]}
        entries = list(self.of_unit[unit.id])
        read: list[str] = []
        gap: Unverified | None = None
        absent = 0
        fetched: Fetched | None = None
        for column in columns:
            held = self.ground.columns.get(column.key)
            if held is not None and held.state is ColumnState.ABSENT:
                absent += 1
                continue
            gap = gap or self._gap(column, held)
            if held is None or isinstance(held.reading, Unverified):
                continue
            read.append(column.name)
            if column.key in own:
                entries += _reports(held)
            if held.fetched is not None and (fetched is None or held.fetched.at < fetched.at):
                fetched = held.fetched  # what is said of all was known when the first was read
        if gap is None and (self.elsewhere or not read):
            why = "另有年度报告栏目不在本次检测之内" if self.elsewhere else "年度报告栏目没有找到"
            gap = Unverified(code=Missing.NOT_CAPTURED, reason=why)
        doubt = f"另有 {absent} 个年度报告栏目没有找到，请先核对" if absent else _doubt(unit, owes)
        site = columns[0].site_id
        return AnnualCase(
            subject=Subject(
                scope=Scope.UNIT,
                key=f"{site}/annual.{unit.id}",
                site_id=site,
                unit_id=answers,
                title=f"{unit.short}信息公开年度报告",
                url=_address(self.ground.columns.get(columns[0].key)) or columns[0].url,
            ),
            look=AnnualLook(
                owes=owes,
                reports=tuple(entries),
                open=tuple(self.open),
                columns=tuple(dict.fromkeys(read)),
                gap=gap,
                doubt=doubt,
            ),
            fetched=fetched,
        )

    def _gap(self, column: ExpectedColumn, held: StoredColumn | None) -> Unverified | None:
        """Why a column is not known whole; ``None``: it surely was read to its end."""
        reading = NEVER_READ if held is None else held.reading
        called = f"栏目“{column.name}”"
        if held is None or isinstance(reading, Unverified):
            why = reading if isinstance(reading, Unverified) else NEVER_READ
            return Unverified(code=why.code, reason=f"{called}没有读到：{why.reason}")
        if held.state is ColumnState.DELEGATED:
            return Unverified(code=Missing.NOT_CAPTURED, reason=f"{called}链接到其他网站")
        doubt = whole_doubt(reading, self.ground.base.min_confidence, held.previous_entries)
        if doubt is not None:
            return Unverified(code=Missing.UNPROVEN, reason=f"{called}：{doubt}")
        return None


def _owes(unit: Unit) -> Owes | None:
    """Whose report a unit owes; ``None``: it is no organ, or answers to those above."""
    if unit.group is UnitGroup.CITY:
        return Owes.GOVERNMENT
    if unit.group is UnitGroup.TOWN:
        return None if unit.kind == "场" else Owes.TOWNSHIP
    if unit.group is UnitGroup.DEPARTMENT:
        return None if unit.kind in ("垂管单位", "vertical") else Owes.DEPARTMENT
    return None


def _doubt(unit: Unit, owes: Owes) -> str:
    if not unit.confirmed:
        return "单位名单未核对，请先核对"
    kinds = {Owes.TOWNSHIP: TOWNSHIPS, Owes.DEPARTMENT: SURELY}.get(owes)
    if kinds is not None and unit.kind not in kinds:
        return f"{unit.kind or '这类单位'}是否单独编制年度报告，请先核对"
    return ""


def _reports(held: StoredColumn | None) -> list[Entry]:
    if held is None or isinstance(held.reading, Unverified):
        return []
    return [entry for entry in held.reading.entries if is_report(entry.title)]


def _address(held: StoredColumn | None) -> str | None:
    if held is None or isinstance(held.reading, Unverified):
        return None
    return held.reading.url
