"""Others' results and moves on either database: kept at once, and read back as they were."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, select

from checks.life import EventKind
from storage import findings, inspections, moves
from storage.db import reading, writing
from storage.insert import insert_new
from storage.inspections import AGAIN, NEW, UNREAD, Inspected, Inspection
from storage.models import AliasRow, SubjectKind, SubjectRow
from storage.moves import Move
from storage.types import key64, url_key
from tests.integration.storage.samples import day
from tests.integration.storage.test_findings import event, finding


def inspection(number: int = 0, digest: str = "d1") -> Inspection:
    return Inspection(
        id=number, source="province", digest=digest, file="清单.xlsx", period="2018Q2",
        at=day(3), recorded_at=day(4), actor="张三", note={"counts": {"new": 1}},
    )  # fmt: skip


def row(number: int, match: str, fingerprint: str | None = None, problem: str = "") -> Inspected:
    return Inspected(
        sheet="清单", row=number, unit_id="office", site_id="portal", column_key="portal/news",
        rule_id="overdue-column", url=None, description="未更新", found_on=date(2018, 6, 4),
        fingerprint=fingerprint, match=match, problem=problem,
        cells={"digest": f"r{number}", "kinds": ["overdue"], "as_read": {"单位": "市政府办"}},
    )  # fmt: skip


def test_a_workbook_its_rows_and_their_findings_are_kept_at_once(engine: Engine) -> None:
    made = finding("a")
    rows = [
        row(2, NEW, made.fingerprint),
        row(3, AGAIN, made.fingerprint),
        row(4, UNREAD, None, "单位空着"),
    ]
    number = inspections.keep(
        engine, inspection(), rows, [(made, event(EventKind.FOUND, 3, None))], []
    )
    found = inspections.find(engine, "province", "d1")
    assert found == inspection(number)
    assert inspections.find(engine, "third-party", "d1") is None
    assert inspections.rows(engine, [number]) == {number: rows}
    (stored,) = findings.open_state(engine).values()
    assert [e.kind for e in stored.events] == [EventKind.FOUND]
    # The row that could not be read is read later; the others stay as they are.
    mended = row(4, NEW, made.fingerprint)
    noted = [(made.fingerprint, event(EventKind.NOTED, 5, None))]
    assert inspections.keep(engine, inspection(number), [mended], [], noted) == number
    assert inspections.rows(engine, [number])[number] == [*rows[:2], mended]
    assert len(inspections.inspections(engine)) == 1


def test_nothing_is_kept_of_a_workbook_when_a_part_of_it_cannot_be(engine: Engine) -> None:
    made = finding("a")
    rows = [row(2, NEW, made.fingerprint), row(3, NEW, "f" * 32)]
    with pytest.raises(KeyError):
        inspections.keep(engine, inspection(), rows, [(made, event(EventKind.FOUND, 3, None))], [])
    assert inspections.inspections(engine) == []
    assert findings.open_state(engine) == {}


def test_a_move_gives_known_pages_their_new_address_and_leaves_others_alone(
    engine: Engine,
) -> None:
    old = ["http://o/1", "http://o/2"]
    ids = [key64(SubjectKind.PAGE, url) for url in old]
    with writing(engine) as connection:
        insert_new(
            connection,
            SubjectRow.__table__,
            [
                {"id": n, "kind": SubjectKind.PAGE, "key": f"page:{n}", "site_id": "portal",
                 "first_seen": day(1), "url": url, "last_scan": None}
                for n, url in zip(ids, old, strict=True)
            ],
        )  # fmt: skip
        insert_new(
            connection,
            AliasRow.__table__,
            [
                {"url_key": url_key(url), "url": url, "subject_id": n, "first_seen": day(1)}
                for n, url in zip(ids, old, strict=True)
            ],
        )
    move = Move(
        id=0, site_id="portal", at=day(5), recorded_at=day(6), actor="张三", old_url="http://o/",
        new_url="http://n/", mapping={"columns": {}, "grace_until": "2019-03-17"},
    )  # fmt: skip
    number = moves.keep(engine, move, {"http://n/1": ids[0]}, [])
    (kept,) = moves.moves(engine)
    assert (kept.id, kept.grace_until) == (number, date(2019, 3, 17))
    known = moves.known_pages(engine, [*old, "http://n/1", "http://n/2"])
    assert {url: n for url, (n, _) in known.items()} == {
        old[0]: ids[0], old[1]: ids[1], "http://n/1": ids[0],
    }  # fmt: skip
    with reading(engine) as connection:
        urls = {r.id: r.url for r in connection.execute(select(SubjectRow.id, SubjectRow.url))}
    assert urls == {ids[0]: "http://n/1", ids[1]: old[1]}
