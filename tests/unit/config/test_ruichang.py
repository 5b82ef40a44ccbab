"""Ruichang's own configuration says what the city said, and no more."""

from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml

from config.loader import load, load_standard
from config.schema import Config, UnitGroup

ROOT = Path(__file__).resolve().parents[3]
SOURCES = ROOT.parent / "shared" / "standards" / "ruichang-units.yaml"
DAY = date(2018, 12, 31)

# The city's words of 2018, catalogue by catalogue.
CATALOGUES = {
    "city": """
        概况信息(本级政府介绍, 领导信息); 法规文件(政府文件, 政府办公室文件); 发展规划(发展规划, 工作计划);
        工作动态(政务动态, 公告公示, 统计数据); 人事信息(人事任免, 考录招聘, 表彰奖励);
        财经类信息(财政预决算, 部门预决算及"三公"经费, 政府采购与招投标, 金融, 招商项目); 行政执法(执法依据)
    """,
    "department": """
        概况信息(部门介绍, 领导信息); 法规文件(其他有关文件); 发展规划(工作计划); 工作动态(政务动态);
        财经类信息(财政预决算)
    """,
    "town": """
        概况信息(本级政府介绍, 领导信息); 法规文件(部门文件); 发展规划(工作计划); 工作动态(政务动态);
        财经类信息(财政预决算)
    """,
}
PORTAL = "政策法规 政府文件 人事信息 财经信息 公共服务 招标采购 环境保护 决策公开 新闻发布 建议提案 政策解读 民声通道"


@cache
def ruichang() -> Config:
    return load(ROOT / "config" / "ruichang")


def groups(text: str) -> list[tuple[str, str]]:
    pairs = []
    for part in text.split(";"):
        group, _, rest = part.strip().partition("(")
        pairs += [(group, name.strip()) for name in rest.removesuffix(")").split(",")]
    return pairs


@pytest.mark.parametrize(("catalogue", "count"), [("city", 18), ("department", 6), ("town", 6)])
def test_the_three_catalogues_stand_exactly_as_the_city_set_them(
    catalogue: str, count: int
) -> None:
    found = next(c for c in ruichang().catalogues if c.id == catalogue)
    listed = [(column.group, column.name) for column in found.columns]
    assert listed == groups(CATALOGUES[catalogue])
    assert len(listed) == count
    assert all(column.required for column in found.columns)


def test_the_portal_has_its_twelve_columns_and_the_budget_column_of_the_party_bodies() -> None:
    portal = ruichang().site("portal")
    assert [c.name for c in portal.columns[:12]] == PORTAL.split()
    assert [c.slug for c in portal.columns[12:]] == [portal.budget_column]
    assert str(portal.url) == "https://www.ruichang.gov.cn/"


def test_each_group_of_units_has_the_catalogue_of_its_kind() -> None:
    wanted = {
        UnitGroup.CITY: "city",
        UnitGroup.DEPARTMENT: "department",
        UnitGroup.TOWN: "town",
        UnitGroup.PARTY: None,
    }
    assert all(unit.catalogue == wanted[unit.group] for unit in ruichang().units)
    assert [u.responsible for u in ruichang().units if u.group is UnitGroup.CITY] == ["zhengfuban"]


def test_the_twenty_one_towns_are_sure_and_the_other_groups_fall_short_of_their_number() -> None:
    config = ruichang()
    by_group = {g: [u for u in config.units if u.group is g] for g in UnitGroup}
    assert config.required_counts == {
        UnitGroup.DEPARTMENT: 46,
        UnitGroup.PARTY: 26,
        UnitGroup.TOWN: 21,
    }
    assert len(by_group[UnitGroup.TOWN]) == 21
    assert all(u.confirmed for u in by_group[UnitGroup.TOWN])
    assert len(by_group[UnitGroup.DEPARTMENT]) < 46
    assert len(by_group[UnitGroup.PARTY]) < 26
    assert not any(u.confirmed for u in by_group[UnitGroup.PARTY])
    told = "\n".join(config.warnings)
    assert "政府部门应有 46 个" in told
    assert "党委部门及群团应有 26 个" in told
    assert "乡镇场街道应有" not in told


def test_no_unit_is_invented_and_no_doubt_is_dropped() -> None:
    if not SOURCES.is_file():
        pytest.skip("the list of units that this configuration was made from is not here")
    sources = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
    for key, group in (
        ("towns", UnitGroup.TOWN),
        ("government", UnitGroup.DEPARTMENT),
        ("party", UnitGroup.PARTY),
    ):
        listed = {u["name"]: u for u in sources[key]}
        units = {u.name: u for u in ruichang().units if u.group is group}
        assert units.keys() == listed.keys()
        for name, unit in units.items():
            assert unit.short == listed[name]["short"]
            assert unit.confirmed is listed[name]["confirmed"]
            assert unit.full_name_confirmed is listed[name]["full_name_confirmed"]


def test_no_alias_is_a_common_word_and_none_is_shared() -> None:
    aliases = {a for unit in ruichang().units for a in unit.aliases}
    assert not aliases & {
        "桂林",
        "码头",
        "白杨",
        "乐园",
        "花园",
        "黄金",
        "南阳",
        "青山",
        "人大",
        "政协",
        "公积金",
    }
    assert not [w for w in ruichang().warnings if "都用" in w]


def test_the_platform_is_not_scanned_until_its_address_is_known() -> None:
    config = ruichang()
    assert [s.id for s in config.enabled_sites] == ["portal"]
    assert "地址" in config.site("platform").note


def test_cadences_follow_the_census_table_and_ours_are_marked_unconfirmed() -> None:
    config = ruichang()
    assert config.category("dongtai").cadence.days == 14
    assert config.category("tongzhi").cadence.months == 6
    assert config.category("zhengce").cadence.months == 6
    assert config.category("renshi-guihua").cadence.months == 12
    assert config.category("yujuesuan").cadence.yearly_by is not None
    assert config.category("changqi").cadence.standing
    ours = {c.id for c in config.categories if c.unconfirmed}
    assert ours == {"yujuesuan", "tongji", "caijing", "zhongdian", "hudong"}
    assert all(c.basis for c in config.categories)


def test_every_expected_column_has_a_key_of_its_own() -> None:
    config = ruichang()
    keys = [c.key for s in config.sites for c in config.expected_columns(s.id, DAY)]
    units = [u for u in config.units if u.catalogue]
    per_catalogue = {c.id: len(c.columns) for c in config.catalogues}
    assert len(keys) == 13 + sum(per_catalogue[str(u.catalogue)] for u in units)
    assert len(set(keys)) == len(keys)


def test_the_city_is_polite_and_on_trial() -> None:
    city = ruichang().city
    assert city.trial_run
    assert city.rate.robots
    assert city.rate.interval_seconds >= 2
    assert city.crawl_window is not None


def test_the_standard_has_the_designs_caps_and_none_of_its_points_is_called_official() -> None:
    standard = load_standard("ruichang-2018")
    caps = {c.id: int(c.cap) for c in standard.classes}
    assert caps == {"completeness": 40, "timeliness": 35, "content": 15, "layout": 10}
    assert sum(caps.values()) == standard.total == 100
    assert [c.label for c in standard.classes] == ["栏目缺失", "更新不及时", "内容问题", "排版问题"]
    assert all(c.unconfirmed for c in standard.classes)
    assert all(r.unconfirmed for r in standard.rules.values())
    assert standard.subject == "unit"
    assert standard.min_coverage == 80
    assert standard.min_confidence == 0.8
    assert standard.undated_counts_as == "ignored"
    assert standard.digest


def test_the_standard_puts_each_rule_in_the_class_of_its_kind() -> None:
    standard = load_standard("ruichang-2018")
    by_class: dict[str, set[str]] = {}
    later: dict[str, set[str]] = {}
    for rule_id, setting in standard.rules.items():
        when = by_class if standard.ahead(rule_id, date(2018, 12, 31)) is None else later
        when.setdefault(setting.score_class, set()).add(rule_id)
    assert later == {
        "completeness": {
            "missing-periodic",
            "missing-department-budget",
            "incomplete-budget-tables",
            "missing-area-item",
            "missing-annual-report",
            "missing-proposal-reply",
            "title-only-entry",
        },
        "timeliness": {"late-budget", "unanswered-letter", "late-reply", "silent-account"},
        "content": {
            "misplaced-budget",
            "perfunctory-reply",
            "incomplete-reply",
            "asker-exposed",
            "missing-interpretation",
            "bad-document-number",
        },
    }
    assert not any(standard.ahead(rule_id, date(2019, 1, 1)) for rule_id in standard.rules)
    assert by_class == {
        "completeness": {"missing-column", "blank-column", "missing-budget"},
        "timeliness": {"overdue-column", "stale-home-page"},
        "content": {"undated-entry", "garbled-text", "dead-link", "dead-attachment"},
        "layout": {
            "broken-image",
            "mixed-indent",
            "mixed-fonts",
            "word-leftovers",
            "br-paragraphs",
            "empty-paragraphs",
            "oversized-object",
            "untidy-title",
            "missing-source",
            "halfwidth-punctuation",
        },
    }
