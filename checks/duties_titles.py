"""Which periods of a duty a title names: 2018年一季度, 一、二季度, 1-3月, 上半年, 2018年.

What is not surely read is ``None``, never another period. All expressions are bounded.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from checks.duties_facts import Term
from checks.facts import Entry
from config.duties import Duty, Every, Titles

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\.?\d{0,4}[万亿元户余件%])(?:年度?|[-—.])?")
"""No year: 2000万元."""
_NUMBER = re.compile(r"[〔\[(【]20\d\d[〕\])】]第?\d{0,5}号")
"""The year of a document's number says nothing of the period."""
_TO = r"(?:[-−–—―~至到]{1,2})"
_AND = r"(?:[、,,/和与及]|以及)"
_QUARTERS = re.compile(
    rf"(?<!前)(?<![\d.])([1-4](?:(?:季度)?(?:{_TO}|{_AND})?年?第?[1-4]){{0,3}})季度"
    r"|(?<![a-z])q([1-4])(?!\d)"
    r"|第([1-4])季(?!度)",
    re.I,
)
_MONTH = r"(?:1[0-2]|0?[1-9])"
_MONTHS = re.compile(
    rf"(?<![\d.])({_MONTH}(?:月?份?(?:{_TO}|{_AND})年?{_MONTH}(?!\d)){{0,11}})月(?!\d{{0,2}}日)"
)
_TOKENS = {
    Every.QUARTER: re.compile(rf"[1-4]|{_TO}|{_AND}"),
    Every.MONTH: re.compile(rf"{_MONTH}|{_TO}|{_AND}"),
}
_SUMS = (
    ("上半年", 2), ("前2季度", 2), ("前两季度", 2), ("前两个季度", 2), ("前3季度", 3),
    ("前3个季度", 3), ("全年", 4), ("前4季度", 4),
)  # fmt: skip
_CUT = re.compile(r"(?:\.{2,3}|…)$")


def plain(title: str) -> str:
    """A title as it is compared: full-width forms and Chinese digits as ASCII, no blanks."""
    text = "".join(unicodedata.normalize("NFKC", title).split())
    # 十一月、十二月、十月 before the single digits
    text = re.sub(r"十([一二])(?=月|[-−–—―~至到、,和与及])", r"1\1", text).replace("十月", "10月")
    text = re.sub(r"十(?=[-−–—―~至到、,和与及])", "10", text)
    # 二O一八: a letter stands for the zero more often than not
    text = re.sub(r"(?<=2)[Oo](?=\d)", "0", text.translate(_DIGITS))
    return _NUMBER.sub("号", text)


def told_of(duty: Duty, entry: Entry) -> bool:
    """Whether the entry's title is about the duty at all, whatever the period."""
    return _bears(duty, _joined(entry))


def may_be_of(duty: Duty, entry: Entry) -> bool:
    """Whether the entry may meet the duty and its title does not say so: it is about something
    wider, or it is cut short."""
    title = _joined(entry)
    if _bears(duty, title):
        return False
    if any(_bears(titles, title) for titles in duty.maybe):
        return True
    if not _CUT.search(title) or any(word in title for word in duty.without):
        return False
    return any(any(word in title for word in group) for group in duty.words)


def _joined(entry: Entry) -> str:
    return "".join(unicodedata.normalize("NFKC", entry.title).split())


def _bears(wanted: Titles | Duty, title: str) -> bool:
    if any(word in title for word in wanted.without):
        return False
    return all(any(word in title for word in group) for group in wanted.words)


def terms_of(duty: Duty, entry: Entry) -> frozenset[str] | None:
    """Keys of the periods that an entry's title names; ``None``: it names none that can be read.

    A title without a year tells of the year in which its period ended last before it was published.
    One that names a period which had not begun by then was not understood.
    """
    years, every, on = years_of(entry), duty.every, entry.published
    numbers = {1} if every is Every.YEAR else numbers_of(duty, entry)
    if every is Every.YEAR or years:
        named = [Term(year, every, n) for year in years for n in numbers]
    elif on is not None:
        named = [Term(_last_year(every, n, on), every, n) for n in numbers]
    else:
        return None
    return frozenset(t.key for t in named if on is None or on >= _earliest(t)) or None


def _earliest(term: Term) -> date:
    """Before this day nobody publishes anything of the period; of a year: before its second half."""
    return date(term.year, 7, 1) if term.every is Every.YEAR else term.start


def _last_year(every: Every, number: int, published: date) -> int:
    term = Term(published.year, every, number)
    return published.year if term.end < published else published.year - 1


def may_tell(duty: Duty, entry: Entry, term: Term) -> bool:
    """Whether an entry about the duty may tell of the period though its title does not name it: it
    names none, nor another year, and was published when the period had begun."""
    if terms_of(duty, entry) is not None:
        return False
    years = years_of(entry)
    # 2019年1月发布四季度…: of the last period of a year, the year after may be meant.
    last = term.next().year > term.year
    if years and not years & {term.year, term.year + last}:
        return False
    return entry.published is None or entry.published >= term.start


def years_of(entry: Entry) -> frozenset[int]:
    """The years that the title names."""
    return frozenset(int(year) for year in _YEAR.findall(plain(entry.title)))


def numbers_of(duty: Duty, entry: Entry) -> frozenset[int]:
    """The quarters (months of a monthly duty) that the title names, whatever the year."""
    title = _YEAR.sub("年", plain(entry.title))
    months = [_numbers(text, Every.MONTH) for text in _MONTHS.findall(title)]
    if duty.every is Every.MONTH:
        return frozenset().union(*months)
    found: set[int] = set()
    for some, q, ordinal in _QUARTERS.findall(title):
        found |= _numbers(some, Every.QUARTER) if some else {int(q or ordinal)}
    for run in months:
        found |= _whole_quarters(run, cumulative=duty.cumulative)
    if duty.cumulative:
        found |= {number for word, number in _SUMS if word in title}
    return frozenset(found)


def _numbers(text: str, every: Every) -> frozenset[int]:
    """1、2 → 1 and 2; 1至3 → 1, 2 and 3; 12 of quarters → 1 and 2."""
    found: set[int] = set()
    last, onward = 0, False
    for token in _TOKENS[every].findall(text):
        if not token.isdigit():
            onward = re.fullmatch(_TO, token) is not None
            continue
        number = int(token)
        found |= set(range(last, number)) if onward and last else set()
        found.add(number)
        last, onward = number, False
    return frozenset(found)


def _whole_quarters(months: frozenset[int], *, cumulative: bool) -> set[int]:
    """The one quarter of which the months are the whole, or the sum up to its end."""
    end = max(months, default=0)
    if not end or end % 3:
        return set()
    sums = {3, end} if cumulative else {3}
    begins = min(months)
    whole = months == frozenset(range(begins, end + 1))
    if whole and (len(months) == 3 or (begins == 1 and len(months) in sums)):
        return {end // 3}
    return set()
