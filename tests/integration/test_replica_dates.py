"""Dates that are not honest, over several scans of the replica; and what a person decides of what is
suspected, by keys that are piped in, remembered by the next scan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from checks.model import Finding
from scorecards.life import FindingState
from services import views
from services.judge import judge_facts
from services.judging.dates import RULES
from storage import scans
from tests.integration.scanning import EVERY_RULE, Office
from tests.replica import Replica, evolve, generate
from tests.replica.compare import compare
from tests.replica.config import write_config
from tests.replica.dates import tamper, truth
from tests.replica.server import serve
from tests.replica.spec import Spec

FIRST, SECOND, THIRD = date(2018, 6, 4), date(2018, 6, 11), date(2018, 6, 12)
STANDARD = ("--standard", "inspection-2019")


@dataclass
class Desk:
    office: Office
    honest: list[Finding]
    tampered: list[Finding]
    replica: Replica
    asked: tuple[str, ...]
    """What these rules suspected, in the order in which it was shown: the first was confirmed, the
    second rejected, the third allowed, the others skipped or not looked at."""
    shown: tuple[str, ...]
    """All that waited for a person, in that order: what other rules suspect was skipped."""
    told: str
    audits: tuple[dict[str, Any], dict[str, Any], dict[str, Any]]
    """The condition that the rules serve: before the decisions, after them, and of the third scan."""
    later: list[Finding]


def judged(office: Office, scan_id: int) -> list[Finding]:
    ws = office.workspace
    row = next(s for s in scans.list_scans(ws.engine) if s.id == scan_id)
    result = judge_facts(ws, row, EVERY_RULE)
    assert not [o for o in result.spoken if "规则内部错误" in o.reason]
    return [f for f in result.findings.values() if f.rule_id in RULES]


def listed(office: Office, *words: str) -> list[dict[str, Any]]:
    done = office.run("review", *STANDARD, "--format", "json", *words)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["suspects"]
    return found


def audited(office: Office) -> dict[str, Any]:
    """The condition of the audit's table that these rules serve."""
    done = office.run("audit", *STANDARD, "--site", "portal", "--format", "json")
    assert done.returncode == 0, done.stderr
    (site,) = json.loads(done.stdout)["sites"]
    return next(
        c
        for part in site["parts"]
        for indicator in part["indicators"]
        for c in indicator["conditions"]
        if c["id"] == "safety.fraud"
    )


def keys(suspects: list[dict[str, Any]]) -> str:
    """What is typed where these are shown one by one: a key that is none before the end, then 退出
    at the fifth of ours."""
    ours = iter(("y\n", "n\n后台记录属实\n", "a\n2\n\n", "s\n", "x\nq\n"))
    typed = []
    for suspect in suspects:
        typed.append(next(ours) if suspect["rule"] in RULES else "s\n")
        if "q" in typed[-1]:
            break
    return "".join(typed)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    place = tmp_path_factory.mktemp("dates")
    replica = generate(Spec(seed=505, pages=2000))
    with serve(replica) as served:
        write_config(replica, place / "config", served.portal, served.platform)
        office = Office(place / "config", place / "data")
        first = office.scan(as_of=FIRST, sites=("portal",))
        honest = judged(office, first.scan_id)
        served.ask(f"/state?day={SECOND}&dates=1")
        second = office.scan(as_of=SECOND, sites=("portal",))
        tampered = judged(office, second.scan_id)
        suspects = listed(office)
        waiting = tuple(s["id"] for s in suspects if s["rule"] in RULES)
        before = audited(office)
        assert len(listed(office, "--rule", "backdated-entry")) == 2
        done = office.run("review", *STANDARD, keys=keys(suspects))
        assert done.returncode == 0, done.stderr
        after = audited(office)
        third = office.scan(as_of=THIRD, sites=("portal",))
        yield Desk(
            office=office,
            honest=honest,
            tampered=tampered,
            replica=tamper(evolve(replica, SECOND)),
            asked=waiting,
            shown=tuple(s["id"] for s in suspects),
            told=done.stdout + done.stderr,
            audits=(before, after, audited(office)),
            later=judged(office, third.scan_id),
        )


def state(desk: Desk, mark: str) -> FindingState:
    return views.finding(desk.office.workspace, mark, now=datetime.now(UTC)).finding.state


def test_a_first_scan_suspects_no_date(desk: Desk) -> None:
    assert desk.honest == []


def test_every_planted_date_is_suspected_and_no_trap(desk: Desk) -> None:
    held = compare(truth(desk.replica), desk.tampered, suspected=True)
    assert held.exact, f"\n{held}"
    assert {t.rule for t in truth(desk.replica)} == set(RULES)


def test_a_later_scan_says_the_same_on_the_same_evidence_but_for_what_is_allowed(
    desk: Desk,
) -> None:
    allowed = desk.asked[2]
    before = {f.fingerprint: f.snippet for f in desk.tampered if f.fingerprint != allowed}
    assert {f.fingerprint: f.snippet for f in desk.later} == before


def test_all_that_is_suspected_waits_and_keys_decide(desk: Desk) -> None:
    assert set(desk.asked) == {f.fingerprint for f in desk.tampered}
    looked = desk.shown.index(desk.asked[4])
    left = len(desk.shown) - looked
    assert (
        f"确认 1，不是问题 1，加入允许清单 1，跳过 {looked - 3}；还有 {left} 个没有看" in desk.told
    )
    assert "没有“x”这个选项" in desk.told
    assert "声称：" in desk.told


def test_the_next_scan_remembers_what_was_decided(desk: Desk) -> None:
    confirmed, rejected, allowed, *others = desk.asked
    assert [s["id"] for s in listed(desk.office) if s["rule"] in RULES] == others
    assert state(desk, confirmed) is FindingState.OPEN
    assert state(desk, rejected) is FindingState.REVOKED
    assert state(desk, allowed) is FindingState.REVOKED


def test_what_was_confirmed_counts_at_once_and_the_rest_never(desk: Desk) -> None:
    before, after, later = desk.audits
    confirmed, _, _, *others = desk.asked
    assert before["places"] == []
    assert set(before["candidates"]) == set(desk.asked)
    for told in (after, later):
        assert told["places"] == [confirmed]
        assert set(told["candidates"]) == set(others)


def test_one_is_decided_without_keys_and_only_with_a_reason(desk: Desk) -> None:
    mark = desk.asked[-1]
    for words in (
        ("--reject", mark),
        ("--list", "--reject", mark, "--because", "x"),
        ("--everywhere",),
        ("--reject", mark, "--because", "没有加标准"),
        (*STANDARD, "--reject", "ffffffffff", "--because", "没有这个"),
    ):
        done = desk.office.run("review", *words)
        assert done.returncode == 2, done.stderr
    done = desk.office.run("review", *STANDARD, "--confirm", mark, "--because", "后台日期不符")
    assert done.returncode == 0, done.stderr
    assert state(desk, mark) is FindingState.OPEN
    assert mark in audited(desk.office)["places"]


def test_an_ended_allowance_lists_it_again(desk: Desk) -> None:
    (entry,) = json.loads(desk.office.run("allow", "list", "--format", "json").stdout)["allowed"]
    assert entry["reason"]
    done = desk.office.run("allow", "end", str(entry["id"]))
    assert done.returncode == 0, done.stderr
    assert desk.asked[2] in {s["id"] for s in listed(desk.office)}
    again = desk.office.run("allow", "end", str(entry["id"]))
    assert again.returncode == 2
