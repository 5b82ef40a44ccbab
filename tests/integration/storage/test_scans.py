from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from checks.facts import (
    ColumnState,
    HomeReading,
    LinkBlock,
    LinkFate,
    LinkState,
    Missing,
    NameMatch,
    Node,
    TreeReading,
    Unverified,
)
from storage.db import reading
from storage.evidence import EvidenceStore
from storage.models import (
    AliasRow,
    BlockRow,
    ObservationRow,
    PageHitsRow,
    ScanState,
    Sight,
    SiteState,
    SubjectRow,
    VersionRow,
)
from storage.scans import (
    Fetch,
    ScanUnknown,
    ScanWriter,
    finish_scan,
    interrupted_scan,
    list_scans,
    resume_scan,
    scan,
    site_runs,
)
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


def count(engine: Engine, table: type) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def observation(engine: Engine, scan_id: int, subject_id: int) -> ObservationRow:
    query = select(ObservationRow).where(
        ObservationRow.scan_id == scan_id, ObservationRow.subject_id == subject_id
    )
    with reading(engine) as connection:
        return connection.execute(query).one()


def test_a_scan_is_begun_found_unfinished_resumed_and_finished(engine: Engine) -> None:
    assert interrupted_scan(engine) is None
    scan_id = begin(engine)
    unfinished = interrupted_scan(engine)
    assert unfinished is not None
    assert unfinished.id == scan_id
    assert unfinished.as_of == day(0)
    assert [run.state for run in site_runs(engine, scan_id)] == [SiteState.PENDING]
    assert resume_scan(engine, scan_id).state is ScanState.RUNNING
    finish_scan(engine, scan_id, ScanState.PARTIAL, window_ended=True, note={"left": 3})
    done = scan(engine, scan_id)
    assert (done.state, done.window_ended, done.note) == (ScanState.PARTIAL, True, {"left": 3})
    assert interrupted_scan(engine) is None
    assert [row.id for row in list_scans(engine)] == [scan_id]
    with pytest.raises(ScanUnknown):
        scan(engine, 99)


def test_a_page_is_stored_with_its_version_hits_and_attribution(engine: Engine) -> None:
    scan_id = begin(engine)
    writer = ScanWriter(engine, None, scan_id, "portal")
    subject_id = store_page(writer, None, 1, day(0))
    writer.finish(SiteState.COMPLETE)
    row = observation(engine, scan_id, subject_id)
    assert (row.outcome, row.unit_id, row.column_key) == (Sight.FETCHED, "office", "portal/news")
    assert row.fetched_at == row.unchanged_since == day(0)
    assert (count(engine, VersionRow), count(engine, PageHitsRow)) == (1, 1)
    run = site_runs(engine, scan_id)[0]
    assert (run.state, run.requests, run.fetched, run.pages_stored) == (SiteState.COMPLETE, 1, 1, 1)
    with reading(engine) as connection:
        key = connection.execute(select(SubjectRow.key)).scalar_one()
    assert key == f"page:{subject_id}"


def test_page_keys_do_not_depend_on_the_order_of_arrival(engine: Engine) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal")
    forth = [store_page(writer, None, number, day(0)) for number in (1, 2, 3)]
    other = ScanWriter(engine, None, begin(engine), "portal")
    back = [store_page(other, None, number, day(0)) for number in (3, 2, 1)]
    assert forth == back[::-1]


def test_the_next_scan_knows_what_was_stored(engine: Engine) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal")
    store_page(writer, None, 1, day(0))
    writer.flush()
    later = ScanWriter(engine, None, begin(engine, day(7)), "portal")
    assert later.load_known() == 1
    known = later.known_page(url(1))
    assert known is not None
    assert (known.etag, known.digest, known.reader) == ('"1"', digest(html(1)), "r1")
    assert (known.last_fetched_at, known.outcome) == (day(0), Sight.FETCHED)
    assert known.version_id is not None
    assert later.known_page(url(2)) is None
    assert not later.seen_in_scan(url(1))
    assert [address for address, _ in later.known_urls()] == [url(1)]


def test_an_unchanged_page_keeps_its_version_and_the_day_since_it_stands(engine: Engine) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal")
    store_page(writer, None, 1, day(0))
    writer.flush()
    for number, (edition, since) in enumerate([(1, 0), (2, 14), (1, 21)], start=1):
        scan_id = begin(engine, day(7 * number))
        writer = ScanWriter(engine, None, scan_id, "portal")
        subject_id = store_page(writer, None, 1, day(7 * number), edition=edition)
        writer.flush()
        row = observation(engine, scan_id, subject_id)
        assert (row.fetched_at, row.unchanged_since) == (day(7 * number), day(since))
    assert count(engine, VersionRow) == 2, "the first text came back: its version is used again"


def test_another_reader_gives_another_version_of_the_same_bytes(engine: Engine) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal")
    store_page(writer, None, 1, day(0))
    writer.flush()
    scan_id = begin(engine, day(7), reader="r2")
    writer = ScanWriter(engine, None, scan_id, "portal")
    subject_id = store_page(writer, None, 1, day(7))
    writer.flush()
    assert count(engine, VersionRow) == 2
    assert observation(engine, scan_id, subject_id).unchanged_since == day(0)


def test_not_modified_carries_version_and_dates_on(engine: Engine) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal")
    store_page(writer, None, 1, day(0))
    writer.flush()
    scan_id = begin(engine, day(7))
    writer = ScanWriter(engine, None, scan_id, "portal")
    fetch = Fetch(at=day(7), status=304)
    subject_id = writer.page_not_modified(url(1), fetch, unit_id="office", listed=entry(1))
    with pytest.raises(KeyError):
        writer.page_not_modified(url(2), fetch)
    writer.flush()
    row = observation(engine, scan_id, subject_id)
    assert (row.outcome, row.status, row.etag) == (Sight.NOT_MODIFIED, 304, '"1"')
    assert (row.fetched_at, row.unchanged_since) == (day(7), day(0))
    assert row.version_id is not None


def test_not_modified_in_the_batch_of_its_first_version_finds_that_version(engine: Engine) -> None:
    first = begin(engine)
    writer = ScanWriter(engine, None, first, "portal")
    store_page(writer, None, 1, day(0))
    assert writer.known_page(url(1)).version_id is None  # type: ignore[union-attr]
    subject_id = writer.page_not_modified(url(1), Fetch(at=day(1), status=304))
    writer.flush()
    assert observation(engine, first, subject_id).outcome is Sight.FETCHED
    assert observation(engine, first, subject_id).version_id is not None


def test_a_page_that_fails_stays_known_and_a_later_success_in_the_scan_stands(
    engine: Engine,
) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal")
    store_page(writer, None, 1, day(0))
    writer.flush()
    scan_id = begin(engine, day(7))
    writer = ScanWriter(engine, None, scan_id, "portal")
    subject_id = writer.page_unverified(
        url(1), Missing.SERVER, "服务器出错 500", day(7), status=500
    )
    writer.flush()
    row = observation(engine, scan_id, subject_id)
    assert (row.outcome, row.reason_code, row.status) == (Sight.UNVERIFIED, Missing.SERVER, 500)
    assert row.version_id is not None, "what was known stays known"
    resumed = ScanWriter(engine, None, scan_id, "portal")
    assert resumed.seen_in_scan(url(1))
    store_page(resumed, None, 1, day(7))
    resumed.page_unverified(url(1), Missing.SERVER, "服务器出错 500", day(7))
    resumed.page_carried(url(1), day(7))
    resumed.flush()
    row = observation(engine, scan_id, subject_id)
    assert (row.outcome, row.reason_code) == (Sight.FETCHED, None)


def test_a_page_never_reached_is_told_apart_from_one_carried_over(engine: Engine) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal")
    store_page(writer, None, 1, day(0))
    writer.flush()
    scan_id = begin(engine, day(7))
    writer = ScanWriter(engine, None, scan_id, "portal")
    known = writer.page_carried(url(1), day(7))
    never = writer.page_carried(url(2), day(7), listed=entry(2))
    writer.flush()
    assert not writer.seen_in_scan(url(1)), "a page carried over may still be read"
    assert observation(engine, scan_id, known).reason_code is None
    assert observation(engine, scan_id, known).fetched_at == day(0)
    assert observation(engine, scan_id, never).reason_code is Missing.NOT_REACHED


def test_addresses_that_lead_to_one_page_are_its_aliases(engine: Engine) -> None:
    scan_id = begin(engine)
    writer = ScanWriter(engine, None, scan_id, "portal")
    ids = {
        writer.page(
            address,
            final_url=url(1),
            page=page(1),
            digest=digest(html(1)),
            fetched=Fetch(at=day(0), status=200),
        )
        for address in (f"{HOST}/old/1", url(1), f"{HOST}/other/1")
    }
    writer.flush()
    assert len(ids) == 1
    assert count(engine, ObservationRow) == 1
    assert count(engine, AliasRow) == 3
    assert site_runs(engine, scan_id)[0].pages_stored == 1


def test_a_page_that_moves_keeps_its_identity(engine: Engine) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal")
    before = store_page(writer, None, 1, day(0))
    writer.flush()
    writer = ScanWriter(engine, None, begin(engine, day(7)), "portal")
    fetch = Fetch(at=day(7), status=200)
    moved = f"{HOST}/new/1.html"
    after = writer.page(url(1), final_url=moved, page=page(1), digest="ab" * 32, fetched=fetch)
    assert after == before
    assert writer.page(moved, page=page(1), digest="ab" * 32, fetched=fetch) == before
    assert writer.known_page(moved).url == moved  # type: ignore[union-attr]


def test_pages_that_all_lead_to_one_address_keep_their_own_identity(engine: Engine) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal")
    ids = [store_page(writer, None, number, day(0)) for number in (1, 2)]
    writer.flush()
    writer = ScanWriter(engine, None, begin(engine, day(7)), "portal")
    for number in (1, 2):
        writer.page(
            url(number),
            final_url=f"{HOST}/404.html",
            page=page(9),
            digest="cd" * 32,
            fetched=Fetch(at=day(7), status=200),
        )
    writer.flush()
    writer = ScanWriter(engine, None, begin(engine, day(8)), "portal")
    assert [writer.known_page(url(n)).subject_id for n in (1, 2)] == ids  # type: ignore[union-attr]


def test_a_batch_is_written_when_it_is_full(engine: Engine) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal", batch=3)
    for number in range(4):
        store_page(writer, None, number, day(0))
    assert count(engine, ObservationRow) == 3
    writer.flush()
    assert count(engine, ObservationRow) == 4


def test_what_a_slow_site_gave_does_not_wait_for_a_full_batch(engine: Engine) -> None:
    now = 0.0
    writer = ScanWriter(engine, None, begin(engine), "portal", clock=lambda: now)
    for number in range(4):
        store_page(writer, None, number, day(0))
        now += 2.0
    assert count(engine, ObservationRow) == 4, "written after more than five seconds"
    store_page(writer, None, 4, day(0))
    assert count(engine, ObservationRow) == 4


def test_a_flush_that_is_run_again_after_a_crash_doubles_nothing(engine: Engine) -> None:
    scan_id = begin(engine)
    for _ in range(2):
        writer = ScanWriter(engine, None, scan_id, "portal")
        writer.load_known()
        for known in (writer._known.subjects, writer._known.alias, writer._known.seen):
            known.clear()  # as if it had looked before the first flush
        store_page(writer, None, 1, day(0), facts=page(1, links=(file_link("a.doc"),)))
        writer.column(
            "portal/news", column(3), ColumnState.READ, fetch=Fetch(at=day(0), status=200)
        )
        writer.link(f"{HOST}/x", fate(f"{HOST}/x"))
        writer.flush()
    assert count(engine, ObservationRow) == 2
    assert count(engine, VersionRow) == 2
    assert count(engine, BlockRow) == 1


def fate(address: str, state: LinkState = LinkState.DEAD) -> LinkFate:
    return LinkFate(url=address, state=state, status=404, reason="404 未找到", checked_at=day(0))


def test_a_resumed_scan_gets_back_its_columns_trees_and_home(engine: Engine) -> None:
    scan_id = begin(engine)
    writer = ScanWriter(engine, None, scan_id, "portal")
    fetch = Fetch(at=day(0), status=200, evidence="ab" * 32)
    tree = TreeReading(root=HOST, nodes=(Node(name="新闻", url=f"{HOST}/n"),), complete=True)
    home = HomeReading(url=HOST, newest=None)
    wall = Unverified(code=Missing.WALL, reason="验证页面")
    assert writer.column_done("portal/news") is None
    writer.column("portal/news", column(3), ColumnState.READ, NameMatch.EXACT, "新闻", fetch)
    writer.column("portal/plan", wall, ColumnState.UNVERIFIED)
    writer.tree("office", tree, fetch)
    writer.tree(None, wall)
    writer.home(home, fetch, page(1))
    assert writer.column_done("portal/news") == column(3), "before any flush as well"
    writer.flush()
    resumed = ScanWriter(engine, None, scan_id, "portal")
    assert resumed.column_done("portal/news") == column(3)
    assert resumed.column_done("portal/plan") == wall
    assert resumed.tree_done("portal/office") == tree
    assert resumed.tree_done("portal") == wall
    assert resumed.home_done() == home
    assert resumed.column_done("portal/none") is None
    resumed.column("portal/plan", column(2), ColumnState.READ)
    assert resumed.column_done("portal/plan") == column(2), "tried again, and read"


def test_link_blocks_are_stored_once_however_many_pages_repeat_them(engine: Engine) -> None:
    writer = ScanWriter(engine, None, begin(engine), "portal")
    footer = LinkBlock(path="div.footer", links=MENU.links)
    for number in range(5):
        store_page(writer, None, number, day(0), facts=page(number, blocks=(MENU, footer)))
    writer.flush()
    assert count(engine, BlockRow) == 2


def test_links_of_bodies_and_attachments_are_checked_before_those_of_menus(engine: Engine) -> None:
    scan_id = begin(engine)
    writer = ScanWriter(engine, None, scan_id, "portal")
    links = (file_link("a.doc"), file_link("b.doc"), replace(file_link("c"), url=url(2)))
    store_page(writer, None, 1, day(0), facts=page(1, links=links))
    store_page(writer, None, 2, day(0))
    targets = writer.links_to_check(10)
    assert [(target.url, target.in_body) for target in targets] == [
        (f"{HOST}/files/a.doc", True),
        (f"{HOST}/files/b.doc", True),
        (f"{HOST}/logo.png", False),
        (f"{HOST}/menu/1", False),
    ], "a page that was fetched needs no check"
    writer.link(targets[0].url, fate(targets[0].url))
    assert [target.url for target in writer.links_to_check(1)] == [f"{HOST}/files/b.doc"]
    assert writer.links_to_check(9, accept=lambda address: False) == []
    later = ScanWriter(engine, None, begin(engine, day(7)), "portal")
    later.page_not_modified(url(1), Fetch(at=day(7), status=304))
    assert [target.url for target in later.links_to_check(3)] == [
        f"{HOST}/files/b.doc",
        url(2),
        f"{HOST}/files/a.doc",
    ], "what was checked or fetched last week comes after what never was"


def test_counters_close_and_refuse_unknown_names(engine: Engine) -> None:
    scan_id = begin(engine)
    writer = ScanWriter(engine, None, scan_id, "portal")
    writer.start()
    writer.count(requests=2, fetched=1)
    writer.flush()
    writer.count(failed=1, seconds=1.5)
    writer.finish(SiteState.WINDOW, Unverified(code=Missing.NOT_REACHED, reason="时段已到"))
    run = site_runs(engine, scan_id)[0]
    assert (run.requests, run.fetched, run.failed, run.seconds) == (2, 1, 1, 1.5)
    assert (run.state, run.reason_code) == (SiteState.WINDOW, Missing.NOT_REACHED)
    with pytest.raises(KeyError):
        writer.count(fetchd=1)


def test_text_that_no_database_takes_is_stored_cleaned(engine: Engine) -> None:
    scan_id = begin(engine)
    writer = ScanWriter(engine, None, scan_id, "portal")
    nasty = page(1)
    assert nasty.title is not None
    nasty = replace(nasty, title=replace(nasty.title, value="标题\x00\ud800"))
    store_page(writer, None, 1, day(0), facts=nasty)
    writer.page_unverified(f"{HOST}/\ud800\x00", Missing.READER, "\x00", day(0))
    writer.flush()
    assert count(engine, ObservationRow) == 2


def test_evidence_and_rows_arrive_together(engine: Engine, tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path / "evidence", engine)
    writer = ScanWriter(engine, store, begin(engine), "portal")
    store_page(writer, store, 1, day(0))
    writer.flush()
    record = store.get(digest(html(1)))
    store.close()
    assert record.body == html(1)
    assert record.url == url(1)
    assert record.fetched_at == day(0)


def test_two_sites_of_one_scan_share_the_evidence_store(
    engine: Engine, tmp_path: Path, opening: Callable[..., Engine]
) -> None:
    store = EvidenceStore(tmp_path / "evidence", engine)
    scan_id = begin(engine)
    writers = [ScanWriter(engine, store, scan_id, site) for site in ("portal", "platform")]
    store_page(writers[0], store, 1, day(0))
    store_page(writers[1], store, 2, day(0))
    writers[1].flush()
    writers[0].flush()
    store.close()
    assert {store.get(digest(html(n))).url for n in (1, 2)} == {url(1), url(2)}
