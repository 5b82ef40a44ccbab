"""``schedule.yaml``: optional, and told by line where it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.loader import find_config, load
from config.problems import ConfigError
from config.schedule import Schedule, load_schedule
from config.schema import Config

RUICHANG = Path(__file__).parents[3] / "config" / "ruichang"


@pytest.fixture(scope="module")
def config() -> Config:
    return load(find_config("ruichang", Path("/")))


def read(folder: Path, text: str, config: Config) -> Schedule:
    (folder / "schedule.yaml").write_text(text, encoding="utf-8")
    return load_schedule(folder, config)


def test_without_the_file_or_with_comments_only_the_defaults_hold(
    tmp_path: Path, config: Config
) -> None:
    assert load_schedule(tmp_path, config) == Schedule()
    assert read(tmp_path, "# 都用默认值\n", config) == Schedule()


def test_what_ruichang_states_are_the_defaults_and_marked_as_unconfirmed(config: Config) -> None:
    assert load_schedule(RUICHANG, config) == Schedule()
    text = (RUICHANG / "schedule.yaml").read_text(encoding="utf-8")
    assert text.count("未确认") >= 6


def test_a_rule_that_states_its_hour_only_keeps_its_usual_day(
    tmp_path: Path, config: Config
) -> None:
    found = read(tmp_path, 'quarterly: {at: "01:00"}\nthird_party: {late_hours: 24}\n', config)
    assert (found.quarterly.day, found.quarterly.workday, found.quarterly.at) == (20, None, "01:00")
    assert found.third_party.workday == -1
    assert read(tmp_path, "monthly: {day: 3}\n", config).monthly.workday is None


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("spot:\n  at: '25:00'\n", 2, "要写成“时:分”"),
        ("spot:\n  units_per_day: 0\n", 2, "不能小于 1"),
        ("weekly:\n  weekday: 8\n", 2, "不能大于 7"),
        ("weekly:\n  weekdays: 5\n", 2, "请改成 weekday"),
        ("\nmonthly:\n  workday: 1\n  day: 2\n", 3, "只能写一个"),
        ("monthly:\n  workday: 0\n", 2, "workday 不能是 0"),
        ("third_party:\n  months: [4, 2]\n", 2, "从小到大"),
        ("third_party:\n  months: [13]\n", 2, "1 到 12"),
        ("weekly:\n  sites: [portal, portall]\n", 2, "是不是 portal"),
        ("spot:\n  units:\n    - pencheng\n    - nobody\n", 4, "没有这个单位：“nobody”"),
        ("daily: {}\n", 1, "有不认识的字段“daily”"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_remedy(
    text: str, line: int, told: str, tmp_path: Path, config: Config
) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text, config)
    (problem,) = caught.value.problems
    assert problem.where == f"{tmp_path.as_posix()}/schedule.yaml 第 {line} 行"
    assert told in f"{problem.reason}；{problem.remedy}"
