"""How far our findings agree with those of another inspector: by rule, with the counts. Pure.

Only what both could have found is compared: the units that the inspection lists at all, the kinds
of faults that it names at all, what stood open with us at its instant. That it looked at every page
of those units is more than we know; it may have sampled, so that what only we have is no proof of a
mistake of ours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

SOURCES = {"third-party": "第三方检测", "province": "省检查", "prefecture": "设区市检查"}
"""Who else inspects, as commands and tables name them."""


class Standing(StrEnum):
    """What we had to say, at the inspection's instant, of a fault that it names."""

    BOTH = "both"
    """It stood open with us."""
    SUSPECTED = "suspected"
    """We had it as 疑似 only."""
    WITHDRAWN = "withdrawn"
    """We had it, and a person had taken it back or waived it."""
    LATER = "later"
    """We found it afterwards."""
    UNVERIFIED = "unverified"
    """We had not it, and our scan says of the same subject: 未能核实."""
    MISSED = "missed"
    """We had not it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One fault that an inspection names."""

    inspection: int
    fingerprint: str
    """Of the finding that it became or matched: several rows about one fault are one."""
    rule_id: str
    """Our rule for it; a by-hand rule where no machine looks for it."""
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A certain finding of our scans that stood open at an inspection's instant."""

    inspection: int
    fingerprint: str
    rule_id: str
    unit_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What one inspection can be compared in."""

    units: frozenset[str]
    rules: frozenset[str]
    """Rules of the kinds of faults that it names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Counts of one rule, or of all."""

    both: int = 0
    suspected: int = 0
    withdrawn: int = 0
    later: int = 0
    unverified: int = 0
    missed: int = 0
    only_we: int = 0

    @property
    def only_they(self) -> int:
        """What we had not as a certain finding at their instant."""
        return self.suspected + self.later + self.unverified + self.missed

    @property
    def recall(self) -> int | None:
        """Of what they named, what we had: hundredths of a percent; what a person decided
        otherwise does not count. ``None``: they named nothing."""
        return _share(self.both, self.both + self.only_they)

    @property
    def precision(self) -> int | None:
        """Of what we had in their scope, what they named as well; a lower bound, for they may have
        sampled. ``None``: we had nothing."""
        return _share(self.both, self.both + self.only_we)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The whole comparison."""

    rules: Mapping[str, Agreement]
    """By rule, in order of rule."""
    total: Agreement
    outside_units: int
    """Open findings of ours in units that the inspection does not list."""
    outside_kinds: int
    """Those in its units, of kinds that it does not name."""


def compare(named: Iterable[Named], ours: Iterable[Open], scopes: Mapping[int, Scope]) -> Compared:
    """Compare inspections (by number) with what stood open with us at the instant of each.

    Within one inspection each fault counts once; the counts of several are added.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    told: set[tuple[int, str]] = set()
    for fault in sorted(named, key=_first):
        key = (fault.inspection, fault.fingerprint)
        if key not in told:
            told.add(key)
            counts[fault.rule_id][fault.standing.value] += 1
    outside_units = outside_kinds = 0
    for finding in ours:
        if (finding.inspection, finding.fingerprint) in told:
            continue
        scope = scopes[finding.inspection]
        if finding.unit_id not in scope.units:
            outside_units += 1
        elif finding.rule_id not in scope.rules:
            outside_kinds += 1
        else:
            counts[finding.rule_id]["only_we"] += 1
    total: Counter[str] = Counter()
    for count in counts.values():
        total.update(count)
    return Compared(
        rules={rule: Agreement(**counts[rule]) for rule in sorted(counts)},
        total=Agreement(**total),
        outside_units=outside_units,
        outside_kinds=outside_kinds,
    )


_RANK = {standing: place for place, standing in enumerate(Standing)}


def _first(fault: Named) -> tuple[int, str, int, str]:
    """Of several rows about one fault the same one is taken, in whatever order they come: that at
    whose instant it stood open with us, if there is one."""
    return fault.inspection, fault.fingerprint, _RANK[fault.standing], fault.rule_id


def _share(part: int, whole: int) -> int | None:
    return 10_000 * part // whole if whole else None
