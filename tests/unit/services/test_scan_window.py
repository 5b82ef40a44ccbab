"""The hours in which scans may fetch, and which assessment years' evidence is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from services.retention import kept_since
from services.scan import check_window, window_end
from services.workspace import UsageError, end_of_day, shanghai_day, start_of_day


def _config(window: tuple[str, str] | None) -> Any:
    return SimpleNamespace(city=SimpleNamespace(crawl_window=window))


@pytest.mark.parametrize(
    ("window", "now", "end"),
    [
        # 22:00 to 06:00 in Shanghai is 14:00 to 22:00 UTC.
        (("22:00", "06:00"), datetime(2018, 6, 4, 14, 0, tzinfo=UTC), datetime(2018, 6, 4, 22, tzinfo=UTC)),
        (("22:00", "06:00"), datetime(2018, 6, 4, 21, 59, tzinfo=UTC), datetime(2018, 6, 4, 22, tzinfo=UTC)),
        (("22:00", "06:00"), datetime(2018, 6, 4, 22, 0, tzinfo=UTC), None),
        (("22:00", "06:00"), datetime(2018, 6, 4, 13, 59, tzinfo=UTC), None),
        (("08:00", "17:30"), datetime(2018, 6, 4, 1, 0, tzinfo=UTC), datetime(2018, 6, 4, 9, 30, tzinfo=UTC)),
        (None, datetime(2018, 6, 4, 1, 0, tzinfo=UTC), None),
    ],
)  # fmt: skip
def test_the_window_is_counted_in_shanghai_and_may_pass_midnight(
    window: tuple[str, str] | None, now: datetime, end: datetime | None
) -> None:
    assert window_end(_config(window), now) == end


def test_outside_the_window_no_scan_begins_nor_goes_on() -> None:
    noon = datetime(2018, 6, 4, 4, 0, tzinfo=UTC)
    with pytest.raises(UsageError, match="22:00 至 06:00"):
        check_window(_config(("22:00", "06:00")), noon)
    check_window(_config(None), noon)


def test_a_day_begins_and_ends_in_shanghai() -> None:
    day = date(2018, 6, 4)
    assert start_of_day(day).astimezone(UTC) == datetime(2018, 6, 3, 16, tzinfo=UTC)
    assert end_of_day(day) == datetime(2018, 6, 4, 15, 59, 59, 999999, tzinfo=UTC)
    assert shanghai_day(datetime(2018, 6, 4, 16, 0, tzinfo=UTC)) == date(2018, 6, 5)


@pytest.mark.parametrize(("years", "since"), [(1, 2018), (2, 2017), (5, 2014)])
def test_evidence_is_kept_by_assessment_year_the_present_one_included(
    years: int, since: int
) -> None:
    ws: Any = SimpleNamespace(
        config=SimpleNamespace(city=SimpleNamespace(keep_evidence_years=years))
    )
    # Already the new year in Shanghai.
    assert kept_since(ws, datetime(2017, 12, 31, 16, 0, tzinfo=UTC)) == date(since, 1, 1)
