"""The waiver ledger on both databases, and what re-checks ask of storage."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine

from checks.waivers import WaiverEvent, WaiverEventKind, WaiverKind
from storage import lookups, scans, waivers
from storage.models import ScanKind, ScanState
from tests.integration.storage.samples import day


def granted(engine: Engine, unit: str = "nyj", until: date | None = None) -> int:
    return waivers.grant(
        engine,
        kind=WaiverKind.NOT_APPLICABLE,
        unit_id=unit,
        duty="医药采购领域",
        period_from=date(2018, 1, 1),
        period_to=until,
        reason="无此业务",
        proof="说明",
        at=day(1),
        recorded_at=day(1),
        actor="信息办",
    )


def event(kind: WaiverEventKind, on: int, evidence: str = "") -> WaiverEvent:
    return WaiverEvent(
        kind=kind,
        at=day(on),
        recorded_at=day(on),
        scan_id=None,
        actor="xunjian",
        reason="因为",
        data={"evidence": evidence},
    )


def test_a_waiver_comes_back_as_it_was_granted_with_its_events_in_order(engine: Engine) -> None:
    first, second = granted(engine), granted(engine, "wjw", date(2018, 12, 31))
    waivers.append(
        engine,
        [
            (first, event(WaiverEventKind.UPHELD, 9)),
            (first, event(WaiverEventKind.CONTESTED, 3, "http://x/1.htm")),
        ],
    )
    one, other = waivers.load(engine)
    assert (one.id, one.unit_id, one.period_to, other.period_to) == (
        first, "nyj", None, date(2018, 12, 31),
    )  # fmt: skip
    assert (one.kind, one.duty, one.proof, one.actor) == (
        WaiverKind.NOT_APPLICABLE, "医药采购领域", "说明", "信息办",
    )  # fmt: skip
    assert [e.kind for e in one.events] == [WaiverEventKind.CONTESTED, WaiverEventKind.UPHELD]
    assert one.events[0].data == {"evidence": "http://x/1.htm"}
    assert waivers.find(engine, second) == other
    assert waivers.load(engine, "wjw") == [other]


def test_an_unknown_waiver_is_told_in_chinese(engine: Engine) -> None:
    with pytest.raises(waivers.WaiverUnknown, match="没有编号为 7 的豁免"):
        waivers.find(engine, 7)


def test_a_re_check_does_not_take_the_place_of_a_scan_that_waits_to_be_resumed(
    engine: Engine,
) -> None:
    def begin(kind: ScanKind, on: int) -> int:
        return scans.begin_scan(engine, kind, day(on), ["portal"], "s", "d", "r")

    broken = begin(ScanKind.WEEKLY, 1)
    scans.finish_scan(engine, broken, ScanState.INTERRUPTED)
    begin(ScanKind.RECHECK, 2)
    waiting = scans.interrupted_scan(engine)
    assert waiting is not None
    assert waiting.id == broken


def test_nothing_is_known_of_an_address_that_no_scan_has_met(engine: Engine) -> None:
    assert lookups.page_at(engine, "http://www.example.gov.cn/x.htm") is None
    assert lookups.page_address(engine, "portal/1") is None
    assert lookups.fetched_keys(engine, 1) == set()
    assert lookups.titles_of_unit(engine, 1, "nyj") == []
