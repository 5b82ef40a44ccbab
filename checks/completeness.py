"""Completeness (栏目缺失): columns that are missing or blank, budgets that are not public."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.budget_facts import MONTH_DAY, meets
from checks.case import ColumnCase
from checks.declaration import Basis, Doc, Param, rule
from checks.facts import ColumnState, Entry, Fetched, Missing, NameMatch, TreeReading
from checks.facts import Unverified as Unread
from checks.model import Context, Hit, Remark, Scope, Severity, Unsettled
from checks.proof import Emptiness, day_of_year, measured_day
from checks.sources import CENSUS, CITY, CITY_COMPLETE, INSPECTION, INSPECTION_LINK
from config.schema import ExpectedColumn


def path_of(column: ExpectedColumn) -> str:
    """A column's official place in words: 法规文件 > 政府文件."""
    return f"{column.group} > {column.name}" if column.group else column.name


@rule(
    id="missing-column",
    title="应设栏目缺失",
    scope=Scope.UNIT,
    severity=Severity.SERIOUS,
    basis=(
        CITY_COMPLETE,
        Basis(
            "《中华人民共和国政府信息公开条例》", "编制、公布并及时更新公开目录", unconfirmed=True
        ),
    ),
    remedy="请按公开目录补设该栏目，并发布应公开的信息。",
    doc=Doc(
        checks="单位的公开目录（或网站的栏目）中，应设的栏目是否都有。名称须与目录一致；"
        "配置认可的变体（如“单位简介”之于“部门介绍”）算有，另作备注。",
        why="公开目录是法定公开内容的骨架，缺一个栏目就缺一类信息。",
        good="目录中有“概况信息 > 部门介绍”，或认可的变体“单位简介”。",
        bad="目录已完整读取，其中没有“法规文件 > 其他有关文件”。",
        mend="在平台后台按目录名称开设该栏目；名称写得不同的，改为目录规定的名称。",
        doubts="目录没有完整读到时记未能核实，不判缺失。栏目改用了配置未列的新名称时会误报，"
        "请把新名称报市政府办加入认可的变体。",
    ),
    needs=("tree", "columns"),
)
def missing_column(
    tree: TreeReading, columns: Sequence[ColumnCase]
) -> Iterator[Hit | Remark | Unsettled]:
    for case in columns:
        expected = case.expected
        if case.state is ColumnState.ABSENT:
            yield Hit(
                what="",
                subject=case.subject,
                url=tree.root,
                message=f"没有栏目“{path_of(expected)}”；要求按公开目录设置"
                f"（目录已完整读取，共 {len(tree.nodes)} 个栏目）",
            )
        elif case.match is NameMatch.VARIANT:
            yield Remark(f"名称变体：“{case.found_name}”，规范名称“{expected.name}”")
        elif case.state is ColumnState.UNVERIFIED and case.match is None:
            why = case.reading if isinstance(case.reading, Unread) else None
            yield Unsettled(
                what="",
                subject=case.subject,
                unverified=why
                or Unread(code=Missing.UNPROVEN, reason=f"未能确定有没有栏目“{expected.name}”"),
            )


@rule(
    id="blank-column",
    title="空白栏目",
    scope=Scope.COLUMN,
    severity=Severity.SERIOUS,
    basis=(
        Basis(CENSUS, "单项否决“栏目不更新”：空白栏目（有栏目无内容）"),
        Basis(INSPECTION, "单项否决“栏目不更新”：空白栏目数量超过（含）5个", INSPECTION_LINK),
        CITY_COMPLETE,
    ),
    remedy="请在该栏目发布应公开的信息；确无内容的，按程序申请不适用或归并栏目。",
    doc=Doc(
        checks="栏目开设了，但一条信息也没有，或只写着“建设中”“暂无信息”。",
        why="有栏目无内容就是“开天窗”，是单项否决指标之一。",
        good="“工作计划”栏目下有2018年工作计划一条。",
        bad="“工作计划”栏目打开后只显示“暂无信息”。",
        mend="发布应公开的信息；当年确无此类信息的，向市政府办申请不适用并说明理由。",
        doubts="没有读到信息不等于空白：须有明确标志（暂无信息、共0条、建设中，"
        "或同模板其他栏目都有内容），并经第二次读取证实。以前有过信息的，记疑似，由人工查看；"
        "页面结构变了的，记未能核实。",
    ),
    needs=("column", "emptiness"),
)
def blank_column(column: ExpectedColumn, emptiness: Emptiness) -> Iterator[Hit]:
    if not emptiness.blank:
        return
    earlier = f"；上次读到 {emptiness.earlier} 条，请人工查看" if emptiness.suspected else ""
    yield Hit(
        what="",
        message=f"栏目“{path_of(column)}”没有任何信息：{emptiness.proof}；要求栏目有内容{earlier}",
        suspected=emptiness.suspected,
    )


@rule(
    id="missing-budget",
    title="预决算未公开",
    scope=Scope.UNIT,
    version=3,
    severity=Severity.SERIOUS,
    basis=(
        Basis(
            "《地方预决算公开操作规程》（财预〔2016〕143号）",
            "部门预决算在财政部门批复后20日内由各部门公开",
        ),
        Basis(
            CITY, "26个党委部门及社会团体的预决算在政府网站“部门预决算专栏”公开；截止日期报告未写"
        ),
        Basis("本市设置", "检查的截止日期：预算4月30日、决算10月31日", unconfirmed=True),
    ),
    remedy="请在门户网站“部门预决算专栏”公开本单位的预算（决算）。",
    doc=Doc(
        checks="党委部门及群团是否在门户的部门预决算专栏公开了当年预算和上年决算。"
        "以信息标题中的“预算”“决算”和年度为准。",
        why="预决算公开是法定义务；放错平台或不公开，公众无从监督。",
        good="专栏中有“市总工会2018年部门预算”。",
        bad="截至2018-06-04，专栏中没有该单位2018年的预算。",
        mend="按财政部门批复编制公开件，发布到部门预决算专栏，标题写明年度和“部门预算”或“部门决算”。",
        doubts="标题没有写年度的，按发布年份认定，日期读不出时记未能核实。标题没有写单位、"
        "来源也没有注明的信息不能归到单位，可能误报。截止日期是本市设置，未确认。",
    ),
    needs=("budget", "measured"),
    params={
        "budget_by": Param(
            "04-30", "当年预算最迟公开的月-日", "月-日", form=MONTH_DAY, unconfirmed=True
        ),
        "accounts_by": Param(
            "10-31", "上年决算最迟公开的月-日", "月-日", form=MONTH_DAY, unconfirmed=True
        ),
    },
)
def missing_budget(
    budget: Sequence[Entry], measured: Fetched | None, context: Context
) -> Iterator[Hit | Unsettled]:
    day = measured_day(measured, context)
    for kind, lag, by in (
        ("预算", 0, context.params["budget_by"]),
        ("决算", 1, context.params["accounts_by"]),
    ):
        for year in range(context.judge_from.year, day.year + 1):
            last = day_of_year(year, by)
            if not context.judge_from <= last < day:
                continue
            fiscal = year - lag
            found = [meets(entry, kind, fiscal, year) for entry in budget]
            if True in found:
                continue
            what = f"{kind} {fiscal}"
            if None in found:
                why = Unread(
                    code=Missing.UNDATED,
                    reason=f"有{kind}信息的标题没有年度，或者写的可能是公开的年份，不能确定是哪一年的",
                )
                yield Unsettled(what=what, unverified=why)
                continue
            yield Hit(
                what=what,
                message=f"截至 {day:%Y-%m-%d}，部门预决算专栏没有本单位{fiscal}年{kind}；"
                f"要求{last.month}月{last.day}日前公开（日期为本市设置，未确认）",
            )
