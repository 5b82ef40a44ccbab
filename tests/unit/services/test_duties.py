"""Periodic duties on stored facts: what accuses, what is suspected, what stays unsettled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from checks.facts import ColumnReading, Missing, StopReason, Unverified
from checks.model import Finding, OutcomeKind
from services.judge import judge_facts
from services.judging.duties import subject_key
from tests.unit.services.duties_desk import (
    ABSENT,
    NEWS,
    PLACES,
    Q1,
    Q4,
    RULE,
    STANDARD,
    WHOLE,
    reading,
    scanned,
)


def judged(
    folder: Path, columns: dict[str, ColumnReading | Unverified], **duty: Any
) -> tuple[list[Finding], Any]:
    """The findings, and the rule's outcome."""
    ws, scan = scanned(folder, columns, **duty)
    result = judge_facts(ws, scan, STANDARD)
    (outcome,) = [o for o in result.spoken if o.rule_id == RULE] or [None]
    return [f for f in result.findings.values() if f.rule_id == RULE], outcome


def test_one_met_in_another_of_its_places_is_met_and_the_missing_one_is_told(
    tmp_path: Path,
) -> None:
    found, _ = judged(tmp_path, {PLACES[0]: reading(Q4), PLACES[1]: reading(NEWS)})
    (finding,) = found
    assert finding.what == "cz 2018Q1"
    assert not finding.suspected
    assert finding.subject.key == subject_key("platform", "cz")
    assert "2 个栏目共 2 条信息" in finding.message


def test_both_met_is_nothing_at_all(tmp_path: Path) -> None:
    assert judged(tmp_path, {PLACES[0]: reading(Q4), PLACES[1]: reading(Q1)})[0] == []


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (reading(NEWS, proof=replace(WHOLE, scripted=True)), "脚本"),
        (reading(NEWS, proof=replace(WHOLE, confidence=0.5)), "把握不足"),
        (reading(NEWS, proof=replace(WHOLE, stop=StopReason.FAILED)), "没有取得"),
        (reading(NEWS, proof=replace(WHOLE, total_claimed=9)), "没有读到末页"),
        (reading(), "没有证实"),
        (reading(proof=replace(WHOLE, empty_mark="暂无信息")), "没有证实"),
        (Unverified(code=Missing.WALL, reason="防护验证"), "防护验证"),
    ],
    ids=["scripted", "unsure", "failed", "claims more", "blank", "blank once", "wall"],
)
def test_a_list_that_is_not_surely_whole_accuses_nobody(
    tmp_path: Path, second: ColumnReading | Unverified, why: str
) -> None:
    found, outcome = judged(tmp_path, {PLACES[0]: reading(Q4), PLACES[1]: second})
    assert found == []
    assert outcome.kind is OutcomeKind.UNVERIFIED
    assert why in outcome.reason


def test_what_an_unsure_list_shows_is_published_all_the_same(tmp_path: Path) -> None:
    unsure = reading(Q1, proof=replace(WHOLE, confidence=0.5))
    found, outcome = judged(tmp_path, {PLACES[0]: reading(Q4), PLACES[1]: unsure})
    assert found == []
    assert outcome is None or outcome.kind is OutcomeKind.FINE


def test_a_list_that_is_proven_empty_is_whole(tmp_path: Path) -> None:
    empty = reading(proof=replace(WHOLE, empty_mark="暂无信息", confirmed=True))
    found, _ = judged(tmp_path, {PLACES[0]: reading(Q4), PLACES[1]: empty})
    assert [f.what for f in found] == ["cz 2018Q1"]


def test_a_column_that_nobody_read_accuses_nobody(tmp_path: Path) -> None:
    found, outcome = judged(tmp_path, {PLACES[0]: reading(Q4)})
    assert found == []
    assert outcome.kind is OutcomeKind.UNVERIFIED


def test_where_no_column_was_found_nothing_is_known(tmp_path: Path) -> None:
    found, outcome = judged(tmp_path, {PLACES[0]: ABSENT, PLACES[1]: ABSENT})
    assert found == []
    assert "一个也没有找到" in outcome.reason


def test_where_one_column_was_not_found_a_person_looks_first(tmp_path: Path) -> None:
    (finding,) = judged(tmp_path, {PLACES[0]: reading(Q4), PLACES[1]: ABSENT})[0]
    assert finding.suspected
    assert "可能改了名称" in finding.message
    assert "1 个栏目共 1 条信息" in finding.message


def test_a_duty_whose_unit_was_inferred_is_suspected_and_says_so(tmp_path: Path) -> None:
    columns: dict[str, ColumnReading | Unverified] = {
        PLACES[0]: reading(Q4),
        PLACES[1]: reading(NEWS),
    }
    (finding,) = judged(tmp_path, columns, unconfirmed=True)[0]
    assert finding.suspected
    assert "责任单位是推断的" in finding.message


def test_the_columns_of_a_unit_that_is_no_more_are_not_looked_through(tmp_path: Path) -> None:
    found, outcome = judged(
        tmp_path,
        {"portal/jiedu": reading(NEWS)},
        unit="wjw",
        places=("portal/jiedu", "platform/wjw.*"),
    )
    assert found == []
    assert "platform/wjw.*" in outcome.reason


def test_the_unit_that_took_over_is_suspected_only(tmp_path: Path) -> None:
    found, _ = judged(
        tmp_path, {"portal/jiedu": reading(NEWS)}, unit="wjw", places=("portal/jiedu",)
    )
    assert {f.subject.unit_id for f in found} == {"wjk"}
    assert all(f.suspected and "已撤并" in f.message for f in found)
    assert len(found) == 2
