"""A site was rebuilt: which old column is which new one, by name and by the entries in common. Pure.

Only a proposal: a person confirms it. Two candidates that are equally likely are none.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from checks.facts import Entry

ENOUGH = 3
"""Entries in common from which on they speak for themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldColumn:
    """A column as it stood before."""

    key: str
    names: frozenset[str]
    """Its official name and the accepted variants."""
    group: str | None
    owner_id: str | None
    """The unit in whose tree it stands; ``None``: the site's own."""
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewColumn:
    """A column as the rebuilt site shows it."""

    url: str
    name: str
    above: tuple[str, ...]
    owner_id: str | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One old column and the new one that it probably is."""

    key: str
    to: NewColumn | None
    common: int = 0
    """Entries of the new one that the old one had (title and date)."""
    of: int = 0
    """Entries of the new one that were compared: none newer than the old column's newest."""
    same_name: bool = False
    confidence: int = 0
    """Percent."""
    reason: str = ""
    """In Chinese."""
    pages: tuple[tuple[str, str], ...] = ()
    """Old and new address of entries that stand once in either, by title and date."""

    @property
    def sure(self) -> bool:
        """Sure enough to be proposed as accepted."""
        return self.confidence >= 80


def propose(old: Sequence[OldColumn], new: Sequence[NewColumn]) -> list[Proposal]:
    """A proposal for each old column, in order. A new column is given to one old one at most."""
    pairs = sorted(
        (_judged(one, other) for one in old for other in new if one.owner_id == other.owner_id),
        key=lambda p: (-p.confidence, -p.common, p.key, p.to.url if p.to else ""),
    )
    likely = [p for p in pairs if p.confidence > 0]
    made: dict[str, Proposal] = {}
    taken: set[str] = set()
    rivals: dict[str, list[str]] = defaultdict(list)
    for pair in likely:
        url = pair.to.url if pair.to else ""
        if pair.key in made or pair.key in rivals or url in taken:
            continue
        equal = [
            p
            for p in likely
            if p is not pair
            and (p.confidence, p.common) == (pair.confidence, pair.common)
            and (
                (p.key == pair.key and p.to and p.to.url not in taken)
                or (p.to == pair.to and p.key not in made)
            )
        ]
        if equal:
            rivals[pair.key] += [url]
            continue
        made[pair.key] = pair
        taken.add(url)
    none = "新网站上没有找到相像的栏目"
    several = "有几个同样相像的栏目，请人工填写"
    return [
        made.get(o.key) or Proposal(key=o.key, to=None, reason=several if o.key in rivals else none)
        for o in old
    ]


def _judged(old: OldColumn, new: NewColumn) -> Proposal:
    had = {_mark(e) for e in old.entries}
    newest = max((e.published for e in old.entries if e.published), default=None)
    # What was published after the last look at the old site cannot be there.
    compared = [
        e for e in new.entries if e.published is None or newest is None or e.published <= newest
    ]
    common = len({_mark(e) for e in compared} & had) if had else 0
    of = len({_mark(e) for e in compared}) if had else 0
    share = common / of if of else 0.0
    same_name = _plain(new.name) in {_plain(n) for n in old.names}
    same_group = bool(old.group) and _plain(old.group or "") in {_plain(a) for a in new.above}
    confidence = _confidence(same_name, same_group, common, of, share)
    words = ["名称相同" if same_name else f"新名称“{new.name}”"]
    if of:
        words.append(f"新栏目 {of} 条中有 {common} 条是原有的")
    else:
        words.append("没有可比的信息")
    return Proposal(
        key=old.key,
        to=new,
        common=common,
        of=of,
        same_name=same_name,
        confidence=confidence,
        reason="，".join(words),
        pages=same_pages(old.entries, new.entries),
    )


def _confidence(same_name: bool, same_group: bool, common: int, of: int, share: float) -> int:
    if common >= ENOUGH:
        return min(99, round(60 * share) + (35 if same_name else 10) + (4 if same_group else 0))
    if same_name and common:
        return 80 if share >= 0.5 else 60
    if same_name:
        # A scan finds columns by their names; but a name without a single entry in common is no
        # proof where there were entries to compare.
        return (40 if of else 80) + (5 if same_group else 0)
    return 0 if not common else 20


def same_pages(old: Iterable[Entry], new: Iterable[Entry]) -> tuple[tuple[str, str], ...]:
    """Old and new address of the dated entries whose title and date stand once in either list."""
    before, after = _once(old), _once(new)
    return tuple(
        (before[mark], after[mark])
        for mark in sorted(before.keys() & after.keys(), key=str)
        if before[mark] != after[mark]
    )


def _once(entries: Iterable[Entry]) -> Mapping[tuple[str, date | None], str]:
    listed = [(_mark(e), e.url) for e in entries if e.published is not None]
    count = Counter(mark for mark, _ in listed)
    return {mark: url for mark, url in listed if count[mark] == 1}


def _mark(entry: Entry) -> tuple[str, date | None]:
    return _plain(entry.title), entry.published


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if unicodedata.category(c)[0] in "LNM")
