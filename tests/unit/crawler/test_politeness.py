"""Turns at a host, robots.txt, the budget, and the health of a host."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

from checks.facts import Missing
from crawler.frontier import Budget, Frontier, Purpose
from crawler.politeness import REFUSALS, SERVED_WELL, SILENCES, STRIKES, HostHealth, Turns
from crawler.robots import LONGEST_DELAY, Robots


def test_no_more_than_the_concurrency_hold_a_turn() -> None:
    turns = Turns()
    turns.rate("h", interval=0, concurrency=2)
    holding = most = 0

    async def one() -> None:
        nonlocal holding, most
        async with turns.turn("h"):
            holding += 1
            most = max(most, holding)
            await asyncio.sleep(0)
            holding -= 1

    async def all_() -> None:
        await asyncio.gather(*(one() for _ in range(20)))

    asyncio.run(all_())
    assert most == 2


def test_turns_are_given_in_order_and_by_the_interval() -> None:
    turns = Turns()
    turns.rate("h", interval=0.01, concurrency=5)
    order: list[int] = []
    times: list[float] = []

    async def one(n: int) -> None:
        async with turns.turn("h"):
            order.append(n)
            times.append(asyncio.get_running_loop().time())

    async def all_() -> None:
        await asyncio.gather(*(one(n) for n in range(6)))

    asyncio.run(all_())
    assert order == list(range(6))
    assert times[-1] - times[0] >= 0.045


def test_a_cancelled_wait_leaves_the_turn_to_others() -> None:
    turns = Turns()
    turns.rate("h", interval=0, concurrency=1)

    async def all_() -> None:
        async with turns.turn("h"):
            waiting = asyncio.ensure_future(turns.turn("h").__aenter__())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(1), turns.turn("h"):
            pass

    asyncio.run(all_())


def test_turns_are_shared_between_loops_in_different_threads() -> None:
    turns = Turns()
    turns.rate("h", interval=0, concurrency=1)
    holding = most = 0
    lock = threading.Lock()

    async def some() -> None:
        nonlocal holding, most
        for _ in range(50):
            async with turns.turn("h"):
                with lock:
                    holding += 1
                    most = max(most, holding)
                await asyncio.sleep(0)
                with lock:
                    holding -= 1

    threads = [threading.Thread(target=lambda: asyncio.run(some())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(t.is_alive() for t in threads)
    assert most == 1


def test_of_two_rates_the_gentler_holds_while_anybody_is_at_work() -> None:
    turns = Turns(clock=lambda: 0.0)
    with turns.engaged(["h"], interval=1, concurrency=4):
        with turns.engaged(["h"], interval=3, concurrency=2):
            turns.rate("h", interval=2, concurrency=9)
            host = turns._hosts["h"]
            assert (host.interval, host.concurrency) == (3, 2)
        with turns.engaged(["h"], interval=0, concurrency=8):
            assert (host.interval, host.concurrency) == (3, 2)
    with turns.engaged(["h"], interval=0, concurrency=8):
        assert (host.interval, host.concurrency) == (0, 8)


def test_a_host_rests_after_three_refusals_and_is_given_up_after_three_more() -> None:
    health = HostHealth()
    assert [health.pushed_back(429) for _ in range(STRIKES)] == [False, False, True]
    assert health.given_up is None
    assert [health.pushed_back(503) for _ in range(STRIKES)] == [False, False, False]
    assert health.given_up is not None
    assert health.given_up.code is Missing.SERVER


def test_a_host_that_served_well_and_then_refuses_everything_limits_us() -> None:
    health = HostHealth()
    for _ in range(SERVED_WELL):
        health.answered()
    assert [health.refused() for _ in range(REFUSALS)] == [False] * (REFUSALS - 1) + [True]
    assert [health.refused() for _ in range(REFUSALS)] == [False] * REFUSALS
    assert health.given_up is not None
    assert health.given_up.reason.startswith("频率限制")


def test_places_that_refuse_among_others_that_answer_are_no_limit() -> None:
    health = HostHealth()
    for _ in range(10 * REFUSALS):
        health.answered()
        health.answered()
        assert not any(health.refused() for _ in range(REFUSALS - 1))
    assert health.given_up is None


def test_a_host_that_refused_from_the_start_is_not_taken_for_a_limit() -> None:
    health = HostHealth()
    assert not any(health.refused() for _ in range(5 * REFUSALS))
    assert health.given_up is None


def test_an_answer_between_refusals_makes_a_host_well() -> None:
    health = HostHealth()
    for _ in range(10):
        health.pushed_back(429)
        health.pushed_back(412)
        health.answered()
    assert health.given_up is None


def test_a_silent_host_is_given_up_as_network() -> None:
    health = HostHealth()
    for _ in range(2 * SILENCES):
        health.silent()
    assert health.given_up is not None
    assert health.given_up.code is Missing.NETWORK


def test_robots_rules_delays_and_html() -> None:
    robots = Robots.parse(b"User-agent: *\nDisallow: /admin/\nCrawl-delay: 5\n")
    assert robots.verdict("http://a/x") is None
    refusal = robots.verdict("http://a/admin/x")
    assert refusal is not None
    assert refusal.code is Missing.ROBOTS
    assert robots.delay == 5
    assert Robots.parse(b"User-agent: *\nCrawl-delay: 99999\n").delay == LONGEST_DELAY
    assert Robots.parse(b"\xef\xbb\xbf <html>x</html>").verdict("http://a/admin/") is None
    assert Robots.parse(b"\xff\xfe\x00garbage").verdict("http://a/") is None
    assert Robots.unreadable("x").verdict("http://a/") is not None


def test_a_robots_txt_made_to_be_slow_is_read_at_once() -> None:
    agents = b"".join(b"User-agent: x%d\n" % n for n in range(10_000))
    rules = b"".join(b"Disallow: /%d\n" % n for n in range(10_000))
    began = time.monotonic()
    robots = Robots.parse(agents + rules + b"User-agent: *\nUser-agent: b\nDisallow: /admin/\n")
    assert robots.verdict("http://a/1") is None
    assert robots.verdict("http://a/admin/") is not None
    assert (
        Robots.parse(b"User-agent: *\nDisallow: /" + b"*a" * 200_000).verdict("http://a/b") is None
    )
    assert time.monotonic() - began < 2


def test_a_rule_for_our_name_holds_for_us() -> None:
    robots = Robots.parse(b"User-agent: xunjian\nDisallow: /\n\nUser-agent: *\nDisallow:\n")
    assert robots.verdict("http://a/x") is not None


START = datetime(2018, 6, 4, 14, tzinfo=UTC)


def budget(
    limit: int = 100, reserve: float = 0.2, hours: float | None = None, at: float = 0
) -> Budget:
    end = START + timedelta(hours=hours) if hours is not None else None
    now = START + timedelta(hours=at)
    return Budget(limit=limit, reserve=reserve, started=START, window_end=end, clock=lambda: now)


def test_a_share_of_the_requests_is_kept_for_links() -> None:
    own = budget()
    own.asked = 80
    assert not own.allows(Purpose.OLD)
    assert not own.allows(Purpose.FRESH)
    assert own.allows(Purpose.LINK)
    assert own.allows(Purpose.LIST)
    own.asked = 100
    assert not any(own.allows(p) for p in Purpose)


def test_a_share_of_the_night_is_kept_for_links() -> None:
    late = budget(hours=8, at=7)
    assert not late.allows(Purpose.FRESH)
    assert late.allows(Purpose.LINK)
    assert not budget(hours=8, at=8).allows(Purpose.HOME)


def test_the_frontier_gives_out_the_most_wanted_first_and_answers_the_rest_as_left() -> None:
    from scrapy.http import Request

    own = budget(limit=2, reserve=0)
    frontier = Frontier(own)
    left: list[str] = []
    for name, purpose, order in (
        ("old", Purpose.OLD, 0),
        ("list2", Purpose.LIST, 2),
        ("list1", Purpose.LIST, 1),
        ("home", Purpose.HOME, 0),
    ):
        meta = {
            "purpose": purpose,
            "order": float(order),
            "left": lambda name=name: left.append(name),
        }
        frontier.enqueue_request(Request(f"http://a/{name}", meta=meta))
    given = [frontier.next_request() for _ in range(3)]
    assert [r.url.rpartition("/")[2] if r else None for r in given] == ["home", "list1", None]
    assert sorted(left) == ["list2", "old"]
    assert not frontier.has_pending_requests()
