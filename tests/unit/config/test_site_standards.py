"""Standards of sites: complete as shipped, and every mistake told with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.registry import setting_faults
from config.indicators import JudgedBy, PartKind
from config.loader import load_standard
from config.problems import ConfigError

MINE = """\
id: mine
title: 自定
basis: 本市
subject: site
parts:
  - {id: veto, title: 否决, kind: veto}
  - {id: deduct, title: 扣分, kind: deduct, total: 100, pass_line: 60}
  - {id: bonus, title: 加分, kind: bonus, total: 30, needs_above: 80}
rules:
  dead-link: {}
  overdue-column: {params: {undated_counts_as: not_updated}, since: 2018-07-01}
indicators:
  - id: columns
    part: veto
    group: 否决
    title: 栏目
    conditions:
      - {id: late, title: 不更新, judge: auto, rules: [overdue-column], count: subject, at_least: 5}
  - id: links
    part: deduct
    group: 可用性
    title: 链接
    points: 100
    conditions:
      - {id: dead, title: 打不开, judge: auto, rules: [dead-link], points: 0.1, cap: 5}
"""

MISTAKES = [
    ("part: veto\n", "part: vote\n", 14, "没有这个部分“vote”"),
    (
        "rules: [dead-link], p",
        "rules: [dead-links], p",
        25,
        "用到的规则 dead-links 没有列在 rules 里",
    ),
    ("  dead-link: {}", "  dead-lnk: {}", 10, "没有规则“dead-lnk”"),
    (", rules: [dead-link], points", ", points", 25, "却没有写 rules 或 measure"),
    ("points: 0.1, ", "", 25, "缺少 points（每个扣多少分）"),
    ("at_least: 5}", "at_least: 4.5}", 18, "at_least 不是整数"),
    ("at_least: 5}", "at_least: 5, points: 2}", 18, "单项否决，不扣分"),
    ("points: 100", "points: 90", 7, "分值合计 90，与满分 100 不一致"),
    (
        "  dead-link: {}",
        "  dead-link: {}\n  broken-image: {}",
        11,
        "规则 broken-image 没有一条指标用到",
    ),
    ("  dead-link: {}", "  dead-link: {points: 2}", 10, "写了 points"),
    ("id: links", "id: columns", 19, "id “columns”重复"),
    ("pass_line: 60", "pass_lines: 60", 7, "有不认识的字段“pass_lines”"),
    ("judge: auto, rules: [dead-link]", "judge: person", 25, "却没有写 checklist"),
    ("judge: auto, rules: [dead-link]", "judge: auto, measure: weeks", 25, "没有这个测量值“weeks”"),
    ("judge: auto, rules: [dead", "judge: autos, rules: [dead", 25, "judge 写成了“autos”"),
    ("undated_counts_as: not_updated", "undated_counts_as: maybe", 11, "undated_counts_as"),
    ("points: 0.1", "points: 0.123", 25, "points"),
    ("pass_line: 60", "pass_line: 101", 7, "pass_line（101）大于 total（100）"),
]


def written(folder: Path, text: str) -> Path:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_clerk_can_write_a_standard_of_sites(tmp_path: Path) -> None:
    standard = load_standard(written(tmp_path, MINE), vet=setting_faults)
    assert [p.kind for p in standard.parts] == [PartKind.VETO, PartKind.DEDUCT, PartKind.BONUS]
    assert standard.rules["overdue-column"].since is not None


@pytest.mark.parametrize(("old", "new", "line", "reason"), MISTAKES, ids=[m[3] for m in MISTAKES])
def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    assert MINE.count(old) >= 1
    file = written(tmp_path, MINE.replace(old, new, 1))
    with pytest.raises(ConfigError) as told:
        load_standard(file, vet=setting_faults)
    found = [p for p in told.value.problems if reason in p.reason]
    assert found, told.value
    assert found[0].where.endswith(f"mine.yaml 第 {line} 行"), found[0]
    assert found[0].remedy


def test_a_standard_of_units_has_no_indicators(tmp_path: Path) -> None:
    text = MINE.replace("subject: site", "subject: unit")
    with pytest.raises(ConfigError, match="缺少 classes"):
        load_standard(written(tmp_path, text))


@pytest.mark.parametrize(
    ("name", "vetoes", "groups"),
    [
        (
            "inspection-2019",
            [
                *("安全、泄密事故等严重问题", "站点无法访问", "首页不更新", "栏目不更新"),
                *("互动回应差", "服务不实用"),
            ],
            {"发布解读": 31, "办事服务": 25, "互动交流": 23, "功能设计": 21},
        ),
        (
            "census-2015",
            ["站点无法访问", "网站不更新", "栏目不更新", "严重错误", "互动回应差"],
            {"网站可用性": 2, "信息更新情况": 2, "互动回应情况": 3, "服务实用情况": 3},
        ),
    ],
)
def test_every_line_of_the_official_tables_is_there(
    name: str, vetoes: list[str], groups: dict[str, int]
) -> None:
    standard = load_standard(name, vet=setting_faults)
    assert [x.title for x in standard.indicators if x.part == "veto"] == vetoes
    held: dict[str, float] = {}
    for x in standard.indicators:
        if x.part == "deduct":
            worth = float(x.points) if name == "inspection-2019" and x.points else 1
            held[x.group] = held.get(x.group, 0) + worth
    assert held == groups
    for x in standard.indicators:
        assert x.basis, x.id
        for c in x.conditions:
            assert c.checklist, c.id  # a person can take over where the program could not
            assert c.judge is JudgedBy.PERSON or c.rules or c.measure


def test_the_bonus_and_the_new_media_have_their_parts() -> None:
    parts = {p.id: p for p in load_standard("inspection-2019").parts}
    assert (parts["bonus"].total, parts["bonus"].needs_above) == (30, 80)
    assert (parts["deduct"].total, parts["deduct"].pass_line) == (100, 60)
    assert parts["deduct"].sites == parts["bonus"].sites == ("portal",)
    assert parts["media"].of == "media"
    media = [x for x in load_standard("inspection-2019").indicators if x.part == "media"]
    assert len(media) == 3


def test_what_no_source_gave_is_marked() -> None:
    """Points of single indicators have no source; four deductions do."""
    sourced = {
        f"{x.id}.{c.id}"
        for x in load_standard("inspection-2019").indicators
        if x.part == "deduct"
        for c in x.conditions
        if not c.unconfirmed
    }
    assert sourced == {
        *("policies.overdue", "interpretation-links.unlinked"),
        *("service-figures.stale", "letters-public.stale"),
    }
    for x in load_standard("census-2015").indicators:
        for c in x.conditions:
            if x.part == "deduct" and c.id != "classes":
                assert c.unconfirmed, c.id


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [("  dead-link: {}", "  dead-lnk: {}", 10), ("rules: [dead-link]", "rules: [dead-lnk]", 25)],
    ids=["in rules", "in a condition"],
)
def test_a_misspelt_rule_is_told_once_where_it_is_misspelt(
    tmp_path: Path, old: str, new: str, line: int
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_standard(written(tmp_path, MINE.replace(old, new)), vet=setting_faults)
    (problem,) = caught.value.problems
    assert f"第 {line} 行" in problem.where
    assert "是不是 dead-link" in problem.remedy


def test_an_id_that_is_another_file_s_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, MINE.replace("id: mine", "id: inspection-2019"))
    with pytest.raises(ConfigError) as caught:
        load_standard("mine", [tmp_path], vet=setting_faults)
    (problem,) = caught.value.problems
    assert "第 1 行" in problem.where
    assert "inspection-2019.yaml" in problem.reason
    file.write_text(MINE.replace("id: mine", "id: ours"), encoding="utf-8")
    assert load_standard("mine", [tmp_path], vet=setting_faults).id == "ours"
