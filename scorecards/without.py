"""A stored scorecard without some of its findings: what was taken back (撤销) or waived (豁免) since.

The card holds all that its score was made from, so it is recomputed as if these findings had never
been counted, with the prices and caps that it was made with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from checks.registry import RULES
from scorecards.score import ClassLine, RuleLine, Scorecard, Tariff, most_first


class PricedRule(Protocol):
    """What a rule's line of a card says of its price."""

    @property
    def rule_id(self) -> str: ...
    @property
    def class_id(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def points(self) -> int: ...
    @property
    def cap(self) -> int | None: ...
    @property
    def since(self) -> object | None: ...


def raw_deductions(rules: Iterable[PricedRule], fewer: Mapping[str, int]) -> dict[str, int]:
    """What the rules deduct class by class, before the classes' caps, with ``fewer`` findings by
    rule."""
    raw: dict[str, int] = {}
    for line in rules:
        cost = 0
        if line.count and line.since is None:
            cost = (line.count - fewer.get(line.rule_id, 0)) * line.points
            if line.cap is not None and cost > line.cap:
                cost = line.cap
        raw[line.class_id] = raw.get(line.class_id, 0) + cost
    return raw


def without(card: Scorecard, removed: Collection[str], rule_of: Mapping[str, str]) -> Scorecard:
    """The card without the findings ``removed``; those that it does not count change nothing.

    ``rule_of`` names the rule of each finding of the card (its ``order``), by fingerprint. A subject
    that was both faulty and 未能核实 under one rule counts once on the card; it is taken for
    faulty only, so ``score_low`` may come out higher than a rescoring would give, never ``score_high``.
    """
    gone = set(removed) & set(card.order)
    if not gone:
        return card
    fewer = Counter(rule_of[mark] for mark in gone)
    caps = {c.class_id: c.cap for c in card.classes}
    tariffs = {r.rule_id: Tariff(r.points, r.cap, r.since is None) for r in card.rules}
    left = {r.rule_id: r.count - fewer[r.rule_id] for r in card.rules}
    high: dict[str, int] = dict.fromkeys(caps, 0)
    low: dict[str, int] = dict.fromkeys(caps, 0)
    for r in card.rules:
        high[r.class_id] += tariffs[r.rule_id](left[r.rule_id])
        low[r.class_id] += tariffs[r.rule_id](left[r.rule_id] + r.unverified)

    def gives_back(r: RuleLine, n: int) -> int:
        tariff, before = tariffs[r.rule_id], high[r.class_id]
        after = before - tariff(left[r.rule_id]) + tariff(left[r.rule_id] - n)
        return min(before, caps[r.class_id]) - min(after, caps[r.class_id])

    rules = tuple(
        replace(
            r,
            count=left[r.rule_id],
            deducted=tariffs[r.rule_id](left[r.rule_id]),
            deducted_low=tariffs[r.rule_id](left[r.rule_id] + r.unverified),
            mend_one=gives_back(r, 1),
            mend_all=gives_back(r, left[r.rule_id]),
        )
        for r in card.rules
    )
    classes = tuple(
        replace(
            c,
            count=sum(r.count for r in rules if r.class_id == c.class_id and r.since is None),
            raw=high[c.class_id],
            deducted=min(high[c.class_id], c.cap),
            deducted_low=min(low[c.class_id], c.cap),
        )
        for c in card.classes
    )
    return _again(card, rules, classes, gone, rule_of)


def _again(
    card: Scorecard,
    rules: tuple[RuleLine, ...],
    classes: tuple[ClassLine, ...],
    gone: set[str],
    rule_of: Mapping[str, str],
) -> Scorecard:
    one = {r.rule_id: r.mend_one for r in rules}
    kept = [mark for mark in card.order if mark not in gone]
    reached = card.score_high is not None
    return replace(
        card,
        score_high=max(0, card.total - sum(c.deducted for c in classes)) if reached else None,
        score_low=max(0, card.total - sum(c.deducted_low for c in classes)) if reached else None,
        classes=classes,
        rules=rules,
        restores={mark: one[rule_of[mark]] for mark in sorted(kept)},
        order=most_first(
            ((mark, rule_of[mark], RULES[rule_of[mark]].severity) for mark in kept), rules, classes
        ),
    )
