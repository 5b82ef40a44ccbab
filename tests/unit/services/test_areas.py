"""Key areas from a stored scan: which columns count for an item, what is whole, and the table of it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import cli
from checks.areas_facts import State
from checks.facts import ColumnReading, ColumnState, DateState, Entry, Missing, Unverified
from checks.model import OutcomeKind
from config.schema import RuleSetting, ScoreClass, Standard
from reports import machine
from reports.areas import ItemLine, print_areas
from reports.sheet import console
from reports.tables import as_csv
from services.areas import overview
from services.judge import judge_facts
from services.waivers import Covering, waive_duty
from services.workspace import UsageError, Workspace
from storage import scans
from storage.models import ScanKind, ScanState
from storage.scans import Fetch, ScanWriter
from tests.unit.checks.samples import reading
from tests.unit.services.offices import NOW, office

AREAS = """
areas:
  - id: shgy
    title: 社会公益
    basis: 国办发〔2018〕10号
    aspects:
      - id: jiaoyu
        title: 教育
        units: [jyj]
        places: [portal/zfwj, platform/jyj.*]
        items:
          - {id: zhaosheng, title: 招生结果, words: [[招生]]}
          - {id: jihua, title: 教育计划, columns: [工作 计划]}
          - {id: anfang, title: 校园安防, words: [[安防]], outside: 省教育网}
      - id: yiliao
        title: 医疗
        units: [wjw]
        items:
          - {id: yimiao, title: 免疫规划, words: [[疫苗]], places: [portal/jiedu]}
          - {id: caigou, title: 医药采购, not_applicable: 由市级统一采购}
"""
STANDARD = Standard(
    id="s",
    title="标准",
    basis="依据",
    subject="unit",
    classes=(ScoreClass(id="c", title="类", label="类", cap=10),),
    rules={"missing-area-item": RuleSetting(score_class="c", points=1)},
)
TODAY = date(2018, 8, 1)
COLUMNS = ("portal/zfwj", "portal/jiedu", "platform/jyj.dongtai", "platform/jyj.jihua")
OTHER = "关于表彰先进的通报"


def row(title: str, on: date | None = TODAY - timedelta(days=40), n: int = 0) -> Entry:
    state = DateState.READ if on else DateState.ABSENT
    url = f"https://www.lin.gov.cn/{title}{n}.html"
    return Entry(title=title, url=url, published=on, date_state=state)


def column(*entries: Entry, **proof: Any) -> ColumnReading:
    return reading(entries, **proof)


def desk(folder: Path, held: dict[str, Any]) -> Workspace:
    """A scan that read the columns: a reading, a state, or why not; without a word, one row of no use."""
    ws = office(folder)
    (folder / "lin" / "areas.yaml").write_text(AREAS, "utf-8")
    scan = scans.begin_scan(
        ws.engine, ScanKind.WEEKLY, NOW, ["portal", "platform"], "ruichang-2018", "c", "r",
        started_at=NOW,
    )  # fmt: skip
    for site in ("portal", "platform"):
        writer = ScanWriter(ws.engine, None, scan, site)
        for key in (k for k in COLUMNS if k.startswith(site)):
            _store(writer, key, held.get(key, column(row(OTHER, n=COLUMNS.index(key)))))
        writer.flush()
    scans.finish_scan(ws.engine, scan, ScanState.COMPLETE, window_ended=False)
    return ws


def _store(writer: ScanWriter, key: str, what: Any) -> None:
    fetch = Fetch(at=NOW, status=200)
    if isinstance(what, ColumnState):
        none = Unverified(code=Missing.UNPROVEN, reason="没有此栏目")
        writer.column(key, none, what, fetch=fetch)
    elif isinstance(what, Unverified):
        writer.column(key, what, ColumnState.UNVERIFIED)
    else:
        writer.column(key, what, ColumnState.READ, fetch=fetch)


def lines(ws: Workspace, **asked: Any) -> dict[str, ItemLine]:
    return {line.id: line for area in overview(ws, **asked, now=NOW).areas for line in area.items}


def states(ws: Workspace) -> dict[str, tuple[State, bool]]:
    return {key: (line.state, line.suspected) for key, line in lines(ws).items()}


def judged(ws: Workspace) -> dict[str, OutcomeKind]:
    (scan,) = scans.list_scans(ws.engine)
    result = judge_facts(ws, scan, STANDARD)
    kinds = {o.subject.key: o.kind for o in result.spoken}
    for finding in result.findings.values():
        kind = OutcomeKind.SUSPECTED if finding.suspected else OutcomeKind.FINDING
        kinds[finding.subject.key] = kind
    return kinds


EMPTY = column(empty_mark="暂无信息")
OPEN, MISSING = (State.OPEN, False), (State.MISSING, False)
SUSPECTED, UNVERIFIED = (State.MISSING, True), (State.UNVERIFIED, False)


def test_what_the_table_says_the_rule_says_too(tmp_path: Path) -> None:
    ws = desk(tmp_path, {"platform/jyj.jihua": EMPTY})
    assert states(ws) == {
        "zhaosheng": SUSPECTED,
        "jihua": MISSING,
        "anfang": (State.NOT_APPLICABLE, False),
        "yimiao": SUSPECTED,
        "caigou": (State.NOT_APPLICABLE, False),
    }
    assert judged(ws) == {
        "portal/area.zhaosheng": OutcomeKind.SUSPECTED,
        "portal/area.jihua": OutcomeKind.FINDING,
        "portal/area.anfang": OutcomeKind.NOT_APPLICABLE,
        "portal/area.yimiao": OutcomeKind.SUSPECTED,
        "portal/area.caigou": OutcomeKind.NOT_APPLICABLE,
    }


def test_it_may_stand_in_the_portal_instead_of_the_platform(tmp_path: Path) -> None:
    ws = desk(tmp_path, {"portal/zfwj": column(row("2018年招生录取结果"))})
    line = lines(ws)["zhaosheng"]
    assert line.state is State.OPEN
    assert line.newest is not None
    assert (line.newest.column, line.newest.by_title) == ('政府文件及"三公"', True)
    assert "portal/area.zhaosheng" not in judged(ws)


def test_whatever_stands_in_the_own_column_counts_whatever_its_blanks(tmp_path: Path) -> None:
    line = lines(desk(tmp_path, {}))["jihua"]
    assert line.state is State.OPEN
    assert line.newest is not None
    assert (line.newest.title, line.newest.by_title) == (OTHER, False)


@pytest.mark.parametrize(
    "held",
    [
        column(row(OTHER), scripted=True),
        column(row(OTHER), confidence=0.5),
        column(row(OTHER), total_claimed=9),
        column(),
        column(empty_mark="暂无信息", confirmed=False),
        Unverified(code=Missing.WALL, reason="网站要求验证"),
        ColumnState.DELEGATED,
    ],
    ids=["scripted", "unsure", "not whole", "empty unproven", "empty once", "wall", "delegated"],
)
def test_one_column_that_is_not_surely_whole_leaves_the_item_unverified(
    held: Any, tmp_path: Path
) -> None:
    ws = desk(tmp_path, {"portal/zfwj": held, "platform/jyj.jihua": EMPTY})
    assert states(ws)["zhaosheng"] == UNVERIFIED
    assert states(ws)["jihua"] == UNVERIFIED
    assert judged(ws)["portal/area.jihua"] is OutcomeKind.UNVERIFIED


def test_a_column_that_is_not_there_hides_nothing_and_none_at_all_is_another_finding(
    tmp_path: Path,
) -> None:
    ws = desk(tmp_path, {"portal/zfwj": ColumnState.ABSENT, "portal/jiedu": ColumnState.ABSENT})
    assert states(ws)["zhaosheng"] == SUSPECTED
    assert states(ws)["yimiao"] == UNVERIFIED
    assert lines(ws)["yimiao"].reason == "应查的栏目一个也没有找到"


def test_the_successor_answers_for_what_was_the_unit_s(tmp_path: Path) -> None:
    assert lines(desk(tmp_path, {}))["yimiao"].unit_id == "wjk"


def test_one_area_alone_an_unknown_one_and_a_day_before_any_scan(tmp_path: Path) -> None:
    ws = desk(tmp_path, {})
    assert len(lines(ws, area="社会公益")) == len(lines(ws, area="shgy")) == 5
    with pytest.raises(UsageError, match="社会公益（shgy）"):
        overview(ws, "公益", now=NOW)
    assert len(lines(ws, day=TODAY)) == 5
    with pytest.raises(UsageError, match="没有检测过"):
        overview(ws, day=TODAY - timedelta(days=1), now=NOW)


def test_the_table_shows_states_reasons_and_the_newest_and_hides_no_escape(tmp_path: Path) -> None:
    hostile = replace(row("招生\x1b[31m结果"), url="https://www.lin.gov.cn/\x1b]0;x")
    ws = desk(tmp_path, {"portal/zfwj": column(hostile), "platform/jyj.jihua": EMPTY})
    view = overview(ws, now=NOW)
    out = io.StringIO()
    print_areas(console(out, width=120, color=False), view)
    text = out.getvalue()
    assert "\x1b" not in text
    for words in (
        "已公开  招生结果（市教育局）", "未公开  教育计划", "未公开（疑似）  免疫规划（市卫健委）",
        "不适用  医药采购（市卫健委）：由市级统一采购", "2018-06-22 《招生", "2 个方面",
    ):  # fmt: skip
        assert words in text
    shaped = json.loads(machine.as_json(view))
    assert shaped["schema"] == "xunjian.areas/1"
    items = _items(shaped)
    assert [item["state"] for item in items] == [
        "open", "missing", "not_applicable", "missing", "not_applicable",
    ]  # fmt: skip
    assert items[0]["newest"]["on"] == "2018-06-22"
    rows = as_csv(view).decode("utf-8-sig").splitlines()
    assert len(rows) == 6
    assert rows[0].startswith("领域,方面,信息项")


def _items(shaped: Any) -> list[Any]:
    areas: Iterable[Any] = shaped["areas"]
    return [item for area in areas for aspect in area["aspects"] for item in aspect["items"]]


@pytest.mark.parametrize("duty", ["免疫规划", "医疗领域", "missing-area-item"])
def test_what_is_waived_by_the_name_of_the_item_or_its_aspect_does_not_apply_and_counts_no_more(
    duty: str, tmp_path: Path
) -> None:
    ws = desk(tmp_path, {})
    unit = ws.config.unit("wjk")
    done = waive_duty(
        ws, unit, duty, since=TODAY, until=None, reason="由市级统一接种", proof="会议纪要",
        not_applicable=True, now=NOW,
    )  # fmt: skip
    assert done.warnings == ()
    (scan,) = scans.list_scans(ws.engine)
    covering = Covering(ws, [done.waiver], TODAY)
    found = judge_facts(ws, scan, STANDARD).findings.values()
    covered = {f.subject.key for f in found if covering.of(f) is not None}
    assert covered == {"portal/area.yimiao"}
    line = lines(ws)["yimiao"]
    assert line.state is State.NOT_APPLICABLE
    assert "由市级统一接种" in line.reason
    assert lines(ws, day=TODAY)["yimiao"].state is State.NOT_APPLICABLE
    assert states(ws)["zhaosheng"] == SUSPECTED


def test_without_a_list_of_areas_the_table_says_where_to_write_it(tmp_path: Path) -> None:
    ws = desk(tmp_path, {})
    (tmp_path / "lin" / "areas.yaml").unlink()
    ws = Workspace(ws.settings, tmp_path, clock=lambda: NOW)
    out = io.StringIO()
    print_areas(console(out, width=100, color=False), overview(ws, now=NOW))
    assert "areas.yaml" in out.getvalue()


def test_the_command_tells_the_table_and_refuses_an_area_that_is_not_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk(tmp_path, {})
    door = ["--config", str(tmp_path / "lin"), "--data", str(tmp_path / "data"), "areas"]
    assert cli.run([*door, "--area", "社会公益", "--as-of", "2018-08-01"]) == cli.DONE
    assert "医药采购（市卫健委）：由市级统一采购" in capsys.readouterr().out
    assert cli.run([*door, "--area", "公益"]) == cli.BAD_USAGE
    assert cli.run([*door, "--as-of", "2018-07-31"]) == cli.BAD_USAGE
    assert cli.run([*door, "--as-of", "今天"]) == cli.BAD_USAGE
