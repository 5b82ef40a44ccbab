"""The probes' history on either database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from checks.probes import Probe, ProbeOutcome
from storage.probes import add_probes, history, newest, newest_certificate, probed

AT = datetime(2018, 6, 4, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOME = Probe(
    site_id="portal",
    page="home",
    url="http://a/",
    at=AT,
    outcome=ProbeOutcome.TIMEOUT,
    milliseconds=15_000,
    detail="停在连接\x00",
    certificate_until=AT + 400 * HOUR,
)
KEY = replace(HOME, page="xxgk", outcome=ProbeOutcome.OK, status=200, certificate_until=None)
OTHER = replace(HOME, site_id="other")
CONTROL = replace(HOME, site_id="", page="control-1")


def test_a_probe_is_written_once_and_never_changed(engine: Engine) -> None:
    add_probes(engine, [HOME, KEY])
    add_probes(engine, [replace(HOME, outcome=ProbeOutcome.OK), OTHER])
    found = history(engine, since=AT, until=AT)
    clean = "停在连接\ufffd"
    assert found == [replace(p, detail=clean) for p in (OTHER, HOME, KEY)]
    assert probed(engine, AT, ["portal"]) == {("portal", "home"), ("portal", "xxgk")}
    assert probed(engine, AT + HOUR, ["portal", "other"]) == set()


def test_history_is_bounded_by_time_site_and_page_and_leaves_controls_out(engine: Engine) -> None:
    later = [replace(HOME, at=AT + n * HOUR) for n in range(1, 4)]
    add_probes(engine, [HOME, KEY, OTHER, CONTROL, *later])
    since = AT + HOUR
    assert [p.at for p in history(engine, since=since, until=AT + 2 * HOUR)] == [
        since,
        AT + 2 * HOUR,
    ]
    pages = {p.page for p in history(engine, since=AT, until=AT, site_id="portal")}
    assert pages == {"home", "xxgk"}
    assert len(history(engine, since=AT, until=AT + 9 * HOUR, site_id="portal", page="home")) == 4
    assert all(p.site_id for p in history(engine, since=AT, until=AT))


def test_the_newest_of_each_page_and_the_newest_certificate_as_of_an_instant(
    engine: Engine,
) -> None:
    bare = replace(HOME, at=AT + HOUR, outcome=ProbeOutcome.DNS, certificate_until=None)
    add_probes(engine, [HOME, KEY, bare, OTHER])
    found = {p.page: p for p in newest(engine, "portal", until=AT + 2 * HOUR)}
    assert found["home"].outcome is ProbeOutcome.DNS
    assert found["xxgk"].at == AT
    seen = newest_certificate(engine, "portal", until=AT + 2 * HOUR)
    assert seen is not None
    assert (seen.at, seen.certificate_until) == (AT, HOME.certificate_until)
    assert newest(engine, "portal", until=AT - HOUR) == []
    assert newest_certificate(engine, "portal", until=AT - HOUR) is None
