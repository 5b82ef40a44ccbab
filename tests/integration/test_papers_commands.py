"""``circular``, ``circulars``, ``notice`` and ``report`` as a clerk types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import cli
from tests.unit.services.docket import Docket


class Desk:
    def __init__(self, docket: Docket, capsys: pytest.CaptureFixture[str]) -> None:
        self.docket, self._capsys = docket, capsys

    def type(self, *words: str) -> tuple[int, str, str]:
        """Status, stdout, and stderr without blanks."""
        folder = self.docket.folder
        status = cli.run(
            [
                *("--config", str(folder / "config"), "--data", str(folder / "data")),
                *("--actor", "tester", "--now", "2018-12-20T09:00", *words),
            ]
        )
        captured = self._capsys.readouterr()
        return status, captured.out, "".join(captured.err.split())


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    docket = Docket(tmp_path)
    docket.late(docket.finding("a"), docket.finding("b", "farm"))
    return Desk(docket, capsys)


def test_a_circular_is_drafted_confirmed_and_listed(desk: Desk) -> None:
    status, out, err = desk.type("circular", "--period", "2018Q4")
    assert (status, Path(out.strip()).is_file()) == (0, True)
    assert "点名2个单位、2个问题" in err
    wrong = desk.type(
        "circular", "--period", "2018Q4", "--confirm", "--number", "瑞府办字(2018)1号"
    )
    assert (wrong[0], "应写成瑞府办字〔2018〕1号" in wrong[2]) == (2, True)
    words = ("circular", "--period", "2018Q4", "--confirm", "--number", "瑞府办字〔2018〕1号")
    assert "2个单位的2个问题记为已通报" in desk.type(*words)[2]
    assert "已经登记过，没有改动" in desk.type(*words)[2]
    listed = json.loads(desk.type("circulars", "--format", "json")[1])
    assert [(c["number"], c["standing"]) for c in listed["circulars"]] == [
        ("瑞府办字〔2018〕1号", 2)
    ]
    assert "瑞府办字〔2018〕1号" in desk.type("circulars")[1]
    assert "瑞府办字〔2018〕1号" in desk.type("circulars", "--format", "csv")[1]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("circular", "--period", "去年"), "季度写2018Q4"),
        (("circular", "--period", "2018Q4", "--number", "x"), "与--confirm一起用"),
        (("circular", "--period", "2018Q4", "--confirm"), "要写发文字号"),
        (("circular", "--period", "2019Q1"), "还没有开始"),
        (("circular", "--period", "2018Q4", "--deadline", "2018-12-01"), "要在今天"),
        (("circular", "--period", "2018Q4", "--out", "x.pdf"), "要以.docx结尾"),
        (("notice", "没有这个局"), "没有叫“没有这个局”的单位"),
        (("notice", "市教育局", "--done"), "请先xunjiannotice"),
        (("report", "unit", "--out", "x"), "两者只用一种"),
        (("report", "xlsx", "--out", "x.csv"), "要以.xlsx结尾"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_in_chinese_with_status_two(
    desk: Desk, words: tuple[str, ...], told: str
) -> None:
    status, out, err = desk.type(*words)
    assert (status, out) == (cli.BAD_USAGE, "")
    assert told in err


def test_a_notice_is_drafted_and_recorded(desk: Desk) -> None:
    status, out, err = desk.type("notice", "市教育局")
    assert (status, Path(out.strip()).is_file()) == (0, True)
    assert "整改通知2018-001" in err
    assert "已登记整改通知2018-001" in desk.type("notice", "市教育局", "--done")[2]
    assert "没有改动" in desk.type("notice", "市教育局", "--done")[2]


def test_pages_and_the_list_are_written(desk: Desk) -> None:
    folder = desk.docket.folder / "out"
    status, out, _ = desk.type("report", "unit", "--all", "--out", str(folder))
    assert status == 0
    assert all(Path(line).is_file() for line in out.splitlines())
    assert len(out.splitlines()) == 3
    status, out, err = desk.type("report", "xlsx", "--out", str(folder / "list.xlsx"))
    assert (status, Path(out.strip()).is_file()) == (0, True)
    assert "问题清单2个问题" in err
