"""Budgets and final accounts of departments (预决算公开): missing, misplaced, late, without tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from checks.budget_facts import MONTH_DAY, BudgetCase, Term, lacking, terms
from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.facts import Entry, Fetched, Missing, Unverified
from checks.model import Context, Hit, NotApplicable, Scope, Severity, Unsettled
from checks.proof import measured_day
from checks.sources import CITY

PROCEDURE = "《地方预决算公开操作规程》（财预〔2016〕143号）"
LOCAL_DAYS = Basis(
    "本市设置", "检查的截止日期：预算4月30日、决算10月31日，另宽限10日", unconfirmed=True
)
_PARAMS = {
    "budget_by": Param(
        "04-30", "当年预算最迟公开的月-日", "月-日", form=MONTH_DAY, unconfirmed=True
    ),
    "accounts_by": Param(
        "10-31", "上年决算最迟公开的月-日", "月-日", form=MONTH_DAY, unconfirmed=True
    ),
    "slack_days": Param(10, "截止日期以后的宽限", "日历日", low=0, high=120, unconfirmed=True),
}
_MAYBE = Unverified(
    code=Missing.UNPROVEN, reason="有标题相近或汇总公开的信息，不能确定是不是本单位的，请人工查看"
)
_UNDATED = Unverified(code=Missing.UNDATED, reason="预决算信息的发布日期未能读出")


def _left(term: Term, why: Unverified | None = None) -> Unsettled:
    """``why`` is ``None``: of years before the judged period, which a new year does not mend."""
    return Unsettled(what=term.what, unverified=why)


@rule(
    id="missing-department-budget",
    title="部门预决算未公开",
    scope=Scope.UNIT,
    version=5,
    severity=Severity.SERIOUS,
    basis=(
        Basis(PROCEDURE, "部门预决算在财政部门批复后20日内由各部门公开；集中公开并长期保留"),
        Basis(
            CITY,
            "46个政府部门的预决算及“三公”经费在信息公开平台“部门预决算及‘三公’经费专栏”集中公开",
        ),
        LOCAL_DAYS,
    ),
    remedy="请在预决算栏目公开本单位的部门预算（决算）。",
    doc=Doc(
        checks="政府部门（city.yaml 的 budgets.groups）当年的预算、上年的决算，过了截止日期和宽限，"
        "在本单位的预决算栏目、各部门集中公开的预决算专栏里有没有。"
        "以信息标题中的“预算”“决算”和年度为准；专栏里的信息按标题和来源写的单位认定。",
        why="预决算公开是法定义务，以公开为常态；不公开，公众无从监督。",
        good="财政预决算栏目中有“市教体局2018年部门预算”。",
        bad="截至2018-06-04，各预决算栏目都读到了末页，没有该单位2018年的部门预算。",
        mend="按财政部门的批复公开，标题写明单位、年度和“部门预算”或“部门决算”。"
        "经费不在本级财政的单位，在 city.yaml 的 budgets.without_kinds 写明，或申请不适用。",
        doubts="一律记疑似，由人工查看后确认：按标题认定，标题写法与常见的不同、专栏里的单位认不出、"
        "栏目改了名称，都可能误报。有一个栏目没有读到末页、有汇总公开的信息、标题提到本单位或只写“收支情况公开”而不能确定的，记未能核实。"
        "已公开在别的栏目的，按“预决算没有放在规定栏目”记录，不算未公开。"
        "专栏里用了配置没有的单位名称的会误报，请把名称补进 units.yaml 的 aliases。"
        "财年开始后才设立的单位不要求。截止日期和宽限是本市设置，未确认。",
    ),
    needs=("budgets", "measured"),
    params=_PARAMS,
)
def missing_department_budget(
    budgets: BudgetCase, measured: Fetched | None, context: Context
) -> Iterator[Hit | Unsettled]:
    day = measured_day(measured, context)
    for term in terms(context.params, context.judge_from.year - 1, day.year):
        if term.due >= day or not budgets.owes(term):
            continue
        if budgets.found(term) or any(e.sure for e in budgets.outside(term)):
            continue
        if term.due < context.judge_from:
            yield _left(term)
        elif budgets.gap is not None:
            yield _left(term, budgets.gap)
        elif budgets.maybe(term) or budgets.outside(term):
            yield _left(term, _MAYBE)
        else:
            nobody = budgets.of_nobody(term)
            doubt = (
                f"；专栏里有 {len(nobody)} 条认不出单位的预决算信息，如《{nobody[0].title[:40]}》，请先核对"
                if nobody
                else ""
            )
            yield Hit(
                what=term.what,
                message=f"截至 {day:%Y-%m-%d}，没有公开{term.words}"
                f"（{_places(budgets)}，已读到末页）；要求{term.due.year}年{term.due.month}月"
                f"{term.due.day}日前公开（日期为本市设置，未确认）{doubt}",
                suspected=True,
            )


def _places(budgets: BudgetCase) -> str:
    places = list(dict.fromkeys(budgets.places))
    shown = "、".join(places[:4])
    return f"已查 {shown}" + (f" 等 {len(places)} 个栏目" if places[4:] else "")


@rule(
    id="misplaced-budget",
    title="预决算没有放在规定栏目",
    scope=Scope.UNIT,
    version=3,
    severity=Severity.COMMON,
    basis=(
        Basis(PROCEDURE, "网站设预决算公开专栏或平台，集中公开，并保持长期公开状态"),
        Basis(CITY, "46个政府部门的预决算在信息公开平台预决算专栏公开；放错栏目算问题是推断"),
        Basis("本市设置", "放在别的栏目算一处", unconfirmed=True),
    ),
    remedy="请把这条预决算信息放到预决算栏目。",
    doc=Doc(
        checks="政府部门的预算、决算公开在别的栏目（公告公示、政务动态等），"
        "而预决算栏目和集中公开的专栏里都没有。",
        why="放错栏目，群众按目录找不到，也不能长期集中公开。",
        good="“市教体局2018年部门预算”在财政预决算栏目里，公告公示里另有一条也可以。",
        bad="“市教体局2018年部门预算公开”只在政务动态栏目里，预决算栏目里没有。",
        mend="在预决算栏目发布（可保留原来的一条），标题写明年度。",
        doubts="只认标题写明“部门预算”“部门决算”或“预（决）算公开”、并能归到本单位的信息；"
        "“预算执行情况”“预算工作会议”等不算。预决算栏目没有读到末页的，记未能核实。",
    ),
    needs=("budgets", "measured"),
)
def misplaced_budget(
    budgets: BudgetCase, measured: Fetched | None, context: Context
) -> Iterator[Hit | Unsettled]:
    day = measured_day(measured, context)
    defaults = {name: param.default for name, param in _PARAMS.items()}
    for term in terms(defaults, context.judge_from.year - 1, day.year):
        outside = [e for e in budgets.outside(term) if e.sure]
        if not outside or budgets.found(term):
            continue
        first = min(outside, key=lambda e: (_day_key(e.entry), e.entry.url))
        if first.entry.published is not None and first.entry.published < context.judge_from:
            yield _left(term)
        elif first.entry.published is None:
            yield _left(term, _UNDATED)
        elif budgets.gap is not None:
            yield _left(term, budgets.gap)
        elif budgets.maybe(term):
            yield _left(term, _MAYBE)
        else:
            yield Hit(
                what=term.what,
                url=first.entry.url,
                message=f"《{first.entry.title[:60]}》公开在“{first.place}”，"
                f"预决算栏目里没有{term.words}；要求在预决算栏目集中公开",
            )


def _day_key(entry: Entry) -> tuple[bool, int]:
    return (entry.published is None, entry.published.toordinal() if entry.published else 0)


@rule(
    id="late-budget",
    title="预决算公开逾期",
    scope=Scope.UNIT,
    version=5,
    severity=Severity.COMMON,
    basis=(
        Basis(PROCEDURE, "部门预决算在本级政府财政部门批复后20日内，由各部门公开"),
        LOCAL_DAYS,
    ),
    remedy="请查明逾期原因；今后在财政部门批复后20日内公开。",
    doc=Doc(
        checks="预算、决算的发布日期，是不是在财政部门批复后20日（日历日）内。"
        "批复日期以 city.yaml 的 budgets.approved 登记的为准；没有登记的，"
        "看信息正文里写的批复日期；都没有的，只看是否迟于截止日期和宽限。",
        why="规程规定批复后20日内公开，逾期公开等于没有按规定公开。",
        good="2018年3月8日批复，3月28日公开。",
        bad="2018年3月8日批复，3月29日才公开。",
        mend="已经公开的不必重发；把批复、公开的日期安排进下一年的工作。",
        doubts="一律记疑似，由人工查看后确认：标题里有“预算”而不是部门预算的信息（执行情况、绩效目标）也会被认作它，"
        "正文里的批复日期可能是别的批复。"
        "栏目没有读到末页的，更早的一条可能没有读到，记未能核实。"
        "网站改版后重新发布的信息，日期可能不是当初公开的日期，请核对后列入允许清单。",
    ),
    needs=("budgets", "measured"),
    params={
        **_PARAMS,
        "days": Param(20, "批复后公开的期限", "日历日", low=1, high=120),
    },
)
def late_budget(budgets: BudgetCase, measured: Fetched | None, context: Context) -> Verdict:
    day = measured_day(measured, context)
    said: list[Hit | Unsettled] = []
    judged = False
    for term in terms(context.params, context.judge_from.year - 1, day.year):
        found = budgets.found(term)
        if not found:
            continue
        days = [e.published for e in found if e.published is not None]
        if len(days) < len(found):
            said.append(_left(term, _UNDATED))
            judged = True
            continue
        first = min(found, key=lambda e: (_day_key(e), e.url))
        on = min(days)
        if on < context.judge_from:
            said.append(_left(term))
            continue
        limit, why = _limit(budgets, term, first, context)
        if limit is None:
            if on <= term.due:
                continue  # nobody knows when it was approved
            limit, why = term.due, "本市设置的截止日期，批复日期没有登记"
        judged = True
        earlier = [e.entry for e in budgets.outside(term) if (e.entry.published or limit) <= limit]
        if on <= limit or earlier:
            continue
        if budgets.gap is not None or budgets.maybe(term):
            said.append(_left(term, budgets.gap or _MAYBE))
            continue
        said.append(
            Hit(
                what=term.what,
                url=first.url,
                message=f"{term.words}公开于 {on:%Y-%m-%d}；要求 {limit:%Y-%m-%d} 以前（{why}）",
                suspected=True,
            )
        )
    if judged:
        return said
    if any(budgets.found(t) for t in terms(context.params, context.judge_from.year, day.year)):
        return NotApplicable("批复日期没有登记（city.yaml 的 budgets.approved），正文也没有写明")
    return NotApplicable("没有读到评判期内公开的预决算")


def _limit(
    budgets: BudgetCase, term: Term, first: Entry, context: Context
) -> tuple[date | None, str]:
    """The last day by the approval, and in words why."""
    within = timedelta(days=context.params["days"])
    registered = budgets.approved.get((term.kind, term.fiscal))
    if registered is not None:
        return registered + within, f"{registered:%Y-%m-%d} 批复"
    told = budgets.told.get(first.url)
    if told is not None:
        return told + within, f"正文写 {told:%Y-%m-%d} 批复"
    return None, ""


@rule(
    id="incomplete-budget-tables",
    title="预决算表格不全",
    scope=Scope.UNIT,
    version=4,
    severity=Severity.COMMON,
    basis=(
        Basis(PROCEDURE, "公开“三公”经费等表格和文字说明；不得少公开应当公开的事项"),
        Basis(
            "部门预算常用表",
            "收支总体、收入总体、支出总体、财政拨款收支总体、一般公共预算支出、"
            "一般公共预算基本支出、“三公”经费支出、政府性基金预算支出情况表，共8张",
            unconfirmed=True,
        ),
    ),
    remedy="请补齐缺少的表格；没有数据的表也要公开，注明“本部门无此项收支”。",
    doc=Doc(
        checks="评判期内公开的部门预算有没有8张常用表，部门决算有没有收支表和“三公”经费表。"
        "看正文、附件的名称和附件里的文字（doc、docx、xls、xlsx、pdf）。",
        why="只有文字、没有表格，或者少几张表，公众看不出钱从哪来、花到哪去。",
        good="附件“2018年部门预算公开表.xls”里有8张表，其中政府性基金表注明无此项收支。",
        bad="正文和附件都读到了，没有提到政府性基金预算支出情况表和“三公”经费支出情况表。",
        mend="按财政部门的格式补齐表格，空表也要公开。",
        doubts="都记疑似，由人工查看：表的名称可以不同，8张表的清单没有查到原文。"
        "提到表名的字句就算有，不看表里的数字。有附件没有读到（扫描件、压缩包、加密、太大），"
        "正文里有图片或链接到别的页面的，记未能核实。",
    ),
    needs=("budgets", "measured"),
)
def incomplete_budget_tables(
    budgets: BudgetCase, measured: Fetched | None, context: Context
) -> Verdict:
    day = measured_day(measured, context)
    defaults = {name: param.default for name, param in _PARAMS.items()}
    said: list[Hit | Unsettled] = []
    judged = False
    for term in terms(defaults, context.judge_from.year - 1, day.year):
        found = budgets.found(term)
        if not found:
            continue
        last = max((e.published for e in found if e.published is not None), default=None)
        if last is not None and last < context.judge_from:
            said.append(_left(term))
            continue
        judged = True
        pages = [budgets.published.get(e.url) for e in found]
        without = lacking(term.kind, "\n".join([*(p.text for p in pages if p), *_titles(found)]))
        if not without:
            continue
        unread = [_PAGE if p is None else p.unread for p in pages]
        why = next((u for u in unread if u is not None), None) or budgets.gap
        if why is not None or budgets.maybe(term):
            said.append(_left(term, why or _MAYBE))
            continue
        said.append(
            Hit(
                what=term.what,
                url=found[0].url,
                message=f"{term.words}没有看到 {'、'.join(without)}（正文和附件都已读到）；"
                "要求按规定的表格公开，没有数据的也要公开空表",
                suspected=True,
            )
        )
    return said if judged else NotApplicable("没有读到评判期内公开的预决算")


_PAGE = Unverified(code=Missing.NOT_REACHED, reason="预决算信息的页面没有读到")


def _titles(found: list[Entry]) -> Iterator[str]:
    return (entry.title for entry in found)
