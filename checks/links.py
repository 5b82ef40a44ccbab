"""Links: targets of links, attachments and pictures that are gone.

A target is dead only when it was seen dead twice (``LinkState.DEAD``); whatever else happened to
it leaves the matter open. Links outside the body are candidates for template faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from checks.declaration import Basis, Doc, rule
from checks.facts import Link, LinkFate, LinkKind, LinkState, Missing, Page, Unverified
from checks.model import Hit, Scope, Severity, Unsettled
from checks.sources import CENSUS, CITY_CONTENT, CITY_LAYOUT, INSPECTION, INSPECTION_LINK

_AVAILABLE = (
    Basis(CENSUS, "“链接可用性”：首页和其他页面上打不开或错误的链接（含图片、附件）"),
    Basis(INSPECTION, "扣分指标“功能设计—可用性”", INSPECTION_LINK, unconfirmed=True),
)

_DOUBTS = (
    "只有两次检查都明确打不开（404、410、打开后是“页面不存在”，或下载到的不是文件）才算；超时、服务器出错、"
    "被拦截、站外地址、没有轮到的，都不算。页头页脚里每页重复的，合并为一个问题记给运维单位。"
)


def _gone(
    page: Page, fates: Mapping[str, LinkFate], kind: LinkKind, words: str
) -> Iterator[Hit | Unsettled]:
    """Dead targets of one kind: first those of the body, then those of the blocks around it."""
    if page.body is not None:
        for link in page.body.links:
            yield from _judge(link, fates, kind, words, None)
    for block in page.blocks:
        for link in block.links:
            yield from _judge(link, fates, kind, words, block.path)


def _judge(
    link: Link, fates: Mapping[str, LinkFate], kind: LinkKind, words: str, block: str | None
) -> Iterator[Hit | Unsettled]:
    if link.kind is not kind:
        return
    fate = fates.get(link.url)
    if fate is None:
        yield Unsettled(what=link.url)
        return
    if fate.state is LinkState.UNVERIFIED:
        reason = f"{words}未能检查：{fate.reason}"
        # A block repeats on every page: its links are no reason to call each page unverified.
        why = None if block is not None else Unverified(code=Missing.UNPROVEN, reason=reason)
        yield Unsettled(what=link.url, unverified=why)
        return
    if fate.state is LinkState.DEAD:
        name = f"“{link.text}”" if link.text.strip() else ""
        yield Hit(
            what=link.url,
            message=f"{words}{name}失效：{fate.reason or '目标不存在'}（{link.url}）；"
            f"要求{words}可用",
            path=link.path if block is None else block,
            snippet=link.snippet,
            in_body=block is None,
        )


@rule(
    id="dead-link",
    title="链接打不开",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(*_AVAILABLE, CITY_CONTENT),
    remedy="请改正或删除打不开的链接。",
    doc=Doc(
        checks="页面上指向本市两个网站内其他页面的链接，是否打得开。",
        why="死链使公众找不到信息，检查时按个扣分。",
        good="“相关解读”链接点开是一篇解读。",
        bad="“相关解读”链接点开是“404 页面不存在”。",
        mend="在后台编辑该信息，改为正确地址；目标已撤下的，去掉链接。",
        doubts=_DOUBTS,
    ),
    needs=("page", "fates"),
)
def dead_link(page: Page, fates: Mapping[str, LinkFate]) -> Iterator[Hit | Unsettled]:
    return _gone(page, fates, LinkKind.PAGE, "链接")


@rule(
    id="dead-attachment",
    title="附件打不开",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(*_AVAILABLE, Basis(CENSUS, "“附件下载”：表格、附件能否下载"), CITY_CONTENT),
    remedy="请重新上传附件并核对能否下载。",
    doc=Doc(
        checks="信息的附件（doc、xls、pdf、zip 等）能否下载，下载到的是不是文件。",
        why="正文写“详见附件”而附件打不开，等于没有公开。",
        good="“附件：申请表.doc”点开即下载。",
        bad="“附件：申请表.doc”点开是“404 页面不存在”，或下载到的是一个网页。",
        mend="在后台重新上传附件，发布后自己点开一次。",
        doubts=_DOUBTS,
    ),
    needs=("page", "fates"),
)
def dead_attachment(page: Page, fates: Mapping[str, LinkFate]) -> Iterator[Hit | Unsettled]:
    return _gone(page, fates, LinkKind.FILE, "附件")


@rule(
    id="broken-image",
    title="图片显示不出",
    scope=Scope.PAGE,
    severity=Severity.COMMON,
    basis=(*_AVAILABLE, CITY_LAYOUT),
    remedy="请重新上传图片并核对能否显示。",
    doc=Doc(
        checks="正文和页面上的图片，文件是否还在。",
        why="图片显示为一个叉，页面观感差，图中信息也丢失。",
        good="正文图片正常显示。",
        bad="正文图片的地址返回404，页面上是一个空框。",
        mend="重新插入图片；从其他网站或本机文档粘贴来的图片，须先上传到本站。",
        doubts=_DOUBTS,
    ),
    needs=("page", "fates"),
)
def broken_image(page: Page, fates: Mapping[str, LinkFate]) -> Iterator[Hit | Unsettled]:
    return _gone(page, fates, LinkKind.IMAGE, "图片")
