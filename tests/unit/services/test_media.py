"""New media accounts: the table there and back, notes by hand, and what a judging makes of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from checks.media_facts import AccountState
from checks.model import OutcomeKind
from config.schema import RuleSetting, ScoreClass, Standard
from services import media
from services.judge import judge_facts
from services.judging.media import subject_key
from services.workspace import UsageError, Workspace
from storage import scans
from tests.unit.services.offices import NOW, book, office, scanned

REGISTER = """
expected: {wechat: 3}
accounts:
  - {id: fb, platform: wechat, name: 林城发布, unit: zfb}
  - {id: jy, platform: wechat, name: 林城教育, unit: jyj}
  - {id: jyw, platform: weibo, name: 林城教育, unit: jyj}
  - {id: old, platform: wechat, name: 林城卫计, unit: wjw, valid_to: 2018-06-30}
"""
HEADERS = ("账号名称", "平台", "主办单位", "查看日期", "最近更新日期", "最近一条标题", "状态")
STANDARD = Standard(
    id="s",
    title="标准",
    basis="依据",
    subject="unit",
    classes=(ScoreClass(id="c", title="类", label="类", cap=10),),
    rules={
        name: RuleSetting(score_class="c", points=1) for name in ("silent-account", "dead-account")
    },
)


def desk(folder: Path, now: datetime = NOW) -> Workspace:
    ws = office(folder, now)
    (folder / "lin" / "media.yaml").write_text(REGISTER, "utf-8")
    return ws


def judged(ws: Workspace) -> dict[tuple[str, str], OutcomeKind]:
    scan = scanned(ws, ws.now())
    rows = {s.id: s for s in scans.list_scans(ws.engine)}
    result = judge_facts(ws, rows[scan], STANDARD)
    found = {(f.rule_id, f.subject.key): OutcomeKind.FINDING for f in result.findings.values()}
    return found | {(o.rule_id, o.subject.key): o.kind for o in result.spoken}


def test_a_table_comes_back_as_it_was_filled_and_twice_is_once(tmp_path: Path) -> None:
    ws = desk(tmp_path)
    file = tmp_path / "表.xlsx"
    assert media.export(ws, file) == 3  # the one that is no longer used is not asked for
    filled = load_workbook(file)
    sheet = filled.active
    assert sheet is not None
    for row in sheet.iter_rows(min_row=2):
        row[4].value = "2018-07-30"
    filled.save(file)
    assert media.take_in(ws, file).new == 3
    again = media.take_in(desk(tmp_path), file)
    assert (again.read, again.new, again.problems) == (3, 0, ())
    view = media.overview(ws, now=NOW)
    assert {(a.id, a.days) for a in view.accounts} == {("fb", 2), ("jy", 2), ("jyw", 2)}
    assert view.missing == ("微信公众号应有 3 个，名册登记 2 个",)


def test_a_row_that_cannot_be_used_is_told_with_its_number_and_the_rest_is_taken(
    tmp_path: Path,
) -> None:
    ws = desk(tmp_path)
    file = book(
        tmp_path / "t.xlsx",
        HEADERS,
        ("林城发布", "微信公众号", "", date(2018, 7, 30), date(2018, 7, 29), "=1+1", ""),
        ("林城教育", "", "", date(2018, 7, 30), date(2018, 7, 29), "", ""),
        ("林城教肓", "微博", "", date(2018, 7, 30), date(2018, 7, 29), "", ""),
        ("林城教育", "微博", "", date(2018, 7, 30), date(2018, 7, 31), "", ""),
        ("林城教育", "微信公众号", "", date(2018, 7, 30), None, "", ""),
        ("林城教育", "微信公众号", "", date(2018, 7, 30), None, "", "打不开或找不到"),
        ("林城教育", "微博", "", date(2018, 8, 2), date(2018, 7, 31), "", ""),
        ("林城教育", "微博", "", None, date(2018, 7, 31), "", ""),
        title="新媒体更新情况",
    )
    view = media.take_in(ws, file)
    told = "\n".join(view.problems)
    assert view.read == 1
    for number, words in (
        (2, "公式"), (3, "请写明平台"), (4, "是不是“林城教育”"), (5, "晚于查看日期"),
        (6, "没有写最近更新日期"), (8, "晚于今天"), (9, "没有写查看日期"),
    ):  # fmt: skip
        assert any(f"第 {number} 行" in p and words in p for p in view.problems), (number, told)
    assert len(view.problems) == 7


def test_a_note_by_hand_is_refused_where_it_contradicts_itself_or_names_nobody(
    tmp_path: Path,
) -> None:
    ws = desk(tmp_path)
    plain = {"platform": None, "seen_on": None, "state": AccountState.ALIVE, "title": ""}
    with pytest.raises(UsageError, match="是不是"):
        media.note(ws, "林城发市", last_on=date(2018, 7, 1), **plain)
    with pytest.raises(UsageError, match="--platform"):
        media.note(ws, "林城教育", last_on=date(2018, 7, 1), **plain)
    with pytest.raises(UsageError, match="晚于查看日期"):
        media.note(ws, "fb", last_on=date(2018, 8, 3), **plain)
    with pytest.raises(UsageError, match="没有写最近更新日期"):
        media.note(ws, "fb", last_on=None, **plain)
    assert media.note(ws, "fb", last_on=date(2018, 7, 1), **plain).name == "林城发布"


def test_a_judging_tells_silent_dead_fine_and_unseen_accounts_apart(tmp_path: Path) -> None:
    ws = desk(tmp_path)
    plain = {"platform": None, "seen_on": None, "state": AccountState.ALIVE, "title": ""}
    media.note(ws, "fb", last_on=date(2018, 7, 17), **plain)
    media.note(ws, "jy", last_on=date(2018, 1, 1), **plain)
    found = judged(ws)
    key = {name: subject_key("portal", name) for name in ("fb", "jy", "jyw", "old")}
    assert found["silent-account", key["fb"]] is OutcomeKind.FINDING
    assert ("dead-account", key["fb"]) not in found
    assert found["dead-account", key["jy"]] is OutcomeKind.FINDING
    assert found["silent-account", key["jy"]] is OutcomeKind.NOT_APPLICABLE
    assert found["silent-account", key["jyw"]] is OutcomeKind.UNVERIFIED
    assert not [k for k in found if k[1] == key["old"]]


def test_the_newest_look_counts_and_one_too_old_says_nothing(tmp_path: Path) -> None:
    ws = desk(tmp_path)
    silent = {"platform": None, "state": AccountState.ALIVE, "title": ""}
    media.note(ws, "fb", last_on=date(2018, 7, 1), seen_on=date(2018, 7, 31), **silent)
    media.note(ws, "fb", last_on=date(2018, 7, 31), seen_on=date(2018, 8, 1), **silent)
    media.note(ws, "jy", last_on=date(2018, 6, 1), seen_on=date(2018, 6, 26), **silent)
    found = judged(ws)
    assert ("silent-account", subject_key("portal", "fb")) not in found
    assert found["silent-account", subject_key("portal", "jy")] is OutcomeKind.UNVERIFIED
    later = datetime(2018, 8, 1, 3, 0, tzinfo=UTC)
    corrected = desk(tmp_path, later)
    media.note(corrected, "fb", last_on=date(2018, 7, 2), seen_on=date(2018, 8, 1), **silent)
    assert judged(corrected)["silent-account", subject_key("portal", "fb")] is OutcomeKind.FINDING
