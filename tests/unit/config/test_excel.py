"""Lists go to Excel and come back equal; what cannot be read is told with sheet, row and column."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from config import sheets
from config.excel import export_lists, import_lists, read_lists
from config.loader import load
from config.problems import ConfigError
from config.schema import (
    Cadence,
    Catalogue,
    Category,
    City,
    ColumnSpec,
    Config,
    Contact,
    Rate,
    Site,
    SiteKind,
    Unit,
    UnitGroup,
)

ROOT = Path(__file__).resolve().parents[3]
RUICHANG = ROOT / "config" / "ruichang"


@cache
def ruichang() -> Config:
    return load(RUICHANG)


def bare(config: Config) -> Config:
    return config.model_copy(update={"digest": "", "warnings": ()})


# --- round trip ---------------------------------------------------------------------------------

BAD = ("Cc", "Cf", "Cs", "Zl", "Zp")
CHARS = st.one_of(
    st.sampled_from("=+-@'\"；;、，,：:#&*!|>%{}[]_x0041 \\/～“”〔〕是否1null~"),
    st.characters(exclude_categories=BAD, exclude_characters="\ufffe\uffff"),
)
LINE = st.text(CHARS, min_size=1, max_size=12).map(str.strip).filter(bool)
WORDS = st.text(st.one_of(CHARS, st.just("\n")), max_size=20).map(str.strip)
HOST = "www.example.gov.cn"
URL = st.text("abc/%E4", max_size=8).map(lambda p: f"https://{HOST}/{p}")
DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))
CADENCE = st.one_of(
    st.just(Cadence()),
    st.builds(Cadence, days=st.integers(1, 3660)),
    st.builds(Cadence, months=st.integers(1, 120)),
    st.dates(date(2001, 1, 1), date(2001, 12, 31)).map(
        lambda d: Cadence(yearly_by=d.strftime("%m-%d"))
    ),
)
RATE = st.builds(
    Rate,
    interval_seconds=st.floats(0.001, 3600),
    concurrency=st.integers(1, 32),
    timeout_seconds=st.floats(0.5, 300),
    max_bytes=st.integers(10_000, 100_000_000),
)


def numbered(text: str, number: int) -> str:
    return f"{text}·{number:03}"


@st.composite
def columns(draw: st.DrawFn, categories: list[str], units: list[str]) -> tuple[ColumnSpec, ...]:
    made = []
    for i in range(draw(st.integers(0, 3))):
        variants = [f"{t}·{i:03}.{j}" for j, t in enumerate(draw(st.lists(LINE, max_size=3)))]
        made.append(
            ColumnSpec(
                slug=f"c{i}",
                name=numbered(draw(LINE), i),
                variants=tuple(variants),
                group=draw(st.none() | LINE),
                category=draw(st.sampled_from(categories)),
                cadence=draw(st.none() | CADENCE),
                url=draw(st.none() | URL),
                unit=draw(st.none() | st.sampled_from(units)),
                required=draw(st.booleans()),
            )
        )
    return tuple(made)


@st.composite
def configs(draw: st.DrawFn) -> Config:
    categories = [f"k{i}" for i in range(draw(st.integers(1, 3)))]
    catalogues = [f"m{i}" for i in range(draw(st.integers(0, 2)))]
    units = [f"u{i}" for i in range(draw(st.integers(1, 4)))]
    contact = st.builds(Contact, post=WORDS, phone=WORDS, qq=WORDS, mail=WORDS)
    trees = {c: draw(columns(categories, units)) for c in catalogues}
    made = []
    for i, unit_id in enumerate(units):
        group = draw(st.sampled_from(UnitGroup))
        others = [u for u in units if u != unit_id]
        first, last = sorted(draw(st.tuples(DAYS, DAYS)))
        tree = draw(st.none() | st.sampled_from(catalogues)) if catalogues else None
        slugs = [c.slug for c in trees[tree]] if tree else []
        made.append(
            Unit(
                id=unit_id,
                name=numbered(draw(LINE), i),
                short=f"{draw(LINE)}:{i:03}",
                aliases=tuple(draw(st.lists(LINE, max_size=3))),
                group=group,
                kind=draw(WORDS),
                catalogue=tree,
                addresses=draw(st.dictionaries(st.sampled_from(slugs), URL)) if slugs else {},
                responsible=draw(st.sampled_from(units)) if group is UnitGroup.CITY else None,
                root=draw(st.none() | URL),
                confirmed=draw(st.booleans()),
                full_name_confirmed=draw(st.booleans()),
                valid_from=draw(st.none() | st.just(first)),
                valid_to=draw(st.none() | st.just(last)),
                successors=tuple(draw(st.lists(st.sampled_from(others), max_size=2)))
                if others
                else (),
                contacts=tuple(draw(st.lists(contact, max_size=2))),
                basis=draw(WORDS),
                note=draw(WORDS),
            )
        )
    sites = [
        Site(
            id=f"s{i}",
            name=draw(LINE),
            kind=draw(st.sampled_from(SiteKind)),
            url=f"https://{HOST}/",
            hosts=tuple(
                draw(
                    st.lists(st.sampled_from(["a.gov.cn", "10.0.0.8:8080", "局.政务"]), max_size=3)
                )
            ),
            operator=draw(st.sampled_from(units)),
            unit_index=draw(st.none() | URL),
            columns=draw(columns(categories, units)),
            site_code=draw(st.none() | LINE),
            allow_private=draw(st.booleans()),
            rate=draw(st.none() | RATE),
            enabled=draw(st.booleans()),
            note=draw(WORDS),
        )
        for i in range(draw(st.integers(1, 2)))
    ]
    return Config(
        city=City(id="x", name="某市", office="办公室"),
        categories=tuple(
            Category(id=c, title=draw(LINE), cadence=draw(CADENCE), basis=draw(WORDS), unconfirmed=draw(st.booleans()))
            for c in categories
        ),
        catalogues=tuple(
            Catalogue(id=c, title=draw(LINE), columns=trees[c])
            for c in catalogues
        ),
        sites=tuple(sites),
        units=tuple(made),
        required_counts=draw(st.dictionaries(st.sampled_from(UnitGroup), st.integers(0, 999))),
    )  # fmt: skip


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(configs())
def test_whatever_is_exported_comes_back_equal_through_excel_and_yaml(config: Config) -> None:
    with tempfile.TemporaryDirectory() as folder:
        book, directory = Path(folder) / "名单.xlsx", Path(folder) / "x"
        export_lists(config, book)
        lists = read_lists(book)
        assert lists.units == config.units
        assert lists.categories == config.categories
        assert lists.catalogues == config.catalogues
        assert lists.sites == config.sites
        assert lists.required_counts == config.required_counts
        directory.mkdir()
        (directory / "city.yaml").write_text(
            "id: x\nname: 某市\noffice: 办公室\n", encoding="utf-8"
        )
        import_lists(book, directory)
        assert bare(load(directory)) == config
        for sheet in load_workbook(book).worksheets:
            assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)


def test_the_citys_own_lists_come_back_equal(tmp_path: Path) -> None:
    export_lists(ruichang(), tmp_path / "名单.xlsx")
    shutil.copy(RUICHANG / "city.yaml", tmp_path)
    import_lists(tmp_path / "名单.xlsx", tmp_path)
    assert bare(load(tmp_path)) == bare(ruichang())
    first = (tmp_path / "units.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# 由工作簿 名单.xlsx 的工作表 单位、联系人、应有数目 导入")


def test_the_exported_sheets_are_fit_for_filling_in(tmp_path: Path) -> None:
    export_lists(ruichang(), tmp_path / "名单.xlsx")
    sheet = load_workbook(tmp_path / "名单.xlsx")["单位"]
    assert all(cell.font.b for cell in sheet[1])
    assert [c.value for c in sheet[1]] == [c.header for c in sheets.UNITS.columns]
    assert {c.number_format for row in sheet.iter_rows(min_row=2) for c in row} == {"@"}
    offered = {v.formula1 for v in sheet.data_validations.dataValidation}
    assert '"政府部门,党委部门及群团,乡镇场街道,市本级"' in offered
    assert '"是,否"' in offered


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "_x003D_1"])
def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path, text: str) -> None:
    unit = ruichang().units[1].model_copy(update={"note": text})
    export_lists(
        ruichang().model_copy(update={"units": (ruichang().units[0], unit)}), tmp_path / "a.xlsx"
    )
    sheet = load_workbook(tmp_path / "a.xlsx")["单位"]
    cell = sheet.cell(3, len(sheets.UNITS.columns))
    assert cell.data_type == "s"
    assert bool(cell.quotePrefix) == (text[0] in "=+-@")


# --- a clerk's own workbook ---------------------------------------------------------------------


def book(path: Path, **tabs: list[list[Any]]) -> Path:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in tabs.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(path)
    return path


HEAD = ["简称", "编号", "单位名称", "单位类别"]
ROWS = [["甲局", "jia", "某市甲局", "政府部门"], ["乙镇", "yi", "某市乙镇人民政府", "乡镇场街道"]]


def complaint(path: Path, base: Path | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        read_lists(path, base)
    return str(caught.value)


def test_headers_may_stand_in_any_order_under_a_title_with_other_words(tmp_path: Path) -> None:
    rows = [["某市单位名单"], [], [" 简 称 ", "编号*", "单位全称（规范）", "分组", "曾用名", "是否核对"],
            ["甲局", "jia", "某市甲局", "department", "甲委；老甲局", "√"], [], [None, "  "],
            ["乙镇", "yi", "某市乙镇人民政府", "乡镇场街道", None, "否"]]  # fmt: skip
    units = read_lists(book(tmp_path / "a.xlsx", 单位名单=rows)).units
    assert [u.id for u in units] == ["jia", "yi"]
    assert units[0].aliases == ("甲委", "老甲局")
    assert [u.confirmed for u in units] == [True, False]


def test_dates_numbers_and_phone_numbers_are_read_as_clerks_write_them(tmp_path: Path) -> None:
    head = [*HEAD, "设立日期", "撤销日期"]
    rows = [head, [*ROWS[0], datetime(2018, 1, 2), "2019年3月4日"], [*ROWS[1], "2018/5/6", None]]  # noqa: DTZ001
    contacts = [["单位", "岗位", "联系电话", "QQ"], ["甲局", "办公室", 7921234, 123456789012.0]]
    units = read_lists(book(tmp_path / "a.xlsx", 单位=rows, 联系人=contacts)).units
    assert (units[0].valid_from, units[0].valid_to) == (date(2018, 1, 2), date(2019, 3, 4))
    assert units[1].valid_from == date(2018, 5, 6)
    assert units[0].contacts == (Contact(post="办公室", phone="7921234", qq="123456789012"),)


@pytest.mark.parametrize(
    ("text", "cadence"),
    [
        ("14日", Cadence(days=14)),
        ("14天内", Cadence(days=14)),
        ("2周", Cadence(days=14)),
        ("6个月", Cadence(months=6)),
        ("６个月内更新", Cadence(months=6)),
        ("1年", Cadence(months=12)),
        ("每年9月30日前", Cadence(yearly_by="09-30")),
        ("每年09-30前", Cadence(yearly_by="09-30")),
        ("长期公开", Cadence()),
    ],
)
def test_cadences_are_read_as_clerks_write_them(
    tmp_path: Path, text: str, cadence: Cadence
) -> None:
    rows = [["编号", "名称", "周期"], ["a", "动态", text]]
    assert read_lists(book(tmp_path / "a.xlsx", 栏目类别=rows)).categories[0].cadence == cadence


def test_a_group_merged_over_its_rows_counts_for_each_of_them(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        栏目=[["属于", "所属编号", "一级栏目", "栏目编号", "栏目名称", "类别"],
              ["公开目录", "政府部门", "概况信息", "a", "部门介绍", "动态"],
              [None, None, None, "b", "领导信息", "动态"]],
        公开目录=[["编号", "名称"], ["bureau", "政府部门"]],
        栏目类别=[["编号", "名称", "周期"], ["news", "动态", "14日"]],
    )  # fmt: skip
    workbook = load_workbook(path)
    for letter in "ABC":
        workbook["栏目"].merge_cells(f"{letter}2:{letter}3")
    workbook.save(path)
    (catalogue,) = read_lists(path).catalogues
    assert [(c.group, c.name, c.category) for c in catalogue.columns] == [
        ("概况信息", "部门介绍", "news"),
        ("概况信息", "领导信息", "news"),
    ]


def with_rows(*extra: list[Any], head: list[Any] = HEAD) -> dict[str, list[list[Any]]]:
    return {"单位": [head, *ROWS, *extra]}


WRONG: list[tuple[dict[str, list[list[Any]]], list[str]]] = [
    (with_rows(["丙局", "bing", "某市丙局", "政府部们"]), ["“单位”第 4 行“单位类别”列", "政府部们", "请改成 政府部门"]),
    (with_rows(["丙局", None, "某市丙局", "政府部门"]), ["第 4 行“编号”列", "编号空着", "请填写"]),
    (with_rows(["丙局", "丙", "某市丙局", "政府部门"]), ["第 4 行“编号”列", "单位“丙局”的编号 写成了“丙”", "小写字母"]),
    (with_rows(["甲局", "bing", "某市丙局", "政府部门"]), ["第 4 行“简称”列", "同时有效而名称相同"]),
    (with_rows(["丙局", "jia", "某市丙局", "政府部门"]), ["第 4 行“编号”列", "id “jia”与前面的“甲局”重复"]),
    (with_rows(["丙局", "bing", "=A1&B1", "政府部门"]), ["第 4 行“单位名称”列", "是公式", "数值"]),
    (with_rows(["丙局", "bing", "#N/A", "政府部门"]), ["第 4 行“单位名称”列", "错误值"]),
    (with_rows(head=["简称", "编号", "单位名称", "单位类型别"]), ["第 1 行", "缺少“分组”列", "不认识的表头“单位类型别”"]),
    (with_rows(head=["简称", "编号", "单位名称", "简称"]), ["第 1 行", "表头“简称”重复"]),
    (with_rows(["丙局", "bing", "某市丙局", "政府部门", "多出来的"]), ["第 1 行", "E 列有内容而没有表头"]),
    (with_rows(head=["甲", "乙", "丙", "丁"]), ["“单位”", "找不到表头", "编号、单位全称、简称、分组"]),
    ({"单位": [[*HEAD, "网址"], [*ROWS[0], "www.x"]]}, ["第 2 行“网址”列", "目录地址 写成了“www.x”", "不是完整的网址"]),
    ({"单位": [[*HEAD, "已核对"], [*ROWS[0], "大概"]]}, ["第 2 行“已核对”列", "只能是 是 或 否"]),
    ({"单位": [[*HEAD, "设立日期"], [*ROWS[0], "去年"]]}, ["第 2 行“设立日期”列", "不是正确的日期"]),
    ({"单位": [[*HEAD, "继任单位"], [*ROWS[0], "乙鎮"], ROWS[1]]}, ["第 2 行“继任单位”列", "“乙鎮”不存在"]),
    ({"单位": [[*HEAD, "备注"], [*ROWS[0], datetime(2018, 1, 1)]]}, ["第 2 行“备注”列", "日期格式", "文本"]),  # noqa: DTZ001
    (with_rows() | {"联系人": [["单位", "电话"], ["丙局", "1"]]}, ["“联系人”第 2 行“单位”列", "单位“丙局”不存在"]),
    (with_rows() | {"应有数目": [["分组", "数目"], ["政府部门", "几个"]]}, ["“应有数目”第 2 行“数目”列", "整数"]),
    (with_rows() | {"应有数目": [["分组", "数目"], ["政府部门", 1], ["政府部门", 2]]}, ["第 3 行“分组”列", "写了两次"]),
    ({"栏目类别": [["编号", "名称", "周期"], ["a", "动态", "经常"]]}, ["第 2 行“周期”列", "看不懂这个周期", "14日、6个月"]),
    ({"栏目类别": [["编号", "名称", "周期"], ["a", "动态", "9999日"]]}, ["第 2 行“周期”列", "不能大于 3660"]),
    ({"别的": [["甲"]]}, ["没有认得的工作表（现有：别的）", "“单位”"]),
]  # fmt: skip


@pytest.mark.parametrize(("tabs", "parts"), WRONG, ids=[w[1][0] + w[1][-1] for w in WRONG])
def test_a_wrong_cell_is_told_with_sheet_row_column_and_remedy(
    tmp_path: Path, tabs: dict[str, list[list[Any]]], parts: list[str]
) -> None:
    text = complaint(book(tmp_path / "a.xlsx", **tabs))
    assert "a.xlsx" in text
    for part in parts:
        assert part in text
    text.encode("gb18030")


def test_all_rows_that_cannot_be_read_are_told_together_and_nothing_is_written(
    tmp_path: Path,
) -> None:
    extra = [[f"局{i}", f"id {i}", f"某市局{i}", "部门"] for i in range(30)]
    path = book(tmp_path / "a.xlsx", **with_rows(*extra))
    with pytest.raises(ConfigError) as caught:
        import_lists(path, tmp_path / "x")
    assert len(caught.value.problems) == 60
    assert not (tmp_path / "x").exists()


def test_files_that_exist_are_kept_unless_asked_and_then_kept_beside(tmp_path: Path) -> None:
    shutil.copytree(RUICHANG, tmp_path / "x")
    before = (tmp_path / "x" / "units.yaml").read_bytes()
    export_lists(ruichang(), tmp_path / "a.xlsx")
    with pytest.raises(ConfigError, match="已经存在"):
        import_lists(tmp_path / "a.xlsx", tmp_path / "x")
    with pytest.raises(ConfigError, match="已经存在"):
        export_lists(ruichang(), tmp_path / "a.xlsx")
    assert (tmp_path / "x" / "units.yaml").read_bytes() == before
    import_lists(tmp_path / "a.xlsx", tmp_path / "x", overwrite=True)
    assert (tmp_path / "x" / "units.yaml.bak").read_bytes() == before
    kept = {p.name.removesuffix(".bak") for p in (tmp_path / "x").glob("*.bak")}
    assert kept == {"units.yaml", "columns.yaml", "sites.yaml"}
    assert bare(load(tmp_path / "x")) == bare(ruichang())


def test_a_list_without_a_sheet_stays_as_it_is(tmp_path: Path) -> None:
    shutil.copytree(RUICHANG, tmp_path / "x")
    tab = [["分组", "数目"], ["政府部门", 45]]
    written = import_lists(book(tmp_path / "a.xlsx", 应有数目=tab), tmp_path / "x", overwrite=True)
    assert [p.name for p in written] == ["units.yaml"]
    config = load(tmp_path / "x")
    assert config.required_counts == {UnitGroup.DEPARTMENT: 45}
    assert config.units == ruichang().units
    assert config.catalogues == ruichang().catalogues


def test_a_list_is_checked_against_the_files_that_stay(tmp_path: Path) -> None:
    shutil.copytree(RUICHANG, tmp_path / "x")
    with pytest.raises(ConfigError) as caught:
        import_lists(book(tmp_path / "a.xlsx", **with_rows()), tmp_path / "x", overwrite=True)
    assert "sites.yaml 第" in str(caught.value)
    assert "单位“zhengfuban”不存在" in str(caught.value)


def test_contacts_alone_are_added_to_the_units_that_are_there(tmp_path: Path) -> None:
    shutil.copytree(RUICHANG, tmp_path / "x")
    tab = [["单位", "岗位", "邮箱"], ["市财政局", "办公室", "cz@example.gov.cn"]]
    import_lists(book(tmp_path / "a.xlsx", 联系人=tab), tmp_path / "x", overwrite=True)
    config = load(tmp_path / "x")
    assert config.unit("caizhengju").contacts == (Contact(post="办公室", mail="cz@example.gov.cn"),)
    export_lists(ruichang(), tmp_path / "b.xlsx")
    workbook = load_workbook(tmp_path / "b.xlsx")
    del workbook["联系人"]
    workbook.save(tmp_path / "b.xlsx")
    import_lists(tmp_path / "b.xlsx", tmp_path / "x", overwrite=True)
    assert load(tmp_path / "x").unit("caizhengju").contacts == config.unit("caizhengju").contacts


def not_a_workbook(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0 an old .xls file")


def a_plain_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")


def a_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 110_000_000)


def a_sheet_merged_whole(path: Path) -> None:
    book(path, **with_rows())
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b"</sheetData>", merge))


def broken_inside(path: Path) -> None:
    book(path, **with_rows())
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content[: len(content) // 2])


def a_huge_file(path: Path) -> None:
    path.write_bytes(b"x" * 10_000_001)


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (not_a_workbook, "不是 .xlsx 工作簿"),
        (a_plain_archive, "不是 .xlsx 工作簿"),
        (a_bomb, "解开后过大"),
        (a_huge_file, "超过 10 MB"),
        (a_sheet_merged_whole, "合并的单元格太多"),
        (broken_inside, "不是 .xlsx 工作簿"),
        (lambda path: None, "没有这个文件"),
        (lambda path: path.mkdir(), "读不了这个文件"),
    ],
)
def test_what_is_no_workbook_is_refused(
    tmp_path: Path, make: Callable[[Path], object], part: str
) -> None:
    make(tmp_path / "a.xlsx")
    text = complaint(tmp_path / "a.xlsx")
    assert part in text
    assert "a.xlsx：" in text


def test_a_sheet_of_too_many_rows_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", **with_rows())
    workbook = load_workbook(path)
    workbook["单位"].cell(30_000, 1, "x")
    workbook.save(path)
    assert "太大" in complaint(path)


def test_a_small_file_of_millions_of_cells_is_refused_at_once(tmp_path: Path) -> None:
    made, path = tmp_path / "made.xlsx", tmp_path / "cells.xlsx"
    workbook = Workbook()
    workbook.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if "worksheets/" in entry.filename:
                cells = b"<row>" + b"<c/>" * 3_000_000 + b"</row></worksheet>"
                content = content.replace(b"</worksheet>", cells)
            new.writestr(entry, content)
    assert path.stat().st_size < 100_000
    with pytest.raises(ConfigError, match="单元格太多"):
        read_lists(path)
