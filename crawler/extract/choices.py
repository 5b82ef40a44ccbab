"""Candidates for a field: all that were considered, and the surest of them.

What lost is kept with its reason, for ``probe``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from checks.facts import Read

T = TypeVar("T")


@dataclass(slots=True)
class Candidate(Generic[T]):
    """A value that was considered for a field."""

    value: T
    where: str
    confidence: float
    lost: str = ""
    """Why it was not taken; empty for the one that was."""


@dataclass(slots=True)
class Choice(Generic[T]):
    """A field's value and all that was considered for it."""

    read: Read[T] | None = None
    candidates: list[Candidate[T]] = field(default_factory=list)


def choose(candidates: Iterable[Candidate[T]]) -> Choice[T]:
    """The surest candidate, the earlier one of two equals."""
    ranked = list(candidates)
    if not ranked:
        return Choice()
    best = max(ranked, key=lambda item: item.confidence)
    for item in ranked:
        if item is not best:
            item.lost = item.lost or (
                "less sure" if item.value != best.value else "the same value, less sure"
            )
    return Choice(
        Read(value=best.value, where=best.where, confidence=round(best.confidence, 2)), ranked
    )
