"""Disclosure as a whole: guide, catalogue, annual reports and a way to apply are there."""

from __future__ import annotations

from collections.abc import Iterator

from checks.declaration import Basis, Doc, rule
from checks.disclosure_facts import DisclosureLook, clause
from checks.facts import Fetched
from checks.model import Context, Hit, Scope, Severity, Unsettled
from checks.proof import measured_day
from checks.sources import GUIDELINES
from config import disclosure_words
from config.disclosure_words import Part

OLD = "《中华人民共和国政府信息公开条例》（国务院令第492号，2008-05-01至2019-05-14）"
NEW = "《中华人民共和国政府信息公开条例》（国务院令第711号，2019-05-15起）"


@rule(
    id="missing-disclosure-part",
    title="信息公开指南、目录、年度报告、依申请公开渠道缺失",
    scope=Scope.SITE,
    severity=Severity.COMMON,
    basis=(
        Basis(
            OLD,
            "第十九条：编制并更新公开指南和公开目录；第三十一条：公布年度报告；第二十四条：答复申请",
            unconfirmed=True,
        ),
        Basis(
            NEW,
            "第十二条：编制公开指南和公开目录；第四十九条：公布年度报告；第三十三条：答复申请",
            unconfirmed=True,
        ),
        Basis(GUIDELINES, "栏目类别列有信息公开指南、信息公开目录、信息公开年报、依法申请公开"),
    ),
    remedy="请在信息公开平台的显著位置开设缺少的这一部分，名称写规范。",
    doc=Doc(
        checks="全市的信息公开平台（没有平台的看门户）有没有信息公开指南、公开目录、年度报告、依申请公开渠道四个部分。"
        "看平台和门户首页的链接、菜单和各级公开目录的栏目名称；指南、目录、年度报告是一条信息的，看标题。",
        why="这四部分是条例要求每个公开主体都有的，群众靠指南和申请渠道要信息，上级每次检查都先看这四项。",
        good="平台首页有“公开指南”“公开年报”“依申请公开”，各单位的公开目录能打开。",
        bad="平台、门户首页和市本级目录都读全了，没有一处叫作年报或年度报告的链接、栏目，也没有这样标题的信息。",
        mend="在平台开设该栏目并放上内容；名称写得特别的，把写法补进 config/lexicon/disclosure.yaml。",
        doubts="只按名称认，换了叫法就认不出，所以一律记疑似，请人工打开平台核对。首页、门户菜单、市本级目录"
        "有一处没有读到或没有读全，或者首页有没有名称的链接（图片按钮）的，记未能核实。"
        "各单位自己的指南、年报不在此项内，由公开目录的栏目规则检查。条款未核对原文。",
    ),
    needs=("disclosure_look", "measured"),
)
def missing_disclosure_part(
    disclosure_look: DisclosureLook, measured: Fetched | None, context: Context
) -> Iterator[Hit | Unsettled]:
    look = disclosure_look
    day = measured_day(measured, context)
    for part in disclosure_words.parts():
        if _shown(part, look):
            continue
        if look.gap is not None:
            yield Unsettled(what=part.id, unverified=look.gap)
            continue
        yield Hit(
            what=part.id,
            message=f"截至 {day:%Y-%m-%d}，首页、菜单和公开目录里没有{part.title}"
            f"（共 {len(look.names)} 个栏目、链接名称，{len(look.titles)} 个信息标题）；"
            f"要求有{part.title}，依据：{clause(part.id, day)}（条款未核对原文）；只按名称认定，请人工核对",
            suspected=True,
        )


def _shown(part: Part, look: DisclosureLook) -> bool:
    if part.id == "catalogue" and look.catalogue:
        return True
    if any(part.called(name) for name in look.names):
        return True
    return part.titles and any(part.called(title) for title in look.titles)
