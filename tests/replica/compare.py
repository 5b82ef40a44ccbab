"""Holds a scan's result against the replica's truth: every planted problem, and not one more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Mark = tuple[str, str, str]
"""Rule, unit (empty: nobody's), subject as the truth writes it."""


@dataclass(slots=True)
class Comparison:
    missed: list[dict[str, Any]] = field(default_factory=list)
    """Planted and not found."""
    invented: list[dict[str, Any]] = field(default_factory=list)
    """Found and not planted."""

    @property
    def exact(self) -> bool:
        return not self.missed and not self.invented

    def __str__(self) -> str:
        lines = [
            f"missed   {m['rule']:24} {m['unit']:14} {m['subject']} {m['note']}"
            for m in self.missed
        ]
        lines += [
            f"invented {f['rule']:24} {f['unit'] or '':14} {f['url']} {f['message']}"
            for f in self.invented
        ]
        return "\n".join(lines) or "exact"


def compare(
    truth: Iterable[Mapping[str, Any]], found: Iterable[Mapping[str, Any]], ports: Mapping[int, str]
) -> Comparison:
    """``truth``: the truth's findings; ``found``: findings as ``xunjian findings --format json``
    gives them; ``ports``: site by port."""
    left: Counter[Mark] = Counter()
    by_mark: dict[Mark, list[Mapping[str, Any]]] = {}
    for finding in found:
        mark = _mark(finding, ports)
        left[mark] += 1
        by_mark.setdefault(mark, []).append(finding)
    result = Comparison()
    for planted in truth:
        mark = (planted["rule"], planted["unit"] or "", planted["subject"])
        wanted = planted.get("what_contains") or ""
        candidates = by_mark.get(mark, [])
        hit = next(
            (f for f in candidates if wanted in f"{f['message']} {f['snippet']} {f['what']}"), None
        )
        if hit is None:
            result.missed.append(dict(planted))
        else:
            candidates.remove(hit)
    result.invented = [dict(f) for rest in by_mark.values() for f in rest]
    return result


def _mark(finding: Mapping[str, Any], ports: Mapping[int, str]) -> Mark:
    scope, key = finding["scope"], finding["subject_key"]
    if scope == "page":
        parts = urlsplit(finding["url"])
        site = ports[parts.port or 80]
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        subject = f"page:{site}:{path}"
    elif scope == "unit":
        subject = f"unit:{key.split('/')[-1]}"
    else:
        subject = f"{scope}:{key}"
    return finding["rule"], finding["unit"] or "", subject
