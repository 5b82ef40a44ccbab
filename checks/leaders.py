"""Leaders (领导信息): each with post, photo, duties and résumé."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from checks.declaration import Basis, Doc, Param, rule
from checks.disclosure import NEW
from checks.facts import Missing, Unverified
from checks.leaders_facts import LeadersSeen
from checks.model import Context, Hit, Scope, Severity, Unsettled
from checks.parts import Leader
from checks.sources import INSPECTION, INSPECTION_LINK

ELEMENTS: Mapping[str, Callable[[Leader], bool]] = {
    "职务": lambda leader: bool(leader.post),
    "照片": lambda leader: leader.has_photo,
    "分工": lambda leader: leader.has_duties,
    "简历": lambda leader: leader.has_resume,
}
_UNREAD = Unverified(code=Missing.READER, reason="有领导的页面没有读到或没有读懂")


@rule(
    id="incomplete-leader",
    title="领导信息不全",
    scope=Scope.COLUMN,
    severity=Severity.COMMON,
    basis=(
        Basis(
            INSPECTION,
            "发布解读“领导信息”：姓名、照片、简历、分工等；通报实例“任职履历不全”",
            INSPECTION_LINK,
            unconfirmed=True,
        ),
        Basis(NEW, "第二十条第二项：机关职能、机构设置、负责人姓名", unconfirmed=True),
    ),
    remedy="请补全领导的职务、照片、分工和简历。",
    doc=Doc(
        checks="领导信息一类栏目（领导之窗、领导班子、领导简介等）里，每位领导有没有职务、照片、分工、简历。"
        "一位领导分几个页面写的，合起来看。",
        why="群众要知道谁负责什么；领导信息不全是检查通报里常见的一条。",
        good="“张三，局党组书记、局长，主持全面工作”，附照片和简历。",
        bad="其他五位都有简历，李四的“个人简历”下面是空的。",
        mend="按人补上；岗位空缺的写明空缺。",
        doubts="写着“分工”“简历”而下面没有内容的，记问题；根本没有写的，记疑似。大家都没有的一项，整个栏目记一个疑似。"
        "要不要照片没有统一规定，可用参数关掉。标签页、脚本、图片、链接显示的内容算有。本人页面没有读到的，记未能核实。没有认出一位领导的，记未能核实。",
    ),
    version=2,
    needs=("leaders",),
    params={
        "photo": Param(1, "查不查照片：1查，0不查", "", 0, 1, unconfirmed=True),
        "least": Param(
            2, "一项在栏目里几位领导有了，才逐人查这一项", "位", 1, 20, unconfirmed=True
        ),
    },
)
def incomplete_leader(leaders: LeadersSeen, context: Context) -> Iterator[Hit | Unsettled]:
    some = [seen.leader for seen in leaders.leaders]
    known = {leader.name for leader in some}
    unread = frozenset(leaders.unread)
    for name in leaders.unread:
        if name not in known:
            for element in ELEMENTS:
                yield Unsettled(what=f"{name} {element}", unverified=_UNREAD)
    for element, has in ELEMENTS.items():
        if element == "照片" and not context.params["photo"]:
            continue
        having = sum(has(leader) for leader in some)
        lacking = [leader for leader in some if not has(leader)]
        for leader in lacking:
            if leader.name in unread:  # the page of their own may say it
                yield Unsettled(what=f"{leader.name} {element}", unverified=_UNREAD)
        blank = [leader for leader in lacking if element in leader.blank]
        if having < context.params["least"] and not blank:
            if lacking and not unread:
                yield _nobody(element, len(some), having)
            continue
        for seen in leaders.leaders:
            if not has(seen.leader) and seen.leader.name not in unread:
                empty = element in seen.leader.blank
                said = f"“{element}”下面没有内容" if empty else f"没有{element}"
                yield Hit(
                    what=f"{seen.leader.name} {element}",
                    message=f"{seen.leader.name}{said}（栏目里{len(some)}位领导，{having}位有{element}）；"
                    "要求公开领导姓名、职务、照片、分工、简历",
                    url=seen.url,
                    suspected=not empty,
                )


def _nobody(element: str, of: int, having: int) -> Hit:
    who = f"{of}位领导都没有{element}" if not having else f"{of}位领导只有{having}位有{element}"
    return Hit(
        what=element,
        message=f"{who}；要求公开领导姓名、职务、照片、分工、简历（照片、简历没有统一规定，请先核对）",
        suspected=True,
    )
