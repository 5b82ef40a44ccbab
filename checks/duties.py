"""Periodic duties: what a unit must publish every month, quarter or year, and did not."""

from __future__ import annotations

from collections.abc import Iterator

from checks.declaration import Basis, Doc, rule
from checks.duties_facts import Looked, terms
from checks.duties_state import TermState, doubts_of, standings
from checks.facts import Fetched
from checks.model import Context, Hit, Remark, Scope, Severity, Unsettled
from checks.proof import measured_day
from checks.sources import CITY, CITY_COMPLETE
from config.duties import Duty


@rule(
    id="missing-periodic",
    title="定期公开的信息未公开",
    scope=Scope.UNIT,
    severity=Severity.SERIOUS,
    basis=(
        Basis(CITY, "财政收支、统计公报、低保等资金发放、用地供应和地价等“每季度”“每年”公开"),
        CITY_COMPLETE,
        Basis("本市设置", "一期结束后多少天内公开（duties.yaml 的 due_days）", unconfirmed=True),
    ),
    remedy="请尽快公开这一期的信息，标题写明年度和期次。",
    doc=Doc(
        checks="duties.yaml 登记的定期公开义务，到期的每一期有没有公开。"
        "按标题里的词和期次（一季度、一、二季度、1-3月、上半年、2018年等）认定。",
        why="按季、按年公开的财政、统计、救助资金、土地信息是群众和上级都要查的，缺一期就是一处空缺。",
        good="栏目中有“瑞昌市2018年一季度财政收支情况”。",
        bad="截至2018-06-04，各有关栏目都读到了末页，没有2018年一季度的财政收支情况。",
        mend="补发缺的一期；公开在别的平台上的，在 duties.yaml 里写明地址；没有此项工作的，申请不适用。",
        doubts="标题没有写期次、或者期次写法读不出的，不判缺失，记未能核实，请人工查看。"
        "有一个栏目没有确实读到末页（列表可能由脚本填充、识别把握不足、空栏目没有证实），"
        "又没有读到这一期的，也不判缺失。责任单位是推断的、已撤并的，有的栏目没有找到的，"
        "只列疑似，请先核对。公开了而标题不含登记的词的会误报，请把词补进 duties.yaml："
        "就是这一项的写进 words，可能包含这一项的写进 maybe。期限是本市设置，未确认。",
    ),
    needs=("duty", "looked", "measured"),
    version=2,
)
def missing_periodic(
    duty: Duty,
    looked: Looked,
    measured: Fetched | None,
    context: Context,
) -> Iterator[Hit | Remark | Unsettled]:
    day = measured_day(measured, context)
    doubts = doubts_of(duty, looked)
    limit = "期限为本市设置，未确认" if duty.due_unconfirmed else "按规定的期限"
    for seen in standings(duty, looked, terms(duty, context.judge_from, day)):
        what = f"{duty.id} {seen.term.key}"
        if seen.state is TermState.UNVERIFIED:
            yield Unsettled(what=what, unverified=seen.unverified)
        elif seen.state is TermState.LATE and seen.entry is not None:
            yield Remark(
                f"{seen.term.words}公开于 {seen.entry.published:%Y-%m-%d}，迟于 {seen.due:%Y-%m-%d}"
            )
        elif seen.state is TermState.MISSING:
            yield Hit(
                what=what,
                message=f"截至 {day:%Y-%m-%d}，没有公开{seen.term.words}的{duty.title}"
                f"（{looked.columns} 个栏目共 {len(looked.entries)} 条信息，已读到末页）；"
                f"要求{duty.every.label}公开，{seen.due:%Y-%m-%d} 前（{limit}）"
                + "".join(f"。{doubt}" for doubt in doubts),
                suspected=bool(doubts),
            )
