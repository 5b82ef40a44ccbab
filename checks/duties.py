"""Periodic duties: what a unit must publish every month, quarter or year, and did not."""

from __future__ import annotations

from collections.abc import Iterator

from checks.declaration import Basis, Doc, rule
from checks.duties_facts import Looked, terms, terms_of, told_of
from checks.facts import Fetched, Missing, Unverified
from checks.model import Context, Hit, Remark, Scope, Severity, Unsettled
from checks.proof import measured_day
from checks.sources import CITY, CITY_COMPLETE
from config.duties import Duty

_UNSURE = Unverified(code=Missing.UNPROVEN, reason="有标题相近的信息，期次读不出，请人工查看")


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
        "按标题里的词和期次（一季度、1-3月、上半年、2018年等）认定。",
        why="按季、按年公开的财政、统计、救助资金、土地信息是群众和上级都要查的，缺一期就是一处空缺。",
        good="栏目中有“瑞昌市2018年一季度财政收支情况”。",
        bad="截至2018-06-04，各有关栏目都读到了末页，没有2018年一季度的财政收支情况。",
        mend="补发缺的一期；公开在别的平台上的，在 duties.yaml 里写明地址；没有此项工作的，申请不适用。",
        doubts="标题没有写期次、或者期次写法读不出的，不判缺失，记未能核实，请人工查看。"
        "有一个栏目没有读到末页，又没有读到这一期的，也不判缺失。公开了而标题不含登记的词的会误报，"
        "请把词补进 duties.yaml。期限是本市设置，未确认。",
    ),
    needs=("duty", "looked", "measured"),
)
def missing_periodic(
    duty: Duty,
    looked: Looked,
    measured: Fetched | None,
    context: Context,
) -> Iterator[Hit | Remark | Unsettled]:
    day = measured_day(measured, context)
    about = [entry for entry in looked.entries if told_of(duty, entry)]
    named = {entry.url: terms_of(duty, entry) for entry in about}
    for term in terms(duty, context.judge_from, day):
        what = f"{duty.id} {term.key}"
        due = term.due(duty.due_days)
        met = [e for e in about if term.key in (named[e.url] or ())]
        if met:
            first = min((e.published for e in met if e.published), default=None)
            if first is not None and first > due:
                yield Remark(f"{term.words}公开于 {first:%Y-%m-%d}，迟于 {due:%Y-%m-%d}")
            continue
        if looked.gap is not None:
            yield Unsettled(what=what, unverified=looked.gap)
        elif any(
            named[e.url] is None and (e.published is None or e.published > term.end) for e in about
        ):
            yield Unsettled(what=what, unverified=_UNSURE)
        else:
            limit = "期限为本市设置，未确认" if duty.due_unconfirmed else "按规定的期限"
            yield Hit(
                what=what,
                message=f"截至 {day:%Y-%m-%d}，没有公开{term.words}的{duty.title}"
                f"（{looked.columns} 个栏目共 {len(looked.entries)} 条信息，已读到末页）；"
                f"要求{duty.every.label}公开，{due:%Y-%m-%d} 前（{limit}）",
            )
