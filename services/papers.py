"""What all papers (circular, notice, a unit's page) share: the ledger at one instant, how a finding
is called and placed, who answers for it today, and how a file is written."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from checks.model import Scope
from checks.registry import RULES
from config.schema import ExpectedColumn, Site, SiteKind, Standard, Unit
from reports.circulars import KINDS
from reports.views import said
from services.book import Ledger, class_of, ledger_instant, pick_scan
from services.remind import unknown_year
from services.workspace import UsageError, Workspace, shanghai_day
from storage import circulars as store
from storage.findings import StoredFinding
from storage.models import ScanRow

_KIND_OF_CLASS = {
    "timeliness": KINDS[0],
    "content": KINDS[1],
    "layout": KINDS[2],
    "completeness": KINDS[3],
}
_KIND_BY_HAND = {
    "hand-late": KINDS[0],
    "hand-content": KINDS[1],
    "hand-layout": KINDS[2],
    "hand-missing": KINDS[3],
}
OTHER = "其他问题"


class Desk:
    """The ledger as it stands at ``now``; where the newest scan's clock is ahead, at its instant."""

    def __init__(self, ws: Workspace, now: datetime) -> None:
        self.ws = ws
        self.scan: ScanRow | None
        try:
            self.scan = pick_scan(ws)
        except UsageError:  # nothing was scanned: what people recorded stands all the same
            self.scan = None
        self.at = now if self.scan is None else ledger_instant(self.scan, now)
        self.day = shanghai_day(self.at)
        self.book = Ledger(ws, self.at)
        self.units = {u.id: u for u in ws.config.units}
        self.sites = {s.id: s for s in ws.config.sites}

    @cached_property
    def standard(self) -> Standard:
        return self.ws.standard(self.scan.standard if self.scan is not None else None)

    def of_unit(self, unit_id: str) -> list[str]:
        """The findings that are kept with a unit."""
        return [m for m in self.book.lives if self.book.unit_of(m) == unit_id]

    def answers(self, unit_id: str) -> tuple[Unit, ...]:
        """Who answers today for what was the unit's; empty where it was dissolved without an heir."""
        return self.ws.config.heirs(unit_id, self.day)

    def called(self, unit_id: str) -> str:
        """A unit as papers call it today: itself, or its successors with 原…."""
        unit = self.units[unit_id]
        heirs = self.answers(unit_id)
        if any(u.id == unit_id for u in heirs) or not heirs:
            return unit.short
        return f"{'、'.join(u.short for u in heirs)}（原{unit.short}）"

    def may_name(self, unit_id: str | None) -> str:
        """Why nothing may be said officially of a unit, in Chinese; empty: it may."""
        if unit_id is None or unit_id not in self.units:
            return "没有归属单位"
        heirs = self.answers(unit_id)
        if not heirs:
            return "单位已撤销，没有写明由谁承接（units.yaml 的 successors）"
        if not self.units[unit_id].confirmed or not all(u.confirmed for u in heirs):
            return "单位名单未核对（confirmed: false），不提醒、不通报"
        return ""

    def kind(self, rule_id: str) -> str:
        """The city's own word for what is wrong."""
        if rule_id in _KIND_BY_HAND:
            return _KIND_BY_HAND[rule_id]
        class_id, label = class_of(self.standard, rule_id, self.day)
        return _KIND_OF_CLASS.get(class_id) or (label if class_id else OTHER)

    def channel(self, site_id: str) -> str:
        site: Site | None = self.sites.get(site_id)
        if site is None:
            return "其他"
        return "信息公开平台" if site.kind is SiteKind.PLATFORM else "政府网站"

    def columns_of(self, marks: Iterable[str]) -> dict[str, str]:
        """By fingerprint, the column: 一级→二级; empty where there is none."""
        some = {m: self.book.stored[m] for m in marks}
        pages = {s.subject_key for s in some.values() if s.scope is Scope.PAGE}
        showing = store.columns_showing(self.ws.engine, pages)
        return {mark: self._column(stored, showing) for mark, stored in some.items()}

    def _column(self, stored: StoredFinding, showing: Mapping[str, str]) -> str:
        key = stored.subject_key
        if stored.scope is Scope.PAGE:
            key = showing.get(key, "")
        elif stored.scope is not Scope.COLUMN:
            return ""
        expected = self._expected.get(key)
        if expected is not None:
            return f"{expected.group}→{expected.name}" if expected.group else expected.name
        seen = self.book.sightings.get(stored.fingerprint)
        if stored.scope is Scope.COLUMN and seen is not None:
            return seen.finding.subject.title.replace("—", "→")
        return ""

    @cached_property
    def _expected(self) -> dict[str, ExpectedColumn]:
        return {
            column.key: column
            for site in self.ws.config.sites
            for column in self.ws.config.expected_columns(site.id, self.day)
        }

    def description(self, mark: str) -> str:
        """What is wrong, with the words of the page where there are any."""
        rule = RULES[self.book.stored[mark].rule_id]
        seen = self.book.sightings.get(mark)
        if seen is None:
            return rule.title
        finding = seen.finding
        words = said(finding.subject.title, finding.message)
        if finding.snippet.strip() and finding.snippet.strip() not in words:
            words += f"。原文：{finding.snippet.strip()[:120]}"
        return words

    def url(self, mark: str) -> str | None:
        seen = self.book.sightings.get(mark)
        return (seen.finding.url or seen.finding.subject.url) if seen else None

    def basis(self, mark: str) -> str:
        """规则编号 and the official basis."""
        rule = RULES[self.book.stored[mark].rule_id]
        return f"{rule.id}；{rule.basis[0].words}" if rule.basis else rule.id


def unknown_years(ws: Workspace, years: Iterable[int]) -> list[str]:
    """Warnings for years whose official calendar is not known."""
    return [unknown_year(year) for year in sorted(set(years)) if not ws.calendar.known(year)]


def free_path(path: Path) -> Path:
    """``path``, or where that is taken the first free ``名称(2).docx``: what a person may have
    worked on is never overwritten."""
    number, found = 2, path
    while found.exists():
        found = path.with_name(f"{path.stem}({number}){path.suffix}")
        number += 1
    return found


def vetted_out(out: Path | None, suffix: str, *, overwrite: bool = False) -> None:
    """Raises ``UsageError`` for a file of another kind, and for one that is there already."""
    if out is None:
        return
    if out.suffix.lower() != suffix:
        raise UsageError(f"--out {out} 的文件名要以 {suffix} 结尾")
    if out.exists() and not overwrite:
        raise UsageError(f"{out} 已经有了：请换一个文件名，或加 --overwrite 覆盖")


def write_file(path: Path, data: bytes) -> None:
    """Whole or not at all. Raises ``UsageError`` where nothing can be written."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    except OSError as error:
        raise UsageError(
            f"写不了 {path}（{error.strerror or type(error).__name__}）："
            "请检查路径、权限和磁盘空间；文件正在 Word 里打开的，请先关闭"
        ) from None
