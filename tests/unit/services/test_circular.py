"""The circular: who is named in it, on what proof, and what confirming it marks."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import docx
import pytest

from checks.life import Event, EventKind
from scorecards.life import FindingState
from scorecards.periods import Period
from services import circular
from services.circular import Confirmed, Drafted
from services.proofs import _stood
from services.workspace import UsageError
from storage import circulars as store
from storage import findings as ledger
from storage.models import Sight
from tests.unit.services.docket import Docket, at

Q4 = Period.quarter(2018, 4)
NUMBER = "瑞府办字〔2018〕226号"


@pytest.fixture
def docket(tmp_path: Path) -> Docket:
    return Docket(tmp_path)


def drafted(docket: Docket, period: Period = Q4) -> Drafted:
    return circular.draft(docket.ws, period, now=docket.now)


def confirmed(docket: Docket, number: str = NUMBER, issued_on: date | None = None) -> Confirmed:
    return circular.confirm(docket.ws, Q4, number, now=docket.now, issued_on=issued_on)


def named(made: Drafted) -> set[str]:
    return {n.fingerprint for n in made.paper.named}


def marked(docket: Docket) -> set[str]:
    state = ledger.open_state(docket.ws.engine)
    return {m for m, f in state.items() if any(e.kind is EventKind.CIRCULATED for e in f.events)}


# --- who is named ---------------------------------------------------------------------------------


def test_a_finding_with_its_three_proofs_is_named_with_their_days(docket: Docket) -> None:
    late = docket.finding("a")
    docket.late(late)
    made = drafted(docket)
    only = made.paper.named[0]
    assert (only.fingerprint, only.unit, only.kind) == (
        late.fingerprint,
        "市教育局",
        "排版不合要求",
    )
    assert (only.reminded, only.deadline, only.rechecked) == (
        date(2018, 11, 5), date(2018, 11, 30), date(2018, 12, 10),
    )  # fmt: skip
    assert only.column == "工作动态→政务动态"
    assert made.lacking == ()


@pytest.mark.parametrize("sight", [Sight.CARRIED, Sight.UNVERIFIED])
def test_a_scan_that_did_not_fetch_the_page_is_no_re_check(docket: Docket, sight: Sight) -> None:
    late = docket.finding("a")
    docket.scan(at(11, 1), [late], events=[(late, EventKind.FOUND)])
    docket.tell(late, EventKind.REMINDED, at(11, 5), deadline="2018-11-30")
    docket.scan(at(12, 10), [late], sight=sight)
    made = drafted(docket)
    assert named(made) == set()
    assert [(x.fingerprint, x.missing) for x in made.lacking] == [
        (late.fingerprint, ("整改期限后的复查",))
    ]


def test_a_scan_on_the_last_day_or_before_is_no_re_check(docket: Docket) -> None:
    late = docket.finding("a")
    docket.scan(at(11, 1), [late], events=[(late, EventKind.FOUND)])
    docket.tell(late, EventKind.REMINDED, at(11, 5), deadline="2018-11-30")
    docket.scan(at(11, 30), [late])
    assert named(drafted(docket)) == set()
    docket.scan(at(12, 1), [late])
    assert named(drafted(docket)) == {late.fingerprint}


def test_a_re_check_after_the_units_word_is_proof(docket: Docket) -> None:
    late = docket.finding("a")
    docket.scan(at(11, 1), [late], events=[(late, EventKind.FOUND)])
    docket.tell(late, EventKind.REMINDED, at(11, 5), deadline="2018-11-30")
    docket.tell(late, EventKind.CLAIMED, at(12, 3))
    assert named(drafted(docket)) == set()
    docket.tell(late, EventKind.NOT_MENDED, at(12, 4))
    made = drafted(docket)
    assert named(made) == {late.fingerprint}
    assert made.paper.named[0].rechecked == date(2018, 12, 4)


def test_nobody_is_named_who_was_never_told_or_has_time_left(docket: Docket) -> None:
    untold, running = docket.finding("untold"), docket.finding("running")
    docket.scan(
        at(11, 1), [untold, running], events=[(f, EventKind.FOUND) for f in (untold, running)]
    )
    docket.tell(running, EventKind.REMINDED, at(12, 1), deadline="2018-12-28")
    docket.scan(at(12, 10), [untold, running])
    made = drafted(docket)
    assert named(made) == set()
    assert made.lacking == ()


def test_told_without_a_date_is_listed_as_lacking_and_not_named(docket: Docket) -> None:
    late = docket.finding("a")
    docket.scan(at(11, 1), [late], events=[(late, EventKind.FOUND)])
    docket.tell(late, EventKind.REMINDED, at(11, 5))
    docket.scan(at(12, 10), [late])
    made = drafted(docket)
    assert named(made) == set()
    assert "要求整改日期" in made.lacking[0].missing


@pytest.mark.parametrize(
    "kind",
    [
        EventKind.CLAIMED,
        EventKind.DISPUTED,
        EventKind.RECTIFIED,
        EventKind.REVOKED,
        EventKind.WAIVED,
    ],
)
def test_what_is_claimed_disputed_mended_revoked_or_waived_is_not_named(
    docket: Docket, kind: EventKind
) -> None:
    late, other = docket.finding("a"), docket.finding("b")
    docket.late(late, other)
    docket.tell(late, kind, at(12, 15))
    assert named(drafted(docket)) == {other.fingerprint}


def test_a_unit_that_is_not_confirmed_is_not_named_and_that_is_said(docket: Docket) -> None:
    late = docket.finding("a", "new")
    docket.late(late)
    made = drafted(docket)
    assert named(made) == set()
    assert [(unit, n) for unit, n, _ in made.not_named] == [("市新设局", 1)]
    text = _text(made.file)
    assert "新设局" not in text


def test_what_was_reminded_after_the_period_is_not_of_this_circular(docket: Docket) -> None:
    late = docket.finding("a")
    docket.late(late)
    assert named(drafted(docket, Period.month(2018, 10))) == set()
    assert named(drafted(docket, Period.month(2018, 11))) == {late.fingerprint}


def test_the_successor_answers_and_the_old_name_is_shown(docket: Docket) -> None:
    docket.late(docket.finding("a", "env"))
    made = drafted(docket)
    assert made.paper.named[0].unit == "市生态环境局（原市环保局）"
    assert made.paper.named[0].unit_id == "env"
    assert "市生态环境局（原市环保局）（1个）逾期仍未整改" in _text(made.file)


def test_the_trial_run_refuses(docket: Docket) -> None:
    docket.late(docket.finding("a"))
    docket.write(trial_run=True)
    with pytest.raises(UsageError, match="试运行"):
        drafted(docket)
    with pytest.raises(UsageError, match="试运行"):
        confirmed(docket)


# --- what it says ---------------------------------------------------------------------------------


def _text(file: Path) -> str:
    doc = docx.Document(str(file))
    cells = [c.text for t in doc.tables for row in t.rows for c in row.cells]
    return "\n".join([*(p.text for p in doc.paragraphs), *cells])


def test_the_file_has_the_sections_and_counts_of_the_period(docket: Docket) -> None:
    late, mended = docket.finding("a"), docket.finding("b", "farm")
    docket.late(late, mended)
    docket.tell(mended, EventKind.RECTIFIED, at(12, 12))
    made = drafted(docket)
    text = _text(made.file)
    assert "关于2018年第四季度政府网站和信息公开平台检查情况的通报" in text
    assert "本期共检测2次（周检2次）" in text
    assert "本期查出问题2个，其中排版不合要求2个；经复查已整改1个。" in text
    assert "本期已提醒整改的问题2个，经复查已整改1个，整改率50.0%；逾期未整改1个" in text
    assert "市教育局（1个）逾期仍未整改" in text
    assert "赛湖农场（" not in text
    rows = docx.Document(str(made.file)).tables[0].rows
    assert len(rows) == 2
    assert [c.text for c in rows[1].cells][1:5] == [
        "市教育局",
        "政府网站",
        "工作动态→政务动态",
        "排版不合要求",
    ]
    assert rows[1].cells[10].text == "未改；2018-12-10复查"


def test_hostile_text_of_a_page_reaches_the_file_harmless(docket: Docket) -> None:
    late = docket.finding(
        "a",
        title="公示\x00\u202e<b>x</b>{ HYPERLINK }",
        snippet="身份证360481199001011234，电话13879200000",
        url="javascript:alert(1)",
    )
    docket.late(late)
    made = drafted(docket)
    text = _text(made.file)
    assert "360481199001011234" not in text
    assert "13879200000" not in text
    assert "360***************" in text
    assert "\u202e" not in text
    assert "<b>x</b>" in text
    document = docx.Document(str(made.file))
    assert not [r for r in document.part.rels.values() if "javascript" in str(r.target_ref)]


def test_a_draft_that_a_person_may_have_worked_on_is_not_overwritten(docket: Docket) -> None:
    docket.late(docket.finding("a"))
    first = drafted(docket).file
    first.write_bytes(b"edited")
    second = drafted(docket).file
    assert first != second
    assert first.read_bytes() == b"edited"
    with pytest.raises(UsageError, match="已经有了"):
        circular.draft(docket.ws, Q4, now=docket.now, out=first)


# --- confirming -----------------------------------------------------------------------------------


def test_confirming_marks_exactly_the_findings_of_the_draft(docket: Docket) -> None:
    a, b, untold = docket.finding("a"), docket.finding("b", "farm"), docket.finding("c")
    docket.late(a, b)
    docket.scan(at(12, 11), [untold], events=[(untold, EventKind.FOUND)])
    made = drafted(docket)
    later = docket.finding("d")
    docket.late(later)  # overdue as well, but not of the draft
    done = confirmed(docket)
    assert marked(docket) == {a.fingerprint, b.fingerprint} == named(made)
    assert (done.marked, done.units, done.left_out) == (2, 2, ())
    life = docket.life(a)
    assert (life.state, life.circulars) == (FindingState.CIRCULATED, (NUMBER,))
    row = store.issued(docket.ws.engine)[0]
    assert set(row.findings) == {a.fingerprint, b.fingerprint}
    assert set(row.units) == {"edu", "farm"}
    assert (row.period, row.number, row.issued_on) == ("2018Q4", NUMBER, date(2018, 12, 20))


def test_confirming_twice_changes_nothing(docket: Docket) -> None:
    docket.late(docket.finding("a"))
    drafted(docket)
    confirmed(docket)
    before = ledger.open_state(docket.ws.engine)
    assert confirmed(docket).already
    assert ledger.open_state(docket.ws.engine) == before
    with pytest.raises(UsageError, match="已经按"):
        confirmed(docket, "瑞府办字〔2018〕227号")
    assert ledger.open_state(docket.ws.engine) == before
    assert len(store.issued(docket.ws.engine)) == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (EventKind.RECTIFIED, "已整改"),
        (EventKind.DISPUTED, "申诉中"),
        (EventKind.CLAIMED, "待复核"),
        (EventKind.REVOKED, "撤销"),
    ],
)
def test_what_changed_since_the_draft_is_left_out_and_told(
    docket: Docket, kind: EventKind, words: str
) -> None:
    a, b = docket.finding("a"), docket.finding("b")
    docket.late(a, b)
    drafted(docket)
    docket.tell(a, kind, at(12, 20, 8))
    done = confirmed(docket)
    assert marked(docket) == {b.fingerprint}
    assert [mark for mark, _, _ in done.left_out] == [a.fingerprint]
    assert words in done.left_out[0][2]


def test_a_draft_all_of_whose_findings_changed_is_not_confirmed(docket: Docket) -> None:
    a = docket.finding("a")
    docket.late(a)
    drafted(docket)
    docket.tell(a, EventKind.RECTIFIED, at(12, 20, 8))
    with pytest.raises(UsageError, match="重新起草"):
        confirmed(docket)
    assert store.issued(docket.ws.engine) == []


def test_the_same_number_names_one_circular_only(docket: Docket) -> None:
    docket.late(docket.finding("a"))
    drafted(docket)
    confirmed(docket)
    docket.late(docket.finding("b"))
    drafted(docket)
    with pytest.raises(UsageError, match="已经登记"):
        confirmed(docket)
    assert confirmed(docket, "瑞府办字〔2018〕227号").marked == 1
    numbers = [c.number for c in circular.circulars(docket.ws, now=docket.now).circulars]
    assert sorted(numbers) == [NUMBER, "瑞府办字〔2018〕227号"]


@pytest.mark.parametrize(
    ("number", "issued_on", "words"),
    [
        ("瑞府办字(2018)226号", None, "应写成 瑞府办字〔2018〕226号"),
        ("瑞府办字〔2017〕226号", None, "不是同一年"),
        (NUMBER, date(2018, 12, 21), "不能在今天"),
        (NUMBER, date(2018, 12, 19), "早于起草日"),
    ],
)
def test_a_number_or_day_that_does_not_fit_marks_nothing(
    docket: Docket, number: str, issued_on: date | None, words: str
) -> None:
    docket.late(docket.finding("a"))
    drafted(docket)
    with pytest.raises(UsageError, match=words):
        confirmed(docket, number, issued_on)
    assert marked(docket) == set()
    assert store.issued(docket.ws.engine) == []


def test_an_issue_day_in_the_past_is_the_day_of_the_event(docket: Docket) -> None:
    a = docket.finding("a")
    docket.late(a)
    drafted(docket)
    docket.now = at(12, 24)
    confirmed(docket, issued_on=date(2018, 12, 21))
    event = ledger.open_state(docket.ws.engine)[a.fingerprint].events[-1]
    assert event.kind is EventKind.CIRCULATED
    assert event.at.date() == date(2018, 12, 21)
    assert event.recorded_at == docket.now
    assert event.data["circular_id"] == store.issued(docket.ws.engine)[0].id


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"schema": "x"}', '{"findings": 1}'])
def test_a_draft_that_was_tampered_with_is_refused(docket: Docket, content: str) -> None:
    docket.late(docket.finding("a"))
    kept = drafted(docket).draft
    assert json.loads(kept.read_text(encoding="utf-8"))["period"] == "2018Q4"
    kept.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="重新起草"):
        confirmed(docket)
    kept.unlink()
    with pytest.raises(UsageError, match="没有2018年第四季度的通报草稿"):
        confirmed(docket)
    assert marked(docket) == set()


# --- what people recorded -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "proof"), [("d1", "d1", True), ("d1", "d2", False), (None, None, False)]
)
def test_what_a_person_recorded_is_proved_by_a_look_at_the_very_same_page(
    docket: Docket, before: str | None, after: str | None, proof: bool
) -> None:
    late = docket.finding("a", rule="hand-content")
    docket.late(late)
    scan = docket.scan(at(12, 11), [])
    event = Event(
        kind=EventKind.NOTED, at=at(12, 11), recorded_at=at(12, 11), scan_id=scan, actor="xunjian",
        data={"before": before, "after": after},
    )  # fmt: skip
    assert _stood(ledger.find(docket.ws.engine, late.fingerprint), event) is proof
