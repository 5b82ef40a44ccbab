"""A draft of what was found: loads at once, invents nothing, says what is doubtful."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checks.facts import DateState, Entry, Missing, Unverified
from config.loader import load
from config.schema import Config, SiteKind, UnitGroup
from crawler.survey import ColumnLook, Identity, SeenColumn, SeenUnit, Survey
from services.draft_parts import Draft, slug_of
from services.drafting import draft
from services.init import as_files

HOME = "http://127.0.0.1:8000/"
NOW = datetime(2018, 6, 4, 12, tzinfo=UTC)
DAY = date(2018, 6, 4)


def rows(count: int = 6, step: int = 3) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            title=f"第{i}条信息",
            url=f"{HOME}a/{i}.html",
            published=DAY - timedelta(days=step * i),
            date_state=DateState.READ,
        )
        for i in range(count)
    )


def column(
    name: str,
    path: str,
    *above: str,
    unit: str | None = None,
    look: ColumnLook = ColumnLook.LIST,
    missing: Unverified | None = None,
) -> SeenColumn:
    return SeenColumn(
        name=name,
        url=HOME + path,
        above=above,
        unit=unit,
        look=look,
        entries=rows() if look is ColumnLook.LIST else (),
        missing=missing,
    )


def survey(*columns: SeenColumn, units: tuple[SeenUnit, ...] = (), **more: object) -> Survey:
    given: dict[str, object] = {
        "asked": HOME,
        "home": HOME,
        "hosts": (),
        "kind": SiteKind.PLATFORM if units else SiteKind.PORTAL,
        "kind_reason": "",
        "identity": Identity(
            name="中国瑞昌网", operator="瑞昌市人民政府办公室", site_code="3604810001"
        ),
        "columns": columns,
        "units": units,
    }
    return Survey(**{**given, **more})  # type: ignore[arg-type]


def loaded(made: Draft, folder: Path) -> Config:
    for name, text in as_files(made, NOW).items():
        (folder / name).write_text(text, encoding="utf-8")
    return load(folder)


PORTAL = (
    column("政务动态", "zwdt/", "政务公开"),
    column("通知公告", "tzgg/", "政务公开"),
    column("市长信箱", "szxx/", look=ColumnLook.FORM),
    column("政务公开", "zwgk/", look=ColumnLook.PARENT),
    column("机构职能", "jgzn/", "政务公开", look=ColumnLook.TEXT),
    column("办事指南", "bszn/", look=ColumnLook.ELSEWHERE),
)


def test_a_portal_becomes_a_configuration_that_loads_with_its_columns_and_addresses(
    tmp_path: Path,
) -> None:
    config = loaded(draft([survey(*PORTAL)]), tmp_path)
    (site,) = config.sites
    assert (site.id, site.name, site.site_code) == ("portal", "中国瑞昌网", "3604810001")
    assert config.city.name == "瑞昌市"
    assert config.unit(site.operator).name == "瑞昌市人民政府办公室"
    found = {c.name: (c.category, c.url) for c in config.expected_columns("portal", DAY)}
    assert found == {
        "政务动态": ("dongtai", HOME + "zwdt/"),
        "通知公告": ("tongzhi", HOME + "tzgg/"),
        "机构职能": ("changqi", HOME + "jgzn/"),
        "办事指南": ("changqi", HOME + "bszn/"),
    }


def test_what_is_no_column_to_check_is_named_in_a_comment_and_not_listed(tmp_path: Path) -> None:
    text = as_files(draft([survey(*PORTAL)]), NOW)["columns.yaml"]
    (listed,) = yaml.safe_load(text)["site_columns"].values()
    assert "市长信箱" not in {c["name"] for c in listed}
    assert f"#   市长信箱 {HOME}szxx/" in text


def test_a_name_under_one_heading_is_one_column_at_the_address_that_showed_most(
    tmp_path: Path,
) -> None:
    seen = survey(
        column("政务动态", "a/?number=1", "政务公开", look=ColumnLook.UNREAD),
        column("政务动态", "b/?number=1", "政务公开"),
        column("政务动态", "c/", "部门频道"),
    )
    made = draft([seen])
    found = {(c.group, c.url) for c in loaded(made, tmp_path).expected_columns("portal", DAY)}
    assert found == {("政务公开", HOME + "b/?number=1"), ("部门频道", HOME + "c/")}
    assert f"# 同名栏目另见 1 处：{HOME}a/?number=1" in as_files(made, NOW)["columns.yaml"]


def test_every_unit_waits_for_a_person_and_the_run_is_a_trial(tmp_path: Path) -> None:
    config = loaded(draft([survey(*PORTAL)]), tmp_path)
    assert config.city.trial_run
    assert config.units
    assert not any(u.confirmed for u in config.units)


def test_the_reason_why_a_column_was_not_read_stands_above_it(tmp_path: Path) -> None:
    wall = Unverified(code=Missing.WALL, reason="返回的是安全验证页")
    made = draft(
        [survey(*PORTAL, column("政策解读", "zcjd/", look=ColumnLook.UNREAD, missing=wall))]
    )
    lines = as_files(made, NOW)["columns.yaml"].splitlines()
    at = next(i for i, line in enumerate(lines) if line.strip() == "- slug: zhengcejiedu")
    assert lines[at - 1].strip() == "# 没有读懂：返回的是安全验证页"


NAMES = ("市财政局", "市民政局", "市教体局", "码头镇", "白杨镇")
UNITS = tuple(
    SeenUnit(name=n, url=f"{HOME}bm/{i}/", index_url=HOME + "bm/") for i, n in enumerate(NAMES)
)


def tree(i: int, *names: str) -> list[SeenColumn]:
    return [
        column(
            name,
            f"bm/{i}/{k}/",
            "概况信息" if name.endswith(("介绍", "简介")) else "工作动态",
            unit=NAMES[i],
        )
        for k, name in enumerate(names)
    ]


PLATFORM = survey(
    *tree(0, "部门介绍", "政务动态", "财政收支"),
    *tree(1, "部门介绍", "政务动态"),
    *tree(2, "部门介绍"),
    *tree(3, "本级政府介绍", "政务动态"),
    units=UNITS,
)


def test_units_share_the_catalogue_that_most_of_their_group_show(tmp_path: Path) -> None:
    config = loaded(draft([PLATFORM]), tmp_path)
    by_unit = {
        u.short: {c.name for c in config.expected_columns("platform", DAY) if c.owner_id == u.id}
        for u in config.units
        if u.catalogue
    }
    assert by_unit == {
        "市财政局": {"部门介绍", "政务动态", "财政收支"},
        "市民政局": {"部门介绍", "政务动态"},
        "市教体局": {"部门介绍", "政务动态"},  # the tree that lacks what the others have
        "码头镇": {"本级政府介绍", "政务动态"},
        "白杨镇": {"本级政府介绍", "政务动态"},  # not explored: as its group
    }
    groups = {u.short: u.group for u in config.units}
    assert groups["码头镇"] is UnitGroup.TOWN
    assert groups["市财政局"] is UnitGroup.DEPARTMENT


def test_where_a_column_stood_is_kept_for_trees_that_do_not_show_it_by_name(
    tmp_path: Path,
) -> None:
    config = loaded(draft([PLATFORM]), tmp_path)
    found = {
        (config.unit(c.owner_id).short, c.name): c.fallback
        for c in config.expected_columns("platform", DAY)
    }
    assert found["市财政局", "财政收支"] == f"{HOME}bm/0/2/"
    assert found["市教体局", "政务动态"] is None
    assert all(c.url is None for c in config.expected_columns("platform", DAY))


def test_names_that_the_city_takes_for_one_another_are_one_column(tmp_path: Path) -> None:
    seen = survey(
        *tree(0, "部门介绍", "政务动态"), *tree(1, "单位简介", "政务动态"), units=UNITS[:2]
    )
    config = loaded(draft([seen]), tmp_path)
    (catalogue,) = config.catalogues
    assert len(catalogue.columns) == 2
    assert "单位简介" in {catalogue.columns[0].name, *catalogue.columns[0].variants}


def test_disclosure_pages_of_units_on_a_portal_become_a_platform_of_their_own(
    tmp_path: Path,
) -> None:
    seen = survey(*PORTAL, *PLATFORM.columns, units=UNITS, kind=SiteKind.PORTAL)
    config = loaded(draft([seen]), tmp_path)
    assert [(s.id, s.kind) for s in config.sites] == [
        ("portal", SiteKind.PORTAL),
        ("platform", SiteKind.PLATFORM),
    ]
    assert str(config.site("platform").url) == HOME + "bm/"
    assert len(list(config.expected_columns("portal", DAY))) == 4


def test_a_site_that_is_not_ours_is_asked_gently_and_at_night(tmp_path: Path) -> None:
    away = survey(
        SeenColumn(name="通知公告", url="https://www.example.gov.cn/tzgg/", look=ColumnLook.LIST),
        home="https://www.example.gov.cn/",
    )
    config = loaded(draft([away]), tmp_path)
    assert config.city.crawl_window == ("22:00", "06:00")
    assert config.city.rate.interval_seconds == 2
    assert not config.sites[0].allow_private


def test_a_common_short_name_gets_its_full_name_and_both_are_known(tmp_path: Path) -> None:
    units = tuple(
        SeenUnit(name=n, url=f"{HOME}bm/{i}/", index_url=HOME + "bm/")
        for i, n in enumerate(("市发改委", "人社局", "瑞昌市码头镇"))
    )
    seen = survey(
        column("政务动态", "bm/0/a/", unit="市发改委"), column("政务动态", "bm/1/a/", unit="人社局"),
        units=units,
    )  # fmt: skip
    found = {
        u.name: (u.short, u.full_name_confirmed) for u in loaded(draft([seen]), tmp_path).units
    }
    assert found["瑞昌市发展和改革委员会"] == ("市发改委", False)
    assert found["瑞昌市人力资源和社会保障局"] == ("人社局", False)
    assert found["瑞昌市码头镇人民政府"] == ("码头镇", False)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("通知公告", "tongzhigonggao"),
        ("财政预决算", "caizhengyujuesuan"),
        ("···", ""),
        ("A股b", "agub"),
    ],
)
def test_slugs_are_pinyin(name: str, slug: str) -> None:
    assert slug_of(name) == slug


_text = st.text(max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    names=st.lists(st.tuples(_text, _text, st.sampled_from(ColumnLook)), min_size=1, max_size=8),
    title=st.none() | _text,
    operator=st.none() | _text,
)
def test_whatever_a_site_calls_its_columns_the_draft_loads(
    names: list[tuple[str, str, ColumnLook]],
    title: str | None,
    operator: str | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    seen = survey(
        column("通知公告", "tzgg/"),
        *(
            column(name, f"c{i}/", *([above] if above else []), look=look)
            for i, (name, above, look) in enumerate(names)
        ),
        identity=Identity(name=title, operator=operator, site_code=title),
    )
    config = loaded(draft([seen]), tmp_path_factory.mktemp("draft"))
    left = {ColumnLook.PARENT, ColumnLook.FORM, ColumnLook.UNVISITED}
    wanted = {(above, name) for name, above, look in names if look not in left}
    assert 1 <= len(list(config.expected_columns("portal", DAY))) <= 1 + len(wanted)
