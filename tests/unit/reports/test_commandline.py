"""The command line library speaks Chinese: help without Python's types, usage errors in words."""

from __future__ import annotations

import re
from typing import Any

import pytest

import cli


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.run(words)
    captured = capsys.readouterr()
    return status, captured.out, "".join(captured.err.split())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("summery",), "没有命令summery，是不是summary"),
        (("--bogus",), "没有选项--bogus"),
        (("show",), "缺少单位|站点|问题编号"),
        (("scan", "--kind", "foo"), "“foo”不在可用的值里（spot、weekly、"),
        (("summary", "--limit", "0"), "--limit的值不对：不能小于1"),
        (("summary", "--limit", "x"), "--limit的值不对：应是整数"),
        (("summary", "--limit"), "选项--limit后面要写值"),
        (("summary", "--fail-on=3"), "选项--fail-on后面不写值"),
        (("summary", "x"), "多写了“x”"),
    ],
)
def test_wrong_words_are_told_in_chinese_with_status_two(
    words: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = said(capsys, *words)
    assert status == cli.BAD_USAGE
    assert told in err
    assert "--help" in err


def test_no_command_shows_the_help_and_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = said(capsys)
    assert status == cli.BAD_USAGE
    assert "命令" in out + err
    assert "写法不对" not in out + err


@pytest.mark.parametrize(
    "words",
    [(), ("scan",), ("summary",), ("show",), ("evidence",), ("lists", "import"), ("probe",)],
)
def test_help_names_no_type_of_the_language(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[Any]
) -> None:
    status, out, _ = said(capsys, *words, "--help")
    assert status == cli.DONE
    assert "用法：" in out
    assert not re.search(r"<\w+>|OPTIONS|ARGS|Usage|\{", out)


def test_every_command_stands_in_a_panel_of_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = said(capsys, "--help")
    assert "─ 其他 ─" not in out
    assert "─ 开始 ─" in out
