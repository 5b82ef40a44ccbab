"""``xunjian report unit``: one self-contained page a unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from checks.life import EventKind
from checks.registry import RULES
from config.schema import Unit, UnitGroup
from reports.unit_page import PageFinding, PageMended, UnitPage, file_name, unit_html
from scorecards.life import FindingState
from scorecards.score import Scorecard, arithmetic, percent_text, points_text, rank
from services.book import cards_of, in_order, short_length
from services.cases import scan_units
from services.papers import Desk, write_file
from services.workspace import UsageError, Workspace
from storage import scans
from storage.findings import RECORDED

RECENT = timedelta(days=92)
"""How long a mended finding is shown, before and after."""
MOST_MENDED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    files: tuple[Path, ...]
    skipped: tuple[tuple[str, str], ...]
    """Units by short name that have no page, and why."""


def write_pages(
    ws: Workspace, units: Sequence[Unit] | None, out: Path, *, now: datetime
) -> Written:
    """A page for each of ``units`` into the directory ``out``; ``None``: for all confirmed units of
    today that have a finding or a card. Pages of these names that are there already are replaced.

    Raises ``UsageError`` where nothing can be written.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"--out {out} 不是目录：请另指一个目录")
    maker = _Maker(Desk(ws, now))
    files: list[Path] = []
    skipped: list[tuple[str, str]] = []
    for unit in units if units is not None else _today(maker.desk):
        if units is None and not unit.confirmed:
            skipped.append((unit.short, "名单未核对"))
            continue
        heirs = maker.desk.answers(unit.id)
        if heirs and all(h.id != unit.id for h in heirs):
            names = "、".join(h.short for h in heirs)
            skipped.append((unit.short, f"已撤销，问题列在{names}的页面里"))
            continue
        path = out / file_name(unit.id, unit.short)
        write_file(path, unit_html(maker.page(unit)))
        files.append(path)
    return Written(files=tuple(files), skipped=tuple(skipped))


def _today(desk: Desk) -> Iterator[Unit]:
    for unit in desk.ws.config.units:
        if unit.group is not UnitGroup.CITY and unit.valid_on(desk.day):
            yield unit


class _Maker:
    """What all pages share, read once."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.short = short_length(desk.book.stored)
        self.as_of = {s.id: s.as_of for s in scans.list_scans(desk.ws.engine)}
        self.by_unit: dict[str, list[str]] = {}
        for mark in desk.book.lives:
            self.by_unit.setdefault(desk.book.unit_of(mark) or "", []).append(mark)

    @cached_property
    def cards(self) -> dict[str, Scorecard]:
        scan = self.desk.scan
        return {} if scan is None else cards_of(self.desk.ws, scan, self.desk.standard)

    @cached_property
    def places(self) -> dict[str, str]:
        """In words; a scan of a few units ranks nobody."""
        if self.desk.scan is None or scan_units(self.desk.scan) is not None:
            return {}
        ranks = rank(self.cards.values(), self.desk.ws.config.units)
        return {r.unit_id: f"，组内第 {r.rank} 名，共 {r.of} 个" for r in ranks}

    def page(self, unit: Unit) -> UnitPage:
        desk, config = self.desk, self.desk.ws.config
        card, scan = self.cards.get(unit.id), desk.scan
        owners = [u for u in config.units if any(h.id == unit.id for h in desk.answers(u.id))] or [
            unit
        ]
        marks = [m for u in owners for m in self.by_unit.get(u.id, [])]
        lives = desk.book.lives
        still = in_order((m for m in marks if lives[m].state.is_open), card, desk.book)
        mended = [m for m in marks if lives[m].state is FindingState.RECTIFIED]
        titles = {r.id: r.title for r in RULES.values()}
        scored = card is not None and card.score_high is not None
        return UnitPage(
            unit=unit.short,
            name=unit.name,
            group=unit.group.label,
            before=tuple(u.short for u in owners if u.id != unit.id and u.id in self.by_unit),
            city=config.city.name,
            office=config.city.office,
            contact=config.city.contact,
            as_of=desk.at,
            scanned=f"最近一次检测：{scan.kind.words}，第 {scan.id} 次" if scan else "",
            score=self._score(unit, card),
            arithmetic=tuple(arithmetic(card, titles)) if card is not None and scored else (),
            unverified=card.applicable - card.verified if card else 0,
            findings=tuple(self._findings(still, unit)),
            mended=tuple(self._mended(mended)),
            answer=desk.ws.channels.answer,
            consequence=desk.ws.channels.consequence,
            trial_run=config.city.trial_run,
            confirmed=unit.confirmed,
        )

    def _score(self, unit: Unit, card: Scorecard | None) -> str:
        if card is None:
            return "还没有评分"
        if not card.graded or card.score_high is None:
            return f"未评分：{card.reason}"
        covered = f"，覆盖率 {percent_text(card.coverage)}" if card.coverage is not None else ""
        place = self.places.get(unit.id, "")
        return (
            f"得分 {points_text(card.score_high)}（满分 {points_text(card.total)}）{place}{covered}"
        )

    def _findings(self, marks: Sequence[str], unit: Unit) -> Iterable[PageFinding]:
        desk = self.desk
        columns = desk.columns_of(marks)
        for mark in marks:
            stored, life = desk.book.stored[mark], desk.book.lives[mark]
            rule, seen = RULES[stored.rule_id], desk.book.sightings.get(mark)
            finding = seen.finding if seen else None
            owner = desk.book.unit_of(mark)
            before = f"（原{desk.units[owner].short}）" if owner and owner != unit.id else ""
            message = finding.message if finding else rule.title
            snippet = finding.snippet.strip() if finding else ""
            yield PageFinding(
                short_id=mark[: self.short],
                title=rule.title,
                kind=desk.kind(stored.rule_id),
                severity=rule.severity.label,
                state=life.state.label,
                late=life.overdue(desk.day),
                subject=before + (finding.subject.title if finding else stored.subject_key),
                column=columns[mark],
                message=message,
                snippet="" if snippet in message else snippet,
                url=desk.url(mark),
                basis=tuple(b.words for b in rule.basis),
                remedy=rule.remedy,
                found_at=life.first_found,
                reminded_at=life.reminded_at,
                deadline=life.deadline_text,
                seen_at=self.as_of.get(seen.scan_id) if seen and seen.scan_id != RECORDED else None,
                evidence=(finding.evidence or "")[:8] if finding else "",
                recurred=life.times_recurred,
                circulars=life.circulars,
            )

    def _mended(self, marks: Iterable[str]) -> Iterable[PageMended]:
        desk = self.desk
        lately = [
            (at, mark)
            for mark in marks
            if (at := desk.book.lives[mark].rectified_at) is not None and desk.at - at <= RECENT
        ]
        for at, mark in sorted(lately, reverse=True)[:MOST_MENDED]:
            stored, seen = desk.book.stored[mark], desk.book.sightings.get(mark)
            last = next(e for e in reversed(stored.events) if e.kind is EventKind.RECTIFIED)
            finding = seen.finding if seen else None
            was = str(last.data.get("was") or "") or (finding.snippet if finding else "")
            yield PageMended(
                short_id=mark[: self.short],
                title=RULES[stored.rule_id].title,
                subject=finding.subject.title if finding else stored.subject_key,
                was=was or (finding.message if finding else ""),
                now=str(last.data.get("now") or ""),
                url=desk.url(mark),
                found_at=desk.book.lives[mark].first_found,
                mended_at=at,
            )
