"""Key areas of the replica: which information items it lists, and what must be found of them.

The items rest on columns as the plan treats them: an empty one of its own, one whose newest entry is a
day too old, one that a script fills; beside each a twin that has nothing amiss.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.replica.site import Article, Column, Replica
    from tests.replica.truth import TruthFinding

RULE = "missing-area-item"
ASPECT = "huanjing"
BLANK = ("blank-none", "blank-zero", "blank-building", "blank-empty")
OLD = ("old", "old-by-a-day", "old-portal")
PORTAL = ("portal/hjbh", "portal/zbcg", "portal/xwfb", "portal/cjxx", "portal/zfwj")
"""Where nobody else dresses the entries."""
REASON = "市环保局没有开展此项工作"


@dataclass(slots=True)
class Arranged:
    items: list[dict[str, Any]] = field(default_factory=list)
    truth: list[TruthFinding] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    """Item → what the table of areas says of it (``checks.areas_facts.State``)."""

    def document(self) -> dict[str, Any] | None:
        """``areas.yaml``; ``None``: the city has none."""
        if not self.items:
            return None
        aspect = {"id": ASPECT, "title": "环境保护", "items": self.items}
        basis = "国办发〔2018〕10号"
        area = {"id": "shgy", "title": "社会公益事业建设", "basis": basis, "aspects": [aspect]}
        return {"areas": [area]}


def arrange(replica: Replica) -> Arranged:
    """Choose the columns, give some entries their titles and tell the truth of it."""
    made = Arranged()
    portal = [c for key in PORTAL if not (c := replica.by_key[key]).treatment]
    free = list(_columns(replica, ("",), ("notice",)))
    blank = list(_columns(replica, BLANK))
    if len(portal) < 2 or len(free) < 2:
        return made
    water, land = portal[:2]
    _water(replica, made, water, free[0])
    # Met on the portal, while the column that is its own on the platform shows nothing.
    title = "土地出让成交结果公示"
    article = _dressed(replica, land, title, old=False)
    if article is not None:
        own = blank[0] if blank else free[1]
        columns = [own.slot.name] if blank else []
        _item(made, "churang", own, own.key, land.key, words=[[title]], columns=columns)
    _item(made, "paiwuquan", water, not_applicable=REASON)
    made.states["paiwuquan"] = "not_applicable"
    if len(blank) > 1:
        own = blank[1]
        _item(made, "chanquan", own, own.key, columns=[own.slot.name])
        _told(made, own, "chanquan", "its own column shows nothing")
    for name, treatments, note in (
        ("kuangye", OLD, "the newest in its own column is too old"),
        ("jingji", ("exactly",), ""),
        ("jiaoben", ("script",), ""),
        ("wuriqi", ("undated-rows",), ""),
    ):
        for own in list(_columns(replica, treatments, ("notice",)))[:1]:
            _item(made, name, own, own.key, columns=[own.slot.name], within_months=6)
            if note:
                _told(made, own, name, note)
            elif name == "jiaoben":
                made.states[name] = "unverified"
    return made


def _columns(
    replica: Replica, treatments: tuple[str, ...], categories: tuple[str, ...] | None = None
) -> Iterator[Column]:
    """Required columns of such a treatment whose root can be read, those of the platform first."""
    for column in sorted(replica.columns, key=lambda c: c.site):
        if (
            column.treatment in treatments
            and column.slot.required
            and column.holder not in replica.plan.units
            and (categories is None or column.slot.category in categories)
        ):
            yield column


def _water(replica: Replica, made: Arranged, portal: Column, platform: Column) -> None:
    """No column is its own: missing by the words of titles alone."""
    title = "饮用水水质监测报告"
    old = replica.spec.plants
    _dressed(replica, portal, title, old=old)  # the trap beside: one of the year before last
    _item(made, "shuizhi", portal, portal.key, platform.key, words=[["水质"], ["监测"]])
    if old:
        _told(made, portal, "shuizhi", "no title of the year bears its words", suspected=True)


def _dressed(replica: Replica, column: Column, title: str, *, old: bool) -> Article | None:
    """Give an entry of the last months (or of more than a year ago) this title."""
    from tests.replica.site import months_before

    plan, today = replica.plan, replica.spec.as_of
    taken = {*plan.articles, *plan.shared, *plan.moved, *plan.entries}
    claimed = [w for duty in replica.duties.document for group in duty["words"] for w in group]
    year, month = months_before(today, 12), months_before(today, 10)
    for article in column.entries:
        fits = article.published < year if old else month < article.published <= today
        if any(word in article.title for word in claimed):
            continue  # a duty is met by it
        if fits and article.column == column.key and article.number not in taken:
            article.title = f"瑞昌市{article.published.year}年{title}"
            return article
    return None


def _item(made: Arranged, name: str, column: Column, *places: str, **more: Any) -> None:
    made.items.append(
        {
            "id": name,
            "title": f"信息项{name}",
            "units": [column.unit],
            "places": list(places),
            **more,
        }
    )
    made.states[name] = "open"


def _told(made: Arranged, column: Column, name: str, note: str, *, suspected: bool = False) -> None:
    from tests.replica.truth import TruthFinding

    made.states[name] = "missing"
    made.truth.append(
        TruthFinding(
            rule=RULE,
            unit=column.unit,
            site=column.site,
            subject=f"unit:area.{name}",
            what_contains=f"{ASPECT}/{name}",
            note=note,
            suspected=suspected,
        )
    )


def truth(replica: Replica) -> Iterator[TruthFinding]:
    yield from replica.areas.truth
