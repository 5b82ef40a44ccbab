"""Leaders in the replica: four columns of departments, two of them at fault, traps beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.replica.engage import Engaged
    from tests.replica.site import Article, Column, Replica
    from tests.replica.truth import TruthFinding

SLOT = "ldxx"
RULE = "incomplete-leader"
RESUME = (
    "{}，男，汉族，1970年3月生，江西瑞昌人，1992年8月参加工作，大学学历。"
    "先后在乡镇和市直单位工作，历任科员、科长、副局长。"
)
DUTIES = "分管办公室、业务科室的工作，联系有关乡镇。"


@dataclass(frozen=True, slots=True)
class _Leader:
    """How one leader's page is written, and what it lacks where something is planted."""

    name: str
    post: str = "副局长"
    style: str = "labels"
    lacks: str = ""
    empty: str = ""


_COLUMNS: tuple[tuple[tuple[_Leader, ...], tuple[tuple[str, bool], ...]], ...] = (
    (
        (
            _Leader("张三", "局长"),
            _Leader("李四", empty="简历"),
            _Leader("王五", lacks="照片"),
        ),
        (("李四 简历", False), ("王五 照片", True)),
    ),
    (
        (_Leader("张三", "局长", "prose"), _Leader("李四", style="headings"), _Leader("王五")),
        (),  # the trap: other words and layouts
    ),
    (
        (
            _Leader("张三", "局长", lacks="分工"),
            _Leader("李四", lacks="分工"),
            _Leader("王五", lacks="分工"),
        ),
        (("分工", True),),
    ),
    (
        (_Leader("张三", "局长"), _Leader("", style="vacant"), _Leader("王五", style="headings")),
        (),  # the trap: a vacancy is nobody
    ),
)
"""By column: its leaders, and what must be found of them (what, suspected)."""


def dress(replica: Replica, made: Engaged) -> None:
    """Leaders' pages in place of entries of some columns; the truth of them."""
    for column, (people, found) in zip(_columns(replica), _COLUMNS, strict=False):
        for article, leader in zip(_free(replica, column), people, strict=False):
            article.title = leader.name or "副局长（空缺）"
            lacks = leader.lacks if replica.spec.plants else ""
            article.form = "by-hand" if lacks == "照片" or not leader.name else "leader"
            made.texts[article.number] = tuple(_lines(leader, lacks, replica.spec.plants))
        if replica.spec.plants:
            made.truth += [_told(column, what, suspected) for what, suspected in found]


def _columns(replica: Replica) -> list[Column]:
    return [
        column
        for column in replica.by_key.values()
        if column.slot.slug == SLOT
        and column.site == "platform"
        and not column.treatment
        and column.holder not in replica.plan.units
        and len(_free(replica, column)) >= 3
    ][: len(_COLUMNS)]


def _free(replica: Replica, column: Column) -> list[Article]:
    from tests.replica.engage import free_entries

    return free_entries(replica, column)


def _told(column: Column, what: str, suspected: bool) -> TruthFinding:
    from tests.replica.truth import TruthFinding

    return TruthFinding(
        rule=RULE,
        unit=column.unit,
        site="platform",
        subject=f"column:{column.key}",
        what_contains=what,
        note="",
        suspected=suspected,
    )


def _lines(leader: _Leader, lacks: str, plants: bool) -> list[str]:
    if not leader.name:
        return ["此岗位暂时空缺，由局长代管。"]
    resume = RESUME.format(leader.name)
    if leader.style == "prose":
        return [f"{resume}现任{leader.post}。", f"主持局全面工作，{DUTIES}"]
    if leader.style == "headings":
        return [f"{leader.post}：{leader.name}", "工作分工", DUTIES, "个人简历", resume]
    lines = [f"姓名：{leader.name}", f"职务：{leader.post}"]
    lines += [] if lacks == "分工" else [f"分工：{DUTIES}"]
    return [*lines, "简历：" + ("" if leader.empty and plants else resume)]
