"""A console for clerks, and the sheet that lays lines out on it by cells.

Every text is cleaned (``cells.plain``) and printed as text, never as markup. Only characters that a
GBK console has are used.
"""

from __future__ import annotations

import html
import re
import sys
from datetime import date, datetime, timedelta, timezone
from typing import IO, cast

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from reports.cells import Encodable, cut, plain, wrap
from reports.views import SummaryRow
from scorecards.score import percent_text, points_text

SHANGHAI = timezone(timedelta(hours=8))
WIDEST = 160
TRIAL = "试运行：仅供查看，不计入考评"


def console(
    stream: IO[str] | None = None,
    *,
    width: int | None = None,
    color: bool = True,
    record: bool = False,
) -> Console:
    """A console that prints Chinese, survives any encoding, and takes no markup. With ``record``
    what was printed can be exported (``Console.export_svg``)."""
    out = Encodable(stream or sys.stdout)
    return Console(
        file=cast("IO[str]", out),
        width=width,
        no_color=not color or None,
        record=record,
        markup=False,
        highlight=False,
        emoji=False,
        soft_wrap=False,
    )


def svg(out: Console, title: str) -> str:
    """What a recording console printed, as an SVG picture that loads nothing from elsewhere."""
    picture = out.export_svg(title=title, unique_id="xunjian")
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    return _TEXT.sub(_by_cells, picture)


_TEXT = re.compile(r'<text class="([^"]*)" x="([\d.]+)" y="([\d.]+)" textLength="([\d.]+)"'
                   r'([^>]*)>([^<]*)</text>')  # fmt: skip
_RUN = re.compile(r"\S+(?: \S+)*")
"""Words with single spaces between them: wider gaps are left to the places of the runs."""


def _by_cells(match: re.Match[str]) -> str:
    """One text of the picture, each run of words at its own place and width. The export counts
    characters, and a Chinese one has two cells."""
    kind, x, y, length, rest, content = match.groups()
    text = html.unescape(content).replace("\xa0", " ")
    cell = float(length) / max(len(text), 1)
    return "".join(
        f'<text class="{kind}" x="{float(x) + cell * cell_len(text[: run.start()]):g}" y="{y}"'
        f' textLength="{cell * cell_len(run[0]):g}" lengthAdjust="spacingAndGlyphs"{rest}>'
        f"{html.escape(run[0]).replace(' ', '&#160;')}</text>"
        for run in _RUN.finditer(text)
    )


def moment(at: datetime | None) -> str:
    """An instant in Shanghai time, to the minute."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M") if at else "-"


def day(at: datetime | date | None) -> str:
    if at is None:
        return "-"
    if isinstance(at, datetime):
        at = at.astimezone(SHANGHAI).date()
    return at.isoformat()


class Sheet:
    """Lines for one console, laid out by cells; what it is given is cleaned, never interpreted."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self.width = max(40, min(out.width, WIDEST))

    def line(self, *parts: str | tuple[str, str]) -> None:
        """One line of texts or (text, style) pairs, cut at the width."""
        text = Text(no_wrap=True, end="")
        left = self.width
        for part in parts:
            words, style = part if isinstance(part, tuple) else (part, "")
            words = cut(plain(words), left)
            left -= cell_len(words)
            text.append(words, style)
            if left <= 0:
                break
        text.rstrip()
        self._out.print(text, no_wrap=True, crop=False)

    def gap(self) -> None:
        self._out.print()

    def rule(self) -> None:
        """A thin line; in ASCII where the console's encoding may show ``─`` two cells wide."""
        char = "─" if self._out.encoding.startswith("utf") else "-"
        self.line((char * self.width, "dim"))

    def heading(self, title: str, remark: str = "") -> None:
        self.gap()
        self.line((title, "bold"), (f"  {remark}" if remark else "", "dim"))
        self.rule()

    def text(
        self,
        words: str,
        *,
        indent: int = 0,
        label: str = "",
        style: str = "",
        lines: int | None = None,
        hang: int | None = None,
    ) -> None:
        """Wrapped text; a label stands before its first line and the others hang under it, or
        ``hang`` cells from the left."""
        before = indent + cell_len(label)
        hang = before if hang is None else hang
        for i, part in enumerate(
            wrap(plain(words), self.width - hang, lines=lines, first=self.width - before)
        ):
            head = " " * indent + label if i == 0 else " " * hang
            self.line((head, "dim"), (part, style))


def score_text(row: SummaryRow, *, fixed: bool = False) -> str:
    """``fixed``: with two decimals always, for a column."""
    if not row.graded or row.score_high is None:
        return "未评分"
    return f"{row.score_high / 100:.2f}" if fixed else points_text(row.score_high)


def score_style(row: SummaryRow) -> str:
    if not row.graded or row.score_high is None:
        return "yellow"
    return "red" if row.score_high < 6000 else "yellow" if row.score_high < 8000 else "green"


def rank_text(row: SummaryRow) -> str:
    if not row.confirmed:
        return "未核对"
    return f"{row.rank}/{row.ranked}" if row.rank is not None else "-"


def coverage_text(row: SummaryRow) -> str:
    return percent_text(row.coverage) if row.coverage is not None else "-"
