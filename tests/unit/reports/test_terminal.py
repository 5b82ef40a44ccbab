from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from reports import sheet, terminal
from reports.views import FindingsView, SummaryView, UnitView, said
from scorecards.life import FindingState

WIDTHS = (60, 80, 100, 120, 160)
HOSTILE = "[red]x[/red][link=file:///etc]\x1b]0;title\x07\u202e\u200b\x9b31m[/]"

PRINTERS: dict[str, Callable[..., None]] = {
    "summary": terminal.print_summary,
    "unit": terminal.print_unit,
    "detail": terminal.print_finding,
    "listed": terminal.print_findings,
    "nobody": terminal.print_unattributed,
    "cards": terminal.print_scorecards,
    "runs": terminal.print_runs,
}


def shown(printer: Callable[..., None], view: object, width: int = 80, **more: Any) -> str:
    out = io.StringIO()
    printer(terminal.console(out, width=width), view, **more)
    return out.getvalue()


@pytest.fixture(params=PRINTERS)
def case(request: pytest.FixtureRequest) -> tuple[Callable[..., None], object]:
    return PRINTERS[request.param], request.getfixturevalue(request.param)


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_console(
    case: tuple[Callable[..., None], object], width: int
) -> None:
    for line in shown(*case, width=width).splitlines():
        assert cell_len(line) <= width, line


@pytest.mark.parametrize("width", [80, 120])
def test_every_character_of_ours_is_on_a_gbk_console(
    case: tuple[Callable[..., None], object], width: int
) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="gbk", errors="strict", write_through=True)
    printer, view = case
    printer(terminal.console(stream, width=width), view)
    text = raw.getvalue().decode("gbk")
    assert "?" not in text.replace("？", "")
    assert "─" not in text  # may be two cells wide on such a console
    assert text.replace("-", "─") == shown(printer, view, width).replace("-", "─")


def test_the_picture_of_a_summary_loads_nothing_from_elsewhere(summary: SummaryView) -> None:
    out = sheet.console(io.StringIO(), width=100, record=True)
    terminal.print_summary(out, summary)
    picture = sheet.svg(out, "xunjian summary")
    assert "市商务局" in picture
    assert "url(" not in picture.replace("url(#", "")
    assert "cdn" not in picture


def test_no_colour_code_is_written_to_a_file(case: tuple[Callable[..., None], object]) -> None:
    assert "\x1b" not in shown(*case)


def test_the_worst_unit_comes_first_then_the_ungraded_then_the_fine_in_one_line(
    summary: SummaryView,
) -> None:
    text = shown(terminal.print_summary, summary)
    places = [text.index(s) for s in ("市商务局", "南阳乡", "桂林街道", "乐园乡", "市安监局")]
    assert places == sorted(places)
    assert "没有发现需要整改的问题：2 个单位" in text
    assert "市财政局" not in text


@pytest.mark.parametrize("width", [80, 120])
def test_a_row_says_score_rank_counts_worst_problem_and_deadline(
    summary: SummaryView, width: int
) -> None:
    lines = shown(terminal.print_summary, summary, width).splitlines()
    at = next(i for i, line in enumerate(lines) if "市商务局" in line)
    row = lines[at]
    for words in ("31.50", "46/46", " 2 ", " 4 ", " 12 ", " 9 ", "未提醒"):
        assert words in row
    assert "政务动态：最新一条是" in " ".join(lines[at : at + 2])


def test_a_unit_without_a_grade_shows_no_score(summary: SummaryView) -> None:
    lines = shown(terminal.print_summary, summary).splitlines()
    row = next(line for line in lines if "乐园乡" in line)
    assert row.startswith("未评分")
    assert "52.1%，低于 80%" in shown(terminal.print_summary, summary)
    at = lines.index("本次没有检测到（9 项均未能核实）：1 个")
    assert "市安监局" in lines[at + 1]


def test_the_trial_run_is_announced_and_only_then(summary: SummaryView) -> None:
    assert "试运行：仅供查看，不计入考评" in shown(terminal.print_summary, summary)
    over = replace(summary, scan=replace(summary.scan, trial_run=False))
    assert "试运行" not in shown(terminal.print_summary, over)


def test_unconfirmed_units_missing_units_and_unattributed_pages_are_visible(
    summary: SummaryView,
) -> None:
    text = shown(terminal.print_summary, summary, 120)
    assert "未核对  市委统战部" in text
    assert "名单未核对的单位 1 个" in text
    assert "政府部门 30 个、党委部门及群团 20 个" in text
    assert "乡镇场街道 0" not in text
    assert "未归属单位的页面 17 个、问题 5 个" in text


def test_unconfirmed_points_are_said_to_be_so(summary: SummaryView) -> None:
    assert "未确认" in shown(terminal.print_summary, summary)


def test_an_incomplete_scan_says_so(summary: SummaryView) -> None:
    part = replace(summary, scan=replace(summary.scan, complete=False))
    assert "--resume" in shown(terminal.print_summary, part)
    assert "41 页留待下一夜" in shown(terminal.print_summary, summary)


def test_a_limit_says_how_many_units_it_leaves_out(summary: SummaryView) -> None:
    text = shown(terminal.print_summary, summary, limit=2)
    assert "桂林街道" not in text
    assert "另有 7 个需要整改的单位未列出" in text


def test_a_city_without_problems_is_said_to_have_none(summary: SummaryView) -> None:
    fine = replace(summary, rows=tuple(r for r in summary.rows if r.graded and not r.problems))
    assert "没有需要整改的单位" in shown(terminal.print_summary, fine)


def test_what_was_not_measured_is_not_said_to_be_fine(summary: SummaryView) -> None:
    unmeasured = tuple(r for r in summary.rows if not r.graded and not r.problems)
    assert unmeasured
    for rows in (unmeasured, ()):
        text = shown(terminal.print_summary, replace(summary, rows=rows))
        assert "不能说明有没有需要整改的问题" in text
        assert "没有需要整改的单位" not in text
    mixed = tuple(r for r in summary.rows if not r.problems)
    assert "没有查实需要整改的单位" in shown(terminal.print_summary, replace(summary, rows=mixed))


@pytest.mark.parametrize(
    ("subject", "message", "words"),
    [
        ("发展规划—工作计划", "最近更新 2017-06-03", "发展规划—工作计划：最近更新 2017-06-03"),
        ("建议提案", "没有栏目“建议提案”", "没有栏目“建议提案”"),
        (
            "财经类信息—财政预决算",
            "栏目“财经类信息 > 财政预决算”空白",
            "栏目“财经类信息 > 财政预决算”空白",
        ),
        ("市科协预决算", "没有本单位2018年预算", "没有本单位2018年预算"),
        ("", "首页不更新", "首页不更新"),
    ],
)
def test_a_subject_is_not_said_twice(subject: str, message: str, words: str) -> None:
    assert said(subject, message, "市科协") == words


def test_a_unit_is_shown_with_its_problems_basis_remedy_and_what_they_give_back(
    unit: UnitView,
) -> None:
    text = shown(terminal.print_unit, unit)
    for words in (
        "得分 31.5（满分 100）",
        "全部整改后恢复 15 分",
        "依据  《政府网站与政务新媒体检查指标》",
        "整改  补发近期的工作动态",
        "3fa81c22",
        "自 2018-08-12 未变",
        "网站上的名称：单位简介",
        "对方服务器返回 500",
        "得分：100 - 20 - 15 - 15 - 10 = 40",
    ):
        assert words in text
    assert text.index("栏目没有按期更新") < text.index("段落缩进不一致")


def test_many_findings_of_one_rule_are_cut_short_and_counted(unit: UnitView) -> None:
    text = shown(terminal.print_unit, unit)
    assert "还有 2 个：xunjian findings --unit shangwu --rule mixed-indent" in text
    assert "还有" not in shown(terminal.print_unit, unit, per_rule=None)


def test_a_column_that_was_not_read_shows_no_count(unit: UnitView) -> None:
    line = next(s for s in shown(terminal.print_unit, unit).splitlines() if "财政预决算" in s)
    assert "未能核实  -" in line
    assert " 0 " not in line


def test_a_list_has_a_column_of_states_only_where_they_differ(listed: FindingsView) -> None:
    assert "待提醒" not in shown(terminal.print_findings, listed)
    mended = replace(listed.findings[0], state=FindingState.RECTIFIED)
    mixed = replace(listed, findings=(mended, *listed.findings[1:]))
    text = shown(terminal.print_findings, mixed)
    assert "待提醒" in text
    assert "已整改" in text


def test_markup_and_control_sequences_from_the_web_are_only_text(
    summary: SummaryView, unit: UnitView
) -> None:
    row = replace(summary.rows[0], worst=HOSTILE, short="[b]局")
    bad = replace(unit.findings[0], message=HOSTILE, snippet=HOSTILE, url="http://a/\x1b[2J")
    for text in (
        shown(terminal.print_summary, replace(summary, rows=(row,))),
        shown(terminal.print_unit, replace(unit, row=row, findings=(bad,))),
    ):
        assert "[red]x[/red]" in text
        assert not {"\x1b", "\x07", "\u202e", "\u200b", "\x9b"} & set(text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(st.text(max_size=300), st.sampled_from([40, 80, 120]))
def test_no_text_breaks_the_page(summary: SummaryView, words: str, width: int) -> None:
    row = replace(summary.rows[0], worst=words, short=words, reason=words, deadline=words)
    view = replace(summary, rows=(row, replace(row, graded=False, open={})))
    for line in shown(terminal.print_summary, view, width).splitlines():
        assert cell_len(line) <= max(width, 40)
