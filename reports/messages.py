"""The text of a reminder: what a colleague would paste into the unit's QQ group, or send by mail.

One message a unit: what is wrong, where, on what basis, how to mend it, by when, how to answer. What
comes from pages is made harmless here, since a message leaves the house: one line, no control
characters, no live links but the problem's own, no ID or telephone numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from reports.cells import plain

LONGEST_WORDS = 160
LONGEST_LINK = 600
"""An address beyond it is left out: cut short it would lead nowhere."""
PER_KIND = 3
"""Problems of one kind that are told one by one, where there are others to tell."""

_NUMBERS = re.compile(
    r"\d{11,}[\dXx]?|(?<!\d)1\d{2}[ -]\d{4}[ -]\d{4}(?!\d)"
    r"|(?<!\d)\d{6}[ -]\d{8}[ -]\d{3}[\dXx](?!\d)"
)
_LINK_MARK = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?=//)")
_LINK = re.compile(r"https?://[^\s<>\"'`\\{}|^]+", re.IGNORECASE)
_ID = re.compile(r"(?<!\d)[1-9]\d{5}(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem, as a message tells it."""

    fingerprint: str
    kind: str
    """The rule's title, by which problems are put together."""
    words: str
    url: str | None
    remedy: str
    basis: str
    site: str = ""
    """The site's name."""
    deadline: date
    """The last day to mend it."""
    again: bool = False
    """The unit was told before, and the day is the one that it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one unit."""

    unit_id: str
    unit: str
    """The short name by which it is addressed."""
    sender: str
    answer: str
    """How to answer."""
    consequence: str
    day: date
    """The day on which it is sent; deadlines were reckoned from it."""
    problems: tuple[Problem, ...]
    """Worst first; not empty."""
    ahead: tuple[tuple[date, str, int], ...] = ()
    """What will count only from a day to come: that day, the kind, how many. Told without a time to
    mend it."""

    @property
    def fingerprints(self) -> tuple[str, ...]:
        return tuple(p.fingerprint for p in self.problems)


def subject(letter: Letter) -> str:
    """One line for a mail's heading."""
    return f"【网站检查提醒】{clean(letter.unit, 60)}：{len(letter.problems)}个问题请整改"


def text(letter: Letter, *, listed: int = 5, longest: int | None = None) -> str:
    """The whole message; at most ``listed`` problems one by one, and at most ``longest`` bytes of
    UTF-8 as far as its first lines allow."""
    for shown in range(min(listed, len(letter.problems)), 0, -1):
        for basis in (True, False):
            words = _compose(letter, shown, basis)
            if longest is None or len(words.encode()) <= longest:
                return words
    return _compose(letter, 0, False)


def _compose(letter: Letter, listed: int, basis: bool) -> str:
    if len(letter.problems) == 1:
        return _single(letter, letter.problems[0], brief=not listed, basis=basis)
    kinds = _kinds(letter.problems)
    head = [
        f"【网站检查提醒】{clean(letter.unit, 60)}：检查发现贵单位网站信息有"
        f"{len(letter.problems)}个问题（{_counted(kinds)}）。{_by_when(letter)}",
        *_closing(letter),
    ]
    chosen = _chosen(letter.problems, listed)
    lines: list[str] = []
    number = 0
    for kind, problems in kinds:
        told = [p for p in problems if p.fingerprint in chosen]
        if not told:
            continue
        lines.append(f"● {clean(kind, 40)}（{len(problems)}个）")
        for problem in told:
            number += 1
            lines.append(f"{number}. {_words(problem, letter)}")
            link = safe_link(problem.url)
            lines.append(f"   {link}" if link else "   （网址见整改清单）")
        lines.append(f"   怎样改：{clean(told[0].remedy)}{_basis(told[0]) if basis else ''}")
    left = len(letter.problems) - number
    if left:
        lines.append(
            f"以上列出{number}个，另有{left}个见整改清单。"
            if number
            else "具体问题、网址、依据和整改要求见整改清单。"
        )
    return "\n".join([*head, *lines, *_ahead(letter)])


def _single(letter: Letter, problem: Problem, *, brief: bool, basis: bool) -> str:
    link = safe_link(problem.url)
    where = f"网址：{link}" if link else "（网址见整改清单）"
    rest = f"怎样改：{clean(problem.remedy)}{_basis(problem) if basis else ''}" if not brief else ""
    return "\n".join(
        line
        for line in (
            f"【网站检查提醒】{clean(letter.unit, 60)}：{_words(problem, letter)}。{_by_when(letter)}",
            where,
            rest,
            *_ahead(letter),
            *_closing(letter),
        )
        if line
    )


def _closing(letter: Letter) -> list[str]:
    said = f"{clean(letter.answer, 300)}{clean(letter.consequence, 200)}"
    return [f"{said}——{clean(letter.sender, 60)}，{_day(letter.day, letter.day)}"]


def _ahead(letter: Letter) -> list[str]:
    """What will count from a day to come, in one line a day."""
    days = sorted({day for day, _, _ in letter.ahead})
    return [
        f"另外，{_day(day, letter.day)}起计分的问题："
        + "、".join(f"{clean(kind, 40)}{n}个" for since, kind, n in letter.ahead if since == day)
        + "，请提前整改（现在不扣分）。"
        for day in days
    ]


def _by_when(letter: Letter) -> str:
    """Until when, for what is told for the first time and for what is told once more."""
    first = sorted({p.deadline for p in letter.problems if not p.again})
    again = sorted({p.deadline for p in letter.problems if p.again})
    parts = []
    if first:
        parts.append(f"请在{_day(first[0], letter.day)}（含当日）前整改并回复。")
    if again:
        days = "、".join(_day(day, letter.day) for day in again)
        count = sum(p.again for p in letter.problems)
        which = f"其中{count}个是" if first else "这是"
        parts.append(f"{which}再次提醒，期限仍为{days}。")
    return "".join(parts)


def _words(problem: Problem, letter: Letter) -> str:
    site = f"{clean(problem.site, 30)} " if problem.site else ""
    mixed = any(p.again for p in letter.problems) and len(letter.problems) > 1
    mark = (
        f"（再次提醒，期限{_day(problem.deadline, letter.day)}）" if problem.again and mixed else ""
    )
    words = clean(problem.words).rstrip("。；")
    return f"{site}{words}{mark}"


def _basis(problem: Problem) -> str:
    return f"依据：{clean(problem.basis)}" if problem.basis else ""


def _kinds(problems: Iterable[Problem]) -> list[tuple[str, list[Problem]]]:
    """Put together by kind, in the order of each kind's worst."""
    kinds: dict[str, list[Problem]] = {}
    for problem in problems:
        kinds.setdefault(problem.kind, []).append(problem)
    return list(kinds.items())


def _counted(kinds: Sequence[tuple[str, list[Problem]]]) -> str:
    some = "、".join(f"{clean(kind, 40)}{len(problems)}个" for kind, problems in kinds[:4])
    return some + ("等" if len(kinds) > 4 else "")


def _chosen(problems: Sequence[Problem], listed: int) -> set[str]:
    """The worst ``listed``, not all of one kind while another has something to tell."""
    first: list[str] = []
    later: list[str] = []
    seen: dict[str, int] = {}
    for problem in problems:
        seen[problem.kind] = seen.get(problem.kind, 0) + 1
        (first if seen[problem.kind] <= PER_KIND else later).append(problem.fingerprint)
    return set([*first, *later][:listed])


def clean(words: str, longest: int = LONGEST_WORDS) -> str:
    """Words that may leave the house: one line, nothing that acts, no ID or telephone numbers.
    What is cut off ends in ``…``."""
    said = plain(words)
    said = _NUMBERS.sub(lambda m: m[0][:3] + "***", said)
    said = _LINK_MARK.sub(r"\1：", said)
    said = said.translate({ord("<"): "＜", ord(">"): "＞"}).strip()
    return said if len(said) <= longest else said[: longest - 1] + "…"


def safe_link(url: str | None) -> str | None:
    """An address as a message may hold it: whole, of the web, without blanks, and without an ID
    number in it; ``None`` otherwise."""
    if not url or len(url) > LONGEST_LINK or plain(url) != url or not _LINK.fullmatch(url):
        return None
    return None if any(_identity(m[0]) for m in _ID.finditer(url)) else url


def _identity(digits: str) -> bool:
    """Whether 18 characters are a resident ID number by their check digit."""
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, digits[:17], strict=True))
    return "10X98765432"[total % 11] == digits[17].upper()


def _day(day: date, today: date) -> str:
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日"
