"""Service guides (办事指南): there at all, with their eight classes of elements, their forms alive."""

from __future__ import annotations

from collections.abc import Iterator

from checks.declaration import Basis, Doc, Param, Verdict, rule
from checks.engagement import channel_of
from checks.facts import ColumnState, LinkState, Missing, Unverified
from checks.interaction import ChannelsCase, GuideSeen
from checks.model import Context, Hit, NotApplicable, Scope, Severity, Unsettled
from checks.sources import CENSUS, INSPECTION, INSPECTION_LINK
from config import interaction_words
from config.schema import ColumnRole

CLASSES = (
    "事项名称",
    "设定依据",
    "申请条件",
    "办理材料",
    "办理地点",
    "办理时间",
    "联系电话",
    "办理流程",
)


@rule(
    id="no-service-matters",
    title="没有提供办事服务",
    scope=Scope.SITE,
    severity=Severity.SERIOUS,
    basis=(Basis(INSPECTION, "单项否决“服务不实用”：未提供办事服务", INSPECTION_LINK),),
    remedy="请开设办事服务栏目，或者链接到政务服务网的本级分厅。",
    doc=Doc(
        checks="网站的栏目里有没有办事服务：配置里 role 为 guides 的栏目，或者菜单里的办事服务、网上办事一类栏目。",
        why="没有办事服务是单项否决。",
        good="菜单里有“办事服务”，链接到江西政务服务网本市分厅。",
        bad="菜单已经读全，没有任何办事服务的栏目。",
        mend="开设栏目，集中展示办事事项；已经进政务服务网的，给出链接。",
        doubts="没有对外服务职责的部门网站不检查此项。只链接到政务服务网的，记不适用并写出地址，"
        "指南到那边人工检查。菜单没有读全的记未能核实。",
    ),
    needs=("channels",),
)
def no_service_matters(channels: ChannelsCase) -> Verdict:
    columns = channels.columns.get(ColumnRole.GUIDES, ())
    if any(c.state is ColumnState.READ for c in columns):
        return None
    delegated = next((c for c in columns if c.state is ColumnState.DELEGATED), None)
    if delegated is not None:
        reading = delegated.reading
        where = None if isinstance(reading, Unverified) else reading.linked_site
        return NotApplicable(f"办事服务链接到其他网站：{where or '地址未记录'}")
    found = channel_of(columns, channels.tree, interaction_words.letters().services)
    if isinstance(found, Unverified):
        return found
    if found:
        return None
    return [
        Hit(
            what="",
            message="网站的栏目里没有办事服务；要求提供办事服务",
            suspected=not columns,
        )
    ]


@rule(
    id="incomplete-guide",
    title="办事指南要素不全",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(
        Basis(
            INSPECTION,
            "单项否决“服务不实用”：办事指南重点要素类别缺失4类及以上的事项数量；八类要素沿用2015年普查的列法",
            INSPECTION_LINK,
            unconfirmed=True,
        ),
        Basis(CENSUS, "服务实用情况“办事指南”：要素完整、准确"),
    ),
    remedy="请补全办事指南的要素。",
    doc=Doc(
        checks="办事指南有没有事项名称、设定依据、申请条件、办理材料、办理地点、办理时间、联系电话、办理流程八类要素。"
        "缺一类记一个问题；有标签而下面是空的，也算缺。",
        why="要素不全，群众看了指南还是不会办、白跑路。",
        good="八类要素都有内容。",
        bad="指南里没有“设定依据”，“办理材料”下面是空的。",
        mend="按政务服务事项清单逐项补全；没有条件限制的写“无”。",
        doubts="要素写在图片、附件里的读不到：有附件的指南记疑似。标签的各种写法见 config/lexicon/guides.yaml。"
        "不在办事指南栏目里的，记疑似。",
    ),
    needs=("guide",),
    params={
        "forgiven": Param(0, "缺几类以内不记", "类", 0, 8, unconfirmed=True),
    },
)
def incomplete_guide(guide: GuideSeen, context: Context) -> Iterator[Hit]:
    filled = {e.name for e in guide.guide.elements if e.text}
    if guide.guide.matter:
        filled.add("事项名称")
    shown = {e.name for e in guide.guide.elements}
    missing = [name for name in CLASSES if name not in filled]
    if len(missing) <= context.params["forgiven"]:
        return
    for name in missing:
        seen = f"“{name}”下面没有内容" if name in shown else f"没有“{name}”"
        yield Hit(
            what=name,
            message=f"办事指南{seen}（共缺{len(missing)}类）；要求八类要素齐全",
            suspected=bool(guide.forms) or not guide.certain,
        )


@rule(
    id="dead-guide-form",
    title="办事指南的表格下载不了",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(
        Basis(CENSUS, "服务实用情况“附件下载”：表格、附件能够下载"),
        Basis(INSPECTION, "办事服务“表格样表”", INSPECTION_LINK, unconfirmed=True),
    ),
    remedy="请重新上传表格，或者改正链接。",
    doc=Doc(
        checks="办事指南里的表格、样表等附件能不能下载。",
        why="表格下载不了，事就办不成。",
        good="“申请表.doc”能下载。",
        bad="“申请表.doc”打开是404。",
        mend="重新上传附件，改正链接。",
        doubts="一次打不开的不算，连续两次才算；网站防护拦截的记未能核实。",
    ),
    needs=("guide",),
)
def dead_guide_form(guide: GuideSeen) -> Verdict:
    if not guide.forms:
        return NotApplicable("没有附件")
    return list(_dead(guide))


def _dead(guide: GuideSeen) -> Iterator[Hit | Unsettled]:
    for form in guide.forms:
        fate = guide.fates.get(form.url)
        if fate is None:
            yield Unsettled(what=form.url)
        elif fate.state is LinkState.UNVERIFIED:
            why = Unverified(code=Missing.UNPROVEN, reason=f"附件未能检查：{fate.reason}")
            yield Unsettled(what=form.url, unverified=why)
        elif fate.state is LinkState.DEAD:
            yield Hit(
                what=form.url,
                message=f"办事指南的附件“{form.text[:40]}”打不开（{fate.reason}）；要求能够下载",
                path=form.path,
                snippet=form.snippet,
                url=form.url,
            )
