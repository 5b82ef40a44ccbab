"""The engine against a second reckoning, and what must hold of every card, whatever the facts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from config import table_check
from config.schema import Standard
from reports.audit import AuditView, Place, SiteAudit
from reports.machine import as_json
from scorecards.site_card import (
    Column,
    Fault,
    Looked,
    Measured,
    Said,
    SiteCard,
    SiteFacts,
    Stands,
    Unsure,
    Verdict,
)
from tests import recompute
from tests.unit.scorecards.tables import AS_OF, TODAY, card

RULES = ("a", "b", "late", "blank")
CLASSES = ("政策", "动态")
SCOPES = ("page", "column", "unit", "site")
amounts = st.integers(1, 3000).map(lambda cents: cents / 100)
few = st.integers(1, 4)


@st.composite
def conditions(draw: st.DrawFn, id: str, kind: str) -> dict[str, Any]:
    judge = draw(st.sampled_from(("auto", "auto", "assisted", "person")))
    made: dict[str, Any] = {"id": id, "title": id, "judge": judge, "checklist": "看"}
    if judge == "auto" and draw(st.integers(0, 4)) == 0:
        made["measure"] = "week-failures"
        if kind == "veto" or draw(st.booleans()):
            made["at_least"] = draw(st.integers(1, 900)) / 100
        else:
            made["per"] = draw(st.integers(10, 300)) / 100
    elif judge != "person":
        made["rules"] = draw(st.lists(st.sampled_from(RULES), min_size=1, unique=True))
        made["count"] = draw(st.sampled_from(("finding", "subject", "once")))
        if made["count"] == "subject":
            made["each"] = draw(st.integers(1, 2))
        if draw(st.booleans()):
            made["columns"] = draw(st.lists(st.sampled_from(CLASSES), min_size=1, unique=True))
        if draw(st.booleans()):
            made["named"] = ["领导信息"]
        if draw(st.integers(0, 3)) == 0:
            made["scope"] = draw(st.sampled_from(SCOPES))
        made["platform"] = draw(st.booleans())
        made["at_least"] = draw(few)
        made["clears"] = judge == "assisted" and draw(st.booleans())
    if kind != "veto":
        made["points"] = draw(amounts)
        if draw(st.booleans()):
            made["cap"] = draw(amounts)
        made["unconfirmed"] = draw(st.booleans())
    return made


@st.composite
def standards(draw: st.DrawFn) -> dict[str, Any]:
    parts = [
        {"id": "veto", "title": "否决", "kind": "veto"},
        {"id": "deduct", "title": "扣分", "kind": "deduct", "total": 100, "pass_line": 60,
         "once": draw(st.booleans())},
        {"id": "bonus", "title": "加分", "kind": "bonus", "total": 30, "needs_above": 80},
    ]  # fmt: skip
    indicators = []
    for i in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(("veto", "deduct", "deduct", "bonus")))
        x: dict[str, Any] = {
            "id": f"x{i}",
            "part": kind,
            "group": "组",
            "title": f"x{i}",
            "conditions": [draw(conditions(f"c{j}", kind)) for j in range(draw(st.integers(1, 3)))],
        }
        if kind == "bonus" or (kind == "deduct" and draw(st.booleans())):
            x["points"] = draw(amounts)
        if draw(st.integers(0, 5)) == 0:
            x["sites"] = [draw(st.sampled_from(("portal", "platform")))]
        indicators.append(x)
    used = sorted({r for x in indicators for c in x["conditions"] for r in c.get("rules", ())})
    since = draw(st.sampled_from((None, "2018-06-04", "2018-06-05")))
    rules: dict[str, Any] = {r: {} for r in used}
    if used and since:
        rules[used[0]] = {"since": since}
    return {
        "id": "mine", "title": "自定", "basis": "测试", "subject": "site", "parts": parts,
        "rules": rules, "indicators": indicators,
    }  # fmt: skip


keys = st.integers(0, 3).map(lambda i: f"s/{i}")
scoped = keys.map(lambda key: (key, SCOPES[int(key[2:]) % 4 if int(key[2:]) > 2 else 1]))
"""A subject has one scope: the first three are columns."""
doubts = st.sampled_from(((False, False), (False, False), (True, False), (False, True)))


@st.composite
def some_facts(draw: st.DrawFn, standard: dict[str, Any]) -> SiteFacts:
    stands = {f"s/{i}": draw(st.sampled_from(tuple(Stands))) for i in range(6)}
    found = {}
    for i in range(draw(st.integers(0, 14))):
        key, scope = draw(scoped)
        suspected, confirmed = draw(doubts)
        rule = draw(st.sampled_from(RULES))
        found[f"f{i:02}"] = Fault(
            fingerprint=f"f{i:02}", rule_id=rule, subject_key=key, scope=scope,
            stands=stands[key], suspected=suspected, confirmed=confirmed,
        )  # fmt: skip
    unread = {}
    for key, scope in draw(st.lists(scoped, max_size=4)):
        rule = draw(st.sampled_from(RULES))
        unread[rule, key] = Unsure(
            rule_id=rule, subject_key=key, reason="没有读到", scope=scope, stands=stands[key]
        )
    called = [f"{x['id']}.{c['id']}" for x in standard["indicators"] for c in x["conditions"]]
    answers = {
        name: Said(
            count=draw(st.integers(0, 6)),
            points=draw(st.one_of(st.none(), st.integers(1, 900))),
            actor="甲",
            day=TODAY,
            until=TODAY + timedelta(days=9),
        )
        for name in called
        if draw(st.integers(0, 2)) == 0
    }
    return SiteFacts(
        site_id="portal",
        kind="portal",
        faults=tuple(found.values()),
        unsure=tuple(unread.values()),
        looked={r: Looked(judged=draw(st.integers(0, 2))) for r in RULES},
        columns=tuple(
            Column(key=f"s/{i}", category=CLASSES[i % 2], stands=stands[f"s/{i}"],
                   names=("领导信息",) if i == 2 else (f"栏目{i}",))
            for i in range(3)
        ),
        measures={
            "week-failures": Measured(value=draw(st.one_of(st.none(), st.integers(0, 1200))))
        },
        answers=answers,
    )  # fmt: skip


def exported(standard: Standard, given: SiteFacts, made: SiteCard) -> dict[str, Any]:
    """One site as ``xunjian audit --format json`` prints it."""
    places = {
        f.fingerprint: Place(
            fingerprint=f.fingerprint, short_id="", rule_id=f.rule_id, rule_title="",
            scope=f.scope, subject_key=f.subject_key, subject_title="", unit_short="",
            message="", url=None, suspected=f.suspected, confirmed=f.confirmed,
        )
        for f in given.faults
    }  # fmt: skip
    view = AuditView(
        standard=standard, day=TODAY, scan_id=1, scan_kind="周检", as_of=AS_OF,
        measured_from=None, measured_to=None,
        sites=(
            SiteAudit(name="门户", url="", kind_label="", card=made, facts=given, places=places),
        ),
    )  # fmt: skip
    loaded: dict[str, Any] = json.loads(as_json(view))["sites"][0]
    return loaded


@st.composite
def audits(draw: st.DrawFn) -> tuple[dict[str, Any], SiteFacts]:
    raw = draw(standards())
    return raw, draw(some_facts(raw))


def read(raw: dict[str, Any]) -> Standard:
    standard = Standard.model_validate(raw)
    assert not [c for c in table_check.faults(standard) if "合计" not in c[1]]
    return standard


@settings(max_examples=60, deadline=None)
@given(audits())
def test_the_score_can_be_reckoned_again_from_the_export_and_the_file(
    audit: tuple[dict[str, Any], SiteFacts],
) -> None:
    raw, facts = audit
    standard = read(raw)
    made = card(standard, facts)
    file = yaml.safe_load(yaml.safe_dump(raw, allow_unicode=True))
    vetoes, score = recompute.site_score(file, exported(standard, facts, made), TODAY.isoformat())
    assert score == made.score
    assert vetoes == sum(p.vetoed for p in made.parts)


@settings(max_examples=60, deadline=None)
@given(audits())
def test_of_every_card(audit: tuple[dict[str, Any], SiteFacts]) -> None:
    raw, facts = audit
    standard = read(raw)
    made = card(standard, facts)
    for part in made.parts:
        for line in part.indicators:
            assert 0 <= line.deducted <= line.at_worst
            assert line.points is None or line.at_worst <= line.points
            for c in line.conditions:
                assert 0 <= c.deducted <= c.at_worst
                assert c.cap is None or c.deducted <= c.cap
        assert 0 <= part.unconfirmed_deducted <= part.deducted
    if made.score is not None and made.score_low is not None and made.score_high is not None:
        assert 0 <= made.score_low <= made.score <= made.score_high <= 13_000
    else:
        assert made.verdict is Verdict.FAILED
    if made.verdict is Verdict.PASSED:
        assert made.open == 0
    read_all = card(standard, replace(facts, unsure=()))
    assert [p.high for p in read_all.parts] == [p.high for p in made.parts]
    sure = card(standard, replace(facts, faults=tuple(f for f in facts.faults if not f.suspected)))
    assert [p.high for p in sure.parts] == [p.high for p in made.parts]
    assert [p.vetoed for p in sure.parts] == [p.vetoed for p in made.parts]


@settings(max_examples=60, deadline=None)
@given(audits(), st.sampled_from(RULES), st.booleans())
def test_one_finding_more_never_raises_a_score(
    audit: tuple[dict[str, Any], SiteFacts], rule: str, suspected: bool
) -> None:
    """Of a subject that no indicator counts yet. (A column that an indicator takes over from a later
    one may cost less there: that is what counting once, in the file's order, means.)"""
    raw, facts = audit
    standard = read(raw)
    more = Fault(
        fingerprint="zz", rule_id=rule, subject_key="new/1", scope="page", suspected=suspected
    )
    before, after = (
        card(standard, facts),
        card(standard, replace(facts, faults=(*facts.faults, more))),
    )
    for was, now in zip(before.parts, after.parts, strict=True):
        if was.kind == "deduct":
            assert (now.high or 0) <= (was.high or 0)
            assert (now.low or 0) <= (was.low or 0)
        assert now.vetoed >= was.vetoed
