"""Text for a terminal: made harmless, cut and wrapped by cells (a Chinese character takes two).

What comes from the web may hold escape sequences, bidirectional overrides, zero-width characters or
what the console's encoding lacks; none of it reaches the console.
"""

from __future__ import annotations

import unicodedata
from typing import IO

from rich.cells import cell_len

LONGEST = 4000
"""Characters of one text that are looked at; a page cannot fill the screen."""

_BLANKS = dict.fromkeys(map(ord, "\t\n\r\x0b\x0c\x85\xa0\u2028\u2029"), " ")
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_NOT_FIRST = frozenset("，。、；：？！）》」』】〕％…”’,.;:?!)]}%")
_NOT_LAST = frozenset("（《「『【〔“‘([{")


def plain(text: str) -> str:
    """One line without control, bidirectional, zero-width and private characters, and with at most
    two combining marks in a row."""
    kept: list[str] = []
    marks = 0
    for char in text[:LONGEST].translate(_BLANKS):
        category = unicodedata.category(char)
        if category in _DROPPED or "\ufe00" <= char <= "\ufe0f":
            continue
        marks = marks + 1 if category.startswith("M") else 0
        if marks <= 2:
            kept.append(char)
    return "".join(kept)


def cut(text: str, width: int) -> str:
    """At most ``width`` cells, ending in ``…`` where something was cut off."""
    if cell_len(text) <= width:
        return text
    kept: list[str] = []
    used = 1
    for char in text:
        used += cell_len(char)
        if used > width:
            break
        kept.append(char)
    return "".join(kept) + "…" if width > 0 else ""


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Exactly ``width`` cells, cut or filled with spaces (before the text when ``right``)."""
    text = cut(text, width)
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def wrap(text: str, width: int, *, lines: int | None = None, first: int | None = None) -> list[str]:
    """Lines of at most ``width`` cells (the first of ``first``): broken between Chinese characters or words, never before closing
    or after opening punctuation where it can be helped. Beyond ``lines`` the rest is cut off."""
    rest_width, width = max(width, 4), max(width if first is None else first, 4)
    result: list[str] = []
    current = ""
    for unit in _units(text):
        if not current and result:
            unit = unit.lstrip(" ")
        if cell_len(current) + cell_len(unit.rstrip(" ")) <= width:
            current += unit
            continue
        if current.strip():
            result.append(current)
            width = rest_width
        unit = unit.lstrip(" ")
        while cell_len(unit.rstrip(" ")) > width:
            head = _head(unit, width)
            result.append(head)
            width = rest_width
            unit = unit[len(head) :]
        current = unit
    if current.strip() or not result:
        result.append(current)
    if lines is not None and len(result) > lines:
        rest = "".join(result[lines - 1 :])
        width = rest_width if lines > 1 or first is None else max(first, 4)
        result = [*result[: lines - 1], cut(rest, width)]
    return [line.rstrip(" ") for line in result]


def _units(text: str) -> list[str]:
    """What a line may not break: words, and characters with the punctuation that clings to them."""
    units: list[str] = []
    for char in text:
        previous = units[-1] if units else ""
        last = previous[-1:]
        glued = (
            (last in _NOT_LAST or char in _NOT_FIRST)
            or (char == " " and last != "")
            or (char.isascii() and char != " " and last.isascii() and last not in {"", " "})
        )
        if previous and glued and len(previous) < 200:
            units[-1] += char
        else:
            units.append(char)
    return units


def _head(text: str, width: int) -> str:
    used = 0
    for i, char in enumerate(text):
        used += cell_len(char)
        if used > width:
            return text[: max(i, 1)]
    return text


class Encodable:
    """A text stream for a console whose encoding lacks characters: each becomes ``?`` of the same
    width, so that nothing fails and columns stay in line."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self.encoding = getattr(stream, "encoding", None) or "utf-8"

    def write(self, text: str) -> int:
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            text = "".join(map(self._shown, text))
        return self._stream.write(text)

    def _shown(self, char: str) -> str:
        try:
            char.encode(self.encoding)
        except UnicodeEncodeError:
            wide = "？" if cell_len(char) == 2 else "?" * cell_len(char)
            try:
                wide.encode(self.encoding)
            except UnicodeEncodeError:
                return "?" * cell_len(char)
            return wide
        return char

    def flush(self) -> None:
        self._stream.flush()

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()
