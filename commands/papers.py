"""Commands that write papers: ``circular``, ``circulars``, ``notice``, ``report``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from commands.door import Format, FormatOption, State, app, day_written, say, show_view, unit_called
from reports.cells import Encodable, plain
from reports.commandline import Command, Group
from services.workspace import UsageError

report_app = typer.Typer(cls=Group, help="给人看的文件：单位页面、问题清单", no_args_is_help=True)
app.add_typer(report_app, name="report")


@app.command(
    cls=Command,
    help="起草通报：只点名经提醒、复查逾期未整改的；发文后用 --confirm --number 登记字号",
)
def circular(
    period: Annotated[
        str, typer.Option("--period", metavar="时期", help="2018Q4、2018-11 或 2018")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="文件", help="写到哪个 .docx；不写则放在数据目录的 circulars 下"
        ),
    ] = None,
    deadline: Annotated[
        str | None,
        typer.Option(
            "--deadline", metavar="日期", help="要求整改的最后一天；不写则按配置的工作日数"
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="覆盖 --out 已有的文件")] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="已经发文：把草稿点名的问题记为已通报")
    ] = False,
    number: Annotated[
        str | None,
        typer.Option("--number", metavar="字号", help="发文字号，如 瑞府办字〔2018〕226号"),
    ] = None,
    date: Annotated[
        str | None, typer.Option("--date", metavar="日期", help="成文日期；不写为今天")
    ] = None,
) -> None:
    from services import circular as service

    ws = State.workspace
    span = service.period_of(period)
    if confirm:
        if number is None:
            raise UsageError("登记通报要写发文字号：--number 瑞府办字〔2018〕226号")
        if out is not None or overwrite:
            raise UsageError("--out、--overwrite 用于起草，登记（--confirm）时不用写")
        done = service.confirm(
            ws,
            span,
            number,
            now=ws.now(),
            issued_on=day_written(date),
            mend_by=day_written(deadline),
        )
        if done.already:
            say(f"{done.number} 已经登记过，没有改动")
            return
        say(
            *(
                f"没有标记：{unit} {mark[:8]}，{why}；请从印发稿中删去或另行更正"
                for mark, unit, why in done.left_out
            ),
            f"已登记 {done.number}（{done.issued_on}）：{done.units} 个单位的 {done.marked} 个问题"
            "记为已通报",
        )
        return
    if number is not None or date is not None:
        raise UsageError("--number、--date 与 --confirm 一起用：起草时还没有发文字号")
    made = service.draft(
        ws,
        span,
        now=ws.now(),
        out=out,
        mend_by=day_written(deadline),
        overwrite=overwrite,
    )
    say(
        *(
            f"尚缺证据，未点名：{x.unit} {x.fingerprint[:8]} {x.title}（缺 {'、'.join(x.missing)}）"
            for x in made.lacking
        ),
        *(f"未点名：{unit}（{n} 个问题逾期）：{why}" for unit, n, why in made.not_named),
        *(f"提示：{words}" for words in made.warnings),
    )
    units = len({n.unit for n in made.paper.named})
    _print_path(made.file)
    say(
        f"通报草稿点名 {units} 个单位、{len(made.paper.named)} 个问题；印章、版头由人工加盖、套印",
        f"发文后  xunjian circular --period {span.key} --confirm --number 发文字号",
    )


def _print_path(path: Path) -> None:
    """One line that is never broken, whatever the console's width and encoding."""
    Encodable(sys.stdout).write(plain(str(path)) + "\n")


@app.command(cls=Command, help="已登记的通报：字号、点了哪些单位、整改了没有")
def circulars(form: FormatOption = Format.TABLE) -> None:
    from reports.circulars import print_circulars
    from services import circular as service

    ws = State.workspace
    show_view(service.circulars(ws, now=ws.now()), form, print_circulars)


@app.command(cls=Command, help="整改通知单：给一个单位，列出逾期的问题；发出后用 --done 登记")
def notice(
    unit: Annotated[str, typer.Argument(metavar="单位", help="单位名称")],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="文件", help="写到哪个 .docx；不写则放在数据目录的 notices 下"
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="提醒过而没有整改的都列上，不只逾期的")
    ] = False,
    deadline: Annotated[
        str | None,
        typer.Option("--deadline", metavar="日期", help="整改的最后一天；不写则按配置的工作日数"),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="覆盖 --out 已有的文件")] = False,
    done: Annotated[
        bool, typer.Option("--done", help="已经发出：登记最近一份通知单，按它的期限计")
    ] = False,
) -> None:
    from services import notice as service

    ws = State.workspace
    who = unit_called(unit)
    if done:
        if out is not None or everything or deadline is not None or overwrite:
            raise UsageError(
                "--out、--all、--deadline、--overwrite 用于起草，登记（--done）时不用写"
            )
        result = service.done(ws, who, now=ws.now())
        if result.already:
            say(f"{result.number} 已经登记过，没有改动")
            return
        say(
            *(f"没有登记：{mark[:8]}，{why}；请在通知单上划去" for mark, why in result.left_out),
            f"已登记 {result.number}：{result.unit} {result.marked} 个问题，{result.deadline} 前整改",
        )
        return
    made = service.draft(
        ws,
        who,
        now=ws.now(),
        out=out,
        everything=everything,
        deadline=day_written(deadline),
        overwrite=overwrite,
    )
    say(*(f"提示：{words}" for words in made.warnings))
    _print_path(made.file)
    say(
        f"{made.paper.number}：{who.short} {len(made.paper.items)} 个问题，"
        f"{made.paper.deadline} 前整改",
        f"发出后  xunjian notice {who.short} --done",
    )


@report_app.command(
    "unit", cls=Command, help="一个单位一个网页文件：问题、证据、依据、怎样改、期限、怎样答复"
)
def report_unit(
    out: Annotated[Path, typer.Option("--out", metavar="目录", help="写到哪个目录")],
    unit: Annotated[
        list[str] | None, typer.Argument(metavar="单位", help="单位名称（可写几个）")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="全部名单已核对的单位，一个单位一个文件")
    ] = False,
) -> None:
    from services.unit_page import write_pages

    if bool(unit) == everything:
        raise UsageError("请写单位名称，或用 --all 写全部单位（两者只用一种）")
    ws = State.workspace
    units = [unit_called(name) for name in unit] if unit else None
    written = write_pages(ws, units, out, now=ws.now())
    for path in written.files:
        _print_path(path)
    say(
        *(f"没有写：{short}（{why}）" for short, why in written.skipped),
        f"写了 {len(written.files)} 个单位的页面：用浏览器打开，可以打印、可以发给单位",
    )


@report_app.command("xlsx", cls=Command, help="问题清单（Excel）：没有整改的问题，一个问题一行")
def report_xlsx(
    out: Annotated[Path, typer.Option("--out", metavar="文件", help="写到哪个 .xlsx")],
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只列这个单位")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="覆盖已有的文件")] = False,
) -> None:
    from services.problem_list import write_list

    ws = State.workspace
    who = unit_called(unit) if unit else None
    count = write_list(ws, out, who, now=ws.now(), overwrite=overwrite)
    _print_path(out)
    say(f"问题清单 {count} 个问题")
