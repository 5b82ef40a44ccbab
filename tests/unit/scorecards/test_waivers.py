"""When a waiver holds, what it covers, and what speaks against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.waivers import Waiver, WaiverEvent, WaiverEventKind, WaiverKind
from scorecards.waivers import (
    Shown,
    Standing,
    against,
    covers,
    open_contests,
    overlapping,
    standing,
)

W = WaiverEventKind
START = datetime(2018, 1, 1, 4, 0, tzinfo=UTC)
YEAR = (date(2018, 1, 1), date(2018, 12, 31))


def waiver(duty: str = "platform/nyj.rsrm", *events: WaiverEvent, **changes: object) -> Waiver:
    made = Waiver(
        id=3,
        kind=WaiverKind.NOT_APPLICABLE,
        unit_id="nyj",
        duty=duty,
        period_from=YEAR[0],
        period_to=YEAR[1],
        reason="2018年无人事任免",
        proof="说明",
        at=START,
        recorded_at=START,
        actor="信息办",
        events=events,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def event(kind: WaiverEventKind, day: int, evidence: str = "") -> WaiverEvent:
    at = START + timedelta(days=day)
    return WaiverEvent(
        kind=kind, at=at, recorded_at=at, scan_id=None, actor="t", data={"evidence": evidence}
    )


def entry(title: str, published: date | None = date(2018, 5, 2), **changes: object) -> Shown:
    made = Shown(
        title=title, url=f"http://x/{title}", published=published, column_key=None, where="动态"
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_waiver_holds_from_its_first_day_to_its_last() -> None:
    one = waiver()
    assert standing(one, date(2017, 12, 31)) is Standing.AHEAD
    assert standing(one, YEAR[0]) is Standing.HOLDS
    assert standing(one, YEAR[1]) is Standing.HOLDS
    assert standing(one, date(2019, 1, 1)) is Standing.EXPIRED
    assert standing(waiver(period_to=None), date(2030, 1, 1)) is Standing.HOLDS


def test_one_that_was_ended_holds_no_more_from_that_day_on() -> None:
    one = waiver("x", event(W.ENDED, 10))
    assert standing(one, date(2018, 1, 10)) is Standing.HOLDS
    assert standing(one, date(2018, 1, 11)) is Standing.ENDED


def test_a_contest_ends_nothing_and_waits_until_a_person_has_looked() -> None:
    one = waiver("x", event(W.CONTESTED, 5, "a"), event(W.CONTESTED, 6, "b"))
    assert standing(one, date(2018, 6, 1)) is Standing.CONTESTED
    assert standing(one, date(2018, 6, 1)).holds
    assert open_contests(one) == ("a", "b")
    upheld = replace(one, events=(*one.events, event(W.UPHELD, 7)))
    assert standing(upheld, date(2018, 6, 1)) is Standing.HOLDS
    again = replace(upheld, events=(*upheld.events, event(W.CONTESTED, 8, "c")))
    assert open_contests(again) == ("c",)


@pytest.mark.parametrize(
    ("duty", "covered"),
    [
        ("missing-column", True),
        ("platform/nyj.yycg", True),
        ("f" * 32, True),
        ("医药采购领域", True),
        ("医药采购", True),
        ("医 药 采 购", True),
        ("采购", False),  # part of a name is another's
        ("overdue-column", False),
        ("platform/nyj.yycg2", False),
        ("", False),
    ],
)
def test_a_duty_is_a_rule_a_column_a_finding_or_a_whole_name(duty: str, covered: bool) -> None:
    assert (
        covers(
            waiver(duty),
            unit_id="nyj",
            rule_id="missing-column",
            subject_key="platform/nyj.yycg",
            fingerprint="f" * 32,
            names=("医药采购领域", ""),
        )
        is covered
    )


def test_a_waiver_is_one_unit_s() -> None:
    duty = "missing-column"
    for unit in ("wjw", None):
        assert not covers(
            waiver(duty), unit_id=unit, rule_id=duty, subject_key="k", fingerprint="f"
        )


def test_an_entry_of_the_period_in_the_waived_column_speaks_against_it() -> None:
    one = waiver()
    here = entry("关于张三同志任职的通知", column_key=one.duty)
    elsewhere = entry("关于张三同志任职的通知", column_key="platform/nyj.gzdt")

    def contested(*shown: Shown) -> list[Shown]:
        return against(one, shown, until=date(2018, 6, 4), column_key=one.duty, words="人事任免")

    assert contested(here, elsewhere) == [here]
    assert contested(replace(here, published=date(2017, 12, 31))) == []
    assert contested(replace(here, published=date(2018, 6, 5))) == []  # not yet
    assert contested(replace(here, published=None)) == []
    assert contested(replace(here, title="2018年无人事任免情况的说明")) == []
    assert contested(entry("人事任免公示（第3号）")) != []  # by its words, wherever it stands


def test_the_words_of_a_duty_in_a_title_speak_against_it_and_each_piece_once() -> None:
    one = waiver("排污权交易领域")
    shown = entry("瑞昌市排污权交易结果公告")
    said = against(
        one,
        [shown, entry("环保动态"), entry("我市没有发生排污权交易")],
        until=date(2018, 6, 4),
        column_key=None,
        words=one.duty,
    )
    assert said == [shown]
    told = replace(one, events=(event(W.CONTESTED, 9, shown.url),))
    assert against(told, [shown], until=date(2018, 6, 4), column_key=None, words=one.duty) == []
    waived = replace(one, kind=WaiverKind.WAIVED)  # 豁免 does not say that there was none
    assert against(waived, [shown], until=date(2018, 6, 4), column_key=None, words="排污权") == []


def test_two_waivers_of_one_duty_may_follow_but_not_overlap() -> None:
    old, new = waiver(), waiver(id=0, period_from=date(2019, 1, 1), period_to=None)
    assert overlapping([old], new, date(2018, 6, 1)) == []
    assert overlapping([old], replace(new, period_from=YEAR[1]), date(2018, 6, 1)) == [old]
    ended = replace(old, events=(event(W.ENDED, 3),))
    assert overlapping([ended], replace(new, period_from=YEAR[1]), date(2018, 6, 1)) == []


@given(st.text(), st.text(), st.text())
def test_no_words_however_odd_break_the_comparison(duty: str, title: str, name: str) -> None:
    one = waiver(duty)
    covers(one, unit_id="nyj", rule_id="r", subject_key="k", fingerprint="f" * 32, names=(name,))
    against(one, [entry(title)], until=YEAR[1], column_key=None, words=duty)
