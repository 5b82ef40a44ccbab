"""A person's answers: understood or refused, appended, and the latest that holds counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from services import answers as service
from services.workspace import UsageError, Workspace
from storage import answers
from storage.answers import Answer
from tests.unit.services.desk import Hand, desk

STANDARD = "inspection-2019"


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
def ws(tmp_path: Path, hand: Hand) -> Workspace:
    return desk(tmp_path, hand)


def say(ws: Workspace, said: str, what: str = "overview.wrong", **more: object) -> Answer:
    return service.answer(ws, what, said, standard_name=STANDARD, **more)[3]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "count"), [("有", 1), ("无", 0), ("3", 3), ("0", 0), (" 是 ", 1), ("收回", None)]
)
def test_what_a_person_says_is_a_count(ws: Workspace, said: str, count: int | None) -> None:
    given = say(ws, said)
    assert (given.count, given.actor, given.site_id) == (count, "tester", "portal")
    assert given.condition == "overview.wrong"
    assert (given.valid_from, given.valid_to) == (date(2018, 6, 4), date(2018, 9, 4))


@pytest.mark.parametrize("said", ["", "大概", "-1", "1.5", "三", "٣", "100001"])
def test_what_is_no_answer_is_refused(ws: Workspace, said: str) -> None:
    with pytest.raises(UsageError, match="不是答案"):
        say(ws, said)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"what": "overview"}, "overview.missing、overview.wrong"),
        ({"what": "overview.wrongs"}, "是不是 overview.wrong？"),
        ({"site_name": "platform"}, "不适用于"),
        ({"site_name": "nowhere"}, "没有站点“nowhere”"),
        ({"until": date(2018, 6, 3)}, "已经过去"),
        ({"points": "0.001"}, "最多两位小数"),
        ({"points": "NaN"}, "最多两位小数"),
        ({"points": "x"}, "写法不对"),
        ({"what": "safety.wording", "site_name": "portal", "points": "1"}, "没有分值"),
        ({"note": "长" * 2001}, "2000 字"),
    ],
)
def test_what_cannot_be_meant_is_told(ws: Workspace, words: dict[str, object], reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        say(ws, "有", **words)
    assert answers.history(ws.engine, STANDARD) == []


def test_an_indicator_of_one_condition_is_called_by_its_own_name(ws: Workspace) -> None:
    assert say(ws, "有", "service-figures").condition == "service-figures.stale"


def test_a_name_that_two_standards_know_needs_the_standard(ws: Workspace) -> None:
    with pytest.raises(UsageError, match="census-2015、inspection-2019"):
        service.answer(ws, "stale-home", "无")
    with pytest.raises(UsageError, match="不是以网站为对象"):
        service.answer(ws, "stale-home", "无", standard_name="ruichang-2018")


def test_points_may_be_set_for_the_whole_condition(ws: Workspace) -> None:
    assert say(ws, "2", points="1.25").points == 125


def test_the_latest_answer_that_holds_counts_and_one_can_be_taken_back(
    ws: Workspace, hand: Hand
) -> None:
    say(ws, "3")
    hand.at += timedelta(hours=1)
    say(ws, "1", until=date(2018, 6, 10))
    place = ("portal", "overview.wrong")

    def holding(day: date) -> int | None:
        found = answers.holding(ws.engine, STANDARD, day).get(place)
        return found.count if found else None

    assert holding(date(2018, 6, 10)) == 1
    assert holding(date(2018, 6, 11)) == 3
    assert holding(date(2018, 9, 4)) == 3
    assert holding(date(2018, 9, 5)) is None
    assert holding(date(2018, 6, 3)) is None
    before = hand.at
    hand.at += timedelta(hours=1)
    say(ws, "收回")
    assert holding(date(2018, 6, 10)) is None
    known = answers.holding(ws.engine, STANDARD, date(2018, 6, 10), known_at=before)
    assert known[place].count == 1
    assert [a.count for a in answers.history(ws.engine, STANDARD)] == [3, 1, None]


def test_answers_of_other_standards_and_sites_stay_apart(ws: Workspace) -> None:
    at = datetime(2018, 6, 4, tzinfo=UTC)
    one = Answer(
        standard="a", condition="x.y", site_id="s", count=0, points=None, note="", actor="甲",
        valid_from=date(2018, 1, 1), valid_to=date(2018, 12, 31), recorded_at=at,
    )  # fmt: skip
    answers.add(ws.engine, [one, replace(one, standard="b", count=1), replace(one, site_id="t")])
    held = answers.holding(ws.engine, "a", date(2018, 6, 4))
    assert {place: a.count for place, a in held.items()} == {("s", "x.y"): 0, ("t", "x.y"): 0}


def test_no_more_can_be_gained_or_lost_than_the_indicator_has(ws: Workspace) -> None:
    assert say(ws, "8", "bonus-release.points").count == 8
    assert say(ws, "有", "bonus-release.points", points="7.5").points == 750
    with pytest.raises(UsageError, match="最多加 8 分：请写 0 到 8 的整数"):
        say(ws, "9", "bonus-release.points")
    with pytest.raises(UsageError, match="不能写成 8\\.5 分"):
        say(ws, "有", "bonus-release.points", points="8.5")
    assert say(ws, "99", "overview.wrong").count == 99  # faults are counted as they are
