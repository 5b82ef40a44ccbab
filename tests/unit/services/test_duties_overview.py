"""The overview of periodic duties, and what a waiver of a period does to it and to findings."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import cli
from checks.life import Event, EventKind
from checks.waivers import Waiver
from reports.duties import DutiesView, DutyState
from scorecards.life import FindingState, fold
from services.duties import overview
from services.judge import judge_facts, still_standing
from services.waivers import Covering, end, waive_duty
from services.workspace import UsageError, Workspace, shanghai_day
from storage import findings as ledger
from storage import waivers
from storage.models import ScanRow
from tests.unit.services.duties_desk import (
    NEWS,
    PLACES,
    Q1,
    Q4,
    STANDARD,
    reading,
    scanned,
)
from tests.unit.services.offices import NOW

S = DutyState
LATE_Q4 = ("2017年四季度财政收支情况", date(2018, 3, 1))
OTHER = ("部门介绍", date(2018, 1, 5))
Q2 = ("2018年二季度财政收支情况", date(2018, 7, 10))
DOCUMENT = Path(__file__).parents[3] / "docs" / "output.md"


def seen(folder: Path, *rows: tuple[str, date], **duty: Any) -> tuple[Workspace, ScanRow]:
    return scanned(folder, {PLACES[0]: reading(*rows), PLACES[1]: reading(NEWS)}, **duty)


def states(view: DutiesView) -> dict[str, DutyState]:
    return {line.term: line.state for line in view.lines}


def waived(ws: Workspace, duty: str, since: date, until: date | None) -> Waiver:
    done = waive_duty(
        ws,
        ws.config.unit("czj"),
        duty,
        since=since,
        until=until,
        reason="账户并入上级",
        proof="林府办函〔2018〕3号",
        not_applicable=True,
        now=NOW,
    )
    assert done.warnings == ()
    return done.waiver


def test_each_period_is_shown_with_its_state_and_what_met_it(tmp_path: Path) -> None:
    ws, _ = seen(tmp_path, LATE_Q4, Q2)
    view = overview(ws, now=NOW)
    assert states(view) == {
        "2017Q4": S.LATE,
        "2018Q1": S.MISSING,
        "2018Q2": S.MET,
        "2018Q3": S.AHEAD,
    }
    late, missing, _, ahead = view.lines
    assert late.entry is not None
    assert (late.entry.title, late.entry.published) == LATE_Q4
    assert (missing.entry, missing.due, missing.unit_short) == (None, date(2018, 5, 15), "市财政局")
    assert not missing.suspected
    assert ahead.entry is None


def test_an_inferred_duty_is_shown_as_suspected(tmp_path: Path) -> None:
    ws, _ = seen(tmp_path, Q4, unconfirmed=True)
    line = overview(ws, now=NOW).lines[1]
    assert (line.state_words, line.suspected) == ("疑似未公开", True)
    assert "推断" in line.why


def test_what_may_be_it_is_shown_beside_what_could_not_be_verified(tmp_path: Path) -> None:
    ws, _ = seen(tmp_path, Q4, ("财政收支情况", date(2018, 4, 9)))
    line = overview(ws, now=NOW).lines[1]
    assert line.state is S.UNVERIFIED
    assert line.entry is not None
    assert line.entry.title == "财政收支情况"


def test_what_came_due_after_the_last_reading_is_not_known(tmp_path: Path) -> None:
    ws, _ = seen(tmp_path, Q4, Q1)
    assert states(overview(ws, now=NOW))["2018Q2"] is S.AHEAD
    due = overview(ws, now=NOW, day=date(2018, 8, 14))
    assert states(due)["2018Q2"] is S.AHEAD
    after = overview(ws, now=NOW, day=date(2018, 8, 15))
    line = next(x for x in after.lines if x.term == "2018Q2")
    assert line.state is S.UNVERIFIED
    assert "此后没有再读取" in line.why


def test_only_one_units_duties_can_be_asked_for_and_no_day_before_the_first_scan(
    tmp_path: Path,
) -> None:
    ws, _ = seen(tmp_path, Q4)
    assert overview(ws, now=NOW, unit=ws.config.unit("jyj")).lines == ()
    assert len(overview(ws, now=NOW, unit=ws.config.unit("czj")).lines) == 4
    with pytest.raises(UsageError):
        overview(ws, now=NOW, day=date(2018, 7, 31))


@pytest.mark.parametrize("duty", ["财政收支情况", "财政收支", "cz"])
def test_a_waived_period_does_not_apply_and_counts_for_nothing(tmp_path: Path, duty: str) -> None:
    ws, scan = seen(tmp_path, OTHER)
    result = judge_facts(ws, scan, STANDARD)
    both = {f.what for f, _ in still_standing(ws, scan, result)}
    assert both == {"cz 2017Q4", "cz 2018Q1"}
    waived(ws, duty, date(2018, 1, 1), date(2018, 3, 31))
    assert {f.what for f, _ in still_standing(ws, scan, result)} == {"cz 2017Q4"}
    view = overview(ws, now=NOW)
    assert states(view)["2018Q1"] is S.NOT_APPLICABLE
    assert "账户并入上级" in view.lines[1].why
    assert states(view)["2017Q4"] is S.MISSING


def test_a_period_that_ends_a_day_after_the_waivers_is_not_waived(tmp_path: Path) -> None:
    ws, _ = seen(tmp_path, OTHER)
    waived(ws, "cz", date(2018, 1, 1), date(2018, 3, 30))
    assert states(overview(ws, now=NOW))["2018Q1"] is S.MISSING


def test_a_waiver_that_was_ended_waives_nothing(tmp_path: Path) -> None:
    ws, scan = seen(tmp_path, OTHER)
    waiver = waived(ws, "cz", date(2018, 1, 1), None)
    result = judge_facts(ws, scan, STANDARD)
    assert len(list(still_standing(ws, scan, result))) == 1
    end(ws, waiver.id, "恢复", now=NOW)
    assert len(list(still_standing(ws, scan, result))) == 2
    assert states(overview(ws, now=NOW))["2018Q1"] is S.MISSING


def test_a_finding_stays_waived_when_the_waiver_expires_and_stands_again_when_it_is_ended(
    tmp_path: Path,
) -> None:
    ws, scan = seen(tmp_path, Q4)
    waiver = waived(ws, "cz", date(2018, 1, 1), date(2018, 3, 31))
    (finding,) = judge_facts(ws, scan, STANDARD).findings.values()
    found = Event(kind=EventKind.FOUND, at=NOW, recorded_at=NOW, scan_id=scan.id, actor="xunjian")
    book = Covering(ws, waivers.load(ws.engine), shanghai_day(NOW))
    event = book.event(
        None, finding, at=NOW, recorded_at=NOW, scan_id=scan.id, actor="xunjian", more=[found]
    )
    assert event is not None
    mark = finding.fingerprint
    ledger.record(
        ws.engine, scan.id, findings=[finding], events=[(mark, found), (mark, event)], verdicts=[]
    )
    later = datetime(2018, 12, 1, tzinfo=UTC)

    def state(at: datetime) -> FindingState:
        life = fold(ledger.open_state(ws.engine)[mark].events, at)
        assert life is not None
        return life.state

    assert state(later) is FindingState.WAIVED
    _, marks = end(ws, waiver.id, "登记错了", now=later)
    assert marks == [mark]
    assert state(later + timedelta(minutes=1)) is FindingState.OPEN


def test_the_command_prints_it_and_every_key_is_documented(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen(tmp_path, LATE_Q4)
    door = ["--config", str(tmp_path / "lin"), "--data", str(tmp_path / "data"), "--no-color"]
    words = [*door, "duties", "--unit", "市财政局", "--as-of", "2018-08-01"]
    assert cli.run(words) == cli.DONE
    shown = capsys.readouterr().out
    for text in ("财政收支情况", "2018年一季度", "未公开", "逾期公开", "2018-03-01《2017年四季度"):
        assert text in shown
    assert cli.run([*words, "--format", "json"]) == cli.DONE
    data = json.loads(capsys.readouterr().out)
    assert data["schema"] == "xunjian.duties/1"
    section = DOCUMENT.read_text("utf-8").split("### `xunjian.duties/1`")[1].split("###")[0]
    keys = set(re.findall(r'"(\w+)":', json.dumps(data))) - {"schema"}
    assert not {key for key in keys if f"`{key}`" not in section}
    assert cli.run([*words, "--format", "csv"]) == cli.DONE
    assert len(capsys.readouterr().out.splitlines()) == 5
    assert cli.run([*door, "duties", "--unit", "没有的局"]) == cli.BAD_USAGE
