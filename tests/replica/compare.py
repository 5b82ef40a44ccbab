"""Holds a scan's findings against the replica's truth: every planted problem, and not one more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from checks.model import Finding, Scope
from tests.replica.truth import TruthFinding

Mark = tuple[str, str, str, str]
"""Rule, unit (empty: nobody's), site and subject, as the truth writes them."""


@dataclass(slots=True)
class Comparison:
    missed: list[TruthFinding] = field(default_factory=list)
    """Planted and not found."""
    invented: list[Finding] = field(default_factory=list)
    """Found and not planted."""

    @property
    def exact(self) -> bool:
        return not self.missed and not self.invented

    def __str__(self) -> str:
        lines = [
            f"missed   {m.rule:22} {m.unit or '-':8} {m.subject} {m.what_contains} ({m.note})"
            for m in self.missed
        ]
        lines += [
            f"invented {f.rule_id:22} {f.subject.unit_id or '-':8} {f.subject.key} "
            f"{f.url} {f.message[:80]}"
            for f in self.invented
        ]
        return "\n".join(lines) or "exact"


def compare(
    truth: Iterable[TruthFinding], found: Iterable[Finding], *, suspected: bool = False
) -> Comparison:
    """Each planted problem takes one finding of its rule, unit and subject; the rest is invented.
    ``suspected``: hold the suspected ones against each other, else the certain ones."""
    rest: dict[Mark, list[Finding]] = defaultdict(list)
    for finding in found:
        if finding.suspected is suspected:
            rest[mark_of(finding)].append(finding)
    result = Comparison()
    for planted in truth:
        if planted.suspected is not suspected:
            continue
        mine = rest[planted.rule, planted.unit or "", planted.site, planted.subject]
        wanted = planted.what_contains
        hit = next((f for f in mine if wanted in f"{f.what} {f.message} {f.snippet}"), None)
        if hit is None:
            result.missed.append(planted)
        else:
            mine.remove(hit)
    result.invented = [f for left in rest.values() for f in left]
    return result


def mark_of(finding: Finding) -> Mark:
    subject = finding.subject
    if subject.scope is Scope.PAGE:
        parts = urlsplit(subject.url or "")
        name = f"page:{parts.path}" + (f"?{parts.query}" if parts.query else "")
    elif subject.scope is Scope.UNIT:
        name = f"unit:{subject.key.rpartition('/')[2]}"
    else:
        name = f"{subject.scope}:{subject.key}"
    return finding.rule_id, subject.unit_id or "", subject.site_id, name
