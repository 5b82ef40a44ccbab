"""Commands that look: ``summary``, ``show``, ``findings``, ``scorecards``, ``runs``, ``unattributed``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from commands.door import (
    NEED_FIXES,
    Format,
    FormatOption,
    ScanOption,
    State,
    app,
    rule_called,
    say,
    screen,
    show_view,
    unit_called,
)
from reports import particulars, terminal, trends
from reports.availability import LISTED, print_site
from reports.commandline import Command
from scorecards.life import OPEN_STATES, FindingState
from services.workspace import UsageError


@app.command(cls=Command, help="汇总：哪些单位要整改，最差的在前")
def summary(
    scan_id: ScanOption = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="最多列几个单位")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="日期|N", help="与那一天或第 N 次检测相比，谁进步谁退步"),
    ] = None,
    fail_on: Annotated[
        bool, typer.Option("--fail-on", help="有单位需要整改时以状态 1 结束")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import sending, views

    view = views.summary(State.workspace, scan_id, now=State.workspace.now(), since=since)
    show_view(view, form, lambda out, it: terminal.print_summary(out, it, limit=limit))
    if view.since is not None and form is Format.TABLE:
        trends.print_since(screen(), view.since)
    if (hint := sending.outbox_hint(State.workspace)) is not None:
        say(hint)
    if fail_on and view.need_fixes():
        raise typer.Exit(NEED_FIXES)


@app.command(cls=Command, help="一个单位的全部问题、一个站点的可用性，或一个问题的来龙去脉")
def show(
    what: Annotated[
        str,
        typer.Argument(metavar="单位|站点|问题编号", help="单位名称、站点的名称或编号，或问题编号"),
    ],
    scan_id: ScanOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="同类问题全部列出，不只列前几个")
    ] = False,
    why: Annotated[bool, typer.Option("--why", help="单位的得分为什么比上次变了")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import availability as sites
    from services import beside, views
    from storage.findings import FindingUnknown

    ws = State.workspace
    who = views.find_unit(ws, what)
    if who is not None and why:
        show_view(views.why(ws, who, scan_id), form, trends.print_why)
        return
    if why:
        raise UsageError("--why 只用于单位：xunjian show 单位 --why")
    if who is not None:
        view = views.unit(ws, who, scan_id, now=State.workspace.now())
        per_rule = None if everything else 5
        show_view(view, form, lambda out, it: particulars.print_unit(out, it, per_rule=per_rule))
        return
    if (site := sites.find_site(ws, what)) is not None:
        most = None if everything else LISTED
        show_view(
            sites.site_view(ws, site, now=ws.now()),
            form,
            lambda out, it: print_site(out, it, listed=most),
        )
        return
    if not _like_fingerprint(what):
        raise UsageError(
            f"没有叫“{what}”的单位或站点，也不是问题编号：用 xunjian lists units 查看单位"
        )
    try:
        found = views.finding(ws, what, now=State.workspace.now())
    except FindingUnknown:
        held = beside.beside(ws, what)
        if held is None:
            raise
        found = beside.view(ws, held)
    show_view(found, form, particulars.print_finding)


def _like_fingerprint(text: str) -> bool:
    return 6 <= len(text) <= 32 and all(c in "0123456789abcdef" for c in text.lower())


class StateChoice(StrEnum):
    OPEN = "open"
    UNREMINDED = "unreminded"
    REMINDED = "reminded"
    CLAIMED = "claimed"
    DISPUTED = "disputed"
    OVERDUE = "overdue"
    CIRCULATED = "circulated"
    SUSPECTED = "suspected"
    RECTIFIED = "rectified"
    REVOKED = "revoked"
    WAIVED = "waived"

    @property
    def states(self) -> tuple[FindingState, ...]:
        if self is StateChoice.OPEN:
            return OPEN_STATES
        if self is StateChoice.UNREMINDED:
            return (FindingState.OPEN,)
        return (FindingState(self.value),)


@app.command(cls=Command, help="问题清单")
def findings(
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只列这个单位")] = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar="规则", help="只列这条规则")] = None,
    state: Annotated[
        StateChoice,
        typer.Option(
            "--state",
            metavar="状态",
            help="open 未整改（全部），其中 unreminded 待提醒，reminded 已提醒，claimed 待复核，"
            "disputed 申诉中，overdue 逾期，circulated 已通报；suspected 疑似，rectified 已整改，"
            "revoked 已撤销，waived 豁免/不适用",
        ),
    ] = StateChoice.OPEN,
    unattributed: Annotated[
        bool, typer.Option("--unattributed", help="只列没有归属单位的")
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="最多列几个")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import views

    view = views.findings(
        State.workspace,
        now=State.workspace.now(),
        unit_id=unit_called(unit).id if unit else None,
        rule_id=rule_called(rule) if rule else None,
        states=state.states,
        unattributed=unattributed,
        limit=limit,
    )
    show_view(view, form, terminal.print_findings)


@app.command(cls=Command, help="记分卡")
def scorecards(
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="这个单位历次的记分卡")
    ] = None,
    scan_id: ScanOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import views

    unit_id = unit_called(unit).id if unit else None
    view = views.scorecards(
        State.workspace, now=State.workspace.now(), unit_id=unit_id, scan_id=scan_id
    )
    show_view(view, form, terminal.print_scorecards)


@app.command(cls=Command, help="历次检测")
def runs(
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="最多列几次")] = 20,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import views

    show_view(views.runs(State.workspace, limit), form, terminal.print_runs)


@app.command(cls=Command, help="没有归属单位的页面：来源写的是什么，各有多少")
def unattributed(scan_id: ScanOption = None, form: FormatOption = Format.TABLE) -> None:
    from services import views

    show_view(views.unattributed(State.workspace, scan_id), form, terminal.print_unattributed)
