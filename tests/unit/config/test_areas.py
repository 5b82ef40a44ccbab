"""``areas.yaml``: optional, inherited downwards, and every mistake named with its line."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from checks.areas_facts import told_of
from config.areas import Area, Item, all_items, load_areas
from config.loader import load
from config.problems import ConfigError

HOME = files("config").joinpath("ruichang")
RUICHANG = load(HOME)

HEAD = """areas:
  - id: shgy
    title: 社会公益
    basis: 国办发〔2018〕10号
    aspects:
      - id: huanjing
        title: 环境保护
"""


def loaded(tmp_path: Path, text: str) -> tuple[Area, ...]:
    (tmp_path / "areas.yaml").write_text(text, "utf-8")
    return load_areas(tmp_path, RUICHANG)


def told(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    return [str(p) for p in caught.value.problems]


def test_without_the_file_and_with_nothing_but_remarks_there_are_no_areas(tmp_path: Path) -> None:
    assert load_areas(tmp_path, RUICHANG) == ()
    assert loaded(tmp_path, "# 以后再写\n") == ()


def test_the_city_lists_eight_eight_and_seven_aspects_and_what_does_not_apply() -> None:
    areas = load_areas(HOME, RUICHANG)
    assert [len(a.aspects) for a in areas] == [8, 8, 7]
    items = {each.item.id: each.item for each in all_items(areas)}
    assert "没有下放" in items["yiyao-caigou"].not_applicable
    assert "没有开展" in items["paiwuquan"].not_applicable
    whole = {a.id for area in areas for a in area.aspects if all(i.not_applicable for i in a.items)}
    assert whole == {"yiyao-caigou", "paiwuquan", "zaihai"}
    assert all(item.basis for item in items.values())


def test_what_no_source_gave_is_marked_unconfirmed() -> None:
    items: list[Item] = [each.item for each in all_items(load_areas(HOME, RUICHANG))]
    assert all(item.within_unconfirmed for item in items if item.within_months is not None)


def test_an_item_takes_from_its_aspect_and_area_what_it_does_not_say(tmp_path: Path) -> None:
    text = HEAD + (
        "        units: [huanbaoju]\n"
        "        places: [portal/huanjingbaohu, platform/huanbaoju.*]\n"
        "        items:\n"
        "          - {id: a, title: 甲, words: [[空气]], without: [预警]}\n"
        "          - {id: b, title: 乙, words: [[水质]], units: [shuiliju], places: [platform/shuiliju.*], basis: 别的依据}\n"
    )
    text = text.replace("    aspects:", "    without: [召开]\n    aspects:")
    (area,) = loaded(tmp_path, text)
    first, second = area.aspects[0].items
    assert first.units == ("huanbaoju",)
    assert first.places == ("portal/huanjingbaohu", "platform/huanbaoju.*")
    assert (first.basis, second.basis) == ("国办发〔2018〕10号", "别的依据")
    assert (first.without, second.without) == (("预警", "召开"), ("召开",))
    assert (second.units, second.places) == (("shuiliju",), ("platform/shuiliju.*",))


def test_an_aspect_that_does_not_apply_needs_neither_places_nor_words(tmp_path: Path) -> None:
    text = HEAD + (
        "        units: [huanbaoju]\n        not_applicable: 没有开展\n"
        "        items: [{id: a, title: 甲}]\n"
    )
    (area,) = loaded(tmp_path, text)
    assert area.aspects[0].items[0].not_applicable == "没有开展"


def test_each_mistake_is_told_with_its_line_and_remedy(tmp_path: Path) -> None:
    text = HEAD + (
        "        units: [huanbaoj]\n"
        "        items:\n"
        "          - {id: a, title: 甲, words: [[空气]], places: [portal/huanjingbaohu]}\n"
        "          - {id: a, title: 乙, words: [[水质]], places: [portal/huanjingbaoh]}\n"
        "          - {id: c, title: 丙, words: [[噪声]]}\n"
        "          - {id: d, title: 丁, places: [platform/huanbaoju.*]}\n"
        "          - {id: e, title: 戊, words: [[固废]], places: [elsewhere/huanjing]}\n"
    )
    found = told(tmp_path, text)
    lines = [int(words.split("第 ")[1].split(" 行")[0]) for words in found]
    assert sorted(lines) == [8, 11, 11, 12, 13, 14]
    said = "\n".join(found)
    for words in (
        "是不是 huanbaoju", "信息项编号“a”写了两次", "是不是 portal/huanjingbaohu",
        "“丙”没有写可能公开在哪些栏目", "“丁”没有写怎样认定", "对不上任何栏目",
    ):  # fmt: skip
        assert words in said


def test_an_item_nobody_answers_for_is_refused(tmp_path: Path) -> None:
    text = HEAD + "        items: [{id: a, title: 甲, not_applicable: 没有}]\n"
    (words,) = told(tmp_path, text)
    assert "没有写责任单位" in words


def test_a_misspelt_field_is_told_and_what_was_meant(tmp_path: Path) -> None:
    text = HEAD + "        items: [{id: a, title: 甲, word: [[空气]]}]\n"
    assert any("words" in words for words in told(tmp_path, text))


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ("xiangmu-pifu", "关于产业园建设项目可行性研究报告的批复"),
        ("zhaobiao-shuili", "横港水库除险加固工程施工招标公告"),
        ("sheji-biangeng", "城东路改造工程重大设计变更公示"),
        ("jungong-beian", "2018年5月竣工验收备案一览表"),
        ("weifang", "瑞昌市2018年农村危房改造计划"),
        ("churang-jieguo", "国有建设用地使用权招拍挂出让成交公示"),
        ("kuangye-churang", "瑞昌市采矿权挂牌出让公告"),
        ("fupin-xiangmuku", "2018年脱贫攻坚项目库公示"),
        ("caipiao-gongyijin", "2017年福利彩票公益金使用情况公告"),
        ("jibing-fangkong", "2018年5月法定传染病疫情概况"),
        ("kongqi", "2018年5月环境空气质量月报"),
        ("paiwu-jiance", "理文造纸自行监测报告"),
    ],
)
def test_titles_as_offices_write_them_are_known(item: str, title: str) -> None:
    items = {each.item.id: each.item for each in all_items(load_areas(HOME, RUICHANG))}
    assert told_of(items[item], title)
    assert not told_of(items[item], f"市领导召开{title}会议")


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ("zhaobiao-fangjian", "公共资源交易中心招标投标现场管理暂行办法"),
        ("fupin-xiangmu", "2018年脱贫攻坚项目库公示"),
        ("churang-jihua", "2018年度工作计划"),
        ("huanjing-shijian", "关于防范诈骗事件的提醒"),
    ],
)
def test_neighbours_are_not_taken_for_it(item: str, title: str) -> None:
    items = {each.item.id: each.item for each in all_items(load_areas(HOME, RUICHANG))}
    assert not told_of(items[item], title)
