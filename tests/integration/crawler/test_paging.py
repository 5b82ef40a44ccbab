"""Pagers that lie, guess or turn in circles: bounded, accounted for, and nothing read twice."""

from __future__ import annotations

from typing import Any

import pytest

from checks.facts import ColumnReading, StopReason
from checks.proof import read_whole


def call(total: int, current: int) -> str:
    return f"<script>createPageHTML({total}, {current}, 'index', 'html');</script>"


def test_a_pager_that_counts_from_one_is_followed_where_zero_was_guessed(
    bench: Any, server: Any, page: Any
) -> None:
    server.routes["/tzgg/"] = page.listing("通知公告", page.rows("/tzgg/", 8), call(3, 0))
    server.routes["/tzgg/index_2.html"] = page.listing(
        "通知公告", page.rows("/tzgg/", 8, start=9), "<a href='/tzgg/index_3.html'>下一页</a>"
    )
    server.routes["/tzgg/index_3.html"] = page.listing("通知公告", page.rows("/tzgg/", 4, start=17))
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert (len(reading.entries), reading.proof.stop) == (20, StopReason.END)
    assert read_whole(reading)


def test_a_guessed_page_that_is_the_first_again_is_looked_for_under_the_other_number(
    bench: Any, server: Any, page: Any
) -> None:
    first = page.listing("通知公告", page.rows("/tzgg/", 8), call(2, 0))
    server.routes["/tzgg/"] = server.routes["/tzgg/index_1.html"] = first
    server.routes["/tzgg/index_2.html"] = page.listing(
        "通知公告", page.rows("/tzgg/", 5, start=9), call(2, 1)
    )
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert len(reading.entries) == 13
    assert len(server.asked("/tzgg/index_1.html")) == 1


def test_a_second_page_that_is_always_the_first_proves_no_whole_list(
    bench: Any, server: Any, page: Any
) -> None:
    first = page.listing("通知公告", page.rows("/tzgg/", 8), call(40, 0))
    server.routes["/tzgg/"] = first
    server.routes["/tzgg/index_1.html"] = server.routes["/tzgg/index_2.html"] = first
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert (len(reading.entries), reading.proof.stop) == (8, StopReason.REPEATED)
    assert not read_whole(reading)
    assert len(server.asked("/tzgg/index_3.html")) == 0


def test_a_pager_without_end_whose_pages_repeat_the_last_one_is_left_at_once(
    bench: Any, server: Any, page: Any
) -> None:
    rows = page.rows("/tzgg/", 6, start=20)

    def any_page(asked: Any) -> str:
        number = int(asked.path.partition("page=")[2] or 1)
        shown = page.rows("/tzgg/", 6) if number == 1 else rows
        return str(
            page.listing(
                "通知公告", shown, f'<a href="/tzgg/?page={number + 1}">下一页</a> {number}/10000页'
            )
        )

    server.handlers["/tzgg/"] = any_page
    del server.routes["/tzgg/"]
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert (len(reading.entries), reading.proof.stop) == (12, StopReason.REPEATED)
    assert not read_whole(reading)
    assert len([path for path in server.paths() if "page=" in path]) == 2


@pytest.mark.parametrize("status", [404, 500])
def test_a_page_that_the_pager_promises_and_the_server_lacks_leaves_what_was_read(
    bench: Any, server: Any, page: Any, reply: Any, status: int
) -> None:
    server.routes["/tzgg/"] = page.listing(
        "通知公告", page.rows("/tzgg/", 8), '<a href="/tzgg/p2.html">下一页</a>'
    )
    server.routes["/tzgg/p2.html"] = reply(status)
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert isinstance(reading, ColumnReading)
    assert (len(reading.entries), reading.proof.stop) == (8, StopReason.FAILED)
    assert not read_whole(reading)


def test_a_calendar_beside_a_list_is_not_its_pager(bench: Any, server: Any, page: Any) -> None:
    calendar = (
        '<div class="calendar page"><a class="next" href="/tzgg/?year=2018&month=7">&gt;</a></div>'
    )
    server.routes["/tzgg/"] = page.listing("通知公告", page.rows("/tzgg/", 8), calendar)
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert read_whole(reading)
    assert not [path for path in server.paths() if "month=" in path and path.startswith("/tzgg")]


def test_rows_that_only_a_script_opens_are_read_and_asked_for_by_nobody(
    bench: Any, server: Any, page: Any
) -> None:
    rows = "".join(
        page.row(f"javascript:openInfo({n})", f"关于做好第{n}项工作的通知", f"2018-05-{30 - n:02d}")
        for n in range(8)
    )
    server.routes["/tzgg/"] = page.listing("通知公告", rows)
    bench.crawl()
    reading = bench.column("s/tzgg")
    assert (len(reading.entries), reading.proof.stop) == (8, StopReason.END)
    assert reading.proof.share_dated == 1.0
    assert not [path for path in server.paths() if "openInfo" in path]
    assert all("#" not in url for url in bench.seen("page"))
