"""The table of what is due, on SQLite and PostgreSQL: each slot once, one owner, and no lost lease."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, insert

from storage import scans, slots
from storage.db import open_engine, writing
from storage.lock import SiteLocks
from storage.models import ScanKind, ScanState
from storage.regime_tables import InspectionRow, SlotRow, SlotState

NOW = datetime(2018, 6, 4, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)


def new(slot: str = "2018-06-04", site: str = "portal", due: datetime = NOW) -> slots.NewSlot:
    return slots.NewSlot("spot", slot, site, due, due + 8 * HOUR)


def only(engine: Engine) -> SlotRow:
    (row,) = slots.of_kind(engine, "spot")
    return row


def test_a_slot_is_entered_once_however_often_it_is_computed(engine: Engine) -> None:
    slots.add(engine, [new(), new(site="platform")])
    slots.add(engine, [new(), new(due=NOW + HOUR), new(slot="2018-06-05", due=NOW + 24 * HOUR)])
    rows = slots.waiting(engine)
    assert [(r.slot, r.site_id, r.due_at) for r in rows] == [
        ("2018-06-04", "portal", NOW),
        ("2018-06-04", "platform", NOW),
        ("2018-06-05", "portal", NOW + 24 * HOUR),
    ]
    newest = slots.newest(engine)
    assert newest["spot", "portal"].slot == "2018-06-05"
    assert newest["spot", "platform"].slot == "2018-06-04"


def test_of_many_that_reach_for_a_slot_at_once_one_gets_it(database: str) -> None:
    engines = [open_engine(database) for _ in range(4)]
    try:
        slots.add(engines[0], [new(slot=f"2018-06-{n:02}") for n in range(1, 9)])
        ids = [row.id for row in slots.waiting(engines[0])]
        got: dict[str, set[int]] = {}
        gate = threading.Barrier(4)

        def reach(n: int) -> None:
            gate.wait()
            got[f"owner{n}"] = slots.claim(engines[n], ids, f"owner{n}", NOW, NOW + HOUR)

        threads = [threading.Thread(target=reach, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(i for taken in got.values() for i in taken) == sorted(ids)
        rows = slots.waiting(engines[0])
        assert all(row.id in got[row.owner or ""] and row.attempts == 1 for row in rows)
    finally:
        for engine in engines:
            engine.dispose()


def test_a_lease_is_respected_until_it_runs_out_or_its_owner_is_known_to_be_dead(
    engine: Engine,
) -> None:
    slots.add(engine, [new()])
    ids = [only(engine).id]
    assert slots.claim(engine, ids, "host/a/1", NOW, NOW + HOUR) == set(ids)
    assert slots.claim(engine, ids, "host/b/2", NOW + HOUR / 2, NOW + 2 * HOUR) == set()
    assert slots.claim(engine, ids, "host/b/2", NOW, NOW + HOUR, lost_of="host/b/") == set()
    slots.renew(engine, ids, "host/a/1", NOW + 3 * HOUR)
    assert slots.claim(engine, ids, "host/b/2", NOW + 2 * HOUR, NOW + 3 * HOUR) == set()
    assert slots.claim(engine, ids, "host/b/2", NOW + 4 * HOUR, NOW + 5 * HOUR) == set(ids)
    assert slots.claim(engine, ids, "host/b/3", NOW, NOW + HOUR, lost_of="host/b/") == set(ids)
    assert slots.claim(engine, ids, "else/c/4", NOW, NOW + HOUR, lost_of="") == set(ids)
    row = only(engine)
    assert (row.owner, row.attempts, row.started_at) == ("else/c/4", 4, NOW)


def test_who_lost_a_slot_cannot_end_it_any_more(engine: Engine) -> None:
    slots.add(engine, [new()])
    ids = [only(engine).id]
    slots.claim(engine, ids, "dead", NOW, NOW + HOUR)
    slots.claim(engine, ids, "alive", NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert slots.finish(engine, ids, "dead", SlotState.DONE, "x", NOW) == 0
    assert slots.give_back(engine, ids, "dead", "x") == 0
    assert slots.attach(engine, ids, "dead", 1) == 0
    assert slots.draw(engine, ids, "alive", ["jia", "yi"]) == 1
    assert slots.finish(engine, ids, "alive", SlotState.PARTIAL, "没有做完", NOW + 3 * HOUR) == 1
    row = only(engine)
    assert (row.state, row.result, row.units) == (
        SlotState.PARTIAL, "没有做完", {"units": ["jia", "yi"]},
    )  # fmt: skip
    assert row.owner is None
    assert slots.claim(engine, ids, "late", NOW + 9 * HOUR, NOW + 10 * HOUR, lost_of="") == set()


def test_what_waits_is_missed_once_and_comes_back_when_the_clock_is_set_back(
    engine: Engine,
) -> None:
    slots.add(engine, [new()])
    ids = [only(engine).id]
    assert slots.remark(engine, ids, "等") == 1
    assert slots.remark(engine, ids, "等") == 0
    assert slots.settle(engine, ids, SlotState.MISSED, "没有运行", NOW + 9 * HOUR) == 1
    assert slots.settle(engine, ids, SlotState.MISSED, "另一个说法", NOW + 9 * HOUR) == 0
    assert slots.revive(engine, NOW + HOUR) == 0
    assert only(engine).result == "没有运行"
    assert slots.revive(engine, NOW - HOUR) == 1
    assert (only(engine).state, only(engine).finished_at) == (SlotState.DUE, None)
    assert slots.withdraw(engine, ids) == 1
    assert slots.of_kind(engine, "spot") == []


def test_workbooks_are_told_in_the_order_in_which_they_were_taken_in(engine: Engine) -> None:
    with writing(engine) as connection:
        for n, at in enumerate((NOW + 2 * HOUR, NOW)):
            connection.execute(
                insert(InspectionRow).values(
                    source="third-party", digest=f"d{n}", file=f"报告{n}.xlsx", period="2018-06",
                    at=at - 5 * HOUR, recorded_at=at, actor="x", note={},
                )
            )  # fmt: skip
    books = slots.imported(engine, "third-party", NOW + 3 * HOUR)
    assert [b.file for b in books] == ["报告1.xlsx", "报告0.xlsx"]
    assert (books[0].period, books[0].at, books[0].recorded_at) == ("2018-06", NOW - 5 * HOUR, NOW)
    assert [b.file for b in slots.imported(engine, "third-party", NOW)] == ["报告1.xlsx"]
    assert slots.imported(engine, "province", NOW + 3 * HOUR) == []


# --- one scan of a site at a time, on PostgreSQL --------------------------------------------------


def test_two_data_folders_on_one_database_cannot_scan_the_same_site(
    postgres_database: str,
) -> None:
    one, other = open_engine(postgres_database), open_engine(postgres_database)
    try:
        first = SiteLocks(one, ["portal", "platform"])
        assert first.acquire()
        assert not SiteLocks(other, ["x", "portal"]).acquire()
        apart = SiteLocks(other, ["x"])
        assert apart.acquire()  # what the refused one had got hold of was let go
        first.release()
        again = SiteLocks(other, ["portal"])
        assert again.acquire()
        again.release()
        apart.release()
        # A connection that is cut (the process was killed) holds nothing.
        assert first.acquire()
        one.dispose(close=True)
        assert first._connection is not None
        first._connection.connection.driver_connection.close()  # type: ignore[union-attr]
        last = SiteLocks(other, ["portal", "platform"])
        # The server hears of it in its own time.
        assert any(last.acquire() for _ in range(2000))
        last.release()
        first.release()
    finally:
        one.dispose()
        other.dispose()


@pytest.mark.parametrize(
    ("held", "stays"), [(["a"], ScanState.RUNNING), (["b"], ScanState.INTERRUPTED)]
)
def test_only_scans_of_the_sites_that_are_held_are_taken_for_dead(
    engine: Engine, held: list[str], stays: ScanState
) -> None:
    scan = scans.begin_scan(engine, ScanKind.WEEKLY, NOW, ["b"], "s", "", "r")
    scans.give_up_running(engine, held)
    assert scans.scan(engine, scan).state is stays
