"""Key areas of disclosure (重点领域): an information item that stands in none of its places."""

from __future__ import annotations

from datetime import date

from checks.areas_facts import AreaCase, Found, State, found
from checks.declaration import Basis, Doc, Verdict, rule
from checks.facts import Fetched
from checks.model import Context, Hit, NotApplicable, Remark, Scope, Severity, Unsettled
from checks.proof import measured_day
from checks.sources import CITY

NAMED = 6
"""Columns that a message calls by name; of more it tells the number."""


@rule(
    id="missing-area-item",
    title="重点领域信息未公开",
    scope=Scope.UNIT,
    severity=Severity.COMMON,
    basis=(
        Basis("国办发〔2017〕94号", "重大建设项目批准和实施领域：八类信息主动公开"),
        Basis(
            "国办发〔2017〕97号", "公共资源配置领域：住房保障、土地和矿业权出让、政府采购等主动公开"
        ),
        Basis("国办发〔2018〕10号", "社会公益事业建设领域：七类信息主动公开", unconfirmed=True),
        Basis(CITY, "重点领域公开共8、8、7方面，并点名公开不全面的信息项"),
        Basis("本市设置", "信息项的细目和多少个月内要有一条（areas.yaml）", unconfirmed=True),
    ),
    remedy="请在对应栏目公开这一项信息，标题写明内容。",
    doc=Doc(
        checks="areas.yaml 登记的重点领域信息项，在可能公开的栏目（门户的、平台的）里，规定的月数之内"
        "有没有一条。有专设栏目的，栏目里任何一条都算；其他按标题里的词认定。",
        why="重大建设项目、公共资源配置、社会公益事业是国务院办公厅逐项要求公开的领域，上级检查和第三方"
        "评估都逐项看。",
        good="“环境保护”栏目中有“2018年5月瑞昌市环境空气质量状况”。",
        bad="截至2018-06-04，各有关栏目都读到了末页，最近12个月没有一条空气质量信息。",
        mend="补发这一项；按规定公开在别的平台上的，在 areas.yaml 写明 outside；没有此项工作的，"
        "写明 not_applicable 的理由。",
        doubts="只按标题认定而没有查到的，或者有应查的栏目没有找到（可能改了名称）的、信息项或责任单位是推断的，一律记疑似，请人工查看；专设栏目存在而空白、过期的才是确定的问题，"
        "同一栏目可能同时记空白栏目或更新不及时。有一个栏目没有读到末页、由脚本填充、把握不足，或者相符的信息"
        "读不出日期的，记未能核实。标题不含登记的词的会误报，请把词补进 areas.yaml。月数未确认。",
    ),
    needs=("area_item", "measured"),
)
def missing_area_item(area_item: AreaCase, measured: Fetched | None, context: Context) -> Verdict:
    day = measured_day(measured, context)
    said = found(area_item.item, area_item.look, day)
    if said.state is State.NOT_APPLICABLE:
        return NotApplicable(said.reason)
    what = area_item.what
    if said.unverified is not None:
        return (Unsettled(what=what, unverified=said.unverified),)
    if said.state is State.MISSING:
        return (Hit(what=what, message=_message(area_item, said, day), suspected=said.suspected),)
    if said.newest is not None and not said.newest.by_title:
        return Remark(f"按专设栏目“{said.newest.place.name}”认定")
    return None


def _message(case: AreaCase, said: Found, day: date) -> str:
    item, places = case.item, case.look.places
    names = "".join(f"“{name}”" for name in dict.fromkeys(p.name for p in places[:NAMED]))
    more = "等" if len(places) > NAMED else ""
    count = len({e.url for p in places for e in p.entries})
    period = "" if item.within_months is None else f"最近 {item.within_months} 个月"
    unsure = "（月数为本市设置，未确认）" if period and item.within_unconfirmed else ""
    last = ""
    if said.newest is not None and said.newest.on is not None:
        last = f"，最近一条是 {said.newest.on:%Y-%m-%d}《{said.newest.entry.title[:60]}》"
    doubt = "；没有专设栏目，只按标题认定，请人工核对" if said.suspected else ""
    if item.unconfirmed:
        doubt = "；信息项或责任单位是推断的，请先核对"
    if case.look.absent:
        doubt = f"；另有 {case.look.absent} 个应查的栏目没有找到，可能改了名称，请先核对"
    return (
        f"截至 {day:%Y-%m-%d}，{case.area.title}—{case.aspect.title}：{period}没有查到{item.title}"
        f"（{names}{more} {len(places)} 个栏目共 {count} 条信息，已读到末页{last}）；"
        f"要求公开{unsure}，依据：{item.basis}{doubt}"
    )
