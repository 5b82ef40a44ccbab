"""The letters of the public by unit, from a stored scan: counts, closing rate, how long answers took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from checks.attribution import Names
from checks.interaction import LetterCase, Post, Reply, kind_of, reply_of
from checks.proof import months_before
from checks.registry import RULES
from config.schema import Config
from reports.letters import LettersLine, LettersView
from services.book import pick_scan
from services.judging.interaction import letters_of
from services.views import find_unit
from services.workspace import UsageError, Workspace, shanghai_day
from storage import readings
from storage.models import ScanRow

NOBODY = "不能归到单位"


def overview(ws: Workspace, unit: str | None = None, scan_id: int | None = None) -> LettersView:
    """Letters of the last year by unit, as a scan (default: the newest) knows them. ``unit``: only
    that one's. Raises ``UsageError``."""
    config = ws.config
    scan = pick_scan(ws, scan_id)
    day = shanghai_day(scan.as_of)
    only = None
    if unit is not None:
        found = find_unit(ws, unit)
        if found is None:
            raise UsageError(f"没有单位“{unit}”；xunjian lists units 列出全部单位")
        only = found.id
    since = months_before(day, RULES["unanswered-letter"].defaults["window_months"])
    counts: dict[str | None, _Count] = defaultdict(_Count)
    for case in _cases(ws, config, scan, day):
        whose = case.subject.unit_id
        if only is not None and whose != only:
            continue
        if isinstance(case.post, Post) and case.post.asked and case.post.asked < since:
            continue
        counts[whose].add(case, day)
    short = {u.id: u.short for u in config.units}
    lines = [c.line(key, short.get(key or "", NOBODY)) for key, c in counts.items()]
    whole = _Count()
    for count in counts.values():
        whole.join(count)
    return LettersView(
        scan_id=scan.id,
        day=day,
        since=since,
        lines=tuple(sorted(lines, key=lambda x: (-x.vetoed, -x.overdue, -x.total, x.short))),
        total=whole.line(None, "合计"),
    )


def _cases(ws: Workspace, config: Config, scan: ScanRow, day: date) -> list[LetterCase]:
    names = Names.of(config)
    max_age = config.city.max_age_days
    pages = list(readings.pages(ws.engine, scan.id, rules_digest="", max_age_days=max_age))
    return [
        case
        for site in config.sites
        for case in letters_of(config, names, site, (p for p in pages if p.site_id == site.id), day)
    ]


@dataclass(slots=True)
class _Count:
    total: int = 0
    answered: int = 0
    open: int = 0
    overdue: int = 0
    vetoed: int = 0
    took: list[int] = field(default_factory=list)

    def add(self, case: LetterCase, day: date) -> None:
        self.total += 1
        post = case.post
        if not isinstance(post, Post):
            return
        reply, asked = reply_of(post.letter), post.asked
        self.answered += reply is Reply.GIVEN
        if reply is Reply.GIVEN and asked and post.letter.answered:
            self.took.append(max(0, (post.letter.answered - asked).days))
        if reply is not Reply.OPEN:
            return
        self.open += 1
        if asked is None:
            return
        kind, late = kind_of(post), RULES["late-reply"].defaults
        limit = late["complaint_days"] if kind == "投诉" else late["days"]
        veto = RULES["unanswered-letter"].defaults
        if kind not in veto["excluded"].split("、"):
            self.overdue += post.calendar.workdays_between(asked, day) > limit
            self.vetoed += asked < months_before(day, veto["months"])

    def join(self, other: _Count) -> None:
        self.total += other.total
        self.answered += other.answered
        self.open += other.open
        self.overdue += other.overdue
        self.vetoed += other.vetoed
        self.took += other.took

    def line(self, unit: str | None, short: str) -> LettersLine:
        took: Sequence[int] = self.took
        return LettersLine(
            unit_id=unit,
            short=short,
            total=self.total,
            answered=self.answered,
            open=self.open,
            unknown=self.total - self.answered - self.open,
            overdue=self.overdue,
            vetoed=self.vetoed,
            median_days=float(median(took)) if took else None,
        )
