"""Letters of the public (民声通道, 信箱): unanswered, late, empty or incomplete replies, askers exposed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks import private
from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.facts import Fetched, Missing, Unverified
from checks.interaction import (
    Post,
    Reply,
    answer_of,
    is_junk,
    kind_of,
    reply_of,
    substance,
)
from checks.model import Context, Hit, NotApplicable, Scope, Severity
from checks.proof import measured_day, months_before
from checks.sources import CENSUS, INSPECTION, INSPECTION_LINK
from config import interaction_words

MESSAGES = "《国务院办公厅关于加强政府网站信息内容建设的意见》（国办发〔2014〕57号）"
GUIDE_2017 = "《政府网站发展指引》（国办发〔2017〕47号）"

VETO_2019 = Basis(
    INSPECTION,
    "单项否决“互动回应差”：监测时间点前1年内，政务咨询类栏目（在线访谈、调查征集、网上信访、纪检举报除外）"
    "的有效留言超过3个月未回应",
    INSPECTION_LINK,
)
VETO_2015 = Basis(
    CENSUS,
    "单项否决“互动回应差”：监测时间点前1年内，要求对公众信件、留言作出答复的政务咨询类栏目"
    "（在线访谈、调查征集、举报投诉除外）有超过3个月未回应的",
)
_WINDOW = Param(12, "检查最近几个月内的来信", "月", 1, 60)
_UNKNOWN = Unverified(code=Missing.READER, reason="页面没有写明来信是否已经答复")
_UNDATED = Unverified(code=Missing.UNDATED, reason="来信时间未能读出年月日")
_OLD = NotApplicable("不是检查期内的来信")


def _kinds(text: str) -> frozenset[str]:
    return frozenset(text.split("、"))


@rule(
    id="unanswered-letter",
    title="来信超过三个月未答复",
    scope=Scope.PAGE,
    severity=Severity.SERIOUS,
    basis=(VETO_2019, VETO_2015),
    remedy="请立即办理并公开答复这封来信。",
    doc=Doc(
        checks="检查时点前一年内的有效来信，有没有超过三个月仍未答复的。在线访谈、调查征集、网上信访、"
        "纪检举报不在此列；哪些种类除外，由检查标准的参数决定。",
        why="有一封有效来信超过三个月没有回应，就是单项否决。",
        good="2018-03-04 的来信到 2018-06-04 还在办理中（恰好三个月）。",
        bad="2018-03-03 的来信到 2018-06-04 仍写着“办理中”。",
        mend="办理后在原页面公开答复内容、单位和时间；暂时不能解决的，说明情况和理由。",
        doubts="测试、灌水和内容重复的来信可能不算有效留言，记疑似。已答复而没有在页面上公开的，"
        "请补公开。页面没有写明是否答复的，记未能核实。",
    ),
    needs=("post", "measured"),
    params={
        "months": Param(3, "超过几个月未答复", "月", 1, 24),
        "window_months": _WINDOW,
        "excluded": Param(
            "访谈、征集、信访、纪检",
            "不检查的种类（投诉、信访、纪检、访谈、征集、建议、咨询）",
            form=r"(投诉|信访|纪检|访谈|征集|建议|咨询)(、(投诉|信访|纪检|访谈|征集|建议|咨询))*",
        ),
    },
)
def unanswered_letter(post: Post, measured: Fetched | None, context: Context) -> Verdict:
    if kind_of(post) in _kinds(context.params["excluded"]):
        return NotApplicable(f"{kind_of(post)}类不按政务咨询检查")
    reply = reply_of(post.letter)
    if reply is Reply.GIVEN:
        return None
    asked, day = post.asked, measured_day(measured, context)
    if asked is None:
        return _UNDATED
    if asked < months_before(context.today, context.params["window_months"]):
        return _OLD
    months = context.params["months"]
    if asked >= months_before(day, months):
        return None
    if reply is Reply.UNKNOWN:
        return _UNKNOWN
    junk = is_junk(post.letter) or post.repeated
    doubt = "（内容像是测试或者重复来信，请人工查看）" if junk else ""
    return [
        Hit(
            what="",
            message=f"{asked:%Y-%m-%d} 的来信到 {day:%Y-%m-%d} 没有答复{doubt}；要求{months}个月内答复",
            snippet=post.letter.state or "",
            suspected=junk,
        )
    ]


@rule(
    id="late-reply",
    title="来信答复超过规定时限",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(
        Basis(MESSAGES, "对网民意见建议7个工作日内答复，情况复杂的15个工作日内答复"),
        Basis(GUIDE_2017, "网民留言办理时限", unconfirmed=True),
        Basis("本市设置", "投诉类按15个工作日", unconfirmed=True),
    ),
    remedy="请在规定时限内答复来信，情况复杂的先答复进展。",
    doc=Doc(
        checks="来信从收到到答复（没有答复的，到检查那天）用了多少个工作日。咨询、建议7个工作日，"
        "超过7个、不超过15个工作日的可能是复杂事项，记疑似；投诉15个工作日。",
        why="答复有时限，拖延会使群众失去信任。",
        good="星期一来信，第7个工作日答复。",
        bad="来信后第16个工作日才答复。",
        mend="建立登记、转办、催办、答复的台账，到期前催办。",
        doubts="以页面上写的来信时间和答复时间为准；来信时间是审核公开的时间时会少算。"
        "没有官方放假安排的年份，记疑似。超过三个月未答复的，按来信未答复记，不重复记。",
    ),
    needs=("post", "measured"),
    params={
        "days": Param(7, "咨询、建议答复的工作日", "工作日", 1, 90),
        "complex_days": Param(15, "复杂事项答复的工作日", "工作日", 1, 90),
        "complaint_days": Param(15, "投诉答复的工作日", "工作日", 1, 90, unconfirmed=True),
        "months": Param(3, "超过几个月未答复的另作记录", "月", 1, 24),
        "window_months": _WINDOW,
    },
)
def late_reply(post: Post, measured: Fetched | None, context: Context) -> Verdict:
    kind, params = kind_of(post), context.params
    if kind in ("信访", "纪检", "访谈", "征集"):
        return NotApplicable(f"{kind}类另有时限规定")
    asked, day = post.asked, measured_day(measured, context)
    if asked is None:
        return _UNDATED
    if asked < months_before(context.today, params["window_months"]):
        return _OLD
    reply, answered = reply_of(post.letter), post.letter.answered
    if reply is Reply.UNKNOWN:
        return _UNKNOWN
    if reply is Reply.GIVEN and answered is None:
        return Unverified(code=Missing.UNDATED, reason="没有读到答复时间")
    if reply is Reply.OPEN and asked < months_before(day, params["months"]):
        return NotApplicable("按来信未答复记录")
    until = answered or day
    if until < asked:
        return Unverified(code=Missing.READER, reason="答复时间早于来信时间")
    took = post.calendar.workdays_between(asked, until)
    limit = params["complaint_days"] if kind == "投诉" else params["days"]
    if took <= limit:
        return None
    most = params["complaint_days"] if kind == "投诉" else max(limit, params["complex_days"])
    known = all(post.calendar.known(year) for year in {asked.year, until.year})
    doubtful = took <= most or not known or is_junk(post.letter) or post.repeated
    seen = "答复" if answered else f"到 {day:%Y-%m-%d} 没有答复"
    return [
        Hit(
            what="",
            message=f"{asked:%Y-%m-%d} 的来信{f'于 {answered:%Y-%m-%d} ' if answered else ''}{seen}，"
            f"用了{took}个工作日；要求{limit}个工作日内答复",
            suspected=doubtful,
        )
    ]


@rule(
    id="perfunctory-reply",
    title="答复敷衍，没有实质内容",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(
        Basis(MESSAGES, "对网民意见建议要答复，不能采纳的要解释说明", unconfirmed=True),
        Basis("本市设置", "“已转办”“请咨询相关部门”等一句话答复算敷衍", unconfirmed=True),
    ),
    remedy="请针对来信所问作出具体答复。",
    doc=Doc(
        checks="答复除去问候、落款以外，是不是只有“已转办”“已收到”“请咨询相关部门”这样一句话。",
        why="推诿、敷衍的答复等于没有答复。",
        good="“经现场查看，路灯线路已于5月8日修复。”",
        bad="“您好，已转办。”",
        mend="写明调查核实的情况、处理结果或者办理的依据、地点和电话。",
        doubts="字样见 config/lexicon/letters.yaml。整个答复就是这样一句才确定；短答复里含有这样的话的，"
        "记疑似：可能另有具体内容。",
    ),
    needs=("post",),
    params={"short": Param(30, "不超过多少字的算短答复", "字", 5, 200, unconfirmed=True)},
)
def perfunctory_reply(post: Post, context: Context) -> Verdict:
    answer = answer_of(post.letter)
    if not answer:
        return NotApplicable("没有公开的答复")
    words = interaction_words.letters().perfunctory
    said = substance(post.letter)
    whole = not said or said in words.whole
    short = len(said) <= context.params["short"] and any(p in said for p in words.parts)
    if not whole and not short:
        return None
    shown = private.hide(answer, post.letter.asker)[:60]
    return [
        Hit(
            what="",
            message=f"答复只有“{shown}”；要求针对来信作出具体答复",
            snippet=shown,
            suspected=not whole,
        )
    ]


@rule(
    id="incomplete-reply",
    title="答复没有单位或时间",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(
        Basis(GUIDE_2017, "公开留言及答复情况，注明受理单位、答复时间", unconfirmed=True),
        Basis(INSPECTION, "互动交流“办理答复”", INSPECTION_LINK, unconfirmed=True),
    ),
    remedy="请在答复中写明答复单位和答复时间。",
    doc=Doc(
        checks="已公开答复的来信，页面上有没有答复（受理）单位和答复时间；写在答复的落款里也算。",
        why="没有单位和时间，群众不知道谁答的、什么时候答的，也无法核对时限。",
        good="页面写明“答复单位：市城管局，答复时间：2018-05-08”。",
        bad="只有答复内容，没有单位和时间。",
        mend="在系统里补填，或者在答复末尾署名、写日期。",
        doubts="列表里写了受理单位的也算有单位。用图片署名的会误报。",
    ),
    needs=("post",),
)
def incomplete_reply(post: Post) -> Verdict:
    answer = answer_of(post.letter)
    if not answer:
        return NotApplicable("没有公开的答复")
    return list(_gaps(post, answer))


_SIGNED_ON = re.compile(
    r"(?:20\d\d|二[〇○零０O]\S{2})\s*[年./-]\s*\S{1,3}\s*[月./-]\s*\S{1,3}?\s*日?$"
)
_SIGNED_BY = re.compile(
    r"[\u4e00-\u9fff]{1,20}(?:局|委|办|办公室|政府|街道|街道办事处|中心|部|大队|支队|所|院|公司|站|会|处)$"
)


def _gaps(post: Post, answer: str) -> Iterator[Hit]:
    letter = post.letter
    tail = answer.rstrip("。 ）)")
    dated = _SIGNED_ON.search(tail)
    if dated is not None:
        tail = tail[: dated.start()].rstrip()
    unit = letter.answered_by or letter.sent_to or (post.listed.source if post.listed else None)
    if not unit and _SIGNED_BY.search(tail) is None:
        yield Hit(what="unit", message="已公开的答复没有写答复单位；要求写明")
    if not letter.answered_text and dated is None:
        yield Hit(what="date", message="已公开的答复没有写答复时间；要求写明")


@rule(
    id="asker-exposed",
    title="公开来信泄露来信人信息",
    scope=Scope.PAGE,
    severity=Severity.SERIOUS,
    basis=(
        Basis("《中华人民共和国政府信息公开条例》", "公开后会侵害个人隐私的信息不得公开"),
        Basis("《中华人民共和国网络安全法》第四十二条", "不得泄露收集的个人信息", unconfirmed=True),
    ),
    remedy="请立即隐去来信人的姓名、电话、身份证号和住址。",
    doc=Doc(
        checks="公开的来信里有没有完整的身份证号、手机号码、住址和来信人全名。",
        why="公开来信要保护来信人；泄露个人信息要追究责任。",
        good="来信人：张先生；电话：138****0000。",
        bad="来信内容里写着“我叫某某，电话”和完整的手机号码。",
        mend="撤下页面，用“*”遮去姓名、号码和门牌后再公开；公开前先审核。",
        doubts="身份证号按校验码核对，手机号码紧挨着姓名的，确定；只有手机号码、只有姓名、只有住址的，记疑似："
        "可能是被反映的商家或者同意公开的。报告和截图里一律遮去。",
    ),
    needs=("post",),
)
def asker_exposed(post: Post) -> Iterator[Hit]:
    letter = post.letter
    everything = "\n".join(
        (letter.subject, letter.question, letter.answer or "", *letter.particulars)
    )
    for number in private.identities(everything)[:1]:
        yield _exposed("id", f"公开的来信里有完整的身份证号 {number}", certain=True)
    asker = letter.asker or ""
    named = private.is_whole_name(asker)
    given = [(p, private.mobiles(p)) for p in letter.particulars]
    asked = f"{letter.subject}\n{letter.question}"
    if numbers := [found for _, some in given for _, found in some]:
        yield _exposed("phone", f"公开了来信人的手机号码 {numbers[0]}", certain=named)
    elif numbers_in_text := private.mobiles(asked):
        beside = [n for at, n in numbers_in_text if private.name_beside(asked, at)]
        shown = beside[0] if beside else numbers_in_text[0][1]
        yield _exposed("phone", f"来信内容里有完整的手机号码 {shown}", certain=bool(beside))
    if named:
        yield _exposed("name", f"来信人一栏像是全名 {private.masked_name(asker)}", certain=False)
    if any("址" in p.partition("：")[0] and private.is_home(p) for p in letter.particulars):
        yield _exposed("address", "公开了来信人到门牌的住址", certain=False)


def _exposed(what: str, seen: str, *, certain: bool) -> Hit:
    return Hit(what=what, message=f"{seen}；要求隐去来信人的个人信息", suspected=not certain)
