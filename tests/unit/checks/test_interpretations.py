"""Which interpretation belongs to which document, told from their titles."""

from __future__ import annotations

from datetime import date

import pytest

from checks.interpretation_facts import Interpretation, Shelf, core, form_of
from config import wordlists

WORDS = wordlists.interpretations()
DOCUMENT = "瑞昌市人民政府办公室关于印发《瑞昌市2018年河长制实施方案》的通知"


def called(title: str) -> str:
    return core(title, WORDS.interpretation_words)


@pytest.mark.parametrize(
    "title",
    [
        "《瑞昌市2018年河长制实施方案》政策解读",
        "《瑞昌市2018年河长制实施方案》的解读",
        "解读〈瑞昌市2018年河长制实施方案〉",
        "一图读懂《2018年河长制实施方案》",
        "关于《瑞昌市2018年河长制实施方案（试行）》的政策解读",
        "《瑞昌市人民政府办公室关于印发〈瑞昌市2018年河长制实施方案〉的通知》解读",
        "瑞昌市2018年河长制实施方案解读",
        "《关于印发瑞昌市2018年河长制实施方案的通知》解读",
    ],
)
def test_an_interpretation_is_called_as_its_document(title: str) -> None:
    assert called(title) == core(DOCUMENT) == "2018年河长制实施方案"


def test_another_years_document_is_near_and_another_matter_is_not() -> None:
    last_year = _entry("《瑞昌市2017年河长制实施方案》解读")
    other = _entry("《瑞昌市城区古树名木保护管理办法》解读")
    assert Shelf([last_year, other]).called(core(DOCUMENT)) is None
    assert Shelf([last_year, other]).near(core(DOCUMENT)) == last_year
    assert Shelf([other]).near(core(DOCUMENT)) is None
    assert Shelf([last_year]).near(last_year.core) is None


def test_a_name_within_the_other_is_near() -> None:
    short = _entry("《河长制实施方案》解读")
    long = core("关于印发《瑞昌市2018年全面推行农村饮用水源地保护和河长制实施方案》的通知")
    assert Shelf([short]).near(long) == short


def test_of_several_the_earliest_counts_and_an_undated_one_is_the_last() -> None:
    late, early, never = (
        _entry("《河长制实施方案》解读", day) for day in (date(2018, 5, 9), date(2018, 5, 3), None)
    )
    assert Shelf([never, late, early]).called("河长制实施方案") == early


def test_names_of_a_few_letters_say_nothing() -> None:
    assert Shelf([_entry("《方案》解读")]).called("方案") is None
    assert Shelf([_entry("《河长制实施方案》解读")]).near("方案") is None


@pytest.mark.parametrize(
    ("title", "form"),
    [
        ("一图读懂《河长制实施方案》", "图解"),
        ("《河长制实施方案》答记者问", "问答"),
        ("视频解读河长制实施方案", "视频"),
        ("河长制实施方案新闻发布会实录", "新闻发布会"),
        ("《河长制实施方案》解读", "文字"),
    ],
)
def test_the_form_is_told_from_the_title(title: str, form: str) -> None:
    assert form_of(title, WORDS.forms) == form


def _entry(title: str, on: date | None = date(2018, 5, 1)) -> Interpretation:
    return Interpretation(
        title=title, url=f"http://127.0.0.1/{title}", published=on, core=called(title)
    )
