"""What of a person must not stand on a public page: numbers, names, homes; and how it is masked here.

Pure functions over text. Nothing that they return holds a whole number or name.
"""

from __future__ import annotations

import re
from datetime import date

from config import interaction_words

_ID = re.compile(r"(?<![0-9A-Za-z])[1-9]\d{16}[\dXx](?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_CALLED = re.compile(
    r"(?:我叫|本人|我是|姓名|联系人|名叫)[为是:：\s]{0,2}(?P<name>[\u4e00-\u9fff]{2,4})"
)
_HOME = re.compile(r"\d+\s*(?:号楼?|栋|幢|单元|室|户)")
NEAR = 15
"""Characters between a name and a number that stand beside each other."""


def is_identity(digits: str) -> bool:
    """Whether 18 characters are a resident ID number: the check digit fits and the birthday exists."""
    if not re.fullmatch(r"\d{17}[\dXx]", digits):
        return False
    try:
        date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    if not 1900 <= int(digits[6:10]) <= 2099:
        return False
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, digits[:17], strict=True))
    return "10X98765432"[total % 11] == digits[17].upper()


def identities(text: str) -> list[str]:
    """The valid resident ID numbers in a text, masked."""
    return [_masked(m[0]) for m in _ID.finditer(text) if is_identity(m[0])]


def mobiles(text: str) -> list[tuple[int, str]]:
    """Whole mobile numbers: where they begin, and masked."""
    return [(m.start(), _masked(m[0])) for m in _MOBILE.finditer(text)]


def name_beside(text: str, at: int) -> bool:
    """Whether a person gives a name a few characters from ``at``."""
    around = text[max(0, at - NEAR - 8) : at + 11 + NEAR]
    return any(
        is_whole_name(m["name"]) or is_whole_name(m["name"][:3]) for m in _CALLED.finditer(around)
    )


def is_whole_name(text: str) -> bool:
    """Whether a text is a person's whole name, by its surname and length; 张先生 and 张** are none."""
    words = interaction_words.letters()
    if not _HAN.fullmatch(text) or any(word in text for word in words.not_names):
        return False
    if text[:2] in words.double_surnames:
        return 3 <= len(text) <= 4
    return text[0] in words.surnames and 2 <= len(text) <= 3


def is_home(text: str) -> bool:
    """Whether an address names house and door."""
    return _HOME.search(text) is not None


def masked_name(text: str) -> str:
    """A name by its first character."""
    return text[:1] + "*" * (len(text) - 1)


def hide(text: str, name: str | None = None) -> str:
    """A text without numbers of persons, and without the name."""
    if name and is_whole_name(name):
        text = text.replace(name, masked_name(name))
    return _MOBILE.sub(lambda m: _masked(m[0]), _ID.sub(lambda m: _masked(m[0]), text))


def _masked(number: str) -> str:
    return number[:3] + "*" * (len(number) - 3)
