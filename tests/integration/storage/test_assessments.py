"""The year-end table from a database: the same on both kinds to the byte, and the command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, event, insert

import cli
from checks.life import Event, EventKind
from checks.model import Finding, Scope, Subject
from reports.assessed import HEADER
from reports.assessment import DerivationView
from reports.assessment_book import book
from reports.books import sheet_name
from reports.machine import as_json
from reports.tables import as_csv
from services.assess import gather, period_of, table
from services.workspace import UsageError
from storage.findings import add_event, add_finding, record
from storage.models import ScanKind
from storage.regime_tables import WaiverRow
from storage.scans import begin_scan
from tests.benchmarks.assess import configuration, fill, year

UNITS, WEEKS, FINDINGS = 5, 9, 160
NOW = datetime(2019, 1, 10, 1, tzinfo=UTC)


def test_the_same_database_gives_the_same_bytes_on_both_kinds(
    sqlite_template: Path, tmp_path: Path, postgres_database: str, opening: Callable[..., Engine]
) -> None:
    path = tmp_path / "year.db"
    shutil.copy(sqlite_template, path)
    config, standard = configuration(UNITS)
    made = []
    for address in (f"sqlite:///{path}", postgres_database):
        engine = opening(address)
        fill(engine, config, standard, weeks=WEEKS, findings=FINDINGS)
        view = table(engine, config, standard, year(), details=True)
        derived = [as_json(DerivationView(view, r)) for r in view.results]
        made.append((as_json(view), as_csv(view), derived, book(view)))
    assert made[0] == made[1]
    shape = json.loads(made[0][0])
    assert len(shape["units"]) == UNITS
    assert all(u["rank"] and u["rectification"] for u in shape["units"])


def test_it_asks_few_questions_whatever_the_year_holds(
    sqlite_template: Path, tmp_path: Path, opening: Callable[..., Engine]
) -> None:
    config, standard = configuration(UNITS)
    asked = []
    for findings in (250, 400):
        path = tmp_path / f"{findings}.db"
        shutil.copy(sqlite_template, path)
        engine = opening(f"sqlite:///{path}")
        fill(engine, config, standard, weeks=WEEKS, findings=findings)
        statements: list[str] = []
        event.listen(engine, "before_cursor_execute", lambda *a, into=statements: into.append(a[2]))
        gather(engine, config, standard, year())
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 15


# --- how each kind of row is read ------------------------------------------------------------------


def finding(number: int, unit_id: str | None = "unit-000", *, suspected: bool = False) -> Finding:
    return Finding(
        fingerprint=f"{number:032x}",
        rule_id="overdue-column",
        subject=Subject(
            scope=Scope.COLUMN,
            key=f"portal/{number}",
            site_id="portal",
            unit_id=unit_id,
            title="栏目",
            url=None,
        ),
        what="",
        message="",
        path="",
        snippet="",
        url=None,
        suspected=suspected,
        evidence=None,
    )


def happened(kind: EventKind, day: date, scan: int | None = None, **data: object) -> Event:
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    return Event(kind=kind, at=at, recorded_at=at, scan_id=scan, actor="t", data=data)


def test_sightings_records_deadlines_and_waivers_are_read_alike_on_both(engine: Engine) -> None:
    config, standard = configuration(2)
    first = date(2018, 3, 5)
    at = datetime(2018, 3, 5, 1, tzinfo=UTC)
    scan = begin_scan(engine, ScanKind.WEEKLY, at, [], standard.id, "", "")
    certain, doubtful = finding(1), finding(2, suspected=True)
    record(
        engine,
        scan,
        findings=[certain, doubtful],
        events=[
            (f.fingerprint, happened(EventKind.FOUND, first, scan, suspected=f.suspected))
            for f in (certain, doubtful)
        ],
    )
    told = happened(EventKind.REMINDED, first + timedelta(days=1), deadline="2018-03-20")
    add_event(engine, certain.fingerprint, told)
    add_finding(engine, finding(3, "unit-001"), happened(EventKind.FOUND, first), "province")
    with engine.begin() as connection:
        connection.execute(
            insert(WaiverRow).values(
                id=9,
                kind="not_applicable",
                unit_id="unit-001",
                duty="",
                period_from=date(2018, 1, 1),
                period_to=date(2018, 12, 31),
                reason="",
                proof="",
                at=at,
                recorded_at=at,
                actor="t",
            )
        )
    waived = happened(EventKind.WAIVED, date(2018, 4, 2), waiver_id=9, until=None)
    add_event(engine, finding(3).fingerprint, waived)

    known = gather(engine, config, standard, period_of(2018, now=NOW), details=True)
    one, two, three = (known.findings[known.ids[f"{n:032x}"]] for n in (1, 2, 3))
    assert (one.unit_id, one.state, one.certain) == ("unit-000", "reminded", True)
    assert [(t.unit_id, t.deadline) for t in one.tasks] == [
        ("unit-000", date(2018, 3, 20).toordinal())
    ]
    assert (two.state, two.certain) == ("suspected", False)
    assert (three.unit_id, three.state) == ("unit-001", "waived")
    assert not three.counts_on(date(2018, 1, 1).toordinal())
    assert three.counts_on(date(2019, 1, 1).toordinal())


def test_a_sighting_that_a_later_judging_replaced_leaves_the_finding_with_its_unit(
    engine: Engine,
) -> None:
    config, standard = configuration(1)
    scans = [
        begin_scan(engine, ScanKind.WEEKLY, at, [], standard.id, "", "")
        for at in (datetime(2018, 3, d, 1, tzinfo=UTC) for d in (5, 12))
    ]
    one = finding(1)
    found = happened(EventKind.FOUND, date(2018, 3, 5), scans[0])
    record(engine, scans[0], findings=[one], events=[(one.fingerprint, found)])
    record(engine, scans[1], findings=[one])
    record(engine, scans[0], findings=[])
    known = gather(engine, config, standard, period_of(2018, now=NOW))
    assert [f.unit_id for f in known.findings.values()] == ["unit-000"]


# --- the command ----------------------------------------------------------------------------------

CITY = "id: moushi\nname: 某市\noffice: 某市政府办\ntrial_run: {trial}\n"
SITES = """sites:
  - {id: portal, name: 某市政府网, kind: portal, url: "http://127.0.0.1:9/", operator: unit-000}
"""


@pytest.fixture(scope="module")
def desk(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("assess")
    home = place / "config"
    home.mkdir()
    (place / "data").mkdir()
    units = ["units:"]
    for i in range(UNITS):
        # one is named as a formula would begin, one is not confirmed
        name = "'=1+1'" if i == 1 else f"单位{i}"
        flag = "false" if i == 2 else "true"
        units.append(
            f"  - {{id: unit-00{i}, name: {name}, short: {name}, group: department, confirmed: {flag}}}"
        )
    (home / "city.yaml").write_text(CITY.format(trial="false"), encoding="utf-8")
    (home / "columns.yaml").write_text("categories: []\ncatalogues: []\n", encoding="utf-8")
    (home / "sites.yaml").write_text(SITES, encoding="utf-8")
    (home / "units.yaml").write_text("\n".join(units) + "\n", encoding="utf-8")
    path = place / "data" / "xunjian.sqlite3"
    shutil.copy(sqlite_template, path)
    config, standard = configuration(UNITS)
    from storage.db import open_engine

    engine = open_engine(f"sqlite:///{path}")
    fill(engine, config, standard, weeks=WEEKS, findings=FINDINGS)
    engine.dispose()
    return place


def run(desk: Path, *words: str) -> int:
    base = ["--config", str(desk / "config"), "--data", str(desk / "data"), "--no-color"]
    return cli.run([*base, "assess", "--year", "2018", *words])


def test_the_table_is_printed_with_who_is_not_assessed_and_why(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(desk) == 0
    out = capsys.readouterr().out
    assert "2018 年度年终考评" in out
    assert "1/4" in out
    assert "名单未核对，不评" in out
    assert "未确认" in out


def test_json_and_csv_are_the_same_bytes_each_time(
    desk: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for form in ("json", "csv"):
        made = []
        for _ in range(2):
            assert run(desk, "--format", form) == 0
            made.append(capsysbinary.readouterr().out)
        assert made[0] == made[1] != b""
    rows = made[0].decode("utf-8-sig").splitlines()
    assert len(rows) == UNITS + 1
    assert rows[0].split(",")[:2] == ["组别", "名次"]
    assert all(",=1+1" not in row for row in rows)


def test_explain_ends_in_the_total_of_the_table(
    desk: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(desk, "--format", "json") == 0
    table_ = json.loads(capsysbinary.readouterr().out)
    assert run(desk, "--explain", "单位3", "--format", "json") == 0
    derived = json.loads(capsysbinary.readouterr().out)
    assert derived["schema"] == "xunjian.assessment-derivation/1"
    mine = next(u for u in table_["units"] if u["unit"]["id"] == "unit-003")
    assert derived["unit"] == mine
    assert next(x["value"] for x in derived["lines"] if x["words"] == "总分") == mine["total"]
    assert any("提醒，期限" in x["words"] and "?" not in x["words"] for x in derived["lines"])


def test_the_workbook_has_a_sheet_a_unit_no_formula_and_the_same_bytes_each_time(
    desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for file in files:
        assert run(desk, "--out", str(file)) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    read = load_workbook(files[0])
    assert read.sheetnames[:2] == ["总表", "计分办法"]
    assert set(read.sheetnames[2:]) == {"单位0", "=1+1", "单位2", "单位3", "单位4"}
    assert all(cell.data_type != "f" for sheet in read for row in sheet.iter_rows() for cell in row)
    rows = [list(row) for row in read["总表"].iter_rows(values_only=True)]
    head = next(i for i, row in enumerate(rows) if row[0] == "组别")
    totals = {row[4]: row[HEADER.index("总分")] for row in rows[head + 1 :]}
    derived = {row[0]: row[2] for row in read["单位3"].iter_rows(values_only=True)}
    assert derived["总分"] == totals["单位3"]
    with ZipFile(BytesIO(files[0].read_bytes())) as package:
        assert {i.date_time[0] for i in package.infolist()} == {1980}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--as-of", "2019-03-01"), "不在 2018 年内"),
        (("--standard", "inspection-2020"), "没有这个名称的检查标准"),
        (("--standard", "inspection-2019"), "以网站为对象"),
        (("--out", "a.xls"), ".xlsx"),
        (("--explain", "没有的单位"), "没有叫"),
    ],
)
def test_what_cannot_be_done_is_told_in_chinese(
    desk: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], told: str
) -> None:
    assert run(desk, *words) == 2
    assert told in capsys.readouterr().err


def test_a_trial_run_is_shown_as_one(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    city = desk / "config" / "city.yaml"
    city.write_text(CITY.format(trial="true"), encoding="utf-8")
    try:
        assert run(desk) == 0
        assert "试运行" in capsys.readouterr().out
    finally:
        city.write_text(CITY.format(trial="false"), encoding="utf-8")


def test_a_year_that_has_not_begun_cannot_be_assessed() -> None:
    with pytest.raises(UsageError, match="还没有开始"):
        period_of(2020, now=NOW)
    assert period_of(2019, now=NOW).last == date(2019, 1, 10)


def test_sheets_have_names_that_the_format_takes() -> None:
    taken = {"总表"}
    assert sheet_name("a/b:c[d]", taken) == "abcd"
    assert sheet_name("总表", taken) == "总表(2)"
    assert len(sheet_name("长" * 60, taken)) <= 31
