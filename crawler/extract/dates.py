"""Dates as Chinese government pages write them.

Only full, valid dates leave this module as dates; a month and a day without a year are told apart
by :func:`month_day`. Index numbers such as ``2026-02-00018`` look like dates and are not.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

EARLIEST = 1990
LATEST = 2099


class Found(NamedTuple):
    """A date in a text and where it stands."""

    date: date
    start: int
    end: int


_GAP = r"[\s\x1f]*"
_FULL = re.compile(
    rf"(?<![\d/\-.])((?:19|20)\d\d){_GAP}[-/.年\u2010-\u2015－．]{_GAP}(\d{{1,2}}){_GAP}"
    rf"[-/.月\u2010-\u2015－．]{_GAP}(\d{{1,2}})(?!\d)(?![-/.]\d){_GAP}日?"
)
_HAN = re.compile(
    r"([一二][零〇○ＯO0oо◯一二三四五六七八九]{3})\s*年\s*"
    r"([正元一二三四五六七八九十]{1,2})\s*月\s*([一二三四五六七八九十廿卅]{1,3})\s*[日号]"
)
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:\d{6})?(?!\d)")
_DAY_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}})日?[\s\x1f/|]+((?:19|20)\d\d){_GAP}[-/.年]{_GAP}(\d{{1,2}})月?(?!\d)(?![-/.]\d)"
)
_MONTH_FIRST = re.compile(
    rf"(?<!\d)(\d{{1,2}}){_GAP}[-/.月]{_GAP}(\d{{1,2}})日?[\s\x1f/|,，]+((?:19|20)\d\d)年?(?!\d)(?![-/.]\d)"
)
_YEAR_APART = re.compile(
    r"(?<!\d)((?:19|20)\d\d)年?[\s\x1f]+(\d{1,2})[-/.月](\d{1,2})日?(?!\d)(?![-/.]\d)"
)
_MONTH_DAY = re.compile(
    rf"(?<![\d/\-.年:：])(\d{{1,2}}){_GAP}[-/.月]{_GAP}(\d{{1,2}})(?!\d)(?![-/.:：]\d){_GAP}日?"
)
_TIME = r"(?:[\sT\x1f]*\d{1,2}\s*[:：∶时]\s*\d{1,2}(?:\s*[:：∶分]\s*\d{1,2})?\s*[分秒]?(?:\.\d+)?)?"
_SHELL = re.compile(r"^[\s\x1f\[［【〔(（<《|·•]*(.*?)[\s\x1f\]］】〕)）>》|]*$", re.S)
_AROUND = re.compile(rf"{_TIME}\s*(?:星期[一二三四五六日天]|周[一二三四五六日])?\s*")
_DIGITS = {"零": 0, "〇": 0, "○": 0, "Ｏ": 0, "O": 0, "0": 0, "o": 0, "о": 0, "◯": 0} | {
    sign: value for value, sign in enumerate("一二三四五六七八九", 1)
}
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
_WIDE_DIGIT = re.compile("[０-９]")


def _narrow(text: str) -> str:
    return text.translate(_WIDE) if _WIDE_DIGIT.search(text) else text


def make(year: int, month: int, day: int) -> date | None:
    """The date, or ``None`` when there is no such day or the year is out of range."""
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _han_number(text: str) -> int:
    text = text.replace("正", "一").replace("元", "一").replace("廿", "二十").replace("卅", "三十")
    if "十" not in text:
        value = 0
        for sign in text:
            value = value * 10 + _DIGITS.get(sign, 0)
        return value
    tens, _, ones = text.partition("十")
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


def _han(match: re.Match[str]) -> date | None:
    year = 0
    for sign in match[1]:
        year = year * 10 + _DIGITS[sign]
    return make(year, _han_number(match[2]), _han_number(match[3]))


def find(text: str, limit: int = 20) -> list[Found]:
    """All full dates in ``text``, in order, at most ``limit``."""
    out: list[Found] = []
    text = _narrow(text)
    for match in _FULL.finditer(text):
        found = make(int(match[1]), int(match[2]), int(match[3]))
        if found:
            out.append(Found(found, match.start(), match.end()))
            if len(out) >= limit:
                return out
    if "年" in text:
        for match in _HAN.finditer(text):
            found = _han(match)
            if found:
                out.append(Found(found, match.start(), match.end()))
        out.sort(key=lambda item: item.start)
    return out[:limit]


def first(text: str) -> date | None:
    """The first full date in ``text``."""
    match = _FULL.search(text)
    if match:
        found = make(int(match[1]), int(match[2]), int(match[3]))
        if found:
            return found
    several = find(text, 1)
    return several[0].date if several else None


def stamp(text: str) -> date | None:
    """The date of a machine's value (a meta tag, an attribute): also ``20240315`` and epochs."""
    text = text.strip()
    found = first(text) or first(text[:10])
    if found or not text[:8].isdigit():
        return found
    match = _COMPACT.match(text)
    if match:
        return make(int(match[1]), int(match[2]), int(match[3]))
    if text.isascii() and text.isdigit() and len(text) in {10, 13}:
        return epoch(int(text))
    return None


def epoch(value: int) -> date | None:
    """The Shanghai calendar date of seconds or milliseconds since 1970."""
    seconds = value // 1000 if value > 10**11 else value
    days = (seconds + 8 * 3600) // 86400
    try:
        found = date.fromordinal(date(1970, 1, 1).toordinal() + days)
    except (ValueError, OverflowError):
        return None
    return found if EARLIEST <= found.year <= LATEST else None


def loose(text: str) -> date | None:
    """As :func:`first`, and also dates in pieces: a day box (``15 2024-03``, ``03-15 2024``)."""
    found = first(text)
    if found:
        return found
    text = _narrow(text)
    match = _DAY_FIRST.search(text)
    if match:
        return make(int(match[2]), int(match[3]), int(match[1]))
    match = _MONTH_FIRST.search(text)
    if match:
        return make(int(match[3]), int(match[1]), int(match[2]))
    match = _YEAR_APART.search(text)
    if match:
        return make(int(match[1]), int(match[2]), int(match[3]))
    return None


def whole(text: str) -> date | None:
    """The date when ``text`` is nothing but a date, with brackets or a time of day."""
    return None if len(text) > 60 else _whole(text)


@lru_cache(maxsize=8192)
def _whole(text: str) -> date | None:
    # The rows of lists repeat the same days, page after page.
    if not any(sign.isdigit() or sign == "年" for sign in text):
        return None
    match = _SHELL.match(_narrow(text))
    inner = match[1] if match else text
    found = find(inner, 1)
    if not found or found[0].start > 0:
        return None
    return found[0].date if _AROUND.fullmatch(inner, found[0].end) else None


_SHORT_YEAR = re.compile(r"(\d\d)[-/.](\d\d)[-/.](\d\d)")


def short_year(text: str) -> date | None:
    """The date when ``text`` is nothing but one with a year of two digits: ``[26-09-03]``."""
    if len(text) > 24:
        return None
    match = _SHELL.match(_narrow(text))
    hit = _SHORT_YEAR.fullmatch(match[1] if match else text)
    return make(2000 + int(hit[1]), int(hit[2]), int(hit[3])) if hit else None


def month_day(text: str) -> tuple[int, int] | None:
    """Month and day when ``text`` shows those alone, e.g. ``[03-15]`` or ``3月15日``."""
    for match in _MONTH_DAY.finditer(_narrow(text)):
        month, day = int(match[1]), int(match[2])
        if 1 <= month <= 12 and 1 <= day <= 31 and make(2024, month, day):
            return month, day
    return None


def only_month_day(text: str) -> tuple[int, int] | None:
    """As :func:`month_day`, but only when nothing else stands in ``text``."""
    return None if len(text) > 24 else _only_month_day(text)


@lru_cache(maxsize=8192)
def _only_month_day(text: str) -> tuple[int, int] | None:
    match = _SHELL.match(_narrow(text))
    inner = match[1] if match else text
    hit = _MONTH_DAY.match(inner)
    if not hit or not _AROUND.fullmatch(inner, hit.end()):
        return None
    return month_day(inner)
