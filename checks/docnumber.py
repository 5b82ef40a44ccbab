"""发文字号: the number of an official document, as GB/T 9704-2012 wants it written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

_RIGHT = re.compile(
    r"(?P<agency>[\u4e00-\u9fff]{2,20})〔(?P<year>[0-9]{4})〕(?P<serial>[1-9][0-9]{0,4})号"
)
_CUT_YEAR = re.compile(
    r"(?P<agency>[\u4e00-\u9fff]{2,20})〔(?P<year>[0-9]{2})〕(?P<serial>[1-9][0-9]{0,4})号"
)
_OPENING = "([{<【［〖〈《﹝「『（{"
_CLOSING = ")]}>】］〗〉》﹞」』）}"
_BRACKETS = str.maketrans(dict.fromkeys(_OPENING, "〔") | dict.fromkeys(_CLOSING, "〕"))
_FORM = "瑞府办字〔2018〕226号"


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """``瑞府办字〔2018〕226号``."""

    agency: str
    """机关代字: 瑞府办字."""
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.agency}〔{self.year}〕{self.serial}号"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Exactly as it must be written; nothing is mended silently.

        Raises ``ValueError`` in Chinese, with what is wrong and, where it can be told, the number as
        it should be written.
        """
        found = _RIGHT.fullmatch(text)
        if found is not None:
            return cls(found["agency"], int(found["year"]), int(found["serial"]))
        shown = _shown(text)
        mended, faults = _mended(text)
        if _RIGHT.fullmatch(mended):
            raise ValueError(f"发文字号“{shown}”写法不对：{'；'.join(faults)}。应写成 {mended}")
        raise ValueError(
            f"发文字号“{shown}”写法不对：应由机关代字、年份、序号组成，年份用六角括号，如 {_FORM}"
        )


def _mended(text: str) -> tuple[str, list[str]]:
    """The text as it was probably meant, and what had to be changed."""
    faults: list[str] = []

    def step(before: str, after: str, fault: str) -> str:
        if before != after:
            faults.append(fault)
        return after

    said = step(text, "".join(text.split()), "中间不留空格")
    bracketed = said.translate(_BRACKETS)
    said = step(said, bracketed, "年份用六角括号〔〕")
    said = step(said, unicodedata.normalize("NFKC", said), "数字用半角")
    # the normal form of these brackets is themselves
    said = step(said, re.sub(r"〕第", "〕", said), "序号不加“第”")
    said = step(said, re.sub(r"〕0+(?=[1-9])", "〕", said), "序号不编虚位")
    said = step(said, said if said.endswith("号") else said + "号", "序号后加“号”")
    return said, faults


def _shown(text: str) -> str:
    kept = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    return kept if len(kept) <= 40 else kept[:39] + "…"


def meant(text: str) -> tuple[DocumentNumber, tuple[str, ...]] | None:
    """The number that a text surely means, and what is wrong with how it is written; ``None`` for
    what is no number of this make (第5号令, 2018年第3号)."""
    mended, faults = _mended(text)
    found = _RIGHT.fullmatch(mended)
    if found is None:
        return None
    return DocumentNumber(found["agency"], int(found["year"]), int(found["serial"])), tuple(faults)


def in_full(text: str, years: frozenset[int]) -> str | None:
    """A number whose year is cut to two digits (``瑞府办字〔18〕226号``), as it should be written;
    ``None`` for every other text, and where the year is none of ``years``."""
    mended, _ = _mended(text)
    cut = _CUT_YEAR.fullmatch(mended)
    if cut is None:
        return None
    year = next((y for y in years if y % 100 == int(cut["year"])), None)
    return f"{cut['agency']}〔{year}〕{cut['serial']}号" if year is not None else None
