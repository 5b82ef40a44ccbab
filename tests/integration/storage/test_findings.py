from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from checks.facts import Missing
from checks.life import Event, EventKind
from checks.model import Finding, Scope, Subject, fingerprint
from storage import findings, scorecards
from storage.findings import (
    Coverage,
    FindingAmbiguous,
    FindingUnknown,
    Tally,
    Verdict,
)
from storage.models import VerdictKind
from storage.scorecards import StoredCard
from tests.integration.storage.samples import begin, day

COLUMN = Subject(
    scope=Scope.COLUMN,
    key="portal/news",
    site_id="portal",
    unit_id="office",
    title="新闻发布",
    url="http://www.example.gov.cn/news/",
)


def finding(what: str = "", message: str = "已30日未更新") -> Finding:
    return Finding(
        fingerprint=fingerprint("overdue-column", COLUMN.key, what),
        rule_id="overdue-column",
        subject=COLUMN,
        what=what,
        message=message,
        path="",
        snippet="",
        url=None,
        suspected=False,
        evidence="ab" * 32,
        in_body=False,
        pages=3,
    )


def event(kind: EventKind, at_day: int, scan_id: int | None) -> Event:
    return Event(
        kind=kind,
        at=day(at_day),
        recorded_at=day(at_day),
        scan_id=scan_id,
        actor="巡检",
        reason="",
        data={"evidence": "ab"},
    )


def test_a_judging_comes_back_as_it_was_recorded(engine: Engine) -> None:
    scan_id = begin(engine)
    verdict = Verdict(
        rule_id="blank-column",
        subject=replace(COLUMN, unit_id=None),
        kind=VerdictKind.UNVERIFIED,
        reason="验证页面",
        code=Missing.WALL,
    )
    tally = Tally(unit_id=None, site_id="portal", rule_id="overdue-column", fine=3, finding=1)
    share = Coverage(unit_id="office", applicable=5, verified=4, not_reached=1)
    found = finding()
    findings.record(
        engine,
        scan_id,
        findings=[found],
        events=[(found.fingerprint, event(EventKind.FOUND, 0, scan_id))],
        verdicts=[verdict],
        tallies=[tally],
        coverage=[share],
    )
    assert findings.sightings(engine, scan_id) == [found]
    assert findings.verdicts(engine, scan_id) == [verdict]
    assert findings.tallies(engine, scan_id) == [tally]
    assert findings.coverage(engine, scan_id) == {"office": share}
    stored = findings.open_state(engine)[found.fingerprint]
    assert (stored.rule_id, stored.subject_key, stored.what) == ("overdue-column", COLUMN.key, "")
    assert (stored.first_scan, stored.first_seen) == (scan_id, day(0))
    assert stored.events == (event(EventKind.FOUND, 0, scan_id),)


def test_judging_a_scan_again_replaces_what_it_said_and_repeats_no_event(engine: Engine) -> None:
    scan_id = begin(engine)
    for message in ("已30日未更新", "已31日未更新"):
        one, two = finding("", message), finding(message, message)
        findings.record(
            engine,
            scan_id,
            findings=[one, two],
            events=[(f.fingerprint, event(EventKind.FOUND, 0, scan_id)) for f in (one, two)],
            tallies=[Tally(unit_id="office", site_id="portal", rule_id="r", finding=1)],
        )
    seen = findings.sightings(engine, scan_id)
    assert {found.message for found in seen} == {"已31日未更新"}
    assert len(seen) == 2
    state = findings.open_state(engine)
    assert len(state) == 3, "a finding once made is never forgotten"
    assert all(len(stored.events) == 1 for stored in state.values())
    assert len(findings.tallies(engine, scan_id)) == 1


def test_a_finding_keeps_its_identity_over_scans_and_its_log_grows(engine: Engine) -> None:
    found = finding()
    for at_day, kind in ((0, EventKind.FOUND), (7, EventKind.RECTIFIED), (14, EventKind.RECURRED)):
        scan_id = begin(engine, day(at_day))
        seen = [] if kind is EventKind.RECTIFIED else [replace(found, message=f"第{at_day}日")]
        findings.record(
            engine,
            scan_id,
            findings=seen,
            events=[(found.fingerprint, event(kind, at_day, scan_id))],
        )
    stored = findings.find(engine, found.fingerprint[:6])
    assert [entry.kind for entry in stored.events] == [
        EventKind.FOUND,
        EventKind.RECTIFIED,
        EventKind.RECURRED,
    ]
    last = findings.last_sightings(engine)
    assert last[found.fingerprint].finding.message == "第14日"
    before = findings.last_sightings(engine, [found.fingerprint, "0" * 32], until=day(10))
    assert before[found.fingerprint].finding.message == "第0日"


def test_what_a_person_does_is_appended(engine: Engine) -> None:
    found = finding()
    findings.add_finding(engine, found, event(EventKind.FOUND, 0, None))
    for at_day in (1, 2):
        findings.add_event(engine, found.fingerprint, event(EventKind.REVOKED, at_day, None))
    stored = findings.find(engine, found.fingerprint)
    assert [entry.kind for entry in stored.events] == [
        EventKind.FOUND,
        EventKind.REVOKED,
        EventKind.REVOKED,
    ]
    assert stored.first_scan is None
    with pytest.raises(FindingUnknown, match="没有编号"):
        findings.add_event(engine, "0" * 32, event(EventKind.REVOKED, 1, None))


def test_a_prefix_names_one_finding_or_says_why_not(engine: Engine) -> None:
    scan_id = begin(engine)
    twins = [replace(finding(str(n)), fingerprint=f"abcdef{n:026x}") for n in range(2)]
    findings.record(engine, scan_id, findings=twins)
    assert findings.find(engine, twins[0].fingerprint.upper()).what == "0"
    with pytest.raises(FindingAmbiguous, match=r"abcdef0+、abcdef0+1"):
        findings.find(engine, "abcdef")
    with pytest.raises(FindingUnknown, match="没有编号以"):
        findings.find(engine, "fedcba")
    for nonsense in ("abcde", "xyzxyz", "abc%_f"):
        with pytest.raises(FindingUnknown, match="不是问题编号"):
            findings.find(engine, nonsense)


def card(unit: str, rules: str = "r1", high: int | None = 9_550) -> StoredCard:
    return StoredCard(
        unit_id=unit,
        standard="ruichang-2018",
        standard_digest="s",
        rules_digest=rules,
        score_high=high,
        score_low=None if high is None else high - 100,
        coverage=9_800,
        payload='{"单位":"办公室"}'.encode(),
    )


def test_scorecards_of_mended_rules_stand_beside_the_old_and_the_last_are_shown(
    engine: Engine,
) -> None:
    assert scorecards.load(engine, None, "ruichang-2018") == []
    scan_id = begin(engine)
    scorecards.save(engine, scan_id, [card("b"), card("a")], day(1))
    scorecards.save(engine, scan_id, [card("a", "r2", None)], day(2))
    assert scorecards.load(engine, scan_id, "ruichang-2018") == [card("a", "r2", None), card("b")]
    later = begin(engine, day(7))
    scorecards.save(engine, later, [card("a", "r2", 100)], day(7))
    assert scorecards.load(engine, None, "ruichang-2018") == [card("a", "r2", 100)]
    assert scorecards.load(engine, None, "census-2015") == []
