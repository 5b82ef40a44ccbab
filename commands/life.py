"""Commands of the life of a finding beside ``revoke``: ``add``, ``claim``, ``dispute``, ``decide``,
``confirm``, ``note``, ``recheck``,
``waive``, ``waivers``."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from commands.door import (
    INCOMPLETE,
    Format,
    FormatOption,
    State,
    app,
    day_written,
    errors,
    say,
    show_view,
    unit_called,
)
from reports.commandline import Command
from services.workspace import UsageError

if TYPE_CHECKING:
    from services.handling import Done

_FINDING = typer.Argument(metavar="问题编号", help="清单里的编号，写前几位即可")
FindingArgument = Annotated[str, _FINDING]
FindingOrNone = Annotated[str | None, _FINDING]
UnitOption = Annotated[
    str | None, typer.Option("--unit", metavar="单位", help="这个单位的全部，不写问题编号")
]


class KindChoice(StrEnum):
    LATE = "late"
    CONTENT = "content"
    LAYOUT = "layout"
    MISSING = "missing"


@app.command(cls=Command, help="登记人工发现的问题：领导指出的、群众反映的、自己看到的")
def add(
    unit: Annotated[str, typer.Argument(metavar="单位", help="责任单位的名称")],
    kind: Annotated[
        KindChoice,
        typer.Option(
            "--kind",
            metavar="类别",
            help="late 更新不及时，content 内容有问题，layout 排版不合要求，missing 栏目缺失或空白",
        ),
    ],
    message: Annotated[str, typer.Option("--message", metavar="问题", help="看到了什么问题")],
    url: Annotated[str | None, typer.Option("--url", metavar="网址", help="问题所在的页面")] = None,
    column: Annotated[
        str | None, typer.Option("--column", metavar="栏目", help="问题所在的栏目，名称或编号")
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="说明", help="谁发现的、在什么场合")
    ] = "",
    found: Annotated[
        str | None, typer.Option("--found", metavar="日期", help="哪天发现的；不写为今天")
    ] = None,
) -> None:
    from services.add import add as record

    ws = State.workspace
    done = record(
        ws,
        unit_called(unit),
        kind=kind.value,
        message=message,
        url=url,
        column=column,
        reason=reason,
        found=day_written(found),
        now=ws.now(),
    )
    short = done.fingerprint[:8]
    if done.new:
        say(f"已登记 {short}：{done.unit.short}，{done.message}")
    elif done.recurred:
        say(f"问题 {short} 整改后又出现，已记为反弹：{done.unit.short}，{done.message}")
    else:
        say(f"问题 {short} 已经登记过，现在是“{done.state.label}”，没有改动：{done.message}")
    for warning in done.warnings:
        say(f"提示：{warning}")
    say(f"接着  xunjian show {short}  看来龙去脉")


def _one_of(finding: str | None, unit: str | None) -> None:
    if (finding is None) == (unit is None):
        raise UsageError("请写一个问题编号，或用 --unit 写一个单位，二者只写其一")


def _told(done: Iterable[Done], words: str) -> None:
    for one in done:
        say(f"{one.short} {one.title}：{words}")
        for warning in one.warnings:
            say(f"提示：{warning}")


@app.command(cls=Command, help="登记单位反馈已整改：转为待复核，复查通过才算已整改")
def claim(
    finding: FindingOrNone = None,
    unit: UnitOption = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="反馈", help="单位怎么说的、谁说的")
    ] = "",
) -> None:
    from services import handling

    ws = State.workspace
    _one_of(finding, unit)
    if unit is not None:
        who = unit_called(unit)
        done = handling.claim_unit(ws, who, reason, now=ws.now())
        again = who.short
    else:
        done = [handling.claim(ws, finding or "", reason, now=ws.now())]
        again = done[0].short
    _told(done, "待复核")
    say(f"接着  xunjian recheck {again}  复查")


@app.command(cls=Command, help="登记单位的申诉：期限暂停，等市政府办决定")
def dispute(
    finding: FindingArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="单位的理由")],
) -> None:
    from services import handling

    ws = State.workspace
    done = handling.dispute(ws, finding, reason, now=ws.now())
    _told([done], "申诉中，期限暂停")
    say(f"接着  xunjian decide {done.short} --accept|--reject --reason …  作出决定")


@app.command(cls=Command, help="对申诉作出决定：成立则撤销问题，不成立则期限顺延")
def decide(
    finding: FindingArgument,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="决定的理由")],
    accept: Annotated[bool, typer.Option("--accept", help="申诉成立：撤销（误报）")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="申诉不成立：照旧整改")] = False,
    waive_it: Annotated[
        bool, typer.Option("--waive", help="与 --accept 合用：不是误报，但予以豁免（须写 --proof）")
    ] = False,
    until: Annotated[
        str | None, typer.Option("--until", metavar="日期", help="豁免到哪天止；不写为到终止为止")
    ] = None,
    proof: Annotated[
        str, typer.Option("--proof", metavar="凭据", help="豁免的文号、网址或说明材料")
    ] = "",
) -> None:
    from services import handling, waivers
    from services.judge import judge_again
    from services.revoke import revoke

    ws = State.workspace
    if accept == reject:
        raise UsageError("请写 --accept（申诉成立）或 --reject（申诉不成立），二者只写其一")
    if reject:
        done = handling.reject(ws, finding, reason, now=ws.now())
        until = f"，期限顺延到 {done.deadline.isoformat()}" if done.deadline else ""
        _told([done], f"申诉不成立{until}")
        return
    case = handling.disputed(ws, finding, ws.now())
    if waive_it:
        granted = waivers.waive_finding(
            ws, case.mark, since=None, until=day_written(until), reason=reason, proof=proof,
            not_applicable=False, now=ws.now(),
        )  # fmt: skip
        judge_again(ws, granted.waiver.unit_id)
        say(f"{case.short} {case.title}：申诉成立，已豁免，编号 {granted.waiver.id}")
        return
    revoke(ws, case.mark, reason, now=ws.now())
    say(f"{case.short} {case.title}：申诉成立，已撤销（误报），扣分已恢复")


@app.command(cls=Command, help="确认一个疑似的问题：下次检测起计分")
def confirm(
    finding: FindingArgument,
    reason: Annotated[
        str, typer.Option("--reason", metavar="说明", help="谁看过、怎么确认的")
    ] = "",
) -> None:
    from services import handling

    ws = State.workspace
    _told([handling.confirm(ws, finding, reason, now=ws.now())], "已确认，下次检测起计分")


@app.command(cls=Command, help="给问题加一条备注：打过电话、单位承诺了什么")
def note(
    finding: FindingOrNone = None,
    unit: UnitOption = None,
    reason: Annotated[str, typer.Option("--reason", metavar="备注", help="写什么")] = "",
) -> None:
    from services import handling

    ws = State.workspace
    _one_of(finding, unit)
    if unit is not None:
        done = handling.note_unit(ws, unit_called(unit), reason, now=ws.now())
    else:
        done = [handling.note(ws, finding or "", reason, now=ws.now())]
    _told(done, "已备注")


@app.command(cls=Command, help="复查：只重新抓取问题所在的页面、栏目和链接，几秒钟见结果")
def recheck(
    what: Annotated[str, typer.Argument(metavar="单位|问题编号", help="单位名称或问题编号")],
    mended: Annotated[
        bool | None,
        typer.Option(
            "--mended/--not-mended",
            help="人工登记的问题：核对过，确已整改，或没有整改（须写 --reason）",
        ),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="说明", help="怎么核对的")] = "",
    url: Annotated[
        str | None,
        typer.Option(
            "--url", metavar="网址", help="人工登记的问题：整改在这个网址（登记时没写的）"
        ),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="日期", help="按这一天评判，仅限本机网站")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.progress import scan_progress
    from reports.recheck import print_recheck
    from services import recheck as service
    from services import views

    ws = State.workspace
    unit = views.find_unit(ws, what)
    names = {s.id: s.name for s in ws.config.sites}
    day = day_written(as_of)
    with scan_progress(errors(), names, shown=not quiet) as progress:
        if unit is None:
            view = service.recheck_finding(
                ws, what, now=ws.now(), as_of=day, mended=mended, reason=reason,
                url=url, listener=progress.heard,
            )  # fmt: skip
        elif mended is not None or url is not None:
            raise UsageError("--mended、--not-mended、--url 只用于一个人工登记的问题：请写问题编号")
        else:
            view = service.recheck_unit(ws, unit, now=ws.now(), as_of=day, listener=progress.heard)
    show_view(view, form, print_recheck)
    if view.incomplete:
        raise typer.Exit(INCOMPLETE)


@app.command(cls=Command, help="豁免，或记为不适用：一个问题，或一个单位某个事项的一段期间")
def waive(
    finding: FindingOrNone = None,
    unit: UnitOption = None,
    duty: Annotated[
        str | None,
        typer.Option("--duty", metavar="事项", help="栏目、规则或事项的名称，如 医药采购领域"),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", metavar="日期", help="从哪天起；问题编号可不写，为今天")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="日期", help="到哪天止；不写为到终止为止")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="为什么")] = "",
    proof: Annotated[
        str, typer.Option("--proof", metavar="凭据", help="文号、网址或说明材料的名称")
    ] = "",
    not_applicable: Annotated[
        bool, typer.Option("--not-applicable", help="不适用：期间内没有这项业务")
    ] = False,
) -> None:
    from services import waivers
    from services.judge import judge_again

    ws = State.workspace
    _one_of(finding, unit)
    if unit is not None:
        if not duty:
            raise UsageError("请用 --duty 写明豁免什么事项：栏目、规则或事项的名称")
        done = waivers.waive_duty(
            ws, unit_called(unit), duty, since=day_written(since), until=day_written(until),
            reason=reason, proof=proof, not_applicable=not_applicable, now=ws.now(),
        )  # fmt: skip
    else:
        done = waivers.waive_finding(
            ws, finding or "", since=day_written(since), until=day_written(until),
            reason=reason, proof=proof, not_applicable=not_applicable, now=ws.now(),
        )  # fmt: skip
    judge_again(ws, done.waiver.unit_id)
    kind = done.waiver.kind.label
    say(f"已登记{kind}，编号 {done.waiver.id}；涉及现有问题 {len(done.waived)} 个")
    for warning in done.warnings:
        say(f"提示：{warning}")
    say("接着  xunjian waivers  看全部")


@app.command("waivers", cls=Command, help="豁免和不适用的事项：期间、凭据、存疑；维持或终止")
def waivers_command(
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只列这个单位")] = None,
    uphold: Annotated[
        int | None, typer.Option("--uphold", metavar="编号", help="存疑的，核对后维持")
    ] = None,
    end: Annotated[
        int | None, typer.Option("--end", metavar="编号", help="终止，今天起不再豁免")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", metavar="理由", help="维持或终止的理由")] = "",
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.waivers import print_waivers
    from services import waivers
    from services.judge import judge_again

    ws = State.workspace
    if uphold is not None and end is not None:
        raise UsageError("--uphold 和 --end 只写其一")
    if uphold is not None:
        waivers.uphold(ws, uphold, reason, now=ws.now())
        say(f"豁免 {uphold} 已维持")
    elif end is not None:
        waiver, marks = waivers.end(ws, end, reason, now=ws.now())
        judge_again(ws, waiver.unit_id)
        say(f"豁免 {end} 已终止；{len(marks)} 个问题恢复为待提醒")
    else:
        unit_id = unit_called(unit).id if unit else None
        show_view(waivers.listed(ws, now=ws.now(), unit_id=unit_id), form, print_waivers)
