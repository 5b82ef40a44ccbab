"""From one night to the next: what was taken down, what changed and was not reached, what comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from storage.models import SiteState

FIRST = "/tzgg/t20180530_1001.html"


def _articles(server: Any) -> list[str]:
    return [a.path for a in server.log if "/t2018" in a.path]


def test_a_page_that_no_list_shows_and_the_server_has_no_more_was_taken_down(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    bench.crawl()
    server.routes[FIRST] = reply(404)
    server.routes["/tzgg/"] = page.listing("通知公告", page.rows("/tzgg/", 7, start=2))
    bench.again()
    assert bench.seen("page")[server.root + FIRST].outcome == "absent"
    bench.again()
    assert FIRST not in _articles(server), "it is not asked for for ever"


def test_a_page_that_a_list_still_shows_is_unverified_when_it_is_gone(
    bench: Any, server: Any, reply: Any
) -> None:
    bench.crawl()
    server.routes[FIRST] = reply(404)
    bench.again()
    seen = bench.seen("page")[server.root + FIRST]
    assert (seen.outcome, seen.reason_code) == ("unverified", "server")


def test_a_page_that_was_taken_down_and_put_back_is_read_again(
    bench: Any, server: Any, page: Any, reply: Any
) -> None:
    bench.crawl()
    whole, article = server.routes["/tzgg/"], server.routes[FIRST]
    server.routes[FIRST] = reply(404)
    server.routes["/tzgg/"] = page.listing("通知公告", page.rows("/tzgg/", 7, start=2))
    bench.again()
    server.routes[FIRST], server.routes["/tzgg/"] = article, whole
    bench.again()
    assert bench.seen("page")[server.root + FIRST].outcome == "fetched"


def test_a_list_that_could_not_be_read_takes_no_page_off_it(
    bench: Any, server: Any, reply: Any
) -> None:
    bench.crawl()
    server.routes["/tzgg/"] = reply(500)
    bench.again()
    listed = bench.query(
        "select count(*) as n from observation o join subject s on s.id = o.subject_id"
        " where o.scan_id = :scan and s.kind = 'page' and o.listed is null",
        scan=bench.scan_id,
    )
    assert listed[0].n == 0


def test_an_article_that_changed_and_was_not_reached_comes_first_the_next_night(
    bench: Any, server: Any, page: Any
) -> None:
    bench.rate = bench.rate.model_copy(update={"concurrency": 1})
    bench.crawl()
    lists = len(server.log) - 16
    rows = page.rows("/tzgg/", 8).replace("关于做好第8项", "更正：关于做好第8项")
    server.routes["/tzgg/"] = page.listing("通知公告", rows)
    start = datetime(2018, 6, 4, 20, tzinfo=UTC)
    clock = lambda: start + timedelta(minutes=len(server.log))  # noqa: E731
    bench.again(clock=clock, window_end=start + timedelta(minutes=lists + 0.5))
    changed = "/tzgg/t20180530_1008.html"
    assert _articles(server) == []
    assert bench.seen("page")[server.root + changed].outcome == "carried"
    bench.again()
    assert _articles(server)[0] == changed


def test_of_articles_never_read_the_newest_come_first(bench: Any, server: Any) -> None:
    bench.rate = bench.rate.model_copy(update={"concurrency": 1})
    bench.crawl()
    numbers = [int(path[-9:-5]) - 1000 for path in _articles(server)]
    assert numbers == sorted(numbers, key=lambda n: n % 28)


def test_night_after_night_every_page_has_its_turn(bench: Any, server: Any) -> None:
    """16 pages and room for a few a night: each night goes on with those longest unchecked."""
    bench.crawl()
    lists = len(server.log) - 16
    bench.rate = bench.rate.model_copy(update={"max_requests": max(10, lists + 5)})
    asked: list[str] = []
    for _ in range(8):
        result = bench.again()
        assert result.sites[0].state is SiteState.WINDOW
        assert {r.outcome for r in bench.seen("column").values()} == {"fetched"}
        asked += _articles(server)
    assert len(set(asked)) == 16
    assert len(asked[:16]) == len(set(asked[:16])), "no page twice before all had their turn"


def test_a_list_blank_twice_after_it_had_rows_is_remembered_to_have_had_them(
    bench: Any, server: Any, page: Any
) -> None:
    from storage import readings

    bench.crawl()
    server.routes["/tzgg/"] = page.listing("通知公告", "", empty="<p>暂无信息</p>")
    for _ in range(2):
        bench.again()
        column = readings.columns(bench.engine, bench.scan_id, 35)["s/tzgg"]
        assert column.previous_entries == 8
