"""Periodic duties on stored facts: what accuses, what is suspected, what stays unsettled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from checks.facts import (
    ColumnReading,
    ColumnState,
    DateState,
    Entry,
    Missing,
    Proof,
    StopReason,
    Unverified,
)
from checks.model import Finding, OutcomeKind
from config.schema import RuleSetting, ScoreClass, Standard
from services.judge import judge_facts
from services.judging.duties import subject_key
from services.workspace import Workspace
from storage import scans
from storage.models import ScanKind, ScanState
from storage.scans import Fetch, ScanWriter
from tests.unit.services.offices import NOW, office

RULE = "missing-periodic"
STANDARD = Standard(
    id="s",
    title="标准",
    basis="依据",
    subject="unit",
    classes=(ScoreClass(id="c", title="类", label="类", cap=10),),
    rules={RULE: RuleSetting(score_class="c", points=1)},
)
DUTIES = """
duties:
  - id: cz
    title: 财政收支情况
    unit: {unit}
    every: quarter
    due_days: 45
    words: [[财政], [收支]]
    places: [{places}]
    basis: 年度报告
    unconfirmed: {unconfirmed}
"""
PLACES = ("platform/czj.jieshao", "platform/czj.dongtai")
ABSENT = Unverified(code=Missing.NOT_CAPTURED, reason="栏目树中没有")
WHOLE = Proof(
    pages_read=1, total_claimed=None, pages_claimed=None, stop=StopReason.END, reader="r",
    share_dated=1.0,
)  # fmt: skip
Q4 = ("2017年四季度财政收支情况", date(2018, 1, 20))
Q1 = ("2018年一季度财政收支情况", date(2018, 4, 20))
NEWS = ("财政局召开会议", date(2018, 7, 1))


def reading(*rows: tuple[str, date], proof: Proof = WHOLE) -> ColumnReading:
    return ColumnReading(
        url="https://xxgk.lin.gov.cn/c.html",
        entries=tuple(
            Entry(
                title=title,
                url=f"https://xxgk.lin.gov.cn/{crc32(title.encode())}.html",
                published=day,
                date_state=DateState.READ,
            )
            for title, day in rows
        ),
        page_lengths=(len(rows),),
        proof=proof,
    )


def judged(
    folder: Path,
    columns: dict[str, ColumnReading | Unverified],
    *,
    unit: str = "czj",
    places: tuple[str, ...] = PLACES,
    unconfirmed: bool = False,
) -> tuple[list[Finding], Any]:
    """The findings, and the rule's outcome."""
    ws: Workspace = office(folder)
    text = DUTIES.format(
        unit=unit, places=", ".join(places), unconfirmed="true" if unconfirmed else "false"
    )
    (folder / "lin" / "duties.yaml").write_text(text, "utf-8")
    scan = scans.begin_scan(
        ws.engine, ScanKind.WEEKLY, NOW, ["portal", "platform"], "s", "c", "r", started_at=NOW
    )
    writers = {site: ScanWriter(ws.engine, None, scan, site) for site in ("portal", "platform")}
    for key, held in columns.items():
        writer = writers[key.partition("/")[0]]
        if held is ABSENT:
            writer.column(key, held, ColumnState.ABSENT)
        elif isinstance(held, Unverified):
            writer.column(key, held, ColumnState.UNVERIFIED)
        else:
            writer.column(key, held, ColumnState.READ, None, None, Fetch(at=NOW, status=200))
    for writer in writers.values():
        writer.flush()
    scans.finish_scan(ws.engine, scan, ScanState.COMPLETE, window_ended=False)
    result = judge_facts(ws, scans.scan(ws.engine, scan), STANDARD)
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
