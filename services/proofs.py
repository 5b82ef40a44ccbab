"""The three proofs that a circular needs of each finding it names: 已提醒日期, 要求整改日期, 复查日期.

Reads only. A finding without all three is named nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from checks.life import Event, EventKind
from checks.model import Scope
from checks.registry import RULES
from config.schema import Config
from scorecards.life import Life
from services.cases import BUDGET_RULE
from services.workspace import Workspace, end_of_day, shanghai_day
from storage import circulars as store
from storage.circulars import Again
from storage.findings import StoredFinding
from storage.models import SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofs:
    reminded: date | None = None
    deadline: date | None = None
    rechecked: date | None = None
    """Day of the last scan (or recorded re-check) after the deadline that fetched the subject and
    still saw it."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not proved, in Chinese."""
        lacking = (
            (self.reminded, "已提醒日期"),
            (self.deadline, "要求整改日期"),
            (self.rechecked, "整改期限后的复查"),
        )
        return tuple(words for day, words in lacking if day is None)


def proofs_of(
    ws: Workspace,
    stored: Mapping[str, StoredFinding],
    lives: Mapping[str, Life],
    marks: Collection[str],
    until: datetime,
) -> dict[str, Proofs]:
    """The proofs of each of ``marks``, as far as there are any at ``until``."""
    timed = {m: d for m in marks if (d := lives[m].deadline) is not None}
    rechecked: dict[str, date] = {}
    if timed:
        rechecked = _rechecks(ws, stored, timed, until)
    return {
        mark: Proofs(
            reminded=shanghai_day(at) if (at := lives[mark].reminded_at) else None,
            deadline=lives[mark].deadline,
            rechecked=rechecked.get(mark),
        )
        for mark in marks
    }


def _rechecks(
    ws: Workspace,
    stored: Mapping[str, StoredFinding],
    timed: Mapping[str, date],
    until: datetime,
) -> dict[str, date]:
    after = end_of_day(min(timed.values()))
    seen = store.seen_by_scans(ws.engine, list(timed), after)
    watched = {mark: _watched(stored[mark], ws.config) for mark in seen}
    read = store.read_by_scans(ws.engine, set().union(*watched.values()), after)
    whole = store.crawled_whole(ws.engine, after)
    targets = {mark: target for mark in seen if (target := _target(stored[mark])) is not None}
    dead = store.dead_links(ws.engine, set(targets.values()), after)

    def fetched(mark: str, scan_id: int) -> bool:
        finding = stored[mark]
        if mark in targets and (targets[mark], scan_id) not in dead:
            return False
        if _template(finding):
            return (finding.site_id, scan_id) in whole
        return any((kind, key, scan_id) in read for kind, key in watched[mark])

    found: dict[str, date] = {}
    for mark, deadline in timed.items():
        days = [
            shanghai_day(again.as_of)
            for again in _in_time(seen.get(mark, ()), deadline, until)
            if fetched(mark, again.scan_id)
        ]
        days += [
            shanghai_day(event.at)
            for event in stored[mark].events
            if event.at <= until
            and shanghai_day(event.at) > deadline
            and _stood(stored[mark], event)
        ]
        if days:
            found[mark] = max(days)
    return found


def _stood(finding: StoredFinding, event: Event) -> bool:
    """The event itself says that a re-check still saw it; of what people recorded also that the
    page was fetched and is the very same as it was."""
    if event.kind is EventKind.NOT_MENDED:
        return True
    if event.kind is not EventKind.NOTED or not RULES[finding.rule_id].by_hand:
        return False
    before, after = event.data.get("before"), event.data.get("after")
    return event.scan_id is not None and before is not None and before == after


def _in_time(seen: Iterable[Again], deadline: date, until: datetime) -> Iterable[Again]:
    return (a for a in seen if a.as_of <= until and shanghai_day(a.as_of) > deadline)


def _template(finding: StoredFinding) -> bool:
    """A page rule's finding, merged for the whole site."""
    return finding.scope is Scope.SITE and RULES[finding.rule_id].scope is Scope.PAGE


def _target(finding: StoredFinding) -> str | None:
    """The address that a dead link points at: that it is dead must be known anew as well."""
    if "fates" not in RULES[finding.rule_id].needs:
        return None
    return finding.what.split(" @ ")[0]


def _watched(finding: StoredFinding, config: Config) -> set[tuple[SubjectKind, str]]:
    """What a scan has to fetch before it can say that the finding still stands."""
    rule, key = RULES[finding.rule_id], finding.subject_key
    if finding.scope is Scope.PAGE:
        return {(SubjectKind.PAGE, key)}
    if finding.scope is Scope.SITE:
        return {(SubjectKind.HOME, key)}
    if finding.rule_id == BUDGET_RULE:
        site = next((s for s in config.sites if s.id == finding.site_id), None)
        column = site.budget_column if site else None
        return {(SubjectKind.COLUMN, f"{finding.site_id}/{column}")} if column else set()
    if rule.scope is Scope.UNIT and finding.scope is Scope.COLUMN:
        # A column that is missing is looked for in the tree of the unit, or of the portal.
        site_id, _, rest = key.partition("/")
        owner, dot, _ = rest.partition(".")
        return {(SubjectKind.TREE, f"{site_id}/{owner}" if dot else site_id)}
    if finding.scope is Scope.UNIT:
        return {(SubjectKind.TREE, key)}
    return {(SubjectKind.COLUMN, key)}
