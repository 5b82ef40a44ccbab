"""A re-check: just the pages of a finding are fetched again, and only what was fetched is judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from checks.facts import Unverified
from checks.life import Event, EventKind
from reports.recheck import RecheckView, Result
from scorecards.life import FindingState, Life, fold
from scorecards.waivers import Standing
from services import handling, views, waivers
from services.add import add
from services.book import pick_scan
from services.judge import judge_again, judge_scan
from services.recheck import recheck_finding, recheck_unit
from services.recheck_targets import MOST_REQUESTS
from services.workspace import UsageError, Workspace
from storage import findings as ledger
from storage import readings, scans
from storage import scorecards as cards
from storage.models import ScanKind
from tests.integration.scanning import Office
from tests.replica import generate
from tests.replica.config import write_config
from tests.replica.server import Served, serve
from tests.replica.site import Replica
from tests.replica.spec import Spec

K, S = EventKind, FindingState
UNIT = "slj5"
"""Four kinds of faults on four pages of the platform."""
NOW = datetime(2018, 6, 4, 4, 0, tzinfo=UTC)


@dataclass
class Desk:
    replica: Replica
    served: Served
    office: Office

    @property
    def ws(self) -> Workspace:
        return self.office.workspace

    def marks(self, rule: str | None = None) -> list[str]:
        """What counts of the unit's on the day of the first scan."""
        standard, day = self.ws.standard(), self.replica.today
        return sorted(
            mark
            for mark, seen in ledger.last_sightings(self.ws.engine).items()
            if seen.finding.subject.unit_id == UNIT
            and rule in (None, seen.finding.rule_id)
            and standard.ahead(seen.finding.rule_id, day) is None
        )

    def log(self, mark: str) -> list[Event]:
        return list(ledger.open_state(self.ws.engine)[mark].events)

    def life(self, mark: str, day: date = date(2018, 6, 5)) -> Life:
        found = fold(self.log(mark), datetime(day.year, day.month, day.day, tzinfo=UTC))
        assert found is not None
        return found

    def happen(self, mark: str, kind: EventKind, **data: object) -> None:
        event = Event(
            kind=kind,
            at=self.log(mark)[-1].at + timedelta(microseconds=1),
            recorded_at=NOW,
            scan_id=None,
            actor="t",
            data=data,
        )
        ledger.add_event(self.ws.engine, mark, event)

    def recheck(self, mark: str | None = None, day: date | None = None) -> RecheckView:
        ws, day = self.ws, day or self.replica.today
        if mark is None:
            return recheck_unit(ws, ws.config.unit(UNIT), now=NOW, as_of=day)
        return recheck_finding(ws, mark, now=NOW, as_of=day)

    def requests(self) -> int:
        return sum(n for key, n in self.served.stats().items() if not key.endswith(":304"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One unit was scanned; the steps that follow are the tests, in the order of the file."""
    place = tmp_path_factory.mktemp("recheck")
    replica = generate(Spec(seed=7, pages=300))
    with serve(replica) as served:
        write_config(replica, place / "config", served.portal, served.platform)
        office = Office(place / "config", place / "data")
        office.scan(as_of=replica.today, units=(UNIT,), sites=("platform",))
        yield Desk(replica, served, office)


def test_from_reminder_to_rectified_in_a_few_requests(desk: Desk) -> None:
    """The whole road: reminded, said to be mended, not mended, mended, back, with a new deadline."""
    marks = desk.marks()
    assert len(marks) == 4
    desk.happen(marks[0], K.REMINDED, deadline="2018-06-19")
    handling.claim(desk.ws, marks[0], "已改好", now=NOW)
    before, scorecards = desk.requests(), cards.load(desk.ws.engine, 1, "ruichang-2018")

    not_yet = desk.recheck()
    told = {c.mark: c for c in not_yet.checked}
    assert {told.pop(mark).result for mark in marks} == {Result.STANDING}
    assert {c.result for c in told.values()} <= {Result.STANDING, Result.IMPOSSIBLE}
    assert desk.requests() - before == not_yet.requests <= MOST_REQUESTS
    assert [e.kind for e in desk.log(marks[0])][-1] is K.NOT_MENDED
    assert desk.life(marks[0]).state is S.REMINDED
    assert len(desk.log(marks[1])) == 1  # nobody claimed it: it stands as it was

    desk.served.mend(UNIT)
    before = desk.requests()
    one = desk.recheck(marks[0])
    assert [c.result for c in one.checked] == [Result.MENDED]
    assert desk.requests() - before == one.requests <= 6
    assert desk.life(marks[0]).state is S.RECTIFIED
    assert desk.life(marks[1]).state is S.OPEN
    mended = desk.log(marks[0])[-1]
    assert mended.scan_id == one.scan_id
    assert mended.data["before"] != mended.data["after"]
    assert "页面" in mended.data["now"]

    rest = desk.recheck()
    assert {c.mark for c in rest.checked} == {*marks[1:], *told}
    assert {c.result for c in rest.checked if c.mark in marks} == {Result.MENDED}
    assert all(desk.life(mark).state is S.RECTIFIED for mark in marks)

    # Scorecards and the scan that summaries go by are those of before.
    assert cards.load(desk.ws.engine, 1, "ruichang-2018") == scorecards
    newest = scans.list_scans(desk.ws.engine, 1)[0]
    assert newest.kind is ScanKind.RECHECK
    assert pick_scan(desk.ws).id == 1
    assert cards.load(desk.ws.engine, newest.id, "ruichang-2018") == []
    assert views.summary(desk.ws, now=NOW).scan.scan_id == 1


def test_what_comes_back_is_a_repeat_with_a_deadline_of_its_own(desk: Desk) -> None:
    mark = desk.marks()[0]
    desk.served.restore()
    view = desk.recheck(mark, date(2018, 6, 20))
    assert [c.result for c in view.checked] == [Result.BACK]
    back = desk.life(mark, date(2018, 6, 21))
    assert (back.state, back.times_recurred, back.deadline) == (S.OPEN, 1, None)
    desk.happen(mark, K.REMINDED, deadline="2018-07-04")
    assert desk.life(mark, date(2018, 6, 22)).deadline == date(2018, 7, 4)
    assert desk.life(mark, date(2018, 7, 5)).state is S.OVERDUE


def test_a_page_that_cannot_be_fetched_leaves_the_finding_as_it_was(desk: Desk) -> None:
    mark = desk.marks()[0]
    length = len(desk.log(mark))
    desk.served.mend(UNIT)
    desk.served.ask("/hinder?down=platform")
    try:
        view = desk.recheck(mark, date(2018, 6, 21))
    finally:
        desk.served.ask("/hinder")
    assert [c.result for c in view.checked] == [Result.UNVERIFIED]
    assert view.incomplete
    assert view.checked[0].after
    assert len(desk.log(mark)) == length


def test_a_person_decides_of_what_a_person_found_and_only_if_the_page_has_changed(
    desk: Desk,
) -> None:
    seen = ledger.last_sightings(desk.ws.engine)[desk.marks("untidy-title")[0]].finding
    desk.served.restore()
    desk.recheck(seen.fingerprint, date(2018, 6, 22))  # the page as it is now
    noon = datetime(2018, 6, 25, 4, 0, tzinfo=UTC)
    unit = desk.ws.config.unit(UNIT)
    mark = add(
        desk.ws, unit, kind="content", message="标题有空格", url=seen.url, now=noon
    ).fingerprint
    same = recheck_finding(desk.ws, mark, now=noon, as_of=date(2018, 6, 25))
    assert [(c.result, c.after) for c in same.checked] == [(Result.HAND, "页面内容没有变化")]
    with pytest.raises(UsageError, match="页面内容没有变化"):
        recheck_finding(
            desk.ws, mark, now=noon, as_of=date(2018, 6, 26), mended=True, reason="看过了"
        )
    assert desk.life(mark, date(2018, 6, 27)).state is S.OPEN

    desk.served.mend(UNIT)
    changed = recheck_finding(desk.ws, mark, now=noon, as_of=date(2018, 6, 27))
    assert changed.checked[0].result is Result.HAND
    assert desk.life(mark, date(2018, 6, 28)).state is S.OPEN  # a change alone mends nothing
    done = recheck_finding(
        desk.ws, mark, now=noon, as_of=date(2018, 6, 28), mended=True, reason="标题已更正"
    )
    assert [c.result for c in done.checked] == [Result.MENDED]
    event = desk.log(mark)[-1]
    assert (event.kind, event.actor, event.scan_id) == (K.RECTIFIED, "tester", done.scan_id)
    assert event.data["before"] != event.data["after"]


def test_what_was_lacking_is_mended_where_a_person_shows_it(desk: Desk) -> None:
    ws, noon = desk.ws, datetime(2018, 6, 28, 9, tzinfo=UTC)
    unit = ws.config.unit(UNIT)
    mark = add(ws, unit, kind="missing", message="没有重大项目栏目", now=noon).fingerprint
    nowhere = recheck_finding(ws, mark, now=noon, as_of=date(2018, 6, 28))
    assert [c.result for c in nowhere.checked] == [Result.IMPOSSIBLE]
    assert nowhere.scan_id is None
    handling.claim(ws, mark, "已开设", now=noon)
    gone, there = desk.served.url("platform", "/nowhere.htm"), desk.served.url("platform", "/")
    with pytest.raises(UsageError, match="不能认定"):
        recheck_finding(
            ws, mark, now=noon, as_of=date(2018, 6, 28), mended=True, reason="有了", url=gone
        )
    refuted = recheck_finding(
        ws, mark, now=noon, as_of=date(2018, 6, 28), mended=False, reason="没看到", url=gone
    )
    assert [c.state for c in refuted.checked] == [S.OPEN]
    done = recheck_finding(
        ws, mark, now=noon, as_of=date(2018, 6, 28), mended=True, reason="已开设", url=there
    )
    assert [c.state for c in done.checked] == [S.RECTIFIED]
    assert desk.log(mark)[-1].data["after"]
    with pytest.raises(UsageError, match="不是配置的网站"):
        recheck_finding(ws, mark, now=noon, url="http://www.example.com/")


def test_a_machine_s_finding_is_not_mended_by_a_person_s_word(desk: Desk) -> None:
    mark = desk.marks("untidy-title")[0]
    with pytest.raises(UsageError, match="不能人工认定"):
        recheck_finding(desk.ws, mark, now=NOW, mended=True, reason="改了")


# --- waivers, where a scan meets them -------------------------------------------------------------


def test_a_waived_finding_is_no_point_lost_and_is_not_found_anew(desk: Desk) -> None:
    desk.served.restore()
    day = date(2018, 6, 29)
    desk.office.scan(as_of=day, units=(UNIT,), sites=("platform",))
    mark = desk.marks("word-leftovers")[0]
    ws = desk.ws
    scan_id = scans.list_scans(ws.engine, 1)[0].id
    before = cards.load(ws.engine, scan_id, "ruichang-2018")[0].score_high
    done = waivers.waive_duty(
        ws, ws.config.unit(UNIT), "word-leftovers", since=date(2018, 1, 1),
        until=date(2018, 7, 10), reason="旧系统迁移", proof="会议纪要", not_applicable=False,
        now=datetime(2018, 6, 30, 4, tzinfo=UTC),
    )  # fmt: skip
    assert done.waived == (mark,)
    judge_again(ws, UNIT)
    after = cards.load(ws.engine, scan_id, "ruichang-2018")[0].score_high
    assert before is not None
    assert after == before + 50  # half a point

    desk.office.scan(as_of=date(2018, 7, 2), units=(UNIT,), sites=("platform",))
    assert desk.life(mark, date(2018, 7, 3)).state is S.WAIVED
    assert desk.log(mark)[-1].kind is K.WAIVED
    shown = views.unit(ws, ws.config.unit(UNIT), now=datetime(2018, 7, 2, 17, tzinfo=UTC))
    assert mark in {f.fingerprint for f in shown.waived}
    assert mark not in {f.fingerprint for f in shown.findings}
    assert desk.life(mark, date(2018, 7, 12)).state is S.OPEN  # expired

    desk.served.mend(UNIT)
    desk.recheck(mark, date(2018, 7, 4))
    desk.served.restore()
    desk.recheck(mark, date(2018, 7, 5))  # it comes back, and is still waived
    assert [e.kind for e in desk.log(mark)][-3:] == [K.RECTIFIED, K.RECURRED, K.WAIVED]
    assert desk.life(mark, date(2018, 7, 6)).state is S.WAIVED


def test_what_a_scan_sees_contests_a_not_applicable_once_and_ends_nothing(desk: Desk) -> None:
    ws, noon = desk.ws, datetime(2018, 7, 6, 4, tzinfo=UTC)
    newest = scans.list_scans(ws.engine, 1)[0]
    stored = readings.columns(ws.engine, newest.id, 35)
    key = next(
        key
        for key, column in sorted(stored.items())
        if f"/{UNIT}." in key
        and not isinstance(column.reading, Unverified)
        and any(e.published and e.published.year == 2018 for e in column.reading.entries)
    )
    number = waivers.waive_duty(
        ws, ws.config.unit(UNIT), key, since=date(2018, 1, 1), until=date(2018, 12, 31),
        reason="2018年无此项业务", proof="说明", not_applicable=True, now=noon,
    ).waiver.id  # fmt: skip
    desk.office.scan(as_of=date(2018, 7, 9), units=(UNIT,), sites=("platform",))
    later = datetime(2018, 7, 10, 4, tzinfo=UTC)
    (line,) = [w for w in waivers.listed(ws, now=later).waivers if w.id == number]
    assert line.standing is Standing.CONTESTED
    told = len(line.contests)
    assert 0 < told <= 5
    judge_scan(ws, scans.list_scans(ws.engine, 1)[0].id)
    (again,) = [w for w in waivers.listed(ws, now=later).waivers if w.id == number]
    first = {c.evidence for c in line.contests}
    assert len({c.evidence for c in again.contests}) == len(again.contests)
    assert first <= {c.evidence for c in again.contests}
    assert views.summary(ws, now=later).contested == 1
    waivers.uphold(ws, number, "核对过，是转发的", now=later)
    (upheld,) = [w for w in waivers.listed(ws, now=later).waivers if w.id == number]
    assert upheld.standing is Standing.HOLDS


# --- what is no page ------------------------------------------------------------------------------

OTHERS = {
    "blank-column": "czj",
    "missing-column": "fgw",
    "overdue-column": "gtj",
    "missing-budget": "dsb",
}


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Office, date]]:
    place = tmp_path_factory.mktemp("others")
    replica = generate(Spec(seed=11, pages=300))
    with serve(replica) as served:
        write_config(replica, place / "config", served.portal, served.platform)
        office = Office(place / "config", place / "data")
        office.scan(as_of=replica.today, units=tuple(OTHERS.values()))
        yield served, office, replica.today


@pytest.mark.parametrize("rule", OTHERS)
def test_a_column_is_found_and_read_again_by_itself(
    others: tuple[Served, Office, date], rule: str
) -> None:
    """Blank, missing, overdue, and a budget that is not in a list: each stands, then is mended."""
    served, office, today = others
    ws, unit = office.workspace, OTHERS[rule]
    mark = min(
        m
        for m, seen in ledger.last_sightings(ws.engine).items()
        if (seen.finding.rule_id, seen.finding.subject.unit_id) == (rule, unit)
    )
    (stands,) = recheck_finding(ws, mark, now=NOW, as_of=today).checked
    assert stands.result is Result.STANDING
    served.mend(unit)
    try:
        view = recheck_finding(ws, mark, now=NOW, as_of=today)
    finally:
        served.restore()
    assert [c.result for c in view.checked] == [Result.MENDED]
    assert view.requests <= 20
    assert view.checked[0].state is S.RECTIFIED
