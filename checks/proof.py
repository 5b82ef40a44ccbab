"""Proof of reading: what a column's list proves about its freshness and its emptiness.

Belongs here: the facts that are derived from a column's reading, and nothing that accuses. Where
the reading proves neither side, the answer is ``Unverified``.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from itertools import pairwise

from checks.case import ColumnCase
from checks.facts import (
    ColumnReading,
    DateState,
    Entry,
    Fetched,
    Missing,
    StopReason,
    Unverified,
)
from checks.model import Context
from config.schema import Cadence

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""A fixed offset: there is no summer time, and Windows brings no time zone data."""

MOST_UNDATED = 10
"""Largest share of undated rows (%) with which a list can still prove that nothing is newer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """A column's newest date against its cadence, proven."""

    overdue: bool
    newest: Entry | None
    """The newest row; ``None`` when no row bears a date and undated ones count as not updated."""
    newest_on: date | None
    """Its date (of the row, or of the article it leads to)."""
    wanted_since: date
    """The earliest date that would be in time."""
    judged_on: date
    """The day that the cadence was counted from."""
    undated: int = 0
    future: int = 0
    """Rows dated after the day they were fetched; they count for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptiness:
    """Whether a column holds nothing, proven."""

    blank: bool
    proof: str = ""
    """What proves it, in Chinese."""
    suspected: bool = False
    """An earlier reading had entries: a person looks first."""
    earlier: int = 0


def shanghai_day(instant: datetime) -> date:
    """The Shanghai calendar day of an aware instant."""
    return instant.astimezone(SHANGHAI).date()


def months_before(day: date, months: int) -> date:
    """The same day ``months`` calendar months earlier, clamped to the month's end."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_of_year(year: int, month_day: str) -> date:
    """``MM-DD`` in a year; 02-29 (or any day too late) is clamped to the month's end."""
    month, day = (int(part) for part in month_day.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


def in_time_since(cadence: Cadence, day: date) -> date:
    """The earliest publish date that is in time on ``day``.

    Raises ``ValueError`` for a standing column, which is never overdue.
    """
    if cadence.days is not None:
        return day - timedelta(days=cadence.days)
    if cadence.months is not None:
        return months_before(day, cadence.months)
    if cadence.yearly_by is not None:
        late = day > day_of_year(day.year, cadence.yearly_by)
        return date(day.year if late else day.year - 1, 1, 1)
    raise ValueError("a standing column has no cadence")


def measured_day(fetched: Fetched | None, context: Context) -> date:
    """The day that an accusation may refer to: nothing is known of the days after the reading."""
    if fetched is None:
        return context.today
    return min(context.today, shanghai_day(fetched.at))


_STOPPED = {
    StopReason.FAILED: "有列表页没有取得",
    StopReason.UNREADABLE: "有列表页没有读懂",
    StopReason.WINDOW: "检测时段结束，列表没有读完",
    StopReason.CAP: "列表超过翻页上限，没有读完",
}

_UNSURE = Unverified(code=Missing.READER, reason="列表识别把握不足，不能确定这就是该栏目的列表")


# --- freshness ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    entry: Entry
    on: date | None
    """``None``: undated, or dated after the day it was fetched."""
    undated: bool = False
    unread: bool = False
    future: bool = False


def freshness(case: ColumnCase, context: Context) -> Freshness | Unverified:
    """Whether the column was updated within its cadence, if the reading proves it.

    ``context.params["undated_counts_as"]``: ``ignored`` (undated rows say nothing, and too many of
    them leave the matter open) or ``not_updated`` (an undated row is no update).
    """
    reading = case.reading
    if isinstance(reading, Unverified):
        return reading
    rows = _rows(case, reading, context)
    today, measured = context.today, measured_day(case.fetched, context)
    newest = max((row for row in rows if row.on), key=lambda row: row.on or date.min, default=None)
    seen = Freshness(
        overdue=False,
        newest=newest.entry if newest else None,
        newest_on=newest.on if newest else None,
        wanted_since=in_time_since(case.expected.cadence, today),
        judged_on=today,
        undated=sum(row.undated for row in rows),
        future=sum(row.future for row in rows),
    )
    if seen.newest_on is not None and seen.newest_on >= seen.wanted_since:
        return seen
    wanted = in_time_since(case.expected.cadence, measured)
    if seen.newest_on is not None and seen.newest_on >= wanted:
        return Unverified(
            code=Missing.UNPROVEN,
            reason=f"{measured:%Y-%m-%d} 读取时尚未超期，此后没有再读取",
        )
    undated_as = context.params.get("undated_counts_as", "ignored")
    doubt = _overdue_doubt(reading, rows, undated_as, context.min_confidence)
    if doubt is not None:
        return doubt
    return Freshness(
        overdue=True,
        newest=seen.newest,
        newest_on=seen.newest_on,
        wanted_since=wanted,
        judged_on=measured,
        undated=seen.undated,
        future=seen.future,
    )


def _rows(case: ColumnCase, reading: ColumnReading, context: Context) -> list[_Row]:
    fetched_on = shanghai_day(case.fetched.at) if case.fetched else context.today
    return [_row(entry, case.article_dates.get(entry.url), fetched_on) for entry in reading.entries]


def _row(entry: Entry, of_article: object, fetched_on: date) -> _Row:
    on = entry.published if entry.date_state is DateState.READ else None
    if on is None and isinstance(of_article, date):
        on = shanghai_day(of_article) if isinstance(of_article, datetime) else of_article
    if on is not None:
        if on > fetched_on:
            return _Row(entry, None, future=True)
        return _Row(entry, on)
    if entry.date_state is DateState.ABSENT:
        return _Row(entry, None, undated=True)
    return _Row(entry, None, unread=True)


def _overdue_doubt(
    reading: ColumnReading, rows: list[_Row], undated_as: str, sure: float
) -> Unverified | None:
    """Why the rows do not prove that nothing newer is there; ``None``: they prove it."""
    if not rows:
        return _unproven("没有读到信息条目")
    if reading.proof.confidence < sure:
        return _UNSURE
    if reading.proof.scripted:
        return Unverified(
            code=Missing.READER, reason="列表可能由脚本填充，本程序尚不认识，不能确定已读全"
        )
    unread = sum(row.unread for row in rows)
    if unread:
        return Unverified(code=Missing.UNDATED, reason=f"有 {unread} 条信息的日期未能读出年月日")
    if undated_as == "ignored":
        doubt = _undated_doubt(rows)
        if doubt is not None:
            return doubt
    if read_whole(reading) or _falls_over_pages(reading, rows):
        return None
    stopped = _STOPPED.get(reading.proof.stop, "列表没有读到末页")
    return _unproven(f"{stopped}，已读部分的日期也不是依次递减，不能确定没有更新的信息")


def _undated_doubt(rows: list[_Row]) -> Unverified | None:
    """Undated rows: at most a tenth, and none above the newest dated one."""
    if not any(row.on for row in rows):
        return Unverified(code=Missing.UNDATED, reason="列表和文章都没有可用的发布日期")
    undated = sum(row.undated for row in rows)
    if undated * 100 > MOST_UNDATED * len(rows):
        return Unverified(
            code=Missing.UNDATED, reason=f"{len(rows)} 条信息中有 {undated} 条没有日期，超过一成"
        )
    # A pinned row stands on top whatever its date: what follows it has a newest row of its own.
    tops = [_newest_at(rows, pinned=True), _newest_at(rows, pinned=False)]
    if any(row.undated for row in rows[: max(tops)]):
        return Unverified(code=Missing.UNDATED, reason="最新一条有日期的信息之前还有没有日期的信息")
    return None


def _newest_at(rows: list[_Row], *, pinned: bool) -> int:
    """Position of the first row with the newest date, among all rows or those not pinned; 0: none."""
    dated = [
        (row.on, -i) for i, row in enumerate(rows) if row.on and (pinned or not row.entry.pinned)
    ]
    return -max(dated)[1] if dated else 0


def read_whole(reading: ColumnReading) -> bool:
    """Every list page was read, and the page's own claims do not say otherwise."""
    proof = reading.proof
    got = max(len(reading.entries), sum(reading.page_lengths))
    if proof.stop is StopReason.REPEATED:
        # A pager that comes round again has an end only where the claimed total is reached.
        return proof.total_claimed is not None and len(reading.entries) >= proof.total_claimed
    if proof.stop is not StopReason.END:
        return False
    if proof.total_claimed is not None and got < proof.total_claimed:
        return False
    return proof.pages_claimed is None or proof.pages_read >= proof.pages_claimed


def whole_doubt(reading: ColumnReading, sure: float, earlier: int | None = None) -> str | None:
    """Why the rows read are not surely all that the column holds, in Chinese; ``None``: they are.

    ``sure``: the confidence wanted of the reader; ``earlier``: rows at an earlier reading.
    """
    proof = reading.proof
    if proof.confidence < sure:
        return _UNSURE.reason
    if proof.scripted:
        return "列表可能由脚本填充，本程序尚不认识，不能确定已读全"
    if not read_whole(reading):
        return _STOPPED.get(proof.stop, "没有读到末页")
    if reading.entries:
        return None
    if earlier:
        return f"上次读到 {earlier} 条，这次一条也没有读到"
    if _blank_proof(reading) is None or not proof.confirmed:
        return "没有读到信息，是不是空的也没有证实"
    return None


def _falls_over_pages(reading: ColumnReading, rows: list[_Row]) -> bool:
    """The dates of the rows that are not pinned fall over at least two list pages."""
    if len([n for n in reading.page_lengths if n]) < 2:
        return False
    first_page = reading.page_lengths[0]
    loose = [(i, row.on) for i, row in enumerate(rows) if row.on and not row.entry.pinned]
    dates = [on for _, on in loose]
    if not dates or loose[0][0] >= first_page or loose[-1][0] < first_page:
        return False
    return dates[0] > dates[-1] and all(a >= b for a, b in pairwise(dates))


# --- emptiness ------------------------------------------------------------------------------------


def emptiness(case: ColumnCase, context: Context) -> Emptiness | Unverified:
    """Whether the column is blank (有栏目无内容), if the reading proves it."""
    reading = case.reading
    if isinstance(reading, Unverified):
        return reading
    if reading.entries:
        return Emptiness(blank=False)
    proof = reading.proof
    earlier = case.previous_entries or 0
    if earlier and case.previous_shape is not None and case.previous_shape != proof.shape:
        return Unverified(
            code=Missing.SHAPE,
            reason=f"上次读到 {earlier} 条，这次页面结构变了而一条也没有读到，可能是改版或被拦截",
        )
    if proof.stop is not StopReason.END:
        return _unproven(_STOPPED.get(proof.stop, "列表没有读到末页"))
    if proof.confidence < context.min_confidence:
        return _UNSURE
    if proof.scripted:
        return Unverified(code=Missing.READER, reason="列表可能由脚本填充，本程序尚不认识")
    if (proof.total_claimed or 0) > 0 or (proof.pages_claimed or 0) > 1:
        return Unverified(code=Missing.READER, reason="页面标明有信息，但没有读到")
    why = _blank_proof(reading)
    if why is None:
        return _unproven("没有读到信息，但页面也没有表明栏目为空")
    if not proof.confirmed:
        return _unproven("没有读到信息，尚未经第二次读取证实")
    return Emptiness(blank=True, proof=why, suspected=earlier > 0, earlier=earlier)


def _blank_proof(reading: ColumnReading) -> str | None:
    proof = reading.proof
    if proof.empty_mark:
        return f"页面写明“{proof.empty_mark}”"
    if proof.total_claimed == 0:
        return "列表标明共 0 条"
    if proof.container is not None and proof.siblings_with_rows > 0:
        return f"列表位置为空，而同一模板的其他 {proof.siblings_with_rows} 个栏目都有信息"
    return None


def _unproven(reason: str) -> Unverified:
    return Unverified(code=Missing.UNPROVEN, reason=reason)
