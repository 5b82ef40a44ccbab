"""A drafted configuration on one screen: what was found, how sure, what a person must look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rich.cells import cell_len
from rich.console import Console

from config.schema import UnitGroup
from reports.cells import cut, plain
from reports.machine import Shape, calendar, shape
from reports.sheet import Sheet, day
from reports.views import GROUPS


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftColumnView:
    """One column of the draft."""

    site_id: str
    slug: str
    name: str
    group: str
    unit: str | None
    """Short name of the unit that answers for it."""
    category: str
    category_title: str
    cadence: str
    url: str
    state: str
    """``list``, ``blank``, ``text``, ``elsewhere``, ``unread``."""
    entries: int
    """Entries that were read; ``total`` those that the site claims."""
    total: int | None
    newest: date | None
    family: str | None
    notes: tuple[str, ...] = ()
    """In Chinese: what is to be known of it."""
    doubtful: bool = False
    """A person should look at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSiteView:
    site_id: str
    name: str
    kind: str
    """In Chinese."""
    url: str
    site_code: str | None
    operator: str
    marks: tuple[tuple[str, str | None], ...]
    """Identity marks: label, and what was found (``None``: not found)."""
    families: tuple[tuple[str, int], ...]
    requests: int
    unvisited: int
    reason: str = ""
    """Why it could not be explored, or not to the end."""
    columns: tuple[DraftColumnView, ...] = ()
    left_out: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftUnitView:
    unit_id: str
    name: str
    short: str
    group: UnitGroup
    root: str | None
    columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """What ``xunjian init`` drafted."""

    city: str
    directory: str | None
    """Where it was written; ``None``: nothing could be drafted."""
    files: tuple[str, ...]
    sites: tuple[DraftSiteView, ...]
    units: tuple[DraftUnitView, ...]
    warnings: tuple[str, ...] = ()


STATES = {
    "list": "列表",
    "blank": "空白",
    "text": "文字",
    "elsewhere": "外站",
    "unread": "未读懂",
}
MOST_COLUMNS = 20
"""Rows of columns that the screen shows of one site: the doubtful first."""
MOST_DOUBTS = 6


def print_draft(out: Console, view: DraftView) -> None:
    sheet = Sheet(out)
    for site in view.sites:
        _site(sheet, site)
    if view.units:
        _units(sheet, view.units)
    if view.directory is None:
        return
    sheet.heading("草稿", f"{view.city}，待人工核对")
    sheet.text("、".join(view.files), label="已写入  ")
    sheet.text(view.directory, label="目录    ")
    for warning in view.warnings[:6]:
        sheet.text(warning, label="提示    ")


def _site(sheet: Sheet, site: DraftSiteView) -> None:
    sheet.heading(f"{site.name}（{site.site_id}）", f"{site.kind}  {site.url}")
    if site.reason:
        sheet.text(site.reason, label="未能核实  ", style="yellow")
    marks = "；".join(f"{label} {value or '未找到'}" for label, value in site.marks)
    sheet.text(marks, label="标识  ", lines=3)
    if site.families:
        words = "、".join(f"{name}（{n} 页）" for name, n in site.families[:6])
        sheet.text(words, label="系统  ", lines=2)
    tally = Counter(c.category_title for c in site.columns)
    doubtful = [c for c in site.columns if c.doubtful]
    sheet.text(
        f"{len(site.columns)} 个（" + "、".join(f"{t} {n}" for t, n in tally.most_common()) + "）"
        if site.columns
        else "没有找到",
        label="栏目  ",
        lines=3,
    )
    sheet.text(
        f"请求 {site.requests} 次，没有读到的地址 {site.unvisited} 个，"
        f"没有列入的菜单项 {site.left_out} 个，须核对的栏目 {len(doubtful)} 个",
        label="探查  ",
    )
    _columns(sheet, site.columns)


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    category: str
    cadence: str
    newest: date | None
    count: str
    unit: str
    doubtful: bool


def _rows(columns: Sequence[DraftColumnView]) -> list[_Row]:
    """The columns as the screen shows them: what several units have is one row."""
    alike: dict[tuple[str, str], list[DraftColumnView]] = {}
    for column in columns:
        alike.setdefault((column.group, column.name), []).append(column)
    rows = []
    for (group, name), held in alike.items():
        first = held[0]
        days = [c.newest for c in held if c.newest is not None]
        states = {c.state for c in held}
        count = STATES[first.state] if states != {"list"} and len(held) == 1 else _count(held)
        unit = f"{len(held)} 个单位" if len(held) > 1 else first.unit or ""
        rows.append(
            _Row(
                f"{group} > {name}" if group else name,
                first.category_title,
                first.cadence,
                max(days, default=None),
                count,
                unit,
                any(c.doubtful for c in held),
            )
        )
    # Those to look at come first; within, the order of the site's own menu.
    return sorted(rows, key=lambda row: not row.doubtful)


def _columns(sheet: Sheet, columns: Sequence[DraftColumnView]) -> None:
    rows = _rows(columns)
    if not rows:
        return
    width = max(20, min(34, sheet.width - 60))
    head = (("栏目", width), ("类别", 15), ("更新周期", 18), ("最新", 11), ("条数", 7))
    sheet.line(*((_cells(words, cells), "dim") for words, cells in head), ("责任单位", "dim"))
    for row in rows[:MOST_COLUMNS]:
        style = "yellow" if row.doubtful else ""
        sheet.line(
            (_cells(("* " if row.doubtful else "  ") + row.name, width), style),
            _cells(row.category, 15),
            _cells(row.cadence, 18),
            _cells(day(row.newest), 11),
            _cells(row.count, 7),
            row.unit,
        )
    left = len(rows) - MOST_COLUMNS
    if left > 0:
        sheet.line((f"  另有 {left} 行，见 columns.yaml", "dim"))
    doubtful = [c for c in columns if c.doubtful]
    for column in doubtful[:MOST_DOUBTS]:
        where = f"{column.unit}：{column.name}" if column.unit else column.name
        sheet.text(f"{where}：{column.notes[0]}", label="* 核对  ", lines=2, style="yellow")
    if len(doubtful) > MOST_DOUBTS:
        words = f"* 另有 {len(doubtful) - MOST_DOUBTS} 个须核对的栏目，原因写在 columns.yaml 里"
        sheet.line((words, "yellow"))


def _count(columns: Sequence[DraftColumnView]) -> str:
    return str(sum(max(c.entries, c.total or 0) for c in columns))


def _cells(text: str, width: int) -> str:
    """A text cut and padded to so many cells."""
    shown = cut(plain(text), width - 1)
    return shown + " " * (width - cell_len(shown))


def _units(sheet: Sheet, units: Sequence[DraftUnitView]) -> None:
    counts = Counter(u.group for u in units)
    words = "、".join(f"{GROUPS[g]} {n}" for g, n in counts.items())
    sheet.heading(f"单位 {len(units)} 个", words)
    rooted = [u for u in units if u.root is not None]
    sheet.text("、".join(u.short for u in units), indent=2, lines=4)
    if rooted:
        sheet.text(f"其中 {len(rooted)} 个有自己的公开目录", indent=2)


@shape.register
def _(view: DraftView) -> Shape:
    return {
        "schema": "xunjian.draft/1",
        "city": view.city,
        "directory": view.directory,
        "files": list(view.files),
        "sites": [
            {
                "id": s.site_id,
                "name": s.name,
                "kind": s.kind,
                "url": s.url,
                "site_code": s.site_code,
                "operator": s.operator,
                "marks": dict(s.marks),
                "families": dict(s.families),
                "requests": s.requests,
                "unvisited": s.unvisited,
                "reason": s.reason or None,
                "left_out": s.left_out,
                "notes": list(s.notes),
                "columns": [
                    {
                        "slug": c.slug,
                        "name": c.name,
                        "group": c.group or None,
                        "unit": c.unit,
                        "category": c.category,
                        "category_title": c.category_title,
                        "cadence": c.cadence,
                        "url": c.url,
                        "state": c.state,
                        "entries": c.entries,
                        "total": c.total,
                        "newest": calendar(c.newest),
                        "cms": c.family,
                        "notes": list(c.notes),
                        "doubtful": c.doubtful,
                    }
                    for c in s.columns
                ],
            }
            for s in view.sites
        ],
        "units": [
            {
                "id": u.unit_id,
                "name": u.name,
                "short": u.short,
                "group": u.group.value,
                "root": u.root,
                "columns": u.columns,
            }
            for u in view.units
        ],
        "warnings": list(view.warnings),
    }
