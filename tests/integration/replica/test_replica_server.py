"""The replica's server: what it answers, how it misbehaves, how it changes its state."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from datetime import date

import pytest

from config.loader import load
from config.schema import UnitGroup
from tests.replica import Replica, Spec, evolve, generate, mend_and_break
from tests.replica.config import write_config
from tests.replica.responses import Site
from tests.replica.server import Hindrances, Served, State, serve
from tests.replica.templates import Addresses

SPEC = Spec(seed=7, pages=2200)


@pytest.fixture(scope="module")
def replica() -> Replica:
    return generate(SPEC)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with serve(SPEC, "--log") as running:
        yield running


def fetch(
    port: int, target: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, target, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def port_of(served: Served, site: str) -> int:
    return served.portal if site == "portal" else served.platform


def test_it_serves_the_bytes_of_the_replica(served: Served, replica: Replica) -> None:
    addresses = Addresses(
        f"http://127.0.0.1:{served.portal}", f"http://127.0.0.1:{served.platform}"
    )
    site = Site(replica, addresses)
    for name in ("portal", "platform"):
        for path in site.paths(name)[::149]:
            expected = site.reply(name, path)
            if expected.behaviour:
                continue
            status, _, body = fetch(port_of(served, name), path)
            assert (status, body) == (expected.status, expected.body), path


def test_links_between_the_two_sites_use_the_ports_they_are_served_on(served: Served) -> None:
    body = fetch(served.portal, "/")[2].decode()
    assert f"http://127.0.0.1:{served.platform}/" in body
    assert "8002" not in body


def test_an_unchanged_page_is_answered_with_304(served: Served, replica: Replica) -> None:
    article = next(
        a for a in replica.articles.values() if a.form == "by-hand" and a.site == "platform"
    )
    status, headers, body = fetch(served.platform, article.path)
    assert status == 200
    assert body
    by_tag = fetch(served.platform, article.path, headers={"If-None-Match": headers["etag"]})
    by_time = fetch(
        served.platform, article.path, headers={"If-Modified-Since": headers["last-modified"]}
    )
    assert (by_tag[0], by_time[0]) == (304, 304)
    assert by_tag[2] == by_time[2] == b""
    assert fetch(served.platform, article.path, headers={"If-None-Match": '"other"'})[0] == 200


def test_head_tells_the_size_without_the_body(served: Served) -> None:
    status, headers, body = fetch(served.portal, "/", "HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) == len(fetch(served.portal, "/")[2])
    assert fetch(served.portal, "/", "POST")[0] == 405


def test_robots_forbid_the_column_that_is_planned_so(served: Served, replica: Replica) -> None:
    body = fetch(served.platform, "/robots.txt")[2].decode()
    shut = next(c for c in replica.columns if c.treatment == "robots")
    assert f"Disallow: {shut.directory}" in body


def test_planted_hindrances_show_themselves(served: Served, replica: Replica) -> None:
    for column in replica.columns:
        port, target = port_of(served, column.site), column.page_path(0)
        if column.treatment == "server-error":
            assert fetch(port, target)[0] == 500
        elif column.treatment == "wall":
            assert fetch(port, target)[0] == 412
        elif column.treatment == "old-stops":
            assert fetch(port, target)[0] == 200
            assert fetch(port, column.page_path(1))[0] == 500
        elif column.treatment == "moved-column":
            status, headers, _ = fetch(port, "/moved" + column.directory)
            assert (status, headers["location"]) == (302, target)
        elif column.treatment == "reset":
            with pytest.raises(ConnectionError):
                fetch(port, target)


def test_moved_articles_and_files_are_redirected_to_good_ones(
    served: Served, replica: Replica
) -> None:
    for number in replica.plan.moved:
        article = replica.articles[number]
        status, headers, _ = fetch(port_of(served, article.site), replica.listed_path(article))
        assert (status, headers["location"]) == (301, article.path)


def test_what_was_asked_for_is_counted_and_logged(served: Served) -> None:
    served.ask("/reset")
    fetch(served.portal, "/", headers={"User-Agent": "test-agent"})
    fetch(served.portal, "/no-such-page")
    assert served.stats() == {"portal:200": 1, "portal:404": 1}
    log = served.ask("/log")
    assert [row[2] for row in log] == ["GET /", "GET /no-such-page"]
    assert log[0][3] == "test-agent"


def test_it_can_change_to_a_later_state_and_back(served: Served, replica: Replica) -> None:
    _, diff = mend_and_break(replica, 3)
    target = next(f for f in diff.rectified if f.rule == "mixed-indent")
    path, port = target.subject.removeprefix("page:"), port_of(served, target.site)
    before = fetch(port, path)
    served.mend_and_break(3)
    after = fetch(
        port,
        path,
        headers={
            "If-None-Match": before[1]["etag"],
            "If-Modified-Since": before[1]["last-modified"],
        },
    )
    assert after[0] == 200
    assert after[2] != before[2]
    assert after[1]["last-modified"] != before[1]["last-modified"]
    served.evolve(date(2018, 9, 1))
    newest = next(
        a
        for a in evolve(replica, date(2018, 9, 1)).articles.values()
        if a.published > date(2018, 8, 1)
    )
    assert fetch(port_of(served, newest.site), newest.path)[0] == 200
    served.restore()
    assert fetch(port, path)[2] == before[2]
    assert fetch(port_of(served, newest.site), newest.path)[0] == 404


def test_whole_site_hindrances(served: Served, replica: Replica) -> None:
    paths = [a.path for a in replica.articles.values() if a.site == "platform" and not a.undated][
        :60
    ]
    served.ask("/hinder?fail_half=1")
    failed = [fetch(served.platform, p)[0] for p in paths].count(500)
    assert 15 < failed < 45
    assert fetch(served.platform, "/")[0] == 200
    served.ask("/hinder?wall=/bmgkxx/czj/")
    assert fetch(served.platform, "/bmgkxx/czj/")[0] == 412
    served.ask("/hinder?truncate=/bmgkxx/czj/")
    with pytest.raises(http.client.IncompleteRead):
        fetch(served.platform, "/bmgkxx/czj/")
    served.ask("/hinder?loop=/bmgkxx/czj/")
    assert fetch(served.platform, "/bmgkxx/czj/")[1]["location"] == "/bmgkxx/czj/"
    served.ask("/hinder?down=portal")
    with pytest.raises(ConnectionError):
        fetch(served.portal, "/")
    assert fetch(served.platform, "/")[0] == 200
    served.ask("/hinder")
    assert fetch(served.portal, "/")[0] == 200


def test_the_cache_of_written_pages_stays_bounded(
    monkeypatch: pytest.MonkeyPatch, replica: Replica
) -> None:
    monkeypatch.setattr("tests.replica.server.CACHE_BYTES", 50_000)
    state = State(replica, Hindrances())
    for path in state.site.paths("platform")[:200]:
        state.wire("platform", path)
    assert state.cached_bytes <= 50_000
    assert len(state.cache) < 40


def test_the_configuration_loads_and_names_every_unit_and_column(
    tmp_path, replica: Replica
) -> None:
    folder = write_config(replica, tmp_path / "config", 8001, 8002)
    config = load(folder)
    assert not config.city.trial_run
    assert config.city.judge_from == date(2018, 1, 1)
    assert config.city.crawl_window is None
    assert config.required_counts == {
        group: sum(u.group is group for u in config.units)
        for group in (UnitGroup.DEPARTMENT, UnitGroup.PARTY, UnitGroup.TOWN)
    }
    assert all(u.confirmed for u in config.units)
    keys = {c.key for s in config.sites for c in config.expected_columns(s.id, replica.today)}
    assert keys == {c.key for c in replica.columns if c.slot.required}
    by_key = {c.key: c for s in config.sites for c in config.expected_columns(s.id, replica.today)}
    assert all(by_key[c.key].unit_id == c.unit for c in replica.columns if c.slot.required)
