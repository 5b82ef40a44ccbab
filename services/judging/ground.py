"""What the families' layers stand on: one scan with what it knows, and how outcomes are handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from checks.attribution import Names
from checks.case import Case
from checks.declaration import Rule
from checks.facts import Fetched, LinkFate
from checks.model import Context, Outcome, Scope
from checks.registry import Settings
from checks.runner import judge
from config.schema import Config, Site
from services.standing import Standing, kept, since
from services.workspace import Workspace
from storage import extras, readings
from storage.models import ScanRow

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One judging, as a family's layer sees it."""

    ws: Workspace
    scan: ScanRow
    sites: Sequence[Site]
    """The sites that are judged, in the order of their ids."""
    base: Context
    rules: tuple[Rule, ...]
    settings: Settings
    units: frozenset[str] | None
    """The only units that are judged; ``None``: all."""
    subjects: frozenset[str] | None
    """The only subjects that are judged (a re-check); ``None``: all."""
    names: Names
    columns: Mapping[str, readings.StoredColumn]
    trees: Mapping[str, readings.StoredTree]
    homes: Mapping[str, readings.StoredHome]
    pages: Sequence[readings.StoredPage]
    """Of all sites; ``load`` reads one's facts, which costs, so choose by ``kind`` and ``parts``."""
    fates: Mapping[str, LinkFate]
    standing: Standing
    """What stands open at the scan's instant of pages and of units."""
    hand_over: Callable[[Outcome, Fetched | None], None]

    @property
    def config(self) -> Config:
        return self.ws.config

    @property
    def today(self) -> date:
        return self.base.today

    @property
    def judge_from(self) -> date:
        return self.base.judge_from

    @property
    def as_of(self) -> datetime:
        return self.base.as_of

    def wants(self, *rule_ids: str) -> bool:
        """Whether any of these rules counts here: a layer whose rules do not has nothing to do."""
        return any(rule.id in rule_ids for rule in self.rules)

    def extra(self, kind: extras.Kind[T]) -> Mapping[str, extras.Extra[T]]:
        """The newest facts of a kind, by subject."""
        return extras.newest(self.ws.engine, self.scan.id, kind, self.ws.config.city.max_age_days)

    def judge(
        self, case: Case, fetched: Fetched | None, apart: Mapping[str, Fetched | None] | None = None
    ) -> None:
        """Ask the rules that can judge the case, and take what they say. ``apart``: by rule id,
        where a rule rests on something else that was fetched."""
        if self.subjects is not None and case.subject.key not in self.subjects:
            return
        for outcome in self._judged(case):
            self.take([outcome], (apart or {}).get(outcome.rule_id, fetched))

    def _judged(self, case: Case) -> tuple[Outcome, ...]:
        """What the rules say, also of what stands open of a unit from before the judged period."""
        now = tuple(judge(case, self.rules, self.base, self.settings))
        mine = self.standing.get(case.subject.key, {})
        first = since(mine, self.judge_from) if case.subject.scope is Scope.UNIT else None
        if first is None or first >= self.judge_from:
            return now
        longer = judge(case, self.rules, replace(self.base, judge_from=first), self.settings)
        return tuple(kept(was, said, mine) for said, was in zip(now, longer, strict=True))

    def take(self, outcomes: Iterable[Outcome], fetched: Fetched | None) -> None:
        """Outcomes that the layer made itself. ``fetched``: when what they rest on was read; only
        what this scan itself read can show that something was mended."""
        for outcome in outcomes:
            self.hand_over(outcome, fetched)
