"""``probes.yaml``: optional, and every mistake named with its line."""

from __future__ import annotations

import itertools
from datetime import UTC, date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from config.loader import load
from config.probes import Probes, load_probes
from config.problems import ConfigError
from scheduler.probes import due_at, due_times, next_due

RUICHANG = load(files("config").joinpath("ruichang"))


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "probes.yaml").write_text(text, "utf-8")
    return tmp_path


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_probes(written(tmp_path, text), RUICHANG)
    return [str(p) for p in caught.value.problems]


def test_without_the_file_and_with_nothing_but_remarks_the_defaults_hold(tmp_path: Path) -> None:
    assert load_probes(tmp_path, RUICHANG) == Probes()
    assert load_probes(written(tmp_path, "# 以后再写\n"), RUICHANG) == Probes()


def test_the_file_that_comes_with_the_program_says_the_defaults() -> None:
    assert load_probes(files("config").joinpath("ruichang"), RUICHANG) == Probes()


def test_pages_and_titles_are_kept_by_site(tmp_path: Path) -> None:
    text = """sites:
  - site: portal
    titles: [瑞昌]
    pages:
      - {slug: xxgk, name: 信息公开, url: "https://www.ruichang.gov.cn/xxgk/", titles: [公开]}
"""
    found = load_probes(written(tmp_path, text), RUICHANG)
    assert found.of("portal").titles == ("瑞昌",)
    assert found.of("portal").pages[0].slug == "xxgk"
    assert found.of("platform").pages == ()


def test_each_mistake_is_told_with_its_line_and_remedy(tmp_path: Path) -> None:
    text = """per_day: 24
sites:
  - site: portel
  - site: portal
    pages:
      - {slug: home, name: 首页, url: "https://www.ruichang.gov.cn/x/"}
      - slug: abroad
        name: 别处
        url: https://www.example.com/
"""
    told = problems(tmp_path, text)
    assert any("第 3 行" in t and "是不是 portal" in t for t in told)
    assert any("第 6 行" in t and "首页专用" in t for t in told)
    assert any("第 9 行" in t and "不在站点" in t for t in told)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("per_day: 0\n", "第 1 行", "per_day"),
        ("enabled: true\nper_dya: 24\n", "第 2 行", "per_day"),
        ('hours: ["22:00", "06:00"]\n', "第 1 行", "零点"),
        ("controls:\n  - url: www.example.com\n", "第 2 行", "网址"),
    ],
)
def test_a_wrong_value_is_told(tmp_path: Path, text: str, line: str, words: str) -> None:
    told = problems(tmp_path, text)
    assert any(line in t and words in t for t in told), told


def test_rounds_are_spread_evenly_over_the_hours_and_move_from_day_to_day() -> None:
    settings = Probes.model_validate({"hours": ["08:00", "20:00"], "per_day": 24})
    day = date(2018, 6, 4)
    times = due_times(settings, "ruichang", day)
    assert times == due_times(settings, "ruichang", day)
    assert len(times) == 24
    assert {b - a for a, b in itertools.pairwise(times)} == {timedelta(minutes=30)}
    assert times[0].tzinfo is UTC
    assert times[0].hour == 0, "08:00 in Beijing"
    other = due_times(settings, "ruichang", day + timedelta(days=1))
    assert other[0] - times[0] != timedelta(days=1)
    assert due_at(settings, "ruichang", times[5] + timedelta(minutes=9)) == times[5]
    assert due_at(settings, "ruichang", times[5] + timedelta(minutes=10)) is None
    assert next_due(settings, "ruichang", times[5]) == times[6]
    assert next_due(settings, "ruichang", times[-1]) == other[0]
