"""What a person decides of suspected findings, and that it is remembered."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from checks.life import EventKind
from checks.model import Finding, Outcome, OutcomeKind
from commands import reviewing
from commands.door import State
from commands.reviewing import Key
from reports import machine, tables
from reports.review import marked, print_allowed, print_review, print_suspect
from scorecards.life import FindingState
from services import review
from services.cases import Judge, Judgement
from services.review import Wanted
from services.workspace import UsageError, Workspace
from storage import allowed, scans
from storage import findings as ledger
from storage.allowed import AllowanceUnknown, Allowed
from tests.unit.services.docket import Docket, at

ALL = Wanted()
F, S = EventKind.FOUND, FindingState


@pytest.fixture
def docket(tmp_path: Path) -> Iterator[Docket]:
    made = Docket(tmp_path)
    yield made
    made.ws.engine.dispose()


def suspected(docket: Docket, name: str, what: str = "", **more: str) -> Finding:
    found = docket.finding(name, rule="untidy-title", **more)
    mark = review_mark(found, what)
    return replace(found, suspected=True, what=what, fingerprint=mark)


def review_mark(finding: Finding, what: str) -> str:
    from checks.model import fingerprint

    return fingerprint(finding.rule_id, finding.subject.key, what)


def planted(docket: Docket, *findings: Finding) -> int:
    number = docket.scan(at(12, 10), findings)
    for f in findings:
        docket.tell(f, F, at(12, 10), suspected=f.suspected, evidence=f.evidence)
    return number


def waiting(docket: Docket, wanted: Wanted = ALL) -> list[str]:
    return [s.mark for s in review.waiting(docket.ws, wanted, now=docket.now)]


def only(docket: Docket) -> review.Suspect:
    (one,) = review.waiting(docket.ws, ALL, now=docket.now)
    return one


def test_what_is_suspected_waits_and_what_is_certain_does_not(docket: Docket) -> None:
    doubtful, certain = suspected(docket, "a"), docket.finding("b")
    number = planted(docket, doubtful, certain)
    assert waiting(docket) == [doubtful.fingerprint]
    assert waiting(docket, Wanted(scan_id=number)) == [doubtful.fingerprint]
    assert waiting(docket, Wanted(rule_id="untidy-title", unit_id="edu", site_id="portal"))
    for other in (
        Wanted(rule_id="dead-link"),
        Wanted(unit_id="farm"),
        Wanted(site_id="platform"),
    ):
        assert waiting(docket, other) == []


def test_confirmed_it_counts_and_waits_no_more(docket: Docket) -> None:
    finding = suspected(docket, "a")
    planted(docket, finding)
    review.confirm(docket.ws, only(docket), "", now=docket.now)
    assert waiting(docket) == []
    life = docket.life(finding)
    assert (life.state, life.confirmed, life.reason) == (S.OPEN, True, review.SO_IT_IS)
    assert life.actor == "tester"


def test_rejected_it_is_bound_to_the_evidence(docket: Docket) -> None:
    finding = suspected(docket, "a", snippet="两个空格")
    planted(docket, finding)
    review.reject(docket.ws, only(docket), "标题本来如此", now=docket.now)
    assert waiting(docket) == []
    life = docket.life(finding)
    assert (life.state, life.evidence, life.snippet) == (S.REVOKED, "ab" * 32, "两个空格")


def test_nothing_is_decided_twice(docket: Docket) -> None:
    planted(docket, suspected(docket, "a"))
    one = only(docket)
    review.confirm(docket.ws, one, "属实", now=docket.now)
    with pytest.raises(UsageError, match="不用再确认"):
        review.reject(docket.ws, one, "不是", now=docket.now)


def test_what_is_allowed_everywhere_takes_back_the_same_on_other_pages(docket: Docket) -> None:
    first, second = suspected(docket, "a", "乐园"), suspected(docket, "b", "乐园")
    certain = replace(suspected(docket, "c", "乐园"), suspected=False)
    other = suspected(docket, "d", "黄金")
    planted(docket, first, second, certain, other)
    one = next(
        s for s in review.waiting(docket.ws, ALL, now=docket.now) if s.mark == first.fingerprint
    )
    entered = review.allow(docket.ws, one, "地名", everywhere=True, now=docket.now)
    assert entered.revoked == 3
    assert [docket.life(f).state for f in (first, second, certain)] == [S.REVOKED] * 3
    assert waiting(docket) == [other.fingerprint]
    assert "第 1 条" in docket.life(certain).reason


def test_what_is_allowed_in_one_place_stays_suspected_elsewhere(docket: Docket) -> None:
    first, second = suspected(docket, "a", "乐园"), suspected(docket, "b", "乐园")
    planted(docket, first, second)
    one = next(
        s for s in review.waiting(docket.ws, ALL, now=docket.now) if s.mark == first.fingerprint
    )
    review.allow(docket.ws, one, "", everywhere=False, now=docket.now)
    assert waiting(docket) == [second.fingerprint]


def test_no_rule_is_silenced_by_allowing_a_whole_subject_everywhere(docket: Docket) -> None:
    planted(docket, suspected(docket, "a"))
    with pytest.raises(UsageError, match="整个对象"):
        review.allow(docket.ws, only(docket), "都行", everywhere=True, now=docket.now)
    assert allowed.load(docket.ws.engine) == []
    with pytest.raises(ValueError, match="names what"):
        allowed.add(
            docket.ws.engine, rule_id="dead-link", what="", subject_key="", reason="x", actor="t", at=docket.now,
        )  # fmt: skip


def test_an_ended_allowance_gives_back_what_it_took_and_nothing_else(docket: Docket) -> None:
    first, second = suspected(docket, "a", "乐园"), suspected(docket, "b", "乐园")
    planted(docket, first, second)
    found = {s.mark: s for s in review.waiting(docket.ws, ALL, now=docket.now)}
    review.reject(docket.ws, found[second.fingerprint], "不是", now=docket.now)
    review.allow(docket.ws, found[first.fingerprint], "地名", everywhere=True, now=docket.now)
    assert review.end_allowance(docket.ws, 1, now=docket.now) == 1
    assert docket.life(first).state is S.SUSPECTED
    assert docket.life(second).state is S.REVOKED
    for number in (1, 2):
        with pytest.raises(AllowanceUnknown, match=str(number)):
            review.end_allowance(docket.ws, number, now=docket.now)


def test_an_allowance_covers_its_rule_its_thing_and_its_place() -> None:
    def entry(what: str, key: str) -> allowed.Allowance:
        return allowed.Allowance(
            id=1, rule_id="r", what=what, subject_key=key, reason="", actor="", recorded_at=at(1, 1)
        )

    assert entry("w", "").covers("r", "w", "page:1")
    assert entry("", "page:1").covers("r", "w", "page:1")
    assert entry("w", "").covers("r", "w @ html>body>div", "portal")
    assert not entry("w", "page:1").covers("r", "w @ html", "page:1")
    assert not entry("w", "").covers("q", "w", "page:1")
    assert not entry("w", "").covers("r", "wx", "page:1")
    assert not entry("w", "page:1").covers("r", "w", "page:2")
    assert Allowed([entry("w", "")]).of("r", "w", "x") == entry("w", "")
    assert Allowed([entry("w", "")]).of("q", "w", "x") is None


# --- judging --------------------------------------------------------------------------------------


def judge_of(docket: Docket, number: int, *entries: allowed.Allowance) -> Judge:
    ws = docket.ws
    row = scans.scan(ws.engine, number)
    return Judge(ws.config, ws.standard(), row, at(1, 1).date(), allowed=Allowed(entries))


def outcome(*findings: Finding) -> Outcome:
    sure = any(not f.suspected for f in findings)
    return Outcome(
        rule_id="untidy-title",
        subject=findings[0].subject,
        kind=OutcomeKind.FINDING if sure else OutcomeKind.SUSPECTED,
        findings=findings,
    )


def test_judging_drops_what_is_allowed_and_mends_nothing_by_it(docket: Docket) -> None:
    doubtful = suspected(docket, "a", "乐园")
    certain = replace(suspected(docket, "a", "黄金"), suspected=False)
    number = planted(docket, doubtful)
    entry = allowed.Allowance(
        id=7, rule_id="untidy-title", what="黄金", subject_key="", reason="", actor="",
        recorded_at=at(1, 1),
    )  # fmt: skip
    judge = judge_of(docket, number, entry)
    judge.take(outcome(doubtful, certain), None)
    assert set(judge.result.findings) == {doubtful.fingerprint}
    assert certain.fingerprint in judge.result.unsettled
    (tally,) = judge.result.tallies.values()
    assert dict(tally) == {OutcomeKind.SUSPECTED: 1}

    alone = judge_of(docket, number, entry)
    alone.take(outcome(certain), None)
    assert not alone.result.findings
    (tally,) = alone.result.tallies.values()
    assert dict(tally) == {OutcomeKind.FINE: 1}
    assert alone.result.spoken[0].reason == "已列入允许清单 1 处"

    without = judge_of(docket, number)
    without.take(outcome(doubtful, certain), None)
    assert set(without.result.findings) == {doubtful.fingerprint, certain.fingerprint}
    assert not without.result.unsettled


def judged(*findings: Finding) -> Judgement:
    result = Judgement()
    for f in findings:
        result.findings[f.fingerprint] = f
        result.measured[f.fingerprint] = at(12, 10)
        result.fresh.add((f.rule_id, f.subject.key))
    return result


def foreign(docket: Docket, name: str) -> Finding:
    """Of a rule that the city's own standard does not judge."""
    found = docket.finding(name, rule="dead-account", message="打不开")
    return replace(found, suspected=True)


def test_what_an_audit_suspects_enters_the_ledger_with_the_decision(docket: Docket) -> None:
    ws = docket.ws
    row = scans.scan(ws.engine, docket.scan(at(12, 10), []))
    finding = foreign(docket, "a")
    result = judged(finding)
    (one,) = review.suspects(ws, row, result)
    assert ledger.open_state(ws.engine) == {}
    review.confirm(ws, one, "打过电话", now=docket.now)
    assert review.suspects(ws, row, result) == []
    stored = ledger.open_state(ws.engine)[finding.fingerprint]
    assert [e.kind for e in stored.events] == [EventKind.FOUND, EventKind.CONFIRMED]
    # It counts in an audit of that very scan.
    assert {e.at for e in stored.events} == {row.as_of}


def test_what_an_audit_suspects_and_is_allowed_is_in_the_ledger_too(docket: Docket) -> None:
    ws = docket.ws
    row = scans.scan(ws.engine, docket.scan(at(12, 10), []))
    finding = foreign(docket, "a")
    (one,) = review.suspects(ws, row, judged(finding))
    assert review.allow(ws, one, "", everywhere=False, now=docket.now).revoked == 1
    assert docket.life(finding).state is S.REVOKED
    review.end_allowance(ws, 1, now=docket.now)
    assert [s.mark for s in review.suspects(ws, row, judged(finding))] == [finding.fingerprint]


def test_what_a_standard_leaves_to_a_person_is_asked_however_sure(docket: Docket) -> None:
    ws = docket.ws
    row = scans.scan(ws.engine, docket.scan(at(12, 10), []))
    sure = replace(foreign(docket, "a"), suspected=False)
    assert review.suspects(ws, row, judged(sure)) == []
    (one,) = review.suspects(ws, row, judged(sure), {sure.rule_id})
    review.confirm(ws, one, "", now=docket.now)
    assert docket.life(sure).confirmed
    assert review.asked(ws.standard("inspection-2019")) >= {"backdated-entry", "recycled-text"}
    assert "overdue-column" not in review.asked(ws.standard("inspection-2019"))


def test_a_rejected_suspect_of_an_audit_comes_again_only_with_other_evidence(
    docket: Docket,
) -> None:
    ws = docket.ws
    row = scans.scan(ws.engine, docket.scan(at(12, 10), []))
    finding = foreign(docket, "a")
    (one,) = review.suspects(ws, row, judged(finding))
    review.reject(ws, one, "不是", now=docket.now)
    later = scans.scan(ws.engine, docket.scan(at(12, 17), []))
    assert review.settle(ws, later, judged(finding)) == 0
    assert review.suspects(ws, later, judged(finding)) == []
    changed = judged(replace(finding, evidence="cd" * 32))
    assert review.settle(ws, later, changed) == 1
    assert review.settle(ws, later, changed) == 0
    assert [s.mark for s in review.suspects(ws, later, changed)] == [finding.fingerprint]


def test_what_an_audit_no_longer_sees_is_mended_and_may_come_back(docket: Docket) -> None:
    ws = docket.ws
    first = scans.scan(ws.engine, docket.scan(at(12, 10), []))
    finding = foreign(docket, "a")
    (one,) = review.suspects(ws, first, judged(finding))
    review.confirm(ws, one, "", now=docket.now)
    gone = judged(finding)
    gone.findings.clear()
    second = scans.scan(ws.engine, docket.scan(at(12, 17), []))
    unread = Judgement()
    assert review.settle(ws, second, unread) == 0
    assert review.settle(ws, second, gone) == 1
    assert docket.life(finding).state is S.RECTIFIED
    # An older scan judged again says nothing of what was decided since.
    assert review.settle(ws, first, judged(finding)) == 0
    third = scans.scan(ws.engine, docket.scan(at(12, 18), []))
    assert review.settle(ws, third, judged(finding)) == 1
    assert [s.mark for s in review.suspects(ws, third, judged(finding))] == [finding.fingerprint]


# --- the terminal ---------------------------------------------------------------------------------


@pytest.fixture
def terminal(docket: Docket) -> Iterator[Workspace]:
    before = getattr(State, "workspace", None)
    State.workspace = docket.ws
    yield docket.ws
    if before is None:
        del State.workspace
    else:
        State.workspace = before


def press(docket: Docket, keys: str) -> dict[Key, int]:
    found = review.waiting(docket.ws, ALL, now=docket.now)
    return dict(reviewing._one_by_one(found, io.StringIO(keys)))


def test_keys_decide_one_after_the_other(
    docket: Docket, terminal: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("a", "b", "c", "d", "e")
    made = [suspected(docket, n, "乐园" if n != "e" else "") for n in names]
    planted(docket, *made)
    order = [s.mark for s in review.waiting(docket.ws, ALL, now=docket.now)]
    done = press(docket, "y\nＮ\n标题如此\n?\ns\na\n1\n\n跳过\n")
    assert done == {Key.CONFIRM: 1, Key.REJECT: 1, Key.SKIP: 2, Key.ALLOW: 1}
    by_mark = {f.fingerprint: docket.life(f) for f in made}
    states = [by_mark[m].state for m in order]
    assert states == [S.OPEN, S.REVOKED, S.SUSPECTED, S.REVOKED, S.SUSPECTED]
    assert by_mark[order[1]].reason == "标题如此"
    assert review.PROPER in by_mark[order[3]].reason
    told = capsys.readouterr()
    assert "没有“?”这个选项" in told.err
    assert "1/5" in told.out


@pytest.mark.parametrize("keys", ["", "q\n", "n\n", "a\n", "a\n2\n", "x"])
def test_the_end_of_the_input_decides_nothing(
    docket: Docket, terminal: Workspace, keys: str
) -> None:
    finding = suspected(docket, "a", "乐园")
    planted(docket, finding)
    assert press(docket, keys) == {}
    assert docket.life(finding).state is S.SUSPECTED
    assert allowed.load(docket.ws.engine) == []


def test_what_somebody_else_decided_meanwhile_is_told_and_passed(
    docket: Docket, terminal: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    planted(docket, suspected(docket, "a"))
    found = review.waiting(docket.ws, ALL, now=docket.now)
    review.confirm(docket.ws, found[0], "", now=docket.now)
    assert not reviewing._one_by_one(found, io.StringIO("n\n\n"))
    assert "不用再确认" in capsys.readouterr().err


def printed(show: object, *args: object) -> str:
    out = Console(file=io.StringIO(), width=100, markup=False)
    show(out, *args)  # type: ignore[operator]
    return out.file.getvalue()  # type: ignore[attr-defined]


def test_a_suspect_is_shown_with_its_evidence_and_what_it_would_mean(docket: Docket) -> None:
    finding = suspected(docket, "a", "乐园", snippet="关于乐园的通知\n第二行 \x1b[31m红")
    planted(docket, finding)
    view = review.view_of(docket.ws, ALL, [only(docket)])
    words = printed(print_suspect, view.suspects[0], 1, 1)
    for part in ("关于【乐园】的通知", "第二行", "第 1 次检测", "依据", "误判", "市教育局"):
        assert part in words
    assert "\x1b" not in words
    assert "乐园" not in marked("别的", "乐园")
    assert marked("乐园乐园", "乐园") == "【乐园】乐园"
    assert finding.fingerprint[:8] in printed(print_review, view)
    assert "没有等人确认" in printed(print_review, replace(view, suspects=()))


def test_scripts_get_the_list_and_the_documented_keys(docket: Docket) -> None:
    planted(docket, suspected(docket, "=a", "乐园"))
    one = only(docket)
    view = review.view_of(docket.ws, ALL, [one])
    review.allow(docket.ws, one, "地名", everywhere=False, now=docket.now)
    entries = review.allowances(docket.ws)
    document = (Path(__file__).parents[3] / "docs" / "output.md").read_text(encoding="utf-8")
    for shown, key in ((view, "suspects"), (entries, "allowed")):
        data = json.loads(machine.as_json(shown))
        assert f"`{data['schema']}`" in document
        assert len(data[key]) == 1
        keys = {*data, *data[key][0], *(k for look in data[key][0].get("looks", ()) for k in look)}
        assert not {k for k in keys if f"`{k}`" not in document}
        assert len(tables.as_csv(shown).decode("utf-8-sig").splitlines()) == 2
    assert "关于=a的通知" in printed(print_allowed, entries)
    assert "是空的" in printed(print_allowed, replace(entries, entries=()))


def test_a_number_names_one_suspect_or_says_what_to_type(docket: Docket) -> None:
    first, second = suspected(docket, "a"), suspected(docket, "b")
    planted(docket, first, second)
    found = review.called(docket.ws, ALL, first.fingerprint[:10].upper(), now=docket.now)
    assert found.mark == first.fingerprint
    for prefix in ("", "zz", "ffffffffffffffffffff"):
        with pytest.raises(UsageError, match="--list"):
            review.called(docket.ws, ALL, prefix, now=docket.now)
