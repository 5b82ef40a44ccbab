"""Annual reports on disclosure: the report of the year before that is not there when it is due."""

from __future__ import annotations

from collections.abc import Iterator

from checks.annual_facts import AnnualLook, met, owed
from checks.declaration import Basis, Doc, rule
from checks.disclosure import NEW, OLD
from checks.disclosure_facts import clause
from checks.facts import Fetched, Missing, Unverified
from checks.model import Context, Hit, Scope, Severity, Unsettled
from checks.proof import measured_day

_WHICH = Unverified(
    code=Missing.UNPROVEN,
    reason="有年度报告的标题没有年度或者年度不对，认不出是哪一年的，请人工查看",
)


@rule(
    id="missing-annual-report",
    title="信息公开年度报告未公开",
    scope=Scope.UNIT,
    severity=Severity.SERIOUS,
    basis=(
        Basis(OLD, "第三十一条：各级行政机关每年3月31日前公布上一年度报告", unconfirmed=True),
        Basis(
            NEW,
            "第四十九条：政府部门每年1月31日前公布，县级以上地方主管部门每年3月31日前公布本级政府的报告",
            unconfirmed=True,
        ),
    ),
    remedy="请公开上一年度的政府信息公开工作年度报告，标题写明单位和年度。",
    doc=Doc(
        checks="columns.yaml 里设有年度报告栏目（名称如公开年报、信息公开年度报告）的，栏目里有没有本级政府和各单位"
        "上一年度的报告。单位自己的栏目里任何一份都算它的；全市共用的栏目按标题里的单位名称和来源认。",
        why="年度报告是条例定了日子的，缺一份、晚一天都是硬问题。",
        good="“公开年报”栏目里有“瑞昌市财政局2017年政府信息公开工作年度报告”。",
        bad="截至2018-06-04，“公开年报”读到了末页，没有市财政局2017年的年度报告。",
        mend="补发年度报告；已经公开在别处的，放进年度报告栏目。",
        doubts="没有配置年度报告栏目的不检查（有没有这个栏目另有规则）。2019年5月15日以前，各级行政机关都应在3月31日前公布；"
        "以后政府部门是1月31日，条例没有写乡镇，不再查乡镇。场、垂管单位不查；街道、直属机构是否单独编制不确定的，"
        "以及名单未核对、栏目里有认不出单位的报告的，记疑似。标题没有年度、栏目没有读到末页的，记未能核实。条款未核对原文。",
    ),
    needs=("annual", "measured"),
)
def missing_annual_report(
    annual: AnnualLook, measured: Fetched | None, context: Context
) -> Iterator[Hit | Unsettled]:
    day = measured_day(measured, context)
    for year, last in owed(annual.owes, context.judge_from, day):
        found = [met(entry, year) for entry in annual.reports]
        if True in found:
            continue
        what = f"{year}"
        if None in found or annual.gap is not None:
            yield Unsettled(what=what, unverified=annual.gap or _WHICH)
            continue
        doubt = annual.doubt
        unknown = [entry for entry in annual.open if met(entry, year) is not False]
        if unknown:
            doubt = f"栏目里有认不出单位的报告，如《{unknown[0].title[:40]}》，请先核对"
        names = "".join(f"“{name}”" for name in annual.columns)
        yield Hit(
            what=what,
            message=f"截至 {day:%Y-%m-%d}，{names}栏目里没有{year}年度的政府信息公开工作年度报告（已读到末页）；"
            f"要求 {last:%Y-%m-%d} 前公布，依据：{clause('annual', last)}（条款未核对原文）"
            + (f"；{doubt}" if doubt else ""),
            suspected=bool(doubt),
        )
