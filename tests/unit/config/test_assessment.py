"""The block ``assessment`` of a standard file: what is wrong is told in Chinese, with its line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from config.loader import load_standard
from config.problems import ConfigError

TEXT = files("config").joinpath("standards/ruichang-2018.yaml").read_text(encoding="utf-8")


def complaint(tmp_path: Path, old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_standard(path)
    line = next(
        i for i, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if new in text
    )
    text = str(caught.value)
    assert f"第 {line} 行" in text, text
    return text


def test_the_citys_own_weights_are_all_marked_as_without_an_official_source() -> None:
    assessment = load_standard("ruichang-2018").assessment
    assert assessment is not None
    assert len(assessment.unconfirmed) == 11
    weights = assessment.classes
    assert weights["completeness"] > weights["timeliness"] > weights["content"] > weights["layout"]


def test_an_unknown_kind_of_scan_is_told_with_its_line(tmp_path: Path) -> None:
    assert "weekly" in complaint(tmp_path, "weekly: 30,", "weekley: 30,")


def test_a_class_that_is_not_defined_is_told_with_its_line(tmp_path: Path) -> None:
    text = complaint(
        tmp_path,
        "classes: {completeness: 40, timeliness: 35, content: 15, layout: 10}",
        "classes: {completeness: 40, timelines: 35, content: 15, layout: 10}",
    )
    assert "timelines" in text
    assert "没有写类别 timeliness 的权重" in text


def test_more_than_two_decimals_of_a_point_are_refused(tmp_path: Path) -> None:
    old = "third_party: {points: 0.5, cap: 5"
    assert "最多两位小数" in complaint(tmp_path, old, "third_party: {points: 0.505, cap: 5")


def test_a_span_of_days_that_cannot_be_graded_is_refused(tmp_path: Path) -> None:
    old = "full_workdays: 5, zero_workdays: 20"
    assert "要小于" in complaint(tmp_path, old, "full_workdays: 20, zero_workdays: 20")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("- {title: 良好, at_least: 80}", "- {title: 良好, at_least: 95}", "从高到低"),
        ("- {title: 不合格, at_least: 0}", "- {title: 不合格, at_least: 1}", "要写 0"),
        ("- {title: 良好, at_least: 80}", "- {title: 优秀, at_least: 80}", "名称相同"),
    ],
)
def test_grades_leave_no_score_without_a_grade(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        load_standard(path)


def test_a_group_may_have_grades_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = (
        "  group_grades:\n    town: [{title: 达标, at_least: 70}, {title: 不达标, at_least: 0}]\n"
    )
    path.write_text(TEXT.rstrip() + "\n" + text, encoding="utf-8")
    assessment = load_standard(path).assessment
    assert assessment is not None
    assert [g.title for g in assessment.grades_of("town")] == ["达标", "不达标"]
    assert len(assessment.grades_of("department")) == 4


def test_a_standard_need_not_assess(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT[: TEXT.index("assessment:")], encoding="utf-8")
    assert load_standard(path).assessment is None
