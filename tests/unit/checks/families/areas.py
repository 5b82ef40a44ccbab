"""Information items of key areas: met by a title or by their own column, missing, not known."""

from __future__ import annotations

from datetime import date
from typing import Any

from checks.areas_facts import AreaCase, Look, Place
from checks.facts import DateState, Entry, Missing, Unverified
from checks.model import OutcomeKind, Scope
from config.areas import Area, Aspect, Item
from tests.unit.checks.rule_cases import RuleCase
from tests.unit.checks.samples import fetched, subject

FINE, FINDING, SUSPECTED = OutcomeKind.FINE, OutcomeKind.FINDING, OutcomeKind.SUSPECTED
UNVERIFIED, NOT_APPLICABLE = OutcomeKind.UNVERIFIED, OutcomeKind.NOT_APPLICABLE
GAP = Unverified(code=Missing.UNPROVEN, reason="栏目“环境保护”没有读到末页")
ITEM = Item(
    id="kongqi",
    title="空气质量",
    units=("u1",),
    words=(("空气", "大气"), ("质量", "监测")),
    without=("会议",),
    places=("portal/hjbh", "platform/u1.*"),
    basis="国办发〔2018〕10号",
)
ASPECT = Aspect(id="huanjing", title="环境保护", items=(ITEM,))
AREA = Area(id="shgy", title="社会公益事业建设", basis="国办发〔2018〕10号", aspects=(ASPECT,))
LAST = date(2017, 6, 4)
"""Twelve months before the day that the samples are read."""


def entry(title: str, published: date | None = date(2018, 4, 20), n: int = 1) -> Entry:
    return Entry(
        title=title,
        url=f"http://127.0.0.1/a{n}.htm",
        published=published,
        date_state=DateState.READ if published else DateState.ABSENT,
    )


def place(*entries: Entry, own: bool = False, name: str = "环境保护") -> Place:
    return Place(key="portal/hjbh", name=name, own=own, entries=entries)


def case(
    *places: Place,
    gap: Unverified | None = None,
    absent: int = 0,
    dates: dict[str, date] | None = None,
    **changes: Any,
) -> AreaCase:
    item = ITEM.model_copy(update=changes)
    return AreaCase(
        subject=subject(Scope.UNIT, "portal/area.kongqi"),
        area=AREA,
        aspect=ASPECT,
        item=item,
        look=Look(places=places, gap=gap, absent=absent, dates=dates or {}),
        fetched=fetched(),
    )


def _case(side: Any, name: str, made: AreaCase, kind: OutcomeKind) -> RuleCase:
    return RuleCase(rule="missing-area-item", side=side, name=name, case=made, kind=kind)


OTHER = entry("关于开展河道清理的公告")
AIR = "瑞昌市环境空气质量状况"

CASES = [
    _case("bad", "its own column is empty", case(place(own=True)), FINDING),
    _case("bad", "its own column holds only what is too old", case(place(entry("公告", date(2017, 6, 3)), own=True)), FINDING),
    _case("bad", "no title of a shared column bears its words", case(place(OTHER)), SUSPECTED),
    _case("bad", "one group of its words alone is not it", case(place(entry("大气科学知识"))), SUSPECTED),
    _case("bad", "a word that is ruled out", case(place(entry("空气质量监测会议"))), SUSPECTED),
    _case("bad", "ruled out in its own column, too", case(place(entry("会议"), own=True)), FINDING),
    _case("bad", "the item itself is inferred", case(place(own=True), unconfirmed=True), SUSPECTED),
    _case("good", "a title bears its words", case(place(OTHER), place(entry(AIR, n=2))), FINE),
    _case("good", "with blanks and full-width forms", case(place(entry("空 气 质 量"))), FINE),
    _case("good", "met in another column while its own is empty", case(place(own=True), place(entry(AIR))), FINE),
    _case("good", "whatever stands in its own column counts", case(place(OTHER, own=True)), FINE),
    _case("good", "it does not apply", case(place(), not_applicable="没有开展此项工作"), NOT_APPLICABLE),
    _case("good", "it stands elsewhere by rule", case(place(OTHER), outside="江西政务服务网"), NOT_APPLICABLE),
    _case("good", "elsewhere by rule, and here all the same", case(place(entry(AIR)), outside="江西政务服务网"), FINE),
    _case("unverified", "none of its columns was found: that is another finding", case(absent=1), UNVERIFIED),
    _case("bad", "one of its columns was not found: it may be there by another name", case(place(own=True), absent=1), SUSPECTED),
    _case("good", "what was read shows it, whole or not", case(place(entry(AIR)), gap=GAP), FINE),
    _case("good", "the article tells the date of an undated row", case(place(entry(AIR, None)), dates={"http://127.0.0.1/a1.htm": LAST}), FINE),
    _case("good", "of a standing item the age does not matter", case(place(entry(AIR, date(2012, 1, 1))), within_months=None), FINE),
    _case("good", "nor the date", case(place(entry(AIR, None)), within_months=None), FINE),
    _case("edge", "exactly twelve months old is in time", case(place(entry(AIR, LAST))), FINE),
    _case("edge", "a day older is not", case(place(entry(AIR, date(2017, 6, 3)))), SUSPECTED),
    _case("edge", "of the very day it was read", case(place(entry(AIR, date(2018, 6, 4)))), FINE),
    _case("unverified", "a day after it was read says nothing", case(place(entry(AIR, date(2018, 6, 5)))), UNVERIFIED),
    _case("unverified", "a column was not read to its end", case(place(own=True), gap=GAP), UNVERIFIED),
    _case("unverified", "no column of it could be read", case(gap=GAP), UNVERIFIED),
    _case("unverified", "what tells of it has no date", case(place(entry(AIR, None))), UNVERIFIED),
]  # fmt: skip
