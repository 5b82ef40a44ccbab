"""What must not stand in a paper that leaves the house: numbers of persons, and addresses that act.

Text from the web, a workbook or a unit passes ``words`` on its way into a Word file, a page or a
sheet of ours.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from reports.cells import plain

LONGEST = 600
"""Characters of one text in a paper; what is cut off ends in ``…``."""
LONGEST_LINK = 1000
SHOWN = 3
"""Leading characters of a number that stay."""

_RUN = re.compile(r"\d{10,}[\dXxＸｘ](?:[XxＸｘ])?")
_IN_GROUPS = re.compile(
    r"(?<!\d)(?:\d{6}[ \-]\d{8}[ \-]\d{3}[\dXxＸｘ]"  # an ID number by its parts
    r"|1[3-9]\d[ \-]\d{4}[ \-]\d{4}"  # a mobile telephone
    r"|\d{4}(?:[ \-]\d{4}){3}(?:[ \-]\d{1,4})?)(?!\d)"  # a bank card
)
_ID = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def masked(text: str) -> str:
    """ID, telephone and card numbers (eleven digits or more in a row, or in their usual groups)
    with their first three characters only."""

    def hide(match: re.Match[str]) -> str:
        return match[0][:SHOWN] + "*" * (len(match[0]) - SHOWN)

    return _IN_GROUPS.sub(hide, _RUN.sub(hide, text))


def words(text: str, longest: int = LONGEST) -> str:
    """One harmless line: no control, bidirectional or zero-width characters, nothing that XML
    cannot hold, no numbers of persons, at most ``longest`` characters."""
    said = masked(plain(text)).strip()
    return said if len(said) <= longest else said[: longest - 1] + "…"


def link(url: str | None) -> str | None:
    """An address that may be followed from a paper: whole, ``http`` or ``https`` with a host, without
    an ID number in it; ``None`` otherwise (``address`` still shows it as text)."""
    if not url or len(url) > LONGEST_LINK or plain(url) != url or re.search(r"[\s<>\"'`\\]", url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return None
    return None if any(_identity(m[0]) for m in _ID.finditer(url)) else url


def address(url: str | None) -> str:
    """An address as text. Long numbers in what may be followed are names of pages and stay."""
    if url is None:
        return ""
    return url if link(url) is not None else words(url, LONGEST_LINK)


def _identity(digits: str) -> bool:
    """18 characters are a resident ID number by their check digit."""
    total = sum(w * int(d) for w, d in zip(_WEIGHTS, digits[:17], strict=True))
    return "10X98765432"[total % 11] == digits[17].upper()
