"""``media.yaml``: optional, and every mistake named with its line."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from config.loader import load
from config.media import Media, Platform, load_media
from config.problems import ConfigError

RUICHANG = load(files("config").joinpath("ruichang"))


def written(tmp_path: Path, text: str) -> Path:
    (tmp_path / "media.yaml").write_text(text, "utf-8")
    return tmp_path


def test_without_the_file_and_with_nothing_but_remarks_the_register_is_empty(
    tmp_path: Path,
) -> None:
    assert load_media(tmp_path, RUICHANG) == Media()
    assert load_media(written(tmp_path, "# 以后再写\n"), RUICHANG) == Media()


def test_the_register_that_comes_with_the_program_says_how_many_there_should_be() -> None:
    found = load_media(files("config").joinpath("ruichang"), RUICHANG)
    assert found.expected == {Platform.WEIBO: 2, Platform.WECHAT: 48}
    assert found.accounts == ()


def test_each_mistake_is_told_with_its_line_and_remedy(tmp_path: Path) -> None:
    text = """accounts:
  - {id: a, platform: wechat, name: 瑞昌发布, unit: zhengfuban}
  - {id: a, platform: weibo, name: 瑞昌发布, unit: zhengfuba}
  - {id: c, platform: wechat, name: 瑞昌发布, unit: zhengfuban}
"""
    with pytest.raises(ConfigError) as caught:
        load_media(written(tmp_path, text), RUICHANG)
    told = [str(p) for p in caught.value.problems]
    assert len(told) == 3
    assert all("media.yaml" in words for words in told)
    assert [words.split("第 ")[1].split(" 行")[0] for words in told] == ["3", "3", "4"]
    assert "是不是 zhengfuban" in told[1]


def test_a_period_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    text = (
        "accounts:\n  - {id: a, platform: wechat, name: 甲, unit: zhengfuban, "
        "valid_from: 2018-05-01, valid_to: 2018-04-30}\n"
    )
    with pytest.raises(ConfigError, match="早于"):
        load_media(written(tmp_path, text), RUICHANG)


def test_an_account_is_in_use_on_both_days_of_its_period_and_on_none_beyond(
    tmp_path: Path,
) -> None:
    text = (
        "accounts:\n  - {id: a, platform: wechat, name: 甲, unit: zhengfuban, "
        "valid_from: 2018-05-01, valid_to: 2018-05-02}\n"
    )
    (account,) = load_media(written(tmp_path, text), RUICHANG).accounts
    days = [date(2018, 4, 30), date(2018, 5, 1), date(2018, 5, 2), date(2018, 5, 3)]
    assert [account.valid_on(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("feed", "told"),
    [
        ("ftp://a.gov.cn/feed.xml", "http:// 或 https://"),
        ("file:///etc/passwd", "http:// 或 https://"),
        ("a.gov.cn/feed.xml", "http:// 或 https://"),
        ("http://user:secret@a.gov.cn/feed.xml", "用户名或密码"),
    ],
)
def test_a_feed_that_is_no_plain_web_address_is_told_with_file_and_line(
    tmp_path: Path, feed: str, told: str
) -> None:
    text = (
        "accounts:\n  - {id: b, platform: weibo, name: 乙, unit: zhengfuban}\n"
        f'  - {{id: a, platform: weibo, name: 甲, unit: zhengfuban, feed: "{feed}"}}\n'
    )
    with pytest.raises(ConfigError) as caught:
        load_media(written(tmp_path, text), RUICHANG)
    (problem,) = map(str, caught.value.problems)
    assert "media.yaml" in problem
    assert "第 3 行" in problem
    assert told in problem
    assert "secret" not in problem


def test_a_feed_over_http_or_https_is_taken(tmp_path: Path) -> None:
    for scheme in ("http", "https"):
        text = (
            "accounts:\n  - {id: a, platform: weibo, name: 甲, unit: zhengfuban, "
            f'feed: "{scheme}://a.gov.cn/feed?x=1"}}\n'
        )
        (account,) = load_media(written(tmp_path, text), RUICHANG).accounts
        assert str(account.feed) == f"{scheme}://a.gov.cn/feed?x=1"
