"""Which of our findings another inspector's row is about: by address, or by column and kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.life import EventKind
from checks.model import Scope
from config.inspection_words import InspectedKind
from crawler.urls import twin
from scorecards.life import FindingState, Life, fold
from services.placing import Place
from storage.findings import Sighting, StoredFinding
from storage.inspections import BY_ADDRESS, BY_COLUMN

LATER = timedelta(days=31)
"""A fault that we first saw within so many days after they did is the same one."""

_ORDER = {
    FindingState.SUSPECTED: 1,
    FindingState.WAIVED: 2,
    FindingState.REVOKED: 3,
}


@dataclass(frozen=True, slots=True)
class Match:
    """One of our findings, and how the row was laid to it."""

    fingerprint: str
    rule_id: str
    how: str
    state: FindingState | None
    """At the inspection's instant; ``None``: we found it later."""
    among: int = 1
    """As many findings fitted as well; the oldest was taken."""


class Ours:
    """Our own findings, in order to be looked up."""

    def __init__(
        self,
        stored: Mapping[str, StoredFinding],
        sightings: Mapping[str, Sighting],
        column_of_page: Mapping[str, str],
    ) -> None:
        self._stored = stored
        self._at: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._subject: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._column: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._unit: dict[tuple[str, str], list[str]] = defaultdict(list)
        for mark, finding in stored.items():
            rule = finding.rule_id
            self._subject[rule, finding.subject_key].append(mark)
            if finding.scope is Scope.PAGE and finding.subject_key in column_of_page:
                self._column[rule, column_of_page[finding.subject_key]].append(mark)
            seen = sightings.get(mark)
            urls = {finding.what} if finding.what.startswith("http") else set()
            if seen is not None:
                urls |= {u for u in (seen.finding.url, seen.finding.subject.url) if u}
                if finding.scope is Scope.UNIT and seen.finding.subject.unit_id:
                    self._unit[rule, seen.finding.subject.unit_id].append(mark)
            for url in urls:
                self._at[rule, twin(url)].append(mark)

    def match(self, kinds: Iterable[InspectedKind], place: Place, at: datetime) -> Match | None:
        """The finding that a row of these kinds, at this place, is about.

        An address decides where the row gives one; a row about a whole column, or without an
        address, is laid to a finding of its column.
        """
        for kind in kinds:
            for how, marks in self._candidates(kind, place):
                found = self._best(marks, how, at)
                if found is not None:
                    return found
        return None

    def _candidates(self, kind: InspectedKind, place: Place) -> Iterable[tuple[str, list[str]]]:
        rules = kind.rules
        if place.url is not None:
            yield BY_ADDRESS, [m for r in rules for m in self._at.get((r, twin(place.url)), ())]
        if place.page is not None:
            key = place.page.key
            yield BY_ADDRESS, [m for r in rules for m in self._subject.get((r, key), ())]
        if place.column is not None and (kind.whole or place.url is None):
            key = place.column.key
            yield BY_COLUMN, [m for r in rules for m in self._subject.get((r, key), ())]
            if not kind.whole:
                yield BY_COLUMN, [m for r in rules for m in self._column.get((r, key), ())]
        if kind.whole and place.unit is not None:
            unit = place.unit.id
            yield BY_COLUMN, [m for r in rules for m in self._unit.get((r, unit), ())]

    def _best(self, marks: list[str], how: str, at: datetime) -> Match | None:
        fitting = []
        for mark in dict.fromkeys(marks):
            finding = self._stored[mark]
            state = state_at(finding, at)
            if state is None and not _found_soon_after(finding, at):
                continue
            place = 4 if state is None else _ORDER.get(state, 0)
            fitting.append((place, finding.first_seen, mark, state))
        if not fitting:
            return None
        fitting.sort(key=lambda f: f[:3])
        place, _, mark, state = fitting[0]
        return Match(
            fingerprint=mark,
            rule_id=self._stored[mark].rule_id,
            how=how,
            state=state,
            among=sum(f[0] == place for f in fitting),
        )


def life_at(finding: StoredFinding, at: datetime) -> Life | None:
    return fold(finding.events, at)


def state_at(finding: StoredFinding, at: datetime) -> FindingState | None:
    """Its state at an instant; ``None``: not found by then, or mended."""
    life = life_at(finding, at)
    if life is None or life.state is FindingState.RECTIFIED:
        return None
    return life.state


def _found_soon_after(finding: StoredFinding, at: datetime) -> bool:
    return any(
        e.kind in (EventKind.FOUND, EventKind.RECURRED) and at < e.at <= at + LATER
        for e in finding.events
    )
