"""Policy documents and their interpretations (政策解读): which belong together, and the case of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from checks.facts import Fetched, Unverified
from checks.model import NotApplicable, Subject

TEXT = "文字"
NEAR_SHARE = 60
"""Per cent of the pairs of letters that two titles share, from which they are near each other."""
SHORTEST = 4
"""Letters that the core of a title must have."""

_QUOTED = re.compile("[《〈](.+)[》〉]")
_LEAD = re.compile(r"^.{0,30}?关于(?:印发|公布|发布|下发)?")
_TRAIL = re.compile(r"的?(?:通知|公告|通告|决定)$")
_NOT_LETTERS = re.compile(r"[\W_]+")
_PLACE = re.compile(r"^[\u4e00-\u9fff]{1,4}?[省市县区]")
_TRIAL = re.compile(r"(?:试行|暂行|修订|征求意见稿|修订稿)$")


def core(title: str, words: Iterable[str] = ()) -> str:
    """What a document is called, without who issues it and how; of an interpretation without
    ``words``. Equal for a document and what interprets it."""
    quoted = _QUOTED.search(title)
    inner = quoted[1] if quoted else title
    if quoted and _QUOTED.search(inner):
        return core(inner, words)
    for word in words:
        inner = inner.replace(word, "")
    inner = _TRAIL.sub("", _LEAD.sub("", inner.strip()).strip('“”"《》〈〉 的：:'))
    bare = _NOT_LETTERS.sub("", inner)
    bare = _TRIAL.sub("", bare)
    return _PLACE.sub("", bare) or bare


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """One entry of the interpretation column."""

    title: str
    url: str
    published: date | None
    form: str = TEXT
    core: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One policy document that owes an interpretation."""

    title: str
    url: str
    number: str
    published: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """What was found for a document."""

    sure: Interpretation | None
    near: Interpretation | None = None
    """Called nearly the same; only where none is sure."""
    whole: bool
    """The interpretation columns were read to their ends."""
    read_on: date | None
    """The day on which the oldest of them was read (Shanghai); ``None``: none was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Whether each page leads to the other; ``None``: that page could not be read."""

    onward: bool | None
    """From the document to its interpretation."""
    back: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCase:
    """One policy document with what interprets it."""

    subject: Subject
    document: Document
    matched: Matched | Unverified | NotApplicable
    links: Links | Unverified | NotApplicable
    fetched: Fetched | None = None


def form_of(title: str, forms: Mapping[str, Sequence[str]]) -> str:
    """图解, 视频, 问答, 新闻发布会 … or 文字, told from the title."""
    return next((form for form, words in forms.items() if any(w in title for w in words)), TEXT)


@dataclass(slots=True)
class Shelf:
    """The interpretations, to be asked for by a document's title."""

    entries: Sequence[Interpretation]
    _by_core: dict[str, list[Interpretation]] = field(default_factory=dict)
    _pairs: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.entries:
            if len(entry.core) >= SHORTEST:
                self._by_core.setdefault(entry.core, []).append(entry)
        self._pairs = {core_: _pairs_of(core_) for core_ in self._by_core}

    def called(self, name: str) -> Interpretation | None:
        """The earliest interpretation of a document of this core."""
        return min(self._by_core.get(name, ()), key=_order, default=None)

    def near(self, name: str) -> Interpretation | None:
        """The nearest that is not called the same."""
        if len(name) < SHORTEST:
            return None
        mine, best, found = _pairs_of(name), NEAR_SHARE - 1, None
        for other, pairs in self._pairs.items():
            if other == name:
                continue
            share = 100 * len(mine & pairs) // max(1, len(mine | pairs))
            if other in name or name in other:
                share = max(share, NEAR_SHARE)
            if share > best:
                best, found = share, other
        return self.called(found) if found is not None else None


def _pairs_of(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _order(entry: Interpretation) -> tuple[date, str]:
    return entry.published or date.max, entry.url
