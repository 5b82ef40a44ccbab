"""The commands: each parses its words, calls one service and renders what comes back.

Exit status: 0 done; 1 done, and units need fixes (only with ``--fail-on``); 2 bad usage or
configuration; 3 a site was not reached or the scan is incomplete; 4 an internal error.
Data goes to stdout, progress and messages to stderr.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from checks.facts import Missing
from config.problems import ConfigError
from config.settings import Settings
from reports import machine, particulars, terminal
from reports.commandline import Command, Group, usage_words
from reports.progress import scan_progress
from reports.sheet import console
from reports.tables import as_csv
from scorecards.life import FindingState
from services.workspace import ScanBroken, UsageError, Workspace
from storage.db import StorageError
from storage.models import ScanKind, SiteState

DONE, NEED_FIXES, BAD_USAGE, INCOMPLETE, INTERNAL = 0, 1, 2, 3, 4


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


app = typer.Typer(
    cls=Group,
    help="巡检：政府网站与信息公开平台检查。先 scan（检测），再 summary（看哪些单位要整改）。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
db_app = typer.Typer(cls=Group, help="数据库", no_args_is_help=True)
lists_app = typer.Typer(cls=Group, help="单位、栏目、网站名单与 Excel 互换", no_args_is_help=True)
app.add_typer(db_app, name="db")
app.add_typer(lists_app, name="lists")


class State:
    """The global options of one invocation."""

    workspace: Workspace
    color: bool = True


def _now() -> datetime:
    return datetime.now(UTC)


def _out() -> Any:
    return console(sys.stdout, color=State.color)


def _err() -> Any:
    return console(sys.stderr, color=State.color)


def _say(*lines: str) -> None:
    terminal.print_notice(_err(), lines)


def _print(view: object, form: Format, show: Any) -> None:
    if form is Format.JSON:
        machine.write(machine.as_json(view))
    elif form is Format.CSV:
        machine.write(as_csv(view))
    else:
        show(_out(), view)


FormatOption = Annotated[
    Format, typer.Option("--format", metavar="格式", help="table 表格，json 或 csv")
]
ScanOption = Annotated[
    int | None, typer.Option("--scan", metavar="N", help="第几次检测；不写为最近一次")
]


@app.callback()
def main_options(
    config: Annotated[
        str | None, typer.Option("--config", metavar="目录", help="配置目录或名称，默认 ruichang")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option("--database", metavar="地址", help="数据库，默认数据目录下的 SQLite"),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="目录", help="数据目录，默认 data")
    ] = None,
    actor: Annotated[
        str | None,
        typer.Option("--actor", metavar="姓名", help="经办人，记入每次改动；默认系统账号"),
    ] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="显示运行日志")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="不用颜色")] = False,
) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.ERROR,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    env = dict(os.environ)
    for name, value in (
        ("XUNJIAN_CONFIG", config),
        ("XUNJIAN_DATABASE", database),
        ("XUNJIAN_DATA", data),
        ("XUNJIAN_ACTOR", actor),
    ):
        if value is not None:
            env[name] = str(value)
    State.workspace = Workspace(Settings.from_env(env), Path.cwd())
    State.color = not no_color and "NO_COLOR" not in os.environ


# --- starting -------------------------------------------------------------------------------------


@app.command(
    name="init", cls=Command, help="探查一个或几个网站，起草配置（栏目、单位、周期）供人核对"
)
def init_command(
    urls: Annotated[list[str], typer.Argument(metavar="网址", help="首页地址（可写几个）")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="目录", help="写到哪个目录；不写则放在数据目录的 config 下"),
    ] = None,
    city: Annotated[
        str | None, typer.Option("--city", metavar="名称", help="市县名称，如 瑞昌市；不写则看网站")
    ] = None,
    contact: Annotated[
        str, typer.Option("--contact", metavar="电话", help="写进 User-Agent 的联系方式")
    ] = "",
    bound: Annotated[
        int, typer.Option("--pages", metavar="N", min=5, max=5000, help="每个网站最多请求多少次")
    ] = 300,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="替换目录里已有的配置，原文件留作 .bak")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度")] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports.draft import print_draft
    from services.init import InitRequest, run_init, view_of

    request = InitRequest(
        urls=urls, out=out, city=city, contact=contact, bound=bound, overwrite=overwrite
    )
    with scan_progress(_err(), {}, shown=not quiet) as progress:
        report = run_init(State.workspace, request, now=_now(), progress=progress.heard)
    _print(view_of(report), form, print_draft)
    if report.draft is None:
        _say("没有起草：网站没有读到，原因见上")
        raise typer.Exit(INCOMPLETE)
    _say(f"核对以后  xunjian --config {report.directory} scan  检测")
    if any(s.missing is not None for s in report.surveys):
        raise typer.Exit(INCOMPLETE)


# --- scanning -------------------------------------------------------------------------------------


_KINDS = "检测种类：" + "、".join(f"{k.value} {k.words}" for k in ScanKind)


@app.command(cls=Command, help="检测：抓取网站，检查各单位，写记分卡")
def scan(
    kind: Annotated[
        ScanKind, typer.Option("--kind", metavar="种类", help=_KINDS)
    ] = ScanKind.WEEKLY,
    site: Annotated[
        list[str] | None,
        typer.Option("--site", metavar="编号", help="只检测这些网站，如 portal（可重复）"),
    ] = None,
    unit: Annotated[
        list[str] | None, typer.Option("--unit", metavar="单位", help="只检测这些单位（可重复）")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="日期", help="按这一天评判，仅限本机网站")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="已知页面全部重读")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="接着做中断的检测")] = False,
    fail_on: Annotated[
        bool, typer.Option("--fail-on", help="有单位需要整改时以状态 1 结束")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="不显示进度")] = False,
) -> None:
    from services.scan import ScanRequest, run_scan

    ws = State.workspace
    request = ScanRequest(
        kind=kind,
        sites=site or (),
        units=[_unit(name).id for name in unit or ()],
        as_of=_day(as_of),
        full=full,
        resume=resume,
    )
    for warning in ws.config.warnings:
        _say(f"提示：{warning}")
    with scan_progress(
        _err(), {s.id: s.name for s in ws.config.sites}, shown=not quiet
    ) as progress:
        report = run_scan(
            ws, request, now=_now(), listener=progress.heard, judging=progress.judging
        )
    names = {s.id: s.name for s in ws.config.sites}
    terminal.print_notice(_err(), _scan_words(report, names, unit[0] if unit else None))
    if report.incomplete:
        raise typer.Exit(INCOMPLETE)
    if fail_on and report.judged is not None and report.judged.findings:
        raise typer.Exit(NEED_FIXES)


def _scan_words(report: Any, names: Mapping[str, str], unit: str | None) -> list[str]:
    """How a scan ended, in lines; ``names``: sites by id; ``unit``: the first of those asked
    for, if any were."""
    lines = [
        f"未检测：{s.name}（{s.note.strip().splitlines()[0] if s.note else '未启用'}）"
        for s in report.disabled
    ]
    lines += [
        f"{names.get(site.site_id, site.site_id)}{_SITE_ENDED[site.state]}：{site.reason.reason}"
        + ("；请检查本机网络和配置里的网址" if site.reason.code is Missing.NETWORK else "")
        for site in report.crawl.sites
        if site.reason is not None
    ]
    if report.judged is None:
        return [*lines, "检测中断，已读到的都已保存：xunjian scan --resume 接着做"]
    left = sum(s.counters.left_over for s in report.crawl.sites)
    if left:
        lines.append(f"本次未轮到 {left} 个页面或链接，留待下次")
    if all(s.state is SiteState.UNREACHED for s in report.crawl.sites):
        return [*lines, f"第 {report.scan_id} 次检测结束：没有一个网站能访问，本次没有结果"]
    judged = report.judged
    events = f"新增 {judged.found}、已整改 {judged.rectified}、反弹 {judged.recurred}"
    return [
        *lines,
        f"第 {report.scan_id} 次检测结束：{events}"
        if unit
        else f"第 {report.scan_id} 次检测结束：问题 {judged.findings} 个（{events}），"
        f"疑似 {judged.suspected} 个",
        f"接着  {'xunjian show ' + unit + '  看该单位' if unit else 'xunjian summary  看汇总'}",
    ]


_SITE_ENDED = {
    SiteState.COMPLETE: "首页未能核实",
    SiteState.WINDOW: "首页未能核实",
    SiteState.UNREACHED: "未能访问，各项均未能核实",
    SiteState.INTERRUPTED: "检测中断，没有读到的均未能核实",
}
"""How a site ended that has a reason to give."""


@app.command(cls=Command, help="按检查标准重新评判已存的检测结果，不上网")
def audit(
    standard: Annotated[
        str | None, typer.Option("--standard", metavar="名称", help="检查标准；不写为本市标准")
    ] = None,
    scan_id: ScanOption = None,
    reread: Annotated[
        bool, typer.Option("--reread", help="从存证重读全部页面，核对结果是否一致")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import audit as service
    from services.reread import reread as read_again

    ws = State.workspace
    if reread:
        result = read_again(ws, scan_id)
        _say(
            f"重读 {result.pages} 个页面：一致 {result.same}，不同 {len(result.different)}，"
            f"存证已清理 {result.gone}"
        )
        terminal.print_notice(_out(), [f"{url}  {why}" for url, why in result.different])
        if result.different:
            raise typer.Exit(INCOMPLETE)
        return
    view = service.audit(ws, standard, scan_id, now=_now())
    _print(view, form, terminal.print_scorecards)


# --- looking --------------------------------------------------------------------------------------


@app.command(cls=Command, help="汇总：哪些单位要整改，最差的在前")
def summary(
    scan_id: ScanOption = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="最多列几个单位")
    ] = None,
    fail_on: Annotated[
        bool, typer.Option("--fail-on", help="有单位需要整改时以状态 1 结束")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import views

    view = views.summary(State.workspace, scan_id, now=_now())
    _print(view, form, lambda out, it: terminal.print_summary(out, it, limit=limit))
    if fail_on and view.need_fixes():
        raise typer.Exit(NEED_FIXES)


@app.command(cls=Command, help="一个单位的全部问题，或一个问题的来龙去脉")
def show(
    what: Annotated[str, typer.Argument(metavar="单位|问题编号", help="单位名称或问题编号")],
    scan_id: ScanOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="同类问题全部列出，不只列前几个")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import views

    ws = State.workspace
    who = views.find_unit(ws, what)
    if who is not None:
        view = views.unit(ws, who, scan_id, now=_now())
        per_rule = None if everything else 5
        _print(view, form, lambda out, it: particulars.print_unit(out, it, per_rule=per_rule))
        return
    if not _like_fingerprint(what):
        raise UsageError(f"没有叫“{what}”的单位，也不是问题编号：用 xunjian lists units 查看单位")
    _print(views.finding(ws, what, now=_now()), form, particulars.print_finding)


def _like_fingerprint(text: str) -> bool:
    return 6 <= len(text) <= 32 and all(c in "0123456789abcdef" for c in text.lower())


class StateChoice(StrEnum):
    OPEN = "open"
    SUSPECTED = "suspected"
    RECTIFIED = "rectified"
    REVOKED = "revoked"


@app.command(cls=Command, help="问题清单")
def findings(
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只列这个单位")] = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar="规则", help="只列这条规则")] = None,
    state: Annotated[
        StateChoice,
        typer.Option(
            "--state",
            metavar="状态",
            help="open 未整改，suspected 疑似，rectified 已整改，revoked 已撤销",
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
        now=_now(),
        unit_id=_unit(unit).id if unit else None,
        rule_id=_rule_id(rule) if rule else None,
        states=(FindingState(state.value),),
        unattributed=unattributed,
        limit=limit,
    )
    _print(view, form, terminal.print_findings)


@app.command(cls=Command, help="记分卡")
def scorecards(
    unit: Annotated[
        str | None, typer.Option("--unit", metavar="单位", help="这个单位历次的记分卡")
    ] = None,
    scan_id: ScanOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import views

    unit_id = _unit(unit).id if unit else None
    view = views.scorecards(State.workspace, now=_now(), unit_id=unit_id, scan_id=scan_id)
    _print(view, form, terminal.print_scorecards)


@app.command(cls=Command, help="历次检测")
def runs(
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="最多列几次")] = 20,
    form: FormatOption = Format.TABLE,
) -> None:
    from services import views

    _print(views.runs(State.workspace, limit), form, terminal.print_runs)


@app.command(cls=Command, help="没有归属单位的页面：来源写的是什么，各有多少")
def unattributed(scan_id: ScanOption = None, form: FormatOption = Format.TABLE) -> None:
    from services import views

    _print(views.unattributed(State.workspace, scan_id), form, terminal.print_unattributed)


# --- deciding -------------------------------------------------------------------------------------


@app.command(cls=Command, help="撤销一个误报：恢复扣分，证据不变就不再列出")
def revoke(
    finding: Annotated[str, typer.Argument(metavar="问题编号", help="清单里的编号，写前几位即可")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="理由", help="为什么是误报，会记入经过")
    ],
) -> None:
    from services.revoke import revoke as take_back

    mark = take_back(State.workspace, finding, reason, now=_now())
    _say(f"已撤销（误报）{mark[:8]}，经办人 {State.workspace.actor}；扣分已恢复")


@app.command(cls=Command, help="取出问题所依据的页面原样，并标出位置")
def evidence(
    finding: Annotated[str, typer.Argument(metavar="问题编号", help="清单里的编号，写前几位即可")],
    out: Annotated[Path, typer.Option("--out", metavar="目录", help="写到哪个目录")] = Path(
        "evidence"
    ),
) -> None:
    from services.evidence import write_evidence

    written = write_evidence(State.workspace, finding, out)
    terminal.print_notice(_out(), [str(written.page), str(written.raw)])
    _say("前一个文件请用浏览器打开；后一个是网站返回的内容原样，供核对，请勿直接打开")
    if not written.marked:
        _say("页面中没有可标出的位置，请看页首的说明")


# --- rules ----------------------------------------------------------------------------------------


@app.command(cls=Command, help="检查规则一览；--write 生成说明文档，--check 核对文档是否最新")
def rules(
    write: Annotated[
        Path | None, typer.Option("--write", metavar="目录", help="把说明写成 Markdown")
    ] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="目录", help="核对已写的说明")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports import rules_reference
    from services import views
    from services.reference import stale_pages, write_reference

    view = views.rules()
    if write is not None:
        for path in write_reference(view, write):
            _say(str(path))
    elif check is not None:
        stale = stale_pages(view, check)
        if stale:
            raise UsageError(f"{check} 不是最新的（{'、'.join(stale)}）：请运行 make rules")
    else:
        _print(view, form, rules_reference.print_rules)


@app.command(cls=Command, help="一条规则查什么、依据什么、怎么改")
def explain(
    rule: Annotated[str, typer.Argument(metavar="规则", help="规则的编号或名称")],
    form: FormatOption = Format.TABLE,
) -> None:
    from reports import rules_reference
    from services import views

    rule_id = _rule_id(rule)
    view = next(r for r in views.rules(State.workspace).rules if r.rule.id == rule_id)
    _print(view, form, rules_reference.print_rule)


@app.command(cls=Command, help="看一个页面是怎样读出来的：类型、各项内容、来自哪里、有几成把握")
def probe(
    target: Annotated[
        str, typer.Argument(metavar="网址|文件", help="网页地址，或存下来的网页文件")
    ],
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="网址", help="文件原来的网址")
    ] = None,
    form: FormatOption = Format.TABLE,
) -> None:
    from reports import probe as probe_report
    from services import probe as service

    ws = State.workspace
    if target.lower().startswith(("http://", "https://")):
        answer = service.probe_url(target, _config_or_none(ws))
    else:
        answer = service.probe_file(Path(target), base_url)
    if form is Format.JSON:
        machine.write(probe_report.as_json(answer))
    elif form is Format.CSV:
        raise UsageError("probe 只有 table 和 json 两种格式")
    else:
        probe_report.print_probe(_out(), answer)


def _config_or_none(ws: Workspace) -> Any:
    try:
        return ws.config
    except ConfigError:
        return None  # a page can be read without a configuration


# --- lists and database ---------------------------------------------------------------------------


@lists_app.command("units", cls=Command, help="单位名单；未核对的标出")
def lists_units() -> None:
    from services import lists

    terminal.print_notice(_out(), lists.unit_lines(State.workspace))


@lists_app.command("export", cls=Command, help="把单位、栏目、网站名单写成 Excel")
def lists_export(
    file: Annotated[Path, typer.Argument(metavar="文件.xlsx", help="Excel 工作簿")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="文件已有时覆盖")] = False,
) -> None:
    from services import lists

    lists.export(State.workspace, file, overwrite=overwrite)
    _say(f"已写出 {file}")


@lists_app.command("import", cls=Command, help="从 Excel 读入名单，写成一套配置")
def lists_import(
    file: Annotated[Path, typer.Argument(metavar="文件.xlsx", help="Excel 工作簿")],
    directory: Annotated[Path, typer.Argument(metavar="目录", help="写到哪个配置目录")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="目录里已有时覆盖")] = False,
) -> None:
    from services import lists

    for path in lists.bring_in(State.workspace, file, directory, overwrite=overwrite):
        _say(f"已写出 {path}")
    if not (directory / "city.yaml").is_file():
        _say(
            f"还缺 city.yaml：请从原来的配置目录复制到 {directory}，再用 --config {directory} 使用"
        )


@db_app.command("upgrade", cls=Command, help="建立数据库，或升级到本程序的版本")
def db_upgrade() -> None:
    from storage import db

    db.upgrade(db.open_engine(State.workspace.settings.database_url, create=True))
    _say("数据库已是最新")


@app.command(cls=Command, help="自查：数据库、存证和历次检测的账目是否相符")
def doctor() -> None:
    from services.doctor import examine

    report = examine(State.workspace)
    terminal.print_notice(_out(), report.lines)
    if report.faults:
        raise typer.Exit(INCOMPLETE)


# --- words to things ------------------------------------------------------------------------------


def _unit(name: str) -> Any:
    from services import views

    found = views.find_unit(State.workspace, name)
    if found is None:
        raise UsageError(f"没有叫“{name}”的单位：用 xunjian lists units 查看")
    return found


def _rule_id(text: str) -> str:
    from checks.registry import RULES

    found = [r.id for r in RULES.values() if text in (r.id, r.title)]
    if not found:
        raise UsageError(f"没有规则“{text}”：用 xunjian rules 查看")
    return found[0]


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"日期“{text}”写法不对：请写成 2018-06-04") from None


# --- the door -------------------------------------------------------------------------------------


def main(argv: Sequence[str] | None = None) -> NoReturn:
    """Run one command; ends the process with its exit status. SIGTERM stops it like Ctrl-C."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; errors are told in Chinese on stderr."""
    try:
        status = app(args=list(argv) if argv is not None else None, standalone_mode=False)
    except (ConfigError, UsageError, StorageError) as error:
        terminal.print_notice(_err(), str(error).splitlines(), style="bold red")
        return BAD_USAGE
    except ScanBroken as error:
        terminal.print_notice(_err(), str(error).splitlines(), style="bold red")
        return INCOMPLETE
    except (KeyboardInterrupt, typer.Abort):  # the library makes the one of the other
        _say("已停止")
        return INCOMPLETE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        if error.filename is None:
            return _internal(error)
        logging.getLogger("xunjian").info("file error", exc_info=True)
        terminal.print_notice(
            _err(),
            [f"读写不了 {error.filename}（{error.strerror}）：请检查路径、权限和磁盘空间"],
            style="bold red",
        )
        return BAD_USAGE
    except Exception as error:
        words = usage_words(error)
        if words is not None:
            terminal.print_notice(_err(), [words] if words else [], style="bold red")
            return BAD_USAGE
        return _internal(error)
    return status if isinstance(status, int) else DONE


def _internal(error: Exception) -> int:
    logging.getLogger("xunjian").error("internal error", exc_info=error)
    terminal.print_notice(
        _err(),
        [f"程序内部错误（{type(error).__name__}）：请把以上日志交给开发者；已存的数据没有损失"],
        style="bold red",
    )
    return INTERNAL


if __name__ == "__main__":
    main()
