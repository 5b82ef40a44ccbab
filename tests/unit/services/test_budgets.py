"""Whose budget an entry is, and which columns count: what is laid before the budget rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from checks.attachment_facts import Attachment, AttachmentLook, attachment_key
from checks.attribution import Names
from checks.budget_facts import BudgetCase
from checks.facts import (
    ColumnReading,
    ColumnState,
    DateState,
    Entry,
    Fetched,
    Link,
    LinkKind,
    Missing,
    Proof,
    StopReason,
    Unverified,
)
from checks.model import Context
from config.schema import (
    Approval,
    BudgetKind,
    Budgets,
    Cadence,
    Catalogue,
    Category,
    City,
    ColumnSpec,
    Config,
    Site,
    SiteKind,
    Unit,
    UnitGroup,
)
from services.judging.budgets import _Desk
from storage.models import Sight

NOW = datetime(2018, 6, 4, 4, tzinfo=UTC)
TODAY = date(2018, 6, 4)
COUNTS = Category(id="yjs", title="预决算", cadence=Cadence(yearly_by="10-31"))
NEWS = Category(id="news", title="动态", cadence=Cadence(days=14))
OWN, NEWS_OF, CENTRAL = "pt/jty.czyjs", "pt/jty.zwdt", "pt/sbj.bmyjs"
PARTY_COLUMN, NOTICES = "mh/bmyjs", "mh/tzgg"


def _spec(slug: str, name: str, category: str = "yjs") -> ColumnSpec:
    return ColumnSpec(slug=slug, name=name, category=category)


def _unit(id_: str, name: str, short: str, group: UnitGroup, **more: Any) -> Unit:
    return Unit(id=id_, name=name, short=short, group=group, **more)


CONFIG = Config(
    city=City(
        id="rc",
        name="瑞昌市",
        office="办公室",
        budgets=Budgets(
            approved=(
                Approval(kind=BudgetKind.BUDGET, fiscal=2018, on=date(2018, 3, 8)),
                Approval(kind=BudgetKind.BUDGET, fiscal=2018, on=date(2018, 3, 1), units=("jty",)),
            )
        ),
    ),
    categories=(COUNTS, NEWS),
    catalogues=(
        Catalogue(
            id="bm",
            title="部门",
            columns=(_spec("czyjs", "财政预决算"), _spec("zwdt", "政务动态", "news")),
        ),
        Catalogue(id="sbj", title="市本级", columns=(_spec("bmyjs", "部门预决算"),)),
    ),
    sites=(
        Site(
            id="mh",
            name="中国瑞昌",
            kind=SiteKind.PORTAL,
            url="http://127.0.0.1:1/",
            operator="zfb",
            columns=(_spec("bmyjs", "部门预决算"), _spec("tzgg", "通知公告", "news")),
            budget_column="bmyjs",
        ),
        Site(
            id="pt", name="平台", kind=SiteKind.PLATFORM, url="http://127.0.0.1:2/", operator="zfb"
        ),
    ),
    units=(
        _unit(
            "sbj", "瑞昌市人民政府", "市本级", UnitGroup.CITY, catalogue="sbj", responsible="zfb"
        ),
        _unit("zfb", "瑞昌市人民政府办公室", "市府办", UnitGroup.DEPARTMENT),
        _unit("jty", "瑞昌市教育体育局", "市教体局", UnitGroup.DEPARTMENT, catalogue="bm"),
        _unit("gsj", "瑞昌市税务局", "市税务局", UnitGroup.DEPARTMENT, kind="垂管单位"),
        _unit("zgh", "瑞昌市总工会", "市总工会", UnitGroup.PARTY),
        _unit("pc", "瑞昌市湓城街道办事处", "湓城街道", UnitGroup.TOWN),
    ),
)


def entry(title: str, n: int = 1, source: str | None = None) -> Entry:
    return Entry(
        title=title,
        url=f"http://127.0.0.1:2/e{n}.htm",
        published=date(2018, 3, 20),
        date_state=DateState.READ,
        source=source,
    )


def column(key: str, *entries: Entry, **proof: Any) -> Any:
    whole = Proof(
        pages_read=1,
        total_claimed=None,
        pages_claimed=None,
        stop=StopReason.END,
        reader="3",
        share_dated=1.0,
        empty_mark="" if entries else "暂无信息",
        confirmed=True,
    )
    reading = ColumnReading(
        url="http://127.0.0.1:2/list",
        entries=entries,
        page_lengths=(len(entries),),
        proof=replace(whole, **proof),
    )
    return SimpleNamespace(
        key=key,
        site_id=key.partition("/")[0],
        owner_id="zfb" if key.startswith("mh/") else key.partition("/")[2].partition(".")[0],
        reading=reading,
        state=ColumnState.READ,
        fetched=Fetched(at=NOW, unchanged_since=NOW, status=200, evidence=None),
        previous_entries=None,
        previous_shape=None,
    )


def page(found: Entry, key: str, text: str = "", links: tuple[Link, ...] = ()) -> Any:
    facts = SimpleNamespace(body=SimpleNamespace(text=text, links=links, embedded=0))
    return SimpleNamespace(
        site_id=key.partition("/")[0],
        url=found.url,
        listed=found,
        title=found.title,
        published=found.published,
        source=found.source,
        owner_id=None,
        unit_id=None,
        column_key=key,
        outcome=Sight.FETCHED,
        version_id=1,
        unverified=None,
        load=lambda: facts,
    )


def cases(
    *columns: Any, pages: tuple[Any, ...] = (), extra: dict[str, Any] | None = None
) -> dict[str, BudgetCase]:
    """By unit; columns that are not given were read and are blank."""
    held = {key: column(key) for key in (OWN, NEWS_OF, CENTRAL, PARTY_COLUMN, NOTICES)}
    held |= {one.key: one for one in columns}
    base = Context(as_of=NOW, today=TODAY, judge_from=date(2018, 1, 1))
    ground: Any = SimpleNamespace(
        config=CONFIG,
        sites=CONFIG.sites,
        today=TODAY,
        base=base,
        units=None,
        names=Names.of(CONFIG),
        columns=held,
        pages=pages,
        wants=lambda *rules: True,
        extra=lambda kind: extra or {},
    )
    return {unit.id: case for unit, case in _Desk(ground).cases()}


def test_departments_and_party_bodies_owe_budgets_vertical_units_towns_and_the_city_do_not() -> (
    None
):
    assert cases().keys() == {"zfb", "jty", "zgh"}
    assert cases()["jty"].subject.key == "pt/budget.jty"
    assert cases()["jty"].gap is None


def test_an_entry_in_everyones_column_is_whose_its_title_names_else_its_source() -> None:
    made = cases(
        column(
            CENTRAL,
            entry("瑞昌市教育体育局2018年部门预算", 1, "瑞昌市人民政府办公室"),
            entry("2018年预算说明", 2, "市总工会"),
        )
    )
    assert [e.url[-6:] for e in made["jty"].entries] == ["e1.htm"]
    assert [e.url[-6:] for e in made["zgh"].entries] == ["e2.htm"]
    assert made["zfb"].entries == ()


def test_what_may_hold_the_budgets_of_all_is_everybodys_doubt() -> None:
    for title in ("市直各部门2018年预算公开", "2018年部门预算公开", "瑞昌市2018年部门预算公开"):
        made = cases(column(CENTRAL, entry(title, 1, "瑞昌市人民政府办公室")))
        assert [e.title for e in made["jty"].collective] == [title]
    named = "2018年部门预算（市教体局）"
    made = cases(column(CENTRAL, entry(named), entry("瑞昌市2018年财政预算报告", 2)))
    assert [e.title for e in made["jty"].collective] == [named]


def test_only_what_surely_is_the_units_own_publication_is_misplaced() -> None:
    sure = entry("2018年部门预算公开", 1)
    named = entry("市教体局2018年部门预算公开", 2)
    of_nobody = entry("2018年部门预算公开", 3, "瑞昌市人民政府办公室")
    meeting = entry("市教体局2018年部门预算编制会议", 4)
    made = cases(column(NEWS_OF, sure, meeting), column(NOTICES, named, of_nobody))
    found = {e.entry.url[-6:-4]: e.sure for e in made["jty"].elsewhere}
    assert found == {"e1": True, "e2": True}  # a meeting about a budget is none
    assert [e.sure for e in made["zfb"].elsewhere] == [False]


def test_what_stands_in_a_budget_column_stands_nowhere_else() -> None:
    both = entry("市教体局2018年部门预算公开")
    made = cases(column(OWN, both), column(NOTICES, both), pages=(page(both, NOTICES),))
    assert made["jty"].entries == (both,)
    assert made["jty"].elsewhere == ()
    gone = cases(pages=(page(both, OWN),))["jty"]
    assert [e.sure for e in gone.elsewhere] == [False]  # it stood in the right one


def test_a_column_not_read_whole_or_not_surely_blank_is_a_gap() -> None:
    half = column(OWN, entry("通知"), stop=StopReason.CAP)
    unsure = column(OWN, entry("通知"), confidence=0.5)
    unproven = column(OWN, empty_mark=None)
    absent = column(OWN)
    absent.state = ColumnState.ABSENT
    for one in (half, unsure, unproven):
        gap = cases(one)["jty"].gap
        assert gap is not None
        assert "财政预决算" in gap.reason
    assert cases(absent)["jty"].gap is None


def test_an_approval_of_its_own_goes_before_the_one_for_all() -> None:
    made = cases()
    assert made["jty"].approved == {("预算", 2018): date(2018, 3, 1)}
    assert made["zgh"].approved == {("预算", 2018): date(2018, 3, 8)}


def test_a_page_shows_its_text_its_attachments_and_what_was_not_read() -> None:
    found = entry("市教体局2018年部门预算")
    file = Link(url="http://127.0.0.1:2/f.xls", text="附件", kind=LinkKind.FILE)
    icon = Link(url="http://127.0.0.1:2/fileTypeImages/icon_xls.gif", text="", kind=LinkKind.IMAGE)
    shown = (page(found, OWN, "正文里的话", (file, icon)),)
    key = attachment_key(file.url)

    def look(facts: Any) -> dict[str, Any]:
        return {key: SimpleNamespace(facts=facts)}

    read = Attachment(form="xls", names=("三公",), text="基本支出")
    whole = AttachmentLook(url=file.url, read=read)
    made = cases(column(OWN, found), pages=shown, extra=look(whole))["jty"].published[found.url]
    assert made.text.split("\n") == ["正文里的话", "附件", "三公", "基本支出"]
    assert made.unread is None
    lost = Unverified(code=Missing.SERVER, reason="服务器返回 500")
    for facts in (
        replace(whole, read=replace(read, whole=False)),
        AttachmentLook(url=file.url, unread=lost),
        lost,
    ):
        got = cases(column(OWN, found), pages=shown, extra=look(facts))["jty"]
        assert got.published[found.url].unread is not None
    never = cases(column(OWN, found), pages=shown)["jty"].published[found.url]
    assert never.unread is not None
    assert never.unread.code is Missing.NOT_REACHED
    picture = Link(url="http://127.0.0.1:2/t.jpg", text="", kind=LinkKind.IMAGE)
    drawn = cases(column(OWN, found), pages=(page(found, OWN, "见图", (picture,)),))["jty"]
    assert drawn.published[found.url].unread is not None
