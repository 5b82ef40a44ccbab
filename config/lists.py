"""A workbook on its way to lists: names for ids, rows to the entries they belong to, checks.

Problems are told with sheet, row and column, all together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from config import crosscheck, loader, sheets, yaml_source
from config.crosscheck import Parts, Placed
from config.loader import CITY, COLUMNS, SITES, UNITS
from config.problems import ConfigError, Fault, Loc, Problem, echo, faults, nearest
from config.schema import Catalogue, Category, Site, Unit, UnitGroup
from config.sheets import Column, Sheet
from config.workbook import UNREAD, Row, is_unread, read_book
from config.yaml_source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The lists of a workbook."""

    categories: tuple[Category, ...] = ()
    catalogues: tuple[Catalogue, ...] = ()
    sites: tuple[Site, ...] = ()
    """With their columns."""
    units: tuple[Unit, ...] = ()
    required_counts: dict[UnitGroup, int] = field(default_factory=dict)


_MODELS: dict[str, type[BaseModel]] = {
    "categories": Category,
    "catalogues": Catalogue,
    "sites": Site,
    "units": Unit,
}
_LABELS = {"categories": "类别", "catalogues": "公开目录", "sites": "站点", "units": "单位"}
_REFERRED = {"unit": "units", "catalogue": "catalogues", "category": "categories", "site": "sites"}


@dataclass(slots=True)
class _Item:
    """One entry of a list, from a workbook or from a file that is there already."""

    data: dict[str, Any]
    where: Callable[[Loc], str]
    row: Row | None = None
    """``None``: it comes from a file."""


class Reading:
    """A workbook on its way to lists."""

    def __init__(self, path: Path, base: Path | None) -> None:
        self.book = read_book(path, sheets.ALL)
        self.problems = list(self.book.problems)
        self.base = _Base(base)
        self.items: dict[str, list[_Item] | None] = {}
        self.counts: dict[UnitGroup, int] = {}

    def touched(self) -> dict[str, list[str]]:
        """The files to write, with the sheets that they come from."""
        found: dict[str, list[str]] = {}
        for file, parts in (
            (COLUMNS, (sheets.CATEGORIES, sheets.CATALOGUES, sheets.COLUMNS)),
            (SITES, (sheets.SITES,)),
            (UNITS, (sheets.UNITS, sheets.CONTACTS, sheets.COUNTS)),
        ):
            names = [s.name for s in parts if s.name in self.book.rows]
            if names:
                found[file] = names
        if COLUMNS in found and self.base.inline_columns:
            found.setdefault(SITES, found[COLUMNS])
        return found

    def lists(self) -> Lists:
        for kind, sheet in (
            ("categories", sheets.CATEGORIES),
            ("catalogues", sheets.CATALOGUES),
            ("sites", sheets.SITES),
            ("units", sheets.UNITS),
        ):
            rows = self.book.rows.get(sheet.name)
            self.items[kind] = (
                self.base.items(kind) if rows is None else [_item(row, sheet) for row in rows]
            )
        self._refer()
        self._contacts()
        self._columns()
        self._counts()
        valid = {kind: self._validated(kind) for kind in _MODELS}
        self._crosscheck(valid)
        if self.problems:
            raise ConfigError(self.problems)
        made = {kind: tuple(p.value for p in placed) for kind, placed in valid.items()}
        return Lists(
            categories=made["categories"],
            catalogues=made["catalogues"],
            sites=made["sites"],
            units=made["units"],
            required_counts=self.counts,
        )

    # Names instead of ids

    def _names(self, kind: str) -> dict[str, str | None]:
        """Names and ids → id; ``None`` for a name that two entries share."""
        names: dict[str, str | None] = {}
        items = self.items.get(_REFERRED[kind]) or []
        ids = [i.data["id"] for i in items if isinstance(i.data.get("id"), str)]
        for item in items:
            for key in ("short", "name", "title"):
                name, own = item.data.get(key), item.data.get("id")
                if isinstance(name, str) and isinstance(own, str):
                    names[name] = own if names.get(name, own) == own else None
        return names | {i: i for i in ids}

    def _refer(self) -> None:
        for sheet in sheets.ALL:
            for column in (c for c in sheet.columns if c.refers):
                names = self._names(str(column.refers))
                for row in self.book.rows.get(sheet.name, ()):
                    value = row.values.get(column.key)
                    if not isinstance(value, str | list):
                        continue
                    found = [
                        self._referred(row, column, name, names)
                        for name in (value if isinstance(value, list) else [value])
                    ]
                    if UNREAD in found:
                        row.values[column.key] = UNREAD
                    else:
                        row.values[column.key] = found if isinstance(value, list) else found[0]
        for item in (i for items in self.items.values() for i in items or ()):
            if item.row is not None:
                item.data = _nested(item.row.values)

    def _referred(
        self, row: Row, column: Column, name: str, names: Mapping[str, str | None]
    ) -> object:
        """The id that a cell means; its problem is told when there is none."""
        kind = str(column.refers)
        if self.items[_REFERRED[kind]] is None:
            return name
        meant = names.get(name.strip())
        if meant is None:
            label = _LABELS[_REFERRED[kind]]
            guess = nearest(name, list(names))
            remedy = f"是不是 {echo(guess)}？请改正" if guess else f"请写上已有{label}的编号"
            reason = f"{label}“{echo(name)}”" + ("不止一个" if name in names else "不存在")
            self._say(row.where(column.key), reason, remedy if name not in names else "请改写编号")
            return UNREAD
        return meant

    # Sheets whose rows belong to entries of other sheets

    def _attach(self, holder: _Item, name: str, rows: Sequence[Row], drop: Iterable[str]) -> None:
        dropped = set(drop)
        holder.data[name] = [
            _nested({k: v for k, v in row.values.items() if k not in dropped}) for row in rows
        ]
        outer = holder.where

        def where(loc: Loc) -> str:
            if loc[:1] == (name,) and len(loc) > 1 and isinstance(loc[1], int):
                return rows[loc[1]].where(_key(loc[2:]))
            return outer(loc)

        holder.where = where

    def _contacts(self) -> None:
        units = self.items["units"]
        rows = self.book.rows.get(sheets.CONTACTS.name)
        if units is None or (rows is None and sheets.UNITS.name not in self.book.rows):
            if rows:
                self._say(rows[0].where(), "没有单位名单，联系人无处可放", "请补上“单位”工作表")
            return
        if rows is None:
            kept = {
                i.data.get("id"): i.data.get("contacts") for i in self.base.items("units") or ()
            }
            for unit in units:
                if kept.get(unit.data.get("id")):
                    unit.data["contacts"] = kept[unit.data["id"]]
            return
        self._share_out(rows, "unit", {"units": units}, lambda row: "units", "contacts", ("unit",))

    def _columns(self) -> None:
        rows = self.book.rows.get(sheets.COLUMNS.name)
        holders = {k: self.items[k] for k in ("catalogues", "sites")}
        if rows is None:
            for kind, items in holders.items():
                kept = {i.data.get("id"): i for i in self.base.items(kind) or ()}
                for item in items or ():
                    old = kept.get(item.data.get("id"))
                    if item.row is not None:
                        item.data["columns"] = old.data.get("columns", []) if old else []
                        if old is not None:
                            item.where = _first_of("columns", old.where, item.where)
            return
        for row in rows:
            named, value = row.values.get("holder_kind"), row.values.get("holder")
            if isinstance(named, str) and isinstance(value, str):
                row.values["holder"] = self._names(named).get(value.strip()) or value
        self._share_out(
            rows,
            "holder",
            {k: v or [] for k, v in holders.items()},
            lambda row: _REFERRED.get(str(row.values.get("holder_kind")), ""),
            "columns",
            ("holder_kind", "holder"),
        )

    def _share_out(
        self,
        rows: Sequence[Row],
        key: str,
        holders: Mapping[str, Sequence[_Item]],
        kind_of: Callable[[Row], str],
        name: str,
        drop: Iterable[str],
    ) -> None:
        """Give each row to the entry that it names."""
        given: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            kind, wanted = kind_of(row), row.values.get(key)
            if kind not in holders or is_unread(wanted) or not isinstance(wanted, str):
                continue
            known = [i.data["id"] for i in holders[kind] if isinstance(i.data.get("id"), str)]
            if wanted not in known:
                guess = nearest(wanted, known)
                label = _LABELS[kind]
                remedy = (
                    f"是不是 {guess}？请改正" if guess else f"请核对，或先在“{label}”工作表里写上它"
                )
                self._say(row.where(key), f"{label}“{echo(wanted)}”不存在", remedy)
                continue
            given.setdefault((kind, wanted), []).append(row)
        for kind, items in holders.items():
            for item in items:
                self._attach(item, name, given.get((kind, str(item.data.get("id"))), []), drop)

    def _counts(self) -> None:
        rows = self.book.rows.get(sheets.COUNTS.name)
        if rows is None:
            self.counts = self.base.required_counts()
            return
        for row in rows:
            count = row.values.get("count")
            if is_unread(row.values.get("group")) or is_unread(count):
                continue
            group = UnitGroup(str(row.values.get("group")))
            number = int(count) if isinstance(count, str) and count.strip().isdecimal() else count
            if not isinstance(number, int) or isinstance(number, bool) or number < 0:
                self._say(row.where("count"), "数目要写成不小于 0 的整数", "请改正")
            elif group in self.counts:
                self._say(row.where("group"), f"“{group.label}”写了两次", "请只保留一行")
            else:
                self.counts[group] = number

    # Checking

    def _say(self, where: str, reason: str, remedy: str) -> None:
        self.problems.append(Problem(where, reason, remedy))

    def _validated(self, kind: str) -> list[Placed]:
        model, placed = _MODELS[kind], []
        for index, item in enumerate(self.items[kind] or ()):
            data, told = _without_unread(item.data)
            try:
                placed.append(Placed(model.model_validate(data), "", (kind, index)))
            except ValidationError as error:
                for fault in faults(error, model):
                    no_column = item.row is not None and fault.field not in item.row.headers
                    if fault.loc in told or (fault.missing and len(fault.loc) == 1 and no_column):
                        continue
                    self._say(item.where(fault.loc), *_said(fault, kind, data))
            else:
                if told:
                    placed.pop()
        return placed

    def _crosscheck(self, valid: Mapping[str, list[Placed]]) -> None:
        parts = Parts(
            city=self.base.city,
            categories=valid["categories"],
            catalogues=valid["catalogues"],
            sites=valid["sites"],
            units=valid["units"],
        )
        for kind, name in _REFERRED.items():
            items = self.items[name]
            if items is not None:
                ids = {i.data.get("id") for i in items}
                parts.known[kind] = {i for i in ids if isinstance(i, str)}

        def complain(file: str, loc: Loc, reason: str, remedy: str) -> None:
            if file == CITY:
                self._say(self.base.sources[CITY].where(loc), reason, remedy)
                return
            items = self.items[str(loc[0])] or []
            self._say(items[int(loc[1])].where(loc[2:]), reason, remedy)

        crosscheck.check(parts, complain)


class _Base:
    """The files that are there already."""

    def __init__(self, directory: Path | None) -> None:
        self.sources: dict[str, Source] = {}
        self.city = None
        self.inline_columns = False
        problems: list[Problem] = []
        parsed: dict[str, Any] = {}
        for name in (CITY, COLUMNS, SITES, UNITS):
            if directory is None or not (directory / name).is_file():
                continue
            source, _ = yaml_source.read(directory / name, (directory / name).as_posix())
            self.sources[name] = source
            problems += source.problems
            parsed[name] = loader.validate(source, loader.FILES[name], problems)
        if problems:
            raise ConfigError(problems)
        self.city = parsed.get(CITY)
        if SITES in self.sources:
            self.inline_columns = any(s.get("columns") for s in self.sources[SITES].data["sites"])

    def items(self, kind: str) -> list[_Item] | None:
        file = {"units": UNITS, "sites": SITES}.get(kind, COLUMNS)
        source = self.sources.get(file)
        if source is None:
            return None
        items = []
        for index, data in enumerate(source.data.get(kind) or ()):
            item = _Item(dict(data), _in_file(source, (kind, index)))
            columns = self.sources.get(COLUMNS)
            listed = ((columns.data.get("site_columns") or {}) if columns else {}).get(data["id"])
            if kind == "sites" and columns is not None and listed:
                item.data["columns"] = listed
                inside = _in_file(columns, ("site_columns", data["id"]), skip=1)
                item.where = _first_of("columns", inside, item.where)
            items.append(item)
        return items

    def required_counts(self) -> dict[UnitGroup, int]:
        source = self.sources.get(UNITS)
        counts = (source.data.get("required_counts") or {}) if source else {}
        return {UnitGroup(group): int(count) for group, count in counts.items()}


def _in_file(source: Source, root: Loc, skip: int = 0) -> Callable[[Loc], str]:
    return lambda loc: source.where((*root, *loc[skip:]))


def _first_of(
    name: str, inside: Callable[[Loc], str], outside: Callable[[Loc], str]
) -> Callable[[Loc], str]:
    return lambda loc: inside(loc) if loc[:1] == (name,) else outside(loc)


def _item(row: Row, sheet: Sheet) -> _Item:
    return _Item(_nested(row.values), lambda loc: row.where(_key(loc)), row)


def _key(loc: Loc) -> str | None:
    """The sheet's field for a place inside an entry: ``rate.retries``, ``group`` …"""
    if not loc:
        return None
    return ".".join(str(step) for step in loc[:2]) if loc[0] == "rate" else str(loc[0])


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key, value in values.items():
        outer, _, inner = key.partition(".")
        if inner:
            data.setdefault(outer, {})[inner] = value
        else:
            data[outer] = value
    return data


def _without_unread(data: Any, at: Loc = ()) -> tuple[Any, set[Loc]]:
    """Data without the cells whose problem has been told, and where those were."""
    told: set[Loc] = set()
    if isinstance(data, dict):
        kept: dict[str, Any] = {}
        for key, value in data.items():
            if is_unread(value):
                told.add((*at, key))
                continue
            kept[key], inner = _without_unread(value, (*at, key))
            told |= inner
        return kept, told
    if isinstance(data, list):
        pairs = [_without_unread(value, (*at, i)) for i, value in enumerate(data)]
        return [p[0] for p in pairs], told.union(*(p[1] for p in pairs))
    return data, told


def _said(fault: Fault, kind: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """A fault in the words of the sheets: headers for field names."""
    sheet = {
        "units": sheets.CONTACTS if fault.loc[:1] == ("contacts",) else sheets.UNITS,
        "sites": sheets.COLUMNS if fault.loc[:1] == ("columns",) else sheets.SITES,
        "catalogues": sheets.COLUMNS if fault.loc[:1] == ("columns",) else sheets.CATALOGUES,
        "categories": sheets.CATEGORIES,
    }[kind]
    own = fault.loc[2:] if fault.loc[:1] in (("columns",), ("contacts",)) else fault.loc
    key = _key(own)
    header = next((c.header for c in sheet.columns if c.key == key), fault.field)
    called = next((data[k] for k in ("short", "name", "title", "id") if data.get(k)), "")
    subject = f"{_LABELS[kind]}“{echo(called)}”" if called else ""
    if fault.missing:
        return f"{subject}缺少{header}", "请填写"
    reason = fault.reason
    if fault.field and reason.startswith(fault.field):
        return f"{subject}的{header}{reason.removeprefix(fault.field)}", fault.remedy
    return f"{subject}{reason}", fault.remedy
