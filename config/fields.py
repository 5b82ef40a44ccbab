"""The kinds of values that configuration files are made of, shared by their schemas."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

SLUG_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,39}$"
MONTH_DAY_PATTERN = r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
CLOCK_PATTERN = r"^([01]\d|2[0-3]):[0-5]\d$"
HOST_PATTERN = r"^(\[[0-9a-f:]+\]|[0-9a-z\x{80}-\x{10FFFF}]([0-9a-z\x{80}-\x{10FFFF}.-]*[0-9a-z\x{80}-\x{10FFFF}])?)(:[0-9]{1,5})?$"


def _printable(text: str) -> str:
    """Refuse what could disturb a terminal or that no Excel cell can hold."""
    for char in text:
        if char in "\n\t":
            continue
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in "\ufffe\uffff":
            raise ValueError(f"含有看不见的控制字符（U+{ord(char):04X}），请删去后重新输入")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("只能写一行，不能有换行或制表符")
    return _printable(text)


def _newlines(value: object) -> object:
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _calendar_day(value: object) -> object:
    """Refuse what pydantic would otherwise take for a time stamp."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("不是正确的日期，要写成 2018-12-31 的样子")
    if isinstance(value, int | float):
        raise ValueError("不是正确的日期，要写成 2018-12-31 的样子")  # noqa: TRY004 - pydantic wants ValueError
    return value


def _day_of_every_year(value: str) -> str:
    month, day = (int(part) for part in value.split("-"))
    try:
        date(2001, month, day)
    except ValueError:
        raise ValueError("不是每年都有的日期，请换成当月实际有的一天（二月最晚写 02-28）") from None
    return value


Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]
"""A name given once and never changed: part of the identity of what it names."""
MonthDay = Annotated[
    str, StringConstraints(pattern=MONTH_DAY_PATTERN), AfterValidator(_day_of_every_year)
]
Clock = Annotated[str, StringConstraints(pattern=CLOCK_PATTERN)]
Host = Annotated[str, StringConstraints(pattern=HOST_PATTERN, max_length=260)]
"""A host name or address in lower case, with a port where it is not the usual one."""
Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(_one_line),
]
"""A name or title: one line, not empty."""
Words = Annotated[
    str,
    BeforeValidator(_newlines),
    StringConstraints(strip_whitespace=True, max_length=2000),
    AfterValidator(_printable),
]
"""A free remark, which may be empty."""
Day = Annotated[date, BeforeValidator(_calendar_day)]
"""A calendar date written 2018-12-31."""
Points = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
