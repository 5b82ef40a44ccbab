"""Others' workbooks: what is ours is noted, what is new enters, what cannot be read is told."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from checks.life import EventKind
from reports.inspections import ImportView
from scorecards.life import FindingState, fold
from services.importing import take_in
from services.workspace import UsageError, Workspace
from storage import findings as ledger
from storage import inspections as kept
from tests.unit.services.offices import (
    NOW,
    PLATFORM,
    PORTAL,
    book,
    column_finding,
    met,
    office,
    page_finding,
    scanned,
)

HEAD = ("单位", "栏目", "问题类型", "问题描述", "网址", "检查时间")
JUNE = datetime(2018, 6, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return office(tmp_path)


def bring(
    ws: Workspace, *rows: tuple[object, ...], name: str = "a.xlsx", **options: object
) -> ImportView:
    path = book(ws.cwd / name, HEAD, *rows)
    return take_in(ws, "third-party", path, **options)  # type: ignore[arg-type]


def ledger_of(ws: Workspace) -> dict[str, list[str]]:
    return {
        f.rule_id + "|" + f.subject_key: [e.kind.value for e in f.events]
        for f in ledger.open_state(ws.engine).values()
    }


LATE = ("市教育局", "工作动态→政务动态", "更新不及时", "超过35天未更新", None, "2018-6-4")


def test_a_row_about_a_column_that_we_found_late_is_noted_there_and_no_second_finding(
    ws: Workspace,
) -> None:
    ours = column_finding()
    scanned(ws, JUNE, [ours])
    view = bring(ws, LATE)
    assert [(r.match, r.fingerprint) for r in view.rows] == [("column", ours.fingerprint)]
    (stored,) = ledger.open_state(ws.engine).values()
    assert [e.kind for e in stored.events] == [EventKind.FOUND, EventKind.NOTED]
    assert "第三方检测也指出" in stored.events[1].reason
    assert "第 2 行" in stored.events[1].reason


def test_a_row_that_is_none_of_ours_becomes_a_finding_of_its_day_and_its_source(
    ws: Workspace,
) -> None:
    bring(ws, LATE)
    (stored,) = ledger.open_state(ws.engine).values()
    assert (stored.rule_id, stored.subject_key) == ("hand-late", "platform/jyj.dongtai")
    assert stored.first_scan is None
    life = fold(stored.events, NOW)
    assert life is not None
    assert life.state is FindingState.OPEN
    assert life.first_found.date() == date(2018, 6, 4)
    assert ledger.sources(ws.engine) == {stored.fingerprint: "third-party"}
    seen = ledger.last_sightings(ws.engine)[stored.fingerprint].finding
    assert (seen.subject.unit_id, seen.message) == ("jyj", "超过35天未更新")


def test_a_dead_link_is_matched_by_the_address_of_the_page_or_of_the_link(ws: Workspace) -> None:
    page, target = f"{PLATFORM}/a/1.html", f"{PLATFORM}/gone.html"
    ours = page_finding("dead-link", page, target)
    met(ws, scanned(ws, JUNE, [ours]), page, "jyj")
    by_page = ("教育局", "", "错链", "链接失效", page.replace("https", "http"), "20180604")
    by_link = ("教育局", "", "死链", "无法打开", target, date(2018, 6, 5))
    other = ("教育局", "", "死链", "无法打开", f"{PLATFORM}/else.html", date(2018, 6, 5))
    view = bring(ws, by_page, by_link, other)
    assert [r.match for r in view.rows] == ["address", "address", "new"]
    assert {r.fingerprint for r in view.rows[:2]} == {ours.fingerprint}
    assert view.rows[2].fingerprint != ours.fingerprint


def test_the_same_address_with_another_kind_of_fault_is_another_finding(ws: Workspace) -> None:
    page = f"{PLATFORM}/a/1.html"
    scanned(ws, JUNE, [page_finding("dead-link", page, "x")])
    view = bring(ws, ("教育局", "", "错别字", "“通知”写成“通只”", page, "2018/6/4"))
    assert view.rows[0].match == "new"
    assert f"hand-content|{page_finding('dead-link', page, 'x').subject.key}" in ledger_of(ws)


def test_what_was_mended_before_they_looked_is_found_again_and_not_the_old_one(
    ws: Workspace,
) -> None:
    ours = column_finding()
    scanned(ws, datetime(2018, 5, 1, tzinfo=UTC), [ours])
    scanned(ws, JUNE, mended=[ours])
    assert bring(ws, LATE).rows[0].match == "new"


def test_what_we_found_a_week_after_them_is_the_same_fault(ws: Workspace) -> None:
    ours = column_finding()
    scanned(ws, datetime(2018, 6, 11, tzinfo=UTC), [ours])
    assert bring(ws, LATE).rows[0].match == "column"


def test_the_same_file_again_changes_nothing_nor_do_its_rows_saved_anew(ws: Workspace) -> None:
    rows = (LATE, ("市财政局", "工作计划", "空白栏目", "无内容", "", "2018.6.4"))
    first = bring(ws, *rows)
    before = ledger_of(ws)
    again = take_in(ws, "third-party", ws.cwd / "a.xlsx")
    assert (again.changed, again.earlier) == (0, NOW)
    assert [r.match for r in again.rows] == [r.match for r in first.rows]
    saved = bring(
        ws,
        rows[1],
        rows[0],
        ("市财政局", "部门介绍", "空白栏目", "空", "", "2018.6.4"),
        name="b.xlsx",
    )
    assert [r.match for r in saved.rows] == ["again", "again", "new"]
    after = ledger_of(ws)
    assert {k: after[k] for k in before} == before
    assert len(after) == len(before) + 1


def test_the_next_inspection_that_names_it_again_is_noted_and_opens_no_second_one(
    ws: Workspace,
) -> None:
    bring(ws, LATE)
    view = bring(ws, (*LATE[:3], "超过79天未更新", None, "2018-7-20"), name="b.xlsx")
    assert view.rows[0].match == "new"
    assert list(ledger_of(ws).values()) == [["found", "noted"]]


def test_rows_that_cannot_be_read_are_told_with_their_number_and_the_rest_is_taken_in(
    ws: Workspace,
) -> None:
    view = bring(
        ws,
        ("教育", "政务动态", "更新不及时", "未更新", "", "2018-6-4"),
        ("市教育局", "政务动态", "", "", "", "2018-6-4"),
        ("市教育局", "政务动态", "更新不及时", "未更新", "", "六月初"),
        ("市教育局", "政务动态", "更新不及时", "未更新", "", "2018-9-4"),
        ("卫健委", "政务动态", "更新不及时", "未更新", "", "2018-6-4"),
        (None, "政务动态", "更新不及时", "未更新", "", "2018-6-4"),
        ("卫计委", "政务动态", "更新不及时", "未更新", "", "2018-6-4"),
    )
    told = {r.row: r.problem for r in view.rows if r.match == "unread"}
    assert list(told) == [2, 3, 4, 5, 6, 7]
    assert "不认识的单位“教育”" in told[2]  # part of a name is no name
    assert "没有问题描述" in told[3]
    assert "六月初" in told[4]
    assert "晚于今天" in told[5]
    assert "2018-06-04 不是有效的单位" in told[6]
    assert "单位空着" in told[7]
    assert [r.unit_id for r in view.rows if r.match == "new"] == ["wjw"]
    (inspection,) = kept.inspections(ws.engine)
    rows = kept.rows(ws.engine, [inspection.id])[inspection.id]
    assert {r.row: r.problem for r in rows if r.match == "unread"} == told
    assert rows[0].cells["as_read"]["单位"] == "教育"


def test_a_row_becomes_readable_when_the_configuration_learns_the_name(ws: Workspace) -> None:
    bring(ws, ("教体局", "政务动态", "更新不及时", "未更新", "", "2018-6-4"), LATE)
    units = ws.cwd / "lin" / "units.yaml"
    units.write_text(units.read_text("utf-8").replace("[教育局]", "[教育局, 教体局]"), "utf-8")
    later = Workspace(ws.settings, ws.cwd, clock=ws.clock)
    view = take_in(later, "third-party", ws.cwd / "a.xlsx")
    assert view.changed == 1
    assert [r.match for r in view.rows] == ["new", "new"]
    assert take_in(later, "third-party", ws.cwd / "a.xlsx").changed == 0


def test_a_row_without_a_unit_is_placed_by_its_page_or_by_a_column_that_one_unit_has(
    ws: Workspace,
) -> None:
    page = f"{PLATFORM}/b/2.html"
    met(ws, scanned(ws, JUNE), page, "czj")
    view = bring(
        ws,
        ("", "", "错别字", "错字", page, "2018-6-4"),
        ("", "政策解读", "更新不及时", "未更新", "", "2018-6-4"),
        ("", "政府文件及“三公”", "更新不及时", "未更新", f"{PORTAL}/zfwj/", "2018-6-4"),
    )
    assert [(r.unit_id, r.column_key) for r in view.rows] == [
        ("czj", None),
        ("zfb", "portal/jiedu"),
        ("zfb", "portal/zfwj"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "政务动态",
        "工作动态→政务动态",
        "工作动态 > 政务动态",
        "工作动态－政务动态",
        "首页/工作动态／政务动态",
        "政务动态栏目",
    ],
)
def test_a_column_is_found_by_name_or_path_within_its_unit(ws: Workspace, text: str) -> None:
    view = bring(ws, ("市财政局", text, "更新不及时", "未更新", "", "2018-6-4"))
    assert view.rows[0].column_key == "platform/czj.dongtai"


def test_a_column_that_its_unit_has_not_leaves_the_unit_and_its_words(ws: Workspace) -> None:
    view = bring(ws, ("市财政局", "政务", "更新不及时", "未更新", "", "2018-6-4"))
    assert (view.rows[0].match, view.rows[0].column_key) == ("new", None)
    (stored,) = ledger.open_state(ws.engine).values()
    assert stored.subject_key == "czj"
    seen = ledger.last_sightings(ws.engine)[stored.fingerprint].finding
    assert seen.message == "栏目“政务”：未更新"


def test_a_trial_reading_writes_nothing(ws: Workspace) -> None:
    view = bring(ws, LATE, dry_run=True)
    assert [r.match for r in view.rows] == ["new"]
    assert ledger_of(ws) == {}
    assert kept.inspections(ws.engine) == []


def test_what_a_person_took_back_stays_so_and_is_named_for_a_second_look(ws: Workspace) -> None:
    ours = column_finding()
    scanned(ws, JUNE, [ours])
    from services.revoke import revoke

    revoke(ws, ours.fingerprint, "栏目另有更新", now=datetime(2018, 6, 2, tzinfo=UTC))
    view = bring(ws, LATE)
    assert view.contested == (ours.fingerprint,)
    stored = ledger.open_state(ws.engine)[ours.fingerprint]
    life = fold(stored.events, NOW)
    assert life is not None
    assert life.state is FindingState.REVOKED


def test_dates_without_a_year_need_a_period_and_a_sheet_without_dates_a_day(ws: Workspace) -> None:
    row = (*LATE[:5], "6.4")
    with pytest.raises(UsageError, match="--date"):
        bring(ws, row)
    assert bring(ws, row, period="2018Q2").rows[0].found_on == date(2018, 6, 4)
    bare = book(ws.cwd / "c.xlsx", HEAD[:5], ("市财政局", "部门介绍", "空白栏目", "空", ""))
    view = take_in(ws, "province", bare, day=date(2018, 7, 2))
    assert view.rows[0].found_on == date(2018, 7, 2)
    assert view.period == "2018Q3"


def test_thousands_of_rows_are_taken_in_at_once_and_a_second_time_change_nothing(
    ws: Workspace,
) -> None:
    scanned(ws, JUNE, [column_finding()])
    rows = [
        ("市教育局", "政务动态", "错别字", f"第{n}处", f"{PLATFORM}/a/{n}.html", "2018-6-4")
        for n in range(2_998)
    ]
    path = book(ws.cwd / "big.xlsx", HEAD, *rows, LATE, ("无此单位", "", "", "x", "", "2018-6-4"))
    began = time.process_time()
    view = take_in(ws, "third-party", path)
    print(f"3,000 rows: {time.process_time() - began:.1f} s of processor time")
    assert view.counts == {"new": 2_998, "column": 1, "unread": 1}
    assert len(ledger.open_state(ws.engine)) == 2_999
    assert take_in(ws, "third-party", path).changed == 0
