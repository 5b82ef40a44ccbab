"""The written rectification notice: what it lists, its number, and the record that it went out."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import pytest

from checks.life import EventKind
from config.schema import Unit
from scorecards.life import FindingState
from services import notice
from services.notice import Noticed
from services.workspace import UsageError
from storage import findings as ledger
from tests.unit.services.docket import Docket, at


@pytest.fixture
def docket(tmp_path: Path) -> Docket:
    return Docket(tmp_path)


def unit(docket: Docket, unit_id: str = "edu") -> Unit:
    return docket.ws.config.unit(unit_id)


def drafted(docket: Docket, unit_id: str = "edu", *, everything: bool = False) -> Noticed:
    return notice.draft(docket.ws, unit(docket, unit_id), now=docket.now, everything=everything)


def listed(made: Noticed) -> set[str]:
    return {item.fingerprint for item in made.paper.items}


def test_it_lists_what_is_overdue_and_with_all_what_was_told(docket: Docket) -> None:
    late, running, untold = (docket.finding(n) for n in ("a", "b", "c"))
    docket.late(late)
    docket.late(running, deadline=date(2018, 12, 28))
    docket.scan(at(12, 11), [untold], events=[(untold, EventKind.FOUND)])
    assert listed(drafted(docket)) == {late.fingerprint}
    assert listed(drafted(docket, everything=True)) == {late.fingerprint, running.fingerprint}


def test_the_form_has_its_fields_and_room_for_reply_and_re_check(docket: Docket) -> None:
    late = docket.finding("a", snippet="身份证360481199001011234")
    docket.late(late)
    made = drafted(docket)
    read = docx.Document(str(made.file))
    forms = {row.cells[0].text: row.cells[1].text for t in read.tables for row in t.rows}
    assert forms["编号"] == "整改通知2018-001（内部流水号，不是发文字号）"
    assert forms["致"] == "瑞昌市教育局"
    assert forms["检测类型"] == "周检"
    assert forms["整改时限"] == "2018年12月27日前"  # five working days after 20 December
    blank = ("整改措施", "完成时间", "经办岗位", "复查结果", "复查岗位", "复查时间")
    assert [forms[name] for name in blank] == [""] * 6
    row = [c.text for c in read.tables[1].rows[1].cells]
    assert "http://127.0.0.1:9/a.html" in row[2]
    assert "2018-11-05已提醒，要求2018-11-30前整改" in row[5]
    assert not any("360481199001011234" in cell for cell in row)
    assert "通报" in "".join(p.text for p in read.paragraphs)


def test_done_records_it_once_with_its_number_and_deadline(docket: Docket) -> None:
    late = docket.finding("a")
    docket.late(late)
    drafted(docket)
    result = notice.done(docket.ws, unit(docket), now=docket.now)
    assert (result.marked, result.already) == (1, False)
    life = docket.life(late)
    assert (life.state, life.deadline) == (FindingState.REMINDED, date(2018, 12, 27))
    before = ledger.open_state(docket.ws.engine)
    assert before[late.fingerprint].events[-1].data["number"] == "整改通知2018-001"
    assert notice.done(docket.ws, unit(docket), now=docket.now).already
    assert ledger.open_state(docket.ws.engine) == before


def test_what_was_mended_since_the_draft_is_not_recorded_and_told(docket: Docket) -> None:
    late, mended = docket.finding("a"), docket.finding("b")
    docket.late(late, mended)
    drafted(docket)
    docket.tell(mended, EventKind.RECTIFIED, at(12, 20, 8))
    result = notice.done(docket.ws, unit(docket), now=docket.now)
    assert result.marked == 1
    assert [mark for mark, _ in result.left_out] == [mended.fingerprint]
    assert docket.life(mended).state is FindingState.RECTIFIED


def test_numbers_run_through_the_year_and_a_new_draft_keeps_its_number(docket: Docket) -> None:
    docket.late(docket.finding("a"), docket.finding("b", "farm"))
    assert drafted(docket).paper.number == "整改通知2018-001"
    assert drafted(docket, "farm").paper.number == "整改通知2018-002"
    again = drafted(docket)
    assert again.paper.number == "整改通知2018-001"
    notice.done(docket.ws, unit(docket), now=docket.now)
    docket.now = at(12, 29)
    assert drafted(docket).paper.number == "整改通知2018-003"


def test_a_successor_answers_and_a_dissolved_unit_is_sent_to_it(docket: Docket) -> None:
    late = docket.finding("a", "env")
    docket.late(late)
    with pytest.raises(UsageError, match="由市生态环境局承接"):
        drafted(docket, "env")
    made = drafted(docket, "eco")
    assert listed(made) == {late.fingerprint}
    assert made.paper.items[0].description.startswith("（原市环保局）")


def test_nothing_overdue_an_unconfirmed_unit_and_the_trial_run_are_refused(docket: Docket) -> None:
    docket.late(docket.finding("a", "new"))
    with pytest.raises(UsageError, match="没有逾期的问题"):
        drafted(docket)
    with pytest.raises(UsageError, match="未核对"):
        drafted(docket, "new")
    with pytest.raises(UsageError, match="请先 xunjian notice"):
        notice.done(docket.ws, unit(docket), now=docket.now)
    docket.write(trial_run=True)
    with pytest.raises(UsageError, match="试运行"):
        drafted(docket)
