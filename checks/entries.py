"""Disclosure entries (信息公开条目): 索引号, 文号, 发布机构, 分类, dates, and the same text twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.docnumber import in_full, meant
from checks.entry_facts import Habit, Twin
from checks.facts import Missing, Page, PageKind, Unverified
from checks.model import Context, Hit, NotApplicable, Scope, Severity
from checks.parts import Disclosure
from checks.sources import CITY_FORMAT
from checks.supply import NO_TABLE
from checks.workdays import official

OLD_LAW = "《政府信息公开条例》（国务院令第492号）"
NEW_LAW = "《政府信息公开条例》（国务院令第711号）"
NEW_LAW_SINCE = date(2019, 5, 15)
_NUMBERING = "《党政机关公文格式》（GB/T 9704—2012）"
_CATALOGUE = Basis(
    OLD_LAW,
    "第十九条：公开目录应当包括信息的索引、名称、内容概述、生成日期等内容",
    unconfirmed=True,
)


@rule(
    id="bad-index-number",
    title="索引号缺失或不规范",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(_CATALOGUE, CITY_FORMAT),
    remedy="请按本站统一的编制规则补填或更正索引号。",
    doc=Doc(
        checks="信息公开条目的“索引号”一栏有没有内容；写法是否与本站绝大多数条目一致。",
        why="索引号是公众和系统查找条目的依据，空着或写错就查不到。",
        good="本站索引号都写成 014742224A/2018-0043406 的样子，这一条也是。",
        bad="“索引号：”后面是空的；或别的条目都有年份，这一条写成 014742224A/-0043406。",
        mend="在后台补填；由系统自动生成的，请运维单位检查生成规则。",
        doubts="各地写法不同，程序不规定写法，只同本站已有的条目比：本站条目太少、"
        "或写法本来就不一致时，不判写法。流水号位数不同不算。由脚本填写的，不判空缺。",
    ),
    needs=("index", "habit"),
    params={
        "least": Param(20, "本站至少有多少条索引号，才判写法", "条", 5, 10000, unconfirmed=True),
        "share": Param(95, "至少多大比例写法一致，才判写法", "%", 60, 100, unconfirmed=True),
    },
)
def bad_index_number(index: str, habit: Habit | None, context: Context) -> Verdict:
    if not index:
        return [Hit(what="", message="“索引号”一栏是空的；要求每条信息都有索引号")]
    if (
        habit is None
        or habit.total < context.params["least"]
        or habit.following * 100 < context.params["share"] * habit.total
    ):
        return NotApplicable("本站索引号太少或写法不统一，不判写法")
    if habit.fits(index):
        return None
    return [
        Hit(
            what="",
            message=f"索引号“{index[:60]}”与本站通行的写法不同"
            f"（{habit.total} 条中 {habit.following} 条一致）；要求写法一致，如 {habit.example[:60]}",
            snippet=index[:60],
        )
    ]


SHARED = 5
"""So many others with one number: the template may print it, not an editor."""


@rule(
    id="duplicate-index-number",
    title="索引号重复",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(_CATALOGUE, CITY_FORMAT),
    remedy="请为重复的条目重新编制索引号。",
    doc=Doc(
        checks="同一网站上，两条不同的信息是不是用了同一个索引号。记在后发布的一条上。",
        why="索引号应当一条一号，重复了就分不清。",
        good="同一份文件在两个栏目都有，索引号相同，不算。",
        bad="《关于…的通知》和《关于…的公告》索引号都是 014742224A/2018-0043406。",
        mend="在后台改号；成批重复的，请运维单位检查系统的编号规则。",
        doubts=f"有 {SHARED} 条以上别的信息都是同一个号的，可能是模板写死的，只作疑似。"
        "正文很短的两条信息，标题相同就当作同一份。",
    ),
    needs=("index", "me", "same_number"),
)
def duplicate_index_number(index: str, me: Twin, same_number: Sequence[Twin]) -> Iterator[Hit]:
    others = [other for other in same_number if not me.same_document(other)]
    earlier = [other for other in others if other.before(me)]
    if not earlier:
        return
    first = min(earlier, key=lambda other: (other.published or date.max, other.url))
    yield Hit(
        what=index,
        message=f"索引号“{index[:60]}”与《{first.title[:60]}》相同；要求一条信息一个索引号",
        snippet=first.url,
        suspected=len(others) >= SHARED,
    )


EARLIEST_YEAR = 1949
_HEAD = ("head of the body",)
_HARMLESS = frozenset(("中间不留空格", "数字用半角"))
"""Faults that the page's markup may have made, or that the standard does not name."""


@rule(
    id="bad-document-number",
    version=2,
    title="发文字号不规范",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(
        Basis(_NUMBERING, "发文字号：年份标全称，用六角括号〔〕；序号不加“第”，不编虚位，后加“号”"),
    ),
    remedy="请按原文件核对并更正发文字号。",
    doc=Doc(
        checks="“文号”一栏或标题下方的发文字号：括号是不是六角括号〔〕，有没有“第”字和虚位，"
        "年份是不是可信、与成文日期是不是一致。",
        why="发文字号是文件的身份，写错就检索不到，也影响引用。",
        good="瑞府办字〔2018〕119号",
        bad="瑞府办字(2018)119号；瑞府办字〔2018〕第019号；瑞府办字〔18〕119号",
        mend="对照原文件更正；六角括号可从输入法的标点中选。",
        doubts="正文里引用的旧文件不判。公告号、令号等不是“机关代字〔年份〕序号”的，不判。"
        "只有空格或全角数字的不算。年份与成文日期不一致的只作疑似：岁末的文件可能跨年印发。",
    ),
    needs=("page",),
    when="crawl",
)
def bad_document_number(page: Page) -> Verdict:
    read = page.document_number
    if read is None or not (read.where.startswith("label ") or read.where in _HEAD):
        return None
    found = meant(read.value)
    shown = read.value[:40]
    made = page.disclosure.made if page.disclosure is not None else None
    days = [d for d in (made, page.published.value if page.published else None) if d is not None]
    if found is None:
        # Only the page's own year is surely a year: 〔18〕 may count something else.
        whole = in_full(read.value, frozenset(d.year for d in days))
        if whole is None:
            return None
        return [
            Hit(
                what="",
                message=f"发文字号“{shown}”：年份标全称；要求写成 {whole}",
                snippet=shown,
            )
        ]
    number, faults = found
    wrong = [fault for fault in faults if fault not in _HARMLESS]
    if wrong:
        return [
            Hit(
                what="",
                message=f"发文字号“{shown}”：{'；'.join(wrong)}；要求写成 {number}",
                snippet=shown,
            )
        ]
    # A document made last is published last: no number bears a later year than both.
    latest = max(days).year if days else None
    if number.year < EARLIEST_YEAR or (latest is not None and number.year > latest):
        return [
            Hit(
                what="",
                message=f"发文字号“{shown}”的年份 {number.year} 不可信；要求与发文年份一致",
                snippet=shown,
            )
        ]
    if made is None or number.year == made.year or _turn_of_year(number.year, made):
        return None
    return [
        Hit(
            what="",
            message=f"发文字号“{shown}”的年份与成文日期 {made:%Y-%m-%d} 不一致；要求两者一致",
            snippet=shown,
            suspected=True,
        )
    ]


def _turn_of_year(year: int, made: date) -> bool:
    """Numbered in December, signed in January."""
    return made.year == year + 1 and made.month == 1


def _blank(page: Page, field: Literal["issuer", "topic"], label: str) -> Verdict:
    # Said in the crawl of every page: what is no entry is fine, so that nothing is kept for it.
    if page.kind is not PageKind.ENTRY:
        return None
    if page.disclosure is None:
        return NO_TABLE
    if getattr(page.disclosure, field) != "":
        return None
    return [Hit(what="", message=f"“{label}”一栏是空的；要求填写")]


@rule(
    id="missing-issuer",
    title="信息没有发布机构",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(_CATALOGUE, CITY_FORMAT),
    remedy="请补填发布机构的规范名称。",
    doc=Doc(
        checks="信息公开条目印有“发布机构”一栏，里面有没有内容。",
        why="谁制作、谁负责公开；没有发布机构，公众不知道该找谁。",
        good="发布机构：瑞昌市教育局",
        bad="“发布机构：”后面是空的。",
        mend="在后台补填单位的规范全称。",
        doubts="页面根本没有这一栏的不判；由脚本填写的不判。",
    ),
    needs=("page",),
    when="crawl",
)
def missing_issuer(page: Page) -> Verdict:
    return _blank(page, "issuer", "发布机构")


@rule(
    id="missing-topic",
    title="信息没有分类",
    scope=Scope.PAGE,
    severity=Severity.HINT,
    basis=(_CATALOGUE, CITY_FORMAT),
    remedy="请补选信息所属的分类。",
    doc=Doc(
        checks="信息公开条目印有“主题分类”“信息分类”一类的栏，里面有没有内容。",
        why="没有分类的条目，在按分类检索时查不到。",
        good="主题分类：教育",
        bad="“主题分类：”后面是空的。",
        mend="在后台补选分类。",
        doubts="页面根本没有这一栏的不判；由脚本填写的不判。",
    ),
    needs=("page",),
    when="crawl",
)
def missing_topic(page: Page) -> Verdict:
    return _blank(page, "topic", "信息分类")


@rule(
    id="late-disclosure",
    title="主动公开超过期限",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(
        Basis(OLD_LAW, "第十八条：自信息形成或者变更之日起20个工作日内予以公开（2019-05-14以前）"),
        Basis(NEW_LAW, "第二十六条：自信息形成或者变更之日起20个工作日内及时公开"),
    ),
    remedy="请查明逾期原因，今后自信息形成之日起20个工作日内公开。",
    doc=Doc(
        checks="信息公开条目的发布日期，是否在成文（生成）日期之后20个工作日以内，"
        "按国务院公布的节假日和调休计算。",
        why="20个工作日是条例规定的期限，超过就是违法。",
        good="2018-05-03 成文，2018-05-31 发布（恰好20个工作日）。",
        bad="2018-05-03 成文，2018-06-01 发布。",
        mend="已经逾期的补不回来，请检查发文和公开的衔接；日期填错的请更正为真实的日期。",
        doubts="两个日期都印在页面上、都读得准才判。成文早于评判期的不判（多为补录）；"
        "成文晚于发布的只作疑似（多为填错）。法律、法规另有期限的，请申请不适用。",
    ),
    needs=("disclosure",),
    params={"workdays": Param(20, "自成文之日起多少个工作日内公开", "日", 1, 366)},
)
def late_disclosure(disclosure: Disclosure, context: Context) -> Verdict:
    made, published = disclosure.made, disclosure.published
    if made is None:
        if disclosure.made_text:
            return Unverified(code=Missing.UNDATED, reason="成文（生成）日期未能读出")
        return NotApplicable("没有成文（生成）日期")
    if published is None:
        return NotApplicable("页面没有另外注明发布日期")
    if made > published:
        return [
            Hit(
                what="",
                message=f"成文（生成）日期 {made:%Y-%m-%d} 晚于发布日期 {published:%Y-%m-%d}；"
                "要求两个日期真实",
                suspected=True,
            )
        ]
    if made < context.judge_from:
        return NotApplicable(f"{context.judge_from:%Y-%m-%d} 以前成文，不在评判期内")
    limit = context.params["workdays"]
    calendar = official()
    if not all(calendar.known(year) for year in {made.year, published.year}):
        return Unverified(code=Missing.UNPROVEN, reason="没有那一年的节假日安排，不能计算工作日")
    # A day off after the last working day is not one day more.
    if calendar.workdays_between(made, published) <= limit:
        return None
    due = calendar.add_workdays(made, limit)
    clause = "2019年修订的条例第二十六条" if made >= NEW_LAW_SINCE else "2007年条例第十八条"
    return [
        Hit(
            what="",
            message=f"{made:%Y-%m-%d} 成文，{published:%Y-%m-%d} 发布，"
            f"超过{limit}个工作日；要求 {due:%Y-%m-%d} 以前公开（{clause}）",
        )
    ]


@rule(
    id="duplicate-text",
    title="同一信息重复发布",
    scope=Scope.PAGE,
    severity=Severity.HINT,
    basis=(CITY_FORMAT,),
    remedy="请保留一条，撤下重复发布的条目。",
    doc=Doc(
        checks="同一单位在同一网站上，是不是把同一篇正文当作两条信息发布。记在后发布的一条上。",
        why="重复发布充数，也使公众分不清哪一条有效。",
        good="同一份文件门户和公开平台各有一条，或同日分送两个栏目，不算。",
        bad="“通知公告”里 2018-05-03 和 2018-05-10 各有一条标题、正文都相同的通知。",
        mend="撤下多余的一条；确需再次提醒的，写明是再次通知。",
        doubts="不同单位转载同一文件不算；附件不同的不算；标题不同、栏目不同、"
        "配图不同或单位不明的只作疑似。正文太短的不比。",
    ),
    needs=("me", "same_text"),
    params={"days": Param(90, "相隔多少日以内算重复发布", "日", 1, 3660, unconfirmed=True)},
)
def duplicate_text(me: Twin, same_text: Sequence[Twin], context: Context) -> Iterator[Hit]:
    span = timedelta(days=context.params["days"])
    if me.published is None:
        return
    for other in sorted(same_text, key=lambda o: (o.published or date.max, o.url)):
        if other.published is None or not other.before(me) or me.published - other.published > span:
            continue
        if other.unit_id != me.unit_id or other.files != me.files:
            continue
        alike = other.bare_title == me.bare_title
        here = other.column_key == me.column_key
        if alike and not here and other.published == me.published:
            continue  # sent to two columns at once
        sure = alike and here and me.unit_id is not None and other.pictures == me.pictures
        yield Hit(
            what=other.key,
            message=f"正文与 {other.published:%Y-%m-%d} 发布的《{other.title[:60]}》相同；"
            "要求一篇信息只发布一次",
            snippet=other.url,
            suspected=not sure,
        )
        return
