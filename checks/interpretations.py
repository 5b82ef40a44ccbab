"""Interpretations of policy documents (政策解读): missing, late, not linked."""

from __future__ import annotations

from collections.abc import Iterator

from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.facts import Missing, Unverified
from checks.interpretation_facts import Document, Links, Matched
from checks.model import Context, Hit, NotApplicable, Scope, Severity, Unsettled
from checks.sources import CITY, INSPECTION, INSPECTION_LINK
from checks.workdays import official

_PRACTICE = Basis(
    "国办发〔2016〕80号《〈关于全面推进政务公开工作的意见〉实施细则》",
    "解读材料与文件同步起草、同步审签、同步发布；最迟3个工作日是各地的规定",
    unconfirmed=True,
)
_OURS = Basis(CITY, "2019年安排：对社会经济发展、与群众利益相关的文件一定要进行解读")
_WORKDAYS = Param(3, "文件公开后最迟多少个工作日内解读", "日", 0, 366, unconfirmed=True)
_WHICH = (
    "只判“政府文件”“规范性文件”一类栏目中、有本市发文字号、属于办法、方案、意见等文种的文件；"
    "人事任免、表彰、会议、批复等不判（名单见 config/lexicon/interpretations.yaml）。"
)
_UNKNOWN_YEAR = Unverified(code=Missing.UNPROVEN, reason="没有那一年的节假日安排，不能计算工作日")


@rule(
    id="missing-interpretation",
    title="政策文件没有解读",
    scope=Scope.PAGE,
    severity=Severity.HINT,
    basis=(_PRACTICE, _OURS, Basis(INSPECTION, "扣分指标“解读比例”", INSPECTION_LINK, True)),
    remedy="请起草单位编写解读材料，在政策解读栏目发布并与文件相互链接。",
    doc=Doc(
        checks="应当解读的政策文件公开后，在期限内“政策解读”栏目有没有它的解读。" + _WHICH,
        why="文件难懂，群众需要知道背景、要点和自己怎样受益；上级检查抽查解读比例。",
        good="5月3日公开《瑞昌市河长制实施方案》，5月7日发布《〈瑞昌市河长制实施方案〉政策解读》。",
        bad="文件公开一个月，政策解读栏目读到末页也没有它的解读。",
        mend="谁起草、谁解读，不能只摘抄原文。",
        doubts="解读按标题认：名称一致才算，或页面上有链接相通。名称相近而不一致的只作疑似。"
        "政策解读栏目没有读全的，记未能核实。",
    ),
    needs=("document", "matched"),
    params={"workdays": _WORKDAYS},
)
def missing_interpretation(document: Document, matched: Matched, context: Context) -> Verdict:
    if matched.sure is not None:
        return None
    limit, calendar = context.params["workdays"], official()
    if not calendar.known(document.published.year):
        return _UNKNOWN_YEAR
    due = calendar.add_workdays(document.published, limit)
    if context.today <= due:
        return NotApplicable("解读的期限还没有到")
    if matched.read_on is None or matched.read_on <= due:
        return Unverified(code=Missing.UNPROVEN, reason="期限过后没有再读过政策解读栏目")
    if matched.near is None and not matched.whole:
        return Unverified(code=Missing.UNPROVEN, reason="政策解读栏目没有读到末页")
    seen = f"{document.published:%Y-%m-%d} 公开的{document.number[:40]}没有找到解读"
    if matched.near is not None:
        seen += f"，有一条名称相近：《{matched.near.title[:60]}》"
    return [
        Hit(
            what="",
            message=f"{seen}；要求{limit}个工作日内解读",
            snippet=matched.near.url if matched.near is not None else "",
            suspected=matched.near is not None,
        )
    ]


@rule(
    id="late-interpretation",
    title="政策解读不及时",
    scope=Scope.PAGE,
    severity=Severity.HINT,
    basis=(_PRACTICE, _OURS),
    remedy="请今后做到解读与文件同步发布。",
    doc=Doc(
        checks="解读的发布日期，是否在文件公开之后3个工作日（可改）以内。" + _WHICH,
        why="“三同步”：解读与文件同步起草、同步审签、同步发布。",
        good="周四公开文件，下周二发布解读（恰好3个工作日）。",
        bad="周四公开文件，下周三才发布解读。",
        mend="已经迟了的补不回来，请把解读列入发文流程。",
        doubts="有几篇解读的，以最早的一篇为准；解读的日期没有读出的，记未能核实。",
    ),
    needs=("document", "matched"),
    params={"workdays": _WORKDAYS},
)
def late_interpretation(document: Document, matched: Matched, context: Context) -> Verdict:
    sure = matched.sure
    if sure is None:
        return NotApplicable("没有找到解读")
    if sure.published is None:
        return Unverified(code=Missing.UNDATED, reason="解读的发布日期未能读出")
    limit, calendar = context.params["workdays"], official()
    if not all(calendar.known(day.year) for day in (document.published, sure.published)):
        return _UNKNOWN_YEAR
    if calendar.workdays_between(document.published, sure.published) <= limit:
        return None
    return [
        Hit(
            what="",
            message=f"文件 {document.published:%Y-%m-%d} 公开，解读 {sure.published:%Y-%m-%d} 发布；"
            f"要求{limit}个工作日内解读",
            snippet=sure.url,
        )
    ]


@rule(
    id="unlinked-interpretation",
    title="政策文件与解读没有相互链接",
    scope=Scope.PAGE,
    severity=Severity.HINT,
    basis=(
        Basis(INSPECTION, "扣分指标“解读关联”：政策文件与解读材料相互关联", INSPECTION_LINK, True),
        _PRACTICE,
    ),
    remedy="请在文件页面和解读页面上互相加上链接。",
    doc=Doc(
        checks="文件的页面有没有链接到它的解读，解读的页面有没有链接回文件；"
        "“相关阅读”里的链接也算。" + _WHICH,
        why="看文件的人要能点开解读，看解读的人要能点开文件。",
        good="文件末尾有“相关解读”链接，解读末尾有“相关文件”链接。",
        bad="解读里有文件的链接，文件页面上没有解读的链接。",
        mend="在两个页面上互相加链接，能用系统的“关联信息”功能的最好。",
        doubts="链接由脚本写出的读不到，整改前请打开页面核对；页面没有读到的，记未能核实。",
    ),
    needs=("links",),
)
def unlinked_interpretation(links: Links) -> Iterator[Hit | Unsettled]:
    for what, there, seen in (
        ("onward", links.onward, "文件页面没有链接到它的解读"),
        ("back", links.back, "解读页面没有链接到它的文件"),
    ):
        if there is None:
            why = Unverified(code=Missing.NOT_REACHED, reason="文件或解读的页面没有读到")
            yield Unsettled(what=what, unverified=why)
        elif not there:
            yield Hit(what=what, message=f"{seen}；要求政策文件与解读相互链接")
