"""A week of probes, and whether 站点无法访问 holds for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from checks.probes import (
    SHANGHAI,
    Probe,
    ProbeOutcome,
    WatchVerdict,
    availability,
    days_of,
    monday,
)

MONDAY = date(2018, 6, 4)
OVER = datetime(2018, 6, 11, tzinfo=SHANGHAI)
"""The first instant after the week."""
OK, TIMEOUT, UNVERIFIED = ProbeOutcome.OK, ProbeOutcome.TIMEOUT, ProbeOutcome.UNVERIFIED


def day_of(day: int, outcomes: list[ProbeOutcome], **more: str) -> list[Probe]:
    """Probes at every half hour of one day of the week."""
    start = datetime.combine(MONDAY + timedelta(days=day), datetime.min.time(), SHANGHAI)
    return [
        Probe(
            site_id=more.get("site", "portal"),
            page=more.get("page", "home"),
            url="http://a/",
            at=start + timedelta(minutes=30 * i),
            outcome=outcome,
        )
        for i, outcome in enumerate(outcomes)
    ]


def week(failed: int, *, of: int = 20) -> list[Probe]:
    """A whole week with ``of`` probes a day, the first ``failed`` of which failed."""
    flat = [TIMEOUT] * failed + [OK] * (7 * of - failed)
    return [p for d in range(7) for p in day_of(d, flat[d * of : (d + 1) * of])]


def test_five_percent_exactly_is_a_veto_and_one_failure_less_is_none() -> None:
    assert availability(week(7), "portal", MONDAY, as_of=OVER).verdict is WatchVerdict.VETO
    less = availability(week(6), "portal", MONDAY, as_of=OVER)
    assert less.verdict is WatchVerdict.PASSED
    assert less.share == 428
    assert less.name == "2018-W23"


def test_a_share_that_only_rounds_to_the_limit_is_no_veto() -> None:
    found = availability(week(8, of=23), "portal", MONDAY, as_of=OVER)  # 8/161 = 4.97 %
    assert found.verdict is WatchVerdict.PASSED
    assert "4.96%" in found.reason


def test_what_could_not_be_verified_counts_on_neither_side() -> None:
    probes = week(6) + [p for d in range(7) for p in day_of(d, [UNVERIFIED] * 40)[20:]]
    found = availability(probes, "portal", MONDAY, as_of=OVER)
    assert (found.verified, found.failed, found.unverified) == (140, 6, 140)
    assert found.verdict is WatchVerdict.PASSED


def test_a_day_with_too_few_verified_visits_leaves_the_week_unjudged() -> None:
    short = [p for p in week(140) if not (p.at.day == 6 and p.at.hour == 9)]
    found = availability(short, "portal", MONDAY, as_of=OVER)
    assert found.verdict is WatchVerdict.UNVERIFIED
    assert "06-06" in found.reason


def test_a_week_that_is_not_over_is_not_judged() -> None:
    last = OVER - timedelta(microseconds=1)
    found = availability(week(140), "portal", MONDAY, as_of=last)
    assert found.verdict is WatchVerdict.UNVERIFIED
    assert "本周未满" in found.reason


def test_other_content_is_shown_and_is_no_failure_to_open() -> None:
    probes = week(0) + day_of(0, [ProbeOutcome.HIJACKED, ProbeOutcome.WRONG_TITLE])
    found = availability(probes, "portal", MONDAY, as_of=OVER)
    assert (found.failed, found.altered) == (0, 2)
    assert found.verdict is WatchVerdict.PASSED


def test_key_pages_and_other_sites_are_not_counted_for_the_veto() -> None:
    others = day_of(0, [TIMEOUT] * 40, page="xxgk") + day_of(0, [TIMEOUT] * 40, site="other")
    found = availability(week(0) + others, "portal", MONDAY, as_of=OVER)
    assert found.failed == 0


def test_days_are_those_of_shanghai_and_nothing_after_the_instant_counts() -> None:
    late = datetime(2018, 6, 4, 23, 59, tzinfo=SHANGHAI)
    probes = [
        Probe(site_id="portal", page="home", url="", at=late + timedelta(minutes=i), outcome=OK)
        for i in range(3)
    ]
    first, second = days_of(probes, "portal", MONDAY, 2, as_of=late + timedelta(minutes=1))
    assert (first.opened, second.opened) == (1, 1)


@given(
    st.lists(st.sampled_from(list(ProbeOutcome)), min_size=0, max_size=300),
    st.dates(date(2018, 1, 1), date(2030, 1, 1)),
)
def test_a_veto_is_never_given_without_enough_failures_and_visits(
    outcomes: list[ProbeOutcome], day: date
) -> None:
    start = datetime.combine(monday(day), datetime.min.time(), SHANGHAI)
    probes = [
        Probe(site_id="s", page="home", url="", at=start + timedelta(minutes=33 * i), outcome=o)
        for i, o in enumerate(outcomes)
    ]
    found = availability(probes, "s", day, as_of=start + timedelta(days=7))
    if found.verdict is WatchVerdict.VETO:
        assert all(d.verified >= 20 for d in found.days)
        assert found.failed * 20 >= found.verified
    if found.verdict is WatchVerdict.PASSED:
        assert found.failed * 20 < found.verified
    assert found.verified + found.unverified == len(
        [p for p in probes if p.at < start + timedelta(days=7)]
    )


def test_only_probes_of_this_sites_home_page_are_counted_whatever_they_are_called() -> None:
    for more in ({"site": "a"}, {"site": "z"}, {"page": "a"}, {"page": "z"}):
        (day,) = days_of(day_of(0, [OK, TIMEOUT], **more), "portal", MONDAY, 1, as_of=OVER)
        assert (day.opened, day.failed) == (0, 0), more
    (mine,) = days_of(day_of(0, [OK, TIMEOUT]), "".join(("por", "tal")), MONDAY, 1, as_of=OVER)
    assert (mine.opened, mine.failed) == (1, 1)


def test_the_share_of_failures_is_in_hundredths_of_a_percent_rounded_down() -> None:
    assert availability(week(7), "portal", MONDAY, as_of=OVER).share == 500
    assert availability(week(1), "portal", MONDAY, as_of=OVER).share == 71
    assert "低于 5%" in availability(week(1), "portal", MONDAY, as_of=OVER).reason
