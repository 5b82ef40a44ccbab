"""``duties.yaml``: optional, every mistake named with its line, and real titles known again."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from checks.duties_titles import may_be_of, terms_of, told_of
from checks.facts import DateState, Entry
from config.duties import Duty, load_duties
from config.loader import load
from config.problems import ConfigError

RUICHANG = load(files("config").joinpath("ruichang"))
SHIPPED = {d.id: d for d in load_duties(files("config").joinpath("ruichang"), RUICHANG)}


def written(tmp_path: Path, places: str, *, unit: str = "caizhengju", more: str = "") -> Path:
    text = f"""duties:
  - id: a
    title: 财政收支
    unit: {unit}
    every: quarter
    due_days: 45
    words: [[财政]]
    places: {places}
    basis: 依据
{more}"""
    (tmp_path / "duties.yaml").write_text(text, "utf-8")
    return tmp_path


def told(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_duties(folder, RUICHANG)
    (problem,) = caught.value.problems
    return str(problem)


def test_without_the_file_there_are_no_duties(tmp_path: Path) -> None:
    assert load_duties(tmp_path, RUICHANG) == ()


def test_places_that_name_columns_are_accepted(tmp_path: Path) -> None:
    places = "[platform/caizhengju.*, platform/*.zhengwudongtai, portal/caijingxinxi]"
    assert len(load_duties(written(tmp_path, places), RUICHANG)) == 1


@pytest.mark.parametrize(
    ("place", "meant"),
    [
        ("platform/caizhengjv.*", "platform/caizhengju.*"),
        ("portal/caijinxinxi", "portal/caijingxinxi"),
        ("platform/caizhengju.zhengwudongtia", "platform/caizhengju.zhengwudongtai"),
        ("platform/zzzzqqqq", "columns.yaml"),
    ],
)
def test_a_place_that_is_no_column_is_told_with_file_line_and_remedy(
    tmp_path: Path, place: str, meant: str
) -> None:
    words = told(written(tmp_path, f"[portal/caijingxinxi, {place}]"))
    assert "duties.yaml 第 8 行" in words
    assert place in words
    assert meant in words.replace(place, "")


def test_a_site_or_a_unit_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "没有编号为“portol”的站点" in told(written(tmp_path, "[portol/caijingxinxi]"))
    assert "是不是 caizhengju" in told(
        written(tmp_path, "[portal/caijingxinxi]", unit="caizhengjv")
    )


def entry(title: str) -> Entry:
    day = date(2018, 4, 20)
    return Entry(title=title, url="http://127.0.0.1/1", published=day, date_state=DateState.READ)


@pytest.mark.parametrize(
    ("duty", "title"),
    [
        ("caizheng-shouzhi", "瑞昌市2018年一季度财政收支情况"),
        ("caizheng-shouzhi", "2018年1-3月全市一般公共预算收支情况"),
        ("caizheng-shouzhi", "关于2018年第一季度财政预算执行情况的报告"),
        ("caizheng-shouzhi", "2018年一季度财税收入完成情况"),
        ("caizheng-shouzhi", "2018年1—3月份财政收支情况及解读"),
        ("caizheng-jiedu", "2018年1—3月份财政收支情况及解读"),
        ("caizheng-jiedu", "一图读懂2018年一季度财政收支"),
        ("caizheng-jiedu", "2018年第1季度财政收支情况分析"),
        ("xiaofei-shichang", "2018年一季度全市消费品市场运行情况分析"),
        ("xiaofei-shichang", "2018年1-3月社会消费品零售总额完成情况"),
        ("xiaofei-shichang", "2018年一季度商贸流通市场简析"),
        ("rexian-12315", "2018年第一季度12315消费者投诉举报情况分析"),
        ("rexian-12315", "2018年一季度消费维权数据通报"),
        ("rexian-12315", "一季度消费投诉受理公示"),
        ("dibao-chengshi", "2018年一季度城乡低保资金发放情况"),
        ("dibao-nongcun", "2018年一季度城乡低保资金发放情况"),
        ("dibao-chengshi", "2018年第一季度城市居民最低生活保障金发放公示"),
        ("dibao-nongcun", "2018年1至3月农村最低生活保障资金发放表"),
        ("dibao-chengshi", "2018年一季度城市低保、农村低保发放情况"),
        ("tekun-nongcun", "2018年一季度特困人员供养金发放名单"),
        ("tekun-nongcun", "2018年第一季度五保户资金发放公示"),
        ("guer", "2018年第一季度孤儿基本生活费发放情况"),
        ("guer", "2018年一季度社会散居孤儿和困境儿童补助公示"),
        ("tudi-gongying", "2018年一季度房地产用地供应情况公告"),
        ("tudi-gongying", "2018年一季度国有建设用地供应数据"),
        ("tudi-gongying", "2018年1季度用地供应及地价监测情况"),
        ("dijia-jiance", "2018年1季度用地供应及地价监测情况"),
        ("dijia-jiance", "2018年第一季度城市地价动态监测报告"),
    ],
)
def test_a_real_way_of_saying_it_meets_the_duty(duty: str, title: str) -> None:
    assert told_of(SHIPPED[duty], entry(title))
    assert terms_of(SHIPPED[duty], entry(title)) == {"2018Q1"}


def test_the_bulletin_is_known_by_its_year() -> None:
    duty = SHIPPED["tongji-gongbao"]
    for title in (
        "瑞昌市2017年国民经济和社会发展统计公报",
        "瑞昌市国民经济与社会发展公报（2017年）",
        "2017年瑞昌市统计公报",
    ):
        assert told_of(duty, entry(title))
        assert terms_of(duty, entry(title)) == {"2017"}
    assert not told_of(duty, entry("瑞昌市2017年第三次农业普查主要数据统计公报"))


@pytest.mark.parametrize(
    ("duty", "title"),
    [
        ("caizheng-shouzhi", "2018年一季度财政数据"),
        ("caizheng-shouzhi", "2018年一季度全市经济运行情况"),
        ("caizheng-shouzhi", "2018年一季度财政收支情况解读"),
        ("xiaofei-shichang", "2018年1-3月主要经济指标"),
        ("dibao-chengshi", "2018年一季度低保资金发放情况"),
        ("dibao-chengshi", "2018年一季度困难群众救助资金发放公示"),
        ("guer", "2018年一季度社会救助资金发放情况"),
        ("tekun-nongcun", "2018年一季度民政资金发放公示"),
        ("rexian-12315", "2018年一季度消费者权益保护工作"),
        ("tudi-gongying", "2018年一季度土地市场情况"),
    ],
)
def test_what_is_wider_is_for_a_person_to_look_at(duty: str, title: str) -> None:
    assert not told_of(SHIPPED[duty], entry(title))
    assert may_be_of(SHIPPED[duty], entry(title))


@pytest.mark.parametrize(
    ("duty", "title"),
    [
        ("caizheng-shouzhi", "2018年一季度部门预算执行情况"),
        ("dibao-chengshi", "2018年一季度农村低保资金发放情况"),
        ("dibao-nongcun", "2018年一季度城市低保资金发放情况"),
        ("xiaofei-shichang", "2018年一季度居民消费价格指数"),
        ("tudi-gongying", "国有建设用地使用权出让公告（2018年一季度）"),
        ("guer", "2018年一季度城市低保资金发放情况"),
    ],
)
def test_what_is_another_matter_meets_nothing(duty: str, title: str) -> None:
    found: Duty = SHIPPED[duty]
    assert not told_of(found, entry(title))
    assert not may_be_of(found, entry(title))
