"""A wrong configuration is told with file, line, field, reason and remedy, in Chinese."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import yaml_source
from config.loader import find_config, load, load_standard
from config.problems import PRINTED, ConfigError, Problem
from config.schema import Config
from config.settings import Settings

CITY = """\
id: x
name: 某市
office: 某市人民政府办公室
user_agent: "xunjian/0.1 (contact: 0000-0000000)"
"""
COLUMNS = """\
categories:
  - id: news
    title: 动态要闻
    cadence: {days: 14}
  - id: budget
    title: 预决算
    cadence: {yearly_by: "09-30"}
catalogues:
  - id: bureau
    title: 政府部门
    columns:
      - slug: intro
        name: 部门介绍
        variants: [单位简介]
        category: news
      - slug: plans
        name: 工作计划
        category: news
site_columns:
  portal:
    - slug: budgets
      name: 部门预决算
      category: budget
"""
SITES = """\
sites:
  - id: portal
    name: 某市网
    kind: portal
    url: https://www.example.gov.cn/
    operator: office
    budget_column: budgets
  - id: platform
    name: 公开平台
    kind: platform
    url: https://xxgk.example.gov.cn/
    operator: office
"""
UNITS = """\
units:
  - id: office
    name: 某市人民政府办公室
    short: 市政府办
    group: department
    catalogue: bureau
  - id: finance
    name: 某市财政局
    short: 市财政局
    aliases: [财政局]
    group: department
    catalogue: bureau
"""
FILES = {"city.yaml": CITY, "columns.yaml": COLUMNS, "sites.yaml": SITES, "units.yaml": UNITS}


def write(directory: Path, **changed: str | bytes) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        content = changed.get(name.removesuffix(".yaml"), text)
        raw = content if isinstance(content, bytes) else content.encode()
        (directory / name).write_bytes(raw)
    return directory


def complaint(directory: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(directory)
    return caught.value


def changed(text: str, old: str, new: str) -> str:
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)


def test_a_sound_configuration_loads_whole(tmp_path: Path) -> None:
    config = load(write(tmp_path / "x"))
    assert isinstance(config, Config)
    assert [u.id for u in config.units] == ["office", "finance"]
    assert [c.slug for c in config.site("portal").columns] == ["budgets"]
    assert config.warnings == ()
    assert len(config.digest) == 64


# file, what stands there, what is written instead, line, parts of the message
WRONG = [
    ("units", "group: department", "group: deparment", 5,
     ["单位“市政府办”的 group 写成了“deparment”", "department（政府部门）", "请改成 department"]),
    ("units", "    short: 市财政局\n", "", 7, ["单位“某市财政局”缺少 short（简称）", "请补上“short: …”"]),
    ("units", "    short: 市财政局", "    shrot: 市财政局", 9,
     ["不认识的字段“shrot”", "请改成 short"]),
    ("units", "    short: 市财政局", "    short: 市财政局\n    colour: 红", 10,
     ["不认识的字段“colour”", "可用的字段有"]),
    ("units", "short: 市财政局", "short: 2018", 9, ["short 写成了“2018”", "要写成文字", "引号"]),
    ("units", "short: 市财政局", "short:", 9, ["short 空着", "请填写"]),
    ("units", "short: 市财政局", "short: ''", 9, ["short 是空的", "请填写"]),
    ("units", "id: finance", "id: 财政局", 7, ["id 写成了“财政局”", "小写字母", "caizhengju"]),
    ("units", "aliases: [财政局]", "aliases: 财政局", 10, ["aliases 写成了“财政局”", "要写成列表", "- "]),
    ("units", "aliases: [财政局]", "confirmed: 也许", 10, ["confirmed 写成了“也许”", "true（是）"]),
    ("units", "aliases: [财政局]", "valid_from: 2018-13-01", 10,
     ["valid_from 写成了“2018-13-01”", "2018-12-31"]),
    ("units", "aliases: [财政局]", "valid_from: 2018", 10, ["valid_from 写成了“2018”", "2018-12-31"]),
    ("units", "aliases: [财政局]", "valid_from: 2019-01-01\n    valid_to: 2018-01-01", 7,
     ["单位“市财政局”有误", "valid_to（撤销日）早于"]),
    ("units", "aliases: [财政局]", "root: xxgk/cz/", 10,
     ["root 写成了“xxgk/cz/”", "不是完整的网址", "https://"]),
    ("units", "aliases: [财政局]", "root: ftp://www.example.gov.cn/", 10, ["不是网页的网址"]),
    ("units", "aliases: [财政局]", "root: https://other.example.gov.cn/", 10,
     ["不在任何站点的主机之内", "hosts"]),
    ("units", "aliases: [财政局]", 'short_: "a\\u202eb"', 10, ["不认识的字段"]),
    ("units", "short: 市财政局", 'short: "财政\\u202e局"', 9, ["控制字符（U+202E）", "请删去"]),
    ("units", "catalogue: bureau", "catalogue: bureua", 6,
     ["catalogue 写的公开目录“bureua”不存在", "是不是 bureau？"]),
    ("units", "aliases: [财政局]", "responsible: nobody-here", 10,
     ["responsible 写的单位“nobody-here”不存在", "已有的单位：finance、office"]),
    ("units", "aliases: [财政局]", "successors: [finance]", 10, ["把自己写成了继任单位"]),
    ("units", "aliases: [财政局]", "successors: [offise]", 10, ["“offise”不存在", "是不是 office？"]),
    ("units", "id: finance", "id: office", 7, ["单位的 id “office”与前面的“市政府办”重复", "请换一个"]),
    ("units", "short: 市财政局", "short: 市政府办", 9, ["与单位“市政府办”（id: office）同时有效而名称相同", "valid_from"]),
    ("units", "name: 某市财政局", "name: 某市人民政府 办公室", 8, ["同时有效而名称相同"]),
    ("units", "group: department\n    catalogue: bureau\n  - id: finance",
     "group: city\n    catalogue: bureau\n  - id: finance", 2, ["市本级，却没有写 responsible"]),
    ("units", "aliases: [财政局]", "contacts:\n      - {post: 办公室, telephone: 1}", 11,
     ["单位“市财政局”", "不认识的字段“telephone”"]),
    ("columns", "category: news", "category: newss", 15,
     ["公开目录“政府部门”栏目“部门介绍”的 category", "类别“newss”不存在", "是不是 news？"]),
    ("columns", "slug: plans", "slug: intro", 16, ["栏目“工作计划”的 slug “intro”与前面的栏目重复"]),
    ("columns", "name: 工作计划", "name: 部门介绍", 17, ["与前面的栏目“部门介绍”都认“部门介绍”这个名称"]),
    ("columns", "name: 工作计划", "name: 单位简介", 17, ["都认“单位简介”这个名称", "请改名"]),
    ("columns", "name: 工作计划", "name: 工作计划\n        unit: finanse", 18, ["“finanse”不存在", "是不是 finance？"]),
    ("columns", "name: 工作计划", "name: 工作计划\n        url: https://a.example.gov.cn/", 18, ["不在任何站点的主机之内"]),
    ("columns", "id: budget", "id: news", 5, ["类别的 id “news”与前面的“动态要闻”重复"]),
    ("columns", "{days: 14}", "{days: 14, months: 1}", 4, ["类别“动态要闻”的 cadence 有误", "只能写 days、months、yearly_by 中的一个"]),
    ("columns", "{days: 14}", "{days: 两周}", 4, ["days 写成了“两周”", "要写成整数"]),
    ("columns", "{days: 14}", "{days: 0}", 4, ["days 写成了“0”", "不能小于 1"]),
    ("columns", "{days: 14}", "14", 4, ["cadence 写成了“14”", "“字段: 值”的形式"]),
    ("columns", '"09-30"', '"9月底"', 7, ["yearly_by 写成了“9月底”", "月-日", "09-30"]),
    ("columns", '"09-30"', '"02-30"', 7, ["不是每年都有的日期", "02-28"]),
    ("columns", "  portal:\n", "  potral:\n", 21, ["站点“potral”不存在", "是不是 portal？"]),
    ("columns", "catalogues:\n", "catalogue:\n", 8, ["不认识的字段“catalogue”", "请改成 catalogues"]),
    ("sites", "operator: office", "operator: offise", 6, ["站点“某市网”的 operator", "“offise”不存在", "是不是 office？"]),
    ("sites", "budget_column: budgets", "budget_column: budget", 7, ["budget_column “budget”不是本站栏目的 slug", "是不是 budgets？"]),
    ("sites", "kind: portal", "kind: 门户", 4, ["kind 写成了“门户”", "portal（门户网站）、platform（信息公开平台）"]),
    ("sites", "url: https://www.example.gov.cn/", "url: www.example.gov.cn", 5, ["url 写成了“www.example.gov.cn”", "不是完整的网址"]),
    ("sites", "id: platform", "id: portal", 8, ["站点的 id “portal”与前面的“某市网”重复"]),
    ("sites", "    operator: office\n", "    operator: office\n    hosts: [https://a.gov.cn]\n", 7, ["主机名或地址", "不带 http://"]),
    ("sites", "    operator: office\n", "    operator: office\n    rate: {robots: false}\n", 7, ["robots 写成了 false", "本机回环地址", "www.example.gov.cn", "请改成 true"]),
    ("sites", "    operator: office\n", "    operator: office\n    rate: {interval_seconds: 0}\n", 7, ["interval_seconds 写成了 0", "请改成 2 秒"]),
    ("sites", "    operator: office\n", "    operator: office\n    rate: {concurrency: 99}\n", 7, ["concurrency 写成了“99”", "不能大于 32"]),
    ("sites", "    operator: office\n", "    operator: office\n    columns: [{slug: a, name: 甲, category: news}]\n", 7, ["columns", "重复", "请只在一处写本站栏目"]),
    ("city", "name: 某市\n", "name: 某市\nrate: {robots: false}\n", 3, ["robots 写成了 false", "本机回环地址"]),
    ("city", "name: 某市\n", "name: 某市\nrate:\n  interval_seconds: 0\n", 4, ["interval_seconds 写成了 0"]),
    ("city", "name: 某市\n", "name: 某市\ncrawl_window: null\n", 3, ["crawl_window 写成了 null", "本机回环地址", '["22:00", "06:00"]']),
    ("city", "name: 某市\n", "name: 某市\ncrawl_window: [22点, 06:00]\n", 3, ["写成了“22点”", "时:分"]),
    ("city", "name: 某市\n", "name: 某市\ncrawl_window: [22:00]\n", 3, ["crawl_window 少了第 2 项"]),
    ("city", "name: 某市\n", "name: 某市\ncrawl_window: [22:00, 22:00]\n", 1, ["同一时刻"]),
    ("city", "name: 某市\n", "name: 某市\nworkdays: {十月一日: false}\n", 3, ["“十月一日”", "2018-12-31"]),
    ("city", "name: 某市\n", "name: 某市\nname: 某县\n", 3, ["“name”写了两次（第 2 行已有）", "请只保留一处"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "parts"), WRONG, ids=[f"{w[0]}-{w[2][:24]!r}" for w in WRONG]
)
def test_a_mistake_is_told_with_its_line_and_remedy(
    tmp_path: Path, file: str, old: str, new: str, line: int, parts: list[str]
) -> None:
    directory = write(tmp_path / "x", **{file: changed(FILES[f"{file}.yaml"], old, new)})
    error = complaint(directory)
    text = str(error)
    assert f"x/{file}.yaml 第 {line} 行：" in text
    for part in parts:
        assert part in text
    assert len(error.problems) <= 2
    assert all(p.remedy for p in error.problems)


SYNTAX = [
    ("units:\n  - id: a\n    name：市财政局\n    short: b\n", 3, ["用了中文冒号", "英文冒号"]),
    ("units：\n  - id: a\n", 1, ["中文冒号"]),
    ("units:\n  - id: a\n    name:市财政局\n    short: b\n", 3, ["冒号后面少了空格"]),
    ("units:\n\t- id: a\n", 2, ["制表符（Tab）", "空格"]),
    ("units:\n  - id: a\n\t  name: b\n", 3, ["制表符（Tab）"]),
    ("units:\n  - id: a\n      name: b\n", 3, ["缩进", "对齐"]),
    ("units:\n  - id: a\n    name: b: c\n", 3, ["多了一个冒号", "引号"]),
    ("units:\n  - id: a\n    name\n    short: b\n", 3, ["少了冒号"]),
    ("units:\n  - id: a\n    name: '市财政局\n    short: b\n", 3, ["引号没有配成对"]),
    ('units:\n  - id: a\n    name: "a\\qb"\n', 3, ["双引号里的反斜杠不对", "单引号"]),
    ("units:\n  - id: a\n    aliases: [b, c\n    short: d\n", 3, ["括号没有配成对"]),
    ("units:\n  - id: a\n    aliases: {b: c\n", 3, ["括号没有配成对"]),
    ("units:\n  - id: @a\n", 2, ["不能以该符号开头", "引号"]),
    ("units:\n  - id: *a\n", 2, ["“*”开头", "引号"]),
    ("units:\n  - id: a\n---\nunits: []\n", 3, ["多个“---”"]),
    ("units:\n  - id: !!python/object/apply:os.getcwd []\n", 2, ["不支持", "标签"]),
    ("units:\n  - id: a\x07b\n", 2, ["控制字符（U+0007）"]),
    ("units:\n  - ? [a, b]\n    : c\n", 2, ["字段名写成了列表"]),
    ("- a\n- b\n", 1, ["“字段: 值”"]),
    ("units:\n" + "".join("  " * i + "- \n" for i in range(1, 40)), 31, ["层次套得太深"]),
]


@pytest.mark.parametrize(("text", "line", "parts"), SYNTAX, ids=[repr(s[0][-24:]) for s in SYNTAX])
def test_broken_yaml_is_told_in_chinese_with_its_line(
    tmp_path: Path, text: str, line: int, parts: list[str]
) -> None:
    problems = complaint(write(tmp_path / "x", units=text)).problems
    told = [str(p) for p in problems if "units.yaml" in p.where]
    assert any(f"units.yaml 第 {line} 行" in t and all(p in t for p in parts) for t in told), told


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    assert "units.yaml：文件是空的" in str(complaint(write(tmp_path / "x", units="# 空\n")))


def test_all_mistakes_of_all_files_are_told_together(tmp_path: Path) -> None:
    units = UNITS.replace("group: department", "group: depart").replace("id: finance", "id: 甲")
    sites = SITES.replace("operator: office", "operator: nobody")
    error = complaint(write(tmp_path / "x", units=units, sites=sites, city=": :\n\t"))
    told = str(error)
    assert told.count("group 写成了“depart”") == 2
    assert told.count("单位“nobody”不存在") == 2
    assert "id 写成了“甲”" in told
    assert "city.yaml 第" in told


def test_a_list_that_cannot_be_read_does_not_make_every_reference_wrong(tmp_path: Path) -> None:
    error = complaint(write(tmp_path / "x", units="units:\n  - id: [\n"))
    assert len(error.problems) == 1


def test_a_thousand_mistakes_are_counted_and_a_hundred_printed(tmp_path: Path) -> None:
    units = "units:\n" + "  - {id: 甲, name: 乙, short: 丙, group: town}\n" * 1000
    error = complaint(write(tmp_path / "x", units=units))
    assert len(error.problems) >= 1000
    assert len(str(error).splitlines()) == PRINTED + 1


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_file_in_another_encoding_must_be_saved_as_utf8(tmp_path: Path, encoding: str) -> None:
    text = str(complaint(write(tmp_path / "x", units=UNITS.encode(encoding))))
    assert "units.yaml 第" in text
    assert {"gbk": "GBK", "utf-16": "UTF-16"}[encoding] in text
    assert "另存为 UTF-8" in text


def test_windows_files_with_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbf" + UNITS.replace("\n", "\r\n").encode()
    assert load(write(tmp_path / "x", units=raw)).unit("finance").short == "市财政局"


def test_a_missing_file_and_a_missing_directory_are_told(tmp_path: Path) -> None:
    directory = write(tmp_path / "x")
    (directory / "sites.yaml").unlink()
    assert "sites.yaml：没有这个文件" in str(complaint(directory))
    assert "没有这个配置目录" in str(complaint(tmp_path / "y"))


def test_a_file_beyond_two_megabytes_is_refused(tmp_path: Path) -> None:
    raw = b"#" * (yaml_source.MAX_BYTES + 1)
    assert "超过 2 MB" in str(complaint(write(tmp_path / "x", units=raw)))


def test_a_bomb_of_aliases_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    with pytest.raises(ConfigError, match="重复引用"):
        yaml_source.parse("\n".join(lines), "x.yaml")


def test_a_list_that_holds_itself_is_refused() -> None:
    with pytest.raises(ConfigError, match="引用了自身"):
        yaml_source.parse("a: &a [*a]", "x.yaml")


def test_deep_brackets_are_refused_and_do_not_exhaust_the_stack() -> None:
    with pytest.raises(ConfigError, match="太深"):
        yaml_source.parse("[" * 5000, "x.yaml")


def test_times_words_and_leading_zeros_stay_text() -> None:
    source = yaml_source.parse("a: 22:00\nb: no\nc: 0792\nd: 1e3\ne: 2018-12-31\nf: 2\n", "x.yaml")
    assert source.data == {
        "a": "22:00",
        "b": "no",
        "c": "0792",
        "d": "1e3",
        "e": "2018-12-31",
        "f": 2,
    }


def test_wrong_values_are_repeated_short_and_without_control_characters(tmp_path: Path) -> None:
    value = '"' + "\\e[31m" + "甲" * 300 + '"'
    text = str(
        complaint(write(tmp_path / "x", units=changed(UNITS, "id: finance", f"id: {value}")))
    )
    assert "\x1b" not in text
    assert len(text) < 300


def loopback(text: str) -> str:
    return (
        text.replace("www.example.gov.cn", "127.0.0.1:8001")
        .replace("xxgk.example.gov.cn", "[::1]:8002")
        .replace("https", "http")
    )


def test_on_loopback_haste_is_allowed(tmp_path: Path) -> None:
    city = CITY + "crawl_window: null\nrate: {robots: false, interval_seconds: 0}\n"
    config = load(write(tmp_path / "x", city=city, sites=loopback(SITES)))
    assert config.city.crawl_window is None
    assert not config.rate("portal").robots


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "127.0.0.1.example.com", "0.0.0.0", "www.example.gov.cn"]
)
def test_one_host_elsewhere_is_enough_to_owe_politeness(tmp_path: Path, host: str) -> None:
    city = CITY + "crawl_window: null\n"
    sites = loopback(SITES) + f"    hosts: [{host}]\n"
    assert host in str(complaint(write(tmp_path / "x", city=city, sites=sites)))


def test_a_shared_alias_is_a_warning(tmp_path: Path) -> None:
    units = changed(UNITS, "short: 市政府办\n", "short: 市政府办\n    aliases: [财政局]\n")
    (warning,) = load(write(tmp_path / "x", units=units)).warnings
    assert "units.yaml 第 11 行" in warning
    assert "“市财政局”与“市政府办”都用“财政局”这个名称" in warning


def test_units_of_different_times_may_share_a_name(tmp_path: Path) -> None:
    units = UNITS + (
        "    valid_to: 2018-12-31\n    successors: [finance2]\n"
        "  - {id: finance2, name: 某市财政局, short: 市财政局, aliases: [财政局],\n"
        "     group: department, valid_from: 2019-01-01}\n"
    )
    assert load(write(tmp_path / "x", units=units)).warnings == ()


def test_the_digest_tells_every_change_of_every_file(tmp_path: Path) -> None:
    digests = {load(write(tmp_path / "x")).digest}
    for name in FILES:
        text = FILES[name] + "# 改\n"
        digests.add(load(write(tmp_path / "x", **{name.removesuffix(".yaml"): text})).digest)
    assert len(digests) == 5
    assert load(write(tmp_path / "other")).digest in digests


def test_a_configuration_is_found_by_path_then_here_then_with_the_data(tmp_path: Path) -> None:
    cwd, data = tmp_path / "here", tmp_path / "data"
    cwd.mkdir()
    ours = write(data / "config" / "x")
    assert find_config("x", cwd, data) == ours
    mine = write(cwd / "config" / "x")
    assert find_config("x", cwd, data) == mine
    assert find_config(mine, cwd, data) == mine
    assert find_config("./config/x", cwd, data) == mine
    assert load(find_config("ruichang", cwd, data)).city.name == "瑞昌市"
    assert load(find_config("config/ruichang", cwd, data)).city.name == "瑞昌市"


@pytest.mark.parametrize("name", ["ruichnag", "../ruichang", "./nowhere", "", "a b", "/nowhere"])
def test_a_configuration_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="没有这个"):
        find_config(name, tmp_path, None) if name else find_config("config/none", tmp_path, None)


def test_a_misspelt_name_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="是不是 ruichang？"):
        find_config("ruichnag", tmp_path, None)
    with pytest.raises(ConfigError, match="是不是 ruichang-2018？"):
        load_standard("ruichang-2008")


STANDARD = """\
id: mine
title: 自定
basis: 本市
subject: unit
classes:
  - {id: content, title: 内容, label: 内容问题, cap: 15}
rules:
  dead-link: {class: content, points: 0.25}
"""


def test_a_clerks_own_standard_goes_before_the_built_in_one(tmp_path: Path) -> None:
    (tmp_path / "ruichang-2018.yaml").write_text(STANDARD, encoding="utf-8")
    assert load_standard("ruichang-2018", [tmp_path]).id == "mine"
    assert load_standard(tmp_path / "ruichang-2018.yaml").id == "mine"
    assert load_standard("ruichang-2018").id == "ruichang-2018"


@pytest.mark.parametrize(
    ("old", "new", "line", "parts"),
    [
        ("0.25", "0.255", 8, ["规则 dead-link 的 points 写成了“0.255”", "最多两位小数"]),
        ("0.25", "一分", 8, ["points 写成了“一分”", "要写成数字"]),
        ("0.25", "-1", 8, ["不能小于 0"]),
        ("class: content", "class: contents", 8, ["没有在 classes 中定义", "是不是 content？"]),
        ("subject: unit", "subject: both", 4, ["subject 写成了“both”", "unit（按单位评分）"]),
        (
            "subject: unit",
            "subject: unit\nmin_confidence: 0.96",
            5,
            ["min_confidence 写成了“0.96”", "不能大于 0.95"],
        ),
        (
            "subject: unit",
            "subject: unit\nmin_confidence: 0.49",
            5,
            ["min_confidence 写成了“0.49”", "不能小于 0.5"],
        ),
        (
            "subject: unit",
            "subject: unit\nmin_confidence: 八成",
            5,
            ["min_confidence 写成了“八成”", "要写成数字"],
        ),
        (
            "cap: 15}",
            "cap: 15}\n  - {id: content, title: 甲, label: 乙, cap: 1}",
            7,
            ["id “content”重复"],
        ),
    ],
)
def test_a_mistake_in_a_standard_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, parts: list[str]
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(changed(STANDARD, old, new), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_standard(file)
    assert f"mine.yaml 第 {line} 行" in str(caught.value)
    for part in parts:
        assert part in str(caught.value)


@settings(max_examples=80, deadline=None)
@given(
    name=st.sampled_from(sorted(FILES)),
    at=st.floats(0, 1),
    cut=st.integers(0, 30),
    put=st.text("-:[]{}&*!|>'\"%@#,\n\t \x00\u202e\ufeff：甲9e.~", max_size=6),
)
def test_a_damaged_file_loads_or_is_told_and_never_breaks_the_program(
    name: str, at: float, cut: int, put: str
) -> None:
    text = FILES[name]
    start = int(at * len(text))
    damaged = text[:start] + put + text[start + cut :]
    with tempfile.TemporaryDirectory() as folder:
        directory = write(Path(folder) / "x", **{name.removesuffix(".yaml"): damaged})
        try:
            load(directory)
            problems: tuple[Problem, ...] = ()
        except ConfigError as error:
            problems = error.problems
        assert all("x/" in p.where and p.remedy and str(p).isprintable() for p in problems)


def test_a_standard_with_several_mistakes_has_them_all_told(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = STANDARD.replace("class: content", "class: contents").replace("title: 自定\n", "")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_standard(file)
    assert "缺少 title" in str(caught.value)
    assert "“contents”没有在 classes 中定义" in str(caught.value)


def test_every_message_can_be_printed_on_a_gbk_console(tmp_path: Path) -> None:
    for file, old, new, _, _ in WRONG:
        text = changed(FILES[f"{file}.yaml"], old, new)
        error = complaint(write(tmp_path / "x", **{file: text}))
        "\n".join(p.reason + p.remedy for p in error.problems).encode("gbk")


def test_settings_come_from_the_environment_that_is_handed_in() -> None:
    assert Settings.from_env({}) == Settings()
    settings = Settings.from_env(
        {"XUNJIAN_DATA": "/srv/x", "XUNJIAN_CONFIG": " mine ", "XUNJIAN_ACTOR": "", "HOME": "/root"}
    )
    assert settings.data == Path("/srv/x")
    assert settings.database_url == "sqlite:////srv/x/xunjian.sqlite3"
    assert settings.config == "mine"
    assert settings.actor is None
    with pytest.raises(ConfigError, match="XUNJIAN_DATABASE"):
        Settings.from_env({"XUNJIAN_DATABASE": "mysql://x"})
