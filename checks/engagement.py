"""Columns of interaction: channels, letters made public, consultations with their results, proposals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from checks.case import ColumnCase
from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.facts import ColumnReading, ColumnState, DateState, Missing, TreeReading, Unverified
from checks.interaction import (
    ALIKE,
    DOUBTFUL,
    ChannelsCase,
    Consultation,
    RoleCase,
    is_call,
    is_proposal_reply,
    is_result,
    likeness,
    proposal_of,
    speaks_alike,
)
from checks.model import Context, Hit, NotApplicable, Scope, Severity, Unsettled
from checks.proof import Freshness, measured_day, months_before, read_whole
from checks.sources import CENSUS, CITY, INSPECTION, INSPECTION_LINK
from config import interaction_words
from config.schema import ColumnRole

_UNNAMED = "配置没有写明{}栏目（columns.yaml 的 role: {}）"


def _not_named(role: ColumnRole) -> Unverified:
    return Unverified(code=Missing.UNPROVEN, reason=_UNNAMED.format(role.label, role.value))


def _menu_has(tree: TreeReading, words: tuple[str, ...]) -> str | None:
    return next((n.name for n in tree.nodes if any(w in n.name for w in words)), None)


def channel_of(
    columns: tuple[ColumnCase, ...], tree: TreeReading | Unverified, words: tuple[str, ...]
) -> bool | Unverified | str:
    """Whether a site has such columns, by its configuration and its menu: ``True``; ``False``: the
    menu was read whole and shows none; a name: only the menu shows it; or why nobody can tell."""
    if any(c.state in (ColumnState.READ, ColumnState.DELEGATED) for c in columns):
        return True
    if isinstance(tree, Unverified):
        return tree
    shown = _menu_has(tree, words)
    if shown is not None:
        return shown
    if not tree.complete:
        return tree.reason or Unverified(code=Missing.UNPROVEN, reason="网站的栏目没有读全")
    if any(c.state is ColumnState.UNVERIFIED for c in columns):
        return Unverified(code=Missing.UNPROVEN, reason="栏目没有读到")
    return False


@rule(
    id="no-inquiry-channel",
    title="没有咨询建言渠道",
    scope=Scope.SITE,
    severity=Severity.SERIOUS,
    basis=(
        Basis(
            INSPECTION,
            "单项否决“互动回应差”：未提供网上有效咨询建言渠道（网上信访、纪检举报不算）",
            INSPECTION_LINK,
        ),
    ),
    remedy="请开设能够咨询、提建议的栏目，并保证有人答复。",
    doc=Doc(
        checks="网站的栏目里有没有咨询建言渠道：配置里 role 为 letters 的栏目，或者菜单里的信箱、咨询、留言一类栏目。",
        why="没有有效的咨询建言渠道是单项否决。",
        good="菜单里有“民声通道”。",
        bad="菜单已经读全，没有信箱、咨询、留言一类的栏目，只有网上信访。",
        mend="开设咨询建言栏目，或者链接到上级统一的互动平台。",
        doubts="菜单没有读全的记未能核实。配置里没有写明咨询栏目、菜单里也没有认得的名称的，记疑似："
        "可能用了别的名称，请在 columns.yaml 写明 role: letters。渠道是不是真能提交，要人工试用。",
    ),
    needs=("channels",),
)
def no_inquiry_channel(channels: ChannelsCase) -> Verdict:
    columns = channels.columns.get(ColumnRole.LETTERS, ())
    found = channel_of(columns, channels.tree, interaction_words.letters().channels)
    if isinstance(found, Unverified):
        return found
    if found:
        return None
    return [
        Hit(
            what="",
            message="网站的栏目里没有咨询建言渠道；要求提供网上咨询建言渠道",
            suspected=not columns,
        )
    ]


@rule(
    id="stale-letters",
    title="公开的来信长期没有更新",
    scope=Scope.COLUMN,
    severity=Severity.COMMON,
    basis=(
        Basis(
            INSPECTION,
            "扣分指标“留言公开”：监测时间点前2个月内公开的留言未更新（见抽查通报）",
            INSPECTION_LINK,
        ),
    ),
    remedy="请及时公开近期的来信和答复。",
    doc=Doc(
        checks="咨询建言栏目里公开的来信，最近两个月内有没有新的。",
        why="来信答复长期不公开，看不出互动是不是真在运行。",
        good="检查日2018-06-04，最近一封公开于2018-04-04（恰好两个月）。",
        bad="最近一封公开于2018-04-03。",
        mend="把近期办结、适合公开的来信和答复公开。",
        doubts="这段时间确实没有来信的会误报，请说明。列表日期读不全的记未能核实。",
    ),
    needs=("letters_freshness",),
    params={"months": Param(2, "几个月内要有新的公开来信", "月", 1, 24)},
)
def stale_letters(letters_freshness: Freshness, context: Context) -> Iterator[Hit]:
    seen = letters_freshness
    if not seen.overdue:
        return
    newest = f"{seen.newest_on:%Y-%m-%d}" if seen.newest_on else "没有日期"
    yield Hit(
        what="",
        message=f"到 {seen.judged_on:%Y-%m-%d}，最近公开的来信是 {newest}；"
        f"要求{context.params['months']}个月内有更新",
    )


@rule(
    id="few-surveys",
    title="征集调查活动太少",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(
        Basis(CENSUS, "互动回应情况“调查征集类栏目”：1年内开展的次数", unconfirmed=True),
        Basis(INSPECTION, "互动交流“征集调查”：1年内不少于6次", INSPECTION_LINK, unconfirmed=True),
    ),
    remedy="请围绕重大决策和民生事项多开展意见征集、网上调查。",
    doc=Doc(
        checks="征集调查栏目最近一年开展了多少次意见征集和调查；公布结果的信息不算活动。",
        why="公众参与决策要有渠道，也要真的用起来。",
        good="一年内征集、调查6次。",
        bad="一年内只有5次。",
        mend="重大决策、规范性文件出台前公开征求意见，定期开展网上调查。",
        doubts="栏目里还放着别的信息时，标题里看不出是征集、调查的不算，因此记疑似。列表没有读全的记未能核实。",
    ),
    needs=("channels", "measured"),
    params={
        "least": Param(6, "一年内最少开展的次数", "次", 1, 100, unconfirmed=True),
        "months": Param(12, "统计最近几个月", "月", 1, 60),
    },
)
def few_surveys(channels: ChannelsCase, measured: object, context: Context) -> Verdict:
    columns = channels.columns.get(ColumnRole.SURVEYS, ())
    if not columns:
        return _not_named(ColumnRole.SURVEYS)
    sure = possible = 0
    doubt: Unverified | None = None
    since = months_before(context.today, context.params["months"])
    for column in columns:
        reading = column.reading
        if column.state is ColumnState.DELEGATED:
            return NotApplicable("征集调查栏目只链接到其他网站")
        if column.state is ColumnState.ABSENT:
            continue
        if isinstance(reading, Unverified):
            doubt = doubt or reading
            continue
        if not read_whole(reading):
            doubt = doubt or Unverified(code=Missing.UNPROVEN, reason="征集调查栏目没有读到末页")
        for entry in reading.entries:
            if entry.date_state is not DateState.READ or entry.published is None:
                doubt = doubt or Unverified(
                    code=Missing.UNDATED, reason="征集调查栏目有信息的日期未能读出"
                )
            elif entry.published >= since and not is_result(entry.title):
                possible += 1
                sure += is_call(entry.title)
    least = context.params["least"]
    if sure >= least:
        return None
    if doubt is not None:
        return doubt
    return [
        Hit(
            what="",
            message=f"{since:%Y-%m-%d} 以来征集调查 {sure} 次；要求不少于{least}次",
            suspected=possible >= least,
        )
    ]


@rule(
    id="consultation-without-result",
    title="意见征集没有公布结果",
    scope=Scope.PAGE,
    version=2,
    severity=Severity.COMMON,
    basis=(
        Basis(
            INSPECTION,
            "互动交流“征集调查”：征集结束后及时公布采纳情况（见抽查通报“结果未及时反馈”）",
            INSPECTION_LINK,
        ),
        Basis(CITY, "“决策公开”目录公开政府文件意见征集和意见反馈采纳信息"),
        Basis("本市设置", "征集结束后多少日内公布", unconfirmed=True),
    ),
    remedy="请公布这次意见征集的采纳情况和结果。",
    doc=Doc(
        checks="意见征集结束超过规定的日数以后，本页或者本站的征集调查栏目里有没有公布结果（采纳情况、反馈、结果）。",
        why="只征集不反馈，公众不知道意见有没有用。",
        good="5月1日截止的征集，5月20日公布了采纳情况。",
        bad="3月1日截止的征集，到6月4日没有公布结果。",
        mend="汇总意见，公布采纳情况；没有收到意见的，也要说明。",
        doubts="按标题对应征集和结果，标题不相近时会误报；有相近而不能确定的，以及页面没有写明截止日期的"
        "（按发布后30日算），记疑似。",
    ),
    needs=("consultation", "measured"),
    params={
        "days": Param(30, "征集结束后几日内公布结果", "日", 1, 366, unconfirmed=True),
        "open_days": Param(30, "没有写截止日期的，按发布后几日算", "日", 1, 366, unconfirmed=True),
        "window_months": Param(12, "检查最近几个月内的征集", "月", 1, 60),
    },
)
def consultation_without_result(
    consultation: Consultation, measured: object, context: Context
) -> Verdict:
    seen, params = consultation, context.params
    if seen.published is not None and seen.published < months_before(
        context.today, params["window_months"]
    ):
        return NotApplicable("不是检查期内的征集")
    if seen.answered_here:
        return None
    ends = seen.ends
    if ends is None:
        if seen.published is None:
            return Unverified(code=Missing.UNDATED, reason="没有读到征集的起止日期")
        ends = seen.published + timedelta(days=params["open_days"])
    if context.today <= ends + timedelta(days=params["days"]):
        return None
    if isinstance(seen.others, Unverified):
        return seen.others
    alike = max((likeness(seen.title, other) for other in seen.others), default=0.0)
    if alike >= ALIKE:
        return None
    near = next(
        (
            title
            for title, on in seen.later
            if (on is None or on >= ends) and speaks_alike(seen.title, title)
        ),
        None,
    )
    doubt = f"（《{near[:40]}》可能是，请先核对）" if near is not None else ""
    return [
        Hit(
            what="",
            message=f"征集{'约' if seen.ends is None else ''}于 {ends:%Y-%m-%d} 结束，没有看到结果{doubt}；"
            f"要求结束后{params['days']}日内公布",
            suspected=seen.ends is None or alike >= DOUBTFUL or near is not None,
        )
    ]


@rule(
    id="missing-proposal-reply",
    title="建议提案没有公开答复",
    scope=Scope.COLUMN,
    severity=Severity.COMMON,
    basis=(
        Basis(CITY, "2018年新增“建议提案”目录，办理结果在政府网站公开"),
        Basis(
            "《国务院办公厅关于做好全国人大代表建议和全国政协委员提案办理结果公开工作的通知》"
            "（国办发〔2014〕46号）",
            "建议和提案办理复文应当公开",
            unconfirmed=True,
        ),
        Basis("本市设置", "公开的时限", unconfirmed=True),
    ),
    remedy="请公开建议、提案的办理答复。",
    doc=Doc(
        checks="建议提案栏目里，公布了的建议、提案满六个月有没有同编号的答复；最近一年有没有公开过答复。",
        why="只公布建议、提案而不公布办理结果，代表、委员和公众无从监督。",
        good="“关于第12号建议的答复”。",
        bad="2017年11月公布“第12号提案：关于……”，到2018年6月没有答复；或者栏目一年没有一件答复。",
        mend="逐件公开办理复文；不宜公开的，公开办理结果摘要。",
        doubts="按标题里的编号对应，写法不同会误报，所以逐件的记疑似。答复写在建议同一页上的不算缺。",
    ),
    needs=("proposals", "measured"),
    params={
        "months": Param(6, "公布后几个月内要有答复", "月", 1, 36, unconfirmed=True),
        "yearly": Param(12, "最近几个月内要有答复公开", "月", 1, 60, unconfirmed=True),
    },
)
def missing_proposal_reply(
    proposals: RoleCase, measured: object, context: Context
) -> Iterator[Hit | Unsettled]:
    reading = proposals.column.reading
    if not isinstance(reading, ColumnReading):
        raise TypeError("a column that was not read has no proposals")
    day = measured_day(proposals.fetched, context)
    here = proposals.answered_here
    replies = [e for e in reading.entries if is_proposal_reply(e.title) or e.url in here]
    since = months_before(day, context.params["yearly"])
    undated = any(e.published is None for e in replies)
    if not undated and not any(e.published >= since for e in replies if e.published):
        unread = any(proposal_of(e.title) and e.url in proposals.unread for e in reading.entries)
        yield Hit(
            what="",
            message=f"{since:%Y-%m-%d} 以来没有公开建议、提案的答复；要求公开办理答复",
            suspected=unread,
        )
    numbers = {proposal_of(e.title) for e in replies}
    due = months_before(day, context.params["months"])
    for entry in reading.entries:
        key = proposal_of(entry.title)
        if key is None or entry in replies or entry.published is None:
            continue
        if since <= entry.published < due and key not in numbers:
            kind, number = key
            yield Hit(
                what=f"{kind}{number}",
                message=f"第{number}号{kind}公布于 {entry.published:%Y-%m-%d}，没有看到答复；"
                f"要求{context.params['months']}个月内公开答复",
                url=entry.url,
                suspected=True,
            )
