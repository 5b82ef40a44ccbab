"""Availability as a clerk and a script read it: from stored probes to the screen."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from checks.probes import SHANGHAI, Probe, ProbeOutcome
from config.settings import Settings
from reports import machine
from reports.availability import print_availability, print_site
from reports.sheet import console
from reports.tables import as_csv
from services import availability
from services.workspace import UsageError, Workspace
from storage.probes import add_probes

NOW = datetime(2018, 6, 13, 12, tzinfo=SHANGHAI)
"""A Wednesday; the week before is 2018-W23."""
MONDAY = datetime(2018, 6, 4, tzinfo=SHANGHAI)
HOSTILE = "标题是\u202e“\x1b[31m=HYPERLINK(1)”"


def probes(start: datetime, outcomes: list[ProbeOutcome], **more: Any) -> list[Probe]:
    return [
        Probe(
            site_id="portal",
            page="home",
            url="https://www.ruichang.gov.cn/",
            at=start + timedelta(hours=i),
            outcome=o,
            detail="" if o is ProbeOutcome.OK else HOSTILE,
            **more,
        )
        for i, o in enumerate(outcomes)
    ]


@pytest.fixture
def ws(tmp_path: Path) -> Iterator[Workspace]:
    """Ruichang, a week in which 10 of 168 visits failed, and the first days of the next."""
    ws = Workspace(Settings(data=tmp_path), tmp_path)
    ok = [ProbeOutcome.OK] * 168
    ok[5:15] = [ProbeOutcome.STATUS] * 10
    ok[30] = ProbeOutcome.UNVERIFIED
    until = datetime(2018, 6, 30, tzinfo=UTC)
    add_probes(ws.engine, probes(MONDAY, ok, certificate_until=until))
    this = [ProbeOutcome.OK] * 24 + [ProbeOutcome.UNVERIFIED] * 24 + [ProbeOutcome.HIJACKED] * 4
    add_probes(ws.engine, probes(MONDAY + timedelta(days=7), this))
    yield ws
    ws.engine.dispose()


def shown(show: Any, view: object, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, errors="strict")
    show(console(stream, width=110, color=False), view)
    stream.flush()
    return raw.getvalue().decode(encoding)


def site(ws: Workspace) -> Any:
    found = availability.find_site(ws, "中国瑞昌网")
    assert found is not None
    return availability.site_view(ws, found, now=NOW)


def test_a_site_is_found_by_id_name_and_host_and_by_nothing_else(ws: Workspace) -> None:
    for text in ("portal", "中国瑞昌网", "https://www.ruichang.gov.cn/"):
        try:
            found = availability.find_site(ws, text.rstrip("/"))
        except UsageError as error:
            pytest.fail(str(error))
        assert found is not None
        assert found.id == "portal"
    assert availability.find_site(ws, "瑞昌") is None
    with pytest.raises(UsageError, match="platform"):
        availability.find_site(ws, "www.ruichang.gov.cn")


def test_the_week_that_the_veto_rests_on_is_read_from_storage(ws: Workspace) -> None:
    week = availability.week_watch(ws, "portal", MONDAY.date(), as_of=NOW)
    assert (week.verified, week.failed, week.verdict.value) == (167, 10, "veto")
    early = availability.week_watch(ws, "portal", MONDAY.date(), as_of=MONDAY + timedelta(days=3))
    assert early.verdict.value == "unverified"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_one_site_shows_its_strip_its_ratio_its_failures_and_its_certificate(
    ws: Workspace, encoding: str
) -> None:
    text = shown(print_site, site(ws), encoding)
    lines = text.splitlines()
    assert any("2018-W23" in li and "▁██████" in li and "5.98%" in li for li in lines), text
    assert any("2018-W24" in li and "█·█----" in li for li in lines), text
    assert "站点无法访问" in text
    assert "2018-06-30 到期，还有 17 天，请及早更换" in text.replace("\n", "")
    assert "服务器返回错误 10 次" in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "没有配置对照地址" in text


def test_content_that_is_not_the_sites_is_pointed_at_beside_the_ratio(ws: Workspace) -> None:
    text = shown(print_availability, availability.overview(ws, now=NOW))
    assert "4 次打开的不是本站内容" in text
    assert "本周未满" in text


def test_a_site_that_was_never_probed_says_so_and_accuses_nobody(tmp_path: Path) -> None:
    ws = Workspace(Settings(data=tmp_path), tmp_path)
    try:
        text = shown(print_availability, availability.overview(ws, now=NOW))
        assert "还没有探测过" in text
        text = shown(print_site, site(ws))
        assert "不作判断" in text
        assert "站点无法访问（" not in text
    finally:
        ws.engine.dispose()


def test_scripts_get_the_same_figures(ws: Workspace) -> None:
    told = json.loads(machine.as_json(site(ws)))
    assert told["schema"] == "xunjian.site/1"
    week = told["weeks"][-2]
    assert (week["verified"], week["failed"], week["share"], week["verdict"]) == (
        167, 10, 5.98, "veto",
    )  # fmt: skip
    overview = json.loads(machine.as_json(availability.overview(ws, now=NOW)))
    assert overview["sites"][0]["last_week"] == week
    assert overview["sites"][0]["certificate"]["days_left"] == 17
    sheet = as_csv(site(ws)).decode("utf-8-sig")
    assert len(sheet.splitlines()) == 1 + 10 + 1 + 24 + 4
    assert "\x1b" not in sheet
