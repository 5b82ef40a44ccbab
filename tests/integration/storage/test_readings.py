from __future__ import annotations

import pytest
from sqlalchemy import Engine

from checks.facts import (
    ColumnState,
    HomeReading,
    LinkFate,
    LinkState,
    Missing,
    NameMatch,
    Node,
    TreeReading,
    Unverified,
)
from checks.model import Hit
from checks.runner import Answer
from storage import readings
from storage.models import Sight
from storage.readings import StoredPage
from storage.scans import Fetch, ScanWriter
from tests.integration.storage.samples import (
    HOST,
    MENU,
    begin,
    column,
    day,
    digest,
    entry,
    file_link,
    html,
    page,
    store_page,
    url,
)

NOT_REACHED = Unverified(code=Missing.NOT_REACHED, reason="未轮到")
WALL = Unverified(code=Missing.WALL, reason="验证页面")
AGE = 35


def writer_of(engine: Engine, at_day: int) -> ScanWriter:
    return ScanWriter(engine, None, begin(engine, day(at_day)), "portal")


def read_column(writer: ScanWriter, at_day: int, rows: int, shape: str = "s1") -> None:
    fetch = Fetch(at=day(at_day), status=200)
    writer.column(
        "portal/news", column(rows, shape), ColumnState.READ, NameMatch.EXACT, "新闻", fetch,
        owner_id="office", unit_id="office",
    )  # fmt: skip


def judged(engine: Engine, scan_id: int, rules: str = "rules") -> dict[str | None, StoredPage]:
    found = readings.pages(engine, scan_id, rules_digest=rules, max_age_days=AGE)
    return {stored.url: stored for stored in found}


def test_a_column_comes_back_as_it_was_read(engine: Engine) -> None:
    writer = writer_of(engine, 0)
    read_column(writer, 0, 3)
    writer.flush()
    stored = readings.columns(engine, writer.scan_id, AGE)["portal/news"]
    assert stored.reading == column(3)
    assert (stored.state, stored.match, stored.found_name) == (
        ColumnState.READ,
        NameMatch.EXACT,
        "新闻",
    )
    assert (stored.unit_id, stored.owner_id, stored.carried) == ("office", "office", False)
    assert stored.fetched is not None
    assert stored.fetched.unchanged_since == day(0)
    assert (stored.previous_entries, stored.previous_shape) == (None, None)


def test_a_column_knows_its_last_verified_reading_before(engine: Engine) -> None:
    for at_day, rows in ((0, 50), (7, 48)):
        writer = writer_of(engine, at_day)
        read_column(writer, at_day, rows, f"shape{at_day}")
        writer.flush()
    failed = writer_of(engine, 14)
    failed.column("portal/news", WALL, ColumnState.UNVERIFIED)
    failed.flush()
    last = writer_of(engine, 21)
    read_column(last, 21, 0, "shape21")
    last.flush()
    stored = readings.columns(engine, last.scan_id, AGE)["portal/news"]
    assert (stored.previous_entries, stored.previous_shape) == (48, "shape7")
    stored = readings.columns(engine, failed.scan_id, AGE)["portal/news"]
    assert stored.reading == WALL, "an earlier scan is judged on what was known then"
    assert stored.state is ColumnState.UNVERIFIED


def test_a_column_not_reached_rests_on_the_reading_before_while_it_is_young(
    engine: Engine,
) -> None:
    writer = writer_of(engine, 0)
    read_column(writer, 0, 3)
    writer.flush()
    for at_day, young in ((14, True), (60, False)):
        later = writer_of(engine, at_day)
        later.column("portal/news", NOT_REACHED, ColumnState.UNVERIFIED)
        later.flush()
        stored = readings.columns(engine, later.scan_id, AGE)["portal/news"]
        assert stored.carried is young
        assert stored.reading == (column(3) if young else NOT_REACHED)
        assert stored.fetched is not None
        assert stored.fetched.at == day(0)


def test_an_absent_column_and_a_delegated_one_are_told_apart(engine: Engine) -> None:
    writer = writer_of(engine, 0)
    absent = Unverified(code=Missing.NOT_CAPTURED, reason="栏目树中没有")
    writer.column("portal/news", absent, ColumnState.ABSENT)
    writer.column("portal/plan", column(0), ColumnState.DELEGATED)
    writer.flush()
    stored = readings.columns(engine, writer.scan_id, AGE)
    assert stored["portal/news"].state is ColumnState.ABSENT
    assert stored["portal/plan"].state is ColumnState.DELEGATED
    assert stored["portal/plan"].reading == column(0)


def test_trees_and_homes_come_back_with_why_not(engine: Engine) -> None:
    writer = writer_of(engine, 0)
    tree = TreeReading(root=HOST, nodes=(Node(name="新闻", url=HOST),), complete=True)
    home = HomeReading(url=HOST, newest=None, dated_rows=0, links=7)
    fetch = Fetch(at=day(0), status=200)
    writer.tree("office", tree, fetch)
    writer.tree("town", WALL)
    writer.home(home, fetch, page(1))
    writer.flush()
    trees = readings.trees(engine, writer.scan_id, AGE)
    assert trees["portal/office"].reading == tree
    assert trees["portal/office"].owner_id == "office"
    assert trees["portal/town"].reading == WALL
    stored = readings.homes(engine, writer.scan_id, AGE)["portal"]
    assert stored.reading == home
    assert [readings.blocks(engine, "portal")[found] for found in stored.blocks] == [MENU]


def test_a_page_comes_back_with_all_its_facts(engine: Engine) -> None:
    writer = writer_of(engine, 0)
    whole = page(1, links=(file_link("a.doc"),))
    store_page(writer, None, 1, day(0), facts=whole)
    writer.flush()
    for with_facts in (False, True):
        stored = next(
            readings.pages(
                engine, writer.scan_id, rules_digest="", max_age_days=AGE, with_facts=with_facts
            )
        )
        assert stored.load() == whole
    assert (stored.title, stored.source, stored.listed) == ("第1号通知", "市政府办公室", entry(1))
    assert (stored.unit_id, stored.column_key) == ("office", "portal/news")
    assert stored.hits is None, "not known for these rules"
    assert judged(engine, writer.scan_id)[url(1)].hits == {}


def test_answers_are_kept_by_version_and_rules(engine: Engine) -> None:
    writer = writer_of(engine, 0)
    hit = Hit(what="x", message="正文有空段", path="p:nth-child(2)", snippet="<p></p>")
    said, more = {"r": Answer(hits=(hit,))}, {"q": Answer(not_applicable="没有正文")}
    fetch = Fetch(at=day(0), status=200)
    writer.page(
        url(1), page=page(1), digest="ab" * 32, fetched=fetch, hits=said, rules_digest="one"
    )
    writer.flush()
    assert judged(engine, writer.scan_id, "one")[url(1)].hits == said
    stored = judged(engine, writer.scan_id, "two")[url(1)]
    assert stored.hits is None
    assert stored.version_id is not None
    readings.keep_hits(engine, "two", {stored.version_id: said | more})
    assert judged(engine, writer.scan_id, "two")[url(1)].hits == said | more
    later = writer_of(engine, 7)
    later.page_not_modified(url(1), Fetch(at=day(7), status=304))
    later.flush()
    assert judged(engine, later.scan_id, "one")[url(1)].hits == said


def test_pages_are_those_of_the_newest_observation_a_scan_may_rest_on(engine: Engine) -> None:
    first = writer_of(engine, 0)
    for number in (1, 2, 3, 4):
        store_page(first, None, number, day(0))
    first.flush()
    second = writer_of(engine, 7)
    store_page(second, None, 1, day(7), edition=2)
    second.page_unverified(url(2), Missing.SERVER, "服务器出错", day(7))
    second.page_carried(url(3), day(7))
    second.flush()
    found = judged(engine, second.scan_id)
    assert {stored.outcome for stored in found.values()} == {
        Sight.FETCHED,
        Sight.UNVERIFIED,
        Sight.CARRIED,
    }
    assert found[url(1)].fetched.at == day(7)  # type: ignore[union-attr]
    assert found[url(2)].unverified == Unverified(code=Missing.SERVER, reason="服务器出错")
    assert found[url(3)].unverified is None
    assert found[url(3)].fetched.at == day(0)  # type: ignore[union-attr]
    assert found[url(4)].fetched.at == day(0), "from the scan before"  # type: ignore[union-attr]
    before = judged(engine, first.scan_id)
    assert before[url(1)].fetched.at == day(0), "a later scan changes nothing"  # type: ignore[union-attr]
    assert before[url(2)].unverified is None


def test_a_page_carried_too_long_is_unverified(engine: Engine) -> None:
    first = writer_of(engine, 0)
    store_page(first, None, 1, day(0))
    first.flush()
    later = writer_of(engine, 60)
    later.page_carried(url(1), day(60))
    later.flush()
    stored = judged(engine, later.scan_id)[url(1)]
    assert stored.unverified is not None
    assert stored.unverified.code is Missing.NOT_REACHED
    assert "35日" in stored.unverified.reason


def test_a_page_never_read_has_no_facts(engine: Engine) -> None:
    writer = writer_of(engine, 0)
    writer.page_carried(url(1), day(0), listed=entry(1))
    writer.flush()
    stored = judged(engine, writer.scan_id)[url(1)]
    assert (stored.version_id, stored.fetched, stored.listed) == (None, None, entry(1))
    with pytest.raises(LookupError):
        stored.load()


def test_pages_can_be_asked_for_by_site(engine: Engine) -> None:
    writer = writer_of(engine, 0)
    store_page(writer, None, 1, day(0))
    writer.flush()
    ask = {"rules_digest": "", "max_age_days": AGE}
    assert list(readings.pages(engine, writer.scan_id, sites=["platform"], **ask)) == []  # type: ignore[arg-type]
    assert len(list(readings.pages(engine, writer.scan_id, sites=["portal"], **ask))) == 1  # type: ignore[arg-type]


def fate(address: str, state: LinkState, at_day: int) -> LinkFate:
    dead = state is LinkState.DEAD
    return LinkFate(
        url=address,
        state=state,
        status=404 if dead else 200,
        reason="404 未找到" if dead else "",
        checked_at=day(at_day),
    )


def test_fates_are_the_checks_and_the_pages_fetched(engine: Engine) -> None:
    first = writer_of(engine, 0)
    dead = fate(f"{HOST}/files/a.doc", LinkState.DEAD, 0)
    gone = fate(url(1), LinkState.DEAD, 0)
    first.link(dead.url, dead)
    first.link(gone.url, gone)
    first.flush()
    second = writer_of(engine, 7)
    store_page(second, None, 1, day(7))
    second.flush()
    assert readings.link_fates(engine, first.scan_id) == {dead.url: dead, gone.url: gone}
    own = readings.link_fates(engine, second.scan_id)
    assert {address: found.state for address, found in own.items()} == {url(1): LinkState.ALIVE}
    carried = readings.link_fates(engine, second.scan_id, AGE)
    assert carried[dead.url] == dead
    assert carried[url(1)].state is LinkState.ALIVE
    alive = fate(dead.url, LinkState.ALIVE, 7)
    second.link(alive.url, alive)
    second.flush()
    assert readings.link_fates(engine, second.scan_id, AGE)[dead.url] == alive


def test_pages_that_link_to_an_address_are_found_by_body_and_by_block(engine: Engine) -> None:
    writer = writer_of(engine, 0)
    store_page(writer, None, 1, day(0), facts=page(1, links=(file_link("a.doc"),)))
    store_page(writer, None, 2, day(0))
    store_page(writer, None, 3, day(0), facts=page(3, blocks=()))
    writer.flush()
    found = judged(engine, writer.scan_id)
    body = readings.linking(engine, [f"{HOST}/files/a.doc", f"{HOST}/unknown"])
    menu = readings.linking(engine, [f"{HOST}/menu/1"])
    assert [number for number in (1, 2, 3) if body.concerns(found[url(number)])] == [1]
    assert [number for number in (1, 2, 3) if menu.concerns(found[url(number)])] == [1, 2]
    assert digest(html(1)) != digest(html(2))
