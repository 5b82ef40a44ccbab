"""Periods of reporting: a year, a quarter or a month, as a clerk writes them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

_FORM = re.compile(
    r"(?P<year>[0-9]{4})(?:年度?)?(?:Q(?P<quarter>[1-4])|第(?P<nth>[一二三四1-4])季度|-?(?P<month>[0-9]{1,2})月?)?"
)
_NTH = {"一": 1, "二": 2, "三": 3, "四": 4}
_QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole calendar months, both days included."""

    start: date
    end: date
    key: str
    """As tables keep it: ``2018``, ``2018Q4`` or ``2018-11``."""
    label: str
    """In Chinese: 2018年度, 2018年第四季度, 2018年11月."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of ``2018``, ``2018Q4``, ``2018-11`` (also 2018年, 2018年第四季度, 2018年11月).

        Raises ``ValueError`` with a Chinese message that says how to write it.
        """
        found = _FORM.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
        # 201811 would be read as a year and a month by accident
        if found is None or re.fullmatch(r"\d{5,}", found[0]):
            raise ValueError(_WRONG.format(text[:40]))
        year = int(found["year"])
        if not 1990 <= year <= 2999:
            raise ValueError(_WRONG.format(text[:40]))
        nth = found["quarter"] or found["nth"]
        if nth:
            return cls.quarter(year, _NTH.get(nth) or int(nth))
        if found["month"]:
            month = int(found["month"])
            if not 1 <= month <= 12:
                raise ValueError(_WRONG.format(text[:40]))
            return cls.month(year, month)
        return cls.year(year)

    @classmethod
    def year(cls, year: int) -> Self:
        return cls(date(year, 1, 1), date(year, 12, 31), f"{year}", f"{year}年度")

    @classmethod
    def quarter(cls, year: int, nth: int) -> Self:
        """``nth`` from 1 to 4."""
        last = _month_end(year, 3 * nth)
        label = f"{year}年第{_QUARTERS[nth - 1]}季度"
        return cls(date(year, 3 * nth - 2, 1), last, f"{year}Q{nth}", label)

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """``month`` from 1 to 12."""
        first = date(year, month, 1)
        return cls(first, _month_end(year, month), f"{first:%Y-%m}", f"{year}年{month}月")

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def __str__(self) -> str:
        return self.key


_WRONG = "时期“{}”写法不对：年度写 2018，季度写 2018Q4，月份写 2018-11"


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)
